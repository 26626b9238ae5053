// Lengths, moments and numbers as scenario files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/wire/duration_text.hpp"
#include "api/wire/time_text.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

// Scenario files write lengths and moments as the testbed's calls do, and times of day as policies do.
using api::duration_text;
using api::moment_text;
using api::read_duration;
using api::read_moment;
using api::read_time_of_day;  // "14:00", less than 24 h

/// Longest length that a file may name: 36 500 days.
inline constexpr sim::Duration kLongest = api::kLongestDuration;

/// A JSON number times 10^decimals, when that is whole and fits.
std::optional<std::int64_t> read_scaled(std::string_view number, int decimals);
/// 1 500 000 as "1.5".
std::string millionths_text(std::int64_t millionths);

}  // namespace tidepool::scenarios
