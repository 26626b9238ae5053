// Whether invariants are checked along the way; for the files of this room, which are built with the answer.
#pragma once

namespace tidepool::sim {

#ifdef TIDEPOOL_INVARIANTS
inline constexpr bool kChecksInvariants = true;
#else
inline constexpr bool kChecksInvariants = false;
#endif

}  // namespace tidepool::sim
