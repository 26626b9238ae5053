// Standby, which only the knob of that name offers.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sim/cloud/invariants.hpp"
#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using rules::with;
using Lines = std::vector<std::string>;
using Ids = std::vector<InstanceId>;
using enum LifecycleState;

// A grown group of three.
struct Three {
  Cloud cloud;
  AsGroupId group{};

  explicit Three(GroupSpec spec = {.desire = 3})
      : cloud(a_cloud(with(&Behaviour::standby, true))), group(grown_group(cloud, std::move(spec))) {}
  std::string enter(const Ids& who, StandbyRefill refill = StandbyRefill::No) {
    return outcome(cloud.submit(EnterStandby{group, who, refill}));
  }
  std::string exit(const Ids& who) { return outcome(cloud.submit(ExitStandby{group, who})); }
  const AsGroup& now() const { return group_of(cloud, group); }
  void must_be_sound() const { CHECK(broken_invariants(cloud) == Lines{}); }
};

constexpr InstanceId kFirst{0}, kSecond{1};

RULE("standby is not offered",
     {.source = "AS API reference, batch managing instances", .knob = "standby = false"}) {
  Cloud cloud = a_cloud(with(&Behaviour::standby, false));
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  CHECK(outcome(cloud.submit(EnterStandby{group, members(cloud, group), StandbyRefill::No})) == "AS.4018");
  CHECK(outcome(cloud.submit(ExitStandby{group, members(cloud, group)})) == "AS.4018");
}

RULE("an instance in service can be put into standby, and back",
     {.source = "Huawei Cloud AS API reference, batch managing instances", .knob = "standby = true"}) {
  Three world;
  REQUIRE(world.enter({kFirst}) == "ok");
  CHECK(instance_of(world.cloud, kFirst).state == Standby);
  REQUIRE(world.exit({kFirst}) == "ok");
  CHECK(instance_of(world.cloud, kFirst).state == InService);
  world.must_be_sound();
}

RULE("nobody leaves standby while a listener has no room for it", {.source = "our decision"}) {
  Behaviour behaviour = with(&Behaviour::standby, true);
  behaviour.listener_backend_limit = 2;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  REQUIRE(outcome(cloud.submit(EnterStandby{group, {kFirst}, StandbyRefill::No})) == "ok");
  grown_group(cloud, {.desire = 1, .listeners = {kListener}});
  CHECK(outcome(cloud.submit(ExitStandby{group, {kFirst}})) == "AS.7012");
  CHECK(instance_of(cloud, kFirst).state == Standby);
  CHECK(group_of(cloud, group).set.desire == 1);
  CHECK(broken_invariants(cloud) == Lines{});
}

RULE("who enters standby lowers the desired number and is not replaced", {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({kFirst, kSecond}) == "ok");
  CHECK(world.now().set.desire == 1);
  CHECK(world.now().current() == 1);
  run_for(world.cloud, 1h);
  CHECK(members(world.cloud, world.group).size() == 3);
  CHECK(actions(world.cloud, world.group).size() == 1);
  world.must_be_sound();
}

RULE("who leaves standby raises the desired number", {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({kFirst, kSecond}) == "ok");
  REQUIRE(world.exit({kFirst}) == "ok");
  CHECK(world.now().set.desire == 2);
  run_for(world.cloud, 1h);
  CHECK(actions(world.cloud, world.group).size() == 1);
  world.must_be_sound();
}

RULE("with instance_append the desired number stays and a substitute is launched",
     {.source = "Huawei Cloud AS API reference, instance_append"}) {
  Three world;
  REQUIRE(world.enter({kFirst}, StandbyRefill::Yes) == "ok");
  run_for(world.cloud, 0s);
  run_until_idle(world.cloud, world.group);
  CHECK(world.now().set.desire == 3);
  CHECK(world.now().in_service == 3);
  CHECK(last_action(world.cloud, world.group).type == ActivityType::Diff);
}

RULE("who comes back beside its substitute is one more", {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({kFirst}, StandbyRefill::Yes) == "ok");
  run_for(world.cloud, 0s);
  run_until_idle(world.cloud, world.group);
  REQUIRE(world.exit({kFirst}) == "ok");
  CHECK(world.now().set.desire == 4);
  CHECK(world.now().in_service == 4);
  world.must_be_sound();
}

RULE("only who is in service enters standby", {.source = "our decision"}) {
  Three world;
  CHECK(world.enter({InstanceId{77}}) == "AS.4030");
  CHECK(world.enter({kFirst, kFirst}) == "AS.4030");
  REQUIRE(world.enter({kFirst}) == "ok");
  CHECK(world.enter({kFirst}) == "AS.4030");
}

