// The scaling action: what sets it off, when it starts, what its record says, how it fails.
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

RULE("each trigger has its type and its reason in the action log",
     {.source = "AS API reference, scaling action logs"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 3, .health_minutes = 1});
  const Time begin = cloud.now();
  std::string expected;
  SECTION("the desired number changed by hand") {
    set_desire(cloud, group, 4);
    expected = "0..100 NORMAL MANNUAL 3->4 SUCCESS";
  }
  SECTION("a scheduled policy") {
    create_policy(cloud, group, a_scheduled_policy(on(2026, 3, 1, 2min)));
    expected = "20..120 NORMAL SCHEDULED 3->4 SUCCESS";
  }
  SECTION("a periodic policy") {
    create_policy(cloud, group, a_periodic_policy({RecurrenceType::Daily, {}, 2min, kStart, kStart + 5min}));
    expected = "20..120 NORMAL RECURRENCE 3->4 SUCCESS";
  }
  SECTION("a policy executed by hand") {
    const AsPolicyId policy = create_policy(cloud, group, a_policy());
    REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{policy})) == "ok");
    expected = "0..100 NORMAL MANNUAL 3->4 SUCCESS";
  }
  SECTION("servers put in by hand") {
    add_servers(cloud, group, {server_in(kZoneA), server_in(kZoneB)});
    expected = "0..5 MANUAL_ADD MANNUAL 3->5 SUCCESS";
  }
  SECTION("members taken out by hand and kept") {
    REQUIRE(outcome(cloud.submit(RemoveInstances{group, {newest_member(cloud, group)}, EcsFate::Keep})) ==
            "ok");
    expected = "0..20 MANUAL_REMOVE MANNUAL 3->2 SUCCESS";
  }
  SECTION("members taken out by hand and deleted") {
    REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Delete})) == "ok");
    expected = "0..20 MANUAL_DELETE MANNUAL 3->2 SUCCESS";
  }
  SECTION("an unhealthy member") {
    sickness(cloud, group, Sickness::Stopped);
    expected = "20..40 AUDIT_CHECK_DELETE AUDIT_CHECK 3->2 SUCCESS";
  }
  run_for(cloud, 120s);
  REQUIRE(actions(cloud, group).size() >= 2);
  CHECK(actions(cloud, group, begin)[1] == expected);
}

RULE("an alarm leaves its policy in the reason", {.source = "AS API reference, scaling action logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(rule, {.cool_down = 3600s}));
  cloud.run_until(kStart + 300s);  // The first datapoint.
  const ScalingActivity& action = last_action(cloud, group);
  CHECK(actions(cloud, group).back() == "300.. NORMAL ALARM 1->2 DOING");
  REQUIRE(action.reasons.size() == 1);
  CHECK(action.reasons[0].policy == policy);
  CHECK(action.reasons[0].time == kStart + 300s);
  CHECK(action.reasons[0].old_value == 1);
  CHECK(action.reasons[0].new_value == 2);
  CHECK(action.reasons[0].cool_down == Duration{3600s});
}

RULE("the record names who came, who left and who was deleted",
     {.source = "AS API reference, scaling action logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  const auto all = members(cloud, group);
  CHECK(last_action(cloud, group).added == all);
  CHECK(last_action(cloud, group).scaling_value == 2);

  REQUIRE(outcome(cloud.submit(RemoveInstances{group, {all[0]}, EcsFate::Keep})) == "ok");
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).removed == std::vector{all[0]});
  CHECK(last_action(cloud, group).deleted.empty());

  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).removed.empty());
  CHECK(last_action(cloud, group).deleted == std::vector{all[1]});
  CHECK(last_action(cloud, group).scaling_value == 1);
}

RULE("a change is noticed at the next point of the scan grid", {.source = "our decision"}) {
  struct Row {
    const char* why;
    Duration scan_period, asked, starts;
  };
  const auto row = GENERATE(values<Row>({
      {"the default grid of 10 s", Behaviour{}.scan_period, 203s, 210s},
      {"just before a point", 10s, 209s + 999ms, 210s},
      {"on a point: at once", 10s, 210s, 210s},
      {"just after a point", 10s, 210s + 1ms, 220s},
      {"a wide grid, counted from the start of the run", 60s, 203s, 240s},
      {"no grid: at once", 0s, 203s, 203s},
  }));
  CAPTURE(row.why);
  Behaviour behaviour = Behaviour::classic();
  behaviour.scan_period = row.scan_period;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  cloud.run_until(kStart + row.asked);
  set_desire(cloud, group, 2);
  run_for(cloud, 60s);
  CHECK(last_action(cloud, group).start == kStart + row.starts);
  CHECK(last_action(cloud, group).reasons[0].time == kStart + row.asked);
}

