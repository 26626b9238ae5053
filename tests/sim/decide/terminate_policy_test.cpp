#include "sim/decide/terminate_policy.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/decide/any.hpp"

namespace tidepool::sim {
namespace {

using enum TerminatePolicy;
using enum MultiAzPolicy;
using Ids = std::vector<std::uint32_t>;
using Candidates = std::vector<RemovalCandidate>;
using Zones = std::vector<ZoneCount>;

constexpr std::array kPolicies{OldConfigOldInstance, OldConfigNewInstance, OldInstance, NewInstance};
constexpr std::size_t kAll = 1000;

constexpr ZoneId kA{0}, kB{1}, kC{2};

Time second(std::int64_t s) { return Time{std::chrono::seconds{s}}; }

RemovalCandidate made_by_group(std::uint32_t id, std::uint32_t configuration, std::uint32_t joined,
                               ZoneId zone) {
  return {.instance = InstanceId{id},
          .configuration_create_time = second(configuration),
          .configuration_order = configuration,
          .joined = second(joined),
          .join_sequence = joined,
          .zone = zone};
}

RemovalCandidate added_by_hand(std::uint32_t id, std::uint32_t joined, ZoneId zone) {
  return {.instance = InstanceId{id},
          .is_manual = true,
          .joined = second(joined),
          .join_sequence = joined,
          .zone = zone};
}

RemovalCandidate outside(RemovalCandidate candidate) {
  candidate.outside_zones = true;
  return candidate;
}

Ids numbers_of(const std::vector<InstanceId>& order) {
  Ids numbers;
  for (const InstanceId each : order) numbers.push_back(static_cast<std::uint32_t>(each));
  return numbers;
}

Ids by_policy(TerminatePolicy policy, const Candidates& candidates, std::size_t count = kAll) {
  return numbers_of(
      removal_order(policy, EquilibriumDistribute, ScaleInBalance::None, candidates, {}, count));
}

Ids balanced(TerminatePolicy policy, const Candidates& candidates, const Zones& zones,
             std::size_t count = kAll) {
  return numbers_of(
      removal_order(policy, EquilibriumDistribute, ScaleInBalance::BalanceFirst, candidates, zones, count));
}

// Zones a and b; the second member, in b, is protected and therefore no candidate, and zone c was dropped.
const Candidates kGroup{
    made_by_group(1, 1, 1, kA),          made_by_group(3, 1, 3, kA), made_by_group(4, 2, 4, kB),
    outside(made_by_group(5, 2, 5, kC)), added_by_hand(6, 0, kA),    added_by_hand(7, 6, kB),
};
const Zones kGroupZones{{kA, 3}, {kB, 3}};

TEST_CASE("members leave by policy, those outside the zones first and those added by hand last", "[decide]") {
  struct Row {
    const char* why;
    TerminatePolicy policy;
    Ids plain, balanced;
  };
  const auto row = GENERATE(values<Row>({
      {"oldest of the oldest configuration; then b is fuller than a",
       OldConfigOldInstance,
       {5, 1, 3, 4, 6, 7},
       {5, 1, 4, 3, 6, 7}},
      {"newest of the oldest configuration; between equal zones the older configuration gives",
       OldConfigNewInstance,
       {5, 3, 1, 4, 6, 7},
       {5, 3, 4, 1, 6, 7}},
      {"oldest; then b is fuller than a", OldInstance, {5, 1, 3, 4, 6, 7}, {5, 1, 4, 3, 6, 7}},
      {"newest; it keeps the zones level by itself", NewInstance, {5, 4, 3, 1, 6, 7}, {5, 4, 3, 1, 6, 7}},
  }));
  CAPTURE(row.why);
  CHECK(by_policy(row.policy, kGroup) == row.plain);
  CHECK(balanced(row.policy, kGroup, kGroupZones) == row.balanced);
  for (std::size_t count = 0; count <= kGroup.size(); ++count) {
    const auto end = static_cast<std::ptrdiff_t>(count);
    CHECK(by_policy(row.policy, kGroup, count) == Ids(row.plain.begin(), row.plain.begin() + end));
    CHECK(balanced(row.policy, kGroup, kGroupZones, count) ==
          Ids(row.balanced.begin(), row.balanced.begin() + end));
  }
}

TEST_CASE("equal keys are settled by rank, and at the very end by the instance id", "[decide]") {
  // Two configurations of one moment; 1, 2 and 3 were launched together, 4 and 5 have even their rank in
  // common.
  Candidates twins{made_by_group(1, 2, 10, kA), made_by_group(2, 1, 10, kA), made_by_group(3, 1, 10, kA),
                   made_by_group(5, 1, 20, kA), made_by_group(4, 1, 20, kA)};
  for (RemovalCandidate& each : twins) each.configuration_create_time = second(0);
  for (std::uint32_t i = 0; i < 3; ++i) twins[i].join_sequence = 11 + i;

  struct Row {
    const char* why;
    TerminatePolicy policy;
    Ids expected;
  };
  const auto row = GENERATE(values<Row>({
      {"the configuration made first, then the member that joined first",
       OldConfigOldInstance,
       {2, 3, 4, 5, 1}},
      {"newest first turns the rank of joining around, not the id", OldConfigNewInstance, {4, 5, 3, 2, 1}},
      {"configurations do not count", OldInstance, {1, 2, 3, 4, 5}},
      {"neither do they here", NewInstance, {4, 5, 3, 2, 1}},
  }));
  CAPTURE(row.why);
  CHECK(by_policy(row.policy, twins) == row.expected);
}

TEST_CASE("members added by hand leave last and oldest first under every policy", "[decide]") {
  const Candidates members{outside(added_by_hand(1, 9, kC)), added_by_hand(2, 5, kA),
                           outside(made_by_group(3, 1, 1, kC)), made_by_group(4, 1, 20, kB)};
  for (const TerminatePolicy policy : kPolicies) {
    CHECK(by_policy(policy, members) == Ids{3, 4, 2, 1});
    CHECK(balanced(policy, members, {{kA, 9}, {kB, 1}}) == Ids{3, 4, 2, 1});
  }
}

TEST_CASE("balancing takes from the fullest zone that has somebody to give", "[decide]") {
  const Candidates one_each{made_by_group(1, 1, 1, kA), made_by_group(2, 1, 2, kB),
                            made_by_group(3, 1, 3, kC)};
  struct Row {
    const char* why;
    Candidates candidates;
    Zones zones;
    Ids expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"the fullest zone gives, though the policy prefers another",
       one_each,
       {{kA, 1}, {kB, 1}, {kC, 2}},
       {3, 1, 2}},
      {"equally full zones leave it to the policy", one_each, {{kC, 4}, {kB, 4}, {kA, 4}}, {1, 2, 3}},
      {"a zone of protected members gives nothing",
       {made_by_group(1, 1, 1, kA), made_by_group(2, 1, 2, kA)},
       {{kA, 2}, {kB, 9}},
       {1, 2}},
      {"a zone of members added by hand gives nothing before the others have left",
       {made_by_group(1, 1, 1, kA), added_by_hand(2, 0, kB), added_by_hand(3, 2, kB)},
       {{kA, 1}, {kB, 2}},
       {1, 2, 3}},
      {"members added by hand weigh on their zone",
       {made_by_group(1, 1, 1, kA), made_by_group(2, 1, 2, kB), added_by_hand(3, 3, kB)},
       {{kA, 1}, {kB, 2}},
       {2, 1, 3}},
      {"each victim makes its zone emptier",
       {made_by_group(1, 1, 1, kA), made_by_group(2, 1, 2, kA), made_by_group(3, 1, 3, kA),
        made_by_group(4, 1, 4, kB), made_by_group(5, 1, 5, kB)},
       {{kA, 3}, {kB, 2}},
       {1, 2, 4, 3, 5}},
      {"members outside the zones go before all that",
       {made_by_group(1, 1, 1, kA), outside(made_by_group(2, 9, 9, kC))},
       {{kA, 8}, {kB, 0}},
       {2, 1}},
      {"nobody to take", {}, {{kA, 0}, {kB, 0}}, {}},
  }));
  CAPTURE(row.why);
  CHECK(balanced(OldInstance, row.candidates, row.zones) == row.expected);
}

