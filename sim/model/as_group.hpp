#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/lifecycle_hook.hpp"
#include "sim/model/notification.hpp"
#include "sim/model/tag.hpp"

namespace tidepool::sim {

enum class GroupStatus : std::uint8_t { InService, Paused, Error, Deleting, Deleted };
enum class HealthAudit : std::uint8_t { Nova, Elb };
enum class TerminatePolicy : std::uint8_t {
  OldConfigOldInstance,
  OldConfigNewInstance,
  OldInstance,
  NewInstance
};
enum class MultiAzPolicy : std::uint8_t { EquilibriumDistribute, PickFirst };

/// A backend server group that members are bound to. Port 1 to 65535, weight 0 to 100.
struct LbaasListener {
  PoolId pool = none<PoolId>();
  int protocol_port = 0;
  int weight = 1;
  friend bool operator==(const LbaasListener&, const LbaasListener&) = default;
};

struct GroupNetwork {
  SubnetId subnet = none<SubnetId>();
  bool ipv6_enable = false;
  std::optional<std::string> ipv6_bandwidth;
  friend bool operator==(const GroupNetwork&, const GroupNetwork&) = default;
};

/// What a client sets of an AS group. Source: AS API reference, "Creating an AS Group".
struct AsGroupSettings {
  std::string name;
  AsConfigurationId configuration = none<AsConfigurationId>();
  int desire = 0, min = 0, max = 0;
  Duration cool_down = std::chrono::seconds{300};
  std::vector<ListenerId> listeners;  ///< classic ones; never together with `lbaas_listeners`
  std::vector<LbaasListener> lbaas_listeners;
  std::vector<ZoneId> zones;           ///< in order of preference
  std::vector<GroupNetwork> networks;  ///< the first is the primary one
  std::vector<SecurityGroupId> security_groups;
  VpcId vpc = none<VpcId>();
  HealthAudit health_audit = HealthAudit::Nova;
  int health_period_minutes = 5;  ///< 0 is every 10 seconds
  Duration health_grace = std::chrono::seconds{600};
  TerminatePolicy terminate_policy = TerminatePolicy::OldConfigOldInstance;
  bool notify_by_email = false;
  bool delete_publicip = false, delete_volume = false;
  EnterpriseProjectId enterprise_project{};
  MultiAzPolicy multi_az_policy = MultiAzPolicy::EquilibriumDistribute;
  std::optional<std::string> description;

  bool has_load_balancer() const { return !listeners.empty() || !lbaas_listeners.empty(); }
  Duration health_period() const {
    return health_period_minutes == 0 ? Duration{std::chrono::seconds{10}}
                                      : Duration{std::chrono::minutes{health_period_minutes}};
  }
};

/// An AS group: what was set, and where it stands.
///
/// Members are counted by what they are: `pending` are joining, `in_service` serve, `removing` are leaving.
/// `current()` is the documented current_instance_number: done joining and not done leaving.
struct AsGroup {
  AsGroupSettings set;
  GroupStatus status = GroupStatus::Paused;
  Time create_time{};
  Time deleted_at = kNever;
  std::string detail;               ///< why it is abnormal; empty when it is not
  std::vector<InstanceId> members;  ///< in order of joining
  std::vector<AsPolicyId> policies;
  std::vector<LifecycleHook> hooks;       ///< in order of creation
  std::vector<TopicSubscription> topics;  ///< likewise
  std::vector<Tag> tags;                  ///< newest first
  std::uint32_t tag_set = 0;              ///< under which number ECSs made now remember them; 0: none yet
  int pending = 0, in_service = 0, removing = 0, protected_members = 0;
  int standby = 0;  ///< neither expected nor current

  ScalingActivityId running = none<ScalingActivityId>();        ///< the scaling action under way
  ScalingActivityId last_activity = none<ScalingActivityId>();  ///< the running one, else the one before
  Time cooldown_from{}, cooldown_until{};                       ///< [from, until); equal: none
  int failures_in_row = 0;

  bool is_scaling() const { return running != none<ScalingActivityId>(); }
  int current() const { return in_service + removing; }
  /// What the number of members will be once everything under way has ended.
  int expected() const { return in_service + pending; }
};

const char* text_of(MultiAzPolicy policy);    ///< "PICK_FIRST"
const char* text_of(TerminatePolicy policy);  ///< "OLD_INSTANCE"
const char* text_of(HealthAudit method);      ///< "NOVA_AUDIT"

}  // namespace tidepool::sim
