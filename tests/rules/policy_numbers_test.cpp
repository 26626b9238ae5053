// What policies make of the desired number: by number, by percentage, and cut to the limits.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using rules::with;
using Lines = std::vector<std::string>;
using enum PolicyOperation;

// Executes a policy with that action by hand, and lets its scaling action end.
void do_now(Cloud& cloud, AsGroupId group, const PolicyAction& action) {
  const AsPolicyId policy = create_policy(cloud, group, a_policy({.action = action}));
  REQUIRE(execute(cloud, policy) == "ok");
  run_until_idle(cloud, group);
}

// A group of 4 between 2 and 5.
struct Bounded {
  Cloud cloud = a_cloud();
  AsGroupId group = grown_group(cloud, {.desire = 4, .min = 2, .max = 5});

  // The log of executing that, and the size that the group has after it.
  std::string log_of(const PolicyAction& action) {
    do_now(cloud, group, action);
    const std::string line = executions(cloud, group, cloud.now()).back();
    return line.substr(line.find(' ') + 1);
  }
  int size() const { return group_of(cloud, group).current(); }
  std::size_t action_count() const { return actions(cloud, group).size(); }
};

RULE("a policy that asks for more than max gets what fits",
     {.source = "AS user manual, expanding resources"}) {
  Bounded world;
  CHECK(world.log_of(by_number(Add, 3)) == "MANUAL 4->5 SUCCESS");
  CHECK(world.size() == 5);
}

RULE("a policy that asks for more in a full group has failed, and nothing happens", {.source = "AS.0050"}) {
  Bounded world;
  world.log_of(by_number(Add, 1));
  CHECK(world.log_of(by_number(Add, 1)) == "MANUAL 5->5 AS.0050");
  CHECK(world.action_count() == 2);
}

RULE("a policy that asks for less than min gets as low as min",
     {.source = "AS user manual, expanding resources"}) {
  Bounded world;
  CHECK(world.log_of(by_number(Remove, 10)) == "MANUAL 4->2 SUCCESS");
  CHECK(world.size() == 2);
}

RULE("a policy that asks for less at min has failed, and nothing happens", {.source = "AS.3040"}) {
  Bounded world;
  world.log_of(by_number(Remove, 2));
  CHECK(world.log_of(by_number(Remove, 1)) == "MANUAL 2->2 AS.3040");
  CHECK(world.action_count() == 2);
}

RULE("setting the number that there is succeeds without an action", {.source = "our decision"}) {
  Bounded world;
  CHECK(world.log_of(by_number(Set, 4)) == "MANUAL 4->4 SUCCESS");
  CHECK(world.action_count() == 1);
}

RULE("setting a number beyond the limits sets the limit", {.source = "our decision"}) {
  Bounded world;
  CHECK(world.log_of(by_number(Set, 100)) == "MANUAL 4->5 SUCCESS");
  CHECK(world.size() == 5);
  CHECK(world.log_of(by_number(Set, 1)) == "MANUAL 5->2 SUCCESS");
}

RULE("setting zero where min is more sets min", {.source = "our decision"}) {
  Bounded world;
  CHECK(world.log_of(by_number(Set, 0)) == "MANUAL 4->2 SUCCESS");
}

RULE("setting zero where min is zero empties the group", {.source = "AS API reference, instance_number"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 3});
  do_now(cloud, group, by_number(Set, 0));
  CHECK(members(cloud, group).empty());
}

RULE("a percentage of an empty group is nothing: adding it has failed", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 0});
  do_now(cloud, group, by_percentage(Add, 50));
  CHECK(executions(cloud, group).back().ends_with("MANUAL 0->0 AS.0050"));
}

