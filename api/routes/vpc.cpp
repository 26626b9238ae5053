// The VPC service, v1: VPCs and their subnets. Both are what Neutron calls routers and networks (neutron.cpp).
#include <array>
#include <string>
#include <utility>

#include "api/routes/service_call.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

// ---- Views ----

object vpc_view(const ServiceCall& call, const sim::Vpc& vpc) {
  return {{"id", vpc.id},
          {"name", vpc.name},
          {"description", vpc.description},
          {"cidr", vpc.cidr},
          {"status", "OK"},
          {"routes", array{}},
          {"enable_shared_snat", false},
          {"tenant_id", call.tenant.id},
          {"enterprise_project_id", "0"},
          {"created_at", seconds_text(vpc.created)}};
}

std::string dns_at(const sim::Subnet& subnet, std::size_t index) {
  return index < subnet.dns.size() ? subnet.dns[index] : std::string{};
}

object subnet_view(const ServiceCall& call, const sim::Subnet& subnet) {
  return {{"id", subnet.id},
          {"name", subnet.name},
          {"description", subnet.description},
          {"cidr", subnet.cidr},
          {"dnsList", array(subnet.dns.begin(), subnet.dns.end())},
          {"status", "ACTIVE"},
          {"gateway_ip", subnet.gateway},
          {"dhcp_enable", subnet.dhcp},
          {"ipv6_enable", subnet.ipv6},
          {"primary_dns", dns_at(subnet, 0)},
          {"secondary_dns", dns_at(subnet, 1)},
          {"availability_zone", ""},
          {"vpc_id", call.region().vpc(subnet.vpc).id},
          {"neutron_subnet_id", subnet.neutron_id},
          {"neutron_network_id", subnet.id},
          {"created_at", seconds_text(subnet.created)}};
}

// Neutron knows networks that this service does not: without addresses, or in no VPC.
bool is_subnet(const sim::Subnet& subnet) {
  return !subnet.deleted && subnet.vpc != sim::none<sim::VpcId>() && !subnet.neutron_id.empty();
}

sim::VpcId vpc_in_path(const ServiceCall& call) { return call.region().find_vpc(call.text("vpc_id")); }

// Also where the path names the VPC.
sim::SubnetId subnet_in_path(const ServiceCall& call) {
  const auto id = call.region().find_subnet(call.text("subnet_id"));
  if (id == sim::none<sim::SubnetId>() || !is_subnet(call.region().subnet(id)))
    return sim::none<sim::SubnetId>();
  const auto vpc = call.path.find("vpc_id");
  const bool fits =
      vpc == call.path.end() || call.region().find_vpc(vpc->second) == call.region().subnet(id).vpc;
  return fits ? id : sim::none<sim::SubnetId>();
}

// ---- VPCs ----

Response create_vpc(const ServiceCall& call) {
  const ServiceBody body(call, "vpc");
  const sim::CreateVpc request{body.text("name"), body.text("description"),
                               body.text("cidr", "192.168.0.0/16")};
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(200, {{"vpc", vpc_view(call, call.region().vpc(*made))}});
}

Response list_vpcs(const ServiceCall& call) {
  array rows;
  for (const sim::Vpc& each : call.region().vpcs)
    if (!each.deleted) rows.push_back(vpc_view(call, each));
  return answer(200, {{"vpcs", asked_for(call, std::move(rows))}});
}

Response show_vpc(const ServiceCall& call) {
  const auto id = vpc_in_path(call);
  if (id == sim::none<sim::VpcId>()) return no_such(call, "vpc", call.text("vpc_id"));
  return answer(200, {{"vpc", vpc_view(call, call.region().vpc(id))}});
}

Response change_vpc(const ServiceCall& call) {
  const auto id = vpc_in_path(call);
  if (id == sim::none<sim::VpcId>()) return no_such(call, "vpc", call.text("vpc_id"));
  const ServiceBody body(call, "vpc");
  const sim::ModifyVpc request{id, body.changed("name"), body.changed("description"), body.changed("cidr")};
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_vpc(call);
}

Response delete_vpc(const ServiceCall& call) {
  const auto id = vpc_in_path(call);
  if (id == sim::none<sim::VpcId>()) return no_such(call, "vpc", call.text("vpc_id"));
  return no_content(call, call.cloud().submit(sim::DeleteVpc{id}));
}

// ---- v3 of the same, which clients read for what v1 does not tell ----

