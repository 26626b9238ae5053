// The published examples of scaling policies, and of the Horizontal Pod Autoscaler.

#include <catch2/catch.hpp>

#include "sim/control/controller.hpp"

namespace tidepool::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kPercent = 1'000'000;

// A group that is as large as it is expected to be.
Observation seen(int size, std::int64_t percent, Duration after = {}) {
  Observation made;
  made.time = Time{} + 24h + after;
  made.desired = made.in_service = size;
  made.least = 0;
  made.most = 1000;
  made.utilisation = percent * kPercent;
  return made;
}

StepPolicy out_by_percent() {
  return {Signal::Utilisation,
          Breach::Above,
          50 * kPercent,
          AdjustmentType::PercentChangeInCapacity,
          0,
          {{0, 10 * kPercent, 0}, {10 * kPercent, 20 * kPercent, 10}, {20 * kPercent, {}, 30}}};
}

StepPolicy in_by_percent() {
  return {Signal::Utilisation,
          Breach::Below,
          50 * kPercent,
          AdjustmentType::PercentChangeInCapacity,
          0,
          {{-10 * kPercent, 0, 0}, {-20 * kPercent, -10 * kPercent, -10}, {{}, -20 * kPercent, -30}}};
}

}  // namespace

TEST_CASE("step scaling by +10, +30, -10 and -30 % goes 10, 11, 14, 13, 10 (awsx StepScalingPolicy)",
          "[control]") {
  const StepScaling scaling{{out_by_percent(), in_by_percent()}};
  CHECK(scaling.wish(seen(10, 60)).size == 11);
  CHECK(scaling.wish(seen(11, 70)).size == 14);
  CHECK(scaling.wish(seen(14, 40)).size == 13);
  CHECK(scaling.wish(seen(13, 30)).size == 10);
}

TEST_CASE("percentages are cut towards zero, parts of one are one, and a magnitude is the least change",
          "[control]") {
  struct Row {
    const char* why;
    AdjustmentType type;
    int current, adjustment, min_magnitude, expected;
  };
  constexpr auto kPercentage = AdjustmentType::PercentChangeInCapacity;
  const auto row = GENERATE_COPY(values<Row>({
      {"MinAdjustmentMagnitude 2 makes two of 25 % of 4", kPercentage, 4, 25, 2, 6},
      {"and two of -25 % of 4", kPercentage, 4, -25, 2, 2},
      {"12.7 becomes 12", kPercentage, 127, 10, 0, 139},
      {"0.67 becomes 1", kPercentage, 67, 1, 0, 68},
      {"-0.58 becomes -1", kPercentage, 58, -1, 0, 57},
      {"-6.67 becomes -6", kPercentage, 667, -1, 0, 661},
      {"a percentage of nothing is nothing", kPercentage, 0, 50, 2, 0},
      {"a change is added", AdjustmentType::ChangeInCapacity, 4, 3, 0, 7},
      {"and never leads below nothing", AdjustmentType::ChangeInCapacity, 2, -3, 0, 0},
      {"an exact size is that size", AdjustmentType::ExactCapacity, 4, 9, 5, 9},
  }));
  CAPTURE(row.why);
  CHECK(adjusted(row.type, row.current, row.adjustment, row.min_magnitude) == row.expected);
}

TEST_CASE("of two policies at once the larger capacity wins: +3 against +200 % of 10 is 30 (awscli)",
          "[control]") {
  const StepScaling scaling{
      {{Signal::Utilisation, Breach::Above, 50 * kPercent, AdjustmentType::ChangeInCapacity, 0, {{0, {}, 3}}},
       {Signal::Utilisation,
        Breach::Above,
        50 * kPercent,
        AdjustmentType::PercentChangeInCapacity,
        0,
        {{0, {}, 200}}}}};
  CHECK(scaling.wish(seen(10, 60)).size == 30);
}

TEST_CASE("the larger capacity wins also where one policy wants out and one in", "[control]") {
  const StepScaling scaling{{{Signal::Utilisation,
                              Breach::Below,
                              50 * kPercent,
                              AdjustmentType::ChangeInCapacity,
                              0,
                              {{{}, 0, -2}}},
                             {Signal::Utilisation,
                              Breach::Above,
                              40 * kPercent,
                              AdjustmentType::ChangeInCapacity,
                              0,
                              {{0, {}, 1}}}}};
  CHECK(scaling.wish(seen(10, 45)).size == 11);
}

