// Which way a metric of the report is better, for those that compare runs.
#pragma once

#include <cstdint>
#include <string_view>

namespace tidepool::scenarios {

enum class Better : std::uint8_t { Neither, Smaller, Larger };

struct MetricDirection {
  Better better = Better::Neither;
  bool judges = false;  ///< counts among pairwise wins; metrics that say again what another one says do not
};

/// Of a metric such as "unserved_percent". Neither for those that are no merit in themselves: sizes, numbers of actions.
MetricDirection direction_of(std::string_view metric);

/// "smaller", "larger" or "neither"
std::string_view word_for(Better better);

}  // namespace tidepool::scenarios
