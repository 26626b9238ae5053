// The {names} of a scenario: things of the region, alarm rules, and what calls save.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/json_reader.hpp"

namespace tidepool::scenarios {

/// What a name stands for.
enum class NameKind : std::uint8_t { Region, Alarm, Group, OtherSaved };

class Names {
 public:
  /// Complains when `name` is malformed or taken. `call` is the place in the order of calls of the one that saves it.
  void declare(const Field& field, const std::string& name, NameKind kind, std::size_t call = 0);

  /// Complains of each {name} in `text` that stands for nothing, or is saved by the call at `call` or a later one.
  void check_placeholders(const Field& field, std::string_view text, std::size_t call) const;

  /// The name of a group that a call creates. Complains and is empty otherwise; also when the key is absent, silently.
  std::string group(Section& section, std::string_view key = "group") const;

 private:
  struct Entry {
    NameKind kind{};
    std::size_t call = 0;
    std::string where;
  };
  std::vector<std::string_view> all() const;
  void check_placeholder(const Field& field, std::string_view name, std::size_t call) const;

  std::map<std::string, Entry, std::less<>> entries_;
};

/// Letters, digits, _ and -, a letter first, at most 64.
bool is_name(std::string_view text);

/// `text` with "{{" as `brace`: what placeholders leave alone.
std::string with_plain_braces(std::string_view text, std::string_view brace);

}  // namespace tidepool::scenarios
