// Replays every bundled scenario and compares journal and summary with the files kept beside this one, byte for byte.
//
// UPDATE_GOLDEN=1 rewrites the files; the commit then says what changed in the model. A journal of more than
// kKeptLines lines is kept as its first and last lines: the fingerprint in the summary covers them all.

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/load.hpp"
#include "scenarios/result_store.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/summary.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeptLines = 400;

struct Outcome {
  std::string journal, summary, fingerprint;
};

std::vector<fs::path> bundled() {
  std::vector<fs::path> files;
  for (const char* folder : {"basic", "policies", "faults"})
    for (const auto& each : fs::directory_iterator(fs::path(TIDEPOOL_SOURCE_DIR) / "scenarios" / folder))
      if (each.path().extension() == ".json") files.push_back(each.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string shortened(const std::string& journal) {
  std::vector<std::string> lines;
  std::istringstream in(journal);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (lines.size() <= kKeptLines) return journal;
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == kKeptLines / 2) out += fmt::format("... {} lines ...\n", lines.size() - kKeptLines);
    if (i < kKeptLines / 2 || i >= lines.size() - kKeptLines / 2) out += lines[i] + "\n";
  }
  return out;
}

Scenario loaded(const fs::path& file) {
  const std::string name = file.lexically_relative(TIDEPOOL_SOURCE_DIR).generic_string();
  LoadResult result = load(text_of(file), name, file.parent_path());
  for (const std::string& each : result.errors) UNSCOPED_INFO(each);
  REQUIRE(result.scenario);
  return *std::move(result.scenario);
}

Outcome outcome_of(const Scenario& scenario) {
  Outcome outcome;
  RunOptions options;
  options.journal = sim::JournalText::Kept;
  options.progress = [&](double, const std::string& lines) { outcome.journal += lines; };
  const RunResult result = run(scenario, options);
  outcome.summary = summary_text(scenario, result);
  outcome.fingerprint = result.report.fingerprint;
  return outcome;
}

void compare(const fs::path& golden, const std::string& found) {
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(golden, std::ios::binary) << found;
    return;
  }
  REQUIRE(fs::exists(golden));
  CHECK(text_of(golden) == found);
}

}  // namespace

TEST_CASE("at least eight scenarios are bundled", "[golden]") { CHECK(bundled().size() >= 8); }

TEST_CASE("every bundled scenario gives the journal and the summary that are kept", "[golden]") {
  const fs::path file = GENERATE(from_range(bundled()));
  CAPTURE(file.filename().string());
  const Outcome found = outcome_of(loaded(file));
  const fs::path kept = fs::path(TIDEPOOL_SOURCE_DIR) / "tests" / "golden" / file.stem();
  compare(fs::path(kept).concat(".journal"), shortened(found.journal));
  compare(fs::path(kept).concat(".report"), found.summary);
}

TEST_CASE(
    "a scenario runs the same twice in one process, with records or without, with results written or not",
    "[golden]") {
  const fs::path file = GENERATE(from_range(bundled()));
  CAPTURE(file.filename().string());
  const Scenario scenario = loaded(file);
  const Outcome first = outcome_of(scenario);
  const Outcome second = outcome_of(scenario);
  CHECK(first.journal == second.journal);
  CHECK(first.summary == second.summary);

  const RunResult bare = run(scenario, {sim::JournalText::Dropped, sim::Recording::Nothing, {}});
  CHECK(bare.report.fingerprint == first.fingerprint);

  const fs::path results =
      fs::temp_directory_path() / fmt::format("tidepool_golden_{}.sqlite", file.stem().string());
  fs::remove(results);
  const RunResult written = run(scenario);
  CHECK_FALSE(save_results(results, {"test", "test"}, scenario, written));
  CHECK(written.cloud.journal().fingerprint() == first.fingerprint);
  fs::remove(results);
}

TEST_CASE("another seed gives another run where chance has a part", "[golden]") {
  const fs::path file = fs::path(TIDEPOOL_SOURCE_DIR) / "scenarios" / "policies" / "evening_peak.json";
  Scenario scenario = loaded(file);
  const Outcome first = outcome_of(scenario);
  const LoadResult other = load(text_of(file), "evening_peak.json", file.parent_path(), {scenario.seed + 1});
  REQUIRE(other.scenario);
  CHECK(outcome_of(*other.scenario).fingerprint != first.fingerprint);
}

}  // namespace tidepool::scenarios
