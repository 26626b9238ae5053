#include "api/routes/surroundings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/access.hpp"
#include "api/routes/identity.hpp"
#include "api/routes/service_call.hpp"

namespace tidepool::api {
namespace {

struct Part {
  std::string_view title;  // Parts of one title, one after the other, are one service to clients.
  Service (*service)();
};
constexpr std::array kParts = std::to_array<Part>({
    {"Virtual Private Cloud", vpc_service},
    {"Elastic IP", eip_service},
    {"Elastic IP", bandwidth_service},
    {"Networks (Neutron)", neutron_service},
    {"Networks (Neutron)", neutron_router_service},
    {"Servers (Nova)", nova_service},
    {"Elastic Cloud Server", ecs_service},
    {"Elastic Load Balance v2", elb_v2_service},
    {"Elastic Load Balance v2", elb_v2_pool_service},
    {"Elastic Load Balance v3", elb_v3_service},
    {"Elastic Load Balance v3", elb_v3_pool_service},
    {"Simple Message Notification", smn_service},
    {"Image Management", image_service},
});

// The routes of the best fitting path, one a method.
struct Found {
  Service service;
  std::vector<const ServiceRoute*> routes;
};

Found routes_of(const std::vector<std::string>& segments) {
  Found found;
  unsigned best = 0;
  for (const Part& part : kParts) {
    const Service service = part.service();
    for (const ServiceRoute& each : service.routes) {
      const auto fixed = fit(each.path, segments);
      if (!fixed || (!found.routes.empty() && *fixed < best)) continue;
      if (*fixed > best) found.routes.clear();
      best = *fixed;
      found.service = service;
      found.routes.push_back(&each);
    }
  }
  return found;
}

// The project that a request is for, brought up to the wall; or what to answer instead. A path without a project is for
// the token's, or for the one in the header that signed requests carry.
std::pair<Tenant*, Response> enter(const Visit& visit, std::string project) {
  const auto account = read_access(visit);
  if (!account) return {nullptr, identity_error(401, account.error().message)};
  const bool is_signed = !account->access_key.empty();
  if (project.empty() && is_signed) project = visit.request.header("X-Project-Id");
  if (project.empty() && is_signed)
    if (const auto asked = visit.world.key_projects.find(account->access_key);
        asked != visit.world.key_projects.end())
      project = asked->second;
  if (project.empty()) project = account->project_id;
  if (!is_signed && project != account->project_id)
    return {nullptr, identity_error(401, fmt::format("project {}: expected the token's", shown(project)))};
  Tenant* tenant = find_or_make(visit, project);
  if (tenant == nullptr)
    return {nullptr,
            identity_error(404, fmt::format("project {}: expected one that exists", shown(project)))};
  if (auto failure = arrive(visit, *tenant)) return {nullptr, *std::move(failure)};
  return {tenant, {}};
}

Response method_not_allowed(const Visit& visit, const Found& found) {
  std::vector<std::string_view> allowed;
  allowed.reserve(found.routes.size());
  for (const ServiceRoute* each : found.routes) allowed.push_back(each->method);
  Response response = service_error(
      found.service.name, 405,
      fmt::format("method {}: expected {}", shown(visit.request.method), fmt::join(allowed, " or ")));
  response.headers.emplace_back("Allow", allow_text(allowed));
  return response;
}

}  // namespace

std::optional<Response> answer_surroundings(const Visit& visit) {
  const auto& segments = visit.target.segments;
  const Found found = routes_of(segments);
  if (found.routes.empty()) return std::nullopt;
  PathTexts path = texts_in(found.routes.front()->path, segments);
  const auto in_path = path.find("project_id");
  const auto [tenant, refusal] = enter(visit, in_path == path.end() ? std::string{} : in_path->second);
  if (tenant == nullptr) return refusal;
  const auto route = std::ranges::find_if(
      found.routes, [&](const ServiceRoute* each) { return each->method == visit.request.method; });
  if (route == found.routes.end()) return method_not_allowed(visit, found);
  Response response =
      (*route)->handler({visit, *tenant, texts_in((*route)->path, segments), found.service.name});
  collect_journal(*tenant);
  return response;
}

std::vector<ServiceOperations> operations_of_surroundings() {
  std::vector<ServiceOperations> all;
  for (const Part& part : kParts) {
    if (all.empty() || all.back().service != part.title) all.push_back({part.title, {}});
    for (const Operation& each : listed(part.service().routes)) all.back().operations.push_back(each);
  }
  return all;
}

}  // namespace tidepool::api
