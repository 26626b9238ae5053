#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "api/routes/elb.hpp"
#include "api/routes/service_ecs.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

array id_list(std::string_view id) { return {object{{"id", id}}}; }

array listeners_of(const sim::Region& region, auto is_wanted) {
  array all;
  for (const sim::Listener& each : region.listeners)
    if (!each.deleted && is_wanted(each)) all.push_back(object{{"id", each.id}});
  return all;
}

array pools_of(const sim::Region& region, sim::LoadBalancerId balancer) {
  array all;
  for (const sim::Pool& each : region.pools)
    if (!each.deleted && each.balancer == balancer) all.push_back(object{{"id", each.id}});
  return all;
}

array balancers_of(const sim::Region& region, sim::LoadBalancerId id) {
  return id == sim::none<sim::LoadBalancerId>() ? array{} : id_list(region.balancer(id).id);
}

// What all of these things have in common.
object common(const ServiceCall& call, ElbVersion version, const auto& thing) {
  object out{{"id", thing.id},
             {"name", thing.name},
             {"description", thing.description},
             {"admin_state_up", thing.admin_up},
             {"project_id", call.tenant.id},
             {"created_at", seconds_text(thing.created)},
             {"updated_at", seconds_text(thing.created)},
             {"tags", array{}}};
  if (version == ElbVersion::V2) {
    out.emplace("tenant_id", call.tenant.id);
    out.emplace("provisioning_status", "ACTIVE");
  }
  return out;
}

// Whether the server with that address runs, as far as anybody knows of one.
bool answers(const sim::Cloud& cloud, sim::VpcId vpc, std::string_view address) {
  for (const sim::Ecs& each : cloud.all_ecs()) {
    const auto in = cloud.subnets_of(each);
    if (in.empty() || cloud.region().subnet(in.front()).vpc != vpc) continue;
    if (cloud.address_of(each) == address) return cloud.status_of(each) == sim::EcsStatus::Active;
  }
  return false;
}

}  // namespace

std::vector<PoolBackend> backends_of(const sim::Cloud& cloud, sim::PoolId id) {
  const sim::Pool& pool = cloud.region().pool(id);
  std::vector<PoolBackend> all;
  for (const sim::PoolMember& each : pool.members)
    all.push_back({each.id, each.name, each.address, each.port, each.weight, each.subnet, each.admin_up,
                   answers(cloud, pool.vpc, each.address)});
  for (const sim::Backend& each : cloud.backends()) {
    if (each.pool != id) continue;
    const sim::Ecs ecs = cloud.ecs_of(each.instance);
    const auto in = cloud.subnets_of(ecs);
    const std::string instance = ecs_id(cloud, ecs);
    all.push_back({hash_uuid("member", {pool.id, instance, std::to_string(each.protocol_port)}), instance,
                   cloud.address_of(ecs), each.protocol_port, each.weight,
                   in.empty() ? sim::none<sim::SubnetId>() : in.front(), true,
                   !cloud.all_instances()[sim::index_of(each.instance)].is_ill()});
  }
  return all;
}

object balancer_view(const ServiceCall& call, ElbVersion version, sim::LoadBalancerId id) {
  const sim::LoadBalancer& balancer = call.region().balancer(id);
  const sim::Subnet& subnet = call.region().subnet(balancer.subnet);
  object out = common(call, version, balancer);
  out.emplace("vip_address", balancer.address);
  out.emplace("vip_port_id", balancer.port_id);
  out.emplace("provider", "vlb");
  out.emplace("operating_status", "ONLINE");
  out.emplace("listeners",
              listeners_of(call.region(), [&](const auto& each) { return each.balancer == id; }));
  out.emplace("pools", pools_of(call.region(), id));
  if (version == ElbVersion::V2) {
    out.emplace("vip_subnet_id", subnet.neutron_id);
    return out;
  }
  array zones;
  for (const sim::AvailabilityZone& each : call.region().zones) zones.emplace_back(each.name);
  out.emplace("provisioning_status", "ACTIVE");
  out.emplace("vip_subnet_cidr_id", subnet.neutron_id);
  out.emplace("vpc_id", subnet.vpc == sim::none<sim::VpcId>() ? "" : call.region().vpc(subnet.vpc).id);
  out.emplace("elb_virsubnet_ids", array{value(subnet.id)});
  out.emplace("availability_zone_list", std::move(zones));
  out.emplace("guaranteed", true);
  out.emplace("ip_target_enable", false);
  out.emplace("l4_flavor_id", "");
  out.emplace("l7_flavor_id", "");
  out.emplace("eips", array{});
  out.emplace("publicips", array{});
  out.emplace("deletion_protection_enable", false);
  return out;
}

