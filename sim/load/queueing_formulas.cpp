#include "sim/load/queueing_formulas.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <numbers>

namespace tidepool::sim::load {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double as_double(std::int64_t n) { return static_cast<double>(n); }

}  // namespace

// ---- Erlang ----

double erlang_b(std::int64_t servers, double offered_load) {
  double blocked = 1;
  for (std::int64_t n = 1; n <= servers; ++n) {
    const double more = offered_load * blocked;
    blocked = more / (as_double(n) + more);
  }
  return blocked;
}

double erlang_c(std::int64_t servers, double offered_load) {
  const double utilisation = offered_load / as_double(servers);
  if (utilisation >= 1) return 1;
  const double blocked = erlang_b(servers, offered_load);
  return blocked / (1 - utilisation * (1 - blocked));
}

// ---- M/M/c ----

double Mmc::mean_wait() const { return utilisation() >= 1 ? kInfinity : wait_probability() / spare_rate(); }

double Mmc::wait_above(double t) const {
  return utilisation() >= 1 ? 1 : wait_probability() * std::exp(-spare_rate() * t);
}

double Mmc::response_above(double t) const {
  if (utilisation() >= 1) return 1;
  const double k = spare_rate() - service_rate;
  // (1 - e^(-kt)) / k, which is t where k vanishes.
  const double growth = std::fabs(k * t) < 1e-12 ? t : -std::expm1(-k * t) / k;
  return std::exp(-service_rate * t) * (1 + wait_probability() * service_rate * growth);
}

double Mmc::wait_quantile(double p) const {
  if (utilisation() >= 1) return kInfinity;
  const double waits = wait_probability();
  return waits <= 1 - p ? 0 : std::log(waits / (1 - p)) / spare_rate();
}

double Mmc::response_quantile(double p) const {
  if (utilisation() >= 1) return kInfinity;
  double low = 0, high = 1 / service_rate;
  while (response_above(high) > 1 - p) high *= 2;
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = (low + high) / 2;
    (response_above(middle) > 1 - p ? low : high) = middle;
  }
  return high;
}

std::int64_t servers_needed(double arrival_rate, double service_rate, double t, double share) {
  Mmc queue{arrival_rate, service_rate, static_cast<std::int64_t>(arrival_rate / service_rate) + 1};
  while (queue.wait_above(t) > share) ++queue.servers;
  return queue.servers;
}

// ---- Birth and death ----

// Probabilities are kept relative to the state reached and rescaled on the way, so that long chains neither overflow nor
// vanish.
Mmck mmck(double arrival_rate, double service_rate, std::int64_t servers, std::int64_t capacity) {
  assert(capacity >= servers);
  Mmck result{arrival_rate, service_rate, servers, capacity};
  double here = 1, sum = 1, jobs = 0, queue = 0, waits = servers == 0 ? 1 : 0;
  for (std::int64_t n = 1; n <= capacity; ++n) {
    here *= arrival_rate / (as_double(std::min(n, servers)) * service_rate);
    sum += here;
    jobs += here * as_double(n);
    queue += here * as_double(std::max<std::int64_t>(0, n - servers));
    if (n >= servers && n < capacity) waits += here;
    if (sum < 1e200) continue;
    for (double* each : {&here, &jobs, &queue, &waits, &sum}) *each *= 1e-200;
  }
  result.blocking = here / sum;
  result.throughput = arrival_rate * (1 - result.blocking);
  result.mean_in_system = jobs / sum;
  result.mean_queue = queue / sum;
  result.mean_response = result.mean_in_system / result.throughput;
  result.mean_wait = result.mean_queue / result.throughput;
  result.wait_probability = waits / sum / (1 - result.blocking);
  return result;
}

ErlangA erlang_a(double arrival_rate, double service_rate, std::int64_t servers, double abandonment_rate) {
  double here = 1, sum = 1, queue = 0, waits = servers == 0 ? 1 : 0;
  for (std::int64_t n = 1;; ++n) {
    const double waiting = as_double(std::max<std::int64_t>(0, n - servers));
    const double deaths = as_double(std::min(n, servers)) * service_rate + waiting * abandonment_rate;
    here *= arrival_rate / deaths;
    sum += here;
    queue += here * waiting;
    if (n >= servers) waits += here;
    if (sum > 1e200)
      for (double* each : {&here, &sum, &queue, &waits}) *each *= 1e-200;
    if (n > servers && deaths > arrival_rate && here * (1 + waiting) < 1e-17 * sum) break;
  }
  const double mean_queue = queue / sum;
  return {waits / sum, abandonment_rate * mean_queue / arrival_rate, mean_queue, mean_queue / arrival_rate};
}

