#include "sim/engine/exact_math.hpp"

#include <cassert>
#include <cmath>

#ifdef __FAST_MATH__
#error "-ffast-math lets the compiler reorder sums, and the numbers would depend on it"
#endif

namespace tidepool::sim {
namespace {

// ln 2 in two parts: the first has 21 trailing zero bits, so that its product with an exponent is exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kSqrtHalf = 0.70710678118654752440;

}  // namespace

// With x = m * 2^e and s = (m - 1) / (m + 1), ln x = e ln 2 + 2 (s + s^3/3 + s^5/5 + ...), where |s| < 0.172.
double exact_log(double x) {
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

// With x = k ln 2 + r, |r| < 0.35, it is 2^k times the power series of e^r.
double exact_exp(double x) {
  if (x > 709) x = 709;  // Far beyond any use here, and the result stays finite.
  if (x < -745) return 0;
  const double k = std::floor(x / (kLn2High + kLn2Low) + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1;
  for (int n = 14; n >= 2; --n) sum = 1 + sum * r * (1.0 / n);
  return std::ldexp(1 + r * sum, static_cast<int>(k));
}

// Stirling's series is good from 18 on; what was put on top is divided out again.
double exact_gamma_of_1_plus(double x) {
  constexpr double kHalfLnTwoPi = 0.91893853320467274178;
  double product = 1;
  double k = x;
  while (k < 18) product *= ++k;
  const double inverse = 1 / k;
  const double square = inverse * inverse;
  const double series = inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260));
  return exact_exp(k * exact_log(k) - k + kHalfLnTwoPi + 0.5 * exact_log(k) + series) / product;
}

}  // namespace tidepool::sim
