// What the VPC service and Neutron do: VPCs, networks, security groups, elastic IPs. A VPC is a router and a network is a
// subnet, so each thing is kept once and both services change the same one.
#include <algorithm>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

constexpr int kWidestBlock = 8, kNarrowestBlock = 28;
constexpr std::string_view kDefaultGroup = "default";

Refusal invalid(std::string message) { return {RefusalKind::Invalid, std::move(message)}; }
Refusal conflict(std::string message) { return {RefusalKind::Conflict, std::move(message)}; }
Refusal not_found(std::string message) { return {RefusalKind::NotFound, std::move(message)}; }

std::string numbered(std::string_view kind, std::size_t index) {
  return index == 0 ? std::string{kind} : fmt::format("{}-{}", kind, index + 1);
}

template <class T>
void take(T& value, const std::optional<T>& given) {
  if (given) value = *given;
}

// 128 bits in the form of a UUID, version 4.
std::string uuid_text(std::uint64_t high, std::uint64_t low) {
  high = (high & ~0xF000ULL) | 0x4000ULL;
  low = (low & ~(3ULL << 62U)) | 2ULL << 62U;
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32U, high >> 16U & 0xFFFFU,
                     high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFULL);
}

std::uint64_t first_address(const Cidr& block) { return block.size() > 16 ? 10 : 2; }
std::uint64_t addresses_for_servers(const Cidr& block) { return block.size() - first_address(block) - 3; }

// What Neutron gives to every new group: everything may go out.
SecurityGroupRule way_out(std::string id, bool ipv6) {
  SecurityGroupRule rule{std::move(id)};
  rule.ingress = false;
  rule.ipv6 = ipv6;
  return rule;
}

}  // namespace

// ---- What all of these share ----

std::string Cloud::new_id(std::string_view kind) {
  Rng rng(seed_, fmt::format("id/{}", kind), ids_given_++);
  const std::uint64_t high = rng.next_u64();
  return uuid_text(high, rng.next_u64());
}

// The region says which things there are. What it leaves open goes by kind and number: vpc, vpc-2, ...
void Cloud::complete_region() {
  const auto name = [](auto& table, std::string_view kind) {
    for (std::size_t i = 0; i < table.size(); ++i)
      if (table[i].name.empty()) table[i].name = numbered(kind, i);
  };
  name(region_.vpcs, "vpc");
  name(region_.subnets, "subnet");
  name(region_.listeners, "listener");
  name(region_.pools, "pool");
  // Clients look for a group called default before anything else.
  if (!region_.security_groups.empty() && region_.security_groups.front().name.empty())
    region_.security_groups.front().name = kDefaultGroup;
  name(region_.security_groups, "security-group");
  for (Vpc& each : region_.vpcs)
    if (each.cidr.empty()) each.cidr = "10.0.0.0/8";
  for (std::size_t i = 0; i < region_.subnets.size(); ++i) {
    Subnet& each = region_.subnets[i];
    each.neutron_id = new_id("neutron-subnet");
    each.neutron_name = each.name;
    each.endless = each.cidr.empty();
    if (each.endless) each.cidr = fmt::format("10.{}.{}.0/20", i % 256, i / 256 % 16 * 16);
    if (each.gateway.empty()) each.gateway = address_text(read_cidr(each.cidr)->base + 1);
  }
  // Whoever looks at a listener or a pool asks for its load balancer next.
  for (Listener& each : region_.listeners)
    if (each.balancer == none<LoadBalancerId>()) each.balancer = declared_balancer(each.vpc);
  for (Pool& each : region_.pools)
    if (each.balancer == none<LoadBalancerId>()) each.balancer = declared_balancer(each.vpc);
  const auto date = [this](auto& table) {
    for (auto& each : table)
      if (each.created == Time{}) each.created = start_;
  };
  date(region_.vpcs);
  date(region_.subnets);
  date(region_.security_groups);
  date(region_.key_pairs);
  date(region_.listeners);
  date(region_.pools);
  date(region_.servers);
}

