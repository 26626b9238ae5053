// Lifecycle hooks: who waits where, for how long, and what an answer or its absence leads to.
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
using enum LifecycleState;

constexpr const char* kTopic = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";

LifecycleHook a_hook(const std::string& name, HookType type = HookType::InstanceLaunching,
                     HookResult result = HookResult::Abandon, Duration timeout = 3600s) {
  LifecycleHook hook;
  hook.name = name;
  hook.type = type;
  hook.default_result = result;
  hook.default_timeout = timeout;
  hook.topic_urn = kTopic;
  return hook;
}

LifecycleHook a_goodbye(const std::string& name = "bye") {
  return a_hook(name, HookType::InstanceTerminating);
}

void add_hook(Cloud& cloud, AsGroupId group, const LifecycleHook& hook) {
  REQUIRE(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == "ok");
}

// The newest wait of a group at the hook of that name.
HookWaitId wait_at(const Cloud& cloud, const std::string& hook) {
  const auto all = cloud.all_waits();
  for (std::size_t i = all.size(); i-- > 0;)
    if (all[i].hook.name == hook) return id_at<HookWaitId>(i);
  return none<HookWaitId>();
}

std::string answer(Cloud& cloud, const std::string& hook, HookAnswer with) {
  const AsGroupId group = cloud.all_waits().empty() ? AsGroupId{0} : cloud.all_waits().back().group;
  return outcome(cloud.submit(AnswerLifecycleHook{group, wait_at(cloud, hook), with}));
}

void must_be_sound(const Cloud& cloud) { CHECK(broken_invariants(cloud) == Lines{}); }

// A group of `desire` whose instances have come up and wait at one launching hook, h.
struct Joining {
  Cloud cloud;
  AsGroupId group;

  explicit Joining(GroupSpec spec = {.desire = 1}, const Behaviour& behaviour = behaviour_under_test(),
                   const LifecycleHook& hook = a_hook("h"))
      : cloud(a_cloud(behaviour)), group(create_group(cloud, std::move(spec))) {
    add_hook(cloud, group, hook);
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_for(cloud, kBoot);
    REQUIRE(instance_of(cloud, InstanceId{0}).state == PendingWait);
  }
  std::string answer(HookAnswer with, HookWaitId wait = HookWaitId{0}) {
    return outcome(cloud.submit(AnswerLifecycleHook{group, wait, with}));
  }
};

// A group of one whose instance has come up and waits at two launching hooks: h1 with CONTINUE after 60 s, h2 with
// ABANDON after 300 s.
struct TwoHooks {
  Cloud cloud = a_cloud();
  AsGroupId group;
  Time begin{};

  TwoHooks() : group(create_group(cloud, {.desire = 1})) {
    add_hook(cloud, group, a_hook("h1", HookType::InstanceLaunching, HookResult::Continue, 60s));
    add_hook(cloud, group, a_hook("h2", HookType::InstanceLaunching, HookResult::Abandon, 300s));
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_for(cloud, kBoot);
    begin = cloud.now();
    REQUIRE(state() == PendingWait);
  }
  LifecycleState state(InstanceId id = InstanceId{0}) const { return instance_of(cloud, id).state; }
  void run_to(Duration since_begin) {
    cloud.run_until(begin + since_begin);
    must_be_sound(cloud);
  }
  std::string answer_at(Duration since_begin, const std::string& hook, HookAnswer with) {
    run_to(since_begin);
    return answer(cloud, hook, with);
  }
};

}  // namespace

// ---- Waiting on the way in ----

RULE("all hooks of a type are triggered together, each with its own deadline",
     {.source = "AS user manual, lifecycle hooks"}) {
  TwoHooks world;
  const auto waits = world.cloud.all_waits();
  REQUIRE(waits.size() == 2);
  CHECK(waits[0].since == world.begin);
  CHECK(waits[0].deadline == world.begin + 60s);
  CHECK(waits[1].since == world.begin);
  CHECK(waits[1].deadline == world.begin + 300s);
}

