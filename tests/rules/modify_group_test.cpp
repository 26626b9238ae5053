// Changing a group: which fields may change when, and what a change sets off.
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using Lines = std::vector<std::string>;

struct Numbers {
  std::optional<int> desire, min, max;
};

ModifyAsGroup numbers(AsGroupId group, const Numbers& wanted) {
  ModifyAsGroup request;
  request.group = group;
  request.desire = wanted.desire;
  request.min = wanted.min;
  request.max = wanted.max;
  return request;
}

RULE("desire, min and max must fit together after the change", {.source = "AS.2004, AS.2005, AS.2045"}) {
  struct Row {
    const char* why;
    Numbers wanted;
    std::string outcome;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing at all", {}, "ok"},
      {"desire at min", {2, {}, {}}, "ok"},
      {"desire at max", {6, {}, {}}, "ok"},
      {"desire below min", {1, {}, {}}, "AS.2005"},
      {"desire above max", {7, {}, {}}, "AS.2005"},
      {"min raised to desire", {{}, 4, {}}, "ok"},
      {"min raised above the stored desire", {{}, 5, {}}, "AS.2005"},
      {"max lowered to desire", {{}, {}, 4}, "ok"},
      {"max lowered below the stored desire", {{}, {}, 3}, "AS.2005"},
      {"desire and max together", {9, {}, 9}, "ok"},
      {"desire and min together", {0, 0, {}}, "ok"},
      {"min above max", {{}, 7, {}}, "AS.2004"},
      {"max below min", {{}, {}, 1}, "AS.2004"},
      {"max above what a group may have", {{}, {}, 301}, "AS.2045"},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 4, .min = 2, .max = 6});
  CHECK(outcome(cloud.submit(numbers(group, row.wanted))) == row.outcome);

  const AsGroupSettings& set = group_of(cloud, group).set;
  const bool changed = row.outcome == "ok";
  CHECK(set.desire == (changed ? row.wanted.desire.value_or(4) : 4));
  CHECK(set.min == (changed ? row.wanted.min.value_or(2) : 2));
  CHECK(set.max == (changed ? row.wanted.max.value_or(6) : 6));
}

RULE("with the implicit clamp, min and max take the desired number along", {.source = "our decision"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.implicit_desire_clamp = true;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2, .max = 6});
  const Time begin = cloud.now();
  SECTION("min pulls it up") {
    CHECK(change(cloud, group, &ModifyAsGroup::min, 5) == "ok");
    run_until_idle(cloud, group);
    CHECK(actions(cloud, group, begin).back() == "0..100 NORMAL MANNUAL 4->5 SUCCESS");
  }
  SECTION("max pushes it down") {
    CHECK(change(cloud, group, &ModifyAsGroup::max, 3) == "ok");
    run_until_idle(cloud, group);
    CHECK(actions(cloud, group, begin).back() == "0..20 NORMAL MANNUAL 4->3 SUCCESS");
  }
  SECTION("one that fits stays") {
    CHECK(change(cloud, group, &ModifyAsGroup::max, 4) == "ok");
    run_for(cloud, 1h);
    CHECK(actions(cloud, group).size() == 1);
  }
}

RULE("changing min or max alone never scales", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2, .max = 6});
  CHECK(change(cloud, group, &ModifyAsGroup::min, 4) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::max, 9) == "ok");
  run_for(cloud, 1h);
  CHECK(actions(cloud, group).size() == 1);
}

RULE("an unchanged desired number is an error only when it is all that is asked for",
     {.source = "AS.2028, our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 4});
  ModifyAsGroup request = numbers(group, {4, {}, {}});
  CHECK(outcome(cloud.submit(request)) == "ok");
  request.scope = ModifyScope::DesireOnly;
  CHECK(outcome(cloud.submit(request)) == "AS.2028");
  request.desire = 5;
  CHECK(outcome(cloud.submit(request)) == "ok");
}

RULE("the desired number may not go below the protected instances", {.source = "AS.2010"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[3]});
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 1) == "AS.2010");
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 2) == "ok");
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{all[0], all[3]});
}

