// Quotas on the wire. Source: AS API reference, "Querying AS Quotas", "Querying Quotas for AS Policies and Instances".
#pragma once

#include <boost/json/object.hpp>

#include "sim/cloud/cloud.hpp"

namespace tidepool::api {

/// Of the project. Those of each group have `used` -1 here. Beside the documented types there is `load_balance`, which
/// the service is known to list and which one SDK's own test asks for; bandwidth policies can be had, but none exist.
boost::json::object write_quotas(const sim::Cloud& cloud);

/// Of one group, which must exist: its policies and its instances, leaving ones included.
boost::json::object write_quotas(const sim::Cloud& cloud, sim::AsGroupId group);

}  // namespace tidepool::api