RULE("a percentage is rounded down, but to 1 from anything between 0 and 1",
     {.source = "AS user manual, creating a policy"}) {
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

RULE("ten instances with +10 %, +30 %, -10 % and -30 % become 11, 14, 13 and 10",
     {.source = "AS user manual, creating a policy"}) {
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
     {.source = "AS API reference, instance_number"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 4});
  do_now(cloud, group, PolicyAction{Remove, std::nullopt, std::nullopt});
  CHECK(group_of(cloud, group).set.desire == 3);
  do_now(cloud, group, PolicyAction{});
  CHECK(group_of(cloud, group).set.desire == 4);
}

RULE("no policy goes below the protected members", {.source = "AS user manual, instance protection"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 5, .min = 1});
  const auto all = members(cloud, group);
  protect(cloud, group, {all[0], all[1], all[2]});
  do_now(cloud, group, by_number(Remove, 10));
  CHECK(group_of(cloud, group).set.desire == 3);
  CHECK(members(cloud, group) == std::vector{all[0], all[1], all[2]});
}

RULE("a policy that asks for less when only protected members are left has failed", {.source = "AS.3040"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  protect(cloud, group, members(cloud, group));
  do_now(cloud, group, by_number(Remove, 1));
  CHECK(executions(cloud, group).back().ends_with("2->2 AS.3040"));
}

// ---- What may be asked for ----

std::string outcome_of(const PolicyAction& action, const Behaviour& behaviour = behaviour_under_test()) {
  Cloud cloud = a_cloud(behaviour);
  return outcome(cloud.submit(CreateAsPolicy{create_group(cloud), a_policy({.action = action})}));
}

RULE("a policy adds or removes 1 at least", {.source = "AS.3018"}) {
  const auto operation = GENERATE(Add, Remove);
  CHECK(outcome_of(by_number(operation, 1)) == "ok");
  CHECK(outcome_of(by_number(operation, 0)) == "AS.3018");
  CHECK(outcome_of(by_number(operation, -1)) == "AS.3018");
}

RULE("a policy may set zero, and nothing below", {.source = "AS.3018"}) {
  CHECK(outcome_of(by_number(Set, 0)) == "ok");
  CHECK(outcome_of(by_number(Set, -1)) == "AS.3018");
}

RULE("numbers of policies go up to 300",
     {.source = "AS API reference (V2), size", .knob = "max_instances_per_group = 300"}) {
  const auto operation = GENERATE(Add, Remove, Set);
  CHECK(outcome_of(by_number(operation, 300)) == "ok");
  CHECK(outcome_of(by_number(operation, 301)) == "AS.3018");
}

RULE("numbers of policies go up to 200, as the first edition has it",
     {.source = "AS API reference, instance_number", .knob = "max_instances_per_group = 200"}) {
  const auto operation = GENERATE(Add, Remove, Set);
  const Behaviour behaviour = with(&Behaviour::max_instances_per_group, 200);
  CHECK(outcome_of(by_number(operation, 200), behaviour) == "ok");
  CHECK(outcome_of(by_number(operation, 201), behaviour) == "AS.3018");
}

RULE("percentages to add or remove are 1 to 20000", {.source = "AS.3035"}) {
  const auto operation = GENERATE(Add, Remove);
  CHECK(outcome_of(by_percentage(operation, 1)) == "ok");
  CHECK(outcome_of(by_percentage(operation, 20000)) == "ok");
  CHECK(outcome_of(by_percentage(operation, 0)) == "AS.3035");
  CHECK(outcome_of(by_percentage(operation, 20001)) == "AS.3035");
}

RULE("percentages to set are 0 to 20000", {.source = "AS.3035"}) {
  CHECK(outcome_of(by_percentage(Set, 0)) == "ok");
  CHECK(outcome_of(by_percentage(Set, 20000)) == "ok");
  CHECK(outcome_of(by_percentage(Set, 20001)) == "AS.3035");
}

RULE("a policy has a number or a percentage, not both", {.source = "AS.3036"}) {
  const auto operation = GENERATE(Add, Remove, Set);
  CHECK(outcome_of({operation, 1, 1}) == "AS.3036");
}

}  // namespace
}  // namespace tidepool::sim
