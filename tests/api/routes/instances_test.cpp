// The members of a group through the API: listed, added, removed, protected.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/api/routes/client.hpp"

namespace tidepool::api {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

constexpr sim::AsGroupId kFirst{0}, kSecond{1};

// A client whose first group has grown.
struct Grown {
  Client client;
  std::string group;

  explicit Grown(const support::GroupSpec& spec = {.desire = 3}) {
    group = client.text(support::grown_group(client.cloud, spec));
  }
  std::string member(std::size_t index) const {
    return client.text(support::members(client.cloud, kFirst).at(index));
  }
  std::string list_path(std::string_view query = {}) const {
    return fmt::format("/scaling_group_instance/{}/list{}", group, query);
  }
  Texts ids(std::string_view query = {}) {
    return column(client.get(list_path(query)), "scaling_group_instances", "instance_id");
  }
  std::string envelope_of(std::string_view query) { return envelope(client.get(list_path(query))); }
  Response batch(std::string_view action, const Texts& ids_given, std::string_view more = {}) {
    return client.post(
        fmt::format("/scaling_group_instance/{}/action", group),
        fmt::format(R"({{"action": "{}", "instances_id": [{}]{}}})", action, quoted(ids_given), more));
  }
  static std::string quoted(const Texts& texts) {
    std::string list;
    for (const std::string& each : texts) list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", each);
    return list;
  }
  std::string remove(std::string_view instance, std::string_view query = {}) {
    return outcome(client.del(fmt::format("/scaling_group_instance/{}{}", instance, query)));
  }
  int desire() const { return support::group_of(client.cloud, kFirst).set.desire; }
  std::string last_type() const { return sim::text_of(support::last_action(client.cloud, kFirst).type); }
  void wait() { support::run_until_idle(client.cloud, kFirst); }
};

}  // namespace

// ---- List ----

TEST_CASE("an instance is listed with its group, its configuration and its states", "[routes]") {
  Grown grown{{.desire = 1}};
  const std::string id = grown.member(0);
  CHECK(
      grown.client.get(grown.list_path()).body ==
      fmt::format(
          R"({{"total_number":1,"start_number":0,"limit":20,"scaling_group_instances":[{{"instance_id":"{}",)"
          R"("instance_name":"{}","scaling_group_id":"{}","scaling_group_name":"web",)"
          R"("life_cycle_state":"INSERVICE","health_status":"NORMAL","scaling_configuration_name":"conf",)"
          R"("scaling_configuration_id":"{}","create_time":"2026-03-01T00:00:00Z",)"
          R"("protect_from_scaling_down":false}}]}})",
          id, instance_name(grown.client.cloud, sim::InstanceId{0}), grown.group,
          grown.client.text(sim::AsConfigurationId{0})));
}

TEST_CASE("an instance added by hand is listed without a configuration", "[routes]") {
  Grown grown{{.desire = 0}};
  CHECK(outcome(grown.batch("ADD", {"server-0-0"})) == "204");
  grown.wait();
  CHECK(grown.client.get(grown.list_path()).body ==
        fmt::format(R"({{"total_number":1,"start_number":0,"limit":20,"scaling_group_instances":[{{)"
                    R"("instance_id":"server-0-0","instance_name":"server-0-0","scaling_group_id":"{}",)"
                    R"("scaling_group_name":"web","life_cycle_state":"INSERVICE","health_status":"NORMAL",)"
                    R"("scaling_configuration_name":"","scaling_configuration_id":"",)"
                    R"("create_time":"2026-03-01T00:00:00Z","protect_from_scaling_down":false}}]}})",
                    grown.group));
}

TEST_CASE("instances are listed oldest first, by page and by filter", "[routes]") {
  Grown grown;
  const Texts all{grown.member(0), grown.member(1), grown.member(2)};
  support::protect(grown.client.cloud, kFirst, {sim::InstanceId{1}});
  support::set_desire(grown.client.cloud, kFirst, 4);
  grown.client.cloud.run_until(grown.client.cloud.now());
  const std::string joining = grown.member(3);
  struct Row {
    const char *why, *query, *expected_envelope;
    Texts expected;
  };
  const auto row = GENERATE_COPY(values<Row>({
      {"all", "", "4 0 20", {all[0], all[1], all[2], joining}},
      {"a page", "?start_number=1&limit=2", "4 1 2", {all[1], all[2]}},
      {"only the total", "?limit=0", "4 0 0", {}},
      {"those in service", "?life_cycle_state=INSERVICE", "3 0 20", all},
      {"those joining", "?life_cycle_state=PENDING", "1 0 20", {joining}},
      {"case does not matter", "?life_cycle_state=pending", "1 0 20", {joining}},
      {"a state that none is in", "?life_cycle_state=REMOVING_WAIT", "0 0 20", {}},
      {"a state that only others know", "?life_cycle_state=STANDBY", "0 0 20", {}},
      {"healthy ones", "?health_status=normal", "3 0 20", all},
      {"not examined yet", "?health_status=INITIALIZING", "1 0 20", {joining}},
      {"protected ones", "?protect_from_scaling_down=true", "1 0 20", {all[1]}},
      {"unprotected ones", "?protect_from_scaling_down=false", "3 0 20", {all[0], all[2], joining}},
      {"neither true nor false", "?protect_from_scaling_down=maybe", "0 0 20", {}},
      {"all filters must agree",
       "?life_cycle_state=INSERVICE&protect_from_scaling_down=false&start_number=1",
       "2 1 20",
       {all[2]}},
  }));
  CAPTURE(row.why);
  CHECK(grown.envelope_of(row.query) == row.expected_envelope);
  CHECK(grown.ids(row.query) == row.expected);
}

