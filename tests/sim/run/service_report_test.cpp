// How requests fared: the measures of METRICS.md, on a record that is easily reckoned by hand.
#include "sim/run/service_report.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "sim/run/report.hpp"
#include "tests/support/cloud_builder.hpp"

namespace tidepool::sim {
namespace {

using namespace support;
using load::Nanos;

constexpr Amount kUnit = kAmountUnit;

// Ten answers of 100 ms, two of 600 ms, one of 5 s; three dropped, two given up, one too late, one lost with its instance.
ServiceReport a_report() {
  ServiceReport report;
  ServiceRecord& r = report.requests;
  r.offered = 21 * kUnit;
  r.completed = 13 * kUnit;
  r.dropped = 3 * kUnit;
  r.abandoned = 2 * kUnit;
  r.timed_out = r.failed = kUnit;
  r.retried = 10 * kUnit;
  r.late = 3 * kUnit;
  r.bound = 500ms;
  r.responses.add(100ms, 10 * kUnit);
  r.responses.add(600ms, 2 * kUnit);
  r.responses.add(5s, kUnit);
  report.intervals = 8;
  report.slow_intervals = 2;
  return report;
}

Number value_of(const std::string& metric, const ServiceReport& report) {
  const auto found = std::ranges::find(service_metrics(), metric, &ServiceMetric::name);
  REQUIRE(found != service_metrics().end());
  return found->value(report);
}

double value(const std::string& metric, const ServiceReport& report) {
  const Number found = value_of(metric, report);
  REQUIRE(found);
  return static_cast<double>(*found) / 1e6;
}

TEST_CASE("shares are of the requests whose fate is known", "[service]") {
  const ServiceReport report = a_report();
  CHECK(value("dropped_percent", report) == Approx(15));
  CHECK(value("abandoned_percent", report) == Approx(10));
  CHECK(value("timed_out_percent", report) == Approx(5));
  CHECK(value("failed_percent", report) == Approx(5));
  CHECK(value("retries_per_request_percent", report) == Approx(50));
}

TEST_CASE("an objective is missed by requests that were late or lost, and by periods", "[service]") {
  const ServiceReport report = a_report();
  CHECK(value("slo_violation_request_percent", report) == Approx(50));
  CHECK(value("slo_violation_time_percent", report) == Approx(25));
}

TEST_CASE("Apdex counts up to the bound whole and up to four times the bound half", "[service]") {
  CHECK(value("apdex", a_report()) == Approx((10 + 2 / 2.0) / 20));
}

TEST_CASE("response times have mean and percentiles", "[service]") {
  const ServiceReport report = a_report();
  CHECK(value("response_mean_ms", report) == Approx((10 * 100 + 2 * 600 + 5000) / 13.0).epsilon(1e-6));
  CHECK(value("response_p50_ms", report) == Approx(100).epsilon(0.008));
  CHECK(value("response_p99_ms", report) == Approx(5000).epsilon(0.008));
  CHECK(value("response_p999_ms", report) == Approx(5000).epsilon(0.008));
}

TEST_CASE("without a bound nothing is late, and without requests nothing has a share", "[service]") {
  ServiceReport report = a_report();
  report.requests.bound.reset();
  CHECK_FALSE(value_of("slo_violation_request_percent", report));
  CHECK_FALSE(value_of("slo_violation_time_percent", report));
  CHECK_FALSE(value_of("apdex", report));
  CHECK(value_of("dropped_percent", report));
  for (const ServiceMetric& each : service_metrics()) CHECK_FALSE(each.value(ServiceReport{}));
}

TEST_CASE("reports of groups add up, and a part is what the whole has beyond an earlier one", "[service]") {
  ServiceReport both = a_report();
  both.add(a_report());
  CHECK(both.requests.completed == 26 * kUnit);
  CHECK(both.requests.responses.count() == 26 * kUnit);
  CHECK(both.intervals == 16);
  both.subtract(a_report());
  for (const ServiceMetric& each : service_metrics()) {
    CAPTURE(each.name);
    CHECK(each.value(both) == each.value(a_report()));
  }
  ServiceReport other = a_report();
  other.requests.bound = 1s;
  other.add(a_report());
  CHECK_FALSE(other.requests.bound);
}

TEST_CASE("a report of a cloud tells of requests where the workload does", "[service]") {
  Cloud cloud = a_cloud();
  const AsGroupId plain = grown_group(cloud, {.desire = 1});
  const AsGroupId queues = grown_group(cloud, {.desire = 1});
  const Trace trace{cloud.now(), 1min, std::vector<Amount>(60, 300 * kUnit)};
  cloud.add_workload({trace, 10 * kUnit, plain});
  Workload workload{trace, 10 * kUnit, queues};
  workload.queue = load::FluidQueueSettings{.service = 100ms, .bound = Nanos{1s}};
  cloud.add_workload(workload);
  run_for(cloud, 1h);
  const Report report = make_report(cloud, {});
  CHECK_FALSE(metric_value("response_mean_ms", report.groups[index_of(plain)]));
  const auto mean = metric_value("response_mean_ms", report.groups[index_of(queues)]);
  REQUIRE(mean);
  CHECK(static_cast<double>(*mean) / 1e6 == Approx(200).epsilon(0.02));  // M/M/1: 0.1 / (1 - 1/2) s
  CHECK(metric_value("response_mean_ms", report.total) == mean);
  CHECK(metric_value("slo_violation_time_percent", report.groups[index_of(queues)]) == 0);
}

}  // namespace
}  // namespace tidepool::sim
