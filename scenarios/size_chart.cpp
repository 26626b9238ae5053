#include "scenarios/size_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "sim/model/journal.hpp"

namespace tidepool::scenarios {
namespace {

constexpr int kEighths = 8;
// A cell filled from below by 0 to 8 eighths.
constexpr std::array<const char*, kEighths + 1> kBars{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

void keep_largest(std::optional<int>& cell, int value) { cell = std::max(cell.value_or(value), value); }

// Columns that no sample fell into, between two that have one.
void fill_gaps(std::vector<std::optional<int>>& cells) {
  const auto last =
      std::find_if(cells.rbegin(), cells.rend(), [](const auto& cell) { return cell.has_value(); });
  std::optional<int> before;
  for (auto cell = cells.begin(); cell != last.base(); ++cell) {
    if (!*cell) *cell = before;
    before = *cell;
  }
}

int largest(const SizeChart& chart) {
  int most = 0;
  for (const auto* series : {&chart.in_service, &chart.desired})
    for (const auto& cell : *series) most = std::max(most, cell.value_or(0));
  return most;
}

// Height of a value in eighths of a row. Whatever is not zero shows.
int eighths(int value, int most, int rows) {
  if (value <= 0) return 0;
  return static_cast<int>(std::max<std::int64_t>(1, std::int64_t{value} * rows * kEighths / most));
}

// What stands in a column's cell of the row that lies `row` rows above the axis.
const char* cell(const SizeChart& chart, std::size_t column, int row, int most, int rows) {
  const int bar = eighths(chart.in_service[column].value_or(0), most, rows) - row * kEighths;
  if (bar > 0) return kBars[static_cast<std::size_t>(std::min(bar, kEighths))];
  const int desired = eighths(chart.desired[column].value_or(0), most, rows) - row * kEighths;
  return desired > 0 && desired <= kEighths ? "·" : " ";
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// "2026-03-01 06:00"
std::string minute_text(sim::Time t) {
  std::string text = sim::utc_seconds(t).substr(0, 16);
  text[10] = ' ';
  return text;
}

std::string time_axis(const SizeChart& chart, std::size_t width) {
  const auto columns = static_cast<std::int64_t>(chart.in_service.size());
  std::string from = minute_text(chart.start);
  const std::string to = minute_text(chart.start + chart.column * columns);
  if (width < from.size() + to.size() + 2) return from;
  return fmt::format("{}{:>{}}", from, to, width - from.size());
}

}  // namespace

SizeChart size_chart(std::span<const sim::MetricSample> samples, sim::AsGroupId group, sim::Time start,
                     sim::Time end, sim::Duration sample_period, int columns) {
  assert(columns > 0 && sample_period > sim::Duration::zero());
  SizeChart chart;
  chart.start = start;
  const std::int64_t span = std::max<std::int64_t>((end - start).count(), 1);
  const std::int64_t count = std::clamp<std::int64_t>(span / sample_period.count(), 1, columns);
  chart.column = sim::Duration{(span + count - 1) / count};
  for (const sim::MetricSample& each : samples) {
    if (each.group != group) continue;
    chart.in_service.resize(static_cast<std::size_t>(count));
    chart.desired.resize(static_cast<std::size_t>(count));
    // A sample at the very end belongs to the last column.
    const auto column = static_cast<std::size_t>(std::min((each.time - start) / chart.column, count - 1));
    keep_largest(chart.in_service[column], each.in_service);
    keep_largest(chart.desired[column], each.desire);
  }
  fill_gaps(chart.in_service);
  fill_gaps(chart.desired);
  return chart;
}

std::string drawn(const SizeChart& chart, int width, int height) {
  const auto columns = static_cast<int>(chart.in_service.size());
  if (columns == 0) return {};
  const int most = largest(chart);
  const int rows = std::clamp(most, 1, height);
  const auto repeat = static_cast<std::size_t>(std::max(width / columns, 1));
  const std::size_t margin = std::to_string(most).size();

  std::string out;
  for (int row = rows - 1; row >= 0; --row) {
    const std::string mark = row == rows - 1 ? std::to_string(most) : "";
    std::string line = fmt::format("{:>{}} │", mark, margin);
    for (std::size_t column = 0; column < chart.in_service.size(); ++column)
      for (std::size_t i = 0; i < repeat; ++i) line += cell(chart, column, row, most, rows);
    out += without_trailing_blanks(std::move(line)) + '\n';
  }
  const std::size_t drawn_width = repeat * chart.in_service.size();
  out += fmt::format("{:>{}} └", 0, margin);
  for (std::size_t i = 0; i < drawn_width; ++i) out += "─";
  out += fmt::format("\n{:>{}}{}\n", "", margin + 2, time_axis(chart, drawn_width));
  return out;
}

}  // namespace tidepool::scenarios
