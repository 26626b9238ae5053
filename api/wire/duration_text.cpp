#include "api/wire/duration_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "api/wire/time_text.hpp"

namespace tidepool::api {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t us;
};
constexpr std::array<Unit, 6> kUnits{
    {{"d", 86'400'000'000}, {"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}, {"us", 1}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view take_while(std::string_view& text, bool (*belongs)(char)) {
  const auto end = std::ranges::find_if_not(text, belongs);
  const std::string_view taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(taken.size());
  return taken;
}

// A whole number up to `most`.
std::optional<std::int64_t> number_in(std::string_view digits, std::int64_t most) {
  std::int64_t value = 0;
  if (digits.empty() || digits.size() > 16) return std::nullopt;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value <= most ? std::optional{value} : std::nullopt;
}

// ".25" as 250 000 us; nothing there is 0.
std::optional<sim::Duration> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return sim::Duration::zero();
  text.remove_prefix(1);
  std::string digits{take_while(text, is_digit)};
  if (digits.empty() || digits.size() > 6) return std::nullopt;
  digits.resize(6, '0');
  return sim::Duration{*number_in(digits, 999'999)};
}

// How far local time is ahead of UTC.
std::optional<sim::Duration> read_offset(std::string_view text) {
  if (text == "Z") return sim::Duration::zero();
  if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
  const auto offset = read_time_of_day(text.substr(1));
  if (!offset) return std::nullopt;
  return text.front() == '-' ? -*offset : *offset;
}

}  // namespace

std::optional<sim::Duration> read_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t us = 0;
  for (auto unit = kUnits.begin(); !text.empty(); ++unit) {
    const std::string_view digits = take_while(text, is_digit);
    const std::string_view name = take_while(text, [](char c) { return !is_digit(c); });
    unit = std::find_if(unit, kUnits.end(), [&](const Unit& each) { return each.name == name; });
    if (unit == kUnits.end()) return std::nullopt;
    const auto number = number_in(digits, kLongestDuration.count() / unit->us);
    if (!number) return std::nullopt;
    us += *number * unit->us;
    if (us > kLongestDuration.count()) return std::nullopt;
  }
  return sim::Duration{us};
}

std::string duration_text(sim::Duration length) {
  std::string text;
  std::int64_t left = length.count();
  for (const Unit& unit : kUnits) {
    if (left / unit.us > 0) text += fmt::format("{}{}", left / unit.us, unit.name);
    left %= unit.us;
  }
  return text.empty() ? "0s" : text;
}

std::optional<sim::Time> read_moment(std::string_view text) {
  constexpr std::size_t kSeconds = 19;  // "2026-03-01T06:20:05"
  if (text.size() <= kSeconds) return std::nullopt;
  const auto second = read_seconds(std::string{text.substr(0, kSeconds)} + 'Z');
  text.remove_prefix(kSeconds);
  const auto fraction = take_fraction(text);
  const auto ahead = read_offset(text);
  if (!second || !fraction || !ahead) return std::nullopt;
  constexpr sim::Time kYear10000{sim::Duration{253'402'300'800'000'000}};
  const sim::Time moment = *second + *fraction - *ahead;
  if (moment < sim::kEpoch || moment >= kYear10000) return std::nullopt;
  return moment;
}

std::string moment_text(sim::Time t) {
  std::string text = seconds_text(t);
  const auto us = t.time_since_epoch().count() % 1'000'000;
  if (us != 0) text.insert(text.size() - 1, fmt::format(".{:06}", us));
  return text;
}

}  // namespace tidepool::api
