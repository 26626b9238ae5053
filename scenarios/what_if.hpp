// One run as it was and with something changed at a moment, side by side.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/changes.hpp"
#include "scenarios/program.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/scenario.hpp"

namespace tidepool::scenarios {

struct WhatIfQuestion {
  std::string at;                 ///< a moment of the run, as the scenario file writes it
  std::vector<std::string> sets;  ///< "PATH=VALUE"
};

struct Course {
  RunResult result;
  sim::Report since;  ///< from the moment of the change on
};

struct WhatIf {
  sim::Time at{};
  std::vector<Change> changes;
  Course as_it_was, what_if;
  /// The same group in both, by its place in the reports; empty where one of the two has no such group.
  struct Pair {
    std::optional<std::size_t> as_it_was, what_if;
  };
  std::vector<Pair> groups;
};

/// Knobs and alarm rules change before the calls of that moment, groups and policies right after them, so that a change at
/// the start is what the changed file would be. Else the answer is all that is wrong with the question, as complete lines.
std::variant<WhatIf, std::vector<std::string>> ask_what_if(const Scenario& scenario,
                                                           const WhatIfQuestion& question,
                                                           const RunOptions& options = {});

std::string what_if_text(const Scenario& scenario, const WhatIf& answer);
std::string what_if_json(const Program& program, const Scenario& scenario, const WhatIf& answer);

}  // namespace tidepool::scenarios
