// Every code of the AS documents' appendix "Error Codes": either a row here raises it, or a line here says why nothing can.
// UPDATE_GOLDEN=1 rewrites api/wire/CODES.md, which lists them all.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "tests/clients/scene.hpp"
#include "tests/clients/settings.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::clients {
namespace {

namespace fs = std::filesystem;

// Where the code is seen.
enum class Seen {
  Error,  // as the code of the last step's error
  Batch,  // in the last step's message, beside the id that it is about
  Log,    // in the answer of the last step, which reads a log or a group's detail
};

using Adjust = void (*)(api::WorldOptions&);

struct Row {
  const char* code;
  std::vector<std::string> steps;  // All but the last succeed.
  Seen seen = Seen::Error;
  Adjust adjust = nullptr;
};

// ---- Short words for the rows ----

std::string configuration(std::string_view members) {
  return fmt::format(
      R"(POST v1/scaling_configuration {{"scaling_configuration_name": "x", "instance_config": {{{}}}}})",
      members);
}

// One with these members in front of those that it needs; of a member named twice the last counts.
std::string configuration_with(std::string_view members) {
  return configuration(fmt::format("{{C}}, {}", members));
}

std::string disks(std::string_view items) {
  return configuration_with(fmt::format(R"("disk": [{}])", items));
}

std::string eip(std::string_view members) {
  return configuration_with(fmt::format(R"("public_ip": {{"eip": {{{}}}}})", members));
}

std::string group(std::string_view members) {
  return fmt::format(
      R"(POST v1/scaling_group {{"scaling_group_name": "g", "max_instance_number": 5, {{N}}, {}}})", members);
}

std::string modify(std::string_view members) {
  return fmt::format("PUT v1/scaling_group/{{group}} {{{}}}", members);
}

std::string policy(std::string_view members) {
  return fmt::format(
      R"(POST v1/scaling_policy {{"scaling_policy_name": "p", "scaling_group_id": "{{group}}", {}}})",
      members);
}

std::string once(std::string_view members = R"("cool_down_time": 0)") {
  return policy(fmt::format(
      R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {{"launch_time": "2026-03-02T00:00Z"}}, {})",
      members));
}

std::string periodic(std::string_view members) {
  return policy(fmt::format(R"("scaling_policy_type": "RECURRENCE", "scheduled_policy": {{{}}})", members));
}

// Daily at noon until the end of March, and what is put in on top.
std::string daily(std::string_view members) {
  return periodic(fmt::format(
      R"("launch_time": "12:00", "recurrence_type": "Daily", "end_time": "2026-03-31T00:00Z", {})", members));
}

std::string policy_v2(std::string_view members) {
  return fmt::format(
      R"(POST v2/scaling_policy {{"scaling_policy_name": "p", "scaling_policy_type": "SCHEDULED", )"
      R"("scheduled_policy": {{"launch_time": "2026-03-02T00:00Z"}}, {}}})",
      members);
}

std::string hook(std::string_view members) {
  return fmt::format(
      R"(POST v1/scaling_lifecycle_hook/{{group}} {{"lifecycle_hook_name": "h", "lifecycle_hook_type": "INSTANCE_LAUNCHING", )"
      R"("notification_topic_urn": "{{topic}}", {}}})",
      members);
}

std::string tags(std::string_view items, std::string_view action = "create") {
  return fmt::format(R"(POST v1/scaling_group_tag/{{group}}/tags/action {{"action": "{}", "tags": [{}]}})",
                     action, items);
}

std::string query_tags(std::string_view members) {
  return fmt::format(R"(POST v1/scaling_group_tag/resource_instances/action {{"action": "filter", {}}})",
                     members);
}

std::string batch(std::string_view action, std::string_view ids) {
  return fmt::format(
      R"(POST v1/scaling_group_instance/{{group}}/action {{"action": "{}", "instances_id": [{}]}})", action,
      ids);
}

std::string many(int count, std::string_view item) {
  std::string list;
  for (int i = 0; i < count; ++i) list += fmt::format("{}{}", i == 0 ? "" : ", ", item);
  return list;
}

constexpr std::string_view kNobody = "00000000-0000-4000-8000-000000000000";
const std::string kNobodyQuoted = fmt::format("\"{}\"", kNobody);
const std::string kResume = R"(POST v1/scaling_group/{group}/action {"action": "resume"})";
const std::string kAlarm =
    R"(alarm = POST tb/alarm_rules {"name": "a", "group": "{group}", "metric": "instance_num", "operator": ">=", "threshold": 0})";
const std::string kAlarmPolicy = policy(
    R"("scaling_policy_type": "ALARM", "alarm_id": "{alarm}", "scaling_policy_action": {"operation": "ADD", "instance_number": 1})");
const std::string kOtherGroup =
    R"(other = POST v1/scaling_group {"scaling_group_name": "other", "scaling_configuration_id": "{conf}", "max_instance_number": 5, {N}})";
const std::string kFirst =
    "first = GET v1/scaling_group_instance/{group}/list scaling_group_instances/0/instance_id";

