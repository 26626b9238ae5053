#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// Who asks for a scaling action. Only alarms are held back by a cooldown.
enum class Trigger : std::uint8_t { Alarm, Scheduled, Recurrence, Manual };

enum class PolicyType : std::uint8_t { Alarm, Scheduled, Recurrence };
enum class PolicyStatus : std::uint8_t { InService, Paused };

/// What a policy scales.
enum class ScalingResource : std::uint8_t { Group, Bandwidth };

/// REMOVE and REDUCE are one operation.
enum class PolicyOperation : std::uint8_t { Add, Remove, Set };

/// What a policy does to the desired number: by a number, by a percentage of the current number, else by one. To a
/// bandwidth: by Mbit/s, as far as `limits`.
struct PolicyAction {
  PolicyOperation operation = PolicyOperation::Add;
  std::optional<int> number;
  std::optional<int> percentage;
  std::optional<int> limits =
      std::nullopt;  ///< Mbit/s that ADD goes up to and REMOVE down to; a group has its own
  friend bool operator==(const PolicyAction&, const PolicyAction&) = default;
};

enum class RecurrenceType : std::uint8_t { Daily, Weekly, Monthly };

/// A repeated moment, in UTC. Source: AS API reference, "Creating an AS Policy", scheduled_policy.
struct Recurrence {
  RecurrenceType type = RecurrenceType::Daily;
  std::vector<int> days;   ///< Weekly: 1 (Sunday) to 7; Monthly: 1 to 31; Daily: empty. Sorted, each once.
  Duration time_of_day{};  ///< whole minutes from midnight, under 24 h
  Time start{};            ///< both edges included
  Time end{};
  friend bool operator==(const Recurrence&, const Recurrence&) = default;
};

/// What a client sets of a policy. Which of `alarm`, `launch_time` and `recurrence` counts depends on the type.
struct AsPolicySettings {
  std::string name;
  PolicyType type = PolicyType::Alarm;
  AlarmRuleId alarm = none<AlarmRuleId>();
  Time launch_time{};
  Recurrence recurrence;
  std::string recurrence_value;  ///< the days as the client wrote them, for answers
  PolicyAction action;
  Duration cool_down = std::chrono::seconds{300};
  std::optional<std::string> description =
      std::nullopt;  ///< 1 to 256 characters; only v2 of the API knows it
};

struct AsPolicy {
  AsPolicySettings set;
  AsGroupId group = none<AsGroupId>();          ///< what it scales, or
  BandwidthId bandwidth = none<BandwidthId>();  ///< this
  PolicyStatus status = PolicyStatus::InService;
  Time create_time{};
  Time enabled_since{};    ///< occurrences up to this moment are not made up for
  Time next_due = kNever;  ///< of a scheduled or periodic policy
  PolicyExecutionId executing = none<PolicyExecutionId>();  ///< while it is EXECUTING
  bool deleted = false;

  bool is_executing() const { return executing != none<PolicyExecutionId>(); }
  ScalingResource resource() const {
    return bandwidth == none<BandwidthId>() ? ScalingResource::Group : ScalingResource::Bandwidth;
  }
};

enum class ExecutionStatus : std::uint8_t { Success, Fail, Executing };

/// One line of a policy's execution log. Success means that the desired number is what the policy wants, not that
/// instances have arrived.
struct PolicyExecution {
  AsPolicyId policy{};
  AsGroupId group = none<AsGroupId>();
  Trigger trigger{};
  ExecutionStatus status{};
  Time time{};
  int old_desire = 0, new_desire = 0;  ///< of a bandwidth: its size
  PolicyOperation operation{};
  int refused_code = 0;  ///< number of the AS code when it failed; 0 for one superseded by another policy
  AsPolicyId superseded_by = none<AsPolicyId>();
  BandwidthId bandwidth = none<BandwidthId>();
  int limit = 0;  ///< of a bandwidth: the policy's `limits`
};

const char* text_of(Trigger trigger);  ///< "alarm", "by hand"

}  // namespace tidepool::sim
