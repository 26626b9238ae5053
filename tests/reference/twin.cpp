#include "tests/reference/twin.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <ostream>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::reference {

using namespace support;
using namespace sim;

namespace {

// Latencies and the start are chosen so that nothing but what belongs together happens at one instant.
constexpr Micros kBootTime = 100 * kSecond + 7, kRemovalTime = 20 * kSecond + 11,
                 kAttachTime = 5 * kSecond + 13;
const Time kBegin = kStart + 5s;
constexpr int kGroups = 2;

Micros micros(Time t) { return t.time_since_epoch().count(); }
Time time_of(Micros t) { return Time{Duration{t}}; }

template <class T>
const T& one_of(const std::vector<T>& all, int which) {
  return all[static_cast<std::size_t>(which) % all.size()];
}

Text zone_name(ZoneId zone) { return fmt::format("zone-{}", index_of(zone)); }
Texts zone_names(const std::vector<ZoneId>& zones) {
  Texts names;
  for (const ZoneId each : zones) names.push_back(zone_name(each));
  return names;
}
Text flavor_name(FlavorId flavor) {
  return flavor == none<FlavorId>() ? "" : fmt::format("flavor-{}", index_of(flavor));
}

const std::vector<std::vector<ZoneId>> kZoneLists{
    {kZoneA, kZoneB, kZoneC}, {kZoneA, kZoneB}, {kZoneB, kZoneA},
    {kZoneC, kZoneB, kZoneA}, {kZoneC},         {kZoneB, kZoneC}};
const Texts kTerminate{"OLD_CONFIG_OLD_INSTANCE", "OLD_CONFIG_NEW_INSTANCE", "OLD_INSTANCE", "NEW_INSTANCE"};
const Texts kMultiAz{"EQUILIBRIUM_DISTRIBUTE", "PICK_FIRST"};
const std::vector<int> kCoolDowns{300, 0, 60, 900};

struct Made {
  std::vector<FlavorId> flavors;
  bool cheapest_first;
};
const std::vector<Made> kConfigurations{
    {{kSmall}, false}, {{kLarge, kSmall}, false}, {{kLarge}, false}, {{kLarge, kCheap, kSmall}, true}};

Behaviour behaviour_of(const Setting& setting) {
  Behaviour b = setting.classic ? Behaviour::classic() : Behaviour::current();
  b.scan_period = std::chrono::seconds{setting.scan_period_s};
  b.retry_delay = std::chrono::seconds{setting.retry_delay_s};
  b.max_parallel_creates = setting.max_parallel_creates;
  if (setting.max_retries >= 0) b.max_retries = setting.max_retries;
  if (setting.flip_balance)
    b.scale_in_balance = setting.classic ? ScaleInBalance::None : ScaleInBalance::BalanceFirst;
  b.standby = setting.standby;
  b.pause_clears_cooldown = setting.pause_clears_cooldown;
  b.cooldown_end_inclusive = setting.cooldown_end_inclusive;
  b.implicit_desire_clamp = setting.implicit_desire_clamp;
  return b;
}

Cloud cloud_of(const Setting& setting) {
  Region region = a_region();
  region.boot_time.first = Duration{kBootTime};
  region.removal_time.first = Duration{kRemovalTime};
  region.attach_time.first = Duration{kAttachTime};
  return Cloud{{region, behaviour_of(setting), kBegin, 1, JournalText::Dropped, Recording::Nothing}};
}

Knobs knobs_of(const Setting& setting) {
  Knobs knobs;
  knobs.cooldown_at_trigger = setting.classic;
  knobs.balance_first = setting.classic != setting.flip_balance;
  knobs.standby = setting.standby;
  knobs.pause_clears_cooldown = setting.pause_clears_cooldown;
  knobs.cooldown_end_inclusive = setting.cooldown_end_inclusive;
  knobs.implicit_desire_clamp = setting.implicit_desire_clamp;
  knobs.scan_period = setting.scan_period_s * kSecond;
  knobs.retry_delay = setting.retry_delay_s * kSecond;
  knobs.max_retries = setting.max_retries;
  knobs.max_parallel_creates = setting.max_parallel_creates;
  return knobs;
}

std::string at(Micros t) {
  const Micros span = t - micros(kStart);
  return fmt::format("{}.{:06}", span / kSecond, span % kSecond);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Setting& s) {
  return out << fmt::format(
             "{{classic {}, scan {} s, retry {} s, max_retries {}, max_parallel {}, enabled {}, flip_balance "
             "{}, pause_clears "
             "{}, inclusive {}, standby {}, clamp {}}}",
             s.classic, s.scan_period_s, s.retry_delay_s, s.max_retries, s.max_parallel_creates,
             s.begins_enabled, s.flip_balance, s.pause_clears_cooldown, s.cooldown_end_inclusive, s.standby,
             s.implicit_desire_clamp);
}

std::ostream& operator<<(std::ostream& out, const Step& s) {
  return out << fmt::format("{{{}, {}, {}, {}, {}}}", s.wait, s.deed, s.a, s.b, s.c);
}

// ---- The beginning ----

Twin::Twin(const Setting& setting) : cloud_(cloud_of(setting)), now_(micros(kBegin)) {
  around_.knobs = knobs_of(setting);
  around_.start = micros(kBegin);
  around_.boot = kBootTime;
  around_.removal = kRemovalTime;
  around_.attach = kAttachTime;
  for (std::size_t i = 0; i < cloud_.region().flavors.size(); ++i) {
    const sim::Flavor& each = cloud_.region().flavors[i];
    around_.flavors.push_back({flavor_name(id_at<FlavorId>(i)), zone_names(each.zones),
                               static_cast<int>(each.price_millionths_per_hour)});
  }
  for (const sim::Server& each : cloud_.region().servers)
    around_.servers.push_back({each.id, zone_name(each.zone), each.vpc == kVpc ? "vpc" : "other",
                               each.active ? "ACTIVE" : "SHUTOFF", ""});
  for (std::size_t i = 0; i < kConfigurations.size(); ++i) {
    wait_until(now_ + kSecond + 3);
    const Made& made = kConfigurations[i];
    configurations_.push_back(create_configuration(
        cloud_, {.flavors = made.flavors,
                 .priority = made.cheapest_first ? FlavorPriority::CostFirst : FlavorPriority::PickFirst}));
    Texts names;
    for (const FlavorId each : made.flavors) names.push_back(flavor_name(each));
    around_.configurations.push_back({fmt::format("conf-{}", i), now_, names, made.cheapest_first});
  }
  for (int i = 0; i < kGroups; ++i) create_group(i);
  for (int i = 0; setting.begins_enabled && i < kGroups; ++i) {
    resume({.c = i});
    wait_until(now_ + kSecond + 5);
    alarm_policy({.a = 9 * i + i, .b = 0, .c = i});
    wait_until(now_ + kSecond + 5);
  }
}

void Twin::create_group(int number) {
  wait_until(now_ + kSecond + 3);
  GroupSpec spec;
  spec.name = fmt::format("group-{}", number);
  spec.configuration = configurations_[1];
  spec.desire = 2;
  spec.min = 1;
  spec.max = 8;
  spec.zones = kZoneLists[0];
  const bool has_load_balancer = number % 2 == 1;
  if (has_load_balancer) spec.listeners = {kListener};
  ids_.push_back(support::create_group(cloud_, spec));
  Settings set;
  set.name = spec.name;
  set.configuration = "conf-1";
  set.desire = 2;
  set.min = 1;
  set.max = 8;
  set.cool_down = 300 * kSecond;
  set.zones = zone_names(spec.zones);
  set.terminate = kTerminate[0];
  set.multi_az = kMultiAz[0];
  set.health_period = 5 * kMinute;
  set.health_grace = 600 * kSecond;
  set.has_load_balancer = has_load_balancer;
  set.health_audit = has_load_balancer ? "ELB_AUDIT" : "NOVA_AUDIT";
  groups_.emplace_back(around_, set, now_);
  policy_ids_.emplace_back();
  policy_series_.emplace_back();
}

// ---- A step ----

bool Twin::step(const Step& step) {
  ++steps_;
  if (step.wait != 0 && !(end() && pass_to(moment_after(step.wait)))) return false;
  const Deed deed = one_of(deeds(), step.deed);
  const bool is_alive = groups_[group_of(step)].status() != "DELETING";
  if (is_alive) difference_ = (this->*deed)(step);
  return difference_.empty();
}

bool Twin::end() { return pass_to(now_); }

bool Twin::pass_to(Micros moment) {
  wait_until(moment);
  difference_ = compare();
  if (difference_.empty()) return true;
  story_.push_back(at(now_) + " nothing more was asked");
  return false;
}

Micros Twin::moment_after(int wait) {
  if (wait == 0) return now_;
  const Micros later = now_ + std::max(1, wait) * kSecond + 1009 * steps_;
  if (wait >= 0) return later;
  const Group& group = one_of(groups_, -wait);
  const Micros edge = group.cooldown_until() + (-wait / kGroups) % 3 - 1;
  return edge > now_ ? edge : later;
}

void Twin::wait_until(Micros moment) {
  now_ = moment;
  cloud_.run_until(time_of(now_));
  for (Group& each : groups_) each.run_until(now_);
}

std::string Twin::answers(const std::string& asked, const std::string& by_cloud,
                          const std::string& by_group) {
  story_.push_back(fmt::format("{} {}: {}", at(now_), asked, by_group));
  if (by_cloud == by_group) return "";
  return fmt::format("{}: the model answers {}, the reference {}", asked, by_cloud, by_group);
}

std::string Twin::compare() {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const auto a = told_by_cloud(g), b = told_by_group(g);
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      const std::string x = i < a.size() ? a[i] : "(nothing)", y = i < b.size() ? b[i] : "(nothing)";
      if (x != y) return fmt::format("at {} group-{}\n  model     {}\n  reference {}", at(now_), g, x, y);
    }
  }
  return "";
}

