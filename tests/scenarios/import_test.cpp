// What `tidepool import` promises (scenarios/IMPORTS.md): every format from files of its own in tests/scenarios/imports,
// which all hold six known steps; then rules in tables; then the shared fixtures, where they lie beside the checkout; then
// broken files.
#include "scenarios/import.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <map>

#include "scenarios/import_gzip.hpp"
#include "scenarios/load_units.hpp"
#include "scenarios/trace_file.hpp"
#include "sim/engine/rng.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using std::chrono::hours;
using std::chrono::minutes;
using support::read_file;
using Change = void (*)(ImportOptions&);

constexpr Change kAsItIs = [](ImportOptions&) {};

fs::path own(const std::string& name) {
  return fs::path(TIDEPOOL_SOURCE_DIR) / "tests" / "scenarios" / "imports" / name;
}

std::vector<ImportFile> own_files(const std::vector<std::string>& names) {
  std::vector<ImportFile> files;
  for (const std::string& each : names) files.push_back({each, read_file(own(each))});
  return files;
}

ImportedSeries imported(std::vector<ImportFile> files, const ImportOptions& options) {
  ImportResult result = import_series(std::move(files), options);
  const auto* refusal = std::get_if<ImportRefusal>(&result);
  INFO((refusal != nullptr ? refusal->message : ""));
  REQUIRE(refusal == nullptr);
  return std::get<ImportedSeries>(std::move(result));
}

ImportRefusal refused(std::vector<ImportFile> files, const ImportOptions& options) {
  ImportResult result = import_series(std::move(files), options);
  REQUIRE(std::holds_alternative<ImportRefusal>(result));
  return std::get<ImportRefusal>(std::move(result));
}

ImportOptions with(Change change) {
  ImportOptions options;
  change(options);
  return options;
}

// Plain CSV in one file, t.csv, whose values count unless told.
ImportedSeries imported_csv(std::string_view text, Change change = kAsItIs) {
  ImportOptions options;
  options.format = ImportFormat::Csv;
  options.unit = ImportUnit::Count;
  change(options);
  return imported({{"t.csv", std::string(text)}}, options);
}

std::string refusal_of(std::string_view text, Change change = kAsItIs) {
  ImportOptions options;
  options.unit = ImportUnit::Count;
  change(options);
  return refused({{"t.csv", std::string(text)}}, options).message;
}

// The values alone, an underscore for an empty one.
std::string values_of(const ImportedSeries& series) {
  const std::string csv = import_csv(series);
  std::string values;
  for (std::size_t at = csv.find('\n') + 1; at < csv.size(); at = csv.find('\n', at) + 1) {
    const std::size_t comma = csv.find(',', at);
    const std::string value = csv.substr(comma + 1, csv.find('\n', at) - comma - 1);
    values += (values.empty() ? "" : " ") + (value.empty() ? "_" : value);
  }
  return values;
}

std::string first_of(const ImportedSeries& series) { return moment_text(series.report.first); }

sim::Time at(std::string_view text) { return read_moment(text).value(); }

std::string gzipped(const std::string& text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::vector<Bytef> in(text.begin(), text.end()), out(text.size() + 1000);
  stream.next_in = in.data();
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  const auto size = static_cast<std::ptrdiff_t>(stream.total_out);
  deflateEnd(&stream);
  return {out.begin(), out.begin() + size};
}

// ---- Every format

struct Sample {
  const char* why;
  std::vector<std::string> files;
  ImportFormat format;
  ImportUnit declared;
  Change change;
};

