#include "api/wire/as_policy_json.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Days = std::vector<int>;
using support::on;
using support::outcome;
using support::PolicyOperation;

// A cloud with a group and an alarm rule, a little into its first minute.
struct World {
  sim::Cloud cloud;
  sim::AsGroupId group;
  sim::AlarmRuleId rule;
  std::string group_text, rule_text;

  explicit World(const sim::Behaviour& behaviour = sim::Behaviour::classic())
      : cloud(support::a_cloud(behaviour)),
        group(support::create_group(cloud)),
        rule(support::an_alarm_that_is_always_on(cloud, group)),
        group_text(IdText{cloud.seed()}.text(group)),
        rule_text(IdText{cloud.seed()}.text(rule)) {
    support::run_for(cloud, 30s);
  }

  // A policy of the group with these members on top. "$a" stands for the alarm rule's id.
  std::string body(std::string_view more) const {
    std::string text =
        fmt::format(R"({{"scaling_policy_name": "p", "scaling_group_id": "{}", {}}})", group_text, more);
    if (const auto mark = text.find("$a"); mark != std::string::npos) text.replace(mark, 2, rule_text);
    return text;
  }
  sim::AsPolicySettings read(std::string_view more) const {
    const auto created = read_create_as_policy(body(more), cloud);
    REQUIRE(outcome(created) == "ok");
    REQUIRE(created->group == group);
    return created->set;
  }
  // What a policy becomes by a change.
  sim::AsPolicySettings changed(const sim::AsPolicySettings& before, std::string_view change) {
    const auto policy = support::create_policy(cloud, group, before);
    std::string text{change};
    if (const auto mark = text.find("$a"); mark != std::string::npos) text.replace(mark, 2, rule_text);
    const auto modified = read_modify_as_policy(text, policy, cloud);
    REQUIRE(outcome(modified) == "ok");
    REQUIRE(modified->policy == policy);
    return modified->set;
  }
  std::string written(const sim::AsPolicySettings& set) {
    return to_text(write_as_policy(cloud, support::create_policy(cloud, group, set)));
  }
};

constexpr std::string_view kScheduled =
    R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-02T08:00Z"})";

std::string recurrence(std::string_view members) {
  return fmt::format(R"("scaling_policy_type": "RECURRENCE", "scheduled_policy": {{{}}})", members);
}

}  // namespace

// ---- Creating ----

