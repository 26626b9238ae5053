// What real clients stumble over, one test a trap, and the statuses that the Go SDK insists on.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

#include "tests/clients/scene.hpp"
#include "tests/clients/served_program.hpp"

namespace tidepool::clients {
namespace {

using support::on;

const std::string kPolicy =
    R"(policy = POST v1/scaling_policy {"scaling_policy_name": "p", "scaling_group_id": "{group}", )"
    R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-02T00:00Z"}})";
const std::string kHook =
    R"(POST v1/scaling_lifecycle_hook/{group} {"lifecycle_hook_name": "h", "lifecycle_hook_type": "INSTANCE_LAUNCHING", )"
    R"("notification_topic_urn": "{topic}"})";
const std::string kAlarm =
    R"(alarm = POST tb/alarm_rules {"name": "a", "group": "{group}", "metric": "instance_num", "operator": ">=", "threshold": 0})";

std::string code_of(const api::Response& response) { return text_at(parsed(response.body), "error/code"); }

}  // namespace

TEST_CASE("each operation answers the one status that the Go SDK takes, and a 204 has no body", "[clients]") {
  struct Row {
    const char* step;
    int status;
  };
  const std::vector<Row> rows{
      {R"(c = POST v1/scaling_configuration {"scaling_configuration_name": "c", "instance_config": {{C}}})",
       200},
      {"GET v1/scaling_configuration", 200},
      {"GET v1/scaling_configuration/{c}", 200},
      {"DELETE v1/scaling_configuration/{c}", 204},
      {R"(c = POST v1/scaling_configuration {"scaling_configuration_name": "c", "instance_config": {{C}}})",
       200},
      {R"(POST v1/scaling_configurations {"scaling_configuration_id": ["{c}"]})", 204},
      {R"(g = POST v1/scaling_group {"scaling_group_name": "g", {N}})", 200},
      {"GET v1/scaling_group", 200},
      {"GET v1/scaling_group/{g}", 200},
      {R"(PUT v1/scaling_group/{g} {"cool_down_time": 1})", 200},
      {"DELETE v1/scaling_group/{g}", 204},
      {R"(POST v1/scaling_group/{group}/action {"action": "pause"})", 204},
      {R"(POST v1/scaling_group/{group}/action {"action": "resume"})", 204},
      {"GET v1/scaling_group_instance/{group}/list", 200},
      {R"(POST v1/scaling_group_instance/{group}/action {"action": "PROTECT", "instances_id": ["{i0}"]})",
       204},
      {R"(POST v1/scaling_group_instance/{group}/action {"action": "UNPROTECT", "instances_id": ["{i0}"]})",
       204},
      {"DELETE v1/scaling_group_instance/{i0}?instance_delete=yes", 204},
      {kPolicy.c_str(), 200},
      {"GET v1/scaling_policy/{policy}", 200},
      {R"(PUT v1/scaling_policy/{policy} {"cool_down_time": 1})", 200},
      {"GET v2/scaling_policy/{policy}", 200},
      {R"(PUT v2/scaling_policy/{policy} {"cool_down_time": 2})", 200},
      {"GET v1/scaling_policy/{group}/list", 200},
      {R"(POST v1/scaling_policy/{policy}/action {"action": "execute"})", 204},
      {R"(POST v1/scaling_policy/{policy}/action {"action": "pause"})", 204},
      {R"(POST v1/scaling_policy/{policy}/action {"action": "resume"})", 204},
      {R"(POST v1/scaling_policies/action {"action": "pause", "scaling_policy_id": ["{policy}"]})", 204},
      {"GET v1/scaling_policy_execute_log/{policy}", 200},
      {"DELETE v1/scaling_policy/{policy}", 204},
      {"GET v1/scaling_activity_log/{group}", 200},
      {"GET v2/scaling_activity_log/{group}", 200},
      {R"(POST tb/clock/advance {"by": "5m"})", 200},
      {kHook.c_str(), 200},
      {"GET v1/scaling_lifecycle_hook/{group}/h", 200},
      {R"(PUT v1/scaling_lifecycle_hook/{group}/h {"default_timeout": 60})", 200},
      {"GET v1/scaling_lifecycle_hook/{group}/list", 200},
      {"DELETE v1/scaling_lifecycle_hook/{group}/h", 204},
      {"GET v1/quotas", 200},
      {"GET v1/quotas/{group}", 200},
      {R"(POST v1/scaling_group_tag/{group}/tags/action {"action": "create", "tags": [{"key": "a", "value": "b"}]})",
       204},
      {"GET v1/scaling_group_tag/{group}/tags", 200},
      {"GET v1/scaling_group_tag/tags", 200},
  };
  Scene scene;
  scene.grow(1);
  for (const Row& row : rows) {
    const api::Response response = scene.step(row.step);
    INFO(row.step << " -> " << response.status << " " << response.body);
    CHECK(response.status == row.status);
    CHECK(response.body.empty() == (row.status == 204));
  }
}

TEST_CASE("the Python SDK pages by what it has seen until it has total_number rows", "[clients]") {
  Scene scene;
  for (int i = 0; i < 23; ++i)
    scene.must(fmt::format(R"(POST v1/scaling_group {{"scaling_group_name": "g{}", {{N}}}})", i));
  std::set<std::string> seen;
  int pages = 0;
  for (bool more = true; more && pages < 10; ++pages) {
    const auto page = scene.json(fmt::format("GET v1/scaling_group?start_number={}&limit=10", seen.size()));
    CHECK(page.at("start_number") == seen.size());
    CHECK(page.at("limit") == 10);
    for (const auto& each : page.at("scaling_groups").as_array())
      seen.insert(text_at(each, "scaling_group_id"));
    more = page.at("total_number").as_int64() > static_cast<std::int64_t>(seen.size());
  }
  CHECK(pages == 3);
  CHECK(seen.size() == 24);
  CHECK(scene.json("GET v1/scaling_group?start_number=24&limit=10").at("scaling_groups").as_array().empty());
  CHECK(scene.json("GET v1/scaling_group").at("scaling_groups").as_array().size() == 20);
  for (const char* each :
       {"v1/scaling_configuration", "v1/scaling_group_instance/{group}/list",
        "v1/scaling_policy/{group}/list", "v2/scaling_policy", "v1/scaling_activity_log/{group}"})
    CHECK(scene.json(fmt::format("GET {}", each)).at("total_number").is_int64());
}

TEST_CASE("numbers in quotes, as the command line sends them, are stored as numbers", "[clients]") {
  Scene scene;
  scene.must(
      R"(c = POST v1/scaling_configuration {"scaling_configuration_name": "c", "instance_config": {"flavorRef": "s3.medium",
    "imageRef": "debian", "key_name": "key", "disk": [{"size": "10", "volume_type": "SATA", "disk_type": "SYS"}]}})");
  CHECK(scene.json("GET v1/scaling_configuration/{c}")
            .at_pointer("/scaling_configuration/instance_config/disk/0/size") == 10);
  scene.must(
      R"(g = POST v1/scaling_group {"scaling_group_name": "g", {N}, "max_instance_number": "3", "cool_down_time": "60",
    "lbaas_listeners": [{"id": "pool", "protocol_port": "80", "weight": "5"}]})");
  const auto group = scene.json("GET v1/scaling_group/{g}").at("scaling_group");
  CHECK(group.at("max_instance_number") == 3);
  CHECK(group.at("cool_down_time") == 60);
  CHECK(group.at_pointer("/lbaas_listeners/0") ==
        parsed(R"({"listener_id": null, "pool_id": "pool", "protocol_port": 80, "weight": 5})"));
}

