// Simulated time: whole microseconds since 1970-01-01T00:00:00Z.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace tidepool::sim {

// The clock of simulated time. It has no now(): the only present is that of the simulator in hand.
struct SimClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<SimClock, duration>;
  static constexpr bool is_steady = true;
};

// A span of simulated time, in whole microseconds. May be negative.
using Duration = std::chrono::duration<std::int64_t, std::micro>;

// A moment of simulated time: microseconds since 1970-01-01T00:00:00Z (UTC, no leap seconds). Never negative.
using Time = std::chrono::time_point<SimClock, Duration>;

// The first moment there is.
inline constexpr Time kEpoch{};

// A moment later than any that is ever reached.
inline constexpr Time kNever = Time::max();

}  // namespace tidepool::sim
