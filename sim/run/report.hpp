// Report: what a run came to, in integers. Made from a Cloud that has reached its end.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloud/cloud.hpp"
#include "sim/engine/time.hpp"
#include "sim/judge/billing.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/instance.hpp"
#include "sim/model/region.hpp"
#include "sim/model/workload.hpp"
#include "sim/run/judgement.hpp"
#include "sim/run/service_report.hpp"

namespace tidepool::sim {

/// How often something happened, by a key that a reader knows: "NORMAL ALARM", "AS.0026".
using Tally = std::map<std::string, std::int64_t>;

/// Key in `GroupReport::denied` of executions that gave way to another policy due at the same moment.
inline constexpr const char* kSuperseded = "superseded";

struct GroupReport {
  AsGroupId group{};
  std::string name;
  std::int64_t instance_us = 0;      ///< lives of all instances, see InstanceBill
  std::int64_t billed_us = 0;        ///< each life as the billing rule charges it
  std::int64_t cost_millionths = 0;  ///< of the currency, EIPs and disks included
  std::int64_t eip_cost_millionths = 0, disk_cost_millionths = 0;
  std::int64_t in_service_us = 0;
  std::int64_t mean_in_service_micro = 0;  ///< from the group's creation to the run's end
  int most_in_service = 0;
  int final_in_service = 0, final_desire = 0;
  std::int64_t launches = 0;         ///< attempts to make an ECS
  std::int64_t failed_launches = 0;  ///< those after which no instance joined, also when no ECS could be made
  std::int64_t wasted_launches = 0;  ///< see `wasted_launches`; 0 where the cloud recorded nothing
  Tally actions;         ///< finished and running scaling actions, by "<type> <cause>[+<cause>...]"
  Tally failed_actions;  ///< the failed ones among them, same keys
  Tally denied;          ///< failed policy executions by AS code, and `kSuperseded`
  std::int64_t policy_executions = 0;
  Amount offered = 0, served = 0;
  std::int64_t short_us = 0;             ///< time during which less could be served than was offered
  std::optional<ServiceReport> service;  ///< where the workload tells of requests
  Amount unserved() const { return offered - served; }
  std::int64_t able = 0;  ///< micro-units that those in service could have done, where there is a workload
  Judgement judged;       ///< empty where the cloud recorded nothing
};

struct Report {
  Time start{}, end{};
  std::vector<GroupReport> groups;  ///< in order of creation, deleted ones included
  GroupReport total;  ///< of all groups; `mean_in_service_micro`, `most_in_service` and `short_us` add up
  std::int64_t eips_created = 0, eips_deleted = 0, eips_left = 0;  ///< left: kept though their ECS is gone
  std::int64_t disks_created = 0, disks_deleted = 0, disks_left = 0;
  std::int64_t messages = 0;
  std::uint64_t events = 0;
  std::string fingerprint;
  BillingRule billing;
};

Report make_report(Cloud& cloud, const BillingRule& rule);

/// Of the instances of a group in service, sizes of no length left out.
struct SizeRange {
  int least = 0, most = 0;
};

/// From `from`, or the group's creation if that is later, to the group's deletion or now. `cloud` must record everything.
SizeRange size_range(const Cloud& cloud, AsGroupId group, Time from);

/// What of `whole`, the report of `cloud`, came after `earlier`, a report of the same cloud or of what it was copied from.
/// Numbers at the end stay as they are. `cloud` must record everything.
Report report_since(const Report& earlier, const Report& whole, const Cloud& cloud);

/// What one instance cost its group.
///
/// A life begins when the instance joins: with the launch, boot included, or when a server is added by hand. It ends
/// when the ECS is deleted; when the instance leaves, if the ECS outlives that; or with the run. A failed launch lives
/// until its ECS is deleted. A life of zero bills nothing. The cost is rounded half up to a millionth once per
/// instance, so that the instances of a group add up to its cost exactly. A server added by hand is charged at the
/// price of its flavor, or nothing if it has none.
struct InstanceBill {
  Duration life{};
  Duration billed{};  ///< by the rule
  std::int64_t cost_millionths = 0;
};

/// `end` is the run's.
InstanceBill bill(const Instance& instance, const Region& region, Time end, const BillingRule& rule);

/// A metric that objectives may name.
struct ReportMetric {
  std::string_view name;  ///< "unserved_percent"
  std::string_view unit;  ///< "%"; "currency" stands for the run's
  std::string_view meaning;
};
const std::vector<ReportMetric>& report_metrics();

/// The value in millionths of the metric's unit; empty when the metric has none here (a percentage of nothing).
std::optional<std::int64_t> metric_value(std::string_view metric, const GroupReport& group);

}  // namespace tidepool::sim
