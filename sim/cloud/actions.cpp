// The scaling action: one at a time brings the actual number to the expected one.
#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {
namespace {

std::string reasons_text(const std::vector<ChangeReason>& reasons) {
  std::string out;
  for (const ChangeReason& each : reasons) {
    if (!out.empty()) out += ", ";
    out += fmt::format("{} {}->{}", text_of(each.cause), each.old_value, each.new_value);
  }
  return out;
}

}  // namespace

// ---- When ----

void Cloud::change_desire(AsGroupId id, const ChangeReason& reason) {
  AsGroup& g = group(id);
  settle(id);
  const int before = std::exchange(g.set.desire, reason.new_value);
  const bool lowered_by_hand = reason.policy == none<AsPolicyId>() && reason.new_value < before;
  if (reason.policy == none<AsPolicyId>())  // A policy's own line says it already.
    explain(id, {.why = DesireReason{before, reason.new_value}}, "expected number {} -> {} by hand", before,
            reason.new_value);
  if (g.status != GroupStatus::InService) return;  // Kept until the group is enabled, and then a difference.
  state(id).pending_reasons.push_back(reason);
  reconcile_on_grid(id, lowered_by_hand ? GridPoint::Later : GridPoint::NowOrLater);
}

// An earlier reconcile that is due already wins; while an action runs, its end brings the next one.
void Cloud::reconcile_by(AsGroupId id, Time due) {
  GroupState& s = state(id);
  if (group(id).is_scaling() || s.reconcile_at <= due) return;
  simulator_.cancel(s.reconcile_event);
  s.reconcile_at = due;
  s.reconcile_event = simulator_.schedule_at(due, ReconcileDue{id});
}

void Cloud::reconcile_on_grid(AsGroupId id, GridPoint point) {
  const Duration grid = behaviour_.scan_period;
  Time due = now();
  if (grid > Duration::zero()) {
    const Duration past = (now() - start_) % grid;
    if (past > Duration::zero() || point == GridPoint::Later) due += grid - past;
  }
  reconcile_by(id, due);
}

void Cloud::handle(const ReconcileDue& event) {
  AsGroup& g = group(event.group);
  GroupState& s = state(event.group);
  s.reconcile_at = kNever;
  if (g.status != GroupStatus::InService || g.is_scaling()) return;
  const int there = g.expected();
  const int wanted = g.set.desire;
  std::vector<ChangeReason> reasons = std::exchange(s.pending_reasons, {});
  if (wanted == there) return;  // Changes that cancel out start nothing.

  const ActivityType type = reasons.empty() ? ActivityType::Diff : ActivityType::Normal;
  if (reasons.empty()) reasons.push_back({ChangeCause::Diff, there, wanted, now(), none<AsPolicyId>(), {}});
  const ScalingActivityId id = open_activity(event.group, type, wanted, std::move(reasons));
  if (wanted > there) {
    activity(id).to_launch = wanted - there;
    launch_more(id);
  } else {
    scale_in(id, there - wanted);
  }
  finish_if_complete(id);
}

// ---- Begin ----

ScalingActivityId Cloud::open_activity(AsGroupId id, ActivityType type, int desire_value,
                                       std::vector<ChangeReason> reasons) {
  AsGroup& g = group(id);
  GroupState& s = state(id);
  assert(!g.is_scaling());
  const auto opened = id_at<ScalingActivityId>(activities_.size());
  ScalingActivity& log = activities_.emplace_back();
  log.group = id;
  log.type = type;
  log.start = now();
  log.instance_value = g.current();
  log.desire_value = desire_value;
  log.scaling_value = std::abs(desire_value - g.current());
  log.reasons = std::move(reasons);
  log.configuration = g.set.configuration;
  log.cool_down = log.reasons.back().cool_down.value_or(g.set.cool_down);
  s.activities.push_back(opened);
  g.running = g.last_activity = opened;
  simulator_.cancel(s.reconcile_event);
  s.reconcile_at = kNever;
  Why why;
  if (records()) why = ActionReason{type, log.instance_value, log.desire_value, log.reasons};
  explain(id, {.action = opened, .policy = log.reasons.back().policy, .why = std::move(why)},
          "action a{} {} starts: {} -> {}, because {}", index_of(opened), text_of(type), log.instance_value,
          log.desire_value, reasons_text(log.reasons));
  return opened;
}

