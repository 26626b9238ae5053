// VPCs, subnets, networks, routers and security groups: one store that the VPC service and Neutron both change.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>

#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

// The id in {"vpc": {"id": "..."}}, of a success.
std::string id_in(const Response& response, const std::string& wrapper) {
  INFO(response.body);
  REQUIRE(response.status < 300);
  return std::string{at(json_of(response), wrapper + "/id").as_string()};
}

std::string make_vpc(WorldClient& client, std::string_view cidr = "192.168.0.0/16") {
  return id_in(client.as_project("POST", "/v1/{p}/vpcs",
                                 fmt::format(R"({{"vpc": {{"name": "mine", "cidr": "{}"}}}})", cidr)),
               "vpc");
}

Response try_subnet(WorldClient& client, std::string_view vpc, std::string_view cidr) {
  return client.as_project(
      "POST", "/v1/{p}/subnets",
      fmt::format(R"({{"subnet": {{"name": "s", "cidr": "{}", "gateway_ip": "", "vpc_id": "{}"}}}})", cidr,
                  vpc));
}

std::string message_in(const Response& response, const char* pointer = "message") {
  return std::string{at(json_of(response), pointer).as_string()};
}

}  // namespace

TEST_CASE("a VPC is made, changed and deleted with the codes that the Go SDK wants", "[networks]") {
  WorldClient client;
  const std::string id = make_vpc(client);
  const auto shown = body_of(client.as_project("GET", "/v1/{p}/vpcs/" + id)).at("vpc");
  CHECK(shown.at("status") == "OK");
  CHECK(shown.at("cidr") == "192.168.0.0/16");
  CHECK(shown.at("routes").as_array().empty());
  const Response changed =
      client.as_project("PUT", "/v1/{p}/vpcs/" + id, R"({"vpc": {"name": "yours", "description": "d"}})");
  CHECK(changed.status == 200);
  CHECK(at(json_of(changed), "vpc/name") == "yours");
  CHECK(column(client.as_project("GET", "/v1/{p}/vpcs?name=yours"), "vpcs", "id") ==
        std::vector<std::string>{id});
  const Response deleted = client.as_project("DELETE", "/v1/{p}/vpcs/" + id);
  CHECK(deleted.status == 204);
  CHECK(deleted.body.empty());
  CHECK(client.as_project("GET", "/v1/{p}/vpcs/" + id).status == 404);
  CHECK(client.as_project("DELETE", "/v1/{p}/vpcs/" + id).status == 404);
  CHECK(column(client.as_project("GET", "/v1/{p}/vpcs"), "vpcs", "id").size() == 2);
}

TEST_CASE("v3 of the VPC service shows the same VPCs", "[networks]") {
  WorldClient client;
  const std::string id = make_vpc(client);
  const auto shown = body_of(client.as_project("GET", "/v3/{p}/vpc/vpcs/" + id)).at("vpc");
  CHECK(shown.at("status") == "ACTIVE");
  CHECK(shown.at("extend_cidrs").as_array().empty());
  CHECK(column(client.as_project("GET", "/v3/{p}/vpc/vpcs"), "vpcs", "id").size() == 3);
}

TEST_CASE("what is made has the same ids in every world of the same seed", "[networks]") {
  WorldClient one, other;
  CHECK(make_vpc(one) == make_vpc(other));
  CHECK(make_vpc(one) != make_vpc(one));
}

