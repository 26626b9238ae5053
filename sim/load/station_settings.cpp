#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

#include "sim/load/station.hpp"

namespace tidepool::sim::load {
namespace {

using Fault = std::optional<std::string>;

// Sums of a few of these stay within the clock.
constexpr std::int64_t kLongestNs = std::int64_t{1} << 60;

Fault within(std::string_view name, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return std::nullopt;
  if (most == INT64_MAX) return fmt::format("{}: {}, expected {} or more", name, value, least);
  return fmt::format("{}: {}, expected {} to {}", name, value, least, most);
}

Fault within(std::string_view name, double value, double least, double most) {
  if (value >= least && value <= most) return std::nullopt;
  return fmt::format("{}: {}, expected {} to {}", name, value, least, most);
}

Fault span(std::string_view name, Nanos value, std::int64_t least) {
  if (value.count() >= least && value.count() <= kLongestNs) return std::nullopt;
  return fmt::format("{}: {} ns, expected {} to {} ns", name, value.count(), least, kLongestNs);
}

template <typename... Faults>
Fault first_of(Faults... faults) {
  Fault found;
  ((found = found ? found : faults), ...);
  return found;
}

Fault fault_of(std::string_view name, const TimeDistribution& d) {
  using Kind = TimeDistribution::Kind;
  const auto longest = static_cast<double>(kLongestNs);
  if (d.kind == Kind::Sample) {
    if (!d.sample || d.sample->empty())
      return fmt::format("{}: an empty sample, expected one value or more", name);
    const auto [least, most] = std::ranges::minmax_element(*d.sample);
    return first_of(span(name, Nanos{*least}, 0), span(name, Nanos{*most}, 0));
  }
  if (const auto wrong = within(fmt::format("{} (ns)", name), d.first, 0, longest)) return wrong;
  switch (d.kind) {
    case Kind::Uniform: return within(fmt::format("{} (highest, ns)", name), d.second, d.first, longest);
    case Kind::Lognormal: return within(fmt::format("{} (sigma)", name), d.second, 0, 100);
    case Kind::Pareto: return within(fmt::format("{} (alpha)", name), d.second, 1e-3, 1e6);
    default: return std::nullopt;
  }
}

Fault fault_of(const ArrivalSettings& a) {
  using Kind = ArrivalSettings::Kind;
  if (a.kind == Kind::Replay) {
    if (!a.recorded) return "arrivals: no recorded requests, expected a list";
    if (!std::ranges::is_sorted(*a.recorded, {}, &RecordedRequest::at))
      return "arrivals: recorded requests out of order, expected none before the one above it";
    for (const RecordedRequest& each : *a.recorded)
      if (each.service.count() > kLongestNs) return span("arrivals (service)", each.service, 0);
    return std::nullopt;
  }
  if (!a.trace) return "arrivals: no trace, expected one";
  const Fault batch = within("batch", a.batch, 1, 1'000'000);
  if (batch || a.kind != Kind::Modulated) return batch;
  return first_of(within("calm_factor", a.calm_factor, 0, 1e6), within("busy_factor", a.busy_factor, 0, 1e6),
                  span("calm_length", a.calm_length, 1), span("busy_length", a.busy_length, 1));
}

Fault fault_of(const RetrySettings& r) {
  return first_of(within("retry attempts", r.attempts, 1, 1000), span("retry base", r.base, 0),
                  within("retry factor", r.factor, 1, 1e6), span("retry longest", r.longest, 0),
                  within("retry jitter", r.jitter, 0, 1));
}

Fault fault_of_setup(const StationSettings& s) {
  if (!s.setup) return std::nullopt;
  if (s.queue_at != QueuePlace::Balancer)
    return "setup: a queue at the instance, expected one at the balancer";
  if (s.concurrency != 1) return fmt::format("setup: concurrency {}, expected 1", s.concurrency);
  return fault_of("setup", *s.setup);
}

}  // namespace

std::optional<std::string> fault_of(const StationSettings& s) {
  return first_of(fault_of(s.arrivals), fault_of("service", s.service),
                  within("concurrency", s.concurrency, 1, 1'000'000'000),
                  within("queue_limit", s.queue_limit, 0, kNoLimit),
                  s.patience ? fault_of("patience", *s.patience) : std::nullopt,
                  s.timeout ? span("timeout", *s.timeout, 1) : std::nullopt, fault_of(s.retry),
                  within("warm_up_share", s.warm_up_share, 0, 1), span("warm_up", s.warm_up, 0),
                  fault_of_setup(s), s.bound ? span("bound", *s.bound, 0) : std::nullopt);
}

}  // namespace tidepool::sim::load
