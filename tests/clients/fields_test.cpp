// No field of a request is taken and then forgotten. For each one that the documents of AS and Cloud Eye name, two requests
// that differ in nothing else leave something different behind, or are answered differently.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

#include "tests/clients/scene.hpp"

namespace tidepool::clients {
namespace {

using Adjust = void (*)(api::WorldOptions&);

struct Row {
  std::string field;                // "create group: cool_down_time"
  std::vector<std::string> before;  // steps of both
  std::string plain, changed;       // the two requests; an empty one is not sent
  std::vector<std::string> look;    // reads that must not all agree; none: the answers themselves
  Adjust adjust = nullptr;
};

std::string observed(const Row& row, const std::string& request) {
  api::WorldOptions options = scene_options();
  if (row.adjust != nullptr) row.adjust(options);
  Scene scene(std::move(options));
  for (const std::string& each : row.before) scene.must(each);
  std::string seen;
  if (!request.empty()) {
    const api::Response response = scene.step(request);
    INFO(request << " -> " << response.status << " " << response.body);
    CHECK((response.status < 300 || &request == &row.plain));
    if (row.look.empty()) seen = response.body;
  }
  for (const std::string& each : row.look) seen += scene.must(each).body + "\n";
  return seen;
}

// ---- Steps ----

std::string advance(std::string_view by) {
  return fmt::format(R"(POST tb/clock/advance {{"by": "{}"}})", by);
}
const std::string kResume = R"(POST v1/scaling_group/{group}/action {"action": "resume"})";
const std::string kTwo = R"(PUT v1/scaling_group/{group} {"desire_instance_number": 2, "cool_down_time": 0})";
const std::string kFirst =
    "first = GET v1/scaling_group_instance/{group}/list scaling_group_instances/0/instance_id";
const std::string kGroup = "GET v1/scaling_group/{group}";
const std::string kMembers = "GET v1/scaling_group_instance/{group}/list";
const std::string kAlarm =
    R"(alarm = POST tb/alarm_rules {"name": "a", "group": "{group}", "metric": "instance_num", "operator": ">=", "threshold": 0})";
const std::string kOtherAlarm =
    R"(other = POST tb/alarm_rules {"name": "b", "group": "{group}", "metric": "instance_num", "operator": ">=", "threshold": 0})";
const std::string kPolicy =
    R"(policy = POST v1/scaling_policy {"scaling_policy_name": "p", "scaling_group_id": "{group}", "scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-02T00:00Z"}})";
const std::string kOtherGroup =
    R"(second = POST v1/scaling_group {"scaling_group_name": "second", "max_instance_number": 5, {N}})";
const std::string kHook =
    R"(POST v1/scaling_lifecycle_hook/{group} {"lifecycle_hook_name": "h", "lifecycle_hook_type": "INSTANCE_LAUNCHING", "notification_topic_urn": "{topic}", "default_timeout": 600})";

// ---- Groups ----

struct Member {
  const char *name, *json;
};

Row create_group(const Member& m) {
  const auto request = [](std::string_view more) {
    return fmt::format(
        R"(x = POST v1/scaling_group {{"scaling_group_name": "x", "max_instance_number": 5, {{N}}{}{}}})",
        more.empty() ? "" : ", ", more);
  };
  return {
      std::string("create group: ") + m.name, {}, request(""), request(m.json), {"GET v1/scaling_group/{x}"}};
}

Row modify_group(const Member& m) {
  return {std::string("modify group: ") + m.name,
          {},
          "",
          fmt::format("PUT v1/scaling_group/{{group}} {{{}}}", m.json),
          {kGroup}};
}

const std::vector<Member>& group_members() {
  static const std::vector<Member> kAll{
      {"scaling_group_name", R"("scaling_group_name": "y")"},
      {"scaling_configuration_id", R"("scaling_configuration_id": "{conf}")"},
      {"desire_instance_number", R"("desire_instance_number": 3)"},
      {"min_instance_number", R"("min_instance_number": 0, "desire_instance_number": 1)"},
      {"max_instance_number", R"("max_instance_number": 7)"},
      {"cool_down_time", R"("cool_down_time": 7)"},
      {"lb_listener_id", R"("lb_listener_id": "listener")"},
      {"lbaas_listeners", R"("lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80}])"},
      {"available_zones", R"("available_zones": ["eu-de-03"])"},
      {"networks", R"("networks": [{"id": "second-subnet"}])"},
      {"networks[].ipv6_enable", R"("networks": [{"id": "ipv6-subnet", "ipv6_enable": true}])"},
      {"networks[].ipv6_bandwidth",
       R"("networks": [{"id": "ipv6-subnet", "ipv6_enable": true, "ipv6_bandwidth": {"id": "b"}}])"},
      {"security_groups", R"("security_groups": [{"id": "second-security-group"}])"},
      {"health_periodic_audit_method", R"("health_periodic_audit_method": "ELB_AUDIT")"},
      {"health_periodic_audit_time", R"("health_periodic_audit_time": 15)"},
      {"health_periodic_audit_grace_period", R"("health_periodic_audit_grace_period": 7)"},
      {"instance_terminate_policy", R"("instance_terminate_policy": "NEW_INSTANCE")"},
      {"notifications", R"("notifications": ["EMAIL"])"},
      {"delete_publicip", R"("delete_publicip": true)"},
      {"delete_volume", R"("delete_volume": true)"},
      {"enterprise_project_id", R"("enterprise_project_id": "8a0e7c1d-0000-4000-8000-000000000001")"},
      {"multi_az_priority_policy", R"("multi_az_priority_policy": "PICK_FIRST")"},
      {"description", R"("description": "d")"},
  };
  return kAll;
}

