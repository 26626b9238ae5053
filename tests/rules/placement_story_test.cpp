// Scale out: in which zone, and as which flavor, new members are made.
#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Counts = std::vector<int>;  // by zone A, B, C
using enum MultiAzPolicy;

// An idle group with so many members in each of the zones, and then the zones asked for.
AsGroupId group_with(Cloud& cloud, const Counts& counts, const std::vector<ZoneId>& zones,
                     const GroupSpec& spec) {
  const AsGroupId group = grown_group(cloud, spec);
  int desire = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    set_zones(cloud, group, {id_at<ZoneId>(i)});
    set_desire(cloud, group, desire += counts[i]);
    run_until_idle(cloud, group);
  }
  set_zones(cloud, group, zones);
  REQUIRE(zone_counts(cloud, group) == counts);
  return group;
}

void grow_by(Cloud& cloud, AsGroupId group, int more) {
  set_desire(cloud, group, group_of(cloud, group).set.desire + more);
  run_until_idle(cloud, group);
}

RULE("new members go where the policy says",
     {.source = "AS documents, two of the rows are figures of the user manual"}) {
  struct Row {
    Counts before;
    std::vector<ZoneId> sold_out;
    int more;
    Counts balanced, picked_first;
  };
  const auto row = GENERATE(values<Row>({
      {{2, 2, 0}, {}, 4, {4, 4, 0}, {6, 2, 0}},
      {{2, 1, 0}, {}, 5, {4, 4, 0}, {7, 1, 0}},
      {{0, 0, 0}, {}, 1, {1, 0, 0}, {1, 0, 0}},
      {{0, 0, 0}, {kZoneA}, 2, {0, 2, 0}, {0, 2, 0}},
      {{1, 3, 0}, {kZoneA}, 2, {1, 5, 0}, {1, 5, 0}},
  }));
  const auto profile = profile_under_test();
  const auto policy = GENERATE(EquilibriumDistribute, PickFirst);
  CAPTURE(profile.name, row.before, row.more, policy == PickFirst);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = group_with(cloud, row.before, {kZoneA, kZoneB}, {.multi_az = policy});
  for (const ZoneId each : row.sold_out) sold_out(cloud, each);
  grow_by(cloud, group, row.more);
  CHECK(zone_counts(cloud, group) == (policy == PickFirst ? row.picked_first : row.balanced));
}

RULE("members are made in the listed zones only, in the listed order",
     {.source = "AS API reference, available_zones"}) {
  struct Row {
    MultiAzPolicy policy;
    std::vector<ZoneId> zones;
    int number;
    Counts expected;
  };
  const auto row = GENERATE(values<Row>({
      {PickFirst, {kZoneC, kZoneA}, 5, {0, 0, 5}},
      {PickFirst, {kZoneB}, 5, {0, 5, 0}},
      {EquilibriumDistribute, {kZoneB}, 5, {0, 5, 0}},
      {EquilibriumDistribute, {kZoneC, kZoneA}, 5, {2, 0, 3}},
      {EquilibriumDistribute, {kZoneB, kZoneC, kZoneA}, 4, {1, 2, 1}},
  }));
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = row.number, .zones = row.zones, .multi_az = row.policy});
  CHECK(zone_counts(cloud, group) == row.expected);
}

RULE("members are spread evenly, however they come in batches", {.source = "closed form"}) {
  const int total = GENERATE(range(1, 12));
  const int batch = GENERATE(1, 2, 3, 5);
  CAPTURE(total, batch);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  for (int size = 0; size < total; size = std::min(size + batch, total))
    grow_by(cloud, group, std::min(batch, total - size));
  const Counts counts = zone_counts(cloud, group);
  CHECK(std::accumulate(counts.begin(), counts.end(), 0) == total);
  for (const int each : counts) CHECK((each == total / 3 || each == (total + 2) / 3));
  CHECK(std::ranges::is_sorted(counts, std::greater{}));  // Ties go to the zone listed first.
}

