// Writing; as_group_json.cpp reads.
#include <boost/json/array.hpp>
#include <cassert>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "api/wire/as_group_json.hpp"
#include "api/wire/as_group_spelling.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"
#include "sim/model/scaling_activity.hpp"

namespace tidepool::api {
namespace {

using sim::index_of;

constexpr Spelling<sim::GroupStatus> kStatuses[] = {{"INSERVICE", sim::GroupStatus::InService},
                                                    {"PAUSED", sim::GroupStatus::Paused},
                                                    {"ERROR", sim::GroupStatus::Error},
                                                    {"DELETING", sim::GroupStatus::Deleting}};

// Text, or null for none.
boost::json::value or_null(const std::optional<std::string>& text) {
  if (!text) return nullptr;
  return boost::json::value(*text);
}

// [{"id": "..."}] of a region's things.
boost::json::object id_object(std::string_view id) {
  boost::json::object object;
  object.emplace("id", id);
  return object;
}

boost::json::value write_listeners(const sim::AsGroupSettings& set, const sim::Region& region) {
  if (set.listeners.empty()) return nullptr;
  std::string joined;
  for (const sim::ListenerId each : set.listeners) {
    if (!joined.empty()) joined += ',';
    joined += region.listener(each).id;
  }
  return boost::json::value(joined);
}

boost::json::value write_pools(const sim::AsGroupSettings& set, const sim::Region& region) {
  if (set.lbaas_listeners.empty()) return nullptr;
  boost::json::array pools;
  for (const sim::LbaasListener& each : set.lbaas_listeners) {
    boost::json::object& pool = pools.emplace_back(boost::json::object{}).get_object();
    pool.emplace("listener_id", nullptr);  // Only the service's own load balancers know it.
    pool.emplace("pool_id", region.pool(each.pool).id);
    pool.emplace("protocol_port", each.protocol_port);
    pool.emplace("weight", each.weight);
  }
  return pools;
}

boost::json::array write_networks(const sim::AsGroupSettings& set, const sim::Region& region) {
  boost::json::array networks;
  for (const sim::GroupNetwork& each : set.networks) {
    boost::json::object network = id_object(region.subnet(each.subnet).id);
    network.emplace("ipv6_enable", each.ipv6_enable);
    network.emplace("ipv6_bandwidth", nullptr);
    if (each.ipv6_bandwidth) network["ipv6_bandwidth"] = id_object(*each.ipv6_bandwidth);
    networks.push_back(std::move(network));
  }
  return networks;
}

void write_identity(boost::json::object& out, const sim::Cloud& cloud, sim::AsGroupId id) {
  const sim::AsGroup& group = *cloud.find(id);
  const IdText ids{cloud.seed()};
  out.emplace("scaling_group_name", group.set.name);
  out.emplace("scaling_group_id", ids.text(id));
  out.emplace("scaling_group_status", group_status_text(group.status));
  const sim::AsConfiguration* configuration = cloud.find(group.set.configuration);
  if (configuration == nullptr) {
    out.emplace("scaling_configuration_id", nullptr);
    out.emplace("scaling_configuration_name", nullptr);
  } else {
    out.emplace("scaling_configuration_id", ids.text(group.set.configuration));
    out.emplace("scaling_configuration_name", configuration->name);
  }
}

void write_numbers(boost::json::object& out, const sim::AsGroup& group) {
  out.emplace("current_instance_number", group.current());
  out.emplace("desire_instance_number", group.set.desire);
  out.emplace("min_instance_number", group.set.min);
  out.emplace("max_instance_number", group.set.max);
  out.emplace("cool_down_time", group.set.cool_down / std::chrono::seconds{1});
}

void write_surroundings(boost::json::object& out, const sim::AsGroup& group, const sim::Region& region) {
  out.emplace("lb_listener_id", write_listeners(group.set, region));
  out.emplace("lbaas_listeners", write_pools(group.set, region));
  boost::json::array zones, security_groups;
  for (const sim::ZoneId each : group.set.zones) zones.emplace_back(region.zone(each).name);
  for (const sim::SecurityGroupId each : group.set.security_groups)
    security_groups.push_back(id_object(region.security_group(each).id));
  out.emplace("available_zones", std::move(zones));
  out.emplace("networks", write_networks(group.set, region));
  out.emplace("security_groups", std::move(security_groups));
  out.emplace("create_time", seconds_text(group.create_time));
  out.emplace("vpc_id", region.vpc(group.set.vpc).id);
}

void write_conduct(boost::json::object& out, const sim::AsGroup& group) {
  const sim::AsGroupSettings& set = group.set;
  out.emplace("detail", nullptr);
  if (!group.detail.empty()) out["detail"] = valid_utf8(group.detail);
  out.emplace("is_scaling", group.is_scaling());
  out.emplace("health_periodic_audit_method", spelling_of(kHealthAudits, set.health_audit));
  out.emplace("health_periodic_audit_time", set.health_period_minutes);
  out.emplace("health_periodic_audit_grace_period", set.health_grace / std::chrono::seconds{1});
  out.emplace("instance_terminate_policy", spelling_of(kTerminatePolicies, set.terminate_policy));
  out.emplace("notifications", nullptr);
  if (set.notify_by_email) out["notifications"] = boost::json::array{kEmail};
  out.emplace("delete_publicip", set.delete_publicip);
  out.emplace("delete_volume", set.delete_volume);
}

void write_rest(boost::json::object& out, const sim::Cloud& cloud, const sim::AsGroup& group) {
  const sim::AsGroupSettings& set = group.set;
  const auto& projects = cloud.region().enterprise_projects;
  const std::size_t project = index_of(set.enterprise_project);
  const sim::ScalingActivity* activity = cloud.find(group.last_activity);
  out.emplace("cloud_location_id", nullptr);  // reserved
  out.emplace("enterprise_project_id", project < projects.size() ? projects[project] : "0");
  out.emplace("activity_type", nullptr);
  if (activity != nullptr) out["activity_type"] = text_of(activity->type);
  out.emplace("multi_az_priority_policy", spelling_of(kMultiAzPolicies, set.multi_az_policy));
  out.emplace("description", or_null(set.description));
}

}  // namespace

boost::json::object write_as_group(const sim::Cloud& cloud, sim::AsGroupId id) {
  assert(cloud.find(id) != nullptr);
  const sim::AsGroup& group = *cloud.find(id);
  boost::json::object out;
  out.reserve(32);
  write_identity(out, cloud, id);
  write_numbers(out, group);
  write_surroundings(out, group, cloud.region());
  write_conduct(out, group);
  write_rest(out, cloud, group);
  return out;
}

std::string_view group_status_text(sim::GroupStatus status) { return spelling_of(kStatuses, status); }

}  // namespace tidepool::api
