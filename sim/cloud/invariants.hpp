#pragma once

#include <string>
#include <vector>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {

/// What must hold between any two events and does not, one sentence each; empty when all is well.
///
/// Every counter, index and event to come is compared with a full count, so this costs as much as the cloud is large.
std::vector<std::string> broken_invariants(const Cloud& cloud);

/// The part of it that looks at the numbers of one group only and costs next to nothing.
std::vector<std::string> broken_numbers(const Cloud& cloud, AsGroupId group);

/// Whether this build checks after every event that they hold (CMake: TIDEPOOL_INVARIANTS), and at the moment of the
/// deeds that no later look can judge: moves, launches, removals and executions by alarms.
///
/// The numbers of the group that an event touched are checked each time. The whole cloud is looked at so often that
/// its rows over time stay a fixed number an event: after each one while it is small, less often as it grows.
bool invariants_are_checked();

/// Thrown when one is broken, after it was written to standard error with the simulated time and the seed. It is no
/// std::exception, so that nobody takes it for a failed request and goes on: the program ends.
struct BrokenInvariant {
  std::string sentence;
};

}  // namespace tidepool::sim
