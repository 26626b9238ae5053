// Data that clients push, and the alarm rules that they fire.
#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using enum PolicyOperation;
using Seconds = std::vector<std::int64_t>;

// A full group of one, and a policy that fires in vain: only its log tells.
struct Pushing {
  Cloud cloud;
  AsGroupId group{};
  MetricSeriesId queue{};
  AlarmRuleId rule{};
  AsPolicyId policy{};

  explicit Pushing(const Behaviour& behaviour = behaviour_under_test()) : cloud(made(behaviour)) {
    group = grown_group(cloud, {.desire = 1, .max = 1, .cool_down = 0s});
    queue = cloud.series_of(MetricKey{"MY.QUEUE", "length", {{"queue", "orders"}}});
  }

  AlarmRuleSettings on_queue() const {
    AlarmRuleSettings set;
    set.name = "long";
    set.series = queue;
    set.threshold = 100 * kMetricUnit;
    return set;
  }
  void watch(const AlarmRuleSettings& set) {
    rule = cloud.add_alarm_rule(set);
    policy =
        create_policy(cloud, group, an_alarm_policy(rule, {.action = by_number(Add, 1), .cool_down = 0s}));
  }
  void push_at(Duration at, int value) {
    cloud.run_until(kStart + at);
    REQUIRE(cloud.push(queue, {cloud.now(), value * kMetricUnit}));
  }
  Seconds fired_at() const {
    Seconds at;
    for (const PolicyExecution& each : cloud.all_executions())
      if (each.policy == policy) at.push_back((each.time - kStart) / 1s);
    return at;
  }

 private:
  static Cloud made(const Behaviour& behaviour) {
    CloudSpec spec{.behaviour = behaviour};
    spec.region.boot_time.first = 0s;
    return a_cloud(spec);
  }
};

RULE("pushed data are looked at when their period ends", {.source = "our decision"}) {
  struct Row {
    const char* why;
    Duration pushed;
    Seconds expected;
  };
  const auto row = GENERATE(values<Row>({
      {"in the first moment of a period", 0s, {300}},
      {"in its last", 299s, {300}},
      {"the end of one is the beginning of the next", 300s, {600}},
  }));
  CAPTURE(row.why);
  Pushing world;
  world.watch(world.on_queue());
  world.push_at(row.pushed, 150);
  CHECK(world.fired_at().empty());
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == row.expected);  // And never again: without data nothing is looked at.
}

RULE("a rule gathers what is pushed by its statistic", {.source = "Cloud Eye API reference, filter"}) {
  struct Row {
    AlarmStatistic statistic;
    bool fires;  // of 50 and 140, from 100 on
  };
  const auto row = GENERATE(values<Row>({{AlarmStatistic::Average, false},
                                         {AlarmStatistic::Max, true},
                                         {AlarmStatistic::Min, false},
                                         {AlarmStatistic::Sum, true},
                                         {AlarmStatistic::Variance, true}}));
  Pushing world;
  AlarmRuleSettings set = world.on_queue();
  set.statistic = row.statistic;
  world.watch(set);
  world.push_at(10s, 50);
  world.push_at(20s, 140);
  world.cloud.run_until(kStart + 300s);
  CHECK(world.fired_at() == (row.fires ? Seconds{300} : Seconds{}));
}

RULE("so many periods with data in a row, whatever lies between them",
     {.source = "Cloud Eye API reference, count"}) {
  Pushing world;
  AlarmRuleSettings set = world.on_queue();
  set.count = 2;
  world.watch(set);
  world.push_at(10s, 150);
  world.push_at(1000s, 150);
  world.push_at(1300s, 50);
  world.push_at(1600s, 150);
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == Seconds{1200});
}

RULE("a rule for each datapoint is judged with the push", {.source = "our decision"}) {
  Pushing world;
  AlarmRuleSettings set = world.on_queue();
  set.period = Duration::zero();
  world.watch(set);
  world.push_at(7s, 150);
  CHECK(world.fired_at() == Seconds{7});
  world.push_at(8s, 50);
  world.push_at(9s, 150);
  CHECK(world.fired_at() == Seconds{7, 9});
}

RULE("data for a period that is over are kept and move no alarm", {.source = "our decision"}) {
  Pushing world;
  world.watch(world.on_queue());
  world.cloud.run_until(kStart + 301s);
  REQUIRE(world.cloud.push(world.queue, {kStart + 299s, 500 * kMetricUnit}));
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at().empty());
  CHECK(world.cloud.all_series()[0].points == std::vector<MetricPoint>{{kStart + 299s, 500 * kMetricUnit}});
}

RULE("data for a period to come wait for it", {.source = "our decision"}) {
  Pushing world;
  world.watch(world.on_queue());
  REQUIRE(world.cloud.push(world.queue, {kStart + 400s, 500 * kMetricUnit}));
  REQUIRE(world.cloud.push(world.queue, {kStart + 100s, 500 * kMetricUnit}));
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == Seconds{300, 600});
}

