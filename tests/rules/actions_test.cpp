// The scaling action: what sets it off, when it starts, what its record says, how it fails.
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

// ---- What sets it off, and what its record calls that ----

// A grown group of three, and the story of what follows.
struct Three {
  Cloud cloud = a_cloud();
  AsGroupId group = grown_group(cloud, {.desire = 3, .health_minutes = 1});
  Time begin = cloud.now();

  /// The action after the group's growth.
  std::string next() {
    run_for(cloud, 120s);
    const Lines all = actions(cloud, group, begin);
    return all.size() < 2 ? "" : all[1];
  }
};

RULE("a raised desired number launches what is missing: NORMAL, MANNUAL",
     {.source = "AS API reference, scaling action logs"}) {
  Three world;
  set_desire(world.cloud, world.group, 5);
  CHECK(world.next() == "0..100 NORMAL MANNUAL 3->5 SUCCESS");
  CHECK(group_of(world.cloud, world.group).current() == 5);
}

RULE("a lowered desired number takes out what is too many: NORMAL, MANNUAL",
     {.source = "AS API reference, scaling action logs"}) {
  Three world;
  set_desire(world.cloud, world.group, 1);
  CHECK(world.next() == "0..20 NORMAL MANNUAL 3->1 SUCCESS");
  CHECK(group_of(world.cloud, world.group).current() == 1);
}

RULE("a scheduled policy sets off NORMAL, SCHEDULED", {.source = "AS API reference, scaling action logs"}) {
  Three world;
  create_policy(world.cloud, world.group, a_scheduled_policy(kStart + 2min));
  CHECK(world.next() == "20..120 NORMAL SCHEDULED 3->4 SUCCESS");
}

RULE("a periodic policy sets off NORMAL, RECURRENCE", {.source = "AS API reference, scaling action logs"}) {
  Three world;
  create_policy(world.cloud, world.group,
                a_periodic_policy({RecurrenceType::Daily, {}, 2min, kStart, kStart + 5min}));
  CHECK(world.next() == "20..120 NORMAL RECURRENCE 3->4 SUCCESS");
}

RULE("a policy that is executed by hand sets off NORMAL, MANNUAL, and names itself in the reason",
     {.source = "our decision"}) {
  Three world;
  const AsPolicyId policy = create_policy(world.cloud, world.group, a_policy());
  REQUIRE(execute(world.cloud, policy) == "ok");
  CHECK(world.next() == "0..100 NORMAL MANNUAL 3->4 SUCCESS");
  CHECK(last_action(world.cloud, world.group).reasons.at(0).policy == policy);
}

RULE("servers that are added by hand are MANUAL_ADD", {.source = "AS API reference, scaling action logs"}) {
  Three world;
  add_servers(world.cloud, world.group, {server_in(kZoneA), server_in(kZoneB)});
  CHECK(world.next() == "0..5 MANUAL_ADD MANNUAL 3->5 SUCCESS");
}

RULE("members that are taken out by hand and kept are MANUAL_REMOVE",
     {.source = "AS API reference, scaling action logs"}) {
  Three world;
  const InstanceId one = newest_member(world.cloud, world.group);
  REQUIRE(outcome(world.cloud.submit(RemoveInstances{world.group, {one}, EcsFate::Keep})) == "ok");
  CHECK(world.next() == "0..20 MANUAL_REMOVE MANNUAL 3->2 SUCCESS");
}

RULE("members that are taken out by hand and deleted are MANUAL_DELETE",
     {.source = "AS API reference, scaling action logs"}) {
  Three world;
  const InstanceId one = newest_member(world.cloud, world.group);
  REQUIRE(outcome(world.cloud.submit(RemoveInstances{world.group, {one}, EcsFate::Delete})) == "ok");
  CHECK(world.next() == "0..20 MANUAL_DELETE MANNUAL 3->2 SUCCESS");
}

RULE("a member whose ECS fails its check is AUDIT_CHECK_DELETE, and its successor DIFF",
     {.source = "AS API reference, scaling action logs"}) {
  Three world;
  sickness(world.cloud, world.group, Sickness::Stopped);
  CHECK(world.next() == "20..40 AUDIT_CHECK_DELETE AUDIT_CHECK 3->2 SUCCESS");
  run_until_idle(world.cloud, world.group);
  CHECK(actions(world.cloud, world.group, world.begin).back() == "40..140 DIFF DIFF 2->3 SUCCESS");
}

