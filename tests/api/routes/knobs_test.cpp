// Knobs that clients see, in both positions.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using Texts = std::vector<std::string>;

sim::Behaviour with(bool sim::Behaviour::*knob, bool position) {
  sim::Behaviour behaviour = support::prompt(sim::Behaviour::classic());
  behaviour.*knob = position;
  return behaviour;
}

}  // namespace

TEST_CASE("instances enter and leave standby where the knob offers it (AS.4018 otherwise)", "[routes]") {
  Client client{support::a_cloud(with(&sim::Behaviour::standby, true))};
  const sim::AsGroupId group = support::grown_group(client.cloud, {.desire = 2});
  const std::string first = client.text(support::members(client.cloud, group).front()),
                    path = "/scaling_group_instance/" + client.text(group);
  const auto act = [&](std::string_view action, std::string_view more = {}) {
    return outcome(
        client.post(path + "/action",
                    fmt::format(R"({{"action": "{}", "instances_id": ["{}"]{}}})", action, first, more)));
  };
  const auto states = [&](std::string_view query = {}) {
    return column(client.get(fmt::format("{}/list{}", path, query)), "scaling_group_instances",
                  "life_cycle_state");
  };
  CHECK(act("EXIT_STANDBY") == "400 AS.4029");
  CHECK(act("ENTER_STANDBY", R"(, "instance_append": "maybe")") == "400 AS.0022");
  CHECK(act("ENTER_STANDBY", R"(, "instance_append": "no")") == "204");
  CHECK(states() == Texts{"STANDBY", "INSERVICE"});
  CHECK(states("?life_cycle_state=standby") == Texts{"STANDBY"});
  const auto shown = body_of(client.get("/scaling_group/" + client.text(group)));
  CHECK(at(shown, "scaling_group/desire_instance_number") == 1);
  CHECK(at(shown, "scaling_group/current_instance_number") == 1);
  CHECK(act("REMOVE") == "400 AS.4030");
  CHECK(act("EXIT_STANDBY") == "204");
  CHECK(act("ENTER_STANDBY", R"(, "instance_append": "yes")") == "204");
  support::run_for(client.cloud, support::kBoot);
  CHECK(states() == Texts{"STANDBY", "INSERVICE", "INSERVICE"});
}

TEST_CASE("whole numbers that come as text are taken or refused (decision 48)", "[routes]") {
  struct Row {
    bool accepted;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({{true, "200"}, {false, "400 AS.0022"}}));
  Client client{support::a_cloud(with(&sim::Behaviour::integer_texts, row.accepted))};
  CHECK(outcome(client.post("/scaling_group", minimal_group(R"("max_instance_number": "5")"))) ==
        row.expected);
  CHECK(outcome(client.post("/scaling_group", minimal_group(R"("max_instance_number": 5)"))) == "200");
  const std::string group = create_group(client);
  CHECK(outcome(client.post("/scaling_policy",
                            fmt::format(R"({{"scaling_policy_name": "p", "scaling_group_id": "{}",
      "scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T08:00Z"}},
      "cool_down_time": "60"}})",
                                        group))) == row.expected);
}

TEST_CASE("limits of a group's policy are kept and told, and bound nothing (AS API reference, V2)",
          "[routes]") {
  Client client;
  const sim::AsGroupId group = support::grown_group(client.cloud, {.desire = 1});
  const std::string policy =
      text_at(client.post_v2("/scaling_policy",
                             fmt::format(R"({{"scaling_policy_name": "p", "scaling_resource_id": "{}",
      "scaling_resource_type": "SCALING_GROUP", "scaling_policy_type": "SCHEDULED",
      "scheduled_policy": {{"launch_time": "2026-03-02T08:00Z"}},
      "scaling_policy_action": {{"operation": "ADD", "size": 3, "limits": 2}}}})",
                                         client.text(group))),
              "scaling_policy_id");
  CHECK(at(body_of(client.get_v2("/scaling_policy/" + policy)),
           "scaling_policy/scaling_policy_action/limits") == 2);
  REQUIRE(outcome(client.post("/scaling_policy/" + policy + "/action", R"({"action": "execute"})")) == "204");
  CHECK(support::group_of(client.cloud, group).set.desire == 4);
}

}  // namespace tidepool::api
