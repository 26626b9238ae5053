// The load balancing service (ELB) in both of its versions: the same calls under two roots, with a few other words.
#include "api/routes/elb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr ElbVersion kV2 = ElbVersion::V2, kV3 = ElbVersion::V3;

constexpr std::array kAlgorithms =
    std::to_array<std::string_view>({"ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "QUIC_CID",
                                     "2_TUPLE_HASH", "3_TUPLE_HASH", "5_TUPLE_HASH"});
constexpr std::array kProtocols = std::to_array<std::string_view>(
    {"TCP", "UDP", "HTTP", "HTTPS", "TERMINATED_HTTPS", "QUIC", "TLS", "GRPC", "IP"});

// v3 says how far its pages go.
Response list_answer(const ServiceCall& call, ElbVersion version, const char* key, array rows) {
  rows = asked_for(call, std::move(rows));
  object out;
  if (version == kV3) {
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

std::string read_word(const ServiceBody& body, std::string_view key, auto& known) {
  std::string word = body.required(key);
  if (std::ranges::find(known, word) == known.end())
    body.report(key, "a word of the service, as TCP or ROUND_ROBIN");
  return word;
}

// ---- Load balancers ----

sim::LoadBalancerId balancer_in_path(const ServiceCall& call) {
  return call.region().find_balancer(call.text("balancer_id"));
}

Response no_such_balancer(const ServiceCall& call) {
  return no_such(call, "loadbalancer", call.text("balancer_id"));
}

sim::SubnetId any_subnet_of(const sim::Region& region, sim::VpcId vpc) {
  for (std::size_t i = 0; i < region.subnets.size(); ++i)
    if (!region.subnets[i].deleted && region.subnets[i].vpc == vpc && !region.subnets[i].neutron_id.empty())
      return sim::id_at<sim::SubnetId>(i);
  return sim::none<sim::SubnetId>();
}

// v3 knows three ways to say where the balancer lies.
sim::SubnetId read_place(const ServiceCall& call, ElbVersion version, const ServiceBody& body) {
  const char* key = version == kV2 ? "vip_subnet_id" : "vip_subnet_cidr_id";
  if (version == kV3 && !body.fields().has(key)) {
    if (const auto networks = body.fields().texts("elb_virsubnet_ids"); networks && !networks->empty()) {
      const auto id = call.region().find_subnet(networks->front());
      if (id == sim::none<sim::SubnetId>()) body.report("elb_virsubnet_ids", "networks that exist");
      return id;
    }
    if (body.fields().has("vpc_id")) {
      const auto vpc = call.region().find_vpc(body.text("vpc_id"));
      const auto id =
          vpc == sim::none<sim::VpcId>() ? sim::none<sim::SubnetId>() : any_subnet_of(call.region(), vpc);
      if (id == sim::none<sim::SubnetId>()) body.report("vpc_id", "a VPC that has a subnet");
      return id;
    }
  }
  const auto id = call.region().find_neutron_subnet(body.required(key));
  if (id == sim::none<sim::SubnetId>()) body.report(key, "the id of a (Neutron) subnet that exists");
  return id;
}

template <ElbVersion V>
Response create_balancer(const ServiceCall& call) {
  const ServiceBody body(call, "loadbalancer");
  const sim::CreateLoadBalancer request{body.text("name"), body.text("description"),
                                        read_place(call, V, body), body.text("vip_address"),
                                        body.boolean("admin_state_up", true)};
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(201, {{"loadbalancer", balancer_view(call, V, *made)}});
}

template <ElbVersion V>
Response list_balancers(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.region().balancers.size(); ++i)
    if (!call.region().balancers[i].deleted)
      rows.push_back(balancer_view(call, V, sim::id_at<sim::LoadBalancerId>(i)));
  return list_answer(call, V, "loadbalancers", std::move(rows));
}

template <ElbVersion V>
Response show_balancer(const ServiceCall& call) {
  const auto id = balancer_in_path(call);
  if (id == sim::none<sim::LoadBalancerId>()) return no_such_balancer(call);
  return answer(200, {{"loadbalancer", balancer_view(call, V, id)}});
}

template <ElbVersion V>
Response change_balancer(const ServiceCall& call) {
  const auto id = balancer_in_path(call);
  if (id == sim::none<sim::LoadBalancerId>()) return no_such_balancer(call);
  const ServiceBody body(call, "loadbalancer");
  const sim::ModifyLoadBalancer request{id, body.changed("name"), body.changed("description"),
                                        body.fields().boolean("admin_state_up")};
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_balancer<V>(call);
}

Response delete_balancer(const ServiceCall& call) {
  const auto id = balancer_in_path(call);
  if (id == sim::none<sim::LoadBalancerId>()) return no_such_balancer(call);
  return no_content(call, call.cloud().submit(sim::DeleteLoadBalancer{id}));
}

array views_of(const ServiceCall& call, auto& table, auto is_wanted) {
  array rows;
  for (const auto& each : table)
    if (!each.deleted && is_wanted(each))
      rows.push_back(object{{"id", each.id},
                            {"name", each.name},
                            {"provisioning_status", "ACTIVE"},
                            {"operating_status", "ONLINE"},
                            {"tenant_id", call.tenant.id}});
  return rows;
}

// A balancer with everything below it.
Response show_statuses(const ServiceCall& call) {
  const auto id = balancer_in_path(call);
  if (id == sim::none<sim::LoadBalancerId>()) return no_such_balancer(call);
  const auto of_balancer = [&](const auto& each) { return each.balancer == id; };
  object whole{{"id", call.region().balancer(id).id},
               {"name", call.region().balancer(id).name},
               {"provisioning_status", "ACTIVE"},
               {"operating_status", "ONLINE"},
               {"listeners", views_of(call, call.region().listeners, of_balancer)},
               {"pools", views_of(call, call.region().pools, of_balancer)}};
  return answer(200, {{"statuses", object{{"loadbalancer", std::move(whole)}}}});
}

// ---- Listeners ----

sim::ListenerId listener_in_path(const ServiceCall& call) {
  return call.region().find_listener(call.text("listener_id"));
}

Response no_such_listener(const ServiceCall& call) {
  return no_such(call, "listener", call.text("listener_id"));
}

// Empty when the body does not say; an empty text takes the pool away.
std::optional<sim::PoolId> read_default_pool(const ServiceCall& call, const ServiceBody& body) {
  const auto given = body.changed("default_pool_id");
  if (!given) return std::nullopt;
  if (given->empty()) return sim::none<sim::PoolId>();
  const auto id = call.region().find_pool(*given);
  if (id == sim::none<sim::PoolId>()) body.report("default_pool_id", "a pool that exists");
  return id;
}

sim::LoadBalancerId read_balancer(const ServiceCall& call, const ServiceBody& body) {
  const auto id = call.region().find_balancer(body.required("loadbalancer_id"));
  if (id == sim::none<sim::LoadBalancerId>()) body.report("loadbalancer_id", "a load balancer that exists");
  return id;
}

template <ElbVersion V>
Response create_listener(const ServiceCall& call) {
  const ServiceBody body(call, "listener");
  sim::CreateListener request;
  request.balancer = read_balancer(call, body);
  request.name = body.text("name");
  request.description = body.text("description");
  request.protocol = read_word(body, "protocol", kProtocols);
  request.port =
      body.fields().required_integer("protocol_port", kServiceBodyFault, kServiceBodyFault, "1 to 65535");
  request.default_pool = read_default_pool(call, body).value_or(sim::none<sim::PoolId>());
  request.connection_limit = body.integer("connection_limit", -1);
  request.http2 = body.boolean("http2_enable", false);
  request.admin_up = body.boolean("admin_state_up", true);
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(201, {{"listener", listener_view(call, V, *made)}});
}

template <ElbVersion V>
Response list_listeners(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.region().listeners.size(); ++i)
    if (!call.region().listeners[i].deleted)
      rows.push_back(listener_view(call, V, sim::id_at<sim::ListenerId>(i)));
  return list_answer(call, V, "listeners", std::move(rows));
}

