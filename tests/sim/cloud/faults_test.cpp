// Declared faults: what each breaks, for whom, and that it ends.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;

// ---- Launches that fail ----

TEST_CASE("so many launches in a million fail", "[cloud][faults]") {
  struct Row {
    std::int64_t ppm;
    std::size_t least, most;  // of 300, four standard deviations around the mean
  };
  const auto row =
      GENERATE(values<Row>({{0, 0, 0}, {250'000, 45, 105}, {900'000, 249, 291}, {1'000'000, 300, 300}}));
  CAPTURE(row.ppm);
  Cloud cloud = a_cloud();
  failing_boots(cloud, row.ppm);
  const AsGroupId group = enabled_group(cloud, {.desire = 300, .max = 300});
  run_for(cloud, kBoot);
  CHECK(last_action(cloud, group).failed.size() >= row.least);
  CHECK(last_action(cloud, group).failed.size() <= row.most);
}

TEST_CASE("failing launches can be those of one group", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId struck = create_group(cloud, {.desire = 1});
  const AsGroupId spared = create_group(cloud, {.desire = 1});
  Fault fault = a_fault(FaultKind::BootFailure, kStart, kNever);
  fault.probability_ppm = 1'000'000;
  fault.group = struck;
  cloud.add_fault(fault);
  for (const AsGroupId each : {struck, spared}) REQUIRE(outcome(cloud.submit(ResumeAsGroup{each})) == "ok");
  run_for(cloud, kBoot);
  CHECK(last_action(cloud, struck).status == ActivityStatus::Fail);
  CHECK(last_action(cloud, spared).status == ActivityStatus::Success);
}

TEST_CASE("a fault holds from its start on and no longer at its end", "[cloud][faults]") {
  struct Row {
    Time launch;
    bool fails;
  };
  const auto row = GENERATE(values<Row>(
      {{kStart + 99s, false}, {kStart + 101s, true}, {kStart + 199s, true}, {kStart + 201s, false}}));
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud);
  Fault fault = a_fault(FaultKind::BootFailure, kStart + 100s, kStart + 200s);
  fault.probability_ppm = 1'000'000;
  cloud.add_fault(fault);
  cloud.run_until(row.launch);
  set_desire(cloud, group, 1);
  run_for(cloud, kBoot);
  CHECK((last_action(cloud, group).status == ActivityStatus::Fail) == row.fails);
}

// ---- Sold out ----

TEST_CASE("faults that overlap hold until the last of them ends", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 1, .zones = {kZoneA}});
  sold_out(cloud, kZoneA, kSmall, kStart + 100s);
  sold_out(cloud, kZoneA, none<FlavorId>(), kStart + 200s);
  const auto enable_at = [&](Duration when) {
    cloud.run_until(kStart + when);
    return outcome(cloud.submit(ResumeAsGroup{group}));
  };
  CHECK(enable_at(50s) == "AS.2038");
  CHECK(enable_at(150s) == "AS.2038");
  CHECK(enable_at(201s) == "ok");
}

// ---- ECSs that break down ----

TEST_CASE("ECSs in service break down after so long on average (exponential)", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 300, .max = 300});
  disable(cloud, group);  // So that nobody is replaced.
  Fault fault = a_fault(FaultKind::InstanceFailure, cloud.now(), cloud.now() + 2h);
  fault.mean_time_to_failure = 1h;
  cloud.add_fault(fault);
  run_for(cloud, 1h);
  CHECK(std::abs(serving(cloud, group) - 110) < 33);  // 300 / e, within four standard deviations.
  run_for(cloud, 1h);
  const int left = serving(cloud, group);
  CHECK(std::abs(left - 41) < 24);  // 300 / e^2
  run_for(cloud, 5h);
  CHECK(serving(cloud, group) == left);  // The fault is over; nobody else breaks down.
}

TEST_CASE("things that wear out break down late and close together (Weibull)", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 300, .max = 300});
  disable(cloud, group);
  Fault fault = a_fault(FaultKind::InstanceFailure, cloud.now(), cloud.now() + 24h);
  fault.mean_time_to_failure = 1h;
  fault.shape = 5;
  cloud.add_fault(fault);
  run_for(cloud, 20min);
  CHECK(serving(cloud, group) >= 296);  // 300 e^-(20 / 65.3)^5 = 299
  run_for(cloud, 40min);
  CHECK(std::abs(serving(cloud, group) - 156) < 35);  // 300 e^-(60 / 65.3)^5
  run_for(cloud, 45min);
  CHECK(serving(cloud, group) == 0);
}

