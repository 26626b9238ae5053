// Bandwidths and the policies that widen and narrow them.
#include <catch2/catch.hpp>
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

// A bandwidth of 10 Mbit/s.
struct Line {
  Cloud cloud;
  BandwidthId bandwidth{};

  explicit Line(const Behaviour& behaviour = Behaviour::current()) : cloud(a_cloud(behaviour)) {
    bandwidth = *cloud.submit(CreateBandwidth{"line", 10});
  }
  AsPolicyId create(const AsPolicySettings& set) {
    const auto made = cloud.submit(CreateAsPolicy{{}, set, bandwidth});
    INFO(outcome(made));
    REQUIRE(made.has_value());
    return *made;
  }
  AsPolicyId adds(int size, std::optional<int> limits = std::nullopt) {
    return create(a_policy({.action = {Add, size, std::nullopt, limits}}));
  }
  std::string execute(AsPolicyId policy) { return outcome(cloud.submit(ExecuteAsPolicy{policy})); }
  int size() const { return cloud.all_bandwidths()[0].size; }
};

RULE("executing takes five seconds, in which the policy can't be touched",
     {.source = "our decision, AS.3038"}) {
  Line line;
  const AsPolicyId policy = line.adds(5, 100), other = line.adds(1);
  REQUIRE(line.execute(policy) == "ok");
  CHECK(line.size() == 10);
  CHECK(line.cloud.find(policy)->is_executing());
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->10 EXECUTING"});
  CHECK(line.execute(policy) == "AS.3038");
  CHECK(line.execute(other) == "AS.3038");
  CHECK(outcome(line.cloud.submit(DeleteAsPolicy{policy})) == "AS.3038");
  CHECK(outcome(line.cloud.submit(DeleteAsPolicy{policy, PolicyDeletion::InBatch})) == "AS.3038");
  CHECK(outcome(line.cloud.submit(PauseAsPolicy{policy})) == "AS.3038");
  CHECK(outcome(line.cloud.submit(ModifyAsPolicy{policy, line.cloud.find(policy)->set})) == "AS.3038");
  run_for(line.cloud, 5s);
  CHECK(line.size() == 15);
  CHECK_FALSE(line.cloud.find(policy)->is_executing());
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->15 SUCCESS"});
  CHECK(line.cloud.all_executions()[0].limit == 100);
  CHECK(line.execute(other) == "ok");
  CHECK(outcome(line.cloud.submit(DeleteAsPolicy{other, PolicyDeletion::InBatchByForce})) == "ok");
  run_for(line.cloud, 5s);
  CHECK(line.size() == 16);
}

RULE("the time that executing takes is a knob, for bandwidths and groups each", {.source = "our decision"}) {
  Behaviour behaviour = prompt(Behaviour::current());
  behaviour.bandwidth_exec_latency = Duration::zero();
  behaviour.policy_exec_latency = 3s;
  Line line(behaviour);
  REQUIRE(line.execute(line.adds(5)) == "ok");
  CHECK(line.size() == 15);
  const AsGroupId group = grown_group(line.cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(line.cloud, group, a_policy());
  REQUIRE(line.execute(policy) == "ok");
  CHECK(group_of(line.cloud, group).set.desire == 1);
  CHECK(line.execute(policy) == "AS.3038");
  SECTION("it ends") {
    run_for(line.cloud, 3s);
    CHECK(group_of(line.cloud, group).set.desire == 2);
  }
  SECTION("a group's goes with its execution under way, and that goes on (AS user manual)") {
    REQUIRE(outcome(line.cloud.submit(DeleteAsPolicy{policy})) == "ok");
    run_for(line.cloud, 3s);
    CHECK(group_of(line.cloud, group).set.desire == 2);
  }
  SECTION("the group is disabled meanwhile") {
    disable(line.cloud, group);
    run_for(line.cloud, 3s);
    CHECK(group_of(line.cloud, group).set.desire == 1);
    CHECK(executions_of(line.cloud, policy) == Lines{"100 MANUAL 1->1 AS.3027"});
  }
}

RULE("a policy that can change nothing says so in its log", {.source = "AS.3040"}) {
  Line line;
  const AsPolicyId policy = line.adds(5, 10);
  REQUIRE(line.execute(policy) == "ok");
  run_for(line.cloud, 5s);
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->10 AS.3040"});
}

RULE("an alarm is held back by the cooldown of its bandwidth, other triggers are not",
     {.source = "AS.0026"}) {
  Line line;
  AlarmRuleSettings rule;
  rule.name = "busy";
  rule.series = line.cloud.series_of(MetricKey{"SYS.VPC", "up_bandwidth", {{"bandwidth_id", "b"}}});
  rule.period = Duration::zero();
  rule.threshold = 1;
  const auto push = [&](Duration at) {
    line.cloud.run_until(kStart + at);
    line.cloud.push(rule.series, {line.cloud.now(), kMetricUnit});
  };
  const AsPolicyId policy = line.create(
      an_alarm_policy(line.cloud.add_alarm_rule(rule), {.action = by_number(Add, 5), .cool_down = 100s}));
  push(10s);
  push(12s);   // It is being executed.
  push(114s);  // Until 15 s, and 100 s from there.
  CHECK(line.execute(policy) == "ok");
  push(219s + 1s);
  CHECK(executions_of(line.cloud, policy) == Lines{"10 ALARM 10->15 SUCCESS", "12 ALARM 10->10 AS.3038",
                                                   "114 ALARM 15->15 AS.0026", "114 MANUAL 15->20 SUCCESS",
                                                   "220 ALARM 20->20 EXECUTING"});
}

RULE("policies that are due at one moment: the one created last is executed", {.source = "AS user manual"}) {
  Line line;
  const AsPolicyId first = line.create(a_scheduled_policy(kStart + 1h, {.action = by_number(Set, 50)}));
  const AsPolicyId last = line.create(a_scheduled_policy(kStart + 1h, {.action = by_number(Set, 70)}));
  line.cloud.run_until(kStart + 2h);
  CHECK(line.size() == 70);
  CHECK(executions_of(line.cloud, first) == Lines{"3600 SCHEDULED 10->10 superseded"});
  CHECK(executions_of(line.cloud, last) == Lines{"3600 SCHEDULED 10->70 SUCCESS"});
}

RULE("a periodic policy repeats, and a disabled one does not", {.source = "AS API reference"}) {
  Line line;
  Recurrence daily;
  daily.time_of_day = 12h;
  daily.start = kStart;
  daily.end = kStart + 72h;
  const AsPolicyId policy = line.create(a_periodic_policy(daily, {.action = by_number(Add, 1)}));
  line.cloud.run_until(kStart + 40h);
  CHECK(line.size() == 12);
  REQUIRE(outcome(line.cloud.submit(PauseAsPolicy{policy})) == "ok");
  CHECK(line.execute(policy) == "AS.3027");
  line.cloud.run_until(kStart + 72h);
  CHECK(line.size() == 12);
}

RULE("what a policy may ask of a bandwidth", {.source = "AS.3018, AS.3035, AS.3043"}) {
  struct Row {
    const char* why;
    PolicyAction action;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"300", {Add, 300, {}}, "ok"},
      {"301", {Add, 301, {}}, "AS.3018"},
      {"0", {Set, 0, {}}, "AS.3018"},
      {"a share", {Add, {}, 10}, "AS.3035"},
      {"a limit", {Remove, 1, {}, 2000}, "ok"},
      {"too large a limit", {Add, 1, {}, 2001}, "AS.3043"},
      {"none at all", {Add, 1, {}, 0}, "AS.3043"},
      {"a limit with SET", {Set, 1, {}, 10}, "AS.3043"},
  }));
  CAPTURE(row.why);
  Line line;
  CHECK(outcome(line.cloud.submit(CreateAsPolicy{{}, a_policy({.action = row.action}), line.bandwidth})) ==
        row.expected);
}

