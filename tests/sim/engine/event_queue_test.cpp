#include "sim/engine/event_queue.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "sim/engine/rng.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim {
namespace {

using Queue = EventQueue<int>;

Time at(std::int64_t us) { return Time{Duration{us}}; }

// What is popped up to `limit`.
std::vector<int> popped_until(Queue& queue, Time limit) {
  std::vector<int> events;
  Queue::Popped out;
  while (queue.pop_until(limit, out)) events.push_back(out.event);
  return events;
}

// The queue beside the plainest thing that keeps the same promise: a map by time and number of push. Every
// answer of the queue is compared; failures are counted rather than asserted one by one, which keeps millions
// of steps cheap.
class Twins {
 public:
  Time now() const { return now_; }
  std::size_t size() const { return model_.size(); }
  std::uint64_t wrong() const { return wrong_; }
  std::uint64_t pops() const { return pops_; }

  void push(Time time) {
    const auto number = static_cast<int>(pushed_.size());
    const EventId id = queue_.push(time, number);
    model_.emplace(std::pair{time, number}, id);
    pushed_.emplace_back(time, id);
  }

  void cancel_any(Rng& rng) {
    if (pushed_.empty()) return;
    cancel(rng.uniform_int(0, static_cast<std::int64_t>(pushed_.size()) - 1));
  }

  void cancel_recent(Rng& rng) {
    if (pushed_.empty()) return;
    const auto last = static_cast<std::int64_t>(pushed_.size()) - 1;
    cancel(rng.uniform_int(last > 300 ? last - 300 : 0, last));
  }

  bool pop_until(Time limit) {
    Queue::Popped out;
    const bool popped = queue_.pop_until(limit, out);
    const bool expected = !model_.empty() && model_.begin()->first.first <= limit;
    expect(popped == expected);
    now_ = limit;
    if (popped && expected) {
      const auto& [key, id] = *model_.begin();
      expect(out.time == key.first && out.event == key.second && out.id == id);
      now_ = key.first;
      model_.erase(model_.begin());
      ++pops_;
    }
    expect(queue_.now() == now_ && queue_.size() == model_.size() && queue_.empty() == model_.empty());
    return popped && expected;
  }

  void peek() {
    const auto next = queue_.next_time();
    expect(next.has_value() != model_.empty());
    if (next && !model_.empty()) expect(*next == model_.begin()->first.first);
  }

  void list() {
    const auto all = queue_.pending();
    expect(all.size() == model_.size());
    auto each = model_.begin();
    for (const auto& pending : all) {
      if (each == model_.end()) break;
      const auto& [key, id] = *each++;
      expect(pending.time == key.first && pending.event == key.second && pending.id == id);
    }
  }

 private:
  void cancel(std::int64_t number) {
    const auto [time, id] = pushed_[static_cast<std::size_t>(number)];
    const bool expected = model_.erase({time, static_cast<int>(number)}) == 1;
    expect(queue_.cancel(id) == expected);
  }

  void expect(bool right) { wrong_ += right ? 0 : 1; }

