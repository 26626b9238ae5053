// Elastic IPs (EIPs), as the VPC service has them. Neutron's form of the same is in neutron_floating_ips.cpp.
#include <array>
#include <string>
#include <utility>

#include "api/routes/service_eip.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr int kWidest = 1000;  // Mbit/s

object ip_view(const ServiceCall& call, const EipFacts& ip) {
  return {{"id", ip.id},
          {"status", ip.port_id.empty() ? "DOWN" : "ACTIVE"},
          {"type", ip.type},
          {"public_ip_address", ip.address},
          {"private_ip_address", ip.private_address},
          {"port_id", ip.port_id},
          {"tenant_id", call.tenant.id},
          {"create_time", seconds_text(ip.created)},
          {"bandwidth_id", ip.bandwidth_id},
          {"bandwidth_name", ip.bandwidth_name},
          {"bandwidth_size", ip.mbit},
          {"bandwidth_share_type", ip.share_type},
          {"enterprise_project_id", "0"},
          {"ip_version", 4}};
}

// Two objects beside each other: the address and how wide its way is.
Response create_ip(const ServiceCall& call) {
  const ServiceBody body(call, "publicip");
  const ServiceBody wide(call, "bandwidth");
  sim::CreatePublicIp request;
  request.type = body.text("type", "5_bgp");
  request.bandwidth_name = wide.text("name", "bandwidth");
  if (wide.text("share_type", "PER") != "PER")
    wide.report("share_type", "PER: an EIP has a bandwidth of its own");
  request.charge_mode = wide.text("charge_mode", "traffic");
  request.bandwidth_mbit = wide.integer("size", 1);
  if (request.bandwidth_mbit < 1 || request.bandwidth_mbit > kWidest) wide.report("size", "1 to 1000");
  if (body.is_wrong()) return body.refusal();
  if (wide.is_wrong()) return wide.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(200, {{"publicip", ip_view(call, *find_eip(call, call.region().public_ip(*made).id))}});
}

Response list_ips(const ServiceCall& call) {
  array rows;
  for (const EipFacts& each : all_eips(call)) rows.push_back(ip_view(call, each));
  return answer(200, {{"publicips", asked_for(call, std::move(rows))}});
}

Response show_ip(const ServiceCall& call) {
  const auto found = find_eip(call, call.text("ip_id"));
  if (!found) return no_such(call, "publicip", call.text("ip_id"));
  return answer(200, {{"publicip", ip_view(call, *found)}});
}

// A port binds, an empty or absent one unbinds. Source: VPC API reference, "Updating an EIP".
Response update_ip(const ServiceCall& call) {
  const auto found = find_eip(call, call.text("ip_id"));
  if (!found) return no_such(call, "publicip", call.text("ip_id"));
  const ServiceBody body(call, "publicip");
  const std::string port = body.text("port_id");
  for (const auto& each : body.fields().members())
    if (each.key() != "port_id") body.report(each.key(), "none: only port_id can change");
  if (body.is_wrong()) return body.refusal();
  if (const auto done = bind_eip(call, *found, port); !done) return refused(call, done.error());
  return answer(200, {{"publicip", ip_view(call, *find_eip(call, found->id))}});
}

Response delete_ip(const ServiceCall& call) {
  const auto found = find_eip(call, call.text("ip_id"));
  return found ? delete_eip(call, *found) : no_such(call, "publicip", call.text("ip_id"));
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v1/{project_id}/publicips", "create a public address", create_ip},
    {"GET", "/v1/{project_id}/publicips", "list public addresses", list_ips},
    {"GET", "/v1/{project_id}/publicips/{ip_id}", "read a public address", show_ip},
    {"PUT", "/v1/{project_id}/publicips/{ip_id}", "bind or unbind a public address", update_ip},
    {"DELETE", "/v1/{project_id}/publicips/{ip_id}", "delete a public address", delete_ip},
    {"GET", "/v2.0/{project_id}/publicips/{ip_id}/tags", "list tags: there are none", no_tags},
});

}  // namespace

Service eip_service() { return {ServiceName::Vpc, kRoutes}; }

}  // namespace tidepool::api
