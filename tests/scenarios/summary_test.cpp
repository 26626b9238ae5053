#include "scenarios/summary.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "sim/run/report.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::scenarios {
namespace {

namespace json = boost::json;
using namespace support;
using sim::AsGroupId;
using sim::Cloud;

const Program kProgram{"1.2.3", "0123456789ab"};

RunResult result_of(Cloud cloud) {
  sim::Report report = sim::make_report(cloud, 1h);
  return {std::move(cloud), std::move(report), {}, {}, {}};
}

Scenario a_scenario(std::string name = "spike") {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.file = "spike.json";
  return scenario;
}

// Ninety minutes of a group that a steady load drives to its limit.
RunResult a_result() {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 20s);
  const auto conf = create_configuration(cloud, {.data_disks = 1, .eip_mbit = 5});
  const AsGroupId web = enabled_group(
      cloud, {.configuration = conf, .desire = 1, .max = 3, .notify = true, .delete_volume = true});
  sim::AlarmRuleSettings rule;
  rule.name = "busy";
  rule.group = web;
  rule.threshold = 70 * sim::kMetricUnit;
  create_policy(cloud, web, an_alarm_policy(cloud.add_alarm_rule(rule), {.name = "out"}));
  create_policy(cloud, web,
                a_scheduled_policy(kStart + 61min, {.action = by_number(PolicyOperation::Remove, 2)}));
  create_policy(cloud, web,
                a_scheduled_policy(kStart + 61min, {.action = by_number(PolicyOperation::Remove, 1)}));
  add_steady_load(cloud, web, 25 * sim::kAmountUnit + 500'000);
  cloud.run_until(kStart + 90min);
  RunResult result = result_of(std::move(cloud));
  result.calls.push_back({kStart + 1s, "GET", "/v1/p/scaling_group", "", 200, "{}", "calls[0]", ""});
  result.calls.push_back(
      {kStart + 2s, "POST", "/v1/p/x", "{}", 404, "{}", "calls[1]", "status 404, expected 2xx"});
  result.objectives.push_back({{"unserved_percent", "web", 1'500'000, {}}, 33'012'345, false});
  result.objectives.push_back({{"cost", "", 2'000'000, 0}, 90'000, true});
  result.objectives.push_back({{"unserved_percent", "", {}, 1}, {}, true});
  return result;
}

TEST_CASE("the page for people tells a run in full", "[summary]") {
  Scenario scenario = a_scenario();
  scenario.description = "A steady load,\nand too few instances.";
  RunResult result = a_result();
  result.report.fingerprint = "00112233445566778899aabbccddeeff";  // of its own test
  const std::string expected = R"(spike
  A steady load, and too few instances.
  2026-03-01T00:00:00Z to 2026-03-01T01:30:00Z, 1 h 30 min
  seed 1, behaviour classic, 57 events
  fingerprint 00112233445566778899aabbccddeeff

Group web
  in service █, desired ·, 5 min a column
3 │                ████████████████████████████████████        ████████████
  │            ████████████████████████████████████████████████████████████
  │    ████████████████████████████████████████████████████████████████████
0 └────────────────────────────────────────────────────────────────────────
   2026-03-01 00:00                                        2026-03-01 01:30
  Size               mean 2.52, most 3; 3 in service and 3 desired at the end
  Instance-hours     3.92 h actual, 7.00 h billed
  Cost               0.28 EUR
  Demand             137700 offered, 119080 served
  Unserved           18620 (13.52 %), short for 27 min 20 s
  Launches           5, 1 failed
  Scaling actions    6, 1 failed
         2  DIFF DIFF, 1 failed
         3  NORMAL ALARM
         1  NORMAL SCHEDULED
  Policy executions  20, 16 without effect
         2  AS.0026: a cooldown was running
        13  AS.0050: the group had its largest size already
         1  superseded: another policy was due at the same moment

Around the groups
  EIPs               5 made, 1 deleted with their ECS, 1 left behind, 3 in use
  Data disks         5 made, 2 deleted with their ECS, 0 left behind, 3 in use
  Messages           6

2 calls, 1 answered otherwise than expected
  calls[1] at 2026-03-01T00:00:02Z: POST /v1/p/x
    status 404, expected 2xx

Objectives
  MISSED unserved_percent of web at most 1.5: 33.012345 %
  met    cost at least 0 and at most 2: 0.09 EUR
  met    unserved_percent at least 0.000001: no value
)";
  CHECK(summary_text(scenario, result) == expected);
}

TEST_CASE("a run without groups says so, and nothing that is not there", "[summary]") {
  RunResult result = result_of(a_cloud());
  result.report.fingerprint = "f";
  CHECK(summary_text(a_scenario(), result) ==
        "spike\n"
        "  2026-03-01T00:00:00Z to 2026-03-01T00:00:00Z, 0 s\n"
        "  seed 1, behaviour classic, 0 events\n"
        "  fingerprint f\n"
        "\n"
        "No AS group was created.\n");
}

TEST_CASE("several groups are followed by their sum", "[summary]") {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.name = "first", .desire = 1});
  grown_group(cloud, {.name = "second", .desire = 2});
  run_for(cloud, 1h);
  const std::string text = summary_text(a_scenario(), result_of(std::move(cloud)));
  CHECK_THAT(text,
             Catch::Contains("\nGroup first\n") && Catch::Contains("\nGroup second\n") &&
                 Catch::Contains("\nAll groups\n  Size               mean 2.92, most 3; 3 in service and 3 "
                                 "desired at the end\n"));
}