RULE("nobody answers: each hook ends with its own default at its own deadline",
     {.source = "AS API reference, default_result and default_timeout"}) {
  TwoHooks world;
  world.run_to(60s - 1us);
  CHECK(world.cloud.all_waits()[0].status == WaitStatus::Hanging);
  world.run_to(60s);
  CHECK(world.cloud.all_waits()[0].status == WaitStatus::Continue);
  CHECK(world.cloud.all_waits()[1].status == WaitStatus::Hanging);
  CHECK(world.state() == PendingWait);
  world.run_to(300s - 1us);
  CHECK(world.state() == PendingWait);
  world.run_to(300s);
  CHECK(world.state() == Gone);
}

RULE("an instance that is abandoned is deleted, its action has failed, and another one is created",
     {.source = "AS user manual, lifecycle hooks"}) {
  TwoHooks world;
  world.run_to(300s);
  CHECK(instance_of(world.cloud, InstanceId{0}).ecs_deleted == world.cloud.now());
  CHECK(actions(world.cloud, world.group) == Lines{"0..400 DIFF DIFF 0->1 FAIL"});
  world.run_to(360s);  // A passing cause: the gap is tried again after the retry delay.
  CHECK(actions(world.cloud, world.group).back() == "460.. DIFF DIFF 0->1 DOING");
  CHECK(group_of(world.cloud, world.group).status == GroupStatus::InService);
}

RULE("the last release lets the instance go on", {.source = "AS user manual, lifecycle hooks"}) {
  TwoHooks world;
  CHECK(world.answer_at(20s, "h2", HookAnswer::Continue) == "ok");
  CHECK(world.state() == PendingWait);
  world.run_to(60s);
  CHECK(world.state() == InService);
  CHECK(instance_of(world.cloud, InstanceId{0}).in_service_since == world.begin + 60s);
  CHECK(actions(world.cloud, world.group) == Lines{"0..160 DIFF DIFF 0->1 SUCCESS"});
}

RULE("EXTEND moves the deadline by an hour", {.source = "AS API reference, calling back a hook"}) {
  TwoHooks world;
  CHECK(world.answer_at(290s, "h2", HookAnswer::Extend) == "ok");
  CHECK(world.cloud.all_waits()[1].deadline == world.begin + 3900s);
  world.run_to(1000s);
  CHECK(world.state() == PendingWait);
  CHECK(world.answer_at(3000s, "h2", HookAnswer::Continue) == "ok");
  CHECK(world.state() == InService);
  world.run_to(4000s);
  CHECK(world.state() == InService);
}

RULE("each further EXTEND adds an hour more, and the default counts at the new deadline",
     {.source = "AS API reference, calling back a hook"}) {
  TwoHooks world;
  CHECK(world.answer_at(290s, "h2", HookAnswer::Extend) == "ok");
  CHECK(world.answer_at(3000s, "h2", HookAnswer::Extend) == "ok");
  world.run_to(7500s - 1us);
  CHECK(world.state() == PendingWait);
  world.run_to(7500s);
  CHECK(world.state() == Gone);
}

RULE("the first ABANDON on the way in deletes the instance at once, whatever other hooks wait for",
     {.source = "AS user manual, lifecycle hooks"}) {
  TwoHooks world;
  CHECK(world.answer_at(5s, "h1", HookAnswer::Abandon) == "ok");
  CHECK(world.state() == Gone);
  CHECK(actions(world.cloud, world.group) == Lines{"0..105 DIFF DIFF 0->1 FAIL"});
  CHECK(world.cloud.waits_of(world.group).empty());
  world.run_to(301s);  // Neither deadline of the dead wakes anybody.
  must_be_sound(world.cloud);
}

RULE("an instance waits with its ECS up and before it is bound to a load balancer",
     {.source = "AS user manual, lifecycle hooks"}) {
  Joining world({.desire = 1, .listeners = {kListener}});
  CHECK(instance_of(world.cloud, InstanceId{0}).ecs == EcsStatus::Active);
  CHECK(world.cloud.backends_of(kListener) == 0);
  REQUIRE(world.answer(HookAnswer::Continue) == "ok");
  CHECK(world.cloud.backends_of(kListener) == 1);
}

RULE("an instance that waits on its way in is not examined yet and no current one",
     {.source = "our decision"}) {
  Joining world;
  CHECK(instance_of(world.cloud, InstanceId{0}).health == HealthStatus::Initializing);
  CHECK(group_of(world.cloud, world.group).pending == 1);
  CHECK(group_of(world.cloud, world.group).current() == 0);
}

