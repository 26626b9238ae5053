// Cloud Eye's calls: alarm rules in the shapes that clients read, and metric data that fire the policies of a group.
#include "api/routes/ces.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "api/wire/ids_text.hpp"
#include "sim/cloud/invariants.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"

namespace tidepool::api {
namespace {

using boost::json::value;

value parsed(std::string_view text) { return boost::json::parse({text.data(), text.size()}); }

constexpr std::int64_t kStartMs = 1'772'323'200'000;  // 2026-03-01T00:00:00Z

// A project with a manual clock and an enabled group of one that may grow to five.
struct Monitored {
  WorldClient client;
  std::string group, project, token;

  Monitored() : project(client.project_id()), token(client.log_in()) {
    client.testbed("PUT", "/projects/{p}/clock", R"({"mode": "manual"})");
    const std::string configuration =
        text_at(client.as_project("POST", "/scaling_configuration", minimal_configuration()),
                "scaling_configuration_id");
    group = text_at(client.as_project("POST", "/scaling_group",
                                      minimal_group(fmt::format(R"("scaling_configuration_id": "{}",
                          "desire_instance_number": 1, "max_instance_number": 5, "cool_down_time": 0)",
                                                                configuration))),
                    "scaling_group_id");
    client.as_project("POST", fmt::format("/scaling_group/{}/action", group), R"({"action":"resume"})");
    advance("100s");
  }
  void advance(std::string_view by) {
    REQUIRE(
        client.testbed("POST", "/projects/{p}/clock/advance", fmt::format(R"({{"by": "{}"}})", by)).status ==
        200);
  }
  Response send(std::string_view method, std::string_view path, std::string_view body = {},
                std::string_view base = "/V1.0") {
    return client.send(method, fmt::format("{}/{}{}", base, project, path), body, {{"X-Auth-Token", token}});
  }
  // The body of a rule that is on from 80 on, of this metric.
  static std::string rule(std::string_view metric, std::string_view more = {}, int period = 300) {
    return fmt::format(R"({{"alarm_name": "high", "metric": {},
        "condition": {{"period": {}, "filter": "average", "comparison_operator": ">=", "value": 80,
                       "unit": "%", "count": 1}}{}{}}})",
                       metric, period, more.empty() ? "" : ", ", more);
  }
  std::string cpu() const {
    return fmt::format(R"({{"namespace": "SYS.AS", "metric_name": "cpu_util",
        "dimensions": [{{"name": "AutoScalingGroup", "value": "{}"}}]}})",
                       group);
  }
  static std::string queue() {
    return R"({"namespace": "MY.QUEUE", "metric_name": "length", "dimensions": [{"name": "queue", "value": "q"}]})";
  }
  std::string create(const std::string& body) {
    const Response made = send("POST", "/alarms", body);
    INFO(made.body);
    REQUIRE(made.status == 201);
    return std::string{json_of(made).at("alarm_id").as_string()};
  }
  value show(const std::string& alarm) {
    const Response response = send("GET", "/alarms/" + alarm);
    REQUIRE(response.status == 200);
    REQUIRE(json_of(response).at("metric_alarms").as_array().size() == 1);
    return json_of(response).at("metric_alarms").at(0);
  }
  std::string add_policy(const std::string& alarm) {
    return text_at(client.as_project("POST", "/scaling_policy",
                                     fmt::format(R"({{"scaling_policy_name": "out", "scaling_group_id": "{}",
        "scaling_policy_type": "ALARM", "alarm_id": "{}", "cool_down_time": 0,
        "scaling_policy_action": {{"operation": "ADD", "instance_number": 1}}}})",
                                                 group, alarm)),
                   "scaling_policy_id");
  }
  std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(cloud().now().time_since_epoch()).count();
  }
  Response push(const std::string& metric, double amount) {
    return send(
        "POST", "/metric-data",
        fmt::format(R"([{{"metric": {}, "ttl": 172800, "collect_time": {}, "value": {}, "unit": "%"}}])",
                    metric, now_ms(), amount));
  }
  int desire() { return cloud().all_groups().front().set.desire; }
  sim::Cloud& cloud() { return client.world.find(project)->cloud; }
};

}  // namespace

