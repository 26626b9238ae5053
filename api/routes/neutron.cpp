// Neutron, v2.0: networks, their subnets and ports. A network is a subnet of the VPC service. Its other kinds of things are
// in files of their own, neutron_*.cpp.
#include "api/routes/neutron.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "api/routes/service_call.hpp"
#include "api/routes/service_ecs.hpp"
#include "api/wire/time_text.hpp"
#include "sim/model/cidr.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr const char* kExternalName = "admin_external_net";

// ---- Views ----

object network_object(const ServiceCall& call, std::string_view id, std::string_view name, bool external) {
  return {{"id", id},
          {"name", name},
          {"status", "ACTIVE"},
          {"admin_state_up", true},
          {"shared", external},
          {"router:external", external},
          {"tenant_id", call.tenant.id},
          {"project_id", call.tenant.id},
          {"mtu", 1500},
          {"port_security_enabled", true},
          {"availability_zone_hints", array{}},
          {"availability_zones", array{}},
          {"provider:network_type", "vxlan"},
          {"description", ""},
          {"tags", array{}},
          {"subnets", array{}}};
}

object network_view(const ServiceCall& call, const sim::Subnet& network) {
  object out = network_object(call, network.id, network.name, false);
  if (!network.neutron_id.empty()) out.at("subnets").as_array().emplace_back(network.neutron_id);
  out.emplace("created_at", seconds_text(network.created));
  return out;
}

array pools_of(const sim::Subnet& subnet) {
  const auto block = sim::read_cidr(subnet.cidr);
  if (!block) return {};
  return {object{{"start", sim::address_text(block->base + 2)},
                 {"end", sim::address_text(block->base + static_cast<std::uint32_t>(block->size() - 2))}}};
}

object subnet_view(const ServiceCall& call, const sim::Subnet& subnet) {
  return {{"id", subnet.neutron_id},
          {"name", subnet.neutron_name},
          {"network_id", subnet.id},
          {"tenant_id", call.tenant.id},
          {"project_id", call.tenant.id},
          {"ip_version", 4},
          {"cidr", subnet.cidr},
          {"gateway_ip", subnet.gateway},
          {"enable_dhcp", subnet.dhcp},
          {"dns_nameservers", array(subnet.dns.begin(), subnet.dns.end())},
          {"allocation_pools", pools_of(subnet)},
          {"host_routes", array{}},
          {"ipv6_address_mode", nullptr},
          {"ipv6_ra_mode", nullptr},
          {"subnetpool_id", nullptr},
          {"description", subnet.description},
          {"tags", array{}},
          {"created_at", seconds_text(subnet.created)}};
}

object port_object(const ServiceCall& call, std::string_view id, std::string_view network) {
  return {{"id", id},
          {"name", ""},
          {"network_id", network},
          {"tenant_id", call.tenant.id},
          {"project_id", call.tenant.id},
          {"status", "ACTIVE"},
          {"admin_state_up", true},
          {"security_groups", array{}},
          {"allowed_address_pairs", array{}}};
}

object fixed_ip(const sim::Subnet& subnet, std::string address) {
  return {{"subnet_id", subnet.neutron_id}, {"ip_address", std::move(address)}};
}

// The end of a network at its router.
object router_port(const ServiceCall& call, const sim::Subnet& subnet) {
  object port = port_object(call, interface_port(subnet), subnet.id);
  port.emplace("device_owner", "network:router_interface_distributed");
  port.emplace("device_id", call.region().vpc(subnet.vpc).id);
  port.emplace("mac_address", mac_of(interface_port(subnet)));
  port.emplace("fixed_ips", array{fixed_ip(subnet, subnet.gateway)});
  return port;
}

object server_port(const ServiceCall& call, const sim::Ecs& ecs, const sim::Subnet& subnet) {
  const std::string id = hash_uuid("port", {ecs_id(call.cloud(), ecs)});
  object port = port_object(call, id, subnet.id);
  array groups;
  for (const sim::SecurityGroupId each : security_groups_of(call.cloud(), ecs))
    groups.emplace_back(call.region().security_group(each).id);
  port.insert_or_assign("security_groups", std::move(groups));
  port.emplace("device_owner", "compute:" + zone_of(call.cloud(), ecs));
  port.emplace("device_id", ecs_id(call.cloud(), ecs));
  port.emplace("mac_address", mac_of(id));
  port.emplace("fixed_ips", array{fixed_ip(subnet, call.cloud().address_of(ecs))});
  return port;
}

