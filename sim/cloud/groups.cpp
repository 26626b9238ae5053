// The life of AS groups and AS configurations: made, changed, enabled, disabled, deleted.
#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/cloud/cloud.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

const char* text_of(GroupStatus status) {
  switch (status) {
    case GroupStatus::InService: return "INSERVICE";
    case GroupStatus::Paused: return "PAUSED";
    case GroupStatus::Error: return "ERROR";
    case GroupStatus::Deleting: return "DELETING";
    case GroupStatus::Deleted: return "DELETED";
  }
  return "";
}

std::vector<PoolId> pools_of(const AsGroupSettings& set) {
  std::vector<PoolId> pools;
  for (const LbaasListener& each : set.lbaas_listeners) pools.push_back(each.pool);
  return pools;
}

// Those that the policies of a group that is gone had on its own metrics: nothing is left that they could watch.
void delete_own_alarm_rules(Cloud& cloud, AsGroupId id, const std::vector<AsPolicyId>& policies) {
  for (const AsPolicyId each : policies) {
    const AsPolicySettings& set = cloud.all_policies()[index_of(each)].set;
    const AlarmRule* rule = set.type == PolicyType::Alarm ? cloud.find(set.alarm) : nullptr;
    if (rule != nullptr && rule->set.group == id) static_cast<void>(cloud.remove_alarm_rule(set.alarm));
  }
}

template <class T>
void take(T& field, const std::optional<T>& wanted) {
  if (wanted) field = *wanted;
}

}  // namespace

// ---- Configurations ----

Result<AsConfigurationId> Cloud::submit(const CreateAsConfiguration& request) {
  if (auto error = validate(request.set, region_)) return *std::move(error);
  if (configurations_alive_ >= behaviour_.configuration_quota)
    return Error{ErrorCode::ConfigurationQuotaExceeded,
                 fmt::format("{} configurations exist: expected fewer than the quota of {}",
                             configurations_alive_, behaviour_.configuration_quota)};
  const auto id = id_at<AsConfigurationId>(configurations_.size());
  configurations_.push_back(request.set);
  configurations_.back().create_time = now();
  configurations_.back().deleted = false;
  ++configurations_alive_;
  journal_.write(now(), configuration_label(id), "configuration created");
  return id;
}

Result<void> Cloud::submit(const DeleteAsConfiguration& request) {
  if (find(request.configuration) == nullptr)
    return Error{ErrorCode::ResourceNotFound, "this configuration does not exist"};
  const auto user = std::ranges::find_if(groups_, [&](const AsGroup& each) {
    return each.status != GroupStatus::Deleted && each.set.configuration == request.configuration;
  });
  if (user != groups_.end())
    return Error{ErrorCode::ConfigurationInUse,
                 fmt::format("configuration is bound to group {}", user->set.name)};
  configurations_[index_of(request.configuration)].deleted = true;
  --configurations_alive_;
  journal_.write(now(), configuration_label(request.configuration), "configuration deleted");
  return {};
}

// ---- Groups ----

Result<void> Cloud::must_be_changeable(AsGroupId id) const {
  const AsGroup* found = find(id);
  if (found == nullptr) return Error{ErrorCode::ResourceNotFound, "this group does not exist"};
  if (found->status == GroupStatus::Deleting)
    return Error{
        ErrorCode::GroupStatusForbids,
        fmt::format("group {} has status DELETING: expected INSERVICE, PAUSED or ERROR", found->set.name)};
  return {};
}

// All zones that offer one of the configuration's flavors, or simply all, as the region lists them.
std::vector<ZoneId> Cloud::chosen_zones(AsConfigurationId id) const {
  std::vector<ZoneId> all, fitting;
  const AsConfiguration* configuration = find(id);
  for (std::size_t i = 0; i < region_.zones.size(); ++i) {
    const auto zone = id_at<ZoneId>(i);
    all.push_back(zone);
    if (configuration == nullptr) continue;
    const bool fits = std::ranges::any_of(configuration->flavors,
                                          [&](FlavorId each) { return region_.offers(zone, each); });
    if (fits && region_.has_image(zone, configuration->image)) fitting.push_back(zone);
  }
  return fitting.empty() ? all : fitting;
}

