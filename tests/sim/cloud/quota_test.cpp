// How many groups, configurations and policies there may be.
#include <catch2/catch.hpp>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

TEST_CASE("25 groups fit into a project, and a deleted one makes room (AS.2023)", "[cloud][groups]") {
  Cloud cloud = a_cloud();
  const GroupSpec spec{.configuration = create_configuration(cloud)};
  for (int i = 0; i < 25; ++i) create_group(cloud, spec);
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2023");
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{AsGroupId{7}, ForceDelete::No})) == "ok");
  CHECK(outcome(cloud.submit(a_group(spec))) == "ok");
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2023");
}

TEST_CASE("100 configurations fit into a project (AS.1024)", "[cloud][groups]") {
  Cloud cloud = a_cloud();
  for (int i = 0; i < 100; ++i) create_configuration(cloud);
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "AS.1024");
  REQUIRE(outcome(cloud.submit(DeleteAsConfiguration{AsConfigurationId{0}})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "ok");
}

TEST_CASE("50 policies fit into a group, and each group has its own 50 (AS.3032)", "[cloud][groups]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  const AsGroupId other = create_group(cloud);
  for (int i = 0; i < 50; ++i) create_policy(cloud, group, a_policy());
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "AS.3032");
  CHECK(outcome(cloud.submit(CreateAsPolicy{other, a_policy()})) == "ok");
  REQUIRE(outcome(cloud.submit(DeleteAsPolicy{AsPolicyId{0}})) == "ok");
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "ok");
}

TEST_CASE("the quotas can be set (our decision)", "[cloud][groups]") {
  Behaviour behaviour = Behaviour::classic();
  behaviour.group_quota = behaviour.configuration_quota = behaviour.policy_quota = 1;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = create_group(cloud);
  create_policy(cloud, group, a_policy());
  CHECK(outcome(cloud.submit(a_group({.configuration = AsConfigurationId{0}}))) == "AS.2023");
  CHECK(outcome(cloud.submit(CreateAsConfiguration{a_configuration()})) == "AS.1024");
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_policy()})) == "AS.3032");
}

}  // namespace
}  // namespace tidepool::sim
