// What the parameters of "Creating an AS Group" mean when the group is made. Those that matter later have stories of
// their own: cooldown, placement, removal, health, load balancers, resources.
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
using rules::Under;
using rules::with;

// Only what the service insists on.
CreateAsGroup the_least(AsConfigurationId configuration) {
  CreateAsGroup request;
  request.set.name = "least";
  request.set.configuration = configuration;
  request.set.vpc = kVpc;
  request.set.networks = {{kSubnet, false, std::nullopt}};
  return request;
}

RULE("a group is created disabled and empty, whatever it desires",
     {.source = "our decision", .knob = "initial_status = PAUSED"}) {
  Cloud cloud = a_cloud(with(&Behaviour::initial_status, InitialStatus::Paused));
  const AsGroupId group = create_group(cloud, {.desire = 3});
  run_for(cloud, 1h);
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);
  CHECK(group_of(cloud, group).set.desire == 3);
  CHECK(members(cloud, group).empty());
  CHECK(actions(cloud, group).empty());
}

RULE("with the initial status INSERVICE a new group grows at once",
     {.source = "AS user manual, creating a group", .knob = "initial_status = INSERVICE"}) {
  Cloud cloud = a_cloud(with(&Behaviour::initial_status, InitialStatus::InService));
  const AsGroupId group = create_group(cloud, {.desire = 3});
  run_for(cloud, kBoot);
  CHECK(group_of(cloud, group).status == GroupStatus::InService);
  CHECK(group_of(cloud, group).current() == 3);
}

RULE("a group that nothing can host is created disabled, also with the initial status INSERVICE",
     {.source = "our decision", .knob = "initial_status = INSERVICE"}) {
  Behaviour behaviour = with(&Behaviour::initial_status, InitialStatus::InService);
  behaviour.require_configuration = false;
  Cloud cloud = a_cloud(behaviour);
  AsConfigurationId configuration = none<AsConfigurationId>();
  SECTION("it has no configuration") {}
  SECTION("its flavor is sold out") {
    configuration = create_configuration(cloud);
    sold_out_everywhere(cloud);
  }
  const auto group = cloud.submit(the_least(configuration));
  REQUIRE(outcome(group) == "ok");
  CHECK(group_of(cloud, *group).status == GroupStatus::Paused);
}

// ---- Defaults ----

AsGroupSettings with_defaults() {
  Cloud cloud = a_cloud();
  const auto group = cloud.submit(the_least(create_configuration(cloud)));
  REQUIRE(outcome(group) == "ok");
  return cloud.find(*group)->set;
}

RULE("min is 0 when it is left out", {.source = "AS API reference, creating a group"}) {
  CHECK(with_defaults().min == 0);
}

RULE("the desired number is min when it is left out", {.source = "AS API reference, creating a group"}) {
  Cloud cloud = a_cloud();
  CHECK(group_of(cloud, create_group(cloud, {.min = 2})).set.desire == 2);
}

RULE("max is 0 when it is left out, so that such a group can hold nobody until max is raised",
     {.source = "AS API reference, creating a group (classic page)",
      .knob = "default_max = 0",
      .under = Under::Classic}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.max = std::nullopt});
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 1) == "AS.2005");
  CHECK(change(cloud, group, &ModifyAsGroup::max, 1) == "ok");
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 1) == "ok");
}

RULE("max is 1 when it is left out, as the present reference says",
     {.source = "AS API reference, creating a group (present page)",
      .knob = "default_max = 1",
      .under = Under::Current}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = create_group(cloud, {.max = std::nullopt});
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 2) == "AS.2005");
  CHECK(change(cloud, group, &ModifyAsGroup::desire, 1) == "ok");
}

RULE("what was left out must fit what was said: min and desire are held against the default max",
     {.source = "AS API reference, error codes AS.2004 and AS.2005"}) {
  Cloud cloud = a_cloud(with(&Behaviour::default_max, 1));
  GroupSpec spec{.configuration = create_configuration(cloud), .max = std::nullopt};
  spec.min = 2;
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2004");
  spec.min = 0;
  spec.desire = 2;
  CHECK(outcome(cloud.submit(a_group(spec))) == "AS.2005");
  spec.desire = 1;
  CHECK(outcome(cloud.submit(a_group(spec))) == "ok");
}

RULE("the cooldown is 300 s when it is left out", {.source = "AS API reference, creating a group"}) {
  CHECK(with_defaults().cool_down == 300s);
}

RULE("health is checked every five minutes, after a grace of ten, when nothing else is said",
     {.source = "AS API reference, creating a group"}) {
  CHECK(with_defaults().health_period() == 5min);
  CHECK(with_defaults().health_grace == 600s);
}

