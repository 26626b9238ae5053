#include "api/wire/as_configuration_json.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "api/wire/fields.hpp"
#include "api/wire/ids_text.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using namespace sim;
using support::a_cloud;

constexpr std::string_view kProject = "9f0c1d2e3b4a5968778695a4b3c2d1e0";
constexpr const char* kConfig = R"({"flavorRef": "s3.medium", "imageRef": "debian", "key_name": "key",
                                    "disk": [{"size": 40, "volume_type": "SSD", "disk_type": "SYS"}]})";

// A complete request, with some members of instance_config added or replaced.
std::string a_body(const std::string& members = "{}") {
  boost::json::object config = boost::json::parse(kConfig).as_object();
  const boost::json::object given = boost::json::parse(members).as_object();
  for (const auto& each : given) config[each.key()] = each.value();
  return to_text(boost::json::object{{"scaling_configuration_name", "conf"}, {"instance_config", config}});
}

template <class T>
std::string told(const Result<T>& result) {
  return result ? "ok" : code_text(result.error().code) + " " + result.error().message;
}

AsConfiguration read(const std::string& body, const Cloud& cloud = a_cloud()) {
  const auto request = read_create_as_configuration(body, cloud);
  if (!request) FAIL(told(request));
  return request->set;
}

// ---- Creating ----

TEST_CASE(
    "each documented member of a configuration reaches the command (AS API reference, creating a "
    "configuration)",
    "[wire]") {
  struct Row {
    const char* members;
    bool (*holds)(const AsConfiguration&);
  };
  using C = AsConfiguration;
  using Entries = std::vector<std::pair<std::string, std::string>>;
  const auto row = GENERATE(values<Row>({
      {"{}", [](const C& c) { return c.name == "conf" && !c.cloned; }},
      {"{}", [](const C& c) { return c.flavors == std::vector{support::kSmall}; }},
      {R"({"flavorRef": "p2.gpu,s3.large,s3.medium"})",
       [](const C& c) {
         return c.flavors == std::vector{support::kGpu, support::kLarge, support::kSmall};
       }},
      {"{}", [](const C& c) { return c.image == ImageId{0}; }},
      {"{}", [](const C& c) { return c.key_name == "key"; }},
      {R"({"disk": [{"size": "10", "volume_type": "co-p1", "disk_type": "SYS"}]})",
       [](const C& c) { return c.disks[0].size_gb == 10 && c.disks[0].volume_type == VolumeType::CoP1; }},
      {R"({"disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"},
                    {"size": 100, "volume_type": "ESSD", "disk_type": "DATA", "data_disk_image_id": "debian",
                     "metadata": {"__system__encrypted": "1", "__system__cmkid": "k"}}]})",
       [](const C& c) {
         const Disk& data = c.disks.at(1);
         return c.disks.size() == 2 && data.size_gb == 100 && data.volume_type == VolumeType::Essd &&
                data.type == DiskType::Data && data.data_image == "debian" &&
                data.metadata == Entries{{"__system__encrypted", "1"}, {"__system__cmkid", "k"}};
       }},
      {R"({"disk": [{"size": 40, "volume_type": "uh-l1", "disk_type": "SYS", "snapshot_id": "5f0c1d2e-0000-4000-8000-000000000001"}]})",
       [](const C& c) {
         return c.disks[0].snapshot_id == "5f0c1d2e-0000-4000-8000-000000000001" &&
                c.disks[0].volume_type == VolumeType::UhL1;
       }},
      {R"({"personality": [{"path": "/etc/motd", "content": "aGVsbG8="}]})",
       [](const C& c) {
         return c.personality.at(0).path == "/etc/motd" && c.personality[0].content == "aGVsbG8=";
       }},
      {R"({"public_ip": {"eip": {"ip_type": "5_bgp",
                                 "bandwidth": {"size": 10, "share_type": "PER", "charging_mode": "traffic"}}}})",
       [](const C& c) {
         return c.public_ip && c.public_ip->ip_type == "5_bgp" && c.public_ip->bandwidth_mbit == 10;
       }},
      {R"({"user_data": "IyEvYmluL3No"})", [](const C& c) { return c.user_data == "IyEvYmluL3No"; }},
      {R"({"metadata": {"admin_pass": "abcdEF12", "role": "web"}})",
       [](const C& c) {
         return c.metadata == Entries{{"admin_pass", "abcdEF12"}, {"role", "web"}};
       }},
      {R"({"security_groups": [{"id": "second-security-group"}, {"id": "security-group"}]})",
       [](const C& c) {
         return c.security_groups == std::vector{SecurityGroupId{1}, SecurityGroupId{0}};
       }},
      {R"({"market_type": "spot"})", [](const C& c) { return c.market_type == "spot"; }},
      {R"({"multi_flavor_priority_policy": "PICK_FIRST"})",
       [](const C& c) { return c.flavor_priority == FlavorPriority::PickFirst; }},
      {R"({"multi_flavor_priority_policy": "COST_FIRST"})",
       [](const C& c) { return c.flavor_priority == FlavorPriority::CostFirst; }},
      {R"({"public_ip": null, "user_data": null, "market_type": null})",
       [](const C& c) { return !c.public_ip && !c.user_data && !c.market_type; }},
  }));
  CAPTURE(row.members);
  CHECK(row.holds(read(a_body(row.members))));
}

