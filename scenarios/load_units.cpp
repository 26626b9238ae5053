#include "scenarios/load_units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using sim::Time;

struct Unit {
  std::string_view name;
  std::int64_t us;
};
constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes up to `most` digits from the front; empty when there is none, or a number above `largest`.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t most, std::int64_t largest) {
  std::size_t digits = 0;
  std::int64_t value = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    if (++digits > most) return std::nullopt;
    value = value * 10 + (text[digits - 1] - '0');
  }
  if (digits == 0 || value > largest) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

// Exactly so many digits.
std::optional<int> take_digits(std::string_view& text, std::size_t count, int largest) {
  if (text.size() < count ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(count), is_digit))
    return std::nullopt;
  std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  const auto value = take_number(digits, count, largest);
  return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::string_view take_letters(std::string_view& text) {
  const auto end = std::ranges::find_if(text, [](char c) { return is_digit(c); });
  const std::string_view letters = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(letters.size());
  return letters;
}

std::optional<Duration> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4, 9999);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2, 12);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *year < 1970) return std::nullopt;
  return std::chrono::sys_days{date}.time_since_epoch();
}

// ".25" as 250 000 us; nothing there is 0.
std::optional<Duration> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return Duration::zero();
  const std::size_t before = text.size();
  const auto value = take_number(text, 6, 999'999);
  if (!value) return std::nullopt;
  std::int64_t us = *value;
  for (std::size_t digits = before - text.size(); digits < 6; ++digits) us *= 10;
  return Duration{us};
}

std::optional<Duration> take_clock(std::string_view& text) {
  const auto hour = take_digits(text, 2, 23);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2, 59);
  if (!minute) return std::nullopt;
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute};
}

// How far local time is ahead of UTC.
std::optional<Duration> take_zone(std::string_view& text) {
  if (take(text, 'Z')) return Duration::zero();
  const bool behind = take(text, '-');
  if (!behind && !take(text, '+')) return std::nullopt;
  const auto offset = take_clock(text);
  if (!offset) return std::nullopt;
  return behind ? -*offset : *offset;
}

// Digits without a point, and the power of ten that they are to be multiplied by.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
};

Decimal parts_of(std::string_view number) {
  Decimal parts;
  parts.negative = take(number, '-');
  const std::size_t mark = number.find_first_of("eE");
  if (mark != std::string_view::npos) {
    std::string_view power = number.substr(mark + 1);
    take(power, '+');
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

std::optional<Duration> read_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::size_t next_unit = 0;
  std::int64_t us = 0;
  while (!text.empty()) {
    const auto number = take_number(text, 16, kLongest.count() / 1'000);
    if (!number) return std::nullopt;
    const std::string_view name = take_letters(text);
    while (next_unit < kUnits.size() && kUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kUnits.size()) return std::nullopt;
    if (*number > kLongest.count() / kUnits[next_unit].us) return std::nullopt;
    us += *number * kUnits[next_unit].us;
    ++next_unit;
  }
  if (us > kLongest.count()) return std::nullopt;
  return Duration{us};
}

std::string duration_text(Duration length) {
  std::string text;
  std::int64_t left = length.count();
  for (const Unit& unit : kUnits) {
    if (left / unit.us > 0) text += fmt::format("{}{}", left / unit.us, unit.name);
    left %= unit.us;
  }
  return text.empty() ? "0s" : text;
}

std::optional<Time> read_moment(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take(text, 'T')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2, 59);
  if (!second) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto ahead = take_zone(text);
  if (!ahead || !text.empty()) return std::nullopt;
  const Time moment{*date + *clock + std::chrono::seconds{*second} + *fraction - *ahead};
  constexpr Time kYear10000{
      Duration{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1}.time_since_epoch()}};
  if (moment < sim::kEpoch || moment >= kYear10000) return std::nullopt;
  return moment;
}

std::string moment_text(Time t) {
  const auto since = t.time_since_epoch();
  const auto days = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days{days}};
  const std::chrono::hh_mm_ss clock{since - days};
  const auto us = clock.subseconds().count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     us == 0 ? "" : fmt::format(".{:06}", us));
}

std::optional<Duration> read_time_of_day(std::string_view text) {
  const auto clock = take_clock(text);
  return text.empty() ? clock : std::nullopt;
}

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
