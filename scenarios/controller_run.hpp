// ControllerRun: a controller of a scenario on its way. When it looks, what it sees, and what it made of it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/controller_json.hpp"
#include "scenarios/scenario.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/control/controller.hpp"
#include "sim/engine/time.hpp"
#include "sim/judge/steps.hpp"

namespace tidepool::scenarios {

/// What a controller did in a run.
struct ControllerRecord {
  std::string where, type, group;
  std::int64_t looks = 0;                     ///< at a group that existed and was in service
  std::int64_t changes = 0;                   ///< of the expected number, or of the largest size
  std::int64_t refused = 0;                   ///< changes that the service refused
  std::string last_refusal;                   ///< its answer
  sim::Steps wanted;                          ///< the size that it wanted, within the group's bounds
  std::vector<sim::Amount> actual, forecast;  ///< of a predictive one, see sim::Predictive
  std::size_t season = 1;                     ///< its season in looks, 1 without one
};

/// A copy goes on by itself.
class ControllerRun {
 public:
  /// `declared` must outlive it, and its copies.
  /// `ask`: how external ones of `scenario` are asked, which must outlive it then.
  ControllerRun(const ControllerDeclaration& declared, const Scenario& scenario, const AskController& ask);

  sim::Time next_look() const { return next_look_; }
  const ControllerDeclaration& declared() const { return *declared_; }

  /// Looks at the group, which `cloud` must have settled; `workload` may be null. Answers the body of the call that is to
  /// be made now; empty when nothing is to change.
  std::optional<std::string> look(const sim::Cloud& cloud, sim::AsGroupId group,
                                  const sim::Workload* workload);
  /// When there was nothing to look at.
  void skip() { next_look_ += declared_->interval; }
  /// What the service answered to that call.
  void answered(int status, const std::string& answer);
  ControllerRecord record() const;

 private:
  struct Decision {
    sim::Time due{};
    sim::Wish wish;
  };
  sim::Observation observe(const sim::Cloud& cloud, sim::AsGroupId group, const sim::Workload* workload);

  const ControllerDeclaration* declared_;
  sim::Controller controller_;
  sim::Time next_look_;
  std::deque<Decision> waiting_;  // until their delay is over
  sim::Effort effort_;            // as of the last look
  ControllerRecord record_;
};

}  // namespace tidepool::scenarios
