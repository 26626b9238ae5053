#pragma once

#include <cstdint>
#include <optional>

#include "sim/model/as_policy.hpp"
#include "sim/model/error.hpp"

namespace tidepool::sim {

/// The numbers of a group that a policy is reckoned against: 0 <= min <= max, the others 0 or more.
struct GroupNumbers {
  int current = 0;  ///< members done joining and not done leaving; the base of percentages
  int desire = 0;   ///< what ADD and REMOVE change
  int min = 0, max = 0;
  int protected_members = 0;  ///< these can't leave, so no policy goes below their number
};

/// How many instances the action means: its number, else its percentage of `current`, else 1.
///
/// A share between 0 and 1 counts as 1, a larger one is rounded down, a share of nothing is nothing. An
/// action has a number (0 to 300) or a percentage (0 to 20 000), never both; checked before it comes here.
/// Source: AS API reference, "Creating an AS Policy", instance_percentage.
std::int64_t adjustment(const PolicyAction& action, int current);

/// What a policy makes of the desired number.
struct PolicyTarget {
  int desire = 0;                    ///< the new desired number; the old one when refused
  bool clamped = false;              ///< the limits kept it from what the action asked for
  std::int64_t asked = 0;            ///< what the action asks for before the limits count
  int least = 0;                     ///< the lower limit: min, or the protected members where they are more
  std::optional<ErrorCode> refused;  ///< why nothing changes; empty when something does, and always for SET
};

/// The desired number after the action, within [max(min, protected_members), max].
///
/// What fits is done. Only an ADD or REMOVE that changes nothing is refused, with MaxReached (AS.0050) or
/// AlreadyAtLimit (AS.3040), also when its share is zero. More protected members than the maximum allows: the
/// maximum wins. A desired number below the protected members, which setting protection late can leave
/// behind, is lifted to their number even by a REMOVE.
/// Source: AS API reference, "Creating an AS Policy", scaling_policy_action; appendix "Error Codes".
PolicyTarget policy_target(const PolicyAction& action, const GroupNumbers& group);

}  // namespace tidepool::sim
