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

RULE("a member is bound to every listener or pool when it is in service", {.source = "AS documents"}) {
  Cloud cloud = a_cloud();
  SECTION("enhanced") {
    const AsGroupId group = enabled_group(
        cloud, {.desire = 2, .pools = {{kPool, 80, 5}, {kPool, 8080, 1}, {kSecondPool, 443, 0}}});
    run_for(cloud, kBoot - 1us);
    CHECK(cloud.backends().empty());
    run_for(cloud, 1us);
    CHECK(backends(cloud) == Lines{"i0 pool 0 port 80 weight 5", "i0 pool 0 port 8080 weight 1",
                                   "i0 pool 1 port 443 weight 0", "i1 pool 0 port 80 weight 5",
                                   "i1 pool 0 port 8080 weight 1", "i1 pool 1 port 443 weight 0"});
    CHECK(instance_of(cloud, members(cloud, group)[0]).bound);
  }
  SECTION("classic") {
    grown_group(cloud, {.desire = 2, .listeners = {kListener, kSecondListener}});
    CHECK(backends(cloud) == Lines{"i0 listener 0", "i0 listener 1", "i1 listener 0", "i1 listener 1"});
  }
  SECTION("none") {
    grown_group(cloud, {.desire = 2});
    CHECK(cloud.backends().empty());
  }
}

RULE("a member that leaves is unbound first, whatever the cause", {.source = "AS documents"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 2, .listeners = {kListener}, .health_minutes = 1, .grace = 0s});
  SECTION("scale in") { set_desire(cloud, group, 1); }
  SECTION("taken out by hand") {
    REQUIRE(outcome(cloud.submit(RemoveInstance{members(cloud, group)[0], EcsFate::Keep})) == "ok");
  }
  SECTION("unhealthy") {
    sickness(cloud, group, Sickness::Offline);
    run_for(cloud, 20s);  // The check at 120 s.
  }
  run_for(cloud, 1s);
  CHECK(members(cloud, group, LifecycleState::Removing) == std::vector{InstanceId{0}});
  CHECK(backends(cloud) == Lines{"i1 listener 0"});
}

RULE("a server added by hand is bound like any other", {.source = "AS API reference"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.pools = {{kPool, 80, 7}}});
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  CHECK(backends(cloud) == Lines{"i0 pool 0 port 80 weight 7"});
}

RULE("the groups of one load balancer each bring their own backends", {.source = ""}) {
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

RULE("by default other load balancers need a group that is empty, idle and not enabled",
     {.source = "AS.2030, AS.2047"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}});
  const std::vector<LbaasListener> other{{kSecondPool, 80, 1}};
  SECTION("disabled and empty: a record of the change, all of its numbers zero") {
    CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, other) == "ok");
    run_for(cloud, 10min);
    CHECK(group_of(cloud, group).set.lbaas_listeners == other);
    REQUIRE(actions(cloud, group).size() == 1);
    const ScalingActivity& log = last_action(cloud, group);
    CHECK(log.type == ActivityType::ModifyElb);
    CHECK(log.status == ActivityStatus::Success);
    CHECK(log.reasons.empty());
    CHECK((log.instance_value == 0 && log.desire_value == 0 && log.scaling_value == 0));
    CHECK(log.bound_pools == other);
    CHECK(log.unbound_pools == std::vector<LbaasListener>{{kPool, 80, 1}});
    CHECK(group_of(cloud, group).cooldown_from == group_of(cloud, group).cooldown_until);
  }
  SECTION("during an action") {
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_for(cloud, 10s);
    CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, other) == "AS.2047");
    CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, {{kPool, 80, 1}}) == "ok");  // No change.
  }
  SECTION("with a member, also when disabled") {
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    run_for(cloud, kBoot);
    CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, other) == "AS.2030");
    disable(cloud, group);
    CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, other) == "AS.2030");
    CHECK(backends(cloud) == Lines{"i0 pool 0 port 80 weight 1"});
  }
}

RULE("where idleness suffices, members move to the new load balancers", {.source = "our decision"}) {
  Behaviour behaviour = prompt(Behaviour::current());
  behaviour.lb_change = LbChange::IdleOnly;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 2, .pools = {{kPool, 80, 1}}});
  const Time window_end = group_of(cloud, group).cooldown_until;
  run_for(cloud, 10s);
  CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, {{kSecondPool, 80, 1}}) == "ok");
  run_for(cloud, 10min);
  CHECK(backends(cloud) == Lines{"i0 pool 1 port 80 weight 1", "i1 pool 1 port 80 weight 1"});
  CHECK(last_action(cloud, group).type == ActivityType::ModifyElb);
  CHECK(group_of(cloud, group).cooldown_until ==
        window_end);  // Such an action opens no window (our decision).

  set_desire(cloud, group, 3);
  run_for(cloud, 10s);
  CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, {{kPool, 80, 1}}) == "AS.2047");
}

RULE("port and weight change at any time", {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}});
  CHECK(change(cloud, group, &ModifyAsGroup::lbaas_listeners, {{kPool, 80, 50}}) == "ok");
  CHECK(backends(cloud) == Lines{"i0 pool 0 port 80 weight 50"});
}

}  // namespace
}  // namespace tidepool::sim
