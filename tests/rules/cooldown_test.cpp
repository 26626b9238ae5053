// The cooldown through whole runs: whom it holds back, when its window opens, how long it lasts.
//
// Alarms come from a rule that every datapoint meets. So each tick of the metrics is one attempt of the alarm policy,
// and the policy's execution log tells what became of it.
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

RULE("six requests, each window as long as its cause says, from the end of an action",
     {.source = "AS documents"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Boots boots(ticking(profile.behaviour, 10s), {60s, 40s, 30s});
  Cloud& cloud = boots.cloud;
  const AsGroupId group =
      grown_group(cloud, {.configuration = boots.configurations[0], .desire = 2, .cool_down = 300s});
  const Time zero = kStart + 1030s;  // So that S, 110 s later, is due on a whole minute.
  cloud.run_until(zero - 5s);
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId a = create_policy(cloud, group, an_alarm_policy(rule, {.cool_down = 120s}));
  create_policy(cloud, group, a_scheduled_policy(zero + 110s, {.cool_down = 300s}));

  cloud.run_until(zero + 105s);
  bind_configuration(cloud, group, boots.configurations[1]);
  cloud.run_until(zero + 195s);
  bind_configuration(cloud, group, boots.configurations[2]);
  cloud.run_until(zero + 200s);
  set_desire(cloud, group, 5);
  cloud.run_until(zero + 535s);

  const bool at_end = profile.behaviour.cooldown_start == CooldownStart::End;
  const auto all = actions(cloud, group, zero);
  REQUIRE(all.size() == 5);
  CHECK(all[1] == "0..60 NORMAL ALARM 2->3 SUCCESS");
  CHECK(all[2] == "110..150 NORMAL SCHEDULED 3->4 SUCCESS");
  CHECK(all[3] == "200..230 NORMAL MANNUAL 4->5 SUCCESS");
  CHECK(all[4] == (at_end ? "530.. NORMAL ALARM 5->6 DOING" : "500..530 NORMAL ALARM 5->6 SUCCESS"));

  CHECK(attempt_at(cloud, a, zero, 0) == "SUCCESS");
  for (const int during_action : {10, 30, 50, 120, 140, 210, 220})
    CHECK(attempt_at(cloud, a, zero, during_action) == "AS.0034");
  for (const int in_window : {70, 100, 160, 180, 190, 240, 400, 450, 490})
    CHECK(attempt_at(cloud, a, zero, in_window) == "AS.0026");
  CHECK(attempt_at(cloud, a, zero, 500) == (at_end ? "AS.0026" : "SUCCESS"));
  CHECK(attempt_at(cloud, a, zero, 520) == (at_end ? "AS.0026" : "AS.0034"));
  if (at_end) CHECK(attempt_at(cloud, a, zero, 530) == "SUCCESS");
}

RULE("a scheduled action runs inside the cooldown and opens a new one",
     {.source = "AS user manual, cooldown example"}) {
  const bool inclusive = GENERATE(false, true);
  CAPTURE(inclusive);
  Behaviour behaviour = ticking(prompt(Behaviour::current()), 1min);
  behaviour.cooldown_end_inclusive = inclusive;
  Boots boots(behaviour, {60s, 240s});
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
  CHECK(at(41) == (inclusive ? "AS.0026" : "SUCCESS"));
  CHECK(at(42) == (inclusive ? "SUCCESS" : "AS.0034"));
}

RULE("growth that the cooldown limits takes n actions and n - 1 pauses", {.source = "closed form"}) {
  struct Row {
    const char* why;
    CooldownStart start;
    int gap, step;
    Duration boot, cool_down, expected;
  };
  const auto row = GENERATE(values<Row>({
      {"six by one", CooldownStart::End, 6, 1, 60s, 300s, 1860s},
      {"six by three", CooldownStart::End, 6, 3, 60s, 300s, 420s},
      {"fifty by five", CooldownStart::End, 50, 5, 97s, 900s, 9070s},
      {"the last step is smaller", CooldownStart::End, 7, 3, 60s, 300s, 780s},
      {"no cooldown: one action after the other", CooldownStart::End, 3, 1, 60s, 0s, 180s},
      {"from the start: the pauses hold the actions in them", CooldownStart::Trigger, 6, 1, 60s, 300s, 1560s},
      {"from the start, by three", CooldownStart::Trigger, 6, 3, 60s, 300s, 360s},
      {"from the start, fifty by five", CooldownStart::Trigger, 50, 5, 97s, 900s, 8197s},
  }));
  CAPTURE(row.why);
  // One overloaded instance, a datapoint every second, a rule on the raw datapoints: the alarm is on all the time.
  // The group's own cooldown is 0, so that the action that made the first instance opens no window.
  Behaviour behaviour = ticking(prompt(Behaviour::current()), 1s);
  behaviour.cooldown_start = row.start;
  Boots boots(behaviour, {row.boot});
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

// ---- Who is held back ----

RULE("inside the cooldown everybody but an alarm is served", {.source = "AS user manual, cooldown"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(ticking(profile.behaviour, 1s));
  const AsGroupId group = grown_group(cloud, {.desire = 3, .cool_down = 3600s, .health_minutes = 0});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId alarm = create_policy(cloud, group, an_alarm_policy(rule));
  cloud.run_until(kStart + 110s + 500ms);
  REQUIRE(group_of(cloud, group).cooldown_until > cloud.now());
  CHECK(executions_of(cloud, alarm).back() == "110 ALARM 3->3 AS.0026");

  std::string expected;
  SECTION("a scheduled policy") {
    create_policy(cloud, group, a_scheduled_policy(kStart + 2min));
    expected = "120.. NORMAL SCHEDULED 3->4 DOING";
  }
  SECTION("a periodic policy") {
    create_policy(cloud, group, a_periodic_policy({RecurrenceType::Daily, {}, 2min, kStart, kStart + 48h}));
    expected = "120.. NORMAL RECURRENCE 3->4 DOING";
  }
  SECTION("a policy executed by hand, also an alarm policy") {
    REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{alarm})) == "ok");
    expected = "110.5.. NORMAL MANNUAL 3->4 DOING";
  }
  SECTION("a new desired number") {
    set_desire(cloud, group, 5);
    expected = "110.5.. NORMAL MANNUAL 3->5 DOING";
  }
  SECTION("servers added by hand") {
    add_servers(cloud, group, {server_in(kZoneA)});
    expected = "110.5..115.5 MANUAL_ADD MANNUAL 3->4 SUCCESS";
  }
  SECTION("a member taken out by hand") {
    REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Delete})) == "ok");
    expected = "110.5.. MANUAL_DELETE MANNUAL 3->2 DOING";
  }
  SECTION("an unhealthy member") {
    sickness(cloud, group, Sickness::Stopped);
    expected = "120.. AUDIT_CHECK_DELETE AUDIT_CHECK 3->2 DOING";
  }
  cloud.run_until(kStart + 125s);
  REQUIRE(actions(cloud, group).size() == 2);
  CHECK(actions(cloud, group)[1] == expected);
}

