#include "scenarios/thinning.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

namespace tidepool::scenarios {
namespace {

void keep_extremes(const std::vector<double>& column, std::size_t from, std::size_t to,
                   std::vector<std::size_t>& kept) {
  std::size_t least = to, most = to;
  for (std::size_t i = from; i < to; ++i) {
    if (std::isnan(column[i])) continue;
    if (least == to || column[i] < column[least]) least = i;
    if (most == to || column[i] > column[most]) most = i;
  }
  if (least == to) return;
  kept.push_back(least);
  kept.push_back(most);
}

}  // namespace

std::vector<std::size_t> rows_to_keep(std::span<const std::vector<double>> columns, std::size_t most) {
  const std::size_t rows = columns.empty() ? 0 : columns.front().size();
  assert(std::ranges::all_of(columns, [&](const auto& each) { return each.size() == rows; }));
  std::vector<std::size_t> kept;
  if (rows <= most) {
    kept.resize(rows);
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    return kept;
  }
  const std::size_t rows_of_stretch = 2 * columns.size() + 2;  // at most
  const std::size_t stretches = std::max<std::size_t>(1, most / rows_of_stretch);
  for (std::size_t i = 0; i < stretches; ++i) {
    const std::size_t from = rows * i / stretches, to = rows * (i + 1) / stretches;
    kept.push_back(from);
    for (const auto& column : columns) keep_extremes(column, from, to, kept);
    kept.push_back(to - 1);
  }
  std::ranges::sort(kept);
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

}  // namespace tidepool::scenarios
