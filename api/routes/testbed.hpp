// The testbed's own calls, below /_tidepool/v1: projects, their clocks, journals, faults and snapshots.
#pragma once

#include <vector>

#include "api/routes/message.hpp"
#include "api/routes/router.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

Response answer_testbed(const Visit& visit);
std::vector<Operation> operations_of_testbed();

}  // namespace tidepool::api
