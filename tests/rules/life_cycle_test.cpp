// The states of an instance, from joining its group to leaving it.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;
using enum LifecycleState;

// "PENDING INSERVICE GONE": the states that the instance has been through.
std::string way_of(const Cloud& cloud, InstanceId id = InstanceId{0}) {
  std::string way;
  for (const StateMove& each : cloud.moves())
    if (each.instance == id) way += (way.empty() ? "" : " ") + std::string(text_of(each.to));
  return way;
}

void add_hook(Cloud& cloud, AsGroupId group, HookType type) {
  LifecycleHook hook;
  hook.name = "h";
  hook.type = type;
  hook.default_result = HookResult::Continue;
  hook.default_timeout = 60s;
  hook.topic_urn = "urn:smn:eu-de:0123:events";
  REQUIRE(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == "ok");
}

std::string gone() { return text_of(Gone); }

RULE("an instance is PENDING from its launch until it serves", {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  enabled_group(cloud, {.desire = 1});
  run_for(cloud, kBoot - 1us);
  CHECK(way_of(cloud) == "PENDING");
  run_for(cloud, 1us);
  CHECK(way_of(cloud) == "PENDING INSERVICE");
}

RULE("an instance that fails to boot leaves straight from PENDING",
     {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud);
  enabled_group(cloud, {.desire = 1});
  run_for(cloud, kBoot);
  CHECK(way_of(cloud) == "PENDING " + gone());
}

RULE("an instance is REMOVING until it is gone", {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  set_desire(cloud, group, 0);
  run_for(cloud, kRemoval - 1us);
  CHECK(way_of(cloud) == "PENDING INSERVICE REMOVING");
  run_for(cloud, 1us);
  CHECK(way_of(cloud) == "PENDING INSERVICE REMOVING " + gone());
}

RULE("an instance that is gone is no member any more", {.source = "AS API reference, querying instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  set_desire(cloud, group, 0);
  run_for(cloud, kRemoval);
  CHECK(members(cloud, group).empty());
  CHECK(cloud.find(InstanceId{0}) == nullptr);
}

RULE("with a launching hook an instance goes from PENDING by PENDING_WAIT to INSERVICE",
     {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  add_hook(cloud, group, HookType::InstanceLaunching);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_until_idle(cloud, group);
  CHECK(way_of(cloud) == "PENDING PENDING_WAIT INSERVICE");
}

RULE("with a terminating hook an instance waits as REMOVING_WAIT and goes on as REMOVING",
     {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  add_hook(cloud, group, HookType::InstanceTerminating);
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(way_of(cloud) == "PENDING INSERVICE REMOVING REMOVING_WAIT REMOVING " + gone());
}

RULE("a server added by hand goes through the same states", {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  CHECK(way_of(cloud) == "PENDING INSERVICE");
}

RULE("only who is in service is chosen for removal", {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  set_desire(cloud, group, 2);
  run_for(cloud, 1s);
  set_desire(cloud, group, 0);  // After the action that runs.
  run_for(cloud, kBoot - 2s);
  CHECK(way_of(cloud, InstanceId{1}) == "PENDING");
  run_for(cloud, 2s + kRemoval);
  CHECK(way_of(cloud, InstanceId{1}) == "PENDING INSERVICE REMOVING " + gone());
}

namespace {

// A group of two, one of which is in the state that a test is about.
struct OnTheMove {
  Cloud cloud = a_cloud();
  AsGroupId group = grown_group(cloud, {.desire = 2});
  InstanceId member{};

  OnTheMove(int desire, LifecycleState state) {
    set_desire(cloud, group, desire);
    run_for(cloud, 1s);
    REQUIRE(members(cloud, group, state).size() == 1);
    member = members(cloud, group, state)[0];
  }
  std::string protect() {
    const auto result = cloud.submit(ProtectInstances{group, {InstanceId{0}, member}, Protection::On});
    REQUIRE(result.has_error());
    REQUIRE_FALSE(result.error().offenders.empty());
    return outcome(result) + " " + code_text(result.error().offenders.back().code);
  }
};

}  // namespace

RULE("who is on the way in can't be protected, nor anybody along with it", {.source = "AS.4015"}) {
  OnTheMove world(3, Pending);
  CHECK(world.protect() == "AS.4033 AS.4015");
  CHECK(group_of(world.cloud, world.group).protected_members == 0);
}

RULE("who is on the way out can't be protected, nor anybody along with it", {.source = "AS.4015"}) {
  OnTheMove world(1, Removing);
  CHECK(world.protect() == "AS.4033 AS.4015");
  CHECK(group_of(world.cloud, world.group).protected_members == 0);
}

RULE("an instance is INITIALIZING until it is in service, and NORMAL then",
     {.source = "AS API reference, health_status"}) {
  Cloud cloud = a_cloud();
  enabled_group(cloud, {.desire = 1});
  run_for(cloud, kBoot - 1us);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Initializing);
  run_for(cloud, 1us);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Normal);
}

RULE("a check that fails makes an instance's health ERROR until it is removed",
     {.source = "AS API reference, health_status"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 1});
  sickness(cloud, group, Sickness::Stopped);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Normal);  // Nobody has looked yet.
  run_for(cloud, 1min);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Error);
}

RULE("in a disabled group an instance that recovers is NORMAL again with the next good check",
     {.source = "AS user manual, health check"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 1});
  disable(cloud, group);
  sickness(cloud, group, Sickness::Stopped, 1, cloud.now() + 90s);
  run_for(cloud, 1min);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Error);
  run_for(cloud, 2min);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Normal);
  CHECK(members(cloud, group).size() == 1);
}

}  // namespace
}  // namespace tidepool::sim
