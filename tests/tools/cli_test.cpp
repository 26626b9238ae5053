// Starts the real program, and looks at what comes out and how it ends.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cstdio>
#include <string>
#include <string_view>

#include "tests/support/shell.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::tools {
namespace {

namespace json = boost::json;
using namespace support;
using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

Ended tidepool(const std::string& arguments) {
  const TemporaryFolder folder;
  return shell(folder, "tidepool " + arguments);
}

constexpr std::string_view kGroup = "/autoscaling-api/v1/{project_id}/scaling_group";

// One group that never gets an instance, and whatever else a test wants in the file.
std::string a_scenario(std::string_view more = "", std::string_view duration = "1h") {
  return fmt::format(R"({{
  "name": "empty", "start": "2026-03-01T00:00:00Z", "duration": "{}",
  "calls": [
    {{"at": "+0s", "call": "POST {}", "save": "web",
      "body": {{"scaling_group_name": "web", "max_instance_number": 1, "vpc_id": "{{vpc}}",
               "networks": [{{"id": "{{subnet}}"}}]}}}}
  ]{}
}})",
                     duration, kGroup, more);
}

TemporaryFolder& with_scenario(TemporaryFolder& folder, std::string_view more = "") {
  write_file(folder.file("empty.json"), a_scenario(more));
  return folder;
}

json::object parsed(const std::string& text) {
  json::error_code failed;
  const json::value value = json::parse(text, failed);
  INFO(text);
  REQUIRE_FALSE(failed);
  return value.as_object();
}

std::string error_code(const std::string& text) {
  return json::value_to<std::string>(parsed(text).at("error").at("code"));
}

// ---- Help ----

TEST_CASE("the program alone prints its help as an error", "[cli]") {
  const Ended ended = tidepool("");
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, StartsWith("Usage: tidepool VERB"));
}

TEST_CASE("help goes to standard output, with examples and exit codes", "[cli]") {
  const auto arguments =
      GENERATE(as<std::string>(), "--help", "-h", "run --help", "run -h", "validate --help",
               "validate-model --help", "version --help", "run x.json --help", "run --seed 1 --help");
  CAPTURE(arguments);
  const Ended ended = tidepool(arguments);
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK_THAT(ended.out, StartsWith("Usage: tidepool ") && Contains("\nExamples:\n") &&
                            Contains("\nExit codes:") && Contains("-h, --help"));
}

TEST_CASE("the help of a verb is about that verb and tells every option", "[cli]") {
  CHECK_THAT(tidepool("run --help").out, StartsWith("Usage: tidepool run FILE") && Contains("--seed N") &&
                                             Contains("--out FILE") && Contains("--journal FILE") &&
                                             Contains("--json") && Contains("--quiet") &&
                                             Contains("--no-progress"));
  CHECK_THAT(tidepool("validate --help").out, StartsWith("Usage: tidepool validate FILE..."));
  CHECK_THAT(tidepool("--help").out, Contains("  run ") && Contains("  validate ") && Contains("  version "));
}

// ---- Wrong use: 2 ----

TEST_CASE("a slip of the pen is named, with what was probably meant", "[cli]") {
  struct Row {
    const char *arguments, *message;
  };
  const auto row = GENERATE(values<Row>({
      {"rnu x.json", "tidepool: unknown verb 'rnu'; did you mean 'run'?\nSee 'tidepool --help'.\n"},
      {"frobnicate", "tidepool: unknown verb 'frobnicate'\nSee 'tidepool --help'.\n"},
      {"--vresion",
       "tidepool: unknown option '--vresion'; did you mean '--version'?\nSee 'tidepool --help'.\n"},
      {"run x.json --sed 4",
       "tidepool: unknown option '--sed'; did you mean '--seed'?\nSee 'tidepool run --help'.\n"},
      {"run --jsno",
       "tidepool: unknown option '--jsno'; did you mean '--json'?\nSee 'tidepool run --help'.\n"},
      {"run --ouch=r.sqlite x.json",
       "tidepool: unknown option '--ouch'; did you mean '--out'?\nSee 'tidepool run --help'.\n"},
      {"run x.json -z", "tidepool: unknown option '-z'\nSee 'tidepool run --help'.\n"},
      {"validate --seed 3 x.json", "tidepool: unknown option '--seed'\nSee 'tidepool validate --help'.\n"},
  }));
  CAPTURE(row.arguments);
  const Ended ended = tidepool(row.arguments);
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK(ended.err == row.message);
}

