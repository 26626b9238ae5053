// Times as tools write them. The one parser of times: traces and imports both stand on it.
//
// `YYYY-MM-DD` (or with / or .), `DD.MM.YYYY` or `DD/Mon/YYYY`, alone or with `HH:MM[:SS[.0 to 9 digits]]` after a
// blank, T, - or :, then nothing, `Z`, `UTC` or `+hh[:mm]`. Or `DD:HH:MM:SS`, day and time of some month. Or a number:
// below 10^8 seconds from the start of simulated time, below 10^11 seconds, below 10^14 milliseconds, below 10^17
// microseconds and else nanoseconds since 1970. Parts of a microsecond are dropped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

/// What a text is: a date, a number that counts from 1970, or one that counts from a start that it doesn't tell.
enum class TimeKind : std::uint8_t { Calendar, Epoch, Offset };

struct ParsedTime {
  TimeKind kind{};
  std::int64_t us = 0;  ///< since 1970, UTC; of an Offset since its start
  bool naive = false;   ///< a calendar time that doesn't say its zone
};

/// How a file writes what it writes.
struct Dialect {
  char separator = ',';
  sim::Duration utc_offset{};  ///< of naive times: local = UTC + this
  bool comma_is_mark() const { return separator != ','; }
};

std::optional<ParsedTime> parse_time(std::string_view text, const Dialect& dialect);

/// "2014-04-10T00:04:00Z"; parts of a second are dropped.
std::string time_text(sim::Time t);

}  // namespace tidepool::scenarios
