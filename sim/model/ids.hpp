#pragma once

#include <cstddef>
#include <cstdint>

namespace tidepool::sim {

// One kind of id a noun, so that a zone can't be passed where a group is meant. Each is the index into the
// Cloud's array of that noun, in order of creation, and is never used again after the thing is gone.
enum class AsGroupId : std::uint32_t {};
enum class AsConfigurationId : std::uint32_t {};
enum class AsPolicyId : std::uint32_t {};
enum class InstanceId : std::uint32_t {};
enum class ScalingActivityId : std::uint32_t {};
enum class PolicyExecutionId : std::uint32_t {};
enum class AlarmRuleId : std::uint32_t {};
enum class FaultId : std::uint32_t {};
enum class WorkloadId : std::uint32_t {};
enum class HookWaitId : std::uint32_t {};
enum class MetricSeriesId : std::uint32_t {};
enum class BandwidthId : std::uint32_t {};

// Indexes into the Region's tables, in the order in which the region declares them; what a project makes comes after that.
enum class ZoneId : std::uint32_t {};
enum class FlavorId : std::uint32_t {};
enum class ImageId : std::uint32_t {};
enum class VpcId : std::uint32_t {};
enum class SubnetId : std::uint32_t {};
enum class SecurityGroupId : std::uint32_t {};
enum class ListenerId : std::uint32_t {};
enum class PoolId : std::uint32_t {};
enum class ServerId : std::uint32_t {};
enum class LoadBalancerId : std::uint32_t {};
enum class PublicIpId : std::uint32_t {};
enum class EnterpriseProjectId : std::uint32_t {};

/// The array index behind an id.
template <class Id>
constexpr std::size_t index_of(Id id) {
  return static_cast<std::size_t>(id);
}

/// The id of the element at `index`.
template <class Id>
constexpr Id id_at(std::size_t index) {
  return static_cast<Id>(static_cast<std::uint32_t>(index));
}

/// "No such thing": what a lookup of unknown text gives, and what an unset id field holds.
template <class Id>
constexpr Id none() {
  return static_cast<Id>(0xffffffffU);
}

}  // namespace tidepool::sim
