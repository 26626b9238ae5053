#pragma once

#include <cstdint>
#include <string>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

enum class FaultKind : std::uint8_t {
  BootFailure,      ///< launches end in failure, each with `probability_ppm`
  InstanceFailure,  ///< ECSs in service break down at random, after `mean_time_to_failure` on average
  ZoneFailure,  ///< at random moments, `mean_time_to_failure` apart, ECSs of one zone break down, with `probability_ppm`
  ZoneOutage,     ///< nothing in `zone` runs and nothing can be launched there
  SoldOut,        ///< `flavor` (all, if none) can't be launched in `zone` (all, if none)
  SickInstances,  ///< the `count` oldest members of `group` fall ill as `sickness` says
  BootDelay,      ///< boots take `factor_ppm` times as long, and `delay` longer
  ElbMemberDown,  ///< load balancers call the `count` oldest bound members of `group`, or `instance`, unhealthy
  HookMessageLost,  ///< what lifecycle hooks tell their topics is lost, each message with `probability_ppm`
  InstanceDeath,  ///< at `from` the ECSs of the `count` oldest members of `group`, or of `instance`, are gone
};

enum class Sickness : std::uint8_t {
  Stopped,  ///< the ECS is shut off; runs again when the fault ends
  Deleted,  ///< the ECS is gone for good
  Offline,  ///< the ECS runs but the load balancer calls it unhealthy, until the fault ends
};

/// Something that goes wrong in [from, until).
struct Fault {
  FaultKind kind = FaultKind::ZoneOutage;
  Time from{};
  Time until = kNever;
  ZoneId zone = none<ZoneId>();
  FlavorId flavor = none<FlavorId>();
  AsGroupId group = none<AsGroupId>();  ///< none is all groups, where a kind does not choose members
  std::int64_t probability_ppm = 0;     ///< parts per million
  Duration mean_time_to_failure{};
  double shape =
      1;  ///< InstanceFailure: of a Weibull distribution; 1 is exponential, below fails early, above wears out
  Sickness sickness = Sickness::Stopped;
  int count = 1;                             ///< HookMessageLost: messages, 0 is no limit
  Duration delay{};                          ///< BootDelay
  std::int64_t factor_ppm = 1'000'000;       ///< BootDelay, in millionths; 1 or more
  InstanceId instance = none<InstanceId>();  ///< ElbMemberDown, InstanceDeath
  std::string hook = {};                     ///< HookMessageLost: only of hooks with this name; empty: of all
};

const char* text_of(FaultKind kind);     ///< "zone_outage"
const char* text_of(Sickness sickness);  ///< "stopped"

}  // namespace tidepool::sim
