// Whatever arrives, there is an answer, it is JSON, and it is never an internal failure.
//
// Two kinds of input: bytes without sense, and requests that were right before a few of their parts were exchanged.
// Only the second kind gets past the readers, into the rules and the state of a cloud.
#include <fmt/format.h>
#include <rapidcheck/catch.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes/router.hpp"
#include "sim/cloud/invariants.hpp"
#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using Texts = std::vector<std::string>;

// ---- Choices ----

// A number from `least` to under `limit`, all equally likely in every run; rapidcheck's own ranges start narrow.
template <class Number>
Number any_below(Number least, Number limit) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(least, limit));
}

bool one_in(int chances) { return any_below(0, chances) == 0; }

template <class T>
T one_of(const std::vector<T>& choices) {
  return choices.at(any_below<std::size_t>(0, choices.size()));
}

std::string any_bytes() { return *rc::gen::container<std::string>(rc::gen::arbitrary<char>()); }

// ---- A world with one of everything ----

struct World {
  Client client;
  std::string group, policy, alarm, configuration;
  Texts instances, ids;

  World() {
    const auto id = support::grown_group(client.cloud, {.desire = 3, .max = 6, .cool_down = {}});
    sim::AlarmRuleSettings rule;
    rule.group = id;
    group = client.text(id);
    alarm = client.text(client.cloud.add_alarm_rule(rule));
    policy = client.text(support::create_policy(client.cloud, id, support::a_policy()));
    support::create_configuration(client.cloud);
    configuration = client.text(sim::AsConfigurationId{1});
    for (const sim::InstanceId each : support::members(client.cloud, id))
      instances.push_back(client.text(each));
    ids = {group, policy, alarm, configuration, instances.front(), "server-0-0", std::string{kNobody},
           "list"};
  }
  std::string newest_key() const {
    const std::size_t waits = client.cloud.all_waits().size();
    return waits == 0 ? std::string{kNobody} : client.text(sim::id_at<sim::HookWaitId>(waits - 1));
  }
  // An id of what the path asks for.
  std::string fitting(std::string_view name) const {
    if (name == "scaling_group_id" || name == "scaling_resource_id") return group;
    if (name == "resource_id") return group;
    if (name == "resource_type") return "scaling_group_tag";
    if (name == "topic_urn") return "urn:smn:eu-de:0123:topic";
    if (name == "lifecycle_hook_name") return "hook";
    if (name == "scaling_policy_id") return policy;
    if (name == "instance_id") return one_of(instances);
    return configuration;
  }
};

// ---- Bodies: right ones, and what becomes of them ----

