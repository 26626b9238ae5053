// Lifecycle hooks on the wire, the instances that wait at them, and the answers of their owners.
// Source: AS API reference, "Creating a Lifecycle Hook", "Calling Back a Lifecycle Hook", "Querying Instance Suspension".
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "sim/cloud/cloud.hpp"
#include "sim/model/command.hpp"
#include "sim/model/error.hpp"
#include "sim/model/lifecycle_hook.hpp"

namespace tidepool::api {

/// Lengths, ranges and the shape of the topic are left to Cloud::submit; a missing topic is AS.7043.
sim::Result<sim::CreateLifecycleHook> read_create_lifecycle_hook(std::string_view body, sim::AsGroupId group,
                                                                 const sim::Cloud& cloud);

/// The whole hook as it is to be: `was`, changed by what the request names. Its name can't change and is not read.
sim::Result<sim::ModifyLifecycleHook> read_modify_lifecycle_hook(std::string_view body, sim::AsGroupId group,
                                                                 const sim::LifecycleHook& was,
                                                                 const sim::Cloud& cloud);

/// Not wrapped in another object, in all answers.
boost::json::object write_lifecycle_hook(const sim::LifecycleHook& hook);

/// The result (AS.7039 missing, AS.7034 bad) and the wait, named by its key or else by instance and hook (AS.7040
/// without either). A name of nothing becomes none, which Cloud::submit refuses.
sim::Result<sim::AnswerLifecycleHook> read_lifecycle_answer(std::string_view body, sim::AsGroupId group,
                                                            const sim::Cloud& cloud);

/// One instance at one hook.
boost::json::object write_hook_wait(const sim::Cloud& cloud, sim::HookWaitId id);

}  // namespace tidepool::api
