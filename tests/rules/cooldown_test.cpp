// The cooldown through whole runs: whom it holds back, when its window opens, how long it lasts.
//
// Alarms come from a rule that every datapoint meets. So each tick of the metrics is one attempt of the alarm policy,
// and the policy's execution log tells what became of it.
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
using rules::Under;
using rules::with;
using Lines = std::vector<std::string>;
using enum PolicyOperation;

Behaviour ticking(Behaviour behaviour, Duration metric_period) {
  behaviour.metric_period = metric_period;
  return behaviour;
}

// A cloud with one configuration for each boot time asked for.
struct Boots {
  Cloud cloud;
  std::vector<AsConfigurationId> configurations;

  Boots(const Behaviour& behaviour, const std::vector<Duration>& lengths) : cloud(made(behaviour, lengths)) {
    for (std::size_t i = 0; i < lengths.size(); ++i)
      configurations.push_back(create_configuration(cloud, {.flavors = {id_at<FlavorId>(i)}}));
  }

 private:
  static Cloud made(const Behaviour& behaviour, const std::vector<Duration>& lengths) {
    CloudSpec spec{.behaviour = behaviour};
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      spec.region.flavors[i].zones = {kZoneA, kZoneB, kZoneC};
      spec.region.flavors[i].boot_time =
          DurationDistribution{DurationDistribution::Kind::Constant, lengths[i], {}};
    }
    return a_cloud(spec);
  }
};

// How the policy's attempt at that second ended; empty when there was none.
std::string attempt_at(const Cloud& cloud, AsPolicyId policy, Time base, int second) {
  for (const std::string& line : executions_of(cloud, policy, base))
    if (line.starts_with(std::to_string(second) + " ")) return line.substr(line.rfind(' ') + 1);
  return "";
}

// ---- The documented example day: a group of 300 s, an alarm policy of 120 s, a scheduled one of 300 s ----

// The alarm repeats every ten seconds from 0 s on; its action takes until 60 s. The scheduled policy is due at 110 s,
// until 150 s; at 200 s the desired number is changed by hand, until 230 s.
struct Day {
  Boots boots{ticking(behaviour_under_test(), 10s), {60s, 40s, 30s}};
  Cloud& cloud = boots.cloud;
  AsGroupId group =
      grown_group(cloud, {.configuration = boots.configurations[0], .desire = 2, .cool_down = 300s});
  Time zero = kStart + 1030s;  // So that 110 s later is a whole minute.
  AsPolicyId alarm{};
  bool from_end = cloud.behaviour().cooldown_start == CooldownStart::End;

  Day() {
    cloud.run_until(zero - 5s);
    const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
    alarm = create_policy(cloud, group, an_alarm_policy(rule, {.cool_down = 120s}));
    create_policy(cloud, group, a_scheduled_policy(zero + 110s, {.cool_down = 300s}));
    cloud.run_until(zero + 105s);
    bind_configuration(cloud, group, boots.configurations[1]);
    cloud.run_until(zero + 195s);
    bind_configuration(cloud, group, boots.configurations[2]);
    cloud.run_until(zero + 200s);
    set_desire(cloud, group, 5);
    cloud.run_until(zero + 535s);
  }
  std::string action(std::size_t number) const { return actions(cloud, group, zero).at(number); }
  std::string alarm_at(int second) const { return attempt_at(cloud, alarm, zero, second); }
};

RULE("an alarm that nothing holds back starts an action at once", {.source = "AS user manual, cooldown"}) {
  const Day day;
  CHECK(day.alarm_at(0) == "SUCCESS");
  CHECK(day.action(1) == "0..60 NORMAL ALARM 2->3 SUCCESS");
}

RULE("an alarm that repeats during an action is denied for the action",
     {.source = "AS API reference, error code AS.0034"}) {
  const Day day;
  for (const int second : {10, 30, 50, 120, 140, 210, 220}) CHECK(day.alarm_at(second) == "AS.0034");
}

