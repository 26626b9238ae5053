// Metrics, alarm rules on them, and the policies that they fire.
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using rules::with;
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

// The minutes at which a rule of 60 % and so many periods fires under these loads, one each five minutes.
Minutes fired_under(int count, const std::vector<int>& load) {
  Watched world;
  AlarmRuleSettings rule = cpu_rule();
  rule.count = count;
  world.watch(rule);
  add_load(world.cloud, world.group, load);
  world.cloud.run_until(kStart + 5min * static_cast<int>(load.size()));
  return world.fired_at();
}

RULE("an alarm is on with the end of a period that meets its condition",
     {.source = "Cloud Eye API reference, alarm rules"}) {
  CHECK(fired_under(1, {70, 10, 70, 10}) == Minutes{5, 15});
  CHECK(fired_under(1, {60, 59}) == Minutes{5});
  CHECK(fired_under(1, {59, 59, 0}).empty());
}

RULE("an alarm is on after so many periods in a row", {.source = "Cloud Eye API reference, count"}) {
  CHECK(fired_under(3, {70, 70, 10, 70, 70, 70, 10}) == Minutes{30});
  CHECK(fired_under(5, {70, 70, 70, 70, 70, 10}) == Minutes{25});
}

RULE("an alarm is off with the first period that does not meet its condition",
     {.source = "Cloud Eye API reference, count"}) {
  CHECK(fired_under(2, {70, 70, 10, 70, 10, 70, 70}) == Minutes{10, 35});
}

RULE("each comparison is as its sign says", {.source = "Cloud Eye API reference, comparison_operator"}) {
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

RULE("a period gathers its datapoints by the rule's statistic",
     {.source = "Cloud Eye API reference, filter"}) {
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

// The minutes of the first hour at which a rule of that period fires under a lasting load.
Minutes of_first_hour(Duration metric_period, Duration rule_period) {
  Watched world(with(&Behaviour::metric_period, metric_period));
  AlarmRuleSettings rule = cpu_rule();
  rule.period = rule_period;
  world.watch(rule);
  add_load(world.cloud, world.group, std::vector<int>(20, 70));
  world.cloud.run_until(kStart + 1h);
  return world.fired_at();
}

RULE("a rule is looked at on the grid of its period", {.source = "our decision"}) {
  CHECK(of_first_hour(5min, 20min) == Minutes{20, 40, 60});
  CHECK(of_first_hour(1min, 1h) == Minutes{60});
}

RULE("a group's metrics have a datapoint every five minutes",
     {.source = "AS user manual, monitoring metrics", .knob = "metric_period = 5m"}) {
  CHECK(of_first_hour(5min, 0min) == Minutes{5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60});
}

RULE("a rule of raw data is looked at with each datapoint, also where they come every ten minutes",
     {.source = "our decision", .knob = "metric_period = 10m"}) {
  CHECK(of_first_hour(10min, 0min) == Minutes{10, 20, 30, 40, 50, 60});
}

// The minutes at which a rule fires under an alarm from 5 to 40, and one from 50 on.
Minutes repeats(std::optional<Duration> suppress, AlarmRepeat repeat) {
  Watched world(with(&Behaviour::alarm_repeat, repeat));
  AlarmRuleSettings rule = cpu_rule();
  rule.suppress = suppress;
  world.watch(rule);
  add_load(world.cloud, world.group, {70, 70, 70, 70, 70, 70, 70, 70, 10, 70, 70});
  world.cloud.run_until(kStart + 55min);
  return world.fired_at();
}

RULE("a lasting alarm fires its policies with every evaluation",
     {.source = "AS user manual, FAQ on cooldowns", .knob = "alarm_repeat = every_period"}) {
  CHECK(repeats(std::nullopt, AlarmRepeat::EveryPeriod) == Minutes{5, 10, 15, 20, 25, 30, 35, 40, 50, 55});
}

RULE("an alarm fires its policies when it is raised, and not again while it lasts",
     {.source = "Cloud Eye API reference, alarm rules", .knob = "alarm_repeat = transitions_only"}) {
  CHECK(repeats(std::nullopt, AlarmRepeat::TransitionsOnly) == Minutes{5, 50});
}

RULE("a rule that says 0 fires once an alarm, whatever others do",
     {.source = "Cloud Eye API reference, suppress_duration"}) {
  CHECK(repeats(0s, AlarmRepeat::EveryPeriod) == Minutes{5, 50});
}

RULE("a rule that names its interval repeats in it, whatever others do",
     {.source = "Cloud Eye API reference, suppress_duration"}) {
  CHECK(repeats(15min, AlarmRepeat::EveryPeriod) == Minutes{5, 20, 35, 50});
  CHECK(repeats(15min, AlarmRepeat::TransitionsOnly) == Minutes{5, 20, 35, 50});
}

RULE("an alarm that the cooldown denied scales later, because it comes again",
     {.source = "AS user manual, FAQ on cooldowns"}) {
  Cloud cloud = a_cloud(with(&Behaviour::cooldown_start, CooldownStart::End));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 400s});  // Until 500 s.
  create_policy(cloud, group, an_alarm_policy(an_alarm_that_is_always_on(cloud, group)));
  run_for(cloud, 500s);
  CHECK(executions(cloud, group) == Lines{"300 ALARM 1->1 AS.0026", "600 ALARM 1->2 SUCCESS"});
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

// ---- What the metrics of a group say ----

// The CPU usage of the period that ends at `at`, in whole percents; -1 when there is none.
int cpu_at(const Cloud& cloud, Duration at) {
  for (const MetricSample& each : cloud.samples())
    if (each.time == kStart + at) return each.cpu_util ? static_cast<int>(*each.cpu_util / kPercent) : -1;
  return -2;
}

RULE("the CPU usage of a group is that of its instances on average",
     {.source = "AS user manual, monitoring metrics"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  add_steady_load(cloud, group, kCapacity / 2);
  cloud.run_until(kStart + 10min);
  CHECK(cpu_at(cloud, 10min) == 25);
}

RULE("a stopped instance delivers no data: the average is that of the others", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .health_minutes = 180});
  add_steady_load(cloud, group, kCapacity / 2);
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 10min);
  CHECK(cpu_at(cloud, 10min) == 50);
}

