// The rules of the wire format: what is read and ignored, what is answered and left out, pages, filters and codes.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/wire/alarm_rule_json.hpp"
#include "api/wire/topic_message_json.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using rules::with;
using Texts = std::vector<std::string>;

constexpr sim::AsGroupId kFirst{0};
constexpr const char* kTopic = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:as-events";

template <class T>
Client client_with(T sim::Behaviour::*knob, std::type_identity_t<T> value) {
  return Client{support::a_cloud(with(knob, value))};
}

std::string member(std::string_view name, std::string_view value) {
  return fmt::format(R"("{}": "{}")", name, value);
}

// The answer to a new group with these members.
std::string created(Client& client, std::string_view members) {
  const std::string configuration = create_configuration(client);
  return outcome(client.post(
      "/scaling_group",
      minimal_group(fmt::format(R"("scaling_configuration_id": "{}", {})", configuration, members))));
}

// A scheduled policy of v1; `more` replaces members.
std::string policy_body(std::string_view group, std::string_view more = {}) {
  return fmt::format(
      R"({{"scaling_policy_name": "p", "scaling_group_id": "{}", "scaling_policy_type": "SCHEDULED",
      "scheduled_policy": {{"launch_time": "2026-03-02T08:00Z"}}{}{}}})",
      group, more.empty() ? "" : ", ", more);
}

// A client with one enabled group of `size`.
struct World {
  Client client;
  std::string group;

  explicit World(int size = 1, const sim::Behaviour& behaviour = support::behaviour_under_test())
      : client(support::a_cloud(behaviour)),
        group(client.text(support::grown_group(client.cloud, {.desire = size}))) {}

  std::string member(std::size_t index) const {
    return client.text(support::members(client.cloud, kFirst).at(index));
  }
  Response batch(std::string_view action, const Texts& ids, std::string_view more = {}) {
    return client.post(
        "/scaling_group_instance/" + group + "/action",
        fmt::format(R"({{"action": "{}", "instances_id": [{}]{}}})", action, list_of(ids), more));
  }
  static std::string list_of(const Texts& texts) {
    std::string list;
    for (const std::string& each : texts) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", each);
    return list;
  }
  Texts states(std::string_view query = {}) {
    return column(client.get(fmt::format("/scaling_group_instance/{}/list{}", group, query)),
                  "scaling_group_instances", "life_cycle_state");
  }
  std::string create_policy(std::string_view more = {}) {
    return text_at(client.post("/scaling_policy", policy_body(group, more)), "scaling_policy_id");
  }
  Response try_policy(std::string_view more) {
    return client.post("/scaling_policy", policy_body(group, more));
  }
};

// ---- Bodies ----

RULE("members of a body that nobody knows are ignored",
     {.source = "AS API reference, samples", .knob = "strict_body = false"}) {
  Client client = client_with(&sim::Behaviour::strict_body, false);
  CHECK(created(client, R"("colour": "blue")") == "200");
}

RULE("members of a body that nobody knows are refused", {.source = "AS.0022", .knob = "strict_body = true"}) {
  Client client = client_with(&sim::Behaviour::strict_body, true);
  CHECK(created(client, R"("colour": "blue")") == "400 AS.0022");
  CHECK(created(client, R"("description": "blue")") == "200");
}

RULE("a whole number may come as text",
     {.source = "Terraform and other clients", .knob = "integer_texts = true"}) {
  Client client = client_with(&sim::Behaviour::integer_texts, true);
  CHECK(created(client, R"("max_instance_number": "5")") == "200");
  CHECK(created(client, R"("max_instance_number": "five")") == "400 AS.0022");
  CHECK(created(client, R"("max_instance_number": "5.0")") == "400 AS.0022");
}

RULE("a whole number that comes as text is refused", {.source = "AS.0022", .knob = "integer_texts = false"}) {
  Client client = client_with(&sim::Behaviour::integer_texts, false);
  CHECK(created(client, R"("max_instance_number": "5")") == "400 AS.0022");
  CHECK(created(client, R"("max_instance_number": 5)") == "200");
}

RULE("a member of the wrong kind is refused", {.source = "AS.0022"}) {
  Client client;
  for (const char* wrong : {R"("scaling_group_name": 7)", R"("max_instance_number": true)",
                            R"("max_instance_number": 5.5)", R"("available_zones": "eu-de-01")",
                            R"("delete_volume": "true")", R"("networks": {"id": "subnet"})"}) {
    CAPTURE(wrong);
    CHECK(created(client, wrong) == "400 AS.0022");
  }
}

RULE("a member that is null counts as absent", {.source = "our decision"}) {
  Client client;
  const std::string group =
      create_group(client, R"("cool_down_time": null, "available_zones": null, "lbaas_listeners": null)");
  CHECK(at(body_of(client.get("/scaling_group/" + group)), "scaling_group/cool_down_time") == 300);
}

RULE("a call that needs a body has one, of one object", {.source = "AS.0002, AS.0022"}) {
  Client client;
  CHECK(outcome(client.post("/scaling_group", "")) == "400 AS.0002");
  CHECK(outcome(client.post("/scaling_group", "[]")) == "400 AS.0022");
}

RULE("a backend of a group weighs 1 where no weight is named",
     {.source = "AS API reference, creating a group (earlier text)", .knob = "require_weight = false"}) {
  Client client = client_with(&sim::Behaviour::require_weight, false);
  const std::string group =
      create_group(client, R"("lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80}])");
  CHECK(at(body_of(client.get("/scaling_group/" + group)), "scaling_group/lbaas_listeners/0/weight") == 1);
}

RULE("a backend of a group names its weight",
     {.source = "AS API reference, creating a group", .knob = "require_weight = true"}) {
  Client client = client_with(&sim::Behaviour::require_weight, true);
  CHECK(created(client, R"("lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80}])") == "400 AS.2040");
  CHECK(created(client, R"("lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80, "weight": 0}])") ==
        "200");
}

// ---- Unknown ids ----

