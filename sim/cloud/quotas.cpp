// What a project may have at one time. What its region declares was there before the project and does not count.
#include <fmt/format.h>

#include <algorithm>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {

Usage Cloud::usage() const {
  Usage used;
  for (const Ecs& each : all_ecs()) {
    const bool by_hand = each.server != none<ServerId>();
    if (by_hand && index_of(each.server) < servers_declared_) continue;
    FlavorId flavor{};
    if (by_hand) {
      flavor = region_.server(each.server).flavor;
      used.disks += static_cast<int>(region_.server(each.server).disks.size());
    } else {
      const Instance& made = instances_[index_of(each.instance)];
      flavor = made.flavor;
      used.disks += static_cast<int>(configurations_[index_of(made.configuration)].disks.size());
    }
    ++used.ecs;
    used.vcpus += region_.flavor(flavor).vcpus;
    used.memory_mb += region_.flavor(flavor).memory_mb;
  }
  for (const Resource& each : resources_) {
    if (each.deleted != kNever) continue;
    if (each.kind == ResourceKind::Eip) ++used.eips;
    if (each.kind == ResourceKind::DataDisk && each.left_behind != kNever) ++used.disks;
  }
  for (std::size_t i = eips_declared_; i < region_.public_ips.size(); ++i)
    used.eips += region_.public_ips[i].deleted ? 0 : 1;
  return used;
}

// Of new quotas: none may be below what there is already. Zero is no limit to some of them.
Result<void> Cloud::check_quotas(const Behaviour& wanted) const {
  const Usage used = usage();
  int most_policies = 0;
  for (const AsGroup& each : groups_)
    most_policies = std::max(most_policies, static_cast<int>(each.policies.size()));
  int most_backends = 0;
  for (const int each : listener_backends_) most_backends = std::max(most_backends, each);
  const auto unbounded = [](std::int64_t quota) { return quota == 0 ? INT64_MAX : quota; };
  struct Bound {
    const char* knob;
    std::int64_t quota, used;
  };
  const Bound bounds[] = {{"instance_quota", unbounded(wanted.instance_quota), used.ecs},
                          {"vcpu_quota", unbounded(wanted.vcpu_quota), used.vcpus},
                          {"memory_quota_mb", unbounded(wanted.memory_quota_mb), used.memory_mb},
                          {"disk_quota", unbounded(wanted.disk_quota), used.disks},
                          {"eip_quota", unbounded(wanted.eip_quota), used.eips},
                          {"group_quota", wanted.group_quota, groups_alive_},
                          {"configuration_quota", wanted.configuration_quota, configurations_alive_},
                          {"policy_quota", wanted.policy_quota, most_policies},
                          {"bandwidth_policy_quota", wanted.bandwidth_policy_quota, bandwidth_policies_},
                          {"listener_backend_limit", wanted.listener_backend_limit, most_backends}};
  for (const Bound& each : bounds)
    if (each.quota < each.used)
      return Error{ErrorCode::BodyInvalid, fmt::format("{}: {}, expected at least {}, what there is already",
                                                       each.knob, each.quota, each.used)};
  return {};
}

// Of one more ECS. Only what is bounded is counted, as launches are many.
std::optional<Error> Cloud::quota_fault(FlavorId flavor, std::size_t disks, int eips) const {
  const Behaviour& b = behaviour_;
  if (std::max({b.instance_quota, b.vcpu_quota, b.memory_quota_mb, b.disk_quota, b.eip_quota}) == 0)
    return {};
  struct Bound {
    ErrorCode code;
    const char* what;
    std::int64_t used, more, quota;
  };
  const Usage used = usage();
  const Flavor& of = region_.flavor(flavor);
  const Bound bounds[] = {
      {ErrorCode::EcsQuotaExhausted, "ECSs", used.ecs, 1, b.instance_quota},
      {ErrorCode::VcpuQuotaExhausted, "vCPUs", used.vcpus, of.vcpus, b.vcpu_quota},
      {ErrorCode::MemoryQuotaExhausted, "MB of memory", used.memory_mb, of.memory_mb, b.memory_quota_mb},
      {ErrorCode::DiskQuotaExhausted, "disks", used.disks, static_cast<std::int64_t>(disks), b.disk_quota},
      {ErrorCode::EipQuotaExhausted, "EIPs", used.eips, eips, b.eip_quota}};
  for (const Bound& each : bounds)
    if (each.quota > 0 && each.more > 0 && each.used + each.more > each.quota)
      return Error{each.code, fmt::format("{} {} exist, {} more would pass the quota of {}", each.used,
                                          each.what, each.more, each.quota)};
  return {};
}

}  // namespace tidepool::sim
