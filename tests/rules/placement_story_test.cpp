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

// What becomes of so many members in A and B by `more` more, with zone A sold out or not.
Counts grown(MultiAzPolicy policy, const Counts& before, int more, bool a_is_sold_out = false) {
  Cloud cloud = a_cloud();
  const AsGroupId group = group_with(cloud, before, {kZoneA, kZoneB}, {.multi_az = policy});
  if (a_is_sold_out) sold_out(cloud, kZoneA);
  grow_by(cloud, group, more);
  return zone_counts(cloud, group);
}

RULE("EQUILIBRIUM_DISTRIBUTE grows even zones evenly",
     {.source = "AS user manual, scaling out across zones (figure)"}) {
  CHECK(grown(EquilibriumDistribute, {2, 2, 0}, 4) == Counts{4, 4, 0});
}

RULE("EQUILIBRIUM_DISTRIBUTE evens out zones that are not",
     {.source = "AS user manual, scaling out across zones (figure)"}) {
  CHECK(grown(EquilibriumDistribute, {2, 1, 0}, 5) == Counts{4, 4, 0});
  CHECK(grown(EquilibriumDistribute, {5, 1, 0}, 2) == Counts{5, 3, 0});
}

RULE("the first member of a group goes to the zone that is listed first, by either policy",
     {.source = "our decision"}) {
  CHECK(grown(EquilibriumDistribute, {0, 0, 0}, 1) == Counts{1, 0, 0});
  CHECK(grown(PickFirst, {0, 0, 0}, 1) == Counts{1, 0, 0});
}

RULE("PICK_FIRST puts all into the zone that is listed first, whatever there is",
     {.source = "AS API reference, multi_az_priority_policy"}) {
  CHECK(grown(PickFirst, {2, 2, 0}, 4) == Counts{6, 2, 0});
  CHECK(grown(PickFirst, {2, 1, 0}, 5) == Counts{7, 1, 0});
}

RULE("a zone that is sold out gets nobody, by either policy",
     {.source = "AS API reference, multi_az_priority_policy"}) {
  CHECK(grown(EquilibriumDistribute, {0, 0, 0}, 2, true) == Counts{0, 2, 0});
  CHECK(grown(PickFirst, {0, 0, 0}, 2, true) == Counts{0, 2, 0});
}

