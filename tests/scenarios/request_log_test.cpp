// Recorded requests: how a log is read, and that each of its requests is played at its time.

#include "scenarios/request_log.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "scenarios/load.hpp"
#include "scenarios/run_scenario.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using sim::Duration;
using sim::kAmountUnit;
using sim::Time;
using sim::load::Nanos;

const fs::path kWrong = fs::path(TIDEPOOL_SOURCE_DIR) / "tests/scenarios/wrong";

fs::path shared_traces() { return fs::path(TIDEPOOL_SOURCE_DIR).parent_path() / "shared" / "traces"; }

RequestLog log_of(const std::string& text, const RequestLogOptions& options = {}) {
  auto log = read_request_log(text, "log.csv", options);
  if (!log) FAIL(log.error().message);
  return *std::move(log);
}

std::string error_of(const std::string& text, const RequestLogOptions& options = {}) {
  const auto log = read_request_log(text, "log.csv", options);
  REQUIRE_FALSE(log.has_value());
  return log.error().message;
}

RequestLogOptions with_service(const char* column, int unit_power, std::int64_t scale = 1'000'000) {
  RequestLogOptions options;
  options.service = SpanColumn{column, unit_power, scale};
  return options;
}

// A group of two that is there at once.
std::string scenario_text(const std::string& workload, const std::string& duration = "1h") {
  return R"({"duration": ")" + duration + R"(", "behaviour": {"profile": "current", "scan_period": "0s"},
    "region": {"boot_time": "0s", "removal_time": "0s"},
    "calls": [
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_configuration", "save": "conf",
       "body": {"scaling_configuration_name": "conf", "instance_config": {"flavorRef": "s3.large.2", "imageRef": "{image}",
         "key_name": "{key_pair}", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group", "save": "web",
       "body": {"scaling_group_name": "web", "scaling_configuration_id": "{conf}", "min_instance_number": 1,
         "desire_instance_number": 2, "max_instance_number": 10, "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group/{web}/action", "body": {"action": "resume"}}
    ],
    "workloads": [{"group": "web", "model": "requests", )" +
         workload + "}]}";
}

Scenario scenario_of(const std::string& workload, const fs::path& folder,
                     const std::string& duration = "1h") {
  LoadResult loaded = load(scenario_text(workload, duration), "t.json", folder);
  for (const std::string& each : loaded.errors) UNSCOPED_INFO(each);
  REQUIRE(loaded.scenario);
  return *std::move(loaded.scenario);
}

}  // namespace

TEST_CASE("a log is one request a row, sorted by time, equal times in the order of the file", "[log]") {
  const RequestLog log =
      log_of("at,took\n1000000003,7\n1000000001.5,1\n1000000003,8\n1000000001,2\n", with_service("took", 9));
  REQUIRE(log.requests.size() == 4);
  CHECK(log.requests[0].at == Time{1'000'000'001s});
  CHECK(log.requests[1].at == Time{1'000'000'001s} + 500ms);
  std::vector<std::int64_t> seconds;
  for (const auto& each : log.requests) seconds.push_back(each.service / 1s);
  CHECK(seconds == std::vector<std::int64_t>{2, 1, 7, 8});
  CHECK(mean_service_ns(log.requests) == 4.5e9);
}

TEST_CASE("a service is value times scale and unit, rounded half up to a nanosecond", "[log]") {
  struct Row {
    const char* value;
    int power;
    std::int64_t scale, ns;
  };
  const auto row = GENERATE(values<Row>({{"1.5", 9, 1'000'000, 1'500'000'000},
                                         {"44", 6, 25'000'000, 1'100'000'000},
                                         {"0.0004", 3, 1'000'000, 0},
                                         {"0.0005", 3, 1'000'000, 1},
                                         {"3", 3, 1'500'000, 4'500},
                                         {"86400", 9, 1'000'000, 86'400'000'000'000},
                                         {"-0", 9, 1'000'000, 0}}));
  CAPTURE(row.value, row.power, row.scale);
  const RequestLog log =
      log_of(fmt::format("t,v\n1000000000,{}\n", row.value), with_service("v", row.power, row.scale));
  CHECK(log.requests.at(0).service.count() == row.ns);
}

TEST_CASE("bad rows of a log are skipped and counted as those of traces", "[log]") {
  const std::string text =
      "time,ms\n2026-01-01T00:00:00Z,5\nsoon,5\n2026-01-01T00:00:02Z,fast\n2026-01-01T00:00:03Z\n"
      "2026-01-01T00:00:04Z,-\n2026-01-01T00:00:05Z,6\n";
  RequestLogOptions options = with_service("ms", 6);
  const RequestLog skips = log_of(text, options);
  CHECK(skips.requests.size() == 2);
  CHECK(skips.import.rows_read == 6);
  CHECK(skips.import.rows_skipped == 4);
  CHECK(skips.import.skipped_reasons ==
        std::vector<std::string>{"line 3, column 'time': 'soon': expected a time",
                                 "line 4, column 'ms': 'fast': expected a number",
                                 "line 5: 1 columns: expected 2 or more",
                                 "line 6, column 'ms': '-': expected a number"});
  options.draws_missing = true;
  const RequestLog draws = log_of(text, options);
  REQUIRE(draws.requests.size() == 3);
  CHECK(draws.requests[1].service < Nanos::zero());
  CHECK(draws.import.rows_skipped == 3);
}

TEST_CASE("the demand of a log is its requests in each second, or minute when it is longer than a day",
          "[log]") {
  const RequestLog brief = log_of("1000000000.9\n1000000002.1\n1000000002.2\n");
  CHECK(brief.import.trace.start == Time{1'000'000'000s});
  CHECK(brief.import.trace.step == 1s);
  CHECK(brief.import.trace.amounts == std::vector<sim::Amount>{kAmountUnit, 0, 2 * kAmountUnit});
  CHECK(brief.import.gaps == 1);
  CHECK(brief.import.rows_merged == 1);

  RequestLogOptions options;
  options.start = Time{} + 7s + 300ms;
  const RequestLog moved = log_of("1000000000.9\n1000000002.1\n1000000002.2\n", options);
  CHECK(moved.requests[0].at == *options.start);
  CHECK(moved.requests[2].at == *options.start + 1300ms);
  CHECK(moved.import.first == Time{1'000'000'000s} + 900ms);
  CHECK(moved.import.trace.start == *options.start);
  CHECK(moved.import.trace.amounts == std::vector<sim::Amount>{kAmountUnit, 2 * kAmountUnit});

  const RequestLog wide = log_of("1000000000\n1000086401\n");
  CHECK(wide.import.trace.step == 1min);
  CHECK(wide.import.trace.total() == 2 * kAmountUnit);
}

TEST_CASE("what a log may not hold is told with file, line, column, value and what is expected", "[log]") {
  CHECK(error_of("t,v\n1,-2\n", with_service("v", 9)) ==
        "log.csv: line 2, column 'v': '-2': expected 0 or more");
  CHECK(error_of("t,v\n1,86401\n", with_service("v", 9)) ==
        "log.csv: line 2, column 'v': '86401': expected, once scaled, at most 1d");
  CHECK(error_of("t,v\n1,1e40\n", with_service("v", 9)) ==
        "log.csv: line 2, column 'v': '1e40': expected, once scaled, at most 1d");
  CHECK(error_of("t,v\n1,2\n", with_service("w", 9)) ==
        "log.csv: service_column 'w': expected one of 't', 'v', or 1 to 2");
  CHECK(error_of("") == "log.csv: no rows: expected a request a line");
  CHECK(error_of("t\nx\n") == "log.csv: no column of times in the first rows: name one with time_column");
  RequestLogOptions options;
  options.time_column = "t";
  CHECK(error_of("t\nx\n", options) ==
        "log.csv: no usable row among 1; line 2, column 't': 'x': expected a time");
  CHECK(error_of("1000000000\n99999999999\n").find("expected at most 10000000 steps of 60 s") !=
        std::string::npos);
}

TEST_CASE("a column of spans can be a distribution", "[log]") {
  const auto spans = read_spans("ms;note\n1,5;a\n-;b\n2;c\n", "s.csv", {"ms", 6, 1'000'000});
  REQUIRE(spans.has_value());
  CHECK(*spans == std::vector<Nanos>{1500us, 2ms});
  const Scenario s = scenario_of(R"("generator": {"base_per_second": 1}, "patience": "1m",
      "service": {"measured": {"file": "log.csv", "column": "GeneratedTokens", "unit": "ms"}})",
                                 kWrong);
  const auto& service = s.workloads[0].workload.requests->service;
  CHECK(service.kind == sim::load::TimeDistribution::Kind::Sample);
  CHECK(service.mean_ns() == Approx((44 + 109 + 55) / 3.0 * 1e6));
}

TEST_CASE("each request of a log is played at its time and takes what the log says", "[log]") {
  const Scenario s = scenario_of(
      R"("log": {"file": "log.csv", "time_column": "TIMESTAMP", "service_column": "GeneratedTokens",
                 "service_unit": "ms", "scale": 10})",
      kWrong);
  const sim::Workload& w = s.workloads[0].workload;
  CHECK(s.workloads[0].source == "log.csv");
  CHECK(s.workloads[0].import->rows_read == 3);
  CHECK(w.trace.start == s.start);
  CHECK(w.trace.total() == 3 * kAmountUnit);
  CHECK(w.capacity_per_instance == 1'442'308);  // 3 / (440 + 1090 + 550) ms
  const RunResult result = run(s);
  CHECK(result.calls_as_expected());
  const sim::GroupReport& web = result.report.groups.at(0);
  CHECK(web.offered == 3 * kAmountUnit);
  CHECK(web.served == 3 * kAmountUnit);
  REQUIRE(web.service);
  CHECK(web.service->requests.responses.count() == 3 * kAmountUnit);
  CHECK(web.service->requests.responses.mean_ns() == Approx(2.08e9 / 3));  // none of the three had to wait
}

TEST_CASE("without a service column services are drawn, and a log may keep its own times", "[log]") {
  const std::string drawn = R"("service": {"exponential": "100ms"}, "log": {"file": "log.csv"})";
  const Scenario s = scenario_of(drawn, kWrong);
  CHECK(s.workloads[0].workload.capacity_per_instance == 10 * kAmountUnit);
  CHECK(run(s).report.groups.at(0).served == 3 * kAmountUnit);

  std::string text = scenario_text(
      R"("service": "1s", "log": {"file": "log.csv", "align": "calendar", "utc_offset": "+1h"})");
  text.insert(1, R"("start": "2023-11-16T17:15:47Z", )");
  const LoadResult kept = load(text, "t.json", kWrong);
  REQUIRE(kept.scenario);
  CHECK(kept.scenario->workloads[0].workload.trace.start == kept.scenario->start - 1s);
  // The first of the three lies before the run.
  CHECK(run(*kept.scenario).report.groups.at(0).served == 2 * kAmountUnit);
}

TEST_CASE("two logs of equal demand in each second are still other demand when their requests differ",
          "[log]") {
  const auto fingerprint = [](const std::string& rows) {
    RequestLogOptions options = with_service("2", 9);
    sim::Workload workload;
    RequestLog log = log_of(rows, options);
    workload.trace = log.import.trace;
    workload.requests.emplace();
    workload.requests->arrivals.recorded =
        std::make_shared<const std::vector<sim::load::RecordedRequest>>(log.requests);
    return demand_fingerprint(workload);
  };
  const std::string one = fingerprint("1000000000.1,1\n1000000000.2,2\n");
  CHECK(one == fingerprint("1000000000.2,2\n1000000000.1,1\n"));
  CHECK(one != fingerprint("1000000000.1,1\n1000000000.2,3\n"));
  CHECK(one != fingerprint("1000000000.1,1\n1000000000.3,2\n"));
}

TEST_CASE("an hour of language model requests is played to the last one, times of seven digits and all",
          "[log][traces]") {
  if (!fs::exists(shared_traces() / "azure_llm_2023_conv.csv")) {
    WARN("skipped: ../shared/traces/azure_llm_2023_conv.csv is absent");
    return;
  }
  const Scenario s = scenario_of(
      R"("concurrency": 64, "log": {"file": "azure_llm_2023_conv.csv", "service_column": "GeneratedTokens",
         "service_unit": "ms", "scale": 25})",
      shared_traces(), "2h");
  const auto& requests = *s.workloads[0].workload.requests->arrivals.recorded;
  REQUIRE(requests.size() == 19'366);
  CHECK(s.workloads[0].import->rows_skipped == 0);
  CHECK(requests[1].at - requests[0].at == Duration{50'995'169 - 46'680'590});
  CHECK(requests[0].service == 1100ms);
  const RunResult result = run(s);
  const sim::GroupReport& web = result.report.groups.at(0);
  CHECK(web.offered == 19'366 * kAmountUnit);
  CHECK(web.served == 19'366 * kAmountUnit);
}

}  // namespace tidepool::scenarios
