#include "sim/engine/simulator.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "sim/engine/rng.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim {
namespace {

using namespace std::chrono_literals;

using Numbers = Simulator<int>;

Time at(std::int64_t us) { return Time{Duration{us}}; }

// A little world for copying: machines that fail and are repaired, with the chance they draw from.
struct World {
  Simulator<int> simulator;
  Rng rng{1, "failures"};
  std::uint64_t fingerprint = 0;

  void run_until(Time limit) {
    simulator.run_until(limit, [this](const int& machine) {
      const auto when = static_cast<std::uint64_t>(simulator.now().time_since_epoch().count());
      fingerprint = (fingerprint ^ when ^ static_cast<std::uint64_t>(machine)) * 0x100000001b3U;
      simulator.schedule_after(rng.exponential(10s), machine);
      const EventId guard = simulator.schedule_after(60s, machine);
      if (!rng.bernoulli_ppm(10'000)) simulator.cancel(guard);
    });
  }
};

}  // namespace

TEST_CASE("run until handles what is due by the limit, and then it is the limit", "[engine]") {
  Numbers simulator{at(100)};
  std::vector<std::pair<Time, int>> seen;
  const auto note = [&](const int& number) { seen.emplace_back(simulator.now(), number); };
  simulator.schedule_at(at(300), 3);
  simulator.schedule_after(100us, 2);
  simulator.schedule_at(at(100), 1);
  simulator.schedule_at(at(301), 4);
  CHECK(simulator.next_time() == at(100));
  simulator.run_until(at(300), note);
  CHECK(seen == std::vector<std::pair<Time, int>>{{at(100), 1}, {at(200), 2}, {at(300), 3}});
  CHECK(simulator.now() == at(300));
  CHECK(simulator.events_handled() == 3);
  CHECK(simulator.queue().size() == 1);
  simulator.run_until(at(300), note);
  CHECK(seen.size() == 3);
  simulator.run_until(at(5000), note);
  CHECK(seen.back() == std::pair{at(301), 4});
  CHECK(simulator.now() == at(5000));
}

TEST_CASE("what a handler schedules for now runs in the same run, behind what was there", "[engine]") {
  Numbers simulator;
  std::vector<int> seen;
  simulator.schedule_at(at(10), 1);
  simulator.schedule_at(at(10), 2);
  simulator.run_until(at(10), [&](const int& number) {
    seen.push_back(number);
    if (number < 10) simulator.schedule_after(0us, number + 10);
  });
  CHECK(seen == std::vector{1, 2, 11, 12});
}

TEST_CASE("a handler may cancel another event of the same moment, but not the one that runs", "[engine]") {
  Numbers simulator;
  std::vector<int> seen;
  const EventId first = simulator.schedule_at(at(10), 1);
  const EventId second = simulator.schedule_at(at(10), 2);
  simulator.schedule_at(at(10), 3);
  simulator.run_until(at(20), [&](const int& number) {
    seen.push_back(number);
    if (number != 1) return;
    CHECK_FALSE(simulator.cancel(first));
    CHECK(simulator.cancel(second));
  });
  CHECK(seen == std::vector{1, 3});
}

TEST_CASE("a handler may schedule so much that the queue moves its memory", "[engine]") {
  Numbers simulator;
  int seen = 0;
  simulator.schedule_at(at(1), 5000);
  simulator.run_until(at(20'000), [&](const int& number) {
    ++seen;
    for (int i = 0; i < number; ++i) simulator.schedule_after(Duration{1 + i * 7 % 5000}, 0);
  });
  CHECK(seen == 5001);
}

TEST_CASE("a step handles one event, or moves the present to the limit when none is due", "[engine]") {
  Numbers simulator;
  int last = 0;
  const auto note = [&](const int& number) { last = number; };
  simulator.schedule_at(at(10), 1);
  simulator.schedule_at(at(30), 2);
  CHECK(simulator.step(at(20), note));
  CHECK(simulator.now() == at(10));
  CHECK(last == 1);
  CHECK_FALSE(simulator.step(at(20), note));
  CHECK(simulator.now() == at(20));
  CHECK(simulator.step(at(30), note));
  CHECK(last == 2);
}

TEST_CASE("a handler that throws leaves the simulator at its event, which is gone", "[engine]") {
  Numbers simulator;
  simulator.schedule_at(at(10), 1);
  simulator.schedule_at(at(20), 2);
  CHECK_THROWS_AS(simulator.run_until(at(50), [](const int&) { throw std::runtime_error("no"); }),
                  std::runtime_error);
  CHECK(simulator.now() == at(10));
  CHECK(simulator.queue().size() == 1);
  CHECK(simulator.next_time() == at(20));
}

TEST_CASE("a copied world and its original have the same future, however it is cut into runs", "[engine]") {
  World world;
  for (int machine = 0; machine < 200; ++machine) world.simulator.schedule_at(at(machine), machine);
  world.run_until(Time{100s});
  World copy = world;
  world.run_until(Time{1000s});
  for (Time limit = Time{100s}; limit <= Time{1000s}; limit += 1234us * 1000) copy.run_until(limit);
  copy.run_until(Time{1000s});
  CHECK(copy.fingerprint == world.fingerprint);
  CHECK(copy.simulator.events_handled() == world.simulator.events_handled());
  CHECK(copy.rng == world.rng);
  CHECK(world.simulator.events_handled() > 20'000);
}

TEST_CASE("for any list of times, events are handled in the order of a stable sort", "[engine]") {
  rc::prop("the simulator sorts like std::stable_sort",
           [](const std::vector<std::uint16_t>& times, bool wide) {
             Simulator<std::size_t> simulator;
             std::vector<std::size_t> expected;
             for (std::size_t i = 0; i < times.size(); ++i) {
               simulator.schedule_at(at(wide ? std::int64_t{times[i]} << 30 : times[i] / 64), i);
               expected.push_back(i);
             }
             std::stable_sort(expected.begin(), expected.end(), [&](std::size_t a, std::size_t b) {
               return wide ? times[a] < times[b] : times[a] / 64 < times[b] / 64;
             });
             std::vector<std::size_t> handled;
             simulator.run_until(kNever, [&](const std::size_t& i) { handled.push_back(i); });
             RC_ASSERT(handled == expected);
           });
}

}  // namespace tidepool::sim