// ---- Alarm rules ----

TEST_CASE("an alarm rule is made and read in the shape that clients expect (Cloud Eye, Go SDK)", "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(world.cpu(), R"("alarm_description": "d",
      "alarm_enabled": true, "alarm_action_enabled": true, "alarm_level": 3,
      "alarm_actions": [{"type": "notification", "notificationList": ["urn:smn:eu-de:p:t"]}])"));
  CHECK(has_alarm_rule_shape(alarm));
  CHECK(
      world.show(alarm) ==
      parsed(fmt::format(R"({{"alarm_id": "{}", "alarm_name": "high", "alarm_description": "d", "metric": {},
          "condition": {{"period": 300, "filter": "average", "comparison_operator": ">=", "value": 80,
                         "unit": "%", "count": 1}},
          "alarm_enabled": true, "alarm_action_enabled": true, "alarm_level": 3, "alarm_type": "",
          "alarm_action_begin_time": "00:00", "alarm_action_end_time": "23:59", "enterprise_project_id": "0",
          "alarm_actions": [{{"type": "notification", "notificationList": ["urn:smn:eu-de:p:t"]}}],
          "ok_actions": [], "insufficientdata_actions": [], "update_time": {},
          "alarm_state": "insufficient_data"}})",
                         alarm, world.cpu(), kStartMs + 100'000)));
}

TEST_CASE("both paths reach the same rules, and a list tells how many there are (Cloud Eye)", "[ces]") {
  Monitored world;
  const std::string first = world.create(Monitored::rule(world.cpu())),
                    second = world.create(Monitored::rule(Monitored::queue()));
  const value list = json_of(world.send("GET", "/alarms", {}, "/ces/V1.0"));
  CHECK(list.at("metric_alarms").as_array().size() == 2);
  CHECK(list.at("meta_data") == value{{"count", 2}, {"total", 2}, {"marker", ""}});
  const value page = json_of(world.send("GET", "/alarms?limit=1"));
  CHECK(page.at("meta_data") == value{{"count", 1}, {"total", 2}, {"marker", first}});
  const value next = json_of(world.send("GET", "/alarms?limit=1&start=" + first));
  CHECK(at(next, "metric_alarms/0/alarm_id") == as_json(second));
  const value newest = json_of(world.send("GET", "/alarms?order=desc"));
  CHECK(at(newest, "metric_alarms/0/alarm_id") == as_json(second));
  CHECK(world.send("GET", "/alarms?limit=0").status == 400);
  CHECK(world.send("GET", "/alarms?start=al1").status == 400);
}

TEST_CASE("a policy puts its action into the rule (AS API reference, alarm_id, and Ansible)", "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(world.cpu()));
  world.add_policy(alarm);
  CHECK(world.show(alarm).at("alarm_actions") ==
        parsed(R"([{"type": "autoscaling", "notificationList": []}])"));
}

TEST_CASE("a rule is modified: what is left out stays, its metric can't change (Cloud Eye)", "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(world.cpu())), path = "/alarms/" + alarm;
  CHECK(world.send("PUT", path, R"({"alarm_name": "higher", "condition": {"value": 90.5}})").status == 204);
  const value now = world.show(alarm);
  CHECK(now.at("alarm_name") == "higher");
  CHECK(at(now, "condition/value") == 90.5);
  CHECK(at(now, "condition/period") == 300);
  CHECK(world.send("PUT", path, fmt::format(R"({{"metric": {}}})", world.cpu())).status == 204);
  CHECK(world.send("PUT", path, fmt::format(R"({{"metric": {}}})", Monitored::queue())).status == 400);
  CHECK(world.send("PUT", path + "/action", R"({"alarm_enabled": false})").status == 204);
  CHECK(world.show(alarm).at("alarm_enabled") == false);
  CHECK(world.send("PUT", path + "/action", "{}").status == 400);
  CHECK(world.send("DELETE", path).status == 204);
  CHECK(world.send("DELETE", path).status == 404);
  CHECK(world.send("GET", path).status == 404);
}

