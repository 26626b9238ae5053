// Policies: when the clock makes them due, who may execute them, what their log says.
#include <catch2/catch.hpp>
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

RULE("success of a policy means that the desired number was changed, not that anybody came",
     {.source = "AS API reference, querying policy execution logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  sold_out_everywhere(cloud);
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  REQUIRE(execute(cloud, policy) == "ok");
  run_for(cloud, kBoot);
  CHECK(executions_of(cloud, policy, cloud.now() - kBoot) == Lines{"0 MANUAL 1->2 SUCCESS"});
  CHECK(last_action(cloud, group).status == ActivityStatus::Fail);
  CHECK(group_of(cloud, group).set.desire == 2);
}

RULE("a new policy is enabled", {.source = "AS API reference, creating a policy"}) {
  Cloud cloud = a_cloud();
  const AsPolicyId policy = create_policy(cloud, create_group(cloud), a_policy());
  CHECK(cloud.find(policy)->status == PolicyStatus::InService);
}

// ---- By hand ----

RULE("executing by hand needs an enabled group", {.source = "AS.3027"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  disable(cloud, group);
  CHECK(execute(cloud, policy) == "AS.3027");
  CHECK(executions(cloud, group).empty());
  CHECK(group_of(cloud, group).set.desire == 1);
}

RULE("executing by hand needs an enabled policy", {.source = "AS.3027"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  REQUIRE(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok");
  CHECK(execute(cloud, policy) == "AS.3027");
  CHECK(executions(cloud, group).empty());
}

RULE("an abnormal group executes no policy", {.source = "AS user manual, AS group status"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  const AsPolicyId scheduled = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  sold_out_everywhere(cloud);
  set_desire(cloud, group, 2);
  run_for(cloud, 1s);
  REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(execute(cloud, policy) == "AS.3027");
  cloud.run_until(kStart + 2h);
  CHECK(executions_of(cloud, scheduled).empty());
}

RULE("executing by hand does not wait for the cooldown", {.source = "AS user manual, executing a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 3600s});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  REQUIRE(group_of(cloud, group).cooldown_until > cloud.now());
  CHECK(execute(cloud, policy) == "ok");
  CHECK(executions(cloud, group, cloud.now()) == Lines{"0 MANUAL 1->2 SUCCESS"});
}

RULE("executing by hand asks for no alarm", {.source = "AS user manual, executing a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(an_alarm_on_load(cloud, group)));
  CHECK(execute(cloud, policy) == "ok");
  CHECK(executions(cloud, group, cloud.now()) == Lines{"0 MANUAL 1->2 SUCCESS"});
}

RULE("executing by hand before its time leaves a scheduled policy its time",
     {.source = "AS user manual, executing a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  REQUIRE(execute(cloud, policy) == "ok");
  cloud.run_until(kStart + 2h);
  CHECK(executions(cloud, group) == Lines{"100 MANUAL 1->2 SUCCESS", "3600 SCHEDULED 2->3 SUCCESS"});
}

RULE("a policy that is executed by hand stands with its id behind a change by hand",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  REQUIRE(execute(cloud, policy) == "ok");
  run_until_idle(cloud, group);
  REQUIRE(last_action(cloud, group).reasons.size() == 1);
  CHECK(last_action(cloud, group).reasons[0].cause == ChangeCause::Manual);
  CHECK(last_action(cloud, group).reasons[0].policy == policy);
}

// ---- By the clock ----

RULE("a scheduled policy fires once, at its time", {.source = "AS API reference, launch_time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  cloud.run_until(kStart + 1h - 1us);
  CHECK(executions(cloud, group).empty());
  cloud.run_until(kStart + 48h);
  CHECK(executions(cloud, group) == Lines{"3600 SCHEDULED 1->2 SUCCESS"});
}

RULE("a scheduled policy that has fired stays enabled and is inert", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  cloud.run_until(kStart + 48h);
  CHECK(cloud.find(policy)->status == PolicyStatus::InService);
  CHECK(cloud.find(policy)->next_due == kNever);
}

RULE("a scheduled policy does not wait for the cooldown", {.source = "AS user manual, cooldown"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 7200s});
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  cloud.run_until(kStart + 1h);
  CHECK(executions(cloud, group) == Lines{"3600 SCHEDULED 1->2 SUCCESS"});
}

RULE("policies that contradict each other are all executed", {.source = "AS user manual, policies"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h, {.action = by_number(Set, 5)}));
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h + 1min, {.action = by_number(Set, 2)}));
  cloud.run_until(kStart + 2h);
  CHECK(executions(cloud, group) == Lines{"3600 SCHEDULED 1->5 SUCCESS", "3660 SCHEDULED 5->2 SUCCESS"});
}

namespace {

// Three policies that fall due together, the periodic one made last.
struct AtOnce {
  Cloud cloud = a_cloud();
  AsGroupId group = grown_group(cloud, {.desire = 3});
  Time due = kStart + 1h;
  AsPolicyId first = scheduled(1), second = scheduled(2);
  AsPolicyId last = create_policy(cloud, group,
                                  a_periodic_policy({RecurrenceType::Daily, {}, 1h, kStart, kStart + 12h},
                                                    {.action = by_number(Add, 4)}));

  AsPolicyId scheduled(int number) {
    return create_policy(cloud, group, a_scheduled_policy(due, {.action = by_number(Add, number)}));
  }
};

}  // namespace

RULE("of policies due at the same moment only the one created last is executed",
     {.source = "AS user manual, policies"}) {
  AtOnce world;
  world.cloud.run_until(world.due);
  CHECK(executions_of(world.cloud, world.last) == Lines{"3600 RECURRENCE 3->7 SUCCESS"});
  CHECK(group_of(world.cloud, world.group).set.desire == 7);
}

RULE("a policy that was superseded says so in its log, and by whom", {.source = "our decision"}) {
  AtOnce world;
  world.cloud.run_until(world.due);
  CHECK(executions_of(world.cloud, world.first) == Lines{"3600 SCHEDULED 3->3 superseded"});
  CHECK(executions_of(world.cloud, world.second) == Lines{"3600 SCHEDULED 3->3 superseded"});
  for (const PolicyExecution& each : world.cloud.all_executions())
    CHECK(each.superseded_by == (each.policy == world.last ? none<AsPolicyId>() : world.last));
}

RULE("a disabled or deleted policy supersedes nobody", {.source = "our decision"}) {
  AtOnce world;
  SECTION("disabled") { REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{world.last})) == "ok"); }
  SECTION("deleted") { REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{world.last})) == "ok"); }
  world.cloud.run_until(world.due);
  CHECK(executions_of(world.cloud, world.last).empty());
  CHECK(executions_of(world.cloud, world.second) == Lines{"3600 SCHEDULED 3->5 SUCCESS"});
}

