// The life of a group: disabled, enabled, abnormal, deleting, gone.
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
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 3});
  cloud.run_until(kStart);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(group_of(cloud, group).is_scaling());
  cloud.run_until(kStart + kBoot);
  CHECK(group_of(cloud, group).current() == 3);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->3 SUCCESS"});
}

RULE("enabling a group that has what it desires starts nothing",
     {.source = "AS user manual, enabling a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).empty());
}

RULE("enabling an enabled group and disabling a disabled one succeed and change nothing",
     {.source = "our decision"}) {
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

RULE("enabling an enabled group succeeds even where nothing could host it", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  sold_out_everywhere(cloud);
  CHECK(resume(cloud, group) == "ok");
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
}

RULE("a gap that is being filled is not filled again, however often the group is disabled and enabled",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  for (int i = 0; i < 3; ++i) {
    run_for(cloud, 10s);
    disable(cloud, group);
    REQUIRE(resume(cloud, group) == "ok");
  }
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->2 SUCCESS"});
  CHECK(cloud.all_instances().size() == 2);
}

RULE("a group whose flavor is sold out in all of its zones can't be enabled",
     {.source = "AS API reference, error code AS.2038"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1, .zones = {kZoneA, kZoneB}});
  sold_out(cloud, kZoneA);
  sold_out(cloud, kZoneB, kSmall);
  CHECK(resume(cloud, group) == "AS.2038");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
}

RULE("one zone that can host a group is enough to enable it",
     {.source = "AS user manual, enabling a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1, .zones = {kZoneA, kZoneB}});
  sold_out(cloud, kZoneA);
  CHECK(resume(cloud, group) == "ok");
}

RULE("one flavor of several that can be had is enough to enable a group", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const auto two = create_configuration(cloud, {.flavors = {kLarge, kCheap}});
  const AsGroupId group = create_group(cloud, {.configuration = two, .zones = {kZoneC}});
  CHECK(resume(cloud, group) == "ok");  // C has no kLarge.
}

RULE("a group whose zones do not offer its flavor can't be enabled",
     {.source = "AS API reference, error code AS.1086"}) {
  Cloud cloud = a_cloud();
  const auto gpu = create_configuration(cloud, {.flavors = {kGpu}});
  const AsGroupId group = create_group(cloud, {.configuration = gpu, .desire = 1, .zones = {kZoneA}});
  CHECK(resume(cloud, group) == "AS.1086");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
}

RULE("a group whose zones are all out of order can't be enabled",
     {.source = "AS API reference, error code AS.2044"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.zones = {kZoneA}});
  outage(cloud, kZoneA, kStart + 1min);
  CHECK(resume(cloud, group) == "AS.2044");
  run_for(cloud, 1min);
  CHECK(resume(cloud, group) == "ok");
}

RULE("a group whose key pair was deleted can't be enabled", {.source = "our decision, error code AS.7022"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  REQUIRE(cloud.submit(DeleteKeyPair{"key"}).has_value());
  CHECK(resume(cloud, group) == "AS.7022");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
}

RULE("a group whose configuration names a security group that was deleted can't be enabled",
     {.source = "our decision, error code AS.2014"}) {
  Cloud cloud = a_cloud();
  const auto own = cloud.submit(CreateSecurityGroup{"own", {}});
  REQUIRE(own.has_value());
  AsConfiguration set = a_configuration();
  set.security_groups = {*own};
  const auto configuration = cloud.submit(CreateAsConfiguration{set});
  REQUIRE(outcome(configuration) == "ok");
  const AsGroupId group = create_group(cloud, {.configuration = *configuration});
  REQUIRE(cloud.submit(DeleteSecurityGroup{*own}).has_value());
  CHECK(resume(cloud, group) == "AS.2014");
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

RULE("a group that is disabled while it waits to retry does not retry, and starts at once when it is enabled",
     {.source = "AS user manual, disabling a group"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 110s);  // Failed at 100 s, to be tried again at 160 s.
  disable(cloud, group);
  run_for(cloud, 90s);
  CHECK(actions(cloud, group).size() == 1);
  REQUIRE(resume(cloud, group) == "ok");
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group).back() == "200..300 DIFF DIFF 0->1 SUCCESS");
}

RULE("a change that no action had taken up when the group was disabled is a difference when it is enabled",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scan_period, 10s));
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 201s);
  set_desire(cloud, group, 2);
  disable(cloud, group);
  run_for(cloud, 1min);
  CHECK(actions(cloud, group).size() == 1);
  REQUIRE(resume(cloud, group) == "ok");
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group).back() == "270..370 DIFF DIFF 1->2 SUCCESS");
}

