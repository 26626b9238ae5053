#include <boost/json/array.hpp>
#include <utility>

#include "api/routes/handlers.hpp"
#include "api/wire/error_json.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/lifecycle_hook_json.hpp"

namespace tidepool::api {
namespace {

// The hook that a path names, and its group.
struct HookInPath {
  sim::AsGroupId group{};
  sim::LifecycleHook hook;
};

sim::Result<HookInPath> hook_in_path(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return group.error();
  const std::string& name = call.path.at("lifecycle_hook_name");
  const sim::LifecycleHook* hook = call.cloud.find_hook(*group, name);
  if (hook != nullptr) return HookInPath{*group, *hook};
  return unknown_path_id(call.cloud.behaviour(), sim::ErrorCode::HookUnknown, "lifecycle_hook_name", name);
}

// As it is now.
Response hook_named(const Call& call, sim::AsGroupId group, std::string_view name) {
  return ok(write_lifecycle_hook(*call.cloud.find_hook(group, name)));
}

}  // namespace

Response create_lifecycle_hook(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto command = read_create_lifecycle_hook(call.body, *group, call.cloud);
  if (!command) return error_response(command.error());
  const auto done = call.cloud.submit(*command);
  return done ? hook_named(call, *group, command->set.name) : error_response(done.error());
}

// Newest first, and not paged.
Response list_lifecycle_hooks(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  boost::json::array rows;
  const auto& hooks = call.cloud.find(*group)->hooks;
  for (auto each = hooks.rbegin(); each != hooks.rend(); ++each) rows.push_back(write_lifecycle_hook(*each));
  return ok({{"lifecycle_hooks", std::move(rows)}});
}

Response get_lifecycle_hook(const Call& call) {
  const auto found = hook_in_path(call);
  return found ? ok(write_lifecycle_hook(found->hook)) : error_response(found.error());
}

Response modify_lifecycle_hook(const Call& call) {
  const auto found = hook_in_path(call);
  if (!found) return error_response(found.error());
  const auto command = read_modify_lifecycle_hook(call.body, found->group, found->hook, call.cloud);
  if (!command) return error_response(command.error());
  const auto done = call.cloud.submit(*command);
  return done ? hook_named(call, found->group, found->hook.name) : error_response(done.error());
}

Response delete_lifecycle_hook(const Call& call) {
  const auto found = hook_in_path(call);
  if (!found) return error_response(found.error());
  return no_content_or_error(call.cloud.submit(sim::DeleteLifecycleHook{found->group, found->hook.name}));
}

Response answer_lifecycle_hook(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto command = read_lifecycle_answer(call.body, *group, call.cloud);
  if (!command) return error_response(command.error());
  return no_content_or_error(call.cloud.submit(*command));
}

// Oldest first, and not paged.
Response list_hook_waits(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto instance = parameter(call.query, "instance_id");
  const auto wanted = find_instance(call.cloud, instance.value_or(""));
  boost::json::array rows;
  for (const sim::HookWaitId each : call.cloud.waits_of(*group))
    if (!instance || call.cloud.all_waits()[sim::index_of(each)].instance == wanted)
      rows.push_back(write_hook_wait(call.cloud, each));
  return ok({{"instance_hanging_info", std::move(rows)}});
}

}  // namespace tidepool::api
