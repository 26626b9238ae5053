// Tags of groups through the API.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using Texts = std::vector<std::string>;

struct World {
  Client client;
  std::string group = create_group(client);
  std::string path = "/scaling_group_tag/" + group + "/tags";

  std::string change(std::string_view body) { return outcome(client.post(path + "/action", body)); }
  std::string create(std::string_view tags) {
    return change(fmt::format(R"({{"action": "create", "tags": [{}]}})", tags));
  }
  Response query(std::string_view body) {
    return client.post("/scaling_group_tag/resource_instances/action", body);
  }
  Texts names(std::string_view conditions) {
    return column(query(fmt::format(R"({{"action": "filter", {}}})", conditions)), "resources",
                  "resource_name");
  }
};

void tag(Client& client, sim::AsGroupId group, const std::vector<sim::Tag>& tags) {
  REQUIRE(support::outcome(client.cloud.submit(sim::ChangeTags{group, sim::TagChange::Create, tags})) ==
          "ok");
}

}  // namespace

TEST_CASE("tags of a group are added, listed and removed (API reference, tags)", "[routes]") {
  World world;
  CHECK(world.client.get(world.path).body == R"({"tags":[],"sys_tags":null})");
  const Response created = world.client.post(
      world.path + "/action",
      R"({"action": "create", "tags": [{"key": "env", "value": "prod"}, {"key": "owner"}]})");
  CHECK(created.status == 204);
  CHECK(created.body.empty());
  CHECK(world.client.get(world.path).body ==
        R"({"tags":[{"key":"env","value":"prod"},{"key":"owner","value":""}],"sys_tags":null})");
  CHECK(world.change(R"({"action": "update", "tags": [{"key": "env", "value": "dev"}]})") == "204");
  CHECK(world.change(
            R"({"action": "delete", "tags": [{"key": "owner", "value": "any"}, {"key": "gone"}]})") == "204");
  CHECK(world.client.get(world.path).body == R"({"tags":[{"key":"env","value":"dev"}],"sys_tags":null})");
}

TEST_CASE("what is wrong with a change of tags has its code", "[routes]") {
  World world;
  struct Row {
    const char* why;
    std::string body;
    const char* expected;
  };
  const auto with_tags = [](const std::string& tags) {
    return fmt::format(R"({{"action": "create", "tags": {}}})", tags);
  };
  std::string eleven = R"({"key": "k"})";
  for (int i = 0; i < 10; ++i) eleven += fmt::format(R"(, {{"key": "k{}"}})", i);
  const auto row = GENERATE_COPY(values<Row>({
      {"no body", "", "400 AS.0002"},
      {"no object", "[]", "400 AS.0022"},
      {"no action", R"({"tags": [{"key": "a"}]})", "400 AS.7049"},
      {"a bad action", R"({"action": "drop", "tags": [{"key": "a"}]})", "400 AS.7049"},
      {"no tags", R"({"action": "create"})", "400 AS.7044"},
      {"an empty list", with_tags("[]"), "400 AS.7044"},
      {"no list", with_tags(R"("a")"), "400 AS.0022"},
      {"no key", with_tags(R"([{"value": "a"}])"), "400 AS.7062"},
      {"a long key", with_tags(fmt::format(R"([{{"key": "{}"}}])", std::string(37, 'k'))), "400 AS.7063"},
      {"a long value", with_tags(fmt::format(R"([{{"key": "k", "value": "{}"}}])", std::string(44, 'v'))),
       "400 AS.7047"},
      {"a bad character", with_tags(R"([{"key": "a b"}])"), "400 AS.7046"},
      {"a key twice", with_tags(R"([{"key": "a"}, {"key": "a"}])"), "400 AS.7050"},
      {"eleven", with_tags("[" + eleven + "]"), "400 AS.7045"},
  }));
  CAPTURE(row.why);
  CHECK(world.change(row.body) == row.expected);
}

TEST_CASE("only groups have tags (AS.7048), and only those that exist (AS.0007)", "[routes]") {
  World world;
  const std::string body = R"({"action": "create", "tags": [{"key": "a"}]})";
  CHECK(outcome(world.client.get("/ecs/tags")) == "400 AS.7048");
  CHECK(outcome(world.client.get("/ecs/" + world.group + "/tags")) == "400 AS.7048");
  CHECK(outcome(world.client.post("/ecs/" + world.group + "/tags/action", body)) == "400 AS.7048");
  CHECK(outcome(world.client.post("/ecs/resource_instances/action", R"({"action": "count"})")) ==
        "400 AS.7048");
  const std::string nobody = fmt::format("/scaling_group_tag/{}/tags", kNobody);
  CHECK(outcome(world.client.get(nobody)) == "404 AS.0007");
  CHECK(outcome(world.client.post(nobody + "/action", body)) == "404 AS.0007");
}

TEST_CASE("all tags of the project are listed with their values, each once", "[routes]") {
  World world;
  CHECK(world.client.get("/scaling_group_tag/tags").body == R"({"tags":[]})");
  const auto other = support::create_group(world.client.cloud);
  const auto third = support::create_group(world.client.cloud);
  tag(world.client, sim::AsGroupId{0}, {{"env", "prod"}, {"owner", ""}});
  tag(world.client, other, {{"env", "dev"}, {"app", "shop"}});
  tag(world.client, third, {{"env", "prod"}});
  CHECK(world.client.get("/scaling_group_tag/tags").body ==
        R"({"tags":[{"key":"app","values":["shop"]},{"key":"env","values":["dev","prod"]},)"
        R"({"key":"owner","values":[""]}]})");
  REQUIRE(support::outcome(world.client.cloud.submit(sim::DeleteAsGroup{other, sim::ForceDelete::No})) ==
          "ok");
  CHECK(world.client.get("/scaling_group_tag/tags").body ==
        R"({"tags":[{"key":"env","values":["prod"]},{"key":"owner","values":[""]}]})");
}

