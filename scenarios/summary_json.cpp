// The summary as one JSON document; the text for people is made in summary.cpp.
#include <cstdint>
#include <string_view>

#include "api/wire/ids_text.hpp"
#include "scenarios/json_writer.hpp"
#include "scenarios/size_chart.hpp"
#include "scenarios/summary.hpp"
#include "sim/model/journal.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {
namespace {

constexpr int kChartColumns = 72;

void write_head(JsonWriter& json, const Program& program, const Scenario& scenario, const RunResult& result) {
  json.key("schema_version").number(kSummarySchemaVersion);
  json.key("program").begin_object();
  json.key("version").text(program.version);
  json.key("commit").text(program.commit);
  json.end_object();
  json.key("scenario").begin_object();
  json.key("name").text(scenario.name);
  json.key("description").text(scenario.description);
  json.key("file").text(scenario.file);
  json.key("behaviour").text(scenario.behaviour_name);
  json.key("currency").text(scenario.currency);
  json.key("billing_quantum_seconds").decimal(scenario.billing.quantum.count());
  json.end_object();
  const sim::Report& report = result.report;
  json.key("seed").number(result.cloud.seed());
  json.key("start").text(sim::utc_seconds(report.start));
  json.key("end").text(sim::utc_seconds(report.end));
  json.key("duration_seconds").decimal((report.end - report.start).count());
  json.key("events").number(report.events);
  json.key("fingerprint").text(report.fingerprint);
}

void write_chart(JsonWriter& json, const SizeChart& chart) {
  json.key("size_over_time").begin_object();
  json.key("start").text(sim::utc_seconds(chart.start));
  json.key("column_seconds").decimal(chart.column.count());
  json.key("in_service").numbers(chart.in_service);
  json.key("desired").numbers(chart.desired);
  json.end_object();
}

void write_tally(JsonWriter& json, std::string_view name, const sim::Tally& tally) {
  json.key(name).begin_object();
  for (const auto& [key, count] : tally) json.key(key).number(count);
  json.end_object();
}

void write_facts(JsonWriter& json, const sim::GroupReport& group) {
  json.key("final_desired").number(group.final_desire);
  json.key("metrics").begin_object();
  for (const sim::ReportMetric& each : sim::report_metrics())
    json.key(each.name).decimal(sim::metric_value(each.name, group));
  json.end_object();
  write_tally(json, "actions", group.actions);
  write_tally(json, "failed_actions", group.failed_actions);
  write_tally(json, "denied", group.denied);
}

void write_groups(JsonWriter& json, const Scenario& scenario, const RunResult& result) {
  const sim::Report& report = result.report;
  const api::IdText ids(result.cloud.seed());
  json.key("groups").begin_array();
  for (const sim::GroupReport& each : report.groups) {
    json.begin_object();
    json.key("id").text(ids.text(each.group));
    json.key("name").text(each.name);
    write_facts(json, each);
    write_chart(json, size_chart(result.cloud.samples(), each.group, report.start, report.end,
                                 scenario.behaviour.metric_period, kChartColumns));
    json.end_object();
  }
  json.end_array();
  json.key("total").begin_object();
  write_facts(json, report.total);
  json.end_object();
}

void write_resource(JsonWriter& json, std::string_view name, std::int64_t created, std::int64_t deleted,
                    std::int64_t left) {
  json.key(name).begin_object();
  json.key("created").number(created);
  json.key("deleted").number(deleted);
  json.key("left_behind").number(left);
  json.end_object();
}

void write_calls(JsonWriter& json, const RunResult& result) {
  json.key("calls").begin_object();
  json.key("made").number(static_cast<std::uint64_t>(result.calls.size()));
  json.key("as_expected").boolean(result.calls_as_expected());
  json.key("unexpected").begin_array();
  for (const CallRecord& each : result.calls) {
    if (each.complaint.empty()) continue;
    json.begin_object();
    json.key("origin").text(each.where);
    json.key("time").text(sim::utc_seconds(each.at));
    json.key("method").text(each.method);
    json.key("path").text(each.path);
    json.key("status").number(each.status);
    json.key("answer").text(each.answer);
    json.key("complaint").text(each.complaint);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

void write_controllers(JsonWriter& json, const RunResult& result) {
  json.key("controllers").begin_array();
  for (const ControllerRecord& each : result.controllers) {
    json.begin_object();
    json.key("group").text(each.group);
    json.key("type").text(each.type);
    json.key("looks").number(each.looks);
    json.key("changes").number(each.changes);
    json.key("refused").number(each.refused);
    json.end_object();
  }
  json.end_array();
}

void write_objectives(JsonWriter& json, const RunResult& result) {
  json.key("objectives").begin_object();
  json.key("met").boolean(result.objectives_met());
  json.key("list").begin_array();
  for (const ObjectiveOutcome& each : result.objectives) {
    json.begin_object();
    json.key("metric").text(each.objective.metric);
    json.key("group");
    if (each.objective.group.empty())
      json.null();
    else
      json.text(each.objective.group);
    json.key("at_least").decimal(each.objective.at_least_micro);
    json.key("at_most").decimal(each.objective.at_most_micro);
    json.key("value").decimal(each.value_micro);
    json.key("met").boolean(each.met);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string summary_json(const Program& program, const Scenario& scenario, const RunResult& result) {
  const sim::Report& report = result.report;
  JsonWriter json;
  json.begin_object();
  write_head(json, program, scenario, result);
  write_groups(json, scenario, result);
  json.key("resources").begin_object();
  write_resource(json, "eips", report.eips_created, report.eips_deleted, report.eips_left);
  write_resource(json, "data_disks", report.disks_created, report.disks_deleted, report.disks_left);
  json.end_object();
  json.key("messages").number(report.messages);
  write_calls(json, result);
  write_controllers(json, result);
  write_objectives(json, result);
  json.end_object();
  return json.take();
}

}  // namespace tidepool::scenarios
