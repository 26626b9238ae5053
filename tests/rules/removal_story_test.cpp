// Scale in: who has to leave, in which order, and what becomes of them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using rules::with;
using enum TerminatePolicy;
using Names = std::vector<std::string>;
using Counts = std::vector<int>;  // by zone A, B, C

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

// The seven members, where zones are not balanced on the way in.
struct Unbalanced {
  Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::None));
  Seven seven;

  explicit Unbalanced(TerminatePolicy policy) : seven(seven_members(cloud, {.terminate = policy})) {}
  const ScalingActivity& shrink_to(int desire) {
    set_desire(cloud, seven.group, desire);
    run_until_idle(cloud, seven.group);
    return last_action(cloud, seven.group);
  }
};

// All six that may leave, one after the other; four at once must be the first four.
Names order_of_leaving(TerminatePolicy policy) {
  Unbalanced world(policy);
  Names order = leave_one_by_one(world.cloud, world.seven, 6);
  Unbalanced at_once(policy);
  Names left = at_once.seven.names(at_once.shrink_to(3).deleted);
  Names first_four(order.begin(), order.begin() + 4);
  std::ranges::sort(left);
  std::ranges::sort(first_four);
  CHECK(left == first_four);
  return order;
}

RULE("OLD_CONFIG_OLD_INSTANCE takes the oldest instance of the oldest configuration",
     {.source = "AS user manual, removing instances", .knob = "scale_in_balance = none"}) {
  CHECK(order_of_leaving(OldConfigOldInstance) == Names{"i5", "i1", "i3", "i4", "i6", "i7"});
}

RULE("OLD_CONFIG_NEW_INSTANCE takes the newest instance of the oldest configuration",
     {.source = "AS user manual, removing instances", .knob = "scale_in_balance = none"}) {
  CHECK(order_of_leaving(OldConfigNewInstance) == Names{"i5", "i3", "i1", "i4", "i6", "i7"});
}

RULE("OLD_INSTANCE takes the oldest instance",
     {.source = "AS user manual, removing instances", .knob = "scale_in_balance = none"}) {
  CHECK(order_of_leaving(OldInstance) == Names{"i5", "i1", "i3", "i4", "i6", "i7"});
}

RULE("NEW_INSTANCE takes the newest instance",
     {.source = "AS user manual, removing instances", .knob = "scale_in_balance = none"}) {
  CHECK(order_of_leaving(NewInstance) == Names{"i5", "i4", "i3", "i1", "i6", "i7"});
}

RULE("an instance outside the group's zones leaves before all others, whatever the policy",
     {.source = "AS user manual, removing instances"}) {
  const auto policy = GENERATE(OldConfigOldInstance, OldConfigNewInstance, OldInstance, NewInstance);
  Cloud cloud = a_cloud();
  const Seven seven = seven_members(cloud, {.terminate = policy});
  CHECK(leave_one_by_one(cloud, seven, 1) == Names{"i5"});
}

RULE("a protected instance is not chosen, and the others leave in its stead",
     {.source = "AS user manual, instance protection"}) {
  Unbalanced world(OldInstance);
  world.shrink_to(1);
  CHECK(world.seven.names(members(world.cloud, world.seven.group)) == Names{"i2"});
}

RULE(
    "servers that were added by hand leave last, and the first to come is the first to go, whatever the "
    "policy",
    {.source = "AS user manual, removing instances"}) {
  const auto policy = GENERATE(OldConfigOldInstance, OldConfigNewInstance, OldInstance, NewInstance);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.terminate = policy});
  add_servers(cloud, group, {server_in(kZoneA, 0)});
  run_until_idle(cloud, group);
  add_servers(cloud, group, {server_in(kZoneA, 1)});
  run_until_idle(cloud, group);
  set_desire(cloud, group, 3);  // One that is younger than both.
  run_until_idle(cloud, group);
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).deleted.size() == 1);
  set_desire(cloud, group, 1);
  run_until_idle(cloud, group);
  CHECK(cloud.member_of(server_in(kZoneA, 0)) == none<InstanceId>());
  CHECK(cloud.member_of(server_in(kZoneA, 1)) != none<InstanceId>());
}

RULE("servers that were added by hand leave last even where their zone is not the group's any more",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .zones = {kZoneA, kZoneB}});
  const InstanceId made = newest_member(cloud, group);
  add_servers(cloud, group, {server_in(kZoneB)});
  run_until_idle(cloud, group);
  set_zones(cloud, group, {kZoneA});
  set_desire(cloud, group, 1);
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).deleted == std::vector{made});
}

