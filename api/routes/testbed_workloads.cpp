// Demand on the groups of a project, spelled as in scenario files but for traces, whose values come with the call.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "api/routes/testbed_call.hpp"
#include "api/wire/duration_text.hpp"
#include "api/wire/ids_text.hpp"
#include "api/wire/time_text.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::api {
namespace {

using sim::Amount;
using sim::Duration;
using sim::kAmountUnit;

__extension__ using Wide = __int128;

constexpr Amount kMostCapacity = 1'000'000 * kAmountUnit;
constexpr Amount kMostRate = 1'000'000'000 * kAmountUnit;
constexpr std::int64_t kMostFactor = 1'000'000'000'000;
constexpr std::size_t kMostValues = 1'000'000;

enum class TraceUnit : std::uint8_t { Count, Rate };
constexpr Spelling<TraceUnit> kUnits[] = {{"count", TraceUnit::Count}, {"rate", TraceUnit::Rate}};

// ---- Reading ----

double real_in(const Fields& fields, std::string_view key, std::int64_t least, std::int64_t most,
               double otherwise) {
  const auto value = millionths_in(fields, key, least, most);
  return value ? static_cast<double>(*value) / 1e6 : otherwise;
}

// One value as millionths; empty when it is none.
std::optional<Amount> amount_of(const boost::json::value& value) {
  if (!value.is_number()) return std::nullopt;
  const double scaled = value.to_number<double>() * static_cast<double>(kAmountUnit);
  if (!(scaled >= 0) || scaled > static_cast<double>(sim::kMaxStepAmount)) return std::nullopt;
  return std::min(static_cast<Amount>(scaled + 0.5), sim::kMaxStepAmount);
}

std::vector<Amount> read_values(const Fields& trace, TraceUnit unit, Duration step) {
  const auto* given = trace.find("values");
  const auto* list = given == nullptr ? nullptr : given->if_array();
  if (list == nullptr || list->empty() || list->size() > kMostValues) {
    trace.report("values", kBodyFault, fmt::format("a list of 1 to {} numbers", kMostValues));
    return {};
  }
  std::vector<Amount> amounts;
  amounts.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto amount = amount_of((*list)[i]);
    if (!amount) {
      trace.faults().report(
          {kBodyFault, fmt::format("{}[{}] {}: expected a number from 0 to {}", trace.path_of("values"), i,
                                   shown((*list)[i]), sim::kMaxStepAmount / kAmountUnit)});
      return {};
    }
    const Wide per_step =
        unit == TraceUnit::Count ? Wide{*amount} : Wide{*amount} * step.count() / kAmountUnit;
    amounts.push_back(static_cast<Amount>(std::min(per_step, Wide{std::numeric_limits<Amount>::max()})));
  }
  return amounts;
}

std::optional<sim::Trace> read_trace(const Fields& trace, const sim::Cloud& cloud) {
  trace.expect_only({"start", "step", "unit", "values"});
  const auto start = moment_in(trace, "start", cloud.now()).value_or(cloud.now());
  const auto step = duration_in(trace, "step");
  if (!step || *step == Duration::zero()) trace.report("step", kBodyFault, R"(a length such as "1m")");
  if (!trace.has("unit")) trace.report("unit", kBodyFault, "count or rate");
  const auto unit = trace.choice("unit", kBodyFault, kUnits).value_or(TraceUnit::Count);
  auto amounts = read_values(trace, unit, step.value_or(std::chrono::minutes{1}));
  if (trace.faults().any()) return std::nullopt;
  auto made = sim::make_trace(start, *step, std::move(amounts));
  if (made) return *std::move(made);
  trace.faults().report({kBodyFault, fmt::format("trace: {}", made.error().message)});
  return std::nullopt;
}

sim::FlashCrowd read_crowd(const Fields& fields) {
  fields.expect_only({"at", "ramp", "hold", "decay", "peak_factor", "added_per_second"});
  sim::FlashCrowd crowd;
  if (!fields.has("at")) fields.report("at", kBodyFault, R"(a length from the start such as "1h")");
  crowd.at = duration_in(fields, "at").value_or(Duration::zero());
  crowd.ramp = duration_in(fields, "ramp").value_or(Duration::zero());
  crowd.hold = duration_in(fields, "hold").value_or(Duration::zero());
  crowd.decay = duration_in(fields, "decay").value_or(Duration::zero());
  crowd.peak_factor = real_in(fields, "peak_factor", 1'000'000, kMostFactor, 1);
  crowd.added_per_second = millionths_in(fields, "added_per_second", 0, kMostRate).value_or(0);
  return crowd;
}

