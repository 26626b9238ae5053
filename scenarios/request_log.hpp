// Recorded requests from a CSV file, one a row, and spans of time from a column of one.
//
// Both stand on the readers of traces: the same rows, columns, times and numbers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/trace_file.hpp"
#include "sim/engine/time.hpp"
#include "sim/load/arrivals.hpp"
#include "sim/load/workload.hpp"
#include "sim/model/error.hpp"

namespace tidepool::scenarios {

/// A column that tells how long something took. What its values count is never guessed.
struct SpanColumn {
  std::string column;                         ///< a header, or the number of a column from 1 on
  int unit_power = 9;                         ///< a value of 1 is 10^this ns: 9, 6 or 3
  std::int64_t scale_millionths = 1'000'000;  ///< factor on every value
};

struct RequestLogOptions {
  std::string time_column;            ///< as of traces; empty: found
  std::optional<SpanColumn> service;  ///< empty: the log doesn't tell how long its requests took
  bool draws_missing = false;         ///< a row without a service stays, to be drawn; else it is skipped
  sim::Duration utc_offset{};         ///< as of traces
  char separator = 0;                 ///< as of traces
  std::optional<sim::Time> start;     ///< when the first request is to come; empty: the log's own times
};

struct RequestLog {
  std::vector<sim::load::RecordedRequest> requests;  ///< in order of time, equal times in order of the file
  TraceImport import;  ///< what became of the rows; its trace is how many requests come in each step
};

/// Reads CSV text; `name` stands for the file in messages.
///
/// Rows may come in any order. Bad rows are skipped and counted, as in traces. A service is the column's value times
/// scale and unit, rounded half up to a nanosecond; 0 to 1 day. Steps are whole seconds, or whole minutes when the log
/// spans more than a day; with `start` they are counted from there.
///
/// Refused, with name, line, column and value: a negative or too long service, an unknown column, a log without a
/// usable row, one of too many steps.
sim::Result<RequestLog> read_request_log(std::string_view text, std::string_view name,
                                         const RequestLogOptions& options);
sim::Result<RequestLog> read_request_log_file(const std::filesystem::path& path,
                                              const RequestLogOptions& options);

/// All values of a column; rows without a number are left out. Refused as above.
sim::Result<std::vector<sim::load::Nanos>> read_spans(std::string_view text, std::string_view name,
                                                      const SpanColumn& column);
sim::Result<std::vector<sim::load::Nanos>> read_spans_file(const std::filesystem::path& path,
                                                           const SpanColumn& column);

/// The mean of the services that a log tells, in ns; empty when it tells none.
std::optional<double> mean_service_ns(const std::vector<sim::load::RecordedRequest>& requests);

/// Equal exactly for equal demand. Of a log each request counts, not only how many come in a step.
std::string demand_fingerprint(const sim::Workload& workload);

}  // namespace tidepool::scenarios