TEST_CASE("a rule that makes no sense is refused by the field's name and makes nothing", "[ces]") {
  const std::string metric = R"("metric": )" + Monitored::queue();
  const auto condition = [](std::string_view with) {
    return fmt::format(
        R"("condition": {{"period": 300, "filter": "max", "comparison_operator": ">", "value": 1,
                          "count": 1, {}}})",
        with);
  };
  const auto row = GENERATE(values<std::pair<std::string, std::string>>({
      {R"({})", "alarm_name"},
      {R"({"alarm_name": "a"})", "metric is missing"},
      {R"({"alarm_name": "a", "metric": {}})", "metric.namespace is missing"},
      {R"({"alarm_name": "a", "metric": {"namespace": "N", "metric_name": "m", "dimensions": []}})",
       "metric.dimensions []"},
      {"metric", "condition is missing"},
      {R"("period": 301)", "condition.period 301"},
      {R"("filter": "median")", R"(condition.filter "median")"},
      {R"("comparison_operator": "=>")", R"(condition.comparison_operator "=>")"},
      {R"("value": -1)", "condition.value -1"},
      {R"("value": "many")", R"(condition.value "many")"},
      {R"("count": 6)", "condition.count 6"},
      {R"("suppress_duration": 7)", "condition.suppress_duration 7"},
      {R"(actions)", "alarm_actions[0].notificationList"},
      {R"({"alarm_name": "a", "colour": "red"})", "colour: expected none but alarm_name"},
      {R"("colour": "red")", "condition.colour: expected none but period"},
      {R"({"alarm_name": "a", "alarm_state": "ok"})", R"(alarm_state "ok": expected none)"},
      {R"({"alarm_name": "a", "alarm_type": "EVENT.SYS"})",
       R"(alarm_type "EVENT.SYS": expected an empty text)"},
      {R"({"alarm_name": "a", "alarm_type": "RESOURCE_GROUP"})",
       R"(alarm_type "RESOURCE_GROUP": expected RESOURCE_GROUP only beside metric.resource_group_id)"},
      {R"({"alarm_name": "a", "metric": {"resource_group_id": "mine"}})",
       R"(metric.resource_group_id "mine")"},
      {R"({"alarm_name": "a", "alarm_action_begin_time": "8:00"})", R"(alarm_action_begin_time "8:00")"},
      {R"({"alarm_name": "a", "alarm_action_end_time": "24:00"})", R"(alarm_action_end_time "24:00")"},
      {R"({"alarm_name": "a", "alarm_action_end_time": "12:60"})", R"(alarm_action_end_time "12:60")"},
      {R"({"alarm_name": "a", "enterprise_project_id": "nobody"})", R"(enterprise_project_id "nobody")"},
      {R"({"alarm_name": "a", "insufficientdata_actions": [{}]})", "insufficientdata_actions [{}]"},
  }));
  std::string body = row.first;
  if (body == "metric")
    body = fmt::format(R"({{"alarm_name": "a", {}}})", metric);
  else if (body == "actions")
    body = fmt::format(R"({{"alarm_name": "a", {}, {},
      "alarm_actions": [{{"type": "autoscaling", "notificationList": ["urn"]}}]}})",
                       metric, condition(R"("unit": "%")"));
  else if (!body.starts_with('{'))
    body = fmt::format(R"({{"alarm_name": "a", {}, {}}})", metric, condition(body));
  CAPTURE(body);
  Monitored world;
  const Response response = world.send("POST", "/alarms", body);
  CHECK(response.status == 400);
  CHECK(message_of(response).starts_with(row.second));
  CHECK(world.cloud().all_alarm_rules().empty());
  CHECK(world.cloud().all_series().empty());
}

TEST_CASE("Cloud Eye asks for the project's token and knows its paths", "[ces]") {
  Monitored world;
  const std::string path = fmt::format("/V1.0/{}/alarms", world.project);
  CHECK(world.client.send("GET", path).status == 401);
  CHECK(world.client.send("GET", path, {}, {{"X-Auth-Token", world.client.log_in("eu-de_other")}}).status ==
        401);
  CHECK(world.send("PATCH", "/alarms").status == 405);
  CHECK(world.send("GET", "/alarms/x/action").status == 404);
  CHECK(world.send("GET", "/events").status == 404);
}