template <ElbVersion V>
Response show_listener(const ServiceCall& call) {
  const auto id = listener_in_path(call);
  if (id == sim::none<sim::ListenerId>()) return no_such_listener(call);
  return answer(200, {{"listener", listener_view(call, V, id)}});
}

template <ElbVersion V>
Response change_listener(const ServiceCall& call) {
  const auto id = listener_in_path(call);
  if (id == sim::none<sim::ListenerId>()) return no_such_listener(call);
  const ServiceBody body(call, "listener");
  sim::ModifyListener request{id, body.changed("name"), body.changed("description")};
  request.default_pool = read_default_pool(call, body);
  request.connection_limit = body.fields().integer("connection_limit", kServiceBodyFault);
  request.http2 = body.fields().boolean("http2_enable");
  request.admin_up = body.fields().boolean("admin_state_up");
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_listener<V>(call);
}

Response delete_listener(const ServiceCall& call) {
  const auto id = listener_in_path(call);
  if (id == sim::none<sim::ListenerId>()) return no_such_listener(call);
  return no_content(call, call.cloud().submit(sim::DeleteListener{id}));
}

// ---- Pools ----

sim::PoolId pool_in_path(const ServiceCall& call) { return call.region().find_pool(call.text("pool_id")); }

Response no_such_pool(const ServiceCall& call) { return no_such(call, "pool", call.text("pool_id")); }

