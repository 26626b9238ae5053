// What `load` is made of: one function a part of the file, each in the load_*.cpp of that name. All of them complain of
// whatever is wrong and leave a default in its place. (header)
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/json_reader.hpp"
#include "scenarios/load_names.hpp"
#include "scenarios/request_log.hpp"
#include "scenarios/scenario.hpp"

namespace tidepool::scenarios {

/// A moment of the run: "+5m" from its start, or RFC 3339. Empty (and a complaint) when it lies outside of the run.
std::optional<sim::Time> moment_in_run(const Field& field, const Scenario& scenario);

/// `behaviour`: a profile's name, or an object of profile and knobs.
void read_behaviour(const Field& field, Scenario& scenario);

/// `region`. Without a field: the defaults. Fills `placeholders`, and `names` with them.
void read_region(const std::optional<Field>& field, Scenario& scenario, Names& names);

/// "100s", or an object with one of the kinds of distributions that README.md lists.
std::optional<sim::DurationDistribution> read_distribution(const Field& field);

/// `calls`, sorted by time, and the names that they save.
void read_calls(const std::vector<Field>& calls, Scenario& scenario, Names& names);

/// Complains of the placeholders in members and texts at any depth that the call at that place can't have.
void check_body(const Field& field, const Names& names, std::size_t call);
/// A body as a call has it: on one line, with placeholders, plain braces escaped.
std::string body_text(const Json& body);

/// The names of `alarms`, which calls may use; then the rest of them, which uses what calls save.
void declare_alarms(const std::vector<Field>& alarms, Names& names);
void read_alarms(const std::vector<Field>& alarms, Scenario& scenario, const Names& names);

/// What of an alarm rule may change later: all but its name, its group and its metric. What is not there stays.
void read_alarm_condition(Section& section, sim::Duration metric_period, sim::AlarmRuleSettings& set);

void read_faults(const std::vector<Field>& faults, Scenario& scenario, const Names& names);

/// `workloads`: traces are read from files in `folder`; what a generator makes is left for `generate_demand`.
using Generators = std::vector<std::optional<sim::DemandGenerator>>;  // by workload; empty for traces
Generators read_workloads(const std::vector<Field>& workloads, Scenario& scenario, const Names& names,
                          const std::filesystem::path& folder);
/// The members of a workload that model "queue" and "requests" have of their own; the capacity is read before, or follows.
void read_queue(Section& section, sim::Workload& workload);
void read_requests(Section& section, const Scenario& scenario, const std::filesystem::path& folder,
                   WorkloadDeclaration& declared);
/// `log` of model "requests": its requests, and what the workload knows of them. Null after a complaint.
/// `draws_missing`: requests without a service stay, as the workload says how to draw it.
std::shared_ptr<const std::vector<sim::load::RecordedRequest>> read_log(const Field& field,
                                                                        const Scenario& scenario,
                                                                        const std::filesystem::path& folder,
                                                                        bool draws_missing,
                                                                        WorkloadDeclaration& workload);
/// A column of spans of time, by the keys of its name and of its unit. Empty when none is named, or after a complaint.
std::optional<SpanColumn> read_span_column(Section& section, const char* column, const char* unit);
void generate_demand(const Generators& generators, Scenario& scenario);

/// A recorded series, with the keys of a workload's `trace`. Empty after a complaint.
std::optional<sim::Trace> read_series(const Field& field, const Scenario& scenario,
                                      const std::filesystem::path& folder);

/// `controllers`, after the workloads that they are about. What they know of generated demand comes with it.
void read_controllers(const std::vector<Field>& controllers, Scenario& scenario, const Names& names,
                      const std::filesystem::path& folder);
void tell_demand(Scenario& scenario);

void read_objectives(const std::vector<Field>& objectives, Scenario& scenario, const Names& names,
                     std::span<const std::string_view> metrics);

}  // namespace tidepool::scenarios
