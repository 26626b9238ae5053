#include "api/routes/testbed.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <optional>
#include <string>
#include <variant>

#include "api/routes/all_operations.hpp"
#include "api/routes/path_pattern.hpp"
#include "api/routes/testbed_call.hpp"
#include "api/routes/testbed_openapi.hpp"
#include "api/wire/decision_json.hpp"
#include "api/wire/duration_text.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// ---- The whole server ----

Response show_health(const Visit& /*visit*/) { return testbed_answer(200, {{"status", "ok"}}); }
Response show_version(const Visit& visit) {
  return testbed_answer(200, {{"name", "tidepool"}, {"version", visit.world.options.version}});
}
Response show_openapi(const Visit& /*visit*/) { return {200, std::string{testbed_openapi()}}; }

Response show_journal(const TestbedCall& call) {
  const auto after = count_in(call.visit.target.query, "after", 0, INT64_MAX);
  const auto limit = count_in(call.visit.target.query, "limit", 1'000, 10'000);
  if (!after) return testbed_error(TestbedError::Invalid, "after: expected the number of a line, or 0");
  if (!limit) return testbed_error(TestbedError::Invalid, "limit: expected 0 to 10000");
  const JournalPart part = journal_after(call.tenant, *after, *limit);
  const auto decisions = call.tenant.cloud.decisions();
  array reasons;
  for (auto each = std::ranges::lower_bound(decisions, part.first, {}, &sim::Decision::line);
       each != decisions.end() && each->line <= part.last; ++each)
    reasons.push_back(write_decision(call.tenant.cloud, *each));
  return testbed_answer(200, {{"first", part.first},
                              {"last", part.last},
                              {"lines", array(part.lines.begin(), part.lines.end())},
                              {"reasons", std::move(reasons)},
                              {"fingerprint", call.tenant.cloud.journal().fingerprint()}});
}

const char* kind_of(const sim::Event& event) {
  struct Kind {
    const char* operator()(const sim::ReconcileDue&) const { return "reconcile"; }
    const char* operator()(const sim::LaunchFinished&) const { return "launch_finished"; }
    const char* operator()(const sim::RemovalFinished&) const { return "removal_finished"; }
    const char* operator()(const sim::HealthCheckDue&) const { return "health_check"; }
    const char* operator()(const sim::MetricsDue&) const { return "metrics"; }
    const char* operator()(const sim::DatapointsPublished&) const { return "metrics_published"; }
    const char* operator()(const sim::PolicyDue&) const { return "policy_due"; }
    const char* operator()(const sim::DemandChanges&) const { return "demand_changes"; }
    const char* operator()(const sim::HookTimedOut&) const { return "hook_timed_out"; }
    const char* operator()(const sim::InstanceFails&) const { return "instance_fails"; }
    const char* operator()(const sim::ZoneFails&) const { return "zone_fails"; }
    const char* operator()(const sim::AlarmDue&) const { return "alarm_due"; }
    const char* operator()(const sim::ExecutionEnds&) const { return "execution_ends"; }
    const char* operator()(const sim::FaultBegins&) const { return "fault_begins"; }
    const char* operator()(const sim::FaultEnds&) const { return "fault_ends"; }
  };
  return std::visit(Kind{}, event);
}

// Ids as clients know them; of those things that have one.
void add_subject(const sim::Cloud& cloud, const sim::Event& event, object& out) {
  const IdText ids{cloud.seed()};
  std::visit(
      [&](const auto& each) {
        if constexpr (requires { each.group; }) out.emplace("group", ids.text(each.group));
        if constexpr (requires { each.rule; }) out.emplace("alarm_rule", ids.text(each.rule));
        if constexpr (requires { each.policy; }) out.emplace("policy", ids.text(each.policy));
        if constexpr (requires { each.instance; })
          out.emplace("instance", instance_text(cloud, each.instance));
        if constexpr (requires { each.fault; })
          out.emplace("fault", std::to_string(sim::index_of(each.fault)));
      },
      event);
}

Response list_events(const TestbedCall& call) {
  const auto limit = count_in(call.visit.target.query, "limit", 1'000, 10'000);
  if (!limit) return testbed_error(TestbedError::Invalid, "limit: expected 0 to 10000");
  const auto pending = call.tenant.cloud.pending_events();
  array rows;
  for (const sim::PendingEvent& each : pending) {
    if (rows.size() == *limit) break;
    object row{{"time", each.time <= kLastMoment ? moment_text(each.time) : "never"},
               {"kind", kind_of(each.event)}};
    add_subject(call.tenant.cloud, each.event, row);
    rows.push_back(std::move(row));
  }
  return testbed_answer(200, {{"total", pending.size()}, {"events", std::move(rows)}});
}

// ---- The table ----

// Exactly one of the two handlers is set.
struct Route {
  std::string_view method, path, summary;
  Response (*of_all)(const Visit&) = nullptr;
  Response (*of_one)(const TestbedCall&) = nullptr;
};

