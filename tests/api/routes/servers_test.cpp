// Servers, whoever made them, and key pairs: compute (Nova) and the ECS service.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "sim/cloud/invariants.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

constexpr std::string_view kServer =
    R"({"server": {"name": "mine", "flavorRef": "s3.medium", "imageRef": "debian", "key_name": "key",
        "networks": [{"uuid": "subnet"}], "security_groups": [{"name": "default"}],
        "availability_zone": "eu-de-02", "metadata": {"owner": "me"}}})";

constexpr std::int64_t kBootSeconds = 100;

std::string make_server(WorldClient& client) {
  const Response made = client.as_project("POST", "/v2.1/{p}/servers", kServer);
  REQUIRE(made.status == 202);
  return std::string{at(json_of(made), "server/id").as_string()};
}

boost::json::value server(WorldClient& client, std::string_view id) {
  return body_of(client.as_project("GET", fmt::format("/v2.1/{{p}}/servers/{}", id))).at("server");
}

std::string status_of(WorldClient& client, std::string_view id) {
  const Response shown = client.as_project("GET", fmt::format("/v2.1/{{p}}/servers/{}", id));
  return shown.status == 200 ? std::string{at(json_of(shown), "server/status").as_string()} : "gone";
}

int act(WorldClient& client, std::string_view id, std::string_view body) {
  return client.as_project("POST", fmt::format("/v2.1/{{p}}/servers/{}/action", id), body).status;
}

sim::Cloud& cloud_of(WorldClient& client) {
  client.as_project("GET", "/scaling_group");
  return client.world.find(client.project_id())->cloud;
}

std::string text_of_group(const sim::Cloud& cloud, sim::AsGroupId id) {
  return IdText{cloud.seed()}.text(id);
}

// "INSERVICE NORMAL" of each member, by the AS API.
std::vector<std::string> members(WorldClient& client, const std::string& group) {
  std::vector<std::string> all;
  const auto body = body_of(client.as_project("GET", fmt::format("/scaling_group_instance/{}/list", group)));
  for (const auto& each : body.at("scaling_group_instances").as_array())
    all.push_back(fmt::format("{} {}", std::string_view{each.at("life_cycle_state").as_string()},
                              std::string_view{each.at("health_status").as_string()}));
  return all;
}

std::string job_status(WorldClient& client, const Response& asked) {
  REQUIRE(asked.status == 200);
  const std::string id{at(json_of(asked), "job_id").as_string()};
  return std::string{at(body_of(client.as_project("GET", "/v1/{p}/jobs/" + id)), "status").as_string()};
}

}  // namespace

TEST_CASE("a server of compute boots, is stopped, started, rebooted and deleted", "[servers]") {
  WorldClient client;
  const std::string id = make_server(client);
  CHECK(status_of(client, id) == "BUILD");
  CHECK(act(client, id, R"({"os-stop": null})") == 409);
  client.wait(kBootSeconds);
  const auto shown = server(client, id);
  CHECK(shown.at("status") == "ACTIVE");
  CHECK(shown.at("OS-EXT-AZ:availability_zone") == "eu-de-02");
  CHECK(at(shown, "flavor/id") == "s3.medium");
  CHECK(at(shown, "metadata/owner") == "me");
  CHECK(at(shown, "addresses/vpc/0/OS-EXT-IPS:type") == "fixed");
  CHECK(at(shown, "security_groups/0/name") == "default");

  CHECK(act(client, id, R"({"os-stop": null})") == 202);
  CHECK(status_of(client, id) == "SHUTOFF");
  CHECK(act(client, id, R"({"os-stop": null})") == 409);
  CHECK(act(client, id, R"({"reboot": {"type": "SOFT"}})") == 409);
  CHECK(act(client, id, R"({"os-start": null})") == 202);
  CHECK(act(client, id, R"({"os-start": null})") == 409);
  CHECK(act(client, id, R"({"reboot": {"type": "HARD"}})") == 202);
  CHECK(act(client, id, R"({"reboot": {}})") == 400);
  CHECK(act(client, id, R"({"dance": null})") == 400);
  CHECK(client.as_project("DELETE", "/v2.1/{p}/servers/" + id).status == 204);
  CHECK(status_of(client, id) == "gone");
  CHECK(client.as_project("DELETE", "/v2.1/{p}/servers/" + id).status == 404);
  CHECK(column(client.as_project("GET", "/v2.1/{p}/servers/detail?name=mine"), "servers", "id").empty());
}