RULE("while an instance waits its action goes on", {.source = "AS user manual, lifecycle hooks"}) {
  Joining world;
  run_for(world.cloud, 1000s);
  CHECK(group_of(world.cloud, world.group).is_scaling());
  CHECK(actions(world.cloud, world.group) == Lines{"0.. DIFF DIFF 0->1 DOING"});
}

RULE("of two instances each waits for itself: one may stay and the other be replaced",
     {.source = "our decision"}) {
  Joining world({.desire = 2});
  REQUIRE(world.answer(HookAnswer::Continue, HookWaitId{0}) == "ok");
  CHECK(instance_of(world.cloud, InstanceId{0}).state == InService);
  CHECK(instance_of(world.cloud, InstanceId{1}).state == PendingWait);
  REQUIRE(world.answer(HookAnswer::Abandon, HookWaitId{1}) == "ok");
  CHECK(actions(world.cloud, world.group) == Lines{"0..100 DIFF DIFF 0->2 FAIL"});
  run_for(world.cloud, 60s);
  CHECK(actions(world.cloud, world.group).back() == "160.. DIFF DIFF 1->2 DOING");
}

RULE("an alarm while an instance waits is denied for the action that goes on", {.source = "AS.0034"}) {
  Joining world;
  const AlarmRuleId rule = an_alarm_that_is_always_on(world.cloud, world.group);
  create_policy(world.cloud, world.group, an_alarm_policy(rule));
  run_for(world.cloud, 300s);
  CHECK(executions(world.cloud, world.group) == Lines{"300 ALARM 1->1 AS.0034"});
}

RULE("a desired number that changes while an instance waits is seen to when the action has ended",
     {.source = "AS API reference, cool_down_time"}) {
  Joining world;
  set_desire(world.cloud, world.group, 2);
  run_for(world.cloud, 1000s);
  CHECK(actions(world.cloud, world.group).size() == 1);
  REQUIRE(world.answer(HookAnswer::Continue) == "ok");
  world.cloud.run_until(world.cloud.now());
  CHECK(actions(world.cloud, world.group).back() == "1100.. NORMAL MANNUAL 1->2 DOING");
}

RULE("a group that is disabled meanwhile still waits, and does not replace who is abandoned",
     {.source = "AS user manual, disabling a group"}) {
  Joining world;
  disable(world.cloud, world.group);
  run_for(world.cloud, 600s);
  CHECK(instance_of(world.cloud, InstanceId{0}).state == PendingWait);
  REQUIRE(world.answer(HookAnswer::Abandon) == "ok");
  run_for(world.cloud, 1h);
  CHECK(actions(world.cloud, world.group).size() == 1);
}

RULE("a cooldown that begins with the end of an action begins when the waiting is over",
     {.source = "AS user manual, lifecycle hooks", .knob = "cooldown_start = end"}) {
  Joining world({.desire = 1, .cool_down = 300s}, with(&Behaviour::cooldown_start, CooldownStart::End));
  run_for(world.cloud, 1000s);
  REQUIRE(world.answer(HookAnswer::Continue) == "ok");
  CHECK(group_of(world.cloud, world.group).cooldown_from == kStart + 1100s);
  CHECK(group_of(world.cloud, world.group).cooldown_until == kStart + 1400s);
}

RULE("a cooldown that begins with its action may be over before the waiting is",
     {.source = "our decision", .knob = "cooldown_start = trigger"}) {
  Joining world({.desire = 1, .cool_down = 300s}, with(&Behaviour::cooldown_start, CooldownStart::Trigger));
  run_for(world.cloud, 1000s);
  REQUIRE(world.answer(HookAnswer::Continue) == "ok");
  CHECK(group_of(world.cloud, world.group).cooldown_until == kStart + 300s);
}

RULE("an instance whose zone goes out while it waits does not join", {.source = "our decision"}) {
  Joining world({.desire = 1, .zones = {kZoneA}});
  outage(world.cloud, kZoneA, world.cloud.now() + 10min);
  REQUIRE(world.answer(HookAnswer::Continue) == "ok");
  CHECK(instance_of(world.cloud, InstanceId{0}).state == Gone);
  CHECK(last_action(world.cloud, world.group).status == ActivityStatus::Fail);
  must_be_sound(world.cloud);
}

