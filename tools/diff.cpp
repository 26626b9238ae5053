// tidepool diff: where two runs part.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/session.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace tidepool::tools {
namespace {

constexpr std::string_view kHelp =
    R"(Usage: tidepool diff A B

Names the first difference of two journals, as 'run --journal' writes them, or of the journals that
two recorded sessions lead to.

Examples:
  tidepool diff before.journal after.journal
  tidepool diff monday.session tuesday.session

Arguments:
  A, B        a journal, or a session that 'serve --record' wrote; - reads one of them from
              standard input

Options:
  -h, --help  print this

Exit codes: 0 no difference, 1 they differ, 2 wrong use or an invalid session, 3 a file can't be
read, 4 internal error
)";

constexpr std::size_t kLinesBefore = 3;

struct Arguments {
  std::string a, b;
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// A session is played for its journal.
std::vector<std::string> read_lines(const std::string& file) {
  const std::string text = read_text(file);
  if (!scenarios::is_session(text)) return lines_of(text);
  const std::string name = file == "-" ? kStdin : file;
  auto loaded = scenarios::load_session(text, name, std::filesystem::path(file).parent_path());
  if (!loaded.session)
    throw Failure{Exit::WrongUse,
                  fmt::format("{} is no valid session", name),
                  std::move(loaded.errors),
                  {},
                  "invalid_session"};
  std::string journal;
  scenarios::replay(*std::move(loaded.session), [&](std::string_view lines) { journal += lines; });
  return lines_of(journal);
}

std::string shown(const std::vector<std::string>& lines, std::size_t at) {
  return at < lines.size() ? lines[at] : "(ends here)";
}

Exit diff(const Arguments& arguments) {
  if (arguments.a.empty() || arguments.b.empty())
    throw Failure{Exit::WrongUse, "diff needs two files", {}, "See 'tidepool diff --help'."};
  if (arguments.a == "-" && arguments.b == "-")
    throw Failure{
        Exit::WrongUse, "only one of the two can be standard input", {}, "See 'tidepool diff --help'."};
  const std::vector<std::string> a = read_lines(arguments.a), b = read_lines(arguments.b);
  const auto parted = std::ranges::mismatch(a, b);
  const auto at = static_cast<std::size_t>(parted.in1 - a.begin());
  if (at == a.size() && at == b.size()) {
    print(fmt::format("no difference in {} lines\n", a.size()));
    return Exit::Ok;
  }
  std::string text = fmt::format("the first difference is in line {}\n", at + 1);
  for (std::size_t i = at - std::min(at, kLinesBefore); i < at; ++i) text += fmt::format("    {}\n", a[i]);
  text += fmt::format("{}: {}\n{}: {}\n", arguments.a, shown(a, at), arguments.b, shown(b, at));
  print(text);
  return Exit::Missed;
}

}  // namespace

Verb add_diff(CLI::App& program) {
  CLI::App* parser = program.add_subcommand("diff");
  const auto arguments = std::make_shared<Arguments>();
  parser->add_option("A", arguments->a);
  parser->add_option("B", arguments->b);
  return {parser, kHelp, [arguments] { return diff(*arguments); }};
}

}  // namespace tidepool::tools
