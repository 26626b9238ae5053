#include "sim/control/observation.hpp"

#include <algorithm>
#include <cassert>

namespace tidepool::sim {
namespace {

__extension__ using Wide = __int128;
constexpr Wide kMostInstances = 1'000'000'000;

int rounded_up(Wide dividend, Wide divisor) {
  assert(dividend >= 0 && divisor > 0);
  return static_cast<int>(std::min((dividend + divisor - 1) / divisor, kMostInstances));
}

}  // namespace

std::optional<std::int64_t> value_of(Signal signal, const Observation& seen) {
  switch (signal) {
    case Signal::Utilisation: return seen.utilisation;
    case Signal::Demand: return seen.demand;
    case Signal::Queue: return seen.queue;
    case Signal::DemandPerInstance:
    case Signal::QueuePerInstance: break;
  }
  if (seen.in_service == 0) return std::nullopt;
  return (signal == Signal::DemandPerInstance ? seen.demand : seen.queue) / seen.in_service;
}

std::optional<int> proportional_size(Signal signal, std::int64_t target, const Observation& seen) {
  switch (signal) {
    case Signal::Utilisation:
      if (!seen.utilisation) return std::nullopt;
      return rounded_up(Wide{seen.in_service} * *seen.utilisation, target);
    case Signal::Demand:
    case Signal::DemandPerInstance: return rounded_up(seen.demand, target);
    case Signal::Queue:
    case Signal::QueuePerInstance: return rounded_up(seen.queue, target);
  }
  return std::nullopt;
}

int instances_for(std::int64_t dividend, std::int64_t divisor) { return rounded_up(dividend, divisor); }

}  // namespace tidepool::sim
