// Wrong requests by the thousand, sent to one served project: each gets a documented 4xx, and none changes anything.
//
// TIDEPOOL_SEED says which ones; TIDEPOOL_LONG=1 sends ten times as many.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "sim/engine/rng.hpp"
#include "tests/clients/login.hpp"
#include "tests/clients/served_program.hpp"
#include "tests/clients/settings.hpp"

namespace tidepool::clients {
namespace {

using namespace std::chrono_literals;

std::uint64_t seed_from_environment() {
  return std::strtoull(setting("TIDEPOOL_SEED", "1").c_str(), nullptr, 10);
}

bool is_long() { return is_set("TIDEPOOL_LONG"); }

/// The codes that the service documents.
std::set<std::string> documented_codes() {
  std::set<std::string> codes;
  std::istringstream in(support::read_file(std::string(TIDEPOOL_SOURCE_DIR) + "/tests/clients/codes.txt"));
  for (std::string line; std::getline(in, line);) codes.insert(line.substr(0, 7));
  return codes;
}

// ---- What is right, and how to spoil it ----

struct Call {
  const char *method, *path, *body;
  std::vector<const char*> fields;  // a wrong value of any of these is to blame
};

// Each is a right call, but for those on purpose that would find nothing to do.
const std::vector<Call> kCalls{
    {"POST",
     "v1/{p}/scaling_group",
     R"({"scaling_group_name": @, "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]})",
     {"scaling_group_name"}},
    {"POST",
     "v1/{p}/scaling_group",
     R"({"scaling_group_name": "g", "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}], "max_instance_number": @})",
     {"max_instance_number"}},
    {"POST",
     "v1/{p}/scaling_group",
     R"({"scaling_group_name": "g", "vpc_id": "{vpc}", "networks": [{"id": @}]})",
     {"networks[0].id"}},
    {"POST",
     "v1/{p}/scaling_group",
     R"({"scaling_group_name": "g", "vpc_id": "{vpc}", "networks": @})",
     {"networks"}},
    {"POST",
     "v1/{p}/scaling_group",
     R"({"scaling_group_name": "g", "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}], "health_periodic_audit_time": @})",
     {"health_periodic_audit_time"}},
    {"POST",
     "v1/{p}/scaling_group",
     R"({"scaling_group_name": "g", "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}], "multi_az_priority_policy": @})",
     {"multi_az_priority_policy"}},
    {"POST",
     "v1/{p}/scaling_configuration",
     R"({"scaling_configuration_name": "c", "instance_config": {"flavorRef": "s3.large.2", "imageRef": "{image}", "key_name": "ops-key", "disk": [{"size": @, "volume_type": "SATA", "disk_type": "SYS"}]}})",
     {"instance_config.disk[0].size"}},
    {"POST",
     "v1/{p}/scaling_configuration",
     R"({"scaling_configuration_name": "c", "instance_config": {"flavorRef": @, "imageRef": "{image}", "key_name": "ops-key", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}})",
     {"instance_config.flavorRef"}},
    {"POST",
     "v1/{p}/scaling_configurations",
     R"({"scaling_configuration_id": @})",
     {"scaling_configuration_id", "errorCode"}},
    {"PUT", "v1/{p}/scaling_group/{group}", R"({"cool_down_time": @})", {"cool_down_time"}},
    {"PUT",
     "v1/{p}/scaling_group/{group}",
     R"({"min_instance_number": @})",
     {"min_instance_number", "desire_instance_number"}},
    {"PUT", "v1/{p}/scaling_group/{group}", R"({"available_zones": [@]})", {"available_zones"}},
    {"POST", "v1/{p}/scaling_group/{group}/action", R"({"action": @})", {"action"}},
    {"POST",
     "v1/{p}/scaling_group_instance/{group}/action",
     R"({"action": @, "instances_id": ["x"]})",
     {"action"}},
    {"POST",
     "v1/{p}/scaling_group_instance/{group}/action",
     R"({"action": "REMOVE", "instances_id": @})",
     {"instances_id", "AS.4006"}},
    {"POST",
     "v1/{p}/scaling_policy",
     R"({"scaling_policy_name": "p", "scaling_group_id": "{group}", "scaling_policy_type": "SCHEDULED", "scheduled_policy": {"launch_time": @}})",
     {"launch_time"}},
    {"POST",
     "v1/{p}/scaling_policy",
     R"({"scaling_policy_name": "p", "scaling_group_id": "{group}", "scaling_policy_type": @, "alarm_id": ""})",
     {"scaling_policy_type", "alarm_id", "scheduled_policy"}},
    {"PUT",
     "v1/{p}/scaling_policy/{policy}",
     R"({"scaling_policy_action": {"operation": @}})",
     {"operation"}},
    {"PUT",
     "v2/{p}/scaling_policy/{policy}",
     R"({"scaling_policy_action": {"size": @}})",
     {"size", "instance_number"}},
    {"PUT",
     "v2/{p}/scaling_policy/{policy}",
     R"({"scaling_policy_action": {"percentage": @}})",
     {"percentage"}},
    {"POST", "v1/{p}/scaling_policy/{policy}/action", R"({"action": @})", {"action"}},
    {"POST",
     "v1/{p}/scaling_policies/action",
     R"({"action": "pause", "scaling_policy_id": @})",
     {"scaling_policy_id", "AS.3020", "AS.3021"}},
    {"POST",
     "v1/{p}/scaling_lifecycle_hook/{group}",
     R"({"lifecycle_hook_name": "h", "lifecycle_hook_type": "INSTANCE_LAUNCHING", "notification_topic_urn": "urn:smn:eu-de:{p}:t", "default_timeout": @})",
     {"default_timeout"}},
    {"PUT",
     "v1/{p}/scaling_instance_hook/{group}/callback",
     R"({"lifecycle_action_result": "CONTINUE", "lifecycle_action_key": @})",
     {"lifecycle_action_key", "no instance"}},
    {"POST",
     "v1/{p}/scaling_group_tag/{group}/tags/action",
     R"({"action": "create", "tags": [{"key": @}]})",
     {"tags"}},
    {"POST", "v1/{p}/scaling_group_tag/resource_instances/action", R"({"action": @})", {"action"}},
    {"PUT",
     "v1/{p}/scaling_notification/{group}",
     R"({"topic_urn": @, "topic_scene": ["SCALING_UP"]})",
     {"topic_urn"}},
};

