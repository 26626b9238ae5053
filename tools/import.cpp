// tidepool import: what other tools recorded, as a trace that scenarios can read.
#include "scenarios/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/load_units.hpp"
#include "scenarios/load_wording.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool import FILE... [OPTION...]

Reads recorded demand in the form that another tool gave it, and writes one even series as CSV:
timestamp,value with times in UTC. A report of what was read, left out and filled in goes to standard
error. scenarios/IMPORTS.md tells the rules of every format.

Examples:
  tidepool import requests.csv --unit count -o demand.csv
  tidepool import access.log.gz --step 1m -o demand.csv
  aws cloudwatch get-metric-data ... | tidepool import - --statistic Sum -o demand.csv
  tidepool import range.json --select instance=lb-1 --unit rate -o demand.csv

Arguments:
  FILE...                the files, gzip or not, of one format: pieces of one export, or several
                         series; - is standard input

What is read:
  --format F             auto (default), csv, cloudwatch, ces, prometheus, access-log, k6, locust,
                         azure-functions, azure-vm or bitbrains
  --column NAME          the column, metric or measure with the values: a header or a number from 1
  --time-column NAME     the column with the times (csv, bitbrains)
  --separator C          of fields: , ; | or tab (csv, bitbrains); found unless given
  --statistic NAME       of CloudWatch and CES: Sum, Average, p99, ...; needed where there are several
  --select LABEL=VALUE   only series or rows with this label; may be given again and again
  --combine sum|mean     makes one series of several

What it means:
  --unit U               what a value is: count (in its period), rate (a second), gauge (a level) or
                         counter (a running total); needed where the format doesn't tell
  --timestamp start|end  which end of its period a time marks (default start)
  --utc-offset OFFSET    of times without a zone: +1h, -5h30m (default +0s)
  --time-zone NAME       the same by rules of daylight saving: Europe/Berlin
  --origin TIME          what times that are mere offsets count from (default 1970-01-01T00:00:00Z)
  --repeats last|sum     of rows with one time and other values the last holds (default), or they
                         add up; a row that is there twice counts once, but for sum

What comes out:
  --step LENGTH          of the steps: 1m, 5m, 1h (default: found in the rows; 1m for single events)
  --from TIME, --to TIME only what lies between; the first step begins at --from
  --gaps G               of a step without a value: zero (default for counts), hold (the one before),
                         empty (default for rates and gauges) or error (refuse)
  -o, --out FILE         where the CSV goes (default: standard output)
  --json                 print the report as a JSON document, with the points unless there is an --out;
                         errors as JSON too
  --quiet                no report
  -h, --help             print this

Exit codes:
  0 ok, 1 there are gaps and --gaps error, 2 wrong use or invalid input, 3 a file can't be read or
  written, 4 internal error
)";

struct Arguments {
  std::vector<std::string> files, select;
  std::string format, column, time_column, separator, statistic, combine, unit, timestamp, utc_offset,
      time_zone, origin, repeats, step, from, to, gaps, out = "-";
  bool json = false, quiet = false;
};

[[noreturn]] void wrong_use(std::string message) {
  throw Failure{Exit::WrongUse, std::move(message), {}, "See 'tidepool import --help'."};
}

template <class Enum>
struct Word {
  std::string_view text;
  Enum value;
};

