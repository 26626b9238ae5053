#include "api/wire/as_group_json.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using namespace sim;
using support::a_cloud;

// The least that a group can be made of, and whatever a test adds or puts in its place.
std::string a_body(const std::string& members = "{}") {
  boost::json::object body{{"scaling_group_name", "web"}, {"vpc_id", "vpc"}};
  body["networks"] = boost::json::parse(R"([{"id": "subnet"}])");
  const boost::json::object given = boost::json::parse(members).as_object();
  for (const auto& each : given) body[each.key()] = each.value();
  return to_text(body);
}

CreateAsGroup created(const std::string& members, const Cloud& cloud = a_cloud()) {
  const auto request = read_create_as_group(a_body(members), cloud);
  if (!request) FAIL(code_text(request.error().code) << ": " << request.error().message);
  return *request;
}

// "ok", or code and message of the refusal.
template <class T>
std::string told(const Result<T>& result) {
  return result ? "ok" : code_text(result.error().code) + " " + result.error().message;
}

std::string refusal(const std::string& members, const Cloud& cloud = a_cloud()) {
  return told(read_create_as_group(a_body(members), cloud));
}

// ---- Creating ----

TEST_CASE(
    "a group needs a name, a VPC and networks only, and the rest has defaults (AS API reference, creating a "
    "group)",
    "[wire]") {
  const CreateAsGroup request = created("{}");
  CHECK(request.set.name == "web");
  CHECK(request.set.vpc == support::kVpc);
  CHECK(request.set.networks == std::vector<GroupNetwork>{{support::kSubnet, false, std::nullopt}});
  CHECK(request.set.configuration == none<AsConfigurationId>());
  CHECK_FALSE(request.desire);
  CHECK_FALSE(request.max);
  CHECK_FALSE(request.health_audit);
  CHECK(request.set.min == 0);
  CHECK(request.set.cool_down == 300s);
  CHECK(request.set.zones.empty());
  CHECK(request.set.health_period_minutes == 5);
  CHECK(request.set.health_grace == 600s);
  CHECK(request.set.terminate_policy == TerminatePolicy::OldConfigOldInstance);
  CHECK(request.set.multi_az_policy == MultiAzPolicy::EquilibriumDistribute);
  CHECK_FALSE(request.set.notify_by_email);
  CHECK_FALSE(request.set.delete_publicip);
  CHECK_FALSE(request.set.delete_volume);
  CHECK(request.set.enterprise_project == EnterpriseProjectId{0});
  CHECK_FALSE(request.set.description);
}

