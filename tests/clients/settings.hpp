// What the environment says about a run of the tests.
#pragma once

#include <string>

namespace tidepool::clients {

/// UPDATE_GOLDEN, TIDEPOOL_LONG: whether it is there at all.
bool is_set(const char* variable);
/// Its value, or `otherwise`.
std::string setting(const char* variable, const char* otherwise);

}  // namespace tidepool::clients
