// Stories out of result files: what is asked for, what is told, and what is refused.
#include "scenarios/run_story.hpp"

#include <sqlite3.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/result_store.hpp"
#include "sim/run/report.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using namespace support;
using Lines = std::vector<std::string>;

// Two groups: web grows from 1 to 3 at one hour, with one launch waiting at a hook; db only stands there.
class Told {
 public:
  Told() : path_(folder_.file("results.sqlite")) {
    sim::Cloud cloud = a_cloud(prompt(sim::Behaviour::current()));
    const auto web = create_group(cloud, {.desire = 1});
    grown_group(cloud, {.name = "db", .desire = 1});
    REQUIRE(outcome(cloud.submit(sim::ResumeAsGroup{web})) == "ok");
    cloud.run_until(kStart + 30min);
    sim::LifecycleHook hook;
    hook.name = "warm-up";
    hook.default_timeout = 600s;
    hook.default_result = sim::HookResult::Continue;
    hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
    REQUIRE(outcome(cloud.submit(sim::CreateLifecycleHook{web, hook})) == "ok");
    cloud.run_until(kStart + 1h);
    set_desire(cloud, web, 3);
    cloud.run_until(kStart + 2h);
    disable(cloud, web);
    cloud.run_until(kStart + 3h);
    sim::Report report = sim::make_report(cloud, 1h);
    Scenario scenario;
    scenario.name = "growth";
    scenario.region = cloud.region();
    scenario.start = kStart;
    const RunResult result{std::move(cloud), std::move(report), {}, {}, {}};
    REQUIRE_FALSE(save_results(path_, {"1.2.3", "0123"}, scenario, result));
  }

  Story story(const StoryQuestion& question) const {
    auto told = tell_story(path_, question);
    if (const auto* error = std::get_if<StoryError>(&told)) FAIL(error->message);
    return std::get<Story>(std::move(told));
  }
  std::string refusal(const StoryQuestion& question) const {
    const auto told = tell_story(path_, question);
    const auto* error = std::get_if<StoryError>(&told);
    if (error == nullptr) return "";
    CHECK_FALSE(error->of_file);
    return error->message;
  }
  const fs::path& path() const { return path_; }
  fs::path file(const char* name) const { return folder_.file(name); }

 private:
  TemporaryFolder folder_;
  fs::path path_;
};

Lines sentences(const Story& story) {
  Lines found;
  for (const StoryLine& each : story.lines) found.push_back(each.sentence);
  return found;
}

}  // namespace

TEST_CASE("a group's story is all that was decided about it, and nothing of another", "[story]") {
  const Told told;
  const Story web = told.story({.group = "web", .instance = {}, .action = {}, .at = {}});
  CHECK(web.scenario == "growth");
  CHECK(web.group_name == "web");
  REQUIRE(web.lines.size() > 15);
  CHECK(web.lines.front().words.starts_with("created with min 0, desire 1"));
  CHECK(web.lines.front().time == "2026-03-01T00:00:00.000000Z");
  CHECK(web.lines.back().words == "disabled");
  const Story same = told.story({.group = web.group_id, .instance = {}, .action = {}, .at = {}});
  CHECK(sentences(same) == sentences(web));
  const Story db = told.story({.group = "db", .instance = {}, .action = {}, .at = {}});
  for (const std::string& each : sentences(db)) CHECK(each.find("i1 ") == std::string::npos);
}

TEST_CASE("an instance's story begins with its launch and names its group by itself", "[story]") {
  const Told told;
  const Story story = told.story({.group = {}, .instance = "i2", .action = {}, .at = {}});
  CHECK(story.group_name == "web");
  CHECK(story.about.starts_with("i2 is conf-"));
  REQUIRE(story.lines.size() == 4);
  CHECK(story.lines[0].kind == "placement");
  CHECK(
      story.lines[1].sentence ==
      "i2 waits at hook warm-up for an answer; at 2026-03-01T01:11:40Z it would be released with CONTINUE.");
  CHECK(story.lines[2].sentence ==
        "i2 was released from hook warm-up with CONTINUE: nobody answered in time.");
  CHECK(story.lines[3].words == "i2 in service");
}

TEST_CASE("an action's story has its causes, its launches and its end", "[story]") {
  const Told told;
  const Story story = told.story({.group = {}, .instance = {}, .action = "a2", .at = {}});
  CHECK(story.about ==
        "a2 is NORMAL from 1 to 3, begun at 2026-03-01T01:00:00.000000Z, ended SUCCESS at "
        "2026-03-01T01:11:40.000000Z");
  REQUIRE(story.lines.size() > 4);
  CHECK(story.lines.front().sentence ==
        "Scaling action a2 (NORMAL) began, from 1 to 3: somebody changed the expected number from 1 to 3.");
  CHECK(story.lines.back().kind == "cooldown");
}

