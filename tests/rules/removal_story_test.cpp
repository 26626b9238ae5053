// Scale in: who has to leave, in which order, and what becomes of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using enum TerminatePolicy;
using Names = std::vector<std::string>;

// Seven members: two configurations, three zones of which two are still the group's, two servers
// added by hand, one member protected.
struct Seven {
  AsGroupId group{};
  std::vector<InstanceId> in_order_of_joining;

  // i6 joined first; i1 to i5 in their order; i7 last.
  std::string name(InstanceId id) const {
    const auto found = std::ranges::find(in_order_of_joining, id);
    const Names names{"i6", "i1", "i2", "i3", "i4", "i5", "i7"};
    return names[static_cast<std::size_t>(found - in_order_of_joining.begin())];
  }
  Names names(const std::vector<InstanceId>& ids) const {
    Names all;
    for (const InstanceId each : ids) all.push_back(name(each));
    return all;
  }
};

void launch_in(Cloud& cloud, AsGroupId group, ZoneId zone, AsConfigurationId configuration) {
  set_zones(cloud, group, {zone});
  bind_configuration(cloud, group, configuration);
  set_desire(cloud, group, group_of(cloud, group).set.desire + 1);
  run_until_idle(cloud, group);
}

Seven seven_members(Cloud& cloud, const GroupSpec& spec) {
  const AsConfigurationId c1 = create_configuration(cloud, {.name = "C1"});
  run_for(cloud, 1s);
  const AsConfigurationId c2 = create_configuration(cloud, {.name = "C2"});
  Seven seven;
  seven.group = grown_group(cloud, spec);
  add_servers(cloud, seven.group, {server_in(kZoneA)});
  run_until_idle(cloud, seven.group);
  launch_in(cloud, seven.group, kZoneA, c1);
  launch_in(cloud, seven.group, kZoneB, c1);
  launch_in(cloud, seven.group, kZoneA, c1);
  launch_in(cloud, seven.group, kZoneB, c2);
  launch_in(cloud, seven.group, kZoneC, c2);
  set_zones(cloud, seven.group, {kZoneA, kZoneB});
  add_servers(cloud, seven.group, {server_in(kZoneB)});
  run_until_idle(cloud, seven.group);
  seven.in_order_of_joining = members(cloud, seven.group);
  REQUIRE(seven.in_order_of_joining.size() == 7);
  protect(cloud, seven.group, {seven.in_order_of_joining[2]});  // i2
  return seven;
}

// Who left, one scale in by one after the other.
Names leave_one_by_one(Cloud& cloud, const Seven& seven, int how_many) {
  Names left;
  for (int i = 0; i < how_many; ++i) {
    set_desire(cloud, seven.group, group_of(cloud, seven.group).set.desire - 1);
    run_until_idle(cloud, seven.group);
    const ScalingActivity& action = last_action(cloud, seven.group);
    for (const auto& list : {action.removed, action.deleted})
      for (const InstanceId each : list) left.push_back(seven.name(each));
  }
  return left;
}

struct OrderRow {
  TerminatePolicy policy;
  Names expected;
};

RULE("members leave in the order of the removal policy", {.source = "AS documents"}) {
  const auto row = GENERATE(values<OrderRow>({
      {OldConfigOldInstance, {"i5", "i1", "i3", "i4", "i6", "i7"}},
      {OldConfigNewInstance, {"i5", "i3", "i1", "i4", "i6", "i7"}},
      {OldInstance, {"i5", "i1", "i3", "i4", "i6", "i7"}},
      {NewInstance, {"i5", "i4", "i3", "i1", "i6", "i7"}},
  }));
  // Neither profile balances zones here: the current one never does, the classic one only with EQUILIBRIUM_DISTRIBUTE.
  const bool classic = GENERATE(false, true);
  CAPTURE(classic, static_cast<int>(row.policy));
  Cloud cloud = a_cloud(prompt(classic ? Behaviour::classic() : Behaviour::current()));
  const MultiAzPolicy multi_az = classic ? MultiAzPolicy::PickFirst : MultiAzPolicy::EquilibriumDistribute;
  const Seven seven = seven_members(cloud, {.terminate = row.policy, .multi_az = multi_az});

  SECTION("one at a time") { CHECK(leave_one_by_one(cloud, seven, 6) == row.expected); }
  SECTION("four at once are the first four") {
    set_desire(cloud, seven.group, 3);
    run_until_idle(cloud, seven.group);
    Names left = seven.names(last_action(cloud, seven.group).deleted);
    Names first_four(row.expected.begin(), row.expected.begin() + 4);
    std::ranges::sort(left);
    std::ranges::sort(first_four);
    CHECK(left == first_four);
  }
  SECTION("the protected one stays, and those added by hand are only released") {
    set_desire(cloud, seven.group, 1);
    run_until_idle(cloud, seven.group);
    CHECK(seven.names(members(cloud, seven.group)) == Names{"i2"});
    CHECK(seven.names(last_action(cloud, seven.group).removed) == Names{"i6", "i7"});
    for (const InstanceId each : last_action(cloud, seven.group).removed)
      CHECK(instance_of(cloud, each).ecs_deleted == kNever);
    for (const InstanceId each : last_action(cloud, seven.group).deleted)
      CHECK(instance_of(cloud, each).ecs_deleted == last_action(cloud, seven.group).end);
  }
}

