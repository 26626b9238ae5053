#include "api/wire/activity_json.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using support::outcome;

sim::ScalingActivityId last_of(const sim::Cloud& cloud, sim::AsGroupId group) {
  REQUIRE_FALSE(cloud.activities_of(group).empty());
  return cloud.activities_of(group).back();
}

// The reasons of an action, each as text, in their order.
std::vector<std::string> reasons_in(const boost::json::object& activity) {
  std::vector<std::string> reasons;
  const auto description = boost::json::parse(activity.at("description").as_string().c_str());
  for (const auto& each : description.at("reason").as_array()) reasons.push_back(to_text(each));
  return reasons;
}

bool passes(const Query& query, const sim::ScalingActivity& activity, sim::ScalingActivityId id = {}) {
  const auto cloud = support::a_cloud();
  const auto filter = read_activity_filter_v2(query, cloud);
  REQUIRE(outcome(filter) == "ok");
  return admits(*filter, id, activity);
}

}  // namespace

TEST_CASE("an action tells of each change behind it, in order, and of the policy that made it", "[wire]") {
  auto behaviour = sim::Behaviour::classic();  // scans every 10 s
  auto cloud = support::a_cloud(behaviour);
  const auto group = support::enabled_group(cloud);
  const auto policy = support::create_policy(cloud, group, support::a_policy({.name = "more"}));
  support::run_for(cloud, 1s);
  support::set_desire(cloud, group, 2);
  support::run_for(cloud, 1s);
  REQUIRE(outcome(cloud.submit(sim::ExecuteAsPolicy{policy})) == "ok");
  support::run_for(cloud, 8s);
  const auto written = write_activity_v1(cloud, last_of(cloud, group));
  CHECK(written.at("start_time") == "2026-03-01T00:00:10Z");
  CHECK(
      reasons_in(written) ==
      std::vector<std::string>{
          R"({"change_reason":"MANNUAL","old_value":0,"new_value":2,"change_time":"2026-03-01T00:00:01Z"})",
          fmt::format(
              R"({{"change_reason":"MANNUAL","old_value":2,"new_value":3,)"
              R"("change_time":"2026-03-01T00:00:02Z","scaling_policy_name":"more","scaling_policy_id":"{}"}})",
              IdText{cloud.seed()}.text(policy))});
  CHECK(reasons_in(write_activity_v2(cloud, last_of(cloud, group))) == reasons_in(written));
}

TEST_CASE("an action still tells of a policy that is deleted since", "[wire]") {
  auto cloud = support::a_cloud();
  const auto group = support::enabled_group(cloud);
  const auto policy = support::create_policy(cloud, group, support::a_policy({.name = "more"}));
  REQUIRE(outcome(cloud.submit(sim::ExecuteAsPolicy{policy})) == "ok");
  support::run_for(cloud, 1s);
  const auto before = write_activity_v1(cloud, last_of(cloud, group));
  REQUIRE(outcome(cloud.submit(sim::DeleteAsPolicy{policy})) == "ok");
  CHECK(write_activity_v1(cloud, last_of(cloud, group)) == before);
}

TEST_CASE("instances taken out are removed or deleted, by what became of their ECSs", "[wire]") {
  auto cloud = support::a_cloud();
  const auto group = support::grown_group(cloud, {.desire = 1});
  const auto member = support::newest_member(cloud, group);
  const auto fate = GENERATE(sim::EcsFate::Keep, sim::EcsFate::Delete);
  REQUIRE(outcome(cloud.submit(sim::RemoveInstance{member, fate})) == "ok");
  support::run_until_idle(cloud, group);
  const char* const list = fate == sim::EcsFate::Keep ? "instance_removed_list" : "instance_deleted_list";
  const char* const other = fate == sim::EcsFate::Keep ? "instance_deleted_list" : "instance_removed_list";
  const auto v1 = write_activity_v1(cloud, last_of(cloud, group));
  CHECK(v1.at(list).as_string() == instance_name(cloud, member));
  CHECK(v1.at(other).is_null());
  const auto v2 = write_activity_v2(cloud, last_of(cloud, group));
  CHECK(to_text(v2.at(list)) == fmt::format(R"([{{"instance_id":"{}","instance_name":"{}"}}])",
                                            instance_text(cloud, member), instance_name(cloud, member)));
  CHECK(v2.at(other).as_array().empty());
}

