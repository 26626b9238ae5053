#include "api/wire/execution_log_json.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cassert>
#include <chrono>

#include "api/wire/as_policy_json.hpp"
#include "api/wire/as_policy_spelling.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

constexpr Spelling<sim::Trigger> kTriggers[] = {{"ALARM", sim::Trigger::Alarm},
                                                {"SCHEDULED", sim::Trigger::Scheduled},
                                                {"RECURRENCE", sim::Trigger::Recurrence},
                                                {"MANUAL", sim::Trigger::Manual}};

std::string_view reason_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::CooldownRunning: return "the cooldown of the group is not over";
    case ErrorCode::ActionInProgress: return "a scaling action of the group is under way";
    case ErrorCode::MaxReached: return "the group has its maximum of instances";
    case ErrorCode::AlreadyAtLimit: return "the group has as few instances as it may have";
    case ErrorCode::ExecutionRefused: return "the group is not enabled any more";
    case ErrorCode::PolicyExecuting: return "a policy is being executed";
    default: return "the policy can't be executed";
  }
}

std::string_view reason_of_bandwidth(ErrorCode code) {
  switch (code) {
    case ErrorCode::CooldownRunning: return "the cooldown of the bandwidth is not over";
    case ErrorCode::AlreadyAtLimit: return "the bandwidth is at its limit";
    case ErrorCode::PolicyExecuting: return "another policy of the bandwidth is being executed";
    case ErrorCode::ResourceUnknown: return "the bandwidth does not exist any more";
    default: return "the policy can't be executed";
  }
}

bool is_of_bandwidth(const sim::PolicyExecution& execution) {
  return execution.bandwidth != sim::none<sim::BandwidthId>();
}

std::string failed_reason(const sim::Cloud& cloud, const sim::PolicyExecution& execution) {
  if (execution.refused_code == 0)
    return fmt::format("superseded by policy {}", IdText{cloud.seed()}.text(execution.superseded_by));
  const auto code = static_cast<ErrorCode>(execution.refused_code);
  return fmt::format("{}: {}", sim::code_text(code),
                     is_of_bandwidth(execution) ? reason_of_bandwidth(code) : reason_of(code));
}

// The one step that executing a policy takes; none while it is under way.
boost::json::array job_records(const sim::Cloud& cloud, const sim::PolicyExecution& execution) {
  if (execution.status == sim::ExecutionStatus::Executing) return {};
  const bool done = execution.status == sim::ExecutionStatus::Success;
  const char* step =
      is_of_bandwidth(execution) ? "modify size of bandwidth" : "modify desire number of scaling group";
  return {{{"job_name", is_of_bandwidth(execution) ? "ADJUST_BANDWIDTH" : "ADJUST_VM_NUMBERS"},
           {"record_type", "MEG"},
           {"record_time", seconds_text(execution.time)},
           {"message", done ? std::string{step} : failed_reason(cloud, execution)},
           {"job_status", done ? "SUCCESS" : "FAIL"}}};
}

std::string_view status_text(sim::ExecutionStatus status) {
  switch (status) {
    case sim::ExecutionStatus::Success: return "SUCCESS";
    case sim::ExecutionStatus::Fail: return "FAIL";
    case sim::ExecutionStatus::Executing: break;
  }
  return "EXECUTING";
}

// Whether a text among the query's parameters is absent or shaped like a UUID.
std::optional<sim::Error> check_shape(const Query& query, std::string_view name, ErrorCode bad) {
  const auto given = parameter(query, name);
  if (!given || has_uuid_shape(*given)) return {};
  return sim::Error{bad, fmt::format("{} {}: expected a UUID", name, shown(*given))};
}

}  // namespace

boost::json::object write_execution(const sim::Cloud& cloud, sim::PolicyExecutionId id,
                                    std::string_view project) {
  assert(sim::index_of(id) < cloud.all_executions().size());
  const IdText ids{cloud.seed()};
  const sim::PolicyExecution& execution = cloud.all_executions()[sim::index_of(id)];
  boost::json::object written{{"id", ids.text(id)}, {"status", status_text(execution.status)}};
  if (execution.status == sim::ExecutionStatus::Fail)
    written["failed_reason"] = failed_reason(cloud, execution);
  written["type"] = spelling_of(kPolicyOperations, execution.operation);
  written["tenant_id"] = project;
  const bool of_bandwidth = is_of_bandwidth(execution);
  written["scaling_resource_type"] = spelling_of(
      kScalingResources, of_bandwidth ? sim::ScalingResource::Bandwidth : sim::ScalingResource::Group);
  written["scaling_resource_id"] = of_bandwidth ? ids.text(execution.bandwidth) : ids.text(execution.group);
  written["scaling_policy_id"] = ids.text(execution.policy);
  written["old_value"] = fmt::to_string(execution.old_desire);
  written["desire_value"] = fmt::to_string(execution.new_desire);
  written["limit_value"] = fmt::to_string(execution.limit);
  written["execute_time"] = seconds_text(execution.time);
  written["execute_type"] = spelling_of(kTriggers, execution.trigger);
  written["job_records"] = job_records(cloud, execution);
  if (of_bandwidth) written["meta_data"] = write_bandwidth_metadata(cloud, execution.bandwidth);
  return written;
}

sim::Result<ExecutionFilter> read_execution_filter(const Query& query, const sim::Cloud& cloud) {
  if (auto fault = check_shape(query, "log_id", ErrorCode::ExecutionLogIdInvalid)) return *fault;
  if (auto fault = check_shape(query, "scaling_resource_id", ErrorCode::ExecutionLogResourceInvalid))
    return *fault;
  const auto from = read_moment(query, "start_time", ErrorCode::ExecutionLogTimeFormat);
  if (!from) return from.error();
  const auto until = read_moment(query, "end_time", ErrorCode::ExecutionLogTimeFormat);
  if (!until) return until.error();
  const auto resource =
      read_choice(query, "scaling_resource_type", ErrorCode::ResourceTypeInvalid, kScalingResources);
  if (!resource) return resource.error();

  const IdText ids{cloud.seed()};
  ExecutionFilter filter;
  filter.from = *from;
  filter.until = *until;
  if (const auto given = parameter(query, "log_id")) filter.execution = ids.execution(*given);
  if (const auto given = parameter(query, "scaling_resource_id")) filter.owner = policy_owner(*given, cloud);
  filter.resource = *resource;
  if (const auto given = parameter(query, "execute_type")) filter.type = *given;
  return filter;
}

bool admits(const ExecutionFilter& filter, sim::PolicyExecutionId id, const sim::PolicyExecution& execution) {
  const auto time = std::chrono::floor<std::chrono::seconds>(execution.time);
  return (!filter.from || *filter.from <= time) && (!filter.until || time <= *filter.until) &&
         (!filter.execution || *filter.execution == id) &&
         (!filter.owner || *filter.owner == PolicyOwner{execution.group, execution.bandwidth}) &&
         (!filter.resource ||
          (*filter.resource == sim::ScalingResource::Bandwidth) == is_of_bandwidth(execution)) &&
         (!filter.type || *filter.type == spelling_of(kTriggers, execution.trigger));
}

}  // namespace tidepool::api
