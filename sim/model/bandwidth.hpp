#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// Of one EIP, or shared by several.
enum class ShareType : std::uint8_t { Per, Whole };

inline constexpr int kLeastBandwidth = 1, kMostBandwidth = 2000;  ///< Mbit/s
inline constexpr int kMostPolicyBandwidth = 300;                  ///< Mbit/s that one policy may name

/// A bandwidth that policies can widen and narrow. Source: VPC API reference, "Bandwidth".
struct Bandwidth {
  std::string name;  ///< 1 to 64 characters
  int size = 1;      ///< Mbit/s
  ShareType share = ShareType::Per;
  Time create_time{};
  std::vector<AsPolicyId> policies = {};      ///< in order of creation; they outlive it
  AsPolicyId executing = none<AsPolicyId>();  ///< the policy that changes it at present
  Time cooldown_from{}, cooldown_until{};     ///< [from, until); equal: none
  PublicIpId ip = none<PublicIpId>();         ///< the EIP that it comes and goes with, unless it is shared
  bool deleted = false;
};

}  // namespace tidepool::sim
