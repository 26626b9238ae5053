// What scenarios/trace_file.hpp promises, in tables; then recorded traces, where they lie beside the checkout; then
// broken text. Files of the tables are called t.csv, which is how refusals begin.
#include "scenarios/trace_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <limits>
#include <numeric>
#include <sstream>
#include <utility>

#include "sim/engine/rng.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using sim::Amount;
using sim::Duration;
using sim::kAmountUnit;
using sim::Time;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Strings = std::vector<std::string>;

Time utc(int year, unsigned month, unsigned day, Duration clock = {}) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day}};
  return Time{Duration{std::chrono::sys_days{date}.time_since_epoch()} + clock};
}

const Time kMidnight = utc(2014, 4, 10);

Time at(std::int64_t us) { return Time{Duration{us}}; }

TraceImport imported(std::string_view text, const TraceFileOptions& options = {}) {
  const auto result = read_trace(text, "t.csv", options);
  INFO(text);
  INFO((result ? "" : result.error().message));
  REQUIRE(result.has_value());
  return *result;
}

std::string refusal(std::string_view text, const TraceFileOptions& options = {}) {
  const auto result = read_trace(text, "t.csv", options);
  INFO(text);
  REQUIRE_FALSE(result.has_value());
  return result.error().message;
}

TraceFileOptions with_step(Duration step) {
  TraceFileOptions options;
  options.step = step;
  return options;
}

// Whole units, for tables in which fractions play no part.
std::vector<Amount> units(std::vector<Amount> amounts) {
  for (Amount& each : amounts) each *= kAmountUnit;
  return amounts;
}

// ---- Times

