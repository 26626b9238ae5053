#include "api/routes/surroundings_views.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <string>

#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

std::string numbered(std::string_view kind, std::size_t index) {
  return index == 0 ? std::string{kind} : fmt::format("{}-{}", kind, index + 1);
}

// The image that clients' own tests ask for is the first one.
std::string image_name(std::size_t index) {
  return index == 0 ? "Standard_Debian_11_latest" : numbered("image", index);
}

// Clients look for a group called default before anything else.
std::string security_group_name(std::size_t index) {
  return index == 0 ? "default" : numbered("security-group", index);
}

// Networks of 256 addresses, one a subnet, the subnets of all VPCs in a row.
std::string network_prefix(std::size_t index) {
  return fmt::format("10.{}.{}", index / 256 % 256, index % 256);
}

std::string subnet_of_network(const std::string& id) { return hash_text("neutron_subnet", {id}); }

object security_group(const Tenant& tenant, std::size_t index, const char* rules) {
  return {{"id", tenant.cloud.region().security_groups[index]},
          {"name", security_group_name(index)},
          {"description", ""},
          {"tenant_id", tenant.id},
          {rules, array{}}};
}

object image(const Tenant& tenant, std::size_t index) {
  const sim::Image& each = tenant.cloud.region().images[index];
  const std::string made = seconds_text(tenant.cloud.start());
  return {{"id", each.id},   {"name", image_name(index)}, {"created", made},
          {"updated", made}, {"progress", 100},           {"minDisk", each.min_disk_gb},
          {"minRam", 0},     {"status", "ACTIVE"},        {"metadata", object{}},
          {"links", array{}}};
}

struct ServerParts {
  std::string id, name;
  sim::ZoneId zone = sim::none<sim::ZoneId>();
  sim::FlavorId flavor = sim::none<sim::FlavorId>();
  const char* status = "ACTIVE";
  sim::Time created{};
};

object server(const Tenant& tenant, const ServerParts& parts) {
  const sim::Region& region = tenant.cloud.region();
  object flavor;
  if (parts.flavor != sim::none<sim::FlavorId>()) flavor.emplace("id", region.flavor(parts.flavor).name);
  return {{"id", parts.id},
          {"name", parts.name},
          {"status", parts.status},
          {"tenant_id", tenant.id},
          {"created", seconds_text(parts.created)},
          {"updated", seconds_text(parts.created)},
          {"OS-EXT-AZ:availability_zone", region.zone(parts.zone).name},
          {"flavor", std::move(flavor)},
          {"metadata", object{}},
          {"addresses", object{}},
          {"security_groups", array{}},
          {"links", array{}}};
}

const char* status_of(const sim::Instance& instance) {
  if (instance.state == sim::LifecycleState::Pending) return "BUILD";
  switch (instance.ecs) {
    case sim::EcsStatus::Active: return "ACTIVE";
    case sim::EcsStatus::ShutOff: return "SHUTOFF";
    default: return "ERROR";
  }
}

object vpc(const std::string& id, std::size_t index) {
  return {{"id", id},
          {"name", numbered("vpc", index)},
          {"description", ""},
          {"cidr", "10.0.0.0/8"},
          {"status", "OK"},
          {"routes", array{}},
          {"enable_shared_snat", false},
          {"enterprise_project_id", "0"}};
}

}  // namespace

// ---- Compute ----

array compute_security_groups(const Tenant& tenant) {
  array all;
  for (std::size_t i = 0; i < tenant.cloud.region().security_groups.size(); ++i)
    all.push_back(security_group(tenant, i, "rules"));
  return all;
}

array key_pairs(const Tenant& tenant) {
  array all;
  for (const std::string& each : tenant.cloud.region().key_pairs)
    all.push_back(object{{"name", each},
                         {"fingerprint", hash_text("fingerprint", {each})},
                         {"public_key", "ssh-rsa AAAA"},
                         {"user_id", ""}});
  return all;
}

array flavors(const Tenant& tenant) {
  array all;
  for (const sim::Flavor& each : tenant.cloud.region().flavors)
    all.push_back(object{{"id", each.name},
                         {"name", each.name},
                         {"vcpus", each.vcpus},
                         {"ram", each.memory_mb},
                         {"disk", 0},
                         {"swap", ""},
                         {"OS-FLV-EXT-DATA:ephemeral", 0},
                         {"OS-FLV-DISABLED:disabled", false},
                         {"rxtx_factor", 1},
                         {"os-flavor-access:is_public", true},
                         {"links", array{}}});
  return all;
}

array compute_images(const Tenant& tenant) {
  array all;
  for (std::size_t i = 0; i < tenant.cloud.region().images.size(); ++i) all.push_back(image(tenant, i));
  return all;
}

