#include "scenarios/load_wording.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidepool::scenarios {
namespace {

constexpr std::size_t kShownCharacters = 40;
constexpr std::size_t kListedWords = 48;
constexpr char32_t kNoCharacter = 0xFFFFFFFF;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The length of the UTF-8 sequence at the front, and its code point. Bytes that are none count as one of their own.
struct Character {
  std::size_t bytes = 1;
  char32_t code = kNoCharacter;
};
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80U) return {1, byte(0)};
  const std::size_t length = byte(0) >= 0xF0U ? 4 : byte(0) >= 0xE0U ? 3 : byte(0) >= 0xC2U ? 2 : 1;
  if (length == 1 || length > text.size()) return {};
  char32_t code = byte(0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  return {length, code};
}

// Control characters, and those that reorder or break the line that a reader sees.
bool is_printable(char32_t code) {
  if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFEFF) return false;
  return !(code >= 0x2028 && code <= 0x202E) && !(code >= 0x2066 && code <= 0x2069);
}

// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last, row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::move(last);
    last = row;
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

void Complaints::add(std::string_view path, std::string_view text) {
  if (full())
    ++left_out_;
  else
    lines_.push_back(path.empty() ? fmt::format("{}: {}", name_, text)
                                  : fmt::format("{}: {}: {}", name_, path, text));
}

std::vector<std::string> Complaints::take() {
  if (left_out_ > 0) lines_.push_back(fmt::format("{}: and {} more faults", name_, left_out_));
  left_out_ = 0;
  return std::move(lines_);
}

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !is_continuation(c); }));
}

bool begins_with_character(std::string_view text) {
  return !text.empty() && first_character(text).code != kNoCharacter;
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == kShownCharacters) return out + "...";
    const Character character = first_character(text);
    if (character.code == kNoCharacter)
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
    else if (is_printable(character.code))
      out += text.substr(0, character.bytes);
    else
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(character.code));
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string shown(std::string_view text, char quote) {
  return fmt::format("{0}{1}{0}", quote, printable(text));
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongestWord = 64;
  std::string_view best;
  if (word.size() < 3 || word.size() > kLongestWord) return best;
  std::size_t least = (word.size() + 1) / 3 + 1;  // A third of the letters is near.
  for (const std::string_view each : candidates) {
    const std::size_t d = each.size() > kLongestWord ? least : distance(word, each);
    if (d >= least) continue;
    best = each;
    least = d;
  }
  if (!best.empty()) return best;
  const auto longer =
      std::ranges::find_if(candidates, [&](std::string_view each) { return each.starts_with(word); });
  return longer == candidates.end() ? best : *longer;
}

std::string listed(std::span<const std::string_view> words, char quote) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i == kListedWords) return text + fmt::format(" or {} others", words.size() - i);
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += shown(words[i], quote);
  }
  return text;
}

}  // namespace tidepool::scenarios
