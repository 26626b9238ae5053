#include "scenarios/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using sim::Time;

constexpr std::int64_t kLargestSeed = INT64_MAX;
constexpr std::size_t kMostItems = 100'000;
const char* const kMonday = "2026-01-05T00:00:00Z";
const char* const kProject = "0123456789abcdef0123456789abcdef";

Time last_moment() { return *read_moment("9999-12-31T23:59:59Z"); }

void read_start(Section& top, Scenario& scenario, const LoadOptions& options) {
  scenario.start = options.of_project ? options.of_project->start : *read_moment(kMonday);
  const auto field = top.find("start");
  if (!field) return;
  const auto moment = field->is(Json::Kind::Text) ? read_moment(field->json().text) : std::nullopt;
  if (moment)
    scenario.start = *moment;
  else
    field->wrong("a time such as \"2026-03-02T06:00:00Z\", 1970 to 9999");
}

void read_length(Section& top, Scenario& scenario) {
  scenario.duration = std::chrono::hours{24};
  const auto length = top.duration("duration", std::chrono::seconds{1}, kLongest);
  if (!length) return;
  if (*length <= last_moment() - scenario.start)
    scenario.duration = *length;
  else
    top.find("duration")->wrong("an end before the year 10000");
}

bool is_project(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void read_project(Section& top, Scenario& scenario, const LoadOptions& options) {
  scenario.project_id = options.of_project ? options.of_project->id : kProject;
  const auto field = top.find("project_id");
  if (!field) return;
  if (options.of_project) {
    if (!field->is(Json::Kind::Text) || field->json().text != scenario.project_id)
      field->wrong(fmt::format("{}, the id of the project that this is for", scenario.project_id));
    return;
  }
  if (field->is(Json::Kind::Text) && is_project(field->json().text))
    scenario.project_id = field->json().text;
  else
    field->wrong("32 hexadecimal digits in lower case");
}

void read_billing(const Field& field, Scenario& scenario) {
  Section section(field);
  if (const auto currency = section.text("currency", 1, 16)) scenario.currency = *currency;
  constexpr std::int64_t kLargestPrice = 1'000'000 * std::int64_t{1'000'000};
  sim::BillingRule& rule = scenario.billing;
  constexpr auto kYear = std::chrono::hours{24 * 366};
  rule.quantum = section.duration("quantum", std::chrono::milliseconds{1}, kYear).value_or(rule.quantum);
  rule.minimum = section.duration("minimum", Duration::zero(), kYear).value_or(rule.minimum);
  rule.eip_millionths_per_hour = section.millionths("eip_per_hour", 0, kLargestPrice).value_or(0);
  rule.disk_millionths_per_gb_hour = section.millionths("disk_gb_per_hour", 0, kLargestPrice).value_or(0);
  rule.shortage_millionths_per_hour = section.millionths("shortage_per_hour", 0, kLargestPrice);
  section.refuse_others();
}

// What everything else depends on: when the run is, and by which rules.
void read_frame(Section& top, Scenario& scenario, const LoadOptions& options) {
  top.find("$schema");
  top.need({"duration"});
  if (const auto name = top.text("name", 1, 200)) scenario.name = *name;
  scenario.description = top.text("description").value_or("");
  const auto seed = top.integer("seed", 0, kLargestSeed);
  scenario.seed = seed                 ? static_cast<std::uint64_t>(*seed)
                  : options.of_project ? options.of_project->seed
                                       : 1;
  scenario.seed = options.seed.value_or(scenario.seed);
  read_start(top, scenario, options);
  read_length(top, scenario);
  if (const auto field = top.find("behaviour")) read_behaviour(*field, scenario);
  read_project(top, scenario, options);
  if (const auto field = top.find("billing")) read_billing(*field, scenario);
}

std::vector<std::string_view> metric_names() {
  std::vector<std::string_view> names;
  for (const sim::ReportMetric& each : sim::report_metrics()) names.push_back(each.name);
  return names;
}

// Names first: calls use those of alarms and of the region, everything else uses those of calls.
Generators read_rest(Section& top, Scenario& scenario, const std::filesystem::path& folder) {
  Names names;
  read_region(top.find("region"), scenario, names);
  const auto alarms = top.list("alarms", 0, kMostItems);
  declare_alarms(alarms, names);
  read_calls(top.list("calls", 0, kMostItems), scenario, names);
  read_alarms(alarms, scenario, names);
  Generators generators = read_workloads(top.list("workloads", 0, kMostItems), scenario, names, folder);
  read_faults(top.list("faults", 0, kMostItems), scenario, names);
  read_controllers(top.list("controllers", 0, kMostItems), scenario, names, folder);
  read_objectives(top.list("objectives", 0, kMostItems), scenario, names, metric_names());
  return generators;
}

LoadResult unreadable(const std::string& name, std::string_view why) {
  return {std::nullopt, {fmt::format("{}: {}", name, why)}};
}

}  // namespace

