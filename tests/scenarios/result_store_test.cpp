#include "scenarios/result_store.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/wire/ids_text.hpp"
#include "scenarios/run_scenario.hpp"
#include "sim/run/report.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using namespace support;
using sim::AsGroupId;
using sim::Cloud;

const Program kProgram{"1.2.3", "0123456789ab"};

// ---- SQL ----

using Row = std::vector<std::string>;

// The rows of a query, or of several with the last one's rows; NULL as "NULL".
std::vector<Row> query(const fs::path& path, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) ==
          SQLITE_OK);
  std::vector<Row> rows;
  const auto add = [](void* to, int count, char** values, char**) {
    Row row;
    for (int i = 0; i < count; ++i) row.emplace_back(values[i] == nullptr ? "NULL" : values[i]);
    static_cast<std::vector<Row>*>(to)->push_back(std::move(row));
    return 0;
  };
  const int code = sqlite3_exec(db, sql.c_str(), add, &rows, nullptr);
  const std::string message = sqlite3_errmsg(db);
  sqlite3_close(db);
  INFO(sql << ": " << message);
  REQUIRE(code == SQLITE_OK);
  return rows;
}

std::string one(const fs::path& path, const std::string& sql) {
  const std::vector<Row> rows = query(path, sql);
  REQUIRE(rows.size() == 1);
  REQUIRE(rows.front().size() == 1);
  return rows.front().front();
}

std::vector<std::string> column(const fs::path& path, const std::string& sql) {
  std::vector<std::string> values;
  for (const Row& each : query(path, sql)) values.push_back(each.front());
  return values;
}

// ---- A run in which there is something for every table ----

sim::AlarmRuleId busy_alarm(Cloud& cloud, AsGroupId group) {
  sim::AlarmRuleSettings rule;
  rule.name = "busy";
  rule.group = group;
  rule.threshold = 70 * sim::kMetricUnit;
  rule.suppress = 300s;
  return cloud.add_alarm_rule(rule);
}

void fill(Cloud& cloud) {
  const auto conf = create_configuration(cloud, {.data_disks = 1, .eip_mbit = 5});
  const AsGroupId web = grown_group(cloud, {.configuration = conf,
                                            .desire = 2,
                                            .max = 4,
                                            .pools = {{kPool, 8080, 3}},
                                            .notify = true,
                                            .delete_volume = true});
  const AsGroupId classic = grown_group(cloud, {.name = "classic", .desire = 1, .listeners = {kListener}});
  create_policy(cloud, web, an_alarm_policy(busy_alarm(cloud, web), {.name = "out"}));
  create_policy(
      cloud, web,
      a_scheduled_policy(kStart + 2h, {.name = "in", .action = by_number(PolicyOperation::Set, 1)}));
  create_policy(cloud, web, a_scheduled_policy(kStart + 2h, {.name = "late"}));
  const sim::Recurrence weekly{sim::RecurrenceType::Weekly, {1, 7}, 90min, kStart, on(2026, 4, 1)};
  create_policy(cloud, classic, a_periodic_policy(weekly, {.name = "weekly"}));
  add_steady_load(cloud, web, 35 * sim::kAmountUnit);
  run_for(cloud, 1h);
  add_servers(cloud, classic, {server_in(kZoneB)});
  failing_boots(cloud, 1'000'000, cloud.now() + 3min);
  set_desire(cloud, classic, 3);
  sickness(cloud, web, sim::Sickness::Stopped);
  cloud.run_until(kStart + 3h);
}

