// Health checks: when they look, whom they look at, what they call unhealthy, and what follows.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;

// From `at` on, one member of the group is ill.
void fall_ill(Cloud& cloud, AsGroupId group, Time at, Sickness kind = Sickness::Stopped,
              Time until = kNever) {
  Fault fault;
  fault.kind = FaultKind::SickInstances;
  fault.from = at;
  fault.until = until;
  fault.group = group;
  fault.sickness = kind;
  cloud.add_fault(fault);
}

// The first action that is a health check's removal.
const ScalingActivity* removal_by_check(const Cloud& cloud, AsGroupId group) {
  for (const ScalingActivityId each : cloud.activities_of(group)) {
    const ActivityType type = cloud.find(each)->type;
    if (type == ActivityType::AuditCheckDelete || type == ActivityType::ElbCheckDelete)
      return cloud.find(each);
  }
  return nullptr;
}

TEST_CASE(
    "an unhealthy member is removed, then replaced by an action of its own (AS user manual, health check)",
    "[cloud][health]") {
  const auto profile = GENERATE(from_range(both_profiles()));
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

TEST_CASE("checks come with the period in minutes, 0 being every ten seconds (AS API reference)",
          "[cloud][health]") {
  struct Row {
    int minutes;
    Duration period;
  };
  const auto row = GENERATE(values<Row>({{0, 10s}, {1, 1min}, {5, 5min}, {15, 15min}, {60, 1h}, {180, 3h}}));
  CAPTURE(row.minutes);
  Cloud cloud = a_cloud();
  run_for(cloud, 7s);  // The grid is anchored at the group's creation, not at the run's start.
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = row.minutes});
  const Time check = kStart + 7s + row.period * 20;
  SECTION("just in time for a check") {
    fall_ill(cloud, group, check - 1us);
    cloud.run_until(check + 4h);
    REQUIRE(removal_by_check(cloud, group) != nullptr);
    CHECK(removal_by_check(cloud, group)->start == check);
  }
  SECTION("just too late: a whole period") {
    fall_ill(cloud, group, check + 1us);
    cloud.run_until(check + 4h);
    REQUIRE(removal_by_check(cloud, group) != nullptr);
    CHECK(removal_by_check(cloud, group)->start == check + row.period);
  }
}

TEST_CASE("a failure is found after half a period on average, and after a whole one at worst (closed form)",
          "[cloud][health]") {
  struct Row {
    int minutes;
    Duration period;
  };
  const auto row = GENERATE(values<Row>({{0, 10s}, {1, 60s}, {5, 300s}}));
  constexpr int kFailures = 20;
  const Cloud before = [&] {
    Cloud cloud = a_cloud();
    grown_group(cloud, {.desire = 1, .health_minutes = row.minutes});
    cloud.run_until(kStart + 600s);
    return cloud;
  }();
  Duration sum{}, worst{};
  for (int i = 0; i < kFailures; ++i) {
    Cloud cloud = before;  // Each failure has its own future.
    const Time failure = kStart + 600s + row.period * (2 * i + 1) / (2 * kFailures);
    fall_ill(cloud, AsGroupId{0}, failure);
    cloud.run_until(failure + row.period);
    REQUIRE(removal_by_check(cloud, AsGroupId{0}) != nullptr);
    const Duration latency = removal_by_check(cloud, AsGroupId{0})->start - failure;
    sum += latency;
    worst = std::max(worst, latency);
  }
  CHECK(sum / kFailures == row.period / 2);
  CHECK(worst == row.period - row.period / (2 * kFailures));
}

TEST_CASE("a new period starts its own grid (decision 42)", "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 5});
  cloud.run_until(kStart + 430s);
  REQUIRE(change(cloud, group, &ModifyAsGroup::health_period_minutes, 1) == "ok");
  fall_ill(cloud, group, kStart + 431s);
  cloud.run_until(kStart + 1h);
  CHECK(removal_by_check(cloud, group)->start == kStart + 490s);
}

TEST_CASE("what is unhealthy depends on who is asked (as-api.md 4.7, decision 43)", "[cloud][health]") {
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
  CHECK((removal_by_check(cloud, group) != nullptr) == row.unhealthy);
  CHECK((instance_of(cloud, ill).left != kNever) == row.unhealthy);
  if (row.kind == Sickness::Offline && row.unhealthy)
    CHECK(removal_by_check(cloud, group)->type == ActivityType::ElbCheckDelete);
  if (row.audit == HealthAudit::Nova && row.unhealthy)
    CHECK(removal_by_check(cloud, group)->type == ActivityType::AuditCheckDelete);
}

