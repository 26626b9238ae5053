#include "sim/load/balancer.hpp"

#include <bit>
#include <cassert>

namespace tidepool::sim::load {
namespace {

// What one request adds to the pass of a server of weight 1; that of a heavier one grows slower.
constexpr std::uint64_t kStride = std::uint64_t{1} << 32U;

}  // namespace

void Balancer::declare(std::uint32_t server, std::int64_t weight) {
  if (server >= servers_.size()) servers_.resize(server + 1);
  assert(!admits(server));
  servers_[server] = Server{};
  servers_[server].weight = weight;
  if (bits_.size() * 64 <= server) bits_.resize(server / 64 + 1);
}

void Balancer::admit(std::uint32_t server) {
  Server& s = servers_[server];
  if (s.candidate != kNone) return;
  s.candidate = static_cast<std::uint32_t>(candidates_.size());
  candidates_.push_back(server);
  bits_[server / 64] |= std::uint64_t{1} << (server % 64);
  if (s.pass < reached_) s.pass = reached_;  // Being away earns no arrears.
  if (policy_ == BalancerPolicy::LeastOutstanding) link(server);
}

void Balancer::withdraw(std::uint32_t server) {
  Server& s = servers_[server];
  if (s.candidate == kNone) return;
  if (policy_ == BalancerPolicy::LeastOutstanding) unlink(server);
  const std::uint32_t moved = candidates_.back();
  candidates_[s.candidate] = moved;
  servers_[moved].candidate = s.candidate;
  candidates_.pop_back();
  s.candidate = kNone;
  bits_[server / 64] &= ~(std::uint64_t{1} << (server % 64));
}

void Balancer::set_outstanding(std::uint32_t server, std::uint32_t outstanding) {
  Server& s = servers_[server];
  const bool moves = policy_ == BalancerPolicy::LeastOutstanding && s.candidate != kNone;
  if (moves) unlink(server);
  s.outstanding = outstanding;
  if (moves) link(server);
}

void Balancer::link(std::uint32_t server) {
  Server& s = servers_[server];
  if (s.outstanding >= levels_.size()) levels_.resize(s.outstanding + 1);
  Level& level = levels_[s.outstanding];
  s.previous = level.last;
  s.next = kNone;
  (level.last == kNone ? level.first : servers_[level.last].next) = server;
  level.last = server;
  if (s.outstanding < least_) least_ = s.outstanding;
}

void Balancer::unlink(std::uint32_t server) {
  const Server& s = servers_[server];
  Level& level = levels_[s.outstanding];
  (s.previous == kNone ? level.first : servers_[s.previous].next) = s.next;
  (s.next == kNone ? level.last : servers_[s.next].previous) = s.previous;
}

std::uint32_t Balancer::pick(Rng& rng) {
  if (candidates_.empty()) return kNone;
  switch (policy_) {
    case BalancerPolicy::RoundRobin: return pick_in_turn();
    case BalancerPolicy::Weighted: return pick_weighted();
    case BalancerPolicy::Random: return pick_random(rng);
    case BalancerPolicy::PowerOfTwo: return pick_of_two(rng);
    case BalancerPolicy::LeastOutstanding: break;
  }
  while (levels_[least_].first == kNone) ++least_;
  return levels_[least_].first;
}

std::uint32_t Balancer::pick_in_turn() {
  std::size_t word = turn_ / 64;
  if (word >= bits_.size()) word = turn_ = 0;
  std::uint64_t left = bits_[word] & (~std::uint64_t{0} << (turn_ % 64));
  while (left == 0) {
    word = word + 1 < bits_.size() ? word + 1 : 0;
    left = bits_[word];
  }
  const auto server =
      static_cast<std::uint32_t>(word * 64) + static_cast<std::uint32_t>(std::countr_zero(left));
  turn_ = server + 1;
  return server;
}

// Stride scheduling: the candidate that is furthest behind, the lowest number of equals.
std::uint32_t Balancer::pick_weighted() {
  std::uint32_t best = candidates_.front();
  for (const std::uint32_t each : candidates_) {
    const std::uint64_t pass = servers_[each].pass, least = servers_[best].pass;
    if (pass < least || (pass == least && each < best)) best = each;
  }
  Server& s = servers_[best];
  reached_ = s.pass;
  s.pass += kStride / static_cast<std::uint64_t>(s.weight);
  return best;
}

std::uint32_t Balancer::pick_random(Rng& rng) const {
  const auto last = static_cast<std::int64_t>(candidates_.size()) - 1;
  return candidates_[static_cast<std::size_t>(rng.uniform_int(0, last))];
}

std::uint32_t Balancer::pick_of_two(Rng& rng) const {
  const auto last = static_cast<std::int64_t>(candidates_.size()) - 1;
  if (last == 0) return candidates_.front();
  const auto one = static_cast<std::size_t>(rng.uniform_int(0, last));
  auto other = static_cast<std::size_t>(rng.uniform_int(0, last - 1));
  if (other >= one) ++other;
  const std::uint32_t a = candidates_[one], b = candidates_[other];
  return servers_[b].outstanding < servers_[a].outstanding ? b : a;
}

}  // namespace tidepool::sim::load
