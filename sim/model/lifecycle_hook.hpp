#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"

namespace tidepool::sim {

/// Which step of a member waits: before it is bound to load balancers, or after it was unbound and before it leaves.
enum class HookType : std::uint8_t { InstanceLaunching, InstanceTerminating };
/// How a wait ends. Abandon on the way in: the instance is deleted; on the way out: it is not held up any longer.
enum class HookResult : std::uint8_t { Abandon, Continue };

/// A point of a member's life at which it waits for its owner. Source: AS API reference, "Creating a Lifecycle Hook".
struct LifecycleHook {
  std::string name;  ///< 1 to 32 characters, unique in its group, never changed
  HookType type = HookType::InstanceLaunching;
  HookResult default_result = HookResult::Abandon;        ///< counts when nobody answers in time
  Duration default_timeout = std::chrono::seconds{3600};  ///< 60 s to 86 400 s
  std::string topic_urn;                                  ///< urn:smn:{region}:{project}:{topic}
  std::optional<std::string> metadata = std::nullopt;     ///< sent along; at most 256 characters
  Time create_time{};
};

enum class WaitStatus : std::uint8_t { Hanging, Continue, Abandon };

/// One member waiting at one hook: what a lifecycle_action_key stands for.
struct HookWait {
  AsGroupId group{};
  InstanceId instance{};
  LifecycleHook hook;  ///< as it was when the wait began
  Time since{};
  Time deadline{};
  WaitStatus status = WaitStatus::Hanging;
};

const char* text_of(HookType type);      ///< "INSTANCE_LAUNCHING"
const char* text_of(HookResult result);  ///< "ABANDON"

}  // namespace tidepool::sim
