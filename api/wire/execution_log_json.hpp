// The log of a policy's executions on the wire.
// Source: AS API reference, "Querying Policy Execution Logs".
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "api/wire/as_policy_json.hpp"
#include "api/wire/paging.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// One line. Numbers are texts here, `limit_value` is "0" for groups and without limits, and `failed_reason` is only there for a failure.
/// `project` is shown as `tenant_id`. The id must be one of cloud.all_executions().
boost::json::object write_execution(const sim::Cloud& cloud, sim::PolicyExecutionId id,
                                    std::string_view project);

/// Which executions a client wants to see; empty is everything.
struct ExecutionFilter {
  std::optional<sim::PolicyExecutionId> execution;  ///< none: an id that nothing has
  std::optional<PolicyOwner> owner;                 ///< likewise
  std::optional<sim::ScalingResource> resource;
  std::optional<std::string> type;       ///< one that nobody knows finds nothing
  std::optional<sim::Time> from, until;  ///< of the execution, both included
};

/// log_id (AS.9010 unless it looks like a UUID), scaling_resource_id (AS.9011 likewise), scaling_resource_type
/// (AS.3037), execute_type, start_time and end_time (AS.9007).
sim::Result<ExecutionFilter> read_execution_filter(const Query& query, const sim::Cloud& cloud);
bool admits(const ExecutionFilter& filter, sim::PolicyExecutionId id, const sim::PolicyExecution& execution);

}  // namespace tidepool::api
