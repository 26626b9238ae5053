// What clients ask of the group, and what happens to its ECSs.
#include <algorithm>

#include "tests/reference/group.hpp"

namespace tidepool::reference {

Group::Group(Surroundings& around, Settings set, Micros now)
    : around_(around), set_(std::move(set)), now_(now), next_check_(now + set_.health_period) {}

// ---- Enabling and disabling ----

Text Group::resume() {
  if (status_ == "INSERVICE") return "ok";
  if (set_.configuration.empty()) return "AS.2018";
  bool is_offered = false, can_be_had = false;
  for (const Text& zone : set_.zones)
    for (const Text& flavor : configuration(set_.configuration).flavors) {
      is_offered = is_offered || offers(zone, flavor);
      can_be_had = can_be_had || can_launch(zone, flavor);
    }
  if (!is_offered) return "AS.1086";
  if (!can_be_had) return "AS.2038";
  status_ = "INSERVICE";
  failures_in_a_row_ = 0;
  pending_.clear();
  wake_on_grid();
  return "ok";
}

Text Group::pause() {
  if (status_ == "PAUSED") return "ok";
  status_ = "PAUSED";
  pending_.clear();
  retry_ = kForever;
  if (around_.knobs.pause_clears_cooldown) cooldown_from_ = cooldown_until_ = 0;
  return "ok";
}

// ---- Changes ----

Text Group::change_numbers(const Change& change) {
  const int min = change.has_min ? change.min : set_.min;
  const int max = change.has_max ? change.max : set_.max;
  int desire = change.has_desire ? change.desire : set_.desire;
  if (change.is_desire_alone() && desire == set_.desire) return "AS.2028";
  if (max > 300) return "AS.2045";
  if (min < 0 || min > max) return "AS.2004";
  if (around_.knobs.implicit_desire_clamp && !change.has_desire) desire = std::clamp(desire, min, max);
  if (desire < min || desire > max) return "AS.2005";
  if (desire != set_.desire && desire < protected_members()) return "AS.2010";
  if (desire != set_.desire && is_scalable()) {
    pending_.push_back({"MANNUAL", set_.desire, desire, now_, false, 0});
    wake_on_grid(desire < set_.desire);  // Who lowers it may mean to take members out himself.
  }
  set_.min = min;
  set_.max = max;
  set_.desire = desire;
  return "ok";
}

Text Group::change_zones(const Texts& zones) {
  if (zones == set_.zones) return "ok";
  if (running_) return "AS.2054";
  set_.zones = zones;
  return "ok";
}

void Group::change_health_period(Micros period) {
  if (period == set_.health_period) return;
  set_.health_period = period;
  next_check_ = now_ + period;
}

Text Group::destroy(bool by_force) {
  if (status_ == "DELETING") return "ok";
  if (!by_force && running_) return "AS.2033";
  if (!by_force && !members_.empty()) return "AS.2021";
  status_ = "DELETING";
  wake_ = retry_ = kForever;
  hooks_.clear();
  std::vector<int> waiting;
  for (const Member& each : members_)
    if (each.state == "PENDING_WAIT" || each.state == "REMOVING_WAIT") waiting.push_back(each.number);
  for (const int each : waiting) abandoned(each);
  if (!running_ && members_.empty()) gone_ = true;
  bool leaving = false;
  for (const Member& each : members_) leaving = leaving || each.state == "REMOVING";
  if (!running_ && !leaving && !gone_) remove_everybody();
  return "ok";
}

// ---- Standby ----

Text Group::enter_standby(const std::vector<int>& members, bool refill) {
  if (!around_.knobs.standby) return "AS.4018";
  if (running_) return "AS.2033";
  for (const int number : members)
    if (find(number)->state != "INSERVICE") return "AS.4030";
  const int count = static_cast<int>(members.size());
  if (!refill && set_.desire - count < set_.min) return "AS.2036";
  for (const int number : members) {
    find(number)->state = "STANDBY";
    find(number)->is_protected = false;
  }
  if (!refill) set_.desire -= count;
  if (refill && is_scalable()) wake_on_grid();
  return "ok";
}

Text Group::exit_standby(const std::vector<int>& members) {
  if (!around_.knobs.standby) return "AS.4018";
  if (running_) return "AS.2033";
  for (const int number : members)
    if (find(number)->state != "STANDBY") return "AS.4029";
  const int count = static_cast<int>(members.size());
  if (set_.desire + count > set_.max) return "AS.2035";
  for (const int number : members) {
    find(number)->state = "INSERVICE";
    find(number)->health = "NORMAL";  // It begins anew.
    find(number)->in_service_since = now_;
  }
  set_.desire += count;
  return "ok";
}

// ---- Members by hand ----

Text Group::add(const Texts& servers) {
  if (!is_scalable() || running_) return "AS.2033";
  if (servers.empty()) return "AS.4019";
  if (servers.size() > 10) return "AS.4022";
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const Server* each = server(servers[i]);
    if (each == nullptr || each->ecs != "ACTIVE" || each->vpc != "vpc" || !each->group.empty() ||
        std::find(set_.zones.begin(), set_.zones.end(), each->zone) == set_.zones.end())
      return "AS.4029";
  }
  const int count = static_cast<int>(servers.size());
  if (set_.desire + count > set_.max) return "AS.2035";
  begin("MANUAL_ADD", current() + count, {{"MANNUAL", set_.desire, set_.desire + count, now_, false, 0}});
  set_.desire += count;
  for (const Text& name : servers) {
    Server* each = server(name);
    each->group = set_.name;
    Member member;
    member.number = joined_++;
    member.manual = true;
    member.server = name;
    member.zone = each->zone;
    member.ecs = "ACTIVE";
    begin_step(member, around_.attach);
    members_.push_back(member);
  }
  return "ok";
}

