#include "sim/decide/bandwidth_action.hpp"

#include <algorithm>
#include <cassert>

#include "sim/model/bandwidth.hpp"

namespace tidepool::sim {

int nearest_bandwidth(int size) {
  const int step = size <= 300 ? 1 : size <= 1000 ? 50 : 500;
  return std::clamp((size + step / 2) / step * step, kLeastBandwidth, kMostBandwidth);
}

BandwidthTarget bandwidth_target(const PolicyAction& action, int size) {
  assert(!action.percentage);
  const int by = action.number.value_or(1);
  int target = size;
  switch (action.operation) {
    case PolicyOperation::Set: return {nearest_bandwidth(by), std::nullopt};
    case PolicyOperation::Add: {
      const int most = action.limits.value_or(kMostBandwidth);
      target = std::min(nearest_bandwidth(std::min(size + by, most)), most);
      if (target <= size) return {size, ErrorCode::AlreadyAtLimit};
      break;
    }
    case PolicyOperation::Remove: {
      const int least = action.limits.value_or(kLeastBandwidth);
      target = std::max(nearest_bandwidth(std::max(size - by, least)), least);
      if (target >= size) return {size, ErrorCode::AlreadyAtLimit};
      break;
    }
  }
  return {target, std::nullopt};
}

}  // namespace tidepool::sim
