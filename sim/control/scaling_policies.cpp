#include "sim/control/scaling_policies.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>

namespace tidepool::sim {
namespace {

constexpr std::int64_t kMostInstances = 1'000'000'000;

bool is_over(const std::optional<Time>& last, Duration cooldown, Time now) {
  return !last || now - *last >= cooldown;
}

bool breached(Breach breach, std::int64_t difference) {
  return breach == Breach::Above ? difference >= 0 : difference <= 0;
}

bool covers(const StepAdjustment& step, Breach breach, std::int64_t difference) {
  if (breach == Breach::Above)
    return (!step.lower || difference >= *step.lower) && (!step.upper || difference < *step.upper);
  return (!step.lower || difference > *step.lower) && (!step.upper || difference <= *step.upper);
}

std::int64_t change_of(AdjustmentType type, int current, int adjustment, int min_magnitude) {
  if (type == AdjustmentType::ExactCapacity) return std::int64_t{adjustment} - current;
  if (type == AdjustmentType::ChangeInCapacity) return adjustment;
  const std::int64_t hundredths = std::int64_t{current} * adjustment;
  std::int64_t change = hundredths / 100;  // towards zero
  if (change == 0) change = (hundredths > 0) - (hundredths < 0);
  if (change == 0) return 0;
  const std::int64_t size = std::max<std::int64_t>(std::abs(change), min_magnitude);
  return change > 0 ? size : -size;
}

}  // namespace

int adjusted(AdjustmentType type, int current, int adjustment, int min_magnitude) {
  const std::int64_t size = current + change_of(type, current, adjustment, min_magnitude);
  return static_cast<int>(std::clamp<std::int64_t>(size, 0, kMostInstances));
}

Wish TargetTracking::wish(const Observation& seen) {
  int out = seen.desired, in = 0;
  bool may_scale_in = false, all_want_in = true;
  for (const Target& each : targets) {
    const auto size = proportional_size(each.signal, each.target, seen);
    if (!size) {
      if (each.scale_in) all_want_in = false;  // Without data nothing is taken out.
      continue;
    }
    out = std::max(out, *size);
    if (!each.scale_in) continue;
    may_scale_in = true;
    all_want_in = all_want_in && *size < seen.desired;
    in = std::max(in, *size);
  }
  if (out > seen.desired) {
    if (!is_over(last_out_, out_cooldown, seen.time)) return {seen.desired, {}};
    last_out_ = seen.time;
    return {out, {}};
  }
  if (!may_scale_in || !all_want_in || !is_over(last_in_, in_cooldown, seen.time)) return {seen.desired, {}};
  last_in_ = seen.time;
  return {in, {}};
}

const StepAdjustment* step_for(const StepPolicy& policy, std::int64_t value) {
  const std::int64_t difference = value - policy.threshold;
  if (!breached(policy.breach, difference)) return nullptr;
  const auto found = std::ranges::find_if(
      policy.steps, [&](const StepAdjustment& each) { return covers(each, policy.breach, difference); });
  return found == policy.steps.end() ? nullptr : &*found;
}

Wish StepScaling::wish(const Observation& seen) const {
  std::optional<int> size;
  for (const StepPolicy& each : policies) {
    const auto value = value_of(each.signal, seen);
    const StepAdjustment* step = value ? step_for(each, *value) : nullptr;
    if (step == nullptr) continue;
    int wanted = adjusted(each.type, seen.in_service, step->adjustment, each.min_magnitude);
    // An adjustment upwards that the instances on their way already meet asks for no more.
    if (wanted > seen.in_service) wanted = std::max(wanted, seen.desired);
    if (wanted < seen.in_service && seen.launching > 0) wanted = seen.desired;
    size = std::max(size.value_or(0), wanted);
  }
  return {size.value_or(seen.desired), {}};
}

Wish SimpleScaling::wish(const Observation& seen) {
  const bool idle = seen.launching == 0 && seen.in_service == seen.desired;
  if (acting_ && idle) {
    acting_ = false;
    free_from_ = seen.time + follows_;
  }
  if (acting_ || !idle || seen.time < free_from_) return {seen.desired, {}};

  std::optional<int> size;
  const SimplePolicy* by = nullptr;
  for (const SimplePolicy& each : policies) {
    const auto value = value_of(each.signal, seen);
    if (!value || !breached(each.breach, *value - each.threshold)) continue;
    const int wanted = adjusted(each.type, seen.desired, each.adjustment, each.min_magnitude);
    if (size && wanted <= *size) continue;
    size = wanted;
    by = &each;
  }
  if (!size || std::clamp(*size, seen.least, seen.most) == seen.desired) return {seen.desired, {}};
  acting_ = true;
  follows_ = by->cooldown.value_or(cooldown);
  return {*size, {}};
}

}  // namespace tidepool::sim
