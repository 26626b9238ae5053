// Balancer: which server gets the next request, among those that may get one.
//
// Servers are numbers below some bound. Every policy but the weighted one takes constant time (round robin: a scan of
// bits, 64 servers a step); the weighted one looks at all candidates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/engine/rng.hpp"

namespace tidepool::sim::load {

enum class BalancerPolicy : std::uint8_t {
  RoundRobin,        ///< in turn
  Weighted,          ///< in turn, in proportion to the weights
  LeastOutstanding,  ///< fewest requests waiting or in service there; of equals, the one that had so many first
  Random,            ///< each equally likely
  PowerOfTwo         ///< of two different ones at random, the one with fewer; of equals, the first drawn
};

class Balancer {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  explicit Balancer(BalancerPolicy policy) : policy_(policy) {}

  /// Tells of a new server, or of one that starts afresh under its number.
  void declare(std::uint32_t server, std::int64_t weight);
  void set_weight(std::uint32_t server, std::int64_t weight) { servers_[server].weight = weight; }

  /// From now on it may be picked. `outstanding` as in `set_outstanding`.
  void admit(std::uint32_t server);
  void withdraw(std::uint32_t server);
  bool admits(std::uint32_t server) const { return servers_[server].candidate != kNone; }

  void set_outstanding(std::uint32_t server, std::uint32_t outstanding);

  /// A candidate, or kNone when there is none.
  std::uint32_t pick(Rng& rng);

 private:
  struct Server {
    std::uint32_t candidate = kNone;  // place in `candidates_`
    std::uint32_t outstanding = 0;
    std::uint32_t next = kNone, previous = kNone;  // in its level
    std::int64_t weight = 1;
    std::uint64_t pass = 0;
  };
  struct Level {
    std::uint32_t first = kNone, last = kNone;
  };

  std::uint32_t pick_in_turn();
  std::uint32_t pick_weighted();
  std::uint32_t pick_random(Rng& rng) const;
  std::uint32_t pick_of_two(Rng& rng) const;
  void link(std::uint32_t server);
  void unlink(std::uint32_t server);

  BalancerPolicy policy_;
  std::vector<Server> servers_;
  std::vector<std::uint32_t> candidates_;  // in no order that matters but is the same every time
  std::vector<std::uint64_t> bits_;        // RoundRobin: candidates by number
  std::uint32_t turn_ = 0;                 // RoundRobin: the first number that is considered next
  std::uint64_t reached_ = 0;              // Weighted: the pass of the last pick
  std::vector<Level> levels_;              // LeastOutstanding: candidates by their requests
  std::uint32_t least_ = 0;                // LeastOutstanding: no level below has any
};

}  // namespace tidepool::sim::load
