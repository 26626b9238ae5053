#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "scenarios/load.hpp"
#include "scenarios/result_store.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/session.hpp"
#include "scenarios/summary.hpp"
#include "tools/ask_controller.hpp"
#include "tools/files.hpp"
#include "tools/interrupt.hpp"
#include "tools/progress.hpp"
#include "tools/verbs.hpp"
#include "tools/version.hpp"

namespace tidepool::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHelp =
    R"(Usage: tidepool run FILE [OPTION...]

Runs a scenario from its start to its end in simulated time and tells what came of it. A session
that 'serve --record' wrote is played again: every request, at the same moments; what is answered
otherwise than recorded is told.

Examples:
  tidepool run scenarios/basic/first_group.json
  tidepool run spike.json --seed 7 --out results.sqlite --json > summary.json
  tidepool run session.json

Arguments:
  FILE            the scenario or session; - reads it from standard input

Options:
  --seed N        seed of all random draws, 0 to 18446744073709551615 (default: the scenario's)
  --out FILE      write all results to a SQLite file, replacing earlier results (default: none)
  --journal FILE  write a line for every decision (default: none); with - the lines go to standard
                  output in place of the summary
  --json          print the summary as a JSON document, and errors as JSON too
  --quiet         print no summary for people, show no progress
  --no-progress   show no progress bar (default: shown if stderr is a terminal and CI is not set)
  -h, --help      print this

Exit codes:
  0 ok, 1 an objective was missed or a call answered otherwise than expected or recorded, 2 wrong
  use or an invalid scenario, 3 input or output failed, 4 internal error, 130 interrupted
)";

struct Arguments {
  std::string file, seed, out, journal;
  bool json = false, quiet = false, no_progress = false;
};

[[noreturn]] void wrong_use(std::string message) {
  throw Failure{Exit::WrongUse, std::move(message), {}, "See 'tidepool run --help'."};
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return !a.empty() && (a == b || fs::equivalent(a, b, ignored));
}

void check(const Arguments& a) {
  if (a.file.empty()) wrong_use("run needs a FILE");
  if (a.out == "-") wrong_use("--out -: a database can't go to standard output");
  if (a.journal == "-" && a.json) wrong_use("--journal -: standard output belongs to --json");
  if (same_file(a.journal, a.out) && a.journal != "-") wrong_use("--journal and --out name the same file");
  if (same_file(a.journal, a.file) && a.journal != "-") wrong_use("--journal would overwrite the scenario");
}

std::optional<std::uint64_t> read_seed(const std::string& text) {
  if (text.empty()) return {};
  std::uint64_t seed = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (failed != std::errc() || end != text.data() + text.size())
    wrong_use(fmt::format("--seed: {}, expected 0 to {}", text, UINT64_MAX));
  return seed;
}

std::string name_of(const Arguments& arguments) { return arguments.file == "-" ? kStdin : arguments.file; }

scenarios::Scenario load(const Arguments& arguments, std::string_view text,
                         std::optional<std::uint64_t> seed) {
  const std::string name = name_of(arguments);
  scenarios::LoadResult loaded = scenarios::load(text, name, fs::path(arguments.file).parent_path(), {seed});
  if (loaded.scenario) return *std::move(loaded.scenario);
  std::string message = fmt::format("{} is no valid scenario", name);
  throw Failure{Exit::WrongUse, std::move(message), std::move(loaded.errors), {}, "invalid_scenario"};
}

// Runs with a bar and a journal, as wished. An interrupt leaves by way of the journal's destructor.
scenarios::RunResult simulate(const scenarios::Scenario& scenario, const Arguments& arguments) {
  std::optional<OutputFile> journal;
  if (!arguments.journal.empty()) journal.emplace(arguments.journal);
  ProgressBar bar;
  const bool shows_bar = !arguments.no_progress && !arguments.quiet && stderr_shows_progress();

  scenarios::RunOptions options;
  options.journal = journal ? sim::JournalText::Kept : sim::JournalText::Dropped;
  options.progress = [&](double done, const std::string& lines) {
    if (const auto how = interrupted())
      throw Failure{*how,
                    fmt::format("interrupted after {:.0f} % of the run, nothing was written", done * 100)};
    if (journal) journal->write(lines);
    if (shows_bar) bar.show(done);
  };
  options.ask = ask_controller;
  scenarios::RunResult result = scenarios::run(scenario, options);
  bar.clear();
  if (journal) journal->finish();
  return result;
}

void print_summary(const Arguments& arguments, const scenarios::Program& program,
                   const scenarios::Scenario& scenario, const scenarios::RunResult& result) {
  if (arguments.json)
    print(scenarios::summary_json(program, scenario, result));
  else if (!arguments.quiet && arguments.journal != "-")
    print(scenarios::summary_text(scenario, result));
}

Exit play(const Arguments& arguments, std::string_view text) {
  if (!arguments.seed.empty()) wrong_use("--seed: a session has its own");
  if (!arguments.out.empty()) wrong_use("--out: a session has no results; --journal tells what happened");
  auto loaded = scenarios::load_session(text, name_of(arguments), fs::path(arguments.file).parent_path());
  if (!loaded.session)
    throw Failure{Exit::WrongUse,
                  fmt::format("{} is no valid session", name_of(arguments)),
                  std::move(loaded.errors),
                  {},
                  "invalid_session"};
  std::optional<OutputFile> journal;
  if (!arguments.journal.empty()) journal.emplace(arguments.journal);
  std::function<void(std::string_view)> lines;
  if (journal) lines = [&](std::string_view line) { journal->write(line); };
  const scenarios::Replay replay = scenarios::replay(*std::move(loaded.session), lines);
  if (journal) journal->finish();
  if (arguments.json)
    print(scenarios::replay_json(name_of(arguments), replay));
  else if (!arguments.quiet && arguments.journal != "-")
    print(scenarios::replay_text(name_of(arguments), replay));
  return replay.as_recorded() ? Exit::Ok : Exit::Missed;
}

Exit run(const Arguments& arguments) {
  check(arguments);
  catch_interrupts();
  const std::optional<std::uint64_t> seed = read_seed(arguments.seed);
  const std::string text = read_text(arguments.file);
  if (scenarios::is_session(text)) return play(arguments, text);
  const scenarios::Scenario scenario = load(arguments, text, seed);
  if (!arguments.out.empty())
    if (auto refusal = scenarios::refuses_results(arguments.out))
      throw Failure{Exit::InputOutput, *std::move(refusal)};
  const scenarios::RunResult result = simulate(scenario, arguments);

  // What was worth a long run is shown even when it can't be stored.
  const scenarios::Program program{std::string(kVersion), std::string(kCommit)};
  std::optional<std::string> not_saved;
  if (!arguments.out.empty()) not_saved = scenarios::save_results(arguments.out, program, scenario, result);
  print_summary(arguments, program, scenario, result);
  if (not_saved) throw Failure{Exit::InputOutput, *std::move(not_saved)};
  return result.calls_as_expected() && result.objectives_met() ? Exit::Ok : Exit::Missed;
}

}  // namespace

Verb add_run(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("run");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("FILE", arguments->file);
  parser->add_option("--seed", arguments->seed);
  parser->add_option("--out", arguments->out);
  parser->add_option("--journal", arguments->journal);
  parser->add_flag("--json", arguments->json);
  parser->add_flag("--quiet", arguments->quiet);
  parser->add_flag("--no-progress", arguments->no_progress);
  return {parser, kHelp, [arguments] { return run(*arguments); }};
}

}  // namespace tidepool::tools
