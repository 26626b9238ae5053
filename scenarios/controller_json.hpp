// What an external controller is asked, and what it may answer.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "scenarios/scenario.hpp"
#include "sim/control/observation.hpp"

namespace tidepool::scenarios {

/// Asks the external controller that is declared so, with an observation as JSON; empty: it wishes for nothing. From any
/// thread; throws to end the run.
using AskController = std::function<std::optional<sim::Wish>(const ControllerDeclaration& declared,
                                                             const std::string& observation)>;

/// {"scenario", "seed", "group", "time", "desired", "in_service", "launching", "min", "max", "cpu_util",
/// "demand_per_second", "queue"}; the first two tell runs apart.
std::string observation_json(const Scenario& scenario, std::string_view group, const sim::Observation& seen);

/// What answers look like, for messages.
inline constexpr std::string_view kExpectedWish =
    R"({"size": N} with N from 0 to 1000000 or null, perhaps with "max")";

/// Of {"size": 5}, {"size": 5, "max": 8} and {"size": null}, which is no wish; or what is wrong with it.
std::variant<std::optional<sim::Wish>, std::string> read_wish(std::string_view answer);

/// Of a scenario with an external controller: the complaint of who can't ask it. Or nothing.
std::optional<std::string> asks_outside(const Scenario& scenario);

}  // namespace tidepool::scenarios
