// Moments as clients see them, all in UTC. Source: AS API reference, the samples of each call.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/engine/time.hpp"

namespace tidepool::api {

// Whatever is finer than the form is cut off. Needs a moment from 1970 to 9999.
std::string seconds_text(sim::Time t);  ///< "2026-03-01T06:20:05Z": create_time, all logs
std::string minutes_text(sim::Time t);  ///< "2026-03-01T06:20Z": a policy's launch_time, start_time, end_time
/// "16:00": launch_time of a periodic policy. Needs less than 24 h.
std::string time_of_day_text(sim::Duration since_midnight);

// Exactly the forms above, from 1970 to 9999; empty for anything else (a 30 February, 24:00, a leap second, a blank).
std::optional<sim::Time> read_seconds(std::string_view text);
std::optional<sim::Time> read_minutes(std::string_view text);
std::optional<sim::Duration> read_time_of_day(std::string_view text);

}  // namespace tidepool::api
