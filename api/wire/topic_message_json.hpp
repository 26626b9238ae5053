// What subscribers of a notification topic would be told. The documents give no schema for these texts, so it is ours.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "sim/cloud/cloud.hpp"
#include "sim/model/records.hpp"

namespace tidepool::api {

/// `project` is shown as `tenant_id`. The message is one of cloud.topic_messages().
boost::json::object write_topic_message(const sim::Cloud& cloud, const sim::TopicMessage& message,
                                        std::string_view project);

}  // namespace tidepool::api
