// AS policies: when they are due, what they make of the expected number, and why they are denied.
#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/cloud/cloud.hpp"
#include "sim/decide/policy_action.hpp"
#include "sim/decide/schedule.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

Error no_such_policy() { return {ErrorCode::ResourceNotFound, "this policy does not exist"}; }
Error is_executing(const AsPolicy& policy) {
  return {ErrorCode::PolicyExecuting, fmt::format("policy {} is being executed", policy.set.name)};
}

}  // namespace

// ---- Made, changed, deleted ----

// Those of the same group or bandwidth, oldest first.
std::vector<AsPolicyId>& Cloud::siblings_of(const AsPolicy& one) {
  return one.resource() == ScalingResource::Group ? group(one.group).policies
                                                  : bandwidths_[index_of(one.bandwidth)].policies;
}

std::string Cloud::subject_of(const AsPolicy& one) const {
  return one.resource() == ScalingResource::Group ? states_[index_of(one.group)].label
                                                  : bandwidth_label(one.bandwidth);
}

Result<void> Cloud::check_policy(const AsPolicy& owner, const AsPolicySettings& set) const {
  if (auto error = validate(set, behaviour_, now(), owner.resource())) return *std::move(error);
  if (set.type == PolicyType::Recurrence && !next_occurrence(set.recurrence, now()))
    return Error{ErrorCode::NoOccurrence, "scheduled_policy: no occurrence between start_time and end_time"};
  if (set.type != PolicyType::Alarm) return {};
  if (find(set.alarm) == nullptr)
    return Error{ErrorCode::AlarmUnknown, "alarm_id: this alarm rule does not exist"};
  const auto& users = rule_policies_[index_of(set.alarm)];
  const bool taken = std::ranges::any_of(users, [&](AsPolicyId each) {
    const AsPolicy& user = policies_[index_of(each)];
    return user.group != owner.group || user.bandwidth != owner.bandwidth;
  });
  if (taken)
    return Error{ErrorCode::AlarmOfOtherGroup, "alarm_id: a policy of another group uses this alarm rule"};
  return {};
}

// Whether the group or bandwidth may have, change or use this policy at all.
Result<void> Cloud::must_have_resource(const AsPolicy& one) const {
  if (one.resource() == ScalingResource::Group) return must_be_changeable(one.group);
  if (find(one.bandwidth) == nullptr)
    return Error{ErrorCode::ResourceUnknown, "scaling_resource_id: this bandwidth does not exist"};
  return {};
}

Result<void> Cloud::check_policy_quota(const AsPolicy& one) const {
  if (one.resource() == ScalingResource::Bandwidth) {
    if (bandwidth_policies_ < behaviour_.bandwidth_policy_quota) return {};
    return Error{ErrorCode::PolicyQuotaExceeded,
                 fmt::format("{} bandwidth policies exist: expected fewer than the quota of {}",
                             bandwidth_policies_, behaviour_.bandwidth_policy_quota)};
  }
  const AsGroup& g = groups_[index_of(one.group)];
  if (static_cast<int>(g.policies.size()) < behaviour_.policy_quota) return {};
  return Error{ErrorCode::PolicyQuotaExceeded,
               fmt::format("group {} has {} policies: expected fewer than the quota of {}", g.set.name,
                           g.policies.size(), behaviour_.policy_quota)};
}

Result<AsPolicyId> Cloud::submit(const CreateAsPolicy& request) {
  AsPolicy made;
  made.bandwidth = request.bandwidth;
  if (made.resource() == ScalingResource::Group) made.group = request.group;
  if (auto fault = must_have_resource(made); !fault) return fault.error();
  if (auto fault = check_policy(made, request.set); !fault) return fault.error();
  if (auto fault = check_policy_quota(made); !fault) return fault.error();
  const auto id = id_at<AsPolicyId>(policies_.size());
  made.set = request.set;
  made.create_time = made.enabled_since = now();
  policies_.push_back(std::move(made));
  const AsPolicy& there = policies_.back();
  siblings_of(there).push_back(id);
  if (there.resource() == ScalingResource::Bandwidth) ++bandwidth_policies_;
  explain(there, {.policy = id}, "policy {} created", policy_label(id));
  bind_alarm(id);
  schedule_policy(id);
  return id;
}

