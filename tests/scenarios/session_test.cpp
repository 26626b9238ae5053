// Recording a world and playing it again: the answers and the journals are the same, byte for byte.
#include "scenarios/session.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

namespace json = boost::json;
using Catch::Contains;
using Catch::StartsWith;

constexpr std::int64_t kWall = 1'795'564'800'000'000;
constexpr std::int64_t kSecond = 1'000'000;

ServedCloud a_cloud(std::string_view text = "{}", const CloudSettings& settings = {}) {
  ServedCloudResult loaded =
      load_served_cloud(text, "cloud.json", {}, settings, *read_moment("2026-03-02T06:00:00Z"));
  INFO((loaded.errors.empty() ? "" : loaded.errors.front()));
  REQUIRE(loaded.cloud);
  return *std::move(loaded.cloud);
}

// A client of a world whose wall clock is the test's.
class Client {
 public:
  explicit Client(ServedCloud cloud) : world_(make_world(std::move(cloud))) {}

  api::Response send(std::string_view method, std::string_view target, std::string_view body = {}) {
    const std::vector<api::Header> headers{{"Host", "127.0.0.1:8080"}, {"X-Auth-Token", token_}};
    return world_.handle({method, target, body, headers}, wall_us_);
  }
  std::string log_in(std::string_view project) {
    const std::string body = fmt::format(
        R"({{"auth": {{"identity": {{"methods": ["password"], "password": {{"user": {{"name": "u", "password": "p",
          "domain": {{"name": "D"}}}}}}}}, "scope": {{"project": {{"name": "{}"}}}}}}}})",
        project);
    const api::Response response = send("POST", "/v3/auth/tokens", body);
    REQUIRE(response.status == 201);
    for (const auto& [name, value] : response.headers)
      if (name == "X-Subject-Token") token_ = value;
    return json::value_to<std::string>(json::parse(response.body).at_pointer("/token/project/id"));
  }
  void wait(std::int64_t seconds) { wall_us_ += seconds * kSecond; }
  api::World& world() { return world_; }

 private:
  api::World world_;
  std::int64_t wall_us_ = kWall;
  std::string token_;
};

std::string id_in(const api::Response& response) {
  INFO(response.body);
  REQUIRE(response.status == 200);
  return json::value_to<std::string>(json::parse(response.body).as_object().begin()->value());
}

// A group of two on a clock ten times as fast as the wall's.
std::string play_a_little(Client& client, std::string_view project) {
  const std::string id = client.log_in(project);
  const std::string begin = "/autoscaling-api/v1/" + id;
  const std::string configuration = id_in(client.send("POST", begin + "/scaling_configuration", R"({
    "scaling_configuration_name": "c", "instance_config": {"flavorRef": "s3.medium.1",
    "imageRef": "40000000-0000-4000-8000-000000000001", "key_name": "ops-key",
    "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}})"));
  const std::string group =
      id_in(client.send("POST", begin + "/scaling_group",
                        fmt::format(R"({{"scaling_group_name": "web", "scaling_configuration_id": "{}",
    "desire_instance_number": 2, "max_instance_number": 5, "vpc_id": "10000000-0000-4000-8000-000000000001",
    "networks": [{{"id": "20000000-0000-4000-8000-000000000001"}}],
    "security_groups": [{{"id": "30000000-0000-4000-8000-000000000001"}}]}})",
                                    configuration)));
  client.wait(1);
  CHECK(
      client.send("POST", begin + "/scaling_group/" + group + "/action", R"({"action": "resume"})").status ==
      204);
  for (int i = 0; i < 6; ++i) {
    client.wait(7);
    CHECK(client.send("GET", begin + "/scaling_group_instance/" + group + "/list").status == 200);
  }
  CHECK(client.send("GET", begin + "/scaling_group/none").status == 404);
  return id;
}

std::string recording_of(Client& client, const std::string& project) {
  const api::Response response = client.send("GET", "/_tidepool/v1/projects/" + project + "/recording");
  REQUIRE(response.status == 200);
  return response.body;
}

