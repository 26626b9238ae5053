// Reading; as_group_writing.cpp writes.
#include "api/wire/as_group_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "api/wire/as_group_spelling.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;
using sim::none;

constexpr Spelling<ResumeOrPause> kActions[] = {{"resume", ResumeOrPause::Resume},
                                                {"pause", ResumeOrPause::Pause}};

// ---- Reading: one function for each member that needs more than its type ----

// The id of an item that a lookup knows, or the fault.
template <class Id>
Id known(const Fields& fields, std::string_view key, Id found, ErrorCode code, std::string_view expected) {
  if (found == none<Id>()) fields.report(key, code, expected);
  return found;
}

std::optional<sim::AsConfigurationId> read_configuration(const Fields& fields, const sim::Cloud& cloud) {
  constexpr std::string_view kKey = "scaling_configuration_id";
  const auto text = fields.text(kKey);
  if (!text) return std::nullopt;
  auto id = IdText{cloud.seed()}.configuration(*text);
  if (cloud.find(id) == nullptr) id = none<sim::AsConfigurationId>();
  return known(fields, kKey, id, ErrorCode::ConfigurationUnknown, "an existing configuration");
}

// One string that holds all of them, with commas between. "" is no listener at all.
std::optional<std::vector<sim::ListenerId>> read_listeners(const Fields& fields, const sim::Region& region) {
  constexpr std::string_view kKey = "lb_listener_id";
  auto rest = fields.text(kKey);
  if (!rest) return std::nullopt;
  std::vector<sim::ListenerId> listeners;
  while (!rest->empty()) {
    const auto text = rest->substr(0, rest->find(','));
    listeners.push_back(known(fields, kKey, region.find_listener(text), ErrorCode::ListenerInvalid,
                              "existing listeners with commas between"));
    if (text.size() == rest->size()) break;
    rest->remove_prefix(text.size() + 1);
    if (rest->empty())
      fields.report(kKey, ErrorCode::ListenerInvalid, "existing listeners with commas between");
  }
  return listeners;
}

sim::LbaasListener read_pool(const Fields& item, const sim::Cloud& cloud) {
  item.expect_only({"listener_id", "pool_id", "protocol_port", "weight"});
  sim::LbaasListener pool;
  // One command line in use calls it "id".
  const char* const key = !item.has("pool_id") && item.has("id") ? "id" : "pool_id";
  const auto id = cloud.region().find_pool(item.required_text(key, ErrorCode::PoolInvalid));
  pool.pool = known(item, key, id, ErrorCode::PoolInvalid, "an existing backend server group");
  pool.protocol_port = item.required_integer("protocol_port", ErrorCode::ProtocolPortInvalid,
                                             ErrorCode::ProtocolPortInvalid, "1 to 65535");
  if (cloud.behaviour().require_weight && !item.has("weight"))
    item.report("weight", ErrorCode::WeightInvalid, "0 to 100");
  pool.weight = item.integer("weight", ErrorCode::WeightInvalid, "0 to 100").value_or(pool.weight);
  return pool;
}

std::optional<std::vector<sim::LbaasListener>> read_pools(const Fields& fields, const sim::Cloud& cloud) {
  const auto items = fields.objects("lbaas_listeners");
  if (!items) return std::nullopt;
  std::vector<sim::LbaasListener> pools;
  for (const Fields& each : *items) pools.push_back(read_pool(each, cloud));
  return pools;
}

std::optional<std::vector<sim::ZoneId>> read_zones(const Fields& fields, const sim::Region& region) {
  constexpr std::string_view kKey = "available_zones";
  const auto names = fields.texts(kKey);
  if (!names) return std::nullopt;
  std::vector<sim::ZoneId> zones;
  for (const std::string_view each : *names) {
    const sim::ZoneId zone = region.find_zone(each);
    if (zone == none<sim::ZoneId>())
      fields.faults().report(
          {ErrorCode::ZoneInvalid, fmt::format("{}[{}] {}: expected an availability zone of the region",
                                               fields.path_of(kKey), zones.size(), shown(each))});
    zones.push_back(zone);
  }
  return zones;
}

sim::GroupNetwork read_network(const Fields& item, const sim::Region& region) {
  item.expect_only({"id", "ipv6_enable", "ipv6_bandwidth"});
  sim::GroupNetwork network;
  const auto id = region.find_subnet(item.required_text("id", ErrorCode::NetworksInvalid));
  network.subnet = known(item, "id", id, ErrorCode::NetworksInvalid, "an existing subnet");
  network.ipv6_enable = item.boolean("ipv6_enable").value_or(false);
  if (const auto bandwidth = item.object("ipv6_bandwidth")) {
    bandwidth->expect_only({"id"});
    network.ipv6_bandwidth = bandwidth->required_text("id", ErrorCode::NetworksInvalid);
  }
  return network;
}