// What each path takes, by the end of the path. $g, $p, $a, $c and $i stand for ids.
struct Sample {
  std::string_view path_end, body;
};
const std::vector<Sample> kSamples{
    {"/scaling_group",
     R"({"scaling_group_name": "g", "scaling_configuration_id": "$c", "desire_instance_number": 1,
      "min_instance_number": 0, "max_instance_number": 4, "cool_down_time": 60, "vpc_id": "vpc",
      "available_zones": ["eu-de-01", "eu-de-02"], "networks": [{"id": "subnet", "ipv6_enable": false}],
      "security_groups": [{"id": "security-group"}], "health_periodic_audit_method": "NOVA_AUDIT",
      "lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80, "weight": 1}], "health_periodic_audit_time": 1,
      "health_periodic_audit_grace_period": 10, "instance_terminate_policy": "NEW_INSTANCE",
      "notifications": ["EMAIL"], "delete_publicip": true, "multi_az_priority_policy": "PICK_FIRST",
      "description": "d", "enterprise_project_id": "0"})"},
    {"/{scaling_group_id}",
     R"({"desire_instance_number": 2, "min_instance_number": 1, "max_instance_number": 5,
      "cool_down_time": 0, "available_zones": ["eu-de-03"], "health_periodic_audit_time": 0})"},
    {"/scaling_group/{scaling_group_id}/action", R"({"action": "resume"})"},
    {"/scaling_group/{scaling_group_id}/action", R"({"action": "pause"})"},
    {"/scaling_configuration",
     R"({"scaling_configuration_name": "c", "instance_config": {"flavorRef": "s3.medium",
      "imageRef": "debian", "key_name": "key", "user_data": "YQ==", "metadata": {"admin_pass": "Abcdef12#"},
      "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"},
               {"size": 10, "volume_type": "SSD", "disk_type": "DATA"}],
      "public_ip": {"eip": {"ip_type": "5_bgp",
        "bandwidth": {"size": 10, "share_type": "PER", "charging_mode": "traffic"}}}}})"},
    {"/scaling_configuration",
     R"({"scaling_configuration_name": "copy", "source_scaling_configuration_id": "$c"})"},
    {"/scaling_configurations", R"({"scaling_configuration_id": ["$c"]})"},
    {"/scaling_group_instance/{scaling_group_id}/action",
     R"({"action": "REMOVE", "instances_id": ["$i"], "instance_delete": "yes"})"},
    {"/scaling_group_instance/{scaling_group_id}/action",
     R"({"action": "ADD", "instances_id": ["server-0-0"]})"},
    {"/scaling_group_instance/{scaling_group_id}/action",
     R"({"action": "PROTECT", "instances_id": ["$i", "$i"]})"},
    {"/scaling_policy",
     R"({"scaling_policy_name": "p", "scaling_group_id": "$g", "scaling_policy_type": "RECURRENCE",
      "scheduled_policy": {"launch_time": "00:10", "recurrence_type": "Weekly", "recurrence_value": "1,2",
        "start_time": "2026-03-01T00:00Z", "end_time": "2026-04-01T00:00Z"},
      "scaling_policy_action": {"operation": "ADD", "instance_percentage": 50}, "cool_down_time": 10})"},
    {"/scaling_policy",
     R"({"scaling_policy_name": "p", "scaling_group_id": "$g", "scaling_policy_type": "SCHEDULED",
      "scheduled_policy": {"launch_time": "2026-03-01T00:10Z"}})"},
    {"/scaling_policy",
     R"({"scaling_policy_name": "p", "scaling_group_id": "$g", "scaling_policy_type": "ALARM",
      "alarm_id": "$a", "scaling_policy_action": {"operation": "REDUCE", "instance_number": 1}})"},
    {"/{scaling_policy_id}", R"({"scaling_policy_type": "ALARM", "alarm_id": "$a",
      "scaling_policy_action": {"operation": "SET", "instance_number": 2}})"},
    {"/scaling_policy/{scaling_policy_id}/action", R"({"action": "execute"})"},
    {"/scaling_policy/{scaling_policy_id}/action", R"({"action": "pause"})"},
    {"v2/{project_id}/scaling_policy",
     R"({"scaling_policy_name": "p", "scaling_resource_id": "$g", "scaling_resource_type": "SCALING_GROUP",
      "scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-01T00:10Z"},
      "scaling_policy_action": {"operation": "REDUCE", "size": 1, "limits": 3}, "description": "d"})"},
    {"/scaling_lifecycle_hook/{scaling_group_id}",
     R"({"lifecycle_hook_name": "hook", "lifecycle_hook_type": "INSTANCE_TERMINATING", "default_timeout": 60,
      "notification_topic_urn": "urn:smn:eu-de:0123:topic", "notification_metadata": "text"})"},
    {"/scaling_lifecycle_hook/{scaling_group_id}",
     R"({"lifecycle_hook_name": "other", "lifecycle_hook_type": "INSTANCE_LAUNCHING", "default_result": "CONTINUE",
      "notification_topic_urn": "urn:smn:eu-de:0123:topic"})"},
    {"/{lifecycle_hook_name}", R"({"default_result": "ABANDON", "default_timeout": 90})"},
    {"/callback",
     R"({"lifecycle_action_result": "ABANDON", "instance_id": "$i", "lifecycle_hook_name": "hook"})"},
    {"/callback", R"({"lifecycle_action_result": "EXTEND", "lifecycle_action_key": "$k"})"},
    {"/callback", R"({"lifecycle_action_result": "CONTINUE", "lifecycle_action_key": "$k"})"},
    {"/scaling_notification/{scaling_group_id}",
     R"({"topic_urn": "urn:smn:eu-de:0123:topic", "topic_scene": ["SCALING_UP", "SCALING_DOWN_FAIL"]})"},
    {"/tags/action", R"({"action": "create", "tags": [{"key": "a", "value": "b"}, {"key": "c"}]})"},
    {"/tags/action", R"({"action": "delete", "tags": [{"key": "a"}]})"},
    {"/resource_instances/action",
     R"({"action": "filter", "tags": [{"key": "a", "values": ["*b"]}], "not_tags": [{"key": "x", "values": []}],
      "matches": [{"key": "resource_name", "value": "w"}], "limit": "5", "offset": "0"})"},
    {"/resource_instances/action", R"({"action": "count", "without_any_tag": true})"},
    {"/scaling_policies/action",
     R"({"action": "resume", "scaling_policy_id": ["$p"], "force_delete": "no"})"},
    {"/scaling_policies/action",
     R"({"action": "delete", "scaling_policy_id": ["$p"], "delete_alarm": "yes"})"},
};

