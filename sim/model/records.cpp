#include "sim/model/records.hpp"

namespace tidepool::sim {

const char* text_of(ResourceKind kind) { return kind == ResourceKind::Eip ? "eip" : "data_disk"; }

std::optional<MetricValue> Effort::share_since(const Effort& earlier) const {
  constexpr Wide kFull = 100 * kMetricUnit;
  if (able <= earlier.able) return std::nullopt;
  const Wide share = (done - earlier.done) * kFull / (able - earlier.able);
  return static_cast<MetricValue>(share < kFull ? share : kFull);
}

}  // namespace tidepool::sim