TEST_CASE("a bad parameter of the list of instances has its code", "[routes]") {
  Grown grown{{.desire = 0}};
  struct Row {
    const char *query, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"?start_number=x", "400 AS.4000"},
      {"?limit=101", "400 AS.4001"},
      {"?life_cycle_state=ENABLED", "400 AS.4003"},
      {"?life_cycle_state=", "400 AS.4003"},
      {"?health_status=ILL", "400 AS.4004"},
  }));
  CAPTURE(row.query);
  CHECK(outcome(grown.client.get(grown.list_path(row.query))) == row.expected);
}

// ---- Remove one ----

TEST_CASE("an instance is taken out alone, its ECS kept or deleted, and the expected number follows",
          "[routes]") {
  struct Row {
    const char *query, *type;
  };
  const auto row = GENERATE(values<Row>({{"", "MANUAL_REMOVE"},
                                         {"?instance_delete=no", "MANUAL_REMOVE"},
                                         {"?instance_delete=yes", "MANUAL_DELETE"}}));
  CAPTURE(row.query);
  Grown grown;
  const std::string gone = grown.member(1);
  CHECK(grown.remove(gone, row.query) == "204");
  CHECK(grown.ids("?life_cycle_state=REMOVING") == Texts{gone});
  grown.wait();
  CHECK(grown.last_type() == row.type);
  CHECK(grown.desire() == 2);
  CHECK(grown.envelope_of("") == "2 0 20");
  CHECK(grown.remove(gone) == "400 AS.4006");
}

TEST_CASE("an instance can't be taken out alone when a rule forbids it", "[routes]") {
  Grown grown{{.desire = 2, .min = 1}};
  SECTION("it is unknown") {
    CHECK(grown.remove(kNobody) == "400 AS.4006");
    CHECK(grown.remove("server-0-0") == "400 AS.4006");
  }
  SECTION("the parameter is neither yes nor no") {
    CHECK(grown.remove(grown.member(0), "?instance_delete=true") == "400 AS.4007");
  }
  SECTION("an action runs") {
    support::set_desire(grown.client.cloud, kFirst, 3);
    grown.client.cloud.run_until(grown.client.cloud.now());
    CHECK(grown.remove(grown.member(0)) == "400 AS.2033");
  }
  SECTION("fewer than min would be left") {
    CHECK(grown.remove(grown.member(0)) == "204");
    grown.wait();
    CHECK(grown.remove(grown.member(0)) == "400 AS.2036");
  }
}

// ---- Add ----

TEST_CASE("servers are added by hand, and the expected number follows", "[routes]") {
  Grown grown{{.desire = 1}};
  const Response response = grown.batch("ADD", {"server-0-0", "server-2-1"});
  CHECK(response.status == 204);
  CHECK(response.body.empty());
  CHECK(grown.ids("?life_cycle_state=PENDING") == Texts{"server-0-0", "server-2-1"});
  grown.wait();
  CHECK(grown.last_type() == "MANUAL_ADD");
  CHECK(grown.desire() == 3);
  CHECK(grown.ids("?life_cycle_state=INSERVICE").size() == 3);
}

TEST_CASE("a server that left a group may come back under the same id", "[routes]") {
  Grown grown{{.desire = 0}};
  for (int i = 0; i < 2; ++i) {
    CHECK(outcome(grown.batch("ADD", {"server-0-0"})) == "204");
    grown.wait();
    CHECK(grown.ids() == Texts{"server-0-0"});
    CHECK(grown.remove("server-0-0", "?instance_delete=yes") == "204");
    grown.wait();
    CHECK(grown.last_type() == "MANUAL_DELETE");
    CHECK(grown.ids().empty());
  }
}

