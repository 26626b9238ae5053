// What clients do to members by hand: add, remove, protect. How many fit into one call is checked by the wire.
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

std::string add(Cloud& cloud, AsGroupId group, const std::vector<ServerId>& servers) {
  return outcome(cloud.submit(AddInstances{group, servers}));
}
std::string remove(Cloud& cloud, AsGroupId group, const std::vector<InstanceId>& ids,
                   EcsFate ecs = EcsFate::Keep) {
  return outcome(cloud.submit(RemoveInstances{group, ids, ecs}));
}

// How a request ends, with the offenders that a refusal names: "AS.4029, 0 AS.4023, 2 AS.4027", "AS.2035", "ok".
template <class T>
std::string ending(const Result<T>& result) {
  std::string text = outcome(result);
  if (result.has_error())
    for (const Offender& each : result.error().offenders)
      text += ", " + std::to_string(each.index) + " " + code_text(each.code);
  return text;
}

// ---- Adding ----

RULE("servers added by hand raise the desired number along", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .max = 3});
  REQUIRE(add(cloud, group, {server_in(kZoneA), server_in(kZoneB)}) == "ok");
  CHECK(group_of(cloud, group).set.desire == 3);
  run_for(cloud, kAttach);
  CHECK(group_of(cloud, group).current() == 3);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == 2);  // Nothing to make up for.
}