TEST_CASE("zones count only when the knob, the zone policy and their number all ask for it", "[decide]") {
  const Candidates members{made_by_group(1, 1, 1, kA), made_by_group(2, 1, 2, kB),
                           made_by_group(3, 1, 3, kB)};
  const Zones zones{{kA, 1}, {kB, 2}};
  struct Row {
    const char* why;
    MultiAzPolicy multi_az;
    ScaleInBalance balance;
    Zones zones;
    std::uint32_t first;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"all three", EquilibriumDistribute, ScaleInBalance::BalanceFirst, zones, 2},
      {"the knob is off", EquilibriumDistribute, ScaleInBalance::None, zones, 1},
      {"pick first does not balance", PickFirst, ScaleInBalance::BalanceFirst, zones, 1},
      {"one zone has nothing to balance", EquilibriumDistribute, ScaleInBalance::BalanceFirst, {{kB, 2}}, 1},
  }));
  CAPTURE(row.why);
  const auto order = removal_order(OldInstance, row.multi_az, row.balance, members, row.zones, 1);
  CHECK(numbers_of(order) == Ids{row.first});
}

// ---- For any group -----------------------------------------------------------------------------------------------

constexpr std::uint32_t kZones = 4;

// Few values, so that ties are common.
RemovalCandidate any_candidate(std::uint32_t id) {
  RemovalCandidate c;
  c.instance = InstanceId{id};
  c.is_manual = any_from(0, 3) == 0;
  c.outside_zones = any_from(0, 4) == 0;
  c.configuration_create_time = second(any_from(0, 2));
  c.configuration_order = any_from(0U, 1U);
  c.joined = second(any_from(0, 3));
  c.join_sequence = any_from(0U, 2U);
  c.zone = ZoneId{any_from(0U, kZones - 1)};
  return c;
}

