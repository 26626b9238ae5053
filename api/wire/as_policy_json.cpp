#include "api/wire/as_policy_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

constexpr Spelling<sim::PolicyType> kPolicyTypes[] = {{"ALARM", sim::PolicyType::Alarm},
                                                      {"SCHEDULED", sim::PolicyType::Scheduled},
                                                      {"RECURRENCE", sim::PolicyType::Recurrence}};

// Answers use the first spelling of an operation.
constexpr Spelling<sim::PolicyOperation> kOperations[] = {{"ADD", sim::PolicyOperation::Add},
                                                          {"REMOVE", sim::PolicyOperation::Remove},
                                                          {"REDUCE", sim::PolicyOperation::Remove},
                                                          {"SET", sim::PolicyOperation::Set}};

constexpr Spelling<sim::RecurrenceType> kRecurrenceTypes[] = {{"Daily", sim::RecurrenceType::Daily},
                                                              {"Weekly", sim::RecurrenceType::Weekly},
                                                              {"Monthly", sim::RecurrenceType::Monthly}};

constexpr Spelling<PolicyAct> kPolicyActs[] = {
    {"execute", PolicyAct::Execute}, {"resume", PolicyAct::Resume}, {"pause", PolicyAct::Pause}};

constexpr Spelling<PoliciesAct> kPoliciesActs[] = {
    {"delete", PoliciesAct::Delete}, {"resume", PoliciesAct::Resume}, {"pause", PoliciesAct::Pause}};

constexpr Spelling<DeleteAlarm> kNoYes[] = {{"no", DeleteAlarm::No}, {"yes", DeleteAlarm::Yes}};

constexpr std::size_t kMostPolicies = 20;

constexpr std::string_view kMinuteForm = "a UTC time like 2026-03-01T06:20Z";

// ---- Reading ----

UnknownMembers unknown_members(const sim::Cloud& cloud) {
  return cloud.behaviour().strict_body ? UnknownMembers::Refused : UnknownMembers::Ignored;
}

sim::Time this_minute(const sim::Cloud& cloud) {
  return std::chrono::floor<std::chrono::minutes>(cloud.now());
}

// "2,3,6" with every number from 1 to `last`, sorted and each once; empty when it is anything else.
std::vector<int> days_in(std::string_view list, int last) {
  std::vector<int> days;
  while (true) {
    const std::string_view item = list.substr(0, list.find(','));
    int day = 0;
    const auto [end, fault] = std::from_chars(item.data(), item.data() + item.size(), day);
    if (fault != std::errc{} || end != item.data() + item.size() || day < 1 || day > last) return {};
    days.push_back(day);
    if (item.size() == list.size()) break;
    list.remove_prefix(item.size() + 1);
  }
  std::ranges::sort(days);
  days.erase(std::unique(days.begin(), days.end()), days.end());
  return days;
}

void read_days(const Fields& schedule, sim::AsPolicySettings& set) {
  if (set.recurrence.type == sim::RecurrenceType::Daily) return;
  const bool weekly = set.recurrence.type == sim::RecurrenceType::Weekly;
  set.recurrence_value = schedule.required_text("recurrence_value", ErrorCode::RecurrenceValueMissing);
  if (schedule.faults().any()) return;
  set.recurrence.days = days_in(set.recurrence_value, weekly ? 7 : 31);
  if (set.recurrence.days.empty())
    schedule.report(
        "recurrence_value", ErrorCode::RecurrenceValueInvalid,
        weekly ? "numbers from 1 (Sunday) to 7 joined by commas" : "numbers from 1 to 31 joined by commas");
}

// A moment in the one form that policies use; `fallback` when it is not given.
sim::Time read_moment(const Fields& schedule, std::string_view key, ErrorCode bad, sim::Time fallback) {
  const auto given = schedule.text(key);
  if (!given || given->empty()) return fallback;
  const auto moment = read_minutes(*given);
  if (!moment) schedule.report(key, bad, kMinuteForm);
  return moment.value_or(fallback);
}

void read_recurrence(const Fields& schedule, sim::Time start_by_default, sim::AsPolicySettings& set) {
  const auto launch = schedule.required_text("launch_time", ErrorCode::LaunchTimeMissing);
  const auto time_of_day = read_time_of_day(launch);
  if (!time_of_day)
    schedule.report("launch_time", ErrorCode::LaunchTimeFormat, "a UTC time of day like 16:00");
  set.recurrence.time_of_day = time_of_day.value_or(sim::Duration::zero());
  schedule.required_text("recurrence_type", ErrorCode::RecurrenceTypeMissing);
  set.recurrence.type = schedule.choice("recurrence_type", ErrorCode::RecurrenceTypeInvalid, kRecurrenceTypes)
                            .value_or(sim::RecurrenceType::Daily);
  read_days(schedule, set);
  set.recurrence.start = read_moment(schedule, "start_time", ErrorCode::StartTimeFormat, start_by_default);
  schedule.required_text("end_time", ErrorCode::EndTimeMissing);
  set.recurrence.end = read_moment(schedule, "end_time", ErrorCode::EndTimeFormat, sim::Time{});
}

