// How a group works off its demand where requests wait: `model` "queue" and "requests".
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>

#include "scenarios/load_parts.hpp"
#include "scenarios/request_log.hpp"
#include "sim/engine/exact_math.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using sim::kAmountUnit;
using sim::load::Nanos;
using sim::load::TimeDistribution;

constexpr Duration kLongestSpan = std::chrono::hours{24};
constexpr Duration kShortest{1};
constexpr std::int64_t kMostSlots = 1'000'000, kMostWaiting = 1'000'000'000;
constexpr double kNormalP95 = 1.6448536269514722;
constexpr double kMostCapacity = 1e12;  // in micro-units a second, as of the other models

constexpr Spelt<sim::load::BalancerPolicy> kPolicies[] = {
    {"round_robin", sim::load::BalancerPolicy::RoundRobin},
    {"weighted", sim::load::BalancerPolicy::Weighted},
    {"least_outstanding", sim::load::BalancerPolicy::LeastOutstanding},
    {"random", sim::load::BalancerPolicy::Random},
    {"power_of_two", sim::load::BalancerPolicy::PowerOfTwo}};
constexpr Spelt<sim::load::QueuePlace> kPlaces[] = {{"balancer", sim::load::QueuePlace::Balancer},
                                                    {"instance", sim::load::QueuePlace::Instance}};
constexpr Spelt<sim::load::AfterTimeout> kAfter[] = {{"stop", sim::load::AfterTimeout::StopWork},
                                                     {"finish", sim::load::AfterTimeout::FinishWork}};
constexpr Spelt<sim::load::ArrivalSettings::Kind> kArrivals[] = {
    {"poisson", sim::load::ArrivalSettings::Kind::Poisson},
    {"even", sim::load::ArrivalSettings::Kind::Deterministic},
    {"modulated", sim::load::ArrivalSettings::Kind::Modulated}};

Nanos nanos(Duration span) { return std::chrono::duration_cast<Nanos>(span); }

std::optional<Nanos> read_span(Section& section, const char* key, Duration least) {
  const auto span = section.duration(key, least, kLongestSpan);
  return span ? std::optional{nanos(*span)} : std::nullopt;
}

// ---- How long something takes ----

std::optional<TimeDistribution> read_uniform(const Field& field) {
  const auto bounds = field.list(2, 2);
  if (bounds.empty()) return std::nullopt;
  const auto least = bounds[0].duration(Duration::zero(), kLongestSpan);
  const auto most = bounds[1].duration(Duration::zero(), kLongestSpan);
  if (!least || !most) return std::nullopt;
  if (*least <= *most) return sim::load::uniform(nanos(*least), nanos(*most));
  bounds[1].wrong("no less than " + shown(bounds[0].json()));
  return std::nullopt;
}

std::optional<TimeDistribution> read_lognormal(const Field& field) {
  Section section(field);
  section.need({"median", "p95"});
  const auto median = section.duration("median", kShortest, kLongestSpan);
  const auto p95 = section.duration("p95", kShortest, kLongestSpan);
  section.refuse_others();
  if (!median || !p95) return std::nullopt;
  if (*p95 < *median) {
    section.find("p95")->wrong("no less than the median");
    return std::nullopt;
  }
  const double ratio = static_cast<double>(p95->count()) / static_cast<double>(median->count());
  return sim::load::lognormal(nanos(*median), sim::exact_log(ratio) / kNormalP95);
}

std::optional<TimeDistribution> read_pareto(const Field& field) {
  Section section(field);
  section.need({"least", "alpha"});
  const auto least = section.duration("least", kShortest, kLongestSpan);
  const auto alpha = section.real("alpha", 1.001, 1000);  // At 1 and below there is no mean.
  section.refuse_others();
  if (!least || !alpha) return std::nullopt;
  return sim::load::pareto(nanos(*least), *alpha);
}

// A column of a file.
std::optional<TimeDistribution> read_measured_file(const Field& field, const std::filesystem::path& folder) {
  Section section(field);
  section.need({"file", "column", "unit"});
  const auto name = section.text("file", 1, 4096);
  const auto column = read_span_column(section, "column", "unit");
  section.refuse_others();
  if (!name || !column) return std::nullopt;
  auto spans = read_spans_file(folder / *name, *column);
  if (spans) return sim::load::sample_of(*std::move(spans));
  section.find("file")->complain(spans.error().message);
  return std::nullopt;
}