Candidates any_candidates() {
  Candidates all;
  const auto number = any_from(0U, 24U);
  for (std::uint32_t id = 0; id < number; ++id) all.push_back(any_candidate(id));
  for (std::size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[any_from<std::size_t>(0, i - 1)]);
  return all;
}

TerminatePolicy any_policy() { return *rc::gen::elementOf(kPolicies); }

// What the candidates add to their zones, and a few protected members on top.
Zones any_zones(const Candidates& candidates) {
  Zones zones;
  for (std::uint32_t z = 0; z < kZones; ++z) {
    const auto here = std::ranges::count_if(
        candidates, [&](const auto& c) { return c.zone == ZoneId{z} && !c.outside_zones; });
    zones.push_back({ZoneId{z}, static_cast<int>(here) + any_from(0, 3)});
  }
  return zones;
}

// The documented key, spelt out as a list of numbers of which the smallest leaves first.
std::vector<std::int64_t> key_of(TerminatePolicy policy, const RemovalCandidate& c) {
  const std::int64_t joined = c.joined.time_since_epoch().count(), rank = c.join_sequence;
  const std::int64_t id = static_cast<std::uint32_t>(c.instance);
  if (c.is_manual) return {1, 0, 0, 0, joined, rank, id};
  std::int64_t created = c.configuration_create_time.time_since_epoch().count(),
               order = c.configuration_order;
  if (policy == OldInstance || policy == NewInstance) created = order = 0;
  const int sign = policy == NewInstance || policy == OldConfigNewInstance ? -1 : 1;
  return {0, c.outside_zones ? 0 : 1, created, order, sign * joined, sign * rank, id};
}

Ids sorted_by_key(TerminatePolicy policy, Candidates candidates) {
  std::ranges::sort(candidates, {}, [&](const auto& c) { return key_of(policy, c); });
  Ids ids;
  for (const auto& each : candidates) ids.push_back(static_cast<std::uint32_t>(each.instance));
  return ids;
}

// Balancing as the sentence reads: look again at all zones and all candidates for every single victim.
Ids balanced_step_by_step(TerminatePolicy policy, Candidates left, Zones zones) {
  Ids order;
  while (!left.empty()) {
    const auto eligible_in = [&](ZoneId zone) {
      return std::ranges::any_of(
          left, [&](const auto& c) { return !c.is_manual && !c.outside_zones && c.zone == zone; });
    };
    int most = -1;
    for (const ZoneCount& z : zones)
      if (eligible_in(z.zone)) most = std::max(most, z.members);
    const auto rank = [&](const RemovalCandidate& c) {
      const bool in_fullest =
          std::ranges::any_of(zones, [&](const auto& z) { return z.zone == c.zone && z.members == most; });
      const bool waits = !c.is_manual && !c.outside_zones && !in_fullest;
      auto key = key_of(policy, c);
      key.insert(key.begin() + 2, waits ? 1 : 0);
      return key;
    };
    const auto victim = std::ranges::min_element(left, {}, rank);
    if (!victim->outside_zones) --std::ranges::find(zones, victim->zone, &ZoneCount::zone)->members;
    order.push_back(static_cast<std::uint32_t>(victim->instance));
    left.erase(victim);
  }
  return order;
}

