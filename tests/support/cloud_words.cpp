#include "tests/support/cloud_words.hpp"

#include <fmt/format.h>

namespace tidepool::support {

using namespace sim;

std::string seconds_since(Time base, Time t) {
  const auto span = (t - base).count();
  std::string text = fmt::format("{}.{:06}", span / 1'000'000, span % 1'000'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

namespace {

std::string causes(const ScalingActivity& action) {
  if (action.reasons.empty()) return "-";
  std::string text;
  for (const ChangeReason& each : action.reasons)
    text += fmt::format("{}{}", text.empty() ? "" : "+", text_of(each.cause));
  return text;
}

std::string in_words(const ScalingActivity& action, Time base) {
  const bool runs = action.end == kNever;
  return fmt::format("{}..{} {} {} {}->{} {}", seconds_since(base, action.start),
                     runs ? "" : seconds_since(base, action.end), text_of(action.type), causes(action),
                     action.instance_value, action.desire_value, text_of(action.status));
}

const char* word_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::Alarm: return "ALARM";
    case Trigger::Scheduled: return "SCHEDULED";
    case Trigger::Recurrence: return "RECURRENCE";
    case Trigger::Manual: return "MANUAL";
  }
  return "";
}

std::string in_words(const PolicyExecution& each, Time base) {
  const std::string end = each.status == ExecutionStatus::Success     ? "SUCCESS"
                          : each.status == ExecutionStatus::Executing ? "EXECUTING"
                          : each.refused_code == 0                    ? "superseded"
                                                   : fmt::format("AS.{:04}", each.refused_code);
  return fmt::format("{} {} {}->{} {}", seconds_since(base, each.time), word_of(each.trigger),
                     each.old_desire, each.new_desire, end);
}

}  // namespace

std::vector<std::string> actions(const Cloud& cloud, AsGroupId group, Time base) {
  std::vector<std::string> lines;
  for (const ScalingActivityId id : cloud.activities_of(group))
    lines.push_back(in_words(cloud.all_activities()[index_of(id)], base));
  return lines;
}

std::vector<std::string> executions(const Cloud& cloud, AsGroupId group, Time base) {
  std::vector<std::string> lines;
  for (const PolicyExecution& each : cloud.all_executions())
    if (each.group == group) lines.push_back(in_words(each, base));
  return lines;
}

std::vector<std::string> executions_of(const Cloud& cloud, AsPolicyId policy, Time base) {
  std::vector<std::string> lines;
  for (const PolicyExecution& each : cloud.all_executions())
    if (each.policy == policy) lines.push_back(in_words(each, base));
  return lines;
}

}  // namespace tidepool::support
