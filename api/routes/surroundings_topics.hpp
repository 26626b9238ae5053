// Topics of the notification service (SMN), by name. A message is delivered to nobody.
#pragma once

#include "api/routes/message.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

/// Paths below /v2/{project_id}/notifications/topics and /v2/{project_id}/smn_topic.
Response answer_topics(const Visit& visit, Tenant& tenant);

}  // namespace tidepool::api
