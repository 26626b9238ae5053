#include "sim/decide/placement.hpp"

#include <algorithm>

namespace tidepool::sim {

void launch_order(MultiAzPolicy policy, std::span<const ZoneCount> zones, std::vector<ZoneId>& order) {
  order.clear();
  for (const ZoneCount& each : zones) order.push_back(each.zone);
  if (policy == MultiAzPolicy::PickFirst || zones.empty()) return;

  // Only the first choice is balanced: when it refuses, the documents go by the list, not to the next
  // emptiest.
  const auto emptiest = std::ranges::min_element(zones, {}, &ZoneCount::members);
  const auto first = order.begin() + (emptiest - zones.begin());
  std::rotate(order.begin(), first, first + 1);
}

std::vector<ZoneId> launch_order(MultiAzPolicy policy, std::span<const ZoneCount> zones) {
  std::vector<ZoneId> order;
  launch_order(policy, zones, order);
  return order;
}

}  // namespace tidepool::sim
