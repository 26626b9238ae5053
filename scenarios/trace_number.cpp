#include "scenarios/trace_number.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

// Reads digits up to a mark or the end; those after the twentieth significant one are counted and not kept.
std::size_t take_digits(std::string_view& rest, Decimal& number, bool fraction) {
  constexpr Wide kFull = Wide{10'000'000'000} * 1'000'000'000;  // 10^19
  std::size_t taken = 0;
  for (; taken < rest.size() && is_digit(rest[taken]); ++taken) {
    const bool kept = number.digits < kFull;
    if (kept) number.digits = number.digits * 10 + (rest[taken] - '0');
    if (kept && fraction) --number.exponent;
    if (!kept && !fraction) ++number.exponent;
  }
  rest.remove_prefix(taken);
  return taken;
}

bool take_sign(std::string_view& rest) {
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative || (!rest.empty() && rest.front() == '+')) rest.remove_prefix(1);
  return negative;
}

// Reads `e` and a whole number, if there; false when what stands there is something else.
bool take_exponent(std::string_view& rest, Decimal& number) {
  if (rest.empty()) return true;
  if (rest.front() != 'e' && rest.front() != 'E') return false;
  rest.remove_prefix(1);
  const bool negative = take_sign(rest);
  if (rest.empty() || rest.size() > 4) return false;
  std::int64_t exponent = 0;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1))
    exponent = exponent * 10 + (rest.front() - '0');
  number.exponent += negative ? -exponent : exponent;
  return rest.empty();
}

}  // namespace

std::optional<Decimal> parse_decimal(std::string_view text, bool comma_is_mark) {
  Decimal number;
  number.negative = take_sign(text);
  std::size_t digits = take_digits(text, number, false);
  if (!text.empty() && (text.front() == '.' || (comma_is_mark && text.front() == ','))) {
    text.remove_prefix(1);
    digits += take_digits(text, number, true);
  }
  if (digits == 0 || !take_exponent(text, number)) return std::nullopt;
  return number;
}

std::optional<Wide> scaled(const Decimal& number, std::int64_t factor, std::int64_t power) {
  Wide value = number.digits * factor;  // under 10^20 * 10^12
  power += number.exponent;
  for (; power < 0 && value != 0; ++power) value /= 10;
  for (; power > 0 && value != 0; --power)
    if (__builtin_mul_overflow(value, 10, &value)) return std::nullopt;
  return value;
}

bool is_missing(std::string_view text) {
  constexpr std::array<std::string_view, 7> kWords = {"", "-", "nan", "null", "na", "n/a", "none"};
  std::string lower(text.substr(0, 5));
  for (char& each : lower) each = static_cast<char>(std::tolower(static_cast<unsigned char>(each)));
  return text.size() < 5 && std::ranges::find(kWords, lower) != kWords.end();
}

}  // namespace tidepool::scenarios
