// What the logs of scaling actions and of policy executions say.
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"
#include "tests/rules/rule.hpp"
#include "tests/rules/with_knob.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using rules::with;
using support::kBoot, support::kRemoval, support::kStart;
using Texts = std::vector<std::string>;

// A client of one group, grown, with what a test asks of its logs.
struct Logged {
  Client client;
  sim::AsGroupId group{};
  std::string id;

  explicit Logged(const support::GroupSpec& spec = {.desire = 1},
                  const sim::Behaviour& behaviour = support::behaviour_under_test())
      : client(support::a_cloud(behaviour)) {
    group = support::grown_group(client.cloud, spec);
    id = client.text(group);
  }
  Response v1(std::string_view query = {}) {
    return client.get(fmt::format("/scaling_activity_log/{}{}", id, query));
  }
  Response v2(std::string_view query = {}) {
    return client.get_v2(fmt::format("/scaling_activity_log/{}{}", id, query));
  }
  // A member of the newest record, as JSON.
  std::string v1_of(std::string_view member) { return newest(v1(), member); }
  std::string v2_of(std::string_view member) { return newest(v2(), member); }
  // The reasons of the newest record: "MANNUAL 1->2", with " by NAME" when a policy is behind it.
  Texts reasons() {
    const auto description = boost::json::parse(text_at(v2(), "scaling_activity_log/0/description"));
    Texts lines;
    for (const auto& each : at(description, "reason").as_array()) {
      const auto& object = each.as_object();
      const auto* policy = object.if_contains("scaling_policy_name");
      lines.push_back(fmt::format("{} {}->{}{}", object.at("change_reason").as_string().c_str(),
                                  object.at("old_value").as_int64(), object.at("new_value").as_int64(),
                                  policy ? fmt::format(" by {}", policy->as_string().c_str()) : ""));
    }
    return lines;
  }
  Texts types(std::string_view query = {}) { return column(v2(query), "scaling_activity_log", "type"); }

  // A policy that adds one, executed by hand, and the newest record of its log.
  sim::AsPolicyId add_policy(const support::PolicySpec& spec = {.name = "more"}) {
    return support::create_policy(client.cloud, group, support::a_policy(spec));
  }
  void execute(sim::AsPolicyId policy) {
    REQUIRE(support::outcome(client.cloud.submit(sim::ExecuteAsPolicy{policy})) == "ok");
  }
  Response executions(sim::AsPolicyId policy, std::string_view query = {}) {
    return client.get(fmt::format("/scaling_policy_execute_log/{}{}", client.text(policy), query));
  }
  boost::json::object execution(sim::AsPolicyId policy) {
    return at(body_of(executions(policy)), "scaling_policy_execute_log/0").as_object();
  }
  void set_desire(int desire) { support::set_desire(client.cloud, group, desire); }
  void wait() { support::run_until_idle(client.cloud, group); }

 private:
  static std::string newest(const Response& log, std::string_view member) {
    return to_text(at(body_of(log), fmt::format("scaling_activity_log/0/{}", member)));
  }
};

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

// ---- Scaling actions ----

RULE("an action is DOING until it ends, and has no end so long", {.source = "our decision"}) {
  Logged world;
  world.set_desire(2);
  support::run_for(world.client.cloud, 1s);
  CHECK(world.v1_of("status") == quoted("DOING"));
  CHECK(world.v1_of("end_time") == "null");
  CHECK(world.v2_of("end_time") == "null");
  world.wait();
  CHECK(world.v1_of("status") == quoted("SUCCESS"));
  CHECK(world.v1_of("end_time") == quoted("2026-03-01T00:03:20Z"));
}

RULE("an action that misses its number is told as FAIL, with who failed and why",
     {.source = "AS API reference (V2), scaling action logs"}) {
  Logged world;
  support::failing_boots(world.client.cloud);
  world.set_desire(2);
  support::run_for(world.client.cloud, kBoot);
  CHECK(world.v1_of("status") == quoted("FAIL"));
  CHECK(world.v2_of("status") == quoted("FAIL"));
  CHECK(world.v2_of("instance_failed_list/0/instance_config") == quoted("conf"));
  CHECK(world.v2_of("instance_failed_list/0/failed_reason").starts_with("\"AS."));
  CHECK(world.v2_of("instance_failed_list/0/failed_details").size() > 2);
}

RULE("the first edition names instances in one text, joined by commas, or null",
     {.source = "AS API reference, scaling action logs"}) {
  Logged world({.desire = 2});
  const auto name = [&](unsigned id) { return instance_name(world.client.cloud, sim::InstanceId{id}); };
  CHECK(world.v1_of("instance_added_list") == quoted(name(0) + "," + name(1)));
  CHECK(world.v1_of("instance_removed_list") == "null");
  CHECK(world.v1_of("instance_deleted_list") == "null");
}

