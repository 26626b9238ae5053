// Decisions: what the journal tells about groups, with the reason of each as data.
//
// There is one for each journal line about a group or one of its policies. Most lines say all that there is to say; for
// the others `why` holds what was compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/decide/placement.hpp"
#include "sim/engine/time.hpp"
#include "sim/model/as_group.hpp"
#include "sim/model/as_policy.hpp"
#include "sim/model/error.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/instance.hpp"
#include "sim/model/lifecycle_hook.hpp"
#include "sim/model/scaling_activity.hpp"

namespace tidepool::sim {

/// Whether a zone could have taken an instance of a flavor, and if not, why.
enum class ZoneFitness : std::uint8_t { Fits, Down, NotOffered, SoldOut, NoImage, NoDisks };

struct ZoneStanding {
  ZoneId zone = none<ZoneId>();
  int members = 0;  ///< of the group, before the launch; those being removed left out
  ZoneFitness fitness = ZoneFitness::Fits;
};

/// Where a launch went, and what each zone of the group stood at, in the order in which they were asked.
struct PlacementReason {
  MultiAzPolicy policy{};
  FlavorId flavor = none<FlavorId>();
  std::vector<FlavorId> flavors_passed_over;  ///< asked before, and nowhere to be had
  std::vector<ZoneStanding> zones;
  ZoneId chosen = none<ZoneId>();
};

/// A launch that failed, or could not begin: then no instance is named.
struct LaunchFailureReason {
  ErrorCode code{};
  std::string cause;
  bool lasting = false;             ///< makes the group abnormal
  std::vector<ZoneStanding> zones;  ///< where no zone could host it
};

/// What members are compared by when one must leave, in this order but for the zone.
struct RemovalKeys {
  bool by_hand = false;        ///< those go last
  bool outside_zones = false;  ///< those go first
  AsConfigurationId configuration = none<AsConfigurationId>();
  Time configuration_created{}, joined{};
  ZoneId zone = none<ZoneId>();
};

/// Who was chosen to leave, and who would have been next.
struct RemovalReason {
  TerminatePolicy policy{};
  RemovalKeys keys;
  InstanceId next = none<InstanceId>();  ///< none: nobody else could leave
  RemovalKeys next_keys;
  int candidates = 0;               ///< in service and not protected when the action began
  int protected_members = 0;        ///< passed over
  std::vector<ZoneCount> balanced;  ///< where zones are balanced first: members before this one leaves
};

/// Too many are protected.
struct ProtectionReason {
  int missing = 0, protected_members = 0;
};

enum class PolicyFate : std::uint8_t { Executed, Denied, Lost, Superseded, Begun };

/// What became of a policy that fired, was due or was executed by hand.
struct PolicyReason {
  PolicyFate fate{};
  Trigger trigger{};
  PolicyAction action;
  std::optional<ErrorCode> code;  ///< of a denial
  int before = 0, after = 0;      ///< expected number, or Mbit/s of a bandwidth
  std::int64_t asked = 0;         ///< what it would have been without limits
  int least = 0, most = 0;        ///< those limits: the least is min or the protected members
  int protected_members = 0;
  Time cooldown_until = kNever;                             ///< of AS.0026
  ScalingActivityId under_way = none<ScalingActivityId>();  ///< of AS.0034
  AsPolicyId superseded_by = none<AsPolicyId>();
};

/// What a health check found of a member whose verdict changed or that leaves for it.
struct HealthReason {
  HealthAudit method{};  ///< as it acts: ELB_AUDIT without a load balancer is NOVA_AUDIT
  HealthStatus verdict{};
  EcsStatus ecs{};
  bool lb_offline = false;
  bool leaves = false;
};

enum class HookStep : std::uint8_t { Begins, Extended, Released };

/// What an instance waits for, or what let it go on.
struct HookReason {
  std::string hook;
  HookStep step{};
  Time deadline{};
  HookResult result{};      ///< at the deadline, or of the release
  std::string released_by;  ///< "called back"
  bool told = true;         ///< false: a fault lost the message
};

struct ActionReason {
  ActivityType type{};
  int from = 0, to = 0;
  std::vector<ChangeReason> causes;
};

/// The window that the end of an action leaves behind.
struct CooldownReason {
  Time from{}, until{};
  Duration length{};
  AsPolicyId of = none<AsPolicyId>();  ///< whose cool_down_time it is; none: the group's own
};

struct AbnormalReason {
  std::string cause;
  bool lasting = false;     ///< one failure was enough
  int failures_in_row = 0;  ///< else so many were
};

/// The expected number changed otherwise than by a policy.
struct DesireReason {
  int before = 0, after = 0;
};

using Why = std::variant<std::monostate, PlacementReason, LaunchFailureReason, RemovalReason,
                         ProtectionReason, PolicyReason, HealthReason, HookReason, ActionReason,
                         CooldownReason, AbnormalReason, DesireReason>;

/// What a line is about besides its group, and why it came to be.
struct About {
  InstanceId instance = none<InstanceId>();
  ScalingActivityId action = none<ScalingActivityId>();
  AsPolicyId policy = none<AsPolicyId>();
  Why why = {};
};

struct Decision {
  Time time{};
  std::uint64_t line = 0;  ///< of the journal; the first one is 1
  AsGroupId group = none<AsGroupId>();
  GroupStatus status{};  ///< of the group, with what the line tells done
  int desire = 0;        ///< its expected number, likewise
  About about;
  std::string words;  ///< the journal's
};

/// "placement", "policy"; empty where the words say it all.
const char* kind_of(const Why& why);

const char* text_of(ZoneFitness fitness);  ///< "sold out"

}  // namespace tidepool::sim