// ---- Data, and what they fire ----

TEST_CASE("a pushed sample fires the policy at the end of its period (Cloud Eye, our decision)", "[ces]") {
  struct Row {
    const char* why;
    bool own;
  };
  const auto row = GENERATE(values<Row>({{"the group's own metric", true}, {"another one", false}}));
  CAPTURE(row.why);
  Monitored world;
  const std::string metric = row.own ? world.cpu() : Monitored::queue();
  const std::string alarm = world.create(Monitored::rule(metric));
  world.add_policy(alarm);
  CHECK(world.push(metric, 95.5).status == 201);
  CHECK(world.show(alarm).at("alarm_state") == "insufficient_data");
  CHECK(world.desire() == 1);
  world.advance("200s");  // To the fifth minute.
  CHECK(world.show(alarm).at("alarm_state") == "alarm");
  CHECK(world.show(alarm).at("update_time") == kStartMs + 300'000);
  CHECK(world.desire() == 2);
  world.advance("10m");  // Without data nothing more is fired.
  CHECK(world.desire() == 2);
  CHECK(world.push(metric, 5).status == 201);
  world.advance("5m");
  CHECK(world.show(alarm).at("alarm_state") == "ok");
  CHECK(sim::broken_invariants(world.cloud()).empty());
}

TEST_CASE("a rule of period 1 fires with the push, a disabled one never (Cloud Eye)", "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(Monitored::queue(), {}, 1));
  world.add_policy(alarm);
  world.push(Monitored::queue(), 80);
  CHECK(world.desire() == 2);
  world.advance("5m");
  world.send("PUT", "/alarms/" + alarm + "/action", R"({"alarm_enabled": false})");
  world.push(Monitored::queue(), 80);
  CHECK(world.desire() == 2);
  world.send("PUT", "/alarms/" + alarm, R"({"alarm_enabled": true, "alarm_action_enabled": false})");
  world.push(Monitored::queue(), 80);
  CHECK(world.desire() == 2);
  CHECK(world.show(alarm).at("alarm_state") == "alarm");
}

TEST_CASE("pushed data are read back by period and filter (Cloud Eye)", "[ces]") {
  Monitored world;
  world.push(Monitored::queue(), 10);
  world.advance("10s");
  world.push(Monitored::queue(), 20.5);
  const auto read = [&](std::string_view more) {
    return json_of(world.send(
        "GET",
        fmt::format("/metric-data?namespace=MY.QUEUE&metric_name=length&dim.0=queue,q&from={}&to={}&{}",
                    kStartMs, kStartMs + 3'600'000, more)));
  };
  CHECK(read("period=1&filter=average") == parsed(fmt::format(R"({{"datapoints": [
      {{"average": 10, "timestamp": {}, "unit": "%"}}, {{"average": 20.5, "timestamp": {}, "unit": "%"}}],
      "metric_name": "length"}})",
                                                              kStartMs + 100'000, kStartMs + 110'000)));
  CHECK(read("period=300&filter=max") ==
        parsed(fmt::format(R"({{"datapoints": [{{"max": 20.5, "timestamp": {}, "unit": "%"}}],
      "metric_name": "length"}})",
                           kStartMs)));
  CHECK(at(read("period=3600&filter=sum"), "datapoints/0/sum") == 30.5);
}

TEST_CASE("a group's own metrics are read without any push, and a pushed period hides them (our decision)",
          "[ces]") {
  Monitored world;
  world.advance("600s");
  const auto read = [&](std::string_view name) {
    return json_of(world.send(
        "GET",
        fmt::format("/metric-data?namespace=SYS.AS&metric_name={}&dim.0=AutoScalingGroup,{}&from={}&to={}"
                    "&period=300&filter=average",
                    name, world.group, kStartMs, kStartMs + 3'600'000)));
  };
  CHECK(read("instance_num") == parsed(fmt::format(R"({{"datapoints": [
      {{"average": 1, "timestamp": {}, "unit": "count"}}, {{"average": 1, "timestamp": {}, "unit": "count"}}],
      "metric_name": "instance_num"}})",
                                                   kStartMs, kStartMs + 300'000)));
  CHECK(read("cpu_util").at("datapoints").as_array().empty());
  const std::string number = fmt::format(R"({{"namespace": "SYS.AS", "metric_name": "instance_num",
      "dimensions": [{{"name": "AutoScalingGroup", "value": "{}"}}]}})",
                                         world.group);
  world.push(number, 7);
  world.advance("300s");
  CHECK(at(read("instance_num"), "datapoints/2/average") == 7);
}

