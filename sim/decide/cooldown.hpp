#pragma once

#include <cstdint>

#include "sim/engine/time.hpp"
#include "sim/model/as_policy.hpp"
#include "sim/model/behaviour.hpp"

namespace tidepool::sim {

/// The span in which alarms are held back: [from, until). Equal edges: none.
struct CooldownWindow {
  Time from{};
  Time until{};
  friend bool operator==(const CooldownWindow&, const CooldownWindow&) = default;
};

/// What the last instant of a window is: `until` itself admits already, or still denies.
enum class CooldownEdge : std::uint8_t { AdmitsAtEnd, DeniesAtEnd };

/// The window that a scaling action from `start` to `end` opens. It replaces the one before, also a longer
/// one.
///
/// `length` is the cooldown of the policy that caused the action, else that of the group: 0 s to 86 400 s, 0
/// opens none. With CooldownStart::Trigger `end` is not read, and a long action may outlive its own window.
/// An action that adds and removes nothing opens no window: the caller does not ask then.
/// Source: AS API reference, "Creating an AS Group", cool_down_time; its editions disagree on the start.
CooldownWindow cooldown_window(CooldownStart rule, Time start, Time end, Duration length);

/// Whether a request may start at `now` as far as the cooldown goes. Only alarms are ever held back; an
/// action under way is another matter. An empty window admits everything, whatever the edge. Cannot fail; a
/// refused alarm is AS.0026 and is dropped, not kept for later.
/// Source: AS user manual, on the cooldown period and its example day.
bool cooldown_admits(Trigger trigger, const CooldownWindow& window, CooldownEdge edge, Time now);

}  // namespace tidepool::sim
