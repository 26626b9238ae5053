#include "api/wire/as_policy_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/wire/as_policy_spelling.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;
using sim::ScalingResource;

constexpr Spelling<PolicyAct> kPolicyActs[] = {
    {"execute", PolicyAct::Execute}, {"resume", PolicyAct::Resume}, {"pause", PolicyAct::Pause}};

constexpr Spelling<PoliciesAct> kPoliciesActs[] = {
    {"delete", PoliciesAct::Delete}, {"resume", PoliciesAct::Resume}, {"pause", PoliciesAct::Pause}};

enum class NoYes : std::uint8_t { No, Yes };
constexpr Spelling<NoYes> kNoYes[] = {{"no", NoYes::No}, {"yes", NoYes::Yes}};

constexpr std::size_t kMostPolicies = 20;

constexpr std::string_view kMinuteForm = "a UTC time like 2026-03-01T06:20Z";

// ---- Reading ----

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

// What the two editions of the API call the same things.
struct Words {
  std::string_view number, percentage;
};
constexpr Words kWordsOfV1{"instance_number", "instance_percentage"};
constexpr Words kWordsOfV2{"size", "percentage"};

sim::PolicyAction read_action(const Fields& action, const Words& words) {
  sim::PolicyAction read;
  read.operation = action.choice("operation", ErrorCode::OperationInvalid, kPolicyOperations)
                       .value_or(sim::PolicyOperation::Add);
  read.number = action.integer(words.number, ErrorCode::PolicyNumberInvalid);
  read.percentage = action.integer(words.percentage, ErrorCode::PercentageInvalid);
  return read;
}

void read_cooldown(const Fields& body, sim::AsPolicySettings& set) {
  if (const auto seconds = body.integer("cool_down_time", ErrorCode::PolicyCooldownInvalid))
    set.cool_down = std::chrono::seconds{*seconds};
}

// What creating and modifying share: all but the type and what hangs on it.
void read_common_v1(const Fields& body, sim::AsPolicySettings& set) {
  if (const auto action = body.object("scaling_policy_action")) {
    action->expect_only({"operation", kWordsOfV1.number, kWordsOfV1.percentage});
    set.action = read_action(*action, kWordsOfV1);
  }
  read_cooldown(body, set);
}

// `limits` bound a bandwidth; a group has limits of its own, so there they are kept and have no effect.
void expect_members_of_v2(const Fields& fields) {
  fields.expect_only({"scaling_policy_name", "scaling_resource_id", "scaling_resource_type",
                      "scaling_policy_type", "alarm_id", "scheduled_policy", "scaling_policy_action",
                      "cool_down_time", "description"});
}

