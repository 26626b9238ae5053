// Long series for short charts: fewer rows, and none of the extremes lost.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tidepool::scenarios {

/// The numbers of the rows to keep, in order: all of them up to `most`. Beyond that the rows are cut into stretches of
/// equal length, and of each stretch stay its first and last row and those with the smallest and the largest value of
/// every column, so that a peak of a single row is still seen. A NaN is no value. Columns are equally long.
std::vector<std::size_t> rows_to_keep(std::span<const std::vector<double>> columns, std::size_t most);

}  // namespace tidepool::scenarios
