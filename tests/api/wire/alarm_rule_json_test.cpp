#include "api/wire/alarm_rule_json.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "api/wire/ids_text.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace support;

std::string metric_of(std::string_view space, std::string_view name, std::string_view dimension,
                      std::string_view of) {
  return fmt::format(
      R"({{"namespace": "{}", "metric_name": "{}", "dimensions": [{{"name": "{}", "value": "{}"}}]}})", space,
      name, dimension, of);
}

std::string rule_on(std::string_view metric, int period = 300) {
  return fmt::format(R"({{"alarm_name": "a", "metric": {}, "condition": {{"period": {}, "filter": "max",
      "comparison_operator": "<", "value": 12.5, "count": 3, "suppress_duration": 900}}}})",
                     metric, period);
}

TEST_CASE("a metric is a group's own by its namespace, its name and one dimension (Cloud Eye, SYS.AS)",
          "[wire]") {
  sim::Cloud cloud = a_cloud();
  const std::string group = IdText{cloud.seed()}.text(create_group(cloud));
  struct Row {
    const char *space, *name, *dimension;
    std::string of;
    bool own;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"SYS.AS", "cpu_util", "AutoScalingGroup", group, true},
      {"SYS.AS", "instance_num", "AutoScalingGroup", group, true},
      {"SYS.AS", "mem_util", "AutoScalingGroup", group, false},
      {"SYS.ECS", "cpu_util", "AutoScalingGroup", group, false},
      {"SYS.AS", "cpu_util", "instance_id", group, false},
      {"SYS.AS", "cpu_util", "AutoScalingGroup", "00000000-0000-4000-8000-000000000000", false},
  }));
  CAPTURE(row.space, row.name, row.dimension);
  const auto read =
      read_create_alarm_rule(rule_on(metric_of(row.space, row.name, row.dimension, row.of)), cloud);
  REQUIRE(read.has_value());
  CHECK(read->metric.is_of_group() == row.own);
  CHECK((read->set.group != sim::none<sim::AsGroupId>()) == row.own);
}

TEST_CASE("a condition is read as Cloud Eye means it", "[wire]") {
  const sim::Cloud cloud = a_cloud();
  const auto read = read_create_alarm_rule(rule_on(metric_of("N", "m", "d", "v")), cloud);
  REQUIRE(read.has_value());
  CHECK(read->set.period == 5min);
  CHECK(read->set.statistic == sim::AlarmStatistic::Max);
  CHECK(read->set.comparison == sim::AlarmOperator::Less);
  CHECK(read->set.threshold == 12'500'000);
  CHECK(read->set.count == 3);
  CHECK(read->set.suppress == 15min);
  CHECK(read->set.enabled == sim::Switch::On);
  CHECK(read_create_alarm_rule(rule_on(metric_of("N", "m", "d", "v"), 1), cloud)->set.period ==
        sim::Duration::zero());
}

TEST_CASE("what is shown of a rule can be sent back", "[wire]") {
  sim::Cloud cloud = a_cloud();
  const std::string group = IdText{cloud.seed()}.text(create_group(cloud));
  auto made =
      read_create_alarm_rule(rule_on(metric_of("SYS.AS", "cpu_util", "AutoScalingGroup", group)), cloud);
  REQUIRE(made.has_value());
  const sim::AlarmRuleId rule = cloud.add_alarm_rule(made->set);
  boost::json::object shown = write_alarm_rule(cloud, rule);
  const auto again = read_modify_alarm_rule(to_text(shown), rule, cloud);
  REQUIRE(again.has_value());
  REQUIRE(cloud.change_alarm_rule(rule, *again).has_value());
  CHECK(write_alarm_rule(cloud, rule) == shown);
}

TEST_CASE("values are rounded to a millionth and told as short as they are", "[wire]") {
  struct Row {
    const char *given, *told;
  };
  const auto row = GENERATE(
      values<Row>({{"5", "5"}, {"5.0", "5"}, {"0.1", "1E-1"}, {"33.3333333", "3.3333333E1"}, {"-2", "-2"}}));
  boost::json::object members;
  members["v"] = boost::json::parse(row.given);
  Faults faults;
  const auto value = required_value(Fields{members, faults}, "v", -sim::kLargestDatapoint);
  CHECK_FALSE(faults.any());
  CHECK(to_text(write_value(value)).substr(0, 9) == std::string{row.told}.substr(0, 9));
}

}  // namespace
}  // namespace tidepool::api