std::vector<Row> group_rows() {
  std::vector<Row> rows;
  for (const Member& each : group_members()) {
    rows.push_back(create_group(each));
    if (std::string_view(each.name) != "scaling_configuration_id") rows.push_back(modify_group(each));
  }
  const auto pool = [](std::string_view item) {
    return fmt::format(
        R"(x = POST v1/scaling_group {{"scaling_group_name": "x", {{N}}, "lbaas_listeners": [{{{}}}]}})",
        item);
  };
  const std::vector<std::string> look{"GET v1/scaling_group/{x}"};
  const std::string plain = pool(R"("pool_id": "pool", "protocol_port": 80, "weight": 1)");
  const std::string list = "GET v1/scaling_group";
  const std::vector<std::string> two{kOtherGroup};
  const std::vector<Row> more{
      {"create group: min_instance_number alone",
       {},
       R"(x = POST v1/scaling_group {"scaling_group_name": "x", "max_instance_number": 5, {N}})",
       R"(x = POST v1/scaling_group {"scaling_group_name": "x", "max_instance_number": 5, {N}, "min_instance_number": 1})",
       look},
      {"create group: vpc_id",
       {},
       R"(x = POST v1/scaling_group {"scaling_group_name": "x", "networks": [{"id": "subnet"}], "vpc_id": "vpc"})",
       R"(x = POST v1/scaling_group {"scaling_group_name": "x", "networks": [{"id": "other-subnet"}], "vpc_id": "other-vpc"})",
       look},
      {"modify group: scaling_configuration_id",
       {R"(c = POST v1/scaling_configuration {"scaling_configuration_name": "c", "instance_config": {{C}}})"},
       "",
       R"(PUT v1/scaling_group/{group} {"scaling_configuration_id": "{c}"})",
       {kGroup}},
      {"create group: lbaas_listeners[].pool_id",
       {},
       plain,
       pool(R"("pool_id": "second-pool", "protocol_port": 80, "weight": 1)"),
       look},
      {"create group: lbaas_listeners[].protocol_port",
       {},
       plain,
       pool(R"("pool_id": "pool", "protocol_port": 81, "weight": 1)"),
       look},
      {"create group: lbaas_listeners[].weight",
       {},
       plain,
       pool(R"("pool_id": "pool", "protocol_port": 80, "weight": 2)"),
       look},
      {"list groups: scaling_group_name", two, list, list + "?scaling_group_name=sec", {}},
      {"list groups: scaling_configuration_id", two, list, list + "?scaling_configuration_id={conf}", {}},
      {"list groups: scaling_group_status", two, list, list + "?scaling_group_status=INSERVICE", {}},
      {"list groups: start_number", two, list, list + "?start_number=1", {}},
      {"list groups: limit", two, list, list + "?limit=1", {}},
      {"list groups: enterprise_project_id",
       two,
       list,
       list + "?enterprise_project_id=8a0e7c1d-0000-4000-8000-000000000001",
       {}},
      {"delete group: force_delete",
       {},
       "DELETE v1/scaling_group/{group}?force_delete=no",
       "DELETE v1/scaling_group/{group}?force_delete=yes",
       {"GET tb/journal"}},
      {"act on group: action",
       {},
       R"(POST v1/scaling_group/{group}/action {"action": "pause"})",
       kResume,
       {kGroup}},
  };
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

// ---- Configurations ----

Row create_configuration(const Member& m) {
  const auto request = [](std::string_view more) {
    return fmt::format(
        R"(x = POST v1/scaling_configuration {{"scaling_configuration_name": "x", "instance_config": {{{{C}}{}{}}}}})",
        more.empty() ? "" : ", ", more);
  };
  return {std::string("create configuration: ") + m.name,
          {},
          request(""),
          request(m.json),
          {"GET v1/scaling_configuration/{x}"}};
}

std::vector<Row> configuration_rows() {
  static const std::vector<Member> kMembersOfOne{
      {"instance_id", R"("instance_id": "server-0-0", "flavorRef": "s3.large")"},
      {"flavorRef", R"("flavorRef": "s3.large")"},
      {"imageRef", R"("imageRef": "0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001")"},
      {"disk[].size", R"("disk": [{"size": 41, "volume_type": "SATA", "disk_type": "SYS"}])"},
      {"disk[].volume_type", R"("disk": [{"size": 40, "volume_type": "SSD", "disk_type": "SYS"}])"},
      {"disk[].disk_type",
       R"("disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}, {"size": 40, "volume_type": "SATA", "disk_type": "DATA"}])"},
      {"disk[].data_disk_image_id",
       R"("disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}, {"size": 40, "volume_type": "SATA", "disk_type": "DATA", "data_disk_image_id": "debian"}])"},
      {"disk[].snapshot_id",
       R"("disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS", "snapshot_id": "5f0c1d2e-0000-4000-8000-000000000001"}])"},
      {"disk[].metadata",
       R"("disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}, {"size": 40, "volume_type": "SATA", "disk_type": "DATA", "metadata": {"__system__encrypted": "0"}}])"},
      {"personality", R"("personality": [{"path": "/a", "content": "aGVsbG8="}])"},
      {"public_ip",
       R"("public_ip": {"eip": {"ip_type": "5_bgp", "bandwidth": {"size": 5, "share_type": "PER", "charging_mode": "traffic"}}})"},
      {"user_data", R"("user_data": "aGVsbG8=")"},
      {"metadata", R"("metadata": {"role": "web"})"},
      {"metadata.admin_pass", R"("metadata": {"admin_pass": "Wq8-tidal-pool"})"},
      {"security_groups", R"("security_groups": [{"id": "security-group"}])"},
      {"market_type", R"("market_type": "spot")"},
      {"multi_flavor_priority_policy", R"("multi_flavor_priority_policy": "COST_FIRST")"},
  };
  std::vector<Row> rows;
  rows.reserve(kMembersOfOne.size());
  for (const Member& each : kMembersOfOne) rows.push_back(create_configuration(each));
  const std::string one =
      R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "instance_config": {{C}}})";
  // Of these one value is allowed, and it is told from the others by their refusal.
  const auto with_eip = [](std::string_view type, std::string_view share, std::string_view mode) {
    return fmt::format(
        R"(x = POST v1/scaling_configuration {{"scaling_configuration_name": "x", "instance_config": {{{{C}}, )"
        R"("public_ip": {{"eip": {{"ip_type": "{}", "bandwidth": {{"size": 5, "share_type": "{}", "charging_mode": "{}"}}}}}}}}}})",
        type, share, mode);
  };
  const std::string right_eip = with_eip("5_bgp", "PER", "traffic");
  const std::string list = "GET v1/scaling_configuration";
  const std::vector<std::string> look{"GET v1/scaling_configuration/{x}"};
  const std::vector<Row> more{
      {"create configuration: scaling_configuration_name",
       {},
       one,
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "y", "instance_config": {{C}}})",
       look},
      {"create configuration: source_scaling_configuration_id",
       {R"(s = POST v1/scaling_configuration {"scaling_configuration_name": "s", "instance_config": {{C}, "user_data": "aGVsbG8="}})"},
       one,
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "source_scaling_configuration_id": "{s}"})",
       look},
      {"create configuration: personality[].path",
       {},
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "instance_config": {{C}, "personality": [{"path": "/a", "content": "aGVsbG8="}]}})",
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "instance_config": {{C}, "personality": [{"path": "/b", "content": "aGVsbG8="}]}})",
       look},
      {"create configuration: public_ip.eip.bandwidth.size",
       {},
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "instance_config": {{C}, "public_ip": {"eip": {"ip_type": "5_bgp", "bandwidth": {"size": 5, "share_type": "PER", "charging_mode": "traffic"}}}}})",
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "instance_config": {{C}, "public_ip": {"eip": {"ip_type": "5_bgp", "bandwidth": {"size": 6, "share_type": "PER", "charging_mode": "traffic"}}}}})",
       look},
      {"create configuration: public_ip.eip.ip_type",
       {},
       with_eip("5_sbgp", "PER", "traffic"),
       right_eip,
       {}},
      {"create configuration: public_ip.eip.bandwidth.share_type",
       {},
       with_eip("5_bgp", "WHOLE", "traffic"),
       right_eip,
       {}},
      {"create configuration: public_ip.eip.bandwidth.charging_mode",
       {},
       with_eip("5_bgp", "PER", "bandwidth"),
       right_eip,
       {}},
      {"create configuration: key_name",
       {},
       one,
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "instance_config": {{C}, "key_name": "other-key"}})",
       look,
       [](api::WorldOptions& options) { options.region.key_pairs.push_back({"other-key"}); }},
      {"create configuration: disk",
       {},
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x", "instance_config": {{C}, "disk": null}})",
       one,
       {}},
      {"create configuration: instance_config",
       {},
       R"(x = POST v1/scaling_configuration {"scaling_configuration_name": "x"})",
       one,
       {}},
      {"list configurations: scaling_configuration_name",
       {one},
       list,
       list + "?scaling_configuration_name=x",
       {}},
      {"list configurations: image_id",
       {one},
       list,
       list + "?image_id=0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001",
       {}},
      {"list configurations: start_number", {one}, list, list + "?start_number=1", {}},
      {"list configurations: limit", {one}, list, list + "?limit=1", {}},
      {"delete configurations: scaling_configuration_id",
       {one},
       "",
       R"(POST v1/scaling_configurations {"scaling_configuration_id": ["{x}"]})",
       {list}},
  };
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

