// tidepool whatif: a run as it was and with something changed on its way.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/load.hpp"
#include "scenarios/recorded_run.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/session.hpp"
#include "scenarios/what_if.hpp"
#include "tools/ask_controller.hpp"
#include "tools/files.hpp"
#include "tools/interrupt.hpp"
#include "tools/verbs.hpp"
#include "tools/version.hpp"

namespace tidepool::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHelp =
    R"(Usage: tidepool whatif RUN --at T [--set PATH=VALUE...] [OPTION...]

Forks a run at a moment, makes changes, and prints both outcomes side by side: sizes, hours and cost,
scaling actions, denied requests, demand that was not served, objectives.

A result file holds its scenario and is run again from it; traces are looked up where 'run' found
them. A run that does not repeat to the letter is an error.

Examples:
  tidepool whatif results.sqlite --at 2h --set groups.web.cool_down_time=60
  tidepool whatif spike.json --at 2026-03-01T10:00:00Z --set alarms.cpu_high.threshold=60
  tidepool whatif spike.json --at 0s --set policies.out.scaling_policy_action.instance_number=2 \
                                     --set behaviour.cooldown_start=end

Arguments:
  RUN               a result file that 'run --out' wrote, or a scenario; - reads a scenario from
                    standard input

Options:
  --at T            when: a moment such as 2026-03-01T10:00:00Z, or a length from the start of the
                    run such as 2h
  --set PATH=VALUE  a change, in the words of the scenario file; may be given again and again
                      groups.NAME.FIELD    sent as the API's modify request of the group
                      policies.NAME.FIELD  the same of a policy; also of one member of an object:
                                           policies.NAME.scaling_policy_action.instance_number
                      behaviour.KNOB       for what comes; all knobs but metric_period
                      alarms.NAME.FIELD    statistic, operator, threshold, period, count or
                                           suppress_duration
                    NAME is what a call saves the id under, or the name in the API
  --json            print a JSON document, and errors as JSON too
  -h, --help        print this

Exit codes:
  0 ok, 1 with the changes an objective is missed or a call answered otherwise than expected, or the
  run does not repeat, 2 wrong use, a change that is refused or an invalid scenario, 3 a file can't
  be read, 4 internal error, 130 interrupted
)";

struct Arguments {
  std::string run;
  scenarios::WhatIfQuestion question;
  bool json = false;
};

[[noreturn]] void wrong_use(std::string message) {
  throw Failure{Exit::WrongUse, std::move(message), {}, "See 'tidepool whatif --help'."};
}

scenarios::Program program() { return {std::string(kVersion), std::string(kCommit)}; }

scenarios::Scenario load(std::string_view text, const std::string& name, const fs::path& folder,
                         std::optional<std::uint64_t> seed, const std::string& hint) {
  scenarios::LoadResult loaded = scenarios::load(text, name, folder, {seed});
  if (loaded.scenario) return *std::move(loaded.scenario);
  throw Failure{Exit::WrongUse, fmt::format("{} is no valid scenario", name), std::move(loaded.errors), hint,
                "invalid_scenario"};
}

scenarios::RecordedRun read_recorded(const std::string& file) {
  auto read = scenarios::read_recorded_run(file);
  if (const auto* refusal = std::get_if<std::string>(&read)) throw Failure{Exit::InputOutput, *refusal};
  return std::get<scenarios::RecordedRun>(std::move(read));
}

scenarios::Scenario scenario_of(const scenarios::RecordedRun& recorded) {
  scenarios::Scenario scenario = load(
      recorded.text, recorded.file, fs::path(recorded.file).parent_path(), recorded.seed,
      fmt::format("{} holds its scenario, but traces stay in files of their own: run this where 'tidepool "
                  "run' was run.",
                  recorded.results));
  auto other = scenarios::other_demand(recorded, scenario);
  if (other.empty()) return scenario;
  throw Failure{Exit::Missed,
                fmt::format("{} can't be repeated", recorded.results),
                std::move(other),
                {},
                "not_repeatable"};
}

scenarios::Scenario read_scenario(const std::string& file) {
  const std::string text = read_text(file);
  if (scenarios::is_session(text))
    wrong_use(fmt::format("{} is a session, expected a result file or a scenario", file));
  return load(text, file == "-" ? kStdin : file, fs::path(file).parent_path(), {}, {});
}

scenarios::WhatIf ask(const scenarios::Scenario& scenario, const scenarios::WhatIfQuestion& question) {
  scenarios::RunOptions options;
  options.journal = sim::JournalText::Dropped;
  options.ask = ask_controller;
  options.progress = [](double, const std::string&) {
    if (const auto how = interrupted()) throw Failure{*how, "interrupted"};
  };
  auto answer = scenarios::ask_what_if(scenario, question, options);
  if (auto* wrong = std::get_if<std::vector<std::string>>(&answer))
    throw Failure{Exit::WrongUse, "this can't be asked of the run", std::move(*wrong),
                  "See 'tidepool whatif --help'.", "invalid_change"};
  return std::get<scenarios::WhatIf>(std::move(answer));
}

Exit whatif(const Arguments& arguments) {
  if (arguments.run.empty()) wrong_use("whatif needs a RUN");
  if (arguments.question.at.empty()) wrong_use("whatif needs --at: the moment of the change");
  catch_interrupts();
  std::optional<scenarios::RecordedRun> recorded;
  if (arguments.run != "-" && scenarios::is_database(arguments.run)) recorded = read_recorded(arguments.run);
  const scenarios::Scenario scenario = recorded ? scenario_of(*recorded) : read_scenario(arguments.run);
  const scenarios::WhatIf answer = ask(scenario, arguments.question);
  if (recorded)
    if (auto other = scenarios::other_journal(*recorded, program(), answer.as_it_was.result))
      throw Failure{Exit::Missed, *std::move(other), {}, {}, "not_repeatable"};
  print(arguments.json ? what_if_json(program(), scenario, answer) : what_if_text(scenario, answer));
  const scenarios::RunResult& changed = answer.what_if.result;
  return changed.calls_as_expected() && changed.objectives_met() ? Exit::Ok : Exit::Missed;
}

}  // namespace

Verb add_whatif(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("whatif");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("RUN", arguments->run);
  parser->add_option("--at", arguments->question.at);
  // One value each time, or RUN would be taken for another one.
  parser->add_option("--set", arguments->question.sets)->allow_extra_args(false);
  parser->add_flag("--json", arguments->json);
  return {parser, kHelp, [arguments] { return whatif(*arguments); }};
}

}  // namespace tidepool::tools