void read_common_v2(const Fields& body, sim::AsPolicySettings& set) {
  if (const auto action = body.object("scaling_policy_action")) {
    action->expect_only({"operation", kWordsOfV2.number, kWordsOfV2.percentage, "limits"});
    set.action = read_action(*action, kWordsOfV2);
    set.action.limits = action->integer("limits", ErrorCode::LimitsInvalid, "1 to 2000");
  }
  read_cooldown(body, set);
  if (const auto description = body.text("description")) set.description = *description;
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

// Of a bandwidth REMOVE is called REDUCE and nothing else.
void check_operation_of_bandwidth(const Fields& body) {
  const auto action = body.object("scaling_policy_action");
  if (action && action->text("operation") == "REMOVE")
    action->report("operation", ErrorCode::OperationInvalid, "ADD, REDUCE, SET");
}

// What a policy of v2 scales.
PolicyOwner read_resource(const Fields& body, const sim::Cloud& cloud) {
  body.required_text("scaling_resource_type", ErrorCode::ResourceTypeMissing);
  const auto type = body.choice("scaling_resource_type", ErrorCode::ResourceTypeInvalid, kScalingResources);
  const auto given = body.required_text("scaling_resource_id", ErrorCode::ResourceIdMissing);
  if (!has_uuid_shape(given)) body.report("scaling_resource_id", ErrorCode::ResourceIdMalformed, "a UUID");
  const PolicyOwner owner = policy_owner(given, cloud);
  const bool of_group = type != ScalingResource::Bandwidth;
  const bool exists =
      of_group ? owner.group != sim::none<sim::AsGroupId>() && cloud.find(owner.group) != nullptr
               : owner.bandwidth != sim::none<sim::BandwidthId>() && cloud.find(owner.bandwidth) != nullptr;
  if (!exists)
    body.report("scaling_resource_id", ErrorCode::ResourceUnknown,
                of_group ? "the id of a group" : "the id of a bandwidth");
  if (!of_group) check_operation_of_bandwidth(body);
  return owner;
}

void drop_trigger(sim::AsPolicySettings& set) {
  set.alarm = sim::none<sim::AlarmRuleId>();
  set.launch_time = {};
  set.recurrence = {};
  set.recurrence_value.clear();
}

// Of a policy that is created: its type, and when it fires.
void read_type(const Fields& body, const sim::Cloud& cloud, sim::AsPolicySettings& set) {
  body.required_text("scaling_policy_type", ErrorCode::PolicyTypeMissing);
  const auto type = body.choice("scaling_policy_type", ErrorCode::PolicyTypeInvalid, kPolicyTypes);
  if (!type) return;
  set.type = *type;
  read_trigger(body, cloud, set);
}

// Of a policy that is modified: its name, its type, and when it fires.
void read_changes(const Fields& body, const sim::Cloud& cloud, sim::AsPolicySettings& set) {
  if (const auto name = body.text("scaling_policy_name")) set.name = *name;
  const auto type =
      body.choice("scaling_policy_type", ErrorCode::PolicyTypeInvalid, kPolicyTypes).value_or(set.type);
  const bool other_type = type != set.type;
  if (other_type) drop_trigger(set);
  set.type = type;
  const bool new_trigger = body.has(type == sim::PolicyType::Alarm ? "alarm_id" : "scheduled_policy");
  if (other_type || new_trigger) read_trigger(body, cloud, set);
}

// A client may send the resource again, and it has to be the same: a policy stays with its group or bandwidth.
void expect_same_resource(const Fields& body, const sim::Cloud& cloud, const sim::AsPolicy& policy) {
  const auto type = body.choice("scaling_resource_type", ErrorCode::ResourceTypeInvalid, kScalingResources);
  const auto given = body.text("scaling_resource_id");
  if (given && !has_uuid_shape(*given))
    body.report("scaling_resource_id", ErrorCode::ResourceIdMalformed, "a UUID");
  const bool same_type = type.value_or(policy.resource()) == policy.resource();
  const bool same_id = !given || policy_owner(*given, cloud) == PolicyOwner{policy.group, policy.bandwidth};
  if (!same_type || !same_id)
    body.report("scaling_resource_id", ErrorCode::ResourceUnknown,
                policy.resource() == ScalingResource::Group ? "the group that the policy belongs to"
                                                            : "the bandwidth that the policy belongs to");
  if (policy.resource() == ScalingResource::Bandwidth) check_operation_of_bandwidth(body);
}

}  // namespace

PolicyOwner policy_owner(std::string_view text, const sim::Cloud& cloud) {
  const IdText ids{cloud.seed()};
  return {ids.group(text), ids.bandwidth(text)};
}

bool admits(const PolicyFilter& filter, const sim::AsPolicy& policy) {
  return (!filter.resource || *filter.resource == policy.resource()) &&
         (!filter.owner || *filter.owner == PolicyOwner{policy.group, policy.bandwidth});
}