TEST_CASE("what does not fit together is refused before anything runs", "[cli]") {
  struct Row {
    const char *arguments, *message;
  };
  const auto row = GENERATE(values<Row>({
      {"run", "run needs a FILE"},
      {"validate", "validate needs at least one FILE"},
      {"run x.json y.json", "unexpected argument 'y.json'"},
      {"version more", "unexpected argument 'more'"},
      {"run x.json --seed -1", "--seed: -1, expected 0 to 18446744073709551615"},
      {"run x.json --seed 1e3", "--seed: 1e3, expected 0 to 18446744073709551615"},
      {"run x.json --seed 18446744073709551616", "--seed: 18446744073709551616, expected 0 to"},
      {"run x.json --seed", "--seed: 1 required"},
      {"run x.json --journal - --json", "--journal -: standard output belongs to --json"},
      {"run x.json --out -", "--out -: a database can't go to standard output"},
      {"run x.json --out r --journal r", "--journal and --out name the same file"},
      {"run x.json --journal x.json", "--journal would overwrite the scenario"},
  }));
  CAPTURE(row.arguments);
  const Ended ended = tidepool(row.arguments);
  CHECK(ended.code == 2);
  // With --json the message stands in a document, so its quotes may be escaped.
  CHECK_THAT(ended.err, Contains(row.message));
}

TEST_CASE("a verb's name can be a file's, too", "[cli]") {
  const Ended ended = tidepool("run version");
  CHECK(ended.code == 3);
  CHECK(ended.err == "tidepool: version: No such file or directory\n");
}

TEST_CASE("an invalid scenario is told with all its faults", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("bad.json"), R"({"duration": 5, "sead": 1})");
  const Ended ended = shell(folder, "tidepool run bad.json --out r.sqlite --journal j.txt");
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, Contains("bad.json: duration") && Contains("bad.json: unknown key 'sead'") &&
                            EndsWith("tidepool: bad.json is no valid scenario\n"));
  CHECK(folder.count() == 1);
}

// ---- Input and output: 3 ----

TEST_CASE("a scenario that can't be read is named with the reason", "[cli]") {
  CHECK(tidepool("run nowhere.json").err == "tidepool: nowhere.json: No such file or directory\n");
  CHECK(tidepool("run nowhere.json").code == 3);
  CHECK(tidepool("run .").err == "tidepool: .: Is a directory\n");
  CHECK(tidepool("run .").code == 3);
}

TEST_CASE("results and journals that can't be written are named with the reason", "[cli]") {
  struct Row {
    const char *arguments, *message;
  };
  const auto row = GENERATE(values<Row>({
      {"--out no/r.sqlite", "tidepool: no/r.sqlite: there is no folder no\n"},
      {"--out .", "tidepool: .: not a regular file\n"},
      {"--out empty.json",
       "tidepool: empty.json: exists and holds no results of this program, so it is not overwritten\n"},
      {"--journal no/j.txt", "tidepool: no/j.txt: cannot be written: No such file or directory\n"},
      {"--journal .", "tidepool: .: cannot be written: is a folder\n"},
      {"--journal /dev/full", "tidepool: /dev/full: cannot be written: No space left on device\n"},
  }));
  CAPTURE(row.arguments);
  TemporaryFolder folder;
  with_scenario(folder);
  const Ended ended = shell(folder, fmt::format("tidepool run empty.json {}", row.arguments));
  CHECK(ended.code == 3);
  CHECK(ended.out.empty());
  CHECK(ended.err == row.message);
  CHECK(folder.count() == 1);
  CHECK(read_file(folder.file("empty.json")) == a_scenario());
}

