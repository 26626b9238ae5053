// The log of a policy's executions through the API.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

constexpr sim::AsGroupId kFirst{0};

// A group of two, at most three, with a policy that adds one. It was executed by hand at two moments: the first time it
// did, the second time the group was full.
struct Story {
  Client client;
  std::string group, policy;

  Story() {
    const auto id = support::grown_group(client.cloud, {.desire = 2, .max = 3});
    const auto added = support::create_policy(client.cloud, id, support::a_policy());
    group = client.text(id);
    policy = client.text(added);
    for (const auto span : {200s, 100s}) {
      client.cloud.run_until(client.cloud.now() + span);
      REQUIRE(outcome(client.post(fmt::format("/scaling_policy/{}/action", policy),
                                  R"({"action": "execute"})")) == "204");
    }
  }
  Response list(std::string_view query = {}) {
    return client.get(fmt::format("/scaling_policy_execute_log/{}{}", policy, query));
  }
  Texts statuses(std::string_view query = {}) {
    return column(list(query), "scaling_policy_execute_log", "status");
  }
};

}  // namespace

TEST_CASE(
    "executions are told newest first, with numbers as texts and the reason of a denial "
    "(API reference, querying policy execution logs)",
    "[routes]") {
  Story story;
  const std::string row =
      R"(,"tenant_id":"{}","scaling_resource_type":"SCALING_GROUP","scaling_resource_id":"{}",)"
      R"("scaling_policy_id":"{}","old_value":"{}","desire_value":"3","limit_value":"0","execute_time":"{}",)"
      R"("execute_type":"MANUAL","job_records":[{{"job_name":"ADJUST_VM_NUMBERS","record_type":"MEG",)"
      R"("record_time":"{}","message":"{}","job_status":"{}"}}]}})";
  const auto rest = [&](const char* old_value, const char* time, const char* message, const char* status) {
    return fmt::format(fmt::runtime(row), kProject, story.group, story.policy, old_value, time, time, message,
                       status);
  };
  const std::string full = "AS.0050: the group has its maximum of instances";
  CHECK(story.list().body ==
        fmt::format(R"({{"total_number":2,"start_number":0,"limit":20,"scaling_policy_execute_log":[)"
                    R"({{"id":"{}","status":"FAIL","failed_reason":"{}","type":"ADD"{},)"
                    R"({{"id":"{}","status":"SUCCESS","type":"ADD"{}]}})",
                    story.client.text(sim::PolicyExecutionId{1}), full,
                    rest("3", "2026-03-01T00:06:40Z", full.c_str(), "FAIL"),
                    story.client.text(sim::PolicyExecutionId{0}),
                    rest("2", "2026-03-01T00:05:00Z", "modify desire number of scaling group", "SUCCESS")));
}

TEST_CASE("execution logs are paged and filtered", "[routes]") {
  Story story;
  struct Row {
    const char* why;
    std::string query;
    const char* expected_envelope;
    Texts expected;
  };
  const std::string first = story.client.text(sim::PolicyExecutionId{0});
  const auto row = GENERATE_COPY(values<Row>({
      {"everything", "", "2 0 20", {"FAIL", "SUCCESS"}},
      {"a page", "?start_number=1&limit=5", "2 1 5", {"SUCCESS"}},
      {"only the total", "?limit=0", "2 0 0", {}},
      {"an id", "?log_id=" + first, "1 0 20", {"SUCCESS"}},
      {"an unknown id", fmt::format("?log_id={}", kNobody), "0 0 20", {}},
      {"its group", "?scaling_resource_id=" + story.group, "2 0 20", {"FAIL", "SUCCESS"}},
      {"another group", fmt::format("?scaling_resource_id={}", kNobody), "0 0 20", {}},
      {"groups", "?scaling_resource_type=SCALING_GROUP", "2 0 20", {"FAIL", "SUCCESS"}},
      {"bandwidths", "?scaling_resource_type=BANDWIDTH", "0 0 20", {}},
      {"what asked", "?execute_type=MANUAL", "2 0 20", {"FAIL", "SUCCESS"}},
      {"another one", "?execute_type=ALARM", "0 0 20", {}},
      {"one that nobody knows", "?execute_type=manual", "0 0 20", {}},
      {"from a moment on, included", "?start_time=2026-03-01T00:06:40Z", "1 0 20", {"FAIL"}},
      {"up to a moment, included", "?end_time=2026-03-01T00:05:00Z", "1 0 20", {"SUCCESS"}},
  }));
  CAPTURE(row.why);
  CHECK(envelope(story.list(row.query)) == row.expected_envelope);
  CHECK(story.statuses(row.query) == row.expected);
}

