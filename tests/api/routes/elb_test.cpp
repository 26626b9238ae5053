// Load balancers, v2 and v3: the same things under two roots.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>

#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

struct Version {
  std::string root, subnet_key, member_subnet_key, message;
};

const Version kV2{"/v2.0/lbaas", "vip_subnet_id", "subnet_id", "NeutronError/message"};
const Version kV3{"/v3/{p}/elb", "vip_subnet_cidr_id", "subnet_cidr_id", "error_msg"};

std::string neutron_subnet(WorldClient& client) {
  const auto subnet = body_of(client.as_project("GET", "/v1/{p}/subnets/subnet"));
  return std::string{at(subnet, "subnet/neutron_subnet_id").as_string()};
}

std::string id_of(const Response& response, const std::string& wrapper) {
  INFO(response.body);
  REQUIRE(response.status == 201);
  return std::string{at(json_of(response), wrapper + "/id").as_string()};
}

// A balancer with a listener and its pool.
struct Made {
  std::string balancer, listener, pool;
};

Made make_all(WorldClient& client, const Version& version) {
  Made made;
  made.balancer = id_of(client.as_project("POST", version.root + "/loadbalancers",
                                          fmt::format(R"({{"loadbalancer": {{"name": "lb", "{}": "{}"}}}})",
                                                      version.subnet_key, neutron_subnet(client))),
                        "loadbalancer");
  made.listener = id_of(
      client.as_project("POST", version.root + "/listeners",
                        fmt::format(R"({{"listener": {{"name": "l", "protocol": "HTTP", "protocol_port": 8080,
                        "loadbalancer_id": "{}"}}}})",
                                    made.balancer)),
      "listener");
  made.pool = id_of(client.as_project("POST", version.root + "/pools",
                                      fmt::format(R"({{"pool": {{"name": "p", "protocol": "HTTP",
                                      "lb_algorithm": "ROUND_ROBIN", "listener_id": "{}"}}}})",
                                                  made.listener)),
                    "pool");
  return made;
}

std::vector<std::string> statuses(WorldClient& client, const Version& version, const std::string& pool) {
  return column(client.as_project("GET", fmt::format("{}/pools/{}/members", version.root, pool)), "members",
                "operating_status");
}

}  // namespace

TEST_CASE("balancer, listener and pool are made, know one another, and are deleted from below", "[elb]") {
  const auto version = GENERATE(values<Version>({kV2, kV3}));
  CAPTURE(version.root);
  WorldClient client;
  const Made made = make_all(client, version);
  const auto get = [&](const std::string& path) { return client.as_project("GET", version.root + path); };
  const auto balancer = body_of(get("/loadbalancers/" + made.balancer)).at("loadbalancer");
  CHECK(balancer.at("provisioning_status") == "ACTIVE");
  CHECK(balancer.at(version.subnet_key) == as_json(neutron_subnet(client)));
  CHECK(at(balancer, "listeners/0/id") == as_json(made.listener));
  CHECK(at(balancer, "pools/0/id") == as_json(made.pool));
  const auto listener = body_of(get("/listeners/" + made.listener)).at("listener");
  CHECK(at(listener, "loadbalancers/0/id") == as_json(made.balancer));
  CHECK(listener.at("default_pool_id") == as_json(made.pool));
  CHECK(listener.at("protocol_port") == 8080);
  const auto pool = body_of(get("/pools/" + made.pool)).at("pool");
  CHECK(at(pool, "loadbalancers/0/id") == as_json(made.balancer));
  CHECK(at(pool, "listeners/0/id") == as_json(made.listener));

  const auto del = [&](const std::string& path) {
    return client.as_project("DELETE", version.root + path).status;
  };
  CHECK(del("/loadbalancers/" + made.balancer) == 409);
  CHECK(del("/listeners/" + made.listener) == 409);
  CHECK(del("/pools/" + made.pool) == 204);
  CHECK(del("/listeners/" + made.listener) == 204);
  CHECK(del("/loadbalancers/" + made.balancer) == 204);
  CHECK(get("/loadbalancers/" + made.balancer).status == 404);
  CHECK(get("/listeners/" + made.listener).status == 404);
  CHECK(get("/pools/" + made.pool).status == 404);
}

