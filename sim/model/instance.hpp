#pragma once

#include <cstdint>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// Where a member is on its way through the group. The two Wait states belong to lifecycle hooks; one in Standby is
/// out of rotation and kept.
enum class LifecycleState : std::uint8_t {
  Pending,
  PendingWait,
  InService,
  Removing,
  RemovingWait,
  Gone,
  Standby
};
enum class HealthStatus : std::uint8_t { Initializing, Normal, Error };
/// The state of the ECS behind a member, as the ECS service tells it.
enum class EcsStatus : std::uint8_t { Build, Active, ShutOff, Error, Deleted };

/// Whether the life cycle knows this step. Source: AS user manual, "Life Cycle of an Instance".
bool may_move(LifecycleState from, LifecycleState to);

const char* text_of(LifecycleState state);  ///< "PENDING_WAIT"
const char* text_of(HealthStatus status);   ///< "NORMAL"
const char* text_of(EcsStatus status);      ///< "SHUTOFF"

/// A member of an AS group and the ECS behind it. `configuration` is none for one that was added by hand.
struct Instance {
  AsGroupId group{};
  AsConfigurationId configuration = none<AsConfigurationId>();
  Time configuration_create_time{};  ///< kept here, so that the order of removal outlives the configuration
  Time joined{};                     ///< also the launch of an ECS that was made for the group
  Time in_service_since = kNever;
  Time left = kNever;         ///< when it left the group
  Time ecs_deleted = kNever;  ///< kNever while the ECS exists, also outside the group
  ZoneId zone{};
  FlavorId flavor = none<FlavorId>();
  ServerId server = none<ServerId>();        ///< the ECS that was added by hand
  EnterpriseProjectId enterprise_project{};  ///< the group's when the instance joined
  ScalingActivityId activity{};              ///< the action that adds or removes it now, or did last
  LifecycleState state = LifecycleState::Pending;
  HealthStatus health = HealthStatus::Initializing;
  EcsStatus ecs = EcsStatus::Build;
  bool is_protected = false;
  bool lb_offline = false;              ///< the load balancer calls it unhealthy though the ECS runs
  bool down_by_outage = false;          ///< its zone is out; it runs again when that ends
  bool bound = false;                   ///< to the group's load balancers
  ServerId kept_as = none<ServerId>();  ///< what its ECS is since it was let go
  std::uint32_t tag_set = 0;            ///< the tags that its ECS was made with, see Cloud::tags_of
  bool keep_ecs = false;                ///< leaves the group but the ECS stays
  bool launch_fails = false;            ///< drawn at launch: the boot will end in failure

  bool is_ill() const { return ecs != EcsStatus::Active || lb_offline; }
  bool is_manual() const { return server != none<ServerId>(); }
  bool serves() const {
    return state == LifecycleState::InService && ecs == EcsStatus::Active && !lb_offline;
  }
};

}  // namespace tidepool::sim
