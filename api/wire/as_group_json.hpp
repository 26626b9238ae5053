// AS groups <-> JSON. Source: AS API reference, "Creating an AS Group", "Modifying an AS Group", "Querying AS Groups",
// "Enabling or Disabling an AS Group".
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string_view>

#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

// Reading turns texts into ids and finds what the types of a command can't hold: wrong JSON types, unknown ids, unknown
// spellings, missing parts. Ranges and combinations are left to Cloud::submit.

sim::Result<sim::CreateAsGroup> read_create_as_group(std::string_view body, const sim::Cloud& cloud);

/// `group` must exist. Members left out stay empty. A vpc_id is accepted when it is the group's own, since clients send
/// back all they know; any other is AS.0022, for no code says that it can't change.
sim::Result<sim::ModifyAsGroup> read_modify_as_group(std::string_view body, sim::AsGroupId group,
                                                     const sim::Cloud& cloud);

enum class ResumeOrPause : std::uint8_t { Resume, Pause };
/// {"action": "resume"}; a missing or unknown action is AS.2008.
sim::Result<ResumeOrPause> read_group_action(std::string_view body, const sim::Cloud& cloud);

/// Every documented member in the documented order, null where unset. `group` must exist.
boost::json::object write_as_group(const sim::Cloud& cloud, sim::AsGroupId group);

/// "INSERVICE": as written, and as the list's filter spells it.
std::string_view group_status_text(sim::GroupStatus status);

}  // namespace tidepool::api
