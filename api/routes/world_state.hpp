// What a World holds, and what its three doors (the service, identity, the testbed) share.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/routes/recording.hpp"
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

  std::map<std::string, std::string, std::less<>> forked_from;  ///< by id of the copy

  std::deque<RecordedRequest> recorded;
  std::size_t recorded_bytes = 0;
  bool recording_dropped = false;  ///< there was more than the limit
  bool unrecorded = false;         ///< the present request only reads the recording
  // What declared faults make of the present request's answer.
  std::int64_t delay_us = 0;
  bool reset = false;
  std::optional<Response> answer_instead;  ///< once the call has been made
  std::string current;                     ///< the project that the present request is about; empty: none yet

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
/// Makes a project with a past, in the place of one of that id.
Tenant& add_seeded(WorldState& world, SeededProject seeded);
/// A cloud as it is when its project is new.
sim::Cloud new_cloud(const WorldOptions& options, std::string_view project_id);
/// The seed of a project's cloud: drawn from the world's.
std::uint64_t seed_of(const WorldOptions& options, std::string_view project_id);
/// The request is about this project: runs what is due by the wall clock, as far as one request may.
void bring_up(const Visit& visit, Tenant& tenant);
/// The same for a call of a service, which a declared fault may strike. An answer keeps the call from being made.
std::optional<Response> arrive(const Visit& visit, Tenant& tenant);
/// Moves new journal lines from the cloud to the tenant.
void collect_journal(Tenant& tenant);

/// Chance without a state: the same texts always give the same 32 hexadecimal digits.
std::string hash_text(std::string_view purpose, std::initializer_list<std::string_view> parts);

}  // namespace tidepool::api
