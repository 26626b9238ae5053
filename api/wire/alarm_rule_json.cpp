#include "api/wire/alarm_rule_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <cassert>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "api/wire/alarm_rule_spelling.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::Duration;
using std::chrono::seconds;

constexpr auto kFault = sim::ErrorCode::BodyInvalid;

constexpr Spelling<sim::AlarmActionType> kActionTypes[] = {
    {"notification", sim::AlarmActionType::Notification}, {"autoscaling", sim::AlarmActionType::AutoScaling}};

// ---- Reading ----

// Absent keeps what `condition` has, unless it is a new rule's.
enum class Presence : std::uint8_t { Required, Optional };

void read_period(const Fields& condition, Presence presence, Duration& period) {
  constexpr std::string_view kAllowed = "1, 300, 1200, 3600, 14400 or 86400";
  constexpr std::array kPeriods{1, 300, 1200, 3600, 14400, 86400};
  if (presence == Presence::Optional && !condition.has("period")) return;
  const auto given = condition.integer("period", kFault, kAllowed);
  if (!given || std::ranges::find(kPeriods, *given) == kPeriods.end())
    return condition.report("period", kFault, kAllowed);
  period = *given == 1 ? Duration::zero() : Duration{seconds{*given}};
}

void read_suppression(const Fields& condition, std::optional<Duration>& suppress) {
  constexpr std::string_view kAllowed = "0, 300, 600, 900, 1800, 3600, 10800, 21600, 43200 or 86400";
  constexpr std::array kLengths{0, 300, 600, 900, 1800, 3600, 10800, 21600, 43200, 86400};
  const auto given = condition.integer("suppress_duration", kFault, kAllowed);
  if (!given) return;
  if (std::ranges::find(kLengths, *given) == kLengths.end())
    return condition.report("suppress_duration", kFault, kAllowed);
  suppress = seconds{*given};
}

void read_condition(const Fields& condition, Presence presence, sim::AlarmRuleSettings& set) {
  condition.expect_only(
      {"period", "filter", "comparison_operator", "value", "unit", "count", "suppress_duration"});
  const bool required = presence == Presence::Required;
  read_period(condition, presence, set.period);
  if (required && !condition.has("filter"))
    condition.report("filter", kFault, "average, max, min, sum or variance");
  set.statistic = condition.choice("filter", kFault, kStatistics).value_or(set.statistic);
  if (required && !condition.has("comparison_operator"))
    condition.report("comparison_operator", kFault, ">, >=, <, <=, = or !=");
  set.comparison = condition.choice("comparison_operator", kFault, kAlarmOperators).value_or(set.comparison);
  if (required || condition.has("value")) set.threshold = required_value(condition, "value", 0);
  if (required && !condition.has("count")) condition.report("count", kFault, "1 to 5");
  set.count = condition.integer("count", kFault, "1 to 5").value_or(set.count);
  if (set.count < 1 || set.count > 5) condition.report("count", kFault, "1 to 5");
  if (const auto unit = condition.text("unit")) set.unit = *unit;
  if (set.unit.size() > 32) condition.report("unit", kFault, "a text of up to 32 characters");
  read_suppression(condition, set.suppress);
}

void read_actions(const Fields& body, std::string_view key, std::vector<sim::AlarmAction>& actions) {
  const auto given = body.objects(key);
  if (!given) return;
  actions.clear();
  for (const Fields& each : *given) {
    each.expect_only({"type", "notificationList"});
    if (!each.has("type")) each.report("type", kFault, "notification or autoscaling");
    sim::AlarmAction action;
    action.type = each.choice("type", kFault, kActionTypes).value_or(action.type);
    if (const auto topics = each.texts("notificationList"))
      action.topics.assign(topics->begin(), topics->end());
    if (action.type == sim::AlarmActionType::AutoScaling && !action.topics.empty())
      each.report("notificationList", kFault, "an empty list for autoscaling");
    actions.push_back(std::move(action));
  }
}

