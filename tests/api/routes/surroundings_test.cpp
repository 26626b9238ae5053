// The calls to other services that clients make around those to Auto Scaling.
#include "api/routes/surroundings.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>

#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {

TEST_CASE("the things of the region are found in the forms of the services that own them", "[surroundings]") {
  struct Row {
    const char *path, *list, *first_id;
    std::size_t count;
    std::vector<std::string> members;
  };
  const std::vector<Row> rows{
      {"/v2.1/{p}/os-security-groups",
       "security_groups",
       "security-group",
       2,
       {"name", "description", "rules", "tenant_id"}},
      {"/v2.1/{p}/flavors", "flavors", "s3.medium", 4, {"name", "vcpus", "ram", "disk"}},
      {"/v2.1/{p}/flavors/detail", "flavors", "s3.medium", 4, {"name", "vcpus", "ram", "disk"}},
      {"/v2.1/{p}/images/detail",
       "images",
       "debian",
       1,
       {"name", "status", "minDisk", "minRam", "metadata", "links"}},
      {"/v2.1/{p}/servers/detail",
       "servers",
       "server-0-0",
       14,
       {"name", "status", "OS-EXT-AZ:availability_zone", "flavor"}},
      {"/v2.0/security-groups",
       "security_groups",
       "security-group",
       2,
       {"name", "tenant_id", "security_group_rules"}},
      {"/v2.0/networks", "networks", "subnet", 4, {"name", "subnets"}},
      {"/v2.0/routers", "routers", "vpc", 2, {"name", "external_gateway_info"}},
      {"/v1/{p}/vpcs", "vpcs", "vpc", 2, {"name", "cidr", "status", "routes"}},
      {"/v1/{p}/subnets",
       "subnets",
       "subnet",
       3,
       {"name", "description", "cidr", "dnsList", "status", "gateway_ip", "dhcp_enable", "ipv6_enable",
        "primary_dns", "secondary_dns", "availability_zone", "vpc_id", "neutron_subnet_id",
        "neutron_network_id"}},
  };
  WorldClient client;
  for (const Row& row : rows) {
    CAPTURE(row.path);
    const auto list = body_of(client.as_project("GET", row.path)).at(row.list).as_array();
    REQUIRE(list.size() == row.count);
    CHECK(list[0].at("id") == row.first_id);
    for (const std::string& each : row.members) {
      CAPTURE(each);
      CHECK(list[0].as_object().contains(each));
    }
    std::string one = row.path;
    if (one.ends_with("/detail")) one.resize(one.size() - 7);
    const auto single = body_of(client.as_project("GET", fmt::format("{}/{}", one, row.first_id)));
    REQUIRE(single.as_object().size() == 1);
    CHECK(single.as_object().begin()->value() == list[0]);
    CHECK(client.as_project("GET", one + "/nobody").status == 404);
  }
}

TEST_CASE("exactly one security group is called default, in both forms", "[surroundings]") {
  WorldClient client;
  CHECK(body_of(client.as_project("GET", "/v2.0/security-groups?name=default"))
            .at("security_groups")
            .as_array()
            .size() == 1);
  CHECK(at(body_of(client.as_project("GET", "/v2.1/{p}/os-security-groups")), "security_groups/0/name") ==
        "default");
  CHECK(client.as_project("GET", "/v2.0/security-groups/default").status == 404);
}

TEST_CASE("key pairs go by their names, each in a wrapper when listed", "[surroundings]") {
  WorldClient client;
  CHECK(at(body_of(client.as_project("GET", "/v2.1/{p}/os-keypairs")), "keypairs/0/keypair/name") == "key");
  CHECK(at(body_of(client.as_project("GET", "/v2.1/{p}/os-keypairs/key")), "keypair/name") == "key");
}

TEST_CASE("a subnet's id is that of its network, and its VPC's that of its router", "[surroundings]") {
  WorldClient client;
  const auto subnet = body_of(client.as_project("GET", "/v1/{p}/subnets/subnet")).at("subnet");
  CHECK(subnet.at("neutron_network_id") == subnet.at("id"));
  const std::string neutron{subnet.at("neutron_subnet_id").as_string()};
  CHECK(at(body_of(client.as_project("GET", "/v2.0/subnets/" + neutron)), "subnet/network_id") == "subnet");
  CHECK(client.as_project("GET", "/v2.0/networks/subnet").status == 200);
  CHECK(client.as_project("GET", "/v2.0/routers/vpc").status == 200);
}

TEST_CASE("images are found under the name that clients' tests ask for", "[surroundings]") {
  WorldClient client;
  const auto found = body_of(client.as_project(
      "GET", "/image/v2/cloudimages?name=Standard_Debian_11_latest&status=active&sort_dir=asc&x={p}"));
  REQUIRE(found.at("images").as_array().size() == 1);
  CHECK(at(found, "images/0/id") == "debian");
  CHECK(at(found, "images/0/created_at") == "2026-03-01T00:00:00Z");
  CHECK(at(found, "images/0/__os_type") == "Linux");
}