TEST_CASE("a summary that does not fit on a full disk is an error", "[cli]") {
  TemporaryFolder folder;
  const Ended ended = shell(with_scenario(folder), "tidepool run empty.json > /dev/full");
  CHECK(ended.code == 3);
  CHECK(ended.err == "tidepool: standard output: No space left on device\n");
}

TEST_CASE("a reader that goes away ends the program quietly", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  const Ended ended = shell(folder, "tidepool run empty.json --out r.sqlite | true");
  CHECK(ended.err.empty());
  SECTION("also where the signal is ignored") {
    const Ended ignored = shell(
        folder, "trap '' PIPE; { sleep 0.3; tidepool run empty.json; echo $? > code; } | true; cat code");
    CHECK(ignored.err.empty());
    CHECK(ignored.out == "141\n");
  }
}

// ---- Missed: 1 ----

TEST_CASE("a missed objective ends with 1, a met one with 0", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder, R"(, "objectives": [{"metric": "max_instances", "group": "web", "at_least": 1}])");
  const Ended missed = shell(folder, "tidepool run empty.json");
  CHECK(missed.code == 1);
  CHECK_THAT(missed.out, EndsWith("  MISSED max_instances of web at least 1: 0 instances\n"));
  CHECK(missed.err.empty());

  with_scenario(folder, R"(, "objectives": [{"metric": "max_instances", "group": "web", "at_most": 1}])");
  CHECK(shell(folder, "tidepool run empty.json").code == 0);
}

TEST_CASE("a call that is answered otherwise than expected ends with 1", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("call.json"), R"({"duration": "1h", "calls": [
    {"at": "+1m", "call": "GET /autoscaling-api/v1/{project_id}/scaling_group/00000000-0000-4000-8000-000000000000"}]})");
  const Ended ended = shell(folder, "tidepool run call.json");
  CHECK(ended.code == 1);
  CHECK_THAT(ended.out, Contains("\n1 call, 1 answered otherwise than expected\n  calls[0] at ") &&
                            Contains(": GET /") && Contains("\n    status 404"));
}

// ---- What a run puts out ----

TEST_CASE("a run prints its summary, and the same one every time", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  const Ended first = shell(folder, "tidepool run empty.json"),
              second = shell(folder, "tidepool run empty.json");
  CHECK(first.code == 0);
  CHECK(first.err.empty());
  CHECK_THAT(first.out, StartsWith("empty\n  2026-03-01T00:00:00Z to 2026-03-01T01:00:00Z, 1 h\n") &&
                            Contains("\nGroup web\n"));
  CHECK(first.out == second.out);
}

TEST_CASE("the seed can be given, and shows", "[cli]") {
  TemporaryFolder folder;
  const Ended ended = shell(with_scenario(folder), "tidepool run empty.json --seed 18446744073709551615");
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out, Contains("  seed 18446744073709551615, behaviour classic"));
}

TEST_CASE("a run prints one JSON document on request", "[cli]") {
  TemporaryFolder folder;
  const Ended ended = shell(with_scenario(folder), "tidepool run empty.json --json");
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  const json::object found = parsed(ended.out);
  CHECK(found.at("schema_version") == 1);
  CHECK(found.at("groups").at(0).at("name") == "web");
  CHECK(json::value_to<std::string>(found.at("fingerprint")).size() == 32);
}

TEST_CASE("with JSON errors are documents on standard error", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("bad.json"), "{}");
  const Ended invalid = shell(folder, "tidepool run bad.json --json");
  CHECK(invalid.code == 2);
  CHECK(invalid.out.empty());
  CHECK(error_code(invalid.err) == "invalid_scenario");
  CHECK(parsed(invalid.err).at("error").at("details").as_array().size() == 1);
  CHECK(error_code(tidepool("run --json nowhere.json").err) == "input_output");
  CHECK(error_code(tidepool("rnu --json").err) == "wrong_use");
  CHECK(error_code(tidepool("run --json --frob").err) == "wrong_use");
}