// ---- Instances ----

std::vector<Row> instance_rows() {
  const std::vector<std::string> grown{kTwo, kResume, advance("100s"), kFirst};
  const auto batch = [](std::string_view action, std::string_view more = "") {
    return fmt::format(
        R"(POST v1/scaling_group_instance/{{group}}/action {{"action": "{}", "instances_id": ["{{first}}"]{}}})",
        action, more);
  };
  std::vector<std::string> protected_one = grown;
  protected_one.push_back(batch("PROTECT"));
  return {
      {"list instances: life_cycle_state", grown, kMembers, kMembers + "?life_cycle_state=PENDING", {}},
      {"list instances: health_status", grown, kMembers, kMembers + "?health_status=ERROR", {}},
      {"list instances: protect_from_scaling_down",
       protected_one,
       kMembers,
       kMembers + "?protect_from_scaling_down=true",
       {}},
      {"list instances: start_number", grown, kMembers, kMembers + "?start_number=1", {}},
      {"list instances: limit", grown, kMembers, kMembers + "?limit=1", {}},
      {"remove instance: instance_delete",
       grown,
       "DELETE v1/scaling_group_instance/{first}?instance_delete=no",
       "DELETE v1/scaling_group_instance/{first}?instance_delete=yes",
       {advance("1m"), "GET v2/scaling_activity_log/{group}"}},
      {"batch instances: instances_id", grown, "", batch("PROTECT"), {kMembers}},
      {"batch instances: action", protected_one, batch("PROTECT"), batch("UNPROTECT"), {kMembers}},
      {"batch instances: instance_append",
       grown,
       batch("ENTER_STANDBY"),
       batch("ENTER_STANDBY", R"(, "instance_append": "yes")"),
       {kGroup},
       [](api::WorldOptions& options) { options.behaviour.standby = true; }},
      {"batch instances: instance_delete",
       grown,
       batch("REMOVE"),
       batch("REMOVE", R"(, "instance_delete": "yes")"),
       {advance("1m"), "GET v2/scaling_activity_log/{group}"}},
  };
}

// ---- Policies ----

