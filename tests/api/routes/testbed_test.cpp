// The testbed's own calls, as its README section tells them.
#include "api/routes/testbed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>

#include "api/wire/duration_text.hpp"
#include "sim/cloud/invariants.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using boost::json::value;

// A project with a manual clock and an enabled group of two that has not begun to grow.
struct Scene {
  WorldClient client;
  std::string group;

  Scene() {
    REQUIRE(client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "manual"})").status == 200);
    const std::string configuration =
        text_at(client.as_project("POST", "/scaling_configuration", minimal_configuration()),
                "scaling_configuration_id");
    group = text_at(client.as_project("POST", "/scaling_group",
                                      minimal_group(fmt::format(R"("scaling_configuration_id": "{}",
                          "desire_instance_number": 2, "max_instance_number": 5)",
                                                                configuration))),
                    "scaling_group_id");
    REQUIRE(
        client.as_project("POST", fmt::format("/scaling_group/{}/action", group), R"({"action":"resume"})")
            .status == 204);
  }
  value ask(std::string_view method, std::string_view path, std::string_view body = {}) {
    const Response response = client.testbed(method, "/projects/{p}" + std::string{path}, body);
    INFO(response.body);
    REQUIRE(response.status < 300);
    return response.status == 204 ? value{} : json_of(response);
  }
  std::string refusal(std::string_view method, std::string_view path, std::string_view body = {}) {
    const Response response = client.testbed(method, "/projects/{p}" + std::string{path}, body);
    return fmt::format("{}: {}", ending(response), message_of(response));
  }
  sim::Cloud& cloud() { return client.world.find(client.project_id())->cloud; }
  std::size_t members() { return cloud().all_groups().front().members.size(); }
};

}  // namespace

TEST_CASE("the testbed tells that it is there and which it is, without a token", "[testbed]") {
  WorldOptions options = world_options();
  options.version = "1.2.3";
  WorldClient client{options};
  CHECK(json_of(client.send("GET", "/_tidepool/v1/health")) == value{{"status", "ok"}});
  CHECK(json_of(client.send("GET", "/_tidepool/v1/ready")) == value{{"status", "ok"}});
  CHECK(json_of(client.send("GET", "/_tidepool/v1/version")) ==
        value{{"name", "tidepool"}, {"version", "1.2.3"}});
}

TEST_CASE("a call that the testbed doesn't know is 404, and one of another method 405", "[testbed]") {
  WorldClient client;
  CHECK(ending(client.send("GET", "/_tidepool")) == "404 TP.0002");
  CHECK(ending(client.send("GET", "/_tidepool/v2/health")) == "404 TP.0002");
  CHECK(ending(client.send("GET", "/_tidepool/v1/projects/x/y/z")) == "404 TP.0002");
  CHECK(ending(client.send("DELETE", "/_tidepool/v1/health")) == "405 TP.0002");
  CHECK(ending(client.send("GET", "/_tidepool/v1/projects/nobody/clock")) == "404 TP.0003");
}

TEST_CASE("projects are listed once they are used, and go by their names too", "[testbed]") {
  WorldClient client;
  CHECK(json_of(client.send("GET", "/_tidepool/v1/projects")) == value{{"projects", boost::json::array{}}});
  const Response made =
      client.send("POST", "/_tidepool/v1/projects", R"({"name": "eu-de_fake", "domain": "D"})");
  CHECK(made.status == 201);
  CHECK(at(json_of(made), "id") == as_json(client.project_id()));
  CHECK(at(json_of(made), "now") == "2026-03-01T00:00:00Z");
  const auto list = json_of(client.send("GET", "/_tidepool/v1/projects"));
  REQUIRE(list.at("projects").as_array().size() == 1);
  CHECK(at(list, "projects/0/name") == "eu-de_fake");
  CHECK(at(list, "projects/0/domain") == "D");
  CHECK(client.send("GET", "/_tidepool/v1/projects/eu-de_fake/clock").status == 200);
  CHECK(ending(client.send("POST", "/_tidepool/v1/projects", "{}")) == "400 TP.0001");
}

// ---- Clocks ----

