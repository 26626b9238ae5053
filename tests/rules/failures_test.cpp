// Scaling actions that fail: what is kept, what is tried again, and what makes a group abnormal.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;
using enum PolicyOperation;

RULE("a launch that fails for a passing cause is tried again after a pause", {.source = "our decision"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  failing_boots(cloud, 1'000'000, kStart + 200s);
  const AsGroupId group = enabled_group(cloud, {.desire = 2});
  run_for(cloud, 1h);
  // The second attempt is launched at 160 s, while boots still fail; the third one succeeds.
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->2 FAIL", "160..260 DIFF DIFF 0->2 FAIL",
                                       "320..420 DIFF DIFF 0->2 SUCCESS"});
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(group_of(cloud, group).current() == 2);
}

RULE("the pause before a retry can be set", {.source = "our decision"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.retry_delay = 10min;
  Cloud cloud = a_cloud(behaviour);
  failing_boots(cloud, 1'000'000, kStart + 200s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 1h);
  CHECK(actions(cloud, group) == Lines{"0..100 DIFF DIFF 0->1 FAIL", "700..800 DIFF DIFF 0->1 SUCCESS"});
}

RULE("a group retries for ever, as documented, unless told how often", {.source = "our decision"}) {
  Behaviour behaviour = behaviour_under_test();
  SECTION("for ever") {
    Cloud cloud = a_cloud(behaviour);
    failing_boots(cloud);
    const AsGroupId group = enabled_group(cloud, {.desire = 1});
    run_for(cloud, 160s * 50);
    CHECK(group_of(cloud, group).status == GroupStatus::InService);
    CHECK(actions(cloud, group).size() == 50 + 1);
  }
  SECTION("two retries, so three failures in a row") {
    behaviour.max_retries = 2;
    Cloud cloud = a_cloud(behaviour);
    failing_boots(cloud);
    const AsGroupId group = enabled_group(cloud, {.desire = 1});
    run_for(cloud, 1h);
    CHECK(group_of(cloud, group).status == GroupStatus::Error);
    CHECK_FALSE(group_of(cloud, group).detail.empty());
    CHECK(actions(cloud, group).size() == 3);
  }
  SECTION("a success in between starts the count anew") {
    behaviour.max_retries = 1;
    Cloud cloud = a_cloud(behaviour);
    failing_boots(cloud, 1'000'000, kStart + 50s);
    const AsGroupId group = enabled_group(cloud, {.desire = 1});
    run_for(cloud, 300s);  // One failure, then one success.
    failing_boots(cloud, 1'000'000, kStart + 350s);
    set_desire(cloud, group, 2);
    run_for(cloud, 1h);  // Another failure, another success.
    CHECK(group_of(cloud, group).status == GroupStatus::InService);
    CHECK(actions(cloud, group).size() == 4);
    CHECK(group_of(cloud, group).current() == 2);
  }
}

RULE("an action that succeeds in part fails, keeps what it got, and a DIFF fills the gap",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 500'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 20});
  run_for(cloud, kBoot);
  const ScalingActivity first = last_action(cloud, group);
  CHECK(first.status == ActivityStatus::Fail);
  CHECK(first.failed.size() + first.added.size() == 20);
  REQUIRE_FALSE(first.failed.empty());
  REQUIRE_FALSE(first.added.empty());
  CHECK(members(cloud, group) == first.added);
  for (const FailedInstance& each : first.failed) CHECK_FALSE(each.reason.empty());

  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 20);
  CHECK(last_action(cloud, group).type == ActivityType::Diff);
  CHECK(last_action(cloud, group).scaling_value == static_cast<int>(first.failed.size()));
}

RULE("an ECS that did not come up is gone", {.source = "AS user manual, failed scaling actions"}) {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 50s);
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, kBoot);
  CHECK(members(cloud, group).empty());
  REQUIRE(cloud.all_instances().size() == 1);
  CHECK(cloud.find(InstanceId{0}) == nullptr);
  CHECK(instance_of(cloud, InstanceId{0}).ecs_deleted == kStart + kBoot);
}

RULE("lasting causes make the group abnormal and name themselves",
     {.source = "AS user manual, abnormal groups"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.instance_quota = 2;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  ErrorCode expected{};
  SECTION("sold out in every zone") {
    sold_out_everywhere(cloud);
    set_desire(cloud, group, 2);
    expected = ErrorCode::FlavorSoldOut;
  }
  SECTION("the project has all the ECSs it may have") {
    set_desire(cloud, group, 3);
    expected = ErrorCode::EcsQuotaExhausted;
  }
  run_for(cloud, kBoot);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK_FALSE(group_of(cloud, group).detail.empty());
  CHECK(last_action(cloud, group).status == ActivityStatus::Fail);
  REQUIRE(last_action(cloud, group).failed.size() == 1);
  CHECK(last_action(cloud, group).failed[0].code == expected);
  const auto so_far = actions(cloud, group).size();
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == so_far);
}

