#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/surroundings.hpp"

namespace tidepool::sim {

/// A length of time that is drawn anew for every use: a boot, a shutdown.
struct DurationDistribution {
  enum class Kind : std::uint8_t { Constant, Uniform, Exponential, LogNormal, Weibull, Measured };
  Kind kind = Kind::Constant;
  /// Constant: the value; Uniform: the least; Exponential: the mean; LogNormal: the median; Weibull: the scale
  Duration first{};
  Duration second{};                 ///< Uniform: the most; LogNormal: the 95th percentile
  double shape = 1;                  ///< Weibull
  std::vector<Duration> measured{};  ///< Measured: each equally likely; one or more
};

enum class Architecture : std::uint8_t { X86, Arm64 };

/// An ECS type. Price in millionths of the run's currency per hour.
struct Flavor {
  std::string name;
  int vcpus = 1;
  int memory_mb = 1024;
  std::int64_t price_millionths_per_hour = 0;
  std::vector<ZoneId> zones;  ///< where it is offered; all zones when the scenario says nothing
  std::optional<DurationDistribution> boot_time;  ///< instead of the region's
  Architecture architecture = Architecture::X86;
  std::vector<VolumeType> volume_types = {};  ///< that go with it; empty: all
  bool withdrawn = false;                     ///< offered to no new configuration
};

/// An availability zone. `capacity[flavor]` bounds the ECSs of that flavor alive at one time; absent: unbounded.
struct AvailabilityZone {
  std::string name;
  std::map<FlavorId, int> capacity;
  std::vector<VolumeType> volume_types = {};  ///< disks that can be had there; empty: all
  bool ipv6 = true;
};

/// Of images: only an active one can be used.
enum class ImageStatus : std::uint8_t { Active, Queued, Unavailable };

/// Of enterprise projects: only an enabled one can get groups.
enum class ProjectStatus : std::uint8_t { Enabled, Disabled, Unavailable };

struct Image {
  std::string id;
  int min_disk_gb = 1;
  int min_memory_mb = 0;
  ImageStatus status = ImageStatus::Active;
  int os_bits = 64;
  Architecture architecture = Architecture::X86;
  std::vector<ZoneId> zones = {};  ///< where it can be had; empty: everywhere
};

/// Everything that lies around the Auto Scaling service and that a group refers to by id. Zones, flavors and images are
/// fixed during a run; everything else is what the project begins with, and Cloud adds to it and marks what is deleted.
struct Region {
  std::string name = "eu-de";
  std::vector<AvailabilityZone> zones;
  std::vector<Flavor> flavors;
  std::vector<Image> images;
  std::vector<KeyPair> key_pairs;
  std::vector<Vpc> vpcs;
  std::vector<Subnet> subnets;
  std::vector<SecurityGroup> security_groups;
  std::vector<LoadBalancer> balancers;
  std::vector<Listener> listeners;
  std::vector<Pool> pools;
  std::vector<Server> servers;
  std::vector<PublicIp> public_ips;
  std::vector<Topic> topics;
  std::vector<std::string> enterprise_projects{"0"};
  std::map<EnterpriseProjectId, ProjectStatus> project_status;  ///< of those that are not enabled
  DurationDistribution boot_time{DurationDistribution::Kind::Constant, std::chrono::seconds{100}, {}};
  DurationDistribution removal_time{DurationDistribution::Kind::Constant, std::chrono::seconds{20}, {}};
  /// Until an ECS that is added by hand is bound and in service.
  DurationDistribution attach_time{DurationDistribution::Kind::Constant, std::chrono::seconds{5}, {}};

  // Lookup by the text that a client uses; none<Id>() when the region has no such thing (any more).
  ZoneId find_zone(std::string_view zone_name) const;
  FlavorId find_flavor(std::string_view flavor_name) const;
  ImageId find_image(std::string_view id) const;
  VpcId find_vpc(std::string_view id) const;
  SubnetId find_subnet(std::string_view id) const;
  /// By the id of the Neutron subnet in it.
  SubnetId find_neutron_subnet(std::string_view neutron_id) const;
  SecurityGroupId find_security_group(std::string_view id) const;
  /// What a server has that names none; none when there is nothing called `default`.
  SecurityGroupId default_security_group() const;
  LoadBalancerId find_balancer(std::string_view id) const;
  ListenerId find_listener(std::string_view id) const;
  PoolId find_pool(std::string_view id) const;
  ServerId find_server(std::string_view id) const;  ///< also a deleted one
  PublicIpId find_public_ip(std::string_view id) const;
  EnterpriseProjectId find_enterprise_project(std::string_view id) const;
  bool has_key_pair(std::string_view key_name) const;
  const KeyPair* find_key_pair(std::string_view key_name) const;
  const Topic* find_topic(std::string_view topic_name) const;

  const Vpc& vpc(VpcId id) const { return vpcs[index_of(id)]; }
  const SecurityGroup& security_group(SecurityGroupId id) const { return security_groups[index_of(id)]; }
  const LoadBalancer& balancer(LoadBalancerId id) const { return balancers[index_of(id)]; }
  const PublicIp& public_ip(PublicIpId id) const { return public_ips[index_of(id)]; }
  const AvailabilityZone& zone(ZoneId id) const { return zones[index_of(id)]; }
  const Flavor& flavor(FlavorId id) const { return flavors[index_of(id)]; }
  const Subnet& subnet(SubnetId id) const { return subnets[index_of(id)]; }
  const Pool& pool(PoolId id) const { return pools[index_of(id)]; }
  const Listener& listener(ListenerId id) const { return listeners[index_of(id)]; }
  const Server& server(ServerId id) const { return servers[index_of(id)]; }
  bool offers(ZoneId zone, FlavorId flavor) const;
  bool has_image(ZoneId zone, ImageId image) const;  ///< also true of none
  bool has_disks(ZoneId zone, const std::vector<Disk>& disks) const;
};

}  // namespace tidepool::sim
