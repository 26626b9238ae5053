// tidepool compare and tidepool report, as one starts them.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <string_view>

#include "tests/support/shell.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::tools {
namespace {

namespace fs = std::filesystem;
using namespace support;
using Catch::Contains;
using Catch::StartsWith;

std::string bundled(std::string_view name) {
  return fmt::format("'{}/scenarios/policies/{}.json'", TIDEPOOL_SOURCE_DIR, name);
}

}  // namespace

TEST_CASE("compare prints means, differences, intervals and wins, whatever the number of jobs", "[compare]") {
  const TemporaryFolder folder;
  const std::string command =
      fmt::format("tidepool compare {} {} --seeds 1..3,9", bundled("match_day"), bundled("match_day_early"));
  const Ended ended = shell(folder, command + " -j 1");
  CHECK(ended.code == 0);
  CHECK(ended.err.empty());
  CHECK_THAT(ended.out, StartsWith("2 entrants, 4 seeds: 1..3,9\n") && Contains("B against A") &&
                            Contains("  better\n") && Contains("Pairwise wins") &&
                            Contains("  A  4 of 4\n") && Contains("  B  0 of 4\n"));
  CHECK(shell(folder, command + " --jobs 3").out == ended.out);
}

TEST_CASE("compare writes a page with the comparison and the first seed's charts, and leaves nothing else",
          "[compare]") {
  const TemporaryFolder folder;
  const Ended ended = shell(
      folder, fmt::format("TMPDIR=$PWD tidepool compare {} --variant 'quick: groups.live.cool_down_time=60'"
                          " --seed 4,5 -o page.html",
                          bundled("match_day")));
  CHECK(ended.code == 0);
  const std::string page = read_file(folder.file("page.html"));
  CHECK_THAT(page,
             StartsWith("<!doctype html>") && Contains("\"seeds\":[4,5]") && Contains("\"name\":\"quick\""));
  CHECK(folder.count() == 1);
}

TEST_CASE("what compare can't do is told with the exit code of wrong use", "[compare]") {
  const TemporaryFolder folder;
  struct Row {
    std::string arguments, told;
  };
  const std::string one = bundled("match_day"), two = one + " " + bundled("match_day_early");
  const auto row = GENERATE_COPY(
      values<Row>({{"", "compare needs scenario files"},
                   {one, "one entrant, expected another scenario or a --variant"},
                   {two + " --seeds 3..1", "--seeds: 3..1, expected whole numbers such as 1..20 or 3,5,8"},
                   {two + " --seeds 1,x", "--seeds: 1,x, expected whole numbers"},
                   {two + " --seeds 1..3,2", "expected each seed once, 2 is there twice"},
                   {two + " --seeds 0..18446744073709551615", "expected 1 to 10000 seeds"},
                   {two + " -j 0", "--jobs: 0, expected 1 to 1024"},
                   {two + " -o -", "standard output has the comparison itself"},
                   {one + " --variant groups.live.cool_down_time=60", "expected \"NAME: PATH=VALUE\""},
                   {one + " --variant 'quick:'", "expected a change behind the name"},
                   {one + " --variant 'quick: groups.live.nope=1' --seed 1", "nope"},
                   {one + " " + bundled("evening_peak"), "entrants do not serve the same demand"}}));
  CAPTURE(row.arguments);
  const Ended ended = shell(folder, "tidepool compare " + row.arguments);
  CHECK(ended.code == 2);
  CHECK(ended.out.empty());
  CHECK_THAT(ended.err, Contains(row.told));
}

TEST_CASE("a comparison never replaces one of its scenarios, however that is spelt", "[compare]") {
  const TemporaryFolder folder;
  REQUIRE(shell(folder,
                fmt::format("cp {} a.json && cp {} b.json", bundled("match_day"), bundled("match_day_early")))
              .code == 0);
  for (const char* page : {"a.json", "./a.json"}) {
    const Ended ended = shell(folder, fmt::format("tidepool compare a.json b.json --seed 1 -o {}", page));
    CHECK(ended.code == 2);
    CHECK_THAT(ended.err, Contains("--output would overwrite a.json"));
  }
}

TEST_CASE("other demand is compared when that is wanted", "[compare]") {
  const TemporaryFolder folder;
  CHECK(shell(folder, fmt::format("tidepool compare {} {} --other-demand --seed 1", bundled("match_day"),
                                  bundled("evening_peak")))
            .code == 0);
}

TEST_CASE("a file that can't be read or written is told with the exit code of input and output",
          "[compare][report]") {
  const TemporaryFolder folder;
  const std::string two = bundled("match_day") + " " + bundled("match_day_early");
  CHECK(shell(folder, "tidepool compare missing.json missing.json").code == 3);
  CHECK(shell(folder, "tidepool compare " + two + " --seed 1 -o missing/page.html").code == 3);
  CHECK(shell(folder, "tidepool report missing.sqlite").code == 3);
  write_file(folder.file("text"), "no results");
  CHECK(shell(folder, "tidepool report text -o page.html").code == 3);
  CHECK_FALSE(fs::exists(folder.file("page.html")));
}

TEST_CASE("report goes to standard output or to a file, of one to six results", "[report]") {
  const TemporaryFolder folder;
  shell(folder, fmt::format("tidepool run {} --quiet --out r.sqlite", bundled("evening_peak")));
  const Ended ended = shell(folder, "tidepool report r.sqlite");
  CHECK(ended.code == 0);
  CHECK_THAT(ended.out, StartsWith("<!doctype html>"));
  CHECK(shell(folder, "tidepool report r.sqlite -o page.html").code == 0);
  CHECK(read_file(folder.file("page.html")) == ended.out);
  CHECK(shell(folder, "tidepool report").code == 2);
  CHECK(
      shell(folder, "tidepool report r.sqlite r.sqlite r.sqlite r.sqlite r.sqlite r.sqlite r.sqlite").code ==
      2);
  const Ended over = shell(folder, "tidepool report r.sqlite -o r.sqlite");
  CHECK(over.code == 2);
  CHECK_THAT(over.err, Contains("--output would overwrite r.sqlite"));
}

}  // namespace tidepool::tools
