// Every documented call once with everything it can say, as golden files told in one story over one connection.
//
// UPDATE_GOLDEN=1 rewrites the answers; they are then to be read against the service's documents: exact names, JSON
// types, null or absent.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "api/routes/router.hpp"
#include "tests/clients/served_program.hpp"
#include "tests/clients/settings.hpp"
#include "tests/clients/story.hpp"

namespace tidepool::clients {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> endpoint_files() {
  std::vector<fs::path> files;
  for (const auto& each : fs::directory_iterator(fs::path(TIDEPOOL_SOURCE_DIR) / "tests/clients/endpoints"))
    if (each.path().extension() == ".http") files.push_back(each.path());
  std::ranges::sort(files);
  return files;
}

bool is_update() { return is_set("UPDATE_GOLDEN"); }

// "GET /v1/{}/scaling_group/{}/list" of a route or of a request, whatever stands in the braces.
std::string shape_of(std::string_view method, std::string_view path) {
  std::string shape{method};
  shape += ' ';
  path = path.substr(0, path.find('?'));
  for (std::size_t at = 0; at < path.size(); ++at) {
    shape += path[at];
    if (path[at] == '{') at = path.find('}', at) - 1;
  }
  return shape;
}

// Routes have variables where the story has names of things or, for a hook or a resource type, plain words.
std::string in_words_of_the_table(std::string target) {
  const std::pair<const char*, const char*> words[] = {{"/scaling_group_tag", "/{resource_type}"},
                                                       {"/bootstrap", "/{lifecycle_hook_name}"}};
  for (const auto& [word, variable] : words)
    if (const auto at = target.find(word); at != std::string::npos)
      target.replace(at, std::string_view(word).size(), variable);
  return target;
}

std::set<std::string> successes(const std::vector<fs::path>& files) {
  std::set<std::string> seen;
  for (const fs::path& file : files)
    for (const Exchange& each : read_exchanges(support::read_file(file)))
      if (each.expected.starts_with("2"))
        seen.insert(shape_of(each.method, in_words_of_the_table(each.target)));
  return seen;
}

}  // namespace

TEST_CASE("the golden exchanges of every endpoint, in order over one connection", "[clients]") {
  const ServedProgram program(at_a_standstill());
  Connection connection(program.port());
  Names names = log_in(connection);
  names["host"] = fmt::format("127.0.0.1:{}", program.port());
  for (const fs::path& file : endpoint_files()) {
    CAPTURE(file.filename().string());
    std::vector<Exchange> exchanges = read_exchanges(support::read_file(file));
    CHECK_FALSE(exchanges.empty());
    for (Exchange& each : exchanges) {
      CAPTURE(each.method, each.target);
      const std::string seen = play(each, connection, names);
      if (is_update())
        each.expected = seen;
      else
        CHECK(seen == each.expected);
    }
    if (is_update()) support::write_file(file, write_exchanges(exchanges));
  }
}

TEST_CASE("every row of the route table succeeds in a golden exchange, and both version documents",
          "[clients]") {
  const std::set<std::string> seen = successes(endpoint_files());
  for (const api::Operation& each : api::operations()) {
    CAPTURE(each.method, each.path);
    CHECK(seen.contains(shape_of(each.method, each.path)));
  }
  CHECK(seen.contains("GET /"));
  CHECK(seen.contains("GET /v1"));
  CHECK(api::operations().size() + 2 >= 47);
}

TEST_CASE("golden files are written as they are read", "[clients]") {
  for (const fs::path& file : endpoint_files()) {
    const std::string text = support::read_file(file);
    CHECK(write_exchanges(read_exchanges(text)) == text);
  }
}

}  // namespace tidepool::clients
