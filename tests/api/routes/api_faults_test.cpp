// Declared faults of the calls themselves (our decision; README: the testbed's calls).
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/routes/api_fault.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

using boost::json::value;

struct Scene {
  WorldClient client;

  Scene() { REQUIRE(client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "manual"})").status == 200); }
  value declare(const std::string& members) {
    const Response response = client.testbed("POST", "/projects/{p}/faults",
                                             fmt::format(R"({{"kind": "api_error", {}}})", members));
    INFO(response.body);
    REQUIRE(response.status == 201);
    return json_of(response);
  }
  std::string refusal(const std::string& members) {
    const Response response = client.testbed("POST", "/projects/{p}/faults",
                                             fmt::format(R"({{"kind": "api_error", {}}})", members));
    return fmt::format("{}: {}", ending(response), message_of(response));
  }
  Response list() { return client.as_project("GET", "/scaling_group"); }
  std::vector<int> statuses(int count) {
    std::vector<int> all;
    for (int i = 0; i < count; ++i) all.push_back(list().status);
    return all;
  }
  void advance(const std::string& by) {
    REQUIRE(
        client.testbed("POST", "/projects/{p}/clock/advance", fmt::format(R"({{"by": "{}"}})", by)).status ==
        200);
  }
};

}  // namespace

TEST_CASE("a declared fault answers with its status, code and message (our decision)", "[faults]") {
  Scene scene;
  scene.declare(R"("operation": "list_as_groups", "status": 429, "code": "AS.0003", "message": "slow down")");
  const Response response = scene.list();
  CHECK(response.status == 429);
  CHECK(response.body == R"({"error":{"code":"AS.0003","message":"slow down"}})");
  CHECK(scene.client.as_project("GET", "/scaling_configuration").status == 200);  // Another operation.
}

TEST_CASE("without a code it is the internal failure of the service (our decision)", "[faults]") {
  Scene scene;
  scene.declare(R"("status": 503)");
  CHECK(ending(scene.list()) == "503 AS.0001");
}

TEST_CASE("a fault strikes the first requests, every so-many-th, or all (our decision)", "[faults]") {
  Scene first, every, all;
  first.declare(R"("first": 2, "status": 500)");
  CHECK(first.statuses(4) == std::vector{500, 500, 200, 200});
  every.declare(R"("every": 3, "status": 500)");
  CHECK(every.statuses(7) == std::vector{200, 200, 500, 200, 200, 500, 200});
  all.declare(R"("status": 500)");
  CHECK(all.statuses(3) == std::vector{500, 500, 500});
}

TEST_CASE("chance is drawn from the project's seed, the same every time (our decision)", "[faults]") {
  Scene a, b;
  for (Scene* each : {&a, &b}) each->declare(R"("probability": 0.5, "status": 500)");
  const auto statuses = a.statuses(64);
  CHECK(statuses == b.statuses(64));
  const auto struck = std::ranges::count(statuses, 500);
  CHECK(struck > 16);
  CHECK(struck < 48);
}

TEST_CASE("a fault holds within a window of simulated time (our decision)", "[faults]") {
  Scene scene;
  scene.declare(R"("from": "+10m", "duration": "5m", "status": 500)");
  CHECK(scene.list().status == 200);
  scene.advance("10m");
  CHECK(scene.list().status == 500);
  scene.advance("5m");
  CHECK(scene.list().status == 200);
}

TEST_CASE("a call that fails does nothing, unless the fault says that it takes effect (our decision)",
          "[faults]") {
  Scene scene;
  const auto configurations = [&] {
    return scene.client.world.find(scene.client.project_id())->cloud.all_configurations().size();
  };
  scene.declare(R"("operation": "create_as_configuration", "first": 1, "status": 500)");
  CHECK(scene.client.as_project("POST", "/scaling_configuration", minimal_configuration()).status == 500);
  CHECK(configurations() == 0);
  scene.declare(R"("operation": "create_as_configuration", "first": 1, "status": 500, "takes_effect": true)");
  CHECK(scene.client.as_project("POST", "/scaling_configuration", minimal_configuration()).status == 500);
  CHECK(configurations() == 1);
}

