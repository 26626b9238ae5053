// The documents' commands and excerpts, run as they stand there.

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kDocuments{
    "README.md",           "scenarios/README.md", "scenarios/RESULTS.md", "scenarios/IMPORTS.md",
    "scenarios/REPORT.md", "api/routes/README.md"};
constexpr std::string_view kProgram = "build/release/tidepool";

std::vector<std::string> lines_of(const std::string& document) {
  std::ifstream in(fs::path(TIDEPOOL_SOURCE_DIR) / document);
  REQUIRE(in);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

constexpr std::string_view kServerAddress = "127.0.0.1:8774";

bool talks_to_a_server(const std::vector<std::string>& block) {
  return std::ranges::any_of(
      block, [](const std::string& line) { return line.find(kServerAddress) != std::string::npos; });
}

// The code blocks that open with the shell's fence.
std::vector<std::vector<std::string>> blocks_in(const std::string& document) {
  std::vector<std::vector<std::string>> blocks;
  bool inside = false;
  for (const std::string& line : lines_of(document)) {
    if (line.starts_with("```")) {
      inside = !inside && line == "```sh";
      if (inside) blocks.emplace_back();
    } else if (inside) {
      blocks.back().push_back(line);
    }
  }
  return blocks;
}

std::vector<std::string> commands_in(const std::string& document) {
  std::vector<std::string> commands;
  for (const auto& block : blocks_in(document))
    if (!talks_to_a_server(block))
      std::ranges::copy_if(block, std::back_inserter(commands),
                           [](const std::string& line) { return line.starts_with(kProgram); });
  return commands;
}

// A free port of this machine.
std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = static_cast<sockaddr*>(static_cast<void*>(&address));
  REQUIRE(bind(socket, any, size) == 0);
  REQUIRE(getsockname(socket, any, &size) == 0);
  close(socket);
  return ntohs(address.sin_port);
}

// What a reader types in two windows, as one script: the server in the background, and the rest once it listens.
std::string script_in(const std::string& document, std::uint16_t port) {
  std::string script;
  for (const auto& block : blocks_in(document)) {
    if (!talks_to_a_server(block)) continue;
    for (const std::string& line : block) {
      script += line;
      if (line.starts_with(std::string(kProgram) + " serve"))
        script +=
            " --quiet >/dev/null &\ntrap \"kill $!\" EXIT\n"
            "until (: </dev/tcp/127.0.0.1/8774) 2>/dev/null; do sleep 0.02; done";
      script += '\n';
    }
  }
  for (std::size_t at = 0; (at = script.find("8774", at)) != std::string::npos;)
    script.replace(at, 4, std::to_string(port));
  return script;
}

struct Excerpt {
  std::string arguments;
  std::vector<std::string> lines;
};

// What stands behind `<!-- excerpt: ARGUMENTS -->`, in the code block that follows.
std::vector<Excerpt> excerpts_in(const std::string& document) {
  constexpr std::string_view kMark = "<!-- excerpt: ", kEnd = " -->";
  std::vector<Excerpt> excerpts;
  bool marked = false, inside = false;
  for (const std::string& line : lines_of(document)) {
    if (line.starts_with(kMark)) {
      excerpts.push_back({line.substr(kMark.size(), line.size() - kMark.size() - kEnd.size()), {}});
      marked = true;
    } else if (line.starts_with("```")) {
      inside = marked && !inside;
      marked = marked && inside;
    } else if (inside) {
      excerpts.back().lines.push_back(line);
    }
  }
  return excerpts;
}

struct Outcome {
  int status = -1;
  std::string output;
};

// A folder that sees the scenarios, so that what commands write does not land in the source tree.
class Workplace {
 public:
  Workplace() : folder_(fs::temp_directory_path() / ("tidepool_docs_" + std::to_string(getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "build" / "release");
    fs::create_symlink(fs::path(TIDEPOOL_SOURCE_DIR) / "scenarios", folder_ / "scenarios");
    fs::create_symlink(TIDEPOOL_BINARY, folder_ / kProgram);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace() { fs::remove_all(folder_); }

  const fs::path& folder() const { return folder_; }

  Outcome run(const std::string& command) const {
    std::FILE* pipe = popen(("cd '" + folder_.string() + "' && " + command).c_str(), "r");
    REQUIRE(pipe != nullptr);
    Outcome outcome;
    std::array<char, 4096> buffer{};
    for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
      outcome.output.append(buffer.data(), n);
    outcome.status = WEXITSTATUS(pclose(pipe));
    return outcome;
  }

 private:
  fs::path folder_;
};

}  // namespace

TEST_CASE("every command of the program that the documents show succeeds", "[docs]") {
  const Workplace place;
  std::size_t commands = 0;
  for (const std::string& document : kDocuments) {
    for (const std::string& command : commands_in(document)) {
      CAPTURE(document, command);
      CHECK(place.run(command).status == 0);
      ++commands;
    }
  }
  CHECK(commands >= 6);
}

TEST_CASE("what the documents say to a server is answered without an error", "[docs]") {
  const Workplace place;
  std::size_t scripts = 0;
  for (const std::string& document : kDocuments) {
    const std::string script = script_in(document, free_port());
    if (script.empty()) continue;
    CAPTURE(document, script);
    tidepool::support::write_file(place.folder() / "script.sh",
                                  "set -e\ncurl() { command curl --silent --fail \"$@\"; }\n" + script);
    const Outcome outcome = place.run("timeout 60 bash script.sh 2>&1");
    CAPTURE(outcome.output);
    CHECK(outcome.status == 0);
    ++scripts;
  }
  CHECK(scripts >= 2);
}

TEST_CASE("every excerpt in the documents is what the program prints", "[docs]") {
  const Workplace place;
  std::size_t excerpts = 0;
  for (const std::string& document : kDocuments) {
    for (const Excerpt& excerpt : excerpts_in(document)) {
      CAPTURE(document, excerpt.arguments);
      const Outcome outcome = place.run(std::string(kProgram) + " " + excerpt.arguments);
      CHECK(outcome.status == 0);
      REQUIRE_FALSE(excerpt.lines.empty());
      std::size_t from = 0;
      for (const std::string& line : excerpt.lines) {
        CAPTURE(line);
        from = outcome.output.find(line + "\n", from);
        REQUIRE(from != std::string::npos);
      }
      ++excerpts;
    }
  }
  CHECK(excerpts >= 2);
}
