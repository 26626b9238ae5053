// Two opinions on generated stories: the model and the naive group must agree on every decision.
//
// A failure prints the story, shrunk, and the difference. RC_PARAMS="seed=<n>" runs the stories of one seed, TIDEPOOL_LONG=1
// twenty-five times as many of them.
#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <sstream>

#include "tests/reference/twin.hpp"

namespace tidepool::reference {
namespace {

rc::Gen<int> number(int least, int limit) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(least, limit));
}

rc::Gen<Setting> settings() {
  return rc::gen::build<Setting>(
      rc::gen::set(&Setting::classic), rc::gen::set(&Setting::scan_period_s, rc::gen::element(0, 10)),
      rc::gen::set(&Setting::retry_delay_s, rc::gen::element(60, 5)),
      rc::gen::set(&Setting::max_retries, rc::gen::element(-1, -1, 0, 2)),
      rc::gen::set(&Setting::max_parallel_creates, rc::gen::element(0, 0, 1, 2)),
      rc::gen::set(&Setting::begins_enabled, rc::gen::element(true, true, true, false)),
      rc::gen::set(&Setting::flip_balance), rc::gen::set(&Setting::standby),
      rc::gen::set(&Setting::pause_clears_cooldown), rc::gen::set(&Setting::cooldown_end_inclusive),
      rc::gen::set(&Setting::implicit_desire_clamp));
}

rc::Gen<int> waits() {
  return rc::gen::weightedOneOf<int>({{5, number(1, 30)},
                                      {5, number(20, 300)},
                                      {2, number(300, 3600)},
                                      {1, number(3600, 40'000)},
                                      {3, number(-12, 0)},
                                      {2, rc::gen::just(0)}});
}

rc::Gen<Step> steps() {
  return rc::gen::build<Step>(rc::gen::set(&Step::wait, waits()),
                              rc::gen::set(&Step::deed, number(0, kDeeds)),
                              rc::gen::set(&Step::a, number(0, 600)), rc::gen::set(&Step::b, number(0, 600)),
                              rc::gen::set(&Step::c, number(0, 4)));
}

// What all stories together have seen, lest they become dull.
struct Seen {
  int stories = 0, actions = 0, failed = 0, by_check = 0, by_hand = 0, executed = 0, denied = 0, waits = 0;

  void count(const sim::Cloud& cloud) {
    using sim::ActivityType;
    ++stories;
    for (const sim::ScalingActivity& each : cloud.all_activities()) {
      ++actions;
      failed += each.status == sim::ActivityStatus::Fail;
      by_check += each.type == ActivityType::AuditCheckDelete || each.type == ActivityType::ElbCheckDelete;
      by_hand += each.type == ActivityType::ManualAdd || each.type == ActivityType::ManualRemove ||
                 each.type == ActivityType::ManualDelete;
    }
    for (const sim::PolicyExecution& each : cloud.all_executions())
      ++(each.status == sim::ExecutionStatus::Success ? executed : denied);
    waits += static_cast<int>(cloud.all_waits().size());
  }
};
Seen seen;

void must_agree() {
  const Setting setting = *settings();
  const auto story = *rc::gen::resize(160, rc::gen::container<std::vector<Step>>(steps()));
  Twin twin(setting);
  bool agree = true;
  for (const Step& each : story) agree = agree && twin.step(each);
  if (agree && twin.end()) return seen.count(twin.cloud());
  for (const std::string& line : twin.story()) RC_LOG() << line << "\n";
  RC_FAIL(twin.difference());
}

TEST_CASE("the model and a naive group written from the AS documents agree on every decision",
          "[reference]") {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = std::getenv("TIDEPOOL_LONG") != nullptr ? 10'000 : 400;
  const auto result = rc::detail::checkTestable(must_agree, rc::detail::TestMetadata{}, params);
  if (result.is<rc::detail::SuccessResult>()) {
    CHECK(seen.actions > 10 * seen.stories);
    CHECK(seen.failed > seen.stories / 2);
    CHECK(seen.by_check > seen.stories / 2);
    CHECK(seen.by_hand > seen.stories);
    CHECK(seen.executed > 3 * seen.stories);
    CHECK(seen.denied > 2 * seen.stories);
    CHECK(seen.waits > 3 * seen.stories);
    return;
  }
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  FAIL("RC_PARAMS=seed=" << params.seed << "\n" << text.str());
}

}  // namespace
}  // namespace tidepool::reference