TEST_CASE("one server that can't be added stops all, and each that can't is named", "[routes]") {
  Grown grown{{.desire = 1, .zones = {support::kZoneA, support::kZoneB}}};
  support::grown_group(grown.client.cloud, {.name = "other", .desire = 1});
  support::add_servers(grown.client.cloud, kFirst, {support::server_in(support::kZoneA, 0)});
  support::add_servers(grown.client.cloud, kSecond, {support::server_in(support::kZoneA, 1)});
  grown.wait();
  const std::string own = grown.member(0);
  const std::string foreign = grown.client.text(support::members(grown.client.cloud, kSecond).front());

  const Response refused =
      grown.batch("ADD", {"server-0-2", "stopped", "elsewhere", "server-2-0", "server-0-0", "server-0-1"});
  CHECK(outcome(refused) == "400 AS.4029");
  CHECK(message_of(refused) ==
        "stopped: AS.4024 is not ACTIVE; elsewhere: AS.4021 is in another VPC than the group; "
        "server-2-0: AS.4020 is in eu-de-03, not a zone of the group; server-0-0: AS.4023 is in the group "
        "already; "
        "server-0-1: AS.4027 is in another group");

  const Response unknown = grown.batch("ADD", {"server-0-2", std::string{kNobody}, own, foreign});
  CHECK(outcome(unknown) == "400 AS.4029");
  CHECK(message_of(unknown) ==
        fmt::format(
            "{}: AS.4006 no such ECS; {}: AS.4023 is in the group already; {}: AS.4027 is in another group",
            kNobody, own, foreign));
  CHECK(grown.envelope_of("") == "2 0 20");
}

TEST_CASE("servers can't be added to a group that is not ready for them", "[routes]") {
  SECTION("it is disabled") {
    Client client;
    const std::string group = create_group(client, R"("max_instance_number": 5)");
    CHECK(outcome(client.post(fmt::format("/scaling_group_instance/{}/action", group),
                              R"({"action": "ADD", "instances_id": ["server-0-0"]})")) == "400 AS.2033");
  }
  SECTION("an action runs") {
    Grown grown{{.desire = 1}};
    support::set_desire(grown.client.cloud, kFirst, 2);
    grown.client.cloud.run_until(grown.client.cloud.now());
    CHECK(outcome(grown.batch("ADD", {"server-0-0"})) == "400 AS.2033");
  }
  SECTION("it is full") {
    Grown grown{{.desire = 1, .max = 2}};
    CHECK(outcome(grown.batch("ADD", {"server-0-0", "server-0-1"})) == "400 AS.2035");
    CHECK(outcome(grown.batch("ADD", {"server-0-0"})) == "204");
  }
}

// ---- Remove several ----

TEST_CASE("several instances are taken out together", "[routes]") {
  Grown grown;
  CHECK(outcome(grown.batch("REMOVE", {grown.member(0), grown.member(2)}, R"(, "instance_delete": "yes")")) ==
        "204");
  CHECK(grown.ids("?life_cycle_state=REMOVING").size() == 2);
  grown.wait();
  CHECK(grown.last_type() == "MANUAL_DELETE");
  CHECK(grown.desire() == 1);
  CHECK(grown.ids().size() == 1);
}

TEST_CASE("one instance that can't be taken out stops all, and each that can't is named", "[routes]") {
  Grown grown{{.desire = 2}};
  support::grown_group(grown.client.cloud, {.name = "other", .desire = 1});
  const std::string foreign = grown.client.text(support::members(grown.client.cloud, kSecond).front());
  const Response refused = grown.batch("REMOVE", {grown.member(0), std::string{kNobody}, foreign});
  CHECK(outcome(refused) == "400 AS.4030");
  CHECK(message_of(refused) ==
        fmt::format("{}: AS.4006 no such instance; {}: AS.4014 is in another group", kNobody, foreign));
  CHECK(grown.ids("?life_cycle_state=INSERVICE").size() == 2);
}

TEST_CASE("instances can't be taken out below min, nor while an action runs", "[routes]") {
  Grown grown{{.desire = 2, .min = 1}};
  CHECK(outcome(grown.batch("REMOVE", {grown.member(0), grown.member(1)})) == "400 AS.2036");
  CHECK(outcome(grown.batch("REMOVE", {grown.member(0)})) == "204");
  CHECK(outcome(grown.batch("REMOVE", {grown.member(1)})) == "400 AS.2033");
}

TEST_CASE("a disabled group still lets instances go", "[routes]") {
  Grown grown{{.desire = 2}};
  REQUIRE(outcome(grown.client.post(fmt::format("/scaling_group/{}/action", grown.group),
                                    R"({"action": "pause"})")) == "204");
  CHECK(outcome(grown.batch("REMOVE", {grown.member(0)})) == "204");
  support::run_for(grown.client.cloud, support::kRemoval);
  CHECK(grown.ids().size() == 1);
}

