#pragma once

#include <optional>

#include "tools/failure.hpp"

namespace tidepool::tools {

/// From now on the first SIGINT or SIGTERM is only remembered; another one, a fifth of a second later or more, ends the
/// program at once. (Programs such as timeout send theirs twice in a row.)
void catch_interrupts();

/// How the program is to end, once one of the signals has come.
std::optional<Exit> interrupted();

}  // namespace tidepool::tools
