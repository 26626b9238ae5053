// Data sets of Azure: invocations of functions (2019: a column a minute; 2021: a row an invocation), and virtual machines
// (a row a machine, or a row a reading of its CPU).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "scenarios/import_reader.hpp"
#include "scenarios/import_table.hpp"

namespace tidepool::scenarios {

namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::size_t kMinutes = 1440;

std::int64_t origin_us(const ImportReader& reader) {
  return reader.options.origin ? reader.options.origin->time_since_epoch().count() : 0;
}

// ---- Functions, 2019

// The day that a file name has: ".d07." is the seventh; 1 without one.
std::int64_t day_of(const std::string& file) {
  const std::string name = std::filesystem::path(file).filename().string();
  for (std::size_t at = name.find(".d"); at != std::string::npos; at = name.find(".d", at + 1)) {
    const std::string_view digits = std::string_view(name).substr(at + 2, 2);
    if (digits.size() == 2 && is_digit(digits[0]) && is_digit(digits[1]) && digits != "00")
      return (digits[0] - '0') * 10 + (digits[1] - '0');
  }
  return 1;
}

// One function's day: a count a minute.
void add_function(const NamedTable& table, std::size_t first_minute, const ImportText& file,
                  std::array<Wide, kMinutes>& sums, ImportReader& reader) {
  std::array<Wide, kMinutes> counts{};
  for (std::size_t minute = 0; minute < kMinutes; ++minute) {
    const std::string_view text = table.at(first_minute + minute);
    if (text == "0") continue;
    ImportPoint point;
    const std::string column = fmt::format("'{}'", minute + 1);
    if (!reader.value(text, false, {file.name, table.line(), column}, point))
      return;  // The whole row is skipped.
    counts[minute] = point.atto;
  }
  for (std::size_t minute = 0; minute < kMinutes; ++minute) sums[minute] += counts[minute];
}

void read_function_days(const ImportText& file, ImportReader& reader) {
  NamedTable table(file, {"HashFunction", "1", "1440"}, reader);
  if (reader.failed()) return;
  const std::size_t first = table.column("1").value_or(0);
  if (table.column("1440") != first + kMinutes - 1)
    return reader.fail(fmt::format("{}: line 1: expected columns '1' to '1440' side by side", file.name));
  std::array<Wide, kMinutes> sums{};
  std::int64_t used = 0;
  while (!reader.failed() && table.next()) {
    ++reader.report.rows_read;
    if (!table.selected(reader)) continue;
    const std::int64_t before = reader.report.rows_skipped;
    add_function(table, first, file, sums, reader);
    if (reader.report.rows_skipped == before) ++used;
  }
  if (used == 0) return;
  reader.report.offsets += used;
  SourceSeries& series = reader.series_of({});
  const std::int64_t start =
      origin_us(reader) + (day_of(file.name) - 1) * static_cast<std::int64_t>(kMinutes) * kMinute;
  // Silent minutes too, so that the day has its full length.
  for (std::size_t minute = 0; minute < kMinutes; ++minute)
    reader.add(series, {start + static_cast<std::int64_t>(minute) * kMinute, sums[minute], false});
}

// ---- Functions, 2021

void read_invocations(const ImportText& file, ImportReader& reader) {
  NamedTable table(file, {"end_timestamp", "duration"}, reader);
  if (reader.failed()) return;
  SourceSeries& series = reader.series_of({});
  const Dialect dialect = reader.dialect(',');
  while (!reader.failed() && table.next()) {
    ++reader.report.rows_read;
    if (!table.selected(reader)) continue;
    auto point =
        reader.time(table.at("end_timestamp"), dialect, {file.name, table.line(), "'end_timestamp'"});
    ImportPoint duration;
    if (!point ||
        !reader.value(table.at("duration"), false, {file.name, table.line(), "'duration'"}, duration))
      continue;
    point->us -= static_cast<std::int64_t>(duration.atto / (kAttoPerUnit / 1'000'000));
    if (point->us < 0) {
      reader.skip("a start before 1970", {file.name, table.line(), "'duration'"}, table.at("duration"),
                  "at most end_timestamp");
      continue;
    }
    point->atto = kAttoPerUnit;
    reader.add(series, *point);
  }
}

// ---- Virtual machines

constexpr std::array<std::string_view, 11> kMachineColumns = {
    "vmid",   "subscription", "deployment", "created",    "deleted",     "maxcpu",
    "avgcpu", "p95maxcpu",    "category",   "corebucket", "memorybucket"};
constexpr std::array<std::string_view, 5> kReadingColumns = {"timestamp", "vmid", "mincpu", "maxcpu",
                                                             "avgcpu"};

// Neither kind of file has a header.
struct MachineTable {
  std::span<const std::string_view> columns;
  std::size_t time, value;  // The value is none where rows are events.
  bool events = false;

