// Elastic IPs (EIPs), as the VPC service makes them by hand. Those that groups give to their instances are not shown here.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/routes/service_call.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr int kWidest = 1000;  // Mbit/s

object ip_view(const ServiceCall& call, const sim::PublicIp& ip) {
  return {{"id", ip.id},
          {"status", "DOWN"},  // Bound to nothing.
          {"type", ip.type},
          {"public_ip_address", ip.address},
          {"private_ip_address", ""},
          {"port_id", ""},
          {"tenant_id", call.tenant.id},
          {"create_time", seconds_text(ip.created)},
          {"bandwidth_id", ip.bandwidth_id},
          {"bandwidth_name", ip.bandwidth_name},
          {"bandwidth_size", ip.bandwidth_mbit},
          {"bandwidth_share_type", ip.share_type},
          {"enterprise_project_id", "0"},
          {"ip_version", 4}};
}

sim::PublicIpId ip_in_path(const ServiceCall& call) {
  return call.region().find_public_ip(call.text("ip_id"));
}

// Two objects beside each other: the address and how wide its way is.
Response create_ip(const ServiceCall& call) {
  const ServiceBody body(call, "publicip");
  const ServiceBody wide(call, "bandwidth");
  sim::CreatePublicIp request;
  request.type = body.text("type", "5_bgp");
  request.bandwidth_name = wide.text("name", "bandwidth");
  request.share_type = wide.text("share_type", "PER");
  request.charge_mode = wide.text("charge_mode", "traffic");
  request.bandwidth_mbit = wide.integer("size", 1);
  if (request.bandwidth_mbit < 1 || request.bandwidth_mbit > kWidest) wide.report("size", "1 to 1000");
  if (body.is_wrong()) return body.refusal();
  if (wide.is_wrong()) return wide.refusal();
  return answer(200, {{"publicip", ip_view(call, call.region().public_ip(call.cloud().submit(request)))}});
}

Response list_ips(const ServiceCall& call) {
  array rows;
  for (const sim::PublicIp& each : call.region().public_ips)
    if (!each.deleted) rows.push_back(ip_view(call, each));
  return answer(200, {{"publicips", asked_for(call, std::move(rows))}});
}

Response show_ip(const ServiceCall& call) {
  const auto id = ip_in_path(call);
  if (id == sim::none<sim::PublicIpId>()) return no_such(call, "publicip", call.text("ip_id"));
  return answer(200, {{"publicip", ip_view(call, call.region().public_ip(id))}});
}

Response delete_ip(const ServiceCall& call) {
  const auto id = ip_in_path(call);
  if (id == sim::none<sim::PublicIpId>()) return no_such(call, "publicip", call.text("ip_id"));
  return no_content(call, call.cloud().submit(sim::DeletePublicIp{id}));
}

Response show_bandwidth(const ServiceCall& call) {
  const auto& all = call.region().public_ips;
  const auto found = std::ranges::find_if(all, [&](const sim::PublicIp& each) {
    return !each.deleted && each.bandwidth_id == call.text("bandwidth_id");
  });
  if (found == all.end()) return no_such(call, "bandwidth", call.text("bandwidth_id"));
  return answer(200,
                {{"bandwidth", object{{"id", found->bandwidth_id},
                                      {"name", found->bandwidth_name},
                                      {"size", found->bandwidth_mbit},
                                      {"share_type", found->share_type},
                                      {"charge_mode", found->charge_mode},
                                      {"bandwidth_type", "bgp"},
                                      {"tenant_id", call.tenant.id},
                                      {"publicip_info", array{object{{"publicip_id", found->id},
                                                                     {"publicip_address", found->address},
                                                                     {"publicip_type", found->type},
                                                                     {"ip_version", 4}}}}}}});
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v1/{project_id}/publicips", create_ip},
    {"GET", "/v1/{project_id}/publicips", list_ips},
    {"GET", "/v1/{project_id}/publicips/{ip_id}", show_ip},
    {"DELETE", "/v1/{project_id}/publicips/{ip_id}", delete_ip},
    {"GET", "/v1/{project_id}/bandwidths/{bandwidth_id}", show_bandwidth},
    {"GET", "/v2.0/{project_id}/publicips/{ip_id}/tags", no_tags},
});

}  // namespace

Service eip_service() { return {ServiceName::Vpc, kRoutes}; }

}  // namespace tidepool::api
