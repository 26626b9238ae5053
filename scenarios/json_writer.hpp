// JSON as this program prints it: two blanks of indent, members in the order written, numbers in plain decimals.
//
// Boost.JSON would print 0.1 as 1E-1 and needs doubles for fractions; here a fraction is an integer count of millionths
// from beginning to end.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidepool::scenarios {

enum class JsonLayout : std::uint8_t {
  Indented,  ///< for people
  Compact,   ///< without blanks and line breaks between values
};

/// Builds one document. Calls must nest properly; a member needs a `key`, an element of an array none.
class JsonWriter {
 public:
  explicit JsonWriter(JsonLayout layout = JsonLayout::Indented) : layout_(layout) {}
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  /// Names the member that is written next.
  JsonWriter& key(std::string_view name);

  /// Bytes that are not UTF-8 become U+FFFD, so that the document is always valid.
  void text(std::string_view value);
  void number(std::int64_t value) { raw(std::to_string(value)); }
  void number(std::uint64_t value) { raw(std::to_string(value)); }
  void number(int value) { raw(std::to_string(value)); }
  void decimal(std::int64_t millionths);                        ///< exact: 12 500 000 is 12.5
  void decimal(const std::optional<std::int64_t>& millionths);  ///< null when empty
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }
  /// A value that is JSON already, as it is.
  void json(std::string_view value) { raw(value); }
  /// An array of numbers on one line; null for an empty one.
  void numbers(std::span<const std::optional<int>> values);

  /// The document, with a line break at its end.
  std::string take();

 private:
  void begin(char bracket);
  void end(char bracket);
  void raw(std::string_view value);
  void separate();
  void new_line();

  JsonLayout layout_;
  std::string out_;
  std::vector<bool> has_members_;  // of each bracket that is open
  bool after_key_ = false;
};

}  // namespace tidepool::scenarios
