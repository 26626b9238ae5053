#pragma once

#include <cstdint>
#include <optional>

#include "sim/engine/time.hpp"

namespace tidepool::sim {

/// Where a cooldown window opens: with the start of the scaling action, or with its end.
enum class CooldownStart : std::uint8_t { Trigger, End };
/// Whether EQUILIBRIUM_DISTRIBUTE also balances zones when instances are removed.
enum class ScaleInBalance : std::uint8_t { None, BalanceFirst };
/// Whether load balancer settings may change on a live, idle group.
enum class LbChange : std::uint8_t { Strict, IdleOnly };
/// How often an alarm that lasts fires its policy: every evaluation, or only on entering the alarm state.
enum class AlarmRepeat : std::uint8_t { EveryPeriod, TransitionsOnly };
/// The answer to an unknown id in a path.
enum class UnknownId : std::uint8_t { NotFound404, BadRequest400 };
/// The status of a group right after its creation.
enum class InitialStatus : std::uint8_t { Paused, InService };

/// What the service's documents leave open or say differently from one edition to the next.
///
/// Two named sets exist: `classic`, the text of the page "Creating an AS Group", and `current`, the service's
/// present documentation. A scenario picks one and may change any knob on top of it.
struct Behaviour {
  CooldownStart cooldown_start = CooldownStart::Trigger;
  ScaleInBalance scale_in_balance = ScaleInBalance::BalanceFirst;
  int default_max = 0;
  bool require_configuration = false;
  bool require_weight = false;

  InitialStatus initial_status = InitialStatus::Paused;
  /// min or max moved past the desired number: false refuses (AS.2005), true moves the desired number along.
  bool implicit_desire_clamp = false;
  LbChange lb_change = LbChange::Strict;
  AlarmRepeat alarm_repeat = AlarmRepeat::EveryPeriod;
  /// Unknown members of a request body: false ignores them, true refuses them (AS.0022).
  bool strict_body = false;
  /// Whole numbers of a request body that come as text, "5": true takes them, false refuses them (AS.0022).
  bool integer_texts = true;
  UnknownId unknown_id = UnknownId::NotFound404;
  /// Whether pausing a group ends its running cooldown.
  bool pause_clears_cooldown = false;
  /// The exact end of a cooldown: false admits an alarm at that instant, true still denies it.
  bool cooldown_end_inclusive = false;

  /// Whether instances can be put into standby; else the action is unknown (AS.4018).
  bool standby = false;
  /// Whether a member that waits at a hook is shown as PENDING or REMOVING instead of PENDING_WAIT or REMOVING_WAIT.
  bool strict_lifecycle_enum = false;
  /// EXTEND moves the deadline of a wait: false without end, true to the lesser of 48 h and 100 times the hook's timeout.
  bool hook_extension_capped = false;
  /// Chance in parts per million that an ECS outlives its group's deletion by force.
  std::int64_t forced_delete_survival_ppm = 0;

  /// How long a policy is EXECUTING: one of a group before the expected number changes, one of a bandwidth before that does.
  Duration policy_exec_latency{};
  Duration bandwidth_exec_latency = std::chrono::seconds{5};
  /// Grid, counted from the start of the run, on which a changed desired number is noticed; 0 is at once.
  Duration scan_period = std::chrono::seconds{10};
  /// Pause before the gap left by a failed launch is tried again.
  Duration retry_delay = std::chrono::seconds{60};
  /// Retries in a row after which one more failure makes a group abnormal; empty: it retries for ever.
  std::optional<int> max_retries;
  /// Launches of one action that may be under way at once; 0 is no limit.
  int max_parallel_creates = 0;
  /// Distance of the datapoints that the group's metrics get.
  Duration metric_period = std::chrono::seconds{300};
  /// From the end of a period until its datapoint can be read, and alarm rules look at it.
  Duration metric_delay{};

  int max_instances_per_group = 300;  ///< bound of max_instance_number and of policy numbers
  int group_quota = 25;
  int configuration_quota = 100;
  int policy_quota = 50;  ///< per group
  int bandwidth_policy_quota = 50;
  int listener_backend_limit = 300;
  // What the project may have at one time, beside what its region declares; 0 is no limit.
  int instance_quota = 0;  ///< ECSs
  int vcpu_quota = 0;
  int memory_quota_mb = 0;
  int disk_quota = 0;  ///< system and data disks
  int eip_quota = 0;

  static Behaviour classic() { return {}; }
  static Behaviour current() {
    Behaviour b;
    b.cooldown_start = CooldownStart::End;
    b.scale_in_balance = ScaleInBalance::None;
    b.default_max = 1;
    b.require_configuration = true;
    b.require_weight = true;
    return b;
  }
};

}  // namespace tidepool::sim
