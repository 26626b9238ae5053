// What README.md in scenarios promises of a file: which are read, and as what; which are refused, and in which words.
//
// tests/scenarios/wrong holds one file a mistake, with the exact complaints beside it; UPDATE_GOLDEN=1 rewrites those.
#include "scenarios/load.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "scenarios/json_reader.hpp"
#include "scenarios/load_units.hpp"
#include "sim/engine/rng.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using sim::Duration;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Strings = std::vector<std::string>;

const fs::path kSource = TIDEPOOL_SOURCE_DIR;
const fs::path kWrong = kSource / "tests/scenarios/wrong";

bool is_set(const char* variable) {
  return std::getenv(variable) != nullptr;  // NOLINT(concurrency-mt-unsafe): a test has one thread
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const auto& each : fs::directory_iterator(folder))
    if (each.path().extension() == ".json") files.push_back(each.path());
  std::ranges::sort(files);
  return files;
}

std::vector<fs::path> bundled() {
  std::vector<fs::path> files;
  for (const char* folder : {"basic", "policies", "hooks", "faults"})
    std::ranges::copy(json_files(kSource / "scenarios" / folder), std::back_inserter(files));
  return files;
}

std::string joined(const Strings& lines) {
  std::string text;
  for (const std::string& each : lines) text += each + "\n";
  return text;
}

LoadResult loaded(const std::string& text, const LoadOptions& options = {}) {
  return load(text, "t.json", kWrong, options);
}

Scenario scenario_of(const std::string& text, const LoadOptions& options = {}) {
  LoadResult result = loaded(text, options);
  INFO(text);
  INFO(joined(result.errors));
  REQUIRE(result.scenario);
  REQUIRE(result.errors.empty());
  return *std::move(result.scenario);
}

Strings refusals_of(const std::string& text) {
  const LoadResult result = loaded(text);
  INFO(text);
  REQUIRE_FALSE(result.scenario);
  REQUIRE_FALSE(result.errors.empty());
  return result.errors;
}

const std::string kCreateGroup =
    R"({"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group", "body": {}, "save": "web"})";

// A scenario of an hour with a group called web, and further members of the file.
std::string with_group(const std::string& more, const std::string& calls = "") {
  return R"({"duration": "1h", "calls": [)" + kCreateGroup + (calls.empty() ? "" : ", ") + calls + "]" +
         (more.empty() ? "" : ", ") + more + "}";
}

std::string with_alarm(const std::string& more) {
  return with_group(R"("alarms": [{"name": "cpu", "group": "web", "operator": ">", )" + more + "}]");
}

std::string with_workload(const std::string& source) {
  return with_group(R"("workloads": [{"group": "web", "capacity_per_instance": 10, )" + source + "}]");
}

std::string with_fault(const std::string& more) { return with_group(R"("faults": [{)" + more + "}]"); }

// The fenced examples of the contract.
Strings examples() {
  std::istringstream lines(text_of(kSource / "scenarios/README.md"));
  Strings found;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line == "```jsonc") found.emplace_back();
    if (inside && line != "```") found.back() += line + "\n";
    inside = line == "```jsonc" || (inside && line != "```");
  }
  return found;
}

bool is_printable_utf8(const std::string& text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (!begins_with_character(rest) || static_cast<unsigned char>(rest[0]) < 0x20U) return false;
    do ++i;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U);
  }
  return true;
}

// ---- Files that are right ----

TEST_CASE("every scenario that comes with the program is read without a complaint", "[scenarios]") {
  const auto files = bundled();
  CHECK(files.size() >= 11);
  for (const fs::path& each : files) {
    const LoadResult result = load_file(each);
    INFO(joined(result.errors));
    REQUIRE(result.scenario);
    CHECK(result.scenario->name == each.stem());
    CHECK_FALSE(result.scenario->description.empty());
    CHECK(result.scenario->file == each.string());
    CHECK(result.scenario->text == text_of(each));
  }
}

TEST_CASE("every example of the contract is read without a complaint", "[scenarios]") {
  const Strings all = examples();
  CHECK(all.size() >= 3);
  for (const std::string& each : all) scenario_of(each);
}

TEST_CASE("the file says almost nothing and everything has its default", "[scenarios]") {
  const Scenario s = scenario_of(R"({"duration": "1h"})");
  CHECK(s.name == "t");
  CHECK(s.seed == 1);
  CHECK(moment_text(s.start) == "2026-01-05T00:00:00Z");
  CHECK(s.duration == hours{1});
  CHECK(s.behaviour_name == "classic");
  CHECK(s.project_id == "0123456789abcdef0123456789abcdef");
  CHECK(s.currency == "EUR");
  CHECK(s.billing.quantum == hours{1});
  CHECK(s.region.name == "eu-de");
  CHECK(s.region.zones.size() == 3);
  REQUIRE(s.region.flavors.size() == 1);
  CHECK(s.region.flavors[0].zones.size() == 3);
  CHECK(s.region.flavors[0].price_millionths_per_hour == 70'000);
  CHECK(s.region.boot_time.first == seconds{100});
  CHECK(s.region.enterprise_projects == Strings{"0"});
  const std::map<std::string, std::string> placeholders{
      {"flavor", "s3.large.2"},
      {"image", "40000000-0000-4000-8000-000000000001"},
      {"key_pair", "ops-key"},
      {"security_group", "30000000-0000-4000-8000-000000000001"},
      {"subnet", "20000000-0000-4000-8000-000000000001"},
      {"vpc", "10000000-0000-4000-8000-000000000001"},
      {"zone", "eu-de-01"},
      {"zone_2", "eu-de-02"},
      {"zone_3", "eu-de-03"}};
  CHECK(s.placeholders == placeholders);
}

TEST_CASE("comments, a comma after the last item and a byte order mark are allowed", "[scenarios]") {
  const Scenario s =
      scenario_of("\xef\xbb\xbf// first\n{\"duration\": /* not 2h */ \"1h\", \"seed\": 7,} // last");
  CHECK(s.seed == 7);
  CHECK(scenario_of(R"({"$schema": "./scenario.json", "duration": "1h", "calls": [],})").calls.empty());
}

TEST_CASE("a seed given by the caller takes the place of the file's", "[scenarios]") {
  const std::string text = with_workload(R"("generator": {"base_per_second": 5, "noise": 0.3})");
  const Scenario one = scenario_of(text), two = scenario_of(text, {.seed = 2}),
                 again = scenario_of(text, {.seed = 1});
  CHECK(two.seed == 2);
  CHECK_FALSE(one.workloads[0].workload.trace == two.workloads[0].workload.trace);
  CHECK(one.workloads[0].workload.trace == again.workloads[0].workload.trace);
}

TEST_CASE("a behaviour is a profile, or a profile with knobs of its own", "[scenarios]") {
  const auto behaviour = [](const std::string& text) {
    return scenario_of(R"({"duration": "1h", "behaviour": )" + text + "}");
  };
  CHECK(behaviour("\"classic\"").behaviour.cooldown_start == sim::CooldownStart::Trigger);
  CHECK(behaviour("\"current\"").behaviour.cooldown_start == sim::CooldownStart::End);
  CHECK(behaviour("\"current\"").behaviour_name == "current");
  CHECK(behaviour("{}").behaviour_name == "classic");
  const Scenario s = behaviour(
      R"({"profile": "current", "cooldown_start": "trigger", "scale_in_balance": "balance_first", "default_max": 5,
          "require_configuration": false, "initial_status": "INSERVICE", "unknown_id": 400, "scan_period": "0s",
          "max_retries": 3, "metric_period": "1m", "alarm_repeat": "transitions_only", "lb_change": "idle_only"})");
  CHECK(s.behaviour.cooldown_start == sim::CooldownStart::Trigger);
  CHECK(s.behaviour.scale_in_balance == sim::ScaleInBalance::BalanceFirst);
  CHECK(s.behaviour.default_max == 5);
  CHECK_FALSE(s.behaviour.require_configuration);
  CHECK(s.behaviour.require_weight);
  CHECK(s.behaviour.initial_status == sim::InitialStatus::InService);
  CHECK(s.behaviour.unknown_id == sim::UnknownId::BadRequest400);
  CHECK(s.behaviour.scan_period == Duration::zero());
  CHECK(s.behaviour.max_retries == 3);
  CHECK(s.behaviour.metric_period == minutes{1});
  CHECK(s.behaviour.alarm_repeat == sim::AlarmRepeat::TransitionsOnly);
  CHECK(s.behaviour.lb_change == sim::LbChange::IdleOnly);
  CHECK(s.behaviour_name.starts_with("current with cooldown_start, scale_in_balance, default_max, "));
  CHECK_FALSE(behaviour(R"({"max_retries": "unlimited"})").behaviour.max_retries);
  const sim::Behaviour newer =
      behaviour(
          R"({"standby": true, "strict_lifecycle_enum": true, "hook_extension_capped": true, "integer_texts": false,
          "forced_delete_survival": 0.25, "policy_exec_latency": "2s", "bandwidth_exec_latency": "0s",
          "bandwidth_policy_quota": 10})")
          .behaviour;
  CHECK(newer.standby);
  CHECK(newer.strict_lifecycle_enum);
  CHECK(newer.hook_extension_capped);
  CHECK_FALSE(newer.integer_texts);
  CHECK(newer.forced_delete_survival_ppm == 250'000);
  CHECK(newer.policy_exec_latency == seconds{2});
  CHECK(newer.bandwidth_exec_latency == Duration::zero());
  CHECK(newer.bandwidth_policy_quota == 10);
}