RULE("the second edition names instances in lists, which may be empty",
     {.source = "AS API reference (V2), scaling action logs"}) {
  Logged world;
  CHECK(world.v2_of("instance_added_list") ==
        fmt::format(R"([{{"instance_id":"{}","instance_name":"{}"}}])", world.client.text(sim::InstanceId{0}),
                    instance_name(world.client.cloud, sim::InstanceId{0})));
  CHECK(world.v2_of("instance_removed_list") == "[]");
  CHECK(world.v2_of("instance_deleted_list") == "[]");
  CHECK(world.v2_of("instance_failed_list") == "[]");
}

RULE("who was removed and deleted is in one list, who was removed only in another",
     {.source = "AS API reference, scaling action logs"}) {
  Logged world({.desire = 2});
  support::add_servers(world.client.cloud, world.group, {support::server_in(support::kZoneA)});
  world.wait();
  const auto members = support::members(world.client.cloud, world.group);
  REQUIRE(support::outcome(world.client.cloud.submit(
              sim::RemoveInstances{world.group, {members[0], members[2]}, sim::EcsFate::Delete})) == "ok");
  const std::string deleted = instance_name(world.client.cloud, members[0]);
  world.wait();
  CHECK(world.v1_of("instance_deleted_list") == quoted(deleted));
  CHECK(world.v1_of("instance_removed_list") == quoted("server-0-0"));
}

RULE("how many are to come or go is told without a sign",
     {.source = "AS API reference, scaling action logs"}) {
  Logged world({.desire = 3});
  world.set_desire(1);
  world.wait();
  CHECK(world.v1_of("instance_value") == "3");
  CHECK(world.v1_of("desire_value") == "1");
  CHECK(world.v1_of("scaling_value") == "2");
}

RULE("the description of an action is JSON within a text",
     {.source = "AS API reference, scaling action logs"}) {
  Logged world;
  CHECK(text_at(world.v1(), "scaling_activity_log/0/description") ==
        R"({"reason":[{"change_reason":"DIFF","old_value":0,"new_value":1,)"
        R"("change_time":"2026-03-01T00:00:00Z"}]})");
}

RULE("a desired number that was set by hand is MANNUAL, spelt so",
     {.source = "AS API reference, scaling action logs"}) {
  Logged world;
  world.set_desire(2);
  world.wait();
  CHECK(world.reasons() == Texts{"MANNUAL 1->2"});
  CHECK(world.types().front() == "NORMAL");
}

RULE("a policy that was executed by hand is MANNUAL, with its name and id", {.source = "our decision"}) {
  Logged world;
  const auto policy = world.add_policy();
  world.execute(policy);
  world.wait();
  CHECK(world.reasons() == Texts{"MANNUAL 1->2 by more"});
  CHECK(world.v1_of("description").find(world.client.text(policy)) != std::string::npos);
}

RULE("a policy that fell due is RECURRENCE or SCHEDULED, with its name and id",
     {.source = "AS API reference, scaling action logs"}) {
  Logged world;
  support::create_policy(world.client.cloud, world.group,
                         support::a_scheduled_policy(kStart + 1h, {.name = "once"}));
  support::create_policy(world.client.cloud, world.group,
                         support::a_periodic_policy(
                             {sim::RecurrenceType::Daily, {}, 2h, kStart, kStart + 24h}, {.name = "daily"}));
  world.client.cloud.run_until(kStart + 1h + kBoot);
  CHECK(world.reasons() == Texts{"SCHEDULED 1->2 by once"});
  world.client.cloud.run_until(kStart + 2h + kBoot);
  CHECK(world.reasons() == Texts{"RECURRENCE 2->3 by daily"});
}

RULE("a policy that an alarm fired is ALARM, with its name and id", {.source = "our decision"}) {
  Logged world({.desire = 1, .cool_down = 0s});
  const auto rule = support::an_alarm_that_is_always_on(world.client.cloud, world.group);
  support::create_policy(world.client.cloud, world.group, support::an_alarm_policy(rule, {.name = "hot"}));
  world.client.cloud.run_until(kStart + 300s);
  CHECK(world.reasons() == Texts{"ALARM 1->2 by hot"});
}

RULE("a removal for health is AUDIT_CHECK_DELETE with the reason AUDIT_CHECK, and its refill DIFF",
     {.source = "our decision"}) {
  Logged world({.desire = 1, .health_minutes = 1});
  support::sickness(world.client.cloud, world.group, sim::Sickness::Stopped);
  support::run_for(world.client.cloud, 30s);
  CHECK(world.types().front() == "AUDIT_CHECK_DELETE");
  CHECK(world.reasons() == Texts{"AUDIT_CHECK 1->0"});
  support::run_for(world.client.cloud, 60s);
  CHECK(world.types().front() == "DIFF");
}

