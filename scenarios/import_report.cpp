// What an import tells: the series as CSV, and what was done on the way, for people and for programs.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/import.hpp"
#include "scenarios/json_writer.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {

namespace {

// The shortest decimal that is exact.
std::string value_text(Wide atto) {
  std::string text = fmt::format("{}", static_cast<std::int64_t>(atto / kAttoPerUnit));
  const auto fraction = static_cast<std::int64_t>(atto % kAttoPerUnit);
  if (fraction == 0) return text;
  text += fmt::format(".{:018}", fraction);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

sim::Time step_start(const ImportReport& report, std::size_t index) {
  return report.first + report.step * static_cast<std::int64_t>(index);
}

// As options write it, or in microseconds when it is finer than they can.
std::string step_text(sim::Duration step) {
  const bool plain = step % std::chrono::milliseconds{1} == sim::Duration::zero();
  return plain ? duration_text(step) : fmt::format("{} us", step.count());
}

std::string rows_line(const ImportReport& report) {
  std::string line = fmt::format("rows read {}, skipped {}", report.rows_read, report.rows_skipped);
  const auto add = [&](std::int64_t count, std::string_view what) {
    if (count > 0) line += fmt::format(", {} {}", what, count);
  };
  add(report.rows_unselected, "not selected");
  add(report.rows_outside, "outside");
  add(report.duplicates, "duplicates");
  add(report.repeats, "repeated times");
  add(report.rows_unordered, "out of order");
  return line;
}

std::string zone_line(const ImportReport& report) {
  std::string line = fmt::format("times without a zone {}, read as {}", report.naive, report.zone);
  if (report.repeated_hour > 0)
    line += fmt::format("; {} in an hour that clocks showed twice", report.repeated_hour);
  if (report.skipped_hour > 0)
    line += fmt::format("; {} in an hour that no clock showed", report.skipped_hour);
  return line;
}

std::string gaps_line(const ImportReport& report) {
  std::string line =
      fmt::format("gaps {}, filled {} ({})", report.gaps, report.filled, name_of(report.gap_rule));
  if (report.spread > 0) line += fmt::format("; {} steps share a counter's growth over holes", report.spread);
  return line;
}

// ---- JSON

void counts_json(const ImportReport& report, JsonWriter& json) {
  json.key("rows_read").number(report.rows_read);
  json.key("rows_skipped").number(report.rows_skipped);
  json.key("skipped").begin_array();
  for (const SkippedRows& each : report.skipped) {
    json.begin_object();
    json.key("reason").text(each.reason);
    json.key("rows").number(each.rows);
    json.key("first").text(each.first);
    json.end_object();
  }
  json.end_array();
  json.key("rows_unselected").number(report.rows_unselected);
  json.key("rows_outside").number(report.rows_outside);
  json.key("rows_unordered").number(report.rows_unordered);
  json.key("duplicates").number(report.duplicates);
  json.key("repeated_times").number(report.repeats);
  json.key("times_without_zone").number(report.naive);
  json.key("times_from_origin").number(report.offsets);
  json.key("zone").text(report.zone);
  json.key("rows_in_repeated_hour").number(report.repeated_hour);
  json.key("rows_in_skipped_hour").number(report.skipped_hour);
  json.key("counter_resets").number(report.resets);
}

void steps_json(const ImportReport& report, JsonWriter& json) {
  json.key("start").text(moment_text(report.first));
  json.key("end").text(moment_text(report.end));
  json.key("step_seconds").decimal(report.step.count());
  json.key("step_source").text(report.step_source);
  json.key("steps").number(report.steps);
  json.key("gaps").number(report.gaps);
  json.key("gap_rule").text(name_of(report.gap_rule));
  json.key("filled").number(report.filled);
  json.key("spread").number(report.spread);
}

void texts_json(std::string_view key, const std::vector<std::string>& texts, JsonWriter& json) {
  json.key(key).begin_array();
  for (const std::string& each : texts) json.text(each);
  json.end_array();
}

}  // namespace

std::string_view name_of(ImportUnit unit) {
  switch (unit) {
    case ImportUnit::Count: return "count";
    case ImportUnit::Rate: return "rate";
    case ImportUnit::Gauge: return "gauge";
    case ImportUnit::Counter: return "counter";
  }
  return "";
}

std::string_view name_of(ImportStamp stamp) { return stamp == ImportStamp::Start ? "start" : "end"; }

std::string_view name_of(ImportGaps gaps) {
  switch (gaps) {
    case ImportGaps::Zero: return "zero";
    case ImportGaps::Hold: return "hold";
    case ImportGaps::Error: return "error";
    case ImportGaps::Empty: return "empty";
  }
  return "";
}

std::string import_csv(const ImportedSeries& series) {
  std::string text = "timestamp,value\n";
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    text += moment_text(step_start(series.report, i));
    text += ',';
    if (series.values[i]) text += value_text(*series.values[i]);
    text += '\n';
  }
  return text;
}

std::string import_report_text(const ImportReport& report) {
  std::string text = fmt::format("{}: {}\n", name_of(report.format), fmt::join(report.files, ", "));
  const auto line = [&](const std::string& fact) { text += "  " + fact + '\n'; };
  line(fmt::format("{}: a {}{}, times at the {} of their period", report.source, name_of(report.declared),
                   report.unit == report.declared ? "" : ", differences become counts",
                   name_of(report.timestamp)));
  if (report.series.size() > 1) line(fmt::format("series {}, combined into one", report.series.size()));
  if (!report.series_left.empty()) line(fmt::format("series left out {}", report.series_left.size()));
  line(rows_line(report));
  for (const SkippedRows& each : report.skipped)
    line(fmt::format("  {}: {} ({})", each.reason, each.rows, each.first));
  if (report.naive > 0) line(zone_line(report));
  if (report.resets > 0) line(fmt::format("counter resets {}", report.resets));
  line(fmt::format("span {} to {}, {} steps of {} ({})", moment_text(report.first), moment_text(report.end),
                   report.steps, step_text(report.step), report.step_source));
  line(gaps_line(report));
  for (const std::string& each : report.warnings) text += "warning: " + each + '\n';
  return text;
}

std::string import_json(const ImportedSeries& series, ImportPoints points) {
  const ImportReport& report = series.report;
  JsonWriter json;
  json.begin_object();
  json.key("schema_version").number(1);
  texts_json("files", report.files, json);
  json.key("format").text(name_of(report.format));
  json.key("source").text(report.source);
  json.key("declared_unit").text(name_of(report.declared));
  json.key("unit").text(name_of(report.unit));
  json.key("timestamp").text(name_of(report.timestamp));
  texts_json("series", report.series, json);
  texts_json("series_left_out", report.series_left, json);
  counts_json(report, json);
  steps_json(report, json);
  texts_json("warnings", report.warnings, json);
  if (points == ImportPoints::Listed) {
    json.key("points").begin_array();
    for (std::size_t i = 0; i < series.values.size(); ++i) {
      json.begin_object();
      json.key("timestamp").text(moment_text(step_start(report, i)));
      json.key("value");
      if (series.values[i])
        json.json(value_text(*series.values[i]));
      else
        json.null();
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
  return json.take();
}

}  // namespace tidepool::scenarios