RULE("an id in a path that is unknown is AS.0007", {.source = "AS.0007", .knob = "unknown_id = 404"}) {
  Client client = client_with(&sim::Behaviour::unknown_id, sim::UnknownId::NotFound404);
  const std::string group = create_group(client);
  for (const char* path : {"/scaling_group/", "/scaling_configuration/", "/scaling_policy/"}) {
    CAPTURE(path);
    CHECK(outcome(client.get(path + std::string(kNobody))) == "404 AS.0007");
    CHECK(outcome(client.del(path + std::string(kNobody))) == "404 AS.0007");
  }
  CHECK(outcome(client.get("/scaling_lifecycle_hook/" + group + "/none")) == "404 AS.0007");
  CHECK(outcome(client.get("/quotas/" + std::string(kNobody))) == "404 AS.0007");
}

RULE("an id in a path that is unknown has the code of what it should name",
     {.source = "AS.1004, AS.2007, AS.3020, AS.7036", .knob = "unknown_id = 400"}) {
  Client client = client_with(&sim::Behaviour::unknown_id, sim::UnknownId::BadRequest400);
  const std::string group = create_group(client), nobody(kNobody);
  CHECK(outcome(client.get("/scaling_group/" + nobody)) == "400 AS.2007");
  CHECK(outcome(client.get("/scaling_configuration/" + nobody)) == "400 AS.1004");
  CHECK(outcome(client.get("/scaling_policy/" + nobody)) == "400 AS.3020");
  CHECK(outcome(client.get("/scaling_lifecycle_hook/" + group + "/none")) == "400 AS.7036");
}

RULE("the instances of an unknown group are AS.4005", {.source = "AS.4005"}) {
  const auto knob = GENERATE(sim::UnknownId::NotFound404, sim::UnknownId::BadRequest400);
  Client client = client_with(&sim::Behaviour::unknown_id, knob);
  CHECK(outcome(client.get(fmt::format("/scaling_group_instance/{}/list", kNobody))) == "400 AS.4005");
}

RULE("an instance to remove that is unknown is AS.4006", {.source = "AS.4006"}) {
  const auto knob = GENERATE(sim::UnknownId::NotFound404, sim::UnknownId::BadRequest400);
  Client client = client_with(&sim::Behaviour::unknown_id, knob);
  CHECK(outcome(client.del(fmt::format("/scaling_group_instance/{}", kNobody))) == "400 AS.4006");
}

RULE("an unknown id in a body has the code of what it should name", {.source = "AS.1004, AS.2007, AS.3030"}) {
  const auto knob = GENERATE(sim::UnknownId::NotFound404, sim::UnknownId::BadRequest400);
  Client client = client_with(&sim::Behaviour::unknown_id, knob);
  CHECK(created(client, member("scaling_configuration_id", kNobody)) == "400 AS.1004");
  CHECK(outcome(client.post("/scaling_policy", policy_body(kNobody))) == "400 AS.2007");
  const std::string alarm = R"("scaling_policy_type": "ALARM", "alarm_id": "al0000000000000abcdefghi")";
  CHECK(outcome(client.post("/scaling_policy", policy_body(create_group(client), alarm))) == "400 AS.3030");
}

// ---- Lists ----

namespace {

// Three groups: web-1, db and Web-2, made one second after the other.
struct ThreeGroups {
  Client client;

  ThreeGroups() {
    for (const char* name : {"web-1", "db", "Web-2"}) {
      create_group(client, member("scaling_group_name", name));
      support::run_for(client.cloud, 1s);
    }
  }
  Texts names(std::string_view query) {
    return column(client.get(fmt::format("/scaling_group{}", query)), "scaling_groups", "scaling_group_name");
  }
  std::string envelope_of(std::string_view query) {
    return envelope(client.get(fmt::format("/scaling_group{}", query)));
  }
};

}  // namespace

RULE("a list has 20 rows unless it is told otherwise, and 100 at most", {.source = "AS.1002"}) {
  ThreeGroups world;
  CHECK(world.envelope_of("") == "3 0 20");
  CHECK(world.envelope_of("?limit=100") == "3 0 100");
  CHECK(outcome(world.client.get("/scaling_group?limit=101")) == "400 AS.1002");
  CHECK(outcome(world.client.get("/scaling_group?limit=-1")) == "400 AS.1002");
}

RULE("a list of no rows still tells the total", {.source = "our decision"}) {
  ThreeGroups world;
  CHECK(world.envelope_of("?limit=0") == "3 0 0");
  CHECK(world.names("?limit=0").empty());
}

RULE("start_number counts rows, not pages, and may lie past the end",
     {.source = "AS API reference, querying groups"}) {
  ThreeGroups world;
  CHECK(world.names("?start_number=1&limit=2") == Texts{"db", "web-1"});
  CHECK(world.envelope_of("?start_number=9") == "3 9 20");
  CHECK(world.names("?start_number=9").empty());
  CHECK(outcome(world.client.get("/scaling_group?start_number=-1")) == "400 AS.1001");
}

RULE("a part of a name finds it, in upper or lower case", {.source = "our decision"}) {
  ThreeGroups world;
  CHECK(world.names("?scaling_group_name=WEB") == Texts{"Web-2", "web-1"});
  CHECK(world.names("?scaling_group_name=B-2") == Texts{"Web-2"});
  CHECK(world.names("?scaling_group_name=web*").empty());
}

RULE("filters are joined: all of them must hold", {.source = "AS API reference, querying groups"}) {
  ThreeGroups world;
  resume(world.client, world.client.text(kFirst));
  CHECK(world.names("?scaling_group_name=web&scaling_group_status=INSERVICE") == Texts{"web-1"});
  CHECK(world.names("?scaling_group_name=db&scaling_group_status=INSERVICE").empty());
}

RULE("a word that a filter does not know has its code, where there is one",
     {.source = "AS.2020, AS.3002, AS.4003, AS.4004"}) {
  World world;
  const std::string instances = "/scaling_group_instance/" + world.group + "/list";
  CHECK(outcome(world.client.get("/scaling_group?scaling_group_status=ASLEEP")) == "400 AS.2020");
  CHECK(outcome(world.client.get("/scaling_policy/" + world.group + "/list?scaling_policy_type=NEVER")) ==
        "400 AS.3002");
  CHECK(outcome(world.client.get(instances + "?life_cycle_state=ENABLED")) == "400 AS.4003");
  CHECK(outcome(world.client.get(instances + "?health_status=ILL")) == "400 AS.4004");
}

