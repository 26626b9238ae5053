// Controllers: autoscalers beside the service's own policies, one reader a type.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/wire/http_url.hpp"
#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using sim::Signal;
using Kind = sim::Controller::Kind;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::int64_t kLargestValue = 1'000'000'000 * kMillion;
constexpr int kMostInstances = 1'000'000;
constexpr std::size_t kMostParts = 1000;

constexpr Spelt<Signal> kSignals[] = {{"cpu_util", Signal::Utilisation},
                                      {"demand_per_instance", Signal::DemandPerInstance},
                                      {"queue_per_instance", Signal::QueuePerInstance},
                                      {"demand", Signal::Demand},
                                      {"queue", Signal::Queue}};
constexpr Spelt<sim::Breach> kBreaches[] = {{">=", sim::Breach::Above}, {"<=", sim::Breach::Below}};
constexpr Spelt<sim::AdjustmentType> kAdjustments[] = {
    {"change", sim::AdjustmentType::ChangeInCapacity},
    {"percent", sim::AdjustmentType::PercentChangeInCapacity},
    {"exact", sim::AdjustmentType::ExactCapacity}};
constexpr Spelt<sim::HpaLimit> kLimits[] = {{"pods", sim::HpaLimit::Pods},
                                            {"percent", sim::HpaLimit::Percent}};
constexpr Spelt<sim::HpaSelect> kSelects[] = {
    {"max", sim::HpaSelect::Most}, {"min", sim::HpaSelect::Least}, {"disabled", sim::HpaSelect::Disabled}};
enum class Model : std::uint8_t { SeasonalNaive, HoltWinters, File };
constexpr Spelt<Model> kModels[] = {
    {"seasonal_naive", Model::SeasonalNaive}, {"holt_winters", Model::HoltWinters}, {"file", Model::File}};
constexpr Spelt<bool> kModes[] = {{"forecast_and_scale", false}, {"forecast_only", true}};
constexpr Spelt<sim::MaxCapacityBreach> kMaxBreaches[] = {
    {"honor", sim::MaxCapacityBreach::HonorMaxCapacity},
    {"increase", sim::MaxCapacityBreach::IncreaseMaxCapacity}};

// What the readers of all types need.
struct Reading {
  Section& section;
  const Scenario& scenario;
  const std::filesystem::path& folder;
  const ControllerDeclaration& declared;
};

int count(Section& section, const char* key, int least, int most, int otherwise) {
  return static_cast<int>(section.integer(key, least, most).value_or(otherwise));
}

std::optional<int> count(Section& section, const char* key) {
  const auto found = section.integer(key, 0, kMostInstances);
  if (!found) return std::nullopt;
  return static_cast<int>(*found);
}

Duration length(Section& section, const char* key, Duration otherwise, Duration least = Duration::zero()) {
  return section.duration(key, least, kLongest).value_or(otherwise);
}

const WorkloadDeclaration* workload_of(const std::string& group, const Scenario& scenario) {
  const auto found = std::ranges::find(scenario.workloads, group, &WorkloadDeclaration::group);
  return found == scenario.workloads.end() ? nullptr : &*found;
}

// What one instance is to do: a share of what it can.
sim::Amount per_instance(const Reading& of) {
  const auto share = of.section.millionths("target_utilisation", 1, kMillion).value_or(kMillion);
  const WorkloadDeclaration* workload = workload_of(of.declared.group, of.scenario);
  if (workload == nullptr) {
    if (!of.declared.group.empty())
      of.section.field().complain(
          fmt::format("group {} has no workload, which this type needs to know", shown(of.declared.group)));
    return kMillion;
  }
  __extension__ using Wide = __int128;
  const auto amount = Wide{workload->workload.capacity_per_instance} * share / kMillion;
  return std::max<sim::Amount>(static_cast<sim::Amount>(amount), 1);
}

Kind read_static(const Reading& of) {
  of.section.need({"size"});
  return sim::StaticSize{count(of.section, "size", 0, kMostInstances, 0)};
}

