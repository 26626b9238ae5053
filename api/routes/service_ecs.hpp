// An ECS as both compute services show it, whoever made it.
#pragma once

#include <boost/json/object.hpp>
#include <span>
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
  std::span<const sim::Tag> tags = {};  ///< of the group that it was made for
  std::string key_name = {};
  sim::Metadata metadata = {};  ///< without secrets
  sim::Time created{};
  sim::EcsStatus status{};
  std::string address = {}, public_address = {};  ///< empty: none
};

/// One that exists; is_none() for all other texts.
sim::Ecs find_ecs(const sim::Cloud& cloud, std::string_view id);
std::string ecs_id(const sim::Cloud& cloud, const sim::Ecs& ecs);
std::string zone_of(const sim::Cloud& cloud, const sim::Ecs& ecs);
std::vector<sim::SecurityGroupId> security_groups_of(const sim::Cloud& cloud, const sim::Ecs& ecs);
EcsFacts facts_of(const sim::Cloud& cloud, const sim::Ecs& ecs);

/// Its only port, as all services name it.
std::string port_of(const EcsFacts& facts);

/// 1 is running, 4 is shut down, 0 is neither.
int power_state(sim::EcsStatus status);
/// "active", "stopped", "building", "error".
const char* vm_state(sim::EcsStatus status);

}  // namespace tidepool::api
