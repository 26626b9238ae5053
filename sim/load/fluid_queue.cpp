#include "sim/load/fluid_queue.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <span>

namespace tidepool::sim::load {
namespace {

constexpr double kTwoOverPi = 0.6366197723675814;
constexpr double kNanosPerSecond = 1e9;

// An exponential time of mean 1 in slices, each with the mean of what lies in it, so that the mean of all is exact.
struct Slice {
  std::int64_t share;  // of kShares
  double mean;
};
constexpr std::int64_t kShares = 10'000;
constexpr std::array kFineSlices = std::to_array<Slice>(
    {{500, 0.025427406637}, {500, 0.078083311523}, {500, 0.133667480379}, {500, 0.192524980435},
     {500, 0.255065734251}, {500, 0.321781871634}, {500, 0.393271305940}, {500, 0.470270424010},
     {500, 0.553700476880}, {500, 0.644735202712}, {500, 0.744902539640}, {500, 0.856243410967},
     {500, 0.981570983502}, {500, 1.124918045535}, {500, 1.292365020356}, {500, 1.493720155863},
     {500, 1.746391695079}, {500, 2.086189768670}, {250, 2.439538875639}, {250, 2.779336949229},
     {200, 3.229493837905}, {100, 3.695627681104}, {50, 4.048976788073},  {50, 4.388774861664},
     {30, 4.772928650131},  {30, 5.215690746013},  {20, 5.828313737302},  {10, 6.521460917862},
     {7, 7.391766934271},   {3, 9.111728083308}});
constexpr std::array kCoarseSlices = std::to_array<Slice>({{2500, 0.136953782645},
                                                           {2500, 0.476751856235},
                                                           {2000, 0.926908744911},
                                                           {1500, 1.510825623766},
                                                           {1000, 2.347813840552},
                                                           {400, 3.593372795445},
                                                           {100, 5.605170185988}});
// Points that stand for a wait that grows or shrinks in a straight line.
constexpr int kRampPoints = 4;

// Cuts an amount by shares so that the pieces add up to it.
template <class Use>
void cut(Amount amount, std::span<const Slice> slices, Use use) {
  std::int64_t shares = 0;
  Amount given = 0;
  for (const Slice& each : slices) {
    shares += each.share;
    const auto until = static_cast<Amount>(Wide{amount} * shares / kShares);
    if (until > given) use(each.mean, until - given);
    given = until;
  }
}

std::int64_t whole_ns(double ns) {
  constexpr double kMost = 9e18;
  return static_cast<std::int64_t>(std::clamp(ns, 0.0, kMost) + 0.5);
}

double seconds_of(Duration d) { return static_cast<double>(d.count()) / 1e6; }

}  // namespace

double waiting_probability(double load, std::int64_t slots) {
  if (load <= 0) return 0;
  const auto c = static_cast<double>(slots);
  if (load >= c) return 1;
  // 1 / B(c) = 1 + c/a + c(c-1)/a^2 + ..., whose terms soon vanish where they don't grow beyond all bounds.
  constexpr double kNegligible = 1e-14, kHopeless = 1e18;
  double term = 1, inverse = 1;
  for (std::int64_t k = 0; k < slots && term > kNegligible * inverse && inverse < kHopeless; ++k) {
    term *= (c - static_cast<double>(k)) / load;
    inverse += term;
  }
  const double blocking = 1 / inverse;
  return blocking / (1 - load / c * (1 - blocking));
}

// How likely chance makes an arrival wait although the fluid would not, and for how long on average.
FluidQueue::Chance FluidQueue::chance(const FluidSpan& span) {
  const double seconds = seconds_of(span.length);
  const double arrivals = static_cast<double>(span.offered) / 1e6 / seconds;
  const double able = static_cast<double>(span.capacity) / 1e6 / seconds;
  // Spans are rounded to whole micro-units.
  const double rounding = 2e-6 / seconds;
  const auto differs = [&](double a, double b) { return std::abs(a - b) > rounding + 1e-9 * b; };
  if (differs(regime_.arrivals, arrivals) || differs(regime_.able, able) || regime_.slots != span.slots)
    regime_ = {arrivals, able, span.slots, 0};
  const double from = regime_.seconds, until = from + seconds;
  regime_.seconds = until;
  if (able <= 0 || arrivals <= 0) return {};
  const double service = static_cast<double>(settings_.service.count()) / kNanosPerSecond;
  const double spread = (1 + settings_.service_variation) / 2;
  // A queue that drifts neither way wanders off as the root of time; this is the mean of that over the span.
  const double root = (until * std::sqrt(until) - from * std::sqrt(from)) / seconds * (2.0 / 3);
  const double wandering = std::sqrt(kTwoOverPi * (arrivals + able) * spread) * root / able;
  const double probability = waiting_probability(arrivals * service, span.slots);
  const double settled = arrivals < able ? spread / (able - arrivals) : wandering;
  return {probability, std::min(settled, wandering) * kNanosPerSecond};
}

void FluidQueue::add(double ns, Amount amount) {
  const std::int64_t wait = whole_ns(ns);
  waits_.add(Nanos{wait}, amount);
  window_.push_back({wait, amount});
}

// What is served with a wait that goes from `first_ns` to `last_ns`.
void FluidQueue::count(Amount amount, double first_ns, double last_ns, const Chance& chance) {
  if (amount <= 0) return;
  const auto waits = static_cast<Amount>(static_cast<double>(amount) * chance.probability);
  const int points = first_ns == last_ns ? 1 : kRampPoints;
  Amount done = 0, done_waiting = 0;
  for (int i = 0; i < points; ++i) {
    const double base = first_ns + (last_ns - first_ns) * (i + 0.5) / points;
    const auto until = static_cast<Amount>(Wide{amount} * (i + 1) / points);
    const auto until_waiting = static_cast<Amount>(Wide{waits} * (i + 1) / points);
    const Amount waiting = until_waiting - done_waiting;
    if (until - done > waiting) add(base, until - done - waiting);
    cut(waiting, kCoarseSlices, [&](double mean, Amount part) { add(base + mean * chance.mean_ns, part); });
    done = until;
    done_waiting = until_waiting;
  }
}

// First come, first served: `amount` of what waits is served evenly from `from_ns` to `to_ns`.
void FluidQueue::serve(Amount amount, double from_ns, double to_ns, const Chance& chance) {
  double served_at = from_ns;
  for (Amount left = amount; left > 0 && !queue_.empty();) {
    Piece& front = queue_.front();
    const Amount part = std::min(left, front.amount);
    const double share = static_cast<double>(part) / static_cast<double>(front.amount);
    const double came_until = front.from_ns + (front.to_ns - front.from_ns) * share;
    const double done_at = left == part ? to_ns
                                        : served_at + (to_ns - from_ns) * static_cast<double>(part) /
                                                          static_cast<double>(amount);
    count(part, std::max(0.0, served_at - front.from_ns), std::max(0.0, done_at - came_until), chance);
    served_at = done_at;
    front.from_ns = came_until;
    front.amount -= part;
    left -= part;
    if (front.amount == 0) queue_.pop_front();
  }
}

FluidQueue::Outcome FluidQueue::advance(const FluidSpan& span) {
  assert(span.length > Duration::zero() && span.offered >= 0 && span.capacity >= 0);
  const Amount before = backlog_;
  const Wide inflow = Wide{before} + span.offered;
  const auto served = static_cast<Amount>(std::min(inflow, Wide{span.capacity}));
  const Wide left = inflow - served;
  backlog_ = static_cast<Amount>(std::min(left, Wide{settings_.limit}));
  const auto dropped = static_cast<Amount>(left - backlog_);

  // The backlog goes in a straight line up to its bend, where it runs dry or is full, and stays as it is from there on.
  const double drift = static_cast<double>(span.offered) - static_cast<double>(span.capacity);
  const bool runs_dry = backlog_ == 0 && drift<0, gets_full = dropped> 0 && drift > 0;
  double bend = 1;
  if (runs_dry) bend = std::min(1.0, static_cast<double>(before) / -drift);
  if (gets_full) bend = std::clamp(static_cast<double>(backlog_ - before) / drift, 0.0, 1.0);

  const double begin = now_ns_, end = begin + static_cast<double>(span.length.count()) * 1e3;
  const double at_bend = begin + (end - begin) * bend;
  const Amount accepted = span.offered - dropped;
  const auto up_to_bend =
      gets_full ? std::min(accepted, static_cast<Amount>(static_cast<double>(span.offered) * bend))
                : accepted;
  if (up_to_bend > 0) queue_.push_back({begin, gets_full ? at_bend : end, up_to_bend});
  if (accepted > up_to_bend) queue_.push_back({at_bend, end, accepted - up_to_bend});

  const Chance of_chance = chance(span);
  const auto from_backlog =
      runs_dry ? std::min(served, static_cast<Amount>(static_cast<double>(span.capacity) * bend)) : served;
  serve(from_backlog, begin, runs_dry ? at_bend : end, of_chance);
  count(served - from_backlog, 0, 0, of_chance);
  if (backlog_ == 0) queue_.clear();

  const double mean = (static_cast<double>(before) + static_cast<double>(backlog_)) / 2 * bend +
                      static_cast<double>(backlog_) * (1 - bend);
  waiting_ += static_cast<Wide>(mean * static_cast<double>(span.length.count()));
  now_ns_ = end;
  return {served, dropped};
}

LatencyHistogram FluidQueue::responses() const {
  LatencyHistogram all;
  const auto service = static_cast<double>(settings_.service.count());
  waits_.for_each([&](Nanos wait, std::int64_t amount) {
    cut(amount, kFineSlices, [&](double mean, Amount part) {
      all.add(Nanos{whole_ns(static_cast<double>(wait.count()) + mean * service)}, part);
    });
  });
  return all;
}

Amount FluidQueue::late() const { return settings_.bound ? responses().count_above(*settings_.bound) : 0; }

std::optional<LatencySummary> FluidQueue::take_window(bool wanted) {
  if (!wanted) window_.clear();
  if (window_.empty()) return std::nullopt;
  const auto service = static_cast<double>(settings_.service.count());
  std::vector<Wait> all;
  all.reserve(window_.size() * kFineSlices.size());
  LatencySummary summary;
  Wide sum = 0;
  for (const Wait& each : window_) {
    summary.requests += each.amount;
    cut(each.amount, kFineSlices, [&](double mean, Amount part) {
      all.push_back({whole_ns(static_cast<double>(each.ns) + mean * service), part});
      sum += Wide{all.back().ns} * part;
    });
  }
  window_.clear();
  std::ranges::sort(all, {}, &Wait::ns);
  const auto quantile = [&](std::int64_t percent) {
    const Wide reached = Wide{summary.requests} * percent;
    Wide seen = 0;
    for (const Wait& each : all) {
      seen += Wide{each.amount} * 100;
      if (seen >= reached) return Nanos{each.ns};
    }
    return Nanos{all.back().ns};
  };
  summary.mean = Nanos{static_cast<std::int64_t>(sum / summary.requests)};
  summary.p50 = quantile(50);
  summary.p95 = quantile(95);
  summary.p99 = quantile(99);
  return summary;
}

}  // namespace tidepool::sim::load
