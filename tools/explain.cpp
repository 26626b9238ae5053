// tidepool explain: what the program knows about its own rules.
#include <fmt/format.h>

#include <memory>
#include <string>

#include "scenarios/json_writer.hpp"
#include "scenarios/knobs.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool explain knobs [OPTION...]

Lists the knobs of "behaviour": what each decides, its value in the profiles classic and current,
what is allowed, and why the service's documents leave it open.

Examples:
  tidepool explain knobs
  tidepool explain knobs --json

Options:
  --json      print a JSON document, and errors as JSON too
  -h, --help  print this

Exit codes: 0 ok, 2 wrong use, 4 internal error
)";

struct Arguments {
  std::string topic;
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

Exit explain(const Arguments& arguments) {
  if (arguments.topic != "knobs")
    throw Failure{Exit::WrongUse,
                  arguments.topic.empty() ? "explain needs a topic: knobs"
                                          : fmt::format("'{}' is no topic, expected knobs", arguments.topic),
                  {},
                  "See 'tidepool explain --help'."};
  print(arguments.json ? as_json() : as_text());
  return Exit::Ok;
}

}  // namespace

Verb add_explain(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("explain");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("TOPIC", arguments->topic);
  parser->add_flag("--json", arguments->json);
  return {parser, kHelp, [arguments] { return explain(*arguments); }};
}

}  // namespace tidepool::tools