// ---- What each says of itself ----

namespace {

std::string numbers(const std::vector<int>& all) { return fmt::format("{}", fmt::join(all, ",")); }

std::string group_line(const Text& status, int desire, int min, int max, int current, bool scaling,
                       Micros cooldown) {
  return fmt::format("{} desire {} min {} max {} current {}{} cooldown {}", status, desire, min, max, current,
                     scaling ? " scaling" : "", cooldown == 0 ? "-" : at(cooldown));
}

std::string action_line(const Text& type, const Text& status, Micros start, Micros end, int from, int to,
                        int value) {
  return fmt::format("action {}..{} {} {}->{} ({}) {}", at(start), end < 0 ? "" : at(end), type, from, to,
                     value, status);
}

Text word_for(Trigger trigger) {
  const Texts names{"ALARM", "SCHEDULED", "RECURRENCE", "MANUAL"};
  return names[static_cast<std::size_t>(trigger)];
}

Text word_for(GroupStatus status) {
  const Texts names{"INSERVICE", "PAUSED", "ERROR", "DELETING", "DELETED"};
  return names[static_cast<std::size_t>(status)];
}

}  // namespace

std::vector<std::string> Twin::told_by_group(std::size_t g) const {
  const Group& group = groups_[g];
  if (group.is_gone()) return {"gone"};
  const Settings& set = group.set();
  std::vector<std::string> lines;
  for (const Action& each : group.actions()) {
    std::string line = action_line(each.type, each.status, each.start, each.end, each.instance_value,
                                   each.desire_value, each.scaling_value);
    for (const Reason& why : each.reasons) line += fmt::format(" {} {}->{}", why.cause, why.from, why.to);
    lines.push_back(line + fmt::format(" added {} removed {} deleted {} failed {}", numbers(each.added),
                                       numbers(each.removed), numbers(each.deleted), numbers(each.failed)));
  }
  for (const Execution& each : group.executions())
    lines.push_back(fmt::format("policy {} {} {} {}->{} {}{}", each.policy, each.trigger, at(each.time),
                                each.from, each.to, each.status, each.code));
  for (const Member& each : group.members()) {
    const bool serves = each.state == "INSERVICE";
    lines.push_back(fmt::format("member {} {} {} {} {}{}", each.number, each.zone, each.flavor, each.state,
                                serves ? each.health + " " + each.ecs : "",
                                each.is_protected ? " protected" : ""));
    for (const Wait& wait : each.waits)
      lines.push_back(fmt::format("  waits at {} until {}: {}", wait.hook, at(wait.deadline), wait.status));
  }
  const bool cools = !group.is_scaling() && group.cooldown_until() > now_;
  lines.push_back(group_line(group.status(), set.desire, set.min, set.max, group.current(),
                             group.is_scaling(), cools ? group.cooldown_until() : 0));
  return lines;
}