TEST_CASE("a member of a new policy that is missing or wrong has its code", "[wire]") {
  const World world;
  struct Row {
    const char* why;
    std::string members;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no name", R"("scaling_policy_name": null, "scaling_policy_type": "ALARM", "alarm_id": "$a")",
       "AS.3013"},
      {"an empty name", R"("scaling_policy_name": "", "scaling_policy_type": "ALARM", "alarm_id": "$a")",
       "AS.3013"},
      {"a name that is no text",
       R"("scaling_policy_name": 1, "scaling_policy_type": "ALARM", "alarm_id": "$a")", "AS.0022"},
      {"no group", R"("scaling_group_id": null, "scaling_policy_type": "ALARM", "alarm_id": "$a")",
       "AS.3019"},
      {"an unknown group", R"("scaling_group_id": "g", "scaling_policy_type": "ALARM", "alarm_id": "$a")",
       "AS.2007"},
      {"no type", R"("alarm_id": "$a")", "AS.3011"},
      {"an unknown type", R"("scaling_policy_type": "alarm", "alarm_id": "$a")", "AS.3002"},
      {"no alarm", R"("scaling_policy_type": "ALARM")", "AS.3026"},
      {"an empty alarm", R"("scaling_policy_type": "ALARM", "alarm_id": "")", "AS.3026"},
      {"a malformed alarm", R"("scaling_policy_type": "ALARM", "alarm_id": "rule")", "AS.3050"},
      {"an unknown alarm", R"("scaling_policy_type": "ALARM", "alarm_id": "al1513822380493GvlJKZwA8")",
       "AS.3030"},
      {"no schedule", R"("scaling_policy_type": "SCHEDULED")", "AS.3003"},
      {"no schedule for a periodic one", R"("scaling_policy_type": "RECURRENCE", "alarm_id": "$a")",
       "AS.3003"},
      {"a schedule that is no object", R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": [])",
       "AS.0022"},
      {"no launch time", R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {})", "AS.3008"},
      {"an empty one", R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": ""})",
       "AS.3008"},
      {"a time of day for a single moment",
       R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "08:00"})", "AS.3009"},
      {"seconds",
       R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-02T08:00:00Z"})",
       "AS.3009"},
      {"no launch time for a periodic one", recurrence(R"("recurrence_type": "Daily")"), "AS.3008"},
      {"a moment for a time of day",
       recurrence(R"("launch_time": "2026-03-02T08:00Z", "recurrence_type": "Daily")"), "AS.3009"},
      {"24:00", recurrence(R"("launch_time": "24:00", "recurrence_type": "Daily")"), "AS.3009"},
      {"no recurrence type", recurrence(R"("launch_time": "08:00")"), "AS.3023"},
      {"an unknown one", recurrence(R"("launch_time": "08:00", "recurrence_type": "daily")"), "AS.3004"},
      {"no days of the week", recurrence(R"("launch_time": "08:00", "recurrence_type": "Weekly")"),
       "AS.3024"},
      {"no days of the month",
       recurrence(R"("launch_time": "08:00", "recurrence_type": "Monthly", "recurrence_value": "")"),
       "AS.3024"},
      {"days that are no text",
       recurrence(R"("launch_time": "08:00", "recurrence_type": "Weekly", "recurrence_value": 1)"),
       "AS.0022"},
      {"no end", recurrence(R"("launch_time": "08:00", "recurrence_type": "Daily")"), "AS.3005"},
      {"a bad end",
       recurrence(R"("launch_time": "08:00", "recurrence_type": "Daily", "end_time": "2026-03-09")"),
       "AS.3006"},
      {"a bad start",
       recurrence(R"("launch_time": "08:00", "recurrence_type": "Daily", "start_time": "now")"), "AS.3028"},
      {"an unknown operation",
       fmt::format(R"({}, "scaling_policy_action": {{"operation": "DOUBLE"}})", kScheduled), "AS.3017"},
      {"a number past all numbers",
       fmt::format(R"({}, "scaling_policy_action": {{"instance_number": 3000000000}})", kScheduled),
       "AS.3018"},
      {"a percentage past all numbers",
       fmt::format(R"({}, "scaling_policy_action": {{"instance_percentage": 3000000000}})", kScheduled),
       "AS.3035"},
      {"half an instance",
       fmt::format(R"({}, "scaling_policy_action": {{"instance_number": 0.5}})", kScheduled), "AS.0022"},
      {"a cooldown past all numbers", fmt::format(R"({}, "cool_down_time": 3000000000)", kScheduled),
       "AS.3012"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(read_create_as_policy(world.body(row.members), world.cloud)) == row.expected);
}

TEST_CASE("days of a recurrence are whole numbers in range, joined by commas", "[wire]") {
  const World world;
  struct Row {
    const char *type, *value;
    Days expected;  // empty: AS.3025
  };
  const auto row = GENERATE(values<Row>({
      {"Weekly", "1", {1}},
      {"Weekly", "7,1", {1, 7}},
      {"Weekly", "2,2,3,2", {2, 3}},
      {"Weekly", "0", {}},
      {"Weekly", "8", {}},
      {"Weekly", "1,", {}},
      {"Weekly", ",1", {}},
      {"Weekly", ",", {}},
      {"Weekly", "1;2", {}},
      {"Weekly", "1, 2", {}},
      {"Weekly", "-1", {}},
      {"Weekly", "Monday", {}},
      {"Weekly", "99999999999999999999", {}},
      {"Monthly", "31,1,15", {1, 15, 31}},
      {"Monthly", "32", {}},
      {"Monthly", "0", {}},
  }));
  CAPTURE(row.type, row.value);
  const std::string body = world.body(recurrence(fmt::format(
      R"("launch_time": "08:00", "recurrence_type": "{}", "recurrence_value": "{}", "end_time": "2026-06-01T00:00Z")",
      row.type, row.value)));
  const auto read = read_create_as_policy(body, world.cloud);
  CHECK(outcome(read) == (row.expected.empty() ? "AS.3025" : "ok"));
  if (!read) return;
  CHECK(read->set.recurrence.days == row.expected);
  CHECK(read->set.recurrence_value == row.value);
}

