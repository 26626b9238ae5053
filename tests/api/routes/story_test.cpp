// Whole stories as a client sees them: calls, time that passes, and what the answers say afterwards.
#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"
#include "tests/support/cloud_words.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

Texts states_in(Client& client, std::string_view group) {
  return column(client.get(fmt::format("/scaling_group_instance/{}/list", group)), "scaling_group_instances",
                "life_cycle_state");
}

std::int64_t number_in(const boost::json::value& group, std::string_view member) {
  return at(group, fmt::format("scaling_group/{}", member)).as_int64();
}

// The reasons behind a log's newest action: JSON within JSON.
boost::json::value newest_reason(Client& client, std::string_view group) {
  const std::string text = text_at(client.get(fmt::format("/scaling_activity_log/{}", group)),
                                   "scaling_activity_log/0/description");
  return at(boost::json::parse(text), "reason/0");
}

}  // namespace

TEST_CASE("a group is made, enabled, grown, changed by a policy and cleared away", "[routes][story]") {
  Client client{support::a_cloud(sim::Behaviour::classic())};
  const std::string group =
      create_group(client, R"("desire_instance_number": 2, "max_instance_number": 4, "cool_down_time": 0)");
  support::run_for(client.cloud, 5min);
  CHECK(states_in(client, group).empty());  // Nothing is launched before it is enabled.

  resume(client, group);
  CHECK(states_in(client, group).empty());  // The group is looked at every 10 s.
  support::run_for(client.cloud, 10s);
  CHECK(states_in(client, group) == Texts{"PENDING", "PENDING"});
  support::run_for(client.cloud, support::kBoot);
  CHECK(states_in(client, group) == Texts{"INSERVICE", "INSERVICE"});

  const std::string policy = text_at(
      client.post("/scaling_policy", fmt::format(R"({{"scaling_policy_name": "more", "scaling_group_id": "{}",
        "scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-01T08:00Z"}},
        "scaling_policy_action": {{"operation": "ADD", "instance_percentage": 50}}}})",
                                                 group)),
      "scaling_policy_id");
  client.cloud.run_until(support::kStart + 9h);
  CHECK(states_in(client, group).size() == 3);
  const auto reason = newest_reason(client, group);
  CHECK(to_text(reason) ==
        fmt::format(
            R"({{"change_reason":"SCHEDULED","old_value":2,"new_value":3,)"
            R"("change_time":"2026-03-01T08:00:00Z","scaling_policy_name":"more","scaling_policy_id":"{}"}})",
            policy));

  CHECK(outcome(client.del(fmt::format("/scaling_group/{}", group))) == "400 AS.2021");
  CHECK(outcome(client.put(fmt::format("/scaling_group/{}", group), R"({"desire_instance_number": 0})")) ==
        "200");
  support::run_for(client.cloud, 30s);
  CHECK(states_in(client, group).empty());
  CHECK(envelope(client.get(fmt::format("/scaling_activity_log/{}", group))) == "3 0 20");
  CHECK(outcome(client.del(fmt::format("/scaling_group/{}", group))) == "204");
  CHECK(outcome(client.get(fmt::format("/scaling_policy/{}", policy))) == "404 AS.0007");
  CHECK(outcome(client.del(
            fmt::format("/scaling_configuration/{}", client.text(sim::AsConfigurationId{0})))) == "204");
}

TEST_CASE("a policy asks for more or less than the limits allow and gets what fits", "[routes][story]") {
  Client client;
  const std::string group = create_group(
      client, R"("desire_instance_number": 4, "min_instance_number": 2, "max_instance_number": 5)");
  resume(client, group);
  support::run_until_idle(client.cloud, sim::AsGroupId{0});
  struct Step {
    const char* action;
    const char* expected_execution;
    int expected_desire, expected_actions;
  };
  const Step steps[] = {
      {R"({"operation": "ADD", "instance_number": 3})", "MANUAL 4->5 SUCCESS", 5, 2},
      {R"({"operation": "ADD", "instance_number": 1})", "MANUAL 5->5 AS.0050", 5, 2},
      {R"({"operation": "REMOVE", "instance_number": 10})", "MANUAL 5->2 SUCCESS", 2, 3},
      {R"({"operation": "REMOVE", "instance_number": 1})", "MANUAL 2->2 AS.3040", 2, 3},
      {R"({"operation": "SET", "instance_number": 2})", "MANUAL 2->2 SUCCESS", 2, 3},
      {R"({"operation": "SET", "instance_number": 100})", "MANUAL 2->5 SUCCESS", 5, 4},
  };
  for (const Step& step : steps) {
    CAPTURE(step.action);
    const std::string policy = text_at(
        client.post("/scaling_policy", fmt::format(R"({{"scaling_policy_name": "p", "scaling_group_id": "{}",
          "scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2027-01-01T00:00Z"}},
          "scaling_policy_action": {}}})",
                                                   group, step.action)),
        "scaling_policy_id");
    CHECK(outcome(client.post(fmt::format("/scaling_policy/{}/action", policy),
                              R"({"action": "execute"})")) == "204");
    support::run_until_idle(client.cloud, sim::AsGroupId{0});
    const auto read = body_of(client.get(fmt::format("/scaling_group/{}", group)));
    CHECK(number_in(read, "desire_instance_number") == step.expected_desire);
    CHECK(number_in(read, "current_instance_number") == step.expected_desire);
    const auto executions = support::executions(client.cloud, sim::AsGroupId{0}, client.cloud.now());
    CHECK_THAT(executions.back(), Catch::EndsWith(step.expected_execution));
    CHECK(envelope(client.get(fmt::format("/scaling_activity_log/{}", group))) ==
          fmt::format("{} 0 20", step.expected_actions));
  }
}