AsGroupSettings Cloud::with_defaults(const CreateAsGroup& request) const {
  AsGroupSettings set = request.set;
  set.desire = request.desire.value_or(set.min);
  set.max = request.max.value_or(behaviour_.default_max);
  set.health_audit =
      request.health_audit.value_or(set.has_load_balancer() ? HealthAudit::Elb : HealthAudit::Nova);
  if (set.zones.empty()) set.zones = chosen_zones(set.configuration);
  return set;
}

Result<AsGroupId> Cloud::submit(const CreateAsGroup& request) {
  AsGroupSettings set = with_defaults(request);
  if (auto error = validate(set, region_, behaviour_)) return *std::move(error);
  if (set.configuration != none<AsConfigurationId>() && find(set.configuration) == nullptr)
    return Error{ErrorCode::ConfigurationUnknown,
                 "scaling_configuration_id: this configuration does not exist"};
  if (auto fault = check_image_zones(set); !fault) return fault.error();
  if (behaviour_.require_configuration && set.configuration == none<AsConfigurationId>())
    return Error{ErrorCode::ConfigurationIdMissing, "scaling_configuration_id is missing"};
  if (groups_alive_ >= behaviour_.group_quota)
    return Error{ErrorCode::GroupQuotaExceeded,
                 fmt::format("{} groups exist: expected fewer than the quota of {}", groups_alive_,
                             behaviour_.group_quota)};

  const auto id = id_at<AsGroupId>(groups_.size());
  AsGroup created;
  created.set = std::move(set);
  created.create_time = now();
  groups_.push_back(std::move(created));
  GroupState& s = states_.emplace_back();
  s.label = fmt::format("{}#{}", groups_.back().set.name, index_of(id));
  s.zone_members.assign(region_.zones.size(), 0);
  s.settled = s.health_anchor = now();
  ++groups_alive_;

  const AsGroupSettings& g = groups_.back().set;
  note(id, "created with min {}, desire {}, max {}, configuration {}, cooldown {} s", g.min, g.desire, g.max,
       configuration_label(g.configuration), g.cool_down / std::chrono::seconds{1});
  schedule_health_check(id);
  schedule_metrics(id);
  const bool starts =
      behaviour_.initial_status == InitialStatus::InService && !check_can_host(groups_.back()).has_error();
  if (starts) {
    groups_.back().status = GroupStatus::InService;
    note(id, "enabled as it is created");
    reconcile_on_grid(id);
  }
  return id;
}

AsGroupSettings Cloud::merged(const ModifyAsGroup& request) const {
  AsGroupSettings set = groups_[index_of(request.group)].set;
  take(set.name, request.name);
  take(set.configuration, request.configuration);
  take(set.desire, request.desire);
  take(set.min, request.min);
  take(set.max, request.max);
  take(set.cool_down, request.cool_down);
  take(set.listeners, request.listeners);
  take(set.lbaas_listeners, request.lbaas_listeners);
  take(set.zones, request.zones);
  take(set.networks, request.networks);
  take(set.security_groups, request.security_groups);
  take(set.health_audit, request.health_audit);
  take(set.health_period_minutes, request.health_period_minutes);
  take(set.health_grace, request.health_grace);
  take(set.terminate_policy, request.terminate_policy);
  take(set.notify_by_email, request.notify_by_email);
  take(set.delete_publicip, request.delete_publicip);
  take(set.delete_volume, request.delete_volume);
  take(set.enterprise_project, request.enterprise_project);
  take(set.multi_az_policy, request.multi_az_policy);
  if (request.description) set.description = request.description;
  if (set.zones.empty()) set.zones = chosen_zones(set.configuration);
  if (behaviour_.implicit_desire_clamp && !request.desire && set.min <= set.max)
    set.desire = std::clamp(set.desire, set.min, set.max);
  return set;
}

