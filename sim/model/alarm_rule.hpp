#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/metric.hpp"

namespace tidepool::sim {

enum class AlarmStatistic : std::uint8_t { Average, Max, Min, Sum, Variance };
enum class AlarmOperator : std::uint8_t { Greater, Equal, Less, GreaterEqual, LessEqual, NotEqual };

/// What a rule does when it enters a state. AutoScaling stands for the policies that name the rule.
enum class AlarmActionType : std::uint8_t { Notification, AutoScaling };
struct AlarmAction {
  AlarmActionType type = AlarmActionType::Notification;
  std::vector<std::string> topics;  ///< URNs; none for AutoScaling
  friend bool operator==(const AlarmAction&, const AlarmAction&) = default;
};

/// Whether something that is set up also works.
enum class Switch : std::uint8_t { Off, On };

/// A Cloud Eye alarm rule on a metric of one AS group, or on a series of pushed data.
struct AlarmRuleSettings {
  std::string name;
  AsGroupId group = none<AsGroupId>();  ///< none: not tied to a group yet, so it has no data of its own
  GroupMetric metric = GroupMetric::CpuUtil;
  AlarmStatistic statistic = AlarmStatistic::Average;
  AlarmOperator comparison = AlarmOperator::GreaterEqual;
  MetricValue threshold = 0;
  Duration period = std::chrono::minutes{5};  ///< zero: every raw datapoint is evaluated on its own
  int count = 1;                              ///< periods in a row that must meet the condition; 1 to 5
  /// How often a lasting alarm fires again: empty is every evaluation (or as the behaviour says), zero only on entering.
  std::optional<Duration> suppress = std::nullopt;
  MetricSeriesId series =
      none<MetricSeriesId>();           ///< pushed data that it watches instead of a group's metric
  Switch enabled = Switch::On;          ///< off: it is never evaluated
  Switch actions_enabled = Switch::On;  ///< off: it is evaluated and fires no policy
  // What only Cloud Eye's clients see.
  std::string description = {}, unit = {};
  int level = 2;  ///< 1 (critical) to 4 (informational)
  std::vector<AlarmAction> alarm_actions = {}, ok_actions = {};
  /// Minutes of the day (UTC) between which actions are taken, both included. A begin after the end goes past midnight.
  int actions_from = 0, actions_to = 24 * 60 - 1;
  std::string type = {}, resource_group = {};
  EnterpriseProjectId enterprise_project{};
};

}  // namespace tidepool::sim
