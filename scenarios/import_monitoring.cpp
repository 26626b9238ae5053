// What monitoring services answer, as JSON: CloudWatch and Cloud Eye.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "scenarios/import_reader.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

// The statistic that is read, and what its values are: sums and numbers of samples count, the rest are levels.
struct Statistic {
  std::string name;
  ImportUnit unit() const {
    return same_word(name, "sum") || same_word(name, "samplecount") ? ImportUnit::Count : ImportUnit::Gauge;
  }
};

// An array's items, or a failure.
const std::vector<Json>* items_of(const Json* value, const ImportPlace& place, ImportReader& reader) {
  if (value != nullptr && value->kind == Json::Kind::Array) return &value->items;
  reader.fail(place, value == nullptr ? "" : shown(*value), "an array");
  return nullptr;
}

std::string text_member(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  return found != nullptr && found->kind == Json::Kind::Text ? found->text : "";
}

// A number's or text's spelling; of anything else nothing, which is how a missing value reads.
std::string_view spelling(const Json* value) {
  const bool has = value != nullptr && (value->kind == Json::Kind::Text || value->kind == Json::Kind::Number);
  return has ? std::string_view(value->text) : std::string_view();
}

// ---- The statistic of a list of datapoints

const Json* statistic_in(const Json& point, std::string_view name) {
  for (const Json::Member& each : point.members)
    if (same_word(each.key, name)) return &each.value;
  const Json* extended = point.find("ExtendedStatistics");
  if (extended == nullptr) return nullptr;
  for (const Json::Member& each : extended->members)
    if (same_word(each.key, name)) return &each.value;
  return nullptr;
}

std::vector<std::string> statistics_in(const std::vector<Json>& points,
                                       std::span<const std::string_view> known) {
  std::vector<std::string> found;
  const auto note = [&](const std::string& name) {
    if (std::ranges::find(found, name) == found.end()) found.push_back(name);
  };
  for (const Json& point : points) {
    for (const Json::Member& each : point.members)
      if (std::ranges::find(known, each.key) != known.end()) note(each.key);
    if (const Json* extended = point.find("ExtendedStatistics"))
      for (const Json::Member& each : extended->members) note(each.key);
  }
  return found;
}

// The one asked for, or the only one there is.
std::optional<Statistic> statistic_of(const std::vector<Json>& points,
                                      std::span<const std::string_view> known, const ImportText& file,
                                      ImportReader& reader) {
  const auto found = statistics_in(points, known);
  const std::string& asked = reader.options.statistic;
  if (found.empty()) return Statistic{asked};
  if (asked.empty() && found.size() == 1) return Statistic{found.front()};
  const auto match = std::ranges::find_if(found, [&](const auto& each) { return same_word(each, asked); });
  if (match != found.end()) return Statistic{*match};
  const std::vector<std::string_view> words(found.begin(), found.end());
  reader.fail(fmt::format("{}: --statistic {}: expected {}", file.name, asked.empty() ? "is missing" : asked,
                          listed(words)));
  return std::nullopt;
}

void adopt(const Statistic& statistic, ImportReader& reader) {
  if (statistic.name.empty()) return;
  reader.unit = statistic.unit();
  reader.report.source = "statistic " + statistic.name;
}

// A value of the document and its path.
struct Placed {
  const Json* value;
  std::string path;
};

void read_point(const Placed& time, const Placed& value, sim::Duration cut_to, const ImportText& file,
                SourceSeries& series, ImportReader& reader) {
  ++reader.report.rows_read;
  auto point = reader.time(spelling(time.value), reader.dialect(','), {file.name, 0, time.path});
  if (!point || !reader.value(spelling(value.value), false, {file.name, 0, value.path}, *point)) return;
  point->us -= point->us % cut_to.count();
  reader.add(series, *point);
}

// How one service writes its datapoints.
struct PointForm {
  const char* time_key;
  std::span<const std::string_view> statistics;
  sim::Duration cut_to{1};  // to whole ones of this
};

void read_datapoints(const std::vector<Json>& points, const std::string& path, const PointForm& form,
                     const ImportText& file, SourceSeries& series, ImportReader& reader) {
  const auto statistic = statistic_of(points, form.statistics, file, reader);
  if (!statistic) return;
  adopt(*statistic, reader);
  for (std::size_t i = 0; i < points.size() && !reader.failed(); ++i) {
    const std::string place = fmt::format("{}[{}].", path, i);
    read_point({points[i].find(form.time_key), place + form.time_key},
               {statistic_in(points[i], statistic->name), place + statistic->name}, form.cut_to, file, series,
               reader);
  }
}

// ---- CloudWatch

constexpr std::array<std::string_view, 5> kCloudWatchStatistics = {"Sum", "Average", "Minimum", "Maximum",
                                                                   "SampleCount"};
constexpr std::array<std::string_view, 5> kCloudEyeStatistics = {"sum", "average", "min", "max", "variance"};

// Whether a series is wanted; the ones that are not are told.
bool is_wanted(const ImportLabels& labels, ImportReader& reader) {
  if (reader.selects(labels)) return true;
  reader.report.series_left.push_back(text_of(labels));
  return false;
}