RULE("PICK_FIRST fills the first zone until it refuses, then the next", {.source = "AS user manual"}) {
  CloudSpec spec;
  spec.region.zones[0].capacity[kSmall] = 3;
  spec.region.zones[1].capacity[kSmall] = 2;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = grown_group(cloud, {.desire = 2, .multi_az = PickFirst});
  CHECK(zone_counts(cloud, group) == Counts{2, 0, 0});
  grow_by(cloud, group, 2);
  CHECK(zone_counts(cloud, group) == Counts{3, 1, 0});
  grow_by(cloud, group, 3);
  CHECK(zone_counts(cloud, group) == Counts{3, 2, 2});
}

RULE("what a zone can hold is held by all groups together, and freed by deletion", {.source = ""}) {
  CloudSpec spec;
  spec.region.zones[0].capacity[kSmall] = 3;
  Cloud cloud = a_cloud(spec);
  const AsGroupId first = grown_group(cloud, {.desire = 2, .zones = {kZoneA}});
  const AsGroupId second =
      grown_group(cloud, {.desire = 2, .zones = {kZoneA, kZoneB}, .multi_az = PickFirst});
  CHECK(zone_counts(cloud, second) == Counts{1, 1, 0});
  set_desire(cloud, first, 0);
  run_until_idle(cloud, first);
  grow_by(cloud, second, 3);
  CHECK(zone_counts(cloud, second) == Counts{3, 2, 0});
}

RULE("a member taken out by hand still takes its place in the zone", {.source = ""}) {
  CloudSpec spec;
  spec.region.zones[0].capacity[kSmall] = 2;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = grown_group(cloud, {.desire = 2, .zones = {kZoneA, kZoneB}, .multi_az = PickFirst});
  const InstanceId one = newest_member(cloud, group);
  REQUIRE(outcome(cloud.submit(RemoveInstance{one, EcsFate::Keep})) == "ok");
  run_until_idle(cloud, group);
  grow_by(cloud, group, 1);
  CHECK(zone_counts(cloud, group) == Counts{1, 1, 0});
}

RULE("balance counts members added by hand, and makes good what was removed by hand",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  SECTION("added by hand") {
    const AsGroupId group = grown_group(cloud);
    add_servers(cloud, group, {server_in(kZoneA, 0), server_in(kZoneA, 1), server_in(kZoneB, 0)});
    run_until_idle(cloud, group);
    grow_by(cloud, group, 3);
    CHECK(zone_counts(cloud, group) == Counts{2, 2, 2});
  }
  SECTION("removed by hand: the hole is filled again (AS user manual)") {
    const AsGroupId group = grown_group(cloud, {.desire = 6});
    std::vector<InstanceId> in_b = members(cloud, group);
    std::erase_if(in_b, [&](InstanceId each) { return instance_of(cloud, each).zone != kZoneB; });
    REQUIRE(outcome(cloud.submit(RemoveInstances{group, in_b, EcsFate::Delete})) == "ok");
    run_until_idle(cloud, group);
    grow_by(cloud, group, 2);
    CHECK(zone_counts(cloud, group) == Counts{2, 2, 2});
  }
}

RULE("a zone that refuses is passed over, and the other zones are tried in the listed order",
     {.source = "our decision"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  // C has the fewest and refuses: the fallback is the list, not the next emptiest zone.
  const AsGroupId group = group_with(cloud, {3, 1, 0}, {kZoneA, kZoneB, kZoneC}, {});
  SECTION("sold out") { sold_out(cloud, kZoneC); }
  SECTION("out of order") { outage(cloud, kZoneC); }
  SECTION("another flavor is sold out there") {
    sold_out(cloud, kZoneC, kCheap);
    grow_by(cloud, group, 1);
    CHECK(zone_counts(cloud, group) == Counts{3, 1, 1});
    return;
  }
  grow_by(cloud, group, 1);
  CHECK(zone_counts(cloud, group) == Counts{4, 1, 0});
}

RULE("a zone that was sold out is asked again for the next member", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.zones = {kZoneA, kZoneB}, .multi_az = PickFirst});
  sold_out(cloud, kZoneA, kSmall, kStart + 50s);
  grow_by(cloud, group, 1);
  CHECK(zone_counts(cloud, group) == Counts{0, 1, 0});
  grow_by(cloud, group, 1);
  CHECK(zone_counts(cloud, group) == Counts{1, 1, 0});
}

