// What a group tells which notification topics, on the wire.
// Source: Huawei Cloud AS API reference, "Configuring Notifications", "Querying Notifications".
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"
#include "sim/model/notification.hpp"

namespace tidepool::api {

/// A missing topic is AS.7043. A missing or unknown scene is AS.2034, the code for wrong notification methods; one
/// that is listed twice counts once.
sim::Result<sim::SubscribeTopic> read_subscribe_topic(std::string_view body, sim::AsGroupId group,
                                                      const sim::Cloud& cloud);

boost::json::object write_topic_subscription(const sim::TopicSubscription& subscription);

std::string_view scene_text(sim::Scene scene);  ///< "SCALING_UP"

}  // namespace tidepool::api
