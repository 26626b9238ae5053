// Rng: chance that can be repeated. A stream is named by (seed, name, substream), and the n-th number of a
// stream is a function of these and n alone: a Philox4x32-10 block whose key is made of seed and name and
// whose counter is made of substream and n. So a purpose that draws more, or an instance that is added,
// disturbs no other stream.
//
// All results are the same bits on every compiler, standard library and optimisation level: the distributions
// are our own, and use only + - * / and square root on doubles, which IEEE 754 defines to the last bit. This
// wants -ffp-contract=off. The golden values in rng_test.cpp watch over it.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/engine/time.hpp"

namespace tidepool::sim {

/// A small value. A copy continues independently with the same numbers.
///
/// Uniform draws cost one number of the stream, or very rarely more; normal, lognormal and poisson draws cost
/// a varying count. Give each purpose its own stream, and each thing its own substream, rather than sharing
/// one.
class Rng {
 public:
  Rng(std::uint64_t seed, std::string_view stream, std::uint64_t substream = 0);

  std::uint64_t next_u64();

  /// In [0, 1), a multiple of 2^-53.
  double uniform01();

  /// From `lo` to `hi`, both included, each equally likely. Needs lo <= hi.
  std::int64_t uniform_int(std::int64_t lo, std::int64_t hi);

  /// From `lo` to `hi`, both included, each whole microsecond equally likely. Needs lo <= hi.
  Duration uniform_duration(Duration lo, Duration hi);

  /// True with probability parts_per_million / 1 000 000. Needs 0 <= parts_per_million <= 1 000 000.
  bool bernoulli_ppm(std::int64_t parts_per_million);

  /// Rounded to the nearest microsecond, never negative. Needs mean >= 0; a mean of 0 gives 0.
  Duration exponential(Duration mean);

  /// Exceeds t with probability e^-(t / scale)^shape: with shape 1 exponential, below it things that fail early, above
  /// it things that wear out. Rounded to the nearest microsecond. Needs scale >= 0 and shape > 0.
  Duration weibull(Duration scale, double shape);

  /// Needs sd >= 0.
  double normal(double mean, double sd);

  /// The logarithm is normal with standard deviation `sigma`; half of the draws are at most `median`. Rounded
  /// to the nearest microsecond. Needs median >= 0 and sigma >= 0.
  Duration lognormal(Duration median, double sigma);

  /// The same, by two numbers read off a measurement: 95 % of the draws are at most `p95`. Needs 0 < median
  /// <= p95.
  Duration lognormal_from_p95(Duration median, Duration p95);

  /// How many of many rare, independent things happen. Needs 0 <= mean <= 1e9.
  std::int64_t poisson(double mean);

  /// Whether both will give the same numbers from here on.
  friend bool operator==(const Rng&, const Rng&) = default;

 private:
  double standard_normal();

  std::uint64_t key_;
  std::uint64_t substream_;
  std::uint64_t drawn_ = 0;
  std::uint64_t spare_ = 0;  // The second half of the current block, while drawn_ is odd.
};

}  // namespace tidepool::sim
