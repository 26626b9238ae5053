// The metrics that a group has of itself.
#include <algorithm>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
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
  const Datapoint measured{now(), utilisation(event.group), group(event.group).in_service * kMetricUnit};
  take_sample(event.group, measured.cpu_util);
  take_latency(event.group);
  s.window_offered = s.window_served = 0;
  s.effort_at_tick = effort_of(event.group);
  if (behaviour_.metric_delay == Duration::zero()) return publish(event.group, measured);
  s.unpublished.push_back(measured);
  simulator_.schedule_after(behaviour_.metric_delay, DatapointsPublished{event.group});
}

void Cloud::handle(const DatapointsPublished& event) {
  std::vector<Datapoint>& waiting = state(event.group).unpublished;
  const Datapoint oldest = waiting.front();
  waiting.erase(waiting.begin());
  if (group(event.group).status != GroupStatus::Deleted) publish(event.group, oldest);
}

void Cloud::publish(AsGroupId id, const Datapoint& datapoint) {
  for (const AlarmRuleId rule : state(id).alarm_rules) {
    const bool of_cpu = alarm_rules_[index_of(rule)].set.metric == GroupMetric::CpuUtil;
    evaluate(rule, of_cpu ? datapoint.cpu_util : std::optional<MetricValue>(datapoint.instance_num),
             datapoint.time);
  }
}

// The share of what the serving instances could have done since the last datapoint; no instances, no data.
std::optional<MetricValue> Cloud::utilisation(AsGroupId id) const {
  return effort_of(id).share_since(states_[index_of(id)].effort_at_tick);
}

void Cloud::take_sample(AsGroupId id, std::optional<MetricValue> cpu) {
  if (recording_ == Recording::Nothing) return;
  const AsGroup& g = group(id);
  const GroupState& s = state(id);
  samples_.push_back(
      {now(), id, g.in_service, g.pending, g.removing, g.set.desire, s.window_offered, s.window_served, cpu});
}

void Cloud::take_latency(AsGroupId id) {
  const GroupState& s = state(id);
  if (s.workload == none<WorkloadId>()) return;
  Service& service = services_[index_of(s.workload)];
  LatencySample sample{now(), id};
  sample.waiting = waiting_at(id);
  const auto us = [](load::Nanos span) { return load::in_micros(span.count()).count(); };
  if (service.queue) {
    const auto window = service.queue->take_window(records());
    if (!window) return;
    sample.answered = window->requests;
    sample.mean_us = us(window->mean);
    sample.p50_us = us(window->p50);
    sample.p95_us = us(window->p95);
    sample.p99_us = us(window->p99);
  } else if (service.station) {
    if (!records()) return;
    load::LatencyHistogram window = service.station->responses();
    window -= service.responses_at_tick;
    service.responses_at_tick = service.station->responses();
    if (window.count() == 0) return;
    sample.answered = window.count() * kAmountUnit;
    sample.mean_us = static_cast<std::int64_t>(window.sum_ns() / window.count() / 1000);
    sample.p50_us = us(*window.quantile(0.5));
    sample.p95_us = us(*window.quantile(0.95));
    sample.p99_us = us(*window.quantile(0.99));
  } else {
    return;
  }
  latencies_.push_back(sample);
}

}  // namespace tidepool::sim
