// Declared faults: what breaks, when, and what is well again afterwards.
#include <algorithm>
#include <cassert>
#include <utility>

#include "sim/cloud/cloud.hpp"
#include "sim/engine/exact_math.hpp"

namespace tidepool::sim {
namespace {

bool puts_offline(const Fault& fault) {
  return fault.kind == FaultKind::ElbMemberDown ||
         (fault.kind == FaultKind::SickInstances && fault.sickness == Sickness::Offline);
}

// Of a Weibull distribution with that mean.
Duration scale_of(Duration mean, double shape) {
  const double scale = static_cast<double>(mean.count()) / exact_gamma_of_1_plus(1 / shape);
  return Duration{static_cast<std::int64_t>(scale + 0.5)};
}

Rng zone_stream(std::uint64_t seed, std::string_view name, FaultId fault, ZoneId zone, std::uint32_t number) {
  return {seed, name, std::uint64_t{index_of(fault)} << 48U | std::uint64_t{index_of(zone)} << 32U | number};
}

}  // namespace

FaultId Cloud::add_fault(const Fault& fault) {
  assert(fault.from >= now());
  const auto id = id_at<FaultId>(faults_.size());
  faults_.push_back(fault);
  fault_active_.push_back(false);
  fault_victims_.emplace_back();
  fault_spent_.push_back(0);
  simulator_.schedule_at(fault.from, FaultBegins{id});
  if (fault.until != kNever) simulator_.schedule_at(fault.until, FaultEnds{id});
  return id;
}

bool Cloud::end_fault(FaultId id) {
  Fault& fault = faults_[index_of(id)];
  if (fault.until <= now()) return false;
  fault.until = now();
  if (fault_active_[index_of(id)]) simulator_.schedule_at(now(), FaultEnds{id});
  return true;
}

void Cloud::attach(FaultId id, AsGroupId owner) { faults_[index_of(id)].group = owner; }

void Cloud::handle(const FaultBegins& event) {
  const Fault fault = faults_[index_of(event.fault)];
  if (fault.until <= now()) return;  // Called off.
  fault_active_[index_of(event.fault)] = true;
  journal_.write(now(), "faults", "{} begins{}{}", text_of(fault.kind),
                 fault.zone == none<ZoneId>() ? "" : " in ",
                 fault.zone == none<ZoneId>() ? "" : region_.zone(fault.zone).name);
  switch (fault.kind) {
    case FaultKind::BootFailure:
    case FaultKind::BootDelay:
    case FaultKind::HookMessageLost: return;  // Looked up when they matter.
    case FaultKind::InstanceFailure:
      for (std::size_t i = 0; i < instances_.size(); ++i)
        if (instances_[i].state == LifecycleState::InService) draw_failure(id_at<InstanceId>(i), event.fault);
      return;
    case FaultKind::ZoneFailure:
      for (std::size_t i = 0; i < region_.zones.size(); ++i)
        if (fault.zone == none<ZoneId>() || index_of(fault.zone) == i)
          schedule_zone_failure(event.fault, id_at<ZoneId>(i), 0);
      return;
    case FaultKind::ZoneOutage: return begin_outage(fault.zone);
    case FaultKind::SoldOut: return change_sold_out(fault, +1);
    case FaultKind::SickInstances: return fall_ill(event.fault);
    case FaultKind::ElbMemberDown: return put_offline(event.fault);
    case FaultKind::InstanceDeath: end_fault(event.fault); return kill(fault);
  }
}

void Cloud::handle(const FaultEnds& event) {
  const Fault fault = faults_[index_of(event.fault)];
  if (!fault_active_[index_of(event.fault)]) return;  // Ended before its time.
  fault_active_[index_of(event.fault)] = false;
  journal_.write(now(), "faults", "{} ends", text_of(fault.kind));
  switch (fault.kind) {
    case FaultKind::BootFailure:
    case FaultKind::BootDelay:
    case FaultKind::HookMessageLost:
    case FaultKind::InstanceDeath:
    case FaultKind::InstanceFailure:
    case FaultKind::ZoneFailure: return;
    case FaultKind::ZoneOutage: return end_outage(fault.zone);
    case FaultKind::SoldOut: return change_sold_out(fault, -1);
    case FaultKind::SickInstances:
    case FaultKind::ElbMemberDown: return recover(event.fault);
  }
}

bool Cloud::concerns(const Fault& fault, const Instance& member) const {
  return (fault.group == none<AsGroupId>() || fault.group == member.group) &&
         (fault.zone == none<ZoneId>() || fault.zone == member.zone) &&
         (fault.flavor == none<FlavorId>() || fault.flavor == member.flavor);
}

// ---- Break-downs at random ----

// A life is drawn when its danger begins; one that would end after the fault does is spared by it.
void Cloud::draw_failure(InstanceId id, FaultId fault_id) {
  const Fault& fault = faults_[index_of(fault_id)];
  if (!concerns(fault, instance(id))) return;
  const std::uint64_t substream = std::uint64_t{index_of(fault_id)} << 32U | index_of(id);
  Rng rng(seed_, "failure", substream);
  const Duration life = fault.shape == 1
                            ? rng.exponential(fault.mean_time_to_failure)
                            : rng.weibull(scale_of(fault.mean_time_to_failure, fault.shape), fault.shape);
  if (life > fault.until - now()) return;
  simulator_.schedule_after(life, InstanceFails{id, fault_id});
}

void Cloud::draw_failures(InstanceId id) {
  for (std::size_t i = 0; i < faults_.size(); ++i)
    if (fault_active_[i] && faults_[i].kind == FaultKind::InstanceFailure)
      draw_failure(id, id_at<FaultId>(i));
}

void Cloud::handle(const InstanceFails& event) {
  const Instance& member = instance(event.instance);
  if (faults_[index_of(event.fault)].until < now()) return;  // Ended before its time.
  if (member.state == LifecycleState::InService && member.ecs == EcsStatus::Active)
    break_down(event.instance);
}

void Cloud::break_down(InstanceId id) {
  const Instance& member = instance(id);
  set_condition(id, EcsStatus::Error, member.lb_offline);
  explain(member.group, {.instance = id}, "i{} breaks down", index_of(id));
}

// ---- Break-downs of many at once ----

void Cloud::schedule_zone_failure(FaultId id, ZoneId zone, std::uint32_t number) {
  const Fault& fault = faults_[index_of(id)];
  const Duration wait =
      zone_stream(seed_, "zone_failure", id, zone, number).exponential(fault.mean_time_to_failure);
  if (wait > fault.until - now()) return;
  simulator_.schedule_after(wait, ZoneFails{id, zone, number});
}

void Cloud::handle(const ZoneFails& event) {
  const Fault fault = faults_[index_of(event.fault)];
  if (fault.until < now()) return;  // Ended before its time.
  Rng struck = zone_stream(seed_, "zone_failure_struck", event.fault, event.zone, event.number);
  journal_.write(now(), "faults", "a failure strikes {}", region_.zone(event.zone).name);
  for (const AsGroup& group : groups_)
    for (const InstanceId id : group.members) {
      const Instance& member = instance(id);
      if (member.zone != event.zone || member.state != LifecycleState::InService ||
          member.ecs != EcsStatus::Active || !concerns(fault, member))
        continue;
      if (struck.bernoulli_ppm(fault.probability_ppm)) break_down(id);
    }
  schedule_zone_failure(event.fault, event.zone, event.number + 1);
}

// ---- Zones ----

void Cloud::begin_outage(ZoneId zone) {
  if (++zone_down_[index_of(zone)] > 1) return;
  for (const AsGroup& each : groups_) {
    for (const InstanceId id : each.members) {
      Instance& member = instance(id);
      if (member.zone != zone) continue;
      if (member.state == LifecycleState::Pending || member.state == LifecycleState::PendingWait)
        member.launch_fails = true;
      if (member.ecs != EcsStatus::Active) continue;
      member.down_by_outage = true;
      set_condition(id, EcsStatus::Error, member.lb_offline);
    }
  }
}

void Cloud::end_outage(ZoneId zone) {
  if (--zone_down_[index_of(zone)] > 0) return;
  for (const AsGroup& each : groups_) {
    for (const InstanceId id : each.members) {
      Instance& member = instance(id);
      if (member.zone != zone || !member.down_by_outage) continue;
      member.down_by_outage = false;
      if (member.ecs == EcsStatus::Error) set_condition(id, EcsStatus::Active, member.lb_offline);
    }
  }
}

void Cloud::change_sold_out(const Fault& fault, int by) {
  for (std::size_t zone = 0; zone < region_.zones.size(); ++zone) {
    if (fault.zone != none<ZoneId>() && index_of(fault.zone) != zone) continue;
    for (std::size_t flavor = 0; flavor < region_.flavors.size(); ++flavor)
      if (fault.flavor == none<FlavorId>() || index_of(fault.flavor) == flavor)
        sold_out_[zone * region_.flavors.size() + flavor] += by;
  }
}

// ---- Chosen members ----

void Cloud::fall_ill(FaultId id) {
  const Fault& fault = faults_[index_of(id)];
  if (fault.group == none<AsGroupId>()) return;  // Its group was never made.
  std::vector<InstanceId>& struck = fault_victims_[index_of(id)];
  struck = chosen(fault, false);
  for (const InstanceId each : struck) {
    explain(fault.group, {.instance = each}, "i{} falls ill: {}", index_of(each), text_of(fault.sickness));
    switch (fault.sickness) {
      case Sickness::Stopped: set_condition(each, EcsStatus::ShutOff, false); break;
      case Sickness::Offline: set_condition(each, EcsStatus::Active, true); break;
      case Sickness::Deleted: lose_ecs(each); break;
    }
  }
}

// The one that the fault names, ill or not; else the oldest ones of its group that are in service and well.
std::vector<InstanceId> Cloud::chosen(const Fault& fault, bool only_bound) const {
  std::vector<InstanceId> found;
  const auto fits = [&](InstanceId id) {
    const Instance& member = instances_[index_of(id)];
    const bool well_enough = !member.is_ill() || (fault.instance == id && member.ecs != EcsStatus::Deleted);
    return member.state == LifecycleState::InService && well_enough && (member.bound || !only_bound) &&
           concerns(fault, member);
  };
  if (fault.instance != none<InstanceId>()) {
    if (fits(fault.instance)) found.push_back(fault.instance);
    return found;
  }
  for (const InstanceId each : groups_[index_of(fault.group)].members) {
    if (static_cast<int>(found.size()) == fault.count) break;
    if (fits(each)) found.push_back(each);
  }
  return found;
}

void Cloud::put_offline(FaultId id) {
  const Fault& fault = faults_[index_of(id)];
  if (fault.group == none<AsGroupId>() && fault.instance == none<InstanceId>()) return;
  std::vector<InstanceId>& struck = fault_victims_[index_of(id)];
  struck = chosen(fault, true);
  for (const InstanceId each : struck) {
    explain(instance(each).group, {.instance = each}, "i{} is offline at the load balancer", index_of(each));
    set_condition(each, instance(each).ecs, true);
  }
}

// One that has not come up yet won't.
void Cloud::kill(const Fault& fault) {
  if (fault.group == none<AsGroupId>() && fault.instance == none<InstanceId>()) return;
  std::vector<InstanceId> victims;
  if (fault.instance == none<InstanceId>())
    victims = chosen(fault, false);
  else if (instance(fault.instance).state != LifecycleState::Gone)
    victims.push_back(fault.instance);
  for (const InstanceId each : victims) {
    Instance& member = instance(each);
    if (member.ecs == EcsStatus::Deleted) continue;
    explain(member.group, {.instance = each}, "i{} dies", index_of(each));
    if (member.state == LifecycleState::Pending)
      member.launch_fails = true;
    else if (member.state != LifecycleState::Removing && member.state != LifecycleState::RemovingWait)
      lose_ecs(each);
  }
}

// Whether a fault that still lasts has the load balancers call it unhealthy.
bool Cloud::is_held_offline(InstanceId id) const {
  for (std::size_t i = 0; i < faults_.size(); ++i)
    if (puts_offline(faults_[i]) && std::ranges::find(fault_victims_[i], id) != fault_victims_[i].end())
      return true;
  return false;
}

void Cloud::recover(FaultId id) {
  const Fault& fault = faults_[index_of(id)];
  const bool was_offline = puts_offline(fault);
  const std::vector<InstanceId> struck = std::exchange(fault_victims_[index_of(id)], {});
  for (const InstanceId each : struck) {
    if (was_offline && is_held_offline(each)) continue;
    Instance& member = instance(each);
    if (member.state == LifecycleState::Gone || (!was_offline && fault.sickness == Sickness::Deleted))
      continue;
    EcsStatus ecs = member.ecs;
    if (!was_offline && ecs == EcsStatus::ShutOff) {
      // Where its zone went out meanwhile, it runs again with the end of that.
      member.down_by_outage = zone_down_[index_of(member.zone)] > 0;
      ecs = member.down_by_outage ? EcsStatus::Error : EcsStatus::Active;
    }
    set_condition(each, ecs, was_offline ? false : member.lb_offline);
    explain(member.group, {.instance = each}, "i{} is well again", index_of(each));
  }
}

// Somebody deleted the ECS outside of the service: what was bound to it stays.
void Cloud::lose_ecs(InstanceId id) {
  set_condition(id, EcsStatus::Deleted, false);
  delete_ecs(id);
  if (instance(id).is_manual()) lose_server(instance(id).server);
  end_resources(id, ResourceKind::Eip, ResourceFate::LeaveBehind);
  end_resources(id, ResourceKind::DataDisk, ResourceFate::LeaveBehind);
}

}  // namespace tidepool::sim
