// The table of knobs, and the page made of it. UPDATE_GOLDEN=1 rewrites scenarios/KNOBS.md.
#include "scenarios/knobs.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "scenarios/load.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

sim::Behaviour behaviour_of(const std::string& object) {
  const LoadResult loaded =
      load(fmt::format(R"({{"duration": "1h", "behaviour": {}}})", object), "t.json", {});
  INFO((loaded.errors.empty() ? "" : loaded.errors.front()));
  REQUIRE(loaded.scenario);
  return loaded.scenario->behaviour;
}

std::string page() {
  return "# Knobs of the rules\n\n"
         "What the service's documents leave open, or say in two ways. A test writes this page from the "
         "table that scenario "
         "and\ncloud files are read by (`UPDATE_GOLDEN=1`), and keeps it so; `tidepool explain knobs` prints "
         "the same.\n\n" +
         knobs_page();
}

}  // namespace

TEST_CASE("a knob is read back from what is written of it, in both profiles (our decision)", "[knobs]") {
  const bool classic = GENERATE(true, false);
  const char* other = classic ? "current" : "classic";
  const sim::Behaviour expected = classic ? sim::Behaviour::classic() : sim::Behaviour::current();
  // Every knob of the one profile on top of the other is the one profile.
  std::string object = fmt::format(R"({{"profile": "{}")", other);
  for (const Knob& each : all_knobs())
    object += fmt::format(R"(, "{}": {})", each.name, each.write(expected));
  const sim::Behaviour read = behaviour_of(object + "}");
  for (const Knob& each : all_knobs()) {
    CAPTURE(each.name);
    CHECK(each.write(read) == each.write(expected));
  }
}

TEST_CASE("each knob changes itself alone (our decision)", "[knobs]") {
  const sim::Behaviour before = sim::Behaviour::classic();
  std::size_t changed = 0;
  for (const Knob& each : all_knobs()) {
    CAPTURE(each.name);
    // Of values of every kind, some are right for a knob, and one of those is not its default.
    for (const char* value : {"true", "false", "\"end\"", "\"none\"", "\"INSERVICE\"", "\"idle_only\"",
                              "\"transitions_only\"", "\"7s\"", "7", "400", "1"}) {
      const LoadResult loaded = load(
          fmt::format(R"({{"duration": "1h", "behaviour": {{"{}": {}}}}})", each.name, value), "t.json", {});
      if (!loaded.scenario || each.write(loaded.scenario->behaviour) == each.write(before)) continue;
      CHECK(each.write(loaded.scenario->behaviour) == value);
      for (const Knob& another : all_knobs())
        if (another.name != each.name)
          CHECK(another.write(loaded.scenario->behaviour) == another.write(before));
      ++changed;
      break;
    }
  }
  CHECK(changed == all_knobs().size());
}

TEST_CASE("knobs have names of their own, and each says what it decides and why it is open", "[knobs]") {
  std::set<std::string_view> names;
  for (const Knob& each : all_knobs()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.about.empty());
    CHECK_FALSE(each.allowed.empty());
    CHECK_FALSE(each.source.empty());
  }
}

TEST_CASE("the page of the knobs is the one that is kept", "[knobs]") {
  const auto file = std::filesystem::path(TIDEPOOL_SOURCE_DIR) / "scenarios/KNOBS.md";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
  if (std::getenv("UPDATE_GOLDEN") != nullptr) support::write_file(file, page());
  CHECK(support::read_file(file) == page());
}

}  // namespace tidepool::scenarios
