#include "sim/model/fault.hpp"

#include <cassert>

namespace tidepool::sim {

const char* text_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::BootFailure: return "boot_failure";
    case FaultKind::InstanceFailure: return "instance_failure";
    case FaultKind::ZoneOutage: return "zone_outage";
    case FaultKind::SoldOut: return "sold_out";
    case FaultKind::SickInstances: return "sick_instances";
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
