// Demand on a group: what is offered, what is served, and what the metrics say about it.
#include <catch2/catch.hpp>
#include <numeric>
#include <optional>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

constexpr Amount kUnit = kAmountUnit;  // An instance can do ten of these a second.

// So much per second for each length of time, from kStart on.
Trace steps(Duration step, const std::vector<Amount>& per_second) {
  std::vector<Amount> amounts;
  for (const Amount each : per_second) amounts.push_back(each * (step / 1s));
  return {kStart, step, amounts};
}

const GroupTotals& settled(Cloud& cloud, AsGroupId group) {
  cloud.settle();
  return cloud.totals(group);
}

TEST_CASE("at each moment the lesser of what is offered and what instances can do is served",
          "[cloud][workload]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 3});
  cloud.add_workload({steps(100s, {20 * kUnit, 20 * kUnit, 50 * kUnit, 0, 30 * kUnit}), kCapacity, group});
  struct Row {
    Duration at;
    Amount offered, served;
    Duration short_of;
  };
  const std::vector<Row> rows{
      {50s, 1000 * kUnit, 0, 50s},                // Everybody boots.
      {100s, 2000 * kUnit, 0, 100s},              // Three in service from here on: 30 a second.
      {200s, 4000 * kUnit, 2000 * kUnit, 100s},   // Enough.
      {300s, 9000 * kUnit, 5000 * kUnit, 200s},   // Too little by 20.
      {400s, 9000 * kUnit, 5000 * kUnit, 200s},   // Nothing to do; what was not served is lost.
      {450s, 10500 * kUnit, 6500 * kUnit, 200s},  // Just enough.
      {600s, 12000 * kUnit, 8000 * kUnit, 200s},  // The trace ends at 500 s.
  };
  for (const Row& row : rows) {
    cloud.run_until(kStart + row.at);
    CAPTURE(row.at.count());
    CHECK(settled(cloud, group).offered == row.offered);
    CHECK(settled(cloud, group).served == row.served);
    CHECK(settled(cloud, group).short_us == row.short_of.count());
  }
}

TEST_CASE("demand before the group exists is offered and not served", "[cloud][workload]") {
  Cloud cloud = a_cloud();
  const WorkloadId load = cloud.add_workload({steps(100s, {20 * kUnit, 20 * kUnit, 20 * kUnit}), kCapacity});
  cloud.run_until(kStart + 60s);
  const AsGroupId group = create_group(cloud, {.desire = 2});
  cloud.attach(load, group);
  CHECK(settled(cloud, group).offered == 1200 * kUnit);
  CHECK(settled(cloud, group).served == 0);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  cloud.run_until(kStart + 300s);
  CHECK(settled(cloud, group).offered == 6000 * kUnit);
  CHECK(settled(cloud, group).served == 140 * 20 * kUnit);
}

TEST_CASE("a group is short only while something is offered, also before it exists", "[cloud][workload]") {
  Cloud cloud = a_cloud();
  const WorkloadId load = cloud.add_workload({steps(100s, {0, 20 * kUnit, 0, 20 * kUnit}), kCapacity});
  cloud.run_until(kStart + 350s);
  const AsGroupId group = create_group(cloud);
  cloud.attach(load, group);
  CHECK(settled(cloud, group).short_us == Duration{150s}.count());
  cloud.run_until(kStart + 500s);
  CHECK(settled(cloud, group).short_us == Duration{200s}.count());
}

