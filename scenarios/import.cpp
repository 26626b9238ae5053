// From files to one even series: unpack, find the format, read, and leave the rest to even_series.
#include "scenarios/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "scenarios/import_gzip.hpp"
#include "scenarios/import_reader.hpp"
#include "scenarios/import_zone.hpp"
#include "scenarios/load_units.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

struct FormatReader {
  ImportFormat format;
  std::string_view name;
  void (*read)(const ImportText&, ImportReader&);
};

constexpr std::array<FormatReader, 11> kFormats = {{
    {ImportFormat::Auto, "auto", nullptr},
    {ImportFormat::Csv, "csv", read_csv_import},
    {ImportFormat::CloudWatch, "cloudwatch", read_cloudwatch},
    {ImportFormat::CloudEye, "ces", read_cloud_eye},
    {ImportFormat::Prometheus, "prometheus", read_prometheus},
    {ImportFormat::AccessLog, "access-log", read_access_log},
    {ImportFormat::K6, "k6", read_k6},
    {ImportFormat::Locust, "locust", read_locust},
    {ImportFormat::AzureFunctions, "azure-functions", read_azure_functions},
    {ImportFormat::AzureVm, "azure-vm", read_azure_vm},
    {ImportFormat::Bitbrains, "bitbrains", read_bitbrains},
}};

const FormatReader& reader_of(ImportFormat format) {
  return *std::ranges::find(kFormats, format, &FormatReader::format);
}

// ---- Which format it is

bool has_all(std::string_view line, std::initializer_list<std::string_view> words) {
  return std::ranges::all_of(words, [&](auto each) { return line.find(each) != std::string_view::npos; });
}

// By the keys that the beginning of the document has: it may be large, or broken further down.
ImportFormat json_format(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  if (has_all(line, {"\"type\"", "\"data\""}) &&
      (has_all(line, {"\"Point\""}) || has_all(line, {"\"Metric\""})))
    return ImportFormat::K6;
  if (has_all(text, {"\"Datapoints\""}) || has_all(text, {"\"MetricDataResults\""}))
    return ImportFormat::CloudWatch;
  if (has_all(text, {"\"datapoints\""})) return ImportFormat::CloudEye;
  return has_all(text, {"\"status\""}) ? ImportFormat::Prometheus : ImportFormat::Auto;
}

bool has_log_record(std::string_view text) {
  constexpr int kLines = 20;
  for (int i = 0; i < kLines && !text.empty(); ++i) {
    const std::string_view line = take_line(text);
    const std::size_t open = line.find(" ["), close = line.find("] \"", open);
    if (open == std::string_view::npos || close == std::string_view::npos) continue;
    if (parse_time(line.substr(open + 2, close - open - 2), Dialect{})) return true;
  }
  return false;
}

// Rows of Azure's machines have no header but an id in the form of a hash.
bool looks_like_machines(std::string_view text) {
  constexpr std::size_t kHash = 20;
  Records rows(text, ',');
  if (!rows.next()) return false;
  const auto number = [&](std::size_t i) { return parse_decimal(rows.field(i), false).has_value(); };
  if (rows.width() == 5)
    return number(0) && rows.field(1).size() >= kHash && number(2) && number(3) && number(4);
  return rows.width() == 11 && rows.field(0).size() >= kHash && number(3) && number(4);
}

std::string_view first_line_of(std::string_view text) {
  std::string_view line;
  while (trimmed(line).empty() && !text.empty()) line = take_line(text);
  return line;
}

}  // namespace

ImportFormat detected_format(std::string_view text) {
  const std::string_view header = first_line_of(text);
  if (trimmed(header).starts_with('{')) return json_format(text.substr(text.find('{')));
  if (has_all(header, {"metric_name", "metric_value"})) return ImportFormat::K6;
  if (has_all(header, {"Timestamp", "User Count", "Total Request Count"})) return ImportFormat::Locust;
  if (has_all(header, {"HashFunction", "1440"}) || has_all(header, {"func", "end_timestamp", "duration"}))
    return ImportFormat::AzureFunctions;
  if (has_all(header, {"Timestamp", "CPU usage [%]"})) return ImportFormat::Bitbrains;
  if (has_log_record(text)) return ImportFormat::AccessLog;
  return looks_like_machines(text) ? ImportFormat::AzureVm : ImportFormat::Csv;
}

