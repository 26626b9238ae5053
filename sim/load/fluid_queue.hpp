// FluidQueue: the mean of a queue whose demand and servers change, without playing a single request.
//
// A fluid alone waits only while demand passes capacity; randomness makes queues below it, too. Here the number in the
// system L moves by dL/dt = arrivals - capacity * utilisation(L), where utilisation(L) is that of the queue which would
// hold L on average for ever. Near rest this is M/M/c (its exact formula, with the Allen-Cunneen factor for other
// variations); under overload it is the fluid. Known as the pointwise stationary fluid flow approximation (Wang, Tipper
// and Banerjee, 1996).
//
// Doubles and the C library: its numbers are for reports. Round them before they take part in a run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace tidepool::sim::load {

struct FluidStretch {
  double arrival_rate = 0;   ///< per second
  double service_rate = 1;   ///< per second, of one slot
  std::int64_t servers = 1;  ///< slots
  double length = 0;         ///< seconds, with all of these constant
  double variation = 1;      ///< (squared variation of arrivals + that of services) / 2; 1 for M/M/c
};

/// Means over a stretch.
struct FluidWaits {
  double in_system = 0, queue = 0;
  double served = 0;            ///< requests
  double mean_wait = 0;         ///< seconds; of those that are served, as Little's law has it
  double mean_response = 0;     ///< seconds
  double wait_probability = 0;  ///< of arrivals
};

class FluidQueue {
 public:
  /// Goes on by one stretch. The first with a number of servers costs a table of 128 Erlang formulas, which is kept.
  FluidWaits advance(const FluidStretch& stretch);

  double in_system() const { return in_system_; }

 private:
  static constexpr std::size_t kPoints = 128;

  struct Rest {
    double utilisation = 0, slope = 0, wait_probability = 0;
  };
  // Of the queue at rest with some servers, at equal steps of -ln(1 - utilisation).
  struct Table {
    double servers = 0, variation = 0;
    std::array<double, kPoints> utilisations{}, in_systems{}, wait_probabilities{};

    Rest at(double in_system) const;
  };
  const Table& table_of(std::int64_t servers, double variation);

  double in_system_ = 0;
  std::map<std::pair<std::int64_t, double>, Table> tables_;
};

}  // namespace tidepool::sim::load
