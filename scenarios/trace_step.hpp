// How far apart the rows of a recorded series are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

/// Of spacings in microseconds, the smallest that is common (a tenth of all) and that most are multiples of; if there is
/// none, the most common one, and if there are no spacings, nothing. Spacings of 0 must be left out.
std::optional<sim::Duration> common_spacing(std::vector<std::int64_t> spacings);

}  // namespace tidepool::scenarios