std::string advance(std::string_view by) {
  return fmt::format(R"(POST tb/clock/advance {{"by": "{}"}})", by);
}
std::string desire(int number) {
  return modify(fmt::format(R"("desire_instance_number": {}, "cool_down_time": 600)", number));
}
// Steps until two instances are in service.
std::vector<std::string> grown(std::vector<std::string> more) {
  std::vector<std::string> steps{desire(2), kResume, advance("100s"), kFirst};
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

// ---- The rows ----

std::vector<Row> general_rows() {
  return {
      {"AS.0002", {"POST v1/scaling_group "}},
      {"AS.0005", {"GET v1/scaling_group without a token"}},
      {"AS.0006", {"GET v1/scaling_group with a wrong token"}},
      {"AS.0007", {fmt::format("GET v1/scaling_group/{}", kNobody)}},
      {"AS.0008", {"GET /autoscaling-api/v1/0123456789abcdef0123456789abcdef/scaling_group"}},
      {"AS.0022", {R"(POST v1/scaling_group {"scaling_group_name": )"}},
      {"AS.0026",
       {kAlarm, "policy = " + kAlarmPolicy, desire(1), kResume, advance("301s"),
        "GET v1/scaling_policy_execute_log/{policy}"},
       Seen::Log},
      {"AS.0033", {"GET /v3.9"}},
      {"AS.0034",
       {kAlarm, "policy = " + kAlarmPolicy, kResume, advance("299s"), desire(1), advance("2s"),
        "GET v1/scaling_policy_execute_log/{policy}"},
       Seen::Log},
      {"AS.0050",
       {"policy = " + once(), modify(R"("max_instance_number": 0)"), kResume,
        R"(POST v1/scaling_policy/{policy}/action {"action": "execute"})",
        "GET v1/scaling_policy_execute_log/{policy}"},
       Seen::Log},
      {"AS.0001",
       {R"(POST tb/faults {"kind": "boot_failure", "probability": 1})", desire(1), kResume, advance("101s"),
        "GET v2/scaling_activity_log/{group}"},
       Seen::Log},
  };
}

std::vector<Row> configuration_rows() {
  const auto current = [](api::WorldOptions& options) { options.behaviour.require_configuration = true; };
  const auto small_quota = [](api::WorldOptions& options) { options.behaviour.configuration_quota = 1; };
  const std::string backup =
      R"({"size": 40, "volume_type": "SATA", "disk_type": "SYS", "snapshot_id": "5f0c1d2e-0000-4000-8000-000000000001"})";
  const std::string data = R"({"size": 100, "volume_type": "SATA", "disk_type": "DATA")";
  const std::string system = R"({"size": 40, "volume_type": "SATA", "disk_type": "SYS")";
  const auto no_image40 = [](api::WorldOptions& options) {
    options.region.images[1].status = sim::ImageStatus::Unavailable;
  };
  const auto image40_in_a = [](api::WorldOptions& options) {
    options.region.images[1].zones = {support::kZoneA};
  };
  const std::string image40 = R"("0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001")";
  return {
      {"AS.1001", {"GET v1/scaling_group?start_number=-1"}},
      {"AS.1002", {"GET v1/scaling_configuration?limit=101"}},
      {"AS.1003", {R"(POST v1/scaling_configurations {"scaling_configuration_id": [""]})"}, Seen::Batch},
      {"AS.1004", {group(fmt::format(R"("scaling_configuration_id": "{}")", kNobody))}},
      {"AS.1006", {"DELETE v1/scaling_configuration/{conf}"}},
      {"AS.1007", {R"(POST v1/scaling_configuration {"instance_config": {{C}}})"}},
      {"AS.1008",
       {fmt::format(
           R"(POST v1/scaling_configuration {{"scaling_configuration_name": "{}", "instance_config": {{{{C}}}}}})",
           std::string(65, 'x'))}},
      {"AS.1011", {R"(POST v1/scaling_configuration {"scaling_configuration_name": "x"})"}},
      {"AS.1014", {configuration(R"("flavorRef": "s3.medium", "key_name": "key")")}},
      {"AS.1015", {configuration_with(fmt::format(R"("imageRef": "{}")", kNobody))}},
      {"AS.1016", {configuration(R"("imageRef": "debian", "key_name": "key")")}},
      {"AS.1017", {configuration_with(R"("flavorRef": "s3.medium,s9.none")")}},
      {"AS.1023",
       {R"(POST v1/scaling_configuration {"scaling_configuration_name": "a b", "instance_config": {{C}}})"}},
      {"AS.1024", {configuration("{C}")}, Seen::Error, small_quota},
      {"AS.1026", {configuration_with(R"("key_name": "")")}},
      {"AS.1027", {configuration_with(R"("personality": [{"path": "/a", "content": "no base64"}])")}},
      {"AS.1028", {configuration_with(R"("disk": [])")}},
      {"AS.1029", {disks(data + "}")}},
      {"AS.1030", {disks(R"({"size": 5, "volume_type": "SATA", "disk_type": "SYS"})")}},
      {"AS.1031", {disks(system + R"(}, {"size": 9, "volume_type": "SATA", "disk_type": "DATA"})")}},
      {"AS.1032", {disks(system + "}, " + many(24, data + "}"))}},
      {"AS.1033", {disks(R"({"size": 40, "volume_type": "TAPE", "disk_type": "SYS"})")}},
      {"AS.1034", {disks(R"({"size": 40, "volume_type": "SATA", "disk_type": "SWAP"})")}},
      {"AS.1035", {configuration_with(R"("metadata": {"admin_pass": "short"})")}},
      {"AS.1038",
       {fmt::format(R"(POST v1/scaling_configurations {{"scaling_configuration_id": ["{}"]}})", kNobody)}},
      {"AS.1039",
       {fmt::format(R"(POST v1/scaling_configurations {{"scaling_configuration_id": [{}]}})",
                    many(51, kNobodyQuoted))}},
      {"AS.1040", {R"(POST v1/scaling_configurations {"scaling_configuration_id": []})"}},
      {"AS.1041", {configuration_with(R"("public_ip": {})")}},
      {"AS.1042",
       {eip(
           R"("ip_type": "5_bgp", "bandwidth": {"size": 501, "share_type": "PER", "charging_mode": "traffic"})")}},
      {"AS.1043",
       {eip(
           R"("ip_type": "5_sbgp", "bandwidth": {"size": 5, "share_type": "PER", "charging_mode": "traffic"})")}},
      {"AS.1044",
       {eip(
           R"("ip_type": "5_bgp", "bandwidth": {"size": 5, "share_type": "PER", "charging_mode": "gift"})")}},
      {"AS.1045",
       {eip(
           R"("ip_type": "5_bgp", "bandwidth": {"size": 5, "share_type": "ALL", "charging_mode": "traffic"})")}},
      {"AS.1046",
       {eip(R"("ip_type": "5_bgp", "bandwidth": {"share_type": "PER", "charging_mode": "traffic"})")}},
      {"AS.1049", {configuration_with(R"("user_data": "?")")}},
      {"AS.1052", {configuration_with(R"("metadata": {"a b": "c"})")}},
      {"AS.1054",
       {disks(system + "}, " +
              R"({"size": 20, "volume_type": "SATA", "disk_type": "DATA", "data_disk_image_id": )" + image40 +
              "}")}},
      {"AS.1055", {disks(system + R"(, "data_disk_image_id": )" + image40 + "}")}},
      {"AS.1056", {disks(system + "}, " + data + fmt::format(R"(, "data_disk_image_id": "{}"}})", kNobody))}},
      {"AS.1062", {disks(backup + ", " + data + "}")}},
      {"AS.1064",
       {disks(backup + ", " + data +
              R"(, "snapshot_id": "5f0c1d2e-0000-4000-8000-000000000001", "data_disk_image_id": )" + image40 +
              "}")}},
      {"AS.1018",
       {configuration_with(R"("imageRef": )" + image40)},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.images[1].min_memory_mb = 4096; }},
      {"AS.1019",
       {configuration_with(R"("flavorRef": "s3.large")")},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.flavors[1].volume_types = {sim::VolumeType::Ssd}; }},
      {"AS.1021",
       {configuration_with(R"("imageRef": )" + image40)},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.images[1].status = sim::ImageStatus::Queued; }},
      {"AS.1022", {configuration_with(R"("imageRef": )" + image40)}, Seen::Error, no_image40},
      {"AS.1036",
       {configuration_with(R"("flavorRef": "p2.gpu", "imageRef": )" + image40)},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.images[1].os_bits = 32; }},
      {"AS.1037",
       {configuration_with(R"("flavorRef": "s3.large")")},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.flavors[1].withdrawn = true; }},
      {"AS.1053",
       {disks(system + "}, " + data + R"(, "data_disk_image_id": )" + image40 + "}")},
       Seen::Error,
       no_image40},
      {"AS.1065",
       {configuration_with(R"("flavorRef": "p2.gpu", "imageRef": )" + image40)},
       Seen::Error,
       image40_in_a},
      {"AS.1066", {disks(system + R"(, "snapshot_id": "s"})")}},
      {"AS.1088",
       {"x = " + configuration_with(R"("imageRef": )" + image40),
        group(R"("scaling_configuration_id": "{x}", "available_zones": ["eu-de-01", "eu-de-02"])")},
       Seen::Error,
       image40_in_a},
      {"AS.1090",
       {configuration_with(R"("imageRef": )" + image40)},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.images[1].architecture = sim::Architecture::Arm64; }},
      {"AS.1067", {query_tags(R"("offset": "-1")")}},
      {"AS.1074", {query_tags(R"("marker": "x1")")}},
      {"AS.1075", {configuration_with(R"("imageRef": "no image")")}},
      {"AS.1085", {configuration_with(R"("multi_flavor_priority_policy": "CHEAP")")}},
      {"AS.1086",
       {R"(gpu = POST v1/scaling_configuration {"scaling_configuration_name": "gpu", "instance_config": {{C}, "flavorRef": "p2.gpu"}})",
        modify(R"("scaling_configuration_id": "{gpu}", "available_zones": ["eu-de-01"])"), kResume}},
      {"AS.1087",
       {configuration_with(fmt::format(R"("flavorRef": "{}s3.large")",
                                       "s3.medium,s3.medium,s3.medium,s3.medium,s3.medium,s3.medium,s3."
                                       "medium,s3.medium,s3.medium,s3.medium,"))}},
      {"AS.1003", {R"(POST v1/scaling_group {"scaling_group_name": "g", {N}})"}, Seen::Error, current},
  };
}