TEST_CASE("a wrong body of the VPC service is 400 and names the field", "[networks]") {
  struct Row {
    const char *path, *body, *message;
  };
  const auto row = GENERATE(values<Row>({
      {"/v1/{p}/vpcs", "", "the request has no body: expected a JSON object"},
      {"/v1/{p}/vpcs", "{}", "vpc is missing: expected an object"},
      {"/v1/{p}/vpcs", R"({"vpc": {"cidr": "10.0.0.1/8"}})",
       R"(cidr "10.0.0.1/8": expected a block of IPv4 addresses from /8 to /28)"},
      {"/v1/{p}/vpcs", R"({"vpc": {"name": 7}})", "vpc.name 7: expected a string"},
      {"/v1/{p}/subnets", R"({"subnet": {"name": "s", "cidr": "10.0.0.0/24", "vpc_id": "nobody"}})",
       R"(subnet.vpc_id "nobody": expected a VPC that exists)"},
      {"/v1/{p}/subnets", R"({"subnet": {"cidr": "10.0.0.0/24", "vpc_id": "vpc"}})",
       "subnet.name is missing: expected a text"},
      {"/v1/{p}/subnets", R"({"subnet": {"name": "s", "cidr": "11.0.0.0/24", "vpc_id": "vpc"}})",
       "cidr 11.0.0.0/24: expected a part of the VPC's 10.0.0.0/8"},
      {"/v1/{p}/subnets", R"({"subnet": {"name": "s", "cidr": "10.0.1.0/24", "vpc_id": "vpc"}})",
       "cidr 10.0.1.0/24: expected no overlap with 10.0.0.0/20 of subnet subnet"},
      {"/v1/{p}/subnets",
       R"({"subnet": {"name": "s", "cidr": "10.9.0.0/24", "gateway_ip": "10.8.0.1", "vpc_id": "vpc"}})",
       R"(gateway_ip "10.8.0.1": expected an address in 10.9.0.0/24)"},
  }));
  CAPTURE(row.body);
  WorldClient client;
  const Response response = client.as_project("POST", row.path, row.body);
  CHECK(response.status == 400);
  CHECK_THAT(message_in(response), Catch::Contains(row.message));
  CHECK(column(client.as_project("GET", "/v1/{p}/vpcs"), "vpcs", "id").size() == 2);
  CHECK(column(client.as_project("GET", "/v1/{p}/subnets"), "subnets", "id").size() == 3);
}

TEST_CASE("a subnet of the VPC service is a network with a subnet and an interface for Neutron",
          "[networks]") {
  WorldClient client;
  const std::string vpc = make_vpc(client);
  const Response made = try_subnet(client, vpc, "192.168.1.0/24");
  const std::string id = id_in(made, "subnet");
  const auto subnet = json_of(made).at("subnet");
  CHECK(subnet.at("neutron_network_id") == as_json(id));
  CHECK(subnet.at("gateway_ip") == "192.168.1.1");
  CHECK(subnet.at("status") == "ACTIVE");
  CHECK(at(body_of(client.as_project("GET", "/v2.0/networks/" + id)), "network/name") == "s");
  const std::string neutron{subnet.at("neutron_subnet_id").as_string()};
  CHECK(at(body_of(client.as_project("GET", "/v2.0/subnets/" + neutron)), "subnet/network_id") ==
        as_json(id));
  CHECK(column(client.as_project("GET", "/v2.0/ports?device_id=" + vpc), "ports", "network_id") ==
        std::vector<std::string>{id});

  CHECK(client.as_project("DELETE", "/v1/{p}/vpcs/" + vpc).status == 409);
  CHECK(client.as_project("DELETE", "/v2.0/networks/" + id).status == 409);
  CHECK(client.as_project("DELETE", fmt::format("/v1/{{p}}/vpcs/vpc/subnets/{}", id)).status == 404);
  CHECK(client.as_project("DELETE", fmt::format("/v1/{{p}}/vpcs/{}/subnets/{}", vpc, id)).status == 204);
  CHECK(client.as_project("GET", "/v1/{p}/subnets/" + id).status == 404);
  CHECK(client.as_project("GET", "/v2.0/networks/" + id).status == 404);
  CHECK(client.as_project("DELETE", "/v1/{p}/vpcs/" + vpc).status == 204);
}

TEST_CASE("a subnet's name, servers of names and DHCP can be changed", "[networks]") {
  WorldClient client;
  const Response changed = client.as_project(
      "PUT", "/v1/{p}/vpcs/vpc/subnets/subnet",
      R"({"subnet": {"name": "new", "dnsList": ["8.8.8.8", "1.1.1.1"], "dhcp_enable": false}})");
  CHECK(at(body_of(changed), "subnet/status") == "ACTIVE");
  const auto subnet = body_of(client.as_project("GET", "/v1/{p}/subnets/subnet")).at("subnet");
  CHECK(subnet.at("name") == "new");
  CHECK(subnet.at("secondary_dns") == "1.1.1.1");
  CHECK(subnet.at("dhcp_enable") == false);
}

