// One simulated day of a group over a real connection, told twice: as it happens, and from the recording of it.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/duration_text.hpp"
#include "tests/clients/served_client.hpp"
#include "tests/support/shell.hpp"

namespace tidepool::clients {
namespace {

using Catch::StartsWith;

std::vector<std::string> recorded_in(const support::TemporaryFolder& folder) {
  auto arguments = at_a_standstill();
  arguments.insert(arguments.end(), {"--record", folder.file("session.json").string()});
  return arguments;
}

constexpr std::string_view kSessions =
    R"({"namespace":"SHOP.WEB","metric_name":"sessions","dimensions":[{"name":"shop","value":"berlin"}]})";

class Shop : public ServedClient {
 public:
  explicit Shop(const support::TemporaryFolder& folder) : ServedClient(recorded_in(folder)) {}

  // Two instances, and room for two more.
  void open() {
    create_configuration();
    keep("g",
         call("POST", "scaling_group", 200, R"({"scaling_group_name":"shop","scaling_configuration_id":"{c}",
      "desire_instance_number":2,"min_instance_number":1,"max_instance_number":4,"cool_down_time":900,
      "networks":[{"id":"{subnet}"}],"vpc_id":"{vpc}","health_periodic_audit_method":"NOVA_AUDIT",
      "health_periodic_audit_time":5,"health_periodic_audit_grace_period":600})"),
         "scaling_group_id");
    add_alarm("high", R"("comparison_operator":">=","value":80)", "ADD");
    add_alarm("low", R"("comparison_operator":"<","value":20)", "REMOVE");
    call("POST", "scaling_group/{g}/action", 204, R"({"action":"resume"})");
    wait_for(2);
  }

  // An alarm rule over the application's own metric, and the policy that it calls.
  void add_alarm(std::string_view name, std::string_view comparison, std::string_view operation) {
    keep(fmt::format("alarm_{}", name),
         send("POST", "/V1.0/{p}/alarms", 201,
              fmt::format(R"({{"alarm_name":"{}","metric":{},"condition":{{"period":300,"filter":"average",{},
      "unit":"count","count":1}},"alarm_actions":[{{"type":"autoscaling","notificationList":[]}}]}})",
                          name, kSessions, comparison)),
         "alarm_id");
    keep(fmt::format("policy_{}", name),
         call("POST", "scaling_policy", 200,
              fmt::format(
                  R"({{"scaling_policy_name":"{0}","scaling_group_id":"{{g}}","scaling_policy_type":"ALARM",
      "alarm_id":"{{alarm_{0}}}","scaling_policy_action":{{"operation":"{1}","instance_number":1}},"cool_down_time":900}})",
                  name, operation)),
         "scaling_policy_id");
  }

  // So many sessions until the next evaluation and over it.
  void five_minutes_of(int sessions) {
    send("POST", "/V1.0/{p}/metric-data", 201,
         fmt::format(R"([{{"metric":{},"ttl":172800,"collect_time":{},"value":{},"unit":"count"}}])",
                     kSessions, now_ms(), sessions));
    sleep("5m");
  }

  std::int64_t now_ms() {
    const auto now = api::read_moment(text_at(testbed("GET", "clock", 200), "now"));
    REQUIRE(now);
    return std::chrono::duration_cast<std::chrono::milliseconds>(now->time_since_epoch()).count();
  }

  // The ids of members, and where they are.
  std::vector<std::string> instances(std::string_view zone = {}) {
    std::vector<std::string> ids;
    const auto listed = get("scaling_group_instance/{g}/list");
    for (const auto& each : listed.at("scaling_group_instances").as_array()) {
      const std::string id = text_at(each, "instance_id");
      names()["i"] = id;
      const auto server = parsed(send("GET", "/v2.1/{p}/servers/{i}", 200));
      if (zone.empty() || text_at(server, "server/OS-EXT-AZ:availability_zone") == zone) ids.push_back(id);
    }
    return ids;
  }

  // How the latest request of a policy ended, by the policy's log.
  std::string last_request_of(std::string_view policy) {
    const auto log = get(fmt::format("scaling_policy_execute_log/{{policy_{}}}?limit=1", policy));
    const auto& latest = log.at("scaling_policy_execute_log").as_array().at(0);
    return latest.as_object().contains("failed_reason") ? text_at(latest, "failed_reason")
                                                        : text_at(latest, "status");
  }
};

}  // namespace