RULE("a word that a filter does not know and that has no code finds nothing", {.source = "our decision"}) {
  World world;
  CHECK(world.states("?protect_from_scaling_down=maybe").empty());
  const std::string policy = world.create_policy();
  CHECK(envelope(world.client.get("/scaling_policy_execute_log/" + policy + "?execute_type=NEVER")) ==
        "0 0 20");
}

RULE("groups are listed newest first", {.source = "our decision"}) {
  CHECK(ThreeGroups().names("") == Texts{"Web-2", "db", "web-1"});
}

RULE("configurations are listed newest first", {.source = "our decision"}) {
  Client client;
  for (const char* name : {"one", "two"}) {
    create_configuration(client, name);
    support::run_for(client.cloud, 1s);
  }
  CHECK(column(client.get("/scaling_configuration"), "scaling_configurations",
               "scaling_configuration_name") == Texts{"two", "one"});
}

RULE("of two things of one moment the order stays the same", {.source = "our decision"}) {
  Client client;
  for (const char* name : {"one", "two", "three"}) create_group(client, member("scaling_group_name", name));
  const auto names = [&] {
    return column(client.get("/scaling_group"), "scaling_groups", "scaling_group_name");
  };
  CHECK(names() == Texts{"three", "two", "one"});
  support::run_for(client.cloud, 1h);
  CHECK(names() == Texts{"three", "two", "one"});
}

RULE("hooks are listed newest first", {.source = "our decision"}) {
  World world(0);
  for (const char* name : {"one", "two"}) {
    REQUIRE(outcome(world.client.post(
                "/scaling_lifecycle_hook/" + world.group,
                fmt::format(R"({{"lifecycle_hook_name": "{}", "lifecycle_hook_type": "INSTANCE_LAUNCHING",
                                 "notification_topic_urn": "{}"}})",
                            name, kTopic))) == "200");
    support::run_for(world.client.cloud, 1s);
  }
  CHECK(column(world.client.get("/scaling_lifecycle_hook/" + world.group + "/list"), "lifecycle_hooks",
               "lifecycle_hook_name") == Texts{"two", "one"});
}

RULE("policies are listed oldest first", {.source = "AS API reference, querying policies"}) {
  World world;
  world.create_policy(member("scaling_policy_name", "one"));
  world.create_policy(member("scaling_policy_name", "two"));
  CHECK(column(world.client.get("/scaling_policy/" + world.group + "/list"), "scaling_policies",
               "scaling_policy_name") == Texts{"one", "two"});
}

RULE("instances are listed oldest first", {.source = "AS API reference, querying instances"}) {
  World world;
  support::set_desire(world.client.cloud, kFirst, 2);
  world.client.cloud.run_until(world.client.cloud.now());
  CHECK(world.states() == Texts{"INSERVICE", "PENDING"});
}

// ---- Policies in both editions ----

namespace {

std::string v2_body(std::string_view resource, std::string_view type, std::string_view action) {
  return fmt::format(
      R"({{"scaling_policy_name": "p", "scaling_resource_id": "{}", "scaling_resource_type": "{}",
      "scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T08:00Z"}},
      "scaling_policy_action": {}}})",
      resource, type, action);
}

std::string action_of(const Response& policy) {
  return to_text(at(body_of(policy), "scaling_policy/scaling_policy_action"));
}

// A policy of a bandwidth.
struct OfBandwidth {
  Client client;
  sim::BandwidthId bandwidth = *client.cloud.submit(sim::CreateBandwidth{"line", 10});
  std::string policy = text_at(
      client.post_v2("/scaling_policy", v2_body(client.text(bandwidth), "BANDWIDTH", R"({"size": 5})")),
      "scaling_policy_id");
};

}  // namespace

RULE("removing is REMOVE in the first edition and REDUCE in the second, whichever was sent",
     {.source = "our decision"}) {
  const auto* const sent = GENERATE("REMOVE", "REDUCE");
  World world;
  const std::string path =
      "/scaling_policy/" +
      world.create_policy(
          fmt::format(R"("scaling_policy_action": {{"operation": "{}", "instance_number": 2}})", sent));
  CHECK(action_of(world.client.get(path)) == R"({"operation":"REMOVE","instance_number":2})");
  CHECK(action_of(world.client.get_v2(path)) == R"({"operation":"REDUCE","size":2})");
}

RULE("the second edition takes REMOVE and REDUCE for groups",
     {.source = "AS API reference (V2), operation"}) {
  const auto* const sent = GENERATE("REMOVE", "REDUCE");
  World world;
  const std::string action = fmt::format(R"({{"operation": "{}", "size": 2}})", sent);
  CHECK(outcome(world.client.post_v2("/scaling_policy", v2_body(world.group, "SCALING_GROUP", action))) ==
        "200");
}

RULE("a bandwidth knows REDUCE only", {.source = "AS API reference (V2), operation"}) {
  OfBandwidth world;
  const auto try_with = [&](const char* operation) {
    return outcome(world.client.post_v2(
        "/scaling_policy", v2_body(world.client.text(world.bandwidth), "BANDWIDTH",
                                   fmt::format(R"({{"operation": "{}", "size": 2}})", operation))));
  };
  CHECK(try_with("REDUCE") == "200");
  CHECK(try_with("REMOVE") == "400 AS.3017");
}

RULE("the first edition neither shows nor changes policies of bandwidths", {.source = "AS.3020"}) {
  OfBandwidth world;
  CHECK(outcome(world.client.get("/scaling_policy/" + world.policy)) == "400 AS.3020");
  CHECK(outcome(world.client.put("/scaling_policy/" + world.policy, R"({"cool_down_time": 1})")) ==
        "400 AS.3020");
}

RULE("a bandwidth has no list of policies in the first edition", {.source = "our decision"}) {
  OfBandwidth world;
  const std::string list = "/scaling_policy/" + world.client.text(world.bandwidth) + "/list";
  CHECK(outcome(world.client.get(list)) == "404 AS.0007");
  CHECK(envelope(world.client.get_v2(list)) == "1 0 20");
}

