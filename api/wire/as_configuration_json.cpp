// Reading; as_configuration_writing.cpp writes.
#include "api/wire/as_configuration_json.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "api/wire/as_configuration_spelling.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;
using sim::none;

constexpr std::size_t kMostToDelete = 50;

// What is known of an existing ECS; the rest is unset.
struct Ecs {
  sim::FlavorId flavor = none<sim::FlavorId>();
  sim::ImageId image = none<sim::ImageId>();
  std::vector<sim::Disk> disks;
  std::vector<sim::SecurityGroupId> security_groups;
};

// A server of the region, in a group or not, or an ECS that the service made and that still exists.
std::optional<Ecs> find_ecs(const sim::Cloud& cloud, std::string_view id) {
  const sim::Region& region = cloud.region();
  if (const auto server = find_server(cloud, id); server != none<sim::ServerId>()) {
    if (!cloud.exists(server)) return std::nullopt;
    const sim::Server& found = region.server(server);
    return Ecs{found.flavor, found.image, found.disks, found.security_groups};
  }
  const auto made = find_instance(cloud, id);
  if (made == none<sim::InstanceId>()) return std::nullopt;
  const sim::Instance& instance = cloud.all_instances()[sim::index_of(made)];
  if (instance.ecs_deleted <= cloud.now()) return std::nullopt;
  const sim::AsConfiguration& by = cloud.all_configurations()[sim::index_of(instance.configuration)];
  return Ecs{instance.flavor, by.image, by.disks, by.security_groups};
}

// ---- Members of instance_config; what is absent leaves the configuration as it is ----

void read_flavors(const Fields& fields, const sim::Region& region, sim::AsConfiguration& set) {
  auto rest = fields.text("flavorRef");
  if (!rest) return;
  set.flavors.clear();
  while (!rest->empty()) {
    const auto name = rest->substr(0, rest->find(','));
    const bool last = name.size() == rest->size();
    const sim::FlavorId flavor = region.find_flavor(name);
    if (flavor == none<sim::FlavorId>() || (!last && name.size() + 1 == rest->size()))
      fields.report("flavorRef", ErrorCode::FlavorUnknown, "flavors of the region with commas between");
    set.flavors.push_back(flavor);
    rest->remove_prefix(last ? name.size() : name.size() + 1);
  }
}

void read_image(const Fields& fields, const sim::Region& region, sim::AsConfiguration& set) {
  const auto text = fields.text("imageRef");
  if (!text) return;
  set.image = region.find_image(*text);
  if (set.image != none<sim::ImageId>() || text->empty()) return;
  fields.report("imageRef", has_uuid_shape(*text) ? ErrorCode::ImageUnknown : ErrorCode::ImageIdMalformed,
                "the id of an existing image");
}

// An object of texts; the order of its members is kept.
std::vector<std::pair<std::string, std::string>> read_metadata(const Fields& fields) {
  std::vector<std::pair<std::string, std::string>> entries;
  const auto metadata = fields.object("metadata");
  if (!metadata) return entries;
  for (const auto& each : metadata->members())
    if (const auto text = metadata->text(each.key())) entries.emplace_back(each.key(), *text);
  return entries;
}

sim::Disk read_disk(const Fields& item) {
  item.expect_only({"size", "volume_type", "disk_type", "data_disk_image_id", "snapshot_id", "metadata"});
  sim::Disk disk;
  disk.size_gb = item.required_integer("size", ErrorCode::DiskSizeInvalid, ErrorCode::DiskSizeInvalid,
                                       "1 to 1024 for SYS, 10 to 32768 for DATA");
  const auto volume = item.choice("volume_type", ErrorCode::VolumeTypeInvalid, kVolumeTypes);
  if (!volume) item.report("volume_type", ErrorCode::VolumeTypeInvalid, "the type of a volume");
  const auto type = item.choice("disk_type", ErrorCode::DiskTypeInvalid, kDiskTypes);
  if (!type) item.report("disk_type", ErrorCode::DiskTypeInvalid, "SYS or DATA");
  disk.volume_type = volume.value_or(disk.volume_type);
  disk.type = type.value_or(disk.type);
  disk.data_image = item.text("data_disk_image_id").value_or("");
  disk.snapshot_id = item.text("snapshot_id").value_or("");
  if (!disk.snapshot_id.empty() && !has_uuid_shape(disk.snapshot_id))
    item.report("snapshot_id", ErrorCode::SnapshotIdInvalid, "a UUID");
  disk.metadata = read_metadata(item);
  return disk;
}

