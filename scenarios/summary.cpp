#include "scenarios/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/load_units.hpp"
#include "scenarios/size_chart.hpp"
#include "scenarios/summary_words.hpp"
#include "sim/model/journal.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {
namespace {

using sim::GroupReport;

constexpr int kChartWidth = 72, kChartHeight = 8;
constexpr std::size_t kMostCallsShown = 10;
constexpr std::int64_t kMicrosPerHour = 3'600'000'000;

// ---- Small texts ----

std::string hours_text(std::int64_t micros) {
  return rounded(micros / (kMicrosPerHour / 1'000'000)) + " h";  // Cut off there, the rounding stays exact.
}

std::string_view meaning_of(std::string_view denial) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kMeanings{{
      {"AS.0026", "a cooldown was running"},
      {"AS.0034", "a scaling action was under way"},
      {"AS.0050", "the group had its largest size already"},
      {"AS.2010", "protected instances stood in the way"},
      {"AS.3027", "the group or the policy was disabled"},
      {"AS.3040", "the group had its least size already"},
      {sim::kSuperseded, "another policy was due at the same moment"},
  }};
  const auto* found = std::ranges::find(kMeanings, denial, [](const auto& each) { return each.first; });
  return found == kMeanings.end() ? "" : found->second;
}

std::int64_t sum(const sim::Tally& tally) {
  std::int64_t all = 0;
  for (const auto& [key, count] : tally) all += count;
  return all;
}

// "  Cost              12.34 EUR"
template <class... Args>
void fact(std::string& out, std::string_view name, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(out), "  {:<18} ", name);
  fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  out += '\n';
}

// ---- One group ----

void append_actions(std::string& out, const GroupReport& group) {
  const std::int64_t failed = sum(group.failed_actions);
  fact(out, "Scaling actions", "{}{}", sum(group.actions),
       failed > 0 ? fmt::format(", {} failed", failed) : "");
  for (const auto& [key, count] : group.actions) {
    const auto bad = group.failed_actions.find(key);
    out += fmt::format("    {:>6}  {}", count, key);
    out += bad == group.failed_actions.end() ? "\n" : fmt::format(", {} failed\n", bad->second);
  }
}

void append_policies(std::string& out, const GroupReport& group) {
  if (group.policy_executions == 0) return;
  const std::int64_t denied = sum(group.denied);
  fact(out, "Policy executions", "{}{}", group.policy_executions,
       denied > 0 ? fmt::format(", {} without effect", denied) : "");
  for (const auto& [code, count] : group.denied) {
    out += fmt::format("    {:>6}  {}", count, code);
    const std::string_view meaning = meaning_of(code);
    out += meaning.empty() ? "\n" : fmt::format(": {}\n", meaning);
  }
}

void append_demand(std::string& out, const GroupReport& group) {
  if (group.offered == 0) return;
  const auto percent = sim::metric_value("unserved_percent", group).value_or(0);
  fact(out, "Demand", "{} offered, {} served", short_number(group.offered), short_number(group.served));
  fact(out, "Unserved", "{} ({} %), short for {}", short_number(group.unserved()), rounded(percent),
       length_text(sim::Duration{group.short_us}));
}

// "353 ms", "6.65 s"; a millionth of a millisecond is a nanosecond.
std::string ms_text(std::string_view metric, const GroupReport& group) {
  const auto ns = sim::metric_value(metric, group);
  if (!ns) return "none";
  constexpr std::int64_t kMilli = 1'000'000, kSecond = 1'000 * kMilli;
  if (*ns < 10 * kMilli) return fmt::format("{} ms", rounded(*ns));
  if (*ns < kSecond) return fmt::format("{} ms", (*ns + kMilli / 2) / kMilli);
  return fmt::format("{} s", rounded((*ns + 500) / 1000));
}

void append_response(std::string& out, const GroupReport& group) {
  if (!group.service || group.service->requests.responses.count() == 0) return;
  fact(out, "Response", "mean {}, median {}, 95 % within {}, 99 % within {}",
       ms_text("response_mean_ms", group), ms_text("response_p50_ms", group),
       ms_text("response_p95_ms", group), ms_text("response_p99_ms", group));
  std::string fates;
  for (const auto& [metric, name] : {std::pair{"dropped_percent", "dropped"},
                                     {"abandoned_percent", "abandoned"},
                                     {"timed_out_percent", "timed out"},
                                     {"failed_percent", "failed with their instance"}})
    if (const auto share = sim::metric_value(metric, group); share && *share > 0)
      fates += fmt::format("{}{} % {}", fates.empty() ? "" : ", ", rounded(*share), name);
  if (!fates.empty()) fact(out, "Lost", "{}", fates);
  const auto late = sim::metric_value("slo_violation_request_percent", group);
  if (!late) return;
  fact(out, "Beyond the bound", "{} % of requests, {} % of periods; Apdex {}", rounded(*late),
       rounded(sim::metric_value("slo_violation_time_percent", group).value_or(0)),
       rounded(sim::metric_value("apdex", group).value_or(0)));
}