std::vector<std::string> Twin::told_by_cloud(std::size_t g) const {
  if (cloud_.find(ids_[g]) == nullptr) return {"gone"};
  const AsGroup& group = *cloud_.find(ids_[g]);
  std::map<InstanceId, int> number;
  for (std::size_t i = 0; i < cloud_.all_instances().size(); ++i)
    if (cloud_.all_instances()[i].group == ids_[g])
      number.emplace(id_at<InstanceId>(i), static_cast<int>(number.size()));
  const auto numbered = [&](const std::vector<InstanceId>& all) {
    std::vector<int> found;
    for (const InstanceId each : all) found.push_back(number.at(each));
    return numbers(found);
  };
  std::vector<std::string> lines;
  for (const ScalingActivityId id : cloud_.activities_of(ids_[g])) {
    const ScalingActivity& each = *cloud_.find(id);
    std::string line = action_line(sim::text_of(each.type), sim::text_of(each.status), micros(each.start),
                                   each.end == kNever ? -1 : micros(each.end), each.instance_value,
                                   each.desire_value, each.scaling_value);
    for (const ChangeReason& why : each.reasons)
      line += fmt::format(" {} {}->{}", sim::text_of(why.cause), why.old_value, why.new_value);
    std::vector<InstanceId> failed;
    for (const FailedInstance& one : each.failed)
      if (one.instance != none<InstanceId>() &&
          instance_of(cloud_, one.instance).state == LifecycleState::Gone)
        failed.push_back(one.instance);
    lines.push_back(line + fmt::format(" added {} removed {} deleted {} failed {}", numbered(each.added),
                                       numbered(each.removed), numbered(each.deleted), numbered(failed)));
  }
  const auto& policies = policy_ids_[g];
  for (const PolicyExecution& each : cloud_.all_executions()) {
    if (each.group != ids_[g]) continue;
    std::string code;
    if (each.status == ExecutionStatus::Fail)
      code = each.refused_code == 0 ? "superseded" : code_text(static_cast<ErrorCode>(each.refused_code));
    lines.push_back(fmt::format(
        "policy {} {} {} {}->{} {}{}", std::ranges::find(policies, each.policy) - policies.begin(),
        word_for(each.trigger), at(micros(each.time)), each.old_desire, each.new_desire,
        each.status == ExecutionStatus::Success ? "SUCCESS" : "FAIL", code));
  }
  for (const InstanceId id : group.members) {
    const Instance& each = instance_of(cloud_, id);
    const bool serves = each.state == LifecycleState::InService;
    lines.push_back(
        fmt::format("member {} {} {} {} {}{}", number.at(id), zone_name(each.zone),
                    each.is_manual() ? "" : flavor_name(each.flavor), sim::text_of(each.state),
                    serves ? fmt::format("{} {}", sim::text_of(each.health), sim::text_of(each.ecs)) : "",
                    each.is_protected ? " protected" : ""));
    for (const HookWaitId wait_id : cloud_.waits_of(ids_[g])) {
      const HookWait& wait = cloud_.all_waits()[index_of(wait_id)];
      const Texts statuses{"HANGING", "CONTINUE", "ABANDON"};
      if (wait.instance == id)
        lines.push_back(fmt::format("  waits at {} until {}: {}", wait.hook.name, at(micros(wait.deadline)),
                                    statuses[static_cast<std::size_t>(wait.status)]));
    }
  }
  const bool cools = !group.is_scaling() && group.cooldown_from < group.cooldown_until &&
                     micros(group.cooldown_until) > now_;
  lines.push_back(group_line(word_for(group.status), group.set.desire, group.set.min, group.set.max,
                             group.current(), group.is_scaling(), cools ? micros(group.cooldown_until) : 0));
  return lines;
}