TEST_CASE("every type of volume has its spelling (AS API reference, creating a configuration)", "[wire]") {
  const char* type = GENERATE("SATA", "SAS", "SSD", "ESSD", "co-p1", "uh-l1");
  Cloud cloud = a_cloud();
  const std::string disk = fmt::format(R"([{{"size":40,"volume_type":"{}","disk_type":"SYS"}}])", type);
  const auto id = cloud.submit(CreateAsConfiguration{read(a_body(R"({"disk": )" + disk + "}"), cloud)});
  REQUIRE(support::outcome(id) == "ok");
  CHECK(to_text(write_as_configuration(cloud, *id, kProject).at("instance_config").at("disk")) == disk);
}

TEST_CASE(
    "a configuration that can't be read is refused with the member's own code (AS API reference, creating a "
    "configuration, error codes)",
    "[wire]") {
  struct Row {
    const char *members, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"flavorRef": "s3.medium,x"})",
       R"(AS.1017 instance_config.flavorRef "s3.medium,x": expected flavors of the region with commas between)"},
      {R"({"flavorRef": "s3.medium,"})",
       R"(AS.1017 instance_config.flavorRef "s3.medium,": expected flavors of the region with commas between)"},
      {R"({"flavorRef": ["s3.medium"]})",
       R"(AS.0022 instance_config.flavorRef ["s3.medium"]: expected a string)"},
      {R"({"imageRef": "x"})",
       R"(AS.1075 instance_config.imageRef "x": expected the id of an existing image)"},
      {R"({"imageRef": "0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001"})",
       "AS.1015 instance_config.imageRef \"0f8d7a3c-6d1a-4a1b-8a39-55c3c9d5e001\": expected the id of an "
       "existing "
       "image"},
      {R"({"disk": {}})", "AS.0022 instance_config.disk {}: expected an array of objects"},
      {R"({"disk": [{"volume_type": "SSD", "disk_type": "SYS"}]})",
       "AS.1031 instance_config.disk[0].size is missing: expected 1 to 1024 for SYS, 10 to 32768 for DATA"},
      {R"({"disk": [{"size": 40, "volume_type": "ssd", "disk_type": "SYS"}]})",
       R"(AS.1033 instance_config.disk[0].volume_type "ssd": expected SATA, SAS, SSD, ESSD, co-p1, uh-l1)"},
      {R"({"disk": [{"size": 40, "disk_type": "SYS"}]})",
       "AS.1033 instance_config.disk[0].volume_type is missing: expected the type of a volume"},
      {R"({"disk": [{"size": 40, "volume_type": "SSD", "disk_type": "ROOT"}]})",
       R"(AS.1034 instance_config.disk[0].disk_type "ROOT": expected SYS, DATA)"},
      {R"({"disk": [{"size": 40, "volume_type": "SSD"}]})",
       "AS.1034 instance_config.disk[0].disk_type is missing: expected SYS or DATA"},
      {R"({"disk": [{"size": 40, "volume_type": "SSD", "disk_type": "SYS", "metadata": {"a": 1}}]})",
       "AS.0022 instance_config.disk[0].metadata.a 1: expected a string"},
      {R"({"personality": [{"content": "aGVsbG8="}]})",
       "AS.1027 instance_config.personality[0].path is missing: expected a text"},
      {R"({"personality": [{"path": "/etc/motd"}]})",
       "AS.1027 instance_config.personality[0].content is missing: expected a text"},
      {R"({"public_ip": {}})",
       "AS.1041 instance_config.public_ip.eip is missing: expected an object with ip_type and bandwidth"},
      {R"({"public_ip": {"eip": {"bandwidth": {"size": 1, "share_type": "PER", "charging_mode": "traffic"}}}})",
       "AS.1043 instance_config.public_ip.eip.ip_type is missing: expected a text"},
      {R"({"public_ip": {"eip": {"ip_type": "5_bgp"}}})",
       "AS.1046 instance_config.public_ip.eip.bandwidth is missing: expected an object with a size"},
      {R"({"public_ip": {"eip": {"ip_type": "5_bgp", "bandwidth": {"share_type": "PER"}}}})",
       "AS.1046 instance_config.public_ip.eip.bandwidth.size is missing: expected 1 to 500"},
      {R"({"public_ip": {"eip": {"ip_type": "5_bgp", "bandwidth": {"size": 3000000000}}}})",
       "AS.1042 instance_config.public_ip.eip.bandwidth.size 3000000000: expected 1 to 500"},
      {R"({"public_ip": {"eip": {"ip_type": "5_bgp",
                                 "bandwidth": {"size": 1, "share_type": "WHOLE", "charging_mode": "traffic"}}}})",
       R"(AS.1045 instance_config.public_ip.eip.bandwidth.share_type "WHOLE": expected PER)"},
      {R"({"public_ip": {"eip": {"ip_type": "5_bgp", "bandwidth": {"size": 1, "share_type": "PER"}}}})",
       "AS.1044 instance_config.public_ip.eip.bandwidth.charging_mode is missing: expected traffic"},
      {R"({"user_data": 7})", "AS.0022 instance_config.user_data 7: expected a string"},
      {R"({"metadata": []})", "AS.0022 instance_config.metadata []: expected an object"},
      {R"({"metadata": {"role": true}})", "AS.0022 instance_config.metadata.role true: expected a string"},
      {R"({"security_groups": [{"id": "x"}]})",
       R"(AS.2014 instance_config.security_groups[0].id "x": expected an existing security group)"},
      {R"({"multi_flavor_priority_policy": "RANDOM"})",
       R"(AS.1085 instance_config.multi_flavor_priority_policy "RANDOM": expected PICK_FIRST, COST_FIRST)"},
      {R"({"instance_id": "x"})", R"(AS.4006 instance_config.instance_id "x": expected an existing ECS)"},
  }));
  CHECK(told(read_create_as_configuration(a_body(row.members), a_cloud())) == row.expected);
}

