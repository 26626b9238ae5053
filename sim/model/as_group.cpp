#include "sim/model/as_group.hpp"

namespace tidepool::sim {

const char* text_of(MultiAzPolicy policy) {
  return policy == MultiAzPolicy::PickFirst ? "PICK_FIRST" : "EQUILIBRIUM_DISTRIBUTE";
}

const char* text_of(TerminatePolicy policy) {
  switch (policy) {
    case TerminatePolicy::OldConfigOldInstance: return "OLD_CONFIG_OLD_INSTANCE";
    case TerminatePolicy::OldConfigNewInstance: return "OLD_CONFIG_NEW_INSTANCE";
    case TerminatePolicy::OldInstance: return "OLD_INSTANCE";
    case TerminatePolicy::NewInstance: return "NEW_INSTANCE";
  }
  return "";
}

const char* text_of(HealthAudit method) { return method == HealthAudit::Elb ? "ELB_AUDIT" : "NOVA_AUDIT"; }

}  // namespace tidepool::sim