TEST_CASE("a failure of a zone takes a share of its ECSs at one moment, and no others", "[cloud][faults]") {
  const std::int64_t share = GENERATE(1'000'000, 500'000);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 90, .max = 90});
  disable(cloud, group);
  Fault fault = a_fault(FaultKind::ZoneFailure, cloud.now(), kNever);
  fault.zone = kZoneA;
  fault.mean_time_to_failure = 1h;
  fault.probability_ppm = share;
  cloud.add_fault(fault);
  const Time begin = cloud.now();
  while (serving(cloud, group) == 90 && cloud.now() < begin + 24h) run_for(cloud, 1s);
  CHECK(cloud.now() > begin + 1s);
  const int struck = 90 - serving(cloud, group);
  if (share == 1'000'000)
    CHECK(struck == 30);
  else
    CHECK((struck > 4 && struck < 26));
  for (const InstanceId each : members(cloud, group))
    if (instance_of(cloud, each).zone != kZoneA) CHECK(instance_of(cloud, each).ecs == EcsStatus::Active);
  run_for(cloud, 48h);
  CHECK(serving(cloud, group) == 60);  // All of the zone, sooner or later.
}

TEST_CASE("each zone fails for itself, as often as was said", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .max = 3, .health_minutes = 1});
  Fault fault = a_fault(FaultKind::ZoneFailure, cloud.now(), cloud.now() + 1000h);
  fault.mean_time_to_failure = 10h;
  fault.probability_ppm = 1'000'000;
  cloud.add_fault(fault);
  run_for(cloud, 1200h);
  const std::string text = cloud.journal().take_text();
  int struck = 0;
  for (std::size_t at = text.find("a failure strikes"); at != std::string::npos;
       at = text.find("a failure strikes", at + 1))
    ++struck;
  CHECK(std::abs(struck - 300) < 70);  // 3 zones, four standard deviations
  CHECK(group_of(cloud, group).current() == 3);
}

TEST_CASE("boots take times of every kind that can be declared", "[cloud][faults]") {
  using Kind = DurationDistribution::Kind;
  struct Row {
    DurationDistribution boot;
    double mean_s;
  };
  const auto row = GENERATE(values<Row>({{{Kind::Constant, 97s}, 97},
                                         {{Kind::Weibull, 100s, {}, 2}, 88.62},
                                         {{Kind::Measured, {}, {}, 1, {40s, 50s, 90s}}, 60}}));
  CloudSpec spec;
  spec.region.boot_time = row.boot;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = enabled_group(cloud, {.desire = 300, .max = 300});
  run_for(cloud, 1h);
  double sum = 0;
  for (const InstanceId each : members(cloud, group)) {
    const Instance& member = instance_of(cloud, each);
    sum += static_cast<double>((member.in_service_since - member.joined).count()) / 1e6;
  }
  CHECK(sum / 300 == Approx(row.mean_s).epsilon(0.12));
}

TEST_CASE("availability of one instance is MTBF / (MTBF + detection + removal + boot) (closed form)",
          "[cloud][faults]") {
  CloudSpec spec{.recording = Recording::Nothing};
  spec.region.removal_time.first = 0s;
  Cloud cloud = a_cloud(spec);
  constexpr int kGroups = 20;
  const AsConfigurationId conf = create_configuration(cloud);
  Fault fault = a_fault(FaultKind::InstanceFailure, kStart, kNever);
  fault.mean_time_to_failure = 1h;
  cloud.add_fault(fault);
  // A load that each instance is just able to serve: what is served says how long it ran.
  const Trace day{kStart, 24h * 8, {kCapacity * 3600 * 24 * 8}};
  std::vector<AsGroupId> groups;
  for (int i = 0; i < kGroups; ++i) {
    groups.push_back(enabled_group(cloud, {.configuration = conf, .desire = 1, .health_minutes = 1}));
    cloud.add_workload({day, kCapacity, groups.back()});
  }
  cloud.run_until(day.end());
  cloud.settle();
  double served = 0, offered = 0;
  for (const AsGroupId each : groups) {
    served += static_cast<double>(cloud.totals(each).served);
    offered += static_cast<double>(cloud.totals(each).offered);
  }
  // 3600 / (3600 + 30 + 100); some 3700 failures, so the unavailability of 3.5 % is met within 6 % of itself.
  CHECK(std::abs(served / offered - 0.965147) < 0.0022);
}

// ---- Sick instances ----

TEST_CASE("the oldest members fall ill, and recover when the fault ends unless their ECS is gone",
          "[cloud][faults]") {
  struct Row {
    const char* why;
    Sickness kind;
    EcsStatus ecs;
    bool recovers;
  };
  const auto row = GENERATE(values<Row>({
      {"stopped", Sickness::Stopped, EcsStatus::ShutOff, true},
      {"offline", Sickness::Offline, EcsStatus::Active, true},
      {"deleted", Sickness::Deleted, EcsStatus::Deleted, false},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3, .pools = {{kPool, 80, 1}}});
  disable(cloud, group);
  const auto all = members(cloud, group);
  sickness(cloud, group, row.kind, 2, cloud.now() + 60s);
  run_for(cloud, 59s);
  CHECK(serving(cloud, group) == 1);
  CHECK(instance_of(cloud, all[2]).serves());
  CHECK(instance_of(cloud, all[0]).ecs == row.ecs);
  run_for(cloud, 1s);
  CHECK(serving(cloud, group) == (row.recovers ? 3 : 1));
}

TEST_CASE("more sick instances than there are members: all of them", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  sickness(cloud, group, Sickness::Stopped, 5);
  CHECK(serving(cloud, group) == 0);
}

TEST_CASE("a fault can be declared before its group exists", "[cloud][faults]") {
  Cloud cloud = a_cloud();
  Fault later = a_fault(FaultKind::SickInstances, kStart + 200s, kNever);
  const FaultId fault = cloud.add_fault(later);
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  cloud.attach(fault, group);
  cloud.run_until(kStart + 199s);
  CHECK(serving(cloud, group) == 1);
  cloud.run_until(kStart + 200s);
  CHECK(serving(cloud, group) == 0);
}

}  // namespace
}  // namespace tidepool::sim