TEST_CASE("an alarm policy may carry an empty launch_time, which is ignored (Go SDK, Terraform)",
          "[clients]") {
  Scene scene;
  scene.must(kAlarm);
  scene.must(
      R"(policy = POST v1/scaling_policy {"scaling_policy_name": "p", "scaling_group_id": "{group}", "scaling_policy_type": "ALARM",
    "alarm_id": "{alarm}", "scheduled_policy": {"launch_time": ""}})");
  scene.must(
      R"(PUT v1/scaling_policy/{policy} {"scaling_policy_type": "ALARM", "alarm_id": "{alarm}", "scheduled_policy": {"launch_time": ""}})");
  scene.must(
      R"(POST v2/scaling_policy {"scaling_policy_name": "p", "scaling_resource_id": "{group}", "scaling_resource_type": "SCALING_GROUP",
    "scaling_policy_type": "ALARM", "alarm_id": "{alarm}", "scheduled_policy": {"launch_time": ""}})");
}

TEST_CASE("three zeros and null in one PUT are legal, and the removal that follows at once is not refused",
          "[clients]") {
  api::WorldOptions options = scene_options();
  options.behaviour.scan_period = std::chrono::seconds{10};
  Scene scene(std::move(options));
  scene.must(R"(PUT v1/scaling_group/{group} {"desire_instance_number": 2, "min_instance_number": 1})");
  scene.must(R"(POST v1/scaling_group/{group}/action {"action": "resume"})");
  scene.advance("110s");
  scene.must("i0 = GET v1/scaling_group_instance/{group}/list scaling_group_instances/0/instance_id");
  scene.must("i1 = GET v1/scaling_group_instance/{group}/list scaling_group_instances/1/instance_id");
  scene.advance("1s");
  scene.must(
      R"(PUT v1/scaling_group/{group} {"desire_instance_number":0,"min_instance_number":0,"max_instance_number":0,"security_groups":null})");
  CHECK(scene.json("GET v1/scaling_group_instance/{group}/list?life_cycle_state=INSERVICE")
            .at("total_number") == 2);
  CHECK(
      scene
          .step(
              R"(POST v1/scaling_group_instance/{group}/action {"instances_id":["{i0}","{i1}"],"action":"REMOVE","instance_delete":"yes"})")
          .status == 204);
  CHECK(
      scene.json("GET v1/scaling_group_instance/{group}/list?life_cycle_state=REMOVING").at("total_number") ==
      2);
  scene.advance("30s");
  CHECK(scene.json("GET v1/scaling_group_instance/{group}/list").at("total_number") == 0);
  CHECK(scene.step("DELETE v1/scaling_group/{group}").status == 204);
}

