// Standby, which only the knob of that name offers, and the other knobs of members.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "sim/cloud/invariants.hpp"
#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;
using Ids = std::vector<InstanceId>;
using enum LifecycleState;

// A grown group of three.
struct Three {
  Cloud cloud;
  AsGroupId group{};

  explicit Three(GroupSpec spec = {.desire = 3})
      : cloud(made()), group(grown_group(cloud, std::move(spec))) {}
  std::string enter(const Ids& who, StandbyRefill refill = StandbyRefill::No) {
    return outcome(cloud.submit(EnterStandby{group, who, refill}));
  }
  std::string exit(const Ids& who) { return outcome(cloud.submit(ExitStandby{group, who})); }
  const AsGroup& now() const { return group_of(cloud, group); }
  void must_be_sound() const { CHECK(broken_invariants(cloud) == Lines{}); }

 private:
  static Cloud made() {
    Behaviour behaviour = prompt(Behaviour::current());
    behaviour.standby = true;
    return a_cloud(behaviour);
  }
};

RULE("standby is not offered without its knob", {.source = "AS.4018"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  CHECK(outcome(cloud.submit(EnterStandby{group, members(cloud, group), StandbyRefill::No})) == "AS.4018");
  CHECK(outcome(cloud.submit(ExitStandby{group, members(cloud, group)})) == "AS.4018");
}

RULE("who enters standby lowers the expected number, and raises it on the way back",
     {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({InstanceId{0}, InstanceId{1}}) == "ok");
  CHECK(instance_of(world.cloud, InstanceId{0}).state == Standby);
  CHECK(world.now().set.desire == 1);
  CHECK(world.now().current() == 1);
  CHECK(world.now().standby == 2);
  run_for(world.cloud, 1h);
  world.must_be_sound();
  CHECK(members(world.cloud, world.group).size() == 3);
  REQUIRE(world.exit({InstanceId{0}}) == "ok");
  CHECK(instance_of(world.cloud, InstanceId{0}).state == InService);
  CHECK(world.now().set.desire == 2);
  run_for(world.cloud, 1h);
  world.must_be_sound();
  CHECK(actions(world.cloud, world.group).size() == 1);
}

RULE("with a refill the expected number stays and a substitute is launched", {.source = "our decision"}) {
  Three world;
  REQUIRE(world.enter({InstanceId{0}}, StandbyRefill::Yes) == "ok");
  run_for(world.cloud, 0s);
  run_until_idle(world.cloud, world.group);
  CHECK(world.now().set.desire == 3);
  CHECK(world.now().in_service == 3);
  CHECK(last_action(world.cloud, world.group).type == ActivityType::Diff);
  REQUIRE(world.exit({InstanceId{0}}) == "ok");
  CHECK(world.now().set.desire == 4);
  CHECK(world.now().in_service == 4);
  world.must_be_sound();
}

RULE("standby is refused for who can't enter or leave it", {.source = ""}) {
  Three world{{.desire = 3, .min = 2, .max = 3}};
  CHECK(world.enter({}) == "AS.4032");
  CHECK(world.enter({InstanceId{0}, InstanceId{1}}) == "AS.2036");
  CHECK(world.enter({InstanceId{0}, InstanceId{0}}) == "AS.4030");
  CHECK(world.enter({InstanceId{77}}) == "AS.4030");
  CHECK(world.exit({InstanceId{0}}) == "AS.4029");
  REQUIRE(world.enter({InstanceId{0}}, StandbyRefill::Yes) == "ok");
  CHECK(world.enter({InstanceId{0}}) == "AS.4030");
  run_for(world.cloud, 1s);
  CHECK(world.exit({InstanceId{0}}) == "AS.2033");  // The substitute is under way.
  run_until_idle(world.cloud, world.group);
  CHECK(world.exit({InstanceId{0}}) == "AS.2035");
  world.must_be_sound();
}

RULE("one in standby is not checked, not chosen for removal and not bound", {.source = "our decision"}) {
  Three world{{.desire = 3, .listeners = {kListener}, .grace = 0s}};
  CHECK(world.cloud.backends_of(kListener) == 3);
  REQUIRE(world.enter({InstanceId{0}}) == "ok");
  CHECK(world.cloud.backends_of(kListener) == 2);
  Fault death = a_fault(FaultKind::InstanceDeath, world.cloud.now());
  death.instance = InstanceId{0};
  world.cloud.add_fault(death);
  run_for(world.cloud, 1h);
  CHECK(instance_of(world.cloud, InstanceId{0}).state == Standby);
  set_desire(world.cloud, world.group, 0);
  run_for(world.cloud, 1h);
  CHECK(members(world.cloud, world.group) == Ids{InstanceId{0}});
  CHECK(outcome(world.cloud.submit(DeleteAsGroup{world.group})) == "AS.2021");
  REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group, ForceDelete::Yes})) == "ok");
  run_for(world.cloud, 1h);
  CHECK(world.cloud.find(world.group) == nullptr);
  world.must_be_sound();
}

RULE("a dead one that leaves standby is found by the next check", {.source = ""}) {
  Three world;
  REQUIRE(world.enter({InstanceId{0}}) == "ok");
  Fault death = a_fault(FaultKind::InstanceDeath, world.cloud.now());
  death.instance = InstanceId{0};
  world.cloud.add_fault(death);
  run_for(world.cloud, 1s);
  REQUIRE(world.exit({InstanceId{0}}) == "ok");
  world.must_be_sound();
  run_for(world.cloud, 1h);
  CHECK(first_removal_by_check(world.cloud, world.group) != nullptr);
  world.must_be_sound();
}

// ---- Deletion by force ----

RULE("an ECS may outlive its group's deletion by force, when the knob says so", {.source = "our decision"}) {
  struct Row {
    std::int64_t ppm;
    std::size_t left;
  };
  const auto row = GENERATE(values<Row>({{0, 0}, {1'000'000, 3}}));
  Behaviour behaviour = behaviour_under_test();
  behaviour.forced_delete_survival_ppm = row.ppm;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  run_for(cloud, 1h);
  CHECK(cloud.find(group) == nullptr);
  std::size_t left = 0;
  for (const Instance& each : cloud.all_instances()) left += each.ecs_deleted == kNever ? 1 : 0;
  CHECK(left == row.left);
  CHECK(broken_invariants(cloud) == Lines{});
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

// ---- Hooks ----

RULE("a wait is extended without end, or to 48 hours and 100 times its hook's timeout",
     {.source = "our decision"}) {
  struct Row {
    bool capped;
    Duration timeout, expected;  // since the wait began, after sixty extensions
  };
  const auto row = GENERATE(
      values<Row>({{false, 3600s, 61h}, {true, 3600s, 48h}, {true, 60s, 6000s}, {false, 60s, 60h + 60s}}));
  CAPTURE(row.capped, row.timeout);
  Behaviour behaviour = behaviour_under_test();
  behaviour.hook_extension_capped = row.capped;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = create_group(cloud, {.desire = 1});
  LifecycleHook hook;
  hook.name = "h";
  hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
  hook.default_timeout = row.timeout;
  REQUIRE(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  for (int i = 0; i < 60; ++i)
    REQUIRE(outcome(cloud.submit(AnswerLifecycleHook{group, HookWaitId{0}, HookAnswer::Extend})) == "ok");
  const HookWait& wait = cloud.all_waits()[0];
  CHECK(wait.deadline - wait.since == row.expected);
  run_for(cloud, row.expected);
  CHECK(cloud.all_waits()[0].status == WaitStatus::Abandon);
}

}  // namespace
}  // namespace tidepool::sim
