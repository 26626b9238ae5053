// What is made along with an ECS, what becomes of it, and the mails that the service sends.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

AsConfigurationId with_eip_and_disks(Cloud& cloud) {
  return create_configuration(cloud, {.data_disks = 2, .eip_mbit = 5});
}

TEST_CASE("each ECS gets the EIP and the data disks of its configuration (AS API reference)",
          "[cloud][resources]") {
  Cloud cloud = a_cloud();
  const AsConfigurationId conf = with_eip_and_disks(cloud);
  grown_group(cloud, {.configuration = conf, .desire = 2});
  REQUIRE(cloud.resources().size() == 6);
  int eips = 0, disks = 0;
  for (const Resource& each : cloud.resources()) {
    (each.kind == ResourceKind::Eip ? eips : disks) += 1;
    CHECK(each.size == (each.kind == ResourceKind::Eip ? 5 : 100));
    CHECK(each.created == kStart);
    CHECK((each.left_behind == kNever && each.deleted == kNever));
  }
  CHECK(eips == 2);
  CHECK(disks == 4);
}

TEST_CASE("a configuration without EIP and data disks makes none", "[cloud][resources]") {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 2});
  CHECK(cloud.resources().empty());
}

TEST_CASE(
    "EIP and data disks go with a deleted ECS only where the group says so (delete_publicip, delete_volume)",
    "[cloud][resources]") {
  const bool delete_publicip = GENERATE(false, true);
  const bool delete_volume = GENERATE(false, true);
  CAPTURE(delete_publicip, delete_volume);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.configuration = with_eip_and_disks(cloud),
                                              .desire = 1,
                                              .health_minutes = 1,
                                              .delete_publicip = delete_publicip,
                                              .delete_volume = delete_volume});
  Time end = kStart + 120s;
  SECTION("scale in") { set_desire(cloud, group, 0); }
  SECTION("taken out by hand and deleted") {
    REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Delete})) == "ok");
  }
  SECTION("unhealthy") {
    sickness(cloud, group, Sickness::Stopped);
    end = kStart + 140s;
  }
  SECTION("forced deletion of the group") {
    REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  }
  cloud.run_until(kStart + 150s);
  for (int i = 0; i < 3; ++i) {
    const Resource& each = cloud.resources()[static_cast<std::size_t>(i)];
    const bool goes = each.kind == ResourceKind::Eip ? delete_publicip : delete_volume;
    CHECK(each.deleted == (goes ? end : kNever));
    CHECK(each.left_behind == (goes ? kNever : end));
  }
}

TEST_CASE("an ECS that is kept keeps its EIP and its data disks (AS API reference, removing an instance)",
          "[cloud][resources]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.configuration = with_eip_and_disks(cloud),
                                              .desire = 1,
                                              .delete_publicip = true,
                                              .delete_volume = true});
  REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  run_for(cloud, 1h);
  for (const Resource& each : cloud.resources())
    CHECK((each.left_behind == kNever && each.deleted == kNever));
}

TEST_CASE("the flags that hold are those at the time of the deletion (AS API reference, modifying a group)",
          "[cloud][resources]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.configuration = with_eip_and_disks(cloud), .desire = 1});
  REQUIRE(change(cloud, group, &ModifyAsGroup::delete_volume, true) == "ok");
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  for (const Resource& each : cloud.resources())
    CHECK((each.deleted != kNever) == (each.kind == ResourceKind::DataDisk));
}

TEST_CASE("what a failed launch had made does not stay attached to nothing", "[cloud][resources]") {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.configuration = with_eip_and_disks(cloud),
                                                .desire = 1,
                                                .delete_publicip = true,
                                                .delete_volume = true});
  run_for(cloud, kBoot);
  REQUIRE(last_action(cloud, group).status == ActivityStatus::Fail);
  for (const Resource& each : cloud.resources()) CHECK(each.deleted == kStart + kBoot);
}

TEST_CASE("with EMAIL, one mail follows every scaling action, good or bad (AS API reference, notifications)",
          "[cloud][outbox]") {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .notify = true});
  const AsGroupId silent = enabled_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 300s);  // A failed attempt, then a good one.
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, 1h);
  REQUIRE(cloud.outbox().size() == 3);
  REQUIRE(cloud.activities_of(group).size() == 3);
  REQUIRE(cloud.activities_of(silent).size() == 2);
  for (std::size_t i = 0; i < 3; ++i) {
    const Message& mail = cloud.outbox()[i];
    CHECK(mail.group == group);
    CHECK(mail.activity == cloud.activities_of(group)[i]);
    CHECK(mail.time == cloud.find(mail.activity)->end);
    CHECK_FALSE(mail.subject.empty());
  }
}

}  // namespace
}  // namespace tidepool::sim