TEST_CASE("only the first ten unexpected answers are told", "[summary]") {
  RunResult result = result_of(a_cloud());
  for (int i = 0; i < 13; ++i)
    result.calls.push_back({kStart, "GET", "/x", "", 500, "", "calls[7]", "status 500"});
  const std::string text = summary_text(a_scenario(), result);
  CHECK_THAT(text, Catch::Contains("\n13 calls, 13 answered otherwise than expected\n") &&
                       Catch::EndsWith(
                           "  calls[7] at 2026-03-01T00:00:00Z: GET /x\n    status 500\n  and 3 more\n"));
}

TEST_CASE("texts from outside can't move the cursor", "[summary]") {
  RunResult result = result_of(a_cloud());
  const std::string text = summary_text(a_scenario("a\x1b[31m\r\nb"), result);
  CHECK_THAT(text, Catch::StartsWith("a [31m  b\n"));
}

TEST_CASE("without recorded samples there is no chart, and the numbers stay", "[summary]") {
  CloudSpec spec;
  spec.recording = sim::Recording::Nothing;
  Cloud cloud = a_cloud(spec);
  grown_group(cloud, {.desire = 1});
  run_for(cloud, 1h);
  const std::string text = summary_text(a_scenario(), result_of(std::move(cloud)));
  CHECK_THAT(text, !Catch::Contains("│") && Catch::Contains("most 1; 1 in service"));
}

TEST_CASE("the text and the document depend on the run alone", "[summary]") {
  CHECK(summary_text(a_scenario(), a_result()) == summary_text(a_scenario(), a_result()));
  CHECK(summary_json(kProgram, a_scenario(), a_result()) == summary_json(kProgram, a_scenario(), a_result()));
}

// ---- The document ----

json::object document(const Scenario& scenario, const RunResult& result) {
  json::error_code failed;
  const json::value read = json::parse(summary_json(kProgram, scenario, result), failed);
  REQUIRE_FALSE(failed);
  return read.as_object();
}

double number(const json::value& value) { return value.to_number<double>(); }

