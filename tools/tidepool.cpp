// main(): finds the verb, answers --help, and turns every failure into a message and an exit code.
//
// CLI11 parses; what it says about slips of the pen, and its exit codes, are replaced here.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/json_reader.hpp"
#include "tools/failure.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace {

using namespace tidepool::tools;
using Arguments = std::span<char*>;

constexpr std::string_view kHelp =
    R"(Usage: tidepool VERB [ARGUMENT...]

Simulates how cloud autoscaling behaves: scenario in, the same results every time out.

Examples:
  tidepool run scenarios/basic/first_group.json
  tidepool run spike.json --out results.sqlite

Verbs:
  run         run a scenario and tell what came of it, or play a recorded session again
  serve       stand in for the cloud: answer its API over HTTP
  explain     tell why a run went as it did, or print the knobs of the rules
  diff        name the first difference of two journals or sessions
  validate    list all that is wrong with scenario files, cloud files and sessions
  import      turn what other tools recorded into a trace: exports, logs, load generators, data sets
  compare     run scenarios with the same seeds and tell which does better
  report      make an HTML page of a run, or of several side by side
  whatif      fork a run, change something, and print both outcomes side by side
  validate-model  play systems with known answers and say whether they are met
  version     say which version this is

Options:
  -h, --help  print this; 'tidepool VERB --help' tells more about a verb
  --version   the same as the verb

Exit codes:
  0 ok, 1 an objective was missed or a call answered otherwise than expected, 2 wrong use or an
  invalid scenario, 3 input or output failed, 4 internal error, 130 interrupted
)";

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::string_view near = tidepool::scenarios::nearest(word, candidates);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

[[noreturn]] void wrong_use(const CLI::App& parser, std::string message) {
  const std::string of = parser.get_parent() == nullptr ? "" : " " + parser.get_name();
  throw Failure{Exit::WrongUse, std::move(message), {}, fmt::format("See 'tidepool{} --help'.", of)};
}

// CLI11 would only say that a verb is required.
void refuse_unknown_verb(std::string_view word, const CLI::App& program) {
  if (word.starts_with('-')) return;
  std::vector<std::string> known;
  for (const CLI::App* each : program.get_subcommands({})) known.push_back(each->get_name());
  if (std::ranges::find(known, word) != known.end()) return;
  wrong_use(program, fmt::format("unknown verb '{}'{}", word, suggestion(word, known)));
}

// The first option among what the parser could not place, else the first word.
[[noreturn]] void refuse_leftovers(const CLI::App& parser) {
  const std::vector<std::string> left = parser.remaining();
  const auto option = std::ranges::find_if(left, [](const auto& each) { return each.starts_with('-'); });
  if (option == left.end()) wrong_use(parser, fmt::format("unexpected argument '{}'", left.front()));
  const std::string name = option->substr(0, option->find('='));
  std::vector<std::string> known;
  for (const CLI::Option* each : parser.get_options())
    for (const std::string& spelling : each->get_lnames()) known.push_back("--" + spelling);
  wrong_use(parser, fmt::format("unknown option '{}'{}", name, suggestion(name, known)));
}

const Verb* chosen(const std::vector<Verb>& verbs) {
  const auto found = std::ranges::find_if(verbs, [](const Verb& each) { return each.parser->parsed(); });
  return found == verbs.end() ? nullptr : &*found;
}

Exit help_without_verb() {
  fmt::print(stderr, "{}", kHelp);
  return Exit::WrongUse;
}

Exit run_program(Arguments arguments) {
  if (arguments.size() < 2) return help_without_verb();
  CLI::App program;
  program.set_help_flag("-h,--help");
  program.require_subcommand(0, 1);
  bool wants_version = false;
  program.add_flag("--version", wants_version);
  const std::vector<Verb> verbs{add_run(program),     add_serve(program),         add_explain(program),
                                add_diff(program),    add_validate(program),      add_version(program),
                                add_whatif(program),  add_import(program),        add_report(program),
                                add_compare(program), add_validate_model(program)};
  refuse_unknown_verb(arguments[1], program);
  try {
    program.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::CallForHelp&) {
    const Verb* verb = chosen(verbs);
    print(verb == nullptr ? kHelp : verb->help);
    return Exit::Ok;
  } catch (const CLI::ExtrasError&) {
    const Verb* verb = chosen(verbs);
    refuse_leftovers(verb == nullptr ? program : *verb->parser);
  } catch (const CLI::ParseError& error) {
    const Verb* verb = chosen(verbs);
    wrong_use(verb == nullptr ? program : *verb->parser, error.what());
  }
  if (wants_version) {
    print(version_text());
    return Exit::Ok;
  }
  const Verb* verb = chosen(verbs);
  return verb == nullptr ? help_without_verb() : verb->run();
}

// Looked for by hand, since a command line that can't be parsed is an error to be told, too.
ErrorStyle style_of(Arguments arguments) {
  const bool json =
      std::ranges::any_of(arguments, [](const char* each) { return std::string_view(each) == "--json"; });
  return json ? ErrorStyle::Json : ErrorStyle::Text;
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argv, static_cast<std::size_t>(argc));
  try {
    return static_cast<int>(run_program(arguments));
  } catch (const Failure& failure) {
    tell(failure, style_of(arguments));
    return static_cast<int>(failure.exit);
  } catch (const std::exception& error) {
    tell({Exit::Internal, fmt::format("internal error: {}", error.what())}, style_of(arguments));
    return static_cast<int>(Exit::Internal);
  }
}
