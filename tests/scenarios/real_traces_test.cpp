// Whole runs on recorded demand, where the shared trace files lie beside the checkout.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "scenarios/load.hpp"
#include "scenarios/run_scenario.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;

fs::path shared_traces() { return fs::path(TIDEPOOL_SOURCE_DIR).parent_path() / "shared" / "traces"; }

bool is_missing(const char* file) {
  if (fs::exists(shared_traces() / file)) return false;
  WARN("skipped: ../shared/traces/" << file << " is absent");
  return true;
}

// A group with an alarm policy each way, for as long as the trace lasts.
std::string scenario_text(const std::string& trace_file, const std::string& start,
                          const std::string& duration, double capacity, const std::string& behaviour) {
  constexpr const char* kText = R"({
    "name": "real demand", "start": "@START", "duration": "@DURATION", "behaviour": "@BEHAVIOUR",
    "calls": [
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_configuration", "save": "conf",
       "body": {"scaling_configuration_name": "conf", "instance_config": {"flavorRef": "s3.large.2", "imageRef": "{image}",
         "key_name": "{key_pair}", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group", "save": "web",
       "body": {"scaling_group_name": "web", "scaling_configuration_id": "{conf}", "min_instance_number": 1,
         "desire_instance_number": 2, "max_instance_number": 100, "cool_down_time": 300, "vpc_id": "{vpc}",
         "networks": [{"id": "{subnet}"}]}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_policy",
       "body": {"scaling_policy_name": "out", "scaling_group_id": "{web}", "scaling_policy_type": "ALARM",
         "alarm_id": "{busy}", "cool_down_time": 300,
         "scaling_policy_action": {"operation": "ADD", "instance_percentage": 30}}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_policy",
       "body": {"scaling_policy_name": "in", "scaling_group_id": "{web}", "scaling_policy_type": "ALARM",
         "alarm_id": "{idle}", "cool_down_time": 600,
         "scaling_policy_action": {"operation": "REMOVE", "instance_number": 1}}},
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group/{web}/action", "body": {"action": "resume"}}
    ],
    "alarms": [
      {"name": "busy", "group": "web", "metric": "cpu_util", "statistic": "average", "operator": ">", "threshold": 70,
       "period": "5m", "count": 1},
      {"name": "idle", "group": "web", "metric": "cpu_util", "statistic": "average", "operator": "<", "threshold": 35,
       "period": "5m", "count": 3}
    ],
    "workloads": [{"group": "web", "model": "fluid", "capacity_per_instance": @CAPACITY,
                   "trace": {"file": "@FILE", "unit": "count", "step": "1m"}}]
  })";
  std::string text = kText;
  const auto put = [&](const std::string& name, const std::string& value) {
    const std::size_t at = text.find(name);
    text.replace(at, name.size(), value);
  };
  put("@START", start);
  put("@DURATION", duration);
  put("@BEHAVIOUR", behaviour);
  put("@CAPACITY", fmt::format("{}", capacity));
  put("@FILE", trace_file);
  return text;
}

RunResult run_of(const std::string& text) {
  LoadResult loaded = load(text, "real.json", shared_traces());
  for (const std::string& each : loaded.errors) UNSCOPED_INFO(each);
  REQUIRE(loaded.scenario);
  return run(*loaded.scenario);
}

void check_run(const RunResult& result, sim::Amount requests) {
  CHECK(result.calls_as_expected());
  REQUIRE(result.report.groups.size() == 1);
  const sim::GroupReport& web = result.report.groups.front();
  CHECK(web.offered == requests * sim::kAmountUnit);  // Exactly the sum of the file.
  CHECK(web.served > web.offered * 9 / 10);
  CHECK(web.served <= web.offered);
  CHECK(web.actions.contains("NORMAL ALARM"));
  CHECK(web.launches > 10);
}

}  // namespace

TEST_CASE("the NASA month is offered to the last request, its silent minutes as nothing", "[traces]") {
  if (is_missing("nasa_http_1995-08_1min.csv")) return;
  const std::string behaviour = GENERATE(as<std::string>(), "classic", "current");
  const RunResult result =
      run_of(scenario_text("nasa_http_1995-08_1min.csv", "1995-08-01T00:00:00Z", "31d", 0.4, behaviour));
  check_run(result, 1'569'898);

  // From 14:52 on the first day the server was shut down for more than a day and a half: the group idles at its minimum.
  const auto at = sim::Time{std::chrono::sys_days{std::chrono::year{1995} / 8 / 2}.time_since_epoch()};
  const auto in_the_gap = [&](const sim::MetricSample& each) {
    return each.time > at && each.time <= at + std::chrono::hours{24};
  };
  int samples = 0;
  for (const sim::MetricSample& each : result.cloud.samples()) {
    if (!in_the_gap(each)) continue;
    ++samples;
    CHECK(each.offered == 0);
    CHECK(each.in_service == 1);
  }
  CHECK(samples == 288);
}

TEST_CASE("the World Cup weeks are offered to the last request", "[traces]") {
  if (is_missing("worldcup98_1998-06-25_1998-07-12_1min.csv")) return;
  const std::string behaviour = GENERATE(as<std::string>(), "classic", "current");
  const RunResult result = run_of(scenario_text("worldcup98_1998-06-25_1998-07-12_1min.csv",
                                                "1998-06-25T00:00:00Z", "18d", 100, behaviour));
  check_run(result, 563'231'406);
}

}  // namespace tidepool::scenarios