// The one of that VPC, made if need be; none where the VPC has no subnet.
LoadBalancerId Cloud::declared_balancer(VpcId vpc) {
  for (std::size_t i = 0; i < region_.balancers.size(); ++i)
    if (region_.subnet(region_.balancers[i].subnet).vpc == vpc) return id_at<LoadBalancerId>(i);
  for (std::size_t i = 0; i < region_.subnets.size(); ++i) {
    if (region_.subnets[i].vpc != vpc) continue;
    const auto block = read_cidr(region_.subnets[i].cidr);
    LoadBalancer made{new_id("load-balancer"), numbered("balancer", region_.balancers.size())};
    made.subnet = id_at<SubnetId>(i);
    made.address = address_text(block->base + static_cast<std::uint32_t>(block->size() - 3));
    made.port_id = new_id("port");
    made.created = start_;
    region_.balancers.push_back(std::move(made));
    return id_at<LoadBalancerId>(region_.balancers.size() - 1);
  }
  return none<LoadBalancerId>();
}

// Addresses go up from the tenth (of the smallest blocks from the third), so that few are met twice and none is the
// gateway's. The last three are kept for the service.
std::string Cloud::address_in(SubnetId subnet, std::uint64_t number) const {
  const auto block = read_cidr(region_.subnet(subnet).cidr);
  if (!block) return {};
  return address_text(block->base + static_cast<std::uint32_t>(first_address(*block) +
                                                               number % addresses_for_servers(*block)));
}

// The first of these networks that has no address left, in words.
std::optional<std::string> Cloud::full_subnet(const std::vector<SubnetId>& subnets) const {
  for (const SubnetId wanted : subnets) {
    const Subnet& subnet = region_.subnet(wanted);
    const auto block = read_cidr(subnet.cidr);
    if (subnet.endless || !block) continue;
    std::uint64_t taken = 0;
    for (const Ecs& each : all_ecs()) {
      const auto in = subnets_of(each);
      taken += std::ranges::find(in, wanted) != in.end() ? 1 : 0;
    }
    if (taken >= addresses_for_servers(*block))
      return fmt::format("subnet {} has {} addresses for ECSs, and all are taken", subnet.id,
                         addresses_for_servers(*block));
  }
  return std::nullopt;
}

Outcome<void> Cloud::check_block(const std::string& cidr, std::string_view field) const {
  const auto block = read_cidr(cidr);
  if (!block || block->prefix < kWidestBlock || block->prefix > kNarrowestBlock)
    return invalid(fmt::format("{} {:?}: expected a block of IPv4 addresses from /{} to /{}", field, cidr,
                               kWidestBlock, kNarrowestBlock));
  return {};
}

// Whether a subnet with these addresses may lie in that VPC beside the others.
Outcome<void> Cloud::check_fits(const Cidr& block, VpcId vpc) const {
  const auto around = read_cidr(region_.vpc(vpc).cidr);
  if (around && !around->contains(block))
    return invalid(fmt::format("cidr {}/{}: expected a part of the VPC's {}", address_text(block.base),
                               block.prefix, region_.vpc(vpc).cidr));
  for (const Subnet& each : region_.subnets) {
    const auto other = read_cidr(each.cidr);
    if (each.deleted || each.vpc != vpc || !other || !other->overlaps(block)) continue;
    return invalid(fmt::format("cidr {}/{}: expected no overlap with {} of subnet {}",
                               address_text(block.base), block.prefix, each.cidr, each.id));
  }
  return {};
}

Outcome<SubnetSettings> Cloud::completed(const SubnetSettings& set) const {
  if (auto fault = check_block(set.cidr, "cidr"); !fault) return fault.error();
  const Cidr block = *read_cidr(set.cidr);
  SubnetSettings whole = set;
  if (whole.gateway.empty()) whole.gateway = address_text(block.base + 1);
  const auto gateway = read_address(whole.gateway);
  if (!gateway || !block.contains(*gateway))
    return invalid(fmt::format("gateway_ip {:?}: expected an address in {}", whole.gateway, set.cidr));
  return whole;
}

// ---- VPCs ----