std::optional<TimeDistribution> read_measured(const Field& field, const std::filesystem::path& folder) {
  if (field.is(Json::Kind::Object)) return read_measured_file(field, folder);
  std::vector<Nanos> measured;
  for (const Field& each : field.list(1, 1'000'000))
    if (const auto span = each.duration(Duration::zero(), kLongestSpan)) measured.push_back(nanos(*span));
  if (measured.empty()) return std::nullopt;
  return sim::load::sample_of(std::move(measured));
}

std::optional<TimeDistribution> read_one(const Field& field, TimeDistribution (*of)(Nanos)) {
  const auto span = field.duration(Duration::zero(), kLongestSpan);
  return span ? std::optional{of(nanos(*span))} : std::nullopt;
}

std::optional<TimeDistribution> read_times(const Field& field, const std::filesystem::path& folder) {
  if (!field.is(Json::Kind::Object)) return read_one(field, sim::load::constant);
  Section section(field);
  if (field.json().members.size() != 1)
    field.complain(
        R"(expected exactly one of "constant", "exponential", "uniform", "lognormal", "pareto" or "measured")");
  std::optional<TimeDistribution> read;
  if (const auto value = section.find("constant")) read = read_one(*value, sim::load::constant);
  if (const auto value = section.find("exponential")) read = read_one(*value, sim::load::exponential);
  if (const auto value = section.find("uniform")) read = read_uniform(*value);
  if (const auto value = section.find("lognormal")) read = read_lognormal(*value);
  if (const auto value = section.find("pareto")) read = read_pareto(*value);
  if (const auto value = section.find("measured")) read = read_measured(*value, folder);
  section.refuse_others();
  return read;
}

// ---- What becomes of a request ----

void read_arrivals(Section& section, sim::load::ArrivalSettings& arrivals) {
  const auto field = section.find("arrivals");
  if (!field) return;
  if (field->is(Json::Kind::Text)) {
    arrivals.kind = field->choice(kArrivals).value_or(arrivals.kind);
    if (arrivals.kind == sim::load::ArrivalSettings::Kind::Modulated)
      field->complain(
          R"(modulated arrivals are an object with "kind", "calm_factor", "busy_factor" and so on)");
    return;
  }
  Section of(*field);
  of.need({"kind"});
  arrivals.kind = of.choice("kind", kArrivals).value_or(arrivals.kind);
  arrivals.batch = of.integer("batch", 1, 1'000'000).value_or(1);
  arrivals.random_batch = of.boolean("random_batch").value_or(false);
  if (arrivals.kind == sim::load::ArrivalSettings::Kind::Modulated) {
    of.need({"calm_factor", "busy_factor", "calm_length", "busy_length"});
    arrivals.calm_factor = of.real("calm_factor", 0, 1e6).value_or(1);
    arrivals.busy_factor = of.real("busy_factor", 0, 1e6).value_or(1);
    arrivals.calm_length = read_span(of, "calm_length", kShortest).value_or(arrivals.calm_length);
    arrivals.busy_length = read_span(of, "busy_length", kShortest).value_or(arrivals.busy_length);
  }
  of.refuse_others();
}

void read_retries(Section& section, sim::load::RetrySettings& retry) {
  const auto field = section.find("retries");
  if (!field) return;
  Section of(*field);
  of.need({"attempts"});
  retry.attempts = of.integer("attempts", 1, 1000).value_or(1);
  retry.base = read_span(of, "base", Duration::zero()).value_or(retry.base);
  retry.factor = of.real("factor", 1, 1000).value_or(retry.factor);
  retry.longest = read_span(of, "longest", Duration::zero()).value_or(retry.longest);
  retry.jitter = of.real("jitter", 0, 1).value_or(retry.jitter);
  of.refuse_others();
}

void read_warm_up(Section& section, sim::load::StationSettings& settings) {
  const auto field = section.find("warm_up");
  if (!field) return;
  Section of(*field);
  of.need({"length", "share"});
  settings.warm_up = read_span(of, "length", Duration::zero()).value_or(settings.warm_up);
  settings.warm_up_share = of.real("share", 0.001, 1).value_or(1);
  of.refuse_others();
}

void read_waiting(Section& section, sim::load::StationSettings& settings) {
  const auto field = section.find("queue");
  if (!field) return;
  Section of(*field);
  settings.queue_at = of.choice("at", kPlaces).value_or(settings.queue_at);
  settings.queue_limit = of.integer("limit", 0, kMostWaiting).value_or(settings.queue_limit);
  of.refuse_others();
}

