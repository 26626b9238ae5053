// A run and the same run with something changed on its way.
#include "scenarios/what_if.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/load.hpp"
#include "sim/run/report.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

const Program kProgram{"1.2.3", "0123456789ab"};

fs::path bundled(std::string_view file) { return fs::path(TIDEPOOL_SOURCE_DIR) / "scenarios" / file; }

Scenario read(std::string_view text) {
  LoadResult result = load(text, "test.json", {});
  for (const std::string& each : result.errors) UNSCOPED_INFO(each);
  REQUIRE(result.scenario);
  return *std::move(result.scenario);
}

Scenario read_bundled(std::string_view file) { return read(support::read_file(bundled(file))); }

WhatIf ask(const Scenario& scenario, const WhatIfQuestion& question) {
  auto answer = ask_what_if(scenario, question);
  if (const auto* wrong = std::get_if<std::vector<std::string>>(&answer))
    for (const std::string& each : *wrong) UNSCOPED_INFO(each);
  REQUIRE(std::holds_alternative<WhatIf>(answer));
  return std::get<WhatIf>(std::move(answer));
}

std::vector<std::string> refused(const Scenario& scenario, const WhatIfQuestion& question) {
  auto answer = ask_what_if(scenario, question);
  REQUIRE(std::holds_alternative<std::vector<std::string>>(answer));
  return std::get<std::vector<std::string>>(std::move(answer));
}

// All numbers that a report has of its groups.
std::vector<std::string> numbers_of(const sim::Report& report) {
  std::vector<std::string> lines;
  for (const sim::GroupReport& group : report.groups) {
    for (const sim::ReportMetric& each : sim::report_metrics())
      lines.push_back(
          fmt::format("{} {} {}", group.name, each.name, sim::metric_value(each.name, group).value_or(-1)));
    for (const auto* tally : {&group.actions, &group.failed_actions, &group.denied})
      for (const auto& [key, count] : *tally)
        lines.push_back(fmt::format("{} {} {}", group.name, key, count));
  }
  return lines;
}

std::vector<std::string> moves_of(const sim::Cloud& cloud, sim::Time until = sim::kNever) {
  std::vector<std::string> lines;
  for (const sim::StateMove& each : cloud.moves())
    if (each.time < until)
      lines.push_back(fmt::format("{} {} {} {}", each.time.time_since_epoch().count(),
                                  sim::index_of(each.instance), static_cast<int>(each.from),
                                  static_cast<int>(each.to)));
  return lines;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  CAPTURE(from);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

constexpr const char* kAllFiles[] = {"basic/first_group.json",          "basic/load_balancer.json",
                                     "policies/evening_peak.json",      "policies/cooldown_holds_back.json",
                                     "policies/week_schedule.json",     "policies/flapping.json",
                                     "faults/sold_out_pick_first.json", "faults/zone_outage.json",
                                     "faults/boot_failures.json"};

}  // namespace

TEST_CASE("without a change both runs are the run that nobody forked, wherever it is forked", "[what_if]") {
  const std::string file = GENERATE(from_range(std::begin(kAllFiles), std::end(kAllFiles)));
  const Scenario scenario = read_bundled(file);
  const std::string unforked = run(scenario).report.fingerprint;
  for (const int share : {0, 1, 17, 50, 83, 100}) {
    CAPTURE(file, share);
    const auto at = std::chrono::duration_cast<std::chrono::seconds>(scenario.duration * share / 100);
    const WhatIf answer = ask(scenario, {fmt::format("{}s", at.count()), {}});
    CHECK(answer.as_it_was.result.report.fingerprint == unforked);
    CHECK(answer.what_if.result.report.fingerprint == unforked);
    CHECK(numbers_of(answer.as_it_was.result.report) == numbers_of(answer.what_if.result.report));
    CHECK(numbers_of(answer.as_it_was.since) == numbers_of(answer.what_if.since));
  }
}