RULE("balance is given up where the emptier zone is sold out",
     {.source = "AS API reference, multi_az_priority_policy"}) {
  CHECK(grown(EquilibriumDistribute, {1, 3, 0}, 2, true) == Counts{1, 5, 0});
  CHECK(grown(PickFirst, {1, 3, 0}, 2, true) == Counts{1, 5, 0});
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

RULE("members are spread evenly, however they come in batches",
     {.source = "AS user manual, scaling out across zones"}) {
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

RULE("PICK_FIRST fills the first zone until it refuses, then the next",
     {.source = "AS API reference, multi_az_priority_policy"}) {
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

RULE("what a zone can hold is held by all groups together, and freed by deletion",
     {.source = "our decision"}) {
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

RULE("a member taken out by hand still takes its place in the zone", {.source = "our decision"}) {
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

RULE("balance counts members that were added by hand",
     {.source = "AS user manual, scaling out across zones"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA, 0), server_in(kZoneA, 1), server_in(kZoneB, 0)});
  run_until_idle(cloud, group);
  grow_by(cloud, group, 3);
  CHECK(zone_counts(cloud, group) == Counts{2, 2, 2});
}

RULE("balance makes good what was removed by hand", {.source = "AS user manual, scaling out across zones"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 6});
  std::vector<InstanceId> in_b = members(cloud, group);
  std::erase_if(in_b, [&](InstanceId each) { return instance_of(cloud, each).zone != kZoneB; });
  REQUIRE(outcome(cloud.submit(RemoveInstances{group, in_b, EcsFate::Delete})) == "ok");
  run_until_idle(cloud, group);
  grow_by(cloud, group, 2);
  CHECK(zone_counts(cloud, group) == Counts{2, 2, 2});
}

RULE("balance does not count members in zones that are not the group's any more",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = group_with(cloud, {4, 0, 1}, {kZoneB, kZoneC}, {});
  grow_by(cloud, group, 3);
  CHECK(zone_counts(cloud, group) == Counts{4, 2, 2});
}

RULE("another policy of placement counts from the next launch on",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  REQUIRE(change(cloud, group, &ModifyAsGroup::multi_az_policy, PickFirst) == "ok");
  grow_by(cloud, group, 2);
  CHECK(zone_counts(cloud, group) == Counts{3, 1, 1});
}

// Three in A, one in B, none in C, and one more.
Counts one_more(void (*trouble)(Cloud&)) {
  Cloud cloud = a_cloud();
  const AsGroupId group = group_with(cloud, {3, 1, 0}, {kZoneA, kZoneB, kZoneC}, {});
  trouble(cloud);
  grow_by(cloud, group, 1);
  return zone_counts(cloud, group);
}

RULE("where the emptiest zone refuses, the others are tried as they are listed, not by emptiness",
     {.source = "AS API reference, multi_az_priority_policy"}) {
  CHECK(one_more([](Cloud& cloud) { sold_out(cloud, kZoneC); }) == Counts{4, 1, 0});
}

RULE("a zone that is out of order is passed over like one that is sold out", {.source = "our decision"}) {
  CHECK(one_more([](Cloud& cloud) { outage(cloud, kZoneC); }) == Counts{4, 1, 0});
}

RULE("a zone where another flavor is sold out is not passed over",
     {.source = "AS API reference, multi_az_priority_policy"}) {
  CHECK(one_more([](Cloud& cloud) { sold_out(cloud, kZoneC, kCheap); }) == Counts{3, 1, 1});
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

// As what two members are made of these flavors, some of which are sold out.
std::vector<FlavorId> made_as(const std::vector<FlavorId>& flavors, FlavorPriority priority,
                              const std::vector<FlavorId>& refused = {}) {
  Cloud cloud = a_cloud();
  for (const FlavorId each : refused) sold_out(cloud, none<ZoneId>(), each);
  const AsConfigurationId conf = create_configuration(cloud, {.flavors = flavors, .priority = priority});
  const AsGroupId group = grown_group(cloud, {.configuration = conf, .desire = 2});
  return flavors_of(cloud, group);
}

RULE("of several flavors the one that is listed first is taken", {.source = "AS FAQ, several flavors"}) {
  CHECK(made_as({kLarge, kCheap, kSmall}, FlavorPriority::PickFirst) == std::vector(2, kLarge));
}

RULE("of several flavors the next is taken where those before it can't be had",
     {.source = "AS FAQ, several flavors"}) {
  CHECK(made_as({kLarge, kCheap, kSmall}, FlavorPriority::PickFirst, {kLarge}) == std::vector(2, kCheap));
  CHECK(made_as({kLarge, kCheap, kSmall}, FlavorPriority::PickFirst, {kLarge, kCheap}) ==
        std::vector(2, kSmall));
}

RULE("with COST_FIRST the cheapest flavor is taken, and then the next cheapest",
     {.source = "AS FAQ, several flavors"}) {
  CHECK(made_as({kLarge, kSmall, kCheap}, FlavorPriority::CostFirst) == std::vector(2, kCheap));
  CHECK(made_as({kLarge, kSmall, kCheap}, FlavorPriority::CostFirst, {kCheap}) == std::vector(2, kSmall));
}

RULE("a flavor is tried in all zones before the next one is", {.source = "AS FAQ, several flavors"}) {
  Cloud cloud = a_cloud();
  sold_out(cloud, kZoneA, kLarge);
  const AsConfigurationId conf = create_configuration(cloud, {.flavors = {kLarge, kSmall}});
  const AsGroupId group = grown_group(cloud, {.configuration = conf, .desire = 3});
  CHECK(flavors_of(cloud, group) == std::vector(3, kLarge));
  CHECK(zone_counts(cloud, group) == Counts{0, 3, 0});
}

RULE("a flavor of one zone only puts all members there, and balance is lost",
     {.source = "AS user manual, scaling out across zones"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId conf = create_configuration(cloud, {.flavors = {kGpu, kSmall}});
  const AsGroupId group = grown_group(cloud, {.configuration = conf, .desire = 4});
  CHECK(zone_counts(cloud, group) == Counts{0, 0, 4});
  CHECK(flavors_of(cloud, group) == std::vector(4, kGpu));
}

RULE("a zone without the flavor draws the others out of balance, as it stays the emptiest",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId conf = create_configuration(cloud, {.flavors = {kLarge}});
  const AsGroupId group = grown_group(cloud, {.configuration = conf, .desire = 4});
  CHECK(zone_counts(cloud, group) == Counts{3, 1, 0});  // C refuses; then A is the first of the list.
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
