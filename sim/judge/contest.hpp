// Measures that set autoscalers side by side, and forecasts against what came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/judge/number.hpp"

namespace tidepool::sim {

/// The distance of some measures from the ideal, which is 0 in each: (sum of x^p)^(1/p), p 1 or more. The measures are
/// 0 or more, in millionths of one unit (percent, say), and so is the result. p = 0 stands for infinity: the largest.
/// Empty without measures.
Number autoscaling_deviation(std::span<const std::int64_t> measures, int p);

/// The geometric mean of without / with, in millionths: more than one is a gain. Measures that are 0 in one of both
/// cannot be a factor and are left out; empty when none is left.
Number elastic_speedup(std::span<const std::int64_t> without, std::span<const std::int64_t> with);

/// How far a forecast was off, in millionths of the series' unit. Both series are of one length.
struct ForecastError {
  Number mae;  ///< mean of |actual - forecast|
  Number
      mape;  ///< mean of |actual - forecast| / actual in percent; moments at which nothing came are left out
  Number mase;  ///< the MAE over that of the seasonal naive forecast, which says what came one season before
};
/// `season`: steps of a season, 1 or more; 1 is the plain naive forecast.
ForecastError forecast_error(std::span<const std::int64_t> actual, std::span<const std::int64_t> forecast,
                             std::size_t season);

}  // namespace tidepool::sim