TEST_CASE("a server made by hand can get another name", "[servers]") {
  WorldClient client;
  const std::string path = "/v2.1/{p}/servers/" + make_server(client);
  const Response changed = client.as_project("PUT", path, R"({"server": {"name": "yours"}})");
  CHECK(at(body_of(changed), "server/name") == "yours");
  CHECK(client.as_project("PUT", path, R"({"server": {"name": ""}})").status == 400);
}

TEST_CASE("a server that is wrong in some way is 400 and names the field", "[servers]") {
  struct Row {
    const char *body, *message;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"server": {"flavorRef": "s3.medium", "imageRef": "debian", "networks": "none"}})",
       "server.name is missing"},
      {R"({"server": {"name": "n", "flavorRef": "x", "imageRef": "debian", "networks": "none"}})",
       R"(server.flavorRef "x")"},
      {R"({"server": {"name": "n", "flavorRef": "s3.medium", "imageRef": "x", "networks": "none"}})",
       R"(server.imageRef "x")"},
      {R"({"server": {"name": "n", "flavorRef": "s3.medium", "imageRef": "debian"}})",
       "server.networks is missing"},
      {R"({"server": {"name": "n", "flavorRef": "s3.medium", "imageRef": "debian", "networks": [{"uuid": "x"}]}})",
       R"(server.networks[0].uuid "x")"},
      {R"({"server": {"name": "n", "flavorRef": "s3.medium", "imageRef": "debian", "networks": "none",
           "key_name": "x"}})",
       R"(server.key_name "x")"},
      {R"({"server": {"name": "n", "flavorRef": "p2.gpu", "imageRef": "debian", "networks": "none",
           "availability_zone": "eu-de-01"}})",
       "flavor p2.gpu: expected one that the zone offers"},
      {R"({"server": {"name": "n", "flavorRef": "s3.medium", "imageRef": "debian", "networks": "none",
           "max_count": 501}})",
       "server.max_count 501: expected 1 to 500"},
  }));
  CAPTURE(row.body);
  WorldClient client;
  const Response response = client.as_project("POST", "/v2.1/{p}/servers", row.body);
  CHECK(response.status == 400);
  CHECK_THAT(std::string{at(json_of(response), "badRequest/message").as_string()},
             Catch::Contains(row.message));
}

TEST_CASE("an instance of a group is a server that shows what its configuration says", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  support::grown_group(cloud, {.desire = 1, .cool_down = {}});
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  const auto shown = server(client, id);
  CHECK(at(shown, "image/id") == "debian");
  CHECK(shown.at("key_name") == "key");
  CHECK(at(shown, "flavor/original_name") == "s3.medium");
  const auto ecs = body_of(client.as_project("GET", "/v1/{p}/cloudservers/" + id)).at("server");
  CHECK(ecs.at("status") == "ACTIVE");
  CHECK(at(ecs, "metadata/vpc_id") == "vpc");
  CHECK(ecs.at("created") == shown.at("created"));
}

TEST_CASE("an instance is in BUILD while it joins", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  support::enabled_group(cloud, {.desire = 1, .cool_down = {}});
  support::run_for(cloud, {});
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  CHECK(status_of(client, id) == "BUILD");
  CHECK(act(client, id, R"({"os-stop": null})") == 409);
}

