#include "scenarios/request_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <utility>

#include "scenarios/trace_columns.hpp"
#include "scenarios/trace_number.hpp"
#include "scenarios/trace_rows.hpp"
#include "scenarios/trace_time.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using sim::Error;
using sim::Result;
using sim::Time;
using sim::load::Nanos;
using sim::load::RecordedRequest;

constexpr Nanos kLongestService = std::chrono::hours{24};
constexpr Duration kLongestInSeconds = std::chrono::hours{24};
constexpr std::size_t kReasonsKept = 5;

Error refused(std::string message) { return {sim::ErrorCode::BodyInvalid, std::move(message)}; }

std::string at(const Records& row, const std::string& name, std::size_t column, const char* expected) {
  return fmt::format("line {}, column {}: {}: {}", row.line(), name, quoted_piece(row.field(column)),
                     expected);
}

// A column of the file, as messages call it.
struct Place {
  std::size_t index = 0;
  std::string name;
};

class SpanReader {
 public:
  SpanReader(const SpanColumn& of, const Dialect& dialect, Place place)
      : of_(of), dialect_(dialect), place_(std::move(place)) {}

  const Place& place() const { return place_; }

  // Empty where there is no number; an error where there is one that no span can have.
  Result<std::optional<Nanos>> read(const Records& row) const {
    const auto number = parse_decimal(row.field(place_.index), dialect_.comma_is_mark());
    if (!number) return std::optional<Nanos>();
    if (number->negative && number->digits != 0)
      return refused(at(row, place_.name, place_.index, "expected 0 or more"));
    // A millionth of the scale times the unit, and one digit more to round by.
    const auto tenths = scaled(*number, of_.scale_millionths, of_.unit_power - 6 + 1);
    const std::optional<Wide> ns = tenths ? std::optional((*tenths + 5) / 10) : std::nullopt;
    if (!ns || *ns > kLongestService.count())
      return refused(at(row, place_.name, place_.index, "expected, once scaled, at most 1d"));
    return std::optional(Nanos{static_cast<std::int64_t>(*ns)});
  }

 private:
  const SpanColumn& of_;
  const Dialect& dialect_;
  Place place_;
};

// ---- Rows to requests

class LogReader {
 public:
  LogReader(const RequestLogOptions& options, const Dialect& dialect, Place time,
            std::optional<SpanReader> service)
      : options_(options), dialect_(dialect), time_(std::move(time)), service_(std::move(service)) {}

  // Only what no log may hold is an error; a row that can't be read is skipped.
  std::optional<Error> read(const Records& row, RequestLog& log) const {
    ++log.import.rows_read;
    RecordedRequest request;
    std::string reason = time_problem(row, request);
    if (reason.empty() && service_) {
      const auto service = service_->read(row);
      if (!service) return service.error();
      const Place& place = service_->place();
      if (*service)
        request.service = **service;
      else if (!options_.draws_missing || !is_missing(row.field(place.index)))
        reason = at(row, place.name, place.index, "expected a number");
    }
    if (reason.empty()) {
      log.requests.push_back(request);
      return std::nullopt;
    }
    ++log.import.rows_skipped;
    if (log.import.skipped_reasons.size() < kReasonsKept)
      log.import.skipped_reasons.push_back(std::move(reason));
    return std::nullopt;
  }

 private:
  std::string time_problem(const Records& row, RecordedRequest& request) const {
    const std::size_t needed = std::max(time_.index, service_ ? service_->place().index : 0) + 1;
    if (row.width() < needed)
      return fmt::format("line {}: {} columns: expected {} or more", row.line(), row.width(), needed);
    const auto time = parse_time(row.field(time_.index), dialect_);
    if (!time) return at(row, time_.name, time_.index, "expected a time");
    if (time->us < 0) return at(row, time_.name, time_.index, "expected 1970 or later");
    request.at = Time{Duration{time->us}};
    return {};
  }

  const RequestLogOptions& options_;
  const Dialect& dialect_;
  Place time_;
  std::optional<SpanReader> service_;
};

Result<LogReader> reader_of(const Head& head, const ColumnChoice& choice, const RequestLogOptions& options,
                            const Dialect& dialect) {
  if (head.first.empty()) return refused("no rows: expected a request a line");
  if (options.service) {
    const auto both = find_columns(choice, head);
    if (!both) return both.error();
    return LogReader(options, dialect, {both->time, both->time_name},
                     SpanReader(*options.service, dialect, {both->value, both->value_name}));
  }
  const auto time = find_time_column(choice, head);
  if (!time) return time.error();
  return LogReader(options, dialect, {*time, name_of_column(*time, head)}, std::nullopt);
}

Error no_usable_row(std::int64_t rows, const std::vector<std::string>& reasons) {
  return refused(fmt::format("no usable row among {}{}{}", rows, reasons.empty() ? "" : "; ",
                             reasons.empty() ? "" : reasons.front()));
}

// ---- Requests to steps

// How many come in each step from `from` on.
Result<sim::Trace> counted(RequestLog& log, Time from, Duration step) {
  const std::int64_t steps = (log.requests.back().at - from) / step + 1;
  if (steps > sim::kMaxTraceSteps)
    return refused(fmt::format("requests from {} to {}: expected at most {} steps of {} s; is a time wrong?",
                               time_text(log.import.first), time_text(log.import.last), sim::kMaxTraceSteps,
                               step / std::chrono::seconds{1}));
  std::vector<sim::Amount> amounts(static_cast<std::size_t>(steps), 0);
  for (const RecordedRequest& each : log.requests)
    amounts[static_cast<std::size_t>((each.at - from) / step)] += sim::kAmountUnit;
  log.import.gaps = std::ranges::count(amounts, 0);
  log.import.rows_merged = static_cast<std::int64_t>(log.requests.size()) - (steps - log.import.gaps);
  return sim::make_trace(from, step, std::move(amounts));
}