TEST_CASE(
    "each documented member of a create request reaches the command (AS API reference, creating a group)",
    "[wire]") {
  struct Row {
    const char* body;
    bool (*holds)(const CreateAsGroup&);
  };
  using C = CreateAsGroup;
  static const std::vector<LbaasListener> kTwoPools{{PoolId{1}, 8080, 10}, {PoolId{0}, 1, 1}};
  static const std::vector<GroupNetwork> kTwoNetworks{{SubnetId{1}, true, "band"},
                                                      {SubnetId{0}, false, std::nullopt}};
  const auto row = GENERATE(values<Row>({
      {R"({"scaling_group_name": "other"})", [](const C& c) { return c.set.name == "other"; }},
      {R"({"desire_instance_number": 2})", [](const C& c) { return c.desire == 2; }},
      {R"({"min_instance_number": 1})", [](const C& c) { return c.set.min == 1; }},
      {R"({"max_instance_number": 8})", [](const C& c) { return c.max == 8; }},
      {R"({"max_instance_number": "8"})", [](const C& c) { return c.max == 8; }},
      {R"({"cool_down_time": 120})", [](const C& c) { return c.set.cool_down == 120s; }},
      {R"({"lb_listener_id": "second-listener,listener"})",
       [](const C& c) {
         return c.set.listeners == std::vector{ListenerId{1}, ListenerId{0}};
       }},
      {R"({"lb_listener_id": ""})", [](const C& c) { return c.set.listeners.empty(); }},
      {R"({"lbaas_listeners": [{"pool_id": "second-pool", "protocol_port": 8080, "weight": 10},
                               {"pool_id": "pool", "protocol_port": 1}]})",
       [](const C& c) { return c.set.lbaas_listeners == kTwoPools; }},
      {R"({"available_zones": ["eu-de-02", "eu-de-01"]})",
       [](const C& c) {
         return c.set.zones == std::vector{support::kZoneB, support::kZoneA};
       }},
      {R"({"networks": [{"id": "second-subnet", "ipv6_enable": true, "ipv6_bandwidth": {"id": "band"}},
                        {"id": "subnet", "ipv6_enable": false, "ipv6_bandwidth": null}]})",
       [](const C& c) { return c.set.networks == kTwoNetworks; }},
      {R"({"security_groups": [{"id": "second-security-group"}]})",
       [](const C& c) { return c.set.security_groups == std::vector{SecurityGroupId{1}}; }},
      {R"({"vpc_id": "other-vpc"})", [](const C& c) { return c.set.vpc == VpcId{1}; }},
      {R"({"health_periodic_audit_method": "NOVA_AUDIT"})",
       [](const C& c) { return c.health_audit == HealthAudit::Nova; }},
      {R"({"health_periodic_audit_method": "ELB_AUDIT"})",
       [](const C& c) { return c.health_audit == HealthAudit::Elb; }},
      {R"({"health_periodic_audit_time": 0})", [](const C& c) { return c.set.health_period_minutes == 0; }},
      {R"({"health_periodic_audit_grace_period": 60})", [](const C& c) { return c.set.health_grace == 60s; }},
      {R"({"instance_terminate_policy": "OLD_CONFIG_OLD_INSTANCE"})",
       [](const C& c) { return c.set.terminate_policy == TerminatePolicy::OldConfigOldInstance; }},
      {R"({"instance_terminate_policy": "OLD_CONFIG_NEW_INSTANCE"})",
       [](const C& c) { return c.set.terminate_policy == TerminatePolicy::OldConfigNewInstance; }},
      {R"({"instance_terminate_policy": "OLD_INSTANCE"})",
       [](const C& c) { return c.set.terminate_policy == TerminatePolicy::OldInstance; }},
      {R"({"instance_terminate_policy": "NEW_INSTANCE"})",
       [](const C& c) { return c.set.terminate_policy == TerminatePolicy::NewInstance; }},
      {R"({"notifications": ["EMAIL"]})", [](const C& c) { return c.set.notify_by_email; }},
      {R"({"notifications": []})", [](const C& c) { return !c.set.notify_by_email; }},
      {R"({"delete_publicip": true})", [](const C& c) { return c.set.delete_publicip; }},
      {R"({"delete_volume": true})", [](const C& c) { return c.set.delete_volume; }},
      {R"({"enterprise_project_id": "finance"})",
       [](const C& c) { return c.set.enterprise_project == EnterpriseProjectId{1}; }},
      {R"({"enterprise_project_id": ""})",
       [](const C& c) { return c.set.enterprise_project == EnterpriseProjectId{0}; }},
      {R"({"enterprise_project_id": "0"})",
       [](const C& c) { return c.set.enterprise_project == EnterpriseProjectId{0}; }},
      {R"({"multi_az_priority_policy": "PICK_FIRST"})",
       [](const C& c) { return c.set.multi_az_policy == MultiAzPolicy::PickFirst; }},
      {R"({"multi_az_priority_policy": "EQUILIBRIUM_DISTRIBUTE"})",
       [](const C& c) { return c.set.multi_az_policy == MultiAzPolicy::EquilibriumDistribute; }},
      {R"({"description": "front end"})", [](const C& c) { return c.set.description == "front end"; }},
      {R"({"colour": "red"})", [](const C& c) { return c.set.name == "web"; }},
  }));
  CAPTURE(row.body);
  CHECK(row.holds(created(row.body)));
}

TEST_CASE("a group's configuration is named by the id that the service gave it", "[wire]") {
  Cloud cloud = a_cloud();
  const auto configuration = support::create_configuration(cloud);
  const std::string text = IdText{cloud.seed()}.text(configuration);
  CHECK(created(fmt::format(R"({{"scaling_configuration_id": "{}"}})", text), cloud).set.configuration ==
        configuration);
}

