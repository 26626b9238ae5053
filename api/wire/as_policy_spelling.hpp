// How the choices of an AS policy are spelled, for its readers, its writers and its execution log alike.
#pragma once

#include "api/wire/fields.hpp"
#include "sim/model/as_policy.hpp"

namespace tidepool::api {

inline constexpr Spelling<sim::PolicyType> kPolicyTypes[] = {{"ALARM", sim::PolicyType::Alarm},
                                                             {"SCHEDULED", sim::PolicyType::Scheduled},
                                                             {"RECURRENCE", sim::PolicyType::Recurrence}};

// Answers of v1 and execution logs use the first spelling of an operation; answers of v2 say REDUCE for REMOVE.
inline constexpr Spelling<sim::PolicyOperation> kPolicyOperations[] = {
    {"ADD", sim::PolicyOperation::Add},
    {"REMOVE", sim::PolicyOperation::Remove},
    {"REDUCE", sim::PolicyOperation::Remove},
    {"SET", sim::PolicyOperation::Set}};

inline constexpr Spelling<sim::RecurrenceType> kRecurrenceTypes[] = {
    {"Daily", sim::RecurrenceType::Daily},
    {"Weekly", sim::RecurrenceType::Weekly},
    {"Monthly", sim::RecurrenceType::Monthly}};

/// What a policy of v2 scales.
inline constexpr Spelling<sim::ScalingResource> kScalingResources[] = {
    {"SCALING_GROUP", sim::ScalingResource::Group}, {"BANDWIDTH", sim::ScalingResource::Bandwidth}};

}  // namespace tidepool::api