std::optional<Time> moment_in_run(const Field& field, const Scenario& scenario) {
  const Time end = scenario.start + scenario.duration;
  if (field.is(Json::Kind::Text)) {
    std::string_view text = field.json().text;
    auto moment = read_moment(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    // Beyond the end means wrong anyway, so a sum is never taken of what could pass the end of time.
    if (const auto offset = read_duration(text); offset && *offset <= scenario.duration)
      moment = scenario.start + *offset;
    if (moment && *moment >= scenario.start && *moment <= end) return moment;
  }
  field.wrong(fmt::format(R"("+0s" to "+{}" from the start, or a time from {} to {})",
                          duration_text(scenario.duration), moment_text(scenario.start), moment_text(end)));
  return std::nullopt;
}

void read_objectives(const std::vector<Field>& objectives, Scenario& scenario, const Names& names,
                     std::span<const std::string_view> metrics) {
  constexpr std::int64_t kLargest = 1'000'000'000'000 * 1'000'000;
  for (const Field& each : objectives) {
    Section section(each);
    section.need({"metric"});
    Objective objective;
    const auto metric = section.find("metric");
    if (metric && metric->is(Json::Kind::Text) &&
        std::ranges::find(metrics, metric->json().text) != metrics.end())
      objective.metric = metric->json().text;
    else if (metric)
      metric->not_among(metrics);
    objective.group = names.group(section);
    objective.at_most_micro = section.millionths("at_most", 0, kLargest);
    objective.at_least_micro = section.millionths("at_least", 0, kLargest);
    if (!section.has("at_most") && !section.has("at_least"))
      each.complain("expected 'at_most', 'at_least' or both");
    section.refuse_others();
    scenario.objectives.push_back(std::move(objective));
  }
}

LoadResult load(std::string_view text, std::string_view name, const std::filesystem::path& folder,
                const LoadOptions& options) {
  Complaints complaints{std::string(name)};
  const auto root = parse_json(text, complaints);
  if (!root) return {std::nullopt, complaints.take()};
  Scenario scenario;
  scenario.file = name;
  scenario.text = text;
  scenario.name = std::filesystem::path(name).stem().string();
  Section top(Field(*root, "", complaints));
  read_frame(top, scenario, options);
  const Generators generators = read_rest(top, scenario, folder);
  top.refuse_others();
  if (complaints.any()) return {std::nullopt, complaints.take()};
  generate_demand(generators, scenario);
  tell_demand(scenario);
  return {std::move(scenario), {}};
}

LoadResult load_file(const std::filesystem::path& path, const LoadOptions& options) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status)) return unreadable(path.string(), "no such file");
  if (std::filesystem::is_directory(status)) return unreadable(path.string(), "a folder, expected a file");
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxJsonBytes + 1, '\0');  // One more than allowed, so that too much is noticed.
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file && !file.eof()) return unreadable(path.string(), "cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return load(text, path.string(), path.parent_path(), options);
}

}  // namespace tidepool::scenarios
