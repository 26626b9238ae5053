#pragma once

#include <string>
#include <vector>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {

/// What must hold between any two events and does not, one sentence each; empty when all is well.
///
/// Every counter is compared with a full count, so this costs as much as the cloud is large: for tests.
std::vector<std::string> broken_invariants(const Cloud& cloud);

}  // namespace tidepool::sim