TEST_CASE("a clock is read and set", "[testbed]") {
  WorldClient client;
  CHECK(json_of(client.testbed("GET", "/projects/{p}/clock")) ==
        value{{"now", "2026-03-01T00:00:00Z"}, {"mode", "scaled"}, {"speed", 1}, {"next_event", nullptr}});
  const auto set =
      json_of(client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "scaled", "speed": 2.5})"));
  CHECK(at(set, "speed") == 2.5);
  client.wait(10);
  CHECK(at(json_of(client.testbed("GET", "/projects/{p}/clock")), "now") == "2026-03-01T00:00:25Z");
  client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "manual"})");
  client.wait(10);
  CHECK(at(json_of(client.testbed("GET", "/projects/{p}/clock")), "now") == "2026-03-01T00:00:25Z");
  client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "scaled"})");
  client.wait(2);
  CHECK(at(json_of(client.testbed("GET", "/projects/{p}/clock")), "now") == "2026-03-01T00:00:30Z");
}

TEST_CASE("a setting that makes no sense is refused by the field's name", "[testbed]") {
  struct Row {
    const char *body, *says;
  };
  const auto row = GENERATE(values<Row>({
      {"{}", "body"},
      {R"({"mode": "fast"})", R"(mode "fast")"},
      {R"({"speed": 0})", "speed 0"},
      {R"({"speed": 1000001})", "speed 1000001"},
      {R"({"speed": 0.0000001})", "speed"},
      {R"({"speed": "2"})", "speed"},
      {R"({"sped": 2})", "sped"},
      {"[", ""},
  }));
  CAPTURE(row.body);
  Scene scene;
  const std::string refusal = scene.refusal("PUT", "/clock", row.body);
  CHECK(refusal.starts_with(fmt::format("400 TP.0001: {}", row.says)));
}

TEST_CASE("time passes by a length, to a moment, or to the next event", "[testbed]") {
  Scene scene;
  const auto half = scene.ask("POST", "/clock/advance", R"({"by": "50s"})");
  CHECK(at(half, "now") == "2026-03-01T00:00:50Z");
  CHECK(at(half, "reached") == true);
  const auto booted = scene.ask("POST", "/clock/advance", R"({"to": "2026-03-01T01:01:40+01:00"})");
  CHECK(at(booted, "now") == "2026-03-01T00:01:40Z");
  CHECK(at(booted, "events_handled").to_number<int>() >= 2);
  CHECK(scene.cloud().all_groups().front().in_service == 2);
  CHECK(booted.at("journal").as_array().size() >= 2);
  const std::string next{scene.ask("GET", "/clock").at("next_event").as_string()};
  CHECK(scene.ask("POST", "/clock/advance", R"({"next_event": true})").at("now") == as_json(next));
}

TEST_CASE("time passes until all is quiet, or the horizon comes", "[testbed]") {
  Scene scene;
  const auto early = scene.ask("POST", "/clock/advance", R"({"until_quiet": {"horizon": "99s"}})");
  CHECK(at(early, "now") == "2026-03-01T00:01:39Z");
  CHECK(at(early, "quiet") == false);
  const auto quiet = scene.ask("POST", "/clock/advance", R"({"until_quiet": {"horizon": "1h"}})");
  CHECK(at(quiet, "now") == "2026-03-01T00:01:40Z");
  CHECK(at(quiet, "quiet") == true);
  CHECK(scene.ask("POST", "/clock/advance", R"({"until_quiet": {"horizon": "1h"}})").at("now") ==
        quiet.at("now"));
}

TEST_CASE("an advance that makes no sense is refused and moves nothing", "[testbed]") {
  struct Row {
    const char *body, *says;
  };
  const auto row = GENERATE(values<Row>({
      {"", "body"},
      {R"({"by": "1m", "to": "2026-03-02T00:00:00Z"})", "body"},
      {R"({"by": 60})", "by 60"},
      {R"({"by": "60"})", R"(by "60")"},
      {R"({"by": "-1s"})", R"(by "-1s")"},
      {R"({"to": "2026-02-28T23:59:59Z"})", "to"},
      {R"({"to": "tomorrow"})", "to"},
      {R"({"next_event": false})", "next_event"},
      {R"({"until_quiet": {}})", "until_quiet.horizon"},
      {R"({"until_quiet": {"horizon": "1h", "steps": 3}})", "until_quiet.steps"},
  }));
  CAPTURE(row.body);
  Scene scene;
  CHECK(scene.refusal("POST", "/clock/advance", row.body)
            .starts_with(fmt::format("400 TP.0001: {}", row.says)));
  CHECK(scene.ask("GET", "/clock").at("now") == "2026-03-01T00:00:00Z");
}