TEST_CASE(
    "a day of a shop: alarms from pushed samples, cooldown, a hook that nobody answers, a zone sold out, "
    "an ECS stopped and healed, deletion by force, and the recording of it plays alike",
    "[clients]") {
  const support::TemporaryFolder folder;
  std::string fingerprint;
  {
    Shop shop(folder);
    shop.open();
    shop.call("POST", "scaling_lifecycle_hook/{g}", 200, R"({"lifecycle_hook_name":"warm-up",
        "lifecycle_hook_type":"INSTANCE_LAUNCHING","default_result":"CONTINUE","default_timeout":600,
        "notification_topic_urn":"urn:smn:eu-de:{p}:as-events"})");

    const std::vector<std::string> first = shop.instances();

    // The group still cools down from its first action.
    shop.five_minutes_of(95);
    CHECK(shop.group("desire_instance_number") == "2");
    CHECK_THAT(shop.last_request_of("high"), StartsWith("AS.0026"));

    // The morning's rush. Nobody answers the hook: the new instance waits for its time-out, and the action as long.
    shop.sleep("10m");
    shop.five_minutes_of(95);
    CHECK(shop.group("desire_instance_number") == "3");
    shop.five_minutes_of(96);
    CHECK(shop.members("PENDING_WAIT") == 1);
    CHECK_THAT(shop.last_request_of("high"), StartsWith("AS.0034"));
    shop.sleep("10m");
    CHECK(shop.members("INSERVICE") == 3);
    CHECK(shop.instances("eu-de-03").size() == 1);

    // The first zone would be next, and is sold out.
    shop.testbed("POST", "faults", 201, R"({"kind":"sold_out","zone":"eu-de-01","duration":"2h"})");
    shop.sleep("15m");
    shop.five_minutes_of(97);
    shop.sleep("20m");
    CHECK(shop.members("INSERVICE") == 4);
    CHECK(shop.instances("eu-de-01").size() == 1);
    shop.five_minutes_of(98);
    CHECK_THAT(shop.last_request_of("high"), StartsWith("AS.0050"));

    // An ECS is stopped beside the service, which finds out and replaces it.
    shop.names()["sick"] = first.front();
    shop.send("POST", "/v1/{p}/cloudservers/action", 200,
              R"({"os-stop":{"type":"HARD","servers":[{"id":"{sick}"}]}})");
    shop.sleep("30m");
    CHECK(shop.members("INSERVICE") == 4);
    CHECK(std::ranges::count(shop.instances(), first.front()) == 0);
    shop.send("GET", "/v2.1/{p}/servers/{sick}", 404);

    // A quiet evening takes the group back to its minimum; the night passes.
    for (int i = 0; i < 12; ++i) shop.five_minutes_of(5);
    CHECK(shop.members() == 1);
    CHECK_THAT(shop.last_request_of("low"), StartsWith("AS."));
    shop.testbed("POST", "clock/advance", 200, R"({"to":"2026-03-02T06:00:00Z"})");
    CHECK(shop.members("INSERVICE") == 1);

    // The end: with an instance in it, by force alone.
    shop.names()["last"] = shop.instances().front();
    shop.call("DELETE", "scaling_group/{g}", 400);
    shop.call("DELETE", "scaling_group/{g}?force_delete=yes", 204);
    shop.sleep("5m");
    shop.call("GET", "scaling_group/{g}", 404);
    shop.send("GET", "/v2.1/{p}/servers/{last}", 404);
    CHECK(shop.testbed("GET", "state", 200).at("instances").as_array().empty());
    fingerprint = text_at(shop.testbed("GET", "state", 200), "fingerprint");
    CHECK(shop.program().stop() == 0);
  }
  const support::Ended replay = support::shell(folder, "tidepool run session.json --json");
  INFO(replay.out << replay.err);
  REQUIRE(replay.code == 0);
  const boost::json::value told = parsed(replay.out);
  CHECK(told.at("differing") == 0);
  CHECK(told.at("requests").as_int64() > 100);
  CHECK(text_at(told, "projects/0/fingerprint") == fingerprint);
}

}  // namespace tidepool::clients
