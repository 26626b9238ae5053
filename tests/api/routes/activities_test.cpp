// The log of a group's scaling actions through the API, in both editions.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

constexpr sim::AsGroupId kFirst{0};

std::string log_path(std::string_view group, std::string_view query = {}) {
  return fmt::format("/scaling_activity_log/{}{}", group, query);
}

// A group with four actions behind it, a minute apart each: it grew by one, got a server, lost its listener's settings,
// and had that server taken out.
struct Story {
  Client client;
  std::string group;

  Story() {
    auto behaviour = support::prompt(sim::Behaviour::classic());
    behaviour.lb_change = sim::LbChange::IdleOnly;
    client = Client{support::a_cloud(behaviour)};
    group = client.text(support::enabled_group(client.cloud, {.desire = 1}));
    client.cloud.run_until(support::kStart + 120s);
    support::add_servers(client.cloud, kFirst, {support::server_in(support::kZoneA)});
    client.cloud.run_until(support::kStart + 180s);
    REQUIRE(outcome(client.put("/scaling_group/" + group, R"({"lbaas_listeners": [
      {"pool_id": "pool", "protocol_port": 80, "weight": 2}]})")) == "200");
    client.cloud.run_until(support::kStart + 240s);
    REQUIRE(outcome(client.del("/scaling_group_instance/server-0-0")) == "204");
  }
  Texts types(std::string_view query = {}) {
    return column(client.get_v2(log_path(group, query)), "scaling_activity_log", "type");
  }
  std::string id_of(std::size_t index) const {
    return client.text(client.cloud.activities_of(kFirst)[index]);
  }
};

}  // namespace

TEST_CASE("an action is logged in v1 with names joined by commas and its reasons as text", "[routes]") {
  Client client;
  const std::string group = client.text(support::enabled_group(client.cloud, {.desire = 2}));
  support::run_until_idle(client.cloud, kFirst);
  const auto name = [&](unsigned id) { return instance_name(client.cloud, sim::InstanceId{id}); };
  CHECK(client.get(log_path(group)).body ==
        fmt::format(
            R"({{"total_number":1,"start_number":0,"limit":20,"scaling_activity_log":[{{"id":"{}",)"
            R"("instance_value":0,"desire_value":2,"scaling_value":2,"start_time":"2026-03-01T00:00:00Z",)"
            R"("end_time":"2026-03-01T00:01:40Z","instance_added_list":"{},{}","instance_deleted_list":null,)"
            R"("instance_removed_list":null,"status":"SUCCESS","description":"{{\"reason\":[{{)"
            R"(\"change_reason\":\"DIFF\",\"old_value\":0,\"new_value\":2,)"
            R"(\"change_time\":\"2026-03-01T00:00:00Z\"}}]}}"}}]}})",
            client.text(sim::ScalingActivityId{0}), name(0), name(1)));
}

TEST_CASE("an action is logged in v2 with lists of instances", "[routes]") {
  Client client;
  const std::string group = client.text(support::enabled_group(client.cloud, {.desire = 1}));
  support::run_until_idle(client.cloud, kFirst);
  CHECK(client.get_v2(log_path(group)).body ==
        fmt::format(
            R"({{"total_number":1,"start_number":0,"limit":20,"scaling_activity_log":[{{"id":"{}",)"
            R"("type":"DIFF","status":"SUCCESS","instance_value":0,"desire_value":1,"scaling_value":1,)"
            R"("start_time":"2026-03-01T00:00:00Z","end_time":"2026-03-01T00:01:40Z",)"
            R"("instance_added_list":[{{"instance_id":"{}","instance_name":"{}"}}],)"
            R"("instance_deleted_list":[],"instance_removed_list":[],"instance_failed_list":[],)"
            R"("description":"{{\"reason\":[{{\"change_reason\":\"DIFF\",\"old_value\":0,\"new_value\":1,)"
            R"(\"change_time\":\"2026-03-01T00:00:00Z\"}}]}}"}}]}})",
            client.text(sim::ScalingActivityId{0}), client.text(sim::InstanceId{0}),
            instance_name(client.cloud, sim::InstanceId{0})));
}

TEST_CASE("the log of a group that was never enabled is empty", "[routes]") {
  Client client;
  const std::string group = create_group(client, R"("max_instance_number": 5, "desire_instance_number": 1)");
  support::run_for(client.cloud, 1h);
  const char* const empty = R"({"total_number":0,"start_number":0,"limit":20,"scaling_activity_log":[]})";
  CHECK(client.get(log_path(group)).body == empty);
  CHECK(client.get_v2(log_path(group)).body == empty);
}

