// Judgement: how well a group's size followed its demand, by the measures of sim/judge.
#pragma once

#include <span>
#include <vector>

#include "sim/cloud/cloud.hpp"
#include "sim/engine/time.hpp"
#include "sim/judge/number.hpp"
#include "sim/judge/steps.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// Turns count as an oscillation when they come no later than this one after the other.
inline constexpr Duration kOscillationWindow = std::chrono::minutes{10};
/// Steps by which the instability looks.
inline constexpr Duration kInstabilityGrid = std::chrono::minutes{1};

/// What a group went through, as steps.
struct Course {
  Window window;              ///< from its creation to its deletion, or the run's end
  Steps demand;               ///< the least number of instances that does what is offered
  Steps supply;               ///< in service
  Steps expected;             ///< the expected number
  std::vector<Steps> zones;   ///< in service, by zone that ever had one
  std::vector<Time> faults;   ///< when faults began that touch it
  bool has_workload = false;  ///< without one there is no demand to judge by
};

/// Of groups that are judged together the steps add up; the demand of those without a workload is none.
/// `cloud` must record everything.
std::vector<Course> courses_of(const Cloud& cloud);
Course course_of_all(std::span<const Course> courses, Window window);

/// In millionths of the unit that the report's metric of that name has. Empty without a workload, and where a measure has
/// no value; those of zones, expected numbers and faults need no workload.
struct Judgement {
  Number accuracy_under, accuracy_over, theta_under, theta_over, timeshare_under, timeshare_over;
  Number instability, jitter, autoscaling_deviation, oscillations, adaptations;
  Number availability, over_provisioning, insufficient, rigidness, elasticity_penalty;
  Number scale_out_lag, scale_out_lag_most, detection, decision, provision;
  Number scale_in_lag, scale_in_lag_most;
  Number utilisation, mean_utilisation;
  Number zone_imbalance, zone_imbalance_most, zone_loss, zone_loss_most;
  Number recovery;
  // Of a predictive controller; whoever runs it fills them in.
  Number forecast_mae, forecast_mape, forecast_mase;
};

/// Prices an instance-hour, in millionths of the currency; empty: there is no penalty to tell.
struct PenaltyRates {
  Number surplus, shortage;
};
Judgement judged(const Course& course, const PenaltyRates& rates);

/// Mean over time of the share of what the group could do that it did at each moment, in percent; nothing without members.
Number mean_utilisation(const Workload& workload, const Steps& supply, Window window);

/// By group: instances made for it that were less than a minute in service when they began to leave, after `from`.
/// Those that never came into service are failed launches.
std::vector<std::int64_t> wasted_launches(const Cloud& cloud, Time from);

/// Share of datapoints at which one of the group's alarm rules on its utilisation was met.
Number rigidness(const Cloud& cloud, AsGroupId group, Window window);

}  // namespace tidepool::sim