// Values that are wrong wherever one of kCalls puts them: of a wrong type, out of range, or the name of nothing.
const std::vector<std::string> kWrongValues{"true",
                                            "{}",
                                            R"({"a": 1})",
                                            "-1.5",
                                            "1e400",
                                            "-1",
                                            "0.5",
                                            "99999999999",
                                            R"("")",
                                            R"("no such thing")",
                                            R"("\u0000")",
                                            R"("😀 ")",
                                            "[[]]",
                                            "[1]",
                                            "-9223372036854775808",
                                            R"("<script>")",
                                            R"("../../etc/passwd")"};

struct Wrong {
  std::string bytes, about;
  std::vector<std::string> blamed;  // one of these is in the message; empty when no field is to blame
  bool closes = false;              // the connection may end after it
  bool half_close = false;
};

class Spoiler {
 public:
  Spoiler(Names names, std::uint64_t seed) : names_(std::move(names)), rng_(seed, "malformed", 0) {}

  Wrong next() {
    switch (below(12)) {
      case 0: return cut_body();
      case 1: return garbage_body();
      case 2: return wrong_encoding();
      case 3: return wrong_method();
      case 4: return wrong_path();
      case 5: return wrong_query();
      case 6: return wrong_token();
      case 7: return wrong_framing();
      default: return wrong_value();
    }
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(rng_.next_u64() % bound); }
  template <class T>
  const T& one_of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

  std::string path(const Call& call) const {
    return filled(std::string("/autoscaling-api/") + call.path, names_);
  }
  Headers headers() const {
    return {{"X-Auth-Token", names_.at("token")}, {"Content-Type", "application/json"}};
  }
  std::string request(std::string_view method, std::string_view target, std::string_view body) const {
    return request_text(method, target, body, headers(), "localhost");
  }
  std::string body_with(const Call& call, std::string_view value) const {
    std::string body = filled(call.body, names_);
    const std::size_t at = body.find('@');
    return body.replace(at, 1, value);
  }

