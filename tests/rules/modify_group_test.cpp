// Changing a group: which fields may change when, and what a change sets off.
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using rules::with;
using Lines = std::vector<std::string>;

struct Numbers {
  std::optional<int> desire, min, max;
};

ModifyAsGroup numbers(AsGroupId group, const Numbers& wanted) {
  ModifyAsGroup request;
  request.group = group;
  request.desire = wanted.desire;
  request.min = wanted.min;
  request.max = wanted.max;
  return request;
}

// What becomes of a group that desires 4 of 2 to 6.
std::string changed(const Numbers& wanted) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 4, .min = 2, .max = 6});
  const std::string done = outcome(cloud.submit(numbers(group, wanted)));
  const bool ok = done == "ok";
  const AsGroupSettings& set = group_of(cloud, group).set;
  CHECK(set.desire == (ok ? wanted.desire.value_or(4) : 4));
  CHECK(set.min == (ok ? wanted.min.value_or(2) : 2));
  CHECK(set.max == (ok ? wanted.max.value_or(6) : 6));
  return done;
}

RULE("the desired number lies between min and max after a change, both included",
     {.source = "AS API reference, modifying a group"}) {
  CHECK(changed({1, {}, {}}) == "AS.2005");
  CHECK(changed({2, {}, {}}) == "ok");
  CHECK(changed({6, {}, {}}) == "ok");
  CHECK(changed({7, {}, {}}) == "AS.2005");
}

RULE("numbers that change together are held against each other, not against the old ones",
     {.source = "AS API reference, modifying a group"}) {
  CHECK(changed({9, {}, 9}) == "ok");
  CHECK(changed({0, 0, {}}) == "ok");
  CHECK(changed({{}, 7, {}}) == "AS.2004");
  CHECK(changed({9, 7, 9}) == "ok");
}

RULE("max may not be below min after a change", {.source = "AS API reference, modifying a group"}) {
  CHECK(changed({{}, 7, {}}) == "AS.2004");
  CHECK(changed({{}, {}, 1}) == "AS.2004");
}

RULE("max can't be raised above what a group may have",
     {.source = "AS API reference, modifying a group", .knob = "max_instances_per_group = 300"}) {
  CHECK(changed({{}, {}, 300}) == "ok");
  CHECK(changed({{}, {}, 301}) == "AS.2045");
}

RULE("min that is raised above the desired number is refused",
     {.source = "our decision, after error code AS.2005", .knob = "implicit_desire_clamp = false"}) {
  CHECK(changed({{}, 4, {}}) == "ok");
  CHECK(changed({{}, 5, {}}) == "AS.2005");
}

RULE("max that is lowered below the desired number is refused",
     {.source = "our decision, after error code AS.2005", .knob = "implicit_desire_clamp = false"}) {
  CHECK(changed({{}, {}, 4}) == "ok");
  CHECK(changed({{}, {}, 3}) == "AS.2005");
}

// A grown group of 4 of 2 to 6 where min and max take the desired number along.
struct Clamping {
  Cloud cloud = a_cloud(with(&Behaviour::implicit_desire_clamp, true));
  AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2, .max = 6});
  Time begin = cloud.now();

  std::string last() {
    run_until_idle(cloud, group);
    return actions(cloud, group, begin).back();
  }
};

RULE("where min takes the desired number along, raising it scales out",
     {.source = "our decision", .knob = "implicit_desire_clamp = true"}) {
  Clamping world;
  CHECK(change(world.cloud, world.group, &ModifyAsGroup::min, 5) == "ok");
  CHECK(world.last() == "0..100 NORMAL MANNUAL 4->5 SUCCESS");
}

RULE("where max takes the desired number along, lowering it scales in",
     {.source = "our decision", .knob = "implicit_desire_clamp = true"}) {
  Clamping world;
  CHECK(change(world.cloud, world.group, &ModifyAsGroup::max, 3) == "ok");
  CHECK(world.last() == "0..20 NORMAL MANNUAL 4->3 SUCCESS");
}

