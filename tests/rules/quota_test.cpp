// How many groups, configurations and policies there may be.
#include <catch2/catch.hpp>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

RULE("25 groups fit into a project, and a deleted one makes room", {.source = "AS.2023"}) {
  Cloud cloud = a_cloud();
  const GroupSpec spec{.configuration = create_configuration(cloud)};
  for (int i = 0; i < 25; ++i) create_group(cloud, spec);
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2023");
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{AsGroupId{7}, ForceDelete::No})) == "ok");
  CHECK(outcome(cloud.submit(a_group(spec))) == "ok");
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2023");
}

RULE("100 configurations fit into a project", {.source = "AS.1024"}) {
  Cloud cloud = a_cloud();
  for (int i = 0; i < 100; ++i) create_configuration(cloud);
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "AS.1024");
  REQUIRE(outcome(cloud.submit(DeleteAsConfiguration{AsConfigurationId{0}})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "ok");
}

RULE("50 policies fit into a group, and each group has its own 50", {.source = "AS.3032"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  const AsGroupId other = create_group(cloud);
  for (int i = 0; i < 50; ++i) create_policy(cloud, group, a_policy());
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "AS.3032");
  CHECK(outcome(cloud.submit(CreateAsPolicy{other, a_policy()})) == "ok");
  REQUIRE(outcome(cloud.submit(DeleteAsPolicy{AsPolicyId{0}})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "ok");
}

RULE("the quotas can be set", {.source = "our decision"}) {
  Behaviour behaviour = Behaviour::classic();
  behaviour.group_quota = behaviour.configuration_quota = behaviour.policy_quota = 1;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = create_group(cloud);
  create_policy(cloud, group, a_policy());
  CHECK(outcome(cloud.submit(a_group({.configuration = AsConfigurationId{0}}))) == "AS.2023");
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "AS.1024");
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
     {.source = "our decision"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.instance_quota = 2;
  Cloud cloud = a_cloud(behaviour);
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

RULE("each quota has its code, and what fits under it is launched", {.source = "AS.7112 to AS.7115"}) {
  struct Row {
    int Behaviour::*quota;
    int value;
    ErrorCode code;
  };
  const auto row =
      GENERATE(values<Row>({{&Behaviour::disk_quota, 5, ErrorCode::DiskQuotaExhausted},
                            {&Behaviour::eip_quota, 2, ErrorCode::EipQuotaExhausted},
                            {&Behaviour::memory_quota_mb, 4096 + 2047, ErrorCode::MemoryQuotaExhausted},
                            {&Behaviour::vcpu_quota, 2, ErrorCode::VcpuQuotaExhausted}}));
  Behaviour behaviour = behaviour_under_test();
  behaviour.*row.quota = row.value;
  Cloud cloud = a_cloud(behaviour);
  const AsConfigurationId configuration = create_configuration(cloud, {.data_disks = 1, .eip_mbit = 5});
  const AsGroupId group = enabled_group(cloud, {.configuration = configuration, .desire = 3});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(group_of(cloud, group).current() == 2);
  CHECK(last_action(cloud, group).failed.at(0).code == row.code);
}

RULE("a subnet of few addresses runs out of them, for groups and by hand", {.source = "AS.7019"}) {
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

RULE("a key pair or security group that was deleted fails the launches that need it",
     {.source = "AS.7022, AS.2014"}) {
  Cloud cloud = a_cloud(behaviour_under_test());
  AsConfiguration set = a_configuration();
  const auto own = cloud.submit(CreateSecurityGroup{"own", {}});
  REQUIRE(own.has_value());
  set.security_groups = {*own};
  const auto configuration = cloud.submit(CreateAsConfiguration{set});
  REQUIRE(configuration.has_value());
  ErrorCode expected{};
  SECTION("the key pair") {
    REQUIRE(cloud.submit(DeleteKeyPair{"key"}).has_value());
    expected = ErrorCode::KeyPairUnknown;
  }
  SECTION("the security group") {
    REQUIRE(cloud.submit(DeleteSecurityGroup{*own}).has_value());
    expected = ErrorCode::SecurityGroupUnknown;
  }
  const AsGroupId group = enabled_group(cloud, {.configuration = *configuration, .desire = 1});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(last_action(cloud, group).failed.at(0).code == expected);
}

RULE("launches pass by zones that lack image or disks", {.source = "AS.2043, our decision"}) {
  Region region = a_region();
  region.zones[0].volume_types = {VolumeType::Ssd};
  Cloud cloud = a_cloud({.behaviour = behaviour_under_test(), .region = region});
  const AsGroupId group = enabled_group(cloud, {.desire = 4, .zones = {kZoneA, kZoneB}});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).current() == 4);
  for (const Instance& each : cloud.all_instances()) CHECK(each.zone == kZoneB);
}

}  // namespace
}  // namespace tidepool::sim
