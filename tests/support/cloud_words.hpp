// What happened in a cloud, one short line of text for each scaling action and each policy execution, so that a test
// can compare a whole story at once.
#pragma once

#include <string>
#include <vector>

#include "sim/cloud/cloud.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::support {

/// "0..100 DIFF DIFF 0->3 SUCCESS": start and end in seconds since `base`, type, causes, numbers, status. One that runs
/// still has no end: "0.. NORMAL MANNUAL 3->4 DOING".
std::vector<std::string> actions(const sim::Cloud& cloud, sim::AsGroupId group, sim::Time base = kStart);
/// "30 ALARM 4->5 SUCCESS", "60 ALARM 5->5 AS.0026", "70 SCHEDULED 5->5 superseded".
std::vector<std::string> executions(const sim::Cloud& cloud, sim::AsGroupId group, sim::Time base = kStart);
std::vector<std::string> executions_of(const sim::Cloud& cloud, sim::AsPolicyId policy,
                                       sim::Time base = kStart);
/// Seconds since `base`, exact to the microsecond: "97", "0.5".
std::string seconds_since(sim::Time base, sim::Time t);

}  // namespace tidepool::support