RULE("a group that is disabled and enabled while an action runs takes it up again if it fails",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 20s);
  disable(cloud, group);
  REQUIRE(resume(cloud, group) == "ok");
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->1 FAIL", "160..260 DIFF DIFF 0->1 SUCCESS"});
}

RULE("a disabled group still ends every launch of its running action, however few run side by side",
     {.source = "AS user manual, disabling a group"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_parallel_creates, 1));
  const AsGroupId group = enabled_group(cloud, {.desire = 3});
  run_for(cloud, 50s);
  disable(cloud, group);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..300 DIFF DIFF 0->3 SUCCESS"});
}

RULE("limits, cooldown and zones of a disabled group can be changed",
     {.source = "AS user manual, disabling a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  disable(cloud, group);
  CHECK(change(cloud, group, &ModifyAsGroup::max, 30) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::cool_down, 60s) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::zones, {kZoneB}) == "ok");
  set_desire(cloud, group, 30);
  REQUIRE(resume(cloud, group) == "ok");
  run_until_idle(cloud, group);
  CHECK(zone_counts(cloud, group) == std::vector{1, 29, 0});
}

RULE("a disabled group whose action fails for a lasting cause stays disabled",
     {.source = "AS user manual, disabling a group"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_parallel_creates, 1));
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
     {.source = "AS user manual, disabling a group"}) {
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
  Cloud cloud = a_cloud();
  const AsGroupId group = abnormal_group(cloud);
  cloud.run_until(kStart + 2000s);  // Long after there is something to buy again.
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(actions(cloud, group).size() == 2);

  CHECK(resume(cloud, group) == "ok");
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group).back() == "2000..2100 DIFF DIFF 1->2 SUCCESS");
}

RULE("enabling an abnormal group clears what was wrong with it",
     {.source = "AS user manual, abnormal groups"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = abnormal_group(cloud);
  REQUIRE_FALSE(group_of(cloud, group).detail.empty());
  cloud.run_until(kStart + 1000s);
  REQUIRE(resume(cloud, group) == "ok");
  CHECK(group_of(cloud, group).detail.empty());
}

RULE("an abnormal group that no zone can host can't be enabled and stays abnormal",
     {.source = "AS API reference, error code AS.2038"}) {
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

RULE("a group with members is not deleted unless forced, in no status",
     {.source = "AS API reference, error code AS.2021"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  CHECK(destroy(cloud, group) == "AS.2021");
  disable(cloud, group);
  CHECK(destroy(cloud, group) == "AS.2021");
  CHECK(cloud.find(group) != nullptr);
}

RULE("a group whose action runs is not deleted unless forced",
     {.source = "AS API reference, error code AS.2033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 50s);
  CHECK(destroy(cloud, group) == "AS.2033");
  CHECK(cloud.find(group) != nullptr);
}

RULE("an empty group can be deleted before its first action has started", {.source = "our decision"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scan_period, 10s));
  const AsGroupId group = create_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 1s);
  REQUIRE(resume(cloud, group) == "ok");
  CHECK(destroy(cloud, group) == "ok");
  run_for(cloud, 1h);
  CHECK(cloud.all_instances().empty());
}

RULE("an alarm rule that watches something else outlives the group whose policies it fired",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  AlarmRuleSettings own = cloud.find(an_alarm_that_is_always_on(cloud, group))->set;
  own.group = none<AsGroupId>();
  own.series = cloud.series_of({"MINE.APP", "queue_length", {}});
  const AlarmRuleId rule = cloud.add_alarm_rule(own);
  create_policy(cloud, group, an_alarm_policy(rule));
  REQUIRE(destroy(cloud, group) == "ok");
  REQUIRE(cloud.find(rule) != nullptr);
  CHECK(cloud.find(rule)->set.alarm_actions.empty());
}

RULE("an alarm rule without a policy outlives the group that it watches", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  REQUIRE(destroy(cloud, group) == "ok");
  CHECK(cloud.find(rule) != nullptr);
}

RULE("hooks and tags go with their group", {.source = "AS API reference, deleting a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  LifecycleHook hook;
  hook.name = "hook";
  hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
  REQUIRE(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == "ok");
  REQUIRE(outcome(cloud.submit(ChangeTags{group, TagChange::Create, {{"k", "v"}}})) == "ok");
  REQUIRE(destroy(cloud, group) == "ok");
  CHECK(group_of(cloud, group).hooks.empty());
  CHECK(group_of(cloud, group).tags.empty());
}

// ---- Deletion by force ----

RULE("a forced deletion takes out all members at once, protected ones too", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .min = 2});
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[2]});
  if (GENERATE(false, true)) disable(cloud, group);
  const Time begin = cloud.now();
  CHECK(destroy(cloud, group, ForceDelete::Yes) == "ok");
  CHECK(members(cloud, group, LifecycleState::Removing) == all);
  cloud.run_until(begin + kRemoval);
  for (const InstanceId each : all) CHECK(instance_of(cloud, each).ecs_deleted == begin + kRemoval);
}

