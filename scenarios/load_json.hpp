// JSON as people write it, kept as it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load_wording.hpp"

namespace tidepool::scenarios {

/// A JSON value as the file has it: members in their order, numbers in their spelling.
struct Json {
  enum class Kind : std::uint8_t { Null, Boolean, Number, Text, Array, Object };
  struct Member;

  Kind kind = Kind::Null;
  bool boolean = false;
  std::string text;  ///< of a Text; a Number as it is written
  std::vector<Json> items;
  std::vector<Member> members;

  const Json* find(std::string_view key) const;  ///< null when there is no such member
};
struct Json::Member {
  std::string key;
  Json value;
};

inline constexpr std::size_t kMaxJsonBytes = std::size_t{16} << 20U;
inline constexpr std::size_t kMaxJsonDepth = 32;

/// JSON (RFC 8259) in UTF-8, with // and /* */ comments, commas after the last member or item, and a byte order mark.
/// Empty when the text is anything else, with the first fault's line and column. A key that an object has twice is a
/// complaint too, but the value is given.
std::optional<Json> parse_json(std::string_view text, Complaints& complaints,
                               std::size_t most_bytes = kMaxJsonBytes);

/// JSON without blanks on one line, numbers as they were written.
std::string to_text(const Json& value);

/// How a message calls a member of the value at `path`: "region.zones".
std::string path_of_member(std::string_view path, std::string_view key);

/// A value as a message shows it.
std::string shown(const Json& value);

}  // namespace tidepool::scenarios
