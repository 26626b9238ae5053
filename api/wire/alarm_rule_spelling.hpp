// How the choices of an alarm rule are spelled, by Cloud Eye and by the testbed alike.
#pragma once

#include "api/wire/fields.hpp"
#include "sim/model/alarm_rule.hpp"

namespace tidepool::api {

inline constexpr Spelling<sim::GroupMetric> kGroupMetricNames[] = {
    {"cpu_util", sim::GroupMetric::CpuUtil}, {"instance_num", sim::GroupMetric::InstanceNum}};

inline constexpr Spelling<sim::AlarmStatistic> kStatistics[] = {{"average", sim::AlarmStatistic::Average},
                                                                {"max", sim::AlarmStatistic::Max},
                                                                {"min", sim::AlarmStatistic::Min},
                                                                {"sum", sim::AlarmStatistic::Sum},
                                                                {"variance", sim::AlarmStatistic::Variance}};

inline constexpr Spelling<sim::AlarmOperator> kAlarmOperators[] = {
    {">", sim::AlarmOperator::Greater}, {">=", sim::AlarmOperator::GreaterEqual},
    {"<", sim::AlarmOperator::Less},    {"<=", sim::AlarmOperator::LessEqual},
    {"=", sim::AlarmOperator::Equal},   {"!=", sim::AlarmOperator::NotEqual}};

}  // namespace tidepool::api
