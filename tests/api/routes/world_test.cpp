// The way into a World: who may use which project, and how clocks follow the wall's.
#include "api/routes/world.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;

std::string groups_path(std::string_view project) {
  return fmt::format("/autoscaling-api/v1/{}/scaling_group", project);
}

std::string create_group(WorldClient& client, std::string_view project = "eu-de_fake", int desire = 2) {
  const std::string configuration =
      text_at(client.as_project("POST", "/scaling_configuration", minimal_configuration(), project),
              "scaling_configuration_id");
  const std::string members = fmt::format(
      R"("scaling_configuration_id": "{}", "desire_instance_number": {}, "max_instance_number": 5)",
      configuration, desire);
  return text_at(client.as_project("POST", "/scaling_group", minimal_group(members), project),
                 "scaling_group_id");
}

void resume(WorldClient& client, std::string_view group, std::string_view project = "eu-de_fake") {
  REQUIRE(client
              .as_project("POST", fmt::format("/scaling_group/{}/action", group), R"({"action":"resume"})",
                          project)
              .status == 204);
}

int current_number(WorldClient& client, std::string_view group, std::string_view project = "eu-de_fake") {
  const auto body = body_of(client.as_project("GET", fmt::format("/scaling_group/{}", group), {}, project));
  return static_cast<int>(at(body, "scaling_group/current_instance_number").as_int64());
}

}  // namespace

