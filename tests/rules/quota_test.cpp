// How many groups, configurations and policies there may be.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using rules::with;

RULE("25 groups fit into a project, and a deleted one makes room",
     {.source = "AS user manual, quotas, error code AS.2023", .knob = "group_quota = 25"}) {
  Cloud cloud = a_cloud();
  const GroupSpec spec{.configuration = create_configuration(cloud)};
  for (int i = 0; i < 25; ++i) create_group(cloud, spec);
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2023");
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{AsGroupId{7}, ForceDelete::No})) == "ok");
  CHECK(outcome(cloud.submit(a_group(spec))) == "ok");
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2023");
}

RULE("a group that is being deleted counts until it is gone",
     {.source = "our decision", .knob = "group_quota = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::group_quota, 1));
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const GroupSpec spec{.configuration = group_of(cloud, group).set.configuration};
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2023");
  run_for(cloud, kRemoval);
  CHECK(outcome(cloud.submit(a_group(spec))) == "ok");
}

RULE("100 configurations fit into a project, and a deleted one makes room",
     {.source = "AS user manual, quotas, error code AS.1024", .knob = "configuration_quota = 100"}) {
  Cloud cloud = a_cloud();
  for (int i = 0; i < 100; ++i) create_configuration(cloud);
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "AS.1024");
  REQUIRE(outcome(cloud.submit(DeleteAsConfiguration{AsConfigurationId{0}})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "ok");
}

RULE("the quota of configurations is the project's",
     {.source = "our decision", .knob = "configuration_quota = 2"}) {
  Cloud cloud = a_cloud(with(&Behaviour::configuration_quota, 2));
  create_configuration(cloud);
  create_configuration(cloud);
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "AS.1024");
}

RULE("50 policies fit into a group, and each group has its own 50",
     {.source = "AS user manual, quotas, error code AS.3032", .knob = "policy_quota = 50"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  const AsGroupId other = create_group(cloud);
  for (int i = 0; i < 50; ++i) create_policy(cloud, group, a_policy());
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "AS.3032");
  CHECK(outcome(cloud.submit(CreateAsPolicy{other, a_policy()})) == "ok");
  REQUIRE(outcome(cloud.submit(DeleteAsPolicy{AsPolicyId{0}})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "ok");
}

RULE("a policy that has fired for the last time still counts",
     {.source = "our decision", .knob = "policy_quota = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::policy_quota, 1));
  const AsGroupId group = create_group(cloud);
  create_policy(cloud, group, a_scheduled_policy(kStart + 1min));
  run_for(cloud, 1h);
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "AS.3032");
}

// ---- What quotas of other services bound ----

CreateServer a_server() {
  CreateServer request;
  request.name = "by-hand";
  request.flavor = kSmall;
  request.image = ImageId{0};
  request.subnets = {SubnetId{0}};
  request.disks = {{40, VolumeType::Sata, DiskType::System, {}, {}, {}}};
  return request;
}

RULE("ECSs made by hand count as those of groups do, and what the region declares does not",
     {.source = "our decision", .knob = "instance_quota = 2"}) {
  Cloud cloud = a_cloud(with(&Behaviour::instance_quota, 2));
  const auto made = cloud.submit(a_server());
  REQUIRE(made.has_value());
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(last_action(cloud, group).failed.at(0).code == ErrorCode::EcsQuotaExhausted);
  CHECK(cloud.usage().ecs == 2);
  const auto refused = cloud.submit(a_server());
  REQUIRE(refused.has_error());
  CHECK(refused.error().kind == RefusalKind::Conflict);
  CHECK(refused.error().message == "2 ECSs exist, 1 more would pass the quota of 2");
  REQUIRE(cloud.submit(DeleteEcs{{*made}}).has_value());
  CHECK(cloud.submit(a_server()).has_value());
}

RULE("the quota of ECSs counts those of all groups, and one that is deleted makes room",
     {.source = "AS API reference, error code AS.7111", .knob = "instance_quota = 3"}) {
  Cloud cloud = a_cloud(with(&Behaviour::instance_quota, 3));
  const AsGroupId first = grown_group(cloud, {.desire = 3});
  const AsGroupId second = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 1min);
  CHECK(last_action(cloud, second).failed.at(0).code == ErrorCode::EcsQuotaExhausted);
  set_desire(cloud, first, 2);
  run_until_idle(cloud, first);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{second})) == "ok");
  run_until_idle(cloud, second);
  CHECK(group_of(cloud, second).current() == 1);
}

