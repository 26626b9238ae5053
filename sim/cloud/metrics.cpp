// Demand, the metrics it makes, and the alarm rules that watch them.
#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr MetricValue kFullUtilisation = 100 * kMetricUnit;

// Metrics and alarm periods lie on a grid that is counted from 1970, as the monitoring service does it.
bool on_grid(Time t, Duration period) { return t.time_since_epoch() % period == Duration::zero(); }

// "75.000000"; one digit of a negative number's sign goes with its whole part.
std::string value_text(MetricValue value) {
  const MetricValue size = value < 0 ? -value : value;
  return fmt::format("{}{}.{:06}", value < 0 ? "-" : "", size / kMetricUnit, size % kMetricUnit);
}

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
  AlarmRule& made = alarm_rules_.back();
  made.set = rule;
  made.set.group = none<AsGroupId>();
  made.updated = now();
  rule_policies_.emplace_back();
  if (rule.series != none<MetricSeriesId>()) {
    series_rules_[index_of(rule.series)].push_back(id);
    journal_.write(now(), subject_of(made), "alarm rule {} watches what is pushed of {}", rule.name,
                   series_[index_of(rule.series)].key.name);
  } else if (rule.group != none<AsGroupId>()) {
    attach(id, rule.group);
  }
  return id;
}

void Cloud::attach(AlarmRuleId id, AsGroupId owner) {
  assert(alarm_rules_[index_of(id)].set.group == none<AsGroupId>());
  alarm_rules_[index_of(id)].set.group = owner;
  state(owner).alarm_rules.push_back(id);
  note(owner, "alarm rule {} watches", alarm_rules_[index_of(id)].set.name);
}

std::string Cloud::subject_of(const AlarmRule& rule) const {
  AsGroupId owner = rule.set.group;
  if (rule.set.series != none<MetricSeriesId>()) owner = series_[index_of(rule.set.series)].group;
  return owner == none<AsGroupId>() ? "alarms" : states_[index_of(owner)].label;
}

Result<void> Cloud::remove_alarm_rule(AlarmRuleId id) {
  if (find(id) == nullptr) return Error{ErrorCode::AlarmUnknown, "this alarm rule does not exist"};
  AlarmRule& rule = alarm_rules_[index_of(id)];
  rule.deleted = true;
  if (rule.set.series != none<MetricSeriesId>()) {
    std::erase(series_rules_[index_of(rule.set.series)], id);
    journal_.write(now(), subject_of(rule), "alarm rule {} deleted", rule.set.name);
  } else if (rule.set.group != none<AsGroupId>()) {
    std::erase(state(rule.set.group).alarm_rules, id);
    note(rule.set.group, "alarm rule {} deleted", rule.set.name);
  }
  return {};
}

Result<void> Cloud::change_alarm_rule(AlarmRuleId id, AlarmRuleSettings wanted) {
  if (find(id) == nullptr) return Error{ErrorCode::AlarmUnknown, "this alarm rule does not exist"};
  AlarmRule& rule = alarm_rules_[index_of(id)];
  wanted.group = rule.set.group;
  wanted.metric = rule.set.metric;
  wanted.series = rule.set.series;
  const AlarmRuleSettings before = std::exchange(rule.set, std::move(wanted));
  const AlarmRuleSettings& set = rule.set;
  const bool same_condition = before.statistic == set.statistic && before.comparison == set.comparison &&
                              before.threshold == set.threshold && before.period == set.period &&
                              before.count == set.count;
  if (!same_condition || before.enabled != set.enabled) begin_anew(rule);
  rule.updated = now();
  journal_.write(now(), subject_of(rule), "alarm rule {} modified: {}, its policies {}", set.name,
                 set.enabled == Switch::On ? "enabled" : "disabled",
                 set.actions_enabled == Switch::On ? "fire" : "do not fire");
  if (set.series != none<MetricSeriesId>()) schedule_judgement(id, now());
  return {};
}

