// tidepool whatif, as one starts it.
#include <fmt/format.h>
#include <sqlite3.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/shell.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::tools {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using namespace support;
using Catch::Contains;
using Catch::StartsWith;

constexpr std::string_view kQuestion = "--at 30m --set policies.one-every-quarter-hour.cool_down_time=60";

std::string bundled() {
  return (fs::path(TIDEPOOL_SOURCE_DIR) / "scenarios/policies/cooldown_holds_back.json").string();
}

// A scenario with a trace beside it.
TemporaryFolder& with_trace(TemporaryFolder& folder) {
  write_file(
      folder.file("requests.csv"),
      "time,requests\n2026-03-01T00:00:00Z,100\n2026-03-01T01:00:00Z,9000\n2026-03-01T02:00:00Z,300\n");
  write_file(folder.file("spike.json"), R"({
    "start": "2026-03-01T00:00:00Z", "duration": "3h",
    "calls": [{"at": "0s", "save": "web", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group",
               "body": {"scaling_group_name": "web", "max_instance_number": 3, "vpc_id": "{vpc}",
                        "networks": [{"id": "{subnet}"}]}}],
    "workloads": [{"group": "web", "capacity_per_instance": 1,
                   "trace": {"file": "requests.csv", "unit": "count"}}]
  })");
  CHECK(shell(folder, "tidepool run spike.json --out r.sqlite").code == 0);
  return folder;
}

void change(const fs::path& file, const char* sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  CHECK(sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
}

}  // namespace

TEST_CASE("whatif prints both outcomes side by side, the same from a result file", "[whatif]") {
  const TemporaryFolder folder;
  fs::copy_file(bundled(), folder.file("cooldown_holds_back.json"));
  const std::string question(kQuestion);
  const Ended ended = shell(folder, "tidepool whatif cooldown_holds_back.json " + question);
  // With the change nothing is denied any more, which one of the scenario's objectives asks for.
  CHECK(ended.code == 1);
  CHECK(ended.err.empty());

  const fs::path golden = fs::path(TIDEPOOL_SOURCE_DIR) / "tests/golden/cooldown_holds_back.whatif";
  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    write_file(golden, ended.out);  // NOLINT(concurrency-mt-unsafe)
  CHECK(ended.out == read_file(golden));

  CHECK(shell(folder, "tidepool run cooldown_holds_back.json --quiet --out r.sqlite").code == 0);
  CHECK(shell(folder, "tidepool whatif r.sqlite " + question).out == ended.out);
  CHECK(shell(folder, "tidepool whatif - " + question + " <cooldown_holds_back.json").code == 1);
}

TEST_CASE("a run with a seed of its own is forked with that seed", "[whatif]") {
  const TemporaryFolder folder;
  const std::string file = (fs::path(TIDEPOOL_SOURCE_DIR) / "scenarios/policies/evening_peak.json").string();
  shell(folder, fmt::format("tidepool run '{}' --seed 18446744073709551615 --quiet --out r.sqlite", file));
  const Ended ended = shell(folder, "tidepool whatif r.sqlite --at 1h --json");
  CHECK(ended.err.empty());
  CHECK_THAT(ended.out, Contains("\"seed\": 18446744073709551615"));
}

TEST_CASE("whatif prints a JSON document on request", "[whatif]") {
  const TemporaryFolder folder;
  const Ended ended = shell(folder, fmt::format("tidepool whatif '{}' {} --json", bundled(), kQuestion));
  CHECK(ended.code == 1);
  const json::object top = json::parse(ended.out).as_object();
  CHECK(top.at("schema_version") == 1);
  CHECK(top.at("at") == "2026-03-02T09:30:00Z");
  CHECK(top.at("changes").at(0).at("path") == "policies.one-every-quarter-hour.cool_down_time");
  CHECK(top.at("changes").at(0).at("value") == "60");
  const json::value& patient = top.at("groups").at(0);
  CHECK(patient.at("name") == "patient");
  const json::value& denied = patient.at("since_change").at("denied").at("AS.0026");
  CHECK(denied.at("as_it_was") == 4);
  CHECK(denied.at("what_if") == 0);
  CHECK(denied.at("difference") == -4);
  const json::value& least = patient.at("since_change").at("metrics").at("min_instances");
  CHECK(least.at("as_it_was") == 2);
  const json::value& quick = top.at("groups").at(1).at("whole_run").at("metrics");
  for (const auto& each : quick.as_object())
    CHECK((each.value().at("difference").is_null() || each.value().at("difference") == 0));
  CHECK(top.at("objectives").at(0).at("as_it_was").at("met") == true);
  CHECK(top.at("objectives").at(0).at("what_if").at("met") == false);
}

