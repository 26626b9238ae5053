// Neutron's routers, which are the VPCs of the VPC service.
#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "api/routes/neutron.hpp"
#include "sim/model/cidr.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

// Where a router meets the external network; one client counts the addresses that it has there.
object gateway_view(const ServiceCall& call, const sim::Vpc& vpc) {
  constexpr std::uint32_t kFirst = 100U << 24U | 64U << 16U;
  const auto number = static_cast<std::uint32_t>(&vpc - call.region().vpcs.data());
  return {{"network_id", external_network_id(call)},
          {"enable_snat", false},
          {"external_fixed_ips",
           array{object{{"subnet_id", hash_uuid("external_subnet", {external_network_id(call)})},
                        {"ip_address", sim::address_text(kFirst + 10 + number)}}}}};
}

object router_view(const ServiceCall& call, const sim::Vpc& vpc) {
  value gateway = nullptr;
  if (vpc.external_gateway) gateway = gateway_view(call, vpc);
  return {{"id", vpc.id},
          {"name", vpc.name},
          {"description", vpc.description},
          {"status", "ACTIVE"},
          {"admin_state_up", true},
          {"tenant_id", call.tenant.id},
          {"project_id", call.tenant.id},
          {"external_gateway_info", std::move(gateway)},
          {"availability_zone_hints", array{}},
          {"availability_zones", array{}},
          {"tags", array{}},
          {"routes", array{}}};
}

sim::VpcId router_in_path(const ServiceCall& call) { return call.region().find_vpc(call.text("router_id")); }

// Whether the body connects the router to the world outside; empty when it says nothing.
std::optional<bool> read_gateway(const ServiceCall& call, const ServiceBody& body) {
  const auto* given = body.fields().members().if_contains("external_gateway_info");
  if (given == nullptr) return std::nullopt;
  const auto info = body.fields().object("external_gateway_info");
  const auto network = info ? info->text("network_id") : std::nullopt;
  if (network && *network != external_network_id(call))
    info->report("network_id", kServiceBodyFault,
                 fmt::format("{}, the external network", external_network_id(call)));
  return network.has_value();
}

Response create_router(const ServiceCall& call) {
  const ServiceBody body(call, "router");
  sim::CreateVpc request{body.text("name"), body.text("description"), {}};
  request.external_gateway = read_gateway(call, body).value_or(false);
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(201, {{"router", router_view(call, call.region().vpc(*made))}});
}

Response list_routers(const ServiceCall& call) {
  array rows;
  for (const sim::Vpc& each : call.region().vpcs)
    if (!each.deleted) rows.push_back(router_view(call, each));
  return answer(200, {{"routers", asked_for(call, std::move(rows))}});
}

Response show_router(const ServiceCall& call) {
  const auto id = router_in_path(call);
  if (id == sim::none<sim::VpcId>()) return no_such(call, "router", call.text("router_id"));
  return answer(200, {{"router", router_view(call, call.region().vpc(id))}});
}

Response change_router(const ServiceCall& call) {
  const auto id = router_in_path(call);
  if (id == sim::none<sim::VpcId>()) return no_such(call, "router", call.text("router_id"));
  const ServiceBody body(call, "router");
  sim::ModifyVpc request{id, body.changed("name"), body.changed("description")};
  request.external_gateway = read_gateway(call, body);
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_router(call);
}

Response delete_router(const ServiceCall& call) {
  const auto id = router_in_path(call);
  if (id == sim::none<sim::VpcId>()) return no_such(call, "router", call.text("router_id"));
  return no_content(call, call.cloud().submit(sim::DeleteVpc{id}));
}

// A subnet, or the port that is its end at the router.
sim::SubnetId subnet_in_body(const ServiceCall& call, const ServiceBody& body) {
  if (const std::string port = body.text("port_id"); !port.empty()) {
    for (std::size_t i = 0; i < call.region().subnets.size(); ++i)
      if (!call.region().subnets[i].deleted && interface_port(call.region().subnets[i]) == port)
        return sim::id_at<sim::SubnetId>(i);
    body.report("port_id", "a port of a network");
    return sim::none<sim::SubnetId>();
  }
  const auto id = call.region().find_neutron_subnet(body.required("subnet_id"));
  if (id == sim::none<sim::SubnetId>()) body.report("subnet_id", "a subnet that exists");
  return id;
}

template <class Request>
Response change_interface(const ServiceCall& call) {
  const auto router = router_in_path(call);
  if (router == sim::none<sim::VpcId>()) return no_such(call, "router", call.text("router_id"));
  const ServiceBody body(call, "");
  const auto subnet = subnet_in_body(call, body);
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(Request{subnet, router}); !done)
    return refused(call, done.error());
  const sim::Subnet& changed = call.region().subnet(subnet);
  return answer(200, {{"id", call.text("router_id")},
                      {"subnet_id", changed.neutron_id},
                      {"subnet_ids", array{value(changed.neutron_id)}},
                      {"network_id", changed.id},
                      {"port_id", interface_port(changed)},
                      {"tenant_id", call.tenant.id},
                      {"project_id", call.tenant.id}});
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v2.0/routers", "create a router (a VPC)", create_router},
    {"GET", "/v2.0/routers", "list routers (VPCs)", list_routers},
    {"GET", "/v2.0/routers/{router_id}", "read a router (a VPC)", show_router},
    {"PUT", "/v2.0/routers/{router_id}", "change a router (a VPC)", change_router},
    {"DELETE", "/v2.0/routers/{router_id}", "delete a router (a VPC)", delete_router},
    {"PUT", "/v2.0/routers/{router_id}/add_router_interface", "connect a subnet with a router",
     change_interface<sim::AttachSubnet>},
    {"PUT", "/v2.0/routers/{router_id}/remove_router_interface", "disconnect a subnet from a router",
     change_interface<sim::DetachSubnet>},
});

}  // namespace

Service neutron_router_service() { return {ServiceName::Network, kRoutes}; }

}  // namespace tidepool::api