RULE("a server added by hand is a member without a configuration",
     {.source = "AS API reference, querying instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA)});
  CHECK(instance_of(cloud, newest_member(cloud, group)).configuration == none<AsConfigurationId>());
}

RULE("a server added by hand joins at once, and serves when it is bound",
     {.source = "AS user manual, adding instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA)});
  CHECK(instance_of(cloud, InstanceId{0}).joined == cloud.now());
  CHECK(instance_of(cloud, InstanceId{0}).state == LifecycleState::Pending);
  run_for(cloud, kAttach);
  CHECK(instance_of(cloud, InstanceId{0}).state == LifecycleState::InService);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Normal);
}

RULE("adding servers is an action MANUAL_ADD", {.source = "AS API reference (V2), scaling action logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group) == Lines{"0..5 MANUAL_ADD MANNUAL 0->1 SUCCESS"});
  CHECK(last_action(cloud, group).added == members(cloud, group));
}

namespace {

// A group of two in zones A and B, one of them server 0 of zone A, that has room for two more. Another group has
// server 3 of zone A.
struct Adding {
  Cloud cloud = a_cloud();
  AsGroupId other = grown_group(cloud);
  AsGroupId group = grown_group(cloud, {.desire = 1, .max = 4, .zones = {kZoneA, kZoneB}});

  Adding() {
    add_servers(cloud, other, {server_in(kZoneA, 3)});
    add_servers(cloud, group, {server_in(kZoneA)});
    run_until_idle(cloud, group);
  }
  std::string of(const std::vector<ServerId>& servers) {
    return ending(cloud.submit(AddInstances{group, servers}));
  }
};

}  // namespace

RULE("servers are added up to max_instance_number", {.source = "AS.2035"}) {
  Adding world;
  CHECK(world.of({server_in(kZoneA, 1), server_in(kZoneB), server_in(kZoneB, 1)}) == "AS.2035");
  CHECK(world.of({server_in(kZoneA, 1), server_in(kZoneB)}) == "ok");
}

RULE("a batch names somebody to add", {.source = "AS.4019"}) { CHECK(Adding().of({}) == "AS.4019"); }

RULE("a server that is in the group is not added again", {.source = "AS.4023"}) {
  CHECK(Adding().of({server_in(kZoneA)}) == "AS.4029, 0 AS.4023");
}

RULE("a server is not added twice by naming it twice", {.source = "AS.4023"}) {
  CHECK(Adding().of({server_in(kZoneB), server_in(kZoneB)}) == "AS.4029, 1 AS.4023");
}

RULE("a server that is in another group is not added", {.source = "AS.4027"}) {
  CHECK(Adding().of({server_in(kZoneA, 3)}) == "AS.4029, 0 AS.4027");
}

RULE("a server in a zone that is not the group's is not added", {.source = "AS.4020"}) {
  CHECK(Adding().of({server_in(kZoneC)}) == "AS.4029, 0 AS.4020");
}

RULE("a server in another VPC is not added", {.source = "AS.4021"}) {
  CHECK(Adding().of({kServerOfOtherVpc}) == "AS.4029, 0 AS.4021");
}

RULE("a server that does not run is not added", {.source = "AS.4024"}) {
  CHECK(Adding().of({kStoppedServer}) == "AS.4029, 0 AS.4024");
}

RULE("servers are added all or none, and each that can't be is named", {.source = "our decision"}) {
  Adding world;
  const auto before = members(world.cloud, world.group);
  CHECK(world.of({kStoppedServer, server_in(kZoneA, 1), kServerOfOtherVpc}) ==
        "AS.4029, 0 AS.4024, 2 AS.4021");
  CHECK(members(world.cloud, world.group) == before);
  CHECK(group_of(world.cloud, world.group).set.desire == 2);
}

RULE("a disabled group takes no servers", {.source = "AS.2033"}) {
  Adding world;
  disable(world.cloud, world.group);
  CHECK(world.of({server_in(kZoneA, 1)}) == "AS.2033");
}

RULE("an abnormal group takes no servers", {.source = "AS.2033"}) {
  Adding world;
  sold_out_everywhere(world.cloud);
  set_desire(world.cloud, world.group, 3);
  run_for(world.cloud, kBoot);
  REQUIRE(group_of(world.cloud, world.group).status == GroupStatus::Error);
  CHECK(world.of({server_in(kZoneA, 1)}) == "AS.2033");
}

RULE("a group takes no servers while a scaling action runs", {.source = "AS.2033"}) {
  Adding world;
  set_desire(world.cloud, world.group, 3);
  run_for(world.cloud, 1s);
  CHECK(world.of({server_in(kZoneA, 1)}) == "AS.2033");
}

// ---- Taking out ----

RULE("members taken out by hand lower the desired number along", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  const auto all = members(cloud, group);
  REQUIRE(remove(cloud, group, {all[1]}) == "ok");
  CHECK(group_of(cloud, group).set.desire == 2);
  run_for(cloud, 1h);
  CHECK(members(cloud, group) == std::vector{all[0], all[2]});
  CHECK(actions(cloud, group).size() == 2);  // Nothing to make up for.
}

RULE(
    "what the service only releases stands in the list of removed instances even when its ECS is gone "
    "already",
    {.source = "AS API reference, scaling action logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  REQUIRE(add(cloud, group, {server_in(kZoneA)}) == "ok");
  run_until_idle(cloud, group);
  const InstanceId by_hand = cloud.member_of(server_in(kZoneA));
  REQUIRE(cloud.submit(DeleteEcs{Ecs{.server = server_in(kZoneA)}}).has_value());
  run_for(cloud, 10min);
  const ScalingActivity* check = first_removal_by_check(cloud, group);
  REQUIRE(check != nullptr);
  CHECK(check->removed == std::vector{by_hand});
  CHECK(check->deleted.empty());
}

RULE("a member that is taken out keeps its ECS", {.source = "AS API reference, instance_delete"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  REQUIRE(remove(cloud, group, members(cloud, group)) == "ok");
  run_until_idle(cloud, group);
  CHECK(instance_of(cloud, InstanceId{0}).ecs_deleted == kNever);
  CHECK(last_action(cloud, group).type == ActivityType::ManualRemove);
  CHECK(last_action(cloud, group).removed == std::vector{InstanceId{0}});
}

RULE("with instance_delete a member's ECS is deleted, too", {.source = "AS API reference, instance_delete"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  REQUIRE(remove(cloud, group, members(cloud, group), EcsFate::Delete) == "ok");
  run_until_idle(cloud, group);
  CHECK(instance_of(cloud, InstanceId{0}).ecs_deleted == cloud.now());
  CHECK(last_action(cloud, group).type == ActivityType::ManualDelete);
  CHECK(last_action(cloud, group).deleted == std::vector{InstanceId{0}});
}

namespace {

// A group of one that was added by hand.
struct ByHand {
  Cloud cloud = a_cloud();
  AsGroupId group = grown_group(cloud, {.health_minutes = 1});

  ByHand() {
    add_servers(cloud, group, {server_in(kZoneA)});
    run_until_idle(cloud, group);
  }
  // Whether it has left the group and its ECS is still there.
  bool was_let_go() const {
    return instance_of(cloud, InstanceId{0}).state == LifecycleState::Gone && cloud.exists(server_in(kZoneA));
  }
};

}  // namespace

RULE("a server added by hand is let go also with instance_delete",
     {.source = "AS API reference, instance_delete"}) {
  ByHand world;
  REQUIRE(remove(world.cloud, world.group, {InstanceId{0}}, EcsFate::Delete) == "ok");
  run_until_idle(world.cloud, world.group);
  CHECK(world.was_let_go());
}

RULE("a server added by hand is let go by scale-in", {.source = "AS user manual, instance removal policy"}) {
  ByHand world;
  set_desire(world.cloud, world.group, 0);
  run_until_idle(world.cloud, world.group);
  CHECK(world.was_let_go());
}

RULE("a server added by hand is let go by a health check", {.source = "AS user manual, health check"}) {
  ByHand world;
  sickness(world.cloud, world.group, Sickness::Stopped);
  run_for(world.cloud, 90s);
  CHECK(world.was_let_go());
}

RULE("a server added by hand outlives the deletion of its group by force",
     {.source = "AS API reference, deleting a group"}) {
  ByHand world;
  REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group, ForceDelete::Yes})) == "ok");
  run_for(world.cloud, kRemoval);
  CHECK(world.cloud.find(world.group) == nullptr);
  CHECK(world.was_let_go());
}

RULE("a server can be taken out, looked after and added back, time and again",
     {.source = "AS user manual, removing instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  for (int round = 0; round < 3; ++round) {
    REQUIRE(add(cloud, group, {server_in(kZoneA)}) == "ok");
    run_until_idle(cloud, group);
    REQUIRE(remove(cloud, group, {cloud.member_of(server_in(kZoneA))}) == "ok");
    run_until_idle(cloud, group);
    CHECK(cloud.member_of(server_in(kZoneA)) == none<InstanceId>());
  }
  CHECK(members(cloud, group).empty());
}

RULE("a server is free for another group once its removal has ended", {.source = "AS.4027"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  const AsGroupId other = grown_group(cloud);
  REQUIRE(add(cloud, group, {server_in(kZoneA)}) == "ok");
  run_until_idle(cloud, group);
  REQUIRE(remove(cloud, group, {cloud.member_of(server_in(kZoneA))}) == "ok");
  CHECK(add(cloud, other, {server_in(kZoneA)}) == "AS.4029");
  run_until_idle(cloud, group);
  CHECK(add(cloud, other, {server_in(kZoneA)}) == "ok");
}

namespace {

// A group of four that may shrink to two, and a member of another one.
struct Removing {
  Cloud cloud = a_cloud();
  AsGroupId other = grown_group(cloud, {.desire = 1});
  AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2});
  std::vector<InstanceId> all = members(cloud, group);
  InstanceId foreign = newest_member(cloud, other);

  std::string of(const std::vector<InstanceId>& ids) {
    return ending(cloud.submit(RemoveInstances{group, ids, EcsFate::Keep}));
  }
};

}  // namespace

