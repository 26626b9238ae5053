// Time, the scaling action, and a member's way through the group.
#include "tests/reference/group.hpp"

#include <algorithm>

namespace tidepool::reference {

namespace {

bool holds(const Texts& all, const Text& one) { return std::find(all.begin(), all.end(), one) != all.end(); }

}  // namespace

// ---- Looking things up ----

Member* Group::find(int number) {
  for (Member& each : members_)
    if (each.number == number) return &each;
  return nullptr;
}

Server* Group::server(const Text& name) {
  for (Server& each : around_.servers)
    if (each.name == name) return &each;
  return nullptr;
}

const Configuration& Group::configuration(const Text& name) const {
  const Configuration* found = nullptr;
  for (const Configuration& each : around_.configurations)
    if (each.name == name) found = &each;
  return *found;
}

int Group::current() const {
  int count = 0;
  for (const Member& each : members_)
    count += each.state == "INSERVICE" || each.state == "REMOVING" || each.state == "REMOVING_WAIT";
  return count;
}

int Group::protected_members() const {
  int count = 0;
  for (const Member& each : members_) count += each.is_protected;
  return count;
}

// ---- Time ----

Micros Group::next_moment() const {
  if (gone_) return kForever;
  Micros next = std::min({wake_, retry_, next_check_});
  for (const Member& each : members_) {
    next = std::min(next, each.step_ends);
    for (const Wait& wait : each.waits)
      if (wait.status == "HANGING") next = std::min(next, wait.deadline);
  }
  for (const Policy& each : policies_)
    if (!each.deleted) next = std::min(next, each.due);
  return next;
}

void Group::run_until(Micros limit) {
  while (next_moment() <= limit) {
    now_ = std::max(now_, next_moment());
    while (something_happens()) {
    }
  }
  now_ = limit;
}

bool Group::something_happens() {
  if (a_step_ends() || a_wait_ends() || policies_are_due()) return true;
  if (next_check_ <= now_) {
    next_check_ += set_.health_period;
    check_health();
    return true;
  }
  if (wake_ > now_ && retry_ > now_) return false;
  reconcile();
  return true;
}

bool Group::a_step_ends() {
  Member* first = nullptr;
  for (Member& each : members_) {
    const bool ends = each.step_ends <= now_;
    if (ends && (first == nullptr || each.step_number < first->step_number)) first = &each;
  }
  if (first == nullptr) return false;
  first->step_ends = kForever;
  if (first->state == "PENDING")
    came_up(first->number);
  else
    remove_now(first->number);
  return true;
}

void Group::begin_step(Member& member, Micros takes) {
  member.step_ends = now_ + takes;
  member.step_number = steps_++;
}

bool Group::a_wait_ends() {
  int number = -1;
  Wait* first = nullptr;
  for (Member& each : members_)
    for (Wait& wait : each.waits) {
      if (wait.status != "HANGING" || wait.deadline > now_) continue;
      if (first != nullptr && first->step_number < wait.step_number) continue;
      first = &wait;
      number = each.number;
    }
  if (first == nullptr) return false;
  first->status = first->default_result;
  if (first->default_result == "ABANDON")
    abandoned(number);
  else
    wait_is_over(number);
  return true;
}

// A trigger is noticed at the next point of a grid that begins with the simulation; `later`: not at this very one.
void Group::wake_on_grid(bool later) {
  const Micros period = around_.knobs.scan_period;
  Micros at = around_.start;
  if (period == 0) at = now_;
  while (at < now_ || (later && period > 0 && at == now_)) at += period;
  wake_ = std::min(wake_, at);
}

// ---- The scaling action ----

void Group::reconcile() {
  wake_ = retry_ = kForever;
  if (!is_scalable() || running_) return;
  const int have = current();  // Nobody is on the way in or out.
  const auto reasons = pending_;
  pending_.clear();
  if (have == set_.desire) return;
  if (reasons.empty())
    begin("DIFF", set_.desire, {{"DIFF", have, set_.desire, now_, false, 0}});
  else
    begin("NORMAL", set_.desire, reasons);
  if (set_.desire > have)
    action().to_launch = set_.desire - have;
  else
    scale_in(have - set_.desire);
  end_if_done();
}

Action& Group::begin(const Text& type, int desire_value, const std::vector<Reason>& reasons) {
  Action action;
  action.type = type;
  action.start = now_;
  action.instance_value = current();
  action.desire_value = desire_value;
  action.scaling_value = std::abs(action.desire_value - action.instance_value);
  action.reasons = reasons;
  action.group_cool_down_at_start = set_.cool_down;
  action.configuration = set_.configuration;
  actions_.push_back(action);
  running_ = true;
  return actions_.back();
}

void Group::launch_what_may_be() {
  while (action().to_launch > 0) {
    int under_way = 0;
    for (const Member& each : members_) under_way += each.state == "PENDING" || each.state == "PENDING_WAIT";
    const int most = around_.knobs.max_parallel_creates;
    if (most > 0 && under_way >= most) return;
    --action().to_launch;
    launch();
  }
}

void Group::launch() {
  const Configuration& from = configuration(action().configuration);
  const Place place = place_for_one_more(from);
  if (place.zone.empty()) {
    ++action().never_made;
    return;
  }
  Member member;
  member.number = joined_++;
  member.zone = place.zone;
  member.flavor = place.flavor;
  member.configured = from.created;
  begin_step(member, around_.boot);
  for (const BadBoots& each : around_.bad_boots)
    if (each.from <= now_ && now_ < each.until) member.boot_fails = true;
  members_.push_back(member);
}

void Group::scale_in(int count) {
  const auto chosen = victims(count);
  action().not_allowed = count - static_cast<int>(chosen.size());
  for (const int number : chosen) take_out(number, true);
}

void Group::end_if_done() {
  if (!running_) return;
  launch_what_may_be();
  for (const Member& each : members_)
    if (each.state != "INSERVICE" && each.state != "STANDBY") return;
  end_action();
}

void Group::end_action() {
  Action& action = actions_.back();
  running_ = false;
  const bool failed = !action.failed.empty() || action.never_made > 0 || action.not_allowed > 0;
  action.end = now_;
  action.status = failed ? "FAIL" : "SUCCESS";
  if (!action.added.empty() || !action.removed.empty() || !action.deleted.empty()) open_cooldown(action);
  if (!failed) failures_in_a_row_ = 0;
  if (failed) ++failures_in_a_row_;
  const int retries = around_.knobs.max_retries;
  const bool lasting = action.never_made > 0 || (retries >= 0 && failures_in_a_row_ > retries);
  if (failed && lasting && is_scalable()) return abnormal();
  if (failed && pending_.empty() && is_scalable() && current() != set_.desire) {
    retry_ = now_ + around_.knobs.retry_delay;
    return;
  }
  if (status_ == "DELETING") return remove_everybody();
  wake_ = now_;
}

// By force: no action, no hooks, no protection.
void Group::remove_everybody() {
  std::vector<int> all;
  for (const Member& each : members_) all.push_back(each.number);
  hooks_.clear();
  for (const int number : all) take_out(number, true);
  gone_ = members_.empty();
}

void Group::open_cooldown(const Action& action) {
  const bool at_trigger = around_.knobs.cooldown_at_trigger;
  Micros length = at_trigger ? action.group_cool_down_at_start : set_.cool_down;
  if (!action.reasons.empty() && action.reasons.back().of_policy) length = action.reasons.back().cool_down;
  cooldown_from_ = at_trigger ? action.start : now_;
  cooldown_until_ = cooldown_from_ + length;
}

void Group::abnormal() {
  status_ = "ERROR";
  pending_.clear();
  wake_ = retry_ = kForever;
}

// ---- A member's way in ----

void Group::came_up(int number) {
  Member& member = *find(number);
  if (member.boot_fails) return launch_failed(number);
  if (!member.manual) member.ecs = "ACTIVE";
  if (!wait_at_hooks(number, "INSTANCE_LAUNCHING")) into_service(number);
}

void Group::into_service(int number) {
  Member& member = *find(number);
  member.waits.clear();
  member.state = "INSERVICE";
  member.health = "NORMAL";
  member.in_service_since = now_;
  action().added.push_back(number);
  end_if_done();
}

void Group::launch_failed(int number) {
  action().failed.push_back(number);
  drop(number);
  end_if_done();
}

// ---- A member's way out ----

void Group::take_out(int number, bool delete_ecs) {
  Member& member = *find(number);
  member.keep_ecs = member.manual || !delete_ecs;
  member.is_protected = false;
  member.state = "REMOVING";
  if (member.ecs == "DELETED") return begin_step(member, 0);  // Dropped: no hooks, nothing to stop.
  if (wait_at_hooks(number, "INSTANCE_TERMINATING")) return;
  begin_step(member, around_.removal);
}

void Group::remove_now(int number) {
  if (!running_) {  // The group is deleted by force.
    drop(number);
    gone_ = members_.empty();
    return;
  }
  if (find(number)->keep_ecs)
    action().removed.push_back(number);
  else
    action().deleted.push_back(number);
  drop(number);
  end_if_done();
}

void Group::drop(int number) {
  Member* member = find(number);
  if (member->manual) server(member->server)->group.clear();
  std::erase_if(members_, [&](const Member& each) { return each.number == number; });
}

// ---- Lifecycle hooks ----

bool Group::wait_at_hooks(int number, const Text& type) {
  Member& member = *find(number);
  member.waits.clear();
  for (const Hook& each : hooks_)
    if (each.type == type)
      member.waits.push_back({each.name, each.default_result, now_ + each.timeout, "HANGING", steps_++});
  if (member.waits.empty()) return false;
  member.state += "_WAIT";
  return true;
}

void Group::wait_is_over(int number) {
  Member& member = *find(number);
  for (const Wait& each : member.waits)
    if (each.status == "HANGING") return;
  if (member.state == "PENDING_WAIT") return into_service(number);
  member.state = "REMOVING";
  begin_step(member, around_.removal);
}

void Group::abandoned(int number) {
  Member& member = *find(number);
  if (member.state == "REMOVING_WAIT") {
    for (Wait& each : member.waits)
      if (each.status == "HANGING") each.status = "ABANDON";
    return wait_is_over(number);
  }
  if (member.manual) set_.desire = std::max(set_.min, set_.desire - 1);
  launch_failed(number);
}

// ---- Health ----

bool Group::is_well(const Member& member) const {
  if (member.ecs != "ACTIVE") return false;
  if (set_.health_audit != "ELB_AUDIT" || !set_.has_load_balancer) return true;
  for (const Offline& each : offline_)
    if (each.member == member.number && each.from <= now_ && now_ < each.until) return false;
  return true;
}

void Group::check_health() {
  if (status_ == "DELETING") return;
  const bool by_load_balancer = set_.health_audit == "ELB_AUDIT" && set_.has_load_balancer;
  std::vector<int> unhealthy;
  for (Member& each : members_) {
    if (each.state != "INSERVICE") continue;
    if (by_load_balancer && now_ < each.in_service_since + set_.health_grace) continue;
    each.health = is_well(each) ? "NORMAL" : "ERROR";
    if (each.health == "ERROR") unhealthy.push_back(each.number);
  }
  if (unhealthy.empty() || !is_scalable() || running_) return;
  const int left = current() - static_cast<int>(unhealthy.size());
  begin(by_load_balancer ? "ELB_CHECK_DELETE" : "AUDIT_CHECK_DELETE", left,
        {{"AUDIT_CHECK", current(), left, now_, false, 0}});
  for (const int number : unhealthy) take_out(number, true);
  end_if_done();
}

// ---- Placement ----

int Group::members_in(const Text& zone) const {
  int count = 0;
  for (const Member& each : members_)
    count += each.zone == zone && each.state != "REMOVING" && each.state != "REMOVING_WAIT";
  return count;
}

bool Group::offers(const Text& zone, const Text& flavor) const {
  for (const Flavor& each : around_.flavors)
    if (each.name == flavor) return holds(each.zones, zone);
  return false;
}

bool Group::can_launch(const Text& zone, const Text& flavor) const {
  bool offered = offers(zone, flavor);
  for (const SoldOut& each : around_.sold_out)
    if ((each.zone.empty() || each.zone == zone) && (each.flavor.empty() || each.flavor == flavor) &&
        each.from <= now_ && now_ < each.until)
      offered = false;
  return offered;
}

Texts Group::flavors_in_order(const Configuration& configuration) const {
  Texts names = configuration.flavors;
  if (!configuration.cheapest_first) return names;
  std::vector<Flavor> found;
  for (const Text& name : names)
    for (const Flavor& each : around_.flavors)
      if (each.name == name) found.push_back(each);
  std::stable_sort(found.begin(), found.end(),
                   [](const Flavor& a, const Flavor& b) { return a.price < b.price; });
  names.clear();
  for (const Flavor& each : found) names.push_back(each.name);
  return names;
}

Place Group::place_for_one_more(const Configuration& configuration) const {
  Texts zones = set_.zones;
  if (set_.multi_az == "EQUILIBRIUM_DISTRIBUTE") {
    Text emptiest = zones.front();
    for (const Text& each : zones)
      if (members_in(each) < members_in(emptiest)) emptiest = each;
    std::erase(zones, emptiest);
    zones.insert(zones.begin(), emptiest);
  }
  for (const Text& flavor : flavors_in_order(configuration))
    for (const Text& zone : zones)
      if (can_launch(zone, flavor)) return {zone, flavor};
  return {};
}

// ---- Scale in ----

bool Group::leaves_before(const Member& a, const Member& b) const {
  if (a.manual != b.manual) return b.manual;
  if (a.manual) return a.number < b.number;
  const bool a_outside = !holds(set_.zones, a.zone), b_outside = !holds(set_.zones, b.zone);
  if (a_outside != b_outside) return a_outside;
  const bool by_configuration =
      set_.terminate == "OLD_CONFIG_OLD_INSTANCE" || set_.terminate == "OLD_CONFIG_NEW_INSTANCE";
  if (by_configuration && a.configured != b.configured) return a.configured < b.configured;
  const bool newest_first = set_.terminate == "OLD_CONFIG_NEW_INSTANCE" || set_.terminate == "NEW_INSTANCE";
  return newest_first ? a.number > b.number : a.number < b.number;
}

// Of those outside the zones first, then those inside, then those added by hand, only the second are balanced.
bool Group::is_balanced(const Member& member) const {
  return around_.knobs.balance_first && set_.multi_az == "EQUILIBRIUM_DISTRIBUTE" && set_.zones.size() > 1 &&
         !member.manual && holds(set_.zones, member.zone);
}

std::vector<int> Group::victims(int count) const {
  std::vector<Member> staying = members_, pool;
  for (const Member& each : members_)
    if (each.state == "INSERVICE" && !each.is_protected) pool.push_back(each);
  const auto stay_in = [&](const Text& zone) {
    return std::count_if(staying.begin(), staying.end(),
                         [&](const Member& each) { return each.zone == zone; });
  };
  std::vector<int> chosen;
  while (static_cast<int>(chosen.size()) < count && !pool.empty()) {
    Member first = pool.front();
    for (const Member& each : pool) {
      const bool choice_of_zone = is_balanced(each) && is_balanced(first);
      const auto here = stay_in(each.zone), there = stay_in(first.zone);
      if (choice_of_zone && here != there ? here > there : leaves_before(each, first)) first = each;
    }
    chosen.push_back(first.number);
    const auto is_first = [&](const Member& each) { return each.number == first.number; };
    std::erase_if(pool, is_first);
    std::erase_if(staying, is_first);
  }
  return chosen;
}

}  // namespace tidepool::reference