RULE("the first edition executes, disables and deletes policies of bandwidths: the second can't",
     {.source = "AS API reference, executing a policy"}) {
  OfBandwidth world;
  const std::string path = "/scaling_policy/" + world.policy;
  CHECK(outcome(world.client.post(path + "/action", R"({"action": "execute"})")) == "204");
  support::run_for(world.client.cloud, 5s);
  CHECK(outcome(world.client.post(path + "/action", R"({"action": "pause"})")) == "204");
  CHECK(outcome(world.client.del(path)) == "204");
  CHECK(outcome(world.client.get_v2(path)) == "404 AS.0007");
}

RULE("a policy of neither number nor percentage adds one", {.source = "AS API reference, instance_number"}) {
  World world;
  const std::string path = "/scaling_policy/" + world.create_policy();
  CHECK(action_of(world.client.get(path)) == R"({"operation":"ADD","instance_number":1})");
}

RULE("a policy shows its number or its percentage, as it was made",
     {.source = "AS API reference, querying a policy"}) {
  World world;
  const std::string path =
      "/scaling_policy/" + world.create_policy(R"("scaling_policy_action": {"instance_percentage": 25})");
  CHECK(action_of(world.client.get(path)) == R"({"operation":"ADD","instance_percentage":25})");
}

RULE("a description of the second edition outlives a change by the first", {.source = "our decision"}) {
  World world;
  const std::string path = "/scaling_policy/" + world.create_policy();
  REQUIRE(outcome(world.client.put_v2(path, R"({"description": "kept"})")) == "200");
  REQUIRE(outcome(world.client.put(path, R"({"cool_down_time": 8})")) == "200");
  CHECK(text_at(world.client.get_v2(path), "scaling_policy/description") == "kept");
}

RULE("what a change of a policy leaves out stays", {.source = "AS API reference, modifying a policy"}) {
  World world;
  const std::string path = "/scaling_policy/" + world.create_policy(R"("cool_down_time": 60)");
  REQUIRE(outcome(world.client.put(path, member("scaling_policy_name", "q"))) != "200");  // No object.
  REQUIRE(outcome(world.client.put(path, R"({"scaling_policy_name": "q"})")) == "200");
  const auto read = body_of(world.client.get(path));
  CHECK(at(read, "scaling_policy/cool_down_time") == 60);
  CHECK(at(read, "scaling_policy/scheduled_policy/launch_time") == "2026-03-02T08:00Z");
}

RULE("a change replaces a policy's action as a whole", {.source = "our decision"}) {
  World world;
  const std::string path = "/scaling_policy/" + world.create_policy(R"("scaling_policy_action":
      {"operation": "REMOVE", "instance_number": 3})");
  REQUIRE(outcome(world.client.put(path, R"({"scaling_policy_action": {"instance_percentage": 10}})")) ==
          "200");
  CHECK(action_of(world.client.get(path)) == R"({"operation":"ADD","instance_percentage":10})");
}

RULE("policies of groups have up to 20 in a batch", {.source = "AS API reference, batch managing policies"}) {
  World world;
  const auto pause = [&](std::size_t count) {
    return outcome(world.client.post("/scaling_policies/action",
                                     fmt::format(R"({{"action": "pause", "scaling_policy_id": [{}]}})",
                                                 World::list_of(Texts(count, std::string(kNobody))))));
  };
  CHECK(pause(20) == "400 AS.3047");
  CHECK(pause(21) == "400 AS.0022");
  CHECK(pause(0) == "400 AS.3049");
}

RULE("a batch of policies handles each on its own and names those that failed", {.source = "our decision"}) {
  World world;
  const std::string policy = world.create_policy();
  const Response answer = world.client.post("/scaling_policies/action",
                                            fmt::format(R"({{"action": "pause", "scaling_policy_id": [{}]}})",
                                                        World::list_of({std::string(kNobody), policy})));
  CHECK(outcome(answer) == "400 AS.3047");
  CHECK(message_of(answer) == fmt::format("{}: AS.3020 no such policy", kNobody));
  CHECK(text_at(world.client.get("/scaling_policy/" + policy), "scaling_policy/policy_status") == "PAUSED");
}

RULE("a batch that deletes policies takes their alarm rules along when it is told to",
     {.source = "AS API reference, batch managing policies"}) {
  World world;
  const auto rule = support::an_alarm_on_load(world.client.cloud, kFirst);
  const auto policy = support::create_policy(world.client.cloud, kFirst, support::an_alarm_policy(rule));
  const bool along = GENERATE(false, true);
  REQUIRE(outcome(world.client.post("/scaling_policies/action",
                                    fmt::format(R"({{"action": "delete", "scaling_policy_id": ["{}"],
                                                     "delete_alarm": "{}"}})",
                                                world.client.text(policy), along ? "yes" : "no"))) == "204");
  CHECK((world.client.cloud.find(rule) == nullptr) == along);
}

// ---- Periodic policies ----

namespace {

std::string periodic(std::string_view type, std::string_view value, std::string_view more = {}) {
  return fmt::format(R"("scaling_policy_type": "RECURRENCE", "scheduled_policy": {{"launch_time": "12:00",
      "recurrence_type": "{}", "recurrence_value": {}, "end_time": "2026-04-30T00:00Z"{}}})",
                     type, value, more);
}

}  // namespace

RULE("a periodic policy without a start begins when it is made", {.source = "AS API reference, start_time"}) {
  World world;
  support::run_for(world.client.cloud, 3h);
  const std::string path = "/scaling_policy/" + world.create_policy(periodic("Daily", "null"));
  CHECK(text_at(world.client.get(path), "scaling_policy/scheduled_policy/start_time") == "2026-03-01T03:01Z");
}

RULE("days of a periodic policy that are no days are AS.3025", {.source = "AS.3025"}) {
  World world;
  for (const auto& [type, value] :
       std::vector<std::pair<const char*, const char*>>{{"Weekly", R"("0")"},
                                                        {"Weekly", R"("8")"},
                                                        {"Weekly", R"("1,x")"},
                                                        {"Weekly", R"("1,")"},
                                                        {"Monthly", R"("0")"},
                                                        {"Monthly", R"("32")"},
                                                        {"Monthly", R"("1.5")"}}) {
    CAPTURE(type, value);
    CHECK(outcome(world.try_policy(periodic(type, value))) == "400 AS.3025");
  }
  CHECK(outcome(world.try_policy(periodic("Weekly", R"("7,1")"))) == "200");
  CHECK(outcome(world.try_policy(periodic("Monthly", R"("31,1")"))) == "200");
}

