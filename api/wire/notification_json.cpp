#include "api/wire/notification_json.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <iterator>
#include <utility>
#include <vector>

#include "api/wire/fields.hpp"
#include "api/wire/lifecycle_hook_spelling.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

constexpr Spelling<sim::Scene> kScenes[] = {{"SCALING_UP", sim::Scene::ScalingUp},
                                            {"SCALING_UP_FAIL", sim::Scene::ScalingUpFail},
                                            {"SCALING_DOWN", sim::Scene::ScalingDown},
                                            {"SCALING_DOWN_FAIL", sim::Scene::ScalingDownFail},
                                            {"SCALING_GROUP_ABNORMAL", sim::Scene::GroupAbnormal}};

std::vector<sim::Scene> read_scenes(const Fields& body) {
  std::vector<sim::Scene> scenes;
  for (const std::string_view each : body.texts("topic_scene").value_or(std::vector<std::string_view>{})) {
    const auto known = std::ranges::find(kScenes, each, &Spelling<sim::Scene>::text);
    if (known == std::end(kScenes))
      body.report("topic_scene", ErrorCode::NotificationInvalid,
                  "SCALING_UP, SCALING_UP_FAIL, SCALING_DOWN, SCALING_DOWN_FAIL or SCALING_GROUP_ABNORMAL");
    else if (std::ranges::find(scenes, known->value) == scenes.end())
      scenes.push_back(known->value);
  }
  return scenes;
}

}  // namespace

sim::Result<sim::SubscribeTopic> read_subscribe_topic(std::string_view body, sim::AsGroupId group,
                                                      const sim::Cloud& cloud) {
  const auto members = parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour()};
  const Fields fields{*members, faults};
  fields.expect_only({"topic_urn", "topic_scene", "topic_name"});
  sim::SubscribeTopic read{group, {}};
  read.set.urn = fields.required_text("topic_urn", ErrorCode::TopicUnknown);
  read.set.scenes = read_scenes(fields);
  if (faults.any()) return faults.first();
  return read;
}

boost::json::object write_topic_subscription(const sim::TopicSubscription& subscription) {
  boost::json::array scenes;
  for (const sim::Scene each : subscription.scenes) scenes.emplace_back(scene_text(each));
  return {{"topic_urn", subscription.urn},
          {"topic_scene", std::move(scenes)},
          {"topic_name", topic_name(subscription.urn)}};
}

std::string_view scene_text(sim::Scene scene) { return spelling_of(kScenes, scene); }

}  // namespace tidepool::api
