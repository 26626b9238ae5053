// Controllers that know what an instance can do: static, ideal reactive, clairvoyant, and a table of capacities.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/control/observation.hpp"
#include "sim/engine/time.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim {

/// What is offered at a moment, micro-units a second, rounded down; 0 outside of the trace.
Amount rate_at(const Trace& trace, Time time);
/// The largest rate within [from, to], both included.
Amount largest_rate(const Trace& trace, Time from, Time to);

/// Always the same size: the baseline without scaling.
struct StaticSize {
  int size = 0;
  Wish wish(const Observation&) const { return {size, {}}; }
};

/// As many as the demand of this very moment needs. With launches that take no time: the ideal without foresight.
struct IdealReactive {
  Amount per_instance = 0;  ///< what one is to do, micro-units a second; 1 or more
  Wish wish(const Observation& seen) const { return {instances_for(seen.demand, per_instance), {}}; }
};

/// Knows the demand to come and how long a boot takes. Orders each instance just in time, and keeps one over a valley
/// exactly when a boot in its place would take longer: the least instance time without a shortage, boots included.
struct Clairvoyant {
  Trace demand;
  Amount per_instance = 0;
  Duration boot{};      ///< from an order to service
  Duration interval{};  ///< until it is asked again
  Wish wish(const Observation& seen) const;
};

/// The least n whose capacity holds the load (or all of them), the most of that within a window, and bounded steps.
struct LookupTable {
  std::vector<Amount> capacities;  ///< of 1, 2, 3, ... instances, micro-units a second
  std::optional<Trace> forecast;   ///< the load at each moment of asking; else what is offered at that moment
  Duration hold{};                 ///< the maximum of values less old than this counts; 0: the present one
  std::optional<int> max_up, max_down;  ///< a step at most so many

  Wish wish(const Observation& seen);
  /// The least size whose capacity is no less than `rate`.
  int required(Amount rate) const;

 private:
  struct Dated {
    Time time{};
    int value = 0;
  };
  std::deque<Dated> held_;
};

}  // namespace tidepool::sim
