// The catalog: under which address each service of this host is found.
#pragma once

#include <boost/json/array.hpp>
#include <string_view>

#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// Addresses begin with what the client called this host. Without a project (of an account for a whole domain) only those
/// services that need none are listed. `project_name` tells the region that the client will look for.
boost::json::array catalog_of(const Visit& visit, std::string_view project_id, std::string_view project_name);

}  // namespace tidepool::api
