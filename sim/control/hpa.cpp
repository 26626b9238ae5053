#include "sim/control/hpa.hpp"

#include <algorithm>

namespace tidepool::sim {
namespace {

__extension__ using Wide = __int128;
constexpr std::int64_t kMillion = 1'000'000;
constexpr int kMostPods = 1'000'000'000;

// Whether value / target lies within the tolerance of one.
bool within(Wide value, Wide target, std::int64_t tolerance) {
  const Wide off = value > target ? value - target : target - value;
  return off * kMillion <= target * tolerance;
}

int rounded_up(Wide dividend, Wide divisor) {
  return static_cast<int>(std::min<Wide>((dividend + divisor - 1) / divisor, kMostPods));
}

}  // namespace

// `all` is the signal's sum over the ready pods, so that all / ready is its mean.
std::optional<int> HorizontalPodAutoscaler::recommended(const HpaMetric& metric,
                                                        const Observation& seen) const {
  Wide all = 0;
  switch (metric.signal) {
    case Signal::Utilisation:
      if (!seen.utilisation) return std::nullopt;
      all = Wide{*seen.utilisation} * seen.in_service;
      break;
    case Signal::Demand:
    case Signal::DemandPerInstance: all = seen.demand; break;
    case Signal::Queue:
    case Signal::QueuePerInstance: all = seen.queue; break;
  }
  const Wide ready = seen.in_service, target = metric.target;
  if (ready == 0) return std::nullopt;
  if (within(all, target * ready, tolerance_millionths)) return seen.desired;
  if (seen.launching == 0 || all < target * ready) return rounded_up(all, target);

  // Those that start are taken for idle: if that turns the direction, nothing is done.
  const Wide pods = ready + seen.launching;
  if (all <= target * pods || within(all, target * pods, tolerance_millionths)) return seen.desired;
  return rounded_up(all, target);
}

int HorizontalPodAutoscaler::stabilised(int recommendation, const Observation& seen) {
  recommendations_.push_back({seen.time, recommendation});
  const Duration longest = std::max(up.window, down.window);
  std::erase_if(recommendations_, [&](const Dated& each) { return each.time + longest < seen.time; });
  int at_most = recommendation, at_least = recommendation;  // what both windows leave of it
  for (const Dated& each : recommendations_) {
    if (each.time + up.window > seen.time) at_most = std::min(at_most, each.value);
    if (each.time + down.window > seen.time) at_least = std::max(at_least, each.value);
  }
  int size = seen.desired;
  if (size < at_most) size = at_most;
  if (size > at_least) size = at_least;
  return size;
}

// From the size at the beginning of the period, which is the present one without the changes since.
std::int64_t HorizontalPodAutoscaler::limit_of(const HpaRate& rate, const Observation& seen,
                                               int direction) const {
  std::int64_t began = seen.desired;
  for (const Dated& each : changes_)
    if (each.time + rate.period > seen.time) began -= each.value;
  if (rate.limit == HpaLimit::Pods) return began + std::int64_t{direction} * rate.value;
  // Rounded up when it goes up and down when it goes down, as the controller does.
  return direction > 0 ? began + (began * rate.value + 99) / 100 : began * (100 - rate.value) / 100;
}

int HorizontalPodAutoscaler::limited(int size, const Observation& seen) const {
  if (size == seen.desired) return size;
  const bool goes_up = size > seen.desired;
  const HpaDirection& way = goes_up ? up : down;
  if (way.select == HpaSelect::Disabled) return seen.desired;
  std::optional<std::int64_t> bound;
  for (const HpaRate& each : way.rates) {
    const std::int64_t limit = limit_of(each, seen, goes_up ? 1 : -1);
    const bool allows_more = !bound || (goes_up ? limit > *bound : limit < *bound);
    if (!bound || allows_more == (way.select == HpaSelect::Most)) bound = limit;
  }
  if (!bound) return size;
  const int limit = static_cast<int>(std::clamp<std::int64_t>(*bound, 0, kMostPods));
  return goes_up ? std::clamp(limit, seen.desired, size) : std::clamp(limit, size, seen.desired);
}

Wish HorizontalPodAutoscaler::wish(const Observation& seen) {
  std::optional<int> recommendation;
  bool some_missing = false;
  for (const HpaMetric& each : metrics) {
    const auto size = recommended(each, seen);
    some_missing = some_missing || !size;
    if (size) recommendation = std::max(recommendation.value_or(0), *size);
  }
  // A metric that is missing holds back a step down.
  if (!recommendation || (some_missing && *recommendation < seen.desired)) recommendation = seen.desired;
  const int bounded = std::clamp(*recommendation, seen.least, std::max(seen.least, seen.most));
  const int size = limited(stabilised(bounded, seen), seen);
  if (size != seen.desired) changes_.push_back({seen.time, size - seen.desired});
  Duration longest{};
  for (const HpaDirection* way : {&up, &down})
    for (const HpaRate& each : way->rates) longest = std::max(longest, each.period);
  std::erase_if(changes_, [&](const Dated& each) { return each.time + longest <= seen.time; });
  return {size, {}};
}

}  // namespace tidepool::sim
