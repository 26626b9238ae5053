// Executions of policies: what holds one back, how long it takes, and what it makes of the expected number.
#include <optional>

#include "sim/cloud/checks.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/decide/policy_action.hpp"

namespace tidepool::sim {
namespace {

ChangeCause cause_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::Alarm: return ChangeCause::Alarm;
    case Trigger::Scheduled: return ChangeCause::Scheduled;
    case Trigger::Recurrence: return ChangeCause::Recurrence;
    case Trigger::Manual: return ChangeCause::Manual;
  }
  return ChangeCause::Manual;
}

// Of a group that wants so many.
PolicyTarget target_of(const PolicyAction& action, const AsGroup& g, int desire) {
  return policy_target(action, {g.current(), desire, g.set.min, g.set.max, g.protected_members});
}

}  // namespace

std::optional<ErrorCode> Cloud::denial(const AsPolicy& one, Trigger trigger) const {
  if (one.is_executing()) return ErrorCode::PolicyExecuting;
  if (one.resource() == ScalingResource::Bandwidth) return denial_of_bandwidth(one, trigger);
  if (trigger != Trigger::Alarm) return std::nullopt;
  const AsGroup& g = groups_[index_of(one.group)];
  if (g.is_scaling()) return ErrorCode::ActionInProgress;
  const auto edge = behaviour_.cooldown_end_inclusive ? CooldownEdge::DeniesAtEnd : CooldownEdge::AdmitsAtEnd;
  if (!cooldown_admits(trigger, {g.cooldown_from, g.cooldown_until}, edge, now()))
    return ErrorCode::CooldownRunning;
  return std::nullopt;
}

// A line of the log as it is when an execution begins.
PolicyExecution Cloud::begun(AsPolicyId id, Trigger trigger) const {
  const AsPolicy& one = policies_[index_of(id)];
  PolicyExecution log;
  log.policy = id;
  log.group = one.group;
  log.bandwidth = one.bandwidth;
  log.trigger = trigger;
  log.status = ExecutionStatus::Executing;
  log.time = now();
  log.operation = one.set.action.operation;
  const bool of_group = one.resource() == ScalingResource::Group;
  log.old_desire =
      of_group ? groups_[index_of(one.group)].set.desire : bandwidths_[index_of(one.bandwidth)].size;
  log.new_desire = log.old_desire;
  if (!of_group) log.limit = one.set.action.limits.value_or(0);
  return log;
}

// As things stand when it is told. What the policy asks for is reckoned again: it may have been denied before that.
About Cloud::about_execution(PolicyExecutionId id, PolicyFate fate) const {
  const PolicyExecution& log = executions_[index_of(id)];
  About about{.policy = log.policy};
  if (!records()) return about;
  const AsPolicy& one = policies_[index_of(log.policy)];
  PolicyReason why;
  why.fate = fate;
  why.trigger = log.trigger;
  why.action = one.set.action;
  why.before = log.old_desire;
  why.after = log.new_desire;
  why.superseded_by = log.superseded_by;
  if (log.refused_code != 0) why.code = static_cast<ErrorCode>(log.refused_code);
  if (one.resource() == ScalingResource::Bandwidth) {
    if (why.code == ErrorCode::CooldownRunning)
      why.cooldown_until = bandwidths_[index_of(one.bandwidth)].cooldown_until;
  } else {
    const AsGroup& g = groups_[index_of(one.group)];
    const PolicyTarget target = target_of(one.set.action, g, log.old_desire);
    why.asked = target.asked;
    why.least = target.least;
    why.most = g.set.max;
    why.protected_members = g.protected_members;
    if (why.code == ErrorCode::CooldownRunning) why.cooldown_until = g.cooldown_until;
    if (why.code == ErrorCode::ActionInProgress) about.action = why.under_way = g.running;
  }
  about.why = std::move(why);
  return about;
}

void Cloud::execute(AsPolicyId id, Trigger trigger) {
  const auto log = id_at<PolicyExecutionId>(executions_.size());
  executions_.push_back(begun(id, trigger));
  AsPolicy& one = policy(id);
  if (const auto refused = denial(one, trigger)) return refuse_execution(log, *refused);
  const bool of_group = one.resource() == ScalingResource::Group;
  if constexpr (kChecksInvariants)
    if (of_group && trigger == Trigger::Alarm) stop_if(wrong_alarm(one.group));
  const Duration takes = of_group ? behaviour_.policy_exec_latency : behaviour_.bandwidth_exec_latency;
  if (takes == Duration::zero()) return conclude(log);
  one.executing = log;
  if (!of_group) bandwidths_[index_of(one.bandwidth)].executing = id;
  simulator_.schedule_after(takes, ExecutionEnds{log});
  explain(one, about_execution(log, PolicyFate::Begun), "policy {} ({}) is being executed", policy_label(id),
          text_of(trigger));
}

void Cloud::handle(const ExecutionEnds& event) {
  policy(executions_[index_of(event.execution)].policy).executing = none<PolicyExecutionId>();
  conclude(event.execution);
}

void Cloud::refuse_execution(PolicyExecutionId id, ErrorCode code) {
  PolicyExecution& log = executions_[index_of(id)];
  const AsPolicy& one = policy(log.policy);
  log.status = ExecutionStatus::Fail;
  log.refused_code = static_cast<int>(code);
  const Time until = one.resource() == ScalingResource::Group
                         ? group(one.group).cooldown_until
                         : bandwidths_[index_of(one.bandwidth)].cooldown_until;
  explain(one, about_execution(id, PolicyFate::Denied), "policy {} ({}) denied {}{}",
          policy_label(log.policy), text_of(log.trigger), code_text(code),
          code == ErrorCode::CooldownRunning ? ": cooldown until " + utc_seconds(until) : "");
}

void Cloud::conclude(PolicyExecutionId id) {
  if (executions_[index_of(id)].bandwidth != none<BandwidthId>()) return change_bandwidth(id);
  PolicyExecution& log = executions_[index_of(id)];
  const AsGroup& g = group(log.group);
  // Disabled or gone since it began.
  if (g.status != GroupStatus::InService) return refuse_execution(id, ErrorCode::ExecutionRefused);
  const AsPolicySettings& set = policy(log.policy).set;
  log.old_desire = log.new_desire = g.set.desire;
  const PolicyTarget target = target_of(set.action, g, g.set.desire);
  if (target.refused) return refuse_execution(id, *target.refused);
  log.new_desire = target.desire;
  log.status = ExecutionStatus::Success;
  if (target.clamped)
    explain(log.group, {.policy = log.policy},
            "policy {} asks for more than the limits {} to {} allow, {} protected", policy_label(log.policy),
            g.set.min, g.set.max, g.protected_members);
  About about = about_execution(id, PolicyFate::Executed);
  if (log.new_desire != log.old_desire)
    change_desire(log.group,
                  {cause_of(log.trigger), log.old_desire, log.new_desire, now(), log.policy, set.cool_down});
  explain(log.group, std::move(about), "policy {} ({}) executed: expected number {} -> {}",
          policy_label(log.policy), text_of(log.trigger), log.old_desire, log.new_desire);
}

}  // namespace tidepool::sim