void read_disks(const Fields& fields, sim::AsConfiguration& set) {
  const auto items = fields.objects("disk");
  if (!items) return;
  set.disks.clear();
  for (const Fields& each : *items) set.disks.push_back(read_disk(each));
}

void read_security_groups(const Fields& fields, const sim::Region& region, sim::AsConfiguration& set) {
  const auto items = fields.objects("security_groups");
  if (!items) return;
  set.security_groups.clear();
  for (const Fields& each : *items) {
    each.expect_only({"id"});
    const auto id = region.find_security_group(each.required_text("id", ErrorCode::SecurityGroupUnknown));
    if (id == none<sim::SecurityGroupId>())
      each.report("id", ErrorCode::SecurityGroupUnknown, "an existing security group");
    set.security_groups.push_back(id);
  }
}

void read_personality(const Fields& fields, sim::AsConfiguration& set) {
  const auto items = fields.objects("personality");
  if (!items) return;
  set.personality.clear();
  for (const Fields& each : *items) {
    each.expect_only({"path", "content"});
    set.personality.push_back({std::string{each.required_text("path", ErrorCode::PersonalityInvalid)},
                               std::string{each.required_text("content", ErrorCode::PersonalityInvalid)}});
  }
}

// Members with a single value that is allowed.
void expect_text(const Fields& fields, std::string_view key, std::string_view only, ErrorCode code) {
  if (fields.text(key) != only) fields.report(key, code, only);
}

void read_eip(const Fields& eip, sim::AsConfiguration& set) {
  eip.expect_only({"ip_type", "bandwidth"});
  sim::EipTemplate made;
  made.ip_type = eip.required_text("ip_type", ErrorCode::EipTypeInvalid);
  const auto bandwidth = eip.object("bandwidth");
  if (!bandwidth) return eip.report("bandwidth", ErrorCode::EipBandwidthSizeMissing, "an object with a size");
  bandwidth->expect_only({"size", "share_type", "charging_mode"});
  made.bandwidth_mbit = bandwidth->required_integer("size", ErrorCode::EipBandwidthSizeMissing,
                                                    ErrorCode::EipBandwidthSizeInvalid, "1 to 500");
  expect_text(*bandwidth, "share_type", kEipShareType, ErrorCode::EipShareTypeInvalid);
  expect_text(*bandwidth, "charging_mode", kEipChargingMode, ErrorCode::EipChargingModeInvalid);
  set.public_ip = std::move(made);
}

void read_public_ip(const Fields& fields, sim::AsConfiguration& set) {
  const auto public_ip = fields.object("public_ip");
  if (!public_ip) return;
  public_ip->expect_only({"eip"});
  const auto eip = public_ip->object("eip");
  if (!eip) return public_ip->report("eip", ErrorCode::EipMissing, "an object with ip_type and bandwidth");
  read_eip(*eip, set);
}

// The ECS to clone; empty when there is none.
std::string_view wanted_ecs(const Fields& config) { return config.text("instance_id").value_or(""); }

