// Simulator<Event>: the present, what is still to come, and the loop that goes from one to the other.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>

#include "sim/engine/event_queue.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::sim {

/// Runs events in order of time, and of scheduling where times are equal. A copy is a snapshot with the same
/// future.
///
/// A handler is called as handler(const Event&) with now() at the event's time. It may schedule and cancel,
/// also at now() itself: such an event runs after all those already scheduled for that time. It must not run
/// the simulator.
template <class Event>
class Simulator {
 public:
  explicit Simulator(Time start = kEpoch) : queue_(start) {}

  Time now() const { return queue_.now(); }
  const EventQueue<Event>& queue() const { return queue_; }
  std::uint64_t events_handled() const { return events_handled_; }

  /// When the next event is due, however far ahead; empty when nothing is scheduled. See
  /// EventQueue::next_time.
  std::optional<Time> next_time() const { return queue_.next_time(); }

  /// `time` must not be earlier than now().
  EventId schedule_at(Time time, const Event& event) { return queue_.push(time, event); }

  /// `delay` must not be negative, nor reach beyond the end of time.
  EventId schedule_after(Duration delay, const Event& event) {
    assert(delay >= Duration::zero() && delay <= kNever - now());
    return queue_.push(now() + delay, event);
  }

  /// False when the event has begun to run, or was cancelled already.
  bool cancel(EventId id) { return queue_.cancel(id); }

  /// Runs everything due up to and including `limit`, what handlers add on the way included; then now() is
  /// `limit`.
  template <class Handler>
  void run_until(Time limit, Handler&& handler) {
    while (step(limit, handler)) {
    }
  }

  /// Runs the next event if it is due by `limit`. If not, answers false, and now() is `limit`.
  template <class Handler>
  bool step(Time limit, Handler&& handler) {
    typename EventQueue<Event>::Popped next;
    if (!queue_.pop_until(limit, next)) return false;
    ++events_handled_;
    handler(static_cast<const Event&>(next.event));
    return true;
  }

 private:
  EventQueue<Event> queue_;
  std::uint64_t events_handled_ = 0;
};

}  // namespace tidepool::sim
