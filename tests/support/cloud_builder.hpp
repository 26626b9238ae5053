// A small region, a cloud over it, and groups that state only what a test is about.
//
// Everything happens on the first of March 2026, a Sunday. An ECS takes 100 s to boot and 20 s to go, a server added by
// hand 5 s to join, so that instants can be written down in advance. What can't fail in a test is REQUIREd here.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/cloud/cloud.hpp"

namespace tidepool::support {

using namespace std::chrono_literals;

// ---- The region ----

inline constexpr sim::ZoneId kZoneA{0}, kZoneB{1}, kZoneC{2};
inline constexpr sim::FlavorId kSmall{0};  ///< offered everywhere; price 40
inline constexpr sim::FlavorId kLarge{1};  ///< only in zones A and B; price 90
inline constexpr sim::FlavorId kGpu{2};    ///< only in zone C; price 900
inline constexpr sim::FlavorId kCheap{3};  ///< offered everywhere; price 10
inline constexpr sim::VpcId kVpc{0}, kOtherVpc{1};
inline constexpr sim::SubnetId kSubnet{0}, kSecondSubnet{1};
inline constexpr sim::SecurityGroupId kSecondSecurityGroup{1};
inline constexpr sim::ListenerId kListener{0}, kSecondListener{1};
inline constexpr sim::PoolId kPool{0}, kSecondPool{1};
inline constexpr sim::EnterpriseProjectId kDefaultProject{0}, kFinance{1};

// Servers that run already. Four in each zone of the first VPC, and two that can't be added to a group in it.
inline constexpr int kServersPerZone = 4;
sim::ServerId server_in(sim::ZoneId zone, int number = 0);
inline constexpr sim::ServerId kStoppedServer{12}, kServerOfOtherVpc{13};

inline constexpr sim::Duration kBoot = 100s, kRemoval = 20s, kAttach = 5s;

sim::Region a_region();

// ---- Time ----

/// A moment of UTC.
sim::Time on(int year, unsigned month, unsigned day, sim::Duration time_of_day = {});
inline constexpr sim::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}.time_since_epoch()};

// ---- The cloud ----

struct Profile {
  const char* name;
  sim::Behaviour behaviour;
};
/// Both sets of behaviour, with a scan period of zero: what is asked for starts at once.
std::vector<Profile> both_profiles();
sim::Behaviour prompt(sim::Behaviour behaviour);

/// What a cloud without a behaviour of its own gets: classic, or that of the UnderProfile that lives.
Profile profile_under_test();
sim::Behaviour behaviour_under_test();
class UnderProfile {
 public:
  explicit UnderProfile(const Profile& profile);
  ~UnderProfile();
  UnderProfile(const UnderProfile&) = delete;
  UnderProfile& operator=(const UnderProfile&) = delete;
};

struct CloudSpec {
  sim::Behaviour behaviour = behaviour_under_test();
  sim::Region region = a_region();
  std::uint64_t seed = 1;
  sim::JournalText journal = sim::JournalText::Kept;
  sim::Recording recording = sim::Recording::Everything;
};
sim::Cloud a_cloud(const CloudSpec& spec = {});
sim::Cloud a_cloud(const sim::Behaviour& behaviour);

void run_for(sim::Cloud& cloud, sim::Duration span);

// ---- Configurations ----

struct ConfigurationSpec {
  std::string name = "conf";
  std::vector<sim::FlavorId> flavors = {kSmall};
  sim::FlavorPriority priority = sim::FlavorPriority::PickFirst;
  int data_disks = 0;  ///< besides the system disk, 100 GB each
  std::optional<int> eip_mbit = std::nullopt;
};
sim::AsConfiguration a_configuration(const ConfigurationSpec& spec = {});
sim::AsConfigurationId create_configuration(sim::Cloud& cloud, const ConfigurationSpec& spec = {});

// ---- Groups ----

/// The zones are written out because an empty list means something else to the service.
struct GroupSpec {
  std::string name = "web";
  sim::AsConfigurationId configuration = sim::none<sim::AsConfigurationId>();  ///< none: one is made
  std::optional<int> desire = std::nullopt;
  int min = 0;
  std::optional<int> max = 20;
  sim::Duration cool_down = 300s;
  std::vector<sim::ZoneId> zones = {kZoneA, kZoneB, kZoneC};
  std::vector<sim::ListenerId> listeners = {};
  std::vector<sim::LbaasListener> pools = {};
  std::optional<sim::HealthAudit> audit = std::nullopt;
  int health_minutes = 5;
  sim::Duration grace = 600s;
  sim::TerminatePolicy terminate = sim::TerminatePolicy::OldConfigOldInstance;
  sim::MultiAzPolicy multi_az = sim::MultiAzPolicy::EquilibriumDistribute;
  bool notify = false, delete_publicip = false, delete_volume = false;
  sim::EnterpriseProjectId project = kDefaultProject;
};
sim::CreateAsGroup a_group(const GroupSpec& spec = {});
/// As it is after its creation.
sim::AsGroupId create_group(sim::Cloud& cloud, GroupSpec spec = {});
/// Enabled, its first action begun.
sim::AsGroupId enabled_group(sim::Cloud& cloud, const GroupSpec& spec = {});
/// Enabled, and grown to what it desires.
sim::AsGroupId grown_group(sim::Cloud& cloud, const GroupSpec& spec = {});
/// Goes on to the end of the running action, and of those that follow at once.
void run_until_idle(sim::Cloud& cloud, sim::AsGroupId group);