// ---- What happened and what will ----

TEST_CASE("the journal is read in parts, each line once", "[testbed]") {
  Scene scene;
  scene.ask("POST", "/clock/advance", R"({"by": "100s"})");
  const auto whole = scene.ask("GET", "/journal");
  const auto& lines = whole.at("lines").as_array();
  REQUIRE(lines.size() > 3);
  CHECK(at(whole, "first") == 1);
  CHECK(at(whole, "last").to_number<std::size_t>() == lines.size());
  CHECK(lines[0].as_string().starts_with("2026-03-01T00:00:00.000000Z "));
  CHECK(at(whole, "fingerprint") == as_json(scene.cloud().journal().fingerprint()));
  const auto part = scene.ask("GET", "/journal?after=1&limit=2");
  CHECK(at(part, "first") == 2);
  CHECK(at(part, "last") == 3);
  CHECK(part.at("lines") == boost::json::array{lines[1], lines[2]});
  const auto rest = scene.ask("GET", fmt::format("/journal?after={}", lines.size()));
  CHECK(rest.at("lines").as_array().empty());
  CHECK(at(rest, "last") == at(whole, "last"));
  CHECK(scene.refusal("GET", "/journal?after=x").starts_with("400 TP.0001: after"));
  CHECK(scene.refusal("GET", "/journal?limit=10001").starts_with("400 TP.0001: limit"));
}

TEST_CASE("the journal's lines about groups come with their reasons", "[testbed]") {
  Scene scene;
  scene.ask("POST", "/clock/advance", R"({"by": "100s"})");
  const auto whole = scene.ask("GET", "/journal");
  const auto& reasons = whole.at("reasons").as_array();
  REQUIRE_FALSE(reasons.empty());
  bool placed = false;
  for (const auto& each : reasons) {
    const auto line = each.at("line").to_number<std::size_t>();
    CHECK(whole.at("lines").as_array().at(line - 1).as_string().ends_with(each.at("words").as_string()));
    if (each.as_object().if_contains("kind") == nullptr || each.at("kind") != "placement") continue;
    placed = true;
    CHECK(each.at("why").at("zones").as_array().size() == 3);
    CHECK(each.at("sentence").as_string().starts_with("i0 was launched in "));
    break;
  }
  CHECK(placed);
  const auto first = reasons.front().at("line").to_number<std::size_t>();
  const auto part = scene.ask("GET", fmt::format("/journal?after={}&limit=2", first));
  for (const auto& each : part.at("reasons").as_array()) {
    CHECK(each.at("line").to_number<std::size_t>() > first);
    CHECK(each.at("line").to_number<std::size_t>() <= first + 2);
  }
}

TEST_CASE("pending events are listed in order, with the ids of what they are about", "[testbed]") {
  Scene scene;
  const auto all = scene.ask("GET", "/events");
  const auto& events = all.at("events").as_array();
  CHECK(all.at("total").to_number<std::size_t>() == events.size());
  const auto launch =
      std::ranges::find_if(events, [](const value& each) { return each.at("kind") == "launch_finished"; });
  REQUIRE(launch != events.end());
  CHECK(launch->at("time") == "2026-03-01T00:01:40Z");
  CHECK(launch->at("instance").as_string().size() == 36);
  for (std::size_t i = 1; i < events.size(); ++i)
    CHECK(std::string{events[i - 1].at("time").as_string()} <= std::string{events[i].at("time").as_string()});
  CHECK(scene.ask("GET", "/events?limit=1").at("events").as_array().size() == 1);
}

TEST_CASE("a reset project is as it was when it was new, and keeps its clock's pace", "[testbed]") {
  Scene scene;
  const std::string before = boost::json::serialize(scene.ask("GET", "/journal"));
  scene.ask("POST", "/clock/advance", R"({"by": "1d"})");
  scene.ask("POST", "/reset");
  CHECK(scene.cloud().all_groups().empty());
  CHECK(scene.ask("GET", "/clock").at("now") == "2026-03-01T00:00:00Z");
  CHECK(scene.ask("GET", "/clock").at("mode") == "manual");
  CHECK(scene.ask("GET", "/journal").at("last") == 0);
}

// ---- Faults ----