object listener_view(const ServiceCall& call, ElbVersion version, sim::ListenerId id) {
  const sim::Listener& listener = call.region().listener(id);
  const bool has_pool = listener.default_pool != sim::none<sim::PoolId>();
  object out = common(call, version, listener);
  out.emplace("protocol", listener.protocol);
  out.emplace("protocol_port", listener.port);
  out.emplace("connection_limit", listener.connection_limit);
  out.emplace("http2_enable", listener.http2);
  out.emplace("default_pool_id",
              has_pool ? value(call.region().pool(listener.default_pool).id) : value(nullptr));
  out.emplace("default_tls_container_ref", nullptr);
  out.emplace("client_ca_tls_container_ref", nullptr);
  out.emplace("sni_container_refs", array{});
  out.emplace("tls_ciphers_policy", nullptr);
  out.emplace("loadbalancers", balancers_of(call.region(), listener.balancer));
  if (version == ElbVersion::V2) return out;
  out.emplace("keepalive_timeout", 60);
  out.emplace("client_timeout", 60);
  out.emplace("member_timeout", 60);
  out.emplace("insert_headers", object{});
  out.emplace("enable_member_retry", true);
  out.emplace("transparent_client_ip_enable", true);
  return out;
}

object pool_view(const ServiceCall& call, ElbVersion version, sim::PoolId id) {
  const sim::Pool& pool = call.region().pool(id);
  array members;
  for (const PoolBackend& each : backends_of(call.cloud(), id)) members.push_back(object{{"id", each.id}});
  object out = common(call, version, pool);
  out.emplace("protocol", pool.protocol);
  out.emplace("lb_algorithm", pool.algorithm);
  out.emplace("listeners",
              listeners_of(call.region(), [&](const auto& each) { return each.default_pool == id; }));
  out.emplace("loadbalancers", balancers_of(call.region(), pool.balancer));
  out.emplace("members", std::move(members));
  out.emplace("healthmonitor_id", pool.monitor.id.empty() ? value(nullptr) : value(pool.monitor.id));
  out.emplace("session_persistence", nullptr);
  if (version == ElbVersion::V2) return out;
  out.emplace("ip_version", "v4");
  out.emplace("type", "instance");
  out.emplace("vpc_id", call.region().vpc(pool.vpc).id);
  out.emplace("slow_start", nullptr);
  out.emplace("member_deletion_protection_enable", false);
  return out;
}

object backend_view(const ServiceCall& call, ElbVersion version, const PoolBackend& backend) {
  const bool has_subnet = backend.subnet != sim::none<sim::SubnetId>();
  value subnet = nullptr;
  if (has_subnet) subnet = call.region().subnet(backend.subnet).neutron_id;
  object out{{"id", backend.id},
             {"name", backend.name},
             {"address", backend.address},
             {"protocol_port", backend.port},
             {"weight", backend.weight},
             {"admin_state_up", backend.admin_up},
             {"operating_status", backend.online ? "ONLINE" : "OFFLINE"},
             {"project_id", call.tenant.id}};
  if (version == ElbVersion::V2) {
    out.emplace("subnet_id", std::move(subnet));
    out.emplace("tenant_id", call.tenant.id);
    return out;
  }
  out.emplace("subnet_cidr_id", std::move(subnet));
  out.emplace("ip_version", "v4");
  out.emplace("member_type", "instance");
  return out;
}

object monitor_view(const ServiceCall& call, ElbVersion version, sim::PoolId id) {
  const sim::HealthMonitor& monitor = call.region().pool(id).monitor;
  object out{{"id", monitor.id},
             {"name", monitor.name},
             {"type", monitor.type},
             {"delay", monitor.delay},
             {"timeout", monitor.timeout},
             {"max_retries", monitor.max_retries},
             {"admin_state_up", monitor.admin_up},
             {"project_id", call.tenant.id},
             {"monitor_port", nullptr},
             {"pools", id_list(call.region().pool(id).id)}};
  if (version == ElbVersion::V2) out.emplace("tenant_id", call.tenant.id);
  return out;
}

// v3 says how far its pages go.
Response elb_list(const ServiceCall& call, ElbVersion version, const char* key, array rows) {
  rows = asked_for(call, std::move(rows));
  object out;
  if (version == ElbVersion::V3) {
    object page{{"current_count", rows.size()}};
    if (!rows.empty()) {
      page.emplace("previous_marker", rows.front().at("id"));
      page.emplace("next_marker", rows.back().at("id"));
    }
    out.emplace("page_info", std::move(page));
    out.emplace("request_id", hash_text("request", {key}));
  }
  out.emplace(key, std::move(rows));
  return answer(200, out);
}

// ---- What bodies hold ----

std::string read_elb_word(const ServiceBody& body, std::string_view key,
                          std::span<const std::string_view> known) {
  std::string word = body.required(key);
  if (std::ranges::find(known, word) == known.end())
    body.report(key, fmt::format("one of {}", fmt::join(known, ", ")));
  return word;
}

std::string read_protocol(const ServiceBody& body) {
  constexpr std::array kProtocols = std::to_array<std::string_view>(
      {"TCP", "UDP", "HTTP", "HTTPS", "TERMINATED_HTTPS", "QUIC", "TLS", "GRPC", "IP"});
  return read_elb_word(body, "protocol", kProtocols);
}

sim::LoadBalancerId read_balancer(const ServiceCall& call, const ServiceBody& body) {
  const auto id = call.region().find_balancer(body.required("loadbalancer_id"));
  if (id == sim::none<sim::LoadBalancerId>()) body.report("loadbalancer_id", "a load balancer that exists");
  return id;
}

}  // namespace tidepool::api
