#include "scenarios/trace_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "scenarios/trace_number.hpp"
#include "scenarios/trace_rows.hpp"

namespace tidepool::scenarios {

namespace {

using sim::Duration;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

// Reads a text from left to right; the first thing that isn't as expected makes it bad for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool good() const { return good_; }
  bool done() const { return rest_.empty(); }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool take_any(std::string_view letters) {
    if (rest_.empty() || letters.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect_any(std::string_view letters) { good_ = take_any(letters) && good_; }
  // A whole number of `fewest` to `most` digits, at most `highest`.
  int number(std::size_t fewest, std::size_t most, int highest) {
    int value = 0;
    std::size_t taken = 0;
    for (; taken < most && taken < rest_.size() && is_digit(rest_[taken]); ++taken)
      value = value * 10 + (rest_[taken] - '0');
    rest_.remove_prefix(taken);
    good_ = good_ && taken >= fewest && value <= highest;
    return value;
  }
  std::string_view word(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  // 0 to 9 digits after a decimal mark, as nanoseconds.
  std::int64_t fraction() {
    std::int64_t value = 0, unit = 100'000'000;
    for (; unit > 0 && !rest_.empty() && is_digit(rest_.front()); rest_.remove_prefix(1), unit /= 10)
      value += unit * (rest_.front() - '0');
    return value;
  }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// 1 to 12 of an English name's first three letters, as web servers write it; 0 of anything else.
int month_named(std::string_view name) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (kMonths[i] == name) return static_cast<int>(i) + 1;
  return 0;
}

// Which parts of a date come in which order, and what may stand before the time of day.
struct DateShape {
  bool year_first = false, named_month = false;
  std::string_view marks, before_clock;
};

DateShape shape_of(std::string_view text) {
  const bool year_first = std::ranges::all_of(text.substr(0, 4), is_digit);
  if (year_first)
    return text[4] == '.' ? DateShape{true, false, ".", " Tt-"} : DateShape{true, false, "-/", " Tt"};
  if (text[1] == '/' || text[2] == '/') return {false, true, "/", ":"};
  return {false, false, ".", " Tt"};
}

std::optional<std::chrono::sys_days> take_date(Scanner& scan, const DateShape& shape) {
  int year = 0, month = 0, day = 0;
  if (shape.year_first) {
    year = scan.number(4, 4, 9999);
    scan.expect_any(shape.marks);
    month = scan.number(2, 2, 12);
    scan.expect_any(shape.marks);
    day = scan.number(2, 2, 31);
  } else {
    day = scan.number(1, 2, 31);
    scan.expect_any(shape.marks);
    month = shape.named_month ? month_named(scan.word(3)) : scan.number(1, 2, 12);
    scan.expect_any(shape.marks);
    year = scan.number(4, 4, 9999);
  }
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!scan.good() || !date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

// Microseconds since midnight; 0 when there is only a date. After a dot's date a colon may begin the fraction.
std::int64_t take_clock(Scanner& scan, const DateShape& shape) {
  if (scan.done()) return 0;
  scan.expect_any(shape.before_clock);
  std::int64_t seconds = std::int64_t{scan.number(1, 2, 23)} * 3600;
  scan.expect_any(":");
  seconds += std::int64_t{scan.number(2, 2, 59)} * 60;
  if (!scan.take(":")) return seconds * kMicrosPerSecond;
  seconds += scan.number(2, 2, 59);
  const bool fraction = scan.take_any(shape.before_clock.ends_with('-') ? ".,:" : ".,");
  return seconds * kMicrosPerSecond + (fraction ? scan.fraction() / 1000 : 0);
}

// How far local time is ahead of UTC.
Duration take_zone(Scanner& scan) {
  scan.take(" ");
  if (scan.take_any("Zz") || scan.take("UTC")) return Duration::zero();
  const bool west = scan.take("-");
  if (!west) scan.expect_any("+");
  const std::chrono::hours hours{scan.number(2, 2, 23)};
  scan.take(":");
  const std::chrono::minutes minutes{scan.done() ? 0 : scan.number(2, 2, 59)};
  return west ? -Duration{hours + minutes} : Duration{hours + minutes};
}

std::optional<ParsedTime> parse_calendar(std::string_view text, Duration utc_offset) {
  constexpr std::size_t kShortest = 8;  // 1.1.2000
  if (text.size() < kShortest || !is_digit(text.front())) return std::nullopt;
  Scanner scan(text);
  const DateShape shape = shape_of(text);
  const auto date = take_date(scan, shape);
  if (!date) return std::nullopt;
  const Duration clock{take_clock(scan, shape)};
  const bool naive = scan.done();
  const Duration zone = naive ? utc_offset : take_zone(scan);
  if (!scan.good() || !scan.done()) return std::nullopt;
  return ParsedTime{TimeKind::Calendar, (Duration{date->time_since_epoch()} + clock - zone).count(), naive};
}

// "29:23:53:25", day and time of a month that isn't told: counted from that month's start.
std::optional<ParsedTime> parse_day_and_time(std::string_view text) {
  constexpr std::size_t kLength = 11;
  if (text.size() != kLength || text[2] != ':') return std::nullopt;
  Scanner scan(text);
  std::int64_t seconds = scan.number(2, 2, 31) - 1;
  for (const int highest : {23, 59, 59}) {
    scan.expect_any(":");
    seconds = seconds * (highest + 1) + scan.number(2, 2, highest);
  }
  if (!scan.good() || seconds < 0) return std::nullopt;
  return ParsedTime{TimeKind::Offset, seconds * kMicrosPerSecond};
}

// A number of seconds, milliseconds, microseconds or nanoseconds: whichever puts it between 1973 and 5138.
std::optional<ParsedTime> parse_numeric_time(std::string_view text, bool comma_is_mark) {
  struct Range {
    Wide below;
    TimeKind kind;
    int power;
  };
  constexpr Wide kMillion = 1'000'000;
  constexpr std::array<Range, 5> kRanges = {{
      {100 * kMillion, TimeKind::Offset, 6},
      {100'000 * kMillion, TimeKind::Epoch, 6},
      {100 * kMillion * kMillion, TimeKind::Epoch, 3},
      {100'000 * kMillion * kMillion, TimeKind::Epoch, 0},
      {100 * kMillion * kMillion * kMillion, TimeKind::Epoch, -3},
  }};
  const auto number = parse_decimal(text, comma_is_mark);
  if (!number) return std::nullopt;
  const auto whole = scaled(*number, 1, 0);
  if (!whole) return std::nullopt;
  for (const Range& range : kRanges) {
    if (*whole >= range.below) continue;
    const auto us = static_cast<std::int64_t>(scaled(*number, 1, range.power).value());
    return ParsedTime{range.kind, number->negative ? -us : us};
  }
  return std::nullopt;
}

}  // namespace

std::optional<ParsedTime> parse_time(std::string_view text, const Dialect& dialect) {
  if (const auto time = parse_calendar(text, dialect.utc_offset)) return time;
  if (const auto time = parse_day_and_time(text)) return time;
  return parse_numeric_time(text, dialect.comma_is_mark());
}

std::string time_text(sim::Time t) {
  const auto since = t.time_since_epoch();
  const auto days = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days{days}};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(since - days)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace tidepool::scenarios