TEST_CASE("an instance that could not be made is listed with why", "[wire]") {
  auto cloud = support::a_cloud();
  const auto group = support::enabled_group(cloud);
  cloud.run_until(cloud.now());
  SECTION("its ECS did not boot") {
    support::failing_boots(cloud);
    support::set_desire(cloud, group, 1);
    support::run_for(cloud, support::kBoot);
    const auto written = write_activity_v2(cloud, last_of(cloud, group));
    const auto& failed = written.at("instance_failed_list").at(0).as_object();
    CHECK(written.at("status") == "FAIL");
    CHECK(failed.at("instance_id").as_string() == instance_text(cloud, sim::InstanceId{0}));
    CHECK(failed.at("instance_name").as_string() == instance_name(cloud, sim::InstanceId{0}));
    CHECK(failed.at("instance_config") == "conf");
  }
  SECTION("no ECS could be had at all") {
    support::sold_out_everywhere(cloud);
    support::set_desire(cloud, group, 1);
    support::run_for(cloud, 1s);
    const auto written = write_activity_v2(cloud, last_of(cloud, group));
    const auto& failed = written.at("instance_failed_list").at(0).as_object();
    CHECK(written.at("status") == "FAIL");
    CHECK(failed.at("instance_id").is_null());
    CHECK(failed.at("instance_name").is_null());
    CHECK(failed.at("failed_reason") == "AS.2038");
    CHECK_FALSE(failed.at("failed_details").as_string().empty());
  }
}

TEST_CASE("what a load balancer action changed is listed by listener or by pool", "[wire]") {
  auto behaviour = support::prompt(sim::Behaviour::classic());
  behaviour.lb_change = sim::LbChange::IdleOnly;
  auto cloud = support::a_cloud(behaviour);
  const auto group = support::create_group(cloud, {.listeners = {support::kListener}});
  sim::ModifyAsGroup change;
  change.group = group;
  change.listeners = std::vector<sim::ListenerId>{};
  change.lbaas_listeners = std::vector<sim::LbaasListener>{{support::kPool, 8080, 3}};
  REQUIRE(outcome(cloud.submit(change)) == "ok");
  const auto written = write_activity_v2(cloud, last_of(cloud, group));
  CHECK(to_text(written.at("lb_unbind_success_list")) == R"([{"listener":"listener"}])");
  CHECK(to_text(written.at("lb_bind_success_list")) ==
        R"([{"lbaas_listener":{"listener_id":null,"pool_id":"pool","protocol_port":8080,"weight":3}}])");
  CHECK_FALSE(written.contains("description"));
  CHECK_FALSE(written.contains("instance_added_list"));
}

TEST_CASE("an action passes a window that holds its start, to the second", "[wire]") {
  sim::ScalingActivity activity;
  activity.start = support::on(2026, 3, 1, 7h + 8s + 500ms);
  CHECK(passes({}, activity));
  CHECK(passes({{"start_time", "2026-03-01T07:00:08Z"}, {"end_time", "2026-03-01T07:00:08Z"}}, activity));
  CHECK_FALSE(passes({{"start_time", "2026-03-01T07:00:09Z"}}, activity));
  CHECK_FALSE(passes({{"end_time", "2026-03-01T07:00:07Z"}}, activity));
}

TEST_CASE("an action passes a filter when it matches all that is asked", "[wire]") {
  sim::ScalingActivity activity;
  activity.type = sim::ActivityType::ModifyElb;
  activity.status = sim::ActivityStatus::Success;
  const IdText ids{support::a_cloud().seed()};
  CHECK(passes({{"type", "NORMAL,MODIFY_ELB"}, {"status", "SUCCESS"}}, activity));
  CHECK_FALSE(passes({{"type", "NORMAL,DIFF"}, {"status", "SUCCESS"}}, activity));
  CHECK_FALSE(passes({{"type", "MODIFY_ELB"}, {"status", "FAIL"}}, activity));
  CHECK(passes({{"log_id", ids.text(sim::ScalingActivityId{4})}}, activity, sim::ScalingActivityId{4}));
  CHECK_FALSE(passes({{"log_id", ids.text(sim::ScalingActivityId{4})}}, activity, sim::ScalingActivityId{5}));
  CHECK_FALSE(passes({{"log_id", "00000000-0000-4000-8000-000000000000"}}, activity));
}

TEST_CASE("the older edition of the log knows neither load balancer actions nor the newer filters",
          "[wire]") {
  sim::ScalingActivity activity;
  const auto filter = read_activity_filter_v1({{"type", "nonsense"}, {"status", "?"}, {"log_id", "!"}});
  REQUIRE(outcome(filter) == "ok");
  CHECK(admits(*filter, {}, activity));
  activity.type = sim::ActivityType::ModifyElb;
  CHECK_FALSE(admits(*filter, {}, activity));
}

}  // namespace tidepool::api
