// Bandwidths, which policies can widen and narrow: made, changed and given up by hand.
#pragma once

#include <optional>

#include "api/routes/message.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// Answers /v1/{project_id}/bandwidths and what lies below; empty for other paths.
std::optional<Response> answer_bandwidths(const Visit& visit);

}  // namespace tidepool::api