TEST_CASE("network, subnet and router of Neutron are a VPC once they are joined, and gone with the router",
          "[networks]") {
  WorldClient client;
  const std::string network =
      id_in(client.as_project("POST", "/v2.0/networks", R"({"network": {"name": "net"}})"), "network");
  CHECK(client.as_project("GET", "/v1/{p}/subnets/" + network).status == 404);
  const Response made = client.as_project(
      "POST", "/v2.0/subnets",
      fmt::format(
          R"({{"subnet": {{"name": "sub", "network_id": "{}", "ip_version": 4, "cidr": "192.168.0.0/24"}}}})",
          network));
  CHECK(made.status == 201);
  const std::string subnet = id_in(made, "subnet");
  const std::string router = id_in(
      client.as_project("POST", "/v2.0/routers", R"({"router": {"name": "r", "admin_state_up": true}})"),
      "router");
  const std::string interface = fmt::format(R"({{"subnet_id": "{}"}})", subnet);
  const auto added = body_of(
      client.as_project("PUT", fmt::format("/v2.0/routers/{}/add_router_interface", router), interface));
  CHECK(added.at("id") == as_json(router));
  CHECK(added.at("subnet_id") == as_json(subnet));
  CHECK(client.as_project("PUT", fmt::format("/v2.0/routers/{}/add_router_interface", router), interface)
            .status == 409);
  CHECK(at(body_of(client.as_project("GET", "/v1/{p}/subnets/" + network)), "subnet/vpc_id") ==
        as_json(router));
  CHECK(client.as_project("GET", "/v1/{p}/vpcs/" + router).status == 200);

  CHECK(client.as_project("DELETE", "/v2.0/routers/" + router).status == 409);
  CHECK(client.as_project("DELETE", "/v2.0/subnets/" + subnet).status == 409);
  CHECK(client.as_project("PUT", fmt::format("/v2.0/routers/{}/remove_router_interface", router), interface)
            .status == 200);
  CHECK(client.as_project("PUT", fmt::format("/v2.0/routers/{}/remove_router_interface", router), interface)
            .status == 404);
  CHECK(client.as_project("DELETE", "/v2.0/routers/" + router).status == 204);
  CHECK(client.as_project("GET", "/v1/{p}/vpcs/" + router).status == 404);
  CHECK(client.as_project("DELETE", "/v2.0/subnets/" + subnet).status == 204);
  CHECK(client.as_project("DELETE", "/v2.0/networks/" + network).status == 204);
}

TEST_CASE("routers can be led out by the external network, which is always there", "[networks]") {
  WorldClient client;
  const auto found = body_of(client.as_project("GET", "/v2.0/networks?name=admin_external_net"));
  REQUIRE(found.at("networks").as_array().size() == 1);
  CHECK(at(found, "networks/0/router:external") == true);
  const std::string id{at(found, "networks/0/id").as_string()};
  CHECK(client.as_project("GET", "/v2.0/networks/" + id).status == 200);
  CHECK(column(client.as_project("GET", "/v2.0/networks?router:external=True"), "networks", "id") ==
        std::vector<std::string>{id});
  const Response made = client.as_project(
      "POST", "/v2.0/routers",
      fmt::format(R"({{"router": {{"name": "r", "external_gateway_info": {{"network_id": "{}"}}}}}})", id));
  CHECK(at(json_of(made), "router/external_gateway_info/network_id") == as_json(id));
  const Response refused = client.as_project("POST", "/v2.0/routers",
                                             R"({"router": {"external_gateway_info": {"network_id": "x"}}})");
  CHECK(refused.status == 400);
  CHECK_THAT(message_in(refused, "NeutronError/message"),
             Catch::Contains(R"(router.external_gateway_info.network_id "x")"));
}

