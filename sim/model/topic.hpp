#pragma once

#include <string_view>

namespace tidepool::sim {

/// Whether `urn` is shaped like urn:smn:{region}:{project}:{topic}, each part of letters, digits, - and _.
///
/// The notification service is no part of the model, so any topic that could exist does.
/// Source: SMN API reference, "Topic URN".
bool is_topic_urn(std::string_view urn);

}  // namespace tidepool::sim
