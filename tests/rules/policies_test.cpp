// Policies: when the clock makes them due, who may execute them, what their log says.
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

std::string execute(Cloud& cloud, AsPolicyId policy) {
  return outcome(cloud.submit(ExecuteAsPolicy{policy}));
}

RULE("success of a policy means that the desired number was changed, not that anybody came",
     {.source = "AS documents"}) {
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

RULE("executing by hand needs an enabled group and an enabled policy", {.source = "AS.3027"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  SECTION("both are") {
    CHECK(execute(cloud, policy) == "ok");
    CHECK(executions(cloud, group, cloud.now()) == Lines{"0 MANUAL 1->2 SUCCESS"});
    return;
  }
  SECTION("the group is disabled") { disable(cloud, group); }
  SECTION("the policy is disabled") { REQUIRE(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok"); }
  CHECK(execute(cloud, policy) == "AS.3027");
  CHECK(executions(cloud, group).empty());
  CHECK(group_of(cloud, group).set.desire == 1);
}

RULE("a scheduled policy fires once, at its time", {.source = "AS API reference, launch_time"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  cloud.run_until(kStart + 1h - 1us);
  CHECK(executions(cloud, group).empty());
  cloud.run_until(kStart + 48h);
  CHECK(executions(cloud, group) == Lines{"3600 SCHEDULED 1->2 SUCCESS"});
  CHECK(cloud.find(policy)->status == PolicyStatus::InService);  // Inert, but not disabled (our decision).
}

RULE("of policies due at the same moment the one created last is executed",
     {.source = "AS user manual, our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  const Time due = kStart + 1h;
  const auto scheduled = [&](int number) {
    return create_policy(cloud, group, a_scheduled_policy(due, {.action = by_number(Add, number)}));
  };
  const AsPolicyId first = scheduled(1);
  const AsPolicyId last_but_one = scheduled(2);
  const AsPolicyId last =
      create_policy(cloud, group,
                    a_periodic_policy({RecurrenceType::Daily, {}, 1h, kStart, kStart + 12h},
                                      {.action = by_number(Add, 4)}));
  SECTION("all three are enabled") {
    cloud.run_until(due);
    CHECK(executions_of(cloud, last) == Lines{"3600 RECURRENCE 3->7 SUCCESS"});
    CHECK(executions_of(cloud, first).size() == 1);
    CHECK(executions_of(cloud, first)[0].ends_with("superseded"));
    REQUIRE(executions_of(cloud, last_but_one).size() == 1);
    CHECK(executions_of(cloud, last_but_one)[0].ends_with("superseded"));
    for (const PolicyExecution& each : cloud.all_executions())
      CHECK(each.superseded_by == (each.policy == last ? none<AsPolicyId>() : last));
  }
  SECTION("a disabled one does not count") {
    REQUIRE(outcome(cloud.submit(PauseAsPolicy{last})) == "ok");
    cloud.run_until(due);
    CHECK(executions_of(cloud, last).empty());
    CHECK(executions_of(cloud, last_but_one) == Lines{"3600 SCHEDULED 3->5 SUCCESS"});
  }
  SECTION("a deleted one does not count") {
    REQUIRE(outcome(cloud.submit(DeleteAsPolicy{last})) == "ok");
    cloud.run_until(due);
    CHECK(executions_of(cloud, last_but_one) == Lines{"3600 SCHEDULED 3->5 SUCCESS"});
  }
  SECTION("another group's does not count") {
    const AsGroupId other = grown_group(cloud, {.desire = 1});
    const AsPolicyId its = create_policy(cloud, other, a_scheduled_policy(due));
    cloud.run_until(due);
    CHECK(executions_of(cloud, last) == Lines{"3600 RECURRENCE 3->7 SUCCESS"});
    CHECK(executions_of(cloud, its) == Lines{"3600 SCHEDULED 1->2 SUCCESS"});
  }
  CHECK(group_of(cloud, group).set.desire != 3);
}

RULE("alarms are exempt from the rule of one policy at a moment",
     {.source = "AS user manual, our decision"}) {
  Behaviour behaviour = Behaviour::classic();  // On the grid, so that no action is under way yet.
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

RULE("what falls due while the group or the policy is disabled is lost", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const Recurrence hourly_enough{RecurrenceType::Daily, {}, 1h, kStart, kStart + 240h};
  const AsPolicyId scheduled = create_policy(cloud, group, a_scheduled_policy(kStart + 2h));
  const AsPolicyId periodic = create_policy(cloud, group, a_periodic_policy(hourly_enough));
  SECTION("the group") {
    disable(cloud, group);
    cloud.run_until(kStart + 3h);
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  }
  SECTION("the policies") {
    REQUIRE(outcome(cloud.submit(PauseAsPolicy{scheduled})) == "ok");
    REQUIRE(outcome(cloud.submit(PauseAsPolicy{periodic})) == "ok");
    cloud.run_until(kStart + 3h);
    CHECK(outcome(cloud.submit(ResumeAsPolicy{scheduled})) == "AS.3010");  // Its moment has passed.
    REQUIRE(outcome(cloud.submit(ResumeAsPolicy{periodic})) == "ok");
  }
  cloud.run_until(kStart + 24h);
  CHECK(executions(cloud, group).empty());
  cloud.run_until(kStart + 25h);
  CHECK(executions(cloud, group) == Lines{"90000 RECURRENCE 1->2 SUCCESS"});
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

RULE("with all policies disabled a group still follows its desired number", {.source = "AS user manual"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  REQUIRE(outcome(cloud.submit(PauseAsPolicy{policy})) == "ok");
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 2);
}

RULE("a policy can be changed, and follows its new settings",
     {.source = "AS API reference, modifying a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 1h));
  AsPolicySettings settings = a_scheduled_policy(kStart + 2h, {.action = by_number(Set, 5)});
  SECTION("another time") {
    REQUIRE(outcome(cloud.submit(ModifyAsPolicy{policy, settings})) == "ok");
    cloud.run_until(kStart + 24h);
    CHECK(executions(cloud, group) == Lines{"7200 SCHEDULED 1->5 SUCCESS"});
  }
  SECTION("another type") {
    settings = a_periodic_policy({RecurrenceType::Daily, {}, 3h, kStart, kStart + 12h},
                                 {.action = by_number(Add, 2)});
    REQUIRE(outcome(cloud.submit(ModifyAsPolicy{policy, settings})) == "ok");
    cloud.run_until(kStart + 24h);
    CHECK(executions(cloud, group) == Lines{"10800 RECURRENCE 1->3 SUCCESS"});
  }
  SECTION("nothing that is not allowed") {
    settings.launch_time = kStart;
    CHECK(outcome(cloud.submit(ModifyAsPolicy{policy, settings})) == "AS.3010");
    settings = a_scheduled_policy(kStart + 2h, {.name = "not a name"});
    CHECK(outcome(cloud.submit(ModifyAsPolicy{policy, settings})) == "AS.3031");
    cloud.run_until(kStart + 24h);
    CHECK(executions(cloud, group) == Lines{"3600 SCHEDULED 1->2 SUCCESS"});
  }
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

RULE("enabling and disabling a policy twice does no harm", {.source = ""}) {
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

}  // namespace
}  // namespace tidepool::sim