std::vector<Row> policy_rows() {
  const auto once = [](std::string_view more) {
    return fmt::format(
        R"(x = POST v1/scaling_policy {{"scaling_policy_name": "x", "scaling_group_id": "{{group}}", "scaling_policy_type": "SCHEDULED", )"
        R"("scheduled_policy": {{"launch_time": "2026-03-02T00:00Z"}}{}{}}})",
        more.empty() ? "" : ", ", more);
  };
  const auto periodic = [](std::string_view more) {
    return fmt::format(
        R"(x = POST v1/scaling_policy {{"scaling_policy_name": "x", "scaling_group_id": "{{group}}", "scaling_policy_type": "RECURRENCE", )"
        R"("scheduled_policy": {{"launch_time": "12:00", "recurrence_type": "Monthly", "recurrence_value": "5", )"
        R"("start_time": "2026-03-02T00:00Z", "end_time": "2026-05-30T00:00Z", {}}}}})",
        more);
  };
  const auto once_v2 = [](std::string_view more) {
    return fmt::format(
        R"(x = POST v2/scaling_policy {{"scaling_policy_name": "x", "scaling_resource_id": "{{group}}", "scaling_resource_type": "SCALING_GROUP", )"
        R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T00:00Z"}}{}{}}})",
        more.empty() ? "" : ", ", more);
  };
  const std::string alarm =
      R"(x = POST v1/scaling_policy {"scaling_policy_name": "x", "scaling_group_id": "{group}", "scaling_policy_type": "ALARM", "alarm_id": "{alarm}"})";
  const std::string alarm_v2 =
      R"(x = POST v2/scaling_policy {"scaling_policy_name": "x", "scaling_resource_id": "{group}", "scaling_resource_type": "SCALING_GROUP", "scaling_policy_type": "ALARM", "alarm_id": "{alarm}"})";
  const auto modify = [](std::string_view member, int edition = 1) {
    return fmt::format("PUT v{}/scaling_policy/{{policy}} {{{}}}", edition, member);
  };
  const auto with = [](std::string text, std::string_view what, std::string_view by) {
    return text.replace(text.find(what), what.size(), by);
  };
  const std::vector<std::string> look{"GET v1/scaling_policy/{x}"}, look_v2{"GET v2/scaling_policy/{x}"};
  const std::vector<std::string> look_p{"GET v1/scaling_policy/{policy}"},
      look_p2{"GET v2/scaling_policy/{policy}"};
  const std::vector<std::string> both_alarms{kAlarm, kOtherAlarm};
  const std::string same = R"("recurrence_type": "Monthly")";
  const std::string of_group = "GET v1/scaling_policy/{group}/list",
                    of_resource = "GET v2/scaling_policy/{group}/list";
  const std::string all = "GET v2/scaling_policy";
  const std::vector<std::string> three{
      kAlarm, kOtherGroup, kPolicy, alarm,
      R"(y = POST v1/scaling_policy {"scaling_policy_name": "abc", "scaling_group_id": "{second}", "scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-03-03T00:00Z"}})"};
  const auto act = [](std::string_view action) {
    return fmt::format(R"(POST v1/scaling_policy/{{policy}}/action {{"action": "{}"}})", action);
  };
  const auto batch = [](std::string_view action, std::string_view more = "") {
    return fmt::format(
        R"(POST v1/scaling_policies/action {{"action": "{}", "scaling_policy_id": ["{{x}}"]{}}})", action,
        more);
  };
  const std::vector<std::string> executed{kPolicy, kResume, act("execute"), advance("1m"), act("execute")};
  const std::string log = "GET v1/scaling_policy_execute_log/{policy}";
  const std::vector<std::string> bandwidth{
      R"(POST /v1/{p}/bandwidths {"bandwidth": {"name": "a", "size": 10}})",
      R"(POST /v1/{p}/bandwidths {"bandwidth": {"name": "b", "size": 10}})",
      "bw = GET /v1/{p}/bandwidths bandwidths/0/id", "bw2 = GET /v1/{p}/bandwidths bandwidths/1/id"};
  const auto wide = [](std::string_view limits) {
    return fmt::format(
        R"(x = POST v2/scaling_policy {{"scaling_policy_name": "x", "scaling_resource_id": "{{bw}}", "scaling_resource_type": "BANDWIDTH", )"
        R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T00:00Z"}}, )"
        R"("scaling_policy_action": {{"operation": "ADD", "size": 5, "limits": {}}}}})",
        limits);
  };
  const auto slow = [](api::WorldOptions& options) {
    options.behaviour.policy_exec_latency = std::chrono::seconds{5};
  };
  return {
      {"create policy: scaling_policy_name", {}, once(""), once(R"("scaling_policy_name": "y")"), look},
      {"create policy: scaling_group_id",
       {kOtherGroup},
       once(""),
       once(R"("scaling_group_id": "{second}")"),
       look},
      {"create policy: scaling_policy_type",
       {kAlarm},
       once(R"("alarm_id": "{alarm}")"),
       once(R"("alarm_id": "{alarm}", "scaling_policy_type": "ALARM")"),
       look},
      {"create policy: alarm_id", both_alarms, alarm, with(alarm, "{alarm}", "{other}"), look},
      {"create policy: scheduled_policy.launch_time",
       {},
       once(""),
       once(R"("scheduled_policy": {"launch_time": "2026-03-04T00:00Z"})"),
       look},
      {"create policy: scheduled_policy.recurrence_type",
       {},
       periodic(same),
       periodic(R"("recurrence_type": "Weekly")"),
       look},
      {"create policy: scheduled_policy.recurrence_value",
       {},
       periodic(same),
       periodic(R"("recurrence_value": "6")"),
       look},
      {"create policy: scheduled_policy.start_time",
       {},
       periodic(same),
       periodic(R"("start_time": "2026-03-03T00:00Z")"),
       look},
      {"create policy: scheduled_policy.end_time",
       {},
       periodic(same),
       periodic(R"("end_time": "2026-05-31T00:00Z")"),
       look},
      {"create policy: scaling_policy_action.operation",
       {},
       once(R"("scaling_policy_action": {"instance_number": 1})"),
       once(R"("scaling_policy_action": {"instance_number": 1, "operation": "SET"})"),
       look},
      {"create policy: scaling_policy_action.instance_number",
       {},
       once(""),
       once(R"("scaling_policy_action": {"instance_number": 2})"),
       look},
      {"create policy: scaling_policy_action.instance_percentage",
       {},
       once(""),
       once(R"("scaling_policy_action": {"instance_percentage": 2})"),
       look},
      {"create policy: cool_down_time", {}, once(""), once(R"("cool_down_time": 7)"), look},
      {"modify policy: scaling_policy_name", {kPolicy}, "", modify(R"("scaling_policy_name": "y")"), look_p},
      {"modify policy: scaling_policy_type",
       {kPolicy, kAlarm},
       "",
       modify(R"("scaling_policy_type": "ALARM", "alarm_id": "{alarm}")"),
       look_p},
      {"modify policy: alarm_id",
       {kAlarm, kOtherAlarm, with(alarm, "x = ", "policy = ")},
       "",
       modify(R"("alarm_id": "{other}")"),
       look_p},
      {"modify policy: scheduled_policy",
       {kPolicy},
       "",
       modify(R"("scheduled_policy": {"launch_time": "2026-03-04T00:00Z"})"),
       look_p},
      {"modify policy: scaling_policy_action",
       {kPolicy},
       "",
       modify(R"("scaling_policy_action": {"operation": "SET"})"),
       look_p},
      {"modify policy: cool_down_time", {kPolicy}, "", modify(R"("cool_down_time": 7)"), look_p},
      {"list policies: scaling_policy_name", three, of_group, of_group + "?scaling_policy_name=p", {}},
      {"list policies: scaling_policy_type", three, of_group, of_group + "?scaling_policy_type=ALARM", {}},
      {"list policies: scaling_policy_id", three, of_group, of_group + "?scaling_policy_id={policy}", {}},
      {"list policies: start_number", three, of_group, of_group + "?start_number=1", {}},
      {"list policies: limit", three, of_group, of_group + "?limit=1", {}},
      {"act on policy: action", {kPolicy}, act("resume"), act("pause"), look_p},
      {"batch policies: scaling_policy_id", three, "", batch("pause"), {all}},
      {"batch policies: action", three, batch("pause"), batch("resume"), {all}},
      {"batch policies: delete_alarm",
       three,
       batch("delete"),
       batch("delete", R"(, "delete_alarm": "yes")"),
       {"GET tb/alarm_rules"}},
      {"create policy v2: scaling_policy_name",
       {},
       once_v2(""),
       once_v2(R"("scaling_policy_name": "y")"),
       look_v2},
      {"create policy v2: scaling_resource_id",
       {kOtherGroup},
       once_v2(""),
       once_v2(R"("scaling_resource_id": "{second}")"),
       look_v2},
      {"create policy v2: scaling_policy_type",
       {kAlarm},
       once_v2(R"("alarm_id": "{alarm}")"),
       once_v2(R"("alarm_id": "{alarm}", "scaling_policy_type": "ALARM")"),
       look_v2},
      {"create policy v2: alarm_id", both_alarms, alarm_v2, with(alarm_v2, "{alarm}", "{other}"), look_v2},
      {"create policy v2: scheduled_policy",
       {},
       once_v2(""),
       once_v2(R"("scheduled_policy": {"launch_time": "2026-03-04T00:00Z"})"),
       look_v2},
      {"create policy v2: scaling_policy_action.operation",
       {},
       once_v2(""),
       once_v2(R"("scaling_policy_action": {"operation": "REDUCE"})"),
       look_v2},
      {"create policy v2: scaling_policy_action.size",
       {},
       once_v2(""),
       once_v2(R"("scaling_policy_action": {"size": 2})"),
       look_v2},
      {"create policy v2: scaling_policy_action.percentage",
       {},
       once_v2(""),
       once_v2(R"("scaling_policy_action": {"percentage": 2})"),
       look_v2},
      {"create policy v2: scaling_policy_action.limits", bandwidth, wide("100"), wide("101"), look_v2},
      {"create policy v2: scaling_resource_id of a bandwidth", bandwidth, wide("100"),
       with(wide("100"), "{bw}", "{bw2}"), look_v2},
      {"batch policies: force_delete",
       {kPolicy, kResume, act("execute")},
       R"(POST v1/scaling_policies/action {"action": "delete", "scaling_policy_id": ["{policy}"]})",
       R"(POST v1/scaling_policies/action {"action": "delete", "scaling_policy_id": ["{policy}"], "force_delete": "yes"})",
       {all},
       slow},
      {"create policy v2: cool_down_time", {}, once_v2(""), once_v2(R"("cool_down_time": 7)"), look_v2},
      {"create policy v2: description", {}, once_v2(""), once_v2(R"("description": "d")"), look_v2},
      {"modify policy v2: scaling_policy_name",
       {kPolicy},
       "",
       modify(R"("scaling_policy_name": "y")", 2),
       look_p2},
      {"modify policy v2: scaling_policy_action",
       {kPolicy},
       "",
       modify(R"("scaling_policy_action": {"size": 5})", 2),
       look_p2},
      {"modify policy v2: scheduled_policy",
       {kPolicy},
       "",
       modify(R"("scheduled_policy": {"launch_time": "2026-03-04T00:00Z"})", 2),
       look_p2},
      {"modify policy v2: cool_down_time", {kPolicy}, "", modify(R"("cool_down_time": 7)", 2), look_p2},
      {"modify policy v2: description", {kPolicy}, "", modify(R"("description": "d")", 2), look_p2},
      {"create policy v2: scaling_resource_type",
       {},
       once_v2(R"("scaling_resource_type": "BANDWIDTH")"),
       once_v2(""),
       {}},
      {"modify policy v2: scaling_resource_id",
       {kOtherGroup, kPolicy},
       modify(R"("scaling_resource_id": "{second}")", 2),
       modify(R"("scaling_resource_id": "{group}")", 2),
       {}},
      {"modify policy v2: scaling_resource_type",
       {kPolicy},
       modify(R"("scaling_resource_type": "BANDWIDTH")", 2),
       modify(R"("scaling_resource_type": "SCALING_GROUP")", 2),
       {}},
      {"list policies of resource v2: scaling_policy_name",
       three,
       of_resource,
       of_resource + "?scaling_policy_name=p",
       {}},
      {"list policies of resource v2: scaling_policy_type",
       three,
       of_resource,
       of_resource + "?scaling_policy_type=ALARM",
       {}},
      {"list policies of resource v2: scaling_policy_id",
       three,
       of_resource,
       of_resource + "?scaling_policy_id={policy}",
       {}},
      {"list policies of resource v2: start_number", three, of_resource, of_resource + "?start_number=1", {}},
      {"list policies of resource v2: limit", three, of_resource, of_resource + "?limit=1", {}},
      {"list all policies v2: scaling_resource_id", three, all, all + "?scaling_resource_id={second}", {}},
      {"list all policies v2: scaling_resource_type",
       three,
       all,
       all + "?scaling_resource_type=BANDWIDTH",
       {}},
      {"list all policies v2: scaling_policy_id", three, all, all + "?scaling_policy_id={policy}", {}},
      {"list all policies v2: scaling_policy_type", three, all, all + "?scaling_policy_type=ALARM", {}},
      {"list all policies v2: alarm_id", three, all, all + "?alarm_id={alarm}", {}},
      {"list all policies v2: scaling_policy_name", three, all, all + "?scaling_policy_name=p", {}},
      {"list all policies v2: enterprise_project_id",
       three,
       all,
       all + "?enterprise_project_id=8a0e7c1d-0000-4000-8000-000000000001",
       {}},
      {"list all policies v2: sort_by", three, all, all + "?sort_by=POLICY_NAME", {}},
      {"list all policies v2: order", three, all, all + "?order=DESC", {}},
      {"list all policies v2: start_number", three, all, all + "?start_number=1", {}},
      {"list all policies v2: limit", three, all, all + "?limit=1", {}},
      {"list executions: log_id", executed, log, log + "?log_id=00000000-0000-4000-8000-000000000000", {}},
      {"list executions: scaling_resource_id",
       executed,
       log,
       log + "?scaling_resource_id=00000000-0000-4000-8000-000000000000",
       {}},
      {"list executions: scaling_resource_type", executed, log, log + "?scaling_resource_type=BANDWIDTH", {}},
      {"list executions: execute_type", executed, log, log + "?execute_type=ALARM", {}},
      {"list executions: start_time", executed, log, log + "?start_time=2026-03-01T00:00:30Z", {}},
      {"list executions: end_time", executed, log, log + "?end_time=2026-03-01T00:00:30Z", {}},
      {"list executions: start_number", executed, log, log + "?start_number=1", {}},
      {"list executions: limit", executed, log, log + "?limit=1", {}},
  };
}

