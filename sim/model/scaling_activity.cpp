#include "sim/model/scaling_activity.hpp"

#include <cassert>

namespace tidepool::sim {

const char* text_of(ActivityType type) {
  switch (type) {
    case ActivityType::Normal: return "NORMAL";
    case ActivityType::ManualAdd: return "MANUAL_ADD";
    case ActivityType::ManualRemove: return "MANUAL_REMOVE";
    case ActivityType::ManualDelete: return "MANUAL_DELETE";
    case ActivityType::ElbCheckDelete: return "ELB_CHECK_DELETE";
    case ActivityType::AuditCheckDelete: return "AUDIT_CHECK_DELETE";
    case ActivityType::Diff: return "DIFF";
    case ActivityType::ModifyElb: return "MODIFY_ELB";
  }
  assert(false);
  return "";
}

const char* text_of(ActivityStatus status) {
  switch (status) {
    case ActivityStatus::Doing: return "DOING";
    case ActivityStatus::Success: return "SUCCESS";
    case ActivityStatus::Fail: return "FAIL";
  }
  assert(false);
  return "";
}

const char* text_of(ChangeCause cause) {
  switch (cause) {
    case ChangeCause::Diff: return "DIFF";
    case ChangeCause::Manual: return "MANNUAL";
    case ChangeCause::Alarm: return "ALARM";
    case ChangeCause::Scheduled: return "SCHEDULED";
    case ChangeCause::Recurrence: return "RECURRENCE";
    case ChangeCause::HealthCheck: return "AUDIT_CHECK";
  }
  assert(false);
  return "";
}

}  // namespace tidepool::sim
