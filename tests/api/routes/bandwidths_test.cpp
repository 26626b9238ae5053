// Bandwidths, and policies on them in the words of v2.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

using boost::json::value;
using Texts = std::vector<std::string>;

value parsed(std::string_view text) { return boost::json::parse({text.data(), text.size()}); }

// A project with a manual clock and a bandwidth of 10 Mbit/s.
struct Lines {
  WorldClient client;
  std::string bandwidth;

  Lines() {
    client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "manual"})");
    bandwidth = create(R"("name": "line", "size": 10)");
  }
  std::string create(std::string_view members) {
    const Response made = send("POST", "", fmt::format(R"({{"bandwidth": {{{}}}}})", members));
    INFO(made.body);
    REQUIRE(made.status == 200);
    return std::string{at(json_of(made), "bandwidth/id").as_string()};
  }
  Response send(std::string_view method, std::string_view path, std::string_view body = {}) {
    return client.as_project(method, fmt::format("/v1/{{p}}/bandwidths{}", path), body);
  }
  Response v2(std::string_view method, std::string_view path, std::string_view body = {}) {
    return client.as_project(method, fmt::format("/autoscaling-api/v2/{{p}}{}", path), body);
  }
  Response create_policy(std::string_view action = R"({"operation": "ADD", "size": 5, "limits": 100})",
                         std::string_view more = {}) {
    return v2("POST", "/scaling_policy",
              fmt::format(R"({{"scaling_policy_name": "grow", "scaling_resource_id": "{}",
        "scaling_resource_type": "BANDWIDTH", "scaling_policy_type": "SCHEDULED",
        "scheduled_policy": {{"launch_time": "2026-03-01T08:00Z"}}, "scaling_policy_action": {}{}{}}})",
                          bandwidth, action, more.empty() ? "" : ", ", more));
  }
  std::string policy() { return text_at(create_policy(), "scaling_policy_id"); }
  void advance(std::string_view by) {
    REQUIRE(
        client.testbed("POST", "/projects/{p}/clock/advance", fmt::format(R"({{"by": "{}"}})", by)).status ==
        200);
  }
  std::int64_t size() { return at(json_of(send("GET", "/" + bandwidth)), "bandwidth/size").as_int64(); }
  sim::Cloud& cloud() { return client.world.find(client.project_id())->cloud; }
};

}  // namespace

TEST_CASE("a bandwidth is made, read, listed, changed and given up (VPC API reference)", "[bandwidths]") {
  Lines lines;
  const value made = json_of(lines.send("GET", "/" + lines.bandwidth)).at("bandwidth");
  CHECK(made.at("name") == "line");
  CHECK(made.at("size") == 10);
  CHECK(made.at("share_type") == "PER");
  CHECK(at(made, "publicip_info/0/publicip_address") == "198.18.0.10");
  const std::string shared = lines.create(R"("name": "all", "size": 2000, "share_type": "WHOLE")");
  CHECK(json_of(lines.send("GET", "")).at("bandwidths").as_array().size() == 2);
  CHECK(lines.send("PUT", "/" + lines.bandwidth, R"({"bandwidth": {"size": 20}})").status == 200);
  CHECK(lines.size() == 20);
  CHECK(lines.send("DELETE", "/" + shared).status == 204);
  CHECK(lines.send("GET", "/" + shared).status == 404);
  CHECK(json_of(lines.send("GET", "")).at("bandwidths").as_array().size() == 1);
  CHECK(lines.send("PATCH", "").status == 405);
  CHECK(lines.client.send("GET", fmt::format("/v1/{}/bandwidths", lines.client.project_id())).status == 401);
}

