// Policies: when they are due, and what they make of the expected number.
#include <algorithm>
#include <chrono>

#include "tests/reference/group.hpp"

namespace tidepool::reference {

// ---- The clock ----

bool Group::is_day_of(const Policy& policy, Micros day) {
  if (policy.recurrence == "Daily") return true;
  int wanted = static_cast<int>((day + 4) % 7) + 1;  // 1970 began on a Thursday; 1 is Sunday
  if (policy.recurrence == "Monthly") {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
    wanted = static_cast<int>(static_cast<unsigned>(date.day()));
  }
  return std::find(policy.days.begin(), policy.days.end(), wanted) != policy.days.end();
}

Micros Group::next_occurrence(const Policy& policy, Micros after) const {
  if (policy.type == "SCHEDULED") return policy.launch_time > after ? policy.launch_time : kForever;
  for (Micros day = 0; day * kDay <= policy.until; ++day) {
    const Micros at = day * kDay + policy.time_of_day;
    if (at > after && at >= policy.from && at <= policy.until && is_day_of(policy, day)) return at;
  }
  return kForever;
}

bool Group::policies_are_due() {
  std::vector<int> due;
  for (Policy& each : policies_) {
    if (each.deleted || each.due > now_) continue;
    each.due = next_occurrence(each, now_);
    if (each.status == "INSERVICE") due.push_back(each.number);
    if (each.status != "INSERVICE") due.push_back(-1);
  }
  if (due.empty()) return false;
  std::erase(due, -1);
  if (due.empty() || !is_scalable()) return true;
  for (const int number : due) {
    Policy& each = policies_[static_cast<std::size_t>(number)];
    const Text trigger = each.type;
    if (number == due.back())
      execute(each, trigger);
    else
      refuse({number, trigger, "", "", now_, set_.desire, set_.desire}, "superseded");
  }
  return true;
}

// ---- Execution ----

void Group::execute(Policy& policy, const Text& trigger) {
  if (policy.status != "INSERVICE" || !is_scalable()) return;
  const Execution log{policy.number, trigger, "", "", now_, set_.desire, set_.desire};
  if (trigger == "ALARM") {
    if (running_) return refuse(log, "AS.0034");
    const bool inclusive = around_.knobs.cooldown_end_inclusive && now_ == cooldown_until_;
    const bool in_window = cooldown_from_ < cooldown_until_ && cooldown_from_ <= now_;
    if (in_window && (now_ < cooldown_until_ || inclusive)) return refuse(log, "AS.0026");
  }
  const int goal = goal_of(policy);
  if (goal == set_.desire && policy.operation == "ADD") return refuse(log, "AS.0050");
  if (goal == set_.desire && policy.operation == "REMOVE") return refuse(log, "AS.3040");
  Execution done = log;
  done.status = "SUCCESS";
  done.to = goal;
  executions_.push_back(done);
  if (goal == set_.desire) return;
  const Text cause = trigger == "MANUAL" ? "MANNUAL" : trigger;
  pending_.push_back({cause, set_.desire, goal, now_, true, policy.cool_down});
  set_.desire = goal;
  wake_on_grid();
}

int Group::goal_of(const Policy& policy) const {
  std::int64_t q = policy.amount >= 0 ? policy.amount : 1;
  if (policy.percentage >= 0) {
    const std::int64_t hundredfold = std::int64_t{current()} * policy.percentage;
    q = hundredfold == 0 ? 0 : std::max<std::int64_t>(1, hundredfold / 100);
  }
  std::int64_t goal = q;
  if (policy.operation == "ADD") goal = set_.desire + q;
  if (policy.operation == "REMOVE") goal = set_.desire - q;
  goal = std::max<std::int64_t>(goal, std::max(set_.min, protected_members()));
  return static_cast<int>(std::min<std::int64_t>(goal, set_.max));
}

void Group::refuse(Execution log, const Text& code) {
  log.status = "FAIL";
  log.code = code;
  executions_.push_back(log);
}

}  // namespace tidepool::reference