array servers(const Tenant& tenant) {
  array all;
  for (const sim::Server& each : tenant.cloud.region().servers)
    all.push_back(server(tenant, {each.id, each.name, each.zone, each.flavor,
                                  each.active ? "ACTIVE" : "SHUTOFF", tenant.cloud.start()}));
  for (std::size_t i = 0; i < tenant.cloud.all_instances().size(); ++i) {
    const auto id = sim::id_at<sim::InstanceId>(i);
    const sim::Instance* each = tenant.cloud.find(id);
    if (each == nullptr || each->is_manual() || each->ecs == sim::EcsStatus::Deleted) continue;
    all.push_back(server(tenant, {instance_text(tenant.cloud, id), instance_name(tenant.cloud, id),
                                  each->zone, each->flavor, status_of(*each), tenant.cloud.start()}));
  }
  return all;
}

// ---- Network ----

array security_groups(const Tenant& tenant) {
  array all;
  for (std::size_t i = 0; i < tenant.cloud.region().security_groups.size(); ++i)
    all.push_back(security_group(tenant, i, "security_group_rules"));
  return all;
}

array networks(const Tenant& tenant) {
  array all;
  const auto& subnets = tenant.cloud.region().subnets;
  for (std::size_t i = 0; i < subnets.size(); ++i)
    all.push_back(object{{"id", subnets[i].id},
                         {"name", numbered("subnet", i)},
                         {"status", "ACTIVE"},
                         {"admin_state_up", true},
                         {"shared", false},
                         {"router:external", false},
                         {"tenant_id", tenant.id},
                         {"subnets", array{subnet_of_network(subnets[i].id)}}});
  return all;
}

array network_subnets(const Tenant& tenant) {
  array all;
  const auto& subnets = tenant.cloud.region().subnets;
  for (std::size_t i = 0; i < subnets.size(); ++i)
    all.push_back(object{{"id", subnet_of_network(subnets[i].id)},
                         {"name", numbered("subnet", i)},
                         {"network_id", subnets[i].id},
                         {"tenant_id", tenant.id},
                         {"ip_version", 4},
                         {"cidr", network_prefix(i) + ".0/24"},
                         {"gateway_ip", network_prefix(i) + ".1"},
                         {"enable_dhcp", true},
                         {"dns_nameservers", array{}},
                         {"allocation_pools", array{}},
                         {"host_routes", array{}}});
  return all;
}

array routers(const Tenant& tenant) {
  array all;
  const auto& vpcs = tenant.cloud.region().vpcs;
  for (std::size_t i = 0; i < vpcs.size(); ++i)
    all.push_back(object{{"id", vpcs[i]},
                         {"name", numbered("vpc", i)},
                         {"status", "ACTIVE"},
                         {"admin_state_up", true},
                         {"tenant_id", tenant.id},
                         {"external_gateway_info", nullptr},
                         {"routes", array{}}});
  return all;
}

// ---- VPC ----

array vpcs(const Tenant& tenant) {
  array all;
  const auto& ids = tenant.cloud.region().vpcs;
  for (std::size_t i = 0; i < ids.size(); ++i) all.push_back(vpc(ids[i], i));
  return all;
}

array vpc_subnets(const Tenant& tenant) {
  array all;
  const sim::Region& region = tenant.cloud.region();
  for (std::size_t i = 0; i < region.subnets.size(); ++i) {
    const sim::Subnet& each = region.subnets[i];
    all.push_back(object{{"id", each.id},
                         {"name", numbered("subnet", i)},
                         {"description", ""},
                         {"cidr", network_prefix(i) + ".0/24"},
                         {"dnsList", array{}},
                         {"status", "ACTIVE"},
                         {"gateway_ip", network_prefix(i) + ".1"},
                         {"dhcp_enable", true},
                         {"ipv6_enable", each.ipv6},
                         {"primary_dns", ""},
                         {"secondary_dns", ""},
                         {"availability_zone", ""},
                         {"vpc_id", region.vpcs[sim::index_of(each.vpc)]},
                         {"neutron_subnet_id", subnet_of_network(each.id)},
                         {"neutron_network_id", each.id}});
  }
  return all;
}

// ---- Images ----

array cloud_images(const Tenant& tenant) {
  array all;
  const auto& images = tenant.cloud.region().images;
  const std::string made = seconds_text(tenant.cloud.start());
  for (std::size_t i = 0; i < images.size(); ++i)
    all.push_back(object{{"id", images[i].id},
                         {"name", image_name(i)},
                         {"status", "active"},
                         {"created_at", made},
                         {"updated_at", made},
                         {"min_disk", images[i].min_disk_gb},
                         {"min_ram", 0},
                         {"size", 0},
                         {"protected", false},
                         {"visibility", "public"},
                         {"tags", array{}},
                         {"owner", tenant.id},
                         {"__os_type", "Linux"},
                         {"__imagetype", "gold"}});
  return all;
}

}  // namespace tidepool::api