// The ways to the six known steps.
const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = {
      {"a spreadsheet's export",
       {"spreadsheet.csv"},
       ImportFormat::Csv,
       ImportUnit::Count,
       [](ImportOptions& o) {
         o.unit = ImportUnit::Count;
         o.time_zone = "Europe/Berlin";
         o.select = {{"Rechner", "web-1"}};
       }},
      {"rows in disorder",
       {"messy.csv"},
       ImportFormat::Csv,
       ImportUnit::Count,
       [](ImportOptions& o) { o.unit = ImportUnit::Count; }},
      {"CloudWatch statistics",
       {"cloudwatch_statistics.json"},
       ImportFormat::CloudWatch,
       ImportUnit::Count,
       [](ImportOptions& o) { o.statistic = "Sum"; }},
      {"CloudWatch metric data in two pages",
       {"cloudwatch_data.json", "cloudwatch_data_2.json"},
       ImportFormat::CloudWatch,
       ImportUnit::Count,
       [](ImportOptions& o) {
         o.statistic = "Sum";
         o.select = {{"id", "a"}};
       }},
      {"Cloud Eye metric data",
       {"ces.json"},
       ImportFormat::CloudEye,
       ImportUnit::Count,
       [](ImportOptions& o) { o.statistic = "sum"; }},
      {"Cloud Eye batch query with drifting seconds",
       {"ces_batch.json"},
       ImportFormat::CloudEye,
       ImportUnit::Gauge,
       [](ImportOptions& o) {
         o.select = {{"AutoScalingGroup", "front"}};
       }},
      {"a Prometheus counter with a reset in two files",
       {"prometheus_counter_1.json", "prometheus_counter_2.json"},
       ImportFormat::Prometheus,
       ImportUnit::Counter,
       kAsItIs},
      {"an access log",
       {"access.log"},
       ImportFormat::AccessLog,
       ImportUnit::Count,
       [](ImportOptions& o) { o.step = minutes{10}; }},
      {"k6 samples",
       {"k6.csv"},
       ImportFormat::K6,
       ImportUnit::Count,
       [](ImportOptions& o) { o.step = minutes{10}; }},
      {"k6 JSON lines",
       {"k6.jsonl"},
       ImportFormat::K6,
       ImportUnit::Count,
       [](ImportOptions& o) { o.step = minutes{10}; }},
      {"a Locust history", {"locust.csv"}, ImportFormat::Locust, ImportUnit::Counter, kAsItIs},
      {"Azure functions of a day",
       {"azure_functions.d02.csv"},
       ImportFormat::AzureFunctions,
       ImportUnit::Count,
       [](ImportOptions& o) {
         o.step = minutes{10};
         o.select = {{"Trigger", "http"}};
         o.origin = at("2026-03-01T00:00:00Z");
         o.from = at("2026-03-02T06:10:00Z");
         o.to = at("2026-03-02T07:10:00Z");
       }},
      {"Azure invocations by their ends",
       {"azure_functions_2021.csv"},
       ImportFormat::AzureFunctions,
       ImportUnit::Count,
       [](ImportOptions& o) {
         o.step = minutes{10};
         o.origin = at("2026-03-02T06:10:00Z");
       }},
      {"readings of an Azure machine",
       {"azure_vm_readings.csv"},
       ImportFormat::AzureVm,
       ImportUnit::Gauge,
       [](ImportOptions& o) {
         o.select = {{"vmid", "vmaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}};
         o.origin = at("2026-03-02T06:10:00Z");
       }},
      {"a Bitbrains machine", {"bitbrains_1.csv"}, ImportFormat::Bitbrains, ImportUnit::Gauge, kAsItIs},
  };
  return all;
}

TEST_CASE("each format gives the six steps that its file holds, and is recognised", "[import]") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.why);
    const ImportedSeries series = imported(own_files(sample.files), with(sample.change));
    CHECK(values_of(series) == "12 30 7 0 55 18");
    CHECK(series.report.format == sample.format);
    CHECK(series.report.declared == sample.declared);
    CHECK(series.report.unit ==
          (sample.declared == ImportUnit::Counter ? ImportUnit::Count : sample.declared));
    CHECK(first_of(series) == "2026-03-02T06:10:00Z");
    // Azure's machines are read every five minutes.
    if (sample.format != ImportFormat::AzureVm) CHECK(import_csv(series) == read_file(own("expected.csv")));
  }
}

TEST_CASE("a gzip of any input is read like the input", "[import]") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.why);
    std::vector<ImportFile> files = own_files(sample.files);
    for (ImportFile& each : files) each.bytes = gzipped(each.bytes);
    CHECK(values_of(imported(std::move(files), with(sample.change))) == "12 30 7 0 55 18");
  }
}

TEST_CASE("gzip members follow each other, and cut or broken ones are refused", "[import]") {
  const std::string one = gzipped("0,1\n60,2\n"), two = gzipped("120,4\n");
  CHECK(values_of(imported_csv(one + two)) == "1 2 4");
  CHECK(values_of(imported_csv(one + two + std::string(100, '\0'))) == "1 2 4");
  CHECK(refusal_of(one.substr(0, one.size() - 9)) == "t.csv: gzip data that is cut off: expected its end");
  std::string broken = one;
  broken[12] = static_cast<char>(broken[12] ^ 0x55);
  CHECK_THAT(refusal_of(broken), Contains("gzip data"));
  CHECK(refusal_of(one + "more") == "t.csv: broken gzip data");
  CHECK_FALSE(gunzip(gzipped(std::string(100'000, 'x')), 99'999).has_value());
}

// ---- What is demanded, and defaults

TEST_CASE("a unit that the format doesn't tell is demanded", "[import]") {
  const ImportOptions none;
  CHECK(refused({{"t.csv", "time,cpu\n0,1\n60,2\n"}}, none).message ==
        "t.csv: what column 'cpu' counts can't be known: expected --unit count, rate, gauge or counter");
  CHECK_THAT(refused(own_files({"cloudwatch_data_2.json"}), none).message,
             Contains("metric data counts can't be known"));
  CHECK_THAT(refused({{"p.json", R"({"status":"success","data":{"resultType":"matrix","result":[
      {"metric":{"__name__":"rps"},"values":[[60,"1"],[120,"2"]]}]}})"}},
                     none)
                 .message,
             Contains("what rps counts can't be known"));
  CHECK_THAT(refused({{"k.csv", "metric_name,timestamp,metric_value\nown,1397088240,1\n"}},
                     with([](ImportOptions& o) { o.column = "own"; }))
                 .message,
             Contains("what metric own counts can't be known"));
}

