// The clock inside a station: whole nanoseconds since the station began.
//
// A service of a few microseconds would be rounded by several percent on the clock of the rest, so requests are timed a
// thousand times finer. What passes the door (`Time`, `Duration`) is in microseconds; 63 bits of nanoseconds are 292
// years, and a run lasts at most a hundred.
#pragma once

#include <chrono>
#include <cstdint>

#include "sim/engine/time.hpp"

namespace tidepool::sim::load {

/// A span of time of a request. May be negative.
using Nanos = std::chrono::duration<std::int64_t, std::nano>;

/// Later than anything that happens.
inline constexpr std::int64_t kNeverNs = INT64_MAX;

/// A sum of spans, or a span times a count: what 64 bits could not hold.
__extension__ using Wide = __int128;

/// Whole microseconds, what is left being dropped.
inline Duration in_micros(Wide nanos) { return Duration{static_cast<std::int64_t>(nanos / 1000)}; }

}  // namespace tidepool::sim::load