TEST_CASE(
    "a create request that can't be read is refused with the member's own code (AS API reference, creating a "
    "group, error codes)",
    "[wire]") {
  struct Row {
    const char *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"scaling_group_name": null})", "AS.2002 scaling_group_name is missing: expected a text"},
      {R"({"scaling_group_name": ""})", R"(AS.2002 scaling_group_name "": expected a text)"},
      {R"({"scaling_group_name": 5})", "AS.0022 scaling_group_name 5: expected a string"},
      {R"({"scaling_configuration_id": "x"})",
       R"(AS.1004 scaling_configuration_id "x": expected an existing configuration)"},
      {R"({"max_instance_number": 3000000000})",
       "AS.2004 max_instance_number 3000000000: expected 0 <= min <= desire <= max"},
      {R"({"min_instance_number": -3000000000})",
       "AS.2004 min_instance_number -3000000000: expected 0 <= min <= desire <= max"},
      {R"({"desire_instance_number": 3000000000})",
       "AS.2005 desire_instance_number 3000000000: expected 0 <= min <= desire <= max"},
      {R"({"desire_instance_number": 1.5})", "AS.0022 desire_instance_number 1.5E0: expected a whole number"},
      {R"({"cool_down_time": 3000000000})", "AS.2006 cool_down_time 3000000000: expected 0 to 86400"},
      {R"({"lb_listener_id": "listener,x"})",
       R"(AS.2015 lb_listener_id "listener,x": expected existing listeners with commas between)"},
      {R"({"lb_listener_id": "listener,"})",
       R"(AS.2015 lb_listener_id "listener,": expected existing listeners with commas between)"},
      {R"({"lb_listener_id": ","})",
       R"(AS.2015 lb_listener_id ",": expected existing listeners with commas between)"},
      {R"({"lb_listener_id": ["listener"]})", R"(AS.0022 lb_listener_id ["listener"]: expected a string)"},
      {R"({"lbaas_listeners": {}})", "AS.0022 lbaas_listeners {}: expected an array of objects"},
      {R"({"lbaas_listeners": [{"protocol_port": 80}]})",
       "AS.2042 lbaas_listeners[0].pool_id is missing: expected a text"},
      {R"({"lbaas_listeners": [{"pool_id": "x", "protocol_port": 80}]})",
       R"(AS.2042 lbaas_listeners[0].pool_id "x": expected an existing backend server group)"},
      {R"({"lbaas_listeners": [{"pool_id": "pool"}]})",
       "AS.2039 lbaas_listeners[0].protocol_port is missing: expected 1 to 65535"},
      {R"({"lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80, "weight": 3000000000}]})",
       "AS.2040 lbaas_listeners[0].weight 3000000000: expected 0 to 100"},
      {R"({"available_zones": ["eu-de-01", "x"]})",
       R"(AS.2011 available_zones[1] "x": expected an availability zone of the region)"},
      {R"({"available_zones": "eu-de-01"})",
       R"(AS.0022 available_zones "eu-de-01": expected an array of strings)"},
      {R"({"networks": [{"id": 7}]})", "AS.0022 networks[0].id 7: expected a string"},
      {R"({"networks": [{}]})", "AS.2013 networks[0].id is missing: expected a text"},
      {R"({"networks": [{"id": "subnet"}, {"id": "x"}]})",
       R"(AS.2013 networks[1].id "x": expected an existing subnet)"},
      {R"({"networks": [{"id": "subnet", "ipv6_enable": "yes"}]})",
       R"(AS.0022 networks[0].ipv6_enable "yes": expected true or false)"},
      {R"({"networks": [{"id": "subnet", "ipv6_bandwidth": {}}]})",
       "AS.2013 networks[0].ipv6_bandwidth.id is missing: expected a text"},
      {R"({"security_groups": [{"id": "x"}]})",
       R"(AS.2014 security_groups[0].id "x": expected an existing security group)"},
      {R"({"security_groups": [{}]})", "AS.2014 security_groups[0].id is missing: expected a text"},
      {R"({"vpc_id": null})", "AS.2017 vpc_id is missing: expected a text"},
      {R"({"vpc_id": ""})", R"(AS.2017 vpc_id "": expected a text)"},
      {R"({"vpc_id": "x"})", R"(AS.2012 vpc_id "x": expected an existing VPC)"},
      {R"({"health_periodic_audit_method": "PING"})",
       R"(AS.2029 health_periodic_audit_method "PING": expected NOVA_AUDIT, ELB_AUDIT)"},
      {R"({"health_periodic_audit_time": 3000000000})",
       "AS.2031 health_periodic_audit_time 3000000000: expected one of 0, 1, 5, 15, 60, 180"},
      {R"({"health_periodic_audit_grace_period": 3000000000})",
       "AS.2046 health_periodic_audit_grace_period 3000000000: expected 0 to 86400"},
      {R"({"instance_terminate_policy": "OLDEST"})",
       "AS.2032 instance_terminate_policy \"OLDEST\": expected OLD_CONFIG_OLD_INSTANCE, "
       "OLD_CONFIG_NEW_INSTANCE, OLD_INSTANCE, NEW_INSTANCE"},
      {R"({"notifications": ["EMAIL", "SMS"]})",
       R"(AS.2034 notifications ["EMAIL","SMS"]: expected EMAIL only)"},
      {R"({"delete_publicip": "true"})", R"(AS.0022 delete_publicip "true": expected true or false)"},
      {R"({"delete_volume": 1})", "AS.0022 delete_volume 1: expected true or false"},
      {R"({"enterprise_project_id": "x"})",
       R"(AS.7065 enterprise_project_id "x": expected 0 or the UUID of an existing enterprise project)"},
      {R"({"enterprise_project_id": "0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001"})",
       "AS.7059 enterprise_project_id \"0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001\": expected 0 or the UUID of an "
       "existing enterprise project"},
      {R"({"multi_az_priority_policy": "RANDOM"})",
       R"(AS.2053 multi_az_priority_policy "RANDOM": expected EQUILIBRIUM_DISTRIBUTE, PICK_FIRST)"},
      {R"({"description": 7})", "AS.0022 description 7: expected a string"},
  }));
  CHECK(refusal(row.body) == row.expected);
}

