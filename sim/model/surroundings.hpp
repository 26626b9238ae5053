// The things of other services that a project can make and delete: networks, load balancers, servers, keys, addresses.
//
// Their ids are texts, as the services that own them give them out. A place in a table is never used again: what is
// deleted stays there, marked, so that an id of ours stays good for the whole run.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/as_configuration.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// A VPC, which is a router for those who speak Neutron.
struct Vpc {
  std::string id;
  std::string name = {}, description = {};
  std::string cidr = {};  ///< empty for one that was made as a router
  Time created{};
  bool external_gateway = false;  ///< as a router: connected to the external network
  bool deleted = false;
};

/// A network, which is a subnet for those who speak to the VPC service. `vpc` is none while it is part of no VPC.
struct Subnet {
  std::string id;  ///< of the network, and of the subnet in the VPC service
  VpcId vpc = none<VpcId>();
  bool ipv6 = false;
  std::string name = {}, description = {};
  std::string neutron_id = {};  ///< of the Neutron subnet in this network; empty: it has none (yet)
  std::string neutron_name = {};
  std::string cidr = {}, gateway = {};
  bool endless = false;  ///< nobody said which addresses it has, so it never runs out of them
  bool dhcp = true;
  std::vector<std::string> dns = {};
  Time created{};
  bool deleted = false;
};

struct SecurityGroupRule {
  std::string id;
  bool ingress = true;
  bool ipv6 = false;
  std::string protocol = {};       ///< empty: any
  int port_min = 0, port_max = 0;  ///< 0: any
  std::string remote_cidr = {}, remote_group = {};
};

struct SecurityGroup {
  std::string id;
  std::string name = {}, description = {};
  std::vector<SecurityGroupRule> rules = {};
  Time created{};
  bool deleted = false;
};

/// Known by its name; of a deleted one the name can be given again.
struct KeyPair {
  std::string name;
  std::string public_key = {}, fingerprint = {};
  Time created{};
  bool deleted = false;
};

/// An elastic IP (EIP) that somebody made by hand.
struct PublicIp {
  std::string id;
  std::string address;
  std::string type;
  std::string charge_mode;
  BandwidthId bandwidth = none<BandwidthId>();  ///< its own
  Time created{};
  bool deleted = false;
  // What it is bound to: one of these at most.
  ServerId server = none<ServerId>();
  InstanceId instance = none<InstanceId>();
  LoadBalancerId balancer = none<LoadBalancerId>();
};

struct LoadBalancer {
  std::string id;
  std::string name = {}, description = {};
  SubnetId subnet = none<SubnetId>();
  std::string address = {}, port_id = {};
  bool admin_up = true;
  Time created{};
  bool deleted = false;
};

/// Of a load balancer. One that the region declares may belong to none that anybody sees.
struct Listener {
  std::string id;
  VpcId vpc = none<VpcId>();
  std::string name = {}, description = {};
  std::string protocol = "TCP";
  int port = 80;
  LoadBalancerId balancer = none<LoadBalancerId>();
  PoolId default_pool = none<PoolId>();
  int connection_limit = -1;
  bool http2 = false;
  bool admin_up = true;
  Time created{};
  bool deleted = false;
};

/// A backend that was put into a pool by hand. What an AS group puts there is in Cloud::backends().
struct PoolMember {
  std::string id;
  std::string name = {};
  std::string address = {};
  int port = 80;
  int weight = 1;
  SubnetId subnet = none<SubnetId>();
  bool admin_up = true;
};

/// How a load balancer looks at the backends of a pool. Only its settings are kept.
struct HealthMonitor {
  std::string id;  ///< empty: there is none
  std::string name = {};
  std::string type = {};
  int delay = 5, timeout = 3, max_retries = 3;
  bool admin_up = true;
};

/// Backend server group of an enhanced load balancer.
struct Pool {
  std::string id;
  VpcId vpc = none<VpcId>();
  std::string name = {}, description = {};
  std::string protocol = "TCP";
  std::string algorithm = "ROUND_ROBIN";
  LoadBalancerId balancer = none<LoadBalancerId>();
  std::vector<PoolMember> members = {};
  HealthMonitor monitor = {};
  bool admin_up = true;
  Time created{};
  bool deleted = false;
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// An ECS that is in no group of its own: made by hand, or let go by the group that made it. It may be added to a group by hand. Deleted ones stay findable: a group may still count them.
struct Server {
  std::string id;
  std::string name;
  ZoneId zone = none<ZoneId>();
  VpcId vpc = none<VpcId>();
  FlavorId flavor = none<FlavorId>();
  bool active = true;  ///< switched on
  // What a configuration cloned from it takes over; unset where nobody said.
  ImageId image = none<ImageId>();
  std::vector<Disk> disks = {};
  std::vector<SecurityGroupId> security_groups = {};
  std::vector<SubnetId> subnets = {};
  std::string key_name = {};
  Metadata metadata = {};
  Time created{};
  Time ready{};         ///< when it has booted
  bool failed = false;  ///< there was no room for it: it never runs
  InstanceId made_as =
      none<InstanceId>();  ///< of one that a group made: what it was there. It has that one's id and name
};

/// A notification topic that somebody made. Messages reach nobody.
struct Topic {
  std::string name, display_name;
  Time created{};
  bool deleted = false;
};

}  // namespace tidepool::sim
