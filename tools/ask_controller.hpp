// How the verbs that run scenarios ask external controllers.
#pragma once

#include <optional>
#include <string>

#include "scenarios/scenario.hpp"
#include "sim/control/observation.hpp"

namespace tidepool::tools {

/// What it wishes for; empty: nothing. Throws a Failure when there is no answer, or one that cannot be read.
std::optional<sim::Wish> ask_controller(const scenarios::ControllerDeclaration& declared,
                                        const std::string& observation);

}  // namespace tidepool::tools