TEST_CASE("a change at the start comes to the same as a run of the changed file", "[what_if]") {
  struct Row {
    std::vector<std::string> sets;
    std::vector<std::pair<std::string, std::string>> edits;
  };
  const std::string out = R"("instance_percentage": 25},
        "cool_down_time": 300)";
  const auto row = GENERATE_COPY(values<Row>({
      {{"groups.shop.max_instance_number=9"},
       {{"\"max_instance_number\": 20", "\"max_instance_number\": 9"}}},
      {{"groups.shop.cool_down_time=1200", "groups.shop.instance_terminate_policy=NEW_INSTANCE"},
       {{"\"cool_down_time\": 300,\n        \"vpc_id\"",
         "\"cool_down_time\": 1200, \"instance_terminate_policy\": \"NEW_INSTANCE\", \"vpc_id\""}}},
      {{"policies.out-by-a-quarter.cool_down_time=1500"},
       {{out, R"("instance_percentage": 25}, "cool_down_time": 1500)"}}},
      {{"policies.out-by-a-quarter.scaling_policy_action.instance_percentage=60"},
       {{out, R"("instance_percentage": 60}, "cool_down_time": 300)"}}},
      {{"policies.out-by-a-quarter.scaling_policy_action.instance_number=1"},
       {{out, R"("instance_number": 1}, "cool_down_time": 300)"}}},
      {{R"(policies.in-by-one.scaling_policy_action={"operation": "REDUCE", "instance_number": 2})"},
       {{R"("REDUCE", "instance_number": 1)", R"("REDUCE", "instance_number": 2)"}}},
      {{"alarms.cpu_high.threshold=55.5", "alarms.cpu_low.count=1"},
       {{"\"threshold\": 75", "\"threshold\": 55.5"}, {"\"count\": 3", "\"count\": 1"}}},
      {{"alarms.cpu_high.period=10m", "alarms.cpu_high.suppress_duration=0s"},
       {{R"("threshold": 75, "period": "5m")",
         R"("threshold": 75, "period": "10m", "suppress_duration": "0s")"}}},
      {{"behaviour.cooldown_start=end"}, {{"\"seed\"", R"("behaviour": {"cooldown_start": "end"}, "seed")"}}},
      {{"behaviour.scan_period=0s", "behaviour.alarm_repeat=transitions_only"},
       {{"\"seed\"", R"("behaviour": {"scan_period": "0s", "alarm_repeat": "transitions_only"}, "seed")"}}},
      {{"behaviour.initial_status=INSERVICE", "behaviour.max_parallel_creates=1"},
       {{"\"seed\"", R"("behaviour": {"initial_status": "INSERVICE", "max_parallel_creates": 1}, "seed")"}}},
  }));
  std::string text = support::read_file(bundled("policies/evening_peak.json"));
  const Scenario scenario = read(text);
  for (const auto& [from, to] : row.edits) text = replaced(text, from, to);
  CAPTURE(row.sets);
  const RunResult changed = run(read(text));
  const WhatIf answer = ask(scenario, {"0s", row.sets});
  CHECK(numbers_of(answer.what_if.result.report) == numbers_of(changed.report));
  CHECK(moves_of(answer.what_if.result.cloud) == moves_of(changed.cloud));
  CHECK(answer.what_if.result.report.fingerprint != answer.as_it_was.result.report.fingerprint);
}

TEST_CASE("before the change nothing differs, and a change does something after it", "[what_if]") {
  const Scenario scenario = read_bundled("policies/evening_peak.json");
  const WhatIf answer = ask(scenario, {"4h", {"groups.shop.max_instance_number=9"}});
  CHECK(moves_of(answer.as_it_was.result.cloud, answer.at) ==
        moves_of(answer.what_if.result.cloud, answer.at));
  CHECK(answer.as_it_was.result.report.groups[0].most_in_service > 9);
  CHECK(answer.what_if.since.groups[0].most_in_service == 9);
}

TEST_CASE("the part from the change on and the part before it make the whole", "[what_if]") {
  const Scenario scenario = read_bundled("policies/evening_peak.json");
  const WhatIf answer = ask(scenario, {"4h", {"alarms.cpu_high.threshold=60"}});
  RunOptions half;
  half.until = answer.at;
  const sim::GroupReport before = run(scenario, half).report.groups[0];
  for (const Course* each : {&answer.as_it_was, &answer.what_if}) {
    const sim::GroupReport &whole = each->result.report.groups[0], &since = each->since.groups[0];
    CHECK(before.instance_us + since.instance_us == whole.instance_us);
    CHECK(before.cost_millionths + since.cost_millionths == whole.cost_millionths);
    CHECK(before.offered + since.offered == whole.offered);
    CHECK(before.served + since.served == whole.served);
    CHECK(before.launches + since.launches == whole.launches);
    CHECK(before.policy_executions + since.policy_executions == whole.policy_executions);
  }
  CHECK(answer.as_it_was.since.groups[0].offered == answer.what_if.since.groups[0].offered);
}