TEST_CASE("name and instance_config are mandatory without a source (AS.1007, 1011)", "[wire]") {
  const Cloud cloud = a_cloud();
  const auto outcome = [&](const std::string& body) {
    return told(read_create_as_configuration(body, cloud));
  };
  CHECK(outcome("") == "AS.0002 the request has no body: expected a JSON object");
  CHECK(outcome("[]").starts_with("AS.0022 "));
  CHECK(outcome(fmt::format(R"({{"instance_config": {}}})", kConfig)) ==
        "AS.1007 scaling_configuration_name is missing: expected 1 to 64 characters");
  CHECK(outcome(R"({"scaling_configuration_name": "conf"})") ==
        "AS.1011 instance_config is missing: expected an object");
  CHECK(outcome(R"({"scaling_configuration_name": "conf", "instance_config": 7})") ==
        "AS.0022 instance_config 7: expected an object");
  CHECK(outcome(R"({"source_scaling_configuration_id": "x"})").starts_with("AS.1004 "));
}

TEST_CASE(
    "ranges and combinations are found when the configuration is submitted (AS API reference, creating a "
    "configuration)",
    "[wire]") {
  struct Row {
    const char *members, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"flavorRef": null})", "AS.1016"},
      {R"({"flavorRef": ""})", "AS.1016"},
      {R"({"imageRef": null})", "AS.1014"},
      {R"({"imageRef": ""})", "AS.1014"},
      {R"({"disk": null})", "AS.1028"},
      {R"({"disk": [{"size": 100, "volume_type": "SSD", "disk_type": "DATA"}]})", "AS.1029"},
      {R"({"disk": [{"size": 9, "volume_type": "SSD", "disk_type": "SYS"}]})", "AS.1030"},
      {R"({"key_name": null})", "AS.1026"},
      {R"({"key_name": "x"})", "AS.7022"},
      {R"({"user_data": "#!/bin/sh"})", "AS.1049"},
      {R"({"metadata": {"a b": "c"}})", "AS.1052"},
      {R"({"metadata": {"admin_pass": "weak"}})", "AS.1035"},
  }));
  CAPTURE(row.members);
  Cloud cloud = a_cloud();
  CHECK(support::outcome(cloud.submit(CreateAsConfiguration{read(a_body(row.members), cloud)})) ==
        row.expected);
}

