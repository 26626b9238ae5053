// Controllers in scenario files: how they are read, and what they do to a group through the API.

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "scenarios/controller_json.hpp"
#include "scenarios/load.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/served_cloud.hpp"
#include "scenarios/summary.hpp"

namespace tidepool::scenarios {
namespace {

using namespace std::chrono_literals;
using sim::kMillion;

// A group of 1 to 10, each doing ten units a second, and a crowd of 50 more from 10 to 20 minutes.
std::string text_with(const std::string& controllers, const std::string& more = {}) {
  return R"({
    "duration": "40m", "behaviour": {"profile": "current", "scan_period": "0s"},
    "region": {"boot_time": "90s", "removal_time": "0s"},
    "calls": [
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_configuration", "save": "conf",
       "body": {"scaling_configuration_name": "conf", "instance_config": {"flavorRef": "s3.large.2", "imageRef": "{image}",
         "key_name": "{key_pair}", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group", "save": "web",
       "body": {"scaling_group_name": "web", "scaling_configuration_id": "{conf}", "min_instance_number": 1,
         "desire_instance_number": 2, "max_instance_number": 10, "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group/{web}/action", "body": {"action": "resume"}}
    ],
    "workloads": [{"group": "web", "capacity_per_instance": 10, "generator": {"base_per_second": 15,
      "flash_crowds": [{"at": "10m", "hold": "10m", "added_per_second": 50}]}}])" +
         (controllers.empty() ? "" : R"(, "controllers": [)" + controllers + "]") + more + "}";
}

std::vector<std::string> errors_of(const std::string& controllers) {
  return load(text_with(controllers), "c.json", {}).errors;
}

RunResult run_of(const std::string& text) {
  const LoadResult loaded = load(text, "c.json", {});
  for (const std::string& each : loaded.errors) UNSCOPED_INFO(each);
  REQUIRE(loaded.scenario);
  return run(*loaded.scenario);
}

std::int64_t metric(const RunResult& result, std::string_view name) {
  const auto value = sim::metric_value(name, result.report.groups.at(0));
  REQUIRE(value);
  return *value;
}

}  // namespace

TEST_CASE("every type of controller is read, and runs a group within its bounds", "[controllers]") {
  const std::string type = GENERATE(
      as<std::string>(), R"("type": "static", "size": 40)",
      R"("type": "target_tracking", "targets": [{"target": 60}, {"metric": "demand_per_instance", "target": 8}])",
      R"("type": "step_scaling", "policies": [
          {"operator": ">=", "threshold": 80, "adjustment_type": "percent", "min_adjustment_magnitude": 2,
           "steps": [{"lower": 0, "upper": 15, "adjustment": 10}, {"lower": 15, "adjustment": 50}]},
          {"operator": "<=", "threshold": 40, "steps": [{"upper": 0, "adjustment": -1}]}])",
      R"("type": "simple_scaling", "cooldown": "2m", "policies": [
          {"operator": ">=", "threshold": 80, "adjustment": 2},
          {"operator": "<=", "threshold": 40, "adjustment": -1, "cooldown": "1m"}])",
      R"("type": "hpa", "interval": "15s", "metrics": [{"target": 60}],
          "scale_down": {"stabilization_window": "1m", "policies": [{"type": "pods", "value": 1, "period": "1m"}]})",
      R"("type": "lookup_table", "capacities": [10, 20, 30, 40, 50, 60, 70], "hold": "2m", "max_down": 1)",
      R"("type": "predictive", "model": "seasonal_naive", "season": "2m", "buffer": "1m")",
      R"("type": "predictive", "model": "holt_winters", "season": "4m", "alpha": 0.5, "target_utilisation": 0.8)",
      R"("type": "ideal_reactive", "target_utilisation": 0.5)", R"("type": "clairvoyant")");
  CAPTURE(type);
  const RunResult result = run_of(text_with(R"({"group": "web", )" + type + "}"));
  CHECK(result.calls_as_expected());
  const ControllerRecord& record = result.controllers.at(0);
  CHECK(record.looks >= 40);
  CHECK(record.refused == 0);
  CHECK(record.changes > 0);
  CHECK(result.report.groups.at(0).most_in_service >= 7);
  CHECK(result.report.groups.at(0).most_in_service <= 10);
  if (record.type != "static") CHECK(result.report.groups.at(0).final_in_service < 7);
}

