// AS policies in the words of v2: the same store as that of v1.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

// A client with one enabled group and an alarm rule on it.
struct World {
  Client client;
  std::string group, alarm;

  explicit World(const sim::Behaviour& behaviour = support::prompt(sim::Behaviour::classic()))
      : client(support::a_cloud(behaviour)) {
    const sim::AsGroupId id = support::grown_group(client.cloud, {.desire = 2, .max = 5});
    group = client.text(id);
    sim::AlarmRuleSettings rule;
    rule.group = id;
    alarm = client.text(client.cloud.add_alarm_rule(rule));
  }
  // `more` replaces members of a scheduled policy.
  std::string body(std::string_view more = {}) const {
    return fmt::format(
        R"({{"scaling_policy_name": "p", "scaling_resource_id": "{}", "scaling_resource_type": "SCALING_GROUP",
             "scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T08:00Z"}}{}{}}})",
        group, more.empty() ? "" : ", ", more);
  }
  std::string create(std::string_view more = {}) {
    return text_at(client.post_v2("/scaling_policy", body(more)), "scaling_policy_id");
  }
  Texts names(std::string_view query = {}) {
    return column(client.get_v2(fmt::format("/scaling_policy{}", query)), "scaling_policies",
                  "scaling_policy_name");
  }
};

std::string named(std::string_view name) { return fmt::format(R"("scaling_policy_name": "{}")", name); }

}  // namespace

TEST_CASE("a policy of v2 is created and read (API reference, creating an AS policy, V2)", "[routes]") {
  World world;
  const Response created = world.client.post_v2(
      "/scaling_policy",
      world.body(fmt::format(
          R"("scaling_policy_type": "ALARM", "alarm_id": "{}", "cool_down_time": 180, "description": "more",
             "scaling_policy_action": {{"operation": "ADD", "percentage": 25}})",
          world.alarm)));
  const std::string id = world.client.text(sim::AsPolicyId{0});
  CHECK(created.body == fmt::format(R"({{"scaling_policy_id":"{}"}})", id));
  CHECK(
      world.client.get_v2("/scaling_policy/" + id).body ==
      fmt::format(
          R"({{"scaling_policy":{{"scaling_policy_id":"{}","scaling_policy_name":"p","scaling_resource_id":"{}",)"
          R"("scaling_resource_type":"SCALING_GROUP","scaling_policy_type":"ALARM","alarm_id":"{}",)"
          R"("scheduled_policy":{{}},"cool_down_time":180,"policy_status":"INSERVICE",)"
          R"("scaling_policy_action":{{"operation":"ADD","percentage":25}},)"
          R"("create_time":"2026-03-01T00:01:40Z","description":"more"}}}})",
          id, world.group, world.alarm));
}

TEST_CASE("a policy of v2 is the same policy in v1, and REDUCE there is REMOVE (decision 37)", "[routes]") {
  World world;
  const std::string id = world.create(R"("scaling_policy_action": {"operation": "REDUCE", "size": 2})");
  const auto v1 = body_of(world.client.get("/scaling_policy/" + id));
  CHECK(to_text(at(v1, "scaling_policy/scaling_policy_action")) ==
        R"({"operation":"REMOVE","instance_number":2})");
  CHECK(at(v1, "scaling_policy/scaling_group_id").as_string() == world.group);
  const auto v2 = body_of(world.client.get_v2("/scaling_policy/" + id));
  CHECK(to_text(at(v2, "scaling_policy/scaling_policy_action")) == R"({"operation":"REDUCE","size":2})");
  CHECK(to_text(at(v2, "scaling_policy/scheduled_policy")) == R"({"launch_time":"2026-03-02T08:00Z"})");
  CHECK(at(v2, "scaling_policy/description").is_null());
  CHECK(outcome(world.client.post("/scaling_policy/" + id + "/action", R"({"action": "execute"})")) == "204");
  CHECK(outcome(world.client.del("/scaling_policy/" + id)) == "204");
  CHECK(outcome(world.client.get_v2("/scaling_policy/" + id)) == "404 AS.0007");
}

TEST_CASE("a policy of v2 is modified, and what is left out stays", "[routes]") {
  World world;
  const std::string id = world.create(R"("description": "old", "cool_down_time": 7)"),
                    path = "/scaling_policy/" + id;
  const Response modified = world.client.put_v2(
      path, R"({"scaling_policy_action": {"operation": "SET", "size": 3}, "description": "new"})");
  CHECK(modified.body == fmt::format(R"({{"scaling_policy_id":"{}"}})", id));
  const auto read = body_of(world.client.get_v2(path));
  CHECK(to_text(at(read, "scaling_policy/scaling_policy_action")) == R"({"operation":"SET","size":3})");
  CHECK(at(read, "scaling_policy/description") == "new");
  CHECK(at(read, "scaling_policy/cool_down_time") == 7);
  // Another edition's call does not lose what it does not know.
  CHECK(outcome(world.client.put(path, R"({"cool_down_time": 8})")) == "200");
  CHECK(text_at(world.client.get_v2(path), "scaling_policy/description") == "new");
  CHECK(outcome(world.client.put_v2(path, world.body())) == "200");
}