// ---- End ----

void Cloud::one_done(ScalingActivityId id) {
  --activity(id).outstanding;
  if (activity(id).to_launch > 0) launch_more(id);
  finish_if_complete(id);
}

void Cloud::finish_if_complete(ScalingActivityId id) {
  const ScalingActivity& log = activity(id);
  if (log.status == ActivityStatus::Doing && log.outstanding == 0 && log.to_launch == 0) finish(id);
}

void Cloud::finish(ScalingActivityId id) {
  ScalingActivity& log = activity(id);
  const AsGroupId owner = log.group;
  AsGroup& g = group(owner);
  log.end = now();
  log.status = log.failed.empty() ? ActivityStatus::Success : ActivityStatus::Fail;
  g.running = none<ScalingActivityId>();
  explain(owner, {.action = id}, "action a{} ends {}: {} added, {} removed, {} deleted, {} failed",
          index_of(id), text_of(log.status), log.added.size(), log.removed.size(), log.deleted.size(),
          log.failed.size());
  open_cooldown(g, log);
  if (g.set.notify_by_email)
    outbox_.push_back({now(), owner, id,
                       fmt::format("AS group {}: scaling action {} {}, {} -> {}", g.set.name,
                                   text_of(log.type), text_of(log.status), log.instance_value, g.current())});
  tell_end(id);
  if (g.status == GroupStatus::Deleting) {
    delete_forced(owner);
  } else if (log.status == ActivityStatus::Success) {
    after_success(owner);
  } else {
    after_failure(owner, log);
  }
}

// An action that neither added nor took away anything opens no window.
void Cloud::open_cooldown(AsGroup& g, const ScalingActivity& log) {
  if (log.added.empty() && log.removed.empty() && log.deleted.empty()) return;
  const Duration at_end = log.reasons.back().cool_down.value_or(g.set.cool_down);
  const Duration length = behaviour_.cooldown_start == CooldownStart::Trigger ? log.cool_down : at_end;
  const CooldownWindow window = cooldown_window(behaviour_.cooldown_start, log.start, log.end, length);
  g.cooldown_from = window.from;
  g.cooldown_until = window.until;
  if (window.until > now())
    explain(log.group,
            {.action = g.last_activity,
             .why = CooldownReason{window.from, window.until, length,
                                   log.reasons.back().cool_down ? log.reasons.back().policy
                                                                : none<AsPolicyId>()}},
            "cooldown until {}", utc_seconds(window.until));
}

void Cloud::after_success(AsGroupId id) {
  group(id).failures_in_row = 0;
  reconcile_by(id, now());
}

void Cloud::after_failure(AsGroupId id, const ScalingActivity& log) {
  AsGroup& g = group(id);
  if (g.status != GroupStatus::InService) return;  // Disabled meanwhile: not tried again.
  if (log.lasting_cause) {
    become_error(id, log.failed.front().reason, true);
    return;
  }
  ++g.failures_in_row;
  if (behaviour_.max_retries && g.failures_in_row > *behaviour_.max_retries) {
    become_error(
        id,
        fmt::format("{} scaling actions in a row failed: {}", g.failures_in_row, log.failed.front().reason),
        false);
    return;
  }
  const bool asked_again = !state(id).pending_reasons.empty();
  // An action that failed in no time and is retried in no time would stop the clock.
  const Duration least = log.end > log.start ? Duration::zero() : Duration{std::chrono::seconds{1}};
  reconcile_by(id, asked_again ? now() : now() + std::max(behaviour_.retry_delay, least));
}

void Cloud::become_error(AsGroupId id, std::string why, bool lasting) {
  AsGroup& g = group(id);
  g.status = GroupStatus::Error;
  g.detail = std::move(why);
  GroupState& s = state(id);
  s.pending_reasons.clear();
  simulator_.cancel(s.reconcile_event);
  s.reconcile_at = kNever;
  Why reason;
  if (records()) reason = AbnormalReason{g.detail, lasting, g.failures_in_row};
  explain(id, {.action = g.last_activity, .why = std::move(reason)}, "abnormal: {}", g.detail);
  tell(id, Scene::GroupAbnormal, none<ScalingActivityId>());
}

}  // namespace tidepool::sim