TEST_CASE("a bad parameter of the execution log has its code", "[routes]") {
  Story story;
  struct Row {
    const char *query, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"?start_time=2026-03-01T00:00Z", "400 AS.9007"},
      {"?end_time=", "400 AS.9007"},
      {"?start_number=-1", "400 AS.9008"},
      {"?limit=101", "400 AS.9009"},
      {"?log_id=7", "400 AS.9010"},
      {"?scaling_resource_id=web", "400 AS.9011"},
      {"?scaling_resource_type=GROUP", "400 AS.3037"},
  }));
  CAPTURE(row.query);
  CHECK(outcome(story.list(row.query)) == row.expected);
}

TEST_CASE("the log of a policy that is not there is AS.0007, and a new policy's is empty", "[routes]") {
  Story story;
  CHECK(outcome(story.client.get(fmt::format("/scaling_policy_execute_log/{}", kNobody))) == "404 AS.0007");
  const auto fresh = support::create_policy(story.client.cloud, kFirst, support::a_policy());
  CHECK(story.client.get(fmt::format("/scaling_policy_execute_log/{}", story.client.text(fresh))).body ==
        R"({"total_number":0,"start_number":0,"limit":20,"scaling_policy_execute_log":[]})");
}

TEST_CASE(
    "of two policies due at one moment the later one runs, and the log of the other says so "
    "(decision 32)",
    "[routes][story]") {
  Client client;
  const auto group = support::grown_group(client.cloud, {.desire = 1});
  const auto due = support::kStart + 1h;
  const auto early = support::create_policy(client.cloud, group, support::a_scheduled_policy(due));
  const auto late = support::create_policy(client.cloud, group, support::a_scheduled_policy(due));
  client.cloud.run_until(due);
  const auto log = client.get(fmt::format("/scaling_policy_execute_log/{}", client.text(early)));
  CHECK(text_at(log, "scaling_policy_execute_log/0/failed_reason") ==
        "superseded by policy " + client.text(late));
  CHECK(text_at(log, "scaling_policy_execute_log/0/execute_type") == "SCHEDULED");
  CHECK(column(client.get(fmt::format("/scaling_policy_execute_log/{}", client.text(late))),
               "scaling_policy_execute_log", "status") == Texts{"SUCCESS"});
}

TEST_CASE("an alarm in the cooldown is told as denied (AS.0026)", "[routes][story]") {
  auto behaviour = support::prompt(sim::Behaviour::current());
  behaviour.metric_period = 60s;
  Client client{support::a_cloud(behaviour)};
  const auto group = support::grown_group(client.cloud, {.desire = 1, .cool_down = 300s});
  const auto policy = support::create_policy(
      client.cloud, group,
      support::an_alarm_policy(support::an_alarm_that_is_always_on(client.cloud, group)));
  support::run_for(client.cloud, 60s);
  const auto log = client.get(fmt::format("/scaling_policy_execute_log/{}", client.text(policy)));
  CHECK(text_at(log, "scaling_policy_execute_log/0/execute_type") == "ALARM");
  CHECK(text_at(log, "scaling_policy_execute_log/0/failed_reason") ==
        "AS.0026: the cooldown of the group is not over");
}

}  // namespace tidepool::api
