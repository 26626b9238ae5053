// What clients do to members by hand: add, remove, protect. How many fit into one call is checked by the wire.
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

std::string add(Cloud& cloud, AsGroupId group, const std::vector<ServerId>& servers) {
  return outcome(cloud.submit(AddInstances{group, servers}));
}
std::string remove(Cloud& cloud, AsGroupId group, const std::vector<InstanceId>& ids,
                   EcsFate ecs = EcsFate::Keep) {
  return outcome(cloud.submit(RemoveInstances{group, ids, ecs}));
}

template <class T>
std::vector<std::string> offenders(const Result<T>& result) {
  std::vector<std::string> all;
  if (result.has_error())
    for (const Offender& each : result.error().offenders)
      all.push_back(std::to_string(each.index) + " " + code_text(each.code));
  return all;
}

RULE("servers added by hand raise the desired number along", {.source = "our decision"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .max = 3});
  REQUIRE(add(cloud, group, {server_in(kZoneA), server_in(kZoneB)}) == "ok");
  CHECK(group_of(cloud, group).set.desire == 3);
  CHECK(members(cloud, group, LifecycleState::Pending).size() == 2);
  run_for(cloud, kAttach);
  CHECK(group_of(cloud, group).current() == 3);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == 2);  // Nothing to make up for.

  const Instance& by_hand = instance_of(cloud, cloud.member_of(server_in(kZoneA)));
  CHECK(by_hand.configuration == none<AsConfigurationId>());
  CHECK(by_hand.joined == kStart + 100s);
  CHECK(by_hand.in_service_since == kStart + 105s);
  CHECK(by_hand.health == HealthStatus::Normal);
}

RULE("what stands in the way of adding servers", {.source = "AS API reference, batch managing instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId other = grown_group(cloud);
  REQUIRE(add(cloud, other, {server_in(kZoneA, 3)}) == "ok");
  const AsGroupId group = grown_group(cloud, {.desire = 1, .max = 4, .zones = {kZoneA, kZoneB}});
  REQUIRE(add(cloud, group, {server_in(kZoneA)}) == "ok");
  run_until_idle(cloud, group);
  struct Row {
    const char* why;
    std::vector<ServerId> servers;
    std::string outcome;
    Lines offenders;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nobody", {}, "AS.4019", {}},
      {"as many as fit", {server_in(kZoneA, 1), server_in(kZoneB)}, "ok", {}},
      {"one more than max", {server_in(kZoneA, 1), server_in(kZoneB), server_in(kZoneB, 1)}, "AS.2035", {}},
      {"already here", {server_in(kZoneA)}, "AS.4029", {"0 AS.4023"}},
      {"in another group", {server_in(kZoneA, 3)}, "AS.4029", {"0 AS.4027"}},
      {"in a zone that is not the group's", {server_in(kZoneC)}, "AS.4029", {"0 AS.4020"}},
      {"in another VPC", {kServerOfOtherVpc}, "AS.4029", {"0 AS.4021"}},
      {"not running", {kStoppedServer}, "AS.4029", {"0 AS.4024"}},
      {"one good, one bad: none", {server_in(kZoneA, 1), kStoppedServer}, "AS.4029", {"1 AS.4024"}},
      {"every offender is named", {kStoppedServer, kServerOfOtherVpc}, "AS.4029", {"0 AS.4024", "1 AS.4021"}},
  }));
  CAPTURE(row.why);
  const auto before = members(cloud, group);
  const auto result = cloud.submit(AddInstances{group, row.servers});
  CHECK(outcome(result) == row.outcome);
  CHECK(offenders(result) == row.offenders);
  if (row.outcome != "ok") CHECK(members(cloud, group) == before);
}