TEST_CASE("with strict_body a configuration's unknown members are refused at every depth (our decision)",
          "[wire]") {
  Behaviour strict;
  strict.strict_body = true;
  const Cloud cloud = a_cloud(strict);
  const auto outcome = [&](const char* members) {
    return told(read_create_as_configuration(a_body(members), cloud));
  };
  CHECK(outcome("{}") == "ok");
  CHECK(outcome(R"({"colour": 1})").starts_with("AS.0022 instance_config.colour: expected none but "));
  CHECK(outcome(R"({"disk": [{"size": 40, "volume_type": "SSD", "disk_type": "SYS", "colour": 1}]})")
            .starts_with("AS.0022 instance_config.disk[0].colour: "));
}

// ---- From something that exists ----

TEST_CASE(
    "a source configuration gives what the request does not (AS API reference, creating a configuration)",
    "[wire]") {
  Cloud cloud = a_cloud();
  support::ConfigurationSpec spec;
  spec.flavors = {support::kLarge, support::kSmall};
  spec.data_disks = 1;
  spec.eip_mbit = 5;
  const auto source = IdText{cloud.seed()}.text(support::create_configuration(cloud, spec));
  const auto from_source = [&](const std::string& more) {
    return read(fmt::format(R"({{"source_scaling_configuration_id": "{}"{}}})", source, more), cloud);
  };
  const AsConfiguration same = from_source("");
  CHECK(same.name == "conf");
  CHECK(same.flavors == spec.flavors);
  CHECK(same.disks.size() == 2);
  CHECK(same.public_ip->bandwidth_mbit == 5);

  const AsConfiguration other = from_source(
      R"(, "scaling_configuration_name": "other", "instance_config": {"flavorRef": "p2.gpu", "disk": null})");
  CHECK(other.name == "other");
  CHECK(other.flavors == std::vector{support::kGpu});
  CHECK(other.disks.size() == 2);
  CHECK(other.key_name == "key");
  CHECK(support::outcome(cloud.submit(CreateAsConfiguration{other})) == "ok");
}

TEST_CASE(
    "a configuration cloned from an ECS takes what that ECS is made of (AS API reference, creating a "
    "configuration)",
    "[wire]") {
  support::CloudSpec spec;
  Server& server = spec.region.servers[0];
  server.flavor = support::kLarge;
  server.image = ImageId{0};
  server.disks = {{77, VolumeType::Sas, DiskType::System, "", "", {}}};
  server.security_groups = {SecurityGroupId{1}};
  const Cloud cloud = a_cloud(spec);
  // What the request says of these four does not matter, not even that it is wrong.
  const AsConfiguration cloned = read(
      a_body(
          R"({"instance_id": "server-0-0", "flavorRef": "x", "imageRef": "x", "disk": 7, "security_groups": 7})"),
      cloud);
  CHECK(cloned.cloned);
  CHECK(cloned.flavors == std::vector{support::kLarge});
  CHECK(cloned.image == ImageId{0});
  CHECK(cloned.disks.at(0).size_gb == 77);
  CHECK(cloned.security_groups == std::vector{SecurityGroupId{1}});
  CHECK(cloned.key_name == "key");
}

TEST_CASE("where the region does not tell an ECS's image and disks, the request does or they stay unset",
          "[wire]") {
  Cloud cloud = a_cloud();
  const AsConfiguration told_by_request = read(a_body(R"({"instance_id": "server-0-0"})"), cloud);
  CHECK(told_by_request.image == ImageId{0});
  CHECK(told_by_request.disks.size() == 1);
  const AsConfiguration unset =
      read(a_body(R"({"instance_id": "server-0-0", "imageRef": null, "disk": null})"), cloud);
  CHECK(unset.image == none<ImageId>());
  const auto id = cloud.submit(CreateAsConfiguration{unset});
  REQUIRE(support::outcome(id) == "ok");
  const auto shown = write_as_configuration(cloud, *id, kProject).at("instance_config");
  CHECK(shown.at("imageRef").is_null());
  CHECK(to_text(shown.at("disk")) == "[]");
  CHECK(shown.at("instance_id").as_string() == "");
  CHECK(shown.at("instance_name").as_string() == "");
}

