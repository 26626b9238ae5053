// Which columns of a CSV file hold the time and the value, and whether its first line is a header.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/trace_time.hpp"
#include "sim/model/error.hpp"

namespace tidepool::scenarios {

/// The columns that are asked for: a header, or a number from 1 on. Empty: found from what the first rows hold.
struct ColumnChoice {
  std::string time, value;
  /// How messages call the two.
  const char* time_option = "time_column";
  const char* value_option = "value_column";
};

struct Columns {
  bool header = false;
  std::size_t time = 0, value = 0;
  std::string time_name, value_name;  // for messages
};

/// What the first rows hold in one column.
struct ColumnContent {
  std::array<std::size_t, 3> times{};  // by TimeKind
  std::size_t numbers = 0, missing = 0, rows = 0;
  // Most of what is there: one broken row must not hide a column.
  bool mostly(std::size_t count) const { return count > 0 && 2 * count > rows - missing; }
};

/// The head of a file: its first line, as text, and what the rows below (or from it on) look like.
struct Head {
  bool header = false;
  std::vector<std::string> first;
  std::vector<ColumnContent> columns;
};
Head head_of(std::string_view text, const ColumnChoice& choice, const Dialect& dialect);

/// The column that is asked for, by header or by number; `option` is what messages call the wish.
sim::Result<std::size_t> asked_column(const char* option, const std::string& asked, const Head& head);

/// The column of times that is asked for, or the first one of calendar times, or else of epoch numbers, or else of small
/// numbers.
sim::Result<std::size_t> find_time_column(const ColumnChoice& choice, const Head& head);

/// A column as messages call it: its header, or its number.
std::string name_of_column(std::size_t column, const Head& head);

/// Both columns. Value: the one that is asked for, or the first numeric one after the time.
sim::Result<Columns> find_columns(const ColumnChoice& choice, const Head& head);

}  // namespace tidepool::scenarios