TEST_CASE("a body that is none, or no object, is refused before anything else", "[wire]") {
  const Cloud cloud = a_cloud();
  CHECK(told(read_create_as_group("", cloud)) == "AS.0002 the request has no body: expected a JSON object");
  CHECK(told(read_create_as_group("[]", cloud)) == "AS.0022 the body is []: expected an object");
  CHECK(told(read_create_as_group("{}", cloud)).starts_with("AS.2002 "));
}

TEST_CASE(
    "ranges and combinations are found when the command is submitted (AS API reference, creating a group)",
    "[wire]") {
  struct Row {
    const char *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"scaling_group_name": "a b"})", "AS.2022"},
      {R"({"max_instance_number": 301})", "AS.2045"},
      {R"({"min_instance_number": 1})", "AS.2004"},
      {R"({"max_instance_number": 2, "desire_instance_number": 3})", "AS.2005"},
      {R"({"cool_down_time": 86401})", "AS.2006"},
      {R"({"lb_listener_id": "listener,listener,listener,listener,listener,listener,listener"})", "AS.2037"},
      {R"({"lb_listener_id": "listener", "lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80}]})",
       "AS.2026"},
      {R"({"networks": []})", "AS.2013"},
      {R"({"networks": null})", "AS.2013"},
      {R"({"networks": [{"id": "other-subnet"}]})", "AS.2027"},
      {R"({"health_periodic_audit_time": 2})", "AS.2031"},
      {R"({"description": ""})", "AS.0022"},
  }));
  CAPTURE(row.body);
  Cloud cloud = a_cloud();
  CHECK(support::outcome(cloud.submit(created(row.body, cloud))) == row.expected);
}

TEST_CASE("the present service insists on a configuration and a weight (our decision)", "[wire]") {
  const Cloud cloud = a_cloud(Behaviour::current());
  CHECK(refusal("{}", cloud).starts_with("AS.1003 scaling_configuration_id is missing"));
  CHECK(refusal(R"({"scaling_configuration_id": ""})", cloud).starts_with("AS.1003 "));
  Behaviour weighty;
  weighty.require_weight = true;
  const char* pool = R"({"lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80}]})";
  CHECK(refusal(pool, a_cloud(weighty)) == "AS.2040 lbaas_listeners[0].weight is missing: expected 0 to 100");
  CHECK(refusal(pool) == "ok");
}

TEST_CASE("with strict_body a group's unknown members are refused at every depth (our decision)", "[wire]") {
  Behaviour strict;
  strict.strict_body = true;
  const Cloud cloud = a_cloud(strict);
  const auto starts = [&](const char* members, const char* expected) {
    CAPTURE(members);
    CHECK(refusal(members, cloud).starts_with(expected));
  };
  starts("{}", "ok");
  starts(R"({"colour": 1})", "AS.0022 colour: expected none but ");
  starts(R"({"networks": [{"id": "subnet", "colour": 1}]})", "AS.0022 networks[0].colour: ");
  starts(R"({"networks": [{"id": "subnet", "ipv6_bandwidth": {"id": "b", "colour": 1}}]})",
         "AS.0022 networks[0].ipv6_bandwidth.colour: ");
  starts(R"({"lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80, "colour": 1}]})",
         "AS.0022 lbaas_listeners[0].colour: ");
  starts(R"({"security_groups": [{"id": "security-group", "colour": 1}]})",
         "AS.0022 security_groups[0].colour: ");
}

