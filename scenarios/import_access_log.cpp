// Access logs of web servers, common or combined: each line is an event.
//
//     192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 2326 "referer" "agent" 0.012
//
// A record has a host, a time in brackets, a quoted request, a status and a size. What stands between host and time and
// what follows the size is taken as it comes.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/import_reader.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

struct Record {
  std::string_view host, time, request, status, bytes, rest;
};

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

std::string_view word_of(std::string_view text, std::size_t index) {
  for (; index > 0; --index) {
    const std::size_t blank = text.find(' ');
    if (blank == std::string_view::npos) return {};
    text.remove_prefix(blank + 1);
  }
  return text.substr(0, text.find(' '));
}

// Old servers write quotes in a request as they come, so its end is the quote that a status follows.
std::size_t end_of_request(std::string_view text) {
  constexpr std::size_t kStatus = 3;
  for (std::size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    const std::string_view after = text.substr(at + 1);
    if (after.size() > kStatus && after[0] == ' ' && all_digits(after.substr(1, kStatus)) &&
        (after.size() == kStatus + 1 || after[kStatus + 1] == ' '))
      return at;
  }
  return std::string_view::npos;
}

std::optional<Record> record_in(std::string_view line) {
  Record record;
  record.host = line.substr(0, line.find(' '));
  const std::size_t open = line.find(" ["), close = line.find("] \"", open);
  if (record.host.empty() || open == std::string_view::npos || close == std::string_view::npos)
    return std::nullopt;
  record.time = line.substr(open + 2, close - open - 2);
  std::string_view rest = line.substr(close + 3);
  const std::size_t end = end_of_request(rest);
  if (end == std::string_view::npos) return std::nullopt;
  record.request = rest.substr(0, end);
  rest = trimmed(rest.substr(end + 1));
  record.status = word_of(rest, 0);
  record.bytes = word_of(rest, 1);
  if (record.status.size() != 3 || !(record.bytes == "-" || all_digits(record.bytes))) return std::nullopt;
  record.rest = trimmed(rest).substr(std::min(rest.size(), record.status.size() + 1 + record.bytes.size()));
  return record;
}

std::string_view last_word(std::string_view text) {
  text = trimmed(text);
  const std::size_t blank = text.rfind(' ');
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

enum class Measure : std::uint8_t { Requests, Bytes, RequestTime };

std::optional<Measure> measure_of(const ImportText& file, ImportReader& reader) {
  const std::string& column = reader.options.column;
  if (column.empty() || column == "requests") return Measure::Requests;
  if (column == "bytes") return Measure::Bytes;
  if (column == "request_time") return Measure::RequestTime;
  reader.fail(fmt::format("{}: --column {}: expected requests, bytes or request_time", file.name,
                          quoted_piece(column)));
  return std::nullopt;
}

bool is_selected(const Record& record, const ImportReader& reader) {
  if (reader.options.select.empty()) return true;
  return reader.selects({{"host", std::string(record.host)},
                         {"method", std::string(word_of(record.request, 0))},
                         {"path", std::string(word_of(record.request, 1))},
                         {"status", std::string(record.status)}});
}

bool known_labels(const ImportText& file, ImportReader& reader) {
  for (const auto& [label, value] : reader.options.select)
    if (label != "host" && label != "method" && label != "path" && label != "status") {
      reader.fail(fmt::format("{}: --select {}: expected host, method, path or status", file.name,
                              quoted_piece(label)));
      return false;
    }
  return true;
}

bool take_measure(Measure measure, const Record& record, const ImportPlace& place, ImportPoint& point,
                  ImportReader& reader) {
  point.atto = kAttoPerUnit;
  if (measure == Measure::Requests) return true;
  if (measure == Measure::RequestTime) return reader.value(last_word(record.rest), false, place, point);
  return reader.value(record.bytes == "-" ? "0" : record.bytes, false, place, point);
}

}  // namespace

void read_access_log(const ImportText& file, ImportReader& reader) {
  const auto measure = measure_of(file, reader);
  if (!measure || !known_labels(file, reader)) return;
  reader.events = true;
  reader.unit = measure == Measure::RequestTime ? ImportUnit::Gauge : ImportUnit::Count;
  reader.report.source = reader.options.column.empty() ? "requests" : reader.options.column;
  SourceSeries& series = reader.series_of({});
  const Dialect dialect = reader.dialect(',');
  std::int64_t number = 0;
  for (std::string_view rest = file.text; !rest.empty() && !reader.failed();) {
    const std::string_view line = take_line(rest);
    ++number;
    if (trimmed(line).empty()) continue;
    ++reader.report.rows_read;
    const auto record = record_in(line);
    if (!record) {
      reader.skip("no log record", {file.name, number, {}}, line, "a record of an access log");
      continue;
    }
    if (!is_selected(*record, reader)) {
      ++reader.report.rows_unselected;
      continue;
    }
    auto point = reader.time(record->time, dialect, {file.name, number, "time"});
    if (point && take_measure(*measure, *record, {file.name, number, reader.report.source}, *point, reader))
      reader.add(series, *point);
  }
}

}  // namespace tidepool::scenarios
