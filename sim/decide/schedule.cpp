#include "sim/decide/schedule.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace tidepool::sim {
namespace {

using std::chrono::days;

// A rule that names any day at all comes round within this: the 31st of March and then of May are 61 days
// apart.
constexpr days kLongestGap{61};

bool names_day(const Recurrence& rule, std::chrono::sys_days day) {
  int number = 0;
  switch (rule.type) {
    case RecurrenceType::Daily: return true;
    case RecurrenceType::Weekly: number = static_cast<int>(std::chrono::weekday{day}.c_encoding()) + 1; break;
    case RecurrenceType::Monthly:
      number = static_cast<int>(static_cast<unsigned>(std::chrono::year_month_day{day}.day()));
      break;
  }
  return std::ranges::find(rule.days, number) != rule.days.end();
}

}  // namespace

std::optional<Time> next_occurrence(const Recurrence& rule, Time after) {
  assert(rule.time_of_day >= Duration::zero() && rule.time_of_day < days{1});
  if (after >= rule.end || rule.start > rule.end) return {};  // Also keeps kNever out of the sums below.
  const Time earliest = std::max(after, rule.start);
  const days first = std::chrono::floor<days>(earliest.time_since_epoch());
  for (days day = first; day <= first + kLongestGap; ++day) {
    const Time moment{day + rule.time_of_day};
    if (moment > rule.end) return {};
    if (moment > after && moment >= rule.start && names_day(rule, std::chrono::sys_days{day})) return moment;
  }
  return {};
}

}  // namespace tidepool::sim