// ---- Modifying ----

struct Existing {
  Cloud cloud = a_cloud();
  AsGroupId group = support::create_group(cloud);
};

TEST_CASE("a modification that says nothing changes nothing (AS API reference, modifying a group)",
          "[wire]") {
  Existing e;
  const auto before = to_text(write_as_group(e.cloud, e.group));
  const auto request = read_modify_as_group("{}", e.group, e.cloud);
  REQUIRE(told(request) == "ok");
  CHECK(request->group == e.group);
  CHECK(request->scope == ModifyScope::Anything);
  REQUIRE(support::outcome(e.cloud.submit(*request)) == "ok");
  CHECK(to_text(write_as_group(e.cloud, e.group)) == before);
}

TEST_CASE("members left out, or null, keep their value (AS API reference, modifying a group)", "[wire]") {
  Existing e;
  const auto request =
      read_modify_as_group(R"({"min_instance_number": 1, "cool_down_time": null})", e.group, e.cloud);
  REQUIRE(told(request) == "ok");
  CHECK(request->min == 1);
  CHECK_FALSE(request->cool_down);
  CHECK_FALSE(request->name);
  CHECK_FALSE(request->desire);
  CHECK_FALSE(request->max);
  CHECK_FALSE(request->configuration);
  CHECK_FALSE(request->listeners);
  CHECK_FALSE(request->lbaas_listeners);
  CHECK_FALSE(request->zones);
  CHECK_FALSE(request->networks);
  CHECK_FALSE(request->security_groups);
  CHECK_FALSE(request->health_audit);
  CHECK_FALSE(request->health_period_minutes);
  CHECK_FALSE(request->health_grace);
  CHECK_FALSE(request->terminate_policy);
  CHECK_FALSE(request->notify_by_email);
  CHECK_FALSE(request->delete_publicip);
  CHECK_FALSE(request->delete_volume);
  CHECK_FALSE(request->enterprise_project);
  CHECK_FALSE(request->multi_az_policy);
  CHECK_FALSE(request->description);
}

TEST_CASE("the desired number alone is a request of its own kind (our decision)", "[wire]") {
  Existing e;
  const auto scope = [&](const char* body) { return read_modify_as_group(body, e.group, e.cloud)->scope; };
  CHECK(scope(R"({"desire_instance_number": 3})") == ModifyScope::DesireOnly);
  CHECK(scope(R"({"desire_instance_number": 3, "scaling_group_name": null})") == ModifyScope::DesireOnly);
  CHECK(scope(R"({"desire_instance_number": 3, "max_instance_number": 9})") == ModifyScope::Anything);
  CHECK(scope(R"({"desire_instance_number": 3, "colour": "red"})") == ModifyScope::Anything);
  CHECK(scope(R"({"desire_instance_number": null})") == ModifyScope::Anything);
}

TEST_CASE("a group's VPC may be sent back and not be changed (AS API reference, modifying a group)",
          "[wire]") {
  Existing e;
  const auto outcome = [&](const char* body) { return told(read_modify_as_group(body, e.group, e.cloud)); };
  CHECK(outcome(R"({"vpc_id": "vpc"})") == "ok");
  CHECK(outcome(R"({"vpc_id": null})") == "ok");
  CHECK(outcome(R"({"vpc_id": "other-vpc"})") ==
        R"(AS.0022 vpc_id "other-vpc": expected vpc, for it never changes)");
  CHECK(outcome(R"({"vpc_id": "x"})") == R"(AS.0022 vpc_id "x": expected vpc, for it never changes)");
}

TEST_CASE("an empty list on modification clears it, an empty listener text too", "[wire]") {
  Existing e;
  const auto request = read_modify_as_group(
      R"({"lb_listener_id": "", "lbaas_listeners": [], "security_groups": [], "notifications": []})", e.group,
      e.cloud);
  REQUIRE(told(request) == "ok");
  CHECK(request->listeners == std::vector<ListenerId>{});
  CHECK(request->lbaas_listeners == std::vector<LbaasListener>{});
  CHECK(request->security_groups == std::vector<SecurityGroupId>{});
  CHECK(request->notify_by_email == false);
}

