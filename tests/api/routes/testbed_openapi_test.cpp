// The description of the testbed's calls against the calls themselves. What is sent and answered here goes through
// check_openapi.py, which holds it against the schemas.
#include "api/routes/testbed_openapi.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/router.hpp"
#include "api/routes/testbed.hpp"
#include "tests/api/routes/client.hpp"
#include "tests/api/routes/world_client.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::api {
namespace {

namespace fs = std::filesystem;
using boost::json::array;
using boost::json::object;
using boost::json::value;

// The ids that stand in the file's examples for those of a world.
constexpr std::string_view kGroupOfExamples = "71c4b5a0-9a4e-4c8e-8f6b-2f60f6f0d6aa";
constexpr std::string_view kInstanceOfExamples = "2f1d7c3e-9a4e-4c8e-8f6b-2f60f6f0d6bb";
constexpr std::string_view kBase = "/_tidepool/v1";

const value& document() {
  static const value kDocument = boost::json::parse(testbed_openapi());
  return kDocument;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t found = text.find(what); found != std::string::npos; found = text.find(what, found))
    text.replace(found, what.size(), by);
  return text;
}

// ---- What was sent ----

// Requests and answers as the checking script reads them.
class Exchanges {
 public:
  enum class Schema { Asked, RefusesToo };

  void add(std::string_view method, std::string_view path, std::string_view target, std::string_view body,
           const Response& response, Schema schema = Schema::Asked) {
    object row{{"method", method},          {"path", path},
               {"target", target},          {"request", body},
               {"status", response.status}, {"response", response.body}};
    if (schema == Schema::RefusesToo) row.emplace("refused_by_schema", true);
    rows_.push_back(std::move(row));
  }

  void check() const {
    const support::TemporaryFolder folder;
    const fs::path source{TIDEPOOL_SOURCE_DIR};
    support::write_file(folder.file("spec.json"), testbed_openapi());
    support::write_file(folder.file("exchanges.json"), boost::json::serialize(rows_));
    // Debian's own Python, which has Debian's python3-jsonschema.
    const std::string line = fmt::format("/usr/bin/python3 '{}' '{}' '{}' >'{}' 2>&1",
                                         (source / "tests/api/routes/check_openapi.py").string(),
                                         folder.file("spec.json").string(),
                                         folder.file("exchanges.json").string(), folder.file("out").string());
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
    const int status = std::system(line.c_str());
    INFO(support::read_file(folder.file("out")));
    INFO("python3-jsonschema comes with tools/install-deps.sh all");
    CHECK(WEXITSTATUS(status) == 0);
  }

 private:
  array rows_;
};

// ---- A world ----

// Any scenario comes to the same cloud here.
ScenarioOutcome a_past(std::string_view /*text*/, std::string_view project, std::uint64_t /*seed*/,
                       sim::Time /*start*/) {
  ScenarioOutcome outcome;
  outcome.project.emplace(SeededProject{
      std::string{project}, {}, {}, support::a_cloud(), {{"web", std::string{kGroupOfExamples}}}});
  return outcome;
}

WorldOptions options_with_scenarios() {
  WorldOptions options = world_options();
  options.run_scenario = a_past;
  return options;
}

// A project with a manual clock and two instances in a group.
struct Scene {
  WorldClient client{options_with_scenarios()};
  std::string project = client.project_id(), group, instance;

  Scene() {
    sent("PUT", "/clock", R"({"mode": "manual"})");
    const std::string configuration = text_at(
        as_project("POST", "/scaling_configuration", minimal_configuration()), "scaling_configuration_id");
    group = text_at(as_project("POST", "/scaling_group",
                               minimal_group(fmt::format(R"("scaling_configuration_id": "{}",
                                   "desire_instance_number": 2, "max_instance_number": 5)",
                                                         configuration))),
                    "scaling_group_id");
    as_project("POST", fmt::format("/scaling_group/{}/action", group), R"({"action": "resume"})");
    sent("POST", "/clock/advance", R"({"by": "100s"})");
    instance = text_at(as_project("GET", fmt::format("/scaling_group_instance/{}/list", group)),
                       "scaling_group_instances/0/instance_id");
  }

  Response as_project(std::string_view method, std::string_view path, std::string_view body = {}) {
    Response response = client.as_project(method, path, body);
    INFO(method << " " << path << ": " << response.body);
    REQUIRE(response.status < 300);
    return response;
  }
  Response sent(std::string_view method, std::string_view path, std::string_view body = {}) {
    Response response = client.testbed(method, fmt::format("/projects/{{p}}{}", path), body);
    INFO(method << " " << path << ": " << response.body);
    REQUIRE(response.status < 300);
    return response;
  }
  /// With this world's ids in the place of the examples'.
  std::string fitted(const value& body) const {
    return replaced(replaced(boost::json::serialize(body), kGroupOfExamples, group), kInstanceOfExamples,
                    instance);
  }
  std::string target_of(std::string_view path) const {
    std::string target = replaced(std::string{path}, "{project}", project);
    for (const char* each : {"{fault}", "{alarm_rule}", "{snapshot}"})
      target = replaced(std::move(target), each, "nobody");
    return target;
  }
};

