#include "sim/load/station.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "sim/engine/rng.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim::load {
namespace {

using namespace std::chrono_literals;

constexpr Time kStart{};
Time at(Duration since) { return kStart + since; }

// Requests at given times, each of which needs so long.
StationSettings recorded(std::vector<RecordedRequest> requests) {
  StationSettings settings;
  settings.arrivals.kind = ArrivalSettings::Kind::Replay;
  settings.arrivals.recorded = std::make_shared<const std::vector<RecordedRequest>>(std::move(requests));
  settings.service = constant(1s);
  return settings;
}

StationSettings poisson(double per_second, TimeDistribution service) {
  StationSettings settings;
  settings.arrivals.trace = constant_rate(per_second, kStart, 24h * 365);
  settings.service = std::move(service);
  return settings;
}

Station a_station(const StationSettings& settings, std::uint64_t servers = 1, std::uint64_t seed = 1) {
  Station station(settings, kStart, seed);
  for (std::uint64_t i = 0; i < servers; ++i) station.add_server(i, kStart);
  return station;
}

// Every request is somewhere.
void check_balance(const Station& station) {
  const StationTotals& t = station.totals();
  const std::int64_t inside = station.waiting() + station.busy() + station.backing_off();
  const std::int64_t ended = t.completed + t.dropped + t.abandoned + t.timed_out + t.failed;
  CHECK(t.arrived >= ended);
  CHECK(t.arrived - ended <= inside);  // A slot may work for a client who is gone.
  CHECK(t.attempts == t.arrived + t.retried);
}

const std::vector<RecordedRequest> kThreeAtOnce{{at(1s), 1s}, {at(1s), 2s}, {at(1s), 3s}};

}  // namespace

