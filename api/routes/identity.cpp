#include "api/routes/identity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "api/routes/all_operations.hpp"
#include "api/routes/catalog.hpp"
#include "api/routes/login.hpp"
#include "api/routes/path_pattern.hpp"
#include "api/routes/versions.hpp"
#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr std::string_view kDefaultDomain = "default";

// ---- What answers are made of ----

Response json(int status, const object& body) { return {status, to_text(body)}; }

object links_to(const Visit& visit) {
  return {
      {"self", base_url(visit) + valid_utf8(visit.request.target)}, {"previous", nullptr}, {"next", nullptr}};
}

object written(const KnownProject& project) {
  return {{"id", project.id},
          {"name", project.name},
          {"domain_id", project.domain_id},
          {"parent_id", project.domain_id},
          {"description", ""},
          {"enabled", true},
          {"is_domain", false},
          {"links", object{}}};
}

array catalog_for(const Visit& visit, const Account& account) {
  return catalog_of(visit, account.project_id, account.project);
}

object token_body(const Visit& visit, const Account& account, const std::vector<std::string>& methods) {
  const object domain{{"id", account.domain_id}, {"name", account.domain}};
  object token{{"methods", array(methods.begin(), methods.end())},
               {"issued_at", "2026-01-01T00:00:00.000000Z"},
               {"expires_at", "2099-01-01T00:00:00.000000Z"},
               {"user", object{{"id", account.user_id}, {"name", account.user}, {"domain", domain}}}};
  if (account.project_id.empty())
    token.emplace("domain", domain);
  else
    token.emplace("project",
                  object{{"id", account.project_id}, {"name", account.project}, {"domain", domain}});
  token.emplace("roles", array{object{{"id", hash_text("role", {"te_admin"})}, {"name", "te_admin"}}});
  token.emplace("catalog", catalog_for(visit, account));
  return {{"token", std::move(token)}};
}

// ---- Calls ----

Response log_in(const Visit& visit) {
  const LoginOutcome outcome = read_login(visit);
  if (!outcome.login) return outcome.refusal;
  visit.world.current = outcome.login->account.project_id;
  Response response = json(201, token_body(visit, outcome.login->account, outcome.login->methods));
  response.headers.emplace_back("X-Subject-Token",
                                write_token(outcome.login->account, visit.world.options.seed));
  return response;
}

// Whoever may ask may ask about any token.
Response check_token(const Visit& visit, const Account& /*account*/) {
  const std::string_view subject = visit.request.header("X-Subject-Token");
  if (subject.empty()) return identity_error(400, "header X-Subject-Token is missing: expected a token");
  const auto account = read_token(subject, visit.world.options.seed);
  if (!account || !remember_account(visit.world, *account))
    return identity_error(404, "header X-Subject-Token: expected a token of this server");
  Response response = json(200, token_body(visit, *account, {"password"}));
  response.headers.emplace_back("X-Subject-Token", std::string{subject});
  return response;
}

// A signed request tells its project in a header, or not at all once it tells its domain; then the project is the one that
// the key has asked for before.
Response show_catalog(const Visit& visit, const Account& asking) {
  Account account = asking;
  if (!account.access_key.empty()) {
    std::string id{visit.request.header("X-Project-Id")};
    const auto asked = visit.world.key_projects.find(account.access_key);
    if (id.empty() && asked != visit.world.key_projects.end()) id = asked->second;
    if (has_project_id_shape(id)) {
      account.project_id = id;
      account.project = project_by_id(visit.world, id, {}).name;
    }
  }
  return json(200, {{"catalog", catalog_for(visit, account)}, {"links", links_to(visit)}});
}

// A name alone is enough: of projects of that name in several domains the account's own goes first.
KnownProject find_project(const Visit& visit, const Account& account, std::string_view name) {
  Domain domain{account.domain_id, account.domain};
  const std::string_view header = visit.request.header("X-Domain-Id");
  if (domain.id.empty() && !header.empty()) domain = domain_by_id(visit.world, header);
  if (domain.id.empty())
    for (const auto& [id, each] : visit.world.projects)
      if (each.name == name) return each;
  return project_by_name(visit.world, name, domain);
}

