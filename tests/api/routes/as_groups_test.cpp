// Creating, reading, changing and deleting AS groups through the API.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

std::string path_of(std::string_view group) { return fmt::format("/scaling_group/{}", group); }

Names names_in(const Response& response) { return column(response, "scaling_groups", "scaling_group_name"); }

std::string act(Client& client, std::string_view group, std::string_view body) {
  return outcome(client.post(path_of(group) + "/action", body));
}

std::string status_of(Client& client, std::string_view group) {
  return text_at(client.get(path_of(group)), "scaling_group/scaling_group_status");
}

std::int64_t number_of(Client& client, std::string_view group, std::string_view member) {
  return at(body_of(client.get(path_of(group))), fmt::format("scaling_group/{}", member)).as_int64();
}

// A group with members that serve, made behind the API's back.
std::string grown_group(Client& client, const support::GroupSpec& spec) {
  return client.text(support::grown_group(client.cloud, spec));
}

}  // namespace

TEST_CASE("a group is created and read, with every member in the documented order", "[routes]") {
  Client client;
  const std::string configuration = create_configuration(client);
  const Response created =
      client.post("/scaling_group",
                  minimal_group(fmt::format(R"("scaling_configuration_id": "{}", "max_instance_number": 5,
        "min_instance_number": 1, "available_zones": ["eu-de-02", "eu-de-01"])",
                                            configuration)));
  const std::string id = client.text(sim::AsGroupId{0});
  CHECK(created.status == 200);
  CHECK(created.body == fmt::format(R"({{"scaling_group_id":"{}"}})", id));
  CHECK(
      client.get(path_of(id)).body ==
      fmt::format(
          R"({{"scaling_group":{{"scaling_group_name":"web","scaling_group_id":"{}","scaling_group_status":"PAUSED",)"
          R"("scaling_configuration_id":"{}","scaling_configuration_name":"conf","current_instance_number":0,)"
          R"("desire_instance_number":1,"min_instance_number":1,"max_instance_number":5,"cool_down_time":300,)"
          R"("lb_listener_id":null,"lbaas_listeners":null,"available_zones":["eu-de-02","eu-de-01"],)"
          R"("networks":[{{"id":"subnet","ipv6_enable":false,"ipv6_bandwidth":null}}],"security_groups":[],)"
          R"("create_time":"2026-03-01T00:00:00Z","vpc_id":"vpc","detail":null,"is_scaling":false,)"
          R"("health_periodic_audit_method":"NOVA_AUDIT","health_periodic_audit_time":5,)"
          R"("health_periodic_audit_grace_period":600,"instance_terminate_policy":"OLD_CONFIG_OLD_INSTANCE",)"
          R"("notifications":null,"delete_publicip":false,"delete_volume":false,"cloud_location_id":null,)"
          R"("enterprise_project_id":"0","activity_type":null,"multi_az_priority_policy":"EQUILIBRIUM_DISTRIBUTE",)"
          R"("description":null}}}})",
          id, configuration));
}

TEST_CASE("a group that breaks a rule is not made", "[routes]") {
  struct Row {
    const char* why;
    std::string body;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no body", "", "400 AS.0002"},
      {"a list instead of an object", "[]", "400 AS.0022"},
      {"no name", R"({"vpc_id": "vpc", "networks": [{"id": "subnet"}]})", "400 AS.2002"},
      {"no VPC", R"({"scaling_group_name": "g", "networks": [{"id": "subnet"}]})", "400 AS.2017"},
      {"more than max", minimal_group(R"("desire_instance_number": 2, "max_instance_number": 1)"),
       "400 AS.2005"},
      {"an unknown configuration", minimal_group(fmt::format(R"("scaling_configuration_id": "{}")", kNobody)),
       "400 AS.1004"},
  }));
  CAPTURE(row.why);
  Client client;
  CHECK(outcome(client.post("/scaling_group", row.body)) == row.expected);
  CHECK(envelope(client.get("/scaling_group")) == "0 0 20");
}

