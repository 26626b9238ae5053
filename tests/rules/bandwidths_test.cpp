// Bandwidths and the policies that widen and narrow them.
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

// A bandwidth of 10 Mbit/s.
struct Line {
  Cloud cloud;
  BandwidthId bandwidth{};

  explicit Line(const Behaviour& behaviour = behaviour_under_test(), int size = 10)
      : cloud(a_cloud(behaviour)) {
    bandwidth = *cloud.submit(CreateBandwidth{"line", size});
  }
  std::string try_to_create(const AsPolicySettings& set) {
    return outcome(cloud.submit(CreateAsPolicy{{}, set, bandwidth}));
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
  std::string execute(AsPolicyId policy) { return support::execute(cloud, policy); }
  int size() const { return cloud.all_bandwidths()[0].size; }
};

// What a bandwidth of `before` Mbit/s is after that action: "15 SUCCESS", "10 AS.3040".
std::string after(int before, const PolicyAction& action) {
  Line line(behaviour_under_test(), before);
  const AsPolicyId policy = line.create(a_policy({.action = action}));
  REQUIRE(line.execute(policy) == "ok");
  run_for(line.cloud, 5s);
  const std::string log = executions_of(line.cloud, policy).back();
  return std::to_string(line.size()) + log.substr(log.rfind(' '));
}

// ---- How much ----

RULE("ADD widens a bandwidth by its size", {.source = "AS user manual, bandwidth scaling"}) {
  CHECK(after(10, {Add, 5, {}}) == "15 SUCCESS");
}

RULE("ADD goes no further than its limit", {.source = "AS API reference (V2), limits"}) {
  CHECK(after(10, {Add, 50, {}, 30}) == "30 SUCCESS");
  CHECK(after(10, {Add, 5, {}, 30}) == "15 SUCCESS");
}

RULE("REDUCE narrows a bandwidth by its size", {.source = "AS user manual, bandwidth scaling"}) {
  CHECK(after(10, {Remove, 4, {}}) == "6 SUCCESS");
}

RULE("REDUCE goes no further than its limit", {.source = "AS API reference (V2), limits"}) {
  CHECK(after(10, {Remove, 9, {}, 5}) == "5 SUCCESS");
  CHECK(after(10, {Remove, 4, {}, 5}) == "6 SUCCESS");
}

RULE("no bandwidth gets narrower than 1 Mbit/s, or wider than 2000", {.source = "VPC API reference"}) {
  CHECK(after(10, {Remove, 300, {}}) == "1 SUCCESS");
  CHECK(after(1900, {Add, 300, {}}) == "2000 SUCCESS");
}

RULE("SET makes a bandwidth that wide", {.source = "AS user manual, bandwidth scaling"}) {
  CHECK(after(10, {Set, 50, {}}) == "50 SUCCESS");
}

RULE("a policy that can change nothing has failed", {.source = "AS.3040"}) {
  CHECK(after(10, {Add, 5, {}, 10}) == "10 AS.3040");
  CHECK(after(10, {Remove, 5, {}, 10}) == "10 AS.3040");
}

RULE("setting the width that there is succeeds", {.source = "our decision"}) {
  CHECK(after(10, {Set, 10, {}}) == "10 SUCCESS");
}

RULE("up to 300 Mbit/s a bandwidth changes by single ones", {.source = "AS user manual, bandwidth scaling"}) {
  CHECK(after(298, {Add, 1, {}}) == "299 SUCCESS");
  CHECK(after(299, {Add, 1, {}}) == "300 SUCCESS");
}

RULE("from 300 Mbit/s on a bandwidth is moved to the nearest 50",
     {.source = "AS user manual, bandwidth scaling"}) {
  CHECK(after(300, {Add, 60, {}}) == "350 SUCCESS");
  CHECK(after(300, {Add, 90, {}}) == "400 SUCCESS");
  CHECK(after(400, {Remove, 60, {}}) == "350 SUCCESS");
}

RULE("halfway to the next step a bandwidth is rounded up", {.source = "our decision"}) {
  CHECK(after(300, {Add, 25, {}}) == "350 SUCCESS");
  CHECK(after(300, {Add, 24, {}}) == "300 AS.3040");
}

RULE("a rounded bandwidth keeps within its limit", {.source = "our decision"}) {
  CHECK(after(290, {Add, 100, {}, 340}) == "340 SUCCESS");
  CHECK(after(400, {Remove, 300, {}, 310}) == "310 SUCCESS");
}

// ---- What may be asked for ----

std::string outcome_of(const PolicyAction& action) {
  return Line().try_to_create(a_policy({.action = action}));
}

RULE("a policy asks a bandwidth for 1 to 300 Mbit/s", {.source = "AS.3018"}) {
  const auto operation = GENERATE(Add, Remove, Set);
  CHECK(outcome_of({operation, 0, {}}) == "AS.3018");
  CHECK(outcome_of({operation, 1, {}}) == "ok");
  CHECK(outcome_of({operation, 300, {}}) == "ok");
  CHECK(outcome_of({operation, 301, {}}) == "AS.3018");
}

RULE("a policy asks a bandwidth for no percentage", {.source = "AS.3035"}) {
  CHECK(outcome_of({Add, {}, 10}) == "AS.3035");
}

RULE("a limit is 1 to 2000 Mbit/s", {.source = "AS.3043"}) {
  CHECK(outcome_of({Add, 1, {}, 0}) == "AS.3043");
  CHECK(outcome_of({Add, 1, {}, 1}) == "ok");
  CHECK(outcome_of({Remove, 1, {}, 2000}) == "ok");
  CHECK(outcome_of({Add, 1, {}, 2001}) == "AS.3043");
}

RULE("SET has no limit", {.source = "AS.3043"}) { CHECK(outcome_of({Set, 1, {}, 10}) == "AS.3043"); }

RULE("a policy without a size asks for 1 Mbit/s", {.source = "AS API reference (V2), size"}) {
  CHECK(after(10, {Add, {}, {}}) == "11 SUCCESS");
}

// ---- How long, and who has to wait ----

RULE("changing a bandwidth takes five seconds, at the end of which it is another",
     {.source = "our decision", .knob = "bandwidth_exec_latency = 5s"}) {
  Line line;
  const AsPolicyId policy = line.adds(5, 100);
  REQUIRE(line.execute(policy) == "ok");
  run_for(line.cloud, 5s - 1us);
  CHECK(line.size() == 10);
  CHECK(line.cloud.find(policy)->is_executing());
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->10 EXECUTING"});
  run_for(line.cloud, 1us);
  CHECK(line.size() == 15);
  CHECK_FALSE(line.cloud.find(policy)->is_executing());
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->15 SUCCESS"});
  CHECK(line.cloud.all_executions()[0].limit == 100);
}

RULE("a bandwidth may be another one at once",
     {.source = "our decision", .knob = "bandwidth_exec_latency = 0s"}) {
  Line line(with(&Behaviour::bandwidth_exec_latency, 0s));
  const AsPolicyId policy = line.adds(5);
  REQUIRE(line.execute(policy) == "ok");
  CHECK(line.size() == 15);
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->15 SUCCESS"});
}

RULE("one policy at a time changes a bandwidth", {.source = "AS.3038"}) {
  Line line;
  const AsPolicyId policy = line.adds(5), other = line.adds(1);
  REQUIRE(line.execute(policy) == "ok");
  CHECK(line.execute(policy) == "AS.3038");
  CHECK(line.execute(other) == "AS.3038");
  run_for(line.cloud, 5s);
  CHECK(line.execute(other) == "ok");
}

RULE("policies of two bandwidths are executed side by side",
     {.source = "AS user manual, bandwidth scaling"}) {
  Line line;
  const AsPolicyId policy = line.adds(5);
  const BandwidthId first = line.bandwidth;
  line.bandwidth = *line.cloud.submit(CreateBandwidth{"other", 10});
  REQUIRE(line.bandwidth != first);
  const AsPolicyId other = line.adds(7);
  REQUIRE(line.execute(policy) == "ok");
  CHECK(line.execute(other) == "ok");
  run_for(line.cloud, 5s);
  CHECK(line.cloud.find(first)->size == 15);
  CHECK(line.cloud.find(line.bandwidth)->size == 17);
}

RULE("a bandwidth's policy is neither changed, disabled nor deleted while it is being executed",
     {.source = "AS.3038"}) {
  Line line;
  const AsPolicyId policy = line.adds(5);
  REQUIRE(line.execute(policy) == "ok");
  CHECK(outcome(line.cloud.submit(DeleteAsPolicy{policy})) == "AS.3038");
  CHECK(outcome(line.cloud.submit(DeleteAsPolicy{policy, PolicyDeletion::InBatch})) == "AS.3038");
  CHECK(outcome(line.cloud.submit(PauseAsPolicy{policy})) == "AS.3038");
  CHECK(outcome(line.cloud.submit(ModifyAsPolicy{policy, line.cloud.find(policy)->set})) == "AS.3038");
}

RULE("a batch deletes a bandwidth's policy by force while it is being executed, which goes on",
     {.source = "AS API reference, batch managing policies"}) {
  Line line;
  const AsPolicyId policy = line.adds(5);
  REQUIRE(line.execute(policy) == "ok");
  CHECK(outcome(line.cloud.submit(DeleteAsPolicy{policy, PolicyDeletion::InBatchByForce})) == "ok");
  run_for(line.cloud, 5s);
  CHECK(line.size() == 15);
}

RULE("a disabled policy does not change its bandwidth", {.source = "AS.3027"}) {
  Line line;
  const AsPolicyId policy = line.adds(5);
  REQUIRE(outcome(line.cloud.submit(PauseAsPolicy{policy})) == "ok");
  CHECK(line.execute(policy) == "AS.3027");
  run_for(line.cloud, 1min);
  CHECK(line.size() == 10);
}

// ---- Cooldown and clock ----

namespace {

// A bandwidth of 10 that an alarm widens by 5, with a cooldown of 100 s.
struct Busy : Line {
  MetricSeriesId series{};
  AsPolicyId policy{};

