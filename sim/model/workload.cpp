#include "sim/model/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>
#include <utility>

#include "sim/engine/rng.hpp"

namespace tidepool::sim {

namespace {

// Products of an Amount and a Duration, or of a Duration and a number of steps, need more than 64 bits.
__extension__ using Wide = __int128;

constexpr Duration kDay = std::chrono::hours{24};
constexpr Duration kCentury =
    36'525 * kDay;  // bounds the spans of a DemandGenerator: sums of a few can't overflow

Error refused(std::string message) { return {ErrorCode::BodyInvalid, std::move(message)}; }

double in_seconds(Duration d) { return static_cast<double>(d.count()) / 1e6; }

// The length of a span in steps, the last one rounded up.
std::int64_t steps_in(Duration length, Duration step) {
  return length / step + (length % step > Duration::zero() ? 1 : 0);
}

// What the shape of a trace breaks, whatever its amounts are.
std::optional<Error> shape_error(Time start, Duration step, std::uint64_t steps) {
  if (step <= Duration::zero()) return refused(fmt::format("step {} us: expected 1 or more", step.count()));
  if (steps > static_cast<std::uint64_t>(kMaxTraceSteps))
    return refused(fmt::format("{} steps: expected at most {}", steps, kMaxTraceSteps));
  if (start < kEpoch)
    return refused(fmt::format("start {} us: expected 0 (1970) or later", start.time_since_epoch().count()));
  const Wide end = Wide{start.time_since_epoch().count()} + Wide{step.count()} * static_cast<Wide>(steps);
  if (end >= Wide{kNever.time_since_epoch().count()})
    return refused(fmt::format("{} steps of {} us from {} us: the end is later than a time can be", steps,
                               step.count(), start.time_since_epoch().count()));
  return std::nullopt;
}

std::optional<Error> amounts_error(const std::vector<Amount>& amounts) {
  Amount total = 0;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    if (amounts[i] < 0 || amounts[i] > kMaxStepAmount)
      return refused(
          fmt::format("amounts[{}] {} micro-units: expected 0 to {}", i, amounts[i], kMaxStepAmount));
    if (amounts[i] > kMaxTotalAmount - total)
      return refused(
          fmt::format("amounts[0] to amounts[{}] add up to more than {} micro-units", i, kMaxTotalAmount));
    total += amounts[i];
  }
  return std::nullopt;
}

}  // namespace

Trace::Trace(Time first_start, Duration step_length, std::vector<Amount> step_amounts)
    : start(first_start), step(step_length), amounts(std::move(step_amounts)) {
  assert(!shape_error(start, step, amounts.size()) && !amounts_error(amounts));
  offered_before_.reserve(amounts.size() + 1);
  for (const Amount each : amounts) offered_before_.push_back(offered_before_.back() + each);
}

Amount Trace::offered_until(Time t) const {
  assert(offered_before_.size() == amounts.size() + 1);
  if (t <= start) return 0;
  const auto index = step_at(t);
  if (!index) return total();
  const Wide share = Wide{amounts[*index]} * (t - edge(*index)).count() / step.count();
  return offered_before_[*index] + static_cast<Amount>(share);
}

std::optional<std::size_t> Trace::step_at(Time t) const {
  if (t < start || t >= end()) return std::nullopt;
  return static_cast<std::size_t>((t - start) / step);
}

std::size_t Trace::next_edge_index(Time t) const {
  if (t < start) return 0;
  const auto index = step_at(t);
  return index ? *index + 1 : amounts.size() + 1;
}

std::optional<Time> Trace::next_edge(Time t) const {
  const std::size_t next = next_edge_index(t);
  if (next > amounts.size()) return std::nullopt;
  return edge(next);
}

std::optional<Time> Trace::next_rate_change(Time t) const {
  for (std::size_t i = next_edge_index(t); i <= amounts.size(); ++i) {
    const Amount before = i == 0 ? 0 : amounts[i - 1];
    if (amount_from(i) != before) return edge(i);
  }
  return std::nullopt;
}

Result<Trace> make_trace(Time start, Duration step, std::vector<Amount> amounts) {
  if (auto error = shape_error(start, step, amounts.size())) return *std::move(error);
  if (auto error = amounts_error(amounts)) return *std::move(error);
  return Trace(start, step, std::move(amounts));
}