  std::optional<std::size_t> column(std::string_view name) const {
    const auto found = std::ranges::find(columns, name);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
  }
};

bool settle_columns(MachineTable& table, const ImportText& file, ImportReader& reader) {
  const std::string& asked = reader.options.column;
  const std::vector<std::string_view> words =
      table.events ? std::vector<std::string_view>{"created", "deleted"}
                   : std::vector<std::string_view>{"mincpu", "maxcpu", "avgcpu"};
  if (!asked.empty()) {
    if (std::ranges::find(words, asked) == words.end()) {
      reader.fail(fmt::format("{}: --column {}: expected {}", file.name, quoted_piece(asked), listed(words)));
      return false;
    }
    (table.events ? table.time : table.value) = table.column(asked).value_or(0);
  }
  for (const auto& [label, value] : reader.options.select)
    if (!table.column(label)) {
      const std::vector<std::string_view> all(table.columns.begin(), table.columns.end());
      reader.fail(fmt::format("{}: --select {}: expected {}", file.name, quoted_piece(label), listed(all)));
      return false;
    }
  return true;
}

bool is_selected(const MachineTable& table, const Records& row, const ImportReader& reader) {
  return std::ranges::all_of(reader.options.select, [&](const auto& wish) {
    return row.field(table.column(wish.first).value_or(0)) == wish.second;
  });
}

void read_machine_row(const MachineTable& table, const Records& row, const ImportText& file,
                      ImportReader& reader) {
  if (row.width() < table.columns.size())
    return reader.skip("too few columns", fmt::format("{}: line {}: {} columns, expected {}", file.name,
                                                      row.line(), row.width(), table.columns.size()));
  if (!is_selected(table, row, reader)) {
    ++reader.report.rows_unselected;
    return;
  }
  auto point = reader.time(row.field(table.time), reader.dialect(','),
                           {file.name, row.line(), table.columns[table.time]});
  if (!point) return;
  point->atto = kAttoPerUnit;
  if (table.events) return reader.add(reader.series_of({}), *point);
  if (reader.value(row.field(table.value), false, {file.name, row.line(), table.columns[table.value]},
                   *point))
    reader.add(reader.series_of({{"vmid", row.field(1)}}), *point);
}

}  // namespace

void read_azure_functions(const ImportText& file, ImportReader& reader) {
  reader.unit = ImportUnit::Count;
  reader.events = true;
  reader.report.source = "invocations";
  const std::string_view header = file.text.substr(0, file.text.find_first_of("\r\n"));
  if (header.find("end_timestamp") != std::string_view::npos)
    read_invocations(file, reader);
  else
    read_function_days(file, reader);
}

void read_azure_vm(const ImportText& file, ImportReader& reader) {
  Records rows(file.text, ',');
  const bool machines = rows.next() && rows.width() == kMachineColumns.size();
  MachineTable table =
      machines ? MachineTable{kMachineColumns, 3, 0, true} : MachineTable{kReadingColumns, 0, 4, false};
  if (!settle_columns(table, file, reader)) return;
  reader.events = table.events;
  reader.unit = machines ? ImportUnit::Count : ImportUnit::Gauge;
  reader.report.source = fmt::format("column {}", table.columns[machines ? table.time : table.value]);
  Records again(file.text, ',');
  while (!reader.failed() && again.next()) {
    ++reader.report.rows_read;
    read_machine_row(table, again, file, reader);
  }
}

}  // namespace tidepool::scenarios