TEST_CASE("a modification is refused with the codes of a creation", "[wire]") {
  Existing e;
  const auto outcome = [&](const char* body) {
    return told(read_modify_as_group(body, e.group, e.cloud)).substr(0, 7);
  };
  CHECK(outcome("") == "AS.0002");
  CHECK(outcome("7") == "AS.0022");
  CHECK(outcome(R"({"scaling_configuration_id": "x"})") == "AS.1004");
  CHECK(outcome(R"({"networks": [{"id": "x"}]})") == "AS.2013");
  CHECK(outcome(R"({"instance_terminate_policy": "x"})") == "AS.2032");
}

TEST_CASE("what a group shows can be sent back and changes nothing", "[wire]") {
  Existing e;
  boost::json::object shown = write_as_group(e.cloud, e.group);
  const auto request = read_modify_as_group(to_text(shown), e.group, e.cloud);
  REQUIRE(told(request) == "ok");
  REQUIRE(support::outcome(e.cloud.submit(*request)) == "ok");
  CHECK(to_text(write_as_group(e.cloud, e.group)) == to_text(shown));
}

// ---- Actions ----

TEST_CASE(
    "an action on a group is resume or pause, anything else AS.2008 (AS API reference, enabling a group)",
    "[wire]") {
  const Cloud cloud = a_cloud();
  CHECK(*read_group_action(R"({"action": "resume"})", cloud) == ResumeOrPause::Resume);
  CHECK(*read_group_action(R"({"action": "pause"})", cloud) == ResumeOrPause::Pause);
  const auto outcome = [&](const char* body) { return told(read_group_action(body, cloud)); };
  CHECK(outcome(R"({"action": "stop"})") == R"(AS.2008 action "stop": expected resume, pause)");
  CHECK(outcome(R"({"action": "Resume"})").starts_with("AS.2008 "));
  CHECK(outcome("{}") == "AS.2008 action is missing: expected resume or pause");
  CHECK(outcome(R"({"action": 1})") == "AS.0022 action 1: expected a string");
  CHECK(outcome("") == "AS.0002 the request has no body: expected a JSON object");
}

// ---- Writing ----

TEST_CASE(
    "a plain group shows every documented member, in order, null where unset (AS API reference, querying "
    "groups)",
    "[wire]") {
  Cloud cloud = a_cloud();
  const auto request = read_create_as_group(a_body(), cloud);
  const AsGroupId group = *cloud.submit(*request);
  CHECK(
      to_text(write_as_group(cloud, group)) ==
      R"({"scaling_group_name":"web","scaling_group_id":"2782d15e-ae33-4fdc-b024-6d1d496b2c6d",)"
      R"("scaling_group_status":"PAUSED","scaling_configuration_id":null,"scaling_configuration_name":null,)"
      R"("current_instance_number":0,"desire_instance_number":0,"min_instance_number":0,)"
      R"("max_instance_number":0,"cool_down_time":300,"lb_listener_id":null,"lbaas_listeners":null,)"
      R"("available_zones":["eu-de-01","eu-de-02","eu-de-03"],)"
      R"("networks":[{"id":"subnet","ipv6_enable":false,"ipv6_bandwidth":null}],"security_groups":[],)"
      R"("create_time":"2026-03-01T00:00:00Z","vpc_id":"vpc","detail":null,"is_scaling":false,)"
      R"("health_periodic_audit_method":"NOVA_AUDIT","health_periodic_audit_time":5,)"
      R"("health_periodic_audit_grace_period":600,"instance_terminate_policy":"OLD_CONFIG_OLD_INSTANCE",)"
      R"("notifications":null,"delete_publicip":false,"delete_volume":false,"cloud_location_id":null,)"
      R"("enterprise_project_id":"0","activity_type":null,)"
      R"("multi_az_priority_policy":"EQUILIBRIUM_DISTRIBUTE","description":null})");
}