TEST_CASE("groups over the quota are refused", "[routes]") {
  auto behaviour = sim::Behaviour::classic();
  behaviour.group_quota = 2;
  Client client{support::a_cloud(behaviour)};
  create_group(client);
  const std::string second = create_group(client);
  CHECK(outcome(client.post("/scaling_group", minimal_group())) == "400 AS.2023");
  CHECK(outcome(client.del(path_of(second))) == "204");
  CHECK(outcome(client.post("/scaling_group", minimal_group())) == "200");
}

TEST_CASE("groups are listed newest first, by page and by filter", "[routes]") {
  Client client;
  const std::string web = create_group(client, R"("scaling_group_name": "web-1")");
  create_group(client, R"("scaling_group_name": "db", "enterprise_project_id": "finance")");
  create_group(client, R"("scaling_group_name": "Web-2")");
  resume(client, web);
  const std::string configuration = client.text(sim::AsConfigurationId{1});
  struct Row {
    const char* why;
    std::string query;
    const char* expected_envelope;
    Names expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"all", "", "3 0 20", {"Web-2", "db", "web-1"}},
      {"a page", "?start_number=1&limit=1", "3 1 1", {"db"}},
      {"a page past the end", "?start_number=9&limit=100", "3 9 100", {}},
      {"only the total", "?limit=0", "3 0 0", {}},
      {"part of a name, in either case", "?scaling_group_name=wEB-", "2 0 20", {"Web-2", "web-1"}},
      {"a status", "?scaling_group_status=INSERVICE", "1 0 20", {"web-1"}},
      {"another status", "?scaling_group_status=PAUSED", "2 0 20", {"Web-2", "db"}},
      {"a status that none has", "?scaling_group_status=DELETING", "0 0 20", {}},
      {"a configuration", "?scaling_configuration_id=" + configuration, "1 0 20", {"db"}},
      {"an unknown configuration", fmt::format("?scaling_configuration_id={}", kNobody), "0 0 20", {}},
      {"an enterprise project", "?enterprise_project_id=finance", "1 0 20", {"db"}},
      {"the default one", "?enterprise_project_id=0", "2 0 20", {"Web-2", "web-1"}},
      {"all of them", "?enterprise_project_id=all_granted_eps", "3 0 20", {"Web-2", "db", "web-1"}},
      {"one that the region lacks", fmt::format("?enterprise_project_id={}", kNobody), "0 0 20", {}},
      {"all filters must agree", "?scaling_group_name=web&scaling_group_status=PAUSED", "1 0 20", {"Web-2"}},
  }));
  CAPTURE(row.why);
  const Response list = client.get("/scaling_group" + row.query);
  CHECK(envelope(list) == row.expected_envelope);
  CHECK(names_in(list) == row.expected);
}

TEST_CASE("a bad parameter of the list of groups has its code", "[routes]") {
  struct Row {
    const char *query, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"start_number=-1", "400 AS.1001"},
      {"start_number=one", "400 AS.1001"},
      {"limit=101", "400 AS.1002"},
      {"limit=-1", "400 AS.1002"},
      {"limit=", "400 AS.1002"},
      {"limit=1.0", "400 AS.1002"},
      {"scaling_group_status=SLEEPING", "400 AS.2020"},
      {"enterprise_project_id=nonsense", "400 AS.7065"},
  }));
  CAPTURE(row.query);
  Client client;
  CHECK(outcome(client.get(fmt::format("/scaling_group?{}", row.query))) == row.expected);
}

TEST_CASE("a list shows a group as reading it does", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  const auto list = body_of(client.get("/scaling_group"));
  const auto read = body_of(client.get(path_of(group)));
  CHECK(at(list, "scaling_groups/0") == at(read, "scaling_group"));
}

TEST_CASE("a group is modified: what is sent changes and what is not stays", "[routes]") {
  Client client;
  const std::string group = create_group(client, R"("max_instance_number": 5)");
  const Response modified =
      client.put(path_of(group), R"({"scaling_group_name": "web-2", "desire_instance_number": 3})");
  CHECK(modified.status == 200);
  CHECK(modified.body == fmt::format(R"({{"scaling_group_id":"{}"}})", group));
  const auto read = body_of(client.get(path_of(group)));
  CHECK(at(read, "scaling_group/scaling_group_name") == "web-2");
  CHECK(at(read, "scaling_group/desire_instance_number") == 3);
  CHECK(at(read, "scaling_group/max_instance_number") == 5);
}