TEST_CASE("a quiet run prints nothing but what was asked for", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  const Ended quiet = shell(folder, "tidepool run empty.json --quiet");
  CHECK(quiet.code == 0);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.empty());
  CHECK_FALSE(parsed(shell(folder, "tidepool run empty.json --quiet --json").out).empty());
}

TEST_CASE("a run leaves results and a journal where it is told, and nothing else", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  const Ended ended = shell(folder, "tidepool run empty.json --out r.sqlite --journal j.txt");
  CHECK(ended.code == 0);
  CHECK_THAT(read_file(folder.file("r.sqlite")), StartsWith("SQLite format 3"));
  CHECK_THAT(read_file(folder.file("j.txt")), StartsWith("2026-03-01T00:00:00.000000Z web#0: created"));
  CHECK(folder.count() == 3);
  SECTION("the results may be replaced") {
    CHECK(shell(folder, "tidepool run empty.json --out r.sqlite --journal j.txt").code == 0);
    CHECK(folder.count() == 3);
  }
  SECTION("neither output changes the run") {
    CHECK(shell(folder, "tidepool run empty.json").out == ended.out);
  }
}

TEST_CASE("a journal on standard output takes the place of the summary", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  shell(folder, "tidepool run empty.json --journal j.txt");
  const Ended ended = shell(folder, "tidepool run empty.json --journal -");
  CHECK(ended.code == 0);
  CHECK(ended.out == read_file(folder.file("j.txt")));
}

TEST_CASE("a scenario comes from standard input, and traces from the folder one stands in", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  const Ended ended = shell(folder, "cat empty.json | tidepool run -");
  CHECK(ended.code == 0);
  CHECK(ended.out == shell(folder, "tidepool run empty.json").out);
  CHECK_THAT(shell(folder, "echo nonsense | tidepool run -").err, StartsWith("<stdin>: "));
}

// ---- Validate and version ----

TEST_CASE("validate tells valid files and all faults of the others", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  write_file(folder.file("bad.json"), "{}");
  const Ended good = shell(folder, "tidepool validate empty.json - < empty.json");
  CHECK(good.code == 0);
  CHECK(good.out == "empty.json: valid\n<stdin>: valid\n");
  CHECK(good.err.empty());

  const Ended mixed = shell(folder, "tidepool validate empty.json bad.json");
  CHECK(mixed.code == 2);
  CHECK(mixed.out == "empty.json: valid\n");
  CHECK_THAT(mixed.err, StartsWith("bad.json: "));
  CHECK(shell(folder, "tidepool validate --quiet empty.json bad.json").out.empty());

  const Ended missing = shell(folder, "tidepool validate bad.json nowhere.json empty.json");
  CHECK(missing.code == 3);
  CHECK_THAT(missing.err, EndsWith("nowhere.json: No such file or directory\n"));
}

TEST_CASE("validate prints a JSON document on request", "[cli]") {
  TemporaryFolder folder;
  with_scenario(folder);
  write_file(folder.file("bad.json"), "{}");
  const Ended ended = shell(folder, "tidepool validate --json empty.json bad.json");
  CHECK(ended.code == 2);
  const json::array files = parsed(ended.out).at("files").as_array();
  REQUIRE(files.size() == 2);
  CHECK(files[0].at("valid") == true);
  CHECK(files[1].at("valid") == false);
  CHECK(files[1].at("errors").as_array().size() == 1);
}

TEST_CASE("every bundled scenario is valid", "[cli]") {
  const TemporaryFolder folder;
  const Ended ended =
      shell(folder, fmt::format("tidepool validate --quiet '{}'/scenarios/*/*.json", TIDEPOOL_SOURCE_DIR));
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
}

