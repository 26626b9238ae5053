// Lengths of time and exact moments, as the testbed's own calls write them. Scenario files spell them alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/engine/time.hpp"

namespace tidepool::api {

/// Longest length that can be named: 36 500 days.
inline constexpr sim::Duration kLongestDuration = std::chrono::hours{24 * 36'500};

/// "1d12h", "90m", "1s500ms": whole numbers with the units d, h, m, s, ms, us, in this order and each at most once. Empty for
/// anything else, a bare number among it, and for more than `kLongestDuration`.
std::optional<sim::Duration> read_duration(std::string_view text);
/// The shortest such text; parts of a millisecond are dropped. Not for negative lengths.
std::string duration_text(sim::Duration length);

/// RFC 3339: "2026-03-01T06:20:05Z", with up to six decimals of the second and with Z or an offset such as +01:00.
/// 1970 to 9999. Empty for anything else.
std::optional<sim::Time> read_moment(std::string_view text);
/// In UTC, without parts of a second when there are none.
std::string moment_text(sim::Time t);

}  // namespace tidepool::api