TEST_CASE("an instance that its owner stops is unhealthy at the next check and is replaced", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto group_id = support::grown_group(
      cloud, {.desire = 2, .cool_down = {}, .health_minutes = 1, .grace = sim::Duration{}});
  const std::string group = text_of_group(cloud, group_id);
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  CHECK(act(client, id, R"({"os-stop": null})") == 202);
  CHECK(status_of(client, id) == "SHUTOFF");
  client.wait(61);
  CHECK(members(client, group).size() == 2);
  CHECK(cloud.all_instances()[0].health == sim::HealthStatus::Error);
  client.wait(10 * kBootSeconds);
  CHECK(members(client, group) == std::vector<std::string>{"INSERVICE NORMAL", "INSERVICE NORMAL"});
  CHECK(status_of(client, id) == "gone");
}

TEST_CASE("an instance that is started again in time stays", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto group_id = support::grown_group(
      cloud, {.desire = 1, .cool_down = {}, .health_minutes = 5, .grace = sim::Duration{}});
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  CHECK(act(client, id, R"({"os-stop": null})") == 202);
  CHECK(act(client, id, R"({"os-start": null})") == 202);
  client.wait(1000);
  CHECK(members(client, text_of_group(cloud, group_id)) == std::vector<std::string>{"INSERVICE NORMAL"});
  CHECK(status_of(client, id) == "ACTIVE");
}

TEST_CASE("an instance whose server is deleted is no server any more and is replaced", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto group_id = support::grown_group(
      cloud, {.desire = 1, .cool_down = {}, .health_minutes = 1, .grace = sim::Duration{}});
  const std::string group = text_of_group(cloud, group_id);
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  const Response asked = client.as_project("POST", "/v1/{p}/cloudservers/delete",
                                           fmt::format(R"({{"servers": [{{"id": "{}"}}]}})", id));
  CHECK(job_status(client, asked) == "SUCCESS");
  CHECK(status_of(client, id) == "gone");
  CHECK(members(client, group) == std::vector<std::string>{"INSERVICE NORMAL"});
  client.wait(10 * kBootSeconds);
  CHECK(members(client, group) == std::vector<std::string>{"INSERVICE NORMAL"});
  CHECK(sim::broken_invariants(cloud).empty());
}

TEST_CASE("a server deleted while it boots for a group fails to join", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto group_id = support::enabled_group(cloud, {.desire = 1, .cool_down = {}});
  support::run_for(cloud, {});
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  CHECK(client.as_project("DELETE", "/v2.1/{p}/servers/" + id).status == 204);
  client.wait(kBootSeconds);
  CHECK(members(client, text_of_group(cloud, group_id)).size() <= 1);
  CHECK(cloud.all_instances()[0].state == sim::LifecycleState::Gone);
  CHECK(sim::broken_invariants(cloud).empty());
}

TEST_CASE("a server made here can be added to a group of its VPC and zone, once it runs", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto group_id = support::grown_group(cloud, {.desire = 0, .max = 5, .cool_down = {}});
  const std::string group = text_of_group(cloud, group_id);
  const std::string id = make_server(client);
  const std::string add = fmt::format(R"({{"instances_id": ["{}"], "action": "ADD"}})", id);
  const std::string path = fmt::format("/scaling_group_instance/{}/action", group);
  CHECK(client.as_project("POST", path, add).status == 400);
  client.wait(kBootSeconds);
  CHECK(client.as_project("POST", path, add).status == 204);
  client.wait(10);
  CHECK(members(client, group) == std::vector<std::string>{"INSERVICE NORMAL"});
  // It is one server still, under the id that it had.
  CHECK(column(client.as_project("GET", "/v2.1/{p}/servers?name=mine"), "servers", "id") ==
        std::vector<std::string>{id});
  CHECK(act(client, id, R"({"os-stop": null})") == 202);
  CHECK(cloud.all_instances()[0].ecs == sim::EcsStatus::ShutOff);
  CHECK(client.as_project("DELETE", "/v2.1/{p}/servers/" + id).status == 204);
  CHECK(cloud.all_instances()[0].ecs == sim::EcsStatus::Deleted);
}

