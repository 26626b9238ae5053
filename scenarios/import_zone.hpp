// Local times to UTC by the rules of a time zone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/import_reader.hpp"

namespace tidepool::scenarios {

/// Whether the system's time zones have this name.
bool is_time_zone(const std::string& name);

struct ZoneCounts {
  std::int64_t repeated = 0, skipped = 0;
};

/// Turns the naive points of a series, in the order of its file, into UTC.
///
/// A local time that no clock showed (daylight saving begins) is moved forward by as much as the clocks were. One that
/// clocks showed twice is the first of the two until, within a run of such rows, time goes back, and the second from
/// there on; a lone row of that hour that comes twice is one of each. The rows of a file that runs backwards are looked
/// at from its end.
ZoneCounts apply_time_zone(const std::string& name, std::vector<ImportPoint>& points);

}  // namespace tidepool::scenarios
