#pragma once

#include <optional>

#include "sim/model/as_policy.hpp"
#include "sim/model/error.hpp"

namespace tidepool::sim {

/// What a policy makes of a bandwidth's size.
struct BandwidthTarget {
  int size = 0;                      ///< the new size; the old one when refused
  std::optional<ErrorCode> refused;  ///< why nothing changes; empty when something does, and always for SET
};

/// The nearest size that there is, of two equally near ones the larger: whole Mbit/s up to 300, steps of 50 up to 1000,
/// of 500 up to 2000. Source: AS user manual, "Bandwidth Scaling"; VPC user guide, on the steps of a bandwidth.
int nearest_bandwidth(int size);

/// The size after the action: ADD up to `limits` (2000 without), REMOVE down to them (1 without), SET to the number.
///
/// A step comes after that, and then the limits once more. An ADD or REMOVE that changes nothing, or would have to turn
/// around because the size is beyond the limits already, is refused with AlreadyAtLimit (AS.3040).
/// Source: AS API reference, "Creating an AS Policy (V2)", size and limits.
BandwidthTarget bandwidth_target(const PolicyAction& action, int size);

}  // namespace tidepool::sim