// What an ECS to clone settles; where it is silent, as for an ordinary configuration, the request has its say.
void read_substance(const Fields& fields, const sim::Cloud& cloud, sim::AsConfiguration& set) {
  Ecs ecs;
  if (const auto id = wanted_ecs(fields); !id.empty()) {
    const auto found = find_ecs(cloud, id);
    if (!found) return fields.report("instance_id", ErrorCode::InstanceUnknown, "an existing ECS");
    ecs = *found;
    set.cloned = true;
  }
  const sim::Region& region = cloud.region();
  if (ecs.flavor == none<sim::FlavorId>()) read_flavors(fields, region, set);
  if (ecs.flavor != none<sim::FlavorId>()) set.flavors = {ecs.flavor};
  if (ecs.image == none<sim::ImageId>()) read_image(fields, region, set);
  if (ecs.image != none<sim::ImageId>()) set.image = ecs.image;
  if (ecs.disks.empty()) read_disks(fields, set);
  if (!ecs.disks.empty()) set.disks = std::move(ecs.disks);
  if (ecs.security_groups.empty()) read_security_groups(fields, region, set);
  if (!ecs.security_groups.empty()) set.security_groups = std::move(ecs.security_groups);
}

void read_instance_config(const Fields& fields, const sim::Cloud& cloud, sim::AsConfiguration& set) {
  fields.expect_only({"instance_id", "flavorRef", "imageRef", "disk", "key_name", "personality", "public_ip",
                      "user_data", "metadata", "security_groups", "market_type",
                      "multi_flavor_priority_policy"});
  read_substance(fields, cloud, set);
  if (const auto key = fields.text("key_name")) set.key_name = *key;
  read_personality(fields, set);
  read_public_ip(fields, set);
  if (const auto data = fields.text("user_data")) set.user_data = *data;
  if (fields.has("metadata")) set.metadata = read_metadata(fields);
  if (const auto market = fields.text("market_type")) set.market_type = *market;
  const auto priority =
      fields.choice("multi_flavor_priority_policy", ErrorCode::FlavorPriorityInvalid, kFlavorPriorities);
  set.flavor_priority = priority.value_or(set.flavor_priority);
}

// What the request starts from: the source it names, or nothing.
sim::AsConfiguration read_source(const Fields& fields, const std::optional<Fields>& config,
                                 const sim::Cloud& cloud) {
  constexpr std::string_view kKey = "source_scaling_configuration_id";
  const bool clones = config && !wanted_ecs(*config).empty();
  const auto text = fields.text(kKey);
  if (!text || clones) return {};
  const auto* source = cloud.find(IdText{cloud.seed()}.configuration(*text));
  if (source != nullptr) return *source;
  fields.report(kKey, ErrorCode::ConfigurationUnknown, "an existing configuration");
  return {};
}

}  // namespace

sim::Result<sim::CreateAsConfiguration> read_create_as_configuration(std::string_view body,
                                                                     const sim::Cloud& cloud) {
  const auto parsed = parse_body(body);
  if (!parsed) return parsed.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*parsed, faults};
  fields.expect_only({"scaling_configuration_name", "instance_config", "source_scaling_configuration_id"});
  const auto config = fields.object("instance_config");
  sim::CreateAsConfiguration request{read_source(fields, config, cloud)};
  if (const auto name = fields.text("scaling_configuration_name")) request.set.name = *name;
  if (request.set.name.empty())
    fields.report("scaling_configuration_name", ErrorCode::ConfigurationNameMissing, "1 to 64 characters");
  if (!config && !fields.has("source_scaling_configuration_id"))
    fields.report("instance_config", ErrorCode::InstanceConfigMissing, "an object");
  if (config) read_instance_config(*config, cloud, request.set);
  if (faults.any()) return faults.first();
  return request;
}

sim::Result<std::vector<std::string>> read_delete_configurations(std::string_view body,
                                                                 const sim::Cloud& cloud) {
  constexpr std::string_view kKey = "scaling_configuration_id";
  const auto parsed = parse_body(body);
  if (!parsed) return parsed.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*parsed, faults};
  fields.expect_only({kKey});
  const auto ids = fields.texts(kKey).value_or(std::vector<std::string_view>{});
  const std::string allowed = fmt::format("1 to {} ids", kMostToDelete);
  if (ids.empty()) fields.report(kKey, ErrorCode::ConfigurationBatchEmpty, allowed);
  if (ids.size() > kMostToDelete) fields.report(kKey, ErrorCode::ConfigurationBatchTooLarge, allowed);
  if (faults.any()) return faults.first();
  return std::vector<std::string>(ids.begin(), ids.end());
}

}  // namespace tidepool::api
