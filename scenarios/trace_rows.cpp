#include "scenarios/trace_rows.hpp"

#include <fmt/format.h>

#include <fstream>
#include <system_error>

namespace tidepool::scenarios {

namespace {

using sim::Error;
using sim::Result;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{1} << 30;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Cuts the next field off `rest` and puts its content into `field`; false when it was the last one.
bool take_field(std::string_view& rest, char separator, std::string& field) {
  while (!rest.empty() && is_blank(rest.front()) && rest.front() != separator) rest.remove_prefix(1);
  field.clear();
  bool quoted = !rest.empty() && rest.front() == '"';
  std::size_t at = quoted ? 1 : 0;
  for (; at < rest.size() && (quoted || rest[at] != separator); ++at) {
    if (!quoted || rest[at] != '"') {
      field += rest[at];
    } else if (at + 1 < rest.size() && rest[at + 1] == '"') {
      field += rest[++at];
    } else {
      quoted = false;
    }
  }
  while (!field.empty() && is_blank(field.back())) field.pop_back();
  const bool more = at < rest.size();
  rest.remove_prefix(more ? at + 1 : at);
  return more;
}

}  // namespace

std::string quoted_piece(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::string out = "'";
  for (const char each : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(each);
    if (byte >= 0x20 && byte < 0x7f)
      out += each;
    else
      out += fmt::format("\\x{:02x}", byte);
  }
  return out + (text.size() > kLongest ? "...'" : "'");
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find_first_of("\r\n");
  const std::string_view line = rest.substr(0, end);
  if (end == std::string_view::npos) {
    rest = {};
    return line;
  }
  const bool two = rest.substr(end, 2) == "\r\n";
  rest.remove_prefix(end + (two ? 2 : 1));
  return line;
}

bool Records::next() {
  while (!rest_.empty()) {
    std::string_view line = take_line(rest_);
    ++line_;
    if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
    width_ = 0;
    bool more = true;
    while (more) {
      if (width_ == fields_.size()) fields_.emplace_back();
      more = take_field(line, separator_, fields_[width_++]);
    }
    return true;
  }
  return false;
}

char detected_separator(std::string_view text) {
  bool quoted = false, tab = false;
  std::string_view line;
  while (trimmed(line).empty() && !text.empty()) {
    line = take_line(text);
    if (trimmed(line).starts_with('#')) line = {};
  }
  for (const char each : line) {
    if (each == '"') quoted = !quoted;
    if (quoted) continue;
    if (each == ';') return ';';
    tab = tab || each == '\t';
  }
  return tab ? '\t' : ',';
}

Result<std::string> read_csv_file(const std::filesystem::path& path) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(path, failed))
    return Error{sim::ErrorCode::ResourceNotFound, fmt::format("{}: no such file", path.string())};
  const std::uintmax_t bytes = std::filesystem::file_size(path, failed);
  if (failed || bytes > kMaxFileBytes)
    return Error{sim::ErrorCode::BodyInvalid,
                 fmt::format("{}: {} bytes: expected at most {}", path.string(), bytes, kMaxFileBytes)};
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(bytes), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes)))
    return Error{sim::ErrorCode::ResourceNotFound, fmt::format("{}: cannot be read", path.string())};
  return text;
}

Result<std::string_view> csv_text(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff"))
    return Error{sim::ErrorCode::BodyInvalid, "UTF-16 text: expected UTF-8"};
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  return bytes;
}

}  // namespace tidepool::scenarios
