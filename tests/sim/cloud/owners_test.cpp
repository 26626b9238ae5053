// What owners do to ECSs and networks outside of the service, as the engine sees it.
#include <catch2/catch.hpp>

#include "sim/cloud/invariants.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

Ecs first_of(const Cloud& cloud, AsGroupId group) {
  return {none<ServerId>(), cloud.find(group)->members.front()};
}

const Instance& instance(const Cloud& cloud, std::size_t index) { return cloud.all_instances()[index]; }

}  // namespace

TEST_CASE("an owner's stop is found by the next check, with load balancers after the grace period",
          "[cloud]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(
      cloud, {.desire = 1, .cool_down = {}, .pools = {{kPool, 80, 1}}, .health_minutes = 1, .grace = 600s});
  CHECK(cloud.submit(StopEcs{first_of(cloud, group)}).has_value());
  CHECK(cloud.status_of(first_of(cloud, group)) == EcsStatus::ShutOff);
  run_for(cloud, 540s);
  CHECK(instance(cloud, 0).state == LifecycleState::InService);
  run_for(cloud, 120s);
  CHECK(instance(cloud, 0).health == HealthStatus::Error);
  run_for(cloud, 600s);
  CHECK(instance(cloud, 0).state == LifecycleState::Gone);
  CHECK(cloud.find(group)->in_service == 1);
  CHECK(broken_invariants(cloud).empty());
}

TEST_CASE("an ECS started while its zone is out runs when that ends", "[cloud]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = {}, .health_minutes = 180});
  const Ecs ecs = first_of(cloud, group);
  const FaultId outage = cloud.add_fault(
      {.kind = FaultKind::ZoneOutage, .from = cloud.now(), .until = kNever, .zone = instance(cloud, 0).zone});
  run_for(cloud, 1s);
  CHECK(cloud.status_of(ecs) == EcsStatus::Error);
  CHECK(cloud.submit(StopEcs{ecs}).has_value());
  CHECK(cloud.submit(StartEcs{ecs}).has_value());
  CHECK(cloud.status_of(ecs) == EcsStatus::Error);
  CHECK(cloud.end_fault(outage));
  run_for(cloud, 1s);
  CHECK(cloud.status_of(ecs) == EcsStatus::Active);
}

TEST_CASE("an ECS stopped while its zone is out stays stopped when that ends", "[cloud]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = {}, .health_minutes = 180});
  const Ecs ecs = first_of(cloud, group);
  const FaultId outage = cloud.add_fault(
      {.kind = FaultKind::ZoneOutage, .from = cloud.now(), .until = kNever, .zone = instance(cloud, 0).zone});
  run_for(cloud, 1s);
  CHECK(cloud.submit(StopEcs{ecs}).has_value());
  CHECK(cloud.end_fault(outage));
  run_for(cloud, 1s);
  CHECK(cloud.status_of(ecs) == EcsStatus::ShutOff);
}

TEST_CASE("a copy of a cloud makes the same things with the same ids as the original", "[cloud]") {
  Cloud cloud = a_cloud();
  Cloud copy = cloud;
  const auto make = [](Cloud& in) {
    const auto vpc = in.submit(CreateVpc{"v", "", "192.168.0.0/16"});
    const auto subnet = in.submit(CreateSubnet{*vpc, {"s", "", "192.168.1.0/24", "", true, false, {}}});
    return in.region().vpc(*vpc).id + in.region().subnet(*subnet).neutron_id;
  };
  CHECK(make(cloud) == make(copy));
  CHECK(cloud.journal().fingerprint() == copy.journal().fingerprint());
}

TEST_CASE("what is refused changes nothing", "[cloud]") {
  Cloud cloud = a_cloud();
  grown_group(cloud, {.desire = 1, .cool_down = {}, .pools = {{kPool, 80, 1}}});
  const std::string before = cloud.journal().fingerprint();
  const auto kind = [](const Outcome<void>& done) {
    REQUIRE(done.has_error());
    return done.error().kind;
  };
  CHECK(kind(cloud.submit(DeleteVpc{kVpc})) == RefusalKind::Conflict);
  CHECK(kind(cloud.submit(DeleteSubnet{SubnetId{0}})) == RefusalKind::Conflict);
  CHECK(kind(cloud.submit(DetachSubnet{SubnetId{0}, kVpc})) == RefusalKind::Conflict);
  CHECK(kind(cloud.submit(DetachSubnet{SubnetId{0}, kOtherVpc})) == RefusalKind::NotFound);
  CHECK(kind(cloud.submit(DeletePool{kPool})) == RefusalKind::Conflict);
  CHECK(kind(cloud.submit(DeleteSecurityGroup{SecurityGroupId{0}})) == RefusalKind::Conflict);
  CHECK(kind(cloud.submit(ModifyVpc{kVpc, {}, {}, "192.168.0.0/16"})) == RefusalKind::Conflict);
  CHECK(kind(cloud.submit(DeleteKeyPair{"nobody"})) == RefusalKind::NotFound);
  CHECK(cloud.journal().fingerprint() == before);
  CHECK(cloud.region().find_vpc("vpc") == kVpc);
}

TEST_CASE("what is deleted is found no more, and what comes after has a place of its own", "[cloud]") {
  Cloud cloud = a_cloud();
  const auto vpc = cloud.submit(CreateVpc{"v", "", "192.168.0.0/16"});
  const std::string id = cloud.region().vpc(*vpc).id;
  CHECK(cloud.region().find_vpc(id) == *vpc);
  CHECK(cloud.submit(DeleteVpc{*vpc}).has_value());
  CHECK(cloud.region().find_vpc(id) == none<VpcId>());
  const auto next = cloud.submit(CreateVpc{"v", "", "192.168.0.0/16"});
  CHECK(*next != *vpc);
  CHECK(cloud.region().vpc(*next).id != id);
}

}  // namespace tidepool::sim
