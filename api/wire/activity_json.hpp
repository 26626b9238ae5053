// Scaling action logs on the wire, in both editions of the API.
// Source: AS API reference, "Querying Scaling Action Logs" and "Querying Scaling Action Logs (V2)".
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <vector>

#include "api/wire/paging.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/model/error.hpp"
#include "sim/model/scaling_activity.hpp"

namespace tidepool::api {

/// Lists of instances are names joined by commas, or null. Not for MODIFY_ELB, which v1 does not know.
boost::json::object write_activity_v1(const sim::Cloud& cloud, sim::ScalingActivityId id);
/// Lists are arrays. A MODIFY_ELB record holds what was bound and unbound, the others hold instances and reasons.
boost::json::object write_activity_v2(const sim::Cloud& cloud, sim::ScalingActivityId id);

/// Which actions a client wants to see; empty is everything.
struct ActivityFilter {
  std::optional<sim::Time> from, until;            ///< of the action's start, both included
  std::optional<sim::ScalingActivityId> activity;  ///< none: an id that nothing has
  std::vector<sim::ActivityType> types;
  std::optional<sim::ActivityStatus> status;
};

/// start_time (AS.9001) and end_time (AS.9002). Without MODIFY_ELB.
sim::Result<ActivityFilter> read_activity_filter_v1(const Query& query);
/// Those, and log_id (AS.9005 unless it looks like a UUID), type (comma list, AS.9012) and status (AS.9013).
sim::Result<ActivityFilter> read_activity_filter_v2(const Query& query, const sim::Cloud& cloud);
bool admits(const ActivityFilter& filter, sim::ScalingActivityId id, const sim::ScalingActivity& activity);

}  // namespace tidepool::api
