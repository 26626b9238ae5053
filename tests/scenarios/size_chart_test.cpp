#include "scenarios/size_chart.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace tidepool::scenarios {
namespace {

using namespace std::chrono_literals;
using sim::AsGroupId;
using Cells = std::vector<std::optional<int>>;

constexpr sim::Time kStart{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}.time_since_epoch()};
constexpr auto kGap = std::nullopt;

sim::MetricSample sample(sim::Duration at, int in_service, int desired, AsGroupId group = AsGroupId{0}) {
  sim::MetricSample each;
  each.time = kStart + at;
  each.group = group;
  each.in_service = in_service;
  each.desire = desired;
  return each;
}

SizeChart chart_of(const std::vector<sim::MetricSample>& samples, sim::Duration length, int columns) {
  return size_chart(samples, AsGroupId{0}, kStart, kStart + length, 5min, columns);
}

TEST_CASE("a column shows the largest of its samples, and each sample its group only", "[chart]") {
  const SizeChart chart =
      chart_of({sample(5min, 1, 2), sample(10min, 4, 4), sample(10min, 9, 9, AsGroupId{1}),
                sample(15min, 3, 5), sample(20min, 2, 2)},
               20min, 2);
  CHECK(chart.column == sim::Duration{10min});
  CHECK(chart.in_service == Cells{1, 4});
  CHECK(chart.desired == Cells{2, 5});
}

TEST_CASE("a column is never shorter than the time between samples", "[chart]") {
  CHECK(chart_of({sample(5min, 1, 1)}, 20min, 72).in_service.size() == 4);
  CHECK(chart_of({sample(5min, 1, 1)}, 1min, 72).in_service.size() == 1);
  CHECK(chart_of({sample(0s, 1, 1)}, 0s, 72).in_service.size() == 1);
}

TEST_CASE("columns between samples repeat the one before, columns around them stay empty", "[chart]") {
  const SizeChart chart = chart_of({sample(6min, 2, 3), sample(16min, 5, 5)}, 30min, 72);
  CHECK(chart.in_service == Cells{kGap, 2, 2, 5, kGap, kGap});
  CHECK(chart.desired == Cells{kGap, 3, 3, 5, kGap, kGap});
}

TEST_CASE("a group without samples has no columns and no picture", "[chart]") {
  const SizeChart chart = chart_of({sample(5min, 1, 1, AsGroupId{3})}, 1h, 72);
  CHECK(chart.in_service.empty());
  CHECK(drawn(chart, 72, 8).empty());
}

SizeChart a_chart(Cells in_service, Cells desired) {
  return {kStart, 5min, std::move(in_service), std::move(desired)};
}

TEST_CASE("small numbers get a row each, and a dot where more is desired", "[chart]") {
  CHECK(drawn(a_chart({kGap, 0, 1, 2, 3}, {kGap, 3, 3, 3, 3}), 40, 8) ==
        "3 │        ························████████\n"
        "  │                        ████████████████\n"
        "  │                ████████████████████████\n"
        "0 └────────────────────────────────────────\n"
        "   2026-03-01 00:00        2026-03-01 00:25\n");
}

TEST_CASE("large numbers are drawn in eighths of a row, and one instance still shows", "[chart]") {
  CHECK(drawn(a_chart({1, 25, 50, 75, 100}, {1, 25, 50, 75, 100}), 5, 2) ==
        "100 │   ▄█\n"
        "    │▁▄███\n"
        "  0 └─────\n"
        "     2026-03-01 00:00\n");
}

TEST_CASE("a group that never had an instance is an empty row", "[chart]") {
  CHECK(drawn(a_chart({0, 0}, {0, 0}), 4, 8) ==
        "0 │\n"
        "0 └────\n"
        "   2026-03-01 00:00\n");
}

}  // namespace
}  // namespace tidepool::scenarios