TEST_CASE("an ECS that the service made can be cloned while it exists (AS.4006)", "[wire]") {
  Cloud cloud = a_cloud();
  support::GroupSpec spec;
  spec.desire = 1;
  const AsGroupId group = support::grown_group(cloud, spec);
  const std::string ecs = instance_text(cloud, support::newest_member(cloud, group));
  const std::string body =
      a_body(fmt::format(R"({{"instance_id": "{}", "flavorRef": null, "imageRef": null}})", ecs));
  CHECK(read(body, cloud).flavors == std::vector{support::kSmall});
  CHECK(read(body, cloud).image == ImageId{0});
  support::set_desire(cloud, group, 0);
  support::run_until_idle(cloud, group);
  CHECK(told(read_create_as_configuration(body, cloud)).starts_with("AS.4006 "));
}

TEST_CASE(
    "an ECS to clone makes the source configuration irrelevant (AS API reference, creating a configuration)",
    "[wire]") {
  const Cloud cloud = a_cloud();
  CHECK(told(read_create_as_configuration(
            R"({"scaling_configuration_name": "conf", "source_scaling_configuration_id": "x",
                "instance_config": {"instance_id": "server-0-0", "key_name": "key"}})",
            cloud)) == "ok");
  CHECK(told(read_create_as_configuration(
                 R"({"source_scaling_configuration_id": "x",
                "instance_config": {"instance_id": "server-0-0", "key_name": "key"}})",
                 cloud))
            .starts_with("AS.1007 "));
}

// ---- Deleting ----

TEST_CASE("a batch names 1 to 50 configurations (AS API reference, batch deleting configurations)",
          "[wire]") {
  const Cloud cloud = a_cloud();
  const auto batch = [](std::size_t count) {
    return to_text(boost::json::object{{"scaling_configuration_id", boost::json::array(count, "id")}});
  };
  CHECK(*read_delete_configurations(R"({"scaling_configuration_id": ["a", "b"]})", cloud) ==
        std::vector<std::string>{"a", "b"});
  CHECK(told(read_delete_configurations(batch(50), cloud)) == "ok");
  CHECK(told(read_delete_configurations(batch(51), cloud)).starts_with("AS.1039 "));
  CHECK(told(read_delete_configurations(batch(0), cloud)).starts_with("AS.1040 "));
  CHECK(told(read_delete_configurations("{}", cloud)) ==
        "AS.1040 scaling_configuration_id is missing: expected 1 to 50 ids");
  CHECK(told(read_delete_configurations(R"({"scaling_configuration_id": "a"})", cloud))
            .starts_with("AS.0022 "));
  CHECK(told(read_delete_configurations("", cloud)).starts_with("AS.0002 "));
}

// ---- Writing ----

TEST_CASE(
    "a plain configuration shows every documented member, in order, null where unset (AS API reference, "
    "querying configurations)",
    "[wire]") {
  Cloud cloud = a_cloud();
  const auto id = cloud.submit(CreateAsConfiguration{read(a_body(), cloud)});
  REQUIRE(support::outcome(id) == "ok");
  CHECK(
      to_text(write_as_configuration(cloud, *id, kProject)) ==
      R"({"scaling_configuration_id":"f61fe7f6-69b0-43a6-a53f-b667dabb0bd6",)"
      R"("tenant":"9f0c1d2e3b4a5968778695a4b3c2d1e0","scaling_configuration_name":"conf",)"
      R"("create_time":"2026-03-01T00:00:00Z","scaling_group_id":null,)"
      R"("instance_config":{"flavorRef":"s3.medium","imageRef":"debian",)"
      R"("disk":[{"size":40,"volume_type":"SSD","disk_type":"SYS"}],"key_name":"key",)"
      R"("key_fingerprint":"SHA256:WcinpdHMq0mG9fyI+S1amn3HbHJyezwMWhw9CRsqpJi","adminPass":"***","instance_name":null,"instance_id":null,)"
      R"("personality":null,"public_ip":null,"user_data":null,"metadata":{},"security_groups":[],)"
      R"("server_group_id":null,"tenancy":null,"dedicated_host_id":null,"market_type":null,)"
      R"("multi_flavor_priority_policy":"PICK_FIRST"}})");
}