void read_statistics(const Json& root, const ImportText& file, ImportReader& reader) {
  const auto* points = items_of(root.find("Datapoints"), {file.name, 0, "Datapoints"}, reader);
  const ImportLabels labels{{"label", text_member(root, "Label")}};
  if (points == nullptr || !is_wanted(labels, reader)) return;
  read_datapoints(*points, "Datapoints", {"Timestamp", kCloudWatchStatistics}, file, reader.series_of(labels),
                  reader);
}

void warn_of_status(const Json& result, const ImportText& file, const ImportLabels& labels,
                    ImportReader& reader) {
  const std::string status = text_member(result, "StatusCode");
  if (status.empty() || status == "Complete") return;
  reader.report.warnings.push_back(
      fmt::format("{}: {}: StatusCode {}{}", file.name, text_of(labels), printable(status),
                  status == "PartialData" ? ": there is more than this file has" : ""));
}

void read_result(const Json& result, const std::string& path, const ImportText& file, ImportReader& reader) {
  const ImportLabels labels{{"id", text_member(result, "Id")}, {"label", text_member(result, "Label")}};
  if (!is_wanted(labels, reader)) return;
  warn_of_status(result, file, labels, reader);
  const std::string times_path = path + ".Timestamps", values_path = path + ".Values";
  const auto* times = items_of(result.find("Timestamps"), {file.name, 0, times_path}, reader);
  const auto* values =
      times == nullptr ? nullptr : items_of(result.find("Values"), {file.name, 0, values_path}, reader);
  if (values == nullptr) return;
  if (times->size() != values->size())
    return reader.fail(fmt::format("{}: {}: {} Timestamps and {} Values, expected as many", file.name, path,
                                   times->size(), values->size()));
  SourceSeries& series = reader.series_of(labels);
  for (std::size_t i = 0; i < times->size() && !reader.failed(); ++i)
    read_point({&(*times)[i], fmt::format("{}[{}]", times_path, i)},
               {&(*values)[i], fmt::format("{}[{}]", values_path, i)}, sim::Duration{1}, file, series,
               reader);
}

void read_metric_data(const Json& root, const ImportText& file, ImportReader& reader) {
  const auto* results = items_of(root.find("MetricDataResults"), {file.name, 0, "MetricDataResults"}, reader);
  if (results == nullptr) return;
  if (!text_member(root, "NextToken").empty())
    reader.report.warnings.push_back(file.name + ": NextToken: there is more than this file has");
  if (const Json* messages = root.find("Messages"))
    for (const Json& each : messages->items)
      reader.report.warnings.push_back(fmt::format("{}: {}", file.name, printable(to_text(each))));
  // The statistic stands in the request alone.
  reader.report.source =
      reader.options.statistic.empty() ? "metric data" : "statistic " + reader.options.statistic;
  if (!reader.options.statistic.empty()) reader.unit = Statistic{reader.options.statistic}.unit();
  for (std::size_t i = 0; i < results->size() && !reader.failed(); ++i)
    read_result((*results)[i], fmt::format("MetricDataResults[{}]", i), file, reader);
}

// ---- Cloud Eye: raw points carry the moment of collection, so their seconds drift and are cut off

ImportLabels metric_labels(const Json& metric) {
  ImportLabels labels{{"__name__", text_member(metric, "metric_name")}};
  if (const std::string name = text_member(metric, "namespace"); !name.empty())
    labels.emplace_back("namespace", name);
  if (const Json* dimensions = metric.find("dimensions"))
    for (const Json& each : dimensions->items)
      labels.emplace_back(text_member(each, "name"), text_member(each, "value"));
  return labels;
}

// metric_name is what the service calls it, __name__ what names a series here.
bool is_wanted_metric(const ImportLabels& labels, ImportReader& reader) {
  ImportLabels known = labels;
  known.emplace_back("metric_name", labels.front().second);
  if (reader.selects(known)) return true;
  reader.report.series_left.push_back(text_of(labels));
  return false;
}

void read_metric(const Json& metric, const std::string& path, const ImportText& file, ImportReader& reader) {
  const auto* points = items_of(metric.find("datapoints"), {file.name, 0, path}, reader);
  if (points == nullptr) return;
  const ImportLabels labels = metric_labels(metric);
  if (is_wanted_metric(labels, reader))
    read_datapoints(*points, path, {"timestamp", kCloudEyeStatistics, std::chrono::minutes{1}}, file,
                    reader.series_of(labels), reader);
}

}  // namespace

void read_cloudwatch(const ImportText& file, ImportReader& reader) {
  const auto root = read_json(file, reader);
  if (!root) return;
  if (root->find("MetricDataResults") != nullptr) return read_metric_data(*root, file, reader);
  if (root->find("Datapoints") != nullptr) return read_statistics(*root, file, reader);
  reader.fail(file.name + ": expected an object with Datapoints or MetricDataResults");
}

void read_cloud_eye(const ImportText& file, ImportReader& reader) {
  const auto root = read_json(file, reader);
  if (!root) return;
  const Json* metrics = root->find("metrics");
  if (metrics == nullptr) {
    if (root->find("datapoints") == nullptr)
      return reader.fail(file.name + ": expected an object with datapoints or metrics");
    return read_metric(*root, "datapoints", file, reader);
  }
  const auto* list = items_of(metrics, {file.name, 0, "metrics"}, reader);
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->size() && !reader.failed(); ++i)
    read_metric((*list)[i], fmt::format("metrics[{}].datapoints", i), file, reader);
}

}  // namespace tidepool::scenarios
