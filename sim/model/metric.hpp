// Metrics that clients push, beside those that a group has of itself. Source: Cloud Eye API reference, "Adding
// Monitoring Data".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// The metrics of a group that the model can tell. Source: Cloud Eye, namespace SYS.AS.
enum class GroupMetric : std::uint8_t { CpuUtil, InstanceNum };
inline constexpr std::size_t kGroupMetrics = 2;

/// A metric's value in millionths of its unit: 75 % is 75 000 000.
using MetricValue = std::int64_t;

inline constexpr MetricValue kMetricUnit = 1'000'000;

/// One of the names and values that tell things of one kind apart.
struct MetricDimension {
  std::string name, value;
  friend bool operator==(const MetricDimension&, const MetricDimension&) = default;
};

/// What a series is called. Two keys with their dimensions in another order are two series.
struct MetricKey {
  std::string space;  ///< the namespace: "SYS.AS"
  std::string name;
  std::vector<MetricDimension> dimensions;
  friend bool operator==(const MetricKey&, const MetricKey&) = default;
};

struct MetricPoint {
  Time time{};
  MetricValue value = 0;
  Time until = kNever;  ///< readers see it as long; what it made of an alarm rule stays
  friend bool operator==(const MetricPoint&, const MetricPoint&) = default;
};

/// Data that clients have pushed, in order of time; of one moment, in the order of arrival.
struct MetricSeries {
  MetricKey key;                        ///< empty for the metric of a group
  AsGroupId group = none<AsGroupId>();  ///< whose own metric `metric` the data stand for
  GroupMetric metric = GroupMetric::CpuUtil;
  std::string unit = {};
  std::vector<MetricPoint> points = {};
};

/// Most points that a series keeps; a day of seconds is 86 400.
inline constexpr std::size_t kMostPoints = 1'000'000;

}  // namespace tidepool::sim
