// What policies make of the desired number: by number, by percentage, and cut to the limits.
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

std::string execute(Cloud& cloud, AsPolicyId policy) {
  return outcome(cloud.submit(ExecuteAsPolicy{policy}));
}

// Executes a policy with that action by hand, and lets its scaling action end.
void do_now(Cloud& cloud, AsGroupId group, const PolicyAction& action) {
  const AsPolicyId policy = create_policy(cloud, group, a_policy({.action = action}));
  REQUIRE(execute(cloud, policy) == "ok");
  run_until_idle(cloud, group);
}

RULE("what does not fit is cut to the limits, and fails only when nothing is left",
     {.source = "AS documents"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2, .max = 5});
  const auto logs = [&] { return executions(cloud, group, cloud.now()).back(); };
  const auto ends = [&](const char* text) { return logs().ends_with(text); };
  do_now(cloud, group, by_number(Add, 3));
  CHECK(ends("MANUAL 4->5 SUCCESS"));
  CHECK(actions(cloud, group).back().find("NORMAL MANNUAL 4->5 SUCCESS") != std::string::npos);
  do_now(cloud, group, by_number(Add, 1));
  CHECK(ends("MANUAL 5->5 AS.0050"));
  CHECK(actions(cloud, group).size() == 2);
  do_now(cloud, group, by_number(Remove, 10));
  CHECK(ends("MANUAL 5->2 SUCCESS"));
  CHECK(group_of(cloud, group).current() == 2);
  do_now(cloud, group, by_number(Remove, 1));
  CHECK(ends("MANUAL 2->2 AS.3040"));
  do_now(cloud, group, by_number(Set, 2));
  CHECK(ends("MANUAL 2->2 SUCCESS"));
  CHECK(actions(cloud, group).size() == 3);
  do_now(cloud, group, by_number(Set, 100));
  CHECK(ends("MANUAL 2->5 SUCCESS"));
  CHECK(group_of(cloud, group).current() == 5);
  do_now(cloud, group, by_number(Set, 0));
  CHECK(ends("MANUAL 5->2 SUCCESS"));
}

RULE("a percentage is of the current number, rounded as documented", {.source = "AS documents"}) {
  struct Row {
    int current, percent, add, remove, set;
  };
  const auto row = GENERATE(values<Row>({
      {0, 50, 0, 0, 0},
      {1, 10, 2, 0, 1},
      {4, 25, 5, 3, 1},
      {7, 10, 8, 6, 1},
      {7, 30, 9, 5, 2},
      {7, 99, 13, 1, 6},
      {10, 10, 11, 9, 1},
      {3, 20000, 20, 0, 20},
  }));
  struct Case {
    PolicyOperation operation;
    int Row::*expected;
  };
  const auto each = GENERATE(values<Case>({{Add, &Row::add}, {Remove, &Row::remove}, {Set, &Row::set}}));
  CAPTURE(row.current, row.percent, static_cast<int>(each.operation));
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = row.current});
  do_now(cloud, group, by_percentage(each.operation, row.percent));
  CHECK(group_of(cloud, group).set.desire == row.*(each.expected));
}

RULE("the share is of the current number, and changes the desired one", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  set_desire(cloud, group, 10);
  run_for(cloud, 10s);  // Six members are pending: they do not count.
  const AsPolicyId half_more = create_policy(cloud, group, a_policy({.action = by_percentage(Add, 50)}));
  REQUIRE(execute(cloud, half_more) == "ok");
  CHECK(executions_of(cloud, half_more, cloud.now()) == Lines{"0 MANUAL 10->12 SUCCESS"});
}

RULE("ten instances, +10 %, +30 %, -10 %, -30 %: the published example agrees", {.source = ""}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 10});
  std::vector<int> sizes;
  for (const auto& action : {by_percentage(Add, 10), by_percentage(Add, 30), by_percentage(Remove, 10),
                             by_percentage(Remove, 30)}) {
    do_now(cloud, group, action);
    sizes.push_back(group_of(cloud, group).current());
  }
  CHECK(sizes == std::vector{11, 14, 13, 10});
}

RULE("a policy without number and percentage means one instance",
     {.source = "AS API reference, creating a policy"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  do_now(cloud, group, PolicyAction{Remove, std::nullopt, std::nullopt});
  CHECK(group_of(cloud, group).set.desire == 3);
  do_now(cloud, group, PolicyAction{});
  CHECK(group_of(cloud, group).set.desire == 4);
}

RULE("no policy goes below the protected members", {.source = "AS.3040, our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 5, .min = 1});
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[1], all[2]});
  do_now(cloud, group, by_number(Remove, 10));
  CHECK(group_of(cloud, group).set.desire == 3);
  CHECK(members(cloud, group) == std::vector{all[0], all[1], all[2]});
  do_now(cloud, group, by_number(Remove, 1));
  CHECK(executions(cloud, group).back().ends_with("3->3 AS.3040"));
}

}  // namespace
}  // namespace tidepool::sim
