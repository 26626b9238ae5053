// AS policies through the API: made, changed, listed, executed, enabled, disabled, deleted.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

constexpr sim::AsGroupId kFirst{0};

// A client with one enabled group of two instances, and an alarm rule.
struct World {
  Client client;
  std::string group, alarm;

  World() {
    const sim::AsGroupId id = support::grown_group(client.cloud, {.desire = 2, .max = 5});
    group = client.text(id);
    sim::AlarmRuleSettings rule;
    rule.group = id;
    alarm = client.text(client.cloud.add_alarm_rule(rule));
  }
  // `more` replaces members of a scheduled policy.
  std::string body(std::string_view more = {}) const {
    return fmt::format(
        R"({{"scaling_policy_name": "p", "scaling_group_id": "{}", "scaling_policy_type": "SCHEDULED",
                            "scheduled_policy": {{"launch_time": "2026-03-02T08:00Z"}}{}{}}})",
        group, more.empty() ? "" : ", ", more);
  }
  std::string create(std::string_view more = {}) {
    return text_at(client.post("/scaling_policy", body(more)), "scaling_policy_id");
  }
  std::string create_alarm_policy(std::string_view name = "hot") {
    return create(fmt::format(
        R"("scaling_policy_name": "{}", "scaling_policy_type": "ALARM", "alarm_id": "{}")", name, alarm));
  }
  std::string act(std::string_view policy, std::string_view action) {
    return outcome(client.post(fmt::format("/scaling_policy/{}/action", policy),
                               fmt::format(R"({{"action": "{}"}})", action)));
  }
  Response batch(std::string_view action, const Texts& ids, std::string_view more = {}) {
    std::string list;
    for (const std::string& each : ids) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", each);
    return client.post("/scaling_policies/action",
                       fmt::format(R"({{"action": "{}", "scaling_policy_id": [{}]{}}})", action, list, more));
  }
  std::string status_of(std::string_view policy) {
    return text_at(client.get(fmt::format("/scaling_policy/{}", policy)), "scaling_policy/policy_status");
  }
  Response list(std::string_view query = {}) {
    return client.get(fmt::format("/scaling_policy/{}/list{}", group, query));
  }
  Texts names(std::string_view query = {}) {
    return column(list(query), "scaling_policies", "scaling_policy_name");
  }
  int desire() const { return support::group_of(client.cloud, kFirst).set.desire; }
};

}  // namespace

TEST_CASE("a policy is created, read and deleted", "[routes]") {
  World world;
  const Response created = world.client.post("/scaling_policy", world.body());
  const std::string id = world.client.text(sim::AsPolicyId{0});
  CHECK(created.status == 200);
  CHECK(created.body == fmt::format(R"({{"scaling_policy_id":"{}"}})", id));
  const std::string path = "/scaling_policy/" + id;
  CHECK(
      world.client.get(path).body ==
      fmt::format(
          R"({{"scaling_policy":{{"scaling_policy_id":"{}","scaling_group_id":"{}","scaling_policy_name":"p",)"
          R"("scaling_policy_type":"SCHEDULED","policy_status":"INSERVICE","cool_down_time":300,)"
          R"("scheduled_policy":{{"launch_time":"2026-03-02T08:00Z"}},)"
          R"("scaling_policy_action":{{"operation":"ADD","instance_number":1}},)"
          R"("create_time":"2026-03-01T00:01:40Z"}}}})",
          id, world.group));
  const Response deleted = world.client.del(path);
  CHECK(deleted.status == 204);
  CHECK(deleted.body.empty());
  CHECK(outcome(world.client.get(path)) == "404 AS.0007");
  CHECK(outcome(world.client.del(path)) == "404 AS.0007");
}