TEST_CASE("the version tells the commit, the compiler, the build and the libraries", "[cli]") {
  const Ended text = tidepool("version");
  CHECK(text.code == 0);
  CHECK_THAT(text.out, StartsWith("tidepool ") && Contains(" (commit ") && Contains("sqlite 3."));
  CHECK(tidepool("--version").out == text.out);

  const json::object found = parsed(tidepool("version --json").out);
  for (const char* member : {"version", "commit", "compiler", "build_type"})
    CHECK_FALSE(found.at(member).as_string().empty());
  for (const char* library : {"cli11", "fmt", "sqlite"})
    CHECK_FALSE(found.at("libraries").at(library).as_string().empty());
}

// ---- Interrupts and progress ----

// Some seconds of work at the least: each simulated second has a datapoint.
std::string a_long_scenario() { return a_scenario(R"(, "behaviour": {"metric_period": "1s"})", "365d"); }

TEST_CASE("an interrupt ends a run with 130 and leaves no half-written output", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("long.json"), a_long_scenario());
  const Ended ended = shell(folder, "timeout --preserve-status -s INT 0.5 '" TIDEPOOL_BINARY
                                    "' run long.json --out r.sqlite --journal j.txt");
  CHECK(ended.code == 130);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, StartsWith("tidepool: interrupted"));
  CHECK(folder.count() == 1);
}

TEST_CASE("an interrupt also ends the wait for standard input", "[cli]") {
  const TemporaryFolder folder;
  const Ended ended =
      shell(folder, "sleep 2 | timeout --preserve-status -s INT 0.3 '" TIDEPOOL_BINARY "' run - --json");
  CHECK(ended.code == 130);
  CHECK(error_code(ended.err) == "interrupted");
}

TEST_CASE("an interrupt also ends the wait for a reader of the journal", "[cli]") {
  TemporaryFolder folder;
  const Ended ended =
      shell(with_scenario(folder), "mkfifo pipe; timeout --preserve-status -s INT 0.3 '" TIDEPOOL_BINARY
                                   "' run empty.json --journal pipe");
  CHECK(ended.code == 130);
  CHECK(ended.err == "tidepool: interrupted\n");
}

#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // They reserve more memory than is left here.
TEST_CASE("what nobody expected is told as an internal error and ends with 4", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("long.json"), a_long_scenario());
  const Ended ended =
      shell(folder, "ulimit -v 300000; tidepool run long.json --out r.sqlite --journal j.txt");
  CHECK(ended.code == 4);
  CHECK(ended.out.empty());
  CHECK(ended.err == "tidepool: internal error: std::bad_alloc\n");
  CHECK(folder.count() == 1);
}
#endif

// What a terminal would get of a run that is cut short.
std::string on_a_terminal(const TemporaryFolder& folder, const std::string& environment,
                          const std::string& options, double seconds) {
  const std::string command =
      fmt::format("timeout --foreground -s INT {} {} run long.json {}", seconds, TIDEPOOL_BINARY, options);
  return shell(folder, fmt::format("{} script -qec '{}' /dev/null", environment, command)).out;
}

// Until the run has a bar to show.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kOneBar = 8;
#else
constexpr double kOneBar = 1.5;
#endif

TEST_CASE("a progress bar shows on a terminal, and is cleared at the end", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("long.json"), a_long_scenario());
  CHECK_THAT(on_a_terminal(folder, "TERM=xterm", "", kOneBar),
             Contains("\r\x1b[K[") && Contains(" %") && Contains("\r\x1b[Ktidepool: interrupted"));
}

TEST_CASE("no progress bar shows where it can't be read or is not wanted", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("long.json"), a_long_scenario());
  struct Row {
    const char *why, *environment, *options;
  };
  const auto row = GENERATE(values<Row>({
      {"a dumb terminal", "TERM=dumb", ""},
      {"a terminal nobody knows", "", ""},
      {"a build server", "TERM=xterm CI=true", ""},
      {"quiet", "TERM=xterm", "--quiet"},
      {"not wanted", "TERM=xterm", "--no-progress"},
  }));
  CAPTURE(row.why);
  CHECK_THAT(on_a_terminal(folder, row.environment, row.options, 0.5), StartsWith("tidepool: interrupted"));
}