TEST_CASE("a calendar time is read to the microsecond in each of the promised shapes", "[trace_file]") {
  struct Row {
    const char* text;
    Duration past_midnight;  // of 2014-04-10, UTC
  };
  const auto row = GENERATE(values<Row>({
      {"2014-04-10", {}},
      {"2014/04/10", {}},
      {"10.04.2014", {}},
      {"2014-04-10 01:02", minutes{62}},
      {"2014-04-10T01:02", minutes{62}},
      {"2014/04/10 01:02:03", seconds{3723}},
      {"10.04.2014 01:02:03", seconds{3723}},
      {"10.4.2014 01:02:03", seconds{3723}},
      {"2014.04.10", {}},
      {"2014.04.10 01:02:03", seconds{3723}},
      {"2014.04.10-01:02:03:250", Duration{3'723'250'000}},
      {"10/Apr/2014:01:02:03", seconds{3723}},
      {"10/Apr/2014:01:02:03 +0000", seconds{3723}},
      {"09/Apr/2014:21:02:03 -0400", seconds{3723}},
      {"10.04.2014T23:59:59", seconds{86'399}},
      {"2014-04-10 00:00:01.", seconds{1}},
      {"2014-04-10 00:00:01.5", Duration{1'500'000}},
      {"2014-04-10 00:00:01,5", Duration{1'500'000}},
      {"2014-04-10 00:00:01.234567", Duration{1'234'567}},
      {"2014-04-10 00:00:01.2345679", Duration{1'234'567}},
      {"2014-04-10 00:00:01.234567999", Duration{1'234'567}},
      {"2014-04-10T01:02Z", minutes{62}},
      {"2014-04-10T01:02:03Z", seconds{3723}},
      {"2014-04-10 01:02:03 UTC", seconds{3723}},
      {"2014-04-10T01:02:03.25Z", Duration{3'723'250'000}},
      {"2014-04-10T03:00+02", hours{1}},
      {"2014-04-10T03:00+02:30", minutes{30}},
      {"2014-04-10T03:00+0230", minutes{30}},
      {"2014-04-10 03:00 +02:00", hours{1}},
      {"2014-04-10T03:00-00:30", minutes{210}},
      {"2014-04-09T20:00:00.5-04:00", Duration{500'000}},
      {"2014-04-10T00:00+01:00", hours{-1}},
      {"  2014-04-10 01:02  ", minutes{62}},
      {"\"2014-04-10 01:02\"", minutes{62}},
  }));
  TraceFileOptions options = with_step(seconds{1});
  options.separator = ';';
  CHECK(imported(fmt::format("{};5", row.text), options).first == kMidnight + row.past_midnight);
}

TEST_CASE("leap days, the first day and the last day are dates", "[trace_file]") {
  const TraceFileOptions options = with_step(seconds{1});
  CHECK(imported("2000-02-29,5", options).first == utc(2000, 2, 29));
  CHECK(imported("1970-01-01,5", options).first == sim::kEpoch);
  CHECK(imported("9999-12-31 23:59:59,5", options).first == utc(9999, 12, 31, seconds{86'399}));
}

TEST_CASE("the size of a number tells seconds from milli-, micro- and nanoseconds", "[trace_file]") {
  struct Row {
    const char* text;
    std::int64_t us;
  };
  const auto row = GENERATE(values<Row>({
      {"0", 0},
      {"17", 17'000'000},
      {"0.0000019", 1},
      {"99999999", 99'999'999'000'000},
      {"1397088240", 1'397'088'240'000'000},
      {"1397088240.25", 1'397'088'240'250'000},
      {"1.39708824e9", 1'397'088'240'000'000},
      {"99999999999", 99'999'999'999'000'000},
      {"100000000000", 100'000'000'000'000},
      {"1397088240123", 1'397'088'240'123'000},
      {"1397088240123.4567", 1'397'088'240'123'456},
      {"99999999999999", 99'999'999'999'999'000},
      {"100000000000000", 100'000'000'000'000},
      {"1397088240123456", 1'397'088'240'123'456},
      {"99999999999999999", 99'999'999'999'999'999},
      {"100000000000000000", 100'000'000'000'000},
      {"1397088240123456789", 1'397'088'240'123'456},
      {"99999999999999999999", 99'999'999'999'999'999},
  }));
  CHECK(imported(fmt::format("{},5", row.text), with_step(seconds{1})).first == at(row.us));
}

TEST_CASE("a row whose time can't be read is skipped with a reason", "[trace_file]") {
  const char* bad = GENERATE(
      "", "soon", "2014-13-01", "2014-00-01", "2014-02-30", "2014-4-10", "1900-02-29", "10.04.14",
      "2014.04-10", "2014-04.10", "2014-04-10 24:00", "2014-04-10 12:60", "2014-04-10 12",
      "2014-04-10 12:00:60", "2014-04-10 12:00:00.1234567890", "2014-04-10 12:00 CET",
      "2014-04-10 12:00+24:00", "2014-04-10 12:00+1:00", "2014-04-10 12:00+01:60", "2014-04-10x12:00",
      "2014-04-10 12:00Z+01", "01/Jly/1995:00:00:01 -0400", "01/Jul/1995 00:00:01", "29:24:00:00",
      "00:12:00:00", "2014-04-10-00:09:00", "100000000000000000000", "1e30", "0x10", "12:00");
  const TraceImport import = imported(fmt::format("time;v\n2014-04-10;1\n{};2\n2014-04-11;3\n", bad));
  CHECK(import.rows_read == 3);
  CHECK(import.rows_skipped == 1);
  CHECK(import.skipped_reasons == Strings{fmt::format("line 3, column 'time': '{}': expected a time", bad)});
  CHECK(import.trace.amounts == units({1, 3}));
}

TEST_CASE("a row before 1970 is skipped with a reason", "[trace_file]") {
  struct Row {
    const char *bad, *good;
  };
  const auto row = GENERATE(values<Row>({
      {"1969-12-31 23:59:59.999", "1970-01-01"},
      {"1970-01-01T00:00:00+00:01", "1970-01-01T00:00:00-00:01"},
      {"-1", "0"},
  }));
  const TraceImport import = imported(fmt::format("{},1\n{},2\n", row.bad, row.good), with_step(seconds{1}));
  CHECK(import.skipped_reasons ==
        Strings{fmt::format("line 1, column 1: '{}': expected 1970 or later", row.bad)});
  CHECK(import.trace.amounts == units({2}));
}

TEST_CASE("the offset from UTC moves calendar times without a zone and no others", "[trace_file]") {
  struct Row {
    const char* text;
    Duration offset;
    Time expected;
  };
  const auto row = GENERATE(values<Row>({
      {"2014-04-10 02:00", hours{2}, kMidnight},
      {"2014-04-09 20:00", hours{-4}, kMidnight},
      {"2014-04-10", hours{24}, kMidnight - days{1}},
      {"2014-04-10", hours{-24}, kMidnight + days{1}},
      {"2014-04-10 00:00:01", Duration{1}, kMidnight + seconds{1} - Duration{1}},
      {"2014-04-10 00:00Z", hours{2}, kMidnight},
      {"2014-04-10 00:00 UTC", hours{2}, kMidnight},
      {"2014-04-10 01:00+01:00", hours{2}, kMidnight},
      {"1397088240", hours{2}, kMidnight + minutes{4}},
  }));
  CAPTURE(row.text);
  TraceFileOptions options = with_step(seconds{1});
  options.utc_offset = row.offset;
  CHECK(imported(fmt::format("{},5", row.text), options).first == row.expected);
}

// ---- Values

TEST_CASE("a value is read digit by digit and rounded half up to a micro-unit", "[trace_file]") {
  struct Row {
    const char* text;
    Amount expected;
  };
  const auto row = GENERATE(values<Row>({
      {"94", 94'000'000},
      {"94.0", 94'000'000},
      {"+3", 3'000'000},
      {"0", 0},
      {"-0", 0},
      {"-0.000", 0},
      {".5", 500'000},
      {"5.", 5'000'000},
      {"007", 7'000'000},
      {"1e3", 1'000'000'000},
      {"2.5E-1", 250'000},
      {"25e+2", 2'500'000'000},
      {"1e-9999", 0},
      {"0.1", 100'000},
      {"0.0000004999999999", 0},
      {"0.0000005", 1},
      {"0.0000014999999999", 1},
      {"0.00000050000000000000000000000001", 1},
      {"123456789012.12345649", 123'456'789'012'123'456},
      {"123456789012.12345650", 123'456'789'012'123'457},
      {"999999999999.999999", 999'999'999'999'999'999},
      {"1000000000000", sim::kMaxStepAmount},
      {"1000000000000.0000000000000000000000000000", sim::kMaxStepAmount},
      {"\"94\"", 94'000'000},
      {"  94  ", 94'000'000},
  }));
  CHECK(imported(fmt::format("2014-04-10,{}", row.text), with_step(seconds{1})).trace.amounts ==
        std::vector<Amount>{row.expected});
}

TEST_CASE("a missing or unreadable value skips its row with a reason", "[trace_file]") {
  const char* bad =
      GENERATE("", "-", "NaN", "nan", "null", "NULL", "NA", "N/A", "none", "None", "+", ".", "e5", "12 ms",
               "1.2.3", "1e", "1e+", "1e99999", "1e5.0", "0x10", "inf", "--1", "1 000");
  const std::string text = fmt::format("time,v\n2014-04-10,1\n2014-04-11,{}\n2014-04-12,3\n", bad);
  const TraceImport import = imported(text, with_step(days{1}));
  CHECK(import.rows_read == 3);
  CHECK(import.rows_skipped == 1);
  CHECK(import.gaps == 1);
  CHECK(import.skipped_reasons == Strings{fmt::format("line 3, column 'v': '{}': expected a number", bad)});
  CHECK(import.trace.amounts == units({1, 0, 3}));
}

TEST_CASE("missing values don't hide the column they stand in", "[trace_file]") {
  const char* missing = GENERATE("", "-", "NaN", "null", "NA", "N/A", "none");
  const TraceImport import = imported(
      fmt::format("time,v,w\n2014-04-10,{0},7\n2014-04-11,{0},7\n2014-04-12,3,7\n2014-04-13,4,7\n", missing));
  CHECK(import.rows_skipped == 2);
  CHECK(import.trace.amounts == units({3, 4}));
}

TEST_CASE("a comma is a decimal mark where it does not separate fields", "[trace_file]") {
  struct Row {
    const char* why;
    const char* text;
    char separator;
  };
  const auto row = GENERATE(values<Row>({
      {"semicolons", "2014-04-10;1,5\n2014-04-11;2,25\n", 0},
      {"tabs", "2014-04-10\t1,5\n2014-04-11\t2,25\n", 0},
      {"bars", "2014-04-10|1,5\n2014-04-11|2,25\n", '|'},
      {"a point stays one", "2014-04-10;1.5\n2014-04-11;2.25\n", 0},
      {"times have one too", "1397088000,0;1,5\n1397174400,0;2,25\n", 0},
      {"exponents as well", "2014-04-10;1,5e0\n2014-04-11;0,225e1\n", 0},
  }));
  CAPTURE(row.why);
  TraceFileOptions options;
  options.separator = row.separator;
  const TraceImport import = imported(row.text, options);
  CHECK(import.trace == sim::Trace(kMidnight, days{1}, {1'500'000, 2'250'000}));
  CHECK(import.rows_skipped == 0);
}

TEST_CASE("a quoted comma is no decimal mark where commas separate fields", "[trace_file]") {
  const TraceImport import = imported("2014-04-10,1\n2014-04-11,\"1,5\"\n2014-04-12,2\n");
  CHECK(import.skipped_reasons == Strings{"line 2, column 2: '1,5': expected a number"});
}

TEST_CASE("the scale multiplies each value before anything is rounded", "[trace_file]") {
  struct Row {
    const char* value;
    std::int64_t millionths;
    Amount expected;
  };
  const auto row = GENERATE(values<Row>({
      {"3", 1'000'000, 3'000'000},
      {"3", 500'000, 1'500'000},
      {"3", 1, 3},
      {"0.000003", 500'000, 2},
      {"0.000003", 499'999, 1},
      {"0.0000004", 2'000'000, 1},
      {"0.000001", 1'000'000'000'000, 1'000'000},
      {"1000000", 1'000'000'000'000, sim::kMaxStepAmount},
  }));
  CAPTURE(row.value, row.millionths);
  TraceFileOptions options = with_step(seconds{1});
  options.scale_millionths = row.millionths;
  CHECK(imported(fmt::format("2014-04-10,{}", row.value), options).trace.amounts ==
        std::vector<Amount>{row.expected});
}

// ---- Lines and fields

TEST_CASE("the same rows are found whatever dress the file wears", "[trace_file]") {
  struct Row {
    const char* why;
    std::string text;
  };
  const auto row = GENERATE(values<Row>({
      {"plain", "time,value\n2014-04-10,1\n2014-04-11,2\n"},
      {"no final newline", "time,value\n2014-04-10,1\n2014-04-11,2"},
      {"CR LF", "time,value\r\n2014-04-10,1\r\n2014-04-11,2\r\n"},
      {"CR alone", "time,value\r2014-04-10,1\r2014-04-11,2\r"},
      {"byte order mark", "\xef\xbb\xbftime,value\n2014-04-10,1\n2014-04-11,2\n"},
      {"byte order mark without a header",
       "\xef\xbb\xbf"
       "2014-04-10,1\n2014-04-11,2\n"},
      {"semicolons", "time;value\n2014-04-10;1\n2014-04-11;2\n"},
      {"tabs", "time\tvalue\n2014-04-10\t1\n2014-04-11\t2\n"},
      {"semicolons that tabs follow", "time;\tvalue\n2014-04-10;\t1\n2014-04-11;\t2\n"},
      {"semicolons outrank tabs", "the\ttime;value\n2014-04-10;1\n2014-04-11;2\n"},
      {"an empty field before a tab", "n\ttime\tvalue\n\t2014-04-10\t1\n8\t2014-04-11\t2\n"},
      {"semicolons outrank commas", "the time, local;value\n2014-04-10;1\n2014-04-11;2\n"},
      {"tabs outrank commas", "the time, local\tvalue\n2014-04-10\t1\n2014-04-11\t2\n"},
      {"a quoted semicolon separates nothing", "\"time; local\",value\n2014-04-10,1\n2014-04-11,2\n"},
      {"quoted fields", "\"time\",\"value\"\n\"2014-04-10\",\"1\"\n\"2014-04-11\",\"2\"\n"},
      {"a quoted name with a quote and a comma",
       "time,\"the \"\"big\"\", value\"\n2014-04-10,1\n2014-04-11,2\n"},
      {"empty lines", "\n\ntime,value\n\n2014-04-10,1\n  \t\n2014-04-11,2\n\n"},
      {"comments", "# made by; hand\ntime,value\n2014-04-10,1\n  # 2014-04-10,9\n2014-04-11,2\n#"},
      {"blanks around fields", " time , value \n 2014-04-10 , 1 \n 2014-04-11 , 2 \n"},
      {"a trailing separator", "time,value,\n2014-04-10,1,\n2014-04-11,2,\n"},
      {"no header", "2014-04-10,1\n2014-04-11,2\n"},
      {"text between time and value", "time,host,value\n2014-04-10,web,1\n2014-04-11,web,2\n"},
      {"numbers before the time", "n,time,value\n8,2014-04-10,1\n9,2014-04-11,2\n"},
      {"a calendar time goes before epoch numbers",
       "n,time,value\n1397088000,2014-04-10,1\n1397088001,2014-04-11,2\n"},
      {"epoch numbers go before small ones", "n,time,value\n8,1397088000,1\n9,1397174400,2\n"},
      {"rows in reverse", "time,value\n2014-04-11,2\n2014-04-10,1\n"},
  }));
  CAPTURE(row.why);
  const TraceImport import = imported(row.text);
  CHECK(import.trace == sim::Trace(kMidnight, days{1}, units({1, 2})));
  CHECK(import.rows_read == 2);
  CHECK(import.rows_skipped == 0);
  CHECK(import.rows_merged == 0);
  CHECK(import.gaps == 0);
  CHECK(import.first == kMidnight);
  CHECK(import.last == kMidnight + days{1});
  CHECK(import.step == days{1});
  CHECK(import.skipped_reasons.empty());
}

TEST_CASE("a bar separates fields only when asked to", "[trace_file]") {
  constexpr const char* kText = "time|value\n2014-04-10|1\n2014-04-11|2\n";
  CHECK(refusal(kText) == "t.csv: no column of times in the first rows: name one with time_column");
  TraceFileOptions options;
  options.separator = '|';
  CHECK(imported(kText, options).trace.amounts == units({1, 2}));
}

TEST_CASE("the separator that is asked for goes before the one that is found", "[trace_file]") {
  TraceFileOptions options;
  options.separator = ',';
  CHECK(imported("2014-04-10,1,a;b\n2014-04-11,2,c;d\n", options).trace.amounts == units({1, 2}));
}

TEST_CASE("a quote that is never closed costs its own line only", "[trace_file]") {
  const TraceImport import = imported("2014-04-10,1\n\"2014-04-11,2\n2014-04-12,3\n");
  CHECK(import.rows_skipped == 1);
  CHECK(import.skipped_reasons == Strings{"line 2: 1 columns: expected 2 or more"});
  CHECK(import.trace.amounts == units({1, 3}));
}

TEST_CASE("columns beyond those of the first row do no harm", "[trace_file]") {
  CHECK(imported("2014-04-10,1\n2014-04-11,2,7,8\n2014-04-12,3,\n").trace.amounts == units({1, 2, 3}));
}

// ---- Columns

TEST_CASE("columns are chosen by name or by number", "[trace_file]") {
  constexpr const char* kNamed =
      "id,start,end,cpu,rps\n1,2014-04-10,2014-04-20,10,100\n2,2014-04-11,2014-04-21,20,200\n";
  constexpr const char* kBare = "1,2014-04-10,2014-04-20,10,100\n2,2014-04-11,2014-04-21,20,200\n";
  struct Row {
    const char* why;
    const char* text;
    std::string time, value;
    Time first;
    std::vector<Amount> expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"neither", kNamed, "", "", kMidnight, {10, 20}},
      {"value by name", kNamed, "", "rps", kMidnight, {100, 200}},
      {"value by number", kNamed, "", "5", kMidnight, {100, 200}},
      {"a value before the time", kNamed, "", "id", kMidnight, {1, 2}},
      {"time by name", kNamed, "end", "", kMidnight + days{10}, {10, 20}},
      {"time by number", kNamed, "3", "", kMidnight + days{10}, {10, 20}},
      {"both by name", kNamed, "end", "rps", kMidnight + days{10}, {100, 200}},
      {"time by number without a header", kBare, "3", "", kMidnight + days{10}, {10, 20}},
      {"both by number without a header", kBare, "2", "5", kMidnight, {100, 200}},
      {"leading zeros are no harm", kBare, "2", "005", kMidnight, {100, 200}},
  }));
  CAPTURE(row.why);
  TraceFileOptions options = with_step(days{1});
  options.time_column = row.time;
  options.value_column = row.value;
  const TraceImport import = imported(row.text, options);
  CHECK(import.first == row.first);
  CHECK(import.trace.amounts == units(row.expected));
  CHECK(import.rows_read == 2);
  CHECK(import.rows_skipped == 0);
}

TEST_CASE("quotes and separators inside a quoted name are part of it", "[trace_file]") {
  TraceFileOptions options;
  options.value_column = "the \"big\", value";
  const TraceImport import =
      imported("time,w,\"the \"\"big\"\", value\"\n2014-04-10,7,1\n2014-04-11,7,2\n", options);
  CHECK(import.trace.amounts == units({1, 2}));
}

TEST_CASE("a first line with a column asked for by name is a header whatever else it holds", "[trace_file]") {
  TraceFileOptions options;
  options.value_column = "v";
  const TraceImport import = imported("2014,v\n2014-04-10,1\n2014-04-11,2\n", options);
  CHECK(import.rows_read == 2);
  CHECK(import.trace.amounts == units({1, 2}));
}

TEST_CASE("a column asked for may hold numbers in a few of its rows only", "[trace_file]") {
  TraceFileOptions options = with_step(days{1});
  options.value_column = "v";
  const TraceImport import = imported("time,v,w\n2014-04-10,x,7\n2014-04-11,x,7\n2014-04-12,3,7\n", options);
  CHECK(import.rows_skipped == 2);
  CHECK(import.trace.amounts == units({3}));
}

TEST_CASE("a header that is a number goes before the column of that number", "[trace_file]") {
  TraceFileOptions options;
  options.value_column = GENERATE("2", "3");
  options.time_column = GENERATE("", "minute");
  CAPTURE(options.value_column, options.time_column);
  const bool second = options.value_column == "2";
  const TraceImport import = imported("minute,3,2\n2014-04-10,30,20\n2014-04-11,31,21\n", options);
  CHECK(import.trace.amounts == (second ? units({20, 21}) : units({30, 31})));
  CHECK(import.rows_read == 2);
  CHECK(import.rows_skipped == 0);
}

TEST_CASE("a first row of data that holds the number of a column is no header", "[trace_file]") {
  TraceFileOptions options;
  options.value_column = "3";
  CHECK(imported("2014-04-10,web,3\n2014-04-11,web,4\n", options).trace.amounts == units({3, 4}));
  CHECK(imported("0,3,5\n60,4,6\n", options).trace.amounts == units({5, 6}));
  options.value_column = "2";
  CHECK(imported("0,5,2\n60,6,3\n", options).trace.amounts == units({5, 6}));
}

TEST_CASE("a first row that is broken is skipped and not taken for a header", "[trace_file]") {
  const TraceImport import = imported("soon,1\n2014-04-10,1\n2014-04-11,2\n");
  CHECK(import.rows_read == 3);
  CHECK(import.skipped_reasons == Strings{"line 1, column 1: 'soon': expected a time"});
  CHECK(import.trace.amounts == units({1, 2}));
}

// ---- Rows to steps

TEST_CASE("rows in one step add up when they count and are averaged when they are rates", "[trace_file]") {
  struct Row {
    const char* why;
    const char* text;
    TraceUnit unit;
    std::vector<Amount> expected;  // micro-units
    std::int64_t merged;
  };
  const auto row = GENERATE(values<Row>({
      {"counts add up", "0,1\n20,2\n40,4\n60,8\n", TraceUnit::Count, {7'000'000, 8'000'000}, 2},
      {"counts of the same time do too", "0,1\n0,2\n60,8\n", TraceUnit::Count, {3'000'000, 8'000'000}, 1},
      {"whatever their order", "60,8\n40,4\n0,1\n20,2\n", TraceUnit::Count, {7'000'000, 8'000'000}, 2},
      {"their sum is rounded once", "0,0.0000015\n1,0.0000015\n", TraceUnit::Count, {3}, 1},
      {"a rate holds for the whole step",
       "0,1\n60,2.5\n",
       TraceUnit::RatePerSecond,
       {60'000'000, 150'000'000},
       0},
      {"rates are averaged",
       "0,1\n20,2\n40,4.5\n60,8\n",
       TraceUnit::RatePerSecond,
       {150'000'000, 480'000'000},
       2},
      {"a tiny rate is rounded after its step", "0,0.00000004\n60,0\n", TraceUnit::RatePerSecond, {2, 0}, 0},
      {"a third is rounded once", "0,0.000001\n1,0\n2,0\n", TraceUnit::RatePerSecond, {20}, 2},
      {"half up", "0,0.00000005\n1,0\n", TraceUnit::RatePerSecond, {2}, 1},
      {"of rates at one time the last row holds",
       "0,9\n0,5\n0,1\n60,2\n",
       TraceUnit::RatePerSecond,
       {60'000'000, 120'000'000},
       2},
      {"and enters the mean once", "0,9\n0,1\n30,3\n", TraceUnit::RatePerSecond, {120'000'000}, 2},
      {"also where rows are unordered",
       "60,2\n0,9\n30,3\n0,1\n",
       TraceUnit::RatePerSecond,
       {120'000'000, 120'000'000},
       2},
  }));
  CAPTURE(row.why);
  TraceFileOptions options = with_step(minutes{1});
  options.unit = row.unit;
  const TraceImport import = imported(row.text, options);
  CHECK(import.trace.amounts == row.expected);
  CHECK(import.rows_merged == row.merged);
  CHECK(import.gaps == 0);
}

TEST_CASE("digits past the twelfth decimal place of a scaled value are dropped", "[trace_file]") {
  TraceFileOptions options = with_step(seconds{1'000'000});
  options.unit = TraceUnit::RatePerSecond;
  CHECK(imported("0,0.0000000000019\n", options).trace.amounts == std::vector<Amount>{1});
  options.scale_millionths = 10'000'000;
  CHECK(imported("0,0.0000000000019\n", options).trace.amounts == std::vector<Amount>{19});
}

TEST_CASE("a step without a row offers nothing, or as much as the one before when told to hold",
          "[trace_file]") {
  struct Row {
    TraceUnit unit;
    GapRule gaps;
    std::vector<Amount> expected;
  };
  const auto row = GENERATE(values<Row>({
      {TraceUnit::Count, GapRule::Zero, {5, 7, 0, 0, 3, 0, 2}},
      {TraceUnit::Count, GapRule::Hold, {5, 7, 7, 7, 3, 3, 2}},
      {TraceUnit::RatePerSecond, GapRule::Zero, {300, 420, 0, 0, 180, 0, 120}},
      {TraceUnit::RatePerSecond, GapRule::Hold, {300, 420, 420, 420, 180, 180, 120}},
  }));
  TraceFileOptions options = with_step(minutes{1});
  options.unit = row.unit;
  options.gaps = row.gaps;
  const TraceImport import = imported("0,5\n60,7\n240,3\n360,2\n", options);
  CHECK(import.trace.amounts == units(row.expected));
  CHECK(import.gaps == 3);
  CHECK(import.rows_merged == 0);
}

TEST_CASE("steps are counted from the first row, wherever the others lie within theirs", "[trace_file]") {
  const TraceImport import = imported("7,1\n66,2\n67,4\n187,8\n", with_step(minutes{1}));
  CHECK(import.trace == sim::Trace(at(7'000'000), minutes{1}, units({3, 4, 0, 8})));
  CHECK(import.first == at(7'000'000));
  CHECK(import.last == at(187'000'000));
}

TEST_CASE("the step is the smallest common spacing that most spacings are multiples of", "[trace_file]") {
  struct Row {
    const char* why;
    std::vector<std::pair<int, int>> spacings;  // seconds, and how often in a row
    int expected;
  };
  const auto row = GENERATE(values<Row>({
      {"one spacing", {{300, 1}}, 300},
      {"all alike", {{60, 50}}, 60},
      {"gaps are multiples", {{60, 5}, {120, 3}, {600, 2}}, 60},
      {"also when they are the rule", {{60, 1}, {120, 8}, {600, 1}}, 60},
      {"a spacing of a tenth is common", {{30, 10}, {60, 90}}, 30},
      {"a rarer one is not", {{30, 9}, {60, 91}}, 60},
      {"nor may it divide too little", {{7, 40}, {60, 60}}, 60},
      {"no spacing fits most: the most common", {{59, 25}, {60, 50}, {61, 25}}, 60},
      {"the smaller one of a tie", {{61, 4}, {59, 4}, {67, 2}}, 59},
      {"equal times have no spacing", {{0, 9}, {60, 2}, {0, 9}}, 60},
  }));
  CAPTURE(row.why);
  int time = 0;
  std::string text = "0,1\n";
  for (const auto& [spacing, times] : row.spacings)
    for (int i = 0; i < times; ++i) text += fmt::format("{},1\n", time += spacing);
  CHECK(imported(text).step == seconds{row.expected});
}

TEST_CASE("a step that is given goes before the one that would be found", "[trace_file]") {
  constexpr const char* kText = "0,1\n60,2\n120,4\n180,8\n";
  CHECK(imported(kText).trace.amounts == units({1, 2, 4, 8}));
  CHECK(imported(kText, with_step(minutes{2})).trace.amounts == units({3, 12}));
  CHECK(imported(kText, with_step(seconds{45})).trace.amounts == units({1, 2, 4, 0, 8}));
  CHECK(imported(kText, with_step(hours{1})).trace == sim::Trace(sim::kEpoch, hours{1}, units({15})));
}

TEST_CASE("reasons are kept for the first five skipped rows and all are counted", "[trace_file]") {
  std::string text = "time,value\n2014-04-10,1\n2014-04-11,2\nx,1\n2014-04-12\n2014-04-12,-\n1900-01-01,1\n";
  for (int i = 0; i < 5; ++i) text += fmt::format("bad{},1\n", i);
  TraceFileOptions options;
  options.time_column = "time";
  options.value_column = "value";
  const TraceImport import = imported(text, options);
  CHECK(import.rows_read == 11);
  CHECK(import.rows_skipped == 9);
  CHECK(import.skipped_reasons == Strings{
                                      "line 4, column 'time': 'x': expected a time",
                                      "line 5: 1 columns: expected 2 or more",
                                      "line 6, column 'value': '-': expected a number",
                                      "line 7, column 'time': '1900-01-01': expected 1970 or later",
                                      "line 8, column 'time': 'bad0': expected a time",
                                  });
}

TEST_CASE("lines are counted as an editor counts them", "[trace_file]") {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const std::string text =
        fmt::format("# why{0}{0}time,value{0}2014-04-10,1{0}{0}x,1{0}2014-04-11,2{0}", end);
    CHECK(imported(text).skipped_reasons == Strings{"line 6, column 'time': 'x': expected a time"});
  }
}

TEST_CASE("a message shows strange bytes as numbers and long fields cut short", "[trace_file]") {
  const std::string text =
      "2014-04-10,1\n2014-04-11,2\n\xff\x01\xc3\xa9,3\n2014-04-12,4\n" + std::string(41, 'x') + ",5\n";
  CHECK(imported(text).skipped_reasons ==
        Strings{"line 3, column 1: '\\xff\\x01\\xc3\\xa9': expected a time",
                "line 5, column 1: '" + std::string(40, 'x') + "...': expected a time"});
}

// ---- Refusals

TEST_CASE("a file that no trace can be made of is refused with place and value", "[trace_file]") {
  struct Row {
    const char* expected;
    std::string text;
    void (*change)(TraceFileOptions&) = [](TraceFileOptions&) {};
  };
  const std::string two = "time,value\n2014-04-10,1\n2014-04-11,2\n";
  const std::string bare = "2014-04-10,1\n2014-04-11,2\n";
  std::string ten;
  for (int i = 0; i < 10; ++i) ten += fmt::format("2014-04-10 00:{:02},1e12\n", i);
  const auto row = GENERATE_COPY(values<Row>({
      // Values
      {"line 3, column 'value': '-0.5': expected 0 or more", "time,value\n2014-04-10,1\n2014-04-11,-0.5\n"},
      {"line 2, column 2: '-1e-30': expected 0 or more", "2014-04-10,1\n2014-04-11,-1e-30\n"},
      {"line 1, column 2: '1000000000000.000001': expected, once scaled, at most 10^12",
       "2014-04-10,1000000000000.000001\n2014-04-11,2\n"},
      {"line 2, column 2: '1e9999': expected, once scaled, at most 10^12",
       "2014-04-10,1\n2014-04-11,1e9999\n"},
      {"line 2, column 2: '9999999999999999999999999999999999999999...': expected, "
       "once scaled, at most 10^12",
       "2014-04-10,1\n2014-04-11," + std::string(50, '9') + "\n"},
      {"line 1, column 2: '1e12': expected, once scaled, at most 10^12", "2014-04-10,1e12\n2014-04-11,2\n",
       [](TraceFileOptions& o) { o.scale_millionths = 1'000'001; }},
      {"step from line 2 (2014-04-10T00:00:00Z) on: expected at most 10^12 in one step",
       "time,value\n2014-04-10,1e12\n2014-04-10,1e12\n2014-04-11,2\n"},
      {"step from line 1 (2014-04-11T00:00:00Z) on: expected at most 10^12 in one step",
       "2014-04-11,1e12\n2014-04-10,1\n", [](TraceFileOptions& o) { o.unit = TraceUnit::RatePerSecond; }},
      {"step from line 1 (1970-01-01T00:00:00Z) on: expected at most 10^12 in one step", "0,1e7\n1,1e7\n",
       [](TraceFileOptions& o) {
         o.unit = TraceUnit::RatePerSecond;
         o.step = Duration::max();
       }},
      {"amounts[0] to amounts[9] add up to more than 9223372036854775807 micro-units", ten},
      // Columns
      {"value_column 'cpu': expected one of 'time', 'value', or 1 to 2", two,
       [](TraceFileOptions& o) { o.value_column = "cpu"; }},
      {"time_column 'when': expected one of 'time', 'value', or 1 to 2", two,
       [](TraceFileOptions& o) { o.time_column = "when"; }},
      {"value_column 'Value': expected one of 'time', 'value', or 1 to 2", two,
       [](TraceFileOptions& o) { o.value_column = "Value"; }},
      {"value_column '3': expected one of 'time', 'value', or 1 to 2", two,
       [](TraceFileOptions& o) { o.value_column = "3"; }},
      {"value_column '4': expected one of 'time', 'value', 'note', or 1 to 3",
       "time,value,note\n2014-04-10,1\n", [](TraceFileOptions& o) { o.value_column = "4"; }},
      {"value_column '0': expected 1 to 2", bare, [](TraceFileOptions& o) { o.value_column = "0"; }},
      {"value_column '3': expected 1 to 2", bare, [](TraceFileOptions& o) { o.value_column = "3"; }},
      {"value_column '99999999999999999999': expected 1 to 2", bare,
       [](TraceFileOptions& o) { o.value_column = "99999999999999999999"; }},
      {"value_column 'value': expected 1 to 2", bare, [](TraceFileOptions& o) { o.value_column = "value"; }},
      {"column 1: expected different ones for time and value", two,
       [](TraceFileOptions& o) { o.value_column = "time"; }},
      {"no column of times in the first rows: name one with time_column", "a,b\nx,y\nz,1.2.3\n"},
      {"no column of times in the first rows: name one with time_column", "time,value\n"},
      {"no numeric column after the time (column 1): name one with value_column",
       "2014-04-10,a\n2014-04-11,b\n"},
      {"no numeric column after the time (column 2): name one with value_column",
       "1,2014-04-10,a\n2,2014-04-11,b\n"},
      {"no numeric column after the time (column 1): name one with value_column", "2014-04-10\n2014-04-11\n"},
      // Rows
      {"no rows: expected a time and a value a line", ""},
      {"no rows: expected a time and a value a line", "\n  \n# nothing\n\r\n"},
      {"no rows: expected a time and a value a line", "\xef\xbb\xbf"},
      {"no usable row among 0", "time,value\n",
       [](TraceFileOptions& o) {
         o.time_column = "time";
         o.value_column = "value";
       }},
      {"no usable row among 2; line 2, column 'value': '-': expected a number",
       "time,value\n2014-04-10,-\n2014-04-11,-\n", [](TraceFileOptions& o) { o.value_column = "value"; }},
      {"all rows at one time, 2014-04-10T00:00:00Z: the step can't be found, so give one",
       "2014-04-10,1\n2014-04-10,2\n"},
      {"all rows at one time, 2014-04-10T12:34:56Z: the step can't be found, so give one",
       "2014-04-10 12:34:56.7,1\n"},
      {"5 steps of 86400000000 us from line 1 (2014-04-10T00:00:00Z) to line 2 (2014-04-14T00:00:00Z): "
       "expected at most 4; is a time wrong, or a longer step needed?",
       "2014-04-10,1\n2014-04-14,2\n2014-04-11,2\n2014-04-12,2\n",
       [](TraceFileOptions& o) { o.max_steps = 4; }},
      {"253402300800000000 steps of 1 us from line 1 (1970-01-01T00:00:00Z) to line 2 "
       "(9999-12-31T23:59:59Z): expected at most 10000000; is a time wrong, or a longer step needed?",
       "1970-01-01,1\n9999-12-31 23:59:59.999999,2\n", [](TraceFileOptions& o) { o.step = Duration{1}; }},
      {"1 steps of 9223372036854775807 us from 1000000 us: the end is later than a time can be", "1,0\n2,0\n",
       [](TraceFileOptions& o) { o.step = Duration::max(); }},
      {"UTF-16 text: expected UTF-8", "\xff\xfet\1,\1"},
      {"UTF-16 text: expected UTF-8", "\xfe\xff\1t"},
      // Options
      {"step 0 us: expected 1 or more", two, [](TraceFileOptions& o) { o.step = Duration::zero(); }},
      {"step -60000000 us: expected 1 or more", two, [](TraceFileOptions& o) { o.step = minutes{-1}; }},
      {"scale_millionths 0: expected 1 to 1000000000000", two,
       [](TraceFileOptions& o) { o.scale_millionths = 0; }},
      {"scale_millionths 1000000000001: expected 1 to 1000000000000", two,
       [](TraceFileOptions& o) { o.scale_millionths = 1'000'000'000'001; }},
      {"utc_offset 86400000001 us: expected -24 h to 24 h", two,
       [](TraceFileOptions& o) { o.utc_offset = days{1} + Duration{1}; }},
      {"utc_offset -86400000001 us: expected -24 h to 24 h", two,
       [](TraceFileOptions& o) { o.utc_offset = -days{1} - Duration{1}; }},
      {"separator ':': expected , ; | or tab", two, [](TraceFileOptions& o) { o.separator = ':'; }},
      {"max_steps 0: expected 1 to 10000000", two, [](TraceFileOptions& o) { o.max_steps = 0; }},
      {"max_steps 10000001: expected 1 to 10000000", two,
       [](TraceFileOptions& o) { o.max_steps = 10'000'001; }},
  }));
  TraceFileOptions options;
  row.change(options);
  CHECK(refusal(row.text, options) == fmt::format("t.csv: {}", row.expected));
}

TEST_CASE("the limits themselves are accepted", "[trace_file]") {
  TraceFileOptions options;
  options.max_steps = 2;
  CHECK(imported("0,1\n60,2\n", options).trace.amounts.size() == 2);
  options.max_steps = 1;
  options.step = Duration{60'000'001};
  CHECK(imported("0,1\n60,2\n", options).trace.amounts.size() == 1);
}

// ---- Files

struct TemporaryFile {
  fs::path path = fs::temp_directory_path() / fmt::format("tidepool_trace_file_test_{}.csv", ::getpid());
  explicit TemporaryFile(std::string_view text) { std::ofstream(path, std::ios::binary) << text; }
  ~TemporaryFile() { fs::remove(path); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile(TemporaryFile&&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
};

TEST_CASE("a file is read like the text it holds and named by its path", "[trace_file]") {
  const TemporaryFile file("2014-04-10,1\r\n2014-04-11,2");
  const auto import = read_trace_file(file.path);
  REQUIRE(import.has_value());
  CHECK(import->trace == sim::Trace(kMidnight, days{1}, units({1, 2})));

  std::ofstream(file.path) << "2014-04-10,1\n2014-04-11,-2\n";
  const auto refused = read_trace_file(file.path);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message == file.path.string() + ": line 2, column 2: '-2': expected 0 or more");
}

TEST_CASE("what is no file, empty or beyond 1 GiB is refused by its path", "[trace_file]") {
  const fs::path folder = TIDEPOOL_SOURCE_DIR;
  for (const fs::path& path : {folder, folder / "no_such_trace.csv"}) {
    const auto result = read_trace_file(path);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == sim::ErrorCode::ResourceNotFound);
    CHECK(result.error().message == path.string() + ": no such file");
  }
  const TemporaryFile file("");
  const auto empty = read_trace_file(file.path);
  REQUIRE_FALSE(empty.has_value());
  CHECK(empty.error().message == file.path.string() + ": no rows: expected a time and a value a line");

  fs::resize_file(file.path, (std::uintmax_t{1} << 30) + 1);  // a hole: it takes no room
  const auto large = read_trace_file(file.path);
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().message == file.path.string() + ": 1073741825 bytes: expected at most 1073741824");
}

// ---- Recorded traces, which lie beside the checkout

// The folder of traces, or empty where there is none. Callers then skip, and say so.
fs::path shared_traces() {
  fs::path traces = fs::path(TIDEPOOL_SOURCE_DIR) / ".." / "shared" / "traces";
  return fs::is_directory(traces) ? traces : fs::path{};
}

constexpr const char* kSkipped = "skipped: ../shared is absent";

TraceImport imported_file(const fs::path& path, const TraceFileOptions& options = {}) {
  const auto result = read_trace_file(path, options);
  INFO(path);
  INFO((result ? "" : result.error().message));
  REQUIRE(result.has_value());
  return *result;
}

// The rows of formats/expected.csv, `2014-04-10T00:04:00Z,94`, read without the code under test.
std::vector<std::pair<Time, Amount>> expected_points(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<std::pair<Time, Amount>> points;
  while (std::getline(file, line)) {
    const auto number = [&](std::size_t from, std::size_t count) {
      return std::stoi(line.substr(from, count));
    };
    const Duration clock = hours{number(11, 2)} + minutes{number(14, 2)} + seconds{number(17, 2)};
    const Time time =
        utc(number(0, 4), static_cast<unsigned>(number(5, 2)), static_cast<unsigned>(number(8, 2)), clock);
    points.emplace_back(time, std::stoll(line.substr(21)) * kAmountUnit);
  }
  return points;
}

TEST_CASE("each plain fixture holds the twelve expected points", "[trace_file]") {
  const fs::path traces = shared_traces();
  if (traces.empty()) {
    WARN(kSkipped);
    return;
  }
  const auto points = expected_points(traces / "formats" / "expected.csv");
  REQUIRE(points.size() == 12);
  const char* name =
      GENERATE("expected.csv", "plain_iso_naive.csv", "plain_iso_offset.csv", "plain_epoch_s.csv",
               "plain_epoch_ms_noheader.csv", "plain_semicolon_decimalcomma_bom_crlf.csv");
  CAPTURE(name);
  const TraceImport import = imported_file(traces / "formats" / name);
  CHECK(import.rows_read == 12);
  CHECK(import.rows_skipped == 0);
  CHECK(import.gaps == 0);
  CHECK(import.step == minutes{5});
  REQUIRE(import.trace.amounts.size() == points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    CHECK(import.trace.start + import.step * static_cast<std::int64_t>(i) == points[i].first);
    CHECK(import.trace.amounts[i] == points[i].second);
  }
}

TEST_CASE("recorded traces are read in full and their gaps counted", "[trace_file]") {
  const fs::path traces = shared_traces();
  if (traces.empty()) {
    WARN(kSkipped);
    return;
  }
  struct Row {
    const char* name;
    Duration utc_offset, step;
    Time first, last;
    std::int64_t rows, gaps;
    Amount total, peak;  // units
  };
  const auto row = GENERATE(values<Row>({
      {"aws_elb_requests_5min.csv",
       {},
       minutes{5},
       utc(2014, 4, 10, minutes{4}),
       utc(2014, 4, 24, minutes{39}),
       4'032,
       8,
       249'327,
       656},
      {"nyc_taxi_30min.csv",
       {},
       minutes{30},
       utc(2014, 7, 1),
       utc(2015, 1, 31, minutes{23 * 60 + 30}),
       10'320,
       0,
       156'219'716,
       39'197},
      {"nasa_http_1995-08_1min.csv", hours{-4}, minutes{1}, utc(1995, 8, 1, hours{4}),
       utc(1995, 9, 1, minutes{239}), 41'865, 2'775, 1'569'898, 195},
      {"worldcup98_1998-06-25_1998-07-12_1min.csv",
       {},
       minutes{1},
       utc(1998, 6, 25),
       utc(1998, 7, 13) - minutes{1},
       25'920,
       0,
       563'231'406,
       229'426},
  }));
  CAPTURE(row.name);
  TraceFileOptions options;
  options.utc_offset = row.utc_offset;
  const TraceImport import = imported_file(traces / row.name, options);
  CHECK(import.first == row.first);
  CHECK(import.last == row.last);
  CHECK(import.step == row.step);
  CHECK(import.rows_read == row.rows);
  CHECK(import.rows_skipped == 0);
  CHECK(import.rows_merged == 0);
  CHECK(import.gaps == row.gaps);
  CHECK(static_cast<std::int64_t>(import.trace.amounts.size()) == row.rows + row.gaps);
  CHECK(import.trace.total() == row.total * kAmountUnit);
  CHECK(*std::ranges::max_element(import.trace.amounts) == row.peak * kAmountUnit);
}

TEST_CASE("a gap of the recorded month counts as zero or holds the minute before", "[trace_file]") {
  const fs::path traces = shared_traces();
  if (traces.empty()) {
    WARN(kSkipped);
    return;
  }
  // The server was shut down for a hurricane after 08-01 14:52, until 08-03 04:36.
  const Time before = utc(1995, 8, 1, minutes{14 * 60 + 52}), inside = before + hours{12};
  const fs::path month = traces / "nasa_http_1995-08_1min.csv";
  TraceFileOptions options;
  const auto amount_at = [](const sim::Trace& trace, Time t) {
    return trace.offered_between(t, t + minutes{1});
  };
  const sim::Trace zero = imported_file(month, options).trace;
  CHECK(zero.amounts.size() == 44'640);
  CHECK(std::ranges::count(zero.amounts, 0) == 2'775);
  CHECK(amount_at(zero, before) > 0);
  CHECK(amount_at(zero, inside) == 0);

  options.gaps = GapRule::Hold;
  const sim::Trace held = imported_file(month, options).trace;
  CHECK(held.amounts.size() == 44'640);
  CHECK(std::ranges::count(held.amounts, 0) == 0);
  CHECK(amount_at(held, inside) == amount_at(zero, before));
}

TEST_CASE("single events with seven-digit fractions fall into steps of the length given", "[trace_file]") {
  const fs::path traces = shared_traces();
  if (traces.empty()) {
    WARN(kSkipped);
    return;
  }
  TraceFileOptions options = with_step(seconds{1});
  options.value_column = "GeneratedTokens";
  const TraceImport import = imported_file(traces / "azure_llm_2023_code.csv", options);
  CHECK(import.first == utc(2023, 11, 16, Duration{65'823'979'960}));
  CHECK(import.last == utc(2023, 11, 16, Duration{69'259'928'016}));
  CHECK(import.rows_read == 8'819);
  CHECK(import.rows_skipped == 0);
  CHECK(import.trace.amounts.size() == 3'436);
  CHECK(import.trace.total() == 245'896 * kAmountUnit);
}

// ---- Broken text

constexpr std::array<std::string_view, 6> kSound = {
    "time,value\n2014-04-10 00:00:00,94.0\n2014-04-10 00:05:00,56\n2014-04-10 00:10:00,187\n",
    "\xef\xbb\xbfZeit;Anfragen\r\n10.04.2014 00:04:00;94,0\r\n10.04.2014 00:09:00;56,5\r\n",
    "1397088240000,94\n1397088540000,56\n1397088840000,187\n",
    "n\t\"the \"\"time\"\"\"\ty\n1\t2014-04-10T02:04:00.000+02:00\t1e3\n2\t2014-04-10T03:04Z\t-\n",
    "# a comment\n0,1.5\n60,2\n\n60,3\n240,NaN\n300,4\n",
    "a|2014/04/10|7\na|2014/04/11|8\n",
};

std::size_t index_below(sim::Rng& rng, std::size_t count) {
  return static_cast<std::size_t>(rng.uniform_int(0, static_cast<std::int64_t>(count) - 1));
}

// One of the bytes that mean something to the reader, or any byte at all.
char a_byte(sim::Rng& rng) {
  constexpr std::string_view kTelling = ",;|\t\"\r\n#.-+eE0123456789 TZ:/";
  if (rng.bernoulli_ppm(800'000)) return kTelling[index_below(rng, kTelling.size())];
  return static_cast<char>(rng.uniform_int(-128, 127));
}

std::string mutated(sim::Rng& rng, std::string text) {
  for (std::int64_t edits = rng.uniform_int(1, 8); edits > 0; --edits) {
    const std::size_t from = index_below(rng, text.size() + 1);
    const std::size_t length = index_below(rng, 12);
    switch (rng.uniform_int(0, 4)) {
      case 0: text.insert(from, 1, a_byte(rng)); break;
      case 1: text.erase(from, length); break;
      case 2: text.insert(index_below(rng, text.size() + 1), std::string(text.substr(from, length))); break;
      case 3: text.insert(from, length, a_byte(rng)); break;
      default:
        if (from < text.size()) text[from] = a_byte(rng);
    }
  }
  return text;
}

std::string random_text(sim::Rng& rng) {
  std::string text(index_below(rng, 60), ' ');
  for (char& each : text) each = a_byte(rng);
  return text;
}

TraceFileOptions random_options(sim::Rng& rng) {
  constexpr std::array<const char*, 6> kColumns = {"", "", "", "1", "2", "value"};
  TraceFileOptions options;
  options.max_steps = 10'000;
  if (rng.bernoulli_ppm(500'000)) return options;
  options.value_column = kColumns[index_below(rng, kColumns.size())];
  options.time_column = kColumns[index_below(rng, kColumns.size())];
  options.unit = rng.bernoulli_ppm(500'000) ? TraceUnit::Count : TraceUnit::RatePerSecond;
  options.gaps = rng.bernoulli_ppm(500'000) ? GapRule::Zero : GapRule::Hold;
  if (rng.bernoulli_ppm(300'000)) options.step = Duration{rng.uniform_int(1, 1'000'000'000)};
  if (rng.bernoulli_ppm(300'000)) options.separator = ",;|\t"[index_below(rng, 4)];
  options.scale_millionths = rng.uniform_int(1, 2'000'000);
  options.utc_offset = rng.uniform_duration(hours{-24}, hours{24});
  return options;
}

// What is inconsistent in an import; empty when all is well.
std::string flaw(const TraceImport& import) {
  const auto steps = static_cast<std::int64_t>(import.trace.amounts.size());
  if (import.trace.start != import.first || import.trace.step != import.step) return "not the trace reported";
  if (steps != (import.last - import.first) / import.step + 1) return "not the steps between first and last";
  if (import.rows_read - import.rows_skipped - import.rows_merged != steps - import.gaps)
    return "rows and steps don't add up";
  if (static_cast<std::int64_t>(import.skipped_reasons.size()) !=
      std::min<std::int64_t>(import.rows_skipped, 5))
    return "reasons missing";
  if (import.rows_skipped < 0 || import.rows_merged < 0 || import.gaps < 0) return "a negative count";
  return sim::make_trace(import.first, import.step, import.trace.amounts) ? "" : "a trace beyond its limits";
}

std::string flaw(const sim::Error& error) {
  if (!error.message.starts_with("t.csv: ")) return "a refusal that doesn't name the file";
  const bool printable = std::ranges::all_of(error.message, [](char c) { return c >= ' ' && c <= '~'; });
  return printable ? "" : "a refusal that can't be printed";
}

TEST_CASE("broken text is read to a sound trace or refused, and never crashes", "[trace_file]") {
  constexpr std::uint64_t kSeed = 20140410;
  constexpr std::uint64_t kRounds = 6'000;
  int accepted = 0, refused = 0;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    sim::Rng rng(kSeed, "broken trace text", round);
    const std::string text = round % 4 == 0
                                 ? random_text(rng)
                                 : mutated(rng, std::string(kSound[index_below(rng, kSound.size())]));
    const TraceFileOptions options = random_options(rng);
    const auto result = read_trace(text, "t.csv", options);
    ++(result ? accepted : refused);
    CAPTURE(kSeed, round, text);
    CHECK((result ? flaw(*result) : flaw(result.error())).empty());
  }
  CHECK(accepted > 500);
  CHECK(refused > 500);
}

TEST_CASE("the order of rows makes no difference to counts", "[trace_file]") {
  sim::Rng rng(7, "row order");
  Strings rows;
  for (int i = 0; i < 40; ++i)
    rows.push_back(fmt::format("{},{}\n", 60 * rng.uniform_int(0, 30), rng.uniform_int(0, 99)));
  const auto text_of = [](const Strings& lines) {
    return std::accumulate(lines.begin(), lines.end(), std::string());
  };
  const sim::Trace ordered = imported(text_of(rows), with_step(minutes{1})).trace;
  for (int round = 0; round < 20; ++round) {
    for (std::size_t i = rows.size() - 1; i > 0; --i) std::swap(rows[i], rows[index_below(rng, i + 1)]);
    CHECK(imported(text_of(rows), with_step(minutes{1})).trace == ordered);
  }
}

}  // namespace
}  // namespace tidepool::scenarios