TEST_CASE("a policy that breaks a rule is not made", "[routes]") {
  World world;
  struct Row {
    const char *why, *more, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"a moment that has passed", R"("scheduled_policy": {"launch_time": "2026-02-28T23:59Z"})",
       "400 AS.3010"},
      {"a name with a blank", R"("scaling_policy_name": "a b")", "400 AS.3031"},
      {"an unknown group", R"("scaling_group_id": "00000000-0000-4000-8000-000000000000")", "400 AS.2007"},
      {"a cooldown of more than a day", R"("cool_down_time": 86401)", "400 AS.3012"},
      {"too much", R"("scaling_policy_action": {"instance_number": 301})", "400 AS.3018"},
      {"nothing, unless it is set", R"("scaling_policy_action": {"instance_number": 0})", "400 AS.3018"},
      {"a percentage of nothing", R"("scaling_policy_action": {"instance_percentage": 0})", "400 AS.3035"},
      {"a number and a percentage",
       R"("scaling_policy_action": {"instance_percentage": 1, "instance_number": 1})", "400 AS.3036"},
      {"an alarm rule that does not exist",
       R"("scaling_policy_type": "ALARM", "alarm_id": "al0000000000000abcdefghi")", "400 AS.3030"},
      {"an end that has passed",
       R"("scaling_policy_type": "RECURRENCE", "scheduled_policy": {"launch_time": "08:00",
        "recurrence_type": "Daily", "end_time": "2026-02-28T00:00Z"})",
       "400 AS.3007"},
      {"an end before the start",
       R"("scaling_policy_type": "RECURRENCE", "scheduled_policy": {"launch_time": "08:00",
        "recurrence_type": "Daily", "start_time": "2026-03-09T00:00Z", "end_time": "2026-03-08T00:00Z"})",
       "400 AS.3029"},
      {"a window between two occurrences", R"("scaling_policy_type": "RECURRENCE", "scheduled_policy": {
        "launch_time": "10:00", "recurrence_type": "Daily", "start_time": "2026-03-01T10:30Z",
        "end_time": "2026-03-02T09:00Z"})",
       "400 AS.3033"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(world.client.post("/scaling_policy", world.body(row.more))) == row.expected);
  CHECK(envelope(world.list()) == "0 0 20");
}

TEST_CASE("setting the number to zero is an action", "[routes]") {
  World world;
  CHECK(outcome(world.client.post(
            "/scaling_policy",
            world.body(R"("scaling_policy_action": {"operation": "SET", "instance_number": 0})"))) == "200");
}

TEST_CASE("policies over the group's quota are refused", "[routes]") {
  auto behaviour = sim::Behaviour::classic();
  behaviour.policy_quota = 1;
  World world;
  world.client = Client{support::a_cloud(behaviour)};
  world.group = create_group(world.client);
  world.create();
  CHECK(outcome(world.client.post("/scaling_policy", world.body())) == "400 AS.3032");
}

TEST_CASE("an alarm rule serves the policies of one group only", "[routes]") {
  World world;
  world.create_alarm_policy();
  CHECK(outcome(world.client.post(
            "/scaling_policy", world.body(fmt::format(R"("scaling_policy_type": "ALARM", "alarm_id": "{}")",
                                                      world.alarm)))) == "200");
  world.group = create_group(world.client);
  CHECK(outcome(world.client.post(
            "/scaling_policy", world.body(fmt::format(R"("scaling_policy_type": "ALARM", "alarm_id": "{}")",
                                                      world.alarm)))) == "400 AS.3034");
}

TEST_CASE("policies are listed oldest first, by page and by filter", "[routes]") {
  World world;
  world.create(R"("scaling_policy_name": "morning")");
  world.create_alarm_policy("Evening");
  const std::string third = world.create(R"("scaling_policy_name": "evening-2")");
  struct Row {
    const char* why;
    std::string query;
    const char* expected_envelope;
    Texts expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"all", "", "3 0 20", {"morning", "Evening", "evening-2"}},
      {"a page", "?start_number=1&limit=1", "3 1 1", {"Evening"}},
      {"only the total", "?limit=0", "3 0 0", {}},
      {"a type", "?scaling_policy_type=SCHEDULED", "2 0 20", {"morning", "evening-2"}},
      {"a type that none has", "?scaling_policy_type=RECURRENCE", "0 0 20", {}},
      {"part of a name, in either case", "?scaling_policy_name=EVEN", "2 0 20", {"Evening", "evening-2"}},
      {"an id", "?scaling_policy_id=" + third, "1 0 20", {"evening-2"}},
      {"an unknown id", fmt::format("?scaling_policy_id={}", kNobody), "0 0 20", {}},
      {"all filters must agree", "?scaling_policy_type=ALARM&scaling_policy_id=" + third, "0 0 20", {}},
  }));
  CAPTURE(row.why);
  CHECK(envelope(world.list(row.query)) == row.expected_envelope);
  CHECK(world.names(row.query) == row.expected);
}

TEST_CASE("a bad parameter of the list of policies has its code", "[routes]") {
  World world;
  CHECK(outcome(world.list("?start_number=-1")) == "400 AS.1001");
  CHECK(outcome(world.list("?limit=1000")) == "400 AS.1002");
  CHECK(outcome(world.list("?scaling_policy_type=Alarm")) == "400 AS.3002");
  CHECK(outcome(world.client.get(fmt::format("/scaling_policy/{}/list", kNobody))) == "404 AS.0007");
}

