#include "scenarios/trace_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/trace_number.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

using sim::Error;
using sim::Result;

constexpr std::size_t kSampledRows = 100;

Error refused(std::string message) { return {sim::ErrorCode::BodyInvalid, std::move(message)}; }

bool is_number(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

void look_at(std::span<const std::string> fields, const Dialect& dialect,
             std::vector<ColumnContent>& columns) {
  columns.resize(std::max(columns.size(), fields.size()));
  for (std::size_t i = 0; i < fields.size(); ++i) {
    ColumnContent& column = columns[i];
    ++column.rows;
    if (const auto time = parse_time(fields[i], dialect))
      ++column.times[static_cast<std::size_t>(time->kind)];
    if (parse_decimal(fields[i], dialect.comma_is_mark())) ++column.numbers;
    if (is_missing(fields[i])) ++column.missing;
  }
}

// See find_columns.
std::optional<std::size_t> found_time_column(const std::vector<ColumnContent>& columns) {
  for (std::size_t kind = 0; kind < 3; ++kind)
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i].mostly(columns[i].times[kind])) return i;
  return std::nullopt;
}

// Whether `first` has a word where the rows below it have their times.
bool names_the_times(const std::vector<std::string>& first, const std::vector<ColumnContent>& below,
                     const Dialect& dialect) {
  const auto column = found_time_column(below);
  return column && *column < first.size() && !is_missing(first[*column]) &&
         !parse_time(first[*column], dialect);
}

// A first line is a header when it has a column that was asked for by name, or when nothing in it is a time or number.
// Numbers can be names too, and the one asked for is when the times below have a name.
bool is_header(const std::vector<std::string>& first, const std::vector<ColumnContent>& below,
               const ColumnChoice& choice, const Dialect& dialect) {
  for (const std::string& each : first) {
    if (each.empty() || (each != choice.time && each != choice.value)) continue;
    if (!is_number(each) || names_the_times(first, below, dialect)) return true;
  }
  return std::ranges::none_of(first, [&](const std::string& each) {
    return parse_time(each, dialect).has_value() || parse_decimal(each, dialect.comma_is_mark()).has_value();
  });
}

Result<std::size_t> value_column(const ColumnChoice& choice, const Head& head, std::size_t time) {
  if (!choice.value.empty()) return asked_column(choice.value_option, choice.value, head);
  for (std::size_t i = time + 1; i < head.columns.size(); ++i)
    if (head.columns[i].mostly(head.columns[i].numbers)) return i;
  return refused(fmt::format("no numeric column after the time (column {}): name one with {}", time + 1,
                             choice.value_option));
}

}  // namespace

Head head_of(std::string_view text, const ColumnChoice& choice, const Dialect& dialect) {
  Head head;
  Records rows(text, dialect.separator);
  if (!rows.next()) return head;
  head.first.assign(rows.fields().begin(), rows.fields().end());
  for (std::size_t i = 0; i < kSampledRows && rows.next(); ++i) look_at(rows.fields(), dialect, head.columns);
  head.header = is_header(head.first, head.columns, choice, dialect);
  if (!head.header) look_at(head.first, dialect, head.columns);
  return head;
}

Result<std::size_t> asked_column(const char* option, const std::string& asked, const Head& head) {
  const std::size_t width = std::max(head.first.size(), head.columns.size());
  std::string names;
  if (head.header) {
    const auto found = std::ranges::find(head.first, asked);
    if (found != head.first.end()) return static_cast<std::size_t>(found - head.first.begin());
    for (const std::string& each : head.first) names += quoted_piece(each) + ", ";
  }
  if (is_number(asked) && asked.size() < 7) {
    const auto number = static_cast<std::size_t>(std::stoul(asked));
    if (number >= 1 && number <= width) return number - 1;
  }
  return refused(fmt::format("{} {}: expected {}{}1 to {}", option, quoted_piece(asked),
                             names.empty() ? "" : "one of ", names.empty() ? "" : names + "or ", width));
}

Result<std::size_t> find_time_column(const ColumnChoice& choice, const Head& head) {
  if (!choice.time.empty()) return asked_column(choice.time_option, choice.time, head);
  if (const auto found = found_time_column(head.columns)) return *found;
  return refused(fmt::format("no column of times in the first rows: name one with {}", choice.time_option));
}

std::string name_of_column(std::size_t column, const Head& head) {
  if (head.header && column < head.first.size()) return quoted_piece(head.first[column]);
  return fmt::format("{}", column + 1);
}

Result<Columns> find_columns(const ColumnChoice& choice, const Head& head) {
  if (head.first.empty()) return refused("no rows: expected a time and a value a line");
  const auto time = find_time_column(choice, head);
  if (!time) return time.error();
  const auto value = value_column(choice, head, *time);
  if (!value) return value.error();
  if (*time == *value)
    return refused(fmt::format("column {}: expected different ones for time and value", *time + 1));
  return Columns{head.header, *time, *value, name_of_column(*time, head), name_of_column(*value, head)};
}

}  // namespace tidepool::scenarios
