// What the load balancing service does: balancers, listeners, pools and the backends that are put into pools by hand.
#include <algorithm>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

Refusal conflict(std::string message) { return {RefusalKind::Conflict, std::move(message)}; }
Refusal not_found(std::string message) { return {RefusalKind::NotFound, std::move(message)}; }
Refusal invalid(std::string message) { return {RefusalKind::Invalid, std::move(message)}; }

template <class T>
void take(T& value, const std::optional<T>& given) {
  if (given) value = *given;
}

Outcome<void> check_port(std::string_view field, int port) {
  if (port >= 1 && port <= 65'535) return {};
  return invalid(fmt::format("{} {}: expected 1 to 65535", field, port));
}

Outcome<void> check_weight(int weight) {
  if (weight >= 0 && weight <= 100) return {};
  return invalid(fmt::format("weight {}: expected 0 to 100", weight));
}

}  // namespace

// ---- Load balancers ----

Outcome<LoadBalancerId> Cloud::submit(const CreateLoadBalancer& request) {
  const auto id = id_at<LoadBalancerId>(region_.balancers.size());
  const Subnet& subnet = region_.subnet(request.subnet);
  const auto block = read_cidr(subnet.cidr);
  if (!block || subnet.vpc == none<VpcId>())
    return invalid(fmt::format("subnet {}: expected one with addresses in a VPC", subnet.id));
  std::string address = request.address;
  if (address.empty())  // From the other end than servers.
    address = address_text(
        block->base + static_cast<std::uint32_t>(block->size() - 4 - index_of(id) % (block->size() / 2)));
  const auto given = read_address(address);
  if (!given || !block->contains(*given))
    return invalid(fmt::format("vip_address {:?}: expected an address in {}", address, subnet.cidr));
  LoadBalancer made{new_id("load-balancer"), request.name, request.description, request.subnet, address};
  made.port_id = new_id("port");
  made.admin_up = request.admin_up;
  made.created = now();
  region_.balancers.push_back(std::move(made));
  journal_.write(now(), "elb", "balancer#{} made", index_of(id));
  return id;
}

Outcome<void> Cloud::submit(const ModifyLoadBalancer& request) {
  LoadBalancer& balancer = region_.balancers[index_of(request.balancer)];
  take(balancer.name, request.name);
  take(balancer.description, request.description);
  take(balancer.admin_up, request.admin_up);
  journal_.write(now(), "elb", "balancer#{} changed", index_of(request.balancer));
  return {};
}

Outcome<void> Cloud::submit(const DeleteLoadBalancer& request) {
  LoadBalancer& balancer = region_.balancers[index_of(request.balancer)];
  for (const Listener& each : region_.listeners)
    if (!each.deleted && each.balancer == request.balancer)
      return conflict(
          fmt::format("load balancer {} is in use: it has the listener {}", balancer.id, each.id));
  for (const Pool& each : region_.pools)
    if (!each.deleted && each.balancer == request.balancer)
      return conflict(fmt::format("load balancer {} is in use: it has the pool {}", balancer.id, each.id));
  balancer.deleted = true;
  journal_.write(now(), "elb", "balancer#{} deleted", index_of(request.balancer));
  return {};
}

// ---- Listeners ----

Outcome<ListenerId> Cloud::submit(const CreateListener& request) {
  if (auto fault = check_port("protocol_port", request.port); !fault) return fault.error();
  const auto id = id_at<ListenerId>(region_.listeners.size());
  const LoadBalancer& balancer = region_.balancer(request.balancer);
  for (const Listener& each : region_.listeners)
    if (!each.deleted && each.balancer == request.balancer && each.port == request.port &&
        (each.protocol == "UDP") == (request.protocol == "UDP"))
      return conflict(
          fmt::format("protocol_port {}: listener {} of the load balancer has it", request.port, each.id));
  Listener made{new_id("listener"), region_.subnet(balancer.subnet).vpc,
                request.name,       request.description,
                request.protocol,   request.port,
                request.balancer,   request.default_pool};
  made.connection_limit = request.connection_limit;
  made.http2 = request.http2;
  made.admin_up = request.admin_up;
  made.created = now();
  region_.listeners.push_back(std::move(made));
  listener_backends_.push_back(0);
  journal_.write(now(), "elb", "listener#{} made", index_of(id));
  return id;
}

Outcome<void> Cloud::submit(const ModifyListener& request) {
  Listener& listener = region_.listeners[index_of(request.listener)];
  take(listener.name, request.name);
  take(listener.description, request.description);
  take(listener.default_pool, request.default_pool);
  take(listener.connection_limit, request.connection_limit);
  take(listener.http2, request.http2);
  take(listener.admin_up, request.admin_up);
  journal_.write(now(), "elb", "listener#{} changed", index_of(request.listener));
  return {};
}

bool Cloud::is_used_by_group(ListenerId listener) const {
  return std::ranges::any_of(groups_, [&](const AsGroup& each) {
    return each.status != GroupStatus::Deleted &&
           std::ranges::find(each.set.listeners, listener) != each.set.listeners.end();
  });
}

Outcome<void> Cloud::submit(const DeleteListener& request) {
  Listener& listener = region_.listeners[index_of(request.listener)];
  if (is_used_by_group(request.listener))
    return conflict(fmt::format("listener {} is in use by an AS group", listener.id));
  const PoolId pool_id = listener.default_pool;
  if (pool_id != none<PoolId>() && !region_.pool(pool_id).deleted)
    return conflict(
        fmt::format("listener {} is in use: it has the pool {}", listener.id, region_.pool(pool_id).id));
  listener.deleted = true;
  journal_.write(now(), "elb", "listener#{} deleted", index_of(request.listener));
  return {};
}

// ---- Pools ----

