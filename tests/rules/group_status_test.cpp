// The life of a group: disabled, enabled, abnormal, deleting, gone.
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

std::string resume(Cloud& cloud, AsGroupId group) { return outcome(cloud.submit(ResumeAsGroup{group})); }
std::string pause(Cloud& cloud, AsGroupId group) { return outcome(cloud.submit(PauseAsGroup{group})); }
std::string destroy(Cloud& cloud, AsGroupId group, ForceDelete force = ForceDelete::No) {
  return outcome(cloud.submit(DeleteAsGroup{group, force}));
}

// One that failed for a lasting cause: everything is sold out until 1000 s after the start.
AsGroupId abnormal_group(Cloud& cloud) {
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  sold_out_everywhere(cloud, kStart + 1000s);
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  return group;
}

RULE("enabling a group starts a DIFF action toward the desired number",
     {.source = "AS user manual, enabling a group"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 3});
  cloud.run_until(kStart);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(group_of(cloud, group).is_scaling());
  cloud.run_until(kStart + kBoot);
  CHECK(group_of(cloud, group).current() == 3);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->3 SUCCESS"});
}

RULE("enabling a group that has what it desires starts nothing", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).empty());
}

RULE("enabling and disabling twice does no harm", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  CHECK(pause(cloud, group) == "ok");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
  CHECK(resume(cloud, group) == "ok");
  CHECK(resume(cloud, group) == "ok");
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->1 SUCCESS"});
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
}

RULE("a group that no zone can host can't be enabled", {.source = "AS.2038, AS.1086"}) {
  Cloud cloud = a_cloud();
  SECTION("the flavor is sold out in all of its zones") {
    const AsGroupId group = create_group(cloud, {.desire = 1, .zones = {kZoneA, kZoneB}});
    sold_out(cloud, kZoneA);
    CHECK(resume(cloud, group) == "ok");
    REQUIRE(pause(cloud, group) == "ok");
    sold_out(cloud, kZoneB, kSmall);
    CHECK(resume(cloud, group) == "AS.2038");
    CHECK(group_of(cloud, group).status == GroupStatus::Paused);
  }
  SECTION("the flavor is not offered in its zone") {
    const auto gpu = create_configuration(cloud, {.flavors = {kGpu}});
    const AsGroupId group = create_group(cloud, {.configuration = gpu, .desire = 1, .zones = {kZoneA}});
    CHECK(resume(cloud, group) == "AS.1086");
  }
}

