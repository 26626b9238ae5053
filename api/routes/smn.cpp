// Topics of the notification service (SMN), by name. A message is delivered to nobody.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/routes/service_call.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using boost::json::array;
using boost::json::object;

std::string urn_of(const ServiceCall& call, std::string_view name) {
  return fmt::format("urn:smn:{}:{}:{}", call.region().name, call.tenant.id, name);
}

object topic_view(const ServiceCall& call, const sim::Topic& topic) {
  const std::string made = seconds_text(topic.created);
  return {{"topic_urn", urn_of(call, topic.name)},
          {"name", topic.name},
          {"display_name", topic.display_name},
          {"push_policy", 0},
          {"create_time", made},
          {"update_time", made},
          {"enterprise_project_id", "0"},
          {"request_id", hash_text("request", {topic.name})}};
}

// The topic that a path names by its URN, or by its name alone.
const sim::Topic* topic_in_path(const ServiceCall& call) {
  const std::string_view text = call.text("topic_urn");
  const std::string_view name = text.substr(text.rfind(':') + 1);
  if (name != text && urn_of(call, name) != text) return nullptr;
  return call.region().find_topic(name);
}

Response no_such_topic(const ServiceCall& call) { return no_such(call, "topic", call.text("topic_urn")); }

Response done_with(std::string_view name) {
  return answer(200, {{"request_id", hash_text("request", {name})}});
}

Response create_topic(const ServiceCall& call) {
  const ServiceBody body(call, "");
  const sim::CreateTopic request{body.required("name"), body.text("display_name")};
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  };
  if (request.name.size() > 255 || !std::ranges::all_of(request.name, fits))
    body.report("name", "1 to 255 letters, digits, _ and -");
  if (body.is_wrong()) return body.refusal();
  call.cloud().submit(request);
  return answer(
      201, {{"request_id", hash_text("request", {request.name})}, {"topic_urn", urn_of(call, request.name)}});
}

// `offset` and `limit` here, and no markers.
Response list_topics(const ServiceCall& call) {
  array rows;
  for (const sim::Topic& each : call.region().topics)
    if (!each.deleted) rows.push_back(topic_view(call, each));
  const auto count = rows.size();
  return answer(200, {{"request_id", hash_text("request", {})},
                      {"topic_count", count},
                      {"topics", asked_for(call, std::move(rows), "topic_urn")}});
}

Response show_topic(const ServiceCall& call) {
  const sim::Topic* topic = topic_in_path(call);
  return topic == nullptr ? no_such_topic(call) : answer(200, topic_view(call, *topic));
}

Response change_topic(const ServiceCall& call) {
  const sim::Topic* topic = topic_in_path(call);
  if (topic == nullptr) return no_such_topic(call);
  const ServiceBody body(call, "");
  const sim::ModifyTopic request{topic->name, body.text("display_name", topic->display_name)};
  if (body.is_wrong()) return body.refusal();
  if (const auto done = call.cloud().submit(request); !done) return refused(call, done.error());
  return done_with(request.name);
}

Response delete_topic(const ServiceCall& call) {
  const sim::Topic* topic = topic_in_path(call);
  if (topic == nullptr) return no_such_topic(call);
  const std::string name = topic->name;
  if (const auto done = call.cloud().submit(sim::DeleteTopic{name}); !done)
    return refused(call, done.error());
  return done_with(name);
}

constexpr std::array kRoutes = std::to_array<ServiceRoute>({
    {"POST", "/v2/{project_id}/notifications/topics", "create a topic", create_topic},
    {"GET", "/v2/{project_id}/notifications/topics", "list topics", list_topics},
    {"GET", "/v2/{project_id}/notifications/topics/{topic_urn}", "read a topic", show_topic},
    {"PUT", "/v2/{project_id}/notifications/topics/{topic_urn}", "change a topic", change_topic},
    {"DELETE", "/v2/{project_id}/notifications/topics/{topic_urn}", "delete a topic", delete_topic},
    {"GET", "/v2/{project_id}/smn_topic/{topic_name}/tags", "list tags: there are none", no_tags},
    {"GET", "/v2/{project_id}/notifications/smn_topic/{topic_name}/tags", "list tags: there are none",
     no_tags},
});

}  // namespace

Service smn_service() { return {ServiceName::Smn, kRoutes}; }

}  // namespace tidepool::api