RULE("an alarm that repeats after the action is denied for the cooldown of its policy",
     {.source = "AS API reference, error code AS.0026"}) {
  const Day day;
  for (const int second : {70, 90, 100}) CHECK(day.alarm_at(second) == "AS.0026");
}

RULE("a scheduled policy that is due inside the cooldown is executed",
     {.source = "AS user manual, cooldown example"}) {
  const Day day;
  CHECK(day.action(2) == "110..150 NORMAL SCHEDULED 3->4 SUCCESS");
}

RULE("the cooldown of a further action replaces the one before, so an alarm at its old end is denied",
     {.source = "AS user manual, cooldown"}) {
  const Day day;
  for (const int second : {160, 180, 190}) CHECK(day.alarm_at(second) == "AS.0026");
}

RULE("a desired number changed by hand inside the cooldown is followed at once",
     {.source = "AS user manual, cooldown"}) {
  const Day day;
  CHECK(day.action(3) == "200..230 NORMAL MANNUAL 4->5 SUCCESS");
}

RULE("after a change by hand the alarm is accepted when the group's 300 s from its end are over",
     {.source = "AS user manual, cooldown", .knob = "cooldown_start = end", .under = Under::Current}) {
  const Day day;
  for (const int second : {240, 410, 450, 500, 520}) CHECK(day.alarm_at(second) == "AS.0026");
  CHECK(day.alarm_at(530) == "SUCCESS");
  CHECK(day.action(4) == "530.. NORMAL ALARM 5->6 DOING");
}

RULE("after a change by hand the alarm is accepted when the group's 300 s from its start are over",
     {.source = "AS API reference, cool_down_time (classic page)",
      .knob = "cooldown_start = trigger",
      .under = Under::Classic}) {
  const Day day;
  for (const int second : {240, 410, 450, 490}) CHECK(day.alarm_at(second) == "AS.0026");
  CHECK(day.alarm_at(500) == "SUCCESS");
  CHECK(day.action(4) == "500..530 NORMAL ALARM 5->6 SUCCESS");
}

RULE("the window of a scheduled action that began in a cooldown runs from its own end",
     {.source = "AS user manual, cooldown example", .knob = "cooldown_start = end"}) {
  Boots boots(ticking(with(&Behaviour::cooldown_start, CooldownStart::End), 1min), {60s, 240s});
  Cloud& cloud = boots.cloud;
  const AsGroupId group = grown_group(cloud, {.configuration = boots.configurations[0], .desire = 1});
  const Time ten = kStart + 10h;
  cloud.run_until(ten + 28min + 30s);
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId alarm = create_policy(cloud, group, an_alarm_policy(rule, {.cool_down = 300s}));
  create_policy(cloud, group, a_scheduled_policy(ten + 32min, {.cool_down = 300s}));
  cloud.run_until(ten + 31min + 30s);
  bind_configuration(cloud, group, boots.configurations[1]);
  cloud.run_until(ten + 42min + 30s);

  const auto at = [&](int minute) { return attempt_at(cloud, alarm, ten, minute * 60); };
  CHECK(actions(cloud, group, ten)[1] == "1740..1800 NORMAL ALARM 1->2 SUCCESS");      // Ends 10:30.
  CHECK(actions(cloud, group, ten)[2] == "1920..2160 NORMAL SCHEDULED 2->3 SUCCESS");  // 10:32 to 10:36.
  CHECK(at(31) == "AS.0026");
  CHECK(at(34) == "AS.0034");  // Denied for the running action, before the cooldown is looked at.
  CHECK(at(37) == "AS.0026");
  CHECK(at(40) == "AS.0026");
  CHECK(at(41) == "SUCCESS");
}

// What becomes of an alarm at the very end of a cooldown, a tick before and one after.
Lines around_the_end(bool inclusive) {
  Cloud cloud = a_cloud(ticking(with(&Behaviour::cooldown_end_inclusive, inclusive), 10s));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 300s});
  const Time end = group_of(cloud, group).cooldown_until;
  cloud.run_until(end - 15s);
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(rule));
  cloud.run_until(end + 15s);
  return executions_of(cloud, policy, end);
}

