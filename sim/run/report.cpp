#include "sim/run/report.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

namespace tidepool::sim {
namespace {

constexpr std::int64_t kMicro = 1'000'000;
constexpr std::int64_t kMicrosPerHour = 3'600 * kMicro;

// Of numbers that are not negative; what does not fit is the largest number that does.
std::int64_t rounded_ratio(Wide dividend, Wide divisor) {
  const Wide quotient = (dividend + divisor / 2) / divisor;
  return static_cast<std::int64_t>(std::min(quotient, Wide{std::numeric_limits<std::int64_t>::max()}));
}

std::int64_t sum(const Tally& tally) {
  std::int64_t all = 0;
  for (const auto& [key, count] : tally) all += count;
  return all;
}

std::int64_t count_in(const Tally& tally, std::string_view key) {
  const auto found = tally.find(std::string(key));
  return found == tally.end() ? 0 : found->second;
}

// ---- Making one ----

// Several reasons of one action are named in their order, each once: "NORMAL SCHEDULED+MANNUAL".
std::string action_key(const ScalingActivity& activity) {
  std::string key = text_of(activity.type);
  std::vector<ChangeCause> named;
  for (const ChangeReason& each : activity.reasons) {
    if (std::ranges::find(named, each.cause) != named.end()) continue;
    key += named.empty() ? ' ' : '+';
    key += text_of(each.cause);
    named.push_back(each.cause);
  }
  return key;
}

void count_instance(GroupReport& report, const Instance& instance, const InstanceBill& bill) {
  report.instance_us += bill.life.count();
  report.billed_us += bill.billed.count();
  report.cost_millionths += bill.cost_millionths;
  if (!instance.is_manual()) ++report.launches;
}

// An entry without an instance is an attempt for which no ECS could be made, so no instance has counted it yet.
void count_failed_launches(GroupReport& report, const ScalingActivity& activity, const Cloud& cloud) {
  if (activity.takes_out()) return;
  for (const FailedInstance& each : activity.failed) {
    const bool no_ecs = each.instance == none<InstanceId>();
    if (!no_ecs && cloud.all_instances()[index_of(each.instance)].is_manual()) continue;
    ++report.failed_launches;
    if (no_ecs) ++report.launches;
  }
}

void count_activity(GroupReport& report, const ScalingActivity& activity, const Cloud& cloud) {
  const std::string key = action_key(activity);
  ++report.actions[key];
  if (activity.status == ActivityStatus::Fail) ++report.failed_actions[key];
  count_failed_launches(report, activity, cloud);
}

void count_execution(GroupReport& report, const PolicyExecution& execution) {
  ++report.policy_executions;
  if (execution.status != ExecutionStatus::Fail) return;
  const bool superseded = execution.superseded_by != none<AsPolicyId>();
  ++report.denied[superseded ? kSuperseded : code_text(static_cast<ErrorCode>(execution.refused_code))];
}

GroupReport report_of(AsGroupId id, const Cloud& cloud) {
  const AsGroup& group = cloud.all_groups()[index_of(id)];
  const GroupTotals& totals = cloud.totals(id);
  GroupReport report;
  report.group = id;
  report.name = group.set.name;
  report.in_service_us = totals.in_service_us;
  report.most_in_service = totals.most_in_service;
  report.final_in_service = group.in_service;
  report.final_desire = group.status == GroupStatus::Deleted ? 0 : group.set.desire;
  report.offered = totals.offered;
  report.served = totals.served;
  report.short_us = totals.short_us;
  report.service = service_report(cloud, id);
  const Duration span = std::min(cloud.now(), group.deleted_at) - group.create_time;
  if (span > Duration::zero())
    report.mean_in_service_micro = rounded_ratio(Wide{totals.in_service_us} * kMicro, span.count());
  return report;
}

void add(Tally& to, const Tally& from) {
  for (const auto& [key, count] : from) to[key] += count;
}

void add(GroupReport& total, const GroupReport& each) {
  for (const auto member :
       {&GroupReport::instance_us, &GroupReport::billed_us, &GroupReport::cost_millionths,
        &GroupReport::eip_cost_millionths, &GroupReport::disk_cost_millionths, &GroupReport::able,
        &GroupReport::in_service_us, &GroupReport::mean_in_service_micro, &GroupReport::launches,
        &GroupReport::failed_launches, &GroupReport::policy_executions, &GroupReport::offered,
        &GroupReport::served, &GroupReport::short_us})
    total.*member += each.*member;
  for (const auto member :
       {&GroupReport::most_in_service, &GroupReport::final_in_service, &GroupReport::final_desire})
    total.*member += each.*member;
  for (const auto member : {&GroupReport::actions, &GroupReport::failed_actions, &GroupReport::denied})
    add(total.*member, each.*member);
  if (!each.service) return;
  if (total.service)
    total.service->add(*each.service);
  else
    total.service = each.service;
}

// ---- From a moment on ----

void subtract(Tally& from, const Tally& earlier) {
  for (const auto& [key, count] : earlier) {
    const auto found = from.find(key);
    if (found != from.end() && (found->second -= count) <= 0) from.erase(found);
  }
}

void subtract(GroupReport& from, const GroupReport& earlier) {
  for (const auto member :
       {&GroupReport::instance_us, &GroupReport::billed_us, &GroupReport::cost_millionths,
        &GroupReport::eip_cost_millionths, &GroupReport::disk_cost_millionths, &GroupReport::able,
        &GroupReport::in_service_us, &GroupReport::launches, &GroupReport::failed_launches,
        &GroupReport::policy_executions, &GroupReport::offered, &GroupReport::served, &GroupReport::short_us})
    from.*member -= earlier.*member;
  for (const auto member : {&GroupReport::actions, &GroupReport::failed_actions, &GroupReport::denied})
    subtract(from.*member, earlier.*member);
  if (from.service && earlier.service) from.service->subtract(*earlier.service);
}

GroupReport group_since(const GroupReport* earlier, const GroupReport& whole, const Cloud& cloud, Time from) {
  GroupReport since = whole;
  if (earlier != nullptr) subtract(since, *earlier);
  const AsGroup& group = cloud.all_groups()[index_of(whole.group)];
  const Duration span = std::min(cloud.now(), group.deleted_at) - std::max(from, group.create_time);
  since.mean_in_service_micro =
      span > Duration::zero() ? rounded_ratio(Wide{since.in_service_us} * kMicro, span.count()) : 0;
  since.most_in_service = size_range(cloud, whole.group, from).most;
  return since;
}

void count_ability(GroupReport& report, const Workload& workload) {
  report.able = rounded_ratio(Wide{workload.capacity_per_instance} * report.in_service_us, kMicro);
}

void count_resource(Report& report, const Resource& resource) {
  const bool eip = resource.kind == ResourceKind::Eip;
  ++(eip ? report.eips_created : report.disks_created);
  if (resource.deleted != kNever)
    ++(eip ? report.eips_deleted : report.disks_deleted);
  else if (resource.left_behind != kNever)
    ++(eip ? report.eips_left : report.disks_left);
}

// What was kept when its ECS went goes on costing.
void charge(GroupReport& report, const Resource& resource, Time end, const BillingRule& rule) {
  const bool eip = resource.kind == ResourceKind::Eip;
  const std::int64_t price =
      eip ? rule.eip_millionths_per_hour : rule.disk_millionths_per_gb_hour * resource.size;
  const std::int64_t cost = price_of(billed(std::min(resource.deleted, end) - resource.created, rule), price);
  (eip ? report.eip_cost_millionths : report.disk_cost_millionths) += cost;
  report.cost_millionths += cost;
}

// ---- Judging ----

// What an instance-hour has cost on average; nothing has no price.
Number surplus_price(const GroupReport& group) {
  const Wide instances = Wide{group.cost_millionths} - group.eip_cost_millionths - group.disk_cost_millionths;
  return quotient(instances * kMicrosPerHour, group.billed_us);
}

void judge_group(GroupReport& report, const Course& course, const BillingRule& billing) {
  report.judged = judged(course, {surplus_price(report), billing.shortage_millionths_per_hour});
  if (course.has_workload) report.judged.utilisation = percent_of(report.served, report.able);
}

// Over the report's time.
void judge(Report& report, const Cloud& cloud) {
  if (cloud.moves().empty() && cloud.decisions().empty()) return;
  std::vector<Course> courses = courses_of(cloud);
  const std::vector<std::int64_t> wasted = wasted_launches(cloud, report.start);
  report.total.wasted_launches = 0;
  for (GroupReport& each : report.groups) {
    each.wasted_launches = wasted[index_of(each.group)];
    report.total.wasted_launches += each.wasted_launches;
    Course& course = courses[index_of(each.group)];
    course.window.from = std::max(course.window.from, report.start);
    judge_group(each, course, report.billing);
    each.judged.rigidness = rigidness(cloud, each.group, course.window);
    for (const Workload& workload : cloud.all_workloads())
      if (workload.group == each.group)
        each.judged.mean_utilisation = mean_utilisation(workload, course.supply, course.window);
  }
  if (report.groups.size() == 1)
    report.total.judged = report.groups.front().judged;
  else if (!report.groups.empty())
    judge_group(report.total, course_of_all(courses, {report.start, report.end}), report.billing);
}

// ---- Metrics ----

using Value = std::optional<std::int64_t>;

struct Metric {
  ReportMetric shown;
  Value (*value)(const GroupReport&);
};

// A count in millionths.
Value whole(std::int64_t count) { return count * kMicro; }

Value hours(std::int64_t micros) { return rounded_ratio(Wide{micros} * kMicro, kMicrosPerHour); }

Value ratio(Wide dividend, std::int64_t divisor) {
  if (divisor == 0) return {};
  return rounded_ratio(dividend, divisor);
}

// Nobody refused a superseded execution: another policy of the group did the work.
std::int64_t refused(const GroupReport& g) { return sum(g.denied) - count_in(g.denied, kSuperseded); }

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> kMetrics{
      {{"unserved_percent", "%", "demand that was not served, as a share of what was offered"},
       [](const GroupReport& g) { return ratio(Wide{g.unserved()} * 100 * kMicro, g.offered); }},
      {{"unserved_units", "units", "demand that was not served"},
       [](const GroupReport& g) -> Value { return g.unserved(); }},
      {{"offered_units", "units", "demand"}, [](const GroupReport& g) -> Value { return g.offered; }},
      {{"served_units", "units", "demand that was served"},
       [](const GroupReport& g) -> Value { return g.served; }},
      {{"short_seconds", "s", "time during which more was offered than could be served"},
       [](const GroupReport& g) -> Value { return g.short_us; }},
      {{"instance_hours", "h", "lives of all instances, from launch or joining to deletion or leaving"},
       [](const GroupReport& g) { return hours(g.instance_us); }},
      {{"billed_hours", "h", "the same, each life rounded up to whole billing quanta"},
       [](const GroupReport& g) { return hours(g.billed_us); }},
      {{"in_service_hours", "h", "time in service, summed over instances"},
       [](const GroupReport& g) { return hours(g.in_service_us); }},
      {{"cost", "currency", "billed hours at the price of each instance's flavor"},
       [](const GroupReport& g) -> Value { return g.cost_millionths; }},
      {{"cost_per_million_served", "currency", "cost of serving a million units"},
       [](const GroupReport& g) { return ratio(Wide{g.cost_millionths} * kMicro * kMicro, g.served); }},
      {{"eip_cost", "currency", "of the cost: EIPs"},
       [](const GroupReport& g) -> Value { return g.eip_cost_millionths; }},
      {{"disk_cost", "currency", "of the cost: data disks"},
       [](const GroupReport& g) -> Value { return g.disk_cost_millionths; }},
      {{"mean_instances", "instances", "instances in service, mean over time since the group was created"},
       [](const GroupReport& g) -> Value { return g.mean_in_service_micro; }},
      {{"max_instances", "instances", "most instances in service at one time"},
       [](const GroupReport& g) { return whole(g.most_in_service); }},
      {{"final_instances", "instances", "instances in service at the end"},
       [](const GroupReport& g) { return whole(g.final_in_service); }},
      {{"denied_requests", "requests", "policy executions that were refused, for whatever reason"},
       [](const GroupReport& g) { return whole(refused(g)); }},
      {{"denied_by_cooldown", "requests", "those refused by a running cooldown (AS.0026)"},
       [](const GroupReport& g) { return whole(count_in(g.denied, "AS.0026")); }},
      {{"denied_by_action", "requests", "those refused by a running scaling action (AS.0034)"},
       [](const GroupReport& g) { return whole(count_in(g.denied, "AS.0034")); }},
      {{"denied_at_limit", "requests", "those refused at the largest or least size (AS.0050, AS.3040)"},
       [](const GroupReport& g) {
         return whole(count_in(g.denied, "AS.0050") + count_in(g.denied, "AS.3040"));
       }},
      {{"scaling_actions", "actions", "scaling actions begun"},
       [](const GroupReport& g) { return whole(sum(g.actions)); }},
      {{"failed_actions", "actions", "scaling actions that failed, also in part"},
       [](const GroupReport& g) { return whole(sum(g.failed_actions)); }},
      {{"launches", "launches", "attempts to make an ECS"},
       [](const GroupReport& g) { return whole(g.launches); }},
      {{"failed_launches", "launches", "attempts after which no instance joined the group"},
       [](const GroupReport& g) { return whole(g.failed_launches); }},
      {{"wasted_boots_percent", "%",
        "instances that left within a minute in service, as a share of launches"},
       [](const GroupReport& g) { return ratio(Wide{g.wasted_launches} * 100 * kMicro, g.launches); }},
      {{"policy_executions", "executions", "executions of policies, refused and superseded ones included"},
       [](const GroupReport& g) { return whole(g.policy_executions); }},
      // The measures of elasticity; scenarios/METRICS.md has their formulas. Microseconds are millionths of a second.
      {{"accuracy_under", "instances", "instances missing, mean over time"},
       [](const GroupReport& g) { return g.judged.accuracy_under; }},
      {{"accuracy_over", "instances", "instances beyond the demand (slack), mean over time"},
       [](const GroupReport& g) { return g.judged.accuracy_over; }},
      {{"theta_under_percent", "%", "instances missing as a share of the demand, mean over time"},
       [](const GroupReport& g) { return g.judged.theta_under; }},
      {{"theta_over_percent", "%", "instances beyond the demand as a share of it, mean over time"},
       [](const GroupReport& g) { return g.judged.theta_over; }},
      {{"timeshare_under_percent", "%", "time with instances missing"},
       [](const GroupReport& g) { return g.judged.timeshare_under; }},
      {{"timeshare_over_percent", "%", "time with instances beyond the demand"},
       [](const GroupReport& g) { return g.judged.timeshare_over; }},
      {{"instability_percent", "%", "minutes in which size and demand moved in different directions"},
       [](const GroupReport& g) { return g.judged.instability; }},
      {{"jitter_per_minute", "changes/min", "changes by one instance, less those of the demand"},
       [](const GroupReport& g) { return g.judged.jitter; }},
      {{"autoscaling_deviation", "%", "distance of the five shares above from none, with p = 5"},
       [](const GroupReport& g) { return g.judged.autoscaling_deviation; }},
      {{"oscillations", "turns", "turns of the size within ten minutes of its last change"},
       [](const GroupReport& g) { return g.judged.oscillations; }},
      {{"adaptations", "changes", "changes of the expected number"},
       [](const GroupReport& g) { return g.judged.adaptations; }},
      {{"scale_out_lag_seconds", "s", "how long instances were missing, mean over shortages"},
       [](const GroupReport& g) { return g.judged.scale_out_lag; }},
      {{"scale_out_lag_max_seconds", "s", "the longest shortage"},
       [](const GroupReport& g) { return g.judged.scale_out_lag_most; }},
      {{"scale_out_detection_seconds", "s", "of the mean lag: until the expected number rose"},
       [](const GroupReport& g) { return g.judged.detection; }},
      {{"scale_out_decision_seconds", "s", "from there until it met the demand"},
       [](const GroupReport& g) { return g.judged.decision; }},
      {{"scale_out_provision_seconds", "s", "from there until the size did: waiting and boots"},
       [](const GroupReport& g) { return g.judged.provision; }},
      {{"scale_in_lag_seconds", "s", "how long instances were too many, mean over surpluses"},
       [](const GroupReport& g) { return g.judged.scale_in_lag; }},
      {{"scale_in_lag_max_seconds", "s", "the longest surplus"},
       [](const GroupReport& g) { return g.judged.scale_in_lag_most; }},
      {{"availability_percent", "%", "time in which the demand was no more than the size"},
       [](const GroupReport& g) { return g.judged.availability; }},
      {{"over_provisioning", "instance-%", "instances beyond the demand times their share of time"},
       [](const GroupReport& g) { return g.judged.over_provisioning; }},
      {{"rigidness_percent", "%", "datapoints of cpu_util beyond a threshold of the group's alarm rules"},
       [](const GroupReport& g) { return g.judged.rigidness; }},
      {{"insufficient_instance_hours", "h", "instances missing, summed over time"},
       [](const GroupReport& g) { return g.judged.insufficient; }},
      {{"elasticity_penalty", "currency", "an hour's surplus and shortage at their prices"},
       [](const GroupReport& g) { return g.judged.elasticity_penalty; }},
      {{"utilisation_percent", "%", "work done of what those in service could have done"},
       [](const GroupReport& g) { return g.judged.utilisation; }},
      {{"mean_utilisation_percent", "%", "utilisation at each moment, mean over time"},
       [](const GroupReport& g) { return g.judged.mean_utilisation; }},
      {{"az_imbalance", "instances", "largest zone less smallest, mean over time"},
       [](const GroupReport& g) { return g.judged.zone_imbalance; }},
      {{"max_az_imbalance", "instances", "the same, its most"},
       [](const GroupReport& g) { return g.judged.zone_imbalance_most; }},
      {{"az_loss_shortfall", "instances", "instances missing if the largest zone were lost, mean over time"},
       [](const GroupReport& g) { return g.judged.zone_loss; }},
      {{"max_az_loss_shortfall", "instances", "the same, its most"},
       [](const GroupReport& g) { return g.judged.zone_loss_most; }},
      {{"recovery_seconds", "s", "from a fault until the size was as expected again, the longest"},
       [](const GroupReport& g) { return g.judged.recovery; }},
      {{"forecast_mae", "units/s", "a predictive controller's mean absolute error, an interval ahead"},
       [](const GroupReport& g) { return g.judged.forecast_mae; }},
      {{"forecast_mape_percent", "%", "the same as a share of what came"},
       [](const GroupReport& g) { return g.judged.forecast_mape; }},
      {{"forecast_mase", "ratio", "the same over the error of the seasonal naive forecast"},
       [](const GroupReport& g) { return g.judged.forecast_mase; }},
  };
  return kMetrics;
}

}  // namespace