RULE("limits that the desired number fits do not move it, clamp or not",
     {.source = "our decision", .knob = "implicit_desire_clamp = true"}) {
  Clamping world;
  CHECK(change(world.cloud, world.group, &ModifyAsGroup::max, 4) == "ok");
  CHECK(change(world.cloud, world.group, &ModifyAsGroup::min, 4) == "ok");
  run_for(world.cloud, 1h);
  CHECK(actions(world.cloud, world.group).size() == 1);
}

RULE("a desired number that is asked for is never moved along but must fit",
     {.source = "our decision", .knob = "implicit_desire_clamp = true"}) {
  Clamping world;
  CHECK(outcome(world.cloud.submit(numbers(world.group, {4, 5, {}}))) == "AS.2005");
  CHECK(group_of(world.cloud, world.group).set.min == 2);
}

RULE("max can't take the desired number below the protected instances",
     {.source = "our decision, after error code AS.2010", .knob = "implicit_desire_clamp = true"}) {
  Clamping world;
  protect(world.cloud, world.group, members(world.cloud, world.group));
  CHECK(change(world.cloud, world.group, &ModifyAsGroup::max, 3) == "AS.2010");
  CHECK(group_of(world.cloud, world.group).set.max == 6);
}

RULE("changing min or max alone never scales", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2, .max = 6});
  CHECK(change(cloud, group, &ModifyAsGroup::min, 4) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::max, 9) == "ok");
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == 1);
}

RULE("max may be set below the instances that are still there while they leave", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4, .max = 6});
  set_desire(cloud, group, 2);
  run_for(cloud, 10s);
  REQUIRE(group_of(cloud, group).current() == 4);
  CHECK(change(cloud, group, &ModifyAsGroup::max, 2) == "ok");
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 2);
}

RULE("an unchanged desired number is an error when it is all that is asked for",
     {.source = "AS API reference, error code AS.2028"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 4});
  ModifyAsGroup request = numbers(group, {4, {}, {}});
  request.scope = ModifyScope::DesireOnly;
  CHECK(outcome(cloud.submit(request)) == "AS.2028");
  request.desire = 5;
  CHECK(outcome(cloud.submit(request)) == "ok");
}

RULE("an unchanged desired number is ignored beside other fields, as clients send all of them",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4, .max = 6});
  CHECK(outcome(cloud.submit(numbers(group, {4, {}, 7}))) == "ok");
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).set.max == 7);
  CHECK(actions(cloud, group).size() == 1);
}

RULE("the desired number may not go below the protected instances",
     {.source = "AS API reference, error code AS.2010"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[3]});
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 1) == "AS.2010");
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 2) == "ok");
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{all[0], all[3]});
}

// ---- Zones ----

RULE("zones do not change during an action", {.source = "AS API reference, error code AS.2054"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .zones = {kZoneA}});
  run_for(cloud, 50s);
  CHECK(change(cloud, group, &ModifyAsGroup::zones, {kZoneB}) == "AS.2054");
  CHECK(group_of(cloud, group).set.zones == std::vector{kZoneA});
  run_for(cloud, 50s);
  CHECK(change(cloud, group, &ModifyAsGroup::zones, {kZoneB}) == "ok");
}

RULE("zones change on an enabled group, and nobody moves",
     {.source = "AS API reference, change history of May 2019"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .zones = {kZoneA}});
  set_zones(cloud, group, {kZoneB});
  run_for(cloud, 1h);
  CHECK(zone_counts(cloud, group) == std::vector{2, 0, 0});
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  CHECK(zone_counts(cloud, group) == std::vector{2, 1, 0});
}

RULE("what is sent again as it is stored is no change, whatever the group is doing",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .zones = {kZoneA}, .listeners = {kListener}});
  run_for(cloud, 50s);
  REQUIRE(group_of(cloud, group).is_scaling());
  const AsGroupSettings stored = group_of(cloud, group).set;
  ModifyAsGroup request = numbers(group, {stored.desire, stored.min, stored.max});
  request.zones = stored.zones;
  request.networks = stored.networks;
  request.security_groups = stored.security_groups;
  request.listeners = stored.listeners;
  CHECK(outcome(cloud.submit(request)) == "ok");
}