RULE("an alarm at the very end of a cooldown is accepted",
     {.source = "our decision", .knob = "cooldown_end_inclusive = false"}) {
  CHECK(around_the_end(false) ==
        Lines{"-10 ALARM 1->1 AS.0026", "0 ALARM 1->2 SUCCESS", "10 ALARM 2->2 AS.0034"});
}

RULE("an alarm at the very end of a cooldown is denied where the end belongs to it",
     {.source = "our decision", .knob = "cooldown_end_inclusive = true"}) {
  CHECK(around_the_end(true) ==
        Lines{"-10 ALARM 1->1 AS.0026", "0 ALARM 1->1 AS.0026", "10 ALARM 1->2 SUCCESS"});
}

// ---- How long growth takes under it ----

struct Growth {
  const char* why;
  int gap, step;
  Duration boot, cool_down, expected;
};

void check_growth(CooldownStart start, const Growth& row) {
  CAPTURE(row.why);
  // One overloaded instance, a datapoint every second, a rule on the raw datapoints: the alarm is on all the time.
  // The group's own cooldown is 0, so that the action that made the first instance opens no window.
  Boots boots(ticking(with(&Behaviour::cooldown_start, start), 1s), {row.boot});
  Cloud& cloud = boots.cloud;
  const int goal = 1 + row.gap;
  const AsGroupId group = grown_group(
      cloud, {.configuration = boots.configurations[0], .desire = 1, .max = goal, .cool_down = 0s});
  add_steady_load(cloud, group, 100 * kCapacity);
  const AlarmRuleId rule = an_alarm_on_load(cloud, group);
  create_policy(cloud, group,
                an_alarm_policy(rule, {.action = by_number(Add, row.step), .cool_down = row.cool_down}));
  run_for(cloud, row.expected + 60s);

  REQUIRE(group_of(cloud, group).current() == goal);
  const auto ids = cloud.activities_of(group);
  const Time begin = cloud.find(ids[1])->start;
  CHECK(last_action(cloud, group).end - begin == row.expected);
  CHECK(static_cast<int>(ids.size()) == 1 + (row.gap + row.step - 1) / row.step);
}

RULE("growth that a cooldown from the end limits takes n actions and n - 1 pauses",
     {.source = "AS user manual, cooldown", .knob = "cooldown_start = end"}) {
  check_growth(CooldownStart::End, GENERATE(values<Growth>({
                                       {"six by one", 6, 1, 60s, 300s, 1860s},
                                       {"six by three", 6, 3, 60s, 300s, 420s},
                                       {"fifty by five", 50, 5, 97s, 900s, 9070s},
                                       {"the last step is smaller", 7, 3, 60s, 300s, 780s},
                                       {"no cooldown: one action after the other", 3, 1, 60s, 0s, 180s},
                                   })));
}

RULE("growth that a cooldown from the start limits takes n - 1 cooldowns and one more action",
     {.source = "AS API reference, cool_down_time (classic page)", .knob = "cooldown_start = trigger"}) {
  check_growth(CooldownStart::Trigger, GENERATE(values<Growth>({
                                           {"six by one", 6, 1, 60s, 300s, 1560s},
                                           {"six by three", 6, 3, 60s, 300s, 360s},
                                           {"fifty by five", 50, 5, 97s, 900s, 8197s},
                                       })));
}

// ---- Who is served inside the cooldown: everybody but an alarm ----

// A group of three inside an hour of cooldown, half a second off the clock's grid.
struct CoolingDown {
  Cloud cloud = a_cloud(ticking(behaviour_under_test(), 1s));
  AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = 3600s, .health_minutes = 0});

  CoolingDown() { cloud.run_until(kStart + 110s + 500ms); }
  std::string next() {
    cloud.run_until(kStart + 125s);
    const Lines all = actions(cloud, group);
    return all.size() < 2 ? "" : all[1];
  }
};

