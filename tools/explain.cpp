// tidepool explain: why a run went as it did, and what the program knows about its own rules.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <variant>

#include "scenarios/json_writer.hpp"
#include "scenarios/knobs.hpp"
#include "scenarios/run_story.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool explain RUN [OPTION...]
       tidepool explain knobs [--json]

Tells the story of a group in plain sentences: what was decided, when, and what spoke for it. RUN is
a result file, as 'run --out' writes it.

"knobs" lists the knobs of "behaviour" instead: what each decides, its value in the profiles classic
and current, what is allowed, and why the service's documents leave it open.

Examples:
  tidepool explain results.sqlite --group web
  tidepool explain results.sqlite --group web --at 2h30m
  tidepool explain results.sqlite --instance i3
  tidepool explain knobs

Options:
  --group G     a group's name or id; needed where nothing else says which of several
  --at T        how the group stood at that moment, what led there and what came next: a moment such
                as 2026-03-02T10:00:00Z, or a length from the start of the run
  --instance I  only what is about that instance: its id, its name, or i0, i1 ... as the journal says
  --action A    only what is about that scaling action: its id, or a0, a1 ... as the journal says
  --json        print a JSON document, and errors as JSON too
  -h, --help    print this

Exit codes: 0 ok, 2 wrong use, 3 the file can't be read, 4 internal error
)";

struct Arguments {
  std::string topic;
  scenarios::StoryQuestion question;
  bool json = false;
};

std::string as_text() {
  const auto classic = sim::Behaviour::classic(), current = sim::Behaviour::current();
  std::string text;
  for (const scenarios::Knob& each : scenarios::all_knobs()) {
    const std::string one = each.write(classic), other = each.write(current);
    text += fmt::format("{}: {}\n", each.name,
                        one == other ? one : fmt::format("{} (classic), {} (current)", one, other));
    text += fmt::format("  {}\n  allowed: {}\n  open because: {}\n", each.about, each.allowed, each.source);
  }
  return text;
}

std::string as_json() {
  const auto classic = sim::Behaviour::classic(), current = sim::Behaviour::current();
  scenarios::JsonWriter json;
  json.begin_object();
  json.key("schema_version").number(1);
  json.key("knobs").begin_array();
  for (const scenarios::Knob& each : scenarios::all_knobs()) {
    json.begin_object();
    json.key("name").text(each.name);
    json.key("about").text(each.about);
    // As a scenario file would have them, so texts stand in quotes.
    json.key("classic").text(each.write(classic));
    json.key("current").text(each.write(current));
    json.key("allowed").text(each.allowed);
    json.key("source").text(each.source);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

Exit explain_run(const Arguments& arguments) {
  const auto told = scenarios::tell_story(arguments.topic, arguments.question);
  if (const auto* error = std::get_if<scenarios::StoryError>(&told))
    throw Failure{error->of_file ? Exit::InputOutput : Exit::WrongUse, error->message, {}, {}};
  const auto& story = std::get<scenarios::Story>(told);
  print(arguments.json ? story_json(story) : story_text(story));
  return Exit::Ok;
}

Exit explain(const Arguments& arguments) {
  if (arguments.topic.empty())
    throw Failure{
        Exit::WrongUse, "explain needs a result file, or knobs", {}, "See 'tidepool explain --help'."};
  if (arguments.topic != "knobs") return explain_run(arguments);
  const scenarios::StoryQuestion& asked = arguments.question;
  if (!asked.group.empty() || !asked.at.empty() || !asked.instance.empty() || !asked.action.empty())
    throw Failure{Exit::WrongUse, "knobs belong to no run: expected no option but --json", {}, {}};
  print(arguments.json ? as_json() : as_text());
  return Exit::Ok;
}

}  // namespace

Verb add_explain(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("explain");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("RUN", arguments->topic);
  parser->add_option("--group", arguments->question.group);
  parser->add_option("--at", arguments->question.at);
  parser->add_option("--instance", arguments->question.instance);
  parser->add_option("--action", arguments->question.action);
  parser->add_flag("--json", arguments->json);
  return {parser, kHelp, [arguments] { return explain(*arguments); }};
}

}  // namespace tidepool::tools
