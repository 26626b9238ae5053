// Creating, reading and deleting AS configurations through the API.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using Names = std::vector<std::string>;

Names names_in(const Response& response) {
  return column(response, "scaling_configurations", "scaling_configuration_name");
}

Client with_configurations(const Names& names) {
  Client client;
  for (const std::string& each : names) create_configuration(client, each);
  return client;
}

}  // namespace

TEST_CASE("a configuration is created, read and deleted", "[routes]") {
  Client client;
  const Response created = client.post("/scaling_configuration", minimal_configuration());
  const std::string id = client.text(sim::AsConfigurationId{0});
  CHECK(created.status == 200);
  CHECK(created.body == fmt::format(R"({{"scaling_configuration_id":"{}"}})", id));

  const Response read = client.get("/scaling_configuration/" + id);
  CHECK(text_at(read, "scaling_configuration/scaling_configuration_id") == id);
  CHECK(text_at(read, "scaling_configuration/tenant") == kProject);
  CHECK(text_at(read, "scaling_configuration/instance_config/imageRef") == "debian");

  const Response deleted = client.del("/scaling_configuration/" + id);
  CHECK(deleted.status == 204);
  CHECK(deleted.body.empty());
  CHECK(outcome(client.get("/scaling_configuration/" + id)) == "404 AS.0007");
  CHECK(outcome(client.del("/scaling_configuration/" + id)) == "404 AS.0007");
}

TEST_CASE("a configuration that breaks a rule is not made", "[routes]") {
  struct Row {
    const char *why, *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no body", "", "400 AS.0002"},
      {"no JSON", "{", "400 AS.0022"},
      {"no name", R"({"instance_config": {}})", "400 AS.1007"},
      {"no instance_config", R"({"scaling_configuration_name": "c"})", "400 AS.1011"},
      {"an illegal name",
       R"({"scaling_configuration_name": "c c", "instance_config": {"flavorRef": "s3.medium",
        "imageRef": "debian", "key_name": "key", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}})",
       "400 AS.1023"},
  }));
  CAPTURE(row.why);
  Client client;
  CHECK(outcome(client.post("/scaling_configuration", row.body)) == row.expected);
  CHECK(envelope(client.get("/scaling_configuration")) == "0 0 20");
}

TEST_CASE("configurations over the quota are refused", "[routes]") {
  auto behaviour = sim::Behaviour::classic();
  behaviour.configuration_quota = 1;
  Client client{support::a_cloud(behaviour)};
  create_configuration(client);
  CHECK(outcome(client.post("/scaling_configuration", minimal_configuration())) == "400 AS.1024");
}

TEST_CASE("configurations are listed newest first, by page and by filter", "[routes]") {
  Client client = with_configurations({"web-1", "db", "Web-2"});
  struct Row {
    const char *why, *query, *expected_envelope;
    Names expected;
  };
  const auto row = GENERATE(values<Row>({
      {"all", "", "3 0 20", {"Web-2", "db", "web-1"}},
      {"a page", "?start_number=1&limit=1", "3 1 1", {"db"}},
      {"a page past the end", "?start_number=3", "3 3 20", {}},
      {"only the total", "?limit=0", "3 0 0", {}},
      {"part of a name, in either case", "?scaling_configuration_name=WEB", "2 0 20", {"Web-2", "web-1"}},
      {"filtered, then paged", "?scaling_configuration_name=web&start_number=1", "2 1 20", {"web-1"}},
      {"an image", "?image_id=debian", "3 0 20", {"Web-2", "db", "web-1"}},
      {"another image", "?image_id=plan9", "0 0 20", {}},
      {"all filters must agree", "?image_id=debian&scaling_configuration_name=db", "1 0 20", {"db"}},
  }));
  CAPTURE(row.why);
  const Response list = client.get(fmt::format("/scaling_configuration{}", row.query));
  CHECK(envelope(list) == row.expected_envelope);
  CHECK(names_in(list) == row.expected);
}

TEST_CASE("a configuration that a group uses can't be deleted", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  const std::string id = client.text(sim::AsConfigurationId{0});
  CHECK(outcome(client.del("/scaling_configuration/" + id)) == "400 AS.1006");
  CHECK(text_at(client.get("/scaling_configuration/" + id), "scaling_configuration/scaling_group_id") ==
        group);
  CHECK(outcome(client.del("/scaling_group/" + group)) == "204");
  CHECK(outcome(client.del("/scaling_configuration/" + id)) == "204");
}

TEST_CASE("a batch deletes each configuration that it can and names the others", "[routes]") {
  Client client = with_configurations({"free"});
  create_group(client);
  const std::string unused = client.text(sim::AsConfigurationId{0});
  const std::string used = client.text(sim::AsConfigurationId{1});
  const Response response = client.post(
      "/scaling_configurations",
      fmt::format(R"({{"scaling_configuration_id": ["{}", "{}", "{}"]}})", used, kNobody, unused));
  CHECK(outcome(response) == "400 AS.1038");
  CHECK(message_of(response) ==
        fmt::format(
            R"([{{"id":"{}","errorCode":"AS.1006","errorMessage":"configuration is bound to group web"}},)"
            R"({{"id":"{}","errorCode":"AS.1004","errorMessage":"no such configuration"}}])",
            used, kNobody));
  CHECK(names_in(client.get("/scaling_configuration")) == Names{"conf"});
}

TEST_CASE("a batch of configurations that are all free answers nothing", "[routes]") {
  Client client = with_configurations({"a", "b"});
  const Response response =
      client.post("/scaling_configurations", fmt::format(R"({{"scaling_configuration_id": ["{}", "{}"]}})",
                                                         client.text(sim::AsConfigurationId{0}),
                                                         client.text(sim::AsConfigurationId{1})));
  CHECK(response.status == 204);
  CHECK(response.body.empty());
  CHECK(names_in(client.get("/scaling_configuration")).empty());
}

TEST_CASE("a batch of configurations names 1 to 50", "[routes]") {
  Client client;
  const auto batch_of = [&](int count) {
    std::string ids;
    for (int i = 0; i < count; ++i) ids += fmt::format("{}\"{}\"", i == 0 ? "" : ",", kNobody);
    return outcome(
        client.post("/scaling_configurations", fmt::format(R"({{"scaling_configuration_id": [{}]}})", ids)));
  };
  CHECK(batch_of(0) == "400 AS.1040");
  CHECK(batch_of(1) == "400 AS.1038");
  CHECK(batch_of(50) == "400 AS.1038");
  CHECK(batch_of(51) == "400 AS.1039");
  CHECK(outcome(client.post("/scaling_configurations", "{}")) == "400 AS.1040");
}

TEST_CASE("an unknown configuration in a path is AS.1004 where the knob says so", "[routes]") {
  auto behaviour = sim::Behaviour::classic();
  behaviour.unknown_id = sim::UnknownId::BadRequest400;
  Client client{support::a_cloud(behaviour)};
  CHECK(outcome(client.get(fmt::format("/scaling_configuration/{}", kNobody))) == "400 AS.1004");
  CHECK(outcome(client.del(fmt::format("/scaling_configuration/{}", kNobody))) == "400 AS.1004");
}

}  // namespace tidepool::api