RULE("the age of a configuration is its own, not when it was bound", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId older = create_configuration(cloud, {.name = "older"});
  run_for(cloud, 1s);
  const AsConfigurationId newer = create_configuration(cloud, {.name = "newer"});
  const AsGroupId group = grown_group(cloud, {.configuration = newer, .desire = 1, .zones = {kZoneA}});
  const InstanceId first = newest_member(cloud, group);
  launch_in(cloud, group, kZoneA, older);
  bind_configuration(cloud, group, newer);
  REQUIRE(outcome(cloud.submit(DeleteAsConfiguration{older})) == "ok");  // A deleted one keeps its age.
  set_desire(cloud, group, 1);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{first});
}

// Three members in A, then one in B, the newest of all.
AsGroupId lopsided_group(Cloud& cloud, GroupSpec spec) {
  spec.desire = 3;
  spec.zones = {kZoneA};
  const AsGroupId group = grown_group(cloud, spec);
  launch_in(cloud, group, kZoneB, group_of(cloud, group).set.configuration);
  set_zones(cloud, group, {kZoneA, kZoneB});
  REQUIRE(zone_counts(cloud, group) == std::vector{3, 1, 0});
  return group;
}

RULE("the classic page balances zones before the removal policy, the current reference does not",
     {.source = "our decision"}) {
  struct Row {
    const char* why;
    Behaviour behaviour;
    MultiAzPolicy multi_az;
    std::vector<int> by_one, by_two;
  };
  const auto row = GENERATE(values<Row>({
      {"classic: the fuller zone gives",
       Behaviour::classic(),
       MultiAzPolicy::EquilibriumDistribute,
       {2, 1, 0},
       {1, 1, 0}},
      {"classic, but zones are not to be balanced",
       Behaviour::classic(),
       MultiAzPolicy::PickFirst,
       {3, 0, 0},
       {2, 0, 0}},
      {"current: the newest leaves",
       Behaviour::current(),
       MultiAzPolicy::EquilibriumDistribute,
       {3, 0, 0},
       {2, 0, 0}},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud(prompt(row.behaviour));
  const AsGroupId group = lopsided_group(cloud, {.terminate = NewInstance, .multi_az = row.multi_az});
  SECTION("by one") {
    set_desire(cloud, group, 3);
    run_until_idle(cloud, group);
    CHECK(zone_counts(cloud, group) == row.by_one);
  }
  SECTION("by two") {
    set_desire(cloud, group, 2);
    run_until_idle(cloud, group);
    CHECK(zone_counts(cloud, group) == row.by_two);
  }
}

RULE("balancing looks for the fullest zone that has somebody to give", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = lopsided_group(cloud, {.terminate = OldInstance});
  auto in_a = members(cloud, group);
  in_a.pop_back();
  protect(cloud, group, in_a);
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  CHECK(zone_counts(cloud, group) == std::vector{3, 0, 0});
}

RULE("members that were added by hand weigh on their zone but leave last", {.source = "our decisions"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .zones = {kZoneA, kZoneB}});
  const auto made = members(cloud, group);
  add_servers(cloud, group, {server_in(kZoneB, 0), server_in(kZoneB, 1)});
  run_until_idle(cloud, group);
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).deleted == std::vector{made[1]});  // B holds three of four.
}

RULE("members that joined at one moment leave in the order of their ids", {.source = "our decision"}) {
  const auto policy = GENERATE(OldConfigOldInstance, OldInstance);
  Cloud cloud = a_cloud(prompt(Behaviour::current()));
  const AsGroupId group = grown_group(cloud, {.desire = 5, .terminate = policy});
  const auto all = members(cloud, group);
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{all[3], all[4]});
}

RULE("scale in without a choice takes everybody", {.source = "AS user manual"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 7});
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group).empty());
  CHECK(group_of(cloud, group).current() == 0);
  CHECK(actions(cloud, group).back() == "100..120 NORMAL MANNUAL 7->0 SUCCESS");
}

RULE("protection is lost with membership and is off for new members",
     {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  const auto all = members(cloud, group);
  CHECK_FALSE(instance_of(cloud, all[0]).is_protected);
  protect(cloud, group, all);
  CHECK(group_of(cloud, group).protected_members == 2);
  REQUIRE(outcome(cloud.submit(RemoveInstance{all[0], EcsFate::Keep})) == "ok");
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).protected_members == 1);
  unprotect(cloud, group, {all[1]});
  CHECK(group_of(cloud, group).protected_members == 0);
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group).empty());
}

}  // namespace
}  // namespace tidepool::sim