std::string sample_for(const World& world, std::string_view path) {
  Texts fitting;
  for (const Sample& each : kSamples)
    if (path.ends_with(each.path_end)) fitting.emplace_back(each.body);
  if (fitting.empty()) return {};
  std::string body = one_of(fitting);
  for (std::size_t mark = body.find('$'); mark != std::string::npos; mark = body.find('$')) {
    const char kind = body.at(mark + 1);
    body.replace(mark, 2,
                 kind == 'g'   ? world.group
                 : kind == 'p' ? world.policy
                 : kind == 'a' ? world.alarm
                 : kind == 'c' ? world.configuration
                 : kind == 'k' ? world.newest_key()
                               : one_of(world.instances));
  }
  return body;
}

const Texts kValues{"null",
                    "true",
                    "0",
                    "1",
                    "2",
                    "-1",
                    "7",
                    "300",
                    "301",
                    "86401",
                    "1.5",
                    "1e400",
                    "-9223372036854775808",
                    "18446744073709551615",
                    "[]",
                    "{}",
                    "[[]]",
                    "[null]",
                    R"([{}])",
                    R"("")",
                    R"("a b")",
                    R"("5")",
                    R"("ADD")",
                    R"("SET")",
                    R"("REMOVE")",
                    R"("UNPROTECT")",
                    R"("SCHEDULED")",
                    R"("Daily")",
                    R"("Monthly")",
                    R"("31")",
                    R"("1,8")",
                    R"("2026-03-01T00:05Z")",
                    R"("2027-02-29T00:00Z")",
                    R"("23:59")",
                    R"("eu-de-03")",
                    R"("p2.gpu,s3.large")",
                    R"("listener")",
                    R"("ELB_AUDIT")",
                    R"("server-0-1")",
                    R"("elsewhere")",
                    R"("no")",
                    R"("\u0000")",
                    R"("\u00e4")"};

boost::json::value any_value(const World& world) {
  if (one_in(4)) return boost::json::string{one_of(world.ids)};
  return boost::json::parse(one_of(kValues));
}

// Exchanges, drops or doubles something somewhere inside.
void change(const World& world, boost::json::value& value) {
  if (value.is_array() && !value.as_array().empty() && !one_in(4)) {
    auto& items = value.as_array();
    const auto index = any_below<std::size_t>(0, items.size());
    if (one_in(3)) return items.push_back(boost::json::value(items[index]));
    return change(world, items[index]);
  }
  if (value.is_object() && !value.as_object().empty() && !one_in(8)) {
    auto& members = value.as_object();
    const auto chosen =
        members.begin() + static_cast<std::ptrdiff_t>(any_below<std::size_t>(0, members.size()));
    if (!one_in(4)) return change(world, chosen->value());
    members.erase(chosen);
    return;
  }
  value = any_value(world);
}