// ---- Logs, hooks, tags, notifications ----

std::vector<Row> other_rows() {
  const std::vector<std::string> two_actions{kTwo, kResume, advance("200s"),
                                             R"(PUT v1/scaling_group/{group} {"desire_instance_number": 1})",
                                             advance("1h")};
  const std::string v1 = "GET v1/scaling_activity_log/{group}", v2 = "GET v2/scaling_activity_log/{group}";
  const auto hook = [](std::string_view more) {
    return fmt::format(
        R"(POST v1/scaling_lifecycle_hook/{{group}} {{"lifecycle_hook_name": "x", "lifecycle_hook_type": "INSTANCE_LAUNCHING", "notification_topic_urn": "{{topic}}"{}{}}})",
        more.empty() ? "" : ", ", more);
  };
  const auto change = [](std::string_view member) {
    return fmt::format("PUT v1/scaling_lifecycle_hook/{{group}}/h {{{}}}", member);
  };
  const std::vector<std::string> hooks{"GET v1/scaling_lifecycle_hook/{group}/list"};
  const std::string waits = "GET v1/scaling_instance_hook/{group}/list";
  const std::vector<std::string> waiting{
      kHook,
      kTwo,
      kResume,
      advance("100s"),
      "key = GET v1/scaling_instance_hook/{group}/list instance_hanging_info/0/lifecycle_action_key",
      "other_key = GET v1/scaling_instance_hook/{group}/list instance_hanging_info/1/lifecycle_action_key",
      "first = GET v1/scaling_instance_hook/{group}/list instance_hanging_info/0/instance_id",
      "last = GET v1/scaling_instance_hook/{group}/list instance_hanging_info/1/instance_id"};
  const auto callback = [](std::string_view members) {
    return fmt::format("PUT v1/scaling_instance_hook/{{group}}/callback {{{}}}", members);
  };
  const auto tags = [](std::string_view action, std::string_view tag) {
    return fmt::format(
        R"(POST v1/scaling_group_tag/{{group}}/tags/action {{"action": "{}", "tags": [{{{}}}]}})", action,
        tag);
  };
  const std::vector<std::string> shown{"GET v1/scaling_group_tag/{group}/tags"};
  const std::string env = R"("key": "env", "value": "a")";
  const std::vector<std::string> tagged{
      tags("create", env), kOtherGroup,
      R"(POST v1/scaling_group_tag/{second}/tags/action {"action": "create", "tags": [{"key": "env", "value": "b"}]})"};
  const auto query = [](std::string_view more, std::string_view action = "filter") {
    return fmt::format(R"(POST v1/scaling_group_tag/resource_instances/action {{"action": "{}"{}{}}})",
                       action, more.empty() ? "" : ", ", more);
  };
  const auto topic = [](std::string_view urn, std::string_view scene) {
    return fmt::format(
        R"(PUT v1/scaling_notification/{{group}} {{"topic_urn": "{}", "topic_scene": ["{}"]}})", urn, scene);
  };
  const std::vector<std::string> topics{"GET v1/scaling_notification/{group}"};
  return {
      {"list actions: start_time", two_actions, v1, v1 + "?start_time=2026-03-01T00:01:00Z", {}},
      {"list actions: end_time", two_actions, v1, v1 + "?end_time=2026-03-01T00:01:00Z", {}},
      {"list actions: start_number", two_actions, v1, v1 + "?start_number=1", {}},
      {"list actions: limit", two_actions, v1, v1 + "?limit=1", {}},
      {"list actions v2: log_id", two_actions, v2, v2 + "?log_id=00000000-0000-4000-8000-000000000000", {}},
      {"list actions v2: type", two_actions, v2, v2 + "?type=DIFF", {}},
      {"list actions v2: status", two_actions, v2, v2 + "?status=FAIL", {}},
      {"list actions v2: start_time", two_actions, v2, v2 + "?start_time=2026-03-01T00:01:00Z", {}},
      {"list actions v2: end_time", two_actions, v2, v2 + "?end_time=2026-03-01T00:01:00Z", {}},
      {"list actions v2: start_number", two_actions, v2, v2 + "?start_number=1", {}},
      {"list actions v2: limit", two_actions, v2, v2 + "?limit=1", {}},
      {"create hook: lifecycle_hook_name", {}, hook(""), hook(R"("lifecycle_hook_name": "y")"), hooks},
      {"create hook: lifecycle_hook_type",
       {},
       hook(""),
       hook(R"("lifecycle_hook_type": "INSTANCE_TERMINATING")"),
       hooks},
      {"create hook: default_result", {}, hook(""), hook(R"("default_result": "CONTINUE")"), hooks},
      {"create hook: default_timeout", {}, hook(""), hook(R"("default_timeout": 60)"), hooks},
      {"create hook: notification_topic_urn",
       {},
       hook(""),
       hook(R"("notification_topic_urn": "{topic}2")"),
       hooks},
      {"create hook: notification_metadata", {}, hook(""), hook(R"("notification_metadata": "m")"), hooks},
      {"modify hook: lifecycle_hook_type",
       {kHook},
       "",
       change(R"("lifecycle_hook_type": "INSTANCE_TERMINATING")"),
       hooks},
      {"modify hook: default_result", {kHook}, "", change(R"("default_result": "CONTINUE")"), hooks},
      {"modify hook: default_timeout", {kHook}, "", change(R"("default_timeout": 60)"), hooks},
      {"modify hook: notification_topic_urn",
       {kHook},
       "",
       change(R"("notification_topic_urn": "{topic}2")"),
       hooks},
      {"modify hook: notification_metadata", {kHook}, "", change(R"("notification_metadata": "m")"), hooks},
      {"answer hook: lifecycle_action_result",
       waiting,
       callback(R"("lifecycle_action_result": "CONTINUE", "lifecycle_action_key": "{key}")"),
       callback(R"("lifecycle_action_result": "EXTEND", "lifecycle_action_key": "{key}")"),
       {waits}},
      {"answer hook: lifecycle_action_key",
       waiting,
       callback(R"("lifecycle_action_result": "CONTINUE", "lifecycle_action_key": "{key}")"),
       callback(R"("lifecycle_action_result": "CONTINUE", "lifecycle_action_key": "{other_key}")"),
       {waits}},
      {"answer hook: instance_id and lifecycle_hook_name",
       waiting,
       callback(
           R"("lifecycle_action_result": "CONTINUE", "instance_id": "{first}", "lifecycle_hook_name": "h")"),
       callback(
           R"("lifecycle_action_result": "CONTINUE", "instance_id": "{last}", "lifecycle_hook_name": "h")"),
       {waits}},
      {"list waits: instance_id", waiting, waits, waits + "?instance_id={last}", {}},
      {"change tags: action", {tags("create", env)}, tags("create", env), tags("delete", env), shown},
      {"change tags: tags[].key",
       {},
       tags("create", env),
       tags("create", R"("key": "other", "value": "a")"),
       shown},
      {"change tags: tags[].value",
       {},
       tags("create", env),
       tags("create", R"("key": "env", "value": "b")"),
       shown},
      {"query tags: action", tagged, query(""), query("", "count"), {}},
      {"query tags: tags", tagged, query(""), query(R"("tags": [{"key": "env", "values": ["a"]}])"), {}},
      {"query tags: tags_any",
       tagged,
       query(""),
       query(R"("tags_any": [{"key": "env", "values": ["a"]}])"),
       {}},
      {"query tags: not_tags",
       tagged,
       query(""),
       query(R"("not_tags": [{"key": "env", "values": ["a"]}])"),
       {}},
      {"query tags: not_tags_any",
       tagged,
       query(""),
       query(R"("not_tags_any": [{"key": "env", "values": ["a"]}])"),
       {}},
      {"query tags: without_any_tag", tagged, query(""), query(R"("without_any_tag": true)"), {}},
      {"query tags: matches",
       tagged,
       query(""),
       query(R"("matches": [{"key": "resource_name", "value": "sec"}])"),
       {}},
      {"query tags: limit", tagged, query(""), query(R"("limit": "1")"), {}},
      {"query tags: offset", tagged, query(""), query(R"("offset": "1")"), {}},
      {"query tags: marker", tagged, query(""), query(R"("marker": "1")"), {}},
      {"set notification: topic_urn",
       {},
       topic("{topic}", "SCALING_UP"),
       topic("{topic}2", "SCALING_UP"),
       topics},
      {"set notification: topic_scene",
       {},
       topic("{topic}", "SCALING_UP"),
       topic("{topic}", "SCALING_DOWN"),
       topics},
  };
}

