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

RULE("a periodic policy fires on its days, at its minute, within its window", {.source = "AS documents"}) {
  struct Row {
    const char* why;
    Recurrence rule;
    std::vector<Time> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"daily, both edges included",
       {Daily, {}, 16h, on(2026, 3, 1, 16h), on(2026, 3, 3, 16h)},
       {on(2026, 3, 1, 16h), on(2026, 3, 2, 16h), on(2026, 3, 3, 16h)}},
      {"weekly on Sunday and Saturday",
       {Weekly, {1, 7}, 3h + 30min, on(2026, 3, 2), on(2026, 3, 9)},
       {on(2026, 3, 7, 3h + 30min), on(2026, 3, 8, 3h + 30min)}},
      {"monthly on the 31st, which April lacks",
       {Monthly, {31}, 0min, on(2026, 3, 15), on(2026, 6, 15)},
       {on(2026, 3, 31), on(2026, 5, 31)}},
      {"monthly, several days",
       {Monthly, {1, 15}, 12h, kStart, on(2026, 4, 1)},
       {on(2026, 3, 1, 12h), on(2026, 3, 15, 12h)}},
  }));
  CAPTURE(row.why);
  Behaviour behaviour = behaviour_under_test();
  behaviour.metric_period = 24h;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = quiet_group(cloud);
  const AsPolicyId policy = create_policy(cloud, group, a_periodic_policy(row.rule));
  cloud.run_until(on(2026, 6, 30));
  CHECK(fired(cloud, policy) == row.expected);
  CHECK(group_of(cloud, group).current() == 1 + static_cast<int>(row.expected.size()));
}

RULE("a window without a single moment is refused", {.source = "AS.3033"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = quiet_group(cloud);
  const Recurrence rule{Daily, {}, 10h, on(2026, 3, 1, 10h + 30min), on(2026, 3, 2, 9h)};
  CHECK(outcome(cloud.submit(CreateAsPolicy{group, a_periodic_policy(rule)})) == "AS.3033");
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
  Cloud cloud = a_cloud();
  const AsGroupId group = quiet_group(cloud);
  const Recurrence rule{Daily, {}, 10h, on(2026, 3, 3, 10h), on(2026, 3, 4, 9h)};
  const AsPolicyId policy = create_policy(cloud, group, a_periodic_policy(rule));
  cloud.run_until(on(2026, 3, 7));
  CHECK(fired(cloud, policy) == std::vector{on(2026, 3, 3, 10h)});
}

}  // namespace
}  // namespace tidepool::sim
