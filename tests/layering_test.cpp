// Reads our #include lines and fails on an arrow drawn the wrong way.
//
// The rooms and what each may include are the tables below; everything else follows from them. A new library
// or room is one new row. The rules are pure functions of (file, line), so the rows near the end show that
// each of them can fail; only the last two test cases look at the real tree.

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string_view>;

// A room is a folder; its own headers need no permission.
struct Room {
  std::string_view folder;
  Names rooms;      // What it may include,
  Names libraries;  // by the names in kLibraries.
};

// fmt and Boost.System's result are how the model speaks (messages, Result<T>), and Boost.JSON is how the
// wire does, so each travels with the room whose interface shows it.
const std::vector<Room> kRooms{
    {"sim/engine", {}, {"Random123"}},
    {"sim/model", {"sim/engine"}, {"fmt", "result", "Describe", "xxHash"}},
    {"sim/load", {"sim/engine", "sim/model"}, {"fmt", "result"}},
    {"sim/decide", {"sim/engine", "sim/model"}, {"fmt", "result"}},
    {"sim/cloud", {"sim/engine", "sim/model", "sim/load", "sim/decide"}, {"fmt", "result"}},
    {"sim/judge", {"sim/engine", "sim/model"}, {}},
    {"sim/control", {"sim/engine", "sim/model"}, {"fmt", "result"}},
    {"sim/run",
     {"sim/engine", "sim/model", "sim/load", "sim/decide", "sim/cloud", "sim/judge"},
     {"fmt", "result"}},
    {"api/wire", {"sim"}, {"fmt", "result", "JSON", "Describe"}},
    {"api/routes", {"sim", "api/wire"}, {"fmt", "result", "JSON", "URL", "OpenSSL"}},
    {"api/http",
     {"sim", "api/wire", "api/routes"},
     {"fmt", "result", "Asio", "Beast", "spdlog", "threads", "POSIX"}},
    {"scenarios",
     {"sim", "api/wire", "api/routes"},
     {"fmt", "result", "JSON", "SQLite", "zlib", "date", "threads"}},
    {"tools",
     {"sim", "api/wire", "api/routes", "api/http", "scenarios"},
     {"fmt", "result", "JSON", "CLI11", "spdlog", "threads", "POSIX"}},
};

// Which library an <include> belongs to: `name` is the whole name, or a folder when it ends in a slash.
struct Library {
  std::string_view name, library;
};
const std::vector<Library> kLibraries{
    {"fmt/", "fmt"},
    {"boost/system/", "result"},
    {"boost/describe", "Describe"},
    {"boost/json", "JSON"},
    {"boost/url", "URL"},
    {"boost/asio", "Asio"},
    {"boost/beast", "Beast"},
    {"sqlite3.h", "SQLite"},
    {"openssl/", "OpenSSL"},
    {"zlib.h", "zlib"},
    {"date/", "date"},
    {"xxhash.h", "xxHash"},
    {"Random123/", "Random123"},
    {"CLI/", "CLI11"},
    {"spdlog/", "spdlog"},
    {"sys/", "POSIX"},
    {"unistd.h", "POSIX"},
    {"fcntl.h", "POSIX"},
    {"signal.h", "POSIX"},
    {"thread", "threads"},
    {"mutex", "threads"},
    {"shared_mutex", "threads"},
    {"condition_variable", "threads"},
    {"future", "threads"},
    {"semaphore", "threads"},
    {"latch", "threads"},
    {"barrier", "threads"},
    {"stop_token", "threads"},
    {"atomic", "threads"},
};

// Libraries that stay within one place of ours, even inside their room.
struct Keeper {
  std::string_view library;
  Names files;
};
const std::vector<Keeper> kKeepers{
    {"Random123", {"sim/engine/rng.cpp"}},
    {"xxHash", {"sim/model/journal.cpp"}},
    {"OpenSSL", {"api/routes/sha256.cpp", "api/routes/recording.cpp"}},
    {"SQLite", {"scenarios/result_store.cpp", "scenarios/result_reader.cpp"}},
    {"zlib", {"scenarios/import_gzip.cpp"}},
    {"date", {"scenarios/import_zone.cpp"}},
};

