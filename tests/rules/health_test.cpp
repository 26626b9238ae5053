// Health checks: whom they look at, what they call unhealthy, and what follows.
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

RULE("an unhealthy member is removed, then replaced by an action of its own",
     {.source = "AS user manual, health check"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .min = 2});
  const InstanceId ill = members(cloud, group)[0];
  fall_ill(cloud, group, kStart + 400s);
  cloud.run_until(kStart + 599s);
  CHECK(instance_of(cloud, ill).health == HealthStatus::Normal);  // Nobody has looked yet.
  cloud.run_until(kStart + 600s);
  CHECK(instance_of(cloud, ill).health == HealthStatus::Error);
  CHECK(instance_of(cloud, ill).state == LifecycleState::Removing);
  cloud.run_until(kStart + 620s);
  CHECK(instance_of(cloud, ill).ecs_deleted == kStart + 620s);
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->2 SUCCESS",
                                       "600..620 AUDIT_CHECK_DELETE AUDIT_CHECK 2->1 SUCCESS",
                                       "620..720 DIFF DIFF 1->2 SUCCESS"});
}

RULE("a health check may take a group below min, and changes no desired number",
     {.source = "AS user manual, health check"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .min = 2});
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 320s);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(group_of(cloud, group).set.desire == 2);
}

// ---- What is unhealthy ----

// The type of the action by which a check took out a member that fell ill; empty when none did in five minutes.
std::string verdict_on(Sickness kind, const GroupSpec& spec) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, spec);
  const InstanceId ill = members(cloud, group)[0];
  sickness(cloud, group, kind);
  run_for(cloud, 5min);
  const ScalingActivity* removal = first_removal_by_check(cloud, group);
  CHECK((instance_of(cloud, ill).left != kNever) == (removal != nullptr));
  return removal == nullptr ? "" : text_of(removal->type);
}

GroupSpec checked_by(HealthAudit audit, bool load_balancer) {
  GroupSpec spec{.desire = 2, .audit = audit, .health_minutes = 1, .grace = 0s};
  if (load_balancer) spec.pools = {{kPool, 80, 1}};
  return spec;
}

RULE("to NOVA_AUDIT a stopped ECS is unhealthy", {.source = "AS user manual, health check"}) {
  CHECK(verdict_on(Sickness::Stopped, checked_by(HealthAudit::Nova, false)) == "AUDIT_CHECK_DELETE");
}

RULE("to NOVA_AUDIT a deleted ECS is unhealthy", {.source = "AS user manual, health check"}) {
  CHECK(verdict_on(Sickness::Deleted, checked_by(HealthAudit::Nova, false)) == "AUDIT_CHECK_DELETE");
}

RULE("NOVA_AUDIT does not ask the load balancer", {.source = "AS user manual, health check"}) {
  CHECK(verdict_on(Sickness::Offline, checked_by(HealthAudit::Nova, true)).empty());
}

RULE("to NOVA_AUDIT an ECS that broke down is unhealthy", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .zones = {kZoneA}, .health_minutes = 1});
  outage(cloud, kZoneA);  // Its ECSs have the status ERROR.
  cloud.run_until(kStart + 2min);
  REQUIRE(first_removal_by_check(cloud, group) != nullptr);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 2min);
}

RULE("to ELB_AUDIT a member that a load balancer calls unhealthy is",
     {.source = "AS user manual, health check"}) {
  CHECK(verdict_on(Sickness::Offline, checked_by(HealthAudit::Elb, true)) == "ELB_CHECK_DELETE");
}

RULE("to ELB_AUDIT a stopped ECS is unhealthy as well", {.source = "our decision"}) {
  CHECK(verdict_on(Sickness::Stopped, checked_by(HealthAudit::Elb, true)) == "ELB_CHECK_DELETE");
}

RULE("to ELB_AUDIT a deleted ECS is unhealthy as well", {.source = "our decision"}) {
  CHECK(verdict_on(Sickness::Deleted, checked_by(HealthAudit::Elb, true)) == "ELB_CHECK_DELETE");
}

RULE("ELB_AUDIT without a load balancer acts as NOVA_AUDIT", {.source = "our decision"}) {
  CHECK(verdict_on(Sickness::Stopped, checked_by(HealthAudit::Elb, false)) == "AUDIT_CHECK_DELETE");
  CHECK(verdict_on(Sickness::Offline, checked_by(HealthAudit::Elb, false)).empty());
}

