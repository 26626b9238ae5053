#include "sim/decide/schedule.hpp"

#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/decide/any.hpp"

namespace tidepool::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using enum RecurrenceType;

Time on(int year, unsigned month, unsigned day, Duration time_of_day = {}) {
  const std::chrono::sys_days date =
      std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
  return Time{date.time_since_epoch() + time_of_day};
}

// All moments of the rule, each asked for with the one before it.
std::vector<Time> all_of(const Recurrence& rule) {
  std::vector<Time> moments;
  for (auto next = next_occurrence(rule, Time{} - Duration{1}); next; next = next_occurrence(rule, *next))
    moments.push_back(*next);
  return moments;
}

TEST_CASE("a rule fires on its days, at its time, from its start to its end, both included", "[decide]") {
  struct Row {
    const char* why;
    Recurrence rule;
    std::vector<Time> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"both edges fire",
       {Daily, {}, hours{16}, on(2026, 3, 1, hours{16}), on(2026, 3, 3, hours{16})},
       {on(2026, 3, 1, hours{16}), on(2026, 3, 2, hours{16}), on(2026, 3, 3, hours{16})}},
      {"weekdays count from Sunday = 1",
       {Weekly, {1, 7}, hours{3} + minutes{30}, on(2026, 3, 2), on(2026, 3, 9)},
       {on(2026, 3, 7, hours{3} + minutes{30}), on(2026, 3, 8, hours{3} + minutes{30})}},
      {"April has no 31st",
       {Monthly, {31}, {}, on(2026, 3, 15), on(2026, 6, 15)},
       {on(2026, 3, 31), on(2026, 5, 31)}},
      {"a window between two moments",
       {Daily, {}, hours{10}, on(2026, 3, 1, hours{10} + minutes{30}), on(2026, 3, 2, hours{9})},
       {}},
      {"a start with seconds misses the minute it lies in",
       {Daily, {}, hours{10}, on(2026, 3, 1, hours{10} + seconds{1}), on(2026, 3, 2, hours{10})},
       {on(2026, 3, 2, hours{10})}},
      {"a start one instant after the moment misses it",
       {Daily, {}, hours{10}, on(2026, 3, 1, hours{10}) + Duration{1}, on(2026, 3, 2, hours{9})},
       {}},
      {"an end one instant before the moment misses it",
       {Daily, {}, hours{10}, on(2026, 3, 1), on(2026, 3, 1, hours{10}) - Duration{1}},
       {}},
      {"February's last days, leap year or not",
       {Monthly, {28, 29, 30}, hours{23} + minutes{59}, on(2027, 2, 1), on(2028, 3, 1)},
       [] {
         std::vector<Time> all;
         for (const auto& [year, month] : std::vector<std::pair<int, unsigned>>{{2027, 2},
                                                                                {2027, 3},
                                                                                {2027, 4},
                                                                                {2027, 5},
                                                                                {2027, 6},
                                                                                {2027, 7},
                                                                                {2027, 8},
                                                                                {2027, 9},
                                                                                {2027, 10},
                                                                                {2027, 11},
                                                                                {2027, 12},
                                                                                {2028, 1},
                                                                                {2028, 2}})
           for (const unsigned day : {28U, 29U, 30U})
             if (month != 2 || day == 28 || (year == 2028 && day == 29))
               all.push_back(on(year, month, day, hours{23} + minutes{59}));
         return all;
       }()},
      {"every weekday listed is every day",
       {Weekly, {1, 2, 3, 4, 5, 6, 7}, {}, on(2026, 12, 31), on(2027, 1, 2)},
       {on(2026, 12, 31), on(2027, 1, 1), on(2027, 1, 2)}},
      {"an end before the start leaves nothing", {Daily, {}, {}, on(2026, 3, 2), on(2026, 3, 1)}, {}},
      {"one moment, when start and end are it",
       {Weekly, {5}, hours{12}, on(1970, 1, 1, hours{12}), on(1970, 1, 1, hours{12})},
       {on(1970, 1, 1, hours{12})}},
  }));
  CAPTURE(row.why);
  CHECK(all_of(row.rule) == row.expected);
}