std::vector<Row> group_rows() {
  const auto group_quota = [](api::WorldOptions& options) { options.behaviour.group_quota = 1; };
  const std::string sold_out = R"(POST tb/faults {"kind": "sold_out"})";
  return {
      {"AS.2002", {R"(POST v1/scaling_group {{N}})"}},
      {"AS.2003",
       {fmt::format(R"(POST v1/scaling_group {{"scaling_group_name": "{}", {{N}}}})", std::string(65, 'x'))}},
      {"AS.2004", {group(R"("min_instance_number": 6)")}},
      {"AS.2005", {group(R"("desire_instance_number": 6)")}},
      {"AS.2006", {group(R"("cool_down_time": 86401)")}},
      {"AS.2007",
       {policy(fmt::format(R"("scaling_group_id": "{}", "scaling_policy_type": "ALARM")", kNobody))}},
      {"AS.2008", {R"(POST v1/scaling_group/{group}/action {"action": "start"})"}},
      {"AS.2010", grown({batch("PROTECT", R"("{first}")"), modify(R"("desire_instance_number": 0)")})},
      {"AS.2011", {group(R"("available_zones": ["eu-de-09"])")}},
      {"AS.2012", {group(R"("vpc_id": "no-vpc")")}},
      {"AS.2013", {group(R"("networks": [])")}},
      {"AS.2014", {group(R"("security_groups": [{"id": "nobody"}])")}},
      {"AS.2015", {group(R"("lb_listener_id": "listener,nobody")")}},
      {"AS.2016", {group(R"("lb_listener_id": "other-listener")")}},
      {"AS.2017", {R"(POST v1/scaling_group {"scaling_group_name": "g", "networks": [{"id": "subnet"}]})"}},
      {"AS.2018",
       {R"(bare = POST v1/scaling_group {"scaling_group_name": "bare", {N}})",
        R"(POST v1/scaling_group/{bare}/action {"action": "resume"})"}},
      {"AS.2019", {"DELETE v1/scaling_group/{group}?force_delete=perhaps"}},
      {"AS.2020", {"GET v1/scaling_group?scaling_group_status=ASLEEP"}},
      {"AS.2021", grown({"DELETE v1/scaling_group/{group}"})},
      {"AS.2022", {R"(POST v1/scaling_group {"scaling_group_name": "a b", {N}})"}},
      {"AS.2023", {group(R"("min_instance_number": 0)")}, Seen::Error, group_quota},
      {"AS.2024", {group(fmt::format(R"("networks": [{}])", many(6, R"({"id": "subnet"})")))}},
      {"AS.2025",
       {group(R"("security_groups": [{"id": "security-group"}, {"id": "second-security-group"}])")}},
      {"AS.2026",
       {group(
           R"("lb_listener_id": "listener", "lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80}])")}},
      {"AS.2027", {group(R"("networks": [{"id": "other-subnet"}])")}},
      {"AS.2028", {modify(R"("desire_instance_number": 0)")}},
      {"AS.2029", {group(R"("health_periodic_audit_method": "GUESS")")}},
      {"AS.2030", {kResume, modify(R"("networks": [{"id": "second-subnet"}])")}},
      {"AS.2031", {group(R"("health_periodic_audit_time": 2)")}},
      {"AS.2032", {group(R"("instance_terminate_policy": "RANDOM")")}},
      {"AS.2033", {desire(1), kResume, "DELETE v1/scaling_group/{group}"}},
      {"AS.2034", {group(R"("notifications": ["PIGEON"])")}},
      {"AS.2035", {modify(R"("max_instance_number": 0)"), kResume, batch("ADD", R"("server-0-0")")}},
      {"AS.2036", grown({modify(R"("min_instance_number": 2)"), batch("REMOVE", R"("{first}")")})},
      {"AS.2037",
       {group(fmt::format(R"("lbaas_listeners": [{}])",
                          many(7, R"({"pool_id": "pool", "protocol_port": 80})")))}},
      {"AS.2038", {sold_out, kResume}},
      {"AS.2039", {group(R"("lbaas_listeners": [{"pool_id": "pool", "protocol_port": 65536}])")}},
      {"AS.2040", {group(R"("lbaas_listeners": [{"pool_id": "pool", "protocol_port": 80, "weight": 101}])")}},
      {"AS.2042", {group(R"("lbaas_listeners": [{"pool_id": "nobody", "protocol_port": 80}])")}},
      {"AS.2043",
       {modify(R"("available_zones": ["eu-de-01"])"), kResume},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.zones[0].volume_types = {sim::VolumeType::Ssd}; }},
      {"AS.2044",
       {modify(R"("available_zones": ["eu-de-01"])"),
        R"(POST tb/faults {"kind": "zone_outage", "zone": "eu-de-01"})", kResume}},
      {"AS.2045", {group(R"("max_instance_number": 301)")}},
      {"AS.2046", {group(R"("health_periodic_audit_grace_period": 86401)")}},
      {"AS.2047", {desire(1), kResume, modify(R"("lb_listener_id": "listener")")}},
      {"AS.2048", {group(R"("networks": [{"id": "subnet", "ipv6_enable": true}])")}},
      {"AS.2049",
       {group(R"("networks": [{"id": "ipv6-subnet", "ipv6_enable": true}])")},
       Seen::Error,
       [](api::WorldOptions& options) { options.region.zones[0].ipv6 = false; }},
      {"AS.2050", {group(R"("networks": [{"id": "ipv6-subnet", "ipv6_bandwidth": {"id": "b"}}])")}},
      {"AS.2053", {group(R"("multi_az_priority_policy": "ANYWHERE")")}},
      {"AS.2054", {desire(1), kResume, modify(R"("available_zones": ["eu-de-02"])")}},
  };
}

