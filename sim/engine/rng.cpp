#include "sim/engine/rng.hpp"

#include <Random123/philox.h>

#include <cassert>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "sim/engine/time.hpp"

#ifdef __FAST_MATH__
#error "-ffast-math lets the compiler reorder sums, and the numbers would depend on it"
#endif

namespace tidepool::sim {
namespace {

// ln 2 in two parts: the first has 21 trailing zero bits, so that its product with an exponent is exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kSqrtHalf = 0.70710678118654752440;
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

// Natural logarithm of a positive, finite x, to within 2 units in the last place; std::log may differ between
// libraries. With x = m * 2^e and s = (m - 1) / (m + 1), ln x = e ln 2 + 2 (s + s^3/3 + s^5/5 + ...), where
// |s| < 0.172.
double log_of(double x) {
  assert(x > 0);
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < kSqrtHalf) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  const double square = s * s;
  double tail = 0;
  for (int n = 23; n >= 3; n -= 2) tail = (tail + 1.0 / n) * square;
  const double e = exponent;
  return e * kLn2High + (2 * s + (2 * s * tail + e * kLn2Low));
}

// e^x to within 2 units in the last place. With x = k ln 2 + r, |r| < 0.35, it is 2^k times the power series
// of e^r.
double exp_of(double x) {
  if (x > 709) x = 709;  // Far beyond any use here, and the result stays finite.
  if (x < -745) return 0;
  const double k = std::floor(x / (kLn2High + kLn2Low) + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1;
  for (int n = 14; n >= 2; --n) sum = 1 + sum * r * (1.0 / n);
  return std::ldexp(1 + r * sum, static_cast<int>(k));
}

// ln k! for a whole k >= 0: from the product while that is exact, then by Stirling's series (cut off below
// 1e-12).
double log_factorial(double k) {
  if (k < 18) {
    double product = 1;
    for (int each = 2; each <= k; ++each) product *= each;
    return log_of(product);
  }
  const double inverse = 1 / k;
  const double square = inverse * inverse;
  const double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
  return k * log_of(k) - k + 0.5 * (kLnTwoPi + log_of(k)) + series;
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
  return to_duration(to_double(mean) * (0 - log_of(above_zero)));
}

// Marsaglia's polar method. The second number it yields is dropped, so that a count of draws is all there is
// to an Rng.
double Rng::standard_normal() {
  for (;;) {
    const double x = 2 * uniform01() - 1;
    const double y = 2 * uniform01() - 1;
    const double square = x * x + y * y;
    if (square >= 1 || square == 0) continue;
    return x * std::sqrt(-2 * log_of(square) / square);
  }
}

double Rng::normal(double mean, double sd) {
  assert(sd >= 0);
  return mean + sd * standard_normal();
}

Duration Rng::lognormal(Duration median, double sigma) {
  assert(median >= Duration::zero() && sigma >= 0);
  return to_duration(to_double(median) * exp_of(sigma * standard_normal()));
}

Duration Rng::lognormal_from_p95(Duration median, Duration p95) {
  assert(median > Duration::zero() && median <= p95);
  return lognormal(median, log_of(to_double(p95) / to_double(median)) / kNormalP95);
}

std::int64_t Rng::poisson(double mean) {
  assert(mean >= 0 && mean <= 1e9);
  if (mean < 10) {
    // The number of exponential waits that fit into `mean`, on the scale of their product.
    const double end = exp_of(-mean);
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
  const double log_mean = log_of(mean);
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
    const double hat = log_of(v) + log_of(inverse_alpha) - log_of(a / (edge * edge) + b);
    if (hat <= k * log_mean - mean - log_factorial(k)) return static_cast<std::int64_t>(k);
  }
}

}  // namespace tidepool::sim
