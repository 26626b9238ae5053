#include "sim/cloud/cloud.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/cloud/checks.hpp"

namespace tidepool::sim {
Cloud::Cloud(CloudOptions options)
    : start_(options.start),
      seed_(options.seed),
      region_(std::move(options.region)),
      behaviour_(options.behaviour),
      recording_(options.recording),
      journal_(options.journal),
      simulator_(options.start),
      zone_down_(region_.zones.size(), 0),
      sold_out_(region_.zones.size() * region_.flavors.size(), 0),
      ecs_used_(sold_out_.size(), 0),
      listener_backends_(region_.listeners.size(), 0),
      server_member_(region_.servers.size(), none<InstanceId>()),
      server_lost_(region_.servers.size(), false),
      servers_declared_(region_.servers.size()),
      eips_declared_(region_.public_ips.size()) {
  complete_region();
}

Result<void> Cloud::change_behaviour(const Behaviour& wanted) {
  if (auto fault = check_quotas(wanted); !fault) return fault;
  const Duration kept = behaviour_.metric_period;
  behaviour_ = wanted;
  behaviour_.metric_period = kept;
  return {};
}

void Cloud::run_until(Time limit) {
  simulator_.run_until(limit, [this](const Event& event) { run(event); });
}

bool Cloud::run_until(Time limit, std::uint64_t most_events) {
  const auto handler = [this](const Event& event) { run(event); };
  for (; most_events > 0; --most_events)
    if (!simulator_.step(limit, handler)) return true;
  return false;
}

void Cloud::run(const Event& event) {
  std::visit([this](const auto& each) { handle(each); }, event);
  if constexpr (kChecksInvariants) check_after(event);
}

std::vector<PendingEvent> Cloud::pending_events() const {
  std::vector<PendingEvent> all;
  for (const auto& each : simulator_.queue().pending()) all.push_back({each.time, each.event});
  return all;
}

// ---- What there is ----

const AsGroup* Cloud::find(AsGroupId id) const {
  if (index_of(id) >= groups_.size()) return nullptr;
  const AsGroup& found = groups_[index_of(id)];
  return found.status == GroupStatus::Deleted ? nullptr : &found;
}

const AsConfiguration* Cloud::find(AsConfigurationId id) const {
  if (index_of(id) >= configurations_.size() || configurations_[index_of(id)].deleted) return nullptr;
  return &configurations_[index_of(id)];
}

const AsPolicy* Cloud::find(AsPolicyId id) const {
  if (index_of(id) >= policies_.size() || policies_[index_of(id)].deleted) return nullptr;
  return &policies_[index_of(id)];
}

const Instance* Cloud::find(InstanceId id) const {
  if (index_of(id) >= instances_.size()) return nullptr;
  const Instance& found = instances_[index_of(id)];
  return found.state == LifecycleState::Gone ? nullptr : &found;
}

const AlarmRule* Cloud::find(AlarmRuleId id) const {
  if (index_of(id) >= alarm_rules_.size() || alarm_rules_[index_of(id)].deleted) return nullptr;
  return &alarm_rules_[index_of(id)];
}

const ScalingActivity* Cloud::find(ScalingActivityId id) const {
  return index_of(id) < activities_.size() ? &activities_[index_of(id)] : nullptr;
}

InstanceId Cloud::member_of(ServerId server) const {
  return index_of(server) < server_member_.size() ? server_member_[index_of(server)] : none<InstanceId>();
}

const GroupTotals& Cloud::totals(AsGroupId id) const {
  assert(index_of(id) < states_.size());
  return states_[index_of(id)].totals;
}

std::span<const ScalingActivityId> Cloud::activities_of(AsGroupId id) const {
  assert(index_of(id) < states_.size());
  return states_[index_of(id)].activities;
}

std::vector<Backend> Cloud::backends() const {
  std::vector<Backend> all;
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const AsGroup& owner = groups_[i];
    for (const InstanceId member : owner.members) {
      if (!instances_[index_of(member)].bound) continue;
      for (const ListenerId each : owner.set.listeners)
        all.push_back({id_at<AsGroupId>(i), member, each, none<PoolId>(), 0, 1});
      for (const LbaasListener& each : owner.set.lbaas_listeners)
        all.push_back(
            {id_at<AsGroupId>(i), member, none<ListenerId>(), each.pool, each.protocol_port, each.weight});
    }
  }
  return all;
}

