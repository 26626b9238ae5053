#include "api/routes/service_eip.hpp"

#include <utility>

#include "api/routes/service_ecs.hpp"
#include "api/wire/ids_text.hpp"
#include "sim/model/cidr.hpp"

namespace tidepool::api {
namespace {

EipFacts facts_by_hand(const sim::Cloud& cloud, sim::PublicIpId id) {
  const sim::PublicIp& ip = cloud.region().public_ip(id);
  const sim::Bandwidth& bandwidth = cloud.all_bandwidths()[sim::index_of(ip.bandwidth)];
  EipFacts facts;
  facts.id = ip.id;
  facts.address = ip.address;
  facts.type = ip.type;
  facts.bandwidth_id = IdText{cloud.seed()}.text(ip.bandwidth);
  facts.bandwidth_name = bandwidth.name;
  facts.share_type = "PER";
  facts.charge_mode = ip.charge_mode;
  facts.mbit = bandwidth.size;
  facts.created = ip.created;
  facts.by_hand = id;
  if (!cloud.is_bound(ip)) return facts;
  if (ip.balancer != sim::none<sim::LoadBalancerId>()) {
    facts.port_id = cloud.region().balancer(ip.balancer).port_id;
    facts.private_address = cloud.region().balancer(ip.balancer).address;
    return facts;
  }
  const sim::Ecs ecs = cloud.ecs_of(ip);
  facts.server = ecs_id(cloud, ecs);
  facts.port_id = hash_uuid("port", {facts.server});
  facts.private_address = cloud.address_of(ecs);
  return facts;
}

// The model counts these; their texts follow from their places.
EipFacts facts_of_resource(const sim::Cloud& cloud, std::size_t index) {
  constexpr std::uint32_t kFirst = 198U << 24U | 19U << 16U;
  const sim::Resource& resource = cloud.resources()[index];
  const sim::Ecs ecs = cloud.ecs_of(resource.instance);
  const std::string seed = std::to_string(cloud.seed()), number = std::to_string(index);
  const sim::Instance& made = cloud.all_instances()[sim::index_of(resource.instance)];
  const auto& wanted = cloud.all_configurations()[sim::index_of(made.configuration)].public_ip;
  EipFacts facts;
  facts.id = hash_uuid("eip", {seed, number});
  facts.address = sim::address_text(kFirst + 10 + static_cast<std::uint32_t>(index % 65'000));
  facts.type = wanted ? wanted->ip_type : "5_bgp";
  facts.bandwidth_id = hash_uuid("bandwidth", {seed, number});
  facts.bandwidth_name = "as-bandwidth-" + number;
  facts.share_type = "PER";
  facts.charge_mode = "traffic";
  facts.mbit = resource.size;
  facts.created = resource.created;
  facts.resource = index;
  if (resource.left_behind == sim::kNever) {
    facts.server = ecs_id(cloud, ecs);
    facts.port_id = hash_uuid("port", {facts.server});
    facts.private_address = cloud.address_of(ecs);
  }
  return facts;
}

// What the port belongs to; all are none for a port of nothing that can have an EIP.
sim::BindPublicIp owner_of(const sim::Cloud& cloud, std::string_view port_id) {
  sim::BindPublicIp found;
  const auto& balancers = cloud.region().balancers;
  for (std::size_t i = 0; i < balancers.size(); ++i)
    if (!balancers[i].deleted && balancers[i].port_id == port_id)
      found.balancer = sim::id_at<sim::LoadBalancerId>(i);
  for (const sim::Ecs& each : cloud.all_ecs()) {
    if (hash_uuid("port", {ecs_id(cloud, each)}) != port_id) continue;
    found.server = each.server;
    found.instance = each.instance;
  }
  return found;
}

}  // namespace

std::vector<EipFacts> all_eips(const ServiceCall& call) {
  std::vector<EipFacts> all;
  for (std::size_t i = 0; i < call.region().public_ips.size(); ++i)
    if (!call.region().public_ips[i].deleted)
      all.push_back(facts_by_hand(call.cloud(), sim::id_at<sim::PublicIpId>(i)));
  const auto resources = call.cloud().resources();
  for (std::size_t i = 0; i < resources.size(); ++i)
    if (resources[i].kind == sim::ResourceKind::Eip && resources[i].deleted == sim::kNever)
      all.push_back(facts_of_resource(call.cloud(), i));
  return all;
}

std::optional<EipFacts> find_eip(const ServiceCall& call, std::string_view id) {
  for (EipFacts& each : all_eips(call))
    if (each.id == id) return std::move(each);
  return std::nullopt;
}

std::string public_address_of(const sim::Cloud& cloud, const sim::Ecs& ecs) {
  const auto same = [&](const sim::Ecs& other) {
    return other.server == ecs.server && other.instance == ecs.instance;
  };
  for (const sim::PublicIp& each : cloud.region().public_ips)
    if (!each.deleted && cloud.is_bound(each) && same(cloud.ecs_of(each))) return each.address;
  const auto resources = cloud.resources();
  for (std::size_t i = 0; i < resources.size(); ++i)
    if (resources[i].kind == sim::ResourceKind::Eip && resources[i].deleted == sim::kNever &&
        resources[i].left_behind == sim::kNever && same(cloud.ecs_of(resources[i].instance)))
      return facts_of_resource(cloud, i).address;
  return {};
}

sim::Outcome<void> bind_eip(const ServiceCall& call, const EipFacts& eip, std::string_view port_id) {
  const bool by_hand = eip.by_hand != sim::none<sim::PublicIpId>();
  if (port_id.empty())
    return by_hand ? call.cloud().submit(sim::UnbindPublicIp{eip.by_hand})
                   : call.cloud().submit(sim::UnbindEip{eip.resource});
  if (!by_hand)
    return sim::Refusal{
        sim::RefusalKind::Conflict,
        "an EIP that an AS configuration gave can be unbound and deleted, and not bound again"};
  sim::BindPublicIp request = owner_of(call.cloud(), port_id);
  request.ip = eip.by_hand;
  if (sim::Ecs{request.server, request.instance}.is_none() &&
      request.balancer == sim::none<sim::LoadBalancerId>())
    return sim::Refusal{sim::RefusalKind::Invalid,
                        "port_id " + shown(port_id) + ": expected the port of a server or a load balancer"};
  return call.cloud().submit(request);
}

Response delete_eip(const ServiceCall& call, const EipFacts& eip) {
  if (eip.by_hand != sim::none<sim::PublicIpId>())
    return no_content(call, call.cloud().submit(sim::DeletePublicIp{eip.by_hand}));
  return no_content(call, call.cloud().submit(sim::ReleaseEip{eip.resource}));
}

}  // namespace tidepool::api
