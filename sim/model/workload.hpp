// Demand over time: how much work clients offer, as a recorded or a generated series.
//
// Amounts are integers so that sums are exact: what a trace offers between two moments is the difference of two
// values of `offered_until`, and any way of cutting a span into pieces adds up to the same total.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/error.hpp"

namespace tidepool::sim {

/// Work offered or served, in micro-units: 1 000 000 is one request.
using Amount = std::int64_t;

inline constexpr Amount kAmountUnit = 1'000'000;
/// Most that one step may offer: 10^12 units.
inline constexpr Amount kMaxStepAmount = 1'000'000'000'000 * kAmountUnit;
/// Most that a whole trace may offer, about 9.2 * 10^12 units: what an Amount can hold.
inline constexpr Amount kMaxTotalAmount = INT64_MAX;
/// Most steps that a trace may have; nineteen years of minutes.
inline constexpr std::int64_t kMaxTraceSteps = 10'000'000;

/// Demand in steps of equal length: `amounts[i]` is offered evenly over [start + i * step, start + (i + 1) * step).
///
/// Outside of its steps a trace offers nothing. The fields are to be read only: the sums behind `offered_until` are
/// taken by the constructor, so an edited series has to become a new Trace.
struct Trace {
  Time start{};
  Duration step{};
  std::vector<Amount> amounts;

  Trace() = default;
  /// For series known to be sound; those from outside go through `make_trace`.
  Trace(Time first_start, Duration step_length, std::vector<Amount> step_amounts);

  /// The first moment at which nothing more is offered.
  Time end() const { return edge(amounts.size()); }
  /// All that is offered, from `start` to `end`.
  Amount total() const { return offered_before_.back(); }
  /// What was offered from `start` up to `t`: exact at the edges of steps, rounded down to a micro-unit inside one.
  /// Zero before `start`, `total` after `end`. Constant time.
  Amount offered_until(Time t) const;
  /// What is offered in [from, to); `to` may not lie before `from`.
  Amount offered_between(Time from, Time to) const { return offered_until(to) - offered_until(from); }

  /// The index of the step that contains `t`; empty before `start` and from `end` on.
  std::optional<std::size_t> step_at(Time t) const;
  /// The first edge of a step later than `t`, `start` and `end` being edges too; empty from `end` on.
  std::optional<Time> next_edge(Time t) const;
  /// The first moment later than `t` at which the rate changes; empty when it stays as it is for ever.
  /// Equal neighbours count as one, so a flat night costs a caller one event. Linear in the steps passed over.
  std::optional<Time> next_rate_change(Time t) const;

  friend bool operator==(const Trace&, const Trace&) = default;

 private:
  Time edge(std::size_t index) const { return start + step * static_cast<std::int64_t>(index); }
  std::size_t next_edge_index(Time t) const;
  Amount amount_from(std::size_t index) const { return index < amounts.size() ? amounts[index] : 0; }

  std::vector<Amount> offered_before_ = {0};  // one longer than `amounts`; the last one is the total
};

/// A trace from outside, or which limit it breaks: step of 1 us or more, at most `kMaxTraceSteps` steps, start at or
/// after 1970, an end that a Time can hold, amounts from 0 to `kMaxStepAmount`, a sum up to `kMaxTotalAmount`.
Result<Trace> make_trace(Time start, Duration step, std::vector<Amount> amounts);

/// XXH3-128 over start, step and amounts, as 32 hex digits: equal exactly for equal demand.
std::string fingerprint_of(const Trace& trace);

/// A sudden crowd on top of the rhythm: it swells in a straight line over `ramp`, stays for `hold` and ebbs in a
/// straight line over `decay`. Any of the three may be zero.
struct FlashCrowd {
  Duration at{};  ///< when it begins, counted from the start of the trace; may be negative
  Duration ramp{};
  Duration hold{};
  Duration decay{};
  double peak_factor = 1.0;     ///< during `hold` the rhythm is multiplied by this; 1 or more
  Amount added_per_second = 0;  ///< and this is added to it, in micro-units a second
};

/// Demand made up from a seed. The rate at a moment is
///
///     (base * growth * day * week * crowd factor + crowd addition) * noise
///
/// Rhythm and growth are taken at the middle of a step, crowds as their mean over it, noise once a step.
struct DemandGenerator {
  Duration step = std::chrono::minutes{1};
  Amount base_per_second = 10 * kAmountUnit;

  double daily_amplitude = 0.0;  ///< 0 to 1: the rate swings from (1 - this) to (1 + this) times base
  Duration daily_peak = std::chrono::hours{14};  ///< time of day, UTC, of the highest rate; 0 to under 24 h
  double weekend_factor = 1.0;                   ///< on Saturday and Sunday, UTC
  double growth_per_day = 0.0;  ///< share of base that each day adds; negative shrinks, down to 0
  double noise = 0.0;  ///< 0 to 1: standard deviation of a step, as a share of its rate; never below 0
  std::vector<FlashCrowd> flash_crowds;
};

/// The first of the ranges above that `demand` breaks, or empty. Also refuses what could pass the limits of a Trace:
/// the highest rate the parameters allow, eight standard deviations of noise included, is counted for the whole time.
std::optional<Error> validate(const DemandGenerator& demand, Time start, Duration length);

/// The demand of `length` from `start` on; whole steps, so the last one may reach past the end. Equal arguments give
/// equal traces on every compiler. Sources with the same seed differ by `substream`. Parameters must be valid.
Trace generate(const DemandGenerator& demand, Time start, Duration length, std::uint64_t seed,
               std::uint64_t substream = 0);

}  // namespace tidepool::sim