TEST_CASE("security groups are the same in compute's form and in Neutron's", "[networks]") {
  WorldClient client;
  const Response made = client.as_project("POST", "/v2.1/{p}/os-security-groups",
                                          R"({"security_group": {"name": "web", "description": "d"}})");
  CHECK(made.status == 200);
  const std::string id = id_in(made, "security_group");
  CHECK(at(body_of(client.as_project("GET", "/v2.0/security-groups/" + id)), "security_group/name") == "web");
  CHECK(client.as_project("DELETE", "/v2.1/{p}/os-security-groups/" + id).status == 202);
  CHECK(client.as_project("GET", "/v2.1/{p}/os-security-groups/" + id).status == 404);
  CHECK(client.as_project("GET", "/v2.0/security-groups/" + id).status == 404);

  const Response neutron =
      client.as_project("POST", "/v2.0/security-groups", R"({"security_group": {"name": "db"}})");
  CHECK(neutron.status == 201);
  CHECK(client.as_project("DELETE", "/v2.0/security-groups/" + id_in(neutron, "security_group")).status ==
        204);
}

TEST_CASE("the default security group stays, and no other can be called so", "[networks]") {
  WorldClient client;
  CHECK(client.as_project("DELETE", "/v2.0/security-groups/security-group").status == 409);
  CHECK(client.as_project("POST", "/v2.0/security-groups", R"({"security_group": {"name": "default"}})")
            .status == 409);
}

TEST_CASE("rules of a security group come and go", "[networks]") {
  WorldClient client;
  const Response made = client.as_project(
      "POST", "/v2.0/security-group-rules",
      R"({"security_group_rule": {"security_group_id": "security-group", "direction": "ingress", "protocol": "tcp",
          "port_range_min": 22, "port_range_max": 22, "remote_ip_prefix": "0.0.0.0/0", "ethertype": "IPv4"}})");
  CHECK(made.status == 201);
  const std::string id = id_in(made, "security_group_rule");
  CHECK(at(body_of(client.as_project("GET", "/v2.0/security-groups/security-group")),
           "security_group/security_group_rules/0/port_range_min") == 22);
  CHECK(at(body_of(client.as_project("GET", "/v2.1/{p}/os-security-groups/security-group")),
           "security_group/rules/0/ip_range/cidr") == "0.0.0.0/0");
  CHECK(client.as_project("DELETE", "/v2.0/security-group-rules/" + id).status == 204);
  CHECK(client.as_project("GET", "/v2.0/security-group-rules/" + id).status == 404);
}

TEST_CASE("a group lives on what was made by these calls, which can't be deleted meanwhile", "[networks]") {
  WorldClient client;
  const std::string vpc = make_vpc(client);
  const std::string subnet = id_in(try_subnet(client, vpc, "192.168.1.0/24"), "subnet");
  const std::string security_group =
      id_in(client.as_project("POST", "/v2.0/security-groups", R"({"security_group": {"name": "web"}})"),
            "security_group");
  const std::string configuration =
      text_at(client.as_project("POST", "/scaling_configuration", minimal_configuration()),
              "scaling_configuration_id");
  const std::string group = text_at(
      client.as_project("POST", "/scaling_group",
                        fmt::format(R"({{"scaling_group_name": "web", "scaling_configuration_id": "{}",
                        "vpc_id": "{}", "networks": [{{"id": "{}"}}], "security_groups": [{{"id": "{}"}}]}})",
                                    configuration, vpc, subnet, security_group)),
      "scaling_group_id");

  const std::string subnet_path = fmt::format("/v1/{{p}}/vpcs/{}/subnets/{}", vpc, subnet);
  const Response refused = client.as_project("DELETE", subnet_path);
  CHECK(refused.status == 409);
  CHECK_THAT(message_in(refused), Catch::Contains("in use by the AS group web"));
  CHECK(client.as_project("DELETE", "/v2.0/security-groups/" + security_group).status == 409);

  CHECK(client.as_project("DELETE", "/scaling_group/" + group).status == 204);
  CHECK(client.as_project("DELETE", subnet_path).status == 204);
  CHECK(client.as_project("DELETE", "/v2.0/security-groups/" + security_group).status == 204);
  CHECK(client.as_project("DELETE", "/v1/{p}/vpcs/" + vpc).status == 204);
  // AS doesn't find them any more either.
  CHECK(outcome(client.as_project("POST", "/scaling_group",
                                  fmt::format(R"({{"scaling_group_name": "web", "vpc_id": "{}",
                                  "networks": [{{"id": "{}"}}]}})",
                                              vpc, subnet))) == "400 AS.2013");
}