TEST_CASE("a periodic policy is due at both edges of its window", "[routes][story]") {
  Client client;
  const std::string group = create_group(client, R"("max_instance_number": 10)");
  resume(client, group);
  REQUIRE(outcome(client.post("/scaling_policy",
                              fmt::format(R"({{"scaling_policy_name": "p", "scaling_group_id": "{}",
    "scaling_policy_type": "RECURRENCE", "scheduled_policy": {{"launch_time": "16:00", "recurrence_type": "Daily",
    "start_time": "2026-03-01T16:00Z", "end_time": "2026-03-03T16:00Z"}}}})",
                                          group))) == "200");
  support::run_for(client.cloud, 24h * 5);
  CHECK(column(client.get(fmt::format("/scaling_activity_log/{}", group)), "scaling_activity_log",
               "start_time") ==
        Texts{"2026-03-03T16:00:00Z", "2026-03-02T16:00:00Z", "2026-03-01T16:00:00Z"});
}

TEST_CASE("a launch that fails is told in the log and tried again", "[routes][story]") {
  Client client;
  const std::string group = create_group(client, R"("max_instance_number": 1, "desire_instance_number": 1)");
  support::failing_boots(client.cloud, 1'000'000, client.cloud.now() + 1s);
  resume(client, group);
  support::run_for(client.cloud, support::kBoot);
  const auto log = body_of(client.get_v2(fmt::format("/scaling_activity_log/{}?status=FAIL", group)));
  CHECK(at(log, "total_number") == 1);
  const auto& failed = at(log, "scaling_activity_log/0/instance_failed_list/0");
  CHECK(at(failed, "instance_id").as_string() == client.text(sim::InstanceId{0}));
  CHECK(at(failed, "instance_config") == "conf");
  CHECK_FALSE(at(failed, "failed_reason").as_string().empty());
  CHECK_FALSE(at(failed, "failed_details").as_string().empty());
  support::run_for(client.cloud, 10min);
  CHECK(states_in(client, group) == Texts{"INSERVICE"});
}

TEST_CASE("an abnormal group says why, and is well again once it can be enabled", "[routes][story]") {
  Client client;
  const std::string group = create_group(client, R"("max_instance_number": 1)");
  const std::string path = fmt::format("/scaling_group/{}", group);
  resume(client, group);
  support::sold_out_everywhere(client.cloud, client.cloud.now() + 1h);
  CHECK(outcome(client.put(path, R"({"desire_instance_number": 1})")) == "200");
  support::run_for(client.cloud, 1min);
  CHECK(text_at(client.get(path), "scaling_group/scaling_group_status") == "ERROR");
  CHECK_FALSE(text_at(client.get(path), "scaling_group/detail").empty());
  CHECK(outcome(client.post(path + "/action", R"({"action": "resume"})")) == "400 AS.2038");
  support::run_for(client.cloud, 1h);
  resume(client, group);
  support::run_until_idle(client.cloud, sim::AsGroupId{0});
  CHECK(states_in(client, group) == Texts{"INSERVICE"});
  CHECK(at(body_of(client.get(path)), "scaling_group/detail").is_null());
}

TEST_CASE("an instance that breaks down is told by its health and replaced", "[routes][story]") {
  Client client;
  const std::string group = create_group(client, R"("max_instance_number": 2, "desire_instance_number": 1)");
  resume(client, group);
  support::run_until_idle(client.cloud, sim::AsGroupId{0});
  support::sickness(client.cloud, sim::AsGroupId{0}, sim::Sickness::Stopped);
  support::run_for(client.cloud, 10min);
  CHECK(states_in(client, group) == Texts{"INSERVICE"});
  CHECK(column(client.get_v2(fmt::format("/scaling_activity_log/{}", group)), "scaling_activity_log",
               "type") == Texts{"DIFF", "AUDIT_CHECK_DELETE", "DIFF"});
  const auto log = body_of(client.get(fmt::format("/scaling_activity_log/{}?start_number=1", group)));
  const auto& description = at(log, "scaling_activity_log/0/description").as_string();
  CHECK(at(boost::json::parse(description.c_str()), "reason/0/change_reason") == "AUDIT_CHECK");
}

TEST_CASE("two clouds with one seed answer the same bytes", "[routes][story]") {
  const auto told = [] {
    Client client;
    const std::string group =
        create_group(client, R"("max_instance_number": 3, "desire_instance_number": 3)");
    resume(client, group);
    support::run_for(client.cloud, 1h);
    return client.get("/scaling_group").body + client.get_v2("/scaling_activity_log/" + group).body +
           client.get(fmt::format("/scaling_group_instance/{}/list", group)).body;
  };
  CHECK(told() == told());
}

}  // namespace tidepool::api