TEST_CASE("the next moment is strictly later than the one asked from", "[decide]") {
  const Recurrence rule{Daily, {}, hours{8}, on(2026, 3, 1), on(2026, 3, 31, hours{8})};
  struct Row {
    const char* why;
    Time after;
    std::optional<Time> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"long before the window", kEpoch, on(2026, 3, 1, hours{8})},
      {"an instant before a moment", on(2026, 3, 5, hours{8}) - Duration{1}, on(2026, 3, 5, hours{8})},
      {"at a moment", on(2026, 3, 5, hours{8}), on(2026, 3, 6, hours{8})},
      {"before the last", on(2026, 3, 31, hours{7}), on(2026, 3, 31, hours{8})},
      {"at the last", on(2026, 3, 31, hours{8}), std::nullopt},
      {"after the window", on(2027, 1, 1), std::nullopt},
      {"at the end of time", kNever, std::nullopt},
  }));
  CAPTURE(row.why);
  CHECK((next_occurrence(rule, row.after) == row.expected));
}

TEST_CASE("a rule without an end in sight costs no more than one with", "[decide]") {
  const Recurrence last_days{Monthly, {31}, {}, on(2026, 4, 1), kNever};
  CHECK((next_occurrence(last_days, kEpoch) == on(2026, 5, 31)));
  CHECK((next_occurrence(last_days, on(2026, 5, 31)) == on(2026, 7, 31)));
  CHECK((next_occurrence(last_days, kNever) == std::nullopt));
  const Recurrence no_day{Monthly, {}, {}, on(2026, 4, 1), kNever};
  CHECK((next_occurrence(no_day, kEpoch) == std::nullopt));
}

// ---- Against a calendar kept by counting -------------------------------------------------------------------------

struct Day {
  int weekday, of_month;  // as the rules number them
};

// The days from Monday, 1 January 2024 on, for four years.
std::vector<Day> counted_calendar() {
  std::vector<Day> all;
  int weekday = 2;
  for (int year = 2024; year < 2028; ++year)
    for (const int length : {31, year == 2024 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31})
      for (int day = 1; day <= length; ++day) {
        all.push_back({weekday, day});
        weekday = weekday % 7 + 1;
      }
  return all;
}

// Tries every minute from the first one later than `after`, up to `limit`.
std::optional<Time> scanned(const Recurrence& rule, Time after, Time limit) {
  static const std::vector<Day> kCalendar = counted_calendar();
  const Time first_day = on(2024, 1, 1);
  for (auto m = (after - first_day) / minutes{1} + 1; first_day + minutes{m} <= limit; ++m) {
    const Day& day = kCalendar.at(static_cast<std::size_t>(m / 1440));
    const int number = rule.type == Weekly ? day.weekday : day.of_month;
    const bool named = rule.type == Daily || std::ranges::count(rule.days, number) > 0;
    const Time moment = first_day + minutes{m};
    if (named && minutes{m % 1440} == rule.time_of_day && moment >= rule.start && moment <= rule.end)
      return moment;
  }
  return {};
}

Recurrence any_rule(Time base) {
  Recurrence rule;
  rule.type = *rc::gen::element(Daily, Weekly, Monthly);
  if (rule.type != Daily) {
    const int most = rule.type == Weekly ? 7 : 31;
    for (int i = any_from(1, 3); i > 0; --i) rule.days.push_back(any_from(1, most));
    std::ranges::sort(rule.days);
    rule.days.erase(std::unique(rule.days.begin(), rule.days.end()), rule.days.end());
  }
  rule.time_of_day = minutes{any_from(0, 1439)};
  rule.start = base + seconds{any_from(0, 40 * 86'400)};
  rule.end = rule.start + minutes{any_from(0, 100 * 1440)};
  return rule;
}

TEST_CASE("the next moment is the one that a scan over all minutes finds, and moments only grow",
          "[decide]") {
  rc::prop("scan", [] {
    const Time base = on(2024, 1, 2) + days{any_from(0, 1200)};
    const Recurrence rule = any_rule(base);
    Time after = base + seconds{any_from(0, 60 * 86'400)};
    for (int i = 0; i < 4; ++i) {
      const auto next = next_occurrence(rule, after);
      RC_ASSERT(next == scanned(rule, after, rule.end));
      if (!next) break;
      RC_ASSERT(*next > after);
      after = *next;
    }
  });
}

}  // namespace
}  // namespace tidepool::sim