RunResult a_result(Cloud cloud) {
  sim::Report report = sim::make_report(cloud, 1h);
  RunResult result{std::move(cloud), std::move(report), {}, {}, {}};
  result.calls.push_back(
      {kStart + 1s, "GET", "/v1/p/scaling_group", "", 200, R"({"total_number":2})", "calls[0]", ""});
  result.calls.push_back(
      {kStart + 2s, "POST", "/v1/p/x", "{}", 404, "{}", "calls[1]", "status 404, expected 2xx"});
  result.objectives.push_back({{"cost", "web", 1'500'000, {}}, 900'000, true});
  result.objectives.push_back({{"unserved_percent", "", {}, 0}, {}, true});
  return result;
}

RunResult a_full_result() {
  Cloud cloud = a_cloud();
  fill(cloud);
  return a_result(std::move(cloud));
}

Scenario a_scenario(const RunResult& result) {
  Scenario scenario;
  scenario.name = "full";
  scenario.description = "Everything, \"quoted\" too.";
  scenario.file = "full.json";
  scenario.text = "{\n}\n";
  scenario.project_id = "0123456789abcdef0123456789abcdef";
  scenario.region = result.cloud.region();
  scenario.start = result.report.start;
  return scenario;
}

fs::path saved(const TemporaryFolder& folder, const RunResult& result) {
  fs::path path = folder.file("results.sqlite");
  const auto complaint = save_results(path, kProgram, a_scenario(result), result);
  INFO(complaint.value_or(""));
  REQUIRE_FALSE(complaint.has_value());
  return path;
}

// ---- The file ----

TEST_CASE("the file passes SQLite's own checks and says whose it is", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  CHECK(one(path, "PRAGMA integrity_check") == "ok");
  CHECK(query(path, "PRAGMA foreign_key_check").empty());
  CHECK(one(path, "PRAGMA application_id") == "1416193125");
  CHECK(one(path, "PRAGMA user_version") == "3");
  CHECK(column(path,
               "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict "
               "AND name NOT LIKE 'sqlite%'")
            .empty());
  CHECK(folder.count() == 1);
}

TEST_CASE("each table has a row for each thing of the cloud", "[store]") {
  const RunResult result = a_full_result();
  const TemporaryFolder folder;
  const fs::path path = saved(folder, result);
  const Cloud& cloud = result.cloud;
  std::size_t reasons = 0, in_actions = 0;
  for (const auto& each : cloud.all_activities()) {
    reasons += each.reasons.size();
    in_actions += each.added.size() + each.removed.size() + each.deleted.size() + each.failed.size();
  }
  const std::pair<const char*, std::size_t> expected[] = {
      {"run", 1},
      {"groups", cloud.all_groups().size()},
      {"configurations", cloud.all_configurations().size()},
      {"instances", cloud.all_instances().size()},
      {"instance_moves", cloud.moves().size()},
      {"scaling_actions", cloud.all_activities().size()},
      {"action_reasons", reasons},
      {"action_instances", in_actions},
      {"policies", cloud.all_policies().size()},
      {"decisions", cloud.decisions().size()},
      {"policy_executions", cloud.all_executions().size()},
      {"metrics", cloud.samples().size()},
      {"workloads", cloud.all_workloads().size()},
      {"faults", cloud.all_faults().size()},
      {"alarm_rules", cloud.all_alarm_rules().size()},
      {"resources", cloud.resources().size()},
      {"messages", cloud.outbox().size()},
      {"load_balancer", cloud.backends().size()},
      {"calls", result.calls.size()},
      {"results", sim::report_metrics().size() * (cloud.all_groups().size() + 1)},
      {"objectives", result.objectives.size()},
  };
  for (const auto& [table, count] : expected) {
    CAPTURE(table);
    CHECK(count > 0);
    CHECK(one(path, fmt::format("SELECT count(*) FROM {}", table)) == std::to_string(count));
  }
}

TEST_CASE("each view has as many rows as the table it shows", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  const std::pair<const char*, const char*> same[] = {
      {"v_run", "run"},
      {"v_groups", "groups"},
      {"v_sizes", "metrics"},
      {"v_metrics", "metrics"},
      {"v_latency", "latencies"},
      {"v_actions", "scaling_actions"},
      {"v_action_instances", "action_instances"},
      {"v_executions", "policy_executions"},
      {"v_instances", "instances"},
      {"v_instance_moves", "instance_moves"},
      {"v_decisions", "decisions"},
      {"v_policies", "policies"},
      {"v_alarm_rules", "alarm_rules"},
      {"v_faults", "faults"},
      {"v_resources", "resources"},
      {"v_messages", "messages"},
      {"v_backends", "load_balancer"},
      {"v_calls", "calls"},
      {"v_results", "results"},
      {"v_objectives", "objectives"},
  };
  for (const auto& [view, table] : same) {
    CAPTURE(view);
    CHECK(one(path, fmt::format("SELECT count(*) FROM {}", view)) ==
          one(path, fmt::format("SELECT count(*) FROM {}", table)));
  }
  CHECK(one(path, "SELECT count(*) FROM sqlite_master WHERE type = 'view'") ==
        std::to_string(std::size(same) + 2));  // and v_denied, v_size_changes
}

// ---- What it says ----

TEST_CASE("the run names the program, the scenario with its text, and the fingerprint", "[store]") {
  const RunResult result = a_full_result();
  const TemporaryFolder folder;
  const fs::path path = saved(folder, result);
  CHECK(query(path,
              "SELECT program_version, program_commit, scenario_name, scenario_file, seed, behaviour, "
              "start_utc, end_utc, span_hours, fingerprint, calls_as_expected, objectives_met FROM v_run") ==
        std::vector<Row>{{"1.2.3", "0123456789ab", "full", "full.json", "1", "classic",
                          "2026-03-01T00:00:00.000000Z", "2026-03-01T03:00:00.000000Z", "3.0",
                          result.report.fingerprint, "0", "1"}});
  CHECK(one(path, "SELECT scenario_text FROM run") == "{\n}\n");
  CHECK(one(path, "SELECT scenario_description FROM v_run") == "Everything, \"quoted\" too.");
}

TEST_CASE("a seed that no INTEGER holds is kept all the same", "[store]") {
  CloudSpec spec;
  spec.seed = UINT64_MAX;
  Cloud cloud = a_cloud(spec);
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_result(std::move(cloud)));
  CHECK(one(path, "SELECT seed FROM v_run") == "18446744073709551615");
}

TEST_CASE("things carry the ids and names that the API shows", "[store]") {
  const RunResult result = a_full_result();
  const TemporaryFolder folder;
  const fs::path path = saved(folder, result);
  const api::IdText ids(result.cloud.seed());
  CHECK(column(path, "SELECT group_id FROM v_groups") == Row{ids.text(AsGroupId{0}), ids.text(AsGroupId{1})});
  CHECK(one(path, "SELECT DISTINCT group_id FROM v_actions WHERE group_name = 'classic'") ==
        ids.text(AsGroupId{1}));
  CHECK(one(path, "SELECT alarm_rule_id FROM v_alarm_rules") == ids.text(sim::AlarmRuleId{0}));
  CHECK(one(path, "SELECT instance_id FROM v_instances LIMIT 1") ==
        api::instance_text(result.cloud, sim::InstanceId{0}));
  CHECK(query(path,
              "SELECT instance_id, instance_name, configuration_name FROM v_instances WHERE added_by_hand") ==
        std::vector<Row>{{"server-1-0", "server-1-0", "NULL"}});
}

TEST_CASE("response times are those of each metrics tick", "[store]") {
  Cloud cloud = a_cloud();
  const auto group = grown_group(cloud, {.desire = 1});
  sim::Workload workload{sim::Trace{cloud.now(), 1min, std::vector<sim::Amount>(60, 240 * sim::kAmountUnit)},
                         10 * sim::kAmountUnit, group};
  workload.queue = sim::load::FluidQueueSettings{.service = 100ms};
  cloud.add_workload(workload);
  run_for(cloud, 1h);
  const sim::LatencySample first = cloud.latencies().front();
  const std::size_t count = cloud.latencies().size();
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_result(std::move(cloud)));
  CHECK(count == 12);
  CHECK(one(path, "SELECT count(*) FROM v_latency") == std::to_string(count));
  CHECK(one(path, "SELECT model FROM workloads") == "queue");
  CHECK(
      query(path, "SELECT requests > 0, waiting, mean_ms > p50_ms, p95_ms < p99_ms FROM v_latency LIMIT 1") ==
      std::vector<Row>{{"1", "0.0", "1", "1"}});
  CHECK(one(path, "SELECT CAST(p95_ms * 1000 AS INTEGER) FROM v_latency LIMIT 1") ==
        std::to_string(first.p95_us));
}

