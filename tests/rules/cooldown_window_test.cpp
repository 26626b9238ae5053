// Which cooldown an action opens, and what moves or ends it.
#include <algorithm>
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
using enum PolicyOperation;

constexpr Duration kGroups = 500s;

// The window must span `length` from the edge of the last action that the profile names.
void check_window(const Cloud& cloud, AsGroupId group, Duration length) {
  const ScalingActivity& action = last_action(cloud, group);
  const bool at_end = cloud.behaviour().cooldown_start == CooldownStart::End;
  const Time from = at_end ? action.end : action.start;
  CHECK(group_of(cloud, group).cooldown_from == from);
  CHECK(group_of(cloud, group).cooldown_until == from + length);
}

AsPolicyId policy_of(Cloud& cloud, AsGroupId group, Duration cool_down) {
  return create_policy(cloud, group, a_policy({.cool_down = cool_down}));
}

void executes(Cloud& cloud, AsPolicyId policy) { REQUIRE(execute(cloud, policy) == "ok"); }

RULE("the window opens with the start of the action",
     {.source = "AS API reference, cool_down_time (classic page)", .knob = "cooldown_start = trigger"}) {
  Cloud cloud = a_cloud(with(&Behaviour::cooldown_start, CooldownStart::Trigger));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  CHECK(group_of(cloud, group).cooldown_from == kStart);
  CHECK(group_of(cloud, group).cooldown_until == kStart + kGroups);
}

RULE("the window opens with the end of the action",
     {.source = "AS API reference, cool_down_time (present page)", .knob = "cooldown_start = end"}) {
  Cloud cloud = a_cloud(with(&Behaviour::cooldown_start, CooldownStart::End));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  CHECK(group_of(cloud, group).cooldown_from == kStart + kBoot);
  CHECK(group_of(cloud, group).cooldown_until == kStart + kBoot + kGroups);
}

RULE("an action that outlasts its own window leaves no cooldown behind",
     {.source = "our decision", .knob = "cooldown_start = trigger"}) {
  Behaviour behaviour = with(&Behaviour::cooldown_start, CooldownStart::Trigger);
  behaviour.metric_period = 10s;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .cool_down = 60s});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(rule));
  cloud.run_until(kStart + 110s);
  const auto attempts = executions_of(cloud, policy);
  CHECK(attempts.at(attempts.size() - 3) == "90 ALARM 1->1 AS.0034");
  CHECK(std::ranges::count_if(attempts, [](const std::string& each) { return each.ends_with("AS.0026"); }) ==
        0);
  CHECK(group_of(cloud, group).set.desire == 2);
}

// ---- How long it lasts ----

RULE("the cooldown after an alarm is that of its policy", {.source = "AS API reference, cool_down_time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  cloud.run_until(kStart + 700s);
  create_policy(cloud, group, an_alarm_policy(rule, {.cool_down = 120s}));
  cloud.run_until(kStart + 1000s);
  check_window(cloud, group, 120s);
}

RULE("the cooldown after a scheduled policy is that of the policy",
     {.source = "AS API reference, cool_down_time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups});
  create_policy(cloud, group, a_scheduled_policy(kStart + 120s, {.cool_down = 50s}));
  run_for(cloud, 120s);
  check_window(cloud, group, 50s);
}

RULE("the cooldown after a policy that was executed by hand is that of the policy",
     {.source = "AS API reference, cool_down_time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups});
  executes(cloud, policy_of(cloud, group, 70s));
  run_until_idle(cloud, group);
  check_window(cloud, group, 70s);
}

RULE("the cooldown after every other cause is the group's", {.source = "AS API reference, cool_down_time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups, .health_minutes = 1});
  policy_of(cloud, group, 70s);  // One that has nothing to do with it.
  SECTION("enabling the group") {}
  SECTION("a new desired number") { set_desire(cloud, group, 5); }
  SECTION("fewer instances") { set_desire(cloud, group, 2); }
  SECTION("servers added by hand") { add_servers(cloud, group, {server_in(kZoneA)}); }
  SECTION("a member taken out by hand") {
    REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  }
  run_until_idle(cloud, group);
  check_window(cloud, group, kGroups);
}

RULE("the removal of an unhealthy member opens the group's cooldown", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .cool_down = kGroups, .health_minutes = 1});
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 140s);
  const ScalingActivity& removal = *first_removal_by_check(cloud, group);
  const bool at_end = cloud.behaviour().cooldown_start == CooldownStart::End;
  CHECK(group_of(cloud, group).cooldown_from == (at_end ? removal.end : removal.start));
  CHECK(group_of(cloud, group).cooldown_until == group_of(cloud, group).cooldown_from + kGroups);
}

RULE("the refill after a removal by a health check opens the group's cooldown", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .cool_down = kGroups, .health_minutes = 1});
  sickness(cloud, group, Sickness::Stopped);
  run_for(cloud, 1min);
  run_until_idle(cloud, group);
  REQUIRE(last_action(cloud, group).type == ActivityType::Diff);
  check_window(cloud, group, kGroups);
}