TEST_CASE("a call of the service needs a token of the project in its path", "[world]") {
  WorldClient client;
  const std::string fake = client.log_in(), other = client.log_in("eu-de_other");
  const std::string fake_path = groups_path(client.project_id());
  struct Row {
    const char* why;
    WorldClient::Headers headers;
    std::string ending;
  };
  const std::vector<Row> rows{
      {"AS.0005: no token", {}, "401 AS.0005"},
      {"AS.0005: an empty one", {{"X-Auth-Token", ""}}, "401 AS.0005"},
      {"AS.0006: a malformed one", {{"X-Auth-Token", "gAAAA"}}, "401 AS.0006"},
      {"AS.0006: one that was tampered with", {{"X-Auth-Token", fake + "0"}}, "401 AS.0006"},
      {"AS.0008: one of another project", {{"X-Auth-Token", other}}, "400 AS.0008"},
      {"its own", {{"X-Auth-Token", fake}}, "200"},
      {"header names have no case", {{"x-auth-token", fake}}, "200"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    CHECK(outcome(client.send("GET", fake_path, {}, row.headers)) == row.ending);
  }
}

TEST_CASE("a signature is compared with the secret when the world has access keys", "[world]") {
  const std::string path = "/autoscaling-api/v1/0123456789abcdef0123456789abcdef/scaling_group";
  const auto sign = [](std::string_view key, std::string_view digest) {
    return WorldClient::Headers{
        {"X-Sdk-Date", "20260101T000000Z"},
        {"Authorization", fmt::format("SDK-HMAC-SHA256 Credential={}/20260101///sdk_request, "
                                      "SignedHeaders=host;x-sdk-date, Signature={}",
                                      key, digest)}};
  };
  // Computed by another program from the documented steps; the secret is "secret".
  const std::string right = "1faf1e2daca8848c7f579ee72cd40949b000faf853d897bd2a061aa127ad6d44";
  std::string wrong = right;
  wrong.back() = '5';

  WorldClient open;
  CHECK(outcome(open.send("GET", path, {}, sign("AK", wrong))) == "200");
  CHECK(outcome(open.send("GET", path, {}, sign("AK", "short"))) == "401 AS.0006");
  CHECK(outcome(open.send("GET", path, {}, {{"Authorization", "SDK-HMAC-SHA256"}})) == "401 AS.0006");
  CHECK(outcome(open.send("GET", path, {}, {{"Authorization", "Basic dTpw"}})) == "401 AS.0005");

  WorldOptions options = world_options();
  options.access_keys = {{"AK", "secret"}};
  WorldClient strict{options};
  const std::string query = "?start_number=0&limit=20";  // Signed in the order of the names.
  CHECK(outcome(strict.send("GET", path + query, {}, sign("AK", right))) == "200");
  CHECK(outcome(strict.send("GET", path, {}, sign("AK", right))) == "401 AS.0006");
  CHECK(outcome(strict.send("GET", path + query, {}, sign("AK", wrong))) == "401 AS.0006");
  CHECK(outcome(strict.send("GET", path + query, {}, sign("KA", right))) == "401 AS.0006");
}

TEST_CASE("a project is made on first use, or not at all", "[world]") {
  WorldClient client;
  const std::string token = client.log_in(), path = groups_path(client.project_id());
  CHECK(client.world.find(client.project_id()) == nullptr);
  CHECK(client.send("GET", path, {}, {{"X-Auth-Token", token}}).status == 200);
  CHECK(client.world.find(client.project_id())->name == "eu-de_fake");
  CHECK(client.world.find(client.project_id())->domain == "D");

  WorldOptions closed = world_options();
  closed.auto_projects = AutoProjects::Off;
  WorldClient strict{closed};
  CHECK(outcome(strict.send("GET", path, {}, {{"X-Auth-Token", token}})) == "401 AS.0006");
  const std::string login = login_body(R"({"name":"user"})", R"({"project":{"name":"eu-de_fake"}})");
  CHECK(ending(strict.send("POST", "/v3/auth/tokens", login)) == "401 Unauthorized");
  REQUIRE(strict.send("POST", "/_tidepool/v1/projects", R"({"name": "eu-de_fake", "domain": "D"})").status ==
          201);
  CHECK(strict.send("POST", "/v3/auth/tokens", login).status == 201);
  CHECK(outcome(strict.send("GET", path, {}, {{"X-Auth-Token", token}})) == "200");
}

TEST_CASE("projects never see one another, and their ids differ", "[world]") {
  WorldClient client;
  const std::string mine = create_group(client), theirs = create_group(client, "eu-de_other");
  CHECK(mine != theirs);
  CHECK(column(client.as_project("GET", "/scaling_group"), "scaling_groups", "scaling_group_id") ==
        std::vector{mine});
  CHECK(column(client.as_project("GET", "/scaling_group", {}, "eu-de_other"), "scaling_groups",
               "scaling_group_id") == std::vector{theirs});
  CHECK(outcome(client.as_project("GET", "/scaling_group/" + theirs)) == "404 AS.0007");
}

TEST_CASE("a hundred projects on one server are each as if they were alone (our decision)", "[world]") {
  // Their requests take turns, and each moves its own clock.
  const auto name = [](int number) { return fmt::format("eu-de_{}", number); };
  const auto step = [&](WorldClient& client, int number, int turn) -> std::string {
    const std::string project = name(number);
    if (turn == 0) return client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "manual"})", project).body;
    if (turn == 1) return create_group(client, project);
    const auto all = client.as_project("GET", "/scaling_group", {}, project);
    const std::string group = column(all, "scaling_groups", "scaling_group_id").at(0);
    if (turn == 2)
      return client
          .as_project("POST", fmt::format("/scaling_group/{}/action", group), R"({"action":"resume"})",
                      project)
          .body;
    const auto by = fmt::format(R"({{"by": "{}m"}})", number + turn);
    return client.testbed("POST", "/projects/{p}/clock/advance", by, project).body + all.body;
  };
  constexpr int kProjects = 100, kTurns = 6;
  WorldClient crowded;
  std::vector<std::string> seen(kProjects);
  for (int turn = 0; turn < kTurns; ++turn)
    for (int number = 0; number < kProjects; ++number)
      seen[static_cast<std::size_t>(number)] += step(crowded, number, turn);
  for (int number = 0; number < kProjects; number += 33) {
    WorldClient alone;
    std::string expected;
    for (int turn = 0; turn < kTurns; ++turn) expected += step(alone, number, turn);
    CHECK(seen[static_cast<std::size_t>(number)] == expected);
  }
}

TEST_CASE("the same requests to the same world give the same ids", "[world]") {
  WorldClient once, again, other_seed{[] {
    WorldOptions options = world_options();
    options.seed = 2;
    return options;
  }()};
  const std::string id = create_group(once);
  CHECK(create_group(again) == id);
  CHECK(create_group(other_seed) != id);
}

// ---- Clocks ----

TEST_CASE("a clock runs at the wall's pace", "[world]") {
  WorldClient client;
  const std::string group = create_group(client);
  resume(client, group);
  client.wait(99);
  CHECK(current_number(client, group) == 0);
  client.wait(1);  // An ECS boots in 100 s.
  CHECK(current_number(client, group) == 2);
  CHECK(client.world.find(client.project_id())->cloud.now() == support::kStart + 100s);
}

