// Projects of the testbed: made empty or from a scenario, put back to their beginning, and what they were sent.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json/array.hpp>
#include <string>
#include <utility>

#include "api/routes/identity.hpp"
#include "api/routes/recording.hpp"
#include "api/routes/testbed_call.hpp"
#include "api/wire/duration_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

object written(const Tenant& tenant) {
  object out{{"id", tenant.id},
             {"name", tenant.name},
             {"domain", tenant.domain},
             {"now", moment_text(tenant.cloud.now())},
             // A text: it may be too large for a reader that keeps numbers as doubles.
             {"seed", std::to_string(tenant.cloud.seed())}};
  if (tenant.names.empty()) return out;
  object names;
  for (const auto& [name, id] : tenant.names) names.emplace(name, id);
  out.emplace("names", std::move(names));
  return out;
}

// What a scenario in a body has come to; empty (and a fault told) when it is none.
std::optional<SeededProject> run_scenario(const Visit& visit, const Fields& body,
                                          const KnownProject& project) {
  const auto* scenario = body.find("scenario");
  if (!scenario->is_object()) {
    body.report("scenario", kBodyFault, "an object, as in a scenario file");
    return std::nullopt;
  }
  const WorldOptions& options = visit.world.options;
  if (!options.run_scenario) {
    body.report("scenario", kBodyFault, "none: this server runs no scenarios");
    return std::nullopt;
  }
  ScenarioOutcome outcome =
      options.run_scenario(to_text(*scenario), project.id, seed_of(options, project.id), options.start);
  if (!outcome.project) {
    body.faults().report({kBodyFault, fmt::format("{}", fmt::join(outcome.errors, "; "))});
    return std::nullopt;
  }
  outcome.project->id = project.id;
  outcome.project->name = project.name;
  outcome.project->domain = project.domain;
  return std::move(outcome.project);
}

Response invalid(const Faults& faults) {
  return testbed_error(TestbedError::Invalid, faults.first().message);
}

}  // namespace

Response list_all_projects(const Visit& visit) {
  array all;
  for (const auto& [id, tenant] : visit.world.tenants) all.push_back(written(tenant));
  return testbed_answer(200, {{"projects", std::move(all)}});
}

Response make_project(const Visit& visit) {
  Faults faults{UnknownMembers::Refused};
  const auto members = read_testbed_body(visit, faults);
  const Fields body{members, faults};
  body.expect_only({"name", "domain", "scenario"});
  const auto name = name_in(body, "name");
  const auto domain = name_in(body, "domain");
  if (!body.has("name")) body.report("name", kBodyFault, R"(a name such as "eu-de_fake")");
  if (faults.any()) return invalid(faults);
  const Domain of = domain_by_name(visit.world, domain ? *domain : "Default");
  const KnownProject project{project_id_of(*name, of.name), *name, of.id, of.name};
  visit.world.projects.insert_or_assign(project.id, project);
  visit.world.current = project.id;
  const Tenant* there = visit.world.find(project.id);
  if (!body.has("scenario"))
    return there != nullptr ? testbed_answer(200, written(*there))
                            : testbed_answer(201, written(make_tenant(visit, project)));
  if (there != nullptr)
    return testbed_error(TestbedError::Conflict,
                         fmt::format("name {}: there is such a project; reset it to the scenario", *name));
  auto seeded = run_scenario(visit, body, project);
  if (!seeded) return invalid(faults);
  return testbed_answer(201, written(add_seeded(visit.world, *std::move(seeded))));
}

Response show_one_project(const TestbedCall& call) { return testbed_answer(200, written(call.tenant)); }

Response reset_project(const TestbedCall& call) {
  Tenant& tenant = call.tenant;
  WorldState& world = call.visit.world;
  Faults faults{UnknownMembers::Refused};
  const auto members = read_testbed_body(call.visit, faults);
  const Fields body{members, faults};
  body.expect_only({"scenario"});
  if (body.has("scenario") && !faults.any()) {
    auto seeded = run_scenario(call.visit, body, {tenant.id, tenant.name, {}, tenant.domain});
    if (seeded) {
      auto snapshots = std::move(tenant.snapshots);
      Tenant& made = add_seeded(world, *std::move(seeded));
      made.snapshots = std::move(snapshots);
      return testbed_answer(200, written(made));
    }
  }
  if (faults.any()) return invalid(faults);
  tenant.cloud = tenant.seeded ? *tenant.seeded : new_cloud(world.options, tenant.id);
  tenant.journal = {};
  tenant.owed = {};
  tenant.api_faults.clear();
  return show_one_project(call);
}

Response show_recording(const TestbedCall& call) {
  WorldState& world = call.visit.world;
  world.unrecorded = true;
  if (world.recording_dropped)
    return testbed_error(
        TestbedError::Conflict,
        fmt::format("the server was sent more than the {} bytes that it keeps; start it with --record",
                    world.options.recording_limit));
  return {200, session_of(world, call.tenant.id)};
}

}  // namespace tidepool::api
