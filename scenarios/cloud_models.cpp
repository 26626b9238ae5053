// Models of scaling groups, played by a whole Cloud.
#include <fmt/format.h>

#include <cassert>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/known_models.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/load/queueing_formulas.hpp"

namespace tidepool::scenarios {
namespace {

using namespace std::chrono_literals;
using sim::Cloud;
using sim::Duration;
using sim::Time;

double value(const ModelValues& values, std::string_view name) { return values.find(name)->second; }
Duration span(double seconds) { return Duration{std::llround(seconds * 1e6)}; }
double seconds(Duration length) { return static_cast<double>(length.count()) / 1e6; }

// A cloud that is asked for nothing else: what it refuses is a mistake of this file.
template <class Answer>
auto granted(const Answer& answer) {
  assert(answer);
  return *answer;
}

sim::Region one_zone(Duration boot) {
  sim::Region region;
  region.zones = {{"zone", {}}};
  region.flavors = {{"flavor", 1, 1024, 0, {sim::ZoneId{0}}, std::nullopt}};
  region.images = {{"image", 10}};
  region.key_pairs = {{"key"}};
  region.vpcs = {{"vpc"}};
  region.subnets = {{"subnet", sim::VpcId{0}, false}};
  region.security_groups = {{"security-group"}};
  region.boot_time = {sim::DurationDistribution::Kind::Constant, boot, {}};
  region.removal_time = {sim::DurationDistribution::Kind::Constant, Duration{}, {}};
  return region;
}

Cloud a_cloud(Duration boot, Duration metric_period, std::uint64_t seed) {
  sim::Behaviour behaviour = sim::Behaviour::current();
  behaviour.scan_period = Duration{};
  behaviour.metric_period = metric_period;
  behaviour.group_quota = behaviour.configuration_quota = 1'000'000;
  behaviour.max_instances_per_group = 1'000'000;
  return Cloud({one_zone(boot), behaviour, Time{}, seed, sim::JournalText::Dropped, sim::Recording::Nothing});
}

sim::AsConfigurationId a_configuration(Cloud& cloud) {
  sim::AsConfiguration configuration;
  configuration.name = "configuration";
  configuration.flavors = {sim::FlavorId{0}};
  configuration.image = sim::ImageId{0};
  configuration.key_name = "key";
  configuration.disks.push_back({40, sim::VolumeType::Sata, sim::DiskType::System, "", "", {}});
  return granted(cloud.submit(sim::CreateAsConfiguration{configuration}));
}

sim::AsGroupId a_group(Cloud& cloud, sim::AsConfigurationId configuration, int desire, int max,
                       int check_minutes = 5, Duration cooldown = {}) {
  sim::CreateAsGroup request;
  request.set.name = "group";
  request.set.configuration = configuration;
  request.set.cool_down = cooldown;
  request.set.zones = {sim::ZoneId{0}};
  request.set.networks = {{sim::SubnetId{0}, false, std::nullopt}};
  request.set.vpc = sim::VpcId{0};
  request.set.health_period_minutes = check_minutes;
  request.set.health_grace = Duration{};
  request.desire = desire;
  request.max = max;
  const sim::AsGroupId group = granted(cloud.submit(request));
  [[maybe_unused]] const auto resumed = cloud.submit(sim::ResumeAsGroup{group});
  assert(resumed);
  return group;
}

// ---- Self-healing: each instance is asked for all that it can do, so that the group falls short while it is down ----

class HealingReplication : public Replication {
 public:
  HealingReplication(Duration mtbf, int check_minutes, Duration boot, std::uint64_t seed)
      : mtbf_(mtbf), cloud_(a_cloud(boot, std::chrono::hours{24 * 30}, seed)) {
    const auto configuration = a_configuration(cloud_);
    for (int i = 0; i < kGroups; ++i) a_group(cloud_, configuration, 1, 1, check_minutes);
    cloud_.run_until(Time{2 * boot + 1h});
    begin_ = cloud_.now();
    const sim::Trace demand(begin_, 1s * kSeconds, {sim::kAmountUnit * kSeconds});
    for (std::size_t i = 0; i < kGroups; ++i)
      cloud_.add_workload({demand, sim::kAmountUnit, sim::id_at<sim::AsGroupId>(i)});
    sim::Fault fault;
    fault.kind = sim::FaultKind::InstanceFailure;
    fault.from = begin_;
    fault.mean_time_to_failure = mtbf;
    cloud_.add_fault(fault);
  }

  // A customer is a failure.
  void extend_to(double customers) override {
    do cloud_.run_until(cloud_.now() + mtbf_ / kGroups * 10);
    while (replaced() < customers);
    cloud_.settle();
  }

  std::vector<double> estimates() const override {
    Duration down{};
    for (std::size_t i = 0; i < kGroups; ++i)
      down += Duration{cloud_.totals(sim::id_at<sim::AsGroupId>(i)).short_us};
    const double all = seconds(cloud_.now() - begin_) * kGroups;
    return {1 - seconds(down) / all, seconds(down) / replaced()};
  }

