#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

enum class VolumeType : std::uint8_t { Sata, Sas, Ssd, Essd, CoP1, UhL1 };
enum class DiskType : std::uint8_t { System, Data };
enum class FlavorPriority : std::uint8_t { PickFirst, CostFirst };

struct Disk {
  int size_gb = 0;
  VolumeType volume_type = VolumeType::Sata;
  DiskType type = DiskType::System;
  std::string data_image;  ///< image of a data disk; empty when unset
  std::string snapshot_id;
  std::vector<std::pair<std::string, std::string>> metadata;
};

struct PersonalityFile {
  std::string path, content;
};

/// The EIP that every ECS of a configuration gets.
struct EipTemplate {
  std::string ip_type;
  int bandwidth_mbit = 0;
};

/// How the ECSs of a group are made. It never changes once it exists.
struct AsConfiguration {
  std::string name;
  Time create_time{};
  bool deleted = false;
  std::vector<FlavorId> flavors;  ///< first is tried first; 1 to 10
  FlavorPriority flavor_priority = FlavorPriority::PickFirst;
  ImageId image = none<ImageId>();
  std::vector<Disk> disks;
  std::string key_name;
  std::vector<PersonalityFile> personality;
  std::optional<EipTemplate> public_ip;
  std::optional<std::string> user_data;  ///< base64, as given
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<SecurityGroupId> security_groups;
  std::optional<std::string> market_type;
  /// Made after an existing ECS, whose image and disks may be unknown; they are then unset.
  bool cloned = false;
};

}  // namespace tidepool::sim