Outcome<VpcId> Cloud::submit(const CreateVpc& request) {
  if (!request.cidr.empty())
    if (auto fault = check_block(request.cidr, "cidr"); !fault) return fault.error();
  const auto id = id_at<VpcId>(region_.vpcs.size());
  region_.vpcs.push_back({new_id("vpc"), request.name, request.description, request.cidr, now(),
                          request.external_gateway, false});
  journal_.write(now(), "network", "vpc#{} made", index_of(id));
  return id;
}

Outcome<void> Cloud::submit(const ModifyVpc& request) {
  if (request.cidr) {
    if (auto fault = check_block(*request.cidr, "cidr"); !fault) return fault;
    const Cidr block = *read_cidr(*request.cidr);
    for (const Subnet& each : region_.subnets) {
      const auto part = read_cidr(each.cidr);
      if (!each.deleted && each.vpc == request.vpc && part && !block.contains(*part))
        return conflict(
            fmt::format("cidr {}: expected to hold {} of subnet {}", *request.cidr, each.cidr, each.id));
    }
  }
  Vpc& vpc = region_.vpcs[index_of(request.vpc)];
  take(vpc.name, request.name);
  take(vpc.description, request.description);
  take(vpc.cidr, request.cidr);
  take(vpc.external_gateway, request.external_gateway);
  journal_.write(now(), "network", "vpc#{} changed", index_of(request.vpc));
  return {};
}

Outcome<void> Cloud::submit(const DeleteVpc& request) {
  for (const Subnet& each : region_.subnets)
    if (!each.deleted && each.vpc == request.vpc)
      return conflict(
          fmt::format("VPC {} is in use: it has the subnet {}", region_.vpc(request.vpc).id, each.id));
  for (const AsGroup& each : groups_)
    if (each.status != GroupStatus::Deleted && each.set.vpc == request.vpc)
      return conflict(
          fmt::format("VPC {} is in use by the AS group {}", region_.vpc(request.vpc).id, each.set.name));
  region_.vpcs[index_of(request.vpc)].deleted = true;
  journal_.write(now(), "network", "vpc#{} deleted", index_of(request.vpc));
  return {};
}

// ---- Subnets and networks ----

Outcome<SubnetId> Cloud::submit(const CreateSubnet& request) {
  const auto set = completed(request.set);
  if (!set) return set.error();
  if (auto fault = check_fits(*read_cidr(set->cidr), request.vpc); !fault) return fault.error();
  const auto made = submit(CreateNetwork{set->name});
  Subnet& subnet = region_.subnets[index_of(*made)];
  subnet.vpc = request.vpc;
  subnet.description = set->description;
  subnet.ipv6 = set->ipv6;
  if (auto fault = submit(AddAddresses{*made, *set}); !fault) return fault.error();
  return *made;
}

Outcome<void> Cloud::submit(const ModifySubnet& request) {
  Subnet& subnet = region_.subnets[index_of(request.subnet)];
  take(subnet.name, request.name);
  take(subnet.neutron_name, request.neutron_name);
  take(subnet.description, request.description);
  take(subnet.dhcp, request.dhcp);
  take(subnet.dns, request.dns);
  journal_.write(now(), "network", "subnet#{} changed", index_of(request.subnet));
  return {};
}

Outcome<void> Cloud::submit(const DeleteSubnet& request) {
  Subnet& subnet = region_.subnets[index_of(request.subnet)];
  if (const auto user = user_of(request.subnet))
    return conflict(fmt::format("subnet {} is in use by {}", subnet.id, *user));
  subnet.deleted = true;
  journal_.write(now(), "network", "subnet#{} deleted", index_of(request.subnet));
  return {};
}

Outcome<SubnetId> Cloud::submit(const CreateNetwork& request) {
  const auto id = id_at<SubnetId>(region_.subnets.size());
  Subnet network{new_id("network")};
  network.name = request.name;
  network.created = now();
  region_.subnets.push_back(std::move(network));
  journal_.write(now(), "network", "subnet#{} made", index_of(id));
  return id;
}