// ---- Servers added by hand ----

namespace {

// A group of one that a server was added to by hand; it waits at h.
struct AddedByHand {
  Cloud cloud = a_cloud();
  AsGroupId group;
  InstanceId added{};

  AddedByHand() : group(grown_group(cloud, {.desire = 1})) {
    add_hook(cloud, group, a_hook("h"));
    add_servers(cloud, group, {server_in(kZoneA)});
    run_for(cloud, kAttach);
    added = newest_member(cloud, group);
  }
};

}  // namespace

RULE("a server added by hand waits like any other instance", {.source = "AS user manual, lifecycle hooks"}) {
  AddedByHand world;
  CHECK(instance_of(world.cloud, world.added).state == PendingWait);
  REQUIRE(answer(world.cloud, "h", HookAnswer::Continue) == "ok");
  CHECK(instance_of(world.cloud, world.added).state == InService);
  CHECK(group_of(world.cloud, world.group).set.desire == 2);
}

RULE("a server added by hand and abandoned is let go and not deleted", {.source = "our decision"}) {
  AddedByHand world;
  REQUIRE(answer(world.cloud, "h", HookAnswer::Abandon) == "ok");
  CHECK(instance_of(world.cloud, world.added).state == Gone);
  CHECK(instance_of(world.cloud, world.added).ecs_deleted == kNever);
  CHECK(world.cloud.member_of(server_in(kZoneA)) == none<InstanceId>());
}

RULE("a server added by hand and abandoned is not replaced: the group wants one less",
     {.source = "our decision"}) {
  AddedByHand world;
  CHECK(group_of(world.cloud, world.group).set.desire == 2);
  REQUIRE(answer(world.cloud, "h", HookAnswer::Abandon) == "ok");
  CHECK(group_of(world.cloud, world.group).set.desire == 1);
  run_for(world.cloud, 1h);
  CHECK(actions(world.cloud, world.group).size() == 2);
  must_be_sound(world.cloud);
}

// ---- Waiting on the way out ----

namespace {

// A group of two with a terminating hook, one of them on its way out.
struct Leaving {
  Cloud cloud = a_cloud();
  AsGroupId group;
  InstanceId leaver{};
  Time begin{};

  explicit Leaving(const std::vector<LifecycleHook>& hooks = {a_goodbye()})
      : group(grown_group(cloud, {.desire = 2, .listeners = {kListener}})) {
    for (const LifecycleHook& each : hooks) add_hook(cloud, group, each);
    set_desire(cloud, group, 1);
    cloud.run_until(cloud.now());
    begin = cloud.now();
    leaver = members(cloud, group, RemovingWait).at(0);
  }
  LifecycleState state() const { return instance_of(cloud, leaver).state; }
};

}  // namespace

RULE("on the way out an instance waits unbound and before its removal",
     {.source = "AS user manual, lifecycle hooks"}) {
  Leaving world;
  CHECK(world.cloud.backends_of(kListener) == 1);
  run_for(world.cloud, 500s);
  CHECK(world.state() == RemovingWait);
  CHECK(instance_of(world.cloud, world.leaver).ecs == EcsStatus::Active);
}

RULE("who waits on the way out still counts as current, and its group as scaling",
     {.source = "our decision"}) {
  Leaving world;
  CHECK(group_of(world.cloud, world.group).current() == 2);
  CHECK(group_of(world.cloud, world.group).is_scaling());
}

RULE("CONTINUE and ABANDON both let a leaving instance go, and its removal takes its time after that",
     {.source = "AS user manual, lifecycle hooks"}) {
  const auto with = GENERATE(HookAnswer::Continue, HookAnswer::Abandon);
  Leaving world;
  run_for(world.cloud, 500s);
  REQUIRE(answer(world.cloud, "bye", with) == "ok");
  CHECK(world.state() == Removing);
  run_for(world.cloud, kRemoval);
  CHECK(world.state() == Gone);
  CHECK(instance_of(world.cloud, world.leaver).left == world.begin + 520s);
  CHECK(actions(world.cloud, world.group).back() == "100..620 NORMAL MANNUAL 2->1 SUCCESS");
  must_be_sound(world.cloud);
}

