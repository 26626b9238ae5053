// What a served cloud is, from a cloud file (README.md: "Cloud files"): the region and rules of its projects, and the
// projects that are there from the beginning.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes/world.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

/// What was said beside the file, and wins over it.
struct CloudSettings {
  std::optional<std::uint64_t> seed;
  std::optional<sim::Time> start;
  std::optional<api::ClockSetting> clock;
  std::optional<std::string> behaviour;  ///< "classic" or "current"
  std::optional<bool> auto_projects;
  bool behind_tls = false;
};

struct ServedCloud {
  api::WorldOptions options;
  std::vector<api::SeededProject> projects;
};

struct ServedCloudResult {
  std::optional<ServedCloud> cloud;  ///< empty exactly when there are errors
  std::vector<std::string> errors;
};

/// "manual", "real", or "x" and a pace from 0.000001 to 1000000. Empty for anything else.
std::optional<api::ClockSetting> read_clock(std::string_view text);
inline constexpr const char* kClockExpected = "real, manual, or xN with N from 0.000001 to 1000000";

/// Whether a text is a cloud file rather than a scenario: it says nothing of a duration, and something that only such a file can.
bool is_served_cloud(std::string_view text);

/// Of an empty file: the default region and rules, and no project. Without a start, the world begins at `present`.
ServedCloudResult load_served_cloud(std::string_view text, std::string_view name,
                                    const std::filesystem::path& folder, const CloudSettings& settings,
                                    sim::Time present);

/// The world, with its projects.
api::World make_world(ServedCloud cloud);

/// Runs a scenario for a project, to its end or to `serve_from` after its start.
api::ScenarioOutcome run_for_project(std::string_view text, std::string_view name,
                                     const std::filesystem::path& folder, std::string_view project_id,
                                     std::uint64_t seed, sim::Time start,
                                     std::optional<sim::Duration> serve_from = std::nullopt);

}  // namespace tidepool::scenarios