InstanceBill bill(const Instance& instance, const Region& region, Time end, const BillingRule& rule) {
  const bool outlives_membership = instance.keep_ecs || instance.is_manual();
  const Time gone = std::min(instance.ecs_deleted, outlives_membership ? instance.left : kNever);
  InstanceBill result;
  result.life = std::max(std::min(gone, end) - instance.joined, Duration::zero());

  result.billed = billed(result.life, rule);
  if (instance.flavor != none<FlavorId>())
    result.cost_millionths =
        price_of(result.billed, region.flavor(instance.flavor).price_millionths_per_hour);
  return result;
}

Report make_report(Cloud& cloud, const BillingRule& rule) {
  cloud.settle();
  Report report;
  report.billing = rule;
  report.start = cloud.start();
  report.end = cloud.now();
  for (std::size_t i = 0; i < cloud.all_groups().size(); ++i)
    report.groups.push_back(report_of(id_at<AsGroupId>(i), cloud));
  const auto of = [&](AsGroupId id) -> GroupReport& { return report.groups[index_of(id)]; };
  for (const Instance& each : cloud.all_instances())
    count_instance(of(each.group), each, bill(each, cloud.region(), report.end, rule));
  for (const ScalingActivity& each : cloud.all_activities()) count_activity(of(each.group), each, cloud);
  for (const PolicyExecution& each : cloud.all_executions())
    if (each.group != none<AsGroupId>()) count_execution(of(each.group), each);
  for (const Resource& each : cloud.resources())
    charge(of(cloud.all_instances()[index_of(each.instance)].group), each, report.end, rule);
  for (const Workload& each : cloud.all_workloads())
    if (each.group != none<AsGroupId>()) count_ability(of(each.group), each);
  report.total.group = none<AsGroupId>();
  report.total.name = "all groups";
  for (const GroupReport& each : report.groups) add(report.total, each);
  for (const Resource& each : cloud.resources()) count_resource(report, each);
  judge(report, cloud);
  report.messages = static_cast<std::int64_t>(cloud.outbox().size());
  report.events = cloud.events_handled();
  report.fingerprint = cloud.journal().fingerprint();
  return report;
}

