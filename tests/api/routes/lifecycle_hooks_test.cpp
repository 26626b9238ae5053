// Lifecycle hooks through the API, and the instances that wait at them.
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/wire/topic_message_json.hpp"
#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

constexpr sim::AsGroupId kFirst{0};
constexpr std::string_view kTopic = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:as-events";

// `more` replaces members of a launching hook.
std::string hook_body(std::string_view name = "h", std::string_view more = {}) {
  return fmt::format(R"({{"lifecycle_hook_name": "{}", "lifecycle_hook_type": "INSTANCE_LAUNCHING",
                          "notification_topic_urn": "{}"{}{}}})",
                     name, kTopic, more.empty() ? "" : ", ", more);
}

struct World {
  Client client;
  std::string group = create_group(client, R"("desire_instance_number": 1, "max_instance_number": 3)");
  std::string path = "/scaling_lifecycle_hook/" + group;

  void create(std::string_view name = "h", std::string_view more = {}) {
    REQUIRE(outcome(client.post(path, hook_body(name, more))) == "200");
  }
  // Enabled, and its instance come up.
  void boot() {
    resume(client, group);
    support::run_for(client.cloud, support::kBoot);
  }
  Response waits(std::string_view query = {}) {
    return client.get(fmt::format("/scaling_instance_hook/{}/list{}", group, query));
  }
  std::string call_back(std::string_view body) {
    return outcome(client.put(fmt::format("/scaling_instance_hook/{}/callback", group), body));
  }
  std::string key(unsigned wait = 0) const { return client.text(sim::HookWaitId{wait}); }
  Texts states() {
    return column(client.get(fmt::format("/scaling_group_instance/{}/list", group)),
                  "scaling_group_instances", "life_cycle_state");
  }
};

}  // namespace

TEST_CASE("a hook is created, read, modified, listed and deleted (API reference, lifecycle hooks)",
          "[routes]") {
  World world;
  const std::string by_default = fmt::format(
      R"({{"lifecycle_hook_name":"h","lifecycle_hook_type":"INSTANCE_LAUNCHING","default_result":"ABANDON",)"
      R"("default_timeout":3600,"notification_topic_urn":"{}","notification_topic_name":"as-events",)"
      R"("notification_metadata":null,"create_time":"2026-03-01T00:00:00Z"}})",
      kTopic);
  const Response created = world.client.post(world.path, hook_body());
  CHECK(created.status == 200);
  CHECK(created.body == by_default);
  CHECK(world.client.get(world.path + "/h").body == by_default);  // One SDK's test wants equal objects.

  support::run_for(world.client.cloud, 1min);
  const std::string modified = fmt::format(
      R"({{"lifecycle_hook_name":"h","lifecycle_hook_type":"INSTANCE_TERMINATING","default_result":"CONTINUE",)"
      R"("default_timeout":300,"notification_topic_urn":"{}","notification_topic_name":"as-events",)"
      R"("notification_metadata":"text","create_time":"2026-03-01T00:00:00Z"}})",
      kTopic);
  CHECK(world.client
            .put(world.path + "/h",
                 R"({"lifecycle_hook_type": "INSTANCE_TERMINATING", "default_result": "CONTINUE",
              "default_timeout": 300, "notification_metadata": "text"})")
            .body == modified);
  world.create("second");
  const Response list = world.client.get(world.path + "/list");
  CHECK(column(list, "lifecycle_hooks", "lifecycle_hook_name") == Texts{"second", "h"});
  CHECK(boost::json::serialize(at(body_of(list), "lifecycle_hooks/1")) == modified);

  const Response deleted = world.client.del(world.path + "/h");
  CHECK(deleted.status == 204);
  CHECK(deleted.body.empty());
  CHECK(outcome(world.client.get(world.path + "/h")) == "404 AS.0007");
  CHECK(outcome(world.client.del(world.path + "/second")) == "204");
  CHECK(world.client.get(world.path + "/list").body == R"({"lifecycle_hooks":[]})");
}

