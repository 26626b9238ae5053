#include "sim/model/validate.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <string>

namespace tidepool::sim {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr VpcId kVpc{0}, kOtherVpc{1};
constexpr SubnetId kSubnet{0}, kIpv6Subnet{1}, kOtherSubnet{2};

Region a_region() {
  Region region;
  region.zones = {{"eu-de-01", {}}, {"eu-de-02", {}}};
  region.flavors = {{"s3.medium", 1, 1024, 0, {ZoneId{0}, ZoneId{1}}, std::nullopt}};
  region.images = {{"debian", 10}, {"database", 40}};
  region.key_pairs = {{"ops-key"}};
  region.vpcs = {{"vpc"}, {"other-vpc"}};
  region.subnets = {{"subnet", kVpc, false}, {"ipv6-subnet", kVpc, true}, {"other-subnet", kOtherVpc, false}};
  region.security_groups = {{"web"}, {"admin"}};
  region.listeners = {{"listener", kVpc}, {"other-listener", kOtherVpc}};
  region.pools = {{"pool", kVpc}, {"other-pool", kOtherVpc}};
  region.enterprise_projects = {"0", "finance"};
  return region;
}

// "ok", or the code of the first broken rule.
std::string outcome(const std::optional<Error>& error) { return error ? code_text(error->code) : "ok"; }

// One row of a table: what is changed in something valid, and what comes of it.
template <class Noun>
struct Row {
  const char* why;
  std::function<void(Noun&)> change;
  const char* expected;
};

// ---- Groups ----

AsGroupSettings a_group() {
  AsGroupSettings group;
  group.name = "web-tier";
  group.min = 1;
  group.desire = 2;
  group.max = 8;
  group.vpc = kVpc;
  group.zones = {ZoneId{1}, ZoneId{0}};
  group.networks = {{kSubnet, false, std::nullopt}};
  return group;
}

void check(const std::vector<Row<AsGroupSettings>>& rows) {
  for (const auto& row : rows) {
    AsGroupSettings group = a_group();
    row.change(group);
    CAPTURE(row.why);
    CHECK(outcome(validate(group, a_region(), Behaviour::classic())) == row.expected);
  }
}

using Group = AsGroupSettings;

TEST_CASE("a group's name has 1 to 64 letters, digits, _ and - (AS.2002, 2003, 2022)", "[model]") {
  check({
      {"unchanged", [](Group&) {}, "ok"},
      {"empty", [](Group& g) { g.name = ""; }, "AS.2002"},
      {"one character", [](Group& g) { g.name = "x"; }, "ok"},
      {"every kind of character", [](Group& g) { g.name = "aZ09_-"; }, "ok"},
      {"64 characters", [](Group& g) { g.name.assign(64, 'n'); }, "ok"},
      {"65 characters", [](Group& g) { g.name.assign(65, 'n'); }, "AS.2003"},
      {"a blank", [](Group& g) { g.name = "web tier"; }, "AS.2022"},
      {"a dot", [](Group& g) { g.name = "web.tier"; }, "AS.2022"},
      {"not ASCII",
       [](Group& g) {
         g.name =
             "w\xC3\xA4"
             "b";
       },
       "AS.2022"},
      {"characters are counted, not bytes",
       [](Group& g) {
         g.name.clear();
         for (int i = 0; i < 64; ++i) g.name += "\xC3\xA4";
       },
       "AS.2022"},
  });
}

TEST_CASE("0 <= min <= desire <= max <= 300 (AS.2004, 2005, 2045)", "[model]") {
  const auto numbers = [](int min, int desire, int max) {
    return [=](Group& g) { g.min = min, g.desire = desire, g.max = max; };
  };
  check({
      {"all zero", numbers(0, 0, 0), "ok"},
      {"all the most", numbers(300, 300, 300), "ok"},
      {"negative min", numbers(-1, 0, 5), "AS.2004"},
      {"negative max", numbers(0, 0, -1), "AS.2004"},
      {"min above max", numbers(6, 6, 5), "AS.2004"},
      {"min equal to max", numbers(5, 5, 5), "ok"},
      {"max above the limit", numbers(0, 0, 301), "AS.2045"},
      {"min above the limit", numbers(301, 301, 301), "AS.2045"},
      {"desire below min", numbers(2, 1, 5), "AS.2005"},
      {"desire at min", numbers(2, 2, 5), "ok"},
      {"desire at max", numbers(2, 5, 5), "ok"},
      {"desire above max", numbers(2, 6, 5), "AS.2005"},
  });
}

TEST_CASE("the limit of max_instance_number follows the behaviour", "[model]") {
  Behaviour strict;
  strict.max_instances_per_group = 200;
  AsGroupSettings group = a_group();
  group.max = 200;
  CHECK(outcome(validate(group, a_region(), strict)) == "ok");
  group.max = 201;
  CHECK(outcome(validate(group, a_region(), strict)) == "AS.2045");
}

TEST_CASE("a group's cooldown and grace period are 0 to 86 400 s (AS.2006, 2046)", "[model]") {
  check({
      {"least cooldown", [](Group& g) { g.cool_down = seconds{0}; }, "ok"},
      {"most cooldown", [](Group& g) { g.cool_down = seconds{86'400}; }, "ok"},
      {"negative cooldown", [](Group& g) { g.cool_down = seconds{-1}; }, "AS.2006"},
      {"cooldown too long", [](Group& g) { g.cool_down = seconds{86'401}; }, "AS.2006"},
      {"least grace", [](Group& g) { g.health_grace = seconds{0}; }, "ok"},
      {"most grace", [](Group& g) { g.health_grace = seconds{86'400}; }, "ok"},
      {"negative grace", [](Group& g) { g.health_grace = seconds{-1}; }, "AS.2046"},
      {"grace too long", [](Group& g) { g.health_grace = seconds{86'401}; }, "AS.2046"},
  });
}

TEST_CASE("the health check period is one of six (AS.2031)", "[model]") {
  const auto period = [](int period_minutes) {
    return [=](Group& g) { g.health_period_minutes = period_minutes; };
  };
  for (const int each : {0, 1, 5, 15, 60, 180}) check({{"listed", period(each), "ok"}});
  for (const int each : {-1, 2, 10, 30, 181}) check({{"not listed", period(each), "AS.2031"}});
}

TEST_CASE("a group needs a VPC that exists (AS.2012, 2017)", "[model]") {
  check({
      {"missing", [](Group& g) { g.vpc = none<VpcId>(); }, "AS.2017"},
      {"unknown", [](Group& g) { g.vpc = VpcId{2}; }, "AS.2012"},
  });
}

TEST_CASE("a group has up to 6 listeners of its VPC, of one kind (AS.2015, 2016, 2026, 2037)", "[model]") {
  check({
      {"one", [](Group& g) { g.listeners = {ListenerId{0}}; }, "ok"},
      {"six", [](Group& g) { g.listeners.assign(6, ListenerId{0}); }, "ok"},
      {"seven", [](Group& g) { g.listeners.assign(7, ListenerId{0}); }, "AS.2037"},
      {"unknown", [](Group& g) { g.listeners = {ListenerId{9}}; }, "AS.2015"},
      {"of another VPC", [](Group& g) { g.listeners = {ListenerId{1}}; }, "AS.2016"},
      {"both kinds",
       [](Group& g) {
         g.listeners = {ListenerId{0}};
         g.lbaas_listeners = {{PoolId{0}, 80, 1}};
       },
       "AS.2026"},
  });
}

TEST_CASE("a pool is known, of the VPC, with a port and a weight (AS.2016, 2037, 2039, 2040, 2042)",
          "[model]") {
  const auto pool = [](PoolId id, int port, int weight) {
    return [=](Group& g) { g.lbaas_listeners = {{id, port, weight}}; };
  };
  constexpr PoolId kPool{0};
  check({
      {"least port and weight", pool(kPool, 1, 0), "ok"},
      {"most port and weight", pool(kPool, 65'535, 100), "ok"},
      {"port 0", pool(kPool, 0, 1), "AS.2039"},
      {"port too high", pool(kPool, 65'536, 1), "AS.2039"},
      {"negative weight", pool(kPool, 80, -1), "AS.2040"},
      {"weight too high", pool(kPool, 80, 101), "AS.2040"},
      {"unknown", pool(PoolId{9}, 80, 1), "AS.2042"},
      {"of another VPC", pool(PoolId{1}, 80, 1), "AS.2016"},
      {"six",
       [](Group& g) {
         g.lbaas_listeners.assign(6, {kPool, 80, 1});
       },
       "ok"},
      {"seven",
       [](Group& g) {
         g.lbaas_listeners.assign(7, {kPool, 80, 1});
       },
       "AS.2037"},
  });
}

TEST_CASE("a group's zones exist and stand there once each (AS.2011)", "[model]") {
  check({
      {"none: the service chooses", [](Group& g) { g.zones = {}; }, "ok"},
      {"unknown", [](Group& g) { g.zones = {ZoneId{2}}; }, "AS.2011"},
      {"twice",
       [](Group& g) {
         g.zones = {ZoneId{0}, ZoneId{1}, ZoneId{0}};
       },
       "AS.2011"},
  });
}

TEST_CASE("a group has 1 to 5 subnets of its VPC (AS.2013, 2024, 2027)", "[model]") {
  check({
      {"none", [](Group& g) { g.networks = {}; }, "AS.2013"},
      {"five",
       [](Group& g) {
         g.networks.assign(5, {kSubnet, false, std::nullopt});
       },
       "ok"},
      {"six",
       [](Group& g) {
         g.networks.assign(6, {kSubnet, false, std::nullopt});
       },
       "AS.2024"},
      {"unknown", [](Group& g) { g.networks[0].subnet = SubnetId{9}; }, "AS.2013"},
      {"of another VPC", [](Group& g) { g.networks[0].subnet = kOtherSubnet; }, "AS.2027"},
  });
}

TEST_CASE("IPv6 needs a subnet that has it, and its bandwidth needs IPv6 (AS.2048, 2050)", "[model]") {
  check({
      {"enabled where there is some",
       [](Group& g) {
         g.networks = {{kIpv6Subnet, true, "bandwidth"}};
       },
       "ok"},
      {"enabled where there is none", [](Group& g) { g.networks[0].ipv6_enable = true; }, "AS.2048"},
      {"bandwidth without",
       [](Group& g) {
         g.networks = {{kIpv6Subnet, false, "bandwidth"}};
       },
       "AS.2050"},
  });
}

TEST_CASE("a group has at most one security group, and it exists (AS.2014, 2025)", "[model]") {
  check({
      {"none", [](Group& g) { g.security_groups = {}; }, "ok"},
      {"one", [](Group& g) { g.security_groups = {SecurityGroupId{1}}; }, "ok"},
      {"two",
       [](Group& g) {
         g.security_groups = {SecurityGroupId{0}, SecurityGroupId{1}};
       },
       "AS.2025"},
      {"unknown", [](Group& g) { g.security_groups = {SecurityGroupId{2}}; }, "AS.2014"},
  });
}

TEST_CASE("a description has 1 to 256 characters (AS.0022), an enterprise project exists (AS.7059)",
          "[model]") {
  check({
      {"none", [](Group& g) { g.description.reset(); }, "ok"},
      {"empty", [](Group& g) { g.description = ""; }, "AS.0022"},
      {"one character", [](Group& g) { g.description = "\xE2\x82\xAC"; }, "ok"},
      {"256 characters", [](Group& g) { g.description.emplace(256, 'd'); }, "ok"},
      {"257 characters", [](Group& g) { g.description.emplace(257, 'd'); }, "AS.0022"},
      {"another project", [](Group& g) { g.enterprise_project = EnterpriseProjectId{1}; }, "ok"},
      {"unknown project", [](Group& g) { g.enterprise_project = EnterpriseProjectId{2}; }, "AS.7059"},
  });
}

TEST_CASE("a refusal names the field, the value and what is allowed", "[model]") {
  AsGroupSettings group = a_group();
  group.max = 301;
  CHECK(validate(group, a_region(), {})->message == "max_instance_number 301: expected 0 to 300");
  group = a_group();
  group.lbaas_listeners = {{PoolId{0}, 80, 1}, {PoolId{0}, 0, 1}};
  CHECK(validate(group, a_region(), {})->message ==
        "lbaas_listeners[1].protocol_port 0: expected 1 to 65535");
}

// ---- Configurations ----

using Conf = AsConfiguration;

Disk system_disk(int gb = 40) { return {gb, VolumeType::Ssd, DiskType::System, "", "", {}}; }
Disk data_disk(int gb = 100) { return {gb, VolumeType::Sas, DiskType::Data, "", "", {}}; }

AsConfiguration a_configuration() {
  AsConfiguration configuration;
  configuration.name = "web-conf";
  configuration.flavors = {FlavorId{0}};
  configuration.image = ImageId{0};
  configuration.disks = {system_disk()};
  configuration.key_name = "ops-key";
  return configuration;
}

void check(const std::vector<Row<AsConfiguration>>& rows) {
  for (const auto& row : rows) {
    AsConfiguration configuration = a_configuration();
    row.change(configuration);
    CAPTURE(row.why);
    CHECK(outcome(validate(configuration, a_region())) == row.expected);
  }
}

TEST_CASE("a configuration's name has 1 to 64 letters, digits, _ and - (AS.1007, 1008, 1023)", "[model]") {
  check(std::vector<Row<Conf>>{
      {"unchanged", [](Conf&) {}, "ok"},
      {"empty", [](Conf& c) { c.name = ""; }, "AS.1007"},
      {"64 characters", [](Conf& c) { c.name.assign(64, 'n'); }, "ok"},
      {"65 characters", [](Conf& c) { c.name.assign(65, 'n'); }, "AS.1008"},
      {"a slash", [](Conf& c) { c.name = "web/conf"; }, "AS.1023"},
  });
}

TEST_CASE("a configuration has 1 to 10 flavors that exist (AS.1016, 1017, 1087)", "[model]") {
  check(std::vector<Row<Conf>>{
      {"none", [](Conf& c) { c.flavors = {}; }, "AS.1016"},
      {"ten", [](Conf& c) { c.flavors.assign(10, FlavorId{0}); }, "ok"},
      {"eleven", [](Conf& c) { c.flavors.assign(11, FlavorId{0}); }, "AS.1087"},
      {"unknown", [](Conf& c) { c.flavors = {FlavorId{1}}; }, "AS.1017"},
  });
}

TEST_CASE("a configuration needs an image and disks unless it is cloned (AS.1014, 1015, 1028)", "[model]") {
  check(std::vector<Row<Conf>>{
      {"no image", [](Conf& c) { c.image = none<ImageId>(); }, "AS.1014"},
      {"unknown image", [](Conf& c) { c.image = ImageId{2}; }, "AS.1015"},
      {"no disks", [](Conf& c) { c.disks = {}; }, "AS.1028"},
      {"cloned, without either", [](Conf& c) { c.cloned = true, c.image = none<ImageId>(), c.disks = {}; },
       "ok"},
      {"cloned, unknown image", [](Conf& c) { c.cloned = true, c.image = ImageId{2}; }, "AS.1015"},
  });
}

TEST_CASE("exactly one of up to 24 disks is the system's (AS.1029, 1032)", "[model]") {
  const auto disks = [](std::size_t system, std::size_t data) {
    return [=](Conf& c) {
      c.disks.assign(system, system_disk());
      c.disks.insert(c.disks.end(), data, data_disk());
    };
  };
  check(std::vector<Row<Conf>>{
      {"none", disks(0, 1), "AS.1029"},
      {"two", disks(2, 0), "AS.1029"},
      {"24 in all", disks(1, 23), "ok"},
      {"25 in all", disks(1, 24), "AS.1032"},
  });
}

TEST_CASE("a disk's size lies in the range of its kind and suits its image (AS.1030, 1031, 1054)",
          "[model]") {
  const auto system = [](int gb, std::uint32_t image) {
    return [=](Conf& c) { c.disks = {system_disk(gb)}, c.image = ImageId{image}; };
  };
  const auto data = [](int gb, const char* image) {
    return [=](Conf& c) { c.disks.push_back(data_disk(gb)), c.disks.back().data_image = image; };
  };
  check(std::vector<Row<Conf>>{
      {"system 0", system(0, 0), "AS.1031"},
      {"system too large", system(1025, 0), "AS.1031"},
      {"system at most", system(1024, 0), "ok"},
      {"system as large as the image", system(40, 1), "ok"},
      {"system smaller than the image", system(39, 1), "AS.1030"},
      {"data at least", data(10, ""), "ok"},
      {"data too small", data(9, ""), "AS.1031"},
      {"data at most", data(32'768, ""), "ok"},
      {"data too large", data(32'769, ""), "AS.1031"},
      {"data as large as its image", data(40, "database"), "ok"},
      {"data smaller than its image", data(39, "database"), "AS.1054"},
  });
}

TEST_CASE("only a data disk may have an image of its own, and one that exists (AS.1055, 1056, 1064)",
          "[model]") {
  check(std::vector<Row<Conf>>{
      {"on the system disk", [](Conf& c) { c.disks[0].data_image = "debian"; }, "AS.1055"},
      {"unknown", [](Conf& c) { c.disks.push_back(data_disk()), c.disks[1].data_image = "x"; }, "AS.1056"},
      {"beside a snapshot",
       [](Conf& c) {
         c.disks.push_back(data_disk());
         c.disks[1].data_image = "debian";
         c.disks[0].snapshot_id = c.disks[1].snapshot_id = "snapshot";
       },
       "AS.1064"},
  });
}

TEST_CASE("all disks are restored from snapshots or none is (AS.1062)", "[model]") {
  check(std::vector<Row<Conf>>{
      {"all", [](Conf& c) { c.disks[0].snapshot_id = "s"; }, "ok"},
      {"some", [](Conf& c) { c.disks.push_back(data_disk()), c.disks[1].snapshot_id = "s"; }, "AS.1062"},
  });
}

TEST_CASE("a disk's metadata is about the encryption of data disks (AS.1052)", "[model]") {
  const auto entry = [](std::size_t disk, const char* key, const char* value) {
    return [=](Conf& c) { c.disks.push_back(data_disk()), c.disks[disk].metadata = {{key, value}}; };
  };
  check(std::vector<Row<Conf>>{
      {"encrypted", entry(1, "__system__encrypted", "1"), "ok"},
      {"not encrypted", entry(1, "__system__encrypted", "0"), "ok"},
      {"neither", entry(1, "__system__encrypted", "2"), "AS.1052"},
      {"with a key", entry(1, "__system__cmkid", "key"), "ok"},
      {"unknown entry", entry(1, "colour", "red"), "AS.1052"},
      {"of the system disk", entry(0, "__system__cmkid", "key"), "AS.1052"},
  });
}

TEST_CASE("a configuration names a key pair that exists (AS.1026, 7022)", "[model]") {
  check(std::vector<Row<Conf>>{
      {"none", [](Conf& c) { c.key_name = ""; }, "AS.1026"},
      {"unknown", [](Conf& c) { c.key_name = "lost-key"; }, "AS.7022"},
  });
}

// Base64 of `bytes` times the letter "A"; needs a multiple of 3.
std::string letters(std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; i += 3) text += "QUFB";
  return text;
}

TEST_CASE("up to 5 files of text are put on an ECS, 1 KB each (AS.1027)", "[model]") {
  const auto file = [](const char* path, const std::string& content) {
    return [=](Conf& c) { c.personality = {{path, content}}; };
  };
  check(std::vector<Row<Conf>>{
      {"text", file("/etc/motd", "aGVsbG8="), "ok"},
      {"five",
       [](Conf& c) {
         c.personality.assign(5, {"/etc/motd", "aGVsbG8="});
       },
       "ok"},
      {"six",
       [](Conf& c) {
         c.personality.assign(6, {"/etc/motd", "aGVsbG8="});
       },
       "AS.1027"},
      {"without a path", file("", "aGVsbG8="), "AS.1027"},
      {"without content", file("/etc/motd", ""), "AS.1027"},
      {"1 024 bytes", file("/etc/motd", letters(1023) + "QQ=="), "ok"},
      {"1 025 bytes", file("/etc/motd", letters(1023) + "QUE="), "AS.1027"},
      {"not base64", file("/etc/motd", "hello"), "AS.1027"},
      {"characters that base64 lacks", file("/etc/motd", "aGV?"), "AS.1027"},
      {"padding inside", file("/etc/motd", "aG==bG8="), "AS.1027"},
      {"not text: a zero byte", file("/etc/motd", "aABv"), "AS.1027"},
  });
}

TEST_CASE("an EIP is 5_bgp with 1 to 500 Mbit/s, above 300 in steps of 50 (AS.1042, 1043)", "[model]") {
  const auto eip = [](const char* type, int size) {
    return [=](Conf& c) { c.public_ip = EipTemplate{type, size}; };
  };
  check(std::vector<Row<Conf>>{
      {"least", eip("5_bgp", 1), "ok"},
      {"zero", eip("5_bgp", 0), "AS.1042"},
      {"below the steps", eip("5_bgp", 299), "ok"},
      {"where the steps begin", eip("5_bgp", 300), "ok"},
      {"between two steps", eip("5_bgp", 301), "AS.1042"},
      {"on a step", eip("5_bgp", 350), "ok"},
      {"most", eip("5_bgp", 500), "ok"},
      {"too much", eip("5_bgp", 550), "AS.1042"},
      {"another type", eip("5_gray", 10), "AS.1043"},
  });
}

TEST_CASE("user data is base64 of at most 32 KB (AS.1049)", "[model]") {
  check(std::vector<Row<Conf>>{
      {"text", [](Conf& c) { c.user_data = "IyEvYmluL3No"; }, "ok"},
      {"32 768 bytes", [](Conf& c) { c.user_data = letters(32'766) + "QUE="; }, "ok"},
      {"32 769 bytes", [](Conf& c) { c.user_data = letters(32'769); }, "AS.1049"},
      {"not base64", [](Conf& c) { c.user_data = "#!/bin/sh"; }, "AS.1049"},
  });
}

TEST_CASE("metadata has at most 512 bytes and no blank, $ or . in a key (AS.1052)", "[model]") {
  const auto entry = [](const char* key, std::size_t length) {
    return [=](Conf& c) { c.metadata = {{key, std::string(length, 'v')}}; };
  };
  check(std::vector<Row<Conf>>{
      {"512 bytes", entry("role", 508), "ok"},
      {"513 bytes", entry("role", 509), "AS.1052"},
      {"a blank", entry("my role", 1), "AS.1052"},
      {"a dollar", entry("$role", 1), "AS.1052"},
      {"a dot", entry("my.role", 1), "AS.1052"},
      {"an empty key", entry("", 1), "AS.1052"},
  });
}

TEST_CASE("an administrator's password has 8 to 26 characters of 3 kinds (AS.1035)", "[model]") {
  const auto password = [](const char* text) {
    return [=](Conf& c) { c.metadata = {{"admin_pass", text}}; };
  };
  check(std::vector<Row<Conf>>{
      {"8 characters of 3 kinds", password("abcdEF12"), "ok"},
      {"a special character counts", password("abcdef1!"), "ok"},
      {"7 characters", password("abcdE12"), "AS.1035"},
      {"26 characters", password("abcdefghijklmnopqrstuvwxY1"), "ok"},
      {"27 characters", password("abcdefghijklmnopqrstuvwxyZ1"), "AS.1035"},
      {"2 kinds", password("abcdefgh1"), "AS.1035"},
  });
}

TEST_CASE("a configuration's security groups exist (AS.2014)", "[model]") {
  check(std::vector<Row<Conf>>{
      {"two",
       [](Conf& c) {
         c.security_groups = {SecurityGroupId{0}, SecurityGroupId{1}};
       },
       "ok"},
      {"unknown", [](Conf& c) { c.security_groups = {SecurityGroupId{2}}; }, "AS.2014"},
  });
}

// ---- Policies ----

using Policy = AsPolicySettings;

constexpr Time kNow = kEpoch + hours{24 * 20'000};  // a midnight

AsPolicySettings a_policy() {
  AsPolicySettings policy;
  policy.name = "cpu-high";
  policy.alarm = AlarmRuleId{0};
  return policy;
}

AsPolicySettings a_periodic_policy() {
  AsPolicySettings policy = a_policy();
  policy.type = PolicyType::Recurrence;
  policy.recurrence = {RecurrenceType::Weekly, {1, 7}, hours{6}, kNow, kNow + hours{24 * 30}};
  return policy;
}

void check(const AsPolicySettings& valid, const std::vector<Row<AsPolicySettings>>& rows) {
  for (const auto& row : rows) {
    AsPolicySettings policy = valid;
    row.change(policy);
    CAPTURE(row.why);
    CHECK(outcome(validate(policy, Behaviour::classic(), kNow)) == row.expected);
  }
}

TEST_CASE("a policy's name has 1 to 64 letters, digits, _ and - (AS.3013, 3014, 3031)", "[model]") {
  check(a_policy(), {
                        {"unchanged", [](Policy&) {}, "ok"},
                        {"empty", [](Policy& p) { p.name = ""; }, "AS.3013"},
                        {"64 characters", [](Policy& p) { p.name.assign(64, 'n'); }, "ok"},
                        {"65 characters", [](Policy& p) { p.name.assign(65, 'n'); }, "AS.3014"},
                        {"a colon", [](Policy& p) { p.name = "cpu:high"; }, "AS.3031"},
                    });
}

TEST_CASE("a policy's cooldown is 0 to 86 400 s (AS.3012)", "[model]") {
  check(a_policy(), {
                        {"least", [](Policy& p) { p.cool_down = seconds{0}; }, "ok"},
                        {"most", [](Policy& p) { p.cool_down = seconds{86'400}; }, "ok"},
                        {"negative", [](Policy& p) { p.cool_down = seconds{-1}; }, "AS.3012"},
                        {"too long", [](Policy& p) { p.cool_down = seconds{86'401}; }, "AS.3012"},
                    });
}

TEST_CASE("an alarm policy names its alarm rule (AS.3026)", "[model]") {
  check(a_policy(), {{"none", [](Policy& p) { p.alarm = none<AlarmRuleId>(); }, "AS.3026"}});
}

TEST_CASE("a policy acts by a number up to the group's limit or by 1 to 20 000 percent (AS.3018, 3035, 3036)",
          "[model]") {
  using Op = PolicyOperation;
  const auto action = [](Op operation, std::optional<int> number, std::optional<int> percentage) {
    return [=](Policy& p) { p.action = {operation, number, percentage}; };
  };
  constexpr auto kNone = std::nullopt;
  check(a_policy(), {
                        {"neither is one instance", action(Op::Add, kNone, kNone), "ok"},
                        {"both", action(Op::Add, 1, 1), "AS.3036"},
                        {"add 0", action(Op::Add, 0, kNone), "AS.3018"},
                        {"add 1", action(Op::Add, 1, kNone), "ok"},
                        {"remove 0", action(Op::Remove, 0, kNone), "AS.3018"},
                        {"remove 300", action(Op::Remove, 300, kNone), "ok"},
                        {"remove 301", action(Op::Remove, 301, kNone), "AS.3018"},
                        {"set 0", action(Op::Set, 0, kNone), "ok"},
                        {"set -1", action(Op::Set, -1, kNone), "AS.3018"},
                        {"set 301", action(Op::Set, 301, kNone), "AS.3018"},
                        {"add 0 %", action(Op::Add, kNone, 0), "AS.3035"},
                        {"add 1 %", action(Op::Add, kNone, 1), "ok"},
                        {"remove 20 000 %", action(Op::Remove, kNone, 20'000), "ok"},
                        {"remove 20 001 %", action(Op::Remove, kNone, 20'001), "AS.3035"},
                        {"set 0 %", action(Op::Set, kNone, 0), "ok"},
                        {"set -1 %", action(Op::Set, kNone, -1), "AS.3035"},
                        {"set 20 001 %", action(Op::Set, kNone, 20'001), "AS.3035"},
                    });
}

TEST_CASE("a scheduled policy lies ahead (AS.3010)", "[model]") {
  AsPolicySettings policy = a_policy();
  policy.type = PolicyType::Scheduled;
  check(policy, {
                    {"now", [](Policy& p) { p.launch_time = kNow; }, "AS.3010"},
                    {"just after", [](Policy& p) { p.launch_time = kNow + Duration{1}; }, "ok"},
                    {"the alarm does not count",
                     [](Policy& p) {
                       p.launch_time = kNow + hours{1};
                       p.alarm = none<AlarmRuleId>();
                     },
                     "ok"},
                });
}

TEST_CASE("a periodic policy starts before it ends, and ends ahead (AS.3007, 3029)", "[model]") {
  check(a_periodic_policy(),
        {
            {"unchanged", [](Policy&) {}, "ok"},
            {"ends now", [](Policy& p) { p.recurrence.start = kEpoch, p.recurrence.end = kNow; }, "AS.3007"},
            {"ends just after", [](Policy& p) { p.recurrence.end = kNow + Duration{1}; }, "ok"},
            {"starts at its end", [](Policy& p) { p.recurrence.start = p.recurrence.end; }, "AS.3029"},
            {"started long ago", [](Policy& p) { p.recurrence.start = kEpoch; }, "ok"},
        });
}

TEST_CASE("a periodic policy's days suit its kind (AS.3024, 3025) and its time is of a day (AS.3009)",
          "[model]") {
  const auto days = [](RecurrenceType type, std::vector<int> list) {
    return [=](Policy& p) { p.recurrence.type = type, p.recurrence.days = list; };
  };
  const auto at = [](Duration time) { return [=](Policy& p) { p.recurrence.time_of_day = time; }; };
  check(a_periodic_policy(), {
                                 {"daily needs none", days(RecurrenceType::Daily, {}), "ok"},
                                 {"weekly without", days(RecurrenceType::Weekly, {}), "AS.3024"},
                                 {"Saturday", days(RecurrenceType::Weekly, {7}), "ok"},
                                 {"an eighth day", days(RecurrenceType::Weekly, {1, 8}), "AS.3025"},
                                 {"a day 0", days(RecurrenceType::Weekly, {0}), "AS.3025"},
                                 {"monthly without", days(RecurrenceType::Monthly, {}), "AS.3024"},
                                 {"the 31st", days(RecurrenceType::Monthly, {1, 31}), "ok"},
                                 {"the 32nd", days(RecurrenceType::Monthly, {32}), "AS.3025"},
                                 {"midnight", at(hours{0}), "ok"},
                                 {"the last minute", at(hours{24} - minutes{1}), "ok"},
                                 {"24 o'clock", at(hours{24}), "AS.3009"},
                                 {"a negative time", at(minutes{-1}), "AS.3009"},
                                 {"half a minute", at(seconds{30}), "AS.3009"},
                             });
}

}  // namespace
}  // namespace tidepool::sim