TEST_CASE("sizes from a moment on are those that lasted", "[what_if]") {
  const Scenario scenario = read_bundled("policies/cooldown_holds_back.json");
  const RunResult result = run(scenario);
  const auto range = [&](sim::Duration from) {
    return sim::size_range(result.cloud, sim::id_at<sim::AsGroupId>(0), scenario.start + from);
  };
  CHECK(range(std::chrono::hours{0}).least == 0);
  CHECK(range(std::chrono::hours{0}).most == result.report.groups[0].most_in_service);
  CHECK(range(std::chrono::minutes{20}).least == 2);
  CHECK(range(std::chrono::hours{2}).least == 5);
  CHECK(range(scenario.duration).least == 5);
}

TEST_CASE("the same question has the same answer, byte for byte", "[what_if]") {
  const Scenario scenario = read_bundled("faults/boot_failures.json");
  const WhatIfQuestion question{"1h", {"behaviour.retry_delay=5m"}};
  const WhatIf one = ask(scenario, question), other = ask(scenario, question);
  CHECK(what_if_text(scenario, one) == what_if_text(scenario, other));
  CHECK(what_if_json(kProgram, scenario, one) == what_if_json(kProgram, scenario, other));
}

TEST_CASE("a saved name wins over a name in the API, and values may name things as bodies do", "[what_if]") {
  const Scenario scenario = read_bundled("basic/removal_after_new_configuration.json");
  const std::string first = scenario.calls.front().save;
  std::string group;
  for (const TimedCall& each : scenario.calls)
    if (each.path.ends_with("/scaling_group") && each.method == "POST" && group.empty()) group = each.save;
  const WhatIf answer =
      ask(scenario, {"0s",
                     {fmt::format("groups.{}.scaling_configuration_id={{{}}}", group, first),
                      fmt::format("groups.{}.description=x", group)}});
  CHECK(answer.what_if.result.cloud.all_groups()[0].set.description == "x");
}