// ---- Whom a step means ----

std::size_t Twin::group_of(const Step& step) const {
  return static_cast<std::size_t>(step.c) % groups_.size();
}

std::vector<int> Twin::some_members(std::size_t g, int first, int count) const {
  const auto& all = groups_[g].members();
  std::vector<int> chosen;
  for (int i = 0; i < count && i < static_cast<int>(all.size()); ++i)
    chosen.push_back(one_of(all, first + i).number);
  return chosen;
}

std::vector<InstanceId> Twin::ids_of(std::size_t g, const std::vector<int>& members) const {
  std::vector<InstanceId> of_group, ids;
  for (std::size_t i = 0; i < cloud_.all_instances().size(); ++i)
    if (cloud_.all_instances()[i].group == ids_[g]) of_group.push_back(id_at<InstanceId>(i));
  for (const int each : members) ids.push_back(of_group[static_cast<std::size_t>(each)]);
  return ids;
}

int Twin::some_policy(std::size_t g, int which) const {
  std::vector<int> alive;
  for (const Policy& each : groups_[g].policies())
    if (!each.deleted) alive.push_back(each.number);
  return alive.empty() ? -1 : one_of(alive, which);
}

// ---- Requests about the group ----

std::string Twin::wait_only(const Step&) { return ""; }

std::string Twin::desire(const Step& step) {
  const std::size_t g = group_of(step);
  Change change;
  change.has_desire = true;
  change.desire = step.a % 12;
  ModifyAsGroup request;
  request.group = ids_[g];
  request.scope = ModifyScope::DesireOnly;
  request.desire = change.desire;
  return answers(fmt::format("group-{} desire {}", g, change.desire), outcome(cloud_.submit(request)),
                 groups_[g].change_numbers(change));
}

std::string Twin::limits(const Step& step) {
  const std::size_t g = group_of(step);
  Change change;
  change.has_min = step.a % 3 != 0;
  change.has_max = step.a % 3 != 1;
  change.has_desire = step.a % 4 == 0;
  change.min = step.b % 7;
  change.max = step.b / 7 % 15;
  change.desire = step.a / 12 % 12;
  ModifyAsGroup request;
  request.group = ids_[g];
  if (change.has_min) request.min = change.min;
  if (change.has_max) request.max = change.max;
  if (change.has_desire) request.desire = change.desire;
  return answers(fmt::format("group-{} min {} max {} desire {}", g, change.has_min ? change.min : -1,
                             change.has_max ? change.max : -1, change.has_desire ? change.desire : -1),
                 outcome(cloud_.submit(request)), groups_[g].change_numbers(change));
}

std::string Twin::settings(const Step& step) {
  const std::size_t g = group_of(step);
  Group& group = groups_[g];
  ModifyAsGroup request;
  request.group = ids_[g];
  std::string asked;
  switch (step.a % 7) {
    case 0: {
      const int seconds = one_of(kCoolDowns, step.b);
      request.cool_down = std::chrono::seconds{seconds};
      group.change_cool_down(seconds * kSecond);
      asked = fmt::format("cool_down {}", seconds);
      break;
    }
    case 1:
      request.terminate_policy = static_cast<TerminatePolicy>(step.b % 4);
      group.change_terminate(one_of(kTerminate, step.b));
      asked = one_of(kTerminate, step.b);
      break;
    case 2:
      request.multi_az_policy = static_cast<MultiAzPolicy>(step.b % 2);
      group.change_multi_az(one_of(kMultiAz, step.b));
      asked = one_of(kMultiAz, step.b);
      break;
    case 3:
      request.configuration = one_of(configurations_, step.b);
      group.change_configuration(around_.configurations[static_cast<std::size_t>(step.b) % 4].name);
      asked = fmt::format("configuration {}", step.b % 4);
      break;
    case 4: {
      const bool by_elb = step.b % 2 == 0;
      request.health_audit = by_elb ? HealthAudit::Elb : HealthAudit::Nova;
      group.change_health_audit(by_elb ? "ELB_AUDIT" : "NOVA_AUDIT");
      asked = by_elb ? "ELB_AUDIT" : "NOVA_AUDIT";
      break;
    }
    case 5: {
      const int seconds = one_of<int>({0, 600, 100, 1000}, step.b);
      request.health_grace = std::chrono::seconds{seconds};
      group.change_health_grace(seconds * kSecond);
      asked = fmt::format("grace {}", seconds);
      break;
    }
    default: {
      const int minutes = one_of<int>({5, 1, 0, 15}, step.b);
      request.health_period_minutes = minutes;
      group.change_health_period(minutes == 0 ? 10 * kSecond : minutes * kMinute);
      asked = fmt::format("health check every {} min", minutes);
    }
  }
  return answers(fmt::format("group-{} {}", g, asked), outcome(cloud_.submit(request)), "ok");
}