TEST_CASE("what is wrong with a hook has its code, when it is created and when it is modified", "[routes]") {
  World world;
  struct Row {
    const char* why;
    std::string more;
    const char *on_create, *on_modify;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", "", "200", "200"},
      {"no name", R"("lifecycle_hook_name": null)", "400 AS.7032", "200"},
      {"an empty name", R"("lifecycle_hook_name": "")", "400 AS.7032", "200"},
      {"a bad name", R"("lifecycle_hook_name": "a b")", "400 AS.7031", "200"},
      {"the word of the list's path", R"("lifecycle_hook_name": "list")", "400 AS.7031", "200"},
      {"a name that is taken", R"("lifecycle_hook_name": "there")", "400 AS.7041", "200"},
      {"no type", R"("lifecycle_hook_type": null)", "400 AS.7037", "200"},
      {"a bad type", R"("lifecycle_hook_type": "INSTANCE_LAUNCH")", "400 AS.7033", "400 AS.7033"},
      {"a bad result", R"("default_result": "EXTEND")", "400 AS.7034", "400 AS.7034"},
      {"too short", R"("default_timeout": 59)", "400 AS.7030", "400 AS.7030"},
      {"too long", R"("default_timeout": 86401)", "400 AS.7030", "400 AS.7030"},
      {"beyond an int", R"("default_timeout": 99999999999)", "400 AS.7030", "400 AS.7030"},
      {"a number as text", R"("default_timeout": "60")", "200", "200"},
      {"no topic", R"("notification_topic_urn": null)", "400 AS.7043", "200"},
      {"a bad topic", R"("notification_topic_urn": "urn:smn:topic")", "400 AS.7043", "400 AS.7043"},
      {"long metadata", fmt::format(R"("notification_metadata": "{}")", std::string(257, 'x')), "400 AS.7035",
       "400 AS.7035"},
      {"bad metadata", R"("notification_metadata": "<a>")", "400 AS.7055", "400 AS.7055"},
      {"no text", R"("notification_metadata": 7)", "400 AS.0022", "400 AS.0022"},
  }));
  CAPTURE(row.why);
  world.create("there");
  CHECK(outcome(world.client.post(world.path, hook_body("new", row.more))) == row.on_create);
  CHECK(outcome(world.client.put(world.path + "/there", hook_body("there", row.more))) == row.on_modify);
}

TEST_CASE("a body that is none is refused, and a name in a modify is not read", "[routes]") {
  World world;
  world.create();
  CHECK(outcome(world.client.post(world.path, "")) == "400 AS.0002");
  CHECK(outcome(world.client.put(world.path + "/h", "[]")) == "400 AS.0022");
  CHECK(text_at(world.client.put(world.path + "/h", R"({"lifecycle_hook_name": "other"})"),
                "lifecycle_hook_name") == "h");
}

TEST_CASE("a sixth hook is AS.7038", "[routes]") {
  World world;
  for (const char* name : {"a", "b", "c", "d", "e"}) world.create(name);
  CHECK(outcome(world.client.post(world.path, hook_body("f"))) == "400 AS.7038");
}

TEST_CASE("hooks of a group that is not there are AS.0007", "[routes]") {
  World world;
  const std::string hooks = fmt::format("/scaling_lifecycle_hook/{}", kNobody);
  const std::string waits = fmt::format("/scaling_instance_hook/{}", kNobody);
  CHECK(outcome(world.client.post(hooks, hook_body())) == "404 AS.0007");
  CHECK(outcome(world.client.get(hooks + "/list")) == "404 AS.0007");
  CHECK(outcome(world.client.get(hooks + "/h")) == "404 AS.0007");
  CHECK(outcome(world.client.put(hooks + "/h", "{}")) == "404 AS.0007");
  CHECK(outcome(world.client.del(hooks + "/h")) == "404 AS.0007");
  CHECK(outcome(world.client.put(waits + "/callback", "{}")) == "404 AS.0007");
  CHECK(outcome(world.client.get(waits + "/list")) == "404 AS.0007");
  CHECK(outcome(world.client.del(world.path + "/h")) == "404 AS.0007");
}

TEST_CASE("hooks can't change while an action runs (AS.2033)", "[routes]") {
  World world;
  world.create();
  world.boot();
  CHECK(outcome(world.client.post(world.path, hook_body("more"))) == "400 AS.2033");
  CHECK(outcome(world.client.put(world.path + "/h", "{}")) == "400 AS.2033");
  CHECK(outcome(world.client.del(world.path + "/h")) == "400 AS.2033");
}

