// A decision in plain sentences: what was done, and what spoke for it.
#pragma once

#include <string>

#include "sim/cloud/cloud.hpp"
#include "sim/cloud/decision.hpp"

namespace tidepool::sim {

/// One or two sentences with full stops. Things are named as in the journal: i3, a7, web#0. `decision` is one of the cloud's.
std::string sentence(const Cloud& cloud, const Decision& decision);

/// What decided between a victim and the one that would have been next: "it joined earlier, at 2026-03-01T09:00:00Z".
/// Empty when nobody would have been.
std::string deciding_key(const Cloud& cloud, const RemovalReason& why);

}  // namespace tidepool::sim
