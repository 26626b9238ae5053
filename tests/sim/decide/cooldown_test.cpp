#include "sim/decide/cooldown.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

namespace tidepool::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using enum CooldownEdge;
using enum Trigger;

constexpr Duration kInstant{1};

Time at(Duration since_epoch) { return Time{since_epoch}; }

CooldownWindow window(Duration from, Duration until) { return {at(from), at(until)}; }

TEST_CASE("a cooldown opens where the rule says and lasts its length", "[decide]") {
  struct Row {
    const char* why;
    CooldownStart rule;
    Duration start, end, length;
    CooldownWindow expected;
  };
  const auto row = GENERATE(values<Row>({
      {"after the end", CooldownStart::End, seconds{0}, seconds{60}, seconds{120},
       window(seconds{60}, seconds{180})},
      {"with the start", CooldownStart::Trigger, seconds{0}, seconds{60}, seconds{120},
       window(seconds{0}, seconds{120})},
      {"an action may outlive it", CooldownStart::Trigger, seconds{5}, seconds{900}, seconds{10},
       window(seconds{5}, seconds{15})},
      {"length 0 opens none", CooldownStart::End, seconds{0}, seconds{60}, seconds{0},
       window(seconds{60}, seconds{60})},
      {"the longest there is", CooldownStart::End, seconds{0}, seconds{1}, seconds{86'400},
       window(seconds{1}, seconds{86'401})},
  }));
  CAPTURE(row.why);
  CHECK(cooldown_window(row.rule, at(row.start), at(row.end), row.length) == row.expected);
}

TEST_CASE("an alarm inside the cooldown is refused and every other request is not", "[decide]") {
  const CooldownWindow cooldown = window(seconds{100}, seconds{400});
  struct Row {
    const char* why;
    Trigger trigger;
    Duration now;
    bool admitted, admitted_if_end_denies;
  };
  const auto row = GENERATE(values<Row>({
      {"an alarm before it", Alarm, seconds{100} - kInstant, true, true},
      {"the first instant belongs to it", Alarm, seconds{100}, false, false},
      {"an alarm in the middle", Alarm, seconds{250}, false, false},
      {"the last instant before the end", Alarm, seconds{400} - kInstant, false, false},
      {"the end itself is what the edge is for", Alarm, seconds{400}, true, false},
      {"an instant after the end", Alarm, seconds{400} + kInstant, true, true},
      {"a scheduled policy runs", Scheduled, seconds{250}, true, true},
      {"a periodic policy runs", Recurrence, seconds{250}, true, true},
      {"a request by hand runs", Manual, seconds{250}, true, true},
      {"also at the very end", Manual, seconds{400}, true, true},
  }));
  CAPTURE(row.why);
  CHECK(cooldown_admits(row.trigger, cooldown, AdmitsAtEnd, at(row.now)) == row.admitted);
  CHECK(cooldown_admits(row.trigger, cooldown, DeniesAtEnd, at(row.now)) == row.admitted_if_end_denies);
}

TEST_CASE("an empty cooldown refuses nothing, not even at its one instant", "[decide]") {
  const CooldownWindow none = window(seconds{60}, seconds{60});
  for (const CooldownEdge edge : {AdmitsAtEnd, DeniesAtEnd})
    for (const Duration now : {seconds{59}, seconds{60}, seconds{61}}) {
      CHECK(cooldown_admits(Alarm, none, edge, at(now)));
      CHECK(cooldown_admits(Alarm, CooldownWindow{}, edge, at(now)));
    }
}

// A group of 300 s: policy A (an alarm, 120 s), a schedule (300 s) and a change by hand each cause an action.
struct Action {
  Duration start, end, length;
};
const std::vector<Action> kDay{{seconds{0}, seconds{60}, seconds{120}},
                               {seconds{110}, seconds{150}, seconds{300}},
                               {seconds{200}, seconds{230}, seconds{300}}};

// The window in force at `now`: that of the last action whose start or end, by the rule, has come.
CooldownWindow in_force(CooldownStart rule, Duration now) {
  CooldownWindow last;
  for (const Action& each : kDay) {
    const CooldownWindow its = cooldown_window(rule, at(each.start), at(each.end), each.length);
    if (its.from <= at(now)) last = its;
  }
  return last;
}

TEST_CASE("each action replaces the cooldown of the one before it", "[decide]") {
  struct Row {
    const char* why;
    Duration now;
    CooldownWindow by_end;
    bool admitted_by_end;
    CooldownWindow by_trigger;
    bool admitted_by_trigger;
  };
  const CooldownWindow none{},
      a_end = window(seconds{60}, seconds{180}), s_end = window(seconds{150}, seconds{450}),
      hand_end = window(seconds{230}, seconds{530}), a = window(seconds{0}, seconds{120}),
      s = window(seconds{110}, seconds{410}), hand = window(seconds{200}, seconds{500});
  const auto row = GENERATE_COPY(values<Row>({
      {"A's own action still runs", seconds{30}, none, true, a, false},
      {"A's alarm repeats after its action", seconds{100}, a_end, false, a, false},
      {"the schedule has started", seconds{110}, a_end, false, s, false},
      {"A's 120 s would be over", seconds{180}, s_end, false, s, false},
      {"the change by hand runs", seconds{210}, s_end, false, hand, false},
      {"the schedule's 300 s would be over", seconds{450}, hand_end, false, hand, false},
      {"just inside the window from the trigger", seconds{500} - kInstant, hand_end, false, hand, false},
      {"the window from the trigger ends", seconds{500}, hand_end, false, hand, true},
      {"just inside the window from the end", seconds{530} - kInstant, hand_end, false, hand, true},
      {"the window from the end ends", seconds{530}, hand_end, true, hand, true},
  }));
  CAPTURE(row.why);
  const CooldownWindow by_end = in_force(CooldownStart::End, row.now);
  const CooldownWindow by_trigger = in_force(CooldownStart::Trigger, row.now);
  CHECK(by_end == row.by_end);
  CHECK(by_trigger == row.by_trigger);
  CHECK(cooldown_admits(Alarm, by_end, AdmitsAtEnd, at(row.now)) == row.admitted_by_end);
  CHECK(cooldown_admits(Alarm, by_trigger, AdmitsAtEnd, at(row.now)) == row.admitted_by_trigger);
  CHECK(cooldown_admits(Scheduled, by_end, AdmitsAtEnd, at(row.now)));
}

TEST_CASE("the documents' example day: alarms wait until 10:41, the schedule does not", "[decide]") {
  const auto clock = [](int minute) { return at(hours{10} + minutes{minute}); };
  const auto after_alarm = cooldown_window(CooldownStart::End, clock(28), clock(30), minutes{5});
  CHECK(after_alarm == CooldownWindow{clock(30), clock(35)});
  CHECK_FALSE(cooldown_admits(Alarm, after_alarm, AdmitsAtEnd, clock(34)));
  CHECK(cooldown_admits(Scheduled, after_alarm, AdmitsAtEnd, clock(32)));

  const auto after_schedule = cooldown_window(CooldownStart::End, clock(32), clock(36), minutes{5});
  CHECK(after_schedule == CooldownWindow{clock(36), clock(41)});
  CHECK_FALSE(cooldown_admits(Alarm, after_schedule, AdmitsAtEnd, clock(40)));
  CHECK(cooldown_admits(Alarm, after_schedule, AdmitsAtEnd, clock(41)));
  CHECK_FALSE(cooldown_admits(Alarm, after_schedule, DeniesAtEnd, clock(41)));
  CHECK(cooldown_admits(Alarm, after_schedule, DeniesAtEnd, clock(41) + kInstant));
}

// An alarm that repeats every second closes a gap; returns the end of the last action.
Duration time_to_close(int gap, int step, Duration action, Duration length) {
  CooldownWindow cooldown{};
  Duration now{};
  while (gap > 0) {
    while (!cooldown_admits(Alarm, cooldown, AdmitsAtEnd, at(now))) now += seconds{1};
    cooldown = cooldown_window(CooldownStart::End, at(now), at(now + action), length);
    now += action;
    gap -= std::min(step, gap);
  }
  return now;
}

TEST_CASE("growth held back by cooldown takes n actions and n - 1 cooldowns", "[decide]") {
  CHECK(time_to_close(6, 1, seconds{60}, seconds{300}) == seconds{1860});
  CHECK(time_to_close(6, 3, seconds{60}, seconds{300}) == seconds{420});
  CHECK(time_to_close(50, 5, seconds{97}, seconds{900}) == seconds{9070});
  const int gap = GENERATE(range(1, 12)), step = GENERATE(range(1, 5));
  const int actions = (gap + step - 1) / step;
  CAPTURE(gap, step);
  CHECK(time_to_close(gap, step, seconds{40}, seconds{70}) ==
        seconds{40} * actions + seconds{70} * (actions - 1));
}

}  // namespace
}  // namespace tidepool::sim
