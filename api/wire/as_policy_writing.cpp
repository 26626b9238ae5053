#include <cassert>
#include <chrono>

#include "api/wire/as_policy_json.hpp"
#include "api/wire/as_policy_spelling.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

boost::json::object write_schedule(const sim::AsPolicySettings& set) {
  if (set.type == sim::PolicyType::Scheduled) return {{"launch_time", minutes_text(set.launch_time)}};
  boost::json::object schedule{{"launch_time", time_of_day_text(set.recurrence.time_of_day)},
                               {"recurrence_type", spelling_of(kRecurrenceTypes, set.recurrence.type)}};
  if (set.recurrence.type != sim::RecurrenceType::Daily) schedule["recurrence_value"] = set.recurrence_value;
  schedule["start_time"] = minutes_text(set.recurrence.start);
  schedule["end_time"] = minutes_text(set.recurrence.end);
  return schedule;
}

boost::json::object write_action_v1(const sim::PolicyAction& action) {
  boost::json::object written{{"operation", spelling_of(kPolicyOperations, action.operation)}};
  if (action.percentage)
    written["instance_percentage"] = *action.percentage;
  else
    written["instance_number"] = action.number.value_or(1);
  return written;
}

boost::json::object write_action_v2(const sim::PolicyAction& action) {
  const bool reduces = action.operation == sim::PolicyOperation::Remove;
  boost::json::object written{
      {"operation", reduces ? "REDUCE" : spelling_of(kPolicyOperations, action.operation)}};
  if (action.percentage)
    written["percentage"] = *action.percentage;
  else
    written["size"] = action.number.value_or(1);
  if (action.limits) written["limits"] = *action.limits;
  return written;
}

std::string_view status_text(const sim::AsPolicy& policy) {
  if (policy.is_executing()) return "EXECUTING";
  return policy.status == sim::PolicyStatus::Paused ? "PAUSED" : "INSERVICE";
}

}  // namespace

boost::json::object write_as_policy(const sim::Cloud& cloud, sim::AsPolicyId id) {
  assert(cloud.find(id) != nullptr);
  const IdText ids{cloud.seed()};
  const sim::AsPolicy& policy = *cloud.find(id);
  boost::json::object written{{"scaling_policy_id", ids.text(id)},
                              {"scaling_group_id", ids.text(policy.group)},
                              {"scaling_policy_name", policy.set.name},
                              {"scaling_policy_type", spelling_of(kPolicyTypes, policy.set.type)}};
  if (policy.set.type == sim::PolicyType::Alarm) written["alarm_id"] = ids.text(policy.set.alarm);
  written["policy_status"] = status_text(policy);
  written["cool_down_time"] = std::chrono::duration_cast<std::chrono::seconds>(policy.set.cool_down).count();
  if (policy.set.type != sim::PolicyType::Alarm) written["scheduled_policy"] = write_schedule(policy.set);
  written["scaling_policy_action"] = write_action_v1(policy.set.action);
  written["create_time"] = seconds_text(policy.create_time);
  return written;
}

boost::json::object write_as_policy_v2(const sim::Cloud& cloud, sim::AsPolicyId id) {
  assert(cloud.find(id) != nullptr);
  const IdText ids{cloud.seed()};
  const sim::AsPolicy& policy = *cloud.find(id);
  const bool by_alarm = policy.set.type == sim::PolicyType::Alarm;
  const bool of_group = policy.resource() == sim::ScalingResource::Group;
  boost::json::object written{
      {"scaling_policy_id", ids.text(id)},
      {"scaling_policy_name", policy.set.name},
      {"scaling_resource_id", of_group ? ids.text(policy.group) : ids.text(policy.bandwidth)},
      {"scaling_resource_type", spelling_of(kScalingResources, policy.resource())},
      {"scaling_policy_type", spelling_of(kPolicyTypes, policy.set.type)}};
  if (by_alarm) written["alarm_id"] = ids.text(policy.set.alarm);
  written["scheduled_policy"] = by_alarm ? boost::json::object{} : write_schedule(policy.set);
  written["cool_down_time"] = std::chrono::duration_cast<std::chrono::seconds>(policy.set.cool_down).count();
  written["policy_status"] = status_text(policy);
  written["scaling_policy_action"] = write_action_v2(policy.set.action);
  written["create_time"] = seconds_text(policy.create_time);
  written["description"] =
      policy.set.description ? boost::json::value(*policy.set.description) : boost::json::value(nullptr);
  if (!of_group) written["meta_data"] = write_bandwidth_metadata(cloud, policy.bandwidth);
  return written;
}

boost::json::object write_bandwidth_metadata(const sim::Cloud& cloud, sim::BandwidthId id) {
  const sim::PublicIpId ip = cloud.all_bandwidths()[sim::index_of(id)].ip;
  const bool shared = ip == sim::none<sim::PublicIpId>();
  boost::json::object written{{"metadata_bandwidth_share_type", shared ? "WHOLE" : "PER"}};
  if (shared) return written;
  written["metadata_eip_id"] = cloud.region().public_ip(ip).id;
  written["metadata_eip_address"] = cloud.region().public_ip(ip).address;
  return written;
}

}  // namespace tidepool::api