std::optional<Error> put_in_order(RequestLog& log, const RequestLogOptions& options) {
  auto& requests = log.requests;
  std::ranges::stable_sort(requests, {}, &RecordedRequest::at);
  TraceImport& import = log.import;
  import.first = requests.front().at;
  import.last = requests.back().at;
  import.step = std::chrono::seconds{1};
  if (import.last - import.first > kLongestInSeconds) import.step = std::chrono::minutes{1};
  Time from = import.first - import.first.time_since_epoch() % import.step;
  if (options.start) {
    const Duration later = *options.start - import.first;
    for (RecordedRequest& each : requests) each.at += later;
    from = *options.start;
  }
  auto trace = counted(log, from, import.step);
  if (!trace) return trace.error();
  import.trace = *std::move(trace);
  return std::nullopt;
}

Result<RequestLog> read(std::string_view bytes, const RequestLogOptions& options) {
  const auto text = csv_text(bytes);
  if (!text) return text.error();
  const Dialect dialect{options.separator != 0 ? options.separator : detected_separator(*text),
                        options.utc_offset};
  const ColumnChoice choice{options.time_column, options.service ? options.service->column : std::string(),
                            "time_column", "service_column"};
  const Head head = head_of(*text, choice, dialect);
  const auto reader = reader_of(head, choice, options, dialect);
  if (!reader) return reader.error();
  RequestLog log;
  Records rows(*text, dialect.separator);
  if (head.header) rows.next();
  while (rows.next())
    if (auto error = reader->read(rows, log)) return *std::move(error);
  if (log.requests.empty()) return no_usable_row(log.import.rows_read, log.import.skipped_reasons);
  if (auto error = put_in_order(log, options)) return *std::move(error);
  return log;
}

Result<std::vector<Nanos>> read_column(std::string_view bytes, const SpanColumn& column) {
  const auto text = csv_text(bytes);
  if (!text) return text.error();
  const Dialect dialect{detected_separator(*text), {}};
  const ColumnChoice choice{{}, column.column, "time_column", "column"};
  const Head head = head_of(*text, choice, dialect);
  if (head.first.empty()) return refused("no rows: expected a value a line");
  const auto index = asked_column(choice.value_option, choice.value, head);
  if (!index) return index.error();
  const SpanReader reader(column, dialect, {*index, name_of_column(*index, head)});
  std::vector<Nanos> spans;
  std::int64_t count = 0;
  Records rows(*text, dialect.separator);
  if (head.header) rows.next();
  for (; rows.next(); ++count) {
    if (rows.width() <= *index) continue;
    const auto span = reader.read(rows);
    if (!span) return span.error();
    if (*span) spans.push_back(**span);
  }
  if (spans.empty()) return no_usable_row(count, {});
  return spans;
}

template <class T>
Result<T> named(std::string_view name, Result<T> result) {
  if (!result) return Error{result.error().code, fmt::format("{}: {}", name, result.error().message)};
  return result;
}

}  // namespace

Result<RequestLog> read_request_log(std::string_view text, std::string_view name,
                                    const RequestLogOptions& options) {
  return named(name, read(text, options));
}

Result<RequestLog> read_request_log_file(const std::filesystem::path& path,
                                         const RequestLogOptions& options) {
  const auto text = read_csv_file(path);
  if (!text) return text.error();
  return read_request_log(*text, path.string(), options);
}

Result<std::vector<Nanos>> read_spans(std::string_view text, std::string_view name,
                                      const SpanColumn& column) {
  return named(name, read_column(text, column));
}

Result<std::vector<Nanos>> read_spans_file(const std::filesystem::path& path, const SpanColumn& column) {
  const auto text = read_csv_file(path);
  if (!text) return text.error();
  return read_spans(*text, path.string(), column);
}

std::optional<double> mean_service_ns(const std::vector<RecordedRequest>& requests) {
  Wide sum = 0, count = 0;
  for (const RecordedRequest& each : requests) {
    if (each.service < Nanos::zero()) continue;
    sum += each.service.count();
    ++count;
  }
  if (count == 0) return std::nullopt;
  return static_cast<double>(sum) / static_cast<double>(count);
}

std::string demand_fingerprint(const sim::Workload& workload) {
  std::string steps = sim::fingerprint_of(workload.trace);
  if (!workload.requests) return steps;
  const sim::load::ArrivalSettings& arrivals = workload.requests->arrivals;
  const bool plain =
      arrivals.kind == sim::load::ArrivalSettings::Kind::Poisson && arrivals.batch == 1 && !arrivals.recorded;
  if (plain) return steps;
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, eight bytes at a time
  const auto mix = [&](std::int64_t value) {
    hash = (hash ^ static_cast<std::uint64_t>(value)) * 0x100000001b3;
    hash ^= hash >> 32U;  // Or high bits would never reach the low ones.
  };
  mix(static_cast<std::int64_t>(arrivals.kind));
  mix(arrivals.batch);
  mix(arrivals.random_batch ? 1 : 0);
  mix(std::bit_cast<std::int64_t>(arrivals.calm_factor));
  mix(std::bit_cast<std::int64_t>(arrivals.busy_factor));
  mix(arrivals.calm_length.count());
  mix(arrivals.busy_length.count());
  if (arrivals.recorded)
    for (const RecordedRequest& each : *arrivals.recorded) {
      mix(each.at.time_since_epoch().count());
      mix(each.service.count());
    }
  return fmt::format("{}{:016x}", steps, hash);
}

}  // namespace tidepool::scenarios
