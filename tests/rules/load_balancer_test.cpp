// Load balancers: who is bound, when, and what changes of the group's settings do.
#include <fmt/format.h>

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
using Lines = std::vector<std::string>;

// "i0 pool 0 port 80 weight 5" or "i0 listener 1".
Lines backends(const Cloud& cloud) {
  Lines lines;
  for (const Backend& each : cloud.backends())
    lines.push_back(each.pool == none<PoolId>()
                        ? fmt::format("i{} listener {}", index_of(each.instance), index_of(each.listener))
                        : fmt::format("i{} pool {} port {} weight {}", index_of(each.instance),
                                      index_of(each.pool), each.protocol_port, each.weight));
  return lines;
}

RULE("a member is bound to each pool of its group, with port and weight",
     {.source = "AS API reference, lbaas_listeners"}) {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 2, .pools = {{kPool, 80, 5}, {kPool, 8080, 1}, {kSecondPool, 443, 0}}});
  CHECK(backends(cloud) == Lines{"i0 pool 0 port 80 weight 5", "i0 pool 0 port 8080 weight 1",
                                 "i0 pool 1 port 443 weight 0", "i1 pool 0 port 80 weight 5",
                                 "i1 pool 0 port 8080 weight 1", "i1 pool 1 port 443 weight 0"});
}

RULE("a member is bound to each classic listener of its group",
     {.source = "AS API reference, lb_listener_id"}) {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 2, .listeners = {kListener, kSecondListener}});
  CHECK(backends(cloud) == Lines{"i0 listener 0", "i0 listener 1", "i1 listener 0", "i1 listener 1"});
}

RULE("a member of a group without load balancers is bound to none",
     {.source = "AS API reference, lb_listener_id"}) {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 2});
  CHECK(cloud.backends().empty());
}

RULE("a member is bound with the step in which it begins to serve",
     {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .listeners = {kListener}});
  run_for(cloud, kBoot - 1us);
  CHECK(cloud.backends().empty());
  run_for(cloud, 1us);
  CHECK(members(cloud, group, LifecycleState::InService).size() == 1);
  CHECK(backends(cloud) == Lines{"i0 listener 0"});
}

RULE("an instance that fails to join was never bound", {.source = "AS user manual, life cycle"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud);
  enabled_group(cloud, {.desire = 1, .listeners = {kListener}});
  run_for(cloud, kBoot);
  CHECK(cloud.backends().empty());
}

RULE("a group's load balancers are in its VPC", {.source = "AS.2016"}) {
  Region region = a_region();
  region.listeners.push_back({"elsewhere", kOtherVpc});
  region.pools.push_back({"elsewhere", kOtherVpc});
  CloudSpec spec;
  spec.region = region;
  Cloud cloud = a_cloud(spec);
  const AsConfigurationId configuration = create_configuration(cloud);
  CHECK(outcome(cloud.submit(a_group({.configuration = configuration, .listeners = {ListenerId{2}}}))) ==
        "AS.2016");
  CHECK(outcome(cloud.submit(a_group({.configuration = configuration, .pools = {{PoolId{2}, 80, 1}}}))) ==
        "AS.2016");
  CHECK(outcome(cloud.submit(a_group({.configuration = configuration, .pools = {{kPool, 80, 1}}}))) == "ok");
}

RULE("a group has classic or enhanced load balancers, never both", {.source = "AS.2026"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId configuration = create_configuration(cloud);
  CHECK(outcome(cloud.submit(a_group(
            {.configuration = configuration, .listeners = {kListener}, .pools = {{kPool, 80, 1}}}))) ==
        "AS.2026");
}

namespace {

// A group of two behind a listener.
struct Bound {
  Cloud cloud = a_cloud();
  AsGroupId group =
      grown_group(cloud, {.desire = 2, .listeners = {kListener}, .health_minutes = 1, .grace = 0s});

  // The first is on its way out, and unbound already.
  void check() {
    CHECK(members(cloud, group, LifecycleState::Removing) == std::vector{InstanceId{0}});
    CHECK(backends(cloud) == Lines{"i1 listener 0"});
  }
};

}  // namespace

RULE("a member that is scaled in is unbound first", {.source = "AS user manual, life cycle"}) {
  Bound world;
  set_desire(world.cloud, world.group, 1);
  run_for(world.cloud, 1s);
  world.check();
}

RULE("a member that is taken out by hand is unbound first",
     {.source = "AS API reference, removing instances"}) {
  Bound world;
  REQUIRE(outcome(world.cloud.submit(RemoveInstance{InstanceId{0}, EcsFate::Keep})) == "ok");
  run_for(world.cloud, 1s);
  world.check();
}

RULE("an unhealthy member is unbound first", {.source = "AS user manual, health check"}) {
  Bound world;
  sickness(world.cloud, world.group, Sickness::Offline);
  run_for(world.cloud, 21s);  // The check at 120 s.
  world.check();
}

RULE("a server added by hand is bound like any other",
     {.source = "AS API reference, batch managing instances"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.pools = {{kPool, 80, 7}}});
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  CHECK(backends(cloud) == Lines{"i0 pool 0 port 80 weight 7"});
}