template <ElbVersion V>
Response create_pool(const ServiceCall& call) {
  const ServiceBody body(call, "pool");
  sim::CreatePool request;
  if (const std::string listener = body.text("listener_id"); !listener.empty()) {
    request.listener = call.region().find_listener(listener);
    if (request.listener == sim::none<sim::ListenerId>())
      body.report("listener_id", "a listener that exists");
  } else {
    request.balancer = read_balancer(call, body);
  }
  request.name = body.text("name");
  request.description = body.text("description");
  request.protocol = read_word(body, "protocol", kProtocols);
  request.algorithm = read_word(body, "lb_algorithm", kAlgorithms);
  request.admin_up = body.boolean("admin_state_up", true);
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  return answer(201, {{"pool", pool_view(call, V, *made)}});
}

template <ElbVersion V>
Response list_pools(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.region().pools.size(); ++i)
    if (!call.region().pools[i].deleted) rows.push_back(pool_view(call, V, sim::id_at<sim::PoolId>(i)));
  return list_answer(call, V, "pools", std::move(rows));
}

template <ElbVersion V>
Response show_pool(const ServiceCall& call) {
  const auto id = pool_in_path(call);
  if (id == sim::none<sim::PoolId>()) return no_such_pool(call);
  return answer(200, {{"pool", pool_view(call, V, id)}});
}

template <ElbVersion V>
Response change_pool(const ServiceCall& call) {
  const auto id = pool_in_path(call);
  if (id == sim::none<sim::PoolId>()) return no_such_pool(call);
  const ServiceBody body(call, "pool");
  sim::ModifyPool request{id, body.changed("name"), body.changed("description")};
  if (body.fields().has("lb_algorithm")) request.algorithm = read_word(body, "lb_algorithm", kAlgorithms);
  request.admin_up = body.fields().boolean("admin_state_up");
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_pool<V>(call);
}

Response delete_pool(const ServiceCall& call) {
  const auto id = pool_in_path(call);
  if (id == sim::none<sim::PoolId>()) return no_such_pool(call);
  return no_content(call, call.cloud().submit(sim::DeletePool{id}));
}

// ---- Members ----

// The member that the path names; by value, as it is made for the occasion.
std::optional<PoolBackend> member_in_path(const ServiceCall& call, sim::PoolId pool) {
  for (PoolBackend& each : backends_of(call.cloud(), pool))
    if (each.id == call.text("member_id")) return std::move(each);
  return std::nullopt;
}

