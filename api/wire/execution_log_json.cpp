#include "api/wire/execution_log_json.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <cassert>
#include <chrono>

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
    default: return "the policy can't be executed";
  }
}

std::string failed_reason(const sim::Cloud& cloud, const sim::PolicyExecution& execution) {
  if (execution.refused_code == 0)
    return fmt::format("superseded by policy {}", IdText{cloud.seed()}.text(execution.superseded_by));
  const auto code = static_cast<ErrorCode>(execution.refused_code);
  return fmt::format("{}: {}", sim::code_text(code), reason_of(code));
}

// The one step that executing a group's policy takes.
boost::json::array job_records(const sim::Cloud& cloud, const sim::PolicyExecution& execution) {
  const bool done = execution.status == sim::ExecutionStatus::Success;
  return {{{"job_name", "ADJUST_VM_NUMBERS"},
           {"record_type", "MEG"},
           {"record_time", seconds_text(execution.time)},
           {"message", done ? "modify desire number of scaling group" : failed_reason(cloud, execution)},
           {"job_status", done ? "SUCCESS" : "FAIL"}}};
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
  const bool done = execution.status == sim::ExecutionStatus::Success;
  boost::json::object written{{"id", ids.text(id)}, {"status", done ? "SUCCESS" : "FAIL"}};
  if (!done) written["failed_reason"] = failed_reason(cloud, execution);
  written["type"] = spelling_of(kPolicyOperations, execution.operation);
  written["tenant_id"] = project;
  written["scaling_resource_type"] = spelling_of(kScalingResources, ScalingResource::Group);
  written["scaling_resource_id"] = ids.text(execution.group);
  written["scaling_policy_id"] = ids.text(execution.policy);
  written["old_value"] = fmt::to_string(execution.old_desire);
  written["desire_value"] = fmt::to_string(execution.new_desire);
  written["limit_value"] = "0";
  written["execute_time"] = seconds_text(execution.time);
  written["execute_type"] = spelling_of(kTriggers, execution.trigger);
  written["job_records"] = job_records(cloud, execution);
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
  if (const auto given = parameter(query, "scaling_resource_id")) filter.group = ids.group(*given);
  if (*resource == ScalingResource::Bandwidth) filter.group = sim::none<sim::AsGroupId>();
  if (const auto given = parameter(query, "execute_type")) filter.type = *given;
  return filter;
}

bool admits(const ExecutionFilter& filter, sim::PolicyExecutionId id, const sim::PolicyExecution& execution) {
  const auto time = std::chrono::floor<std::chrono::seconds>(execution.time);
  return (!filter.from || *filter.from <= time) && (!filter.until || time <= *filter.until) &&
         (!filter.execution || *filter.execution == id) &&
         (!filter.group || *filter.group == execution.group) &&
         (!filter.type || *filter.type == spelling_of(kTriggers, execution.trigger));
}

}  // namespace tidepool::api