RULE("one bad check is enough", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  fall_ill(cloud, group, kStart + 299s, Sickness::Stopped, kStart + 301s);
  cloud.run_until(kStart + 300s);
  REQUIRE(first_removal_by_check(cloud, group) != nullptr);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 300s);
}

RULE("an ECS that its owner reboots stays healthy", {.source = "our decision"}) {
  const auto how = GENERATE(Reboot::Soft, Reboot::Hard);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 0});
  for (int i = 0; i < 10; ++i) {
    REQUIRE(cloud.submit(RebootEcs{cloud.ecs_of(newest_member(cloud, group)), how}).has_value());
    run_for(cloud, 5s);
  }
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == 1);
}

RULE("an ECS that its owner stops is replaced, and deleted", {.source = "AS user manual, health check"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const InstanceId stopped = newest_member(cloud, group);
  REQUIRE(cloud.submit(StopEcs{cloud.ecs_of(stopped)}).has_value());
  cloud.run_until(kStart + 320s);
  CHECK(instance_of(cloud, stopped).ecs_deleted == kStart + 320s);
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 1);
}

RULE("an ECS can be stopped and started for maintenance while its group is disabled",
     {.source = "AS user manual, maintenance"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const InstanceId member = newest_member(cloud, group);
  disable(cloud, group);
  REQUIRE(cloud.submit(StopEcs{cloud.ecs_of(member)}).has_value());
  run_for(cloud, 1h);
  REQUIRE(cloud.submit(StartEcs{cloud.ecs_of(member)}).has_value());
  run_for(cloud, 5min);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 1h);
  CHECK(members(cloud, group) == std::vector{member});
}

// ---- Who is checked, and what follows ----

RULE("protection does not help against a health check", {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  const auto all = members(cloud, group);
  protect(cloud, group, all);
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 20min);
  CHECK(cloud.find(all[0]) == nullptr);
  CHECK(cloud.find(all[1]) != nullptr);
  CHECK(group_of(cloud, group).current() == 2);
  CHECK(group_of(cloud, group).protected_members == 1);
}

RULE("an unhealthy server that was added by hand is only released",
     {.source = "AS user manual, health check"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  const InstanceId by_hand = newest_member(cloud, group);
  sickness(cloud, group, Sickness::Stopped);
  run_until_idle(cloud, group);
  cloud.run_until(kStart + 10min);
  REQUIRE(first_removal_by_check(cloud, group) != nullptr);
  CHECK(first_removal_by_check(cloud, group)->removed == std::vector{by_hand});
  CHECK(instance_of(cloud, by_hand).ecs_deleted == kNever);
  REQUIRE(members(cloud, group).size() == 1);  // AS made one in its stead: desire is still 1.
  CHECK_FALSE(instance_of(cloud, newest_member(cloud, group)).is_manual());
}

RULE("several that are found together leave in one action", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 5});
  const auto all = members(cloud, group);
  sickness(cloud, group, Sickness::Stopped, 3);
  cloud.run_until(kStart + 320s);
  CHECK(actions(cloud, group)[1] == "300..320 AUDIT_CHECK_DELETE AUDIT_CHECK 5->2 SUCCESS");
  CHECK(members(cloud, group, LifecycleState::InService) == std::vector{all[3], all[4]});
}

RULE("a check takes out everybody whom it finds ill, and one action refills", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .min = 3});
  sickness(cloud, group, Sickness::Stopped, 3);
  cloud.run_until(kStart + 320s);
  CHECK(group_of(cloud, group).current() == 0);
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group).back() == "320..420 DIFF DIFF 0->3 SUCCESS");
}

RULE("a removal that is due during an action is taken up by the next check", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 250s);
  set_desire(cloud, group, 2);  // Until 350 s; a check comes at 300 s.
  cloud.run_until(kStart + 599s);
  CHECK(first_removal_by_check(cloud, group) == nullptr);
  CHECK(instance_of(cloud, members(cloud, group)[0]).health == HealthStatus::Error);
  cloud.run_until(kStart + 600s);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 600s);
}

