// CSV files whose columns have names that a tool gives them.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/import_reader.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

/// Steps through the rows below a header. Fails when the header lacks a column that is needed.
class NamedTable {
 public:
  NamedTable(const ImportText& file, std::initializer_list<std::string_view> needed, ImportReader& reader);

  bool next();
  std::int64_t line() const { return rows_.line(); }
  const std::vector<std::string>& header() const { return header_; }
  std::optional<std::size_t> column(std::string_view name) const;
  std::size_t width() const { return rows_.width(); }
  /// Empty when the row is too short.
  std::string_view at(std::size_t column) const;
  std::string_view at(std::string_view name) const;
  char separator() const { return separator_; }

  /// Whether the row has what --select asks for; fails when there is no such column. `other` names columns differently.
  bool selected(ImportReader& reader,
                std::initializer_list<std::pair<std::string_view, std::string_view>> other = {});

 private:
  std::string file_;
  char separator_;
  Records rows_;
  std::vector<std::string> header_;
};

}  // namespace tidepool::scenarios
