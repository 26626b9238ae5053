// A what-if for people and for programs.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string_view>

#include "api/wire/ids_text.hpp"
#include "scenarios/json_writer.hpp"
#include "scenarios/load_units.hpp"
#include "scenarios/summary_words.hpp"
#include "scenarios/what_if.hpp"
#include "sim/model/journal.hpp"

namespace tidepool::scenarios {
namespace {

using sim::GroupReport;
using Value = std::optional<std::int64_t>;  // in millionths

constexpr std::int64_t kMicro = 1'000'000;

// ---- What is compared ----

// A group, or all of them, in one of the two, over the whole run or a part of it. Empty: there is no such group.
struct Side {
  const GroupReport* report = nullptr;
  Value least;  // of a group only

  Value metric(std::string_view name) const {
    return report == nullptr ? Value{} : sim::metric_value(name, *report);
  }
};
struct Sides {
  Side was, now;
};

enum class Span : std::uint8_t { Since, Whole };

Side side_of(const Course& outcome, std::optional<std::size_t> group, Span span) {
  const sim::Report& report = span == Span::Since ? outcome.since : outcome.result.report;
  if (!group) return {};
  const GroupReport& of = report.groups[*group];
  const auto range = sim::size_range(outcome.result.cloud, of.group, report.start);
  return {&of, range.least * kMicro};
}

Sides sides_of(const WhatIf& answer, const WhatIf::Pair& pair, Span span) {
  return {side_of(answer.as_it_was, pair.as_it_was, span), side_of(answer.what_if, pair.what_if, span)};
}

Sides totals_of(const WhatIf& answer, Span span) {
  if (span == Span::Since) return {{&answer.as_it_was.since.total, {}}, {&answer.what_if.since.total, {}}};
  return {{&answer.as_it_was.result.report.total, {}}, {&answer.what_if.result.report.total, {}}};
}

Value difference(const Value& was, const Value& now) {
  if (!was || !now) return {};
  return *now - *was;
}

Value count_in(const Side& side, const sim::Tally GroupReport::*tally, const std::string& key) {
  if (side.report == nullptr) return {};
  const auto found = (side.report->*tally).find(key);
  return found == (side.report->*tally).end() ? 0 : found->second * kMicro;
}

std::set<std::string> keys_of(const Sides& sides, const sim::Tally GroupReport::*tally) {
  std::set<std::string> keys;
  for (const GroupReport* each : {sides.was.report, sides.now.report})
    if (each != nullptr)
      for (const auto& [key, count] : each->*tally) keys.insert(key);
  return keys;
}

std::string name_of(const WhatIf& answer, const WhatIf::Pair& pair) {
  return pair.as_it_was ? answer.as_it_was.result.report.groups[*pair.as_it_was].name
                        : answer.what_if.result.report.groups[*pair.what_if].name;
}

// ---- For people ----

enum class Form : std::uint8_t { Count, Decimals, Length };

std::string written(Form form, std::int64_t millionths) {
  switch (form) {
    case Form::Count: return short_number(millionths);
    case Form::Decimals: return rounded(millionths);
    case Form::Length:
      return length_text(std::chrono::round<std::chrono::seconds>(sim::Duration{millionths}));
  }
  return {};
}

std::string value_text(Form form, const Value& value) { return value ? written(form, *value) : "-"; }

std::string difference_text(Form form, const Value& difference) {
  if (!difference) return "-";
  if (*difference == 0) return "0";
  return (*difference < 0 ? "-" : "+") + written(form, std::abs(*difference));
}

void row(std::string& out, std::string_view name, Form form, const Value& was, const Value& now) {
  out += fmt::format("    {:<28}{:>14}{:>14}{:>14}\n", name, value_text(form, was), value_text(form, now),
                     difference_text(form, difference(was, now)));
}

bool any(const Sides& sides, std::string_view metric) {
  return sides.was.metric(metric).value_or(0) != 0 || sides.now.metric(metric).value_or(0) != 0;
}

void metric_row(std::string& out, const Sides& sides, std::string_view name, Form form,
                std::string_view metric) {
  row(out, name, form, sides.was.metric(metric), sides.now.metric(metric));
}

void append_sizes(std::string& out, const Sides& sides, Span span) {
  metric_row(out, sides, "Mean size", Form::Decimals, "mean_instances");
  // As a whole it is none, for every group begins empty.
  if (span == Span::Since && (sides.was.least || sides.now.least))
    row(out, "Least size", Form::Count, sides.was.least, sides.now.least);
  metric_row(out, sides, "Largest size", Form::Count, "max_instances");
  if (span == Span::Whole) metric_row(out, sides, "Size at the end", Form::Count, "final_instances");
}

void append_requests(std::string& out, const Sides& sides) {
  metric_row(out, sides, "Scaling actions", Form::Count, "scaling_actions");
  for (const std::string& key : keys_of(sides, &GroupReport::actions))
    row(out, "  " + key, Form::Count, count_in(sides.was, &GroupReport::actions, key),
        count_in(sides.now, &GroupReport::actions, key));
  if (any(sides, "failed_actions")) metric_row(out, sides, "Failed actions", Form::Count, "failed_actions");
  if (any(sides, "failed_launches"))
    metric_row(out, sides, "Failed launches", Form::Count, "failed_launches");
  metric_row(out, sides, "Requests denied", Form::Count, "denied_requests");
  for (const std::string& key : keys_of(sides, &GroupReport::denied))
    row(out, "  " + key, Form::Count, count_in(sides.was, &GroupReport::denied, key),
        count_in(sides.now, &GroupReport::denied, key));
}

void append_demand(std::string& out, const Sides& sides) {
  if (!any(sides, "offered_units")) return;
  metric_row(out, sides, "Unserved", Form::Count, "unserved_units");
  metric_row(out, sides, "Unserved, %", Form::Decimals, "unserved_percent");
  metric_row(out, sides, "Short for", Form::Length, "short_seconds");
}

void append_block(std::string& out, const Sides& sides, Span span, std::string_view currency) {
  append_sizes(out, sides, span);
  metric_row(out, sides, "Instance-hours", Form::Decimals, "instance_hours");
  metric_row(out, sides, "Billed hours", Form::Decimals, "billed_hours");
  metric_row(out, sides, fmt::format("Cost, {}", one_line(currency)), Form::Decimals, "cost");
  append_requests(out, sides);
  append_demand(out, sides);
}

void append_part(std::string& out, std::string_view title, const Sides& since, const Sides& whole,
                 const WhatIf& answer, const Scenario& scenario) {
  const sim::Report& report = answer.as_it_was.result.report;
  out += fmt::format("\n{:<32}{:>14}{:>14}{:>14}\n", title, "as it was", "what if", "difference");
  out += fmt::format("  From the change on, {}\n", length_text(report.end - answer.at));
  append_block(out, since, Span::Since, scenario.currency);
  out += fmt::format("  Whole run, {}\n", length_text(report.end - report.start));
  append_block(out, whole, Span::Whole, scenario.currency);
}

std::string outcome_text(const ObjectiveOutcome& outcome) {
  return fmt::format("{} {}", outcome.met ? "met" : "MISSED",
                     outcome.value_micro ? millionths_text(*outcome.value_micro) : "no value");
}

void append_objectives(std::string& out, const WhatIf& answer) {
  const auto &was = answer.as_it_was.result.objectives, &now = answer.what_if.result.objectives;
  if (was.empty()) return;
  out += fmt::format("\n{:<46}{:>16}{:>16}\n", "Objectives", "as it was", "what if");
  for (std::size_t i = 0; i < was.size(); ++i) {
    const Objective& wanted = was[i].objective;
    const std::string where = wanted.group.empty() ? "" : fmt::format(" of {}", one_line(wanted.group));
    out += fmt::format("  {:<44}{:>16}{:>16}\n", one_line(wanted.metric) + where + bounds_text(wanted),
                       outcome_text(was[i]), outcome_text(now[i]));
  }
}

std::int64_t unexpected(const RunResult& result) {
  return std::ranges::count_if(result.calls, [](const CallRecord& each) { return !each.complaint.empty(); });
}

void append_calls(std::string& out, const WhatIf& answer) {
  const std::int64_t was = unexpected(answer.as_it_was.result), now = unexpected(answer.what_if.result);
  if (was == 0 && now == 0) return;
  out += fmt::format("\n{:<46}{:>16}{:>16}\n", "Calls answered otherwise than expected", was, now);
}

// ---- For programs ----

void write_value(JsonWriter& json, std::string_view name, const Value& was, const Value& now) {
  json.key(name).begin_object();
  json.key("as_it_was").decimal(was);
  json.key("what_if").decimal(now);
  json.key("difference").decimal(difference(was, now));
  json.end_object();
}

void write_tally(JsonWriter& json, std::string_view name, const Sides& sides,
                 const sim::Tally GroupReport::*tally) {
  json.key(name).begin_object();
  for (const std::string& key : keys_of(sides, tally))
    write_value(json, key, count_in(sides.was, tally, key), count_in(sides.now, tally, key));
  json.end_object();
}

void write_block(JsonWriter& json, std::string_view name, const Sides& sides) {
  json.key(name).begin_object();
  json.key("metrics").begin_object();
  if (sides.was.least || sides.now.least)
    write_value(json, "min_instances", sides.was.least, sides.now.least);
  for (const sim::ReportMetric& each : sim::report_metrics())
    write_value(json, each.name, sides.was.metric(each.name), sides.now.metric(each.name));
  json.end_object();
  write_tally(json, "actions", sides, &GroupReport::actions);
  write_tally(json, "failed_actions", sides, &GroupReport::failed_actions);
  write_tally(json, "denied", sides, &GroupReport::denied);
  json.end_object();
}

void write_head(JsonWriter& json, const Program& program, const Scenario& scenario, const WhatIf& answer) {
  const sim::Report& report = answer.as_it_was.result.report;
  json.key("schema_version").number(1);
  json.key("program").begin_object();
  json.key("version").text(program.version);
  json.key("commit").text(program.commit);
  json.end_object();
  json.key("scenario").begin_object();
  json.key("name").text(scenario.name);
  json.key("file").text(scenario.file);
  json.key("currency").text(scenario.currency);
  json.end_object();
  json.key("seed").number(scenario.seed);
  json.key("start").text(sim::utc_seconds(report.start));
  json.key("end").text(sim::utc_seconds(report.end));
  json.key("at").text(moment_text(answer.at));
  json.key("changes").begin_array();
  for (const Change& each : answer.changes) {
    json.begin_object();
    json.key("path").text(each.path);
    json.key("value").text(each.value);
    json.end_object();
  }
  json.end_array();
  json.key("fingerprints").begin_object();
  json.key("as_it_was").text(report.fingerprint);
  json.key("what_if").text(answer.what_if.result.report.fingerprint);
  json.end_object();
}

void write_groups(JsonWriter& json, const WhatIf& answer, const api::IdText& ids) {
  json.key("groups").begin_array();
  for (const WhatIf::Pair& each : answer.groups) {
    const Sides whole = sides_of(answer, each, Span::Whole);
    json.begin_object();
    json.key("id").text(ids.text((whole.was.report != nullptr ? whole.was : whole.now).report->group));
    json.key("name").text(name_of(answer, each));
    write_block(json, "since_change", sides_of(answer, each, Span::Since));
    write_block(json, "whole_run", whole);
    json.end_object();
  }
  json.end_array();
  json.key("total").begin_object();
  write_block(json, "since_change", totals_of(answer, Span::Since));
  write_block(json, "whole_run", totals_of(answer, Span::Whole));
  json.end_object();
}

void write_outcome(JsonWriter& json, std::string_view name, const ObjectiveOutcome& outcome) {
  json.key(name).begin_object();
  json.key("value").decimal(outcome.value_micro);
  json.key("met").boolean(outcome.met);
  json.end_object();
}

void write_objectives(JsonWriter& json, const WhatIf& answer) {
  const auto &was = answer.as_it_was.result.objectives, &now = answer.what_if.result.objectives;
  json.key("objectives").begin_array();
  for (std::size_t i = 0; i < was.size(); ++i) {
    json.begin_object();
    json.key("metric").text(was[i].objective.metric);
    json.key("group");
    if (was[i].objective.group.empty())
      json.null();
    else
      json.text(was[i].objective.group);
    json.key("at_least").decimal(was[i].objective.at_least_micro);
    json.key("at_most").decimal(was[i].objective.at_most_micro);
    write_outcome(json, "as_it_was", was[i]);
    write_outcome(json, "what_if", now[i]);
    json.end_object();
  }
  json.end_array();
  json.key("unexpected_calls").begin_object();
  json.key("as_it_was").number(unexpected(answer.as_it_was.result));
  json.key("what_if").number(unexpected(answer.what_if.result));
  json.end_object();
}

}  // namespace

std::string what_if_text(const Scenario& scenario, const WhatIf& answer) {
  std::string out = fmt::format("{}, changed at {}, {} after its start\n", one_line(scenario.name),
                                moment_text(answer.at), length_text(answer.at - scenario.start));
  for (const Change& each : answer.changes)
    out += fmt::format("  {} = {}\n", one_line(each.path), one_line(each.value));
  if (answer.changes.empty()) out += "  nothing\n";
  for (const WhatIf::Pair& each : answer.groups)
    append_part(out, "Group " + one_line(name_of(answer, each)), sides_of(answer, each, Span::Since),
                sides_of(answer, each, Span::Whole), answer, scenario);
  if (answer.groups.empty()) out += "\nNo AS group was created.\n";
  if (answer.groups.size() > 1)
    append_part(out, "All groups", totals_of(answer, Span::Since), totals_of(answer, Span::Whole), answer,
                scenario);
  append_objectives(out, answer);
  append_calls(out, answer);
  return out;
}

std::string what_if_json(const Program& program, const Scenario& scenario, const WhatIf& answer) {
  JsonWriter json;
  json.begin_object();
  write_head(json, program, scenario, answer);
  write_groups(json, answer, api::IdText(scenario.seed));
  write_objectives(json, answer);
  json.end_object();
  return json.take();
}

}  // namespace tidepool::scenarios