TEST_CASE(
    "a group with everything set shows what it was given, and how it stands (AS API reference, querying "
    "groups)",
    "[wire]") {
  support::CloudSpec spec;
  spec.region = support::a_region();
  spec.region.subnets[0].ipv6 = true;
  Cloud cloud = a_cloud(spec);
  const std::string configuration = IdText{cloud.seed()}.text(support::create_configuration(cloud));
  const std::string body = a_body(fmt::format(
      R"({{"scaling_configuration_id": "{}", "desire_instance_number": 2, "min_instance_number": 1,
           "max_instance_number": 8, "cool_down_time": 120,
           "lbaas_listeners": [{{"pool_id": "pool", "protocol_port": 8080, "weight": 10}}],
           "available_zones": ["eu-de-02", "eu-de-01"],
           "networks": [{{"id": "subnet", "ipv6_enable": true, "ipv6_bandwidth": {{"id": "band"}}}}],
           "security_groups": [{{"id": "security-group"}}], "health_periodic_audit_time": 1,
           "health_periodic_audit_grace_period": 60, "instance_terminate_policy": "NEW_INSTANCE",
           "notifications": ["EMAIL"], "delete_publicip": true, "delete_volume": true,
           "enterprise_project_id": "finance", "multi_az_priority_policy": "PICK_FIRST",
           "description": "front \"end\""}})",
      configuration));
  const AsGroupId group = *cloud.submit(*read_create_as_group(body, cloud));
  REQUIRE(support::outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  support::run_for(cloud, 10s);
  CHECK(
      to_text(write_as_group(cloud, group)) ==
      R"({"scaling_group_name":"web","scaling_group_id":"2782d15e-ae33-4fdc-b024-6d1d496b2c6d",)"
      R"("scaling_group_status":"INSERVICE",)"
      R"("scaling_configuration_id":"f61fe7f6-69b0-43a6-a53f-b667dabb0bd6","scaling_configuration_name":"conf",)"
      R"("current_instance_number":0,"desire_instance_number":2,"min_instance_number":1,)"
      R"("max_instance_number":8,"cool_down_time":120,"lb_listener_id":null,)"
      R"("lbaas_listeners":[{"listener_id":null,"pool_id":"pool","protocol_port":8080,"weight":10}],)"
      R"("available_zones":["eu-de-02","eu-de-01"],)"
      R"("networks":[{"id":"subnet","ipv6_enable":true,"ipv6_bandwidth":{"id":"band"}}],)"
      R"("security_groups":[{"id":"security-group"}],"create_time":"2026-03-01T00:00:00Z","vpc_id":"vpc",)"
      R"("detail":null,"is_scaling":true,"health_periodic_audit_method":"ELB_AUDIT",)"
      R"("health_periodic_audit_time":1,"health_periodic_audit_grace_period":60,)"
      R"("instance_terminate_policy":"NEW_INSTANCE","notifications":["EMAIL"],"delete_publicip":true,)"
      R"("delete_volume":true,"cloud_location_id":null,"enterprise_project_id":"finance",)"
      R"("activity_type":"DIFF","multi_az_priority_policy":"PICK_FIRST","description":"front \"end\""})");
}

TEST_CASE("listeners are shown as one text, and an abnormal group tells why", "[wire]") {
  Cloud cloud = a_cloud();
  support::GroupSpec spec;
  spec.desire = 1;
  spec.listeners = {support::kSecondListener, support::kListener};
  const AsGroupId group = support::create_group(cloud, spec);
  CHECK(write_as_group(cloud, group).at("lb_listener_id").as_string() == "second-listener,listener");
  CHECK(write_as_group(cloud, group).at("lbaas_listeners").is_null());

  REQUIRE(support::outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  support::run_until_idle(cloud, group);
  CHECK(write_as_group(cloud, group).at("current_instance_number").as_int64() == 1);
  support::sold_out_everywhere(cloud);
  support::set_desire(cloud, group, 2);
  support::run_for(cloud, 60s);
  const auto shown = write_as_group(cloud, group);
  CHECK(shown.at("scaling_group_status").as_string() == "ERROR");
  CHECK(shown.at("detail").is_string());
  CHECK(shown.at("activity_type").as_string() == "NORMAL");
}

TEST_CASE("a group's status is spelled as in the list's filter (AS API reference, querying groups)",
          "[wire]") {
  CHECK(group_status_text(GroupStatus::InService) == "INSERVICE");
  CHECK(group_status_text(GroupStatus::Paused) == "PAUSED");
  CHECK(group_status_text(GroupStatus::Error) == "ERROR");
  CHECK(group_status_text(GroupStatus::Deleting) == "DELETING");
}

}  // namespace
}  // namespace tidepool::api
