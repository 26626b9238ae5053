#include "sim/decide/policy_action.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "tests/sim/decide/any.hpp"

namespace tidepool::sim {
namespace {

using enum PolicyOperation;

PolicyAction by_number(PolicyOperation operation, int number) { return {operation, number, {}}; }
PolicyAction by_percentage(PolicyOperation operation, int percentage) { return {operation, {}, percentage}; }

// A group at rest between 0 and 300, nobody protected.
GroupNumbers at_rest(int current) { return {current, current, 0, 300, 0}; }

int target(const PolicyAction& action, const GroupNumbers& group) {
  return policy_target(action, group).desire;
}

TEST_CASE("a percentage of the current number is rounded down, but a share of one instance is one",
          "[decide]") {
  struct Row {
    const char* why;
    int current, percentage;
    std::int64_t share;
    int add, remove, set;
  };
  const auto row = GENERATE(values<Row>({
      {"half of nothing is nothing", 0, 50, 0, 0, 0, 0},
      {"0.1 counts as one", 1, 10, 1, 2, 0, 1},
      {"a whole quarter", 4, 25, 1, 5, 3, 1},
      {"0.7 counts as one", 7, 10, 1, 8, 6, 1},
      {"2.1 is rounded down", 7, 30, 2, 9, 5, 2},
      {"6.93 is rounded down", 7, 99, 6, 13, 1, 6},
      {"exactly one", 10, 10, 1, 11, 9, 1},
      {"the largest percentage passes both limits", 3, 20'000, 600, 300, 0, 300},
      {"0 % of something is nothing", 8, 0, 0, 8, 8, 0},
  }));
  CAPTURE(row.why);
  CHECK(adjustment(by_percentage(Add, row.percentage), row.current) == row.share);
  CHECK(target(by_percentage(Add, row.percentage), at_rest(row.current)) == row.add);
  CHECK(target(by_percentage(Remove, row.percentage), at_rest(row.current)) == row.remove);
  CHECK(target(by_percentage(Set, row.percentage), at_rest(row.current)) == row.set);
}

TEST_CASE("an action is its number, or its percentage, or one instance", "[decide]") {
  CHECK(adjustment(by_number(Add, 7), 100) == 7);
  CHECK(adjustment(by_number(Set, 0), 100) == 0);
  CHECK(adjustment(by_percentage(Remove, 7), 100) == 7);
  CHECK(adjustment(PolicyAction{}, 100) == 1);
  CHECK(adjustment(by_percentage(Add, 20'000), std::numeric_limits<int>::max()) == 429'496'729'400);
}

TEST_CASE("a percentage is taken of the current number and added to the desired one", "[decide]") {
  const GroupNumbers growing{4, 10, 0, 300, 0};  // six are still on their way
  CHECK(target(by_percentage(Add, 50), growing) == 12);
  CHECK(target(by_percentage(Remove, 50), growing) == 8);
  CHECK(target(by_percentage(Set, 50), growing) == 2);
  CHECK(target(by_number(Add, 3), growing) == 13);
}

TEST_CASE("a policy does what fits between the limits and is refused only when nothing does", "[decide]") {
  // One group, 2 to 5, through a row of policies; each action is over before the next policy comes.
  struct Step {
    const char* why;
    PolicyAction action;
    int desire;
    bool clamped;
    std::optional<ErrorCode> refused;
  };
  const std::vector<Step> steps{
      {"one of three fits", by_number(Add, 3), 5, true, {}},
      {"no more fits", by_number(Add, 1), 5, true, ErrorCode::MaxReached},
      {"three of ten may go", by_number(Remove, 10), 2, true, {}},
      {"no more may go", by_number(Remove, 1), 2, true, ErrorCode::AlreadyAtLimit},
      {"set to what it is already is no error", by_number(Set, 2), 2, false, {}},
      {"set goes to the maximum at most", by_number(Set, 100), 5, true, {}},
      {"set to the maximum it has is no error either", by_number(Set, 100), 5, true, {}},
      {"set goes to the minimum at least", by_number(Set, 0), 2, true, {}},
      {"a number that fits is taken as it is", by_number(Add, 2), 4, false, {}},
  };
  int desire = 4;
  for (const Step& step : steps) {
    CAPTURE(step.why);
    const PolicyTarget result = policy_target(step.action, {desire, desire, 2, 5, 0});
    CHECK(result.desire == step.desire);
    CHECK(result.clamped == step.clamped);
    CHECK((result.refused == step.refused));
    desire = result.desire;
  }
}

TEST_CASE("protected members are a floor under every policy", "[decide]") {
  struct Row {
    const char* why;
    PolicyAction action;
    GroupNumbers group;
    int expected;
    std::optional<ErrorCode> refused;
  };
  const auto row = GENERATE(values<Row>({
      {"removal stops at them", by_number(Remove, 5), {6, 6, 1, 9, 4}, 4, {}},
      {"and is refused once there", by_number(Remove, 1), {4, 4, 1, 9, 4}, 4, ErrorCode::AlreadyAtLimit},
      {"set stops at them too", by_number(Set, 0), {6, 6, 1, 9, 4}, 4, {}},
      {"a higher minimum counts instead", by_number(Remove, 5), {6, 6, 5, 9, 4}, 5, {}},
      {"protection that came late lifts the desired number", by_number(Remove, 1), {3, 2, 0, 9, 3}, 3, {}},
      {"the maximum wins over them", by_number(Remove, 1), {7, 5, 0, 5, 7}, 5, ErrorCode::AlreadyAtLimit},
  }));
  CAPTURE(row.why);
  const PolicyTarget result = policy_target(row.action, row.group);
  CHECK(result.desire == row.expected);
  CHECK((result.refused == row.refused));
}

TEST_CASE("an addition of nothing is refused like one that does not fit", "[decide]") {
  const GroupNumbers empty = at_rest(0);
  CHECK((policy_target(by_percentage(Add, 50), empty).refused == ErrorCode::MaxReached));
  CHECK((policy_target(by_percentage(Remove, 50), empty).refused == ErrorCode::AlreadyAtLimit));
  CHECK((policy_target(by_percentage(Set, 50), empty).refused == std::nullopt));
  CHECK_FALSE(policy_target(by_percentage(Add, 50), empty).clamped);
}

TEST_CASE("steps of +10, +30, -10 and -30 percent lead from 10 over 11, 14 and 13 back to 10", "[decide]") {
  // The example that the documentation of AWS step scaling gives; both services round alike here.
  int desire = 10;
  const auto step = [&](PolicyOperation operation, int percentage) {
    return desire = target(by_percentage(operation, percentage), at_rest(desire));
  };
  CHECK(step(Add, 10) == 11);
  CHECK(step(Add, 30) == 14);
  CHECK(step(Remove, 10) == 13);
  CHECK(step(Remove, 30) == 10);
}

TEST_CASE("a target lies within the limits, and a refusal goes with an unchanged number only", "[decide]") {
  rc::prop("limits", [] {
    GroupNumbers group;
    group.max = any_from(0, 300);
    group.min = any_from(0, group.max);
    group.desire = any_from(group.min, group.max);
    group.current = any_from(0, 320);
    group.protected_members = any_from(0, group.max);
    PolicyAction action;
    action.operation = *rc::gen::element(Add, Remove, Set);
    const int least = action.operation == Set ? 0 : 1;
    switch (any_from(0, 2)) {
      case 0: action.number = any_from(least, 300); break;
      case 1: action.percentage = any_from(least, 20'000); break;
      default: break;
    }

    const PolicyTarget result = policy_target(action, group);
    RC_ASSERT(result.desire >= 0);
    RC_ASSERT(result.desire >= std::max(group.min, group.protected_members));
    RC_ASSERT(result.desire <= group.max);
    RC_ASSERT(result.refused.has_value() == (action.operation != Set && result.desire == group.desire));
    if (action.operation == Add) RC_ASSERT(result.desire >= group.desire);
    if (action.operation == Remove)
      RC_ASSERT(result.desire <= std::max(group.desire, group.protected_members));
  });
}

TEST_CASE("a group of which nothing is said but its maximum is empty and wants nothing", "[decide]") {
  const GroupNumbers told{.max = 5};
  CHECK(target(by_number(Add, 1), told) == 1);
  CHECK(target(by_number(Set, 0), told) == 0);
  CHECK((policy_target(by_percentage(Add, 100), told).refused == ErrorCode::MaxReached));
  CHECK((policy_target(by_number(Add, 1), GroupNumbers{}).refused == ErrorCode::MaxReached));
}

TEST_CASE("a target tells what was asked for and how low it may go", "[decide]") {
  const PolicyTarget limited = policy_target(by_number(Remove, 9), {6, 6, 1, 9, 4});
  CHECK(limited.asked == -3);
  CHECK(limited.least == 4);
  CHECK(policy_target(by_number(Add, 9), {6, 6, 5, 9, 4}).asked == 15);
  CHECK(policy_target(by_number(Add, 9), {6, 6, 5, 9, 4}).least == 5);
}

}  // namespace
}  // namespace tidepool::sim
