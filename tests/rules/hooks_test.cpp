// Lifecycle hooks: who waits where, for how long, and what an answer or its absence leads to.
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

// ---- Waiting on the way in: the vectors of the reference ----

RULE("nobody answers: each hook ends with its own default at its own deadline", {.source = "our decision"}) {
  TwoHooks world;
  world.run_to(60s);
  CHECK(world.state() == PendingWait);
  CHECK(world.cloud.all_waits()[0].status == WaitStatus::Continue);
  CHECK(world.cloud.all_waits()[1].status == WaitStatus::Hanging);
  CHECK(group_of(world.cloud, world.group).is_scaling());
  world.run_to(300s - 1us);
  CHECK(world.state() == PendingWait);
  world.run_to(300s);
  CHECK(world.state() == Gone);
  CHECK(instance_of(world.cloud, InstanceId{0}).ecs_deleted == world.cloud.now());
  CHECK(actions(world.cloud, world.group) == Lines{"0..400 DIFF DIFF 0->1 FAIL"});
  world.run_to(360s);  // A passing cause: the gap is tried again after the retry delay.
  CHECK(actions(world.cloud, world.group).back() == "460.. DIFF DIFF 0->1 DOING");
  CHECK(group_of(world.cloud, world.group).status == GroupStatus::InService);
}

RULE("the last release lets the instance go on", {.source = "AS user manual, several hooks"}) {
  TwoHooks world;
  CHECK(world.answer_at(20s, "h2", HookAnswer::Continue) == "ok");
  CHECK(world.state() == PendingWait);
  world.run_to(60s);
  CHECK(world.state() == InService);
  CHECK(instance_of(world.cloud, InstanceId{0}).in_service_since == world.begin + 60s);
  CHECK(actions(world.cloud, world.group) == Lines{"0..160 DIFF DIFF 0->1 SUCCESS"});
}

RULE("EXTEND moves the deadline by an hour each time", {.source = "AS API reference, calling back"}) {
  TwoHooks world;
  CHECK(world.answer_at(290s, "h2", HookAnswer::Extend) == "ok");
  CHECK(world.cloud.all_waits()[1].deadline == world.begin + 3900s);
  SECTION("and CONTINUE before it ends the wait") {
    CHECK(world.answer_at(3000s, "h2", HookAnswer::Continue) == "ok");
    CHECK(world.state() == InService);
    world.run_to(4000s);
    CHECK(world.state() == InService);
  }
  SECTION("and it can be moved again") {
    CHECK(world.answer_at(3000s, "h2", HookAnswer::Extend) == "ok");
    world.run_to(7500s - 1us);
    CHECK(world.state() == PendingWait);
    world.run_to(7500s);
    CHECK(world.state() == Gone);
  }
}

RULE("the first ABANDON on the way in deletes the instance at once", {.source = "AS user manual"}) {
  TwoHooks world;
  CHECK(world.answer_at(5s, "h1", HookAnswer::Abandon) == "ok");
  CHECK(world.state() == Gone);
  CHECK(actions(world.cloud, world.group) == Lines{"0..105 DIFF DIFF 0->1 FAIL"});
  CHECK(world.cloud.waits_of(world.group).empty());
  CHECK(answer(world.cloud, "h2", HookAnswer::Continue) == "AS.7042");
  world.run_to(301s);  // Neither deadline of the dead wakes anybody.
  must_be_sound(world.cloud);
}

RULE("an instance that waits is up, counts as pending and is not bound",
     {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1, .listeners = {kListener}});
  add_hook(cloud, group, a_hook("h"));
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(instance_of(cloud, InstanceId{0}).ecs == EcsStatus::Active);
  CHECK(instance_of(cloud, InstanceId{0}).health == HealthStatus::Initializing);
  CHECK(group_of(cloud, group).pending == 1);
  CHECK(group_of(cloud, group).current() == 0);
  CHECK(cloud.backends_of(kListener) == 0);
  REQUIRE(answer(cloud, "h", HookAnswer::Continue) == "ok");
  CHECK(cloud.backends_of(kListener) == 1);
}

RULE("the cooldown starts when the waiting is over", {.source = "our decision"}) {
  Cloud cloud = a_cloud(prompt(Behaviour::current()));
  const AsGroupId group = create_group(cloud, {.desire = 1, .cool_down = 300s});
  add_hook(cloud, group, a_hook("h"));
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot + 1000s);
  REQUIRE(answer(cloud, "h", HookAnswer::Continue) == "ok");
  CHECK(group_of(cloud, group).cooldown_from == kStart + 1100s);
  CHECK(group_of(cloud, group).cooldown_until == kStart + 1400s);
}