// ---- Cloud Eye ----

// Of rules: what is given on top of a name, a metric and a condition, of which the last of one name counts.
std::string rule(std::string_view more = "") {
  return fmt::format(
      R"(x = POST /V1.0/{{p}}/alarms {{"alarm_name": "x", "metric": {{"namespace": "A.B", "metric_name": "m", "dimensions": [{{"name": "d", "value": "v"}}]}}, )"
      R"("condition": {{"period": 300, "filter": "max", "comparison_operator": ">", "value": 1, "count": 1}}{}{}}})",
      more.empty() ? "" : ", ", more);
}

Row create_rule(const char* field, std::string_view more) {
  return {std::string("create alarm rule: ") + field, {}, rule(), rule(more), {"GET /V1.0/{p}/alarms/{x}"}};
}

// The metric of kRule with other members, and the condition.
std::string metric(std::string_view more) {
  return fmt::format(
      R"("metric": {{"namespace": "A.B", "metric_name": "m", "dimensions": [{{"name": "d", "value": "v"}}], {}}})",
      more);
}
std::string condition(std::string_view more) {
  return fmt::format(
      R"("condition": {{"period": 300, "filter": "max", "comparison_operator": ">", "value": 1, "count": 1, {}}})",
      more);
}

std::string sample(std::string_view more) {
  return fmt::format(
      R"(POST /V1.0/{{p}}/metric-data [{{"metric": {{"namespace": "A.B", "metric_name": "m", "dimensions": [{{"name": "d", "value": "v"}}]}}, "value": 1{}{}}}])",
      more.empty() ? "" : ", ", more);
}