TEST_CASE("a scaled clock runs at a multiple of the wall's pace, fractions of microseconds included",
          "[world]") {
  WorldOptions options = world_options();
  options.clock.speed_millionths = 333'333;
  WorldClient client{options};
  client.testbed("GET", "/projects/{p}/clock");
  for (int i = 0; i < 9; ++i) {
    client.wall_us += 1;
    client.testbed("GET", "/projects/{p}/clock");
  }
  // 9 * 0.333333 = 2.999997
  CHECK(client.world.find(client.project_id())->cloud.now() == support::kStart + 2us);
  client.wall_us += 1;
  client.testbed("GET", "/projects/{p}/clock");
  CHECK(client.world.find(client.project_id())->cloud.now() == support::kStart + 3us);
}

TEST_CASE("a manual clock stands, but what is due at once happens", "[world]") {
  WorldOptions options = world_options();
  options.clock.mode = ClockMode::Manual;
  WorldClient client{options};
  const std::string group = create_group(client);
  resume(client, group);
  client.wait(86'400);
  CHECK(current_number(client, group) == 0);
  CHECK(client.world.find(client.project_id())->cloud.now() == support::kStart);
  CHECK(column(client.as_project("GET", fmt::format("/scaling_group_instance/{}/list", group)),
               "scaling_group_instances",
               "life_cycle_state") == std::vector<std::string>{"PENDING", "PENDING"});
}

TEST_CASE("a wall clock that runs backwards does not move a clock", "[world]") {
  WorldClient client;
  client.testbed("GET", "/projects/{p}/clock");
  client.wait(10);
  client.testbed("GET", "/projects/{p}/clock");
  client.wait(-100);
  client.testbed("GET", "/projects/{p}/clock");
  CHECK(client.world.find(client.project_id())->cloud.now() == support::kStart + 10s);
}

TEST_CASE("after a long pause a request runs so many events and later ones the rest", "[world]") {
  WorldOptions options = world_options();
  options.behaviour.metric_period = 1s;
  WorldClient client{options};
  create_group(client);
  resume(client, create_group(client));
  client.wait(10 * 86'400);
  const auto& cloud = client.world.find(client.project_id())->cloud;
  const std::uint64_t before = cloud.events_handled();
  client.testbed("GET", "/projects/{p}/clock");
  CHECK(cloud.events_handled() - before == 100'000);
  CHECK(cloud.now() < support::kStart + 240h);
  for (int i = 0; i < 100 && cloud.now() < support::kStart + 240h; ++i)
    client.testbed("GET", "/projects/{p}/clock");
  CHECK(cloud.now() == support::kStart + 240h);
}

TEST_CASE("a clock stops at the last moment that can be written down", "[world]") {
  WorldOptions options = world_options();
  options.clock.speed_millionths = 1'000'000'000'000;
  WorldClient client{options};
  client.testbed("GET", "/projects/{p}/clock");
  for (int i = 0; i < 3; ++i) {
    client.wait(1'000'000'000);
    CHECK(at(json_of(client.testbed("GET", "/projects/{p}/clock")), "now") == "9999-12-31T23:59:59Z");
  }
}

// ---- Anything at all ----

namespace {

using Random = std::mt19937_64;

template <class T>
const T& one_of(Random& random, const std::vector<T>& choices) {
  return choices[random() % choices.size()];
}

std::string any_bytes(Random& random) {
  std::string bytes(random() % 24, '\0');
  for (char& each : bytes) each = static_cast<char>(random());
  return bytes;
}

const std::vector<std::string> kTargets{"/",
                                        "",
                                        "*",
                                        "/v1",
                                        "/v3",
                                        "/v2.1/",
                                        "//",
                                        "/%",
                                        "/v3/auth/tokens",
                                        "/v3/auth/catalog",
                                        "/v3/projects",
                                        "/v3/projects?name=%FF",
                                        "/v3/auth/domains?name=D",
                                        "/v3/projects/x",
                                        "/autoscaling-api",
                                        "/autoscaling-api/v1/{p}/scaling_group",
                                        "/autoscaling-api/v1/x",
                                        "/autoscaling-api/v2/{p}/",
                                        "/_tidepool",
                                        "/_tidepool/v1/projects",
                                        "/_tidepool/v1/projects/{p}",
                                        "/_tidepool/v1/projects/{p}/clock",
                                        "/_tidepool/v1/projects/{p}/clock/advance",
                                        "/_tidepool/v1/projects/{p}/reset",
                                        "/_tidepool/v1/projects/{p}/journal?after=18446744073709551615",
                                        "/_tidepool/v1/projects/{p}/journal?after=7",
                                        "/_tidepool/v1/projects/{p}/events?limit=0",
                                        "/_tidepool/v1/projects/{p}/faults",
                                        "/_tidepool/v1/projects/{p}/faults/0",
                                        "/_tidepool/v1/projects/{p}/snapshots",
                                        "/_tidepool/v1/projects/{p}/restore",
                                        "/_tidepool/v1/projects/{p}/fork",
                                        "/_tidepool/v1/projects//clock",
                                        "/v2.1/{p}/os-security-groups",
                                        "/v2.1/{p}/servers/detail?limit=1&marker=x",
                                        "/v2.1/{p}/flavors/%00",
                                        "/v2.0/networks?limit=99999999999999999999",
                                        "/v1/{p}/vpcs/x",
                                        "/v2/{p}/notifications/topics",
                                        "/v2/{p}/notifications/topics/x",
                                        "/v2/{p}/smn_topic/x/tags",
                                        "/image/v2/cloudimages",
                                        "/v2/{p}/smn_topic"};
const std::vector<std::string> kBodies{
    "",
    "{}",
    "[]",
    "null",
    R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"u"}}}}})",
    R"({"auth":{"identity":{"methods":["password","token"]},"scope":7}})",
    R"({"by":"5m"})",
    R"({"by":"36500d"})",
    R"({"to":"9999-12-31T23:59:59Z"})",
    R"({"next_event":true})",
    R"({"until_quiet":{"horizon":"1h"}})",
    R"({"mode":"scaled","speed":1e300})",
    R"({"mode":"manual","speed":0.000001})",
    R"({"name":"a"})",
    R"({"into":"ffffffffffffffffffffffffffffffff"})",
    R"({"kind":"zone_outage","zone":"eu-de-01"})",
    R"({"kind":"boot_failure","probability":0.5,"duration":"1ms"})",
    R"({"kind":"sick_instances","group":"x"})",
    R"({"kind":"instance_failure","mean_time_to_failure":"1s","until":"+1d"})",
    R"({"kind":"sold_out","from":"+36500d"})"};

}  // namespace