Outcome<void> Cloud::submit(const DeleteNetwork& request) {
  const Subnet& network = region_.subnet(request.network);
  if (network.vpc != none<VpcId>())
    return conflict(fmt::format("network {} is in use: it has an interface at router {}", network.id,
                                region_.vpc(network.vpc).id));
  return submit(DeleteSubnet{request.network});
}

Outcome<void> Cloud::submit(const AddAddresses& request) {
  Subnet& network = region_.subnets[index_of(request.network)];
  if (!network.neutron_id.empty())
    return conflict(fmt::format("network {} has the subnet {} already: expected a network without any",
                                network.id, network.neutron_id));
  const auto set = completed(request.set);
  if (!set) return set.error();
  network.neutron_id = new_id("neutron-subnet");
  network.neutron_name = set->name;
  network.cidr = set->cidr;
  network.gateway = set->gateway;
  network.dhcp = set->dhcp;
  network.dns = set->dns;
  journal_.write(now(), "network", "subnet#{} has the addresses {}", index_of(request.network), network.cidr);
  return {};
}

Outcome<void> Cloud::submit(const RemoveAddresses& request) {
  Subnet& network = region_.subnets[index_of(request.network)];
  if (network.vpc != none<VpcId>())
    return conflict(fmt::format("subnet {} is in use: it has an interface at router {}", network.neutron_id,
                                region_.vpc(network.vpc).id));
  if (const auto user = user_of(request.network))
    return conflict(fmt::format("subnet {} is in use by {}", network.neutron_id, *user));
  network.neutron_id.clear();
  network.cidr.clear();
  network.gateway.clear();
  journal_.write(now(), "network", "subnet#{} has no addresses any more", index_of(request.network));
  return {};
}

Outcome<void> Cloud::submit(const AttachSubnet& request) {
  Subnet& subnet = region_.subnets[index_of(request.subnet)];
  if (subnet.vpc != none<VpcId>())
    return conflict(fmt::format("subnet {} has an interface at router {} already", subnet.neutron_id,
                                region_.vpc(subnet.vpc).id));
  if (auto fault = check_fits(*read_cidr(subnet.cidr), request.vpc); !fault) return fault;
  subnet.vpc = request.vpc;
  journal_.write(now(), "network", "subnet#{} joins vpc#{}", index_of(request.subnet), index_of(request.vpc));
  return {};
}

Outcome<void> Cloud::submit(const DetachSubnet& request) {
  Subnet& subnet = region_.subnets[index_of(request.subnet)];
  if (subnet.vpc != request.vpc)
    return not_found(fmt::format("router {} has no interface on subnet {}", region_.vpc(request.vpc).id,
                                 subnet.neutron_id));
  if (const auto user = user_of(request.subnet))
    return conflict(fmt::format("subnet {} is in use by {}", subnet.neutron_id, *user));
  subnet.vpc = none<VpcId>();
  journal_.write(now(), "network", "subnet#{} leaves vpc#{}", index_of(request.subnet),
                 index_of(request.vpc));
  return {};
}

// Who would lose its network with that subnet.
std::optional<std::string> Cloud::user_of(SubnetId subnet) const {
  for (const AsGroup& each : groups_) {
    const bool uses = std::ranges::any_of(
        each.set.networks, [&](const GroupNetwork& network) { return network.subnet == subnet; });
    if (uses && each.status != GroupStatus::Deleted) return fmt::format("the AS group {}", each.set.name);
  }
  for (const Ecs& each : all_ecs()) {
    const auto in = subnets_of(each);
    if (std::ranges::find(in, subnet) != in.end()) return fmt::format("the server {}", label_of(each));
  }
  for (const LoadBalancer& each : region_.balancers)
    if (!each.deleted && each.subnet == subnet) return fmt::format("the load balancer {}", each.id);
  return std::nullopt;
}

// ---- Security groups ----