TEST_CASE("what a new policy leaves out is the documented default", "[wire]") {
  const World world;
  const auto set = world.read(kScheduled);
  CHECK(set.name == "p");
  CHECK(set.type == sim::PolicyType::Scheduled);
  CHECK(set.launch_time == on(2026, 3, 2, 8h));
  CHECK(set.action == sim::PolicyAction{sim::PolicyOperation::Add, std::nullopt, std::nullopt});
  CHECK(set.cool_down == 300s);
}

TEST_CASE("a periodic policy starts in the present minute unless it says when", "[wire]") {
  const World world;
  const char* const rest =
      R"("launch_time": "16:05", "recurrence_type": "Daily", "end_time": "2026-03-09T00:00Z")";
  const auto* const start = GENERATE("", R"(, "start_time": null)", R"(, "start_time": "")");
  const auto set = world.read(recurrence(fmt::format("{}{}", rest, start)));
  CHECK(set.recurrence ==
        sim::Recurrence{sim::RecurrenceType::Daily, {}, 16h + 5min, on(2026, 3, 1), on(2026, 3, 9)});
  const auto later = world.read(recurrence(fmt::format(R"({}, "start_time": "2026-03-05T01:02Z")", rest)));
  CHECK(later.recurrence.start == on(2026, 3, 5, 1h + 2min));
}

TEST_CASE("a policy's action is read in all its spellings", "[wire]") {
  const World world;
  using Operation = sim::PolicyOperation;
  struct Row {
    const char* text;
    sim::PolicyAction expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"({})", {Operation::Add, {}, {}}},
      {R"({"operation": "ADD", "instance_number": 2})", {Operation::Add, 2, {}}},
      {R"({"operation": "REMOVE", "instance_number": "2"})", {Operation::Remove, 2, {}}},
      {R"({"operation": "REDUCE", "instance_percentage": 15})", {Operation::Remove, {}, 15}},
      {R"({"operation": "SET", "instance_number": 0})", {Operation::Set, 0, {}}},
      {R"({"instance_number": 1, "instance_percentage": 1})", {Operation::Add, 1, 1}},
  }));
  CAPTURE(row.text);
  CHECK(world.read(fmt::format(R"({}, "scaling_policy_action": {})", kScheduled, row.text)).action ==
        row.expected);
}

TEST_CASE("data of another type than the policy's is not even looked at", "[wire]") {
  const World world;
  const auto alarm = world.read(
      R"("scaling_policy_type": "ALARM", "alarm_id": "$a", "scheduled_policy": {"launch_time": ""})");
  CHECK(alarm.alarm == world.rule);
  const auto scheduled = world.read(fmt::format(R"({}, "alarm_id": "nonsense")", kScheduled));
  CHECK(scheduled.alarm == sim::none<sim::AlarmRuleId>());
  const auto once = world.read(R"("scaling_policy_type": "SCHEDULED", "scheduled_policy":
    {"launch_time": "2026-03-02T08:00Z", "recurrence_type": "", "recurrence_value": "x", "end_time": ""})");
  CHECK(once.recurrence == sim::Recurrence{});
  const auto daily = world.read(recurrence(R"("launch_time": "08:00", "recurrence_type": "Daily",
    "recurrence_value": "x", "end_time": "2026-03-09T00:00Z")"));
  CHECK(daily.recurrence_value.empty());
}

TEST_CASE("with strict_body a policy may not have members that nobody knows, at any depth", "[wire]") {
  auto behaviour = sim::Behaviour::classic();
  behaviour.strict_body = GENERATE(false, true);
  const World world{behaviour};
  const std::string expected = behaviour.strict_body ? "AS.0022" : "ok";
  const auto read = [&](std::string_view members) {
    return outcome(read_create_as_policy(world.body(members), world.cloud));
  };
  CHECK(read(kScheduled) == "ok");
  CHECK(read(fmt::format(R"({}, "colour": 1)", kScheduled)) == expected);
  CHECK(read(fmt::format(R"({}, "scaling_policy_action": {{"colour": 1}})", kScheduled)) == expected);
  CHECK(read(R"("scaling_policy_type": "SCHEDULED",
    "scheduled_policy": {"launch_time": "2026-03-02T08:00Z", "colour": 1})") == expected);
}

// ---- Modifying ----

TEST_CASE("a change of a policy keeps what it does not name", "[wire]") {
  World world;
  auto before = support::a_scheduled_policy(on(2026, 3, 2, 8h), {.action = {PolicyOperation::Set, 3, {}}});
  before.cool_down = 60s;
  SECTION("nothing") {
    const auto after = world.changed(before, "{}");
    CHECK(after.name == before.name);
    CHECK(after.launch_time == before.launch_time);
    CHECK(after.action == before.action);
    CHECK(after.cool_down == before.cool_down);
  }
  SECTION("its name and cooldown") {
    const auto after = world.changed(before, R"({"scaling_policy_name": "q", "cool_down_time": 0})");
    CHECK(after.name == "q");
    CHECK(after.cool_down == 0s);
    CHECK(after.launch_time == before.launch_time);
  }
  SECTION("its moment") {
    const auto after = world.changed(before, R"({"scheduled_policy": {"launch_time": "2026-03-04T00:00Z"}})");
    CHECK(after.launch_time == on(2026, 3, 4));
    CHECK(after.action == before.action);
  }
  SECTION("its action, which comes as a whole") {
    const auto after = world.changed(before, R"({"scaling_policy_action": {"instance_percentage": 30}})");
    CHECK(after.action == sim::PolicyAction{sim::PolicyOperation::Add, {}, 30});
  }
}

TEST_CASE("a schedule that is changed comes as a whole", "[wire]") {
  World world;
  const auto before =
      support::a_periodic_policy({sim::RecurrenceType::Weekly, {1, 2}, 8h, on(2026, 3, 1), on(2026, 4, 1)});
  const auto after =
      world.changed(before, R"({"scheduled_policy": {"launch_time": "09:00", "recurrence_type": "Daily",
                                               "end_time": "2026-05-01T00:00Z"}})");
  CHECK(after.recurrence ==
        sim::Recurrence{sim::RecurrenceType::Daily, {}, 9h, on(2026, 3, 1), on(2026, 5, 1)});
  CHECK(after.recurrence_value.empty());
}

