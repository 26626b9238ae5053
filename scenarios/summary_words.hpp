// How pages for people speak of numbers, lengths and bounds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/scenario.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

/// Texts from outside must not move the cursor or start a line of their own.
std::string one_line(std::string_view text);
/// Two decimals, the last one rounded half up; for numbers that are not negative.
std::string rounded(std::int64_t millionths);
/// The same, without decimals that would be zero.
std::string short_number(std::int64_t millionths);
/// "2 h 5 min", "1.5 s", "0 s"
std::string length_text(sim::Duration length);
/// "1 call", "2 calls"
std::string counted(std::int64_t count, std::string_view one, std::string_view many);
/// Of a metric of the report; empty when there is no such metric.
std::string_view unit_of(std::string_view metric, const Scenario& scenario);
/// " at least 1 and at most 2"
std::string bounds_text(const Objective& objective);

}  // namespace tidepool::scenarios