  Wrong wrong_value() {
    const Call& call = one_of(kCalls);
    const std::string& value = one_of(kWrongValues);
    return {request(call.method, path(call), body_with(call, value)),
            value,
            {call.fields.begin(), call.fields.end()}};
  }
  Wrong cut_body() {
    const Call& call = one_of(kCalls);
    std::string body = body_with(call, R"("x")");
    body.resize(below(body.size()));
    return {request(call.method, path(call), body), "cut", {}};
  }
  Wrong garbage_body() {
    static const std::vector<std::string> kGarbage{
        "null",
        "[]",
        "1",
        "\"x\"",
        "{",
        "}",
        "{]",
        "{\"a\":}",
        "{\"a\" 1}",
        "{'a': 1}",
        "{\"a\": 01}",
        "{\"a\": NaN}",
        "{\"a\": 1,}",
        "{\"a\": 1} x",
        "<xml/>",
        "a=b&c=d",
        "\xEF\xBB\xBF{}",
        std::string(200, '['),
        "{\"a\": " + std::string(100, '[') + std::string(100, ']') + "}",
        R"({"a": "\x"})",
        R"({"a": "\ud800"})",
        " \t\r\n"};
    const Call& call = one_of(kCalls);
    return {request(call.method, path(call), one_of(kGarbage)), "garbage", {}};
  }
  Wrong wrong_encoding() {
    static const std::vector<std::string> kBytes{"\"\xFF\xFE\"",         "\"\xC0\x80\"", "\"\xED\xA0\x80\"",
                                                 "\"\xF5\x80\x80\x80\"", "\"a\x01z\"",   "\"\xE2\x82\""};
    const Call& call = one_of(kCalls);
    return {request(call.method, path(call), body_with(call, one_of(kBytes))), "encoding", {}};
  }
  Wrong wrong_method() {
    static const std::vector<std::string> kMethods{"PATCH", "TRACE", "OPTIONS", "BREW", "get", "DELETE"};
    static const std::vector<std::string> kPaths{"v1/{p}/scaling_group", "v1/{p}/quotas",
                                                 "v1/{p}/scaling_policies/action", "v2/{p}/scaling_policy",
                                                 "v1/{p}/scaling_group_tag/tags"};
    return {
        request(one_of(kMethods), filled("/autoscaling-api/" + one_of(kPaths), names_), ""), "method", {}};
  }
  Wrong wrong_path() {
    static const std::vector<std::string> kPaths{"v1/{p}/scaling_group/nobody",
                                                 "v1/{p}/scaling_group/{policy}",
                                                 "v1/{p}/scaling_policy/{group}",
                                                 "v1/{p}/scaling_configuration/%00",
                                                 "v1/{p}/scaling_group/%zz",
                                                 "v1/{p}/scaling_group/",
                                                 "v1/{p}//",
                                                 "v3/{p}/scaling_group",
                                                 "v1/{p}/scaling_group/{group}/action/more",
                                                 "v1/0/scaling_group",
                                                 "v1/00000000000000000000000000000000/quotas",
                                                 "v1/{p}/scaling_lifecycle_hook/{group}/none",
                                                 "v2/{p}/scaling_group",
                                                 "v1/{p}/scaling_group_instance/none/list",
                                                 "v1/{p}/scaling_group/%F0%9F%98%80",
                                                 "v1/{p}/server/tags",
                                                 "v1/{p}",
                                                 "v1/{p}/scaling_group/..%2f..%2f"};
    return {request("GET", filled("/autoscaling-api/" + one_of(kPaths), names_), ""), "path", {}};
  }
  Wrong wrong_query() {
    struct Query {
      const char *path, *parameter;
    };
    static const std::vector<Query> kQueries{
        {"v1/{p}/scaling_group", "start_number"},
        {"v1/{p}/scaling_group", "limit"},
        {"v1/{p}/scaling_group", "scaling_group_status"},
        {"v1/{p}/scaling_configuration", "limit"},
        {"v1/{p}/scaling_group_instance/{group}/list", "life_cycle_state"},
        {"v1/{p}/scaling_group_instance/{group}/list", "health_status"},
        {"v1/{p}/scaling_policy/{group}/list", "scaling_policy_type"},
        {"v2/{p}/scaling_policy", "sort_by"},
        {"v2/{p}/scaling_policy", "order"},
        {"v2/{p}/scaling_policy", "scaling_resource_type"},
        {"v1/{p}/scaling_activity_log/{group}", "start_time"},
        {"v2/{p}/scaling_activity_log/{group}", "type"},
        {"v2/{p}/scaling_activity_log/{group}", "log_id"},
        {"v1/{p}/scaling_policy_execute_log/{policy}", "end_time"}};
    static const std::vector<std::string> kValues{
        "-1", "101x", "1.5", "%00", "", "99999999999999999999", "a%20b", "%F0%9F%98%80", "0x10"};
    const Query& query = one_of(kQueries);
    return {
        request("GET",
                filled(fmt::format("/autoscaling-api/{}?{}={}", query.path, query.parameter, one_of(kValues)),
                       names_),
                ""),
        "query",
        {query.parameter}};
  }
  Wrong wrong_token() {
    static const std::vector<std::string> kTokens{"", "x", "tidepool", "tidepool.a.b.c.d.e.f.0",
                                                  std::string(3000, 't')};
    const Call& call = one_of(kCalls);
    return {request_text(call.method, path(call), body_with(call, "1"), {{"X-Auth-Token", one_of(kTokens)}},
                         "localhost"),
            "token",
            {}};
  }
  // What ends the connection.
  Wrong wrong_framing() {
    const Call& call = one_of(kCalls);
    const std::string start = fmt::format("{} {} HTTP/1.1\r\n", call.method, path(call));
    const std::string rest = fmt::format("Host: localhost\r\nX-Auth-Token: {}\r\n", names_.at("token"));
    static const std::vector<std::string> kHeaders{"Content-Length: -1\r\n\r\n",
                                                   "Content-Length: x\r\n\r\n",
                                                   "Content-Length: 99999999999999\r\n\r\n",
                                                   "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
                                                   "Transfer-Encoding: gzip\r\n\r\n",
                                                   "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                                                   "Host: second\r\n\r\n",
                                                   "Expect: miracles\r\nContent-Length: 1\r\n\r\n",
                                                   "Bad Header: x\r\n\r\n",
                                                   "X-Long: " + std::string(100'000, 'x') + "\r\n\r\n"};
    Wrong wrong{start + rest + one_of(kHeaders), "framing", {}};
    wrong.closes = true;
    if (below(4) == 0) {
      wrong.bytes = start + rest + "Content-Length: 100\r\n\r\n{\"a\": 1";
      wrong.half_close = true;
    }
    if (below(8) == 0)
      wrong.bytes = one_of(std::vector<std::string>{"\r\n\r\nhello\r\n\r\n", "GET\r\n\r\n",
                                                    "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
                                                    std::string("\x16\x03\x01\x00\x05\x01\r\n\r\n", 10)});
    return wrong;
  }

  Names names_;
  sim::Rng rng_;
};

// ---- The project that must not change ----

std::string get(Connection& connection, const Names& names, std::string_view target) {
  const Reply reply =
      connection.exchange("GET", filled(target, names), {}, {{"X-Auth-Token", names.at("token")}});
  CHECK(reply.status == 200);
  return reply.body;
}

std::string state(std::uint16_t port, const Names& names) {
  Connection connection(port);
  std::string all;
  for (const char* each :
       {"/autoscaling-api/v1/{p}/scaling_group?limit=100",
        "/autoscaling-api/v1/{p}/scaling_configuration?limit=100",
        "/autoscaling-api/v2/{p}/scaling_policy?limit=100", "/autoscaling-api/v1/{p}/quotas",
        "/autoscaling-api/v1/{p}/scaling_group_instance/{group}/list",
        "/autoscaling-api/v1/{p}/scaling_lifecycle_hook/{group}/list",
        "/autoscaling-api/v1/{p}/scaling_group_tag/{group}/tags",
        "/autoscaling-api/v1/{p}/scaling_notification/{group}",
        "/autoscaling-api/v2/{p}/scaling_activity_log/{group}", "/_tidepool/v1/projects/{p}/events",
        "/_tidepool/v1/projects/{p}/clock", "/_tidepool/v1/projects/{p}/journal?limit=10000"})
    all += get(connection, names, each) + "\n";
  return all;
}

std::string created(Connection& connection, const Names& names, std::string_view path,
                    std::string_view body) {
  const Reply reply = connection.exchange("POST", filled(path, names), filled(body, names),
                                          {{"X-Auth-Token", names.at("token")}});
  INFO(path << " -> " << reply.body);
  REQUIRE(reply.status < 300);
  if (reply.body.empty()) return {};
  const boost::json::value value = parsed(reply.body);
  return value.as_object().begin()->value().is_string()
             ? std::string(value.as_object().begin()->value().get_string())
             : std::string{};
}

// A group with two instances and a policy.
Names a_project(std::uint16_t port) {
  Connection connection(port);
  Names names = log_in(connection);
  names["conf"] = created(
      connection, names, "/autoscaling-api/v1/{p}/scaling_configuration",
      R"({"scaling_configuration_name": "c", "instance_config": {"flavorRef": "s3.large.2", "imageRef": "{image}",
                              "key_name": "ops-key", "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}})");
  names["group"] = created(
      connection, names, "/autoscaling-api/v1/{p}/scaling_group",
      R"({"scaling_group_name": "g", "scaling_configuration_id": "{conf}", "desire_instance_number": 2,
                               "max_instance_number": 5, "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]})");
  names["policy"] = created(
      connection, names, "/autoscaling-api/v1/{p}/scaling_policy",
      R"({"scaling_policy_name": "p", "scaling_group_id": "{group}", "scaling_policy_type": "SCHEDULED",
                                "scheduled_policy": {"launch_time": "2026-04-01T00:00Z"}})");
  created(connection, names, "/autoscaling-api/v1/{p}/scaling_group/{group}/action",
          R"({"action": "resume"})");
  created(connection, names, "/_tidepool/v1/projects/{p}/clock/advance", R"({"by": "5m"})");
  return names;
}

// Statuses of the protocol, beside those of the service. None is a 5xx: the fault is always the client's.
bool is_documented(int status) {
  static const std::set<int> kStatuses{400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 417, 431};
  return kStatuses.contains(status);
}

struct Tally {
  std::map<int, int> by_status;
  int named = 0, to_be_named = 0;
};

void judge(const Wrong& wrong, const Reply& reply, const std::set<std::string>& codes, Tally& tally) {
  INFO(wrong.about << ": " << wrong.bytes.substr(0, 600) << "\n-> " << reply.status << " " << reply.body);
  ++tally.by_status[reply.status];
  CHECK(is_documented(reply.status));
  const boost::json::value body = parsed(reply.body);
  const bool has_form = body.is_object() && body.as_object().contains("error");
  CHECK(has_form);
  if (!has_form) return;
  CHECK(codes.contains(text_at(body, "error/code")));
  const std::string message = text_at(body, "error/message");
  CHECK_FALSE(message.empty());
  if (wrong.blamed.empty()) return;
  ++tally.to_be_named;
  bool named = false;
  for (const std::string& each : wrong.blamed) named = named || message.find(each) != std::string::npos;
  CHECK(named);
  tally.named += static_cast<int>(named);
}

}  // namespace