std::string Twin::zones(const Step& step) {
  const std::size_t g = group_of(step);
  ModifyAsGroup request;
  request.group = ids_[g];
  request.zones = one_of(kZoneLists, step.a);
  return answers(fmt::format("group-{} zones {}", g, fmt::join(zone_names(*request.zones), ",")),
                 outcome(cloud_.submit(request)), groups_[g].change_zones(zone_names(*request.zones)));
}

std::string Twin::resume(const Step& step) {
  const std::size_t g = group_of(step);
  return answers(fmt::format("group-{} resume", g), outcome(cloud_.submit(ResumeAsGroup{ids_[g]})),
                 groups_[g].resume());
}

std::string Twin::pause(const Step& step) {
  const std::size_t g = group_of(step);
  return answers(fmt::format("group-{} pause", g), outcome(cloud_.submit(PauseAsGroup{ids_[g]})),
                 groups_[g].pause());
}

std::string Twin::destroy(const Step& step) {
  const std::size_t g = group_of(step);
  const bool by_force = step.b % 3 == 0;
  return answers(
      fmt::format("group-{} delete{}", g, by_force ? " by force" : ""),
      outcome(cloud_.submit(DeleteAsGroup{ids_[g], by_force ? ForceDelete::Yes : ForceDelete::No})),
      groups_[g].destroy(by_force));
}

std::string Twin::enter_standby(const Step& step) {
  const std::size_t g = group_of(step);
  const auto chosen = some_members(g, step.a, step.b % 2 + 1);
  if (chosen.empty()) return "";
  const bool refill = step.b % 3 == 0;
  const EnterStandby request{ids_[g], ids_of(g, chosen), refill ? StandbyRefill::Yes : StandbyRefill::No};
  return answers(fmt::format("group-{} standby {}{}", g, numbers(chosen), refill ? " and refill" : ""),
                 outcome(cloud_.submit(request)), groups_[g].enter_standby(chosen, refill));
}

std::string Twin::exit_standby(const Step& step) {
  const std::size_t g = group_of(step);
  std::vector<int> chosen;
  for (const Member& each : groups_[g].members())
    if (each.state == "STANDBY" && chosen.size() <= static_cast<std::size_t>(step.b % 2))
      chosen.push_back(each.number);
  if (chosen.empty()) return "";
  return answers(fmt::format("group-{} out of standby {}", g, numbers(chosen)),
                 outcome(cloud_.submit(ExitStandby{ids_[g], ids_of(g, chosen)})),
                 groups_[g].exit_standby(chosen));
}

std::string Twin::go_offline(const Step& step) {
  const std::size_t g = group_of(step);
  const auto chosen = some_members(g, step.a, 1);
  if (chosen.empty() || !groups_[g].set().has_load_balancer) return "";
  const InstanceId id = ids_of(g, chosen).front();
  if (instance_of(cloud_, id).state != LifecycleState::InService) return "";
  Fault fault;
  fault.kind = FaultKind::ElbMemberDown;
  fault.from = time_of(now_ + 29);
  fault.until = time_of(now_ + (step.b % 20 * 60 + 1) * kSecond + 23);
  fault.group = ids_[g];
  fault.instance = id;
  cloud_.add_fault(fault);
  groups_[g].goes_offline(chosen.front(), micros(fault.until));
  return answers(
      fmt::format("group-{} member {} offline until {}", g, chosen.front(), at(micros(fault.until))), "ok",
      "ok");
}

// ---- Members by hand ----

std::string Twin::add(const Step& step) {
  const std::size_t g = group_of(step);
  std::vector<ServerId> ids;
  Texts names;
  for (int i = 0; i <= step.b % 3; ++i) {
    const auto which = static_cast<std::size_t>(step.a + 5 * i) % around_.servers.size();
    ids.push_back(id_at<ServerId>(which));
    names.push_back(around_.servers[which].name);
  }
  return answers(fmt::format("group-{} add {}", g, fmt::join(names, ",")),
                 outcome(cloud_.submit(AddInstances{ids_[g], ids})), groups_[g].add(names));
}

std::string Twin::remove(const Step& step) {
  const std::size_t g = group_of(step);
  const auto chosen = some_members(g, step.a, step.b % 3 + 1);
  const bool deletes = step.b % 2 == 0;
  const RemoveInstances request{ids_[g], ids_of(g, chosen), deletes ? EcsFate::Delete : EcsFate::Keep};
  return answers(fmt::format("group-{} remove {}{}", g, numbers(chosen), deletes ? " and delete" : ""),
                 outcome(cloud_.submit(request)), groups_[g].remove(chosen, deletes));
}