RULE("changes that are merged into one action are all told, in their order",
     {.source = "AS API reference, scaling action logs"}) {
  Logged world({.desire = 1}, with(&sim::Behaviour::scan_period, 30s));
  support::run_for(world.client.cloud, 1s);
  world.set_desire(2);
  world.execute(world.add_policy());
  world.wait();
  CHECK(world.reasons() == Texts{"MANNUAL 1->2", "MANNUAL 2->3 by more"});
  CHECK(world.v1_of("scaling_value") == "2");
}

namespace {

// Four actions from 0 s, 200 s, 400 s and 500 s on: DIFF, MANUAL_ADD, MODIFY_ELB, MANUAL_REMOVE.
struct FourActions : Logged {
  FourActions() : Logged({.desire = 1}, with(&sim::Behaviour::lb_change, sim::LbChange::IdleOnly)) {
    client.cloud.run_until(kStart + 200s);
    support::add_servers(client.cloud, group, {support::server_in(support::kZoneA)});
    client.cloud.run_until(kStart + 400s);
    REQUIRE(support::change(client.cloud, group, &sim::ModifyAsGroup::lbaas_listeners,
                            {{support::kPool, 80, 2}}) == "ok");
    client.cloud.run_until(kStart + 500s);
    REQUIRE(outcome(client.del("/scaling_group_instance/server-0-0")) == "204");
    wait();
  }
};

}  // namespace

RULE("actions are told newest first", {.source = "our decision"}) {
  CHECK(FourActions().types() == Texts{"MANUAL_REMOVE", "MODIFY_ELB", "MANUAL_ADD", "DIFF"});
}

RULE("the first edition leaves out the actions on load balancers", {.source = "our decision"}) {
  FourActions world;
  CHECK(envelope(world.v1()) == "3 0 20");
  CHECK(envelope(world.v2()) == "4 0 20");
}

RULE("an action on load balancers has lists of what was bound and unbound, and none of instances",
     {.source = "AS API reference (V2), scaling action logs"}) {
  FourActions world;
  const auto log = body_of(world.v2("?type=MODIFY_ELB"));
  const auto& record = at(log, "scaling_activity_log/0").as_object();
  CHECK(record.contains("lb_bind_success_list"));
  CHECK(record.contains("lb_unbind_success_list"));
  CHECK_FALSE(record.contains("instance_added_list"));
  CHECK_FALSE(record.contains("description"));
}

RULE("an action on instances has no lists of load balancers",
     {.source = "AS API reference (V2), scaling action logs"}) {
  FourActions world;
  const auto log = body_of(world.v2("?type=DIFF"));
  CHECK_FALSE(at(log, "scaling_activity_log/0").as_object().contains("lb_bind_success_list"));
}

RULE("the times that the log is asked for bound the start of an action, both included",
     {.source = "our decision"}) {
  FourActions world;
  CHECK(world.types("?start_time=2026-03-01T00:06:40Z") == Texts{"MANUAL_REMOVE", "MODIFY_ELB"});
  CHECK(world.types("?end_time=2026-03-01T00:03:20Z") == Texts{"MANUAL_ADD", "DIFF"});
  CHECK(world.types("?start_time=2026-03-01T00:00:01Z&end_time=2026-03-01T00:06:39Z") == Texts{"MANUAL_ADD"});
}

RULE("the second edition filters by several types and by status",
     {.source = "AS API reference (V2), scaling action logs"}) {
  FourActions world;
  CHECK(world.types("?type=DIFF,MANUAL_REMOVE") == Texts{"MANUAL_REMOVE", "DIFF"});
  CHECK(world.types("?status=DOING").empty());
  CHECK(world.types("?status=SUCCESS").size() == 4);
}

// ---- Executions of policies ----

RULE("an execution tells numbers as texts, and a group's limit as 0",
     {.source = "AS API reference, querying policy execution logs"}) {
  Logged world;
  const auto policy = world.add_policy();
  world.execute(policy);
  const auto log = world.execution(policy);
  CHECK(log.at("old_value") == "1");
  CHECK(log.at("desire_value") == "2");
  CHECK(log.at("limit_value") == "0");
}

RULE("an execution tells what it was for, by whom and when",
     {.source = "AS API reference, querying policy execution logs"}) {
  Logged world;
  const auto policy = world.add_policy();
  world.execute(policy);
  const auto log = world.execution(policy);
  CHECK(log.at("scaling_resource_type") == "SCALING_GROUP");
  CHECK(log.at("scaling_resource_id").as_string() == world.id);
  CHECK(log.at("tenant_id").as_string() == kProject);
  CHECK(log.at("execute_type") == "MANUAL");
  CHECK(log.at("execute_time") == "2026-03-01T00:01:40Z");
  CHECK(log.at("type") == "ADD");
}

