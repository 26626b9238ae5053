// What the report page knows of a run, out of its result file: as JSON, short enough to travel inside the page.
#pragma once

#include <filesystem>
#include <string>

#include "scenarios/json_writer.hpp"

namespace tidepool::scenarios {

/// Groups, events and instances of a run that the page shows one by one; of more it says how many are left out.
inline constexpr std::size_t kGroupsShown = 8, kEventsShown = 1500, kInstancesShown = 200;
/// Rows of a chart before it is thinned (see thinning.hpp).
inline constexpr std::size_t kRowsShown = 3000;

/// Writes one object. Times are seconds from the run's start. Throws std::runtime_error with SQLite's reason.
void write_report_data(JsonWriter& json, const std::filesystem::path& results);

}  // namespace tidepool::scenarios
