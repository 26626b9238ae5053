// Cloud files: what `serve --seed-file` reads.
#include "scenarios/served_cloud.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load_units.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

const std::filesystem::path kSource = TIDEPOOL_SOURCE_DIR;
const sim::Time kPresent = *read_moment("2026-03-02T06:00:00Z");

ServedCloudResult loaded(std::string_view text, const CloudSettings& settings = {}) {
  return load_served_cloud(text, "cloud.json", kSource / "scenarios/basic", settings, kPresent);
}

api::WorldOptions options_of(std::string_view text, const CloudSettings& settings = {}) {
  auto result = loaded(text, settings);
  INFO((result.errors.empty() ? "" : result.errors.front()));
  REQUIRE(result.cloud);
  return result.cloud->options;
}

std::vector<std::string> errors_of(std::string_view text) { return loaded(text).errors; }
using Lines = std::vector<std::string>;

const char* const kSeeded =
    R"({"projects": [{"name": "eu-de_one", "domain": "D", "scenario": "first_group.json"}]})";

}  // namespace

TEST_CASE("an empty cloud has the default region, the wall's pace and any project (our decision)",
          "[cloud_file]") {
  const api::WorldOptions options = options_of("");
  CHECK(options.region.zones.size() == 3);
  CHECK(options.seed == 1);
  CHECK(options.start == kPresent);
  CHECK(options.clock.mode == api::ClockMode::Scaled);
  CHECK(options.clock.speed_millionths == 1'000'000);
  CHECK(options.auto_projects == api::AutoProjects::On);
  CHECK(options.access_keys.empty());
}

TEST_CASE("a manual clock begins at the same moment every time (our decision)", "[cloud_file]") {
  CHECK(options_of(R"({"clock": "manual"})").start == *read_moment("2026-01-01T00:00:00Z"));
}

TEST_CASE("a cloud file tells region, rules, seed, clock, keys and projects (our decision)", "[cloud_file]") {
  const api::WorldOptions options = options_of(R"({
    "description": "two zones", "seed": 9, "start": "2027-01-01T00:00:00Z", "clock": "x2.5", "auto_projects": false,
    "behaviour": {"profile": "current", "group_quota": 3}, "region": {"zones": ["a", "b"]},
    "access_keys": [{"access_key": "AK", "secret_key": "SK"}], "projects": [{"name": "eu-de_one"}]})");
  CHECK(options.seed == 9);
  CHECK(options.start == *read_moment("2027-01-01T00:00:00Z"));
  CHECK(options.clock.speed_millionths == 2'500'000);
  CHECK(options.auto_projects == api::AutoProjects::Off);
  CHECK(options.behaviour.group_quota == 3);
  CHECK(options.region.zones.size() == 2);
  CHECK(options.access_keys.at("AK") == "SK");
}

TEST_CASE("what is said beside the file wins over it (our decision)", "[cloud_file]") {
  CloudSettings settings;
  settings.seed = 4;
  settings.start = kPresent + std::chrono::hours{1};
  settings.clock = api::ClockSetting{api::ClockMode::Manual, 1'000'000};
  settings.behaviour = "current";
  settings.auto_projects = false;
  const api::WorldOptions options = options_of(
      R"({"seed": 9, "start": "2027-01-01T00:00:00Z", "clock": "x2", "behaviour": "classic"})", settings);
  CHECK(options.seed == 4);
  CHECK(options.start == *settings.start);
  CHECK(options.clock.mode == api::ClockMode::Manual);
  CHECK(options.auto_projects == api::AutoProjects::Off);
  CHECK(options.behaviour.require_configuration == sim::Behaviour::current().require_configuration);
}

TEST_CASE("a project begins with the past that its scenario gives it, and knows its names (our decision)",
          "[cloud_file]") {
  auto result = loaded(kSeeded);
  REQUIRE(result.cloud);
  REQUIRE(result.cloud->projects.size() == 1);
  const api::SeededProject& project = result.cloud->projects.front();
  CHECK(project.cloud.all_groups().size() == 1);
  CHECK(project.names.contains("web"));
  CHECK(project.names.at("project_id") == project.id);
  const std::string id = project.id;
  api::World world = make_world(*std::move(result.cloud));
  REQUIRE(world.find(id) != nullptr);
  CHECK(world.find(id)->name == "eu-de_one");
  CHECK(world.find(id)->cloud.all_groups().size() == 1);
}

TEST_CASE("a project can be served from a moment within its scenario (our decision)", "[cloud_file]") {
  const auto at = [](std::string_view more) {
    auto result = loaded(fmt::format(
        R"({{"projects": [{{"name": "p"{}, "scenario": {{"duration": "2h", "start": "2026-05-01T00:00:00Z"}}}}]}})",
        more));
    REQUIRE(result.cloud);
    return result.cloud->projects.front().cloud.now();
  };
  CHECK(at("") == *read_moment("2026-05-01T02:00:00Z"));
  CHECK(at(R"(, "serve_from": "30m")") == *read_moment("2026-05-01T00:30:00Z"));
}

TEST_CASE("projects take region and rules of the cloud where their scenario says nothing (our decision)",
          "[cloud_file]") {
  auto result = loaded(R"({"region": {"zones": ["a", "b"]}, "behaviour": {"group_quota": 2}, "projects": [
    {"name": "p", "scenario": {"duration": "1h"}}, {"name": "q"},
    {"name": "r", "scenario": {"duration": "1h", "region": {"zones": ["z"]}}}]})");
  REQUIRE(result.cloud);
  CHECK(result.cloud->projects[0].cloud.region().zones.size() == 2);
  CHECK(result.cloud->projects[0].cloud.behaviour().group_quota == 2);
  CHECK(result.cloud->projects[1].cloud.region().zones.size() == 2);
  CHECK(result.cloud->projects[2].cloud.region().zones.size() == 1);
}

