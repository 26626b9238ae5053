// LatencyHistogram: how often each span of time was seen, without keeping the spans.
//
// Buckets are log-linear: exact below 256 ns, then 128 of equal width in each doubling, so that a bucket is at most 0.8 %
// wide and a quantile, placed evenly within its bucket, is off by less than 0.4 %; in practice much less. Counts are
// integers, so merging is exact and in any order the same.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/load/nanos.hpp"

namespace tidepool::sim::load {

class LatencyHistogram {
 public:
  LatencyHistogram() : counts_(kBuckets) {}

  /// Negative spans count as zero.
  void add(Nanos span, std::int64_t times = 1) {
    const std::int64_t ns = span.count() < 0 ? 0 : span.count();
    counts_[bucket_of(static_cast<std::uint64_t>(ns))] += times;
    count_ += times;
    sum_ += Wide{ns} * times;
    if (ns > most_) most_ = ns;
  }

  /// All that `other` has seen, too.
  LatencyHistogram& operator+=(const LatencyHistogram& other);
  /// Without what `earlier`, a copy taken before, had seen: the window in between. Its `most` is known by bucket only.
  LatencyHistogram& operator-=(const LatencyHistogram& earlier);
  /// Everything counts so many times.
  void weigh(std::int64_t times);
  void clear() { *this = LatencyHistogram(); }

  std::int64_t count() const { return count_; }
  Wide sum_ns() const { return sum_; }
  Nanos most() const { return Nanos{most_}; }
  /// Mean in nanoseconds, 0 of nothing.
  double mean_ns() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }

  /// The span that the share `p` (0 to 1) of all does not exceed; empty of nothing.
  std::optional<Nanos> quantile(double p) const;

  /// How many lie above `span`: whole buckets are exact, the one that holds `span` is counted in proportion.
  std::int64_t count_above(Nanos span) const;

  /// use(span, times) for each bucket that is not empty, with the middle of it.
  template <class Use>
  void for_each(Use use) const {
    for (std::size_t i = 0; i < kBuckets; ++i) {
      if (counts_[i] == 0) continue;
      const std::int64_t start = start_of(i);
      const std::int64_t width = i + 1 < kBuckets ? start_of(i + 1) - start : 1;
      use(Nanos{start + (width - 1) / 2}, counts_[i]);
    }
  }

  friend bool operator==(const LatencyHistogram&, const LatencyHistogram&) = default;

 private:
  static constexpr int kBits = 7;  // 128 buckets a doubling
  static constexpr std::size_t kBuckets = (63 - kBits + 1) << kBits;

  static std::size_t bucket_of(std::uint64_t ns) {
    if (ns < (2U << kBits)) return static_cast<std::size_t>(ns);
    const int doubling = 63 - std::countl_zero(ns) - kBits;
    return (static_cast<std::size_t>(doubling) << kBits) + static_cast<std::size_t>(ns >> doubling);
  }
  static std::int64_t start_of(std::size_t bucket);

  std::vector<std::int64_t> counts_;
  std::int64_t count_ = 0;
  Wide sum_ = 0;
  std::int64_t most_ = 0;
};

}  // namespace tidepool::sim::load