TEST_CASE("one server serves in order of arrival", "[load]") {
  Station station = a_station(recorded(kThreeAtOnce));
  station.advance(at(1s));
  CHECK(station.totals().arrived == 0);  // What happens exactly then is left for later.
  station.advance(at(1s + 1us));
  CHECK(station.busy() == 1);
  CHECK(station.waiting() == 2);
  CHECK(station.outstanding(0) == 1);
  station.advance(at(1min));
  CHECK(station.totals().completed == 3);
  CHECK(station.totals().busy == 6s);
  CHECK(station.totals().waiting == 4s);  // 0 + 1 + 3
  CHECK(station.totals().enabled == 60s);
  CHECK(station.totals().queued == 2);
  CHECK(station.waits().sum_ns() == Wide{4'000'000'000});
  CHECK(station.responses().sum_ns() == Wide{10'000'000'000});  // 1 + 3 + 6
  CHECK(station.responses().most() == 6s);
}

TEST_CASE("slots of a server work side by side", "[load]") {
  StationSettings settings = recorded(kThreeAtOnce);
  settings.concurrency = 2;
  Station station = a_station(settings);
  station.advance(at(1min));
  CHECK(station.responses().sum_ns() == Wide{(1 + 2 + 4) * 1'000'000'000LL});
  CHECK(station.totals().enabled == 120s);
}

TEST_CASE("a queue at the instance is decided on arrival, one at the balancer when a slot is free",
          "[load]") {
  // The second server is done early, but the third request was given to the first.
  StationSettings settings = recorded({{at(1s), 9s}, {at(1s), 1s}, {at(1s), 1s}});
  settings.queue_at = QueuePlace::Instance;
  Station own = a_station(settings, 2);
  own.advance(at(1min));
  CHECK(own.responses().most() == 10s);
  settings.queue_at = QueuePlace::Balancer;
  Station common = a_station(settings, 2);
  common.advance(at(1min));
  CHECK(common.responses().most() == 9s);
}

TEST_CASE("what finds the queue full is dropped, and without a server only a queue at the balancer waits",
          "[load]") {
  StationSettings settings = recorded(kThreeAtOnce);
  settings.queue_limit = 1;
  settings.queue_at = GENERATE(QueuePlace::Balancer, QueuePlace::Instance);
  Station station = a_station(settings);
  station.advance(at(1min));
  CHECK(station.totals().completed == 2);
  CHECK(station.totals().dropped == 1);
  CHECK(station.totals().refused == 1);

  Station empty = a_station(settings, 0);
  empty.add_server(7, at(5s));
  empty.advance(at(1min));
  const bool waits = settings.queue_at == QueuePlace::Balancer;
  CHECK(empty.totals().completed == (waits ? 1 : 0));
  CHECK(empty.totals().dropped == (waits ? 2 : 3));
}

TEST_CASE("a weight of zero gets no new requests, under every policy", "[load]") {
  StationSettings settings = poisson(5, constant(100ms));
  settings.policy =
      GENERATE(BalancerPolicy::RoundRobin, BalancerPolicy::Weighted, BalancerPolicy::LeastOutstanding,
               BalancerPolicy::Random, BalancerPolicy::PowerOfTwo);
  settings.queue_at = GENERATE(QueuePlace::Balancer, QueuePlace::Instance);
  Station station = a_station(settings, 2);
  station.add_server(1, at(10s), 0);
  station.advance(at(60s));
  const StationTotals before = station.totals();
  CHECK(before.completed > 200);
  station.remove_server(0, at(60s), Duration::max());
  station.advance(at(70s));
  CHECK(station.outstanding(1) == 0);
  CHECK(station.totals().completed - before.completed <= 3);
  station.add_server(1, at(70s), 5);
  station.advance(at(80s));
  CHECK(station.totals().completed - before.completed > 20);
}

TEST_CASE("patience ends a wait but no service", "[load]") {
  StationSettings settings = recorded(kThreeAtOnce);
  settings.patience = constant(1500ms);
  settings.retry.attempts = 5;  // Who gave up does not come back.
  Station station = a_station(settings);
  station.advance(at(1min));
  CHECK(station.totals().abandoned == 1);  // The second waits 1 s, the third would wait 3 s.
  CHECK(station.totals().completed == 2);
  CHECK(station.totals().waiting == 2500ms);
  CHECK(station.totals().retried == 0);
}

TEST_CASE("a time-out ends a wait and a service, and the work goes on or stops", "[load]") {
  StationSettings settings = recorded({{at(1s), 5s}, {at(2s), 1s}, {at(2500ms), 1s}});
  settings.timeout = 2s;
  settings.after_timeout = GENERATE(AfterTimeout::StopWork, AfterTimeout::FinishWork);
  Station station = a_station(settings);
  station.advance(at(1min));
  const bool stops = settings.after_timeout == AfterTimeout::StopWork;
  // Stopped at 3 s: the second is served 3 to 4 s, exactly at its time-out, the third 4 s to its time-out at 4.5 s.
  CHECK(station.totals().timed_out == (stops ? 2 : 3));
  CHECK(station.totals().completed == (stops ? 1 : 0));
  CHECK(station.totals().wasted == (stops ? 0 : 1));
  CHECK(station.totals().busy == (stops ? 3500ms : 5s));
}

TEST_CASE("what is tried again waits longer each time, and its response counts from the first arrival",
          "[load]") {
  StationSettings settings = recorded({{at(1s), 10s}, {at(1s), 1s}});
  settings.queue_limit = 0;
  settings.retry.attempts = 5;
  settings.retry.base = 1s;
  settings.retry.factor = 2;
  settings.retry.longest = 5s;
  Station station = a_station(settings);
  station.advance(at(3s));
  CHECK(station.backing_off() == 1);
  station.advance(at(1min));
  // Tried at 1, 2, 4, 8 and 13 s.
  CHECK(station.totals().completed == 2);
  CHECK(station.totals().retried == 4);
  CHECK(station.totals().refused == 4);
  CHECK(station.totals().dropped == 0);
  CHECK(station.responses().most() == 13s);
  CHECK(station.waits().most() == 0ns);

  settings.retry.attempts = 4;
  Station gives_up = a_station(settings);
  gives_up.advance(at(1min));
  CHECK(gives_up.totals().dropped == 1);
  CHECK(gives_up.totals().retried == 3);
}

TEST_CASE("a removed server finishes what it has within the time for draining", "[load]") {
  StationSettings settings = recorded({{at(1s), 4s}, {at(1s), 4s}, {at(3s), 1s}});
  settings.queue_at = QueuePlace::Instance;
  struct Row {
    const char* why;
    Duration drain;
    std::int64_t completed, failed;
  };
  const auto row = GENERATE(values<Row>({{"a death", 0s, 0, 2},
                                         {"the first within the limit", 5s, 1, 1},
                                         {"the limit itself is soon enough", 7s, 2, 0},
                                         {"no limit", Duration::max(), 2, 0}}));
  CAPTURE(row.why);
  Station station = a_station(settings);
  station.remove_server(0, at(2s), row.drain);
  CHECK(station.outstanding(0) == (row.drain == 0s ? 0 : 2));
  CHECK(station.servers() == 0);
  station.advance(at(1min));
  CHECK(station.totals().completed == row.completed);
  CHECK(station.totals().failed == row.failed);
  CHECK(station.totals().dropped == 1);  // At 3 s nobody takes requests.
  CHECK(station.outstanding(0) == 0);
  CHECK(station.totals().enabled ==
        2s + std::min<Duration>(row.drain, 7s));  // Busy all the time that it drains.
}

TEST_CASE("a draining server that is added again is taken back", "[load]") {
  Station station = a_station(recorded({{at(1s), 4s}, {at(3s), 4s}}));
  station.remove_server(0, at(2s), 1500ms);
  station.add_server(0, at(3s));
  station.advance(at(1min));
  CHECK(station.totals().completed == 2);
  CHECK(station.totals().failed == 0);
}

TEST_CASE("a request that lost its server is tried again at another", "[load]") {
  StationSettings settings = recorded({{at(1s), 4s}});
  settings.retry.attempts = 2;
  Station station = a_station(settings, 2);
  station.remove_server(0, at(2s), 0s);
  station.advance(at(1min));
  CHECK(station.totals().completed == 1);
  CHECK(station.responses().most() == 5100ms);  // 1 s lost, 0.1 s before the second attempt, 4 s
}

// Speed 1/5 to 1 over 10 s: the integral of 0.2 + 0.08 t.
TEST_CASE("a fresh server is slow at first", "[load]") {
  struct Row {
    Duration arrival, work, expected;
  };
  const auto row = GENERATE(values<Row>({{0s, 1200ms, 3520797us},  // 0.2 t + 0.04 t^2 = 1.2
                                         {0s, 6s, 10s},            // all of the ramp
                                         {0s, 8s, 12s},            // and 2 s at full speed
                                         {5s, 1s, 1513878us},      // 0.6 t + 0.04 t^2 = 1
                                         {10s, 3s, 3s}}));
  StationSettings settings = recorded({{at(row.arrival), row.work}});
  settings.warm_up_share = 0.2;
  settings.warm_up = 10s;
  Station station = a_station(settings);
  station.advance(at(1min));
  CHECK(in_micros(station.responses().most().count()) == row.expected);
}

TEST_CASE("servers that are off while idle are set up for who waits, and stopped when not needed", "[load]") {
  StationSettings settings = recorded({{at(0s), 1s}, {at(1s), 1s}, {at(10s), 1s}});
  settings.setup = constant(2s);
  Station station = a_station(settings, 2);
  station.advance(at(1500ms));
  CHECK(station.waiting() == 2);
  station.advance(at(1min));
  // Setup 0 to 2 s, service to 3 s, which is just before the second setup would end: the first server goes on. The third
  // waits for a setup of its own.
  CHECK(station.responses().sum_ns() == Wide{(3 + 3 + 3) * 1'000'000'000LL});
}

TEST_CASE("late responses are counted exactly", "[load]") {
  StationSettings settings = recorded(kThreeAtOnce);
  settings.bound = 3s;
  Station station = a_station(settings);
  station.advance(at(1min));
  CHECK(station.totals().late == 1);  // 1, 3 and 6 s: the bound itself is in time.
}

TEST_CASE("forgetting keeps what is under way", "[load]") {
  Station station = a_station(recorded(kThreeAtOnce));
  station.advance(at(3s));
  station.forget();
  CHECK(station.totals() == StationTotals{});
  station.advance(at(1min));
  CHECK(station.totals().arrived == 0);
  CHECK(station.totals().completed == 2);
  CHECK(station.totals().busy == 4s);
}

TEST_CASE("unsound settings are named with value and expectation", "[load]") {
  StationSettings settings = poisson(1, exponential(1s));
  CHECK_FALSE(fault_of(settings));
  settings.queue_limit = -1;
  CHECK(fault_of(settings) == "queue_limit: -1, expected 0 or more");
  settings.queue_limit = 5;
  settings.retry.jitter = 1.5;
  CHECK(fault_of(settings) == "retry jitter: 1.5, expected 0 to 1");
  settings.retry.jitter = 0;
  settings.setup = exponential(1s);
  settings.concurrency = 2;
  CHECK(fault_of(settings) == "setup: concurrency 2, expected 1");
  settings.arrivals.trace = nullptr;
  CHECK(fault_of(settings) == "arrivals: no trace, expected one");
}

namespace {

// Servers that come and go, and every trouble that there is.
StationSettings troubled(BalancerPolicy policy, QueuePlace place) {
  StationSettings settings = poisson(40, lognormal_of_mean(200ms, 1.5));
  settings.arrivals.kind = ArrivalSettings::Kind::Modulated;
  settings.arrivals.batch = 2;
  settings.arrivals.random_batch = true;
  settings.arrivals.busy_factor = 3;
  settings.arrivals.calm_length = settings.arrivals.busy_length = 20s;
  settings.concurrency = 2;
  settings.policy = policy;
  settings.queue_at = place;
  settings.queue_limit = 30;
  settings.patience = exponential(2s);
  settings.timeout = 3s;
  settings.retry.attempts = 3;
  settings.retry.jitter = 0.5;
  settings.warm_up_share = 0.25;
  settings.warm_up = 30s;
  settings.bound = 1s;
  return settings;
}

Station after_storm(const StationSettings& settings, Duration piece) {
  Station station(settings, kStart, 11);
  Rng rng(5, "storm");
  for (int minute = 0; minute < 60; ++minute) {
    for (Duration t{}; t < 60s; t += piece) station.advance(at(1min * minute + t));
    const auto key = static_cast<ServerKey>(rng.uniform_int(0, 9));
    if (rng.bernoulli_ppm(600'000))
      station.add_server(key, at(1min * minute + 59s), rng.uniform_int(0, 3));
    else
      station.remove_server(key, at(1min * minute + 59s), rng.uniform_duration(0s, 5s));
  }
  station.advance(at(61min));
  return station;
}

}  // namespace

TEST_CASE("a storm loses no request, and is the same in whatever pieces it is played", "[load]") {
  const auto policy =
      GENERATE(BalancerPolicy::RoundRobin, BalancerPolicy::Weighted, BalancerPolicy::LeastOutstanding,
               BalancerPolicy::Random, BalancerPolicy::PowerOfTwo);
  StationSettings settings = troubled(policy, GENERATE(QueuePlace::Balancer, QueuePlace::Instance));
  settings.after_timeout = GENERATE(AfterTimeout::StopWork, AfterTimeout::FinishWork);
  const Station whole = after_storm(settings, 59s), pieces = after_storm(settings, 7s);
  CHECK(whole.totals() == pieces.totals());
  CHECK(whole.responses() == pieces.responses());
  CHECK(whole.waits() == pieces.waits());
  CHECK(whole.totals().arrived > 100'000);
  check_balance(whole);
  Station copy = whole;
  for (ServerKey key = 0; key < 10; ++key) copy.remove_server(key, at(62min), 0s);
  CHECK(copy.busy() == 0);
  CHECK(copy.servers() == 0);
  const StationTotals& t = copy.totals();
  CHECK(t.arrived - t.completed - t.dropped - t.abandoned - t.timed_out - t.failed ==
        copy.waiting() + copy.backing_off());
}

// Golden numbers: when they change, so does every recorded run with requests.
TEST_CASE("a station gives the same numbers on every compiler", "[load]") {
  const Station station = after_storm(troubled(BalancerPolicy::PowerOfTwo, QueuePlace::Instance), 30s);
  const StationTotals& t = station.totals();
  CHECK(
      std::vector{t.arrived, t.completed, t.dropped, t.abandoned, t.timed_out, t.failed, t.late, t.retried} ==
      std::vector<std::int64_t>{291764, 125323, 53819, 112012, 479, 15, 79325, 170292});
  CHECK(t.busy.count() == 27146567691);
  CHECK(static_cast<std::int64_t>(station.responses().sum_ns()) == 163781047152426);
}

TEST_CASE("requests of one seed are the same whatever the servers", "[load]") {
  const StationSettings settings = poisson(50, exponential(100ms));
  Station few = a_station(settings, 6), many = a_station(settings, 60);
  for (Station* each : {&few, &many}) {
    each->advance(at(1h));
    for (ServerKey key = 0; key < 60; ++key) each->remove_server(key, at(1h), Duration::max());
    each->add_server(100, at(1h));
  }
  CHECK(few.totals().arrived == many.totals().arrived);
  CHECK(few.totals().busy.count() == Approx(many.totals().busy.count()).epsilon(1e-4));
}

}  // namespace tidepool::sim::load
