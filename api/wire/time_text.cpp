#include "api/wire/time_text.hpp"

#include <chrono>

#include "sim/model/journal.hpp"

namespace tidepool::api {
namespace {

using sim::Duration;
using sim::Time;

// Whether `text` looks like `pattern`, in which 0 stands for any digit and all else for itself.
bool matches(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == '0' ? !digit : text[i] != pattern[i]) return false;
  }
  return true;
}

// Needs digits only.
int number(std::string_view digits) {
  int value = 0;
  for (const char each : digits) value = value * 10 + (each - '0');
  return value;
}

// Of "2026-03-01". Empty before 1970 and for days that the calendar lacks.
std::optional<Time> midnight(std::string_view date) {
  const std::chrono::year_month_day day{std::chrono::year{number(date.substr(0, 4))},
                                        std::chrono::month{static_cast<unsigned>(number(date.substr(5, 2)))},
                                        std::chrono::day{static_cast<unsigned>(number(date.substr(8, 2)))}};
  if (!day.ok() || day.year() < std::chrono::year{1970}) return std::nullopt;
  return Time{std::chrono::sys_days{day}.time_since_epoch()};
}

std::optional<Time> moment(std::string_view date, std::string_view clock, int second) {
  const auto day = midnight(date);
  const auto time = read_time_of_day(clock);
  if (!day || !time || second > 59) return std::nullopt;
  return *day + *time + std::chrono::seconds{second};
}

}  // namespace

std::string seconds_text(Time t) { return sim::utc_seconds(t); }

std::string minutes_text(Time t) {
  std::string text = sim::utc_seconds(t);
  text.replace(16, std::string::npos, "Z");
  return text;
}

std::string time_of_day_text(Duration since_midnight) {
  return sim::utc_seconds(sim::kEpoch + since_midnight).substr(11, 5);
}

std::optional<Time> read_seconds(std::string_view text) {
  if (!matches(text, "0000-00-00T00:00:00Z")) return std::nullopt;
  return moment(text.substr(0, 10), text.substr(11, 5), number(text.substr(17, 2)));
}

std::optional<Time> read_minutes(std::string_view text) {
  if (!matches(text, "0000-00-00T00:00Z")) return std::nullopt;
  return moment(text.substr(0, 10), text.substr(11, 5), 0);
}

std::optional<Duration> read_time_of_day(std::string_view text) {
  if (!matches(text, "00:00")) return std::nullopt;
  const int hour = number(text.substr(0, 2)), minute = number(text.substr(3, 2));
  if (hour > 23 || minute > 59) return std::nullopt;
  return std::chrono::hours{hour} + std::chrono::minutes{minute};
}

}  // namespace tidepool::api
