// A project's past, kept under names, and copies of a project with a life of their own.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <string>

#include "api/routes/testbed_call.hpp"
#include "api/wire/duration_text.hpp"

namespace tidepool::api {
namespace {

constexpr std::size_t kMostSnapshots = 64;

boost::json::object written(std::string_view name, const Snapshot& snapshot) {
  return {{"name", name},
          {"now", moment_text(snapshot.cloud.now())},
          {"fingerprint", snapshot.cloud.journal().fingerprint()}};
}

// The one text member of a body.
std::optional<std::string> read_only_member(const Visit& visit, std::string_view key, Faults& faults) {
  const auto members = read_testbed_body(visit, faults);
  const Fields body{members, faults};
  body.expect_only({key});
  auto text = name_in(body, key);
  if (!text && !faults.any()) body.report(key, kBodyFault, "a name");
  return text;
}

Response no_such_snapshot(std::string_view name) {
  return testbed_error(TestbedError::NoSuchThing,
                       fmt::format("snapshot {}: expected the name of one in the list", shown(name)));
}

}  // namespace

Response list_snapshots(const TestbedCall& call) {
  boost::json::array all;
  for (const auto& [name, snapshot] : call.tenant.snapshots) all.push_back(written(name, snapshot));
  return testbed_answer(200, {{"snapshots", std::move(all)}});
}

Response take_snapshot(const TestbedCall& call) {
  Faults faults{UnknownMembers::Refused};
  const auto name = read_only_member(call.visit, "name", faults);
  if (name && !call.tenant.snapshots.contains(*name) && call.tenant.snapshots.size() >= kMostSnapshots)
    faults.report({kBodyFault, fmt::format("name {}: expected at most {} snapshots", *name, kMostSnapshots)});
  if (faults.any()) return testbed_error(TestbedError::Invalid, faults.first().message);
  const auto kept =
      call.tenant.snapshots
          .insert_or_assign(*name, Snapshot{call.tenant.cloud, call.tenant.journal, call.tenant.api_faults})
          .first;
  return testbed_answer(201, written(kept->first, kept->second));
}

Response drop_snapshot(const TestbedCall& call) {
  const auto found = call.tenant.snapshots.find(call.name);
  if (found == call.tenant.snapshots.end()) return no_such_snapshot(call.name);
  call.tenant.snapshots.erase(found);
  return {204, {}};
}

Response restore_snapshot(const TestbedCall& call) {
  Faults faults{UnknownMembers::Refused};
  const auto name = read_only_member(call.visit, "name", faults);
  if (faults.any()) return testbed_error(TestbedError::Invalid, faults.first().message);
  const auto found = call.tenant.snapshots.find(*name);
  if (found == call.tenant.snapshots.end()) return no_such_snapshot(*name);
  call.tenant.cloud = found->second.cloud;
  call.tenant.journal = found->second.journal;
  call.tenant.api_faults = found->second.api_faults;
  call.tenant.owed = {};
  return testbed_answer(200, written(found->first, found->second));
}

Response fork_project(const TestbedCall& call) {
  WorldState& world = call.visit.world;
  Faults faults{UnknownMembers::Refused};
  const auto into = read_only_member(call.visit, "into", faults);
  if (into && (!has_project_id_shape(*into) || world.find(*into) != nullptr))
    faults.report({kBodyFault, fmt::format("into {}: expected 32 hexadecimal digits that no project has yet",
                                           shown(std::string_view{*into}))});
  if (faults.any()) return testbed_error(TestbedError::Invalid, faults.first().message);
  Tenant copy = call.tenant;
  copy.id = *into;
  const auto known = world.projects.find(*into);
  copy.name = known != world.projects.end()
                  ? known->second.name
                  : fmt::format("{}_{}", world.options.region.name, into->substr(0, 8));
  if (known != world.projects.end()) copy.domain = known->second.domain;
  world.tenants.emplace(*into, std::move(copy));
  world.forked_from.insert_or_assign(*into, call.tenant.id);
  return testbed_answer(201, {{"id", *into}, {"now", moment_text(call.tenant.cloud.now())}});
}

}  // namespace tidepool::api