RULE("with CONTINUE a leaving instance goes when all of its hooks are released",
     {.source = "AS user manual, lifecycle hooks"}) {
  Leaving world({a_goodbye("first"), a_goodbye("second")});
  REQUIRE(answer(world.cloud, "first", HookAnswer::Continue) == "ok");
  CHECK(world.state() == RemovingWait);
  REQUIRE(answer(world.cloud, "second", HookAnswer::Continue) == "ok");
  CHECK(world.state() == Removing);
}

RULE("ABANDON on the way out cuts the other hooks short", {.source = "AS user manual, lifecycle hooks"}) {
  Leaving world({a_goodbye("first"), a_goodbye("second")});
  REQUIRE(answer(world.cloud, "first", HookAnswer::Abandon) == "ok");
  CHECK(world.state() == Removing);
  CHECK(answer(world.cloud, "second", HookAnswer::Continue) == "AS.7042");
  must_be_sound(world.cloud);
}

RULE("nobody answers on the way out: the instance leaves at the deadline",
     {.source = "AS API reference, default_timeout"}) {
  const auto result = GENERATE(HookResult::Continue, HookResult::Abandon);
  Leaving world({a_hook("bye", HookType::InstanceTerminating, result, 90s)});
  run_for(world.cloud, 90s - 1us);
  CHECK(world.state() == RemovingWait);
  run_for(world.cloud, 1us);
  CHECK(world.state() == Removing);
}

RULE("a hook holds up one direction only", {.source = "AS API reference, lifecycle_hook_type"}) {
  SECTION("a launching one nobody who leaves") {
    Cloud cloud = a_cloud();
    const AsGroupId group = grown_group(cloud, {.desire = 1});
    add_hook(cloud, group, a_hook("h"));
    set_desire(cloud, group, 0);
    run_for(cloud, kRemoval);
    CHECK(members(cloud, group).empty());
  }
  SECTION("a terminating one nobody who joins") {
    Cloud cloud = a_cloud();
    const AsGroupId group = create_group(cloud, {.desire = 1});
    add_hook(cloud, group, a_goodbye());
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_for(cloud, kBoot);
    CHECK(members(cloud, group, InService).size() == 1);
  }
}

RULE("a member taken out by hand waits on its way", {.source = "AS user manual, lifecycle hooks"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  add_hook(cloud, group, a_goodbye());
  REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  CHECK(members(cloud, group, RemovingWait).size() == 1);
}

RULE("an unhealthy member waits on its way out", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 1});
  add_hook(cloud, group, a_goodbye());
  sickness(cloud, group, Sickness::Stopped);
  run_for(cloud, 1min);
  CHECK(members(cloud, group, RemovingWait).size() == 1);
}

RULE("a member whose ECS was deleted waits at no hook", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 1});
  add_hook(cloud, group, a_goodbye());
  const InstanceId member = newest_member(cloud, group);
  sickness(cloud, group, Sickness::Deleted);
  run_for(cloud, 1min);
  CHECK(instance_of(cloud, member).state == Gone);
  CHECK(cloud.all_waits().empty());
  must_be_sound(cloud);
}

// ---- Records and messages ----

RULE("a wait is told with its end until the instance is in service", {.source = "our decision"}) {
  TwoHooks world;
  REQUIRE(world.answer_at(20s, "h2", HookAnswer::Continue) == "ok");
  const auto waits = world.cloud.waits_of(world.group);
  REQUIRE(waits.size() == 2);
  CHECK(world.cloud.all_waits()[index_of(waits[1])].status == WaitStatus::Continue);
  world.run_to(60s);
  CHECK(world.cloud.waits_of(world.group).empty());
}

RULE("a wait on the way out is told with its end until the instance is gone", {.source = "our decision"}) {
  Leaving world;
  REQUIRE(answer(world.cloud, "bye", HookAnswer::Continue) == "ok");
  REQUIRE(world.cloud.waits_of(world.group).size() == 1);
  CHECK(world.cloud.all_waits()[0].status == WaitStatus::Continue);
  run_for(world.cloud, kRemoval);
  CHECK(world.cloud.waits_of(world.group).empty());
}