Replay replayed(const std::string& session, std::string* journal = nullptr) {
  SessionResult loaded = load_session(session, "s.json", {});
  INFO((loaded.errors.empty() ? "" : loaded.errors.front()));
  REQUIRE(loaded.session);
  if (journal == nullptr) return replay(*std::move(loaded.session));
  return replay(*std::move(loaded.session), [&](std::string_view lines) { *journal += lines; });
}

const char* const kTenfold = R"({"clock": "x10", "seed": 5, "behaviour": "current"})";

}  // namespace

TEST_CASE("a recorded project is answered alike when it is played again (our decision)", "[session]") {
  Client client(a_cloud(kTenfold));
  const std::string project = play_a_little(client, "eu-de_a");
  const std::string session = recording_of(client, project);
  CHECK(is_session(session));
  const Replay replay = replayed(session);
  CHECK(replay.as_recorded());
  CHECK(replay.requests == 11);
  REQUIRE(replay.projects.size() == 1);
  const api::Tenant* tenant = client.world().find(project);
  CHECK(replay.projects[0].fingerprint == tenant->cloud.journal().fingerprint());
  CHECK(replay.projects[0].now == tenant->cloud.now());
  CHECK(tenant->cloud.all_instances().size() == 2);
}

TEST_CASE("a recording holds its project's requests alone (our decision)", "[session]") {
  Client client(a_cloud(kTenfold));
  const std::string one = play_a_little(client, "eu-de_a");
  const std::string other = play_a_little(client, "eu-de_b");
  const std::string session = recording_of(client, other);
  CHECK_THAT(session, !Contains("/v1/" + one));
  const Replay replay = replayed(session);
  CHECK(replay.as_recorded());
  CHECK(replay.projects.size() == 1);
}

TEST_CASE("a fork's recording begins with that of the project it came from (our decision)", "[session]") {
  Client client(a_cloud(kTenfold));
  const std::string one = play_a_little(client, "eu-de_a");
  const std::string copy = "00000000000000000000000000000abc";
  REQUIRE(
      client.send("POST", "/_tidepool/v1/projects/" + one + "/fork", R"({"into": ")" + copy + "\"}").status ==
      201);
  client.wait(60);
  REQUIRE(client.send("GET", "/_tidepool/v1/projects/" + copy + "/clock").status == 200);
  const Replay replay = replayed(recording_of(client, copy));
  CHECK(replay.as_recorded());
  CHECK(replay.projects.size() == 2);
}

TEST_CASE("faults, snapshots and resets are played again, too (our decision)", "[session]") {
  Client client(a_cloud(kTenfold));
  const std::string project = client.log_in("eu-de_a");
  const std::string testbed = "/_tidepool/v1/projects/" + project;
  const std::string list = "/autoscaling-api/v1/" + project + "/scaling_group";
  client.send("POST", testbed + "/faults", R"({"kind": "api_error", "probability": 0.5, "status": 503})");
  for (int i = 0; i < 20; ++i) client.send("GET", list);
  client.send("POST", testbed + "/snapshots", R"({"name": "a"})");
  client.wait(60);
  client.send("POST", testbed + "/restore", R"({"name": "a"})");
  client.send("POST", testbed + "/reset");
  CHECK(client.send("GET", list).status == 200);
  CHECK(replayed(recording_of(client, project)).as_recorded());
}