RULE("what a policy's cooldown was when it fired counts, whatever becomes of the policy",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups});
  const AsPolicyId policy = policy_of(cloud, group, 70s);
  executes(cloud, policy);
  run_for(cloud, 10s);
  SECTION("it is deleted") { REQUIRE(outcome(cloud.submit(DeleteAsPolicy{policy})) == "ok"); }
  SECTION("it is changed") {
    REQUIRE(outcome(cloud.submit(ModifyAsPolicy{policy, a_policy({.cool_down = 90s})})) == "ok");
  }
  run_until_idle(cloud, group);
  check_window(cloud, group, 70s);
}

RULE("a group's cooldown that changes during an action counts where the window opens with its end",
     {.source = "our decision", .knob = "cooldown_start = end"}) {
  Cloud cloud = a_cloud(with(&Behaviour::cooldown_start, CooldownStart::End));
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .cool_down = kGroups});
  run_for(cloud, 10s);
  REQUIRE(change(cloud, group, &ModifyAsGroup::cool_down, 60s) == "ok");
  run_until_idle(cloud, group);
  check_window(cloud, group, 60s);
}

RULE("a group's cooldown that changes during an action does not count where the window opened with its start",
     {.source = "our decision", .knob = "cooldown_start = trigger"}) {
  Cloud cloud = a_cloud(with(&Behaviour::cooldown_start, CooldownStart::Trigger));
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .cool_down = kGroups});
  run_for(cloud, 10s);
  REQUIRE(change(cloud, group, &ModifyAsGroup::cool_down, 60s) == "ok");
  run_until_idle(cloud, group);
  check_window(cloud, group, kGroups);
}

RULE("a merged action has the cooldown of its last reason", {.source = "our decision"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scan_period, 10s));
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups});
  cloud.run_until(kStart + 201s);
  const AsPolicyId first = policy_of(cloud, group, 70s);
  const AsPolicyId second = policy_of(cloud, group, 90s);
  Duration expected{};
  SECTION("by hand, then a policy") {
    set_desire(cloud, group, 5);
    executes(cloud, first);
    expected = 70s;
  }
  SECTION("a policy, then by hand") {
    executes(cloud, first);
    set_desire(cloud, group, 5);
    expected = kGroups;
  }
  SECTION("two policies") {
    executes(cloud, first);
    executes(cloud, second);
    expected = 90s;
  }
  run_until_idle(cloud, group);
  REQUIRE(last_action(cloud, group).reasons.size() == 2);
  check_window(cloud, group, expected);
}

RULE("a policy that changed nothing does not lend its cooldown to the action of others",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scan_period, 10s));
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups});
  cloud.run_until(kStart + 201s);
  set_desire(cloud, group, 5);
  executes(cloud, create_policy(cloud, group, a_policy({.action = by_number(Set, 5), .cool_down = 70s})));
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).reasons.size() == 1);
  check_window(cloud, group, kGroups);
}

RULE("changes during an action lend their cooldown to the next one, not to that",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .cool_down = kGroups});
  run_for(cloud, 10s);
  executes(cloud, policy_of(cloud, group, 70s));
  cloud.run_until(kStart + kBoot);
  CHECK(group_of(cloud, group).cooldown_until - group_of(cloud, group).cooldown_from == kGroups);
  run_until_idle(cloud, group);
  check_window(cloud, group, 70s);
}

