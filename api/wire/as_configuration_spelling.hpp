// How the choices of an AS configuration are spelled, for its reader and its writer alike.
#pragma once

#include <string_view>

#include "api/wire/fields.hpp"
#include "sim/model/as_configuration.hpp"

namespace tidepool::api {

inline constexpr Spelling<sim::VolumeType> kVolumeTypes[] = {
    {"SATA", sim::VolumeType::Sata}, {"SAS", sim::VolumeType::Sas},    {"SSD", sim::VolumeType::Ssd},
    {"ESSD", sim::VolumeType::Essd}, {"co-p1", sim::VolumeType::CoP1}, {"uh-l1", sim::VolumeType::UhL1}};

inline constexpr Spelling<sim::DiskType> kDiskTypes[] = {{"SYS", sim::DiskType::System},
                                                         {"DATA", sim::DiskType::Data}};

inline constexpr Spelling<sim::FlavorPriority> kFlavorPriorities[] = {
    {"PICK_FIRST", sim::FlavorPriority::PickFirst}, {"COST_FIRST", sim::FlavorPriority::CostFirst}};

// The only ones that an EIP of a configuration may have.
inline constexpr std::string_view kEipShareType = "PER";
inline constexpr std::string_view kEipChargingMode = "traffic";

// The metadata entry that holds a password.
inline constexpr std::string_view kPasswordKey = "admin_pass";

}  // namespace tidepool::api
