// EventHeap: what lies ahead in a station, earliest first; at equal times in the order of the kinds below, then of pushing.
// So an answer at the very moment of a time-out or of the end of a draining is in time.
//
// The events of one station are few (one for each request in service, one for each timer), so a heap of plain values is
// faster here than the buckets of sim/engine. Two things keep it small and quick. The event taken last leaves a hole at
// the root, which the next push fills: a completion is nearly always followed by the start of another service. And an
// event that no longer matters is left in place and swept out when such events outnumber the others by 1024.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/load/nanos.hpp"

namespace tidepool::sim::load {

enum class EventKind : std::uint8_t { Completion, Timeout, Abandonment, Retry, SetupDone, DrainOver };

/// 24 bytes by value. `generation` tells whether the request or server at `index` is still the one that was meant.
struct StationEvent {
  std::int64_t at = 0;      ///< ns
  std::uint64_t order = 0;  ///< of pushing, below the kind in the highest four bits
  std::uint32_t index = 0, generation = 0;

  EventKind kind() const { return static_cast<EventKind>(order >> 60U); }
  bool before(const StationEvent& other) const {
    return at != other.at ? at < other.at : order < other.order;
  }
};
static_assert(sizeof(StationEvent) == 24);

class EventHeap {
 public:
  /// When the next event happens, or kNeverNs.
  std::int64_t next_at() {
    close_hole();
    return events_.empty() ? kNeverNs : events_.front().at;
  }

  /// The earliest event. There must be one.
  StationEvent take() {
    close_hole();
    assert(!events_.empty());
    hole_ = true;
    return events_.front();
  }

  void push(std::int64_t at, EventKind kind, std::uint32_t index, std::uint32_t generation) {
    assert(at >= 0);
    const StationEvent event{at, static_cast<std::uint64_t>(kind) << 60U | pushed_++, index, generation};
    if (hole_) {
      hole_ = false;
      sift_down(0, event);
    } else {
      events_.push_back(event);
      sift_up(events_.size() - 1, event);
    }
  }

  /// One of the events no longer matters.
  void count_dead() { ++dead_; }
  /// One of those was taken.
  void count_buried() { --dead_; }
  bool wants_sweep() const { return dead_ > events_.size() / 2 + 512; }

  /// Removes what is dead. The order of the others stays: it is total, so that it does not depend on the heap's shape.
  template <typename IsDead>
  void sweep(IsDead is_dead) {
    close_hole();
    std::erase_if(events_, is_dead);
    dead_ = 0;
    for (std::size_t i = events_.size() / kArity + 1; i-- > 0;)
      if (i < events_.size()) sift_down(i, events_[i]);
  }

  std::size_t size() const { return events_.size() - (hole_ ? 1 : 0); }

 private:
  static constexpr std::size_t kArity = 4;

  void close_hole() {
    if (!hole_) return;
    hole_ = false;
    const StationEvent last = events_.back();
    events_.pop_back();
    if (!events_.empty()) sift_down(0, last);
  }

  void sift_up(std::size_t at, StationEvent event) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / kArity;
      if (!event.before(events_[parent])) break;
      events_[at] = events_[parent];
      at = parent;
    }
    events_[at] = event;
  }

  void sift_down(std::size_t at, StationEvent event) {
    const std::size_t size = events_.size();
    for (;;) {
      const std::size_t first = at * kArity + 1;
      if (first >= size) break;
      std::size_t least = first;
      const std::size_t end = std::min(first + kArity, size);
      for (std::size_t child = first + 1; child < end; ++child)
        if (events_[child].before(events_[least])) least = child;
      if (!events_[least].before(event)) break;
      events_[at] = events_[least];
      at = least;
    }
    events_[at] = event;
  }

  std::vector<StationEvent> events_;
  std::uint64_t pushed_ = 0;
  std::size_t dead_ = 0;
  bool hole_ = false;  // The root was taken, and its place not filled yet.
};

}  // namespace tidepool::sim::load
