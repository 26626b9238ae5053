// Demand: from a recorded trace, or made up from a seed.
#include <fmt/format.h>

#include <array>
#include <set>
#include <utility>

#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using sim::kAmountUnit;
using std::chrono::hours;

// An instance that does more than a million units a second stands for more than one.
constexpr sim::Amount kMostCapacity = 1'000'000 * kAmountUnit;
constexpr sim::Amount kMostRate = 1'000'000'000 * kAmountUnit;
constexpr double kMostFactor = 1e6;

constexpr Spelt<TraceUnit> kUnits[] = {{"count", TraceUnit::Count}, {"rate", TraceUnit::RatePerSecond}};
constexpr Spelt<GapRule> kGaps[] = {{"zero", GapRule::Zero}, {"hold", GapRule::Hold}};
constexpr Spelt<char> kSeparators[] = {{",", ','}, {";", ';'}, {"|", '|'}, {"tab", '\t'}};
enum class Align : std::uint8_t { Start, Calendar };
constexpr Spelt<Align> kAligns[] = {{"start", Align::Start}, {"calendar", Align::Calendar}};
enum class Model : std::uint8_t { Fluid, Queue, Requests };
constexpr Spelt<Model> kModels[] = {
    {"fluid", Model::Fluid}, {"queue", Model::Queue}, {"requests", Model::Requests}};
constexpr Spelt<int> kSpanUnits[] = {{"s", 9}, {"ms", 6}, {"us", 3}};  // powers of ten, in ns

// ---- Traces ----

