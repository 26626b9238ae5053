#pragma once

#include <span>
#include <vector>

#include "sim/model/as_group.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// How many members a zone of a group's list holds: all that are in it but those being removed, so the ones
/// still joining and the ones added by hand count too.
struct ZoneCount {
  ZoneId zone{};
  int members = 0;  ///< 0 or more
};

/// Fills `order` with the zones that one launch tries, first choice first. `zones` lists each zone once, in
/// the group's order of preference; no zones, no order.
///
/// PICK_FIRST keeps the listed order. EQUILIBRIUM_DISTRIBUTE puts the zone with the fewest members in front,
/// the earliest listed one where counts are equal. A launch remembers nothing of the one before it: whoever
/// places a batch counts each choice before asking again. `order` is overwritten and keeps its memory. Cannot
/// fail.
/// Source: AS API reference, "Creating an AS Group", multi_az_priority_policy.
void launch_order(MultiAzPolicy policy, std::span<const ZoneCount> zones, std::vector<ZoneId>& order);

/// The same as a new vector, for tests and for whoever asks once.
std::vector<ZoneId> launch_order(MultiAzPolicy policy, std::span<const ZoneCount> zones);

}  // namespace tidepool::sim
