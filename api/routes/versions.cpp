#include "api/routes/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "api/routes/call.hpp"
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
  if (visit.request.method != "GET") return reading_only(visit.request.method);
  if (visit.request.header("Host").starts_with("as.")) return auto_scaling_versions(visit);
  return {300, to_text(object{{"versions", object{{"values", array{identity_version(visit)}}}}})};
}

Response answer_versions(const Visit& visit) {
  if (visit.request.method != "GET") return reading_only(visit.request.method);
  const auto& segments = visit.target.segments;
  const bool below_service = segments.front() == "autoscaling-api";
  if (below_service && segments.size() == 1) return auto_scaling_versions(visit);
  const std::string& id = segments.back();
  if (id == "v1" || id == "v2") return ok({{"version", auto_scaling_version(visit, id)}});
  if (!below_service && id == "v2.1") return ok({{"version", compute_version(visit)}});
  if (!below_service && id == "v2.0") return ok({{"version", network_version(visit)}});
  if (!below_service && id == "image")
    return {300, to_text(object{{"versions", array{image_version(visit)}}})};
  constexpr auto kVersionUnknown = static_cast<sim::ErrorCode>(33);
  return error_response({kVersionUnknown, fmt::format("api_version {}: expected v1 or v2", shown(id))});
}

Response answer_identity_version(const Visit& visit) {
  if (visit.request.method != "GET") return reading_only(visit.request.method);
  return ok({{"version", identity_version(visit)}});
}

}  // namespace tidepool::api