TEST_CASE("what a policy of v2 may scale (AS.3037, AS.3041, AS.3042, AS.3054, AS.3055)", "[routes]") {
  World world;
  const std::string bandwidth = R"("scaling_resource_type": "BANDWIDTH")";
  struct Row {
    const char* why;
    std::string more;
    const char *on_create, *on_modify;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"the group", "", "200", "200"},
      {"no type", R"("scaling_resource_type": null)", "400 AS.3054", "200"},
      {"no such type", R"("scaling_resource_type": "GROUP")", "400 AS.3037", "400 AS.3037"},
      {"no id", R"("scaling_resource_id": null)", "400 AS.3041", "200"},
      {"no id at all", R"("scaling_resource_id": "web")", "400 AS.3055", "400 AS.3055"},
      {"an unknown group", fmt::format(R"("scaling_resource_id": "{}")", kNobody), "400 AS.3042",
       "400 AS.3042"},
      {"a bandwidth: there is none", fmt::format(R"({}, "scaling_resource_id": "{}")", bandwidth, kNobody),
       "400 AS.3042", "400 AS.3042"},
      {"a group is no bandwidth", bandwidth, "400 AS.3042", "400 AS.3042"},
  }));
  CAPTURE(row.why);
  const std::string path = "/scaling_policy/" + world.create();
  CHECK(outcome(world.client.post_v2("/scaling_policy", world.body(row.more))) == row.on_create);
  CHECK(outcome(world.client.put_v2(path, world.body(row.more))) == row.on_modify);
}

TEST_CASE("the rules of policies hold in v2 as well", "[routes]") {
  World world;
  struct Row {
    std::string more;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"("scaling_policy_name": null)", "400 AS.3013"},
      {R"("scaling_policy_type": null)", "400 AS.3011"},
      {R"("scaling_policy_type": "NEVER")", "400 AS.3002"},
      {R"("scaling_policy_type": "ALARM")", "400 AS.3026"},
      {R"("scheduled_policy": null)", "400 AS.3003"},
      {R"("scheduled_policy": {"launch_time": "2026-02-02T08:00Z"})", "400 AS.3010"},
      {R"("scaling_policy_action": {"operation": "DOUBLE"})", "400 AS.3017"},
      {R"("scaling_policy_action": {"size": 301})", "400 AS.3018"},
      {R"("scaling_policy_action": {"size": 0})", "400 AS.3018"},
      {R"("scaling_policy_action": {"operation": "SET", "size": 0})", "200"},
      {R"("scaling_policy_action": {"percentage": 20001})", "400 AS.3035"},
      {R"("scaling_policy_action": {"size": 1, "percentage": 1})", "400 AS.3036"},
      {R"("scaling_policy_action": {"size": 1, "limits": 99999999999})", "400 AS.3043"},
      {R"("scaling_policy_action": {"size": 1, "limits": 5})", "200"},
      {R"("cool_down_time": 86401)", "400 AS.3012"},
      {R"("description": "")", "400 AS.0022"},
      {R"("description": 7)", "400 AS.0022"},
  }));
  CAPTURE(row.more);
  CHECK(outcome(world.client.post_v2("/scaling_policy", world.body(row.more))) == row.expected);
}

TEST_CASE("a refusal in v2 names the fields as v2 does (our decision)", "[routes]") {
  World world;
  const auto message = [&](std::string_view action) {
    return message_of(world.client.post_v2(
        "/scaling_policy", world.body(fmt::format(R"("scaling_policy_action": {})", action))));
  };
  CHECK(message(R"({"size": 301})") == "size 301: expected 1 to 300");
  CHECK(message(R"({"percentage": 20001})") == "percentage 20001: expected 1 to 20000");
  CHECK(message(R"({"size": 1, "percentage": 2})") ==
        "size 1 and percentage 2: expected one of them at most");
  const std::string policy = world.create(named("one"));
  CHECK(message_of(
            world.client.put_v2("/scaling_policy/" + policy, R"({"scaling_policy_action": {"size": 0}})")) ==
        "size 0: expected 1 to 300");
}