void append_facts(std::string& out, const GroupReport& group, const std::string& currency) {
  fact(out, "Size", "mean {}, most {}; {} in service and {} desired at the end",
       rounded(group.mean_in_service_micro), group.most_in_service, group.final_in_service,
       group.final_desire);
  fact(out, "Instance-hours", "{} actual, {} billed", hours_text(group.instance_us),
       hours_text(group.billed_us));
  fact(out, "Cost", "{} {}", rounded(group.cost_millionths), one_line(currency));
  append_demand(out, group);
  append_response(out, group);
  fact(out, "Launches", "{}{}", group.launches,
       group.failed_launches > 0 ? fmt::format(", {} failed", group.failed_launches) : "");
  append_actions(out, group);
  append_policies(out, group);
}

void append_group(std::string& out, const GroupReport& group, const Scenario& scenario,
                  const RunResult& result) {
  out += fmt::format("\nGroup {}\n", one_line(group.name));
  const SizeChart chart = size_chart(result.cloud.samples(), group.group, result.report.start,
                                     result.report.end, scenario.behaviour.metric_period, kChartWidth);
  if (!chart.in_service.empty()) {
    out += fmt::format("  in service █, desired ·, {} a column\n", length_text(chart.column));
    out += drawn(chart, kChartWidth, kChartHeight);
  }
  append_facts(out, group, scenario.currency);
}

// ---- The rest ----

void append_head(std::string& out, const Scenario& scenario, const RunResult& result) {
  const sim::Report& report = result.report;
  out += one_line(scenario.name) + '\n';
  if (!scenario.description.empty()) out += fmt::format("  {}\n", one_line(scenario.description));
  out += fmt::format("  {} to {}, {}\n", sim::utc_seconds(report.start), sim::utc_seconds(report.end),
                     length_text(report.end - report.start));
  out += fmt::format("  seed {}, behaviour {}, {}\n", result.cloud.seed(), one_line(scenario.behaviour_name),
                     counted(static_cast<std::int64_t>(report.events), "event", "events"));
  out += fmt::format("  fingerprint {}\n", report.fingerprint);
}

void append_resource(std::string& out, std::string_view name, std::int64_t created, std::int64_t deleted,
                     std::int64_t left) {
  if (created == 0) return;
  fact(out, name, "{} made, {} deleted with their ECS, {} left behind, {} in use", created, deleted, left,
       created - deleted - left);
}

void append_surroundings(std::string& out, const sim::Report& report) {
  std::string lines;
  append_resource(lines, "EIPs", report.eips_created, report.eips_deleted, report.eips_left);
  append_resource(lines, "Data disks", report.disks_created, report.disks_deleted, report.disks_left);
  if (report.messages > 0) fact(lines, "Messages", "{}", report.messages);
  if (!lines.empty()) out += "\nAround the groups\n" + lines;
}

void append_calls(std::string& out, const RunResult& result) {
  std::vector<const CallRecord*> unexpected;
  for (const CallRecord& each : result.calls)
    if (!each.complaint.empty()) unexpected.push_back(&each);
  if (result.calls.empty()) return;
  out += fmt::format("\n{}, {} answered otherwise than expected\n",
                     counted(static_cast<std::int64_t>(result.calls.size()), "call", "calls"),
                     unexpected.size());
  for (std::size_t i = 0; i < std::min(unexpected.size(), kMostCallsShown); ++i) {
    const CallRecord& each = *unexpected[i];
    out += fmt::format("  {} at {}: {} {}\n    {}\n", one_line(each.where), sim::utc_seconds(each.at),
                       one_line(each.method), one_line(each.path), one_line(each.complaint));
  }
  if (unexpected.size() > kMostCallsShown)
    out += fmt::format("  and {} more\n", unexpected.size() - kMostCallsShown);
}

void append_controllers(std::string& out, const RunResult& result) {
  if (result.controllers.empty()) return;
  out += "\nControllers\n";
  for (const ControllerRecord& each : result.controllers) {
    out += fmt::format("  {} of {}: {}, {}{}\n", each.type, one_line(each.group),
                       counted(each.looks, "look", "looks"), counted(each.changes, "change", "changes"),
                       each.refused > 0 ? fmt::format(", {} refused", each.refused) : "");
    if (each.refused > 0) out += fmt::format("    the last one: {}\n", one_line(each.last_refusal));
  }
}

void append_objectives(std::string& out, const Scenario& scenario, const RunResult& result) {
  if (result.objectives.empty()) return;
  out += "\nObjectives\n";
  for (const ObjectiveOutcome& each : result.objectives) {
    const Objective& wanted = each.objective;
    const std::string where = wanted.group.empty() ? "" : fmt::format(" of {}", one_line(wanted.group));
    const std::string value = each.value_micro ? fmt::format("{} {}", millionths_text(*each.value_micro),
                                                             unit_of(wanted.metric, scenario))
                                               : "no value";
    out += fmt::format("  {:<6} {}{}{}: {}\n", each.met ? "met" : "MISSED", one_line(wanted.metric), where,
                       bounds_text(wanted), one_line(value));
  }
}

}  // namespace

std::string summary_text(const Scenario& scenario, const RunResult& result) {
  std::string out;
  append_head(out, scenario, result);
  for (const GroupReport& each : result.report.groups) append_group(out, each, scenario, result);
  if (result.report.groups.empty()) out += "\nNo AS group was created.\n";
  if (result.report.groups.size() > 1) {
    out += "\nAll groups\n";
    append_facts(out, result.report.total, scenario.currency);
  }
  append_surroundings(out, result.report);
  append_calls(out, result);
  append_controllers(out, result);
  append_objectives(out, scenario, result);
  return out;
}

}  // namespace tidepool::scenarios