TEST_CASE("a region's things refer to each other and are known by their names", "[scenarios]") {
  const Scenario s = scenario_of(R"({"duration": "1h", "region": {
    "name": "eu-nl",
    "zones": ["a", {"name": "b", "capacity": {"small": 7, "s3.large.2": 0}}],
    "flavors": {"s3.large.2": {}, "small": {"vcpus": 1, "memory_mb": 2048, "price_per_hour": 0.025, "zones": ["b"],
                "boot_time": "40s"}},
    "key_pairs": ["mine", "yours"],
    "vpcs": ["front", "b7e1c9a4-0d0f-4b5e-8a43-6f1f5b8f2a10"],
    "subnets": [{"name": "s", "vpc": "vpc_2", "ipv6": true}, {"vpc": "10000000-0000-4000-8000-000000000001"}],
    "images": [{"min_disk_gb": 40}],
    "listeners": ["http", {"vpc": "b7e1c9a4-0d0f-4b5e-8a43-6f1f5b8f2a10"}],
    "pools": [{"id": "e0a6c9f2-77a3-4d0d-9c55-91c1e0c5a2b3"}],
    "servers": [{"name": "legacy-1", "zone": "b", "vpc": "front", "flavor": "small", "status": "SHUTOFF"}, {}],
    "enterprise_projects": ["team"]
  }})");
  const sim::Region& r = s.region;
  CHECK(r.zones[1].capacity == std::map<sim::FlavorId, int>{{sim::FlavorId{0}, 0}, {sim::FlavorId{1}, 7}});
  CHECK(r.zones[0].capacity.empty());
  CHECK(r.flavors[1].price_millionths_per_hour == 25'000);
  CHECK(r.flavors[1].zones == std::vector<sim::ZoneId>{sim::ZoneId{1}});
  CHECK(r.flavors[1].boot_time->first == seconds{40});
  CHECK_FALSE(r.flavors[0].boot_time);
  CHECK(r.key_pairs[0].name == "mine");
  CHECK(r.key_pairs[1].name == "yours");
  CHECK(r.subnets[0].vpc == sim::VpcId{1});
  CHECK(r.subnets[0].ipv6);
  CHECK(r.subnets[1].vpc == sim::VpcId{0});
  CHECK(r.images[0].min_disk_gb == 40);
  CHECK(r.listeners[0].vpc == sim::VpcId{0});
  CHECK(r.listeners[1].vpc == sim::VpcId{1});
  CHECK(r.servers[0].name == "legacy-1");
  CHECK(r.servers[0].zone == sim::ZoneId{1});
  CHECK(r.servers[0].flavor == sim::FlavorId{1});
  CHECK_FALSE(r.servers[0].active);
  CHECK(r.servers[1].active);
  CHECK(r.enterprise_projects == Strings{"0", "80000000-0000-4000-8000-000000000001"});
  CHECK(s.placeholders.at("vpc_2") == "b7e1c9a4-0d0f-4b5e-8a43-6f1f5b8f2a10");
  CHECK(s.placeholders.at("front") == "10000000-0000-4000-8000-000000000001");
  CHECK(s.placeholders.at("pool") == "e0a6c9f2-77a3-4d0d-9c55-91c1e0c5a2b3");
  CHECK(s.placeholders.at("legacy-1") == r.servers[0].id);
  CHECK(s.placeholders.at("team") == r.enterprise_projects[1]);
  CHECK(s.placeholders.at("key_pair_2") == "yours");
  CHECK(s.placeholders.at("flavor_2") == "small");
}