TEST_CASE("times are exact to the microsecond, and NULL for what did not happen", "[store]") {
  Cloud cloud = a_cloud();
  run_for(cloud, sim::Duration{1'234'567});
  enabled_group(cloud, {.desire = 1});
  run_for(cloud, 1s);
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_result(std::move(cloud)));
  CHECK(query(path, "SELECT joined_utc, in_service_utc, left_utc, ecs_deleted_utc FROM v_instances") ==
        std::vector<Row>{{"2026-03-01T00:00:01.234567Z", "NULL", "NULL", "NULL"}});
  CHECK(query(path, "SELECT start_utc, end_utc, duration_seconds, status FROM v_actions") ==
        std::vector<Row>{{"2026-03-01T00:00:01.234567Z", "NULL", "NULL", "DOING"}});
}

TEST_CASE("the numbers in service change as the cloud's did", "[store]") {
  const RunResult result = a_full_result();
  const TemporaryFolder folder;
  const fs::path path = saved(folder, result);
  for (const auto& group : result.cloud.all_groups()) {
    const std::string of = fmt::format("FROM v_size_changes WHERE group_name = '{}'", group.set.name);
    CHECK(one(path, "SELECT in_service " + of + " ORDER BY time_utc DESC LIMIT 1") ==
          std::to_string(group.in_service));
    CHECK(one(path, "SELECT count(*) - count(DISTINCT time_utc) " + of) == "0");
  }
  CHECK(query(path, "SELECT time_utc, in_service FROM v_size_changes LIMIT 1") ==
        std::vector<Row>{{"2026-03-01T00:01:40.000000Z", "2"}});
  CHECK(one(path, "SELECT max(in_service) FROM v_size_changes WHERE group_name = 'web'") ==
        std::to_string(result.report.groups[0].most_in_service));
}