TEST_CASE("a fault is added, seen and ended", "[testbed]") {
  Scene scene;
  scene.ask("POST", "/clock/advance", R"({"by": "100s"})");
  const auto made =
      scene.ask("POST", "/faults", R"({"kind": "zone_outage", "zone": "eu-de-01", "duration": "1h"})");
  CHECK(made == value{{"id", "0"},
                      {"kind", "zone_outage"},
                      {"state", "active"},
                      {"from", "2026-03-01T00:01:40Z"},
                      {"until", "2026-03-01T01:01:40Z"},
                      {"zone", "eu-de-01"}});
  CHECK(scene.ask("GET", "/faults").at("faults") == boost::json::array{made});
  scene.ask("POST", "/clock/advance", R"({"by": "1m"})");
  CHECK(scene.ask("DELETE", "/faults/0").at("state") == "over");
  CHECK(scene.ask("GET", "/faults").at("faults").at(0).at("until") == "2026-03-01T00:02:40Z");
  scene.ask("DELETE", "/faults/0");
  const auto rest = scene.ask("POST", "/clock/advance", R"({"by": "2h"})");
  for (const auto& line : rest.at("journal").as_array())
    CHECK(line.as_string().find("zone_outage ends") == boost::json::string::npos);
  CHECK(sim::broken_invariants(scene.cloud()).empty());
}

TEST_CASE("a fault that has not begun is called off", "[testbed]") {
  Scene scene;
  const auto made =
      scene.ask("POST", "/faults", R"({"kind": "sold_out", "flavor": "s3.medium", "from": "+5m"})");
  CHECK(made.at("state") == "pending");
  CHECK(made.at("until").is_null());
  scene.ask("DELETE", "/faults/0");
  const auto later = scene.ask("POST", "/clock/advance", R"({"by": "10m"})");
  for (const auto& line : later.at("journal").as_array())
    CHECK(line.as_string().find("sold_out") == boost::json::string::npos);
}

TEST_CASE("instances that a fault would have broken later live on once it is ended", "[testbed]") {
  Scene scene;
  scene.ask("POST", "/clock/advance", R"({"by": "100s"})");
  scene.ask("POST", "/faults", R"({"kind": "instance_failure", "mean_time_to_failure": "10m"})");
  scene.ask("DELETE", "/faults/0");
  const auto later = scene.ask("POST", "/clock/advance", R"({"by": "1d"})");
  for (const auto& line : later.at("journal").as_array())
    CHECK(line.as_string().find("breaks down") == boost::json::string::npos);
}

TEST_CASE("each kind of fault is read with its own fields", "[testbed]") {
  Scene scene;
  scene.ask("POST", "/clock/advance", R"({"by": "100s"})");
  const auto failing =
      scene.ask("POST", "/faults", R"({"kind": "boot_failure", "probability": 0.25, "zone": "eu-de-02"})");
  CHECK(failing.at("probability") == 0.25);
  const auto breaking = scene.ask(
      "POST", "/faults", R"({"kind": "instance_failure", "mean_time_to_failure": "7d12h", "at": "+1h"})");
  CHECK(breaking.at("mean_time_to_failure") == "7d12h");
  const auto sick = scene.ask("POST", "/faults",
                              fmt::format(R"({{"kind": "sick_instances", "group": "{}",
      "sickness": "stopped", "count": 2, "until": "+10m"}})",
                                          scene.group));
  CHECK(sick.at("group") == as_json(scene.group));
  CHECK(sick.at("count") == 2);
  CHECK(scene.cloud().all_instances()[0].ecs == sim::EcsStatus::ShutOff);
}

TEST_CASE("slow boots, lost messages, members down and deaths are faults too", "[testbed]") {
  Scene scene;
  const auto slow = scene.ask("POST", "/faults",
                              R"({"kind": "boot_delay", "delay": "1m", "factor": 1.5, "duration": "1h"})");
  CHECK(slow.at("delay") == "1m");
  CHECK(slow.at("factor") == 1.5);
  scene.ask("POST", "/clock/advance", R"({"by": "100s"})");
  REQUIRE(scene.client.as_project("PUT", "/scaling_group/" + scene.group, R"({"desire_instance_number": 3})")
              .status == 200);
  scene.ask("POST", "/clock/advance", R"({"by": "209s"})");
  CHECK(scene.cloud().all_groups()[0].in_service == 2);
  scene.ask("POST", "/clock/advance", R"({"by": "1s"})");
  CHECK(scene.cloud().all_groups()[0].in_service == 3);
  const auto lost = scene.ask("POST", "/faults", R"({"kind": "hook_message_lost", "hook": "h", "count": 2})");
  CHECK(lost.at("probability") == 1);
  CHECK(lost.at("hook") == "h");
  CHECK(lost.at("count") == 2);
  const std::string second = instance_text(scene.cloud(), sim::InstanceId{1});
  const auto death =
      scene.ask("POST", "/faults", fmt::format(R"({{"kind": "instance_death", "instance": "{}"}})", second));
  CHECK(death.at("instance") == as_json(second));
  CHECK(death.at("state") == "over");
  CHECK(scene.cloud().all_instances()[1].ecs == sim::EcsStatus::Deleted);
  CHECK(scene.cloud().all_instances()[0].ecs == sim::EcsStatus::Active);
  const auto down =
      scene.ask("POST", "/faults",
                fmt::format(R"({{"kind": "elb_member_down", "group": "{}", "count": 3}})", scene.group));
  CHECK(down.at("count") == 3);
  CHECK(down.at("state") == "active");
}

