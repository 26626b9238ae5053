// The list of the calls that are answered. UPDATE_GOLDEN=1 rewrites api/routes/OPERATIONS.md.
#include "api/routes/all_operations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "tests/api/routes/world_client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::api {
namespace {

namespace fs = std::filesystem;

struct Endpoint {
  std::string_view method, path;
};

// What the AS documents' reference describes, in its order. The last one is there for each version.
constexpr Endpoint kDocumented[] = {
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_group"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_group"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}"},
    {"PUT", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}"},
    {"DELETE", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_group/{scaling_group_id}/action"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_configuration"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_configuration"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_configuration/{scaling_configuration_id}"},
    {"DELETE", "/autoscaling-api/v1/{project_id}/scaling_configuration/{scaling_configuration_id}"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_configurations"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_group_instance/{scaling_group_id}/list"},
    {"DELETE", "/autoscaling-api/v1/{project_id}/scaling_group_instance/{instance_id}"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_group_instance/{scaling_group_id}/action"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_policy"},
    {"PUT", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_group_id}/list"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}/action"},
    {"DELETE", "/autoscaling-api/v1/{project_id}/scaling_policy/{scaling_policy_id}"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_policies/action"},
    {"POST", "/autoscaling-api/v2/{project_id}/scaling_policy"},
    {"PUT", "/autoscaling-api/v2/{project_id}/scaling_policy/{scaling_policy_id}"},
    {"GET", "/autoscaling-api/v2/{project_id}/scaling_policy/{scaling_resource_id}/list"},
    {"GET", "/autoscaling-api/v2/{project_id}/scaling_policy"},
    {"GET", "/autoscaling-api/v2/{project_id}/scaling_policy/{scaling_policy_id}"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_policy_execute_log/{scaling_policy_id}"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_activity_log/{scaling_group_id}"},
    {"GET", "/autoscaling-api/v2/{project_id}/scaling_activity_log/{scaling_group_id}"},
    {"GET", "/autoscaling-api/v1/{project_id}/quotas"},
    {"GET", "/autoscaling-api/v1/{project_id}/quotas/{scaling_group_id}"},
    {"POST", "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/list"},
    {"GET",
     "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/{lifecycle_hook_name}"},
    {"PUT",
     "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/{lifecycle_hook_name}"},
    {"DELETE",
     "/autoscaling-api/v1/{project_id}/scaling_lifecycle_hook/{scaling_group_id}/{lifecycle_hook_name}"},
    {"PUT", "/autoscaling-api/v1/{project_id}/scaling_instance_hook/{scaling_group_id}/callback"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_instance_hook/{scaling_group_id}/list"},
    {"GET", "/autoscaling-api/v1/{project_id}/{resource_type}/tags"},
    {"GET", "/autoscaling-api/v1/{project_id}/{resource_type}/{resource_id}/tags"},
    {"POST", "/autoscaling-api/v1/{project_id}/{resource_type}/{resource_id}/tags/action"},
    {"POST", "/autoscaling-api/v1/{project_id}/{resource_type}/resource_instances/action"},
    {"GET", "/"},
    {"GET", "/v1"},
};

// What only the documents' list of permissions names.
constexpr Endpoint kOfPermissionsOnly[] = {
    {"PUT", "/autoscaling-api/v1/{project_id}/scaling_notification/{scaling_group_id}"},
    {"GET", "/autoscaling-api/v1/{project_id}/scaling_notification/{scaling_group_id}"},
    {"DELETE", "/autoscaling-api/v1/{project_id}/scaling_notification/{scaling_group_id}/{topic_urn}"},
};

bool is_answered(const Endpoint& endpoint) {
  for (const ServiceOperations& service : all_operations())
    for (const Operation& each : service.operations)
      if (each.method == endpoint.method && each.path == endpoint.path) return true;
  return false;
}

std::string page() {
  const auto all = all_operations();
  std::size_t total = 0;
  for (const ServiceOperations& each : all) total += each.operations.size();
  std::string text = fmt::format(
      "# The calls that are answered\n\n"
      "A test writes this page from the tables that the calls are dispatched by (`UPDATE_GOLDEN=1`), and "
      "keeps it so.\n"
      "It has {} calls. The AS documents describe {} endpoints of Auto Scaling: **{} of the {} are here**, "
      "two of them "
      "(`GET /` and\n"
      "`GET /{{api_version}}`) among the versions of the services; so are {} of the {} calls that only the "
      "documents' "
      "list of\npermissions names (`scaling_notification`).\n",
      total, std::size(kDocumented), std::ranges::count_if(kDocumented, is_answered), std::size(kDocumented),
      std::ranges::count_if(kOfPermissionsOnly, is_answered), std::size(kOfPermissionsOnly));
  for (const ServiceOperations& service : all) {
    text += fmt::format("\n## {} ({})\n\n| method | path | what it does |\n|---|---|---|\n", service.service,
                        service.operations.size());
    for (const Operation& each : service.operations)
      text += fmt::format("| {} | `{}` | {} |\n", each.method, each.path, each.summary);
  }
  return text;
}

// A path with something in the place of each variable.
std::string filled(std::string_view path, std::string_view project) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    if (segment == "/{project_id}" || segment == "/{project}")
      out += fmt::format("/{}", project);
    else if (segment == "/{resource_type}")
      out += "/scaling_group_tag";
    else if (segment.starts_with("/{"))
      out += "/nobody";
    else
      out += segment;
    path.remove_prefix(end);
  }
  return out;
}

}  // namespace

TEST_CASE("each of the 44 endpoints of the AS documents is answered", "[routes]") {
  CHECK(std::size(kDocumented) == 44);
  for (const Endpoint& each : kDocumented) {
    CAPTURE(each.method, each.path);
    CHECK(is_answered(each));
  }
  for (const Endpoint& each : kOfPermissionsOnly) {
    CAPTURE(each.method, each.path);
    CHECK(is_answered(each));
  }
}

TEST_CASE("each listed call has a handler and a summary, and stands there once", "[routes]") {
  std::set<std::pair<std::string, std::string>> seen;
  WorldClient client;
  const std::string project = client.project_id();
  const WorldClient::Headers token{{"X-Auth-Token", client.log_in()}};
  for (const ServiceOperations& service : all_operations()) {
    CAPTURE(service.service);
    CHECK_FALSE(service.operations.empty());
    for (const Operation& each : service.operations) {
      CAPTURE(each.method, each.path);
      CHECK_FALSE(each.summary.empty());
      CHECK(seen.emplace(each.method, each.path).second);
      const Response response = client.send(each.method, filled(each.path, project), {}, token);
      CAPTURE(response.status, response.body);
      CHECK(response.status != 405);
      CHECK(response.status != 500);
      CHECK(response.body.find("no call has the path") == std::string::npos);
      const Response other = client.send("PATCH", filled(each.path, project), {}, token);
      // Cloud Eye looks for the alarm rule before it looks at the method.
      CHECK(other.status == (each.path.find("{alarm_id}") == std::string_view::npos ? 405 : 404));
    }
  }
}

TEST_CASE("the list of calls is the one that is kept", "[routes]") {
  const fs::path file = fs::path(TIDEPOOL_SOURCE_DIR) / "api/routes/OPERATIONS.md";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
  if (std::getenv("UPDATE_GOLDEN") != nullptr) support::write_file(file, page());
  CHECK(support::read_file(file) == page());
}

}  // namespace tidepool::api