TEST_CASE("metrics are listed: those of groups, then pushed ones (Cloud Eye)", "[ces]") {
  Monitored world;
  world.push(Monitored::queue(), 1);
  const value all = json_of(world.send("GET", "/metrics"));
  CHECK(all.at("metrics").as_array().size() == 3);
  CHECK(at(all, "metrics/0/metric_name") == "cpu_util");
  CHECK(at(all, "metrics/0/unit") == "%");
  CHECK(at(all, "metrics/2/namespace") == "MY.QUEUE");
  CHECK(all.at("meta_data") == value{{"count", 3}, {"total", 3}, {"marker", ""}});
  CHECK(json_of(world.send("GET", "/metrics?namespace=MY.QUEUE")).at("metrics").as_array().size() == 1);
  CHECK(json_of(world.send("GET", "/metrics?dim.0=queue,other")).at("metrics").as_array().empty());
  CHECK(json_of(world.send("GET", "/metrics?limit=2")).at("meta_data") ==
        value{{"count", 2}, {"total", 3}, {"marker", "2"}});
  CHECK(json_of(world.send("GET", "/metrics?limit=2&start=2")).at("metrics").as_array().size() == 1);
}

TEST_CASE("data that make no sense are refused by the field's name and change nothing", "[ces]") {
  Monitored world;
  const std::string metric = Monitored::queue();
  struct Row {
    std::string body, says;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"[]", "body: 0 samples"},
      {R"([{"value": 1}])", "samples[0].metric is missing"},
      {fmt::format(R"([{{"metric": {}}}])", metric), "samples[0].value is missing"},
      {fmt::format(R"([{{"metric": {}, "value": "1"}}])", metric), R"(samples[0].value "1")"},
      {fmt::format(R"([{{"metric": {}, "value": 1, "ttl": 0}}])", metric), "samples[0].ttl 0"},
      {fmt::format(R"([{{"metric": {}, "value": 1}}, {{"metric": {}, "value": 1, "collect_time": {}}}])",
                   metric, metric, kStartMs + 701'000),
       fmt::format("samples[1].collect_time {}", kStartMs + 701'000)},
      {fmt::format(R"([{{"metric": {}, "value": 1, "ttl": 604801}}])", metric), "samples[0].ttl 604801"},
      {fmt::format(R"([{{"metric": {}, "value": 1.5, "type": "int"}}])", metric),
       "samples[0].value 1.5E0: expected a whole number"},
      {fmt::format(R"([{{"metric": {}, "value": 1, "type": "double"}}])", metric),
       R"(samples[0].type "double")"},
      {fmt::format(R"([{{"metric": {}, "value": 1, "colour": "red"}}])", metric), "samples[0].colour"},
      {R"([{"metric": {"namespace": "A", "metric_name": "b", "dimensions": [{"name": "c", "value": "d"}],
            "resource_group_id": "rg1"}, "value": 1}])",
       "samples[0].metric.resource_group_id"},
      {R"([{"value": 1}], "samples": 1)", "the body is not valid JSON"},
      {"[1]", "samples[0] 1"},
      {"[[", "the body is not valid JSON"},
      {"7", "the body is 7"},
  }));
  CAPTURE(row.body);
  const Response response = world.send("POST", "/metric-data", row.body);
  CHECK(response.status == 400);
  CHECK(message_of(response).starts_with(row.says));
  CHECK(world.cloud().all_series().empty());
}