RULE("policies of two groups that are due at the same moment are both executed",
     {.source = "AS user manual, policies"}) {
  AtOnce world;
  const AsGroupId other = grown_group(world.cloud, {.desire = 1});
  const AsPolicyId its = create_policy(world.cloud, other, a_scheduled_policy(world.due));
  world.cloud.run_until(world.due);
  CHECK(executions_of(world.cloud, world.last) == Lines{"3600 RECURRENCE 3->7 SUCCESS"});
  CHECK(executions_of(world.cloud, its) == Lines{"3600 SCHEDULED 1->2 SUCCESS"});
}

RULE("alarms are exempt from the rule of one policy at a moment", {.source = "AS user manual, policies"}) {
  Behaviour behaviour = behaviour_under_test();  // On a grid, so that no action is under way yet.
  behaviour.scan_period = 7s;
  behaviour.metric_period = 1h;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = 0s});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId alarm = create_policy(cloud, group, an_alarm_policy(rule, {.action = by_number(Add, 2)}));
  const AsPolicyId scheduled = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  cloud.run_until(kStart + 1h);
  CHECK(executions_of(cloud, alarm).size() == 1);
  CHECK(executions_of(cloud, scheduled).size() == 1);
  CHECK(group_of(cloud, group).set.desire == 6);
}

namespace {

// A scheduled policy for two hours from the start, and a daily one for one hour from midnight on.
struct Clocked {
  Cloud cloud = a_cloud();
  AsGroupId group = grown_group(cloud, {.desire = 1});
  AsPolicyId scheduled = create_policy(cloud, group, a_scheduled_policy(kStart + 2h));
  AsPolicyId periodic =
      create_policy(cloud, group, a_periodic_policy({RecurrenceType::Daily, {}, 1h, kStart, kStart + 240h}));
};

}  // namespace

RULE("what falls due while the group is disabled is lost without a word", {.source = "our decision"}) {
  Clocked world;
  disable(world.cloud, world.group);
  world.cloud.run_until(kStart + 3h);
  REQUIRE(outcome(world.cloud.submit(ResumeAsGroup{world.group})) == "ok");
  world.cloud.run_until(kStart + 25h);
  CHECK(executions(world.cloud, world.group) == Lines{"90000 RECURRENCE 1->2 SUCCESS"});
}

RULE("what falls due while a policy is disabled is lost, and it goes on with the next moment",
     {.source = "our decision"}) {
  Clocked world;
  REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{world.periodic})) == "ok");
  world.cloud.run_until(kStart + 1h + 30min);
  REQUIRE(outcome(world.cloud.submit(ResumeAsPolicy{world.periodic})) == "ok");
  world.cloud.run_until(kStart + 25h);
  CHECK(executions_of(world.cloud, world.periodic) == Lines{"90000 RECURRENCE 2->3 SUCCESS"});
}

