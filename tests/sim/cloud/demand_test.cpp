// Demand that waits, as a fluid or request by request, while the group's members come and go.
#include <catch2/catch.hpp>
#include <memory>
#include <numeric>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using load::Nanos;

constexpr Amount kUnit = kAmountUnit;

Trace steady(Amount per_second, Duration length) {
  return {kStart, 10s, std::vector<Amount>(static_cast<std::size_t>(length / 10s), per_second * 10)};
}

// Ten a second by each instance: ten slots of a second.
Workload waiting(Trace trace, AsGroupId group) {
  Workload workload{std::move(trace), 10 * kUnit, group};
  workload.concurrency = 10;
  workload.queue = load::FluidQueueSettings{.service = 1s, .bound = Nanos{2s}};
  return workload;
}

Workload one_by_one(Trace trace, AsGroupId group, load::TimeDistribution service = load::exponential(1s)) {
  Workload workload{std::move(trace), 10 * kUnit, group};
  workload.concurrency = 10;
  load::StationSettings settings;
  settings.service = std::move(service);
  settings.concurrency = 10;
  settings.bound = Nanos{2s};
  workload.requests = settings;
  return workload;
}

ServiceRecord record_of(Cloud& cloud, AsGroupId group) {
  cloud.settle();
  const auto record = cloud.service_of(group);
  REQUIRE(record);
  return *record;
}

double seconds(Nanos span) { return static_cast<double>(span.count()) / 1e9; }

TEST_CASE("what a fluid can't serve at once waits, and is served when there are more", "[cloud][demand]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .max = 4});
  const Duration begin = cloud.now() - kStart;
  cloud.add_workload(waiting({cloud.now(), 100s, {1500 * kUnit, 1500 * kUnit, 1500 * kUnit, 0}}, group));
  run_for(cloud, 300s);
  CHECK(record_of(cloud, group).completed == 3000 * kUnit);
  CHECK(cloud.waiting_at(group) == 1500 * kUnit);
  CHECK(record_of(cloud, group).offered == 4500 * kUnit);
  set_desire(cloud, group, 3);
  run_for(cloud, 2min);  // Another two after the boot.
  CHECK(record_of(cloud, group).completed == 4500 * kUnit);
  CHECK(begin > 0s);
  CHECK(seconds(record_of(cloud, group).responses.most()) > 100);
}

TEST_CASE("requests wait for those that boot, and each that came is somewhere", "[cloud][demand]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 2, .max = 4});
  cloud.add_workload(one_by_one(steady(10 * kUnit, 20min), group));
  run_for(cloud, kBoot);
  CHECK(record_of(cloud, group).completed == 0);
  CHECK(cloud.waiting_at(group) == record_of(cloud, group).offered - 20 * kUnit);  // Two have just begun.
  run_for(cloud, 15min);
  const ServiceRecord record = record_of(cloud, group);
  CHECK(record.completed > 9000 * kUnit);
  CHECK(record.offered - record.completed < 60 * kUnit);
  CHECK(record.dropped == 0);
  CHECK(record.responses.count() == record.completed);
  CHECK(seconds(record.responses.most()) > 90);  // Who came first waited for the boot.
}

TEST_CASE("before the group exists nobody queues for it", "[cloud][demand]") {
  Cloud cloud = a_cloud();
  const WorkloadId load =
      cloud.add_workload(one_by_one(steady(5 * kUnit, 20min), none<AsGroupId>(), load::constant(10ms)));
  run_for(cloud, 5min);
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  const Time from = cloud.now();
  cloud.attach(load, group);
  run_for(cloud, 10min);
  const ServiceRecord record = record_of(cloud, group);
  const Amount before = 5 * kUnit * ((from - kStart) / 1s);
  CHECK(record.offered - record.completed >= before);
  CHECK(record.offered - record.completed <= before + 5 * kUnit);
  CHECK(seconds(record.responses.most()) < 1);
}

TEST_CASE("the usage of the CPU is that of the slots", "[cloud][demand]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  cloud.add_workload(one_by_one(steady(8 * kUnit, 2h), group, load::constant(1s)));
  run_for(cloud, 1h);
  const auto& last = cloud.samples().back();
  REQUIRE(last.cpu_util);
  CHECK(static_cast<double>(*last.cpu_util) / 1e6 == Approx(40).margin(4));
}