RULE("a server added by hand and abandoned is let go, and the group wants one less",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  add_hook(cloud, group, a_hook("h"));
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  const InstanceId added = newest_member(cloud, group);
  REQUIRE(instance_of(cloud, added).state == PendingWait);
  CHECK(group_of(cloud, group).set.desire == 2);
  REQUIRE(answer(cloud, "h", HookAnswer::Abandon) == "ok");
  CHECK(instance_of(cloud, added).state == Gone);
  CHECK(instance_of(cloud, added).ecs_deleted == kNever);
  CHECK(cloud.member_of(server_in(kZoneA)) == none<InstanceId>());
  CHECK(group_of(cloud, group).set.desire == 1);
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == 2);  // Not replaced.
  must_be_sound(cloud);
}

RULE("an instance whose zone goes out while it waits does not join", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1, .zones = {kZoneA}});
  add_hook(cloud, group, a_hook("h"));
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  outage(cloud, kZoneA, cloud.now() + 10min);
  REQUIRE(answer(cloud, "h", HookAnswer::Continue) == "ok");
  CHECK(instance_of(cloud, InstanceId{0}).state == Gone);
  CHECK(last_action(cloud, group).status == ActivityStatus::Fail);
  must_be_sound(cloud);
}

// ---- Waiting on the way out ----

namespace {

// A group of two with a terminating hook, one of them on its way out.
struct Leaving {
  Cloud cloud = a_cloud();
  AsGroupId group;
  InstanceId leaver{};
  Time begin{};

  explicit Leaving(const std::vector<LifecycleHook>& hooks = {a_hook("bye", HookType::InstanceTerminating)})
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

RULE("on the way out an instance waits unbound, and its removal takes its time after that", {.source = ""}) {
  const auto with = GENERATE(HookAnswer::Continue, HookAnswer::Abandon);
  Leaving world;
  CHECK(world.cloud.backends_of(kListener) == 1);
  CHECK(group_of(world.cloud, world.group).current() == 2);
  CHECK(group_of(world.cloud, world.group).is_scaling());
  run_for(world.cloud, 500s);
  REQUIRE(answer(world.cloud, "bye", with) == "ok");
  CHECK(world.state() == Removing);
  run_for(world.cloud, kRemoval);
  CHECK(world.state() == Gone);
  CHECK(instance_of(world.cloud, world.leaver).left == world.begin + 520s);
  CHECK(actions(world.cloud, world.group).back() == "100..620 NORMAL MANNUAL 2->1 SUCCESS");
  must_be_sound(world.cloud);
}

RULE("ABANDON on the way out cuts the other hooks short", {.source = "AS user manual"}) {
  Leaving world({a_hook("first", HookType::InstanceTerminating),
                 a_hook("second", HookType::InstanceTerminating), a_hook("in")});
  CHECK(world.cloud.waits_of(world.group).size() == 2);
  SECTION("CONTINUE waits for the others") {
    REQUIRE(answer(world.cloud, "first", HookAnswer::Continue) == "ok");
    CHECK(world.state() == RemovingWait);
    REQUIRE(answer(world.cloud, "second", HookAnswer::Continue) == "ok");
    CHECK(world.state() == Removing);
  }
  SECTION("ABANDON does not") {
    REQUIRE(answer(world.cloud, "first", HookAnswer::Abandon) == "ok");
    CHECK(world.state() == Removing);
    CHECK(answer(world.cloud, "second", HookAnswer::Continue) == "AS.7042");
  }
  must_be_sound(world.cloud);
}

RULE("nobody answers on the way out: the instance leaves at the deadline", {.source = ""}) {
  Leaving world({a_hook("bye", HookType::InstanceTerminating, HookResult::Continue, 90s)});
  run_for(world.cloud, 90s);
  CHECK(world.state() == Removing);
  run_for(world.cloud, kRemoval);
  CHECK(world.state() == Gone);
}

RULE("hooks hold up removal by hand and for health, but not that of a deleted ECS",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 1});
  add_hook(cloud, group, a_hook("bye", HookType::InstanceTerminating));
  const InstanceId member = newest_member(cloud, group);
  SECTION("by hand") {
    REQUIRE(outcome(cloud.submit(RemoveInstance{member, EcsFate::Keep})) == "ok");
    CHECK(instance_of(cloud, member).state == RemovingWait);
  }
  SECTION("a stopped ECS") {
    sickness(cloud, group, Sickness::Stopped);
    run_for(cloud, 1min);
    CHECK(instance_of(cloud, member).state == RemovingWait);
  }
  SECTION("a deleted ECS") {
    sickness(cloud, group, Sickness::Deleted);
    run_for(cloud, 1min);
    CHECK(instance_of(cloud, member).state == Gone);
    CHECK(cloud.all_waits().empty());
  }
  must_be_sound(cloud);
}

// ---- Records and messages ----