// ---- Policies ----

Kind read_target_tracking(const Reading& of) {
  of.section.need({"targets"});
  sim::TargetTracking tracking;
  for (const Field& each : of.section.list("targets", 1, kMostParts)) {
    Section part(each);
    part.need({"target"});
    sim::TargetTracking::Target target;
    target.signal = part.choice("metric", kSignals).value_or(target.signal);
    target.target = part.millionths("target", 1, kLargestValue).value_or(1);
    target.scale_in = part.boolean("scale_in").value_or(true);
    part.refuse_others();
    tracking.targets.push_back(target);
  }
  tracking.out_cooldown = length(of.section, "scale_out_cooldown", {});
  tracking.in_cooldown = length(of.section, "scale_in_cooldown", {});
  return tracking;
}

// What step and simple policies have in common.
template <class Policy>
void read_alarm(Section& part, Policy& policy) {
  part.need({"operator", "threshold"});
  policy.signal = part.choice("metric", kSignals).value_or(policy.signal);
  policy.breach = part.choice("operator", kBreaches).value_or(policy.breach);
  policy.threshold = part.millionths("threshold", 0, kLargestValue).value_or(0);
  policy.type = part.choice("adjustment_type", kAdjustments).value_or(policy.type);
  policy.min_magnitude = count(part, "min_adjustment_magnitude", 0, kMostInstances, 0);
}

sim::StepAdjustment read_step(const Field& field) {
  Section part(field);
  part.need({"adjustment"});
  sim::StepAdjustment step;
  step.lower = part.millionths("lower", -kLargestValue, kLargestValue);
  step.upper = part.millionths("upper", -kLargestValue, kLargestValue);
  if (step.lower && step.upper && *step.lower >= *step.upper) field.complain("expected lower < upper");
  step.adjustment = count(part, "adjustment", -kMostInstances, kMostInstances, 0);
  part.refuse_others();
  return step;
}

Kind read_step_scaling(const Reading& of) {
  of.section.need({"policies"});
  sim::StepScaling scaling;
  for (const Field& each : of.section.list("policies", 1, kMostParts)) {
    Section part(each);
    sim::StepPolicy policy;
    read_alarm(part, policy);
    part.need({"steps"});
    for (const Field& step : part.list("steps", 1, kMostParts)) policy.steps.push_back(read_step(step));
    part.refuse_others();
    scaling.policies.push_back(std::move(policy));
  }
  return scaling;
}

Kind read_simple_scaling(const Reading& of) {
  of.section.need({"policies"});
  sim::SimpleScaling scaling;
  scaling.cooldown = length(of.section, "cooldown", scaling.cooldown);
  for (const Field& each : of.section.list("policies", 1, kMostParts)) {
    Section part(each);
    sim::SimplePolicy policy;
    read_alarm(part, policy);
    part.need({"adjustment"});
    policy.adjustment = count(part, "adjustment", -kMostInstances, kMostInstances, 0);
    policy.cooldown = part.duration("cooldown", Duration::zero(), kLongest);
    part.refuse_others();
    scaling.policies.push_back(policy);
  }
  return scaling;
}

// ---- The Horizontal Pod Autoscaler ----

void read_direction(Section& section, const char* key, sim::HpaDirection& way) {
  const auto field = section.find(key);
  if (!field) return;
  Section part(*field);
  way.window = part.duration("stabilization_window", Duration::zero(), hours{1}).value_or(way.window);
  way.select = part.choice("select", kSelects).value_or(way.select);
  if (part.has("policies")) way.rates.clear();
  for (const Field& each : part.list("policies", 1, kMostParts)) {
    Section rate(each);
    rate.need({"type", "value", "period"});
    sim::HpaRate read;
    read.limit = rate.choice("type", kLimits).value_or(read.limit);
    read.value = count(rate, "value", 1, kMostInstances, 1);
    read.period = rate.duration("period", milliseconds{1}, minutes{30}).value_or(read.period);
    rate.refuse_others();
    way.rates.push_back(read);
  }
  part.refuse_others();
}