Result<void> Cloud::submit(const ModifyAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  if (found->is_executing()) return is_executing(*found);
  if (auto fault = must_have_resource(*found); !fault) return fault;
  if (auto fault = check_policy(*found, request.set); !fault) return fault;
  unbind_alarm(request.policy);
  policy(request.policy).set = request.set;
  bind_alarm(request.policy);
  schedule_policy(request.policy);
  explain(*found, {.policy = request.policy}, "policy {} modified", policy_label(request.policy));
  return {};
}

Result<void> Cloud::submit(const DeleteAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  const bool goes = request.way == PolicyDeletion::InBatchByForce ||
                    (request.way == PolicyDeletion::Alone && found->resource() == ScalingResource::Group);
  if (found->is_executing() && !goes) return is_executing(*found);
  delete_policy(request.policy);
  return {};
}

void Cloud::delete_policy(AsPolicyId id) {
  AsPolicy& gone = policy(id);
  unbind_alarm(id);
  gone.deleted = true;
  gone.next_due = kNever;
  std::erase(siblings_of(gone), id);
  if (gone.resource() == ScalingResource::Bandwidth) --bandwidth_policies_;
  explain(gone, {.policy = id}, "policy {} deleted", policy_label(id));
}

void Cloud::bind_alarm(AsPolicyId id) {
  const AsPolicySettings& set = policy(id).set;
  if (set.type != PolicyType::Alarm) return;
  rule_policies_[index_of(set.alarm)].push_back(id);
  alarm_rules_[index_of(set.alarm)].orphaned = false;
  auto& actions = alarm_rules_[index_of(set.alarm)].set.alarm_actions;
  if (std::ranges::find(actions, AlarmActionType::AutoScaling, &AlarmAction::type) == actions.end())
    actions.push_back({AlarmActionType::AutoScaling, {}});
}

void Cloud::unbind_alarm(AsPolicyId id) {
  const AsPolicySettings& set = policy(id).set;
  if (set.type != PolicyType::Alarm) return;
  auto& users = rule_policies_[index_of(set.alarm)];
  std::erase(users, id);
  if (!users.empty()) return;
  alarm_rules_[index_of(set.alarm)].orphaned = true;
  std::erase_if(alarm_rules_[index_of(set.alarm)].set.alarm_actions,
                [](const AlarmAction& each) { return each.type == AlarmActionType::AutoScaling; });
}

// ---- Enabled, disabled, executed by hand ----

Result<void> Cloud::submit(const ResumeAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  if (found->status == PolicyStatus::InService) return {};
  if (auto fault = must_have_resource(*found); !fault) return fault;
  // One that has run out is AS.3033 on enabling, though its end_time alone would be AS.3007 on creation.
  if (found->set.type == PolicyType::Recurrence && !next_occurrence(found->set.recurrence, now()))
    return Error{ErrorCode::NoOccurrence, "scheduled_policy: no occurrence is left before end_time"};
  if (auto fault = check_policy(*found, found->set); !fault) return fault;
  AsPolicy& enabled = policy(request.policy);
  enabled.status = PolicyStatus::InService;
  enabled.enabled_since = now();
  explain(enabled, {.policy = request.policy}, "policy {} enabled", policy_label(request.policy));
  schedule_policy(request.policy);
  return {};
}

Result<void> Cloud::submit(const PauseAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  if (found->status == PolicyStatus::Paused) return {};
  if (found->is_executing()) return is_executing(*found);
  policy(request.policy).status = PolicyStatus::Paused;
  explain(*found, {.policy = request.policy}, "policy {} disabled", policy_label(request.policy));
  return {};
}

