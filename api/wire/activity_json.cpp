#include "api/wire/activity_json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cassert>
#include <chrono>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using sim::ActivityStatus;
using sim::ActivityType;
using sim::ErrorCode;

constexpr ActivityType kTypesOfV1[] = {
    ActivityType::Normal,       ActivityType::ManualAdd,      ActivityType::ManualRemove,
    ActivityType::ManualDelete, ActivityType::ElbCheckDelete, ActivityType::AuditCheckDelete,
    ActivityType::Diff};

// ---- Writing ----

boost::json::object write_reason(const sim::Cloud& cloud, const sim::ChangeReason& reason) {
  boost::json::object written{{"change_reason", sim::text_of(reason.cause)},
                              {"old_value", reason.old_value},
                              {"new_value", reason.new_value},
                              {"change_time", seconds_text(reason.time)}};
  if (reason.policy == sim::none<sim::AsPolicyId>()) return written;
  written["scaling_policy_name"] = cloud.all_policies()[index_of(reason.policy)].set.name;
  written["scaling_policy_id"] = IdText{cloud.seed()}.text(reason.policy);
  return written;
}

// JSON text within a JSON string: that is how the service words it.
std::string description(const sim::Cloud& cloud, const sim::ScalingActivity& activity) {
  boost::json::array reasons;
  for (const sim::ChangeReason& each : activity.reasons) reasons.push_back(write_reason(cloud, each));
  return to_text(boost::json::object{{"reason", std::move(reasons)}});
}

boost::json::value end_text(const sim::ScalingActivity& activity) {
  if (activity.status == ActivityStatus::Doing) return nullptr;
  return boost::json::string{seconds_text(activity.end)};
}

boost::json::value joined_names(const sim::Cloud& cloud, const std::vector<sim::InstanceId>& instances) {
  if (instances.empty()) return nullptr;
  std::vector<std::string> names;
  names.reserve(instances.size());
  for (const sim::InstanceId each : instances) names.push_back(instance_name(cloud, each));
  return boost::json::string{fmt::format("{}", fmt::join(names, ","))};
}

boost::json::array listed(const sim::Cloud& cloud, const std::vector<sim::InstanceId>& instances) {
  boost::json::array list;
  for (const sim::InstanceId each : instances)
    list.push_back(
        {{"instance_id", instance_text(cloud, each)}, {"instance_name", instance_name(cloud, each)}});
  return list;
}

boost::json::object write_failed(const sim::Cloud& cloud, const sim::ScalingActivity& activity,
                                 const sim::FailedInstance& failed) {
  const bool has_ecs = failed.instance != sim::none<sim::InstanceId>();
  const bool configured = activity.configuration != sim::none<sim::AsConfigurationId>();
  const auto text_or_null = [](bool there, auto text) {
    return there ? boost::json::value(text()) : boost::json::value(nullptr);
  };
  return {{"instance_id", text_or_null(has_ecs, [&] { return instance_text(cloud, failed.instance); })},
          {"instance_name", text_or_null(has_ecs, [&] { return instance_name(cloud, failed.instance); })},
          {"failed_reason", sim::code_text(failed.code)},
          {"failed_details", failed.reason},
          {"instance_config", text_or_null(configured, [&] {
             return cloud.all_configurations()[index_of(activity.configuration)].name;
           })}};
}

boost::json::array bindings(const sim::Cloud& cloud, const std::vector<sim::ListenerId>& listeners,
                            const std::vector<sim::LbaasListener>& pools) {
  boost::json::array list;
  for (const sim::ListenerId each : listeners)
    list.push_back(boost::json::object{{"listener", cloud.region().listener(each).id}});
  for (const sim::LbaasListener& each : pools)
    list.push_back(boost::json::object{
        {"lbaas_listener", boost::json::object{{"listener_id", nullptr},
                                               {"pool_id", cloud.region().pool(each.pool).id},
                                               {"protocol_port", each.protocol_port},
                                               {"weight", each.weight}}}});
  return list;
}

void write_bindings(const sim::Cloud& cloud, const sim::ScalingActivity& activity,
                    boost::json::object& written) {
  written["lb_bind_success_list"] = bindings(cloud, activity.bound_listeners, activity.bound_pools);
  written["lb_bind_failed_list"] = boost::json::array{};
  written["lb_unbind_success_list"] = bindings(cloud, activity.unbound_listeners, activity.unbound_pools);
  written["lb_unbind_failed_list"] = boost::json::array{};
}

void write_instances(const sim::Cloud& cloud, const sim::ScalingActivity& activity,
                     boost::json::object& written) {
  written["instance_added_list"] = listed(cloud, activity.added);
  written["instance_deleted_list"] = listed(cloud, activity.deleted);
  written["instance_removed_list"] = listed(cloud, activity.removed);
  boost::json::array failed;
  for (const sim::FailedInstance& each : activity.failed)
    failed.push_back(write_failed(cloud, activity, each));
  written["instance_failed_list"] = std::move(failed);
  written["description"] = description(cloud, activity);
}

