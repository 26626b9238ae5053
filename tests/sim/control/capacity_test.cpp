// Controllers that know capacities or forecasts.

#include <catch2/catch.hpp>
#include <vector>

#include "sim/control/controller.hpp"

namespace tidepool::sim {
namespace {

using namespace std::chrono_literals;

const Time kStart = Time{} + 24h;

Observation seen(int size, std::int64_t per_second, Duration after = {}) {
  Observation made;
  made.time = kStart + after;
  made.desired = made.in_service = size;
  made.most = 40;
  made.demand = per_second * kAmountUnit;
  return made;
}

// So many units a second in each minute.
Trace minutes(const std::vector<std::int64_t>& rates) {
  std::vector<Amount> amounts;
  for (const std::int64_t each : rates) amounts.push_back(each * 60 * kAmountUnit);
  return Trace(kStart, 1min, amounts);
}

// Of 1, 2, ... instances, units a second.
LookupTable table_of(const std::vector<std::int64_t>& capacities, Duration hold = {}) {
  LookupTable table;
  for (const std::int64_t each : capacities) table.capacities.push_back(each * kAmountUnit);
  table.hold = hold;
  return table;
}

}  // namespace

TEST_CASE("the ideal reactive controller wants what the demand of the moment needs", "[control]") {
  const IdealReactive ideal{10 * kAmountUnit};
  CHECK(ideal.wish(seen(1, 0)).size == 0);
  CHECK(ideal.wish(seen(1, 10)).size == 1);
  CHECK(ideal.wish(seen(1, 11)).size == 2);
  CHECK(StaticSize{7}.wish(seen(1, 11)).size == 7);
}

TEST_CASE("the clairvoyant orders a boot ahead, and keeps what it needs again before a boot would end",
          "[control]") {
  const Clairvoyant knows{minutes({10, 10, 50, 10, 10, 10, 30, 10}), 10 * kAmountUnit, 2min, 1min};
  std::vector<int> sizes;
  for (int i = 0; i < 8; ++i) sizes.push_back(knows.wish(seen(1, 0, i * 1min)).size);
  CHECK(sizes == std::vector<int>{5, 5, 5, 1, 3, 3, 3, 1});
}

TEST_CASE("a table of capacities names the least size that holds the load, or all there are", "[control]") {
  const LookupTable table = table_of({30, 40, 55, 65});
  CHECK(table.required(30 * kAmountUnit) == 1);
  CHECK(table.required(30 * kAmountUnit + 1) == 2);
  CHECK(table.required(65 * kAmountUnit) == 4);
  CHECK(table.required(66 * kAmountUnit) == 4);
}

TEST_CASE("a table holds the maximum of its window and goes down by single steps", "[control]") {
  LookupTable table = table_of({10, 20, 30}, 3s);
  table.max_down = 1;
  CHECK(table.wish(seen(1, 30)).size == 3);
  CHECK(table.wish(seen(3, 5, 1s)).size == 3);
  CHECK(table.wish(seen(3, 5, 2s)).size == 3);  // the third value, which still holds the first
  CHECK(table.wish(seen(3, 5, 3s)).size == 2);
  CHECK(table.wish(seen(2, 5, 4s)).size == 1);
}

TEST_CASE("a forecast of 50 with 40 allowed and a buffer of 10 % makes 55 the maximum (predictive scaling)",
          "[control]") {
  CHECK(breached_maximum(50, 40, 10) == 55);
  CHECK(breached_maximum(40, 40, 10) == 40);
  CHECK(breached_maximum(51, 40, 10) == 57);
  Predictive predictive;
  predictive.forecaster = Forecaster(ForecastSeries{minutes({500}), {}});
  predictive.per_instance = 10 * kAmountUnit;
  predictive.interval = 1min;
  CHECK(predictive.wish(seen(10, 0)) == Wish{50, {}});
  predictive.breach = MaxCapacityBreach::IncreaseMaxCapacity;
  CHECK(predictive.wish(seen(10, 0)) == Wish{50, 55});
  predictive.forecast_only = true;
  CHECK(predictive.wish(seen(10, 0)) == Wish{10, {}});
}

TEST_CASE("the scheduling buffer wants a size ahead of its time", "[control]") {
  Predictive predictive;
  predictive.forecaster = Forecaster(ForecastSeries{minutes({10, 10, 10, 80, 10}), {}});
  predictive.per_instance = 10 * kAmountUnit;
  predictive.interval = 1min;
  predictive.buffer = 2min;
  std::vector<int> sizes;
  for (int i = 0; i < 5; ++i) sizes.push_back(predictive.wish(seen(1, 10, i * 1min)).size);
  CHECK(sizes == std::vector<int>{1, 8, 8, 8, 1});
  predictive.scale_in = false;
  CHECK(predictive.wish(seen(9, 10)).size == 9);
}

TEST_CASE("the seasonal naive forecast says what came a season before", "[control]") {
  Forecaster naive{SeasonalNaive{3}};
  naive.learn(10);
  naive.learn(20);
  CHECK_FALSE(naive.forecast(1, kStart));
  naive.learn(30);
  CHECK(naive.forecast(1, kStart) == 10);
  CHECK(naive.forecast(3, kStart) == 30);
  CHECK(naive.forecast(4, kStart) == 10);
  naive.learn(40);
  CHECK(naive.forecast(1, kStart) == 20);
  CHECK(naive.forecast(3, kStart) == 40);
}

TEST_CASE("Holt-Winters repeats a season that repeats itself, and follows a trend that lasts", "[control]") {
  Forecaster steady{HoltWinters{4, 0.5, 0.1, 0.3}};
  for (int i = 0; i < 40; ++i) steady.learn(1000 + 100 * (i % 4));
  for (std::size_t i = 1; i <= 4; ++i)
    CHECK(steady.forecast(i, kStart) == 1000 + 100 * ((39 + static_cast<int>(i)) % 4));

  Forecaster growing{HoltWinters{4, 0.5, 0.3, 0.1}};
  for (int i = 0; i < 400; ++i) growing.learn(1'000'000 + 1000 * i);
  const auto next = growing.forecast(1, kStart);
  REQUIRE(next);
  CHECK(*next > 1'400'000 - 50);
  CHECK(*next < 1'400'000 + 50);
}

TEST_CASE("the first steps of Holt-Winters are those of its formulas", "[control]") {
  Forecaster model{HoltWinters{2, 0.5, 0.5, 0.5}};
  model.learn(100);
  CHECK_FALSE(model.forecast(1, kStart));
  model.learn(200);  // level 150, no trend, seasons -50 and 50
  CHECK(model.forecast(1, kStart) == 100);
  model.learn(120);  // level 160, trend 5, season -45
  CHECK(model.forecast(1, kStart) == 160 + 5 + 50);
  CHECK(model.forecast(2, kStart) == 160 + 10 - 45);
}

TEST_CASE("a predictive controller keeps what it said a look ahead beside what came", "[control]") {
  Predictive predictive;
  predictive.forecaster = Forecaster(SeasonalNaive{1});
  predictive.per_instance = kAmountUnit;
  predictive.interval = 1min;
  CHECK(predictive.wish(seen(4, 10)).size == 4);  // nothing to go by: it holds
  CHECK(predictive.wish(seen(4, 12, 1min)).size == 10);
  CHECK(predictive.actual() == std::vector<Amount>{12 * kAmountUnit});
  CHECK(predictive.forecast() == std::vector<Amount>{10 * kAmountUnit});
}

TEST_CASE("a copied controller goes on by itself", "[control]") {
  Controller first{table_of({10, 20}, 10s)};
  Controller second = first;
  CHECK(first.wish(seen(1, 20)).size == 2);
  CHECK(first.wish(seen(2, 1, 1s)).size == 2);
  CHECK(second.wish(seen(2, 1, 1s)).size == 1);
  Controller outside{ExternalController{[](const Observation& each) { return Wish{each.desired + 1, {}}; }}};
  CHECK(outside.wish(seen(3, 0)).size == 4);
}

}  // namespace tidepool::sim