TEST_CASE("the instances of a group add up to its results", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  const auto differences = [&](const std::string& sum, const std::string& metric) {
    return column(path, "SELECT SUM(" + sum +
                            ") - r.value_micro FROM instances i JOIN results r USING (group_no) "
                            "WHERE r.metric = '" +
                            metric + "' GROUP BY group_no");
  };
  CHECK(differences("cost_micro", "cost") == Row{"0", "0"});
  CHECK(differences("billed_us / 3600", "billed_hours") == Row{"0", "0"});
}

TEST_CASE("actions tell their causes, their instances and what failed", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  CHECK(
      query(
          path,
          "SELECT type, status, causes, instance_value, desire_value, scaling_value, added, removed, failed "
          "FROM v_actions WHERE group_name = 'classic' LIMIT 3") ==
      std::vector<Row>{{"DIFF", "SUCCESS", "DIFF", "0", "1", "1", "1", "0", "0"},
                       {"MANUAL_ADD", "SUCCESS", "MANNUAL", "1", "2", "1", "1", "0", "0"},
                       {"NORMAL", "FAIL", "MANNUAL", "2", "3", "1", "0", "0", "1"}});
  CHECK(
      query(path, "SELECT outcome, code, reason FROM v_action_instances WHERE outcome = 'failed' LIMIT 1") ==
      std::vector<Row>{{"failed", "AS.0001", "the ECS did not come up"}});
}

TEST_CASE("executions tell what was denied and what gave way", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  CHECK(
      query(
          path,
          "SELECT time_utc, policy_name, triggered_by, status, code, superseded_by_policy FROM v_executions "
          "WHERE triggered_by = 'SCHEDULED' AND policy_name = 'in'") ==
      std::vector<Row>{{"2026-03-01T02:00:00.000000Z", "in", "SCHEDULED", "FAIL", "NULL", "late"}});
  CHECK(one(path, "SELECT count(*) FROM v_denied WHERE policy_name = 'in'") == "0");
  CHECK(one(path, "SELECT count(*) > 0 FROM v_denied WHERE code = 'AS.0050' AND triggered_by = 'ALARM'") ==
        "1");
}

