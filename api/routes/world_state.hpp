// What a World holds, and what its three doors (the service, identity, the testbed) share.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/routes/target.hpp"
#include "api/routes/world.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// A project as the identity service knows it; its cloud may not exist yet.
struct KnownProject {
  std::string id, name, domain_id, domain;
};

struct WorldState {
  WorldOptions options;
  std::map<std::string, Tenant, std::less<>> tenants;            ///< by project id
  std::map<std::string, KnownProject, std::less<>> projects;     ///< by id
  std::map<std::string, std::string, std::less<>> domain_names;  ///< by id
  std::map<std::string, std::string, std::less<>>
      key_projects;  ///< by access key: the project it last asked for

  Tenant* find(std::string_view project_id);
};

/// One request on its way through the World.
struct Visit {
  const Request& request;
  const Target& target;
  WorldState& world;
  std::int64_t wall_us;
};

/// Events that one request may run before it is answered; the clock catches up with the next ones.
inline constexpr std::uint64_t kEventsPerRequest = 100'000;
/// The same for a request that asks for time to pass.
inline constexpr std::uint64_t kEventsPerAdvance = 2'000'000;
/// The last moment that can be written down; every clock stops there.
inline constexpr sim::Time kLastMoment{sim::Duration{253'402'300'799'000'000}};

/// The project's cloud, made now if the world makes projects on first use; else null.
Tenant* find_or_make(const Visit& visit, std::string_view project_id);
/// Makes it. There must be none of that id.
Tenant& make_tenant(const Visit& visit, const KnownProject& project);
/// A cloud as it is when its project is new.
sim::Cloud new_cloud(const WorldOptions& options, std::string_view project_id);
/// Runs what is due by the wall clock, as far as one request may.
void bring_up(Tenant& tenant, std::int64_t wall_us);
/// Moves new journal lines from the cloud to the tenant.
void collect_journal(Tenant& tenant);

/// Chance without a state: the same texts always give the same 32 hexadecimal digits.
std::string hash_text(std::string_view purpose, std::initializer_list<std::string_view> parts);

}  // namespace tidepool::api
