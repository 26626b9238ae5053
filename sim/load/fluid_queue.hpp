// FluidQueue: demand as a fluid that waits for its turn, and how long requests take, without playing a single one.
//
// Between two moments the rate, the capacity and the number of slots are constant. Then the backlog is a straight line
// (with a bend where it runs dry or reaches its limit), served first come, first served. On top of that comes the waiting
// that chance causes: Erlang's formula for exponential arrivals and services (M/M/c), taken as if the span had
// lasted for ever, and bounded by how far a queue can wander in the time it had. Services take exponential time.
//
// Sources: Erlang C; Allen and Cunneen for the share of services that are no exponential ones; the bound is the mean
// distance of a random walk. Whole numbers, and of real ones only + - * / and square root: the same on every machine.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/load/latency_histogram.hpp"
#include "sim/load/nanos.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim::load {

/// The probability that an arrival finds all `slots` busy that are offered `load` Erlangs (rate times mean service).
/// 0 of no load, 1 where the load is no less than the slots. Answers within 1e-12 in time that grows with the root of
/// `slots`.
double waiting_probability(double load, std::int64_t slots);

struct FluidQueueSettings {
  Nanos service{1'000'000'000};               ///< mean time that a request holds a slot
  Amount limit = kMaxTotalAmount;             ///< most that may wait; what comes then is dropped
  double service_variation = 1;               ///< squared coefficient of variation of services
  std::optional<Nanos> bound = std::nullopt;  ///< responses that take longer are counted as late
};

/// A time in which nothing but the backlog changes.
struct FluidSpan {
  Duration length{};
  Amount offered = 0;
  Amount capacity = 0;     ///< what could be served in it
  std::int64_t slots = 0;  ///< requests that can be in service at once
};

/// Response times of a window of time.
struct LatencySummary {
  Amount requests = 0;  ///< in micro-units
  Nanos mean{}, p50{}, p95{}, p99{};
};

class FluidQueue {
 public:
  explicit FluidQueue(const FluidQueueSettings& settings) : settings_(settings) {}

  struct Outcome {
    Amount served = 0, dropped = 0;
  };
  Outcome advance(const FluidSpan& span);

  Amount backlog() const { return backlog_; }
  /// What waited, summed over time, in micro-unit microseconds.
  Wide waiting() const { return waiting_; }
  /// Of all that was served, in micro-units, by the time that it takes. Made anew at each call.
  LatencyHistogram responses() const;
  /// The same for what was served since the last call of this; empty when nothing was, or it is not `wanted`.
  std::optional<LatencySummary> take_window(bool wanted = true);
  /// What takes longer than the bound, in micro-units.
  Amount late() const;

 private:
  struct Wait {
    std::int64_t ns;
    Amount amount;
  };
  struct Chance {
    double probability = 0, mean_ns = 0;
  };
  // Part of what waits, having come evenly in a time that is counted from the queue's begin.
  struct Piece {
    double from_ns, to_ns;
    Amount amount;
  };
  Chance chance(const FluidSpan& span);
  void serve(Amount amount, double from_ns, double to_ns, const Chance& chance);
  void count(Amount amount, double first_ns, double last_ns, const Chance& chance);
  void add(double ns, Amount amount);

  FluidQueueSettings settings_;
  // How long rate, capacity and slots have been what they are: how far chance has got.
  struct Regime {
    double arrivals = -1, able = -1;  // a second
    std::int64_t slots = -1;
    double seconds = 0;
  };
  Regime regime_;
  double now_ns_ = 0;
  Amount backlog_ = 0;
  std::deque<Piece> queue_;  // first come, first served
  Wide waiting_ = 0;
  LatencyHistogram waits_;    // weighted with micro-units
  std::vector<Wait> window_;  // the same of the present window, one by one
};

}  // namespace tidepool::sim::load
