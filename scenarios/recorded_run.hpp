// What a result file says of how its run came about: enough to run it again and to see that it is the same run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/program.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/scenario.hpp"

namespace tidepool::scenarios {

struct RecordedRun {
  std::string results;  ///< path of the result file, for messages
  Program program;
  std::string file, text;  ///< of the scenario; `file` as the run was given it
  std::uint64_t seed = 1;
  std::string fingerprint;
  std::uint64_t journal_lines = 0;
  struct Demand {
    std::string source, fingerprint;
  };
  std::vector<Demand> demands;
};

/// Whether a file begins as one of SQLite's; false also when it can't be read.
bool is_database(const std::filesystem::path& path);

/// The run, or why it can't be read: not ours, of another version, damaged.
std::variant<RecordedRun, std::string> read_recorded_run(const std::filesystem::path& path);

/// In what the scenario, read again, offers other demand than the run had; empty when nowhere.
std::vector<std::string> other_demand(const RecordedRun& recorded, const Scenario& scenario);

/// How the journal of a repeated run differs; empty when it does not.
std::optional<std::string> other_journal(const RecordedRun& recorded, const Program& program,
                                         const RunResult& again);

}  // namespace tidepool::scenarios