TEST_CASE(
    "an instance that its group let go is a server under the same id, and can be added to a group again",
    "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto configuration = support::create_configuration(cloud, {.eip_mbit = 5});
  const auto group_id =
      support::grown_group(cloud, {.configuration = configuration, .desire = 1, .max = 5, .cool_down = {}});
  const std::string group = text_of_group(cloud, group_id);
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  const auto before = server(client, id);
  const std::string path = fmt::format("/scaling_group_instance/{}/action", group);
  const auto batch = [&](std::string_view action) {
    return client
        .as_project("POST", path, fmt::format(R"({{"instances_id": ["{}"], "action": "{}"}})", id, action))
        .status;
  };
  CHECK(batch("REMOVE") == 204);
  client.wait(60);
  CHECK(members(client, group).empty());
  CHECK(server(client, id) == before);
  CHECK(act(client, id, R"({"os-stop": null})") == 202);
  CHECK(batch("ADD") == 400);
  CHECK(act(client, id, R"({"os-start": null})") == 202);
  CHECK(batch("ADD") == 204);
  client.wait(10);
  CHECK(members(client, group) == std::vector<std::string>{"INSERVICE NORMAL"});
  CHECK(column(client.as_project("GET", fmt::format("/scaling_group_instance/{}/list", group)),
               "scaling_group_instances", "instance_id") == std::vector<std::string>{id});
  CHECK(server(client, id) == before);
  CHECK(sim::broken_invariants(cloud).empty());

  // Its EIP stays behind when it goes for good.
  CHECK(client.as_project("DELETE", "/v2.1/{p}/servers/" + id).status == 204);
  CHECK(status_of(client, id) == "gone");
  CHECK(column(client.as_project("GET", "/v1/{p}/publicips"), "publicips", "status") ==
        std::vector<std::string>{"DOWN"});
  CHECK(sim::broken_invariants(cloud).empty());
}

TEST_CASE(
    "an ECS has the tags that its group had when it was made, whatever becomes of them (user manual, tags)",
    "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto group_id = support::grown_group(cloud, {.desire = 1, .max = 5, .cool_down = {}});
  const std::string group = text_of_group(cloud, group_id);
  const auto tag = [&](std::string_view body) {
    return client.as_project("POST", fmt::format("/scaling_group_tag/{}/tags/action", group), body).status;
  };
  const auto tags = [&](std::uint32_t instance) {
    const std::string path = "/v1/{p}/cloudservers/" + instance_text(cloud, sim::InstanceId{instance});
    const auto shown = body_of(client.as_project("GET", path)).at("server").at("tags");
    const auto alone = body_of(client.as_project("GET", path + "/tags")).at("tags");
    CHECK(shown.as_array().size() == alone.as_array().size());
    return boost::json::serialize(shown) + boost::json::serialize(alone);
  };
  CHECK(
      tag(R"({"action": "create", "tags": [{"key": "env", "value": "prod"}, {"key": "owner", "value": ""}]})") ==
      204);
  CHECK(client.as_project("PUT", "/scaling_group/" + group, R"({"desire_instance_number": 2})").status ==
        200);
  client.wait(10 * kBootSeconds);
  CHECK(tag(R"({"action": "create", "tags": [{"key": "env", "value": "test"}]})") == 204);
  CHECK(client.as_project("PUT", "/scaling_group/" + group, R"({"desire_instance_number": 3})").status ==
        200);
  client.wait(10 * kBootSeconds);

  const std::string first_tags =
      R"(["env=prod","owner="][{"key":"env","value":"prod"},{"key":"owner","value":""}])";
  CHECK(tags(0) == "[][]");
  CHECK(tags(1) == first_tags);
  CHECK(tags(2) == R"(["env=test","owner="][{"key":"env","value":"test"},{"key":"owner","value":""}])");

  // Let go by the group, and without it.
  const std::string second = instance_text(cloud, sim::InstanceId{1});
  CHECK(client.as_project("DELETE", "/scaling_group_instance/" + second).status == 204);
  client.wait(kBootSeconds);
  CHECK(client.as_project("DELETE", fmt::format("/scaling_group/{}?force_delete=yes", group)).status == 204);
  client.wait(kBootSeconds);
  CHECK(tags(1) == first_tags);
  CHECK(client.as_project("GET", "/v1/{p}/cloudservers/nobody/tags").status == 404);
}

