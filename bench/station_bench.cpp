// What a request costs: customers a second through a station.
//
// The label of each row is the mean wait in units of the mean service time: rows say what they simulated.

#include "sim/load/station.hpp"

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "sim/engine/time.hpp"

namespace tidepool::sim::load {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Duration kLongest = hours{24 * 365 * 20};

StationSettings mmc(double per_second) {
  StationSettings settings;
  settings.arrivals.trace = constant_rate(per_second, Time{}, kLongest);
  settings.service = exponential(seconds{1});
  return settings;
}

Station with_servers(const StationSettings& settings, std::int64_t count) {
  Station station(settings, Time{}, 1);
  for (std::int64_t i = 0; i < count; ++i) station.add_server(static_cast<ServerKey>(i), Time{});
  return station;
}

void run(benchmark::State& state, const StationSettings& settings, std::int64_t servers, double per_second) {
  constexpr double kCustomers = 1e6;
  const Time end{
      std::chrono::duration_cast<Duration>(std::chrono::duration<double>(kCustomers / per_second))};
  std::int64_t customers = 0;
  double wait = 0;
  for (auto _ : state) {
    Station station = with_servers(settings, servers);
    station.advance(end);
    customers += station.totals().arrived;
    wait = station.waits().mean_ns() / settings.service.mean_ns();
  }
  state.SetItemsProcessed(customers);
  state.SetLabel("wait " + std::to_string(wait));
}

// A million customers, one queue, state.range(0) servers at 90 % load.
void BM_MMc(benchmark::State& state) {
  const double rate = 0.9 * static_cast<double>(state.range(0));
  run(state, mmc(rate), state.range(0), rate);
}
BENCHMARK(BM_MMc)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

// The same with a queue at each of 100 instances, by policy of the balancer (as in the enumeration).
void BM_QueueAtInstance(benchmark::State& state) {
  StationSettings settings = mmc(90);
  settings.queue_at = QueuePlace::Instance;
  settings.policy = static_cast<BalancerPolicy>(state.range(0));
  run(state, settings, 100, 90);
}
BENCHMARK(BM_QueueAtInstance)->DenseRange(0, 4)->Unit(benchmark::kMillisecond);

// Everything at once: a limit, time-outs, patience, retries, a bound.
void BM_AllTroubles(benchmark::State& state) {
  StationSettings settings = mmc(95);
  settings.queue_limit = 50;
  settings.patience = exponential(seconds{2});
  settings.timeout = seconds{5};
  settings.retry.attempts = 3;
  settings.retry.jitter = 1;
  settings.bound = seconds{2};
  run(state, settings, 100, 95);
}
BENCHMARK(BM_AllTroubles)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidepool::sim::load
