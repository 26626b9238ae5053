#include "scenarios/trace_step.hpp"

#include <algorithm>

namespace tidepool::scenarios {

using sim::Duration;

// A spacing has to be common to be chosen, or one stray row would cut every step short.
std::optional<Duration> common_spacing(std::vector<std::int64_t> spacings) {
  std::ranges::sort(spacings);
  std::optional<Duration> most_common;
  std::size_t most = 0;
  for (auto at = spacings.begin(); at != spacings.end();) {
    const std::int64_t spacing = *at;
    const auto next = std::upper_bound(at, spacings.end(), spacing);
    const auto times = static_cast<std::size_t>(next - at);
    at = next;
    if (times * 10 >= spacings.size()) {
      const auto multiples =
          std::ranges::count_if(spacings, [=](std::int64_t each) { return each % spacing == 0; });
      if (2 * static_cast<std::size_t>(multiples) > spacings.size()) return Duration{spacing};
    }
    if (times > most) {
      most = times;
      most_common = Duration{spacing};
    }
  }
  return most_common;
}

}  // namespace tidepool::scenarios
