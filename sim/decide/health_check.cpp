#include "sim/decide/health_check.hpp"

#include <cassert>

namespace tidepool::sim {
namespace {

bool runs(EcsStatus ecs) {
  switch (ecs) {
    case EcsStatus::Build:
    case EcsStatus::Active: return true;
    case EcsStatus::ShutOff:
    case EcsStatus::Error:
    case EcsStatus::Deleted: return false;
  }
  assert(false);
  return true;
}

}  // namespace

HealthVerdict verdict(HealthAudit method, LoadBalancing load_balancing, Duration grace,
                      const HealthView& member, Time now) {
  if (member.state != LifecycleState::InService) return HealthVerdict::NotChecked;

  const bool asks_balancer = method == HealthAudit::Elb && load_balancing == LoadBalancing::Present;
  if (asks_balancer && now - member.in_service_since < grace) return HealthVerdict::NotChecked;

  const bool sick = !runs(member.ecs) || (asks_balancer && member.lb_offline);
  return sick ? HealthVerdict::Unhealthy : HealthVerdict::Healthy;
}

Time next_check(Time anchor, Duration period, Time after) {
  assert(period > Duration::zero());
  if (after < anchor) return anchor + period;
  return anchor + period * ((after - anchor) / period + 1);
}

}  // namespace tidepool::sim