RULE("disabling lets a running action end", {.source = "AS user manual, disabling a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  run_for(cloud, 50s);
  CHECK(pause(cloud, group) == "ok");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
  CHECK(group_of(cloud, group).is_scaling());
  run_for(cloud, 50s);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->2 SUCCESS"});
  CHECK(group_of(cloud, group).current() == 2);
}

RULE("a disabled group does not retry an action that failed",
     {.source = "AS user manual, disabling a group"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 50s);
  REQUIRE(pause(cloud, group) == "ok");
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->1 FAIL"});
}

RULE("a disabled group whose action fails for a lasting cause stays disabled", {.source = "AS documents"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.max_parallel_creates = 1;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  run_for(cloud, 50s);
  disable(cloud, group);
  sold_out_everywhere(cloud);  // The second launch follows the first one, at 100 s.
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->2 FAIL"});
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
}

RULE("a disabled group stores what it should desire and acts on it when enabled",
     {.source = "AS user manual"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  REQUIRE(pause(cloud, group) == "ok");
  set_desire(cloud, group, 4);
  run_for(cloud, 900s);
  CHECK(group_of(cloud, group).set.desire == 4);
  CHECK(group_of(cloud, group).current() == 1);
  REQUIRE(resume(cloud, group) == "ok");
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 4);
  CHECK(actions(cloud, group).size() == 2);
  CHECK(last_action(cloud, group).start == kStart + 1000s);
}

RULE("a lasting cause makes a group abnormal until it is enabled again",
     {.source = "AS user manual, abnormal groups"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = abnormal_group(cloud);
  CHECK_FALSE(group_of(cloud, group).detail.empty());
  cloud.run_until(kStart + 2000s);  // Long after there is something to buy again.
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(actions(cloud, group).size() == 2);

  CHECK(resume(cloud, group) == "ok");
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(group_of(cloud, group).detail.empty());
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group).back() == "2000..2100 DIFF DIFF 1->2 SUCCESS");
}

RULE("an abnormal group that no zone can host stays abnormal", {.source = "AS.2038"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = abnormal_group(cloud);
  CHECK(resume(cloud, group) == "AS.2038");
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
}

RULE("an abnormal group can be disabled", {.source = "AS user manual, disabling a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = abnormal_group(cloud);
  CHECK(pause(cloud, group) == "ok");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
}

RULE("an abnormal group takes a new desired number and does nothing about it", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = abnormal_group(cloud);
  cloud.run_until(kStart + 1500s);
  set_desire(cloud, group, 0);
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(group_of(cloud, group).set.desire == 0);
}

RULE("an empty and idle group can be deleted in any status", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  AsGroupId group = create_group(cloud);
  SECTION("disabled") {}
  SECTION("enabled") { REQUIRE(resume(cloud, group) == "ok"); }
  SECTION("abnormal") {
    REQUIRE(resume(cloud, group) == "ok");
    sold_out_everywhere(cloud);
    set_desire(cloud, group, 1);
    run_for(cloud, 60s);
    REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  }
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  CHECK(destroy(cloud, group) == "ok");
  run_for(cloud, 0s);
  CHECK(cloud.find(group) == nullptr);
  CHECK(cloud.find(policy) == nullptr);
  CHECK(destroy(cloud, group) != "ok");
}

RULE("a group with instances or an action is not deleted unless forced", {.source = "AS.2021, AS.2033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 50s);
  CHECK(destroy(cloud, group) == "AS.2033");
  run_for(cloud, 50s);
  CHECK(destroy(cloud, group) == "AS.2021");
  REQUIRE(pause(cloud, group) == "ok");
  CHECK(destroy(cloud, group) == "AS.2021");
  CHECK(cloud.find(group) != nullptr);
}

RULE("a forced deletion removes all members at once, protected ones too", {.source = "our decision"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[2]});
  if (GENERATE(false, true)) disable(cloud, group);

  const Time begin = cloud.now();
  CHECK(destroy(cloud, group, ForceDelete::Yes) == "ok");
  run_for(cloud, 1s);
  REQUIRE(cloud.find(group) != nullptr);
  CHECK(cloud.find(group)->status == GroupStatus::Deleting);
  CHECK(destroy(cloud, group, ForceDelete::Yes) == "ok");
  cloud.run_until(begin + kRemoval);
  CHECK(cloud.find(group) == nullptr);
  CHECK(instance_of(cloud, all[0]).ecs_deleted == begin + kRemoval);
  CHECK(instance_of(cloud, all[1]).ecs_deleted == begin + kRemoval);
  CHECK(instance_of(cloud, all[2]).left <= begin + kRemoval);
  CHECK(instance_of(cloud, all[2]).ecs_deleted == kNever);  // Added by hand: only released.
  CHECK(cloud.member_of(server_in(kZoneA)) == none<InstanceId>());
}

RULE("a forced deletion of an empty group leaves nothing to wait for", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 3});
  CHECK(destroy(cloud, group, ForceDelete::Yes) == "ok");
  CHECK(cloud.find(group) == nullptr);
}

RULE("a forced deletion waits for the running action", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  run_for(cloud, 50s);
  CHECK(destroy(cloud, group, ForceDelete::Yes) == "ok");
  CHECK(group_of(cloud, group).status == GroupStatus::Deleting);
  cloud.run_until(kStart + 99s);
  CHECK(members(cloud, group, LifecycleState::Pending).size() == 2);
  cloud.run_until(kStart + 101s);
  CHECK(last_action(cloud, group).start <= kStart + 100s);
  CHECK(members(cloud, group, LifecycleState::Removing).size() == 2);
  cloud.run_until(kStart + 120s);
  CHECK(cloud.find(group) == nullptr);
  CHECK(actions(cloud, group).front() == "0..100 DIFF DIFF 0->2 SUCCESS");
}

RULE("a group that is being deleted takes no other request", {.source = "AS.2033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .max = 5});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  const InstanceId member = newest_member(cloud, group);
  REQUIRE(destroy(cloud, group, ForceDelete::Yes) == "ok");
  CHECK(resume(cloud, group) == "AS.2033");
  CHECK(pause(cloud, group) == "AS.2033");
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 3) == "AS.2033");
  CHECK(change(cloud, group, &ModifyAsGroup::name, "other") == "AS.2033");
  CHECK(outcome(cloud.submit(AddInstances{group, {server_in(kZoneA)}})) == "AS.2033");
  CHECK(outcome(cloud.submit(RemoveInstance{member, EcsFate::Keep})) != "ok");
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "AS.2033");
  CHECK(outcome(cloud.submit(ExecuteAsPolicy{policy})) != "ok");
  run_for(cloud, kRemoval);
  CHECK(cloud.find(group) == nullptr);
  CHECK(cloud.find(policy) == nullptr);
}

}  // namespace
}  // namespace tidepool::sim