void read_service(Section& section, const std::filesystem::path& folder,
                  sim::load::StationSettings& settings) {
  settings.service = sim::load::constant(Nanos{1'000'000});  // what is wrong needs a default too
  const auto service = section.find("service");
  if (!service) return;
  auto read = read_times(*service, folder);
  if (read && read->mean_ns() < 1)
    service->complain("a mean of 0, expected more");
  else if (read)
    settings.service = *std::move(read);
}

// Requests that come when a log says.
void replay(Section& section, const Field& log, const Scenario& scenario, const std::filesystem::path& folder,
            WorkloadDeclaration& declared, sim::load::StationSettings& settings) {
  if (const auto arrivals = section.find("arrivals"))
    arrivals->complain("requests of a log come at its times, expected no 'arrivals'");
  auto recorded = read_log(log, scenario, folder, section.has("service"), declared);
  if (!recorded) return;
  const auto mean = mean_service_ns(*recorded);
  if (mean && *mean < 1) log.complain("services with a mean of 0, expected more");
  settings.arrivals.kind = sim::load::ArrivalSettings::Kind::Replay;
  settings.arrivals.recorded = std::move(recorded);
}

// Of the services that a log tells, or else of those that are drawn.
double mean_of(const sim::load::StationSettings& settings) {
  std::optional<double> recorded;
  if (settings.arrivals.recorded) recorded = mean_service_ns(*settings.arrivals.recorded);
  return std::max(recorded.value_or(settings.service.mean_ns()), 1.0);
}

// Requests a second that the mean service leaves an instance time for.
sim::Amount capacity_of(double service_ns, std::int64_t concurrency) {
  const double per_second = static_cast<double>(concurrency) * 1e9 / service_ns;
  return static_cast<sim::Amount>(std::min(per_second * 1e6, kMostCapacity) + 0.5);
}

}  // namespace

void read_queue(Section& section, sim::Workload& workload) {
  workload.concurrency = section.integer("concurrency", 1, kMostSlots).value_or(1);
  sim::load::FluidQueueSettings queue;
  const double per_slot =
      static_cast<double>(workload.capacity_per_instance) / static_cast<double>(workload.concurrency);
  const double service_ns = 1e15 / per_slot;
  if (service_ns > static_cast<double>(nanos(kLongestSpan).count()))
    section.field().complain("one takes concurrency / capacity_per_instance seconds, expected at most a day");
  else
    queue.service = Nanos{static_cast<std::int64_t>(service_ns + 0.5)};
  if (const auto limit = section.integer("queue_limit", 0, kMostWaiting)) queue.limit = *limit * kAmountUnit;
  queue.service_variation = section.real("service_variation", 0, 1000).value_or(1);
  queue.bound = read_span(section, "response_bound", kShortest);
  workload.queue = queue;
}

void read_requests(Section& section, const Scenario& scenario, const std::filesystem::path& folder,
                   WorkloadDeclaration& declared) {
  sim::Workload& workload = declared.workload;
  sim::load::StationSettings settings;
  const auto log = section.find("log");
  const bool log_tells = log && log->json().find("service_column") != nullptr;
  if (!log_tells) section.need({"service"});
  read_service(section, folder, settings);
  settings.concurrency = section.integer("concurrency", 1, kMostSlots).value_or(1);
  if (log)
    replay(section, *log, scenario, folder, declared, settings);
  else
    read_arrivals(section, settings.arrivals);
  settings.policy = section.choice("balancer", kPolicies).value_or(settings.policy);
  read_waiting(section, settings);
  if (const auto patience = section.find("patience")) settings.patience = read_times(*patience, folder);
  settings.timeout = read_span(section, "timeout", kShortest);
  settings.after_timeout = section.choice("after_timeout", kAfter).value_or(settings.after_timeout);
  read_retries(section, settings.retry);
  read_warm_up(section, settings);
  settings.bound = read_span(section, "response_bound", kShortest);
  workload.drain = section.duration("drain", Duration::zero(), kLongestSpan).value_or(Duration::zero());
  workload.concurrency = settings.concurrency;
  const sim::Amount capacity = capacity_of(mean_of(settings), settings.concurrency);
  if (capacity < 1)
    section.field().complain(fmt::format(
        "services take {:.0f} s on average, expected so little that an instance does a millionth a second",
        mean_of(settings) / 1e9));
  workload.capacity_per_instance = std::max(capacity, sim::Amount{1});
  workload.requests = std::move(settings);
}

}  // namespace tidepool::scenarios
