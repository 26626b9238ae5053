// The identity service as clients of Auto Scaling use it: it takes any name and password, and hands out tokens and the
// catalog. Domains and projects come into being by being named; their ids follow from the names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/routes/access.hpp"
#include "api/routes/message.hpp"
#include "api/routes/router.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// Whether a path belongs to this service: /v3 and what lies below, but not /v3/{project_id}, the load balancer's.
bool is_identity(const Target& target);
Response answer_identity(const Visit& visit);
std::vector<Operation> operations_of_identity();

struct Domain {
  std::string id, name;
};
Domain domain_by_name(WorldState& world, std::string_view given);
/// An id that nobody has named yet is a new domain's, called by its id.
Domain domain_by_id(WorldState& world, std::string_view given);

/// The id of a project that is known by its name and its domain's.
std::string project_id_of(std::string_view name, std::string_view domain_name);
/// The same id for the same domain and name in every world.
KnownProject project_by_name(WorldState& world, std::string_view given, const Domain& domain);
/// A project that nobody has named yet gets a name that begins with the region's, as clients read the region from it.
KnownProject project_by_id(WorldState& world, std::string_view id, const Domain& domain);

/// Notes the names in a token that a world made in an earlier life. False for a project that there can't be here.
bool remember_account(WorldState& world, const Account& account);

/// {"error": {"code": 404, "message": ..., "title": "Not Found"}}
Response identity_error(int status, std::string_view message);
/// 405, and which methods there are.
Response identity_not_allowed(std::string_view method, const std::vector<std::string_view>& allowed);

}  // namespace tidepool::api
