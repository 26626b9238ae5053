// The way in, and each project's cloud and clock.
#include "api/routes/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "api/routes/access.hpp"
#include "api/routes/call.hpp"
#include "api/routes/ces.hpp"
#include "api/routes/identity.hpp"
#include "api/routes/router.hpp"
#include "api/routes/surroundings.hpp"
#include "api/routes/testbed.hpp"
#include "api/routes/versions.hpp"
#include "api/routes/world_state.hpp"
#include "api/wire/fields.hpp"
#include "sim/engine/rng.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

// Lines of a journal that are kept for reading.
constexpr std::size_t kJournalKept = 100'000;

// The clock of a project that nobody has spoken to stands.
constexpr std::int64_t kNotBegun = -1;

__extension__ using Wide = __int128;

Response unreadable_target(std::string_view target) {
  return error_response(
      {ErrorCode::BodyInvalid,
       fmt::format("target {}: expected a path and a query, percent-encoded", shown(target))});
}

Response no_such_path(std::string_view target) {
  return error_response({ErrorCode::ResourceNotFound, fmt::format("no call has the path {}", shown(target))});
}

Response answer_auto_scaling(const Visit& visit) {
  const auto& segments = visit.target.segments;
  if (segments.size() < 3) return answer_versions(visit);
  const std::string& project = segments[2];
  const auto access = check_access(visit, project);
  if (!access) return error_response(access.error());
  Tenant* tenant = find_or_make(visit, project);
  if (tenant == nullptr)
    return error_response(
        {ErrorCode::ResourceNotFound,
         fmt::format("project_id {}: expected a project of this world, 32 hexadecimal digits",
                     shown(project))});
  if (auto failure = arrive(visit, *tenant)) return *std::move(failure);
  Response response = handle(visit.request, visit.target, {tenant->id, tenant->cloud});
  collect_journal(*tenant);
  return response;
}

Response dispatch(const Visit& visit) {
  const auto& segments = visit.target.segments;
  if (segments.empty()) return answer_root(visit);
  const std::string& first = segments.front();
  if (first == "_tidepool") return answer_testbed(visit);
  if (first == "autoscaling-api") return answer_auto_scaling(visit);
  if (is_identity(visit.target)) return answer_identity(visit);
  if (segments.size() == 1) return answer_versions(visit);
  if (auto response = answer_ces(visit)) return std::move(*response);
  if (auto response = answer_surroundings(visit)) return std::move(*response);
  return no_such_path(visit.request.target);
}

void add_pace(Tenant& tenant, std::int64_t wall_us) {
  if (tenant.wall_us == kNotBegun) tenant.wall_us = wall_us;
  const std::int64_t passed = wall_us - tenant.wall_us;
  if (passed <= 0) return;
  tenant.wall_us = wall_us;
  if (tenant.clock.mode == ClockMode::Manual) return;
  const Wide granted = Wide{passed} * tenant.clock.speed_millionths + tenant.owed_millionths;
  const Wide most = (kLastMoment - tenant.cloud.now()).count();
  tenant.owed_millionths = static_cast<std::int64_t>(granted % 1'000'000);
  tenant.owed = sim::Duration{
      static_cast<std::int64_t>(std::min(Wide{tenant.owed.count()} + granted / 1'000'000, most))};
}

}  // namespace

// ---- Projects ----

Tenant* WorldState::find(std::string_view project_id) {
  const auto found = tenants.find(project_id);
  return found == tenants.end() ? nullptr : &found->second;
}

std::string hash_text(std::string_view purpose, std::initializer_list<std::string_view> parts) {
  // The lengths keep ("ab", "c") and ("a", "bc") apart.
  std::string name{purpose};
  for (const std::string_view each : parts) name += fmt::format("/{}:{}", each.size(), each);
  sim::Rng rng(0, name);
  const std::uint64_t high = rng.next_u64();
  return fmt::format("{:016x}{:016x}", high, rng.next_u64());
}

// 63 bits, so that a scenario file can name the same seed.
std::uint64_t seed_of(const WorldOptions& options, std::string_view project_id) {
  return sim::Rng(options.seed, fmt::format("project/{}", project_id)).next_u64() >> 1U;
}

sim::Cloud new_cloud(const WorldOptions& options, std::string_view project_id) {
  sim::CloudOptions cloud;
  cloud.region = options.region;
  cloud.behaviour = options.behaviour;
  cloud.start = options.start;
  cloud.seed = seed_of(options, project_id);
  return sim::Cloud{std::move(cloud)};
}

namespace {

Tenant new_tenant(const WorldOptions& options, const KnownProject& project, sim::Cloud cloud) {
  return {.id = project.id,
          .name = project.name,
          .domain = project.domain,
          .cloud = std::move(cloud),
          .clock = options.clock,
          .wall_us = kNotBegun};
}

}  // namespace

Tenant& make_tenant(const Visit& visit, const KnownProject& project) {
  const WorldOptions& options = visit.world.options;
  Tenant tenant = new_tenant(options, project, new_cloud(options, project.id));
  tenant.wall_us = visit.wall_us;
  return visit.world.tenants.emplace(project.id, std::move(tenant)).first->second;
}