RULE("a day that a periodic policy names twice counts once", {.source = "our decision"}) {
  World world;
  const std::string policy = world.create_policy(periodic("Weekly", R"("1,1,1")"));
  support::run_for(world.client.cloud, 24h);
  CHECK(envelope(world.client.get("/scaling_policy_execute_log/" + policy)) == "1 0 20");
}

// ---- Members in batches ----

RULE("up to 10 servers are added or members protected in one call", {.source = "AS.4022, AS.4043"}) {
  World world;
  CHECK(outcome(world.batch("ADD", Texts(10, std::string(kNobody)))) == "400 AS.4029");
  CHECK(outcome(world.batch("ADD", Texts(11, std::string(kNobody)))) == "400 AS.4022");
  const auto* const action = GENERATE("PROTECT", "UNPROTECT");
  CHECK(outcome(world.batch(action, Texts(10, std::string(kNobody)))) == "400 AS.4033");
  CHECK(outcome(world.batch(action, Texts(11, std::string(kNobody)))) == "400 AS.4043");
}

RULE("up to 50 members are taken out in one call", {.source = "AS user manual, removing instances"}) {
  World world;
  CHECK(outcome(world.batch("REMOVE", Texts(50, std::string(kNobody)))) == "400 AS.4030");
  CHECK(outcome(world.batch("REMOVE", Texts(51, std::string(kNobody)))) == "400 AS.4026");
}

RULE("a batch of configurations deletes those that it can and names the others", {.source = "AS.1038"}) {
  Client client;
  const std::string free = create_configuration(client);
  const Response answer = client.post(
      "/scaling_configurations",
      fmt::format(R"({{"scaling_configuration_id": [{}]}})", World::list_of({std::string(kNobody), free})));
  CHECK(outcome(answer) == "400 AS.1038");
  CHECK(message_of(answer).find(kNobody) != std::string::npos);
  CHECK(message_of(answer).find(free) == std::string::npos);
  CHECK(outcome(client.get("/scaling_configuration/" + free)) == "404 AS.0007");
}

RULE("a member is taken out with its ECS kept where nothing is said of it",
     {.source = "AS API reference, instance_delete"}) {
  World world(2);
  CHECK(outcome(world.client.del("/scaling_group_instance/" + world.member(0))) == "204");
  support::run_until_idle(world.client.cloud, kFirst);
  CHECK(outcome(world.batch("REMOVE", {world.member(0)})) == "204");
  support::run_until_idle(world.client.cloud, kFirst);
  for (const sim::Instance& each : world.client.cloud.all_instances()) CHECK(each.ecs_deleted == sim::kNever);
}

RULE("instance_delete is yes or no", {.source = "AS.4007"}) {
  World world;
  CHECK(outcome(world.client.del("/scaling_group_instance/" + world.member(0) + "?instance_delete=true")) ==
        "400 AS.4007");
  CHECK(outcome(world.batch("REMOVE", {world.member(0)}, R"(, "instance_delete": "maybe")")) ==
        "400 AS.4007");
}

RULE("a batch of instances asks for ADD, REMOVE, PROTECT or UNPROTECT", {.source = "AS.4018"}) {
  World world;
  CHECK(outcome(world.batch("add", {"server-0-0"})) == "400 AS.4018");
  CHECK(outcome(world.batch("ENTER_STANDBY", {world.member(0)})) == "400 AS.4018");
  CHECK(outcome(world.batch("EXIT_STANDBY", {world.member(0)})) == "400 AS.4018");
}

RULE("where standby is offered, a batch asks for it, with or without a substitute",
     {.source = "Huawei Cloud AS API reference, batch managing instances", .knob = "standby = true"}) {
  World world(2, with(&sim::Behaviour::standby, true));
  CHECK(outcome(world.batch("ENTER_STANDBY", {world.member(0)}, R"(, "instance_append": "yes")")) == "204");
  support::run_for(world.client.cloud, support::kBoot);
  CHECK(world.states() == Texts{"STANDBY", "INSERVICE", "INSERVICE"});
  CHECK(outcome(world.batch("EXIT_STANDBY", {world.member(0)})) == "204");
  CHECK(outcome(world.batch("ENTER_STANDBY", {world.member(0)})) == "204");  // Without one.
  support::run_for(world.client.cloud, support::kBoot);
  CHECK(world.states() == Texts{"STANDBY", "INSERVICE", "INSERVICE"});
}

RULE("an instance added by hand is known by its empty configuration",
     {.source = "AS API reference, querying instances"}) {
  World world(0);
  CHECK(outcome(world.batch("ADD", {"server-0-0"})) == "204");
  support::run_until_idle(world.client.cloud, kFirst);
  const Response list = world.client.get("/scaling_group_instance/" + world.group + "/list");
  CHECK(column(list, "scaling_group_instances", "scaling_configuration_id") == Texts{""});
  CHECK(column(list, "scaling_group_instances", "scaling_configuration_name") == Texts{""});
}

// ---- Hooks ----

namespace {

// A group of one that has come up and waits at the hook h; `more` replaces the hook's members.
struct Waiting : World {
  explicit Waiting(std::string_view more = {},
                   const sim::Behaviour& behaviour = support::behaviour_under_test())
      : World(0, behaviour) {
    REQUIRE(outcome(create_hook(more)) == "200");
    support::set_desire(client.cloud, kFirst, 1);
    support::run_for(client.cloud, support::kBoot);
  }
  Response create_hook(std::string_view more = {}) {
    return client.post("/scaling_lifecycle_hook/" + group, hook_body(more));
  }
  static std::string hook_body(std::string_view more) {
    return fmt::format(R"({{"lifecycle_hook_name": "h", "lifecycle_hook_type": "INSTANCE_LAUNCHING",
                            "notification_topic_urn": "{}"{}{}}})",
                       kTopic, more.empty() ? "" : ", ", more);
  }
  std::string key() const { return client.text(sim::HookWaitId{0}); }
  std::string call_back(std::string_view members, std::string_view result = "CONTINUE") {
    return outcome(client.put("/scaling_instance_hook/" + group + "/callback",
                              fmt::format(R"({{"lifecycle_action_result": "{}", {}}})", result, members)));
  }
  boost::json::value waits() { return body_of(client.get("/scaling_instance_hook/" + group + "/list")); }
};

}  // namespace