RULE("zones change on a live group, but not during an action", {.source = "AS.2054"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1, .zones = {kZoneA}});
  run_for(cloud, 50s);
  CHECK(change(cloud, group, &ModifyAsGroup::zones, {kZoneB}) == "AS.2054");
  CHECK(change(cloud, group, &ModifyAsGroup::zones, {kZoneA}) == "ok");  // The same again is no change.
  run_for(cloud, 50s);
  CHECK(change(cloud, group, &ModifyAsGroup::zones, {kZoneB}) == "ok");
  run_for(cloud, 1h);
  CHECK(zone_counts(cloud, group) == std::vector{1, 0, 0});  // Nobody moves.
}

RULE("networks and security groups change only while a group is empty, idle and not enabled",
     {.source = "AS.2030"}) {
  const std::vector<GroupNetwork> networks{{kSecondSubnet, false, std::nullopt}};
  const std::vector<SecurityGroupId> security_groups{kSecondSecurityGroup};
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud);
  std::string expected = "ok";
  SECTION("disabled and empty") {}
  SECTION("enabled and empty") {
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    expected = "AS.2030";
  }
  SECTION("disabled with a member") {
    REQUIRE(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
    set_desire(cloud, group, 1);
    run_until_idle(cloud, group);
    disable(cloud, group);
    expected = "AS.2030";
  }
  CHECK(change(cloud, group, &ModifyAsGroup::networks, networks) == expected);
  CHECK(change(cloud, group, &ModifyAsGroup::security_groups, security_groups) == expected);
  const auto stored = group_of(cloud, group).set.networks;
  CHECK(stored[0].subnet == (expected == "ok" ? kSecondSubnet : kSubnet));
  CHECK(change(cloud, group, &ModifyAsGroup::networks, stored) == "ok");  // The same again is no change.
}

RULE("another configuration serves the next action, not the running one",
     {.source = "AS API reference, modifying a group"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.max_parallel_creates = 1;
  Cloud cloud = a_cloud(behaviour);
  const AsConfigurationId before = create_configuration(cloud, {.name = "before"});
  const AsConfigurationId after = create_configuration(cloud, {.name = "after"});
  const AsGroupId group = enabled_group(cloud, {.configuration = before, .desire = 2});
  run_for(cloud, 50s);
  bind_configuration(cloud, group, after);
  set_desire(cloud, group, 3);
  run_until_idle(cloud, group);
  const auto all = members(cloud, group);
  REQUIRE(all.size() == 3);
  CHECK(instance_of(cloud, all[1]).joined ==
        kStart + 100s);  // Launched after the change, by the action before it.
  CHECK(instance_of(cloud, all[1]).configuration == before);
  CHECK(instance_of(cloud, all[2]).configuration == after);
}

RULE("another removal policy counts from the next scale in on",
     {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .zones = {kZoneA}});
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  const auto all = members(cloud, group);
  CHECK(change(cloud, group, &ModifyAsGroup::terminate_policy, TerminatePolicy::NewInstance) == "ok");
  set_desire(cloud, group, 1);
  run_until_idle(cloud, group);
  CHECK(members(cloud, group) == std::vector{all[0]});
}

RULE("fields of other kinds change at any time", {.source = "AS API reference, modifying a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  run_for(cloud, 50s);
  CHECK(change(cloud, group, &ModifyAsGroup::name, "other") == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::cool_down, 60s) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::notify_by_email, true) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::multi_az_policy, MultiAzPolicy::PickFirst) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::description, "a group") == "ok");
  CHECK(group_of(cloud, group).set.name == "other");
  CHECK(group_of(cloud, group).set.cool_down == 60s);
  CHECK(change(cloud, group, &ModifyAsGroup::cool_down, 86401s) == "AS.2006");
  CHECK(change(cloud, group, &ModifyAsGroup::name, "not a name") == "AS.2022");
  CHECK(group_of(cloud, group).set.name == "other");
}

RULE("a refused change leaves everything as it was", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.desire = 4, .max = 6});
  ModifyAsGroup request = numbers(group, {7, {}, {}});
  request.name = "other";
  request.cool_down = 60s;
  REQUIRE(outcome(cloud.submit(request)) == "AS.2005");
  CHECK(group_of(cloud, group).set.name == "web");
  CHECK(group_of(cloud, group).set.cool_down == 300s);
}

}  // namespace
}  // namespace tidepool::sim