TEST_CASE("the document tells the same, with numbers as numbers", "[summary]") {
  const RunResult result = a_result();
  const json::object found = document(a_scenario(), result);
  CHECK(found.at("schema_version") == 1);
  CHECK(found.at("program") == json::value{{"version", "1.2.3"}, {"commit", "0123456789ab"}});
  CHECK(found.at("scenario").at("name") == "spike");
  CHECK(found.at("seed") == 1);
  CHECK(found.at("start") == "2026-03-01T00:00:00Z");
  CHECK(found.at("duration_seconds") == 5400);
  CHECK(found.at("fingerprint") == json::string(result.report.fingerprint));

  const json::value& group = found.at("groups").at(0);
  CHECK(group.at("name") == "web");
  for (const sim::ReportMetric& each : sim::report_metrics()) {
    CAPTURE(each.name);
    const auto value = sim::metric_value(each.name, result.report.groups.front());
    const json::value& told = group.at("metrics").at(each.name);
    CHECK(told.is_null() == !value.has_value());
    if (value) CHECK(number(told) == Approx(static_cast<double>(*value) / 1e6));
    CHECK(found.at("total").at("metrics").as_object().contains(each.name));
  }
  CHECK(found.at("messages") == result.report.messages);
  CHECK(found.at("resources").at("eips") == json::value{{"created", 5}, {"deleted", 1}, {"left_behind", 1}});
}

TEST_CASE("the document holds every count by its key, and the chart", "[summary]") {
  const RunResult result = a_result();
  const json::object found = document(a_scenario(), result);
  const json::value& group = found.at("groups").at(0);
  const sim::GroupReport& report = result.report.groups.front();
  const auto same = [&](const char* name, const sim::Tally& tally) {
    CAPTURE(name);
    CHECK(group.at(name).as_object().size() == tally.size());
    for (const auto& [key, count] : tally) CHECK(group.at(name).at(key) == count);
  };
  same("actions", report.actions);
  same("failed_actions", report.failed_actions);
  same("denied", report.denied);
  CHECK(group.at("size_over_time").at("column_seconds") == 300);
  CHECK(group.at("size_over_time").at("in_service").as_array().size() == 18);
  CHECK(group.at("size_over_time").at("desired").as_array().size() == 18);
}

TEST_CASE("the document lists unexpected answers and all objectives", "[summary]") {
  const json::object found = document(a_scenario(), a_result());
  CHECK(found.at("calls").at("made") == 2);
  CHECK(found.at("calls").at("as_expected") == false);
  CHECK(found.at("calls").at("unexpected") == json::array{{{"origin", "calls[1]"},
                                                           {"time", "2026-03-01T00:00:02Z"},
                                                           {"method", "POST"},
                                                           {"path", "/v1/p/x"},
                                                           {"status", 404},
                                                           {"answer", "{}"},
                                                           {"complaint", "status 404, expected 2xx"}}});
  CHECK(found.at("objectives").at("met") == false);
  const json::array& list = found.at("objectives").at("list").as_array();
  REQUIRE(list.size() == 3);
  CHECK(list[0].at("group") == "web");
  CHECK(list[0].at("at_least").is_null());
  CHECK(list[0].at("at_most") == 1.5);
  CHECK(number(list[0].at("value")) == Approx(33.012345));
  CHECK(list[0].at("met") == false);
  CHECK(list[1].at("group").is_null());
  CHECK(list[2].at("value").is_null());
}

TEST_CASE("the fingerprint stands in the document as determinism.sh looks for it", "[summary]") {
  const RunResult result = a_result();
  CHECK_THAT(summary_json(kProgram, a_scenario(), result),
             Catch::Contains("\"fingerprint\": \"" + result.report.fingerprint + "\""));
}

TEST_CASE("metrics without a value are null in the document", "[summary]") {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 1});
  const json::object found = document(a_scenario(), result_of(std::move(cloud)));
  CHECK(found.at("groups").at(0).at("metrics").at("unserved_percent").is_null());
}

}  // namespace
}  // namespace tidepool::scenarios