RULE("who waits at a hook is shown with a state of its own",
     {.source = "AS user manual, life cycle", .knob = "strict_lifecycle_enum = false"}) {
  Waiting world({}, with(&sim::Behaviour::strict_lifecycle_enum, false));
  CHECK(world.states() == Texts{"PENDING_WAIT"});
  CHECK(world.states("?life_cycle_state=PENDING_WAIT").size() == 1);
  CHECK(world.states("?life_cycle_state=PENDING").empty());
}

RULE("who waits at a hook is shown as PENDING or REMOVING, and found by either word",
     {.source = "AS API reference, life_cycle_state", .knob = "strict_lifecycle_enum = true"}) {
  Waiting world({}, with(&sim::Behaviour::strict_lifecycle_enum, true));
  CHECK(world.states() == Texts{"PENDING"});
  CHECK(world.states("?life_cycle_state=PENDING_WAIT") == Texts{"PENDING"});
  CHECK(world.states("?life_cycle_state=PENDING") == Texts{"PENDING"});
}

RULE("a hook waits an hour and then abandons, where nothing is said of it",
     {.source = "AS API reference, creating a lifecycle hook"}) {
  World world(0);
  const auto hook =
      body_of(world.client.post("/scaling_lifecycle_hook/" + world.group, Waiting::hook_body({})));
  CHECK(hook.at("default_timeout") == 3600);
  CHECK(hook.at("default_result") == "ABANDON");
  CHECK(hook.at("notification_metadata").is_null());
  CHECK(hook.at("notification_topic_name") == "as-events");
}

RULE("a hook is called back by its key, or by instance and hook, and a key wins",
     {.source = "AS API reference, calling back a hook"}) {
  const auto* const way = GENERATE("key", "both names", "key and wrong names");
  Waiting world;
  const std::string by_key = member("lifecycle_action_key", world.key());
  const std::string by_names =
      member("instance_id", world.member(0)) + ", " + member("lifecycle_hook_name", "h");
  const std::string wrong = member("instance_id", "x") + ", " + member("lifecycle_hook_name", "x");
  const std::string text = way;
  CHECK(world.call_back(text == "key"          ? by_key
                        : text == "both names" ? by_names
                                               : by_key + ", " + wrong) == "204");
  CHECK(world.states() == Texts{"INSERVICE"});
}

RULE("a callback names what it is about", {.source = "AS.7040"}) {
  Waiting world;
  CHECK(world.call_back(member("instance_id", world.member(0))) == "400 AS.7040");
  CHECK(world.call_back(member("lifecycle_hook_name", "h")) == "400 AS.7040");
}

RULE("a callback has a result, of CONTINUE, ABANDON and EXTEND", {.source = "AS.7034, AS.7039"}) {
  Waiting world;
  const std::string key = member("lifecycle_action_key", world.key());
  CHECK(world.call_back(key, "STOP") == "400 AS.7034");
  CHECK(outcome(world.client.put("/scaling_instance_hook/" + world.group + "/callback",
                                 fmt::format("{{{}}}", key))) == "400 AS.7039");
  CHECK(world.call_back(key, "EXTEND") == "204");
  CHECK(world.call_back(key, "ABANDON") == "204");
}

RULE("the timeout of a wait is told as the moment at which it ends",
     {.source = "AS API reference, querying suspended instances"}) {
  Waiting world(R"("default_timeout": 60)");
  CHECK(at(world.waits(), "instance_hanging_info/0/timeout") == "2026-03-01T00:02:40Z");
  REQUIRE(world.call_back(member("lifecycle_action_key", world.key()), "EXTEND") == "204");
  CHECK(at(world.waits(), "instance_hanging_info/0/timeout") == "2026-03-01T01:02:40Z");
}

RULE("the message of a wait has all that its owner needs for an answer",
     {.source = "our decision, after the AS user manual, lifecycle hooks"}) {
  Waiting world(R"("notification_metadata": "text")");
  REQUIRE(world.client.cloud.topic_messages().size() == 1);
  const auto message =
      write_topic_message(world.client.cloud, world.client.cloud.topic_messages()[0], kProject);
  CHECK(message.at("lifecycle_action_key").as_string() == world.key());
  CHECK(message.at("instance_id").as_string() == world.member(0));
  CHECK(message.at("scaling_group_id").as_string() == world.group);
  CHECK(message.at("lifecycle_hook_name") == "h");
  CHECK(message.at("notification_metadata") == "text");
  CHECK(message.at("tenant_id").as_string() == kProject);
}

// ---- null or absent ----

RULE("a group shows every documented member, null where nothing is set", {.source = "our decision"}) {
  Client client;
  const std::string group = create_group(client);
  const auto read = body_of(client.get("/scaling_group/" + group));
  const auto& shown = at(read, "scaling_group").as_object();
  for (const char* unset : {"lb_listener_id", "lbaas_listeners", "detail", "notifications", "activity_type",
                            "cloud_location_id", "description"}) {
    CAPTURE(unset);
    REQUIRE(shown.contains(unset));
    CHECK(shown.at(unset).is_null());
  }
  CHECK(shown.at("security_groups").as_array().empty());
}

RULE("a policy leaves out what its type does not have", {.source = "AS API reference, querying a policy"}) {
  World world;
  const std::string scheduled = world.create_policy();
  const auto rule = support::an_alarm_on_load(world.client.cloud, kFirst);
  const auto alarmed = support::create_policy(world.client.cloud, kFirst, support::an_alarm_policy(rule));
  const auto shown = [&](const std::string& id) {
    return at(body_of(world.client.get("/scaling_policy/" + id)), "scaling_policy").as_object();
  };
  CHECK_FALSE(shown(scheduled).contains("alarm_id"));
  CHECK_FALSE(at(body_of(world.client.get("/scaling_policy/" + scheduled)), "scaling_policy/scheduled_policy")
                  .as_object()
                  .contains("recurrence_type"));
  CHECK_FALSE(shown(world.client.text(alarmed)).contains("scheduled_policy"));
}

