// Plain CSV of times and values, and the data set of Bitbrains, which is that with a fixed column.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "scenarios/import_reader.hpp"
#include "scenarios/trace_columns.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

struct Filter {
  std::size_t column;
  std::string value;
};

// The cells that --select asks for, by column.
std::optional<std::vector<Filter>> filters(const ImportText& file, const Head& head, ImportReader& reader) {
  std::vector<Filter> found;
  for (const auto& [label, value] : reader.options.select) {
    if (label == "file") continue;
    const auto column = asked_column("--select", label, head);
    if (!column) {
      reader.fail(fmt::format("{}: {}", file.name, column.error().message));
      return std::nullopt;
    }
    found.push_back({*column, value});
  }
  return found;
}

bool passes(const Records& row, const std::vector<Filter>& all) {
  return std::ranges::all_of(all, [&](const Filter& each) {
    return each.column < row.width() && row.field(each.column) == each.value;
  });
}

void read_row(const Records& row, const ImportText& file, const Columns& columns, const Dialect& dialect,
              SourceSeries& series, ImportReader& reader) {
  const std::size_t needed = std::max(columns.time, columns.value) + 1;
  if (row.width() < needed)
    return reader.skip("too few columns", fmt::format("{}: line {}: {} columns, expected {} or more",
                                                      file.name, row.line(), row.width(), needed));
  auto point = reader.time(row.field(columns.time), dialect, {file.name, row.line(), columns.time_name});
  if (!point) return;
  if (reader.value(row.field(columns.value), dialect.comma_is_mark(),
                   {file.name, row.line(), columns.value_name}, *point))
    reader.add(series, *point);
}

void read_rows(const ImportText& file, const std::string& column, const ImportLabels& labels,
               ImportReader& reader) {
  const char separator =
      reader.options.separator != 0 ? reader.options.separator : detected_separator(file.text);
  const Dialect dialect = reader.dialect(separator);
  const ColumnChoice choice{reader.options.time_column, column, "--time-column", "--column"};
  const Head head = head_of(file.text, choice, dialect);
  const auto columns = find_columns(choice, head);
  if (!columns) return reader.fail(fmt::format("{}: {}", file.name, columns.error().message));
  const auto wanted = filters(file, head, reader);
  if (!wanted) return;
  reader.report.source = "column " + columns->value_name;
  SourceSeries& series = reader.series_of(labels);
  Records rows(file.text, separator);
  if (columns->header) rows.next();
  while (!reader.failed() && rows.next()) {
    ++reader.report.rows_read;
    if (passes(rows, *wanted))
      read_row(rows, file, *columns, dialect, series, reader);
    else
      ++reader.report.rows_unselected;
  }
}

}  // namespace

void read_csv_import(const ImportText& file, ImportReader& reader) {
  read_rows(file, reader.options.column, {}, reader);
}

void read_bitbrains(const ImportText& file, ImportReader& reader) {
  reader.unit = ImportUnit::Gauge;
  const ImportLabels labels{{"file", std::filesystem::path(file.name).filename().string()}};
  if (const std::string* wanted = reader.wanted("file"); wanted != nullptr && *wanted != labels[0].second) {
    reader.report.series_left.push_back(text_of(labels));
    return;
  }
  read_rows(file, reader.options.column.empty() ? "CPU usage [%]" : reader.options.column, labels, reader);
}

}  // namespace tidepool::scenarios