 private:
  static constexpr int kGroups = 50;  // of one instance each, so that none waits for another's repair
  static constexpr std::int64_t kSeconds = 100LL * 365 * 86'400;

  double replaced() const { return static_cast<double>(cloud_.all_instances().size()) - kGroups; }

  Duration mtbf_;
  Cloud cloud_;
  Time begin_{};
};

}  // namespace

Experiment availability_experiment(const ModelValues& values) {
  const double mtbf = value(values, "mtbf"), check = value(values, "check"), boot = value(values, "boot");
  Experiment experiment;
  experiment.model = fmt::format("availability mtbf={:g} s check={:g} s boot={:g} s", mtbf, check, boot);
  experiment.measures = {{"availability", sim::load::availability(mtbf, check, boot)},
                         {"mean time down", check / 2 + boot}};
  experiment.replicate = [=](std::uint64_t seed, std::uint64_t number) {
    const int minutes = static_cast<int>(check / 60);  // 0 is ten seconds.
    // Clouds differ by their seed only; those of one seed are spread far apart.
    return std::make_unique<HealingReplication>(span(mtbf), minutes, span(boot),
                                                seed + number * 0x9e3779b97f4a7c15U);
  };
  experiment.first_customers = 100;
  return experiment;
}

// One group for each instance of the supply, since the actions of one group would wait for each other. The n-th is asked
// for when the demand of half an instance more was passed `delay` - boot ago, so that the staircase lies evenly on the ramp.
Experiment ramp_experiment(const ModelValues& values) {
  const double rate = value(values, "rate"), delay = value(values, "delay"), length = value(values, "length");
  const double boot = value(values, "boot");
  const sim::load::RampDeficit known = sim::load::ramp_deficit(rate, delay, length);
  const double rounding = length / 8;  // of a staircase of whole instances
  Experiment experiment;
  experiment.model =
      fmt::format("ramp rate={:g} /s delay={:g} s (boot {:g} s) length={:g} s", rate, delay, boot, length);
  experiment.measures = {{"deficit area", known.area, rounding},
                         {"mean deficit", known.mean, rounding / length}};
  experiment.exact = [=] {
    Cloud cloud = a_cloud(span(boot), 1h, 1);
    const auto configuration = a_configuration(cloud);
    for (int n = 1;; ++n) {
      const double asked = (n - 0.5) / rate + delay - boot;
      if (asked > length) break;
      cloud.run_until(Time{span(asked)});
      a_group(cloud, configuration, 1, 1);
    }
    cloud.run_until(Time{span(length)});
    cloud.settle();
    double supplied = 0;
    for (std::size_t i = 0; i < cloud.all_groups().size(); ++i)
      supplied += seconds(Duration{cloud.totals(sim::id_at<sim::AsGroupId>(i)).in_service_us});
    const double deficit = rate * length * length / 2 - supplied;
    return std::vector<double>{deficit, deficit / length};
  };
  return experiment;
}

// An alarm that never ends fires at every datapoint, one a second.
Experiment growth_experiment(const ModelValues& values) {
  const double gap = value(values, "gap"), step = value(values, "step");
  const double action = value(values, "action"), cooldown = value(values, "cooldown");
  const sim::load::Growth known =
      sim::load::cooldown_growth(std::llround(gap), std::llround(step), action, cooldown);
  Experiment experiment;
  experiment.model =
      fmt::format("growth +{:g} by {:g}, action {:g} s, cooldown {:g} s", gap, step, action, cooldown);
  experiment.measures = {{"actions", static_cast<double>(known.actions), 0}, {"time (s)", known.time, 0}};
  experiment.exact = [=] {
    Cloud cloud = a_cloud(span(action), 1s, 1);
    const int size = static_cast<int>(gap);
    const auto group = a_group(cloud, a_configuration(cloud), 0, size, 5, span(cooldown));
    sim::AlarmRuleSettings rule;
    rule.name = "always";
    rule.group = group;
    rule.metric = sim::GroupMetric::InstanceNum;
    rule.period = Duration{};
    sim::AsPolicySettings policy;
    policy.name = "grow";
    policy.alarm = cloud.add_alarm_rule(rule);
    policy.action = {sim::PolicyOperation::Add, static_cast<int>(step), std::nullopt};
    policy.cool_down = span(cooldown);
    granted(cloud.submit(sim::CreateAsPolicy{group, policy}));
    cloud.run_until(Time{span(known.time + action + cooldown + 60)});
    const auto actions = cloud.activities_of(group);
    if (actions.empty()) return std::vector<double>{0, 0};
    const auto& all = cloud.all_activities();
    const Duration took = all[sim::index_of(actions.back())].end - all[sim::index_of(actions.front())].start;
    return std::vector<double>{static_cast<double>(actions.size()), seconds(took)};
  };
  return experiment;
}

}  // namespace tidepool::scenarios
