#include "sim/model/shared_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace tidepool::sim {
namespace {

constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostShown = 60;
constexpr Duration kLongestCooldown = std::chrono::seconds{86'400};

// All bytes of UTF-8 do but those that continue a character.
bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

}  // namespace

std::int64_t in_seconds(Duration d) { return d / std::chrono::seconds{1}; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_character));
}

std::string quoted(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t shown = 0; end < text.size(); ++end)
    if (starts_character(text[end]) && shown++ == kMostShown) break;
  return fmt::format("\"{}{}\"", text.substr(0, end), end < text.size() ? "..." : "");
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<Error> check_name(const std::string& name, const NameRule& rule) {
  if (name.empty())
    return Error{rule.missing,
                 fmt::format("{} is empty: expected 1 to {} characters", rule.field, kLongestName)};
  if (const auto length = characters(name); length > kLongestName)
    return Error{rule.too_long,
                 fmt::format("{} of {} characters: expected 1 to {}", rule.field, length, kLongestName)};
  const auto legal = [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '-'; };
  if (!std::ranges::all_of(name, legal))
    return Error{rule.illegal,
                 fmt::format("{} {}: expected letters, digits, _ and - only", rule.field, quoted(name))};
  return {};
}

std::optional<Error> check_cooldown(Duration given, ErrorCode code) {
  if (given >= Duration::zero() && given <= kLongestCooldown) return {};
  return Error{code, fmt::format("cool_down_time {}: expected 0 to {}", in_seconds(given),
                                 in_seconds(kLongestCooldown))};
}

std::optional<Error> check_security_groups(const std::vector<SecurityGroupId>& given, const Region& region,
                                           std::string_view field) {
  for (std::size_t i = 0; i < given.size(); ++i)
    if (index_of(given[i]) >= region.security_groups.size())
      return Error{ErrorCode::SecurityGroupUnknown,
                   fmt::format("{}[{}].id: expected an existing security group", field, i)};
  return {};
}

}  // namespace tidepool::sim