RULE("in the second edition an alarm policy has an empty scheduled_policy",
     {.source = "AS API reference (V2), samples"}) {
  World world;
  const auto rule = support::an_alarm_on_load(world.client.cloud, kFirst);
  const auto policy = support::create_policy(world.client.cloud, kFirst, support::an_alarm_policy(rule));
  CHECK(to_text(at(body_of(world.client.get_v2("/scaling_policy/" + world.client.text(policy))),
                   "scaling_policy/scheduled_policy")) == "{}");
}

RULE("lists are empty rather than null, but for sys_tags", {.source = "our decision"}) {
  World world(0);
  CHECK(world.client.get("/scaling_group_tag/" + world.group + "/tags").body ==
        R"({"tags":[],"sys_tags":null})");
  CHECK(world.client.get("/scaling_lifecycle_hook/" + world.group + "/list").body ==
        R"({"lifecycle_hooks":[]})");
  CHECK(world.client.get("/scaling_instance_hook/" + world.group + "/list").body ==
        R"({"instance_hanging_info":[]})");
  CHECK(world.client.get("/scaling_notification/" + world.group).body == R"({"topics":[]})");
}

// ---- Quotas, health, enterprise projects ----

namespace {

std::string quota_row(Client& client, int row) {
  return to_text(at(body_of(client.get("/quotas")), fmt::format("quotas/resources/{}", row)));
}

}  // namespace

RULE("the project's quotas are 25 groups, 100 configurations, 50 policies, 300 instances",
     {.source = "AS user manual, quotas"}) {
  Client client;
  CHECK(quota_row(client, 0) == R"({"type":"scaling_Group","used":0,"quota":25,"max":50,"min":0})");
  CHECK(quota_row(client, 1) == R"({"type":"scaling_Config","used":0,"quota":100,"max":200,"min":0})");
  CHECK(quota_row(client, 2) == R"({"type":"scaling_Policy","used":-1,"quota":50,"max":50,"min":0})");
  CHECK(quota_row(client, 3) == R"({"type":"scaling_Instance","used":-1,"quota":300,"max":1000,"min":0})");
}

RULE("the project's quota of bandwidth policies is told with how many there are",
     {.source = "AS API reference, querying quotas"}) {
  OfBandwidth world;
  CHECK(quota_row(world.client, 5) ==
        R"({"type":"bandwidth_scaling_policy","used":1,"quota":50,"max":100,"min":0})");
}

RULE("a group's quotas count its policies and its members", {.source = "AS API reference, querying quotas"}) {
  World world(2);
  world.create_policy();
  CHECK(world.client.get("/quotas/" + world.group).body ==
        R"({"quotas":{"resources":[{"type":"scaling_Policy","used":1,"quota":50,"max":50,"min":0},)"
        R"({"type":"scaling_Instance","used":2,"quota":300,"max":1000,"min":0}]}})");
}

RULE("quotas that a project sets are those that it is told", {.source = "our decision"}) {
  Client client = client_with(&sim::Behaviour::group_quota, 7);
  CHECK(quota_row(client, 0) == R"({"type":"scaling_Group","used":0,"quota":7,"max":50,"min":0})");
}

RULE("a group is checked by its load balancers where it has some, else by its ECSs",
     {.source = "AS API reference, health_periodic_audit_method"}) {
  Client client;
  const auto method = [&](const std::string& group) {
    return text_at(client.get("/scaling_group/" + group), "scaling_group/health_periodic_audit_method");
  };
  CHECK(method(create_group(client)) == "NOVA_AUDIT");
  CHECK(method(create_group(client, R"("lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80,
      "weight": 1}])")) == "ELB_AUDIT");
  CHECK(method(create_group(client, R"("lb_listener_id": "listener")")) == "ELB_AUDIT");
}

RULE("a group that loses its load balancers keeps the way in which it is checked",
     {.source = "our decision"}) {
  Client client;
  const std::string group = create_group(client, R"("lb_listener_id": "listener")");
  REQUIRE(outcome(client.put("/scaling_group/" + group, R"({"lb_listener_id": ""})")) == "200");
  const auto shown = body_of(client.get("/scaling_group/" + group));
  CHECK(at(shown, "scaling_group/lb_listener_id").is_null());
  CHECK(at(shown, "scaling_group/health_periodic_audit_method") == "ELB_AUDIT");
}

RULE("a group may be checked by load balancers that it has not", {.source = "our decision"}) {
  Client client;
  CHECK(created(client, R"("health_periodic_audit_method": "ELB_AUDIT")") == "200");
}

RULE("a group is of the enterprise project 0 where none is named",
     {.source = "AS API reference, enterprise_project_id"}) {
  Client client;
  const std::string group = create_group(client);
  CHECK(text_at(client.get("/scaling_group/" + group), "scaling_group/enterprise_project_id") == "0");
}

RULE("an enterprise project that does not exist is AS.7059", {.source = "AS.7059"}) {
  Client client;
  CHECK(created(client, member("enterprise_project_id", kNobody)) == "400 AS.7059");
  CHECK(created(client, member("enterprise_project_id", "finance")) == "200");
}

RULE("all_granted_eps asks for the groups of all enterprise projects",
     {.source = "AS API reference, enterprise_project_id"}) {
  Client client;
  create_group(client);
  create_group(client, member("enterprise_project_id", "finance"));
  CHECK(envelope(client.get("/scaling_group?enterprise_project_id=all_granted_eps")) == "2 0 20");
  CHECK(envelope(client.get("/scaling_group?enterprise_project_id=finance")) == "1 0 20");
}

// ---- Alarm rules, as far as policies need them ----

namespace {

// "ok" or the code for an alarm rule with that member of its condition replaced, and these members beside it.
std::string alarm_rule(std::string_view condition, std::string_view more = {}) {
  Client client;
  const auto read = read_create_alarm_rule(
      fmt::format(R"({{"alarm_name": "a", "metric": {{"namespace": "MY.QUEUE", "metric_name": "length",
                       "dimensions": [{{"name": "queue", "value": "q"}}]}},
                       "condition": {{"period": 300, "filter": "average", "comparison_operator": ">=",
                                      "value": 80, "unit": "%", "count": 1{}{}}}{}{}}})",
                  condition.empty() ? "" : ", ", condition, more.empty() ? "" : ", ", more),
      client.cloud);
  return support::outcome(read);
}

