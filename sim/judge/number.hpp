// Number: a measure's value in millionths of its unit, and the exact arithmetic behind it. (header)
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace tidepool::sim {

/// Products and sums of 64-bit numbers, exact until the one division at the end.
__extension__ using Wide = __int128;

inline constexpr std::int64_t kMillion = 1'000'000;

/// Millionths of the unit that the measure's name tells; empty where the measure has no value (a share of nothing).
using Number = std::optional<std::int64_t>;

/// `dividend / divisor`, halves away from zero; empty over nothing. What does not fit is the nearest number that does.
inline Number quotient(Wide dividend, Wide divisor) {
  if (divisor == 0) return std::nullopt;
  if (divisor < 0) dividend = -dividend, divisor = -divisor;
  const Wide half = dividend < 0 ? -(divisor / 2) : divisor / 2;
  const Wide result = (dividend + half) / divisor;
  constexpr Wide kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr Wide kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::clamp(result, kLeast, kMost));
}

/// `dividend / divisor` of counts, in millionths.
inline Number ratio_of(Wide dividend, Wide divisor) { return quotient(dividend * kMillion, divisor); }
/// The same as a percentage.
inline Number percent_of(Wide dividend, Wide divisor) { return quotient(dividend * 100 * kMillion, divisor); }

}  // namespace tidepool::sim
