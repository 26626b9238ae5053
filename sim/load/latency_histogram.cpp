#include "sim/load/latency_histogram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tidepool::sim::load {

std::int64_t LatencyHistogram::start_of(std::size_t bucket) {
  if (bucket < (2U << kBits)) return static_cast<std::int64_t>(bucket);
  const std::size_t doubling = (bucket >> kBits) - 1;
  const std::size_t offset = (bucket & ((1U << kBits) - 1)) | (1U << kBits);
  return static_cast<std::int64_t>(offset << doubling);
}

LatencyHistogram& LatencyHistogram::operator+=(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  most_ = std::max(most_, other.most_);
  return *this;
}

void LatencyHistogram::weigh(std::int64_t times) {
  for (std::int64_t& each : counts_) each *= times;
  count_ *= times;
  sum_ *= times;
}

LatencyHistogram& LatencyHistogram::operator-=(const LatencyHistogram& earlier) {
  assert(earlier.count_ <= count_);
  for (std::size_t i = 0; i < kBuckets; ++i) counts_[i] -= earlier.counts_[i];
  count_ -= earlier.count_;
  sum_ -= earlier.sum_;
  std::size_t above = kBuckets;
  while (above > 0 && counts_[above - 1] == 0) --above;
  if (above < kBuckets) most_ = std::min(most_, above == 0 ? 0 : start_of(above) - 1);
  return *this;
}

// Within a bucket the spans are taken to lie evenly, the first of n at (1/2)/n of its width.
std::optional<Nanos> LatencyHistogram::quantile(double p) const {
  if (count_ == 0) return std::nullopt;
  const auto wanted = std::clamp(static_cast<std::int64_t>(std::ceil(p * static_cast<double>(count_))),
                                 std::int64_t{1}, count_);
  if (wanted == count_) return Nanos{most_};
  std::int64_t before = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    if (before + counts_[i] < wanted) {
      before += counts_[i];
      continue;
    }
    const std::int64_t start = start_of(i);
    const std::int64_t width = i + 1 < kBuckets ? start_of(i + 1) - start : 1;
    const Wide into = Wide{width} * (2 * (wanted - before) - 1) / (Wide{2} * counts_[i]);
    return Nanos{std::min(start + static_cast<std::int64_t>(into), most_)};
  }
  return Nanos{most_};
}

std::int64_t LatencyHistogram::count_above(Nanos span) const {
  if (span.count() < 0) return count_;
  const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(span.count()));
  std::int64_t above = 0;
  for (std::size_t i = bucket + 1; i < kBuckets; ++i) above += counts_[i];
  if (bucket + 1 == kBuckets) return above;
  const std::int64_t end = start_of(bucket + 1);
  const std::int64_t width = end - start_of(bucket);
  return above + static_cast<std::int64_t>(Wide{counts_[bucket]} * (end - 1 - span.count()) / width);
}

}  // namespace tidepool::sim::load
