#include "sim/load/draws.hpp"

#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "sim/engine/exact_math.hpp"

namespace tidepool::sim::load {
namespace {

// A span longer than this is cut: a tail without a mean may ask for more than a clock can hold.
constexpr double kLongestNs = 0x1p60;

// Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of Statistical Software 5 (2000):
// the area under e^-x in 256 layers of equal size. Layer i >= 1 reaches from 0 to edge[i] and from height[i] up to
// height[i + 1]; layer 0 is the strip below height[1] with the tail beyond edge[1], as if it were edge[0] wide.
struct Ziggurat {
  static constexpr std::size_t kLayers = 256;
  static constexpr double kTail = 7.69711747013104972;
  static constexpr double kArea = 0.0039496598225815571993;
  std::array<double, kLayers + 1> edge{}, height{};

  Ziggurat() {
    edge[0] = kArea * exact_exp(kTail);
    edge[1] = kTail;
    for (std::size_t i = 1; i + 1 < kLayers; ++i)
      edge[i + 1] = 0 - exact_log(kArea / edge[i] + exact_exp(-edge[i]));
    edge[kLayers] = 0;
    for (std::size_t i = 0; i <= kLayers; ++i) height[i] = exact_exp(-edge[i]);
  }
};

const Ziggurat kZiggurat;

std::int64_t rounded(double ns) {
  assert(ns >= 0);
  return static_cast<std::int64_t>((ns < kLongestNs ? ns : kLongestNs) + 0.5);
}

}  // namespace

double unit_exponential(Rng& rng) {
  for (double passed = 0;;) {
    const std::uint64_t bits = rng.next_u64();
    const std::size_t layer = bits & 255U;
    const double x = static_cast<double>(bits >> 11U) * 0x1p-53 * kZiggurat.edge[layer];
    if (x < kZiggurat.edge[layer + 1]) return passed + x;
    if (layer == 0) {  // Beyond the edge the rest is exponential again.
      passed += Ziggurat::kTail;
      continue;
    }
    const double low = kZiggurat.height[layer], high = kZiggurat.height[layer + 1];
    if (low + rng.uniform01() * (high - low) < exact_exp(-x)) return passed + x;
  }
}

std::int64_t TimeDistribution::draw_ns(Rng& rng) const {
  switch (kind) {
    case Kind::Constant: return rounded(first);
    case Kind::Exponential: return rounded(first * unit_exponential(rng));
    case Kind::Uniform: return rounded(first + (second - first) * rng.uniform01());
    case Kind::Lognormal: return rounded(first * exact_exp(second * rng.normal(0, 1)));
    case Kind::Pareto: return rounded(first * exact_exp(unit_exponential(rng) / second));
    case Kind::Sample: break;
  }
  const auto last = static_cast<std::int64_t>(sample->size()) - 1;
  return (*sample)[static_cast<std::size_t>(rng.uniform_int(0, last))];
}

double TimeDistribution::mean_ns() const {
  switch (kind) {
    case Kind::Constant:
    case Kind::Exponential: return first;
    case Kind::Uniform: return (first + second) / 2;
    case Kind::Lognormal: return first * exact_exp(second * second / 2);
    case Kind::Pareto:
      return second > 1 ? first * second / (second - 1) : std::numeric_limits<double>::infinity();
    case Kind::Sample: break;
  }
  double sum = 0;
  for (const std::int64_t each : *sample) sum += static_cast<double>(each);
  return sum / static_cast<double>(sample->size());
}

TimeDistribution constant(Nanos value) {
  return {TimeDistribution::Kind::Constant, static_cast<double>(value.count()), 0, nullptr};
}

TimeDistribution exponential(Nanos mean) {
  return {TimeDistribution::Kind::Exponential, static_cast<double>(mean.count()), 0, nullptr};
}

TimeDistribution uniform(Nanos lowest, Nanos highest) {
  return {TimeDistribution::Kind::Uniform, static_cast<double>(lowest.count()),
          static_cast<double>(highest.count()), nullptr};
}

TimeDistribution lognormal(Nanos median, double sigma) {
  return {TimeDistribution::Kind::Lognormal, static_cast<double>(median.count()), sigma, nullptr};
}

// variation^2 = e^(sigma^2) - 1, and the mean is the median times e^(sigma^2 / 2).
TimeDistribution lognormal_of_mean(Nanos mean, double variation) {
  const double growth = 1 + variation * variation;
  return {TimeDistribution::Kind::Lognormal, static_cast<double>(mean.count()) / std::sqrt(growth),
          std::sqrt(exact_log(growth)), nullptr};
}

TimeDistribution pareto(Nanos least, double alpha) {
  return {TimeDistribution::Kind::Pareto, static_cast<double>(least.count()), alpha, nullptr};
}

TimeDistribution sample_of(std::vector<Nanos> measured) {
  assert(!measured.empty());
  std::vector<std::int64_t> ns;
  ns.reserve(measured.size());
  for (const Nanos each : measured) ns.push_back(each.count());
  return {TimeDistribution::Kind::Sample, 0, 0,
          std::make_shared<const std::vector<std::int64_t>>(std::move(ns))};
}

}  // namespace tidepool::sim::load
