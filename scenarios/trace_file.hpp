// Recorded demand from a CSV file: two columns, a time and a value, in whatever dress the user's tool gave them.
//
// What a file cannot say about itself (what its values count, the zone of its times, what a missing period means) is
// an option with a stated default. What was decided and left out on the way is in the TraceImport.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/error.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::scenarios {

/// What a value is. Never guessed: 50 requests in a minute and 50 a second look alike.
///
/// Several rows in one step are added up when they count, and averaged when they are rates. Of rates with the very
/// same time the one further down in the file holds.
enum class TraceUnit : std::uint8_t { Count, RatePerSecond };

/// What a step without a row offers: nothing, or as much as the step before it.
enum class GapRule : std::uint8_t { Zero, Hold };

struct TraceFileOptions {
  /// A header name, or the number of a column from 1 on (a header that consists of that very number goes first).
  /// Empty: the first numeric column after the time.
  std::string value_column;
  /// The same; empty: the first column of calendar times, or else of epoch numbers, or else of small numbers.
  std::string time_column;
  TraceUnit unit = TraceUnit::Count;
  /// Empty: the smallest spacing of rows that is common (a tenth of all) and that most spacings are multiples of; if
  /// there is none, the most common spacing.
  std::optional<sim::Duration> step;
  std::int64_t scale_millionths = 1'000'000;  ///< factor on every value: 1 (a millionth) to 10^12 (a million)
  sim::Duration utc_offset{};  ///< for calendar times without a zone: local = UTC + this; up to 24 h
  GapRule gaps = GapRule::Zero;
  char separator = 0;                            ///< one of , ; | and tab; 0 finds out (not |)
  std::int64_t max_steps = sim::kMaxTraceSteps;  ///< a file that spans more is refused; 1 to kMaxTraceSteps
};

struct TraceImport {
  sim::Trace trace;               ///< steps counted from `first`
  std::int64_t rows_read = 0;     ///< all but the header, empty lines and lines that begin with #
  std::int64_t rows_skipped = 0;  ///< of those, the ones without a usable time and value
  std::int64_t rows_merged = 0;   ///< of those used, the ones that fell into a step that had a row already
  sim::Time first{};              ///< of the rows used
  sim::Time last{};
  sim::Duration step{};
  std::int64_t gaps = 0;                     ///< steps between `first` and `last` without a row
  std::vector<std::string> skipped_reasons;  ///< of the first five, each with its line
};

/// Reads CSV text; `name` stands for the file in messages.
///
/// Times: every form that trace_time.hpp knows. A time marks the start of its period.
/// Values: decimal digits, read exactly (20 significant ones and, once scaled, 12 decimal places) and rounded once,
/// half up, to a micro-unit a step. A comma is a decimal mark where it doesn't separate fields. Empty, -, NaN, null,
/// NA, N/A and none are missing values.
/// Rows may come in any order. Bad rows are skipped and counted. A quoted field ends with its line at the latest.
///
/// Refused, with name, line, column and value: a negative or too large value, an unknown column, a file without a
/// usable row, a span of too many steps, options out of range.
sim::Result<TraceImport> read_trace(std::string_view text, std::string_view name,
                                    const TraceFileOptions& options = {});

/// The same for a file, of at most 1 GiB.
sim::Result<TraceImport> read_trace_file(const std::filesystem::path& path,
                                         const TraceFileOptions& options = {});

}  // namespace tidepool::scenarios