RULE("a wait is told with its end until the instance is in service or gone", {.source = "our decision"}) {
  TwoHooks world;
  REQUIRE(world.answer_at(20s, "h2", HookAnswer::Continue) == "ok");
  const auto waits = world.cloud.waits_of(world.group);
  REQUIRE(waits.size() == 2);
  CHECK(world.cloud.all_waits()[index_of(waits[1])].status == WaitStatus::Continue);
  CHECK(answer(world.cloud, "h2", HookAnswer::Continue) == "AS.7042");
  world.run_to(60s);
  CHECK(world.cloud.waits_of(world.group).empty());
}

RULE("each wait tells its hook's topic, and no e-mail is sent for it", {.source = "our decision"}) {
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

// ---- Making and changing hooks ----

RULE("a group has up to five hooks, each with a name of its own", {.source = "AS.7038, AS.7041"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  for (const char* name : {"a", "b", "c", "d"}) add_hook(cloud, group, a_hook(name));
  CHECK(outcome(cloud.submit(CreateLifecycleHook{group, a_hook("a")})) == "AS.7041");
  add_hook(cloud, group, a_hook("e"));
  CHECK(outcome(cloud.submit(CreateLifecycleHook{group, a_hook("f")})) == "AS.7038");
  REQUIRE(outcome(cloud.submit(DeleteLifecycleHook{group, "c"})) == "ok");
  add_hook(cloud, group, a_hook("f"));
  add_hook(cloud, create_group(cloud), a_hook("a"));  // Names are a group's own.
}

RULE("hooks do not change while a scaling action runs", {.source = "AS.2033, user manual"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  add_hook(cloud, group, a_hook("h"));
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  cloud.run_until(cloud.now());
  CHECK(outcome(cloud.submit(CreateLifecycleHook{group, a_hook("more")})) == "AS.2033");
  CHECK(outcome(cloud.submit(ModifyLifecycleHook{group, a_hook("h")})) == "AS.2033");
  CHECK(outcome(cloud.submit(DeleteLifecycleHook{group, "h"})) == "AS.2033");
  run_for(cloud, kBoot);
  CHECK(outcome(cloud.submit(DeleteLifecycleHook{group, "h"})) == "AS.2033");  // It waits: the action runs.
  REQUIRE(answer(cloud, "h", HookAnswer::Continue) == "ok");
  CHECK(outcome(cloud.submit(DeleteLifecycleHook{group, "h"})) == "ok");
}

RULE("a hook that is changed keeps its name and the time of its creation", {.source = ""}) {
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

RULE("a hook or a group that is not there is AS.0007", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud), nobody{7};
  CHECK(outcome(cloud.submit(CreateLifecycleHook{nobody, a_hook("h")})) == "AS.0007");
  CHECK(outcome(cloud.submit(ModifyLifecycleHook{group, a_hook("h")})) == "AS.0007");
  CHECK(outcome(cloud.submit(DeleteLifecycleHook{group, "h"})) == "AS.0007");
  CHECK(outcome(cloud.submit(AnswerLifecycleHook{nobody, HookWaitId{0}, HookAnswer::Continue})) == "AS.0007");
  CHECK(outcome(cloud.submit(AnswerLifecycleHook{group, HookWaitId{0}, HookAnswer::Continue})) == "AS.7042");
}

// ---- Deletion by force ----

RULE("a group that is deleted by force waits for no hook", {.source = "our decision"}) {
  SECTION("instances that wait on their way in") {
    TwoHooks world;
    REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group, ForceDelete::Yes})) == "ok");
    must_be_sound(world.cloud);
    run_for(world.cloud, kRemoval);
    CHECK(world.cloud.find(world.group) == nullptr);
  }
  SECTION("instances that wait on their way out, and those in service") {
    Leaving world;
    REQUIRE(outcome(world.cloud.submit(DeleteAsGroup{world.group, ForceDelete::Yes})) == "ok");
    must_be_sound(world.cloud);
    run_for(world.cloud, kRemoval);  // The action under way ends, and only then the rest goes.
    CHECK(members(world.cloud, world.group).size() == 1);
    run_for(world.cloud, kRemoval);
    CHECK(world.cloud.find(world.group) == nullptr);
  }
  SECTION("instances that boot") {
    Cloud cloud = a_cloud();
    const AsGroupId group = create_group(cloud, {.desire = 1});
    add_hook(cloud, group, a_hook("h"));
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_for(cloud, 1s);
    REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
    run_for(cloud, kBoot + kRemoval);
    CHECK(cloud.find(group) == nullptr);
    CHECK(cloud.all_waits().empty());
  }
}

RULE("a copy of a cloud waits on its own", {.source = ""}) {
  TwoHooks world;
  Cloud copy = world.cloud;
  REQUIRE(answer(copy, "h1", HookAnswer::Abandon) == "ok");
  CHECK(instance_of(copy, InstanceId{0}).state == Gone);
  CHECK(world.state() == PendingWait);
}

}  // namespace tidepool::sim
