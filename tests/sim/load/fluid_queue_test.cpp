// The queue of a fluid: exact where only the fluid moves, close to the closed forms where chance makes requests wait.
#include "sim/load/fluid_queue.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "sim/load/station.hpp"

namespace tidepool::sim::load {
namespace {

using namespace std::chrono_literals;

constexpr Amount kUnit = kAmountUnit;

double seconds(Nanos span) { return static_cast<double>(span.count()) / 1e9; }

// So many servers of one slot, each of which serves `per_server` a second, for `length` at a rate of `per_second`.
FluidSpan a_span(Duration length, double per_second, std::int64_t servers, double per_server) {
  const double long_s = static_cast<double>(length.count()) / 1e6;
  return {length, static_cast<Amount>(per_second * long_s * 1e6 + 0.5),
          static_cast<Amount>(static_cast<double>(servers) * per_server * long_s * 1e6 + 0.5), servers};
}

TEST_CASE("the probability of waiting is that of Erlang C", "[fluid_queue]") {
  CHECK(waiting_probability(1.5, 2) == Approx(0.6428571429).epsilon(1e-9));
  CHECK(waiting_probability(4, 5) == Approx(0.5541125541).epsilon(1e-9));
  CHECK(waiting_probability(8, 10) == Approx(0.4091801508).epsilon(1e-9));
  CHECK(waiting_probability(95, 100) == Approx(0.5064568539).epsilon(1e-9));
  CHECK(waiting_probability(1000, 1032) == Approx(0.2230633477).epsilon(1e-9));
  CHECK(waiting_probability(0, 3) == 0);
  CHECK(waiting_probability(3, 3) == 1);
  CHECK(waiting_probability(1, 100'000) < 1e-15);
}

TEST_CASE("a step that passes the capacity makes the backlog and the waiting of the closed form",
          "[fluid_queue]") {
  FluidQueue queue({.service = 100ms});
  queue.advance(a_span(100s, 100, 10, 10));
  queue.take_window();
  queue.advance(a_span(396'900ms, 150, 10, 10));
  CHECK(queue.backlog() == 19'845 * kUnit);
  const auto rest = queue.advance(a_span(396'900ms, 150, 20, 10));
  CHECK(queue.backlog() == 0);
  CHECK(rest.served == 79'380 * kUnit);
  CHECK(static_cast<double>(queue.waiting()) / 1e12 == Approx(7'876'480.5).epsilon(1e-12));
  CHECK(seconds(queue.responses().most()) == Approx(132.3).epsilon(0.05));  // Came at 396.9 s, served by 20.
}

TEST_CASE("who waits longest at a step is served last before the capacity comes", "[fluid_queue]") {
  FluidQueue queue({.service = 1ms});
  queue.advance(a_span(396'900ms, 150, 10, 10));
  for (int i = 0; i < 1000; ++i) queue.advance(a_span(396'900us, 150, 20, 10));
  // A request that came at t waits 0.5 t while 100 are served a second: those served at 396.9 s came at 264.6 s.
  const LatencyHistogram all = queue.responses();
  CHECK(seconds(all.most()) == Approx(132.3).epsilon(0.01));
}

TEST_CASE("steady demand has the mean and the tail of M/M/c", "[fluid_queue]") {
  struct Row {
    double rate;
    std::int64_t servers;
    double mean, wait;
  };
  const auto row = GENERATE(values<Row>({{8, 10, 1.204590075, .2045900754},
                                         {4, 5, 1.5541125541, .5541125541},
                                         {95, 100, 1.1012913708, .1012913708},
                                         {0.8, 1, 5, 4}}));
  FluidQueue queue({.service = 1s});
  queue.advance(a_span(24h, row.rate, row.servers, 1));
  const LatencyHistogram all = queue.responses();
  CHECK(all.mean_ns() / 1e9 == Approx(row.mean).epsilon(0.005));
  CHECK(all.count() == static_cast<std::int64_t>(row.rate * 86'400 * 1e6 + 0.5));
}

TEST_CASE("the share of long responses of M/M/10 is met", "[fluid_queue]") {
  FluidQueue queue({.service = 1s, .bound = Nanos{2s}});
  queue.advance(a_span(24h, 8, 10, 1));
  const LatencyHistogram all = queue.responses();
  CHECK(static_cast<double>(queue.late()) / static_cast<double>(all.count()) ==
        Approx(.1832173990).margin(0.01));
}

TEST_CASE("services that vary less than exponential ones halve the waiting", "[fluid_queue]") {
  FluidQueue queue({.service = 1s, .service_variation = 0});
  queue.advance(a_span(24h, 0.8, 1, 1));
  CHECK(queue.responses().mean_ns() / 1e9 == Approx(1 + 2).epsilon(0.01));  // M/D/1: Wq 2
}

TEST_CASE("a short span near saturation does not wait as if it lasted for ever", "[fluid_queue]") {
  FluidQueue queue({.service = 1s});
  queue.advance(a_span(60s, 9.999, 10, 1));
  CHECK(queue.responses().mean_ns() / 1e9 < 4);
}

TEST_CASE("response times do not depend on how the time is cut into spans", "[fluid_queue]") {
  const auto mean_of = [](Duration span) {
    FluidQueue queue({.service = 100ms});
    for (Duration passed{}; passed < 6h; passed += span) queue.advance(a_span(span, 9.9, 1, 10));
    return queue.responses().mean_ns() / 1e9;
  };
  const double whole = mean_of(6h);
  CHECK(whole == Approx(10).epsilon(0.1));  // M/M/1: 1 / (10 - 9.9) s, once it has settled.
  CHECK(mean_of(1h) == Approx(whole).epsilon(0.05));
  CHECK(mean_of(5min) == Approx(whole).epsilon(0.05));
  CHECK(mean_of(1s) == Approx(whole).epsilon(0.05));
}

TEST_CASE("nothing is lost: served, dropped and waiting add up to what was offered", "[fluid_queue]") {
  FluidQueue queue({.service = 100ms, .limit = 500 * kUnit});
  Amount offered = 0, served = 0, dropped = 0;
  const int rates[] = {50, 120, 300, 0, 90, 101, 99, 400, 10};
  for (const int rate : rates)
    for (const std::int64_t servers : {10, 0, 12}) {
      const FluidSpan span = a_span(7s, rate, servers, 10);
      const auto outcome = queue.advance(span);
      offered += span.offered;
      served += outcome.served;
      dropped += outcome.dropped;
      CHECK(queue.backlog() >= 0);
      CHECK(queue.backlog() <= 500 * kUnit);
      CHECK(served + dropped + queue.backlog() == offered);
    }
  CHECK(dropped > 0);
  CHECK(queue.responses().count() == served);
}

TEST_CASE("what comes while nobody serves waits until somebody does", "[fluid_queue]") {
  FluidQueue queue({.service = 1ms});
  queue.advance(a_span(100s, 10, 0, 10));
  CHECK(queue.backlog() == 1000 * kUnit);
  CHECK_FALSE(queue.take_window());
  queue.advance(a_span(100s, 0, 1, 10));
  const auto window = queue.take_window();
  REQUIRE(window);
  CHECK(window->requests == 1000 * kUnit);
  CHECK(seconds(window->mean) ==
        Approx(100).epsilon(0.01));  // Each came when as much was ahead as there was time left.
  CHECK_FALSE(queue.take_window());
}

// ---- Against the station, request by request ----

TEST_CASE("the fluid and the request by request model agree on a day with a rush", "[fluid_queue][station]") {
  // 20 servers of 10 a second for 15 minutes at 120, 170 (rush), 230 (too much), 100 a second.
  const std::vector<Amount> minutes = [] {
    std::vector<Amount> all;
    for (const int rate : {120, 170, 230, 100, 100})
      for (int i = 0; i < 15; ++i) all.push_back(rate * 60 * kUnit);
    return all;
  }();
  const auto trace = std::make_shared<const Trace>(kEpoch, Duration{1min}, minutes);
  LatencyHistogram played;
  std::int64_t served = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    StationSettings settings;
    settings.arrivals.trace = trace;
    settings.service = exponential(100ms);
    Station station(settings, kEpoch, seed);
    for (ServerKey key = 0; key < 20; ++key) station.add_server(key, kEpoch);
    station.advance(kEpoch + 75min);
    played += station.responses();
    served += station.totals().completed;
  }
  FluidQueue queue({.service = 100ms});
  Amount flowed = 0;
  for (const Amount each : minutes) flowed += queue.advance({1min, each, 20 * 10 * 60 * kUnit, 20}).served;
  const LatencyHistogram all = queue.responses();
  CHECK(static_cast<double>(flowed) / 1e6 == Approx(static_cast<double>(served) / 5).epsilon(0.005));
  CHECK(all.mean_ns() == Approx(played.mean_ns()).epsilon(0.05));
  for (const double p : {0.5, 0.9, 0.95, 0.99})
    CHECK(seconds(*all.quantile(p)) == Approx(seconds(*played.quantile(p))).epsilon(0.1));
}

}  // namespace
}  // namespace tidepool::sim::load