TEST_CASE("a fault that makes no sense is refused by the field's name", "[testbed]") {
  struct Row {
    const char *body, *says;
  };
  const auto row = GENERATE(values<Row>({
      {"{}", "kind is missing"},
      {R"({"kind": "flood"})", R"(kind "flood")"},
      {R"({"kind": "zone_outage"})", "zone is missing"},
      {R"({"kind": "zone_outage", "zone": "eu-de-09"})", R"(zone "eu-de-09")"},
      {R"({"kind": "zone_outage", "zone": "eu-de-01", "count": 1})", "count"},
      {R"({"kind": "boot_failure"})", "probability is missing"},
      {R"({"kind": "boot_failure", "probability": 1.5})", "probability"},
      {R"({"kind": "sold_out", "from": "2026-02-01T00:00:00Z"})", "from"},
      {R"({"kind": "sold_out", "from": "+1h", "until": "+30m"})", "until"},
      {R"({"kind": "sold_out", "duration": "0s"})", "duration"},
      {R"({"kind": "sold_out", "duration": "1h", "until": "+30m"})", "until"},
      {R"({"kind": "sick_instances", "sickness": "stopped", "group": "web"})", R"(group "web")"},
      {R"({"kind": "instance_failure", "mean_time_to_failure": "1ms"})", "mean_time_to_failure"},
      {R"({"kind": "boot_delay"})", R"(delay is missing: expected a length such as "5m", or a factor)"},
      {R"({"kind": "boot_delay", "factor": 0.9})", "factor 9E-1: expected a number of at most six decimals"},
      {R"({"kind": "elb_member_down"})", "group is missing: expected exactly one of group and instance"},
      {R"({"kind": "elb_member_down", "instance": "i-1"})",
       R"(instance "i-1": expected the id of an instance)"},
      {R"({"kind": "hook_message_lost", "count": 0})", "count 0: expected 1 to 1000000"},
      {R"({"kind": "hook_message_lost", "zone": "eu-de-01"})", "zone"},
      {R"({"kind": "instance_death", "instance": "i-1", "duration": "1h"})", "duration: expected none but"},
  }));
  CAPTURE(row.body);
  Scene scene;
  CHECK(scene.refusal("POST", "/faults", row.body).starts_with(fmt::format("400 TP.0001: {}", row.says)));
  CHECK(scene.cloud().all_faults().empty());
  CHECK(scene.refusal("DELETE", "/faults/0").starts_with("404 TP.0003: fault"));
  CHECK(scene.refusal("DELETE", "/faults/x").starts_with("404 TP.0003: fault"));
}

// ---- Alarm rules ----

