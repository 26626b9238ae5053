// Scaling actions that fail: what is kept, what is tried again, and what makes a group abnormal.
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

// ---- What passes is tried again ----

// The story of a group of one whose boots fail for the first 200 s, or for ever.
Lines growth(const Behaviour& behaviour, Duration failing = 200s, Duration watched = 1h) {
  Cloud cloud = a_cloud(behaviour);
  failing_boots(cloud, 1'000'000, kStart + failing);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, watched);
  return actions(cloud, group);
}

RULE("a launch that fails for a passing cause is tried again a minute later, as a DIFF",
     {.source = "AS user manual, failed scaling actions", .knob = "retry_delay = 1m"}) {
  // The second attempt is launched at 160 s, while boots still fail; the third one succeeds.
  CHECK(growth(with(&Behaviour::retry_delay, 1min)) == Lines{"0..100 DIFF DIFF 0->1 FAIL",
                                                             "160..260 DIFF DIFF 0->1 FAIL",
                                                             "320..420 DIFF DIFF 0->1 SUCCESS"});
}

RULE("the pause before a retry can be longer", {.source = "our decision", .knob = "retry_delay = 10m"}) {
  CHECK(growth(with(&Behaviour::retry_delay, 10min)) ==
        Lines{"0..100 DIFF DIFF 0->1 FAIL", "700..800 DIFF DIFF 0->1 SUCCESS"});
}

RULE("without a pause a retry follows the failure at once",
     {.source = "our decision", .knob = "retry_delay = 0s"}) {
  CHECK(growth(with(&Behaviour::retry_delay, 0s)) == Lines{"0..100 DIFF DIFF 0->1 FAIL",
                                                           "100..200 DIFF DIFF 0->1 FAIL",
                                                           "200..300 DIFF DIFF 0->1 SUCCESS"});
}

RULE("a passing cause leaves the group enabled", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, kBoot);
  REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(group_of(cloud, group).detail.empty());
}

RULE("a launch that a lifecycle hook abandons is tried again like one that failed",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  LifecycleHook hook;
  hook.name = "hook";
  hook.default_result = HookResult::Abandon;
  hook.default_timeout = 60s;
  hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
  REQUIRE(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 250s);
  CHECK(actions(cloud, group) == Lines{"0..160 DIFF DIFF 0->1 FAIL", "220.. DIFF DIFF 0->1 DOING"});
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
}

RULE("a new desired number does not wait for a retry", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 120s);
  set_desire(cloud, group, 2);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->1 FAIL", "120..220 NORMAL MANNUAL 0->2 SUCCESS"});
}

RULE("what was asked for while an action failed follows it at once, without the pause of a retry",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 60s);
  set_desire(cloud, group, 2);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->1 FAIL", "100..200 NORMAL MANNUAL 0->2 SUCCESS"});
}

RULE("a group is tried again until it is disabled and desires what it has",
     {.source = "AS user manual, failed scaling actions"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 500s);
  const auto so_far = actions(cloud, group).size();
  CHECK(so_far == 4);
  disable(cloud, group);
  set_desire(cloud, group, 0);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == so_far);
}

RULE("a group retries for ever",
     {.source = "AS user manual, failed scaling actions", .knob = "max_retries = unlimited"}) {
  CHECK(growth(with(&Behaviour::max_retries, std::nullopt), 10h, 160s * 50).size() == 50 + 1);
}

RULE("after so many retries one more failure makes the group abnormal, and says how many there were",
     {.source = "our decision", .knob = "max_retries = 2"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_retries, 2));
  failing_boots(cloud);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 419s);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(group_of(cloud, group).detail == "3 scaling actions in a row failed: the ECS did not come up");
  CHECK(actions(cloud, group).size() == 3);
}

RULE("without retries the first failure makes the group abnormal",
     {.source = "our decision", .knob = "max_retries = 0"}) {
  CHECK(growth(with(&Behaviour::max_retries, 0)) == Lines{"0..100 DIFF DIFF 0->1 FAIL"});
}

RULE("a success in between starts the count of retries anew",
     {.source = "our decision", .knob = "max_retries = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_retries, 1));
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 300s);  // One failure, then one success.
  failing_boots(cloud, 1'000'000, kStart + 350s);
  set_desire(cloud, group, 2);
  run_for(cloud, 1h);  // Another failure, another success.
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(actions(cloud, group).size() == 4);
  CHECK(group_of(cloud, group).current() == 2);
}

RULE("enabling an abnormal group starts the count of retries anew",
     {.source = "our decision", .knob = "max_retries = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_retries, 1));
  failing_boots(cloud);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 1000s);
  REQUIRE(actions(cloud, group).size() == 2);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == 4);
}

// ---- What is kept of a failed action ----

