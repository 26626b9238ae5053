#include "api/routes/router.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/routes/path_pattern.hpp"
#include "api/routes/target.hpp"
#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

struct Route {
  Operation operation;
  Response (*handler)(const Call&);
};

// Ordered by noun. Which row answers does not depend on the order: see fit().
constexpr std::array kRoutes = std::to_array<Route>({
    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_group", "create a group", "create_as_group"},
     create_as_group},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_group", "list groups", "list_as_groups"},
     list_as_groups},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}", "read a group",
      "get_as_group"},
     get_as_group},
    {{"PUT", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}", "modify a group",
      "modify_as_group"},
     modify_as_group},
    {{"DELETE", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}", "delete a group",
      "delete_as_group"},
     delete_as_group},
    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}/action",
      "enable or disable a group", "act_on_as_group"},
     act_on_as_group},

    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_configuration", "create a configuration",
      "create_as_configuration"},
     create_as_configuration},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_configuration", "list configurations",
      "list_as_configurations"},
     list_as_configurations},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_configuration/{scaling_configuration_id}",
      "read a configuration", "get_as_configuration"},
     get_as_configuration},
    {{"DELETE", "/autoscaling-api/v1/{project_id}/scaling_configuration/{scaling_configuration_id}",
      "delete a configuration", "delete_as_configuration"},
     delete_as_configuration},
    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_configurations", "delete several configurations",
      "delete_as_configurations"},
     delete_as_configurations},

    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_group_instance/{scaling_group_id}/list",
      "list the instances of a group", "list_instances"},
     list_instances},
    {{"DELETE", "/autoscaling-api/v1/{project_id}/scaling_group_instance/{instance_id}",
      "remove an instance from its group", "remove_instance"},
     remove_instance},
    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_group_instance/{scaling_group_id}/action",
      "add, remove, protect or unprotect several instances", "act_on_instances"},
     act_on_instances},

    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_policy", "create a policy", "create_as_policy"},
     create_as_policy},
    {{"PUT", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}", "modify a policy",
      "modify_as_policy"},
     modify_as_policy},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_group_id}/list",
      "list the policies of a group", "list_as_policies"},
     list_as_policies},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}", "read a policy",
      "get_as_policy"},
     get_as_policy},
    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}/action",
      "execute, enable or disable a policy", "act_on_as_policy"},
     act_on_as_policy},
    {{"DELETE", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}", "delete a policy",
      "delete_as_policy"},
     delete_as_policy},
    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_policies/action",
      "delete, enable or disable several policies", "act_on_as_policies"},
     act_on_as_policies},

    {{"POST", "/autoscaling-api/v2/{project_id}/scaling_policy", "create a policy, in the words of v2",
      "create_as_policy_v2"},
     create_as_policy_v2},
    {{"GET", "/autoscaling-api/v2/{project_id}/scaling_policy", "list the policies of all groups",
      "list_all_as_policies_v2"},
     list_all_as_policies_v2},
    {{"PUT", "/autoscaling-api/v2/{project_id}/scaling_policy/{scaling_policy_id}",
      "modify a policy, in the words of v2", "modify_as_policy_v2"},
     modify_as_policy_v2},
    {{"GET", "/autoscaling-api/v2/{project_id}/scaling_policy/{scaling_resource_id}/list",
      "list the policies of a resource", "list_as_policies_of_resource_v2"},
     list_as_policies_of_resource_v2},
    {{"GET", "/autoscaling-api/v2/{project_id}/scaling_policy/{scaling_policy_id}",
      "read a policy, in the words of v2", "get_as_policy_v2"},
     get_as_policy_v2},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_policy_execute_log/{scaling_policy_id}",
      "list the executions of a policy", "list_executions"},
     list_executions},

    {{"POST", "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}",
      "create a lifecycle hook", "create_lifecycle_hook"},
     create_lifecycle_hook},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/list",
      "list the lifecycle hooks of a group", "list_lifecycle_hooks"},
     list_lifecycle_hooks},
    {{"GET",
      "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/{lifecycle_hook_name}",
      "read a lifecycle hook", "get_lifecycle_hook"},
     get_lifecycle_hook},
    {{"PUT",
      "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/{lifecycle_hook_name}",
      "modify a lifecycle hook", "modify_lifecycle_hook"},
     modify_lifecycle_hook},
    {{"DELETE",
      "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/{lifecycle_hook_name}",
      "delete a lifecycle hook", "delete_lifecycle_hook"},
     delete_lifecycle_hook},
    {{"PUT", "/autoscaling-api/v1/{project_id}/scaling_instance_hook/{scaling_group_id}/callback",
      "release or extend an instance's wait at a lifecycle hook", "answer_lifecycle_hook"},
     answer_lifecycle_hook},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_instance_hook/{scaling_group_id}/list",
      "list the instances that wait at lifecycle hooks", "list_hook_waits"},
     list_hook_waits},

    {{"PUT", "/autoscaling-api/v1/{project_id}/scaling_notification/{scaling_group_id}",
      "set what a notification topic is told of a group", "set_notification"},
     set_notification},
    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_notification/{scaling_group_id}",
      "list the notification topics of a group", "list_notifications"},
     list_notifications},
    {{"DELETE", "/autoscaling-api/v1/{project_id}/scaling_notification/{scaling_group_id}/{topic_urn}",
      "tell a notification topic no longer", "delete_notification"},
     delete_notification},

    {{"GET", "/autoscaling-api/v1/{project_id}/{resource_type}/tags", "list the tags of all groups",
      "list_all_tags"},
     list_all_tags},
    {{"GET", "/autoscaling-api/v1/{project_id}/{resource_type}/{resource_id}/tags",
      "list the tags of a group", "list_tags_of_group"},
     list_tags_of_group},
    {{"POST", "/autoscaling-api/v1/{project_id}/{resource_type}/{resource_id}/tags/action",
      "add or remove tags of a group", "change_tags_of_group"},
     change_tags_of_group},
    {{"POST", "/autoscaling-api/v1/{project_id}/{resource_type}/resource_instances/action",
      "list or count groups by their tags", "query_tagged_groups"},
     query_tagged_groups},

    {{"GET", "/autoscaling-api/v1/{project_id}/quotas", "read the quotas of the project", "get_quotas"},
     get_quotas},
    {{"GET", "/autoscaling-api/v1/{project_id}/quotas/{scaling_group_id}", "read the quotas of a group",
      "get_quotas_of_group"},
     get_quotas_of_group},

    {{"GET", "/autoscaling-api/v1/{project_id}/scaling_activity_log/{scaling_group_id}",
      "list the scaling actions of a group", "list_activities_v1"},
     list_activities_v1},
    {{"GET", "/autoscaling-api/v2/{project_id}/scaling_activity_log/{scaling_group_id}",
      "list the scaling actions of a group, with their instances", "list_activities_v2"},
     list_activities_v2},
});

