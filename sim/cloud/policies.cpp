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

const char* text_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::Alarm: return "alarm";
    case Trigger::Scheduled: return "schedule";
    case Trigger::Recurrence: return "recurrence";
    case Trigger::Manual: return "by hand";
  }
  return "";
}

ChangeCause cause_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::Alarm: return ChangeCause::Alarm;
    case Trigger::Scheduled: return ChangeCause::Scheduled;
    case Trigger::Recurrence: return ChangeCause::Recurrence;
    case Trigger::Manual: return ChangeCause::Manual;
  }
  return ChangeCause::Manual;
}

Error no_such_policy() { return {ErrorCode::ResourceNotFound, "this policy does not exist"}; }

}  // namespace

// ---- Made, changed, deleted ----

Result<void> Cloud::check_policy(AsGroupId owner, const AsPolicySettings& set) const {
  if (auto error = validate(set, behaviour_, now())) return *std::move(error);
  if (set.type == PolicyType::Recurrence && !next_occurrence(set.recurrence, now()))
    return Error{ErrorCode::NoOccurrence, "scheduled_policy: no occurrence between start_time and end_time"};
  if (set.type != PolicyType::Alarm) return {};
  if (find(set.alarm) == nullptr)
    return Error{ErrorCode::AlarmUnknown, "alarm_id: this alarm rule does not exist"};
  const auto& users = rule_policies_[index_of(set.alarm)];
  const bool taken =
      std::ranges::any_of(users, [&](AsPolicyId each) { return policies_[index_of(each)].group != owner; });
  if (taken)
    return Error{ErrorCode::AlarmOfOtherGroup, "alarm_id: a policy of another group uses this alarm rule"};
  return {};
}

Result<AsPolicyId> Cloud::submit(const CreateAsPolicy& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault.error();
  if (auto fault = check_policy(request.group, request.set); !fault) return fault.error();
  AsGroup& g = group(request.group);
  if (static_cast<int>(g.policies.size()) >= behaviour_.policy_quota)
    return Error{ErrorCode::PolicyQuotaExceeded,
                 fmt::format("group {} has {} policies: expected fewer than the quota of {}", g.set.name,
                             g.policies.size(), behaviour_.policy_quota)};
  const auto id = id_at<AsPolicyId>(policies_.size());
  AsPolicy made;
  made.set = request.set;
  made.group = request.group;
  made.create_time = made.enabled_since = now();
  policies_.push_back(std::move(made));
  g.policies.push_back(id);
  note(request.group, "policy {} created", policy_label(id));
  bind_alarm(id);
  schedule_policy(id);
  return id;
}

Result<void> Cloud::submit(const ModifyAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  if (auto fault = must_be_changeable(found->group); !fault) return fault;
  if (auto fault = check_policy(found->group, request.set); !fault) return fault;
  unbind_alarm(request.policy);
  policy(request.policy).set = request.set;
  bind_alarm(request.policy);
  schedule_policy(request.policy);
  note(found->group, "policy {} modified", policy_label(request.policy));
  return {};
}

Result<void> Cloud::submit(const DeleteAsPolicy& request) {
  if (find(request.policy) == nullptr) return no_such_policy();
  delete_policy(request.policy);
  return {};
}

void Cloud::delete_policy(AsPolicyId id) {
  AsPolicy& gone = policy(id);
  unbind_alarm(id);
  gone.deleted = true;
  gone.next_due = kNever;
  std::erase(group(gone.group).policies, id);
  note(gone.group, "policy {} deleted", policy_label(id));
}

void Cloud::bind_alarm(AsPolicyId id) {
  const AsPolicySettings& set = policy(id).set;
  if (set.type == PolicyType::Alarm) rule_policies_[index_of(set.alarm)].push_back(id);
}

void Cloud::unbind_alarm(AsPolicyId id) {
  const AsPolicySettings& set = policy(id).set;
  if (set.type == PolicyType::Alarm) std::erase(rule_policies_[index_of(set.alarm)], id);
}

// ---- Enabled, disabled, executed by hand ----

Result<void> Cloud::submit(const ResumeAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  if (found->status == PolicyStatus::InService) return {};
  // One that has run out is AS.3033 on enabling, though its end_time alone would be AS.3007 on creation.
  if (found->set.type == PolicyType::Recurrence && !next_occurrence(found->set.recurrence, now()))
    return Error{ErrorCode::NoOccurrence, "scheduled_policy: no occurrence is left before end_time"};
  if (auto fault = check_policy(found->group, found->set); !fault) return fault;
  AsPolicy& enabled = policy(request.policy);
  enabled.status = PolicyStatus::InService;
  enabled.enabled_since = now();
  note(enabled.group, "policy {} enabled", policy_label(request.policy));
  schedule_policy(request.policy);
  return {};
}

