#pragma once

#include <cstdint>
#include <optional>

#include "sim/model/alarm_rule.hpp"

namespace tidepool::sim {

/// Most that a datapoint may be, in either direction: 10^10 of the metric's unit.
inline constexpr MetricValue kLargestDatapoint = 10'000'000'000 * kMetricUnit;
/// Most datapoints that one period may gather; a day of seconds is 86 400.
inline constexpr std::int64_t kMostDatapoints = 1'000'000;

/// The datapoints of one evaluation period, gathered into one value.
///
/// Sums are exact, so neither the order nor the cutting into calls matters, and the memory is the same for
/// any number of datapoints. Only the answer is rounded: an average toward zero, a variance down. Both limits
/// above are for the caller to keep.
/// Source: Cloud Eye API reference, "Creating an Alarm Rule", condition.filter.
class PeriodAggregate {
 public:
  void add(MetricValue v);
  bool empty() const { return count_ == 0; }
  /// In millionths of the metric's unit; the variance in millionths of its square. The variance is that of
  /// the datapoints themselves (divided by their number). What a MetricValue can't hold becomes the largest
  /// it can. There must be a datapoint.
  MetricValue value(AlarmStatistic s) const;
  void clear() { *this = {}; }

 private:
  __extension__ using Wide = __int128;

  MetricValue variance() const;

  std::int64_t count_ = 0;
  MetricValue least_ = 0;
  MetricValue most_ = 0;
  Wide sum_ = 0;
  Wide squares_ = 0;
};

/// Whether the period's value and the threshold satisfy the rule: `value` op `threshold`.
bool meets(AlarmOperator op, MetricValue value, MetricValue threshold);

/// How far a rule is on its way into the alarm state.
struct AlarmProgress {
  int periods_met = 0;  ///< in a row, up to now; stops counting at the rule's `count`
  bool in_alarm = false;
  friend bool operator==(const AlarmProgress&, const AlarmProgress&) = default;
};

/// The progress after one more period.
///
/// No `value` means that the period had no data: nothing changes, and the periods around it count as
/// neighbours. The alarm state is entered with the `count`th (1 to 5) period in a row that meets the
/// condition, and left with the first that does not.
/// Source: Cloud Eye API reference, "Creating an Alarm Rule", condition.count.
AlarmProgress after_period(AlarmProgress before, std::optional<MetricValue> value, AlarmOperator op,
                           MetricValue threshold, int count);

}  // namespace tidepool::sim
