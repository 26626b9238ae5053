#include "sim/judge/service.hpp"

namespace tidepool::sim {
namespace {

void count(ApdexCounts& counts, std::int64_t latency, std::int64_t requests, std::int64_t bound) {
  if (latency <= bound)
    counts.satisfied += requests;
  else if (latency <= Wide{4} * bound)
    counts.tolerating += requests;
  else
    counts.frustrated += requests;
}

}  // namespace

Number apdex(const ApdexCounts& counts) {
  return ratio_of(Wide{2} * counts.satisfied + counts.tolerating, Wide{2} * counts.all());
}

ApdexCounts count_apdex(std::span<const std::int64_t> latencies, std::int64_t bound) {
  ApdexCounts counts;
  for (const std::int64_t each : latencies) count(counts, each, 1, bound);
  return counts;
}

ApdexCounts count_apdex(std::span<const LatencyBucket> buckets, std::int64_t bound) {
  ApdexCounts counts;
  for (const LatencyBucket& each : buckets) count(counts, each.upper, each.count, bound);
  return counts;
}

Number slo_violation_by_request(std::int64_t over_or_failed, std::int64_t all) {
  return percent_of(over_or_failed, all);
}

Number slo_violation_by_time(std::span<const std::int64_t> p95, std::int64_t bound) {
  std::int64_t over = 0, all = 0;
  for (const std::int64_t each : p95) {
    all += each >= 0;
    over += each >= 0 && each > bound;
  }
  return percent_of(over, all);
}

Number loss(std::int64_t lost, std::int64_t offered) { return percent_of(lost, offered); }

}  // namespace tidepool::sim
