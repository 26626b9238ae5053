#include "sim/cloud/decision.hpp"

namespace tidepool::sim {

const char* kind_of(const Why& why) {
  struct Kind {
    const char* operator()(std::monostate) const { return ""; }
    const char* operator()(const PlacementReason&) const { return "placement"; }
    const char* operator()(const LaunchFailureReason&) const { return "launch_failure"; }
    const char* operator()(const RemovalReason&) const { return "removal"; }
    const char* operator()(const ProtectionReason&) const { return "protection"; }
    const char* operator()(const PolicyReason&) const { return "policy"; }
    const char* operator()(const HealthReason&) const { return "health"; }
    const char* operator()(const HookReason&) const { return "hook"; }
    const char* operator()(const ActionReason&) const { return "action"; }
    const char* operator()(const CooldownReason&) const { return "cooldown"; }
    const char* operator()(const AbnormalReason&) const { return "abnormal"; }
    const char* operator()(const DesireReason&) const { return "desire"; }
  };
  return std::visit(Kind{}, why);
}

const char* text_of(ZoneFitness fitness) {
  switch (fitness) {
    case ZoneFitness::Fits: return "fits";
    case ZoneFitness::Down: return "down";
    case ZoneFitness::NotOffered: return "does not offer the flavor";
    case ZoneFitness::SoldOut: return "sold out";
    case ZoneFitness::NoImage: return "without the image";
    case ZoneFitness::NoDisks: return "without the disk type";
  }
  return "";
}

}  // namespace tidepool::sim
