#include "scenarios/import_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidepool::scenarios {

NamedTable::NamedTable(const ImportText& file, std::initializer_list<std::string_view> needed,
                       ImportReader& reader)
    : file_(file.name), separator_(detected_separator(file.text)), rows_(file.text, separator_) {
  if (rows_.next()) header_.assign(rows_.fields().begin(), rows_.fields().end());
  const auto lacking =
      std::ranges::find_if(needed, [&](std::string_view each) { return !column(each).has_value(); });
  if (lacking == needed.end()) return;
  reader.fail(fmt::format("{}: line {}: no column '{}', expected a header with {}", file.name, rows_.line(),
                          *lacking, listed(std::vector<std::string_view>(needed), '\'')));
}

bool NamedTable::next() { return rows_.next(); }

std::optional<std::size_t> NamedTable::column(std::string_view name) const {
  const auto found = std::ranges::find(header_, name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

std::string_view NamedTable::at(std::size_t column) const {
  return column < rows_.width() ? std::string_view(rows_.field(column)) : std::string_view();
}

std::string_view NamedTable::at(std::string_view name) const {
  const auto found = column(name);
  return found ? at(*found) : std::string_view();
}

bool NamedTable::selected(ImportReader& reader,
                          std::initializer_list<std::pair<std::string_view, std::string_view>> other) {
  for (const auto& [label, value] : reader.options.select) {
    std::string_view name = label;
    for (const auto& [alias, real] : other)
      if (alias == name) name = real;
    const auto place = column(name);
    if (!place) {
      const std::vector<std::string_view> words(header_.begin(), header_.end());
      reader.fail(
          fmt::format("{}: --select {}: expected {}", file_, quoted_piece(label), listed(words, '\'')));
      return false;
    }
    if (at(*place) == value) continue;
    ++reader.report.rows_unselected;
    return false;
  }
  return true;
}

}  // namespace tidepool::scenarios
