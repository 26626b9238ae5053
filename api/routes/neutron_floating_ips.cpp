// Elastic IPs as Neutron has them: addresses of the external network.
#include <string>
#include <utility>

#include "api/routes/neutron.hpp"
#include "api/routes/service_eip.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

object ip_view(const ServiceCall& call, const EipFacts& ip) {
  const bool bound = !ip.port_id.empty();
  return {{"id", ip.id},
          {"floating_ip_address", ip.address},
          {"floating_network_id", external_network_id(call)},
          {"fixed_ip_address", bound ? value(ip.private_address) : value(nullptr)},
          {"port_id", bound ? value(ip.port_id) : value(nullptr)},
          {"router_id", nullptr},
          {"status", bound ? "ACTIVE" : "DOWN"},
          {"description", ""},
          {"tags", array{}},
          {"tenant_id", call.tenant.id},
          {"project_id", call.tenant.id},
          {"created_at", seconds_text(ip.created)}};
}

}  // namespace

Response create_floating_ip(const ServiceCall& call) {
  const ServiceBody body(call, "floatingip");
  if (body.required("floating_network_id") != external_network_id(call))
    body.report("floating_network_id", external_network_id(call));
  if (body.is_wrong()) return body.refusal();
  sim::CreatePublicIp request{"5_bgp", "bandwidth", "traffic", 1};
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  const std::string id = call.region().public_ip(*made).id;
  if (const std::string port = body.text("port_id"); !port.empty())
    if (const auto done = bind_eip(call, *find_eip(call, id), port); !done) {
      call.cloud().submit(sim::DeletePublicIp{*made}).value();
      return refused(call, done.error());
    }
  return answer(201, {{"floatingip", ip_view(call, *find_eip(call, id))}});
}

// One that is bound has to be unbound before another port can have it.
Response update_floating_ip(const ServiceCall& call) {
  const auto found = find_eip(call, call.text("ip_id"));
  if (!found) return no_such(call, "floatingip", call.text("ip_id"));
  const ServiceBody body(call, "floatingip");
  const std::string port = body.text("port_id");
  if (body.is_wrong()) return body.refusal();
  if (port != found->port_id)
    if (const auto done = bind_eip(call, *found, port); !done) return refused(call, done.error());
  return answer(200, {{"floatingip", ip_view(call, *find_eip(call, found->id))}});
}

Response list_floating_ips(const ServiceCall& call) {
  array rows;
  for (const EipFacts& each : all_eips(call)) rows.push_back(ip_view(call, each));
  return answer(200, {{"floatingips", asked_for(call, std::move(rows))}});
}

Response show_floating_ip(const ServiceCall& call) {
  const auto found = find_eip(call, call.text("ip_id"));
  if (!found) return no_such(call, "floatingip", call.text("ip_id"));
  return answer(200, {{"floatingip", ip_view(call, *found)}});
}

Response delete_floating_ip(const ServiceCall& call) {
  const auto found = find_eip(call, call.text("ip_id"));
  return found ? delete_eip(call, *found) : no_such(call, "floatingip", call.text("ip_id"));
}

}  // namespace tidepool::api
