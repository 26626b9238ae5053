#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/json_writer.hpp"
#include "scenarios/load.hpp"
#include "scenarios/served_cloud.hpp"
#include "scenarios/session.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool validate FILE... [OPTION...]

Reads scenarios with the traces that they name, cloud files and sessions, and lists all that is
wrong with them. Of a cloud file, the pasts of its projects are run; nothing else is.

Examples:
  tidepool validate scenarios/basic/first_group.json
  tidepool validate *.json --json

Arguments:
  FILE...     the files; - reads one from standard input

Options:
  --json      print a JSON document, and errors as JSON too
  --quiet     print only what is wrong
  -h, --help  print this

Exit codes: 0 all are valid, 2 one is not, or wrong use, 3 one can't be read, 4 internal error
)";

struct Arguments {
  std::vector<std::string> files;
  bool json = false, quiet = false;
};

struct Verdict {
  std::string file;
  Exit exit = Exit::Ok;
  std::vector<std::string> errors;
};

std::vector<std::string> faults_of(const std::string& text, const std::string& name,
                                   const std::filesystem::path& folder) {
  if (scenarios::is_session(text)) return scenarios::load_session(text, name, folder).errors;
  if (scenarios::is_served_cloud(text))
    return scenarios::load_served_cloud(text, name, folder, {}, sim::Time{}).errors;
  return scenarios::load(text, name, folder).errors;
}

Verdict judge(const std::string& file) {
  try {
    const std::string name = file == "-" ? kStdin : file;
    auto errors = faults_of(read_text(file), name, std::filesystem::path(file).parent_path());
    return {name, errors.empty() ? Exit::Ok : Exit::WrongUse, std::move(errors)};
  } catch (const Failure& failure) {
    if (failure.exit != Exit::InputOutput) throw;
    return {file, failure.exit, {failure.message}};
  }
}

std::string as_json(const std::vector<Verdict>& verdicts) {
  scenarios::JsonWriter json;
  json.begin_object();
  json.key("schema_version").number(1);
  json.key("files").begin_array();
  for (const Verdict& each : verdicts) {
    json.begin_object();
    json.key("file").text(each.file);
    json.key("valid").boolean(each.exit == Exit::Ok);
    json.key("errors").begin_array();
    for (const std::string& error : each.errors) json.text(error);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

void show(const std::vector<Verdict>& verdicts, const Arguments& arguments) {
  if (arguments.json) return print(as_json(verdicts));
  for (const Verdict& each : verdicts) {
    if (each.exit == Exit::Ok && !arguments.quiet) print(fmt::format("{}: valid\n", each.file));
    for (const std::string& error : each.errors) fmt::print(stderr, "{}\n", error);
  }
}

Exit validate(const Arguments& arguments) {
  if (arguments.files.empty())
    throw Failure{Exit::WrongUse, "validate needs at least one FILE", {}, "See 'tidepool validate --help'."};
  std::vector<Verdict> verdicts;
  for (const std::string& each : arguments.files) verdicts.push_back(judge(each));
  show(verdicts, arguments);
  return std::ranges::max_element(verdicts, {}, &Verdict::exit)->exit;
}

}  // namespace

Verb add_validate(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("validate");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("FILE", arguments->files);
  parser->add_flag("--json", arguments->json);
  parser->add_flag("--quiet", arguments->quiet);
  return {parser, kHelp, [arguments] { return validate(*arguments); }};
}

}  // namespace tidepool::tools
