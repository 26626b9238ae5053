// ServiceReport: how the requests of a group fared, where its workload tells.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/cloud/cloud.hpp"
#include "sim/judge/number.hpp"
#include "sim/load/workload.hpp"

namespace tidepool::sim {

struct ServiceReport {
  ServiceRecord requests;
  /// Metrics ticks with answers behind them, and those of them whose 95th percentile is over the bound.
  std::int64_t intervals = 0, slow_intervals = 0;

  void add(const ServiceReport& other);
  /// Without what `earlier` has told.
  void subtract(const ServiceReport& earlier);
};

/// Empty for a group whose workload is a fluid without memory, or that has none. `cloud` must be settled.
std::optional<ServiceReport> service_report(const Cloud& cloud, AsGroupId group);

/// A metric of it, in millionths of its unit; empty of no requests, or without a bound where one is needed.
struct ServiceMetric {
  std::string_view name, unit, meaning;
  Number (*value)(const ServiceReport&);
};
std::span<const ServiceMetric> service_metrics();

}  // namespace tidepool::sim
