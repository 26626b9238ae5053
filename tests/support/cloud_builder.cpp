#include "tests/support/cloud_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>

namespace tidepool::support {

using namespace sim;

// ---- The region ----

ServerId server_in(ZoneId zone, int number) {
  REQUIRE(number < kServersPerZone);
  return id_at<ServerId>(index_of(zone) * kServersPerZone + static_cast<std::size_t>(number));
}

namespace {

DurationDistribution always(Duration length) { return {DurationDistribution::Kind::Constant, length, {}}; }

std::vector<Server> some_servers() {
  std::vector<Server> servers;
  for (const ZoneId zone : {kZoneA, kZoneB, kZoneC})
    for (int i = 0; i < kServersPerZone; ++i) {
      const std::string name = fmt::format("server-{}-{}", index_of(zone), i);
      servers.push_back({name, name, zone, kVpc, kSmall, true});
    }
  servers.push_back({"stopped", "stopped", kZoneA, kVpc, kSmall, false});
  servers.push_back({"elsewhere", "elsewhere", kZoneA, kOtherVpc, kSmall, true});
  return servers;
}

std::vector<Flavor> some_flavors() {
  const std::vector<ZoneId> everywhere{kZoneA, kZoneB, kZoneC};
  return {{"s3.medium", 1, 2048, 40'000, everywhere, std::nullopt},
          {"s3.large", 2, 4096, 90'000, {kZoneA, kZoneB}, std::nullopt},
          {"p2.gpu", 8, 65536, 900'000, {kZoneC}, std::nullopt},
          {"s3.small", 1, 1024, 10'000, everywhere, std::nullopt}};
}

}  // namespace

Region a_region() {
  Region region;
  region.zones = {{"eu-de-01", {}}, {"eu-de-02", {}}, {"eu-de-03", {}}};
  region.flavors = some_flavors();
  region.images = {{"debian", 10}};
  region.key_pairs = {{"key"}};
  region.vpcs = {{"vpc"}, {"other-vpc"}};
  region.subnets = {
      {"subnet", kVpc, false}, {"second-subnet", kVpc, false}, {"other-subnet", kOtherVpc, false}};
  region.security_groups = {{"security-group"}, {"second-security-group"}};
  region.listeners = {{"listener", kVpc}, {"second-listener", kVpc}};
  region.pools = {{"pool", kVpc}, {"second-pool", kVpc}};
  region.servers = some_servers();
  region.enterprise_projects = {"0", "finance"};
  region.boot_time = always(kBoot);
  region.removal_time = always(kRemoval);
  region.attach_time = always(kAttach);
  return region;
}

// ---- Time ----

Time on(int year, unsigned month, unsigned day, Duration time_of_day) {
  const std::chrono::sys_days date =
      std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
  return Time{date.time_since_epoch() + time_of_day};
}

// ---- The cloud ----

std::vector<Profile> both_profiles() {
  return {{"classic", prompt(Behaviour::classic())}, {"current", prompt(Behaviour::current())}};
}

Behaviour prompt(Behaviour behaviour) {
  behaviour.scan_period = 0s;
  return behaviour;
}

namespace {

// Empty: none was chosen.
std::optional<Profile>& chosen_profile() {
  static std::optional<Profile> chosen;
  return chosen;
}

}  // namespace

Profile profile_under_test() { return chosen_profile().value_or(both_profiles().front()); }
Behaviour behaviour_under_test() { return profile_under_test().behaviour; }
UnderProfile::UnderProfile(const Profile& profile) { chosen_profile() = profile; }
UnderProfile::~UnderProfile() { chosen_profile().reset(); }

Cloud a_cloud(const CloudSpec& spec) {
  return Cloud{{spec.region, spec.behaviour, kStart, spec.seed, spec.journal, spec.recording}};
}

Cloud a_cloud(const Behaviour& behaviour) {
  CloudSpec spec;
  spec.behaviour = behaviour;
  return a_cloud(spec);
}

void run_for(Cloud& cloud, Duration span) { cloud.run_until(cloud.now() + span); }

// ---- Configurations ----

AsConfiguration a_configuration(const ConfigurationSpec& spec) {
  AsConfiguration configuration;
  configuration.name = spec.name;
  configuration.flavors = spec.flavors;
  configuration.flavor_priority = spec.priority;
  configuration.image = ImageId{0};
  configuration.key_name = "key";
  configuration.disks.push_back({40, VolumeType::Sata, DiskType::System, "", "", {}});
  for (int i = 0; i < spec.data_disks; ++i)
    configuration.disks.push_back({100, VolumeType::Sata, DiskType::Data, "", "", {}});
  if (spec.eip_mbit) configuration.public_ip = EipTemplate{"5_bgp", *spec.eip_mbit};
  return configuration;
}

AsConfigurationId create_configuration(Cloud& cloud, const ConfigurationSpec& spec) {
  const auto created = cloud.submit(CreateAsConfiguration{a_configuration(spec)});
  REQUIRE(outcome(created) == "ok");
  return *created;
}

// ---- Groups ----

CreateAsGroup a_group(const GroupSpec& spec) {
  CreateAsGroup request;
  AsGroupSettings& set = request.set;
  set.name = spec.name;
  set.configuration = spec.configuration;
  set.min = spec.min;
  set.cool_down = spec.cool_down;
  set.zones = spec.zones;
  set.listeners = spec.listeners;
  set.lbaas_listeners = spec.pools;
  set.networks = {{kSubnet, false, std::nullopt}};
  set.vpc = kVpc;
  set.health_period_minutes = spec.health_minutes;
  set.health_grace = spec.grace;
  set.terminate_policy = spec.terminate;
  set.multi_az_policy = spec.multi_az;
  set.notify_by_email = spec.notify;
  set.delete_publicip = spec.delete_publicip;
  set.delete_volume = spec.delete_volume;
  set.enterprise_project = spec.project;
  request.desire = spec.desire;
  request.max = spec.max;
  request.health_audit = spec.audit;
  return request;
}

AsGroupId create_group(Cloud& cloud, GroupSpec spec) {
  if (spec.configuration == none<AsConfigurationId>()) spec.configuration = create_configuration(cloud);
  const auto created = cloud.submit(a_group(spec));
  REQUIRE(outcome(created) == "ok");
  return *created;
}

AsGroupId enabled_group(Cloud& cloud, const GroupSpec& spec) {
  const AsGroupId group = create_group(cloud, spec);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  return group;
}

AsGroupId grown_group(Cloud& cloud, const GroupSpec& spec) {
  const AsGroupId group = enabled_group(cloud, spec);
  run_until_idle(cloud, group);
  REQUIRE(group_of(cloud, group).in_service == group_of(cloud, group).set.desire);
  return group;
}

void run_until_idle(Cloud& cloud, AsGroupId group) {
  const auto settled = [&] {
    const AsGroup& each = group_of(cloud, group);
    return !each.is_scaling() &&
           (each.status != GroupStatus::InService || each.expected() == each.set.desire);
  };
  // An hour is more than any test's actions take; a group that never gets there should not hang the test.
  const Time limit = cloud.now() + 1h;
  cloud.run_until(cloud.now());
  while (!settled() && cloud.next_time() && *cloud.next_time() <= limit) cloud.run_until(*cloud.next_time());
}

const AsGroup& group_of(const Cloud& cloud, AsGroupId group) { return cloud.all_groups()[index_of(group)]; }
const Instance& instance_of(const Cloud& cloud, InstanceId instance) {
  return cloud.all_instances()[index_of(instance)];
}

const ScalingActivity& last_action(const Cloud& cloud, AsGroupId group) {
  REQUIRE(!cloud.activities_of(group).empty());
  return cloud.all_activities()[index_of(cloud.activities_of(group).back())];
}

std::vector<InstanceId> members(const Cloud& cloud, AsGroupId group) {
  return group_of(cloud, group).members;
}

std::vector<InstanceId> members(const Cloud& cloud, AsGroupId group, LifecycleState state) {
  std::vector<InstanceId> found = members(cloud, group);
  std::erase_if(found, [&](InstanceId each) { return instance_of(cloud, each).state != state; });
  return found;
}

InstanceId newest_member(const Cloud& cloud, AsGroupId group) {
  REQUIRE(!members(cloud, group).empty());
  return members(cloud, group).back();
}

int serving(const Cloud& cloud, AsGroupId group) {
  const auto all = members(cloud, group);
  return static_cast<int>(
      std::ranges::count_if(all, [&](InstanceId each) { return instance_of(cloud, each).serves(); }));
}

const ScalingActivity* first_removal_by_check(const Cloud& cloud, AsGroupId group) {
  for (const ScalingActivityId each : cloud.activities_of(group)) {
    const ActivityType type = cloud.find(each)->type;
    if (type == ActivityType::AuditCheckDelete || type == ActivityType::ElbCheckDelete)
      return cloud.find(each);
  }
  return nullptr;
}

std::vector<int> zone_counts(const Cloud& cloud, AsGroupId group) {
  std::vector<int> counts(cloud.region().zones.size());
  for (const InstanceId each : members(cloud, group)) {
    const Instance& member = instance_of(cloud, each);
    if (member.state != LifecycleState::Removing && member.state != LifecycleState::RemovingWait)
      ++counts[index_of(member.zone)];
  }
  return counts;
}

// ---- Requests ----

void set_desire(Cloud& cloud, AsGroupId group, int desire) {
  REQUIRE(change(cloud, group, &ModifyAsGroup::desire, desire) == "ok");
}

void set_zones(Cloud& cloud, AsGroupId group, std::vector<ZoneId> zones) {
  REQUIRE(change(cloud, group, &ModifyAsGroup::zones, std::move(zones)) == "ok");
}

void bind_configuration(Cloud& cloud, AsGroupId group, AsConfigurationId configuration) {
  REQUIRE(change(cloud, group, &ModifyAsGroup::configuration, configuration) == "ok");
}

std::string execute(Cloud& cloud, AsPolicyId policy) {
  return outcome(cloud.submit(ExecuteAsPolicy{policy}));
}

void disable(Cloud& cloud, AsGroupId group) { REQUIRE(outcome(cloud.submit(PauseAsGroup{group})) == "ok"); }

void protect(Cloud& cloud, AsGroupId group, const std::vector<InstanceId>& instances) {
  REQUIRE(outcome(cloud.submit(ProtectInstances{group, instances, Protection::On})) == "ok");
}

void unprotect(Cloud& cloud, AsGroupId group, const std::vector<InstanceId>& instances) {
  REQUIRE(outcome(cloud.submit(ProtectInstances{group, instances, Protection::Off})) == "ok");
}

void add_servers(Cloud& cloud, AsGroupId group, const std::vector<ServerId>& servers) {
  REQUIRE(outcome(cloud.submit(AddInstances{group, servers})) == "ok");
}

// ---- Policies and alarms ----

AsPolicySettings a_policy(const PolicySpec& spec) { return a_scheduled_policy(on(2036, 3, 1), spec); }

AsPolicySettings an_alarm_policy(AlarmRuleId rule, const PolicySpec& spec) {
  AsPolicySettings settings = a_policy(spec);
  settings.type = PolicyType::Alarm;
  settings.alarm = rule;
  settings.launch_time = {};
  return settings;
}

AsPolicySettings a_scheduled_policy(Time at, const PolicySpec& spec) {
  AsPolicySettings settings;
  settings.name = spec.name;
  settings.type = PolicyType::Scheduled;
  settings.launch_time = at;
  settings.action = spec.action;
  settings.cool_down = spec.cool_down;
  return settings;
}

AsPolicySettings a_periodic_policy(const Recurrence& recurrence, const PolicySpec& spec) {
  AsPolicySettings settings = a_scheduled_policy({}, spec);
  settings.type = PolicyType::Recurrence;
  settings.recurrence = recurrence;
  return settings;
}

AsPolicyId create_policy(Cloud& cloud, AsGroupId group, const AsPolicySettings& settings) {
  const auto created = cloud.submit(CreateAsPolicy{group, settings});
  REQUIRE(outcome(created) == "ok");
  return *created;
}

PolicyAction by_number(PolicyOperation operation, int number) { return {operation, number, std::nullopt}; }
PolicyAction by_percentage(PolicyOperation operation, int percentage) {
  return {operation, std::nullopt, percentage};
}

AlarmRuleId an_alarm_that_is_always_on(Cloud& cloud, AsGroupId group) {
  AlarmRuleSettings rule;
  rule.name = "always";
  rule.group = group;
  rule.metric = GroupMetric::InstanceNum;
  rule.comparison = AlarmOperator::GreaterEqual;
  rule.threshold = 0;
  rule.period = 0s;
  return cloud.add_alarm_rule(rule);
}

AlarmRuleId an_alarm_on_load(Cloud& cloud, AsGroupId group) {
  AlarmRuleSettings rule;
  rule.name = "load";
  rule.group = group;
  rule.threshold = 50 * kMetricUnit;
  rule.period = 0s;
  return cloud.add_alarm_rule(rule);
}

WorkloadId add_steady_load(Cloud& cloud, AsGroupId group, Amount per_second) {
  constexpr auto kStep = 60s;
  std::vector<Amount> amounts(24 * 60, per_second * kStep.count());
  return cloud.add_workload({Trace{kStart, kStep, std::move(amounts)}, kCapacity, group});
}

// ---- Faults ----

Fault a_fault(FaultKind kind, Time from, Time until) {
  Fault fault;
  fault.kind = kind;
  fault.from = from;
  fault.until = until;
  return fault;
}

void fall_ill(Cloud& cloud, AsGroupId group, Time at, Sickness kind, Time until) {
  Fault fault = a_fault(FaultKind::SickInstances, at, until);
  fault.group = group;
  fault.sickness = kind;
  cloud.add_fault(fault);
}

namespace {

FaultId add_now(Cloud& cloud, const Fault& fault) {
  const FaultId id = cloud.add_fault(fault);
  cloud.run_until(cloud.now());
  return id;
}

}  // namespace

FaultId sold_out(Cloud& cloud, ZoneId zone, FlavorId flavor, Time until) {
  Fault fault = a_fault(FaultKind::SoldOut, cloud.now(), until);
  fault.zone = zone;
  fault.flavor = flavor;
  return add_now(cloud, fault);
}

FaultId sold_out_everywhere(Cloud& cloud, Time until) {
  return sold_out(cloud, none<ZoneId>(), none<FlavorId>(), until);
}

FaultId failing_boots(Cloud& cloud, std::int64_t ppm, Time until) {
  Fault fault = a_fault(FaultKind::BootFailure, cloud.now(), until);
  fault.probability_ppm = ppm;
  return add_now(cloud, fault);
}

FaultId outage(Cloud& cloud, ZoneId zone, Time until) {
  Fault fault = a_fault(FaultKind::ZoneOutage, cloud.now(), until);
  fault.zone = zone;
  return add_now(cloud, fault);
}

FaultId sickness(Cloud& cloud, AsGroupId group, Sickness kind, int count, Time until) {
  Fault fault = a_fault(FaultKind::SickInstances, cloud.now(), until);
  fault.group = group;
  fault.sickness = kind;
  fault.count = count;
  return add_now(cloud, fault);
}

}  // namespace tidepool::support