TEST_CASE("elastic IPs are made and deleted", "[networks]") {
  WorldClient client;
  const Response made = client.as_project(
      "POST", "/v1/{p}/publicips",
      R"({"publicip": {"type": "5_bgp"}, "bandwidth": {"name": "b", "size": 10, "share_type": "PER"}})");
  CHECK(made.status == 200);
  const std::string id = id_in(made, "publicip");
  CHECK(at(json_of(made), "publicip/bandwidth_size") == 10);
  CHECK(column(client.as_project("GET", "/v1/{p}/publicips"), "publicips", "id") ==
        std::vector<std::string>{id});
  CHECK(client.as_project("DELETE", "/v1/{p}/publicips/" + id).status == 204);
  CHECK(client.as_project("GET", "/v1/{p}/publicips/" + id).status == 404);
  const Response refused =
      client.as_project("POST", "/v1/{p}/publicips", R"({"publicip": {}, "bandwidth": {"size": 0}})");
  CHECK(refused.status == 400);
  CHECK(message_in(refused) == "bandwidth.size 0: expected 1 to 1000");
}

TEST_CASE("an EIP is bound to a port and unbound by hand, and one in use stays (VPC API reference)",
          "[networks]") {
  WorldClient client;
  const auto make = [&] {
    return id_in(client.as_project("POST", "/v1/{p}/publicips", R"({"publicip": {}, "bandwidth": {}})"),
                 "publicip");
  };
  const std::string first = make(), second = make(), path = "/v1/{p}/publicips/" + first;
  const Response asked = client.as_project(
      "POST", "/v2.1/{p}/servers",
      R"({"server": {"name": "s", "flavorRef": "s3.medium", "imageRef": "debian", "networks": [{"uuid": "subnet"}]}})");
  const std::string server = id_in(asked, "server");
  const auto ports =
      body_of(client.as_project("GET", "/v2.0/ports?device_id=" + server)).at("ports").as_array();
  REQUIRE(ports.size() == 1);
  const std::string port{ports[0].at("id").as_string()};
  const auto put = [&](const std::string& ip, std::string_view port_id) {
    return client.as_project("PUT", "/v1/{p}/publicips/" + ip,
                             fmt::format(R"({{"publicip": {{"port_id": "{}"}}}})", port_id));
  };
  CHECK(put(first, "nobody").status == 400);
  const Response bound = put(first, port);
  CHECK(bound.status == 200);
  CHECK(at(json_of(bound), "publicip/status") == "ACTIVE");
  CHECK(at(json_of(bound), "publicip/port_id") == as_json(port));
  CHECK(at(json_of(bound), "publicip/private_ip_address") == at(ports[0], "fixed_ips/0/ip_address"));
  const auto address = at(json_of(bound), "publicip/public_ip_address");
  CHECK(at(body_of(client.as_project("GET", "/v2.1/{p}/servers/" + server)), "server/addresses/vpc/1/addr") ==
        address);
  CHECK(at(body_of(client.as_project("GET", "/v1/{p}/cloudservers/" + server)),
           "server/addresses/vpc/1/OS-EXT-IPS:type") == "floating");
  CHECK(put(first, port).status == 409);
  CHECK(put(second, port).status == 409);
  CHECK(client.as_project("DELETE", path).status == 409);
  CHECK(client.as_project("PUT", path, R"({"publicip": {"alias": "web"}})").status == 400);
  CHECK(put(first, "").status == 200);
  CHECK(put(first, "").status == 409);
  // As Neutron says it; what the server had goes free with the server.
  CHECK(client
            .as_project("PUT", "/v2.0/floatingips/" + second,
                        fmt::format(R"({{"floatingip": {{"port_id": "{}"}}}})", port))
            .status == 200);
  CHECK(client.as_project("DELETE", "/v2.1/{p}/servers/" + server).status == 204);
  CHECK(at(body_of(client.as_project("GET", "/v1/{p}/publicips/" + second)), "publicip/status") == "DOWN");
  CHECK(client.as_project("DELETE", "/v2.0/floatingips/" + second).status == 204);
  CHECK(client.as_project("DELETE", path).status == 204);
}