TEST_CASE("a statistic is demanded where there are several, and decides the unit", "[import]") {
  const auto files = own_files({"cloudwatch_statistics.json"});
  CHECK(refused(files, {}).message ==
        R"(cloudwatch_statistics.json: --statistic is missing: expected "Sum", "Average" or "p99")");
  CHECK_THAT(refused(files, with([](ImportOptions& o) { o.statistic = "p50"; })).message,
             Contains("--statistic p50: expected"));
  const ImportedSeries p99 = imported(files, with([](ImportOptions& o) { o.statistic = "P99"; }));
  CHECK(values_of(p99) == "24 60 14 0 110 36");
  CHECK(p99.report.unit == ImportUnit::Gauge);
  const ImportedSeries average =
      imported(own_files({"ces.json"}), with([](ImportOptions& o) { o.statistic = "average"; }));
  CHECK(values_of(average) == "1.2 3 0.7 0 5.5 1.8");
}

TEST_CASE("several series are chosen from or combined, and never mixed", "[import]") {
  const auto both = own_files({"ces_batch.json"});
  CHECK_THAT(refused(both, {}).message,
             Contains("2 series, expected one: choose with --select LABEL=VALUE") &&
                 Contains("AutoScalingGroup=\"front\""));
  CHECK(values_of(imported(both, with([](ImportOptions& o) { o.combine = ImportCombine::Sum; }))) ==
        "26.5 62.5 16.5 2.5 112.5 38.5");
  CHECK(values_of(imported(both, with([](ImportOptions& o) { o.combine = ImportCombine::Mean; }))) ==
        "13.25 31.25 8.25 1.25 56.25 19.25");
  CHECK_THAT(refused(both, with([](ImportOptions& o) {
                       o.select = {{"AutoScalingGroup", "side"}};
                     }))
                 .message,
             Contains("no series has AutoScalingGroup=side: expected one of"));
  const auto machines = own_files({"bitbrains_1.csv", "bitbrains_2.csv"});
  CHECK(values_of(imported(machines, with([](ImportOptions& o) {
                             o.select = {{"file", "bitbrains_2.csv"}};
                           }))) == "12.25 30.25 7.25 0.25 55.25 18.25");
  CHECK(values_of(imported(machines, with([](ImportOptions& o) { o.combine = ImportCombine::Sum; }))) ==
        "24.25 60.25 14.25 0.25 110.25 36.25");
}

TEST_CASE("warnings of a service are passed on", "[import]") {
  const auto warnings_of = [](const std::vector<std::string>& files, Change change) {
    return fmt::format("{}", fmt::join(imported(own_files(files), with(change)).report.warnings, "\n"));
  };
  CHECK_THAT(warnings_of({"cloudwatch_data.json"},
                         [](ImportOptions& o) {
                           o.statistic = "Sum";
                           o.select = {{"id", "a"}};
                         }),
             Contains("NextToken: there is more") && Contains("StatusCode PartialData: there is more"));
  CHECK_THAT(warnings_of({"prometheus_counter_1.json"}, kAsItIs),
             Contains("one block is missing") &&
                 Contains("http_requests_total{instance=\"b\"} has no usable value"));
  CHECK(refused(own_files({"prometheus_error.json"}), {}).message ==
        R"(prometheus_error.json: status "error": bad_data: parse error, expected "success")");
}

TEST_CASE("an access log is measured in requests, bytes or request times", "[import]") {
  const auto of = [](Change change) {
    ImportOptions options = with(change);
    options.step = minutes{10};
    return imported(own_files({"access.log"}), options);
  };
  const ImportedSeries requests = of(kAsItIs);
  CHECK(requests.report.rows_read == 124);
  CHECK(requests.report.rows_skipped == 2);
  REQUIRE(requests.report.skipped.size() == 1);
  CHECK(requests.report.skipped[0].first ==
        R"(access.log: line 5: '\xff\xfe not a record', expected a record of an access log)");
  CHECK(values_of(of([](ImportOptions& o) { o.select = {{"status", "408"}}; })) == "1");
  CHECK(values_of(of([](ImportOptions& o) { o.column = "bytes"; })) == "505 1500 300 0 2700 900");
  CHECK(values_of(of([](ImportOptions& o) { o.column = "request_time"; })) ==
        "0.006583333333 0.0155 0.004 _ 0.028 0.0095");
  CHECK_THAT(refused(own_files({"access.log"}), with([](ImportOptions& o) { o.column = "latency"; })).message,
             Contains("--column 'latency': expected requests, bytes or request_time"));
}