// Standard headers whose contents differ between libraries, runs or orders of insertion.
const Names kNotInSim{"random", "unordered_map", "unordered_set", "ctime", "time.h"};

// Ways to ask for the present or for chance, looked for in the text of the pure rooms.
const Names kImpure{"system_clock",  "steady_clock", "high_resolution_clock", "utc_clock",
                    "clock_gettime", "gettimeofday", "random_device",         "std::time(",
                    "std::rand(",    "localtime",    "thread_local ",         "getenv"};
const Names kPureRooms{"sim", "api/wire", "api/routes"};

bool lies_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

bool has(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

const Room* room_of(std::string_view path) {
  const auto found =
      std::ranges::find_if(kRooms, [&](const Room& room) { return lies_in(path, room.folder); });
  return found == kRooms.end() ? nullptr : &*found;
}

std::optional<std::string> wrong_arrow(const Room& from, std::string_view included) {
  const Room* to = room_of(included);
  if (to == nullptr)
    return fmt::format("\"{}\" is no file of a room, written from the repository root", included);
  if (to->folder == from.folder) return {};
  const bool allowed = std::ranges::any_of(from.rooms, [&](auto each) { return lies_in(included, each); });
  if (allowed) return {};
  return fmt::format("{} -> {} is forbidden (\"{}\")", from.folder, to->folder, included);
}

std::optional<std::string> wrong_library(const Room& from, std::string_view file, std::string_view included) {
  if (lies_in(file, "sim") && has(kNotInSim, included))
    return fmt::format("sim -> <{}> is forbidden", included);

  const auto known = std::ranges::find_if(kLibraries, [&](const Library& each) {
    const bool prefix = each.name.ends_with('/') || each.name.starts_with("boost/");
    return prefix ? included.starts_with(each.name) : included == each.name;
  });
  if (known == kLibraries.end()) {
    const bool standard = included.find_first_of("/.") == std::string_view::npos;
    if (standard) return {};
    return fmt::format("{} -> <{}> is forbidden: no room may include it", from.folder, included);
  }
  if (!has(from.libraries, known->library))
    return fmt::format("{} -> {} is forbidden (<{}>)", from.folder, known->library, included);

  const auto keeper =
      std::ranges::find_if(kKeepers, [&](const Keeper& each) { return each.library == known->library; });
  if (keeper == kKeepers.end() || has(keeper->files, file)) return {};
  return fmt::format("{} -> {} is forbidden: only {} may include it (<{}>)", file, known->library,
                     fmt::join(keeper->files, " and "), included);
}

/// What is wrong with one line of `file` (written from the repository root), or empty.
std::optional<std::string> complaint(std::string_view file, const std::string& line) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"].*)");
  const Room* from = room_of(file);
  if (from == nullptr) return fmt::format("{} lies in no room", file);

  std::smatch match;
  if (std::regex_match(line, match, kInclude)) {
    const std::string included = match[2];
    return match[1] == "\"" ? wrong_arrow(*from, included) : wrong_library(*from, file, included);
  }
  const std::string_view code = std::string_view(line).substr(0, line.find("//"));
  const bool pure = std::ranges::any_of(kPureRooms, [&](auto each) { return lies_in(file, each); });
  for (const std::string_view word : kImpure)
    if (pure && code.find(word) != std::string_view::npos)
      return fmt::format("{} -> {} is forbidden: a run is a function of its scenario", from->folder, word);
  return {};
}

/// Whether a name may stand at the top of the repository. Git ignores `build` and what editors leave there.
bool belongs_at_the_top(std::string_view name, fs::file_type type) {
  static const Names kFolders{"sim", "api", "scenarios", "tests", "bench", "tools", "build"};
  static const Names kFiles{
      "CMakeLists.txt",        "CMakePresets.json",    "README.md", "LICENSE", "CHANGELOG.md",
      "CMakeUserPresets.json", "compile_commands.json"};
  return name.starts_with('.') || has(type == fs::file_type::directory ? kFolders : kFiles, name);
}