// ---- Filters ----

std::optional<ActivityType> type_spelled(std::string_view text) {
  for (const ActivityType each : kTypesOfV1)
    if (text == sim::text_of(each)) return each;
  if (text == sim::text_of(ActivityType::ModifyElb)) return ActivityType::ModifyElb;
  return std::nullopt;
}

std::optional<ActivityStatus> status_spelled(std::string_view text) {
  for (const ActivityStatus each : {ActivityStatus::Doing, ActivityStatus::Success, ActivityStatus::Fail})
    if (text == sim::text_of(each)) return each;
  return std::nullopt;
}

sim::Result<std::vector<ActivityType>> read_types(std::string_view list) {
  std::vector<ActivityType> types;
  while (true) {
    const std::string_view item = list.substr(0, list.find(','));
    const auto type = type_spelled(item);
    if (!type)
      return sim::Error{
          ErrorCode::ActivityTypeInvalid,
          fmt::format("type {}: expected types like NORMAL or DIFF joined by commas", shown(item))};
    types.push_back(*type);
    if (item.size() == list.size()) return types;
    list.remove_prefix(item.size() + 1);
  }
}

sim::Result<ActivityFilter> read_window(const Query& query) {
  ActivityFilter filter;
  auto from = read_moment(query, "start_time", ErrorCode::ActivityStartTimeFormat);
  if (!from) return from.error();
  auto until = read_moment(query, "end_time", ErrorCode::ActivityEndTimeFormat);
  if (!until) return until.error();
  filter.from = *from;
  filter.until = *until;
  return filter;
}

}  // namespace

boost::json::object write_activity_v1(const sim::Cloud& cloud, sim::ScalingActivityId id) {
  assert(cloud.find(id) != nullptr);
  const sim::ScalingActivity& activity = *cloud.find(id);
  return {{"id", IdText{cloud.seed()}.text(id)},
          {"instance_value", activity.instance_value},
          {"desire_value", activity.desire_value},
          {"scaling_value", activity.scaling_value},
          {"start_time", seconds_text(activity.start)},
          {"end_time", end_text(activity)},
          {"instance_added_list", joined_names(cloud, activity.added)},
          {"instance_deleted_list", joined_names(cloud, activity.deleted)},
          {"instance_removed_list", joined_names(cloud, activity.removed)},
          {"status", sim::text_of(activity.status)},
          {"description", description(cloud, activity)}};
}

boost::json::object write_activity_v2(const sim::Cloud& cloud, sim::ScalingActivityId id) {
  assert(cloud.find(id) != nullptr);
  const sim::ScalingActivity& activity = *cloud.find(id);
  boost::json::object written{
      {"id", IdText{cloud.seed()}.text(id)},        {"type", sim::text_of(activity.type)},
      {"status", sim::text_of(activity.status)},    {"instance_value", activity.instance_value},
      {"desire_value", activity.desire_value},      {"scaling_value", activity.scaling_value},
      {"start_time", seconds_text(activity.start)}, {"end_time", end_text(activity)}};
  if (activity.type == ActivityType::ModifyElb)
    write_bindings(cloud, activity, written);
  else
    write_instances(cloud, activity, written);
  return written;
}

sim::Result<ActivityFilter> read_activity_filter_v1(const Query& query) {
  auto filter = read_window(query);
  if (filter) filter->types.assign(std::begin(kTypesOfV1), std::end(kTypesOfV1));
  return filter;
}

sim::Result<ActivityFilter> read_activity_filter_v2(const Query& query, const sim::Cloud& cloud) {
  auto filter = read_window(query);
  if (!filter) return filter;
  if (const auto given = parameter(query, "log_id")) {
    if (!has_uuid_shape(*given))
      return sim::Error{ErrorCode::ActivityLogIdInvalid,
                        fmt::format("log_id {}: expected a UUID", shown(*given))};
    filter->activity = IdText{cloud.seed()}.activity(*given);
  }
  if (const auto given = parameter(query, "type")) {
    auto types = read_types(*given);
    if (!types) return types.error();
    filter->types = *std::move(types);
  }
  if (const auto given = parameter(query, "status")) {
    filter->status = status_spelled(*given);
    if (!filter->status)
      return sim::Error{ErrorCode::ActivityStatusInvalid,
                        fmt::format("status {}: expected one of SUCCESS, FAIL, DOING", shown(*given))};
  }
  return filter;
}

bool admits(const ActivityFilter& filter, sim::ScalingActivityId id, const sim::ScalingActivity& activity) {
  // To the second, as answers show it, so that a moment copied from an answer finds its action.
  const auto start = std::chrono::floor<std::chrono::seconds>(activity.start);
  return (!filter.from || *filter.from <= start) && (!filter.until || start <= *filter.until) &&
         (!filter.activity || *filter.activity == id) &&
         (filter.types.empty() || std::ranges::find(filter.types, activity.type) != filter.types.end()) &&
         (!filter.status || *filter.status == activity.status);
}

}  // namespace tidepool::api