TEST_CASE("force_delete is yes for the Python SDK and true for the Go SDK", "[clients]") {
  const auto value = GENERATE(as<std::string>(), "yes", "true");
  Scene scene;
  scene.grow(1);
  CHECK(scene.step("DELETE v1/scaling_group/{group}").status == 400);
  CHECK(scene.step("DELETE v1/scaling_group/{group}?force_delete=" + value).status == 204);
  CHECK(scene.json("GET v1/scaling_group/{group}").at_pointer("/scaling_group/scaling_group_status") ==
        "DELETING");
  scene.advance("30s");
  CHECK(scene.step("GET v1/scaling_group/{group}").status == 404);
}

TEST_CASE("REMOVE and REDUCE are one operation, shown in each edition's own word", "[clients]") {
  const auto word = GENERATE(as<std::string>(), "REMOVE", "REDUCE");
  const bool second = GENERATE(false, true);
  Scene scene;
  const std::string common = fmt::format(
      R"("scaling_policy_name": "p", "scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T00:00Z"}}, )"
      R"("scaling_policy_action": {{"operation": "{}"}})",
      word);
  if (second)
    scene.must("policy = POST v2/scaling_policy {" + common +
               R"(, "scaling_resource_id": "{group}", "scaling_resource_type": "SCALING_GROUP"})");
  else
    scene.must("policy = POST v1/scaling_policy {" + common + R"(, "scaling_group_id": "{group}"})");
  const char* const place = "/scaling_policy/scaling_policy_action/operation";
  CHECK(scene.json("GET v1/scaling_policy/{policy}").at_pointer(place) == "REMOVE");
  CHECK(scene.json("GET v2/scaling_policy/{policy}").at_pointer(place) == "REDUCE");
}

TEST_CASE("a policy is found under both editions by one id, and deleted through the first", "[clients]") {
  Scene scene;
  scene.must(
      R"(policy = POST v2/scaling_policy {"scaling_policy_name": "p", "scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-02T00:00Z"},
    "scaling_resource_id": "{group}", "scaling_resource_type": "SCALING_GROUP"})");
  CHECK(scene.step("GET v1/scaling_policy/{policy}").status == 200);
  CHECK(scene.step("GET v2/scaling_policy/{policy}").status == 200);
  CHECK(scene.step("DELETE v1/scaling_policy/{policy}").status == 204);
  CHECK(scene.step("GET v1/scaling_policy/{policy}").status == 404);
  CHECK(scene.step("GET v2/scaling_policy/{policy}").status == 404);
}

TEST_CASE("a policy scheduled in the past is AS.3010, unless the clock stands before it (Terraform)",
          "[clients]") {
  const bool before = GENERATE(false, true);
  api::WorldOptions options = scene_options();
  if (before) options.start = on(2023, 12, 1);
  Scene scene(std::move(options));
  const api::Response response = scene.step(
      R"(POST v1/scaling_policy {"scaling_policy_name": "p", "scaling_group_id": "{group}", "scaling_policy_type": "SCHEDULED",
         "scheduled_policy": {"launch_time": "2023-12-22T12:00Z"}})");
  if (before)
    CHECK(response.status == 200);
  else
    CHECK(code_of(response) == "AS.3010");
}

