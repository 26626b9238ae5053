#include "sim/judge/contest.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "sim/judge/billing.hpp"
#include "sim/judge/number.hpp"

namespace tidepool::sim {
namespace {

using namespace std::chrono_literals;
using Series = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("autoscaling deviation is a distance in as many dimensions as measures", "[judge]") {
  CHECK(autoscaling_deviation(Series{3 * kMillion, 4 * kMillion}, 2) == 5 * kMillion);
  CHECK(autoscaling_deviation(Series{3 * kMillion, 4 * kMillion}, 1) == 7 * kMillion);
  CHECK(autoscaling_deviation(Series{3 * kMillion, 4 * kMillion}, 0) == 4 * kMillion);
  CHECK(autoscaling_deviation(Series{0, 0}, 2) == 0);
  CHECK_FALSE(autoscaling_deviation(Series{}, 2));
}

TEST_CASE("elastic speed-up is the geometric mean of the gains", "[judge]") {
  CHECK(elastic_speedup(Series{8 * kMillion, kMillion}, Series{kMillion, 2 * kMillion}) == 2 * kMillion);
  CHECK(elastic_speedup(Series{8 * kMillion, 0}, Series{2 * kMillion, kMillion}) == 4 * kMillion);
  CHECK_FALSE(elastic_speedup(Series{0}, Series{1}));
}

TEST_CASE("forecast errors are means over the moments at which they have a value", "[judge]") {
  const Series actual{10'000'000, 20'000'000, 0, 40'000'000},
      forecast{12'000'000, 15'000'000, 1'000'000, 40'000'000};
  const ForecastError found = forecast_error(actual, forecast, 1);
  CHECK(found.mae == 2'000'000);
  CHECK(found.mape == 15'000'000);                         // 20 %, 25 % and 0 %
  CHECK(found.mase == quotient(Wide{2'000'000} * 3, 70));  // the naive one is off by 10, 20 and 40
  CHECK_FALSE(forecast_error(actual, forecast, 4).mase);
}

TEST_CASE("a life is charged by its price list's rule", "[judge]") {
  struct Row {
    const char* why;
    Duration life;
    BillingRule rule;
    Duration expected;
  };
  BillingRule minutes{1min}, seconds{1s};
  minutes.minimum = 10min;
  seconds.minimum = 1min;
  const auto row = GENERATE_COPY(values<Row>({
      {"started hours, as EC2 once had it: 61 minutes are two", 61min, BillingRule{1h}, 2h},
      {"a whole hour is one", 60min, BillingRule{1h}, 1h},
      {"started minutes, ten at least: 5 are 10", 5min, minutes, 10min},
      {"beyond the minimum each started minute counts", 10min + 1s, minutes, 11min},
      {"seconds, a minute at least", 61s + 1ms, seconds, 62s},
      {"below that minimum", 3s, seconds, 1min},
      {"nothing is charged for nothing", 0s, minutes, 0s},
  }));
  CAPTURE(row.why);
  CHECK(billed(row.life, row.rule) == row.expected);
  CHECK(price_of(2h, 70'000) == 140'000);
}

}  // namespace tidepool::sim
