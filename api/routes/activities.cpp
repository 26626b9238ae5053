#include <boost/json/object.hpp>
#include <cstddef>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/activity_json.hpp"

namespace tidepool::api {
namespace {

// Newest first.
std::vector<sim::ScalingActivityId> matches(const Call& call, sim::AsGroupId group,
                                            const ActivityFilter& filter) {
  std::vector<sim::ScalingActivityId> found;
  const auto all = call.cloud.activities_of(group);
  for (std::size_t i = all.size(); i-- > 0;)
    if (admits(filter, all[i], *call.cloud.find(all[i]))) found.push_back(all[i]);
  return found;
}

Response list_activities(const Call& call, const sim::Result<ActivityFilter>& filter,
                         boost::json::object (*write)(const sim::Cloud&, sim::ScalingActivityId)) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto page = read_page(call.query, kActivityListCodes);
  if (!page) return error_response(page.error());
  if (!filter) return error_response(filter.error());
  return ok_list(call, *page, matches(call, *group, *filter), "scaling_activity_log", write);
}

}  // namespace

Response list_activities_v1(const Call& call) {
  return list_activities(call, read_activity_filter_v1(call.query), write_activity_v1);
}

Response list_activities_v2(const Call& call) {
  return list_activities(call, read_activity_filter_v2(call.query, call.cloud), write_activity_v2);
}

}  // namespace tidepool::api