RULE("an action that succeeds in part has failed, keeps what it got and names what it did not get",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 500'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 20});
  run_for(cloud, kBoot);
  const ScalingActivity first = last_action(cloud, group);
  CHECK(first.status == ActivityStatus::Fail);
  CHECK(first.failed.size() + first.added.size() == 20);
  REQUIRE_FALSE(first.failed.empty());
  REQUIRE_FALSE(first.added.empty());
  CHECK(members(cloud, group) == first.added);
  for (const FailedInstance& each : first.failed) CHECK_FALSE(each.reason.empty());
}

RULE("the gap that an action left is filled by a DIFF of just that size", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 500'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 20});
  run_for(cloud, kBoot);
  const ScalingActivity first = last_action(cloud, group);
  REQUIRE_FALSE(first.failed.empty());
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 20);
  CHECK(last_action(cloud, group).type == ActivityType::Diff);
  CHECK(last_action(cloud, group).scaling_value == static_cast<int>(first.failed.size()));
}

RULE("an ECS that did not come up is gone", {.source = "AS user manual, failed scaling actions"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, kBoot);
  CHECK(members(cloud, group).empty());
  REQUIRE(cloud.all_instances().size() == 1);
  CHECK(cloud.find(InstanceId{0}) == nullptr);
  CHECK(instance_of(cloud, InstanceId{0}).ecs_deleted == kStart + kBoot);
}

// ---- What lasts makes the group abnormal ----

// The code of the failure that made the group abnormal; it must be told there.
std::string why_abnormal(const Cloud& cloud, AsGroupId group) {
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  const ScalingActivity& action = last_action(cloud, group);
  REQUIRE_FALSE(action.failed.empty());
  CHECK(action.status == ActivityStatus::Fail);
  CHECK(group_of(cloud, group).detail == action.failed.back().reason);
  return code_text(action.failed.back().code);
}

// A group of one that shall get one more.
struct OneMore {
  Cloud cloud;
  AsGroupId group;

  explicit OneMore(const Behaviour& behaviour = behaviour_under_test(), GroupSpec spec = {})
      : cloud(a_cloud(behaviour)) {
    spec.desire = 1;
    if (spec.configuration == none<AsConfigurationId>())
      spec.configuration = create_configuration(cloud, {.data_disks = 1, .eip_mbit = 5});
    group = grown_group(cloud, spec);
  }
  std::string why() {
    set_desire(cloud, group, 2);
    run_for(cloud, 200s);
    return why_abnormal(cloud, group);
  }
  /// What comes after it was enabled again.
  int size_when_enabled() {
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_until_idle(cloud, group);
    return group_of(cloud, group).current();
  }
};

RULE("a flavor that is sold out in all zones makes the group abnormal",
     {.source = "AS user manual, abnormal groups"}) {
  OneMore world;
  sold_out_everywhere(world.cloud);
  CHECK(world.why() == "AS.2038");
}

RULE("zones that are all out of order make the group abnormal",
     {.source = "AS user manual, abnormal groups"}) {
  OneMore world(behaviour_under_test(), {.zones = {kZoneA}});
  outage(world.cloud, kZoneA);
  CHECK(world.why() == "AS.2038");
  CHECK_THAT(world.cloud.journal().take_text(), Catch::Contains("all zones of the group are down"));
}

RULE("an exhausted quota of ECSs makes the group abnormal",
     {.source = "AS user manual, abnormal groups", .knob = "instance_quota = 1"}) {
  CHECK(OneMore(with(&Behaviour::instance_quota, 1)).why() == "AS.7111");
}

RULE("an exhausted quota of disks makes the group abnormal",
     {.source = "AS user manual, abnormal groups", .knob = "disk_quota = 3"}) {
  CHECK(OneMore(with(&Behaviour::disk_quota, 3)).why() == "AS.7112");
}

RULE("an exhausted quota of EIPs makes the group abnormal",
     {.source = "AS user manual, abnormal groups", .knob = "eip_quota = 1"}) {
  CHECK(OneMore(with(&Behaviour::eip_quota, 1)).why() == "AS.7113");
}

RULE("a key pair that was deleted makes the group abnormal at its next launch",
     {.source = "AS user manual, abnormal groups"}) {
  OneMore world;
  REQUIRE(world.cloud.submit(DeleteKeyPair{"key"}).has_value());
  CHECK(world.why() == "AS.7022");
}

RULE("a subnet, listener or pool that a group uses can't be deleted under it", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.listeners = {kListener}});
  create_group(cloud, {.pools = {{kPool, 80, 1}}});
  CHECK(cloud.submit(DeleteSubnet{kSubnet}).error().kind == RefusalKind::Conflict);
  CHECK(cloud.submit(DeleteVpc{kVpc}).error().kind == RefusalKind::Conflict);
  CHECK(cloud.submit(DeleteListener{kListener}).error().kind == RefusalKind::Conflict);
  CHECK(cloud.submit(DeletePool{kPool}).error().kind == RefusalKind::Conflict);
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::No})) == "ok");
  CHECK(cloud.submit(DeleteListener{kListener}).has_value());
}