namespace {

// The cosine of a whole turn's share, 0 <= turns < 1, to within 1e-12.
//
// Written out in + - * / because the cosine of the C library differs in its last bit between machines, and a demand
// that differs in one micro-unit is another run. The quarter turn is enough: the rest mirrors it.
double cosine_of(double turns) {
  constexpr double kTwoPi = 6.283185307179586;
  double quarter = turns > 0.5 ? 1.0 - turns : turns;
  const bool negative = quarter > 0.25;
  if (negative) quarter = 0.5 - quarter;
  const double square = kTwoPi * quarter * kTwoPi * quarter;
  double series = 1.0;
  for (int k = 18; k >= 2; k -= 2) series = 1.0 - square / static_cast<double>(k * (k - 1)) * series;
  return negative ? -series : series;
}

double daily_factor(const DemandGenerator& demand, Time t) {
  Duration past_peak = (t.time_since_epoch() - demand.daily_peak) % kDay;
  if (past_peak < Duration::zero()) past_peak += kDay;
  const double turns = static_cast<double>(past_peak.count()) / static_cast<double>(kDay.count());
  return 1.0 + demand.daily_amplitude * cosine_of(turns);
}

bool is_weekend(Time t) {
  const auto days = t.time_since_epoch() / kDay;  // 1970-01-01 was a Thursday.
  const auto since_saturday = (days + 5) % 7;
  return since_saturday < 2;
}

double growth_factor(const DemandGenerator& demand, Duration since_start) {
  const double days = static_cast<double>(since_start.count()) / static_cast<double>(kDay.count());
  return std::max(0.0, 1.0 + demand.growth_per_day * days);
}

double clamped(Duration d, Duration most) {
  return static_cast<double>(std::clamp(d, Duration::zero(), most).count());
}

// The area under a crowd's outline of height 1, from its begin up to `since` later, in microseconds.
double area_under(const FlashCrowd& crowd, Duration since) {
  const double up = clamped(since, crowd.ramp);
  const double level = clamped(since - crowd.ramp, crowd.hold);
  const double down = clamped(since - crowd.ramp - crowd.hold, crowd.decay);
  double area = level;
  if (crowd.ramp > Duration::zero()) area += up * up / (2.0 * static_cast<double>(crowd.ramp.count()));
  if (crowd.decay > Duration::zero())
    area += down - down * down / (2.0 * static_cast<double>(crowd.decay.count()));
  return area;
}

// How high a crowd stands on average during a step, 0 to 1.
double mean_level(const FlashCrowd& crowd, Duration from, Duration step) {
  const Duration since = from - crowd.at;
  const double area = area_under(crowd, since + step) - area_under(crowd, since);
  // The areas round; where their difference is tiny, late in a long ebb, that can leave it below 0.
  return std::clamp(area / static_cast<double>(step.count()), 0.0, 1.0);
}

// The rate of the step that begins `from` after the start, in micro-units a second and without noise.
double mean_rate(const DemandGenerator& demand, Time start, Duration from) {
  const Duration middle = from + demand.step / 2;
  auto rhythm = static_cast<double>(demand.base_per_second);
  rhythm *= growth_factor(demand, middle) * daily_factor(demand, start + middle);
  if (is_weekend(start + middle)) rhythm *= demand.weekend_factor;

  double factor = 1.0, added = 0.0;
  for (const FlashCrowd& crowd : demand.flash_crowds) {
    const double level = mean_level(crowd, from, demand.step);
    factor +=
        (crowd.peak_factor - 1.0) * level;  // Crowds that overlap add up; they don't multiply each other.
    added += static_cast<double>(crowd.added_per_second) * level;
  }
  return rhythm * factor + added;
}

Amount rounded(double amount) {
  assert(amount >= 0.0);
  return std::llround(std::min(amount, static_cast<double>(kMaxStepAmount)));
}

bool within(double value, double least, double most) {
  return value >= least && value <= most;
}  // false for NaN

std::optional<Error> crowd_error(const FlashCrowd& crowd, std::size_t index) {
  const auto bad = [&](const char* what, auto value, const char* expected) {
    return refused(fmt::format("flash_crowds[{}].{} {}: expected {}", index, what, value, expected));
  };
  if (crowd.at < -kCentury || crowd.at > kCentury)
    return bad("at", crowd.at.count(), "at most a century, in us");
  for (const auto& [name, value] :
       {std::pair{"ramp", crowd.ramp}, {"hold", crowd.hold}, {"decay", crowd.decay}})
    if (value < Duration::zero() || value > kCentury)
      return bad(name, value.count(), "0 to a century, in us");
  if (!within(crowd.peak_factor, 1.0, 1e6)) return bad("peak_factor", crowd.peak_factor, "1 to 1000000");
  if (crowd.added_per_second < 0 || crowd.added_per_second > kMaxStepAmount)
    return bad("added_per_second", crowd.added_per_second, "0 to 10^18 micro-units");
  return std::nullopt;
}

std::optional<Error> range_error(const DemandGenerator& demand) {
  const auto bad = [](const char* what, auto value, const char* expected) {
    return refused(fmt::format("{} {}: expected {}", what, value, expected));
  };
  if (demand.base_per_second < 0 || demand.base_per_second > kMaxStepAmount)
    return bad("base_per_second", demand.base_per_second, "0 to 10^18 micro-units");
  if (!within(demand.daily_amplitude, 0, 1)) return bad("daily_amplitude", demand.daily_amplitude, "0 to 1");
  if (demand.daily_peak < Duration::zero() || demand.daily_peak >= kDay)
    return bad("daily_peak", demand.daily_peak.count(), "0 to under 24 h, in us");
  if (!within(demand.weekend_factor, 0, 1e6))
    return bad("weekend_factor", demand.weekend_factor, "0 to 1000000");
  if (!within(demand.growth_per_day, -1e6, 1e6))
    return bad("growth_per_day", demand.growth_per_day, "-1000000 to 1000000");
  if (!within(demand.noise, 0, 1)) return bad("noise", demand.noise, "0 to 1");
  for (std::size_t i = 0; i < demand.flash_crowds.size(); ++i)
    if (auto error = crowd_error(demand.flash_crowds[i], i)) return error;
  return std::nullopt;
}

// The highest rate that can occur within `length`, in micro-units a second.
double highest_rate(const DemandGenerator& demand, Duration length) {
  auto rhythm = static_cast<double>(demand.base_per_second) * (1.0 + demand.daily_amplitude);
  rhythm *= std::max(1.0, demand.weekend_factor) * std::max(1.0, growth_factor(demand, length));
  double factor = 1.0, added = 0.0;
  for (const FlashCrowd& crowd : demand.flash_crowds) {
    factor += crowd.peak_factor - 1.0;
    added += static_cast<double>(crowd.added_per_second);
  }
  return (rhythm * factor + added) * (1.0 + 8.0 * demand.noise);
}

}  // namespace

