// What a run leaves behind beside the nouns themselves: series, moves, messages, resources.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/engine/time.hpp"
#include "sim/model/alarm_rule.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/instance.hpp"
#include "sim/model/notification.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim {

/// A group at a metric's tick. Amounts and utilisation cover the period that ends there.
struct MetricSample {
  Time time{};
  AsGroupId group{};
  int in_service = 0, pending = 0, removing = 0, desire = 0;
  Amount offered = 0, served = 0;
  std::optional<MetricValue> cpu_util;  ///< empty when nothing served, or without a workload
};

/// Response times of the requests that a group answered in the period that ends at a metric's tick. Only groups whose
/// workload tells them have these, and only in periods with answers.
struct LatencySample {
  Time time{};
  AsGroupId group{};
  Amount answered = 0, waiting = 0;  ///< waiting: at the tick
  std::int64_t mean_us = 0, p50_us = 0, p95_us = 0, p99_us = 0;
};

/// A step of an instance through its life cycle. Its first one comes from LifecycleState::Gone.
struct StateMove {
  Time time{};
  InstanceId instance{};
  LifecycleState from{}, to{};
};

/// An e-mail that the service would have sent.
struct Message {
  Time time{};
  AsGroupId group{};
  ScalingActivityId activity{};
  std::string subject;
};

/// What the notification service would have been asked to tell the subscribers of a topic.
struct TopicMessage {
  Time time{};
  AsGroupId group{};
  std::string topic_urn;
  HookWaitId wait = none<HookWaitId>();                    ///< of a lifecycle hook, or
  std::optional<Scene> scene = std::nullopt;               ///< what happened to the group
  ScalingActivityId activity = none<ScalingActivityId>();  ///< that ended, unless the group became abnormal
  std::string detail = {};                                 ///< why it is abnormal
  AlarmRuleId alarm = none<AlarmRuleId>();                 ///< whose state changed; then there is no group
  bool raised = false;
  MetricValue value = 0;
};

enum class ResourceKind : std::uint8_t { Eip, DataDisk };

/// Something that was made along with an ECS and may outlive it.
struct Resource {
  ResourceKind kind{};
  InstanceId instance{};
  int size = 0;  ///< Mbit/s of an EIP, GB of a disk
  Time created{};
  Time left_behind = kNever;  ///< unbound or detached, and kept
  Time deleted = kNever;
};

/// One entry of a load balancer's list of backends.
struct Backend {
  AsGroupId group{};
  InstanceId instance{};
  ListenerId listener = none<ListenerId>();  ///< of a classic load balancer, or
  PoolId pool = none<PoolId>();              ///< of an enhanced one
  int protocol_port = 0, weight = 1;
};

/// Running sums of one group, exact.
struct GroupTotals {
  std::int64_t in_service_us = 0;  ///< instances in service, summed over time
  std::int64_t serving_us = 0;     ///< those of them that are well, since there is a workload
  std::int64_t desire_us = 0;
  std::int64_t short_us = 0;  ///< time during which more was offered than could be served
  int most_in_service = 0;
  Amount offered = 0, served = 0;
  Amount dropped = 0;  ///< refused for good, for a queue was full
};

/// Work, in a unit that its place tells; differences of two moments make a utilisation.
struct Effort {
  __extension__ using Wide = __int128;
  Wide done = 0, able = 0;
  /// In percent, at most 100; empty when nobody could do anything since.
  std::optional<MetricValue> share_since(const Effort& earlier) const;
};

const char* text_of(ResourceKind kind);  ///< "eip"

}  // namespace tidepool::sim
