// The rules of AS configurations.
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/model/shared_rules.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

using Fault = std::optional<Error>;

constexpr std::size_t kMostFlavors = 10;
constexpr std::size_t kMostDisks = 24;
constexpr std::size_t kMostFiles = 5;
constexpr std::size_t kMostFileBytes = 1024;
constexpr std::size_t kMostUserDataBytes = 32 * 1024;
constexpr std::size_t kMostMetadataBytes = 512;
constexpr int kMostEipMbit = 500;
constexpr int kFineEipMbit = 300;  // up to here in steps of 1,
constexpr int kEipStepMbit = 50;   // then of this

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Bytes that valid base64 stands for; empty for text that is none. Source: RFC 4648, section 4.
std::optional<std::size_t> decoded_size(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (text.substr(0, text.size() - padding).find_first_not_of(kBase64) != std::string_view::npos)
    return std::nullopt;
  return text.size() / 4 * 3 - padding;
}

// Whether base64 stands for text: no byte of it is zero.
bool decodes_to_text(std::string_view base64) {
  std::uint32_t bits = 0;
  int held = 0;
  for (const char each : base64.substr(0, base64.find('='))) {
    bits = bits << 6 | static_cast<std::uint32_t>(kBase64.find(each));
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if ((bits >> held & 0xFF) == 0) return false;
  }
  return true;
}

Fault check_flavors(const AsConfiguration& c, const Region& region) {
  if (c.flavors.empty())
    return Error{ErrorCode::FlavorMissing,
                 fmt::format("instance_config.flavorRef is missing: expected 1 to {} flavors", kMostFlavors)};
  if (c.flavors.size() > kMostFlavors)
    return Error{ErrorCode::TooManyFlavors,
                 fmt::format("instance_config.flavorRef with {} flavors: expected 1 to {}", c.flavors.size(),
                             kMostFlavors)};
  for (const FlavorId each : c.flavors)
    if (index_of(each) >= region.flavors.size())
      return Error{ErrorCode::FlavorUnknown, "instance_config.flavorRef: expected flavors of the region"};
  for (const FlavorId each : c.flavors)
    if (region.flavor(each).withdrawn)
      return Error{ErrorCode::FlavorUnavailable,
                   fmt::format("instance_config.flavorRef {}: expected a flavor that is still offered",
                               quoted(region.flavor(each).name))};
  return {};
}

Fault check_image(const AsConfiguration& c, const Region& region) {
  if (c.image == none<ImageId>() && !c.cloned)
    return Error{ErrorCode::ImageMissing, "instance_config.imageRef is missing: expected an existing image"};
  if (c.image != none<ImageId>() && index_of(c.image) >= region.images.size())
    return Error{ErrorCode::ImageUnknown, "instance_config.imageRef: expected an existing image"};
  if (c.image == none<ImageId>()) return {};
  const Image& image = region.images[index_of(c.image)];
  if (image.status == ImageStatus::Queued)
    return Error{ErrorCode::ImageNotActivated,
                 fmt::format("instance_config.imageRef {}: expected an activated image", quoted(image.id))};
  if (image.status == ImageStatus::Unavailable)
    return Error{ErrorCode::ImageUnavailable,
                 fmt::format("instance_config.imageRef {}: expected an available image", quoted(image.id))};
  return {};
}

Fault check_flavor_with_image(const Flavor& flavor, const Image& image) {
  constexpr int kMost32BitMb = 4096;
  const std::string field = fmt::format("instance_config.flavorRef {}", quoted(flavor.name));
  if (flavor.architecture != image.architecture)
    return Error{ErrorCode::ArchitectureMismatch,
                 fmt::format("{}: expected one of the CPU architecture of image {}", field, image.id)};
  if (flavor.memory_mb < image.min_memory_mb)
    return Error{ErrorCode::FlavorImageMismatch,
                 fmt::format("{} with {} MB of memory: expected at least {}, as image {} demands", field,
                             flavor.memory_mb, image.min_memory_mb, image.id)};
  if (image.os_bits == 32 && flavor.memory_mb > kMost32BitMb)
    return Error{ErrorCode::FlavorTooLargeFor32Bit,
                 fmt::format("{} with {} MB of memory: expected at most {}, as image {} is of 32 bits", field,
                             flavor.memory_mb, kMost32BitMb, image.id)};
  return {};
}