std::string any_body(const World& world, std::string_view path) {
  std::string body = sample_for(world, path);
  if (body.empty() || one_in(20)) return any_bytes();
  auto value = boost::json::parse(body);
  for (int changes = any_below(0, 3); changes > 0; --changes) change(world, value);
  body = boost::json::serialize(value);
  if (one_in(20)) body.at(any_below<std::size_t>(0, body.size())) ^= 4;
  return body;
}

// ---- Targets ----

const Texts kParameters{"scaling_group_name=w",
                        "scaling_group_status=INSERVICE",
                        "scaling_configuration_name=C",
                        "image_id=debian",
                        "start_number=1",
                        "limit=2",
                        "limit=0",
                        "limit=x",
                        "life_cycle_state=PENDING",
                        "health_status=NORMAL",
                        "protect_from_scaling_down=true",
                        "force_delete=yes",
                        "force_delete=no",
                        "instance_delete=yes",
                        "scaling_policy_type=ALARM",
                        "start_time=2026-03-01T00:00:00Z",
                        "end_time=2026-03-01T00:00:00Z",
                        "type=DIFF,NORMAL",
                        "status=FAIL",
                        "enterprise_project_id=all_granted_eps",
                        "sort_by=TRIGGER_CONDITION",
                        "order=DESC",
                        "scaling_resource_type=SCALING_GROUP",
                        "execute_type=MANUAL",
                        "%",
                        "a=%ff",
                        "="};

std::string any_target(const World& world, std::string_view pattern) {
  std::string path{pattern};
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    const std::size_t close = path.find('}', open);
    const std::string name = path.substr(open + 1, close - open - 1);
    const std::string text = name == "project_id" ? std::string{kProject}
                             : one_in(8)          ? one_of(world.ids)
                                                  : world.fitting(name);
    path.replace(open, close - open + 1, text);
  }
  for (int i = 0, count = any_below(0, 3); i < count; ++i) path += (i == 0 ? "?" : "&") + one_of(kParameters);
  if (one_in(20)) path.at(any_below<std::size_t>(0, path.size())) = *rc::gen::arbitrary<char>();
  return path;
}

void must_be_sound(const Response& response) {
  RC_ASSERT(response.status != 500);
  if (response.status == 204) {
    RC_ASSERT(response.body.empty());
    return;
  }
  const auto body = boost::json::parse(response.body);  // Throws, and so fails, when it is no JSON.
  RC_ASSERT(body.as_object().contains("error") == (response.status != 200));
}

}  // namespace

TEST_CASE("any bytes as method, target and body are answered", "[routes][fuzz]") {
  World world;
  rc::prop("bytes", [&] {
    const std::string method = any_bytes(), target = any_bytes(), body = any_bytes();
    must_be_sound(world.client.send(method, target, body));
    must_be_sound(world.client.send("GET", "/" + target, body));
  });
}

TEST_CASE("any requests, right or nearly right, are answered, and the cloud stays sound", "[routes][fuzz]") {
  const std::vector<Operation> all{operations().begin(), operations().end()};
  rc::prop("requests", [&] {
    World world;
    for (int calls = any_below(1, 40); calls > 0; --calls) {
      const Operation operation = one_of(all);
      const std::string target = any_target(world, operation.path), body = any_body(world, operation.path);
      RC_LOG() << operation.method << " " << target << "\n  " << body << "\n";
      must_be_sound(world.client.send(operation.method, target, body));
      RC_ASSERT(sim::broken_invariants(world.client.cloud) == Texts{});
      if (one_in(4)) support::run_for(world.client.cloud, std::chrono::seconds{any_below(0, 200)});
    }
  });
}

}  // namespace tidepool::api
