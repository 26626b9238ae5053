// How the choices of an AS group are spelled, for its reader and its writer alike.
#pragma once

#include <string_view>

#include "api/wire/fields.hpp"
#include "sim/model/as_group.hpp"

namespace tidepool::api {

inline constexpr Spelling<sim::HealthAudit> kHealthAudits[] = {{"NOVA_AUDIT", sim::HealthAudit::Nova},
                                                               {"ELB_AUDIT", sim::HealthAudit::Elb}};

inline constexpr Spelling<sim::TerminatePolicy> kTerminatePolicies[] = {
    {"OLD_CONFIG_OLD_INSTANCE", sim::TerminatePolicy::OldConfigOldInstance},
    {"OLD_CONFIG_NEW_INSTANCE", sim::TerminatePolicy::OldConfigNewInstance},
    {"OLD_INSTANCE", sim::TerminatePolicy::OldInstance},
    {"NEW_INSTANCE", sim::TerminatePolicy::NewInstance}};

inline constexpr Spelling<sim::MultiAzPolicy> kMultiAzPolicies[] = {
    {"EQUILIBRIUM_DISTRIBUTE", sim::MultiAzPolicy::EquilibriumDistribute},
    {"PICK_FIRST", sim::MultiAzPolicy::PickFirst}};

// The only notification there is.
inline constexpr std::string_view kEmail = "EMAIL";

}  // namespace tidepool::api
