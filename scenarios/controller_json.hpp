// What an external controller is asked, and what it may answer.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "sim/control/observation.hpp"

namespace tidepool::scenarios {

/// {"group", "time", "desired", "in_service", "launching", "min", "max", "cpu_util", "demand_per_second", "queue"}
std::string observation_json(std::string_view group, const sim::Observation& seen);

/// Of {"size": 5} and {"size": 5, "max": 8}; or what is wrong with it, with what is expected.
std::variant<sim::Wish, std::string> read_wish(std::string_view answer);

}  // namespace tidepool::scenarios