std::optional<sim::Trace> read_generator(const Fields& fields, const sim::Cloud& cloud) {
  fields.expect_only({"base_per_second", "duration", "step", "daily_amplitude", "daily_peak",
                      "weekend_factor", "growth_per_day", "noise", "flash_crowds"});
  sim::DemandGenerator demand;
  if (!fields.has("base_per_second")) fields.report("base_per_second", kBodyFault, "units a second");
  demand.base_per_second = millionths_in(fields, "base_per_second", 0, kMostRate).value_or(0);
  const auto length = duration_in(fields, "duration").value_or(std::chrono::hours{24 * 30});
  demand.step = duration_in(fields, "step").value_or(demand.step);
  demand.daily_amplitude = real_in(fields, "daily_amplitude", 0, 1'000'000, 0);
  if (const auto peak = fields.text("daily_peak")) {
    const auto time = read_time_of_day(*peak);
    if (!time) fields.report("daily_peak", kBodyFault, "a time of day in UTC, 00:00 to 23:59");
    demand.daily_peak = time.value_or(demand.daily_peak);
  }
  demand.weekend_factor = real_in(fields, "weekend_factor", 0, kMostFactor, 1);
  demand.growth_per_day = real_in(fields, "growth_per_day", -kMostFactor, kMostFactor, 0);
  demand.noise = real_in(fields, "noise", 0, 1'000'000, 0);
  for (const Fields& each : fields.objects("flash_crowds").value_or(std::vector<Fields>{}))
    demand.flash_crowds.push_back(read_crowd(each));
  if (fields.faults().any()) return std::nullopt;
  if (const auto error = sim::validate(demand, cloud.now(), length)) {
    fields.faults().report({kBodyFault, fmt::format("generator: {}", error->message)});
    return std::nullopt;
  }
  return sim::generate(demand, cloud.now(), length, cloud.seed(), cloud.all_workloads().size());
}

sim::AsGroupId read_group(const Fields& body, const sim::Cloud& cloud) {
  const auto group = IdText{cloud.seed()}.group(body.text("group").value_or(""));
  if (group == sim::none<sim::AsGroupId>() || cloud.find(group) == nullptr)
    body.report("group", kBodyFault, "the id of a group that exists");
  else if (std::ranges::any_of(cloud.all_workloads(), [&](const auto& each) { return each.group == group; }))
    body.report("group", kBodyFault, "a group without a workload");
  return group;
}

std::optional<sim::Workload> read_workload(const Fields& body, const sim::Cloud& cloud) {
  constexpr Spelling<int> kModels[] = {{"fluid", 0}};
  body.expect_only({"group", "model", "capacity_per_instance", "trace", "generator"});
  sim::Workload workload;
  workload.group = read_group(body, cloud);
  body.choice("model", kBodyFault, kModels);
  if (!body.has("capacity_per_instance"))
    body.report("capacity_per_instance", kBodyFault, "units a second that one instance can do");
  workload.capacity_per_instance = millionths_in(body, "capacity_per_instance", 1, kMostCapacity).value_or(1);
  if (body.has("trace") == body.has("generator"))
    body.report("trace", kBodyFault, "exactly one of trace and generator");
  if (body.faults().any()) return std::nullopt;
  std::optional<sim::Trace> demand;
  if (const auto trace = body.object("trace")) demand = read_trace(*trace, cloud);
  if (const auto generator = body.object("generator")) demand = read_generator(*generator, cloud);
  if (!demand) return std::nullopt;
  workload.trace = *std::move(demand);
  return workload;
}

}  // namespace

boost::json::array workloads_of(const sim::Cloud& cloud) {
  boost::json::array all;
  for (std::size_t i = 0; i < cloud.all_workloads().size(); ++i) {
    const sim::Workload& each = cloud.all_workloads()[i];
    boost::json::object row{{"id", std::to_string(i)},
                            {"group", nullptr},
                            {"capacity_per_instance", number(each.capacity_per_instance)},
                            {"start", moment_text(each.trace.start)},
                            {"end", moment_text(each.trace.end())},
                            {"step", duration_text(each.trace.step)},
                            {"steps", each.trace.amounts.size()},
                            {"total", number(each.trace.total())}};
    if (each.group != sim::none<sim::AsGroupId>()) row["group"] = IdText{cloud.seed()}.text(each.group);
    all.push_back(std::move(row));
  }
  return all;
}

Response list_workloads(const TestbedCall& call) {
  return testbed_answer(200, {{"workloads", workloads_of(call.tenant.cloud)}});
}

Response add_workload(const TestbedCall& call) {
  sim::Cloud& cloud = call.tenant.cloud;
  Faults faults{UnknownMembers::Refused};
  const auto members = read_testbed_body(call.visit, faults);
  auto workload = faults.any() ? std::nullopt : read_workload(Fields{members, faults}, cloud);
  if (faults.any() || !workload) return testbed_error(TestbedError::Invalid, faults.first().message);
  cloud.add_workload(*std::move(workload));
  collect_journal(call.tenant);
  return testbed_answer(201, workloads_of(cloud).back().as_object());
}

}  // namespace tidepool::api
