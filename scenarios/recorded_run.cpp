#include "scenarios/recorded_run.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "scenarios/request_log.hpp"
#include "scenarios/result_reader.hpp"
#include "scenarios/result_store.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::scenarios {
namespace {

std::uint64_t number_in(const std::optional<std::string>& digits) {
  const std::string text = digits.value_or("");
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size())
    throw std::runtime_error(fmt::format("'{}' is no number", text));
  return value;
}

RecordedRun read(const std::filesystem::path& path) {
  const ResultReader results(path);
  RecordedRun run;
  run.results = path.string();
  const auto rows = results.rows(
      "SELECT program_version, program_commit, scenario_file, scenario_text, seed, fingerprint, journal_lines"
      " FROM run");
  if (rows.empty()) throw std::runtime_error("there is no run in it");
  const ResultRow& row = rows.front();
  run.program = {row[0].value_or(""), row[1].value_or("")};
  run.file = row[2].value_or("");
  run.text = row[3].value_or("");
  run.seed = number_in(row[4]);
  run.fingerprint = row[5].value_or("");
  run.journal_lines = number_in(row[6]);
  for (const ResultRow& each : results.rows("SELECT source, fingerprint FROM workloads ORDER BY id"))
    run.demands.push_back({each[0].value_or(""), each[1].value_or("")});
  return run;
}

}  // namespace

bool is_database(const std::filesystem::path& path) {
  constexpr std::string_view kMagic("SQLite format 3\0", 16);
  std::array<char, kMagic.size()> begin{};
  std::ifstream file(path, std::ios::binary);
  return file.read(begin.data(), begin.size()) && std::string_view(begin.data(), begin.size()) == kMagic;
}

std::variant<RecordedRun, std::string> read_recorded_run(const std::filesystem::path& path) {
  if (auto refusal = refuses_reading(path)) return *std::move(refusal);
  try {
    return read(path);
  } catch (const std::runtime_error& error) {
    return fmt::format("{}: cannot be read: {}", path.string(), error.what());
  }
}

std::vector<std::string> other_demand(const RecordedRun& recorded, const Scenario& scenario) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < scenario.workloads.size() && i < recorded.demands.size(); ++i)
    if (demand_fingerprint(scenario.workloads[i].workload) != recorded.demands[i].fingerprint)
      lines.push_back(fmt::format("{}: workloads[{}]: {} offers other demand than it did in the run",
                                  recorded.results, i, recorded.demands[i].source));
  return lines;
}

std::optional<std::string> other_journal(const RecordedRun& recorded, const Program& program,
                                         const RunResult& again) {
  const std::uint64_t lines = again.cloud.journal().lines();
  if (again.report.fingerprint == recorded.fingerprint && lines == recorded.journal_lines) return {};
  return fmt::format(
      "{}: run again, it is another run: the journal has {} lines with fingerprint {} under version {} ({}), "
      "recorded are {} lines with {} under version {} ({})",
      recorded.results, lines, again.report.fingerprint, program.version, program.commit,
      recorded.journal_lines, recorded.fingerprint, recorded.program.version, recorded.program.commit);
}

}  // namespace tidepool::scenarios