TEST_CASE("instances that wait are listed with key, deadline and status", "[routes]") {
  World world;
  world.create("h", R"("default_result": "CONTINUE", "default_timeout": 60)");
  world.create("other");
  CHECK(world.waits().body == R"({"instance_hanging_info":[]})");
  world.boot();
  CHECK(world.states() == Texts{"PENDING_WAIT"});
  const std::string instance = world.client.text(sim::InstanceId{0});
  const auto row = [&](unsigned wait, const char* hook, const char* result, const char* timeout,
                       const char* status) {
    return fmt::format(
        R"({{"instance_id":"{}","scaling_group_id":"{}","lifecycle_hook_name":"{}","lifecycle_action_key":"{}",)"
        R"("default_result":"{}","timeout":"{}","lifecycle_hook_status":"{}"}})",
        instance, world.group, hook, world.key(wait), result, timeout, status);
  };
  CHECK(world.waits().body == fmt::format(R"({{"instance_hanging_info":[{},{}]}})",
                                          row(0, "h", "CONTINUE", "2026-03-01T00:02:40Z", "HANGING"),
                                          row(1, "other", "ABANDON", "2026-03-01T01:01:40Z", "HANGING")));
  CHECK(column(world.waits("?instance_id=" + instance), "instance_hanging_info", "lifecycle_hook_name") ==
        Texts{"h", "other"});
  CHECK(world.waits(fmt::format("?instance_id={}", kNobody)).body == R"({"instance_hanging_info":[]})");

  support::run_for(world.client.cloud, 60s);
  CHECK(column(world.waits(), "instance_hanging_info", "lifecycle_hook_status") ==
        Texts{"CONTINUE", "HANGING"});
  CHECK(world.call_back(fmt::format(
            R"({{"lifecycle_action_result": "CONTINUE", "lifecycle_action_key": "{}"}})", world.key(1))) ==
        "204");
  CHECK(world.states() == Texts{"INSERVICE"});
  CHECK(world.waits().body == R"({"instance_hanging_info":[]})");
}

TEST_CASE("a wait is answered by its key, or by instance and hook (API reference, calling back)",
          "[routes]") {
  World world;
  world.create();
  world.boot();
  const std::string instance = world.client.text(sim::InstanceId{0});
  struct Row {
    const char* why;
    std::string body;
    const char* expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"a key", fmt::format(R"("lifecycle_action_key": "{}")", world.key()), "204"},
      {"instance and hook", fmt::format(R"("instance_id": "{}", "lifecycle_hook_name": "h")", instance),
       "204"},
      {"a key wins",
       fmt::format(R"("lifecycle_action_key": "{}", "instance_id": "x", "lifecycle_hook_name": "x")",
                   world.key()),
       "204"},
      {"a wrong key loses it all",
       fmt::format(R"("lifecycle_action_key": "{}", "instance_id": "{}", "lifecycle_hook_name": "h")",
                   kNobody, instance),
       "400 AS.7042"},
      {"nothing", R"("colour": "blue")", "400 AS.7040"},
      {"only an instance", fmt::format(R"("instance_id": "{}")", instance), "400 AS.7040"},
      {"only a hook", R"("lifecycle_hook_name": "h")", "400 AS.7040"},
      {"another hook", fmt::format(R"("instance_id": "{}", "lifecycle_hook_name": "x")", instance),
       "400 AS.7042"},
      {"another instance", fmt::format(R"("instance_id": "{}", "lifecycle_hook_name": "h")", kNobody),
       "400 AS.7042"},
  }));
  CAPTURE(row.why);
  CHECK(world.call_back(fmt::format(R"({{"lifecycle_action_result": "CONTINUE", {}}})", row.body)) ==
        row.expected);
}

TEST_CASE("an answer has a result (AS.7039, AS.7034)", "[routes]") {
  World world;
  world.create();
  world.boot();
  const std::string key = fmt::format(R"("lifecycle_action_key": "{}")", world.key());
  CHECK(world.call_back(fmt::format("{{{}}}", key)) == "400 AS.7039");
  CHECK(world.call_back(fmt::format(R"({{"lifecycle_action_result": "STOP", {}}})", key)) == "400 AS.7034");
  CHECK(world.call_back(fmt::format(R"({{"lifecycle_action_result": "EXTEND", {}}})", key)) == "204");
  CHECK(column(world.waits(), "instance_hanging_info", "timeout") == Texts{"2026-03-01T02:01:40Z"});
  CHECK(world.call_back(fmt::format(R"({{"lifecycle_action_result": "ABANDON", {}}})", key)) == "204");
  CHECK(world.call_back(fmt::format(R"({{"lifecycle_action_result": "CONTINUE", {}}})", key)) ==
        "400 AS.7042");
}

