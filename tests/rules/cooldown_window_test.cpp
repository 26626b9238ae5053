// Which cooldown an action opens, and what moves or ends it.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
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

void execute(Cloud& cloud, AsPolicyId policy) {
  REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{policy})) == "ok");
}

RULE("the cooldown is that of the policy behind the action, else the group's",
     {.source = "AS API reference, cool_down_time"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups, .health_minutes = 1});
  Duration expected = kGroups;
  SECTION("enabling the group") {}
  SECTION("an alarm policy") {
    const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
    cloud.run_until(kStart + 700s);
    create_policy(cloud, group, an_alarm_policy(rule, {.cool_down = 120s}));
    cloud.run_until(kStart + 1000s);
    expected = 120s;
  }
  SECTION("a scheduled policy") {
    create_policy(cloud, group, a_scheduled_policy(kStart + 120s, {.cool_down = 50s}));
    run_for(cloud, 120s);
    expected = 50s;
  }
  SECTION("a policy executed by hand") {
    execute(cloud, policy_of(cloud, group, 70s));
    expected = 70s;
  }
  SECTION("a new desired number") { set_desire(cloud, group, 5); }
  SECTION("fewer instances") { set_desire(cloud, group, 2); }
  SECTION("servers added by hand") { add_servers(cloud, group, {server_in(kZoneA)}); }
  SECTION("a member taken out by hand") {
    REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  }
  SECTION("an unhealthy member: removed, then replaced") {
    sickness(cloud, group, Sickness::Stopped);
    run_for(cloud, 60s);
    REQUIRE(last_action(cloud, group).type == ActivityType::Diff);
  }
  run_until_idle(cloud, group);
  check_window(cloud, group, expected);
}

RULE("the removal of an unhealthy member opens the group's cooldown", {.source = "our decision"}) {
  Cloud cloud = a_cloud(prompt(Behaviour::current()));
  const AsGroupId group = grown_group(cloud, {.desire = 2, .cool_down = kGroups, .health_minutes = 1});
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 140s);
  CHECK(cloud.find(cloud.activities_of(group)[1])->type == ActivityType::AuditCheckDelete);
  CHECK(group_of(cloud, group).cooldown_from == kStart + 140s);
  CHECK(group_of(cloud, group).cooldown_until == kStart + 140s + kGroups);
}

RULE("a merged action has the cooldown of its last reason", {.source = "our decision"}) {
  Behaviour behaviour = GENERATE(Behaviour::classic(), Behaviour::current());  // With the scan grid of 10 s.
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = kGroups});
  cloud.run_until(kStart + 201s);
  const AsPolicyId first = policy_of(cloud, group, 70s);
  const AsPolicyId second = policy_of(cloud, group, 90s);
  Duration expected{};
  SECTION("by hand, then a policy") {
    set_desire(cloud, group, 5);
    execute(cloud, first);
    expected = 70s;
  }
  SECTION("a policy, then by hand") {
    execute(cloud, first);
    set_desire(cloud, group, 5);
    expected = kGroups;
  }
  SECTION("two policies") {
    execute(cloud, first);
    execute(cloud, second);
    expected = 90s;
  }
  run_until_idle(cloud, group);
  REQUIRE(last_action(cloud, group).reasons.size() == 2);
  check_window(cloud, group, expected);
}

RULE("a cooldown of zero opens no window", {.source = "AS API reference, cool_down_time"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 0s});
  CHECK(group_of(cloud, group).cooldown_from == group_of(cloud, group).cooldown_until);
}

RULE("an action that brought nobody opens no window, one that brought some does",
     {.source = "our decision"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Behaviour behaviour = profile.behaviour;
  behaviour.retry_delay = 1h;
  Cloud cloud = a_cloud(behaviour);
  SECTION("nobody") {
    failing_boots(cloud);
    const AsGroupId group = enabled_group(cloud, {.desire = 2, .cool_down = kGroups});
    run_for(cloud, kBoot);
    REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
    CHECK(group_of(cloud, group).cooldown_from == group_of(cloud, group).cooldown_until);
  }
  SECTION("some") {
    failing_boots(cloud, 500'000);
    const AsGroupId group = enabled_group(cloud, {.desire = 20, .cool_down = kGroups});
    run_for(cloud, kBoot);
    REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
    check_window(cloud, group, kGroups);
  }
}

RULE("each further action restarts the cooldown", {.source = "AS user manual, cooldown"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  check_window(cloud, group, kGroups);
  run_for(cloud, 100s);
  execute(cloud, policy_of(cloud, group, 70s));  // A shorter one, inside the longer.
  run_until_idle(cloud, group);
  check_window(cloud, group, 70s);
}

RULE("another cool_down_time does not move a running period", {.source = "our decision"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  REQUIRE(change(cloud, group, &ModifyAsGroup::cool_down, 60s) == "ok");
  check_window(cloud, group, kGroups);
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  check_window(cloud, group, 60s);
}

RULE("disabling a group keeps its cooldown, unless it is said to clear it", {.source = "our decision"}) {
  const bool clears = GENERATE(false, true);
  CAPTURE(clears);
  Behaviour behaviour = prompt(Behaviour::current());
  behaviour.pause_clears_cooldown = clears;
  behaviour.metric_period = 1s;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = kGroups});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(rule));
  disable(cloud, group);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 1s);
  REQUIRE(executions_of(cloud, policy).size() == 1);
  CHECK(executions_of(cloud, policy)[0].ends_with(clears ? "1->2 SUCCESS" : "1->1 AS.0026"));
}

}  // namespace
}  // namespace tidepool::sim
