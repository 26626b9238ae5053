#include "sim/run/report.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <string>
#include <utility>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using enum PolicyOperation;

constexpr std::int64_t kHourUs = 3'600'000'000;
constexpr std::int64_t kSecondUs = 1'000'000;

std::int64_t value(std::string_view metric, const GroupReport& group) {
  const auto found = metric_value(metric, group);
  REQUIRE(found.has_value());
  return *found;
}

// ---- What one instance costs ----

// One that was launched at kStart and is there still.
Instance an_instance(FlavorId flavor = kSmall) {
  Instance instance;
  instance.joined = kStart;
  instance.flavor = flavor;
  return instance;
}

TEST_CASE("a life is billed in whole quanta, each begun one in full", "[report]") {
  struct Row {
    const char* why;
    Duration life, quantum, billed;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing costs nothing", 0s, 1h, 0s},
      {"a moment is a quantum", Duration{1}, 1h, 1h},
      {"just under a quantum", 1h - Duration{1}, 1h, 1h},
      {"exactly one is not two", 1h, 1h, 1h},
      {"a moment more is another", 1h + Duration{1}, 1h, 2h},
      {"by the second", 100s, 1s, 100s},
      {"by the microsecond, that is exactly", Duration{12'345'679}, Duration{1}, Duration{12'345'679}},
      {"a quantum longer than the run", 90min, 24h, 24h},
      {"a quantum that is no round number", 100s, 7s, 105s},
  }));
  CAPTURE(row.why);
  Instance instance = an_instance();
  instance.ecs_deleted = kStart + row.life;
  const InstanceBill found = bill(instance, a_region(), kStart + 100h, row.quantum);
  CHECK(found.life == row.life);
  CHECK(found.billed == row.billed);
}

TEST_CASE("a life ends with the ECS, with leaving if the ECS outlives that, or with the run", "[report]") {
  constexpr ServerId kByHand{0}, kLaunched = none<ServerId>();
  struct Row {
    const char* why;
    ServerId server;
    bool keep_ecs;
    Time left, ecs_deleted;
    Duration life;
  };
  const auto row = GENERATE(values<Row>({
      {"still there", kLaunched, false, kNever, kNever, 10h},
      {"left and deleted in one moment", kLaunched, false, kStart + 3h, kStart + 3h, 3h},
      {"deleted outside of the service, found later", kLaunched, false, kStart + 3h, kStart + 2h, 2h},
      {"taken out by hand, its ECS kept", kLaunched, true, kStart + 4h, kNever, 4h},
      {"on its way out, its ECS to be kept", kLaunched, true, kNever, kNever, 10h},
      {"added by hand and still there", kByHand, false, kNever, kNever, 10h},
      {"added by hand and left", kByHand, true, kStart + 5h, kNever, 5h},
      {"added by hand and could not join", kByHand, false, kStart + 1h, kNever, 1h},
      {"added by hand, its ECS lost", kByHand, true, kStart + 5h, kStart + 2h, 2h},
      {"gone after the end that is asked about", kLaunched, false, kStart + 11h, kStart + 11h, 10h},
  }));
  CAPTURE(row.why);
  Instance instance = an_instance();
  instance.server = row.server;
  instance.keep_ecs = row.keep_ecs;
  instance.left = row.left;
  instance.ecs_deleted = row.ecs_deleted;
  CHECK(bill(instance, a_region(), kStart + 10h, 1s).life == row.life);
}

TEST_CASE("an instance that joined after the end that is asked about has no life", "[report]") {
  Instance instance = an_instance();
  instance.joined = kStart + 2h;
  CHECK(bill(instance, a_region(), kStart + 1h, 1h).billed == 0s);
}

