// Alarm rules as Cloud Eye's clients make and see them.
// Source: Cloud Eye API reference, "Creating an Alarm Rule", "Querying Alarm Rules", "Modifying an Alarm Rule".
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "api/wire/metric_json.hpp"
#include "sim/cloud/cloud.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

/// A rule that is to be made. One whose `metric` is no group's own watches the series of that name, which the caller
/// has to put into the settings.
struct NewAlarmRule {
  sim::AlarmRuleSettings set;
  NamedMetric metric;
};
/// All faults are AS.0022, as Cloud Eye's own codes mean nothing here.
sim::Result<NewAlarmRule> read_create_alarm_rule(std::string_view body, const sim::Cloud& cloud);

/// The whole rule as it is to be: what the request leaves out stays, and a metric may only be sent again.
sim::Result<sim::AlarmRuleSettings> read_modify_alarm_rule(std::string_view body, sim::AlarmRuleId rule,
                                                           const sim::Cloud& cloud);
/// {"alarm_enabled": true}
sim::Result<sim::Switch> read_alarm_switch(std::string_view body, const sim::Cloud& cloud);

/// The rule must exist.
boost::json::object write_alarm_rule(const sim::Cloud& cloud, sim::AlarmRuleId rule);
/// "ok", "alarm", or "insufficient_data" until it has been judged.
std::string_view alarm_state_text(const sim::AlarmRule& rule);

}  // namespace tidepool::api
