// What the event queue costs beside the plain alternatives. All engines do the same work on the same numbers:
// the label of each row is a hash of the order in which its first events came out, and rows of one workload
// must agree in it. Ratios between rows of one run are worth quoting; the times themselves belong to the
// machine.
//
// Run with --benchmark_repetitions=3 --benchmark_enable_random_interleaving=true and compare medians.

#include "sim/engine/event_queue.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/engine/time.hpp"

namespace tidepool::sim {
namespace {

constexpr std::int64_t kMean = 1'000'000'000;  // Of the time ahead, in ticks: long enough that ties are rare.

// The same cheap numbers for every engine.
class Draws {
 public:
  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15U;
    const std::uint64_t mixed = (state_ ^ (state_ >> 32U)) * 0xd6e8feb86659fd93U;
    return mixed ^ (mixed >> 32U);
  }
  double unit() { return static_cast<double>((bits() >> 11U) + 1) * 0x1p-53; }
  std::int64_t exponential() { return static_cast<std::int64_t>(-std::log(unit()) * kMean); }
  std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(bits() >> 1U) % n; }

 private:
  std::uint64_t state_ = 1;
};

// ---- How far ahead the next event of a HOLD lies ----------------------------------------------------------

struct Exponential {
  static std::int64_t first(Draws& draws) { return draws.exponential(); }
  static std::int64_t next(Draws& draws) { return draws.exponential(); }
};
struct ConstantDelay {  // From a random phase: health checks.
  static std::int64_t first(Draws& draws) { return draws.below(300 * kMean); }
  static std::int64_t next(Draws&) { return 300 * kMean; }
};
struct Mixed {
  static std::int64_t first(Draws& draws) { return draws.below(300 * kMean); }
  static std::int64_t next(Draws& draws) {
    const std::int64_t choice = draws.below(10);
    if (choice < 7) return 300 * kMean;
    return choice < 9 ? draws.exponential() : draws.below(60 * kMean);
  }
};
struct TwoScales {
  static std::int64_t first(Draws& draws) { return next(draws); }
  static std::int64_t next(Draws& draws) {
    const std::int64_t ahead = draws.exponential();
    return draws.below(2) == 0 ? ahead : ahead / 1'000'000;
  }
};
struct HalfZero {
  static std::int64_t first(Draws& draws) { return draws.exponential(); }
  static std::int64_t next(Draws& draws) { return draws.below(2) == 0 ? 0 : draws.exponential(); }
};
struct AllEqual {
  static std::int64_t first(Draws&) { return 0; }
  static std::int64_t next(Draws&) { return kMean; }
};

// ---- Engines ----------------------------------------------------------------------------------------------

struct Fired {
  std::int64_t time;
  std::uint32_t id;
};

struct Named {
  std::uint32_t id;
  std::uint32_t kind;
};

class Ours {
 public:
  void push(std::int64_t time, std::uint32_t id) { queue_.push(Time{Duration{time}}, {id, 0}); }
  Fired pop() {
    EventQueue<Named>::Popped out;
    queue_.pop_until(kNever, out);
    return {out.time.time_since_epoch().count(), out.event.id};
  }

 private:
  EventQueue<Named> queue_;
};

