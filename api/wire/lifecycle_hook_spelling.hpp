// How the choices of a lifecycle hook are spelled, in calls, answers and messages alike.
#pragma once

#include <string_view>

#include "api/wire/fields.hpp"
#include "sim/model/lifecycle_hook.hpp"

namespace tidepool::api {

inline constexpr Spelling<sim::HookType> kHookTypes[] = {
    {"INSTANCE_LAUNCHING", sim::HookType::InstanceLaunching},
    {"INSTANCE_TERMINATING", sim::HookType::InstanceTerminating}};

inline constexpr Spelling<sim::HookResult> kHookResults[] = {{"ABANDON", sim::HookResult::Abandon},
                                                             {"CONTINUE", sim::HookResult::Continue}};

/// The topic's own name, which ends its URN.
inline std::string_view topic_name(std::string_view urn) { return urn.substr(urn.rfind(':') + 1); }

}  // namespace tidepool::api