RULE("policies of bandwidths have a quota, and count when theirs is gone", {.source = "AS.3032, AS.3042"}) {
  Behaviour behaviour = Behaviour::current();
  behaviour.bandwidth_policy_quota = 2;
  Line line(behaviour);
  const AsPolicyId policy = line.adds(1);
  line.adds(2);
  CHECK(outcome(line.cloud.submit(CreateAsPolicy{{}, a_policy(), line.bandwidth})) == "AS.3032");
  REQUIRE(outcome(line.cloud.submit(DeleteBandwidth{line.bandwidth})) == "ok");
  CHECK(line.cloud.bandwidth_policies() == 2);
  CHECK(line.execute(policy) == "AS.3042");
  const BandwidthId other = *line.cloud.submit(CreateBandwidth{"other", 10});
  CHECK(outcome(line.cloud.submit(CreateAsPolicy{{}, a_policy(), other})) == "AS.3032");
  REQUIRE(outcome(line.cloud.submit(DeleteAsPolicy{policy})) == "ok");
  CHECK(outcome(line.cloud.submit(CreateAsPolicy{{}, a_policy(), other})) == "ok");
  CHECK(outcome(line.cloud.submit(CreateAsPolicy{{}, a_policy(), line.bandwidth})) == "AS.3042");
}

RULE("a bandwidth that is given up while a policy widens it stays as it is", {.source = "our decision"}) {
  Line line;
  const AsPolicyId policy = line.adds(5);
  REQUIRE(line.execute(policy) == "ok");
  REQUIRE(outcome(line.cloud.submit(DeleteBandwidth{line.bandwidth})) == "ok");
  run_for(line.cloud, 1h);
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->10 AS.3042"});
}

RULE("a bandwidth's own rules, by hand", {.source = "VPC API reference"}) {
  Line line;
  CHECK(outcome(line.cloud.submit(CreateBandwidth{"", 10})) == "AS.0022");
  CHECK(outcome(line.cloud.submit(CreateBandwidth{"b", 0})) == "AS.0022");
  CHECK(outcome(line.cloud.submit(CreateBandwidth{"b", 2001})) == "AS.0022");
  CHECK(outcome(line.cloud.submit(CreateBandwidth{"b", 2000})) == "ok");
  CHECK(outcome(line.cloud.submit(ModifyBandwidth{line.bandwidth, {}, 2001})) == "AS.0022");
  CHECK(outcome(line.cloud.submit(ModifyBandwidth{line.bandwidth, "wide", 20})) == "ok");
  CHECK(line.size() == 20);
  CHECK(line.cloud.find(line.bandwidth)->name == "wide");
  CHECK(outcome(line.cloud.submit(ModifyBandwidth{BandwidthId{9}, "wide", 20})) == "AS.0007");
  CHECK(outcome(line.cloud.submit(DeleteBandwidth{BandwidthId{9}})) == "AS.0007");
}

}  // namespace
}  // namespace tidepool::sim
