// The documents' commands and excerpts, run as they stand there.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kDocuments{"README.md", "scenarios/README.md", "scenarios/RESULTS.md"};
constexpr std::string_view kProgram = "build/release/tidepool";

std::vector<std::string> lines_of(const std::string& document) {
  std::ifstream in(fs::path(TIDEPOOL_SOURCE_DIR) / document);
  REQUIRE(in);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// The lines of each code block that opens with the given fence.
std::vector<std::string> commands_in(const std::string& document) {
  std::vector<std::string> commands;
  bool inside = false;
  for (const std::string& line : lines_of(document)) {
    if (line.starts_with("```")) {
      inside = !inside && line == "```sh";
      continue;
    }
    if (inside && line.starts_with(kProgram)) commands.push_back(line);
  }
  return commands;
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
