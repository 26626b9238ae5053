// What the parameters of "Creating an AS Group" mean when the group is made. Those that matter later have stories of
// their own: cooldown, placement, removal, health, load balancers, resources.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/rules/rule.hpp"
#include "tests/support/cloud_builder.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::sim {
namespace {

using namespace support;

// Only what the service insists on.
CreateAsGroup the_least(AsConfigurationId configuration) {
  CreateAsGroup request;
  request.set.name = "least";
  request.set.configuration = configuration;
  request.set.vpc = kVpc;
  request.set.networks = {{kSubnet, false, std::nullopt}};
  return request;
}

RULE("a group is created disabled and empty, whatever it desires", {.source = "our decision"}) {
  const auto profile = profile_under_test();
  CAPTURE(profile.name);
  Cloud cloud = a_cloud(profile.behaviour);
  const AsGroupId group = create_group(cloud, {.desire = 3});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
  CHECK(group_of(cloud, group).set.desire == 3);
  CHECK(members(cloud, group).empty());
  CHECK(actions(cloud, group).empty());
}

RULE("with the initial status INSERVICE a new group grows at once", {.source = "our decision"}) {
  Behaviour behaviour = behaviour_under_test();
  behaviour.initial_status = InitialStatus::InService;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = create_group(cloud, {.desire = 3});
  run_for(cloud, kBoot);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(group_of(cloud, group).current() == 3);
}

RULE("what is left out takes the documented default", {.source = "AS API reference, creating a group"}) {
  struct Row {
    const char* why;
    Behaviour behaviour;
    int max;
  };
  const auto row = GENERATE(values<Row>({
      {"the classic page says max 0", Behaviour::classic(), 0},
      {"the current reference says max 1", Behaviour::current(), 1},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud(row.behaviour);
  const auto group = cloud.submit(the_least(create_configuration(cloud)));
  REQUIRE(outcome(group) == "ok");
  const AsGroupSettings& set = cloud.find(*group)->set;
  CHECK(set.desire == 0);
  CHECK(set.min == 0);
  CHECK(set.max == row.max);
  CHECK(set.cool_down == 300s);
  CHECK(set.health_period() == 5min);
  CHECK(set.health_grace == 600s);
  CHECK(set.terminate_policy == TerminatePolicy::OldConfigOldInstance);
  CHECK(set.multi_az_policy == MultiAzPolicy::EquilibriumDistribute);
  CHECK_FALSE((set.notify_by_email || set.delete_publicip || set.delete_volume));
  CHECK(set.enterprise_project == kDefaultProject);
}

RULE("the desired number is min when it is left out", {.source = "AS API reference, creating a group"}) {
  Cloud cloud = a_cloud();
  CHECK(group_of(cloud, create_group(cloud, {.min = 2})).set.desire == 2);
}

RULE("0 <= min <= desire <= max must hold, defaults included", {.source = "AS.2004, AS.2005, AS.2045"}) {
  struct Row {
    const char* why;
    std::optional<int> desire;
    int min;
    std::optional<int> max;
    std::string outcome;
  };
  const auto row = GENERATE(values<Row>({
      {"all equal", 3, 3, 3, "ok"},
      {"below min", 1, 2, 5, "AS.2005"},
      {"above max", 6, 2, 5, "AS.2005"},
      {"min above max", std::nullopt, 6, 5, "AS.2004"},
      {"min above the default max of 0", std::nullopt, 1, std::nullopt, "AS.2004"},
      {"desire above the default max of 0", 1, 0, std::nullopt, "AS.2005"},
      {"negative min", std::nullopt, -1, 5, "AS.2004"},
      {"the largest group", 300, 0, 300, "ok"},
      {"larger than a group may be", 0, 0, 301, "AS.2045"},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const AsConfigurationId conf = create_configuration(cloud);
  GroupSpec spec{.configuration = conf, .desire = row.desire, .min = row.min, .max = row.max};
  CHECK(outcome(cloud.submit(a_group(spec))) == row.outcome);
}

RULE("the largest size of a group can be set: 200 for the strict reading", {.source = "our decision"}) {
  Behaviour behaviour = Behaviour::classic();
  behaviour.max_instances_per_group = 200;
  Cloud cloud = a_cloud(behaviour);
  GroupSpec spec{.configuration = create_configuration(cloud), .max = 201};
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2045");
  spec.max = 200;
  CHECK(outcome(cloud.submit(a_group(spec))) == "ok");
}

RULE("a broken rule of a single field refuses the group", {.source = "AS API reference, creating a group"}) {
  struct Row {
    const char* why;
    GroupSpec spec;
    std::string outcome;
  };
  const auto row = GENERATE(values<Row>({
      {"no name", {.name = ""}, "AS.2002"},
      {"a space in the name", {.name = "my web"}, "AS.2022"},
      {"64 characters are allowed", {.name = std::string(64, 'x')}, "ok"},
      {"65 are not", {.name = std::string(65, 'x')}, "AS.2003"},
      {"a cooldown of a day is allowed", {.cool_down = 86400s}, "ok"},
      {"no cooldown is allowed", {.cool_down = 0s}, "ok"},
      {"a second more than a day is not", {.cool_down = 86401s}, "AS.2006"},
      {"both kinds of load balancer", {.listeners = {kListener}, .pools = {{kPool, 80, 1}}}, "AS.2026"},
      {"a port above 65535", {.pools = {{kPool, 65536, 1}}}, "AS.2039"},
      {"a weight above 100", {.pools = {{kPool, 80, 101}}}, "AS.2040"},
      {"a period that is not offered", {.health_minutes = 10}, "AS.2031"},
      {"a grace period of more than a day", {.grace = 86401s}, "AS.2046"},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  GroupSpec spec = row.spec;
  spec.configuration = create_configuration(cloud);
  CHECK(outcome(cloud.submit(a_group(spec))) == row.outcome);
  CHECK(cloud.all_groups().size() == (row.outcome == "ok" ? 1 : 0));
}

RULE("a configuration may be left out on the classic page and not in the current reference",
     {.source = "our decision"}) {
  Cloud classic = a_cloud(Behaviour::classic());
  CHECK(outcome(classic.submit(the_least(none<AsConfigurationId>()))) == "ok");
  Cloud current = a_cloud(Behaviour::current());
  CHECK(outcome(current.submit(the_least(none<AsConfigurationId>()))) == "AS.1003");
}

RULE("a group without a configuration can be enabled once it gets one", {.source = "AS.2018"}) {
  Cloud cloud = a_cloud();
  CreateAsGroup request = the_least(none<AsConfigurationId>());
  request.desire = request.max = 2;
  const AsGroupId group = *cloud.submit(request);
  CHECK(outcome(cloud.submit(ResumeAsGroup{group})) == "AS.2018");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);

  bind_configuration(cloud, group, create_configuration(cloud));
  CHECK(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(group_of(cloud, group).current() == 2);
}

RULE("without zones the service takes all that offer the flavor, in the region's order",
     {.source = "our decision"}) {
  struct Row {
    const char* why;
    std::vector<FlavorId> flavors;
    std::vector<ZoneId> expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no configuration: all", {}, {kZoneA, kZoneB, kZoneC}},
      {"offered everywhere", {kSmall}, {kZoneA, kZoneB, kZoneC}},
      {"offered in two", {kLarge}, {kZoneA, kZoneB}},
      {"offered in the last", {kGpu}, {kZoneC}},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  const auto conf =
      row.flavors.empty() ? none<AsConfigurationId>() : create_configuration(cloud, {.flavors = row.flavors});
  const auto group = cloud.submit(the_least(conf));
  REQUIRE(outcome(group) == "ok");
  CHECK(cloud.find(*group)->set.zones == row.expected);
}

RULE("the health check asks the load balancer by default only where there is one",
     {.source = "AS API reference"}) {
  struct Row {
    const char* why;
    GroupSpec spec;
    HealthAudit expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no load balancer", {}, HealthAudit::Nova},
      {"a classic one", {.listeners = {kListener}}, HealthAudit::Elb},
      {"an enhanced one", {.pools = {{kPool, 80, 1}}}, HealthAudit::Elb},
      {"one, but the client said otherwise",
       {.listeners = {kListener}, .audit = HealthAudit::Nova},
       HealthAudit::Nova},
      {"none, but the client said otherwise (our decision)", {.audit = HealthAudit::Elb}, HealthAudit::Elb},
  }));
  CAPTURE(row.why);
  Cloud cloud = a_cloud();
  CHECK(group_of(cloud, create_group(cloud, row.spec)).set.health_audit == row.expected);
}

RULE("instances inherit the enterprise project of their group",
     {.source = "AS API reference, enterprise_project_id"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .project = kFinance});
  CHECK(instance_of(cloud, newest_member(cloud, group)).enterprise_project == kFinance);

  REQUIRE(change(cloud, group, &ModifyAsGroup::enterprise_project, kDefaultProject) == "ok");
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(instance_of(cloud, members(cloud, group)[0]).enterprise_project == kFinance);
  CHECK(instance_of(cloud, members(cloud, group)[1]).enterprise_project == kDefaultProject);
}

RULE("members remember the configuration they came from", {.source = "AS API reference, listing instances"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId old_one = create_configuration(cloud, {.name = "old"});
  run_for(cloud, 60s);
  const AsConfigurationId new_one = create_configuration(cloud, {.name = "new"});
  const AsGroupId group = grown_group(cloud, {.configuration = old_one, .desire = 1});
  bind_configuration(cloud, group, new_one);
  run_for(cloud, 1h);
  CHECK(members(cloud, group).size() == 1);  // Another configuration replaces nobody.
  CHECK(outcome(cloud.submit(DeleteAsConfiguration{new_one})) == "AS.1006");
  REQUIRE(outcome(cloud.submit(DeleteAsConfiguration{old_one})) == "ok");
  CHECK(cloud.find(old_one) == nullptr);

  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  const Instance& first = instance_of(cloud, members(cloud, group)[0]);
  const Instance& second = instance_of(cloud, members(cloud, group)[1]);
  CHECK(first.configuration == old_one);
  CHECK(first.configuration_create_time == kStart);
  CHECK(second.configuration == new_one);
  CHECK(second.configuration_create_time == kStart + 60s);
}

}  // namespace
}  // namespace tidepool::sim