TEST_CASE("wrong requests get a documented 4xx that names the field, and change nothing",
          "[clients][malformed]") {
  const int count = is_long() ? 10'000 : 1'000;
  const std::uint64_t seed = seed_from_environment();
  CAPTURE(seed);
  const ServedProgram program(at_a_standstill());
  const Names names = a_project(program.port());
  const std::set<std::string> codes = documented_codes();
  const std::string before = state(program.port(), names);
  Spoiler spoiler(names, seed);
  Tally tally;
  auto connection = std::make_unique<Connection>(program.port());
  for (int i = 0; i < count; ++i) {
    const Wrong wrong = spoiler.next();
    INFO("request " << i << ": " << wrong.bytes.substr(0, 300));
    try {
      connection->send(wrong.bytes);
      if (wrong.half_close) connection->half_close();
      const auto reply = connection->receive_or_closed();
      CHECK((reply || wrong.half_close));
      if (reply) judge(wrong, *reply, codes, tally);
      if (wrong.closes || !reply || reply->header("Connection") == "close")
        connection = std::make_unique<Connection>(program.port());
    } catch (const std::exception& error) {
      FAIL(error.what());
    }
  }
  CHECK(program.is_running());
  CHECK(state(program.port(), names) == before);
  std::string summary;
  for (const auto& [status, times] : tally.by_status) summary += fmt::format(" {}x{}", status, times);
  if (is_long())
    WARN(count << " wrong requests, seed " << seed << ":" << summary << "; " << tally.named << " of "
               << tally.to_be_named << " named the field");
}

TEST_CASE("a sender that is too slow is told 408, and a body that is too large 413", "[clients][malformed]") {
  std::vector<std::string> arguments = at_a_standstill();
  arguments.insert(arguments.end(), {"--header-timeout", "100ms", "--body-timeout", "100ms"});
  const ServedProgram program(arguments);
  const Names names = a_project(program.port());
  const std::string before = state(program.port(), names);
  const std::string start = filled(
      "POST /autoscaling-api/v1/{p}/scaling_group HTTP/1.1\r\nHost: a\r\nX-Auth-Token: {token}\r\n", names);
  for (const std::string& slow : {start, start + "Content-Length: 50\r\n\r\n{\"scal"}) {
    Connection connection(program.port());
    connection.send(slow);
    const auto reply = connection.receive_or_closed();
    REQUIRE(reply);
    CHECK(reply->status == 408);
    CHECK_FALSE(text_at(parsed(reply->body), "error/code").empty());
  }
  Connection connection(program.port());
  connection.send(start + "Content-Length: 500000000\r\n\r\n");
  const auto reply = connection.receive_or_closed();
  REQUIRE(reply);
  CHECK(reply->status == 413);
  CHECK(state(program.port(), names) == before);
}

}  // namespace tidepool::clients