Result<void> Cloud::may_be_executed(const AsPolicy& one) const {
  if (one.is_executing()) return is_executing(one);
  if (one.resource() == ScalingResource::Group) {
    const AsGroup& g = groups_[index_of(one.group)];
    if (g.status == GroupStatus::InService && one.status == PolicyStatus::InService) return {};
    return Error{ErrorCode::ExecutionRefused,
                 fmt::format("policy {} of group {}: both have to be INSERVICE", one.set.name, g.set.name)};
  }
  if (auto fault = must_have_resource(one); !fault) return fault;
  if (one.status != PolicyStatus::InService)
    return Error{ErrorCode::ExecutionRefused, fmt::format("policy {}: it has to be INSERVICE", one.set.name)};
  const AsPolicyId other = bandwidths_[index_of(one.bandwidth)].executing;
  return other == none<AsPolicyId>() ? Result<void>{} : is_executing(policies_[index_of(other)]);
}

Result<void> Cloud::submit(const ExecuteAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  if (auto fault = may_be_executed(*found); !fault) return fault;
  execute(request.policy, Trigger::Manual);
  return {};
}

// ---- Due by the clock ----

void Cloud::schedule_policy(AsPolicyId id) {
  AsPolicy& each = policy(id);
  each.next_due = kNever;
  if (each.set.type == PolicyType::Scheduled && each.set.launch_time > now())
    each.next_due = each.set.launch_time;
  if (each.set.type == PolicyType::Recurrence)
    each.next_due = next_occurrence(each.set.recurrence, now()).value_or(kNever);
  if (each.next_due != kNever) simulator_.schedule_at(each.next_due, PolicyDue{id});
}

// The first of several that are due at this moment settles them all, and none of them is due now any more.
void Cloud::handle(const PolicyDue& event) {
  const AsPolicy& due = policy(event.policy);
  if (!due.deleted && due.next_due == now()) run_due_policies(due);
}

// Of several policies that are due at one moment only the one created last is executed.
void Cloud::run_due_policies(const AsPolicy& one) {
  std::vector<AsPolicyId> due, enabled;
  for (const AsPolicyId each : siblings_of(one))
    if (policy(each).next_due == now()) due.push_back(each);
  for (const AsPolicyId each : due) {
    if (policy(each).status == PolicyStatus::InService) enabled.push_back(each);
    schedule_policy(each);
  }
  if (enabled.empty()) return;
  const AsPolicyId winner = *std::ranges::max_element(enabled);
  if (one.resource() == ScalingResource::Group && group(one.group).status != GroupStatus::InService) {
    explain(one.group, about_lost(winner), "policy {} is due and lost: the group is not INSERVICE",
            policy_label(winner));
    return;
  }
  for (const AsPolicyId each : enabled)
    if (each != winner) log_superseded(each, winner);
  execute(winner, trigger_of(policy(winner)));
}

Trigger Cloud::trigger_of(const AsPolicy& due) {
  return due.set.type == PolicyType::Scheduled ? Trigger::Scheduled : Trigger::Recurrence;
}

// It has no line in the log of executions.
About Cloud::about_lost(AsPolicyId id) const {
  About about{.policy = id};
  if (!records()) return about;
  const AsPolicy& one = policies_[index_of(id)];
  PolicyReason why;
  why.fate = PolicyFate::Lost;
  why.trigger = trigger_of(one);
  why.action = one.set.action;
  why.before = why.after = groups_[index_of(one.group)].set.desire;
  about.why = std::move(why);
  return about;
}

void Cloud::log_superseded(AsPolicyId loser, AsPolicyId winner) {
  const AsPolicy& lost = policy(loser);
  PolicyExecution log = begun(loser, trigger_of(lost));
  log.status = ExecutionStatus::Fail;
  log.superseded_by = winner;
  const auto id = id_at<PolicyExecutionId>(executions_.size());
  executions_.push_back(log);
  explain(lost, about_execution(id, PolicyFate::Superseded),
          "policy {} superseded by {}, created later and due at the same moment", policy_label(loser),
          policy_label(winner));
}

}  // namespace tidepool::sim
