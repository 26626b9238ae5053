// The rules of AS groups; validate_configuration.cpp and validate_policy.cpp hold those of the other two.
//
// One small function a rule or a family of rules, in the order in which a client should hear of them: the name first,
// then the numbers, then what refers to something else.
#include "sim/model/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sim/model/shared_rules.hpp"

namespace tidepool::sim {
namespace {

using Fault = std::optional<Error>;

constexpr std::size_t kMostListeners = 6;
constexpr std::size_t kMostNetworks = 5;
constexpr std::size_t kMostGroupSecurityGroups = 1;
constexpr std::size_t kLongestDescription = 256;
constexpr Duration kLongestGrace = std::chrono::seconds{86'400};
constexpr std::array kHealthPeriods{0, 1, 5, 15, 60, 180};

Fault check_numbers(const AsGroupSettings& g, int most) {
  if (g.min < 0 || g.max < 0 || g.min > g.max)
    return Error{ErrorCode::GroupLimitsInvalid,
                 fmt::format("min_instance_number {}, max_instance_number {}: expected 0 <= min <= max <= {}",
                             g.min, g.max, most)};
  if (g.max > most)  // Then min can't be above it without being above max.
    return Error{ErrorCode::LimitAboveQuota,
                 fmt::format("max_instance_number {}: expected 0 to {}", g.max, most)};
  if (g.desire < g.min || g.desire > g.max)
    return Error{ErrorCode::DesireOutOfRange,
                 fmt::format("desire_instance_number {}: expected {} to {}", g.desire, g.min, g.max)};
  return {};
}

Fault check_vpc(const AsGroupSettings& g, const Region& region) {
  if (g.vpc == none<VpcId>())
    return Error{ErrorCode::VpcMissing, "vpc_id is missing: expected an existing VPC"};
  if (index_of(g.vpc) >= region.vpcs.size())
    return Error{ErrorCode::VpcUnknown, "vpc_id: expected an existing VPC"};
  return {};
}

Fault check_listeners(const AsGroupSettings& g, const Region& region) {
  if (g.listeners.size() > kMostListeners)
    return Error{ErrorCode::TooManyListeners,
                 fmt::format("lb_listener_id with {} listeners: expected 1 to {}", g.listeners.size(),
                             kMostListeners)};
  for (const ListenerId each : g.listeners) {
    if (index_of(each) >= region.listeners.size())
      return Error{ErrorCode::ListenerInvalid, "lb_listener_id: expected existing listeners"};
    if (const Listener& listener = region.listener(each); listener.vpc != g.vpc)
      return Error{ErrorCode::ListenerVpcMismatch,
                   fmt::format("lb_listener_id {}: expected a listener in the group's VPC", listener.id)};
  }
  return {};
}

Fault check_pool(const LbaasListener& item, std::size_t i, VpcId vpc, const Region& region) {
  if (index_of(item.pool) >= region.pools.size())
    return Error{ErrorCode::PoolInvalid,
                 fmt::format("lbaas_listeners[{}].pool_id: expected an existing pool", i)};
  // No code speaks of a pool's VPC; the one for listeners tells the client more than "pool invalid" would.
  if (const Pool& pool = region.pool(item.pool); pool.vpc != vpc)
    return Error{
        ErrorCode::ListenerVpcMismatch,
        fmt::format("lbaas_listeners[{}].pool_id {}: expected a pool in the group's VPC", i, pool.id)};
  if (item.protocol_port < 1 || item.protocol_port > 65'535)
    return Error{
        ErrorCode::ProtocolPortInvalid,
        fmt::format("lbaas_listeners[{}].protocol_port {}: expected 1 to 65535", i, item.protocol_port)};
  if (item.weight < 0 || item.weight > 100)
    return Error{ErrorCode::WeightInvalid,
                 fmt::format("lbaas_listeners[{}].weight {}: expected 0 to 100", i, item.weight)};
  return {};
}

Fault check_load_balancing(const AsGroupSettings& g, const Region& region) {
  if (!g.listeners.empty() && !g.lbaas_listeners.empty())
    return Error{ErrorCode::BothListenerKinds,
                 "lb_listener_id and lbaas_listeners: expected one of them at most"};
  if (auto fault = check_listeners(g, region)) return fault;
  if (g.lbaas_listeners.size() > kMostListeners)
    return Error{ErrorCode::TooManyListeners, fmt::format("lbaas_listeners with {} items: expected 0 to {}",
                                                          g.lbaas_listeners.size(), kMostListeners)};
  for (std::size_t i = 0; i < g.lbaas_listeners.size(); ++i)
    if (auto fault = check_pool(g.lbaas_listeners[i], i, g.vpc, region)) return fault;
  return {};
}

Fault check_zones(const AsGroupSettings& g, const Region& region) {
  std::vector<bool> seen(region.zones.size(), false);
  for (std::size_t i = 0; i < g.zones.size(); ++i) {
    const std::size_t zone = index_of(g.zones[i]);
    if (zone >= seen.size())
      return Error{ErrorCode::ZoneInvalid,
                   fmt::format("available_zones[{}]: expected a zone of the region", i)};
    if (seen[zone])
      return Error{ErrorCode::ZoneInvalid, fmt::format("available_zones[{}] {}: expected each zone once", i,
                                                       region.zones[zone].name)};
    seen[zone] = true;
  }
  return {};
}

Fault check_network(const GroupNetwork& network, std::size_t i, VpcId vpc, const Region& region) {
  if (index_of(network.subnet) >= region.subnets.size())
    return Error{ErrorCode::NetworksInvalid, fmt::format("networks[{}].id: expected an existing subnet", i)};
  const Subnet& subnet = region.subnet(network.subnet);
  if (subnet.vpc != vpc)
    return Error{ErrorCode::SubnetNotInVpc,
                 fmt::format("networks[{}].id {}: expected a subnet of the group's VPC", i, subnet.id)};
  if (network.ipv6_bandwidth && !network.ipv6_enable)
    return Error{ErrorCode::Ipv6BandwidthWithoutIpv6,
                 fmt::format("networks[{}].ipv6_bandwidth: expected only with ipv6_enable true", i)};
  if (network.ipv6_enable && !subnet.ipv6)
    return Error{
        ErrorCode::SubnetLacksIpv6,
        fmt::format("networks[{}].ipv6_enable true: expected false, subnet {} has no IPv6", i, subnet.id)};
  return {};
}

Fault check_zones_for_ipv6(const AsGroupSettings& g, const Region& region) {
  if (std::ranges::none_of(g.networks, &GroupNetwork::ipv6_enable)) return {};
  for (const ZoneId each : g.zones)
    if (!region.zone(each).ipv6)
      return Error{ErrorCode::ZoneLacksIpv6,
                   fmt::format("networks[].ipv6_enable true: expected false, zone {} has no IPv6",
                               region.zone(each).name)};
  return {};
}

Fault check_networks(const AsGroupSettings& g, const Region& region) {
  if (g.networks.empty())
    return Error{ErrorCode::NetworksInvalid,
                 fmt::format("networks with 0 items: expected 1 to {}", kMostNetworks)};
  if (g.networks.size() > kMostNetworks)
    return Error{ErrorCode::TooManySubnets,
                 fmt::format("networks with {} items: expected 1 to {}", g.networks.size(), kMostNetworks)};
  for (std::size_t i = 0; i < g.networks.size(); ++i)
    if (auto fault = check_network(g.networks[i], i, g.vpc, region)) return fault;
  return check_zones_for_ipv6(g, region);
}

Fault check_group_security_groups(const AsGroupSettings& g, const Region& region) {
  if (g.security_groups.size() > kMostGroupSecurityGroups)
    return Error{ErrorCode::TooManySecurityGroups,
                 fmt::format("security_groups with {} items: expected 0 to {}", g.security_groups.size(),
                             kMostGroupSecurityGroups)};
  return check_security_groups(g.security_groups, region, "security_groups");
}

Fault check_health(const AsGroupSettings& g) {
  if (std::ranges::find(kHealthPeriods, g.health_period_minutes) == kHealthPeriods.end())
    return Error{ErrorCode::HealthPeriodInvalid,
                 fmt::format("health_periodic_audit_time {}: expected one of 0, 1, 5, 15, 60, 180",
                             g.health_period_minutes)};
  if (g.health_grace < Duration::zero() || g.health_grace > kLongestGrace)
    return Error{ErrorCode::GracePeriodInvalid,
                 fmt::format("health_periodic_audit_grace_period {}: expected 0 to {}",
                             in_seconds(g.health_grace), in_seconds(kLongestGrace))};
  return {};
}

Fault check_belonging(const AsGroupSettings& g, const Region& region) {
  if (index_of(g.enterprise_project) >= std::max<std::size_t>(region.enterprise_projects.size(), 1))
    return Error{ErrorCode::EnterpriseProjectUnknown,
                 "enterprise_project_id: expected an existing enterprise project"};
  if (const auto found = region.project_status.find(g.enterprise_project);
      found != region.project_status.end())
    return found->second == ProjectStatus::Disabled
               ? Error{ErrorCode::EnterpriseProjectDisabled,
                       "enterprise_project_id: expected an enabled enterprise project"}
               : Error{ErrorCode::EnterpriseProjectUnavailable,
                       "enterprise_project_id: expected an available enterprise project"};
  if (!g.description) return {};
  const std::size_t length = characters(*g.description);
  if (length < 1 || length > kLongestDescription)
    return Error{ErrorCode::BodyInvalid,
                 fmt::format("description of {} characters: expected 1 to {}", length, kLongestDescription)};
  return {};
}

}  // namespace

std::optional<Error> validate(const AsGroupSettings& group, const Region& region,
                              const Behaviour& behaviour) {
  constexpr NameRule kName{"scaling_group_name", ErrorCode::GroupNameMissing, ErrorCode::GroupNameTooLong,
                           ErrorCode::GroupNameIllegal};
  if (auto fault = check_name(group.name, kName)) return fault;
  if (auto fault = check_numbers(group, behaviour.max_instances_per_group)) return fault;
  if (auto fault = check_cooldown(group.cool_down, ErrorCode::GroupCooldownInvalid)) return fault;
  if (auto fault = check_vpc(group, region)) return fault;
  if (auto fault = check_load_balancing(group, region)) return fault;
  if (auto fault = check_zones(group, region)) return fault;
  if (auto fault = check_networks(group, region)) return fault;
  if (auto fault = check_group_security_groups(group, region)) return fault;
  if (auto fault = check_health(group)) return fault;
  return check_belonging(group, region);
}

}  // namespace tidepool::sim
