#include "tests/property/storm.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>

#include "sim/cloud/invariants.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

constexpr int kMostGroups = 4;
constexpr int kMostServers = 14;
constexpr Duration kCalm = 5h;  ///< Long enough for boots one by one, checks every 15 minutes and retries.

Behaviour some_behaviour(Choices& any) {
  Behaviour b = any.chance(50) ? Behaviour::classic() : Behaviour::current();
  b.require_configuration = false;
  b.scan_period = any.of<Duration>({0s, 7s, 10s, 60s});
  b.metric_period = any.of<Duration>({10s, 60s, 300s});
  b.retry_delay = any.of<Duration>({0s, 5s, 60s});
  b.max_parallel_creates = any.of<int>({0, 0, 1, 3});
  b.instance_quota = any.of<int>({0, 0, 15});
  b.listener_backend_limit = any.of<int>({300, 12});
  b.initial_status = any.chance(30) ? InitialStatus::InService : InitialStatus::Paused;
  b.implicit_desire_clamp = any.chance(30);
  b.pause_clears_cooldown = any.chance(30);
  b.cooldown_end_inclusive = any.chance(30);
  b.lb_change = any.chance(50) ? LbChange::IdleOnly : LbChange::Strict;
  b.alarm_repeat = any.chance(30) ? AlarmRepeat::TransitionsOnly : AlarmRepeat::EveryPeriod;
  b.standby = any.chance(70);
  b.hook_extension_capped = any.chance(30);
  b.forced_delete_survival_ppm = any.of<std::int64_t>({0, 0, 500'000});
  b.policy_exec_latency = any.of<Duration>({0s, 0s, 3s});
  b.bandwidth_exec_latency = any.of<Duration>({0s, 5s, 90s});
  if (any.chance(20)) b.max_retries = any.number(0, 3);
  if (any.chance(5)) b.vcpu_quota = 14;
  if (any.chance(5)) b.memory_quota_mb = 30'000;
  if (any.chance(5)) b.disk_quota = 20;
  if (any.chance(5)) b.eip_quota = 4;
  return b;
}

CloudSpec some_cloud(Choices& any, std::uint64_t seed) {
  using enum DurationDistribution::Kind;
  CloudSpec spec;
  spec.behaviour = some_behaviour(any);
  spec.seed = seed;
  spec.journal = JournalText::Dropped;
  if (any.chance(50)) spec.region.boot_time = {LogNormal, 90s, 180s};
  if (any.chance(50)) spec.region.removal_time = {Uniform, 0s, 40s};
  if (any.chance(50)) spec.region.attach_time = {Exponential, 5s, {}};
  if (any.chance(30)) spec.region.removal_time = {Constant, 0s, {}};
  if (any.chance(50)) spec.region.zones[0].capacity[kSmall] = any.number(0, 6);
  if (any.chance(30)) spec.region.zones[1].capacity[kSmall] = any.number(0, 6);
  return spec;
}

}  // namespace

Storm::Storm(std::uint64_t seed) : any_{Rng(seed, "storm")}, cloud_(a_cloud(some_cloud(any_, seed))) {
  for (const auto& flavors : std::vector<std::vector<FlavorId>>{{kSmall}, {kLarge, kSmall}, {kGpu}, {kCheap}})
    configurations_.push_back(
        create_configuration(cloud_, {.flavors = flavors, .data_disks = 1, .eip_mbit = 5}));
}

void Storm::step() {
  const std::string before = cloud_.journal().fingerprint();
  const Deed deed = any_.of(deeds());
  said_ = {};
  (this->*deed.act)();
  INFO(deed.name << ": " << said_);
  if (said_.starts_with("AS."))
    REQUIRE(cloud_.journal().fingerprint() == before);  // Refused: nothing changes.
  must_be_sound();
  if (any_.chance(40)) pass(any_.chance(70) ? any_.time(0s, 3min) : any_.time(0s, 30min));
}

void Storm::clear_up() {
  Time end = cloud_.now();
  for (const Fault& each : cloud_.all_faults()) end = std::max(end, each.until);
  for (std::size_t i = 0; i < cloud_.all_policies().size(); ++i)
    if (cloud_.find(id_at<AsPolicyId>(i)) != nullptr)
      REQUIRE(outcome(cloud_.submit(DeleteAsPolicy{id_at<AsPolicyId>(i), PolicyDeletion::InBatchByForce})) ==
              "ok");
  pass(end - cloud_.now());
  for (const AsGroupId each : groups()) lift_protection(each);
  pass(kCalm);
  cloud_.settle();
}

void Storm::lift_protection(AsGroupId id) {
  if (group_of(cloud_, id).status == GroupStatus::Deleting) return;
  for (const InstanceId each : members(cloud_, id))
    if (instance_of(cloud_, each).is_protected) unprotect(cloud_, id, {each});
}

// ---- Time, one event after the other ----

void Storm::pass(Duration span) {
  const Time limit = cloud_.now() + span;
  while (cloud_.next_time() && *cloud_.next_time() <= limit) {
    cloud_.run_until(*cloud_.next_time());
    must_be_sound();
  }
  cloud_.run_until(limit);
}

void Storm::must_be_sound() const {
  const std::vector<std::string> broken = broken_invariants(cloud_);
  if (broken.empty()) return;
  FAIL("at " << seconds_since(kStart, cloud_.now()) << " s: " << broken.front());
}

// ---- Whom it may concern ----

std::vector<AsGroupId> Storm::groups() const {
  std::vector<AsGroupId> alive;
  for (std::size_t i = 0; i < cloud_.all_groups().size(); ++i)
    if (cloud_.find(id_at<AsGroupId>(i)) != nullptr) alive.push_back(id_at<AsGroupId>(i));
  return alive;
}

// Sometimes one that is gone, or never was.
AsGroupId Storm::some_group() {
  const auto alive = groups();
  if (alive.empty() || any_.chance(2)) return id_at<AsGroupId>(static_cast<std::size_t>(any_.number(0, 9)));
  return any_.of(alive);
}

AsPolicyId Storm::some_policy() {
  return id_at<AsPolicyId>(
      static_cast<std::size_t>(any_.number(0, static_cast<int>(cloud_.all_policies().size()))));
}

InstanceId Storm::some_instance(AsGroupId id) {
  const AsGroup* found = cloud_.find(id);
  if (found == nullptr || found->members.empty() || any_.chance(2)) return InstanceId{0};
  return any_.of(found->members);
}

std::vector<InstanceId> Storm::some_instances(AsGroupId id) {
  std::vector<InstanceId> some;
  for (int i = any_.number(1, 3); i > 0; --i) some.push_back(some_instance(id));
  return some;
}

std::vector<ZoneId> Storm::some_zones() {
  std::vector<ZoneId> zones{kZoneA, kZoneB, kZoneC};
  for (int i = 0; i < 2; ++i)
    std::swap(zones[static_cast<std::size_t>(any_.number(i, 2))], zones[static_cast<std::size_t>(i)]);
  zones.resize(static_cast<std::size_t>(any_.number(1, 3)));
  return zones;
}

PolicyAction Storm::some_action() {
  const auto operation =
      any_.of<PolicyOperation>({PolicyOperation::Add, PolicyOperation::Remove, PolicyOperation::Set});
  return any_.chance(50) ? by_number(operation, any_.number(1, 5))
                         : by_percentage(operation, any_.number(1, 150));
}

// ---- Groups ----

void Storm::create() {
  if (static_cast<int>(groups().size()) == kMostGroups) return;
  GroupSpec spec{.configuration = any_.of(configurations_), .min = any_.number(0, 2)};
  spec.desire = any_.number(0, 8);
  spec.max = any_.number(4, 12);
  spec.cool_down = any_.of<Duration>({0s, 60s, 300s});
  spec.zones = some_zones();
  spec.health_minutes = any_.of<int>({0, 1, 5, 15});
  spec.grace = any_.of<Duration>({0s, 120s, 600s});
  spec.terminate = static_cast<TerminatePolicy>(any_.number(0, 3));
  spec.multi_az = static_cast<MultiAzPolicy>(any_.number(0, 1));
  spec.notify = any_.chance(50);
  spec.delete_publicip = any_.chance(50);
  if (any_.chance(30)) spec.listeners = {kListener};
  if (any_.chance(30)) spec.pools = {{kPool, 80, 1}};
  const auto created = cloud_.submit(a_group(spec));
  note(created);
  if (!created || any_.chance(20)) return;
  said_ += " " + outcome(cloud_.submit(ResumeAsGroup{*created}));
}

void Storm::modify() {
  ModifyAsGroup request;
  request.group = some_group();
  switch (any_.number(0, 9)) {
    case 0:
    case 1:
    case 2: request.desire = any_.number(0, 12); break;
    case 3: request.min = any_.number(0, 4); break;
    case 4: request.max = any_.number(2, 14); break;
    case 5: request.zones = some_zones(); break;
    case 6: request.configuration = any_.of(configurations_); break;
    case 7: request.health_period_minutes = any_.of<int>({0, 1, 5, 15}); break;
    case 8: request.lbaas_listeners = std::vector<LbaasListener>{{kSecondPool, 80, any_.number(1, 9)}}; break;
    default:
      request.listeners = std::vector<ListenerId>{any_.of<ListenerId>({kListener, kSecondListener})};
      break;
  }
  note(cloud_.submit(request));
}

void Storm::resume() { note(cloud_.submit(ResumeAsGroup{some_group()})); }

void Storm::pause() { note(cloud_.submit(PauseAsGroup{some_group()})); }

void Storm::destroy() {
  note(cloud_.submit(DeleteAsGroup{some_group(), any_.chance(20) ? ForceDelete::Yes : ForceDelete::No}));
}

// ---- Members ----

void Storm::add() {
  AddInstances request{some_group(), {}};
  for (int i = any_.number(1, 3); i > 0; --i)
    request.servers.push_back(id_at<ServerId>(static_cast<std::size_t>(any_.number(0, kMostServers - 1))));
  note(cloud_.submit(request));
}

void Storm::remove() {
  const AsGroupId group = some_group();
  note(cloud_.submit(
      RemoveInstances{group, some_instances(group), any_.chance(50) ? EcsFate::Keep : EcsFate::Delete}));
}

void Storm::remove_one() {
  note(cloud_.submit(RemoveInstance{some_instance(some_group()), EcsFate::Delete}));
}

void Storm::protect_some() {
  const AsGroupId group = some_group();
  note(cloud_.submit(
      ProtectInstances{group, some_instances(group), any_.chance(60) ? Protection::On : Protection::Off}));
}

void Storm::enter_standby() {
  const AsGroupId group = some_group();
  note(cloud_.submit(
      EnterStandby{group, some_instances(group), any_.chance(50) ? StandbyRefill::Yes : StandbyRefill::No}));
}

void Storm::exit_standby() {
  const AsGroupId group = some_group();
  note(cloud_.submit(ExitStandby{group, some_instances(group)}));
}

// ---- Lifecycle hooks ----

// Left alone, an instance joins in the end: or no calm would bring a group home.
void Storm::add_hook() {
  LifecycleHook hook;
  hook.name = any_.of<std::string>({"a", "b", "c"});
  hook.type = any_.chance(50) ? HookType::InstanceLaunching : HookType::InstanceTerminating;
  const bool may_abandon = hook.type == HookType::InstanceTerminating && any_.chance(50);
  hook.default_result = may_abandon ? HookResult::Abandon : HookResult::Continue;
  hook.default_timeout = any_.of<Duration>({60s, 90s, 120s});
  hook.topic_urn = "urn:smn:eu-de:project:topic";
  note(cloud_.submit(CreateLifecycleHook{some_group(), hook}));
}

void Storm::delete_hook() {
  note(cloud_.submit(DeleteLifecycleHook{some_group(), any_.of<std::string>({"a", "b", "c"})}));
}

void Storm::answer_hook() {
  const int waits = static_cast<int>(cloud_.all_waits().size());
  const auto wait = id_at<HookWaitId>(
      static_cast<std::size_t>(any_.number(std::max(0, waits - 6), waits)));  // The last one is of nobody.
  const bool there = index_of(wait) < cloud_.all_waits().size();
  const AsGroupId group = there ? cloud_.all_waits()[index_of(wait)].group : some_group();
  auto answer = any_.of<HookAnswer>({HookAnswer::Continue, HookAnswer::Abandon, HookAnswer::Extend});
  if (there && cloud_.all_waits()[index_of(wait)].deadline > cloud_.now() + 1h) answer = HookAnswer::Continue;
  note(cloud_.submit(AnswerLifecycleHook{group, wait, answer}));
}

// ---- Policies, alarms, demand ----

void Storm::add_policy() {
  const AsGroupId group = some_group();
  if (cloud_.find(group) == nullptr) return;
  const PolicySpec spec{.action = some_action(), .cool_down = any_.of<Duration>({0s, 30s, 300s})};
  const Duration later = 1min * any_.number(1, 60);
  const Time minute = kStart + (cloud_.now() - kStart) / 1min * 1min;
  switch (any_.number(0, 2)) {
    case 0: {
      const AlarmRuleId rule = some_rule(group);  // Made whether or not the policy is.
      said_ = "rule ok, policy " + outcome(cloud_.submit(CreateAsPolicy{group, an_alarm_policy(rule, spec)}));
      return;
    }
    case 1: return note(cloud_.submit(CreateAsPolicy{group, a_scheduled_policy(minute + later, spec)}));
    default: {
      const Recurrence daily{
          RecurrenceType::Daily, {}, (minute + later - kStart) % 24h, kStart, minute + 48h};
      return note(cloud_.submit(CreateAsPolicy{group, a_periodic_policy(daily, spec)}));
    }
  }
}

AlarmRuleId Storm::some_rule(AsGroupId group) {
  AlarmRuleSettings rule;
  rule.name = "rule";
  rule.group = group;
  rule.comparison = any_.chance(50) ? AlarmOperator::GreaterEqual : AlarmOperator::Less;
  rule.threshold = any_.number(20, 80) * kMetricUnit;
  rule.period = any_.of<Duration>({0s, 300s});
  rule.count = any_.number(1, 3);
  if (any_.chance(30)) rule.suppress = any_.of<Duration>({0s, 300s});
  return cloud_.add_alarm_rule(rule);
}

void Storm::execute() { note(cloud_.submit(ExecuteAsPolicy{some_policy()})); }

void Storm::pause_policy() { note(cloud_.submit(PauseAsPolicy{some_policy()})); }

void Storm::resume_policy() { note(cloud_.submit(ResumeAsPolicy{some_policy()})); }

void Storm::delete_policy() { note(cloud_.submit(DeleteAsPolicy{some_policy()})); }

void Storm::remove_rule() {
  const int rules = static_cast<int>(cloud_.all_alarm_rules().size());
  note(cloud_.remove_alarm_rule(id_at<AlarmRuleId>(static_cast<std::size_t>(any_.number(0, rules)))));
}

void Storm::offer() {
  const AsGroupId group = some_group();
  if (cloud_.find(group) == nullptr || !loaded_.emplace(group, true).second) return;
  std::vector<Amount> amounts;
  for (int i = 0; i < 2000; ++i) amounts.push_back(any_.rng.uniform_int(0, 8 * kCapacity) * 60);
  Workload workload{Trace{kStart, 1min, amounts}, kCapacity, group};
  if (any_.chance(30)) {
    workload.queue = load::FluidQueueSettings{.limit = any_.number(0, 2000) * kAmountUnit};
    workload.concurrency = 10;
  } else if (any_.chance(20)) {
    // Few of them, for each is played by itself.
    for (Amount& each : amounts) each /= 50;
    workload.trace = Trace{kStart, 1min, std::move(amounts)};
    load::StationSettings settings;
    settings.service = load::exponential(1s);
    settings.concurrency = 10;
    settings.queue_at = any_.of<load::QueuePlace>({load::QueuePlace::Balancer, load::QueuePlace::Instance});
    settings.queue_limit = any_.number(0, 500);
    settings.timeout = 20s;
    settings.retry.attempts = any_.number(1, 3);
    workload.requests = settings;
    workload.concurrency = 10;
    workload.drain = any_.time(0s, 1min);
  }
  cloud_.add_workload(std::move(workload));
}

void Storm::push() {
  const MetricPoint point{cloud_.now() + any_.time(0s, 10min) - 5min, any_.number(0, 100) * kMetricUnit};
  const AsGroupId group = some_group();
  const bool of_group = cloud_.find(group) != nullptr && any_.chance(60);
  const auto metric = any_.chance(50) ? GroupMetric::CpuUtil : GroupMetric::InstanceNum;
  cloud_.push(of_group ? cloud_.series_of(group, metric) : cloud_.series_of(MetricKey{"MY", "load", {}}),
              point);
}

void Storm::change_rule() {
  const int rules = static_cast<int>(cloud_.all_alarm_rules().size());
  const auto rule = id_at<AlarmRuleId>(static_cast<std::size_t>(any_.number(0, rules)));
  AlarmRuleSettings wanted;
  if (cloud_.find(rule) != nullptr) wanted = cloud_.find(rule)->set;
  wanted.enabled = any_.chance(70) ? Switch::On : Switch::Off;
  wanted.actions_enabled = any_.chance(70) ? Switch::On : Switch::Off;
  wanted.period = any_.of<Duration>({0s, 300s, 600s});
  note(cloud_.change_alarm_rule(rule, wanted));
}

void Storm::add_bandwidth() {
  if (cloud_.all_bandwidths().size() >= 3) return;
  note(cloud_.submit(CreateBandwidth{"line", any_.number(1, 2100), ShareType::Per}));
}

void Storm::change_bandwidth() {
  const auto bandwidth = id_at<BandwidthId>(static_cast<std::size_t>(any_.number(0, 3)));
  if (any_.chance(5)) return note(cloud_.submit(DeleteBandwidth{bandwidth}));
  note(cloud_.submit(ModifyBandwidth{bandwidth, {}, any_.number(0, 2000)}));
}

void Storm::add_bandwidth_policy() {
  const auto bandwidth = id_at<BandwidthId>(static_cast<std::size_t>(any_.number(0, 3)));
  PolicySpec spec{.action = {any_.of<PolicyOperation>({PolicyOperation::Add, PolicyOperation::Remove}),
                             any_.number(0, 301), std::nullopt},
                  .cool_down = any_.of<Duration>({0s, 30s, 300s})};
  if (any_.chance(50)) spec.action.limits = any_.number(0, 2001);
  if (any_.chance(40)) {
    const Time minute = kStart + (cloud_.now() - kStart) / 1min * 1min;
    const auto set = a_scheduled_policy(minute + 1min * any_.number(1, 30), spec);
    return note(cloud_.submit(CreateAsPolicy{{}, set, bandwidth}));
  }
  AlarmRuleSettings rule;
  rule.name = "line";
  rule.series = cloud_.series_of(MetricKey{"MY", "load", {}});
  rule.threshold = any_.number(20, 80) * kMetricUnit;
  rule.period = any_.of<Duration>({0s, 300s});
  const AlarmRuleId made = cloud_.add_alarm_rule(rule);
  said_ =
      "rule ok, policy " + outcome(cloud_.submit(CreateAsPolicy{{}, an_alarm_policy(made, spec), bandwidth}));
}

// ---- What goes wrong ----

void Storm::go_wrong() {
  Fault fault;
  fault.kind = static_cast<FaultKind>(any_.number(0, 9));
  fault.from = cloud_.now() + any_.time(0s, 2min);
  fault.until = fault.from + any_.time(1us, 20min);
  fault.zone = any_.of<ZoneId>({kZoneA, kZoneB, kZoneC});
  if (fault.kind != FaultKind::ZoneOutage && any_.chance(50)) fault.zone = none<ZoneId>();
  if (fault.kind != FaultKind::ZoneOutage && any_.chance(30)) fault.flavor = kSmall;
  fault.group = some_group();
  if (cloud_.find(fault.group) == nullptr) fault.group = none<AsGroupId>();
  fault.probability_ppm = any_.number(0, 1'000'000);
  fault.mean_time_to_failure = any_.time(1min, 2h);
  fault.sickness = static_cast<Sickness>(any_.number(0, 2));
  fault.count = any_.number(1, 4);
  fault.delay = any_.time(0s, 5min);
  fault.factor_ppm = any_.number(1'000'000, 4'000'000);
  cloud_.add_fault(fault);
}

void Storm::wait() { pass(any_.time(0s, 10min)); }

const std::vector<Storm::Deed>& Storm::deeds() {
  static const std::vector<Deed> all{
      {"create a group", &Storm::create},
      {"create a group", &Storm::create},
      {"modify a group", &Storm::modify},
      {"modify a group", &Storm::modify},
      {"modify a group", &Storm::modify},
      {"modify a group", &Storm::modify},
      {"resume a group", &Storm::resume},
      {"resume a group", &Storm::resume},
      {"pause a group", &Storm::pause},
      {"delete a group", &Storm::destroy},
      {"add servers", &Storm::add},
      {"remove members", &Storm::remove},
      {"remove a member", &Storm::remove_one},
      {"protect members", &Storm::protect_some},
      {"enter standby", &Storm::enter_standby},
      {"exit standby", &Storm::exit_standby},
      {"create a hook", &Storm::add_hook},
      {"delete a hook", &Storm::delete_hook},
      {"answer a hook", &Storm::answer_hook},
      {"answer a hook", &Storm::answer_hook},
      {"create a policy", &Storm::add_policy},
      {"create a policy", &Storm::add_policy},
      {"execute a policy", &Storm::execute},
      {"pause a policy", &Storm::pause_policy},
      {"resume a policy", &Storm::resume_policy},
      {"delete a policy", &Storm::delete_policy},
      {"remove an alarm rule", &Storm::remove_rule},
      {"offer a workload", &Storm::offer},
      {"push data", &Storm::push},
      {"push data", &Storm::push},
      {"change an alarm rule", &Storm::change_rule},
      {"create a bandwidth", &Storm::add_bandwidth},
      {"change a bandwidth", &Storm::change_bandwidth},
      {"create a bandwidth's policy", &Storm::add_bandwidth_policy},
      {"a fault", &Storm::go_wrong},
      {"a fault", &Storm::go_wrong},
      {"wait", &Storm::wait},
  };
  return all;
}

}  // namespace tidepool::sim