TEST_CASE("each policy is a total order and sorts as its documented key does", "[decide]") {
  rc::prop("the order equals a sort by key", [] {
    const TerminatePolicy policy = any_policy();
    const Candidates all = any_candidates();
    for (const auto& a : all)
      for (const auto& b : all) {
        const bool same = a.instance == b.instance;
        RC_ASSERT(leaves_before(policy, a, b) == (!same && !leaves_before(policy, b, a)));
      }
    RC_ASSERT(by_policy(policy, all) == sorted_by_key(policy, all));
  });
}

TEST_CASE("balancing equals looking for the fullest zone anew for every victim", "[decide]") {
  rc::prop("the order equals the slow one", [] {
    const TerminatePolicy policy = any_policy();
    const Candidates all = any_candidates();
    const Zones zones = any_zones(all);
    RC_ASSERT(balanced(policy, all, zones) == balanced_step_by_step(policy, all, zones));
  });
}

TEST_CASE("as many leave as asked for, each once, and none added by hand before one made by the group",
          "[decide]") {
  rc::prop("count, no duplicates, manual last", [] {
    const Candidates all = any_candidates();
    const auto count = any_from<std::size_t>(0, 30);
    const auto balance = *rc::gen::element(ScaleInBalance::None, ScaleInBalance::BalanceFirst);
    const auto multi_az = *rc::gen::element(EquilibriumDistribute, PickFirst);
    const auto order = removal_order(any_policy(), multi_az, balance, all, any_zones(all), count);

    RC_ASSERT(order.size() == std::min(count, all.size()));
    RC_ASSERT(std::set<InstanceId>(order.begin(), order.end()).size() == order.size());
    int previous = 0;  // 0 outside the zones, 1 inside, 2 by hand
    for (const InstanceId id : order) {
      const auto candidate = std::ranges::find(all, id, &RemovalCandidate::instance);
      RC_ASSERT(candidate != all.end());
      const int section = candidate->is_manual ? 2 : candidate->outside_zones ? 0 : 1;
      RC_ASSERT(section >= previous);
      previous = section;
    }
  });
}

TEST_CASE("a shorter list of victims is the beginning of a longer one", "[decide]") {
  rc::prop("prefix", [] {
    const TerminatePolicy policy = any_policy();
    const Candidates all = any_candidates();
    const Zones zones = any_zones(all);
    const auto count = any_from<std::size_t>(0, all.size());
    const Ids longer = balanced(policy, all, zones), shorter = balanced(policy, all, zones, count);
    RC_ASSERT(std::equal(shorter.begin(), shorter.end(), longer.begin()));
  });
}

TEST_CASE("balancing levels the zones when everybody in them may leave", "[decide]") {
  rc::prop("the spread ends at 1 or less", [] {
    Candidates all = any_candidates();
    for (auto& each : all) each.is_manual = each.outside_zones = false;
    std::vector<int> members(kZones, 0);
    for (const auto& each : all) ++members[index_of(each.zone)];
    Zones zones;
    for (std::uint32_t z = 0; z < kZones; ++z) zones.push_back({ZoneId{z}, members[z]});
    int gap = 0;
    for (const int each : members) gap += each - std::ranges::min(members);
    const auto count = any_from<std::size_t>(0, all.size());

    std::vector<int> after = members;
    for (const std::uint32_t id : balanced(any_policy(), all, zones, count))
      --after[index_of(std::ranges::find(all, InstanceId{id}, &RemovalCandidate::instance)->zone)];

    const auto [least, most] = std::ranges::minmax(after);
    if (static_cast<int>(count) >= gap) RC_ASSERT(most - least <= 1);
    // Whoever gave was among the fullest, so it ends at most one below them.
    for (std::size_t z = 0; z < kZones; ++z)
      if (after[z] < members[z]) RC_ASSERT(after[z] >= most - 1);
  });
}

TEST_CASE("a candidate of which nothing is said was made by the group, in one of its zones, as the first",
          "[decide]") {
  RemovalCandidate told = made_by_group(5, 0, 0, kA);
  told.outside_zones = told.is_manual = false;
  const RemovalCandidate before{.instance = InstanceId{4}}, after{.instance = InstanceId{6}};
  for (const TerminatePolicy policy : kPolicies) {
    CHECK(leaves_before(policy, before, told));
    CHECK(leaves_before(policy, told, after));
  }
}

}  // namespace
}  // namespace tidepool::sim
