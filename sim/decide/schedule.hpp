#pragma once

#include <optional>

#include "sim/engine/time.hpp"
#include "sim/model/as_policy.hpp"

namespace tidepool::sim {

/// The first moment of the rule that is later than `after` and within [start, end]; empty when there is none.
///
/// UTC, so every day has 24 hours; weekdays count from 1 = Sunday. A day that a month lacks is skipped, never
/// moved to the month's last day. `time_of_day` is 0 or more and less than 24 h. Takes at most some sixty
/// steps, however long the window is. Cannot fail.
/// Source: AS API reference, "Creating an AS Policy", scheduled_policy.
std::optional<Time> next_occurrence(const Recurrence& rule, Time after);

}  // namespace tidepool::sim