TEST_CASE("the cost is price times billed time, rounded half up to a millionth", "[report]") {
  struct Row {
    const char* why;
    std::int64_t price;
    Duration life, quantum;
    std::int64_t cost;
  };
  const auto row = GENERATE(values<Row>({
      {"two hours begun at 0.04", 40'000, 61min, 1h, 80'000},
      {"a second at 0.04 is 11.11 millionths", 40'000, 1s, 1s, 11},
      {"0.5 millionths become one", 1'800, 1s, 1s, 1},
      {"a little less becomes none", 1'799, 1s, 1s, 0},
      {"1.5 millionths become two", 5'400, 1s, 1s, 2},
      {"free", 0, 1h, 1h, 0},
      {"more than 64 bits on the way", 1'000'000'000'000, 24h * 365, 1h, 8'760'000'000'000'000},
  }));
  CAPTURE(row.why);
  Region region = a_region();
  region.flavors[index_of(kSmall)].price_millionths_per_hour = row.price;
  CHECK(bill(an_instance(), region, kStart + row.life, row.quantum).cost_millionths == row.cost);
}

TEST_CASE("a server added by hand without a flavor is billed but costs nothing", "[report]") {
  Instance instance = an_instance(none<FlavorId>());
  instance.server = ServerId{0};
  const InstanceBill found = bill(instance, a_region(), kStart + 90min, 1h);
  CHECK(found.billed == 2h);
  CHECK(found.cost_millionths == 0);
}

TEST_CASE("what is too large for a bill stays the largest there is", "[report]") {
  Region region = a_region();
  region.flavors[index_of(kSmall)].price_millionths_per_hour = std::numeric_limits<std::int64_t>::max();
  const Duration quantum = Duration::max() / 2 + Duration{1};
  const InstanceBill found = bill(an_instance(), region, kStart + quantum + Duration{1}, quantum);
  CHECK(found.billed == Duration::max());
  CHECK(found.cost_millionths == std::numeric_limits<std::int64_t>::max());
}

// ---- A group's report ----

TEST_CASE("instance-hours count boots and removals, the mean counts service", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});  // in service from 100 s on
  cloud.run_until(kStart + 3600s);
  set_desire(cloud, group, 1);
  cloud.run_until(kStart + 7200s);
  const Report report = make_report(cloud, 1h);
  REQUIRE(report.groups.size() == 1);
  const GroupReport& found = report.groups.front();
  CHECK(found.name == "web");
  CHECK(found.instance_us == (7200 + 3620) * kSecondUs);
  CHECK(found.billed_us == 4 * kHourUs);
  CHECK(found.cost_millionths == 160'000);
  CHECK(found.in_service_us == kSecondUs * (2 * 3500 + 3600));
  CHECK(found.mean_in_service_micro == 1'472'222);  // 10 600 s of 7 200 s
  CHECK(found.most_in_service == 2);
  CHECK(found.final_in_service == 1);
  CHECK(found.final_desire == 1);
  CHECK(report.start == kStart);
  CHECK(report.end == kStart + 7200s);
}

TEST_CASE("the mean counts from the group's creation, not from the start of the run", "[report]") {
  Cloud cloud = a_cloud();
  cloud.run_until(kStart + 1000s);
  grown_group(cloud, {.desire = 1});
  cloud.run_until(kStart + 1200s);
  CHECK(make_report(cloud, 1h).groups.front().mean_in_service_micro == 500'000);
}

TEST_CASE("the part from a moment on has its own hours, mean, sizes and actions", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  cloud.run_until(kStart + 3600s);
  Cloud then = cloud;
  const Report earlier = make_report(then, 1h);
  set_desire(cloud, group, 1);
  cloud.run_until(kStart + 7200s);
  const Report whole = make_report(cloud, 1h);
  const Report since = report_since(earlier, whole, cloud);
  const GroupReport& found = since.groups.front();
  CHECK(since.start == kStart + 3600s);
  CHECK(found.instance_us == (3600 + 20) * kSecondUs);
  CHECK(found.in_service_us == 3600 * kSecondUs);
  CHECK(found.mean_in_service_micro == 1'000'000);
  CHECK(found.most_in_service == 1);  // The second one left in that very moment.
  CHECK(found.launches == 0);
  CHECK(found.actions == Tally{{"NORMAL MANNUAL", 1}});
  CHECK(found.final_desire == 1);
  CHECK(since.total.instance_us == found.instance_us);
  CHECK(since.total.actions == found.actions);
}

TEST_CASE("sizes are those that lasted, from a moment or the creation until now or the deletion",
          "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2});  // in service from 100 s on
  cloud.run_until(kStart + 3600s);
  const auto range = [&](Duration from) {
    const SizeRange found = size_range(cloud, group, kStart + from);
    return std::pair(found.least, found.most);
  };
  CHECK(range(0s) == std::pair(0, 2));
  CHECK(range(100s) == std::pair(2, 2));
  CHECK(range(3600s) == std::pair(2, 2));
  CHECK_FALSE(cloud.submit(DeleteAsGroup{.group = group, .force = ForceDelete::Yes}).has_error());
  cloud.run_until(kStart + 7200s);
  CHECK(range(200s) == std::pair(0, 2));  // Being removed, they serve no more.
  CHECK(range(7000s) == std::pair(0, 0));
}

TEST_CASE("actions are counted by type and cause, the failed ones also apart", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  failing_boots(cloud, 1'000'000, cloud.now() + 150s);
  set_desire(cloud, group, 2);  // fails, and the retry 60 s later succeeds
  run_for(cloud, 1h);
  add_servers(cloud, group, {server_in(kZoneA)});
  run_for(cloud, 1min);
  const GroupReport found = make_report(cloud, 1h).groups.front();
  CHECK(found.actions == Tally{{"DIFF DIFF", 2}, {"MANUAL_ADD MANNUAL", 1}, {"NORMAL MANNUAL", 1}});
  CHECK(found.failed_actions == Tally{{"NORMAL MANNUAL", 1}});
  CHECK(value("scaling_actions", found) == 4'000'000);
  CHECK(value("failed_actions", found) == 1'000'000);
}

TEST_CASE("several causes of one action are named in their order, each once", "[report]") {
  Behaviour behaviour = Behaviour::classic();
  behaviour.scan_period = 60s;  // changes within a minute become one action
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 0});
  run_for(cloud, 1s);
  create_policy(cloud, group, a_scheduled_policy(kStart + 5s));
  set_desire(cloud, group, 1);
  cloud.run_until(kStart + 10s);
  set_desire(cloud, group, 3);
  run_for(cloud, 10min);
  CHECK(make_report(cloud, 1h).groups.front().actions == Tally{{"NORMAL MANNUAL+SCHEDULED", 1}});
}

TEST_CASE("a launch that fails counts until its ECS is deleted, and as failed", "[report]") {
  Cloud cloud = a_cloud();
  failing_boots(cloud, 1'000'000, kStart + 150s);
  enabled_group(cloud, {.desire = 2});
  cloud.run_until(kStart + 3600s);
  const GroupReport found = make_report(cloud, 1s).groups.front();
  // Two boots of 100 s for nothing, two that succeed from 160 s on.
  CHECK(found.instance_us == kSecondUs * 2 * (100 + 3440));
  CHECK(found.launches == 4);
  CHECK(found.failed_launches == 2);
}

TEST_CASE("a launch for which no ECS could be made is a failed launch without a life", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 0});
  sold_out_everywhere(cloud);
  set_desire(cloud, group, 3);
  run_for(cloud, 1min);
  const GroupReport found = make_report(cloud, 1h).groups.front();
  CHECK(found.launches == 3);
  CHECK(found.failed_launches == 3);
  CHECK(found.billed_us == 0);
}

TEST_CASE("what protection keeps from leaving is no failed launch", "[report]") {
  Cloud cloud = a_cloud(Behaviour::classic());  // scans every 10 s, so there is time to protect
  const AsGroupId group = grown_group(cloud, {.desire = 2});
  cloud.run_until(kStart + 1001s);
  set_desire(cloud, group, 1);
  protect(cloud, group, members(cloud, group));
  run_for(cloud, 30s);
  const GroupReport found = make_report(cloud, 1h).groups.front();
  REQUIRE(found.failed_actions == Tally{{"NORMAL MANNUAL", 1}});
  CHECK(found.launches == 2);
  CHECK(found.failed_launches == 0);
}

TEST_CASE("a server added by hand is billed for its time in the group and is no launch", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 0});
  cloud.run_until(kStart + 600s);
  add_servers(cloud, group, {server_in(kZoneA)});
  cloud.run_until(kStart + 1600s);
  REQUIRE(outcome(cloud.submit(RemoveInstances{group, members(cloud, group), EcsFate::Delete})) == "ok");
  cloud.run_until(kStart + 3600s);
  const GroupReport found = make_report(cloud, 1s).groups.front();
  CHECK(found.instance_us == 1020 * kSecondUs);
  CHECK(found.launches == 0);
  CHECK(found.cost_millionths == 11'333);  // 1020 s at 0.04 an hour
}