RULE("other load balancers are no reason for a cooldown",
     {.source = "our decision", .knob = "lb_change = idle_only"}) {
  Cloud cloud = a_cloud(with(&Behaviour::lb_change, LbChange::IdleOnly));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 0s, .listeners = {kListener}});
  REQUIRE(change(cloud, group, &ModifyAsGroup::cool_down, kGroups) == "ok");
  REQUIRE(change(cloud, group, &ModifyAsGroup::listeners, {kSecondListener}) == "ok");
  REQUIRE(last_action(cloud, group).type == ActivityType::ModifyElb);
  CHECK(group_of(cloud, group).cooldown_from == group_of(cloud, group).cooldown_until);
}

RULE("a cooldown is its group's own and holds back no other", {.source = "AS user manual, cooldown"}) {
  Cloud cloud = a_cloud();
  const AsGroupId cooling = grown_group(cloud, {.desire = 1, .cool_down = 3600s});
  const AsGroupId other = grown_group(cloud, {.desire = 1, .cool_down = 0s});
  const AsPolicyId denied =
      create_policy(cloud, cooling, an_alarm_policy(an_alarm_that_is_always_on(cloud, cooling)));
  const AsPolicyId served =
      create_policy(cloud, other, an_alarm_policy(an_alarm_that_is_always_on(cloud, other)));
  cloud.run_until(kStart + 300s);
  CHECK(executions_of(cloud, denied) == std::vector<std::string>{"300 ALARM 1->1 AS.0026"});
  CHECK(executions_of(cloud, served) == std::vector<std::string>{"300 ALARM 1->2 SUCCESS"});
}

RULE("a cooldown of zero opens no window", {.source = "AS API reference, cool_down_time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 0s});
  CHECK(group_of(cloud, group).cooldown_from == group_of(cloud, group).cooldown_until);
}

RULE("an action that brought nobody opens no window", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud);
  const AsGroupId group = enabled_group(cloud, {.desire = 2, .cool_down = kGroups});
  run_for(cloud, kBoot);
  REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
  CHECK(group_of(cloud, group).cooldown_from == group_of(cloud, group).cooldown_until);
}

RULE("an action that brought nobody leaves a running cooldown as it is", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  const Time until = group_of(cloud, group).cooldown_until;
  failing_boots(cloud);
  set_desire(cloud, group, 2);
  run_for(cloud, kBoot);
  REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
  CHECK(group_of(cloud, group).cooldown_until == until);
}

RULE("an action that failed but brought some opens a window", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 500'000);
  const AsGroupId group = enabled_group(cloud, {.desire = 20, .cool_down = kGroups});
  run_for(cloud, kBoot);
  REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
  check_window(cloud, group, kGroups);
}

RULE("an action of a policy without cooldown ends the cooldown before it",
     {.source = "AS API reference, cool_down_time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 3600s});
  executes(cloud, policy_of(cloud, group, 0s));
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).cooldown_until <= cloud.now());
}

RULE("each further action restarts the cooldown", {.source = "AS user manual, cooldown"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  check_window(cloud, group, kGroups);
  run_for(cloud, 100s);
  executes(cloud, policy_of(cloud, group, 70s));  // A shorter one, inside the longer.
  run_until_idle(cloud, group);
  check_window(cloud, group, 70s);
}

RULE("another cool_down_time does not move a running period", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  REQUIRE(change(cloud, group, &ModifyAsGroup::cool_down, 60s) == "ok");
  check_window(cloud, group, kGroups);
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  check_window(cloud, group, 60s);
}

// How the next alarm of a group ends that was disabled and enabled inside its cooldown.
std::string alarm_after_a_pause(bool clears) {
  Behaviour behaviour = with(&Behaviour::pause_clears_cooldown, clears);
  behaviour.metric_period = 1s;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(rule));
  disable(cloud, group);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 1s);
  return executions_of(cloud, policy, kStart + kBoot).at(0);
}

RULE("disabling and enabling a group keeps its cooldown",
     {.source = "our decision", .knob = "pause_clears_cooldown = false"}) {
  CHECK(alarm_after_a_pause(false) == "1 ALARM 1->1 AS.0026");
}

RULE("disabling a group ends its cooldown where it is said to",
     {.source = "our decision", .knob = "pause_clears_cooldown = true"}) {
  CHECK(alarm_after_a_pause(true) == "1 ALARM 1->2 SUCCESS");
}

}  // namespace
}  // namespace tidepool::sim