void read_schedule(const Fields& schedule, const sim::Cloud& cloud, sim::AsPolicySettings& set) {
  schedule.expect_only({"launch_time", "recurrence_type", "recurrence_value", "start_time", "end_time"});
  set.launch_time = {};
  set.recurrence = {};
  set.recurrence_value.clear();
  if (set.type == sim::PolicyType::Recurrence) return read_recurrence(schedule, this_minute(cloud), set);
  schedule.required_text("launch_time", ErrorCode::LaunchTimeMissing);
  set.launch_time = read_moment(schedule, "launch_time", ErrorCode::LaunchTimeFormat, sim::Time{});
}

void read_alarm(const Fields& body, const sim::Cloud& cloud, sim::AsPolicySettings& set) {
  const auto given = body.required_text("alarm_id", ErrorCode::AlarmIdMissing);
  if (body.faults().any()) return;
  if (!has_alarm_rule_shape(given))
    return body.report("alarm_id", ErrorCode::AlarmIdMalformed, "\"al\", 13 digits and 9 letters or digits");
  set.alarm = IdText{cloud.seed()}.alarm_rule(given);
  if (set.alarm == sim::none<sim::AlarmRuleId>() || cloud.find(set.alarm) == nullptr)
    body.report("alarm_id", ErrorCode::AlarmUnknown, "the id of an alarm rule");
}

sim::PolicyAction read_action(const Fields& action) {
  action.expect_only({"operation", "instance_number", "instance_percentage"});
  sim::PolicyAction read;
  read.operation = action.choice("operation", ErrorCode::OperationInvalid, kOperations)
                       .value_or(sim::PolicyOperation::Add);
  read.number = action.integer("instance_number", ErrorCode::PolicyNumberInvalid);
  read.percentage = action.integer("instance_percentage", ErrorCode::PercentageInvalid);
  return read;
}

// What creating and modifying share: all but the type and what hangs on it.
void read_common(const Fields& body, sim::AsPolicySettings& set) {
  if (const auto action = body.object("scaling_policy_action")) set.action = read_action(*action);
  if (const auto seconds = body.integer("cool_down_time", ErrorCode::PolicyCooldownInvalid))
    set.cool_down = std::chrono::seconds{*seconds};
}

// Needs set.type.
void read_trigger(const Fields& body, const sim::Cloud& cloud, sim::AsPolicySettings& set) {
  if (set.type == sim::PolicyType::Alarm) return read_alarm(body, cloud, set);
  if (const auto schedule = body.object("scheduled_policy"))
    read_schedule(*schedule, cloud, set);
  else
    body.report("scheduled_policy", ErrorCode::ScheduleMissing, "an object with a launch_time");
}

sim::AsGroupId read_group(const Fields& body, const sim::Cloud& cloud) {
  const auto given = body.required_text("scaling_group_id", ErrorCode::PolicyGroupMissing);
  const sim::AsGroupId group = IdText{cloud.seed()}.group(given);
  if (group == sim::none<sim::AsGroupId>() || cloud.find(group) == nullptr)
    body.report("scaling_group_id", ErrorCode::GroupUnknown, "the id of a group");
  return group;
}

void drop_trigger(sim::AsPolicySettings& set) {
  set.alarm = sim::none<sim::AlarmRuleId>();
  set.launch_time = {};
  set.recurrence = {};
  set.recurrence_value.clear();
}

// ---- Writing ----

boost::json::object write_schedule(const sim::AsPolicySettings& set) {
  if (set.type == sim::PolicyType::Scheduled) return {{"launch_time", minutes_text(set.launch_time)}};
  boost::json::object schedule{{"launch_time", time_of_day_text(set.recurrence.time_of_day)},
                               {"recurrence_type", spelling_of(kRecurrenceTypes, set.recurrence.type)}};
  if (set.recurrence.type != sim::RecurrenceType::Daily) schedule["recurrence_value"] = set.recurrence_value;
  schedule["start_time"] = minutes_text(set.recurrence.start);
  schedule["end_time"] = minutes_text(set.recurrence.end);
  return schedule;
}

boost::json::object write_action(const sim::PolicyAction& action) {
  boost::json::object written{{"operation", spelling_of(kOperations, action.operation)}};
  if (action.percentage)
    written["instance_percentage"] = *action.percentage;
  else
    written["instance_number"] = action.number.value_or(1);
  return written;
}

}  // namespace