TEST_CASE("an instance that leaves fails what it has, unless it is given the time", "[cloud][demand]") {
  struct Row {
    Duration drain;
    Amount failed;
  };
  // Each has ten requests of 5 s. The removal of the ECS takes longer than that.
  const auto row = GENERATE(values<Row>({{0s, 10 * kUnit}, {3s, 10 * kUnit}, {10s, 0}}));
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  Workload workload = one_by_one({cloud.now(), 1s, {20 * kUnit}}, group, load::constant(5s));
  workload.requests->arrivals.kind = load::ArrivalSettings::Kind::Deterministic;
  workload.drain = row.drain;
  cloud.add_workload(workload);
  run_for(cloud, 1s);
  set_desire(cloud, group, 1);
  run_for(cloud, 1min);
  CHECK(record_of(cloud, group).failed == row.failed);
  CHECK(record_of(cloud, group).completed == 20 * kUnit - row.failed);
}

TEST_CASE("nobody drains beyond the ECS, nor longer than was said", "[cloud][demand]") {
  struct Row {
    Duration removal, drain;
    Amount failed;
  };
  // Each of two has a request of 100 s; a removal begins 50 s later.
  const auto row = GENERATE(values<Row>(
      {{10min, 30min, 0}, {5s, 30min, kUnit}, {30s, 40s, kUnit}, {10min, 40s, kUnit}, {10min, 51s, 0}}));
  CloudSpec spec;
  spec.region.removal_time.first = row.removal;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  Workload workload = one_by_one({cloud.now(), 1s, {2 * kUnit}}, group, load::constant(100s));
  workload.requests->arrivals.kind = load::ArrivalSettings::Kind::Deterministic;
  workload.drain = row.drain;
  cloud.add_workload(workload);
  run_for(cloud, 50s);
  set_desire(cloud, group, 1);
  run_for(cloud, 15min);
  CHECK(record_of(cloud, group).failed == row.failed);
  CHECK(record_of(cloud, group).completed == 2 * kUnit - row.failed);
}

TEST_CASE("who drains is as busy as it can be, and makes nobody else look busy", "[cloud][demand]") {
  CloudSpec spec;
  spec.region.removal_time.first = 1h;
  Cloud cloud = a_cloud(spec);
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  // One request of half an hour, at the instance that leaves.
  Workload workload = one_by_one({cloud.now(), 1s, {kUnit}}, group, load::constant(30min));
  workload.requests->arrivals.kind = load::ArrivalSettings::Kind::Deterministic;
  workload.drain = 1h;
  cloud.add_workload(workload);
  run_for(cloud, 2s);
  set_desire(cloud, group, 1);
  run_for(cloud, 25min);
  const auto& last = cloud.samples().back();
  REQUIRE(last.cpu_util);
  CHECK(*last.cpu_util <= 10 * kMetricUnit);  // One slot of eleven, or none of ten.
}

TEST_CASE("members with a weight of nothing get no requests", "[cloud][demand]") {
  const int weight = GENERATE(0, 1);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .pools = {{kPool, 80, weight}}});
  cloud.add_workload(one_by_one(steady(4 * kUnit, 1h), group, load::constant(100ms)));
  run_for(cloud, 10min);
  const ServiceRecord record = record_of(cloud, group);
  if (weight == 0)
    CHECK(record.completed == 0);
  else
    CHECK(record.completed > 2000 * kUnit);
}

