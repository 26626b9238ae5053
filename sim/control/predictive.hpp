// Predictive scaling: a forecast of the demand, and the size that it needs ahead of time.
//
// Source of the settings: Amazon EC2 Auto Scaling user guide, "Predictive scaling".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "sim/control/observation.hpp"
#include "sim/engine/time.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim {

/// What came a season before.
struct SeasonalNaive {
  std::size_t season = 1;  ///< looks, 1 or more
};

/// Triple exponential smoothing with an additive season. The first season is only learned from.
struct HoltWinters {
  std::size_t season = 1;
  double level_weight = 0.5, trend_weight = 0.1, season_weight = 0.1;  ///< alpha, beta, gamma: 0 to 1
};

/// Known from elsewhere: the value at a moment is the forecast for `lead` later.
struct ForecastSeries {
  Trace trace;
  Duration lead{};
};

/// A model and what it has learned. Values are micro-units a second.
class Forecaster {
 public:
  using Model = std::variant<SeasonalNaive, HoltWinters, ForecastSeries>;
  Forecaster() = default;
  explicit Forecaster(Model model) : model_(std::move(model)) {}

  /// In looks; 1 without one.
  std::size_t season() const;
  /// What was offered at a look; looks come at equal distances.
  void learn(Amount demand);
  /// For the moment `steps` looks after the last one that it learned of, which is `at`; empty before there is enough to
  /// go by.
  std::optional<Amount> forecast(std::size_t steps, Time at) const;

 private:
  void smooth(const HoltWinters& model, double value);

  Model model_;
  std::vector<Amount> seen_;
  double level_ = 0, trend_ = 0;
  std::vector<double> seasons_;
};

enum class MaxCapacityBreach : std::uint8_t { HonorMaxCapacity, IncreaseMaxCapacity };

/// The most that a group may have when `forecast` instances are forecast and `most` is set: the buffer, in percent of
/// the forecast and rounded up, goes on top of it. 50 with 40 allowed and a buffer of 10 % is 55.
int breached_maximum(int forecast, int most, int buffer_percent);

/// Wants what the largest forecast from now until the end of the buffer needs, and holds its size while there is none.
struct Predictive {
  Forecaster forecaster;
  Amount per_instance = 0;  ///< what one is to do, micro-units a second; 1 or more
  Duration interval{};      ///< between looks
  Duration buffer{};        ///< scheduling buffer: sizes are wanted this long ahead of their time
  bool forecast_only = false;
  bool scale_in = true;  ///< false: never below the present size, which others are to lower
  MaxCapacityBreach breach = MaxCapacityBreach::HonorMaxCapacity;
  int max_buffer_percent = 10;

  Wish wish(const Observation& seen);

  /// Moments for which there was a forecast a look before: what came and what was said.
  const std::vector<Amount>& actual() const { return actual_; }
  const std::vector<Amount>& forecast() const { return forecast_; }

 private:
  std::vector<Amount> actual_, forecast_;
};

}  // namespace tidepool::sim