template <class T>
void takes(std::string_view name, const std::vector<T>& good, const std::vector<T>& bad) {
  for (const T& each : good) {
    CAPTURE(name, each);
    CHECK(alarm_rule(fmt::format(R"("{}": {})", name, each)) == "ok");
  }
  for (const T& each : bad) {
    CAPTURE(name, each);
    CHECK(alarm_rule(fmt::format(R"("{}": {})", name, each)) == "AS.0022");
  }
}

}  // namespace

RULE("the period of an alarm rule is one of raw data, 5 and 20 minutes, 1, 4 and 24 hours",
     {.source = "Cloud Eye API reference, period"}) {
  takes<int>("period", {1, 300, 1200, 3600, 14400, 86400}, {2, 60, 600, -1});
}

RULE("the filter of an alarm rule is average, max, min, sum or variance",
     {.source = "Cloud Eye API reference, filter"}) {
  takes<std::string>("filter", {R"("average")", R"("max")", R"("min")", R"("sum")", R"("variance")"},
                     {R"("median")", R"("")"});
}

RULE("the comparison of an alarm rule is one of six signs",
     {.source = "Cloud Eye API reference, comparison_operator"}) {
  takes<std::string>("comparison_operator", {R"(">")", R"("=")", R"("<")", R"(">=")", R"("<=")", R"("!=")"},
                     {R"("==")", R"("<>")"});
}

RULE("an alarm rule counts 1 to 5 periods", {.source = "Cloud Eye API reference, count"}) {
  takes<int>("count", {1, 5}, {0, 6});
}

RULE("the threshold of an alarm rule is not negative", {.source = "Cloud Eye API reference, value"}) {
  takes<std::string>("value", {"0", "0.5"}, {"-1"});
}

RULE("a lasting alarm repeats in one of ten intervals",
     {.source = "Cloud Eye API reference, suppress_duration"}) {
  takes<int>("suppress_duration", {0, 300, 600, 900, 1800, 3600, 10800, 21600, 43200, 86400}, {1, 60, 7200});
}

RULE("an autoscaling action of an alarm rule names no topics",
     {.source = "Cloud Eye API reference, alarm_actions"}) {
  CHECK(alarm_rule("", R"("alarm_actions": [{"type": "autoscaling", "notificationList": []}])") == "ok");
  CHECK(alarm_rule("",
                   R"("alarm_actions": [{"type": "autoscaling", "notificationList": ["urn:smn:a:b:c"]}])") ==
        "AS.0022");
  CHECK(alarm_rule("", R"("alarm_actions": [{"type": "fax", "notificationList": []}])") == "AS.0022");
}

// ---- Queries for tags ----

namespace {

// Four groups: web without tags, shop env=prod team=blue, till env=dev team=red, desk env=dev.
struct TaggedGroups {
  Client client;

  TaggedGroups() {
    make("web", {});
    make("shop", {{"env", "prod"}, {"team", "blue"}});
    make("till", {{"env", "dev"}, {"team", "red"}});
    make("desk", {{"env", "dev"}});
  }
  void make(const char* name, const std::vector<sim::Tag>& tags) {
    const auto group = support::create_group(client.cloud, {.name = name});
    if (tags.empty()) return;
    REQUIRE(support::outcome(client.cloud.submit(sim::ChangeTags{group, sim::TagChange::Create, tags})) ==
            "ok");
  }
  Response query(std::string_view action, std::string_view conditions) {
    return client.post(
        "/scaling_group_tag/resource_instances/action",
        fmt::format(R"({{"action": "{}"{}{}}})", action, conditions.empty() ? "" : ", ", conditions));
  }
  Texts found(std::string_view conditions) {
    return column(query("filter", conditions), "resources", "resource_name");
  }
};

}  // namespace

RULE("tags that are asked for must all be there, each with one of its values",
     {.source = "AS API reference, querying resources by tags"}) {
  TaggedGroups world;
  CHECK(world.found(R"("tags": [{"key": "env", "values": ["dev"]}, {"key": "team", "values": []}])") ==
        Texts{"till"});
  CHECK(world.found(R"("tags": [{"key": "env", "values": ["dev", "prod"]}])") ==
        Texts{"desk", "till", "shop"});
}

RULE("of tags_any one must be there", {.source = "AS API reference, querying resources by tags"}) {
  CHECK(TaggedGroups().found(
            R"("tags_any": [{"key": "env", "values": ["prod"]}, {"key": "team", "values": ["red"]}])") ==
        Texts{"till", "shop"});
}

RULE("not_tags leaves out who has all of them", {.source = "our decision"}) {
  CHECK(TaggedGroups().found(
            R"("not_tags": [{"key": "env", "values": ["dev"]}, {"key": "team", "values": []}])") ==
        Texts{"desk", "shop", "web"});
}

RULE("not_tags_any leaves out who has any of them", {.source = "our decision"}) {
  CHECK(TaggedGroups().found(
            R"("not_tags_any": [{"key": "env", "values": ["dev"]}, {"key": "team", "values": []}])") ==
        Texts{"web"});
}

RULE("without_any_tag finds who has none, whatever else is asked, and may be left out",
     {.source = "AS API reference, querying resources by tags"}) {
  TaggedGroups world;
  CHECK(world.found(R"("without_any_tag": true, "tags": [{"key": "env", "values": []}])") == Texts{"web"});
  CHECK(world.found("").size() == 4);
}

RULE("a query for tags takes its page as texts or as numbers", {.source = "our decision"}) {
  TaggedGroups world;
  CHECK(world.found(R"("limit": "2", "offset": "1")") == Texts{"till", "shop"});
  CHECK(world.found(R"("limit": 2, "offset": 1)") == Texts{"till", "shop"});
}

RULE("a query for tags may ask for the number only",
     {.source = "AS API reference, querying resources by tags"}) {
  CHECK(TaggedGroups().query("count", R"("tags": [{"key": "env", "values": ["dev"]}])").body ==
        R"({"total_count":2})");
}

RULE("only groups have tags", {.source = "AS.7048"}) {
  Client client;
  CHECK(outcome(client.get("/ecs/tags")) == "400 AS.7048");
}

}  // namespace
}  // namespace tidepool::api