// Some zone has to have a flavor, the image and the disks all together, if any zone has the flavor at all.
Fault check_common_zone(const AsConfiguration& c, const Region& region) {
  bool offered = false;
  for (std::size_t i = 0; i < region.zones.size(); ++i) {
    const auto zone = id_at<ZoneId>(i);
    if (std::ranges::none_of(c.flavors, [&](FlavorId each) { return region.offers(zone, each); })) continue;
    offered = true;
    if (region.has_image(zone, c.image) && region.has_disks(zone, c.disks)) return {};
  }
  if (!offered) return {};
  return Error{ErrorCode::ZonesOfPartsDiffer,
               "instance_config: expected flavor, image and disks that one zone has all together"};
}

// What goes together: flavors, image, disks.
Fault check_parts(const AsConfiguration& c, const Region& region) {
  for (const FlavorId id : c.flavors) {
    const Flavor& flavor = region.flavor(id);
    if (c.image != none<ImageId>())
      if (auto fault = check_flavor_with_image(flavor, region.images[index_of(c.image)])) return fault;
    for (std::size_t i = 0; i < c.disks.size() && !flavor.volume_types.empty(); ++i)
      if (std::ranges::find(flavor.volume_types, c.disks[i].volume_type) == flavor.volume_types.end())
        return Error{ErrorCode::DiskTypeNotForFlavor,
                     fmt::format("instance_config.disk[{}].volume_type: expected one that flavor {} can use",
                                 i, flavor.name)};
  }
  return check_common_zone(c, region);
}

// Its image, which only a data disk has.
Fault check_data_disk(const Disk& disk, const std::string& field, const Region& region) {
  if (disk.data_image.empty()) return {};
  if (disk.type == DiskType::System)
    return Error{ErrorCode::DataDiskImageOnSystemDisk,
                 fmt::format("{}.data_disk_image_id {}: expected for disk_type DATA only", field,
                             quoted(disk.data_image))};
  if (!disk.snapshot_id.empty())
    return Error{ErrorCode::DataDiskImageAndSnapshot,
                 fmt::format("{}.data_disk_image_id {}: expected none beside snapshot_id", field,
                             quoted(disk.data_image))};
  const ImageId image = region.find_image(disk.data_image);
  if (image == none<ImageId>())
    return Error{
        ErrorCode::DataDiskImageUnknown,
        fmt::format("{}.data_disk_image_id {}: expected an existing image", field, quoted(disk.data_image))};
  if (region.images[index_of(image)].status != ImageStatus::Active)
    return Error{
        ErrorCode::DataDiskImageUnavailable,
        fmt::format("{}.data_disk_image_id {}: expected an available image", field, quoted(disk.data_image))};
  if (const int least = region.images[index_of(image)].min_disk_gb; disk.size_gb < least)
    return Error{
        ErrorCode::DataDiskTooSmall,
        fmt::format("{}.size {}: expected at least {}, as its image demands", field, disk.size_gb, least)};
  return {};
}

Fault check_disk_metadata(const Disk& disk, const std::string& field) {
  for (const auto& [key, value] : disk.metadata) {
    const bool flag = key == "__system__encrypted";
    if (!flag && key != "__system__cmkid")
      return Error{ErrorCode::MetadataInvalid,
                   fmt::format("{}.metadata {}: expected __system__encrypted and __system__cmkid only", field,
                               quoted(key))};
    if (flag && value != "0" && value != "1")
      return Error{ErrorCode::MetadataInvalid,
                   fmt::format("{}.metadata.{} {}: expected \"0\" or \"1\"", field, key, quoted(value))};
    if (disk.type == DiskType::System)
      return Error{ErrorCode::MetadataInvalid,
                   fmt::format("{}.metadata.{}: expected for disk_type DATA only", field, key)};
  }
  return {};
}