TEST_CASE("servers that the service made are among the servers", "[surroundings]") {
  WorldClient client;
  client.as_project("GET", "/scaling_group");
  sim::Cloud& cloud = client.world.find(client.project_id())->cloud;
  support::grown_group(cloud, {.desire = 1, .cool_down = {}});
  const std::string id = instance_text(cloud, sim::InstanceId{0});
  const auto server = body_of(client.as_project("GET", "/v2.1/{p}/servers/" + id)).at("server");
  CHECK(server.at("status") == "ACTIVE");
  CHECK(server.at("OS-EXT-AZ:availability_zone") == "eu-de-01");
  CHECK(server.at("name") == as_json(instance_name(cloud, sim::InstanceId{0})));
}

TEST_CASE("a list goes on after the marker, up to the limit", "[surroundings]") {
  WorldClient client;
  CHECK(column(client.as_project("GET", "/v2.1/{p}/flavors?limit=2&marker=s3.medium"), "flavors", "id") ==
        std::vector<std::string>{"s3.large", "p2.gpu"});
  CHECK(column(client.as_project("GET", "/v2.1/{p}/flavors?marker=s3.small"), "flavors", "id").empty());
}

TEST_CASE("these services want the project's token too", "[surroundings]") {
  WorldClient client;
  CHECK(ending(client.send("GET", "/v2.0/networks")) == "401 Unauthorized");
  const std::string path = fmt::format("/v1/{}/vpcs", client.project_id());
  CHECK(ending(client.send("GET", path, {}, {{"X-Auth-Token", client.log_in("eu-de_other")}})) ==
        "401 Unauthorized");
  CHECK(outcome(client.as_project("GET", "/v1/{p}/nothing")) == "404 AS.0007");
}

TEST_CASE("each service says no in its own form, and names what it was asked for", "[surroundings]") {
  struct Row {
    const char *method, *path, *pointer;
    int status;
  };
  const auto row = GENERATE(values<Row>({
      {"GET", "/v2.1/{p}/flavors/nobody", "itemNotFound/message", 404},
      {"GET", "/v2.0/networks/nobody", "NeutronError/message", 404},
      {"GET", "/v2.0/lbaas/pools/nobody", "NeutronError/message", 404},
      {"GET", "/v1/{p}/vpcs/nobody", "message", 404},
      {"GET", "/v1/{p}/publicips/nobody", "message", 404},
      {"GET", "/v1/{p}/cloudservers/nobody", "error/message", 404},
      {"GET", "/v3/{p}/elb/pools/nobody", "error_msg", 404},
      {"GET", "/v2/{p}/notifications/topics/nobody", "message", 404},
      {"GET", "/image/v2/images/nobody?x={p}", "error/message", 404},
  }));
  CAPTURE(row.path);
  WorldClient client;
  const Response response = client.as_project(row.method, row.path);
  CHECK(response.status == row.status);
  CHECK_THAT(std::string{at(json_of(response), row.pointer).as_string()},
             Catch::Contains(R"("nobody": expected one that exists)"));
}

TEST_CASE("a method that a path does not have is 405 and the message says which it has", "[surroundings]") {
  WorldClient client;
  const Response response = client.as_project("PATCH", "/v1/{p}/vpcs");
  CHECK(response.status == 405);
  CHECK(at(json_of(response), "message") == R"(method "PATCH": expected POST or GET)");
  CHECK(header_of(response, "Allow") == "POST, GET, HEAD");
  CHECK(header_of(client.send("PUT", "/v2.1"), "Allow") == "GET, HEAD");
  CHECK(header_of(client.send("PUT", "/v3/auth/catalog", {}, {{"X-Auth-Token", client.log_in()}}), "Allow") ==
        "GET, HEAD");
  CHECK(header_of(client.as_project("PUT", "/V1.0/{p}/alarms"), "Allow") == "POST, GET, HEAD");
  CHECK(header_of(client.testbed("PUT", "/health"), "Allow") == "GET, HEAD");
}

TEST_CASE("a list is narrowed by any member of its rows, and other parameters do nothing", "[surroundings]") {
  WorldClient client;
  const auto ids = [&](const std::string& query) {
    return column(client.as_project("GET", "/v1/{p}/subnets" + query), "subnets", "id");
  };
  CHECK(ids("?vpc_id=other-vpc") == std::vector<std::string>{"other-subnet"});
  CHECK(ids("?dhcp_enable=false").empty());
  CHECK(ids("?name=subnet-2&unknown=1&project_id=x") == std::vector<std::string>{"second-subnet"});
}

}  // namespace tidepool::api