RULE("changes before an action starts are merged, in order of time", {.source = "our decision"}) {
  Cloud cloud = a_cloud(Behaviour::classic());
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  cloud.run_until(kStart + 201s);
  set_desire(cloud, group, 6);
  run_for(cloud, 1s);
  SECTION("into one action") {
    const AsPolicyId policy = create_policy(cloud, group, a_policy({.action = by_number(Remove, 1)}));
    REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{policy})) == "ok");
    run_until_idle(cloud, group);
    CHECK(actions(cloud, group).back() == "210..310 NORMAL MANNUAL+MANNUAL 4->5 SUCCESS");
    const auto& reasons = last_action(cloud, group).reasons;
    CHECK(reasons[0].policy == none<AsPolicyId>());
    CHECK(reasons[1].policy == policy);
    CHECK(reasons[1].old_value == 6);
    CHECK(reasons[1].new_value == 5);
  }
  SECTION("into none when nothing is left of them") {
    set_desire(cloud, group, 4);
    run_for(cloud, 1h);
    CHECK(actions(cloud, group).size() == 1);
  }
}

RULE("a group runs one action at a time, and the next follows at once", {.source = "our decision"}) {
  Behaviour behaviour = Behaviour::classic();  // On the grid of 10 s; the launches end beside it.
  CloudSpec spec{.behaviour = behaviour};
  spec.region.boot_time.first = 97s;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = create_group(cloud, {.desire = 2});
  run_for(cloud, 5s);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 45s);
  SECTION("further in the same direction") {
    set_desire(cloud, group, 5);
    CHECK(group_of(cloud, group).set.desire == 5);  // At once, but the running action keeps its goal.
    CHECK(last_action(cloud, group).desire_value == 2);
    run_until_idle(cloud, group);
    CHECK(actions(cloud, group) ==
          Lines{"10..107 DIFF DIFF 0->2 SUCCESS", "107..204 NORMAL MANNUAL 2->5 SUCCESS"});
  }
  SECTION("in the opposite direction") {
    set_desire(cloud, group, 1);
    CHECK(members(cloud, group, LifecycleState::Pending).size() == 2);
    run_until_idle(cloud, group);
    CHECK(actions(cloud, group) ==
          Lines{"10..107 DIFF DIFF 0->2 SUCCESS", "107..127 NORMAL MANNUAL 2->1 SUCCESS"});
  }
  SECTION("forth and back again") {
    set_desire(cloud, group, 5);
    set_desire(cloud, group, 2);
    run_for(cloud, 1h);
    CHECK(actions(cloud, group).size() == 1);
  }
}

RULE("an action lasts until its last instance is done", {.source = "AS API reference, is_scaling"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId slow = create_configuration(cloud);
  const AsGroupId group = enabled_group(cloud, {.configuration = slow, .desire = 3});
  run_for(cloud, kBoot - 1us);
  CHECK(group_of(cloud, group).is_scaling());
  run_for(cloud, 1us);
  CHECK_FALSE(group_of(cloud, group).is_scaling());
}

RULE("launches run side by side unless their number is limited", {.source = "our decision"}) {
  struct Row {
    int limit;
    std::string expected;
  };
  const auto row = GENERATE(values<Row>({
      {0, "0..100 DIFF DIFF 0->5 SUCCESS"},
      {5, "0..100 DIFF DIFF 0->5 SUCCESS"},
      {3, "0..200 DIFF DIFF 0->5 SUCCESS"},
      {2, "0..300 DIFF DIFF 0->5 SUCCESS"},
      {1, "0..500 DIFF DIFF 0->5 SUCCESS"},
  }));
  CAPTURE(row.limit);
  Behaviour behaviour = behaviour_under_test();
  behaviour.max_parallel_creates = row.limit;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 5});
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group) == Lines{row.expected});
}

RULE("members count once they have joined and until they have left", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 3});
  run_for(cloud, 50s);
  CHECK(group_of(cloud, group).current() == 0);
  CHECK(group_of(cloud, group).pending == 3);
  run_for(cloud, 50s);
  CHECK(group_of(cloud, group).current() == 3);
  set_desire(cloud, group, 1);
  run_for(cloud, 10s);
  CHECK(group_of(cloud, group).current() == 3);
  CHECK(group_of(cloud, group).removing == 2);
  run_for(cloud, 10s);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(members(cloud, group).size() == 1);
}

RULE("a member goes from PENDING to INSERVICE to REMOVING and is gone",
     {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const InstanceId member = newest_member(cloud, group);
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  Lines way;
  for (const StateMove& each : cloud.moves())
    way.push_back(seconds_since(kStart, each.time) + " " + text_of(each.from) + " " + text_of(each.to));
  CHECK(way ==
        Lines{"0 GONE PENDING", "100 PENDING INSERVICE", "100 INSERVICE REMOVING", "120 REMOVING GONE"});
  CHECK(cloud.find(member) == nullptr);
  CHECK(instance_of(cloud, member).joined == kStart);
  CHECK(instance_of(cloud, member).in_service_since == kStart + 100s);
  CHECK(instance_of(cloud, member).left == kStart + 120s);
}

RULE("health is INITIALIZING until a member is in service, then NORMAL", {.source = "AS documents"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 50s);
  CHECK(instance_of(cloud, newest_member(cloud, group)).health == HealthStatus::Initializing);
  run_for(cloud, 50s);
  CHECK(instance_of(cloud, newest_member(cloud, group)).health == HealthStatus::Normal);
}

}  // namespace
}  // namespace tidepool::sim
