#include "api/routes/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "api/routes/call.hpp"
#include "api/routes/path_pattern.hpp"
#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// Such a document is read only.
Response reading_only(std::string_view method) {
  Response response = error_response(
      {sim::ErrorCode::ResourceNotFound, fmt::format("method {}: expected GET", shown(method))});
  response.status = 405;
  response.headers.emplace_back("Allow", allow_text({"GET"}));
  return response;
}

array self_link(std::string href) { return {object{{"rel", "self"}, {"href", std::move(href)}}}; }

object identity_version(const Visit& visit) {
  return {{"id", "v3.6"},
          {"status", "stable"},
          {"updated", "2016-04-04T00:00:00Z"},
          {"media-types", array{object{{"base", "application/json"},
                                       {"type", "application/vnd.openstack.identity-v3+json"}}}},
          {"links", self_link(base_url(visit) + "/v3/")}};
}

object compute_version(const Visit& visit) {
  return {{"id", "v2.1"},
          {"status", "CURRENT"},
          {"version", "2.79"},
          {"min_version", "2.1"},
          {"updated", "2013-07-23T11:33:21Z"},
          {"links", self_link(base_url(visit) + "/v2.1/")}};
}

// Neutron's, for clients that look before they call.
object network_version(const Visit& visit) {
  return {{"id", "v2.0"}, {"status", "CURRENT"}, {"links", self_link(base_url(visit) + "/v2.0/")}};
}

// Glance's, at the address that the catalog has for images.
object image_version(const Visit& visit) {
  return {{"id", "v2.9"}, {"status", "CURRENT"}, {"links", self_link(base_url(visit) + "/image/v2/")}};
}

// Source: AS API reference, "Querying API Versions".
object auto_scaling_version(const Visit& visit, std::string_view id) {
  const bool first = id == "v1";
  return {{"id", id},
          {"links", self_link(fmt::format("{}/autoscaling-api/{}/", base_url(visit), id))},
          {"min_version", ""},
          {"status", first ? "CURRENT" : "SUPPORTED"},
          {"updated", first ? "2016-06-30T00:00:00Z" : "2018-03-30T00:00:00Z"},
          {"version", ""}};
}

Response auto_scaling_versions(const Visit& visit) {
  return ok({{"versions", array{auto_scaling_version(visit, "v1"), auto_scaling_version(visit, "v2")}}});
}

// ---- The table ----

Response root(const Visit& visit) {
  if (visit.request.header("Host").starts_with("as.")) return auto_scaling_versions(visit);
  return {300, to_text(object{{"versions", object{{"values", array{identity_version(visit)}}}}})};
}
Response one_of_auto_scaling(const Visit& visit) {
  return ok({{"version", auto_scaling_version(visit, visit.target.segments.back())}});
}
Response networks(const Visit& visit) { return ok({{"version", network_version(visit)}}); }
Response servers(const Visit& visit) { return ok({{"version", compute_version(visit)}}); }
Response images(const Visit& visit) {
  return {300, to_text(object{{"versions", array{image_version(visit)}}})};
}

struct VersionRoute {
  std::string_view path, summary;
  Response (*handler)(const Visit&);
};

constexpr std::array kRoutes = std::to_array<VersionRoute>({
    {"/", "list the versions of Identity, or those of Auto Scaling for a host whose name begins with as.",
     root},
    {"/v1", "read version v1 of Auto Scaling", one_of_auto_scaling},
    {"/v2", "read version v2 of Auto Scaling", one_of_auto_scaling},
    {"/autoscaling-api", "list the versions of Auto Scaling", auto_scaling_versions},
    {"/autoscaling-api/v1", "read version v1 of Auto Scaling", one_of_auto_scaling},
    {"/autoscaling-api/v2", "read version v2 of Auto Scaling", one_of_auto_scaling},
    {"/v2.0", "read the version of Neutron", networks},
    {"/v2.1", "read the version of Nova", servers},
    {"/image", "list the versions of Image Management", images},
});

}  // namespace

std::string base_url(const Visit& visit) {
  const std::string_view host = visit.request.header("Host");
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{".:-_[]"}.find(c) != std::string_view::npos;
  };
  const bool usable = !host.empty() && std::ranges::all_of(host, fits);
  const bool secure = visit.world.options.behind_tls || visit.request.header("X-Forwarded-Proto") == "https";
  return fmt::format("{}://{}", secure ? "https" : "http", usable ? host : "localhost");
}

Response answer_root(const Visit& visit) {
  return visit.request.method == "GET" ? root(visit) : reading_only(visit.request.method);
}

Response answer_versions(const Visit& visit) {
  if (visit.request.method != "GET") return reading_only(visit.request.method);
  const auto& segments = visit.target.segments;
  const auto route = std::ranges::find_if(
      kRoutes, [&](const VersionRoute& each) { return fit(each.path, segments).has_value(); });
  if (route != kRoutes.end()) return route->handler(visit);
  constexpr auto kVersionUnknown = static_cast<sim::ErrorCode>(33);
  return error_response(
      {kVersionUnknown, fmt::format("api_version {}: expected v1 or v2", shown(segments.back()))});
}

Response answer_identity_version(const Visit& visit) {
  if (visit.request.method != "GET") return reading_only(visit.request.method);
  return ok({{"version", identity_version(visit)}});
}

std::vector<Operation> operations_of_versions() {
  std::vector<Operation> all;
  all.reserve(kRoutes.size());
  for (const VersionRoute& each : kRoutes) all.push_back({"GET", each.path, each.summary, {}});
  return all;
}

}  // namespace tidepool::api
