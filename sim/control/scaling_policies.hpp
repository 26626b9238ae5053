// The scaling policies of Amazon EC2 Auto Scaling: target tracking, step scaling, simple scaling. Any number of one kind
// at once: the largest size wins.
//
// Source: Amazon EC2 Auto Scaling user guide, "Target tracking", "Step and simple scaling policies", "Multiple policies".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/control/observation.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim {

enum class AdjustmentType : std::uint8_t { ChangeInCapacity, PercentChangeInCapacity, ExactCapacity };

/// The size that an adjustment makes of `current`, 0 or more. A percentage is rounded towards zero, but a part of one
/// instance is one; then it changes by `min_magnitude` at least: 25 % of 4 with a magnitude of 2 is two.
int adjusted(AdjustmentType type, int current, int adjustment, int min_magnitude);

/// Keeps each signal at its target. Out as soon as one of them asks for it; in only when all that may scale in do.
struct TargetTracking {
  struct Target {
    Signal signal = Signal::Utilisation;
    std::int64_t target = 0;  ///< in the signal's unit, 1 or more
    bool scale_in = true;
  };
  std::vector<Target> targets;
  Duration out_cooldown{},
      in_cooldown{};  ///< after a change that way, none in the same direction for so long

  Wish wish(const Observation& seen);

 private:
  std::optional<Time> last_out_, last_in_;
};

enum class Breach : std::uint8_t { Above, Below };

/// A step holds for differences of the signal from the threshold within its bounds, an empty bound being infinite.
/// Above the threshold the lower bound belongs to the step and the upper one does not; below it is the other way round.
struct StepAdjustment {
  std::optional<std::int64_t> lower, upper;
  int adjustment = 0;
};

struct StepPolicy {
  Signal signal = Signal::Utilisation;
  Breach breach = Breach::Above;
  std::int64_t threshold = 0;  ///< itself a breach, either way
  AdjustmentType type = AdjustmentType::ChangeInCapacity;
  int min_magnitude = 0;
  std::vector<StepAdjustment> steps;
};

/// The step of the policy that holds for a value of its signal; null without a breach, and where no step covers it.
const StepAdjustment* step_for(const StepPolicy& policy, std::int64_t value);

/// Adjusts the instances in service, so that those on their way count as part of what a lasting breach asks for; takes
/// nothing out while some are on their way.
struct StepScaling {
  std::vector<StepPolicy> policies;

  Wish wish(const Observation& seen) const;
};

struct SimplePolicy {
  Signal signal = Signal::Utilisation;
  Breach breach = Breach::Above;
  std::int64_t threshold = 0;
  AdjustmentType type = AdjustmentType::ChangeInCapacity;
  int adjustment = 0, min_magnitude = 0;
  std::optional<Duration> cooldown;  ///< else the controller's
};

/// One adjustment for all breaches; then nothing until what it began has ended and the cooldown after it is over.
struct SimpleScaling {
  std::vector<SimplePolicy> policies;
  Duration cooldown = std::chrono::seconds{300};

  Wish wish(const Observation& seen);

 private:
  bool acting_ = false;      // what it began has not ended yet
  Duration follows_{};       // the cooldown of the policy that acted
  Time free_from_ = kEpoch;  // when the cooldown is over
};

}  // namespace tidepool::sim
