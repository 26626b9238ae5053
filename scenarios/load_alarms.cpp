#include <fmt/format.h>

#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using std::chrono::hours;
using std::chrono::seconds;

constexpr Spelt<sim::GroupMetric> kMetrics[] = {{"cpu_util", sim::GroupMetric::CpuUtil},
                                                {"instance_num", sim::GroupMetric::InstanceNum}};
constexpr Spelt<sim::AlarmStatistic> kStatistics[] = {{"average", sim::AlarmStatistic::Average},
                                                      {"max", sim::AlarmStatistic::Max},
                                                      {"min", sim::AlarmStatistic::Min},
                                                      {"sum", sim::AlarmStatistic::Sum},
                                                      {"variance", sim::AlarmStatistic::Variance}};
constexpr Spelt<sim::AlarmOperator> kOperators[] = {
    {">", sim::AlarmOperator::Greater}, {">=", sim::AlarmOperator::GreaterEqual},
    {"<", sim::AlarmOperator::Less},    {"<=", sim::AlarmOperator::LessEqual},
    {"=", sim::AlarmOperator::Equal},   {"!=", sim::AlarmOperator::NotEqual}};
constexpr std::int64_t kLargestThreshold = 1'000'000'000 * sim::kMetricUnit;
constexpr Duration kRaw = seconds{1};  // Cloud Eye's way to say "each datapoint on its own"

// Whole metric periods, because a period without a datapoint at its end is never looked at.
std::optional<Duration> read_period(Section& section, Duration metric_period) {
  const auto field = section.find("period");
  if (!field) return std::nullopt;
  const auto period = field->duration(kRaw, hours{24});
  if (!period) return std::nullopt;
  if (*period == kRaw) return Duration::zero();
  if (*period % metric_period == Duration::zero()) return period;
  field->wrong(fmt::format("\"1s\" (each datapoint) or a multiple of the metric period, {}",
                           duration_text(metric_period)));
  return std::nullopt;
}

}  // namespace

void declare_alarms(const std::vector<Field>& alarms, Names& names) {
  for (const Field& each : alarms) {
    if (!each.is(Json::Kind::Object)) continue;
    const auto name = Section(each).find("name");
    if (name && name->is(Json::Kind::Text)) names.declare(*name, name->json().text, NameKind::Alarm);
  }
}

void read_alarm_condition(Section& section, Duration metric_period, sim::AlarmRuleSettings& set) {
  set.statistic = section.choice("statistic", kStatistics).value_or(set.statistic);
  set.comparison = section.choice("operator", kOperators).value_or(set.comparison);
  set.threshold = section.millionths("threshold", 0, kLargestThreshold).value_or(set.threshold);
  set.period = read_period(section, metric_period).value_or(set.period);
  set.count = static_cast<int>(section.integer("count", 1, 5).value_or(set.count));
  if (const auto suppress = section.duration("suppress_duration", Duration::zero(), hours{24}))
    set.suppress = suppress;
}

void read_alarms(const std::vector<Field>& alarms, Scenario& scenario, const Names& names) {
  for (const Field& each : alarms) {
    Section section(each);
    section.need({"name", "group", "operator", "threshold"});
    AlarmDeclaration alarm;
    alarm.set.name = section.text("name").value_or("");
    alarm.group = names.group(section);
    alarm.set.metric = section.choice("metric", kMetrics).value_or(alarm.set.metric);
    // Five minutes, as Cloud Eye has it, unless the datapoints come on another grid.
    if (alarm.set.period % scenario.behaviour.metric_period != Duration::zero())
      alarm.set.period = scenario.behaviour.metric_period;
    read_alarm_condition(section, scenario.behaviour.metric_period, alarm.set);
    section.refuse_others();
    scenario.alarms.push_back(std::move(alarm));
  }
}

}  // namespace tidepool::scenarios
