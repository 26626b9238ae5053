// What clients may ask of the services that surround Auto Scaling, and how those refuse.
//
// A field that may be left out of a change is optional; the thing then keeps what it has.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/ids.hpp"
#include "sim/model/surroundings.hpp"

namespace tidepool::sim {

/// Why such a service refuses: the request itself, or what there is at the moment.
enum class RefusalKind : std::uint8_t { Invalid, NotFound, Conflict };

struct Refusal {
  RefusalKind kind = RefusalKind::Invalid;
  std::string message;
};

[[noreturn]] void throw_exception_from_error(const Refusal& refusal, const boost::source_location& where);

template <class T>
using Outcome = boost::system::result<T, Refusal>;

// ---- VPC and Neutron ----

struct CreateVpc {
  std::string name, description;
  std::string cidr;  ///< empty: none, as routers have
  bool external_gateway = false;
};
struct ModifyVpc {
  VpcId vpc{};
  std::optional<std::string> name = {}, description = {}, cidr = {};
  std::optional<bool> external_gateway = {};
};
struct DeleteVpc {
  VpcId vpc{};
};

/// Addresses of a network.
struct SubnetSettings {
  std::string name, description;
  std::string cidr;
  std::string gateway;  ///< empty: the first address
  bool dhcp = true;
  bool ipv6 = false;
  std::vector<std::string> dns;
};
/// As the VPC service makes one: network, addresses and its place in the VPC in one go.
struct CreateSubnet {
  VpcId vpc{};
  SubnetSettings set;
};
struct ModifySubnet {
  SubnetId subnet{};
  std::optional<std::string> name = {}, neutron_name = {}, description = {};
  std::optional<bool> dhcp = {};
  std::optional<std::vector<std::string>> dns = {};
};
/// As the VPC service deletes one: all of it.
struct DeleteSubnet {
  SubnetId subnet{};
};
/// As Neutron makes one: without addresses and in no VPC.
struct CreateNetwork {
  std::string name;
};
struct DeleteNetwork {
  SubnetId network{};
};
struct AddAddresses {
  SubnetId network{};
  SubnetSettings set;
};
struct RemoveAddresses {
  SubnetId network{};
};
/// Puts a network with addresses into a VPC, or takes it out.
struct AttachSubnet {
  SubnetId subnet{};
  VpcId vpc{};
};
struct DetachSubnet {
  SubnetId subnet{};
  VpcId vpc{};
};

struct CreateSecurityGroup {
  std::string name, description;
};
struct ModifySecurityGroup {
  SecurityGroupId group{};
  std::optional<std::string> name = {}, description = {};
};
struct DeleteSecurityGroup {
  SecurityGroupId group{};
};
struct AddSecurityGroupRule {
  SecurityGroupId group{};
  SecurityGroupRule rule;  ///< its id is given to it
};
struct RemoveSecurityGroupRule {
  SecurityGroupId group{};
  std::string rule;
};

struct CreatePublicIp {
  std::string type;
  std::string bandwidth_name, charge_mode;
  int bandwidth_mbit = 1;
};
struct DeletePublicIp {
  PublicIpId ip{};
};
/// To an ECS, or else to a load balancer.
struct BindPublicIp {
  PublicIpId ip{};
  ServerId server = none<ServerId>();
  InstanceId instance = none<InstanceId>();
  LoadBalancerId balancer = none<LoadBalancerId>();
};
struct UnbindPublicIp {
  PublicIpId ip{};
};
/// One that a group's instance has: the place of it in Cloud::resources(). It stays and is nobody's.
struct UnbindEip {
  std::size_t resource = 0;
};
/// One that a group's instance had: the place of it in Cloud::resources().
struct ReleaseEip {
  std::size_t resource = 0;
};

// ---- Compute ----

struct ImportKeyPair {
  std::string name, public_key, fingerprint;
};
struct DeleteKeyPair {
  std::string name;
};

struct CreateServer {
  std::string name;
  ZoneId zone = none<ZoneId>();  ///< none: the first one that offers the flavor
  FlavorId flavor{};
  ImageId image = none<ImageId>();
  std::vector<SubnetId> subnets;  ///< at least one; all in one VPC
  std::vector<SecurityGroupId> security_groups;
  std::vector<Disk> disks;
  std::string key_name;  ///< empty: none
  Metadata metadata;
};

/// An ECS: one that was made by hand, or one that a group made (also when it has left its group and was kept).
struct Ecs {
  ServerId server = none<ServerId>();
  InstanceId instance = none<InstanceId>();
  bool is_none() const { return server == none<ServerId>() && instance == none<InstanceId>(); }
};

/// Of one that was made by hand; the names of others follow from their configurations.
struct RenameServer {
  ServerId server{};
  std::string name;
};
struct StartEcs {
  Ecs ecs;
};
struct StopEcs {
  Ecs ecs;
};
enum class Reboot : std::uint8_t { Soft, Hard };
struct RebootEcs {
  Ecs ecs;
  Reboot how = Reboot::Soft;
};
struct DeleteEcs {
  Ecs ecs;
};

// ---- Load balancers ----

struct CreateLoadBalancer {
  std::string name, description;
  SubnetId subnet{};
  std::string address;  ///< empty: one of the subnet
  bool admin_up = true;
};
struct ModifyLoadBalancer {
  LoadBalancerId balancer{};
  std::optional<std::string> name = {}, description = {};
  std::optional<bool> admin_up = {};
};
struct DeleteLoadBalancer {
  LoadBalancerId balancer{};
};

struct CreateListener {
  LoadBalancerId balancer{};
  std::string name, description, protocol;
  int port = 80;
  PoolId default_pool = none<PoolId>();
  int connection_limit = -1;
  bool http2 = false, admin_up = true;
};
struct ModifyListener {
  ListenerId listener{};
  std::optional<std::string> name = {}, description = {};
  std::optional<PoolId> default_pool = {};
  std::optional<int> connection_limit = {};
  std::optional<bool> http2 = {}, admin_up = {};
};
struct DeleteListener {
  ListenerId listener{};
};

/// One of listener and balancer at least; of a listener it becomes the default pool.
struct CreatePool {
  LoadBalancerId balancer = none<LoadBalancerId>();
  ListenerId listener = none<ListenerId>();
  std::string name, description, protocol, algorithm;
  bool admin_up = true;
};
struct ModifyPool {
  PoolId pool{};
  std::optional<std::string> name = {}, description = {}, algorithm = {};
  std::optional<bool> admin_up = {};
};
struct DeletePool {
  PoolId pool{};
};
struct AddPoolMember {
  PoolId pool{};
  PoolMember member;  ///< its id is given to it
};
struct ModifyPoolMember {
  PoolId pool{};
  std::string member;
  std::optional<std::string> name = {};
  std::optional<int> weight = {};
  std::optional<bool> admin_up = {};
};
struct RemovePoolMember {
  PoolId pool{};
  std::string member;
};
/// Of a pool that has none.
struct CreateHealthMonitor {
  PoolId pool{};
  HealthMonitor monitor;  ///< its id is given to it
};
struct ModifyHealthMonitor {
  PoolId pool{};
  HealthMonitor monitor;
};
struct DeleteHealthMonitor {
  PoolId pool{};
};

// ---- Notification ----

struct CreateTopic {
  std::string name, display_name;
};
struct ModifyTopic {
  std::string name, display_name;
};
struct DeleteTopic {
  std::string name;
};

/// A question to the ECS service that is answered with a job. It is done when its servers have booted.
struct EcsJob {
  std::string id, type;
  std::vector<Ecs> servers = {};
  std::vector<std::string> failures = {};  ///< why it failed for that server; empty where it did not
  Time begin{};
};

}  // namespace tidepool::sim
