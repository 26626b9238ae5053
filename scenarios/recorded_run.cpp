#include "scenarios/recorded_run.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "scenarios/result_store.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::scenarios {
namespace {

// One query of a file that is only read; what fails throws.
class Query {
 public:
  Query(const std::string& path, const char* sql) {
    check(sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READONLY, nullptr));
    check(sqlite3_prepare_v2(database_, sql, -1, &statement_, nullptr));
  }
  Query(const Query&) = delete;
  Query(Query&&) = delete;
  Query& operator=(const Query&) = delete;
  Query& operator=(Query&&) = delete;
  ~Query() { close(); }

  bool next() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW) check(code);
    return code == SQLITE_ROW;
  }
  std::string text(int column) {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes == nullptr
               ? ""
               : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  }
  std::uint64_t number(int column) {
    const std::string digits = text(column);
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (failed != std::errc() || end != digits.data() + digits.size())
      throw std::runtime_error(fmt::format("'{}' is no number", digits));
    return value;
  }

 private:
  void check(int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    const std::string why = database_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(database_);
    close();
    throw std::runtime_error(why);
  }
  void close() {
    sqlite3_finalize(statement_);
    sqlite3_close(database_);
    statement_ = nullptr;
    database_ = nullptr;
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
};

RecordedRun read(const std::string& path) {
  RecordedRun run;
  run.results = path;
  Query query(path,
              "SELECT program_version, program_commit, scenario_file, scenario_text, seed, fingerprint, "
              "CAST(journal_lines AS TEXT) FROM run");
  if (!query.next()) throw std::runtime_error("there is no run in it");
  run.program = {query.text(0), query.text(1)};
  run.file = query.text(2);
  run.text = query.text(3);
  run.seed = query.number(4);
  run.fingerprint = query.text(5);
  run.journal_lines = query.number(6);
  Query demands(path, "SELECT source, fingerprint FROM workloads ORDER BY id");
  while (demands.next()) run.demands.push_back({demands.text(0), demands.text(1)});
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
    return read(path.string());
  } catch (const std::runtime_error& error) {
    return fmt::format("{}: cannot be read: {}", path.string(), error.what());
  }
}

std::vector<std::string> other_demand(const RecordedRun& recorded, const Scenario& scenario) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < scenario.workloads.size() && i < recorded.demands.size(); ++i)
    if (fingerprint_of(scenario.workloads[i].workload.trace) != recorded.demands[i].fingerprint)
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