Outcome<PoolId> Cloud::submit(const CreatePool& request) {
  const bool of_listener = request.listener != none<ListenerId>();
  const LoadBalancerId balancer =
      of_listener ? region_.listener(request.listener).balancer : request.balancer;
  if (of_listener) {
    const Listener& listener = region_.listener(request.listener);
    if (listener.default_pool != none<PoolId>() && !region_.pool(listener.default_pool).deleted)
      return conflict(fmt::format("listener {} has the pool {} already", listener.id,
                                  region_.pool(listener.default_pool).id));
  }
  const auto id = id_at<PoolId>(region_.pools.size());
  Pool made{new_id("pool")};
  made.vpc = of_listener ? region_.listener(request.listener).vpc
                         : region_.subnet(region_.balancer(balancer).subnet).vpc;
  made.name = request.name;
  made.description = request.description;
  made.protocol = request.protocol;
  made.algorithm = request.algorithm;
  made.balancer = balancer;
  made.admin_up = request.admin_up;
  made.created = now();
  region_.pools.push_back(std::move(made));
  if (of_listener) region_.listeners[index_of(request.listener)].default_pool = id;
  journal_.write(now(), "elb", "pool#{} made", index_of(id));
  return id;
}

Outcome<void> Cloud::submit(const ModifyPool& request) {
  Pool& found = pool(request.pool);
  take(found.name, request.name);
  take(found.description, request.description);
  take(found.algorithm, request.algorithm);
  take(found.admin_up, request.admin_up);
  journal_.write(now(), "elb", "pool#{} changed", index_of(request.pool));
  return {};
}

bool Cloud::is_used_by_group(PoolId pool) const {
  return std::ranges::any_of(groups_, [&](const AsGroup& each) {
    return each.status != GroupStatus::Deleted &&
           std::ranges::any_of(each.set.lbaas_listeners,
                               [&](const LbaasListener& item) { return item.pool == pool; });
  });
}

Outcome<void> Cloud::submit(const DeletePool& request) {
  Pool& found = pool(request.pool);
  if (is_used_by_group(request.pool))
    return conflict(fmt::format("pool {} is in use by an AS group", found.id));
  if (!found.monitor.id.empty())
    return conflict(
        fmt::format("pool {} is in use: it has the health monitor {}", found.id, found.monitor.id));
  if (!found.members.empty())
    return conflict(
        fmt::format("pool {} is in use: it has the member {}", found.id, found.members.front().id));
  found.deleted = true;
  for (Listener& each : region_.listeners)
    if (each.default_pool == request.pool) each.default_pool = none<PoolId>();
  journal_.write(now(), "elb", "pool#{} deleted", index_of(request.pool));
  return {};
}

// ---- Backends by hand ----

Outcome<std::string> Cloud::submit(const AddPoolMember& request) {
  if (!read_address(request.member.address))
    return invalid(fmt::format("address {:?}: expected an IPv4 address", request.member.address));
  if (auto fault = check_port("protocol_port", request.member.port); !fault) return fault.error();
  if (auto fault = check_weight(request.member.weight); !fault) return fault.error();
  Pool& found = pool(request.pool);
  for (const PoolMember& each : found.members)
    if (each.address == request.member.address && each.port == request.member.port)
      return conflict(fmt::format("address {}, protocol_port {}: member {} of the pool has them",
                                  each.address, each.port, each.id));
  PoolMember member = request.member;
  member.id = new_id("member");
  found.members.push_back(member);
  journal_.write(now(), "elb", "pool#{} has one more backend, {}", index_of(request.pool), member.address);
  return member.id;
}

Outcome<void> Cloud::submit(const ModifyPoolMember& request) {
  if (request.weight)
    if (auto fault = check_weight(*request.weight); !fault) return fault;
  auto& members = pool(request.pool).members;
  const auto found = std::ranges::find(members, request.member, &PoolMember::id);
  if (found == members.end())
    return not_found(
        fmt::format("member {}: expected one that was put into the pool by hand", request.member));
  take(found->name, request.name);
  take(found->weight, request.weight);
  take(found->admin_up, request.admin_up);
  journal_.write(now(), "elb", "a backend of pool#{} changed", index_of(request.pool));
  return {};
}

Outcome<void> Cloud::submit(const RemovePoolMember& request) {
  auto& members = pool(request.pool).members;
  if (std::erase_if(members, [&](const PoolMember& each) { return each.id == request.member; }) == 0)
    return not_found(
        fmt::format("member {}: expected one that was put into the pool by hand", request.member));
  journal_.write(now(), "elb", "pool#{} has one backend less", index_of(request.pool));
  return {};
}

// ---- Health monitors ----

Outcome<std::string> Cloud::submit(const CreateHealthMonitor& request) {
  Pool& found = pool(request.pool);
  if (!found.monitor.id.empty())
    return conflict(fmt::format("pool {} has the health monitor {} already", found.id, found.monitor.id));
  found.monitor = request.monitor;
  found.monitor.id = new_id("health-monitor");
  journal_.write(now(), "elb", "pool#{} has a health monitor", index_of(request.pool));
  return found.monitor.id;
}

Outcome<void> Cloud::submit(const ModifyHealthMonitor& request) {
  Pool& found = pool(request.pool);
  std::string id = found.monitor.id;
  found.monitor = request.monitor;
  found.monitor.id = std::move(id);
  journal_.write(now(), "elb", "the health monitor of pool#{} changed", index_of(request.pool));
  return {};
}

Outcome<void> Cloud::submit(const DeleteHealthMonitor& request) {
  pool(request.pool).monitor = {};
  journal_.write(now(), "elb", "pool#{} has no health monitor any more", index_of(request.pool));
  return {};
}

}  // namespace tidepool::sim
