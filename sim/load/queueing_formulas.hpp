// What queueing theory says of systems that the simulator plays: the yardsticks of its validation.
//
// Rates are per unit of time, times in the same unit, whatever it is. Doubles and the C library's functions: these
// numbers go into reports and comparisons, never into the course of a run.
//
// A system without a steady state (load of 1 or more) has infinite means. Names as in the textbooks: a = arrival rate /
// service rate is the offered load, a / servers the utilisation.
#pragma once

#include <cstdint>

namespace tidepool::sim::load {

/// Probability that all of `servers` are busy where nobody waits (M/M/c/c, and M/G/c/c): Erlang B.
double erlang_b(std::int64_t servers, double offered_load);
/// Probability of having to wait where everybody does (M/M/c): Erlang C. 1 when the load is `servers` or more.
double erlang_c(std::int64_t servers, double offered_load);

/// M/M/c: Poisson arrivals, exponential services, one queue.
struct Mmc {
  double arrival_rate = 0, service_rate = 1;
  std::int64_t servers = 1;

  double offered_load() const { return arrival_rate / service_rate; }
  double utilisation() const { return offered_load() / static_cast<double>(servers); }
  double wait_probability() const { return erlang_c(servers, offered_load()); }
  double mean_wait() const;
  double mean_response() const { return mean_wait() + 1 / service_rate; }
  double mean_queue() const { return arrival_rate * mean_wait(); }
  double mean_in_system() const { return arrival_rate * mean_response(); }
  /// P(wait > t) and P(response > t).
  double wait_above(double t) const;
  double response_above(double t) const;
  /// The time that the share `p` does not exceed.
  double wait_quantile(double p) const;
  double response_quantile(double p) const;

 private:
  double spare_rate() const { return static_cast<double>(servers) * service_rate - arrival_rate; }
};

/// The fewest servers with P(wait > t) <= share.
std::int64_t servers_needed(double arrival_rate, double service_rate, double t, double share);

/// M/M/c/K: at most `capacity` (>= servers) in the system; who finds it full is lost.
struct Mmck {
  double arrival_rate = 0, service_rate = 1;
  std::int64_t servers = 1, capacity = 1;

  double blocking = 0;  ///< share of arrivals that is lost
  double throughput = 0, mean_in_system = 0, mean_queue = 0;
  double mean_response = 0, mean_wait = 0;  ///< of those that get in
  double wait_probability = 0;              ///< of those that get in
};
Mmck mmck(double arrival_rate, double service_rate, std::int64_t servers, std::int64_t capacity);

/// M/G/1 by Pollaczek and Khinchine; `variation_squared` is variance / mean^2 of the service time.
double mg1_mean_wait(double arrival_rate, double mean_service, double variation_squared);
/// M/D/c by Crommelin: constant service times.
double mdc_mean_wait(double arrival_rate, double service, std::int64_t servers);

/// G/G/c, an approximation: M/M/c times the mean of both squared variations (Allen and Cunneen).
double ggc_mean_wait(const Mmc& queue, double arrival_variation_squared, double service_variation_squared);

/// Erlang A: M/M/c whose customers give up waiting at `abandonment_rate` each.
struct ErlangA {
  double wait_probability = 0;     ///< finding all servers busy
  double abandon_probability = 0;  ///< of all customers
  double mean_queue = 0;
  double mean_wait = 0;  ///< of all customers, whether served or not
};
ErlangA erlang_a(double arrival_rate, double service_rate, std::int64_t servers, double abandonment_rate);

/// M/M/k whose servers are off while idle, and are set up at `setup_rate` for who waits: mean response.
/// Gandhi, Doroudi, Harchol-Balter and Scheller-Wolf, "Exact analysis of the M/M/k/setup class of Markov chains".
double setup_mean_response(double arrival_rate, double service_rate, std::int64_t servers, double setup_rate);

/// Machine repair: the share of `machines` that work, each failing at `failure_rate`, with that many repairers.
double repair_working_share(std::int64_t machines, std::int64_t repairers, double failure_rate,
                            double repair_rate);

/// An instance that fails after `mtbf` on average, is found at the next of checks `interval` apart, and takes `boot` to
/// be replaced.
double availability(double mtbf, double interval, double boot);
/// P(at least `needed` of `instances`, independent of each other, are up).
double group_availability(std::int64_t instances, std::int64_t needed, double of_one);

/// M_t/M/inf with arrivals at mean + swing * sin(frequency * t). Eick, Massey and Whitt, "M_t/G/inf queues with
/// sinusoidal arrival rates" (1993).
struct MtMInf {
  double mean_rate = 0, swing = 0, frequency = 1, service_rate = 1;

  double mean_at(double t) const;
  double peak() const;
  /// How much later than the arrival rate the number in the system peaks.
  double lag() const;
};

/// Demand that grows by `rate` a unit of time for `length`, supply that follows `delay` later (delay <= length).
struct RampDeficit {
  double area = 0, mean = 0;
};
RampDeficit ramp_deficit(double rate, double delay, double length);

/// Demand `rate` from 0 on, served at `capacity` (less) until `delay` and at `capacity_after` (more) from then on.
struct FluidStep {
  double backlog = 0;     ///< the greatest
  double drain = 0;       ///< time from `delay` until it is gone
  double delay_then = 0;  ///< how long waits what arrives at `delay`: the backlog at the new capacity
  double longest_delay =
      0;            ///< of all, first come first served: of what the old capacity just reaches by `delay`
  double area = 0;  ///< backlog times time, in all
};
FluidStep fluid_step(double rate, double capacity, double delay, double capacity_after);

/// Growth by `gap` in actions of `step` instances that take `action` each, with a cooldown in between.
struct Growth {
  std::int64_t actions = 0;
  double time = 0;
};
Growth cooldown_growth(std::int64_t gap, std::int64_t step, double action, double cooldown);

/// Probability of waiting in M/M/c with c = a + beta * sqrt(a) servers, as a grows: Halfin and Whitt (1981).
double halfin_whitt(double beta);

}  // namespace tidepool::sim::load