TEST_CASE("an EIP brings its bandwidth along, and takes it away again (VPC API reference, decision 4.20)",
          "[bandwidths]") {
  Lines lines;
  const value ip = json_of(lines.client.as_project("POST", "/v1/{p}/publicips",
                                                   R"({"publicip": {"type": "5_bgp"},
      "bandwidth": {"name": "mine", "size": 20, "share_type": "PER"}})"))
                       .at("publicip");
  lines.bandwidth = std::string{ip.at("bandwidth_id").as_string()};
  const std::string policy = lines.policy();
  const auto shown = lines.v2("GET", "/scaling_policy/" + policy);
  CHECK(at(body_of(shown), "scaling_policy/meta_data/metadata_eip_address") == ip.at("public_ip_address"));
  CHECK(at(body_of(shown), "scaling_policy/meta_data/metadata_eip_id") == ip.at("id"));
  const auto execute = [&] {
    return outcome(
        lines.client.as_project("POST", "/scaling_policy/" + policy + "/action", R"({"action": "execute"})"));
  };
  CHECK(execute() == "204");
  lines.advance("5s");
  const std::string path = "/v1/{p}/publicips/" + std::string{ip.at("id").as_string()};
  CHECK(at(json_of(lines.client.as_project("GET", path)), "publicip/bandwidth_size") == 25);
  CHECK(lines.client.as_project("DELETE", path).status == 204);
  CHECK(lines.send("GET", "/" + lines.bandwidth).status == 404);
  CHECK(execute() == "400 AS.3042");
}

TEST_CASE("a bandwidth that makes no sense is refused by the field's name", "[bandwidths]") {
  struct Row {
    const char *body, *says;
  };
  const auto row = GENERATE(values<Row>({
      {"{}", "bandwidth is missing"},
      {R"({"bandwidth": {"size": 5}})", "bandwidth.name is missing"},
      {R"({"bandwidth": {"name": "a"}})", "bandwidth.size is missing"},
      {R"({"bandwidth": {"name": "a", "size": 0}})", "size 0: expected 1 to 2000"},
      {R"({"bandwidth": {"name": "a", "size": 2001}})", "size 2001: expected 1 to 2000"},
      {R"({"bandwidth": {"name": "a", "size": 5, "share_type": "SOME"}})", R"(bandwidth.share_type "SOME")"},
  }));
  Lines lines;
  const Response response = lines.send("POST", "", row.body);
  CHECK(response.status == 400);
  CHECK(std::string{json_of(response).at("message").as_string()}.starts_with(row.says));
  CHECK(lines.cloud().all_bandwidths().size() == 1);
}

TEST_CASE("a policy of a bandwidth is read with its limits and what it is for (AS API reference, V2)",
          "[bandwidths]") {
  Lines lines;
  const std::string policy = lines.policy();
  CHECK(json_of(lines.v2("GET", "/scaling_policy/" + policy)) ==
        parsed(fmt::format(R"({{"scaling_policy": {{"scaling_policy_id": "{}", "scaling_policy_name": "grow",
          "scaling_resource_id": "{}", "scaling_resource_type": "BANDWIDTH", "scaling_policy_type": "SCHEDULED",
          "scheduled_policy": {{"launch_time": "2026-03-01T08:00Z"}}, "cool_down_time": 300,
          "policy_status": "INSERVICE", "scaling_policy_action": {{"operation": "ADD", "size": 5, "limits": 100}},
          "create_time": "2026-03-01T00:00:00Z", "description": null,
          "meta_data": {{"metadata_bandwidth_share_type": "PER", "metadata_eip_id": "{}",
                         "metadata_eip_address": "198.18.0.10"}}}}}})",
                           policy, lines.bandwidth, lines.cloud().region().public_ips[0].id)));
}

TEST_CASE("the first edition sees policies of groups only, and acts on both (AS.3020, decision 37)",
          "[bandwidths]") {
  Lines lines;
  const std::string path = "/scaling_policy/" + lines.policy();
  CHECK(outcome(lines.client.as_project("GET", path)) == "400 AS.3020");
  CHECK(outcome(lines.client.as_project("PUT", path, R"({"cool_down_time": 1})")) == "400 AS.3020");
  CHECK(outcome(lines.client.as_project("POST", path + "/action", R"({"action": "execute"})")) == "204");
  CHECK(text_at(lines.v2("GET", path), "scaling_policy/policy_status") == "EXECUTING");
  CHECK(outcome(lines.v2("PUT", path, R"({"cool_down_time": 1})")) == "400 AS.3038");
  CHECK(outcome(lines.client.as_project("DELETE", path)) == "400 AS.3038");
  lines.advance("5s");
  CHECK(lines.size() == 15);
  CHECK(outcome(lines.v2("PUT", path, R"({"cool_down_time": 1})")) == "200");
  CHECK(outcome(lines.client.as_project("DELETE", path)) == "204");
  CHECK(outcome(lines.v2("GET", path)) == "404 AS.0007");
}