TEST_CASE("a group that can do exactly what is offered is never short, whatever the rounding",
          "[cloud][workload]") {
  Behaviour behaviour = prompt(Behaviour::classic());
  behaviour.metric_period = 7s + 3us;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  cloud.add_workload({Trace{kStart + 100s, 3s, std::vector<Amount>(100, 9'999'999)}, 3'333'333, group});
  for (int i = 0; i < 300; ++i) {
    run_for(cloud, 999'983us);
    cloud.settle();
  }
  CHECK(settled(cloud, group).short_us == 0);
  CHECK(settled(cloud, group).served == settled(cloud, group).offered);
}

TEST_CASE("only members that serve do work: not those that boot, leave, are stopped or offline",
          "[cloud][workload]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4, .pools = {{kPool, 80, 1}}});
  add_steady_load(cloud, group, 1000 * kUnit);
  disable(cloud, group);
  const auto served_in = [&](Duration span) {
    const Amount before = settled(cloud, group).served;
    run_for(cloud, span);
    return (settled(cloud, group).served - before) / kUnit;
  };
  CHECK(served_in(10s) == 400);
  sickness(cloud, group, Sickness::Stopped, 1, cloud.now() + 10s);
  CHECK(served_in(10s) == 300);
  sickness(cloud, group, Sickness::Offline, 3, cloud.now() + 10s);
  CHECK(served_in(10s) == 100);
  REQUIRE(outcome(cloud.submit(RemoveInstance{newest_member(cloud, group), EcsFate::Keep})) == "ok");
  CHECK(served_in(10s) == 300);
}

TEST_CASE("what is offered and served adds up, however the time is cut", "[cloud][workload]") {
  Behaviour behaviour = prompt(Behaviour::classic());
  behaviour.metric_period = 7s;
  const auto grown = [&] {
    Cloud cloud = a_cloud(behaviour);
    const AsGroupId group = enabled_group(cloud, {.desire = 3});
    // Amounts that no second divides: 13 micro-units in each 3 s, and so on.
    cloud.add_workload({Trace{kStart, 3s, std::vector<Amount>(400, 90'000'013)}, 3'333'333, group});
    return cloud;
  };
  Cloud in_one = grown();
  in_one.run_until(kStart + 1000s + 1us);
  Cloud in_pieces = grown();
  for (int i = 1; i <= 1000; ++i) {
    in_pieces.run_until(kStart + 1s * i + 1us * (i % 2));
    in_pieces.settle();
  }
  in_pieces.run_until(kStart + 1000s + 1us);
  const AsGroupId group{0};
  const Trace& trace = in_one.all_workloads()[0].trace;
  CHECK(settled(in_one, group).offered == trace.offered_until(kStart + 1000s + 1us));
  CHECK(settled(in_pieces, group).offered == settled(in_one, group).offered);
  CHECK(settled(in_pieces, group).served == settled(in_one, group).served);
  CHECK(settled(in_one, group).served <= settled(in_one, group).offered);

  Amount offered = 0, served = 0;
  for (const MetricSample& each : in_one.samples()) {
    CHECK(each.served <= each.offered);
    offered += each.offered;
    served += each.served;
  }
  const Time last = in_one.samples().back().time;
  CHECK(offered == trace.offered_until(last));
  CHECK(served <= settled(in_one, group).served);
}

TEST_CASE("members are counted over time (instance_num and the group's totals)", "[cloud][workload]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  cloud.run_until(kStart + 200s);
  set_desire(cloud, group, 1);
  cloud.run_until(kStart + 300s);
  const GroupTotals& totals = settled(cloud, group);
  CHECK(totals.in_service_us == Duration{2 * 100s + 100s}.count());  // One leaves service at 200 s.
  CHECK(totals.desire_us == Duration{2 * 200s + 100s}.count());
  CHECK(totals.most_in_service == 2);
}

std::optional<MetricValue> percent(MetricValue value) { return value * kMetricUnit; }

TEST_CASE("the CPU usage of a period is the work done over what the serving instances could do (cpu_util)",
          "[cloud][workload]") {
  struct Row {
    const char* why;
    Amount load;
    int instances;
    std::optional<MetricValue> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"half", 10 * kUnit, 2, percent(50)},
      {"nothing to do", 0, 2, percent(0)},
      {"all", 20 * kUnit, 2, percent(100)},
      {"never more than all", 500 * kUnit, 2, percent(100)},
      {"a third, rounded to the unit of the metric", 10 * kUnit, 3, 33'333'333},
      {"no instance, no datapoint", 10 * kUnit, 0, std::nullopt},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = row.instances});
  add_steady_load(cloud, group, row.load);
  cloud.run_until(kStart + 600s);
  REQUIRE(cloud.samples().size() == 2);
  const MetricSample& second = cloud.samples()[1];
  CHECK(second.time == kStart + 600s);
  CHECK(second.in_service == row.instances);
  REQUIRE(second.cpu_util.has_value() == row.expected.has_value());
  if (row.expected) CHECK(std::abs(*second.cpu_util - *row.expected) <= 1);
}

TEST_CASE("without a workload there is no CPU usage, and the number of instances all the same",
          "[cloud][workload]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  set_desire(cloud, group, 3);
  cloud.run_until(kStart + 150s);
  cloud.run_until(kStart + 300s);
  REQUIRE(cloud.samples().size() == 1);
  CHECK(cloud.samples()[0].in_service == 3);
  CHECK(cloud.samples()[0].desire == 3);
  CHECK_FALSE(cloud.samples()[0].cpu_util.has_value());
}

TEST_CASE("a datapoint counts members by where they are", "[cloud][workload]") {
  Behaviour behaviour = prompt(Behaviour::classic());
  behaviour.metric_period = 10s;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  const auto last = [&] { return cloud.samples().back(); };
  cloud.run_until(kStart + 50s);
  CHECK((last().pending == 2 && last().in_service == 0 && last().removing == 0));
  cloud.run_until(kStart + 151s);
  CHECK((last().pending == 0 && last().in_service == 2 && last().removing == 0));
  set_desire(cloud, group, 1);
  cloud.run_until(kStart + 160s);
  CHECK((last().pending == 0 && last().in_service == 1 && last().removing == 1));
  CHECK(last().desire == 1);
}

TEST_CASE("a stopped instance delivers no data, so the others' usage is the group's (our decision)",
          "[cloud][workload]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  disable(cloud, group);
  add_steady_load(cloud, group, 5 * kUnit);
  cloud.run_until(kStart + 300s);
  sickness(cloud, group, Sickness::Stopped);
  cloud.run_until(kStart + 600s);
  CHECK(cloud.samples()[1].cpu_util == percent(50));
}

}  // namespace
}  // namespace tidepool::sim
