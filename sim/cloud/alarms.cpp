// Alarm rules: what they watch, data that clients push to them, and the policies they fire.
#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

// Metrics and alarm periods lie on a grid that is counted from 1970, as the monitoring service does it.
bool on_grid(Time t, Duration period) { return t.time_since_epoch() % period == Duration::zero(); }

// "75.000000"; one digit of a negative number's sign goes with its whole part.
std::string value_text(MetricValue value) {
  const MetricValue size = value < 0 ? -value : value;
  return fmt::format("{}{}.{:06}", value < 0 ? "-" : "", size / kMetricUnit, size % kMetricUnit);
}

// "08:00 to 20:00"
std::string hours_text(const AlarmRuleSettings& set) {
  return fmt::format("{:02}:{:02} to {:02}:{:02}", set.actions_from / 60, set.actions_from % 60,
                     set.actions_to / 60, set.actions_to % 60);
}

// Whether `t` lies in the minutes of the day in which the rule takes actions.
bool in_hours(const AlarmRuleSettings& set, Time t) {
  const auto minute = t.time_since_epoch() % std::chrono::hours{24} / std::chrono::minutes{1};
  const bool after = minute >= set.actions_from, before = minute <= set.actions_to;
  return set.actions_from <= set.actions_to ? after && before : after || before;
}

}  // namespace

// ---- Rules: declared beforehand or not, tied to a group or a series ----

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

// With each datapoint of a group's metrics, that of the period which ended at `at`.
void Cloud::evaluate(AlarmRuleId id, std::optional<MetricValue> datapoint, Time at) {
  AlarmRule& rule = alarm_rules_[index_of(id)];
  if (rule.set.enabled == Switch::Off) return;
  if (datapoint) rule.gathered.add(*datapoint);
  const bool raw = rule.set.period == Duration::zero();
  if (!raw && !on_grid(at, rule.set.period)) return;
  std::optional<MetricValue> value;
  if (!raw) value = pushed_value(rule, at - rule.set.period, at);
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
  const bool acts = rule.set.actions_enabled == Switch::On && in_hours(rule.set, now());
  if (rule.progress.in_alarm != was_in_alarm && !in_hours(rule.set, now()))
    journal_.write(now(), subject_of(rule), "alarm rule {} takes no action: it does from {} only",
                   rule.set.name, hours_text(rule.set));
  if (rule.progress.in_alarm != was_in_alarm && acts) tell_alarm(id, value);
  if (rule.progress.in_alarm != was_in_alarm || !rule.judged) rule.updated = now();
  rule.judged = true;
  if (!rule.progress.in_alarm) rule.last_fired = kNever;
  if (acts && rule.progress.in_alarm && fires(rule, was_in_alarm)) {
    rule.last_fired = now();
    fire(id);
  }
}

// The topics that its rule names for the state it is in now.
void Cloud::tell_alarm(AlarmRuleId id, MetricValue value) {
  const AlarmRule& rule = alarm_rules_[index_of(id)];
  const bool raised = rule.progress.in_alarm;
  for (const AlarmAction& each : raised ? rule.set.alarm_actions : rule.set.ok_actions) {
    if (each.type != AlarmActionType::Notification) continue;
    for (const std::string& urn : each.topics) {
      TopicMessage message{now(), none<AsGroupId>(), urn};
      message.alarm = id;
      message.raised = raised;
      message.value = value;
      topic_messages_.push_back(std::move(message));
    }
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
  if (const AlarmRule& rule = alarm_rules_[index_of(id)]; users.empty() && rule.orphaned)
    journal_.write(now(), subject_of(rule), "alarm rule {} fires no policy: the last that named it is gone",
                   rule.set.name);
  for (const AsPolicyId each : users) {
    const AsPolicy& user = policy(each);
    const bool ready =
        user.resource() == ScalingResource::Bandwidth || group(user.group).status == GroupStatus::InService;
    if (user.status == PolicyStatus::InService && ready) execute(each, Trigger::Alarm);
  }
}

}  // namespace tidepool::sim
