#include "scenarios/load_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace tidepool::scenarios {
namespace {

// Digits without a point, and the power of ten that they are to be multiplied by.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
};

Decimal parts_of(std::string_view number) {
  Decimal parts;
  parts.negative = number.starts_with('-');
  if (parts.negative) number.remove_prefix(1);
  const std::size_t mark = number.find_first_of("eE");
  if (mark != std::string_view::npos) {
    std::string_view power = number.substr(mark + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    if (std::from_chars(power.data(), power.data() + power.size(), parts.exponent).ec != std::errc{})
      parts.exponent = power.starts_with('-') ? -1'000'000'000 : 1'000'000'000;
    parts.exponent = std::clamp<std::int64_t>(parts.exponent, -1'000'000'000, 1'000'000'000);
  }
  std::string_view mantissa = number.substr(0, mark);
  const std::size_t point = mantissa.find('.');
  parts.digits = mantissa.substr(0, point);
  if (point != std::string_view::npos) {
    parts.digits += mantissa.substr(point + 1);
    parts.exponent -= static_cast<std::int64_t>(mantissa.size() - point - 1);
  }
  return parts;
}

// The same value without zeros at either end; zero has no digits at all.
void trim(Decimal& parts) {
  parts.digits.erase(0, parts.digits.find_first_not_of('0'));
  while (!parts.digits.empty() && parts.digits.back() == '0') {
    parts.digits.pop_back();
    ++parts.exponent;
  }
}

}  // namespace

std::optional<std::int64_t> read_scaled(std::string_view number, int decimals) {
  Decimal parts = parts_of(number);
  trim(parts);
  if (parts.digits.empty()) return 0;
  const std::int64_t zeros = parts.exponent + decimals;
  if (zeros < 0 || zeros + static_cast<std::int64_t>(parts.digits.size()) > 19) return std::nullopt;
  parts.digits.append(static_cast<std::size_t>(zeros), '0');
  if (parts.negative) parts.digits.insert(0, 1, '-');
  std::int64_t value = 0;
  const char* end = parts.digits.data() + parts.digits.size();
  if (std::from_chars(parts.digits.data(), end, value).ec != std::errc{}) return std::nullopt;
  return value;
}

std::string millionths_text(std::int64_t millionths) {
  const std::int64_t whole = millionths / 1'000'000, rest = millionths % 1'000'000;
  if (rest == 0) return fmt::format("{}", whole);
  std::string text = fmt::format("{}{}.{:06}", millionths < 0 ? "-" : "", whole < 0 ? -whole : whole,
                                 rest < 0 ? -rest : rest);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

}  // namespace tidepool::scenarios