RULE("only an enabled group takes servers", {.source = "AS.2033, our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  SECTION("disabled") {}
  SECTION("abnormal") {
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    sold_out_everywhere(cloud);
    run_for(cloud, kBoot);
    set_desire(cloud, group, 2);
    run_for(cloud, kBoot);
    REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  }
  CHECK(add(cloud, group, {server_in(kZoneA)}) == "AS.2033");
}

RULE("members taken out by hand lower the desired number along", {.source = "our decision"}) {
  const auto profile = profile_under_test();
  const auto fate = GENERATE(EcsFate::Keep, EcsFate::Delete);
  CAPTURE(profile.name, fate == EcsFate::Keep);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  const auto all = members(cloud, group);
  REQUIRE(remove(cloud, group, {all[1], all[3]}, fate) == "ok");
  CHECK(group_of(cloud, group).set.desire == 2);
  run_for(cloud, 1h);
  CHECK(members(cloud, group) == std::vector{all[0], all[2]});
  CHECK(actions(cloud, group).size() == 3);
  // The service deletes what it made, and only what it made.
  CHECK((instance_of(cloud, all[1]).ecs_deleted != kNever) == (fate == EcsFate::Delete));
  CHECK(instance_of(cloud, all[3]).ecs_deleted == kNever);
  CHECK(last_action(cloud, group).removed.size() == (fate == EcsFate::Delete ? 1 : 2));
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

RULE("a server that was taken out can be added again", {.source = "AS user manual, maintenance"}) {
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

RULE("a server is free again once its removal has ended", {.source = ""}) {
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

RULE("what stands in the way of taking members out", {.source = "AS API reference, removing instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId other = grown_group(cloud, {.desire = 1});
  const AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2});
  const auto all = members(cloud, group);
  const InstanceId foreign = newest_member(cloud, other);
  struct Row {
    const char* why;
    std::vector<InstanceId> instances;
    std::string outcome;
    Lines offenders;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nobody", {}, "AS.4013", {}},
      {"down to min", {all[0], all[1]}, "ok", {}},
      {"below min", {all[0], all[1], all[2]}, "AS.2036", {}},
      {"a member of another group", {foreign}, "AS.4030", {"0 AS.4014"}},
      {"one that never was", {InstanceId{99}}, "AS.4030", {"0 AS.4006"}},
      {"one good, one bad: none", {all[0], foreign}, "AS.4030", {"1 AS.4014"}},
  }));
  CAPTURE(row.why);
  const auto result = cloud.submit(RemoveInstances{group, row.instances, EcsFate::Keep});
  CHECK(outcome(result) == row.outcome);
  CHECK(offenders(result) == row.offenders);
  if (row.outcome != "ok") CHECK(members(cloud, group, LifecycleState::InService) == all);
}

RULE("removal of a single member has codes of its own",
     {.source = "AS API reference, removing an instance"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .min = 1});
  const InstanceId member = newest_member(cloud, group);
  CHECK(outcome(cloud.submit(RemoveInstance{InstanceId{99}, EcsFate::Keep})) == "AS.4006");
  CHECK(outcome(cloud.submit(RemoveInstance{member, EcsFate::Keep})) == "AS.2036");
  REQUIRE(change(cloud, group, &ModifyAsGroup::min, 0) == "ok");
  disable(cloud, group);
  CHECK(outcome(cloud.submit(RemoveInstance{member, EcsFate::Keep})) == "ok");
  run_for(cloud, kRemoval);
  CHECK(outcome(cloud.submit(RemoveInstance{member, EcsFate::Keep})) == "AS.4006");
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

RULE("protection does not help against removal by hand", {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  protect(cloud, group, members(cloud, group));
  CHECK(remove(cloud, group, members(cloud, group)) == "ok");
  run_until_idle(cloud, group);
  CHECK(members(cloud, group).empty());
  CHECK(group_of(cloud, group).protected_members == 0);
}

RULE("what stands in the way of protecting members",
     {.source = "AS API reference, batch managing instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 11});
  const auto all = members(cloud, group);
  const auto protecting = [&](std::vector<InstanceId> ids) {
    return cloud.submit(ProtectInstances{group, std::move(ids), Protection::On});
  };
  SECTION("nobody") { CHECK(outcome(protecting({})) == "AS.4032"); }
  SECTION("ten, also in a disabled group") {
    disable(cloud, group);
    CHECK(outcome(protecting({all.begin(), all.begin() + 10})) == "ok");
    CHECK(group_of(cloud, group).protected_members == 10);
    CHECK(outcome(protecting({all[0]})) == "ok");  // Again: nothing changes.
    CHECK(group_of(cloud, group).protected_members == 10);
  }
  SECTION("one that is leaving") {
    set_desire(cloud, group, 10);
    run_for(cloud, 1s);
    const auto leaving = members(cloud, group, LifecycleState::Removing);
    REQUIRE(leaving.size() == 1);
    const auto result = protecting({all.back(), leaving[0]});
    CHECK(outcome(result) == "AS.4033");
    CHECK(offenders(result) == Lines{"1 AS.4015"});
    CHECK(group_of(cloud, group).protected_members == 0);
  }
}

}  // namespace
}  // namespace tidepool::sim
