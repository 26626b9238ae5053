#include "sim/judge/provisioning.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace tidepool::sim {
namespace {

using namespace std::chrono_literals;

Time at(int minute) { return Time{} + minute * 1min; }

Steps steps(std::initializer_list<std::pair<int, int>> values) {
  Steps made;
  for (const auto& [minute, value] : values) made.set(at(minute), value);
  return made;
}

// The series of BUNGEE's own unit tests (tools.descartes.bungee, package metric), over twenty minutes.
const Steps kDemand = steps({{0, 1}, {7, 5}, {16, 3}, {17, 2}, {19, 4}});
const Steps kSupply = steps({{0, 1}, {2, 2}, {3, 1}, {5, 3}, {9, 7}, {11, 6}, {12, 8}, {14, 2}, {20, 2}});
const Window kTwenty{at(0), at(20)};

constexpr std::int64_t micro(double value) {
  return static_cast<std::int64_t>(value * 1e6 + (value < 0 ? -.5 : .5));
}

}  // namespace

TEST_CASE("the three values that BUNGEE's unit tests assert come out exactly", "[judge]") {
  const Provisioning found = provisioning(kDemand, kSupply, kTwenty);
  CHECK(found.accuracy_over() == micro(16.0 / 20));
  CHECK(found.timeshare_under() == micro(100 * 6.0 / 20));
  CHECK(found.jitter() == micro(8.0 / 20));
}

TEST_CASE("the other measures of BUNGEE's series are what a hand makes of them", "[judge]") {
  const Provisioning found = provisioning(kDemand, kSupply, kTwenty);
  // Short: 7-9 by 2, 14-16 by 3, 16-17 by 1, 19-20 by 2. Over: 2-3, 5-7, 9-12, 12-14.
  CHECK(found.accuracy_under() == micro(13.0 / 20));
  CHECK(found.timeshare_over() == micro(100 * 8.0 / 20));
  // 2 x 2/5 + 2 x 3/5 + 1/3 + 2/4 = 17/6, and 1/1 + 2 x 2/1 + 2 x 2/5 + 1/5 + 2 x 3/5 = 36/5.
  CHECK(found.theta_under() == micro(100.0 / 20 * 17 / 6));
  CHECK(found.theta_over() == micro(100.0 / 20 * 36 / 5));
  CHECK(found.adaptations == 7);
  CHECK(found.supply_units == 17);
  CHECK(found.demand_units == 9);
  CHECK(found.demand_area == Wide{7 + 45 + 3 + 4 + 4} * Duration{1min}.count());
  CHECK(found.supply_area == Wide{7 + 45 + 3 + 4 + 4 + 16 - 13} * Duration{1min}.count());
  // Minutes in which one moves otherwise than the other: 2, 3, 5, 7, 9, 11, 12, 14, 16, 17, 19 of nineteen changes.
  CHECK(instability(kDemand, kSupply, kTwenty, 1min) == micro(100 * 11.0 / 19));
  // Turns at 3, 5, 11, 12 and 14.
  CHECK(oscillations(kSupply, kTwenty, 2min) == 5);
  CHECK(oscillations(kSupply, kTwenty, 1min) == 2);
}

TEST_CASE("lags of BUNGEE's series last from the first missing instance to the last one", "[judge]") {
  const std::vector<Lapse> lacks = shortages(kDemand, kSupply, kTwenty);
  REQUIRE(lacks.size() == 3);
  CHECK(lacks[1].from == at(14));
  CHECK(lacks[1].to == at(17));
  const Lag out = lag_of(lacks);
  CHECK(out.mean_seconds() == micro(120));  // 2, 3 and 1 minutes
  CHECK(out.longest == 3min);
  CHECK(out.unended == 1);
  CHECK(lag_of(surpluses(kDemand, kSupply, kTwenty)).count == 3);
  CHECK(lag_of(surpluses(kDemand, kSupply, kTwenty)).mean_seconds() == quotient(Wide{480} * kMillion, 3));
}

TEST_CASE("a scale-out lag is split where the expected number rises and where it suffices", "[judge]") {
  const Steps demand = steps({{0, 1}, {10, 3}}), supply = steps({{0, 1}, {16, 2}, {18, 3}});
  const Steps expected = steps({{0, 1}, {12, 2}, {15, 3}});
  const auto lacks = shortages(demand, supply, {at(0), at(30)});
  REQUIRE(lacks.size() == 1);
  const LagParts parts = parts_of(lacks.front(), demand, expected);
  CHECK(parts.detection == 2min);
  CHECK(parts.decision == 3min);
  CHECK(parts.provision == 3min);
}

TEST_CASE("demand of nothing sets a surplus against one instance", "[judge]") {
  const Provisioning found = provisioning(Steps{}, steps({{0, 2}}), {at(0), at(10)});
  CHECK(found.theta_over() == micro(200));
  CHECK(found.theta_under() == 0);
}

TEST_CASE("a window of no length has no measures", "[judge]") {
  const Provisioning found = provisioning(kDemand, kSupply, {at(3), at(3)});
  CHECK_FALSE(found.accuracy_under());
  CHECK_FALSE(found.theta_over());
  CHECK_FALSE(found.jitter());
  CHECK_FALSE(instability(kDemand, kSupply, {at(3), at(4)}, 1min));
}

TEST_CASE("recovery lasts until what is expected is there again", "[judge]") {
  const Steps expected = steps({{0, 3}});
  CHECK(recovery(expected, steps({{0, 3}, {5, 1}, {8, 2}, {11, 3}}), at(4), at(20)) == Duration{7min});
  CHECK(recovery(expected, steps({{0, 3}}), at(4), at(20)) == Duration{});
  CHECK_FALSE(recovery(expected, steps({{0, 3}, {5, 1}}), at(4), at(20)));
}

TEST_CASE("the balance of zones is their largest less their smallest, over time", "[judge]") {
  const std::vector<Steps> zones{steps({{0, 2}, {6, 4}}), steps({{0, 2}}), steps({{0, 1}, {8, 2}})};
  const ZoneBalance found = zone_balance(zones, steps({{0, 4}}), {at(0), at(10)});
  CHECK(found.mean_imbalance == micro((6 * 1 + 2 * 3 + 2 * 2) / 10.0));
  CHECK(found.most_imbalance == 3);
  // Without the largest: 3 of 4 for six minutes, 3 for two, 4 for two.
  CHECK(found.mean_shortfall == micro(8 / 10.0));
  CHECK(found.most_shortfall == 1);
}

TEST_CASE("rigidness and the elasticity penalty are shares of the window", "[judge]") {
  CHECK(rigidness(steps({{0, 50}, {4, 90}, {6, 10}, {7, 50}}), {at(0), at(10)}, 20, 80) == micro(30));
  const Provisioning found = provisioning(kDemand, kSupply, kTwenty);
  // 16 / 20 surplus at 0.10 and 13 / 20 missing at 1.00, an hour.
  CHECK(elasticity_penalty(found, 100'000, kMillion) == micro(0.08 + 0.65));
}

TEST_CASE("steps of one moment count once, and sums add up at each moment", "[judge]") {
  Steps one;
  one.set(at(0), 1);
  one.set(at(1), 2);
  one.set(at(1), 1);
  CHECK(one.all().size() == 1);
  const std::vector<Steps> parts{steps({{0, 1}, {2, 3}}), steps({{1, 2}, {2, 0}})};
  CHECK(sum_of(parts) == steps({{0, 1}, {1, 3}}));
  CHECK(sum_of(parts).at(at(5)) == 3);
}

}  // namespace tidepool::sim