array all_ports(const ServiceCall& call) {
  array rows;
  for (const sim::Subnet& each : call.region().subnets)
    if (!each.deleted && each.vpc != sim::none<sim::VpcId>()) rows.push_back(router_port(call, each));
  for (const sim::LoadBalancer& each : call.region().balancers) {
    if (each.deleted) continue;
    const sim::Subnet& subnet = call.region().subnet(each.subnet);
    object port = port_object(call, each.port_id, subnet.id);
    port.emplace("device_owner", "neutron:LOADBALANCERV2");
    port.emplace("device_id", each.id);
    port.emplace("mac_address", mac_of(each.port_id));
    port.emplace("fixed_ips", array{fixed_ip(subnet, each.address)});
    rows.push_back(std::move(port));
  }
  for (const sim::Ecs& each : call.cloud().all_ecs())
    if (const auto in = call.cloud().subnets_of(each); !in.empty())
      rows.push_back(server_port(call, each, call.region().subnet(in.front())));
  return rows;
}

// ---- Networks ----

sim::SubnetId network_in_path(const ServiceCall& call) {
  return call.region().find_subnet(call.text("network_id"));
}

Response create_network(const ServiceCall& call) {
  const ServiceBody body(call, "network");
  const sim::CreateNetwork request{body.text("name")};
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(201, {{"network", network_view(call, call.region().subnet(*made))}});
}

Response list_networks(const ServiceCall& call) {
  array rows;
  for (const sim::Subnet& each : call.region().subnets)
    if (!each.deleted) rows.push_back(network_view(call, each));
  rows.push_back(network_object(call, external_network_id(call), kExternalName, true));
  return answer(200, {{"networks", asked_for(call, std::move(rows))}});
}

Response show_network(const ServiceCall& call) {
  if (call.text("network_id") == external_network_id(call))
    return answer(200, {{"network", network_object(call, external_network_id(call), kExternalName, true)}});
  const auto id = network_in_path(call);
  if (id == sim::none<sim::SubnetId>()) return no_such(call, "network", call.text("network_id"));
  return answer(200, {{"network", network_view(call, call.region().subnet(id))}});
}

Response change_network(const ServiceCall& call) {
  const auto id = network_in_path(call);
  if (id == sim::none<sim::SubnetId>()) return no_such(call, "network", call.text("network_id"));
  const ServiceBody body(call, "network");
  sim::ModifySubnet request{id};
  request.name = body.changed("name");
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_network(call);
}

Response delete_network(const ServiceCall& call) {
  const auto id = network_in_path(call);
  if (id == sim::none<sim::SubnetId>()) return no_such(call, "network", call.text("network_id"));
  return no_content(call, call.cloud().submit(sim::DeleteNetwork{id}));
}

// ---- Subnets ----

sim::SubnetId subnet_in_path(const ServiceCall& call) {
  return call.region().find_neutron_subnet(call.text("subnet_id"));
}

std::optional<std::vector<std::string>> read_dns(const ServiceBody& body) {
  const auto list = body.fields().texts("dns_nameservers");
  if (!list) return std::nullopt;
  return std::vector<std::string>(list->begin(), list->end());
}

Response create_subnet(const ServiceCall& call) {
  const ServiceBody body(call, "subnet");
  sim::AddAddresses request;
  request.network = call.region().find_subnet(body.required("network_id"));
  if (request.network == sim::none<sim::SubnetId>()) body.report("network_id", "a network that exists");
  if (body.integer("ip_version", 4) != 4) body.report("ip_version", "4");
  request.set.name = body.text("name");
  request.set.description = body.text("description");
  request.set.cidr = body.required("cidr");
  request.set.gateway = body.text("gateway_ip");
  request.set.dhcp = body.boolean("enable_dhcp", true);
  request.set.dns = read_dns(body).value_or(std::vector<std::string>{});
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return answer(201, {{"subnet", subnet_view(call, call.region().subnet(request.network))}});
}

Response list_subnets(const ServiceCall& call) {
  array rows;
  for (const sim::Subnet& each : call.region().subnets)
    if (!each.deleted && !each.neutron_id.empty()) rows.push_back(subnet_view(call, each));
  return answer(200, {{"subnets", asked_for(call, std::move(rows))}});
}

Response show_subnet(const ServiceCall& call) {
  const auto id = subnet_in_path(call);
  if (id == sim::none<sim::SubnetId>()) return no_such(call, "subnet", call.text("subnet_id"));
  return answer(200, {{"subnet", subnet_view(call, call.region().subnet(id))}});
}

Response change_subnet(const ServiceCall& call) {
  const auto id = subnet_in_path(call);
  if (id == sim::none<sim::SubnetId>()) return no_such(call, "subnet", call.text("subnet_id"));
  const ServiceBody body(call, "subnet");
  sim::ModifySubnet request{id};
  request.neutron_name = body.changed("name");
  request.description = body.changed("description");
  request.dhcp = body.fields().boolean("enable_dhcp");
  request.dns = read_dns(body);
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_subnet(call);
}