TEST_CASE("an alarm rule is added, used by a policy of its id, and removed", "[testbed]") {
  Scene scene;
  const auto made = scene.ask("POST", "/alarm_rules",
                              fmt::format(R"({{"name": "many", "group": "{}",
      "metric": "instance_num", "operator": ">=", "threshold": 2, "period": "1s"}})",
                                          scene.group));
  CHECK(made.at("id").as_string().starts_with("al"));
  CHECK(made.at("threshold") == 2);
  CHECK(made.at("period") == "1s");
  CHECK(scene.ask("GET", "/alarm_rules").at("alarm_rules") == boost::json::array{made});
  CHECK(scene.client
            .as_project("POST", "/scaling_policy",
                        fmt::format(R"({{"scaling_policy_name": "p",
      "scaling_group_id": "{}", "scaling_policy_type": "ALARM", "alarm_id": "{}",
      "scaling_policy_action": {{"operation": "ADD", "instance_number": 1}}}})",
                                    scene.group, std::string{made.at("id").as_string()}))
            .status == 200);
  scene.ask("POST", "/clock/advance", R"({"by": "30m"})");
  CHECK(scene.members() > 2);
  const std::string path = fmt::format("/alarm_rules/{}", std::string{made.at("id").as_string()});
  scene.ask("DELETE", path);
  CHECK(scene.refusal("DELETE", path).starts_with("404 TP.0003: alarm rule"));
  CHECK(scene.refusal("POST", "/alarm_rules", "{}").starts_with("400 TP.0001: name is missing"));
  CHECK(scene
            .refusal("POST", "/alarm_rules",
                     fmt::format(R"({{"name": "n", "group": "{}", "operator": ">",
      "threshold": 1, "period": "7m"}})",
                                 scene.group))
            .starts_with("400 TP.0001: period"));
}

// ---- Snapshots ----

TEST_CASE("a restored project goes the same way again, to the last byte", "[testbed]") {
  Scene scene;
  CHECK(scene.ask("POST", "/snapshots", R"({"name": "before"})").at("now") == "2026-03-01T00:00:00Z");
  const auto first = scene.ask("POST", "/clock/advance", R"({"by": "1h"})");
  const auto journal = scene.ask("GET", "/journal");
  scene.ask("POST", "/restore", R"({"name": "before"})");
  CHECK(scene.ask("GET", "/clock").at("now") == "2026-03-01T00:00:00Z");
  CHECK(scene.ask("POST", "/clock/advance", R"({"by": "1h"})") == first);
  CHECK(scene.ask("GET", "/journal") == journal);
  CHECK(scene.ask("GET", "/snapshots").at("snapshots").as_array().size() == 1);
  scene.ask("DELETE", "/snapshots/before");
  CHECK(scene.refusal("POST", "/restore", R"({"name": "before"})").starts_with("404 TP.0003: snapshot"));
  CHECK(scene.refusal("POST", "/snapshots", R"({"name": "a b"})").starts_with("400 TP.0001: name"));
  CHECK(scene.refusal("POST", "/snapshots").starts_with("400 TP.0001: name is missing"));
}

TEST_CASE("a fork begins as a copy and goes its own way", "[testbed]") {
  Scene scene;
  constexpr const char* kCopy = "0123456789abcdef0123456789abcdef";
  const std::string into = fmt::format(R"({{"into": "{}"}})", kCopy);
  CHECK(scene.ask("POST", "/fork", into).at("id") == kCopy);
  CHECK(scene.refusal("POST", "/fork", into).starts_with("400 TP.0001: into"));
  CHECK(scene.refusal("POST", "/fork", R"({"into": "x"})").starts_with("400 TP.0001: into"));
  scene.ask("POST", "/clock/advance", R"({"by": "100s"})");
  const sim::Cloud& copy = scene.client.world.find(kCopy)->cloud;
  CHECK(copy.now() == support::kStart);
  CHECK(copy.all_groups().front().in_service == 0);
  CHECK(scene.client.testbed("POST", fmt::format("/projects/{}/clock/advance", kCopy), R"({"by": "100s"})")
            .status == 200);
  CHECK(copy.journal().fingerprint() == scene.cloud().journal().fingerprint());
}

// ---- Texts of time ----

