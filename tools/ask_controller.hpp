// How the verbs that run scenarios ask external controllers.
#pragma once

#include <string>

#include "sim/control/observation.hpp"

namespace tidepool::tools {

/// Throws a Failure when there is no answer, or one that cannot be read.
sim::Wish ask_controller(const std::string& url, const std::string& observation);

}  // namespace tidepool::tools