RULE("what could be had before the quota ran out stays", {.source = "our decision"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.instance_quota = 3;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 5});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(group_of(cloud, group).current() == 3);
  CHECK(last_action(cloud, group).failed.size() == 2);
}

RULE("the ECS quota counts all groups of the project, and deletion frees it", {.source = "AS.7111"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.instance_quota = 3;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId first = grown_group(cloud, {.desire = 3});
  const AsGroupId second = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 1min);
  CHECK(group_of(cloud, second).status == GroupStatus::Error);
  set_desire(cloud, first, 2);
  run_until_idle(cloud, first);
  REQUIRE(outcome(cloud.submit(ResumeAsGroup{second})) == "ok");
  run_until_idle(cloud, second);
  CHECK(group_of(cloud, second).current() == 1);
}

RULE("a classic listener takes so many backends and no more", {.source = "AS user manual, abnormal groups"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.listener_backend_limit = 3;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 2, .listeners = {kListener}});
  const AsGroupId other = enabled_group(cloud, {.desire = 2, .listeners = {kListener}});
  run_for(cloud, kBoot);
  CHECK(group_of(cloud, other).status == GroupStatus::Error);
  CHECK(group_of(cloud, other).current() == 1);
  CHECK(last_action(cloud, other).status == ActivityStatus::Fail);
  CHECK(cloud.backends().size() == 3);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
}

RULE("in an abnormal group no policy does anything", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  const AlarmRuleId rule = an_alarm_that_is_always_on(cloud, group);
  const AsPolicyId alarm = create_policy(cloud, group, an_alarm_policy(rule));
  const AsPolicyId scheduled = create_policy(cloud, group, a_scheduled_policy(kStart + 10min));
  sold_out_everywhere(cloud, kStart + 250s);
  set_desire(cloud, group, 2);
  run_for(cloud, 1h);
  REQUIRE(group_of(cloud, group).status == GroupStatus::Error);
  CHECK(executions(cloud, group).empty());
  CHECK(outcome(cloud.submit(ExecuteAsPolicy{alarm})) == "AS.3027");
  CHECK(outcome(cloud.submit(ExecuteAsPolicy{scheduled})) == "AS.3027");
  CHECK(group_of(cloud, group).set.desire == 2);
}

RULE("protection that comes after the number was lowered: what may go goes, the action fails",
     {.source = "our decision"}) {
  Cloud cloud = a_cloud(Behaviour::classic());  // With the scan grid of 10 s there is time to protect.
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  cloud.run_until(kStart + 201s);
  set_desire(cloud, group, 1);
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[1]});
  cloud.run_until(kStart + 240s);
  CHECK(actions(cloud, group).back() == "210..230 NORMAL MANNUAL 4->1 FAIL");
  CHECK(members(cloud, group) == std::vector{all[0], all[1]});
  CHECK(group_of(cloud, group).status == GroupStatus::InService);

  unprotect(cloud, group, {all[0], all[1]});
  run_until_idle(cloud, group);
  CHECK(group_of(cloud, group).current() == 1);
  CHECK(last_action(cloud, group).type == ActivityType::Diff);
  CHECK(last_action(cloud, group).start == kStart + 290s);  // After the pause of any retry.
}

RULE("a failure that takes no time and is retried without a pause does not stop the clock", {.source = ""}) {
  Behaviour behaviour = Behaviour::classic();
  behaviour.retry_delay = 0s;
  CloudSpec spec{.behaviour = behaviour};
  spec.region.boot_time.first = 0s;
  Cloud cloud = a_cloud(spec);
  SECTION("launches fail at once") {
    failing_boots(cloud, 1'000'000, kStart + 30s);
    const AsGroupId group = enabled_group(cloud, {.desire = 1});
    run_for(cloud, 1min);
    CHECK(group_of(cloud, group).current() == 1);
  }
  SECTION("all that should leave are protected") {
    const AsGroupId group = grown_group(cloud, {.desire = 2});
    run_for(cloud, 1s);
    set_desire(cloud, group, 1);
    protect(cloud, group, members(cloud, group));
    run_for(cloud, 1min);
    CHECK(group_of(cloud, group).current() == 2);
    unprotect(cloud, group, members(cloud, group));
    run_for(cloud, 1min);
    CHECK(group_of(cloud, group).current() == 1);
  }
}

}  // namespace
}  // namespace tidepool::sim
