// Demand, and the metrics it makes.
#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr MetricValue kFullUtilisation = 100 * kMetricUnit;

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

// ---- Demand: declared beforehand, tied to a group later ----

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

}  // namespace tidepool::sim