TEST_CASE("a policy is modified: what is sent changes and what is not stays", "[routes]") {
  World world;
  const std::string id = world.create(R"("cool_down_time": 60)");
  const Response modified =
      world.client.put("/scaling_policy/" + id, R"({"scaling_policy_action": {"operation": "REDUCE"}})");
  CHECK(modified.status == 200);
  CHECK(modified.body == fmt::format(R"({{"scaling_policy_id":"{}"}})", id));
  const auto read = body_of(world.client.get("/scaling_policy/" + id));
  CHECK(at(read, "scaling_policy/scaling_policy_action/operation") == "REMOVE");
  CHECK(at(read, "scaling_policy/scaling_policy_name") == "p");
  CHECK(at(read, "scaling_policy/cool_down_time") == 60);
  CHECK(at(read, "scaling_policy/scheduled_policy/launch_time") == "2026-03-02T08:00Z");
}

TEST_CASE("a change of a policy that breaks a rule changes nothing", "[routes]") {
  World world;
  const std::string path = "/scaling_policy/" + world.create();
  const std::string before = world.client.get(path).body;
  struct Row {
    const char *why, *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no body", "", "400 AS.0002"},
      {"another type without its data", R"({"scaling_policy_type": "ALARM"})", "400 AS.3026"},
      {"an end in the past", R"({"scheduled_policy": {"launch_time": "2026-01-01T00:00Z"}})", "400 AS.3010"},
      {"a good name with a bad number", R"({"scaling_policy_name": "q", "cool_down_time": -1})",
       "400 AS.3012"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(world.client.put(path, row.body)) == row.expected);
  CHECK(world.client.get(path).body == before);
}

TEST_CASE("a policy executed by hand changes the expected number at once", "[routes]") {
  World world;
  const std::string id =
      world.create(R"("scaling_policy_action": {"operation": "SET", "instance_number": 4})");
  CHECK(world.act(id, "execute") == "204");
  CHECK(world.desire() == 4);
}

TEST_CASE("a policy is executed by hand only while it and its group are enabled", "[routes]") {
  World world;
  const std::string id = world.create();
  CHECK(world.act(id, "pause") == "204");
  CHECK(world.act(id, "execute") == "400 AS.3027");
  CHECK(world.act(id, "resume") == "204");
  CHECK(world.act(id, "execute") == "204");
  REQUIRE(outcome(world.client.post(fmt::format("/scaling_group/{}/action", world.group),
                                    R"({"action": "pause"})")) == "204");
  CHECK(world.act(id, "execute") == "400 AS.3027");
}

TEST_CASE("a policy is disabled and enabled", "[routes]") {
  World world;
  const std::string id = world.create();
  CHECK(world.act(id, "pause") == "204");
  CHECK(world.status_of(id) == "PAUSED");
  CHECK(world.act(id, "resume") == "204");
  CHECK(world.status_of(id) == "INSERVICE");
}

TEST_CASE("a policy that can never be due again is not enabled", "[routes]") {
  World world;
  SECTION("its moment has passed") {
    const std::string id = world.create();
    REQUIRE(world.act(id, "pause") == "204");
    support::run_for(world.client.cloud, 48h);
    CHECK(world.act(id, "resume") == "400 AS.3010");
  }
  SECTION("its window has no occurrence left") {
    const std::string id = world.create(R"("scaling_policy_type": "RECURRENCE", "scheduled_policy": {
      "launch_time": "08:00", "recurrence_type": "Daily", "end_time": "2026-03-03T00:00Z"})");
    REQUIRE(world.act(id, "pause") == "204");
    support::run_for(world.client.cloud, 36h);
    CHECK(world.act(id, "resume") == "400 AS.3033");
  }
  SECTION("its alarm rule is gone") {
    const std::string id = world.create_alarm_policy();
    REQUIRE(world.act(id, "pause") == "204");
    REQUIRE(world.client.cloud.remove_alarm_rule(sim::AlarmRuleId{0}).has_value());
    CHECK(world.act(id, "resume") == "400 AS.3030");
  }
}

TEST_CASE("an action that a policy does not know is AS.3022", "[routes]") {
  World world;
  const std::string path = fmt::format("/scaling_policy/{}/action", world.create());
  CHECK(outcome(world.client.post(path, R"({"action": "delete"})")) == "400 AS.3022");
  CHECK(outcome(world.client.post(path, R"({"action": null})")) == "400 AS.3022");
  CHECK(outcome(world.client.post(path, "{}")) == "400 AS.3022");
  CHECK(outcome(world.client.post(path, "")) == "400 AS.0002");
  CHECK(outcome(world.client.post(path, R"({"ScalingPolicyId": "x", "action": "pause"})")) == "204");
}