TEST_CASE("other columns and rows of load generators and machines can be asked for", "[import]") {
  struct Row {
    const char* file;
    Change change;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"k6.csv",
       [](ImportOptions& o) {
         o.column = "http_req_duration";
         o.step = minutes{10};
       },
       "6 15 3.5 _ 27.5 9"},
      {"k6.csv",
       [](ImportOptions& o) {
         o.select = {{"status", "500"}};
         o.step = minutes{10};
       },
       "6 15 4 0 28 9"},
      {"locust.csv",
       [](ImportOptions& o) {
         o.select = {{"name", "/shop"}};
       },
       "6 15 3 0 28 9"},
      {"locust.csv", [](ImportOptions& o) { o.column = "Requests/s"; }, "0.5 1.5 2.5 3.5 4.5 5.5 6.5"},
      {"locust.csv", [](ImportOptions& o) { o.column = "50%"; }, "11 12 13 14 15 16"},
      {"azure_vm_table.csv", [](ImportOptions& o) { o.step = minutes{10}; }, "2 3 0 1"},
      {"azure_vm_table.csv",
       [](ImportOptions& o) {
         o.column = "deleted";
         o.step = minutes{10};
       },
       "2 3 0 1"},
      {"azure_vm_readings.csv",
       [](ImportOptions& o) {
         o.column = "maxcpu";
         o.combine = ImportCombine::Sum;
       },
       "19 19 19 19 19 19"},
      {"bitbrains_1.csv", [](ImportOptions& o) { o.column = "CPU usage [MHZ]"; }, "624 1560 364 0 2860 936"},
  }));
  CAPTURE(row.file, row.expected);
  CHECK(values_of(imported(own_files({row.file}), with(row.change))) == row.expected);
}

// ---- Rules

TEST_CASE("a counter's growth is a count, a drop is a restart and a hole is shared out", "[import]") {
  const auto of = [](std::string_view text, Change change = kAsItIs) {
    ImportOptions options = with(change);
    options.format = ImportFormat::Csv;
    options.unit = ImportUnit::Counter;
    return imported({{"t.csv", std::string(text)}}, options);
  };
  CHECK(values_of(of("0,10\n60,15\n120,15\n180,22\n")) == "5 0 7");
  const ImportedSeries restarted = of("0,10\n60,15\n120,4\n180,6\n");
  CHECK(values_of(restarted) == "5 4 2");
  CHECK(restarted.report.resets == 1);
  const ImportedSeries hole = of("0,0\n60,1\n120,2\n300,9\n360,10\n420,11\n480,12\n");
  CHECK(values_of(hole) == "1 1 2.333333333333333333 2.333333333333333333 2.333333333333333334 1 1 1");
  CHECK(hole.report.spread == 3);
  CHECK(values_of(of("0,1\n60,NaN\n120,5\n180,6\n240,7\n")) == "2 2 1 1");
  CHECK(values_of(of("1,10\n2,15\n3,25\n5,27\n6,30\n7,31\n",
                     [](ImportOptions& o) { o.step = std::chrono::seconds{5}; })) == "20 1");
  CHECK_THAT(
      refused({{"t.csv", "0,5\n"}}, with([](ImportOptions& o) { o.unit = ImportUnit::Counter; })).message,
      Contains("one row of a counter: expected two or more"));
}

TEST_CASE("a step without a value is nothing for counts and unknown for levels unless told", "[import]") {
  struct Row {
    ImportUnit unit;
    std::optional<ImportGaps> gaps;
    const char* expected;
    std::int64_t filled;
  };
  const auto row = GENERATE(values<Row>({
      {ImportUnit::Count, {}, "5 7 0 0 3", 2},
      {ImportUnit::Rate, {}, "5 7 _ _ 3", 0},
      {ImportUnit::Gauge, {}, "5 7 _ _ 3", 0},
      {ImportUnit::Gauge, ImportGaps::Zero, "5 7 0 0 3", 2},
      {ImportUnit::Gauge, ImportGaps::Hold, "5 7 7 7 3", 2},
      {ImportUnit::Count, ImportGaps::Empty, "5 7 _ _ 3", 0},
  }));
  ImportOptions options;
  options.unit = row.unit;
  options.gaps = row.gaps;
  const ImportedSeries series = imported({{"t.csv", "0,5\n60,7\n240,3\n"}}, options);
  CHECK(values_of(series) == row.expected);
  CHECK(series.report.gaps == 2);
  CHECK(series.report.filled == row.filled);

  options.gaps = ImportGaps::Error;
  const ImportRefusal refusal = refused({{"t.csv", "0,5\n60,7\n240,3\n"}}, options);
  CHECK(refusal.gaps);
  CHECK(refusal.message ==
        "2 of 5 steps have no value, the first at 1970-01-01T00:02:00Z: expected none with --gaps error");
  CHECK(values_of(imported({{"t.csv", "0,5\n60,7\n"}}, options)) == "5 7");
}

