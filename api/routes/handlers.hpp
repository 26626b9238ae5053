// The handlers behind the router's table, one a call of the service. Each reads, submits and writes.
#pragma once

#include "api/routes/call.hpp"
#include "api/routes/message.hpp"

namespace tidepool::api {

// as_groups.cpp
Response create_as_group(const Call& call);
Response list_as_groups(const Call& call);
Response get_as_group(const Call& call);
Response modify_as_group(const Call& call);
Response delete_as_group(const Call& call);
Response act_on_as_group(const Call& call);

// as_configurations.cpp
Response create_as_configuration(const Call& call);
Response list_as_configurations(const Call& call);
Response get_as_configuration(const Call& call);
Response delete_as_configuration(const Call& call);
Response delete_as_configurations(const Call& call);

// instances.cpp
Response list_instances(const Call& call);
Response remove_instance(const Call& call);
Response act_on_instances(const Call& call);

// as_policies.cpp
Response create_as_policy(const Call& call);
Response modify_as_policy(const Call& call);
Response list_as_policies(const Call& call);
Response get_as_policy(const Call& call);
Response act_on_as_policy(const Call& call);
Response delete_as_policy(const Call& call);
Response act_on_as_policies(const Call& call);

// as_policies_v2.cpp
Response create_as_policy_v2(const Call& call);
Response modify_as_policy_v2(const Call& call);
Response list_as_policies_of_resource_v2(const Call& call);
Response list_all_as_policies_v2(const Call& call);
Response get_as_policy_v2(const Call& call);

// execution_logs.cpp
Response list_executions(const Call& call);

// lifecycle_hooks.cpp
Response create_lifecycle_hook(const Call& call);
Response list_lifecycle_hooks(const Call& call);
Response get_lifecycle_hook(const Call& call);
Response modify_lifecycle_hook(const Call& call);
Response delete_lifecycle_hook(const Call& call);
Response answer_lifecycle_hook(const Call& call);
Response list_hook_waits(const Call& call);

// notifications.cpp
Response set_notification(const Call& call);
Response list_notifications(const Call& call);
Response delete_notification(const Call& call);

// tags.cpp
Response list_all_tags(const Call& call);
Response list_tags_of_group(const Call& call);
Response change_tags_of_group(const Call& call);
Response query_tagged_groups(const Call& call);

// quotas.cpp
Response get_quotas(const Call& call);
Response get_quotas_of_group(const Call& call);

// activities.cpp
Response list_activities_v1(const Call& call);
Response list_activities_v2(const Call& call);

}  // namespace tidepool::api