// What an option's text stands for; empty when it was not given.
template <class Enum, std::size_t N>
std::optional<Enum> choice(std::string_view option, const std::string& text, const Word<Enum> (&words)[N]) {
  if (text.empty()) return std::nullopt;
  std::vector<std::string_view> known;
  for (const Word<Enum>& each : words) {
    if (each.text == text) return each.value;
    known.push_back(each.text);
  }
  const std::string_view near = scenarios::nearest(text, known);
  wrong_use(fmt::format("{} {}: expected {}{}", option, text, scenarios::listed(known),
                        near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
}

std::optional<sim::Duration> length(std::string_view option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto read = scenarios::read_duration(text);
  if (!read || *read <= sim::Duration::zero())
    wrong_use(fmt::format("{} {}: expected a length with a unit such as 30s, 5m or 1h", option, text));
  return read;
}

std::optional<sim::Time> moment(std::string_view option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto read = scenarios::read_moment(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!read)
    wrong_use(fmt::format("{} {}: expected a time such as 2026-03-01T10:00:00Z or 2026-03-01", option, text));
  return read;
}

sim::Duration offset(std::string_view text) {
  if (text.empty()) return {};
  const bool behind = text.starts_with('-');
  const std::string_view size = behind || text.starts_with('+') ? text.substr(1) : text;
  const auto read = scenarios::read_duration(size);
  if (!read || *read > std::chrono::hours{24})
    wrong_use(fmt::format("--utc-offset {}: expected an offset such as +1h or -5h30m, at most 1d", text));
  return behind ? -*read : *read;
}

char separator(const std::string& text) {
  if (text.empty()) return 0;
  if (text == "tab" || text == "\t") return '\t';
  if (text == "," || text == ";" || text == "|") return text.front();
  wrong_use(fmt::format("--separator {}: expected , ; | or tab", text));
}

std::pair<std::string, std::string> selection(const std::string& text) {
  const std::size_t mark = text.find('=');
  if (mark == std::string::npos || mark == 0)
    wrong_use(fmt::format("--select {}: expected LABEL=VALUE", text));
  return {text.substr(0, mark), text.substr(mark + 1)};
}

scenarios::ImportOptions options_of(const Arguments& arguments) {
  using namespace scenarios;
  constexpr Word<ImportFormat> kFormats[] = {
      {"auto", ImportFormat::Auto},
      {"csv", ImportFormat::Csv},
      {"cloudwatch", ImportFormat::CloudWatch},
      {"ces", ImportFormat::CloudEye},
      {"prometheus", ImportFormat::Prometheus},
      {"access-log", ImportFormat::AccessLog},
      {"k6", ImportFormat::K6},
      {"locust", ImportFormat::Locust},
      {"azure-functions", ImportFormat::AzureFunctions},
      {"azure-vm", ImportFormat::AzureVm},
      {"bitbrains", ImportFormat::Bitbrains},
  };
  constexpr Word<ImportUnit> kUnits[] = {{"count", ImportUnit::Count},
                                         {"rate", ImportUnit::Rate},
                                         {"gauge", ImportUnit::Gauge},
                                         {"counter", ImportUnit::Counter}};
  constexpr Word<ImportStamp> kStamps[] = {{"start", ImportStamp::Start}, {"end", ImportStamp::End}};
  constexpr Word<ImportGaps> kGaps[] = {{"zero", ImportGaps::Zero},
                                        {"hold", ImportGaps::Hold},
                                        {"error", ImportGaps::Error},
                                        {"empty", ImportGaps::Empty}};
  constexpr Word<ImportRepeats> kRepeats[] = {{"last", ImportRepeats::Last}, {"sum", ImportRepeats::Sum}};
  constexpr Word<ImportCombine> kCombine[] = {{"sum", ImportCombine::Sum}, {"mean", ImportCombine::Mean}};

  ImportOptions options;
  options.format = choice("--format", arguments.format, kFormats).value_or(ImportFormat::Auto);
  options.unit = choice("--unit", arguments.unit, kUnits);
  options.timestamp = choice("--timestamp", arguments.timestamp, kStamps);
  options.gaps = choice("--gaps", arguments.gaps, kGaps);
  options.repeats = choice("--repeats", arguments.repeats, kRepeats).value_or(ImportRepeats::Last);
  options.combine = choice("--combine", arguments.combine, kCombine);
  options.utc_offset = offset(arguments.utc_offset);
  options.time_zone = arguments.time_zone;
  options.step = length("--step", arguments.step);
  options.from = moment("--from", arguments.from);
  options.to = moment("--to", arguments.to);
  options.origin = moment("--origin", arguments.origin);
  options.column = arguments.column;
  options.time_column = arguments.time_column;
  options.separator = separator(arguments.separator);
  options.statistic = arguments.statistic;
  for (const std::string& each : arguments.select) options.select.push_back(selection(each));
  return options;
}

// A file that is written must not be one that is read.
void refuse_overwriting(const Arguments& arguments) {
  if (arguments.out == "-") return;
  for (const std::string& each : arguments.files) {
    std::error_code ignored;
    if (each == arguments.out || std::filesystem::equivalent(each, arguments.out, ignored))
      wrong_use(fmt::format("--out {}: expected another file than those that are read", arguments.out));
  }
}

scenarios::ImportedSeries import(const Arguments& arguments) {
  const scenarios::ImportOptions options = options_of(arguments);
  refuse_overwriting(arguments);
  if (std::ranges::count(arguments.files, "-") > 1) wrong_use("- can be read only once");
  std::vector<scenarios::ImportFile> files;
  for (const std::string& each : arguments.files)
    files.push_back({each == "-" ? kStdin : each, read_text(each)});
  auto result = scenarios::import_series(std::move(files), options);
  if (auto* refusal = std::get_if<scenarios::ImportRefusal>(&result))
    throw Failure{refusal->gaps ? Exit::Missed : Exit::WrongUse,
                  std::move(refusal->message),
                  {},
                  "See 'tidepool import --help' and scenarios/IMPORTS.md.",
                  refusal->gaps ? "gaps" : "invalid_input"};
  return std::get<scenarios::ImportedSeries>(std::move(result));
}

Exit run_import(const Arguments& arguments) {
  if (arguments.files.empty()) wrong_use("import needs at least one FILE");
  const scenarios::ImportedSeries series = import(arguments);
  const bool to_file = arguments.out != "-";
  if (to_file || !arguments.json) {
    OutputFile out(arguments.out);
    out.write(scenarios::import_csv(series));
    out.finish();
  }
  using scenarios::ImportPoints;
  if (arguments.json)
    print(scenarios::import_json(series, to_file ? ImportPoints::LeftOut : ImportPoints::Listed));
  else if (!arguments.quiet)
    fmt::print(stderr, "{}", scenarios::import_report_text(series.report));
  return Exit::Ok;
}

}  // namespace

Verb add_import(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("import");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("FILE", arguments->files);
  const std::pair<const char*, std::string*> texts[] = {
      {"--format", &arguments->format},
      {"--column", &arguments->column},
      {"--time-column", &arguments->time_column},
      {"--separator", &arguments->separator},
      {"--statistic", &arguments->statistic},
      {"--combine", &arguments->combine},
      {"--unit", &arguments->unit},
      {"--timestamp", &arguments->timestamp},
      {"--utc-offset", &arguments->utc_offset},
      {"--time-zone", &arguments->time_zone},
      {"--origin", &arguments->origin},
      {"--repeats", &arguments->repeats},
      {"--step", &arguments->step},
      {"--from", &arguments->from},
      {"--to", &arguments->to},
      {"--gaps", &arguments->gaps},
      {"-o,--out", &arguments->out},
  };
  for (const auto& [name, text] : texts) parser->add_option(name, *text);
  // One value each time, or FILE would be taken for another one.
  parser->add_option("--select", arguments->select)->allow_extra_args(false);
  parser->add_flag("--json", arguments->json);
  parser->add_flag("--quiet", arguments->quiet);
  return {parser, kHelp, [arguments] { return run_import(*arguments); }};
}

}  // namespace tidepool::tools
