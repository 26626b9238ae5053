#include <boost/json/array.hpp>
#include <utility>

#include "api/routes/handlers.hpp"
#include "api/wire/notification_json.hpp"

namespace tidepool::api {

// Adds the topic, or replaces what it is told.
Response set_notification(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto command = read_subscribe_topic(call.body, *group, call.cloud);
  if (!command) return error_response(command.error());
  const auto done = call.cloud.submit(*command);
  return done ? ok(write_topic_subscription(command->set)) : error_response(done.error());
}

// Oldest first, and not paged.
Response list_notifications(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  boost::json::array rows;
  for (const sim::TopicSubscription& each : call.cloud.find(*group)->topics)
    rows.push_back(write_topic_subscription(each));
  return ok({{"topics", std::move(rows)}});
}

Response delete_notification(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  return no_content_or_error(call.cloud.submit(sim::UnsubscribeTopic{*group, call.path.at("topic_urn")}));
}

}  // namespace tidepool::api