RULE("a full classic listener makes the group abnormal that would add to it",
     {.source = "AS user manual, abnormal groups", .knob = "listener_backend_limit = 3"}) {
  Cloud cloud = a_cloud(with(&Behaviour::listener_backend_limit, 3));
  const AsGroupId group = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  const AsGroupId other = enabled_group(cloud, {.desire = 2, .listeners = {kListener}});
  run_for(cloud, kBoot);
  CHECK(why_abnormal(cloud, other) == "AS.7012");
  CHECK(group_of(cloud, other).current() == 1);
  CHECK(cloud.backends().size() == 3);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
}

RULE("a classic listener takes 300 backends and no more",
     {.source = "AS user manual, abnormal groups", .knob = "listener_backend_limit = 300"}) {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 299, .max = 300, .listeners = {kListener}});
  const AsGroupId other = grown_group(cloud, {.desire = 1, .listeners = {kListener}});
  CHECK(cloud.backends_of(kListener) == 300);
  set_desire(cloud, other, 2);
  run_for(cloud, kBoot);
  CHECK(why_abnormal(cloud, other) == "AS.7012");
}

RULE("the limit of a classic listener does not hold for pools of other load balancers",
     {.source = "AS user manual, abnormal groups", .knob = "listener_backend_limit = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::listener_backend_limit, 1));
  const AsGroupId group = grown_group(cloud, {.desire = 5, .pools = {{kPool, 80, 1}}});
  CHECK(group_of(cloud, group).current() == 5);
}

RULE("an abnormal group names the cause that lasts, not one that passed before it",
     {.source = "AS user manual, abnormal groups"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_parallel_creates, 1));
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  run_for(cloud, 50s);
  sold_out_everywhere(cloud);  // The first launch fails in booting, the second finds no place.
  run_for(cloud, 60s);
  REQUIRE(last_action(cloud, group).failed.size() == 2);
  CHECK(last_action(cloud, group).failed[0].code == ErrorCode::InternalError);
  CHECK(why_abnormal(cloud, group) == "AS.2038");
}

RULE("an abnormal group is not tried again, also when the cause is gone",
     {.source = "AS user manual, abnormal groups"}) {
  OneMore world;
  sold_out_everywhere(world.cloud, world.cloud.now() + 300s);
  REQUIRE(world.why() == "AS.2038");
  run_for(world.cloud, 10h);
  CHECK(actions(world.cloud, world.group).size() == 2);
  CHECK(group_of(world.cloud, world.group).current() == 1);
}

// ---- What helps an abnormal group ----

RULE("an exhausted quota is cured by what is freed elsewhere, and by enabling the group",
     {.source = "AS user manual, abnormal groups"}) {
  OneMore world(with(&Behaviour::instance_quota, 2));
  const AsGroupId other = grown_group(world.cloud, {.desire = 1});
  REQUIRE(world.why() == "AS.7111");
  set_desire(world.cloud, other, 0);
  run_until_idle(world.cloud, other);
  CHECK(world.size_when_enabled() == 2);
}

RULE("another configuration cures a group whose flavor is sold out",
     {.source = "AS user manual, abnormal groups"}) {
  OneMore world;
  sold_out(world.cloud, none<ZoneId>(), kSmall);
  REQUIRE(world.why() == "AS.2038");
  bind_configuration(world.cloud, world.group, create_configuration(world.cloud, {.flavors = {kCheap}}));
  CHECK(world.size_when_enabled() == 2);
}

RULE("other zones cure a group whose flavor is sold out", {.source = "AS user manual, abnormal groups"}) {
  OneMore world(behaviour_under_test(), {.zones = {kZoneA}});
  sold_out(world.cloud, kZoneA);
  REQUIRE(world.why() == "AS.2038");
  set_zones(world.cloud, world.group, {kZoneB});
  CHECK(world.size_when_enabled() == 2);
}

RULE("another subnet cures an empty group whose subnet ran out of addresses",
     {.source = "AS user manual, abnormal groups"}) {
  Region region = a_region();
  region.servers.clear();
  region.subnets[0].cidr = "10.0.0.0/29";  // Eight, less two at the beginning and three at the end.
  Cloud cloud = a_cloud({.behaviour = behaviour_under_test(), .region = region});
  grown_group(cloud, {.desire = 3});
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 1min);
  CHECK(why_abnormal(cloud, group) == "AS.7019");
  REQUIRE(change(cloud, group, &ModifyAsGroup::networks, {{kSecondSubnet, false, std::nullopt}}) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 1);
}