TEST_CASE("a question for data that makes no sense is refused by the parameter's name", "[ces]") {
  struct Row {
    const char *query, *says;
  };
  const auto row = GENERATE(values<Row>({
      {"", "namespace is missing"},
      {"namespace=N", "metric_name is missing"},
      {"namespace=N&metric_name=m", "dim.0 is missing"},
      {"namespace=N&metric_name=m&dim.0=a,b", "period is missing"},
      {"namespace=N&metric_name=m&dim.0=a,b&period=7", R"(period "7")"},
      {"namespace=N&metric_name=m&dim.0=a,b&period=1", "filter is missing"},
      {"namespace=N&metric_name=m&dim.0=a,b&period=1&filter=mean", R"(filter "mean")"},
      {"namespace=N&metric_name=m&dim.0=a,b&period=1&filter=max", "from is missing"},
      {"namespace=N&metric_name=m&dim.0=a,b&period=1&filter=max&from=2&to=1", R"(to "1")"},
  }));
  Monitored world;
  const Response response = world.send("GET", fmt::format("/metric-data?{}", row.query));
  CHECK(response.status == 400);
  CHECK(message_of(response).starts_with(row.says));
}

TEST_CASE("a rule tells the topics of its actions what state it is in (Cloud Eye, alarm_actions, ok_actions)",
          "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(Monitored::queue(), R"(
      "alarm_actions": [{"type": "notification", "notificationList": ["urn:smn:eu-de:p:bad"]}],
      "ok_actions": [{"type": "notification", "notificationList": ["urn:smn:eu-de:p:good"]}])",
                                                         1));
  world.push(Monitored::queue(), 80.5);
  world.push(Monitored::queue(), 90);
  world.push(Monitored::queue(), 5);
  const value sent = json_of(world.client.testbed("GET", "/projects/{p}/outbox"));
  CHECK(sent.at("last") == 2);
  CHECK(at(sent, "messages/0/topic_urn") == "urn:smn:eu-de:p:bad");
  CHECK(at(sent, "messages/0/message") ==
        parsed(
            fmt::format(R"({{"service": "CloudEye", "tenant_id": "{}", "alarm_id": "{}", "alarm_name": "high",
      "alarm_state": "alarm", "value": 80.5, "time": "2026-03-01T00:01:40Z"}})",
                        world.project, alarm)));
  CHECK(at(sent, "messages/1/topic_urn") == "urn:smn:eu-de:p:good");
  CHECK(at(sent, "messages/1/message/alarm_state") == "ok");
}

TEST_CASE("what a rule belongs to is kept, shown and can be sent back (Cloud Eye)", "[ces]") {
  Monitored world;
  const std::string metric =
      R"({"namespace": "MY.QUEUE", "metric_name": "length", "dimensions": [{"name": "queue", "value": "q"}],
          "resource_group_id": "rg1603786526428bWbVmk4rP"})";
  const std::string alarm = world.create(Monitored::rule(
      metric,
      R"("alarm_type": "RESOURCE_GROUP", "enterprise_project_id": "finance", "insufficientdata_actions": [],
      "alarm_action_begin_time": "08:30", "alarm_action_end_time": "20:00")"));
  const value shown = world.show(alarm);
  CHECK(at(shown, "metric/resource_group_id") == "rg1603786526428bWbVmk4rP");
  CHECK(shown.at("alarm_type") == "RESOURCE_GROUP");
  CHECK(shown.at("enterprise_project_id") == "finance");
  CHECK(shown.at("alarm_action_begin_time") == "08:30");
  CHECK(shown.at("alarm_action_end_time") == "20:00");
  CHECK(world.send("PUT", "/alarms/" + alarm, boost::json::serialize(shown)).status == 204);
  CHECK(world.show(alarm) == shown);
  const Response other = world.send("PUT", "/alarms/" + alarm, R"({"alarm_state": "alarm"})");
  CHECK(other.status == 400);
  CHECK(message_of(other).starts_with(R"(alarm_state "alarm": expected "insufficient_data")"));
}

