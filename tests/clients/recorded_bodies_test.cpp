// Request bodies as four clients were seen to send them, with nothing changed but the ids. All of them are taken.
#include <catch2/catch.hpp>

#include "tests/clients/scene.hpp"

namespace tidepool::clients {

TEST_CASE("configurations as they are sent are taken, and read back as Terraform compares them",
          "[clients]") {
  Scene scene;
  scene.must(R"(c = POST v1/scaling_configuration {"scaling_configuration_name":"x","instance_config":{
    "flavorRef":"s3.medium","imageRef":"0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001","key_name":"key",
    "disk":[{"size":40,"volume_type":"SATA","disk_type":"SYS","metadata":null,
             "dedicated_storage_id":"","data_disk_image_id":"","snapshot_id":""}],
    "security_groups":[{"id":"second-security-group"},{"id":"security-group"}],"metadata":{"admin_pass":"Wq8-tidal-pool"},"user_data":"IyEvYmluL3NoCg==",
    "public_ip":{"eip":{"ip_type":"5_bgp","bandwidth":{"size":125,"share_type":"PER","charging_mode":"traffic"}}},
    "personality":[{"path":"/etc/motd","content":"aGVsbG8="}]}})");
  const auto shown =
      scene.json("GET v1/scaling_configuration/{c}").at_pointer("/scaling_configuration/instance_config");
  CHECK(shown.at("flavorRef") == "s3.medium");
  CHECK(shown.at("imageRef") == "0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001");
  CHECK(shown.at("key_name") == "key");
  CHECK(shown.at("instance_id").is_null());
  CHECK(shown.at("user_data") == "IyEvYmluL3NoCg==");
  CHECK(shown.at("security_groups") == parsed(R"([{"id":"second-security-group"},{"id":"security-group"}])"));
  CHECK(shown.at_pointer("/disk/0/size") == 40);
}

TEST_CASE("Terraform's configuration with all that it leaves empty is taken", "[clients]") {
  const auto volume = GENERATE(as<std::string>(), "SATA", "SAS", "SSD", "co-p1", "uh-l1");
  Scene scene;
  scene.must(
      R"(POST v1/scaling_configuration {"scaling_configuration_name":"x","instance_config":{"instance_id":"",
    "flavorRef":"s3.medium,s3.large","imageRef":"debian","key_name":"key",
    "disk":[{"size":40,"volume_type":")" +
      volume +
      R"(","disk_type":"SYS","metadata":null,"dedicated_storage_id":"","data_disk_image_id":"","snapshot_id":""}],
    "security_groups":[{"id":"security-group"}],"metadata":{},"user_data":"","public_ip":null,"personality":null}})");
}

TEST_CASE("a server as a template takes the place of flavor, image and disk (Python SDK)", "[clients]") {
  Scene scene;
  scene.must(
      R"(POST v1/scaling_configuration {"scaling_configuration_name":"x","instance_config":{"instance_id":"server-0-0","key_name":"key"}})");
}

TEST_CASE("groups as they are sent are taken", "[clients]") {
  Scene scene;
  SECTION("Go SDK") {
    scene.must(
        R"(g = POST v1/scaling_group {"scaling_group_name":"g","scaling_configuration_id":"{conf}","desire_instance_number":1,
      "max_instance_number":2,"networks":[{"id":"subnet"}],"security_groups":[{"id":"security-group"}],"vpc_id":"vpc","delete_publicip":true})");
    scene.must(
        R"(PUT v1/scaling_group/{g} {"scaling_group_name":"h","desire_instance_number":0,"min_instance_number":0,"max_instance_number":0,
      "security_groups":[{"id":"second-security-group"}],"delete_publicip":false})");
    const auto shown = scene.json("GET v1/scaling_group/{g}").at("scaling_group");
    CHECK(shown.at("scaling_group_name") == "h");
    CHECK(shown.at("delete_publicip") == false);
  }
  SECTION("Terraform, and the whole again while the group is in service") {
    const std::string body =
        R"({"scaling_group_name":"g","scaling_configuration_id":"{conf}","desire_instance_number":2,
      "min_instance_number":1,"max_instance_number":4,"cool_down_time":900,
      "lbaas_listeners":[{"listener_id":"","pool_id":"pool","protocol_port":8080,"weight":1}],"available_zones":["eu-de-01","eu-de-02"],
      "networks":[{"id":"subnet"}],"security_groups":[{"id":"security-group"}],"vpc_id":"vpc","health_periodic_audit_method":"NOVA_AUDIT",
      "health_periodic_audit_time":5,"health_periodic_audit_grace_period":600,"instance_terminate_policy":"OLD_CONFIG_OLD_INSTANCE",
      "notifications":["EMAIL"],"delete_publicip":false})";
    scene.must("g = POST v1/scaling_group " + body);
    scene.must(R"(POST v1/scaling_group/{g}/action {"action":"resume"})");
    scene.advance("200s");
    scene.must("PUT v1/scaling_group/{g} " + body);
  }
  SECTION("Ansible, without configuration and numbers") {
    scene.must(
        R"(POST v1/scaling_group {"scaling_group_name":"g","networks":[{"id":"subnet"}],"vpc_id":"vpc","multi_az_priority_policy":"PICK_FIRST"})");
  }
  SECTION("Python SDK, only what changed") {
    scene.must(R"(PUT v1/scaling_group/{group} {"desire_instance_number":1})");
    scene.must(R"(PUT v1/scaling_group/{group} {"desire_instance_number":0})");
  }
}