Result<void> Cloud::submit(const PauseAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  if (found->status == PolicyStatus::Paused) return {};
  policy(request.policy).status = PolicyStatus::Paused;
  note(found->group, "policy {} disabled", policy_label(request.policy));
  return {};
}

Result<void> Cloud::submit(const ExecuteAsPolicy& request) {
  const AsPolicy* found = find(request.policy);
  if (found == nullptr) return no_such_policy();
  const AsGroup& g = group(found->group);
  if (g.status != GroupStatus::InService || found->status != PolicyStatus::InService)
    return Error{ErrorCode::ExecutionRefused, fmt::format("policy {} of group {}: both have to be INSERVICE",
                                                          found->set.name, g.set.name)};
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
  if (!due.deleted && due.next_due == now()) run_due_policies(due.group);
}

// Of several policies that are due at one moment only the one created last is executed.
void Cloud::run_due_policies(AsGroupId id) {
  std::vector<AsPolicyId> due, enabled;
  for (const AsPolicyId each : group(id).policies)
    if (policy(each).next_due == now()) due.push_back(each);
  for (const AsPolicyId each : due) {
    if (policy(each).status == PolicyStatus::InService) enabled.push_back(each);
    schedule_policy(each);
  }
  if (enabled.empty()) return;
  const AsPolicyId winner = *std::ranges::max_element(enabled);
  if (group(id).status != GroupStatus::InService) {
    note(id, "policy {} is due and lost: the group is not INSERVICE", policy_label(winner));
    return;
  }
  for (const AsPolicyId each : enabled)
    if (each != winner) log_superseded(each, winner);
  execute(winner,
          policy(winner).set.type == PolicyType::Scheduled ? Trigger::Scheduled : Trigger::Recurrence);
}

void Cloud::log_superseded(AsPolicyId loser, AsPolicyId winner) {
  const AsPolicy& lost = policy(loser);
  const int desire = group(lost.group).set.desire;
  PolicyExecution log;
  log.policy = loser;
  log.group = lost.group;
  log.trigger = lost.set.type == PolicyType::Scheduled ? Trigger::Scheduled : Trigger::Recurrence;
  log.status = ExecutionStatus::Fail;
  log.time = now();
  log.old_desire = log.new_desire = desire;
  log.operation = lost.set.action.operation;
  log.superseded_by = winner;
  executions_.push_back(log);
  note(lost.group, "policy {} superseded by {}, created later and due at the same moment",
       policy_label(loser), policy_label(winner));
}

// ---- Execution ----

std::optional<ErrorCode> Cloud::denial(const AsGroup& g, Trigger trigger) const {
  if (trigger != Trigger::Alarm) return std::nullopt;
  if (g.is_scaling()) return ErrorCode::ActionInProgress;
  const auto edge = behaviour_.cooldown_end_inclusive ? CooldownEdge::DeniesAtEnd : CooldownEdge::AdmitsAtEnd;
  if (!cooldown_admits(trigger, {g.cooldown_from, g.cooldown_until}, edge, now()))
    return ErrorCode::CooldownRunning;
  return std::nullopt;
}

void Cloud::execute(AsPolicyId id, Trigger trigger) {
  const AsPolicySettings set = policy(id).set;
  const AsGroupId owner = policy(id).group;
  const AsGroup& g = group(owner);
  PolicyExecution log;
  log.policy = id;
  log.group = owner;
  log.trigger = trigger;
  log.time = now();
  log.operation = set.action.operation;
  log.old_desire = log.new_desire = g.set.desire;

  std::optional<ErrorCode> refused = denial(g, trigger);
  if (!refused) {
    const PolicyTarget target =
        policy_target(set.action, {g.current(), g.set.desire, g.set.min, g.set.max, g.protected_members});
    refused = target.refused;
    log.new_desire = target.desire;
    if (target.clamped && !refused)
      note(owner, "policy {} asks for more than the limits {} to {} allow, {} protected", policy_label(id),
           g.set.min, g.set.max, g.protected_members);
  }
  log.status = refused ? ExecutionStatus::Fail : ExecutionStatus::Success;
  log.refused_code = refused ? static_cast<int>(*refused) : 0;
  executions_.push_back(log);
  if (refused) {
    note(owner, "policy {} ({}) denied {}{}", policy_label(id), text_of(trigger), code_text(*refused),
         *refused == ErrorCode::CooldownRunning ? ": cooldown until " + utc_seconds(g.cooldown_until) : "");
    return;
  }
  note(owner, "policy {} ({}) executed: expected number {} -> {}", policy_label(id), text_of(trigger),
       log.old_desire, log.new_desire);
  if (log.new_desire != log.old_desire)
    change_desire(owner, {cause_of(trigger), log.old_desire, log.new_desire, now(), id, set.cool_down});
}

}  // namespace tidepool::sim