namespace {

// The ports of pool 0 that others have bound server 0 of zone A to, after a group bound it to port 80 and let it go.
std::vector<int> left_of_bindings_by_hand(const std::vector<int>& ports) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.pools = {{kPool, 80, 7}}});
  for (const int port : ports) {
    PoolMember by_hand;
    by_hand.address = cloud.address_of({server_in(kZoneA)});
    by_hand.port = port;
    REQUIRE(cloud.submit(AddPoolMember{kPool, by_hand}).has_value());
  }
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  REQUIRE(outcome(cloud.submit(RemoveInstance{InstanceId{0}, EcsFate::Keep})) == "ok");
  run_until_idle(cloud, group);
  CHECK(cloud.backends().empty());
  std::vector<int> left;
  for (const PoolMember& each : cloud.region().pool(kPool).members) left.push_back(each.port);
  return left;
}

}  // namespace

RULE("a binding by others that differs from the group's stays when a member is taken out",
     {.source = "AS API reference, batch managing instances"}) {
  CHECK(left_of_bindings_by_hand({8080}) == std::vector{8080});
}

RULE("a binding by others that is the group's own is undone when a member is taken out",
     {.source = "AS API reference, batch managing instances"}) {
  CHECK(left_of_bindings_by_hand({80, 8080}) == std::vector{8080});
}

RULE("the groups of one load balancer each bring and take their own backends",
     {.source = "AS user manual, adding a load balancer"}) {
  Cloud cloud = a_cloud();
  const AsGroupId first = grown_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}});
  const AsGroupId second = grown_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}});
  REQUIRE(cloud.backends().size() == 2);
  CHECK(cloud.backends()[0].group == first);
  CHECK(cloud.backends()[1].group == second);
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{first, ForceDelete::Yes})) == "ok");
  run_for(cloud, 1min);
  REQUIRE(cloud.backends().size() == 1);
  CHECK(cloud.backends()[0].group == second);
}

// ---- Other load balancers for a group that is there ----

namespace {

const std::vector<LbaasListener> kOne{{kPool, 80, 1}}, kOther{{kSecondPool, 80, 1}};

std::string rebind(Cloud& cloud, AsGroupId group, const std::vector<LbaasListener>& pools) {
  return change(cloud, group, &ModifyAsGroup::lbaas_listeners, pools);
}

}  // namespace

RULE("other load balancers leave a record MODIFY_ELB with zero numbers and what was bound and unbound",
     {.source = "AS API reference (V2), scaling action logs"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1, .pools = kOne});
  REQUIRE(rebind(cloud, group, kOther) == "ok");
  run_for(cloud, 10min);
  CHECK(group_of(cloud, group).set.lbaas_listeners == kOther);
  REQUIRE(actions(cloud, group).size() == 1);
  const ScalingActivity& log = last_action(cloud, group);
  CHECK(log.type == ActivityType::ModifyElb);
  CHECK(log.status == ActivityStatus::Success);
  CHECK((log.instance_value == 0 && log.desire_value == 0 && log.scaling_value == 0));
  CHECK(log.bound_pools == kOther);
  CHECK(log.unbound_pools == kOne);
  CHECK(log.reasons.empty());
}

RULE("load balancers that are named as they are do not change, at any time",
     {.source = "Terraform, which sends them each time"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .pools = kOne});
  run_for(cloud, 10s);
  CHECK(rebind(cloud, group, kOne) == "ok");
  run_until_idle(cloud, group);
  CHECK(rebind(cloud, group, kOne) == "ok");
  run_for(cloud, 1min);
  CHECK(actions(cloud, group).size() == 1);
}

RULE("port and weight change at any time", {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .pools = kOne});
  CHECK(rebind(cloud, group, {{kPool, 80, 50}}) == "ok");
  CHECK(backends(cloud) == Lines{"i0 pool 0 port 80 weight 50"});
}

}  // namespace
}  // namespace tidepool::sim
