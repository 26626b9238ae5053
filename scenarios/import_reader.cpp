#include "scenarios/import_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

constexpr Wide kMaxAtto = Wide{1'000'000'000'000} * kAttoPerUnit;
constexpr std::size_t kMostJsonBytes = std::size_t{64} << 20U;

}  // namespace

std::string text_of(const ImportLabels& labels) {
  if (labels.empty()) return "the values";
  std::string name, rest;
  for (const auto& [label, value] : labels) {
    if (label == "__name__")
      name = value;
    else
      rest += fmt::format("{}{}=\"{}\"", rest.empty() ? "" : ", ", label, value);
  }
  return rest.empty() ? name : fmt::format("{}{{{}}}", name, rest);
}

std::string ImportPlace::text() const {
  if (line == 0) return field.empty() ? std::string(file) : fmt::format("{}: {}", file, field);
  return field.empty() ? fmt::format("{}: line {}", file, line)
                       : fmt::format("{}: line {}, column {}", file, line, field);
}

SourceSeries& ImportReader::series_of(const ImportLabels& labels) {
  const auto [at, fresh] = places_.try_emplace(labels, series.size());
  if (fresh) series.push_back({labels, {}});
  return series[at->second];
}

Dialect ImportReader::dialect(char separator) const {
  return {separator, options.time_zone.empty() ? options.utc_offset : sim::Duration::zero()};
}

std::optional<ImportPoint> ImportReader::time(std::string_view text, const Dialect& dialect,
                                              const ImportPlace& place) {
  const auto time = parse_time(text, dialect);
  if (!time) {
    skip("no time", place, text, "a time");
    return std::nullopt;
  }
  ImportPoint point{time->us, 0, time->naive};
  if (time->kind == TimeKind::Offset) {
    ++report.offsets;
    if (options.origin) point.us += options.origin->time_since_epoch().count();
  }
  if (point.us < 0) {
    skip("a time before 1970", place, text, "1970 or later");
    return std::nullopt;
  }
  if (time->naive) ++report.naive;
  return point;
}

bool ImportReader::value(std::string_view text, bool comma_is_mark, const ImportPlace& place,
                         ImportPoint& point) {
  const auto number = parse_decimal(text, comma_is_mark);
  if (!number) {
    if (is_missing(text))
      skip("no value", place, text, "a number");
    else
      skip("a value that is no number", place, text, "a number");
    return false;
  }
  if (number->negative && number->digits != 0) {
    fail(place, text, "0 or more");
    return false;
  }
  const auto atto = scaled(*number, 1, 18);
  if (!atto || *atto > kMaxAtto) {
    fail(place, text, "at most 10^12");
    return false;
  }
  point.atto = *atto;
  return true;
}

void ImportReader::add(SourceSeries& to, const ImportPoint& point) {
  if (!to.points.empty() && point.us < to.points.back().us) ++report.rows_unordered;
  to.points.push_back(point);
}

void ImportReader::skip(std::string_view reason, const ImportPlace& place, std::string_view text,
                        std::string_view expected) {
  const auto known = skip_places_.find(reason);
  skip(reason, known != skip_places_.end()
                   ? std::string()
                   : fmt::format("{}: {}, expected {}", place.text(), quoted_piece(text), expected));
}

void ImportReader::skip(std::string_view reason, std::string first) {
  ++report.rows_skipped;
  const auto [at, fresh] = skip_places_.try_emplace(std::string(reason), report.skipped.size());
  if (fresh) report.skipped.push_back({std::string(reason), 0, std::move(first)});
  ++report.skipped[at->second].rows;
}

void ImportReader::fail(const ImportPlace& place, std::string_view text, std::string_view expected) {
  fail(fmt::format("{}: {}, expected {}", place.text(), quoted_piece(text), expected));
}

void ImportReader::fail(std::string message) {
  if (failure.empty()) failure = std::move(message);
}

const std::string* ImportReader::wanted(std::string_view label) const {
  const auto found =
      std::ranges::find_if(options.select, [&](const auto& each) { return each.first == label; });
  return found == options.select.end() ? nullptr : &found->second;
}

bool ImportReader::selects(const ImportLabels& labels) const {
  return std::ranges::all_of(options.select, [&](const auto& wish) {
    const auto found =
        std::ranges::find_if(labels, [&](const auto& each) { return each.first == wish.first; });
    return found == labels.end() ? wish.second.empty() : found->second == wish.second;
  });
}

std::optional<Json> read_json(const ImportText& file, ImportReader& reader) {
  Complaints complaints{file.name};
  auto json = parse_json(file.text, complaints, kMostJsonBytes);
  const auto lines = complaints.take();
  if (!json) reader.fail(lines.empty() ? file.name + ": not JSON" : lines.front());
  return json;
}

bool same_word(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace tidepool::scenarios
