// A scenario file made of numbers: what a generator draws and a failure shrinks, told as the JSON text that the scenarios' own
// loader reads.
//
// A storm of calls, alarms, demand and faults lasts for six hours. Then the faults are over, every policy is paused and every
// group is enabled, and a calm of as long follows, in which each of them has to get where it wants to be.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace tidepool::scenarios {

/// Something that is asked or breaks. What the numbers mean depends on the kind; any number means something.
struct Happening {
  int at = 0;  ///< seconds from the start of the storm
  int kind = 0;
  int a = 0, b = 0, c = 0;
};

struct GeneratedScenario {
  int seed = 1;
  bool current = false;  ///< the profile
  int knobs = 0, region = 0, groups = 0, demand = 0;
  std::vector<Happening> storm;
};

/// The whole file.
std::string text_of(const GeneratedScenario& world);
/// The same, for what rapidcheck prints.
std::ostream& operator<<(std::ostream& out, const GeneratedScenario& world);

}  // namespace tidepool::scenarios