TEST_CASE("policy executions without effect are counted by code", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 0, .max = 2});
  const AsPolicyId policy = create_policy(cloud, group, a_policy());
  for (int i = 0; i < 3; ++i) REQUIRE(outcome(cloud.submit(ExecuteAsPolicy{policy})) == "ok");
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h, {.action = by_number(Remove, 1)}));
  create_policy(cloud, group, a_scheduled_policy(kStart + 1h, {.action = by_number(Remove, 1)}));
  run_for(cloud, 2h);
  const GroupReport found = make_report(cloud, 1h).groups.front();
  CHECK(found.policy_executions == 5);
  CHECK(found.denied == Tally{{"AS.0050", 1}, {kSuperseded, 1}});
  CHECK(value("denied_requests", found) == 1'000'000);  // the superseded one was not refused
  CHECK(value("denied_at_limit", found) == 1'000'000);
  CHECK(value("policy_executions", found) == 5'000'000);
}

TEST_CASE("alarms that come during an action or a cooldown are counted apart", "[report]") {
  Behaviour behaviour = prompt(Behaviour::current());
  behaviour.metric_period = 60s;
  Cloud cloud = a_cloud(behaviour);
  const AsGroupId group = enabled_group(cloud, {.desire = 0});
  create_policy(cloud, group, an_alarm_policy(an_alarm_that_is_always_on(cloud, group)));
  // Fires each minute: adds one at 60 s (ready at 160 s), then the cooldown lasts until 460 s.
  cloud.run_until(kStart + 450s);
  const GroupReport found = make_report(cloud, 1h).groups.front();
  CHECK(value("denied_by_action", found) == 1'000'000);
  CHECK(value("denied_by_cooldown", found) == 5'000'000);
}