std::vector<std::string> sources() {
  static const std::set<std::string> kExtensions{".cpp", ".hpp", ".h", ".cc", ".cxx", ".hh", ".ipp", ".inc"};
  const fs::path root = TIDEPOOL_SOURCE_DIR;
  std::vector<std::string> found;
  for (const auto* top : {"sim", "api", "scenarios", "tools"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& each : fs::recursive_directory_iterator(root / top))
      if (each.is_regular_file() && kExtensions.contains(each.path().extension().string()))
        found.push_back(each.path().lexically_relative(root).generic_string());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("an include that points the wrong way is named, and only such a one", "[layering]") {
  struct Row {
    const char *file, *line, *expected;  // What the complaint must contain; empty when there must be none.
  };
  const auto row = GENERATE(values<Row>({
      // Arrows between rooms.
      {"sim/engine/rng.cpp", "#include \"sim/engine/rng.hpp\"", ""},
      {"sim/engine/rng.cpp", "#include \"sim/model/ids.hpp\"", "sim/engine -> sim/model is forbidden"},
      {"sim/model/as_group.hpp", "#include \"sim/engine/time.hpp\"", ""},
      {"sim/model/as_group.hpp", "#include \"sim/decide/cooldown.hpp\"",
       "sim/model -> sim/decide is forbidden"},
      {"sim/decide/cooldown.cpp", "#include \"sim/cloud/cloud.hpp\"", "sim/decide -> sim/cloud is forbidden"},
      {"sim/load/station.cpp", "#include \"sim/model/workload.hpp\"", ""},
      {"sim/load/station.cpp", "#include \"sim/cloud/cloud.hpp\"", "sim/load -> sim/cloud is forbidden"},
      {"sim/cloud/launch.cpp", "#include \"sim/decide/placement.hpp\"", ""},
      {"sim/cloud/launch.cpp", "#include \"sim/run/run.hpp\"", "sim/cloud -> sim/run is forbidden"},
      {"sim/run/report.cpp", "#include \"sim/judge/steps.hpp\"", ""},
      {"sim/judge/steps.cpp", "#include \"sim/cloud/cloud.hpp\"", "sim/judge -> sim/cloud is forbidden"},
      {"sim/control/hpa.cpp", "#include \"sim/cloud/cloud.hpp\"", "sim/control -> sim/cloud is forbidden"},
      {"sim/run/run.cpp", "  #  include \"api/wire/ids_text.hpp\"  // why",
       "sim/run -> api/wire is forbidden"},
      {"api/wire/fields.cpp", "#include \"sim/run/scenario.hpp\"", ""},
      {"api/wire/fields.cpp", "#include \"api/routes/router.hpp\"", "api/wire -> api/routes is forbidden"},
      {"api/routes/router.cpp", "#include \"api/http/server.hpp\"", "api/routes -> api/http is forbidden"},
      {"api/routes/router.cpp", "#include \"scenarios/load.hpp\"", "api/routes -> scenarios is forbidden"},
      {"api/http/server.cpp", "#include \"scenarios/load.hpp\"", "api/http -> scenarios is forbidden"},
      {"scenarios/load.cpp", "#include \"api/routes/router.hpp\"", ""},
      {"scenarios/load.cpp", "#include \"api/http/server.hpp\"", "scenarios -> api/http is forbidden"},
      {"tools/serve.cpp", "#include \"api/http/server.hpp\"", ""},
      {"tools/serve.cpp", "#include \"tests/support/builders.hpp\"", "no file of a room"},
      {"sim/engine/rng.cpp", "#include \"rng.hpp\"", "written from the repository root"},
      {"sim/engine/rng.cpp", "#include \"../model/ids.hpp\"", "written from the repository root"},
      {"sim/utils/text.hpp", "", "lies in no room"},
      {"sim/loose.hpp", "", "lies in no room"},
      // Libraries.
      {"sim/engine/event_queue.hpp", "#include <vector>", ""},
      {"sim/engine/event_queue.hpp", "#include <fmt/format.h>", "sim/engine -> fmt is forbidden"},
      {"sim/engine/rng.cpp", "#include <Random123/philox.h>", ""},
      {"sim/engine/rng.hpp", "#include <Random123/philox.h>", "only sim/engine/rng.cpp may"},
      {"sim/model/workload.cpp", "#include <Random123/philox.h>", "sim/model -> Random123 is forbidden"},
      {"sim/model/error.hpp", "#include <boost/system/result.hpp>", ""},
      {"sim/model/journal.cpp", "#include <xxhash.h>", ""},
      {"sim/model/workload.cpp", "#include <xxhash.h>", "only sim/model/journal.cpp may"},
      {"sim/run/report.cpp", "#include <boost/json.hpp>", "sim/run -> JSON is forbidden"},
      {"api/wire/fields.cpp", "#include <boost/json.hpp>", ""},
      {"api/wire/fields.cpp", "#include <boost/url/parse.hpp>", "api/wire -> URL is forbidden"},
      {"api/routes/router.cpp", "#include <boost/url.hpp>", ""},
      {"api/http/server.cpp", "#include <boost/beast/http.hpp>", ""},
      {"api/routes/router.cpp", "#include <boost/beast/http.hpp>", "api/routes -> Beast is forbidden"},
      {"tools/serve.cpp", "#include <boost/asio/io_context.hpp>", "tools -> Asio is forbidden"},
      {"scenarios/result_store.cpp", "#include <sqlite3.h>", ""},
      {"scenarios/result_reader.cpp", "#include <sqlite3.h>", ""},
      {"scenarios/result_store_old.cpp", "#include <sqlite3.h>", "only scenarios/result_store.cpp and"},
      {"scenarios/sweep.cpp", "#include <sqlite3.h>", "only scenarios/result_store.cpp and"},
      {"tools/run.cpp", "#include <sqlite3.h>", "tools -> SQLite is forbidden"},
      {"tools/run.cpp", "#include <boost/spirit.hpp>", "no room may include it"},
      // Time, chance, order and threads.
      {"sim/engine/time.hpp", "#include <chrono>", ""},
      {"sim/cloud/cloud.cpp", "  const auto now = std::chrono::steady_clock::now();",
       "-> steady_clock is forbidden"},
      {"api/routes/control.cpp", "  auto t = system_clock::now();", "-> system_clock is forbidden"},
      {"api/http/pacer.cpp", "  auto t = std::chrono::steady_clock::now();", ""},
      {"sim/engine/time.hpp", "// Unlike system_clock it has no now().", ""},
      {"sim/cloud/cloud.cpp", "#include <thread>", "sim/cloud -> threads is forbidden"},
      {"scenarios/sweep.cpp", "#include <thread>", ""},
      {"sim/model/workload.cpp", "#include <random>", "sim -> <random> is forbidden"},
      {"sim/cloud/cloud.hpp", "#include <unordered_map>", "sim -> <unordered_map> is forbidden"},
      {"api/routes/router.cpp", "#include <unordered_map>", ""},
  }));
  CAPTURE(row.file, row.line);
  const std::string found = complaint(row.file, row.line).value_or("");
  if (*row.expected == '\0')
    CHECK(found.empty());
  else
    CHECK_THAT(found, Catch::Contains(row.expected));
}

TEST_CASE("only the agreed names may stand at the top of the repository", "[layering]") {
  CHECK(belongs_at_the_top("README.md", fs::file_type::regular));
  CHECK(belongs_at_the_top("sim", fs::file_type::directory));
  CHECK(belongs_at_the_top(".clang-format", fs::file_type::regular));
  CHECK_FALSE(belongs_at_the_top("sim", fs::file_type::regular));
  CHECK_FALSE(belongs_at_the_top("docs", fs::file_type::directory));
  CHECK_FALSE(belongs_at_the_top("Makefile", fs::file_type::regular));
}

TEST_CASE("every include of the repository points the right way", "[layering]") {
  const auto files = sources();
  CHECK_FALSE(files.empty());
  for (const std::string& file : files) {
    std::ifstream stream(fs::path(TIDEPOOL_SOURCE_DIR) / file);
    REQUIRE(stream);
    std::string line;
    for (int number = 1; std::getline(stream, line); ++number)
      if (const auto wrong = complaint(file, line)) FAIL_CHECK(file << ":" << number << ": " << *wrong);
  }
}

TEST_CASE("nothing else stands at the top of the repository", "[layering]") {
  for (const auto& each : fs::directory_iterator(TIDEPOOL_SOURCE_DIR)) {
    const std::string name = each.path().filename().string();
    if (!belongs_at_the_top(name, each.status().type()))
      FAIL_CHECK(name << " may not stand at the top: see belongs_at_the_top in tests/layering_test.cpp");
  }
}
