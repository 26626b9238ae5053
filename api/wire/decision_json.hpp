// The reasons of the journal as JSON: the testbed shows them, and so do result files.
#pragma once

#include <boost/json/object.hpp>

#include "sim/cloud/cloud.hpp"
#include "sim/cloud/decision.hpp"

namespace tidepool::api {

/// Only what was compared, with ids as the API shows them; empty where the journal's words say it all. Lengths are in
/// seconds, moments UTC texts.
boost::json::object write_why(const sim::Cloud& cloud, const sim::Why& why);

/// The line of the journal and its words; `kind`, `why`, and what it is about where there is such; `sentence`.
boost::json::object write_decision(const sim::Cloud& cloud, const sim::Decision& decision);

}  // namespace tidepool::api
