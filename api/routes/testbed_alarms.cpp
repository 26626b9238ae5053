// Alarm rules of a project, spelled as in scenario files. A group is named by its id.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <string>

#include "api/routes/testbed_call.hpp"
#include "api/wire/alarm_rule_json.hpp"
#include "api/wire/alarm_rule_spelling.hpp"
#include "api/wire/duration_text.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::Duration;

constexpr std::int64_t kLargestThreshold = 1'000'000'000 * sim::kMetricUnit;
constexpr Duration kDay = std::chrono::hours{24};
constexpr Duration kRaw = std::chrono::seconds{1};  // Cloud Eye's way to say "each datapoint on its own".

// Whole metric periods, because a period without a datapoint at its end is never looked at.
Duration read_period(const Fields& body, Duration metric_period) {
  constexpr Duration kUsual = std::chrono::minutes{5};
  const auto given = duration_in(body, "period");
  if (!given) return kUsual % metric_period == Duration::zero() ? kUsual : metric_period;
  if (*given == kRaw) return Duration::zero();
  if (*given <= Duration::zero() || *given > kDay || *given % metric_period != Duration::zero())
    body.report(
        "period", kBodyFault,
        fmt::format(R"("1s" (each datapoint) or a multiple of {} up to 1d)", duration_text(metric_period)));
  return *given;
}

sim::AlarmRuleSettings read_rule(const Fields& body, const sim::Cloud& cloud) {
  body.expect_only({"name", "group", "metric", "statistic", "operator", "threshold", "period", "count",
                    "suppress_duration"});
  sim::AlarmRuleSettings rule;
  for (const std::string_view key : {"name", "group", "operator", "threshold"})
    if (!body.has(key)) body.report(key, kBodyFault, "a value");
  rule.name = name_in(body, "name").value_or("");
  rule.group = IdText{cloud.seed()}.group(body.text("group").value_or(""));
  if (cloud.find(rule.group) == nullptr) body.report("group", kBodyFault, "the id of a group that exists");
  rule.metric = body.choice("metric", kBodyFault, kGroupMetricNames).value_or(rule.metric);
  rule.statistic = body.choice("statistic", kBodyFault, kStatistics).value_or(rule.statistic);
  rule.comparison = body.choice("operator", kBodyFault, kAlarmOperators).value_or(rule.comparison);
  rule.threshold = millionths_in(body, "threshold", 0, kLargestThreshold).value_or(0);
  rule.period = read_period(body, cloud.behaviour().metric_period);
  rule.count = body.integer("count", kBodyFault, "1 to 5").value_or(1);
  if (rule.count < 1 || rule.count > 5) body.report("count", kBodyFault, "1 to 5");
  rule.suppress = duration_in(body, "suppress_duration");
  if (rule.suppress && *rule.suppress > kDay) body.report("suppress_duration", kBodyFault, "0s to 1d");
  return rule;
}

boost::json::object written(const sim::Cloud& cloud, sim::AlarmRuleId id) {
  const sim::AlarmRuleSettings& rule = cloud.find(id)->set;
  const IdText ids{cloud.seed()};
  boost::json::object out{{"id", ids.text(id)},
                          {"name", rule.name},
                          {"group", nullptr},
                          {"metric", spelling_of(kGroupMetricNames, rule.metric)},
                          {"statistic", spelling_of(kStatistics, rule.statistic)},
                          {"operator", spelling_of(kAlarmOperators, rule.comparison)},
                          {"threshold", number(rule.threshold)},
                          {"period", duration_text(rule.period == Duration::zero() ? kRaw : rule.period)},
                          {"count", rule.count}};
  if (rule.group != sim::none<sim::AsGroupId>()) out["group"] = ids.text(rule.group);
  if (rule.series != sim::none<sim::MetricSeriesId>())
    out["metric"] = write_metric_key(cloud.all_series()[sim::index_of(rule.series)].key);
  out.emplace("enabled", rule.enabled == sim::Switch::On);
  out.emplace("state", alarm_state_text(*cloud.find(id)));
  if (rule.suppress) out.emplace("suppress_duration", duration_text(*rule.suppress));
  return out;
}

}  // namespace

Response list_alarm_rules(const TestbedCall& call) {
  boost::json::array all;
  for (std::size_t i = 0; i < call.tenant.cloud.all_alarm_rules().size(); ++i) {
    const auto id = sim::id_at<sim::AlarmRuleId>(i);
    if (call.tenant.cloud.find(id) != nullptr) all.push_back(written(call.tenant.cloud, id));
  }
  return testbed_answer(200, {{"alarm_rules", std::move(all)}});
}

Response add_alarm_rule(const TestbedCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  Faults faults{UnknownMembers::Refused};
  const auto members = read_testbed_body(call.visit, faults);
  const auto rule = read_rule(Fields{members, faults}, cloud);
  if (faults.any()) return testbed_error(TestbedError::Invalid, faults.first().message);
  return testbed_answer(201, written(cloud, cloud.add_alarm_rule(rule)));
}

Response remove_alarm_rule(const TestbedCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  const auto id = IdText{cloud.seed()}.alarm_rule(call.name);
  if (id == sim::none<sim::AlarmRuleId>() || cloud.find(id) == nullptr || !cloud.remove_alarm_rule(id))
    return testbed_error(TestbedError::NoSuchThing,
                         fmt::format("alarm rule {}: expected the id of one in the list", shown(call.name)));
  return {204, {}};
}

}  // namespace tidepool::api
