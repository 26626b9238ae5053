#include "scenarios/summary_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "scenarios/load_units.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {

std::string one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return out;
}

std::string rounded(std::int64_t millionths) {
  const std::int64_t hundredths = millionths / 10'000 + (millionths % 10'000 >= 5'000 ? 1 : 0);
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

std::string short_number(std::int64_t millionths) {
  std::string text = rounded(millionths);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  return text;
}

std::string length_text(sim::Duration length) {
  constexpr std::int64_t kMicrosPerHour = 3'600'000'000;
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 3> kUnits{
      {{"d", 24 * kMicrosPerHour}, {"h", kMicrosPerHour}, {"min", kMicrosPerHour / 60}}};
  std::int64_t rest = length.count();
  std::string out;
  for (const auto& [name, micros] : kUnits) {
    if (rest >= micros) out += fmt::format("{}{} {}", out.empty() ? "" : " ", rest / micros, name);
    rest %= micros;
  }
  if (rest > 0 || out.empty()) out += fmt::format("{}{} s", out.empty() ? "" : " ", millionths_text(rest));
  return out;
}

std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string_view unit_of(std::string_view metric, const Scenario& scenario) {
  const auto& all = sim::report_metrics();
  const auto found = std::ranges::find(all, metric, &sim::ReportMetric::name);
  if (found == all.end()) return "";
  return found->unit == "currency" ? std::string_view(scenario.currency) : found->unit;
}

std::string bounds_text(const Objective& objective) {
  std::string out;
  if (objective.at_least_micro)
    out += fmt::format(" at least {}", millionths_text(*objective.at_least_micro));
  if (objective.at_least_micro && objective.at_most_micro) out += " and";
  if (objective.at_most_micro) out += fmt::format(" at most {}", millionths_text(*objective.at_most_micro));
  return out;
}

}  // namespace tidepool::scenarios
