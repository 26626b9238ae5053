// An ECS as both compute services show it, whoever made it.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "sim/cloud/cloud.hpp"

namespace tidepool::api {

/// What there is to tell of an ECS.
struct EcsFacts {
  std::string id, name;
  sim::ZoneId zone{};
  sim::FlavorId flavor = sim::none<sim::FlavorId>();
  sim::ImageId image = sim::none<sim::ImageId>();
  sim::VpcId vpc = sim::none<sim::VpcId>();
  std::vector<sim::SecurityGroupId> security_groups = {};
  std::vector<sim::Disk> disks = {};
  std::string key_name = {};
  sim::Metadata metadata = {};  ///< without secrets
  sim::Time created{};
  sim::EcsStatus status{};
  std::string address = {};
  std::string public_address = {};  ///< of its EIP
};

/// One that exists; is_none() for all other texts.
sim::Ecs find_ecs(const sim::Cloud& cloud, std::string_view id);
std::string ecs_id(const sim::Cloud& cloud, const sim::Ecs& ecs);
std::string zone_of(const sim::Cloud& cloud, const sim::Ecs& ecs);
EcsFacts facts_of(const sim::Cloud& cloud, const sim::Ecs& ecs);

/// 1 is running, 4 is shut down, 0 is neither.
int power_state(sim::EcsStatus status);
/// "active", "stopped", "building", "error".
const char* vm_state(sim::EcsStatus status);

}  // namespace tidepool::api