RULE("members that join are not checked before they are in service",
     {.source = "AS user manual, health check"}) {
  CloudSpec spec;
  spec.region.boot_time.first = 400s;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .health_minutes = 1});
  cloud.run_until(kStart + 399s);
  CHECK(instance_of(cloud, newest_member(cloud, group)).health == HealthStatus::Initializing);
  cloud.run_until(kStart + 400s);
  CHECK(instance_of(cloud, newest_member(cloud, group)).health == HealthStatus::Normal);
  cloud.run_until(kStart + 1h);
  CHECK(actions(cloud, group).size() == 1);
}

// A group of one whose member is ill from 400 s to 1000 s, seen by the check at 600 s.
struct Ill {
  Cloud cloud = a_cloud();
  AsGroupId group = grown_group(cloud, {.desire = 1});
  InstanceId member = newest_member(cloud, group);

  void look() {
    fall_ill(cloud, group, kStart + 400s, Sickness::Stopped, kStart + 1000s);
    cloud.run_until(kStart + 600s);
  }
};

RULE("in a disabled group checks go on but remove nobody", {.source = "AS user manual, health check"}) {
  Ill world;
  disable(world.cloud, world.group);
  world.look();
  CHECK(instance_of(world.cloud, world.member).health == HealthStatus::Error);
  CHECK(instance_of(world.cloud, world.member).state == LifecycleState::InService);
  CHECK(first_removal_by_check(world.cloud, world.group) == nullptr);
}

RULE("in an abnormal group checks go on but remove nobody", {.source = "our decision"}) {
  Ill world;
  sold_out_everywhere(world.cloud);
  set_desire(world.cloud, world.group, 2);
  run_until_idle(world.cloud, world.group);
  REQUIRE(group_of(world.cloud, world.group).status == GroupStatus::Error);
  world.look();
  CHECK(instance_of(world.cloud, world.member).health == HealthStatus::Error);
  CHECK(first_removal_by_check(world.cloud, world.group) == nullptr);
}

RULE("a member that was found ill while its group was disabled leaves with the first check after enabling",
     {.source = "our decision"}) {
  Ill world;
  disable(world.cloud, world.group);
  world.look();
  REQUIRE(outcome(world.cloud.submit(ResumeAsGroup{world.group})) == "ok");
  world.cloud.run_until(kStart + 899s);
  CHECK(first_removal_by_check(world.cloud, world.group) == nullptr);
  world.cloud.run_until(kStart + 900s);
  CHECK(first_removal_by_check(world.cloud, world.group) != nullptr);
}

RULE("a check takes out the ill one, whatever the removal policy",
     {.source = "AS user manual, removing instances"}) {
  const auto policy = static_cast<TerminatePolicy>(GENERATE(range(0, 4)));
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .terminate = policy});
  const auto all = members(cloud, group);
  REQUIRE(cloud.submit(StopEcs{cloud.ecs_of(all[1])}).has_value());
  cloud.run_until(kStart + 10min);
  CHECK(cloud.find(all[0]) != nullptr);
  CHECK(cloud.find(all[1]) == nullptr);
  CHECK(cloud.find(all[2]) != nullptr);
}

RULE("the successor of an unhealthy member is placed like any new one",
     {.source = "AS user manual, health check"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  REQUIRE(cloud.submit(StopEcs{cloud.ecs_of(members(cloud, group)[1])}).has_value());
  cloud.run_until(kStart + 10min);
  CHECK(zone_counts(cloud, group) == std::vector{1, 1, 1});
}

RULE("an unhealthy member is removed even though nothing can take its place", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  sold_out_everywhere(cloud);
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 10min);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
}

RULE("one that recovers between two checks was never ill", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  fall_ill(cloud, group, kStart + 310s, Sickness::Stopped, kStart + 590s);
  cloud.run_until(kStart + 1h);
  CHECK(actions(cloud, group).size() == 1);
}

RULE("the method stays what it was when the load balancers are taken away", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.pools = {{kPool, 80, 1}}});
  REQUIRE(change(cloud, group, &ModifyAsGroup::lbaas_listeners, {}) == "ok");
  CHECK(group_of(cloud, group).set.health_audit == HealthAudit::Elb);
}

}  // namespace
}  // namespace tidepool::sim