TEST_CASE("policies as they are sent are taken, and their times come back as they came", "[clients]") {
  Scene scene;
  scene.must(
      R"(p1 = POST v1/scaling_policy {"scaling_policy_name":"p","scaling_group_id":"{group}","scaling_policy_type":"RECURRENCE",
    "scheduled_policy":{"launch_time":"10:30","recurrence_type":"Weekly","recurrence_value":"1,3,5","end_time":"2040-12-31T10:30Z"},
    "scaling_policy_action":{"operation":"ADD","instance_percentage":15},"cool_down_time":900})");
  const auto schedule =
      scene.json("GET v1/scaling_policy/{p1}").at_pointer("/scaling_policy/scheduled_policy");
  CHECK(schedule.at("launch_time") == "10:30");
  CHECK(schedule.at("recurrence_type") == "Weekly");
  CHECK(schedule.at("recurrence_value") == "1,3,5");
  CHECK(schedule.at("end_time") == "2040-12-31T10:30Z");
  scene.must(R"(PUT v1/scaling_policy/{p1} {"scaling_policy_name":"q","scaling_policy_type":"RECURRENCE",
    "scheduled_policy":{"launch_time":"10:30","recurrence_type":"Daily","start_time":null,"end_time":"2040-12-31T10:30Z"},
    "scaling_policy_action":{"instance_percentage":30},"cool_down_time":0})");
  CHECK(scene.json("GET v1/scaling_policy/{p1}").at_pointer("/scaling_policy/scaling_policy_action") ==
        parsed(R"({"operation":"ADD","instance_percentage":30})"));
  scene.must(R"(PUT v1/scaling_policy/{p1} {"cool_down_time":10})");
  scene.must(R"(POST v1/scaling_policy/{p1}/action {"ScalingPolicyId":"{p1}","action":"pause"})");
  scene.must(
      R"(p2 = POST v2/scaling_policy {"scaling_policy_name":"p","scaling_policy_type":"RECURRENCE","scaling_resource_id":"{group}",
    "scaling_resource_type":"SCALING_GROUP","scheduled_policy":{"launch_time":"10:30","recurrence_type":"Daily","end_time":"2040-12-31T10:30Z"},
    "scaling_policy_action":{"operation":"REDUCE","size":1},"cool_down_time":300})");
}

TEST_CASE("hooks, tags and batches as they are sent are taken", "[clients]") {
  Scene scene;
  scene.must(
      R"(POST v1/scaling_lifecycle_hook/{group} {"lifecycle_hook_name":"h","lifecycle_hook_type":"INSTANCE_LAUNCHING",
    "notification_topic_urn":"{topic}","default_result":"ABANDON","default_timeout":3600,"notification_metadata":"m"})");
  scene.must(
      R"(PUT v1/scaling_lifecycle_hook/{group}/h {"lifecycle_hook_type":"INSTANCE_TERMINATING","default_result":"CONTINUE"})");
  for (const char* action : {"create", "update", "delete"})
    scene.must(std::string(R"(POST v1/scaling_group_tag/{group}/tags/action {"action":")") + action +
               R"(","tags":[{"key":"muh","value":"value-create"}]})");
  CHECK(scene.json("GET v1/scaling_group_tag/{group}/tags").at("tags").as_array().empty());
  scene.must(
      R"(c = POST v1/scaling_configuration {"scaling_configuration_name":"c","instance_config":{{C}}})");
  scene.must(R"(POST v1/scaling_configurations {"scaling_configuration_id":["{c}"]})");
}

TEST_CASE("instance batches as they are sent are taken", "[clients]") {
  Scene scene;
  scene.grow(1);
  scene.must(
      R"(POST v1/scaling_group_instance/{group}/action {"instances_id":["server-0-0"],"action":"ADD"})");
  scene.advance("10s");
  scene.must(
      R"(POST v1/scaling_group_instance/{group}/action {"instances_id":["{i0}"],"action":"PROTECT","instance_delete":"no"})");
  scene.must(
      R"(POST v1/scaling_group_instance/{group}/action {"instances_id":["{i0}"],"action":"REMOVE","instance_delete":"yes"})");
}

}  // namespace tidepool::clients