// ---- Networks and security groups ----

const std::vector<GroupNetwork> kNetworks{{kSecondSubnet, false, std::nullopt}};
const std::vector<SecurityGroupId> kSecurityGroups{kSecondSecurityGroup};

void check_networks(Cloud& cloud, AsGroupId group, const std::string& expected) {
  CHECK(change(cloud, group, &ModifyAsGroup::networks, kNetworks) == expected);
  CHECK(change(cloud, group, &ModifyAsGroup::security_groups, kSecurityGroups) == expected);
  CHECK((group_of(cloud, group).set.networks == kNetworks) == (expected == "ok"));
  CHECK((group_of(cloud, group).set.security_groups == kSecurityGroups) == (expected == "ok"));
}

RULE("networks and security groups change while a group is disabled, empty and idle",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  check_networks(cloud, group, "ok");
}

RULE("networks and security groups change while a group is abnormal, empty and idle",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud);
  sold_out_everywhere(cloud);
  set_desire(cloud, group, 1);
  run_for(cloud, 1min);
  REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  check_networks(cloud, group, "ok");
}

RULE("networks and security groups do not change while a group is enabled, even an empty one",
     {.source = "AS API reference, error code AS.2030"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud);
  check_networks(cloud, group, "AS.2030");
}

RULE("networks and security groups do not change while a group has members, even a disabled one",
     {.source = "AS API reference, error code AS.2030"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  disable(cloud, group);
  check_networks(cloud, group, "AS.2030");
}

RULE("networks and security groups do not change while an action runs, even of a disabled group",
     {.source = "AS API reference, error code AS.2030"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 10s);
  disable(cloud, group);
  check_networks(cloud, group, "AS.2030");
}

RULE("what a group's networks and security groups are counts when an ECS is made",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1});
  check_networks(cloud, group, "ok");
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_until_idle(cloud, group);
  const InstanceId made = newest_member(cloud, group);
  CHECK(cloud.subnets_of(cloud.ecs_of(made)) == std::vector{kSecondSubnet});
  CHECK(cloud.security_groups_of(made) == kSecurityGroups);
}

// ---- Load balancers ----

RULE("the load balancers of a disabled group stay while it has members",
     {.source = "AS API reference, error code AS.2030", .knob = "lb_change = strict"}) {
  Cloud cloud = a_cloud(with(&Behaviour::lb_change, LbChange::Strict));
  const AsGroupId group = grown_group(cloud, {.desire = 1, .listeners = {kListener}});
  disable(cloud, group);
  CHECK(change(cloud, group, &ModifyAsGroup::listeners, {kSecondListener}) == "AS.2030");
  CHECK(cloud.backends_of(kListener) == 1);
}

RULE("the load balancers of an enabled group stay, even while it is empty",
     {.source = "AS API reference, error code AS.2030", .knob = "lb_change = strict"}) {
  Cloud cloud = a_cloud(with(&Behaviour::lb_change, LbChange::Strict));
  const AsGroupId group = enabled_group(cloud);
  CHECK(change(cloud, group, &ModifyAsGroup::listeners, {kListener}) == "AS.2030");
  CHECK_FALSE(group_of(cloud, group).set.has_load_balancer());
}

RULE("where idleness suffices, an enabled group changes its load balancers and members follow",
     {.source = "our decision, after the MODIFY_ELB record", .knob = "lb_change = idle_only"}) {
  Cloud cloud = a_cloud(with(&Behaviour::lb_change, LbChange::IdleOnly));
  const AsGroupId group = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  CHECK(change(cloud, group, &ModifyAsGroup::listeners, {kSecondListener}) == "ok");
  CHECK(cloud.backends_of(kListener) == 0);
  CHECK(cloud.backends_of(kSecondListener) == 2);
}

