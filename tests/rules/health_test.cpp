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
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 2, .min = 2});
  const InstanceId ill = members(cloud, group)[0];
  fall_ill(cloud, group, kStart + 400s);
  cloud.run_until(kStart + 599s);
  CHECK(instance_of(cloud, ill).health == HealthStatus::Normal);  // Nobody has looked yet.
  cloud.run_until(kStart + 600s);
  CHECK(instance_of(cloud, ill).health == HealthStatus::Error);
  CHECK(instance_of(cloud, ill).state == LifecycleState::Removing);
  cloud.run_until(kStart + 620s);
  CHECK(group_of(cloud, group).current() == 1);  // Below min for a while.
  CHECK(group_of(cloud, group).set.desire == 2);
  CHECK(instance_of(cloud, ill).ecs_deleted == kStart + 620s);
  run_until_idle(cloud, group);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->2 SUCCESS",
                                       "600..620 AUDIT_CHECK_DELETE AUDIT_CHECK 2->1 SUCCESS",
                                       "620..720 DIFF DIFF 1->2 SUCCESS"});
}

RULE("what is unhealthy depends on who is asked", {.source = "AS documents"}) {
  struct Row {
    const char* why;
    HealthAudit audit;
    bool load_balancer;
    Sickness kind;
    bool unhealthy;
  };
  const auto row = GENERATE(values<Row>({
      {"NOVA_AUDIT sees a stopped ECS", HealthAudit::Nova, false, Sickness::Stopped, true},
      {"NOVA_AUDIT sees a deleted ECS", HealthAudit::Nova, false, Sickness::Deleted, true},
      {"NOVA_AUDIT does not ask the load balancer", HealthAudit::Nova, true, Sickness::Offline, false},
      {"ELB_AUDIT sees a member that is offline", HealthAudit::Elb, true, Sickness::Offline, true},
      {"ELB_AUDIT sees a stopped ECS too", HealthAudit::Elb, true, Sickness::Stopped, true},
      {"ELB_AUDIT sees a deleted ECS too", HealthAudit::Elb, true, Sickness::Deleted, true},
      {"without a load balancer it is NOVA_AUDIT", HealthAudit::Elb, false, Sickness::Stopped, true},
      {"which can't see who is offline", HealthAudit::Elb, false, Sickness::Offline, false},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  GroupSpec spec{.desire = 2, .audit = row.audit, .health_minutes = 1, .grace = 0s};
  if (row.load_balancer) spec.pools = {{kPool, 80, 1}};
  const AsGroupId group = grown_group(cloud, spec);
  const InstanceId ill = members(cloud, group)[0];
  sickness(cloud, group, row.kind);
  run_for(cloud, 5min);
  CHECK((first_removal_by_check(cloud, group) != nullptr) == row.unhealthy);
  CHECK((instance_of(cloud, ill).left != kNever) == row.unhealthy);
  if (row.kind == Sickness::Offline && row.unhealthy)
    CHECK(first_removal_by_check(cloud, group)->type == ActivityType::ElbCheckDelete);
  if (row.audit == HealthAudit::Nova && row.unhealthy)
    CHECK(first_removal_by_check(cloud, group)->type == ActivityType::AuditCheckDelete);
}

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

RULE("in a group that is not enabled checks go on but remove nobody", {.source = "AS documents"}) {
  const bool abnormal = GENERATE(false, true);
  CAPTURE(abnormal);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const InstanceId member = newest_member(cloud, group);
  if (abnormal) {
    sold_out_everywhere(cloud, kStart + 200s);
    set_desire(cloud, group, 2);
    run_until_idle(cloud, group);
    REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  } else {
    disable(cloud, group);
  }
  fall_ill(cloud, group, kStart + 400s, Sickness::Stopped, kStart + 1000s);
  cloud.run_until(kStart + 600s);
  CHECK(instance_of(cloud, member).health == HealthStatus::Error);
  CHECK(first_removal_by_check(cloud, group) == nullptr);
  SECTION("a good check later makes it normal again") {
    cloud.run_until(kStart + 1200s);
    CHECK(instance_of(cloud, member).health == HealthStatus::Normal);
    CHECK(instance_of(cloud, member).state == LifecycleState::InService);
  }
  SECTION("the removal follows the first check after enabling") {
    set_desire(cloud, group, 1);
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    cloud.run_until(kStart + 900s);
    REQUIRE(first_removal_by_check(cloud, group) != nullptr);
    CHECK(first_removal_by_check(cloud, group)->start == kStart + 900s);
  }
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
