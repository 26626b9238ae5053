// The rules that a single request can break by itself, whatever the state of the cloud: lengths, characters, ranges,
// combinations. Each function answers the first broken one, with the field as the client spells it, the value given and
// what is allowed. What needs the state (quotas, a running action) is checked by Cloud::submit, and what can't be
// expressed in these types (unknown ids, wrong JSON types) by the wire.
#pragma once

#include <optional>
#include <string>

#include "sim/engine/time.hpp"
#include "sim/model/as_configuration.hpp"
#include "sim/model/as_group.hpp"
#include "sim/model/as_policy.hpp"
#include "sim/model/bandwidth.hpp"
#include "sim/model/behaviour.hpp"
#include "sim/model/error.hpp"
#include "sim/model/lifecycle_hook.hpp"
#include "sim/model/region.hpp"

namespace tidepool::sim {

/// Source: AS API reference, "Creating an AS Group".
std::optional<Error> validate(const AsGroupSettings& group, const Region& region, const Behaviour& behaviour);

/// Source: AS API reference, "Creating an AS Configuration".
std::optional<Error> validate(const AsConfiguration& configuration, const Region& region);

/// `now` is needed for moments that must lie ahead. Source: AS API reference, "Creating an AS Policy".
std::optional<Error> validate(const AsPolicySettings& policy, const Behaviour& behaviour, Time now,
                              ScalingResource resource = ScalingResource::Group);

/// A bandwidth's name and size. Source: VPC API reference, "Assigning a Shared Bandwidth".
std::optional<Error> validate_bandwidth(const std::string& name, int size);

/// Source: AS API reference, "Creating a Lifecycle Hook".
std::optional<Error> validate(const LifecycleHook& hook);

}  // namespace tidepool::sim