RULE("the oldest instance of the oldest configuration leaves first when nothing else is said",
     {.source = "AS API reference, creating a group"}) {
  CHECK(with_defaults().terminate_policy == TerminatePolicy::OldConfigOldInstance);
}

RULE("zones are balanced when nothing else is said", {.source = "AS API reference, creating a group"}) {
  CHECK(with_defaults().multi_az_policy == MultiAzPolicy::EquilibriumDistribute);
}

RULE("without a word on it no mail is sent, and EIPs and data disks are kept",
     {.source = "AS API reference, creating a group"}) {
  CHECK_FALSE(with_defaults().notify_by_email);
  CHECK_FALSE(with_defaults().delete_publicip);
  CHECK_FALSE(with_defaults().delete_volume);
}

RULE("a group that names no enterprise project is in the default one",
     {.source = "AS API reference, creating a group"}) {
  CHECK(with_defaults().enterprise_project == kDefaultProject);
}

// ---- Numbers ----

std::string created_with(const Behaviour& behaviour, std::optional<int> desire, int min, int max) {
  Cloud cloud = a_cloud(behaviour);
  GroupSpec spec{.configuration = create_configuration(cloud), .desire = desire, .min = min, .max = max};
  const std::string done = outcome(cloud.submit(a_group(spec)));
  CHECK(cloud.all_groups().size() == (done == "ok" ? 1 : 0));
  return done;
}

std::string created_with(std::optional<int> desire, int min, int max) {
  return created_with(behaviour_under_test(), desire, min, max);
}

RULE("the desired number of a new group lies between min and max, both included",
     {.source = "AS API reference, error code AS.2005"}) {
  CHECK(created_with(1, 2, 5) == "AS.2005");
  CHECK(created_with(2, 2, 5) == "ok");
  CHECK(created_with(5, 2, 5) == "ok");
  CHECK(created_with(6, 2, 5) == "AS.2005");
  CHECK(created_with(3, 3, 3) == "ok");
}

RULE("min is neither negative nor above max", {.source = "AS API reference, error code AS.2004"}) {
  CHECK(created_with(std::nullopt, 6, 5) == "AS.2004");
  CHECK(created_with(std::nullopt, 5, 5) == "ok");
  CHECK(created_with(std::nullopt, -1, 5) == "AS.2004");
}

RULE("a group has up to 300 instances",
     {.source = "AS API reference, creating a group", .knob = "max_instances_per_group = 300"}) {
  CHECK(created_with(300, 0, 300) == "ok");
  CHECK(created_with(0, 0, 301) == "AS.2045");
}

RULE("the largest size of a group can be set to 200, the strict reading of the user manual",
     {.source = "AS user manual, quotas", .knob = "max_instances_per_group = 200"}) {
  const Behaviour behaviour = with(&Behaviour::max_instances_per_group, 200);
  CHECK(created_with(behaviour, 0, 0, 200) == "ok");
  CHECK(created_with(behaviour, 0, 0, 201) == "AS.2045");
}

RULE("the largest size of a group bounds the numbers in its policies, too",
     {.source = "our decision", .knob = "max_instances_per_group = 200"}) {
  Cloud cloud = a_cloud(with(&Behaviour::max_instances_per_group, 200));
  const AsGroupId group = create_group(cloud);
  const auto add = [&](int number) {
    const AsPolicySettings set = a_policy({.action = by_number(PolicyOperation::Add, number)});
    return outcome(cloud.submit(CreateAsPolicy{group, set}));
  };
  CHECK(add(200) == "ok");
  CHECK(add(201) == "AS.3018");
}

// ---- Single fields ----

std::string created(GroupSpec spec) {
  Cloud cloud = a_cloud();
  spec.configuration = create_configuration(cloud);
  const std::string done = outcome(cloud.submit(a_group(spec)));
  CHECK(cloud.all_groups().size() == (done == "ok" ? 1 : 0));
  return done;
}

RULE("a group's name has 1 to 64 letters, digits, hyphens and underscores",
     {.source = "AS API reference, creating a group"}) {
  CHECK(created({.name = ""}) == "AS.2002");
  CHECK(created({.name = "my web"}) == "AS.2022");
  CHECK(created({.name = "My-web_1"}) == "ok");
  CHECK(created({.name = std::string(64, 'x')}) == "ok");
  CHECK(created({.name = std::string(65, 'x')}) == "AS.2003");
}

RULE("two groups may have one name", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  const AsGroupId first = create_group(cloud, {.name = "twin"});
  const AsGroupId second = create_group(cloud, {.name = "twin"});
  CHECK(first != second);
}