std::vector<Row> policy_rows() {
  const auto quota = [](api::WorldOptions& options) { options.behaviour.policy_quota = 1; };
  const auto slow = [](api::WorldOptions& options) {
    options.behaviour.policy_exec_latency = std::chrono::seconds{5};
  };
  const std::string resource =
      R"("scaling_resource_id": "{group}", "scaling_resource_type": "SCALING_GROUP")";
  const auto every = [](std::string_view act) {
    return fmt::format(R"(POST v1/scaling_policies/action {{"action": "{}", "scaling_policy_id": ["{}"]}})",
                       act, kNobody);
  };
  return {
      {"AS.3002", {policy(R"("scaling_policy_type": "MOOD")")}},
      {"AS.3003", {policy(R"("scaling_policy_type": "SCHEDULED")")}},
      {"AS.3004", {daily(R"("recurrence_type": "Yearly")")}},
      {"AS.3005", {periodic(R"("launch_time": "12:00", "recurrence_type": "Daily")")}},
      {"AS.3006", {daily(R"("end_time": "tomorrow")")}},
      {"AS.3007", {daily(R"("end_time": "2026-02-01T00:00Z")")}},
      {"AS.3008", {periodic(R"("recurrence_type": "Daily", "end_time": "2026-03-31T00:00Z")")}},
      {"AS.3009", {daily(R"("launch_time": "25:00")")}},
      {"AS.3010",
       {policy(
           R"("scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": "2026-02-01T00:00Z"})")}},
      {"AS.3011", {policy(R"("cool_down_time": 1)")}},
      {"AS.3012", {once(R"("cool_down_time": 86401)")}},
      {"AS.3013",
       {R"(POST v1/scaling_policy {"scaling_group_id": "{group}", "scaling_policy_type": "ALARM"})"}},
      {"AS.3014", {once(fmt::format(R"("scaling_policy_name": "{}")", std::string(65, 'x')))}},
      {"AS.3017", {once(R"("scaling_policy_action": {"operation": "DOUBLE"})")}},
      {"AS.3018", {once(R"("scaling_policy_action": {"operation": "ADD", "instance_number": 0})")}},
      {"AS.3019", {R"(POST v1/scaling_policy {"scaling_policy_name": "p", "scaling_policy_type": "ALARM"})"}},
      {"AS.3020", {every("pause")}, Seen::Batch},
      {"AS.3021",
       {R"(POST v1/scaling_policies/action {"action": "pause", "scaling_policy_id": [""]})"},
       Seen::Batch},
      {"AS.3022", {"policy = " + once(), R"(POST v1/scaling_policy/{policy}/action {"action": "jump"})"}},
      {"AS.3023", {periodic(R"("launch_time": "12:00", "end_time": "2026-03-31T00:00Z")")}},
      {"AS.3024", {daily(R"("recurrence_type": "Weekly")")}},
      {"AS.3025", {daily(R"("recurrence_type": "Weekly", "recurrence_value": "8")")}},
      {"AS.3026", {policy(R"("scaling_policy_type": "ALARM")")}},
      {"AS.3027", {"policy = " + once(), R"(POST v1/scaling_policy/{policy}/action {"action": "execute"})"}},
      {"AS.3028", {daily(R"("start_time": "today")")}},
      {"AS.3029", {daily(R"("start_time": "2026-04-01T00:00Z")")}},
      {"AS.3030", {policy(R"("scaling_policy_type": "ALARM", "alarm_id": "al1513822380493GvlJKZwA8")")}},
      {"AS.3031", {once(R"("scaling_policy_name": "a b")")}},
      {"AS.3032", {once(), once()}, Seen::Error, quota},
      {"AS.3033", {daily(R"("start_time": "2026-03-01T12:30Z", "end_time": "2026-03-01T13:00Z")")}},
      {"AS.3034",
       {kAlarm, kAlarmPolicy, kOtherGroup,
        policy(R"("scaling_group_id": "{other}", "scaling_policy_type": "ALARM", "alarm_id": "{alarm}")")}},
      {"AS.3035", {once(R"("scaling_policy_action": {"operation": "ADD", "instance_percentage": 20001})")}},
      {"AS.3036", {once(R"("scaling_policy_action": {"instance_number": 1, "instance_percentage": 1})")}},
      {"AS.3037", {policy_v2(R"("scaling_resource_id": "{group}", "scaling_resource_type": "PLANET")")}},
      {"AS.3040",
       {"policy = " + once(R"("scaling_policy_action": {"operation": "REMOVE"})"), kResume,
        R"(POST v1/scaling_policy/{policy}/action {"action": "execute"})",
        "GET v1/scaling_policy_execute_log/{policy}"},
       Seen::Log},
      {"AS.3038",
       {"policy = " + once(), kResume, R"(POST v1/scaling_policy/{policy}/action {"action": "execute"})",
        R"(POST v1/scaling_policy/{policy}/action {"action": "execute"})"},
       Seen::Error,
       slow},
      {"AS.3041", {policy_v2(R"("scaling_resource_type": "SCALING_GROUP")")}},
      {"AS.3042",
       {policy_v2(fmt::format(R"("scaling_resource_id": "{}", "scaling_resource_type": "SCALING_GROUP")",
                              kNobody))}},
      {"AS.3043",
       {policy_v2(resource +
                  R"(, "scaling_policy_action": {"operation": "ADD", "size": 1, "limits": 9999999999})")}},
      {"AS.3045", {every("delete")}},
      {"AS.3046", {every("resume")}},
      {"AS.3047", {every("pause")}},
      {"AS.3048",
       {fmt::format(
           R"(POST v1/scaling_policies/action {{"action": "delete", "force_delete": "x", "scaling_policy_id": ["{}"]}})",
           kNobody)}},
      {"AS.3049", {R"(POST v1/scaling_policies/action {"action": "delete", "scaling_policy_id": []})"}},
      {"AS.3050", {policy(R"("scaling_policy_type": "ALARM", "alarm_id": "bell")")}},
      {"AS.3054", {policy_v2(R"("scaling_resource_id": "{group}")")}},
      {"AS.3055", {policy_v2(R"("scaling_resource_id": "g", "scaling_resource_type": "SCALING_GROUP")")}},
      {"AS.3056",
       {fmt::format(
           R"(POST v1/scaling_policies/action {{"action": "delete", "delete_alarm": "x", "scaling_policy_id": ["{}"]}})",
           kNobody)}},
      {"AS.3057", {"GET v2/scaling_policy?sort_by=COLOUR"}},
      {"AS.3058", {"GET v2/scaling_policy?order=UP"}},
  };
}

