#include "api/wire/time_text.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using sim::Duration;
using sim::Time;

Time on(int year, unsigned month, unsigned day, Duration time_of_day = {}) {
  const std::chrono::sys_days date =
      std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
  return Time{date.time_since_epoch() + time_of_day};
}

TEST_CASE("moments are written in UTC and cut to what the form shows (AS API reference)", "[wire]") {
  const Time t = on(2026, 3, 1, 6h + 20min + 5s + 999999us);
  CHECK(seconds_text(t) == "2026-03-01T06:20:05Z");
  CHECK(minutes_text(t) == "2026-03-01T06:20Z");
  CHECK(seconds_text(sim::kEpoch) == "1970-01-01T00:00:00Z");
  CHECK(minutes_text(on(9999, 12, 31, 23h + 59min)) == "9999-12-31T23:59Z");
  CHECK(time_of_day_text(16h) == "16:00");
  CHECK(time_of_day_text(0h) == "00:00");
  CHECK(time_of_day_text(23h + 59min) == "23:59");
}

TEST_CASE("moments are read in exactly their form (AS API reference)", "[wire]") {
  CHECK(read_seconds("2026-03-01T06:20:05Z") == on(2026, 3, 1, 6h + 20min + 5s));
  CHECK(read_minutes("2026-03-01T06:20Z") == on(2026, 3, 1, 6h + 20min));
  CHECK(read_minutes("2028-02-29T00:00Z") == on(2028, 2, 29));
  CHECK(read_seconds("1970-01-01T00:00:00Z") == sim::kEpoch);
  CHECK(read_seconds("9999-12-31T23:59:59Z") == on(9999, 12, 31, 24h - 1s));
  CHECK(read_time_of_day("00:00") == Duration{0});
  CHECK(read_time_of_day("23:59") == 23h + 59min);
}

TEST_CASE("anything but a moment's form is refused", "[wire]") {
  const char* text =
      GENERATE("", "2026-03-01", "2026-03-01T06:20:05", "2026-03-01 06:20:05Z", "2026-03-01T06:20:05z",
               " 2026-03-01T06:20:05Z", "2026-03-01T06:20:05Z ", "2026-3-1T06:20:05Z", "2026-02-30T06:20:05Z",
               "2027-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
               "2026-03-01T24:00:00Z", "2026-03-01T23:60:00Z", "2016-12-31T23:59:60Z", "1969-12-31T23:59:59Z",
               "2026-03-01T06:20:05+00:00", "+026-03-01T06:20:05Z", "2026-03-01T06:20:0xZ");
  CAPTURE(text);
  CHECK_FALSE(read_seconds(text));
  CHECK_FALSE(read_minutes(text));
}

TEST_CASE("the two forms of a moment are not taken for each other", "[wire]") {
  CHECK_FALSE(read_seconds("2026-03-01T06:20Z"));
  CHECK_FALSE(read_minutes("2026-03-01T06:20:05Z"));
}

TEST_CASE("anything but hh:mm is no time of day", "[wire]") {
  const char* text =
      GENERATE("", "6:00", "06:0", "24:00", "23:60", "0600", "06:00Z", "06:00:00", "-6:00", " 6:00");
  CAPTURE(text);
  CHECK_FALSE(read_time_of_day(text));
}

TEST_CASE("what is written is read back as the same moment", "[wire]") {
  const bool holds = rc::check([] {
    const auto minutes = *rc::gen::inRange<std::int64_t>(0, 4'223'370'239);  // up to the end of 9999
    const Time t = sim::kEpoch + std::chrono::minutes{minutes};
    RC_ASSERT(read_minutes(minutes_text(t)) == t);
    RC_ASSERT(read_seconds(seconds_text(t + 59s)) == t + 59s);
    const Duration clock = std::chrono::minutes{minutes % (24 * 60)};
    RC_ASSERT(read_time_of_day(time_of_day_text(clock)) == clock);
  });
  CHECK(holds);
}

}  // namespace
}  // namespace tidepool::api