std::string Twin::remove_one(const Step& step) {
  const std::size_t g = group_of(step);
  const auto chosen = some_members(g, step.a, 1);
  if (chosen.empty()) return "";
  const bool deletes = step.b % 2 == 0;
  const RemoveInstance request{ids_of(g, chosen).front(), deletes ? EcsFate::Delete : EcsFate::Keep};
  return answers(fmt::format("group-{} remove one, {}{}", g, chosen.front(), deletes ? " and delete" : ""),
                 outcome(cloud_.submit(request)), groups_[g].remove_one(chosen.front(), deletes));
}

std::string Twin::protect(const Step& step) {
  const std::size_t g = group_of(step);
  const auto chosen = some_members(g, step.a, step.b % 4 + 1);
  const bool on = step.b % 3 != 0;
  const ProtectInstances request{ids_[g], ids_of(g, chosen), on ? Protection::On : Protection::Off};
  return answers(fmt::format("group-{} {} {}", g, on ? "protect" : "unprotect", numbers(chosen)),
                 outcome(cloud_.submit(request)), groups_[g].protect(chosen, on));
}

// ---- Policies ----

std::string Twin::new_policy(std::size_t g, Policy policy, AsPolicySettings settings, const Step& step) {
  const Texts operations{"ADD", "REMOVE", "SET"};
  policy.operation = one_of(operations, step.a);
  settings.name = "policy";
  settings.action.operation = static_cast<PolicyOperation>(step.a % 3);
  switch (step.a / 3 % 3) {
    case 0:
      policy.amount = step.a / 9 % 6 + 1;
      settings.action.number = policy.amount;
      break;
    case 1:
      policy.percentage = one_of<int>({10, 25, 33, 50, 100, 250}, step.a / 9);
      settings.action.percentage = policy.percentage;
      break;
    default: break;
  }
  const int cool_down = one_of<int>({60, 0, 300, 1200}, step.b);
  policy.cool_down = cool_down * kSecond;
  settings.cool_down = std::chrono::seconds{cool_down};
  const std::string asked = fmt::format("group-{} policy {} {} {} number {} percentage {} cool_down {}", g,
                                        groups_[g].policies().size(), policy.type, policy.operation,
                                        policy.amount, policy.percentage, cool_down);
  const auto created = cloud_.submit(CreateAsPolicy{ids_[g], settings});
  if (created) policy_ids_[g].push_back(*created);
  return answers(asked, outcome(created), groups_[g].create_policy(policy));
}

std::string Twin::alarm_policy(const Step& step) {
  const std::size_t g = group_of(step);
  AlarmRuleSettings rule;
  rule.name = "rule";
  rule.series = cloud_.series_of(MetricKey{"MY", fmt::format("load-{}-{}", g, policy_ids_[g].size()), {}});
  rule.threshold = 50 * kMetricUnit;
  rule.period = 0s;
  AsPolicySettings settings;
  settings.type = PolicyType::Alarm;
  settings.alarm = cloud_.add_alarm_rule(rule);
  policy_series_[g].resize(policy_ids_[g].size() + 1, none<MetricSeriesId>());
  policy_series_[g].back() = rule.series;
  Policy policy;
  policy.type = "ALARM";
  return new_policy(g, policy, settings, step);
}

std::string Twin::timed_policy(const Step& step) {
  const Micros minute = now_ / kMinute * kMinute + step.b % 9 * kMinute;
  AsPolicySettings settings;
  settings.type = PolicyType::Scheduled;
  settings.launch_time = time_of(minute);
  Policy policy;
  policy.type = "SCHEDULED";
  policy.launch_time = minute;
  return new_policy(group_of(step), policy, settings, step);
}

std::string Twin::periodic_policy(const Step& step) {
  const Micros minute = now_ / kMinute * kMinute + step.b % 9 * kMinute;
  Policy policy;
  policy.type = "RECURRENCE";
  policy.recurrence = one_of<Text>({"Daily", "Weekly", "Monthly"}, step.a);
  if (policy.recurrence == "Weekly") policy.days = {1 + step.b % 4, 6};
  if (policy.recurrence == "Monthly") policy.days = {1 + step.b % 3, 31};
  policy.time_of_day = minute % kDay;
  policy.from = now_ / kMinute * kMinute;
  policy.until = policy.from + (step.a % 5) * kDay + step.b % 45 * kMinute;
  AsPolicySettings settings;
  settings.type = PolicyType::Recurrence;
  settings.recurrence = {static_cast<RecurrenceType>(step.a % 3), policy.days, Duration{policy.time_of_day},
                         time_of(policy.from), time_of(policy.until)};
  if (policy.from >= policy.until) return "";
  return new_policy(group_of(step), policy, settings, step);
}

std::string Twin::alarm(const Step& step) {
  const std::size_t g = group_of(step);
  std::vector<int> alarms;
  for (const Policy& each : groups_[g].policies())
    if (!each.deleted && each.type == "ALARM") alarms.push_back(each.number);
  if (alarms.empty()) return "";
  const int number = one_of(alarms, step.a);
  cloud_.push(policy_series_[g][static_cast<std::size_t>(number)], {time_of(now_), 90 * kMetricUnit});
  groups_[g].alarm(number);
  return answers(fmt::format("group-{} alarm of policy {}", g, number), "ok", "ok");
}