std::vector<Row> alarm_rule_rows() {
  const std::string alarms = "GET /V1.0/{p}/alarms";
  const std::vector<std::string> two{"first" + rule().substr(1), rule(R"("alarm_name": "y")")};
  const std::vector<std::string> look{"GET /V1.0/{p}/alarms/{x}"};
  std::vector<Row> rows{
      create_rule("alarm_name", R"("alarm_name": "y")"),
      create_rule("alarm_description", R"("alarm_description": "d")"),
      create_rule("metric.namespace", metric(R"("namespace": "A.C")")),
      create_rule("metric.metric_name", metric(R"("metric_name": "n")")),
      create_rule("metric.dimensions[].name", metric(R"("dimensions": [{"name": "e", "value": "v"}])")),
      create_rule("metric.dimensions[].value", metric(R"("dimensions": [{"name": "d", "value": "w"}])")),
      create_rule("metric.resource_group_id", metric(R"("resource_group_id": "rg1")")),
      create_rule("condition.period", condition(R"("period": 1)")),
      create_rule("condition.filter", condition(R"("filter": "min")")),
      create_rule("condition.comparison_operator", condition(R"("comparison_operator": "<")")),
      create_rule("condition.value", condition(R"("value": 2)")),
      create_rule("condition.unit", condition(R"("unit": "%")")),
      create_rule("condition.count", condition(R"("count": 2)")),
      create_rule("condition.suppress_duration", condition(R"("suppress_duration": 300)")),
      create_rule("alarm_enabled", R"("alarm_enabled": false)"),
      create_rule("alarm_action_enabled", R"("alarm_action_enabled": false)"),
      create_rule("alarm_level", R"("alarm_level": 1)"),
      create_rule("alarm_type", R"("alarm_type": "MULTI_INSTANCE")"),
      create_rule("alarm_actions", R"("alarm_actions": [{"type": "autoscaling", "notificationList": []}])"),
      create_rule("ok_actions",
                  R"("ok_actions": [{"type": "notification", "notificationList": ["{topic}"]}])"),
      create_rule("alarm_action_begin_time", R"("alarm_action_begin_time": "08:00")"),
      create_rule("alarm_action_end_time", R"("alarm_action_end_time": "20:00")"),
      create_rule("enterprise_project_id",
                  R"("enterprise_project_id": "8a0e7c1d-0000-4000-8000-000000000001")"),
      {"create alarm rule: insufficientdata_actions",
       {},
       rule(R"("insufficientdata_actions": [{"type": "autoscaling"}])"),
       rule(),
       {}},
      {"modify alarm rule: alarm_name",
       {rule()},
       "",
       R"(PUT /V1.0/{p}/alarms/{x} {"alarm_name": "y"})",
       look},
      {"switch alarm rule: alarm_enabled",
       {rule()},
       "",
       R"(PUT /V1.0/{p}/alarms/{x}/action {"alarm_enabled": false})",
       look},
      {"list alarm rules: limit", two, alarms, alarms + "?limit=1", {}},
      {"list alarm rules: start", two, alarms, alarms + "?start={first}", {}},
      {"list alarm rules: order", two, alarms, alarms + "?order=desc", {}},
  };
  return rows;
}