TEST_CASE("a length is whole numbers with units, largest first, each at most once", "[testbed]") {
  struct Row {
    const char* text;
    std::optional<sim::Duration> length;
  };
  const auto row = GENERATE(values<Row>({
      {"90s", 90s},
      {"1d12h", 36h},
      {"1s500ms", 1500ms},
      {"0s", 0s},
      {"36500d", 876'000h},
      {"", {}},
      {"90", {}},
      {"s", {}},
      {"1h1h", {}},
      {"1m1h", {}},
      {"1.5h", {}},
      {"-1s", {}},
      {" 1s", {}},
      {"36501d", {}},
      {"36500d1ms", {}},
      {"9999999999999999999999ms", {}},
  }));
  CAPTURE(row.text);
  CHECK(read_duration(row.text) == row.length);
  if (row.length) CHECK(read_duration(duration_text(*row.length)) == row.length);
}

TEST_CASE("a moment is RFC 3339 with up to six decimals and any offset", "[testbed]") {
  struct Row {
    const char* text;
    const char* same;
  };
  const auto row = GENERATE(values<Row>({
      {"2026-03-01T06:20:05Z", "2026-03-01T06:20:05Z"},
      {"2026-03-01T06:20:05.25+01:00", "2026-03-01T05:20:05.250000Z"},
      {"2026-03-01T23:20:05-01:30", "2026-03-02T00:50:05Z"},
      {"2026-03-01T06:20:05", nullptr},
      {"2026-03-01T06:20:05.Z", nullptr},
      {"2026-03-01T06:20:05.1234567Z", nullptr},
      {"2026-02-30T00:00:00Z", nullptr},
      {"1970-01-01T00:00:00+01:00", nullptr},
      {"9999-12-31T23:59:59-00:01", nullptr},
      {"2026-03-01", nullptr},
  }));
  CAPTURE(row.text);
  const auto moment = read_moment(row.text);
  REQUIRE(moment.has_value() == (row.same != nullptr));
  if (moment) CHECK(moment_text(*moment) == row.same);
}

// ---- What was told, and what there is ----

TEST_CASE("the outbox tells what topics and owners were sent, from a number on", "[testbed]") {
  Scene scene;
  const std::string urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:events";
  REQUIRE(scene.client
              .as_project(
                  "PUT", "/scaling_notification/" + scene.group,
                  fmt::format(R"({{"topic_urn": "{}", "topic_scene": ["SCALING_UP", "SCALING_DOWN"]}})", urn))
              .status == 200);
  REQUIRE(scene.client.as_project("PUT", "/scaling_group/" + scene.group, R"({"notifications": ["EMAIL"]})")
              .status == 200);
  CHECK(scene.ask("GET", "/outbox") == value{{"messages", boost::json::array{}},
                                             {"last", 0},
                                             {"emails", boost::json::array{}},
                                             {"emails_last", 0}});
  scene.ask("POST", "/clock/advance", R"({"by": "5m"})");
  const value first = scene.ask("GET", "/outbox");
  CHECK(first.at("last") == 1);
  CHECK(at(first, "messages/0/number") == 1);
  CHECK(at(first, "messages/0/topic_urn") == as_json(urn));
  CHECK(at(first, "messages/0/time") == "2026-03-01T00:01:40Z");
  CHECK(at(first, "messages/0/message/topic_scene") == "SCALING_UP");
  CHECK(at(first, "emails/0/scaling_group_id") == as_json(scene.group));
  scene.client.as_project("PUT", "/scaling_group/" + scene.group, R"({"desire_instance_number": 1})");
  scene.ask("POST", "/clock/advance", R"({"by": "5m"})");
  const value next = scene.ask("GET", "/outbox?after=1&emails_after=2");
  CHECK(next.at("messages").as_array().size() == 1);
  CHECK(at(next, "messages/0/message/topic_scene") == "SCALING_DOWN");
  CHECK(next.at("emails").as_array().empty());
  CHECK(next.at("emails_last") == 2);
  CHECK(scene.ask("GET", "/outbox?limit=1").at("last") == 1);
  CHECK(scene.refusal("GET", "/outbox?after=x").starts_with("400 TP.0001: after"));
  CHECK(scene.refusal("GET", "/outbox?limit=10001").starts_with("400 TP.0001: limit"));
}

TEST_CASE("the state of a project holds all that it has, and does not change by being looked at",
          "[testbed]") {
  Scene scene;
  scene.ask("POST", "/clock/advance", R"({"by": "5m"})");
  scene.ask("POST", "/faults", R"({"kind": "boot_failure", "probability": 1})");
  scene.ask("POST", "/alarm_rules",
            fmt::format(R"({{"name": "many", "group": "{}",
      "metric": "instance_num", "operator": ">=", "threshold": 2}})",
                        scene.group));
  const value state = scene.ask("GET", "/state");
  CHECK(state == scene.ask("GET", "/state"));
  CHECK(state.at("now") == "2026-03-01T00:05:00Z");
  CHECK(at(state, "configurations/0/scaling_configuration_name") == "conf");
  CHECK(at(state, "groups/0/scaling_group_id") == as_json(scene.group));
  CHECK(at(state, "groups/0/cooldown_until").is_null());  // It ends at this very moment.
  CHECK(state.at("instances").as_array().size() == 2);
  CHECK(at(state, "instances/0/ecs_status") == "ACTIVE");
  CHECK(at(state, "alarms/0/alarm_name") == "many");
  CHECK(at(state, "faults/0/kind") == "boot_failure");
  for (const char* empty : {"policies", "waits", "bandwidths", "workloads"})
    CHECK(state.at(empty).as_array().empty());
}

