// What lies around the service: networks, servers, keys, load balancers, images and topics, in the forms of the services
// that own them. They all look at, and change, the things that groups refer to.
#pragma once

#include <optional>
#include <vector>

#include "api/routes/all_operations.hpp"
#include "api/routes/message.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// Empty for a path that belongs to no such service.
std::optional<Response> answer_surroundings(const Visit& visit);
std::vector<ServiceOperations> operations_of_surroundings();

}  // namespace tidepool::api