TEST_CASE("a controller's calls are the API's, and the journal shows them", "[controllers]") {
  const LoadResult loaded =
      load(text_with(R"({"group": "web", "type": "static", "size": 4, "interval": "5m"})"), "c.json", {});
  REQUIRE(loaded.scenario);
  std::string journal;
  RunOptions options;
  options.journal = sim::JournalText::Kept;
  options.progress = [&](double, const std::string& lines) { journal += lines; };
  const RunResult result = run(*loaded.scenario, options);
  CHECK_THAT(journal, Catch::Contains("controllers[0]") && Catch::Contains("PUT /autoscaling-api/v1/"));
  CHECK(result.controllers.at(0).changes == 1);
  CHECK(result.controllers.at(0).looks == 8);
  CHECK_THAT(summary_text(*loaded.scenario, result),
             Catch::Contains("\nControllers\n  static of web: 8 looks, 1 change\n"));
  CHECK(result.report.groups.at(0).final_desire == 4);
}

TEST_CASE("a controller sees busy slots, also where nobody waits for the answer any more", "[controllers]") {
  std::string text = text_with(R"({"group": "web", "type": "target_tracking", "targets": [{"target": 60}]})");
  const std::string fluid = R"("capacity_per_instance": 10)";
  text.replace(text.find(fluid), fluid.size(),
               R"("model": "requests", "service": "10s", "concurrency": 50, "timeout": "5s")");
  const RunResult result = run_of(text);
  CHECK(metric(result, "served_units") == 0);
  CHECK(result.report.groups.at(0).most_in_service == 10);  // Ten instances have 500 slots, 650 are wanted.
}

TEST_CASE("a controller sees what waits", "[controllers]") {
  std::string text = text_with(
      R"({"group": "web", "type": "step_scaling", "policies": [{"metric": "queue", "operator": ">=", "threshold": 100, "steps": [{"lower": 0, "adjustment": 1}]}]})");
  const std::string fluid = R"("capacity_per_instance": 10)";
  const std::string model = GENERATE(as<std::string>(), R"("model": "queue", )", R"("model": "fluid", )");
  text.insert(text.find(fluid), model);
  const RunResult result = run_of(text);
  CHECK((result.report.groups.at(0).most_in_service > 2) == (model.find("queue") != std::string::npos));
}

TEST_CASE("a delayed decision takes effect whole intervals later", "[controllers]") {
  const RunResult result =
      run_of(text_with(R"({"group": "web", "type": "static", "size": 5, "interval": "1m", "delay": "7m"})"));
  const auto wanted = result.controllers.at(0).wanted.all();
  REQUIRE(wanted.size() == 1);
  CHECK(wanted[0] == sim::Step{result.report.start + 7min, 5});
}

TEST_CASE("the clairvoyant optimum leaves no request unserved once its first boots are over",
          "[controllers]") {
  const RunResult result = run_of(text_with(R"({"group": "web", "type": "clairvoyant", "interval": "30s"})"));
  // All that is missing is missing in the ninety seconds of the first boots.
  CHECK(metric(result, "short_seconds") == 90 * kMillion);
  CHECK(metric(result, "scale_out_lag_max_seconds") == 90 * kMillion);
  CHECK(metric(result, "insufficient_instance_hours") == sim::quotient(sim::Wide{2 * 90} * kMillion, 3600));
  CHECK(metric(result, "max_instances") == 7 * kMillion);
}

TEST_CASE("the report judges a run by the field's measures", "[controllers]") {
  const RunResult result = run_of(text_with(R"({"group": "web", "type": "ideal_reactive"})"));
  // Short: two instances for 90 s at the start, and five of seven for 90 s from ten minutes on.
  CHECK(metric(result, "timeshare_under_percent") == sim::percent_of(180, 2400));
  CHECK(metric(result, "accuracy_under") == sim::ratio_of(2 * 90 + 5 * 90, 2400));
  CHECK(metric(result, "theta_under_percent") ==
        sim::quotient(sim::Wide{100} * kMillion * (90 * 7 + 90 * 5), 2400 * 7));
  CHECK(metric(result, "accuracy_over") == 0);
  CHECK(metric(result, "availability_percent") == 100 * kMillion - metric(result, "timeshare_under_percent"));
  CHECK(metric(result, "adaptations") == 2 * kMillion);
  CHECK(metric(result, "oscillations") == kMillion);  // up at 11:30, down at 20:00
  CHECK(metric(result, "scale_out_lag_seconds") == 90 * kMillion);
  CHECK(metric(result, "scale_out_provision_seconds") == 90 * kMillion);
  CHECK(metric(result, "scale_out_detection_seconds") == 0);
  CHECK(metric(result, "max_az_imbalance") == kMillion);
  CHECK(metric(result, "wasted_boots_percent") == 0);
  CHECK(result.report.total.judged.accuracy_under == result.report.groups[0].judged.accuracy_under);
}