// ---- Workloads ----

TEST_CASE("a workload is offered to a group from now on", "[testbed]") {
  Scene scene;
  scene.ask("POST", "/clock/advance", R"({"by": "5m"})");
  const value made = scene.ask("POST", "/workloads",
                               fmt::format(R"({{"group": "{}", "capacity_per_instance": 10,
      "trace": {{"step": "5m", "unit": "rate", "values": [10, 4.5]}}}})",
                                           scene.group));
  CHECK(made == value{{"id", "0"},
                      {"group", as_json(scene.group)},
                      {"capacity_per_instance", 10},
                      {"start", "2026-03-01T00:05:00Z"},
                      {"end", "2026-03-01T00:15:00Z"},
                      {"step", "5m"},
                      {"steps", 2},
                      {"total", 4350}});
  CHECK(scene.ask("GET", "/workloads").at("workloads") == boost::json::array{made});
  scene.ask("POST", "/clock/advance", R"({"by": "5m"})");
  CHECK(scene.cloud().samples().back().cpu_util == 50 * sim::kMetricUnit);
  CHECK(scene
            .refusal("POST", "/workloads",
                     fmt::format(R"({{"group": "{}", "capacity_per_instance": 10,
      "trace": {{"step": "5m", "unit": "count", "values": [1]}}}})",
                                 scene.group))
            .starts_with("400 TP.0001: group"));
}

TEST_CASE("a workload can be made up as in scenario files", "[testbed]") {
  Scene scene;
  const value made = scene.ask("POST", "/workloads",
                               fmt::format(R"({{"group": "{}", "capacity_per_instance": 0.5,
      "generator": {{"base_per_second": 2, "duration": "1d", "daily_amplitude": 0.5, "noise": 0.1,
                     "daily_peak": "12:00", "flash_crowds": [{{"at": "1h", "hold": "10m", "peak_factor": 3}}]}}}})",
                                           scene.group));
  CHECK(made.at("steps") == 1440);
  CHECK(made.at("capacity_per_instance") == 0.5);
}

TEST_CASE("a workload that makes no sense is refused by the field's name", "[testbed]") {
  Scene scene;
  struct Row {
    std::string more, says;
  };
  const auto row = GENERATE(values<Row>({
      {"", "capacity_per_instance is missing"},
      {R"(, "capacity_per_instance": 0)", "capacity_per_instance 0"},
      {R"(, "capacity_per_instance": 1)", "trace is missing: expected exactly one of trace and generator"},
      {R"(, "capacity_per_instance": 1, "trace": {}, "generator": {})", "trace {}"},
      {R"(, "capacity_per_instance": 1, "trace": {"unit": "rate", "values": [1]})", "trace.step is missing"},
      {R"(, "capacity_per_instance": 1, "trace": {"step": "1m", "values": [1]})", "trace.unit is missing"},
      {R"(, "capacity_per_instance": 1, "trace": {"step": "1m", "unit": "rate"})", "trace.values is missing"},
      {R"(, "capacity_per_instance": 1, "trace": {"step": "1m", "unit": "rate", "values": [1, -1]})",
       "trace.values[1] -1"},
      {R"(, "capacity_per_instance": 1, "trace": {"step": "1m", "unit": "rate", "values": [1], "file": "x"})",
       "trace.file"},
      {R"(, "capacity_per_instance": 1, "generator": {})", "generator.base_per_second is missing"},
      {R"(, "capacity_per_instance": 1, "generator": {"base_per_second": 1, "daily_peak": "25:00"})",
       R"(generator.daily_peak "25:00")"},
      {R"(, "capacity_per_instance": 1, "generator": {"base_per_second": 1, "flash_crowds": [{}]})",
       "generator.flash_crowds[0].at is missing"},
      {R"(, "model": "queue")", R"(model "queue")"},
  }));
  CAPTURE(row.more);
  CHECK(scene.refusal("POST", "/workloads", fmt::format(R"({{"group": "{}"{}}})", scene.group, row.more))
            .starts_with(fmt::format("400 TP.0001: {}", row.says)));
  CHECK(scene.cloud().all_workloads().empty());
}

}  // namespace tidepool::api