double repair_working_share(std::int64_t machines, std::int64_t repairers, double failure_rate,
                            double repair_rate) {
  double here = 1, sum = 1, broken = 0;
  for (std::int64_t n = 1; n <= machines; ++n) {
    here *= as_double(machines - n + 1) * failure_rate / (as_double(std::min(n, repairers)) * repair_rate);
    sum += here;
    broken += here * as_double(n);
    if (sum > 1e200)
      for (double* each : {&here, &sum, &broken}) *each *= 1e-200;
  }
  return 1 - broken / sum / as_double(machines);
}

// ---- General services ----

double mg1_mean_wait(double arrival_rate, double mean_service, double variation_squared) {
  const double utilisation = arrival_rate * mean_service;
  if (utilisation >= 1) return kInfinity;
  return utilisation * mean_service * (1 + variation_squared) / (2 * (1 - utilisation));
}

// Seen every service time, X' = max(X - c, 0) + Poisson(a). Its generating function is known but for the roots of
// z^c = e^(a (z - 1)) within the unit circle; the derivative at 1 of its logarithm is the mean:
//     E X = a - (c (c - 1) - a^2) / (2 (c - a)) + sum over the roots of 1 / (1 - z).
// The roots are fixed points of z = w e^(a (z - 1) / c), w running through the c-th roots of unity other than 1.
double mdc_mean_wait(double arrival_rate, double service, std::int64_t servers) {
  const double a = arrival_rate * service, c = as_double(servers);
  if (a >= c) return kInfinity;
  std::complex<double> sum = 0;
  for (std::int64_t k = 1; k < servers; ++k) {
    const std::complex<double> w = std::polar(1.0, 2 * std::numbers::pi * as_double(k) / c);
    std::complex<double> z = 0;
    for (int i = 0; i < 200; ++i) {
      const std::complex<double> image = w * std::exp(a / c * (z - 1.0));
      const std::complex<double> change = (image - z) / (1.0 - a / c * image);  // Newton
      z += i < 5 ? image - z : change;
      if (i >= 5 && std::abs(change) < 1e-16) break;
    }
    sum += 1.0 / (1.0 - z);
  }
  const double in_system = a - (c * (c - 1) - a * a) / (2 * (c - a)) + sum.real();
  return in_system / arrival_rate - service;
}

double ggc_mean_wait(const Mmc& queue, double arrival_variation_squared, double service_variation_squared) {
  return queue.mean_wait() * (arrival_variation_squared + service_variation_squared) / 2;
}

// ---- Availability ----

double availability(double mtbf, double interval, double boot) { return mtbf / (mtbf + interval / 2 + boot); }

double group_availability(std::int64_t instances, std::int64_t needed, double of_one) {
  double sum = 0;
  for (std::int64_t up = std::max<std::int64_t>(needed, 0); up <= instances; ++up) {
    const double ways = std::lgamma(as_double(instances) + 1) - std::lgamma(as_double(up) + 1) -
                        std::lgamma(as_double(instances - up) + 1);
    const double down = up == instances ? 0 : as_double(instances - up) * std::log1p(-of_one);
    sum += std::exp(ways + (up == 0 ? 0 : as_double(up) * std::log(of_one)) + down);
  }
  return std::min(sum, 1.0);
}

// ---- Demand that changes ----

double MtMInf::mean_at(double t) const {
  const double square = service_rate * service_rate + frequency * frequency;
  return mean_rate / service_rate +
         swing * (service_rate * std::sin(frequency * t) - frequency * std::cos(frequency * t)) / square;
}

double MtMInf::peak() const { return mean_rate / service_rate + swing / std::hypot(service_rate, frequency); }

double MtMInf::lag() const { return std::atan(frequency / service_rate) / frequency; }

RampDeficit ramp_deficit(double rate, double delay, double length) {
  const double area = rate * delay * (length - delay / 2);
  return {area, area / length};
}

FluidStep fluid_step(double rate, double capacity, double delay, double capacity_after) {
  const double backlog = (rate - capacity) * delay;
  const double drain = backlog / (capacity_after - rate);
  return {backlog, drain, backlog / capacity_after, delay * (1 - capacity / rate),
          backlog * (delay + drain) / 2};
}

Growth cooldown_growth(std::int64_t gap, std::int64_t step, double action, double cooldown) {
  const std::int64_t actions = (gap + step - 1) / step;
  return {actions,
          as_double(actions) * action + as_double(std::max<std::int64_t>(0, actions - 1)) * cooldown};
}

double halfin_whitt(double beta) {
  const double below = std::erfc(-beta / std::numbers::sqrt2) / 2;
  const double density = std::exp(-beta * beta / 2) / std::sqrt(2 * std::numbers::pi);
  return 1 / (1 + beta * below / density);
}

}  // namespace tidepool::sim::load