RULE("a full listener is cured by the backends that leave it",
     {.source = "AS user manual, abnormal groups"}) {
  Cloud cloud = a_cloud(with(&Behaviour::listener_backend_limit, 2));
  const AsGroupId first = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  const AsGroupId second = enabled_group(cloud, {.desire = 1, .listeners = {kListener}});
  run_for(cloud, kBoot);
  REQUIRE(why_abnormal(cloud, second) == "AS.7012");
  set_desire(cloud, first, 1);
  run_until_idle(cloud, first);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{second})) == "ok");
  run_until_idle(cloud, second);
  CHECK(group_of(cloud, second).current() == 1);
}

RULE("each instance of an action is tried in all zones, and only those fail that find no place in any",
     {.source = "our decision"}) {
  CloudSpec spec;
  spec.region.zones[0].capacity[kSmall] = 1;
  spec.region.zones[1].capacity[kSmall] = 2;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = enabled_group(cloud, {.desire = 5, .zones = {kZoneA, kZoneB}});
  run_for(cloud, kBoot);
  CHECK(zone_counts(cloud, group) == std::vector{1, 2, 0});
  REQUIRE(last_action(cloud, group).failed.size() == 2);
  CHECK(why_abnormal(cloud, group) == "AS.2038");
}

RULE("a server that was added by hand and can't be bound is let go, and the group wants one less",
     {.source = "our decision", .knob = "listener_backend_limit = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::listener_backend_limit, 1));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .listeners = {kListener}});
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  CHECK(why_abnormal(cloud, group) == "AS.7012");
  CHECK(group_of(cloud, group).set.desire == 1);
  CHECK(cloud.member_of(server_in(kZoneA)) == none<InstanceId>());
  CHECK(cloud.exists(server_in(kZoneA)));
}

RULE("what could be had before the quota ran out stays", {.source = "our decision"}) {
  Cloud cloud = a_cloud(with(&Behaviour::instance_quota, 3));
  const AsGroupId group = enabled_group(cloud, {.desire = 5});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(group_of(cloud, group).current() == 3);
  CHECK(last_action(cloud, group).failed.size() == 2);
}

// ---- Abnormal groups, and actions that can't do all of their work ----

RULE("in an abnormal group no policy does anything", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId alarm = create_policy(cloud, group, an_alarm_policy(rule));
  const AsPolicyId scheduled = create_policy(cloud, group, a_scheduled_policy(kStart + 10min));
  sold_out_everywhere(cloud, kStart + 250s);
  set_desire(cloud, group, 2);
  run_for(cloud, 1h);
  REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(executions(cloud, group).empty());
  CHECK(execute(cloud, alarm) == "AS.3027");
  CHECK(execute(cloud, scheduled) == "AS.3027");
  CHECK(group_of(cloud, group).set.desire == 2);
}

RULE("protection that comes after the number was lowered: what may go goes, the action fails",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scan_period, 10s));  // There is time to protect.
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  cloud.run_until(kStart + 201s);
  set_desire(cloud, group, 1);
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[1]});
  cloud.run_until(kStart + 240s);
  CHECK(actions(cloud, group).back() == "210..230 NORMAL MANNUAL 4->1 FAIL");
  CHECK(members(cloud, group) == std::vector{all[0], all[1]});
  CHECK(group_of(cloud, group).status == GroupStatus::InService);

  unprotect(cloud, group, {all[0], all[1]});
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(last_action(cloud, group).type == ActivityType::Diff);
  CHECK(last_action(cloud, group).start == kStart + 290s);  // After the pause of any retry.
}

RULE("a failure that takes no time and is retried without a pause does not stop the clock",
     {.source = "our decision", .knob = "retry_delay = 0s"}) {
  CloudSpec spec{.behaviour = with(&Behaviour::retry_delay, 0s)};
  spec.region.boot_time.first = 0s;
  Cloud cloud = a_cloud(spec);
  SECTION("launches fail at once") {
    failing_boots(cloud, 1'000'000, kStart + 30s);
    const AsGroupId group = enabled_group(cloud, {.desire = 1});
    run_for(cloud, 1min);
    CHECK(group_of(cloud, group).current() == 1);
  }
  SECTION("all that should leave are protected") {
    const AsGroupId group = grown_group(cloud, {.desire = 2});
    run_for(cloud, 1s);
    set_desire(cloud, group, 1);
    protect(cloud, group, members(cloud, group));
    run_for(cloud, 1min);
    CHECK(group_of(cloud, group).current() == 2);
    unprotect(cloud, group, members(cloud, group));
    run_for(cloud, 1min);
    CHECK(group_of(cloud, group).current() == 1);
  }
}

}  // namespace
}  // namespace tidepool::sim