TEST_CASE("above the threshold a step holds its lower bound, below it its upper one (StepAdjustment)",
          "[control]") {
  static const StepPolicy out = out_by_percent(),
                          in = in_by_percent();  // The rows outlive a run of the test.
  struct Row {
    const StepPolicy* policy;
    std::int64_t value;
    int expected;
  };
  const auto row = GENERATE_REF(values<Row>({{&out, 50 * kPercent, 0},
                                             {&out, 60 * kPercent - 1, 0},
                                             {&out, 60 * kPercent, 10},
                                             {&out, 70 * kPercent, 30},
                                             {&in, 50 * kPercent, 0},
                                             {&in, 40 * kPercent + 1, 0},
                                             {&in, 40 * kPercent, -10},
                                             {&in, 30 * kPercent + 1, -10},
                                             {&in, 30 * kPercent, -30}}));
  CAPTURE(row.value);
  const StepAdjustment* step = step_for(*row.policy, row.value);
  REQUIRE(step != nullptr);
  CHECK(step->adjustment == row.expected);
}

TEST_CASE("a value on the other side of the threshold is no breach, and one in no step changes nothing",
          "[control]") {
  const StepPolicy out = out_by_percent();
  CHECK(step_for(out, 50 * kPercent - 1) == nullptr);
  const StepScaling gap{{{Signal::Utilisation,
                          Breach::Above,
                          50 * kPercent,
                          AdjustmentType::ChangeInCapacity,
                          0,
                          {{0, 10 * kPercent, 1}}}}};
  CHECK(gap.wish(seen(10, 65)).size == 10);
}

TEST_CASE("instances on their way are part of what a lasting breach asks for, and hold back steps in",
          "[control]") {
  const StepScaling scaling{{out_by_percent(), in_by_percent()}};
  Observation busy = seen(10, 60);
  busy.desired = 11;
  busy.launching = 1;
  CHECK(scaling.wish(busy).size == 11);
  busy.utilisation = 70 * kPercent;
  CHECK(scaling.wish(busy).size == 13);
  busy.utilisation = 30 * kPercent;
  CHECK(scaling.wish(busy).size == 11);
}

TEST_CASE("target tracking goes out when any target asks for it, and in only when all do that may",
          "[control]") {
  TargetTracking tracking;
  tracking.targets = {{Signal::Utilisation, 50 * kPercent, true},
                      {Signal::DemandPerInstance, 10'000'000, true}};
  Observation busy = seen(10, 50);
  busy.demand = 200'000'000;  // 20 instances of 10
  CHECK(tracking.wish(busy).size == 20);
  busy.demand = 40'000'000;
  CHECK(tracking.wish(busy).size == 10);
  busy.utilisation = 30 * kPercent;  // 6 against 4
  CHECK(tracking.wish(busy).size == 6);
  // Scale-in is off for the one that needs more: it holds nothing back.
  tracking.targets[0].scale_in = false;
  CHECK(tracking.wish(busy).size == 4);
  tracking.targets[1].scale_in = false;
  CHECK(tracking.wish(busy).size == 10);
  busy.utilisation = std::nullopt;
  tracking.targets[0].scale_in = tracking.targets[1].scale_in = true;
  CHECK(tracking.wish(busy).size == 10);
}

TEST_CASE("target tracking waits for the cooldown of its direction", "[control]") {
  TargetTracking tracking;
  tracking.targets = {{Signal::Utilisation, 50 * kPercent, true}};
  tracking.out_cooldown = 60s;
  tracking.in_cooldown = 300s;
  CHECK(tracking.wish(seen(10, 60)).size == 12);
  CHECK(tracking.wish(seen(12, 60, 59s)).size == 12);
  CHECK(tracking.wish(seen(12, 60, 60s)).size == 15);
  CHECK(tracking.wish(seen(15, 10, 61s)).size == 3);
  CHECK(tracking.wish(seen(3, 10, 120s)).size == 3);
  CHECK(tracking.wish(seen(3, 60, 120s)).size == 4);
}

