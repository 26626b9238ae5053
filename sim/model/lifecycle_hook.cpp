#include "sim/model/lifecycle_hook.hpp"

namespace tidepool::sim {

const char* text_of(HookType type) {
  return type == HookType::InstanceLaunching ? "INSTANCE_LAUNCHING" : "INSTANCE_TERMINATING";
}

const char* text_of(HookResult result) { return result == HookResult::Continue ? "CONTINUE" : "ABANDON"; }

}  // namespace tidepool::sim
