// Station: one service behind a balancer, request by request.
//
// A station lives beside whoever drives it: servers come and go at given moments, `advance` plays what happens in
// between, and what was counted can be read at any time. It keeps no list of what is past, so its memory follows the
// requests that are inside, not those that have been.
//
// An attempt of a request arrives at the balancer, waits there or at a server, is served in one of the server's slots and
// leaves; or it is refused, gives up waiting, times out, or its server goes away. After all of these but giving up it may
// be tried again. Arrivals and services are drawn when a request first arrives, whatever happens to it later, so two runs
// with the same seed and other servers see the same requests; patience is drawn for each wait.
//
// At equal moments: answers first, then time-outs and other ends of what is under way, then arrivals.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/engine/rng.hpp"
#include "sim/engine/time.hpp"
#include "sim/load/arrivals.hpp"
#include "sim/load/balancer.hpp"
#include "sim/load/draws.hpp"
#include "sim/load/event_heap.hpp"
#include "sim/load/latency_histogram.hpp"
#include "sim/load/nanos.hpp"

namespace tidepool::sim::load {

/// Whatever the caller calls a server: an instance number, say.
using ServerKey = std::uint64_t;

inline constexpr std::int64_t kNoLimit = INT64_MAX;

enum class QueuePlace : std::uint8_t {
  Balancer,  ///< one queue for all; a request is handed to a server that has a free slot
  Instance   ///< each server has its own; the balancer decides on arrival and for good
};

/// What a server does with a request whose client has timed out.
enum class AfterTimeout : std::uint8_t {
  StopWork,   ///< the slot is free at once
  FinishWork  ///< the slot is busy as long as it would have been
};

struct RetrySettings {
  std::int64_t attempts = 1;  ///< in all; 1: none is repeated
  Nanos base{100'000'000};    ///< before the second attempt
  double factor = 2;          ///< on each wait after; 1 or more
  Nanos longest{30'000'000'000};
  double jitter = 0;  ///< 0 to 1: this share of the wait is drawn evenly instead
};

struct StationSettings {
  ArrivalSettings arrivals;
  TimeDistribution service;      ///< at full speed
  std::int64_t concurrency = 1;  ///< slots of a server
  BalancerPolicy policy = BalancerPolicy::RoundRobin;
  QueuePlace queue_at = QueuePlace::Balancer;
  std::int64_t queue_limit = kNoLimit;  ///< of that queue, requests in service not counted

  std::optional<TimeDistribution> patience;  ///< longest wait for a slot that an attempt bears; empty: any
  std::optional<Nanos> timeout;              ///< longest time until the answer to an attempt; empty: any
  AfterTimeout after_timeout = AfterTimeout::FinishWork;
  RetrySettings retry;

  /// A fresh server works at this share of full speed (0 to 1), and gets faster in a straight line over the length.
  double warm_up_share = 1;
  Nanos warm_up{0};

  /// Servers are off while idle and take this long to be on again. Needs a queue at the balancer and one slot.
  /// As many are being set up as requests wait: when a request finds another server first, the latest setup stops.
  std::optional<TimeDistribution> setup;

  /// Responses that take longer are counted as late.
  std::optional<Nanos> bound;
};

/// What a caller's settings break, as "queue_limit: -1, expected 0 or more"; empty when sound.
std::optional<std::string> fault_of(const StationSettings& settings);

/// Counts since the start, or since `forget`. Every request that arrived ends in exactly one of completed, dropped,
/// abandoned, timed out or failed, or is still waiting, in service or about to be tried again.
struct StationTotals {
  std::int64_t arrived = 0;
  std::int64_t completed = 0;  ///< answered to a client that still waited
  std::int64_t dropped = 0;    ///< refused for good: a queue was full, or there was no server
  std::int64_t abandoned = 0;  ///< gave up waiting for a slot
  std::int64_t timed_out = 0;  ///< for good
  std::int64_t failed = 0;     ///< for good: their server went away
  std::int64_t late = 0;       ///< completed, but over the bound

  std::int64_t attempts = 0;  ///< that reached the balancer
  std::int64_t retried = 0;   ///< of them not the first
  std::int64_t queued = 0;    ///< of them had to wait
  std::int64_t refused = 0;   ///< of them found no place
  std::int64_t wasted = 0;    ///< services finished for a client that was gone

  Duration busy{};     ///< slots in service, times time
  Duration enabled{};  ///< slots of servers that take requests, and busy ones of those that drain, times time
  Duration waiting{};  ///< requests waiting for a slot, times time

  friend bool operator==(const StationTotals&, const StationTotals&) = default;
};

class Station {
 public:
  /// `settings` must be sound. Stations of one run differ by `substream`.
  Station(StationSettings settings, Time start, std::uint64_t seed, std::uint64_t substream = 0);

  // The caller moves through time: none of these may lie before `now`.

