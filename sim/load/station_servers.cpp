// Servers of a station: how they come, get faster, drain, go, and are set up again.
#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/load/station.hpp"

namespace tidepool::sim::load {

// ---- Coming and going ----

void Station::add_server(ServerKey key, Time at, std::int64_t weight) {
  assert(weight >= 0);
  advance(at);
  if (const auto known = by_key_.find(key); known != by_key_.end()) {
    Server& s = servers_[known->second];
    s.weight = weight;
    balancer_.set_weight(known->second, weight);
    if (s.power == Power::Draining) {
      draining_busy_ -= s.in_service.length;
      ++s.generation;  // The end of the draining no longer matters.
      events_.count_dead();
      enable(known->second);
    }
    return refill(known->second);
  }
  const std::uint32_t server = take_server();
  Server& s = servers_[server];
  s.key = key;
  s.since = now_;
  s.weight = weight;
  by_key_.emplace(key, server);
  balancer_.declare(server, weight);
  enable(server);
  if (!settings_.setup) return refill(server);
  s.power = Power::Off;
  off_.push_back(server);
  match_setups();
}

void Station::enable(std::uint32_t server) {
  servers_[server].power = Power::On;
  ++enabled_;
}

void Station::remove_server(ServerKey key, Time at, Duration drain) {
  advance(at);
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) return;
  const std::uint32_t server = known->second;
  Server& s = servers_[server];
  if (s.power != Power::Draining) {
    --enabled_;
    balancer_.withdraw(server);
    std::erase(off_, server);
    if (std::erase(starting_, server) > 0) events_.count_dead();
    draining_busy_ += s.in_service.length;
    s.drain_end = kNeverNs;
  } else {
    events_.count_dead();  // The earlier end of the draining.
  }
  ++s.generation;
  s.power = Power::Draining;
  if (s.queue.length + s.in_service.length == 0) {
    vanish(server);
  } else if (drain <= Duration::zero()) {
    kill(server);
  } else {
    // Told again, it does not get more time than it was given first.
    s.drain_end = static_cast<std::int64_t>(std::min(now_ + Wide{drain.count()} * 1000, Wide{s.drain_end}));
    events_.push(s.drain_end, EventKind::DrainOver, server, s.generation);
  }
  if (settings_.setup) match_setups();
}

// All that it has is lost.
void Station::kill(std::uint32_t server) {
  Server& s = servers_[server];
  while (s.in_service.length > 0) {
    const std::uint32_t id = s.in_service.first;
    remove(s.in_service, id);
    occupy(s, -1);
    if (requests_[id].place == Place::Orphaned)
      give_back(id);
    else
      lose(id, Loss::Failed);
  }
  while (s.queue.length > 0) {
    const std::uint32_t id = s.queue.first;
    remove(s.queue, id);
    --waiting_;
    lose(id, Loss::Failed);
  }
  vanish(server);
}

void Station::vanish(std::uint32_t server) {
  Server& s = servers_[server];
  assert(s.power == Power::Draining && s.queue.length == 0 && s.in_service.length == 0);
  ++s.generation;
  s.power = Power::Gone;
  by_key_.erase(s.key);
  free_servers_.push_back(server);
}

std::uint32_t Station::take_server() {
  if (free_servers_.empty()) {
    servers_.emplace_back();
    return static_cast<std::uint32_t>(servers_.size() - 1);
  }
  const std::uint32_t server = free_servers_.back();
  free_servers_.pop_back();
  return server;
}

std::int64_t Station::outstanding(ServerKey key) const {
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) return 0;
  const Server& s = servers_[known->second];
  return std::int64_t{s.queue.length} + s.in_service.length;
}

// ---- Serving ----

// Tells the balancer how much a server has, and whether it may get more.
void Station::outstanding_changed(std::uint32_t server) {
  const Server& s = servers_[server];
  balancer_.set_outstanding(server, s.queue.length + s.in_service.length);
  const bool room = settings_.queue_at == QueuePlace::Instance || has_slot(s);
  if (s.power == Power::On && s.weight > 0 && room && !settings_.setup)
    balancer_.admit(server);
  else
    balancer_.withdraw(server);
}

// Free slots take who waits.
void Station::refill(std::uint32_t server) {
  const bool of_balancer = settings_.queue_at == QueuePlace::Balancer;
  while (has_slot(servers_[server])) {
    Server& s = servers_[server];
    if (of_balancer && (s.power != Power::On || s.weight == 0)) break;
    List& queue = of_balancer ? queue_ : s.queue;
    if (queue.length == 0) break;
    const std::uint32_t id = queue.first;
    remove(queue, id);
    --waiting_;
    start_service(id, server);
  }
  outstanding_changed(server);
}

void Station::after_service(std::uint32_t server) {
  refill(server);
  Server& s = servers_[server];
  const bool idle = s.queue.length + s.in_service.length == 0;
  if (idle && s.power == Power::Draining) {
    events_.count_dead();  // The end of the draining.
    vanish(server);
  } else if (idle && settings_.setup && s.power == Power::On) {
    s.power = Power::Off;
    off_.push_back(server);
  }
  if (settings_.setup) match_setups();
}

// When `work` begun now is done. A server that warms up has the speed share + (1 - share) * age / length; the time for
// an amount of work is then the root of a quadratic, in the form that does not cancel.
std::int64_t Station::finish_of(std::int64_t work, const Server& s) const {
  const std::int64_t left = settings_.warm_up.count() - (now_ - s.since);
  if (left <= 0 || settings_.warm_up_share >= 1) return now_ + work;
  const double slope = (1 - settings_.warm_up_share) / static_cast<double>(settings_.warm_up.count());
  const auto span = static_cast<double>(left), amount = static_cast<double>(work);
  const double speed = 1 - slope * span;
  const double able = span * (speed + 1) / 2;
  if (amount >= able) return now_ + left + static_cast<std::int64_t>(amount - able + 0.5);
  const double root = std::sqrt(speed * speed + 2 * slope * amount);
  return now_ + (work == 0 ? 0 : static_cast<std::int64_t>(2 * amount / (speed + root) + 0.5));
}

// ---- Off while idle ----

// Exactly as many setups as requests wait, as far as there are servers.
void Station::match_setups() {
  while (starting_.size() > queue_.length) {
    const std::uint32_t server = starting_.back();
    starting_.pop_back();
    ++servers_[server].generation;
    events_.count_dead();
    servers_[server].power = Power::Off;
    off_.push_back(server);
  }
  while (starting_.size() < queue_.length && !off_.empty()) {
    const std::uint32_t server = off_.back();
    off_.pop_back();
    set_up(server);
  }
}

void Station::set_up(std::uint32_t server) {
  Server& s = servers_[server];
  s.power = Power::Starting;
  starting_.push_back(server);
  events_.push(now_ + settings_.setup->draw_ns(setups_), EventKind::SetupDone, server, s.generation);
}

void Station::setup_done(std::uint32_t server) {
  std::erase(starting_, server);
  servers_[server].power = Power::On;
  after_service(server);
}

}  // namespace tidepool::sim::load