TEST_CASE("groups are found by their tags, and counted (API reference, querying resources)", "[routes]") {
  World world;
  tag(world.client, sim::AsGroupId{0}, {{"env", "prod"}, {"owner", ""}});
  CHECK(
      world
          .query(
              R"({"action": "filter", "limit": "50", "offset": "0", "tags": [{"key": "env", "values": ["prod"]}],
                        "not_tags": [{"key": "frozen", "values": []}]})")
          .body ==
      fmt::format(
          R"({{"resources":[{{"resource_id":"{}","resource_detail":"SCALING_GROUP_TAG",)"
          R"("resource_name":"web","tags":[{{"key":"env","value":"prod"}},{{"key":"owner","value":""}}]}}],)"
          R"("marker":"1","total_count":1}})",
          world.group));
  CHECK(world.query(R"({"action": "count"})").body == R"({"total_count":1})");
}

TEST_CASE("conditions on tags are joined as their lists say (decision 55)", "[routes]") {
  World world;
  const auto make = [&](const char* name, const std::vector<sim::Tag>& tags) {
    tag(world.client, support::create_group(world.client.cloud, {.name = name}), tags);
  };
  make("shop", {{"env", "prod"}, {"team", "blue"}});
  make("till", {{"env", "dev"}, {"team", "Red"}});
  make("desk", {{"env", "dev"}});
  struct Row {
    const char *why, *conditions;
    Texts expected;
  };
  const auto row = GENERATE(values<Row>({
      {"none: everything, newest first", R"("tags": [])", {"desk", "till", "shop", "web"}},
      {"any value", R"("tags": [{"key": "team", "values": []}])", {"till", "shop"}},
      {"one of the values",
       R"("tags": [{"key": "env", "values": ["prod", "dev"]}])",
       {"desk", "till", "shop"}},
      {"all keys", R"("tags": [{"key": "env", "values": ["dev"]}, {"key": "team", "values": []}])", {"till"}},
      {"any key",
       R"("tags_any": [{"key": "env", "values": ["prod"]}, {"key": "team", "values": ["Red"]}])",
       {"till", "shop"}},
      {"but those with all",
       R"("not_tags": [{"key": "env", "values": ["dev"]}, {"key": "team", "values": []}])",
       {"desk", "shop", "web"}},
      {"but those with any",
       R"("not_tags_any": [{"key": "env", "values": ["dev"]}, {"key": "team", "values": []}])",
       {"web"}},
      {"a part of a value", R"("tags": [{"key": "team", "values": ["*e"]}])", {"till", "shop"}},
      {"values differ by case", R"("tags": [{"key": "team", "values": ["red"]}])", {}},
      {"without tags; the rest does not count",
       R"("without_any_tag": true, "tags": [{"key": "env", "values": []}])",
       {"web"}},
      {"a part of the name", R"("matches": [{"key": "resource_name", "value": "S"}])", {"desk", "shop"}},
      {"the empty name", R"("matches": [{"key": "resource_name", "value": ""}])", {}},
      {"a page", R"("limit": 2, "offset": 1)", {"till", "shop"}},
      {"a page by its marker", R"("marker": "3")", {"web"}},
      {"a page past the end", R"("offset": "9")", {}},
  }));
  CAPTURE(row.why);
  CHECK(world.names(row.conditions) == row.expected);
}

TEST_CASE("what is wrong with a query for tags has its code", "[routes]") {
  World world;
  std::string eleven = R"({"key": "k", "values": []})";
  for (int i = 0; i < 10; ++i) eleven += fmt::format(R"(, {{"key": "k{}", "values": []}})", i);
  struct Row {
    std::string body;
    const char* expected;
  };
  const auto with = [](const std::string& more) {
    return fmt::format(R"({{"action": "filter", {}}})", more);
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"", "400 AS.0002"},
      {"{}", "400 AS.7049"},
      {R"({"action": "find"})", "400 AS.7049"},
      {with(R"("tags": [{"values": []}])"), "400 AS.7062"},
      {with(R"("tags": [{"key": "a"}])"), "400 AS.7061"},
      {with(R"("tags": [{"key": "a", "values": []}, {"key": "a", "values": []}])"), "400 AS.7050"},
      {with(R"("not_tags": [{"key": "a", "values": ["x", "x"]}])"), "400 AS.7054"},
      {with(fmt::format(R"("tags_any": [{}])", eleven)), "400 AS.7045"},
      {with(R"("tags": [{"key": "a", "values": ["0","1","2","3","4","5","6","7","8","9","10"]}])"),
       "400 AS.7045"},
      {with(R"("matches": [{"key": "name", "value": "x"}])"), "400 AS.7052"},
      {with(R"("matches": [{"key": "resource_name"}])"), "400 AS.7052"},
      {with(R"("limit": "0")"), "400 AS.1002"},
      {with(R"("limit": 1001)"), "400 AS.1002"},
      {with(R"("offset": "-1")"), "400 AS.1067"},
      {with(R"("marker": "-1")"), "400 AS.1074"},
      {with(R"("without_any_tag": "yes")"), "400 AS.0022"},
  }));
  CAPTURE(row.body);
  CHECK(outcome(world.query(row.body)) == row.expected);
}

}  // namespace tidepool::api
