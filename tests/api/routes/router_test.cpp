#include "api/routes/router.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <string_view>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

std::string in_v1(std::string_view path) { return fmt::format("/autoscaling-api/v1/{}{}", kProject, path); }

// A path of the table with something in place of every name.
std::string filled_in(std::string_view pattern) {
  std::string path{pattern};
  for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
    const std::size_t close = path.find('}', open);
    const bool is_project = path.substr(open, close - open) == "{project_id";
    path.replace(open, close - open + 1, is_project ? kProject : kNobody);
  }
  return path;
}

}  // namespace

TEST_CASE("every listed operation is answered by its handler", "[routes]") {
  Client client;
  REQUIRE(operations().size() == 45);
  for (const Operation& each : operations()) {
    CAPTURE(each.method, each.path);
    CHECK(!each.summary.empty());
    const Response response = client.send(each.method, filled_in(each.path));
    CHECK(response.status != 405);
    CHECK(response.status != 500);
    CHECK(response.body.find("no call has the path") == std::string::npos);
  }
}

TEST_CASE("no operation is listed twice", "[routes]") {
  std::set<std::string> seen;
  for (const Operation& each : operations())
    CHECK(seen.insert(fmt::format("{} {}", each.method, each.path)).second);
}

TEST_CASE("an address or a method that no call has is refused", "[routes]") {
  struct Row {
    const char *why, *method;
    std::string target;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"the empty path", "GET", "/", "404 AS.0007"},
      {"no such noun", "GET", in_v1("/scaling_groups"), "404 AS.0007"},
      {"nouns are spelled exactly", "GET", in_v1("/Scaling_Group"), "404 AS.0007"},
      {"one segment too many", "GET", in_v1("/scaling_group/x/y"), "404 AS.0007"},
      {"a segment is missing", "GET", in_v1(""), "404 AS.0007"},
      {"an id can't be empty", "GET", in_v1("/scaling_group/"), "404 AS.0007"},
      {"groups are not in v2", "GET", fmt::format("/autoscaling-api/v2/{}/scaling_group", kProject),
       "404 AS.0007"},
      {"no such version", "GET", fmt::format("/autoscaling-api/v9/{}/scaling_group", kProject),
       "404 AS.0007"},
      {"the path is there, the method is not", "PATCH", in_v1("/scaling_group"), "405 AS.0007"},
      {"methods are in upper case", "get", in_v1("/scaling_group"), "405 AS.0007"},
      {"a hook for all batches", "GET", in_v1("/scaling_policies/action"), "405 AS.0007"},
      {"another project", "GET", "/autoscaling-api/v1/0123/scaling_group", "400 AS.0008"},
      {"the method counts before the project", "PATCH", "/autoscaling-api/v1/0123/scaling_group",
       "405 AS.0007"},
      {"no target at all", "GET", "", "400 AS.0022"},
      {"no path from the root", "GET", "scaling_group", "400 AS.0022"},
      {"half a percent escape", "GET", in_v1("/scaling_group/%4"), "400 AS.0022"},
      {"a blank", "GET", in_v1("/scaling_group/a b"), "400 AS.0022"},
      {"a byte that is no ASCII", "GET", in_v1("/scaling_group/\xff"), "400 AS.0022"},
      {"a fragment never reaches a server", "GET", in_v1("/scaling_group#a"), "400 AS.0022"},
  }));
  CAPTURE(row.why);
  Client client;
  CHECK(outcome(client.send(row.method, row.target)) == row.expected);
}

TEST_CASE("a refused method names those that the path has", "[routes]") {
  Client client;
  const Response response = client.send("PATCH", in_v1("/scaling_group/x"));
  CHECK(response.body ==
        R"({"error":{"code":"AS.0007","message":"method \"PATCH\": expected GET or PUT or DELETE"}})");
  // HTTP asks for it with 405. HEAD is answered wherever GET is.
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0] == std::pair<std::string, std::string>{"Allow", "GET, HEAD, PUT, DELETE"});
}

TEST_CASE("segments and query values arrive decoded", "[routes]") {
  Client client;
  const std::string group = create_group(client, R"("scaling_group_name": "a-b")");
  std::string escaped = group;
  escaped.replace(escaped.find('-'), 1, "%2D");
  CHECK(text_at(client.get("/scaling_group/" + escaped), "scaling_group/scaling_group_id") == group);
  CHECK(envelope(client.get("/scaling_group?scaling_group_name=a%2db")) == "1 0 20");
  CHECK(envelope(client.get("/scaling%5Fgroup?scaling%5fgroup_name=a%2Bb")) == "0 0 20");
}

TEST_CASE("of a query parameter given twice the first counts", "[routes]") {
  Client client;
  CHECK(envelope(client.get("/scaling_group?limit=3&limit=5")) == "0 0 3");
}

TEST_CASE("parameters that nobody knows are ignored, and one without a value is empty", "[routes]") {
  Client client;
  CHECK(outcome(client.get("/scaling_group?colour=blue&&x")) == "200");
  CHECK(outcome(client.get("/scaling_group?limit")) == "400 AS.1002");
}

TEST_CASE("an id of the path may hold a colon or an escaped slash", "[routes]") {
  Client client;
  CHECK(message_of(client.get("/scaling_group/urn:a%2Fb")) ==
        "scaling_group_id \"urn:a/b\": expected the id of one that exists");
}

}  // namespace tidepool::api
