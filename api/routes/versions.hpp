// The version documents: which services there are, and in which versions.
#pragma once

#include <string>
#include <vector>

#include "api/routes/message.hpp"
#include "api/routes/router.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// "http://127.0.0.1:8080": how the client reached this host, for links. A proxy may say that it was by https.
std::string base_url(const Visit& visit);

/// GET /: the identity service's list, or Auto Scaling's for a host that is called "as....".
Response answer_root(const Visit& visit);
/// GET /{version} and /autoscaling-api[/{version}].
Response answer_versions(const Visit& visit);
/// GET /v3
Response answer_identity_version(const Visit& visit);
/// All of these but GET /v3, which is the identity service's.
std::vector<Operation> operations_of_versions();

}  // namespace tidepool::api
