// Controller: an autoscaler as a value. Asked at equal distances what size a group should have, it answers from what it
// sees and has seen, and from nothing else.
#pragma once

#include <functional>
#include <utility>
#include <variant>

#include "sim/control/capacity.hpp"
#include "sim/control/hpa.hpp"
#include "sim/control/observation.hpp"
#include "sim/control/predictive.hpp"
#include "sim/control/scaling_policies.hpp"

namespace tidepool::sim {

/// Decides elsewhere. A run is a function of its scenario only as far as `ask` is one of what it is told.
struct ExternalController {
  std::function<Wish(const Observation&)> ask;  ///< empty: the size stays as it is
  Wish wish(const Observation& seen) const { return ask ? ask(seen) : Wish{seen.desired, {}}; }
};

/// A copy goes on by itself, with all that was learned.
class Controller {
 public:
  using Kind = std::variant<StaticSize, TargetTracking, StepScaling, SimpleScaling, HorizontalPodAutoscaler,
                            LookupTable, Predictive, IdealReactive, Clairvoyant, ExternalController>;
  Controller() = default;
  Controller(Kind kind) : kind_(std::move(kind)) {}  // NOLINT(google-explicit-constructor): each kind is one

  /// What it wants, whatever the group's bounds; the caller keeps to them.
  Wish wish(const Observation& seen) {
    return std::visit([&](auto& kind) { return kind.wish(seen); }, kind_);
  }
  const Kind& kind() const { return kind_; }

 private:
  Kind kind_;
};

}  // namespace tidepool::sim
