#include "scenarios/result_reader.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace tidepool::scenarios {
namespace {

struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

std::optional<std::string> text_in(sqlite3_stmt* statement, int column) {
  if (sqlite3_column_type(statement, column) == SQLITE_NULL) return std::nullopt;
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

}  // namespace

void ResultReader::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

ResultReader::ResultReader(const std::filesystem::path& path) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  handle_.reset(opened);
  if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
}

std::vector<ResultRow> ResultReader::rows(const std::string& sql,
                                          const std::vector<std::string>& parameters) const {
  const auto check = [&](int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(handle_.get()));
  };
  sqlite3_stmt* prepared = nullptr;
  check(sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &prepared, nullptr));
  const Statement statement(prepared);
  for (std::size_t i = 0; i < parameters.size(); ++i)
    check(sqlite3_bind_text64(prepared, static_cast<int>(i) + 1, parameters[i].c_str(), parameters[i].size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
  std::vector<ResultRow> found;
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(prepared)) == SQLITE_ROW) {
    ResultRow row;
    for (int i = 0; i < sqlite3_column_count(prepared); ++i) row.push_back(text_in(prepared, i));
    found.push_back(std::move(row));
  }
  check(step);
  return found;
}

}  // namespace tidepool::scenarios
