// What a controller sees, and what it answers.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/engine/time.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim {

/// A group at a moment, as an autoscaler sees it.
struct Observation {
  Time time{};
  int desired = 0;  ///< the expected number
  int in_service = 0, launching = 0;
  int least = 0, most = 0;  ///< of the group
  std::optional<std::int64_t>
      utilisation;    ///< of those in service since the last look, in millionths of a percent
  Amount demand = 0;  ///< what is offered at this moment, micro-units a second
  Amount queue = 0;   ///< what waits, micro-units
};

/// The size that a controller wants.
struct Wish {
  int size = 0;
  std::optional<int> most;  ///< the group's largest size from now on, where the controller may move it
  friend bool operator==(const Wish&, const Wish&) = default;
};

/// What policies compare with their targets and thresholds.
enum class Signal : std::uint8_t {
  Utilisation,        ///< millionths of a percent
  DemandPerInstance,  ///< micro-units a second, for each instance in service
  QueuePerInstance,   ///< micro-units, for each instance in service
  Demand,             ///< micro-units a second
  Queue               ///< micro-units
};

/// Empty when it has no value: no utilisation without work, nothing a head without heads.
std::optional<std::int64_t> value_of(Signal signal, const Observation& seen);

/// The least number of instances in service at which the signal comes down to `target`, if what is to be done stays the
/// same: ceil(in service x value / target). Of `Demand` and `Queue`: ceil(value / target). `target` is 1 or more.
std::optional<int> proportional_size(Signal signal, std::int64_t target, const Observation& seen);

/// ceil(dividend / divisor), no more than a billion. None negative.
int instances_for(std::int64_t dividend, std::int64_t divisor);

}  // namespace tidepool::sim