void Cloud::begin_anew(AlarmRule& rule) {
  rule.progress = {};
  rule.gathered.clear();
  rule.last_fired = kNever;
  rule.judged = false;
  rule.due = kNever;
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

// ---- Pushed data ----

MetricSeriesId Cloud::series_of(const MetricKey& key) {
  const auto found = std::ranges::find_if(
      series_, [&](const MetricSeries& each) { return each.group == none<AsGroupId>() && each.key == key; });
  if (found != series_.end()) return id_at<MetricSeriesId>(static_cast<std::size_t>(found - series_.begin()));
  series_.push_back({key});
  series_rules_.emplace_back();
  return id_at<MetricSeriesId>(series_.size() - 1);
}

MetricSeriesId Cloud::series_of(AsGroupId id, GroupMetric metric) {
  MetricSeriesId& known = state(id).pushed[static_cast<std::size_t>(metric)];
  if (known == none<MetricSeriesId>()) {
    known = id_at<MetricSeriesId>(series_.size());
    series_.push_back({{}, id, metric});
    series_rules_.emplace_back();
  }
  return known;
}

void Cloud::set_unit(MetricSeriesId id, std::string unit) { series_[index_of(id)].unit = std::move(unit); }

bool Cloud::push(MetricSeriesId id, const MetricPoint& point) {
  MetricSeries& series = series_[index_of(id)];
  if (series.points.size() >= kMostPoints) return false;
  const auto place = std::ranges::upper_bound(series.points, point.time, {}, &MetricPoint::time);
  series.points.insert(place, point);
  const AsGroupId owner = series.group;
  const char* name = series.metric == GroupMetric::CpuUtil ? "cpu_util" : "instance_num";
  journal_.write(now(), owner == none<AsGroupId>() ? "metrics" : std::string_view{state(owner).label},
                 "{} of {} pushed for {}", owner == none<AsGroupId>() ? series.key.name : name,
                 value_text(point.value), utc_seconds(point.time));
  const auto& watching = owner == none<AsGroupId>() ? series_rules_[index_of(id)] : state(owner).alarm_rules;
  const std::vector<AlarmRuleId> rules = watching;
  for (const AlarmRuleId each : rules)
    if (series_watched(alarm_rules_[index_of(each)]) == id) look_at_push(each, point);
  return true;
}

MetricSeriesId Cloud::series_watched(const AlarmRule& rule) const {
  if (rule.set.series != none<MetricSeriesId>()) return rule.set.series;
  if (rule.set.group == none<AsGroupId>()) return none<MetricSeriesId>();
  return states_[index_of(rule.set.group)].pushed[static_cast<std::size_t>(rule.set.metric)];
}

// A rule on a group's own metric is judged with that metric, whose ticks come anyway.
void Cloud::look_at_push(AlarmRuleId id, const MetricPoint& point) {
  const AlarmRule& rule = alarm_rules_[index_of(id)];
  if (rule.set.enabled == Switch::Off) return;
  if (rule.set.period == Duration::zero()) return judge(id, point.value);
  if (rule.set.series != none<MetricSeriesId>()) schedule_judgement(id, now());
}

// At the end of the first period that has data from `after` on or is under way.
void Cloud::schedule_judgement(AlarmRuleId id, Time after) {
  AlarmRule& rule = alarm_rules_[index_of(id)];
  const Duration period = rule.set.period;
  if (rule.set.enabled == Switch::Off || period == Duration::zero()) return;
  const auto& points = series_[index_of(rule.set.series)].points;
  const Time begin = after - after.time_since_epoch() % period;
  const auto next = std::ranges::lower_bound(points, begin, {}, &MetricPoint::time);
  if (next == points.end()) return;
  const Time end = next->time + (period - next->time.time_since_epoch() % period);
  if (rule.due <= end) return;
  rule.due = end;
  simulator_.schedule_at(end, AlarmDue{id});
}

void Cloud::handle(const AlarmDue& event) {
  AlarmRule& rule = alarm_rules_[index_of(event.rule)];
  if (rule.deleted || rule.due != now()) return;  // Changed since.
  rule.due = kNever;
  const auto value = pushed_value(rule, now() - rule.set.period, now());
  schedule_judgement(event.rule, now());
  if (value) judge(event.rule, *value);
}

// What was pushed for [from, to), as the rule wants it gathered.
std::optional<MetricValue> Cloud::pushed_value(const AlarmRule& rule, Time from, Time to) const {
  const MetricSeriesId id = series_watched(rule);
  if (id == none<MetricSeriesId>()) return std::nullopt;
  const auto& points = series_[index_of(id)].points;
  PeriodAggregate gathered;
  for (auto each = std::ranges::lower_bound(points, from, {}, &MetricPoint::time);
       each != points.end() && each->time < to; ++each)
    gathered.add(each->value);
  if (gathered.empty()) return std::nullopt;
  return gathered.value(rule.set.statistic);
}

// ---- Alarms ----

// At each tick of the group's metrics.
void Cloud::evaluate(AlarmRuleId id, std::optional<MetricValue> datapoint) {
  AlarmRule& rule = alarm_rules_[index_of(id)];
  if (rule.set.enabled == Switch::Off) return;
  if (datapoint) rule.gathered.add(*datapoint);
  const bool raw = rule.set.period == Duration::zero();
  if (!raw && !on_grid(now(), rule.set.period)) return;
  std::optional<MetricValue> value;
  if (!raw) value = pushed_value(rule, now() - rule.set.period, now());
  if (!value && !rule.gathered.empty()) value = rule.gathered.value(rule.set.statistic);
  rule.gathered.clear();
  if (value) judge(id, *value);  // Without data the state stays and nothing fires.
}

void Cloud::judge(AlarmRuleId id, MetricValue value) {
  AlarmRule& rule = alarm_rules_[index_of(id)];
  const bool was_in_alarm = rule.progress.in_alarm;
  rule.progress = after_period(rule.progress, value, rule.set.comparison, rule.set.threshold, rule.set.count);
  if (rule.progress.in_alarm != was_in_alarm)
    journal_.write(now(), subject_of(rule), "alarm rule {} {} at {}", rule.set.name,
                   was_in_alarm ? "is ok again" : "raised", value_text(value));
  if (rule.progress.in_alarm != was_in_alarm || !rule.judged) rule.updated = now();
  rule.judged = true;
  if (!rule.progress.in_alarm) rule.last_fired = kNever;
  if (rule.set.actions_enabled == Switch::On && rule.progress.in_alarm && fires(rule, was_in_alarm)) {
    rule.last_fired = now();
    fire(id);
  }
}

bool Cloud::fires(const AlarmRule& rule, bool was_in_alarm) const {
  if (!was_in_alarm) return true;
  if (!rule.set.suppress) return behaviour_.alarm_repeat == AlarmRepeat::EveryPeriod;
  if (*rule.set.suppress == Duration::zero()) return false;
  // Never fired yet: what it would have done was switched off until now.
  return rule.last_fired == kNever || now() - rule.last_fired >= *rule.set.suppress;
}

void Cloud::fire(AlarmRuleId id) {
  const std::vector<AsPolicyId> users = rule_policies_[index_of(id)];
  for (const AsPolicyId each : users) {
    const AsPolicy& user = policy(each);
    const bool ready =
        user.resource() == ScalingResource::Bandwidth || group(user.group).status == GroupStatus::InService;
    if (user.status == PolicyStatus::InService && ready) execute(each, Trigger::Alarm);
  }
}

}  // namespace tidepool::sim