TEST_CASE("policies show what counts for their type", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  CHECK(query(path,
              "SELECT policy_name, type, alarm_rule_name, launch_utc, recurrence, recurrence_days, "
              "time_of_day_minutes, operation, number FROM v_policies") ==
        std::vector<Row>{
            {"out", "ALARM", "busy", "NULL", "NULL", "NULL", "NULL", "ADD", "1"},
            {"in", "SCHEDULED", "NULL", "2026-03-01T02:00:00.000000Z", "NULL", "NULL", "NULL", "SET", "1"},
            {"late", "SCHEDULED", "NULL", "2026-03-01T02:00:00.000000Z", "NULL", "NULL", "NULL", "ADD", "1"},
            {"weekly", "RECURRENCE", "NULL", "NULL", "Weekly", "1,7", "90.0", "ADD", "1"}});
}

TEST_CASE("backends of both kinds of load balancer are told apart", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  CHECK(query(path, "SELECT DISTINCT group_name, listener, pool, protocol_port, weight FROM v_backends") ==
        std::vector<Row>{{"web", "NULL", "pool", "8080", "3"},
                         {"classic", "listener", "NULL", "NULL", "NULL"}});
}

TEST_CASE("faults show the knobs of their kind only", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  CHECK(
      query(path,
            "SELECT kind, probability, mean_time_to_failure_hours, sickness, victims, group_name, until_utc "
            "IS NULL FROM v_faults") ==
      std::vector<Row>{{"boot_failure", "1.0", "NULL", "NULL", "NULL", "NULL", "0"},
                       {"sick_instances", "NULL", "NULL", "stopped", "1", "web", "1"}});
}

TEST_CASE("objectives show what was measured, calls what was answered", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  CHECK(query(path, "SELECT * FROM v_objectives") ==
        std::vector<Row>{{"cost", "web", "NULL", "1.5", "0.9", "1"},
                         {"unserved_percent", "NULL", "0.0", "NULL", "NULL", "1"}});
  CHECK(query(path, "SELECT origin, request, status, response, as_expected, complaint FROM v_calls") ==
        std::vector<Row>{{"calls[0]", "", "200", "{\"total_number\":2}", "1", ""},
                         {"calls[1]", "{}", "404", "{}", "0", "status 404, expected 2xx"}});
}

TEST_CASE("a run without anything has an empty, valid file", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_result(a_cloud()));
  CHECK(one(path, "PRAGMA integrity_check") == "ok");
  for (const std::string& view : column(path, "SELECT name FROM sqlite_master WHERE type = 'view'"))
    CHECK_NOTHROW(query(path, "SELECT * FROM " + view));
  CHECK(one(path, "SELECT count(*) FROM v_instances") == "0");
}

TEST_CASE("saving changes nothing, so a second file has the same bytes", "[store]") {
  const RunResult result = a_full_result();
  const std::string before = result.cloud.journal().fingerprint();
  const TemporaryFolder first, second;
  CHECK(read_file(saved(first, result)) == read_file(saved(second, result)));
  CHECK(result.cloud.journal().fingerprint() == before);
}

// ---- What it must not do ----

TEST_CASE("earlier results and empty files are replaced", "[store]") {
  const RunResult result = a_result(a_cloud());
  const TemporaryFolder folder;
  write_file(folder.file("results.sqlite"), "");
  const fs::path path = saved(folder, a_full_result());
  CHECK(one(path, "SELECT count(*) > 0 FROM v_groups") == "1");
  saved(folder, result);
  CHECK(one(path, "SELECT count(*) FROM v_groups") == "0");
  CHECK(folder.count() == 1);
}