TEST_CASE("the schedule of an alarm policy is left out in the first edition and empty in the second",
          "[clients]") {
  Scene scene;
  scene.must(kAlarm);
  scene.must(
      R"(policy = POST v1/scaling_policy {"scaling_policy_name": "p", "scaling_group_id": "{group}", "scaling_policy_type": "ALARM", "alarm_id": "{alarm}"})");
  CHECK_FALSE(scene.json("GET v1/scaling_policy/{policy}")
                  .at("scaling_policy")
                  .as_object()
                  .contains("scheduled_policy"));
  CHECK(scene.json("GET v2/scaling_policy/{policy}").at_pointer("/scaling_policy/scheduled_policy") ==
        parsed("{}"));
}

TEST_CASE("the removal policy that Terraform leaves out is the one it expects to read", "[clients]") {
  Scene scene;
  CHECK(scene.json("GET v1/scaling_group/{group}").at_pointer("/scaling_group/instance_terminate_policy") ==
        "OLD_CONFIG_OLD_INSTANCE");
}

// ---- The catalog ----

namespace {

// Addresses by the type of their service.
std::map<std::string, std::string> catalog(Scene& scene, std::string_view host) {
  const std::string body = api::login_body(R"({"domain": {"name": "D"}, "name": "user", "password": "pw"})",
                                           R"({"project": {"domain": {"name": "D"}, "name": "eu-de_fake"}})");
  const std::string named(host);
  const api::Header headers[] = {{"Host", named}};
  const auto reply = scene.client().world.handle({"POST", "/v3/auth/tokens", body, headers}, api::kWall);
  std::map<std::string, std::string> found;
  const boost::json::value token = parsed(reply.body);
  CHECK(text_at(token, "token/expires_at") > "2090");
  for (const auto& each : token.at_pointer("/token/catalog").as_array()) {
    CHECK(each.at("name") == each.at("type"));
    CHECK(each.at_pointer("/endpoints/0/region") == "eu-de");
    CHECK(each.at_pointer("/endpoints/0/interface") == "public");
    found.emplace(text_at(each, "type"), text_at(each, "endpoints/0/url"));
  }
  return found;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("both names of the service are in the catalog, with addresses made from the Host header",
          "[clients]") {
  Scene scene;
  const auto found = catalog(scene, "cloud.example.org:9090");
  const std::string base = "http://cloud.example.org:9090";
  const std::string& p = scene.names().at("p");
  CHECK(found.at("as") == base + "/autoscaling-api/v1/" + p);
  CHECK(found.at("asv1") == found.at("as"));
  for (const auto& [type, url] : found) CHECK_THAT(url, Catch::StartsWith(base));
}

TEST_CASE("the replacements that the Go SDK makes in addresses hit the right place", "[clients]") {
  Scene scene;
  const auto found = catalog(scene, "cloud.example.org:9090");
  const std::string base = "http://cloud.example.org:9090";
  const std::string& p = scene.names().at("p");
  CHECK(replaced(found.at("asv1"), "v1", "v2") == base + "/autoscaling-api/v2/" + p);
  CHECK(replaced(replaced(found.at("volumev2"), "v2", "V1.0"), "evs", "ces") == base + "/ces/V1.0/" + p);
  CHECK(replaced(found.at("vpc"), "v1", "v3") == base + "/v3/" + p);
}

TEST_CASE("VPCs live at the root of the host, whatever the catalog says (Python SDK)", "[clients]") {
  Scene scene;
  CHECK(scene.step("GET /v1/{p}/vpcs").status == 200);
  CHECK(scene.step("GET /v1/{p}/vpcs/vpc?project_id={p}").status == 200);
  CHECK(scene.step("GET /v1/{p}/vpcs/some-name").status == 404);
}

// ---- Connections ----

TEST_CASE("the Python SDK keeps its connection, the Go SDK closes each and ends its bodies in a newline",
          "[clients]") {
  const ServedProgram program(at_a_standstill());
  Connection kept(program.port());
  const Names names = log_in(kept);
  CHECK(kept.exchange("GET", filled("/autoscaling-api/v1/{p}/quotas", names), {},
                      {{"X-Auth-Token", names.at("token")}})
            .status == 200);

  Connection closing(program.port());
  const std::string body =
      filled(R"({"scaling_group_name":"g","vpc_id":"{vpc}","networks":[{"id":"{subnet}"}]})", names) + "\n";
  const Reply reply = closing.exchange("POST", filled("/autoscaling-api/v1/{p}/scaling_group", names), body,
                                       {{"X-Auth-Token", names.at("token")},
                                        {"Content-Type", "application/json"},
                                        {"User-Agent", "golangsdk/2.0.0"},
                                        {"Connection", "close"}});
  CHECK(reply.status == 200);
  CHECK(reply.header("Connection") == "close");
  CHECK(reply.header("Content-Length") == std::to_string(reply.body.size()));
  CHECK_FALSE(closing.receive_or_closed());
}

// ---- Errors that clients act upon ----

TEST_CASE("what is gone is 404 where clients wait for that", "[clients]") {
  Scene scene;
  scene.must(kPolicy);
  scene.must("DELETE v1/scaling_policy/{policy}");
  const std::string nobody = "00000000-0000-4000-8000-000000000000";
  for (const std::string& each :
       {"GET v1/scaling_configuration/" + nobody, "GET v1/scaling_group/" + nobody,
        "GET v1/scaling_policy/" + nobody, "GET v2/scaling_policy/" + nobody,
        std::string("GET v1/scaling_lifecycle_hook/{group}/none"),
        "DELETE v1/scaling_configuration/" + nobody, std::string("DELETE v1/scaling_policy/{policy}"),
        "DELETE v1/scaling_group/" + nobody, std::string("GET v1/scaling_group/web")}) {
    const api::Response response = scene.step(each);
    INFO(each << " -> " << response.body);
    CHECK(response.status == 404);
    CHECK(code_of(response) == "AS.0007");
  }
}

TEST_CASE("the message of a failed deletion of configurations is JSON that the Python SDK takes apart",
          "[clients]") {
  Scene scene;
  const api::Response response = scene.step(
      R"(POST v1/scaling_configurations {"scaling_configuration_id": ["00000000-0000-4000-8000-000000000000", "{conf}"]})");
  CHECK(response.status == 400);
  CHECK(code_of(response) == "AS.1038");
  const auto causes = parsed(text_at(parsed(response.body), "error/message"));
  CHECK(text_at(causes, "0/errorCode") == "AS.1004");
  CHECK(text_at(causes, "0/id") == "00000000-0000-4000-8000-000000000000");
  CHECK(text_at(causes, "1/errorCode") == "AS.1006");
}

TEST_CASE("a busy group is 400 AS.2033, one with instances AS.2021, a used configuration AS.1006",
          "[clients]") {
  Scene scene;
  scene.must(R"(PUT v1/scaling_group/{group} {"desire_instance_number": 1})");
  scene.must(R"(POST v1/scaling_group/{group}/action {"action": "resume"})");
  CHECK(code_of(scene.step("DELETE v1/scaling_group/{group}")) == "AS.2033");
  scene.advance("101s");
  CHECK(code_of(scene.step("DELETE v1/scaling_group/{group}")) == "AS.2021");
  CHECK(code_of(scene.step("DELETE v1/scaling_configuration/{conf}")) == "AS.1006");
}

// ---- What their own tests insist on ----

TEST_CASE("a hook is shown as it was created (Go SDK)", "[clients]") {
  Scene scene;
  const auto made = scene.json(kHook);
  CHECK(scene.json("GET v1/scaling_lifecycle_hook/{group}/h") == made);
  CHECK(made.at("default_result") == "ABANDON");
  CHECK(made.at("default_timeout") == 3600);
}

TEST_CASE("quotas come in the order that the Python SDK's test wants", "[clients]") {
  Scene scene;
  std::vector<std::string> types;
  const auto quotas = scene.json("GET v1/quotas");
  for (const auto& each : quotas.at_pointer("/quotas/resources").as_array())
    types.push_back(text_at(each, "type"));
  CHECK(types == std::vector<std::string>{"scaling_Group", "scaling_Config", "scaling_Policy",
                                          "scaling_Instance", "load_balance", "bandwidth_scaling_policy"});
}

TEST_CASE("a group that was never enabled has no log and no instance (Go SDK)", "[clients]") {
  Scene scene;
  scene.must(R"(PUT v1/scaling_group/{group} {"desire_instance_number": 3})");
  scene.advance("1h");
  CHECK(scene.json("GET v2/scaling_activity_log/{group}").at("total_number") == 0);
  CHECK(scene.json("GET v1/scaling_group_instance/{group}/list").at("total_number") == 0);
}

TEST_CASE("the health status in lower case is the same filter (Ansible)", "[clients]") {
  Scene scene;
  scene.grow(2);
  CHECK(scene.json("GET v1/scaling_group_instance/{group}/list?health_status=normal").at("total_number") ==
        2);
}

TEST_CASE("a hook can't be called list, since its path would be the list's", "[clients]") {
  Scene scene;
  const std::string body =
      R"(POST v1/scaling_lifecycle_hook/{group} {"lifecycle_hook_name": "list", )"
      R"("lifecycle_hook_type": "INSTANCE_LAUNCHING", "notification_topic_urn": "{topic}"})";
  CHECK(code_of(scene.step(body)) == "AS.7031");
}

}  // namespace tidepool::clients
