#include "sim/load/balancer.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "sim/engine/rng.hpp"

namespace tidepool::sim::load {
namespace {

using Picks = std::vector<std::uint32_t>;

Balancer a_balancer(BalancerPolicy policy, const std::vector<std::int64_t>& weights) {
  Balancer balancer(policy);
  for (std::uint32_t i = 0; i < weights.size(); ++i) {
    balancer.declare(i, weights[i]);
    balancer.admit(i);
  }
  return balancer;
}

Picks picks(Balancer& balancer, int count) {
  Rng rng(1, "balancer test");
  Picks all;
  for (int i = 0; i < count; ++i) all.push_back(balancer.pick(rng));
  return all;
}

std::vector<int> tally(const Picks& picked, std::size_t servers) {
  std::vector<int> counts(servers);
  for (const std::uint32_t each : picked) ++counts[each];
  return counts;
}

}  // namespace

TEST_CASE("round robin goes round and passes over who may not be picked", "[load]") {
  Balancer balancer = a_balancer(BalancerPolicy::RoundRobin, std::vector<std::int64_t>(70, 1));
  for (std::uint32_t i = 3; i < 68; ++i) balancer.withdraw(i);
  CHECK(picks(balancer, 7) == Picks{0, 1, 2, 68, 69, 0, 1});
}

TEST_CASE("weights share out in proportion, spread over time", "[load]") {
  Balancer balancer = a_balancer(BalancerPolicy::Weighted, {1, 3, 6});
  CHECK(tally(picks(balancer, 10), 3) == std::vector<int>{1, 3, 6});
  CHECK(tally(picks(balancer, 1000), 3) == std::vector<int>{100, 300, 600});
}

TEST_CASE("a server that was away gets no arrears under weights", "[load]") {
  Balancer balancer = a_balancer(BalancerPolicy::Weighted, {1, 1});
  balancer.withdraw(1);
  picks(balancer, 100);
  balancer.admit(1);
  CHECK(tally(picks(balancer, 100), 2) == std::vector<int>{50, 50});
}

TEST_CASE("least outstanding picks the fewest, and of equals who had so many first", "[load]") {
  Balancer balancer = a_balancer(BalancerPolicy::LeastOutstanding, {1, 1, 1});
  Rng rng(1, "balancer test");
  Picks picked;
  std::vector<std::uint32_t> have(3);
  for (int i = 0; i < 6; ++i) {
    picked.push_back(balancer.pick(rng));
    balancer.set_outstanding(picked.back(), ++have[picked.back()]);
  }
  CHECK(picked == Picks{0, 1, 2, 0, 1, 2});
  balancer.set_outstanding(1, 0);
  CHECK(balancer.pick(rng) == 1);
  balancer.withdraw(1);
  CHECK(balancer.pick(rng) == 0);
}

TEST_CASE("random gives each the same share, and two choices keep away from the busiest", "[load]") {
  Balancer random = a_balancer(BalancerPolicy::Random, {1, 1, 1, 1});
  for (const int each : tally(picks(random, 40'000), 4)) CHECK(each == Approx(10'000).margin(400));
  Balancer two = a_balancer(BalancerPolicy::PowerOfTwo, {1, 1, 1});
  two.set_outstanding(2, 9);
  CHECK(tally(picks(two, 3000), 3)[2] == 0);
}

TEST_CASE("of no candidates none is picked", "[load]") {
  const auto policy =
      GENERATE(BalancerPolicy::RoundRobin, BalancerPolicy::Weighted, BalancerPolicy::LeastOutstanding,
               BalancerPolicy::Random, BalancerPolicy::PowerOfTwo);
  Balancer balancer = a_balancer(policy, {1});
  Rng rng(1, "balancer test");
  CHECK(balancer.pick(rng) == 0);
  balancer.withdraw(0);
  CHECK(balancer.pick(rng) == Balancer::kNone);
}

}  // namespace tidepool::sim::load
