// Standby: a member that is out of rotation and kept, for its owner to look after.
#include <algorithm>
#include <utility>

#include "sim/cloud/cloud.hpp"

namespace tidepool::sim {

Result<void> Cloud::standby_may_change(AsGroupId id, const std::vector<InstanceId>& instances) const {
  if (!behaviour_.standby)
    return Error{ErrorCode::BatchActionInvalid, "action: expected ADD, REMOVE, PROTECT, UNPROTECT"};
  if (auto fault = must_be_changeable(id); !fault) return fault;
  if (instances.empty()) return Error{ErrorCode::InstanceListEmpty, "instances_id: empty, expected 1 to 10"};
  const AsGroup& g = groups_[index_of(id)];
  if (g.is_scaling())
    return Error{ErrorCode::GroupStatusForbids, fmt::format("group {}: a scaling action runs", g.set.name)};
  return {};
}

std::vector<Offender> Cloud::offenders_not_in(LifecycleState state, AsGroupId id,
                                              const std::vector<InstanceId>& instances) const {
  std::vector<Offender> offenders;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const Instance* member = find(instances[i]);
    const auto before = instances.begin() + static_cast<std::ptrdiff_t>(i);
    if (member == nullptr)
      offenders.push_back({i, ErrorCode::InstanceUnknown, "no such instance"});
    else if (member->group != id)
      offenders.push_back({i, ErrorCode::InstanceOfOtherGroup, "is in another group"});
    else if (member->state != state)
      offenders.push_back(
          {i, ErrorCode::InstanceNotInService,
           fmt::format("is {}, expected {}", sim::text_of(member->state), sim::text_of(state))});
    else if (std::find(instances.begin(), before, instances[i]) != before)
      offenders.push_back({i, ErrorCode::InstanceNotInService, "is named twice"});
  }
  return offenders;
}

// Unbinding takes no time, so nothing is seen on its way.
Result<void> Cloud::submit(const EnterStandby& request) {
  if (auto fault = standby_may_change(request.group, request.instances); !fault) return fault;
  if (auto offenders = offenders_not_in(LifecycleState::InService, request.group, request.instances);
      !offenders.empty())
    return Error{ErrorCode::BatchRemoveFailed, "instances can't enter standby", std::move(offenders)};
  AsGroup& g = group(request.group);
  const int count = static_cast<int>(request.instances.size());
  const bool refills = request.refill == StandbyRefill::Yes;
  if (!refills && g.set.desire - count < g.set.min)
    return Error{ErrorCode::RemoveBelowMin,
                 fmt::format("the group would want {} instances: expected at least min_instance_number {}",
                             g.set.desire - count, g.set.min)};
  settle(request.group);
  const int before = g.set.desire;
  for (const InstanceId each : request.instances) {
    unbind(each);
    enter(each, LifecycleState::Standby);
    explain(request.group, {.instance = each}, "i{} in standby", index_of(each));
  }
  if (!refills) {
    g.set.desire = before - count;
    explain(request.group, {.why = DesireReason{before, g.set.desire}}, "expected number {} -> {} with them",
            before, g.set.desire);
  } else if (g.status == GroupStatus::InService) {
    reconcile_on_grid(request.group);
  }
  return {};
}

// Its grace at the load balancer begins anew.
Result<void> Cloud::submit(const ExitStandby& request) {
  if (auto fault = standby_may_change(request.group, request.instances); !fault) return fault;
  if (auto offenders = offenders_not_in(LifecycleState::Standby, request.group, request.instances);
      !offenders.empty())
    return Error{ErrorCode::BatchAddFailed, "instances can't leave standby", std::move(offenders)};
  AsGroup& g = group(request.group);
  const int count = static_cast<int>(request.instances.size());
  if (auto fault = room_for(g, count); !fault) return fault;
  if (auto fault = room_at(g.set.listeners, count); !fault) return fault;
  settle(request.group);
  const int before = g.set.desire;
  g.set.desire = before + count;
  for (const InstanceId each : request.instances) {
    bind(each);
    enter(each, LifecycleState::InService);
    set_health(each, HealthStatus::Normal);
    instance(each).in_service_since = now();
    explain(request.group, {.instance = each}, "i{} in service again", index_of(each));
  }
  explain(request.group, {.why = DesireReason{before, g.set.desire}}, "expected number {} -> {} with them",
          before, g.set.desire);
  return {};
}

}  // namespace tidepool::sim
