#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/scenario.hpp"

namespace tidepool::scenarios {

/// A scenario, or all that is wrong with its file: each message is complete, such as
/// `spike.json: groups[2].max_instance_number: 301, expected 0 to 300`.
struct LoadResult {
  std::optional<Scenario> scenario;  ///< empty exactly when there are errors
  std::vector<std::string> errors;
};

struct LoadOptions {
  std::optional<std::uint64_t> seed;  ///< instead of the file's

  /// A project that a scenario is for: its id, and the seed and start of a scenario that names none.
  struct OfProject {
    std::string id;
    std::uint64_t seed = 1;
    sim::Time start{};
  };
  std::optional<OfProject> of_project = {};
};

/// `name` stands for the file in messages; relative trace files are looked up from `folder`.
LoadResult load(std::string_view text, std::string_view name, const std::filesystem::path& folder,
                const LoadOptions& options = {});

LoadResult load_file(const std::filesystem::path& path, const LoadOptions& options = {});

}  // namespace tidepool::scenarios
