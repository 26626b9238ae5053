// Members of a group on the wire.
// Source: AS API reference, "Querying Instances in an AS Group", "Managing Instances in a Batch".
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/paging.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// The instance must be a member. The configuration's id and name are "" for an ECS that was added by hand; that is how
/// clients tell where it came from.
boost::json::object write_instance(const sim::Cloud& cloud, sim::InstanceId id);

/// What a client wants to see of a group's members; empty is everything.
struct InstanceFilter {
  std::optional<std::string> life_cycle_state, health_status, protect_from_scaling_down;  ///< in upper case
};

/// Upper and lower case are one. A state or health that nobody knows is AS.4003 or AS.4004. ENTERING_STANDBY is known
/// and no instance is ever in it.
sim::Result<InstanceFilter> read_instance_filter(const Query& query);
/// A member that waits at a hook is found by the state that is shown of it and by its own.
bool admits(const InstanceFilter& filter, const sim::Instance& instance,
            const sim::Behaviour& behaviour = {});

enum class InstancesAction : std::uint8_t { Add, Remove, Protect, Unprotect, EnterStandby, ExitStandby };

/// A batch with its ids as the client wrote them.
struct InstancesBatch {
  InstancesAction action = InstancesAction::Add;
  std::vector<std::string> ids;  ///< 1 or more, and no more than the action may take
  sim::EcsFate ecs = sim::EcsFate::Keep;
  sim::StandbyRefill refill = sim::StandbyRefill::No;  ///< of ENTER_STANDBY
};

/// An absent list counts as an empty one. ENTER_STANDBY and EXIT_STANDBY are AS.4018 without the knob standby.
sim::Result<InstancesBatch> read_instances_batch(std::string_view body, const sim::Cloud& cloud);

/// "yes" or "no" of instance_delete; anything else is AS.4007.
sim::Result<sim::EcsFate> read_instance_delete(std::string_view text);

}  // namespace tidepool::api