TEST_CASE("what one version of the service makes the other one shows", "[elb]") {
  WorldClient client;
  const Made made = make_all(client, kV2);
  CHECK(at(body_of(client.as_project("GET", "/v3/{p}/elb/listeners/" + made.listener)), "listener/name") ==
        "l");
  CHECK(at(body_of(client.as_project("GET", "/v3/{p}/elb/pools/" + made.pool)), "pool/ip_version") == "v4");
  CHECK(body_of(client.as_project("GET", fmt::format("/v2.0/{{p}}/listeners/{}/tags", made.listener)))
            .at("tags")
            .as_array()
            .empty());
}

TEST_CASE("names and switches can be changed, what is wrong is 400 and names the field", "[elb]") {
  const auto version = GENERATE(values<Version>({kV2, kV3}));
  WorldClient client;
  const Made made = make_all(client, version);
  const Response changed = client.as_project("PUT", version.root + "/listeners/" + made.listener,
                                             R"({"listener": {"name": "new", "admin_state_up": false}})");
  CHECK(changed.status == 200);
  CHECK(at(json_of(changed), "listener/name") == "new");
  CHECK(at(json_of(changed), "listener/admin_state_up") == false);
  CHECK(client
            .as_project("PUT", version.root + "/pools/" + made.pool,
                        R"({"pool": {"lb_algorithm": "LEAST_CONNECTIONS"}})")
            .status == 200);

  struct Row {
    const char *path, *body, *message;
  };
  const std::vector<Row> rows{
      {"/loadbalancers", R"({"loadbalancer": {"name": "x"}})", "is missing"},
      {"/listeners", R"({"listener": {"protocol": "HTTP", "protocol_port": 1, "loadbalancer_id": "x"}})",
       R"(listener.loadbalancer_id "x": expected a load balancer that exists)"},
      {"/listeners", R"({"listener": {"protocol": "HTTP", "protocol_port": 0, "loadbalancer_id": "{lb}"}})",
       "protocol_port 0: expected 1 to 65535"},
      {"/pools", R"({"pool": {"protocol": "HTTP", "lb_algorithm": "DICE", "loadbalancer_id": "{lb}"}})",
       R"(pool.lb_algorithm "DICE")"},
      {"/pools/{pool}/members", R"({"member": {"address": "nowhere", "protocol_port": 80}})",
       R"(address "nowhere": expected an IPv4 address)"},
      {"/pools/{pool}/members", R"({"member": {"address": "10.0.0.9", "protocol_port": 80, "weight": 101}})",
       "weight 101: expected 0 to 100"},
  };
  for (const Row& row : rows) {
    const auto filled = [&](std::string text) {
      for (const auto& [mark, id] :
           {std::pair<std::string, std::string>{"{lb}", made.balancer}, {"{pool}", made.pool}})
        if (const auto place = text.find(mark); place != std::string::npos)
          text.replace(place, mark.size(), id);
      return text;
    };
    CAPTURE(row.body);
    const Response response = client.as_project("POST", version.root + filled(row.path), filled(row.body));
    CHECK(response.status == 400);
    CHECK_THAT(std::string{at(json_of(response), version.message).as_string()}, Catch::Contains(row.message));
  }
}

TEST_CASE("a member is ONLINE as long as the server behind its address runs", "[elb]") {
  const auto version = GENERATE(values<Version>({kV2, kV3}));
  WorldClient client;
  const Made made = make_all(client, version);
  const auto server = body_of(client.as_project("GET", "/v2.1/{p}/servers/server-0-0")).at("server");
  const std::string address{at(server, "addresses/vpc/0/addr").as_string()};
  const Response added =
      client.as_project("POST", fmt::format("{}/pools/{}/members", version.root, made.pool),
                        fmt::format(R"({{"member": {{"address": "{}", "protocol_port": 80, "{}": "{}"}}}})",
                                    address, version.member_subnet_key, neutron_subnet(client)));
  const std::string member = id_of(added, "member");
  CHECK(at(json_of(added), "member/operating_status") == "ONLINE");
  client.as_project("POST", "/v2.1/{p}/servers/server-0-0/action", R"({"os-stop": null})");
  CHECK(statuses(client, version, made.pool) == std::vector<std::string>{"OFFLINE"});
  client.as_project("POST", "/v2.1/{p}/servers/server-0-0/action", R"({"os-start": null})");
  CHECK(statuses(client, version, made.pool) == std::vector<std::string>{"ONLINE"});
  const std::string path = fmt::format("{}/pools/{}/members/{}", version.root, made.pool, member);
  CHECK(at(json_of(client.as_project("PUT", path, R"({"member": {"weight": 7}})")), "member/weight") == 7);
  CHECK(client.as_project("DELETE", version.root + "/pools/" + made.pool).status == 409);
  CHECK(client.as_project("DELETE", path).status == 204);
  CHECK(client.as_project("GET", path).status == 404);
}

