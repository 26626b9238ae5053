#pragma once

#include <cstdint>
#include <variant>

#include "sim/model/ids.hpp"

namespace tidepool::sim {

// What is scheduled to happen. Plain ids: an event whose subject has moved on meanwhile is recognised and dropped.
struct ReconcileDue {
  AsGroupId group;
};  ///< compare expected with actual number
struct LaunchFinished {
  InstanceId instance;
};
struct RemovalFinished {
  InstanceId instance;
};
struct HealthCheckDue {
  AsGroupId group;
};  ///< one event a group, never one an instance
struct MetricsDue {
  AsGroupId group;
};  ///< datapoints, then the alarm rules on them
struct DatapointsPublished {
  AsGroupId group;
};  ///< the oldest ones that nobody could read yet
struct PolicyDue {
  AsPolicyId policy;
};  ///< a scheduled or periodic policy
struct DemandChanges {
  WorkloadId workload;
};
struct HookTimedOut {
  HookWaitId wait;
};  ///< nobody has answered a lifecycle hook
struct InstanceFails {
  InstanceId instance;
  FaultId fault;
};
struct ZoneFails {
  FaultId fault;
  ZoneId zone;
  std::uint32_t number;
};  ///< the `number`th time that this fault strikes the zone
struct AlarmDue {
  AlarmRuleId rule;
};  ///< the end of a period in which somebody pushed data
struct ExecutionEnds {
  PolicyExecutionId execution;
};  ///< of a policy whose execution takes time
struct FaultBegins {
  FaultId fault;
};
struct FaultEnds {
  FaultId fault;
};

using Event = std::variant<ReconcileDue, LaunchFinished, RemovalFinished, HealthCheckDue, MetricsDue,
                           DatapointsPublished, PolicyDue, DemandChanges, HookTimedOut, InstanceFails,
                           ZoneFails, AlarmDue, ExecutionEnds, FaultBegins, FaultEnds>;

}  // namespace tidepool::sim
