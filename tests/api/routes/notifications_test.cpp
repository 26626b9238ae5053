// Notification topics of groups through the API.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "api/wire/topic_message_json.hpp"
#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

struct World {
  Client client;
  std::string group = create_group(client, R"("desire_instance_number": 1, "max_instance_number": 3)");
  std::string path = "/scaling_notification/" + group;

  Response set(std::string_view topic, std::string_view scenes) {
    return client.put(
        path, fmt::format(R"({{"topic_urn": "urn:smn:eu-de:0123:{}", "topic_scene": {}}})", topic, scenes));
  }
};

}  // namespace

TEST_CASE("a topic is set, listed and dropped (reference, notifications)", "[routes]") {
  World world;
  CHECK(world.client.get(world.path).body == R"({"topics":[]})");
  const char* const ops =
      R"({"topic_urn":"urn:smn:eu-de:0123:ops","topic_scene":["SCALING_UP","SCALING_DOWN"],"topic_name":"ops"})";
  CHECK(world.set("ops", R"(["SCALING_UP", "SCALING_DOWN", "SCALING_UP"])").body == ops);
  CHECK(outcome(world.set("all", R"(["SCALING_UP", "SCALING_UP_FAIL", "SCALING_DOWN", "SCALING_DOWN_FAIL",
                                     "SCALING_GROUP_ABNORMAL"])")) == "200");
  CHECK(outcome(world.set("all", R"(["SCALING_GROUP_ABNORMAL"])")) == "200");
  CHECK(world.client.get(world.path).body ==
        fmt::format(R"({{"topics":[{},{{"topic_urn":"urn:smn:eu-de:0123:all",)"
                    R"("topic_scene":["SCALING_GROUP_ABNORMAL"],"topic_name":"all"}}]}})",
                    ops));
  CHECK(outcome(world.client.del(world.path + "/urn:smn:eu-de:0123:all")) == "204");
  CHECK(outcome(world.client.del(world.path + "/urn%3Asmn%3Aeu-de%3A0123%3Aops")) == "204");
  CHECK(outcome(world.client.del(world.path + "/urn:smn:eu-de:0123:ops")) == "404 AS.0007");
  CHECK(world.client.get(world.path).body == R"({"topics":[]})");
}

TEST_CASE("what is wrong with a notification has its code", "[routes]") {
  World world;
  struct Row {
    const char *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"", "400 AS.0002"},
      {R"({"topic_scene": ["SCALING_UP"]})", "400 AS.7043"},
      {R"({"topic_urn": "ops", "topic_scene": ["SCALING_UP"]})", "400 AS.7043"},
      {R"({"topic_urn": "urn:smn:eu-de:0123:ops"})", "400 AS.2034"},
      {R"({"topic_urn": "urn:smn:eu-de:0123:ops", "topic_scene": []})", "400 AS.2034"},
      {R"({"topic_urn": "urn:smn:eu-de:0123:ops", "topic_scene": ["UP"]})", "400 AS.2034"},
      {R"({"topic_urn": "urn:smn:eu-de:0123:ops", "topic_scene": "SCALING_UP"})", "400 AS.0022"},
  }));
  CAPTURE(row.body);
  CHECK(outcome(world.client.put(world.path, row.body)) == row.expected);
}

TEST_CASE("a sixth topic is AS.2034, and topics of an unknown group are AS.0007", "[routes]") {
  World world;
  for (const char* topic : {"a", "b", "c", "d", "e"})
    REQUIRE(outcome(world.set(topic, R"(["SCALING_UP"])")) == "200");
  CHECK(outcome(world.set("f", R"(["SCALING_UP"])")) == "400 AS.2034");
  const std::string nobody = fmt::format("/scaling_notification/{}", kNobody);
  CHECK(outcome(world.client.get(nobody)) == "404 AS.0007");
  CHECK(outcome(world.client.put(nobody, "{}")) == "404 AS.0007");
  CHECK(outcome(world.client.del(nobody + "/urn:smn:eu-de:0123:a")) == "404 AS.0007");
}

TEST_CASE("what a topic is told of an action and of an abnormal group", "[routes][story]") {
  World world;
  REQUIRE(outcome(world.set("ops", R"(["SCALING_UP", "SCALING_GROUP_ABNORMAL"])")) == "200");
  resume(world.client, world.group);
  support::run_until_idle(world.client.cloud, sim::AsGroupId{0});
  support::sold_out_everywhere(world.client.cloud);
  REQUIRE(outcome(world.client.put("/scaling_group/" + world.group, R"({"desire_instance_number": 2})")) ==
          "200");
  support::run_for(world.client.cloud, std::chrono::seconds{1});
  const auto messages = world.client.cloud.topic_messages();
  REQUIRE(messages.size() == 2);
  const std::string head = fmt::format(
      R"({{"service":"AutoScaling","tenant_id":"{}","scaling_group_id":"{}","scaling_group_name":"web",)",
      kProject, world.group);
  CHECK(to_text(write_topic_message(world.client.cloud, messages[0], kProject)) ==
        head + fmt::format(R"("topic_scene":"SCALING_UP","scaling_activity_id":"{}","type":"DIFF",)"
                           R"("instance_value":0,"desire_value":1,"time":"2026-03-01T00:01:40Z"}})",
                           world.client.text(sim::ScalingActivityId{0})));
  CHECK(
      to_text(write_topic_message(world.client.cloud, messages[1], kProject)) ==
      head +
          R"("topic_scene":"SCALING_GROUP_ABNORMAL",)"
          R"("detail":"flavor s3.medium is sold out in all zones of the group","time":"2026-03-01T00:01:40Z"})");
}

}  // namespace tidepool::api