// ---- Labels ----

std::string Cloud::policy_label(AsPolicyId id) const {
  return fmt::format("{}#{}", policies_[index_of(id)].set.name, index_of(id));
}

std::string Cloud::configuration_label(AsConfigurationId id) const {
  if (id == none<AsConfigurationId>()) return "none";
  return fmt::format("{}#{}", configurations_[index_of(id)].name, index_of(id));
}

// ---- Totals: every change of a number they sum up comes after a settle ----

void Cloud::settle() {
  for (std::size_t i = 0; i < groups_.size(); ++i) settle(id_at<AsGroupId>(i));
}

void Cloud::settle(AsGroupId id) {
  GroupState& s = state(id);
  const Duration span = now() - s.settled;
  if (span == Duration::zero()) return;
  const AsGroup& g = group(id);
  s.totals.in_service_us += span.count() * g.in_service;
  if (g.status != GroupStatus::Deleted) s.totals.desire_us += span.count() * g.set.desire;
  if (s.workload != none<WorkloadId>()) work_off(id);
  s.settled = now();
}

// ---- Members ----

void Cloud::enter(InstanceId id, LifecycleState to) {
  Instance& member = instance(id);
  AsGroup& g = group(member.group);
  GroupState& s = state(member.group);
  const LifecycleState from = member.state;
  if constexpr (kChecksInvariants) stop_if(wrong_move(id, to));
  settle(member.group);

  const auto count = [&](LifecycleState state, int by) {
    switch (state) {
      case LifecycleState::Pending:
      case LifecycleState::PendingWait: g.pending += by; break;
      case LifecycleState::InService: g.in_service += by; break;
      case LifecycleState::Removing:
      case LifecycleState::RemovingWait: g.removing += by; return;
      case LifecycleState::Standby: g.standby += by; break;
      case LifecycleState::Gone: return;
    }
    s.zone_members[index_of(member.zone)] += by;
  };
  count(from, -1);
  count(to, +1);
  if (from == LifecycleState::InService) {
    if (member.is_ill()) --s.ill;
    if (member.health == HealthStatus::Error) --s.marked_ill;
    if (member.is_protected) --g.protected_members;
    member.is_protected = false;
  }
  member.state = to;
  if (to == LifecycleState::InService || to == LifecycleState::Gone) forget_waits(id);
  if (to == LifecycleState::InService) {
    if (member.is_ill()) ++s.ill;
    if (member.health == HealthStatus::Error) ++s.marked_ill;  // Back from standby.
    s.totals.most_in_service = std::max(s.totals.most_in_service, g.in_service);
  }
  if (recording_ == Recording::Everything) moves_.push_back({now(), id, from, to});
  tell_station(id);
}

void Cloud::set_condition(InstanceId id, EcsStatus ecs, bool lb_offline) {
  Instance& member = instance(id);
  const bool counts = member.state == LifecycleState::InService;
  if (counts) settle(member.group);
  const int before = member.is_ill() ? 1 : 0;
  member.ecs = ecs;
  member.lb_offline = lb_offline;
  if (counts) state(member.group).ill += (member.is_ill() ? 1 : 0) - before;
  tell_station(id);
}

void Cloud::set_health(InstanceId id, HealthStatus health) {
  Instance& member = instance(id);
  if (member.state == LifecycleState::InService) {
    const auto marked = [](HealthStatus h) { return h == HealthStatus::Error ? 1 : 0; };
    state(member.group).marked_ill += marked(health) - marked(member.health);
  }
  member.health = health;
}

}  // namespace tidepool::sim