Fault check_disk(const Disk& disk, std::size_t i, const AsConfiguration& c, const Region& region) {
  const std::string field = fmt::format("instance_config.disk[{}]", i);
  const bool system = disk.type == DiskType::System;
  const int least = system ? 1 : 10, most = system ? 1024 : 32'768;
  if (disk.size_gb < least || disk.size_gb > most)
    return Error{ErrorCode::DiskSizeInvalid,
                 fmt::format("{}.size {}: expected {} to {}", field, disk.size_gb, least, most)};
  const int image_least = c.image == none<ImageId>() ? 0 : region.images[index_of(c.image)].min_disk_gb;
  if (system && disk.size_gb < image_least)
    return Error{ErrorCode::SystemDiskTooSmall,
                 fmt::format("{}.size {}: expected at least {}, as the image demands", field, disk.size_gb,
                             image_least)};
  if (auto fault = check_data_disk(disk, field, region)) return fault;
  return check_disk_metadata(disk, field);
}

Fault check_disks(const AsConfiguration& c, const Region& region) {
  if (c.disks.empty()) {
    if (c.cloned) return {};
    return Error{ErrorCode::DiskMissing,
                 "instance_config.disk is missing: expected exactly one with disk_type SYS"};
  }
  if (c.disks.size() > kMostDisks)
    return Error{ErrorCode::TooManyDisks, fmt::format("instance_config.disk with {} items: expected 1 to {}",
                                                      c.disks.size(), kMostDisks)};
  if (const auto system = std::ranges::count(c.disks, DiskType::System, &Disk::type); system != 1)
    return Error{
        ErrorCode::SystemDiskCount,
        fmt::format("instance_config.disk with {} items of disk_type SYS: expected exactly one", system)};
  for (std::size_t i = 0; i < c.disks.size(); ++i)
    if (auto fault = check_disk(c.disks[i], i, c, region)) return fault;
  const auto restored = static_cast<std::size_t>(
      std::ranges::count_if(c.disks, [](const Disk& each) { return !each.snapshot_id.empty(); }));
  if (restored != 0 && restored != c.disks.size())
    return Error{ErrorCode::SnapshotCountMismatch, fmt::format("instance_config.disk: {} of {} items have a "
                                                               "snapshot_id, expected all or none",
                                                               restored, c.disks.size())};
  return {};
}

Fault check_login(const AsConfiguration& c, const Region& region) {
  if (c.key_name.empty())
    return Error{ErrorCode::LoginModeMissing,
                 "instance_config.key_name is missing: expected an existing key pair"};
  if (!region.has_key_pair(c.key_name))
    return Error{
        ErrorCode::KeyPairUnknown,
        fmt::format("instance_config.key_name {}: expected an existing key pair", quoted(c.key_name))};
  return {};
}

Fault check_personality(const AsConfiguration& c) {
  if (c.personality.size() > kMostFiles)
    return Error{ErrorCode::PersonalityInvalid,
                 fmt::format("instance_config.personality with {} items: expected 0 to {}",
                             c.personality.size(), kMostFiles)};
  for (std::size_t i = 0; i < c.personality.size(); ++i) {
    const PersonalityFile& file = c.personality[i];
    const std::string field = fmt::format("instance_config.personality[{}]", i);
    if (file.path.empty())
      return Error{ErrorCode::PersonalityInvalid, field + ".path is empty: expected a file name"};
    const auto size = decoded_size(file.content);
    if (!size || *size == 0 || !decodes_to_text(file.content))
      return Error{ErrorCode::PersonalityInvalid, field + ".content: expected text in base64"};
    if (*size > kMostFileBytes)
      return Error{ErrorCode::PersonalityInvalid,
                   fmt::format("{}.content of {} bytes: expected 1 to {}", field, *size, kMostFileBytes)};
  }
  return {};
}