TEST_CASE("latency and a broken connection come with the answer (our decision)", "[faults]") {
  Scene scene;
  scene.declare(R"("latency": "250ms")");
  const Response slow = scene.list();
  CHECK(slow.status == 200);
  CHECK(slow.delay_us == 250'000);
  CHECK_FALSE(slow.reset);
  scene.declare(R"("first": 1, "reset": true)");
  CHECK(scene.list().reset);
  CHECK_FALSE(scene.list().reset);
}

TEST_CASE("calls of the services around are chosen by method and path (our decision)", "[faults]") {
  Scene scene;
  scene.declare(R"("method": "GET", "path_prefix": "/v2.1/", "status": 503)");
  CHECK(scene.client.as_project("GET", "/v2.1/{p}/servers").status == 503);
  CHECK(scene.list().status == 200);
}

TEST_CASE("declared faults are listed with what they have done, and end when told (our decision)",
          "[faults]") {
  Scene scene;
  CHECK(at(scene.declare(R"("every": 2, "status": 500)"), "id") == value("api-0"));
  scene.statuses(4);
  const value listed = json_of(scene.client.testbed("GET", "/projects/{p}/faults"));
  CHECK(at(listed, "faults/0/seen") == value(4));
  CHECK(at(listed, "faults/0/struck") == value(2));
  CHECK(at(listed, "faults/0/state") == value("active"));
  CHECK(at(json_of(scene.client.testbed("DELETE", "/projects/{p}/faults/api-0")), "state") == value("over"));
  CHECK(scene.statuses(4) == std::vector{200, 200, 200, 200});
  CHECK(ending(scene.client.testbed("DELETE", "/projects/{p}/faults/api-1")) == "404 TP.0003");
}

TEST_CASE("a snapshot keeps the faults of the calls with what they have seen (our decision)", "[faults]") {
  Scene scene;
  scene.declare(R"("first": 2, "status": 500)");
  scene.statuses(1);
  REQUIRE(scene.client.testbed("POST", "/projects/{p}/snapshots", R"({"name": "a"})").status == 201);
  CHECK(scene.statuses(2) == std::vector{500, 200});
  REQUIRE(scene.client.testbed("POST", "/projects/{p}/restore", R"({"name": "a"})").status == 200);
  CHECK(scene.statuses(2) == std::vector{500, 200});
  REQUIRE(scene.client.testbed("POST", "/projects/{p}/reset").status == 200);
  CHECK(scene.statuses(1) == std::vector{200});
}

TEST_CASE("a wrong fault of the calls is refused by the name of its field (our decision)", "[faults]") {
  Scene scene;
  CHECK(scene.refusal(R"("status": 200)") == "400 TP.0001: status 200: expected 400 to 599");
  CHECK(scene.refusal(R"("first": 1)") ==
        "400 TP.0001: status is missing: expected status, latency or reset, or several of them");
  CHECK(
      scene.refusal(R"("operation": "explode", "status": 500)") ==
      R"(400 TP.0001: operation "explode": expected the name of an operation of the service, such as "create_as_group")");
  CHECK(
      scene.refusal(R"("operation": "list_as_groups", "method": "GET", "status": 500)") ==
      R"(400 TP.0001: operation "list_as_groups": expected either an operation, or method and path_prefix)");
  CHECK(scene.refusal(R"("first": 0, "status": 500)") == "400 TP.0001: first 0: expected 1 to 1000000000");
  CHECK(scene.refusal(R"("first": 1, "every": 2, "status": 500)") ==
        "400 TP.0001: first 1: expected one of first, every and probability, or none of them");
  CHECK(scene.refusal(R"("latency": "1h")") == R"(400 TP.0001: latency "1h": expected at most 10m)");
  CHECK(scene.refusal(R"("code": "AS.0001", "reset": true)") ==
        R"(400 TP.0001: code "AS.0001": expected a status beside it)");
  CHECK(json_of(scene.client.testbed("GET", "/projects/{p}/faults")) ==
        value{{"faults", boost::json::array{}}});
}

}  // namespace tidepool::api
