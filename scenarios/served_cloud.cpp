#include "scenarios/served_cloud.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <set>
#include <utility>

#include "api/routes/identity.hpp"
#include "api/routes/target.hpp"
#include "api/routes/world_state.hpp"
#include "scenarios/load.hpp"
#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"
#include "scenarios/run_scenario.hpp"

namespace tidepool::scenarios {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kLargestSeed = INT64_MAX;
constexpr std::size_t kMostProjects = 10'000;
constexpr std::size_t kMostKeys = 1'000;

// What a cloud has whose file says nothing of its region: flavors that clients' own tests and examples name.
constexpr std::string_view kDefaultRegion = R"({"flavors": {
  "s3.large.2": {"vcpus": 2, "memory_mb": 4096, "price_per_hour": 0.07},
  "s3.medium.1": {"vcpus": 1, "memory_mb": 1024, "price_per_hour": 0.02},
  "s2.medium.1": {"vcpus": 1, "memory_mb": 1024, "price_per_hour": 0.02},
  "s2.large.2": {"vcpus": 2, "memory_mb": 4096, "price_per_hour": 0.07},
  "s3.xlarge.4": {"vcpus": 4, "memory_mb": 16384, "price_per_hour": 0.2},
  "c4.large.2": {"vcpus": 2, "memory_mb": 4096, "price_per_hour": 0.09}}})";

Json text_value(std::string text) { return {Json::Kind::Text, false, std::move(text), {}, {}}; }

void set_member(Json& object, std::string_view key, Json value) {
  for (Json::Member& each : object.members) {
    if (each.key != key) continue;
    each.value = std::move(value);
    return;
  }
  object.members.push_back({std::string(key), std::move(value)});
}

Json* member_of(Json& object, std::string_view key) {
  for (Json::Member& each : object.members)
    if (each.key == key) return &each.value;
  return nullptr;
}

// ---- Scenarios in other files come in, and what the cloud says holds for its projects ----

std::optional<Json> read_other(const std::filesystem::path& path, const std::string& at,
                               Complaints& complaints) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxJsonBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.gcount() == 0) {
    complaints.add(at, fmt::format("{}, expected a scenario file that can be read", shown(path.string())));
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  Complaints of_file(path.string());
  auto json = parse_json(text, of_file);
  for (const std::string& each : of_file.take()) complaints.add(at, each);
  return json;
}

void inherit(const Json& cloud, Json& scenario) {
  for (const char* key : {"region", "behaviour"})
    if (const Json* value = cloud.find(key); value != nullptr && scenario.find(key) == nullptr)
      scenario.members.push_back({key, *value});
}

// A scenario of another folder names its traces from there.
void move_traces(Json& scenario, const std::filesystem::path& folder) {
  Json* workloads = member_of(scenario, "workloads");
  if (workloads == nullptr || folder.empty()) return;
  for (Json& each : workloads->items) {
    Json* trace = member_of(each, "trace");
    Json* file = trace == nullptr ? nullptr : member_of(*trace, "file");
    if (file != nullptr && file->kind == Json::Kind::Text)
      file->text = (folder / file->text).generic_string();
  }
}

void bring_in_scenarios(Json& root, const std::filesystem::path& folder, Complaints& complaints) {
  Json* projects = member_of(root, "projects");
  if (projects == nullptr) return;
  for (std::size_t i = 0; i < projects->items.size(); ++i) {
    Json* scenario = member_of(projects->items[i], "scenario");
    if (scenario == nullptr) continue;
    if (scenario->kind == Json::Kind::Text) {
      const std::filesystem::path file = scenario->text;
      auto other = read_other(folder / file, fmt::format("projects[{}].scenario", i), complaints);
      if (!other) continue;
      *scenario = *std::move(other);
      move_traces(*scenario, file.parent_path());
    }
    if (scenario->kind == Json::Kind::Object) inherit(root, *scenario);
  }
}

// ---- The parts of the file ----

void read_time(Section& top, const CloudSettings& settings, sim::Time present, api::WorldOptions& options) {
  options.seed = static_cast<std::uint64_t>(top.integer("seed", 0, kLargestSeed).value_or(1));
  options.seed = settings.seed.value_or(options.seed);
  if (const auto field = top.find("clock")) {
    const auto clock = field->is(Json::Kind::Text) ? read_clock(field->json().text) : std::nullopt;
    if (clock)
      options.clock = *clock;
    else
      field->wrong(kClockExpected);
  }
  options.clock = settings.clock.value_or(options.clock);
  options.start =
      options.clock.mode == api::ClockMode::Manual ? *read_moment("2026-01-01T00:00:00Z") : present;
  if (const auto field = top.find("start")) {
    const auto start = field->is(Json::Kind::Text) ? read_moment(field->json().text) : std::nullopt;
    if (start)
      options.start = *start;
    else
      field->wrong("a time such as \"2026-03-02T06:00:00Z\", 1970 to 9999");
  }
  options.start = settings.start.value_or(options.start);
}