// The usual first design: a heap of closures (which point back here, so it must stay where it is). The
// closure fits into std::function, so it allocates nothing either.
class Closures {
 public:
  void push(std::int64_t time, std::uint32_t id) {
    queue_.push({time, pushed_++, [this, id] { fired_ = id; }});
  }
  Fired pop() {
    // top() is const only to protect the order, and the entry goes at once.
    Entry entry =
        std::move(const_cast<Entry&>(queue_.top()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    queue_.pop();
    entry.run();
    return {entry.time, fired_};
  }

 private:
  struct Entry {
    std::int64_t time;
    std::uint64_t sequence;
    std::function<void()> run;
    bool operator<(const Entry& other) const {
      return time != other.time ? time > other.time : sequence > other.sequence;
    }
  };
  std::priority_queue<Entry> queue_;
  std::uint64_t pushed_ = 0;
  std::uint32_t fired_ = 0;
};

// The best that the standard heap does: 24 bytes by value.
class PodHeap {
 public:
  void push(std::int64_t time, std::uint32_t id) {
    heap_.push_back({time, pushed_++, id});
    std::push_heap(heap_.begin(), heap_.end());
  }
  Fired pop() {
    std::pop_heap(heap_.begin(), heap_.end());
    const Entry entry = heap_.back();
    heap_.pop_back();
    return {entry.time, entry.id};
  }

 private:
  struct Entry {
    std::int64_t time;
    std::uint64_t sequence;
    std::uint32_t id;
    bool operator<(const Entry& other) const {
      return time != other.time ? time > other.time : sequence > other.sequence;
    }
  };
  static_assert(sizeof(Entry) == 24);
  std::vector<Entry> heap_;
  std::uint64_t pushed_ = 0;
};

// ---- Engines that can cancel: one pending event for each id -----------------------------------------------

class OursCancelling {
 public:
  explicit OursCancelling(std::size_t count) : pending_(count) {}
  void push(std::int64_t time, std::uint32_t id) {
    pending_[id] = queue_.push(Time{Duration{time}}, {id, 0});
  }
  void cancel(std::uint32_t id) { queue_.cancel(pending_[id]); }
  Fired pop() {
    EventQueue<Named>::Popped out;
    queue_.pop_until(kNever, out);
    return {out.time.time_since_epoch().count(), out.event.id};
  }

 private:
  EventQueue<Named> queue_;
  std::vector<EventId> pending_;
};

// The closures again, with a set of the sequence numbers that are to be passed over.
class ClosuresAndDeadSet {
 public:
  explicit ClosuresAndDeadSet(std::size_t count) : pending_(count) {}
  void push(std::int64_t time, std::uint32_t id) {
    pending_[id] = pushed_;
    queue_.push({time, pushed_++, [this, id] { fired_ = id; }});
  }
  void cancel(std::uint32_t id) { dead_.insert(pending_[id]); }
  Fired pop() {
    for (;;) {
      Entry entry =
          std::move(const_cast<Entry&>(queue_.top()));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
      queue_.pop();
      if (!dead_.empty() && dead_.erase(entry.sequence) == 1) continue;
      entry.run();
      return {entry.time, fired_};
    }
  }

 private:
  struct Entry {
    std::int64_t time;
    std::uint64_t sequence;
    std::function<void()> run;
    bool operator<(const Entry& other) const {
      return time != other.time ? time > other.time : sequence > other.sequence;
    }
  };
  std::priority_queue<Entry> queue_;
  std::unordered_set<std::uint64_t> dead_;
  std::vector<std::uint64_t> pending_;
  std::uint64_t pushed_ = 0;
  std::uint32_t fired_ = 0;
};

// A binary heap that knows where each id is, and removes at once.
class IndexedHeap {
 public:
  explicit IndexedHeap(std::size_t count) : places_(count) {}
  void push(std::int64_t time, std::uint32_t id) {
    heap_.push_back({time, pushed_++, id});
    rise(heap_.size() - 1);
  }
  void cancel(std::uint32_t id) { remove(places_[id]); }
  Fired pop() {
    const Entry first = heap_.front();
    remove(0);
    return {first.time, first.id};
  }

 private:
  struct Entry {
    std::int64_t time;
    std::uint64_t sequence;
    std::uint32_t id;
    bool before(const Entry& other) const {
      return time != other.time ? time < other.time : sequence < other.sequence;
    }
  };

  void set(std::size_t place, const Entry& entry) {
    heap_[place] = entry;
    places_[entry.id] = static_cast<std::uint32_t>(place);
  }
  void remove(std::size_t place) {
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    set(place, last);
    rise(place);
    sink(places_[last.id]);
  }
  void rise(std::size_t place) {
    const Entry entry = heap_[place];
    for (; place > 0 && entry.before(heap_[(place - 1) / 2]); place = (place - 1) / 2) {
      set(place, heap_[(place - 1) / 2]);
    }
    set(place, entry);
  }
  void sink(std::size_t place) {
    const Entry entry = heap_[place];
    for (;;) {
      std::size_t child = 2 * place + 1;
      if (child >= heap_.size()) break;
      if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
      if (!heap_[child].before(entry)) break;
      set(place, heap_[child]);
      place = child;
    }
    set(place, entry);
  }

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> places_;
  std::uint64_t pushed_ = 0;
};

// ---- Workloads --------------------------------------------------------------------------------------------

std::uint64_t mixed_in(std::uint64_t hash, const Fired& fired) {
  return (hash ^ (static_cast<std::uint64_t>(fired.time) + fired.id)) * 0x100000001b3U;
}

constexpr int kCheckedHolds = 100'000;

// The classic HOLD: take the earliest of n events and schedule it again. The checked holds also warm the
// engine up.
template <class Engine, class Shape>
void BM_Hold(benchmark::State& state) {
  Engine engine;
  Draws draws;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    engine.push(Shape::first(draws), static_cast<std::uint32_t>(i));
  std::uint64_t hash = 0;
  const auto hold = [&] {
    const Fired fired = engine.pop();
    engine.push(fired.time + Shape::next(draws), fired.id);
    return fired;
  };
  for (int i = 0; i < kCheckedHolds; ++i) hash = mixed_in(hash, hold());
  for (auto _ : state) benchmark::DoNotOptimize(hold());
  state.SetLabel(std::to_string(hash));
}

// A HOLD after which, range(1) times in a hundred, a random pending event is cancelled and scheduled anew.
template <class Engine>
void BM_HoldAndCancel(benchmark::State& state) {
  Engine engine{static_cast<std::size_t>(state.range(0))};
  Draws draws;
  for (std::int64_t i = 0; i < state.range(0); ++i)
    engine.push(draws.exponential(), static_cast<std::uint32_t>(i));
  const auto step = [&] {
    const Fired fired = engine.pop();
    engine.push(fired.time + draws.exponential(), fired.id);
    if (draws.below(100) < state.range(1)) {
      const auto other = static_cast<std::uint32_t>(draws.below(state.range(0)));
      engine.cancel(other);
      engine.push(fired.time + draws.exponential(), other);
    }
    return fired;
  };
  std::uint64_t hash = 0;
  for (int i = 0; i < kCheckedHolds; ++i) hash = mixed_in(hash, step());
  for (auto _ : state) benchmark::DoNotOptimize(step());
  state.SetLabel(std::to_string(hash));
}

// Work that ends in about a second, guarded by a timer of an hour that is cancelled each time. "bytes" is
// what the queue holds for each pending event at the end: it must not grow with the number of iterations.
void BM_GuardTimers(benchmark::State& state) {
  EventQueue<Named> queue;
  Draws draws;
  std::vector<EventId> guards(static_cast<std::size_t>(state.range(0)));
  const auto begin = [&](std::uint32_t worker) {
    queue.push(queue.now() + Duration{draws.exponential()}, {worker, 0});
    guards[worker] = queue.push(queue.now() + Duration{3600 * kMean}, {worker, 1});
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) begin(static_cast<std::uint32_t>(i));
  for (auto _ : state) {
    EventQueue<Named>::Popped out;
    queue.pop_until(kNever, out);
    queue.cancel(guards[out.event.id]);
    begin(out.event.id);
  }
  state.counters["bytes"] = static_cast<double>(queue.bytes()) / static_cast<double>(queue.size());
}

// What only reading the clock, the draws and the loop cost: to be taken off mentally from every HOLD.
void BM_DrawsAlone(benchmark::State& state) {
  Draws draws;
  for (auto _ : state) benchmark::DoNotOptimize(draws.exponential());
}

BENCHMARK(BM_DrawsAlone);
BENCHMARK_TEMPLATE(BM_Hold, Ours, Exponential)->Arg(10)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(BM_Hold, PodHeap, Exponential)->Arg(10)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(BM_Hold, Closures, Exponential)->Arg(10)->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(BM_Hold, Ours, ConstantDelay)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Closures, ConstantDelay)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Ours, Mixed)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Closures, Mixed)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Ours, TwoScales)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Closures, TwoScales)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Ours, HalfZero)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Closures, HalfZero)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Ours, AllEqual)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_Hold, Closures, AllEqual)->Arg(100'000);
BENCHMARK_TEMPLATE(BM_HoldAndCancel, OursCancelling)->ArgsProduct({{100'000, 1'000'000}, {0, 50, 100}});
BENCHMARK_TEMPLATE(BM_HoldAndCancel, IndexedHeap)->ArgsProduct({{100'000, 1'000'000}, {0, 50, 100}});
BENCHMARK_TEMPLATE(BM_HoldAndCancel, ClosuresAndDeadSet)->ArgsProduct({{100'000, 1'000'000}, {0, 50, 100}});
BENCHMARK(BM_GuardTimers)->Arg(1'000)->Arg(100'000);

}  // namespace
}  // namespace tidepool::sim