RULE("a policy that is enabled at its very moment waits for the next one", {.source = "our decision"}) {
  Clocked world;
  REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{world.periodic})) == "ok");
  world.cloud.run_until(kStart + 1h);
  REQUIRE(outcome(world.cloud.submit(ResumeAsPolicy{world.periodic})) == "ok");
  world.cloud.run_until(kStart + 25h);
  CHECK(executions_of(world.cloud, world.periodic) == Lines{"90000 RECURRENCE 2->3 SUCCESS"});
}

RULE("a scheduled policy whose moment has passed can't be enabled again", {.source = "AS.3010"}) {
  Clocked world;
  REQUIRE(outcome(world.cloud.submit(PauseAsPolicy{world.scheduled})) == "ok");
  world.cloud.run_until(kStart + 3h);
  CHECK(outcome(world.cloud.submit(ResumeAsPolicy{world.scheduled})) == "AS.3010");
  CHECK(world.cloud.find(world.scheduled)->status == PolicyStatus::Paused);
}

RULE("a scheduled policy is made for a moment to come", {.source = "AS.3010"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_scheduled_policy(kStart)})) == "AS.3010");
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_scheduled_policy(kStart + 1min)})) == "ok");
}

RULE("a periodic policy whose window is over can't be enabled again", {.source = "AS.3033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy =
      create_policy(cloud, group, a_periodic_policy({RecurrenceType::Daily, {}, 1h, kStart, kStart + 2h}));
  cloud.run_until(kStart + 3h);
  CHECK(cloud.find(policy)->status == PolicyStatus::InService);
  REQUIRE(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok");
  CHECK(outcome(cloud.submit(ResumeAsPolicy{policy})) == "AS.3033");
  CHECK(cloud.find(policy)->status == PolicyStatus::Paused);
}

RULE("with all policies disabled a group still follows its desired number",
     {.source = "AS user manual, disabling a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  REQUIRE(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok");
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 2);
}

// ---- Changed, deleted ----

RULE("a policy that is given another time follows it", {.source = "AS API reference, modifying a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  const AsPolicySettings later = a_scheduled_policy(kStart + 2h, {.action = by_number(Set, 5)});
  REQUIRE(outcome(cloud.submit(ModifyAsPolicy{policy, later})) == "ok");
  cloud.run_until(kStart + 24h);
  CHECK(executions(cloud, group) == Lines{"7200 SCHEDULED 1->5 SUCCESS"});
}

RULE("a policy that is given another type forgets what belongs to the first",
     {.source = "AS API reference, modifying a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  const AsPolicySettings daily =
      a_periodic_policy({RecurrenceType::Daily, {}, 3h, kStart, kStart + 12h}, {.action = by_number(Add, 2)});
  REQUIRE(outcome(cloud.submit(ModifyAsPolicy{policy, daily})) == "ok");
  cloud.run_until(kStart + 24h);
  CHECK(executions(cloud, group) == Lines{"10800 RECURRENCE 1->3 SUCCESS"});
}

RULE("a policy is changed within the rules for a new one, or not at all", {.source = "AS.3010, AS.3031"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  CHECK(outcome(cloud.submit(ModifyAsPolicy{policy, a_scheduled_policy(kStart)})) == "AS.3010");
  CHECK(outcome(cloud.submit(
            ModifyAsPolicy{policy, a_scheduled_policy(kStart + 2h, {.name = "not a name"})})) == "AS.3031");
  cloud.run_until(kStart + 24h);
  CHECK(executions(cloud, group) == Lines{"3600 SCHEDULED 1->2 SUCCESS"});
}

RULE("a disabled policy that is changed stays disabled", {.source = "AS API reference, modifying a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  REQUIRE(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok");
  REQUIRE(outcome(cloud.submit(ModifyAsPolicy{policy, a_scheduled_policy(kStart + 2h)})) == "ok");
  cloud.run_until(kStart + 3h);
  CHECK(executions(cloud, group).empty());
}

RULE("a policy's cooldown is at most a day", {.source = "AS.3012"}) {
  struct Row {
    Duration cool_down;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({{0s, "ok"}, {86400s, "ok"}, {86401s, "AS.3012"}, {-1s, "AS.3012"}}));
  CAPTURE(row.cool_down);
  Cloud cloud = a_cloud();
  CHECK(outcome(cloud.submit(CreateAsPolicy{create_group(cloud), a_policy({.cool_down = row.cool_down})})) ==
        row.expected);
}

RULE("deleting a policy leaves the action that it started",
     {.source = "AS API reference, deleting a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  REQUIRE(execute(cloud, policy) == "ok");
  run_for(cloud, 10s);
  REQUIRE(outcome(cloud.submit(DeleteAsPolicy{policy})) == "ok");
  CHECK(cloud.find(policy) == nullptr);
  CHECK(outcome(cloud.submit(DeleteAsPolicy{policy})) != "ok");
  CHECK(execute(cloud, policy) != "ok");
  run_for(cloud, kBoot);
  CHECK(group_of(cloud, group).current() == 2);
  CHECK(last_action(cloud, group).reasons[0].policy == policy);
}

RULE("enabling and disabling a policy twice does no harm", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  CHECK(outcome(cloud.submit(ResumeAsPolicy{policy})) == "ok");
  CHECK(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok");
  CHECK(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok");
  CHECK(outcome(cloud.submit(ResumeAsPolicy{policy})) == "ok");
  cloud.run_until(kStart + 2h);
  CHECK(executions(cloud, group).size() == 1);
}

RULE("the policies of a group go with it", {.source = "AS user manual, deleting a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group})) == "ok");
  CHECK(cloud.find(policy) == nullptr);
  cloud.run_until(kStart + 2h);
  CHECK(cloud.all_executions().empty());
}

// ---- How long a policy is being executed ----

namespace {

// A group of one whose policy is executed at kStart + 100 s, by hand.
struct Executing {
  Cloud cloud;
  AsGroupId group;
  AsPolicyId policy;

  explicit Executing(Duration latency)
      : cloud(a_cloud(with(&Behaviour::policy_exec_latency, latency))),
        group(grown_group(cloud, {.desire = 1})),
        policy(create_policy(cloud, group, a_policy())) {
    REQUIRE(execute(cloud, policy) == "ok");
  }
  int desire() const { return group_of(cloud, group).set.desire; }
  Lines log() const { return executions_of(cloud, policy); }
};

}  // namespace

RULE("a policy of a group is executed in the moment in which it fires",
     {.source = "AS API reference, querying policy execution logs", .knob = "policy_exec_latency = 0s"}) {
  Executing world(0s);
  CHECK(world.desire() == 2);
  CHECK_FALSE(world.cloud.find(world.policy)->is_executing());
  CHECK(world.log() == Lines{"100 MANUAL 1->2 SUCCESS"});
}

RULE("where executing a group's policy takes time, the desired number changes at its end",
     {.source = "our decision", .knob = "policy_exec_latency = 3s"}) {
  Executing world(3s);
  CHECK(world.log() == Lines{"100 MANUAL 1->1 EXECUTING"});
  run_for(world.cloud, 3s - 1us);
  CHECK(world.desire() == 1);
  run_for(world.cloud, 1us);
  CHECK(world.desire() == 2);
  CHECK(world.log() == Lines{"100 MANUAL 1->2 SUCCESS"});
}

RULE("a policy that is being executed is not executed once more", {.source = "AS.3038"}) {
  Executing world(3s);
  CHECK(execute(world.cloud, world.policy) == "AS.3038");
  CHECK(world.log().size() == 1);
}

RULE("a policy that is being executed can't be changed or disabled", {.source = "our decision"}) {
  Executing world(3s);
  CHECK(outcome(world.cloud.submit(ModifyAsPolicy{world.policy, a_policy()})) == "AS.3038");
  CHECK(outcome(world.cloud.submit(PauseAsPolicy{world.policy})) == "AS.3038");
  run_for(world.cloud, 3s);
  CHECK(outcome(world.cloud.submit(PauseAsPolicy{world.policy})) == "ok");
}

RULE("a group's policy can be deleted while it is being executed, which goes on",
     {.source = "AS user manual, deleting a policy"}) {
  Executing world(3s);
  REQUIRE(outcome(world.cloud.submit(DeleteAsPolicy{world.policy})) == "ok");
  run_for(world.cloud, 3s);
  CHECK(world.desire() == 2);
}

RULE("a batch deletes a policy that is being executed by force only",
     {.source = "AS API reference, batch managing policies"}) {
  Executing world(3s);
  CHECK(outcome(world.cloud.submit(DeleteAsPolicy{world.policy, PolicyDeletion::InBatch})) == "AS.3038");
  CHECK(outcome(world.cloud.submit(DeleteAsPolicy{world.policy, PolicyDeletion::InBatchByForce})) == "ok");
}

RULE("a group that is disabled while its policy is being executed stays as it is",
     {.source = "our decision"}) {
  Executing world(3s);
  disable(world.cloud, world.group);
  run_for(world.cloud, 3s);
  CHECK(world.desire() == 1);
  CHECK(world.log() == Lines{"100 MANUAL 1->1 AS.3027"});
}

}  // namespace
}  // namespace tidepool::sim