TEST_CASE("an EIP that a configuration gave can be unbound, and is then nobody's (our decision)",
          "[networks]") {
  WorldClient client;
  client.as_project("GET", "/scaling_group");
  sim::Cloud& cloud = client.world.find(client.project_id())->cloud;
  const auto configuration = support::create_configuration(cloud, {.eip_mbit = 5});
  support::grown_group(cloud, {.configuration = configuration, .desire = 1, .cool_down = {}});
  const auto ips = body_of(client.as_project("GET", "/v1/{p}/publicips")).at("publicips").as_array();
  REQUIRE(ips.size() == 1);
  const std::string path = "/v1/{p}/publicips/" + std::string{ips[0].at("id").as_string()};
  const std::string port{ips[0].at("port_id").as_string()};
  CHECK(client.as_project("PUT", path, R"({"publicip": {"port_id": ""}})").status == 200);
  CHECK(at(body_of(client.as_project("GET", path)), "publicip/status") == "DOWN");
  CHECK(client.as_project("PUT", path, fmt::format(R"({{"publicip": {{"port_id": "{}"}}}})", port)).status ==
        409);
  CHECK(client.as_project("DELETE", path).status == 204);
}

TEST_CASE("EIPs of instances are shown with their servers, and can be deleted once they are left behind",
          "[networks]") {
  WorldClient client;
  client.as_project("GET", "/scaling_group");
  sim::Cloud& cloud = client.world.find(client.project_id())->cloud;
  const auto configuration = support::create_configuration(cloud, {.eip_mbit = 5});
  support::grown_group(cloud, {.configuration = configuration, .desire = 1, .cool_down = {}});
  const std::string server = instance_text(cloud, sim::InstanceId{0});
  const auto ips = body_of(client.as_project("GET", "/v1/{p}/publicips")).at("publicips").as_array();
  REQUIRE(ips.size() == 1);
  CHECK(ips[0].at("status") == "ACTIVE");
  CHECK(ips[0].at("bandwidth_size") == 5);
  const std::string id{ips[0].at("id").as_string()};
  CHECK(at(body_of(client.as_project("GET", "/v2.0/floatingips/" + id)), "floatingip/fixed_ip_address") ==
        ips[0].at("private_ip_address"));
  CHECK(client.as_project("DELETE", "/v1/{p}/publicips/" + id).status == 409);
  CHECK(client.as_project("DELETE", "/v2.1/{p}/servers/" + server).status == 204);
  CHECK(at(body_of(client.as_project("GET", "/v1/{p}/publicips/" + id)), "publicip/status") == "DOWN");
  CHECK(client.as_project("DELETE", "/v2.0/floatingips/" + id).status == 204);
  CHECK(client.as_project("GET", "/v1/{p}/publicips/" + id).status == 404);
}

TEST_CASE("what was made is in snapshots, and a reset takes it away", "[networks]") {
  WorldClient client;
  const std::string before = make_vpc(client);
  CHECK(client.testbed("POST", "/projects/{p}/snapshots", R"({"name": "a"})").status == 201);
  const std::string after = make_vpc(client);
  CHECK(client.testbed("POST", "/projects/{p}/restore", R"({"name": "a"})").status == 200);
  CHECK(client.as_project("GET", "/v1/{p}/vpcs/" + before).status == 200);
  CHECK(client.as_project("GET", "/v1/{p}/vpcs/" + after).status == 404);
  CHECK(make_vpc(client) == after);
  CHECK(client.testbed("POST", "/projects/{p}/reset").status == 200);
  CHECK(client.as_project("GET", "/v1/{p}/vpcs/" + before).status == 404);
  CHECK(column(client.as_project("GET", "/v1/{p}/vpcs"), "vpcs", "id").size() == 2);
}

}  // namespace tidepool::api
