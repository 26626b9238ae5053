#include "api/routes/surroundings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <charconv>
#include <string>
#include <utility>

#include "api/routes/access.hpp"
#include "api/routes/call.hpp"
#include "api/routes/identity.hpp"
#include "api/routes/surroundings_topics.hpp"
#include "api/routes/surroundings_views.hpp"
#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// How one kind of thing is found and shown. `base` is the path before it, with $ for the project's id.
struct Kind {
  std::string_view base, segment;
  const char *list_key, *one_key;
  array (*all)(const Tenant&);
  const char* id_key = "id";
};

constexpr std::array kKinds = std::to_array<Kind>({
    {"v2.1/$", "os-security-groups", "security_groups", "security_group", compute_security_groups},
    {"v2.1/$", "os-keypairs", "keypairs", "keypair", key_pairs, "name"},
    {"v2.1/$", "flavors", "flavors", "flavor", flavors},
    {"v2.1/$", "images", "images", "image", compute_images},
    {"v2.1/$", "servers", "servers", "server", servers},
    {"v2.0", "security-groups", "security_groups", "security_group", security_groups},
    {"v2.0", "networks", "networks", "network", networks},
    {"v2.0", "subnets", "subnets", "subnet", network_subnets},
    {"v2.0", "routers", "routers", "router", routers},
    {"v1/$", "vpcs", "vpcs", "vpc", vpcs},
    {"v1/$", "subnets", "subnets", "subnet", vpc_subnets},
    {"image/v2", "cloudimages", "images", "image", cloud_images},
});

// The project in a path of this base; the segments after it begin at `rest`.
struct Fit {
  std::string project;
  std::size_t rest = 0;
};

std::optional<Fit> fit(std::string_view base, const std::vector<std::string>& segments) {
  Fit found;
  for (; !base.empty(); ++found.rest) {
    const std::string_view expected = base.substr(0, base.find('/'));
    base.remove_prefix(std::min(base.size(), expected.size() + 1));
    if (found.rest >= segments.size()) return std::nullopt;
    const std::string& given = segments[found.rest];
    if (expected == "$" ? given.empty() : given != expected) return std::nullopt;
    if (expected == "$") found.project = given;
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

// The first row of which a key has that value.
array::const_iterator find_row(const array& rows, std::string_view key, std::string_view value) {
  return std::ranges::find_if(rows,
                              [&](const auto& row) { return row.as_object().at(key).as_string() == value; });
}

// A client that pages gives the last id that it has.
array rows_asked_for(const Query& query, array rows, const Kind& kind) {
  if (const auto name = parameter(query, "name"); name && !name->empty())
    rows.erase(
        std::remove_if(rows.begin(), rows.end(),
                       [&](const auto& row) { return row.as_object().at("name").as_string() != *name; }),
        rows.end());
  if (const auto marker = parameter(query, "marker"); marker && !marker->empty()) {
    const auto last = find_row(rows, kind.id_key, *marker);
    rows.erase(rows.begin(), last == rows.end() ? rows.end() : last + 1);
  }
  std::size_t limit = rows.size();
  if (const auto text = parameter(query, "limit"))
    std::from_chars(text->data(), text->data() + text->size(), limit);
  if (limit < rows.size()) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(limit), rows.end());
  return rows;
}

Response list(const Visit& visit, const Tenant& tenant, const Kind& kind) {
  array rows = rows_asked_for(visit.target.query, kind.all(tenant), kind);
  if (kind.segment == "os-keypairs")
    for (auto& each : rows) each = object{{"keypair", std::move(each)}};
  return ok({{kind.list_key, std::move(rows)}});
}

Response show(const Tenant& tenant, const Kind& kind, std::string_view id) {
  const array rows = kind.all(tenant);
  const auto found = find_row(rows, kind.id_key, id);
  if (found != rows.end()) return ok({{kind.one_key, *found}});
  return identity_error(404, fmt::format("{} {}: expected one that exists", kind.one_key, shown(id)));
}

std::optional<Response> answer_kind(const Visit& visit, const Kind& kind) {
  const auto& segments = visit.target.segments;
  const auto found = fit(kind.base, segments);
  if (!found || found->rest >= segments.size() || segments[found->rest] != kind.segment) return std::nullopt;
  const std::size_t more = segments.size() - found->rest - 1;
  if (more > 1) return std::nullopt;
  const auto [tenant, refusal] = enter(visit, found->project);
  if (tenant == nullptr) return refusal;
  if (visit.request.method != "GET")
    return identity_error(405, fmt::format("method {}: expected GET, as {} can only be read here",
                                           shown(visit.request.method), kind.list_key));
  if (more == 0 || segments.back() == "detail") return list(visit, *tenant, kind);
  return show(*tenant, kind, segments.back());
}

}  // namespace

std::optional<Response> answer_surroundings(const Visit& visit) {
  const auto& segments = visit.target.segments;
  for (const Kind& each : kKinds)
    if (auto response = answer_kind(visit, each)) return response;
  if (segments.size() >= 3 && segments[0] == "v2" &&
      (segments[2] == "notifications" || segments[2] == "smn_topic")) {
    const auto [tenant, refusal] = enter(visit, segments[1]);
    return tenant == nullptr ? refusal : answer_topics(visit, *tenant);
  }
  return std::nullopt;
}

}  // namespace tidepool::api