RULE("members are taken out down to min_instance_number", {.source = "AS.2036"}) {
  Removing world;
  CHECK(world.of({world.all[0], world.all[1], world.all[2]}) == "AS.2036");
  CHECK(world.of({world.all[0], world.all[1]}) == "ok");
}

RULE("a member is not taken out twice by naming it twice", {.source = "our decision"}) {
  Removing world;
  CHECK(world.of({world.all[0], world.all[0]}).starts_with("AS.4030, 1"));
  CHECK(group_of(world.cloud, world.group).set.desire == 4);
}

RULE("who is not in service is not taken out", {.source = "AS.4015"}) {
  Removing world;  // While no action runs, standby is the only other state.
  world.cloud = a_cloud(with(&Behaviour::standby, true));
  world.group = grown_group(world.cloud, {.desire = 2});
  REQUIRE(outcome(world.cloud.submit(EnterStandby{world.group, {InstanceId{0}}, StandbyRefill::No})) == "ok");
  CHECK(world.of({InstanceId{0}}) == "AS.4030, 0 AS.4015");
}

RULE("a batch names somebody to take out", {.source = "AS.4013"}) { CHECK(Removing().of({}) == "AS.4013"); }

RULE("a member of another group is not taken out of this one", {.source = "AS.4014"}) {
  Removing world;
  CHECK(world.of({world.foreign}) == "AS.4030, 0 AS.4014");
}

