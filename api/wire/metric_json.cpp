#include "api/wire/metric_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cassert>
#include <charconv>
#include <chrono>
#include <cmath>
#include <map>
#include <utility>

#include "api/wire/alarm_rule_spelling.hpp"
#include "api/wire/ids_text.hpp"

namespace tidepool::api {
namespace {

using sim::Duration;
using sim::ErrorCode;
using sim::Time;

constexpr auto kFault = ErrorCode::BodyInvalid;
constexpr std::string_view kGroupNamespace = "SYS.AS", kGroupDimension = "AutoScalingGroup";
constexpr std::size_t kMostSamples = 1000, kMostDimensions = 4;
constexpr Duration kOldest = std::chrono::hours{72}, kNewest = std::chrono::minutes{10};

std::string short_text(const Fields& fields, std::string_view key, std::size_t most) {
  const std::string text{fields.text(key).value_or("")};
  if (text.empty() || text.size() > most)
    fields.report(key, kFault, fmt::format("a text of 1 to {} characters", most));
  return text;
}

// Milliseconds since 1970 that a Time can hold.
std::optional<Time> from_milliseconds(std::int64_t ms) {
  constexpr std::int64_t kLast = 253'402'300'799'000;
  if (ms < 0 || ms > kLast) return std::nullopt;
  return Time{std::chrono::milliseconds{ms}};
}

std::int64_t in_milliseconds(Time t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

Time read_collect_time(const Fields& sample, Time now) {
  const auto* given = sample.find("collect_time");
  if (given == nullptr) return now;
  std::optional<Time> moment;
  if (const auto* ms = given->if_int64()) moment = from_milliseconds(*ms);
  if (moment && *moment >= now - kOldest && *moment <= now + kNewest) return *moment;
  sample.report(
      "collect_time", kFault,
      fmt::format("milliseconds since 1970 from {} to {}: three days before now to ten minutes after",
                  in_milliseconds(std::max(now - kOldest, Time{})), in_milliseconds(now + kNewest)));
  return now;
}

// A list as the one member of an object, which is what fields are read of.
sim::Result<boost::json::object> parse_list(std::string_view body) {
  boost::json::error_code fault;
  boost::json::value parsed = boost::json::parse({body.data(), body.size()}, fault);
  if (fault) return sim::Error{kFault, fmt::format("the body is not valid JSON: {}", fault.message())};
  boost::json::object wrapped;
  wrapped.emplace("samples", std::move(parsed));
  return wrapped;
}

PushedSample read_sample(const Fields& sample, const sim::Cloud& cloud) {
  PushedSample read;
  sample.expect_only({"metric", "ttl", "collect_time", "value", "unit", "type"});
  if (const auto metric = sample.object("metric"))
    read.metric = named_metric(cloud, read_metric_key(*metric));
  else
    sample.report("metric", kFault, "an object with namespace, metric_name and dimensions");
  const auto ttl = sample.integer("ttl", kFault, "1 to 604800").value_or(1);
  if (ttl < 1 || ttl > 604'800) sample.report("ttl", kFault, "seconds from 1 to 604800");
  if (const auto metric = sample.object("metric"); metric && metric->has("resource_group_id"))
    metric->report("resource_group_id", kFault, "none: data belong to no group of resources");
  read.point.time = read_collect_time(sample, cloud.now());
  if (sample.has("ttl")) read.point.until = read.point.time + std::chrono::seconds{ttl};
  read.point.value = required_value(sample, "value", -sim::kLargestDatapoint);
  read.unit = sample.text("unit").value_or("");
  if (read.unit.size() > 32) sample.report("unit", kFault, "a text of up to 32 characters");
  constexpr Spelling<bool> kTypes[] = {{"int", true}, {"float", false}};
  if (sample.choice("type", kFault, kTypes).value_or(false) && read.point.value % sim::kMetricUnit != 0)
    sample.report("value", kFault, "a whole number, as type is int");
  return read;
}

// ---- Queries ----

sim::Error bad_parameter(const Query& query, std::string_view name, std::string_view expected) {
  const auto given = parameter(query, name);
  return {kFault, given ? fmt::format("{} {}: expected {}", name, shown(*given), expected)
                        : fmt::format("{} is missing: expected {}", name, expected)};
}

std::optional<std::int64_t> whole_number(const Query& query, std::string_view name) {
  const auto text = parameter(query, name);
  std::int64_t value = 0;
  if (!text) return std::nullopt;
  const char* end = text->data() + text->size();
  const auto read = std::from_chars(text->data(), end, value);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

std::vector<sim::MetricDimension> dimensions_in(const Query& query) {
  std::vector<sim::MetricDimension> found;
  for (std::size_t i = 0; i < kMostDimensions; ++i) {
    const auto text = parameter(query, fmt::format("dim.{}", i));
    if (!text) continue;
    const std::size_t comma = text->find(',');
    found.push_back({std::string{text->substr(0, comma)},
                     comma == std::string_view::npos ? std::string{} : std::string{text->substr(comma + 1)}});
  }
  return found;
}

// ---- Data ----

// What one period holds: pushed data count instead of the group's own.
struct Bucket {
  sim::PeriodAggregate own, pushed;
};
using Buckets = std::map<Time, Bucket>;

std::vector<sim::MetricPoint> own_points(const DataQuery& query, const sim::Cloud& cloud) {
  std::vector<sim::MetricPoint> points;
  if (!query.metric.is_of_group()) return points;
  for (const sim::MetricSample& each : cloud.samples()) {
    if (each.group != query.metric.group || each.time + cloud.behaviour().metric_delay > cloud.now())
      continue;
    if (query.metric.metric == sim::GroupMetric::InstanceNum)
      points.push_back({each.time, each.in_service * sim::kMetricUnit});
    else if (each.cpu_util)
      points.push_back({each.time, *each.cpu_util});
  }
  return points;
}

const sim::MetricSeries* series_behind(const NamedMetric& metric, const sim::Cloud& cloud) {
  for (const sim::MetricSeries& each : cloud.all_series()) {
    const bool same = metric.is_of_group()
                          ? each.group == metric.group && each.metric == metric.metric
                          : each.group == sim::none<sim::AsGroupId>() && each.key == metric.key;
    if (same) return &each;
  }
  return nullptr;
}

boost::json::object datapoint(std::string_view statistic, sim::MetricValue value, Time time,
                              std::string_view unit) {
  return {{statistic, write_value(value)}, {"timestamp", in_milliseconds(time)}, {"unit", unit}};
}

}  // namespace

// ---- Names ----

NamedMetric named_metric(const sim::Cloud& cloud, sim::MetricKey key) {
  NamedMetric named{std::move(key)};
  const sim::MetricKey& of = named.key;
  if (of.space != kGroupNamespace || of.dimensions.size() != 1 || of.dimensions[0].name != kGroupDimension)
    return named;
  for (const auto& each : kGroupMetricNames) {
    if (each.text != of.name) continue;
    const auto group = IdText{cloud.seed()}.group(of.dimensions[0].value);
    if (group == sim::none<sim::AsGroupId>() || cloud.find(group) == nullptr) continue;
    named.group = group;
    named.metric = each.value;
  }
  return named;
}

sim::MetricKey key_of(const sim::Cloud& cloud, sim::AsGroupId group, sim::GroupMetric metric) {
  return {std::string{kGroupNamespace},
          std::string{spelling_of(kGroupMetricNames, metric)},
          {{std::string{kGroupDimension}, IdText{cloud.seed()}.text(group)}}};
}

std::string_view unit_of(sim::GroupMetric metric) {
  return metric == sim::GroupMetric::CpuUtil ? "%" : "count";
}

sim::MetricKey read_metric_key(const Fields& metric) {
  metric.expect_only({"namespace", "metric_name", "dimensions", "resource_group_id"});
  sim::MetricKey key;
  key.space = short_text(metric, "namespace", 32);
  key.name = short_text(metric, "metric_name", 64);
  const auto dimensions = metric.objects("dimensions");
  if (!dimensions || dimensions->empty() || dimensions->size() > kMostDimensions) {
    metric.report("dimensions", kFault, "a list of 1 to 4 names and values");
    return key;
  }
  for (const Fields& each : *dimensions) {
    each.expect_only({"name", "value"});
    std::string name = short_text(each, "name", 32);
    key.dimensions.push_back({std::move(name), short_text(each, "value", 256)});
  }
  return key;
}

boost::json::object write_metric_key(const sim::MetricKey& key) {
  boost::json::array dimensions;
  for (const sim::MetricDimension& each : key.dimensions)
    dimensions.push_back({{"name", each.name}, {"value", each.value}});
  return {{"namespace", key.space}, {"metric_name", key.name}, {"dimensions", std::move(dimensions)}};
}

// ---- Values ----

sim::MetricValue required_value(const Fields& fields, std::string_view key, sim::MetricValue least) {
  const auto* given = fields.find(key);
  if (given != nullptr && given->is_number()) {
    const double scaled = given->to_number<double>() * static_cast<double>(sim::kMetricUnit);
    if (scaled >= static_cast<double>(least) && scaled <= static_cast<double>(sim::kLargestDatapoint))
      return std::clamp(static_cast<sim::MetricValue>(std::nearbyint(scaled)), least, sim::kLargestDatapoint);
  }
  fields.report(key, kFault, fmt::format("a number from {} to 10000000000", least / sim::kMetricUnit));
  return 0;
}

boost::json::value write_value(sim::MetricValue value) {
  if (value % sim::kMetricUnit == 0) return value / sim::kMetricUnit;
  return static_cast<double>(value) / static_cast<double>(sim::kMetricUnit);
}

// ---- Pushed ----

sim::Result<std::vector<PushedSample>> read_samples(std::string_view body, const sim::Cloud& cloud) {
  const std::size_t begin = body.find_first_not_of(" \t\r\n");
  const bool is_list = begin != std::string_view::npos && body[begin] == '[';
  const auto members = is_list ? parse_list(body) : parse_body(body);
  if (!members) return members.error();
  Faults faults{cloud.behaviour(), UnknownMembers::Refused};
  const Fields fields{*members, faults};
  std::vector<Fields> samples{fields};
  if (is_list) samples = fields.objects("samples").value_or(std::vector<Fields>{});
  if (samples.empty() || samples.size() > kMostSamples)
    faults.report({kFault, fmt::format("body: {} samples, expected 1 to {}", samples.size(), kMostSamples)});
  std::vector<PushedSample> read;
  for (const Fields& each : samples) read.push_back(read_sample(each, cloud));
  if (faults.any()) return faults.first();
  return read;
}

// ---- Read ----

sim::Result<DataQuery> read_data_query(const Query& query, const sim::Cloud& cloud) {
  DataQuery read;
  sim::MetricKey key{std::string{parameter(query, "namespace").value_or("")},
                     std::string{parameter(query, "metric_name").value_or("")}, dimensions_in(query)};
  if (key.space.empty()) return bad_parameter(query, "namespace", "the namespace of a metric");
  if (key.name.empty()) return bad_parameter(query, "metric_name", "the name of a metric");
  if (key.dimensions.empty()) return bad_parameter(query, "dim.0", "a name and a value joined by a comma");
  read.metric = named_metric(cloud, std::move(key));
  constexpr std::array<std::int64_t, 6> kPeriods{1, 300, 1200, 3600, 14400, 86400};
  const auto period = whole_number(query, "period");
  if (!period || std::ranges::find(kPeriods, *period) == kPeriods.end())
    return bad_parameter(query, "period", "1, 300, 1200, 3600, 14400 or 86400");
  if (*period != 1) read.period = std::chrono::seconds{*period};
  const auto filter = read_choice(query, "filter", kFault, kStatistics);
  if (!filter) return filter.error();
  if (!*filter) return bad_parameter(query, "filter", "average, max, min, sum or variance");
  read.statistic = **filter;
  const auto from = whole_number(query, "from"), to = whole_number(query, "to");
  const auto first = from ? from_milliseconds(*from) : std::nullopt;
  const auto last = to ? from_milliseconds(*to) : std::nullopt;
  if (!first) return bad_parameter(query, "from", "milliseconds since 1970");
  if (!last || *last < *first) return bad_parameter(query, "to", "milliseconds since 1970, not before from");
  read.from = *first;
  read.to = *last;
  return read;
}

boost::json::object write_data(const DataQuery& query, const sim::Cloud& cloud) {
  const auto statistic = spelling_of(kStatistics, query.statistic);
  const sim::MetricSeries* series = series_behind(query.metric, cloud);
  std::string unit = series != nullptr ? series->unit : "";
  if (unit.empty() && query.metric.is_of_group()) unit = unit_of(query.metric.metric);
  const bool raw = query.period == Duration::zero();
  const auto begin_of = [&](Time t) { return raw ? t : t - t.time_since_epoch() % query.period; };

  Buckets buckets;
  // A datapoint of the group covers the time that ends with it.
  for (const sim::MetricPoint& each : own_points(query, cloud))
    buckets[raw ? each.time : begin_of(each.time - Duration{1})].own.add(each.value);
  if (series != nullptr)
    for (const sim::MetricPoint& each : series->points)
      if (each.until > cloud.now()) buckets[begin_of(each.time)].pushed.add(each.value);
  boost::json::array datapoints;
  for (const auto& [time, bucket] : buckets) {
    if (time < begin_of(query.from) || time > query.to) continue;
    const sim::PeriodAggregate& told = bucket.pushed.empty() ? bucket.own : bucket.pushed;
    datapoints.push_back(datapoint(statistic, told.value(query.statistic), time, unit));
  }
  return {{"datapoints", std::move(datapoints)}, {"metric_name", query.metric.key.name}};
}

sim::MetricKey read_metric_filter(const Query& query) {
  return {std::string{parameter(query, "namespace").value_or("")},
          std::string{parameter(query, "metric_name").value_or("")}, dimensions_in(query)};
}

boost::json::array write_metrics(const sim::MetricKey& filter, const sim::Cloud& cloud) {
  boost::json::array all;
  const auto add = [&](const sim::MetricKey& key, std::string_view unit) {
    const bool fits = (filter.space.empty() || filter.space == key.space) &&
                      (filter.name.empty() || filter.name == key.name) &&
                      (filter.dimensions.empty() || filter.dimensions == key.dimensions);
    if (!fits) return;
    boost::json::object row = write_metric_key(key);
    row.emplace("unit", unit);
    all.push_back(std::move(row));
  };
  for (std::size_t i = 0; i < cloud.all_groups().size(); ++i) {
    const auto group = sim::id_at<sim::AsGroupId>(i);
    if (cloud.find(group) == nullptr) continue;
    for (const auto& each : kGroupMetricNames) add(key_of(cloud, group, each.value), unit_of(each.value));
  }
  for (const sim::MetricSeries& each : cloud.all_series())
    if (each.group == sim::none<sim::AsGroupId>() && !each.points.empty()) add(each.key, each.unit);
  return all;
}

}  // namespace tidepool::api
