// Periodic policies in a run: the days and the minute on which they fire.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using enum RecurrenceType;

std::vector<Time> fired(const Cloud& cloud, AsPolicyId policy) {
  std::vector<Time> moments;
  for (const PolicyExecution& each : cloud.all_executions())
    if (each.policy == policy) moments.push_back(each.time);
  return moments;
}

// A group that a policy can always enlarge, and nothing else happens to: no health checks, no datapoints to speak of.
AsGroupId quiet_group(Cloud& cloud) {
  return grown_group(cloud, {.desire = 1, .max = 300, .health_minutes = 180});
}

// When a policy with that recurrence, made at kStart, has fired until the middle of 2026 or `until`.
std::vector<Time> moments_of(const Recurrence& rule, Time until = on(2026, 6, 30)) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.metric_period = 24h;
  Cloud cloud = a_cloud(behaviour);
  const AsPolicyId policy = create_policy(cloud, quiet_group(cloud), a_periodic_policy(rule));
  cloud.run_until(until);
  return fired(cloud, policy);
}

RULE("a daily policy fires every day of its window, both edges included",
     {.source = "AS API reference, recurrence_type"}) {
  CHECK(moments_of({Daily, {}, 16h, on(2026, 3, 1, 16h), on(2026, 3, 3, 16h)}) ==
        std::vector{on(2026, 3, 1, 16h), on(2026, 3, 2, 16h), on(2026, 3, 3, 16h)});
}

RULE("a weekly policy fires on its days of the week, of which Sunday is 1 and Saturday 7",
     {.source = "AS API reference, recurrence_value"}) {
  CHECK(moments_of({Weekly, {1, 7}, 3h + 30min, on(2026, 3, 2), on(2026, 3, 9)}) ==
        std::vector{on(2026, 3, 7, 3h + 30min), on(2026, 3, 8, 3h + 30min)});
}

RULE("each number of a weekly policy is the day that it should be",
     {.source = "AS API reference, recurrence_value"}) {
  for (int day = 1; day <= 7; ++day) {
    CAPTURE(day);  // The first of March 2026 is a Sunday.
    CHECK(moments_of({Weekly, {day}, 12h, kStart, on(2026, 3, 8)}) ==
          std::vector{on(2026, 3, static_cast<unsigned>(day), 12h)});
  }
}

RULE("a monthly policy fires on its days of the month", {.source = "AS API reference, recurrence_value"}) {
  CHECK(moments_of({Monthly, {1, 15}, 12h, kStart, on(2026, 4, 1)}) ==
        std::vector{on(2026, 3, 1, 12h), on(2026, 3, 15, 12h)});
}

RULE("a month that lacks a day is passed over, and another day does not stand in for it",
     {.source = "our decision"}) {
  CHECK(moments_of({Monthly, {31}, 0min, on(2026, 3, 15), on(2026, 6, 15)}) ==
        std::vector{on(2026, 3, 31), on(2026, 5, 31)});
}

RULE("the 29th of February is a day of leap years only", {.source = "our decision"}) {
  CHECK(moments_of({Monthly, {29}, 0min, on(2027, 2, 1), on(2027, 3, 31)}, on(2027, 4, 1)) ==
        std::vector{on(2027, 3, 29)});
  CHECK(moments_of({Monthly, {29}, 0min, on(2028, 2, 1), on(2028, 2, 29)}, on(2028, 3, 1)) ==
        std::vector{on(2028, 2, 29)});
}

RULE("a periodic policy fires at second 0 of its minute", {.source = "our decision"}) {
  const auto moments = moments_of({Daily, {}, 10h + 7min, kStart, on(2026, 3, 2)});
  REQUIRE(moments.size() == 1);
  CHECK(moments[0] == kStart + 10h + 7min);
}

RULE("the clock of periodic policies is UTC, and knows no summer time",
     {.source = "AS API reference, launch_time"}) {
  CHECK(moments_of({Daily, {}, 2h, on(2026, 3, 28), on(2026, 3, 30)}) ==
        std::vector{on(2026, 3, 28, 2h), on(2026, 3, 29, 2h)});
}

RULE("a periodic policy is one more each time it fires", {.source = "AS user manual, creating a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = quiet_group(cloud);
  create_policy(cloud, group, a_periodic_policy({Daily, {}, 1h, kStart, kStart + 72h}));
  cloud.run_until(kStart + 72h);
  CHECK(group_of(cloud, group).current() == 4);
}

RULE("a window without a single moment is refused", {.source = "AS.3033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = quiet_group(cloud);
  const Recurrence rule{Daily, {}, 10h, on(2026, 3, 1, 10h + 30min), on(2026, 3, 2, 9h)};
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_periodic_policy(rule)})) == "AS.3033");
}

RULE("a window ends later than now", {.source = "AS.3007"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = quiet_group(cloud);
  const Recurrence rule{Daily, {}, 10h, on(2026, 2, 1), kStart};
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_periodic_policy(rule)})) == "AS.3007");
}

RULE("a window ends later than it starts", {.source = "AS.3029"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = quiet_group(cloud);
  const Recurrence rule{Daily, {}, 10h, on(2026, 3, 9), on(2026, 3, 8)};
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_periodic_policy(rule)})) == "AS.3029");
}

RULE("moments before the policy was made are not made up for", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = quiet_group(cloud);
  cloud.run_until(kStart + 10h);
  const Recurrence rule{Daily, {}, 10h, kStart, kStart + 48h};
  const AsPolicyId policy = create_policy(cloud, group, a_periodic_policy(rule));
  cloud.run_until(kStart + 72h);
  CHECK(fired(cloud, policy) == std::vector{kStart + 34h});  // Made at 10:00 sharp: that moment is past.
}

RULE("a window that opens later delays the first moment", {.source = "AS API reference, start_time"}) {
  CHECK(moments_of({Daily, {}, 10h, on(2026, 3, 3, 10h), on(2026, 3, 4, 9h)}) ==
        std::vector{on(2026, 3, 3, 10h)});
}

RULE("a periodic policy whose window is over stays enabled and is inert", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsPolicyId policy =
      create_policy(cloud, quiet_group(cloud), a_periodic_policy({Daily, {}, 1h, kStart, kStart + 2h}));
  cloud.run_until(kStart + 72h);
  CHECK(cloud.find(policy)->status == PolicyStatus::InService);
  CHECK(fired(cloud, policy).size() == 1);
}

RULE("a periodic policy does not wait for the cooldown", {.source = "AS user manual, cooldown"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .cool_down = 86400s, .health_minutes = 180});
  const AsPolicyId policy =
      create_policy(cloud, group, a_periodic_policy({Daily, {}, 1h, kStart, kStart + 2h}));
  cloud.run_until(kStart + 2h);
  CHECK(fired(cloud, policy).size() == 1);
}

}  // namespace
}  // namespace tidepool::sim
