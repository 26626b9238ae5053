// Questions to a result file. The queries are those of its readers; SQLite itself stays in here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;

namespace tidepool::scenarios {

/// One row: each column as a text, empty where it is NULL.
using ResultRow = std::vector<std::optional<std::string>>;

/// Opens for reading alone. Everything throws std::runtime_error with SQLite's reason.
class ResultReader {
 public:
  explicit ResultReader(const std::filesystem::path& path);

  /// All rows; the parameters are bound as texts to ?1, ?2 and so on.
  std::vector<ResultRow> rows(const std::string& sql, const std::vector<std::string>& parameters = {}) const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace tidepool::scenarios
