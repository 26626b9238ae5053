#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/as_group.hpp"
#include "sim/model/as_policy.hpp"
#include "sim/model/error.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// What kind of scaling action it is. Source: AS API reference, "Querying Scaling Action Logs (V2)".
enum class ActivityType : std::uint8_t {
  Normal,            ///< the desired number changed
  ManualAdd,         ///< servers put in by hand
  ManualRemove,      ///< members taken out by hand, their ECSs kept
  ManualDelete,      ///< members taken out by hand, their ECSs deleted
  ElbCheckDelete,    ///< members the load balancer calls unhealthy
  AuditCheckDelete,  ///< members whose ECS is stopped, faulty or gone
  Diff,              ///< expected and actual number differ for no new reason
  ModifyElb,         ///< load balancer settings changed
};

enum class ActivityStatus : std::uint8_t { Doing, Success, Fail };

/// Why a number changed.
enum class ChangeCause : std::uint8_t { Diff, Manual, Alarm, Scheduled, Recurrence, HealthCheck };

struct ChangeReason {
  ChangeCause cause = ChangeCause::Diff;
  int old_value = 0, new_value = 0;
  Time time{};
  AsPolicyId policy = none<AsPolicyId>();  ///< the policy behind it, also one executed by hand
  std::optional<Duration> cool_down;       ///< that policy's, at that time
};

/// An instance that an action could not bring in or take out.
struct FailedInstance {
  InstanceId instance = none<InstanceId>();  ///< none when no ECS could be made at all
  ErrorCode code{};
  std::string reason;
};

/// One scaling action of a group: one line of its action log.
struct ScalingActivity {
  AsGroupId group{};
  ActivityType type = ActivityType::Normal;
  ActivityStatus status = ActivityStatus::Doing;
  Time start{};
  Time end = kNever;
  int instance_value = 0;  ///< size of the group at the start
  int desire_value = 0;    ///< size it is to have at the end
  int scaling_value = 0;   ///< how many are to be added or removed, never negative
  std::vector<ChangeReason> reasons;
  std::vector<InstanceId> added, removed, deleted;  ///< in order of their arrival or leaving
  std::vector<FailedInstance> failed;

  // Of a MODIFY_ELB action.
  std::vector<LbaasListener> bound_pools, unbound_pools;
  std::vector<ListenerId> bound_listeners, unbound_listeners;

  AsConfigurationId configuration = none<AsConfigurationId>();  ///< as bound at the start
  Duration cool_down{};        ///< what its window will last if it opens at the start
  int outstanding = 0;         ///< instances still on their way in or out
  int to_launch = 0;           ///< launches that wait for others to finish
  bool lasting_cause = false;  ///< failed for a cause that makes the group abnormal
  bool takes_out() const { return type != ActivityType::ManualAdd && desire_value < instance_value; }
};

const char* text_of(ActivityType type);      ///< "AUDIT_CHECK_DELETE"
const char* text_of(ActivityStatus status);  ///< "DOING"
const char* text_of(ChangeCause cause);      ///< "MANNUAL": spelt so by the service

}  // namespace tidepool::sim
