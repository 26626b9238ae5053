#include "sim/decide/placement.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <numeric>
#include <vector>

#include "tests/sim/decide/any.hpp"

namespace tidepool::sim {
namespace {

using Counts = std::vector<int>;  // members by zone; zone 0 is listed first
using Zones = std::vector<std::size_t>;
using enum MultiAzPolicy;

std::vector<ZoneCount> zones_with(const Counts& members) {
  std::vector<ZoneCount> zones;
  for (std::size_t i = 0; i < members.size(); ++i) zones.push_back({id_at<ZoneId>(i), members[i]});
  return zones;
}

Zones numbers_of(const std::vector<ZoneId>& order) {
  Zones numbers;
  for (const ZoneId each : order) numbers.push_back(index_of(each));
  return numbers;
}

// Places `launches` one after the other, each counted before the next, and skips zones that refuse.
Counts placed(MultiAzPolicy policy, Counts members, int launches, const Zones& sold_out = {}) {
  for (int i = 0; i < launches; ++i)
    for (const std::size_t zone : numbers_of(launch_order(policy, zones_with(members))))
      if (std::ranges::find(sold_out, zone) == sold_out.end()) {
        ++members[zone];
        break;
      }
  return members;
}

int spread(const Counts& members) {
  const auto [least, most] = std::ranges::minmax(members);
  return most - least;
}

TEST_CASE("launch order balances the first choice, then falls back to the listed order", "[decide]") {
  struct Row {
    const char* why;
    MultiAzPolicy policy;
    Counts members;
    Zones expected;
  };
  const auto row = GENERATE(values<Row>({
      {"pick first ignores load", PickFirst, {9, 0, 0}, {0, 1, 2}},
      {"fewest members go first", EquilibriumDistribute, {2, 1, 0}, {2, 0, 1}},
      {"the rest is not sorted by load", EquilibriumDistribute, {5, 9, 7, 1}, {3, 0, 1, 2}},
      {"the earliest listed wins a tie", EquilibriumDistribute, {1, 0, 0}, {1, 0, 2}},
      {"all equal is the listed order", EquilibriumDistribute, {3, 3, 3}, {0, 1, 2}},
      {"one zone is the only choice", EquilibriumDistribute, {7}, {0}},
      {"no zone, no choice", EquilibriumDistribute, {}, {}},
      {"no zone to pick first", PickFirst, {}, {}},
  }));
  CAPTURE(row.why);
  CHECK(numbers_of(launch_order(row.policy, zones_with(row.members))) == row.expected);
}

TEST_CASE("the order names the zones as the group lists them, whatever their ids", "[decide]") {
  const std::vector<ZoneCount> zones{{ZoneId{7}, 2}, {ZoneId{1}, 0}, {ZoneId{4}, 0}};
  CHECK(launch_order(PickFirst, zones) == std::vector{ZoneId{7}, ZoneId{1}, ZoneId{4}});
  CHECK(launch_order(EquilibriumDistribute, zones) == std::vector{ZoneId{1}, ZoneId{7}, ZoneId{4}});
}

TEST_CASE("an order is overwritten and keeps its memory", "[decide]") {
  std::vector<ZoneId> order(5, ZoneId{9});
  const ZoneId* memory = order.data();
  launch_order(EquilibriumDistribute, zones_with({1, 0}), order);
  CHECK(numbers_of(order) == Zones{1, 0});
  CHECK(order.data() == memory);
}

TEST_CASE("a batch lands where the documents put it", "[decide]") {
  struct Row {
    const char* why;
    Counts before;
    int launches;
    Zones sold_out;
    Counts equilibrium, pick_first;
  };
  const auto row = GENERATE(values<Row>({
      {"equal zones grow alike", {2, 2}, 4, {}, {4, 4}, {6, 2}},
      {"the emptier zone catches up first", {2, 1}, 5, {}, {4, 4}, {7, 1}},
      {"the first listed wins a tie", {0, 0}, 1, {}, {1, 0}, {1, 0}},
      {"a zone that refuses is passed over", {0, 0}, 2, {0}, {0, 2}, {0, 2}},
      {"the emptiest refuses: the list decides", {1, 3}, 2, {0}, {1, 5}, {1, 5}},
      {"and not the next emptiest", {0, 3, 1}, 2, {0}, {0, 5, 1}, {0, 5, 1}},
      {"pick first moves on only when the first refuses", {4, 0, 0}, 3, {0}, {4, 2, 1}, {4, 3, 0}},
      {"nothing is placed when all refuse", {1, 1}, 2, {0, 1}, {1, 1}, {1, 1}},
  }));
  CAPTURE(row.why);
  CHECK(placed(EquilibriumDistribute, row.before, row.launches, row.sold_out) == row.equilibrium);
  CHECK(placed(PickFirst, row.before, row.launches, row.sold_out) == row.pick_first);
}

TEST_CASE("n launches over z empty zones give each zone n/z, rounded down or up", "[decide]") {
  for (int z = 1; z <= 6; ++z)
    for (int n = 0; n <= 40; ++n) {
      const Counts after = placed(EquilibriumDistribute, Counts(static_cast<std::size_t>(z), 0), n);
      CAPTURE(n, z);
      CHECK(std::accumulate(after.begin(), after.end(), 0) == n);
      CHECK(std::ranges::min(after) == n / z);
      CHECK(std::ranges::max(after) == (n + z - 1) / z);
      CHECK(std::ranges::is_sorted(after, std::ranges::greater{}));  // the earlier listed get the odd ones
    }
}

TEST_CASE("how launches are cut into batches does not change where they land", "[decide]") {
  rc::prop("two batches equal one", [] {
    const auto zone_count = any_from<std::size_t>(1, 6);
    const auto before = any_numbers(zone_count, 0, 11);
    const int first = any_from(0, 30), second = any_from(0, 30);
    const auto policy = *rc::gen::element(EquilibriumDistribute, PickFirst);
    RC_ASSERT(placed(policy, placed(policy, before, first), second) ==
              placed(policy, before, first + second));
  });
}

TEST_CASE("equilibrium never widens the gap between zones, and closes it when it can", "[decide]") {
  rc::prop("spread shrinks to 1 or stays", [] {
    const auto zone_count = any_from<std::size_t>(1, 6);
    const auto before = any_numbers(zone_count, 0, 11);
    const int launches = any_from(0, 80);
    const Counts after = placed(EquilibriumDistribute, before, launches);

    RC_ASSERT(spread(after) <= std::max(1, spread(before)));
    int gap = 0;
    for (const int each : before) gap += std::ranges::max(before) - each;
    if (launches >= gap) RC_ASSERT(spread(after) <= 1);
    // Whoever got a launch was among the emptiest, so it ends at most one above them.
    for (std::size_t i = 0; i < zone_count; ++i)
      if (after[i] > before[i]) RC_ASSERT(after[i] <= std::ranges::min(after) + 1);
  });
}

TEST_CASE("a zone of which no members are told is empty", "[decide]") {
  const std::vector<ZoneCount> zones{{.zone = id_at<ZoneId>(0)}, {id_at<ZoneId>(1), 0}};
  CHECK(numbers_of(launch_order(EquilibriumDistribute, zones)) == Zones{0, 1});
}

}  // namespace
}  // namespace tidepool::sim