object vpc_view_v3(const ServiceCall& call, const sim::Vpc& vpc) {
  return {{"id", vpc.id},
          {"name", vpc.name},
          {"description", vpc.description},
          {"cidr", vpc.cidr},
          {"extend_cidrs", array{}},
          {"status", "ACTIVE"},
          {"project_id", call.tenant.id},
          {"enterprise_project_id", "0"},
          {"cloud_resources", array{}},
          {"tags", array{}},
          {"created_at", seconds_text(vpc.created)},
          {"updated_at", seconds_text(vpc.created)}};
}

Response list_vpcs_v3(const ServiceCall& call) {
  array rows;
  for (const sim::Vpc& each : call.region().vpcs)
    if (!each.deleted) rows.push_back(vpc_view_v3(call, each));
  rows = asked_for(call, std::move(rows));
  object page{{"current_count", rows.size()}};
  return answer(200, {{"vpcs", std::move(rows)}, {"page_info", std::move(page)}});
}

Response show_vpc_v3(const ServiceCall& call) {
  const auto id = vpc_in_path(call);
  if (id == sim::none<sim::VpcId>()) return no_such(call, "vpc", call.text("vpc_id"));
  return answer(200, {{"vpc", vpc_view_v3(call, call.region().vpc(id))}});
}

// ---- Subnets ----

// A list, or the two single members that mean the same.
std::optional<std::vector<std::string>> read_dns(const ServiceBody& body) {
  if (const auto list = body.fields().texts("dnsList"))
    return std::vector<std::string>(list->begin(), list->end());
  std::vector<std::string> servers;
  for (const char* key : {"primary_dns", "secondary_dns"})
    if (const std::string text = body.text(key); !text.empty()) servers.push_back(text);
  return servers.empty() ? std::nullopt : std::optional{servers};
}

Response create_subnet(const ServiceCall& call) {
  const ServiceBody body(call, "subnet");
  sim::CreateSubnet request;
  request.vpc = call.region().find_vpc(body.required("vpc_id"));
  if (request.vpc == sim::none<sim::VpcId>()) body.report("vpc_id", "a VPC that exists");
  request.set = {body.required("name"),
                 body.text("description"),
                 body.required("cidr"),
                 body.text("gateway_ip"),
                 body.boolean("dhcp_enable", true),
                 body.boolean("ipv6_enable", false),
                 read_dns(body).value_or(std::vector<std::string>{})};
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(200, {{"subnet", subnet_view(call, call.region().subnet(*made))}});
}

Response list_subnets(const ServiceCall& call) {
  array rows;
  for (const sim::Subnet& each : call.region().subnets)
    if (is_subnet(each)) rows.push_back(subnet_view(call, each));
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
  request.name = request.neutron_name = body.changed("name");
  request.description = body.changed("description");
  request.dhcp = body.fields().boolean("dhcp_enable");
  request.dns = read_dns(body);
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return answer(200, {{"subnet", object{{"id", call.region().subnet(id).id}, {"status", "ACTIVE"}}}});
}

Response delete_subnet(const ServiceCall& call) {
  const auto id = subnet_in_path(call);
  if (id == sim::none<sim::SubnetId>()) return no_such(call, "subnet", call.text("subnet_id"));
  return no_content(call, call.cloud().submit(sim::DeleteSubnet{id}));
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v1/{project_id}/vpcs", "create a VPC", create_vpc},
    {"GET", "/v1/{project_id}/vpcs", "list VPCs", list_vpcs},
    {"GET", "/v1/{project_id}/vpcs/{vpc_id}", "read a VPC", show_vpc},
    {"PUT", "/v1/{project_id}/vpcs/{vpc_id}", "change a VPC", change_vpc},
    {"DELETE", "/v1/{project_id}/vpcs/{vpc_id}", "delete a VPC", delete_vpc},
    {"POST", "/v1/{project_id}/subnets", "create a subnet", create_subnet},
    {"GET", "/v1/{project_id}/subnets", "list subnets", list_subnets},
    {"GET", "/v1/{project_id}/subnets/{subnet_id}", "read a subnet", show_subnet},
    {"PUT", "/v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}", "change a subnet", change_subnet},
    {"DELETE", "/v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}", "delete a subnet", delete_subnet},
    {"GET", "/v3/{project_id}/vpc/vpcs", "list VPCs, in the form of v3", list_vpcs_v3},
    {"GET", "/v3/{project_id}/vpc/vpcs/{vpc_id}", "read a VPC, in the form of v3", show_vpc_v3},
    {"GET", "/v2.0/{project_id}/vpcs/{vpc_id}/tags", "list tags: there are none", no_tags},
    {"GET", "/v2.0/{project_id}/subnets/{subnet_id}/tags", "list tags: there are none", no_tags},
});

}  // namespace

Service vpc_service() { return {ServiceName::Vpc, kRoutes}; }

}  // namespace tidepool::api