namespace {

std::string options_fault(const ImportOptions& options) {
  if (options.step && *options.step <= sim::Duration::zero())
    return fmt::format("--step {} us: expected 1 or more", options.step->count());
  if (options.utc_offset < -std::chrono::hours{24} || options.utc_offset > std::chrono::hours{24})
    return "--utc-offset: expected at most 1d";
  if (!options.time_zone.empty() && options.utc_offset != sim::Duration::zero())
    return "--time-zone and --utc-offset: expected one of them";
  if (!options.time_zone.empty() && !is_time_zone(options.time_zone))
    return fmt::format("--time-zone {}: expected a name that the system knows, such as Europe/Berlin",
                       quoted_piece(options.time_zone));
  if (options.from && options.to && *options.from >= *options.to) return "--to: expected a time after --from";
  if (std::string_view(",;|\t").find(options.separator) == std::string_view::npos && options.separator != 0)
    return "--separator: expected , ; | or tab";
  return {};
}

// An option that the format has no use for would be a wish that nobody heard.
std::string unused_option(const ImportOptions& options, ImportFormat format) {
  const bool plain = format == ImportFormat::Csv || format == ImportFormat::Bitbrains;
  const bool monitoring = format == ImportFormat::CloudWatch || format == ImportFormat::CloudEye;
  const bool json = monitoring || format == ImportFormat::Prometheus;
  const auto useless = [&](std::string_view option) {
    return fmt::format("{}: the format {} has no use for it", option, name_of(format));
  };
  if (!options.statistic.empty() && !monitoring) return useless("--statistic");
  if (!options.time_column.empty() && !plain) return useless("--time-column");
  if (options.separator != 0 && !plain) return useless("--separator");
  if (!options.column.empty() && (json || format == ImportFormat::AzureFunctions)) return useless("--column");
  return {};
}

// The bytes of a file as text, in place.
std::string unpacked(ImportFile& file) {
  if (is_gzip(file.bytes)) {
    auto text = gunzip(file.bytes, kMaxImportBytes);
    if (!text) return fmt::format("{}: {}", file.name, text.error().message);
    file.bytes = *std::move(text);
  }
  if (file.bytes.size() > kMaxImportBytes)
    return fmt::format("{}: {} bytes: expected at most {}", file.name, file.bytes.size(), kMaxImportBytes);
  if (file.bytes.starts_with("\xff\xfe") || file.bytes.starts_with("\xfe\xff"))
    return file.name + ": UTF-16 text: expected UTF-8";
  return {};
}

std::string_view text_of(const ImportFile& file) {
  std::string_view text = file.bytes;
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

// What kept all of the series out.
std::string nothing_selected(const ImportReport& report, const ImportOptions& options) {
  constexpr std::size_t kShown = 5;
  std::string names;
  for (std::size_t i = 0; i < std::min(kShown, report.series_left.size()); ++i)
    names += "\n  " + report.series_left[i];
  std::string wishes;
  for (const auto& [label, value] : options.select) wishes += fmt::format(" {}={}", label, value);
  return fmt::format("{}: no series has{}: expected one of{}{}", report.files.front(), wishes, names,
                     report.series_left.size() > kShown ? "\n  ..." : "");
}

ImportResult read_all(const std::vector<ImportFile>& files, const ImportOptions& options) {
  ImportReport report;
  for (const ImportFile& each : files) report.files.push_back(each.name);
  report.format = options.format;
  if (report.format == ImportFormat::Auto) report.format = detected_format(text_of(files.front()));
  if (report.format == ImportFormat::Auto)
    return ImportRefusal{files.front().name +
                         ": JSON of an unknown kind: expected --format cloudwatch, ces, "
                         "prometheus or k6"};
  if (std::string fault = unused_option(options, report.format); !fault.empty())
    return ImportRefusal{std::move(fault)};
  ImportReader reader(options, report);
  for (const ImportFile& each : files) {
    const std::string_view text = text_of(each);
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
      reader.fail(fmt::format("{}: no rows: the file is empty", each.name));
    else
      reader_of(report.format).read({each.name, text}, reader);
    if (reader.failed()) return ImportRefusal{reader.failure};
  }
  if (reader.series.empty() && !report.series_left.empty())
    return ImportRefusal{nothing_selected(report, options)};
  return even_series(reader, report);
}

}  // namespace

std::string_view name_of(ImportFormat format) { return reader_of(format).name; }

ImportResult import_series(std::vector<ImportFile> files, const ImportOptions& options) {
  if (std::string fault = options_fault(options); !fault.empty()) return ImportRefusal{std::move(fault)};
  if (files.empty()) return ImportRefusal{"no file"};
  for (ImportFile& each : files)
    if (std::string fault = unpacked(each); !fault.empty()) return ImportRefusal{std::move(fault)};
  return read_all(files, options);
}

}  // namespace tidepool::scenarios