TEST_CASE("rows of one time: the same again counts once, another value holds or is added", "[import]") {
  constexpr std::string_view kText = "0,5\n0,5\n60,7\n60,9\n120,1\n";
  const ImportedSeries last = imported_csv(kText);
  CHECK(values_of(last) == "5 9 1");
  CHECK(last.report.duplicates == 1);
  CHECK(last.report.repeats == 1);
  REQUIRE(last.report.warnings.size() == 2);  // The other one is about the origin.
  CHECK_THAT(last.report.warnings[1], Contains("1 rows have the time of another row and another value"));
  CHECK(values_of(imported_csv(kText, [](ImportOptions& o) { o.repeats = ImportRepeats::Sum; })) ==
        "10 16 1");
}

TEST_CASE("local times follow the zone's daylight saving by the stated rules", "[import]") {
  const auto of = [](const std::string& text, std::string zone) {
    ImportOptions options;
    options.unit = ImportUnit::Gauge;
    options.time_zone = std::move(zone);
    return imported({{"t.csv", text}}, options);
  };
  const ImportedSeries autumn = of(read_file(own("daylight_autumn.csv")), "Europe/Berlin");
  CHECK(first_of(autumn) == "2026-10-24T23:30:00Z");
  CHECK(values_of(autumn) == "1 2 3 4 5 6");
  CHECK(autumn.report.repeated_hour == 4);
  CHECK(autumn.report.naive == 6);
  const ImportedSeries spring = of(read_file(own("daylight_spring.csv")), "Europe/Berlin");
  CHECK(first_of(spring) == "2026-03-29T00:00:00Z");
  CHECK(values_of(spring) == "1 2 4 3 5");
  CHECK(spring.report.skipped_hour == 1);

  // Newest first, hour by hour, in another zone, and with a zone in the text.
  CHECK(values_of(
            of("2026-10-25 03:00:00,6\n2026-10-25 02:30:00,5\n2026-10-25 02:00:00,4\n2026-10-25 02:30:00,3\n"
               "2026-10-25 02:00:00,2\n2026-10-25 01:30:00,1\n",
               "Europe/Berlin")) == "1 2 3 4 5 6");
  CHECK(values_of(
            of("2026-10-25 01:00:00,1\n2026-10-25 02:00:00,2\n2026-10-25 02:00:00,3\n2026-10-25 03:00:00,4\n",
               "Europe/Berlin")) == "1 2 3 4");
  CHECK(values_of(
            of("2026-11-01 00:30:00,1\n2026-11-01 01:00:00,2\n2026-11-01 01:30:00,3\n2026-11-01 01:00:00,4\n",
               "America/New_York")) == "1 2 3 4");
  CHECK(first_of(of("2026-07-01T12:00:00Z,1\n2026-07-01T13:00:00Z,1\n", "Europe/Berlin")) ==
        "2026-07-01T12:00:00Z");
  // Without the second pass, all of it is the first one.
  CHECK(first_of(of("2026-10-25 02:00:00,1\n2026-10-25 02:30:00,2\n", "Europe/Berlin")) ==
        "2026-10-25T00:00:00Z");
}

TEST_CASE("times that count from a start do so from the origin, and that is told", "[import]") {
  const ImportedSeries from_1970 = imported_csv("0,1\n60,2\n");
  CHECK(first_of(from_1970) == "1970-01-01T00:00:00Z");
  CHECK_THAT(from_1970.report.warnings.front(), Contains("taken as 1970 (--origin)"));
  const ImportedSeries told =
      imported_csv("0,1\n60,2\n", [](ImportOptions& o) { o.origin = at("2026-03-02T00:00:00Z"); });
  CHECK(first_of(told) == "2026-03-02T00:00:00Z");
  CHECK(told.report.warnings.empty());
  const ImportedSeries log = imported({{"epa.log", "a [29:23:53:25] \"GET /x HTTP/1.0\" 200 1497\n"}},
                                      with([](ImportOptions& o) { o.origin = at("1995-08-01T00:00:00Z"); }));
  CHECK(first_of(log) == "1995-08-29T23:53:00Z");
}

