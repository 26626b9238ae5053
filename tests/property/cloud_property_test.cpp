// Random worlds: a storm over one Cloud, then calm, in which every enabled group has to get where it wants to be.
//
// A world is a function of its seed, which a failure prints; TIDEPOOL_SEED=<n> runs that one alone. TIDEPOOL_LONG=1 runs
// ten thousand worlds instead of two hundred.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <map>

#include "tests/property/storm.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

constexpr int kSteps = 260;

// ---- What must hold at the end ----

void enabled_groups_have_what_they_desire(const Cloud& cloud) {
  for (const AsGroup& each : cloud.all_groups()) {
    if (each.status != GroupStatus::InService) continue;
    INFO("group " << each.set.name << ", created at " << seconds_since(kStart, each.create_time) << " s");
    CHECK(each.in_service == each.set.desire);
    CHECK_FALSE(each.is_scaling());
    for (const InstanceId member : each.members)
      CHECK((instance_of(cloud, member).state == LifecycleState::Standby ||
             instance_of(cloud, member).serves()));
  }
}

void no_alarm_got_through_an_action(const Cloud& cloud) {
  for (const PolicyExecution& log : cloud.all_executions()) {
    if (log.group == none<AsGroupId>()) continue;
    if (log.trigger != Trigger::Alarm || log.status != ExecutionStatus::Success) continue;
    const auto busy = std::ranges::any_of(cloud.activities_of(log.group), [&](ScalingActivityId each) {
      const ScalingActivity& action = *cloud.find(each);
      return action.start < log.time && log.time < action.end;
    });
    CHECK_FALSE(busy);
  }
}

void every_move_is_one_of_the_life_cycle(const Cloud& cloud) {
  std::map<InstanceId, LifecycleState> at;
  for (const StateMove& each : cloud.moves()) {
    const auto [known, is_first] = at.emplace(each.instance, LifecycleState::Gone);
    CHECK(each.from == known->second);
    CHECK((is_first ? each.to == LifecycleState::Pending : may_move(each.from, each.to)));
    known->second = each.to;
  }
}

void nothing_is_served_that_was_not_offered(const Cloud& cloud) {
  for (std::size_t i = 0; i < cloud.all_groups().size(); ++i) {
    const GroupTotals& totals = cloud.totals(id_at<AsGroupId>(i));
    CHECK(0 <= totals.served);
    CHECK(totals.served <= totals.offered);
  }
}

// What all worlds together have seen, lest a change of the storm makes it a breeze.
struct Seen {
  int homes = 0, actions = 0, failed = 0, denied = 0, breakdowns = 0;

  void count(const Cloud& cloud) {
    for (const AsGroup& each : cloud.all_groups())
      homes += each.status == GroupStatus::InService && each.in_service > 0;
    for (const ScalingActivity& each : cloud.all_activities()) {
      ++actions;
      failed += each.status == ActivityStatus::Fail;
      breakdowns += each.type == ActivityType::AuditCheckDelete || each.type == ActivityType::ElbCheckDelete;
    }
    for (const PolicyExecution& each : cloud.all_executions()) denied += each.status == ExecutionStatus::Fail;
  }
};

Seen weather(std::uint64_t seed) {
  INFO("TIDEPOOL_SEED=" << seed);
  Storm storm(seed);
  for (int i = 0; i < kSteps / 2; ++i) storm.step();
  Storm twin = storm;  // A snapshot in the middle of the storm.
  for (int i = kSteps / 2; i < kSteps; ++i) storm.step();
  storm.clear_up();
  enabled_groups_have_what_they_desire(storm.cloud());
  no_alarm_got_through_an_action(storm.cloud());
  every_move_is_one_of_the_life_cycle(storm.cloud());
  nothing_is_served_that_was_not_offered(storm.cloud());
  Seen seen;
  seen.count(storm.cloud());
  if (seed % 10 != 0) return seen;
  for (int i = kSteps / 2; i < kSteps; ++i) twin.step();
  twin.clear_up();
  CHECK(twin.cloud().journal().fingerprint() == storm.cloud().journal().fingerprint());
  return seen;
}

TEST_CASE("whatever is asked and whatever breaks, the invariants hold, and calm brings every group home",
          "[property]") {
  if (const char* seed = std::getenv("TIDEPOOL_SEED")) {
    weather(std::strtoull(seed, nullptr, 10));
    return;
  }
  const std::uint64_t worlds = std::getenv("TIDEPOOL_LONG") != nullptr ? 10'000 : 200;
  Seen all;
  for (std::uint64_t seed = 1; seed <= worlds; ++seed) {
    const Seen seen = weather(seed);
    all.homes += seen.homes;
    all.actions += seen.actions;
    all.failed += seen.failed;
    all.denied += seen.denied;
    all.breakdowns += seen.breakdowns;
  }
  CHECK(all.homes > 200);
  CHECK(all.actions > 4000);
  CHECK(all.failed > 300);
  CHECK(all.denied > 1000);
  CHECK(all.breakdowns > 250);
}

}  // namespace
}  // namespace tidepool::sim
