#include "sim/load/fluid_queue.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/load/queueing_formulas.hpp"
#include "sim/load/station.hpp"

namespace tidepool::sim::load {
namespace {

using namespace std::chrono_literals;

FluidWaits at_rest(const FluidStretch& stretch) {
  FluidQueue queue;
  FluidWaits seen;
  for (int i = 0; i < 200; ++i) seen = queue.advance(stretch);
  return seen;
}

}  // namespace

TEST_CASE("at rest a fluid queue is M/M/c", "[fluid]") {
  const Mmc queue = GENERATE(Mmc{8, 1, 10}, Mmc{0.8, 1, 1}, Mmc{95, 1, 100}, Mmc{20, 10, 3}, Mmc{1, 1, 8});
  const FluidWaits seen = at_rest({queue.arrival_rate, queue.service_rate, queue.servers, 60});
  CHECK(seen.in_system == Approx(queue.mean_in_system()).epsilon(0.01));
  CHECK(seen.mean_response == Approx(queue.mean_response()).epsilon(0.01));
  CHECK(seen.wait_probability == Approx(queue.wait_probability()).epsilon(0.02).margin(1e-3));
}

TEST_CASE("other variations scale the queue", "[fluid]") {
  const FluidWaits constant = at_rest({0.8, 1, 1, 60, 0.5});
  CHECK(constant.mean_wait == Approx(mdc_mean_wait(0.8, 1, 1)).epsilon(0.02));
  const FluidWaits wild = at_rest({0.8, 1, 1, 60, 2.5});
  CHECK(wild.mean_wait == Approx(mg1_mean_wait(0.8, 1, 4)).epsilon(0.02));
}

TEST_CASE("under overload it is the fluid", "[fluid]") {
  FluidQueue queue;
  for (int i = 0; i < 50; ++i) queue.advance({100, 10, 10, 10, 0.001});
  const double before = queue.in_system();
  for (int i = 0; i < 39; ++i) queue.advance({150, 10, 10, 10, 0.001});
  queue.advance({150, 10, 10, 6.9, 0.001});
  CHECK(queue.in_system() - before == Approx(fluid_step(150, 100, 396.9, 200).backlog).epsilon(0.01));
  for (int i = 0; i < 39; ++i) queue.advance({150, 10, 20, 10, 0.001});
  CHECK(queue.in_system() == Approx(15 + 6.9 * 50).epsilon(0.05));
}

TEST_CASE("nothing serves without servers, and nothing comes of nothing", "[fluid]") {
  FluidQueue queue;
  CHECK(queue.advance({5, 1, 0, 10}).served == 0);
  CHECK(queue.in_system() == Approx(50));
  CHECK(queue.advance({0, 1, 10, 0}).served == 0);
  for (int i = 0; i < 20; ++i) queue.advance({0, 1, 10, 10});
  CHECK(queue.in_system() < 1e-3);
}

// A day in an hour: demand 20 to 100 a second, servers of 10 a second that follow 3 minutes behind at 80 %, so that it is
// overloaded while demand rises. The bound that we state: 10 % of the mean response over the day, 15 % of the mean
// queue.
TEST_CASE("the fluid agrees with requests over a day with overload, within the bound that is stated",
          "[fluid]") {
  constexpr int kSteps = 360, kRuns = 20;
  constexpr double kStep = 10, kPerServer = 10;
  std::vector<double> rates(kSteps);
  std::vector<std::int64_t> servers(kSteps);
  const auto rate_at = [](int step) { return 60 - 40 * std::cos(2 * 3.14159265358979 * step / kSteps); };
  std::vector<Amount> amounts;
  for (int i = 0; i < kSteps; ++i) {
    rates[static_cast<std::size_t>(i)] = rate_at(i);
    servers[static_cast<std::size_t>(i)] =
        static_cast<std::int64_t>(std::ceil(rate_at(i - 18) / kPerServer / 0.8));
    amounts.push_back(std::llround(rate_at(i) * kStep * 1e6));
  }
  FluidQueue fluid;
  double queue = 0, in_system = 0, served = 0;
  for (std::size_t i = 0; i < kSteps; ++i) {
    const FluidWaits seen = fluid.advance({rates[i], kPerServer, servers[i], kStep});
    queue += seen.queue * kStep;
    in_system += seen.in_system * kStep;
    served += seen.served;
  }

  StationSettings settings;
  settings.arrivals.trace = std::make_shared<const Trace>(Time{}, 10s, amounts);
  settings.service = exponential(100ms);
  double waiting = 0, response = 0, completed = 0;
  for (std::uint64_t run = 0; run < kRuns; ++run) {
    Station station(settings, Time{}, 1, run);
    std::int64_t have = 0;
    for (std::size_t i = 0; i < kSteps; ++i) {
      const Time now{10s * static_cast<std::int64_t>(i)};
      for (; have < servers[i]; ++have) station.add_server(static_cast<ServerKey>(have), now);
      for (; have > servers[i]; --have)
        station.remove_server(static_cast<ServerKey>(have - 1), now, Duration::max());
    }
    station.advance(Time{1h});
    waiting += static_cast<double>(station.totals().waiting.count()) / 1e6 / kRuns;
    response += static_cast<double>(station.responses().sum_ns()) / 1e9;
    completed += static_cast<double>(station.totals().completed);
  }
  CHECK(queue == Approx(waiting).epsilon(0.15));
  CHECK(in_system / served == Approx(response / completed).epsilon(0.1));
  CHECK(served == Approx(completed / kRuns).epsilon(0.005));
}

}  // namespace tidepool::sim::load
