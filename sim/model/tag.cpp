#include "sim/model/tag.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "sim/model/shared_rules.hpp"

namespace tidepool::sim {
namespace {

constexpr std::size_t kLongestKey = 36;
constexpr std::size_t kLongestValue = 43;

// Letters of other scripts are let through as they come; of ASCII only these.
bool is_legal(std::string_view text) {
  const auto legal = [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '_' || c == '@' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
  };
  return std::ranges::all_of(text, legal);
}

}  // namespace

std::optional<Error> validate(const Tag& tag) {
  if (tag.key.empty())
    return Error{ErrorCode::TagKeyMissing,
                 fmt::format("tags: a key is empty, expected 1 to {} characters", kLongestKey)};
  if (const auto length = characters(tag.key); length > kLongestKey)
    return Error{ErrorCode::TagKeyTooLong,
                 fmt::format("tags: a key of {} characters, expected 1 to {}", length, kLongestKey)};
  if (const auto length = characters(tag.value); length > kLongestValue)
    return Error{ErrorCode::TagValueTooLong,
                 fmt::format("tags: a value of {} characters, expected 0 to {}", length, kLongestValue)};
  if (is_legal(tag.key) && is_legal(tag.value)) return {};
  return Error{ErrorCode::TagIllegal,
               fmt::format("tags: {} with the value {}, expected letters, digits, -, _ and @",
                           quoted(tag.key), quoted(tag.value))};
}

}  // namespace tidepool::sim
