// Slow boots, members that load balancers lose, messages that get lost, and sudden deaths.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sim/cloud/invariants.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;
using enum LifecycleState;

void must_be_sound(const Cloud& cloud) { CHECK(broken_invariants(cloud) == Lines{}); }

// ---- Boots ----

TEST_CASE("a boot takes longer by a length, a factor or both, and several delays do not add up",
          "[cloud][faults]") {
  struct Row {
    const char* why;
    std::vector<std::pair<Duration, std::int64_t>> delays;
    Duration expected;
  };
  const auto row = GENERATE(values<Row>({
      {"none", {}, 100s},
      {"a length", {{50s, 1'000'000}}, 150s},
      {"a factor", {{0s, 2'500'000}}, 250s},
      {"both", {{7s, 2'000'000}}, 207s},
      {"the longest of several", {{50s, 1'000'000}, {10s, 1'100'000}, {0s, 1'400'000}}, 150s},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  for (const auto& [delay, factor] : row.delays) {
    Fault fault = a_fault(FaultKind::BootDelay, kStart);
    fault.delay = delay;
    fault.factor_ppm = factor;
    cloud.add_fault(fault);
  }
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  cloud.run_until(kStart + row.expected - Duration{1});
  CHECK(group_of(cloud, group).pending == 1);
  cloud.run_until(kStart + row.expected);
  CHECK(group_of(cloud, group).in_service == 1);
}

TEST_CASE("a boot delay is for its zone, flavor and group, within its span", "[cloud][faults]") {
  struct Row {
    const char* why;
    ZoneId zone;
    FlavorId flavor;
    Time from, until;
    bool late;
  };
  const auto none_zone = none<ZoneId>();
  const auto none_flavor = none<FlavorId>();
  const auto row = GENERATE_COPY(values<Row>({
      {"all", none_zone, none_flavor, kStart, kNever, true},
      {"the zone", kZoneA, none_flavor, kStart, kNever, true},
      {"another zone", kZoneB, none_flavor, kStart, kNever, false},
      {"the flavor", none_zone, kSmall, kStart, kNever, true},
      {"another flavor", none_zone, kLarge, kStart, kNever, false},
      {"not yet", none_zone, none_flavor, kStart + 11s, kNever, false},
      {"over", none_zone, none_flavor, kStart, kStart + 10s, false},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  Fault fault = a_fault(FaultKind::BootDelay, row.from, row.until);
  fault.zone = row.zone;
  fault.flavor = row.flavor;
  fault.delay = 1h;
  cloud.add_fault(fault);
  const AsGroupId group = enabled_group(cloud, {.zones = {kZoneA}});
  cloud.run_until(kStart + 10s);
  set_desire(cloud, group, 1);
  run_for(cloud, kBoot);
  CHECK((group_of(cloud, group).in_service == 0) == row.late);
}

// ---- Load balancers ----

TEST_CASE("a member that the load balancer calls unhealthy is replaced under ELB_AUDIT alone (decision 43)",
          "[cloud][faults]") {
  struct Row {
    const char* why;
    GroupSpec group;
    bool replaced;
  };
  const auto row = GENERATE(values<Row>({
      {"ELB_AUDIT", {.desire = 2, .listeners = {kListener}, .grace = 0s}, true},
      {"NOVA_AUDIT", {.desire = 2, .listeners = {kListener}, .audit = HealthAudit::Nova}, false},
      {"nothing is bound", {.desire = 2, .audit = HealthAudit::Elb, .grace = 0s}, false},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, row.group);
  Fault fault = a_fault(FaultKind::ElbMemberDown, cloud.now());
  fault.group = group;
  cloud.add_fault(fault);
  run_for(cloud, 1h);
  CHECK((first_removal_by_check(cloud, group) != nullptr) == row.replaced);
  CHECK((instance_of(cloud, InstanceId{0}).state == Gone) == row.replaced);
  CHECK(group_of(cloud, group).in_service == 2);
  must_be_sound(cloud);
}

TEST_CASE("who is offline at the load balancer is back when the fault ends", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  Fault fault = a_fault(FaultKind::ElbMemberDown, cloud.now(), cloud.now() + 60s);
  fault.instance = InstanceId{1};
  cloud.add_fault(fault);
  run_for(cloud, 1s);
  CHECK(serving(cloud, group) == 1);
  CHECK(instance_of(cloud, InstanceId{1}).lb_offline);
  run_for(cloud, 60s);
  CHECK(serving(cloud, group) == 2);
  must_be_sound(cloud);
}

TEST_CASE("who is offline by two faults is back when the later one ends", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  const Duration first = GENERATE(60s, 120s);
  for (const Duration length : {first, Duration{180s} - first}) {
    Fault fault = a_fault(FaultKind::ElbMemberDown, cloud.now() + 1s, cloud.now() + length);
    fault.instance = InstanceId{1};
    cloud.add_fault(fault);
  }
  run_for(cloud, 90s);
  CHECK(serving(cloud, group) == 1);
  run_for(cloud, 30s);
  CHECK(serving(cloud, group) == 2);
  must_be_sound(cloud);
}

// ---- Messages ----

TEST_CASE("a hook's message is lost, and the wait goes on all the same", "[cloud][faults]") {
  struct Row {
    const char* why;
    std::int64_t ppm;
    int count;
    const char* hook;
    std::size_t told;  // of four waits
  };
  const auto row = GENERATE(values<Row>({
      {"all", 1'000'000, 0, "", 0},
      {"none", 0, 0, "", 4},
      {"the first three", 1'000'000, 3, "", 1},
      {"those of a hook", 1'000'000, 0, "h", 0},
      {"those of another", 1'000'000, 0, "other", 4},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  Fault fault = a_fault(FaultKind::HookMessageLost, kStart);
  fault.probability_ppm = row.ppm;
  fault.count = row.count;
  fault.hook = row.hook;
  cloud.add_fault(fault);
  const AsGroupId group = create_group(cloud, {.desire = 4});
  LifecycleHook hook;
  hook.name = "h";
  hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
  REQUIRE(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(cloud.topic_messages().size() == row.told);
  CHECK(cloud.all_waits().size() == 4);
  must_be_sound(cloud);
}

// ---- Deaths ----

TEST_CASE("the oldest members of a group die at one moment", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  Fault fault = a_fault(FaultKind::InstanceDeath, cloud.now() + 10s);
  fault.group = group;
  fault.count = 2;
  const FaultId id = cloud.add_fault(fault);
  run_for(cloud, 9s);
  CHECK(serving(cloud, group) == 3);
  run_for(cloud, 1s);
  CHECK(serving(cloud, group) == 1);
  CHECK(instance_of(cloud, InstanceId{0}).ecs == EcsStatus::Deleted);
  CHECK(instance_of(cloud, InstanceId{2}).ecs == EcsStatus::Active);
  CHECK(cloud.all_faults()[index_of(id)].until == cloud.now());
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).in_service == 3);
  must_be_sound(cloud);
}

TEST_CASE("a named instance dies wherever it is on its way", "[cloud][faults]") {
  struct Row {
    const char* why;
    Duration at;
    LifecycleState after;  // at 100 s
  };
  const auto row = GENERATE(values<Row>({{"while it boots", 50s, Gone}, {"in service", 100s, InService}}));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  cloud.run_until(kStart + row.at);
  Fault fault = a_fault(FaultKind::InstanceDeath, cloud.now());
  fault.instance = InstanceId{0};
  cloud.add_fault(fault);
  cloud.run_until(kStart + 100s);
  CHECK(instance_of(cloud, InstanceId{0}).state == row.after);
  CHECK(serving(cloud, group) == 0);
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).in_service == 1);
  must_be_sound(cloud);
}

TEST_CASE("a death that is called off kills nobody", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  Fault fault = a_fault(FaultKind::InstanceDeath, cloud.now() + 10s);
  fault.group = group;
  CHECK(cloud.end_fault(cloud.add_fault(fault)));
  run_for(cloud, 1h);
  CHECK(instance_of(cloud, InstanceId{0}).ecs == EcsStatus::Active);
}

}  // namespace
}  // namespace tidepool::sim