SizeRange size_range(const Cloud& cloud, AsGroupId group, Time from) {
  const AsGroup& of = cloud.all_groups()[index_of(group)];
  from = std::max(from, of.create_time);
  SizeRange range;
  int size = 0;
  Time since = kEpoch;  // when it came to this size
  bool any = false;
  // Until `until` the group had this size; what ended by `from`, or lasted no time, does not count.
  const auto count = [&](Time until) {
    if (until <= since || until <= from) return;
    range = any ? SizeRange{std::min(range.least, size), std::max(range.most, size)} : SizeRange{size, size};
    any = true;
  };
  for (const StateMove& each : cloud.moves()) {
    if (cloud.all_instances()[index_of(each.instance)].group != group) continue;
    const int step = (each.to == LifecycleState::InService) - (each.from == LifecycleState::InService);
    if (step == 0 || each.time >= of.deleted_at) continue;
    count(each.time);
    size += step;
    since = each.time;
  }
  count(std::min(cloud.now(), of.deleted_at));
  return any ? range : SizeRange{size, size};
}

Report report_since(const Report& earlier, const Report& whole, const Cloud& cloud) {
  Report since = whole;
  since.start = earlier.end;
  since.total = {};
  since.total.group = whole.total.group;
  since.total.name = whole.total.name;
  for (std::size_t i = 0; i < whole.groups.size(); ++i) {
    const GroupReport* before = i < earlier.groups.size() ? &earlier.groups[i] : nullptr;
    since.groups[i] = group_since(before, whole.groups[i], cloud, earlier.end);
    add(since.total, since.groups[i]);
  }
  judge(since, cloud);
  return since;
}

const std::vector<ReportMetric>& report_metrics() {
  static const std::vector<ReportMetric> kShown = [] {
    std::vector<ReportMetric> all;
    for (const Metric& each : metrics()) all.push_back(each.shown);
    for (const ServiceMetric& each : service_metrics()) all.push_back({each.name, each.unit, each.meaning});
    return all;
  }();
  return kShown;
}

std::optional<std::int64_t> metric_value(std::string_view metric, const GroupReport& group) {
  const auto found = std::ranges::find(metrics(), metric, [](const Metric& each) { return each.shown.name; });
  if (found != metrics().end()) return found->value(group);
  const auto of_service = std::ranges::find(service_metrics(), metric, &ServiceMetric::name);
  if (of_service == service_metrics().end() || !group.service) return std::nullopt;
  return of_service->value(*group.service);
}

}  // namespace tidepool::sim
