#include "sim/decide/alarm.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

namespace tidepool::sim {
namespace {

template <class Wide>
MetricValue narrowed(Wide value) {
  using Limits = std::numeric_limits<MetricValue>;
  return static_cast<MetricValue>(std::clamp<Wide>(value, Limits::min(), Limits::max()));
}

}  // namespace

void PeriodAggregate::add(MetricValue v) {
  assert(-kLargestDatapoint <= v && v <= kLargestDatapoint && count_ < kMostDatapoints);
  least_ = empty() ? v : std::min(least_, v);
  most_ = empty() ? v : std::max(most_, v);
  ++count_;
  sum_ += v;
  squares_ += Wide{v} * v;
}

MetricValue PeriodAggregate::value(AlarmStatistic s) const {
  assert(!empty());
  switch (s) {
    case AlarmStatistic::Average: return narrowed(sum_ / count_);
    case AlarmStatistic::Max: return most_;
    case AlarmStatistic::Min: return least_;
    case AlarmStatistic::Sum: return narrowed(sum_);
    case AlarmStatistic::Variance: return variance();
  }
  assert(false);
  return 0;
}

// The textbook (n * squares - sum^2) / n^2 would pass 128 bits for values and numbers that occur. Around the
// rounded mean m, with sum = m n + r, it is (sum of (v - m)^2 - r^2 / n) / n, whose terms stay below 2 *
// 10^38. Rounding the inner quotient first changes nothing, because the whole is rounded down to an integer
// anyway.
MetricValue PeriodAggregate::variance() const {
  const Wide mean = sum_ / count_;
  const Wide rest = sum_ - mean * count_;
  const Wide around_mean = squares_ - mean * mean * count_ - 2 * mean * rest;
  const Wide correction = (rest * rest + count_ - 1) / count_;
  return narrowed((around_mean - correction) / count_ / kMetricUnit);
}

bool meets(AlarmOperator op, MetricValue value, MetricValue threshold) {
  switch (op) {
    case AlarmOperator::Greater: return value > threshold;
    case AlarmOperator::Equal: return value == threshold;
    case AlarmOperator::Less: return value < threshold;
    case AlarmOperator::GreaterEqual: return value >= threshold;
    case AlarmOperator::LessEqual: return value <= threshold;
    case AlarmOperator::NotEqual: return value != threshold;
  }
  assert(false);
  return false;
}

AlarmProgress after_period(AlarmProgress before, std::optional<MetricValue> value, AlarmOperator op,
                           MetricValue threshold, int count) {
  assert(count >= 1);
  if (!value) return before;
  if (!meets(op, *value, threshold)) return {};

  const int met = std::min(before.periods_met + 1, count);
  return {met, before.in_alarm || met == count};
}

}  // namespace tidepool::sim