TEST_CASE(
    "a configuration's security groups go before its group's, and these before the default one (API "
    "reference, "
    "creating an AS group)",
    "[servers]") {
  struct Row {
    const char *configuration, *group, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"([{"id": "second-security-group"}])", R"([{"id": "security-group"}])", "security-group-2"},
      {"null", R"([{"id": "second-security-group"}])", "security-group-2"},
      {"null", "null", "default"},
      {"[]", "[]", "default"},
  }));
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const Response configuration = client.as_project(
      "POST", "/scaling_configuration",
      fmt::format(R"({{"scaling_configuration_name": "c", "instance_config": {{"flavorRef": "s3.medium",
          "imageRef": "debian", "key_name": "key", "security_groups": {},
          "disk": [{{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}}]}}}})",
                  row.configuration));
  const Response made = client.as_project(
      "POST", "/scaling_group",
      minimal_group(fmt::format(R"("scaling_configuration_id": "{}", "security_groups": {},
                                    "desire_instance_number": 1, "max_instance_number": 1)",
                                text_at(configuration, "scaling_configuration_id"), row.group)));
  const std::string group = text_at(made, "scaling_group_id");
  const std::string path = fmt::format("/scaling_group/{}/action", group);
  CHECK(client.as_project("POST", path, R"({"action": "resume"})").status == 204);
  client.wait(2 * kBootSeconds);
  CHECK(members(client, group) == std::vector<std::string>{"INSERVICE NORMAL"});
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  const auto names = [&] {
    const auto shown = server(client, id).at("security_groups");
    REQUIRE(shown.as_array().size() == 1);
    return std::string{at(shown, "0/name").as_string()};
  };
  CHECK(names() == row.expected);
  const auto in_ecs = body_of(client.as_project("GET", "/v1/{p}/cloudservers/" + id));
  const auto port = body_of(client.as_project("GET", "/v2.0/ports?device_id=" + id));
  CHECK(at(port, "ports/0/security_groups/0") == at(in_ecs, "server/security_groups/0/id"));
  CHECK(at(body_of(client.as_project("GET", "/v1/{p}/cloudservers/" + id)),
           "server/security_groups/0/name") == row.expected);
  CHECK(client.as_project("DELETE", "/scaling_group_instance/" + id).status == 204);
  client.wait(kBootSeconds);
  CHECK(names() == row.expected);
}

TEST_CASE("all services tell the same of a server's port and of its EIP (our decision)", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  const auto configuration = support::create_configuration(cloud, {.eip_mbit = 5});
  support::grown_group(cloud, {.configuration = configuration, .desire = 1, .max = 5, .cool_down = {}});
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  const auto nova = server(client, id);
  const auto ecs = body_of(client.as_project("GET", "/v1/{p}/cloudservers/" + id));
  const auto port = body_of(client.as_project("GET", "/v2.0/ports?device_id=" + id));
  const auto interface =
      body_of(client.as_project("GET", fmt::format("/v2.1/{{p}}/servers/{}/os-interface", id)));
  const auto eip = body_of(client.as_project("GET", "/v1/{p}/publicips"));
  const auto mac = at(port, "ports/0/mac_address");
  for (const char* place : {"0", "1"}) {
    CHECK(at(nova, fmt::format("addresses/vpc/{}/OS-EXT-IPS-MAC:mac_addr", place)) == mac);
    CHECK(at(ecs, fmt::format("server/addresses/vpc/{}/OS-EXT-IPS-MAC:mac_addr", place)) == mac);
    CHECK(at(ecs, fmt::format("server/addresses/vpc/{}/OS-EXT-IPS:port_id", place)) ==
          at(port, "ports/0/id"));
  }
  CHECK(at(interface, "interfaceAttachments/0/mac_addr") == mac);
  CHECK(at(nova, "addresses/vpc/1/OS-EXT-IPS:type") == "floating");
  CHECK(at(nova, "addresses/vpc/1/addr") == at(eip, "publicips/0/public_ip_address"));
  CHECK(at(ecs, "server/addresses/vpc/1/addr") == at(eip, "publicips/0/public_ip_address"));
  CHECK(at(ecs, "server/addresses/vpc/1/version") == "4");
}

