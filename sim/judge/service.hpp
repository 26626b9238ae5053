// Measures of what users saw: Apdex, objectives by request and by time, losses.
#pragma once

#include <cstdint>
#include <span>

#include "sim/judge/number.hpp"

namespace tidepool::sim {

/// Requests by how long they took against a bound B: satisfied up to B, tolerating up to 4 B, the others frustrated.
/// A failed request is frustrated.
struct ApdexCounts {
  std::int64_t satisfied = 0, tolerating = 0, frustrated = 0;
  std::int64_t all() const { return satisfied + tolerating + frustrated; }
};
/// (satisfied + tolerating / 2) / all, 0 to 1.
Number apdex(const ApdexCounts& counts);

/// Of latencies in microseconds.
ApdexCounts count_apdex(std::span<const std::int64_t> latencies, std::int64_t bound);

/// A bucket of a histogram: so many requests took at most `upper`, and more than the bucket before.
struct LatencyBucket {
  std::int64_t upper = 0, count = 0;
};
/// A bucket counts for the side on which its upper edge lies.
ApdexCounts count_apdex(std::span<const LatencyBucket> buckets, std::int64_t bound);

/// Requests over the bound, or failed, in percent of all.
Number slo_violation_by_request(std::int64_t over_or_failed, std::int64_t all);
/// Intervals whose p95 lay over the bound, in percent of those that had requests. A negative p95: there was none.
Number slo_violation_by_time(std::span<const std::int64_t> p95, std::int64_t bound);
/// Lost (dropped, rejected or abandoned) in percent of offered.
Number loss(std::int64_t lost, std::int64_t offered);

}  // namespace tidepool::sim