// A header, or the number of a column.
void read_column(Section& section, const char* key, std::string& column) {
  const auto field = section.find(key);
  if (!field) return;
  if (field->is(Json::Kind::Text)) {
    column = field->text(1, 1000).value_or("");
  } else if (field->is(Json::Kind::Number)) {
    if (const auto number = field->integer(1, 100'000)) column = std::to_string(*number);
  } else {
    field->wrong("a header or the number of a column");
  }
}

// "+1h", "-5h30m"
Duration read_offset(Section& section) {
  const auto field = section.find("utc_offset");
  if (!field) return {};
  std::string_view text = field->json().text;
  const bool behind = text.starts_with('-');
  if (behind || text.starts_with('+')) text.remove_prefix(1);
  const auto offset = field->is(Json::Kind::Text) ? read_duration(text) : std::nullopt;
  if (!offset || *offset > hours{24}) {
    field->wrong(R"(an offset such as "+1h" or "-5h30m", at most 1d)");
    return {};
  }
  return behind ? -*offset : *offset;
}

TraceFileOptions read_trace_options(Section& section) {
  TraceFileOptions options;
  read_column(section, "column", options.value_column);
  read_column(section, "time_column", options.time_column);
  options.unit = section.choice("unit", kUnits).value_or(TraceUnit::Count);
  options.step = section.duration("step", std::chrono::milliseconds{1}, kLongest);
  options.scale_millionths = section.millionths("scale", 1, 1'000'000'000'000).value_or(1'000'000);
  options.utc_offset = read_offset(section);
  options.gaps = section.choice("gaps", kGaps).value_or(GapRule::Zero);
  options.separator = section.choice("separator", kSeparators).value_or('\0');
  return options;
}

// The file that a source names, as it is written.
std::optional<std::string> read_file_name(Section& section) {
  const auto file = section.find("file");
  auto name = file ? file->text(1, 4096) : std::nullopt;
  if (!name || name->find('\0') == std::string::npos) return name;
  file->wrong("a path");
  return std::nullopt;
}

// Complains of recorded times that have none in common with the run.
bool misses_run(const Field& field, const sim::Trace& trace, const Scenario& scenario) {
  const sim::Time end = scenario.start + scenario.duration;
  if (trace.end() > scenario.start && trace.start < end) return false;
  field.complain(fmt::format(
      "its times {} to {} lie outside of the run, expected some within {} to {}, or align \"start\"",
      moment_text(trace.start), moment_text(trace.end()), moment_text(scenario.start), moment_text(end)));
  return true;
}

void adopt(const Field& field, TraceImport import, Align align, const Scenario& scenario,
           WorkloadDeclaration& workload) {
  sim::Trace trace = std::exchange(import.trace, {});
  if (align == Align::Start) {
    auto moved = sim::make_trace(scenario.start, trace.step, std::move(trace.amounts));
    if (!moved) return field.complain(moved.error().message);
    trace = *std::move(moved);
  } else if (misses_run(field, trace, scenario)) {
    return;
  }
  workload.workload.trace = std::move(trace);
  workload.import = std::move(import);
}

void read_trace_part(const Field& field, const Scenario& scenario, const std::filesystem::path& folder,
                     WorkloadDeclaration& workload) {
  Section section(field);
  section.need({"file", "unit"});
  const auto name = read_file_name(section);
  const TraceFileOptions options = read_trace_options(section);
  const Align align = section.choice("align", kAligns).value_or(Align::Start);
  section.refuse_others();
  if (!name) return;
  const Field file = *section.find("file");
  workload.source = *name;
  auto import = read_trace_file(folder / *name, options);
  if (!import) return file.complain(import.error().message);
  adopt(file, *std::move(import), align, scenario, workload);
}

// ---- Generators ----

sim::FlashCrowd read_crowd(const Field& field) {
  Section section(field);
  section.need({"at"});
  sim::FlashCrowd crowd;
  crowd.at = section.duration("at", Duration::zero(), kLongest).value_or(Duration::zero());
  crowd.ramp = section.duration("ramp", Duration::zero(), kLongest).value_or(Duration::zero());
  crowd.hold = section.duration("hold", Duration::zero(), kLongest).value_or(Duration::zero());
  crowd.decay = section.duration("decay", Duration::zero(), kLongest).value_or(Duration::zero());
  crowd.peak_factor = section.real("peak_factor", 1, kMostFactor).value_or(1);
  crowd.added_per_second = section.millionths("added_per_second", 0, kMostRate).value_or(0);
  section.refuse_others();
  return crowd;
}

void read_peak(Section& section, Duration& peak) {
  const auto field = section.find("daily_peak");
  if (!field) return;
  const auto time = field->is(Json::Kind::Text) ? read_time_of_day(field->json().text) : std::nullopt;
  if (time)
    peak = *time;
  else
    field->wrong(R"(a time of day in UTC, "00:00" to "23:59")");
}

std::optional<sim::DemandGenerator> read_generator(const Field& field, const Scenario& scenario) {
  Section section(field);
  section.need({"base_per_second"});
  sim::DemandGenerator demand;
  demand.base_per_second = section.millionths("base_per_second", 0, kMostRate).value_or(0);
  demand.step = section.duration("step", std::chrono::milliseconds{1}, kLongest).value_or(demand.step);
  demand.daily_amplitude = section.real("daily_amplitude", 0, 1).value_or(0);
  read_peak(section, demand.daily_peak);
  demand.weekend_factor = section.real("weekend_factor", 0, kMostFactor).value_or(1);
  demand.growth_per_day = section.real("growth_per_day", -kMostFactor, kMostFactor).value_or(0);
  demand.noise = section.real("noise", 0, 1).value_or(0);
  for (const Field& each : section.list("flash_crowds", 0, 10'000))
    demand.flash_crowds.push_back(read_crowd(each));
  section.refuse_others();
  if (const auto error = sim::validate(demand, scenario.start, scenario.duration)) {
    field.complain(error->message);
    return std::nullopt;
  }
  return demand;
}

std::optional<sim::DemandGenerator> read_source(Section& section, const Scenario& scenario,
                                                const std::filesystem::path& folder,
                                                WorkloadDeclaration& workload) {
  const auto trace = section.find("trace");
  const auto generator = section.find("generator");
  const auto log = section.find("log");
  const bool replays = workload.workload.requests.has_value();
  if (log && !replays) log->complain(R"(only model "requests" plays a log)");
  if ((trace ? 1 : 0) + (generator ? 1 : 0) + (log ? 1 : 0) != 1)
    section.field().complain(replays ? "expected exactly one of 'trace', 'generator' and 'log'"
                                     : "expected exactly one of 'trace' and 'generator'");
  if (trace) read_trace_part(*trace, scenario, folder, workload);
  if (!generator) return std::nullopt;
  workload.source = "generator";
  return read_generator(*generator, scenario);
}

// Who works the demand off, and how fast. What an instance can do follows from its services where requests are played.
void read_model(Section& section, const Scenario& scenario, const std::filesystem::path& folder,
                WorkloadDeclaration& declared) {
  const Model model = section.choice("model", kModels).value_or(Model::Fluid);
  if (model == Model::Requests) return read_requests(section, scenario, folder, declared);
  sim::Workload& workload = declared.workload;
  section.need({"capacity_per_instance"});
  workload.capacity_per_instance =
      section.millionths("capacity_per_instance", 1, kMostCapacity).value_or(kAmountUnit);
  if (model == Model::Queue) read_queue(section, workload);
}

}  // namespace

std::optional<sim::Trace> read_series(const Field& field, const Scenario& scenario,
                                      const std::filesystem::path& folder) {
  WorkloadDeclaration read;
  read_trace_part(field, scenario, folder, read);
  if (!read.import) return std::nullopt;
  return std::move(read.workload.trace);
}

std::optional<SpanColumn> read_span_column(Section& section, const char* column, const char* unit) {
  SpanColumn read;
  read_column(section, column, read.column);
  const auto power = section.choice(unit, kSpanUnits);
  const auto scale = section.millionths("scale", 1, 1'000'000'000'000);
  if (section.has(column)) {
    section.need({unit});
    read.unit_power = power.value_or(read.unit_power);
    read.scale_millionths = scale.value_or(read.scale_millionths);
    return read.column.empty() ? std::nullopt : std::optional(read);
  }
  for (const char* key : {unit, "scale"})
    if (section.has(key))
      section.find(key)->complain(fmt::format("expected a '{}' that it is about", column));
  return std::nullopt;
}

std::shared_ptr<const std::vector<sim::load::RecordedRequest>> read_log(const Field& field,
                                                                        const Scenario& scenario,
                                                                        const std::filesystem::path& folder,
                                                                        bool draws_missing,
                                                                        WorkloadDeclaration& workload) {
  Section section(field);
  section.need({"file"});
  const auto name = read_file_name(section);
  RequestLogOptions options;
  read_column(section, "time_column", options.time_column);
  options.service = read_span_column(section, "service_column", "service_unit");
  options.utc_offset = read_offset(section);
  options.separator = section.choice("separator", kSeparators).value_or('\0');
  const Align align = section.choice("align", kAligns).value_or(Align::Start);
  section.refuse_others();
  if (!name) return nullptr;
  const Field file = *section.find("file");
  workload.source = *name;
  if (align == Align::Start) options.start = scenario.start;
  options.draws_missing = draws_missing;
  auto log = read_request_log_file(folder / *name, options);
  if (!log) {
    file.complain(log.error().message);
    return nullptr;
  }
  sim::Trace trace = std::exchange(log->import.trace, {});
  if (misses_run(file, trace, scenario)) return nullptr;
  workload.workload.trace = std::move(trace);
  workload.import = std::move(log->import);
  return std::make_shared<const std::vector<sim::load::RecordedRequest>>(std::move(log->requests));
}

Generators read_workloads(const std::vector<Field>& workloads, Scenario& scenario, const Names& names,
                          const std::filesystem::path& folder) {
  Generators generators;
  std::set<std::string> groups;
  for (const Field& each : workloads) {
    Section section(each);
    section.need({"group"});
    WorkloadDeclaration workload;
    workload.group = names.group(section);
    if (!workload.group.empty() && !groups.insert(workload.group).second)
      each.complain(
          fmt::format("group {} has a workload already, expected one a group", shown(workload.group)));
    read_model(section, scenario, folder, workload);
    generators.push_back(read_source(section, scenario, folder, workload));
    section.refuse_others();
    scenario.workloads.push_back(std::move(workload));
  }
  return generators;
}

void generate_demand(const Generators& generators, Scenario& scenario) {
  for (std::size_t i = 0; i < generators.size(); ++i)
    if (generators[i])
      scenario.workloads[i].workload.trace =
          sim::generate(*generators[i], scenario.start, scenario.duration, scenario.seed, i);
}

}  // namespace tidepool::scenarios