// The image of its configuration has to be in each zone of a group.
Result<void> Cloud::check_image_zones(const AsGroupSettings& set) const {
  const AsConfiguration* configuration = find(set.configuration);
  if (configuration == nullptr) return {};
  for (const ZoneId each : set.zones)
    if (!region_.has_image(each, configuration->image))
      return Error{ErrorCode::ImageNotInZone,
                   fmt::format("available_zones {}: expected zones that have the configuration's image",
                               region_.zone(each).name)};
  return {};
}

Result<void> Cloud::check_load_balancer_change(const AsGroup& g, const AsGroupSettings& wanted) const {
  if (wanted.listeners == g.set.listeners && pools_of(wanted) == pools_of(g.set)) return {};
  if (g.is_scaling())
    return Error{ErrorCode::ListenerChangeWhileScaling,
                 "lb_listener_id, lbaas_listeners: they can't change while a scaling action runs"};
  const bool live = g.status == GroupStatus::InService || !g.members.empty();
  if (live && behaviour_.lb_change == LbChange::Strict)
    return Error{
        ErrorCode::NetworkChangeRefused,
        fmt::format("lb_listener_id, lbaas_listeners: the group has status {} and {} instances, expected a "
                    "disabled group without instances",
                    text_of(g.status), g.members.size())};
  std::vector<ListenerId> added;
  for (const ListenerId each : wanted.listeners)
    if (std::ranges::find(g.set.listeners, each) == g.set.listeners.end()) added.push_back(each);
  return room_at(added, members_to_bind(g));
}

// Those that a change of load balancers takes along: the bound ones, or all in service where there was none before.
int Cloud::members_to_bind(const AsGroup& g) const {
  const auto is_bound = [&](InstanceId id) { return instances_[index_of(id)].bound; };
  const auto serves = [&](InstanceId id) {
    return instances_[index_of(id)].state == LifecycleState::InService;
  };
  const auto bound = std::ranges::count_if(g.members, is_bound);
  return static_cast<int>(bound > 0 ? bound : std::ranges::count_if(g.members, serves));
}

Result<void> Cloud::check_change(const ModifyAsGroup& request, const AsGroupSettings& wanted) const {
  const AsGroup& g = groups_[index_of(request.group)];
  if (request.scope == ModifyScope::DesireOnly && wanted.desire == g.set.desire)
    return Error{ErrorCode::DesireUnchanged,
                 fmt::format("desire_instance_number {}: this is the present number", wanted.desire)};
  if (auto error = validate(wanted, region_, behaviour_)) return *std::move(error);
  if (request.configuration && find(*request.configuration) == nullptr)
    return Error{ErrorCode::ConfigurationUnknown,
                 "scaling_configuration_id: this configuration does not exist"};
  if (wanted.zones != g.set.zones || wanted.configuration != g.set.configuration)
    if (auto fault = check_image_zones(wanted); !fault) return fault;
  if (wanted.desire != g.set.desire && wanted.desire < g.protected_members)
    return Error{ErrorCode::DesireBelowProtected,
                 fmt::format("desire_instance_number {}: expected at least {}, the "
                             "number of protected instances",
                             wanted.desire, g.protected_members)};
  if (wanted.zones != g.set.zones && g.is_scaling())
    return Error{ErrorCode::ZoneChangeWhileScaling,
                 "available_zones: they can't change while a scaling action runs"};
  const bool moved = wanted.networks != g.set.networks || wanted.security_groups != g.set.security_groups;
  if (moved && (g.is_scaling() || g.status == GroupStatus::InService || !g.members.empty()))
    return Error{
        ErrorCode::NetworkChangeRefused,
        fmt::format(
            "networks, security_groups: the group has status {} and {} instances, expected a disabled "
            "group without instances",
            text_of(g.status), g.members.size())};
  return check_load_balancer_change(g, wanted);
}

