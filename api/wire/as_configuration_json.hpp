// AS configurations <-> JSON. Source: AS API reference, "Creating an AS Configuration", "Querying AS Configurations",
// "Batch Deleting AS Configurations".
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// Turns texts into ids and finds what the types of the command can't hold; ranges and combinations are left to
/// Cloud::submit. What the command holds in the end comes from three places, the later ones over the earlier:
/// a source configuration, the members of instance_config, an existing ECS (instance_id; the source is then ignored).
sim::Result<sim::CreateAsConfiguration> read_create_as_configuration(std::string_view body,
                                                                     const sim::Cloud& cloud);

/// The ids of a batch delete as the client wrote them, 1 to 50 (AS.1040, AS.1039); each is then looked up on its own.
sim::Result<std::vector<std::string>> read_delete_configurations(std::string_view body,
                                                                 const sim::Cloud& cloud);

/// Every documented member in the documented order, null where unset; passwords are masked. `project` is the answer's
/// tenant. The configuration must exist.
boost::json::object write_as_configuration(const sim::Cloud& cloud, sim::AsConfigurationId configuration,
                                           std::string_view project);

}  // namespace tidepool::api