Response no_such_member(const ServiceCall& call) { return no_such(call, "member", call.text("member_id")); }

template <ElbVersion V>
Response create_member(const ServiceCall& call) {
  const auto pool = pool_in_path(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_pool(call);
  const ServiceBody body(call, "member");
  const char* subnet_key = V == kV2 ? "subnet_id" : "subnet_cidr_id";
  sim::AddPoolMember request{pool, {}};
  request.member.name = body.text("name");
  request.member.address = body.required("address");
  request.member.port =
      body.fields().required_integer("protocol_port", kServiceBodyFault, kServiceBodyFault, "1 to 65535");
  request.member.weight = body.integer("weight", 1);
  request.member.admin_up = body.boolean("admin_state_up", true);
  if (const std::string subnet = body.text(subnet_key); !subnet.empty()) {
    request.member.subnet = call.region().find_neutron_subnet(subnet);
    if (request.member.subnet == sim::none<sim::SubnetId>())
      body.report(subnet_key, "the id of a (Neutron) subnet that exists");
  }
  if (body.is_wrong()) return body.refusal();
  const auto made = call.cloud().submit(request);
  if (!made) return refused(call, made.error());
  for (const PoolBackend& each : backends_of(call.cloud(), pool))
    if (each.id == *made) return answer(201, {{"member", backend_view(call, V, each)}});
  return no_such_pool(call);
}

template <ElbVersion V>
Response list_members(const ServiceCall& call) {
  const auto pool = pool_in_path(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_pool(call);
  array rows;
  for (const PoolBackend& each : backends_of(call.cloud(), pool)) rows.push_back(backend_view(call, V, each));
  return list_answer(call, V, "members", std::move(rows));
}

template <ElbVersion V>
Response show_member(const ServiceCall& call) {
  const auto pool = pool_in_path(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_pool(call);
  const auto found = member_in_path(call, pool);
  return found ? answer(200, {{"member", backend_view(call, V, *found)}}) : no_such_member(call);
}

template <ElbVersion V>
Response change_member(const ServiceCall& call) {
  const auto pool = pool_in_path(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_pool(call);
  const ServiceBody body(call, "member");
  const sim::ModifyPoolMember request{pool, call.text("member_id"), body.changed("name"),
                                      body.fields().integer("weight", kServiceBodyFault, "0 to 100"),
                                      body.fields().boolean("admin_state_up")};
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_member<V>(call);
}

Response delete_member(const ServiceCall& call) {
  const auto pool = pool_in_path(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_pool(call);
  return no_content(call, call.cloud().submit(sim::RemovePoolMember{pool, call.text("member_id")}));
}

// ---- Health monitors: kept and shown; what a balancer finds comes from the model ----

sim::PoolId monitored_pool(const ServiceCall& call) {
  const auto& pools = call.region().pools;
  for (std::size_t i = 0; i < pools.size(); ++i)
    if (!pools[i].deleted && pools[i].monitor.id == call.text("monitor_id"))
      return sim::id_at<sim::PoolId>(i);
  return sim::none<sim::PoolId>();
}

Response no_such_monitor(const ServiceCall& call) {
  return no_such(call, "healthmonitor", call.text("monitor_id"));
}

sim::HealthMonitor read_monitor(const ServiceBody& body, sim::HealthMonitor monitor) {
  monitor.name = body.text("name", monitor.name);
  monitor.type = monitor.type.empty() ? body.required("type") : body.text("type", monitor.type);
  monitor.delay = body.integer("delay", monitor.delay);
  monitor.timeout = body.integer("timeout", monitor.timeout);
  monitor.max_retries = body.integer("max_retries", monitor.max_retries);
  monitor.admin_up = body.boolean("admin_state_up", monitor.admin_up);
  return monitor;
}

template <ElbVersion V>
Response create_monitor(const ServiceCall& call) {
  const ServiceBody body(call, "healthmonitor");
  const auto pool = call.region().find_pool(body.required("pool_id"));
  if (pool == sim::none<sim::PoolId>()) body.report("pool_id", "a pool that exists");
  const sim::CreateHealthMonitor request{pool, read_monitor(body, {})};
  if (body.is_wrong()) return body.refusal();
  if (const auto made = call.cloud().submit(request); !made) return refused(call, made.error());
  return answer(201, {{"healthmonitor", monitor_view(call, V, pool)}});
}

template <ElbVersion V>
Response list_monitors(const ServiceCall& call) {
  array rows;
  for (std::size_t i = 0; i < call.region().pools.size(); ++i)
    if (!call.region().pools[i].deleted && !call.region().pools[i].monitor.id.empty())
      rows.push_back(monitor_view(call, V, sim::id_at<sim::PoolId>(i)));
  return list_answer(call, V, "healthmonitors", std::move(rows));
}

template <ElbVersion V>
Response show_monitor(const ServiceCall& call) {
  const auto pool = monitored_pool(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_monitor(call);
  return answer(200, {{"healthmonitor", monitor_view(call, V, pool)}});
}

template <ElbVersion V>
Response change_monitor(const ServiceCall& call) {
  const auto pool = monitored_pool(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_monitor(call);
  const ServiceBody body(call, "healthmonitor");
  const sim::ModifyHealthMonitor request{pool, read_monitor(body, call.region().pool(pool).monitor)};
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return show_monitor<V>(call);
}

Response delete_monitor(const ServiceCall& call) {
  const auto pool = monitored_pool(call);
  if (pool == sim::none<sim::PoolId>()) return no_such_monitor(call);
  return no_content(call, call.cloud().submit(sim::DeleteHealthMonitor{pool}));
}

constexpr std::array kV2Routes = std::to_array<ServiceRoute>({
    {"POST", "/v2.0/lbaas/loadbalancers", create_balancer<kV2>},
    {"GET", "/v2.0/lbaas/loadbalancers", list_balancers<kV2>},
    {"GET", "/v2.0/lbaas/loadbalancers/{balancer_id}", show_balancer<kV2>},
    {"PUT", "/v2.0/lbaas/loadbalancers/{balancer_id}", change_balancer<kV2>},
    {"DELETE", "/v2.0/lbaas/loadbalancers/{balancer_id}", delete_balancer},
    {"GET", "/v2.0/lbaas/loadbalancers/{balancer_id}/statuses", show_statuses},
    {"POST", "/v2.0/lbaas/listeners", create_listener<kV2>},
    {"GET", "/v2.0/lbaas/listeners", list_listeners<kV2>},
    {"GET", "/v2.0/lbaas/listeners/{listener_id}", show_listener<kV2>},
    {"PUT", "/v2.0/lbaas/listeners/{listener_id}", change_listener<kV2>},
    {"DELETE", "/v2.0/lbaas/listeners/{listener_id}", delete_listener},
    {"POST", "/v2.0/lbaas/pools", create_pool<kV2>},
    {"GET", "/v2.0/lbaas/pools", list_pools<kV2>},
    {"GET", "/v2.0/lbaas/pools/{pool_id}", show_pool<kV2>},
    {"PUT", "/v2.0/lbaas/pools/{pool_id}", change_pool<kV2>},
    {"DELETE", "/v2.0/lbaas/pools/{pool_id}", delete_pool},
    {"POST", "/v2.0/lbaas/pools/{pool_id}/members", create_member<kV2>},
    {"GET", "/v2.0/lbaas/pools/{pool_id}/members", list_members<kV2>},
    {"GET", "/v2.0/lbaas/pools/{pool_id}/members/{member_id}", show_member<kV2>},
    {"PUT", "/v2.0/lbaas/pools/{pool_id}/members/{member_id}", change_member<kV2>},
    {"DELETE", "/v2.0/lbaas/pools/{pool_id}/members/{member_id}", delete_member},
    {"POST", "/v2.0/lbaas/healthmonitors", create_monitor<kV2>},
    {"GET", "/v2.0/lbaas/healthmonitors", list_monitors<kV2>},
    {"GET", "/v2.0/lbaas/healthmonitors/{monitor_id}", show_monitor<kV2>},
    {"PUT", "/v2.0/lbaas/healthmonitors/{monitor_id}", change_monitor<kV2>},
    {"DELETE", "/v2.0/lbaas/healthmonitors/{monitor_id}", delete_monitor},
    {"GET", "/v2.0/{project_id}/loadbalancers/{balancer_id}/tags", no_tags},
    {"GET", "/v2.0/{project_id}/listeners/{listener_id}/tags", no_tags},
});

constexpr std::array kV3Routes = std::to_array<ServiceRoute>({
    {"POST", "/v3/{project_id}/elb/loadbalancers", create_balancer<kV3>},
    {"GET", "/v3/{project_id}/elb/loadbalancers", list_balancers<kV3>},
    {"GET", "/v3/{project_id}/elb/loadbalancers/{balancer_id}", show_balancer<kV3>},
    {"PUT", "/v3/{project_id}/elb/loadbalancers/{balancer_id}", change_balancer<kV3>},
    {"DELETE", "/v3/{project_id}/elb/loadbalancers/{balancer_id}", delete_balancer},
    {"GET", "/v3/{project_id}/elb/loadbalancers/{balancer_id}/statuses", show_statuses},
    {"POST", "/v3/{project_id}/elb/listeners", create_listener<kV3>},
    {"GET", "/v3/{project_id}/elb/listeners", list_listeners<kV3>},
    {"GET", "/v3/{project_id}/elb/listeners/{listener_id}", show_listener<kV3>},
    {"PUT", "/v3/{project_id}/elb/listeners/{listener_id}", change_listener<kV3>},
    {"DELETE", "/v3/{project_id}/elb/listeners/{listener_id}", delete_listener},
    {"POST", "/v3/{project_id}/elb/pools", create_pool<kV3>},
    {"GET", "/v3/{project_id}/elb/pools", list_pools<kV3>},
    {"GET", "/v3/{project_id}/elb/pools/{pool_id}", show_pool<kV3>},
    {"PUT", "/v3/{project_id}/elb/pools/{pool_id}", change_pool<kV3>},
    {"DELETE", "/v3/{project_id}/elb/pools/{pool_id}", delete_pool},
    {"POST", "/v3/{project_id}/elb/pools/{pool_id}/members", create_member<kV3>},
    {"GET", "/v3/{project_id}/elb/pools/{pool_id}/members", list_members<kV3>},
    {"GET", "/v3/{project_id}/elb/pools/{pool_id}/members/{member_id}", show_member<kV3>},
    {"PUT", "/v3/{project_id}/elb/pools/{pool_id}/members/{member_id}", change_member<kV3>},
    {"DELETE", "/v3/{project_id}/elb/pools/{pool_id}/members/{member_id}", delete_member},
    {"POST", "/v3/{project_id}/elb/healthmonitors", create_monitor<kV3>},
    {"GET", "/v3/{project_id}/elb/healthmonitors", list_monitors<kV3>},
    {"GET", "/v3/{project_id}/elb/healthmonitors/{monitor_id}", show_monitor<kV3>},
    {"PUT", "/v3/{project_id}/elb/healthmonitors/{monitor_id}", change_monitor<kV3>},
    {"DELETE", "/v3/{project_id}/elb/healthmonitors/{monitor_id}", delete_monitor},
    {"GET", "/v3/{project_id}/elb/loadbalancers/{balancer_id}/tags", no_tags},
    {"GET", "/v3/{project_id}/elb/listeners/{listener_id}/tags", no_tags},
    {"GET", "/v3/{project_id}/loadbalancers/{balancer_id}/tags", no_tags},
    {"GET", "/v3/{project_id}/listeners/{listener_id}/tags", no_tags},
});

}  // namespace

Service elb_v2_service() { return {ServiceName::Network, kV2Routes}; }
Service elb_v3_service() { return {ServiceName::Elb, kV3Routes}; }

}  // namespace tidepool::api
