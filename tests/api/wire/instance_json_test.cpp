#include "api/wire/instance_json.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/wire/fields.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using support::outcome;

bool passes(const Query& query, const sim::Instance& instance) {
  const auto filter = read_instance_filter(query);
  REQUIRE(outcome(filter) == "ok");
  return admits(*filter, instance);
}

}  // namespace

TEST_CASE("an instance shows its states as they change", "[wire]") {
  auto cloud = support::a_cloud();
  const auto group = support::enabled_group(cloud, {.desire = 1});
  cloud.run_until(cloud.now());
  const auto member = support::newest_member(cloud, group);
  CHECK(write_instance(cloud, member).at("life_cycle_state") == "PENDING");
  CHECK(write_instance(cloud, member).at("health_status") == "INITIALIZING");
  support::run_until_idle(cloud, group);
  CHECK(write_instance(cloud, member).at("life_cycle_state") == "INSERVICE");
  CHECK(write_instance(cloud, member).at("health_status") == "NORMAL");
  support::protect(cloud, group, {member});
  CHECK(write_instance(cloud, member).at("protect_from_scaling_down") == true);
  REQUIRE(outcome(cloud.submit(sim::RemoveInstance{member})) == "ok");
  CHECK(write_instance(cloud, member).at("life_cycle_state") == "REMOVING");
}

TEST_CASE("an instance names its configuration also when another one is bound since", "[wire]") {
  auto cloud = support::a_cloud();
  const auto group = support::grown_group(cloud, {.desire = 1});
  const auto member = support::newest_member(cloud, group);
  const auto before = write_instance(cloud, member);
  support::bind_configuration(cloud, group, support::create_configuration(cloud, {.name = "next"}));
  REQUIRE(outcome(cloud.submit(sim::DeleteAsConfiguration{sim::AsConfigurationId{0}})) == "ok");
  CHECK(write_instance(cloud, member) == before);
  CHECK(before.at("scaling_configuration_name") == "conf");
}

TEST_CASE("an instance passes a filter when it matches all that is asked", "[wire]") {
  sim::Instance instance;
  instance.state = sim::LifecycleState::PendingWait;
  instance.health = sim::HealthStatus::Initializing;
  instance.is_protected = true;
  CHECK(passes({}, instance));
  CHECK(passes({{"life_cycle_state", "pending_wait"}}, instance));
  CHECK_FALSE(passes({{"life_cycle_state", "PENDING"}}, instance));
  CHECK(passes({{"health_status", "Initializing"}, {"protect_from_scaling_down", "true"}}, instance));
  CHECK_FALSE(passes({{"health_status", "INITIALIZING"}, {"protect_from_scaling_down", "false"}}, instance));
  CHECK_FALSE(passes({{"protect_from_scaling_down", ""}}, instance));
}

TEST_CASE("a filter for a state that nobody knows is refused and says which are known", "[wire]") {
  const auto filter = read_instance_filter({{"health_status", "ill"}});
  REQUIRE(outcome(filter) == "AS.4004");
  CHECK(filter.error().message == "health_status \"ill\": expected one of INITIALIZING, NORMAL, ERROR");
}

TEST_CASE("a batch of instances keeps its ids as they came", "[wire]") {
  const auto cloud = support::a_cloud();
  const auto batch = read_instances_batch(
      R"({"action": "REMOVE", "instances_id": ["b", "a"], "instance_delete": "yes", "instance_append": "no"})",
      cloud);
  REQUIRE(outcome(batch) == "ok");
  CHECK(batch->action == InstancesAction::Remove);
  CHECK(batch->ids == std::vector<std::string>{"b", "a"});
  CHECK(batch->ecs == sim::EcsFate::Delete);
}

TEST_CASE("the ECSs of a batch are kept unless it says otherwise", "[wire]") {
  const auto cloud = support::a_cloud();
  const auto* const body =
      GENERATE(R"({"action": "REMOVE", "instances_id": ["a"]})",
               R"({"action": "REMOVE", "instances_id": ["a"], "instance_delete": null})",
               R"({"action": "REMOVE", "instances_id": ["a"], "instance_delete": "no"})");
  const auto batch = read_instances_batch(body, cloud);
  REQUIRE(outcome(batch) == "ok");
  CHECK(batch->ecs == sim::EcsFate::Keep);
}

TEST_CASE("a batch with a list that is too long says how long it may be", "[wire]") {
  const auto cloud = support::a_cloud();
  const auto batch = read_instances_batch(
      R"({"action": "ADD", "instances_id": ["1","2","3","4","5","6","7","8","9","10","11"]})", cloud);
  REQUIRE(outcome(batch) == "AS.4022");
  CHECK(batch.error().message == "instances_id: 11 ids, expected 1 to 10");
}

}  // namespace tidepool::api
