#include "sim/load/latency_histogram.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/engine/rng.hpp"
#include "sim/load/draws.hpp"

namespace tidepool::sim::load {
namespace {

std::vector<std::int64_t> draws(const TimeDistribution& of, int count) {
  Rng rng(7, "histogram test");
  std::vector<std::int64_t> all;
  for (int i = 0; i < count; ++i) all.push_back(of.draw_ns(rng));
  return all;
}

LatencyHistogram histogram_of(const std::vector<std::int64_t>& spans) {
  LatencyHistogram histogram;
  for (const std::int64_t each : spans) histogram.add(Nanos{each});
  return histogram;
}

}  // namespace

TEST_CASE("a quantile of a histogram is within half a percent of the sorted sample", "[load]") {
  const TimeDistribution of =
      GENERATE(exponential(Nanos{3'000'000}), lognormal(Nanos{50'000}, 1.5), pareto(Nanos{1000}, 1.2),
               uniform(Nanos{100}, Nanos{300}), constant(Nanos{977}));
  auto spans = draws(of, 20'000);
  const LatencyHistogram histogram = histogram_of(spans);
  std::ranges::sort(spans);
  for (const double p : {0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
    CAPTURE(p);
    const auto exact = spans[static_cast<std::size_t>(std::ceil(p * 20'000)) - 1];
    CHECK(static_cast<double>(histogram.quantile(p)->count()) ==
          Approx(static_cast<double>(exact)).epsilon(0.005));
  }
  CHECK(histogram.most().count() == spans.back());
}

TEST_CASE("short spans are kept exactly, negative ones are zero, and of nothing there is no quantile",
          "[load]") {
  const LatencyHistogram none;
  CHECK_FALSE(none.quantile(0.5));
  const LatencyHistogram few = histogram_of({-5, 1, 2, 255});
  CHECK(few.quantile(0.25) == Nanos{0});
  CHECK(few.quantile(0.5) == Nanos{1});
  CHECK(few.quantile(1) == Nanos{255});
  CHECK(few.count_above(Nanos{1}) == 2);
}

TEST_CASE("histograms merge to that of all, and a window is what came since the copy", "[load]") {
  const auto spans = draws(exponential(Nanos{1'000'000}), 2000);
  LatencyHistogram sum = histogram_of({spans.begin(), spans.begin() + 700});
  const LatencyHistogram earlier = sum;
  const LatencyHistogram rest = histogram_of({spans.begin() + 700, spans.end()});
  sum += rest;
  CHECK(sum == histogram_of(spans));
  sum -= earlier;
  CHECK(sum.count() == rest.count());
  CHECK(sum.quantile(0.9) == rest.quantile(0.9));
  CHECK(static_cast<double>(sum.most().count()) ==
        Approx(static_cast<double>(rest.most().count())).epsilon(0.008));
}

TEST_CASE("the longest spans there are have a bucket", "[load]") {
  const LatencyHistogram one = histogram_of({INT64_MAX});
  CHECK(one.quantile(0.5) == Nanos{INT64_MAX});
}

}  // namespace tidepool::sim::load