sim::Result<sim::CreateAsPolicy> read_create_as_policy(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"scaling_policy_name", "scaling_group_id", "scaling_policy_type", "alarm_id",
                      "scheduled_policy", "scaling_policy_action", "cool_down_time"});
  sim::CreateAsPolicy read;
  read.set.name = fields.required_text("scaling_policy_name", ErrorCode::PolicyNameMissing);
  read.group = read_group(fields, cloud);
  read_type(fields, cloud, read.set);
  read_common_v1(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

sim::Result<sim::CreateAsPolicy> read_create_as_policy_v2(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  expect_members_of_v2(fields);
  sim::CreateAsPolicy read;
  read.set.name = fields.required_text("scaling_policy_name", ErrorCode::PolicyNameMissing);
  const PolicyOwner owner = read_resource(fields, cloud);
  read.group = owner.group;
  read.bandwidth = owner.bandwidth;
  read_type(fields, cloud, read.set);
  read_common_v2(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

sim::Result<sim::ModifyAsPolicy> read_modify_as_policy(std::string_view body, sim::AsPolicyId policy,
                                                       const sim::Cloud& cloud) {
  assert(cloud.find(policy) != nullptr);
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"scaling_policy_name", "scaling_policy_type", "alarm_id", "scheduled_policy",
                      "scaling_policy_action", "cool_down_time"});
  sim::ModifyAsPolicy read{policy, cloud.find(policy)->set};
  read_changes(fields, cloud, read.set);
  read_common_v1(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

sim::Result<sim::ModifyAsPolicy> read_modify_as_policy_v2(std::string_view body, sim::AsPolicyId policy,
                                                          const sim::Cloud& cloud) {
  assert(cloud.find(policy) != nullptr);
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  expect_members_of_v2(fields);
  sim::ModifyAsPolicy read{policy, cloud.find(policy)->set};
  expect_same_resource(fields, cloud, *cloud.find(policy));
  read_changes(fields, cloud, read.set);
  read_common_v2(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

// ---- Lists, actions and batches ----

sim::Result<PolicyFilter> read_policy_filter(const Query& query, const sim::Cloud& cloud) {
  PolicyFilter filter;
  const auto type = read_choice(query, "scaling_policy_type", ErrorCode::PolicyTypeInvalid, kPolicyTypes);
  if (!type) return type.error();
  filter.type = *type;
  if (const auto given = parameter(query, "scaling_policy_id"))
    filter.policy = IdText{cloud.seed()}.policy(*given);
  if (const auto given = parameter(query, "scaling_policy_name")) filter.name = *given;
  return filter;
}

sim::Result<PolicyFilter> read_policy_filter_v2(const Query& query, const sim::Cloud& cloud) {
  auto filter = read_policy_filter(query, cloud);
  if (!filter) return filter;
  const auto type =
      read_choice(query, "scaling_resource_type", ErrorCode::ResourceTypeInvalid, kScalingResources);
  if (!type) return type.error();
  if (const auto given = parameter(query, "scaling_resource_id")) filter->owner = policy_owner(*given, cloud);
  filter->resource = *type;
  if (const auto given = parameter(query, "alarm_id"))
    filter->alarm = IdText{cloud.seed()}.alarm_rule(*given);
  return filter;
}

sim::Result<PolicyOrder> read_policy_order(const Query& query) {
  constexpr Spelling<PolicySortKey> kKeys[] = {{"POLICY_NAME", PolicySortKey::Name},
                                               {"TRIGGER_CONDITION", PolicySortKey::Trigger},
                                               {"CREATE_TIME", PolicySortKey::CreateTime}};
  constexpr Spelling<SortDirection> kDirections[] = {{"ASC", SortDirection::Ascending},
                                                     {"DESC", SortDirection::Descending}};
  const auto key = read_choice(query, "sort_by", ErrorCode::SortKeyInvalid, kKeys);
  if (!key) return key.error();
  const auto direction = read_choice(query, "order", ErrorCode::SortOrderInvalid, kDirections);
  if (!direction) return direction.error();
  return PolicyOrder{key->value_or(PolicySortKey::CreateTime), direction->value_or(SortDirection::Ascending)};
}

sim::Result<PolicyAct> read_policy_action(std::string_view body, const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
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
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"scaling_policy_id", "action", "force_delete", "delete_alarm"});
  fields.required_text("action", ErrorCode::PolicyActionInvalid);
  const auto act = fields.choice("action", ErrorCode::PolicyActionInvalid, kPoliciesActs);
  const auto force =
      fields.choice("force_delete", ErrorCode::PolicyForceDeleteInvalid, kNoYes).value_or(NoYes::No);
  const auto alarm = fields.choice("delete_alarm", ErrorCode::DeleteAlarmInvalid, kNoYes).value_or(NoYes::No);
  const auto ids = fields.texts("scaling_policy_id").value_or(std::vector<std::string_view>{});
  if (ids.empty())
    fields.report("scaling_policy_id", ErrorCode::PolicyBatchEmpty, "a list of 1 to 20 ids");
  else if (ids.size() > kMostPolicies)
    faults.report({ErrorCode::BodyInvalid,
                   fmt::format("scaling_policy_id: {} ids, expected 1 to {}", ids.size(), kMostPolicies)});
  if (faults.any()) return faults.first();
  const auto way = force == NoYes::Yes ? sim::PolicyDeletion::InBatchByForce : sim::PolicyDeletion::InBatch;
  return PoliciesBatch{
      *act, {ids.begin(), ids.end()}, alarm == NoYes::Yes ? DeleteAlarm::Yes : DeleteAlarm::No, way};
}

}  // namespace tidepool::api
