#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/routes/handlers.hpp"
#include "api/wire/as_policy_json.hpp"
#include "api/wire/error_json.hpp"
#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::ErrorCode;

bool admits(const PolicyFilter& filter, sim::AsPolicyId id, const sim::AsPolicy& policy) {
  return (!filter.type || *filter.type == policy.set.type) && (!filter.policy || *filter.policy == id) &&
         (!filter.name || contains_fuzzily(policy.set.name, *filter.name));
}

sim::Result<void> delete_policy(sim::Cloud& cloud, sim::AsPolicyId id, const PoliciesBatch& batch) {
  const sim::AlarmRuleId alarm = cloud.find(id)->set.alarm;
  auto done = cloud.submit(sim::DeleteAsPolicy{id, batch.way});
  if (!done || batch.delete_alarm == DeleteAlarm::No || cloud.find(alarm) == nullptr) return done;
  return cloud.remove_alarm_rule(alarm);
}

sim::Result<void> submit_one(sim::Cloud& cloud, const PoliciesBatch& batch, std::string_view text) {
  if (text.empty()) return sim::Error{ErrorCode::PolicyIdMissing, "expected the id of a policy"};
  const sim::AsPolicyId id = IdText{cloud.seed()}.policy(text);
  if (id == sim::none<sim::AsPolicyId>() || cloud.find(id) == nullptr)
    return sim::Error{ErrorCode::PolicyUnknown, "no such policy"};
  switch (batch.act) {
    case PoliciesAct::Delete: return delete_policy(cloud, id, batch);
    case PoliciesAct::Resume: return cloud.submit(sim::ResumeAsPolicy{id});
    case PoliciesAct::Pause: break;
  }
  return cloud.submit(sim::PauseAsPolicy{id});
}

ErrorCode batch_code(PoliciesAct act) {
  switch (act) {
    case PoliciesAct::Delete: return ErrorCode::PolicyBatchDeleteFailed;
    case PoliciesAct::Resume: return ErrorCode::PolicyBatchResumeFailed;
    case PoliciesAct::Pause: break;
  }
  return ErrorCode::PolicyBatchPauseFailed;
}

// The first edition can read and change policies of groups only.
sim::Result<sim::AsPolicyId> group_policy_in_path(const Call& call) {
  const auto policy = policy_in_path(call);
  if (!policy || call.cloud.find(*policy)->resource() == sim::ScalingResource::Group) return policy;
  return sim::Error{ErrorCode::PolicyUnknown,
                    fmt::format("scaling_policy_id {}: expected the policy of a group, this is a bandwidth's",
                                shown(call.path.at("scaling_policy_id")))};
}

Response id_of(const Call& call, sim::AsPolicyId policy) {
  return ok({{"scaling_policy_id", IdText{call.cloud.seed()}.text(policy)}});
}

}  // namespace

Response create_as_policy(const Call& call) {
  const auto command = read_create_as_policy(call.body, call.cloud);
  if (!command) return error_response(command.error());
  const auto policy = call.cloud.submit(*command);
  return policy ? id_of(call, *policy) : error_response(policy.error());
}

Response modify_as_policy(const Call& call) {
  const auto policy = group_policy_in_path(call);
  if (!policy) return error_response(policy.error());
  const auto command = read_modify_as_policy(call.body, *policy, call.cloud);
  if (!command) return error_response(command.error());
  const auto done = call.cloud.submit(*command);
  return done ? id_of(call, *policy) : error_response(done.error());
}

// Oldest first.
Response list_as_policies(const Call& call) {
  const auto group = group_in_path(call);
  if (!group) return error_response(group.error());
  const auto page = read_page(call.query, kListCodes);
  if (!page) return error_response(page.error());
  const auto filter = read_policy_filter(call.query, call.cloud);
  if (!filter) return error_response(filter.error());

  std::vector<sim::AsPolicyId> found;
  for (const sim::AsPolicyId each : call.cloud.find(*group)->policies) {
    const sim::AsPolicy* policy = call.cloud.find(each);
    if (policy != nullptr && admits(*filter, each, *policy)) found.push_back(each);
  }
  return ok_list(call, *page, found, "scaling_policies", write_as_policy);
}

Response get_as_policy(const Call& call) {
  const auto policy = group_policy_in_path(call);
  if (!policy) return error_response(policy.error());
  return ok({{"scaling_policy", write_as_policy(call.cloud, *policy)}});
}

Response act_on_as_policy(const Call& call) {
  const auto policy = policy_in_path(call);
  if (!policy) return error_response(policy.error());
  const auto act = read_policy_action(call.body, call.cloud);
  if (!act) return error_response(act.error());
  switch (*act) {
    case PolicyAct::Execute: return no_content_or_error(call.cloud.submit(sim::ExecuteAsPolicy{*policy}));
    case PolicyAct::Resume: return no_content_or_error(call.cloud.submit(sim::ResumeAsPolicy{*policy}));
    case PolicyAct::Pause: break;
  }
  return no_content_or_error(call.cloud.submit(sim::PauseAsPolicy{*policy}));
}

Response delete_as_policy(const Call& call) {
  const auto policy = policy_in_path(call);
  if (!policy) return error_response(policy.error());
  return no_content_or_error(call.cloud.submit(sim::DeleteAsPolicy{*policy}));
}

// Each one on its own: those that can follow do.
Response act_on_as_policies(const Call& call) {
  const auto batch = read_policies_batch(call.body, call.cloud);
  if (!batch) return error_response(batch.error());
  sim::Error failure{batch_code(batch->act), {}};
  for (std::size_t i = 0; i < batch->ids.size(); ++i) {
    const auto done = submit_one(call.cloud, *batch, batch->ids[i]);
    if (!done) failure.offenders.push_back({i, done.error().code, done.error().message});
  }
  if (failure.offenders.empty()) return {204, {}};
  const std::vector<std::string_view> ids{batch->ids.begin(), batch->ids.end()};
  return error_response(with_offenders_named(std::move(failure), ids));
}

}  // namespace tidepool::api