// ---- The file ----

const value& at_reference(std::string_view reference) { return document().at_pointer(reference.substr(1)); }

const value& resolved(const value& schema) {
  if (const value* reference = schema.as_object().if_contains("$ref"))
    return resolved(at_reference(reference->as_string()));
  // A reference with a description of its own.
  if (const value* all = schema.as_object().if_contains("allOf")) return resolved(all->as_array().at(0));
  return schema;
}

struct Described {
  std::string method, path;
  const value* operation;
};

std::vector<Described> described() {
  std::vector<Described> all;
  for (const auto& item : document().at("paths").as_object())
    for (const auto& each : item.value().as_object()) {
      std::string method{each.key()};
      std::ranges::transform(method, method.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      all.push_back({std::move(method), item.key(), &each.value()});
    }
  return all;
}

// A body that the file shows, and the schema of its kind.
struct Example {
  Described of;
  std::string name;
  value body;
  const value* schema;
};

const value& schema_of_kind(const value& schema, const value& body) {
  const value& whole = resolved(schema);
  const value* choice = whole.as_object().if_contains("discriminator");
  if (choice == nullptr) return whole;
  const std::string kind{body.at("kind").as_string()};
  return resolved(at_reference(choice->at("mapping").at(kind).as_string()));
}

std::vector<Example> examples() {
  std::vector<Example> all;
  for (const Described& each : described()) {
    const value* body = each.operation->as_object().if_contains("requestBody");
    if (body == nullptr) continue;
    const value& media = body->at("content").at("application/json");
    for (const auto& example : media.at("examples").as_object()) {
      const value& shown = example.value().at("value");
      all.push_back({each, example.key(), shown, &schema_of_kind(media.at("schema"), shown)});
    }
  }
  return all;
}

// Each member that a schema describes, with its path: "trace.values", and its schema.
using Members = std::vector<std::pair<std::string, const value*>>;
void add_members(const value& schema, const std::string& prefix, Members& out) {
  const value& whole = resolved(schema);
  if (const value* items = whole.as_object().if_contains("items")) return add_members(*items, prefix, out);
  const value* properties = whole.as_object().if_contains("properties");
  if (properties == nullptr) return;
  for (const auto& each : properties->as_object()) {
    const std::string path =
        prefix.empty() ? std::string{each.key()} : fmt::format("{}.{}", prefix, each.key());
    out.emplace_back(path, &each.value());
    add_members(each.value(), path, out);
  }
}
Members members_of(const value& schema) {
  Members out;
  add_members(schema, {}, out);
  return out;
}

// The value at such a path; of lists, in the first item.
value* find_in(value& body, std::string_view path) {
  value* at = &body;
  while (at != nullptr && !path.empty()) {
    if (at->is_array()) at = at->as_array().empty() ? nullptr : &at->as_array().front();
    if (at == nullptr || !at->is_object()) return nullptr;
    const std::string_view name = path.substr(0, path.find('.'));
    at = at->as_object().if_contains(name);
    path.remove_prefix(std::min(path.size(), name.size() + 1));
  }
  return at;
}

// ---- What a schema refuses ----

// Values that a member's schema does not allow.
std::vector<value> wrong_values(const value& schema) {
  const object& whole = resolved(schema).as_object();
  const std::string type{whole.at("type").as_string()};
  std::vector<value> wrong{type == "array" ? value("x") : value(array{})};
  if (type != "string") wrong.emplace_back(type == "integer" ? "one" : "1");
  if (whole.contains("pattern") || (whole.contains("enum") && type == "string")) wrong.emplace_back("%");
  if (const value* least = whole.if_contains("minimum")) wrong.emplace_back(least->to_number<double>() - 1);
  if (const value* most = whole.if_contains("maximum")) wrong.emplace_back(most->to_number<double>() + 1);
  if (type == "integer") wrong.emplace_back(1.5);
  if (whole.contains("minItems")) wrong.emplace_back(array{});
  if (const value* items = whole.if_contains("items");
      items != nullptr && resolved(*items).at("type") == "number")
    for (const value& each : wrong_values(*items)) wrong.emplace_back(array{each});
  return wrong;
}

// The ends of a member's range, and each of its choices.
std::vector<value> edge_values(const value& schema) {
  const object& whole = resolved(schema).as_object();
  std::vector<value> edges;
  for (const char* each : {"minimum", "maximum"})
    if (const value* edge = whole.if_contains(each)) edges.push_back(*edge);
  if (const value* choices = whole.if_contains("enum"))
    for (const value& each : choices->as_array()) edges.push_back(each);
  return edges;
}

// Each way to spoil one member of a body: with a wrong value, or with an unknown member beside it.
std::vector<value> spoilt(const Example& example) {
  std::vector<value> all;
  const auto with = [&](std::string_view path, const std::function<void(value&)>& spoil) {
    value copy = example.body;
    if (value* at = find_in(copy, path)) {
      spoil(*at);
      all.push_back(std::move(copy));
    }
  };
  with({}, [](value& body) { body.as_object().emplace("surprise", 1); });
  for (const auto& [path, schema] : members_of(*example.schema)) {
    if (path == "kind") continue;
    for (const value& wrong : wrong_values(*schema)) with(path, [&](value& at) { at = wrong; });
    if (!resolved(*schema).as_object().contains("properties")) continue;
    with(path, [](value& at) { at.as_object().emplace("surprise", 1); });
  }
  return all;
}

}  // namespace

