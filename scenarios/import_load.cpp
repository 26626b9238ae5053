// What load generators write: k6 (CSV and JSON lines) and Locust.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/import_reader.hpp"
#include "scenarios/import_table.hpp"

namespace tidepool::scenarios {

namespace {

// ---- k6: a row a sample of a metric

// The metrics that k6 itself has; the user's own ones can be anything.
std::optional<ImportUnit> unit_of_metric(std::string_view metric) {
  constexpr std::array<std::string_view, 5> kCounts = {"http_reqs", "iterations", "data_sent",
                                                       "data_received", "dropped_iterations"};
  constexpr std::array<std::string_view, 6> kLevels = {
      "vus", "vus_max", "iteration_duration", "group_duration", "checks", "http_req_failed"};
  if (std::ranges::find(kCounts, metric) != kCounts.end()) return ImportUnit::Count;
  const bool level = metric.starts_with("http_req_") || std::ranges::find(kLevels, metric) != kLevels.end();
  return level ? std::optional(ImportUnit::Gauge) : std::nullopt;
}

std::string wanted_metric(const ImportReader& reader) {
  return reader.options.column.empty() ? "http_reqs" : reader.options.column;
}

void read_k6_rows(const ImportText& file, ImportReader& reader, SourceSeries& series,
                  const std::string& metric) {
  NamedTable table(file, {"metric_name", "timestamp", "metric_value"}, reader);
  const Dialect dialect = reader.dialect(table.separator());
  while (!reader.failed() && table.next()) {
    ++reader.report.rows_read;
    if (table.width() == 1) {
      reader.skip("too few columns", {file.name, table.line(), {}}, table.at(std::size_t{0}),
                  "a row of samples");
      continue;
    }
    if (table.at("metric_name") != metric) {
      ++reader.report.rows_unselected;
      continue;
    }
    if (!table.selected(reader)) continue;
    auto point = reader.time(table.at("timestamp"), dialect, {file.name, table.line(), "'timestamp'"});
    if (point && reader.value(table.at("metric_value"), dialect.comma_is_mark(),
                              {file.name, table.line(), "'metric_value'"}, *point))
      reader.add(series, *point);
  }
}

std::string_view text_of_member(const Json* object, std::string_view key) {
  const Json* found = object == nullptr ? nullptr : object->find(key);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

ImportLabels tags_of(const Json* data) {
  ImportLabels labels;
  const Json* tags = data == nullptr ? nullptr : data->find("tags");
  if (tags != nullptr)
    for (const Json::Member& each : tags->members) labels.emplace_back(each.key, each.value.text);
  return labels;
}

// {"type": "Point", "metric": "http_reqs", "data": {"time": ..., "value": 1, "tags": {}}}
void read_k6_line(std::string_view line, std::int64_t number, const ImportText& file,
                  const std::string& metric, SourceSeries& series, ImportReader& reader) {
  Complaints complaints{file.name};
  const auto json = parse_json(line, complaints);
  const std::string_view type = json ? text_of_member(&*json, "type") : std::string_view();
  if (type == "Metric") return;
  ++reader.report.rows_read;
  if (type != "Point")
    return reader.skip("no sample", {file.name, number, {}}, line, "a JSON object of type Point or Metric");
  const Json* data = json->find("data");
  if (text_of_member(&*json, "metric") != metric ||
      (!reader.options.select.empty() && !reader.selects(tags_of(data)))) {
    ++reader.report.rows_unselected;
    return;
  }
  auto point = reader.time(text_of_member(data, "time"), reader.dialect(','), {file.name, number, "time"});
  if (point && reader.value(text_of_member(data, "value"), false, {file.name, number, "value"}, *point))
    reader.add(series, *point);
}

void read_k6_lines(const ImportText& file, ImportReader& reader, SourceSeries& series,
                   const std::string& metric) {
  std::int64_t number = 0;
  for (std::string_view rest = file.text; !rest.empty() && !reader.failed();) {
    const std::string_view line = trimmed(take_line(rest));
    ++number;
    if (!line.empty()) read_k6_line(line, number, file, metric, series, reader);
  }
}

// ---- Locust: a row a second or so, with what has happened so far

bool is_wanted_row(const NamedTable& table, ImportReader& reader) {
  const bool everything = table.at("Type").empty() && table.at("Name") == "Aggregated";
  if (!reader.options.select.empty() || everything) return true;
  ++reader.report.rows_unselected;
  return false;
}

ImportUnit unit_of_column(std::string_view column) {
  if (column == "Total Request Count" || column == "Total Failure Count") return ImportUnit::Counter;
  return column.ends_with("/s") ? ImportUnit::Rate : ImportUnit::Gauge;
}

}  // namespace

void read_k6(const ImportText& file, ImportReader& reader) {
  const std::string metric = wanted_metric(reader);
  reader.events = true;
  reader.unit = unit_of_metric(metric);
  reader.report.source = "metric " + metric;
  SourceSeries& series = reader.series_of({});
  const std::string_view start = trimmed(file.text.substr(0, file.text.find_first_of("\r\n")));
  if (start.starts_with('{'))
    read_k6_lines(file, reader, series, metric);
  else
    read_k6_rows(file, reader, series, metric);
}

void read_locust(const ImportText& file, ImportReader& reader) {
  const std::string column = reader.options.column.empty() ? "Total Request Count" : reader.options.column;
  NamedTable table(file, {"Timestamp", "Type", "Name", column}, reader);
  if (reader.failed()) return;
  reader.unit = unit_of_column(column);
  reader.report.source = fmt::format("column '{}'", column);
  const std::string place = fmt::format("'{}'", column);
  const Dialect dialect = reader.dialect(table.separator());
  SourceSeries& series = reader.series_of({});
  while (!reader.failed() && table.next()) {
    ++reader.report.rows_read;
    if (!is_wanted_row(table, reader)) continue;
    if (!table.selected(reader, {{"name", "Name"}, {"type", "Type"}})) continue;
    auto point = reader.time(table.at("Timestamp"), dialect, {file.name, table.line(), "'Timestamp'"});
    if (point &&
        reader.value(table.at(column), dialect.comma_is_mark(), {file.name, table.line(), place}, *point))
      reader.add(series, *point);
  }
}

}  // namespace tidepool::scenarios
