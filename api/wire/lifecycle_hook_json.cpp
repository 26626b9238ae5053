#include "api/wire/lifecycle_hook_json.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <string>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/lifecycle_hook_spelling.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

constexpr Spelling<sim::HookAnswer> kAnswers[] = {{"CONTINUE", sim::HookAnswer::Continue},
                                                  {"ABANDON", sim::HookAnswer::Abandon},
                                                  {"EXTEND", sim::HookAnswer::Extend}};

constexpr Spelling<sim::WaitStatus> kWaitStatuses[] = {{"HANGING", sim::WaitStatus::Hanging},
                                                       {"CONTINUE", sim::WaitStatus::Continue},
                                                       {"ABANDON", sim::WaitStatus::Abandon}};

std::int64_t seconds(sim::Duration span) { return span / std::chrono::seconds{1}; }

boost::json::value text_or_null(const std::optional<std::string>& text) {
  return text ? boost::json::value(*text) : boost::json::value(nullptr);
}

// What creating and modifying share; what is absent stays.
void read_settings(const Fields& body, sim::LifecycleHook& hook) {
  if (const auto type = body.choice("lifecycle_hook_type", ErrorCode::HookTypeInvalid, kHookTypes))
    hook.type = *type;
  if (const auto result = body.choice("default_result", ErrorCode::HookResultInvalid, kHookResults))
    hook.default_result = *result;
  if (const auto given = body.integer("default_timeout", ErrorCode::HookTimeoutInvalid, "60 to 86400"))
    hook.default_timeout = std::chrono::seconds{*given};
  if (const auto urn = body.text("notification_topic_urn")) hook.topic_urn = *urn;
  if (const auto text = body.text("notification_metadata")) hook.metadata = *text;
}

void expect_members_of_hook(const Fields& body) {
  body.expect_only({"lifecycle_hook_name", "lifecycle_hook_type", "default_result", "default_timeout",
                    "notification_topic_urn", "notification_metadata"});
}

// The wait of an instance at the hook of that name.
sim::HookWaitId wait_at(const sim::Cloud& cloud, sim::AsGroupId group, std::string_view instance_id,
                        std::string_view hook) {
  const sim::InstanceId instance = find_instance(cloud, instance_id);
  const auto waits = cloud.waits_of(group);
  const auto found = std::ranges::find_if(waits, [&](sim::HookWaitId each) {
    const sim::HookWait& wait = cloud.all_waits()[sim::index_of(each)];
    return wait.instance == instance && wait.hook.name == hook;
  });
  return found == waits.end() ? sim::none<sim::HookWaitId>() : *found;
}

}  // namespace

sim::Result<sim::CreateLifecycleHook> read_create_lifecycle_hook(std::string_view body, sim::AsGroupId group,
                                                                 const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  expect_members_of_hook(fields);
  sim::CreateLifecycleHook read{group, {}};
  read.set.name = fields.required_text("lifecycle_hook_name", ErrorCode::HookNameMissing);
  fields.required_text("lifecycle_hook_type", ErrorCode::HookTypeMissing);
  fields.required_text("notification_topic_urn", ErrorCode::TopicUnknown);
  read_settings(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

sim::Result<sim::ModifyLifecycleHook> read_modify_lifecycle_hook(std::string_view body, sim::AsGroupId group,
                                                                 const sim::LifecycleHook& was,
                                                                 const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  expect_members_of_hook(fields);
  sim::ModifyLifecycleHook read{group, was};
  read_settings(fields, read.set);
  if (faults.any()) return faults.first();
  return read;
}

boost::json::object write_lifecycle_hook(const sim::LifecycleHook& hook) {
  return {{"lifecycle_hook_name", hook.name},
          {"lifecycle_hook_type", spelling_of(kHookTypes, hook.type)},
          {"default_result", spelling_of(kHookResults, hook.default_result)},
          {"default_timeout", seconds(hook.default_timeout)},
          {"notification_topic_urn", hook.topic_urn},
          {"notification_topic_name", topic_name(hook.topic_urn)},
          {"notification_metadata", text_or_null(hook.metadata)},
          {"create_time", seconds_text(hook.create_time)}};
}

sim::Result<sim::AnswerLifecycleHook> read_lifecycle_answer(std::string_view body, sim::AsGroupId group,
                                                            const sim::Cloud& cloud) {
  assert(cloud.find(group) != nullptr);
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only(
      {"lifecycle_action_result", "lifecycle_action_key", "instance_id", "lifecycle_hook_name"});
  fields.required_text("lifecycle_action_result", ErrorCode::CallbackResultMissing);
  const auto answer = fields.choice("lifecycle_action_result", ErrorCode::HookResultInvalid, kAnswers);
  const auto key = fields.text("lifecycle_action_key");
  const auto instance = fields.text("instance_id"), hook = fields.text("lifecycle_hook_name");
  if (!key && !(instance && hook))
    fields.report("lifecycle_action_key", ErrorCode::CallbackUnaddressed,
                  "a key, or instance_id and lifecycle_hook_name");
  if (faults.any()) return faults.first();
  const auto wait = key ? IdText{cloud.seed()}.hook_wait(*key) : wait_at(cloud, group, *instance, *hook);
  return sim::AnswerLifecycleHook{group, wait, *answer};
}

boost::json::object write_hook_wait(const sim::Cloud& cloud, sim::HookWaitId id) {
  assert(sim::index_of(id) < cloud.all_waits().size());
  const IdText ids{cloud.seed()};
  const sim::HookWait& wait = cloud.all_waits()[sim::index_of(id)];
  return {{"instance_id", instance_text(cloud, wait.instance)},
          {"scaling_group_id", ids.text(wait.group)},
          {"lifecycle_hook_name", wait.hook.name},
          {"lifecycle_action_key", ids.text(id)},
          {"default_result", spelling_of(kHookResults, wait.hook.default_result)},
          {"timeout", seconds_text(wait.deadline)},
          {"lifecycle_hook_status", spelling_of(kWaitStatuses, wait.status)}};
}

}  // namespace tidepool::api
