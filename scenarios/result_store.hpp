// The results of a run in one SQLite file. RESULTS.md is the contract for those who read such files: the views are
// promised, the tables beneath them follow the model.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "scenarios/program.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/scenario.hpp"

namespace tidepool::scenarios {

/// Why results can't go to `path`, with the path in the message; empty when they can. A file that is there already may
/// be replaced only if it holds results of this program, or nothing. Meant to be asked before a long run, too.
std::optional<std::string> refuses_results(const std::filesystem::path& path);

/// Why there is nothing to read at `path`, with the path in the message: no file, none of ours, or one of another version
/// of the program, whose tables are others. Empty when it can be read.
std::optional<std::string> refuses_reading(const std::filesystem::path& path);

/// Writes everything that the run left behind, replacing earlier results at `path`. The file appears complete or not
/// at all. The answer is what went wrong, with path and reason; empty when the results are there.
std::optional<std::string> save_results(const std::filesystem::path& path, const Program& program,
                                        const Scenario& scenario, const RunResult& result);

/// Of the library that is in use: "3.40.1".
std::string sqlite_version();

}  // namespace tidepool::scenarios