RULE("during an action an alarm and membership changes are refused, all else follows it",
     {.source = "AS documents"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(ticking(profile.behaviour, 1s));
  const AsGroupId group = grown_group(cloud, {.desire = 3, .health_minutes = 0});
  cloud.run_until(kStart + 600s);
  set_desire(cloud, group, 4);
  run_for(cloud, 10s + 500ms);
  Lines expected{"600..700 NORMAL MANNUAL 3->4 SUCCESS"};
  SECTION("an alarm policy") {
    const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
    const AsPolicyId policy = create_policy(cloud, group, an_alarm_policy(rule));
    run_for(cloud, 1s);
    CHECK(executions_of(cloud, policy) == Lines{"611 ALARM 4->4 AS.0034"});
    REQUIRE(outcome(cloud.submit(DeleteAsPolicy{policy})) == "ok");
  }
  SECTION("manual changes of membership") {
    CHECK(outcome(cloud.submit(AddInstances{group, {server_in(kZoneA)}})) == "AS.2033");
    CHECK(outcome(cloud.submit(RemoveInstance{members(cloud, group)[0], EcsFate::Keep})) == "AS.2033");
    CHECK(outcome(cloud.submit(RemoveInstances{group, {members(cloud, group)[0]}, EcsFate::Keep})) ==
          "AS.2033");
  }
  SECTION("a scheduled policy") {
    const AsPolicyId policy = create_policy(cloud, group, a_scheduled_policy(kStart + 660s));
    run_for(cloud, 60s);
    CHECK(executions_of(cloud, policy) == Lines{"660 SCHEDULED 4->5 SUCCESS"});
    expected.push_back("700..800 NORMAL SCHEDULED 4->5 SUCCESS");
  }
  SECTION("a policy executed by hand, the other way") {
    const AsPolicyId policy = create_policy(cloud, group, a_policy({.action = by_number(Remove, 2)}));
    REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{policy})) == "ok");
    expected.push_back("700..720 NORMAL MANNUAL 4->2 SUCCESS");
  }
  SECTION("a new desired number") {
    set_desire(cloud, group, 6);
    expected.push_back("700..800 NORMAL MANNUAL 4->6 SUCCESS");
  }
  SECTION("an unhealthy member") {
    sickness(cloud, group, Sickness::Stopped);
    cloud.run_until(kStart + 699s);
    CHECK(actions(cloud, group).size() == 2);
    cloud.run_until(kStart + 711s);
    CHECK(last_action(cloud, group).type == ActivityType::AuditCheckDelete);
    return;
  }
  cloud.run_until(kStart + 2000s);
  expected.insert(expected.begin(), "0..100 DIFF DIFF 0->3 SUCCESS");
  CHECK(actions(cloud, group) == expected);
}

RULE("a denied alarm is dropped, not kept for later", {.source = "AS user manual, cooldown"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(ticking(profile.behaviour, 1s));
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