TEST_CASE("objectives on the field's measures decide as the others do", "[controllers]") {
  const std::string objectives =
      R"(, "objectives": [{"metric": "timeshare_under_percent", "group": "web", "at_most": 7.5},
      {"metric": "theta_over_percent", "at_most": 0}, {"metric": "scale_out_lag_seconds", "at_most": 89}])";
  const RunResult result = run_of(text_with(R"({"group": "web", "type": "ideal_reactive"})", objectives));
  REQUIRE(result.objectives.size() == 3);
  CHECK(result.objectives[0].met);
  CHECK(result.objectives[1].met);
  CHECK_FALSE(result.objectives[2].met);
  CHECK_FALSE(result.objectives_met());
}

TEST_CASE("a forecast is judged a look ahead, and forecasting alone changes no size", "[controllers]") {
  const RunResult result = run_of(text_with(
      R"({"group": "web", "type": "predictive", "model": "seasonal_naive", "season": "1m", "mode": "forecast_only"})"));
  CHECK(result.controllers.at(0).changes == 0);
  // 39 forecasts, two of them off by 50: the jumps up and down.
  CHECK(metric(result, "forecast_mae") == sim::ratio_of(100, 39));
  CHECK(metric(result, "forecast_mape_percent") ==
        sim::quotient(sim::Wide{100} * kMillion * (50 * 15 + 50 * 65), 39 * 15 * 65));
}

TEST_CASE("predictive scaling may raise the group's largest size, buffer included", "[controllers]") {
  const RunResult result = run_of(text_with(
      R"({"group": "web", "type": "predictive", "model": "seasonal_naive", "season": "1m", "target_utilisation": 0.5,
          "max_capacity_breach": "increase", "max_capacity_buffer": 10})"));
  CHECK(result.controllers.at(0).refused == 0);
  CHECK(result.report.groups.at(0).most_in_service == 13);
  CHECK(result.cloud.all_groups()[0].set.max == 15);  // 13 and a tenth, rounded up
}

TEST_CASE("a run that is copied on its way copies what its controllers know", "[controllers]") {
  const LoadResult loaded =
      load(text_with(R"({"group": "web", "type": "predictive", "model": "holt_winters", "season": "3m"})"),
           "c.json", {});
  REQUIRE(loaded.scenario);
  ScenarioRun first(*loaded.scenario);
  first.go_to(loaded.scenario->start + 12min);
  ScenarioRun second = first;
  CHECK(first.finish().report.fingerprint == second.finish().report.fingerprint);
}

TEST_CASE("what is wrong with a controller is told with its place and what is expected", "[controllers]") {
  struct Wrong {
    std::string controllers, expected;
  };
  const auto row = GENERATE(values<Wrong>({
      {R"({"group": "web", "type": "hap"})", "\"clairvoyant\" or \"external\"; did you mean \"hpa\"?"},
      {R"({"group": "web", "type": "static"})", "controllers[0]: missing key 'size'"},
      {R"({"group": "web", "type": "static", "size": 2, "hold": "1m"})",
       "controllers[0]: unknown key 'hold'"},
      {R"({"group": "web", "type": "static", "size": -1})", "controllers[0].size: -1, expected 0 to 1000000"},
      {R"({"group": "web", "type": "static", "size": 2, "delay": "90s"})",
       "controllers[0].delay: \"90s\", expected a whole number of intervals of 1m"},
      {R"({"group": "wbe", "type": "static", "size": 2})", "controllers[0].group: \"wbe\", expected \"web\""},
      {R"({"group": "web", "type": "static", "size": 2}, {"group": "web", "type": "static", "size": 3})",
       "controllers[1]: group \"web\" has a controller already, expected one a group"},
      {R"({"group": "web", "type": "external", "url": "https://127.0.0.1/"})",
       "controllers[0].url: \"https://127.0.0.1/\", expected http://host[:port][/path]"},
      {R"({"group": "web", "type": "external", "url": "http://127.0.0.1:99999/"})",
       "controllers[0].url: \"http://127.0.0.1:99999/\", expected http://host[:port][/path]"},
      {R"({"group": "web", "type": "external", "url": "http://h/", "timeout": 5})",
       "controllers[0].timeout: 5, expected a text with a unit"},
      {R"({"group": "web", "type": "lookup_table", "capacities": [2, 1]})",
       "controllers[0].capacities: expected no capacity less than the one before"},
      {R"({"group": "web", "type": "predictive", "model": "seasonal_naive", "season": "90s"})",
       "controllers[0]: season 1m30s, expected whole intervals of 1m, a million of them at most"},
      {R"({"group": "web", "type": "predictive", "model": "file"})",
       "controllers[0]: missing key 'forecast'"},
      {R"({"group": "web", "type": "step_scaling", "policies": [{"operator": ">", "threshold": 5, "steps": []}]})",
       "controllers[0].policies[0].operator: \">\", expected \">=\" or \"<=\""},
  }));
  CAPTURE(row.controllers);
  const std::vector<std::string> errors = errors_of(row.controllers);
  INFO(fmt::format("{}", fmt::join(errors, "\n")));
  CHECK(std::ranges::any_of(
      errors, [&](const std::string& each) { return each.find(row.expected) != std::string::npos; }));
}