RULE("pushed data of a group's own metric count instead of it", {.source = "our decision"}) {
  struct Row {
    const char* why;
    int load, pushed;
    Seconds expected;  // from 60 % on
  };
  const auto row = GENERATE(values<Row>({{"too high", 10, 90, {300}}, {"too low", 90, 10, {600}}}));
  CAPTURE(row.why);
  Pushing world;
  AlarmRuleSettings set;
  set.name = "cpu";
  set.group = world.group;
  set.threshold = 60 * kMetricUnit;
  world.watch(set);
  add_steady_load(world.cloud, world.group, kCapacity * row.load / 100);
  world.cloud.run_until(kStart + 10s);
  REQUIRE(world.cloud.push(world.cloud.series_of(world.group, GroupMetric::CpuUtil),
                           {world.cloud.now(), row.pushed * kMetricUnit}));
  world.cloud.run_until(kStart + 600s);
  CHECK(world.fired_at() == row.expected);
  CHECK(world.cloud.series_of(world.group, GroupMetric::CpuUtil) !=
        world.cloud.series_of(world.group, GroupMetric::InstanceNum));
}

RULE("a disabled rule is not judged, and one that is enabled begins anew",
     {.source = "Cloud Eye API reference, alarm_enabled"}) {
  Pushing world;
  world.watch(world.on_queue());
  AlarmRuleSettings off = world.on_queue();
  off.enabled = Switch::Off;
  world.push_at(10s, 150);
  REQUIRE(outcome(world.cloud.change_alarm_rule(world.rule, off)) == "ok");
  world.cloud.run_until(kStart + 400s);
  CHECK(world.fired_at().empty());
  CHECK_FALSE(world.cloud.find(world.rule)->judged);
  world.push_at(410s, 150);
  REQUIRE(outcome(world.cloud.change_alarm_rule(world.rule, world.on_queue())) == "ok");
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == Seconds{600});
  CHECK(world.cloud.find(world.rule)->judged);
}

RULE("a rule whose actions are off changes its state and fires nothing",
     {.source = "Cloud Eye API reference, alarm_action_enabled"}) {
  Pushing world;
  AlarmRuleSettings quiet = world.on_queue();
  quiet.actions_enabled = Switch::Off;
  quiet.suppress = 300s;
  world.watch(quiet);
  world.push_at(10s, 150);
  world.cloud.run_until(kStart + 300s);
  CHECK(world.cloud.find(world.rule)->progress.in_alarm);
  CHECK(world.fired_at().empty());
  quiet.actions_enabled = Switch::On;
  REQUIRE(outcome(world.cloud.change_alarm_rule(world.rule, quiet)) == "ok");
  world.push_at(310s, 150);
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == Seconds{600});
}

// What the rule does besides changing its state.
std::vector<AlarmAction> actions_of(const Pushing& world) {
  return world.cloud.find(world.rule)->set.alarm_actions;
}
const std::vector<AlarmAction> kScales{{AlarmActionType::AutoScaling, {}}};

RULE("an alarm policy gives its rule an autoscaling action", {.source = "AS API reference, alarm_id"}) {
  Pushing world;
  world.watch(world.on_queue());
  CHECK(actions_of(world) == kScales);
}

RULE("a rule that has an autoscaling action gets no second one", {.source = "AS API reference, alarm_id"}) {
  Pushing world;
  world.watch(world.on_queue());
  create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  CHECK(actions_of(world) == kScales);
}

RULE("a rule's autoscaling action stays as long as it has a policy", {.source = "our decision"}) {
  Pushing world;
  world.watch(world.on_queue());
  const AsPolicyId second = create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{world.policy})) == "ok");
  CHECK(actions_of(world) == kScales);
  REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{second})) == "ok");
  CHECK(actions_of(world).empty());
}

RULE("a policy that changes to another rule takes the autoscaling action along",
     {.source = "AS API reference, modifying a policy"}) {
  Pushing world;
  world.watch(world.on_queue());
  const AlarmRuleId other = world.cloud.add_alarm_rule(world.on_queue());
  REQUIRE(outcome(world.cloud.submit(ModifyAsPolicy{world.policy, an_alarm_policy(other)})) == "ok");
  CHECK(actions_of(world).empty());
  CHECK(world.cloud.find(other)->set.alarm_actions == kScales);
}

RULE("a policy's autoscaling action leaves a rule's other actions alone",
     {.source = "AS API reference, alarm_id"}) {
  Pushing world;
  AlarmRuleSettings set = world.on_queue();
  const AlarmAction mail{AlarmActionType::Notification, {"urn:smn:eu-de:p:ops"}};
  set.alarm_actions = {mail};
  world.watch(set);
  CHECK(actions_of(world) == std::vector{mail, kScales[0]});
  REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{world.policy})) == "ok");
  CHECK(actions_of(world) == std::vector{mail});
}

TEST_CASE("a removed rule is not judged any more, and a copy of the cloud goes its own way", "[alarms]") {
  Pushing world;
  world.watch(world.on_queue());
  world.push_at(10s, 150);
  Cloud copy = world.cloud;
  REQUIRE(outcome(world.cloud.remove_alarm_rule(world.rule)) == "ok");
  world.cloud.run_until(kStart + 1h);
  copy.run_until(kStart + 1h);
  CHECK(world.cloud.all_executions().empty());
  CHECK(copy.all_executions().size() == 1);
}

}  // namespace
}  // namespace tidepool::sim
