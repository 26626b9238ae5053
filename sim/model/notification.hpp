#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tidepool::sim {

/// What a notification topic can be told about a group.
enum class Scene : std::uint8_t { ScalingUp, ScalingUpFail, ScalingDown, ScalingDownFail, GroupAbnormal };

/// A topic, and what it is told. Source: the service's permissions "as:notifications:set"; Huawei Cloud AS API
/// reference, "Configuring Notifications".
struct TopicSubscription {
  std::string urn;
  std::vector<Scene> scenes;  ///< 1 or more, each once, as the client listed them
};

}  // namespace tidepool::sim