// How a group of three ends whose members have a disk besides the system's, an EIP, 1 vCPU and 2048 MB each.
struct Bounded {
  int got = 0;
  std::string code;
  friend bool operator==(const Bounded&, const Bounded&) = default;
};

Bounded three_under(int Behaviour::*quota, int value) {
  Cloud cloud = a_cloud(with(quota, value));
  const AsConfigurationId configuration = create_configuration(cloud, {.data_disks = 1, .eip_mbit = 5});
  const AsGroupId group = enabled_group(cloud, {.configuration = configuration, .desire = 3});
  run_for(cloud, 1h);
  const auto& failed = last_action(cloud, group).failed;
  CHECK((group_of(cloud, group).status == GroupStatus::Error) == !failed.empty());
  return {group_of(cloud, group).current(), failed.empty() ? "" : code_text(failed[0].code)};
}

RULE("system disks and data disks count against the quota of disks, all of an ECS or none",
     {.source = "AS API reference, error code AS.7112", .knob = "disk_quota = 5"}) {
  CHECK(three_under(&Behaviour::disk_quota, 5) == Bounded{2, "AS.7112"});
  CHECK(three_under(&Behaviour::disk_quota, 6) == Bounded{3, ""});
}

RULE("each ECS with an EIP counts against the quota of EIPs",
     {.source = "AS API reference, error code AS.7113", .knob = "eip_quota = 2"}) {
  CHECK(three_under(&Behaviour::eip_quota, 2) == Bounded{2, "AS.7113"});
  CHECK(three_under(&Behaviour::eip_quota, 3) == Bounded{3, ""});
}

RULE("the memory of all ECSs together is bounded",
     {.source = "AS API reference, error code AS.7114", .knob = "memory_quota_mb = 6143"}) {
  CHECK(three_under(&Behaviour::memory_quota_mb, 6143) == Bounded{2, "AS.7114"});
  CHECK(three_under(&Behaviour::memory_quota_mb, 6144) == Bounded{3, ""});
}

RULE("the vCPUs of all ECSs together are bounded",
     {.source = "AS API reference, error code AS.7115", .knob = "vcpu_quota = 2"}) {
  CHECK(three_under(&Behaviour::vcpu_quota, 2) == Bounded{2, "AS.7115"});
  CHECK(three_under(&Behaviour::vcpu_quota, 3) == Bounded{3, ""});
}

RULE("an EIP that was left behind counts against the quota of EIPs",
     {.source = "our decision", .knob = "eip_quota = 1"}) {
  Cloud cloud = a_cloud(with(&Behaviour::eip_quota, 1));
  const AsConfigurationId configuration = create_configuration(cloud, {.eip_mbit = 5});
  const AsGroupId group = grown_group(cloud, {.configuration = configuration, .desire = 1});
  set_desire(cloud, group, 0);
  run_until_idle(cloud, group);
  set_desire(cloud, group, 1);
  run_for(cloud, kBoot);
  CHECK(last_action(cloud, group).failed.at(0).code == ErrorCode::EipQuotaExhausted);
}

RULE("a quota of 0 bounds no ECSs", {.source = "our decision", .knob = "instance_quota = 0"}) {
  CHECK(three_under(&Behaviour::instance_quota, 0) == Bounded{3, ""});
}

RULE("a quota of 0 bounds no disks", {.source = "our decision", .knob = "disk_quota = 0"}) {
  CHECK(three_under(&Behaviour::disk_quota, 0) == Bounded{3, ""});
}

RULE("a quota of 0 bounds no EIPs", {.source = "our decision", .knob = "eip_quota = 0"}) {
  CHECK(three_under(&Behaviour::eip_quota, 0) == Bounded{3, ""});
}