Fault check_eip(const AsConfiguration& c) {
  if (!c.public_ip) return {};
  if (c.public_ip->ip_type != "5_bgp")
    return Error{ErrorCode::EipTypeInvalid,
                 fmt::format("instance_config.public_ip.eip.ip_type {}: expected 5_bgp",
                             quoted(c.public_ip->ip_type))};
  const int size = c.public_ip->bandwidth_mbit;
  const bool on_step = size <= kFineEipMbit || size % kEipStepMbit == 0;
  if (size < 1 || size > kMostEipMbit || !on_step)
    return Error{
        ErrorCode::EipBandwidthSizeInvalid,
        fmt::format(
            "instance_config.public_ip.eip.bandwidth.size {}: expected 1 to {}, above {} in steps of {}",
            size, kMostEipMbit, kFineEipMbit, kEipStepMbit)};
  return {};
}

Fault check_user_data(const AsConfiguration& c) {
  if (!c.user_data) return {};
  const auto size = decoded_size(*c.user_data);
  if (!size) return Error{ErrorCode::UserDataInvalid, "instance_config.user_data: expected base64"};
  if (*size > kMostUserDataBytes)
    return Error{
        ErrorCode::UserDataInvalid,
        fmt::format("instance_config.user_data of {} bytes: expected 0 to {}", *size, kMostUserDataBytes)};
  return {};
}

// 8 to 26 characters of at least three kinds. The message never shows it.
Fault check_password(std::string_view password) {
  const auto other = [](char c) { return !is_letter(c) && !is_digit(c); };
  const int kinds =
      static_cast<int>(std::ranges::any_of(password, [](char c) { return c >= 'a' && c <= 'z'; })) +
      static_cast<int>(std::ranges::any_of(password, [](char c) { return c >= 'A' && c <= 'Z'; })) +
      static_cast<int>(std::ranges::any_of(password, is_digit)) +
      static_cast<int>(std::ranges::any_of(password, other));
  if (const std::size_t length = characters(password); length >= 8 && length <= 26 && kinds >= 3) return {};
  return Error{
      ErrorCode::AdminPasswordWeak,
      fmt::format("instance_config.metadata.admin_pass of {} characters and {} kinds: expected 8 to 26 "
                  "characters and 3 of lower case, upper case, digits, others",
                  characters(password), kinds)};
}

Fault check_metadata(const AsConfiguration& c) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : c.metadata) {
    bytes += key.size() + value.size();
    if (key.empty() || key.find_first_of(" $.") != std::string::npos)
      return Error{
          ErrorCode::MetadataInvalid,
          fmt::format("instance_config.metadata {}: expected a key without blank, $ and .", quoted(key))};
  }
  if (bytes > kMostMetadataBytes)
    return Error{
        ErrorCode::MetadataInvalid,
        fmt::format("instance_config.metadata of {} bytes: expected 0 to {}", bytes, kMostMetadataBytes)};
  for (const auto& [key, value] : c.metadata)
    if (key == "admin_pass")
      if (auto fault = check_password(value)) return fault;
  return {};
}

}  // namespace

std::optional<Error> validate(const AsConfiguration& configuration, const Region& region) {
  constexpr NameRule kName{"scaling_configuration_name", ErrorCode::ConfigurationNameMissing,
                           ErrorCode::ConfigurationNameTooLong, ErrorCode::ConfigurationNameIllegal};
  if (auto fault = check_name(configuration.name, kName)) return fault;
  if (auto fault = check_flavors(configuration, region)) return fault;
  if (auto fault = check_image(configuration, region)) return fault;
  if (auto fault = check_disks(configuration, region)) return fault;
  if (auto fault = check_parts(configuration, region)) return fault;
  if (auto fault = check_login(configuration, region)) return fault;
  if (auto fault = check_personality(configuration)) return fault;
  if (auto fault = check_eip(configuration)) return fault;
  if (auto fault = check_user_data(configuration)) return fault;
  if (auto fault = check_metadata(configuration)) return fault;
  return check_security_groups(configuration.security_groups, region, "instance_config.security_groups");
}

}  // namespace tidepool::sim