TEST_CASE("a moment is told with the group's standing, what led there and what came next", "[story]") {
  const Told told;
  SECTION("while instances wait at a hook") {
    const Story story = told.story({.group = "web", .instance = {}, .action = {}, .at = "1h5m"});
    REQUIRE(story.situation);
    const Situation& at = *story.situation;
    CHECK(at.time == "2026-03-01T01:05:00Z");
    CHECK(at.status == "INSERVICE");
    CHECK(at.desired == 3);
    CHECK(at.in_service == 1);
    CHECK(at.pending == 2);
    CHECK(at.action == "a2 (NORMAL), from 1 to 3, since 2026-03-01T01:00:00.000000Z");
    CHECK(at.cooldown_until.empty());
    CHECK(at.waiting == Lines{"i2 at hook warm-up until 2026-03-01T01:11:40Z",
                              "i3 at hook warm-up until 2026-03-01T01:11:40Z"});
    CHECK(story.lines.front().words.starts_with("modified"));  // At the moment at which the action began.
    CHECK(story.lines.back().kind == "hook");
    REQUIRE(story.next);
    CHECK(story.next->time == "2026-03-01T01:11:40.000000Z");
  }
  SECTION("in a cooldown") {
    const Story story =
        told.story({.group = "web", .instance = {}, .action = {}, .at = "2026-03-01T01:12:00Z"});
    CHECK(story.situation->action.empty());
    CHECK(story.situation->cooldown_until == "2026-03-01T01:16:40Z");
    CHECK(story.situation->waiting.empty());
    CHECK(story.situation->in_service == 3);
    CHECK(story.next->words == "disabled");
  }
  SECTION("at the end") {
    const Story story = told.story({.group = "web", .instance = {}, .action = {}, .at = "3h"});
    CHECK(story.situation->status == "PAUSED");
    CHECK(story.situation->cooldown_until.empty());
    CHECK_FALSE(story.next);
  }
  SECTION("in words") {
    const std::string text =
        story_text(told.story({.group = "web", .instance = {}, .action = {}, .at = "1h5m"}));
    CHECK(
        text.find("At 2026-03-01T01:05:00Z: INSERVICE, 3 expected; 1 in service, 2 pending, 0 leaving.\n") !=
        std::string::npos);
    CHECK(text.find("\nWhat led there:\n") != std::string::npos);
    CHECK(text.find("Waiting: i2 at hook warm-up until 2026-03-01T01:11:40Z.\n") != std::string::npos);
  }
}

TEST_CASE("as JSON a story has the reasons as data", "[story]") {
  const Told told;
  const auto document = boost::json::parse(
      story_json(told.story({.group = "web", .instance = {}, .action = {}, .at = "1h5m"})));
  CHECK(document.at("situation").at("desired") == 3);
  const auto& decisions = document.at("decisions").as_array();
  REQUIRE(decisions.size() > 3);
  bool placed = false;
  for (const auto& each : decisions) {
    if (each.at("kind") != "placement") continue;
    placed = true;
    CHECK(each.at("why").at("zones").as_array().size() == 3);
  }
  CHECK(placed);
}

TEST_CASE("a question that fits nothing names the part, what was given and what is there", "[story]") {
  const Told told;
  CHECK(told.refusal({}) == "--group is needed: the run has web, db");
  CHECK(told.refusal({.group = "x", .instance = {}, .action = {}, .at = {}}) ==
        "--group: 'x' is no group of the run, expected web, db");
  CHECK(told.refusal({.group = "web", .instance = "i99", .action = {}, .at = {}})
            .starts_with("--instance: 'i99' was never in group web, expected"));
  CHECK(told.refusal({.group = "web", .instance = {}, .action = "a99", .at = {}})
            .starts_with("--action: 'a99' is no scaling action of group web, expected"));
  const std::string times =
      ", expected a moment from 2026-03-01T00:00:00Z to 2026-03-01T03:00:00Z, or a length from the start "
      "such as "
      "\"90m\"";
  CHECK(told.refusal({.group = "web", .instance = {}, .action = {}, .at = "noon"}) == "--at: 'noon'" + times);
  CHECK(told.refusal({.group = "web", .instance = {}, .action = {}, .at = "4h"}) == "--at: '4h'" + times);
}

TEST_CASE("a file without results of this version is named, with the reason", "[story]") {
  const Told told;
  const auto complaint = [](const fs::path& path) {
    const auto answer = tell_story(path, {});
    const auto* error = std::get_if<StoryError>(&answer);
    REQUIRE(error != nullptr);
    CHECK(error->of_file);
    return error->message.substr(error->message.rfind('/') + 1);
  };
  CHECK(complaint(told.file("none.sqlite")) == "none.sqlite: no such file");
  write_file(told.file("text"), "hello");
  CHECK(complaint(told.file("text")) ==
        "text: holds no results of this program, expected a file that 'tidepool run --out' wrote");
  fs::copy_file(told.path(), told.file("old.sqlite"));
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(told.file("old.sqlite").c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_exec(db, "PRAGMA user_version = 1", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  CHECK(complaint(told.file("old.sqlite")) ==
        "old.sqlite: holds results of version 1, expected version 3: run its scenario again");
  std::string broken = read_file(told.path());
  broken.resize(8192);
  write_file(told.file("broken.sqlite"), broken);
  CHECK(complaint(told.file("broken.sqlite")).starts_with("broken.sqlite: cannot be read: "));
}

}  // namespace tidepool::scenarios