TEST_CASE("a batch deletes a policy that is being executed by force only (AS.3045)", "[bandwidths]") {
  Lines lines;
  const std::string policy = lines.policy();
  lines.client.as_project("POST", "/scaling_policy/" + policy + "/action", R"({"action": "execute"})");
  const auto batch = [&](std::string_view force) {
    return outcome(lines.client.as_project("POST", "/scaling_policies/action",
                                           fmt::format(R"({{"action": "delete", "scaling_policy_id": ["{}"],
        "force_delete": "{}"}})",
                                                       policy, force)));
  };
  CHECK(batch("no") == "400 AS.3045");
  CHECK(batch("yes") == "204");
}

TEST_CASE("a scheduled policy widens its bandwidth, and its log tells by how much (AS API reference, V2)",
          "[bandwidths]") {
  Lines lines;
  const std::string policy = lines.policy(), path = "/scaling_policy_execute_log/" + policy;
  lines.advance("8h");
  const Response under_way = lines.client.as_project("GET", path);
  CHECK(text_at(under_way, "scaling_policy_execute_log/0/status") == "EXECUTING");
  lines.advance("5s");
  const value log = body_of(lines.client.as_project("GET", path + "?scaling_resource_type=BANDWIDTH"));
  CHECK(at(log, "scaling_policy_execute_log/0/status") == "SUCCESS");
  CHECK(at(log, "scaling_policy_execute_log/0/old_value") == "10");
  CHECK(at(log, "scaling_policy_execute_log/0/desire_value") == "15");
  CHECK(at(log, "scaling_policy_execute_log/0/limit_value") == "100");
  CHECK(at(log, "scaling_policy_execute_log/0/execute_type") == "SCHEDULED");
  CHECK(at(log, "scaling_policy_execute_log/0/scaling_resource_type") == "BANDWIDTH");
  CHECK(at(log, "scaling_policy_execute_log/0/scaling_resource_id") == as_json(lines.bandwidth));
  CHECK(at(log, "scaling_policy_execute_log/0/meta_data/metadata_eip_address") == "198.18.0.10");
  CHECK(at(log, "scaling_policy_execute_log/0/job_records/0/job_name") == "ADJUST_BANDWIDTH");
  const auto count = [&](std::string_view query) {
    return at(body_of(lines.client.as_project("GET", path + std::string{query})), "total_number").as_int64();
  };
  CHECK(count("?scaling_resource_type=SCALING_GROUP") == 0);
  CHECK(count("?scaling_resource_id=" + lines.bandwidth) == 1);
  CHECK(count(fmt::format("?scaling_resource_id={}", kNobody)) == 0);
}

TEST_CASE("lists of v2 tell policies of bandwidths apart (AS API reference, V2)", "[bandwidths]") {
  Lines lines;
  lines.policy();
  const auto names = [&](std::string_view path) {
    return column(lines.v2("GET", path), "scaling_policies", "scaling_policy_name");
  };
  CHECK(names("/scaling_policy") == Texts{"grow"});
  CHECK(names("/scaling_policy?scaling_resource_type=BANDWIDTH") == Texts{"grow"});
  CHECK(names("/scaling_policy?scaling_resource_type=SCALING_GROUP").empty());
  CHECK(names("/scaling_policy?scaling_resource_id=" + lines.bandwidth) == Texts{"grow"});
  CHECK(names(fmt::format("/scaling_policy?scaling_resource_id={}", kNobody)).empty());
  CHECK(names("/scaling_policy?enterprise_project_id=0") == Texts{"grow"});
  CHECK(names(fmt::format("/scaling_policy/{}/list", lines.bandwidth)) == Texts{"grow"});
  lines.send("DELETE", "/" + lines.bandwidth);
  CHECK(names(fmt::format("/scaling_policy/{}/list", lines.bandwidth)) == Texts{"grow"});
  CHECK(outcome(lines.v2("GET", fmt::format("/scaling_policy/{}/list", kNobody))) == "404 AS.0007");
}

