#include "sim/model/fault.hpp"

#include <cassert>

namespace tidepool::sim {

const char* text_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::BootFailure: return "boot_failure";
    case FaultKind::InstanceFailure: return "instance_failure";
    case FaultKind::ZoneFailure: return "zone_failure";
    case FaultKind::ZoneOutage: return "zone_outage";
    case FaultKind::SoldOut: return "sold_out";
    case FaultKind::SickInstances: return "sick_instances";
    case FaultKind::BootDelay: return "boot_delay";
    case FaultKind::ElbMemberDown: return "elb_member_down";
    case FaultKind::HookMessageLost: return "hook_message_lost";
    case FaultKind::InstanceDeath: return "instance_death";
  }
  assert(false);
  return "";
}

const char* text_of(Sickness sickness) {
  switch (sickness) {
    case Sickness::Stopped: return "stopped";
    case Sickness::Deleted: return "deleted";
    case Sickness::Offline: return "offline";
  }
  assert(false);
  return "";
}

}  // namespace tidepool::sim