RULE("a member that fails the check of its load balancer is ELB_CHECK_DELETE",
     {.source = "AS API reference, scaling action logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 2, .pools = {{kPool, 80, 1}}, .health_minutes = 1, .grace = 0s});
  sickness(cloud, group, Sickness::Offline);
  cloud.run_until(kStart + 150s);
  CHECK(actions(cloud, group).at(1) == "120..140 ELB_CHECK_DELETE AUDIT_CHECK 2->1 SUCCESS");
}

RULE("an alarm leaves its policy in the reason", {.source = "AS API reference, scaling action logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 0s});
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

// ---- Its record ----

RULE("a record tells the size at the start, the goal, and how many come or go, never less than none",
     {.source = "AS API reference, scaling action logs (samples)"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const auto numbers = [&] {
    const ScalingActivity& action = last_action(cloud, group);
    return std::vector{action.instance_value, action.desire_value, action.scaling_value};
  };
  CHECK(numbers() == std::vector{0, 1, 1});
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(numbers() == std::vector{1, 0, 1});
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

// ---- When it starts ----

// When the action starts that follows a desired number raised (or lowered) at that time after the start.
Duration start_of_action(Duration scan_period, Duration asked, int desire = 2) {
  Cloud cloud = a_cloud(with(&Behaviour::scan_period, scan_period));
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  cloud.run_until(kStart + asked);
  set_desire(cloud, group, desire);
  run_for(cloud, 61s);
  CHECK(last_action(cloud, group).reasons.at(0).time == kStart + asked);
  return last_action(cloud, group).start - kStart;
}

RULE("a changed desired number is noticed at the next point of the scan grid",
     {.source = "our decision, after samples of action logs", .knob = "scan_period = 10s"}) {
  CHECK(start_of_action(10s, 203s) == Duration{210s});
  CHECK(start_of_action(10s, 209s + 999ms) == Duration{210s});
  CHECK(start_of_action(10s, 210s + 1ms) == Duration{220s});
  CHECK(start_of_action(10s, 203s, 0) == Duration{210s});
}

RULE("a desired number raised on a point of the scan grid is noticed at once",
     {.source = "our decision", .knob = "scan_period = 10s"}) {
  CHECK(start_of_action(10s, 210s) == Duration{210s});
}

RULE("a desired number lowered by hand on a point of the scan grid is noticed at the next one",
     {.source = "our decision, as clients then remove instances by hand", .knob = "scan_period = 10s"}) {
  CHECK(start_of_action(10s, 210s, 0) == Duration{220s});
}

RULE("the scan grid counts from the start of the run, however wide it is",
     {.source = "our decision", .knob = "scan_period = 60s"}) {
  CHECK(start_of_action(60s, 203s) == Duration{240s});
}

RULE("without a scan grid a change is noticed at once",
     {.source = "our decision", .knob = "scan_period = 0s"}) {
  CHECK(start_of_action(0s, 203s) == Duration{203s});
  CHECK(start_of_action(0s, 203s, 0) == Duration{203s});
}

// A group of four on a scan grid of 10 s, asked for six at 201 s.
struct Asked {
  Cloud cloud = a_cloud(with(&Behaviour::scan_period, 10s));
  AsGroupId group = grown_group(cloud, {.desire = 4});

  Asked() {
    cloud.run_until(kStart + 201s);
    set_desire(cloud, group, 6);
    run_for(cloud, 1s);
  }
};

RULE("changes before an action starts are merged into it, in order of time", {.source = "our decision"}) {
  Asked world;
  const AsPolicyId policy =
      create_policy(world.cloud, world.group, a_policy({.action = by_number(Remove, 1)}));
  REQUIRE(execute(world.cloud, policy) == "ok");
  run_until_idle(world.cloud, world.group);
  CHECK(actions(world.cloud, world.group).back() == "210..310 NORMAL MANNUAL+MANNUAL 4->5 SUCCESS");
  const auto& reasons = last_action(world.cloud, world.group).reasons;
  CHECK(reasons[0].policy == none<AsPolicyId>());
  CHECK(reasons[1].policy == policy);
  CHECK(reasons[1].old_value == 6);
  CHECK(reasons[1].new_value == 5);
}

RULE("changes before an action starts that cancel out start none", {.source = "our decision"}) {
  Asked world;
  set_desire(world.cloud, world.group, 4);
  run_for(world.cloud, 1h);
  CHECK(actions(world.cloud, world.group).size() == 1);
}

RULE("changes that turn the direction before an action starts end in the last one's",
     {.source = "our decision"}) {
  Asked world;
  set_desire(world.cloud, world.group, 3);
  run_until_idle(world.cloud, world.group);
  CHECK(actions(world.cloud, world.group).back() == "210..230 NORMAL MANNUAL+MANNUAL 4->3 SUCCESS");
}

// ---- One at a time ----

// Two launches on a scan grid of 10 s that end beside it, at 107 s.
struct Launching {
  Cloud cloud;
  AsGroupId group;

  static Cloud slow() {
    CloudSpec spec{.behaviour = with(&Behaviour::scan_period, 10s)};
    spec.region.boot_time.first = 97s;
    return a_cloud(spec);
  }
  Launching() : cloud(slow()), group(create_group(cloud, {.desire = 2})) {
    run_for(cloud, 5s);
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_for(cloud, 45s);
  }
  Lines story() {
    run_until_idle(cloud, group);
    run_for(cloud, 1h);
    return actions(cloud, group);
  }
};

RULE("a desired number that changes during an action is kept at once, and the action keeps its goal",
     {.source = "our decision"}) {
  Launching world;
  set_desire(world.cloud, world.group, 5);
  CHECK(group_of(world.cloud, world.group).set.desire == 5);
  CHECK(last_action(world.cloud, world.group).desire_value == 2);
  run_for(world.cloud, 50s);
  CHECK(members(world.cloud, world.group).size() == 2);
}

RULE("what is asked for in the same direction follows the running action at once, off the scan grid",
     {.source = "our decision"}) {
  Launching world;
  set_desire(world.cloud, world.group, 5);
  CHECK(world.story() == Lines{"10..107 DIFF DIFF 0->2 SUCCESS", "107..204 NORMAL MANNUAL 2->5 SUCCESS"});
}

RULE("what is asked for in the opposite direction follows the running action at once",
     {.source = "AS API reference, cool_down_time"}) {
  Launching world;
  set_desire(world.cloud, world.group, 1);
  CHECK(members(world.cloud, world.group, LifecycleState::Pending).size() == 2);
  CHECK(world.story() == Lines{"10..107 DIFF DIFF 0->2 SUCCESS", "107..127 NORMAL MANNUAL 2->1 SUCCESS"});
}

RULE("changes during an action that cancel out start no other", {.source = "our decision"}) {
  Launching world;
  set_desire(world.cloud, world.group, 5);
  set_desire(world.cloud, world.group, 2);
  CHECK(world.story().size() == 1);
}

RULE("several changes during an action make one action after it, with all of their reasons",
     {.source = "our decision"}) {
  Launching world;
  set_desire(world.cloud, world.group, 5);
  set_desire(world.cloud, world.group, 4);
  CHECK(world.story().back() == "107..204 NORMAL MANNUAL+MANNUAL 2->4 SUCCESS");
}

RULE("groups do not wait for each other's actions", {.source = "AS user manual, scaling actions"}) {
  Cloud cloud = a_cloud();
  const AsGroupId first = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 50s);
  const AsGroupId second = enabled_group(cloud, {.desire = 1});
  run_for(cloud, kBoot);
  CHECK(actions(cloud, first) == Lines{"0..100 DIFF DIFF 0->1 SUCCESS"});
  CHECK(actions(cloud, second) == Lines{"50..150 DIFF DIFF 0->1 SUCCESS"});
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

// The first action of a group of five.
Lines growth_of_five(int max_parallel_creates) {
  Cloud cloud = a_cloud(with(&Behaviour::max_parallel_creates, max_parallel_creates));
  const AsGroupId group = enabled_group(cloud, {.desire = 5});
  run_until_idle(cloud, group);
  return actions(cloud, group);
}

RULE("all launches of an action run side by side",
     {.source = "our decision", .knob = "max_parallel_creates = 0"}) {
  CHECK(growth_of_five(0) == Lines{"0..100 DIFF DIFF 0->5 SUCCESS"});
}

RULE("so many launches of an action run side by side as are allowed, and the others follow one by one",
     {.source = "our decision", .knob = "max_parallel_creates = 2"}) {
  CHECK(growth_of_five(2) == Lines{"0..300 DIFF DIFF 0->5 SUCCESS"});
  CHECK(growth_of_five(3) == Lines{"0..200 DIFF DIFF 0->5 SUCCESS"});
  CHECK(growth_of_five(5) == Lines{"0..100 DIFF DIFF 0->5 SUCCESS"});
}

RULE("one launch at a time makes an action as long as all of its launches",
     {.source = "our decision", .knob = "max_parallel_creates = 1"}) {
  CHECK(growth_of_five(1) == Lines{"0..500 DIFF DIFF 0->5 SUCCESS"});
}

RULE("each launch has its own latency, and the action lasts as long as the slowest",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  Fault slow = a_fault(FaultKind::BootDelay, kStart);
  slow.zone = kZoneB;
  slow.delay = 50s;
  cloud.add_fault(slow);
  const AsGroupId group = enabled_group(cloud, {.desire = 2, .zones = {kZoneA, kZoneB}});
  run_for(cloud, kBoot);
  CHECK(members(cloud, group, LifecycleState::InService).size() == 1);
  CHECK(group_of(cloud, group).is_scaling());
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group) == Lines{"0..150 DIFF DIFF 0->2 SUCCESS"});
}

RULE("places are chosen one after the other when the action starts, each counting those before it",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 6});
  run_for(cloud, 0s);
  CHECK(zone_counts(cloud, group) == std::vector{2, 2, 2});
  CHECK(members(cloud, group, LifecycleState::Pending).size() == 6);
}

// ---- Its members ----

RULE("members that join do not count as current", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 3});
  run_for(cloud, 50s);
  CHECK(group_of(cloud, group).current() == 0);
  CHECK(group_of(cloud, group).pending == 3);
  run_for(cloud, 50s);
  CHECK(group_of(cloud, group).current() == 3);
}

