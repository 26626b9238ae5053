#include "sim/model/region.hpp"

#include <algorithm>

namespace tidepool::sim {
namespace {

template <class Id, class Table, class Text>
Id find_by(const Table& table, std::string_view wanted, Text text_of) {
  const auto found = std::ranges::find_if(table, [&](const auto& each) { return text_of(each) == wanted; });
  return found == table.end() ? none<Id>() : id_at<Id>(static_cast<std::size_t>(found - table.begin()));
}

// Of things that can be deleted.
template <class Id, class Table, class Text>
Id find_live(const Table& table, std::string_view wanted, Text text_of) {
  const auto found =
      std::ranges::find_if(table, [&](const auto& each) { return !each.deleted && text_of(each) == wanted; });
  return found == table.end() ? none<Id>() : id_at<Id>(static_cast<std::size_t>(found - table.begin()));
}

const auto kName = [](const auto& each) -> std::string_view { return each.name; };
const auto kId = [](const auto& each) -> std::string_view { return each.id; };
const auto kItself = [](const std::string& each) -> std::string_view { return each; };

}  // namespace

ZoneId Region::find_zone(std::string_view zone_name) const {
  return find_by<ZoneId>(zones, zone_name, kName);
}
FlavorId Region::find_flavor(std::string_view n) const { return find_by<FlavorId>(flavors, n, kName); }
ImageId Region::find_image(std::string_view id) const { return find_by<ImageId>(images, id, kId); }
VpcId Region::find_vpc(std::string_view id) const { return find_live<VpcId>(vpcs, id, kId); }
SubnetId Region::find_subnet(std::string_view id) const { return find_live<SubnetId>(subnets, id, kId); }
SubnetId Region::find_neutron_subnet(std::string_view id) const {
  if (id.empty()) return none<SubnetId>();
  return find_live<SubnetId>(subnets, id,
                             [](const Subnet& each) -> std::string_view { return each.neutron_id; });
}
SecurityGroupId Region::default_security_group() const {
  for (std::size_t i = 0; i < security_groups.size(); ++i)
    if (!security_groups[i].deleted && security_groups[i].name == "default") return id_at<SecurityGroupId>(i);
  return none<SecurityGroupId>();
}

SecurityGroupId Region::find_security_group(std::string_view id) const {
  return find_live<SecurityGroupId>(security_groups, id, kId);
}
LoadBalancerId Region::find_balancer(std::string_view id) const {
  return find_live<LoadBalancerId>(balancers, id, kId);
}
ListenerId Region::find_listener(std::string_view id) const {
  return find_live<ListenerId>(listeners, id, kId);
}
PoolId Region::find_pool(std::string_view id) const { return find_live<PoolId>(pools, id, kId); }
ServerId Region::find_server(std::string_view id) const {
  return id.empty() ? none<ServerId>() : find_by<ServerId>(servers, id, kId);
}
PublicIpId Region::find_public_ip(std::string_view id) const {
  return find_live<PublicIpId>(public_ips, id, kId);
}
EnterpriseProjectId Region::find_enterprise_project(std::string_view id) const {
  return find_by<EnterpriseProjectId>(enterprise_projects, id, kItself);
}

bool Region::has_key_pair(std::string_view key_name) const { return find_key_pair(key_name) != nullptr; }

const KeyPair* Region::find_key_pair(std::string_view key_name) const {
  for (const KeyPair& each : key_pairs)
    if (!each.deleted && each.name == key_name) return &each;
  return nullptr;
}

const Topic* Region::find_topic(std::string_view topic_name) const {
  for (const Topic& each : topics)
    if (!each.deleted && each.name == topic_name) return &each;
  return nullptr;
}

bool Region::has_image(ZoneId zone_id, ImageId image) const {
  if (image == none<ImageId>()) return true;
  const auto& in = images[index_of(image)].zones;
  return in.empty() || std::ranges::find(in, zone_id) != in.end();
}

bool Region::has_disks(ZoneId zone_id, const std::vector<Disk>& disks) const {
  const auto& types = zone(zone_id).volume_types;
  return types.empty() || std::ranges::all_of(disks, [&](const Disk& each) {
           return std::ranges::find(types, each.volume_type) != types.end();
         });
}

bool Region::offers(ZoneId zone_id, FlavorId flavor_id) const {
  const auto& in = flavor(flavor_id).zones;
  return std::ranges::find(in, zone_id) != in.end();
}

}  // namespace tidepool::sim