TEST_CASE("of a log only those requests count as offered that have come", "[cloud][demand]") {
  Cloud cloud = a_cloud();
  const Time begin = cloud.now();
  auto recorded = std::make_shared<std::vector<load::RecordedRequest>>();
  for (int i = 0; i < 60; ++i) recorded->push_back({begin + 59s, Nanos{1'000'000}});
  Workload workload{Trace{begin, 60s, {60 * kUnit}}, 10 * kUnit};
  load::StationSettings settings;
  settings.arrivals.kind = load::ArrivalSettings::Kind::Replay;
  settings.arrivals.recorded = recorded;
  settings.queue_limit = 1000;
  workload.requests = settings;
  const WorkloadId load = cloud.add_workload(workload);
  run_for(cloud, 30s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  cloud.attach(load, group);
  CHECK(record_of(cloud, group).offered == 0);
  run_for(cloud, 10min);
  CHECK(record_of(cloud, group).offered == 60 * kUnit);
  CHECK(record_of(cloud, group).completed == 60 * kUnit);
}

TEST_CASE("an ECS that dies takes its requests with it, and retries find another", "[cloud][demand]") {
  const std::int64_t attempts = GENERATE(1, 3);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  Workload workload = one_by_one({cloud.now(), 1s, {10 * kUnit}}, group, load::constant(20s));
  workload.requests->arrivals.kind = load::ArrivalSettings::Kind::Deterministic;
  workload.requests->retry.attempts = attempts;
  cloud.add_workload(workload);
  run_for(cloud, 5s);
  sickness(cloud, group, Sickness::Stopped, 1);
  run_for(cloud, 2min);
  const ServiceRecord record = record_of(cloud, group);
  CHECK(record.failed == (attempts == 1 ? 5 * kUnit : 0));
  CHECK(record.completed + record.failed == 10 * kUnit);
  CHECK(record.retried == (attempts == 1 ? 0 : 5 * kUnit));
}

TEST_CASE("each metrics tick tells the response times of its period", "[cloud][demand]") {
  const bool plays = GENERATE(false, true);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const Trace calm = steady(4 * kUnit, 1h);
  cloud.add_workload(plays ? one_by_one(calm, group) : waiting(calm, group));
  run_for(cloud, 1h);
  REQUIRE(cloud.latencies().size() >= 10);
  Amount answered = 0;
  for (const LatencySample& each : cloud.latencies()) {
    CHECK(each.group == group);
    CHECK(each.p50_us <= each.p95_us);
    CHECK(each.p95_us <= each.p99_us);
    CHECK(static_cast<double>(each.mean_us) / 1e6 == Approx(1).margin(0.2));
    answered += each.answered;
  }
  CHECK(answered <= record_of(cloud, group).completed);
  CHECK(answered > 13'000 * kUnit);
}

TEST_CASE("both models agree on a group that scales while demand grows", "[cloud][demand]") {
  const auto run = [](bool plays) {
    Cloud cloud = a_cloud();
    const AsGroupId group = grown_group(cloud, {.desire = 5, .max = 20});
    std::vector<Amount> minutes;
    for (const int rate : {30, 40, 60, 80, 60, 40})
      for (int i = 0; i < 10; ++i) minutes.push_back(rate * 60 * kUnit);
    const Trace trace{cloud.now(), 1min, minutes};
    cloud.add_workload(plays ? one_by_one(trace, group) : waiting(trace, group));
    run_for(cloud, 25min);
    set_desire(cloud, group, 9);  // The rush of 60 a second was five minutes old.
    run_for(cloud, 45min);
    return record_of(cloud, group);
  };
  const ServiceRecord played = run(true), flowed = run(false);
  CHECK(static_cast<double>(flowed.completed) == Approx(static_cast<double>(played.completed)).epsilon(0.01));
  CHECK(flowed.responses.mean_ns() == Approx(played.responses.mean_ns()).epsilon(0.1));
  for (const double p : {0.5, 0.95, 0.99})
    CHECK(seconds(*flowed.responses.quantile(p)) ==
          Approx(seconds(*played.responses.quantile(p))).epsilon(0.15));
}

TEST_CASE("a copy of a cloud goes on with its own requests", "[cloud][demand][snapshot]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  cloud.add_workload(one_by_one(steady(15 * kUnit, 1h), group));
  run_for(cloud, 10min);
  Cloud copy = cloud;
  run_for(cloud, 20min);
  const Amount completed = record_of(cloud, group).completed;
  CHECK(record_of(copy, group).completed < completed);
  run_for(copy, 20min);
  CHECK(record_of(copy, group).completed == completed);
  CHECK(record_of(copy, group).responses == record_of(cloud, group).responses);
}

TEST_CASE("a fluid without memory tells nothing of requests", "[cloud][demand]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  CHECK_FALSE(cloud.service_of(group));
  cloud.add_workload({steady(4 * kUnit, 1h), 10 * kUnit, group});
  run_for(cloud, 30min);
  CHECK_FALSE(cloud.service_of(group));
  CHECK(cloud.latencies().empty());
}

}  // namespace
}  // namespace tidepool::sim
