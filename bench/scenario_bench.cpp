// What whole runs cost: a month of one group on a 1-minute trace, and a day of many groups.
//
// `items_per_second` counts handled events. `peak_mb` is the process's high-water mark after the run; it never falls
// again, so read it from a run of that benchmark alone (--benchmark_filter).

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <utility>

#include "sim/cloud/cloud.hpp"
#include "sim/engine/time.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim {
namespace {

constexpr Time kStart{std::chrono::seconds{1'767'225'600}};  // 2026-01-01

Region a_region() {
  Region region;
  region.zones = {{"eu-de-01", {}}, {"eu-de-02", {}}, {"eu-de-03", {}}};
  Flavor flavor;
  flavor.name = "s3.large.2";
  flavor.zones = {ZoneId{0}, ZoneId{1}, ZoneId{2}};
  region.flavors = {flavor};
  region.images = {{"image", 1}};
  region.key_pairs = {{"key"}};
  region.vpcs = {{"vpc"}};
  region.subnets = {{"subnet", VpcId{0}, false}};
  region.boot_time = {DurationDistribution::Kind::Uniform, std::chrono::seconds{30},
                      std::chrono::seconds{60}};
  return region;
}

AsConfigurationId add_configuration(Cloud& cloud) {
  CreateAsConfiguration request;
  request.set.name = "conf";
  request.set.flavors = {FlavorId{0}};
  request.set.image = ImageId{0};
  request.set.key_name = "key";
  request.set.disks = {{40, VolumeType::Sata, DiskType::System, {}, {}, {}}};
  return cloud.submit(request).value();
}

AsGroupId add_group(Cloud& cloud, AsConfigurationId configuration, int desire, int max) {
  CreateAsGroup request;
  request.set.name = "group";
  request.set.configuration = configuration;
  request.set.vpc = VpcId{0};
  request.set.networks = {{SubnetId{0}, false, {}}};
  request.set.min = 1;
  request.desire = desire;
  request.max = max;
  const AsGroupId group = cloud.submit(request).value();
  if (!cloud.submit(ResumeAsGroup{group})) std::abort();
  return group;
}

void add_alarm_policy(Cloud& cloud, AsGroupId group, AlarmOperator comparison, int threshold,
                      PolicyOperation operation) {
  AlarmRuleSettings rule;
  rule.name = "rule";
  rule.group = group;
  rule.comparison = comparison;
  rule.threshold = threshold * kMetricUnit;
  CreateAsPolicy request;
  request.group = group;
  request.set.name = "policy";
  request.set.alarm = cloud.add_alarm_rule(rule);
  request.set.action = {operation, 1, {}};
  if (!cloud.submit(request)) std::abort();
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

Behaviour roomy() {
  Behaviour behaviour;
  behaviour.group_quota = 1'000'000;
  return behaviour;
}

// One group with two alarm policies through 30 days of demand in 1-minute steps.
void BM_MonthOfOneGroup(benchmark::State& state) {
  DemandGenerator demand;
  demand.base_per_second = 100 * kAmountUnit;
  demand.daily_amplitude = 0.7;
  demand.noise = 0.1;
  const Duration month = std::chrono::days{30};
  const Trace trace = generate(demand, kStart, month, 1);
  std::uint64_t events = 0;
  std::string fingerprint;
  for (auto _ : state) {
    Cloud cloud({a_region(), roomy(), kStart, 1, JournalText::Dropped, Recording::Everything});
    const AsGroupId group = add_group(cloud, add_configuration(cloud), 4, 40);
    add_alarm_policy(cloud, group, AlarmOperator::Greater, 70, PolicyOperation::Add);
    add_alarm_policy(cloud, group, AlarmOperator::Less, 40, PolicyOperation::Remove);
    cloud.add_workload({trace, 10 * kAmountUnit, group});
    cloud.run_until(kStart + month);
    events += cloud.events_handled();
    fingerprint = cloud.journal().fingerprint();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.SetLabel(fingerprint);
}
BENCHMARK(BM_MonthOfOneGroup)->Unit(benchmark::kMillisecond);

// A day of state.range(0) groups of 100 instances that boot in 30 to 60 s, are checked every 5 minutes, break down after
// 100 days on average and are replaced.
void BM_DayOfGroups(benchmark::State& state) {
  const auto groups = state.range(0);
  std::uint64_t events = 0;
  std::int64_t instances = 0;
  std::string fingerprint;
  for (auto _ : state) {
    Cloud cloud({a_region(), roomy(), kStart, 1, JournalText::Dropped, Recording::Nothing});
    Fault failures;
    failures.kind = FaultKind::InstanceFailure;
    failures.from = kStart;
    failures.mean_time_to_failure = std::chrono::days{100};
    cloud.add_fault(failures);
    const AsConfigurationId configuration = add_configuration(cloud);
    for (std::int64_t i = 0; i < groups; ++i) add_group(cloud, configuration, 100, 300);
    cloud.run_until(kStart + std::chrono::days{1});
    events += cloud.events_handled();
    instances = static_cast<std::int64_t>(cloud.all_instances().size());
    fingerprint = cloud.journal().fingerprint();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.counters["launches"] = static_cast<double>(instances);
  state.counters["peak_mb"] = peak_mb();
  state.SetLabel(fingerprint);
}
BENCHMARK(BM_DayOfGroups)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidepool::sim