TEST_CASE(
    "outside of its hours a rule is judged and takes no action, also past midnight (Cloud Eye, our decision)",
    "[ces]") {
  struct Row {
    const char *begin, *end;
    bool acts;  // at 00:01:40
  };
  const auto row = GENERATE(values<Row>({{"00:00", "23:59", true},
                                         {"00:01", "00:01", true},
                                         {"00:02", "23:59", false},
                                         {"00:00", "00:00", false},
                                         {"22:00", "06:00", true},
                                         {"22:00", "00:00", false}}));
  CAPTURE(row.begin, row.end);
  Monitored world;
  const std::string alarm = world.create(
      Monitored::rule(Monitored::queue(),
                      fmt::format(R"("alarm_action_begin_time": "{}", "alarm_action_end_time": "{}",
      "alarm_actions": [{{"type": "notification", "notificationList": ["urn:smn:eu-de:p:bad"]}}])",
                                  row.begin, row.end),
                      1));
  world.add_policy(alarm);
  world.push(Monitored::queue(), 90);
  CHECK(world.show(alarm).at("alarm_state") == "alarm");
  CHECK(world.desire() == (row.acts ? 2 : 1));
  CHECK(json_of(world.client.testbed("GET", "/projects/{p}/outbox")).at("last") == (row.acts ? 1 : 0));
  const auto journal = boost::json::serialize(json_of(world.client.testbed("GET", "/projects/{p}/journal")));
  CHECK((journal.find("takes no action") == std::string::npos) == row.acts);
}

TEST_CASE("a rule outlives its policy and its group, and fires into the void (Cloud Eye's own, our decision)",
          "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(Monitored::queue(), {}, 1));
  const std::string policy = world.add_policy(alarm);
  world.push(Monitored::queue(), 90);
  CHECK(world.desire() == 2);
  world.advance("5m");
  CHECK(world.client.as_project("DELETE", "/scaling_policy/" + policy).status == 204);
  CHECK(world.show(alarm).at("alarm_actions").as_array().empty());
  CHECK(world.push(Monitored::queue(), 91).status == 201);
  CHECK(world.desire() == 2);
  const auto told = [&] {
    const auto text = boost::json::serialize(json_of(world.client.testbed("GET", "/projects/{p}/journal")));
    return text.find("alarm rule high fires no policy") != std::string::npos;
  };
  CHECK(told());
  const std::string own = world.create(Monitored::rule(world.cpu()));
  CHECK(world.client.as_project("DELETE", "/scaling_group/" + world.group + "?force_delete=yes").status ==
        204);
  world.advance("10m");
  for (const std::string& each : {alarm, own}) CHECK(world.show(each).at("alarm_id") == as_json(each));
  CHECK(world.send("DELETE", "/alarms/" + own).status == 204);
  CHECK(sim::broken_invariants(world.cloud()).empty());
}

TEST_CASE(
    "data are shown as long as their ttl says, and an alarm still counts them (Cloud Eye, our decision)",
    "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(Monitored::queue()));
  CHECK(world
            .send("POST", "/metric-data",
                  fmt::format(
                      R"([{{"metric": {}, "ttl": 60, "collect_time": {}, "value": 95, "type": "int"}}])",
                      Monitored::queue(), world.now_ms()))
            .status == 201);
  const auto shown = [&] {
    return json_of(world.send("GET",
                              fmt::format("/metric-data?namespace=MY.QUEUE&metric_name=length&dim.0=queue,q"
                                          "&period=1&filter=max&from={}&to={}",
                                          kStartMs, kStartMs + 600'000)))
        .at("datapoints")
        .as_array()
        .size();
  };
  CHECK(shown() == 1);
  world.advance("59s");
  CHECK(shown() == 1);
  world.advance("1s");
  CHECK(shown() == 0);
  world.advance("200s");
  CHECK(world.show(alarm).at("alarm_state") == "alarm");
}

TEST_CASE("the testbed's rules and Cloud Eye's are the same", "[ces]") {
  Monitored world;
  const std::string alarm = world.create(Monitored::rule(world.cpu()));
  const value list = json_of(world.client.testbed("GET", "/projects/{p}/alarm_rules"));
  CHECK(at(list, "alarm_rules/0/id") == as_json(alarm));
  CHECK(at(list, "alarm_rules/0/enabled") == true);
  CHECK(at(list, "alarm_rules/0/state") == "insufficient_data");
  CHECK(world.client.testbed("DELETE", "/projects/{p}/alarm_rules/" + alarm).status == 204);
  CHECK(world.send("GET", "/alarms/" + alarm).status == 404);
}

}  // namespace tidepool::api
