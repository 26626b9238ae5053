#include "tools/version.hpp"

#include <fmt/format.h>

#include <CLI/Version.hpp>
#include <array>
#include <memory>
#include <utility>

#include "scenarios/json_writer.hpp"
#include "scenarios/result_store.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool version [OPTION...]

Says which version this is, from which commit, and what it was built with.

Examples:
  tidepool version
  tidepool version --json

Options:
  --json      print a JSON document
  -h, --help  print this

Exit codes: 0 ok, 2 wrong use, 3 input or output failed, 4 internal error
)";

std::array<std::pair<std::string_view, std::string>, 3> libraries() {
  return {{{"cli11", CLI11_VERSION},
           {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
           {"sqlite", scenarios::sqlite_version()}}};
}

std::string version_json() {
  scenarios::JsonWriter json;
  json.begin_object();
  json.key("schema_version").number(1);
  json.key("name").text("tidepool");
  json.key("version").text(kVersion);
  json.key("commit").text(kCommit);
  json.key("compiler").text(kCompiler);
  json.key("build_type").text(kBuildType);
  json.key("libraries").begin_object();
  for (const auto& [name, version] : libraries()) json.key(name).text(version);
  json.end_object();
  json.end_object();
  return json.take();
}

}  // namespace

std::string version_text() {
  std::string out = fmt::format("tidepool {} (commit {})\nbuilt as {} with {}; libraries:", kVersion, kCommit,
                                kBuildType, kCompiler);
  for (const auto& [name, version] : libraries()) out += fmt::format(" {} {}", name, version);
  return out + '\n';
}

Verb add_version(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("version");
  const auto json = std::make_shared<bool>(false);
  parser->add_flag("--json", *json);
  return {parser, kHelp, [json] {
            print(*json ? version_json() : version_text());
            return Exit::Ok;
          }};
}

}  // namespace tidepool::tools
