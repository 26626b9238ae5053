#include "sim/judge/steps.hpp"

#include <algorithm>
#include <cassert>

namespace tidepool::sim {

Steps::Steps(std::initializer_list<Step> steps) {
  for (const Step& each : steps) set(each.at, each.value);
}

void Steps::set(Time at, std::int64_t value) {
  assert(steps_.empty() || at >= steps_.back().at);
  if (!steps_.empty() && steps_.back().at == at) steps_.pop_back();
  if (last() != value || (steps_.empty() && value != 0)) steps_.push_back({at, value});
}

std::int64_t Steps::at(Time time) const {
  const auto after = std::ranges::upper_bound(steps_, time, {}, &Step::at);
  return after == steps_.begin() ? 0 : std::prev(after)->value;
}

std::span<const Step> Steps::within(Time from, Time to) const {
  const auto first = std::ranges::upper_bound(steps_, from, {}, &Step::at);
  const auto end = std::ranges::lower_bound(first, steps_.end(), std::max(from, to), {}, &Step::at);
  return {first, end};
}

Steps sum_of(std::span<const Steps> parts) {
  std::vector<Step> changes;  // values here are differences
  for (const Steps& each : parts) {
    std::int64_t before = 0;
    for (const Step& step : each.all()) {
      changes.push_back({step.at, step.value - before});
      before = step.value;
    }
  }
  std::ranges::stable_sort(changes, {}, &Step::at);
  Steps sum;
  std::int64_t value = 0;
  for (const Step& each : changes) sum.set(each.at, value += each.value);
  return sum;
}

}  // namespace tidepool::sim