TEST_CASE("a time at the end of its period moves to its start", "[import]") {
  const ImportedSeries series = imported_csv("2026-03-02 00:05:00,1\n2026-03-02 00:10:00,2\n",
                                             [](ImportOptions& o) { o.timestamp = ImportStamp::End; });
  CHECK(first_of(series) == "2026-03-02T00:00:00Z");
  CHECK(values_of(series) == "1 2");
  CHECK_THAT(
      refused(own_files({"access.log"}), with([](ImportOptions& o) { o.timestamp = ImportStamp::End; }))
          .message,
      Contains("--timestamp end: expected start, since single events have no period"));
  CHECK_THAT(
      refused(own_files({"locust.csv"}), with([](ImportOptions& o) { o.timestamp = ImportStamp::End; }))
          .message,
      Contains("since a counter is read at a moment"));
}

TEST_CASE("counts in a longer step add up, all else is averaged", "[import]") {
  constexpr std::string_view kText = "0,1\n60,2\n120,6\n180,8\n";
  CHECK(values_of(imported_csv(kText, [](ImportOptions& o) { o.step = minutes{2}; })) == "3 14");
  CHECK(values_of(imported_csv(kText, [](ImportOptions& o) {
          o.step = minutes{3};
          o.unit = ImportUnit::Rate;
        })) == "3 8");
  CHECK(values_of(imported_csv("0,1\n20,1\n40,2\n", [](ImportOptions& o) {
          o.step = minutes{1};
          o.unit = ImportUnit::Gauge;
        })) == "1.333333333333");
}

TEST_CASE("what lies outside of the time asked for is left out, and steps begin with it", "[import]") {
  const ImportedSeries series = imported_csv("0,1\n60,2\n120,4\n180,8\n240,16\n", [](ImportOptions& o) {
    o.from = at("1970-01-01T00:00:30Z");
    o.to = at("1970-01-01T00:03:30Z");
  });
  CHECK(first_of(series) == "1970-01-01T00:00:30Z");
  CHECK(values_of(series) == "2 4 8");
  CHECK(series.report.rows_outside == 2);
}

TEST_CASE("values keep all their digits", "[import]") {
  CHECK(values_of(imported_csv(
            "0,0.7333333333333333\n60,19.06666159933333\n120,1e-3\n180,1000000000000\n240,.5\n")) ==
        "0.7333333333333333 19.06666159933333 0.001 1000000000000 0.5");
}

// ---- Refusals

TEST_CASE("a fault is told with file, line, field, value and what is expected", "[import]") {
  struct Row {
    const char* text;
    const char* expected;
    Change change = kAsItIs;
  };
  const auto row = GENERATE(values<Row>({
      {"time,v\n0,1\n60,-2\n", "t.csv: line 3, column 'v': '-2', expected 0 or more"},
      {"time,v\n0,1\n60,1e13\n", "t.csv: line 3, column 'v': '1e13', expected at most 10^12"},
      {"0,x\n60,y\n", "t.csv: no numeric column after the time (column 1): name one with --column"},
      {"a,b\nx,y\n", "t.csv: no column of times in the first rows: name one with --time-column"},
      {"time,v\n0,1\n", "t.csv: --column 'cpu': expected one of 'time', 'v', or 1 to 2",
       [](ImportOptions& o) { o.column = "cpu"; }},
      {"time,v\n0,-\n60,NaN\n",
       "t.csv: no usable row among 2; t.csv: line 2, column 'v': '-', expected a number",
       [](ImportOptions& o) { o.column = "v"; }},
      {"", "t.csv: no rows: the file is empty"},
      {"\n \r\n", "t.csv: no rows: the file is empty"},
      {"0,1\n", "t.csv: all rows at one time: the step can't be found, expected --step"},
      {"\xff\xfet\1,\1", "t.csv: UTF-16 text: expected UTF-8"},
      {"{\"a\": 1}", "t.csv: JSON of an unknown kind: expected --format cloudwatch, ces, prometheus or k6"},
      {"{\"Datapoints\": 5}", "t.csv: Datapoints: '5', expected an array"},
      {"{\"Datapoints\": [", "t.csv: line 1, column 17: unfinished JSON at the end of the file"},
      {R"({"MetricDataResults":[{"Timestamps":[1,2],"Values":[1]}]})",
       "t.csv: MetricDataResults[0]: 2 Timestamps and 1 Values, expected as many"},
      {R"({"datapoints":[{"sum":-4,"timestamp":60000}]})",
       "t.csv: datapoints[0].sum: '-4', expected 0 or more"},
      {R"({"status":"success","data":{"resultType":"scalar","result":[1,"2"]}})",
       "t.csv: data.resultType \"scalar\", expected \"matrix\" or \"vector\""},
      {"metric_name,metric_value\nhttp_reqs,1\n",
       "t.csv: line 1: no column 'timestamp', expected a header with 'metric_name', 'timestamp' or "
       "'metric_value'"},
      {"0,1\n60,2\n",
       "--time-zone 'Europe/Atlantis': expected a name that the system knows, such as Europe/Berlin",
       [](ImportOptions& o) { o.time_zone = "Europe/Atlantis"; }},
      {"0,1\n60,2\n", "--time-zone and --utc-offset: expected one of them",
       [](ImportOptions& o) {
         o.time_zone = "Europe/Berlin";
         o.utc_offset = hours{1};
       }},
      {"0,1\n60,2\n", "--statistic: the format csv has no use for it",
       [](ImportOptions& o) { o.statistic = "Sum"; }},
      {"0,1\n60,2\n", "--to: expected a time after --from",
       [](ImportOptions& o) { o.from = o.to = at("2026-03-02T00:00:00Z"); }},
      {"0,1\n60,2\n", "t.csv: no row lies within --from and --to",
       [](ImportOptions& o) { o.from = at("2026-03-02T00:00:00Z"); }},
      {"2026-03-01,1\n9999-03-01,2\n",
       "251603539201 steps of 1000000 us from 2026-03-01T00:00:00Z to 9999-03-01T00:00:00Z: expected at most "
       "10000000; is a time wrong, or a longer --step needed?",
       [](ImportOptions& o) { o.step = std::chrono::seconds{1}; }},
  }));
  CAPTURE(row.text);
  CHECK(refusal_of(row.text, row.change) == row.expected);
}