constexpr auto kOperations = [] {
  std::array<Operation, kRoutes.size()> all;
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kRoutes[i].operation;
  return all;
}();

// ---- Matching ----

// The rows of the best fitting path, one a method.
std::vector<const Route*> routes_of(const std::vector<std::string>& segments) {
  std::vector<const Route*> found;
  unsigned best = 0;
  for (const Route& each : kRoutes) {
    const auto fixed = fit(each.operation.path, segments);
    if (!fixed || (!found.empty() && *fixed < best)) continue;
    if (*fixed > best) found.clear();
    best = *fixed;
    found.push_back(&each);
  }
  return found;
}

// ---- Answers ----

// The service has no code of its own for this; its nearest one says that the address is wrong.
Response method_not_allowed(const Request& request, const std::vector<const Route*>& routes) {
  std::vector<std::string_view> allowed;
  allowed.reserve(routes.size());
  for (const Route* each : routes) allowed.push_back(each->operation.method);
  Response response = error_response(
      {ErrorCode::ResourceNotFound,
       fmt::format("method {}: expected {}", shown(request.method), fmt::join(allowed, " or "))});
  response.status = 405;
  response.headers.emplace_back("Allow", allow_text(allowed));
  return response;
}

Response dispatch(const Request& request, const Target& target, const Project& project) {
  const auto routes = target.closing_slash ? std::vector<const Route*>{} : routes_of(target.segments);
  if (routes.empty())
    return error_response(
        {ErrorCode::ResourceNotFound, fmt::format("no call has the path {}", shown(request.target))});
  const auto route = std::ranges::find_if(
      routes, [&](const Route* each) { return each->operation.method == request.method; });
  if (route == routes.end()) return method_not_allowed(request, routes);

  const PathTexts path = texts_in((*route)->operation.path, target.segments);
  if (path.at("project_id") != project.id)
    return error_response(
        {ErrorCode::ProjectMismatch,
         fmt::format("project_id {}: expected {}", shown(path.at("project_id")), project.id)});
  return (*route)->handler({request.body, path, target.query, project.id, project.cloud});
}

}  // namespace

Response handle(const Request& request, const Project& project) {
  const auto target = read_target(request.target);
  if (target) return handle(request, *target, project);
  return error_response(
      {ErrorCode::BodyInvalid,
       fmt::format("target {}: expected a path and a query, percent-encoded", shown(request.target))});
}

Response handle(const Request& request, const Target& target, const Project& project) {
  try {
    return dispatch(request, target, project);
  } catch (const std::exception& fault) {
    return error_response({ErrorCode::InternalError, fmt::format("internal failure: {}", fault.what())});
  }
}

std::span<const Operation> operations() { return kOperations; }

const Operation* operation_of(std::string_view method, const Target& target) {
  if (target.closing_slash) return nullptr;
  for (const Route* each : routes_of(target.segments))
    if (each->operation.method == method) return &each->operation;
  return nullptr;
}

}  // namespace tidepool::api