TEST_CASE("an external controller is asked with what it sees, and its answer is read strictly",
          "[controllers]") {
  const LoadResult loaded =
      load(text_with(R"({"group": "web", "type": "external", "url": "http://x/", "interval": "10m"})"),
           "c.json", {});
  REQUIRE(loaded.scenario);
  std::vector<std::string> questions;
  RunOptions options;
  options.ask = [&](const ControllerDeclaration& of,
                    const std::string& question) -> std::optional<sim::Wish> {
    CHECK(of.url == "http://x/");
    CHECK(of.timeout == 10s);
    questions.push_back(question);
    if (questions.size() > 2) return std::nullopt;  // no wish: as it is
    return sim::Wish{6, {}};
  };
  const RunResult result = run(*loaded.scenario, options);
  CHECK(result.report.groups.at(0).final_in_service == 6);
  REQUIRE(questions.size() == 4);
  CHECK_THAT(questions[1], Catch::Contains("\"group\": \"web\"") && Catch::Contains("\"desired\": 6") &&
                               Catch::Contains("\"demand_per_second\": 65") &&
                               Catch::Contains("\"seed\": 1") &&
                               Catch::Contains("\"time\": \"2026-01-05T00:10:00Z\""));

  const auto wish = [](const char* answer) { return std::get<std::optional<sim::Wish>>(read_wish(answer)); };
  CHECK(wish(R"({"size": 5, "max": 8})") == sim::Wish{5, 8});
  CHECK(wish(R"({"size": null})") == std::nullopt);
  for (const char* wrong :
       {"", "5", "{}", R"({"size": -1})", R"({"size": 1.5})", R"({"size": 1, "sise": 2})"}) {
    CAPTURE(wrong);
    CHECK(std::holds_alternative<std::string>(read_wish(wrong)));
  }
}

TEST_CASE("where nobody can be asked, a scenario with an external controller is refused, not run without it",
          "[controllers]") {
  const std::string text =
      text_with(R"({"group": "web", "type": "external", "url": "http://127.0.0.1:9/size", "timeout": "2s"})");
  const std::string refusal =
      R"(controllers[0].url: "http://127.0.0.1:9/size" can't be asked here, only by 'tidepool run', 'compare' and 'whatif')";
  const LoadResult loaded = load(text, "c.json", {});
  REQUIRE(loaded.scenario);
  CHECK(loaded.scenario->controllers.at(0).timeout == 2s);
  CHECK_THROWS_WITH(run(*loaded.scenario), refusal);
  const auto served = run_for_project(text, "c.json", {}, "0123456789abcdef0123456789abcdef", 1, {}, {});
  CHECK(served.errors == std::vector<std::string>{"c.json: " + refusal});
}

TEST_CASE("every metric of the report has its definition on the page of metrics", "[controllers]") {
  std::ifstream in(std::string(TIDEPOOL_SOURCE_DIR) + "/scenarios/METRICS.md");
  const std::string page{std::istreambuf_iterator<char>(in), {}};
  for (const sim::ReportMetric& each : sim::report_metrics()) {
    CAPTURE(each.name);
    CHECK(page.find(fmt::format("`{}`", each.name)) != std::string::npos);
  }
}

TEST_CASE("the bill has a minimum, and prices for what surrounds an ECS", "[controllers]") {
  const std::string billing = R"(, "billing": {"quantum": "1m", "minimum": "10m", "eip_per_hour": 0.5,
      "disk_gb_per_hour": 0.001, "shortage_per_hour": 2})";
  const LoadResult loaded = load(text_with("", billing), "c.json", {});
  REQUIRE(loaded.scenario);
  const sim::BillingRule& rule = loaded.scenario->billing;
  CHECK(rule.quantum == 1min);
  CHECK(rule.minimum == 10min);
  CHECK(rule.eip_millionths_per_hour == 500'000);
  CHECK(rule.disk_millionths_per_gb_hour == 1'000);
  CHECK(rule.shortage_millionths_per_hour == 2 * kMillion);
  const RunResult result = run(*loaded.scenario);
  // Nothing changes the size of two: no surplus, five missing for ten minutes and two for ninety seconds.
  CHECK(metric(result, "elasticity_penalty") ==
        sim::quotient(sim::Wide{2} * kMillion * (5 * 600 + 2 * 90), 2400));
}

}  // namespace tidepool::scenarios