Outcome<SecurityGroupId> Cloud::submit(const CreateSecurityGroup& request) {
  if (request.name == kDefaultGroup)
    return conflict(fmt::format("name {}: expected another one, the project has that group", kDefaultGroup));
  const auto id = id_at<SecurityGroupId>(region_.security_groups.size());
  SecurityGroup group{new_id("security-group")};
  group.name = request.name;
  group.description = request.description;
  group.created = now();
  group.rules.push_back(way_out(new_id("rule"), false));
  group.rules.push_back(way_out(new_id("rule"), true));
  region_.security_groups.push_back(std::move(group));
  journal_.write(now(), "network", "security-group#{} made", index_of(id));
  return id;
}

Outcome<void> Cloud::submit(const ModifySecurityGroup& request) {
  SecurityGroup& group = region_.security_groups[index_of(request.group)];
  if (group.name == kDefaultGroup && request.name && *request.name != kDefaultGroup)
    return conflict(fmt::format("security group {} keeps the name {}", group.id, kDefaultGroup));
  take(group.name, request.name);
  take(group.description, request.description);
  journal_.write(now(), "network", "security-group#{} changed", index_of(request.group));
  return {};
}

Outcome<void> Cloud::submit(const DeleteSecurityGroup& request) {
  SecurityGroup& group = region_.security_groups[index_of(request.group)];
  if (group.name == kDefaultGroup)
    return conflict(
        fmt::format("security group {} can't be deleted: it is called {}", group.id, kDefaultGroup));
  if (const auto user = user_of(request.group))
    return conflict(fmt::format("security group {} is in use by {}", group.id, *user));
  group.deleted = true;
  journal_.write(now(), "network", "security-group#{} deleted", index_of(request.group));
  return {};
}

std::optional<std::string> Cloud::user_of(SecurityGroupId group) const {
  const auto has = [&](const std::vector<SecurityGroupId>& in) {
    return std::ranges::find(in, group) != in.end();
  };
  for (const AsGroup& each : groups_)
    if (each.status != GroupStatus::Deleted && has(each.set.security_groups))
      return fmt::format("the AS group {}", each.set.name);
  for (const Ecs& each : all_ecs()) {
    if (has(each.server != none<ServerId>() ? region_.server(each.server).security_groups
                                            : security_groups_of(each.instance)))
      return fmt::format("the server {}", label_of(each));
  }
  return std::nullopt;
}

Outcome<std::string> Cloud::submit(const AddSecurityGroupRule& request) {
  SecurityGroup& group = region_.security_groups[index_of(request.group)];
  SecurityGroupRule rule = request.rule;
  rule.id = new_id("rule");
  group.rules.push_back(rule);
  journal_.write(now(), "network", "security-group#{} has one more rule", index_of(request.group));
  return rule.id;
}

Outcome<void> Cloud::submit(const RemoveSecurityGroupRule& request) {
  auto& rules = region_.security_groups[index_of(request.group)].rules;
  const auto taken =
      std::erase_if(rules, [&](const SecurityGroupRule& each) { return each.id == request.rule; });
  if (taken == 0) return not_found(fmt::format("rule {}: expected one that exists", request.rule));
  journal_.write(now(), "network", "security-group#{} has one rule less", index_of(request.group));
  return {};
}

// ---- Elastic IPs ----