TEST_CASE("demand without enough instances is unserved, and the time is short", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = enabled_group(cloud, {.desire = 1});
  add_steady_load(cloud, group, 20 * kAmountUnit);  // one instance does half of it
  cloud.run_until(kStart + 200s);
  const GroupReport found = make_report(cloud, 1h).groups.front();
  CHECK(found.offered == 4000 * kAmountUnit);
  CHECK(found.served == 1000 * kAmountUnit);
  CHECK(found.unserved() == 3000 * kAmountUnit);
  CHECK(found.short_us == 200 * kSecondUs);
  CHECK(value("unserved_percent", found) == 75'000'000);
  CHECK(value("short_seconds", found) == 200'000'000);
}

TEST_CASE("the total is the sum over groups, deleted ones included", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId first = grown_group(cloud, {.name = "first", .desire = 2});
  grown_group(cloud, {.name = "second", .desire = 3});
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{first, ForceDelete::Yes})) == "ok");
  cloud.run_until(kStart + 1000s);
  const Report report = make_report(cloud, 1s);
  REQUIRE(report.groups.size() == 2);
  CHECK(report.groups[0].instance_us == kSecondUs * 2 * 220);  // deleted at 200 s, gone at 220 s
  CHECK(report.groups[1].instance_us == kSecondUs * 3 * 900);
  CHECK(report.groups[0].mean_in_service_micro == 909'091);  // two for 100 s of its life of 220 s
  CHECK(report.groups[0].final_in_service == 0);
  CHECK(report.groups[0].final_desire == 0);
  CHECK(report.total.instance_us == report.groups[0].instance_us + report.groups[1].instance_us);
  CHECK(report.total.most_in_service == 5);
  CHECK(report.total.final_in_service == 3);
  CHECK(report.total.launches == 5);
  CHECK(report.total.actions == Tally{{"DIFF DIFF", 2}});
}

