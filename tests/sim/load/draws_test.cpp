#include "sim/load/draws.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/engine/rng.hpp"

namespace tidepool::sim::load {
namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("the quick exponential draw has the shape of e^-x, tail included", "[load]") {
  Rng rng(3, "exponential test");
  constexpr int kDraws = 2'000'000;
  std::vector<int> above(16);
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = unit_exponential(rng);
    sum += x;
    squares += x * x;
    for (int edge = 0; edge < 16 && x > edge; ++edge) ++above[static_cast<std::size_t>(edge)];
  }
  CHECK(sum / kDraws == Approx(1).margin(4 / std::sqrt(kDraws)));
  CHECK(squares / kDraws == Approx(2).margin(4 * std::sqrt(20.0 / kDraws)));
  for (int edge = 0; edge < 12; ++edge) {
    const double expected = kDraws * std::exp(-edge);
    CAPTURE(edge);
    CHECK(above[static_cast<std::size_t>(edge)] == Approx(expected).margin(4 * std::sqrt(expected) + 1));
  }
}

TEST_CASE("each distribution has the mean it says", "[load]") {
  const TimeDistribution of =
      GENERATE(constant(5us), exponential(80us), uniform(10us, 30us), lognormal(40us, 0.5),
               lognormal_of_mean(100us, 1), pareto(20us, 3), sample_of({0ns, 0ns, 5us, 7us}));
  Rng rng(5, "means");
  constexpr int kDraws = 400'000;
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) sum += static_cast<double>(of.draw_ns(rng));
  CHECK(sum / kDraws == Approx(of.mean_ns()).epsilon(0.01));
}

TEST_CASE("a lognormal is given by its mean and variation, too", "[load]") {
  CHECK(lognormal_of_mean(100us, 2).mean_ns() == Approx(100'000).epsilon(1e-12));
  CHECK(lognormal_of_mean(100us, 0).draw_ns(*std::make_unique<Rng>(1, "x")) == 100'000);
}

// Golden numbers: when one changes, every recorded run with requests changes with it.
TEST_CASE("draws are the same on every compiler", "[load]") {
  Rng rng(42, "golden");
  std::vector<std::int64_t> drawn;
  for (const TimeDistribution& of : {exponential(1s), lognormal(1s, 1), pareto(1s, 1.5), uniform(1s, 2s)})
    for (int i = 0; i < 3; ++i) drawn.push_back(of.draw_ns(rng));
  std::uint64_t hash = 0;
  for (int i = 0; i < 100'000; ++i)
    hash = hash * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(exponential(1s).draw_ns(rng));
  CHECK(drawn == std::vector<std::int64_t>{3160710199, 2803196894, 271581697, 1503139377, 2090450914,
                                           3714560167, 5341943457, 1195787037, 1211703337, 1766244982,
                                           1935889291, 1425165261});
  CHECK(hash == 10629736320859868479U);
}

}  // namespace tidepool::sim::load