TEST_CASE("what flavors, images, zones and projects can and can't is read", "[scenarios]") {
  const Scenario s = scenario_of(R"({"duration": "1h", "behaviour": {"instance_quota": 1, "vcpu_quota": 2,
    "memory_quota_mb": 3, "disk_quota": 4, "eip_quota": 5}, "region": {
    "zones": ["a", {"name": "b", "volume_types": ["SSD", "co-p1"], "ipv6": false}],
    "flavors": {"f": {"architecture": "arm64", "volume_types": ["SAS"], "status": "withdrawn"}},
    "images": [{"min_memory_mb": 512, "os_bits": 32, "architecture": "arm64", "status": "queued", "zones": ["b"]}],
    "subnets": [{"cidr": "10.1.0.0/28"}, "open"],
    "enterprise_projects": ["team", {"name": "old", "status": "disabled"}, {"name": "far", "status": "unavailable"}]
  }})");
  const sim::Region& r = s.region;
  CHECK(r.zones[0].ipv6);
  CHECK_FALSE(r.zones[1].ipv6);
  CHECK(r.zones[1].volume_types == std::vector{sim::VolumeType::Ssd, sim::VolumeType::CoP1});
  CHECK(r.flavors[0].architecture == sim::Architecture::Arm64);
  CHECK(r.flavors[0].volume_types == std::vector{sim::VolumeType::Sas});
  CHECK(r.flavors[0].withdrawn);
  CHECK(r.images[0].min_memory_mb == 512);
  CHECK(r.images[0].os_bits == 32);
  CHECK(r.images[0].architecture == sim::Architecture::Arm64);
  CHECK(r.images[0].status == sim::ImageStatus::Queued);
  CHECK(r.images[0].zones == std::vector<sim::ZoneId>{sim::ZoneId{1}});
  CHECK(r.subnets[0].cidr == "10.1.0.0/28");
  CHECK(r.subnets[1].cidr.empty());
  CHECK(r.project_status == std::map<sim::EnterpriseProjectId, sim::ProjectStatus>{
                                {sim::EnterpriseProjectId{2}, sim::ProjectStatus::Disabled},
                                {sim::EnterpriseProjectId{3}, sim::ProjectStatus::Unavailable}});
  const sim::Behaviour& b = s.behaviour;
  CHECK(std::vector{b.instance_quota, b.vcpu_quota, b.memory_quota_mb, b.disk_quota, b.eip_quota} ==
        std::vector{1, 2, 3, 4, 5});
}

TEST_CASE("a distribution is a length or one of four kinds", "[scenarios]") {
  using Kind = sim::DurationDistribution::Kind;
  struct Row {
    std::string text;
    Kind kind;
    Duration first, second;
  };
  const Row row = GENERATE(values<Row>(
      {{R"("90s")", Kind::Constant, seconds{90}, {}},
       {R"({"constant": "1s500ms"})", Kind::Constant, milliseconds{1500}, {}},
       {R"({"uniform": ["30s", "30s"]})", Kind::Uniform, seconds{30}, seconds{30}},
       {R"({"uniform": ["0s", "1m"]})", Kind::Uniform, seconds{0}, seconds{60}},
       {R"({"exponential": "100s"})", Kind::Exponential, seconds{100}, {}},
       {R"({"lognormal": {"median": "97s", "p95": "150s"}})", Kind::LogNormal, seconds{97}, seconds{150}}}));
  const Scenario s = scenario_of(R"({"duration": "1h", "region": {"boot_time": )" + row.text + "}}");
  CHECK(s.region.boot_time.kind == row.kind);
  CHECK(s.region.boot_time.first == row.first);
  CHECK(s.region.boot_time.second == row.second);
}

// ---- Calls ----

TEST_CASE("calls are made in order of time, equal ones in the order of the file", "[scenarios]") {
  const std::string get = R"("call": "GET /autoscaling-api/v1/{project_id}/quotas"})";
  const Scenario s = scenario_of(R"({"duration": "1h", "start": "2026-03-02T06:00:00Z", "calls": [
    {"at": "+30m", )" + get + R"(, {"at": "2026-03-02T07:00:00+01:00", )" +
                                 get + R"(, {"at": "0s", )" + get + R"(, {"at": "+1h", )" + get + "]}");
  Strings order;
  for (const TimedCall& each : s.calls) order.push_back(each.where + " " + moment_text(each.at));
  CHECK(order == Strings{"calls[1] 2026-03-02T06:00:00Z", "calls[2] 2026-03-02T06:00:00Z",
                         "calls[0] 2026-03-02T06:30:00Z", "calls[3] 2026-03-02T07:00:00Z"});
}

TEST_CASE("a body reaches the service as it is written, placeholders and odd numbers included",
          "[scenarios]") {
  const Scenario s = scenario_of(with_group("", R"({"at": "+1s",
    "call": "PUT /autoscaling-api/v1/{project_id}/scaling_group/{web}?a={{b}&c=%20",
    "body": {"a": 1.50, "b": 1e3, "c": [null, true, {}], "d": "{vpc}\"\n", "e": "{{plain}} and {{{zone}}", "f": -0}})"));
  CHECK(s.calls[1].method == "PUT");
  CHECK(s.calls[1].path == "/autoscaling-api/v1/{project_id}/scaling_group/{web}?a=%7Bb}&c=%20");
  CHECK(s.calls[1].body == R"({"a":1.50,"b":1e3,"c":[null,true,{}],"d":"{vpc}\"\u000a",)"
                           R"("e":"\u007bplain}} and \u007b{zone}}","f":-0})");
  CHECK(s.calls[0].body == "{}");
  CHECK(s.calls[0].save == "web");
}

TEST_CASE("an expectation is a status, a code, both or neither", "[scenarios]") {
  const auto call = [](const std::string& more) {
    return scenario_of(R"({"duration": "1h", "calls": [{"at": "+0s", "call": "GET /autoscaling-api/v2/x")" +
                       more + "}]}")
        .calls[0];
  };
  CHECK_FALSE(call("").expect_status);
  CHECK_FALSE(call("").expect_code);
  CHECK(call("").body.empty());
  CHECK(call(R"(, "expect": {"status": 404})").expect_status == 404);
  CHECK(call(R"(, "expect": {"code": "AS.0007"})").expect_code == "AS.0007");
  CHECK_FALSE(call(R"(, "expect": {"code": "AS.0007"})").expect_status);
  CHECK(call(R"(, "save": "x", "take": "/a/0/b")").take == "/a/0/b");
}

TEST_CASE("a name may be used from the call after the one that saves it", "[scenarios]") {
  const std::string put =
      R"("call": "PUT /autoscaling-api/v1/{project_id}/scaling_group/{web}", "body": {}})";
  CHECK(scenario_of(with_group("", R"({"at": "+0s", )" + put)).calls.size() == 2);
  const Strings early =
      refusals_of(R"({"duration": "1h", "calls": [{"at": "+0s", )" + put + ", " + kCreateGroup + "]}");
  CHECK(early ==
        Strings{"t.json: calls[0].call: placeholder \"web\" is not saved yet: calls[1].save comes later"});
  // In the file's order, but not in that of time.
  CHECK(refusals_of(R"({"duration": "1h", "calls": [)" + kCreateGroup.substr(0, 8) + "+1s" +
                    kCreateGroup.substr(11) + R"(, {"at": "+0s", )" + put + "]}")
            .size() == 1);
}

