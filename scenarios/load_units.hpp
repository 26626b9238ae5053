// Lengths, moments and numbers as scenario files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

/// Longest length that a file may name: 36 500 days.
inline constexpr sim::Duration kLongest = std::chrono::hours{24 * 36'500};

/// "1d12h", "90m", "1s500ms": whole numbers with the units d, h, m, s, ms, in this order and each at most once. Empty for
/// anything else, a bare number among it, and for more than `kLongest`.
std::optional<sim::Duration> read_duration(std::string_view text);
/// The shortest such text; parts of a millisecond are dropped. Not for negative lengths.
std::string duration_text(sim::Duration length);

/// RFC 3339: "2026-03-01T06:20:05Z", with up to six decimals of the second and with Z or an offset such as +01:00.
/// 1970 to 9999. Empty for anything else.
std::optional<sim::Time> read_moment(std::string_view text);
/// In UTC, without parts of a second when there are none.
std::string moment_text(sim::Time t);

/// "14:00", less than 24 h.
std::optional<sim::Duration> read_time_of_day(std::string_view text);

/// A JSON number times 10^decimals, when that is whole and fits.
std::optional<std::int64_t> read_scaled(std::string_view number, int decimals);
/// 1 500 000 as "1.5".
std::string millionths_text(std::int64_t millionths);

}  // namespace tidepool::scenarios
