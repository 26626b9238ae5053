// Changes to a run on its way, by the names of its scenario file: `groups.web.cool_down_time=60`.
//
//     groups.NAME.FIELD      sent as the API's modify request, one for all fields of the group
//     policies.NAME.FIELD    the same; of an object such as scaling_policy_action single members can be named, too
//     behaviour.KNOB         for what comes; all but metric_period
//     alarms.NAME.FIELD      all but name, group and metric
//
// NAME of a group or policy is what a call saves its id under, else the name that the API knows it by.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/load_json.hpp"
#include "scenarios/load_wording.hpp"
#include "scenarios/run_scenario.hpp"

namespace tidepool::scenarios {

struct Change {
  std::string path, value;         ///< as given
  std::vector<std::string> parts;  ///< of the path: "groups", "web", "cool_down_time"
  Json json;                       ///< the value; what is no JSON is a text
};

/// From "PATH=VALUE" each. Complains of what no run can change; that there is such a group or policy shows only later.
std::vector<Change> read_changes(const std::vector<std::string>& given, Complaints& complaints);

/// Knobs and alarm rules, through the scenario file's readers. Wrong values are complained of, and change nothing.
void change_surroundings(const std::vector<Change>& changes, const Scenario& scenario, ScenarioRun& run,
                         Complaints& complaints);

/// Groups and policies, as a client would. A refusal is complained of with its code and message.
void send_requests(const std::vector<Change>& changes, ScenarioRun& run, Complaints& complaints);

}  // namespace tidepool::scenarios
