// Metrics, alarm rules on them, and the policies that they fire.
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;
using enum PolicyOperation;

constexpr MetricValue kPercent = kMetricUnit;

// A load that changes every five minutes, from kStart on: each entry is the percentage of one instance's capacity.
void add_load(Cloud& cloud, AsGroupId group, const std::vector<int>& percentages) {
  std::vector<Amount> amounts;
  for (const int each : percentages) amounts.push_back(kCapacity * 300 / 100 * each);
  cloud.add_workload({Trace{kStart, 5min, amounts}, kCapacity, group});
}

// One member from the start to the end: it boots at once, and what fires can't enlarge the group.
struct Watched {
  Cloud cloud;
  AsGroupId group{};
  AsPolicyId policy{};

  explicit Watched(const Behaviour& behaviour = behaviour_under_test()) : cloud(made(behaviour)) {
    group = grown_group(cloud, {.desire = 1, .max = 1, .cool_down = 0s});
  }

  void watch(AlarmRuleSettings rule, const PolicyAction& action = by_number(Add, 1)) {
    rule.group = group;
    policy = create_policy(cloud, group,
                           an_alarm_policy(cloud.add_alarm_rule(rule), {.action = action, .cool_down = 0s}));
  }
  // The minutes at which the policy was fired; each attempt is in its log, as AS.0050 for want of room.
  std::vector<std::int64_t> fired_at() const {
    std::vector<std::int64_t> minutes;
    for (const PolicyExecution& each : cloud.all_executions())
      if (each.policy == policy) minutes.push_back((each.time - kStart) / 1min);
    return minutes;
  }

 private:
  static Cloud made(const Behaviour& behaviour) {
    CloudSpec spec{.behaviour = behaviour};
    spec.region.boot_time.first = 0s;
    return a_cloud(spec);
  }
};

AlarmRuleSettings cpu_rule() {
  AlarmRuleSettings rule;
  rule.name = "cpu";
  rule.threshold = 60 * kPercent;
  return rule;
}

using Minutes = std::vector<std::int64_t>;

RULE("an alarm is on after so many periods in a row, and off with the first that does not meet it",
     {.source = "Cloud Eye"}) {
  struct Row {
    const char* why;
    int count;
    std::vector<int> load;
    Minutes expected;
  };
  const auto row = GENERATE(values<Row>({
      {"one period is enough", 1, {70, 10, 70, 10}, {5, 15}},
      {"the threshold itself counts", 1, {60, 59}, {5}},
      {"every further period fires again", 1, {70, 70, 70, 10}, {5, 10, 15}},
      {"three in a row", 3, {70, 70, 10, 70, 70, 70, 70, 10}, {30, 35}},
      {"five in a row", 5, {70, 70, 70, 70, 70, 10}, {25}},
      {"never", 1, {59, 59, 0}, {}},
  }));
  CAPTURE(row.why);
  Watched world;
  AlarmRuleSettings rule = cpu_rule();
  rule.count = row.count;
  world.watch(rule);
  add_load(world.cloud, world.group, row.load);
  world.cloud.run_until(kStart + 5min * static_cast<int>(row.load.size()));
  CHECK(world.fired_at() == row.expected);
}

RULE("each comparison is as its sign says", {.source = "Cloud Eye, comparison_operator"}) {
  struct Row {
    AlarmOperator comparison;
    Minutes expected;  // of the loads 50, 60 and 70 %
  };
  const auto row = GENERATE(values<Row>({
      {AlarmOperator::Greater, {15}},
      {AlarmOperator::GreaterEqual, {10, 15}},
      {AlarmOperator::Equal, {10}},
      {AlarmOperator::Less, {5}},
      {AlarmOperator::LessEqual, {5, 10}},
      {AlarmOperator::NotEqual, {5, 15}},
  }));
  Watched world;
  AlarmRuleSettings rule = cpu_rule();
  rule.comparison = row.comparison;
  world.watch(rule);
  add_load(world.cloud, world.group, {50, 60, 70});
  world.cloud.run_until(kStart + 15min);
  CHECK(world.fired_at() == row.expected);
}