Outcome<PublicIpId> Cloud::submit(const CreatePublicIp& request) {
  if (behaviour_.eip_quota > 0)
    if (const int there = usage().eips; there >= behaviour_.eip_quota)
      return conflict(
          fmt::format("{} EIPs exist: expected fewer than the quota of {}", there, behaviour_.eip_quota));
  const auto id = id_at<PublicIpId>(region_.public_ips.size());
  PublicIp ip;
  ip.id = new_id("eip");
  // 198.18.0.0/15 is set aside for tests.
  constexpr std::uint32_t kFirstPublic = 198U << 24U | 18U << 16U;
  ip.address = address_text(kFirstPublic + 10 + static_cast<std::uint32_t>(index_of(id) % 65'000));
  ip.type = request.type;
  ip.charge_mode = request.charge_mode;
  ip.bandwidth = open_bandwidth({request.bandwidth_name, request.bandwidth_mbit, ShareType::Per});
  bandwidths_[index_of(ip.bandwidth)].ip = id;
  ip.created = now();
  region_.public_ips.push_back(std::move(ip));
  journal_.write(now(), "network", "eip#{} made", index_of(id));
  return id;
}

Ecs Cloud::ecs_of(const PublicIp& ip) const {
  Ecs ecs{ip.server, ip.instance};
  if (ip.instance != none<InstanceId>()) ecs = ecs_of(ip.instance);
  return !ecs.is_none() && exists(ecs) ? ecs : Ecs{};
}

bool Cloud::is_bound(const PublicIp& ip) const {
  if (ip.balancer != none<LoadBalancerId>()) return !region_.balancer(ip.balancer).deleted;
  return !ecs_of(ip).is_none();
}

// An ECS or a load balancer has one EIP at most, whoever gave it.
Outcome<void> Cloud::submit(const BindPublicIp& request) {
  PublicIp& ip = region_.public_ips[index_of(request.ip)];
  if (is_bound(ip))
    return conflict(fmt::format("EIP {} is bound already: expected one that is not", ip.address));
  PublicIp wanted = ip;
  wanted.server = request.server;
  wanted.instance = request.instance;
  wanted.balancer = request.balancer;
  const Ecs target = ecs_of(wanted);
  const bool to_balancer = request.balancer != none<LoadBalancerId>();
  for (const PublicIp& each : region_.public_ips) {
    if (each.deleted || !is_bound(each)) continue;
    const bool same = to_balancer ? each.balancer == request.balancer
                                  : ecs_of(each).server == target.server &&
                                        ecs_of(each).instance == target.instance &&
                                        each.balancer == none<LoadBalancerId>();
    if (same) return conflict(fmt::format("the port has the EIP {} already", each.address));
  }
  for (const Resource& each : resources_)
    if (!to_balancer && each.kind == ResourceKind::Eip && each.deleted == kNever &&
        each.left_behind == kNever)
      if (const Ecs owner = ecs_of(each.instance);
          owner.server == target.server && owner.instance == target.instance)
        return conflict("the port has an EIP of its AS configuration already");
  ip = std::move(wanted);
  journal_.write(now(), "network", "eip#{} bound to {}", index_of(request.ip),
                 to_balancer ? fmt::format("balancer#{}", index_of(request.balancer)) : label_of(target));
  return {};
}

Outcome<void> Cloud::submit(const UnbindPublicIp& request) {
  PublicIp& ip = region_.public_ips[index_of(request.ip)];
  if (!is_bound(ip)) return conflict(fmt::format("EIP {} is bound to nothing", ip.address));
  ip.server = none<ServerId>();
  ip.instance = none<InstanceId>();
  ip.balancer = none<LoadBalancerId>();
  journal_.write(now(), "network", "eip#{} unbound", index_of(request.ip));
  return {};
}

Outcome<void> Cloud::submit(const UnbindEip& request) {
  Resource& eip = resources_[request.resource];
  if (eip.left_behind != kNever) return conflict("this EIP is bound to nothing");
  eip.left_behind = now();
  journal_.write(now(), "network", "the EIP of i{} unbound", index_of(eip.instance));
  return {};
}

Outcome<void> Cloud::submit(const DeletePublicIp& request) {
  PublicIp& ip = region_.public_ips[index_of(request.ip)];
  if (is_bound(ip))
    return conflict(fmt::format("EIP {} is in use: expected one that is bound to nothing", ip.address));
  ip.deleted = true;
  journal_.write(now(), "network", "eip#{} deleted", index_of(request.ip));
  close_bandwidth(ip.bandwidth);
  return {};
}

// What was left behind can be deleted; what a server still has is the server's.
Outcome<void> Cloud::submit(const ReleaseEip& request) {
  Resource& eip = resources_[request.resource];
  if (eip.left_behind == kNever)
    return conflict(fmt::format("this EIP is in use by the server i{}", index_of(eip.instance)));
  eip.deleted = now();
  journal_.write(now(), "network", "the EIP that i{} left behind is deleted", index_of(eip.instance));
  return {};
}

}  // namespace tidepool::sim