Response list_projects(const Visit& visit, const Account& account) {
  array found;
  if (const auto name = parameter(visit.target.query, "name"); name && !name->empty()) {
    const KnownProject project = find_project(visit, account, *name);
    if (!project.id.empty()) found.push_back(written(project));
    if (!account.access_key.empty() && !project.id.empty())
      visit.world.key_projects.insert_or_assign(account.access_key, project.id);
  } else {
    for (const auto& [id, each] : visit.world.projects)
      if (account.domain_id.empty() || each.domain_id == account.domain_id) found.push_back(written(each));
  }
  return json(200, {{"projects", std::move(found)}, {"links", links_to(visit)}});
}

Response show_project(const Visit& visit, const Account& /*account*/) {
  const std::string& id = visit.target.segments.back();
  const auto found = visit.world.projects.find(id);
  if (found == visit.world.projects.end())
    return identity_error(404, fmt::format("project {}: expected the id of one that exists", shown(id)));
  return json(200, {{"project", written(found->second)}});
}

Response list_domains(const Visit& visit, const Account& account) {
  array found;
  const auto add = [&](const Domain& each) {
    found.push_back(object{{"id", each.id}, {"name", each.name}, {"enabled", true}});
  };
  if (const auto name = parameter(visit.target.query, "name"); name && !name->empty())
    add(domain_by_name(visit.world, *name));
  else
    add({account.domain_id.empty() ? std::string{kDefaultDomain} : account.domain_id,
         account.domain.empty() ? "Default" : account.domain});
  return json(200, {{"domains", std::move(found)}, {"links", links_to(visit)}});
}

// Nothing keeps tokens, so there is nothing to forget.
Response drop_token(const Visit& /*visit*/, const Account& /*account*/) { return {204, {}}; }

// ---- The table ----

// Exactly one of the two handlers is set.
struct IdentityRoute {
  std::string_view method, path, summary;
  Response (*of_anybody)(const Visit&) = nullptr;
  Response (*of_account)(const Visit&, const Account&) = nullptr;
};

constexpr std::array kRoutes = std::to_array<IdentityRoute>({
    {"GET", "/v3", "read the version of the identity service", answer_identity_version},
    {"POST", "/v3/auth/tokens", "log in: a token in the header X-Subject-Token, and the catalog", log_in},
    {"GET", "/v3/auth/tokens", "check the token in the header X-Subject-Token", nullptr, check_token},
    {"DELETE", "/v3/auth/tokens", "log out; the token stays good", nullptr, drop_token},
    {"GET", "/v3/auth/catalog", "read the catalog", nullptr, show_catalog},
    {"GET", "/v3/auth/projects", "list projects", nullptr, list_projects},
    {"GET", "/v3/auth/domains", "list domains", nullptr, list_domains},
    {"GET", "/v3/projects", "list projects", nullptr, list_projects},
    {"GET", "/v3/projects/{project_id}", "read a project", nullptr, show_project},
});

const char* title_of(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 404: return "Not Found";
    default: return "Method Not Allowed";
  }
}

KnownProject remember(WorldState& world, KnownProject project) {
  return world.projects.emplace(project.id, std::move(project)).first->second;
}

// Whether there is or may come a cloud of that id.
bool is_possible(const WorldState& world, std::string_view project_id) {
  return world.options.auto_projects == AutoProjects::On || world.tenants.contains(project_id);
}

}  // namespace

Response identity_error(int status, std::string_view message) {
  return json(
      status,
      {{"error", object{{"code", status}, {"message", valid_utf8(message)}, {"title", title_of(status)}}}});
}