TEST_CASE("a change of a group that breaks a rule changes nothing", "[routes]") {
  Client client;
  const std::string group = create_group(client, R"("max_instance_number": 5, "desire_instance_number": 2)");
  const std::string before = client.get(path_of(group)).body;
  struct Row {
    const char *why, *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no body", "", "400 AS.0002"},
      {"the expected number does not fit any more", R"({"max_instance_number": 1})", "400 AS.2005"},
      {"min above max", R"({"min_instance_number": 6, "desire_instance_number": 6})", "400 AS.2004"},
      {"above the quota", R"({"max_instance_number": 301})", "400 AS.2045"},
      {"the number it has", R"({"desire_instance_number": 2})", "400 AS.2028"},
      {"an unknown zone", R"({"available_zones": ["eu-nl-01"]})", "400 AS.2011"},
      {"a good name with a bad number", R"({"scaling_group_name": "x", "cool_down_time": -1})",
       "400 AS.2006"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(client.put(path_of(group), row.body)) == row.expected);
  CHECK(client.get(path_of(group)).body == before);
}

TEST_CASE("an unchanged number next to other members is no error", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  CHECK(outcome(client.put(path_of(group), R"({"desire_instance_number": 0, "cool_down_time": 60})")) ==
        "200");
}

TEST_CASE("networks change only while the group is disabled and empty", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  const char* const change = R"({"networks": [{"id": "second-subnet"}]})";
  const char* const same = R"({"networks": [{"id": "subnet"}]})";
  resume(client, group);
  CHECK(outcome(client.put(path_of(group), change)) == "400 AS.2030");
  CHECK(outcome(client.put(path_of(group), same)) == "200");
  CHECK(act(client, group, R"({"action": "pause"})") == "204");
  CHECK(outcome(client.put(path_of(group), change)) == "200");
}

TEST_CASE("zones and load balancers do not change while an action runs", "[routes]") {
  Client client;
  const std::string group = client.text(support::enabled_group(client.cloud, {.desire = 1}));
  client.cloud.run_until(client.cloud.now());
  CHECK(outcome(client.put(path_of(group), R"({"available_zones": ["eu-de-01"]})")) == "400 AS.2054");
  CHECK(outcome(client.put(path_of(group), R"({"lb_listener_id": "listener"})")) == "400 AS.2047");
}

TEST_CASE("a group can't want fewer instances than are protected", "[routes]") {
  Client client;
  const std::string group = grown_group(client, {.desire = 2});
  support::protect(client.cloud, sim::AsGroupId{0}, support::members(client.cloud, sim::AsGroupId{0}));
  CHECK(outcome(client.put(path_of(group), R"({"desire_instance_number": 1})")) == "400 AS.2010");
}

TEST_CASE("a group is enabled and disabled, also when it is so already", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  for (int i = 0; i < 2; ++i) {
    CHECK(act(client, group, R"({"action": "resume"})") == "204");
    CHECK(status_of(client, group) == "INSERVICE");
  }
  for (int i = 0; i < 2; ++i) {
    CHECK(act(client, group, R"({"action": "pause"})") == "204");
    CHECK(status_of(client, group) == "PAUSED");
  }
}

TEST_CASE("an action that a group does not know is AS.2008", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  const auto* const body =
      GENERATE(R"({"action": "RESUME"})", R"({"action": ""})", R"({})", R"({"action": null})");
  CAPTURE(body);
  CHECK(act(client, group, body) == "400 AS.2008");
}

TEST_CASE("a group without a usable configuration is not enabled", "[routes]") {
  Client client;
  SECTION("none is bound") {
    const std::string group = text_at(client.post("/scaling_group", minimal_group()), "scaling_group_id");
    CHECK(act(client, group, R"({"action": "resume"})") == "400 AS.2018");
  }
  SECTION("its flavor is sold out in all zones") {
    const std::string group = create_group(client);
    support::sold_out_everywhere(client.cloud);
    CHECK(act(client, group, R"({"action": "resume"})") == "400 AS.2038");
  }
}

TEST_CASE("a group without instances is deleted and gone", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  const auto* const query = GENERATE("", "?force_delete=no", "?force_delete=yes", "?force_delete=true");
  const Response response = client.del(path_of(group) + query);
  CHECK(response.status == 204);
  CHECK(response.body.empty());
  CHECK(outcome(client.get(path_of(group))) == "404 AS.0007");
  CHECK(outcome(client.del(path_of(group))) == "404 AS.0007");
  CHECK(envelope(client.get("/scaling_group")) == "0 0 20");
}

TEST_CASE("a group is not deleted while it scales or has instances, unless by force", "[routes]") {
  Client client;
  const std::string group = client.text(support::enabled_group(client.cloud, {.desire = 2}));
  client.cloud.run_until(client.cloud.now());
  CHECK(outcome(client.del(path_of(group))) == "400 AS.2033");
  support::run_until_idle(client.cloud, sim::AsGroupId{0});
  CHECK(outcome(client.del(path_of(group))) == "400 AS.2021");
  CHECK(outcome(client.del(path_of(group) + "?force_delete=maybe")) == "400 AS.2019");

  CHECK(outcome(client.del(path_of(group) + "?force_delete=yes")) == "204");
  CHECK(status_of(client, group) == "DELETING");
  CHECK(outcome(client.del(path_of(group))) == "204");
  CHECK(outcome(client.put(path_of(group), R"({"cool_down_time": 1})")) == "400 AS.2033");
  CHECK(act(client, group, R"({"action": "pause"})") == "400 AS.2033");
  support::run_for(client.cloud, support::kRemoval);
  CHECK(outcome(client.get(path_of(group))) == "404 AS.0007");
}

TEST_CASE("an unknown group is AS.0007, or AS.2007 where the knob says so", "[routes]") {
  auto behaviour = sim::Behaviour::classic();
  const bool bad_request = GENERATE(false, true);
  behaviour.unknown_id = bad_request ? sim::UnknownId::BadRequest400 : sim::UnknownId::NotFound404;
  const char* const expected = bad_request ? "400 AS.2007" : "404 AS.0007";
  Client client{support::a_cloud(behaviour)};
  const std::string path = path_of(GENERATE("00000000-0000-4000-8000-000000000000", "web", "%00"));
  CHECK(outcome(client.get(path)) == expected);
  CHECK(outcome(client.put(path, "{}")) == expected);
  CHECK(outcome(client.del(path)) == expected);
  CHECK(outcome(client.post(path + "/action", R"({"action": "resume"})")) == expected);
}

TEST_CASE("an id of another kind is the id of nothing", "[routes]") {
  Client client;
  create_group(client);
  CHECK(outcome(client.get(path_of(client.text(sim::AsConfigurationId{0})))) == "404 AS.0007");
}

TEST_CASE("with strict_body members that nobody knows are refused", "[routes]") {
  auto behaviour = sim::Behaviour::classic();
  behaviour.strict_body = GENERATE(false, true);
  Client client{support::a_cloud(behaviour)};
  const std::string group = create_group(client);
  const char* const expected = behaviour.strict_body ? "400 AS.0022" : "200";
  CHECK(outcome(client.put(path_of(group), R"({"cool_down_time": 1, "colour": "blue"})")) == expected);
}

TEST_CASE("the numbers of a group follow its instances", "[routes]") {
  Client client;
  const std::string group = client.text(support::enabled_group(client.cloud, {.desire = 2}));
  client.cloud.run_until(client.cloud.now());
  CHECK(number_of(client, group, "current_instance_number") == 0);
  CHECK(at(body_of(client.get(path_of(group))), "scaling_group/is_scaling").as_bool());
  support::run_for(client.cloud, support::kBoot);
  CHECK(number_of(client, group, "current_instance_number") == 2);
  CHECK_FALSE(at(body_of(client.get(path_of(group))), "scaling_group/is_scaling").as_bool());
  CHECK(text_at(client.get(path_of(group)), "scaling_group/activity_type") == "DIFF");
}

}  // namespace tidepool::api
