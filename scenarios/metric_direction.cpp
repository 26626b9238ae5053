#include "scenarios/metric_direction.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tidepool::scenarios {

MetricDirection direction_of(std::string_view metric) {
  using enum Better;
  // Measures of elasticity count one by one, as in competitions of autoscalers; sums of them do not.
  constexpr std::array<std::pair<std::string_view, MetricDirection>, 56> kKnown{{
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
      {"wasted_boots_percent", {Smaller, false}},
      {"accuracy_under", {Smaller, false}},
      {"accuracy_over", {Smaller, false}},
      {"theta_under_percent", {Smaller, true}},
      {"theta_over_percent", {Smaller, true}},
      {"timeshare_under_percent", {Smaller, true}},
      {"timeshare_over_percent", {Smaller, true}},
      {"instability_percent", {Smaller, true}},
      {"autoscaling_deviation", {Smaller, false}},
      {"oscillations", {Smaller, false}},
      {"scale_out_lag_seconds", {Smaller, false}},
      {"scale_out_lag_max_seconds", {Smaller, false}},
      {"scale_out_detection_seconds", {Smaller, false}},
      {"scale_out_decision_seconds", {Smaller, false}},
      {"scale_out_provision_seconds", {Smaller, false}},
      {"scale_in_lag_seconds", {Smaller, false}},
      {"scale_in_lag_max_seconds", {Smaller, false}},
      {"availability_percent", {Larger, false}},
      {"over_provisioning", {Smaller, false}},
      {"rigidness_percent", {Smaller, false}},
      {"insufficient_instance_hours", {Smaller, false}},
      {"elasticity_penalty", {Smaller, false}},
      {"utilisation_percent", {Larger, false}},
      {"mean_utilisation_percent", {Larger, false}},
      {"az_imbalance", {Smaller, false}},
      {"max_az_imbalance", {Smaller, false}},
      {"az_loss_shortfall", {Smaller, false}},
      {"max_az_loss_shortfall", {Smaller, false}},
      {"recovery_seconds", {Smaller, false}},
      {"response_mean_ms", {Smaller, false}},
      {"response_p50_ms", {Smaller, false}},
      {"response_p95_ms", {Smaller, true}},
      {"response_p99_ms", {Smaller, false}},
      {"response_p999_ms", {Smaller, false}},
      {"slo_violation_request_percent", {Smaller, true}},
      {"slo_violation_time_percent", {Smaller, false}},
      {"apdex", {Larger, false}},
      {"dropped_percent", {Smaller, false}},
      {"abandoned_percent", {Smaller, false}},
      {"timed_out_percent", {Smaller, false}},
      {"failed_percent", {Smaller, false}},
      {"retries_per_request_percent", {Smaller, false}},
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