RULE("the cooldown of a group is none to a day", {.source = "AS API reference, creating a group"}) {
  CHECK(created({.cool_down = 0s}) == "ok");
  CHECK(created({.cool_down = 86400s}) == "ok");
  CHECK(created({.cool_down = 86401s}) == "AS.2006");
}

RULE("members listen on ports 1 to 65535 and weigh 0 to 100",
     {.source = "AS API reference, creating a group"}) {
  CHECK(created({.pools = {{kPool, 1, 0}, {kSecondPool, 65535, 100}}}) == "ok");
  CHECK(created({.pools = {{kPool, 0, 1}}}) == "AS.2039");
  CHECK(created({.pools = {{kPool, 65536, 1}}}) == "AS.2039");
  CHECK(created({.pools = {{kPool, 80, -1}}}) == "AS.2040");
  CHECK(created({.pools = {{kPool, 80, 101}}}) == "AS.2040");
}

RULE("health can be checked every 0, 1, 5, 15, 60 or 180 minutes, and at no other interval",
     {.source = "AS API reference, creating a group"}) {
  for (const int offered : {0, 1, 5, 15, 60, 180}) CHECK(created({.health_minutes = offered}) == "ok");
  for (const int other : {-1, 2, 10, 181}) CHECK(created({.health_minutes = other}) == "AS.2031");
}

RULE("the grace before health checks is none to a day", {.source = "AS API reference, creating a group"}) {
  CHECK(created({.grace = 0s}) == "ok");
  CHECK(created({.grace = 86400s}) == "ok");
  CHECK(created({.grace = 86401s}) == "AS.2046");
}

// ---- The configuration ----

RULE("a group can be created without a configuration",
     {.source = "AS API reference, creating a group (classic page)",
      .knob = "require_configuration = false",
      .under = Under::Classic}) {
  Cloud cloud = a_cloud();
  CHECK(outcome(cloud.submit(the_least(none<AsConfigurationId>()))) == "ok");
}

RULE("a group needs a configuration when it is created",
     {.source = "AS API reference, creating a group (present page)",
      .knob = "require_configuration = true",
      .under = Under::Current}) {
  Cloud cloud = a_cloud();
  CHECK(outcome(cloud.submit(the_least(none<AsConfigurationId>()))) == "AS.1003");
  CHECK(outcome(cloud.submit(the_least(create_configuration(cloud)))) == "ok");
}

RULE("a configuration that does not exist refuses the group",
     {.source = "AS API reference, error code AS.1004"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId gone = create_configuration(cloud);
  REQUIRE(outcome(cloud.submit(DeleteAsConfiguration{gone})) == "ok");
  CHECK(outcome(cloud.submit(the_least(gone))) == "AS.1004");
}

RULE("a group without a configuration can be enabled once it gets one",
     {.source = "AS API reference, error code AS.2018", .knob = "require_configuration = false"}) {
  Cloud cloud = a_cloud(with(&Behaviour::require_configuration, false));
  CreateAsGroup request = the_least(none<AsConfigurationId>());
  request.desire = request.max = 2;
  const auto made = cloud.submit(request);
  REQUIRE(outcome(made) == "ok");
  const AsGroupId group = *made;
  CHECK(outcome(cloud.submit(ResumeAsGroup{group})) == "AS.2018");
  CHECK(group_of(cloud, group).status == GroupStatus::Paused);

  bind_configuration(cloud, group, create_configuration(cloud));
  CHECK(outcome(cloud.submit(ResumeAsGroup{group})) == "ok");
  run_for(cloud, kBoot);
  CHECK(group_of(cloud, group).current() == 2);
}

RULE("one configuration serves many groups", {.source = "AS user manual, AS configurations"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId shared = create_configuration(cloud);
  for (int i = 0; i < 3; ++i) {
    const AsGroupId group = grown_group(cloud, {.configuration = shared, .desire = 1});
    CHECK(instance_of(cloud, newest_member(cloud, group)).configuration == shared);
  }
}

RULE("a configuration can't be deleted while a group has it, in any status",
     {.source = "AS API reference, error code AS.1006"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId bound = create_configuration(cloud);
  const AsGroupId group = create_group(cloud, {.configuration = bound});
  CHECK(outcome(cloud.submit(DeleteAsConfiguration{bound})) == "AS.1006");
  bind_configuration(cloud, group, create_configuration(cloud));
  CHECK(outcome(cloud.submit(DeleteAsConfiguration{bound})) == "ok");
}

RULE("a deleted group lets go of its configuration", {.source = "AS user manual, deleting a configuration"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId bound = create_configuration(cloud);
  const AsGroupId group = create_group(cloud, {.configuration = bound});
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::No})) == "ok");
  CHECK(outcome(cloud.submit(DeleteAsConfiguration{bound})) == "ok");
}

