#include "sim/engine/rng.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iomanip>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/exact_math.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim {
namespace {

using namespace std::chrono_literals;

// Philox4x32-10 written down once more from its paper (Salmon et al., "Parallel random numbers: as easy as 1,
// 2, 3"), so that Rng is held to the definition and not to whatever version of the library is installed.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> x, std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xd2511f53} * x[0];
    const std::uint64_t b = std::uint64_t{0xcd9e8d57} * x[2];
    x = {static_cast<std::uint32_t>(b >> 32) ^ x[1] ^ key0, static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ x[3] ^ key1, static_cast<std::uint32_t>(a)};
    key0 += 0x9e3779b9;
    key1 += 0xbb67ae85;
  }
  return x;
}

// The key as documented: SplitMix64(SplitMix64(seed) ^ FNV-1a(name)).
std::uint64_t splitmix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t key_of(std::uint64_t seed, std::string_view name) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (const char each : name) h = (h ^ static_cast<unsigned char>(each)) * 0x100000001b3;
  return splitmix(splitmix(seed) ^ h);
}

// Exact text of a double: golden values must not depend on how it is rounded for print.
std::string exact(double x) {
  std::ostringstream text;
  text << std::hexfloat << x;
  return text.str();
}

struct Moments {
  double mean;
  double variance;
};

template <class Draw>
Moments moments_of(int count, Draw draw) {
  double sum = 0;
  double squares = 0;
  const auto shift = static_cast<double>(draw());  // Near the mean, so that the squares do not drown.
  for (int i = 0; i < count; ++i) {
    const double x = static_cast<double>(draw()) - shift;
    sum += x;
    squares += x * x;
  }
  const double mean = sum / count;
  return {mean + shift, squares / count - mean * mean};
}

template <class Draw>
std::uint64_t fingerprint_of(int count, Draw draw) {
  std::uint64_t h = 0xcbf29ce484222325;
  for (int i = 0; i < count; ++i) h = (h ^ static_cast<std::uint64_t>(draw())) * 0x100000001b3;
  return h;
}

constexpr int kDraws = 50'000;

}  // namespace

TEST_CASE("a stream is the Philox4x32-10 sequence of its key and substream", "[engine]") {
  const auto known = philox({0, 0, 0, 0}, 0, 0);  // From the generator's published answers.
  CHECK(known == std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});

  const std::uint64_t substream = 0x0123456789abcdef;
  const std::uint64_t key = key_of(42, "boot times");
  Rng rng{42, "boot times", substream};
  for (std::uint32_t block = 0; block < 100; ++block) {
    const auto bits = philox({block, 0, 0x89abcdef, 0x01234567}, static_cast<std::uint32_t>(key),
                             static_cast<std::uint32_t>(key >> 32));
    REQUIRE(rng.next_u64() == (std::uint64_t{bits[1]} << 32 | bits[0]));
    REQUIRE(rng.next_u64() == (std::uint64_t{bits[3]} << 32 | bits[2]));
  }
}

TEST_CASE("the numbers of a stream never change", "[engine]") {
  Rng rng{2026, "golden"};
  CHECK(rng.next_u64() == 0x1454f61697b16109);
  CHECK(exact(rng.uniform01()) == "0x1.eee6e24ac9548p-2");
  CHECK(exact(rng.normal(0, 1)) == "-0x1.8fdc9fb44fde1p+0");
  CHECK(exact(rng.normal(10, 2.5)) == "0x1.a5ce6629dbdccp+3");
  CHECK(rng.uniform_int(-5, 1000) == 148);
  CHECK(rng.exponential(10s).count() == 9843704);
  CHECK(rng.lognormal(45s, 0.5).count() == 55683226);
  CHECK(rng.lognormal_from_p95(45s, 90s).count() == 96184789);
  CHECK(rng.poisson(3.5) == 4);
  CHECK(rng.poisson(1e4) == 9998);
  CHECK(rng.poisson(1e9) == 999988849);
  CHECK(rng.uniform_duration(1s, 2s).count() == 1516119);
}

