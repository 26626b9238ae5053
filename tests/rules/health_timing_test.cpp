// When health checks look, and how long a failure goes unnoticed.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

// When the check comes that finds a failure of that time, by so many minutes between two checks. The group is 7 s old
// when the run is.
Duration found(int minutes, Duration failure) {
  Cloud cloud = a_cloud();
  run_for(cloud, 7s);
  const AsGroupId group = grown_group(cloud, {.desire = 1, .health_minutes = minutes});
  fall_ill(cloud, group, kStart + 7s + failure);
  cloud.run_until(kStart + 7s + failure + 4h);
  REQUIRE(first_removal_by_check(cloud, group) != nullptr);
  return first_removal_by_check(cloud, group)->start - kStart - 7s;
}

RULE("checks come every so many minutes, counted from the group's creation",
     {.source = "AS API reference, creating a group"}) {
  const int minutes = GENERATE(1, 5, 15, 60, 180);
  CAPTURE(minutes);
  const Duration period = std::chrono::minutes{minutes};
  CHECK(found(minutes, period * 20 - 1us) == period * 20);
  CHECK(found(minutes, period * 20 + 1us) == period * 21);
}

RULE("a period of 0 is a check every ten seconds", {.source = "AS API reference, creating a group"}) {
  CHECK(found(0, 200s - 1us) == Duration{200s});
  CHECK(found(0, 200s + 1us) == Duration{210s});
}

RULE("a failure is found after half a period on average, and after a whole one at worst",
     {.source = "AS user manual, health check"}) {
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

RULE("a period that is set again as it was leaves the grid of checks as it was", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 430s);
  REQUIRE(change(cloud, group, &ModifyAsGroup::health_period_minutes, 5) == "ok");
  fall_ill(cloud, group, kStart + 431s);
  cloud.run_until(kStart + 1h);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 600s);
}

RULE("disabling and enabling a group leaves the grid of its checks as it was", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 430s);
  disable(cloud, group);
  run_for(cloud, 1s);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  fall_ill(cloud, group, kStart + 432s);
  cloud.run_until(kStart + 1h);
  CHECK(first_removal_by_check(cloud, group)->start == kStart + 600s);
}

// ---- Grace ----

// When a member is found that is in service and ill from 100 s on, with a check every minute.
Duration found(HealthAudit audit, Sickness kind, Duration grace) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(
      cloud, {.desire = 1, .pools = {{kPool, 80, 1}}, .audit = audit, .health_minutes = 1, .grace = grace});
  sickness(cloud, group, kind);
  cloud.run_until(kStart + 1h);
  REQUIRE(first_removal_by_check(cloud, group) != nullptr);
  return first_removal_by_check(cloud, group)->start - kStart;
}

RULE("by ELB_AUDIT a member is spared until its grace is over, counted from when it came into service",
     {.source = "AS API reference, health_periodic_audit_grace_period"}) {
  CHECK(found(HealthAudit::Elb, Sickness::Offline, 0s) == Duration{120s});
  CHECK(found(HealthAudit::Elb, Sickness::Offline, 120s) == Duration{240s});
  CHECK(found(HealthAudit::Elb, Sickness::Offline, 600s) == Duration{720s});
}

RULE("a check at the very end of the grace looks at the member", {.source = "our decision"}) {
  CHECK(found(HealthAudit::Elb, Sickness::Offline, 140s) == Duration{240s});
  CHECK(found(HealthAudit::Elb, Sickness::Offline, 140s + 1us) == Duration{300s});
}

RULE("within its grace a member is not looked at for a stopped ECS either",
     {.source = "AS API reference, health_periodic_audit_grace_period"}) {
  CHECK(found(HealthAudit::Elb, Sickness::Stopped, 600s) == Duration{720s});
}

RULE("NOVA_AUDIT knows no grace", {.source = "AS API reference, health_periodic_audit_grace_period"}) {
  CHECK(found(HealthAudit::Nova, Sickness::Stopped, 600s) == Duration{120s});
}

RULE("a member that was never ill for a check within its grace is kept",
     {.source = "AS API reference, health_periodic_audit_grace_period"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group =
      grown_group(cloud, {.desire = 1, .pools = {{kPool, 80, 1}}, .health_minutes = 1, .grace = 600s});
  sickness(cloud, group, Sickness::Offline, 1, kStart + 699s);  // As one that warms up.
  cloud.run_until(kStart + 1h);
  CHECK(first_removal_by_check(cloud, group) == nullptr);
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
