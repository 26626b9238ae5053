// The services around Auto Scaling under a storm of calls that mostly make sense: nothing breaks, whatever the order.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "sim/cloud/invariants.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

using Random = std::mt19937_64;

// * stands for any id that was seen; {p} for the project's.
const std::vector<std::string> kPaths{
    "/v1/{p}/vpcs",
    "/v1/{p}/vpcs/*",
    "/v1/{p}/subnets",
    "/v1/{p}/subnets/*",
    "/v1/{p}/vpcs/*/subnets/*",
    "/v1/{p}/publicips",
    "/v1/{p}/publicips/*",
    "/v1/{p}/bandwidths/*",
    "/v1/{p}/cloudservers",
    "/v1/{p}/cloudservers/*",
    "/v1/{p}/cloudservers/detail",
    "/v1/{p}/cloudservers/action",
    "/v1/{p}/cloudservers/delete",
    "/v1/{p}/jobs/*",
    "/v2.0/networks",
    "/v2.0/networks/*",
    "/v2.0/subnets",
    "/v2.0/subnets/*",
    "/v2.0/routers",
    "/v2.0/routers/*",
    "/v2.0/routers/*/add_router_interface",
    "/v2.0/routers/*/remove_router_interface",
    "/v2.0/ports",
    "/v2.0/ports/*",
    "/v2.0/security-groups",
    "/v2.0/security-groups/*",
    "/v2.0/security-group-rules",
    "/v2.0/security-group-rules/*",
    "/v2.0/floatingips",
    "/v2.0/floatingips/*",
    "/v2.1/{p}/os-security-groups",
    "/v2.1/{p}/os-security-groups/*",
    "/v2.1/{p}/os-security-group-rules",
    "/v2.1/{p}/os-security-group-rules/*",
    "/v2.1/{p}/os-keypairs",
    "/v2.1/{p}/os-keypairs/*",
    "/v2.1/{p}/servers",
    "/v2.1/{p}/servers/*",
    "/v2.1/{p}/servers/*/action",
    "/v2.1/{p}/servers/*/os-interface",
    "/v2.1/{p}/servers/*/os-security-groups",
    "/v2.0/lbaas/loadbalancers",
    "/v2.0/lbaas/loadbalancers/*",
    "/v2.0/lbaas/loadbalancers/*/statuses",
    "/v2.0/lbaas/listeners",
    "/v2.0/lbaas/listeners/*",
    "/v2.0/lbaas/pools",
    "/v2.0/lbaas/pools/*",
    "/v2.0/lbaas/pools/*/members",
    "/v2.0/lbaas/pools/*/members/*",
    "/v2.0/lbaas/healthmonitors",
    "/v2.0/lbaas/healthmonitors/*",
    "/v3/{p}/elb/loadbalancers",
    "/v3/{p}/elb/listeners",
    "/v3/{p}/elb/pools",
    "/v3/{p}/elb/pools/*",
    "/v3/{p}/elb/pools/*/members",
    "/v3/{p}/elb/pools/*/members/*",
    "/v2/{p}/notifications/topics",
    "/v2/{p}/notifications/topics/*",
    "/image/v2/images/*",
    "/autoscaling-api/v1/{p}/scaling_group",
    "/autoscaling-api/v1/{p}/scaling_group/*",
    "/autoscaling-api/v1/{p}/scaling_group/*/action",
    "/autoscaling-api/v1/{p}/scaling_group_instance/*/action",
    "/autoscaling-api/v1/{p}/scaling_configuration",
};