TEST_CASE("ten thousand numbers of each distribution never change", "[engine]") {
  Rng rng{1, "golden"};
  const auto bits_of = [](double x) { return std::ldexp(x, 46); };
  CHECK(fingerprint_of(10'000, [&] { return rng.next_u64(); }) == 0x2b45b711f6366a7e);
  CHECK(fingerprint_of(10'000, [&] { return rng.uniform_int(0, 2'999'999'999'999); }) == 0x52fd3a4406e9d837);
  CHECK(fingerprint_of(10'000, [&] { return rng.bernoulli_ppm(123'456); }) == 0xf857baeaf294160f);
  CHECK(fingerprint_of(10'000, [&] { return rng.exponential(Duration{1'000'000'000'000'000}).count(); }) ==
        0x37ceaf3568f35e44);
  CHECK(fingerprint_of(10'000, [&] { return bits_of(rng.normal(100, 7)); }) == 0xafef8b55e7519549);
  CHECK(fingerprint_of(10'000, [&] { return rng.lognormal(Duration{1'000'000'000'000}, 1.5).count(); }) ==
        0x676d0cc7386ed21);
  CHECK(fingerprint_of(10'000, [&] { return rng.lognormal_from_p95(40s, 75s).count(); }) ==
        0xb151acc77892172a);
  CHECK(fingerprint_of(10'000, [&] { return rng.poisson(2.25); }) == 0x7cca0b7c7f8eee10);
  CHECK(fingerprint_of(10'000, [&] { return rng.poisson(12.5); }) == 0x22f53fee3dd9dc0d);
  CHECK(fingerprint_of(10'000, [&] { return rng.poisson(123'456.75); }) == 0x423af0d3b4a733dd);
}

TEST_CASE("a copy repeats its original, and one draws without disturbing the other", "[engine]") {
  Rng rng{5, "stream"};
  rng.next_u64();
  Rng copy = rng;
  CHECK(copy == rng);
  std::vector<std::uint64_t> first, second;
  for (int i = 0; i < 9; ++i) first.push_back(rng.next_u64());
  CHECK_FALSE(copy == rng);
  for (int i = 0; i < 9; ++i) second.push_back(copy.next_u64());
  CHECK(first == second);
  CHECK(copy == rng);
}

TEST_CASE("streams of another seed, name or substream share no numbers", "[engine]") {
  std::vector<Rng> streams;
  for (const std::uint64_t seed : {0U, 1U, 2U}) {
    for (const char* name : {"", "a", "b", "ab", "ba", "boot times", "boot time"}) {
      for (const std::uint64_t substream :
           {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
        streams.emplace_back(seed, name, substream);
      }
    }
  }
  std::set<std::uint64_t> seen;
  for (Rng& rng : streams) {
    for (int i = 0; i < 200; ++i) seen.insert(rng.next_u64());
  }
  CHECK(seen.size() == streams.size() * 200);
}

TEST_CASE("neighbouring substreams are not correlated", "[engine]") {
  double products = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    Rng here{9, "instances", i};
    Rng there{9, "instances", i + 1};
    products += (here.uniform01() - 0.5) * (there.uniform01() - 0.5);
  }
  CHECK(std::abs(products / kDraws) < 4.5 / 12 / std::sqrt(kDraws));
}

TEST_CASE("uniform numbers fill their range evenly, with both ends included", "[engine]") {
  Rng rng{3, "uniform"};
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts[static_cast<std::size_t>(rng.uniform_int(-3, 3) + 3)];
  double chi_squared = 0;
  for (const int count : counts) chi_squared += (count - 10'000.0) * (count - 10'000.0) / 10'000.0;
  CHECK(chi_squared < 22.5);  // 6 degrees of freedom: exceeded once in a thousand.

  // Two thirds of all 64-bit numbers: taking the remainder alone would favour the lower half two to one.
  int lower = 0;
  const std::int64_t top = 6'148'914'691'236'517'204;
  for (int i = 0; i < kDraws; ++i) lower += rng.uniform_int(-top, top) < 0 ? 1 : 0;
  CHECK(std::abs(lower - kDraws / 2) < 4 * std::sqrt(kDraws / 4.0));

  CHECK(rng.uniform_int(8, 8) == 8);
  std::uint64_t bits = 0;
  for (int i = 0; i < 100; ++i) bits |= static_cast<std::uint64_t>(rng.uniform_int(INT64_MIN, INT64_MAX));
  CHECK(bits == ~std::uint64_t{0});

  for (int i = 0; i < 1000; ++i) {
    const Duration drawn = rng.uniform_duration(-2us, 5us);
    REQUIRE((drawn >= -2us && drawn <= 5us));
  }
  const Moments unit = moments_of(kDraws, [&] { return rng.uniform01(); });
  CHECK(unit.mean == Approx(0.5).margin(0.006));
  CHECK(unit.variance == Approx(1.0 / 12).epsilon(0.03));
}

TEST_CASE("chance in parts per million is exact at its ends and right between them", "[engine]") {
  Rng rng{3, "chance"};
  int never = 0;
  int always = 0;
  int sometimes = 0;
  for (int i = 0; i < kDraws; ++i) {
    never += rng.bernoulli_ppm(0) ? 1 : 0;
    always += rng.bernoulli_ppm(1'000'000) ? 1 : 0;
    sometimes += rng.bernoulli_ppm(20'000) ? 1 : 0;
  }
  CHECK(never == 0);
  CHECK(always == kDraws);
  CHECK(sometimes == Approx(1000).margin(4.5 * std::sqrt(980)));
}

TEST_CASE("exponential waits have their mean and deviation, and are never negative", "[engine]") {
  Rng rng{3, "waits"};
  Duration least = Duration::max();
  const Moments moments = moments_of(kDraws, [&] {
    const Duration wait = rng.exponential(10s);
    least = std::min(least, wait);
    return wait.count();
  });
  CHECK(moments.mean == Approx(1e7).epsilon(0.02));
  CHECK(std::sqrt(moments.variance) == Approx(1e7).epsilon(0.03));
  CHECK(least >= Duration::zero());
  CHECK(rng.exponential(Duration::zero()) == Duration::zero());
  for (int i = 0; i < 100; ++i) REQUIRE(rng.exponential(Duration::max()) >= Duration::zero());
  // Rounding to nearest, not down: half of an exponential of mean 1 us lies above 0.69.
  CHECK(moments_of(kDraws, [&] { return rng.exponential(1us).count(); }).mean ==
        Approx(0.9595).epsilon(0.03));
}

TEST_CASE("normal numbers have their mean, deviation and tails", "[engine]") {
  Rng rng{3, "normal"};
  int beyond_two = 0;
  const Moments moments = moments_of(kDraws, [&] {
    const double x = rng.normal(100, 15);
    beyond_two += std::abs(x - 100) > 30 ? 1 : 0;
    return x;
  });
  CHECK(moments.mean == Approx(100).margin(4.5 * 15 / std::sqrt(kDraws)));
  CHECK(std::sqrt(moments.variance) == Approx(15).epsilon(0.02));
  CHECK(beyond_two == Approx(0.0455 * kDraws).epsilon(0.1));
  CHECK(rng.normal(7, 0) == 7);
}

TEST_CASE("lognormal times have the median and the 95th percentile they were given", "[engine]") {
  Rng rng{3, "lognormal"};
  int below_median = 0;
  int below_p95 = 0;
  int same_sigma = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Duration drawn = rng.lognormal_from_p95(45s, 90s);
    below_median += drawn < 45s ? 1 : 0;
    below_p95 += drawn < 90s ? 1 : 0;
    same_sigma += rng.lognormal(45s, 0.42140) < 90s ? 1 : 0;  // ln 2 / 1.64485
  }
  CHECK(below_median == Approx(0.5 * kDraws).epsilon(0.02));
  CHECK(below_p95 == Approx(0.95 * kDraws).epsilon(0.005));
  CHECK(same_sigma == Approx(0.95 * kDraws).epsilon(0.005));
  CHECK(rng.lognormal(45s, 0) == Duration{45s});
  CHECK(rng.lognormal_from_p95(45s, 45s) == Duration{45s});
  CHECK(rng.lognormal(Duration::zero(), 3) == Duration::zero());
  for (int i = 0; i < 100; ++i) REQUIRE(rng.lognormal(Duration::max(), 500) >= Duration::zero());
}

TEST_CASE("Weibull lives have the mean and the quantiles of their formula", "[engine]") {
  struct Row {
    double shape;
    double mean;  // of the scale: gamma(1 + 1 / shape)
  };
  const auto row = GENERATE(values<Row>({{0.5, 2}, {1, 1}, {2, 0.8862269255}, {3, 0.8929795116}}));
  Rng rng(5, "weibull");
  constexpr int kDraws = 200'000;
  double sum = 0;
  int below_scale = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Duration life = rng.weibull(1000s, row.shape);
    REQUIRE(life >= 0s);
    sum += static_cast<double>(life.count()) / 1e9;
    below_scale += life <= 1000s ? 1 : 0;
  }
  CHECK(exact_gamma_of_1_plus(1 / row.shape) == Approx(row.mean).epsilon(1e-9));
  CHECK(sum / kDraws == Approx(row.mean).epsilon(0.02));
  CHECK(below_scale / static_cast<double>(kDraws) == Approx(0.6321206).margin(0.005));
  CHECK(rng.weibull(0s, row.shape) == 0s);
}

TEST_CASE("the gamma function of whole numbers is the factorial", "[engine]") {
  CHECK(exact_gamma_of_1_plus(0) == Approx(1).epsilon(1e-10));
  CHECK(exact_gamma_of_1_plus(5) == Approx(120).epsilon(1e-10));
  CHECK(exact_gamma_of_1_plus(20) == Approx(2432902008176640000.0).epsilon(1e-10));
}

TEST_CASE("poisson counts have the same mean and variance, from none to a billion", "[engine]") {
  Rng rng{3, "poisson"};
  CHECK(rng.poisson(0) == 0);
  for (const double mean : {0.001, 0.3, 4.0, 9.99, 10.0, 17.0, 50.0, 1234.5, 1e6, 1e9}) {
    CAPTURE(mean);
    const Moments moments = moments_of(kDraws, [&] { return rng.poisson(mean); });
    CHECK(moments.mean == Approx(mean).margin(4.5 * std::sqrt(mean / kDraws)));
    CHECK(moments.variance == Approx(mean).epsilon(mean < 0.01 ? 0.6 : 0.05));
  }
}

TEST_CASE("single poisson counts are as likely as the formula says, on both sides of the change of method",
          "[engine]") {
  for (const double mean : {3.0, 9.5, 10.5, 30.0}) {
    CAPTURE(mean);
    Rng rng{4, "poisson counts"};
    std::vector<int> counts(200);
    for (int i = 0; i < kDraws; ++i) ++counts[static_cast<std::size_t>(rng.poisson(mean))];
    double chi_squared = 0;
    int cells = 0;
    double expected = kDraws * std::exp(-mean);
    for (std::size_t k = 0; k < counts.size(); expected *= mean / static_cast<double>(++k)) {
      if (expected < 10) continue;
      chi_squared += (counts[k] - expected) * (counts[k] - expected) / expected;
      ++cells;
    }
    CHECK(chi_squared < cells + 4 * std::sqrt(2.0 * cells));
  }
}

}  // namespace tidepool::sim
