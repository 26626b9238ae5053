#include "sim/run/service_report.hpp"

#include <array>

#include "sim/judge/number.hpp"

namespace tidepool::sim {
namespace {

// Those whose fate is known: not the ones that still wait, or are being served.
Wide ended(const ServiceRecord& r) {
  return Wide{r.completed} + r.dropped + r.abandoned + r.timed_out + r.failed;
}

Wide lost(const ServiceRecord& r) { return ended(r) - r.completed; }

// Nanoseconds are the millionths of a millisecond.
Number quantile(const ServiceReport& of, double p) {
  const auto found = of.requests.responses.quantile(p);
  if (!found) return std::nullopt;
  return found->count();
}

// (satisfied + tolerating / 2) / all: answered within the bound, and within four times of it.
Number apdex(const ServiceReport& of) {
  const ServiceRecord& r = of.requests;
  if (!r.bound) return std::nullopt;
  const Wide tolerated = r.completed - Wide{r.responses.count_above(load::Nanos{r.bound->count() * 4000})};
  const Wide satisfied = Wide{r.completed} - r.late;
  return ratio_of(satisfied + tolerated, 2 * ended(r));
}

constexpr std::array kMetrics = std::to_array<ServiceMetric>({
    {"response_mean_ms", "ms", "mean time from the intended arrival of a request to its answer",
     [](const ServiceReport& s) {
       return quotient(s.requests.responses.sum_ns(), s.requests.responses.count());
     }},
    {"response_p50_ms", "ms", "half of the answers took no longer",
     [](const ServiceReport& s) { return quantile(s, 0.5); }},
    {"response_p95_ms", "ms", "95 % of the answers took no longer",
     [](const ServiceReport& s) { return quantile(s, 0.95); }},
    {"response_p99_ms", "ms", "99 % of the answers took no longer",
     [](const ServiceReport& s) { return quantile(s, 0.99); }},
    {"response_p999_ms", "ms", "99.9 % of the answers took no longer",
     [](const ServiceReport& s) { return quantile(s, 0.999); }},
    {"slo_violation_request_percent", "%",
     "requests answered later than the bound, or not at all, as a share of those whose fate is known",
     [](const ServiceReport& s) {
       return s.requests.bound ? percent_of(lost(s.requests) + s.requests.late, ended(s.requests)) : Number();
     }},
    {"slo_violation_time_percent", "%",
     "metric periods whose 95th percentile is over the bound, as a share of those with answers",
     [](const ServiceReport& s) {
       return s.requests.bound ? percent_of(s.slow_intervals, s.intervals) : Number();
     }},
    {"apdex", "0 to 1", "(answered within the bound + half of those within four times of it) / all", apdex},
    {"dropped_percent", "%", "requests refused for good, for a queue was full or nobody served",
     [](const ServiceReport& s) { return percent_of(s.requests.dropped, ended(s.requests)); }},
    {"abandoned_percent", "%", "requests whose patience ended before their turn",
     [](const ServiceReport& s) { return percent_of(s.requests.abandoned, ended(s.requests)); }},
    {"timed_out_percent", "%", "requests without an answer in time, in any attempt",
     [](const ServiceReport& s) { return percent_of(s.requests.timed_out, ended(s.requests)); }},
    {"failed_percent", "%", "requests lost with the instance that had them",
     [](const ServiceReport& s) { return percent_of(s.requests.failed, ended(s.requests)); }},
    {"retries_per_request_percent", "%", "attempts that were not the first, for each hundred requests",
     [](const ServiceReport& s) { return percent_of(s.requests.retried, ended(s.requests)); }},
});

}  // namespace

void ServiceReport::add(const ServiceReport& other) {
  for (const auto member : {&ServiceRecord::offered, &ServiceRecord::completed, &ServiceRecord::dropped,
                            &ServiceRecord::abandoned, &ServiceRecord::timed_out, &ServiceRecord::failed,
                            &ServiceRecord::retried, &ServiceRecord::late})
    requests.*member += other.requests.*member;
  // Groups with bounds of their own have none together.
  if (requests.bound != other.requests.bound) requests.bound.reset();
  requests.responses += other.requests.responses;
  intervals += other.intervals;
  slow_intervals += other.slow_intervals;
}

void ServiceReport::subtract(const ServiceReport& earlier) {
  for (const auto member : {&ServiceRecord::offered, &ServiceRecord::completed, &ServiceRecord::dropped,
                            &ServiceRecord::abandoned, &ServiceRecord::timed_out, &ServiceRecord::failed,
                            &ServiceRecord::retried, &ServiceRecord::late})
    requests.*member -= earlier.requests.*member;
  requests.responses -= earlier.requests.responses;
  intervals -= earlier.intervals;
  slow_intervals -= earlier.slow_intervals;
}

std::optional<ServiceReport> service_report(const Cloud& cloud, AsGroupId group) {
  auto record = cloud.service_of(group);
  if (!record) return std::nullopt;
  ServiceReport report{*std::move(record)};
  for (const LatencySample& each : cloud.latencies()) {
    if (each.group != group) continue;
    ++report.intervals;
    if (report.requests.bound && each.p95_us > report.requests.bound->count()) ++report.slow_intervals;
  }
  return report;
}

std::span<const ServiceMetric> service_metrics() { return kMetrics; }

}  // namespace tidepool::sim
