#include "sim/decide/alarm.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "tests/sim/decide/any.hpp"

namespace tidepool::sim {
namespace {

using enum AlarmStatistic;
using enum AlarmOperator;
using Values = std::vector<MetricValue>;

PeriodAggregate gathered(const Values& values) {
  PeriodAggregate period;
  for (const MetricValue each : values) period.add(each);
  return period;
}

Values in_units(Values values) {
  for (MetricValue& each : values) each *= kMetricUnit;
  return values;
}

TEST_CASE("a period becomes one value by its statistic", "[decide]") {
  constexpr MetricValue kUnit = kMetricUnit;
  struct Row {
    const char* why;
    Values datapoints;
    MetricValue average, most, least, sum, variance;
  };
  const auto row = GENERATE(values<Row>({
      {"one datapoint is itself", in_units({70}), 70 * kUnit, 70 * kUnit, 70 * kUnit, 70 * kUnit, 0},
      {"variance is of the datapoints themselves", in_units({2, 4, 4, 4, 5, 5, 7, 9}), 5 * kUnit, 9 * kUnit,
       2 * kUnit, 40 * kUnit, 4 * kUnit},
      {"equal datapoints do not vary", in_units({3, 3, 3}), 3 * kUnit, 3 * kUnit, 3 * kUnit, 9 * kUnit, 0},
      {"an average is rounded toward zero", {1, 1, 0}, 0, 1, 0, 2, 0},
      {"also below zero", {-1, -1, 0}, 0, 0, -1, -2, 0},
      {"a variance of 2/9 is rounded down", in_units({1, 1, 0}), 666'666, kUnit, 0, 2 * kUnit, 222'222},
      {"also one of 0.99999984 millionths", {1, 21, -1478, 1665, -207}, 0, 1665, -1478, 2, 0},
      {"and one of 0.999999984375, whose mean leaves a rest",
       {999'590, 1'001'455, 999'437, 1'000'921, 998'918, 998'431, 1'000'885, 1'000'366},
       1'000'000,
       1'001'455,
       998'431,
       8'000'003,
       0},
      {"and is not sensitive to sign", in_units({-1, -1, 0}), -666'666, 0, -kUnit, -2 * kUnit, 222'222},
  }));
  CAPTURE(row.why);
  const PeriodAggregate period = gathered(row.datapoints);
  CHECK(period.value(Average) == row.average);
  CHECK(period.value(Max) == row.most);
  CHECK(period.value(Min) == row.least);
  CHECK(period.value(Sum) == row.sum);
  CHECK(period.value(Variance) == row.variance);
}

TEST_CASE(
    "an alarm lasts until a period does not meet its condition, whatever count asks by then (Cloud Eye)",
    "[decide]") {
  const AlarmProgress raised{1, true};
  CHECK(after_period(raised, 70, AlarmOperator::Greater, 50, 3) == AlarmProgress{2, true});
  CHECK(after_period(raised, 50, AlarmOperator::Greater, 50, 3) == AlarmProgress{0, false});
}

TEST_CASE("a cleared period is as good as new", "[decide]") {
  PeriodAggregate period;
  CHECK(period.empty());
  period.add(5);
  CHECK_FALSE(period.empty());
  period.clear();
  CHECK(period.empty());
  period.add(-3);
  CHECK(period.value(Max) == -3);
  CHECK(period.value(Sum) == -3);
}

TEST_CASE("the largest datapoints in the largest number still have an exact average", "[decide]") {
  PeriodAggregate period;
  for (std::int64_t i = 0; i < kMostDatapoints; ++i) period.add(i % 2 == 0 ? kLargestDatapoint : 0);
  constexpr MetricValue kMost = std::numeric_limits<MetricValue>::max();
  CHECK(period.value(Average) == kLargestDatapoint / 2);
  CHECK(period.value(Sum) == kMost);       // 5 * 10^21 does not fit
  CHECK(period.value(Variance) == kMost);  // neither does 2.5 * 10^25
}

TEST_CASE("the largest datapoints below zero are summed up to what fits", "[decide]") {
  PeriodAggregate period;
  for (int i = 0; i < 10'000; ++i) period.add(-kLargestDatapoint);
  CHECK(period.value(Average) == -kLargestDatapoint);
  CHECK(period.value(Sum) == std::numeric_limits<MetricValue>::min());
  CHECK(period.value(Variance) == 0);
}

TEST_CASE("for any datapoints, the statistics are those of the textbook in any order", "[decide]") {
  rc::prop("textbook", [] {
    // Small enough that n * (sum of squares) - sum^2 fits in 64 bits; in millionths of a millionth of a unit
    // squared.
    auto values = any_numbers<MetricValue>(any_from<std::size_t>(1, 200), -9'999'999, 9'999'999);
    std::int64_t sum = 0, squares = 0;
    for (const MetricValue each : values) {
      sum += each;
      squares += each * each;
    }
    const auto n = static_cast<std::int64_t>(values.size());
    const PeriodAggregate period = gathered(values);
    RC_ASSERT(period.value(Average) == sum / n);
    RC_ASSERT(period.value(Sum) == sum);
    RC_ASSERT(period.value(Max) == std::ranges::max(values));
    RC_ASSERT(period.value(Min) == std::ranges::min(values));
    RC_ASSERT(period.value(Variance) == (n * squares - sum * sum) / (n * n * kMetricUnit));

    std::ranges::reverse(values);
    for (const AlarmStatistic each : {Average, Max, Min, Sum, Variance})
      RC_ASSERT(gathered(values).value(each) == period.value(each));
  });
}

TEST_CASE("a value meets a threshold by the rule's operator", "[decide]") {
  struct Row {
    const char* why;
    AlarmOperator op;
    bool below, equal, above;
  };
  const auto row = GENERATE(values<Row>({
      {">", Greater, false, false, true},
      {"=", Equal, false, true, false},
      {"<", Less, true, false, false},
      {">=", GreaterEqual, false, true, true},
      {"<=", LessEqual, true, true, false},
      {"!=", NotEqual, true, false, true},
  }));
  CAPTURE(row.why);
  CHECK(meets(row.op, 69, 70) == row.below);
  CHECK(meets(row.op, 70, 70) == row.equal);
  CHECK(meets(row.op, 71, 70) == row.above);
}

TEST_CASE("an alarm needs its number of periods in a row and ends with the first that fails", "[decide]") {
  constexpr std::optional<MetricValue> kHigh = 80, kLow = 20, kNoData;
  struct Row {
    const char* why;
    int count;
    std::vector<std::optional<MetricValue>> periods;
    AlarmProgress expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"nothing yet", 3, {}, {0, false}},
      {"one period is enough for a count of one", 1, {kHigh}, {1, true}},
      {"two of three", 3, {kHigh, kHigh}, {2, false}},
      {"three of three", 3, {kHigh, kHigh, kHigh}, {3, true}},
      {"a failure starts the count anew", 3, {kHigh, kHigh, kLow, kHigh}, {1, false}},
      {"a gap in the data neither counts nor interrupts",
       3,
       {kHigh, kNoData, kHigh, kNoData, kHigh},
       {3, true}},
      {"a lasting alarm stays", 2, {kHigh, kHigh, kHigh, kHigh, kHigh}, {2, true}},
      {"a gap in the data keeps the alarm", 2, {kHigh, kHigh, kNoData}, {2, true}},
      {"the first failure ends it", 2, {kHigh, kHigh, kLow}, {0, false}},
      {"and it needs the full count again", 2, {kHigh, kHigh, kLow, kHigh}, {1, false}},
      {"a gap keeps the calm too", 2, {kLow, kNoData}, {0, false}},
  }));
  CAPTURE(row.why);
  AlarmProgress progress;
  for (const auto& each : row.periods) progress = after_period(progress, each, GreaterEqual, 70, row.count);
  CHECK(progress.periods_met == row.expected.periods_met);
  CHECK(progress.in_alarm == row.expected.in_alarm);
}

TEST_CASE("a rule is in alarm exactly when its last periods with data all meet it", "[decide]") {
  rc::prop("the last `count` of them", [] {
    const int count = any_from(1, 5);
    const auto periods = any_numbers(any_from<std::size_t>(0, 30), 0, 7);  // 0: no data; 1: fails
    AlarmProgress progress;
    std::vector<bool> met;
    for (const int each : periods) {
      progress = after_period(progress, each == 0 ? std::optional<MetricValue>{} : each, Greater, 1, count);
      if (each != 0) met.push_back(each > 1);
      const auto run = std::find(met.rbegin(), met.rend(), false) - met.rbegin();
      RC_ASSERT(progress.in_alarm == (run >= count));
      RC_ASSERT(progress.periods_met == std::min<std::ptrdiff_t>(run, count));
    }
  });
}

TEST_CASE("a datapoint may be as large as 10^10 units (our decision)", "[decide]") {
  STATIC_REQUIRE(kLargestDatapoint == 10'000'000'000'000'000);
}

}  // namespace
}  // namespace tidepool::sim
