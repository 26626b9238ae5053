#include "api/wire/topic_message_json.hpp"

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/lifecycle_hook_spelling.hpp"
#include "api/wire/metric_json.hpp"
#include "api/wire/notification_json.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

// What the owner needs to call back.
void write_wait(const sim::Cloud& cloud, sim::HookWaitId id, boost::json::object& written) {
  const sim::HookWait& wait = cloud.all_waits()[sim::index_of(id)];
  written["lifecycle_hook_name"] = wait.hook.name;
  written["lifecycle_hook_type"] = spelling_of(kHookTypes, wait.hook.type);
  written["lifecycle_action_key"] = IdText{cloud.seed()}.text(id);
  written["instance_id"] = instance_text(cloud, wait.instance);
  written["instance_name"] = instance_name(cloud, wait.instance);
  written["default_result"] = spelling_of(kHookResults, wait.hook.default_result);
  written["timeout"] = seconds_text(wait.since + wait.hook.default_timeout);
  written["notification_metadata"] =
      wait.hook.metadata ? boost::json::value(*wait.hook.metadata) : boost::json::value(nullptr);
}

void write_scene(const sim::Cloud& cloud, const sim::TopicMessage& message, boost::json::object& written) {
  written["topic_scene"] = scene_text(*message.scene);
  if (*message.scene == sim::Scene::GroupAbnormal) {
    written["detail"] = message.detail;
    return;
  }
  const sim::ScalingActivity& activity = *cloud.find(message.activity);
  written["scaling_activity_id"] = IdText{cloud.seed()}.text(message.activity);
  written["type"] = sim::text_of(activity.type);
  written["instance_value"] = activity.instance_value;
  written["desire_value"] = activity.desire_value;
}

// The alarm rule may be gone by now.
boost::json::object write_alarm(const sim::Cloud& cloud, const sim::TopicMessage& message,
                                std::string_view project) {
  return {{"service", "CloudEye"},
          {"tenant_id", project},
          {"alarm_id", IdText{cloud.seed()}.text(message.alarm)},
          {"alarm_name", cloud.all_alarm_rules()[sim::index_of(message.alarm)].set.name},
          {"alarm_state", message.raised ? "alarm" : "ok"},
          {"value", write_value(message.value)},
          {"time", seconds_text(message.time)}};
}

}  // namespace

boost::json::object write_topic_message(const sim::Cloud& cloud, const sim::TopicMessage& message,
                                        std::string_view project) {
  if (message.alarm != sim::none<sim::AlarmRuleId>()) return write_alarm(cloud, message, project);
  boost::json::object written{
      {"service", "AutoScaling"},
      {"tenant_id", project},
      {"scaling_group_id", IdText{cloud.seed()}.text(message.group)},
      {"scaling_group_name", cloud.all_groups()[sim::index_of(message.group)].set.name}};
  if (message.scene)
    write_scene(cloud, message, written);
  else
    write_wait(cloud, message.wait, written);
  written["time"] = seconds_text(message.time);
  return written;
}

}  // namespace tidepool::api