// ---- A scenario's trace reads what an import writes

TEST_CASE("a trace reads the CSV of an import, and an empty value as a step without a row", "[import]") {
  const auto csv = import_csv(imported(own_files({"locust.csv"}), {}));
  const auto trace = read_trace(csv, "demand.csv");
  REQUIRE(trace.has_value());
  CHECK(trace->step == minutes{10});
  CHECK(trace->trace.total() == 122 * sim::kAmountUnit);
  CHECK(trace->rows_skipped == 0);

  const auto holes = read_trace(
      import_csv(imported_csv("0,5\n60,7\n240,3\n", [](ImportOptions& o) { o.unit = ImportUnit::Gauge; })),
      "holes.csv");
  REQUIRE(holes.has_value());
  CHECK(holes->gaps == 2);
  CHECK(holes->rows_skipped == 2);
}

// ---- The shared fixtures

fs::path shared_formats() {
  return fs::path(TIDEPOOL_SOURCE_DIR).parent_path() / "shared" / "traces" / "formats";
}

TEST_CASE("every shared fixture gives exactly the expected points", "[import]") {
  if (!fs::exists(shared_formats())) {
    WARN("skipped: ../shared is absent");
    return;
  }
  struct Row {
    const char* file;
    Change change;
    std::size_t steps = 12;
  };
  const Change count = [](ImportOptions& o) { o.unit = ImportUnit::Count; };
  const auto row = GENERATE_COPY(values<Row>({
      {"plain_iso_naive.csv", count},
      {"plain_iso_offset.csv", count},
      {"plain_epoch_s.csv", count},
      {"plain_epoch_ms_noheader.csv", count},
      {"plain_semicolon_decimalcomma_bom_crlf.csv", count},
      {"cloudwatch_get_metric_statistics.json", kAsItIs},
      {"cloudwatch_get_metric_data.json", [](ImportOptions& o) { o.statistic = "Sum"; }},
      {"ces_metric_data.json", kAsItIs},
      {"ces_batch_query_metric_data.json", kAsItIs},
      {"prometheus_query_range.json", count},
      {"prometheus_query_range.json",
       [](ImportOptions& o) {
         o.unit = ImportUnit::Count;
         o.select = {{"instance", "lb-1"}};
       }},
      {"k6_output.csv", [](ImportOptions& o) { o.step = minutes{5}; }, 2},
      {"locust_stats_history.csv", kAsItIs},
      {"azure_functions_invocations.csv",
       [](ImportOptions& o) {
         o.select = {{"Trigger", "http"}};
         o.origin = at("2014-04-10T00:00:00Z");
         o.from = at("2014-04-10T00:04:00Z");
         o.to = at("2014-04-10T01:04:00Z");
         o.step = minutes{5};
       }},
  }));
  CAPTURE(row.file);
  const ImportedSeries series =
      imported({{row.file, read_file(shared_formats() / row.file)}}, with(row.change));
  std::string expected = read_file(shared_formats() / "expected.csv");
  // k6's fixture is the first two periods.
  std::size_t end = expected.find('\n');
  for (std::size_t i = 0; i < row.steps; ++i) end = expected.find('\n', end + 1);
  CHECK(import_csv(series) == expected.substr(0, end + 1));
}

