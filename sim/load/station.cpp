// Requests and their ways through the station. Servers are in station_servers.cpp.
#include "sim/load/station.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace tidepool::sim::load {

Station::Station(StationSettings settings, Time start, std::uint64_t seed, std::uint64_t substream)
    : settings_(std::move(settings)),
      start_(start),
      arrivals_(settings_.arrivals, start, seed, substream),
      services_(seed, "load services", substream),
      patiences_(seed, "load patience", substream),
      choices_(seed, "load balancer", substream),
      back_offs_(seed, "load back-off", substream),
      setups_(seed, "load setups", substream),
      balancer_(settings_.policy) {
  assert(!fault_of(settings_));
}

// ---- The present ----

std::int64_t Station::ns_since_start(Time t) const {
  assert(t >= start_);
  return static_cast<std::int64_t>(std::min(Wide{(t - start_).count()} * 1000, Wide{kNeverNs - 1}));
}

void Station::advance(Time until) {
  const std::int64_t limit = ns_since_start(until);
  assert(limit >= now_);
  for (;;) {
    const std::int64_t event = events_.next_at(), arrival = arrivals_.next_at();
    if (std::min(event, arrival) >= limit) break;
    if (event <= arrival) {
      move_to(event);
      handle(events_.take());
    } else {
      move_to(arrival);
      arrive();
    }
  }
  move_to(limit);
  settle();
}

void Station::move_to(std::int64_t ns) {
  const Wide passed = ns - now_;
  busy_ns_ += passed * busy_;
  waiting_ns_ += passed * waiting_;
  enabled_ns_ += passed * (settings_.concurrency * static_cast<std::int64_t>(enabled_) + draining_busy_);
  now_ = ns;
}

void Station::occupy(const Server& server, std::int64_t slots) {
  busy_ += slots;
  if (server.power == Power::Draining) draining_busy_ += slots;
}

void Station::settle() {
  settled_.busy = in_micros(busy_ns_);
  settled_.waiting = in_micros(waiting_ns_);
  settled_.enabled = in_micros(enabled_ns_);
}

void Station::forget() {
  settled_ = {};
  busy_ns_ = waiting_ns_ = enabled_ns_ = 0;
  responses_.clear();
  waits_.clear();
}

bool Station::is_dead(const StationEvent& event) const {
  if (event.kind() == EventKind::SetupDone || event.kind() == EventKind::DrainOver)
    return event.generation != servers_[event.index].generation;
  const Request& r = requests_[event.index];
  if (event.kind() == EventKind::Abandonment && r.place != Place::Queued) return true;
  return event.generation != r.generation;
}

void Station::handle(const StationEvent& event) {
  if (is_dead(event)) {
    events_.count_buried();
    return;
  }
  switch (event.kind()) {
    case EventKind::Completion: --requests_[event.index].timers; return complete(event.index);
    case EventKind::Timeout: --requests_[event.index].timers; return time_out(event.index);
    case EventKind::Abandonment: --requests_[event.index].timers; return abandon(event.index);
    case EventKind::Retry:
      --requests_[event.index].timers;
      --backing_off_;
      return try_now(event.index);
    case EventKind::SetupDone: return setup_done(event.index);
    case EventKind::DrainOver: return kill(event.index);
  }
}

// ---- An attempt begins ----

void Station::arrive() {
  const std::uint32_t id = take_request();
  Request& r = requests_[id];
  r.intended = now_;
  const std::int64_t recorded = arrivals_.service_ns();
  r.work = recorded >= 0 ? recorded : settings_.service.draw_ns(services_);
  arrivals_.advance();
  ++settled_.arrived;
  try_now(id);
}

void Station::try_now(std::uint32_t id) {
  Request& r = requests_[id];
  r.joined = now_;
  r.server = kNone;
  ++settled_.attempts;
  if (r.attempt++ > 0) ++settled_.retried;

  const std::uint32_t server = settings_.setup ? kNone : balancer_.pick(choices_);
  if (server != kNone && has_slot(servers_[server])) {
    start_service(id, server);
  } else if (settings_.queue_at == QueuePlace::Balancer) {
    if (queue_.length >= settings_.queue_limit) return lose(id, Loss::Dropped);
    enqueue(id, queue_, kNone);
    if (settings_.setup) match_setups();
  } else {
    if (server == kNone || servers_[server].queue.length >= settings_.queue_limit)
      return lose(id, Loss::Dropped);
    enqueue(id, servers_[server].queue, server);
    outstanding_changed(server);
  }
  if (settings_.timeout) set_timer(now_ + settings_.timeout->count(), EventKind::Timeout, id);
}

void Station::enqueue(std::uint32_t id, List& queue, std::uint32_t server) {
  requests_[id].place = Place::Queued;
  requests_[id].server = server;
  append(queue, id);
  ++waiting_;
  ++settled_.queued;
  if (settings_.patience)
    set_timer(now_ + settings_.patience->draw_ns(patiences_), EventKind::Abandonment, id);
}

