// CSV text cut into lines and fields. The one reader of CSV: traces and imports both stand on it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/model/error.hpp"

namespace tidepool::scenarios {

/// A piece of a file for a message: in quotes, short, and printable whatever bytes it holds.
std::string quoted_piece(std::string_view text);

bool is_digit(char c);
/// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// Cuts the next line off `rest`, whichever of LF, CR LF and CR ends it.
std::string_view take_line(std::string_view& rest);

/// Steps through the lines that hold something, as fields; a line that begins with # holds nothing. Quotes go, two of
/// them inside quotes are one, and a quoted field ends with its line at the latest. The fields' storage is used again
/// from line to line.
class Records {
 public:
  Records(std::string_view text, char separator) : rest_(text), separator_(separator) {}

  bool next();
  std::int64_t line() const { return line_; }
  std::size_t width() const { return width_; }
  const std::string& field(std::size_t index) const { return fields_[index]; }
  std::span<const std::string> fields() const { return std::span(fields_).first(width_); }

 private:
  std::string_view rest_;
  char separator_;
  std::int64_t line_ = 0;
  std::size_t width_ = 0;
  std::vector<std::string> fields_;
};

/// The first line that holds something decides: a semicolon outranks a tab and a tab a comma, since a comma may be a
/// decimal mark, and a tab may follow a semicolon to line columns up.
char detected_separator(std::string_view text);

/// The bytes of a file of at most 1 GiB.
sim::Result<std::string> read_csv_file(const std::filesystem::path& path);
/// Text without a byte order mark; UTF-16 is refused.
sim::Result<std::string_view> csv_text(std::string_view bytes);

}  // namespace tidepool::scenarios