Kind read_hpa(const Reading& of) {
  of.section.need({"metrics"});
  sim::HorizontalPodAutoscaler hpa;
  for (const Field& each : of.section.list("metrics", 1, kMostParts)) {
    Section part(each);
    part.need({"target"});
    sim::HpaMetric metric;
    metric.signal = part.choice("metric", kSignals).value_or(metric.signal);
    metric.target = part.millionths("target", 1, kLargestValue).value_or(1);
    part.refuse_others();
    hpa.metrics.push_back(metric);
  }
  hpa.tolerance_millionths =
      of.section.millionths("tolerance", 0, kMillion).value_or(hpa.tolerance_millionths);
  read_direction(of.section, "scale_up", hpa.up);
  read_direction(of.section, "scale_down", hpa.down);
  return hpa;
}

// ---- Capacities and forecasts ----

Kind read_lookup_table(const Reading& of) {
  of.section.need({"capacities"});
  sim::LookupTable table;
  for (const Field& each : of.section.list("capacities", 1, kMostParts))
    table.capacities.push_back(each.millionths(0, kLargestValue).value_or(0));
  if (!std::ranges::is_sorted(table.capacities))
    of.section.find("capacities")->complain("expected no capacity less than the one before");
  if (const auto forecast = of.section.find("forecast"))
    table.forecast = read_series(*forecast, of.scenario, of.folder);
  table.hold = length(of.section, "hold", {});
  table.max_up = count(of.section, "max_up");
  table.max_down = count(of.section, "max_down");
  return table;
}

// A season as a number of looks.
std::size_t read_season(const Reading& of) {
  const Duration interval = of.declared.interval;
  const Duration season = length(of.section, "season", hours{24}, interval);
  if (season % interval == Duration::zero() && season / interval <= 1'000'000)
    return static_cast<std::size_t>(season / interval);
  of.section.field().complain(
      fmt::format("season {}, expected whole intervals of {}, a million of them at most",
                  duration_text(season), duration_text(interval)));
  return 1;
}

sim::Forecaster read_forecaster(const Reading& of) {
  Section& section = of.section;
  section.need({"model"});
  const Model model = section.choice("model", kModels).value_or(Model::SeasonalNaive);
  if (model == Model::SeasonalNaive) return sim::Forecaster(sim::SeasonalNaive{read_season(of)});
  if (model == Model::HoltWinters) {
    sim::HoltWinters smoothing;
    smoothing.season = read_season(of);
    smoothing.level_weight = section.real("alpha", 0, 1).value_or(smoothing.level_weight);
    smoothing.trend_weight = section.real("beta", 0, 1).value_or(smoothing.trend_weight);
    smoothing.season_weight = section.real("gamma", 0, 1).value_or(smoothing.season_weight);
    return sim::Forecaster(smoothing);
  }
  section.need({"forecast"});
  sim::ForecastSeries series;
  series.lead = length(section, "lead", {});
  const auto field = section.find("forecast");
  if (auto read = field ? read_series(*field, of.scenario, of.folder) : std::nullopt)
    series.trace = *std::move(read);
  return sim::Forecaster(std::move(series));
}

Kind read_predictive(const Reading& of) {
  sim::Predictive predictive;
  predictive.forecaster = read_forecaster(of);
  predictive.per_instance = per_instance(of);
  predictive.interval = of.declared.interval;
  predictive.buffer = of.section.duration("buffer", Duration::zero(), hours{24}).value_or(Duration::zero());
  predictive.forecast_only = of.section.choice("mode", kModes).value_or(false);
  predictive.scale_in = of.section.boolean("scale_in").value_or(true);
  predictive.breach = of.section.choice("max_capacity_breach", kMaxBreaches).value_or(predictive.breach);
  predictive.max_buffer_percent =
      count(of.section, "max_capacity_buffer", 0, 100, predictive.max_buffer_percent);
  return predictive;
}

