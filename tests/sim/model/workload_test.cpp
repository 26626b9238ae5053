#include "sim/model/workload.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>

namespace tidepool::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Time at(Duration since_epoch) { return Time{since_epoch}; }

// Three steps of 10 us from 100 us on.
Trace a_trace(std::vector<Amount> amounts = {30, 0, 7}) {
  return {at(Duration{100}), Duration{10}, std::move(amounts)};
}

// FNV-1a over the amounts: one number to compare between compilers.
std::uint64_t fingerprint(const Trace& trace) {
  std::uint64_t hash = 14695981039346656037U;
  for (const Amount each : trace.amounts) hash = (hash ^ static_cast<std::uint64_t>(each)) * 1099511628211U;
  return hash;
}

TEST_CASE("equal demand has equal fingerprints, other demand has others", "[workload]") {
  const std::string one = fingerprint_of(a_trace());
  CHECK(one.size() == 32);
  CHECK(fingerprint_of(a_trace()) == one);
  CHECK(fingerprint_of(a_trace({0, 30, 7})) != one);
  CHECK(fingerprint_of(a_trace({30, 0, 7, 0})) != one);
  CHECK(fingerprint_of({at(Duration{101}), Duration{10}, {30, 0, 7}}) != one);
  CHECK(fingerprint_of({at(Duration{100}), Duration{11}, {30, 0, 7}}) != one);
}

TEST_CASE("the amount offered until a moment is exact at edges and rounded down inside a step",
          "[workload]") {
  const Trace trace = a_trace();
  struct Row {
    const char* why;
    std::int64_t t;
    Amount expected;
  };
  const auto row = GENERATE(values<Row>({
      {"long before the start", 0, 0},
      {"at the start", 100, 0},
      {"inside the first step", 101, 3},
      {"the edge between the first and the second", 110, 30},
      {"a step that offers nothing", 115, 30},
      {"its end", 120, 30},
      {"7 * 1 / 10 is rounded down", 121, 30},
      {"7 * 3 / 10 is rounded down", 123, 32},
      {"just before the end", 129, 36},
      {"the end", 130, 37},
      {"long after the end", 1'000'000, 37},
  }));
  CAPTURE(row.why);
  CHECK(trace.offered_until(at(Duration{row.t})) == row.expected);
}

TEST_CASE("a trace without steps offers nothing at any moment", "[workload]") {
  for (const Trace& trace : {Trace{}, a_trace({})}) {
    CHECK(trace.total() == 0);
    CHECK(trace.end() == trace.start);
    CHECK(trace.offered_until(kEpoch) == 0);
    CHECK(trace.offered_until(kNever) == 0);
    CHECK_FALSE(trace.step_at(trace.start));
    CHECK_FALSE(trace.next_rate_change(kEpoch));
  }
  CHECK(a_trace({}).next_edge(kEpoch) == at(Duration{100}));
  CHECK_FALSE(a_trace({}).next_edge(at(Duration{100})));
}

TEST_CASE("however a span is cut into pieces they add up to the same amount", "[workload]") {
  const Trace trace = a_trace({999'999'999'999'999'999, 1, 0, 123'456'789'012'345'678});
  for (std::int64_t piece = 1; piece <= 50; ++piece) {
    Amount sum = 0;
    for (std::int64_t t = 90; t < 150; t += piece)
      sum += trace.offered_between(at(Duration{t}), at(Duration{t + piece}));
    CHECK(sum == trace.total());
  }
}

