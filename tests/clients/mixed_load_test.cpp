// Many connections at once, reading and writing over several projects, while simulated time flies.
//
// For two seconds, or for five minutes with TIDEPOOL_LONG=1, which is also the run to make under ThreadSanitizer.
#include <fmt/format.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "sim/engine/rng.hpp"
#include "tests/clients/login.hpp"
#include "tests/clients/served_program.hpp"
#include "tests/clients/settings.hpp"

namespace tidepool::clients {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int kConnections = 64;
constexpr int kProjects = 16;

// What one connection saw. Nothing in it is shared, and Catch2 is asked only afterwards.
struct Record {
  std::int64_t sent = 0, answered = 0;
  std::map<int, std::int64_t> by_status;
  std::string wrong;
};

class Visitor {
 public:
  Visitor(std::uint16_t port, Names names, int number)
      : connection_(port),
        names_(std::move(names)),
        rng_(1, "mixed load", static_cast<std::uint64_t>(number)) {}

  Record visit_until(Clock::time_point end) {
    while (Clock::now() < end && record_.wrong.empty()) step();
    return record_;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(rng_.next_u64() % bound); }

  Reply ask(std::string_view method, std::string_view path, std::string_view body = {}) {
    ++record_.sent;
    Reply reply =
        connection_.exchange(method, filled(fmt::format("/autoscaling-api/v1/{{p}}/{}", path), names_),
                             filled(body, names_), {{"X-Auth-Token", names_.at("token")}});
    ++record_.answered;
    ++record_.by_status[reply.status];
    if (reply.status >= 500 || reply.status == 429 || !reply.has_header("X-Request-Id"))
      record_.wrong = fmt::format("{} {} -> {} {}", method, path, reply.status, reply.body);
    return reply;
  }

  void step() {
    try {
      take_step();
    } catch (const std::exception& error) {
      record_.wrong = error.what();
    }
  }

  void take_step() {
    switch (below(10)) {
      case 0: return make_group();
      case 1:
        if (!group_.empty())
          ask("PUT", "scaling_group/" + group_, fmt::format(R"({{"desire_instance_number": {}}})", below(6)));
        return;
      case 2:
        if (!group_.empty())
          ask("POST", "scaling_group/" + group_ + "/action",
              below(3) == 0 ? R"({"action": "pause"})" : R"({"action": "resume"})");
        return;
      case 3:
        if (!group_.empty() && below(4) == 0) {
          ask("DELETE", "scaling_group/" + group_ + "?force_delete=yes");
          group_.clear();
        }
        return;
      case 4:
        if (!group_.empty())
          ask("POST", "scaling_group_tag/" + group_ + "/tags/action",
              R"({"action": "create", "tags": [{"key": "k", "value": "v"}]})");
        return;
      case 5: ask("GET", group_.empty() ? "quotas" : "scaling_group_instance/" + group_ + "/list"); return;
      case 6: ask("GET", group_.empty() ? "quotas" : "scaling_activity_log/" + group_); return;
      case 7: ask("GET", "scaling_configuration"); return;
      case 8: ask("POST", "scaling_group", R"({"scaling_group_name": 7})"); return;
      default: ask("GET", "scaling_group?limit=100");
    }
  }

  void make_group() {
    if (!group_.empty()) return;
    const Reply reply = ask(
        "POST", "scaling_group",
        R"({"scaling_group_name": "g", "scaling_configuration_id": "{conf}", "max_instance_number": 5, "cool_down_time": 0,
                                "vpc_id": "{vpc}", "networks": [{"id": "{subnet}"}]})");
    const std::size_t at = reply.body.find("\":\"");
    if (reply.status == 200) group_ = reply.body.substr(at + 3, 36);
  }

  Connection connection_;
  Names names_;
  sim::Rng rng_;
  Record record_;
  std::string group_;
};

