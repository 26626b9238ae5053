#include "sim/model/instance.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace tidepool::sim {
namespace {

struct Move {
  LifecycleState from, to;
};

using enum LifecycleState;
constexpr std::array kMoves{
    Move{Pending, PendingWait},   Move{Pending, InService},     Move{Pending, Gone},
    Move{PendingWait, Pending},   Move{PendingWait, InService}, Move{PendingWait, Gone},
    Move{InService, Removing},    Move{Removing, RemovingWait}, Move{Removing, Gone},
    Move{RemovingWait, Removing}, Move{InService, Standby},     Move{Standby, InService},
    Move{Standby, Removing},
};

}  // namespace

bool may_move(LifecycleState from, LifecycleState to) {
  return std::ranges::any_of(kMoves, [&](const Move& each) { return each.from == from && each.to == to; });
}

const char* text_of(LifecycleState state) {
  switch (state) {
    case Pending: return "PENDING";
    case PendingWait: return "PENDING_WAIT";
    case InService: return "INSERVICE";
    case Removing: return "REMOVING";
    case RemovingWait: return "REMOVING_WAIT";
    case Gone: return "GONE";
    case Standby: return "STANDBY";
  }
  assert(false);
  return "";
}

const char* text_of(HealthStatus status) {
  switch (status) {
    case HealthStatus::Initializing: return "INITIALIZING";
    case HealthStatus::Normal: return "NORMAL";
    case HealthStatus::Error: return "ERROR";
  }
  assert(false);
  return "";
}

const char* text_of(EcsStatus status) {
  switch (status) {
    case EcsStatus::Build: return "BUILD";
    case EcsStatus::Active: return "ACTIVE";
    case EcsStatus::ShutOff: return "SHUTOFF";
    case EcsStatus::Error: return "ERROR";
    case EcsStatus::Deleted: return "DELETED";
  }
  assert(false);
  return "";
}

}  // namespace tidepool::sim
