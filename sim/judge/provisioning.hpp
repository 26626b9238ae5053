// How well the supply of instances followed the demand for them: the elasticity measures of the field.
//
// Demand is the least number of instances that meets the load at a moment, supply the number in service. Formulas,
// units and sources are in scenarios/METRICS.md. Areas and times are exact; each measure divides once, at the end.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/judge/number.hpp"
#include "sim/judge/steps.hpp"

namespace tidepool::sim {

/// Sums over a window, from which the measures are made. An area is instances times microseconds.
struct Provisioning {
  Duration length{};
  Duration short_time{}, surplus_time{};
  Wide short_area = 0, surplus_area = 0;
  Wide demand_area = 0, supply_area = 0;
  Wide short_share = 0, surplus_share = 0;          ///< of area to demand, in 10^-12 microseconds
  std::int64_t demand_units = 0, supply_units = 0;  ///< unit changes: a step from 2 to 5 is three
  std::int64_t adaptations = 0;                     ///< steps of the supply

  Number accuracy_under() const { return ratio_of(short_area, length.count()); }
  Number accuracy_over() const { return ratio_of(surplus_area, length.count()); }
  Number theta_under() const;
  Number theta_over() const;
  Number timeshare_under() const { return percent_of(short_time.count(), length.count()); }
  Number timeshare_over() const { return percent_of(surplus_time.count(), length.count()); }
  /// Changes a minute that the supply makes beyond those of the demand; negative when it makes less.
  Number jitter() const;
};

/// Demands up to 10^9 instances.
Provisioning provisioning(const Steps& demand, const Steps& supply, Window window);

/// Share of the `grid` steps in which supply and demand do not move in the same direction; the first step has no change.
Number instability(const Steps& demand, const Steps& supply, Window window, Duration grid);

/// Times that the supply turned back no later than `within` after its change before.
std::int64_t oscillations(const Steps& supply, Window window, Duration within);

/// A stretch of time during which the supply was on the wrong side of the demand.
struct Lapse {
  Time from{}, to{};
  bool ended = true;  ///< false: it still lasted at the window's end
};
std::vector<Lapse> shortages(const Steps& demand, const Steps& supply, Window window);
std::vector<Lapse> surpluses(const Steps& demand, const Steps& supply, Window window);

/// How long lapses lasted, those that did not end counted up to the window's end.
struct Lag {
  std::int64_t count = 0, unended = 0;
  Duration total{}, longest{};
  Number mean_seconds() const { return quotient(total.count(), count); }
};
Lag lag_of(std::span<const Lapse> lapses);

/// The parts of scale-out lags: until the expected number first rises, from there until it meets the demand, and from
/// there until the supply does (waiting, boot and warm-up).
struct LagParts {
  Duration detection{}, decision{}, provision{};
};
LagParts parts_of(const Lapse& shortage, const Steps& demand, const Steps& expected);

/// From `fault` until the supply is what is expected, for the first time after it was less. Zero when it never was less;
/// empty when it was less to the end.
std::optional<Duration> recovery(const Steps& expected, const Steps& supply, Time fault, Time end);

/// Share of time in which `value` lay outside of [least, most].
Number rigidness(const Steps& value, Window window, std::int64_t least, std::int64_t most);

/// Money for surplus and for unmet demand, each at its price an instance-hour, by the hour. In millionths.
Number elasticity_penalty(const Provisioning& of, std::int64_t surplus_price, std::int64_t shortage_price);

/// Over zones of members in service.
struct ZoneBalance {
  Number mean_imbalance;  ///< largest zone less smallest, mean over time
  std::int64_t most_imbalance = 0;
  Number mean_shortfall;  ///< what lacks when the largest zone is lost
  std::int64_t most_shortfall = 0;
};
ZoneBalance zone_balance(std::span<const Steps> zones, const Steps& demand, Window window);

}  // namespace tidepool::sim