// Source: Cloud Eye API reference, "Creating an Alarm Rule": rg and 22 characters more.
bool is_resource_group(std::string_view text) {
  return text.size() > 2 && text.size() <= 26 && text.starts_with("rg") &&
         std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

sim::Switch read_switch(const Fields& body, std::string_view key, sim::Switch otherwise) {
  const auto given = body.boolean(key);
  return !given ? otherwise : *given ? sim::Switch::On : sim::Switch::Off;
}

// "08:30" as minutes of the day.
void read_minute(const Fields& body, std::string_view key, int& minute) {
  constexpr std::string_view kAllowed = "a time of day from 00:00 to 23:59, UTC";
  const auto text = body.text(key);
  if (!text) return;
  const auto digit = [&](std::size_t at) { return (*text)[at] >= '0' && (*text)[at] <= '9'; };
  if (text->size() != 5 || (*text)[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return body.report(key, kFault, kAllowed);
  const auto number = [&](std::size_t at) { return ((*text)[at] - '0') * 10 + ((*text)[at + 1] - '0'); };
  if (number(0) > 23 || number(3) > 59) return body.report(key, kFault, kAllowed);
  minute = number(0) * 60 + number(3);
}

// What is kept and shown: of what kind the rule is, and to whom it belongs.
void read_belonging(const Fields& body, const sim::Region& region, sim::AlarmRuleSettings& set) {
  constexpr std::string_view kType = "alarm_type", kProject = "enterprise_project_id";
  if (const auto type = body.text(kType)) set.type = *type;
  if (!set.type.empty() && set.type != "MULTI_INSTANCE" && set.type != "RESOURCE_GROUP")
    body.report(kType, kFault, "an empty text, MULTI_INSTANCE or RESOURCE_GROUP; there are no events");
  if (const auto metric = body.object("metric"))
    if (const auto group = metric->text("resource_group_id")) {
      set.resource_group = *group;
      if (!is_resource_group(*group))
        metric->report("resource_group_id", kFault, "rg and up to 24 letters and digits");
    }
  if (set.type == "RESOURCE_GROUP" && set.resource_group.empty())
    body.report(kType, kFault, "RESOURCE_GROUP only beside metric.resource_group_id");
  const auto project = body.text(kProject);
  if (!project) return;
  set.enterprise_project =
      project->empty() ? sim::EnterpriseProjectId{} : region.find_enterprise_project(*project);
  if (*project == "0") set.enterprise_project = {};
  if (set.enterprise_project == sim::none<sim::EnterpriseProjectId>())
    body.report(kProject, kFault, "0 or the id of an existing enterprise project");
}

// All but metric and condition.
void read_common(const Fields& body, const sim::Region& region, sim::AlarmRuleSettings& set) {
  body.expect_only({"alarm_name", "alarm_description", "metric", "condition", "alarm_enabled",
                    "alarm_action_enabled", "alarm_level", "alarm_type", "alarm_actions", "ok_actions",
                    "insufficientdata_actions", "alarm_action_begin_time", "alarm_action_end_time",
                    "enterprise_project_id", "alarm_id", "alarm_state", "update_time"});
  read_minute(body, "alarm_action_begin_time", set.actions_from);
  read_minute(body, "alarm_action_end_time", set.actions_to);
  read_belonging(body, region, set);
  if (const auto none = body.objects("insufficientdata_actions"); none && !none->empty())
    body.report("insufficientdata_actions", kFault, "an empty list: nothing is done about missing data");
  if (const auto name = body.text("alarm_name")) set.name = *name;
  if (set.name.empty() || set.name.size() > 128)
    body.report("alarm_name", kFault, "a text of 1 to 128 characters");
  if (const auto text = body.text("alarm_description")) set.description = *text;
  if (set.description.size() > 256)
    body.report("alarm_description", kFault, "a text of up to 256 characters");
  set.level = body.integer("alarm_level", kFault, "1 to 4").value_or(set.level);
  if (set.level < 1 || set.level > 4) body.report("alarm_level", kFault, "1 to 4");
  set.enabled = read_switch(body, "alarm_enabled", set.enabled);
  set.actions_enabled = read_switch(body, "alarm_action_enabled", set.actions_enabled);
  read_actions(body, "alarm_actions", set.alarm_actions);
  read_actions(body, "ok_actions", set.ok_actions);
}

// ---- Writing ----

boost::json::array write_actions(const std::vector<sim::AlarmAction>& actions) {
  boost::json::array all;
  for (const sim::AlarmAction& each : actions)
    all.push_back({{"type", spelling_of(kActionTypes, each.type)},
                   {"notificationList", boost::json::array(each.topics.begin(), each.topics.end())}});
  return all;
}

boost::json::object write_condition(const sim::AlarmRuleSettings& set, std::string_view unit) {
  const auto in_seconds = [](Duration d) { return std::chrono::duration_cast<seconds>(d).count(); };
  boost::json::object condition{{"period", set.period == Duration::zero() ? 1 : in_seconds(set.period)},
                                {"filter", spelling_of(kStatistics, set.statistic)},
                                {"comparison_operator", spelling_of(kAlarmOperators, set.comparison)},
                                {"value", write_value(set.threshold)},
                                {"unit", unit},
                                {"count", set.count}};
  if (set.suppress) condition.emplace("suppress_duration", in_seconds(*set.suppress));
  return condition;
}

std::string minute_text(int minute) { return fmt::format("{:02}:{:02}", minute / 60, minute % 60); }

// What only the service sets: it may come back from a GET as it is, and is nothing to ask for.
void expect_shown(const Fields& body, const boost::json::object& shown) {
  for (const char* key : {"alarm_id", "alarm_state", "update_time"})
    if (body.has(key) && *body.find(key) != shown.at(key))
      body.report(key, kFault, fmt::format("{}, as the rule shows it", to_text(shown.at(key))));
}

sim::MetricKey key_watched(const sim::Cloud& cloud, const sim::AlarmRuleSettings& set) {
  if (set.series != sim::none<sim::MetricSeriesId>())
    return cloud.all_series()[sim::index_of(set.series)].key;
  if (set.group == sim::none<sim::AsGroupId>())
    return {"SYS.AS", std::string{spelling_of(kGroupMetricNames, set.metric)}, {}};
  return key_of(cloud, set.group, set.metric);
}

}  // namespace

sim::Result<NewAlarmRule> read_create_alarm_rule(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour(), UnknownMembers::Refused};
  const Fields fields{*members, faults};
  NewAlarmRule read;
  read_common(fields, cloud.region(), read.set);
  for (const char* key : {"alarm_id", "alarm_state", "update_time"})
    if (fields.has(key)) fields.report(key, kFault, "none of a new rule");
  if (const auto metric = fields.object("metric"))
    read.metric = named_metric(cloud, read_metric_key(*metric));
  else
    fields.report("metric", kFault, "an object with namespace, metric_name and dimensions");
  if (const auto condition = fields.object("condition"))
    read_condition(*condition, Presence::Required, read.set);
  else
    fields.report("condition", kFault, "an object with period, filter, comparison_operator, value and count");
  if (faults.any()) return faults.first();
  read.set.group = read.metric.group;
  read.set.metric = read.metric.metric;
  return read;
}

sim::Result<sim::AlarmRuleSettings> read_modify_alarm_rule(std::string_view body, sim::AlarmRuleId rule,
                                                           const sim::Cloud& cloud) {
  assert(cloud.find(rule) != nullptr);
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour(), UnknownMembers::Refused};
  const Fields fields{*members, faults};
  sim::AlarmRuleSettings set = cloud.find(rule)->set;
  read_common(fields, cloud.region(), set);
  expect_shown(fields, write_alarm_rule(cloud, rule));
  if (const auto condition = fields.object("condition")) read_condition(*condition, Presence::Optional, set);
  if (const auto metric = fields.object("metric"))
    if (read_metric_key(*metric) != key_watched(cloud, set) && !faults.any())
      fields.report("metric", kFault, "the metric that the rule watches already");
  if (faults.any()) return faults.first();
  return set;
}