void Station::start_service(std::uint32_t id, std::uint32_t server) {
  Request& r = requests_[id];
  Server& s = servers_[server];
  if (r.place == Place::Queued && settings_.patience) {
    --r.timers;
    events_.count_dead();
  }
  r.place = Place::InService;
  r.server = server;
  append(s.in_service, id);
  occupy(s, 1);
  waits_.add(Nanos{now_ - r.joined});
  set_timer(finish_of(r.work, s), EventKind::Completion, id);
  outstanding_changed(server);
}

// ---- An attempt ends ----

void Station::complete(std::uint32_t id) {
  Request& r = requests_[id];
  const std::uint32_t server = r.server;
  remove(servers_[server].in_service, id);
  occupy(servers_[server], -1);
  if (r.place == Place::Orphaned) {
    ++settled_.wasted;
  } else {
    const Nanos response{now_ - r.intended};
    responses_.add(response);
    ++settled_.completed;
    if (settings_.bound && response > *settings_.bound) ++settled_.late;
  }
  give_back(id);
  after_service(server);
}

void Station::time_out(std::uint32_t id) {
  Request& r = requests_[id];
  if (r.place == Place::Queued) {
    leave_queue(id);
    return lose(id, Loss::TimedOut);
  }
  assert(r.place == Place::InService);
  const std::uint32_t server = r.server;
  if (settings_.after_timeout == AfterTimeout::StopWork) {
    remove(servers_[server].in_service, id);
    occupy(servers_[server], -1);
    lose(id, Loss::TimedOut);
    return after_service(server);
  }
  // The client's part goes on as a request of its own, and the work is left behind.
  r.place = Place::Orphaned;
  const std::int64_t intended = r.intended, work = r.work;
  const std::uint32_t attempt = r.attempt, client = take_request();  // `r` may have moved.
  Request& c = requests_[client];
  c.intended = intended;
  c.work = work;
  c.attempt = attempt;
  lose(client, Loss::TimedOut);
}

void Station::abandon(std::uint32_t id) {
  assert(requests_[id].place == Place::Queued);
  leave_queue(id);
  ++settled_.abandoned;
  give_back(id);
}

// It must be out of all lists.
void Station::lose(std::uint32_t id, Loss loss) {
  end_attempt(id);
  if (loss == Loss::Dropped) ++settled_.refused;
  Request& r = requests_[id];
  if (r.attempt < settings_.retry.attempts) {
    r.place = Place::BackingOff;
    ++backing_off_;
    return set_timer(now_ + back_off(r.attempt), EventKind::Retry, id);
  }
  switch (loss) {
    case Loss::Dropped: ++settled_.dropped; break;
    case Loss::TimedOut: ++settled_.timed_out; break;
    case Loss::Failed: ++settled_.failed; break;
  }
  give_back(id);
}

void Station::leave_queue(std::uint32_t id) {
  const std::uint32_t server = requests_[id].server;
  remove(server == kNone ? queue_ : servers_[server].queue, id);
  --waiting_;
  if (server != kNone) {
    outstanding_changed(server);
    if (servers_[server].power == Power::Draining) after_service(server);
  }
  if (settings_.setup) match_setups();
}

std::int64_t Station::back_off(std::uint32_t attempt) {
  const RetrySettings& retry = settings_.retry;
  const auto longest = static_cast<double>(retry.longest.count());
  auto wait = static_cast<double>(retry.base.count());
  for (std::uint32_t i = 1; i < attempt && wait < longest; ++i) wait *= retry.factor;
  wait = std::min(wait, longest);
  if (retry.jitter > 0) wait -= wait * retry.jitter * back_offs_.uniform01();
  return static_cast<std::int64_t>(wait + 0.5);
}

// ---- Timers and records ----

void Station::set_timer(std::int64_t at, EventKind kind, std::uint32_t id) {
  Request& r = requests_[id];
  ++r.timers;
  events_.push(at, kind, id, r.generation);
}

// What is still ahead for this attempt becomes dead.
void Station::end_attempt(std::uint32_t id) {
  Request& r = requests_[id];
  ++r.generation;
  for (; r.timers > 0; --r.timers) events_.count_dead();
  if (events_.wants_sweep()) events_.sweep([this](const StationEvent& event) { return is_dead(event); });
}

std::uint32_t Station::take_request() {
  if (free_request_ == kNone) {
    free_request_ = static_cast<std::uint32_t>(requests_.size());
    requests_.emplace_back();
  }
  const std::uint32_t id = free_request_;
  free_request_ = requests_[id].next;
  requests_[id].attempt = 0;
  return id;
}

void Station::give_back(std::uint32_t id) {
  end_attempt(id);
  Request& r = requests_[id];
  r.place = Place::Free;
  r.next = free_request_;
  free_request_ = id;
}

void Station::append(List& list, std::uint32_t id) {
  Request& r = requests_[id];
  r.next = kNone;
  r.previous = list.last;
  (list.last == kNone ? list.first : requests_[list.last].next) = id;
  list.last = id;
  ++list.length;
}

void Station::remove(List& list, std::uint32_t id) {
  const Request& r = requests_[id];
  (r.previous == kNone ? list.first : requests_[r.previous].next) = r.next;
  (r.next == kNone ? list.last : requests_[r.next].previous) = r.previous;
  --list.length;
}

}  // namespace tidepool::sim::load
