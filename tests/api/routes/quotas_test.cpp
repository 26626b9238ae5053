// Quotas through the API.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {

TEST_CASE("the project's quotas count groups and configurations that exist (API reference, querying quotas)",
          "[routes]") {
  Client client;
  create_group(client);
  create_group(client);
  const std::string gone = create_group(client);
  REQUIRE(outcome(client.del("/scaling_group/" + gone)) == "204");
  CHECK(client.get("/quotas").body ==
        R"({"quotas":{"resources":[{"type":"scaling_Group","used":2,"quota":25,"max":50,"min":0},)"
        R"({"type":"scaling_Config","used":3,"quota":100,"max":200,"min":0},)"
        R"({"type":"scaling_Policy","used":-1,"quota":50,"max":50,"min":0},)"
        R"({"type":"scaling_Instance","used":-1,"quota":300,"max":1000,"min":0},)"
        R"({"type":"load_balance","used":-1,"quota":6,"max":6,"min":0},)"
        R"({"type":"bandwidth_scaling_policy","used":0,"quota":50,"max":100,"min":0}]}})");
}

TEST_CASE("quotas are those that the behaviour sets (decision 50)", "[routes]") {
  auto behaviour = support::prompt(sim::Behaviour::classic());
  behaviour.group_quota = 70;
  behaviour.max_instances_per_group = 200;
  Client client{support::a_cloud(behaviour)};
  const auto body = body_of(client.get("/quotas"));
  CHECK(at(body, "quotas/resources/0/quota") == 70);
  CHECK(at(body, "quotas/resources/0/max") == 70);  // A quota never lies above its bound.
  CHECK(at(body, "quotas/resources/3/quota") == 200);
  CHECK(at(body, "quotas/resources/3/max") == 1000);
}

}  // namespace tidepool::api