RULE("without an instance there is no CPU usage", {.source = "AS user manual, monitoring metrics"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 0});
  add_steady_load(cloud, group, kCapacity);
  cloud.run_until(kStart + 10min);
  CHECK(cpu_at(cloud, 10min) == -1);
}

// A policy whose rule compares the number of instances.
AsPolicyId policy_on_size(Cloud& cloud, AsGroupId group, AlarmOperator comparison, int threshold) {
  AlarmRuleSettings rule = cpu_rule();
  rule.group = group;
  rule.metric = GroupMetric::InstanceNum;
  rule.comparison = comparison;
  rule.threshold = threshold * kMetricUnit;
  return create_policy(cloud, group, an_alarm_policy(cloud.add_alarm_rule(rule)));
}

RULE("without an instance there still is the number of instances",
     {.source = "AS user manual, monitoring metrics"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 0});
  const AsPolicyId policy = policy_on_size(cloud, group, AlarmOperator::Less, 1);
  cloud.run_until(kStart + 300s);
  CHECK(executions_of(cloud, policy) == Lines{"300 ALARM 0->1 SUCCESS"});
}

RULE("the number of instances is a metric too, and counts those in service",
     {.source = "AS user manual, monitoring metrics"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .max = 2});
  const AsPolicyId policy = policy_on_size(cloud, group, AlarmOperator::Equal, 2);
  cloud.run_until(kStart + 301s);
  CHECK(executions_of(cloud, policy).size() == 1);
  cloud.run_until(kStart + 590s);
  set_desire(cloud, group, 1);  // One is on its way out at 600 s.
  cloud.run_until(kStart + 601s);
  CHECK(executions_of(cloud, policy).size() == 1);
}