std::string Twin::execute(const Step& step) {
  const std::size_t g = group_of(step);
  const int number = some_policy(g, step.a);
  if (number < 0) return "";
  const AsPolicyId id = policy_ids_[g][static_cast<std::size_t>(number)];
  return answers(fmt::format("group-{} execute policy {}", g, number),
                 outcome(cloud_.submit(ExecuteAsPolicy{id})), groups_[g].execute_policy(number));
}

std::string Twin::switch_policy(const Step& step) {
  const std::size_t g = group_of(step);
  const int number = some_policy(g, step.a);
  if (number < 0) return "";
  const AsPolicyId id = policy_ids_[g][static_cast<std::size_t>(number)];
  if (step.b % 2 == 0)
    return answers(fmt::format("group-{} pause policy {}", g, number),
                   outcome(cloud_.submit(PauseAsPolicy{id})), groups_[g].pause_policy(number));
  return answers(fmt::format("group-{} resume policy {}", g, number),
                 outcome(cloud_.submit(ResumeAsPolicy{id})), groups_[g].resume_policy(number));
}

std::string Twin::delete_policy(const Step& step) {
  const std::size_t g = group_of(step);
  const int number = some_policy(g, step.a);
  if (number < 0) return "";
  const AsPolicyId id = policy_ids_[g][static_cast<std::size_t>(number)];
  return answers(fmt::format("group-{} delete policy {}", g, number),
                 outcome(cloud_.submit(DeleteAsPolicy{id})), groups_[g].delete_policy(number));
}

std::string Twin::change_policy(const Step& step) {
  const std::size_t g = group_of(step);
  const int number = some_policy(g, step.a);
  if (number < 0) return "";
  const AsPolicyId id = policy_ids_[g][static_cast<std::size_t>(number)];
  AsPolicySettings set = cloud_.find(id)->set;
  if (set.type != PolicyType::Alarm) return "";
  const int cool_down = one_of<int>({60, 0, 300, 1200}, step.b), amount = step.b / 4 % 4 + 1;
  set.action = by_number(static_cast<PolicyOperation>(step.a % 3), amount);
  set.cool_down = std::chrono::seconds{cool_down};
  groups_[g].change_policy(number, one_of<Text>({"ADD", "REMOVE", "SET"}, step.a), amount,
                           cool_down * kSecond);
  return answers(fmt::format("group-{} change policy {}: operation {} amount {} cool_down {}", g, number,
                             step.a % 3, amount, cool_down),
                 outcome(cloud_.submit(ModifyAsPolicy{id, set})), "ok");
}

// ---- What goes wrong ----

std::string Twin::break_ecs(const Step& step) {
  const std::size_t g = group_of(step);
  const auto chosen = some_members(g, step.a, 1);
  if (chosen.empty()) return "";
  const InstanceId id = ids_of(g, chosen).front();
  const Instance& member = instance_of(cloud_, id);
  if (member.state != LifecycleState::InService || member.ecs == EcsStatus::Deleted) return "";
  const Ecs ecs = member.is_manual() ? Ecs{.server = member.server} : Ecs{.instance = id};
  const bool runs = member.ecs == EcsStatus::Active;
  Text becomes = "DELETED";
  std::string said = "ok";
  const auto told = [](const auto& outcome) { return outcome ? "ok" : outcome.error().message; };
  if (step.b % 3 == 0)
    said = told(cloud_.submit(DeleteEcs{ecs}));
  else if (runs)
    said = told(cloud_.submit(StopEcs{ecs})), becomes = "SHUTOFF";
  else
    said = told(cloud_.submit(StartEcs{ecs})), becomes = "ACTIVE";
  groups_[g].ecs_becomes(chosen.front(), becomes);
  return answers(fmt::format("group-{} ECS of {} becomes {}", g, chosen.front(), becomes), said, "ok");
}

std::string Twin::sold_out(const Step& step) {
  Fault fault;
  fault.kind = FaultKind::SoldOut;
  fault.from = time_of(now_ + 29);
  fault.until = time_of(now_ + (step.b % 20 * 30 + 1) * kSecond + 17);
  if (step.a % 4 != 0) fault.zone = one_of<ZoneId>({kZoneA, kZoneB, kZoneC}, step.a);
  if (step.c % 2 == 0) fault.flavor = one_of<FlavorId>({kSmall, kLarge}, step.b);
  cloud_.add_fault(fault);
  const Text zone = fault.zone == none<ZoneId>() ? "" : zone_name(fault.zone);
  around_.sold_out.push_back({zone, flavor_name(fault.flavor), now_ + 29, micros(fault.until)});
  return answers(fmt::format("sold out: zone '{}' flavor '{}' until {}", zone, flavor_name(fault.flavor),
                             at(micros(fault.until))),
                 "ok", "ok");
}