TEST_CASE("a group that the change keeps from being made has no other side", "[what_if]") {
  const Scenario scenario = read(R"({
    "duration": "2h",
    "calls": [
      {"at": "0s", "save": "one", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group",
       "body": {"scaling_group_name": "one", "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]}},
      {"at": "1h", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group",
       "body": {"scaling_group_name": "two", "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]}}
    ]})");
  const WhatIf answer = ask(scenario, {"1h", {"behaviour.group_quota=1"}});
  REQUIRE(answer.groups.size() == 2);
  CHECK(answer.groups[1].as_it_was == 1U);
  CHECK_FALSE(answer.groups[1].what_if);
  CHECK_THAT(what_if_text(scenario, answer),
             Contains("Group two") && Contains("Calls answered otherwise than expected"));
  CHECK_FALSE(answer.what_if.result.calls_as_expected());
}

TEST_CASE("what can't be changed, or not to that, is told as in a scenario file, and nothing is",
          "[what_if]") {
  struct Row {
    const char *at, *set, *error;
  };
  const auto row = GENERATE(values<Row>({
      {"19h", "groups.shop.cool_down_time=1",
       R"(--at: "19h", expected "+0s" to "+18h" from the start, or a time from )"
       "2026-03-02T12:00:00Z to 2026-03-03T06:00:00Z"},
      {"noon", "groups.shop.cool_down_time=1", R"(--at: "noon", expected "+0s" to "+18h")"},
      {"2026-03-02T11:00:00Z", "groups.shop.cool_down_time=1", R"(--at: "2026-03-02T11:00:00Z", expected)"},
      {"1h", "groups.shop", R"(--set: "groups.shop", expected PATH=VALUE such as )"},
      {"1h", "groups.shop=4",
       "--set: groups.shop: can't be changed in a run, expected groups.NAME.FIELD, policies.NAME.FIELD, "
       "behaviour.KNOB or alarms.NAME.FIELD"},
      {"1h", "workloads.shop.capacity_per_instance=4",
       "--set: workloads.shop.capacity_per_instance: can't be changed in a run, expected groups.NAME.FIELD"},
      {"1h", "seed=4", "--set: seed: can't be changed in a run"},
      {"1h", "groups..max_instance_number=4",
       "--set: groups..max_instance_number: can't be changed in a run"},
      {"1h", "groups.shpo.cool_down_time=1",
       R"(--set: groups: "shpo", expected "shop"; did you mean "shop"?)"},
      {"1h", "policies.out.cool_down_time=1", R"(--set: policies: "out", expected "out-by-a-quarter")"},
      {"1h", "groups.shop.cool_down_tim=1",
       "--set: groups.shop: AS.0022: cool_down_tim: expected none but scaling_group_name, "},
      {"1h", "groups.shop.cool_down_time=86401", "--set: groups.shop: AS."},
      {"1h", "groups.shop.cool_down_time=soon", "--set: groups.shop: AS."},
      {"1h", "groups.shop.min_instance_number=15",
       "--set: groups.shop: AS.2005: desire_instance_number 4: expected 15 to 20"},
      {"1h", "groups.shop.scaling_configuration_id={shop_2}",
       R"(--set: groups.shop.scaling_configuration_id: unknown placeholder "shop_2", did you mean "shop_1"?)"},
      {"1h", "policies.in-by-one.scaling_policy_action.instance_numbr=2",
       "--set: policies.in-by-one: AS.0022: scaling_policy_action.instance_numbr: expected none but "
       "operation"},
      {"1h", "policies.in-by-one.cool_down_time=-1", "--set: policies.in-by-one: AS."},
      {"1h", "behaviour.scan_perid=1s",
       "--set: behaviour: unknown key 'scan_perid', did you mean 'scan_period'?"},
      {"1h", "behaviour.scan_period=10", "--set: behaviour.scan_period: 10, expected a text with a unit"},
      {"1h", "behaviour.scan_period=2d", R"(--set: behaviour.scan_period: "2d", expected )"},
      {"1h", "behaviour.policy_quota=1",
       "--set: behaviour.policy_quota: 1, expected at least 2, what there is already"},
      {"1h", "behaviour.cooldown_start=soon",
       R"(--set: behaviour.cooldown_start: "soon", expected "trigger" or )"},
      {"1h", "behaviour.profile=current",
       "--set: behaviour.profile: a profile is many knobs, expected a single one"},
      {"1h", "behaviour.metric_period=1m",
       "--set: behaviour.metric_period: alarm rules are built on it, expected another knob"},
      {"1h", "alarms.cpu_hihg.threshold=1", R"(--set: alarms: "cpu_hihg", expected "cpu_high" or "cpu_low")"},
      {"1h", "alarms.cpu_high.threshold=-1",
       "--set: alarms.cpu_high.threshold: -1, expected 0 to 1000000000"},
      {"1h", "alarms.cpu_high.period=7m",
       R"(--set: alarms.cpu_high.period: "7m", expected "1s" (each datapoint) or a multiple)"},
      {"1h", "alarms.cpu_high.count=6", "--set: alarms.cpu_high.count: 6, expected 1 to 5"},
      {"1h", "alarms.cpu_high.metric=instance_num",
       "--set: alarms.cpu_high.metric: what a rule watches stays, expected statistic, operator"},
      {"1h", "alarms.cpu_high.treshold=1",
       "--set: alarms.cpu_high: unknown key 'treshold', did you mean 'threshold'?"},
  }));
  const Scenario scenario = read_bundled("policies/evening_peak.json");
  CAPTURE(row.at, row.set);
  const auto errors = refused(scenario, {row.at, {row.set}});
  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0], Catch::StartsWith(row.error));
}

TEST_CASE("all that is wrong with a question is told at once", "[what_if]") {
  const Scenario scenario = read_bundled("policies/evening_peak.json");
  CHECK(refused(scenario, {"x", {"seed=1", "a"}}).size() == 3);
  CHECK(refused(scenario, {"1h", {"behaviour.standby=1", "alarms.x.count=1", "groups.x.description=y"}})
            .size() == 3);
  CHECK_THAT(refused(scenario, {"1h", {"alarms.cpu_low.count=1", "alarms.cpu_low.count=2"}})[0],
             Contains("alarms.cpu_low.count: set twice"));
}

TEST_CASE("a group that is made later is not there yet", "[what_if]") {
  const Scenario scenario = read(R"({
    "duration": "2h",
    "calls": [
      {"at": "1h", "save": "late", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group",
       "body": {"scaling_group_name": "late", "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]}}
    ]})");
  CHECK(refused(scenario, {"59m", {"groups.late.description=x"}})[0] ==
        R"(--set: groups: "late", expected nothing, there is none)");
  CHECK(ask(scenario, {"1h", {"groups.late.description=x"}}).groups.size() == 1);
}

}  // namespace tidepool::scenarios
