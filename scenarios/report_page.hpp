// One page for people about one run or several: an HTML file that needs nothing around it. REPORT.md says what is on it.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/program.hpp"

namespace tidepool::scenarios {

struct ReportError {
  std::string message;  ///< names the file, and why it can't be read
};

/// Most runs that one page compares.
inline constexpr std::size_t kMostRuns = 6;

/// The page about these result files, 1 to kMostRuns of them, in this order. `comparison` is the JSON of a comparison over
/// seeds (compare.hpp) that stands above the charts; empty: none.
std::variant<std::string, ReportError> report_page(const Program& program,
                                                   std::span<const std::filesystem::path> results,
                                                   std::string_view comparison = {});

/// A file of scenarios/report as it was built in, such as "page.css"; empty when there is none.
std::string_view report_file(std::string_view name);

}  // namespace tidepool::scenarios