TEST_CASE("a policy of another type loses the data of the old one", "[wire]") {
  World world;
  const auto alarm = support::an_alarm_policy(world.rule);
  const auto scheduled = support::a_scheduled_policy(on(2026, 3, 2));
  SECTION("alarm to schedule") {
    const auto after = world.changed(
        alarm,
        R"({"scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-02T08:00Z"}})");
    CHECK(after.type == sim::PolicyType::Scheduled);
    CHECK(after.alarm == sim::none<sim::AlarmRuleId>());
    CHECK(after.launch_time == on(2026, 3, 2, 8h));
  }
  SECTION("schedule to alarm") {
    const auto after = world.changed(scheduled, R"({"scaling_policy_type": "ALARM", "alarm_id": "$a"})");
    CHECK(after.type == sim::PolicyType::Alarm);
    CHECK(after.alarm == world.rule);
    CHECK(after.launch_time == sim::Time{});
  }
}

TEST_CASE("a member of a changed policy that is missing or wrong has its code", "[wire]") {
  World world;
  const auto alarm = support::create_policy(world.cloud, world.group, support::an_alarm_policy(world.rule));
  const auto scheduled = support::create_policy(world.cloud, world.group, support::a_policy());
  struct Row {
    const char* why;
    sim::AsPolicyId policy;
    const char *body, *expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"an unknown type", alarm, R"({"scaling_policy_type": "?"})", "AS.3002"},
      {"to a schedule without one", alarm, R"({"scaling_policy_type": "SCHEDULED"})", "AS.3003"},
      {"to an alarm without one", scheduled, R"({"scaling_policy_type": "ALARM"})", "AS.3026"},
      {"another rule, unknown", alarm, R"({"alarm_id": "al1513822380493GvlJKZwA8"})", "AS.3030"},
      {"another rule, malformed", alarm, R"({"alarm_id": "x"})", "AS.3050"},
      {"from one schedule to the other without data", scheduled, R"({"scaling_policy_type": "RECURRENCE"})",
       "AS.3003"},
      {"a bad moment", scheduled, R"({"scheduled_policy": {"launch_time": "soon"}})", "AS.3009"},
      {"a bad operation", scheduled, R"({"scaling_policy_action": {"operation": ""}})", "AS.3017"},
      {"a schedule for an alarm policy is ignored", alarm, R"({"scheduled_policy": {"launch_time": "soon"}})",
       "ok"},
      {"an alarm for a scheduled policy is ignored", scheduled, R"({"alarm_id": "x"})", "ok"},
      {"a group is ignored, since it can't change", alarm, R"({"scaling_group_id": "x"})", "ok"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(read_modify_as_policy(row.body, row.policy, world.cloud)) == row.expected);
}

