// Topics of the notification service.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <catch2/catch.hpp>

#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {

TEST_CASE("a topic is made, shown and deleted, the last with 200", "[smn]") {
  WorldClient client;
  const Response made = client.as_project("POST", "/v2/{p}/notifications/topics",
                                          R"({"name": "news", "display_name": "The news"})");
  CHECK(made.status == 201);
  const std::string urn = fmt::format("urn:smn:eu-de:{}:news", client.project_id());
  CHECK(at(json_of(made), "topic_urn") == as_json(urn));
  const std::string path = "/v2/{p}/notifications/topics/" + urn;
  const auto shown = body_of(client.as_project("GET", path));
  CHECK(shown.at("display_name") == "The news");
  CHECK(shown.at("push_policy") == 0);
  CHECK(client.as_project("PUT", path, R"({"display_name": "Old news"})").status == 200);
  CHECK(body_of(client.as_project("GET", path)).at("display_name") == "Old news");
  CHECK(column(client.as_project("GET", "/v2/{p}/notifications/topics"), "topics", "name") ==
        std::vector<std::string>{"news"});
  CHECK(body_of(client.as_project("GET", "/v2/{p}/smn_topic/news/tags")).at("tags").as_array().empty());
  CHECK(client.as_project("DELETE", path).status == 200);
  CHECK(client.as_project("GET", path).status == 404);
  CHECK(client.as_project("POST", "/v2/{p}/notifications/topics", R"({"name": "a b"})").status == 400);
}

TEST_CASE("topics are in snapshots like everything else", "[smn]") {
  WorldClient client;
  const std::string path = "/v2/{p}/notifications/topics";
  client.as_project("GET", path);
  CHECK(client.testbed("POST", "/projects/{p}/snapshots", R"({"name": "a"})").status == 201);
  client.as_project("POST", path, R"({"name": "news"})");
  CHECK(client.testbed("POST", "/projects/{p}/restore", R"({"name": "a"})").status == 200);
  CHECK(column(client.as_project("GET", path), "topics", "name").empty());
}

}  // namespace tidepool::api