std::vector<Row> instance_rows() {
  const std::string of_other = fmt::format(
      R"(POST v1/scaling_group_instance/{{other}}/action {{"action": "REMOVE", "instances_id": ["{{first}}"]}})");
  const std::string add_to_other =
      R"(POST v1/scaling_group_instance/{other}/action {"action": "ADD", "instances_id": ["server-0-0"]})";
  const std::string resume_other = R"(POST v1/scaling_group/{other}/action {"action": "resume"})";
  return {
      {"AS.4000", {"GET v1/scaling_group_instance/{group}/list?start_number=x"}},
      {"AS.4001", {"GET v1/scaling_group_instance/{group}/list?limit=-1"}},
      {"AS.4003", {"GET v1/scaling_group_instance/{group}/list?life_cycle_state=ASLEEP"}},
      {"AS.4004", {"GET v1/scaling_group_instance/{group}/list?health_status=FINE"}},
      {"AS.4005", {fmt::format("GET v1/scaling_group_instance/{}/list", kNobody)}},
      {"AS.4006", {fmt::format("DELETE v1/scaling_group_instance/{}", kNobody)}},
      {"AS.4007", {fmt::format("DELETE v1/scaling_group_instance/{}?instance_delete=perhaps", kNobody)}},
      {"AS.4013", {batch("REMOVE", "")}},
      {"AS.4014", grown({kOtherGroup, of_other}), Seen::Batch},
      {"AS.4015", {desire(1), kResume, kFirst, batch("PROTECT", R"("{first}")")}, Seen::Batch},
      {"AS.4018", {batch("SHAKE", R"("server-0-0")")}},
      {"AS.4019", {batch("ADD", "")}},
      {"AS.4020",
       {modify(R"("available_zones": ["eu-de-02"])"), kResume, batch("ADD", R"("server-0-0")")},
       Seen::Batch},
      {"AS.4021", {kResume, batch("ADD", R"("elsewhere")")}, Seen::Batch},
      {"AS.4022", {batch("ADD", many(11, R"("server-0-0")"))}},
      {"AS.4023",
       {kResume, batch("ADD", R"("server-0-0")"), advance("10s"), batch("ADD", R"("server-0-0")")},
       Seen::Batch},
      {"AS.4024", {kResume, batch("ADD", R"("stopped")")}, Seen::Batch},
      {"AS.4026", {batch("REMOVE", many(51, kNobodyQuoted))}},
      {"AS.4027",
       {kOtherGroup, resume_other, add_to_other, kResume, batch("ADD", R"("server-0-0")")},
       Seen::Batch},
      {"AS.4028", {batch("REMOVE", R"("")")}},
      {"AS.4029", {kResume, batch("ADD", kNobodyQuoted)}},
      {"AS.4030", {batch("REMOVE", kNobodyQuoted)}},
      {"AS.4032", {batch("PROTECT", "")}},
      {"AS.4033", {batch("UNPROTECT", kNobodyQuoted)}},
      {"AS.4043", {batch("PROTECT", many(11, kNobodyQuoted))}},
  };
}