TEST_CASE("the policies of a resource are listed oldest first", "[routes]") {
  World world;
  const std::string first = world.create(named("one")), second = world.create(named("two"));
  const std::string path = fmt::format("/scaling_policy/{}/list", world.group);
  const Response all = world.client.get_v2(path);
  CHECK(envelope(all) == "2 0 20");
  CHECK(column(all, "scaling_policies", "scaling_policy_id") == Texts{first, second});
  CHECK(column(world.client.get_v2(path + "?start_number=1"), "scaling_policies", "scaling_policy_name") ==
        Texts{"two"});
  CHECK(envelope(world.client.get_v2(path + "?scaling_policy_type=ALARM")) == "0 0 20");
  CHECK(outcome(world.client.get_v2(path + "?limit=101")) == "400 AS.1002");
  CHECK(outcome(world.client.get_v2(path + "?scaling_policy_type=X")) == "400 AS.3002");
  CHECK(outcome(world.client.get_v2(fmt::format("/scaling_policy/{}/list", kNobody))) == "404 AS.0007");
}

TEST_CASE("the policies of all groups are filtered and sorted (API reference, querying all AS policies)",
          "[routes]") {
  World world;
  const auto other =
      support::create_group(world.client.cloud, {.name = "other", .project = support::kFinance});
  const std::string late = world.create(named("late"));
  support::run_for(world.client.cloud, 1min);
  world.create(
      fmt::format(R"({}, "scaling_policy_type": "ALARM", "alarm_id": "{}")", named("hot"), world.alarm));
  support::run_for(world.client.cloud, 1min);
  support::create_policy(world.client.cloud, other,
                         support::a_scheduled_policy(support::kStart + 1h, {.name = "early"}));
  struct Row {
    const char* why;
    std::string query;
    Texts expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"everything, oldest first", "", {"late", "hot", "early"}},
      {"newest first", "?order=DESC", {"early", "hot", "late"}},
      {"by time", "?sort_by=CREATE_TIME&order=ASC", {"late", "hot", "early"}},
      {"by name", "?sort_by=POLICY_NAME", {"early", "hot", "late"}},
      {"by name, backwards", "?sort_by=POLICY_NAME&order=DESC", {"late", "hot", "early"}},
      {"alarms first, then by the next moment", "?sort_by=TRIGGER_CONDITION", {"hot", "early", "late"}},
      {"the same backwards", "?sort_by=TRIGGER_CONDITION&order=DESC", {"late", "early", "hot"}},
      {"of one group", "?scaling_resource_id=" + world.client.text(other), {"early"}},
      {"of groups", "?scaling_resource_type=SCALING_GROUP", {"late", "hot", "early"}},
      {"of bandwidths", "?scaling_resource_type=BANDWIDTH", {}},
      {"one policy", "?scaling_policy_id=" + late, {"late"}},
      {"a type", "?scaling_policy_type=SCHEDULED", {"late", "early"}},
      {"a part of the name", "?scaling_policy_name=A", {"late", "early"}},
      {"an alarm rule", "?alarm_id=" + world.alarm, {"hot"}},
      {"an unknown alarm rule", "?alarm_id=al", {}},
      {"an enterprise project", "?enterprise_project_id=finance", {"early"}},
      {"all enterprise projects", "?enterprise_project_id=all_granted_eps", {"late", "hot", "early"}},
      {"a page", "?start_number=1&limit=1", {"hot"}},
  }));
  CAPTURE(row.why);
  CHECK(world.names(row.query) == row.expected);
}

TEST_CASE("a bad parameter of the list of all policies has its code", "[routes]") {
  World world;
  struct Row {
    const char *query, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"?start_number=x", "400 AS.1001"},
      {"?limit=-1", "400 AS.1002"},
      {"?scaling_policy_type=alarm", "400 AS.3002"},
      {"?scaling_resource_type=EIP", "400 AS.3037"},
      {"?sort_by=NAME", "400 AS.3057"},
      {"?order=desc", "400 AS.3058"},
      {"?enterprise_project_id=x", "400 AS.7065"},
  }));
  CAPTURE(row.query);
  CHECK(outcome(world.client.get_v2(fmt::format("/scaling_policy{}", row.query))) == row.expected);
}

TEST_CASE("a policy that is not there is AS.0007 in v2 too", "[routes]") {
  World world;
  const std::string path = fmt::format("/scaling_policy/{}", kNobody);
  CHECK(outcome(world.client.get_v2(path)) == "404 AS.0007");
  CHECK(outcome(world.client.put_v2(path, "{}")) == "404 AS.0007");
  CHECK(outcome(world.client.send("DELETE", fmt::format("/autoscaling-api/v2/{}{}", kProject, path))) ==
        "405 AS.0007");
}

TEST_CASE("members that nobody knows are ignored, or AS.0022 when bodies are read strictly", "[routes]") {
  auto behaviour = support::prompt(sim::Behaviour::classic());
  behaviour.strict_body = GENERATE(false, true);
  World world(behaviour);
  CHECK(outcome(world.client.post_v2("/scaling_policy", world.body(R"("colour": "blue")"))) ==
        (behaviour.strict_body ? "400 AS.0022" : "200"));
}

}  // namespace tidepool::api