TEST_CASE("whatever arrives, a world answers, in JSON, and never with an internal failure", "[world][fuzz]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 9));
  CAPTURE(seed);
  Random random(seed);
  WorldClient client;
  const std::string token = client.log_in(), id = client.project_id();
  for (int i = 0; i < 500; ++i) {
    std::string target = random() % 8 == 0 ? "/" + any_bytes(random) : one_of(random, kTargets);
    for (std::size_t mark = target.find("{p}"); mark != std::string::npos; mark = target.find("{p}"))
      target.replace(mark, 3, id);
    if (random() % 8 == 0 && !target.empty()) target[random() % target.size()] = static_cast<char>(random());
    const std::string body = random() % 8 == 0 ? any_bytes(random) : one_of(random, kBodies);
    const std::string method = one_of<std::string>(random, {"GET", "POST", "PUT", "DELETE", "PATCH", ""});
    WorldClient::Headers headers;
    if (random() % 8 != 0)
      headers.emplace_back("X-Auth-Token", random() % 8 == 0 ? any_bytes(random) : token);
    if (random() % 4 == 0)
      headers.emplace_back("X-Subject-Token", random() % 2 == 0 ? token : any_bytes(random));
    if (random() % 8 == 0) headers.emplace_back("Authorization", "SDK-HMAC-SHA256 " + any_bytes(random));
    if (random() % 8 == 0) headers.emplace_back("X-Domain-Id", any_bytes(random));
    client.wall_us += static_cast<std::int64_t>(random() % 5) * kSecond;
    const Response response = client.send(method, target, body, headers);
    CAPTURE(method, target, body, response.body);
    REQUIRE(response.status >= 200);
    REQUIRE(response.status < 500);
    if (response.status == 204) REQUIRE(response.body.empty());
    if (response.status != 204) REQUIRE(json_of(response).is_object());
  }
}

}  // namespace tidepool::api