RULE("inside the cooldown an alarm is denied and changes nothing", {.source = "AS user manual, cooldown"}) {
  CoolingDown world;
  const AlarmRuleId rule = an_alarm_that_is_always_on(world.cloud, world.group);
  const AsPolicyId policy = create_policy(world.cloud, world.group, an_alarm_policy(rule));
  CHECK(world.next().empty());
  CHECK(executions_of(world.cloud, policy).front() == "111 ALARM 3->3 AS.0026");
}

RULE("inside the cooldown a scheduled policy is served", {.source = "AS user manual, cooldown"}) {
  CoolingDown world;
  create_policy(world.cloud, world.group, a_scheduled_policy(kStart + 2min));
  CHECK(world.next() == "120.. NORMAL SCHEDULED 3->4 DOING");
}

RULE("inside the cooldown a periodic policy is served", {.source = "AS user manual, cooldown"}) {
  CoolingDown world;
  create_policy(world.cloud, world.group,
                a_periodic_policy({RecurrenceType::Daily, {}, 2min, kStart, kStart + 48h}));
  CHECK(world.next() == "120.. NORMAL RECURRENCE 3->4 DOING");
}

RULE("inside the cooldown a policy that is executed by hand is served, also an alarm policy",
     {.source = "AS user manual, cooldown"}) {
  CoolingDown world;
  const AlarmRuleId rule = an_alarm_that_is_always_on(world.cloud, world.group);
  const AsPolicyId policy = create_policy(world.cloud, world.group, an_alarm_policy(rule));
  REQUIRE(execute(world.cloud, policy) == "ok");
  CHECK(world.next() == "110.5.. NORMAL MANNUAL 3->4 DOING");
}

RULE("inside the cooldown a new desired number is served", {.source = "AS user manual, cooldown"}) {
  CoolingDown world;
  set_desire(world.cloud, world.group, 5);
  CHECK(world.next() == "110.5.. NORMAL MANNUAL 3->5 DOING");
}

RULE("inside the cooldown servers can be added by hand", {.source = "AS user manual, cooldown"}) {
  CoolingDown world;
  add_servers(world.cloud, world.group, {server_in(kZoneA)});
  CHECK(world.next() == "110.5..115.5 MANUAL_ADD MANNUAL 3->4 SUCCESS");
}

RULE("inside the cooldown members can be taken out by hand", {.source = "AS user manual, cooldown"}) {
  CoolingDown world;
  const InstanceId one = newest_member(world.cloud, world.group);
  REQUIRE(outcome(world.cloud.submit(RemoveInstance{one, EcsFate::Delete})) == "ok");
  CHECK(world.next() == "110.5.. MANUAL_DELETE MANNUAL 3->2 DOING");
}

RULE("inside the cooldown an unhealthy member is removed and replaced", {.source = "our decision"}) {
  CoolingDown world;
  sickness(world.cloud, world.group, Sickness::Stopped);
  CHECK(world.next() == "120.. AUDIT_CHECK_DELETE AUDIT_CHECK 3->2 DOING");
  run_for(world.cloud, 20s);
  CHECK(actions(world.cloud, world.group).back() == "140.. DIFF DIFF 2->3 DOING");
}

RULE("inside the cooldown a gap that a failure left is filled", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 500'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 20, .cool_down = 3600s});
  run_for(cloud, kBoot);
  REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
  REQUIRE(group_of(cloud, group).cooldown_until > kStart + 160s);
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).type == ActivityType::Diff);
  CHECK(last_action(cloud, group).start == kStart + 160s);
}

RULE("inside the cooldown lifecycle hooks can be made, changed and deleted",
     {.source = "AS user manual, lifecycle hooks"}) {
  CoolingDown world;
  LifecycleHook hook;
  hook.name = "hook";
  hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
  CHECK(outcome(world.cloud.submit(CreateLifecycleHook{world.group, hook})) == "ok");
  hook.default_timeout = 60s;
  CHECK(outcome(world.cloud.submit(ModifyLifecycleHook{world.group, hook})) == "ok");
  CHECK(outcome(world.cloud.submit(DeleteLifecycleHook{world.group, "hook"})) == "ok");
}

// ---- Who is served during an action ----

