#include "sim/load/arrivals.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/engine/time.hpp"

namespace tidepool::sim::load {
namespace {

using namespace std::chrono_literals;
using Kind = ArrivalSettings::Kind;

constexpr Time kStart{};
constexpr std::int64_t kSecond = 1'000'000'000;

// Requests in each step.
std::shared_ptr<const Trace> a_trace(Duration step, const std::vector<std::int64_t>& requests,
                                     Time start = kStart) {
  std::vector<Amount> amounts;
  for (const std::int64_t each : requests) amounts.push_back(each * kAmountUnit);
  return std::make_shared<const Trace>(start, step, amounts);
}

std::vector<std::int64_t> all_of(const ArrivalSettings& settings, Time start = kStart) {
  Arrivals arrivals(settings, start, 1, 0);
  std::vector<std::int64_t> at;
  for (; arrivals.next_at() != kNeverNs; arrivals.advance()) at.push_back(arrivals.next_at());
  return at;
}

std::vector<std::int64_t> counts(const std::vector<std::int64_t>& at, std::int64_t step_ns,
                                 std::size_t steps) {
  std::vector<std::int64_t> in(steps);
  for (const std::int64_t each : at) ++in.at(static_cast<std::size_t>(each / step_ns));
  return in;
}

}  // namespace

TEST_CASE("deterministic arrivals come when the trace has offered one more", "[load]") {
  ArrivalSettings settings;
  settings.kind = Kind::Deterministic;
  settings.trace = a_trace(1s, {4, 0, 1, 2});
  const std::int64_t s = kSecond;
  CHECK(all_of(settings) == std::vector<std::int64_t>{s / 4, s / 2, 3 * s / 4, s, 3 * s, 7 * s / 2, 4 * s});
}

TEST_CASE("deterministic arrivals do not drift", "[load]") {
  ArrivalSettings settings;
  settings.kind = Kind::Deterministic;
  settings.trace = a_trace(1h, {10'000, 10'000, 3});  // 2.77... a second
  const auto at = all_of(settings);
  REQUIRE(at.size() == 20'003);
  CHECK(at[9'999] == 3600 * kSecond);
  CHECK(at[19'999] == 7200 * kSecond);
}

TEST_CASE("a trace that begins earlier or later than the station is taken from where it is", "[load]") {
  ArrivalSettings settings;
  settings.kind = Kind::Deterministic;
  settings.trace = a_trace(2s, {2, 2, 2}, kStart + 1h);
  CHECK(all_of(settings, kStart + 1h - 1s).front() == 2 * kSecond);
  CHECK(all_of(settings, kStart + 1h + 2500ms) ==
        std::vector<std::int64_t>{kSecond, 2 * kSecond, 3 * kSecond});
  CHECK(all_of(settings, kStart + 2h).empty());
}

TEST_CASE("Poisson arrivals follow the rate of each step, an empty one included", "[load]") {
  ArrivalSettings settings;
  settings.trace = a_trace(60s, {40'000, 0, 10'000, 90'000});
  const auto in = counts(all_of(settings), 60 * kSecond, 4);
  CHECK(in[0] == Approx(40'000).margin(800));
  CHECK(in[1] == 0);
  CHECK(in[2] == Approx(10'000).margin(400));
  CHECK(in[3] == Approx(90'000).margin(1200));
}

TEST_CASE("counts of Poisson arrivals vary as they should, across the edges of short steps, too", "[load]") {
  ArrivalSettings settings;
  settings.trace = a_trace(100ms, std::vector<std::int64_t>(100'000, 1));
  const auto in = counts(all_of(settings), kSecond, 10'001);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < 10'000; ++i) {
    sum += static_cast<double>(in[i]);
    squares += static_cast<double>(in[i] * in[i]);
  }
  const double mean = sum / 10'000;
  CHECK(mean == Approx(10).margin(0.13));
  CHECK(squares / 10'000 - mean * mean == Approx(10).margin(0.6));
}

TEST_CASE("batches come together and keep the rate", "[load]") {
  ArrivalSettings settings;
  settings.trace = a_trace(1h, {100'000});
  settings.batch = 5;
  settings.random_batch = GENERATE(false, true);
  const auto at = all_of(settings);
  CHECK(static_cast<double>(at.size()) == Approx(100'000).margin(settings.random_batch ? 3800 : 2900));
  std::size_t moments = 0;
  for (std::size_t i = 0; i < at.size(); ++i) moments += i == 0 || at[i] != at[i - 1] ? 1U : 0U;
  CHECK(static_cast<double>(moments) == Approx(20'000).margin(600));
}

TEST_CASE("a modulated process is busy and calm in turn, and keeps the weighted mean", "[load]") {
  ArrivalSettings settings;
  settings.kind = Kind::Modulated;
  settings.trace = a_trace(1h, std::vector<std::int64_t>(200, 3600));  // 1 a second
  settings.calm_factor = 0.5;
  settings.busy_factor = 3;
  settings.calm_length = 80s;
  settings.busy_length = 20s;
  const auto at = all_of(settings);
  CHECK(static_cast<double>(at.size()) == Approx(720'000).epsilon(0.03));
  const auto in = counts(at, 10 * kSecond, 72'000);
  double sum = 0, squares = 0;
  for (const std::int64_t each : in) {
    sum += static_cast<double>(each);
    squares += static_cast<double>(each * each);
  }
  const double mean = sum / 72'000, variance = squares / 72'000 - mean * mean;
  CHECK(variance > 5 * mean);  // Poisson would have the mean.
}

TEST_CASE("a recorded log is played as it is, from the start on", "[load]") {
  ArrivalSettings settings;
  settings.kind = Kind::Replay;
  settings.recorded = std::make_shared<const std::vector<RecordedRequest>>(std::vector<RecordedRequest>{
      {kStart + 1s, 5ns}, {kStart + 2s}, {kStart + 2s, 0ns}, {kStart + 9s, 7ns}});
  Arrivals arrivals(settings, kStart + 1500ms, 1, 0);
  CHECK(arrivals.next_at() == kSecond / 2);
  CHECK(arrivals.service_ns() < 0);
  arrivals.advance();
  CHECK(arrivals.next_at() == kSecond / 2);
  CHECK(arrivals.service_ns() == 0);
  arrivals.advance();
  CHECK(arrivals.service_ns() == 7);
  arrivals.advance();
  CHECK(arrivals.next_at() == kNeverNs);
}

}  // namespace tidepool::sim::load