RULE("a listener without room for all members is not taken",
     {.source = "our decision, after the abnormal groups of the user manual",
      .knob = "listener_backend_limit = 3"}) {
  Behaviour behaviour = with(&Behaviour::lb_change, LbChange::IdleOnly);
  behaviour.listener_backend_limit = 3;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  grown_group(cloud, {.desire = 2, .listeners = {kSecondListener}});
  CHECK(change(cloud, group, &ModifyAsGroup::listeners, {kSecondListener}) == "AS.7012");
  CHECK(change(cloud, group, &ModifyAsGroup::listeners, {kListener, kSecondListener}) == "AS.7012");
  CHECK(cloud.backends_of(kListener) == 2);
  CHECK(cloud.backends_of(kSecondListener) == 2);
}

RULE("load balancers never change during an action, however lenient the service is",
     {.source = "AS API reference, error code AS.2047", .knob = "lb_change = idle_only"}) {
  Cloud cloud = a_cloud(with(&Behaviour::lb_change, LbChange::IdleOnly));
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .listeners = {kListener}});
  run_for(cloud, 50s);
  CHECK(change(cloud, group, &ModifyAsGroup::listeners, {kSecondListener}) == "AS.2047");
}

// ---- Everything else ----

RULE("another configuration serves the next action, not the running one",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_parallel_creates, 1));
  const AsConfigurationId before = create_configuration(cloud, {.name = "before"});
  const AsConfigurationId after = create_configuration(cloud, {.name = "after"});
  const AsGroupId group = enabled_group(cloud, {.configuration = before, .desire = 2});
  run_for(cloud, 50s);
  bind_configuration(cloud, group, after);
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  const auto all = members(cloud, group);
  REQUIRE(all.size() == 3);
  CHECK(instance_of(cloud, all[1]).joined ==
        kStart + 100s);  // Launched after the change, by the action before it.
  CHECK(instance_of(cloud, all[1]).configuration == before);
  CHECK(instance_of(cloud, all[2]).configuration == after);
}

RULE("another removal policy counts from the next scale in on",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .zones = {kZoneA}});
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  const auto all = members(cloud, group);
  CHECK(change(cloud, group, &ModifyAsGroup::terminate_policy, TerminatePolicy::NewInstance) == "ok");
  set_desire(cloud, group, 1);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{all[0]});
}

RULE("fields of other kinds change at any time", {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 50s);
  CHECK(change(cloud, group, &ModifyAsGroup::name, "other") == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::cool_down, 60s) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::notify_by_email, true) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::multi_az_policy, MultiAzPolicy::PickFirst) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::description, "a group") == "ok");
  CHECK(group_of(cloud, group).set.name == "other");
  CHECK(group_of(cloud, group).set.cool_down == 60s);
  CHECK(change(cloud, group, &ModifyAsGroup::cool_down, 86401s) == "AS.2006");
  CHECK(change(cloud, group, &ModifyAsGroup::name, "not a name") == "AS.2022");
  CHECK(group_of(cloud, group).set.name == "other");
}

RULE("another way of checking health counts from the next check on",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}, .audit = HealthAudit::Nova, .grace = 0s});
  sickness(cloud, group, Sickness::Offline);
  cloud.run_until(kStart + 450s);
  CHECK(first_removal_by_check(cloud, group) == nullptr);
  REQUIRE(change(cloud, group, &ModifyAsGroup::health_audit, HealthAudit::Elb) == "ok");
  cloud.run_until(kStart + 600s);
  REQUIRE(first_removal_by_check(cloud, group) != nullptr);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 600s);
}

RULE("a group can be renamed to a name that another group has", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  create_group(cloud, {.name = "one"});
  const AsGroupId other = create_group(cloud, {.name = "other"});
  CHECK(change(cloud, other, &ModifyAsGroup::name, "one") == "ok");
}

RULE("a refused change leaves everything as it was", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 4, .max = 6});
  ModifyAsGroup request = numbers(group, {7, {}, {}});
  request.name = "other";
  request.cool_down = 60s;
  REQUIRE(outcome(cloud.submit(request)) == "AS.2005");
  CHECK(group_of(cloud, group).set.name == "web");
  CHECK(group_of(cloud, group).set.cool_down == 300s);
}

}  // namespace
}  // namespace tidepool::sim