std::vector<Row> peripheral_rows() {
  const auto ecs_quota = [](api::WorldOptions& options) { options.behaviour.instance_quota = 1; };
  const auto one_backend = [](api::WorldOptions& options) { options.behaviour.listener_backend_limit = 1; };
  const auto all_400 = [](api::WorldOptions& options) {
    options.behaviour.unknown_id = sim::UnknownId::BadRequest400;
  };
  const auto callback = [](std::string_view members) {
    return fmt::format("PUT v1/scaling_instance_hook/{{group}}/callback {{{}}}", members);
  };
  const std::string long_text(257, 'x');
  const std::string log = "GET v2/scaling_activity_log/{group}";
  constexpr std::string_view kProject = "8a0e7c1d-0000-4000-8000-000000000001";
  return {
      {"AS.7012",
       {modify(R"("lb_listener_id": "listener")"), desire(2), kResume, advance("101s"),
        "GET v2/scaling_activity_log/{group}"},
       Seen::Log,
       one_backend},
      {"AS.7019",
       {desire(10), kResume, advance("101s"), log},
       Seen::Log,
       [](api::WorldOptions& options) { options.region.subnets[0].cidr = "10.0.0.0/28"; }},
      {"AS.7022", {configuration_with(R"("key_name": "lost")")}},
      {"AS.7030", {hook(R"("default_timeout": 59)")}},
      {"AS.7031", {hook(R"("lifecycle_hook_name": "list")")}},
      {"AS.7032",
       {R"(POST v1/scaling_lifecycle_hook/{group} {"lifecycle_hook_type": "INSTANCE_LAUNCHING"})"}},
      {"AS.7033", {hook(R"("lifecycle_hook_type": "INSTANCE_RESTING")")}},
      {"AS.7034", {hook(R"("default_result": "MAYBE")")}},
      {"AS.7035", {hook(fmt::format(R"("notification_metadata": "{}")", long_text))}},
      {"AS.7036", {"GET v1/scaling_lifecycle_hook/{group}/nobody"}, Seen::Error, all_400},
      {"AS.7037",
       {R"(POST v1/scaling_lifecycle_hook/{group} {"lifecycle_hook_name": "h", "notification_topic_urn": "{topic}"})"}},
      {"AS.7038",
       {hook(R"("lifecycle_hook_name": "a")"), hook(R"("lifecycle_hook_name": "b")"),
        hook(R"("lifecycle_hook_name": "c")"), hook(R"("lifecycle_hook_name": "d")"),
        hook(R"("lifecycle_hook_name": "e")"), hook(R"("lifecycle_hook_name": "f")")}},
      {"AS.7039", {callback(R"("lifecycle_action_key": "k")")}},
      {"AS.7040", {callback(R"("lifecycle_action_result": "CONTINUE", "instance_id": "i")")}},
      {"AS.7041", {hook(R"("default_timeout": 60)"), hook(R"("default_timeout": 60)")}},
      {"AS.7042", {callback(R"("lifecycle_action_result": "CONTINUE", "lifecycle_action_key": "k")")}},
      {"AS.7043", {hook(R"("notification_topic_urn": "post office")")}},
      {"AS.7044", {R"(POST v1/scaling_group_tag/{group}/tags/action {"action": "create"})"}},
      {"AS.7045",
       {tags(
           R"({"key": "a"}, {"key": "b"}, {"key": "c"}, {"key": "d"}, {"key": "e"}, {"key": "f"}, {"key": "g"},)"
           R"({"key": "h"}, {"key": "i"}, {"key": "j"}, {"key": "k"})")}},
      {"AS.7046", {tags(R"({"key": "a b"})")}},
      {"AS.7047", {tags(fmt::format(R"({{"key": "a", "value": "{}"}})", std::string(44, 'x')))}},
      {"AS.7048", {"GET v1/server/tags"}},
      {"AS.7049", {tags(R"({"key": "a"})", "paint")}},
      {"AS.7050", {tags(R"({"key": "a"}, {"key": "a"})")}},
      {"AS.7052", {query_tags(R"("matches": [{"key": "colour", "value": "red"}])")}},
      {"AS.7054", {query_tags(R"("tags": [{"key": "a", "values": ["b", "b"]}])")}},
      {"AS.7055", {hook(R"("notification_metadata": "<b>")")}},
      {"AS.7059", {group(fmt::format(R"("enterprise_project_id": "{}")", kNobody))}},
      {"AS.7060",
       {group(fmt::format(R"("enterprise_project_id": "{}")", kProject))},
       Seen::Error,
       [](api::WorldOptions& options) {
         options.region.project_status[sim::EnterpriseProjectId{2}] = sim::ProjectStatus::Unavailable;
       }},
      {"AS.7081",
       {group(fmt::format(R"("enterprise_project_id": "{}")", kProject))},
       Seen::Error,
       [](api::WorldOptions& options) {
         options.region.project_status[sim::EnterpriseProjectId{2}] = sim::ProjectStatus::Disabled;
       }},
      {"AS.7061", {query_tags(R"("tags": [{"key": "a"}])")}},
      {"AS.7062", {tags(R"({"value": "a"})")}},
      {"AS.7063", {tags(fmt::format(R"({{"key": "{}"}})", std::string(37, 'x')))}},
      {"AS.7065", {group(R"("enterprise_project_id": "ours")")}},
      {"AS.7111", {desire(2), kResume, advance("101s"), log}, Seen::Log, ecs_quota},
      {"AS.7112",
       {desire(2), kResume, advance("101s"), log},
       Seen::Log,
       [](api::WorldOptions& options) { options.behaviour.disk_quota = 1; }},
      {"AS.7113",
       {"x = " +
            eip(R"("ip_type": "5_bgp", "bandwidth": {"size": 5, "share_type": "PER", "charging_mode": "traffic"})"),
        modify(R"("scaling_configuration_id": "{x}")"), desire(2), kResume, advance("101s"), log},
       Seen::Log,
       [](api::WorldOptions& options) { options.behaviour.eip_quota = 1; }},
      {"AS.7114",
       {desire(2), kResume, advance("101s"), log},
       Seen::Log,
       [](api::WorldOptions& options) { options.behaviour.memory_quota_mb = 2048; }},
      {"AS.7115",
       {desire(2), kResume, advance("101s"), log},
       Seen::Log,
       [](api::WorldOptions& options) { options.behaviour.vcpu_quota = 1; }},
  };
}