TEST_CASE("the ECS service makes servers by jobs that run as long as they boot", "[servers]") {
  WorldClient client;
  const Response asked = client.as_project(
      "POST", "/v1/{p}/cloudservers",
      R"({"server": {"name": "ecs", "flavorRef": "s3.medium", "imageRef": "debian", "vpcid": "vpc", "count": 2,
          "nics": [{"subnet_id": "subnet"}], "root_volume": {"volumetype": "SATA", "size": 40},
          "security_groups": [{"id": "security-group"}], "availability_zone": "eu-de-01"}})");
  CHECK(job_status(client, asked) == "RUNNING");
  client.wait(kBootSeconds);
  CHECK(job_status(client, asked) == "SUCCESS");
  const std::string job{at(json_of(asked), "job_id").as_string()};
  const auto shown = body_of(client.as_project("GET", "/v1/{p}/jobs/" + job));
  REQUIRE(at(shown, "entities/sub_jobs").as_array().size() == 2);
  CHECK(at(shown, "begin_time") == "2026-03-01T00:00:00Z");
  CHECK(at(shown, "end_time") == "2026-03-01T00:01:40Z");
  CHECK(at(shown, "entities/sub_jobs/1/end_time") == "2026-03-01T00:01:40Z");
  const std::string id{at(shown, "entities/sub_jobs/0/entities/server_id").as_string()};
  CHECK(at(body_of(client.as_project("GET", "/v1/{p}/cloudservers/" + id)), "server/name") == "ecs-0001");

  const std::string both =
      fmt::format(R"([{{"id": "{}"}}, {{"id": "{}"}}])", id,
                  std::string_view{at(shown, "entities/sub_jobs/1/entities/server_id").as_string()});
  const auto action = [&](const std::string& body) {
    return job_status(client, client.as_project("POST", "/v1/{p}/cloudservers/action", body));
  };
  CHECK(action(fmt::format(R"({{"os-stop": {{"type": "SOFT", "servers": {}}}}})", both)) == "SUCCESS");
  CHECK(status_of(client, id) == "SHUTOFF");
  CHECK(action(fmt::format(R"({{"os-stop": {{"servers": {}}}}})", both)) == "FAIL");
  CHECK(action(fmt::format(R"({{"os-start": {{"servers": {}}}}})", both)) == "SUCCESS");
  CHECK(action(fmt::format(R"({{"reboot": {{"type": "HARD", "servers": {}}}}})", both)) == "SUCCESS");
  CHECK(job_status(client, client.as_project("POST", "/v1/{p}/cloudservers/delete",
                                             fmt::format(R"({{"servers": {}}})", both))) == "SUCCESS");
  CHECK(status_of(client, id) == "gone");
  CHECK(client.as_project("GET", "/v1/{p}/jobs/nobody").status == 404);
}