TEST_CASE("what is no UTF-8 is recorded as it came (our decision)", "[session]") {
  Client client(a_cloud(kTenfold));
  const std::string project = client.log_in("eu-de_a");
  CHECK(client.send("POST", "/autoscaling-api/v1/" + project + "/scaling_group", "{\"\xFF\xFE").status ==
        400);
  const std::string session = recording_of(client, project);
  CHECK_THAT(session, Contains(R"("body_base64":"eyL//g==")"));
  CHECK(replayed(session).as_recorded());
}

TEST_CASE("base64 comes back as it was (RFC 4648)", "[session]") {
  for (const std::string_view each : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
    CHECK(api::from_base64(api::base64(each)) == each);
  CHECK(api::base64("fooba") == "Zm9vYmE=");
  CHECK(api::from_base64("!") == "");
}

TEST_CASE("another answer than the recorded one is told with its place (our decision)", "[session]") {
  Client client(a_cloud(kTenfold));
  const std::string project = play_a_little(client, "eu-de_a");
  const std::string session = recording_of(client, project);
  const auto changed = [&](std::string_view what, std::string_view into) {
    std::string text = session;
    const std::size_t at = text.rfind(what);
    REQUIRE(at != std::string::npos);
    return replayed(text.replace(at, what.size(), into));
  };
  const Replay status = changed(R"("status":404)", R"("status":200)");
  CHECK(status.differing == 1);
  CHECK_THAT(status.differences.at(0), Contains("/scaling_group/none: status 404, recorded 200"));
  CHECK_THAT(status.differences.at(0), StartsWith("requests[10]: GET "));
  CHECK_THAT(changed("AS.0007", "AS.0008").differences.at(0), Contains("body differs from byte 24 on"));
  const Replay fingerprint = changed(R"("fingerprint":")", R"("fingerprint":"0)");
  CHECK_THAT(fingerprint.differences.at(0), Contains(": journal "));
  CHECK_FALSE(replay_json("s.json", status).empty());
  CHECK_THAT(replay_text("s.json", status),
             StartsWith("s.json: 11 requests, 1 answered otherwise than recorded\n  requests[10]"));
}

TEST_CASE("the journals of a replay are told, by project when there are several (our decision)",
          "[session]") {
  Client client(a_cloud(kTenfold));
  const std::string project = play_a_little(client, "eu-de_a");
  std::string journal;
  replayed(recording_of(client, project), &journal);
  CHECK_THAT(journal, StartsWith("2026-03-02T06:00:00.000000Z "));
  const std::size_t lines = client.world().find(project)->journal.lines.size();
  CHECK(static_cast<std::size_t>(std::ranges::count(journal, '\n')) == lines);
}

TEST_CASE("beyond what is kept in memory there is no recording (our decision)", "[session]") {
  ServedCloud cloud = a_cloud(kTenfold);
  cloud.options.recording_limit = 10'000;
  Client client(std::move(cloud));
  const std::string project = play_a_little(client, "eu-de_a");
  const api::Response response = client.send("GET", "/_tidepool/v1/projects/" + project + "/recording");
  CHECK(response.status == 409);
  CHECK_THAT(response.body, Contains("10000 bytes") && Contains("--record"));
}

TEST_CASE("a session is told from a scenario by its first member (our decision)", "[session]") {
  CHECK(is_session(" {\n \"session\": {}}"));
  CHECK_FALSE(is_session(R"({"name": "session"})"));
  CHECK_FALSE(is_session(""));
  CHECK_FALSE(is_session("[\"session\"]"));
}

TEST_CASE("a session file that is wrong is refused by the place (our decision)", "[session]") {
  const auto refusal = [](const std::string& text) {
    const SessionResult loaded = load_session(text, "s.json", {});
    REQUIRE(loaded.errors.size() == 1);
    return loaded.errors.front();
  };
  const std::string head = R"({"tidepool": "0", "seed": "1", "start": "2026-03-02T06:00:00Z",
    "clock": {"mode": "manual"}, "auto_projects": true, "https": false, "cloud": {}})";
  CHECK_THAT(refusal("{"), StartsWith("s.json: no valid JSON: "));
  CHECK(refusal("{}") == "s.json: session: 'session' is missing");
  CHECK(refusal(R"({"session": 5})") == "s.json: session: 5, expected an object");
  CHECK(refusal(R"({"session": )" + head + "}") == "s.json: session: 'requests' is missing");
  CHECK(refusal(R"({"session": )" + head + R"(, "requests": [{"wall_us": -1}]})") ==
        "s.json: requests[0].wall_us: -1, expected 0 to 9223372036854775807");
  CHECK(refusal(R"({"session": )" + head + R"(, "requests": [{"wall_us": 1, "method": "GET"}]})") ==
        "s.json: requests[0]: 'answer' is missing");
}

}  // namespace tidepool::scenarios
