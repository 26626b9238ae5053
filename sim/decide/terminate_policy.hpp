#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/decide/placement.hpp"
#include "sim/engine/time.hpp"
#include "sim/model/as_group.hpp"
#include "sim/model/behaviour.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// A member that a scale in may take: INSERVICE and not protected. The caller leaves the others out.
///
/// Members launched together share `joined`, so `join_sequence` is the second half of their age, and so is
/// `configuration_order` for configurations made at one moment. Neither needs the configuration to exist
/// still.
struct RemovalCandidate {
  InstanceId instance{};
  bool is_manual = false;      ///< added by hand; it has no configuration
  bool outside_zones = false;  ///< its zone is not, or no longer, one of the group's
  Time configuration_create_time{};
  std::uint32_t configuration_order = 0;  ///< rank of the configuration by creation
  Time joined{};
  std::uint32_t join_sequence = 0;  ///< rank of the member by joining
  ZoneId zone{};
};

/// Whether `a` leaves before `b`: a strict order, total as long as instance ids differ.
///
/// Members added by hand go last, in order of joining, whatever the policy and wherever they are. Before
/// them, those outside the group's zones go ahead of those inside; then the policy decides. The lower
/// instance id goes first where all that is equal.
/// Source: AS user manual, on instance removal policies; AS API reference, "Creating an AS Group",
/// instance_terminate_policy.
bool leaves_before(TerminatePolicy policy, const RemovalCandidate& a, const RemovalCandidate& b);

/// The first `count` members that leave, in order; all of them when there are fewer.
///
/// Without balancing this is the order of `leaves_before`. With ScaleInBalance::BalanceFirst,
/// EQUILIBRIUM_DISTRIBUTE and more than one zone in `zone_members`, each victim inside the group's zones
/// comes from the zone with the most members among those that still have a candidate made by the group; the
/// policy chooses inside that zone, and between zones that are equally full. The zone's count then falls by
/// one.
///
/// Both edges stay as they are: candidates outside the zones go first, those added by hand last and by age
/// alone. `zone_members` counts every member but those being removed, so protected ones and those added by
/// hand weigh on their zone. It is read when balancing only, and then lists the zone of every candidate that
/// is not outside.
std::vector<InstanceId> removal_order(TerminatePolicy policy, MultiAzPolicy multi_az, ScaleInBalance balance,
                                      std::vector<RemovalCandidate> candidates,
                                      std::span<const ZoneCount> zone_members, std::size_t count);

}  // namespace tidepool::sim
