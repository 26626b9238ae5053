// Health checks: one event a group looks at all its members. Bad ones go in one action; a later one refills.
#include <algorithm>

#include "sim/cloud/cloud.hpp"
#include "sim/decide/health_check.hpp"

namespace tidepool::sim {

void Cloud::schedule_health_check(AsGroupId id) {
  GroupState& s = state(id);
  const Time due = next_check(s.health_anchor, group(id).set.health_period(), now());
  s.health_event = simulator_.schedule_at(due, HealthCheckDue{id});
}

void Cloud::handle(const HealthCheckDue& event) {
  const AsGroup& g = group(event.group);
  if (g.status == GroupStatus::Deleting || g.status == GroupStatus::Deleted) return;
  schedule_health_check(event.group);
  const GroupState& s = state(event.group);
  if (s.ill == 0 && s.marked_ill == 0) return;  // Nobody to find, so nobody is looked at.
  const std::vector<InstanceId> unhealthy = examine(event.group);
  if (unhealthy.empty()) return;
  if (g.status != GroupStatus::InService) return;  // Observed only.
  if (g.is_scaling()) {
    explain(event.group, {.action = g.running}, "{} unhealthy members wait for the action under way",
            unhealthy.size());
    return;
  }
  remove_unhealthy(event.group, unhealthy);
}

// Gives every member in service its verdict; answers the unhealthy ones in order of joining.
std::vector<InstanceId> Cloud::examine(AsGroupId id) {
  const AsGroup& g = group(id);
  const auto balancing = g.set.has_load_balancer() ? LoadBalancing::Present : LoadBalancing::None;
  std::vector<InstanceId> unhealthy;
  for (const InstanceId each : g.members) {
    const Instance& member = instance(each);
    const HealthView view{member.state, member.ecs, member.lb_offline, member.in_service_since};
    const HealthVerdict found = verdict(g.set.health_audit, balancing, g.set.health_grace, view, now());
    if (found == HealthVerdict::NotChecked) continue;
    const HealthStatus before = member.health;
    set_health(each, found == HealthVerdict::Healthy ? HealthStatus::Normal : HealthStatus::Error);
    if (found == HealthVerdict::Unhealthy) unhealthy.push_back(each);
    if (member.health != before)
      explain(id, {.instance = each, .why = why_judged(each, false)}, "i{} is {}: ECS {}{}", index_of(each),
              text_of(member.health), text_of(member.ecs),
              member.lb_offline ? ", offline at the load balancer" : "");
  }
  return unhealthy;
}

Why Cloud::why_judged(InstanceId id, bool leaves) const {
  if (!records()) return {};
  const Instance& member = instances_[index_of(id)];
  const AsGroupSettings& set = groups_[index_of(member.group)].set;
  const bool by_balancer = set.health_audit == HealthAudit::Elb && set.has_load_balancer();
  return HealthReason{by_balancer ? HealthAudit::Elb : HealthAudit::Nova, member.health, member.ecs,
                      member.lb_offline, leaves};
}

void Cloud::remove_unhealthy(AsGroupId id, const std::vector<InstanceId>& unhealthy) {
  const AsGroup& g = group(id);
  const bool by_balancer = g.set.health_audit == HealthAudit::Elb && g.set.has_load_balancer();
  const ActivityType type = by_balancer ? ActivityType::ElbCheckDelete : ActivityType::AuditCheckDelete;
  const int left = g.current() - static_cast<int>(unhealthy.size());
  const ScalingActivityId log = open_activity(
      id, type, left, {{ChangeCause::HealthCheck, g.current(), left, now(), none<AsPolicyId>(), {}}});
  for (const InstanceId each : unhealthy) {
    explain(id, {.instance = each, .action = log, .why = why_judged(each, true)}, "removes i{}: unhealthy",
            index_of(each));
    begin_removal(each, log, EcsFate::Delete);
  }
}

}  // namespace tidepool::sim