RULE("only a wait that still hangs can be called back", {.source = "AS.7042"}) {
  const auto again = GENERATE(HookAnswer::Continue, HookAnswer::Abandon, HookAnswer::Extend);
  TwoHooks world;
  REQUIRE(world.answer_at(20s, "h2", HookAnswer::Continue) == "ok");
  CHECK(answer(world.cloud, "h2", again) == "AS.7042");
  CHECK(world.state() == PendingWait);
}

RULE("a hook that timed out is told as if it had been called back", {.source = "our decision"}) {
  TwoHooks world;
  world.run_to(60s);
  REQUIRE(world.cloud.waits_of(world.group).size() == 2);
  CHECK(world.cloud.all_waits()[0].status == WaitStatus::Continue);
  CHECK(answer(world.cloud, "h1", HookAnswer::Continue) == "AS.7042");
}

RULE("each wait tells its hook's topic when it begins, and no e-mail is sent for it",
     {.source = "AS user manual, lifecycle hooks"}) {
  TwoHooks world;
  const auto messages = world.cloud.topic_messages();
  REQUIRE(messages.size() == 2);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    CHECK(messages[i].time == world.begin);
    CHECK(messages[i].group == world.group);
    CHECK(messages[i].topic_urn == kTopic);
    CHECK(index_of(messages[i].wait) == i);
  }
  CHECK(world.cloud.outbox().empty());
}

// ---- How long a wait can be extended ----

namespace {

// Since the wait began, after sixty extensions.
Duration after_sixty_extensions(bool capped, Duration timeout) {
  Joining world({.desire = 1}, with(&Behaviour::hook_extension_capped, capped),
                a_hook("h", HookType::InstanceLaunching, HookResult::Abandon, timeout));
  for (int i = 0; i < 60; ++i) REQUIRE(world.answer(HookAnswer::Extend) == "ok");
  const HookWait& wait = world.cloud.all_waits()[0];
  const Duration length = wait.deadline - wait.since;
  run_for(world.cloud, length);
  CHECK(world.cloud.all_waits()[0].status == WaitStatus::Abandon);
  return length;
}

}  // namespace

RULE("a wait is extended without end",
     {.source = "AS API reference, calling back a hook", .knob = "hook_extension_capped = false"}) {
  CHECK(after_sixty_extensions(false, 3600s) == 61h);
  CHECK(after_sixty_extensions(false, 60s) == 60h + 60s);
}

RULE("a wait is extended to the lesser of 48 hours and 100 times its hook's timeout",
     {.source = "our decision", .knob = "hook_extension_capped = true"}) {
  CHECK(after_sixty_extensions(true, 3600s) == 48h);
  CHECK(after_sixty_extensions(true, 60s) == 6000s);
}

// ---- Making and changing hooks ----