TEST_CASE("what the ECS service can't read is 400 and names the field", "[servers]") {
  struct Row {
    const char *path, *body, *message;
  };
  const auto row = GENERATE(values<Row>({
      {"/v1/{p}/cloudservers",
       R"({"server": {"name": "n", "flavorRef": "s3.medium", "imageRef": "debian", "vpcid": "vpc"}})",
       "server.nics is missing"},
      {"/v1/{p}/cloudservers",
       R"({"server": {"name": "n", "flavorRef": "s3.medium", "imageRef": "debian", "vpcid": "other-vpc",
           "nics": [{"subnet_id": "subnet"}]}})",
       R"(server.vpcid "other-vpc": expected the VPC of the subnets)"},
      {"/v1/{p}/cloudservers/action", R"({"os-stop": {"servers": [{"id": "x"}]}})",
       R"(os-stop.servers[0].id "x": expected a server that exists)"},
      {"/v1/{p}/cloudservers/action", R"({"os-stop": 7})", "os-stop 7: expected an object"},
      {"/v1/{p}/cloudservers/action", "{}", "action: expected one of os-start, os-stop, reboot"},
      {"/v1/{p}/cloudservers/delete", "{}", "servers is missing"},
  }));
  CAPTURE(row.body);
  WorldClient client;
  const Response response = client.as_project("POST", row.path, row.body);
  CHECK(response.status == 400);
  CHECK_THAT(std::string{at(json_of(response), "error/message").as_string()}, Catch::Contains(row.message));
}

TEST_CASE("a server finds no room where its flavor is sold out, and its job fails", "[servers]") {
  WorldClient client;
  sim::Cloud& cloud = cloud_of(client);
  cloud.add_fault({.kind = sim::FaultKind::SoldOut, .from = cloud.now(), .until = sim::kNever});
  const std::string id = make_server(client);
  client.wait(kBootSeconds);
  CHECK(status_of(client, id) == "ERROR");
}

TEST_CASE("a key pair is made with a key of its own, or of a public key that is given", "[servers]") {
  WorldClient client;
  const Response made = client.as_project("POST", "/v2.1/{p}/os-keypairs", R"({"keypair": {"name": "new"}})");
  CHECK(made.status == 200);
  const auto pair = json_of(made).at("keypair");
  CHECK(pair.at("public_key").as_string().starts_with("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ"));
  CHECK(pair.at("private_key").as_string().starts_with("-----BEGIN RSA PRIVATE KEY-----\nMII"));
  CHECK(pair.at("fingerprint").as_string().size() == 47);
  const auto shown = body_of(client.as_project("GET", "/v2.1/{p}/os-keypairs/new")).at("keypair");
  CHECK(shown.at("public_key") == pair.at("public_key"));
  CHECK_FALSE(shown.as_object().contains("private_key"));
  CHECK(client.as_project("POST", "/v2.1/{p}/os-keypairs", R"({"keypair": {"name": "new"}})").status == 409);
  // A configuration can name it.
  const Response configuration = client.as_project(
      "POST", "/scaling_configuration",
      R"({"scaling_configuration_name": "c", "instance_config": {"flavorRef": "s3.medium", "imageRef": "debian",
          "key_name": "new", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}})");
  CHECK(configuration.status == 200);
  CHECK(client.as_project("DELETE", "/v2.1/{p}/os-keypairs/new").status == 202);
  CHECK(client.as_project("DELETE", "/v2.1/{p}/os-keypairs/new").status == 404);
  CHECK(client.as_project("GET", "/v2.1/{p}/os-keypairs/new").status == 404);

  const auto imported =
      json_of(client.as_project("POST", "/v2.1/{p}/os-keypairs",
                                R"({"keypair": {"name": "new", "public_key": "ssh-rsa AAAA me@here"}})"));
  CHECK(at(imported, "keypair/public_key") == "ssh-rsa AAAA me@here");
  CHECK_FALSE(imported.at("keypair").as_object().contains("private_key"));
  CHECK(client.as_project("POST", "/v2.1/{p}/os-keypairs", R"({"keypair": {"name": "a/b"}})").status == 400);
  CHECK(client.as_project("POST", "/v2.1/{p}/os-keypairs", R"({"keypair": {"name": "c", "public_key": "x"}})")
            .status == 400);
}

}  // namespace tidepool::api
