#include "scenarios/metric_direction.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tidepool::scenarios {

MetricDirection direction_of(std::string_view metric) {
  using enum Better;
  constexpr std::array<std::pair<std::string_view, MetricDirection>, 14> kKnown{{
      {"unserved_percent", {Smaller, true}},
      {"unserved_units", {Smaller, false}},
      {"served_units", {Larger, false}},
      {"short_seconds", {Smaller, true}},
      {"instance_hours", {Smaller, false}},
      {"billed_hours", {Smaller, false}},
      {"cost", {Smaller, true}},
      {"cost_per_million_served", {Smaller, false}},
      {"denied_requests", {Smaller, true}},
      {"denied_by_cooldown", {Smaller, false}},
      {"denied_by_action", {Smaller, false}},
      {"denied_at_limit", {Smaller, false}},
      {"failed_actions", {Smaller, true}},
      {"failed_launches", {Smaller, true}},
  }};
  const auto* found = std::ranges::find(kKnown, metric, [](const auto& each) { return each.first; });
  return found == kKnown.end() ? MetricDirection{} : found->second;
}

std::string_view word_for(Better better) {
  switch (better) {
    case Better::Neither: return "neither";
    case Better::Smaller: return "smaller";
    case Better::Larger: return "larger";
  }
  return "";
}

}  // namespace tidepool::scenarios
