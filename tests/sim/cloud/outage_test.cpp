// Zones that are out, and what they do to members, launches and servers.
#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

// ---- Zone outages ----

TEST_CASE("in a zone that is out nothing runs, and what is still there runs again afterwards",
          "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 6});
  disable(cloud, group);
  outage(cloud, kZoneB, cloud.now() + 60s);
  CHECK(serving(cloud, group) == 4);
  run_for(cloud, 60s);
  CHECK(serving(cloud, group) == 6);
}

TEST_CASE("launches in a zone that goes out fail", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 3});
  run_for(cloud, 50s);
  outage(cloud, kZoneB);
  run_for(cloud, 50s);
  CHECK(last_action(cloud, group).status == ActivityStatus::Fail);
  CHECK(last_action(cloud, group).failed.size() == 1);
  CHECK(zone_counts(cloud, group) == std::vector{1, 0, 1});
  run_until_idle(cloud, group);
  CHECK(zone_counts(cloud, group) == std::vector{2, 0, 1});
}

TEST_CASE("members of a zone that is out are replaced in the others (AS user manual, health check)",
          "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 6, .health_minutes = 1});
  outage(cloud, kZoneB);
  run_for(cloud, 10min);
  CHECK(serving(cloud, group) == 6);
  CHECK(zone_counts(cloud, group)[1] == 0);
}

TEST_CASE("a server added by hand is down with its zone, too", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneB)});
  run_for(cloud, kAttach);
  outage(cloud, kZoneB, cloud.now() + 60s);
  CHECK(serving(cloud, group) == 0);
  run_for(cloud, 60s);
  CHECK(serving(cloud, group) == 1);
}

TEST_CASE("an instance runs again only when every fault that stopped it has ended", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .zones = {kZoneA}});
  disable(cloud, group);
  const Time zero = cloud.now();
  Fault stop = a_fault(FaultKind::SickInstances, zero + 10s, zero + 100s);
  stop.group = group;
  Fault out = a_fault(FaultKind::ZoneOutage, zero + 20s, zero + 50s);
  out.zone = kZoneA;
  SECTION("the outage inside the sickness") {}
  SECTION("the sickness inside the outage") { std::swap(stop.until, out.until); }
  SECTION("two outages, one longer than the other") {
    stop = out;
    stop.until = zero + 100s;
  }
  cloud.add_fault(stop);
  cloud.add_fault(out);
  cloud.run_until(zero + 30s);
  CHECK(serving(cloud, group) == 0);
  cloud.run_until(zero + 60s);
  CHECK(serving(cloud, group) == 0);
  cloud.run_until(zero + 101s);
  CHECK(serving(cloud, group) == 1);
}

TEST_CASE("a server that does not run can't be added by hand (AS.4024)", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  const auto adding = [&](ZoneId zone) { return cloud.submit(AddInstances{group, {server_in(zone)}}); };
  SECTION("its zone is out") {
    outage(cloud, kZoneB, cloud.now() + 60s);
    const auto refused = adding(kZoneB);
    REQUIRE(outcome(refused) == "AS.4029");
    CHECK(refused.error().offenders[0].code == ErrorCode::ServerNotActive);
    run_for(cloud, 60s);
    CHECK(outcome(adding(kZoneB)) == "ok");
  }
  SECTION("its ECS was deleted while it was a member") {
    REQUIRE(outcome(adding(kZoneA)) == "ok");
    run_for(cloud, kAttach);
    sickness(cloud, group, Sickness::Deleted);
    set_desire(cloud, group, 0);
    run_until_idle(cloud, group);
    const auto refused = adding(kZoneA);
    REQUIRE(outcome(refused) == "AS.4029");
    CHECK(refused.error().offenders[0].code == ErrorCode::ServerNotActive);
  }
}

TEST_CASE("a server that fails to join is let go, and the group wants one less, but not less than min",
          "[cloud][faults]") {
  struct Row {
    int min, desire;
  };
  const auto row = GENERATE(values<Row>({{0, 0}, {1, 1}}));
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud);
  add_servers(cloud, group, {server_in(kZoneB)});
  REQUIRE(change(cloud, group, &ModifyAsGroup::min, row.min) == "ok");
  outage(cloud, kZoneB);
  run_for(cloud, kAttach);
  CHECK(last_action(cloud, group).status == ActivityStatus::Fail);
  CHECK(group_of(cloud, group).set.desire == row.desire);
  CHECK(cloud.member_of(server_in(kZoneB)) == none<InstanceId>());
}

}  // namespace
}  // namespace tidepool::sim