// A group of three that grows to four from 600 s to 700 s, looked at at 610.5 s.
struct Scaling {
  Cloud cloud = a_cloud(ticking(behaviour_under_test(), 1s));
  AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = 0s, .health_minutes = 0});

  Scaling() {
    cloud.run_until(kStart + 600s);
    set_desire(cloud, group, 4);
    run_for(cloud, 10s + 500ms);
  }
  Lines next() {
    cloud.run_until(kStart + 2000s);
    Lines all = actions(cloud, group);
    return {all.begin() + 1, all.end()};
  }
};

RULE("during an action an alarm is denied, cooldown or not",
     {.source = "AS API reference, error code AS.0034"}) {
  Scaling world;
  const AlarmRuleId rule = an_alarm_that_is_always_on(world.cloud, world.group);
  const AsPolicyId policy = create_policy(world.cloud, world.group, an_alarm_policy(rule));
  run_for(world.cloud, 1s);
  CHECK(executions_of(world.cloud, policy) == Lines{"611 ALARM 4->4 AS.0034"});
}

RULE("during an action membership does not change by hand",
     {.source = "AS API reference, error code AS.2033"}) {
  Scaling world;
  const InstanceId one = members(world.cloud, world.group)[0];
  CHECK(outcome(world.cloud.submit(AddInstances{world.group, {server_in(kZoneA)}})) == "AS.2033");
  CHECK(outcome(world.cloud.submit(RemoveInstance{one, EcsFate::Keep})) == "AS.2033");
  CHECK(outcome(world.cloud.submit(RemoveInstances{world.group, {one}, EcsFate::Keep})) == "AS.2033");
  CHECK(world.next() == Lines{"600..700 NORMAL MANNUAL 3->4 SUCCESS"});
}

RULE("during an action a scheduled policy changes the desired number, and the next action follows",
     {.source = "our decision"}) {
  Scaling world;
  const AsPolicyId policy = create_policy(world.cloud, world.group, a_scheduled_policy(kStart + 660s));
  run_for(world.cloud, 60s);
  CHECK(executions_of(world.cloud, policy) == Lines{"660 SCHEDULED 4->5 SUCCESS"});
  CHECK(group_of(world.cloud, world.group).set.desire == 5);
  CHECK(world.next() ==
        Lines{"600..700 NORMAL MANNUAL 3->4 SUCCESS", "700..800 NORMAL SCHEDULED 4->5 SUCCESS"});
}

RULE("during an action a policy that is executed by hand the other way is taken up after it",
     {.source = "AS API reference, cool_down_time"}) {
  Scaling world;
  const AsPolicyId policy =
      create_policy(world.cloud, world.group, a_policy({.action = by_number(Remove, 2)}));
  REQUIRE(execute(world.cloud, policy) == "ok");
  CHECK(world.next() ==
        Lines{"600..700 NORMAL MANNUAL 3->4 SUCCESS", "700..720 NORMAL MANNUAL 4->2 SUCCESS"});
}

RULE("during an action an unhealthy member waits for the check after its end", {.source = "our decision"}) {
  Scaling world;
  sickness(world.cloud, world.group, Sickness::Stopped);
  world.cloud.run_until(kStart + 699s);
  CHECK(actions(world.cloud, world.group).size() == 2);
  CHECK(world.next().at(1) == "700..720 AUDIT_CHECK_DELETE AUDIT_CHECK 4->3 SUCCESS");
}

RULE("a denied alarm is dropped, not kept for later", {.source = "AS user manual, cooldown"}) {
  Cloud cloud = a_cloud(ticking(behaviour_under_test(), 1s));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 600s});
  AlarmRuleSettings once = cloud.find(an_alarm_that_is_always_on(cloud, group))->set;
  once.suppress = 0s;  // Fires on entering the alarm state only.
  const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(cloud.add_alarm_rule(once)));
  run_for(cloud, 2h);
  REQUIRE(executions_of(cloud, policy).size() == 1);
  CHECK(executions_of(cloud, policy)[0].ends_with("AS.0026"));
  CHECK(actions(cloud, group).size() == 1);
}

}  // namespace
}  // namespace tidepool::sim