TEST_CASE("the largest step and the longest times are counted without overflow", "[workload]") {
  const auto year_100000 = at(days{36'525'000});
  const auto trace = make_trace(year_100000, days{36'525}, {kMaxStepAmount, kMaxStepAmount});
  REQUIRE(trace.has_value());
  CHECK(trace->offered_until(year_100000 + Duration{days{36'525}} / 2) == kMaxStepAmount / 2);
  CHECK(trace->offered_until(kNever) == 2 * kMaxStepAmount);
  CHECK(trace->offered_until(Time::min()) == 0);
}

TEST_CASE("a moment belongs to the step that begins with it", "[workload]") {
  const Trace trace = a_trace();
  CHECK_FALSE(trace.step_at(at(Duration{99})));
  CHECK(trace.step_at(at(Duration{100})) == 0U);
  CHECK(trace.step_at(at(Duration{109})) == 0U);
  CHECK(trace.step_at(at(Duration{110})) == 1U);
  CHECK(trace.step_at(at(Duration{129})) == 2U);
  CHECK_FALSE(trace.step_at(at(Duration{130})));
  CHECK_FALSE(trace.step_at(kNever));
}

TEST_CASE("edges follow one another from the start to the end", "[workload]") {
  std::vector<std::int64_t> edges;
  const Trace trace = a_trace();
  for (auto t = trace.next_edge(kEpoch); t; t = trace.next_edge(*t))
    edges.push_back(t->time_since_epoch().count());
  CHECK(edges == std::vector<std::int64_t>{100, 110, 120, 130});
  CHECK(trace.next_edge(at(Duration{111})) == at(Duration{120}));
}

TEST_CASE("only steps that differ from the one before change the rate", "[workload]") {
  struct Row {
    const char* why;
    std::vector<Amount> amounts;
    std::vector<std::int64_t> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"a flat series changes at its start and its end", {5, 5, 5, 5}, {100, 140}},
      {"a start of zero is no change", {0, 0, 5}, {120, 130}},
      {"nor is an end of zero", {5, 0, 0}, {100, 110}},
      {"equal neighbours are one", {5, 5, 8, 8, 5}, {100, 120, 140, 150}},
      {"no demand at all never changes", {0, 0, 0}, {}},
  }));
  CAPTURE(row.why);
  const Trace trace = a_trace(row.amounts);
  std::vector<std::int64_t> changes;
  for (auto t = trace.next_rate_change(kEpoch); t; t = trace.next_rate_change(*t))
    changes.push_back(t->time_since_epoch().count());
  CHECK(changes == row.expected);
}

TEST_CASE("a trace beyond its limits is refused with the field and the value", "[workload]") {
  struct Row {
    const char* expected;
    std::int64_t start, step;
    std::vector<Amount> amounts;
  };
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto row = GENERATE(values<Row>({
      {"step 0 us: expected 1 or more", 0, 0, {1}},
      {"step -5 us", 0, -5, {1}},
      {"start -1 us: expected 0 (1970) or later", -1, 1, {1}},
      {"later than a time can be", kMost - 10, 10, {1}},
      {"later than a time can be", 0, kMost, {1, 1}},
      {"amounts[1] -1 micro-units: expected 0 to 1000000000000000000", 0, 1, {0, -1}},
      {"amounts[0] 1000000000000000001 micro-units", 0, 1, {kMaxStepAmount + 1}},
      {"amounts[0] to amounts[9] add up to more", 0, 1, std::vector<Amount>(10, kMaxStepAmount)},
  }));
  const auto trace = make_trace(at(Duration{row.start}), Duration{row.step}, row.amounts);
  REQUIRE_FALSE(trace.has_value());
  CHECK_THAT(trace.error().message, Catch::Contains(row.expected));
}

TEST_CASE("the most steps are accepted and one more is refused", "[workload]") {
  const auto steps = static_cast<std::size_t>(kMaxTraceSteps);
  CHECK(make_trace(kEpoch, seconds{1}, std::vector<Amount>(steps, 1)).has_value());
  CHECK_FALSE(make_trace(kEpoch, seconds{1}, std::vector<Amount>(steps + 1, 1)).has_value());
}

// ---- Generated demand

constexpr Time kMonday = Time{days{19'723}};  // 2024-01-01
constexpr Time kSaturday = kMonday + days{5};

TEST_CASE("demand without any rhythm is the base rate in every step", "[workload]") {
  DemandGenerator demand;
  demand.base_per_second = 2'500'001;
  const Trace trace = generate(demand, kMonday, hours{1}, 1);
  CHECK(trace.start == kMonday);
  CHECK(trace.end() == kMonday + hours{1});
  CHECK(trace.amounts == std::vector<Amount>(60, 150'000'060));
}

TEST_CASE("the last step is a whole one also when the length ends inside it", "[workload]") {
  CHECK(generate({}, kMonday, minutes{1} + Duration{1}, 1).amounts.size() == 2);
  CHECK(generate({}, kMonday, Duration::zero(), 1).amounts.empty());
}

TEST_CASE("the daily rhythm follows a cosine whose top is at the peak", "[workload]") {
  DemandGenerator demand;
  demand.base_per_second = 1'000'000 * kAmountUnit;
  demand.daily_amplitude = 1.0;
  demand.daily_peak = hours{20};
  demand.step = seconds{100};
  const Trace trace = generate(demand, kMonday + hours{3}, days{2}, 1);
  for (std::size_t i = 0; i < trace.amounts.size(); ++i) {
    const double hour = 3.0 + (static_cast<double>(i) + 0.5) * 100.0 / 3600.0;
    const double expected = 1e14 * (1.0 + std::cos((hour - 20.0) / 12.0 * 3.14159265358979324));
    CHECK(static_cast<double>(trace.amounts[i]) == Approx(expected).margin(200));  // of 2 * 10^14
  }
  const std::vector<Amount> day(trace.amounts.begin(), trace.amounts.begin() + 864);
  CHECK(*std::ranges::min_element(day) >= 0);
  CHECK(static_cast<double>(std::accumulate(day.begin(), day.end(), Amount{0})) ==
        Approx(864e14).epsilon(1e-12));
}

TEST_CASE("the weekend factor holds on Saturday and Sunday of UTC", "[workload]") {
  DemandGenerator demand;
  demand.base_per_second = 100;
  demand.step = hours{1};
  demand.weekend_factor = 0.25;
  const Trace week = generate(demand, kMonday, days{14}, 1);
  for (std::size_t hour = 0; hour < week.amounts.size(); ++hour) {
    const bool weekend = hour / 24 % 7 >= 5;
    CHECK(week.amounts[hour] == (weekend ? 90'000 : 360'000));
  }
  CHECK(generate(demand, kSaturday - Duration{1}, hours{1}, 1).amounts.front() == 90'000);
}

TEST_CASE("growth adds the same share of the base each day and shrinks to nothing at most", "[workload]") {
  DemandGenerator demand;
  demand.base_per_second = 1'000'000;
  demand.step = days{1};
  demand.growth_per_day = 0.5;
  constexpr Amount kDay = 86'400 * kAmountUnit;
  CHECK(generate(demand, kMonday, days{3}, 1).amounts ==
        std::vector<Amount>{kDay * 5 / 4, kDay * 7 / 4, kDay * 9 / 4});
  demand.growth_per_day = -0.5;
  CHECK(generate(demand, kMonday, days{3}, 1).amounts == std::vector<Amount>{kDay * 3 / 4, kDay / 4, 0});
}

TEST_CASE("a flash crowd swells and stays and ebbs", "[workload]") {
  DemandGenerator demand;
  demand.base_per_second = 60;
  demand.step = seconds{1};
  struct Row {
    const char* why;
    FlashCrowd crowd;
    std::vector<Amount> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"a factor on the rhythm",
       {seconds{1}, seconds{2}, seconds{1}, seconds{2}, 3.0, 0},
       {60, 90, 150, 180, 150, 90, 60}},
      {"an addition to it",
       {seconds{1}, seconds{2}, seconds{1}, seconds{2}, 1.0, 100},
       {60, 85, 135, 160, 135, 85, 60}},
      {"both", {seconds{1}, seconds{0}, seconds{1}, seconds{0}, 2.0, 5}, {60, 125, 60, 60, 60, 60, 60}},
      {"sudden and shorter than a step",
       {Duration{2'250'000}, {}, Duration{500'000}, {}, 3.0, 0},
       {60, 60, 120, 60, 60, 60, 60}},
      {"under way at the start",
       {seconds{-2}, seconds{0}, seconds{3}, seconds{0}, 2.0, 0},
       {120, 60, 60, 60, 60, 60, 60}},
      {"no length at all", {seconds{3}, {}, {}, {}, 9.0, 100}, {60, 60, 60, 60, 60, 60, 60}},
  }));
  CAPTURE(row.why);
  demand.flash_crowds = {row.crowd};
  CHECK(generate(demand, kMonday, seconds{7}, 1).amounts == row.expected);
}

TEST_CASE("a crowd that ebbs slowly over short steps never takes demand below zero", "[workload]") {
  DemandGenerator demand;
  demand.base_per_second = 0;
  demand.step = std::chrono::milliseconds{1};
  demand.flash_crowds = {{seconds{1} - days{7}, {}, {}, days{7}, 1.0, 1'000'000 * kAmountUnit}};
  const Trace trace = generate(demand, kMonday, seconds{2}, 1);
  CHECK(*std::ranges::min_element(trace.amounts) == 0);
  CHECK(static_cast<double>(trace.amounts.front()) == Approx(1'653).epsilon(0.1));  // 10^9 * 1 s / 7 days
  CHECK(trace.offered_between(kMonday + seconds{1}, kMonday + seconds{2}) == 0);
}

TEST_CASE("a flat rate that a double holds exactly is kept to the last micro-unit", "[workload]") {
  DemandGenerator demand;
  demand.step = seconds{1};
  demand.base_per_second = (Amount{1} << 52) + 1;
  CHECK(generate(demand, kMonday, seconds{1}, 1).amounts == std::vector<Amount>{(Amount{1} << 52) + 1});
}

TEST_CASE("crowds that overlap add up", "[workload]") {
  DemandGenerator demand;
  demand.base_per_second = 100;
  demand.step = seconds{1};
  const FlashCrowd crowd{seconds{0}, {}, seconds{1}, {}, 3.0, 7};
  demand.flash_crowds = {crowd, crowd};
  CHECK(generate(demand, kMonday, seconds{2}, 1).amounts == std::vector<Amount>{514, 100});
}

TEST_CASE("noise has the given spread and leaves the mean and the other parameters alone", "[workload]") {
  DemandGenerator demand;
  demand.noise = 0.2;
  const Trace noisy = generate(demand, kMonday, minutes{20'000}, 7);
  double sum = 0, squares = 0;
  for (const Amount each : noisy.amounts) {
    const double share = static_cast<double>(each) / (600.0 * 1e6);
    sum += share;
    squares += (share - 1.0) * (share - 1.0);
  }
  CHECK(sum / 20'000 == Approx(1.0).margin(0.01));
  CHECK(std::sqrt(squares / 20'000) == Approx(0.2).margin(0.01));

  demand.base_per_second *= 2;
  const Trace doubled = generate(demand, kMonday, minutes{20'000}, 7);
  for (std::size_t i = 0; i < noisy.amounts.size(); ++i)
    CHECK(std::abs(doubled.amounts[i] - 2 * noisy.amounts[i]) <= 1);
}

TEST_CASE("demand is never negative however strong its noise", "[workload]") {
  DemandGenerator demand;
  demand.noise = 1.0;
  demand.daily_amplitude = 1.0;
  const Trace trace = generate(demand, kMonday, days{7}, 3);
  CHECK(*std::ranges::min_element(trace.amounts) == 0);
}

DemandGenerator a_busy_site() {
  DemandGenerator demand;
  demand.base_per_second = 120 * kAmountUnit + 345'678;
  demand.daily_amplitude = 0.6;
  demand.daily_peak = hours{19} + minutes{30};
  demand.weekend_factor = 0.7;
  demand.growth_per_day = 0.013;
  demand.noise = 0.08;
  demand.flash_crowds = {{days{2}, minutes{7}, minutes{31}, hours{2}, 4.5, 0},
                         {days{9}, seconds{20}, minutes{5}, minutes{11}, 1.0, 900 * kAmountUnit}};
  return demand;
}

TEST_CASE("the same arguments give the same demand and others give another", "[workload]") {
  const Trace trace = generate(a_busy_site(), kMonday, days{14}, 42);
  CHECK(trace == generate(a_busy_site(), kMonday, days{14}, 42));
  CHECK_FALSE(trace == generate(a_busy_site(), kMonday, days{14}, 43));
  CHECK_FALSE(trace == generate(a_busy_site(), kMonday, days{14}, 42, 1));

  const Trace shorter = generate(a_busy_site(), kMonday, days{3}, 42);
  CHECK(std::ranges::equal(shorter.amounts, std::span(trace.amounts).first(shorter.amounts.size())));
}

TEST_CASE("generated demand has the same bits on every compiler", "[workload]") {
  const Trace trace = generate(a_busy_site(), kMonday, days{14}, 42);
  CHECK(trace.total() == 148'053'318'882'462);
  CHECK(fingerprint(trace) == 18373806657412311269U);
}

TEST_CASE("parameters out of range are refused by name", "[workload]") {
  struct Row {
    const char* expected;
    void (*change)(DemandGenerator&);
  };
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  const auto row = GENERATE(values<Row>({
      {"step 0 us", [](DemandGenerator& d) { d.step = {}; }},
      {"step 9223372036854775807 us", [](DemandGenerator& d) { d.step = Duration::max(); }},
      {"10080000000 steps: expected at most 10000000", [](DemandGenerator& d) { d.step = Duration{60}; }},
      {"base_per_second -1: expected 0", [](DemandGenerator& d) { d.base_per_second = -1; }},
      {"daily_amplitude 1.5: expected 0 to 1", [](DemandGenerator& d) { d.daily_amplitude = 1.5; }},
      {"daily_amplitude nan", [](DemandGenerator& d) { d.daily_amplitude = kNan; }},
      {"daily_peak 86400000000: expected 0 to under 24 h",
       [](DemandGenerator& d) { d.daily_peak = days{1}; }},
      {"weekend_factor -0.5", [](DemandGenerator& d) { d.weekend_factor = -0.5; }},
      {"growth_per_day nan", [](DemandGenerator& d) { d.growth_per_day = kNan; }},
      {"noise -0.1: expected 0 to 1", [](DemandGenerator& d) { d.noise = -0.1; }},
      {"flash_crowds[1].ramp -1", [](DemandGenerator& d) { d.flash_crowds[1].ramp = Duration{-1}; }},
      {"flash_crowds[0].at", [](DemandGenerator& d) { d.flash_crowds[0].at = Duration::min(); }},
      {"flash_crowds[0].hold", [](DemandGenerator& d) { d.flash_crowds[0].hold = Duration::max(); }},
      {"flash_crowds[0].peak_factor 0.5", [](DemandGenerator& d) { d.flash_crowds[0].peak_factor = 0.5; }},
      {"flash_crowds[0].added_per_second -3",
       [](DemandGenerator& d) { d.flash_crowds[0].added_per_second = -3; }},
      {"at most 1000000000000 a step", [](DemandGenerator& d) { d.base_per_second = kMaxStepAmount / 50; }},
      {"4611686018427 in all", [](DemandGenerator& d) { d.base_per_second = kMaxStepAmount / 10'000; }},
  }));
  DemandGenerator demand = a_busy_site();
  CHECK_FALSE(validate(demand, kMonday, days{7}));
  row.change(demand);
  const auto error = validate(demand, kMonday, days{7});
  REQUIRE(error);
  CHECK_THAT(error->message, Catch::Contains(row.expected));
}

TEST_CASE("demand before 1970 or of a negative or endless length is refused", "[workload]") {
  CHECK(validate({}, Time{Duration{-1}}, days{1}));
  CHECK(validate({}, kMonday, Duration{-1}));
  CHECK(validate({}, kMonday, Duration::max()));
  CHECK(validate({}, kNever, days{1}));
  CHECK_FALSE(validate({}, kEpoch, days{1}));
}

TEST_CASE("growth within the last step counts towards the highest rate also past the length", "[workload]") {
  DemandGenerator demand;
  demand.step = days{10'000};
  demand.growth_per_day = 10.0;  // 10^11 units at the rate a day in, 4 * 10^14 at that of the middle
  CHECK(validate(demand, kMonday, days{1}));
  demand.growth_per_day = 0.0;
  CHECK_FALSE(validate(demand, kMonday, days{1}));
}

}  // namespace
}  // namespace tidepool::sim
