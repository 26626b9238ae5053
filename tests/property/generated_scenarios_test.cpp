// Scenario files made by a generator, run as any other: whatever they hold, the run is sound, every call is answered in form,
// and once the storm is over every group gets where it wants to be.
//
// RC_PARAMS="seed=<n>" runs the worlds of one seed, TIDEPOOL_LONG=1 ten thousand instead of two hundred. What a failure has shrunk to
// is left as a file, and TIDEPOOL_WORLD=<file> judges that file alone.
#include <fmt/format.h>
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "scenarios/load.hpp"
#include "scenarios/run_scenario.hpp"
#include "sim/cloud/invariants.hpp"
#include "tests/property/generated_scenario.hpp"

namespace tidepool::scenarios {
namespace {

using Texts = std::vector<std::string>;

// ---- What must hold ----

// Protected members stay beyond what is desired.
Texts groups_not_home(const sim::Cloud& cloud) {
  Texts found;
  for (const sim::AsGroup& each : cloud.all_groups()) {
    if (each.status != sim::GroupStatus::InService) continue;
    const bool is_home = each.in_service == std::max(each.set.desire, each.protected_members);
    const bool is_stuck = each.protected_members > each.set.desire;  // It tries again and again.
    if (is_home && (is_stuck || !each.is_scaling())) continue;
    found.push_back(fmt::format("group {} has {} in service and desires {}{}", each.set.name, each.in_service,
                                each.set.desire, each.is_scaling() ? ", still scaling" : ""));
  }
  for (const sim::AsGroup& each : cloud.all_groups())
    if (each.status == sim::GroupStatus::Deleting)
      found.push_back(fmt::format("group {} is still being deleted", each.set.name));
  return found;
}

Texts calls_answered_out_of_form(const RunResult& result) {
  Texts found;
  for (const CallRecord& each : result.calls) {
    const bool has_code = each.answer.find("\"code\":\"AS.") != std::string::npos;
    if (each.status < 500 && (each.status < 300 || has_code)) continue;
    found.push_back(
        fmt::format("{} {} {}: {} {}", each.where, each.method, each.path, each.status, each.answer));
  }
  return found;
}

struct Seen {
  int worlds = 0, calls = 0, refused = 0, actions = 0, failed = 0, homes = 0, abnormal = 0, denied = 0;

  void count(const RunResult& result) {
    ++worlds;
    calls += static_cast<int>(result.calls.size());
    for (const CallRecord& each : result.calls) refused += each.status >= 400;
    for (const sim::ScalingActivity& each : result.cloud.all_activities()) {
      ++actions;
      failed += each.status == sim::ActivityStatus::Fail;
    }
    for (const sim::AsGroup& each : result.cloud.all_groups()) {
      homes += each.status == sim::GroupStatus::InService;
      abnormal += each.status == sim::GroupStatus::Error;
    }
    for (const sim::PolicyExecution& each : result.cloud.all_executions())
      denied += each.status == sim::ExecutionStatus::Fail;
  }
};

/// All that is wrong with a world.
Texts judge(const std::string& text, Seen& seen) {
  LoadResult loaded = load(text, "generated.json", ".");
  if (!loaded.scenario) return loaded.errors;
  const RunResult result = run(*loaded.scenario);
  seen.count(result);
  Texts wrong = sim::broken_invariants(result.cloud);
  for (const Texts& more : {groups_not_home(result.cloud), calls_answered_out_of_form(result)})
    wrong.insert(wrong.end(), more.begin(), more.end());
  if (seen.worlds % 20 == 0) {
    RunResult again = run(*loaded.scenario);
    if (again.cloud.journal().fingerprint() != result.cloud.journal().fingerprint())
      wrong.push_back("a second run of the same file is another one");
  }
  return wrong;
}

// ---- What is generated ----

rc::Gen<int> number(int least, int limit) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(least, limit));
}

rc::Gen<Happening> happenings() {
  return rc::gen::build<Happening>(
      rc::gen::set(&Happening::at, number(0, 6 * 3600)), rc::gen::set(&Happening::kind, number(0, 24)),
      rc::gen::set(&Happening::a, number(0, 400)), rc::gen::set(&Happening::b, number(0, 1200)),
      rc::gen::set(&Happening::c, number(0, 3)));
}

rc::Gen<GeneratedScenario> worlds() {
  return rc::gen::build<GeneratedScenario>(
      rc::gen::set(&GeneratedScenario::seed, number(1, 1'000'000)), rc::gen::set(&GeneratedScenario::current),
      rc::gen::set(&GeneratedScenario::knobs, number(0, 576)),
      rc::gen::set(&GeneratedScenario::region, number(0, 27)),
      rc::gen::set(&GeneratedScenario::groups, number(0, 9)),
      rc::gen::set(&GeneratedScenario::demand, number(0, 300)),
      rc::gen::set(&GeneratedScenario::storm,
                   rc::gen::resize(160, rc::gen::container<std::vector<Happening>>(happenings()))));
}

std::string lines(const Texts& all) {
  std::string text;
  for (const std::string& each : all) text += each + "\n";
  return text;
}

std::string as_file(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / "tidepool_generated_world.json";
  std::ofstream(path) << text;
  return path.string();
}

TEST_CASE("a generated scenario file runs soundly, and calm brings its groups home",
          "[property][scenarios]") {
  Seen seen;
  if (const char* file = std::getenv("TIDEPOOL_WORLD")) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK(lines(judge(text, seen)) == "");
    return;
  }
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = std::getenv("TIDEPOOL_LONG") != nullptr ? 10'000 : 200;
  const auto property = [&](const GeneratedScenario& world) {
    const Texts wrong = judge(text_of(world), seen);
    if (!wrong.empty()) RC_FAIL(lines(wrong));
  };
  const auto result =
      rc::detail::checkTestable([&] { property(*worlds()); }, rc::detail::TestMetadata{}, params);
  if (!result.is<rc::detail::SuccessResult>()) {
    const auto& failure = result.get<rc::detail::FailureResult>();
    const std::string text = failure.counterExample.front().second;
    const std::string file = as_file(text);
    std::cerr << text << "\n";  // As it is: Catch2 would break its lines.
    FAIL(
        fmt::format("RC_PARAMS=seed={} failed after {} worlds:\n{}\nThe file above is {}:\n  tidepool run "
                    "{}\n  TIDEPOOL_WORLD={} property_test",
                    params.seed, failure.numSuccess, failure.description, file, file, file));
  }
  CHECK(seen.homes > seen.worlds);
  CHECK(seen.abnormal * 20 < seen.homes);
  CHECK(seen.actions > 10 * seen.worlds);
  CHECK(seen.failed > seen.worlds);
  CHECK(seen.denied > seen.worlds / 2);
  CHECK(seen.refused * 10 < seen.calls * 7);
}

}  // namespace
}  // namespace tidepool::scenarios
