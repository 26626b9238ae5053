// tidepool compare: scenarios against each other, over the same seeds.
#include "scenarios/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/json_reader.hpp"
#include "scenarios/json_writer.hpp"
#include "scenarios/load.hpp"
#include "scenarios/report_page.hpp"
#include "tools/ask_controller.hpp"
#include "tools/files.hpp"
#include "tools/interrupt.hpp"
#include "tools/verbs.hpp"
#include "tools/version.hpp"

namespace tidepool::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostSeeds = 10000;

constexpr std::string_view kHelp =
    R"(Usage: tidepool compare A B... [OPTION...]
       tidepool compare A --variant "NAME: PATH=VALUE"... [OPTION...]

Runs scenarios, or variants of one, with the same seeds and sets them side by side: means of all
metrics, differences to A with their intervals, and who wins how many pairs.

They must serve the same demand, or the comparison would be one of demands; differences are taken
seed by seed, so that chance which hits all alike cancels out.

Examples:
  tidepool compare plain.json early.json --seeds 1..20 -o comparison.html
  tidepool compare plain.json --variant "quick: groups.web.cool_down_time=60"
  tidepool compare plain.json --variant "both: alarms.cpu_high.threshold=60; groups.web.cool_down_time=60" --seed 7

Arguments:
  A B...             scenario files, 2 to 26 entrants together with the variants

Options:
  --seeds LIST       such as 1..20 or 3,5,8 (default: 1..10); with one seed there are no intervals.
                     --seed is the same
  --variant TEXT     another entrant: A with changes at its start, in the words of 'tidepool whatif';
                     several with ';' between; may be given again and again
  --other-demand     compare although demand, start or length differ
  -j, --jobs N       runs at a time (default: the cores); the answer does not depend on it
  -o, --output FILE  write a page (see 'tidepool report') with the comparison and the first seed's runs,
                     of at most 6 entrants
  --json             print a JSON document, and errors as JSON too
  -h, --help         print this

Exit codes:
  0 ok, 1 a call was answered otherwise than expected, 2 wrong use, an invalid scenario, a change that is
  refused or other demand, 3 a file can't be read or written, 4 internal error, 130 interrupted
)";

struct Arguments {
  std::vector<std::string> files, variants;
  std::string seeds = "1..10", output, jobs;
  bool json = false, other_demand = false;
};

[[noreturn]] void wrong_use(std::string message) {
  throw Failure{Exit::WrongUse, std::move(message), {}, "See 'tidepool compare --help'."};
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; (at = text.find(separator)) != std::string_view::npos; text.remove_prefix(at + 1))
    parts.push_back(trimmed(text.substr(0, at)));
  parts.push_back(trimmed(text));
  return parts;
}

// "1..20", "3,5,8" and mixtures of both.
std::vector<std::uint64_t> read_seeds(const std::string& text) {
  std::vector<std::uint64_t> seeds;
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dots = part.find("..");
    const auto first = whole_number(part.substr(0, dots));
    const auto last = dots == std::string_view::npos ? first : whole_number(part.substr(dots + 2));
    if (!first || !last || *last < *first)
      wrong_use(fmt::format("--seeds: {}, expected whole numbers such as 1..20 or 3,5,8", text));
    if (*last - *first >= kMostSeeds || seeds.size() + (*last - *first) >= kMostSeeds)
      wrong_use(fmt::format("--seeds: {}, expected 1 to {} seeds", text, kMostSeeds));
    for (std::uint64_t seed = *first;; ++seed) {
      if (std::ranges::find(seeds, seed) != seeds.end())
        wrong_use(fmt::format("--seeds: {}, expected each seed once, {} is there twice", text, seed));
      seeds.push_back(seed);
      if (seed == *last) break;
    }
  }
  return seeds;
}

unsigned read_jobs(const std::string& text) {
  if (text.empty()) return std::max(1U, std::thread::hardware_concurrency());
  const auto jobs = whole_number(text);
  if (!jobs || *jobs < 1 || *jobs > 1024) wrong_use(fmt::format("--jobs: {}, expected 1 to 1024", text));
  return static_cast<unsigned>(*jobs);
}

scenarios::Entrant read_entrant(const std::string& file) {
  if (file == "-") wrong_use("-: compare reads its scenarios from files");
  scenarios::Entrant entrant{{}, file, read_text(file), {}};
  // The name that the file gives; what is wrong with it is told when it is run.
  const auto loaded = scenarios::load(entrant.text, file, fs::path(file).parent_path());
  entrant.name = loaded.scenario ? loaded.scenario->name : file;
  return entrant;
}

scenarios::Entrant read_variant(const std::string& text, const scenarios::Entrant& of) {
  const std::size_t colon = text.find(':');
  const std::string_view name = trimmed(std::string_view(text).substr(0, colon));
  if (colon == std::string::npos || name.empty() || name.find('=') != std::string_view::npos)
    wrong_use(fmt::format("--variant: {}, expected \"NAME: PATH=VALUE\"", text));
  scenarios::Entrant entrant{std::string(name), of.file, of.text, {}};
  for (const std::string_view part : split(std::string_view(text).substr(colon + 1), ';'))
    if (!part.empty()) entrant.sets.emplace_back(part);
  if (entrant.sets.empty()) wrong_use(fmt::format("--variant: {}, expected a change behind the name", text));
  return entrant;
}

