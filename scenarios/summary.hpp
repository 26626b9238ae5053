// What a run came to: a page for people, and the same as one JSON document.
#pragma once

#include <string>

#include "scenarios/program.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/scenario.hpp"

namespace tidepool::scenarios {

/// Plain text of at most about 80 columns, UTF-8, each line with its line break. Depends on nothing but the run.
std::string summary_text(const Scenario& scenario, const RunResult& result);

/// Grows only by new members while this number stays.
inline constexpr int kSummarySchemaVersion = 1;

/// Everything that the text shows; RESULTS.md describes it. Units stand in the names, fractions are plain decimals,
/// times are UTC texts, what does not exist is null.
std::string summary_json(const Program& program, const Scenario& scenario, const RunResult& result);

}  // namespace tidepool::scenarios