Names a_project(std::uint16_t port, int number) {
  Connection connection(port);
  Names names = log_in(connection, fmt::format("eu-de_load{}", number));
  const Reply reply = connection.exchange(
      "POST", filled("/autoscaling-api/v1/{p}/scaling_configuration", names),
      filled(
          R"({"scaling_configuration_name": "c", "instance_config": {"flavorRef": "s3.large.2", "imageRef": "{image}", "key_name": "ops-key",
                 "disk": [{"size": 40, "volume_type": "SATA", "disk_type": "SYS"}]}})",
          names),
      {{"X-Auth-Token", names.at("token")}});
  REQUIRE(reply.status == 200);
  names["conf"] = text_at(parsed(reply.body), "scaling_configuration_id");
  return names;
}

boost::json::value get(Connection& connection, const Names& names, std::string_view path) {
  const Reply reply =
      connection.exchange("GET", filled(fmt::format("/autoscaling-api/v1/{{p}}/{}", path), names), {},
                          {{"X-Auth-Token", names.at("token")}});
  REQUIRE(reply.status == 200);
  return parsed(reply.body);
}

// What must hold of a project whatever was done to it: its numbers agree with its lists. The clock stands by then.
void check_project(std::uint16_t port, const Names& names) {
  Connection connection(port);
  REQUIRE(
      connection.exchange("PUT", filled("/_tidepool/v1/projects/{p}/clock", names), R"({"mode": "manual"})")
          .status == 200);
  const auto groups = get(connection, names, "scaling_group?limit=100");
  CHECK(groups.at("total_number") == groups.at("scaling_groups").as_array().size());
  const auto quotas = get(connection, names, "quotas");
  CHECK(quotas.at_pointer("/quotas/resources/0/used") == groups.at("total_number"));
  std::set<std::string> seen;
  for (const auto& group : groups.at("scaling_groups").as_array()) {
    const std::string id = text_at(group, "scaling_group_id");
    CHECK(seen.insert(id).second);
    const auto members = get(connection, names, "scaling_group_instance/" + id + "/list?limit=100");
    std::int64_t current = 0;
    for (const auto& each : members.at("scaling_group_instances").as_array()) {
      CHECK(seen.insert(text_at(each, "instance_id")).second);
      current += static_cast<std::int64_t>(!text_at(each, "life_cycle_state").starts_with("PENDING"));
    }
    CHECK(group.at("current_instance_number") == current);
    CHECK(members.at("total_number").as_int64() <= 5 + 5);  // those that leave and those that come
  }
}

}  // namespace

TEST_CASE("many connections at once lose no request, and what is read agrees in the end", "[clients][load]") {
  const auto length = is_set("TIDEPOOL_LONG") ? std::chrono::seconds(300) : 2s;
  const ServedProgram program({"--clock", "x600", "--start", "2026-03-01T06:00:00Z", "--seed", "7"});
  std::vector<Names> projects;
  projects.reserve(kProjects);
  for (int i = 0; i < kProjects; ++i) projects.push_back(a_project(program.port(), i));

  std::vector<Record> records(kConnections);
  std::vector<std::thread> threads;
  threads.reserve(kConnections);
  const auto end = Clock::now() + length;
  for (int i = 0; i < kConnections; ++i)
    threads.emplace_back([&, i] {
      try {
        Visitor visitor(program.port(), projects[static_cast<std::size_t>(i % kProjects)], i);
        records[static_cast<std::size_t>(i)] = visitor.visit_until(end);
      } catch (const std::exception& error) {
        records[static_cast<std::size_t>(i)].wrong = error.what();
      }
    });
  for (std::thread& each : threads) each.join();

  Record all;
  for (const Record& each : records) {
    CHECK(each.wrong.empty());
    if (!each.wrong.empty()) WARN(each.wrong);
    CHECK(each.sent == each.answered);
    CHECK(each.sent > 0);
    all.sent += each.sent;
    for (const auto& [status, times] : each.by_status) all.by_status[status] += times;
  }
  CHECK(program.is_running());
  for (const Names& each : projects) check_project(program.port(), each);
  std::string summary;
  for (const auto& [status, times] : all.by_status) summary += fmt::format(" {}x{}", status, times);
  if (is_set("TIDEPOOL_LONG"))
    WARN(kConnections << " connections, " << all.sent << " requests in " << length.count()
                      << " s:" << summary);
}

}  // namespace tidepool::clients
