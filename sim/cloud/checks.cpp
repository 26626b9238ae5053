// Invariants along the way: after every event, and of deeds at the moment they are done. A broken one ends the program.
#include "sim/cloud/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "sim/cloud/invariants.hpp"

namespace tidepool::sim {
namespace {

// A cloud of so many rows is looked at in full after every event; of a larger one, so many rows fall to each.
constexpr std::uint64_t kSmall = 100, kRowsAnEvent = 25;

}  // namespace

bool invariants_are_checked() { return kChecksInvariants; }

void Cloud::stop_if(const std::string& wrong) const {
  if (wrong.empty()) return;
  fmt::print(stderr, "tidepool: broken invariant at {} (seed {}, event {}): {}\n", utc_seconds(now()), seed_,
             events_handled(), wrong);
  throw BrokenInvariant{wrong};
}

// ---- After events ----

void Cloud::check_after(const Event& event) {
  if (const AsGroupId touched = touched_by(event); touched != none<AsGroupId>())
    for (const std::string& wrong : broken_numbers(*this, touched)) stop_if(wrong);
  check_all();
}

// The group that it is about, or none.
AsGroupId Cloud::touched_by(const Event& event) const {
  const auto of_instance = [&](InstanceId id) { return instances_[index_of(id)].group; };
  struct Visitor {
    const Cloud& cloud;
    decltype(of_instance) owner;
    AsGroupId operator()(const ReconcileDue& e) const { return e.group; }
    AsGroupId operator()(const HealthCheckDue& e) const { return e.group; }
    AsGroupId operator()(const MetricsDue& e) const { return e.group; }
    AsGroupId operator()(const LaunchFinished& e) const { return owner(e.instance); }
    AsGroupId operator()(const RemovalFinished& e) const { return owner(e.instance); }
    AsGroupId operator()(const InstanceFails& e) const { return owner(e.instance); }
    AsGroupId operator()(const PolicyDue& e) const { return cloud.policies_[index_of(e.policy)].group; }
    AsGroupId operator()(const DemandChanges& e) const {
      return cloud.workloads_[index_of(e.workload)].group;
    }
    AsGroupId operator()(const HookTimedOut& e) const { return cloud.waits_[index_of(e.wait)].group; }
    AsGroupId operator()(const AlarmDue& e) const { return cloud.alarm_rules_[index_of(e.rule)].set.group; }
    AsGroupId operator()(const ExecutionEnds& e) const {
      return cloud.executions_[index_of(e.execution)].group;
    }
    AsGroupId operator()(const FaultBegins& e) const { return cloud.faults_[index_of(e.fault)].group; }
    AsGroupId operator()(const FaultEnds& e) const { return cloud.faults_[index_of(e.fault)].group; }
  };
  return std::visit(Visitor{*this, of_instance}, event);
}

void Cloud::check_all() {
  const std::size_t rows = instances_.size() + moves_.size() + activities_.size() + executions_.size() +
                           resources_.size() + waits_.size() + policies_.size() + groups_.size() +
                           simulator_.queue().size();
  if (++unchecked_ * kRowsAnEvent < rows && rows > kSmall) return;
  unchecked_ = 0;
  for (const std::string& wrong : broken_invariants(*this)) stop_if(wrong);
}

// ---- Deeds ----

std::string Cloud::wrong_move(InstanceId id, LifecycleState to) const {
  const LifecycleState from = instances_[index_of(id)].state;
  const bool known = from == LifecycleState::Gone ? to == LifecycleState::Pending : may_move(from, to);
  if (known) return {};
  return fmt::format("i{} goes from {} to {}, a step that the life cycle does not know", index_of(id),
                     text_of(from), text_of(to));
}

// An alarm that was let through while it had to be held back.
std::string Cloud::wrong_alarm(AsGroupId id) const {
  const AsGroup& g = groups_[index_of(id)];
  if (g.status != GroupStatus::InService)
    return fmt::format("group {}: an alarm is executed though it is not INSERVICE", index_of(id));
  if (g.is_scaling())
    return fmt::format("group {}: an alarm is executed during a scaling action", index_of(id));
  const bool inside = g.cooldown_from <= now() && now() < g.cooldown_until;
  const bool at_end =
      behaviour_.cooldown_end_inclusive && g.cooldown_from < g.cooldown_until && now() == g.cooldown_until;
  if (inside || at_end)
    return fmt::format("group {}: an alarm is executed during its cooldown", index_of(id));
  return {};
}

// By zone, those being removed left out: from the members themselves.
std::vector<int> Cloud::counted_by_zone(AsGroupId id) const {
  std::vector<int> count(region_.zones.size(), 0);
  for (const InstanceId each : groups_[index_of(id)].members) {
    const Instance& member = instances_[index_of(each)];
    const bool leaves =
        member.state == LifecycleState::Removing || member.state == LifecycleState::RemovingWait;
    if (!leaves && member.state != LifecycleState::Gone) ++count[index_of(member.zone)];
  }
  return count;
}

// Where the zones with the fewest members can all take it, one of them does: so launches never spread zones wider than
// by one.
std::string Cloud::wrong_place(AsGroupId id, Place place, const AsConfiguration& configuration) const {
  const AsGroupSettings& set = groups_[index_of(id)].set;
  if (std::ranges::find(set.zones, place.zone) == set.zones.end())
    return fmt::format("group {}: launches in {}, which is none of its zones", index_of(id),
                       region_.zone(place.zone).name);
  if (!can_host(place.zone, place.flavor, configuration))
    return fmt::format("group {}: launches in {}, which can't take it", index_of(id),
                       region_.zone(place.zone).name);
  if (set.multi_az_policy == MultiAzPolicy::PickFirst) return {};
  const std::vector<int> count = counted_by_zone(id);
  int fewest = count[index_of(place.zone)];
  for (const ZoneId each : set.zones) fewest = std::min(fewest, count[index_of(each)]);
  for (const ZoneId each : set.zones)
    if (count[index_of(each)] == fewest && !can_host(each, place.flavor, configuration)) return {};
  if (count[index_of(place.zone)] == fewest) return {};
  return fmt::format("group {}: launches in {} with {} members while another zone has {}", index_of(id),
                     region_.zone(place.zone).name, count[index_of(place.zone)], fewest);
}

// Of members that a scale in takes: not protected, and where zones are balanced first from one of the fullest.
std::string Cloud::wrong_victim(InstanceId id) const {
  const Instance& victim = instances_[index_of(id)];
  const AsGroup& g = groups_[index_of(victim.group)];
  if (victim.is_protected) return fmt::format("i{} is protected and a scale in takes it", index_of(id));
  if (victim.state != LifecycleState::InService)
    return fmt::format("i{} is {} and a scale in takes it", index_of(id), text_of(victim.state));
  const auto gives = [&](const Instance& each) {
    return each.state == LifecycleState::InService && !each.is_protected && !each.is_manual() &&
           std::ranges::find(g.set.zones, each.zone) != g.set.zones.end();
  };
  const bool balances = behaviour_.scale_in_balance == ScaleInBalance::BalanceFirst &&
                        g.set.multi_az_policy == MultiAzPolicy::EquilibriumDistribute;
  if (!balances || !gives(victim)) return {};
  const std::vector<int> count = counted_by_zone(victim.group);
  for (const InstanceId each : g.members) {
    const Instance& other = instances_[index_of(each)];
    if (gives(other) && count[index_of(other.zone)] > count[index_of(victim.zone)])
      return fmt::format("i{} leaves a zone with {} members while i{} could leave one with {}", index_of(id),
                         count[index_of(victim.zone)], index_of(each), count[index_of(other.zone)]);
  }
  return {};
}

// A group that takes an instance away does with its EIP and disks what it was told.
std::string Cloud::wrong_fate(const Resource& resource, ResourceFate fate) const {
  const Instance& owner = instances_[index_of(resource.instance)];
  if (owner.state != LifecycleState::Gone || owner.kept_as != none<ServerId>()) return {};
  const AsGroupSettings& set = groups_[index_of(owner.group)].set;
  const bool deletes = resource.kind == ResourceKind::Eip ? set.delete_publicip : set.delete_volume;
  if (deletes == (fate == ResourceFate::Delete)) return {};
  return fmt::format("the {} of i{} is {} though its group was told otherwise", text_of(resource.kind),
                     index_of(resource.instance), deletes ? "left behind" : "deleted");
}

}  // namespace tidepool::sim