TEST_CASE("a group that was told to shrink to nothing lets its instances be taken out first", "[routes]") {
  Client client{support::a_cloud(sim::Behaviour::classic())};  // The next scan is 10 s away.
  const std::string group = client.text(support::grown_group(client.cloud, {.desire = 2, .min = 1}));
  const auto ids = column(client.get(fmt::format("/scaling_group_instance/{}/list", group)),
                          "scaling_group_instances", "instance_id");
  REQUIRE(ids.size() == 2);
  CHECK(
      outcome(client.put("/scaling_group/" + group,
                         R"({"desire_instance_number": 0, "min_instance_number": 0, "max_instance_number": 0,
                               "security_groups": null})")) == "200");
  CHECK(outcome(client.post(fmt::format("/scaling_group_instance/{}/action", group),
                            fmt::format(R"({{"instances_id": ["{}", "{}"], "action": "REMOVE",
                                            "instance_delete": "yes"}})",
                                        ids[0], ids[1]))) == "204");
  support::run_for(client.cloud, 30s);
  CHECK(envelope(client.get(fmt::format("/scaling_group_instance/{}/list", group))) == "0 0 20");
  CHECK(outcome(client.del("/scaling_group/" + group)) == "204");
}

// ---- Protect ----

TEST_CASE("instances are protected and released", "[routes]") {
  Grown grown;
  CHECK(outcome(grown.batch("PROTECT", {grown.member(0), grown.member(1)})) == "204");
  CHECK(grown.ids("?protect_from_scaling_down=true") == Texts{grown.member(0), grown.member(1)});
  CHECK(outcome(grown.batch("UNPROTECT", {grown.member(0)})) == "204");
  CHECK(grown.ids("?protect_from_scaling_down=true") == Texts{grown.member(1)});
}

TEST_CASE("one instance that can't be protected stops all, and each that can't is named", "[routes]") {
  Grown grown{{.desire = 1}};
  support::set_desire(grown.client.cloud, kFirst, 2);
  grown.client.cloud.run_until(grown.client.cloud.now());
  const std::string joining = grown.member(1);
  const Response refused =
      grown.batch(GENERATE("PROTECT", "UNPROTECT"), {grown.member(0), joining, std::string{kNobody}});
  CHECK(outcome(refused) == "400 AS.4033");
  CHECK(message_of(refused) ==
        fmt::format("{}: AS.4015 is PENDING, expected INSERVICE; {}: AS.4006 no such instance", joining,
                    kNobody));
  CHECK(grown.ids("?protect_from_scaling_down=true").empty());
}

// ---- All batches ----

TEST_CASE("a batch of instances that is not well formed has its code", "[routes]") {
  Grown grown{{.desire = 0}};
  struct Row {
    const char *why, *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {"no body", "", "400 AS.0002"},
      {"no action", R"({"instances_id": ["a"]})", "400 AS.4018"},
      {"an action in lower case", R"({"instances_id": ["a"], "action": "add"})", "400 AS.4018"},
      {"standby is not offered", R"({"instances_id": ["a"], "action": "ENTER_STANDBY"})", "400 AS.4018"},
      {"nor is its end", R"({"instances_id": ["a"], "action": "EXIT_STANDBY"})", "400 AS.4018"},
      {"nothing to add", R"({"instances_id": [], "action": "ADD"})", "400 AS.4019"},
      {"nothing to remove", R"({"instances_id": [], "action": "REMOVE"})", "400 AS.4013"},
      {"nothing to protect", R"({"instances_id": [], "action": "PROTECT"})", "400 AS.4032"},
      {"nothing to release", R"({"action": "UNPROTECT"})", "400 AS.4032"},
      {"a list of something else", R"({"instances_id": [1], "action": "ADD"})", "400 AS.0022"},
      {"a text instead of a list", R"({"instances_id": "a", "action": "ADD"})", "400 AS.0022"},
      {"neither yes nor no", R"({"instances_id": ["a"], "action": "REMOVE", "instance_delete": "maybe"})",
       "400 AS.4007"},
  }));
  CAPTURE(row.why);
  CHECK(outcome(grown.client.post(fmt::format("/scaling_group_instance/{}/action", grown.group), row.body)) ==
        row.expected);
}

TEST_CASE("a batch for an unknown group is AS.0007", "[routes]") {
  Client client;
  CHECK(outcome(client.post(fmt::format("/scaling_group_instance/{}/action", kNobody),
                            R"({"action": "ADD", "instances_id": ["server-0-0"]})")) == "404 AS.0007");
}

}  // namespace tidepool::api