Result<void> Cloud::submit(const ModifyAsGroup& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  AsGroupSettings wanted = merged(request);
  if (auto fault = check_change(request, wanted); !fault) return fault;
  const int old_desire = group(request.group).set.desire;
  const int new_desire = wanted.desire;
  wanted.desire = old_desire;  // changes below, with its reason
  apply_change(request.group, std::move(wanted));
  if (new_desire != old_desire)
    change_desire(request.group,
                  {ChangeCause::Manual, old_desire, new_desire, now(), none<AsPolicyId>(), {}});
  return {};
}

void Cloud::apply_change(AsGroupId id, AsGroupSettings wanted) {
  AsGroup& g = group(id);
  GroupState& s = state(id);
  settle(id);
  const AsGroupSettings before = std::exchange(g.set, std::move(wanted));
  if (before.name != g.set.name) s.label = fmt::format("{}#{}", g.set.name, index_of(id));
  note(id, "modified: min {}, max {}, configuration {}", g.set.min, g.set.max,
       configuration_label(g.set.configuration));
  if (before.health_period_minutes != g.set.health_period_minutes) {
    s.health_anchor = now();
    simulator_.cancel(s.health_event);
    schedule_health_check(id);
  }
  if (before.listeners != g.set.listeners || before.lbaas_listeners != g.set.lbaas_listeners) {
    log_load_balancer_change(id, before);
    for (const InstanceId each : g.members) tell_station(each);  // Of their weight.
  }
}

// Members follow at once; the record holds no numbers, as nothing joins or leaves.
void Cloud::log_load_balancer_change(AsGroupId id, const AsGroupSettings& before) {
  AsGroup& g = group(id);
  const auto bound = static_cast<int>(
      std::ranges::count_if(g.members, [&](InstanceId each) { return instance(each).bound; }));
  for (const ListenerId each : before.listeners) listener_backends_[index_of(each)] -= bound;
  for (const ListenerId each : g.set.listeners) listener_backends_[index_of(each)] += bound;
  if (bound == 0 && g.set.has_load_balancer())
    for (const InstanceId each : g.members)
      if (instance(each).state == LifecycleState::InService) bind(each);
  if (!g.set.has_load_balancer())
    for (const InstanceId each : g.members) instance(each).bound = false;
  if (g.is_scaling())
    return;  // Ports and weights may change while an action runs; that action stays the current one.

  const auto record = id_at<ScalingActivityId>(activities_.size());
  ScalingActivity& log = activities_.emplace_back();
  log.group = id;
  log.type = ActivityType::ModifyElb;
  log.status = ActivityStatus::Success;
  log.start = log.end = now();
  log.unbound_listeners = before.listeners;
  log.bound_listeners = g.set.listeners;
  log.unbound_pools = before.lbaas_listeners;
  log.bound_pools = g.set.lbaas_listeners;
  state(id).activities.push_back(record);
  g.last_activity = record;
  note(id, "action a{} MODIFY_ELB: {} listeners and {} pools instead of {} and {}, {} members follow",
       index_of(record), g.set.listeners.size(), g.set.lbaas_listeners.size(), before.listeners.size(),
       before.lbaas_listeners.size(), bound);
}

// ---- Enable, disable ----

Result<void> Cloud::check_can_host(const AsGroup& g) const {
  const AsConfiguration* configuration = find(g.set.configuration);
  if (configuration == nullptr)
    return Error{ErrorCode::NoConfigurationBound,
                 fmt::format("group {} has no configuration bound", g.set.name)};
  if (auto missing = missing_thing(*configuration)) return *std::move(missing);
  bool offered = false, up = false;
  for (const FlavorId flavor : configuration->flavors) {
    for (const ZoneId zone : g.set.zones) {
      if (can_host(zone, flavor, *configuration)) return {};
      const bool offers = region_.offers(zone, flavor);
      offered = offered || offers;
      up = up || (offers && zone_down_[index_of(zone)] == 0);
    }
  }
  if (!offered)
    return Error{ErrorCode::ConfigurationUnusable,
                 "no zone of the group offers a flavor of its configuration"};
  if (!up)
    return Error{ErrorCode::ZoneUnavailable, "no zone of the group that offers its flavors is available"};
  return why_no_place(g.set, *configuration);
}

