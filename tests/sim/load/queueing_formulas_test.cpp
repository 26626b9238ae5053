#include "sim/load/queueing_formulas.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <vector>

namespace tidepool::sim::load {
namespace {

// Ten significant digits, as the tables give them.
Approx digits(double value) { return Approx(value).epsilon(6e-10); }

}  // namespace

TEST_CASE("M/M/1 and M/M/c against tables of ten digits", "[formulas]") {
  const Mmc one{0.8, 1, 1};
  CHECK(one.mean_wait() == digits(4));
  CHECK(one.mean_response() == digits(5));
  CHECK(one.response_quantile(0.95) == digits(14.97866137));
  CHECK(one.response_quantile(0.99) == digits(23.02585093));
  const Mmc two{1.5, 1, 2};
  CHECK(two.wait_probability() == digits(0.6428571429));
  CHECK(two.mean_wait() == digits(1.285714286));
  const Mmc five{4, 1, 5};
  CHECK(five.wait_probability() == digits(0.5541125541));
  CHECK(five.mean_wait() == digits(0.5541125541));
  const Mmc ten{8, 1, 10};
  CHECK(ten.wait_probability() == digits(0.4091801508));
  CHECK(ten.mean_wait() == digits(0.2045900754));
  CHECK(ten.mean_response() == digits(1.204590075));
  CHECK(ten.mean_queue() == digits(1.636720603));
  CHECK(ten.mean_in_system() == digits(9.636720603));
  CHECK(ten.wait_above(0.5) == digits(0.1505289652));
  CHECK(ten.wait_quantile(0.95) == digits(1.051066260));
  CHECK(ten.wait_quantile(0.99) == digits(1.855785216));
  CHECK(ten.response_above(2) == digits(0.1832173990));
  const Mmc hundred{95, 1, 100};
  CHECK(hundred.wait_probability() == digits(0.5064568539));
  CHECK(hundred.mean_wait() == digits(0.1012913708));
}

TEST_CASE("the response of M/M/c is smooth where its formula divides by zero", "[formulas]") {
  const Mmc at{4, 1, 5};  // 5 * 1 - 4 - 1 = 0
  const Mmc beside{4.000001, 1, 5};
  for (const double t : {0.1, 1.0, 7.0})
    CHECK(at.response_above(t) == Approx(beside.response_above(t)).epsilon(1e-5));
  CHECK(at.response_above(at.response_quantile(0.9)) == Approx(0.1));
}

TEST_CASE("an overloaded queue waits for ever", "[formulas]") {
  const Mmc queue{10, 1, 10};
  CHECK(std::isinf(queue.mean_wait()));
  CHECK(std::isinf(queue.response_quantile(0.5)));
  CHECK(queue.wait_above(1e9) == 1);
  CHECK(std::isinf(mg1_mean_wait(1, 1, 0)));
  CHECK(std::isinf(mdc_mean_wait(2, 1, 2)));
  CHECK(std::isinf(setup_mean_response(2, 1, 2, 1)));
}

TEST_CASE("Erlang B, sizing and loss against tables of ten digits", "[formulas]") {
  CHECK(erlang_b(5, 4) == digits(0.1990668740));
  CHECK(erlang_b(10, 8) == digits(0.1216610643));
  CHECK(erlang_b(100, 95) == digits(0.04880420618));
  CHECK(servers_needed(100, 1, 0.2, 0.05) == 109);
  CHECK(mmck(2, 1, 3, 3).blocking == digits(4.0 / 19));
  CHECK(mmck(95, 1, 100, 100).blocking == digits(erlang_b(100, 95)));
}

TEST_CASE("a large room for waiting makes M/M/c/K an M/M/c, however long the chain", "[formulas]") {
  const Mmck large = mmck(8, 1, 10, 5000);
  const Mmc open{8, 1, 10};
  CHECK(large.mean_wait == digits(open.mean_wait()));
  CHECK(large.wait_probability == digits(open.wait_probability()));
  CHECK(mmck(1000, 1, 10, 3000).throughput == digits(10));
}

TEST_CASE("general and constant services against tables of ten digits", "[formulas]") {
  CHECK(mg1_mean_wait(0.8, 1, 0) == digits(2));
  CHECK(mg1_mean_wait(0.8, 1, 4) == digits(10));
  CHECK(mg1_mean_wait(0.8, 1, 1.0 / 12) == digits(2.166666667));
  CHECK(mdc_mean_wait(0.8, 1, 1) == digits(2));
  CHECK(mdc_mean_wait(1.6, 1, 2) == digits(0.9032838794));
  CHECK(mdc_mean_wait(8, 1, 10) == digits(0.1098277897));
  CHECK(ggc_mean_wait({0.8, 1, 1}, 1, 4) == digits(10));
}

// X' = max(X - c, 0) + Poisson(a), by brute force.
TEST_CASE("Crommelin's mean is that of the chain it stands for", "[formulas]") {
  const std::size_t c = 7, states = 200;
  const double a = 6;
  std::vector<double> poisson(states), p(states), next(states);
  poisson[0] = std::exp(-a);
  for (std::size_t n = 1; n < states; ++n) poisson[n] = poisson[n - 1] * a / static_cast<double>(n);
  p[0] = 1;
  for (int round = 0; round < 2000; ++round) {
    std::fill(next.begin(), next.end(), 0);
    for (std::size_t x = 0; x < states; ++x)
      for (std::size_t n = 0; n + (x > c ? x - c : 0) < states; ++n)
        next[n + (x > c ? x - c : 0)] += p[x] * poisson[n];
    p = next;
  }
  double mean = 0;
  for (std::size_t x = 0; x < states; ++x) mean += p[x] * static_cast<double>(x);
  CHECK(mdc_mean_wait(6, 1, 7) == Approx(mean / 6 - 1).epsilon(1e-8));
}

TEST_CASE("abandonment against tables of ten digits", "[formulas]") {
  const ErlangA queue = erlang_a(8, 1, 10, 1);
  CHECK(queue.wait_probability == digits(0.2833757413));
  CHECK(queue.abandon_probability == digits(0.05323298197));
  CHECK(erlang_a(8, 1, 10, 1e-9).wait_probability == Approx(0.4091801508).epsilon(1e-6));
  CHECK(erlang_a(1000, 1, 100, 0.01).abandon_probability == Approx(0.9).epsilon(1e-3));
}

TEST_CASE("setups against tables of ten digits", "[formulas]") {
  CHECK(setup_mean_response(0.5, 1, 1, 0.1) == digits(12));
  CHECK(setup_mean_response(0.8, 1, 1, 0.05) == digits(25));
  CHECK(setup_mean_response(8, 1, 10, 0.5) == digits(1.797067939));
  CHECK(setup_mean_response(8, 1, 10, 1e6) == Approx(Mmc{8, 1, 10}.mean_response()).epsilon(1e-4));
}

TEST_CASE("repair and availability against tables of ten digits", "[formulas]") {
  CHECK(repair_working_share(10, 10, 0.1, 1) == digits(10.0 / 11));
  CHECK(repair_working_share(1, 1, 2, 3) == digits(0.6));
  CHECK(repair_working_share(2, 1, 1, 1) == digits(1 - (2 * 1 + 2 * 2) / 5.0 / 2));  // 1, 2, 2
  const double hour = 3600;
  CHECK(availability(720 * hour, 300, 96.9) == digits(0.9999047544));
  CHECK(availability(720 * hour, 60, 96.9) == digits(0.9999510441));
  CHECK(group_availability(3, 2, 0.9) == digits(0.972));
  CHECK(group_availability(4, 0, 0.5) == digits(1));
}

TEST_CASE("demand that changes against tables of ten digits", "[formulas]") {
  const MtMInf daily{100, 60, 2 * std::acos(-1.0) / 24, 1};
  CHECK(daily.peak() == digits(158.0438322));
  CHECK(daily.lag() == digits(0.9780495368));
  CHECK(daily.mean_at(6 + daily.lag()) == digits(daily.peak()));
  const RampDeficit ramp = ramp_deficit(0.02, 396.9, 3600);
  CHECK(ramp.area == digits(27001.50390));
  CHECK(ramp.mean == digits(7.500417750));
  const FluidStep step = fluid_step(150, 100, 396.9, 200);
  CHECK(step.backlog == digits(19845));
  CHECK(step.drain == digits(396.9));
  CHECK(step.delay_then == digits(99.225));
  CHECK(step.longest_delay == digits(132.3));
  CHECK(step.area == digits(7876480.5));
}

TEST_CASE("growth that waits for cooldowns", "[formulas]") {
  CHECK(cooldown_growth(6, 1, 60, 300).time == 1860);
  CHECK(cooldown_growth(6, 3, 60, 300).time == 420);
  CHECK(cooldown_growth(50, 5, 97, 900).time == 9070);
  CHECK(cooldown_growth(7, 3, 1, 0).actions == 3);
}

TEST_CASE("the square root rule against tables of ten digits", "[formulas]") {
  CHECK(halfin_whitt(0.5) == digits(0.5045386410));
  CHECK(halfin_whitt(1) == digits(0.2233612748));
  CHECK(halfin_whitt(2) == digits(0.02688136243));
  CHECK(erlang_c(1032, 1000) == digits(0.2230633477));
}

}  // namespace tidepool::sim::load