RULE("only who is in standby leaves it", {.source = "our decision"}) {
  CHECK(Three().exit({kFirst}) == "AS.4029");
}

RULE("a batch names somebody for standby", {.source = "AS.4032"}) {
  Three world;
  CHECK(world.enter({}) == "AS.4032");
  CHECK(world.exit({}) == "AS.4032");
}

RULE("nobody enters standby where fewer than min would be wanted", {.source = "AS.2036"}) {
  Three world{{.desire = 3, .min = 2}};
  CHECK(world.enter({kFirst, kSecond}) == "AS.2036");
  CHECK(world.enter({kFirst}) == "ok");
}

RULE("nobody leaves standby where more than max would be there", {.source = "AS.2035"}) {
  Three world{{.desire = 3, .max = 3}};
  REQUIRE(world.enter({kFirst}, StandbyRefill::Yes) == "ok");
  run_for(world.cloud, 0s);
  run_until_idle(world.cloud, world.group);
  CHECK(world.exit({kFirst}) == "AS.2035");
}

RULE("nobody enters or leaves standby while a scaling action runs", {.source = "AS.2033"}) {
  Three world;
  REQUIRE(world.enter({kFirst}, StandbyRefill::Yes) == "ok");
  run_for(world.cloud, 1s);  // The substitute is under way.
  CHECK(world.exit({kFirst}) == "AS.2033");
  CHECK(world.enter({kSecond}) == "AS.2033");
}

RULE("who is in standby is bound to no load balancer", {.source = "our decision"}) {
  Three world{{.desire = 3, .listeners = {kListener}}};
  REQUIRE(world.enter({kFirst}) == "ok");
  CHECK(world.cloud.backends_of(kListener) == 2);
  REQUIRE(world.exit({kFirst}) == "ok");
  CHECK(world.cloud.backends_of(kListener) == 3);
}

namespace {

void kill_now(Cloud& cloud, InstanceId id) {
  Fault death = a_fault(FaultKind::InstanceDeath, cloud.now());
  death.instance = id;
  cloud.add_fault(death);
  run_for(cloud, 1s);
}

}  // namespace

RULE("who is in standby is not checked", {.source = "our decision"}) {
  Three world{{.desire = 3, .health_minutes = 1}};
  REQUIRE(world.enter({kFirst}) == "ok");
  kill_now(world.cloud, kFirst);
  run_for(world.cloud, 1h);
  CHECK(instance_of(world.cloud, kFirst).state == Standby);
}

RULE("a dead one that leaves standby is found by the next check", {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({kFirst}) == "ok");
  kill_now(world.cloud, kFirst);
  REQUIRE(world.exit({kFirst}) == "ok");
  world.must_be_sound();
  run_for(world.cloud, 1h);
  CHECK(first_removal_by_check(world.cloud, world.group) != nullptr);
  world.must_be_sound();
}

RULE("who is in standby is not chosen for removal", {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({kFirst}) == "ok");
  set_desire(world.cloud, world.group, 0);
  run_for(world.cloud, 1h);
  CHECK(members(world.cloud, world.group) == Ids{kFirst});
}

RULE("a group with somebody in standby is deleted by force only", {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({kFirst, kSecond, InstanceId{2}}) == "ok");
  CHECK(outcome(world.cloud.submit(DeleteAsGroup{world.group})) == "AS.2021");
  REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group, ForceDelete::Yes})) == "ok");
  run_for(world.cloud, 1h);
  CHECK(world.cloud.find(world.group) == nullptr);
  world.must_be_sound();
}

RULE("a member that was found unhealthy before its standby is found well again by a later check",
     {.source = "our decision"}) {
  Three the;
  const InstanceId member = members(the.cloud, the.group).front();
  const auto health = [&] { return instance_of(the.cloud, member).health; };
  disable(the.cloud, the.group);
  REQUIRE(the.cloud.submit(StopEcs{Ecs{.instance = member}}).has_value());
  run_for(the.cloud, 5min);
  REQUIRE(health() == HealthStatus::Error);
  REQUIRE(the.enter({member}, StandbyRefill::Yes) == "ok");
  REQUIRE(the.exit({member}) == "ok");
  CHECK(health() == HealthStatus::Normal);
  run_for(the.cloud, 5min);
  CHECK(health() == HealthStatus::Error);
  REQUIRE(the.cloud.submit(StartEcs{Ecs{.instance = member}}).has_value());
  run_for(the.cloud, 10min);
  CHECK(health() == HealthStatus::Normal);
  the.must_be_sound();
}

}  // namespace
}  // namespace tidepool::sim
