// Running a scenario: timed calls go through exactly the routes that a client's would.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/scenario.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/engine/time.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {

/// A call as it was made, and its answer.
struct CallRecord {
  sim::Time at{};
  std::string method, path, body;  ///< with ids in place of {names}
  int status = 0;
  std::string answer;
  std::string where;
  std::string complaint;  ///< empty when the answer is as expected, else what differs
};

struct ObjectiveOutcome {
  Objective objective;
  std::optional<std::int64_t> value_micro;  ///< empty: the metric had no value, which counts as met
  bool met = true;
};

struct RunOptions {
  sim::JournalText journal = sim::JournalText::Dropped;
  sim::Recording recording = sim::Recording::Everything;
  std::optional<sim::Time> until = {};  ///< where to stop; empty: the scenario's end. Its calls end before.
  /// Called now and then with how far the run is (0 to 1) and with the journal lines since the last call.
  std::function<void(double, std::string)> progress = {};
};

struct RunResult {
  sim::Cloud cloud;
  sim::Report report;
  std::vector<CallRecord> calls;
  std::vector<ObjectiveOutcome> objectives;
  std::map<std::string, std::string> saved;  ///< names and the ids they stand for
  bool calls_as_expected() const;
  bool objectives_met() const;
};

RunResult run(const Scenario& scenario, const RunOptions& options = {});

}  // namespace tidepool::scenarios