RULE("a period gathers its datapoints by the rule's statistic", {.source = "Cloud Eye, filter"}) {
  struct Row {
    const char* why;
    AlarmStatistic statistic;
    MetricValue threshold;
    bool fires;
  };
  const auto row = GENERATE(values<Row>({
      // of 20, 40, 60 and 80 %
      {"the average is 50", AlarmStatistic::Average, 50 * kPercent, true},
      {"and no more", AlarmStatistic::Average, 50 * kPercent + 1, false},
      {"the least is 20", AlarmStatistic::Min, 20 * kPercent, true},
      {"and no more", AlarmStatistic::Min, 20 * kPercent + 1, false},
      {"the most is 80", AlarmStatistic::Max, 80 * kPercent, true},
      {"and no more", AlarmStatistic::Max, 80 * kPercent + 1, false},
      {"the sum is 200", AlarmStatistic::Sum, 200 * kPercent, true},
      {"and no more", AlarmStatistic::Sum, 200 * kPercent + 1, false},
      {"the variance is 500", AlarmStatistic::Variance, 500 * kPercent, true},
      {"and no more", AlarmStatistic::Variance, 500 * kPercent + 1, false},
  }));
  CAPTURE(row.why);
  Watched world;
  AlarmRuleSettings rule = cpu_rule();
  rule.period = 20min;
  rule.statistic = row.statistic;
  rule.threshold = row.threshold;
  world.watch(rule);
  add_load(world.cloud, world.group, {20, 40, 60, 80});
  world.cloud.run_until(kStart + 20min);
  CHECK(world.fired_at() == (row.fires ? Minutes{20} : Minutes{}));
}

RULE("rules are looked at on the grid of their period, raw ones at every datapoint",
     {.source = "our decision"}) {
  struct Row {
    const char* why;
    Duration metric_period, rule_period;
    Minutes expected;  // within the first hour
  };
  const auto row = GENERATE(values<Row>({
      {"five minutes", 5min, 5min, {5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60}},
      {"twenty minutes of five", 5min, 20min, {20, 40, 60}},
      {"an hour of one", 1min, 1h, {60}},
      {"raw datapoints every ten minutes", 10min, 0min, {10, 20, 30, 40, 50, 60}},
  }));
  CAPTURE(row.why);
  Behaviour behaviour = behaviour_under_test();
  behaviour.metric_period = row.metric_period;
  Watched world(behaviour);
  AlarmRuleSettings rule = cpu_rule();
  rule.period = row.rule_period;
  world.watch(rule);
  add_load(world.cloud, world.group, std::vector<int>(20, 70));
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == row.expected);
}

RULE("a lasting alarm fires again as its rule or the behaviour says", {.source = "our decision"}) {
  struct Row {
    const char* why;
    std::optional<Duration> suppress;
    AlarmRepeat repeat;
    Minutes expected;  // alarm from 5 to 40, off until 50, on again
  };
  const auto row = GENERATE(values<Row>({
      {"nothing said: every evaluation",
       std::nullopt,
       AlarmRepeat::EveryPeriod,
       {5, 10, 15, 20, 25, 30, 35, 40, 50, 55}},
      {"nothing said, and the knob says once", std::nullopt, AlarmRepeat::TransitionsOnly, {5, 50}},
      {"0 s: only on entering", 0s, AlarmRepeat::EveryPeriod, {5, 50}},
      {"every 15 minutes", 15min, AlarmRepeat::EveryPeriod, {5, 20, 35, 50}},
      {"an interval wins over the knob", 15min, AlarmRepeat::TransitionsOnly, {5, 20, 35, 50}},
  }));
  CAPTURE(row.why);
  Behaviour behaviour = behaviour_under_test();
  behaviour.alarm_repeat = row.repeat;
  Watched world(behaviour);
  AlarmRuleSettings rule = cpu_rule();
  rule.suppress = row.suppress;
  world.watch(rule);
  add_load(world.cloud, world.group, {70, 70, 70, 70, 70, 70, 70, 70, 10, 70, 70});
  world.cloud.run_until(kStart + 55min);
  CHECK(world.fired_at() == row.expected);
}

RULE("without data a rule keeps its state", {.source = "our decision"}) {
  // No instance delivers CPU usage between the second and the sixth period; the policy does not bring one back.
  Watched world;
  AlarmRuleSettings rule = cpu_rule();
  rule.count = 2;
  world.watch(rule, by_number(Set, 0));
  add_load(world.cloud, world.group, std::vector<int>(12, 70));
  world.cloud.run_until(kStart + 6min);
  set_desire(world.cloud, world.group, 0);
  world.cloud.run_until(kStart + 26min);
  CHECK(world.fired_at() == Minutes{10});  // The second period had data up to its sixth minute.
  set_desire(world.cloud, world.group, 1);
  world.cloud.run_until(kStart + 30min);
  CHECK(world.fired_at() == Minutes{10, 30});  // Still in alarm: no new count of two.
}