RULE("members that leave count as current until they are gone", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  set_desire(cloud, group, 1);
  run_for(cloud, 10s);
  CHECK(group_of(cloud, group).current() == 3);
  CHECK(group_of(cloud, group).removing == 2);
  run_for(cloud, 10s);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(members(cloud, group).size() == 1);
}

RULE("an ECS is made with the subnets of its group, in their order",
     {.source = "AS API reference, creating a group"}) {
  Cloud cloud = a_cloud();
  GroupSpec spec{.configuration = create_configuration(cloud), .desire = 1};
  CreateAsGroup request = a_group(spec);
  request.set.networks = {{kSecondSubnet, false, std::nullopt}, {kSubnet, false, std::nullopt}};
  const auto group = cloud.submit(request);
  REQUIRE(outcome(group) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{*group})) == "ok");
  run_until_idle(cloud, *group);
  CHECK(cloud.subnets_of(cloud.ecs_of(newest_member(cloud, *group))) == std::vector{kSecondSubnet, kSubnet});
}

RULE("security groups of the configuration win over those of the group",
     {.source = "AS API reference, creating a configuration"}) {
  Cloud cloud = a_cloud();
  AsConfiguration own = a_configuration();
  own.security_groups = {SecurityGroupId{0}};
  const auto configuration = cloud.submit(CreateAsConfiguration{own});
  REQUIRE(outcome(configuration) == "ok");
  const AsGroupId group = create_group(cloud, {.desire = 1});
  REQUIRE(change(cloud, group, &ModifyAsGroup::security_groups, {kSecondSecurityGroup}) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_until_idle(cloud, group);
  CHECK(cloud.security_groups_of(newest_member(cloud, group)) == std::vector{kSecondSecurityGroup});
  bind_configuration(cloud, group, *configuration);
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(cloud.security_groups_of(newest_member(cloud, group)) == std::vector{SecurityGroupId{0}});
}

RULE("an ECS carries the tags that its group had when it was made", {.source = "AS user manual, tags"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  REQUIRE(outcome(cloud.submit(ChangeTags{group, TagChange::Create, {{"tier", "web"}}})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_until_idle(cloud, group);
  REQUIRE(outcome(cloud.submit(ChangeTags{group, TagChange::Delete, {{"tier", "web"}}})) == "ok");
  const auto tags = cloud.tags_of(cloud.ecs_of(newest_member(cloud, group)));
  CHECK(std::vector(tags.begin(), tags.end()) == std::vector{Tag{"tier", "web"}});
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

}  // namespace
}  // namespace tidepool::sim