RULE("who is no member can't be taken out", {.source = "AS.4006"}) {
  CHECK(Removing().of({InstanceId{99}}) == "AS.4030, 0 AS.4006");
}

RULE("members are taken out all or none, and each that can't be is named", {.source = "our decision"}) {
  Removing world;
  CHECK(world.of({world.foreign, world.all[0], InstanceId{99}}) == "AS.4030, 0 AS.4014, 2 AS.4006");
  CHECK(members(world.cloud, world.group, LifecycleState::InService) == world.all);
}

RULE("no member is taken out while a scaling action runs", {.source = "AS.2033"}) {
  Removing world;
  set_desire(world.cloud, world.group, 5);
  run_for(world.cloud, 1s);
  CHECK(world.of({world.all[0]}) == "AS.2033");
  CHECK(outcome(world.cloud.submit(RemoveInstance{world.all[0], EcsFate::Keep})) == "AS.2033");
}

RULE("a single member that is unknown is AS.4006", {.source = "AS API reference, removing an instance"}) {
  Removing world;
  CHECK(outcome(world.cloud.submit(RemoveInstance{InstanceId{99}, EcsFate::Keep})) == "AS.4006");
  REQUIRE(outcome(world.cloud.submit(RemoveInstance{world.all[0], EcsFate::Keep})) == "ok");
  run_for(world.cloud, kRemoval);
  CHECK(outcome(world.cloud.submit(RemoveInstance{world.all[0], EcsFate::Keep})) == "AS.4006");
}

RULE("a single member is not taken out below min_instance_number", {.source = "AS.2036"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .min = 1});
  CHECK(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "AS.2036");
}

RULE("members can be taken out of a group in any status but DELETING, at once", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  SECTION("enabled") {}
  SECTION("disabled") { disable(cloud, group); }
  SECTION("abnormal") {
    sold_out_everywhere(cloud);
    set_desire(cloud, group, 3);
    run_for(cloud, kBoot);
    REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  }
  const GroupStatus status = group_of(cloud, group).status;
  CHECK(remove(cloud, group, {newest_member(cloud, group)}, EcsFate::Delete) == "ok");
  run_for(cloud, kRemoval);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(group_of(cloud, group).status == status);
}

RULE("a group that is being deleted lets nobody in, out or be protected", {.source = "AS.2033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const auto all = members(cloud, group);
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  CHECK(add(cloud, group, {server_in(kZoneA)}) == "AS.2033");
  CHECK(remove(cloud, group, all) == "AS.2033");
  CHECK(outcome(cloud.submit(ProtectInstances{group, all, Protection::On})) == "AS.2033");
}

// ---- Protecting ----

RULE("protection does not help against removal by hand", {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  protect(cloud, group, members(cloud, group));
  CHECK(remove(cloud, group, members(cloud, group)) == "ok");
  run_until_idle(cloud, group);
  CHECK(members(cloud, group).empty());
  CHECK(group_of(cloud, group).protected_members == 0);
}

RULE("a server added by hand can be protected", {.source = "AS user manual, instance protection"}) {
  ByHand world;
  protect(world.cloud, world.group, members(world.cloud, world.group));
  CHECK(change(world.cloud, world.group, &ModifyAsGroup::desire, 0) == "AS.2010");
}

RULE("members are protected in a disabled group, too, and once more without an error",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  disable(cloud, group);
  for (int i = 0; i < 2; ++i) {
    CHECK(outcome(cloud.submit(ProtectInstances{group, members(cloud, group), Protection::On})) == "ok");
    CHECK(group_of(cloud, group).protected_members == 2);
  }
}

RULE("a member that is named twice is protected once", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  protect(cloud, group, {InstanceId{0}, InstanceId{0}});
  CHECK(group_of(cloud, group).protected_members == 1);
}

RULE("a batch names somebody to protect", {.source = "AS.4032"}) {
  const auto protection = GENERATE(Protection::On, Protection::Off);
  Cloud cloud = a_cloud();
  CHECK(outcome(cloud.submit(ProtectInstances{grown_group(cloud), {}, protection})) == "AS.4032");
}

}  // namespace
}  // namespace tidepool::sim