std::string Twin::bad_boots(const Step& step) {
  Fault fault;
  fault.kind = FaultKind::BootFailure;
  fault.from = time_of(now_ + 29);
  fault.until = time_of(now_ + (step.b % 20 * 10 + 1) * kSecond + 19);
  fault.probability_ppm = 1'000'000;
  cloud_.add_fault(fault);
  around_.bad_boots.push_back({now_ + 29, micros(fault.until)});
  return answers(fmt::format("boots fail until {}", at(micros(fault.until))), "ok", "ok");
}

// ---- Lifecycle hooks ----

std::string Twin::create_hook(const Step& step) {
  const std::size_t g = group_of(step);
  Hook hook;
  hook.name = one_of<Text>({"a", "b", "c"}, step.a);
  hook.type = step.b % 2 == 0 ? "INSTANCE_LAUNCHING" : "INSTANCE_TERMINATING";
  hook.default_result = step.b / 2 % (step.b % 2 == 0 ? 6 : 2) == 0 ? "ABANDON" : "CONTINUE";
  hook.timeout = one_of<int>({60, 90, 200}, step.b / 6) * kSecond;
  LifecycleHook set;
  set.name = hook.name;
  set.type = step.b % 2 == 0 ? HookType::InstanceLaunching : HookType::InstanceTerminating;
  set.default_result = hook.default_result == "ABANDON" ? HookResult::Abandon : HookResult::Continue;
  set.default_timeout = Duration{hook.timeout};
  set.topic_urn = "urn:smn:eu-de:project:topic";
  return answers(fmt::format("group-{} hook {} {} {} {}", g, hook.name, hook.type, hook.default_result,
                             hook.timeout / kSecond),
                 outcome(cloud_.submit(CreateLifecycleHook{ids_[g], set})), groups_[g].create_hook(hook));
}

std::string Twin::delete_hook(const Step& step) {
  const std::size_t g = group_of(step);
  if (groups_[g].hooks().empty()) return "";
  const Text name = one_of(groups_[g].hooks(), step.a).name;
  return answers(fmt::format("group-{} delete hook {}", g, name),
                 outcome(cloud_.submit(DeleteLifecycleHook{ids_[g], name})), groups_[g].delete_hook(name));
}

std::string Twin::answer_hook(const Step& step) {
  const std::size_t g = group_of(step);
  const auto waits = cloud_.waits_of(ids_[g]);
  if (waits.empty()) return "";
  const HookWaitId id = waits[static_cast<std::size_t>(step.a) % waits.size()];
  const HookWait wait = cloud_.all_waits()[index_of(id)];
  const auto numbers = groups_[g].members();
  int member = -1;
  for (const Member& each : numbers)
    if (ids_of(g, {each.number}).front() == wait.instance) member = each.number;
  const Text answer = one_of<Text>({"CONTINUE", "ABANDON", "EXTEND", "CONTINUE"}, step.b);
  const auto as_given = one_of<HookAnswer>(
      {HookAnswer::Continue, HookAnswer::Abandon, HookAnswer::Extend, HookAnswer::Continue}, step.b);
  return answers(fmt::format("group-{} {} for {} at {}", g, answer, member, wait.hook.name),
                 outcome(cloud_.submit(AnswerLifecycleHook{ids_[g], id, as_given})),
                 groups_[g].answer_hook(member, wait.hook.name, answer));
}

const std::vector<Twin::Deed>& Twin::deeds() {
  static const std::vector<Deed> all{&Twin::resume,        &Twin::resume,        &Twin::resume,
                                     &Twin::desire,        &Twin::desire,        &Twin::desire,
                                     &Twin::desire,        &Twin::desire,        &Twin::limits,
                                     &Twin::limits,        &Twin::settings,      &Twin::settings,
                                     &Twin::settings,      &Twin::settings,      &Twin::settings,
                                     &Twin::zones,         &Twin::pause,         &Twin::add,
                                     &Twin::add,           &Twin::add,           &Twin::remove,
                                     &Twin::remove_one,    &Twin::remove_one,    &Twin::protect,
                                     &Twin::protect,       &Twin::alarm_policy,  &Twin::alarm_policy,
                                     &Twin::timed_policy,  &Twin::timed_policy,  &Twin::periodic_policy,
                                     &Twin::alarm,         &Twin::alarm,         &Twin::alarm,
                                     &Twin::alarm,         &Twin::alarm,         &Twin::alarm,
                                     &Twin::alarm,         &Twin::alarm,         &Twin::alarm,
                                     &Twin::execute,       &Twin::execute,       &Twin::execute,
                                     &Twin::execute,       &Twin::switch_policy, &Twin::delete_policy,
                                     &Twin::change_policy, &Twin::change_policy, &Twin::break_ecs,
                                     &Twin::break_ecs,     &Twin::break_ecs,     &Twin::go_offline,
                                     &Twin::go_offline,    &Twin::sold_out,      &Twin::bad_boots,
                                     &Twin::create_hook,   &Twin::delete_hook,   &Twin::answer_hook,
                                     &Twin::wait_only,     &Twin::destroy,       &Twin::enter_standby,
                                     &Twin::enter_standby, &Twin::exit_standby};
  REQUIRE(all.size() == kDeeds);
  return all;
}

}  // namespace tidepool::reference
