#include "sim/decide/health_check.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/sim/decide/any.hpp"

namespace tidepool::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using enum HealthAudit;
using enum HealthVerdict;
using State = LifecycleState;

constexpr Duration kInstant{1};

Time at(Duration since_epoch) { return Time{since_epoch}; }

// In service since 1000 s, so that a grace of 600 s ends at 1600 s.
HealthView member(EcsStatus ecs, bool lb_offline = false, State state = State::InService) {
  return {state, ecs, lb_offline, at(seconds{1000})};
}

HealthVerdict checked(HealthAudit method, LoadBalancing balancing, const HealthView& view, Time now) {
  return verdict(method, balancing, seconds{600}, view, now);
}

TEST_CASE("a member is judged by what its audit method can see", "[decide]") {
  struct Row {
    const char* why;
    HealthView view;
    HealthVerdict nova, elb;
  };
  const auto row = GENERATE(values<Row>({
      {"an active ECS", member(EcsStatus::Active), Healthy, Healthy},
      {"a stopped ECS", member(EcsStatus::ShutOff), Unhealthy, Unhealthy},
      {"a faulty ECS", member(EcsStatus::Error), Unhealthy, Unhealthy},
      {"a deleted ECS", member(EcsStatus::Deleted), Unhealthy, Unhealthy},
      {"only a load balancer sees it offline", member(EcsStatus::Active, true), Healthy, Unhealthy},
      {"an ECS in service that is still built does not occur", member(EcsStatus::Build), Healthy, Healthy},
  }));
  CAPTURE(row.why);
  const Time long_after = at(seconds{5000});
  for (const LoadBalancing balancing : {LoadBalancing::None, LoadBalancing::Present})
    CHECK(checked(Nova, balancing, row.view, long_after) == row.nova);
  CHECK(checked(Elb, LoadBalancing::Present, row.view, long_after) == row.elb);
  // Without a load balancer nobody can say offline, so the method falls back to the ECS.
  CHECK(checked(Elb, LoadBalancing::None, row.view, long_after) == row.nova);
}

TEST_CASE("the grace of a new member silences the load balancer's method and no other", "[decide]") {
  const HealthView dead = member(EcsStatus::Deleted, true);
  struct Row {
    const char* why;
    Duration now;
    HealthVerdict elb;
  };
  const auto row = GENERATE(values<Row>({
      {"just in service", seconds{1000}, NotChecked},
      {"the last instant of the grace", seconds{1600} - kInstant, NotChecked},
      {"the grace is over", seconds{1600}, Unhealthy},
      {"long over", seconds{9000}, Unhealthy},
  }));
  CAPTURE(row.why);
  CHECK(checked(Elb, LoadBalancing::Present, dead, at(row.now)) == row.elb);
  CHECK(checked(Elb, LoadBalancing::None, dead, at(row.now)) == Unhealthy);
  CHECK(checked(Nova, LoadBalancing::Present, dead, at(row.now)) == Unhealthy);
}

TEST_CASE("without grace a member is checked from its first instant in service", "[decide]") {
  const HealthView offline = member(EcsStatus::Active, true);
  CHECK(verdict(Elb, LoadBalancing::Present, Duration::zero(), offline, at(seconds{1000})) == Unhealthy);
}

TEST_CASE("only members in service are checked", "[decide]") {
  const State state =
      GENERATE(State::Pending, State::PendingWait, State::Removing, State::RemovingWait, State::Gone);
  HealthView view = member(EcsStatus::Error, true, state);
  view.in_service_since = kNever;
  for (const HealthAudit method : {Nova, Elb})
    for (const LoadBalancing balancing : {LoadBalancing::None, LoadBalancing::Present})
      CHECK(checked(method, balancing, view, at(seconds{5000})) == NotChecked);
}

TEST_CASE("checks lie on the grid of the period, the anchor left out", "[decide]") {
  const Time anchor = at(seconds{1000});
  struct Row {
    const char* why;
    Duration after, expected;
  };
  const auto row = GENERATE(values<Row>({
      {"several periods before the anchor", seconds{0}, seconds{1300}},
      {"less than a period before it", seconds{999}, seconds{1300}},
      {"at the anchor", seconds{1000}, seconds{1300}},
      {"between", seconds{1299}, seconds{1300}},
      {"an instant before a check", seconds{1300} - kInstant, seconds{1300}},
      {"at a check comes the one after it", seconds{1300}, seconds{1600}},
      {"far along the grid", seconds{1000} + seconds{300} * 1000, seconds{1000} + seconds{300} * 1001},
  }));
  CAPTURE(row.why);
  CHECK(next_check(anchor, seconds{300}, at(row.after)) == at(row.expected));
}

TEST_CASE("the next check is the first of the grid that is later", "[decide]") {
  rc::prop("grid", [] {
    const Time anchor = at(Duration{any_from<std::int64_t>(0, 1'000'000'000)});
    const Duration period{any_from<std::int64_t>(1, 10'800'000'000)};
    const Time after = at(Duration{any_from<std::int64_t>(0, 100'000'000'000)});
    const Time next = next_check(anchor, period, after);
    RC_ASSERT((next - anchor) % period == Duration::zero());
    RC_ASSERT(next >= anchor + period);
    RC_ASSERT(next > after);
    RC_ASSERT(next == anchor + period || next - period <= after);
  });
}

TEST_CASE("a failure is found after half a period on average, and after a whole one at worst", "[decide]") {
  const int setting = GENERATE(0, 1, 5, 15, 60, 180);  // minutes; 0 is every 10 seconds
  AsGroupSettings group;
  group.health_period_minutes = setting;
  const Duration period = group.health_period();
  CAPTURE(setting);
  if (setting == 0) CHECK(period == seconds{10});

  const Time anchor = at(minutes{7});
  constexpr int kPhases = 1000;
  Duration total{}, longest{};
  for (int i = 0; i < kPhases; ++i) {
    // Phases at the middle of a thousand equal pieces of the period.
    const Time failure = anchor + 3 * period + period * (2 * i + 1) / (2 * kPhases);
    const Time found = next_check(anchor, period, failure);
    REQUIRE(checked(Nova, LoadBalancing::None, member(EcsStatus::Error), found) == Unhealthy);
    total += found - failure;
    longest = std::max(longest, found - failure);
  }
  CHECK(total / kPhases == period / 2);
  CHECK(longest < period);
  // Worst: the ECS dies right when it has been looked at.
  const Time just_checked = anchor + 3 * period;
  CHECK(next_check(anchor, period, just_checked) - just_checked == period);
}

TEST_CASE("a member of which nothing is said runs and is online", "[decide]") {
  CHECK(verdict(Elb, LoadBalancing::Present, {}, HealthView{}, at(seconds{1})) == Healthy);
}

}  // namespace
}  // namespace tidepool::sim
