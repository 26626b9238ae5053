// Cloud Eye, as far as alarm policies need it: alarm rules, and metric data that clients push and read.
#pragma once

#include <optional>
#include <vector>

#include "api/routes/message.hpp"
#include "api/routes/router.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// Answers what lies below /V1.0/{project_id} or /ces/V1.0/{project_id}; empty for other paths.
std::optional<Response> answer_ces(const Visit& visit);
std::vector<Operation> operations_of_ces();

}  // namespace tidepool::api