TEST_CASE("a wait of another group is not there (AS.7042)", "[routes]") {
  World world;
  world.create();
  world.boot();
  const std::string other = create_group(world.client);
  CHECK(outcome(world.client.put(fmt::format("/scaling_instance_hook/{}/callback", other),
                                 fmt::format(R"({{"lifecycle_action_result": "CONTINUE",
                                   "lifecycle_action_key": "{}"}})",
                                             world.key()))) == "400 AS.7042");
}

TEST_CASE("an instance that is abandoned is told in the log and replaced", "[routes][story]") {
  World world;
  world.create();
  world.boot();
  CHECK(at(body_of(world.client.get("/scaling_group/" + world.group)), "scaling_group/is_scaling") == true);
  REQUIRE(world.call_back(fmt::format(
              R"({{"lifecycle_action_result": "ABANDON", "lifecycle_action_key": "{}"}})", world.key())) ==
          "204");
  CHECK(world.states().empty());
  const auto log = body_of(world.client.get_v2("/scaling_activity_log/" + world.group));
  CHECK(at(log, "scaling_activity_log/0/status") == "FAIL");
  CHECK(at(log, "scaling_activity_log/0/instance_failed_list/0/failed_details") ==
        "lifecycle hook h ended with ABANDON");
  support::run_for(world.client.cloud, 1min + support::kBoot);
  CHECK(world.states() == Texts{"PENDING_WAIT"});
  REQUIRE(world.call_back(fmt::format(
              R"({{"lifecycle_action_result": "CONTINUE", "lifecycle_action_key": "{}"}})", world.key(1))) ==
          "204");
  CHECK(world.states() == Texts{"INSERVICE"});
}

TEST_CASE("an instance on its way out waits until its owner is done with it", "[routes][story]") {
  World world;
  world.create("bye", R"("lifecycle_hook_type": "INSTANCE_TERMINATING")");
  world.boot();
  CHECK(world.states() == Texts{"INSERVICE"});
  REQUIRE(outcome(world.client.put("/scaling_group/" + world.group, R"({"desire_instance_number": 0})")) ==
          "200");
  world.client.cloud.run_until(world.client.cloud.now());
  CHECK(world.states() == Texts{"REMOVING_WAIT"});
  const std::string list = fmt::format("/scaling_group_instance/{}/list?life_cycle_state=", world.group);
  CHECK(envelope(world.client.get(list + "REMOVING_WAIT")) == "1 0 20");
  CHECK(envelope(world.client.get(list + "REMOVING")) == "0 0 20");
  REQUIRE(world.call_back(fmt::format(R"({{"lifecycle_action_result": "CONTINUE", "instance_id": "{}",
                                           "lifecycle_hook_name": "bye"}})",
                                      world.client.text(sim::InstanceId{0}))) == "204");
  CHECK(world.states() == Texts{"REMOVING"});
  support::run_for(world.client.cloud, support::kRemoval);
  CHECK(world.states().empty());
}

TEST_CASE("the message of a wait holds all that is needed to answer it (decision 53)", "[routes]") {
  World world;
  world.create("h", R"("default_timeout": 60, "notification_metadata": "text")");
  world.boot();
  const auto messages = world.client.cloud.topic_messages();
  REQUIRE(messages.size() == 1);
  CHECK(messages[0].topic_urn == kTopic);
  CHECK(to_text(write_topic_message(world.client.cloud, messages[0], kProject)) ==
        fmt::format(R"({{"service":"AutoScaling","tenant_id":"{}","scaling_group_id":"{}",)"
                    R"("scaling_group_name":"web","lifecycle_hook_name":"h",)"
                    R"("lifecycle_hook_type":"INSTANCE_LAUNCHING","lifecycle_action_key":"{}",)"
                    R"("instance_id":"{}","instance_name":"{}","default_result":"ABANDON",)"
                    R"("timeout":"2026-03-01T00:02:40Z","notification_metadata":"text",)"
                    R"("time":"2026-03-01T00:01:40Z"}})",
                    kProject, world.group, world.key(), world.client.text(sim::InstanceId{0}),
                    instance_name(world.client.cloud, sim::InstanceId{0})));
  CHECK(support::group_of(world.client.cloud, kFirst).pending == 1);
}

}  // namespace tidepool::api
