// The load balancing service (ELB) in both of its versions: the same calls under two roots, with a few other words. Pools
// are in elb_pools.cpp.
#include "api/routes/elb.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

constexpr ElbVersion kV2 = ElbVersion::V2, kV3 = ElbVersion::V3;

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
  return elb_list(call, V, "loadbalancers", std::move(rows));
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

template <ElbVersion V>
Response create_listener(const ServiceCall& call) {
  const ServiceBody body(call, "listener");
  sim::CreateListener request;
  request.balancer = read_balancer(call, body);
  request.name = body.text("name");
  request.description = body.text("description");
  request.protocol = read_protocol(body);
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
  return elb_list(call, V, "listeners", std::move(rows));
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

constexpr std::array kV2Routes = std::to_array<ServiceRoute>({
    {"POST", "/v2.0/lbaas/loadbalancers", "create a load balancer", create_balancer<kV2>},
    {"GET", "/v2.0/lbaas/loadbalancers", "list load balancers", list_balancers<kV2>},
    {"GET", "/v2.0/lbaas/loadbalancers/{balancer_id}", "read a load balancer", show_balancer<kV2>},
    {"PUT", "/v2.0/lbaas/loadbalancers/{balancer_id}", "change a load balancer", change_balancer<kV2>},
    {"DELETE", "/v2.0/lbaas/loadbalancers/{balancer_id}", "delete a load balancer", delete_balancer},
    {"GET", "/v2.0/lbaas/loadbalancers/{balancer_id}/statuses",
     "read the statuses of a load balancer and what belongs to it", show_statuses},
    {"POST", "/v2.0/lbaas/listeners", "create a listener", create_listener<kV2>},
    {"GET", "/v2.0/lbaas/listeners", "list listeners", list_listeners<kV2>},
    {"GET", "/v2.0/lbaas/listeners/{listener_id}", "read a listener", show_listener<kV2>},
    {"PUT", "/v2.0/lbaas/listeners/{listener_id}", "change a listener", change_listener<kV2>},
    {"DELETE", "/v2.0/lbaas/listeners/{listener_id}", "delete a listener", delete_listener},
    {"GET", "/v2.0/{project_id}/loadbalancers/{balancer_id}/tags", "list tags: there are none", no_tags},
    {"GET", "/v2.0/{project_id}/listeners/{listener_id}/tags", "list tags: there are none", no_tags},
});

constexpr std::array kV3Routes = std::to_array<ServiceRoute>({
    {"POST", "/v3/{project_id}/elb/loadbalancers", "create a load balancer", create_balancer<kV3>},
    {"GET", "/v3/{project_id}/elb/loadbalancers", "list load balancers", list_balancers<kV3>},
    {"GET", "/v3/{project_id}/elb/loadbalancers/{balancer_id}", "read a load balancer", show_balancer<kV3>},
    {"PUT", "/v3/{project_id}/elb/loadbalancers/{balancer_id}", "change a load balancer",
     change_balancer<kV3>},
    {"DELETE", "/v3/{project_id}/elb/loadbalancers/{balancer_id}", "delete a load balancer", delete_balancer},
    {"GET", "/v3/{project_id}/elb/loadbalancers/{balancer_id}/statuses",
     "read the statuses of a load balancer and what belongs to it", show_statuses},
    {"POST", "/v3/{project_id}/elb/listeners", "create a listener", create_listener<kV3>},
    {"GET", "/v3/{project_id}/elb/listeners", "list listeners", list_listeners<kV3>},
    {"GET", "/v3/{project_id}/elb/listeners/{listener_id}", "read a listener", show_listener<kV3>},
    {"PUT", "/v3/{project_id}/elb/listeners/{listener_id}", "change a listener", change_listener<kV3>},
    {"DELETE", "/v3/{project_id}/elb/listeners/{listener_id}", "delete a listener", delete_listener},
    {"GET", "/v3/{project_id}/elb/loadbalancers/{balancer_id}/tags", "list tags: there are none", no_tags},
    {"GET", "/v3/{project_id}/elb/listeners/{listener_id}/tags", "list tags: there are none", no_tags},
    {"GET", "/v3/{project_id}/loadbalancers/{balancer_id}/tags", "list tags: there are none", no_tags},
    {"GET", "/v3/{project_id}/listeners/{listener_id}/tags", "list tags: there are none", no_tags},
});

}  // namespace

Service elb_v2_service() { return {ServiceName::Network, kV2Routes}; }
Service elb_v3_service() { return {ServiceName::Elb, kV3Routes}; }

}  // namespace tidepool::api
