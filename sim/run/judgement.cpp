#include "sim/run/judgement.hpp"

#include <algorithm>

#include "sim/decide/alarm.hpp"
#include "sim/judge/contest.hpp"
#include "sim/judge/provisioning.hpp"

namespace tidepool::sim {
namespace {

constexpr Wide kMostDemand = 1'000'000'000;

// Unlike its rate, what a step offers is exact.
Steps demand_of(const Workload& workload) {
  const Trace& trace = workload.trace;
  const Wide one = Wide{workload.capacity_per_instance} * trace.step.count();  // what one can do in a step
  Steps demand;
  Time at = trace.start;
  for (const Amount each : trace.amounts) {
    const Wide needed = (Wide{each} * kMillion + one - 1) / one;
    demand.set(at, static_cast<std::int64_t>(std::min(needed, kMostDemand)));
    at += trace.step;
  }
  demand.set(at, 0);
  return demand;
}

bool touches(const Fault& fault, AsGroupId group) {
  return fault.group == none<AsGroupId>() || fault.group == group;
}

std::vector<Course> empty_courses(const Cloud& cloud) {
  std::vector<Course> courses;
  for (std::size_t i = 0; i < cloud.all_groups().size(); ++i) {
    const AsGroup& group = cloud.all_groups()[i];
    Course course;
    course.window = {group.create_time, std::min(cloud.now(), group.deleted_at)};
    for (const Fault& each : cloud.all_faults())
      if (touches(each, id_at<AsGroupId>(i)) && each.from >= course.window.from &&
          each.from < course.window.to)
        course.faults.push_back(each.from);
    courses.push_back(std::move(course));
  }
  return courses;
}

void add_supply(std::vector<Course>& courses, const Cloud& cloud) {
  for (const StateMove& each : cloud.moves()) {
    const int step = (each.to == LifecycleState::InService) - (each.from == LifecycleState::InService);
    if (step == 0) continue;
    const Instance& instance = cloud.all_instances()[index_of(each.instance)];
    Course& course = courses[index_of(instance.group)];
    if (each.time >= course.window.to && course.window.to < cloud.now()) continue;  // It went with its group.
    course.supply.set(each.time, course.supply.last() + step);
    const std::size_t zone = index_of(instance.zone);
    if (course.zones.size() <= zone) course.zones.resize(zone + 1);
    course.zones[zone].set(each.time, course.zones[zone].last() + step);
  }
}

void add_expected(std::vector<Course>& courses, const Cloud& cloud) {
  for (const Decision& each : cloud.decisions()) {
    if (each.group == none<AsGroupId>()) continue;
    Course& course = courses[index_of(each.group)];
    if (each.time < course.window.to) course.expected.set(each.time, each.desire);
  }
}

struct MeanParts {
  Number detection, decision, provision;
};

MeanParts mean_parts(std::span<const Lapse> lacks, const Course& course) {
  LagParts sum;
  for (const Lapse& each : lacks) {
    const LagParts parts = parts_of(each, course.demand, course.expected);
    sum.detection += parts.detection;
    sum.decision += parts.decision;
    sum.provision += parts.provision;
  }
  const auto count = static_cast<std::int64_t>(lacks.size());
  return {quotient(sum.detection.count(), count), quotient(sum.decision.count(), count),
          quotient(sum.provision.count(), count)};
}

void judge_lags(Judgement& judgement, const Course& course) {
  const auto lacks = shortages(course.demand, course.supply, course.window);
  const Lag out = lag_of(lacks), in = lag_of(surpluses(course.demand, course.supply, course.window));
  judgement.scale_out_lag = out.mean_seconds();
  judgement.scale_out_lag_most = out.longest.count();
  judgement.scale_in_lag = in.mean_seconds();
  judgement.scale_in_lag_most = in.longest.count();
  const MeanParts parts = mean_parts(lacks, course);
  judgement.detection = parts.detection;
  judgement.decision = parts.decision;
  judgement.provision = parts.provision;
}

// The five normalised measures, and their distance with p = 5.
void judge_deviation(Judgement& judgement) {
  std::vector<std::int64_t> measures;
  for (const Number& each : {judgement.theta_under, judgement.theta_over, judgement.timeshare_under,
                             judgement.timeshare_over, judgement.instability}) {
    if (!each) return;
    measures.push_back(*each);
  }
  judgement.autoscaling_deviation = autoscaling_deviation(measures, 5);
}

void judge_demand(Judgement& judgement, const Course& course, const PenaltyRates& rates) {
  const Provisioning sums = provisioning(course.demand, course.supply, course.window);
  judgement.accuracy_under = sums.accuracy_under();
  judgement.accuracy_over = sums.accuracy_over();
  judgement.theta_under = sums.theta_under();
  judgement.theta_over = sums.theta_over();
  judgement.timeshare_under = sums.timeshare_under();
  judgement.timeshare_over = sums.timeshare_over();
  judgement.instability = instability(course.demand, course.supply, course.window, kInstabilityGrid);
  judgement.jitter = sums.jitter();
  judge_deviation(judgement);
  judgement.availability = percent_of((sums.length - sums.short_time).count(), sums.length.count());
  judgement.over_provisioning = percent_of(sums.surplus_area, sums.length.count());
  judgement.insufficient = quotient(sums.short_area, 3'600);
  if (rates.surplus && rates.shortage)
    judgement.elasticity_penalty = elasticity_penalty(sums, *rates.surplus, *rates.shortage);
  judge_lags(judgement, course);
}

void judge_zones(Judgement& judgement, const Course& course) {
  if (course.zones.empty() || course.window.length() == Duration::zero()) return;
  const ZoneBalance zones = zone_balance(course.zones, course.expected, course.window);
  judgement.zone_imbalance = zones.mean_imbalance;
  judgement.zone_imbalance_most = zones.most_imbalance * kMillion;
  if (!course.has_workload) return;
  const ZoneBalance loss = zone_balance(course.zones, course.demand, course.window);
  judgement.zone_loss = loss.mean_shortfall;
  judgement.zone_loss_most = loss.most_shortfall * kMillion;
}

// The longest after a fault, counted to the end where nothing recovers.
Number longest_recovery(const Course& course) {
  Number longest;
  for (const Time fault : course.faults) {
    const auto time = recovery(course.expected, course.supply, fault, course.window.to);
    longest = std::max(longest.value_or(0), time.value_or(course.window.to - fault).count());
  }
  return longest;
}

}  // namespace

std::vector<Course> courses_of(const Cloud& cloud) {
  std::vector<Course> courses = empty_courses(cloud);
  add_supply(courses, cloud);
  add_expected(courses, cloud);
  for (Course& each : courses) {
    if (each.window.to >= cloud.now()) continue;
    each.supply.set(each.window.to, 0);
    each.expected.set(each.window.to, 0);
    for (Steps& zone : each.zones) zone.set(each.window.to, 0);
  }
  // The zones of the group, also those that never had a member, are what could be balanced.
  for (std::size_t i = 0; i < courses.size(); ++i) {
    std::vector<Steps> chosen;
    for (const ZoneId each : cloud.all_groups()[i].set.zones)
      chosen.push_back(index_of(each) < courses[i].zones.size() ? courses[i].zones[index_of(each)] : Steps{});
    courses[i].zones = std::move(chosen);
  }
  for (const Workload& each : cloud.all_workloads()) {
    if (each.group == none<AsGroupId>()) continue;
    courses[index_of(each.group)].demand = demand_of(each);
    courses[index_of(each.group)].has_workload = true;
  }
  return courses;
}

Course course_of_all(std::span<const Course> courses, Window window) {
  Course all;
  all.window = window;
  std::vector<Steps> demand, supply, expected;
  for (const Course& each : courses) {
    all.has_workload = all.has_workload || each.has_workload;
    demand.push_back(each.demand);
    supply.push_back(each.supply);
    expected.push_back(each.expected);
    for (const Time fault : each.faults) all.faults.push_back(fault);
  }
  all.demand = sum_of(demand);
  all.supply = sum_of(supply);
  all.expected = sum_of(expected);
  return all;
}

Judgement judged(const Course& course, const PenaltyRates& rates) {
  Judgement judgement;
  const auto& [from, to] = course.window;
  judgement.adaptations = static_cast<std::int64_t>(course.expected.within(from, to).size()) * kMillion;
  judgement.oscillations = oscillations(course.supply, course.window, kOscillationWindow) * kMillion;
  judge_zones(judgement, course);
  judgement.recovery = longest_recovery(course);
  if (course.has_workload && to > from) judge_demand(judgement, course, rates);
  return judgement;
}

Number mean_utilisation(const Workload& workload, const Steps& supply, Window window) {
  if (workload.tells_latency()) return std::nullopt;  // What waits is worked off at another moment.
  const Trace& trace = workload.trace;
  Steps offered;  // by step, in micro-units
  Time at = trace.start;
  for (const Amount each : trace.amounts) {
    offered.set(at, each);
    at += trace.step;
  }
  offered.set(at, 0);
  constexpr Wide kShare = 1'000'000'000;
  Wide share = 0;  // in 10^-9 microseconds
  Duration staffed{};
  for_each_stretch(offered, supply, window, [&](Time from, Time to, std::int64_t amount, std::int64_t s) {
    if (s == 0) return;
    const Wide able = Wide{s} * workload.capacity_per_instance * trace.step.count();
    const Wide done = std::min(Wide{amount} * kMillion, able);
    // Beyond 10^28 the share is told in fewer digits, so that the product fits.
    const Wide part =
        able > Wide{kShare} * kShare * 10'000'000'000 ? done / (able / kShare) : done * kShare / able;
    share += part * (to - from).count();
    staffed += to - from;
  });
  return quotient(share * 100 / (kShare / kMillion), staffed.count());
}

std::vector<std::int64_t> wasted_launches(const Cloud& cloud, Time from) {
  constexpr Duration kWarmUp = std::chrono::minutes{1};
  std::vector<std::int64_t> wasted(cloud.all_groups().size());
  for (const StateMove& each : cloud.moves()) {
    const Instance& instance = cloud.all_instances()[index_of(each.instance)];
    if (each.from != LifecycleState::InService || each.to == LifecycleState::Standby || each.time < from)
      continue;
    if (!instance.is_manual() && each.time - instance.in_service_since < kWarmUp)
      ++wasted[index_of(instance.group)];
  }
  return wasted;
}

Number rigidness(const Cloud& cloud, AsGroupId group, Window window) {
  std::vector<const AlarmRuleSettings*> rules;
  for (const AlarmRule& each : cloud.all_alarm_rules())
    if (each.set.group == group && each.set.metric == GroupMetric::CpuUtil) rules.push_back(&each.set);
  if (rules.empty()) return std::nullopt;
  std::int64_t outside = 0, all = 0;
  for (const MetricSample& each : cloud.samples()) {
    if (each.group != group || !each.cpu_util || each.time <= window.from || each.time > window.to) continue;
    ++all;
    outside += std::ranges::any_of(rules, [&](const AlarmRuleSettings* rule) {
      return meets(rule->comparison, *each.cpu_util, rule->threshold);
    });
  }
  return percent_of(outside, all);
}

}  // namespace tidepool::sim