sim::Result<sim::Switch> read_alarm_switch(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour(), UnknownMembers::Refused};
  const Fields fields{*members, faults};
  fields.expect_only({"alarm_enabled"});
  if (!fields.has("alarm_enabled")) fields.report("alarm_enabled", kFault, "true or false");
  const auto wanted = read_switch(fields, "alarm_enabled", sim::Switch::On);
  if (faults.any()) return faults.first();
  return wanted;
}

std::string_view alarm_state_text(const sim::AlarmRule& rule) {
  if (!rule.judged) return "insufficient_data";
  return rule.progress.in_alarm ? "alarm" : "ok";
}

boost::json::object write_alarm_rule(const sim::Cloud& cloud, sim::AlarmRuleId id) {
  assert(cloud.find(id) != nullptr);
  const sim::AlarmRule& rule = *cloud.find(id);
  const sim::AlarmRuleSettings& set = rule.set;
  const bool of_group = set.series == sim::none<sim::MetricSeriesId>();
  const auto updated =
      std::chrono::duration_cast<std::chrono::milliseconds>(rule.updated.time_since_epoch()).count();
  boost::json::object metric = write_metric_key(key_watched(cloud, set));
  if (!set.resource_group.empty()) metric.emplace("resource_group_id", set.resource_group);
  return {{"alarm_id", IdText{cloud.seed()}.text(id)},
          {"alarm_name", set.name},
          {"alarm_description", set.description},
          {"metric", std::move(metric)},
          {"condition", write_condition(set, set.unit.empty() && of_group ? unit_of(set.metric)
                                                                          : std::string_view{set.unit})},
          {"alarm_enabled", set.enabled == sim::Switch::On},
          {"alarm_action_enabled", set.actions_enabled == sim::Switch::On},
          {"alarm_level", set.level},
          {"alarm_type", set.type},
          {"alarm_action_begin_time", minute_text(set.actions_from)},
          {"alarm_action_end_time", minute_text(set.actions_to)},
          {"enterprise_project_id",
           cloud.region().enterprise_projects.empty()
               ? "0"
               : cloud.region().enterprise_projects[sim::index_of(set.enterprise_project)]},
          {"alarm_actions", write_actions(set.alarm_actions)},
          {"ok_actions", write_actions(set.ok_actions)},
          {"insufficientdata_actions", boost::json::array{}},
          {"update_time", updated},
          {"alarm_state", alarm_state_text(rule)}};
}

}  // namespace tidepool::api
