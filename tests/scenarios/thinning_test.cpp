#include "scenarios/thinning.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace tidepool::scenarios {
namespace {

using Columns = std::vector<std::vector<double>>;

std::vector<double> waves(std::size_t rows, double length) {
  std::vector<double> values;
  for (std::size_t i = 0; i < rows; ++i) values.push_back(std::sin(static_cast<double>(i) / length));
  return values;
}

}  // namespace

TEST_CASE("short series keep all of their rows", "[thinning]") {
  const Columns columns{{3, 1, 2}, {0, 0, 0}};
  CHECK(rows_to_keep(columns, 3) == std::vector<std::size_t>{0, 1, 2});
  CHECK(rows_to_keep(Columns{}, 10).empty());
  CHECK(rows_to_keep(Columns{{}}, 10).empty());
}

TEST_CASE("a long series keeps its ends and the extremes of every column, a peak of one row included",
          "[thinning]") {
  constexpr std::size_t kRows = 100000, kMost = 600;
  Columns columns{waves(kRows, 5000), waves(kRows, 333), std::vector<double>(kRows, 7.0)};
  columns[0][54321] = 99;
  columns[1][12345] = -99;
  columns[2][77777] = 8;
  const auto kept = rows_to_keep(columns, kMost);
  CHECK(kept.size() <= kMost);
  CHECK(kept.size() > kMost / 4);
  CHECK(std::ranges::is_sorted(kept));
  CHECK(std::ranges::adjacent_find(kept) == kept.end());
  CHECK(kept.front() == 0);
  CHECK(kept.back() == kRows - 1);
  for (const std::size_t peak : {54321U, 12345U, 77777U}) CHECK(std::ranges::binary_search(kept, peak));
}

TEST_CASE("rows without a value are no extremes, and a column of them alone is no trouble", "[thinning]") {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Columns columns{std::vector<double>(1000, kNone), std::vector<double>(1000, kNone)};
  columns[0][400] = -5;
  columns[0][410] = 5;
  const auto kept = rows_to_keep(columns, 100);
  CHECK(std::ranges::binary_search(kept, 400U));
  CHECK(std::ranges::binary_search(kept, 410U));
  CHECK(kept.size() <= 100);
}

}  // namespace tidepool::scenarios
