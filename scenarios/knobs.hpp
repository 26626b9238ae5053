// The knobs of `behaviour`: what the service's documents leave open or say in two ways, one row each. Files are read, pages
// written and questions answered (`tidepool explain knobs`) by this one table.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "scenarios/json_reader.hpp"
#include "sim/model/behaviour.hpp"

namespace tidepool::scenarios {

struct KnobTexts {
  std::string_view name;     ///< "scan_period"
  std::string_view about;    ///< what it decides
  std::string_view allowed;  ///< "0s to 1d"
  std::string_view source;   ///< what leaves it open
};

struct Knob : KnobTexts {
  void (*read)(std::string_view name, Section& from, sim::Behaviour& into);
  std::string (*write)(const sim::Behaviour& from);  ///< the value as a file has it, texts in quotes
};

/// In the order in which they are read: a knob that bounds another comes first.
std::span<const Knob> all_knobs();

/// A Markdown table of all knobs, with their values in both profiles.
std::string knobs_page();

}  // namespace tidepool::scenarios
