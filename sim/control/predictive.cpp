#include "sim/control/predictive.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/control/capacity.hpp"

namespace tidepool::sim {
namespace {

constexpr double kMostRate = 9e18;

Amount rounded(double value) { return static_cast<Amount>(std::clamp(std::round(value), 0.0, kMostRate)); }

}  // namespace

std::size_t Forecaster::season() const {
  if (const auto* naive = std::get_if<SeasonalNaive>(&model_)) return naive->season;
  if (const auto* smooth = std::get_if<HoltWinters>(&model_)) return smooth->season;
  return 1;
}

void Forecaster::learn(Amount demand) {
  if (std::holds_alternative<ForecastSeries>(model_)) return;
  seen_.push_back(demand);
  if (const auto* model = std::get_if<HoltWinters>(&model_)) smooth(*model, static_cast<double>(demand));
}

// After a whole season: its mean is the level, there is no trend yet, and what differs from the mean is the season.
void Forecaster::smooth(const HoltWinters& model, double value) {
  if (seen_.size() < model.season) return;
  if (seasons_.empty()) {
    for (const Amount each : seen_) level_ += static_cast<double>(each);
    level_ /= static_cast<double>(model.season);
    for (const Amount each : seen_) seasons_.push_back(static_cast<double>(each) - level_);
    return;
  }
  double& season = seasons_[(seen_.size() - 1) % model.season];
  const double before = level_;
  level_ = model.level_weight * (value - season) + (1 - model.level_weight) * (level_ + trend_);
  trend_ = model.trend_weight * (level_ - before) + (1 - model.trend_weight) * trend_;
  season = model.season_weight * (value - level_) + (1 - model.season_weight) * season;
}

std::optional<Amount> Forecaster::forecast(std::size_t steps, Time at) const {
  assert(steps > 0);
  if (const auto* series = std::get_if<ForecastSeries>(&model_)) {
    const Time said = at - series->lead;
    if (!series->trace.step_at(said)) return std::nullopt;
    return rate_at(series->trace, said);
  }
  if (const auto* naive = std::get_if<SeasonalNaive>(&model_)) {
    if (seen_.size() < naive->season) return std::nullopt;
    return seen_[seen_.size() - naive->season + (steps - 1) % naive->season];
  }
  if (seasons_.empty()) return std::nullopt;
  const double season = seasons_[(seen_.size() + steps - 1) % seasons_.size()];
  return rounded(level_ + static_cast<double>(steps) * trend_ + season);
}

int breached_maximum(int forecast, int most, int buffer_percent) {
  if (forecast <= most) return most;
  return forecast + instances_for(std::int64_t{forecast} * buffer_percent, 100);
}

Wish Predictive::wish(const Observation& seen) {
  std::optional<Amount> largest;
  const auto looks = static_cast<std::size_t>((buffer + interval - Duration{1}) / interval);
  for (std::size_t i = 0; i <= looks; ++i) {
    const auto each = forecaster.forecast(i + 1, seen.time + interval * static_cast<std::int64_t>(i));
    if (each && i == 0) {
      actual_.push_back(seen.demand);
      forecast_.push_back(*each);
    }
    if (each) largest = std::max(largest.value_or(0), *each);
  }
  forecaster.learn(seen.demand);
  if (!largest || forecast_only) return {seen.desired, {}};

  int size = instances_for(*largest, per_instance);
  if (!scale_in) size = std::max(size, seen.desired);
  if (breach == MaxCapacityBreach::HonorMaxCapacity || size <= seen.most) return {size, {}};
  return {size, breached_maximum(size, seen.most, max_buffer_percent)};
}

}  // namespace tidepool::sim