std::optional<std::vector<sim::GroupNetwork>> read_networks(const Fields& fields, const sim::Region& region) {
  const auto items = fields.objects("networks");
  if (!items) return std::nullopt;
  std::vector<sim::GroupNetwork> networks;
  for (const Fields& each : *items) networks.push_back(read_network(each, region));
  return networks;
}

std::optional<bool> read_notifications(const Fields& fields) {
  constexpr std::string_view kKey = "notifications";
  const auto ways = fields.texts(kKey);
  if (!ways) return std::nullopt;
  if (std::ranges::any_of(*ways, [](std::string_view each) { return each != kEmail; }))
    fields.report(kKey, ErrorCode::NotificationInvalid, "EMAIL only");
  return !ways->empty();
}

// "" is the default project, as "0" is.
std::optional<sim::EnterpriseProjectId> read_enterprise_project(const Fields& fields,
                                                                const sim::Region& region) {
  constexpr std::string_view kKey = "enterprise_project_id";
  const auto text = fields.text(kKey);
  if (!text) return std::nullopt;
  if (text->empty() || *text == "0") return sim::EnterpriseProjectId{};
  const bool sensible = has_uuid_shape(*text);
  return known(fields, kKey, region.find_enterprise_project(*text),
               sensible ? ErrorCode::EnterpriseProjectUnknown : ErrorCode::EnterpriseProjectInvalid,
               "0 or the UUID of an existing enterprise project");
}

std::optional<sim::Duration> read_seconds_of(const Fields& fields, std::string_view key, ErrorCode code) {
  const auto seconds = fields.integer(key, code, "0 to 86400");
  if (!seconds) return std::nullopt;
  return std::chrono::seconds{*seconds};
}

std::optional<std::vector<sim::SecurityGroupId>> read_security_groups(const Fields& fields,
                                                                      const sim::Region& region) {
  const auto items = fields.objects("security_groups");
  if (!items) return std::nullopt;
  std::vector<sim::SecurityGroupId> groups;
  for (const Fields& each : *items) {
    each.expect_only({"id"});
    const auto id = region.find_security_group(each.required_text("id", ErrorCode::SecurityGroupUnknown));
    groups.push_back(known(each, "id", id, ErrorCode::SecurityGroupUnknown, "an existing security group"));
  }
  return groups;
}

std::optional<std::string> read_text(const Fields& fields, std::string_view key) {
  const auto text = fields.text(key);
  if (!text) return std::nullopt;
  return std::string{*text};
}

// ---- Reading: whole bodies ----

void read_numbers(const Fields& fields, sim::ModifyAsGroup& request) {
  constexpr std::string_view kAllowed = "0 <= min <= desire <= max";
  request.min = fields.integer("min_instance_number", ErrorCode::GroupLimitsInvalid, kAllowed);
  request.max = fields.integer("max_instance_number", ErrorCode::GroupLimitsInvalid, kAllowed);
  request.desire = fields.integer("desire_instance_number", ErrorCode::DesireOutOfRange, kAllowed);
  request.cool_down = read_seconds_of(fields, "cool_down_time", ErrorCode::GroupCooldownInvalid);
}

void read_surroundings(const Fields& fields, const sim::Cloud& cloud, sim::ModifyAsGroup& request) {
  const sim::Region& region = cloud.region();
  request.configuration = read_configuration(fields, cloud);
  request.listeners = read_listeners(fields, region);
  request.lbaas_listeners = read_pools(fields, cloud);
  request.zones = read_zones(fields, region);
  request.networks = read_networks(fields, region);
  request.security_groups = read_security_groups(fields, region);
  request.enterprise_project = read_enterprise_project(fields, region);
}

void read_conduct(const Fields& fields, sim::ModifyAsGroup& request) {
  request.health_audit =
      fields.choice("health_periodic_audit_method", ErrorCode::HealthMethodInvalid, kHealthAudits);
  request.health_period_minutes = fields.integer("health_periodic_audit_time", ErrorCode::HealthPeriodInvalid,
                                                 "one of 0, 1, 5, 15, 60, 180");
  request.health_grace =
      read_seconds_of(fields, "health_periodic_audit_grace_period", ErrorCode::GracePeriodInvalid);
  request.terminate_policy =
      fields.choice("instance_terminate_policy", ErrorCode::TerminatePolicyInvalid, kTerminatePolicies);
  request.multi_az_policy =
      fields.choice("multi_az_priority_policy", ErrorCode::MultiAzPolicyInvalid, kMultiAzPolicies);
  request.notify_by_email = read_notifications(fields);
  request.delete_publicip = fields.boolean("delete_publicip");
  request.delete_volume = fields.boolean("delete_volume");
}