// ---- Zones ----

std::vector<ZoneId> chosen_zones(const std::vector<FlavorId>& flavors) {
  Cloud cloud = a_cloud(with(&Behaviour::require_configuration, false));
  const auto configuration =
      flavors.empty() ? none<AsConfigurationId>() : create_configuration(cloud, {.flavors = flavors});
  const auto group = cloud.submit(the_least(configuration));
  REQUIRE(outcome(group) == "ok");
  return cloud.find(*group)->set.zones;
}

RULE("without zones the service takes those that offer a flavor, in the region's order",
     {.source = "our decision"}) {
  CHECK(chosen_zones({kSmall}) == std::vector{kZoneA, kZoneB, kZoneC});
  CHECK(chosen_zones({kLarge}) == std::vector{kZoneA, kZoneB});
  CHECK(chosen_zones({kGpu}) == std::vector{kZoneC});
  CHECK(chosen_zones({kGpu, kLarge}) == std::vector{kZoneA, kZoneB, kZoneC});
}

RULE("without zones and without a configuration the service takes all zones of the region",
     {.source = "our decision", .knob = "require_configuration = false"}) {
  CHECK(chosen_zones({}) == std::vector{kZoneA, kZoneB, kZoneC});
}

RULE("the zones that the service chose are the group's from then on", {.source = "our decision"}) {
  Cloud cloud = a_cloud();
  CreateAsGroup request = the_least(create_configuration(cloud, {.flavors = {kLarge}}));
  request.max = 9;
  const auto group = cloud.submit(request);
  REQUIRE(outcome(group) == "ok");
  bind_configuration(cloud, *group, create_configuration(cloud));  // One that C offers as well.
  CHECK(cloud.find(*group)->set.zones == std::vector{kZoneA, kZoneB});
}

// ---- The way of checking health ----

HealthAudit audit_of(const GroupSpec& spec) {
  Cloud cloud = a_cloud();
  return group_of(cloud, create_group(cloud, spec)).set.health_audit;
}

RULE("a group without a load balancer is checked by NOVA_AUDIT",
     {.source = "AS API reference, creating a group"}) {
  CHECK(audit_of({}) == HealthAudit::Nova);
}

RULE("a group with a load balancer is checked by ELB_AUDIT",
     {.source = "AS API reference, creating a group"}) {
  CHECK(audit_of({.listeners = {kListener}}) == HealthAudit::Elb);
  CHECK(audit_of({.pools = {{kPool, 80, 1}}}) == HealthAudit::Elb);
}

RULE("a client may choose NOVA_AUDIT in spite of a load balancer",
     {.source = "AS API reference, creating a group"}) {
  CHECK(audit_of({.listeners = {kListener}, .audit = HealthAudit::Nova}) == HealthAudit::Nova);
}

RULE("ELB_AUDIT without a load balancer is taken and kept", {.source = "our decision"}) {
  CHECK(audit_of({.audit = HealthAudit::Elb}) == HealthAudit::Elb);
}

// ---- What members get of it ----

RULE("instances inherit the enterprise project of their group",
     {.source = "AS API reference, creating a group"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1, .project = kFinance});
  CHECK(instance_of(cloud, newest_member(cloud, group)).enterprise_project == kFinance);

  REQUIRE(change(cloud, group, &ModifyAsGroup::enterprise_project, kDefaultProject) == "ok");
  set_desire(cloud, group, 2);
  run_until_idle(cloud, group);
  CHECK(instance_of(cloud, members(cloud, group)[0]).enterprise_project == kFinance);
  CHECK(instance_of(cloud, members(cloud, group)[1]).enterprise_project == kDefaultProject);
}

RULE("another configuration replaces nobody",
     {.source = "AS user manual, changing a group's configuration"}) {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  const auto before = members(cloud, group);
  bind_configuration(cloud, group, create_configuration(cloud, {.flavors = {kCheap}}));
  run_for(cloud, 1h);
  CHECK(members(cloud, group) == before);
  CHECK(actions(cloud, group).size() == 1);
}

RULE("members remember the configuration they came from, also when it is deleted",
     {.source = "AS API reference, listing instances"}) {
  Cloud cloud = a_cloud();
  const AsConfigurationId old_one = create_configuration(cloud, {.name = "old"});
  run_for(cloud, 60s);
  const AsConfigurationId new_one = create_configuration(cloud, {.name = "new"});
  const AsGroupId group = grown_group(cloud, {.configuration = old_one, .desire = 1});
  bind_configuration(cloud, group, new_one);
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