TEST_CASE("an alarm rule is known to calls from the start", "[scenarios]") {
  const Scenario s =
      scenario_of(with_alarm(R"("threshold": 70)").substr(0, with_alarm(R"("threshold": 70)").size() - 1) +
                  R"(, "seed": 3})");
  CHECK(s.alarms[0].set.name == "cpu");
  CHECK(s.alarms[0].group == "web");
  const std::string text =
      R"({"duration": "1h", "alarms": [{"name": "cpu", "group": "web", "operator": ">", "threshold": 1}],
    "calls": [{"at": "+0s", "call": "GET /autoscaling-api/v1/{cpu}"}, )" +
      kCreateGroup + "]}";
  CHECK(scenario_of(text).calls.size() == 2);
}

// ---- Alarms, demand, faults, objectives ----

TEST_CASE("a threshold is the decimal that is written, to the millionth", "[scenarios]") {
  const auto threshold = [](const std::string& number) {
    return scenario_of(with_alarm("\"threshold\": " + number)).alarms[0].set.threshold;
  };
  CHECK(threshold("70") == 70'000'000);
  CHECK(threshold("0.1") == 100'000);
  CHECK(threshold("72.500001") == 72'500'001);
  CHECK(threshold("1e-6") == 1);
  CHECK(threshold("7.25e1") == 72'500'000);
  CHECK(threshold("1000000000") == 1'000'000'000'000'000);
  CHECK(threshold("-0.0") == 0);
}

TEST_CASE("an alarm rule has Cloud Eye's defaults", "[scenarios]") {
  const auto rule = [](const std::string& more) {
    return scenario_of(with_alarm("\"threshold\": 70" + more)).alarms[0].set;
  };
  CHECK(rule("").metric == sim::GroupMetric::CpuUtil);
  CHECK(rule("").statistic == sim::AlarmStatistic::Average);
  CHECK(rule("").comparison == sim::AlarmOperator::Greater);
  CHECK(rule("").period == minutes{5});
  CHECK(rule("").count == 1);
  CHECK_FALSE(rule("").suppress);
  CHECK(rule(R"(, "period": "1s")").period == Duration::zero());
  CHECK(rule(R"(, "period": "20m")").period == minutes{20});
  CHECK(rule(R"(, "suppress_duration": "0s")").suppress == Duration::zero());
  CHECK(rule(R"(, "statistic": "variance", "metric": "instance_num")").statistic ==
        sim::AlarmStatistic::Variance);
}

TEST_CASE("an alarm's period is a whole number of metric periods", "[scenarios]") {
  const auto period = [](const std::string& metric, const std::string& alarm) {
    return with_group(R"("behaviour": {"metric_period": ")" + metric +
                      R"("}, "alarms": [{"name": "a", "group": "web", "operator": ">", "threshold": 1)" +
                      alarm + "}]");
  };
  CHECK(scenario_of(period("1m", R"(, "period": "3m")")).alarms[0].set.period == minutes{3});
  CHECK(scenario_of(period("7m", "")).alarms[0].set.period == minutes{7});
  CHECK(scenario_of(period("1m", "")).alarms[0].set.period == minutes{5});
  CHECK(refusals_of(period("2m", R"(, "period": "5m")")).size() == 1);
}

TEST_CASE("generated demand differs by the workload's place and covers the run", "[scenarios]") {
  const std::string second = kCreateGroup.substr(0, kCreateGroup.rfind("web")) + "db\"}";
  const std::string load =
      R"(, "capacity_per_instance": 2.5, "generator": {"base_per_second": 4, "noise": 0.5}})";
  const Scenario s = scenario_of(
      with_group(R"("workloads": [{"group": "web")" + load + R"(, {"group": "db")" + load + "]", second));
  CHECK(s.workloads[0].workload.capacity_per_instance == 2'500'000);
  CHECK(s.workloads[0].source == "generator");
  CHECK(s.workloads[0].workload.trace.start == s.start);
  CHECK(s.workloads[0].workload.trace.end() == s.start + s.duration);
  CHECK_FALSE(s.workloads[0].workload.trace == s.workloads[1].workload.trace);
}

TEST_CASE("a queue's services follow from the capacity, a request's capacity from the services",
          "[scenarios]") {
  const auto workload = [](const std::string& more) {
    return scenario_of(with_group(R"("workloads": [{"group": "web", "generator": {"base_per_second": 4}, )" +
                                  more + "}]"))
        .workloads[0]
        .workload;
  };
  const sim::Workload fluid = workload(R"("capacity_per_instance": 10)");
  CHECK_FALSE(fluid.tells_latency());

  const sim::Workload queue = workload(
      R"("model": "queue", "capacity_per_instance": 20, "concurrency": 4, "queue_limit": 50, "response_bound": "1500us")");
  REQUIRE(queue.queue);
  CHECK(queue.concurrency == 4);
  CHECK(queue.queue->service == milliseconds{200});
  CHECK(queue.queue->limit == 50 * sim::kAmountUnit);
  CHECK(queue.queue->bound == microseconds{1500});

  const sim::Workload requests = workload(
      R"("model": "requests", "service": {"exponential": "250ms"}, "concurrency": 5, "balancer": "power_of_two",
         "queue": {"at": "instance", "limit": 7}, "patience": {"uniform": ["1s", "3s"]}, "timeout": "4s", "after_timeout": "stop",
         "retries": {"attempts": 3, "base": "50ms", "factor": 1.5, "longest": "1s", "jitter": 0.25},
         "warm_up": {"length": "1m", "share": 0.5}, "drain": "15s", "response_bound": "800ms",
         "arrivals": {"kind": "modulated", "batch": 2, "random_batch": true, "calm_factor": 0.5, "busy_factor": 3,
                      "calm_length": "40s", "busy_length": "10s"})");
  REQUIRE(requests.requests);
  const auto& set = *requests.requests;
  CHECK(requests.capacity_per_instance == 20 * sim::kAmountUnit);
  CHECK(requests.drain == seconds{15});
  CHECK(set.concurrency == 5);
  CHECK(set.policy == sim::load::BalancerPolicy::PowerOfTwo);
  CHECK(set.queue_at == sim::load::QueuePlace::Instance);
  CHECK(set.queue_limit == 7);
  REQUIRE(set.patience);
  CHECK(set.patience->mean_ns() == 2e9);
  CHECK(set.timeout == seconds{4});
  CHECK(set.after_timeout == sim::load::AfterTimeout::StopWork);
  CHECK(set.retry.attempts == 3);
  CHECK(set.retry.base == milliseconds{50});
  CHECK(set.retry.factor == 1.5);
  CHECK(set.retry.longest == seconds{1});
  CHECK(set.retry.jitter == 0.25);
  CHECK(set.warm_up == minutes{1});
  CHECK(set.warm_up_share == 0.5);
  CHECK(set.bound == milliseconds{800});
  CHECK(set.arrivals.kind == sim::load::ArrivalSettings::Kind::Modulated);
  CHECK(set.arrivals.batch == 2);
  CHECK(set.arrivals.random_batch);
  CHECK(set.arrivals.calm_factor == 0.5);
  CHECK(set.arrivals.busy_factor == 3);
  CHECK(set.arrivals.calm_length == seconds{40});
  CHECK(set.arrivals.busy_length == seconds{10});
}

TEST_CASE("times of requests are lengths or distributions", "[scenarios]") {
  struct Row {
    const char* times;
    double mean_ms;
  };
  const auto row = GENERATE(values<Row>({{R"("40us")", 0.04},
                                         {R"({"constant": "2ms"})", 2},
                                         {R"({"exponential": "3ms"})", 3},
                                         {R"({"uniform": ["1ms", "2ms"]})", 1.5},
                                         {R"({"lognormal": {"median": "10ms", "p95": "10ms"}})", 10},
                                         {R"({"lognormal": {"median": "100ms", "p95": "500ms"}})", 161.4},
                                         {R"({"pareto": {"least": "10ms", "alpha": 2}})", 20},
                                         {R"({"measured": ["1ms", "2ms", "6ms"]})", 3}}));
  const Scenario s = scenario_of(with_group(
      std::string(
          R"("workloads": [{"group": "web", "generator": {"base_per_second": 4}, "model": "requests", "service": )") +
      row.times + "}]"));
  CHECK(s.workloads[0].workload.requests->service.mean_ns() / 1e6 == Approx(row.mean_ms).epsilon(0.001));
}

TEST_CASE("a trace begins with the run, or keeps its own times", "[scenarios]") {
  const std::string trace = R"("trace": {"file": "requests.csv", "unit": "count", "scale": 0.5})";
  const Scenario moved = scenario_of(with_workload(trace));
  const WorkloadDeclaration& w = moved.workloads[0];
  CHECK(w.source == "requests.csv");
  CHECK(w.workload.trace.start == moved.start);
  CHECK(w.workload.trace.amounts.size() == 24);
  CHECK(w.workload.trace.amounts[0] == 50'000'000);
  REQUIRE(w.import);
  CHECK(w.import->rows_read == 24);
  CHECK(w.import->trace.amounts.empty());

  const std::string calendar = R"("trace": {"file": "requests.csv", "unit": "count", "align": "calendar"})";
  std::string text = with_workload(calendar);
  text.insert(1, R"("start": "1995-08-01T12:00:00Z", )");
  const Scenario kept = scenario_of(text);
  CHECK(moment_text(kept.workloads[0].workload.trace.start) == "1995-08-01T00:00:00Z");
  CHECK(refusals_of(with_workload(calendar)).size() == 1);
}

TEST_CASE("a fault has a span and what its kind needs", "[scenarios]") {
  const auto fault = [](const std::string& text) { return scenario_of(with_fault(text)).faults[0]; };
  const FaultDeclaration outage =
      fault(R"("kind": "zone_outage", "from": "+10m", "duration": "5m", "zone": "eu-de-02")");
  CHECK(outage.fault.zone == sim::ZoneId{1});
  CHECK(outage.fault.until - outage.fault.from == minutes{5});
  CHECK(outage.group.empty());
  const FaultDeclaration boot =
      fault(R"("kind": "boot_failure", "at": "+0s", "probability": 0.000001, "group": "web")");
  CHECK(boot.fault.probability_ppm == 1);
  CHECK(boot.fault.until == sim::kNever);
  CHECK(boot.group == "web");
  const FaultDeclaration sick = fault(
      R"("kind": "sick_instances", "at": "+1m", "until": "+2m", "group": "web", "sickness": "deleted", "count": 3)");
  CHECK(sick.fault.sickness == sim::Sickness::Deleted);
  CHECK(sick.fault.count == 3);
  CHECK(fault(R"("kind": "instance_failure", "at": "+0s", "mean_time_to_failure": "30d")")
            .fault.mean_time_to_failure == hours{720});
  CHECK(fault(R"("kind": "sold_out", "at": "+0s", "flavor": "s3.large.2")").fault.flavor == sim::FlavorId{0});
  const FaultDeclaration slow =
      fault(R"("kind": "boot_delay", "at": "+0s", "delay": "1m", "factor": 2.5, "zone": "eu-de-02")");
  CHECK(slow.fault.delay == minutes{1});
  CHECK(slow.fault.factor_ppm == 2'500'000);
  CHECK(slow.fault.zone == sim::ZoneId{1});
  const FaultDeclaration lost = fault(R"("kind": "hook_message_lost", "at": "+0s", "hook": "h", "count": 2)");
  CHECK(lost.fault.probability_ppm == 1'000'000);
  CHECK(lost.fault.count == 2);
  CHECK(lost.fault.hook == "h");
  CHECK(fault(R"("kind": "hook_message_lost", "at": "+0s", "probability": 0.5)").fault.count == 0);
  const FaultDeclaration down =
      fault(R"("kind": "elb_member_down", "at": "+0s", "duration": "5m", "group": "web", "count": 4)");
  CHECK(down.group == "web");
  CHECK(down.fault.count == 4);
  const FaultDeclaration death = fault(R"("kind": "instance_death", "at": "+5m", "group": "web")");
  CHECK(death.fault.from - scenario_of(with_fault(R"("kind": "sold_out", "at": "+0s")")).start == minutes{5});
  CHECK(death.fault.count == 1);
}

TEST_CASE("an objective may name every metric of the report", "[scenarios]") {
  for (const sim::ReportMetric& each : sim::report_metrics()) {
    const Scenario s = scenario_of(fmt::format(
        R"({{"duration": "1h", "objectives": [{{"metric": "{}", "at_most": 2.5, "at_least": 0}}]}})",
        each.name));
    CHECK(s.objectives[0].metric == each.name);
    CHECK(s.objectives[0].at_most_micro == 2'500'000);
    CHECK(s.objectives[0].at_least_micro == 0);
    CHECK(s.objectives[0].group.empty());
  }
}

// ---- Files that are wrong ----

TEST_CASE("each wrong file is refused in these words", "[scenarios][golden]") {
  const auto files = json_files(kWrong);
  CHECK(files.size() >= 100);
  const bool update = is_set("UPDATE_GOLDEN");
  for (const fs::path& each : files) {
    const LoadResult result = load(text_of(each), each.filename().string(), kWrong);
    std::string said = joined(result.errors);
    // The trace's own message begins with the path that was tried.
    for (std::size_t at = said.find(kWrong.string()); at != std::string::npos;
         at = said.find(kWrong.string()))
      said.erase(at, kWrong.string().size() + 1);
    fs::path expected = each;
    expected.replace_extension(".expected");
    if (update) std::ofstream(expected, std::ios::binary) << said;
    CAPTURE(each.filename().string());
    CHECK_FALSE(result.scenario);
    CHECK(said == text_of(expected));
    CHECK(std::ranges::all_of(result.errors, is_printable_utf8));
  }
}

TEST_CASE("all that is wrong with a file is told in one go", "[scenarios]") {
  const Strings errors = load_file(kWrong / "many_faults_at_once.json").errors;
  for (const char* part :
       {"duration", "seed", "behaviour", "region", "calls", "alarms", "workloads", "faults", "objectives"}) {
    CAPTURE(part);
    CHECK(std::ranges::any_of(errors,
                              [&](const std::string& each) { return each.find(part) != std::string::npos; }));
  }
}

TEST_CASE("a range includes both of its ends and nothing beyond", "[scenarios]") {
  struct Row {
    std::string what;
    std::string (*file)(const std::string&);
    Strings inside, outside;
  };
  using S = const std::string&;
  const auto row = GENERATE(values<Row>({
      {"seed",
       [](S v) { return R"({"duration": "1h", "seed": )" + v + "}"; },
       {"0", "9223372036854775807", "1e3", "5.0"},
       {"-1", "9223372036854775808", "0.5", "1e30", "true"}},
      {"duration",
       [](S v) { return R"({"duration": )" + v + "}"; },
       {R"("1s")", R"("36500d")", R"("1d1h1m1s1ms")"},
       {R"("999ms")", R"("36500d1ms")", R"("")", "null"}},
      {"quantum",
       [](S v) { return R"({"duration": "1h", "billing": {"quantum": )" + v + "}}"; },
       {R"("1ms")", R"("366d")"},
       {R"("0s")", R"("366d1ms")"}},
      {"start",
       [](S v) { return R"({"duration": "1s", "start": )" + v + "}"; },
       {R"("1970-01-01T00:00:00Z")", R"("9999-12-31T23:59:58Z")", R"("2024-02-29T23:59:59.999999-23:59")"},
       {R"("1969-12-31T23:59:59Z")", R"("2023-02-29T00:00:00Z")"}},
      {"metric_period",
       [](S v) { return R"({"duration": "1h", "behaviour": {"metric_period": )" + v + "}}"; },
       {R"("1s")", R"("1d")"},
       {R"("999ms")", R"("1d1ms")"}},
      {"default_max",
       [](S v) {
         return R"({"duration": "1h", "behaviour": {"max_instances_per_group": 9, "default_max": )" + v +
                "}}";
       },
       {"0", "9"},
       {"-1", "10"}},
      {"price",
       [](S v) {
         return R"({"duration": "1h", "region": {"flavors": {"a": {"price_per_hour": )" + v + "}}}}";
       },
       {"0", "0.000001", "1000000"},
       {"-0.000001", "0.0000001", "1000000.000001"}},
      {"capacity",
       [](S v) {
         return R"({"duration": "1h", "region": {"zones": [{"name": "a", "capacity": {"s3.large.2": )" + v +
                "}}]}}";
       },
       {"0", "1000000"},
       {"-1", "1000001"}},
      {"boot_time",
       [](S v) { return R"({"duration": "1h", "region": {"boot_time": )" + v + "}}"; },
       {R"("0s")", R"("30d")"},
       {R"("30d1ms")", "0"}},
      {"threshold",
       [](S v) { return with_alarm("\"threshold\": " + v); },
       {"0", "1000000000"},
       {"-0.000001", "1000000000.000001"}},
      {"count", [](S v) { return with_alarm("\"threshold\": 1, \"count\": " + v); }, {"1", "5"}, {"0", "6"}},
      {"period",
       [](S v) { return with_alarm("\"threshold\": 1, \"period\": " + v); },
       {R"("1s")", R"("5m")", R"("1d")"},
       {R"("2s")", R"("0s")", R"("1d5m")"}},
      {"suppress_duration",
       [](S v) { return with_alarm("\"threshold\": 1, \"suppress_duration\": " + v); },
       {R"("0s")", R"("1d")"},
       {R"("1d1ms")", "0"}},
      {"capacity_per_instance",
       [](S v) {
         return with_group(
             R"("workloads": [{"group": "web", "generator": {"base_per_second": 1}, "capacity_per_instance": )" +
             v + "}]");
       },
       {"0.000001", "1000000"},
       {"0", "1000000.000001"}},
      {"base_per_second",
       [](S v) { return with_workload(R"("generator": {"base_per_second": )" + v + "}"); },
       {"0", "1000000000"},
       {"-1", "1000000001"}},
      {"noise",
       [](S v) { return with_workload(R"("generator": {"base_per_second": 1, "noise": )" + v + "}"); },
       {"0", "1", "1e-9"},
       {"-1e-9", "1.0000001"}},
      {"daily_peak",
       [](S v) { return with_workload(R"("generator": {"base_per_second": 1, "daily_peak": )" + v + "}"); },
       {R"("00:00")", R"("23:59")"},
       {R"("24:00")", R"("7:00")", R"("07:60")", R"("07:00Z")"}},
      {"scale",
       [](S v) {
         return with_workload(R"("trace": {"file": "requests.csv", "unit": "count", "scale": )" + v + "}");
       },
       {"0.000001", "1000000"},
       {"0", "1000000.000001"}},
      {"utc_offset",
       [](S v) {
         return with_workload(R"("trace": {"file": "requests.csv", "unit": "rate", "utc_offset": )" + v +
                              "}");
       },
       {R"("+24h")", R"("-1d")", R"("5h30m")"},
       {R"("+24h1ms")", R"("--1h")", R"("CET")"}},
      {"probability",
       [](S v) { return with_fault(R"("kind": "boot_failure", "at": "+0s", "probability": )" + v); },
       {"0", "1", "0.5"},
       {"-0.000001", "1.000001"}},
      {"at",
       [](S v) { return with_fault(R"("kind": "sold_out", "at": )" + v); },
       {R"("+0s")", R"("+1h")", R"("1h")"},
       {R"("+1h1ms")", R"("++1h")", R"("+")"}},
      {"status",
       [](S v) {
         return with_group(
             "", R"({"at": "+0s", "call": "GET /autoscaling-api/v1/x", "expect": {"status": )" + v + "}}");
       },
       {"100", "599"},
       {"99", "600"}},
      {"at_most",
       [](S v) { return R"({"duration": "1h", "objectives": [{"metric": "cost", "at_most": )" + v + "}]}"; },
       {"0", "1000000000000"},
       {"-1", "1000000000000.000001"}},
  }));
  for (const std::string& each : row.inside) {
    INFO(row.what << " " << each);
    const LoadResult result = loaded(row.file(each));
    INFO(joined(result.errors));
    CHECK(result.scenario);
  }
  for (const std::string& each : row.outside) {
    INFO(row.what << " " << each);
    const LoadResult result = loaded(row.file(each));
    CHECK(result.errors.size() == 1);
    CHECK((result.errors.empty() || result.errors[0].find(row.what) != std::string::npos));
  }
}

TEST_CASE("a file that can't be read is told by its path", "[scenarios]") {
  const fs::path folder = fs::temp_directory_path() / fmt::format("tidepool-load-{}", getpid());
  fs::create_directories(folder);
  CHECK(load_file(folder / "x.json").errors == Strings{(folder / "x.json").string() + ": no such file"});
  CHECK(load_file(folder).errors == Strings{folder.string() + ": a folder, expected a file"});
  std::ofstream(folder / "big.json") << std::string(kMaxJsonBytes + 1, ' ');
  const Strings too_big = load_file(folder / "big.json").errors;
  REQUIRE(too_big.size() == 1);
  CHECK(too_big[0].ends_with("bytes, expected at most 16777216"));
  fs::remove_all(folder);
}

TEST_CASE("every key that the reader knows is in the contract", "[scenarios]") {
  const std::string readme =
      text_of(kSource / "scenarios/README.md") + text_of(kSource / "scenarios/KNOBS.md");
  const std::string odd = R"("zyxwvutsrq": 0)";
  const Strings files{
      "{" + odd + "}",
      R"({"billing": {)" + odd + R"(}, "behaviour": {)" + odd + R"(}, "region": {)" + odd + "}}",
      R"({"region": {"zones": [{)" + odd + R"(}], "flavors": {"a": {)" + odd + R"(}}, "images": [{)" + odd +
          R"(}], "subnets": [{)" + odd + R"(}], "servers": [{)" + odd + R"(}], "boot_time": {)" + odd +
          R"(}, "removal_time": {"lognormal": {)" + odd + "}}}}",
      R"({"calls": [{"expect": {)" + odd + "}, " + odd + R"(}], "alarms": [{)" + odd +
          R"(}], "objectives": [{)" + odd + "}]}",
      R"({"workloads": [{"trace": {)" + odd + R"(}, "generator": {"flash_crowds": [{)" + odd + "}], " + odd +
          "}, " + odd + "}]}",
      R"({"faults": [{"kind": "boot_failure", )" + odd + R"(}, {"kind": "instance_failure", )" + odd +
          R"(}, {"kind": "sick_instances", )" + odd + "}]}",
      R"({"controllers": [{"type": "static", )" + odd + R"(}, {"type": "lookup_table", )" + odd +
          R"(}, {"type": "predictive", "model": "holt_winters", )" + odd + R"(}, {"type": "clairvoyant", )" +
          odd + "}]}",
      R"({"controllers": [{"type": "target_tracking", "targets": [{)" + odd + R"(}], )" + odd +
          R"(}, {"type": "step_scaling", "policies": [{"steps": [{)" + odd + "}], " + odd +
          R"(}]}, {"type": "simple_scaling", "policies": [{)" + odd + R"(}], )" + odd +
          R"(}, {"type": "hpa", "metrics": [{)" + odd + R"(}], "scale_up": {"policies": [{)" + odd + "}], " +
          odd + "}, " + odd + "}]}",
      R"({"controllers": [{"type": "external", )" + odd +
          R"(}], "workloads": [{"model": "requests", "log": {)" + odd + R"(}, "service": {"measured": {)" +
          odd + "}}, " + odd + "}]}",
  };
  std::set<std::string> keys;
  for (const std::string& file : files) {
    for (const std::string& error : refusals_of(file)) {
      if (error.find("unknown key") == std::string::npos) continue;
      const std::size_t expected = error.find(", expected ");
      REQUIRE(expected != std::string::npos);
      CHECK(error.find(" others") == std::string::npos);
      std::istringstream list(error.substr(expected));
      for (std::string skipped, key; std::getline(list, skipped, '\'') && std::getline(list, key, '\'');)
        keys.insert(key);
    }
  }
  CHECK(keys.size() > 90);
  for (const std::string& each : keys) {
    const bool described = readme.find("`" + each + "`") != std::string::npos ||
                           readme.find("`expect." + each + "`") != std::string::npos;
    CAPTURE(each);
    CHECK(described);
  }
}

// ---- Units ----

TEST_CASE("a length is whole numbers with units, largest first", "[scenarios]") {
  CHECK(read_duration("90s") == seconds{90});
  CHECK(read_duration("1d12h") == hours{36});
  CHECK(read_duration("1d2h3m4s5ms") == hours{26} + minutes{3} + milliseconds{4005});
  CHECK(read_duration("0s") == Duration::zero());
  CHECK(read_duration("0ms") == Duration::zero());
  CHECK(read_duration("007m") == minutes{7});
  CHECK(read_duration("120m") == hours{2});
  CHECK(read_duration("36500d") == kLongest);
  for (const char* wrong : {"",
                            "5",
                            "s",
                            "5 m",
                            " 5m",
                            "5m ",
                            "1.5h",
                            "-5m",
                            "+5m",
                            "5M",
                            "5min",
                            "1m1h",
                            "1h1h",
                            "1ns",
                            "36500d1ms",
                            "99999999999999999999d",
                            "9999999999999999ms",
                            "1d-1h",
                            "1e3s",
                            "١s"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_duration(wrong));
  }
  CHECK(duration_text(hours{36}) == "1d12h");
  CHECK(duration_text(Duration::zero()) == "0s");
  CHECK(duration_text(milliseconds{1500}) == "1s500ms");
}

TEST_CASE("a length that is written out is read back as itself", "[scenarios]") {
  sim::Rng rng(1, "lengths");
  for (int i = 0; i < 2000; ++i) {
    const Duration length =
        milliseconds{rng.uniform_int(0, kLongest / milliseconds{1}) >> rng.uniform_int(0, 40)};
    CHECK(read_duration(duration_text(length)) == length);
  }
}

TEST_CASE("a moment is RFC 3339 and comes out in UTC", "[scenarios]") {
  const auto utc = [](const char* text) {
    const auto moment = read_moment(text);
    return moment ? moment_text(*moment) : "none";
  };
  CHECK(utc("2026-03-02T06:20:05Z") == "2026-03-02T06:20:05Z");
  CHECK(utc("2026-03-02T00:20:05+01:00") == "2026-03-01T23:20:05Z");
  CHECK(utc("2026-12-31T23:20:05-01:00") == "2027-01-01T00:20:05Z");
  CHECK(utc("2026-03-02T06:20:05.25Z") == "2026-03-02T06:20:05.250000Z");
  CHECK(utc("2026-03-02T06:20:05.000001Z") == "2026-03-02T06:20:05.000001Z");
  CHECK(utc("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00Z");
  CHECK(utc("1970-01-01T00:00:00Z") == "1970-01-01T00:00:00Z");
  for (const char* wrong : {"",
                            "2026",
                            "2026-03-02",
                            "2026-03-02T06:20Z",
                            "2026-03-02T06:20:05",
                            "2026-03-02 06:20:05Z",
                            "2026-03-02T06:20:60Z",
                            "2026-03-02T24:00:00Z",
                            "2026-02-30T00:00:00Z",
                            "2026-3-02T06:20:05Z",
                            "2026-03-02T06:20:05.Z",
                            "2026-03-02T06:20:05.1234567Z",
                            "2026-03-02T06:20:05+1:00",
                            "2026-03-02T06:20:05+24:00",
                            "2026-03-02T06:20:05z",
                            "2026-03-02T06:20:05ZZ",
                            "1970-01-01T00:00:00+00:01",
                            "9999-12-31T23:59:59-00:01",
                            "10000-01-01T00:00:00Z",
                            "1969-12-31T23:59:59Z"}) {
    CAPTURE(wrong);
    CHECK(utc(wrong) == "none");
  }
}

TEST_CASE("a number is read by its decimals, never through a binary fraction", "[scenarios]") {
  CHECK(read_scaled("0.1", 6) == 100'000);
  CHECK(read_scaled("-1.000001", 6) == -1'000'001);
  CHECK(read_scaled("9223372036854.775807", 6) == INT64_MAX);
  CHECK(read_scaled("-9223372036854.775808", 6) == INT64_MIN);
  CHECK(read_scaled("123e-2", 2) == 123);
  CHECK(read_scaled("1.2300", 2) == 123);
  CHECK(read_scaled("0e99999999999999999999", 0) == 0);
  CHECK(read_scaled("1E+2", 0) == 100);
  for (const char* wrong :
       {"0.0000001", "9223372036854.775808", "1e13", "1e99999999999999999999", "1e-99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_scaled(wrong, 6));
  }
  sim::Rng rng(1, "decimals");
  for (int i = 0; i < 2000; ++i) {
    const std::int64_t value = rng.uniform_int(INT64_MIN, INT64_MAX) >> rng.uniform_int(0, 62);
    CHECK(read_scaled(millionths_text(value), 6) == value);
  }
}

TEST_CASE("a slip of the pen is answered with what was meant, and nothing with a guess", "[scenarios]") {
  const std::vector<std::string_view> words{"workloads", "alarms", "calls", "name", "project_id"};
  CHECK(nearest("wrokloads", words) == "workloads");
  CHECK(nearest("alarm", words) == "alarms");
  CHECK(nearest("nmae", words) == "name");
  CHECK(nearest("project", words) == "project_id");
  CHECK(nearest("colour", words).empty());
  CHECK(nearest("na", words).empty());
  CHECK(nearest(std::string(100'000, 'x'), words).empty());
}

// ---- Broken files ----

std::size_t any_below(std::size_t size, sim::Rng& rng) {
  return static_cast<std::size_t>(rng.uniform_int(0, static_cast<std::int64_t>(size) - 1));
}

const std::string& any_of(const Strings& pieces, sim::Rng& rng) {
  return pieces[any_below(pieces.size(), rng)];
}

Strings words(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// One change somewhere: bytes lost, doubled, overwritten or put in.
std::string with_broken_bytes(std::string text, sim::Rng& rng) {
  static const Strings kPieces =
      words("{ } [ ] , : \" \\ null // /* */ [[[ \xff \\u0000 \\ud800 \xe2\x80\xa8 {} [] {{ {web} 1e99 \t");
  if (text.empty()) return any_of(kPieces, rng);
  const std::size_t at = any_below(text.size(), rng);
  const std::size_t length = any_below(std::min<std::size_t>(text.size() - at, 30), rng) + 1;
  switch (rng.uniform_int(0, 5)) {
    case 0: return text.erase(at, length);
    case 1: return text.insert(at, text.substr(at, length));
    case 2: return text.replace(at, 1, 1, static_cast<char>(rng.uniform_int(-128, 127)));
    case 3: return text.replace(at, length, any_of(kPieces, rng));
    case 4: return text.insert(at, text.substr(any_below(text.size(), rng), length));
    default: return text.insert(at, any_of(kPieces, rng));
  }
}

// One text, number or key in another's place: what is left is mostly JSON, and mostly no scenario.
std::string with_other_value(std::string text, sim::Rng& rng) {
  static const Strings kValues = words(
      R"(null true -1 0 1 5 0.1 1e-7 1e300 99999999999999999999 {} [] ["a","a"] "" "web" "small" "vpc" "{vpc}" "{web}" "{"
         "+0s" "+1h" "1s" "1ms" "90d" "36500d" "kind" "at" "group" "trace" "sold_out" "current" "uniform"
         {"file":"requests.csv","unit":"rate"} {"profile":"current"} "10000000-0000-4000-8000-000000000001")");
  const std::size_t at = text.find_first_of("\"0123456789", text.empty() ? 0 : any_below(text.size(), rng));
  if (at == std::string::npos) return text;
  const bool quoted = text[at] == '"';
  const std::size_t end = quoted ? text.find('"', at + 1) : text.find_first_not_of("0123456789.eE+-", at);
  if (end == std::string::npos) return text;
  return text.replace(at, end - at + (quoted ? 1 : 0), any_of(kValues, rng));
}

TEST_CASE("a broken file is read or refused, and never ends the program", "[scenarios][fuzz]") {
  Strings texts = examples();
  for (const fs::path& each : bundled()) texts.push_back(text_of(each));
  for (const fs::path& each : json_files(kWrong)) texts.push_back(text_of(each));
  const int rounds = is_set("TIDEPOOL_LONG") ? 200'000 : 4'000;
  sim::Rng rng(20'260'302, "broken scenario files");
  int read = 0, refused = 0;
  for (int i = 0; i < rounds; ++i) {
    std::string text = texts[static_cast<std::size_t>(i) % texts.size()];
    const bool bytes = i % 4 == 0;
    for (std::int64_t changes = rng.uniform_int(1, 4); changes > 0; --changes)
      text = bytes ? with_broken_bytes(std::move(text), rng) : with_other_value(std::move(text), rng);
    const LoadResult result = loaded(text);
    const bool sound = result.scenario.has_value() == result.errors.empty() &&
                       std::ranges::all_of(result.errors, [](const std::string& each) {
                         return each.starts_with("t.json: ") && is_printable_utf8(each) && each.size() < 2000;
                       });
    if (!sound) FAIL("round " << i << "\n" << text << "\n" << joined(result.errors));
    ++(result.scenario ? read : refused);
  }
  CHECK(read > 0);
  CHECK(refused > 0);
}

TEST_CASE("a huge file full of faults is refused in short time and few lines", "[scenarios]") {
  std::string calls;
  for (int i = 0; i < 30'000; ++i)
    calls += fmt::format(
        R"({{"at": "+0s", "call": "POST /autoscaling-api/v1/{{nowhere}}/scaling_group", "save": "g{}"}},)",
        i);
  const Strings errors = refusals_of(R"({"duration": "1h", "calls": [)" + calls + "]}");
  CHECK(errors.size() == 201);
  CHECK(errors.back() == "t.json: and 29800 more faults");
}

}  // namespace
}  // namespace tidepool::scenarios
