// Scenario: everything a run is a function of, as read from a scenario file. README.md here is the file's contract.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/trace_file.hpp"
#include "sim/control/controller.hpp"
#include "sim/engine/time.hpp"
#include "sim/judge/billing.hpp"
#include "sim/load/workload.hpp"
#include "sim/model/alarm_rule.hpp"
#include "sim/model/behaviour.hpp"
#include "sim/model/fault.hpp"
#include "sim/model/records.hpp"
#include "sim/model/region.hpp"

namespace tidepool::scenarios {

/// A call of the AS API at a moment. `{name}` in path and body stands for an id saved by an earlier call (or for an
/// alarm rule's id, or for `project_id`).
struct TimedCall {
  sim::Time at{};
  std::string method;
  std::string path;
  std::string body;                  ///< JSON text; empty when there is none
  std::string save;                  ///< name for the id in the answer; empty: not kept
  std::string take;                  ///< JSON pointer to what is saved; empty: the answer's own `..._id`
  std::optional<int> expect_status;  ///< empty: any 2xx
  std::optional<std::string> expect_code;  ///< "AS.2005"
  std::string where;                       ///< "calls[3]", for messages
};

/// An alarm rule; its group is the one saved under `group`.
struct AlarmDeclaration {
  sim::AlarmRuleSettings set;
  std::string group;
};

struct WorkloadDeclaration {
  sim::Workload workload;
  std::string group;
  std::string source;                 ///< "generator", or the trace's file name as written
  std::optional<TraceImport> import;  ///< what reading the trace found; its `trace` is left empty
};

struct FaultDeclaration {
  sim::Fault fault;
  std::string group;  ///< empty: not tied to a group
};

/// An autoscaler that sets a group's expected number through the API.
struct ControllerDeclaration {
  std::string group;
  std::string type;                                  ///< as written: "hpa"
  sim::Duration interval = std::chrono::minutes{1};  ///< between looks, from the start of the run on
  sim::Duration delay{};                             ///< until a decision takes effect; whole intervals
  sim::Controller controller;
  std::string url;                                   ///< of one that is asked elsewhere, else empty
  sim::Duration timeout = std::chrono::seconds{10};  ///< how long it is waited for
  std::string where;                                 ///< "controllers[0]", for the journal
};

/// What a run is to achieve, on a metric of the report. See sim/run/report.hpp for the names.
struct Objective {
  std::string metric;
  std::string group;                          ///< empty: over all groups
  std::optional<std::int64_t> at_most_micro;  ///< in millionths of the metric's unit
  std::optional<std::int64_t> at_least_micro;
};

struct Scenario {
  std::string name, description;
  std::string file;  ///< as given on the command line, for messages
  std::string text;  ///< the whole file, kept with the results
  std::uint64_t seed = 1;
  sim::Time start{};
  sim::Duration duration{};
  std::string behaviour_name = "classic";
  sim::Behaviour behaviour;
  sim::Region region;
  std::string project_id;
  std::string currency = "EUR";
  sim::BillingRule billing;
  std::map<std::string, std::string> placeholders;  ///< names that stand for things of the region: "vpc"
  std::vector<TimedCall> calls;                     ///< in order of time, equal times in order of the file
  std::vector<AlarmDeclaration> alarms;
  std::vector<WorkloadDeclaration> workloads;
  std::vector<FaultDeclaration> faults;
  std::vector<ControllerDeclaration> controllers;
  std::vector<Objective> objectives;
};

}  // namespace tidepool::scenarios