RULE("a quota of 0 bounds no memory", {.source = "our decision", .knob = "memory_quota_mb = 0"}) {
  CHECK(three_under(&Behaviour::memory_quota_mb, 0) == Bounded{3, ""});
}

RULE("a quota of 0 bounds no vCPUs", {.source = "our decision", .knob = "vcpu_quota = 0"}) {
  CHECK(three_under(&Behaviour::vcpu_quota, 0) == Bounded{3, ""});
}

RULE("a subnet of few addresses runs out of them, for groups and by hand",
     {.source = "AS user manual, abnormal groups, error code AS.7019"}) {
  Region region = a_region();
  region.servers.clear();
  region.subnets[0].cidr = "10.0.0.0/28";  // 16 but for two at the beginning and three at the end
  Cloud cloud = a_cloud({.behaviour = behaviour_under_test(), .region = region});
  const AsGroupId group = enabled_group(cloud, {.desire = 12, .max = 20});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).current() == 11);
  CHECK(last_action(cloud, group).failed.at(0).code == ErrorCode::SubnetAddressesExhausted);
  CHECK(cloud.submit(a_server()).has_error());
}

RULE("a security group that was deleted fails the launches of configurations that name it",
     {.source = "our decision, error code AS.2014"}) {
  Cloud cloud = a_cloud();
  AsConfiguration set = a_configuration();
  const auto own = cloud.submit(CreateSecurityGroup{"own", {}});
  REQUIRE(own.has_value());
  set.security_groups = {*own};
  const auto configuration = cloud.submit(CreateAsConfiguration{set});
  REQUIRE(configuration.has_value());
  const AsGroupId group = enabled_group(cloud, {.configuration = *configuration});
  REQUIRE(cloud.submit(DeleteSecurityGroup{*own}).has_value());
  set_desire(cloud, group, 1);
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(last_action(cloud, group).failed.at(0).code == ErrorCode::SecurityGroupUnknown);
}

RULE("launches pass by a zone that lacks the type of a disk",
     {.source = "AS user manual, abnormal groups, error code AS.2043"}) {
  Region region = a_region();
  region.zones[0].volume_types = {VolumeType::Ssd};
  Cloud cloud = a_cloud({.behaviour = behaviour_under_test(), .region = region});
  const AsGroupId group = grown_group(cloud, {.desire = 4, .zones = {kZoneA, kZoneB}});
  CHECK(zone_counts(cloud, group) == std::vector{0, 4, 0});
}

RULE("a type of disk that no zone of a group has keeps it from being enabled",
     {.source = "AS user manual, abnormal groups, error code AS.2043"}) {
  Region region = a_region();
  region.zones[0].volume_types = {VolumeType::Ssd};
  Cloud cloud = a_cloud({.behaviour = behaviour_under_test(), .region = region});
  const AsGroupId group = create_group(cloud, {.desire = 1, .zones = {kZoneA}});
  CHECK(outcome(cloud.submit(ResumeAsGroup{group})) == "AS.2043");
}

RULE("a type of disk that no zone of a group has makes the group abnormal",
     {.source = "AS user manual, abnormal groups, error code AS.2043"}) {
  Region region = a_region();
  region.zones[0].volume_types = {VolumeType::Ssd};
  Cloud cloud = a_cloud({.behaviour = behaviour_under_test(), .region = region});
  const AsGroupId group = enabled_group(cloud, {.zones = {kZoneA, kZoneB}});
  set_zones(cloud, group, {kZoneA});
  set_desire(cloud, group, 1);
  run_for(cloud, 1min);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(last_action(cloud, group).failed.at(0).code == ErrorCode::DiskTypeSoldOut);
}

RULE("a group's zones must have its configuration's image",
     {.source = "AS API reference, error code AS.1088"}) {
  Region region = a_region();
  region.images[0].zones = {kZoneB};
  Cloud cloud = a_cloud({.behaviour = behaviour_under_test(), .region = region});
  GroupSpec spec{.configuration = create_configuration(cloud), .zones = {kZoneA, kZoneB}};
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.1088");
  spec.zones = {kZoneB};
  CHECK(outcome(cloud.submit(a_group(spec))) == "ok");
}

}  // namespace
}  // namespace tidepool::sim
