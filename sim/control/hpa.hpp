// The Horizontal Pod Autoscaler of Kubernetes (autoscaling/v2).
//
// Source: Kubernetes documentation, "Horizontal Pod Autoscaling", and the behaviour of its controller.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/control/observation.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim {

struct HpaMetric {
  Signal signal = Signal::Utilisation;
  std::int64_t target = 0;  ///< in the signal's unit, 1 or more
};

enum class HpaLimit : std::uint8_t { Pods, Percent };
enum class HpaSelect : std::uint8_t { Most, Least, Disabled };

/// At most so many pods, or so many percent of the size at its beginning, within a period.
struct HpaRate {
  HpaLimit limit = HpaLimit::Pods;
  int value = 0;
  Duration period = std::chrono::seconds{15};
};

/// One direction: of what was recommended within the window that holds which changes least, and rates bound the step,
/// the one that allows most or least of them.
struct HpaDirection {
  Duration window{};
  HpaSelect select = HpaSelect::Most;
  std::vector<HpaRate> rates;
};

/// desired = ceil(ready x value / target) by each metric, the largest of all; no change while the ratio lies within the
/// tolerance of one. Instances that are still starting count as idle when it goes up and not at all when it goes down.
struct HorizontalPodAutoscaler {
  std::vector<HpaMetric> metrics;
  std::int64_t tolerance_millionths = 100'000;
  HpaDirection up{Duration{}, HpaSelect::Most, {{HpaLimit::Percent, 100}, {HpaLimit::Pods, 4}}};
  HpaDirection down{std::chrono::seconds{300}, HpaSelect::Most, {{HpaLimit::Percent, 100}}};

  Wish wish(const Observation& seen);

 private:
  struct Dated {
    Time time{};
    int value = 0;
  };
  std::optional<int> recommended(const HpaMetric& metric, const Observation& seen) const;
  int stabilised(int recommendation, const Observation& seen);
  int limited(int size, const Observation& seen) const;
  std::int64_t limit_of(const HpaRate& rate, const Observation& seen, int direction) const;

  std::vector<Dated> recommendations_;  // as long as a window reaches
  std::vector<Dated> changes_;          // as long as a period reaches
};

}  // namespace tidepool::sim
