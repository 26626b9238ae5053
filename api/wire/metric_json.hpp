// Metrics and their data as Cloud Eye's clients name, push and read them.
// Source: Cloud Eye API reference, "Adding Monitoring Data", "Querying Monitoring Data", "Querying Metrics".
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/fields.hpp"
#include "api/wire/paging.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// A metric as a client names it. `group` is set when it is one that a group has of itself.
struct NamedMetric {
  sim::MetricKey key;
  sim::AsGroupId group = sim::none<sim::AsGroupId>();
  sim::GroupMetric metric = sim::GroupMetric::CpuUtil;
  bool is_of_group() const { return group != sim::none<sim::AsGroupId>(); }
};
/// Namespace SYS.AS, cpu_util or instance_num, and one dimension AutoScalingGroup with the id of a group that exists.
NamedMetric named_metric(const sim::Cloud& cloud, sim::MetricKey key);
/// The key of such a metric.
sim::MetricKey key_of(const sim::Cloud& cloud, sim::AsGroupId group, sim::GroupMetric metric);
/// "%" and "count".
std::string_view unit_of(sim::GroupMetric metric);

/// {"namespace", "metric_name", "dimensions": [{"name", "value"}]}: texts of 1 to 32, 64 and 256 characters, 1 to 4
/// dimensions.
sim::MetricKey read_metric_key(const Fields& metric);
boost::json::object write_metric_key(const sim::MetricKey& key);

/// A number from -10^10 to 10^10, rounded to a millionth. Nothing, or another number, is reported.
sim::MetricValue required_value(const Fields& fields, std::string_view key, sim::MetricValue least);
/// Millionths as a JSON number: whole where it is.
boost::json::value write_value(sim::MetricValue value);

struct PushedSample {
  NamedMetric metric;
  sim::MetricPoint point;
  std::string unit;
};
/// A list of {"metric", "ttl", "collect_time", "value", "unit"}, 1 to 1000; one such object stands for a list. The time
/// is in milliseconds since 1970, up to three days before now and ten minutes after it.
sim::Result<std::vector<PushedSample>> read_samples(std::string_view body, const sim::Cloud& cloud);

/// What a client wants to read: dim.0 to dim.3 as "name,value", from and to in milliseconds (both included), period and
/// filter.
struct DataQuery {
  NamedMetric metric;
  sim::Time from{}, to{};
  sim::Duration period{};  ///< zero: each datapoint as it came
  sim::AlarmStatistic statistic = sim::AlarmStatistic::Average;
};
sim::Result<DataQuery> read_data_query(const Query& query, const sim::Cloud& cloud);
/// {"datapoints": [{"average", "timestamp", "unit"}], "metric_name"}. A period that has pushed data tells nothing else.
boost::json::object write_data(const DataQuery& query, const sim::Cloud& cloud);

/// Namespace, metric_name and dimensions to look for; each empty for any.
sim::MetricKey read_metric_filter(const Query& query);
/// All metrics that there are or were data of: of groups, then pushed ones.
boost::json::array write_metrics(const sim::MetricKey& filter, const sim::Cloud& cloud);

}  // namespace tidepool::api