// What a POST or PUT to a path that ends so may hold; # is any number.
struct BodyOf {
  std::string_view ending, body;
};
const std::vector<BodyOf> kBodies{
    {"/vpcs", R"({"vpc":{"name":"v","cidr":"192.168.0.0/16"}})"},
    {"/v1/{p}/subnets",
     R"({"subnet":{"name":"s","cidr":"192.168.#.0/24","vpc_id":"*","dnsList":["1.1.1.1"]}})"},
    {"/v1/{p}/subnets", R"({"subnet":{"name":"s","cidr":"10.200.#.0/24","vpc_id":"vpc"}})"},
    {"/publicips", R"({"publicip":{"type":"5_bgp"},"bandwidth":{"size":#}})"},
    {"/cloudservers",
     R"({"server":{"name":"e","flavorRef":"s3.medium","imageRef":"debian","vpcid":"vpc","count":1,
         "nics":[{"subnet_id":"subnet"}],"security_groups":[{"id":"*"}]}})"},
    {"/cloudservers/action", R"({"os-stop":{"servers":[{"id":"*"},{"id":"*"}]}})"},
    {"/cloudservers/action", R"({"reboot":{"type":"HARD","servers":[{"id":"*"}]}})"},
    {"/cloudservers/delete", R"({"servers":[{"id":"*"},{"id":"*"}]})"},
    {"/networks", R"({"network":{"name":"n"}})"},
    {"/v2.0/subnets", R"({"subnet":{"network_id":"*","cidr":"172.16.#.0/24","ip_version":4}})"},
    {"/routers", R"({"router":{"name":"r"}})"},
    {"_router_interface", R"({"subnet_id":"*"})"},
    {"_router_interface", R"({"port_id":"*"})"},
    {"/security-groups", R"({"security_group":{"name":"g","description":"d"}})"},
    {"/os-security-groups", R"({"security_group":{"name":"g","description":"d"}})"},
    {"/security-group-rules",
     R"({"security_group_rule":{"security_group_id":"*","direction":"ingress","port_range_min":#}})"},
    {"/os-security-group-rules",
     R"({"security_group_rule":{"parent_group_id":"*","ip_protocol":"tcp","from_port":#,"to_port":#}})"},
    {"/os-keypairs", R"({"keypair":{"name":"k#"}})"},
    {"/servers",
     R"({"server":{"name":"n","flavorRef":"s3.medium","imageRef":"debian","networks":[{"uuid":"*"}],"min_count":1}})"},
    {"/servers", R"({"server":{"name":"n","flavorRef":"s3.small","imageRef":"debian","networks":"none"}})"},
    {"/action", R"({"os-stop":null})"},
    {"/action", R"({"os-start":null})"},
    {"/action", R"({"reboot":{"type":"SOFT"}})"},
    {"/action", R"({"action":"resume"})"},
    {"/action", R"({"action":"ADD","instances_id":["*"]})"},
    {"/action", R"({"action":"REMOVE","instances_id":["*"],"instance_delete":"no"})"},
    {"/loadbalancers", R"({"loadbalancer":{"vip_subnet_id":"*","vip_subnet_cidr_id":"*","name":"l"}})"},
    {"/listeners", R"({"listener":{"protocol":"TCP","protocol_port":#,"loadbalancer_id":"*"}})"},
    {"/pools", R"({"pool":{"protocol":"TCP","lb_algorithm":"ROUND_ROBIN","listener_id":"*"}})"},
    {"/pools", R"({"pool":{"protocol":"TCP","lb_algorithm":"ROUND_ROBIN","loadbalancer_id":"*"}})"},
    {"/members", R"({"member":{"address":"10.0.0.#","protocol_port":#,"weight":#}})"},
    {"/healthmonitors", R"({"healthmonitor":{"pool_id":"*","type":"TCP","delay":#}})"},
    {"/floatingips", R"({"floatingip":{"floating_network_id":"*"}})"},
    {"/topics", R"({"name":"t#","display_name":"d"})"},
    {"/scaling_configuration",
     R"({"scaling_configuration_name":"c","instance_config":{"flavorRef":"s3.medium","imageRef":"debian",
         "key_name":"key","disk":[{"size":40,"volume_type":"SATA","disk_type":"SYS"}],"security_groups":[{"id":"*"}],
         "public_ip":{"eip":{"ip_type":"5_bgp","bandwidth":{"size":5,"share_type":"PER","charging_mode":"traffic"}}}}})"},
    {"/scaling_group",
     R"({"scaling_group_name":"g","scaling_configuration_id":"*","vpc_id":"vpc","networks":[{"id":"subnet"}],
         "min_instance_number":0,"max_instance_number":20,"desire_instance_number":3,"health_periodic_audit_time":1,
         "health_periodic_audit_grace_period":0,"lbaas_listeners":[{"pool_id":"*","protocol_port":80,"weight":1}]})"},
    {"*", R"({"vpc":{"name":"n","cidr":"10.0.0.0/8"}})"},
    {"*", R"({"subnet":{"name":"n"},"network":{"name":"n"},"router":{"name":"n"},"member":{"weight":#}})"},
    {"*", R"({"listener":{"default_pool_id":"*"},"pool":{"name":"n"},"loadbalancer":{"name":"n"}})"},
    {"*", R"({"listener":{"default_pool_id":""},"security_group":{"name":"n"},"healthmonitor":{"delay":#}})"},
};

// "vpc" for the words by which paths and bodies lead up to a VPC's id: vpcs, vpc_id.
std::string kind_of(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kSynonyms[] = {
      {"vip_subnet_id", "neutron_subnet"},
      {"vip_subnet_cidr_id", "neutron_subnet"},
      {"uuid", "neutron_network"},
      {"network_id", "neutron_network"},
      {"default_pool_id", "pool"},
      {"parent_group_id", "security_group"},
      {"cloudservers", "server"},
      {"instances_id", "server"},
      {"scaling_group_instance", "scaling_group"}};
  for (const auto& [synonym, kind] : kSynonyms)
    if (word == synonym) return std::string{kind};
  if (word.ends_with("_id")) word.remove_suffix(3);
  if (word.starts_with("os-")) word.remove_prefix(3);
  if (word.ends_with('s')) word.remove_suffix(1);
  std::string kind{word};
  std::ranges::replace(kind, '-', '_');
  return kind;
}

struct Storm {
  Random random;
  WorldClient client;
  std::string token, project;
  std::map<std::string, std::vector<std::string>> ids;  // by kind
  std::set<std::string> known;
  int successes = 0;

  explicit Storm(std::uint64_t seed) : random(seed) {
    token = client.log_in();
    project = client.project_id();
  }

  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[random() % choices.size()];
  }

  // An id of the kind that the text before it speaks of, mostly.
  std::string id_after(std::string_view text) {
    const std::size_t end = text.find_last_not_of("/\":[{ ");
    if (end == std::string_view::npos) return "nobody";
    std::string_view word = text.substr(0, end + 1);
    word.remove_prefix(word.find_last_of("/\"{,") + 1);
    if (word == "id") return id_after(text.substr(0, text.size() - word.size() - 4));
    const auto fitting = ids.find(kind_of(word));
    if (fitting != ids.end() && random() % 10 != 0) return one_of(fitting->second);
    return known.empty() || random() % 4 == 0
               ? "nobody"
               : *std::next(known.begin(), static_cast<std::ptrdiff_t>(random() % known.size()));
  }

  std::string filled(std::string_view text) {
    std::string out;
    for (const char each : text) {
      if (each == '*')
        out += id_after(out);
      else if (each == '#')
        out += std::to_string(1 + random() % 120);
      else
        out += each;
    }
    for (std::size_t at = out.find("{p}"); at != std::string::npos; at = out.find("{p}"))
      out.replace(at, 3, project);
    return out;
  }

  std::string body_for(std::string_view path) {
    std::vector<std::string_view> fitting;
    for (const BodyOf& each : kBodies)
      if (path.ends_with(each.ending)) fitting.push_back(each.body);
    if (fitting.empty() || random() % 10 == 0) return random() % 2 == 0 ? "{}" : filled(one_of(kBodies).body);
    std::string body = filled(one_of(fitting));
    // Now and then a value of another kind, which must be told and not be fatal.
    if (random() % 12 == 0)
      if (const auto colon = body.find(':', random() % body.size()); colon != std::string::npos)
        body.insert(colon + 1,
                    one_of(std::vector<std::string>{"7,\"x\":", "[],\"x\":", "null,\"x\":", "{},\"x\":"}));
    return body;
  }

  void learn(std::string_view word, const boost::json::value& value) {
    if (value.is_array())
      for (const auto& each : value.get_array()) learn(word, each);
    if (!value.is_object()) return;
    for (const auto& [key, each] : value.get_object()) {
      const std::string_view name{key};
      if (each.is_string() && (name == "id" || name.ends_with("_id") || name.ends_with("_urn"))) {
        const std::string id{each.get_string()};
        if (!id.empty() && known.insert(id).second) ids[kind_of(name == "id" ? word : name)].push_back(id);
      }
      learn(name, each);
    }
  }

  void call() {
    const std::string& path = one_of(kPaths);
    const std::string method = one_of<std::string>({"GET", "POST", "POST", "POST", "PUT", "DELETE"});
    const std::string target = filled(path), body = method == "GET" ? "" : body_for(path);
    const Response response = client.send(method, target, body, {{"X-Auth-Token", token}});
    CAPTURE(method, target, body, response.body);
    REQUIRE(response.status < 500);
    if (response.status < 300) ++successes;
    if (response.body.empty()) {
      REQUIRE((response.status == 202 || response.status == 204));
      return;
    }
    const auto answer = json_of(response);
    REQUIRE(answer.is_object());
    if (response.status < 300) learn("", answer);
  }
};

}  // namespace

TEST_CASE("in a storm of calls the services never fail and what must hold of groups holds",
          "[services][fuzz]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 9));
  CAPTURE(seed);
  Storm storm(seed);
  for (int i = 0; i < 1000; ++i) {
    storm.client.wall_us += static_cast<std::int64_t>(storm.random() % 20) * kSecond;
    storm.call();
    if (i % 20 != 0) continue;
    const Tenant* tenant = storm.client.world.find(storm.project);
    if (tenant == nullptr) continue;  // No call has been for the project yet.
    REQUIRE(sim::broken_invariants(tenant->cloud) == std::vector<std::string>{});
  }
  CHECK(storm.successes > 150);
}

}  // namespace tidepool::api
