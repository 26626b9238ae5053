// Decimal numbers, read exactly as they are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tidepool::scenarios {

/// Holds every digit of a value while it is scaled, and sums of such values.
__extension__ using Wide = __int128;

/// digits * 10^exponent, as written.
struct Decimal {
  bool negative = false;
  Wide digits = 0;
  std::int64_t exponent = 0;
};

/// Digits with a sign, a decimal mark and an exponent if there are such; of the digits the first 20 that signify. The
/// mark is a point, or a comma where no field can hold one that separates.
std::optional<Decimal> parse_decimal(std::string_view text, bool comma_is_mark);

/// number.digits * factor * 10^(exponent + power), rounded down and without the sign; empty when it needs over 127
/// bits. `factor` is at most 10^12.
std::optional<Wide> scaled(const Decimal& number, std::int64_t factor, std::int64_t power);

/// Whether this is how tools write that there is no value: nothing, -, NaN, null, NA, N/A, none.
bool is_missing(std::string_view text);

}  // namespace tidepool::scenarios
