// Arrivals: when requests are meant to come, one after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/engine/rng.hpp"
#include "sim/engine/time.hpp"
#include "sim/load/draws.hpp"
#include "sim/load/nanos.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim::load {

/// A request of a recorded log.
struct RecordedRequest {
  Time at{};
  Nanos service{-1};  ///< negative: drawn like any other
};

/// How requests come. All but `Replay` follow the rate of a trace, which is constant within its steps.
struct ArrivalSettings {
  enum class Kind : std::uint8_t {
    Poisson,        ///< independent of each other
    Deterministic,  ///< the k-th when the trace has offered k units: evenly spaced within a step
    Modulated,      ///< Poisson, in a calm and a busy state that change at random
    Replay          ///< at the recorded times
  };
  Kind kind = Kind::Poisson;
  std::shared_ptr<const Trace> trace;  ///< requests; needed by all but Replay

  /// Requests that come at the same moment. Batches are rarer by the same factor, so the rate is the trace's.
  std::int64_t batch = 1;
  /// Sizes are geometric with mean `batch` instead of all being equal.
  bool random_batch = false;

  /// Modulated: the trace's rate is multiplied by these in the calm state (first) and the busy one.
  double calm_factor = 1, busy_factor = 1;
  /// Modulated: how long a state lasts on average, exponentially. It begins calm.
  Nanos calm_length{1'000'000'000}, busy_length{1'000'000'000};

  std::shared_ptr<const std::vector<RecordedRequest>> recorded;  ///< Replay: in order of time
};

/// Endless constant arrivals, as a trace of one step. `per_second` is rounded to what a trace can tell.
std::shared_ptr<const Trace> constant_rate(double per_second, Time start, Duration length);

class Arrivals {
 public:
  Arrivals(ArrivalSettings settings, Time start, std::uint64_t seed, std::uint64_t substream);

  /// When the next request is meant to come, in ns since `start`; kNeverNs when there is none.
  std::int64_t next_at() const { return next_; }
  /// The recorded service time of the next request, or a negative one.
  std::int64_t service_ns() const;
  /// Goes on to the request after.
  void advance() {
    if (--left_in_batch_ > 0) return;
    find_next();
  }

 private:
  void find_next();
  void find_random();
  void find_even();
  void find_recorded();
  std::int64_t draw_batch();
  bool enter_next_stretch();
  void enter_step(std::size_t index);
  void set_rate();
  std::int64_t ns_since_start(Time t) const;

  ArrivalSettings settings_;
  Time start_;
  Rng gaps_, batches_, states_;
  std::int64_t next_ = kNeverNs;
  std::int64_t left_in_batch_ = 1;

  // The point reached: whole nanoseconds and a part of one, so that rounding does not add up.
  std::int64_t whole_ = 0;
  double part_ = 0;
  // The stretch of constant rate around it.
  std::size_t step_ = 0;
  std::int64_t step_begin_ = 0, step_end_ = 0, stretch_end_ = 0;
  double mean_gap_ = 0;  // ns between batches; 0 when none come
  bool busy_ = false;
  std::int64_t state_end_ = kNeverNs;
  // Deterministic: what the step has still to offer until the next request, counted from the step's begin.
  Amount due_ = 0;
  std::size_t recorded_next_ = 0;
};

}  // namespace tidepool::sim::load
