// Running a scenario: timed calls go through exactly the routes that a client's would.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "scenarios/controller_run.hpp"
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
  AskController ask = {};  ///< empty: a scenario with an external controller is refused by an exception
};

struct RunResult {
  sim::Cloud cloud;
  sim::Report report;
  std::vector<CallRecord> calls;
  std::vector<ObjectiveOutcome> objectives;
  std::map<std::string, std::string> saved;  ///< names and the ids they stand for
  std::vector<ControllerRecord> controllers{};
  bool calls_as_expected() const;
  bool objectives_met() const;
};

/// A run on its way. A copy goes on by itself from where it was made: so one run becomes two.
class ScenarioRun {
 public:
  /// `scenario` must outlive it, and its copies.
  explicit ScenarioRun(const Scenario& scenario, RunOptions options = {});

  /// All that happens before `moment`, and what is due at it; its calls are still to be made.
  void go_to(sim::Time moment);
  /// The calls of this moment, and then what controllers that look now make of it. What follows from them at once comes
  /// after all of them.
  void make_calls_due();
  /// A call at this moment; by itself it is not kept among the scenario's.
  CallRecord make(const TimedCall& call);
  /// The rest, to the end.
  RunResult finish();

  sim::Cloud& cloud() { return result_.cloud; }
  const sim::Cloud& cloud() const { return result_.cloud; }
  /// Names and the ids they stand for by now.
  const std::map<std::string, std::string>& saved() const { return result_.saved; }

 private:
  void declare();
  void attach_to(const std::string& name, sim::AsGroupId group);
  void advance(sim::Time until);
  void report_progress();
  sim::Time next_look() const;
  void let_controllers_look();
  void let_look(ControllerRun& controller);
  void save(const TimedCall& call, const boost::json::value& answer, CallRecord& record);
  void judge_forecasts();
  ObjectiveOutcome judged(const Objective& objective) const;

  const Scenario* scenario_;
  RunOptions options_;
  RunResult result_;
  std::size_t next_call_ = 0;
  std::vector<ControllerRun> controllers_;
  std::set<std::string> attached_;  // names whose declarations found their group
};

RunResult run(const Scenario& scenario, const RunOptions& options = {});

}  // namespace tidepool::scenarios