TEST_CASE("an unknown policy is AS.0007, or AS.3020 where the knob says so", "[routes]") {
  auto behaviour = sim::Behaviour::classic();
  const bool bad_request = GENERATE(false, true);
  behaviour.unknown_id = bad_request ? sim::UnknownId::BadRequest400 : sim::UnknownId::NotFound404;
  const char* const expected = bad_request ? "400 AS.3020" : "404 AS.0007";
  Client client{support::a_cloud(behaviour)};
  const std::string path = fmt::format("/scaling_policy/{}", kNobody);
  CHECK(outcome(client.get(path)) == expected);
  CHECK(outcome(client.put(path, "{}")) == expected);
  CHECK(outcome(client.del(path)) == expected);
  CHECK(outcome(client.post(path + "/action", R"({"action": "pause"})")) == expected);
}

TEST_CASE("policies go with their group", "[routes]") {
  World world;
  const std::string id = world.create();
  REQUIRE(outcome(world.client.del(fmt::format("/scaling_group/{}?force_delete=yes", world.group))) == "204");
  support::run_for(world.client.cloud, support::kRemoval);
  CHECK(outcome(world.client.get("/scaling_policy/" + id)) == "404 AS.0007");
}

// ---- Batches ----

TEST_CASE("a batch of policies handles each on its own and names those that failed", "[routes]") {
  World world;
  const std::string id = world.create();
  struct Row {
    const char *action, *expected;
  };
  const auto row =
      GENERATE(values<Row>({{"delete", "400 AS.3045"}, {"resume", "400 AS.3046"}, {"pause", "400 AS.3047"}}));
  CAPTURE(row.action);
  const Response response = world.batch(row.action, {std::string{kNobody}, id, "nonsense"});
  CHECK(outcome(response) == row.expected);
  CHECK(message_of(response) ==
        fmt::format("{}: AS.3020 no such policy; nonsense: AS.3020 no such policy", kNobody));
  const std::string action = row.action;
  if (action == "delete") CHECK(outcome(world.client.get("/scaling_policy/" + id)) == "404 AS.0007");
  if (action == "pause") CHECK(world.status_of(id) == "PAUSED");
}

TEST_CASE("a batch of policies that all follow answers nothing", "[routes]") {
  World world;
  const Texts both{world.create(), world.create()};
  CHECK(outcome(world.batch("pause", both)) == "204");
  CHECK(world.status_of(both[1]) == "PAUSED");
  CHECK(outcome(world.batch("resume", both)) == "204");
  CHECK(world.status_of(both[0]) == "INSERVICE");
  const Response deleted = world.batch("delete", both, R"(, "force_delete": "yes")");
  CHECK(deleted.status == 204);
  CHECK(deleted.body.empty());
  CHECK(envelope(world.list()) == "0 0 20");
}

TEST_CASE("a batch deletes the alarm rules of its policies only when it is told to", "[routes]") {
  World world;
  const Texts ids{world.create_alarm_policy("a"), world.create_alarm_policy("b")};
  SECTION("told") {
    CHECK(outcome(world.batch("delete", ids, R"(, "delete_alarm": "yes")")) == "204");
    CHECK(world.client.cloud.find(sim::AlarmRuleId{0}) == nullptr);
  }
  SECTION("not told") {
    CHECK(outcome(world.batch("delete", ids, R"(, "delete_alarm": "no")")) == "204");
    CHECK(world.client.cloud.find(sim::AlarmRuleId{0}) != nullptr);
  }
  SECTION("told for one that has none") {
    CHECK(outcome(world.batch("delete", {world.create()}, R"(, "delete_alarm": "yes")")) == "204");
    CHECK(world.client.cloud.find(sim::AlarmRuleId{0}) != nullptr);
  }
}

TEST_CASE("a batch of policies that is not well formed has its code", "[routes]") {
  World world;
  struct Row {
    const char *why, *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no body", " ", "400 AS.0002"},
      {"no action", R"({"scaling_policy_id": ["a"]})", "400 AS.3022"},
      {"an unknown action", R"({"scaling_policy_id": ["a"], "action": "execute"})", "400 AS.3022"},
      {"an empty list", R"({"scaling_policy_id": [], "action": "pause"})", "400 AS.3049"},
      {"no list", R"({"action": "pause"})", "400 AS.3049"},
      {"no list of texts", R"({"scaling_policy_id": [7], "action": "pause"})", "400 AS.0022"},
      {"force_delete is yes or no",
       R"({"scaling_policy_id": ["a"], "action": "delete", "force_delete": "true"})", "400 AS.3048"},
      {"delete_alarm is yes or no", R"({"scaling_policy_id": ["a"], "action": "delete", "delete_alarm": ""})",
       "400 AS.3056"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(world.client.post("/scaling_policies/action", row.body)) == row.expected);
}

}  // namespace tidepool::api
