// The order of removal against a plain sort, over groups that grew at random.
#include <algorithm>
#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

#include "sim/engine/rng.hpp"
#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using rules::with;

int pick(Rng& rng, int least, int most) { return static_cast<int>(rng.uniform_int(least, most)); }

// A group of members of three configurations in three zones, some added by hand, some protected.
AsGroupId group_at_random(Cloud& cloud, Rng& rng, TerminatePolicy policy) {
  std::vector<AsConfigurationId> configurations;
  for (int i = 0; i < 3; ++i) {
    configurations.push_back(create_configuration(cloud));
    run_for(cloud, 1s);
  }
  const AsGroupId group =
      grown_group(cloud, {.configuration = configurations[0], .max = 60, .terminate = policy});
  int servers = 0;
  for (int batch = 0; batch < 8; ++batch) {
    set_zones(cloud, group, {id_at<ZoneId>(static_cast<std::size_t>(pick(rng, 0, 2)))});
    bind_configuration(cloud, group, configurations[static_cast<std::size_t>(pick(rng, 0, 2))]);
    set_desire(cloud, group, group_of(cloud, group).set.desire + pick(rng, 1, 3));
    run_until_idle(cloud, group);
    if (pick(rng, 0, 1) == 0 || servers == kServersPerZone) continue;
    add_servers(cloud, group, {server_in(group_of(cloud, group).set.zones[0], servers++)});
    run_until_idle(cloud, group);
  }
  set_zones(cloud, group, {kZoneA, kZoneB});
  for (const InstanceId each : members(cloud, group))
    if (pick(rng, 0, 5) == 0) protect(cloud, group, {each});
  return group;
}

// As the documents sort them. Members launched together are as old as their turn in the launch (our decision).
std::vector<InstanceId> in_order_of_leaving(const Cloud& cloud, AsGroupId group, TerminatePolicy policy) {
  std::vector<InstanceId> pool = members(cloud, group);
  std::erase_if(pool, [&](InstanceId each) { return instance_of(cloud, each).is_protected; });
  const bool by_configuration =
      policy == TerminatePolicy::OldConfigOldInstance || policy == TerminatePolicy::OldConfigNewInstance;
  const bool newest =
      policy == TerminatePolicy::NewInstance || policy == TerminatePolicy::OldConfigNewInstance;
  const auto key = [&](InstanceId id) {
    const Instance& member = instance_of(cloud, id);
    const std::int64_t age = member.configuration_create_time.time_since_epoch().count();
    const std::int64_t sign = newest && !member.is_manual() ? -1 : 1;
    return std::tuple{member.is_manual(), !member.is_manual() && member.zone != kZoneC,
                      by_configuration && !member.is_manual() ? age : 0,
                      sign * member.joined.time_since_epoch().count(),
                      sign * static_cast<std::int64_t>(index_of(id))};
  };
  std::ranges::sort(pool, {}, key);
  return pool;
}

// Some of the group leave at once: as many as are first in that order, and just those.
void check_leaving(Cloud& cloud, AsGroupId group, Rng& rng, TerminatePolicy policy,
                   std::vector<InstanceId> (*in_order)(const Cloud&, AsGroupId, TerminatePolicy)) {
  std::vector<InstanceId> order = in_order(cloud, group, policy);
  const int leaving = pick(rng, 1, static_cast<int>(order.size()));
  order.resize(static_cast<std::size_t>(leaving));
  set_desire(cloud, group, group_of(cloud, group).set.desire - leaving);
  run_until_idle(cloud, group);

  std::vector<InstanceId> left = last_action(cloud, group).deleted;
  const auto& released = last_action(cloud, group).removed;
  left.insert(left.end(), released.begin(), released.end());
  std::ranges::sort(left);
  std::ranges::sort(order);
  CHECK(left == order);
}

RULE("whoever leaves would be first in a plain sort by the documented keys",
     {.source = "AS user manual, removing instances", .knob = "scale_in_balance = none"}) {
  const auto policy = static_cast<TerminatePolicy>(GENERATE(range(0, 4)));
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    CAPTURE(seed, static_cast<int>(policy));
    Rng rng(seed, "removal order");
    Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::None));
    check_leaving(cloud, group_at_random(cloud, rng, policy), rng, policy, in_order_of_leaving);
  }
}

// One after the other from the fullest zone that has somebody to give; who is outside the zones goes before, and who was
// added by hand after.
std::vector<InstanceId> in_balanced_order(const Cloud& cloud, AsGroupId group, TerminatePolicy policy) {
  std::vector<InstanceId> sorted = in_order_of_leaving(cloud, group, policy), order;
  std::vector<int> counts = zone_counts(cloud, group);
  const auto zone = [&](InstanceId id) { return index_of(instance_of(cloud, id).zone); };
  while (!sorted.empty()) {
    auto next = sorted.begin();
    const bool inside = zone(*next) != index_of(kZoneC) && !instance_of(cloud, *next).is_manual();
    if (inside)
      for (auto each = sorted.begin(); each != sorted.end() && !instance_of(cloud, *each).is_manual(); ++each)
        if (counts[zone(*each)] > counts[zone(*next)]) next = each;
    --counts[zone(*next)];
    order.push_back(*next);
    sorted.erase(next);
  }
  return order;
}

RULE("whoever leaves would be first where the fullest zone gives and then the documented keys decide",
     {.source = "our decision", .knob = "scale_in_balance = balance_first"}) {
  const auto policy = static_cast<TerminatePolicy>(GENERATE(range(0, 4)));
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    CAPTURE(seed, static_cast<int>(policy));
    Rng rng(seed, "removal order");
    Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::BalanceFirst));
    check_leaving(cloud, group_at_random(cloud, rng, policy), rng, policy, in_balanced_order);
  }
}

}  // namespace
}  // namespace tidepool::sim