TEST_CASE("EIPs and data disks are made, deleted or left behind", "[report]") {
  Cloud cloud = a_cloud();
  const auto configuration = create_configuration(cloud, {.data_disks = 2, .eip_mbit = 5});
  const AsGroupId group =
      grown_group(cloud, {.configuration = configuration, .desire = 2, .delete_volume = true});
  set_desire(cloud, group, 1);
  run_for(cloud, 1min);
  const Report report = make_report(cloud, 1h);
  CHECK(report.eips_created == 2);
  CHECK(report.eips_deleted == 0);
  CHECK(report.eips_left == 1);
  CHECK(report.disks_created == 4);
  CHECK(report.disks_deleted == 2);
  CHECK(report.disks_left == 0);
}

TEST_CASE("EIPs and data disks cost by the hour, also when they outlive their ECS", "[report]") {
  Cloud cloud = a_cloud();
  const auto configuration = create_configuration(cloud, {.data_disks = 2, .eip_mbit = 5});
  const AsGroupId group =
      grown_group(cloud, {.configuration = configuration, .desire = 2, .delete_volume = true});
  set_desire(cloud, group, 1);
  run_for(cloud, 1min);
  BillingRule rule{1h};
  rule.eip_millionths_per_hour = 10'000;
  rule.disk_millionths_per_gb_hour = 10;
  std::int64_t gigabytes = 0;
  for (const Resource& each : cloud.resources())
    if (each.kind == ResourceKind::DataDisk) gigabytes += each.size;
  const GroupReport plain = make_report(cloud, 1h).groups.front(),
                    found = make_report(cloud, rule).groups.front();
  CHECK(found.eip_cost_millionths == 2 * 10'000);  // a started hour each
  CHECK(found.disk_cost_millionths == gigabytes * 10);
  CHECK(found.cost_millionths == plain.cost_millionths + 20'000 + gigabytes * 10);
  CHECK(value("eip_cost", found) == 20'000);
  CHECK(plain.eip_cost_millionths == 0);
}

TEST_CASE("an instance that leaves within a minute of its boot was a wasted one", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 1});
  set_desire(cloud, group, 3);
  run_for(cloud, 150s);  // in service for less than a minute
  REQUIRE(outcome(cloud.submit(DeleteAsGroup{group, ForceDelete::Yes})) == "ok");
  run_for(cloud, 1h);
  const GroupReport found = make_report(cloud, 1h).groups.front();
  CHECK(found.launches == 3);
  CHECK(found.wasted_launches == 2);
  CHECK(value("wasted_boots_percent", found) == 66'666'667);
}

TEST_CASE("a report of a cloud without groups holds nothing but the run", "[report]") {
  Cloud cloud = a_cloud();
  cloud.run_until(kStart + 1h);
  const Report report = make_report(cloud, 1h);
  CHECK(report.groups.empty());
  CHECK(report.total.instance_us == 0);
  CHECK(report.fingerprint == cloud.journal().fingerprint());
}

TEST_CASE("a report changes nothing, so a second one is the same", "[report]") {
  Cloud cloud = a_cloud();
  const AsGroupId group = grown_group(cloud, {.desire = 2, .notify = true});
  add_steady_load(cloud, group, 15 * kAmountUnit);
  run_for(cloud, 1234s);
  const std::string before = cloud.journal().fingerprint();
  const Report first = make_report(cloud, 1h), second = make_report(cloud, 1h);
  CHECK(first.fingerprint == before);
  CHECK(second.fingerprint == before);
  CHECK(first.messages == 1);
  CHECK(first.events == cloud.events_handled());
  for (const ReportMetric& each : report_metrics())
    CHECK(metric_value(each.name, first.total) == metric_value(each.name, second.total));
}

// ---- Metrics ----

// Different numbers everywhere, so that a mix-up shows.
GroupReport a_report() {
  GroupReport report;
  report.instance_us = kSecondUs * 90 * 60;
  report.billed_us = 2 * kHourUs;
  report.cost_millionths = 80'000;
  report.in_service_us = kHourUs + kHourUs / 4;
  report.mean_in_service_micro = 1'333'333;
  report.most_in_service = 7;
  report.final_in_service = 4;
  report.launches = 12;
  report.failed_launches = 2;
  report.actions = {{"DIFF DIFF", 2}, {"NORMAL ALARM", 9}};
  report.failed_actions = {{"NORMAL ALARM", 1}};
  report.denied = {{"AS.0026", 5}, {"AS.0034", 3}, {"AS.0050", 2}, {"AS.3040", 4}, {kSuperseded, 6}};
  report.policy_executions = 30;
  report.offered = 3000 * kAmountUnit;
  report.served = 2000 * kAmountUnit;
  report.short_us = 42'500'000;
  return report;
}

TEST_CASE("each metric has the value that its meaning says, in millionths", "[report]") {
  struct Row {
    const char* metric;
    std::int64_t millionths;
  };
  const auto row = GENERATE(values<Row>({
      {"unserved_percent", 33'333'333},
      {"unserved_units", 1'000'000'000},
      {"offered_units", 3'000'000'000},
      {"served_units", 2'000'000'000},
      {"short_seconds", 42'500'000},
      {"instance_hours", 1'500'000},
      {"billed_hours", 2'000'000},
      {"in_service_hours", 1'250'000},
      {"cost", 80'000},
      {"cost_per_million_served", 40'000'000},
      {"mean_instances", 1'333'333},
      {"max_instances", 7'000'000},
      {"final_instances", 4'000'000},
      {"denied_requests", 14'000'000},
      {"denied_by_cooldown", 5'000'000},
      {"denied_by_action", 3'000'000},
      {"denied_at_limit", 6'000'000},
      {"scaling_actions", 11'000'000},
      {"failed_actions", 1'000'000},
      {"launches", 12'000'000},
      {"failed_launches", 2'000'000},
      {"policy_executions", 30'000'000},
  }));
  CAPTURE(row.metric);
  CHECK(value(row.metric, a_report()) == row.millionths);
}

TEST_CASE("a share of nothing and an unknown metric have no value", "[report]") {
  GroupReport idle = a_report();
  idle.offered = idle.served = 0;
  CHECK_FALSE(metric_value("unserved_percent", idle).has_value());
  CHECK_FALSE(metric_value("cost_per_million_served", idle).has_value());
  CHECK(metric_value("unserved_units", idle) == 0);
  CHECK_FALSE(metric_value("unserved", a_report()).has_value());
}

TEST_CASE("the largest amounts give a percentage all the same", "[report]") {
  GroupReport huge = a_report();
  huge.offered = kMaxTotalAmount;
  huge.served = 1;
  CHECK(value("unserved_percent", huge) == 100'000'000);
}

TEST_CASE(
    "every metric is listed once, with a unit and a meaning, and with a value where nothing must be recorded",
    "[report]") {
  std::set<std::string_view> names;
  int with_value = 0;
  for (const ReportMetric& each : report_metrics()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.unit.empty());
    CHECK_FALSE(each.meaning.empty());
    with_value += metric_value(each.name, a_report()).has_value();
  }
  CHECK(with_value == 25);
  CHECK(names.size() == 71);
}

}  // namespace
}  // namespace tidepool::sim
