// The description of the testbed's calls: the file testbed.openapi.json, put into the program when it is built.
#pragma once

#include <string_view>

namespace tidepool::api {

/// OpenAPI 3.0, as JSON.
std::string_view testbed_openapi();

}  // namespace tidepool::api