std::vector<Row> log_rows() {
  return {
      {"AS.9001", {"GET v1/scaling_activity_log/{group}?start_time=x"}},
      {"AS.9002", {"GET v1/scaling_activity_log/{group}?end_time=x"}},
      {"AS.9003", {"GET v1/scaling_activity_log/{group}?start_number=x"}},
      {"AS.9004", {"GET v1/scaling_activity_log/{group}?limit=x"}},
      {"AS.9005", {"GET v2/scaling_activity_log/{group}?log_id=x"}},
      {"AS.9007", {"policy = " + once(), "GET v1/scaling_policy_execute_log/{policy}?end_time=x"}},
      {"AS.9008", {"policy = " + once(), "GET v1/scaling_policy_execute_log/{policy}?start_number=x"}},
      {"AS.9009", {"policy = " + once(), "GET v1/scaling_policy_execute_log/{policy}?limit=x"}},
      {"AS.9010", {"policy = " + once(), "GET v1/scaling_policy_execute_log/{policy}?log_id=x"}},
      {"AS.9011", {"policy = " + once(), "GET v1/scaling_policy_execute_log/{policy}?scaling_resource_id=x"}},
      {"AS.9012", {"GET v2/scaling_activity_log/{group}?type=x"}},
      {"AS.9013", {"GET v2/scaling_activity_log/{group}?status=x"}},
  };
}