Text Group::remove(const std::vector<int>& members, bool delete_ecs) {
  if (running_) return "AS.2033";
  if (members.empty()) return "AS.4013";
  if (members.size() > 50) return "AS.4026";
  for (const int number : members)
    if (find(number) == nullptr || find(number)->state != "INSERVICE") return "AS.4030";
  const int count = static_cast<int>(members.size());
  // The size counts, not what is expected; that follows, but never below min.
  if (current() - count < set_.min) return "AS.2036";
  const int desire = std::max(set_.min, set_.desire - count);
  begin(delete_ecs ? "MANUAL_DELETE" : "MANUAL_REMOVE", current() - count,
        {{"MANNUAL", set_.desire, desire, now_, false, 0}});
  set_.desire = desire;
  for (const int number : members) take_out(number, delete_ecs);
  end_if_done();
  return "ok";
}

Text Group::remove_one(int member, bool delete_ecs) {
  if (find(member) == nullptr) return "AS.4006";
  if (running_) return "AS.2033";
  if (find(member)->state != "INSERVICE") return "AS.4015";
  return remove({member}, delete_ecs);
}

Text Group::protect(const std::vector<int>& members, bool on) {
  if (members.empty()) return "AS.4032";
  if (members.size() > 10) return "AS.4043";
  for (const int number : members)
    if (find(number) == nullptr || find(number)->state != "INSERVICE") return "AS.4033";
  for (const int number : members) find(number)->is_protected = on;
  return "ok";
}

// ---- Policies ----

Text Group::create_policy(Policy policy) {
  if (policy.type == "SCHEDULED" && policy.launch_time <= now_) return "AS.3010";
  if (policy.type != "ALARM") policy.due = next_occurrence(policy, now_);
  if (policy.type == "RECURRENCE" && policy.due == kForever) return "AS.3033";
  policy.number = static_cast<int>(policies_.size());
  policies_.push_back(policy);
  return "ok";
}

Text Group::delete_policy(int policy) {
  policies_[static_cast<std::size_t>(policy)].deleted = true;
  return "ok";
}

Text Group::pause_policy(int policy) {
  policies_[static_cast<std::size_t>(policy)].status = "PAUSED";
  return "ok";
}

Text Group::resume_policy(int number) {
  Policy& policy = policies_[static_cast<std::size_t>(number)];
  if (policy.status == "INSERVICE") return "ok";
  if (policy.type != "ALARM") {
    const Micros due = next_occurrence(policy, now_);
    if (due == kForever) return policy.type == "SCHEDULED" ? "AS.3010" : "AS.3033";
    policy.due = due;
  }
  policy.status = "INSERVICE";
  return "ok";
}

Text Group::execute_policy(int number) {
  Policy& policy = policies_[static_cast<std::size_t>(number)];
  if (policy.status != "INSERVICE" || !is_scalable()) return "AS.3027";
  execute(policy, "MANUAL");
  return "ok";
}

void Group::change_policy(int number, const Text& operation, int amount, Micros cool_down) {
  Policy& policy = policies_[static_cast<std::size_t>(number)];
  policy.operation = operation;
  policy.amount = amount;
  policy.percentage = -1;
  policy.cool_down = cool_down;
}

void Group::alarm(int number) {
  Policy& policy = policies_[static_cast<std::size_t>(number)];
  if (!policy.deleted) execute(policy, "ALARM");
}

// ---- Lifecycle hooks ----

Text Group::create_hook(const Hook& hook) {
  if (running_) return "AS.2033";
  for (const Hook& each : hooks_)
    if (each.name == hook.name) return "AS.7041";
  if (hooks_.size() >= 5) return "AS.7038";
  hooks_.push_back(hook);
  return "ok";
}

Text Group::delete_hook(const Text& name) {
  if (running_) return "AS.2033";
  std::erase_if(hooks_, [&](const Hook& each) { return each.name == name; });
  return "ok";
}

Text Group::answer_hook(int number, const Text& hook, const Text& answer) {
  Member* member = find(number);
  for (std::size_t i = 0; member != nullptr && i < member->waits.size(); ++i) {
    Wait& wait = member->waits[i];
    if (wait.hook != hook || wait.status != "HANGING") continue;
    if (answer == "EXTEND") {
      wait.deadline += 3600 * kSecond;
      return "ok";
    }
    wait.status = answer;
    if (answer == "ABANDON")
      abandoned(number);
    else
      wait_is_over(number);
    return "ok";
  }
  return "AS.7042";
}

// ---- ECSs ----

void Group::ecs_becomes(int number, const Text& status) {
  Member* member = find(number);
  member->ecs = status;
  if (member->manual) server(member->server)->ecs = status;
}

}  // namespace tidepool::reference
