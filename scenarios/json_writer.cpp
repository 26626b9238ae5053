#include "scenarios/json_writer.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

// How many bytes the UTF-8 sequence at the front of `text` has; 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xED && byte(1) > 0x9F;
  const bool beyond_last = lead == 0xF4 && byte(1) > 0x8F;
  return overlong || surrogate || beyond_last ? 0 : length;
}

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\t': out += "\\t"; return;
    case '\r': out += "\\r"; return;
    default: break;
  }
  const auto code = static_cast<unsigned char>(c);
  if (code < 0x20 || code == 0x7F)
    out += fmt::format("\\u{:04x}", code);
  else
    out += c;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 1)
      append_ascii(out, text.front());
    else if (length == 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out += '"';
}

}  // namespace

JsonWriter& JsonWriter::key(std::string_view name) {
  assert(!has_members_.empty() && !after_key_);
  separate();
  out_ += quoted(name);
  out_ += layout_ == JsonLayout::Compact ? ":" : ": ";
  after_key_ = true;
  return *this;
}

void JsonWriter::text(std::string_view value) { raw(quoted(value)); }

void JsonWriter::decimal(std::int64_t millionths) { raw(millionths_text(millionths)); }

void JsonWriter::decimal(const std::optional<std::int64_t>& millionths) {
  if (millionths)
    decimal(*millionths);
  else
    null();
}

void JsonWriter::numbers(std::span<const std::optional<int>> values) {
  std::string line = "[";
  for (const auto& each : values) {
    if (line.size() > 1) line += ", ";
    line += each ? std::to_string(*each) : "null";
  }
  raw(line + "]");
}

std::string JsonWriter::take() {
  assert(has_members_.empty());
  out_ += '\n';
  return std::exchange(out_, {});
}

void JsonWriter::begin(char bracket) {
  raw({&bracket, 1});
  has_members_.push_back(false);
}

void JsonWriter::end(char bracket) {
  assert(!has_members_.empty() && !after_key_);
  const bool had_members = has_members_.back();
  has_members_.pop_back();
  if (had_members) new_line();
  out_ += bracket;
}

void JsonWriter::raw(std::string_view value) {
  if (!after_key_) separate();
  after_key_ = false;
  out_ += value;
}

void JsonWriter::separate() {
  if (has_members_.empty()) return;
  if (has_members_.back()) out_ += ',';
  has_members_.back() = true;
  new_line();
}

void JsonWriter::new_line() {
  if (layout_ == JsonLayout::Compact) return;
  out_ += '\n';
  out_.append(2 * has_members_.size(), ' ');
}

}  // namespace tidepool::scenarios