constexpr std::array kRoutes = std::to_array<Route>({
    {"GET", "/_tidepool/v1/health", "tell that the server is there", show_health},
    {"GET", "/_tidepool/v1/ready", "tell that the server takes requests", show_health},
    {"GET", "/_tidepool/v1/version", "read the name and version of the program", show_version},
    {"GET", "/_tidepool/v1/openapi.json", "read the description of the testbed's calls (OpenAPI 3.0)",
     show_openapi},
    {"GET", "/_tidepool/v1/projects", "list the projects that exist", list_all_projects},
    {"POST", "/_tidepool/v1/projects", "make a project, empty or from a scenario", make_project},
    {"GET", "/_tidepool/v1/projects/{project}", "read a project", nullptr, show_one_project},
    {"GET", "/_tidepool/v1/projects/{project}/clock", "read the clock", nullptr, show_clock},
    {"PUT", "/_tidepool/v1/projects/{project}/clock", "set the mode and speed of the clock", nullptr,
     set_clock},
    {"POST", "/_tidepool/v1/projects/{project}/clock/advance", "let time pass", nullptr, advance_clock},
    {"POST", "/_tidepool/v1/projects/{project}/reset",
     "put the project back to its beginning, or to a scenario", nullptr, reset_project},
    {"GET", "/_tidepool/v1/projects/{project}/recording", "read the session file of the requests so far",
     nullptr, show_recording},
    {"GET", "/_tidepool/v1/projects/{project}/journal", "read journal lines", nullptr, show_journal},
    {"GET", "/_tidepool/v1/projects/{project}/events", "list the events that are scheduled", nullptr,
     list_events},
    {"GET", "/_tidepool/v1/projects/{project}/faults", "list faults", nullptr, list_faults},
    {"POST", "/_tidepool/v1/projects/{project}/faults", "add a fault", nullptr, add_fault},
    {"DELETE", "/_tidepool/v1/projects/{project}/faults/{fault}", "end a fault, or call it off", nullptr,
     end_fault},
    {"GET", "/_tidepool/v1/projects/{project}/alarm_rules", "list alarm rules", nullptr, list_alarm_rules},
    {"POST", "/_tidepool/v1/projects/{project}/alarm_rules", "add an alarm rule", nullptr, add_alarm_rule},
    {"DELETE", "/_tidepool/v1/projects/{project}/alarm_rules/{alarm_rule}", "remove an alarm rule", nullptr,
     remove_alarm_rule},
    {"GET", "/_tidepool/v1/projects/{project}/workloads", "list workloads", nullptr, list_workloads},
    {"POST", "/_tidepool/v1/projects/{project}/workloads", "put demand on a group", nullptr, add_workload},
    {"GET", "/_tidepool/v1/projects/{project}/outbox", "read what topics and owners were sent", nullptr,
     show_outbox},
    {"GET", "/_tidepool/v1/projects/{project}/state", "read all that exists", nullptr, show_state},
    {"GET", "/_tidepool/v1/projects/{project}/snapshots", "list snapshots", nullptr, list_snapshots},
    {"POST", "/_tidepool/v1/projects/{project}/snapshots", "keep the present state under a name", nullptr,
     take_snapshot},
    {"DELETE", "/_tidepool/v1/projects/{project}/snapshots/{snapshot}", "drop a snapshot", nullptr,
     drop_snapshot},
    {"POST", "/_tidepool/v1/projects/{project}/restore", "go back to a snapshot", nullptr, restore_snapshot},
    {"POST", "/_tidepool/v1/projects/{project}/fork", "copy the project into a new one", nullptr,
     fork_project},
});

// A project goes by its id, or by its name once somebody has named it.
Tenant* find_project(const Visit& visit, std::string_view text) {
  if (has_project_id_shape(text)) return find_or_make(visit, text);
  for (const auto& [id, each] : visit.world.projects)
    if (each.name == text) return find_or_make(visit, id);
  return nullptr;
}

Response answer_one(const Visit& visit, const Route& route) {
  const auto& path = visit.target.segments;
  Tenant* tenant = find_project(visit, path[3]);
  if (tenant == nullptr)
    return testbed_error(
        TestbedError::NoSuchThing,
        fmt::format("project {}: expected 32 hexadecimal digits, or the name of one in the list",
                    shown(path[3])));
  bring_up(visit, *tenant);
  return route.of_one({visit, *tenant, route.path.ends_with('}') ? std::string_view{path.back()} : ""});
}

}  // namespace

Response answer_testbed(const Visit& visit) {
  const auto& path = visit.target.segments;
  std::vector<std::string_view> methods;
  for (const Route& each : kRoutes) {
    if (!fit(each.path, path)) continue;
    if (each.method == visit.request.method)
      return each.of_all != nullptr ? each.of_all(visit) : answer_one(visit, each);
    methods.push_back(each.method);
  }
  if (methods.empty())
    return testbed_error(TestbedError::NoSuchCall,
                         fmt::format("no call has the path {}", shown(visit.request.target)));
  Response response = testbed_error(
      TestbedError::NoSuchCall,
      fmt::format("method {}: expected {}", shown(visit.request.method), fmt::join(methods, " or ")));
  response.status = 405;
  response.headers.emplace_back("Allow", allow_text(methods));
  return response;
}

std::vector<Operation> operations_of_testbed() { return listed(kRoutes); }

}  // namespace tidepool::api