TEST_CASE("the description of the testbed has each of its calls and no other", "[testbed][openapi]") {
  std::set<std::pair<std::string, std::string>> told, answered;
  for (const Described& each : described()) told.emplace(each.method, each.path);
  for (const Operation& each : operations_of_testbed()) answered.emplace(each.method, each.path);
  CHECK(told == answered);
}

TEST_CASE("the description is served as it lies in the source tree", "[testbed][openapi]") {
  WorldClient client;
  const Response response = client.send("GET", "/_tidepool/v1/openapi.json");
  CHECK(response.status == 200);
  CHECK(response.body ==
        support::read_file(fs::path(TIDEPOOL_SOURCE_DIR) / "api/routes/testbed.openapi.json"));
}

TEST_CASE("the operations that a fault can name are those of Auto Scaling", "[testbed][openapi]") {
  array names;
  for (const Operation& each : operations()) names.emplace_back(each.name);
  CHECK(
      document().at("components").at("schemas").at("ApiError").at("properties").at("operation").at("enum") ==
      names);
}

TEST_CASE("each body that the description shows is taken", "[testbed][openapi]") {
  Exchanges exchanges;
  for (const Example& each : examples()) {
    CAPTURE(each.of.method, each.of.path, each.name);
    Scene scene;
    if (each.of.path.ends_with("/restore")) scene.sent("POST", "/snapshots", R"({"name": "before"})");
    const std::string target = scene.target_of(each.of.path), body = scene.fitted(each.body);
    const Response response = scene.client.send(each.of.method, target, body);
    CHECK(response.status < 300);
    INFO(response.body);
    exchanges.add(each.of.method, each.of.path, target, body, response);
  }
  exchanges.check();
}

TEST_CASE("each choice and each end of a range that the description has is taken", "[testbed][openapi]") {
  Exchanges exchanges;
  std::set<std::string> done;
  for (const Example& each : examples()) {
    for (const auto& [path, schema] : members_of(*each.schema)) {
      for (const value& edge : edge_values(*schema)) {
        value body = each.body;
        value* at = find_in(body, path);
        if (path == "kind" || at == nullptr) continue;
        *at = edge;
        Scene scene;
        const std::string target = scene.target_of(each.of.path), text = scene.fitted(body);
        if (!done.insert(text).second) continue;
        const Response response = scene.client.send(each.of.method, target, text);
        CAPTURE(target, text, response.body);
        // Of a generator each member may go that far, but all of them together not.
        const bool too_much = path.starts_with("generator.") && response.status == 400;
        CHECK((too_much ? message_of(response).find(" in all") != std::string::npos : response.status < 300));
        exchanges.add(each.of.method, each.of.path, target, text, response);
      }
    }
  }
  CHECK(done.size() > 100);
  exchanges.check();
}

