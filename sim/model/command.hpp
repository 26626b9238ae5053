#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/as_configuration.hpp"
#include "sim/model/as_group.hpp"
#include "sim/model/as_policy.hpp"
#include "sim/model/bandwidth.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/lifecycle_hook.hpp"
#include "sim/model/notification.hpp"
#include "sim/model/tag.hpp"

namespace tidepool::sim {

// Everything a client may ask for, with texts resolved to ids. Cloud::submit answers each.

/// What is empty takes the documented default: desire = min, max by behaviour, health audit by load balancing.
/// `set.zones` empty lets the service choose.
struct CreateAsGroup {
  AsGroupSettings set;  ///< its desire, max and health_audit are overridden by the three below
  std::optional<int> desire, max;
  std::optional<HealthAudit> health_audit;
};

/// Whether the request names the desired number and nothing else; only then is an unchanged number an error (AS.2028).
enum class ModifyScope : std::uint8_t { DesireOnly, Anything };

/// Empty fields keep their value.
struct ModifyAsGroup {
  AsGroupId group{};
  ModifyScope scope = ModifyScope::Anything;
  std::optional<std::string> name;
  std::optional<AsConfigurationId> configuration;
  std::optional<int> desire, min, max;
  std::optional<Duration> cool_down;
  std::optional<std::vector<ListenerId>> listeners;
  std::optional<std::vector<LbaasListener>> lbaas_listeners;
  std::optional<std::vector<ZoneId>> zones;
  std::optional<std::vector<GroupNetwork>> networks;
  std::optional<std::vector<SecurityGroupId>> security_groups;
  std::optional<HealthAudit> health_audit;
  std::optional<int> health_period_minutes;
  std::optional<Duration> health_grace;
  std::optional<TerminatePolicy> terminate_policy;
  std::optional<bool> notify_by_email, delete_publicip, delete_volume;
  std::optional<EnterpriseProjectId> enterprise_project;
  std::optional<MultiAzPolicy> multi_az_policy;
  std::optional<std::string> description;
};

enum class ForceDelete : std::uint8_t { No, Yes };
struct DeleteAsGroup {
  AsGroupId group{};
  ForceDelete force = ForceDelete::No;
};
struct ResumeAsGroup {
  AsGroupId group{};
};
struct PauseAsGroup {
  AsGroupId group{};
};

struct CreateAsConfiguration {
  AsConfiguration set;
};
struct DeleteAsConfiguration {
  AsConfigurationId configuration{};
};

/// What happens to the ECS of a member that is taken out by hand. One added by hand is always kept.
enum class EcsFate : std::uint8_t { Keep, Delete };
struct AddInstances {
  AsGroupId group{};
  std::vector<ServerId> servers;
};
/// From one group, all or none.
struct RemoveInstances {
  AsGroupId group{};
  std::vector<InstanceId> instances;
  EcsFate ecs = EcsFate::Keep;
};
struct RemoveInstance {
  InstanceId instance{};
  EcsFate ecs = EcsFate::Keep;
};
/// Whether a group keeps its expected number and launches substitutes, or wants less from then on.
enum class StandbyRefill : std::uint8_t { No, Yes };
struct EnterStandby {
  AsGroupId group{};
  std::vector<InstanceId> instances;
  StandbyRefill refill = StandbyRefill::No;
};
struct ExitStandby {
  AsGroupId group{};
  std::vector<InstanceId> instances;
};
enum class Protection : std::uint8_t { Off, On };
struct ProtectInstances {
  AsGroupId group{};
  std::vector<InstanceId> instances;
  Protection protection = Protection::On;
};

/// For a group or a bandwidth, never both.
struct CreateAsPolicy {
  AsGroupId group{};
  AsPolicySettings set;
  BandwidthId bandwidth = none<BandwidthId>();
};
/// `set` is the whole policy as it shall be: the reader has merged the request into what there was.
struct ModifyAsPolicy {
  AsPolicyId policy{};
  AsPolicySettings set;
};
/// One that is EXECUTING: alone a group's goes, a bandwidth's does not; in a batch it takes force.
enum class PolicyDeletion : std::uint8_t { Alone, InBatch, InBatchByForce };
struct DeleteAsPolicy {
  AsPolicyId policy{};
  PolicyDeletion way = PolicyDeletion::Alone;
};
struct ExecuteAsPolicy {
  AsPolicyId policy{};
};
struct ResumeAsPolicy {
  AsPolicyId policy{};
};
struct PauseAsPolicy {
  AsPolicyId policy{};
};

struct CreateBandwidth {
  std::string name;
  int size = kLeastBandwidth;
  ShareType share = ShareType::Per;
};
/// Empty fields keep their value.
struct ModifyBandwidth {
  BandwidthId bandwidth{};
  std::optional<std::string> name;
  std::optional<int> size;
};
struct DeleteBandwidth {
  BandwidthId bandwidth{};
};

struct CreateLifecycleHook {
  AsGroupId group{};
  LifecycleHook set;
};
/// The hook of that name as it shall be; the reader has merged the request into what there was.
struct ModifyLifecycleHook {
  AsGroupId group{};
  LifecycleHook set;
};
struct DeleteLifecycleHook {
  AsGroupId group{};
  std::string name;
};
/// Extend gives the owner an hour more.
enum class HookAnswer : std::uint8_t { Continue, Abandon, Extend };
struct AnswerLifecycleHook {
  AsGroupId group{};
  HookWaitId wait = none<HookWaitId>();  ///< none: the request names no wait that there ever was
  HookAnswer answer = HookAnswer::Continue;
};

/// The topic is added, or what it is told is replaced.
struct SubscribeTopic {
  AsGroupId group{};
  TopicSubscription set;
};
struct UnsubscribeTopic {
  AsGroupId group{};
  std::string urn;
};

/// Create also gives a key that is there a new value. Delete goes by key, and a key that is not there is no error.
enum class TagChange : std::uint8_t { Create, Delete };
struct ChangeTags {
  AsGroupId group{};
  TagChange change = TagChange::Create;
  std::vector<Tag> tags;
};

}  // namespace tidepool::sim
