// How large a group was over time, in few enough columns for a terminal.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/records.hpp"

namespace tidepool::scenarios {

/// One value a column: the largest of the samples that fall into it. Empty where there was no sample yet or any more;
/// a column between samples repeats the one before it.
struct SizeChart {
  sim::Time start{};
  sim::Duration column{};
  std::vector<std::optional<int>> in_service, desired;
};

/// From the samples of one group among those of all, at most `columns` of them. A column is never shorter than
/// `sample_period`. No columns at all when the group has no sample.
SizeChart size_chart(std::span<const sim::MetricSample> samples, sim::AsGroupId group, sim::Time start,
                     sim::Time end, sim::Duration sample_period, int columns);

/// Lines of text, each with its line break, that fill `width` columns as far as they divide it: a bar for the
/// instances in service, a dot for the desired number where that is higher, a scale and the two ends of the time axis.
std::string drawn(const SizeChart& chart, int width, int height);

}  // namespace tidepool::scenarios