TEST_CASE("actions are listed newest first, and v1 does not know those on load balancers", "[routes]") {
  Story story;
  CHECK(story.types() == Texts{"MANUAL_REMOVE", "MODIFY_ELB", "MANUAL_ADD", "DIFF"});
  const Response v1 = story.client.get(log_path(story.group));
  CHECK(envelope(v1) == "3 0 20");
  CHECK(column(v1, "scaling_activity_log", "id") == Texts{story.id_of(3), story.id_of(1), story.id_of(0)});
}

TEST_CASE("a change of load balancers is logged with what was bound and unbound, and nothing else",
          "[routes]") {
  Story story;
  const auto list = body_of(story.client.get_v2(log_path(story.group, "?type=MODIFY_ELB")));
  CHECK(to_text(at(list, "scaling_activity_log/0")) ==
        fmt::format(
            R"({{"id":"{}","type":"MODIFY_ELB","status":"SUCCESS","instance_value":0,"desire_value":0,)"
            R"("scaling_value":0,"start_time":"2026-03-01T00:03:00Z","end_time":"2026-03-01T00:03:00Z",)"
            R"("lb_bind_success_list":[{{"lbaas_listener":{{"listener_id":null,"pool_id":"pool",)"
            R"("protocol_port":80,"weight":2}}}}],"lb_bind_failed_list":[],"lb_unbind_success_list":[],)"
            R"("lb_unbind_failed_list":[]}})",
            story.id_of(2)));
}

TEST_CASE("the log is paged and filtered", "[routes]") {
  Story story;
  struct Row {
    const char* why;
    std::string query;
    const char* expected_envelope;
    Texts expected;
  };
  const std::string second = story.id_of(1);
  const auto row = GENERATE_COPY(values<Row>({
      {"a page", "?start_number=1&limit=2", "4 1 2", {"MODIFY_ELB", "MANUAL_ADD"}},
      {"only the total", "?limit=0", "4 0 0", {}},
      {"from a moment on, included",
       "?start_time=2026-03-01T00:03:00Z",
       "2 0 20",
       {"MANUAL_REMOVE", "MODIFY_ELB"}},
      {"up to a moment, included", "?end_time=2026-03-01T00:02:00Z", "2 0 20", {"MANUAL_ADD", "DIFF"}},
      {"between two",
       "?start_time=2026-03-01T00:00:01Z&end_time=2026-03-01T00:02:59Z",
       "1 0 20",
       {"MANUAL_ADD"}},
      {"an empty span", "?start_time=2026-03-02T00:00:00Z&end_time=2026-03-01T00:00:00Z", "0 0 20", {}},
      {"an id", "?log_id=" + second, "1 0 20", {"MANUAL_ADD"}},
      {"an unknown id", fmt::format("?log_id={}", kNobody), "0 0 20", {}},
      {"a type", "?type=DIFF", "1 0 20", {"DIFF"}},
      {"several types", "?type=DIFF,MANUAL_REMOVE", "2 0 20", {"MANUAL_REMOVE", "DIFF"}},
      {"a status", "?status=DOING", "1 0 20", {"MANUAL_REMOVE"}},
      {"all filters must agree", "?status=SUCCESS&type=DIFF,MANUAL_REMOVE&limit=1", "1 0 1", {"DIFF"}},
  }));
  CAPTURE(row.why);
  CHECK(envelope(story.client.get_v2(log_path(story.group, row.query))) == row.expected_envelope);
  CHECK(story.types(row.query) == row.expected);
}

TEST_CASE("a bad parameter of the log has its code", "[routes]") {
  Client client;
  const std::string group = create_group(client);
  struct Row {
    const char *query, *v1, *v2;
  };
  const auto row = GENERATE(values<Row>({
      {"?start_time=2026-03-01T00:00Z", "400 AS.9001", "400 AS.9001"},
      {"?start_time=", "400 AS.9001", "400 AS.9001"},
      {"?end_time=yesterday", "400 AS.9002", "400 AS.9002"},
      {"?start_number=-1", "400 AS.9003", "400 AS.9003"},
      {"?limit=101", "400 AS.9004", "400 AS.9004"},
      {"?log_id=7", "200", "400 AS.9005"},
      {"?type=NORMAL,diff", "200", "400 AS.9012"},
      {"?type=NORMAL,", "200", "400 AS.9012"},
      {"?status=success", "200", "400 AS.9013"},
  }));
  CAPTURE(row.query);
  CHECK(outcome(client.get(log_path(group, row.query))) == row.v1);
  CHECK(outcome(client.get_v2(log_path(group, row.query))) == row.v2);
}

TEST_CASE("the log of an unknown group is AS.0007", "[routes]") {
  Client client;
  CHECK(outcome(client.get(log_path(kNobody))) == "404 AS.0007");
  CHECK(outcome(client.get_v2(log_path(kNobody))) == "404 AS.0007");
}

}  // namespace tidepool::api
