#include "sim/engine/rng.hpp"

#include <Random123/philox.h>

#include <cassert>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "sim/engine/exact_math.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim {
namespace {

constexpr double kLnTwoPi = 1.8378770664093454836;
constexpr double kNormalP95 = 1.6448536269514722;  // 95 % of a standard normal lies below.

// The final mix of SplitMix64: a bijection in which each bit of the input reaches each bit of the output.
constexpr std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

// FNV-1a, 64 bits.
constexpr std::uint64_t hash(std::string_view name) {
  std::uint64_t h = 0xcbf29ce484222325U;
  for (const char each : name) h = (h ^ static_cast<unsigned char>(each)) * 0x100000001b3U;
  return h;
}

constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32U); }
constexpr std::uint64_t join(std::uint32_t low, std::uint32_t high) {
  return static_cast<std::uint64_t>(high) << 32U | low;
}

// ln k! for a whole k >= 0: from the product while that is exact, then by Stirling's series (cut off below
// 1e-12).
double log_factorial(double k) {
  if (k < 18) {
    double product = 1;
    for (int each = 2; each <= k; ++each) product *= each;
    return exact_log(product);
  }
  const double inverse = 1 / k;
  const double square = inverse * inverse;
  const double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
  return k * exact_log(k) - k + 0.5 * (kLnTwoPi + exact_log(k)) + series;
}

// The nearest whole microsecond; what is too long to tell becomes the longest Duration.
Duration to_duration(double us) {
  assert(us >= 0);
  if (us >= 0x1p63) return Duration::max();
  return Duration{std::llround(us)};
}

double to_double(Duration duration) { return static_cast<double>(duration.count()); }

}  // namespace

Rng::Rng(std::uint64_t seed, std::string_view stream, std::uint64_t substream)
    : key_(mix(mix(seed) ^ hash(stream))), substream_(substream) {}

std::uint64_t Rng::next_u64() {
  if (drawn_ % 2 == 1) {
    ++drawn_;
    return spare_;
  }
  const std::uint64_t block = drawn_ / 2;
  const philox4x32_ctr_t counter = {{low(block), high(block), low(substream_), high(substream_)}};
  const philox4x32_key_t key = {{low(key_), high(key_)}};
  const philox4x32_ctr_t bits = philox4x32(counter, key);
  ++drawn_;
  spare_ = join(bits[2], bits[3]);
  return join(bits[0], bits[1]);
}

double Rng::uniform01() { return static_cast<double>(next_u64() >> 11U) * 0x1p-53; }

std::int64_t Rng::uniform_int(std::int64_t lo, std::int64_t hi) {
  assert(lo <= hi);
  const auto first = static_cast<std::uint64_t>(lo);
  const std::uint64_t count = static_cast<std::uint64_t>(hi) - first + 1;  // 0 stands for 2^64.
  if (count == 0) return static_cast<std::int64_t>(next_u64());
  // Draws below 2^64 mod count are refused, so that what is left splits into equal parts.
  const std::uint64_t refused = (0 - count) % count;
  std::uint64_t drawn = next_u64();
  while (drawn < refused) drawn = next_u64();
  return static_cast<std::int64_t>(first + drawn % count);
}

Duration Rng::uniform_duration(Duration lo, Duration hi) {
  return Duration{uniform_int(lo.count(), hi.count())};
}

bool Rng::bernoulli_ppm(std::int64_t parts_per_million) {
  assert(parts_per_million >= 0 && parts_per_million <= 1'000'000);
  return uniform_int(0, 999'999) < parts_per_million;
}

Duration Rng::exponential(Duration mean) {
  assert(mean >= Duration::zero());
  const double above_zero = 1 - uniform01();
  return to_duration(to_double(mean) * (0 - exact_log(above_zero)));
}

Duration Rng::weibull(Duration scale, double shape) {
  assert(scale >= Duration::zero() && shape > 0);
  const double passed = 0 - exact_log(1 - uniform01());
  return to_duration(passed > 0 ? to_double(scale) * exact_exp(exact_log(passed) / shape) : 0);
}

// Marsaglia's polar method. The second number it yields is dropped, so that a count of draws is all there is
// to an Rng.
double Rng::standard_normal() {
  for (;;) {
    const double x = 2 * uniform01() - 1;
    const double y = 2 * uniform01() - 1;
    const double square = x * x + y * y;
    if (square >= 1 || square == 0) continue;
    return x * std::sqrt(-2 * exact_log(square) / square);
  }
}

double Rng::normal(double mean, double sd) {
  assert(sd >= 0);
  return mean + sd * standard_normal();
}

Duration Rng::lognormal(Duration median, double sigma) {
  assert(median >= Duration::zero() && sigma >= 0);
  return to_duration(to_double(median) * exact_exp(sigma * standard_normal()));
}

Duration Rng::lognormal_from_p95(Duration median, Duration p95) {
  assert(median > Duration::zero() && median <= p95);
  return lognormal(median, exact_log(to_double(p95) / to_double(median)) / kNormalP95);
}

std::int64_t Rng::poisson(double mean) {
  assert(mean >= 0 && mean <= 1e9);
  if (mean < 10) {
    // The number of exponential waits that fit into `mean`, on the scale of their product.
    const double end = exact_exp(-mean);
    std::int64_t count = 0;
    double product = 1 - uniform01();
    while (product > end) {
      product *= 1 - uniform01();
      ++count;
    }
    return count;
  }
  // Transformed rejection with squeeze: W. Hörmann, "The transformed rejection method for generating Poisson
  // random variables", Insurance: Mathematics and Economics 12 (1993), algorithm PTRS. The constants are
  // fitted there.
  const double log_mean = exact_log(mean);
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double squeeze = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = uniform01() - 0.5;
    const double v = 1 - uniform01();
    const double edge = 0.5 - std::fabs(u);
    if (edge == 0) continue;
    const double k = std::floor((2 * a / edge + b) * u + mean + 0.43);
    if (edge >= 0.07 && v <= squeeze) return static_cast<std::int64_t>(k);
    if (k < 0 || (edge < 0.013 && v > edge)) continue;
    const double hat = exact_log(v) + exact_log(inverse_alpha) - exact_log(a / (edge * edge) + b);
    if (hat <= k * log_mean - mean - log_factorial(k)) return static_cast<std::int64_t>(k);
  }
}

}  // namespace tidepool::sim