Response identity_not_allowed(std::string_view method, const std::vector<std::string_view>& allowed) {
  Response response =
      identity_error(405, fmt::format("method {}: expected {}", shown(method), fmt::join(allowed, " or ")));
  response.headers.emplace_back("Allow", allow_text(allowed));
  return response;
}

bool is_identity(const Target& target) {
  const auto& path = target.segments;
  return path.front() == "v3" && (path.size() == 1 || !has_project_id_shape(path[1]));
}

Response answer_identity(const Visit& visit) {
  std::vector<std::string_view> methods;
  const IdentityRoute* route = nullptr;
  for (const IdentityRoute& each : kRoutes) {
    if (!fit(each.path, visit.target.segments)) continue;
    methods.push_back(each.method);
    if (each.method == visit.request.method) route = &each;
  }
  if (route != nullptr && route->of_anybody != nullptr) return route->of_anybody(visit);
  const auto account = read_access(visit);
  if (!account) return identity_error(401, account.error().message);
  if (methods.empty())
    return identity_error(404, fmt::format("no call has the path {}", shown(visit.request.target)));
  if (route == nullptr) return identity_not_allowed(visit.request.method, methods);
  visit.world.current = account->project_id;
  return route->of_account(visit, *account);
}

std::vector<Operation> operations_of_identity() { return listed(kRoutes); }

// ---- Domains and projects ----

// Names out of queries and headers may be any bytes; answers can only hold text.

namespace {

std::string domain_id_of(std::string_view given) {
  const std::string name = valid_utf8(given);
  return name == "Default" || name == kDefaultDomain ? std::string{kDefaultDomain}
                                                     : hash_text("domain", {name});
}

}  // namespace

Domain domain_by_name(WorldState& world, std::string_view given) {
  const std::string id = domain_id_of(given);
  const bool is_default = id == kDefaultDomain;
  return {
      id,
      world.domain_names.emplace(id, is_default ? std::string{"Default"} : valid_utf8(given)).first->second};
}

std::string project_id_of(std::string_view name, std::string_view domain_name) {
  return hash_text("project", {domain_id_of(domain_name), valid_utf8(name)});
}

Domain domain_by_id(WorldState& world, std::string_view given) {
  if (given == kDefaultDomain) return domain_by_name(world, "Default");
  const std::string id = valid_utf8(given);
  return {id, world.domain_names.emplace(id, id).first->second};
}

KnownProject project_by_name(WorldState& world, std::string_view given, const Domain& domain) {
  const std::string name = valid_utf8(given);
  for (const auto& [id, each] : world.projects)
    if (each.name == name && each.domain_id == domain.id && is_possible(world, id)) return each;
  if (world.options.auto_projects == AutoProjects::Off) {
    const auto found =
        std::ranges::find(world.tenants, name, [](const auto& each) { return each.second.name; });
    return found == world.tenants.end() ? KnownProject{} : project_by_id(world, found->first, domain);
  }
  const Domain of = domain.id.empty() ? domain_by_id(world, kDefaultDomain) : domain;
  return remember(world, {hash_text("project", {of.id, name}), name, of.id, of.name});
}

KnownProject project_by_id(WorldState& world, std::string_view id, const Domain& domain) {
  if (const auto found = world.projects.find(id); found != world.projects.end()) return found->second;
  const Domain of = domain.id.empty() ? domain_by_id(world, kDefaultDomain) : domain;
  const Tenant* tenant = world.find(id);
  std::string name =
      tenant != nullptr ? tenant->name : fmt::format("{}_{}", world.options.region.name, id.substr(0, 8));
  return remember(world, {std::string{id}, std::move(name), of.id, of.name});
}

bool remember_account(WorldState& world, const Account& account) {
  if (account.project_id.empty()) return true;
  if (!is_possible(world, account.project_id)) return false;
  world.domain_names.emplace(account.domain_id, account.domain);
  remember(world, {account.project_id, account.project, account.domain_id, account.domain});
  return true;
}

}  // namespace tidepool::api