TEST_CASE("the grace period spares a member from joining on, by ELB_AUDIT only (AS API reference)",
          "[cloud][health]") {
  struct Row {
    const char* why;
    HealthAudit audit;
    Sickness kind;
    Duration grace, found;
  };
  const auto row = GENERATE(values<Row>({
      // In service from 100 s on; checks every minute.
      {"no grace", HealthAudit::Elb, Sickness::Offline, 0s, 120s},
      {"grace until 220 s", HealthAudit::Elb, Sickness::Offline, 120s, 240s},
      {"grace that ends with a check", HealthAudit::Elb, Sickness::Offline, 140s, 240s},
      {"one instant more", HealthAudit::Elb, Sickness::Offline, 140s + 1us, 300s},
      {"the default of ten minutes", HealthAudit::Elb, Sickness::Offline, 600s, 720s},
      {"a dead ECS is not looked at either", HealthAudit::Elb, Sickness::Stopped, 600s, 720s},
      {"NOVA_AUDIT knows no grace", HealthAudit::Nova, Sickness::Stopped, 600s, 120s},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(
      cloud,
      {.desire = 1, .pools = {{kPool, 80, 1}}, .audit = row.audit, .health_minutes = 1, .grace = row.grace});
  sickness(cloud, group, row.kind);
  cloud.run_until(kStart + 1h);
  REQUIRE(removal_by_check(cloud, group) != nullptr);
  CHECK(removal_by_check(cloud, group)->start == kStart + row.found);
}

TEST_CASE("each member has its own grace, also one added by hand (decision 44)", "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 0, .pools = {{kPool, 80, 1}}, .health_minutes = 1, .grace = 300s});
  cloud.run_until(kStart + 595s);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  sickness(cloud, group, Sickness::Offline);
  cloud.run_until(kStart + 1h);
  CHECK(removal_by_check(cloud, group)->start == kStart + 900s);
}

TEST_CASE("restarting a group does not renew the grace (decision 44)", "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}, .health_minutes = 1, .grace = 300s});
  sickness(cloud, group, Sickness::Offline);
  cloud.run_until(kStart + 350s);
  REQUIRE(outcome(cloud.submit(PauseAsGroup{group})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  cloud.run_until(kStart + 1h);
  CHECK(removal_by_check(cloud, group)->start == kStart + 420s);
}

TEST_CASE("protection does not help against a health check (AS user manual, instance protection)",
          "[cloud][health]") {
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

TEST_CASE("an unhealthy server that was added by hand is only released (AS user manual, health check)",
          "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  const InstanceId by_hand = newest_member(cloud, group);
  sickness(cloud, group, Sickness::Stopped);
  run_until_idle(cloud, group);
  cloud.run_until(kStart + 10min);
  REQUIRE(removal_by_check(cloud, group) != nullptr);
  CHECK(removal_by_check(cloud, group)->removed == std::vector{by_hand});
  CHECK(instance_of(cloud, by_hand).ecs_deleted == kNever);
  REQUIRE(members(cloud, group).size() == 1);  // AS made one in its stead: desire is still 1.
  CHECK_FALSE(instance_of(cloud, newest_member(cloud, group)).is_manual());
}

TEST_CASE("several that are found together leave in one action (decision 42)", "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 5});
  const auto all = members(cloud, group);
  sickness(cloud, group, Sickness::Stopped, 3);
  cloud.run_until(kStart + 320s);
  CHECK(actions(cloud, group)[1] == "300..320 AUDIT_CHECK_DELETE AUDIT_CHECK 5->2 SUCCESS");
  CHECK(members(cloud, group, LifecycleState::InService) == std::vector{all[3], all[4]});
}

TEST_CASE("a removal that is due during an action is taken up by the next check (decision 42)",
          "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 250s);
  set_desire(cloud, group, 2);  // Until 350 s; a check comes at 300 s.
  cloud.run_until(kStart + 599s);
  CHECK(removal_by_check(cloud, group) == nullptr);
  CHECK(instance_of(cloud, members(cloud, group)[0]).health == HealthStatus::Error);
  cloud.run_until(kStart + 600s);
  CHECK(removal_by_check(cloud, group)->start == kStart + 600s);
}

TEST_CASE("members that join are not checked before they are in service (AS user manual, health check)",
          "[cloud][health]") {
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

TEST_CASE("in a group that is not enabled checks go on but remove nobody (as-api.md 4.6, 4.7)",
          "[cloud][health]") {
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
    REQUIRE(outcome(cloud.submit(PauseAsGroup{group})) == "ok");
  }
  fall_ill(cloud, group, kStart + 400s, Sickness::Stopped, kStart + 1000s);
  cloud.run_until(kStart + 600s);
  CHECK(instance_of(cloud, member).health == HealthStatus::Error);
  CHECK(removal_by_check(cloud, group) == nullptr);
  SECTION("a good check later makes it normal again") {
    cloud.run_until(kStart + 1200s);
    CHECK(instance_of(cloud, member).health == HealthStatus::Normal);
    CHECK(instance_of(cloud, member).state == LifecycleState::InService);
  }
  SECTION("the removal follows the first check after enabling") {
    set_desire(cloud, group, 1);
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    cloud.run_until(kStart + 900s);
    REQUIRE(removal_by_check(cloud, group) != nullptr);
    CHECK(removal_by_check(cloud, group)->start == kStart + 900s);
  }
}

TEST_CASE("one that recovers between two checks was never ill (decision 43)", "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  fall_ill(cloud, group, kStart + 310s, Sickness::Stopped, kStart + 590s);
  cloud.run_until(kStart + 1h);
  CHECK(actions(cloud, group).size() == 1);
}

TEST_CASE("the method stays what it was when the load balancers are taken away (decision 57)",
          "[cloud][health]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.pools = {{kPool, 80, 1}}});
  REQUIRE(change(cloud, group, &ModifyAsGroup::lbaas_listeners, {}) == "ok");
  CHECK(group_of(cloud, group).set.health_audit == HealthAudit::Elb);
}

}  // namespace
}  // namespace tidepool::sim