TEST_CASE("simple scaling waits for what it began and for the cooldown that follows", "[control]") {
  SimpleScaling scaling;
  scaling.policies = {
      {Signal::Utilisation, Breach::Above, 70 * kPercent, AdjustmentType::ChangeInCapacity, 2, 0, {}}};
  scaling.cooldown = 300s;
  CHECK(scaling.wish(seen(4, 69)).size == 4);
  CHECK(scaling.wish(seen(4, 70)).size == 6);
  Observation starting = seen(4, 90, 60s);
  starting.desired = 6;
  starting.launching = 2;
  CHECK(scaling.wish(starting).size == 6);
  CHECK(scaling.wish(seen(6, 90, 100s)).size == 6);  // here the cooldown begins
  CHECK(scaling.wish(seen(6, 90, 399s)).size == 6);
  CHECK(scaling.wish(seen(6, 90, 400s)).size == 8);
}

TEST_CASE("the HPA keeps its size within a tolerance of a tenth, bounds included", "[control]") {
  HorizontalPodAutoscaler hpa;
  hpa.metrics = {{Signal::Utilisation, 50 * kPercent}};
  hpa.down.window = 0s;
  CHECK(hpa.wish(seen(10, 55)).size == 10);
  CHECK(hpa.wish(seen(10, 56)).size == 12);
  CHECK(hpa.wish(seen(10, 45, 1h)).size == 10);
  CHECK(hpa.wish(seen(10, 44, 1h)).size == 9);
}

TEST_CASE("the HPA takes the largest of its metrics, and steps down only with all of them", "[control]") {
  HorizontalPodAutoscaler hpa;
  hpa.metrics = {{Signal::Utilisation, 50 * kPercent}, {Signal::DemandPerInstance, 10'000'000}};
  hpa.down.window = 0s;
  Observation two = seen(10, 60);
  two.demand = 130'000'000;
  CHECK(hpa.wish(two).size == 13);
  two.time += 1h;
  two.utilisation = std::nullopt;
  two.demand = 10'000'000;
  CHECK(hpa.wish(two).size == 10);
}

TEST_CASE("the HPA goes down to the largest recommendation of five minutes", "[control]") {
  HorizontalPodAutoscaler hpa;
  hpa.metrics = {{Signal::Utilisation, 50 * kPercent}};
  CHECK(hpa.wish(seen(10, 40)).size == 10 - 2);  // no other recommendation yet
  CHECK(hpa.wish(seen(8, 50, 15s)).size == 8);
  CHECK(hpa.wish(seen(8, 25, 30s)).size == 8);
  CHECK(hpa.wish(seen(8, 25, 314s)).size == 8);
  CHECK(hpa.wish(seen(8, 25, 315s)).size == 4);
}

TEST_CASE("the HPA at most doubles or adds four pods in fifteen seconds, whichever is more", "[control]") {
  HorizontalPodAutoscaler hpa;
  hpa.metrics = {{Signal::DemandPerInstance, 1'000'000}};
  Observation crowd = seen(1, 100);
  crowd.demand = 100'000'000;
  CHECK(hpa.wish(crowd).size == 5);
  crowd.desired = crowd.in_service = 5;
  crowd.time += 5s;
  CHECK(hpa.wish(crowd).size == 5);  // still within the period that began with one
  crowd.time += 10s;
  CHECK(hpa.wish(crowd).size == 10);
  hpa.up.select = HpaSelect::Disabled;
  CHECK(hpa.wish(crowd).size == 5);
}

TEST_CASE("rates bound the HPA's way down, the least of them if so selected", "[control]") {
  HorizontalPodAutoscaler hpa;
  hpa.metrics = {{Signal::DemandPerInstance, 1'000'000}};
  hpa.down = {0s, HpaSelect::Most, {{HpaLimit::Percent, 10, 60s}, {HpaLimit::Pods, 4, 60s}}};
  Observation idle = seen(80, 1);
  idle.demand = 10'000'000;
  CHECK(hpa.wish(idle).size == 72);
  idle.time += 1h;
  hpa.down.select = HpaSelect::Least;
  CHECK(hpa.wish(idle).size == 76);
}

TEST_CASE("the HPA takes starting pods for idle on the way up", "[control]") {
  HorizontalPodAutoscaler hpa;
  hpa.metrics = {{Signal::Utilisation, 50 * kPercent}};
  Observation busy = seen(4, 90);
  busy.desired = 8;
  busy.launching = 4;  // 4 x 90 % over 8 pods is 45 %: the direction turns
  CHECK(hpa.wish(busy).size == 8);
  busy.launching = 1;
  busy.desired = 5;
  CHECK(hpa.wish(busy).size == 8);
}

}  // namespace tidepool::sim