TEST_CASE("each member of a body that is described is shown in one that is taken", "[testbed][openapi]") {
  std::set<std::string> missing;
  const auto name_of = [](const Example& each, const std::string& path) {
    const value* kind = each.body.as_object().if_contains("kind");
    return fmt::format("{} {}{}: {}", each.of.method, each.of.path,
                       kind == nullptr ? "" : fmt::format(" {}", std::string{kind->as_string()}), path);
  };
  for (const Example& each : examples())
    for (const auto& member : members_of(*each.schema)) missing.insert(name_of(each, member.first));
  for (Example& each : examples())
    for (const auto& member : members_of(*each.schema))
      if (find_in(each.body, member.first) != nullptr) missing.erase(name_of(each, member.first));
  INFO(fmt::format("{}", fmt::join(missing, "\n")));
  CHECK(missing.empty());
}

TEST_CASE("a body is refused for each member that is not described and each value out of its range",
          "[testbed][openapi]") {
  Scene scene;
  scene.sent("POST", "/snapshots", R"({"name": "before"})");
  const std::string before = scene.sent("GET", "/state").body;
  Exchanges exchanges;
  std::size_t count = 0;
  for (const Example& each : examples()) {
    const std::string target = scene.target_of(each.of.path);
    for (const value& wrong : spoilt(each)) {
      const std::string body = scene.fitted(wrong);
      const Response response = scene.client.send(each.of.method, target, body);
      CAPTURE(each.of.method, target, body, response.body);
      CHECK(response.status == 400);
      exchanges.add(each.of.method, each.of.path, target, body, response, Exchanges::Schema::RefusesToo);
      ++count;
    }
  }
  CHECK(count > 400);
  CHECK(scene.sent("GET", "/state").body == before);
  exchanges.check();
}

TEST_CASE("a fault is refused with a member that only another kind has", "[testbed][openapi]") {
  Scene scene;
  Exchanges exchanges;
  const auto all = examples();
  std::set<std::string> done;
  for (const Example& each : all) {
    if (!each.of.path.ends_with("/faults") || !done.emplace(each.body.at("kind").as_string()).second)
      continue;
    for (const Example& other : all) {
      if (!other.of.path.ends_with("/faults")) continue;
      for (const auto& member : other.body.as_object()) {
        if (each.schema->at("properties").as_object().contains(member.key())) continue;
        value body = each.body;
        body.as_object().emplace(member.key(), member.value());
        const std::string text = scene.fitted(body), target = scene.target_of(each.of.path);
        const Response response = scene.client.send("POST", target, text);
        CAPTURE(text, response.body);
        CHECK(response.status == 400);
        exchanges.add("POST", each.of.path, target, text, response, Exchanges::Schema::RefusesToo);
      }
    }
  }
  CHECK(done.size() == 11);
  CHECK(scene.client.world.find(scene.project)->api_faults.empty());
  CHECK(scene.client.world.find(scene.project)->cloud.all_faults().empty());
  exchanges.check();
}

namespace {

// A walk through a world: each request is kept with its answer.
struct Walk {
  Scene scene;
  Exchanges exchanges;
  std::set<std::string> walked;