// ---- Writing ----

TEST_CASE("a policy is written without the members that its type lacks", "[wire]") {
  World world;
  const std::string id = IdText{world.cloud.seed()}.text(sim::AsPolicyId{0});
  const auto common = [&](std::string_view type, std::string_view middle, std::string_view rest) {
    return fmt::format(R"({{"scaling_policy_id":"{}","scaling_group_id":"{}","scaling_policy_name":"policy",)"
                       R"("scaling_policy_type":"{}",{}"policy_status":"INSERVICE","cool_down_time":300,{},)"
                       R"("create_time":"2026-03-01T00:00:30Z"}})",
                       id, world.group_text, type, middle, rest);
  };
  SECTION("an alarm") {
    CHECK(world.written(support::an_alarm_policy(world.rule, {.action = {PolicyOperation::Add, {}, 25}})) ==
          common("ALARM", fmt::format(R"("alarm_id":"{}",)", world.rule_text),
                 R"("scaling_policy_action":{"operation":"ADD","instance_percentage":25})"));
  }
  SECTION("a moment") {
    CHECK(world.written(
              support::a_scheduled_policy(on(2026, 3, 2, 8h), {.action = {PolicyOperation::Set, 0, {}}})) ==
          common("SCHEDULED", "",
                 R"("scheduled_policy":{"launch_time":"2026-03-02T08:00Z"},)"
                 R"("scaling_policy_action":{"operation":"SET","instance_number":0})"));
  }
  SECTION("a recurrence") {
    auto set = support::a_periodic_policy(
        {sim::RecurrenceType::Monthly, {1, 31}, 6h + 45min, on(2026, 3, 1), on(2026, 6, 30, 23h + 59min)},
        {.action = {PolicyOperation::Remove, 2, {}}});
    set.recurrence_value = "31,1,31";
    CHECK(
        world.written(set) ==
        common(
            "RECURRENCE", "",
            R"("scheduled_policy":{"launch_time":"06:45","recurrence_type":"Monthly","recurrence_value":"31,1,31",)"
            R"("start_time":"2026-03-01T00:00Z","end_time":"2026-06-30T23:59Z"},)"
            R"("scaling_policy_action":{"operation":"REMOVE","instance_number":2})"));
  }
  SECTION("every day, by one") {
    CHECK(world.written(support::a_periodic_policy(
              {sim::RecurrenceType::Daily, {}, 0h, on(2026, 3, 1), on(2026, 6, 30)}, {.action = {}})) ==
          common("RECURRENCE", "",
                 R"("scheduled_policy":{"launch_time":"00:00","recurrence_type":"Daily",)"
                 R"("start_time":"2026-03-01T00:00Z","end_time":"2026-06-30T00:00Z"},)"
                 R"("scaling_policy_action":{"operation":"ADD","instance_number":1})"));
  }
}

TEST_CASE("a disabled policy is written as PAUSED", "[wire]") {
  World world;
  const auto policy = support::create_policy(world.cloud, world.group, support::a_policy());
  REQUIRE(outcome(world.cloud.submit(sim::PauseAsPolicy{policy})) == "ok");
  CHECK(write_as_policy(world.cloud, policy).at("policy_status") == "PAUSED");
}

// ---- Batches ----

TEST_CASE("a batch of policies keeps its ids as they came", "[wire]") {
  const World world;
  const auto batch = read_policies_batch(
      R"({"action": "delete", "scaling_policy_id": ["b", "a", "b"], "delete_alarm": "yes", "force_delete": "no"})",
      world.cloud);
  REQUIRE(outcome(batch) == "ok");
  CHECK(batch->act == PoliciesAct::Delete);
  CHECK(batch->ids == std::vector<std::string>{"b", "a", "b"});
  CHECK(batch->delete_alarm == DeleteAlarm::Yes);
}

}  // namespace tidepool::api