Response delete_subnet(const ServiceCall& call) {
  const auto id = subnet_in_path(call);
  if (id == sim::none<sim::SubnetId>()) return no_such(call, "subnet", call.text("subnet_id"));
  return no_content(call, call.cloud().submit(sim::RemoveAddresses{id}));
}

// ---- Ports, extensions, zones ----

Response list_ports(const ServiceCall& call) {
  return answer(200, {{"ports", asked_for(call, all_ports(call))}});
}

Response show_port(const ServiceCall& call) {
  for (auto& each : all_ports(call))
    if (each.at("id").as_string() == call.text("port_id")) return answer(200, {{"port", each}});
  return no_such(call, "port", call.text("port_id"));
}

object extension(const char* alias) {
  return {{"alias", alias},
          {"name", alias},
          {"description", ""},
          {"updated", "2016-01-01T00:00:00-00:00"},
          {"links", array{}}};
}

Response list_extensions(const ServiceCall& /*call*/) {
  array rows;
  for (const char* each : {"router", "ext-gw-mode", "external-net", "security-group"})
    rows.push_back(extension(each));
  return answer(200, {{"extensions", std::move(rows)}});
}

Response list_zones(const ServiceCall& call) {
  array rows;
  for (const sim::AvailabilityZone& each : call.region().zones)
    for (const char* resource : {"network", "router"})
      rows.push_back(object{{"name", each.name}, {"resource", resource}, {"state", "available"}});
  return answer(200, {{"availability_zones", asked_for(call, std::move(rows), "name")}});
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v2.0/networks", "create a network", create_network},
    {"GET", "/v2.0/networks", "list networks", list_networks},
    {"GET", "/v2.0/networks/{network_id}", "read a network", show_network},
    {"PUT", "/v2.0/networks/{network_id}", "change a network", change_network},
    {"DELETE", "/v2.0/networks/{network_id}", "delete a network", delete_network},
    {"POST", "/v2.0/subnets", "create a subnet", create_subnet},
    {"GET", "/v2.0/subnets", "list subnets", list_subnets},
    {"GET", "/v2.0/subnets/{subnet_id}", "read a subnet", show_subnet},
    {"PUT", "/v2.0/subnets/{subnet_id}", "change a subnet", change_subnet},
    {"DELETE", "/v2.0/subnets/{subnet_id}", "delete a subnet", delete_subnet},
    {"GET", "/v2.0/ports", "list ports", list_ports},
    {"GET", "/v2.0/ports/{port_id}", "read a port", show_port},
    {"POST", "/v2.0/security-groups", "create a security group", create_neutron_security_group},
    {"GET", "/v2.0/security-groups", "list security groups", list_neutron_security_groups},
    {"GET", "/v2.0/security-groups/{group_id}", "read a security group", show_neutron_security_group},
    {"PUT", "/v2.0/security-groups/{group_id}", "change a security group", change_neutron_security_group},
    {"DELETE", "/v2.0/security-groups/{group_id}", "delete a security group", delete_neutron_security_group},
    {"POST", "/v2.0/security-group-rules", "create a rule of a security group", create_neutron_rule},
    {"GET", "/v2.0/security-group-rules", "list rules of security groups", list_neutron_rules},
    {"GET", "/v2.0/security-group-rules/{rule_id}", "read a rule of a security group", show_neutron_rule},
    {"DELETE", "/v2.0/security-group-rules/{rule_id}", "delete a rule of a security group",
     delete_neutron_rule},
    {"POST", "/v2.0/floatingips", "create a public address", create_floating_ip},
    {"GET", "/v2.0/floatingips", "list public addresses", list_floating_ips},
    {"GET", "/v2.0/floatingips/{ip_id}", "read a public address", show_floating_ip},
    {"PUT", "/v2.0/floatingips/{ip_id}", "bind or unbind a public address", update_floating_ip},
    {"DELETE", "/v2.0/floatingips/{ip_id}", "delete a public address", delete_floating_ip},
    {"GET", "/v2.0/extensions", "list the extensions that there are", list_extensions},
    {"GET", "/v2.0/availability_zones", "list availability zones", list_zones},
});

}  // namespace

std::string external_network_id(const ServiceCall& call) {
  return hash_uuid("external_network", {std::to_string(call.cloud().seed())});
}

std::string interface_port(const sim::Subnet& subnet) { return hash_uuid("interface", {subnet.id}); }

std::string mac_of(std::string_view port) {
  const std::string digits = hash_text("mac", {port});
  return fmt::format("fa:16:3e:{}:{}:{}", digits.substr(0, 2), digits.substr(2, 2), digits.substr(4, 2));
}

Service neutron_service() { return {ServiceName::Network, kRoutes}; }

}  // namespace tidepool::api