TEST_CASE("the quota of bandwidth policies counts them (AS API reference, quotas)", "[bandwidths]") {
  Lines lines;
  lines.policy();
  const value quotas = body_of(lines.client.as_project("GET", "/quotas"));
  CHECK(at(quotas, "quotas/resources/5") ==
        parsed(R"({"type": "bandwidth_scaling_policy", "used": 1, "quota": 50, "max": 100, "min": 0})"));
}

TEST_CASE("what a policy may ask of a bandwidth (AS.3017, AS.3018, AS.3035, AS.3037, AS.3042, AS.3043)",
          "[bandwidths]") {
  struct Row {
    const char *why, *action, *more, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"narrow it", R"({"operation": "REDUCE", "size": 3, "limits": 5})", "", "200"},
      {"groups say REMOVE", R"({"operation": "REMOVE", "size": 3})", "", "400 AS.3017"},
      {"too much", R"({"operation": "ADD", "size": 301})", "", "400 AS.3018"},
      {"a share", R"({"operation": "ADD", "percentage": 5})", "", "400 AS.3035"},
      {"limits with SET", R"({"operation": "SET", "size": 5, "limits": 7})", "", "400 AS.3043"},
      {"limits out of range", R"({"operation": "ADD", "size": 5, "limits": 0})", "", "400 AS.3043"},
      {"no number", R"({"operation": "ADD", "size": 5, "limits": 3000000000})", "", "400 AS.3043"},
      {"no such type", "{}", R"("scaling_resource_type": "EIP")", "400 AS.3037"},
      {"a bandwidth as a group", "{}", R"("scaling_resource_type": "SCALING_GROUP")", "400 AS.3042"},
  }));
  CAPTURE(row.why);
  Lines lines;
  CHECK(outcome(lines.create_policy(row.action, row.more)) == row.expected);
}

TEST_CASE("a policy stays with its bandwidth (AS.3042)", "[bandwidths]") {
  Lines lines;
  const std::string other = lines.create(R"("name": "other", "size": 10)"),
                    path = "/scaling_policy/" + lines.policy();
  const auto modify = [&](std::string_view members) {
    return outcome(lines.v2("PUT", path, fmt::format("{{{}}}", members)));
  };
  CHECK(modify(fmt::format(R"("scaling_resource_id": "{}")", lines.bandwidth)) == "200");
  CHECK(modify(R"("scaling_resource_type": "BANDWIDTH")") == "200");
  CHECK(modify(fmt::format(R"("scaling_resource_id": "{}")", other)) == "400 AS.3042");
  CHECK(modify(R"("scaling_resource_type": "SCALING_GROUP")") == "400 AS.3042");
  CHECK(modify(R"("scaling_policy_action": {"operation": "REMOVE"})") == "400 AS.3017");
}

TEST_CASE("data that are pushed widen a bandwidth through an alarm (Cloud Eye)", "[bandwidths]") {
  Lines lines;
  const std::string metric = R"({"namespace": "SYS.VPC", "metric_name": "up_bandwidth",
      "dimensions": [{"name": "bandwidth_id", "value": "b"}]})";
  const Response made = lines.client.as_project("POST", "/V1.0/{p}/alarms",
                                                fmt::format(R"({{"alarm_name": "busy", "metric": {},
      "condition": {{"period": 300, "filter": "max", "comparison_operator": ">", "value": 8, "count": 1}}}})",
                                                            metric));
  REQUIRE(made.status == 201);
  REQUIRE(lines
              .create_policy(R"({"operation": "ADD", "size": 5})",
                             fmt::format(R"("scaling_policy_type": "ALARM", "alarm_id": "{}")",
                                         std::string{json_of(made).at("alarm_id").as_string()}))
              .status == 200);
  CHECK(lines.client
            .as_project("POST", "/V1.0/{p}/metric-data",
                        fmt::format(R"([{{"metric": {}, "value": 9.5}}])", metric))
            .status == 201);
  lines.advance("10m");
  CHECK(lines.size() == 15);
}

}  // namespace tidepool::api