std::vector<Row> all_rows() {
  std::vector<Row> all;
  for (const auto& part : {general_rows(), configuration_rows(), group_rows(), policy_rows(), instance_rows(),
                           peripheral_rows(), log_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

// ---- What nothing can raise ----

struct Unraised {
  const char *code, *why;
};

const std::vector<Unraised>& unraised() {
  static const char* const kPath =
      "An id of the path can't be missing: without it the path is another call's, or AS.0007.";
  static const char* const kDefault = "It has a default, so leaving it out is no fault.";
  static const char* const kNoCall =
      "No documented call has this parameter: the log of desired numbers is not public.";
  static const char* const kInside =
      "The service asked is part of this program and answers; a testbed's fault of the calls can say so all "
      "the same.";
  static const std::vector<Unraised> kAll{
      {"AS.0011", "Every account may do everything in its project; roles are not modelled."},
      {"AS.0031", "As AS.0011: there are no fine-grained rights to lack."},
      {"AS.0049", kInside},
      {"AS.1009", kPath},
      {"AS.1025", "The key pair is the login mode; clients send a password beside it, which is taken."},
      {"AS.1050",
       "The login mode is not named by a field: a key pair is there (AS.7022) or missing (AS.1026)."},
      {"AS.2009", kPath},
      {"AS.3015", kDefault},
      {"AS.3016", kDefault},
      {"AS.4008", kNoCall},
      {"AS.4009", kNoCall},
      {"AS.4010", kNoCall},
      {"AS.4011", kNoCall},
      {"AS.4012", kNoCall},
      {"AS.4017",
       "An empty list has a code for each action (AS.4013, AS.4019, AS.4032), an empty id is AS.4028."},
      {"AS.7078", kInside},
      {"AS.7079", kInside},
  };
  return kAll;
}

// ---- The documented codes ----

struct Documented {
  std::string code, status, meaning;
};

std::vector<Documented> documented() {
  std::vector<Documented> all;
  std::istringstream in(support::read_file(fs::path(TIDEPOOL_SOURCE_DIR) / "tests/clients/codes.txt"));
  for (std::string line; std::getline(in, line);)
    all.push_back({line.substr(0, 7), line.substr(8, 3), line.substr(12)});
  return all;
}

std::string documented_status(std::string_view code) {
  for (const Documented& each : documented())
    if (each.code == code) return each.status;
  return "none";
}

// The last step, and the two that a line can't say.
api::Response last_step(Scene& scene, const std::string& line) {
  const std::string target = filled("/autoscaling-api/v1/{p}/scaling_group", scene.names());
  if (line.ends_with("without a token")) return scene.client().send("GET", target);
  if (line.ends_with("with a wrong token"))
    return scene.client().send("GET", target, {}, {{"X-Auth-Token", "x"}});
  return scene.step(line);
}

std::string code_of(const api::Response& response) { return text_at(parsed(response.body), "error/code"); }

// As much of a step as a list has room for.
std::string brief(std::string step) {
  if (const auto at = step.find(" = "); at < 12) step.erase(0, at + 3);
  const std::size_t body = step.find(" {");
  step.resize(std::min(step.size(), body));
  if (step.ends_with(' ')) step.pop_back();
  return step;
}

std::string list_of_codes() {
  std::map<std::string, std::string> how;
  for (const Row& each : all_rows()) {
    const char* where = each.seen == Seen::Error   ? ""
                        : each.seen == Seen::Batch ? ", for one of several"
                                                   : ", told there";
    how.emplace(each.code, fmt::format("`{}`{}", brief(each.steps.back()), where));
  }
  std::string text = fmt::format(
      "# The codes of the service\n\n"
      "All that the service's appendix \"Error Codes\" lists: {} of {} are raised, each by the call shown "
      "here in\n"
      "`tests/clients/codes_test.cpp`, which writes this file. A testbed's fault can answer with any of "
      "them.\n\n"
      "| code | status | meaning | raised by, or why not |\n|---|---|---|---|\n",
      how.size(), documented().size());
  for (const Documented& each : documented()) {
    const auto raised = how.find(each.code);
    const auto why = std::ranges::find(unraised(), each.code, &Unraised::code);
    const std::string last = raised != how.end()       ? raised->second
                             : why != unraised().end() ? fmt::format("*never:* {}", why->why)
                                                       : "?";
    text += fmt::format("| {} | {} | {} | {} |\n", each.code, each.status, each.meaning, last);
  }
  return text;
}

}  // namespace

TEST_CASE("each code that can be raised is raised, with its status (AS documents, Error Codes)",
          "[clients][codes]") {
  for (const Row& row : all_rows()) {
    CAPTURE(row.code);
    api::WorldOptions options = scene_options();
    if (row.adjust != nullptr) row.adjust(options);
    Scene scene(std::move(options));
    for (std::size_t i = 0; i + 1 < row.steps.size(); ++i) scene.must(row.steps[i]);
    const api::Response response = last_step(scene, row.steps.back());
    INFO(row.steps.back() << " -> " << response.status << " " << response.body);
    switch (row.seen) {
      case Seen::Error:
        CHECK(std::to_string(response.status) == documented_status(row.code));
        if (response.status >= 400) CHECK(code_of(response) == row.code);
        break;
      case Seen::Batch:
        CHECK(response.status == 400);
        CHECK_THAT(text_at(parsed(response.body), "error/message"), Catch::Contains(row.code));
        break;
      case Seen::Log:
        CHECK(response.status == 200);
        CHECK_THAT(response.body, Catch::Contains(row.code));
        break;
    }
  }
}

TEST_CASE("each documented code is either raised or can't be, and never both", "[clients][codes]") {
  std::set<std::string> raised, never, both, all;
  for (const Row& each : all_rows()) raised.insert(each.code);
  for (const Unraised& each : unraised()) never.insert(each.code);
  for (const Documented& each : documented()) all.insert(each.code);
  CHECK(all.size() == 260);
  std::ranges::set_intersection(raised, never, std::inserter(both, both.end()));
  CHECK(both.empty());
  std::set<std::string> told = raised;
  told.insert(never.begin(), never.end());
  std::vector<std::string> missing, unknown;
  std::ranges::set_difference(all, told, std::back_inserter(missing));
  std::ranges::set_difference(told, all, std::back_inserter(unknown));
  CAPTURE(missing, unknown);
  CHECK(told == all);
}

TEST_CASE("the list of codes is the one that is kept", "[clients][codes]") {
  const fs::path file = fs::path(TIDEPOOL_SOURCE_DIR) / "api/wire/CODES.md";
  if (is_set("UPDATE_GOLDEN")) support::write_file(file, list_of_codes());
  CHECK(support::read_file(file) == list_of_codes());
}

}  // namespace tidepool::clients
