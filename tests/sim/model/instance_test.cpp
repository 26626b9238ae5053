#include "sim/model/instance.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tidepool::sim {
namespace {

using enum LifecycleState;

constexpr std::array kStates = {Pending, PendingWait, InService, Removing, RemovingWait, Gone, Standby};

TEST_CASE("an instance moves through its life cycle only along the allowed steps", "[instance]") {
  struct Row {
    const char* why;
    LifecycleState from;
    std::vector<LifecycleState> to;
  };
  const auto row = GENERATE(values<Row>({
      {"a booted instance waits for its hook, serves or has failed", Pending, {PendingWait, InService, Gone}},
      {"after a hook the next one, service or the end", PendingWait, {Pending, InService, Gone}},
      {"one in service is removed or put into standby", InService, {Removing, Standby}},
      {"a removal waits for its hook or ends", Removing, {RemovingWait, Gone}},
      {"after its hooks the removal goes on", RemovingWait, {Removing}},
      {"one in standby serves again or is removed", Standby, {InService, Removing}},
      {"what is gone stays gone", Gone, {}},
  }));
  CAPTURE(row.why);
  std::vector<LifecycleState> allowed;
  for (const LifecycleState to : kStates)
    if (may_move(row.from, to)) allowed.push_back(to);
  CHECK(allowed.size() == row.to.size());
  for (const LifecycleState to : row.to) CHECK(may_move(row.from, to));
}

TEST_CASE("no state moves to itself", "[instance]") {
  for (const LifecycleState state : kStates) CHECK_FALSE(may_move(state, state));
}

TEST_CASE("an instance that leaves never comes back into service", "[instance]") {
  for (const LifecycleState from : {Removing, RemovingWait, Gone})
    for (const LifecycleState to : {Pending, PendingWait, InService}) CHECK_FALSE(may_move(from, to));
}

TEST_CASE("life-cycle states are written as the service writes them", "[instance]") {
  CHECK(text_of(Pending) == std::string("PENDING"));
  CHECK(text_of(PendingWait) == std::string("PENDING_WAIT"));
  CHECK(text_of(InService) == std::string("INSERVICE"));
  CHECK(text_of(Removing) == std::string("REMOVING"));
  CHECK(text_of(RemovingWait) == std::string("REMOVING_WAIT"));
  CHECK(text_of(Gone) == std::string("GONE"));
}

TEST_CASE("health and ECS states are written as their services write them", "[instance]") {
  CHECK(text_of(HealthStatus::Initializing) == std::string("INITIALIZING"));
  CHECK(text_of(HealthStatus::Normal) == std::string("NORMAL"));
  CHECK(text_of(HealthStatus::Error) == std::string("ERROR"));
  CHECK(text_of(EcsStatus::Build) == std::string("BUILD"));
  CHECK(text_of(EcsStatus::Active) == std::string("ACTIVE"));
  CHECK(text_of(EcsStatus::ShutOff) == std::string("SHUTOFF"));
  CHECK(text_of(EcsStatus::Error) == std::string("ERROR"));
  CHECK(text_of(EcsStatus::Deleted) == std::string("DELETED"));
}

TEST_CASE("an instance serves while it is in service on a running ECS that the load balancer reaches",
          "[instance]") {
  struct Row {
    const char* why;
    LifecycleState state;
    EcsStatus ecs;
    bool lb_offline, expected;
  };
  const auto row = GENERATE(values<Row>({
      {"all well", InService, EcsStatus::Active, false, true},
      {"not yet in service", Pending, EcsStatus::Active, false, false},
      {"held by a hook", PendingWait, EcsStatus::Active, false, false},
      {"on its way out", Removing, EcsStatus::Active, false, false},
      {"held on its way out", RemovingWait, EcsStatus::Active, false, false},
      {"gone", Gone, EcsStatus::Active, false, false},
      {"ECS still building", InService, EcsStatus::Build, false, false},
      {"ECS stopped", InService, EcsStatus::ShutOff, false, false},
      {"ECS broken", InService, EcsStatus::Error, false, false},
      {"ECS deleted", InService, EcsStatus::Deleted, false, false},
      {"not reached by the load balancer", InService, EcsStatus::Active, true, false},
  }));
  CAPTURE(row.why);
  Instance instance;
  instance.state = row.state;
  instance.ecs = row.ecs;
  instance.lb_offline = row.lb_offline;
  CHECK(instance.serves() == row.expected);
}

TEST_CASE("an instance is ill when its ECS does not run or the load balancer does not reach it",
          "[instance]") {
  Instance instance;
  for (const EcsStatus ecs : {EcsStatus::Build, EcsStatus::ShutOff, EcsStatus::Error, EcsStatus::Deleted}) {
    instance.ecs = ecs;
    CHECK(instance.is_ill());
  }
  instance.ecs = EcsStatus::Active;
  CHECK_FALSE(instance.is_ill());
  instance.lb_offline = true;
  CHECK(instance.is_ill());
}

TEST_CASE("an instance counts as added by hand when a server of the region stands behind it", "[instance]") {
  Instance instance;
  CHECK_FALSE(instance.is_manual());
  instance.server = id_at<ServerId>(0);
  CHECK(instance.is_manual());
}

TEST_CASE("a new instance is pending, not healthy yet, and neither in service nor gone", "[instance]") {
  const Instance instance;
  CHECK(instance.state == Pending);
  CHECK(instance.health == HealthStatus::Initializing);
  CHECK(instance.ecs == EcsStatus::Build);
  CHECK(instance.in_service_since == kNever);
  CHECK(instance.left == kNever);
  CHECK(instance.ecs_deleted == kNever);
  CHECK_FALSE(instance.serves());
}

}  // namespace
}  // namespace tidepool::sim
