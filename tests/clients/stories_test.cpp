// Whole stories of clients, call by call over a real connection, with the clock moved where they would sleep.
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/clients/served_client.hpp"

namespace tidepool::clients {
namespace {

void enable_group_of_one(ServedClient& client) {
  client.create_configuration();
  client.keep(
      "g",
      client.call("POST", "scaling_group", 200, R"({"scaling_group_name":"g","scaling_configuration_id":"{c}",
      "desire_instance_number":1,"min_instance_number":0,"max_instance_number":1,"networks":[{"id":"{subnet}"}],"vpc_id":"{vpc}"})"),
      "scaling_group_id");
  client.call("POST", "scaling_group/{g}/action", 204, R"({"action":"resume"})");
}

}  // namespace
TEST_CASE("a newcomer's terraform apply and destroy, call by call", "[clients]") {
  const int minimum = GENERATE(0, 1);
  ServedClient client;
  client.create_configuration();
  client.call("GET", "scaling_configuration/{c}", 200);
  client.keep("g",
              client.call("POST", "scaling_group", 200,
                          fmt::format(R"({{"scaling_group_name":"g","scaling_configuration_id":"{{c}}",
      "desire_instance_number":2,"min_instance_number":{},"max_instance_number":3,"cool_down_time":900,
      "networks":[{{"id":"{{subnet}}"}}],"security_groups":[{{"id":"{{security_group}}"}}],"vpc_id":"{{vpc}}",
      "health_periodic_audit_method":"NOVA_AUDIT","health_periodic_audit_time":5,"health_periodic_audit_grace_period":600,
      "instance_terminate_policy":"OLD_CONFIG_OLD_INSTANCE","delete_publicip":false}})",
                                      minimum)),
              "scaling_group_id");
  client.sleep("5s");
  CHECK(client.members() == 0);
  client.call("POST", "scaling_group/{g}/action", 204, R"({"action":"resume"})");
  client.sleep("10s");
  client.wait_for(2);
  CHECK(client.group("scaling_group_status") == R"("INSERVICE")");
  CHECK(client.members() == 2);
  CHECK(client.get("scaling_group_tag/{g}/tags").at("tags").as_array().empty());
  client.keep(
      "policy",
      client.call("POST", "scaling_policy", 200, R"({"scaling_policy_name":"p","scaling_group_id":"{g}",
      "scaling_policy_type":"RECURRENCE","scheduled_policy":{"launch_time":"10:30","recurrence_type":"Daily","end_time":"2040-12-31T10:30Z"},
      "scaling_policy_action":{"operation":"ADD","instance_number":1},"cool_down_time":900})"),
      "scaling_policy_id");
  client.call("GET", "scaling_policy/{policy}", 200);

  client.call("DELETE", "scaling_policy/{policy}", 204);
  CHECK(client.members("INSERVICE") == 2);
  const auto listed = client.get("scaling_group_instance/{g}/list");
  client.keep("a", boost::json::serialize(listed), "scaling_group_instances/0/instance_id");
  client.keep("b", boost::json::serialize(listed), "scaling_group_instances/1/instance_id");
  if (minimum > 0)
    client.call(
        "PUT", "scaling_group/{g}", 200,
        R"({"desire_instance_number":0,"min_instance_number":0,"max_instance_number":0,"security_groups":null})");
  client.call("POST", "scaling_group_instance/{g}/action", 204,
              R"({"instances_id":["{a}","{b}"],"action":"REMOVE","instance_delete":"yes"})");
  for (int i = 0; i < 60 && client.members() > 0; ++i) {
    CHECK(client.members("REMOVING") == client.members());
    client.sleep("10s");
  }
  CHECK(client.members() == 0);
  client.call("DELETE", "scaling_group/{g}", 204);
  CHECK(client.get("scaling_group?scaling_configuration_id={c}").at("total_number") == 0);
  client.call("DELETE", "scaling_configuration/{c}", 204);
}

TEST_CASE("the Go SDK's test of instances: one is awaited, removed by hand, and all is deleted without force",
          "[clients]") {
  ServedClient client;
  enable_group_of_one(client);
  for (int i = 0; i < 1000 && client.group("current_instance_number") != "1"; ++i) client.sleep("1s");
  client.call("POST", "scaling_group/{g}/action", 204, R"({"action":"pause"})");
  client.keep("a", boost::json::serialize(client.get("scaling_group_instance/{g}/list")),
              "scaling_group_instances/0/instance_id");
  client.call("DELETE", "scaling_group_instance/{a}?instance_delete=yes", 204);
  for (int i = 0; i < 1000 && client.group("current_instance_number") != "0"; ++i) client.sleep("1s");
  CHECK(client.group("is_scaling") == "false");
  client.call("GET", "quotas/{g}", 200);
  client.call("DELETE", "scaling_group/{g}", 204);
  client.call("DELETE", "scaling_configuration/{c}", 204);
}

TEST_CASE("the Python SDK's workflow: a lowered number leaves the instance in service for a moment",
          "[clients]") {
  ServedClient client;
  enable_group_of_one(client);
  client.wait_for(1);
  client.sleep("1s");
  client.call("GET", "scaling_group/g", 404);  // It looks for the name as if it were the id, and then lists.
  CHECK(client.get("scaling_group?scaling_group_name=g").at("total_number") == 1);
  client.call("PUT", "scaling_group/{g}", 200, R"({"desire_instance_number":0})");
  CHECK(client.members("INSERVICE") == 1);
  client.keep("a", boost::json::serialize(client.get("scaling_group_instance/{g}/list")),
              "scaling_group_instances/0/instance_id");
  client.call("DELETE", "scaling_group_instance/{a}?instance_delete=yes", 204);
  client.call("POST", "scaling_group/{g}/action", 204, R"({"action":"pause"})");
  client.call("DELETE", "scaling_group/{g}?force_delete=yes", 204);
  client.sleep("30s");
  client.call("GET", "scaling_group/{g}", 404);
  client.call("DELETE", "scaling_configuration/{c}", 204);
}

}  // namespace tidepool::clients
