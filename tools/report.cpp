// tidepool report: one HTML page out of result files.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/report_page.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"
#include "tools/version.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool report RESULT... [-o FILE]

Makes one HTML page of a run, or of several side by side: demand and capacity, what was not served,
instances by state and zone, CPU, scaling actions and denied requests with their reasons, cost,
objectives, faults. The page needs nothing around it and asks nothing of any network.

Examples:
  tidepool report results.sqlite -o report.html
  tidepool report before.sqlite after.sqlite > report.html

Arguments:
  RESULT             a result file, as 'run --out' writes it; of several, up to 6, the first is what
                     the others are compared with

Options:
  -o, --output FILE  where the page goes, replacing what is there; - is standard output (default)
  --json             print errors as a JSON document
  -h, --help         print this

Exit codes:
  0 ok, 2 wrong use, 3 a file can't be read or written, 4 internal error
)";

struct Arguments {
  std::vector<std::string> results;
  std::string output = "-";
  bool json = false;
};

[[noreturn]] void wrong_use(std::string message) {
  throw Failure{Exit::WrongUse, std::move(message), {}, "See 'tidepool report --help'."};
}

Exit report(const Arguments& arguments) {
  if (arguments.results.empty()) wrong_use("report needs a RESULT");
  if (arguments.results.size() > scenarios::kMostRuns)
    wrong_use(fmt::format("{} results, expected 1 to {}", arguments.results.size(), scenarios::kMostRuns));
  const std::vector<std::filesystem::path> files(arguments.results.begin(), arguments.results.end());
  for (const auto& each : files) {
    std::error_code ignored;
    if (each == arguments.output || std::filesystem::equivalent(each, arguments.output, ignored))
      wrong_use(fmt::format("--output would overwrite {}", each.string()));
  }
  const auto page = scenarios::report_page({std::string(kVersion), std::string(kCommit)}, files);
  if (const auto* error = std::get_if<scenarios::ReportError>(&page))
    throw Failure{Exit::InputOutput, error->message};
  OutputFile out(arguments.output);
  out.write(std::get<std::string>(page));
  out.finish();
  return Exit::Ok;
}

}  // namespace

Verb add_report(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("report");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("RESULT", arguments->results);
  parser->add_option("-o,--output", arguments->output);
  parser->add_flag("--json", arguments->json);
  return {parser, kHelp, [arguments] { return report(*arguments); }};
}

}  // namespace tidepool::tools