sim::Result<sim::CreateAsPolicy> read_create_as_policy(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{unknown_members(cloud)};
  const Fields fields{*members, faults};
  fields.expect_only({"scaling_policy_name", "scaling_group_id", "scaling_policy_type", "alarm_id",
                      "scheduled_policy", "scaling_policy_action", "cool_down_time"});
  sim::CreateAsPolicy read;
  read.set.name = fields.required_text("scaling_policy_name", ErrorCode::PolicyNameMissing);
  read.group = read_group(fields, cloud);
  fields.required_text("scaling_policy_type", ErrorCode::PolicyTypeMissing);
  if (const auto type = fields.choice("scaling_policy_type", ErrorCode::PolicyTypeInvalid, kPolicyTypes)) {
    read.set.type = *type;
    read_trigger(fields, cloud, read.set);
  }
  read_common(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

sim::Result<sim::ModifyAsPolicy> read_modify_as_policy(std::string_view body, sim::AsPolicyId policy,
                                                       const sim::Cloud& cloud) {
  assert(cloud.find(policy) != nullptr);
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{unknown_members(cloud)};
  const Fields fields{*members, faults};
  fields.expect_only({"scaling_policy_name", "scaling_policy_type", "alarm_id", "scheduled_policy",
                      "scaling_policy_action", "cool_down_time"});
  sim::ModifyAsPolicy read{policy, cloud.find(policy)->set};
  if (const auto name = fields.text("scaling_policy_name")) read.set.name = *name;
  const auto type = fields.choice("scaling_policy_type", ErrorCode::PolicyTypeInvalid, kPolicyTypes)
                        .value_or(read.set.type);
  const bool other_type = type != read.set.type;
  if (other_type) drop_trigger(read.set);
  read.set.type = type;
  const bool new_trigger = fields.has(type == sim::PolicyType::Alarm ? "alarm_id" : "scheduled_policy");
  if (other_type || new_trigger) read_trigger(fields, cloud, read.set);
  read_common(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

boost::json::object write_as_policy(const sim::Cloud& cloud, sim::AsPolicyId id) {
  assert(cloud.find(id) != nullptr);
  const IdText ids{cloud.seed()};
  const sim::AsPolicy& policy = *cloud.find(id);
  boost::json::object written{{"scaling_policy_id", ids.text(id)},
                              {"scaling_group_id", ids.text(policy.group)},
                              {"scaling_policy_name", policy.set.name},
                              {"scaling_policy_type", spelling_of(kPolicyTypes, policy.set.type)}};
  if (policy.set.type == sim::PolicyType::Alarm) written["alarm_id"] = ids.text(policy.set.alarm);
  written["policy_status"] = policy.status == sim::PolicyStatus::Paused ? "PAUSED" : "INSERVICE";
  written["cool_down_time"] = std::chrono::duration_cast<std::chrono::seconds>(policy.set.cool_down).count();
  if (policy.set.type != sim::PolicyType::Alarm) written["scheduled_policy"] = write_schedule(policy.set);
  written["scaling_policy_action"] = write_action(policy.set.action);
  written["create_time"] = seconds_text(policy.create_time);
  return written;
}

// ---- Lists, actions and batches ----

sim::Result<PolicyFilter> read_policy_filter(const Query& query, const sim::Cloud& cloud) {
  PolicyFilter filter;
  if (const auto given = parameter(query, "scaling_policy_type")) {
    const auto known = std::ranges::find(kPolicyTypes, *given, &Spelling<sim::PolicyType>::text);
    if (known == std::end(kPolicyTypes))
      return sim::Error{
          ErrorCode::PolicyTypeInvalid,
          fmt::format("scaling_policy_type {}: expected one of ALARM, SCHEDULED, RECURRENCE", shown(*given))};
    filter.type = known->value;
  }
  if (const auto given = parameter(query, "scaling_policy_id"))
    filter.policy = IdText{cloud.seed()}.policy(*given);
  if (const auto given = parameter(query, "scaling_policy_name")) filter.name = *given;
  return filter;
}

sim::Result<PolicyAct> read_policy_action(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{unknown_members(cloud)};
  const Fields fields{*members, faults};
  fields.expect_only({"action"});
  fields.required_text("action", ErrorCode::PolicyActionInvalid);
  const auto act = fields.choice("action", ErrorCode::PolicyActionInvalid, kPolicyActs);
  if (faults.any()) return faults.first();
  return *act;
}

sim::Result<PoliciesBatch> read_policies_batch(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{unknown_members(cloud)};
  const Fields fields{*members, faults};
  fields.expect_only({"scaling_policy_id", "action", "force_delete", "delete_alarm"});
  fields.required_text("action", ErrorCode::PolicyActionInvalid);
  const auto act = fields.choice("action", ErrorCode::PolicyActionInvalid, kPoliciesActs);
  fields.choice("force_delete", ErrorCode::PolicyForceDeleteInvalid, kNoYes);
  const auto alarm =
      fields.choice("delete_alarm", ErrorCode::DeleteAlarmInvalid, kNoYes).value_or(DeleteAlarm::No);
  const auto ids = fields.texts("scaling_policy_id").value_or(std::vector<std::string_view>{});
  if (ids.empty())
    fields.report("scaling_policy_id", ErrorCode::PolicyBatchEmpty, "a list of 1 to 20 ids");
  else if (ids.size() > kMostPolicies)
    faults.report({ErrorCode::BodyInvalid,
                   fmt::format("scaling_policy_id: {} ids, expected 1 to {}", ids.size(), kMostPolicies)});
  if (faults.any()) return faults.first();
  return PoliciesBatch{*act, {ids.begin(), ids.end()}, alarm};
}

}  // namespace tidepool::api
