// The rules of AS policies.
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "sim/model/journal.hpp"
#include "sim/model/shared_rules.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

using Fault = std::optional<Error>;

constexpr int kMostPercent = 20'000;

Fault check_action(const PolicyAction& action, int most) {
  if (action.number && action.percentage)
    return Error{ErrorCode::NumberAndPercentage,
                 fmt::format("instance_number {} and instance_percentage {}: expected one of them at most",
                             *action.number, *action.percentage)};
  const int least = action.operation == PolicyOperation::Set ? 0 : 1;
  if (action.number && (*action.number < least || *action.number > most))
    return Error{ErrorCode::PolicyNumberInvalid,
                 fmt::format("instance_number {}: expected {} to {}", *action.number, least, most)};
  if (action.percentage && (*action.percentage < least || *action.percentage > kMostPercent))
    return Error{ErrorCode::PercentageInvalid, fmt::format("instance_percentage {}: expected {} to {}",
                                                           *action.percentage, least, kMostPercent)};
  return {};
}

// Mbit/s where a group has instances. Source: AS API reference, "Creating an AS Policy (V2)", size and limits.
Fault check_bandwidth_action(const PolicyAction& action) {
  if (action.percentage)
    return Error{
        ErrorCode::PercentageInvalid,
        fmt::format("percentage {}: expected none, a bandwidth is changed by size", *action.percentage)};
  if (action.number && (*action.number < kLeastBandwidth || *action.number > kMostPolicyBandwidth))
    return Error{ErrorCode::PolicyNumberInvalid, fmt::format("size {}: expected {} to {}", *action.number,
                                                             kLeastBandwidth, kMostPolicyBandwidth)};
  if (!action.limits) return {};
  if (action.operation == PolicyOperation::Set)
    return Error{ErrorCode::LimitsInvalid, fmt::format("limits {}: expected none with SET", *action.limits)};
  if (*action.limits < kLeastBandwidth || *action.limits > kMostBandwidth)
    return Error{ErrorCode::LimitsInvalid, fmt::format("limits {}: expected {} to {}", *action.limits,
                                                       kLeastBandwidth, kMostBandwidth)};
  return {};
}

std::string minute_text(Time t) {
  std::string text;
  append_utc(text, t);
  return text.substr(0, 16) + 'Z';
}

Fault check_days(const Recurrence& r) {
  if (r.type == RecurrenceType::Daily) return {};
  const bool weekly = r.type == RecurrenceType::Weekly;
  const int most = weekly ? 7 : 31;
  if (r.days.empty())
    return Error{ErrorCode::RecurrenceValueMissing,
                 fmt::format("recurrence_value is missing: expected days from 1 to {}", most)};
  for (const int day : r.days)
    if (day < 1 || day > most)
      return Error{ErrorCode::RecurrenceValueInvalid,
                   fmt::format("recurrence_value {}: expected days from 1 to {}", day, most)};
  return {};
}

Fault check_recurrence(const Recurrence& r, Time now) {
  if (auto fault = check_days(r)) return fault;
  if (r.time_of_day < Duration::zero() || r.time_of_day >= std::chrono::hours{24} ||
      r.time_of_day % std::chrono::minutes{1} != Duration::zero())
    return Error{ErrorCode::LaunchTimeFormat, "launch_time: expected 00:00 to 23:59"};
  if (r.end <= now)
    return Error{ErrorCode::EndTimePast,
                 fmt::format("end_time {}: expected later than {}", minute_text(r.end), minute_text(now))};
  if (r.start >= r.end)
    return Error{ErrorCode::StartNotBeforeEnd,
                 fmt::format("start_time {}, end_time {}: expected start before end", minute_text(r.start),
                             minute_text(r.end))};
  return {};
}

Fault check_occasion(const AsPolicySettings& policy, Time now) {
  switch (policy.type) {
    case PolicyType::Alarm:
      if (policy.alarm != none<AlarmRuleId>()) return {};
      return Error{ErrorCode::AlarmIdMissing, "alarm_id is missing: expected an existing alarm rule"};
    case PolicyType::Scheduled:
      if (policy.launch_time > now) return {};
      return Error{ErrorCode::LaunchTimePast, fmt::format("launch_time {}: expected later than {}",
                                                          minute_text(policy.launch_time), minute_text(now))};
    case PolicyType::Recurrence: return check_recurrence(policy.recurrence, now);
  }
  return {};
}

Fault check_description(const std::string& text) {
  constexpr std::size_t kLongest = 256;
  const std::size_t length = characters(text);
  if (length >= 1 && length <= kLongest) return {};
  return Error{ErrorCode::BodyInvalid,
               fmt::format("description of {} characters: expected 1 to {}", length, kLongest)};
}

}  // namespace

std::optional<Error> validate(const AsPolicySettings& policy, const Behaviour& behaviour, Time now,
                              ScalingResource resource) {
  constexpr NameRule kName{"scaling_policy_name", ErrorCode::PolicyNameMissing, ErrorCode::PolicyNameLength,
                           ErrorCode::PolicyNameIllegal};
  if (auto fault = check_name(policy.name, kName)) return fault;
  if (auto fault = check_occasion(policy, now)) return fault;
  if (auto fault = resource == ScalingResource::Group
                       ? check_action(policy.action, behaviour.max_instances_per_group)
                       : check_bandwidth_action(policy.action))
    return fault;
  if (auto fault = check_cooldown(policy.cool_down, ErrorCode::PolicyCooldownInvalid)) return fault;
  return policy.description ? check_description(*policy.description) : Fault{};
}

std::optional<Error> validate_bandwidth(const std::string& name, int size) {
  constexpr std::size_t kLongest = 64;
  const std::size_t length = characters(name);
  if (length < 1 || length > kLongest)
    return Error{ErrorCode::BodyInvalid,
                 fmt::format("name of {} characters: expected 1 to {}", length, kLongest)};
  if (size < kLeastBandwidth || size > kMostBandwidth)
    return Error{ErrorCode::BodyInvalid,
                 fmt::format("size {}: expected {} to {}", size, kLeastBandwidth, kMostBandwidth)};
  return {};
}

}  // namespace tidepool::sim