  /// Plays all that happens before `until`; what happens exactly then is left for later.
  void advance(Time until);
  /// A server takes requests from `at` on, of which a higher weight gets more under the weighted policy and one of
  /// weight 0 gets none. One that is draining is taken back as it is, without a new warm-up; known ones get the weight.
  void add_server(ServerKey key, Time at, std::int64_t weight = 1);
  /// No new requests from `at` on; those that it has may take until `drain` later, then they fail. Zero is a death,
  /// `Duration::max()` waits for the last. An unknown key changes nothing.
  void remove_server(ServerKey key, Time at, Duration drain);

  Time now() const { return start_ + in_micros(now_); }
  const StationTotals& totals() const { return settled_; }
  /// From the intended arrival of a request to its answer.
  const LatencyHistogram& responses() const { return responses_; }
  /// From the arrival of an attempt to the start of its service, for those that were served.
  const LatencyHistogram& waits() const { return waits_; }

  std::int64_t waiting() const { return waiting_; }
  /// Slots in service, those that work for a client who is gone included.
  std::int64_t busy() const { return busy_; }
  /// Requests that wait for their next attempt.
  std::int64_t backing_off() const { return backing_off_; }
  std::int64_t servers() const { return static_cast<std::int64_t>(enabled_); }
  /// Requests waiting or in service at one server; 0 when it is unknown, or gone.
  std::int64_t outstanding(ServerKey key) const;

  /// Forgets what was counted, and keeps what is under way: the end of a warm-up of the measurement.
  void forget();

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  enum class Place : std::uint8_t { Free, Queued, InService, Orphaned, BackingOff };
  struct Request {
    std::int64_t intended = 0, joined = 0, work = 0;  // ns
    std::uint32_t next = kNone, previous = kNone;     // in its queue, or among those in service at its server
    std::uint32_t server = kNone;                     // kNone in the balancer's queue
    std::uint32_t generation = 0;                     // of the attempt; events of an older one are dead
    std::uint32_t attempt = 0;
    Place place = Place::Free;
    std::uint8_t timers = 0;  // events of this attempt that are still ahead
  };
  struct List {
    std::uint32_t first = kNone, last = kNone, length = 0;
  };
  enum class Power : std::uint8_t { Gone, Off, Starting, On, Draining };
  struct Server {
    ServerKey key = 0;
    std::int64_t since = 0, weight = 1;
    std::int64_t drain_end = kNeverNs;
    List queue, in_service;
    std::uint32_t generation = 0;  // of its timer
    Power power = Power::Gone;
  };
  enum class Loss : std::uint8_t { Dropped, TimedOut, Failed };

  // The present.
  void move_to(std::int64_t ns);
  void handle(const StationEvent& event);
  void settle();
  void occupy(const Server& server, std::int64_t slots);
  std::int64_t ns_since_start(Time t) const;

  // Requests.
  void arrive();
  void try_now(std::uint32_t request);
  void enqueue(std::uint32_t request, List& queue, std::uint32_t server);
  void start_service(std::uint32_t request, std::uint32_t server);
  void complete(std::uint32_t request);
  void time_out(std::uint32_t request);
  void abandon(std::uint32_t request);
  void lose(std::uint32_t request, Loss loss);
  void leave_queue(std::uint32_t request);
  void end_attempt(std::uint32_t request);
  void set_timer(std::int64_t at, EventKind kind, std::uint32_t request);
  std::int64_t back_off(std::uint32_t attempt);
  std::uint32_t take_request();
  void give_back(std::uint32_t request);

  // Servers.
  std::uint32_t take_server();
  bool has_slot(const Server& s) const { return s.in_service.length < settings_.concurrency; }
  void enable(std::uint32_t server);
  void refill(std::uint32_t server);
  void after_service(std::uint32_t server);
  void outstanding_changed(std::uint32_t server);
  void kill(std::uint32_t server);
  void vanish(std::uint32_t server);
  std::int64_t finish_of(std::int64_t work, const Server& s) const;

  // Servers that are off while idle.
  void match_setups();
  void set_up(std::uint32_t server);
  void setup_done(std::uint32_t server);

  void append(List& list, std::uint32_t request);
  void remove(List& list, std::uint32_t request);
  bool is_dead(const StationEvent& event) const;

  StationSettings settings_;
  Time start_;
  Arrivals arrivals_;
  Rng services_, patiences_, choices_, back_offs_, setups_;
  Balancer balancer_;
  EventHeap events_;

  std::vector<Request> requests_;
  std::uint32_t free_request_ = kNone;  // chained by `next`
  std::vector<Server> servers_;
  std::vector<std::uint32_t> free_servers_;
  std::map<ServerKey, std::uint32_t> by_key_;
  List queue_;                                 // the balancer's
  std::vector<std::uint32_t> off_, starting_;  // servers, the latest last

  std::int64_t now_ = 0;
  std::int64_t waiting_ = 0, busy_ = 0, backing_off_ = 0;
  std::int64_t draining_busy_ = 0;  // of the busy slots, those of servers that drain
  std::size_t enabled_ = 0;

  StationTotals settled_;  // the three durations only as of the last `settle`
  Wide busy_ns_ = 0, enabled_ns_ = 0, waiting_ns_ = 0;
  LatencyHistogram responses_, waits_;
};

}  // namespace tidepool::sim::load
