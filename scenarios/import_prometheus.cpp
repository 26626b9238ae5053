// Answers of Prometheus' query API: range queries, and instant ones as series of one point.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/import_reader.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

std::string_view text_of_member(const Json& object, std::string_view key) {
  const Json* found = object.find(key);
  return found == nullptr ? std::string_view() : std::string_view(found->text);
}

ImportLabels labels_of(const Json& result) {
  ImportLabels labels;
  if (const Json* metric = result.find("metric"))
    for (const Json::Member& each : metric->members) labels.emplace_back(each.key, each.value.text);
  std::ranges::sort(labels);
  return labels;
}

bool is_counter(const ImportLabels& labels) {
  return std::ranges::any_of(
      labels, [](const auto& each) { return each.first == "__name__" && each.second.ends_with("_total"); });
}

// [time, "value"]
void read_pair(const Json& pair, const std::string& path, const ImportText& file, SourceSeries& series,
               ImportReader& reader) {
  ++reader.report.rows_read;
  if (pair.items.size() != 2)
    return reader.skip("no pair",
                       fmt::format("{}: {}: {}, expected a time and a value", file.name, path, shown(pair)));
  const std::string time_path = path + "[0]", value_path = path + "[1]";
  auto point = reader.time(pair.items[0].text, reader.dialect(','), {file.name, 0, time_path});
  if (point && reader.value(pair.items[1].text, false, {file.name, 0, value_path}, *point))
    reader.add(series, *point);
}

// A counter only where all series are.
void settle_unit(const ImportLabels& labels, ImportReader& reader) {
  const bool first = reader.report.source.empty();
  if (first) {
    reader.report.source = std::string(labels.empty() ? "a value" : text_of(labels));
    if (is_counter(labels)) reader.unit = ImportUnit::Counter;
  } else if (!is_counter(labels)) {
    reader.unit.reset();
  }
}

void read_result(const Json& result, const std::string& path, const ImportText& file, ImportReader& reader) {
  const ImportLabels labels = labels_of(result);
  if (!reader.selects(labels)) {
    reader.report.series_left.push_back(text_of(labels));
    return;
  }
  settle_unit(labels, reader);
  SourceSeries& series = reader.series_of(labels);
  if (result.find("histograms") != nullptr || result.find("histogram") != nullptr)
    reader.report.warnings.push_back(
        fmt::format("{}: {}: native histograms are left out", file.name, text_of(labels)));
  if (const Json* value = result.find("value"))
    return read_pair(*value, path + ".value", file, series, reader);
  const Json* values = result.find("values");
  if (values == nullptr) return;
  for (std::size_t i = 0; i < values->items.size() && !reader.failed(); ++i)
    read_pair(values->items[i], fmt::format("{}.values[{}]", path, i), file, series, reader);
}

}  // namespace

void read_prometheus(const ImportText& file, ImportReader& reader) {
  const auto root = read_json(file, reader);
  if (!root) return;
  if (const std::string_view status = text_of_member(*root, "status"); status != "success")
    return reader.fail(fmt::format("{}: status {}: {}: {}, expected \"success\"", file.name, shown(status),
                                   printable(text_of_member(*root, "errorType")),
                                   printable(text_of_member(*root, "error"))));
  if (const Json* warnings = root->find("warnings"))
    for (const Json& each : warnings->items)
      reader.report.warnings.push_back(fmt::format("{}: {}", file.name, printable(each.text)));
  const Json* data = root->find("data");
  const Json* results = data == nullptr ? nullptr : data->find("result");
  const std::string_view type = data == nullptr ? std::string_view() : text_of_member(*data, "resultType");
  if (results == nullptr || (type != "matrix" && type != "vector"))
    return reader.fail(
        fmt::format("{}: data.resultType {}, expected \"matrix\" or \"vector\"", file.name, shown(type)));
  for (std::size_t i = 0; i < results->items.size() && !reader.failed(); ++i)
    read_result(results->items[i], fmt::format("data.result[{}]", i), file, reader);
}

}  // namespace tidepool::scenarios