RULE("a group that is deleted by force is seen as DELETING until its last member is gone",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  const Time begin = cloud.now();
  REQUIRE(destroy(cloud, group, ForceDelete::Yes) == "ok");
  cloud.run_until(begin + kRemoval - 1us);
  REQUIRE(cloud.find(group) != nullptr);
  CHECK(cloud.find(group)->status == GroupStatus::Deleting);
  cloud.run_until(begin + kRemoval);
  CHECK(cloud.find(group) == nullptr);
}

RULE("a second deletion of a group that is being deleted succeeds and changes nothing",
     {.source = "our decision"}) {
  const auto force = GENERATE(ForceDelete::No, ForceDelete::Yes);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  REQUIRE(destroy(cloud, group, ForceDelete::Yes) == "ok");
  run_for(cloud, 10s);
  CHECK(destroy(cloud, group, force) == "ok");
  cloud.run_until(kStart + kBoot + kRemoval);
  CHECK(cloud.find(group) == nullptr);
}

RULE("no health check looks at a group that is being deleted", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 0});
  const InstanceId member = newest_member(cloud, group);
  set_desire(cloud, group, 2);
  run_for(cloud, 5s);
  REQUIRE(destroy(cloud, group, ForceDelete::Yes) == "ok");  // Waits for the launch.
  sickness(cloud, group, Sickness::Stopped);
  run_for(cloud, 30s);
  REQUIRE(instance_of(cloud, member).state == LifecycleState::InService);
  CHECK(instance_of(cloud, member).health == HealthStatus::Normal);
}

RULE("with a survival of 0 no ECS outlives a deletion by force",
     {.source = "our decision", .knob = "forced_delete_survival = 0"}) {
  Cloud cloud = a_cloud(with(&Behaviour::forced_delete_survival_ppm, 0));
  const AsGroupId group = grown_group(cloud, {.desire = 20});
  REQUIRE(destroy(cloud, group, ForceDelete::Yes) == "ok");
  run_for(cloud, 1h);
  for (const Instance& each : cloud.all_instances()) CHECK(each.ecs_deleted != kNever);
}

RULE("with a survival of 1 every ECS outlives a deletion by force, and the group goes all the same",
     {.source = "AS API reference, deleting a group (its warning)", .knob = "forced_delete_survival = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::forced_delete_survival_ppm, 1'000'000));
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  REQUIRE(destroy(cloud, group, ForceDelete::Yes) == "ok");
  run_for(cloud, 1h);
  CHECK(cloud.find(group) == nullptr);
  for (const Instance& each : cloud.all_instances()) CHECK(each.ecs_deleted == kNever);
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

RULE("a group that is being deleted takes no other request", {.source = "our decision, error code AS.2033"}) {
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
  CHECK(execute(cloud, policy) != "ok");
  run_for(cloud, kRemoval);
  CHECK(cloud.find(group) == nullptr);
  CHECK(cloud.find(policy) == nullptr);
}

}  // namespace
}  // namespace tidepool::sim
