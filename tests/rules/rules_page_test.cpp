// RULES.md, the list of the rules, is made of the rules themselves; here is what keeps it true and whole.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/knobs.hpp"
#include "tests/rules/rule.hpp"

namespace tidepool::rules {
namespace {

// The chapters of the page, in its order: the test file, and what it is about.
const std::vector<std::pair<std::string, std::string>> kChapters = {
    {"create_group", "Creating a group"},
    {"modify_group", "Modifying a group"},
    {"group_status", "Enabling, disabling and deleting a group"},
    {"actions", "The scaling action"},
    {"failures", "Failure, retry and abnormal groups"},
    {"cooldown", "Cooldown: whom it holds back"},
    {"cooldown_window", "Cooldown: where its window opens and closes"},
    {"health", "Health checks"},
    {"health_timing", "Health checks: period and grace"},
    {"placement_story", "Placement"},
    {"removal_order", "Removal order"},
    {"removal_story", "Removal"},
    {"hooks", "Lifecycle hooks"},
    {"policies", "Policies"},
    {"policy_numbers", "What a policy asks for"},
    {"recurrence", "Periodic policies"},
    {"alarms", "Alarm rules"},
    {"pushed_metrics", "Metrics of the tenant"},
    {"life_cycle", "States of an instance"},
    {"manual", "Instances by hand"},
    {"standby", "Standby"},
    {"load_balancer", "Load balancers"},
    {"logs", "Logs"},
    {"notifications", "Notifications"},
    {"tags", "Tags"},
    {"quota", "Quotas"},
    {"bandwidths", "Bandwidth policies"},
    {"wire", "The wire format"},
};

std::string chapter_of(const Rule& rule) {
  std::string stem = std::filesystem::path(rule.file).stem().string();
  return stem.substr(0, stem.rfind("_test"));
}

std::string holds_under(const Origin& origin) {
  switch (origin.under) {
    case Under::BothProfiles: return "both";
    case Under::Classic: return "classic";
    case Under::Current: return "current";
  }
  return "";
}

std::string row(const Rule& rule) {
  const std::string file = std::filesystem::path(rule.file).filename().string();
  const std::string knob = rule.origin.knob.empty() ? "" : "`" + std::string(rule.origin.knob) + "`";
  return "| " + std::string(rule.sentence) + " | " + std::string(rule.origin.source) + " | " + knob + " | " +
         holds_under(rule.origin) + " | [" + file + "](" + file + ") |\n";
}

std::vector<Rule> rules_of(const std::string& chapter) {
  std::vector<Rule> rules;
  for (const Rule& rule : all_rules())
    if (chapter_of(rule) == chapter) rules.push_back(rule);
  return rules;
}

std::string page() {
  std::string text =
      "# The rules of the service\n\n" + std::to_string(all_rules().size()) +
      " rules, each held by the test of its name (`build/dev/tests/rules_test`). A rule runs under each "
      "profile that "
      "it names; a knob says which setting makes it so ([all knobs](../../scenarios/KNOBS.md)).\n";
  for (const auto& [chapter, title] : kChapters) {
    text += "\n## " + title + "\n\n| rule | source | knob | profile | test |\n|---|---|---|---|---|\n";
    for (const Rule& rule : rules_of(chapter)) text += row(rule);
  }
  return text;
}

TEST_CASE("each rule has a source, a sentence of its own and a chapter of the page", "[rules_page]") {
  std::set<std::string> sentences;
  for (const Rule& rule : all_rules()) {
    CAPTURE(rule.sentence, rule.file);
    CHECK_FALSE(rule.origin.source.empty());
    CHECK(rule.sentence.find(';') == std::string_view::npos);  // ctest would cut the name there.
    CHECK(sentences.insert(std::string(rule.sentence)).second);
    CHECK(std::any_of(kChapters.begin(), kChapters.end(),
                      [&](const auto& chapter) { return chapter.first == chapter_of(rule); }));
  }
}

TEST_CASE("each knob is held by rules for two of its values at least", "[rules_page]") {
  std::map<std::string, std::set<std::string>> values;
  for (const Rule& rule : all_rules()) {
    const std::string knob(rule.origin.knob);
    if (knob.empty()) continue;
    CAPTURE(rule.sentence, knob);
    const std::size_t equals = knob.find(" = ");
    REQUIRE(equals != std::string::npos);
    values[knob.substr(0, equals)].insert(knob.substr(equals + 3));
  }
  for (const scenarios::Knob& knob : scenarios::all_knobs()) {
    CAPTURE(knob.name);
    CHECK(values[std::string(knob.name)].size() >= 2);
    values.erase(std::string(knob.name));
  }
  for (const auto& [name, unused] : values) FAIL_CHECK("no such knob: " << name);
}

TEST_CASE("the page of the rules is the one that is kept", "[rules_page]") {
  const std::string path = TIDEPOOL_SOURCE_DIR "/tests/rules/RULES.md";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << page();
  std::ifstream file(path);
  std::ostringstream kept;
  kept << file.rdbuf();
  CHECK(kept.str() == page());
}

}  // namespace
}  // namespace tidepool::rules