RULE("an alarm rule serves the policies of one group only", {.source = "AS.3034"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  const AsGroupId other = create_group(cloud);
  AlarmRuleSettings settings = cpu_rule();
  const AlarmRuleId rule = cloud.add_alarm_rule(settings);
  const AsPolicyId first = create_policy(cloud, group, an_alarm_policy(rule));
  const AsPolicyId second = create_policy(cloud, group, an_alarm_policy(rule));
  CHECK(outcome(cloud.submit(CreateAsPolicy{other, an_alarm_policy(rule)})) == "AS.3034");
  CHECK(outcome(cloud.submit(CreateAsPolicy{other, an_alarm_policy(AlarmRuleId{99})})) == "AS.3030");
  REQUIRE(outcome(cloud.submit(DeleteAsPolicy{first})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsPolicy{other, an_alarm_policy(rule)})) == "AS.3034");
  REQUIRE(outcome(cloud.submit(DeleteAsPolicy{second})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsPolicy{other, an_alarm_policy(rule)})) == "ok");  // Free again.
}

RULE("a removed rule never fires, and its policies can't be enabled again", {.source = "AS.3030"}) {
  Watched world;
  world.watch(cpu_rule());
  const AlarmRuleId rule = world.cloud.find(world.policy)->set.alarm;
  add_load(world.cloud, world.group, std::vector<int>(12, 70));
  world.cloud.run_until(kStart + 12min);
  REQUIRE(outcome(world.cloud.remove_alarm_rule(rule)) == "ok");
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == Minutes{5, 10});
  CHECK(world.cloud.find(world.policy) != nullptr);
  REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{world.policy})) == "ok");
  CHECK(outcome(world.cloud.submit(ResumeAsPolicy{world.policy})) == "AS.3030");
}

RULE("a disabled policy or group does nothing about an alarm", {.source = "AS user manual"}) {
  Watched world;
  world.watch(cpu_rule());
  add_load(world.cloud, world.group, std::vector<int>(12, 70));
  SECTION("the policy") { REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{world.policy})) == "ok"); }
  SECTION("the group") { REQUIRE(outcome(world.cloud.submit(PauseAsGroup{world.group})) == "ok"); }
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at().empty());
}

RULE("one rule fires all of its policies, the first of them while it can", {.source = "AS API reference"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 0s});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId first = create_policy(cloud, group, an_alarm_policy(rule, {.action = by_number(Add, 2)}));
  const AsPolicyId second = create_policy(cloud, group, an_alarm_policy(rule, {.action = by_number(Add, 3)}));
  cloud.run_until(kStart + 300s);
  CHECK(executions_of(cloud, first).size() == 1);
  CHECK(executions_of(cloud, second).size() == 1);
}

RULE("a policy moves from one rule to another", {.source = "AS API reference, modifying a policy"}) {
  Watched world;
  world.watch(cpu_rule());
  AlarmRuleSettings low = cpu_rule();
  low.group = world.group;
  low.comparison = AlarmOperator::Less;
  const AlarmRuleId rule = world.cloud.add_alarm_rule(low);
  REQUIRE(outcome(world.cloud.submit(ModifyAsPolicy{world.policy, an_alarm_policy(rule)})) == "ok");
  add_load(world.cloud, world.group, {70, 10, 70, 10});
  world.cloud.run_until(kStart + 20min);
  CHECK(world.fired_at() == Minutes{10, 20});
}

RULE("the number of instances is a metric too", {.source = "AS user manual, monitoring metrics"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .max = 2});
  AlarmRuleSettings rule = cpu_rule();
  rule.group = group;
  rule.metric = GroupMetric::InstanceNum;
  rule.comparison = AlarmOperator::Equal;
  rule.threshold = 2 * kMetricUnit;
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(cloud.add_alarm_rule(rule)));
  cloud.run_until(kStart + 301s);
  CHECK(executions_of(cloud, policy).size() == 1);
  set_desire(cloud, group, 1);
  cloud.run_until(kStart + 601s);
  CHECK(executions_of(cloud, policy).size() == 1);
}

}  // namespace
}  // namespace tidepool::sim