// All that a group may be given at its creation and afterwards, which is everything but its VPC.
sim::ModifyAsGroup read_settings(const Fields& fields, const sim::Cloud& cloud) {
  fields.expect_only({"scaling_group_name",
                      "scaling_configuration_id",
                      "desire_instance_number",
                      "min_instance_number",
                      "max_instance_number",
                      "cool_down_time",
                      "lb_listener_id",
                      "lbaas_listeners",
                      "available_zones",
                      "networks",
                      "security_groups",
                      "vpc_id",
                      "health_periodic_audit_method",
                      "health_periodic_audit_time",
                      "health_periodic_audit_grace_period",
                      "instance_terminate_policy",
                      "notifications",
                      "delete_publicip",
                      "delete_volume",
                      "enterprise_project_id",
                      "multi_az_priority_policy",
                      "description"});
  sim::ModifyAsGroup request;
  request.name = read_text(fields, "scaling_group_name");
  read_numbers(fields, request);
  read_surroundings(fields, cloud, request);
  read_conduct(fields, request);
  request.description = read_text(fields, "description");
  return request;
}

template <class T>
void take(T& field, std::optional<T>& given) {
  if (given) field = *std::move(given);
}

// What is left out keeps its default.
sim::CreateAsGroup as_creation(sim::ModifyAsGroup given, sim::VpcId vpc) {
  sim::CreateAsGroup request;
  request.desire = given.desire;
  request.max = given.max;
  request.health_audit = given.health_audit;
  sim::AsGroupSettings& set = request.set;
  set.vpc = vpc;
  take(set.name, given.name);
  take(set.configuration, given.configuration);
  take(set.min, given.min);
  take(set.cool_down, given.cool_down);
  take(set.listeners, given.listeners);
  take(set.lbaas_listeners, given.lbaas_listeners);
  take(set.zones, given.zones);
  take(set.networks, given.networks);
  take(set.security_groups, given.security_groups);
  take(set.health_period_minutes, given.health_period_minutes);
  take(set.health_grace, given.health_grace);
  take(set.terminate_policy, given.terminate_policy);
  take(set.notify_by_email, given.notify_by_email);
  take(set.delete_publicip, given.delete_publicip);
  take(set.delete_volume, given.delete_volume);
  take(set.enterprise_project, given.enterprise_project);
  take(set.multi_az_policy, given.multi_az_policy);
  set.description = std::move(given.description);
  return request;
}

bool names_desire_only(const boost::json::object& body) {
  return std::ranges::all_of(body, [](const auto& each) {
    return each.value().is_null() || each.key() == "desire_instance_number";
  });
}

}  // namespace

sim::Result<sim::CreateAsGroup> read_create_as_group(std::string_view body, const sim::Cloud& cloud) {
  const auto parsed = parse_body(body);
  if (!parsed) return parsed.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*parsed, faults};
  fields.required_text("scaling_group_name", ErrorCode::GroupNameMissing);
  if (cloud.behaviour().require_configuration)
    fields.required_text("scaling_configuration_id", ErrorCode::ConfigurationIdMissing);
  sim::ModifyAsGroup settings = read_settings(fields, cloud);
  const auto vpc = cloud.region().find_vpc(fields.required_text("vpc_id", ErrorCode::VpcMissing));
  known(fields, "vpc_id", vpc, ErrorCode::VpcUnknown, "an existing VPC");
  if (faults.any()) return faults.first();
  return as_creation(std::move(settings), vpc);
}

sim::Result<sim::ModifyAsGroup> read_modify_as_group(std::string_view body, sim::AsGroupId group,
                                                     const sim::Cloud& cloud) {
  assert(cloud.find(group) != nullptr);
  const auto parsed = parse_body(body);
  if (!parsed) return parsed.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*parsed, faults};
  sim::ModifyAsGroup request = read_settings(fields, cloud);
  request.group = group;
  const std::string& vpc = cloud.region().vpc(cloud.find(group)->set.vpc).id;
  if (const auto given = fields.text("vpc_id"); given && *given != vpc)
    fields.report("vpc_id", ErrorCode::BodyInvalid, fmt::format("{}, for it never changes", vpc));
  if (request.desire && names_desire_only(*parsed)) request.scope = sim::ModifyScope::DesireOnly;
  if (faults.any()) return faults.first();
  return request;
}

sim::Result<ResumeOrPause> read_group_action(std::string_view body, const sim::Cloud& cloud) {
  const auto parsed = parse_body(body);
  if (!parsed) return parsed.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*parsed, faults};
  fields.expect_only({"action"});
  const auto action = fields.choice("action", ErrorCode::GroupActionInvalid, kActions);
  if (!action) fields.report("action", ErrorCode::GroupActionInvalid, "resume or pause");
  if (faults.any()) return faults.first();
  return *action;
}

}  // namespace tidepool::api