TEST_CASE("a file of somebody else is left as it is", "[store]") {
  const RunResult result = a_result(a_cloud());
  const TemporaryFolder folder;
  const fs::path path = folder.file("mine");
  SECTION("a text") { write_file(path, std::string(200, 'x')); }
  SECTION("a short text") { write_file(path, "SQLite format 3"); }
  SECTION("another database") { query(path, "CREATE TABLE t (x); PRAGMA application_id = 7"); }
  const std::string before = read_file(path);
  const std::string expected =
      path.string() + ": exists and holds no results of this program, so it is not overwritten";
  CHECK(refuses_results(path) == expected);
  CHECK(save_results(path, kProgram, a_scenario(result), result) == expected);
  CHECK(read_file(path) == before);
  CHECK(folder.count() == 1);
}

TEST_CASE("results go to a regular file in a folder that exists", "[store]") {
  const TemporaryFolder folder;
  CHECK(refuses_results(folder.file("")) == folder.file("").string() + ": not a regular file");
  CHECK(refuses_results("/dev/null") == "/dev/null: not a regular file");
  CHECK(refuses_results(folder.file("no/r.sqlite")) ==
        folder.file("no/r.sqlite").string() + ": there is no folder " + folder.file("no").string());
  CHECK_FALSE(refuses_results(folder.file("new.sqlite")).has_value());
  CHECK_FALSE(refuses_results("new.sqlite").has_value());
}

TEST_CASE("a symbolic link stays one, and what it points to is replaced", "[store]") {
  const TemporaryFolder folder, elsewhere;
  write_file(elsewhere.file("real.sqlite"), "");
  fs::create_symlink(elsewhere.file("real.sqlite"), folder.file("results.sqlite"));
  const fs::path path = saved(folder, a_result(a_cloud()));
  CHECK(fs::is_symlink(path));
  CHECK(one(elsewhere.file("real.sqlite"), "SELECT count(*) FROM run") == "1");
}

TEST_CASE("when writing fails the earlier results stay and no half file does", "[store]") {
  const RunResult result = a_full_result();
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_result(a_cloud()));
  const std::string before = read_file(path);

  // The system refuses files of more than 32 KiB, as a full disk would.
  rlimit limit{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const auto signal_before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 32'768;
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto complaint = save_results(path, kProgram, a_scenario(result), result);
  REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  std::signal(SIGXFSZ, signal_before);

  REQUIRE(complaint.has_value());
  CHECK_THAT(*complaint, Catch::StartsWith(path.string() + ": cannot be written: "));
  CHECK(read_file(path) == before);
  CHECK(folder.count() == 1);
}

// ---- RESULTS.md ----

const fs::path kContract = fs::path(TIDEPOOL_SOURCE_DIR) / "scenarios" / "RESULTS.md";

TEST_CASE("the contract lists every view and table with every column", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  std::ifstream contract(kContract);
  REQUIRE(contract);
  std::map<std::string, std::string> rows;  // by the name in the first cell; the JSON members come later
  for (std::string line; std::getline(contract, line);)
    if (line.starts_with("| `")) rows.try_emplace(line.substr(3, line.find('`', 3) - 3), line);

  for (const Row& each : query(path,
                               "SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p "
                               "WHERE m.type IN ('view', 'table') AND m.name NOT LIKE 'sqlite%'")) {
    CAPTURE(each);
    CHECK_THAT(rows[each[0]], Catch::Contains("`" + each[1] + "`"));
  }
}

TEST_CASE("the queries of the contract run as they are", "[store]") {
  const TemporaryFolder folder;
  const fs::path path = saved(folder, a_full_result());
  const std::string text = read_file(kContract);
  constexpr std::string_view kOpen = "```sql\n";
  int found = 0;
  for (std::size_t at = 0; (at = text.find(kOpen, at)) != std::string::npos; ++found) {
    at += kOpen.size();
    CHECK_FALSE(query(path, text.substr(at, text.find("```", at) - at)).empty());
  }
  CHECK(found == 2);
}

}  // namespace
}  // namespace tidepool::scenarios
