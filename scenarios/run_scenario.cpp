#include "scenarios/run_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "api/routes/router.hpp"
#include "api/wire/ids_text.hpp"
#include "sim/judge/contest.hpp"

namespace tidepool::scenarios {
namespace {

namespace json = boost::json;

bool names_a_placeholder(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Puts saved ids in place of {names}. A brace that JSON itself needs is followed by a quote or another brace.
std::string filled(std::string_view text, const std::map<std::string, std::string>& saved,
                   std::string& unknown) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    std::size_t end = 1;
    while (end < text.size() && names_a_placeholder(text[end])) ++end;
    if (end == 1 || end == text.size() || text[end] != '}') {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string name(text.substr(1, end - 1));
    const auto found = saved.find(name);
    if (found == saved.end() && unknown.empty()) unknown = name;
    out += found == saved.end() ? std::string(text.substr(0, end + 1)) : found->second;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string error_code_of(const json::value& answer) {
  const json::object* top = answer.if_object();
  const json::value* error = top == nullptr ? nullptr : top->if_contains("error");
  const json::object* body = error == nullptr ? nullptr : error->if_object();
  const json::value* code = body == nullptr ? nullptr : body->if_contains("code");
  return code != nullptr && code->is_string() ? std::string(code->get_string()) : std::string();
}

// The value at the call's pointer, or the one id that the answer of a create call holds.
std::string id_to_save(const json::value& answer, const TimedCall& call) {
  const json::value* found = nullptr;
  json::error_code failed;
  if (!call.take.empty()) {
    found = answer.find_pointer(call.take, failed);
  } else if (const json::object* top = answer.if_object()) {
    for (const auto& member : *top)
      if (member.key().ends_with("_id") && found == nullptr) found = &member.value();
  }
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string complaint_about(const TimedCall& call, int status, const std::string& code) {
  const bool status_fits = call.expect_status
                               ? status == *call.expect_status
                               : call.expect_code.has_value() || (status >= 200 && status < 300);
  if (!status_fits)
    return fmt::format("status {}{}{}, expected {}", status, code.empty() ? "" : " ", code,
                       call.expect_status ? std::to_string(*call.expect_status) : "2xx");
  if (call.expect_code && code != *call.expect_code)
    return fmt::format("code {}, expected {}", code.empty() ? "none" : code, *call.expect_code);
  return {};
}

sim::CloudOptions cloud_options(const Scenario& scenario, const RunOptions& options) {
  return {scenario.region, scenario.behaviour, scenario.start,
          scenario.seed,   options.journal,    options.recording};
}

}  // namespace

ScenarioRun::ScenarioRun(const Scenario& scenario, RunOptions options)
    : scenario_(&scenario),
      options_(std::move(options)),
      result_{sim::Cloud(cloud_options(scenario, options_)), {}, {}, {}, {}} {
  if (!options_.ask)
    if (const auto refusal = asks_outside(scenario)) throw std::invalid_argument(*refusal);
  declare();
}

void ScenarioRun::go_to(sim::Time moment) {
  for (;;) {
    const bool more = next_call_ < scenario_->calls.size();
    const sim::Time next = std::min(more ? scenario_->calls[next_call_].at : sim::kNever, next_look());
    if (next >= moment) break;
    advance(next);
    make_calls_due();
  }
  advance(moment);
}

void ScenarioRun::make_calls_due() {
  for (; next_call_ < scenario_->calls.size() && scenario_->calls[next_call_].at <= cloud().now();
       ++next_call_)
    result_.calls.push_back(make(scenario_->calls[next_call_]));
  let_controllers_look();
}

// The next one that is within the run; its end is no moment to decide at.
sim::Time ScenarioRun::next_look() const {
  sim::Time next = sim::kNever;
  for (const ControllerRun& each : controllers_) next = std::min(next, each.next_look());
  return next < scenario_->start + scenario_->duration ? next : sim::kNever;
}

void ScenarioRun::let_controllers_look() {
  if (next_look() > cloud().now()) return;
  for (ControllerRun& each : controllers_)
    if (each.next_look() <= cloud().now()) let_look(each);
}

void ScenarioRun::let_look(ControllerRun& controller) {
  const ControllerDeclaration& declared = controller.declared();
  const auto id = result_.saved.find(declared.group);
  const auto group = id == result_.saved.end() ? sim::none<sim::AsGroupId>()
                                               : api::IdText(scenario_->seed).group(id->second);
  const sim::AsGroup* found = group == sim::none<sim::AsGroupId>() ? nullptr : cloud().find(group);
  if (found == nullptr || found->status != sim::GroupStatus::InService) return controller.skip();

  cloud().settle();
  const sim::Workload* workload = nullptr;
  for (const sim::Workload& each : cloud().all_workloads())
    if (each.group == group) workload = &each;
  const auto body = controller.look(cloud(), group, workload);
  if (!body) return;
  TimedCall call;
  call.at = cloud().now();
  call.method = "PUT";
  call.path = fmt::format("/autoscaling-api/v1/{{project_id}}/scaling_group/{{{}}}", declared.group);
  call.body = *body;
  call.where = declared.where;
  const CallRecord made = make(call);
  controller.answered(made.status, made.answer);
}

RunResult ScenarioRun::finish() {
  go_to(options_.until.value_or(scenario_->start + scenario_->duration));
  make_calls_due();
  result_.cloud.settle();
  for (const ControllerRun& each : controllers_) result_.controllers.push_back(each.record());
  result_.report = sim::make_report(result_.cloud, scenario_->billing);
  judge_forecasts();
  for (const Objective& each : scenario_->objectives) result_.objectives.push_back(judged(each));
  report_progress();
  return std::move(result_);
}

// Declarations are known to the cloud from the start; those about a group wait for it to be made.
void ScenarioRun::declare() {
  result_.saved["project_id"] = scenario_->project_id;
  for (const auto& [name, value] : scenario_->placeholders) result_.saved[name] = value;
  const api::IdText ids(scenario_->seed);
  for (const AlarmDeclaration& each : scenario_->alarms) {
    const sim::AlarmRuleId id = cloud().add_alarm_rule(each.set);
    result_.saved[each.set.name] = ids.text(id);
  }
  for (const WorkloadDeclaration& each : scenario_->workloads) cloud().add_workload(each.workload);
  for (const FaultDeclaration& each : scenario_->faults) cloud().add_fault(each.fault);
  for (const ControllerDeclaration& each : scenario_->controllers)
    controllers_.emplace_back(each, *scenario_, options_.ask);
}

void ScenarioRun::attach_to(const std::string& name, sim::AsGroupId group) {
  const auto each_of = [&](const auto& declarations, auto make_id) {
    for (std::size_t i = 0; i < declarations.size(); ++i)
      if (declarations[i].group == name) cloud().attach(make_id(i), group);
  };
  each_of(scenario_->alarms, sim::id_at<sim::AlarmRuleId>);
  each_of(scenario_->workloads, sim::id_at<sim::WorkloadId>);
  each_of(scenario_->faults, sim::id_at<sim::FaultId>);
}

// In at most some two hundred stretches, so that progress can be told.
void ScenarioRun::advance(sim::Time until) {
  const sim::Duration stretch = std::max<sim::Duration>(scenario_->duration / 200, std::chrono::seconds{1});
  while (cloud().now() < until) {
    cloud().run_until(until - cloud().now() > stretch ? cloud().now() + stretch : until);
    report_progress();
  }
}

void ScenarioRun::report_progress() {
  if (!options_.progress) return;
  const auto done = static_cast<double>((cloud().now() - scenario_->start).count());
  const auto all = static_cast<double>(std::max<std::int64_t>(scenario_->duration.count(), 1));
  options_.progress(done / all, cloud().journal().take_text());
}

CallRecord ScenarioRun::make(const TimedCall& call) {
  CallRecord record{call.at, call.method, {}, {}, 0, {}, call.where, {}};
  std::string unknown;
  record.path = filled(call.path, result_.saved, unknown);
  record.body = filled(call.body, result_.saved, unknown);
  const api::Response response =
      api::handle({record.method, record.path, record.body}, {scenario_->project_id, cloud()});
  record.status = response.status;
  record.answer = response.body;
  json::error_code failed;
  const json::value answer = response.body.empty() ? json::value() : json::parse(response.body, failed);
  const std::string code = error_code_of(answer);
  record.complaint = complaint_about(call, response.status, code);
  if (!record.complaint.empty() && !unknown.empty())
    record.complaint += fmt::format("; {{{}}} was never saved", unknown);
  cloud().journal().write(cloud().now(), call.where, "{} {} -> {}{}{}", record.method, record.path,
                          record.status, code.empty() ? "" : " ", code);
  if (!call.save.empty() && response.status == 200) save(call, answer, record);
  return record;
}

void ScenarioRun::save(const TimedCall& call, const json::value& answer, CallRecord& record) {
  const std::string id = id_to_save(answer, call);
  if (id.empty()) {
    record.complaint = "the answer holds nothing to save";
    return;
  }
  result_.saved[call.save] = id;
  const bool made_a_group =
      call.method == "POST" && call.path.ends_with("/scaling_group") && call.take.empty();
  if (made_a_group && attached_.insert(call.save).second)
    attach_to(call.save, api::IdText(scenario_->seed).group(id));
}

void ScenarioRun::judge_forecasts() {
  for (const ControllerRecord& each : result_.controllers) {
    if (each.actual.empty()) continue;
    const auto id = result_.saved.find(each.group);
    if (id == result_.saved.end()) continue;
    const auto group = api::IdText(scenario_->seed).group(id->second);
    const sim::ForecastError error = sim::forecast_error(each.actual, each.forecast, each.season);
    const auto tell = [&](sim::Judgement& judged) {
      judged.forecast_mae = error.mae;
      judged.forecast_mape = error.mape;
      judged.forecast_mase = error.mase;
    };
    tell(result_.report.groups[sim::index_of(group)].judged);
    if (result_.report.groups.size() == 1) tell(result_.report.total.judged);
  }
}

ObjectiveOutcome ScenarioRun::judged(const Objective& objective) const {
  ObjectiveOutcome outcome{objective, {}, true};
  const sim::GroupReport* of = &result_.report.total;
  if (!objective.group.empty()) {
    const auto id = result_.saved.find(objective.group);
    const auto group = id == result_.saved.end() ? sim::none<sim::AsGroupId>()
                                                 : api::IdText(scenario_->seed).group(id->second);
    if (sim::index_of(group) >= result_.report.groups.size()) {
      outcome.met = false;  // The group was never made.
      return outcome;
    }
    of = &result_.report.groups[sim::index_of(group)];
  }
  outcome.value_micro = sim::metric_value(objective.metric, *of);
  if (!outcome.value_micro) return outcome;
  outcome.met = (!objective.at_most_micro || *outcome.value_micro <= *objective.at_most_micro) &&
                (!objective.at_least_micro || *outcome.value_micro >= *objective.at_least_micro);
  return outcome;
}

bool RunResult::calls_as_expected() const {
  return std::ranges::all_of(calls, [](const CallRecord& each) { return each.complaint.empty(); });
}

bool RunResult::objectives_met() const {
  return std::ranges::all_of(objectives, [](const ObjectiveOutcome& each) { return each.met; });
}

RunResult run(const Scenario& scenario, const RunOptions& options) {
  return ScenarioRun(scenario, options).finish();
}

}  // namespace tidepool::scenarios
