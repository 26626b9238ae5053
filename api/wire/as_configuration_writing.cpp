// Writing; as_configuration_json.cpp reads.
#include <boost/json/array.hpp>
#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "api/wire/as_configuration_json.hpp"
#include "api/wire/as_configuration_spelling.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using sim::index_of;

constexpr std::string_view kMask = "***";

value or_null(const std::optional<std::string>& text) { return text ? value(*text) : value(nullptr); }

value write_flavors(const sim::AsConfiguration& set, const sim::Region& region) {
  std::string joined;
  for (const sim::FlavorId each : set.flavors) {
    if (!joined.empty()) joined += ',';
    joined += region.flavor(each).name;
  }
  return value(joined);
}

object write_metadata(const std::vector<std::pair<std::string, std::string>>& entries) {
  object out;
  for (const auto& [key, text] : entries) out.emplace(key, key == kPasswordKey ? kMask : text);
  return out;
}

array write_disks(const sim::AsConfiguration& set) {
  array disks;
  for (const sim::Disk& each : set.disks) {
    object disk;
    disk.emplace("size", each.size_gb);
    disk.emplace("volume_type", spelling_of(kVolumeTypes, each.volume_type));
    disk.emplace("disk_type", spelling_of(kDiskTypes, each.type));
    if (!each.data_image.empty()) disk.emplace("data_disk_image_id", each.data_image);
    if (!each.snapshot_id.empty()) disk.emplace("snapshot_id", each.snapshot_id);
    if (!each.metadata.empty()) disk.emplace("metadata", write_metadata(each.metadata));
    disks.push_back(std::move(disk));
  }
  return disks;
}

value write_personality(const sim::AsConfiguration& set) {
  if (set.personality.empty()) return nullptr;
  array files;
  for (const sim::PersonalityFile& each : set.personality) {
    object file;
    file.emplace("path", each.path);
    file.emplace("content", each.content);
    files.push_back(std::move(file));
  }
  return files;
}

value write_public_ip(const sim::AsConfiguration& set) {
  if (!set.public_ip) return nullptr;
  object bandwidth;
  bandwidth.emplace("size", set.public_ip->bandwidth_mbit);
  bandwidth.emplace("share_type", kEipShareType);
  bandwidth.emplace("charging_mode", kEipChargingMode);
  object eip;
  eip.emplace("ip_type", set.public_ip->ip_type);
  eip.emplace("bandwidth", std::move(bandwidth));
  object out;
  out.emplace("eip", std::move(eip));
  return out;
}

array write_security_groups(const sim::AsConfiguration& set, const sim::Region& region) {
  array out;
  for (const sim::SecurityGroupId each : set.security_groups) {
    object group;
    group.emplace("id", region.security_group(each).id);
    out.push_back(std::move(group));
  }
  return out;
}

// Looks like the fingerprint of a key and is always the same for one name; the region holds no keys.
std::string fingerprint_of(std::string_view key_name) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::uint64_t hash = 0xCBF29CE484222325;  // FNV-1a
  const auto stir = [&hash](char byte) { hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3; };
  for (const char each : key_name) stir(each);
  std::string text = "SHA256:";
  for (int i = 0; i < 43; ++i) {
    stir('\0');
    text += kDigits[hash >> 58];
  }
  return text;
}

// All groups that are bound to it, with commas between.
value write_groups(const sim::Cloud& cloud, sim::AsConfigurationId id) {
  const IdText ids{cloud.seed()};
  std::string joined;
  const auto groups = cloud.all_groups();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].status == sim::GroupStatus::Deleted || groups[i].set.configuration != id) continue;
    if (!joined.empty()) joined += ',';
    joined += ids.text(sim::id_at<sim::AsGroupId>(i));
  }
  return joined.empty() ? value(nullptr) : value(joined);
}

object write_instance_config(const sim::AsConfiguration& set, const sim::Region& region) {
  const bool has_image = set.image != sim::none<sim::ImageId>();
  object out;
  out.reserve(20);
  out.emplace("flavorRef", write_flavors(set, region));
  out.emplace("imageRef", has_image ? value(region.images[index_of(set.image)].id) : value(nullptr));
  out.emplace("disk", write_disks(set));
  out.emplace("key_name", set.key_name);
  out.emplace("key_fingerprint", fingerprint_of(set.key_name));
  out.emplace("adminPass", kMask);
  // Both are reserved: null, and empty for one that was cloned.
  out.emplace("instance_name", set.cloned ? value("") : value(nullptr));
  out.emplace("instance_id", set.cloned ? value("") : value(nullptr));
  out.emplace("personality", write_personality(set));
  out.emplace("public_ip", write_public_ip(set));
  out.emplace("user_data", or_null(set.user_data));
  out.emplace("metadata", write_metadata(set.metadata));
  out.emplace("security_groups", write_security_groups(set, region));
  for (const std::string_view reserved : {"server_group_id", "tenancy", "dedicated_host_id"})
    out.emplace(reserved, nullptr);
  out.emplace("market_type", or_null(set.market_type));
  out.emplace("multi_flavor_priority_policy", spelling_of(kFlavorPriorities, set.flavor_priority));
  return out;
}

}  // namespace

boost::json::object write_as_configuration(const sim::Cloud& cloud, sim::AsConfigurationId id,
                                           std::string_view project) {
  assert(cloud.find(id) != nullptr);
  const sim::AsConfiguration& set = *cloud.find(id);
  object out;
  out.emplace("scaling_configuration_id", IdText{cloud.seed()}.text(id));
  out.emplace("tenant", project);
  out.emplace("scaling_configuration_name", set.name);
  out.emplace("create_time", seconds_text(set.create_time));
  out.emplace("scaling_group_id", write_groups(cloud, id));
  out.emplace("instance_config", write_instance_config(set, cloud.region()));
  return out;
}

}  // namespace tidepool::api