std::vector<scenarios::Entrant> read_entrants(const Arguments& arguments) {
  if (arguments.files.empty()) wrong_use("compare needs scenario files");
  const std::size_t count = arguments.files.size() + arguments.variants.size();
  if (count < 2) wrong_use("one entrant, expected another scenario or a --variant");
  const std::size_t most = arguments.output.empty() ? scenarios::kMostEntrants : scenarios::kMostRuns;
  if (count > most) wrong_use(fmt::format("{} entrants, expected 2 to {}", count, most));
  std::vector<scenarios::Entrant> entrants;
  for (const std::string& each : arguments.files) entrants.push_back(read_entrant(each));
  for (const std::string& each : arguments.variants) entrants.push_back(read_variant(each, entrants.front()));
  return entrants;
}

// A folder for result files that only the page needs.
class Scratch {
 public:
  Scratch() {
    std::string name = (fs::temp_directory_path() / "tidepool-compare-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw Failure{Exit::InputOutput, fmt::format("{}: {}", name, std::generic_category().message(errno))};
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

scenarios::Program program() { return {std::string(kVersion), std::string(kCommit)}; }

[[noreturn]] void refuse(scenarios::CompareError error) {
  using Kind = scenarios::CompareError::Kind;
  switch (error.kind) {
    case Kind::InvalidScenario:
      throw Failure{Exit::WrongUse, error.message, std::move(error.details), {}, "invalid_scenario"};
    case Kind::InvalidChange:
      throw Failure{Exit::WrongUse, error.message, std::move(error.details), "See 'tidepool whatif --help'.",
                    "invalid_change"};
    case Kind::OtherDemand:
      throw Failure{Exit::WrongUse, error.message, std::move(error.details),
                    "With --other-demand they are compared all the same, unless currencies differ.",
                    "other_demand"};
    case Kind::NotKept: break;
  }
  throw Failure{Exit::InputOutput, error.message};
}

void write_page(const Arguments& arguments, const scenarios::Comparison& comparison, const fs::path& folder) {
  std::vector<fs::path> results;
  for (std::size_t i = 0; i < comparison.entrants.size(); ++i)
    results.push_back(folder / (scenarios::letter_of(i) + ".sqlite"));
  const auto page = scenarios::report_page(
      program(), results, comparison_json(program(), comparison, scenarios::JsonLayout::Compact));
  if (const auto* error = std::get_if<scenarios::ReportError>(&page))
    throw Failure{Exit::InputOutput, error->message};
  OutputFile out(arguments.output);
  out.write(std::get<std::string>(page));
  out.finish();
}

Exit compare(const Arguments& arguments) {
  if (arguments.output == "-") wrong_use("--output -: standard output has the comparison itself");
  scenarios::CompareQuestion question;
  question.seeds = read_seeds(arguments.seeds);
  question.threads = read_jobs(arguments.jobs);
  question.other_demand = arguments.other_demand;
  question.entrants = read_entrants(arguments);
  for (const std::string& each : arguments.files)
    if (std::error_code ignored;
        each == arguments.output || std::filesystem::equivalent(each, arguments.output, ignored))
      wrong_use(fmt::format("--output would overwrite {}", each));
  catch_interrupts();
  question.check = [] {
    if (const auto how = interrupted()) throw Failure{*how, "interrupted"};
  };
  question.ask = ask_controller;
  std::optional<Scratch> scratch;
  if (!arguments.output.empty()) question.keep_first = scratch.emplace().path();

  auto answer = scenarios::compare(program(), question);
  if (auto* error = std::get_if<scenarios::CompareError>(&answer)) refuse(std::move(*error));
  const auto& comparison = std::get<scenarios::Comparison>(answer);
  if (scratch) write_page(arguments, comparison, scratch->path());
  print(arguments.json ? comparison_json(program(), comparison, scenarios::JsonLayout::Indented)
                       : comparison_text(comparison));
  return comparison.calls_as_expected() ? Exit::Ok : Exit::Missed;
}

}  // namespace

Verb add_compare(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("compare");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("FILE", arguments->files);
  // One value each time, or files behind it would be taken for more of them.
  parser->add_option("--variant", arguments->variants)->allow_extra_args(false);
  parser->add_option("--seeds,--seed", arguments->seeds);
  parser->add_option("-j,--jobs", arguments->jobs);
  parser->add_option("-o,--output", arguments->output);
  parser->add_flag("--other-demand", arguments->other_demand);
  parser->add_flag("--json", arguments->json);
  return {parser, kHelp, [arguments] { return compare(*arguments); }};
}

}  // namespace tidepool::tools
