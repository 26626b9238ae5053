#include "sim/decide/terminate_policy.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tidepool::sim {
namespace {

using Age = std::pair<Time, std::uint32_t>;  // the smaller, the older

Age age_of(const RemovalCandidate& each) { return {each.joined, each.join_sequence}; }
Age configuration_age_of(const RemovalCandidate& each) {
  return {each.configuration_create_time, each.configuration_order};
}

bool goes_by_configuration(TerminatePolicy policy) {
  return policy == TerminatePolicy::OldConfigOldInstance || policy == TerminatePolicy::OldConfigNewInstance;
}

bool takes_newest(TerminatePolicy policy) {
  return policy == TerminatePolicy::OldConfigNewInstance || policy == TerminatePolicy::NewInstance;
}

// The candidates of one zone that still wait for their turn, first to leave first.
struct ZoneQueue {
  ZoneId zone{};
  int members = 0;
  std::vector<RemovalCandidate> waiting;
  std::size_t next = 0;

  bool empty() const { return next == waiting.size(); }
  const RemovalCandidate& front() const { return waiting[next]; }
};

std::vector<ZoneQueue> queues_of(std::span<const RemovalCandidate> sorted, std::span<const ZoneCount> zones) {
  std::vector<ZoneQueue> queues;
  for (const ZoneCount& each : zones) queues.push_back({each.zone, each.members, {}, 0});
  for (const RemovalCandidate& each : sorted) {
    const auto home = std::ranges::find(queues, each.zone, &ZoneQueue::zone);
    assert(home != queues.end());
    home->waiting.push_back(each);
  }
  return queues;
}

// Reorders the candidates inside the group's zones, sorted by policy before, so that the fullest zone gives
// first.
void balance_zones(TerminatePolicy policy, std::span<RemovalCandidate> sorted,
                   std::span<const ZoneCount> zones) {
  std::vector<ZoneQueue> queues = queues_of(sorted, zones);
  const auto gives_before = [policy](const ZoneQueue& a, const ZoneQueue& b) {
    if (a.empty() || b.empty()) return !a.empty();
    if (a.members != b.members) return a.members > b.members;
    return leaves_before(policy, a.front(), b.front());
  };
  for (RemovalCandidate& slot : sorted) {
    ZoneQueue* giver = &queues.front();
    for (ZoneQueue& each : queues)
      if (gives_before(each, *giver)) giver = &each;
    slot = giver->waiting[giver->next++];
    --giver->members;
  }
}

}  // namespace

bool leaves_before(TerminatePolicy policy, const RemovalCandidate& a, const RemovalCandidate& b) {
  if (a.is_manual != b.is_manual) return b.is_manual;
  if (!a.is_manual) {
    if (a.outside_zones != b.outside_zones) return a.outside_zones;
    const Age mine = configuration_age_of(a), other = configuration_age_of(b);
    if (goes_by_configuration(policy) && mine != other) return mine < other;
  }
  const bool newest_first = takes_newest(policy) && !a.is_manual;
  if (age_of(a) != age_of(b)) return newest_first ? age_of(b) < age_of(a) : age_of(a) < age_of(b);
  return a.instance < b.instance;
}

std::vector<InstanceId> removal_order(TerminatePolicy policy, MultiAzPolicy multi_az, ScaleInBalance balance,
                                      std::vector<RemovalCandidate> candidates,
                                      std::span<const ZoneCount> zone_members, std::size_t count) {
  std::ranges::sort(candidates, [policy](const RemovalCandidate& a, const RemovalCandidate& b) {
    return leaves_before(policy, a, b);
  });
  const bool balanced = balance == ScaleInBalance::BalanceFirst &&
                        multi_az == MultiAzPolicy::EquilibriumDistribute && zone_members.size() > 1;
  if (balanced) {
    const auto manual = std::ranges::find_if(candidates, &RemovalCandidate::is_manual);
    const auto inside =
        std::find_if(candidates.begin(), manual, [](const auto& c) { return !c.outside_zones; });
    balance_zones(policy, {inside, manual}, zone_members);
  }
  std::vector<InstanceId> order;
  order.reserve(std::min(count, candidates.size()));
  for (const RemovalCandidate& each : candidates) {
    if (order.size() == count) break;
    order.push_back(each.instance);
  }
  return order;
}

}  // namespace tidepool::sim