TEST_CASE(
    "a configuration with everything set shows it, but no password (AS API reference, querying "
    "configurations)",
    "[wire]") {
  Cloud cloud = a_cloud();
  const auto id = cloud.submit(CreateAsConfiguration{read(a_body(R"({"flavorRef": "s3.large,s3.medium",
                 "disk": [{"size": 40, "volume_type": "SSD", "disk_type": "SYS"},
                          {"size": 100, "volume_type": "SAS", "disk_type": "DATA", "data_disk_image_id": "debian",
                           "metadata": {"__system__encrypted": "0"}}],
                 "personality": [{"path": "/etc/motd", "content": "aGVsbG8="}],
                 "public_ip": {"eip": {"ip_type": "5_bgp",
                                       "bandwidth": {"size": 10, "share_type": "PER", "charging_mode": "traffic"}}},
                 "user_data": "IyEvYmluL3No", "metadata": {"role": "web", "admin_pass": "abcdEF12"},
                 "security_groups": [{"id": "security-group"}], "market_type": "spot",
                 "multi_flavor_priority_policy": "COST_FIRST"})"),
                                                          cloud)});
  REQUIRE(support::outcome(id) == "ok");
  CHECK(
      to_text(write_as_configuration(cloud, *id, kProject).at("instance_config")) ==
      R"({"flavorRef":"s3.large,s3.medium","imageRef":"debian",)"
      R"("disk":[{"size":40,"volume_type":"SSD","disk_type":"SYS"},)"
      R"({"size":100,"volume_type":"SAS","disk_type":"DATA","data_disk_image_id":"debian",)"
      R"("metadata":{"__system__encrypted":"0"}}],"key_name":"key",)"
      R"("key_fingerprint":"SHA256:WcinpdHMq0mG9fyI+S1amn3HbHJyezwMWhw9CRsqpJi","adminPass":"***","instance_name":null,)"
      R"("instance_id":null,"personality":[{"path":"/etc/motd","content":"aGVsbG8="}],)"
      R"("public_ip":{"eip":{"ip_type":"5_bgp",)"
      R"("bandwidth":{"size":10,"share_type":"PER","charging_mode":"traffic"}}},)"
      R"("user_data":"IyEvYmluL3No","metadata":{"role":"web","admin_pass":"***"},)"
      R"("security_groups":[{"id":"security-group"}],"server_group_id":null,"tenancy":null,)"
      R"("dedicated_host_id":null,"market_type":"spot","multi_flavor_priority_policy":"COST_FIRST"})");
}

TEST_CASE("a key's fingerprint depends on its name alone", "[wire]") {
  support::CloudSpec spec;
  spec.region.key_pairs = {{"key"}, {"other-key"}};
  Cloud cloud = a_cloud(spec);
  const auto fingerprint = [&](const char* members) {
    const auto id = cloud.submit(CreateAsConfiguration{read(a_body(members), cloud)});
    return to_text(write_as_configuration(cloud, *id, kProject).at("instance_config").at("key_fingerprint"));
  };
  const std::string first = fingerprint("{}");
  CHECK(first.size() == 2 + 7 + 43);
  CHECK(fingerprint(R"({"flavorRef": "p2.gpu"})") == first);
  CHECK(fingerprint(R"({"key_name": "other-key"})") != first);
}

TEST_CASE(
    "all groups bound to a configuration are named, with commas between (AS API reference, querying "
    "configurations)",
    "[wire]") {
  Cloud cloud = a_cloud();
  support::GroupSpec spec;
  spec.configuration = support::create_configuration(cloud);
  const IdText ids{cloud.seed()};
  const std::string first = ids.text(support::create_group(cloud, spec));
  const AsGroupId second = support::create_group(cloud, spec);
  const auto shown = [&] {
    return write_as_configuration(cloud, spec.configuration, kProject).at("scaling_group_id");
  };
  CHECK(shown().as_string() == first + "," + ids.text(second));
  REQUIRE(support::outcome(cloud.submit(DeleteAsGroup{second})) == "ok");
  CHECK(shown().as_string() == first);
}

TEST_CASE("what a configuration shows can be read as a new one", "[wire]") {
  Cloud cloud = a_cloud();
  const auto first = support::create_configuration(cloud, {.data_disks = 2, .eip_mbit = 5});
  boost::json::object shown = write_as_configuration(cloud, first, kProject);
  const auto again = cloud.submit(CreateAsConfiguration{read(to_text(shown), cloud)});
  REQUIRE(support::outcome(again) == "ok");
  CHECK(to_text(write_as_configuration(cloud, *again, kProject).at("instance_config")) ==
        to_text(shown.at("instance_config")));
}

}  // namespace
}  // namespace tidepool::api
