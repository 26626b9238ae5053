// Demand, the metrics it makes, and the alarm rules that watch them.
#include <algorithm>
#include <cassert>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr MetricValue kFullUtilisation = 100 * kMetricUnit;

// Metrics and alarm periods lie on a grid that is counted from 1970, as the monitoring service does it.
bool on_grid(Time t, Duration period) { return t.time_since_epoch() % period == Duration::zero(); }

// How much of [from, to) the trace offers something.
Duration busy_time(const Trace& trace, Time from, Time to) {
  Duration busy{};
  while (from < to) {
    const Time next = std::min(to, trace.next_rate_change(from).value_or(to));
    if (const auto step = trace.step_at(from); step && trace.amounts[*step] > 0) busy += next - from;
    from = next;
  }
  return busy;
}

}  // namespace

// ---- Declared beforehand, tied to a group later ----

AlarmRuleId Cloud::add_alarm_rule(const AlarmRuleSettings& rule) {
  const auto id = id_at<AlarmRuleId>(alarm_rules_.size());
  alarm_rules_.push_back({});
  alarm_rules_.back().set = rule;
  alarm_rules_.back().set.group = none<AsGroupId>();
  rule_policies_.emplace_back();
  if (rule.group != none<AsGroupId>()) attach(id, rule.group);
  return id;
}

void Cloud::attach(AlarmRuleId id, AsGroupId owner) {
  assert(alarm_rules_[index_of(id)].set.group == none<AsGroupId>());
  alarm_rules_[index_of(id)].set.group = owner;
  state(owner).alarm_rules.push_back(id);
  note(owner, "alarm rule {} watches", alarm_rules_[index_of(id)].set.name);
}

Result<void> Cloud::remove_alarm_rule(AlarmRuleId id) {
  if (find(id) == nullptr) return Error{ErrorCode::AlarmUnknown, "this alarm rule does not exist"};
  AlarmRule& rule = alarm_rules_[index_of(id)];
  rule.deleted = true;
  if (rule.set.group != none<AsGroupId>()) {
    std::erase(state(rule.set.group).alarm_rules, id);
    note(rule.set.group, "alarm rule {} deleted", rule.set.name);
  }
  return {};
}

WorkloadId Cloud::add_workload(FluidWorkload workload) {
  const auto id = id_at<WorkloadId>(workloads_.size());
  const AsGroupId owner = workload.group;
  workload.group = none<AsGroupId>();
  workloads_.push_back(std::move(workload));
  if (owner != none<AsGroupId>()) attach(id, owner);
  return id;
}

// What was offered before there was a group counts: nobody served it.
void Cloud::attach(WorkloadId id, AsGroupId owner) {
  FluidWorkload& workload = workloads_[index_of(id)];
  GroupState& s = state(owner);
  assert(workload.group == none<AsGroupId>() && s.workload == none<WorkloadId>());
  settle(owner);
  workload.group = owner;
  s.workload = id;
  s.totals.offered += workload.trace.offered_between(start_, now());
  s.totals.short_us += busy_time(workload.trace, start_, now()).count();
  note(owner, "offered a workload of {} steps", workload.trace.amounts.size());
  if (const auto next = workload.trace.next_rate_change(now()))
    simulator_.schedule_at(*next, DemandChanges{id});
}

void Cloud::handle(const DemandChanges& event) {
  const FluidWorkload& workload = workloads_[index_of(event.workload)];
  settle(workload.group);
  if (const auto next = workload.trace.next_rate_change(now()))
    simulator_.schedule_at(*next, DemandChanges{event.workload});
}

// ---- Datapoints ----

void Cloud::schedule_metrics(AsGroupId id) {
  const Duration period = behaviour_.metric_period;
  const Time next = now() + (period - now().time_since_epoch() % period);
  simulator_.schedule_at(next, MetricsDue{id});
}

void Cloud::handle(const MetricsDue& event) {
  if (group(event.group).status == GroupStatus::Deleted) return;
  schedule_metrics(event.group);
  settle(event.group);
  GroupState& s = state(event.group);
  const std::optional<MetricValue> cpu = utilisation(s);
  take_sample(event.group, cpu);
  s.window_offered = s.window_served = 0;
  s.window_serving_us = 0;
  const MetricValue size = group(event.group).in_service * kMetricUnit;
  for (const AlarmRuleId rule : s.alarm_rules) {
    const bool of_cpu = alarm_rules_[index_of(rule)].set.metric == GroupMetric::CpuUtil;
    evaluate(rule, of_cpu ? cpu : std::optional<MetricValue>(size));
  }
}

// The share of what the serving instances could have done since the last datapoint; no instances, no data.
std::optional<MetricValue> Cloud::utilisation(const GroupState& s) const {
  if (s.workload == none<WorkloadId>() || s.window_serving_us == 0) return std::nullopt;
  const Wide able = Wide{workloads_[index_of(s.workload)].capacity_per_instance} * s.window_serving_us;
  const Wide share = Wide{s.window_served} * kMicrosPerSecond * kFullUtilisation / able;
  return static_cast<MetricValue>(std::min(share, Wide{kFullUtilisation}));
}

void Cloud::take_sample(AsGroupId id, std::optional<MetricValue> cpu) {
  if (recording_ == Recording::Nothing) return;
  const AsGroup& g = group(id);
  const GroupState& s = state(id);
  samples_.push_back(
      {now(), id, g.in_service, g.pending, g.removing, g.set.desire, s.window_offered, s.window_served, cpu});
}

// ---- Alarms ----

void Cloud::evaluate(AlarmRuleId id, std::optional<MetricValue> datapoint) {
  AlarmRule& rule = alarm_rules_[index_of(id)];
  if (datapoint) rule.gathered.add(*datapoint);
  const bool raw = rule.set.period == Duration::zero();
  if (!raw && !on_grid(now(), rule.set.period)) return;
  std::optional<MetricValue> value;
  if (!rule.gathered.empty()) value = rule.gathered.value(rule.set.statistic);
  rule.gathered.clear();
  if (!value) return;  // No data: the state stays and nothing fires.

  const bool was_in_alarm = rule.progress.in_alarm;
  rule.progress = after_period(rule.progress, value, rule.set.comparison, rule.set.threshold, rule.set.count);
  if (rule.progress.in_alarm != was_in_alarm)
    note(rule.set.group, "alarm rule {} {} at {}.{:06}", rule.set.name,
         was_in_alarm ? "is ok again" : "raised", *value / kMetricUnit, *value % kMetricUnit);
  if (!rule.progress.in_alarm) rule.last_fired = kNever;
  if (rule.progress.in_alarm && fires(rule, was_in_alarm)) {
    rule.last_fired = now();
    fire(id);
  }
}

bool Cloud::fires(AlarmRule& rule, bool was_in_alarm) const {
  if (!was_in_alarm) return true;
  if (!rule.set.suppress) return behaviour_.alarm_repeat == AlarmRepeat::EveryPeriod;
  if (*rule.set.suppress == Duration::zero()) return false;
  return now() - rule.last_fired >= *rule.set.suppress;
}

void Cloud::fire(AlarmRuleId id) {
  const std::vector<AsPolicyId> users = rule_policies_[index_of(id)];
  for (const AsPolicyId each : users) {
    const AsPolicy& user = policy(each);
    if (user.status == PolicyStatus::InService && group(user.group).status == GroupStatus::InService)
      execute(each, Trigger::Alarm);
  }
}

}  // namespace tidepool::sim