TEST_CASE("without a change both columns are equal, and the exit is that of the run", "[whatif]") {
  const TemporaryFolder folder;
  const Ended ended = shell(folder, fmt::format("tidepool whatif '{}' --at 1h", bundled()));
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out, Contains("\n  nothing\n") && !Contains("+"));
}

TEST_CASE("wrong use of whatif is told", "[whatif]") {
  struct Row {
    const char *arguments, *message;
  };
  const auto row = GENERATE(values<Row>({
      {"", "whatif needs a RUN"},
      {"spike.json", "whatif needs --at: the moment of the change"},
      {"spike.json --at", "--at: 1 required"},
      {"spike.json --at 1h --set", "--set: 1 required"},
      {"spike.json --at 1h --sett a=b", "unknown option '--sett'; did you mean '--set'?"},
      {"spike.json --at 1h --set groups.web.x=1 more", "unexpected argument 'more'"},
      {"spike.json --at 4h", "--at: \"4h\", expected \"+0s\" to \"+3h\""},
      {"r.sqlite --at 1h --set groups.web.min_instance_number=3",
       "--set: groups.web: AS.2005: desire_instance_number 0: expected 3 to 3\n"
       "tidepool: this can't be asked of the run\nSee 'tidepool whatif --help'.\n"},
  }));
  TemporaryFolder folder;
  with_trace(folder);
  CAPTURE(row.arguments);
  const Ended ended = shell(folder, fmt::format("tidepool whatif {}", row.arguments));
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, Contains(row.message));
}

TEST_CASE("a refused change is an error document with JSON", "[whatif]") {
  TemporaryFolder folder;
  const Ended ended =
      shell(with_trace(folder), "tidepool whatif r.sqlite --at 1h --set alarms.x.count=1 --json");
  CHECK(ended.code == 2);
  const json::value error = json::parse(ended.err).at("error");
  CHECK(error.at("code") == "invalid_change");
  CHECK(error.at("details").at(0) == R"(--set: alarms: "x", expected nothing, there is none)");
}

TEST_CASE("a run that does not repeat is told with the reason", "[whatif]") {
  TemporaryFolder folder;
  with_trace(folder);
  CHECK(shell(folder, "tidepool whatif r.sqlite --at 1h").code == 0);
  SECTION("a trace is gone") {
    fs::remove(folder.file("requests.csv"));
    const Ended ended = shell(folder, "tidepool whatif r.sqlite --at 1h");
    CHECK(ended.code == 2);
    CHECK_THAT(ended.err, StartsWith("spike.json: workloads[0].trace.file: ") &&
                              Contains("r.sqlite holds its scenario, but traces stay in files of their own"));
  }
  SECTION("a trace offers something else, though as much in all") {
    write_file(
        folder.file("requests.csv"),
        "time,requests\n2026-03-01T00:00:00Z,100\n2026-03-01T01:00:00Z,300\n2026-03-01T02:00:00Z,9000\n");
    const Ended ended = shell(folder, "tidepool whatif r.sqlite --at 1h");
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK(ended.err ==
          "r.sqlite: workloads[0]: requests.csv offers other demand than it did in the run\n"
          "tidepool: r.sqlite can't be repeated\n");
  }
  SECTION("the journal is another one") {
    change(folder.file("r.sqlite"), "UPDATE run SET fingerprint = '00', program_version = '0.0.1'");
    const Ended ended = shell(folder, "tidepool whatif r.sqlite --at 1h");
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.err, StartsWith("tidepool: r.sqlite: run again, it is another run: the journal has ") &&
                              Contains("under version 0.0.1"));
  }
  SECTION("the file is of an earlier version") {
    change(folder.file("r.sqlite"), "PRAGMA user_version = 1");
    const Ended ended = shell(folder, "tidepool whatif r.sqlite --at 1h");
    CHECK(ended.code == 3);
    CHECK_THAT(ended.err, Contains("r.sqlite: holds results of version 1, expected version 3"));
  }
  SECTION("the file is somebody else's") {
    change(folder.file("other.sqlite"), "CREATE TABLE t (x)");
    const Ended ended = shell(folder, "tidepool whatif other.sqlite --at 1h");
    CHECK(ended.code == 3);
    CHECK_THAT(ended.err, Contains("other.sqlite: holds no results of this program"));
  }
  SECTION("the file is damaged") {
    change(folder.file("r.sqlite"), "DROP TABLE workloads");
    const Ended ended = shell(folder, "tidepool whatif r.sqlite --at 1h");
    CHECK(ended.code == 3);
    CHECK_THAT(ended.err, Contains("r.sqlite: cannot be read: no such table: workloads"));
  }
  SECTION("there is no file") {
    const Ended ended = shell(folder, "tidepool whatif none.sqlite --at 1h");
    CHECK(ended.code == 3);
    CHECK(ended.err == "tidepool: none.sqlite: No such file or directory\n");
  }
}

}  // namespace tidepool::tools