  explicit Busy(CooldownStart start) : Line(with(&Behaviour::cooldown_start, start)) {
    series = cloud.series_of(MetricKey{"SYS.VPC", "up_bandwidth", {{"bandwidth_id", "b"}}});
    policy = create(an_alarm_policy(rule(), {.action = by_number(Add, 5), .cool_down = 100s}));
  }
  AlarmRuleId rule() {
    AlarmRuleSettings set;
    set.name = "busy";
    set.series = series;
    set.period = Duration::zero();
    set.threshold = 1;
    return cloud.add_alarm_rule(set);
  }
  void alarm_at(Duration at) {
    cloud.run_until(kStart + at);
    cloud.push(series, {cloud.now(), kMetricUnit});
  }
  Lines log() const { return executions_of(cloud, policy); }
};

}  // namespace

RULE("an alarm widens a bandwidth, and is denied while that is under way",
     {.source = "AS user manual, bandwidth scaling"}) {
  Busy line(CooldownStart::End);
  line.alarm_at(10s);
  line.alarm_at(12s);
  line.alarm_at(20s);
  CHECK(line.log() == Lines{"10 ALARM 10->15 SUCCESS", "12 ALARM 10->10 AS.3038", "20 ALARM 15->15 AS.0026"});
}

RULE("a bandwidth's cooldown begins when it has changed",
     {.source = "AS user manual, cooldown", .knob = "cooldown_start = end"}) {
  Busy line(CooldownStart::End);
  line.alarm_at(10s);  // Until 15 s.
  line.alarm_at(114s);
  line.alarm_at(115s);
  CHECK(line.log() ==
        Lines{"10 ALARM 10->15 SUCCESS", "114 ALARM 15->15 AS.0026", "115 ALARM 15->15 EXECUTING"});
}

RULE("a bandwidth's cooldown begins when its policy fires",
     {.source = "AS API reference, cool_down_time", .knob = "cooldown_start = trigger"}) {
  Busy line(CooldownStart::Trigger);
  line.alarm_at(10s);
  line.alarm_at(109s);
  line.alarm_at(110s);
  CHECK(line.log() ==
        Lines{"10 ALARM 10->15 SUCCESS", "109 ALARM 15->15 AS.0026", "110 ALARM 15->15 EXECUTING"});
}

RULE("only alarms wait for a bandwidth's cooldown", {.source = "AS user manual, cooldown"}) {
  Busy line(CooldownStart::End);
  line.alarm_at(10s);
  line.cloud.run_until(kStart + 20s);
  CHECK(line.execute(line.policy) == "ok");
}

RULE("the cooldown of one bandwidth does not hold back another", {.source = "our decision"}) {
  Busy line(CooldownStart::End);
  line.alarm_at(10s);
  line.bandwidth = *line.cloud.submit(CreateBandwidth{"other", 10});
  const AsPolicyId other = line.create(an_alarm_policy(line.rule(), {.action = by_number(Add, 5)}));
  line.alarm_at(20s);
  CHECK(line.log().back() == "20 ALARM 15->15 AS.0026");
  CHECK(executions_of(line.cloud, other) == Lines{"20 ALARM 10->10 EXECUTING"});
}

RULE("of a bandwidth's policies that are due at one moment the one created last is executed",
     {.source = "AS user manual, policies"}) {
  Line line;
  const AsPolicyId first = line.create(a_scheduled_policy(kStart + 1h, {.action = by_number(Set, 50)}));
  const AsPolicyId last = line.create(a_scheduled_policy(kStart + 1h, {.action = by_number(Set, 70)}));
  line.cloud.run_until(kStart + 2h);
  CHECK(line.size() == 70);
  CHECK(executions_of(line.cloud, first) == Lines{"3600 SCHEDULED 10->10 superseded"});
  CHECK(executions_of(line.cloud, last) == Lines{"3600 SCHEDULED 10->70 SUCCESS"});
}

RULE("a periodic policy of a bandwidth repeats, and not while it is disabled",
     {.source = "AS user manual, bandwidth scaling"}) {
  Line line;
  const AsPolicyId policy = line.create(a_periodic_policy(
      {RecurrenceType::Daily, {}, 12h, kStart, kStart + 72h}, {.action = by_number(Add, 1)}));
  line.cloud.run_until(kStart + 40h);
  CHECK(line.size() == 12);
  REQUIRE(outcome(line.cloud.submit(PauseAsPolicy{policy})) == "ok");
  line.cloud.run_until(kStart + 72h);
  CHECK(line.size() == 12);
}

// ---- The project's quota, and bandwidths that are gone ----

namespace {

// Of so many more policies the first that is refused, and its code: "50 AS.3032".
std::string first_refused(Line& line) {
  for (int made = 0; made < 1000; ++made)
    if (const std::string answer = line.try_to_create(a_policy()); answer != "ok")
      return std::to_string(made) + " " + answer;
  return "none";
}

}  // namespace

RULE("a project has up to 50 policies of bandwidths",
     {.source = "AS user manual, quotas", .knob = "bandwidth_policy_quota = 50"}) {
  Line line;
  CHECK(first_refused(line) == "50 AS.3032");
}

RULE("a project has up to 10 policies of bandwidths, of all together",
     {.source = "AS API reference, querying quotas", .knob = "bandwidth_policy_quota = 10"}) {
  Line line(with(&Behaviour::bandwidth_policy_quota, 10));
  line.adds(1);
  line.bandwidth = *line.cloud.submit(CreateBandwidth{"other", 10});
  CHECK(first_refused(line) == "9 AS.3032");
}

RULE("policies of groups do not count as those of bandwidths", {.source = "AS user manual, quotas"}) {
  Line line(with(&Behaviour::bandwidth_policy_quota, 1));
  create_policy(line.cloud, create_group(line.cloud), a_policy());
  CHECK(first_refused(line) == "1 AS.3032");
}

RULE("a policy whose bandwidth is gone counts against the quota until it is deleted",
     {.source = "AS user manual, quotas"}) {
  Line line(with(&Behaviour::bandwidth_policy_quota, 1));
  const AsPolicyId policy = line.adds(1);
  REQUIRE(outcome(line.cloud.submit(DeleteBandwidth{line.bandwidth})) == "ok");
  line.bandwidth = *line.cloud.submit(CreateBandwidth{"other", 10});
  CHECK(line.try_to_create(a_policy()) == "AS.3032");
  REQUIRE(outcome(line.cloud.submit(DeleteAsPolicy{policy})) == "ok");
  CHECK(line.try_to_create(a_policy()) == "ok");
}

RULE("a policy whose bandwidth is gone can't be executed", {.source = "AS.3042"}) {
  Line line;
  const AsPolicyId policy = line.adds(1);
  REQUIRE(outcome(line.cloud.submit(DeleteBandwidth{line.bandwidth})) == "ok");
  CHECK(line.execute(policy) == "AS.3042");
}

RULE("no policy is made for a bandwidth that is gone", {.source = "AS.3042"}) {
  Line line;
  REQUIRE(outcome(line.cloud.submit(DeleteBandwidth{line.bandwidth})) == "ok");
  CHECK(line.try_to_create(a_policy()) == "AS.3042");
}

RULE("a bandwidth that is given up while a policy widens it stays as it is", {.source = "our decision"}) {
  Line line;
  const AsPolicyId policy = line.adds(5);
  REQUIRE(line.execute(policy) == "ok");
  REQUIRE(outcome(line.cloud.submit(DeleteBandwidth{line.bandwidth})) == "ok");
  run_for(line.cloud, 1h);
  CHECK(executions_of(line.cloud, policy) == Lines{"0 MANUAL 10->10 AS.3042"});
}

RULE("a bandwidth that is made or changed by hand has a name, and 1 to 2000 Mbit/s",
     {.source = "VPC API reference"}) {
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
