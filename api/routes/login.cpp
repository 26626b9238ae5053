#include "api/routes/login.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "api/routes/identity.hpp"
#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

constexpr auto kUnreadable = sim::ErrorCode::BodyInvalid;  // Only its message is shown.
constexpr auto kRefused = sim::ErrorCode::ResourceNotFound;

// Longer ones would not fit into a header once they are part of a token.
constexpr std::size_t kLongestName = 255;

std::optional<std::string> name_in(const Fields& fields, std::string_view key) {
  const auto text = fields.text(key);
  if (!text) return std::nullopt;
  if (!text->empty() && text->size() <= kLongestName) return std::string{*text};
  fields.report(key, kUnreadable, fmt::format("1 to {} bytes", kLongestName));
  return std::nullopt;
}

// {"id": ...} or {"name": ...}; empty when there is no such member.
std::optional<Domain> read_domain(WorldState& world, const Fields& parent) {
  const auto domain = parent.object("domain");
  if (!domain) return std::nullopt;
  if (const auto id = name_in(*domain, "id")) return domain_by_id(world, *id);
  if (const auto name = name_in(*domain, "name")) return domain_by_name(world, *name);
  domain->report("name", kUnreadable, "a domain's name or id");
  return std::nullopt;
}

void read_user(WorldState& world, const Fields& method, Account& account) {
  const auto user = method.object("user");
  if (!user) return method.report("user", kUnreadable, "an object");
  const auto id = name_in(*user, "id"), name = name_in(*user, "name");
  if (!id && !name) return user->report("name", kUnreadable, "a user's name or id");
  if (const auto domain = read_domain(world, *user)) {
    account.domain_id = domain->id;
    account.domain = domain->name;
  }
  account.user = name ? *name : *id;
  account.user_id = id ? *id : hash_text("user", {account.domain_id, account.user});
}

void read_token_method(const Visit& visit, const Fields& method, Account& account) {
  const auto id = method.text("id");
  if (!id) return method.report("id", kUnreadable, "a token");
  const auto known = read_token(*id, visit.world.options.seed);
  if (known && remember_account(visit.world, *known))
    account = *known;
  else
    method.faults().report(
        {kRefused, fmt::format("{}: expected a token of this server", method.path_of("id"))});
}

// A user acts for another domain that trusts it.
void read_assumed_role(const Visit& visit, const Fields& method, Account& account) {
  if (const auto acting = read_token(visit.request.header("X-Auth-Token"), visit.world.options.seed))
    account = *acting;
  account.project_id.clear();
  account.project.clear();
  const auto id = name_in(method, "domain_id"), name = name_in(method, "domain_name");
  if (!id && !name) return method.report("domain_name", kUnreadable, "a domain's name");
  const Domain domain = id ? domain_by_id(visit.world, *id) : domain_by_name(visit.world, *name);
  account.domain_id = domain.id;
  account.domain = domain.name;
  if (account.user.empty()) {
    account.user = name_in(method, "xrole_name").value_or("agency");
    account.user_id = hash_text("user", {account.domain_id, account.user});
  }
}

void read_method(const Visit& visit, const Fields& identity, std::string_view name, Account& account) {
  constexpr std::array kKnown{"password", "totp", "token", "assume_role"};
  if (std::ranges::find(kKnown, name) == kKnown.end())
    return identity.faults().report(
        {kRefused, fmt::format("auth.identity.methods {}: expected password, totp, token or assume_role",
                               shown(name))});
  const auto method = identity.object(name);
  if (!method) return identity.report(name, kUnreadable, "an object");
  if (name == "token") return read_token_method(visit, *method, account);
  if (name == "assume_role") return read_assumed_role(visit, *method, account);
  if (account.user.empty()) read_user(visit.world, *method, account);
}

// The user's domain goes before the scope's: one client sends {"id": "default"} there whatever it was told.
void read_project(const Visit& visit, const Fields& project, Account& account) {
  Domain domain{account.domain_id, account.domain};
  const auto named = read_domain(visit.world, project);
  if (domain.id.empty() && named) domain = *named;
  const auto id = name_in(project, "id"), name = name_in(project, "name");
  if (!id && !name) return project.report("name", kUnreadable, "a project's name or id");
  KnownProject found;
  if (id && has_project_id_shape(*id))
    found = project_by_id(visit.world, *id, domain);
  else if (!id)
    found = project_by_name(visit.world, *name, domain);
  account.project_id = found.id;
  account.project = found.name;
  if (account.domain_id.empty()) {
    account.domain_id = found.domain_id;
    account.domain = found.domain;
  }
  if (found.id.empty() || !remember_account(visit.world, account))
    project.faults().report({kRefused, fmt::format("{} {}: expected a project of this server",
                                                   project.path_of(id ? "id" : "name"),
                                                   shown(std::string_view{id ? *id : *name}))});
}

void read_scope(const Visit& visit, const Fields& auth, Account& account) {
  const auto* given = auth.find("scope");
  if (given == nullptr) return;  // That of the token, if it was one; else the user's domain.
  account.project_id.clear();
  account.project.clear();
  if (given->is_string()) return;  // "unscoped"
  const auto scope = auth.object("scope");
  if (!scope) return;
  if (const auto project = scope->object("project")) return read_project(visit, *project, account);
  if (const auto domain = read_domain(visit.world, *scope)) {
    account.domain_id = domain->id;
    account.domain = domain->name;
  }
}

std::optional<Login> read_parts(const Visit& visit, const Fields& body) {
  const auto auth = body.object("auth");
  if (!auth) return body.report("auth", kUnreadable, "an object"), std::nullopt;
  const auto identity = auth->object("identity");
  if (!identity) return auth->report("identity", kUnreadable, "an object"), std::nullopt;
  const auto methods = identity->texts("methods");
  if (!methods || methods->empty())
    return identity->report("methods", kUnreadable, "ways to log in"), std::nullopt;
  Login login;
  login.methods.assign(methods->begin(), methods->end());
  for (const std::string_view each : *methods) read_method(visit, *identity, each, login.account);
  if (body.faults().any()) return std::nullopt;
  read_scope(visit, *auth, login.account);
  if (login.account.domain_id.empty()) {
    const Domain domain = domain_by_id(visit.world, "default");
    login.account.domain_id = domain.id;
    login.account.domain = domain.name;
  }
  return login;
}

}  // namespace

LoginOutcome read_login(const Visit& visit) {
  const auto body = parse_body(visit.request.body);
  if (!body) return {std::nullopt, identity_error(400, body.error().message)};
  Faults faults;
  auto login = read_parts(visit, Fields{*body, faults});
  if (!faults.any() && login) return {std::move(login), {}};
  return {std::nullopt, identity_error(faults.first().code == kRefused ? 401 : 400, faults.first().message)};
}

}  // namespace tidepool::api
