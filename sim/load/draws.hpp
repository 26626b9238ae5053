// Chance of requests: a quick exponential draw, and the distributions of spans of time.
//
// Only + - * / and square root, as in sim/engine: the same numbers on every compiler.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/engine/rng.hpp"
#include "sim/load/nanos.hpp"

namespace tidepool::sim::load {

/// Exponential with mean 1. Costs one number of the stream, or rarely more.
double unit_exponential(Rng& rng);

/// How long something takes.
struct TimeDistribution {
  enum class Kind : std::uint8_t { Constant, Exponential, Uniform, Lognormal, Pareto, Sample };
  Kind kind = Kind::Constant;
  double first = 0;   ///< ns: the value, mean, lowest, median or least value
  double second = 0;  ///< ns highest of Uniform, sigma of Lognormal, alpha of Pareto
  std::shared_ptr<const std::vector<std::int64_t>> sample;  ///< ns, each equally likely

  /// Never negative.
  std::int64_t draw_ns(Rng& rng) const;
  /// In ns; infinite for a Pareto with alpha of 1 or less.
  double mean_ns() const;
};

TimeDistribution constant(Nanos value);
TimeDistribution exponential(Nanos mean);
/// Each span in between equally likely.
TimeDistribution uniform(Nanos lowest, Nanos highest);
/// The logarithm is normal with standard deviation `sigma`.
TimeDistribution lognormal(Nanos median, double sigma);
/// The same by mean and coefficient of variation (standard deviation / mean), 0 or more.
TimeDistribution lognormal_of_mean(Nanos mean, double variation);
/// P(X > x) = (least / x)^alpha for x of `least` or more; alpha above 0.
TimeDistribution pareto(Nanos least, double alpha);
/// What was measured; must not be empty.
TimeDistribution sample_of(std::vector<Nanos> measured);

}  // namespace tidepool::sim::load
