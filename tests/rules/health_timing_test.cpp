// When health checks look, and how long a failure goes unnoticed.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

RULE("checks come with the period in minutes, 0 being every ten seconds", {.source = "AS API reference"}) {
  struct Row {
    int minutes;
    Duration period;
  };
  const auto row = GENERATE(values<Row>({{0, 10s}, {1, 1min}, {5, 5min}, {15, 15min}, {60, 1h}, {180, 3h}}));
  CAPTURE(row.minutes);
  Cloud cloud = a_cloud();
  run_for(cloud, 7s);  // The grid is anchored at the group's creation, not at the run's start.
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = row.minutes});
  const Time check = kStart + 7s + row.period * 20;
  SECTION("just in time for a check") {
    fall_ill(cloud, group, check - 1us);
    cloud.run_until(check + 4h);
    REQUIRE(first_removal_by_check(cloud, group) != nullptr);
    CHECK(first_removal_by_check(cloud, group)->start == check);
  }
  SECTION("just too late: a whole period") {
    fall_ill(cloud, group, check + 1us);
    cloud.run_until(check + 4h);
    REQUIRE(first_removal_by_check(cloud, group) != nullptr);
    CHECK(first_removal_by_check(cloud, group)->start == check + row.period);
  }
}

RULE("a failure is found after half a period on average, and after a whole one at worst",
     {.source = "closed form"}) {
  struct Row {
    int minutes;
    Duration period;
  };
  const auto row = GENERATE(values<Row>({{0, 10s}, {1, 60s}, {5, 300s}}));
  constexpr int kFailures = 20;
  const Cloud before = [&] {
    Cloud cloud = a_cloud();
    grown_group(cloud, {.desire = 1, .health_minutes = row.minutes});
    cloud.run_until(kStart + 600s);
    return cloud;
  }();
  Duration sum{}, worst{};
  for (int i = 0; i < kFailures; ++i) {
    Cloud cloud = before;  // Each failure has its own future.
    const Time failure = kStart + 600s + row.period * (2 * i + 1) / (2 * kFailures);
    fall_ill(cloud, AsGroupId{0}, failure);
    cloud.run_until(failure + row.period);
    REQUIRE(first_removal_by_check(cloud, AsGroupId{0}) != nullptr);
    const Duration latency = first_removal_by_check(cloud, AsGroupId{0})->start - failure;
    sum += latency;
    worst = std::max(worst, latency);
  }
  CHECK(sum / kFailures == row.period / 2);
  CHECK(worst == row.period - row.period / (2 * kFailures));
}

RULE("a new period starts its own grid", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = 5});
  cloud.run_until(kStart + 430s);
  REQUIRE(change(cloud, group, &ModifyAsGroup::health_period_minutes, 1) == "ok");
  fall_ill(cloud, group, kStart + 431s);
  cloud.run_until(kStart + 1h);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 490s);
}

RULE("the grace period spares a member from joining on, by ELB_AUDIT only", {.source = "AS API reference"}) {
  struct Row {
    const char* why;
    HealthAudit audit;
    Sickness kind;
    Duration grace, found;
  };
  const auto row = GENERATE(values<Row>({
      // In service from 100 s on; checks every minute.
      {"no grace", HealthAudit::Elb, Sickness::Offline, 0s, 120s},
      {"grace until 220 s", HealthAudit::Elb, Sickness::Offline, 120s, 240s},
      {"grace that ends with a check", HealthAudit::Elb, Sickness::Offline, 140s, 240s},
      {"one instant more", HealthAudit::Elb, Sickness::Offline, 140s + 1us, 300s},
      {"the default of ten minutes", HealthAudit::Elb, Sickness::Offline, 600s, 720s},
      {"a dead ECS is not looked at either", HealthAudit::Elb, Sickness::Stopped, 600s, 720s},
      {"NOVA_AUDIT knows no grace", HealthAudit::Nova, Sickness::Stopped, 600s, 120s},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(
      cloud,
      {.desire = 1, .pools = {{kPool, 80, 1}}, .audit = row.audit, .health_minutes = 1, .grace = row.grace});
  sickness(cloud, group, row.kind);
  cloud.run_until(kStart + 1h);
  REQUIRE(first_removal_by_check(cloud, group) != nullptr);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + row.found);
}

RULE("each member has its own grace, also one added by hand", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 0, .pools = {{kPool, 80, 1}}, .health_minutes = 1, .grace = 300s});
  cloud.run_until(kStart + 595s);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, kAttach);
  sickness(cloud, group, Sickness::Offline);
  cloud.run_until(kStart + 1h);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 900s);
}

RULE("restarting a group does not renew the grace", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}, .health_minutes = 1, .grace = 300s});
  sickness(cloud, group, Sickness::Offline);
  cloud.run_until(kStart + 350s);
  disable(cloud, group);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  cloud.run_until(kStart + 1h);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 420s);
}

}  // namespace
}  // namespace tidepool::sim