std::vector<Row> metric_rows() {
  const std::string read =
      "GET /V1.0/{p}/metric-data?namespace=A.B&metric_name=m&dim.0=d,v&period=1&filter=max&from=1772323200000"
      "&to=1772323800000";
  const auto but = [&](std::string_view what, std::string_view by) {
    std::string text = read;
    return text.replace(text.find(what), what.size(), by);
  };
  const std::string of = "namespace=A.B";
  const std::vector<std::string> pushed{sample(""), advance("400s"), sample(R"("value": 3)"),
                                        sample(R"("value": 2)")};
  const std::string list = "GET /V1.0/{p}/metrics";
  return {
      {"push data: metric.namespace",
       {},
       sample(""),
       sample(
           R"("metric": {"namespace": "A.C", "metric_name": "m", "dimensions": [{"name": "d", "value": "v"}]})"),
       {list}},
      {"push data: metric.metric_name",
       {},
       sample(""),
       sample(
           R"("metric": {"namespace": "A.B", "metric_name": "n", "dimensions": [{"name": "d", "value": "v"}]})"),
       {list}},
      {"push data: metric.dimensions",
       {},
       sample(""),
       sample(
           R"("metric": {"namespace": "A.B", "metric_name": "m", "dimensions": [{"name": "d", "value": "w"}]})"),
       {list}},
      {"push data: value", {}, sample(""), sample(R"("value": 2)"), {read}},
      {"push data: collect_time", {}, sample(""), sample(R"("collect_time": 1772323210000)"), {read}},
      {"push data: ttl", {}, sample(""), sample(R"("ttl": 60)"), {advance("60s"), read}},
      {"push data: unit", {}, sample(""), sample(R"("unit": "%")"), {read}},
      {"push data: type",
       {},
       sample(R"("value": 1.5, "type": "int")"),
       sample(R"("value": 1.5, "type": "float")"),
       {read}},
      {"read data: namespace", pushed, read, but(of, "namespace=A.C"), {}},
      {"read data: metric_name", pushed, read, but("metric_name=m", "metric_name=n"), {}},
      {"read data: dim.0", pushed, read, but("d,v", "d,w"), {}},
      {"read data: period", pushed, read, but("period=1", "period=300"), {}},
      {"read data: filter", pushed, read, but("max", "min"), {}},
      {"read data: from", pushed, read, but("1772323200000", "1772323300000"), {}},
      {"read data: to", pushed, read, but("1772323800000", "1772323300000"), {}},
      {"list metrics: namespace", pushed, list, list + "?namespace=A.B", {}},
      {"list metrics: metric_name", pushed, list, list + "?metric_name=m", {}},
      {"list metrics: dim.0", pushed, list, list + "?dim.0=d,v", {}},
      {"list metrics: limit", pushed, list, list + "?limit=1", {}},
      {"list metrics: start", pushed, list, list + "?start=1", {}},
  };
}

std::vector<Row> all_rows() {
  std::vector<Row> all;
  for (const auto& part : {group_rows(), configuration_rows(), instance_rows(), policy_rows(), other_rows(),
                           alarm_rule_rows(), metric_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

TEST_CASE("each documented field of a request makes a difference", "[clients][fields]") {
  for (const Row& row : all_rows()) {
    CAPTURE(row.field);
    CHECK(observed(row, row.plain) != observed(row, row.changed));
  }
}

TEST_CASE("a request that is sent twice makes no difference by itself", "[clients][fields]") {
  for (const Row& row : all_rows()) {
    CAPTURE(row.field);
    CHECK(observed(row, row.changed) == observed(row, row.changed));
  }
}

TEST_CASE("the walk over the fields names each once", "[clients][fields]") {
  std::set<std::string> names;
  for (const Row& row : all_rows()) CHECK(names.insert(row.field).second);
  CHECK(names.size() > 230);
}

}  // namespace tidepool::clients