RULE("scale in lets go of servers that were added by hand and deletes the ECSs it made",
     {.source = "AS user manual, removing instances"}) {
  Unbalanced world(OldInstance);
  const ScalingActivity action = world.shrink_to(1);
  CHECK(world.seven.names(action.removed) == Names{"i6", "i7"});
  CHECK(action.deleted.size() == 4);
  for (const InstanceId each : action.removed) CHECK(instance_of(world.cloud, each).ecs_deleted == kNever);
  for (const InstanceId each : action.deleted)
    CHECK(instance_of(world.cloud, each).ecs_deleted == action.end);
}

RULE("the age of a configuration is its own, not when it was bound, and outlives it",
     {.source = "our decision"}) {
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

// What such a group is by one, or two, less.
Counts lopsided_by(int less, ScaleInBalance balance,
                   MultiAzPolicy multi_az = MultiAzPolicy::EquilibriumDistribute) {
  Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, balance));
  const AsGroupId group = lopsided_group(cloud, {.terminate = NewInstance, .multi_az = multi_az});
  set_desire(cloud, group, 4 - less);
  run_until_idle(cloud, group);
  return zone_counts(cloud, group);
}

RULE("with EQUILIBRIUM_DISTRIBUTE the fuller zone gives first, before the removal policy is asked",
     {.source = "AS API reference, multi_az_priority_policy (classic page)",
      .knob = "scale_in_balance = balance_first"}) {
  CHECK(lopsided_by(1, ScaleInBalance::BalanceFirst) == Counts{2, 1, 0});
  CHECK(lopsided_by(2, ScaleInBalance::BalanceFirst) == Counts{1, 1, 0});
}

RULE("zones are not looked at when instances leave, only the removal policy",
     {.source = "AS user manual, removing instances", .knob = "scale_in_balance = none"}) {
  CHECK(lopsided_by(1, ScaleInBalance::None) == Counts{3, 0, 0});
  CHECK(lopsided_by(2, ScaleInBalance::None) == Counts{2, 0, 0});
}

RULE("with PICK_FIRST zones are never balanced when instances leave",
     {.source = "our decision", .knob = "scale_in_balance = balance_first"}) {
  CHECK(lopsided_by(1, ScaleInBalance::BalanceFirst, MultiAzPolicy::PickFirst) == Counts{3, 0, 0});
}

RULE("the classic profile balances zones on the way in, the current one does not",
     {.source = "AS API reference, multi_az_priority_policy (its two texts)"}) {
  const auto balance = behaviour_under_test().scale_in_balance;
  const bool classic = std::string_view(profile_under_test().name) == "classic";
  CHECK(lopsided_by(1, balance) == (classic ? Counts{2, 1, 0} : Counts{3, 0, 0}));
}

RULE("between zones that are equally full the removal policy decides",
     {.source = "our decision", .knob = "scale_in_balance = balance_first"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::BalanceFirst));
  const AsGroupId group =
      grown_group(cloud, {.desire = 4, .zones = {kZoneA, kZoneB}, .terminate = NewInstance});
  const auto all = members(cloud, group);
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).deleted == std::vector{all[3]});
}

RULE("who is outside the group's zones leaves before zones are balanced",
     {.source = "our decision", .knob = "scale_in_balance = balance_first"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::BalanceFirst));
  const AsGroupId group = lopsided_group(cloud, {.terminate = OldInstance});
  launch_in(cloud, group, kZoneC, group_of(cloud, group).set.configuration);
  set_zones(cloud, group, {kZoneA, kZoneB});
  set_desire(cloud, group, 4);
  run_until_idle(cloud, group);
  CHECK(zone_counts(cloud, group) == Counts{3, 1, 0});
}

RULE("balancing looks for the fullest zone that has somebody to give",
     {.source = "our decision", .knob = "scale_in_balance = balance_first"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::BalanceFirst));
  const AsGroupId group = lopsided_group(cloud, {.terminate = OldInstance});
  auto in_a = members(cloud, group);
  in_a.pop_back();
  protect(cloud, group, in_a);
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  CHECK(zone_counts(cloud, group) == Counts{3, 0, 0});
}

RULE("members that were added by hand weigh on their zone but leave last",
     {.source = "our decision", .knob = "scale_in_balance = balance_first"}) {
  Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::BalanceFirst));
  const AsGroupId group = grown_group(cloud, {.desire = 2, .zones = {kZoneA, kZoneB}});
  const auto made = members(cloud, group);
  add_servers(cloud, group, {server_in(kZoneB, 0), server_in(kZoneB, 1)});
  run_until_idle(cloud, group);
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  CHECK(last_action(cloud, group).deleted == std::vector{made[1]});  // B holds three of four.
}

