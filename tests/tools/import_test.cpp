// `tidepool import` from the command line: where things go, how it ends, and that a scenario runs on what it writes.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "tests/support/shell.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::tools {
namespace {

namespace json = boost::json;
using namespace support;
using Catch::Contains;
using Catch::StartsWith;

constexpr std::string_view kCsv = "time,n\n2026-03-02T06:00:00Z,12\n2026-03-02T06:05:00Z,30\n";
constexpr std::string_view kSeries = "timestamp,value\n2026-03-02T06:00:00Z,12\n2026-03-02T06:05:00Z,30\n";

TemporaryFolder& with_csv(TemporaryFolder& folder, std::string_view text = kCsv) {
  write_file(folder.file("n.csv"), text);
  return folder;
}

Ended import(const TemporaryFolder& folder, const std::string& arguments) {
  return shell(folder, "tidepool import " + arguments);
}

json::object parsed(const std::string& text) {
  json::error_code failed;
  const json::value value = json::parse(text, failed);
  INFO(text);
  REQUIRE_FALSE(failed);
  return value.as_object();
}

TEST_CASE("an import writes CSV to standard output and its report to standard error", "[cli][import]") {
  TemporaryFolder folder;
  const Ended ended = import(with_csv(folder), "n.csv --unit count");
  CHECK(ended.code == 0);
  CHECK(ended.out == kSeries);
  CHECK(ended.err ==
        "csv: n.csv\n"
        "  column 'n': a count, times at the start of their period\n"
        "  rows read 2, skipped 0\n"
        "  span 2026-03-02T06:00:00Z to 2026-03-02T06:10:00Z, 2 steps of 5m (found)\n"
        "  gaps 0, filled 0 (zero)\n");
  CHECK(import(folder, "n.csv --unit count --quiet").err.empty());
}

TEST_CASE("an import reads standard input and gzip, and writes a file", "[cli][import]") {
  TemporaryFolder folder;
  const Ended ended = shell(with_csv(folder), "gzip -c n.csv | tidepool import - --unit count -o out.csv");
  CHECK(ended.code == 0);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, StartsWith("csv: <stdin>\n"));
  CHECK(read_file(folder.file("out.csv")) == kSeries);
}

TEST_CASE("an import's JSON is one document, with the points unless they go to a file", "[cli][import]") {
  TemporaryFolder folder;
  const Ended ended = import(with_csv(folder), "n.csv --unit gauge --json");
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  const json::object report = parsed(ended.out);
  CHECK(report.at("schema_version").as_int64() == 1);
  CHECK(report.at("format").as_string() == "csv");
  CHECK(report.at("unit").as_string() == "gauge");
  CHECK(report.at("rows_read").as_int64() == 2);
  CHECK(report.at("step_seconds").to_number<int>() == 300);
  REQUIRE(report.at("points").as_array().size() == 2);
  CHECK(report.at("points").at(1).at("value").to_number<int>() == 30);
  const json::object without = parsed(import(folder, "n.csv --unit gauge --json -o out.csv").out);
  CHECK_FALSE(without.contains("points"));
  CHECK(read_file(folder.file("out.csv")) == kSeries);
}

TEST_CASE("an import ends with the code of its failure and leaves no file behind", "[cli][import]") {
  struct Row {
    const char* arguments;
    int code;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"", 2, "tidepool: import needs at least one FILE"},
      {"n.csv", 2,
       "n.csv: what column 'n' counts can't be known: expected --unit count, rate, gauge or counter"},
      {"n.csv --unit cuont", 2,
       R"(--unit cuont: expected "count", "rate", "gauge" or "counter"; did you mean 'count'?)"},
      {"n.csv --unit count --step 300", 2, "--step 300: expected a length with a unit such as 30s, 5m or 1h"},
      {"n.csv --unit count --step 0s", 2, "--step 0s: expected a length"},
      {"n.csv --unit count --utc-offset 2h30", 2,
       "--utc-offset 2h30: expected an offset such as +1h or -5h30m"},
      {"n.csv --unit count --from monday", 2, "--from monday: expected a time such as 2026-03-01T10:00:00Z"},
      {"n.csv --unit count --select web", 2, "--select web: expected LABEL=VALUE"},
      {"n.csv --unit count --separator :", 2, "--separator :: expected , ; | or tab"},
      {"n.csv --unit count --time-zone Mars/Olympus", 2, "--time-zone 'Mars/Olympus': expected a name"},
      {"n.csv --unit count --frmat csv", 2, "unknown option '--frmat'; did you mean '--format'?"},
      {"n.csv --unit count -o n.csv", 2, "--out n.csv: expected another file than those that are read"},
      {"- - --unit count", 2, "- can be read only once"},
      {"holes.csv --unit count --gaps error -o out.csv", 1,
       "1 of 3 steps have no value, the first at 2026-03-02T06:05:00Z"},
      {"bad.csv --unit count -o out.csv", 2, "bad.csv: line 3, column 'n': '-4', expected 0 or more"},
      {"absent.csv --unit count -o out.csv", 3, "absent.csv: No such file or directory"},
      {"n.csv --unit count -o no/such/folder.csv", 3, "no/such/folder.csv: cannot be written"},
  }));
  CAPTURE(row.arguments);
  TemporaryFolder folder;
  write_file(folder.file("holes.csv"), "2026-03-02T06:00:00Z,1\n2026-03-02T06:10:00Z,2\n");
  write_file(folder.file("bad.csv"), "time,n\n2026-03-02T06:00:00Z,12\n2026-03-02T06:05:00Z,-4\n");
  const std::string step = std::string_view(row.arguments).starts_with("holes") ? " --step 5m" : "";
  const Ended ended = import(with_csv(folder), row.arguments + step);
  CHECK(ended.code == row.code);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, Contains(row.message));
  CHECK(folder.count() == 3);
  const json::object error = parsed(import(folder, row.arguments + step + " --json").err);
  CHECK_THAT(json::value_to<std::string>(error.at("error").at("message")),
             Contains(row.message) || Contains("import needs"));
}

TEST_CASE("a scenario's trace runs on what an import wrote", "[cli][import]") {
  TemporaryFolder folder;
  write_file(folder.file("run.json"), R"({
    "start": "2026-03-02T06:00:00Z", "duration": "10m",
    "calls": [
      {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group", "save": "web",
       "body": {"scaling_group_name": "web", "max_instance_number": 1, "vpc_id": "{vpc}",
                "networks": [{"id": "{subnet}"}]}}
    ],
    "workloads": [{"group": "web", "capacity_per_instance": 1,
                   "trace": {"file": "demand.csv", "unit": "count", "align": "calendar"}}]
  })");
  const Ended ended =
      shell(with_csv(folder),
            "tidepool import n.csv --unit count --quiet -o demand.csv && tidepool run run.json --json");
  CAPTURE(ended.err);
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out, Contains("\"offered_units\": 42"));
}

}  // namespace
}  // namespace tidepool::tools