RULE("a group has up to five hooks", {.source = "AS.7038"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  for (const char* name : {"a", "b", "c", "d", "e"}) add_hook(cloud, group, a_hook(name));
  CHECK(outcome(cloud.submit(CreateLifecycleHook{group, a_hook("f")})) == "AS.7038");
  REQUIRE(outcome(cloud.submit(DeleteLifecycleHook{group, "c"})) == "ok");
  add_hook(cloud, group, a_hook("f"));
}

RULE("a hook's name is its own within its group", {.source = "AS.7041"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  add_hook(cloud, group, a_hook("a"));
  CHECK(outcome(cloud.submit(CreateLifecycleHook{group, a_goodbye("a")})) == "AS.7041");
  add_hook(cloud, create_group(cloud), a_hook("a"));
}

RULE("hooks do not change while a scaling action runs", {.source = "AS user manual, lifecycle hooks"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  add_hook(cloud, group, a_hook("h"));
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  cloud.run_until(cloud.now());
  CHECK(outcome(cloud.submit(CreateLifecycleHook{group, a_hook("more")})) == "AS.2033");
  CHECK(outcome(cloud.submit(ModifyLifecycleHook{group, a_hook("h")})) == "AS.2033");
  CHECK(outcome(cloud.submit(DeleteLifecycleHook{group, "h"})) == "AS.2033");
}

RULE("hooks do not change while somebody waits at one", {.source = "AS user manual, lifecycle hooks"}) {
  Joining world;
  CHECK(outcome(world.cloud.submit(DeleteLifecycleHook{world.group, "h"})) == "AS.2033");
  REQUIRE(world.answer(HookAnswer::Continue) == "ok");
  CHECK(outcome(world.cloud.submit(DeleteLifecycleHook{world.group, "h"})) == "ok");
}

RULE("a hook that is deleted holds nobody any more",
     {.source = "AS API reference, deleting a lifecycle hook"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  add_hook(cloud, group, a_hook("h"));
  REQUIRE(outcome(cloud.submit(DeleteLifecycleHook{group, "h"})) == "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(members(cloud, group, InService).size() == 1);
}

RULE("a hook that is changed keeps its name and the time of its creation",
     {.source = "AS API reference, modifying a lifecycle hook"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  add_hook(cloud, group, a_hook("h"));
  run_for(cloud, 10s);
  REQUIRE(outcome(cloud.submit(ModifyLifecycleHook{
              group, a_hook("h", HookType::InstanceTerminating, HookResult::Continue, 60s)})) == "ok");
  const LifecycleHook& hook = *cloud.find_hook(group, "h");
  CHECK(hook.create_time == kStart);
  CHECK(hook.type == HookType::InstanceTerminating);
  CHECK(hook.default_timeout == 60s);
}

RULE("a hook's timeout is 60 to 86400 seconds", {.source = "AS.7030"}) {
  struct Row {
    Duration timeout;
    const char* expected;
  };
  const auto row = GENERATE(
      values<Row>({{59s, "AS.7030"}, {60s, "ok"}, {86400s, "ok"}, {86401s, "AS.7030"}, {0s, "AS.7030"}}));
  CAPTURE(row.timeout);
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  const LifecycleHook hook = a_hook("h", HookType::InstanceLaunching, HookResult::Abandon, row.timeout);
  CHECK(outcome(cloud.submit(CreateLifecycleHook{group, hook})) == row.expected);
}

RULE("a hook or a group that is not there is AS.0007", {.source = "AS.0007"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud), nobody{7};
  CHECK(outcome(cloud.submit(CreateLifecycleHook{nobody, a_hook("h")})) == "AS.0007");
  CHECK(outcome(cloud.submit(ModifyLifecycleHook{group, a_hook("h")})) == "AS.0007");
  CHECK(outcome(cloud.submit(DeleteLifecycleHook{group, "h"})) == "AS.0007");
  CHECK(outcome(cloud.submit(AnswerLifecycleHook{nobody, HookWaitId{0}, HookAnswer::Continue})) == "AS.0007");
  CHECK(outcome(cloud.submit(AnswerLifecycleHook{group, HookWaitId{0}, HookAnswer::Continue})) == "AS.7042");
}

// ---- Deletion by force ----

RULE("a group that is deleted by force does not wait for who waits on the way in",
     {.source = "our decision"}) {
  TwoHooks world;
  REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group, ForceDelete::Yes})) == "ok");
  must_be_sound(world.cloud);
  run_for(world.cloud, kRemoval);
  CHECK(world.cloud.find(world.group) == nullptr);
}

RULE("a group that is deleted by force does not wait for who waits on the way out",
     {.source = "our decision"}) {
  Leaving world;
  REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group, ForceDelete::Yes})) == "ok");
  must_be_sound(world.cloud);
  run_for(world.cloud, kRemoval);  // The action under way ends, and only then the rest goes.
  CHECK(members(world.cloud, world.group).size() == 1);
  run_for(world.cloud, kRemoval);
  CHECK(world.cloud.find(world.group) == nullptr);
}

RULE("no hook is triggered in a group that is deleted by force", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  add_hook(cloud, group, a_hook("h"));
  add_hook(cloud, group, a_goodbye());
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, 1s);
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  run_for(cloud, kBoot + kRemoval);
  CHECK(cloud.find(group) == nullptr);
  CHECK(cloud.all_waits().empty());
}

TEST_CASE("a copy of a cloud waits on its own", "[hooks]") {
  TwoHooks world;
  Cloud copy = world.cloud;
  REQUIRE(answer(copy, "h1", HookAnswer::Abandon) == "ok");
  CHECK(instance_of(copy, InstanceId{0}).state == Gone);
  CHECK(world.state() == PendingWait);
}

}  // namespace tidepool::sim
