// The program as a server that records, and the recording played again, looked at and compared.
#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/clients/served_client.hpp"
#include "tests/support/shell.hpp"

namespace tidepool::clients {
namespace {

using Catch::Contains;
using Catch::StartsWith;
using support::shell;

std::vector<std::string> with(std::vector<std::string> arguments) {
  auto all = at_a_standstill();
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

// A group that is enabled and grows for so long.
void grow(ServedClient& client, std::string_view duration) {
  client.create_configuration();
  client.keep("g", client.call("POST", "scaling_group", 200, R"({"scaling_group_name":"web",
      "scaling_configuration_id":"{c}","desire_instance_number":2,"max_instance_number":3,
      "networks":[{"id":"{subnet}"}],"vpc_id":"{vpc}"})"),
              "scaling_group_id");
  client.call("POST", "scaling_group/{g}/action", 204, R"({"action":"resume"})");
  client.sleep(duration);
}

void record(const support::TemporaryFolder& folder, const std::string& name, std::string_view duration) {
  ServedClient client(with({"--record", folder.file(name).string()}));
  grow(client, duration);
  CHECK(client.program().stop() == 0);
}

}  // namespace

TEST_CASE("a recording is complete after each request, even when the server is killed (our decision)",
          "[clients]") {
  const support::TemporaryFolder folder;
  {
    ServedClient client(with({"--record", folder.file("s.json").string()}));
    grow(client, "2m");
  }
  const auto played = shell(folder, "tidepool run s.json");
  CHECK(played.code == 0);
  CHECK_THAT(played.out, Contains("all answered as recorded"));
}

TEST_CASE("a recording whose answers were changed is told request by request, and ends with 1", "[clients]") {
  const support::TemporaryFolder folder;
  record(folder, "s.json", "2m");
  const auto played = shell(folder, "sed 's/\"status\":204/\"status\":200/' s.json | tidepool run -");
  CHECK(played.code == 1);
  CHECK_THAT(played.out, Contains("1 answered otherwise than recorded") &&
                             Contains("status 204, recorded 200") && Contains("scaling_group/"));
}

TEST_CASE("the journal of a recording is that of the server, and two recordings are compared by theirs",
          "[clients]") {
  const support::TemporaryFolder folder;
  record(folder, "a.json", "2m");
  record(folder, "b.json", "2m");
  record(folder, "c.json", "30s");
  const auto played = shell(folder, "tidepool run a.json --journal a.journal --quiet");
  INFO(played.err);
  CHECK(played.code == 0);
  CHECK(played.out.empty());
  CHECK(shell(folder, "test -s a.journal && tidepool diff a.journal a.json").code == 0);
  CHECK(shell(folder, "tidepool diff a.json b.json").code == 0);
  const auto parted = shell(folder, "tidepool diff a.json c.json");
  CHECK(parted.code == 1);
  CHECK_THAT(parted.out, StartsWith("the first difference is in line ") && Contains("c.json: (ends here)"));
}

TEST_CASE("what does not fit to a session is refused", "[clients]") {
  const support::TemporaryFolder folder;
  record(folder, "s.json", "1s");
  CHECK(shell(folder, "tidepool validate s.json").code == 0);
  struct Row {
    const char *command, *message;
    int code;
  };
  const auto row = GENERATE(values<Row>({
      {"tidepool run s.json --seed 3", "--seed: a session has its own", 2},
      {"tidepool run s.json --out r.sqlite", "--out: a session has no results", 2},
      {"head -c 3000 s.json | tidepool run -", "no valid JSON", 2},
      {"sed 's/\"method\":\"POST\"/\"method\":7/' s.json | tidepool run -", "requests[0].method", 2},
      {"sed 's/\"seed\":\"7\"/\"seed\":\"x\"/' s.json | tidepool run -", "session.seed", 2},
      {"head -c 3000 s.json | tidepool validate -", "no valid JSON", 2},
      {"tidepool run s.json --journal none/j.txt", "none/j.txt", 3},
      {"tidepool serve --record none/s.json", "none/s.json", 3},
  }));
  const auto ended = shell(folder, row.command);
  CAPTURE(row.command);
  CHECK(ended.code == row.code);
  CHECK_THAT(ended.err, Contains(row.message));
}

TEST_CASE("a cloud file makes projects with a past, keys and rules, and its faults are named (our decision)",
          "[clients]") {
  const support::TemporaryFolder folder;
  support::write_file(folder.file("past.json"), R"({"duration":"1h","start":"2026-03-01T06:00:00Z","calls":[
    {"at":"+0s","call":"POST /autoscaling-api/v1/{project_id}/scaling_configuration","save":"small",
     "body":{"scaling_configuration_name":"small","instance_config":{"flavorRef":"{flavor}","imageRef":"{image}",
             "key_name":"{key_pair}","disk":[{"size":40,"volume_type":"SSD","disk_type":"SYS"}]}}},
    {"at":"+0s","call":"POST /autoscaling-api/v1/{project_id}/scaling_group","save":"web",
     "body":{"scaling_group_name":"from-the-past","scaling_configuration_id":"{small}","max_instance_number":3,"vpc_id":"{vpc}","networks":[{"id":"{subnet}"}]}}]})");
  support::write_file(folder.file("cloud.json"), R"({"clock":"manual","start":"2026-03-01T06:00:00Z",
    "behaviour":"current","auto_projects":false,"access_keys":[{"access_key":"AK","secret_key":"SK"}],
    "projects":[{"name":"eu-de_fake","domain":"D","scenario":"past.json"}]})");
  {
    ServedClient client({"--seed-file", folder.file("cloud.json").string()});
    const auto groups = client.get("scaling_group");
    CHECK(groups.at("total_number") == 1);
    CHECK(text_at(groups, "scaling_groups/0/scaling_group_name") == "from-the-past");
    CHECK(text_at(client.testbed("GET", "clock", 200), "now") == "2026-03-01T07:00:00Z");
    CHECK(client.program().stop() == 0);
  }
  support::write_file(folder.file("bad.json"),
                      R"({"clock":"slow","projects":[{"name":"a","id":"1"}],"acces_keys":[]})");
  const auto refused = shell(folder, "tidepool serve --seed-file bad.json");
  CHECK(refused.code == 2);
  CHECK(shell(folder, "tidepool validate bad.json").code == 2);
  CHECK(shell(folder, "tidepool validate cloud.json past.json").code == 0);
  CHECK_THAT(refused.err, Contains("bad.json: clock: \"slow\"") &&
                              Contains("bad.json: projects[0].id: \"1\"") && Contains("acces_keys"));
  CHECK(shell(folder, "tidepool serve --seed-file nowhere.json").code == 3);
}

}  // namespace tidepool::clients