std::optional<Error> validate(const DemandGenerator& demand, Time start, Duration length) {
  if (length < Duration::zero() || length > kCentury)
    return refused(fmt::format("length {} us: expected 0 to a century", length.count()));
  if (demand.step <= Duration::zero() || demand.step > kCentury)
    return refused(fmt::format("step {} us: expected 1 to a century", demand.step.count()));
  const auto steps = static_cast<std::uint64_t>(steps_in(length, demand.step));
  if (auto error = shape_error(start, demand.step, steps)) return error;
  if (auto error = range_error(demand)) return error;

  constexpr Amount kLikelyTotal = kMaxTotalAmount / 2;  // half: room for rounding and for noise
  // Up to the end of the last step, which may lie past the length.
  const Duration whole = demand.step * static_cast<std::int64_t>(steps);
  const double a_step = highest_rate(demand, whole) * in_seconds(demand.step);
  if (a_step > static_cast<double>(kMaxStepAmount) ||
      a_step * static_cast<double>(steps) > static_cast<double>(kLikelyTotal))
    return refused(fmt::format("{} steps of up to {:.6g} units: expected at most {} a step and {} in all",
                               steps, a_step / 1e6, kMaxStepAmount / kAmountUnit,
                               kLikelyTotal / kAmountUnit));
  return std::nullopt;
}

Trace generate(const DemandGenerator& demand, Time start, Duration length, std::uint64_t seed,
               std::uint64_t substream) {
  assert(!validate(demand, start, length));
  Rng rng(seed, "demand", substream);
  const std::int64_t steps = steps_in(length, demand.step);
  std::vector<Amount> amounts;
  amounts.reserve(static_cast<std::size_t>(steps));
  for (std::int64_t i = 0; i < steps; ++i) {
    // Drawn at every step, so that the noise of a step doesn't depend on the other parameters.
    const double noise = std::max(0.0, 1.0 + demand.noise * rng.normal(0.0, 1.0));
    const double rate = mean_rate(demand, start, demand.step * i);
    amounts.push_back(rounded(rate * noise * in_seconds(demand.step)));
  }
  return {start, demand.step, std::move(amounts)};
}

}  // namespace tidepool::sim
