// What lies around the service, as far as clients of Auto Scaling look at it first: the region's things in the forms of the
// services that own them. These are views; only notification topics can be made and deleted.
#pragma once

#include <optional>

#include "api/routes/message.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// Empty for a path that belongs to no such service. Errors have the identity service's form.
std::optional<Response> answer_surroundings(const Visit& visit);

}  // namespace tidepool::api