RULE("an execution that succeeded has no reason of failure, and one that failed has its code",
     {.source = "AS API reference, querying policy execution logs"}) {
  Logged world({.desire = 1, .max = 2});
  const auto policy = world.add_policy();
  world.execute(policy);
  CHECK(world.execution(policy).at("status") == "SUCCESS");
  CHECK_FALSE(world.execution(policy).contains("failed_reason"));
  world.wait();
  world.execute(policy);
  CHECK(world.execution(policy).at("status") == "FAIL");
  CHECK(world.execution(policy).at("failed_reason").as_string().starts_with("AS.0050"));
}

RULE("the job of an execution says that the desired number was changed, at the moment of its trigger",
     {.source = "AS API reference, querying policy execution logs"}) {
  Logged world;
  const auto policy = world.add_policy();
  world.execute(policy);
  const auto job = world.execution(policy).at("job_records").at(0);
  CHECK(job.at("job_name") == "ADJUST_VM_NUMBERS");
  CHECK(job.at("record_type") == "MEG");
  CHECK(job.at("record_time") == "2026-03-01T00:01:40Z");
  CHECK(job.at("message") == "modify desire number of scaling group");
  CHECK(job.at("job_status") == "SUCCESS");
}

RULE("an execution under way is EXECUTING", {.source = "AS API reference, querying policy execution logs"}) {
  Logged world({.desire = 1}, with(&sim::Behaviour::policy_exec_latency, 3s));
  const auto policy = world.add_policy();
  world.execute(policy);
  CHECK(world.execution(policy).at("status") == "EXECUTING");
  support::run_for(world.client.cloud, 3s);
  CHECK(world.execution(policy).at("status") == "SUCCESS");
}

RULE("a policy that was superseded names the one that was executed in its place",
     {.source = "our decision"}) {
  Logged world;
  const auto due = support::a_scheduled_policy(kStart + 1h);
  const auto early = support::create_policy(world.client.cloud, world.group, due);
  const auto late = support::create_policy(world.client.cloud, world.group, due);
  world.client.cloud.run_until(kStart + 1h);
  CHECK(world.execution(early).at("status") == "FAIL");
  CHECK(world.execution(early).at("failed_reason").as_string() ==
        "superseded by policy " + world.client.text(late));
}

RULE("executions are told newest first", {.source = "our decision"}) {
  Logged world({.desire = 1, .max = 2});
  const auto policy = world.add_policy();
  world.execute(policy);
  world.execute(policy);
  CHECK(column(world.executions(policy), "scaling_policy_execute_log", "status") == Texts{"FAIL", "SUCCESS"});
}

RULE("the times that executions are asked for are both included",
     {.source = "AS API reference, querying policy execution logs"}) {
  Logged world;
  const auto policy = world.add_policy();
  world.execute(policy);  // At 100 s.
  CHECK(envelope(world.executions(policy, "?start_time=2026-03-01T00:01:40Z")) == "1 0 20");
  CHECK(envelope(world.executions(policy, "?end_time=2026-03-01T00:01:40Z")) == "1 0 20");
  CHECK(envelope(world.executions(policy, "?start_time=2026-03-01T00:01:41Z")) == "0 0 20");
  CHECK(envelope(world.executions(policy, "?end_time=2026-03-01T00:01:39Z")) == "0 0 20");
}

RULE("executions are filtered by what triggered them",
     {.source = "AS API reference, querying policy execution logs"}) {
  Logged world;
  const auto policy = world.add_policy();
  world.execute(policy);
  CHECK(envelope(world.executions(policy, "?execute_type=MANUAL")) == "1 0 20");
  CHECK(envelope(world.executions(policy, "?execute_type=ALARM")) == "0 0 20");
}

RULE("an execution for a bandwidth tells its limit and which EIP it is of",
     {.source = "AS API reference, querying policy execution logs"}) {
  Client client;
  const auto bandwidth = *client.cloud.submit(sim::CreateBandwidth{"line", 10});
  const auto policy = *client.cloud.submit(sim::CreateAsPolicy{
      {}, support::a_policy({.action = {sim::PolicyOperation::Add, 5, std::nullopt, 100}}), bandwidth});
  REQUIRE(support::outcome(client.cloud.submit(sim::ExecuteAsPolicy{policy})) == "ok");
  support::run_for(client.cloud, 5s);
  const auto list = body_of(client.get("/scaling_policy_execute_log/" + client.text(policy)));
  const auto& log = at(list, "scaling_policy_execute_log/0").as_object();
  CHECK(log.at("scaling_resource_type") == "BANDWIDTH");
  CHECK(log.at("old_value") == "10");
  CHECK(log.at("desire_value") == "15");
  CHECK(log.at("limit_value") == "100");
  CHECK(log.at("meta_data").as_object().contains("metadata_eip_address"));
}

}  // namespace
}  // namespace tidepool::api
