#include "sim/judge/contest.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/engine/exact_math.hpp"

namespace tidepool::sim {
namespace {

// Roots and logarithms are no whole numbers; the last millionth is as far as they are told.
std::int64_t millionths(double value) { return static_cast<std::int64_t>(std::llround(value * 1e6)); }

double power(double base, int exponent) {
  double product = 1;
  for (int i = 0; i < exponent; ++i) product *= base;
  return product;
}

}  // namespace

Number autoscaling_deviation(std::span<const std::int64_t> measures, int p) {
  assert(p >= 0);
  if (measures.empty()) return std::nullopt;
  const std::int64_t most = std::ranges::max(measures);
  if (p == 0 || most == 0) return most;
  double sum = 0;  // of shares of the largest, so that no power overflows
  for (const std::int64_t each : measures)
    sum += power(static_cast<double>(each) / static_cast<double>(most), p);
  return millionths(static_cast<double>(most) / 1e6 * exact_exp(exact_log(sum) / p));
}

Number elastic_speedup(std::span<const std::int64_t> without, std::span<const std::int64_t> with) {
  assert(without.size() == with.size());
  double sum = 0;
  int count = 0;
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (without[i] <= 0 || with[i] <= 0) continue;
    sum += exact_log(static_cast<double>(without[i]) / static_cast<double>(with[i]));
    ++count;
  }
  if (count == 0) return std::nullopt;
  return millionths(exact_exp(sum / count));
}

ForecastError forecast_error(std::span<const std::int64_t> actual, std::span<const std::int64_t> forecast,
                             std::size_t season) {
  assert(actual.size() == forecast.size() && season > 0);
  constexpr Wide kShare = 1'000'000'000'000;
  Wide off = 0, share = 0, naive = 0;
  std::int64_t shares = 0, naives = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const Wide miss = actual[i] > forecast[i] ? Wide{actual[i]} - forecast[i] : Wide{forecast[i]} - actual[i];
    off += miss;
    if (actual[i] != 0) share += miss * kShare / std::abs(actual[i]), ++shares;
    if (i < season) continue;
    naive += actual[i] > actual[i - season] ? actual[i] - actual[i - season] : actual[i - season] - actual[i];
    ++naives;
  }
  const auto all = static_cast<Wide>(actual.size());
  ForecastError error;
  error.mae = quotient(off, all);
  error.mape = quotient(share * 100 / (kShare / kMillion), shares);
  // (off / all) / (naive / naives)
  if (naive != 0 && all != 0) error.mase = ratio_of(off * naives, naive * all);
  return error;
}

}  // namespace tidepool::sim