RULE("members that joined at one moment leave in the order of their ids",
     {.source = "our decision", .knob = "scale_in_balance = none"}) {
  const auto policy = GENERATE(OldConfigOldInstance, OldInstance);
  Cloud cloud = a_cloud(with(&Behaviour::scale_in_balance, ScaleInBalance::None));
  const AsGroupId group = grown_group(cloud, {.desire = 5, .terminate = policy});
  const auto all = members(cloud, group);
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{all[3], all[4]});
}

RULE("scale in without a choice takes everybody", {.source = "AS user manual, removing instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 7});
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group).empty());
  CHECK(group_of(cloud, group).current() == 0);
  CHECK(actions(cloud, group).back() == "100..120 NORMAL MANNUAL 7->0 SUCCESS");
}

RULE("a removal policy counts for scale in only: by hand those leave that are named",
     {.source = "AS user manual, removing instances"}) {
  const auto policy = GENERATE(OldConfigOldInstance, OldConfigNewInstance, OldInstance, NewInstance);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .terminate = policy});
  const auto all = members(cloud, group);
  REQUIRE(outcome(cloud.submit(RemoveInstance{all[1], EcsFate::Delete})) == "ok");
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{all[0], all[2]});
}

// ---- Protection ----

RULE("a new member is not protected", {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  protect(cloud, group, members(cloud, group));
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK_FALSE(instance_of(cloud, newest_member(cloud, group)).is_protected);
  CHECK(group_of(cloud, group).protected_members == 1);
}

RULE("protection is lost when a member leaves, and a server that comes back has none",
     {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  protect(cloud, group, members(cloud, group));
  REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).protected_members == 0);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_until_idle(cloud, group);
  CHECK_FALSE(instance_of(cloud, newest_member(cloud, group)).is_protected);
}

RULE("a member whose protection was taken back can leave",
     {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  protect(cloud, group, members(cloud, group));
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 0) == "AS.2010");
  unprotect(cloud, group, members(cloud, group));
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group).empty());
}

// ---- What an ECS leaves behind ----

// How many EIPs and data disks are deleted with an ECS that has one and two of them.
std::vector<int> deleted_with_the_ecs(bool delete_publicip, bool delete_volume) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.configuration = create_configuration(cloud, {.data_disks = 2, .eip_mbit = 5}),
                          .desire = 1,
                          .delete_publicip = delete_publicip,
                          .delete_volume = delete_volume});
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  std::vector<int> deleted{0, 0};
  for (const Resource& each : cloud.resources()) {
    CHECK((each.deleted == kNever) != (each.left_behind == kNever));
    if (each.deleted != kNever) ++deleted[each.kind == ResourceKind::Eip ? 0 : 1];
  }
  return deleted;
}

RULE("EIP and data disks of an ECS that is deleted are kept",
     {.source = "AS API reference, creating a group"}) {
  CHECK(deleted_with_the_ecs(false, false) == std::vector{0, 0});
}

RULE("with delete_publicip the EIP goes with its ECS, and the disks are kept",
     {.source = "AS API reference, creating a group"}) {
  CHECK(deleted_with_the_ecs(true, false) == std::vector{1, 0});
}

RULE("with delete_volume the data disks go with their ECS, and the EIP is kept",
     {.source = "AS API reference, creating a group"}) {
  CHECK(deleted_with_the_ecs(false, true) == std::vector{0, 2});
}

RULE("an ECS that is kept keeps its EIP and its disks, whatever the group says",
     {.source = "AS API reference, removing an instance"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.configuration = create_configuration(cloud, {.data_disks = 2, .eip_mbit = 5}),
                          .desire = 1,
                          .delete_publicip = true,
                          .delete_volume = true});
  REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  run_for(cloud, 1h);
  for (const Resource& each : cloud.resources())
    CHECK((each.left_behind == kNever && each.deleted == kNever));
}

RULE("an ECS that did not come up takes its EIP and its disks with it, whatever the group says",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  enabled_group(
      cloud, {.configuration = create_configuration(cloud, {.data_disks = 1, .eip_mbit = 5}), .desire = 1});
  run_for(cloud, kBoot);
  REQUIRE(cloud.resources().size() == 2);
  for (const Resource& each : cloud.resources()) CHECK(each.deleted == kStart + kBoot);
}

}  // namespace
}  // namespace tidepool::sim