TEST_CASE("the members of a group are backends of its pool and as healthy as they are", "[elb]") {
  WorldClient client;
  const Made made = make_all(client, kV2);
  const std::string configuration =
      text_at(client.as_project("POST", "/scaling_configuration", minimal_configuration()),
              "scaling_configuration_id");
  const std::string group = text_at(
      client.as_project(
          "POST", "/scaling_group",
          minimal_group(fmt::format(
              R"("scaling_configuration_id": "{}", "max_instance_number": 2, "desire_instance_number": 2,
                            "lbaas_listeners": [{{"pool_id": "{}", "protocol_port": 8080, "weight": 3}}])",
              configuration, made.pool))),
      "scaling_group_id");
  client.as_project("POST", fmt::format("/scaling_group/{}/action", group), R"({"action": "resume"})");
  client.wait(120);
  const auto members =
      body_of(client.as_project("GET", fmt::format("/v2.0/lbaas/pools/{}/members", made.pool)))
          .at("members")
          .as_array();
  REQUIRE(members.size() == 2);
  CHECK(members[0].at("protocol_port") == 8080);
  CHECK(members[0].at("weight") == 3);
  CHECK(members[0].at("operating_status") == "ONLINE");
  CHECK(members[0].at("address") != members[1].at("address"));
  const std::string instance{members[0].at("name").as_string()};
  client.as_project("POST", fmt::format("/v2.1/{{p}}/servers/{}/action", instance), R"({"os-stop": null})");
  CHECK(statuses(client, kV2, made.pool) == std::vector<std::string>{"OFFLINE", "ONLINE"});
  CHECK(at(body_of(client.as_project("GET", "/v2.0/lbaas/pools/" + made.pool)), "pool/members")
            .as_array()
            .size() == 2);
  const Response refused = client.as_project("DELETE", "/v2.0/lbaas/pools/" + made.pool);
  CHECK(refused.status == 409);
  CHECK_THAT(std::string{at(json_of(refused), "NeutronError/message").as_string()},
             Catch::Contains("in use by an AS group"));
}

TEST_CASE("a listener that was made here is one that a group can have", "[elb]") {
  WorldClient client;
  const Made made = make_all(client, kV3);
  CHECK(client.as_project("DELETE", "/v3/{p}/elb/pools/" + made.pool).status == 204);
  const Response group = client.as_project(
      "POST", "/scaling_group", minimal_group(fmt::format(R"("lb_listener_id": "{}")", made.listener)));
  CHECK(group.status == 200);
  CHECK(client.as_project("DELETE", "/v3/{p}/elb/listeners/" + made.listener).status == 409);
  CHECK(client.as_project("DELETE", "/scaling_group/" + text_at(group, "scaling_group_id")).status == 204);
  CHECK(client.as_project("DELETE", "/v3/{p}/elb/listeners/" + made.listener).status == 204);
}

TEST_CASE("a pool that the region declares has a load balancer to ask for", "[elb]") {
  WorldClient client;
  const auto pool = body_of(client.as_project("GET", "/v2.0/lbaas/pools/pool"));
  const std::string balancer{at(pool, "pool/loadbalancers/0/id").as_string()};
  CHECK(client.as_project("GET", "/v2.0/lbaas/loadbalancers/" + balancer).status == 200);
}

TEST_CASE("a health monitor is kept and shown, and holds its pool", "[elb]") {
  const auto version = GENERATE(values<Version>({kV2, kV3}));
  WorldClient client;
  const Made made = make_all(client, version);
  const std::string monitor = id_of(
      client.as_project("POST", version.root + "/healthmonitors",
                        fmt::format(R"({{"healthmonitor": {{"pool_id": "{}", "type": "HTTP", "delay": 10,
                        "timeout": 5, "max_retries": 3}}}})",
                                    made.pool)),
      "healthmonitor");
  CHECK(at(body_of(client.as_project("GET", version.root + "/healthmonitors/" + monitor)),
           "healthmonitor/delay") == 10);
  CHECK(client.as_project("DELETE", version.root + "/pools/" + made.pool).status == 409);
  CHECK(client.as_project("DELETE", version.root + "/healthmonitors/" + monitor).status == 204);
  CHECK(client.as_project("DELETE", version.root + "/pools/" + made.pool).status == 204);
}

}  // namespace tidepool::api
