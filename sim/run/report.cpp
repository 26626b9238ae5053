#include "sim/run/report.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <span>
#include <utility>

namespace tidepool::sim {
namespace {

// Products of two 64-bit numbers, before they are divided.
__extension__ using Wide = __int128;

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

void count_resource(Report& report, const Resource& resource) {
  const bool eip = resource.kind == ResourceKind::Eip;
  ++(eip ? report.eips_created : report.disks_created);
  if (resource.deleted != kNever)
    ++(eip ? report.eips_deleted : report.disks_deleted);
  else if (resource.left_behind != kNever)
    ++(eip ? report.eips_left : report.disks_left);
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
      {{"policy_executions", "executions", "executions of policies, refused and superseded ones included"},
       [](const GroupReport& g) { return whole(g.policy_executions); }},
  };
  return kMetrics;
}

}  // namespace

InstanceBill bill(const Instance& instance, const Region& region, Time end, Duration quantum) {
  assert(quantum > Duration::zero());
  const bool outlives_membership = instance.keep_ecs || instance.is_manual();
  const Time gone = std::min(instance.ecs_deleted, outlives_membership ? instance.left : kNever);
  InstanceBill result;
  result.life = std::max(std::min(gone, end) - instance.joined, Duration::zero());

  const Wide quanta = (Wide{result.life.count()} + quantum.count() - 1) / quantum.count();
  const Wide billed = std::min(quanta * quantum.count(), Wide{Duration::max().count()});
  result.billed = Duration{static_cast<std::int64_t>(billed)};
  if (instance.flavor != none<FlavorId>())
    result.cost_millionths =
        rounded_ratio(billed * region.flavor(instance.flavor).price_millionths_per_hour, kMicrosPerHour);
  return result;
}

Report make_report(Cloud& cloud, Duration quantum) {
  cloud.settle();
  Report report;
  report.start = cloud.start();
  report.end = cloud.now();
  for (std::size_t i = 0; i < cloud.all_groups().size(); ++i)
    report.groups.push_back(report_of(id_at<AsGroupId>(i), cloud));
  const auto of = [&](AsGroupId id) -> GroupReport& { return report.groups[index_of(id)]; };
  for (const Instance& each : cloud.all_instances())
    count_instance(of(each.group), each, bill(each, cloud.region(), report.end, quantum));
  for (const ScalingActivity& each : cloud.all_activities()) count_activity(of(each.group), each, cloud);
  for (const PolicyExecution& each : cloud.all_executions())
    if (each.group != none<AsGroupId>()) count_execution(of(each.group), each);
  report.total.group = none<AsGroupId>();
  report.total.name = "all groups";
  for (const GroupReport& each : report.groups) add(report.total, each);
  for (const Resource& each : cloud.resources()) count_resource(report, each);
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