Kind read_ideal(const Reading& of) { return sim::IdealReactive{per_instance(of)}; }

Kind read_clairvoyant(const Reading& of) {
  sim::Clairvoyant knows;
  knows.per_instance = per_instance(of);
  knows.interval = of.declared.interval;
  const sim::DurationDistribution& boot = of.scenario.region.boot_time;
  if (boot.kind != sim::DurationDistribution::Kind::Constant) of.section.need({"boot_time"});
  knows.boot = of.section.duration("boot_time", Duration::zero(), hours{24 * 30}).value_or(boot.first);
  return knows;
}

std::string read_url(Section& section) {
  std::string url = section.text("url", 1, 2048).value_or("");
  if (!url.empty() && !api::read_http_url(url)) section.find("url")->wrong("http://host[:port][/path]");
  return url;
}

// Whoever runs the scenario knows how to ask.
Kind read_external(const Reading& of) {
  of.section.need({"url"});
  return sim::ExternalController{};
}

struct Type {
  std::string_view name;
  Kind (*read)(const Reading&);
};
constexpr Type kTypes[] = {{"static", read_static},
                           {"target_tracking", read_target_tracking},
                           {"step_scaling", read_step_scaling},
                           {"simple_scaling", read_simple_scaling},
                           {"hpa", read_hpa},
                           {"lookup_table", read_lookup_table},
                           {"predictive", read_predictive},
                           {"ideal_reactive", read_ideal},
                           {"clairvoyant", read_clairvoyant},
                           {"external", read_external}};

const Type* read_type(Section& section) {
  const auto field = section.find("type");
  if (!field) return nullptr;
  std::vector<std::string_view> names;
  for (const Type& each : kTypes) {
    if (field->is(Json::Kind::Text) && field->json().text == each.name) return &each;
    names.push_back(each.name);
  }
  field->not_among(names);
  return nullptr;
}

}  // namespace

void read_controllers(const std::vector<Field>& controllers, Scenario& scenario, const Names& names,
                      const std::filesystem::path& folder) {
  for (const Field& each : controllers) {
    Section section(each);
    section.need({"group", "type"});
    ControllerDeclaration declared;
    declared.where = each.path();
    declared.group = names.group(section);
    declared.interval = length(section, "interval", declared.interval, milliseconds{1});
    declared.delay = length(section, "delay", {});
    if (declared.delay % declared.interval != Duration::zero())
      section.find("delay")->wrong(
          fmt::format("a whole number of intervals of {}", duration_text(declared.interval)));
    const bool taken = std::ranges::any_of(scenario.controllers, [&](const ControllerDeclaration& other) {
      return !other.group.empty() && other.group == declared.group;
    });
    if (taken)
      each.complain(
          fmt::format("group {} has a controller already, expected one a group", shown(declared.group)));
    const Type* type = read_type(section);
    if (type == nullptr) continue;  // Which other keys there may be depends on it.
    declared.type = type->name;
    declared.controller = type->read({section, scenario, folder, declared});
    if (declared.type == "external") {
      declared.url = read_url(section);
      declared.timeout = section.duration("timeout", milliseconds{1}, hours{1}).value_or(declared.timeout);
    }
    section.refuse_others();
    scenario.controllers.push_back(std::move(declared));
  }
}

void tell_demand(Scenario& scenario) {
  for (ControllerDeclaration& each : scenario.controllers) {
    const auto* knows = std::get_if<sim::Clairvoyant>(&each.controller.kind());
    const WorkloadDeclaration* workload = workload_of(each.group, scenario);
    if (knows == nullptr || workload == nullptr) continue;
    sim::Clairvoyant told = *knows;
    told.demand = workload->workload.trace;
    each.controller = sim::Controller(std::move(told));
  }
}

}  // namespace tidepool::scenarios