Tenant& add_seeded(WorldState& world, SeededProject seeded) {
  const Domain domain = domain_by_name(world, seeded.domain);
  const KnownProject project{seeded.id.empty() ? project_id_of(seeded.name, seeded.domain) : seeded.id,
                             seeded.name, domain.id, domain.name};
  world.projects.insert_or_assign(project.id, project);
  Tenant tenant = new_tenant(world.options, project, std::move(seeded.cloud));
  tenant.names = std::move(seeded.names);
  collect_journal(tenant);
  tenant.seeded = tenant.cloud;
  return world.tenants.insert_or_assign(project.id, std::move(tenant)).first->second;
}

Tenant* find_or_make(const Visit& visit, std::string_view project_id) {
  if (Tenant* found = visit.world.find(project_id)) return found;
  if (visit.world.options.auto_projects == AutoProjects::Off || !has_project_id_shape(project_id))
    return nullptr;
  return &make_tenant(visit, project_by_id(visit.world, project_id, {}));
}

// ---- Clocks ----

void bring_up(const Visit& visit, Tenant& tenant) {
  visit.world.current = tenant.id;
  add_pace(tenant, visit.wall_us);
  const sim::Time due = tenant.cloud.now() + tenant.owed;
  tenant.cloud.run_until(due, kEventsPerRequest);
  tenant.owed = due - tenant.cloud.now();
  collect_journal(tenant);
}

void collect_journal(Tenant& tenant) {
  const std::string text = tenant.cloud.journal().take_text();
  for (std::string_view left = text; !left.empty();) {
    const std::size_t end = left.find('\n');
    tenant.journal.lines.emplace_back(left.substr(0, end));
    left.remove_prefix(end + 1);
  }
  while (tenant.journal.lines.size() > kJournalKept) {
    tenant.journal.lines.pop_front();
    ++tenant.journal.first;
  }
}

// Of several faults that strike, the first one with a status gives the answer; all of them are slow and break together.
std::optional<Response> arrive(const Visit& visit, Tenant& tenant) {
  bring_up(visit, tenant);
  WorldState& world = visit.world;
  std::optional<Response> failure;
  bool is_made = true;
  for (std::size_t i = 0; i < tenant.api_faults.size(); ++i) {
    ApiFault& each = tenant.api_faults[i];
    if (!strikes(each, visit.request, visit.target, tenant.cloud.now(), tenant.cloud.seed(), i)) continue;
    world.delay_us += each.latency_us;
    world.reset = world.reset || each.reset;
    if (!each.status && !each.reset) continue;
    is_made = is_made && each.takes_effect;
    if (!failure) failure = failure_response(each);
  }
  if (!is_made) return failure;
  world.answer_instead = std::move(failure);
  return std::nullopt;
}

// ---- World ----

World::World(WorldOptions options) : state_(std::make_unique<WorldState>()) {
  state_->options = std::move(options);
}
World::~World() = default;
World::World(World&&) noexcept = default;
World& World::operator=(World&&) noexcept = default;

namespace {

std::size_t size_of(const RecordedRequest& each) {
  return sizeof each + each.target.size() + each.body.size() + each.response.body.size();
}

void record(WorldState& world, const Request& request, const Response& response, std::int64_t wall_us) {
  RecordedRequest each{wall_us,
                       world.current,
                       {},
                       std::string(request.method),
                       std::string(request.target),
                       std::string(request.body),
                       {},
                       response,
                       {}};
  for (const Header& header : request.headers) each.headers.emplace_back(header.name, header.value);
  if (const Tenant* tenant = world.find(world.current)) {
    each.at = tenant->cloud.now();
    each.fingerprint = tenant->cloud.journal().fingerprint();
  }
  if (world.options.on_recorded) world.options.on_recorded(each);
  if (world.recording_dropped || world.options.recording_limit == 0) return;
  world.recorded_bytes += size_of(each);
  if (world.recorded_bytes <= world.options.recording_limit) return world.recorded.push_back(std::move(each));
  world.recording_dropped = true;
  world.recorded.clear();
}

Response answer(WorldState& world, const Request& request, std::int64_t wall_us) {
  try {
    const auto target = read_target(request.target);
    if (!target) return unreadable_target(request.target);
    return dispatch({request, *target, world, wall_us});
  } catch (const std::exception& fault) {
    return error_response({ErrorCode::InternalError, fmt::format("internal failure: {}", fault.what())});
  }
}

}  // namespace

Response World::handle(const Request& request, std::int64_t wall_us) {
  WorldState& world = *state_;
  world.current.clear();
  world.unrecorded = world.reset = false;
  world.delay_us = 0;
  world.answer_instead.reset();
  Response response = answer(world, request, wall_us);
  if (world.answer_instead) response = *std::move(world.answer_instead);
  response.delay_us = world.delay_us;
  response.reset = world.reset;
  if (!world.unrecorded) record(world, request, response, wall_us);
  return response;
}

void World::add_project(SeededProject project) { add_seeded(*state_, std::move(project)); }
Tenant* World::find(std::string_view project_id) { return state_->find(project_id); }

}  // namespace tidepool::api
