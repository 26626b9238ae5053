#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// The metrics of a group that the model can tell. Source: Cloud Eye, namespace SYS.AS.
enum class GroupMetric : std::uint8_t { CpuUtil, InstanceNum };

/// A metric's value in millionths of its unit: 75 % is 75 000 000.
using MetricValue = std::int64_t;

inline constexpr MetricValue kMetricUnit = 1'000'000;

enum class AlarmStatistic : std::uint8_t { Average, Max, Min, Sum, Variance };
enum class AlarmOperator : std::uint8_t { Greater, Equal, Less, GreaterEqual, LessEqual, NotEqual };

/// A Cloud Eye alarm rule on a metric of one AS group.
struct AlarmRuleSettings {
  std::string name;
  AsGroupId group = none<AsGroupId>();  ///< none: not tied to a group yet, so it has no data
  GroupMetric metric = GroupMetric::CpuUtil;
  AlarmStatistic statistic = AlarmStatistic::Average;
  AlarmOperator comparison = AlarmOperator::GreaterEqual;
  MetricValue threshold = 0;
  Duration period = std::chrono::minutes{5};  ///< zero: every raw datapoint is evaluated on its own
  int count = 1;                              ///< periods in a row that must meet the condition; 1 to 5
  /// How often a lasting alarm fires again: empty is every evaluation (or as the behaviour says), zero only on entering.
  std::optional<Duration> suppress;
};

}  // namespace tidepool::sim