  Queue queue_;
  std::map<std::pair<Time, int>, EventId> model_;
  std::vector<std::pair<Time, EventId>> pushed_;
  Time now_ = kEpoch;
  std::uint64_t wrong_ = 0;
  std::uint64_t pops_ = 0;
};

// How far ahead the next push lies: several scales in one run, with ties and zero delays among them.
Duration some_delay(Rng& rng, std::int64_t scale) {
  switch (rng.uniform_int(0, 5)) {
    case 0: return Duration{0};
    case 1: return Duration{rng.uniform_int(0, 3)};
    case 2: return Duration{rng.uniform_int(0, 9) * scale};
    case 3: return Duration{rng.uniform_int(0, 1000 * scale)};
    case 4: return rng.exponential(Duration{scale});
    default: return Duration{scale};
  }
}

void random_step(Twins& twins, Rng& rng, std::int64_t scale, bool growing) {
  const Time now = twins.now();
  const auto choice = rng.uniform_int(0, 99);
  if (choice < (growing ? 50 : 25)) {
    twins.push(now + some_delay(rng, scale));
  } else if (choice < 52) {
    const Time start = now + some_delay(rng, scale);
    const auto count = rng.uniform_int(1, 12);
    const auto width = rng.uniform_int(0, 2 * scale);
    for (std::int64_t i = 0; i < count; ++i) twins.push(start + Duration{rng.uniform_int(0, width)});
  } else if (choice < 58) {
    twins.cancel_recent(rng);
  } else if (choice < 60) {
    twins.cancel_any(rng);
  } else if (choice < 64) {
    twins.peek();
  } else if (choice < 72) {
    // Time goes on with nothing popped at the end, and the next push comes from outside.
    const Time limit = now + Duration{rng.uniform_int(0, scale)};
    for (int i = 0; i < 40 && twins.pop_until(limit); ++i) {
    }
  } else {
    twins.pop_until(now + Duration{2000 * scale});
  }
}

// A burst inside one window, in falling, rising or random order, with runs of equals longer than the bottom
// allows.
void burst(Twins& twins, Rng& rng, std::int64_t scale) {
  const auto count = rng.uniform_int(200, 1500);
  const auto width = rng.uniform_int(1, scale);
  const auto kind = rng.uniform_int(0, 3);
  const Time start = twins.now();
  twins.push(start + Duration{width});
  twins.pop_until(start);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t offset = rng.uniform_int(0, width);
    if (kind == 0) offset = width * (count - i) / count;
    if (kind == 1) offset = width * i / count;
    if (kind == 2 && rng.bernoulli_ppm(800'000)) offset = width / 2;
    twins.push(start + Duration{offset});
  }
}

void drain(Twins& twins) {
  while (twins.size() > 0) twins.pop_until(kNever - Duration{1});
}

}  // namespace

TEST_CASE("events come out by time, and in order of pushing where times are equal", "[engine]") {
  Queue queue;
  queue.push(at(5), 1);
  queue.push(at(3), 2);
  queue.push(at(5), 3);
  queue.push(at(3), 4);
  queue.push(at(0), 5);
  CHECK(queue.size() == 5);
  CHECK(popped_until(queue, at(10)) == std::vector{5, 2, 4, 1, 3});
  CHECK(queue.empty());
}

TEST_CASE("a pop takes what lies at its limit and nothing beyond, and the limit becomes the present",
          "[engine]") {
  Queue queue;
  queue.push(at(10), 1);
  queue.push(at(11), 2);
  Queue::Popped out;
  CHECK(queue.pop_until(at(10), out));
  CHECK(out.time == at(10));
  CHECK(out.event == 1);
  CHECK_FALSE(queue.pop_until(at(10), out));
  CHECK(out.event == 1);
  CHECK_FALSE(queue.pop_until(at(10), out));
  CHECK(queue.now() == at(10));
  CHECK(queue.pop_until(at(11), out));
  CHECK_FALSE(queue.pop_until(at(500), out));
  CHECK(queue.now() == at(500));
}

TEST_CASE("looking at the next time is exact and lets earlier events in afterwards", "[engine]") {
  Queue queue;
  CHECK_FALSE(queue.next_time().has_value());
  const EventId far = queue.push(at(1'000'000'000'000), 1);
  queue.push(at(1'000'000'000'007), 2);
  CHECK(queue.next_time() == at(1'000'000'000'000));
  for (int i = 0; i < 1000; ++i) queue.push(at(5000 - i), 5000 - i);
  CHECK(queue.next_time() == at(4001));
  const auto first = popped_until(queue, at(5000));
  REQUIRE(first.size() == 1000);
  CHECK(first.front() == 4001);
  CHECK(first.back() == 5000);
  CHECK(queue.cancel(far));
  CHECK(queue.next_time() == at(1'000'000'000'007));
}

TEST_CASE("the first and the last moment there are can be used", "[engine]") {
  Queue queue;
  queue.push(kNever, 1);
  queue.push(kEpoch, 2);
  queue.push(kNever - Duration{1}, 3);
  queue.push(kNever, 4);
  CHECK(popped_until(queue, kEpoch) == std::vector{2});
  CHECK(queue.next_time() == kNever - Duration{1});
  CHECK(popped_until(queue, kNever) == std::vector{3, 1, 4});
  CHECK(queue.now() == kNever);
  queue.push(kNever, 5);
  CHECK(popped_until(queue, kNever) == std::vector{5});
}

TEST_CASE("a queue may start at any moment", "[engine]") {
  const Time start = at(1'735'689'600'000'000);
  Queue queue{start};
  CHECK(queue.now() == start);
  queue.push(start + Duration{63}, 1);
  queue.push(start, 2);
  CHECK(popped_until(queue, start + Duration{100}) == std::vector{2, 1});
}

TEST_CASE("an event is cancelled once, not after it was popped, and its id is never given again",
          "[engine]") {
  Queue queue;
  const EventId first = queue.push(at(1), 1);
  const EventId second = queue.push(at(2), 2);
  CHECK_FALSE(queue.cancel(EventId{}));
  CHECK_FALSE(queue.cancel(EventId{77, 1}));
  CHECK(queue.cancel(first));
  CHECK_FALSE(queue.cancel(first));
  CHECK(queue.size() == 1);
  const EventId third = queue.push(at(1), 3);
  CHECK_FALSE(third == first);
  CHECK_FALSE(queue.cancel(first));
  CHECK(popped_until(queue, at(9)) == std::vector{3, 2});
  CHECK_FALSE(queue.cancel(second));
  CHECK_FALSE(queue.cancel(third));
}

TEST_CASE("everything can be cancelled, and the queue is as good as new", "[engine]") {
  Queue queue;
  std::vector<EventId> ids;
  ids.reserve(5000);
  for (int i = 0; i < 5000; ++i) ids.push_back(queue.push(at(i * 37 % 1000), i));
  for (const EventId id : ids) REQUIRE(queue.cancel(id));
  CHECK(queue.empty());
  CHECK_FALSE(queue.next_time().has_value());
  CHECK(queue.pending().empty());
  queue.push(at(3), 1);
  CHECK(popped_until(queue, at(5000)) == std::vector{1});
}

TEST_CASE("a run of equal times longer than any limit stays in order wherever it lies", "[engine]") {
  Queue queue;
  std::vector<int> expected;
  queue.push(at(0), -1);
  queue.push(at(40), -2);
  CHECK(popped_until(queue, at(0)) == std::vector{-1});
  for (int i = 0; i < 2000; ++i) queue.push(at(20), i);
  for (int i = 0; i < 10; ++i) queue.push(at(10 + i % 3), 3000 + i);
  for (int i = 0; i < 600; ++i) queue.push(at(30 - i % 2), 4000 + i);
  for (const int offset : {0, 1, 2}) {
    for (int i = offset; i < 10; i += 3) expected.push_back(3000 + i);
  }
  for (int i = 0; i < 2000; ++i) expected.push_back(i);
  for (const int offset : {1, 0}) {
    for (int i = offset; i < 600; i += 2) expected.push_back(4000 + i);
  }
  expected.push_back(-2);
  CHECK(popped_until(queue, at(100)) == expected);
}

TEST_CASE("the queue agrees with a sorted map through random runs of every time scale", "[engine]") {
  static constexpr std::int64_t kScales[] = {1, 20, 1000, 1'000'000, 1'000'000'000, 1'000'000'000'000};
  std::uint64_t pops = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Rng rng{seed, "event queue fuzz"};
    Twins twins;
    for (int phase = 0; phase < 8; ++phase) {
      const std::int64_t scale = kScales[rng.uniform_int(0, 5)];
      for (int i = 0; i < 400; ++i) random_step(twins, rng, scale, phase % 2 == 0);
      if (phase % 3 == 1) burst(twins, rng, scale);
      for (int i = 0; i < 100; ++i) random_step(twins, rng, scale, false);
      twins.list();
    }
    drain(twins);
    CAPTURE(seed);
    REQUIRE(twins.wrong() == 0);
    pops += twins.pops();
  }
  CHECK(pops > 100'000);
}

TEST_CASE("events pushed from outside between short runs are never lost, even by a spill", "[engine]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng{seed, "outside pushes"};
    Twins twins;
    for (int i = 0; i < 200; ++i) twins.push(at(rng.uniform_int(0, 10'000'000)));
    for (int round = 0; round < 60; ++round) {
      const Time limit = twins.now() + Duration{rng.uniform_int(1, 5000)};
      while (twins.pop_until(limit)) {
      }
      twins.peek();
      const auto count = rng.uniform_int(0, 120);
      const auto width = rng.uniform_int(1, 20'000);
      for (std::int64_t i = 0; i < count; ++i) twins.push(limit + Duration{rng.uniform_int(0, width)});
    }
    drain(twins);
    CAPTURE(seed);
    REQUIRE(twins.wrong() == 0);
  }
}

TEST_CASE("a copy made in the middle of a run goes its own way, with the same ids and the same future",
          "[engine]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng{seed, "copies"};
    Twins original;
    for (int i = 0; i < 1500; ++i) random_step(original, rng, 1000, true);
    burst(original, rng, 1000);
    Twins copy = original;
    Twins assigned;
    assigned.push(at(1));
    assigned = original;
    Rng same = rng;
    for (int i = 0; i < 500; ++i) random_step(copy, rng, 500, false);
    for (int i = 0; i < 500; ++i) random_step(original, same, 500, false);
    CHECK(copy.now() == original.now());
    Twins moved = std::move(assigned);
    drain(copy);
    for (int i = 0; i < 500; ++i) random_step(original, rng, 20, false);
    drain(original);
    drain(moved);
    CAPTURE(seed);
    REQUIRE(original.wrong() + copy.wrong() + moved.wrong() == 0);
  }
}

TEST_CASE("a queue can be copied and moved", "[engine]") {
  STATIC_REQUIRE(std::is_copy_constructible_v<Queue>);
  STATIC_REQUIRE(std::is_copy_assignable_v<Queue>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Queue>);
  Queue queue;
  const EventId id = queue.push(at(4), 4);
  queue.push(at(5), 5);
  Queue copy = queue;
  CHECK(queue.cancel(id));
  CHECK(copy.cancel(id));
  queue.push(at(4), 44);
  CHECK(popped_until(queue, at(9)) == std::vector{44, 5});
  Queue moved = std::move(copy);
  CHECK(popped_until(moved, at(9)) == std::vector{5});
}

TEST_CASE("timers that are nearly always cancelled take no more memory than a few times the live events",
          "[engine]") {
  // Each worker finishes a piece of work in about a second and then cancels the timer that guarded it for an
  // hour.
  struct Work {
    std::uint32_t worker;
    bool is_timeout;
  };
  constexpr std::uint32_t kWorkers = 500;
  EventQueue<Work> queue;
  Rng rng{7, "work"};
  std::vector<EventId> guards(kWorkers);
  const auto begin = [&](std::uint32_t worker) {
    const Time now = queue.now();
    queue.push(now + rng.exponential(Duration{1'000'000}), {worker, false});
    guards[worker] = queue.push(now + Duration{3'600'000'000}, {worker, true});
  };
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) begin(worker);
  std::size_t early_bytes = 0;
  std::uint64_t timeouts = 0;
  for (int i = 0; i < 400'000; ++i) {
    EventQueue<Work>::Popped next;
    REQUIRE(queue.pop_until(kNever, next));
    timeouts += next.event.is_timeout ? 1 : 0;
    REQUIRE(queue.cancel(guards[next.event.worker]));
    begin(next.event.worker);
    if (i == 40'000) early_bytes = queue.bytes();
  }
  CHECK(timeouts == 0);
  CHECK(queue.size() == std::size_t{2} * kWorkers);
  CHECK(queue.bytes() <= early_bytes);
  CHECK(queue.bytes() < 400'000);
}

TEST_CASE("events that are always pushed just ahead of others take no new memory", "[engine]") {
  // All of them fall into the window that is being emptied, which is never quite empty.
  Queue queue;
  for (int i = 0; i < 10; ++i) queue.push(at(1'000'000'000'000 + std::int64_t{7} * i), i);
  std::size_t early_bytes = 0;
  for (int i = 0; i < 200'000; ++i) {
    Queue::Popped out;
    REQUIRE(queue.pop_until(kNever, out));
    queue.push(out.time + Duration{11 + i % 3}, out.event);
    if (i == 20'000) early_bytes = queue.bytes();
  }
  CHECK(queue.bytes() == early_bytes);
}

TEST_CASE("a long steady run takes no new memory", "[engine]") {
  Queue queue;
  Rng rng{3, "hold"};
  for (int i = 0; i < 2000; ++i) queue.push(queue.now() + rng.exponential(Duration{1'000'000}), i);
  std::size_t early_bytes = 0;
  for (int i = 0; i < 300'000; ++i) {
    Queue::Popped out;
    queue.pop_until(kNever, out);
    queue.push(out.time + rng.exponential(Duration{1'000'000}), out.event);
    if (i == 100'000) early_bytes = queue.bytes();
  }
  CHECK(queue.bytes() == early_bytes);
}

}  // namespace tidepool::sim