void read_keys(Section& top, api::WorldOptions& options) {
  for (const Field& each : top.list("access_keys", 0, kMostKeys)) {
    Section key(each);
    key.need({"access_key", "secret_key"});
    const auto access = key.text("access_key", 1, 128);
    const auto secret = key.text("secret_key", 1, 256);
    key.refuse_others();
    if (access && secret && !options.access_keys.emplace(*access, *secret).second)
      each.complain(fmt::format("access key {} is there twice", shown(*access)));
  }
}

struct ProjectDeclaration {
  std::string id, name, domain;
  const Json* scenario = nullptr;
  std::optional<sim::Duration> serve_from;  // from the scenario's start; empty: its end
};

ProjectDeclaration read_project(const Field& field) {
  Section project(field);
  project.need({"name"});
  ProjectDeclaration declared;
  declared.name = project.text("name", 1, 64).value_or("");
  declared.domain = project.text("domain", 1, 64).value_or("Default");
  if (const auto id = project.find("id")) {
    if (id->is(Json::Kind::Text) && api::has_project_id_shape(id->json().text))
      declared.id = id->json().text;
    else
      id->wrong("32 hexadecimal digits in lower case");
  }
  if (const auto scenario = project.find("scenario");
      scenario && !scenario->is(Json::Kind::Text) && scenario->is_object())
    declared.scenario = &scenario->json();
  declared.serve_from = project.duration("serve_from", sim::Duration::zero(), kLongest);
  if (declared.serve_from && declared.scenario == nullptr)
    project.find("serve_from")->wrong("a scenario beside it");
  project.refuse_others();
  return declared;
}

std::vector<ProjectDeclaration> read_projects(Section& top) {
  std::vector<ProjectDeclaration> all;
  std::set<std::pair<std::string, std::string>> names;
  for (const Field& each : top.list("projects", 0, kMostProjects)) {
    all.push_back(read_project(each));
    if (!names.emplace(all.back().domain, all.back().name).second)
      each.complain(fmt::format("project {} is there twice", shown(all.back().name)));
  }
  return all;
}

// ---- Projects ----

std::vector<api::SeededProject> seeded_projects(const std::vector<ProjectDeclaration>& declared,
                                                std::string_view name, const std::filesystem::path& folder,
                                                const api::WorldOptions& options,
                                                std::vector<std::string>& errors) {
  std::vector<api::SeededProject> all;
  for (std::size_t i = 0; i < declared.size(); ++i) {
    const ProjectDeclaration& each = declared[i];
    const std::string id = each.id.empty() ? api::project_id_of(each.name, each.domain) : each.id;
    const std::string text = each.scenario == nullptr ? std::string() : to_text(*each.scenario);
    if (text.empty()) {
      all.push_back({id, each.name, each.domain, api::new_cloud(options, id), {}});
      continue;
    }
    auto made = run_for_project(text, fmt::format("{}: projects[{}].scenario", name, i), folder, id,
                                api::seed_of(options, id), options.start, each.serve_from);
    errors.insert(errors.end(), made.errors.begin(), made.errors.end());
    if (!made.project) continue;
    made.project->id = id;
    made.project->name = each.name;
    made.project->domain = each.domain;
    all.push_back(*std::move(made.project));
  }
  return all;
}

}  // namespace

namespace {

std::optional<std::string> call_after(const Scenario& scenario, std::optional<sim::Time> end) {
  if (!end || scenario.calls.empty() || scenario.calls.back().at <= *end) return std::nullopt;
  return scenario.calls.back().where;
}

}  // namespace

// In millionths, and not by way of a double, which has no 0.1.
std::optional<api::ClockSetting> read_clock(std::string_view text) {
  if (text == "manual") return api::ClockSetting{api::ClockMode::Manual, kMillion};
  if (text == "real") return api::ClockSetting{api::ClockMode::Scaled, kMillion};
  if (!text.starts_with('x')) return std::nullopt;
  const auto digits_only = [](std::string_view part) {
    return !part.empty() && part.front() != '.' && part.back() != '.' &&
           part.find_first_not_of("0123456789.") == std::string_view::npos;
  };
  if (!digits_only(text.substr(1))) return std::nullopt;
  const auto speed = read_scaled(text.substr(1), 6);
  if (!speed || *speed < 1 || *speed > kMillion * kMillion) return std::nullopt;
  return api::ClockSetting{api::ClockMode::Scaled, *speed};
}