/// Also of a group that is gone.
const sim::AsGroup& group_of(const sim::Cloud& cloud, sim::AsGroupId group);
const sim::Instance& instance_of(const sim::Cloud& cloud, sim::InstanceId instance);
const sim::ScalingActivity& last_action(const sim::Cloud& cloud, sim::AsGroupId group);
std::vector<sim::InstanceId> members(const sim::Cloud& cloud, sim::AsGroupId group);
std::vector<sim::InstanceId> members(const sim::Cloud& cloud, sim::AsGroupId group,
                                     sim::LifecycleState state);
sim::InstanceId newest_member(const sim::Cloud& cloud, sim::AsGroupId group);
/// Those that do work.
int serving(const sim::Cloud& cloud, sim::AsGroupId group);
/// The first action by which a health check removed somebody; null when there is none.
const sim::ScalingActivity* first_removal_by_check(const sim::Cloud& cloud, sim::AsGroupId group);
/// Members by zone A, B, C, those leaving left out.
std::vector<int> zone_counts(const sim::Cloud& cloud, sim::AsGroupId group);

// ---- Requests, and how they end ----

/// "ok", or the code of the refusal: "AS.2005".
template <class T>
std::string outcome(const sim::Result<T>& result) {
  return result ? "ok" : sim::code_text(result.error().code);
}

/// The outcome of changing one thing of a group: change(cloud, group, &ModifyAsGroup::min, 2).
template <class T>
std::string change(sim::Cloud& cloud, sim::AsGroupId group, std::optional<T> sim::ModifyAsGroup::*field,
                   std::type_identity_t<T> value) {
  sim::ModifyAsGroup request;
  request.group = group;
  request.*field = std::move(value);
  return outcome(cloud.submit(request));
}

/// The outcome of executing a policy by hand.
std::string execute(sim::Cloud& cloud, sim::AsPolicyId policy);

// These must succeed.
void disable(sim::Cloud& cloud, sim::AsGroupId group);
void set_desire(sim::Cloud& cloud, sim::AsGroupId group, int desire);
void set_zones(sim::Cloud& cloud, sim::AsGroupId group, std::vector<sim::ZoneId> zones);
void bind_configuration(sim::Cloud& cloud, sim::AsGroupId group, sim::AsConfigurationId configuration);
void protect(sim::Cloud& cloud, sim::AsGroupId group, const std::vector<sim::InstanceId>& instances);
void unprotect(sim::Cloud& cloud, sim::AsGroupId group, const std::vector<sim::InstanceId>& instances);
void add_servers(sim::Cloud& cloud, sim::AsGroupId group, const std::vector<sim::ServerId>& servers);

// ---- Policies and alarms ----

using sim::PolicyOperation;

struct PolicySpec {
  std::string name = "policy";
  sim::PolicyAction action = {PolicyOperation::Add, 1, std::nullopt};
  sim::Duration cool_down = 300s;
};
sim::AsPolicySettings an_alarm_policy(sim::AlarmRuleId rule, const PolicySpec& spec = {});
sim::AsPolicySettings a_scheduled_policy(sim::Time at, const PolicySpec& spec = {});
sim::AsPolicySettings a_periodic_policy(const sim::Recurrence& recurrence, const PolicySpec& spec = {});
/// Never due within a test; to be executed by hand.
sim::AsPolicySettings a_policy(const PolicySpec& spec = {});
sim::AsPolicyId create_policy(sim::Cloud& cloud, sim::AsGroupId group, const sim::AsPolicySettings& settings);
sim::PolicyAction by_number(PolicyOperation operation, int number);
sim::PolicyAction by_percentage(PolicyOperation operation, int percentage);

/// A rule on the number of instances that every datapoint satisfies.
sim::AlarmRuleId an_alarm_that_is_always_on(sim::Cloud& cloud, sim::AsGroupId group);
/// A rule on a CPU utilisation of half and more, at every datapoint.
sim::AlarmRuleId an_alarm_on_load(sim::Cloud& cloud, sim::AsGroupId group);
/// So much per second from kStart on, for a day; an instance can do `kCapacity` a second.
inline constexpr sim::Amount kCapacity = 10 * sim::kAmountUnit;
sim::WorkloadId add_steady_load(sim::Cloud& cloud, sim::AsGroupId group, sim::Amount per_second);

// ---- Faults ----

sim::Fault a_fault(sim::FaultKind kind, sim::Time from, sim::Time until = sim::kNever);
/// One member of the group falls ill at a later moment.
void fall_ill(sim::Cloud& cloud, sim::AsGroupId group, sim::Time at,
              sim::Sickness kind = sim::Sickness::Stopped, sim::Time until = sim::kNever);

// From now on, until `until`.
sim::FaultId sold_out(sim::Cloud& cloud, sim::ZoneId zone, sim::FlavorId flavor = sim::none<sim::FlavorId>(),
                      sim::Time until = sim::kNever);
sim::FaultId sold_out_everywhere(sim::Cloud& cloud, sim::Time until = sim::kNever);
sim::FaultId failing_boots(sim::Cloud& cloud, std::int64_t ppm = 1'000'000, sim::Time until = sim::kNever);
sim::FaultId outage(sim::Cloud& cloud, sim::ZoneId zone, sim::Time until = sim::kNever);
sim::FaultId sickness(sim::Cloud& cloud, sim::AsGroupId group, sim::Sickness kind, int count = 1,
                      sim::Time until = sim::kNever);

}  // namespace tidepool::support
