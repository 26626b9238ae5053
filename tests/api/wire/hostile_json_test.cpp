// Bodies that no well-meaning client would send: valid ones with parts exchanged, left out or broken. Whatever happens,
// the answer is a command or a refusal that can be sent, and a command that the cloud accepts can be shown again. The
// seed of a failing case is printed.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/wire/as_configuration_json.hpp"
#include "api/wire/as_group_json.hpp"
#include "api/wire/error_json.hpp"
#include "api/wire/fields.hpp"
#include "sim/engine/rng.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::api {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kCases = 4000;

constexpr const char* kGroupBody = R"({
  "scaling_group_name": "web", "desire_instance_number": 2, "min_instance_number": 1, "max_instance_number": 8,
  "cool_down_time": 120, "lb_listener_id": "listener,second-listener",
  "lbaas_listeners": [{"pool_id": "pool", "protocol_port": 8080, "weight": 10}],
  "available_zones": ["eu-de-01", "eu-de-02"],
  "networks": [{"id": "subnet", "ipv6_enable": false, "ipv6_bandwidth": null}, {"id": "second-subnet"}],
  "security_groups": [{"id": "security-group"}], "vpc_id": "vpc", "health_periodic_audit_method": "NOVA_AUDIT",
  "health_periodic_audit_time": 1, "health_periodic_audit_grace_period": 60,
  "instance_terminate_policy": "NEW_INSTANCE", "notifications": ["EMAIL"], "delete_publicip": true,
  "delete_volume": false, "enterprise_project_id": "0", "multi_az_priority_policy": "PICK_FIRST",
  "description": "front end"})";

constexpr const char* kConfigurationBody = R"({
  "scaling_configuration_name": "conf", "source_scaling_configuration_id": null, "instance_config": {
    "instance_id": null, "flavorRef": "s3.medium,s3.large", "imageRef": "debian", "key_name": "key",
    "disk": [{"size": 40, "volume_type": "SSD", "disk_type": "SYS"},
             {"size": 100, "volume_type": "SAS", "disk_type": "DATA", "metadata": {"__system__encrypted": "1"}}],
    "personality": [{"path": "/etc/motd", "content": "aGVsbG8="}],
    "public_ip": {"eip": {"ip_type": "5_bgp",
                          "bandwidth": {"size": 10, "share_type": "PER", "charging_mode": "traffic"}}},
    "user_data": "IyEvYmluL3No", "metadata": {"admin_pass": "abcdEF12"},
    "security_groups": [{"id": "security-group"}], "multi_flavor_priority_policy": "PICK_FIRST"}})";

std::size_t below(sim::Rng& rng, std::size_t count) {
  return static_cast<std::size_t>(rng.uniform_int(0, static_cast<std::int64_t>(count) - 1));
}

json::value odd_value(sim::Rng& rng) {
  static const json::array kOdd{nullptr,
                                true,
                                false,
                                0,
                                -1,
                                1,
                                7,
                                301,
                                65'536,
                                2'147'483'648,
                                INT64_MAX,
                                INT64_MIN,
                                UINT64_MAX,
                                1.5,
                                -1e300,
                                "",
                                " ",
                                ",",
                                ",,",
                                "0",
                                "-1",
                                "9999999999999999999999",
                                "EMAIL",
                                "pool",
                                "listener",
                                std::string(70, 'n'),
                                std::string(300, 'd'),
                                std::string(5000, ','),
                                "a\nb",
                                std::string("a\0b", 3),
                                "\xC3\xA4",
                                "\xF0\x9F\x98\x80",
                                json::array{},
                                json::array{nullptr},
                                json::array{1, 2},
                                json::array{"x"},
                                json::array{json::object{}},
                                json::array(60, "eu-de-01"),
                                json::object{},
                                json::object{{"id", nullptr}},
                                json::object{{"id", 7}},
                                json::object{{"", ""}}};
  return kOdd[below(rng, kOdd.size())];
}

// All values inside of one, itself included.
void collect(json::value& value, std::vector<json::value*>& all) {
  all.push_back(&value);
  if (auto* object = value.if_object())
    for (auto& each : *object) collect(each.value(), all);
  if (auto* array = value.if_array())
    for (auto& each : *array) collect(each, all);
}

void change_tree(json::value& body, sim::Rng& rng) {
  std::vector<json::value*> all;
  collect(body, all);
  json::value& chosen = *all[below(rng, all.size())];
  const std::size_t how = below(rng, 4);
  if (auto* object = chosen.if_object(); object != nullptr && !object->empty() && how == 0) {
    const std::string key{(object->begin() + static_cast<std::ptrdiff_t>(below(rng, object->size())))->key()};
    object->erase(key);
  } else if (auto* array = chosen.if_array(); array != nullptr && !array->empty() && how <= 1) {
    const json::value first = array->front();  // A copy: the array may move while it grows.
    array->insert(array->end(), below(rng, 30), first);
  } else {
    chosen = odd_value(rng);
  }
}