TEST_CASE("the shared access log and machine give what their pages say", "[import]") {
  if (!fs::exists(shared_formats())) {
    WARN("skipped: ../shared is absent");
    return;
  }
  const ImportedSeries log = imported({{"access", read_file(shared_formats() / "access_combined.log")}},
                                      with([](ImportOptions& o) { o.step = minutes{5}; }));
  std::string expected = read_file(shared_formats() / "access_combined_expected.csv");
  expected.replace(0, expected.find('\n'), "timestamp,value");
  CHECK(import_csv(log) == expected);
  CHECK(log.report.rows_skipped == 1);

  const ImportedSeries machine =
      imported({{"vm.csv", read_file(shared_formats() / "bitbrains_gwa_t12.csv")}}, {});
  CHECK(machine.report.steps == 24);
  CHECK(first_of(machine) == "2013-08-12T13:40:46Z");
  CHECK_THAT(values_of(machine),
             Catch::StartsWith("0.7333333333333333 0.7333333333333333 0.6666666666666667 "));
}

// ---- Broken files

std::size_t index_below(sim::Rng& rng, std::size_t count) {
  return static_cast<std::size_t>(rng.uniform_int(0, static_cast<std::int64_t>(count) - 1));
}

std::string mutated(sim::Rng& rng, std::string text) {
  constexpr std::string_view kTelling = "{}[]\",:;\t\n\r.-+eE0123456789 TZ";
  for (std::int64_t edits = rng.uniform_int(1, 6); edits > 0 && !text.empty(); --edits) {
    const std::size_t from = index_below(rng, text.size());
    const char byte = rng.bernoulli_ppm(800'000) ? kTelling[index_below(rng, kTelling.size())]
                                                 : static_cast<char>(rng.uniform_int(-128, 127));
    switch (rng.uniform_int(0, 3)) {
      case 0: text.insert(from, 1, byte); break;
      case 1: text.erase(from, index_below(rng, 30)); break;
      case 2:
        text.insert(index_below(rng, text.size()), std::string(text.substr(from, index_below(rng, 30))));
        break;
      default: text[from] = byte;
    }
  }
  return text;
}

std::string flaw(const ImportedSeries& series) {
  const ImportReport& report = series.report;
  if (static_cast<std::int64_t>(series.values.size()) != report.steps) return "not the steps reported";
  if (report.end != report.first + report.step * report.steps) return "not the end reported";
  std::int64_t skipped = 0;
  for (const SkippedRows& each : report.skipped) skipped += each.rows;
  if (skipped != report.rows_skipped) return "skipped rows without a reason";
  if (report.rows_read < report.rows_skipped + report.rows_unselected) return "more rows left out than read";
  return import_report_text(report).empty() ? "no report" : "";
}

TEST_CASE("broken files of every format are read or refused, and never crash", "[import]") {
  constexpr std::uint64_t kSeed = 20260302;
  std::map<std::string, std::vector<ImportFile>> sources;
  for (const Sample& sample : samples()) sources[sample.why] = own_files(sample.files);
  int read = 0, refusals = 0;
  for (std::uint64_t round = 0; round < 1'500; ++round) {
    sim::Rng rng(kSeed, "broken imports", round);
    const Sample& sample = samples()[index_below(rng, samples().size())];
    std::vector<ImportFile> files = sources[sample.why];
    ImportFile& file = files[index_below(rng, files.size())];
    // The front of a large file tells as much as all of it.
    if (file.bytes.size() > 9'000) file.bytes.resize(9'000);
    file.bytes = mutated(rng, file.bytes);
    if (rng.bernoulli_ppm(100'000)) file.bytes = mutated(rng, gzipped(file.bytes));
    ImportOptions options = with(sample.change);
    if (rng.bernoulli_ppm(300'000)) options.format = sample.format;
    if (!options.step) options.step = minutes{10};
    CAPTURE(kSeed, round, sample.why);
    const ImportResult result = import_series(std::move(files), options);
    if (const auto* refusal = std::get_if<ImportRefusal>(&result)) {
      ++refusals;
      CHECK_FALSE(refusal->message.empty());
    } else {
      ++read;
      CHECK(flaw(std::get<ImportedSeries>(result)).empty());
    }
  }
  CHECK(read > 300);
  CHECK(refusals > 200);
}

}  // namespace
}  // namespace tidepool::scenarios