TEST_CASE("the cloud's text repeats all of it, scenarios of other files included (our decision)",
          "[cloud_file]") {
  const std::string text = options_of(kSeeded).cloud_text;
  CHECK(text.find("first_group.json") == std::string::npos);
  auto again = load_served_cloud(text, "again", {}, {}, kPresent);
  REQUIRE(again.cloud);
  auto once = loaded(kSeeded);
  CHECK(again.cloud->projects.front().cloud.journal().fingerprint() ==
        once.cloud->projects.front().cloud.journal().fingerprint());
}

TEST_CASE("a clock's pace is read exactly (our decision)", "[cloud_file]") {
  CHECK(read_clock("real")->speed_millionths == 1'000'000);
  CHECK(read_clock("manual")->mode == api::ClockMode::Manual);
  CHECK(read_clock("x60")->speed_millionths == 60'000'000);
  CHECK(read_clock("x0.1")->speed_millionths == 100'000);
  CHECK(read_clock("x0.000001")->speed_millionths == 1);
  CHECK(read_clock("x1000000")->speed_millionths == 1'000'000'000'000);
  for (const char* wrong :
       {"", "x", "x0", "x0.0000001", "x1000001", "60", "x-1", "x1e3", "x 1", "Real", "x1.", "xx1"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_clock(wrong));
  }
}

TEST_CASE("a cloud file that is wrong is refused with all its faults (our decision)", "[cloud_file]") {
  CHECK(errors_of(R"({"clock": "fast", "seed": -1, "sead": 1})") ==
        Lines{R"(cloud.json: seed: -1, expected 0 to 9223372036854775807)",
              R"(cloud.json: clock: "fast", expected real, manual, or xN with N from 0.000001 to 1000000)",
              R"(cloud.json: unknown key 'sead', did you mean 'seed'?)"});
  CHECK(errors_of(R"({"projects": [{"id": "12"}]})") ==
        Lines{"cloud.json: projects[0]: missing key 'name'",
              R"(cloud.json: projects[0].id: "12", expected 32 hexadecimal digits in lower case)"});
  CHECK(errors_of(R"({"projects": [{"name": "a"}, {"name": "a"}]})") ==
        Lines{R"(cloud.json: projects[1]: project "a" is there twice)"});
  CHECK(errors_of(R"({"projects": [{"name": "a", "scenario": {"duration": "0s"}}]})").size() == 1);
  CHECK(errors_of(R"({"projects": [{"name": "a", "serve_from": "1h"}]})") ==
        Lines{R"(cloud.json: projects[0].serve_from: "1h", expected a scenario beside it)"});
  CHECK(errors_of(R"({"projects": [{"name": "a", "scenario": "nowhere.json"}]})").size() == 1);
}

TEST_CASE("a call that goes wrong in a project's scenario is an error (our decision)", "[cloud_file]") {
  CHECK(errors_of(R"({"projects": [{"name": "a", "scenario": {"duration": "1h", "calls": [
          {"at": "+1s", "call": "GET /autoscaling-api/v1/{project_id}/scaling_group/none"}]}}]})") ==
        Lines{"cloud.json: projects[0].scenario: calls[0]: status 404 AS.0007, expected 2xx"});
}

TEST_CASE("a scenario of another folder finds its traces from there (our decision)", "[cloud_file]") {
  const support::TemporaryFolder folder;
  std::filesystem::create_directories(folder.file("past/traces"));
  support::write_file(folder.file("past/traces/day.csv"), "time,load\n0,60\n60,120\n");
  support::write_file(folder.file("past/p.json"), R"({"duration": "1h", "calls": [
    {"at": "+0s", "call": "POST /autoscaling-api/v1/{project_id}/scaling_group", "save": "web",
     "body": {"scaling_group_name": "web", "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]}}],
    "workloads": [{"group": "web", "capacity_per_instance": 1,
                   "trace": {"file": "traces/day.csv", "unit": "count"}}]})");
  const auto loaded = load_served_cloud(R"({"projects": [{"name": "a", "scenario": "past/p.json"}]})",
                                        "cloud.json", folder.path(), {}, kPresent);
  INFO((loaded.errors.empty() ? "" : loaded.errors.front()));
  REQUIRE(loaded.cloud);
  CHECK(loaded.cloud->projects[0].cloud.all_groups().size() == 1);
}

TEST_CASE("the bundled cloud file is served from the middle of its scenario", "[cloud_file]") {
  const std::filesystem::path file =
      std::filesystem::path(TIDEPOOL_SOURCE_DIR) / "scenarios/clouds/shop.json";
  const auto loaded =
      load_served_cloud(support::read_file(file), "shop.json", file.parent_path(), {}, kPresent);
  INFO((loaded.errors.empty() ? "" : loaded.errors.front()));
  REQUIRE(loaded.cloud);
  REQUIRE(loaded.cloud->projects.size() == 2);
  CHECK(loaded.cloud->projects[0].cloud.now() == *read_moment("2026-03-02T09:30:00Z"));
  CHECK(loaded.cloud->projects[0].cloud.all_instances().size() == 5);
  CHECK(loaded.cloud->projects[1].cloud.all_groups().empty());
}

}  // namespace tidepool::scenarios