// ---- Several flavors ----

std::vector<FlavorId> flavors_of(const Cloud& cloud, AsGroupId group) {
  std::vector<FlavorId> flavors;
  for (const InstanceId each : members(cloud, group)) flavors.push_back(instance_of(cloud, each).flavor);
  return flavors;
}

RULE("the first flavor that some zone can host is taken", {.source = "AS FAQ, several flavors"}) {
  struct Row {
    const char* why;
    std::vector<FlavorId> flavors;
    FlavorPriority priority;
    std::vector<FlavorId> refused;
    FlavorId expected;
  };
  const auto row = GENERATE(values<Row>({
      {"in the listed order", {kLarge, kCheap, kSmall}, FlavorPriority::PickFirst, {}, kLarge},
      {"the next when it is sold out", {kLarge, kCheap, kSmall}, FlavorPriority::PickFirst, {kLarge}, kCheap},
      {"the last resort", {kLarge, kCheap, kSmall}, FlavorPriority::PickFirst, {kLarge, kCheap}, kSmall},
      {"the cheapest", {kLarge, kSmall, kCheap}, FlavorPriority::CostFirst, {}, kCheap},
      {"the next cheapest", {kLarge, kSmall, kCheap}, FlavorPriority::CostFirst, {kCheap}, kSmall},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  for (const FlavorId each : row.refused) sold_out(cloud, none<ZoneId>(), each);
  const AsConfigurationId conf =
      create_configuration(cloud, {.flavors = row.flavors, .priority = row.priority});
  const AsGroupId group = grown_group(cloud, {.configuration = conf, .desire = 2});
  CHECK(flavors_of(cloud, group) == std::vector{row.expected, row.expected});
}

RULE("flavors come before zones: balance is lost where the first flavor is not offered",
     {.source = "AS FAQ"}) {
  Cloud cloud = a_cloud();
  SECTION("a flavor of one zone only") {
    const AsConfigurationId conf = create_configuration(cloud, {.flavors = {kGpu, kSmall}});
    const AsGroupId group = grown_group(cloud, {.configuration = conf, .desire = 4});
    CHECK(zone_counts(cloud, group) == Counts{0, 0, 4});
    CHECK(flavors_of(cloud, group) == std::vector(4, kGpu));
  }
  SECTION("a flavor of two zones") {
    const AsConfigurationId conf = create_configuration(cloud, {.flavors = {kLarge}});
    const AsGroupId group = grown_group(cloud, {.configuration = conf, .desire = 4});
    CHECK(zone_counts(cloud, group) ==
          Counts{3, 1, 0});  // C is emptiest and refuses; then A is the first of the list.
  }
}

RULE("nowhere to go: the action fails and the group is abnormal",
     {.source = "AS user manual, abnormal groups"}) {
  const auto policy = GENERATE(EquilibriumDistribute, PickFirst);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .zones = {kZoneA, kZoneB}, .multi_az = policy});
  outage(cloud, kZoneB);
  sold_out(cloud, kZoneA, kSmall);
  set_desire(cloud, group, 3);
  run_for(cloud, 1h);
  CHECK(last_action(cloud, group).status == ActivityStatus::Fail);
  REQUIRE(last_action(cloud, group).failed.size() == 2);
  CHECK(last_action(cloud, group).failed[0].code == ErrorCode::FlavorSoldOut);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
}

}  // namespace
}  // namespace tidepool::sim
