#include "sim/model/as_policy.hpp"

namespace tidepool::sim {

const char* text_of(Trigger trigger) {
  switch (trigger) {
    case Trigger::Alarm: return "alarm";
    case Trigger::Scheduled: return "schedule";
    case Trigger::Recurrence: return "recurrence";
    case Trigger::Manual: return "by hand";
  }
  return "";
}

}  // namespace tidepool::sim