// ---- Rules and their policies ----

// A rule, and two groups that may use it.
struct Shared {
  Cloud cloud = a_cloud();
  AsGroupId group = create_group(cloud), other = create_group(cloud);
  AlarmRuleId rule = cloud.add_alarm_rule(cpu_rule());
};

RULE("an alarm rule may serve several policies of a group, and none of another", {.source = "AS.3034"}) {
  Shared world;
  create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  CHECK(outcome(world.cloud.submit(CreateAsPolicy{world.other, an_alarm_policy(world.rule)})) == "AS.3034");
}

RULE("an alarm rule is free for another group when its last policy is gone", {.source = "our decision"}) {
  Shared world;
  const AsPolicyId first = create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  const AsPolicyId second = create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  const auto of_other = [&] {
    return outcome(world.cloud.submit(CreateAsPolicy{world.other, an_alarm_policy(world.rule)}));
  };
  REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{first})) == "ok");
  CHECK(of_other() == "AS.3034");
  REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{second})) == "ok");
  CHECK(of_other() == "ok");
}

RULE("an alarm policy names a rule that exists", {.source = "AS.3030"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, an_alarm_policy(AlarmRuleId{99})})) == "AS.3030");
}

RULE("a policy that goes leaves its alarm rule", {.source = "AS API reference, deleting a policy"}) {
  Shared world;
  const AsPolicyId policy = create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{policy})) == "ok");
  CHECK(world.cloud.find(world.rule) != nullptr);
}

RULE("a rule that was deleted never fires", {.source = "Cloud Eye API reference, deleting an alarm rule"}) {
  Watched world;
  world.watch(cpu_rule());
  const AlarmRuleId rule = world.cloud.find(world.policy)->set.alarm;
  add_load(world.cloud, world.group, std::vector<int>(12, 70));
  world.cloud.run_until(kStart + 12min);
  REQUIRE(outcome(world.cloud.remove_alarm_rule(rule)) == "ok");
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at() == Minutes{5, 10});
  CHECK(world.cloud.find(world.policy) != nullptr);
}

RULE("a policy whose rule was deleted can't be enabled again", {.source = "AS.3030"}) {
  Shared world;
  const AsPolicyId policy = create_policy(world.cloud, world.group, an_alarm_policy(world.rule));
  REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{policy})) == "ok");
  REQUIRE(outcome(world.cloud.remove_alarm_rule(world.rule)) == "ok");
  CHECK(outcome(world.cloud.submit(ResumeAsPolicy{policy})) == "AS.3030");
}

RULE("a disabled policy does nothing about an alarm, and logs nothing",
     {.source = "AS user manual, disabling a policy"}) {
  Watched world;
  world.watch(cpu_rule());
  add_load(world.cloud, world.group, std::vector<int>(12, 70));
  REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{world.policy})) == "ok");
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at().empty());
}

RULE("a disabled group does nothing about an alarm, and logs nothing",
     {.source = "AS user manual, disabling a group"}) {
  Watched world;
  world.watch(cpu_rule());
  add_load(world.cloud, world.group, std::vector<int>(12, 70));
  disable(world.cloud, world.group);
  world.cloud.run_until(kStart + 1h);
  CHECK(world.fired_at().empty());
}

RULE("an abnormal group does nothing about an alarm, and logs nothing",
     {.source = "AS user manual, AS group status"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  create_policy(cloud, group, an_alarm_policy(an_alarm_that_is_always_on(cloud, group)));
  sold_out_everywhere(cloud);
  set_desire(cloud, group, 2);
  run_for(cloud, 10min);
  REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(executions(cloud, group).empty());
}

RULE("a rule fires each of its policies", {.source = "AS API reference, alarm_id"}) {
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

}  // namespace
}  // namespace tidepool::sim