Result<void> Cloud::submit(const ResumeAsGroup& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  AsGroup& g = group(request.group);
  if (g.status == GroupStatus::InService) return {};
  if (auto fault = check_can_host(g); !fault) return fault;
  const char* before = text_of(g.status);
  g.status = GroupStatus::InService;
  g.detail.clear();
  g.failures_in_row = 0;
  note(request.group, "enabled, was {}: {} expected, {} there", before, g.set.desire, g.expected());
  reconcile_on_grid(request.group);
  return {};
}

Result<void> Cloud::submit(const PauseAsGroup& request) {
  if (auto fault = must_be_changeable(request.group); !fault) return fault;
  AsGroup& g = group(request.group);
  if (g.status == GroupStatus::Paused) return {};
  GroupState& s = state(request.group);
  g.status = GroupStatus::Paused;
  g.detail.clear();
  s.pending_reasons
      .clear();  // What is asked for from here on is a difference when the group is enabled again.
  simulator_.cancel(s.reconcile_event);
  s.reconcile_at = kNever;
  if (behaviour_.pause_clears_cooldown) g.cooldown_until = g.cooldown_from;
  note(request.group, "disabled{}", g.is_scaling() ? "; the action under way goes on" : "");
  return {};
}

// ---- Delete ----

Result<void> Cloud::submit(const DeleteAsGroup& request) {
  const AsGroup* found = find(request.group);
  if (found == nullptr) return Error{ErrorCode::ResourceNotFound, "this group does not exist"};
  if (found->status == GroupStatus::Deleting) return {};
  if (request.force == ForceDelete::Yes) {
    AsGroup& g = group(request.group);
    settle(request.group);
    g.status = GroupStatus::Deleting;
    g.detail.clear();
    simulator_.cancel(state(request.group).reconcile_event);
    note(request.group, "deleted by force: {} members{}", g.members.size(),
         g.is_scaling() ? ", after the action under way" : "");
    if (g.is_scaling())
      cut_waits_short(request.group);
    else
      delete_forced(request.group);
    return {};
  }
  if (found->is_scaling())
    return Error{ErrorCode::GroupStatusForbids,
                 fmt::format("group {}: a scaling action runs", found->set.name)};
  if (const int there = found->current() + found->standby; there > 0)
    return Error{ErrorCode::GroupNotEmpty,
                 fmt::format("group {} has {} instances: expected none", found->set.name, there)};
  vanish(request.group);
  return {};
}

// Protection and hooks do not count here. ECSs made for the group are deleted, the others let go.
void Cloud::delete_forced(AsGroupId id) {
  const std::vector<InstanceId> members = group(id).members;
  for (const InstanceId each : members)
    begin_removal(each, none<ScalingActivityId>(), survives_force(each) ? EcsFate::Keep : EcsFate::Delete);
  if (group(id).members.empty()) vanish(id);
}

void Cloud::vanish(AsGroupId id) {
  settle(id);
  const std::vector<AsPolicyId> policies = group(id).policies;
  for (const AsPolicyId each : policies) delete_policy(each);
  delete_own_alarm_rules(*this, id, policies);
  group(id).hooks.clear();
  group(id).topics.clear();
  group(id).tags.clear();
  group(id).status = GroupStatus::Deleted;
  group(id).deleted_at = now();
  group(id).detail.clear();
  --groups_alive_;
  GroupState& s = state(id);
  simulator_.cancel(s.health_event);
  simulator_.cancel(s.reconcile_event);
  note(id, "gone");
}

}  // namespace tidepool::sim