void change_text(std::string& text, sim::Rng& rng) {
  if (text.empty()) return;
  const std::size_t at = below(rng, text.size());
  const char byte = static_cast<char>(below(rng, 256));
  switch (below(rng, 5)) {
    case 0: text[at] = byte; break;
    case 1: text.insert(at, 1, byte); break;
    case 2: text.erase(at, 1 + below(rng, 20)); break;
    case 3: text.resize(at); break;
    default: text.insert(at, text.substr(at, below(rng, 40))); break;
  }
}

std::string hostile_body(const char* valid, sim::Rng& rng) {
  json::value body = json::parse(valid);
  // Alone, the valid parts of the group's body contradict each other; so that some pass, one part goes at once.
  if (auto* object = body.if_object(); object->contains("lb_listener_id"))
    object->erase(below(rng, 2) == 0 ? "lb_listener_id" : "lbaas_listeners");
  for (std::size_t left = below(rng, 4); left > 0; --left) change_tree(body, rng);
  std::string text = to_text(body);
  if (below(rng, 3) == 0)
    for (std::size_t left = 1 + below(rng, 3); left > 0; --left) change_text(text, rng);
  return text;
}

bool is_json(const std::string& text) {
  json::error_code fault;
  json::parse(text, fault);
  return !fault;
}

void check_refusal(const sim::Error& error) {
  CHECK(is_json(error_body(error)));
  CHECK(error.message.size() < 1000);
  CHECK(error.message.size() > 5);
}

struct Tally {
  int accepted = 0, refused_on_reading = 0, refused_by_cloud = 0;
};

template <class Command, class Show>
void try_out(const sim::Result<Command>& command, sim::Cloud& cloud, Tally& tally, Show show) {
  if (!command) {
    ++tally.refused_on_reading;
    return check_refusal(command.error());
  }
  const auto done = cloud.submit(*command);
  if (!done) {
    ++tally.refused_by_cloud;
    return check_refusal(done.error());
  }
  ++tally.accepted;
  CHECK(is_json(to_text(show(done))));
}

TEST_CASE("hostile bodies that create a group are answered", "[wire]") {
  Tally tally;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    sim::Rng rng{seed, "hostile group"};
    sim::Cloud cloud = support::a_cloud();
    CAPTURE(seed);
    const std::string body = hostile_body(kGroupBody, rng);
    try_out(read_create_as_group(body, cloud), cloud, tally,
            [&](const auto& id) { return write_as_group(cloud, *id); });
  }
  CHECK(tally.accepted > 50);
  CHECK(tally.refused_on_reading > 50);
  CHECK(tally.refused_by_cloud > 50);
}

TEST_CASE("hostile bodies that change a group are answered", "[wire]") {
  Tally tally;
  sim::Cloud cloud = support::a_cloud();
  const sim::AsGroupId group = support::create_group(cloud);
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    sim::Rng rng{seed, "hostile change"};
    CAPTURE(seed);
    const std::string body = hostile_body(kGroupBody, rng);
    try_out(read_modify_as_group(body, group, cloud), cloud, tally,
            [&](const auto&) { return write_as_group(cloud, group); });
  }
  CHECK(tally.accepted > 50);
  CHECK(tally.refused_on_reading > 50);
  CHECK(tally.refused_by_cloud > 50);
}

TEST_CASE("hostile bodies that create a configuration are answered", "[wire]") {
  Tally tally;
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    sim::Rng rng{seed, "hostile configuration"};
    sim::Cloud cloud = support::a_cloud();
    CAPTURE(seed);
    const std::string body = hostile_body(kConfigurationBody, rng);
    try_out(read_create_as_configuration(body, cloud), cloud, tally,
            [&](const auto& id) { return write_as_configuration(cloud, *id, "project"); });
  }
  CHECK(tally.accepted > 50);
  CHECK(tally.refused_on_reading > 50);
  CHECK(tally.refused_by_cloud > 50);
}

TEST_CASE("hostile bodies of actions and batches are answered", "[wire]") {
  const sim::Cloud cloud = support::a_cloud();
  for (std::uint64_t seed = 0; seed < kCases; ++seed) {
    sim::Rng rng{seed, "hostile action"};
    CAPTURE(seed);
    if (const auto action = read_group_action(hostile_body(R"({"action": "resume"})", rng), cloud); !action)
      check_refusal(action.error());
    const std::string batch = hostile_body(R"({"scaling_configuration_id": ["a", "b"]})", rng);
    if (const auto ids = read_delete_configurations(batch, cloud); !ids) check_refusal(ids.error());
  }
}

TEST_CASE("an endless run of brackets, digits or text is refused and not followed", "[wire]") {
  const sim::Cloud cloud = support::a_cloud();
  const std::size_t size = GENERATE(1'000U, 1'000'000U);
  for (const std::string& body :
       {std::string(size, '['), std::string(size, '{'), "{\"a\":" + std::string(size, '[') + "}",
        "{\"scaling_group_name\":\"" + std::string(size, 'n') + "\"}",
        "{\"cool_down_time\":" + std::string(size, '9') + "}",
        "{\"notifications\":[" + std::string(size, '1') + "]}"}) {
    const auto request = read_create_as_group(body, cloud);
    REQUIRE(request.has_error());
    check_refusal(request.error());
  }
}

}  // namespace
}  // namespace tidepool::api
