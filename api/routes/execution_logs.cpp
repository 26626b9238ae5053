#include <boost/json/array.hpp>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/execution_log_json.hpp"

namespace tidepool::api {

// Newest first.
Response list_executions(const Call& call) {
  const auto policy = policy_in_path(call);
  if (!policy) return error_response(policy.error());
  const auto page = read_page(call.query, kExecutionListCodes);
  if (!page) return error_response(page.error());
  const auto filter = read_execution_filter(call.query, call.cloud);
  if (!filter) return error_response(filter.error());

  std::vector<sim::PolicyExecutionId> found;
  const auto all = call.cloud.all_executions();
  for (std::size_t i = all.size(); i-- > 0;) {
    const auto id = sim::id_at<sim::PolicyExecutionId>(i);
    if (all[i].policy == *policy && admits(*filter, id, all[i])) found.push_back(id);
  }
  boost::json::array rows;
  for (const sim::PolicyExecutionId each : rows_on(*page, std::span<const sim::PolicyExecutionId>{found}))
    rows.push_back(write_execution(call.cloud, each, call.project));
  return ok(write_list(*page, found.size(), "scaling_policy_execute_log", std::move(rows)));
}

}  // namespace tidepool::api
