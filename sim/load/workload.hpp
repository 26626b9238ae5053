// Workload: the demand on a group, and how the group works it off.
#pragma once

#include <cstdint>
#include <optional>

#include "sim/load/fluid_queue.hpp"
#include "sim/load/station.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/workload.hpp"

namespace tidepool::sim {

/// Three models of one thing. Without `queue` and `requests` demand is a fluid, and what can't be served at once is lost.
/// With `queue` it waits. With `requests` each request is played by itself. At most one of the two is there.
struct Workload {
  Trace trace;
  Amount capacity_per_instance = 0;     ///< micro-units a second that one serving instance can do; 1 or more
  AsGroupId group = none<AsGroupId>();  ///< none: not tied to a group yet, offers nothing
  std::optional<load::FluidQueueSettings> queue = std::nullopt;
  std::optional<load::StationSettings> requests = std::nullopt;  ///< its arrivals follow `trace`, or a log
  std::int64_t concurrency = 1;  ///< requests that an instance works on at once; with `queue` or `requests`
  Duration drain{};              ///< with `requests`: how long an instance that leaves may finish what it has

  bool tells_latency() const { return queue || requests; }
};

/// What became of the requests of a group whose workload tells it, in micro-units, up to a moment.
struct ServiceRecord {
  Amount offered = 0, completed = 0, dropped = 0, abandoned = 0, timed_out = 0, failed = 0, retried = 0;
  Amount late = 0;                               ///< completed, but over the bound
  std::optional<Duration> bound = std::nullopt;  ///< what a response may take, if anybody has said
  load::LatencyHistogram responses;              ///< from the intended arrival to the answer
};

}  // namespace tidepool::sim
