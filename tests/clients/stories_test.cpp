// Whole stories of clients, call by call over a real connection, with the clock moved where they would sleep.
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "tests/clients/login.hpp"
#include "tests/clients/served_program.hpp"

namespace tidepool::clients {
namespace {

class Client {
 public:
  Client() : program_(at_a_standstill()), connection_(program_.port()), names_(log_in(connection_)) {}

  /// A call below the project's first edition; {name} is put in. The body of its answer.
  std::string call(std::string_view method, std::string_view path, int status, std::string_view body = {}) {
    const std::string target = filled(fmt::format("/autoscaling-api/v1/{{p}}/{}", path), names_);
    const Reply reply =
        connection_.exchange(method, target, filled(body, names_), {{"X-Auth-Token", names_["token"]}});
    INFO(method << " " << path << " -> " << reply.status << " " << reply.body);
    REQUIRE(reply.status == status);
    return reply.body;
  }
  boost::json::value get(std::string_view path) { return parsed(call("GET", path, 200)); }
  void keep(std::string_view name, std::string_view body, std::string_view place) {
    names_[std::string(name)] = text_at(parsed(body), place);
  }
  void sleep(std::string_view duration) {
    const std::string target = filled("/_tidepool/v1/projects/{p}/clock/advance", names_);
    const Reply reply = connection_.exchange("POST", target, fmt::format(R"({{"by": "{}"}})", duration));
    REQUIRE(reply.status == 200);
  }
  /// Members in that state; all when it is empty.
  std::int64_t members(std::string_view state = {}) {
    std::int64_t count = 0;
    const auto listed = get("scaling_group_instance/{g}/list");
    for (const auto& each : listed.at("scaling_group_instances").as_array())
      count += static_cast<std::int64_t>(state.empty() || text_at(each, "life_cycle_state") == state);
    return count;
  }
  /// Asks each second until there are so many in service; as a client polls.
  void wait_for(std::int64_t in_service) {
    for (int i = 0; i < 600 && members("INSERVICE") != in_service; ++i) sleep("1s");
    CHECK(members("INSERVICE") == in_service);
  }
  std::string group(std::string_view member) {
    return boost::json::serialize(get("scaling_group/{g}").at("scaling_group").at(member));
  }

  void create_configuration() {
    keep("c",
         call("POST", "scaling_configuration", 200, R"({"scaling_configuration_name":"x","instance_config":{
      "flavorRef":"s3.large.2","imageRef":"{image}","key_name":"ops-key","disk":[{"size":40,"volume_type":"SATA","disk_type":"SYS",
      "metadata":null,"dedicated_storage_id":"","data_disk_image_id":"","snapshot_id":""}],
      "security_groups":[{"id":"{security_group}"}],"metadata":{},"user_data":""}})"),
         "scaling_configuration_id");
  }

 private:
  ServedProgram program_;
  Connection connection_;
  Names names_;
};

}  // namespace

TEST_CASE("a newcomer's terraform apply and destroy, call by call", "[clients]") {
  const int minimum = GENERATE(0, 1);
  Client client;
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
  Client client;
  client.create_configuration();
  client.keep(
      "g",
      client.call("POST", "scaling_group", 200, R"({"scaling_group_name":"g","scaling_configuration_id":"{c}",
      "desire_instance_number":1,"min_instance_number":0,"max_instance_number":1,"networks":[{"id":"{subnet}"}],"vpc_id":"{vpc}"})"),
      "scaling_group_id");
  client.call("POST", "scaling_group/{g}/action", 204, R"({"action":"resume"})");
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
  Client client;
  client.create_configuration();
  client.keep(
      "g",
      client.call("POST", "scaling_group", 200, R"({"scaling_group_name":"g","scaling_configuration_id":"{c}",
      "desire_instance_number":1,"min_instance_number":0,"max_instance_number":1,"networks":[{"id":"{subnet}"}],"vpc_id":"{vpc}"})"),
      "scaling_group_id");
  client.call("POST", "scaling_group/{g}/action", 204, R"({"action":"resume"})");
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
