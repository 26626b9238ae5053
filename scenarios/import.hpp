// Recorded demand from whatever a user's tools wrote: exports of monitoring services, logs, load generators, data sets.
//
// import_series() turns files into one even series of UTC times and values, which a scenario's trace can read. What a
// file cannot say about itself is an option; where the format says it, it has a default, and else it is demanded. All
// that was decided, left out and filled in is in the report. IMPORTS.md is the page for users.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/trace_number.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

enum class ImportFormat : std::uint8_t {
  Auto,
  Csv,
  CloudWatch,
  CloudEye,
  Prometheus,
  AccessLog,
  K6,
  Locust,
  AzureFunctions,
  AzureVm,
  Bitbrains
};

/// What a value is: so many in its period, so many a second, a level, or a total since some start.
enum class ImportUnit : std::uint8_t { Count, Rate, Gauge, Counter };

/// Which end of its period a time marks.
enum class ImportStamp : std::uint8_t { Start, End };

/// What becomes of a step without a value: nothing happened, as the step before, a refusal, or an empty value.
enum class ImportGaps : std::uint8_t { Zero, Hold, Error, Empty };

/// Of rows of one series and one time, with different values: the one read last holds, or they add up.
enum class ImportRepeats : std::uint8_t { Last, Sum };

/// What several series become.
enum class ImportCombine : std::uint8_t { Sum, Mean };

struct ImportOptions {
  ImportFormat format = ImportFormat::Auto;
  std::optional<ImportUnit> unit;
  std::optional<ImportStamp> timestamp;
  std::optional<ImportGaps> gaps;
  ImportRepeats repeats = ImportRepeats::Last;
  std::optional<ImportCombine> combine;
  sim::Duration utc_offset{};  ///< of times without a zone; up to 24 h
  std::string time_zone;       ///< the same by a name such as Europe/Berlin; not together with an offset
  std::optional<sim::Duration> step;
  std::optional<sim::Time> from,
      to;  ///< the first moment and the one after the last; the first step begins at `from`
  std::optional<sim::Time> origin;  ///< what offsets count from; 1970 unless given
  std::string column, time_column;
  char separator = 0;                                       ///< one of , ; | and tab; 0 finds out (not |)
  std::vector<std::pair<std::string, std::string>> select;  ///< labels and the values that they must have
  std::string statistic;
};

/// A file's bytes, gzip or not.
struct ImportFile {
  std::string name;
  std::string bytes;
};

/// The most bytes that a file may have, unpacked.
inline constexpr std::size_t kMaxImportBytes = std::size_t{1} << 30U;

struct SkippedRows {
  std::string reason;
  std::int64_t rows = 0;
  std::string first;  ///< the first of them, with file and line
};

struct ImportReport {
  ImportFormat format{};
  std::vector<std::string> files;
  ImportUnit declared{};  ///< what the values of the files are
  ImportUnit unit{};      ///< what the values of the series are: a counter's differences are counts
  ImportStamp timestamp{};
  ImportGaps gap_rule{};
  std::string source;  ///< what was read: a column, a statistic, a metric
  std::string zone;    ///< of the times without one
  std::int64_t rows_read = 0;
  std::int64_t rows_skipped = 0;
  std::vector<SkippedRows> skipped;
  std::int64_t rows_unselected = 0;      ///< left out by --select, or of another kind than what is read
  std::int64_t rows_outside = 0;         ///< before `from` or not before `to`
  std::int64_t rows_unordered = 0;       ///< with a time before that of the row in front of them
  std::int64_t duplicates = 0;           ///< the very row again; left out
  std::int64_t repeats = 0;              ///< a time again, with another value
  std::int64_t naive = 0;                ///< times without a zone
  std::int64_t offsets = 0;              ///< times that count from a start which the file doesn't tell
  std::int64_t repeated_hour = 0;        ///< naive times that a clock showed twice
  std::int64_t skipped_hour = 0;         ///< and those that no clock showed
  std::int64_t resets = 0;               ///< a counter below its value before
  std::vector<std::string> series;       ///< those the result is made of
  std::vector<std::string> series_left;  ///< those that were left out
  sim::Time first{}, end{};              ///< from the first step's start to the last one's end
  sim::Duration step{};
  std::string step_source;  ///< found in the rows, given, or the default of single events
  std::int64_t steps = 0;
  std::int64_t gaps = 0;    ///< steps without a value
  std::int64_t filled = 0;  ///< of those, the ones that got one
  std::int64_t spread = 0;  ///< steps that share a counter's difference over several
  std::vector<std::string> warnings;
};

/// Values are kept in units of 10^-18.
inline constexpr std::int64_t kAttoPerUnit = 1'000'000'000'000'000'000;

struct ImportedSeries {
  ImportReport report;
  std::vector<std::optional<Wide>> values;  ///< of each step from report.first on
};

/// Why there is no series: `gaps` tells gaps that were to be an error from all that is wrong with files and options.
struct ImportRefusal {
  std::string message;
  bool gaps = false;
};

using ImportResult = std::variant<ImportedSeries, ImportRefusal>;

/// At least one file; several are pieces of one export, or several series.
ImportResult import_series(std::vector<ImportFile> files, const ImportOptions& options);

/// `timestamp,value` with a header, RFC 3339 in UTC, shortest decimals, an empty value where none is known.
std::string import_csv(const ImportedSeries& series);
/// For people, one fact a line.
std::string import_report_text(const ImportReport& report);
/// The same for programs, with the points unless they went elsewhere.
enum class ImportPoints : std::uint8_t { Listed, LeftOut };
std::string import_json(const ImportedSeries& series, ImportPoints points);

std::string_view name_of(ImportFormat format);
std::string_view name_of(ImportUnit unit);
std::string_view name_of(ImportStamp stamp);
std::string_view name_of(ImportGaps gaps);

}  // namespace tidepool::scenarios