  /// `path` begins after /_tidepool/v1 and is spelled as in the file; `target` is what is sent, where that differs.
  Response go(std::string_view method, std::string_view path, std::string_view body = {},
              std::string_view target = {}) {
    const std::string whole = fmt::format("{}{}", kBase, path);
    const std::string sent = scene.target_of(target.empty() ? whole : fmt::format("{}{}", kBase, target));
    Response response = scene.client.send(method, sent, body);
    exchanges.add(method, whole, sent, body, response);
    walked.insert(fmt::format("{} {} {}", method, whole, response.status));
    return response;
  }
};

// Things of each kind in the project: hooks that wait, topics, tags, alarms, policies, addresses, messages.
void furnish(Walk& walk) {
  Scene& scene = walk.scene;
  const std::string topic = fmt::format("urn:smn:eu-de:{}:events", scene.project);
  const std::string& group = scene.group;
  scene.as_project(
      "PUT", "/scaling_notification/" + group,
      fmt::format(R"({{"topic_urn": "{}", "topic_scene": ["SCALING_UP", "SCALING_GROUP_ABNORMAL"]}})",
                  topic));
  scene.as_project("PUT", "/scaling_group/" + group,
                   R"({"notifications": ["EMAIL"], "cool_down_time": 900})");
  scene.as_project("POST", fmt::format("/scaling_group_tag/{}/tags/action", group),
                   R"({"action": "create", "tags": [{"key": "tier", "value": "web"}]})");
  const Response rule =
      walk.go("POST", "/projects/{project}/alarm_rules",
              fmt::format(R"({{"name": "many", "group": "{}", "metric": "instance_num", "operator": ">=",
                  "threshold": 1, "period": "1s", "suppress_duration": "5m"}})",
                          group));
  scene.as_project(
      "POST", "/scaling_policy",
      fmt::format(R"({{"scaling_policy_name": "p", "scaling_group_id": "{}", "scaling_policy_type": "ALARM",
      "alarm_id": "{}", "scaling_policy_action": {{"operation": "ADD", "instance_number": 1}}}})",
                  group, std::string{json_of(rule).at("id").as_string()}));
  walk.go(
      "POST", "/projects/{project}/workloads",
      fmt::format(R"({{"group": "{}", "capacity_per_instance": 0.5, "trace": {{"step": "1m", "unit": "rate",
      "values": [1, 2.25]}}}})",
                  group));
  walk.go("POST", "/projects/{project}/clock/advance", R"({"by": "10m"})");
  scene.as_project(
      "POST", "/scaling_lifecycle_hook/" + group,
      fmt::format(R"({{"lifecycle_hook_name": "warm-up", "lifecycle_hook_type": "INSTANCE_LAUNCHING",
      "notification_topic_urn": "{}"}})",
                  topic));
  scene.as_project("PUT", "/scaling_group/" + group, R"({"desire_instance_number": 5})");
  walk.go("POST", "/projects/{project}/clock/advance", R"({"by": "100s"})");
}

void look_at_all(Walk& walk) {
  for (const char* path :
       {"/projects/{project}", "/projects/{project}/clock", "/projects/{project}/journal",
        "/projects/{project}/events", "/projects/{project}/faults", "/projects/{project}/alarm_rules",
        "/projects/{project}/workloads", "/projects/{project}/outbox", "/projects/{project}/state",
        "/projects/{project}/snapshots", "/projects/{project}/recording"}) {
    CHECK(walk.go("GET", path).status == 200);
  }
  for (const char* path : {"/health", "/ready", "/version", "/openapi.json", "/projects"})
    CHECK(walk.go("GET", path).status == 200);
  for (const char* query : {"after=3&limit=2", "after=1000", "limit=0", "limit=10001", "after=x"})
    for (const char* path : {"/projects/{project}/journal", "/projects/{project}/outbox"})
      walk.go("GET", path, {}, fmt::format("{}?{}", path, query));
  walk.go("GET", "/projects/{project}/events", {}, "/projects/{project}/events?limit=1");
  walk.go("GET", "/projects/{project}/events", {}, "/projects/{project}/events?limit=all");
  walk.go("GET", "/projects/{project}/outbox", {}, "/projects/{project}/outbox?emails_after=1");
}

// Each call is asked for a project that nobody named, and each that has a body is sent one that can't be read.
void go_wrong_everywhere(Walk& walk) {
  for (const Described& each : described()) {
    const std::string path = each.path.substr(kBase.size());
    if (path.find("{project}") != std::string::npos)
      CHECK(walk.go(each.method, path, {}, replaced(path, "{project}", "nobody")).status == 404);
    if (each.operation->as_object().contains("requestBody"))
      CHECK(walk.go(each.method, path, "[").status == 400);
  }
}

