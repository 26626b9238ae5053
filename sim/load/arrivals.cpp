#include "sim/load/arrivals.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "sim/engine/exact_math.hpp"

namespace tidepool::sim::load {

std::shared_ptr<const Trace> constant_rate(double per_second, Time start, Duration length) {
  const double seconds = static_cast<double>(length.count()) / 1e6;
  const double amount = per_second * seconds * static_cast<double>(kAmountUnit);
  return std::make_shared<const Trace>(start, length, std::vector<Amount>{std::llround(amount)});
}

Arrivals::Arrivals(ArrivalSettings settings, Time start, std::uint64_t seed, std::uint64_t substream)
    : settings_(std::move(settings)),
      start_(start),
      gaps_(seed, "load arrivals", substream),
      batches_(seed, "load batches", substream),
      states_(seed, "load states", substream) {
  if (settings_.kind == ArrivalSettings::Kind::Replay) {
    const auto& all = *settings_.recorded;
    const auto first = std::ranges::lower_bound(all, start, {}, &RecordedRequest::at);
    recorded_next_ = static_cast<std::size_t>(first - all.begin());
    find_recorded();
    return;
  }
  if (settings_.kind == ArrivalSettings::Kind::Modulated)
    state_end_ = exponential(settings_.calm_length).draw_ns(states_);
  due_ = kAmountUnit * settings_.batch;
  const Trace& trace = *settings_.trace;
  if (trace.amounts.empty() || trace.end() <= start) return;
  enter_step(trace.step_at(start).value_or(0));
  if (step_begin_ > 0)  // It begins later.
    whole_ = step_begin_;
  else if (settings_.kind == ArrivalSettings::Kind::Deterministic)
    due_ += trace.offered_between(trace.start + trace.step * static_cast<std::int64_t>(step_), start);
  find_next();
}

std::int64_t Arrivals::ns_since_start(Time t) const {
  const Wide ns = Wide{(t - start_).count()} * 1000;
  return static_cast<std::int64_t>(std::clamp(ns, Wide{INT64_MIN + 1}, Wide{kNeverNs}));
}

void Arrivals::enter_step(std::size_t index) {
  const Trace& trace = *settings_.trace;
  step_ = index;
  const Time begin = trace.start + trace.step * static_cast<std::int64_t>(index);
  step_begin_ = ns_since_start(begin);
  step_end_ = ns_since_start(begin + trace.step);
  set_rate();
}

void Arrivals::set_rate() {
  const auto step_ns = static_cast<double>(settings_.trace->step.count()) * 1000.0;
  double batches = static_cast<double>(settings_.trace->amounts[step_]) /
                   (static_cast<double>(kAmountUnit) * static_cast<double>(settings_.batch));
  stretch_end_ = step_end_;
  if (settings_.kind == ArrivalSettings::Kind::Modulated) {
    batches *= busy_ ? settings_.busy_factor : settings_.calm_factor;
    stretch_end_ = std::min(step_end_, state_end_);
  }
  mean_gap_ = batches > 0 ? step_ns / batches : 0;
}

bool Arrivals::enter_next_stretch() {
  const std::int64_t at = stretch_end_;
  whole_ = at;
  part_ = 0;
  if (at == state_end_ && settings_.kind == ArrivalSettings::Kind::Modulated) {
    busy_ = !busy_;
    state_end_ += exponential(busy_ ? settings_.busy_length : settings_.calm_length).draw_ns(states_);
  }
  if (at < step_end_) {
    set_rate();
    return true;
  }
  if (step_ + 1 >= settings_.trace->amounts.size()) return false;
  enter_step(step_ + 1);
  return true;
}

void Arrivals::find_next() {
  switch (settings_.kind) {
    case ArrivalSettings::Kind::Replay: return find_recorded();
    case ArrivalSettings::Kind::Deterministic: find_even(); break;
    case ArrivalSettings::Kind::Poisson:
    case ArrivalSettings::Kind::Modulated: find_random(); break;
  }
  left_in_batch_ = draw_batch();
}

// A Poisson process of varying rate is one of rate 1 in the area under the rate.
void Arrivals::find_random() {
  double area = unit_exponential(gaps_);
  for (;;) {
    if (mean_gap_ > 0) {
      const double wait = area * mean_gap_;
      const double room = static_cast<double>(stretch_end_ - whole_) - part_;
      if (wait < room) {
        part_ += wait;
        const auto whole = static_cast<std::int64_t>(part_);
        part_ -= static_cast<double>(whole);
        whole_ += whole;
        next_ = whole_;
        return;
      }
      area = std::max(0.0, area - room / mean_gap_);
    }
    if (!enter_next_stretch()) {
      next_ = kNeverNs;
      return;
    }
  }
}

// In whole micro-units and whole nanoseconds, so that the k-th request never drifts.
void Arrivals::find_even() {
  const Trace& trace = *settings_.trace;
  for (;;) {
    const Amount amount = trace.amounts[step_];
    if (due_ <= amount) {
      const Wide step_ns = Wide{trace.step.count()} * 1000;
      next_ = step_begin_ + static_cast<std::int64_t>((Wide{due_} * step_ns + amount - 1) / amount);
      due_ += kAmountUnit * settings_.batch;
      return;
    }
    due_ -= amount;
    if (!enter_next_stretch()) {
      next_ = kNeverNs;
      return;
    }
  }
}

void Arrivals::find_recorded() {
  const auto& all = *settings_.recorded;
  next_ = recorded_next_ < all.size() ? ns_since_start(all[recorded_next_].at) : kNeverNs;
  ++recorded_next_;
  left_in_batch_ = 1;
}

std::int64_t Arrivals::service_ns() const {
  if (settings_.kind != ArrivalSettings::Kind::Replay) return -1;
  return (*settings_.recorded)[recorded_next_ - 1].service.count();
}

// Geometric from 1 on: 1 + floor(E / -ln(1 - 1/mean)).
std::int64_t Arrivals::draw_batch() {
  if (settings_.batch == 1 || !settings_.random_batch) return settings_.batch;
  const double per_one = 0 - exact_log(1.0 - 1.0 / static_cast<double>(settings_.batch));
  return 1 + static_cast<std::int64_t>(unit_exponential(batches_) / per_one);
}

}  // namespace tidepool::sim::load
