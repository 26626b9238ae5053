// Bandwidths, which policies can widen and narrow: made, changed and given up by hand. Those of EIPs come and go with them.
#include <array>
#include <string>
#include <utility>

#include "api/routes/service_eip.hpp"
#include "api/wire/bandwidth_json.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

Response bad_request(const ServiceCall& call, const sim::Error& error) {
  return service_error(call.service, 400, error.message);
}

// One of an EIP that a group gave to an instance: it can be seen and not be scaled.
object view_of_instances(const ServiceCall& call, const EipFacts& ip) {
  return {{"id", ip.bandwidth_id},
          {"name", ip.bandwidth_name},
          {"size", ip.mbit},
          {"share_type", ip.share_type},
          {"charge_mode", ip.charge_mode},
          {"bandwidth_type", "bgp"},
          {"tenant_id", call.tenant.id},
          {"publicip_info", array{object{{"publicip_id", ip.id},
                                         {"publicip_address", ip.address},
                                         {"publicip_type", ip.type},
                                         {"ip_version", 4}}}}};
}

array all_rows(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.cloud().all_bandwidths().size(); ++i) {
    const auto id = sim::id_at<sim::BandwidthId>(i);
    if (call.cloud().find(id) != nullptr) rows.push_back(write_bandwidth(call.cloud(), id, call.tenant.id));
  }
  for (const EipFacts& each : all_eips(call))
    if (each.by_hand == sim::none<sim::PublicIpId>()) rows.push_back(view_of_instances(call, each));
  return rows;
}

// None when the path names another thing, or one that can only be seen.
sim::BandwidthId named(const ServiceCall& call) {
  const auto id = IdText{call.cloud().seed()}.bandwidth(call.text("bandwidth_id"));
  return id != sim::none<sim::BandwidthId>() && call.cloud().find(id) != nullptr
             ? id
             : sim::none<sim::BandwidthId>();
}

Response no_such_bandwidth(const ServiceCall& call) {
  return no_such(call, "bandwidth", call.text("bandwidth_id"));
}

Response written(const ServiceCall& call, sim::BandwidthId id) {
  return answer(200, {{"bandwidth", write_bandwidth(call.cloud(), id, call.tenant.id)}});
}

Response create(const ServiceCall& call) {
  const auto command = read_create_bandwidth(call.visit.request.body, call.cloud());
  if (!command) return bad_request(call, command.error());
  const auto made = call.cloud().submit(*command);
  return made ? written(call, *made) : bad_request(call, made.error());
}

Response list(const ServiceCall& call) {
  return answer(200, {{"bandwidths", asked_for(call, all_rows(call))}});
}

Response show(const ServiceCall& call) {
  for (const auto& each : all_rows(call))
    if (each.at("id").as_string() == call.text("bandwidth_id")) return answer(200, {{"bandwidth", each}});
  return no_such_bandwidth(call);
}

Response modify(const ServiceCall& call) {
  const auto id = named(call);
  if (id == sim::none<sim::BandwidthId>()) return no_such_bandwidth(call);
  const auto command = read_modify_bandwidth(call.visit.request.body, id, call.cloud());
  if (!command) return bad_request(call, command.error());
  const auto done = call.cloud().submit(*command);
  return done ? written(call, id) : bad_request(call, done.error());
}

Response remove(const ServiceCall& call) {
  const auto id = named(call);
  if (id == sim::none<sim::BandwidthId>()) return no_such_bandwidth(call);
  const auto done = call.cloud().submit(sim::DeleteBandwidth{id});
  return done ? Response{204, {}} : bad_request(call, done.error());
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v1/{project_id}/bandwidths", "create a bandwidth", create},
    {"GET", "/v1/{project_id}/bandwidths", "list bandwidths", list},
    {"GET", "/v1/{project_id}/bandwidths/{bandwidth_id}", "read a bandwidth", show},
    {"PUT", "/v1/{project_id}/bandwidths/{bandwidth_id}", "change a bandwidth", modify},
    {"DELETE", "/v1/{project_id}/bandwidths/{bandwidth_id}", "delete a bandwidth", remove},
});

}  // namespace

Service bandwidth_service() { return {ServiceName::Vpc, kRoutes}; }

}  // namespace tidepool::api