// ---- Explaining ----

TEST_CASE("explain tells every knob with its values", "[cli]") {
  const Ended text = tidepool("explain knobs");
  CHECK(text.code == 0);
  CHECK_THAT(text.out, Contains("cooldown_start: \"trigger\" (classic), \"end\" (current)\n") &&
                           Contains("scan_period: \"10s\"\n") && Contains("allowed: 0s to 1d"));
  const json::object found = parsed(tidepool("explain knobs --json").out);
  CHECK(found.at("knobs").as_array().size() > 30);
  CHECK(tidepool("explain").code == 2);
  CHECK(tidepool("explain knobs --group web").code == 2);
}

TEST_CASE("explain tells the story of a run from its results, as text and as JSON", "[cli]") {
  TemporaryFolder folder;
  const std::string scenario = TIDEPOOL_SOURCE_DIR "/scenarios/policies/cooldown_holds_back.json";
  REQUIRE(shell(folder, "tidepool run " + scenario + " --out run.sqlite").code == 0);
  const Ended text = shell(folder, "tidepool explain run.sqlite --group patient --at 40m");
  CHECK(text.code == 0);
  CHECK_THAT(text.out, Contains("was denied, AS.0026: a cooldown holds alarms back until "));
  const Ended data = shell(folder, "tidepool explain run.sqlite --group patient --json");
  CHECK(parsed(data.out).at("decisions").as_array().size() > 10);
  const Ended unnamed = shell(folder, "tidepool explain run.sqlite");
  CHECK(unnamed.code == 2);
  CHECK_THAT(unnamed.err, Contains("--group is needed: the run has patient, quick"));
  CHECK(shell(folder, "tidepool explain nobs").code == 3);
}

// ---- Comparing journals ----

TEST_CASE("diff names the first line in which two journals differ, and the lines before it", "[cli]") {
  TemporaryFolder folder;
  write_file(folder.file("a"), "one\ntwo\nthree\nfour\nfive\n");
  write_file(folder.file("b"), "one\ntwo\nthree\nfour\n5\n");
  const Ended ended = shell(folder, "tidepool diff a b");
  CHECK(ended.code == 1);
  CHECK(ended.out == "the first difference is in line 5\n    two\n    three\n    four\na: five\nb: 5\n");
  CHECK(ended.err.empty());
}

TEST_CASE("diff ends with 0 without a difference, with 1 where one ends first, and says what it can't use",
          "[cli]") {
  struct Row {
    const char* arguments;
    int code;
    const char* message;
  };
  const auto row = GENERATE(values<Row>({
      {"a same", 0, "no difference in 2 lines"},
      {"a - <same", 0, "no difference in 2 lines"},
      {"a shorter", 1, "a: two\nshorter: (ends here)\n"},
      {"empty a", 1, "the first difference is in line 1\nempty: (ends here)\na: one\n"},
      {"a", 2, "diff needs two files"},
      {"- -", 2, "only one of the two can be standard input"},
      {"a nowhere", 3, "nowhere: No such file or directory"},
      {"a broken", 2, "broken"},
  }));
  CAPTURE(row.arguments);
  TemporaryFolder folder;
  write_file(folder.file("a"), "one\ntwo\n");
  write_file(folder.file("same"), "one\ntwo");
  write_file(folder.file("shorter"), "one\n");
  write_file(folder.file("empty"), "");
  write_file(folder.file("broken"), "{\"session\": ");
  const Ended ended = shell(folder, fmt::format("tidepool diff {}", row.arguments));
  CHECK(ended.code == row.code);
  CHECK_THAT(ended.out + ended.err, Contains(row.message));
}

}  // namespace
}  // namespace tidepool::tools