// A server that may keep a single byte of what it is sent.
void ask_for_a_lost_recording(Walk& walk) {
  WorldOptions options = world_options();
  options.recording_limit = 1;
  WorldClient client(std::move(options));
  const std::string path = fmt::format("{}/projects/{{project}}/recording", kBase);
  const std::string target = replaced(path, "{project}", client.project_id());
  const Response response = client.send("GET", target);
  CHECK(response.status == 409);
  walk.exchanges.add("GET", path, target, {}, response);
  walk.walked.insert(fmt::format("GET {} 409", path));
}

void add_each_fault(Walk& walk) {
  for (const Example& each : examples())
    if (each.of.path.ends_with("/faults"))
      CHECK(walk.go("POST", "/projects/{project}/faults", walk.scene.fitted(each.body)).status == 201);
}

void end_things(Walk& walk) {
  const auto rules = json_of(walk.go("GET", "/projects/{project}/alarm_rules")).at("alarm_rules");
  const std::string rule =
      fmt::format("/projects/{{project}}/alarm_rules/{}", std::string{rules.at(0).at("id").as_string()});
  const auto remove = [&](const char* path, std::string_view target, int status) {
    CHECK(walk.go("DELETE", path, {}, target).status == status);
  };
  remove("/projects/{project}/alarm_rules/{alarm_rule}", rule, 204);
  remove("/projects/{project}/alarm_rules/{alarm_rule}", rule, 404);
  for (const char* id : {"0", "3", "api-0", "api-1"})
    remove("/projects/{project}/faults/{fault}", fmt::format("/projects/{{project}}/faults/{}", id), 200);
  remove("/projects/{project}/faults/{fault}", "/projects/{project}/faults/999", 404);
  CHECK(walk.go("POST", "/projects/{project}/snapshots", R"({"name": "before"})").status == 201);
  walk.go("GET", "/projects/{project}/snapshots");
  CHECK(walk.go("POST", "/projects/{project}/restore", R"({"name": "before"})").status == 200);
  CHECK(walk.go("POST", "/projects/{project}/restore", R"({"name": "nobody"})").status == 404);
  CHECK(
      walk.go("POST", "/projects/{project}/fork", R"({"into": "0123456789abcdef0123456789abcdef"})").status ==
      201);
  CHECK(
      walk.go("POST", "/projects/{project}/fork", R"({"into": "0123456789abcdef0123456789abcdef"})").status ==
      400);
  remove("/projects/{project}/snapshots/{snapshot}", "/projects/{project}/snapshots/before", 204);
  remove("/projects/{project}/snapshots/{snapshot}", "/projects/{project}/snapshots/before", 404);
}

}  // namespace

TEST_CASE("what a walk through the testbed sends and is answered fits the description",
          "[testbed][openapi]") {
  Walk walk;
  furnish(walk);
  look_at_all(walk);
  add_each_fault(walk);
  for (const char* body :
       {R"({"next_event": true})", R"({"until_quiet": {"horizon": "1h"}})", R"({"to": "+1d"})", "{}", "["})
    walk.go("POST", "/projects/{project}/clock/advance", body);
  for (const char* body : {R"({"speed": 2.5})", R"({"mode": "manual"})", "{}"})
    walk.go("PUT", "/projects/{project}/clock", body);
  look_at_all(walk);
  end_things(walk);
  for (const char* body : {R"({"name": "eu-de_past", "domain": "D", "scenario": {}})",
                           R"({"name": "eu-de_past", "domain": "D"})"})
    CHECK(walk.go("POST", "/projects", body).status < 300);
  CHECK(walk.go("POST", "/projects", R"({"name": "eu-de_past", "domain": "D", "scenario": {}})").status ==
        409);
  CHECK(walk.go("POST", "/projects", "{}").status == 400);
  for (const char* body : {R"({"scenario": {}})", ""})
    CHECK(walk.go("POST", "/projects/{project}/reset", body).status == 200);
  look_at_all(walk);

  go_wrong_everywhere(walk);
  ask_for_a_lost_recording(walk);

  // Nothing that the description has was left out.
  std::set<std::string> left_out;
  for (const Described& each : described())
    for (const auto& response : each.operation->at("responses").as_object())
      left_out.insert(fmt::format("{} {} {}", each.method, each.path, std::string{response.key()}));
  for (const std::string& each : walk.walked) left_out.erase(each);
  INFO(fmt::format("{}", fmt::join(left_out, "\n")));
  CHECK(left_out.empty());
  walk.exchanges.check();
}

}  // namespace tidepool::api
