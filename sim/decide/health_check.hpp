#pragma once

#include <cstdint>

#include "sim/engine/time.hpp"
#include "sim/model/as_group.hpp"
#include "sim/model/instance.hpp"

namespace tidepool::sim {

/// NotChecked keeps the member's health status as it was.
enum class HealthVerdict : std::uint8_t { Healthy, Unhealthy, NotChecked };

/// Whether the group has listeners or pools that could tell about its members.
enum class LoadBalancing : std::uint8_t { None, Present };

/// What a check sees of one member.
struct HealthView {
  LifecycleState state = LifecycleState::InService;
  EcsStatus ecs = EcsStatus::Active;
  bool lb_offline = false;  ///< at least one load balancer calls it unhealthy
  Time in_service_since{};
};

/// What one check says about one member; a single bad check is enough. Protection makes no difference here.
///
/// Only INSERVICE members are checked. NOVA_AUDIT asks the ECS: stopped, faulty or deleted is unhealthy.
/// ELB_AUDIT asks the load balancers as well, but says nothing at all in [in_service_since, in_service_since
/// + grace), not even about a dead ECS; without a load balancer it is NOVA_AUDIT, which knows no grace.
/// `grace` is 0 s to 86 400 s. An ECS that is still being built can't be behind an INSERVICE member, and
/// would be healthy. Cannot fail.
/// Source: AS API reference, "Creating an AS Group", health_periodic_audit_method and
/// health_periodic_audit_grace_period; AS user manual, on health checks.
HealthVerdict verdict(HealthAudit method, LoadBalancing load_balancing, Duration grace,
                      const HealthView& member, Time now);

/// The first check later than `after`. Checks lie at anchor + period, anchor + 2 * period and so on; the
/// anchor itself (creation of the group, or the last change of its period) is none. `period` is more than 0.
Time next_check(Time anchor, Duration period, Time after);

}  // namespace tidepool::sim
