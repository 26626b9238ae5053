#include "sim/decide/cooldown.hpp"

#include <cassert>

namespace tidepool::sim {

CooldownWindow cooldown_window(CooldownStart rule, Time start, Time end, Duration length) {
  assert(length >= Duration::zero());
  const Time from = rule == CooldownStart::Trigger ? start : end;
  return {from, from + length};
}

bool cooldown_admits(Trigger trigger, const CooldownWindow& window, CooldownEdge edge, Time now) {
  if (trigger != Trigger::Alarm || window.from == window.until) return true;
  if (now < window.from || now > window.until) return true;
  return now == window.until && edge == CooldownEdge::AdmitsAtEnd;
}

}  // namespace tidepool::sim