bool is_served_cloud(std::string_view text) {
  Complaints ignored{""};
  const auto root = parse_json(text, ignored);
  if (!root || root->kind != Json::Kind::Object || root->find("duration") != nullptr) return false;
  constexpr std::array kOnlyHere{"projects", "access_keys", "auto_projects", "clock"};
  return std::ranges::any_of(kOnlyHere, [&](const char* key) { return root->find(key) != nullptr; });
}

ServedCloudResult load_served_cloud(std::string_view text, std::string_view name,
                                    const std::filesystem::path& folder, const CloudSettings& settings,
                                    sim::Time present) {
  Complaints complaints{std::string(name)};
  auto root = parse_json(text.empty() ? "{}" : text, complaints);
  if (!root || complaints.any()) return {std::nullopt, complaints.take()};
  if (settings.behaviour && root->kind == Json::Kind::Object)
    set_member(*root, "behaviour", text_value(*settings.behaviour));
  if (root->kind == Json::Kind::Object && root->find("region") == nullptr)
    set_member(*root, "region", *parse_json(kDefaultRegion, complaints));
  bring_in_scenarios(*root, folder, complaints);

  ServedCloud cloud;
  Scenario frame;  // Reads what a cloud and a scenario have in common.
  Names names;
  Section top(Field(*root, "", complaints));
  top.find("$schema");
  top.text("description");
  read_time(top, settings, present, cloud.options);
  if (const auto field = top.find("behaviour")) read_behaviour(*field, frame);
  read_region(top.find("region"), frame, names);
  read_keys(top, cloud.options);
  const bool on = settings.auto_projects.value_or(top.boolean("auto_projects").value_or(true));
  const auto projects = read_projects(top);
  top.refuse_others();
  if (complaints.any()) return {std::nullopt, complaints.take()};

  cloud.options.region = std::move(frame.region);
  cloud.options.behaviour = frame.behaviour;
  cloud.options.auto_projects = on ? api::AutoProjects::On : api::AutoProjects::Off;
  cloud.options.behind_tls = settings.behind_tls;
  cloud.options.cloud_text = to_text(*root);
  cloud.options.run_scenario = [folder](std::string_view scenario, std::string_view project,
                                        std::uint64_t seed, sim::Time start) {
    return run_for_project(scenario, "scenario", folder, project, seed, start);
  };
  std::vector<std::string> errors;
  cloud.projects = seeded_projects(projects, name, folder, cloud.options, errors);
  if (!errors.empty()) return {std::nullopt, std::move(errors)};
  return {std::move(cloud), {}};
}

api::World make_world(ServedCloud cloud) {
  api::World world(std::move(cloud.options));
  for (api::SeededProject& each : cloud.projects) world.add_project(std::move(each));
  return world;
}

api::ScenarioOutcome run_for_project(std::string_view text, std::string_view name,
                                     const std::filesystem::path& folder, std::string_view project_id,
                                     std::uint64_t seed, sim::Time start,
                                     std::optional<sim::Duration> serve_from) {
  LoadOptions options;
  options.of_project = LoadOptions::OfProject{std::string(project_id), seed, start};
  LoadResult loaded = load(text, name, folder, options);
  if (!loaded.scenario) return {std::nullopt, std::move(loaded.errors)};
  if (auto refusal = asks_outside(*loaded.scenario))
    return {std::nullopt, {fmt::format("{}: {}", name, *refusal)}};
  RunOptions run_options;
  run_options.journal = sim::JournalText::Kept;
  if (serve_from) run_options.until = loaded.scenario->start + *serve_from;
  if (auto late = call_after(*loaded.scenario, run_options.until))
    return {std::nullopt,
            {fmt::format("{}: {}.at: expected a moment before the project is served", name, *late)}};
  RunResult result = run(*loaded.scenario, run_options);
  std::vector<std::string> errors;
  for (const CallRecord& each : result.calls)
    if (!each.complaint.empty())
      errors.push_back(fmt::format("{}: {}: {}", name, each.where, each.complaint));
  if (!errors.empty()) return {std::nullopt, std::move(errors)};
  api::SeededProject project{{}, {}, {}, std::move(result.cloud), {}};
  for (const auto& [key, id] : result.saved) project.names.emplace(key, id);
  return {std::move(project), {}};
}

}  // namespace tidepool::scenarios
