// Pools of the load balancing service, in both of its versions: what is in them, and what looks at them.
#include <array>
#include <string>
#include <utility>

#include "api/routes/elb.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;

constexpr ElbVersion kV2 = ElbVersion::V2, kV3 = ElbVersion::V3;

constexpr std::array kAlgorithms =
    std::to_array<std::string_view>({"ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "QUIC_CID",
                                     "2_TUPLE_HASH", "3_TUPLE_HASH", "5_TUPLE_HASH"});
std::string read_algorithm(const ServiceBody& body) {
  return read_elb_word(body, "lb_algorithm", kAlgorithms);
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
  request.protocol = read_protocol(body);
  request.algorithm = read_algorithm(body);
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
  return elb_list(call, V, "pools", std::move(rows));
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
  if (body.fields().has("lb_algorithm")) request.algorithm = read_algorithm(body);
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
  return elb_list(call, V, "members", std::move(rows));
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
  return elb_list(call, V, "healthmonitors", std::move(rows));
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
    {"POST", "/v2.0/lbaas/pools", "create a pool", create_pool<kV2>},
    {"GET", "/v2.0/lbaas/pools", "list pools", list_pools<kV2>},
    {"GET", "/v2.0/lbaas/pools/{pool_id}", "read a pool", show_pool<kV2>},
    {"PUT", "/v2.0/lbaas/pools/{pool_id}", "change a pool", change_pool<kV2>},
    {"DELETE", "/v2.0/lbaas/pools/{pool_id}", "delete a pool", delete_pool},
    {"POST", "/v2.0/lbaas/pools/{pool_id}/members", "create a member of a pool", create_member<kV2>},
    {"GET", "/v2.0/lbaas/pools/{pool_id}/members", "list the members of a pool", list_members<kV2>},
    {"GET", "/v2.0/lbaas/pools/{pool_id}/members/{member_id}", "read a member of a pool", show_member<kV2>},
    {"PUT", "/v2.0/lbaas/pools/{pool_id}/members/{member_id}", "change a member of a pool",
     change_member<kV2>},
    {"DELETE", "/v2.0/lbaas/pools/{pool_id}/members/{member_id}", "delete a member of a pool", delete_member},
    {"POST", "/v2.0/lbaas/healthmonitors", "create a health monitor", create_monitor<kV2>},
    {"GET", "/v2.0/lbaas/healthmonitors", "list health monitors", list_monitors<kV2>},
    {"GET", "/v2.0/lbaas/healthmonitors/{monitor_id}", "read a health monitor", show_monitor<kV2>},
    {"PUT", "/v2.0/lbaas/healthmonitors/{monitor_id}", "change a health monitor", change_monitor<kV2>},
    {"DELETE", "/v2.0/lbaas/healthmonitors/{monitor_id}", "delete a health monitor", delete_monitor},
});

constexpr std::array kV3Routes = std::to_array<ServiceRoute>({
    {"POST", "/v3/{project_id}/elb/pools", "create a pool", create_pool<kV3>},
    {"GET", "/v3/{project_id}/elb/pools", "list pools", list_pools<kV3>},
    {"GET", "/v3/{project_id}/elb/pools/{pool_id}", "read a pool", show_pool<kV3>},
    {"PUT", "/v3/{project_id}/elb/pools/{pool_id}", "change a pool", change_pool<kV3>},
    {"DELETE", "/v3/{project_id}/elb/pools/{pool_id}", "delete a pool", delete_pool},
    {"POST", "/v3/{project_id}/elb/pools/{pool_id}/members", "create a member of a pool", create_member<kV3>},
    {"GET", "/v3/{project_id}/elb/pools/{pool_id}/members", "list the members of a pool", list_members<kV3>},
    {"GET", "/v3/{project_id}/elb/pools/{pool_id}/members/{member_id}", "read a member of a pool",
     show_member<kV3>},
    {"PUT", "/v3/{project_id}/elb/pools/{pool_id}/members/{member_id}", "change a member of a pool",
     change_member<kV3>},
    {"DELETE", "/v3/{project_id}/elb/pools/{pool_id}/members/{member_id}", "delete a member of a pool",
     delete_member},
    {"POST", "/v3/{project_id}/elb/healthmonitors", "create a health monitor", create_monitor<kV3>},
    {"GET", "/v3/{project_id}/elb/healthmonitors", "list health monitors", list_monitors<kV3>},
    {"GET", "/v3/{project_id}/elb/healthmonitors/{monitor_id}", "read a health monitor", show_monitor<kV3>},
    {"PUT", "/v3/{project_id}/elb/healthmonitors/{monitor_id}", "change a health monitor",
     change_monitor<kV3>},
    {"DELETE", "/v3/{project_id}/elb/healthmonitors/{monitor_id}", "delete a health monitor", delete_monitor},
});

}  // namespace

Service elb_v2_pool_service() { return {ServiceName::Network, kV2Routes}; }
Service elb_v3_pool_service() { return {ServiceName::Elb, kV3Routes}; }

}  // namespace tidepool::api
