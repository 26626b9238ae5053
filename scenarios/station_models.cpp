// Models of queues, played by a Station.
//
// A station's clock counts nanoseconds, the models have no unit: here one time between arrivals is a second, whatever the
// rates are, and what is read is scaled back.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <numbers>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/known_models.hpp"
#include "sim/engine/simulator.hpp"
#include "sim/load/queueing_formulas.hpp"
#include "sim/load/station.hpp"

namespace tidepool::scenarios {
namespace {

namespace load = sim::load;
using load::Nanos;
using load::Station;
using sim::Duration;
using sim::Time;

constexpr double kNanosPerSecond = 1e9;
constexpr Duration kLongest = std::chrono::hours{24 * 365 * 100};
constexpr double kWarmUpShare = 0.1;
constexpr double kLeastWarmUp = 20'000;

double value(const ModelValues& values, std::string_view name) { return values.find(name)->second; }
std::int64_t whole(const ModelValues& values, std::string_view name) {
  return std::llround(value(values, name));
}

Nanos nanos(double seconds) { return Nanos{std::llround(seconds * kNanosPerSecond)}; }
Duration micros(double seconds) { return Duration{std::llround(seconds * 1e6)}; }

double seconds(Duration span) { return static_cast<double>(span.count()) / 1e6; }

double ratio(std::int64_t part, std::int64_t of) {
  return static_cast<double>(part) / static_cast<double>(of);
}

// What a replication has seen. `unit` is the model's time in one second of the station's, `seconds` how long it looked.
struct Seen {
  const Station& station;
  double unit, seconds;

  const load::StationTotals& totals() const { return station.totals(); }
  std::int64_t admitted() const { return totals().attempts - totals().refused; }
};

struct StationMeasure {
  KnownMeasure known;
  std::function<double(const Seen&)> read;
};

class StationReplication : public Replication {
 public:
  StationReplication(const load::StationSettings& settings, std::int64_t servers, double unit,
                     std::vector<StationMeasure> measures, std::uint64_t seed, std::uint64_t number)
      : station_(settings, Time{}, seed, number), unit_(unit), measures_(std::move(measures)) {
    for (std::int64_t i = 0; i < servers; ++i) station_.add_server(static_cast<load::ServerKey>(i), Time{});
  }

  void extend_to(double customers) override {
    if (warm_up_ == 0) {
      warm_up_ = std::max(kWarmUpShare * customers, kLeastWarmUp);
      station_.advance(Time{micros(warm_up_)});
      station_.forget();
    }
    seconds_ = customers;
    station_.advance(Time{micros(warm_up_ + seconds_)});
  }

  std::vector<double> estimates() const override {
    std::vector<double> all;
    for (const StationMeasure& each : measures_) all.push_back(each.read({station_, unit_, seconds_}));
    return all;
  }

 private:
  Station station_;
  double unit_, warm_up_ = 0, seconds_ = 0;
  std::vector<StationMeasure> measures_;
};

// Arrivals at one a second; the service is in the station's seconds.
load::StationSettings one_a_second(load::TimeDistribution service) {
  static const auto kTrace = load::constant_rate(1, Time{}, kLongest);
  load::StationSettings settings;
  settings.arrivals.trace = kTrace;
  settings.service = std::move(service);
  return settings;
}

Experiment experiment_of(std::string model, const load::StationSettings& settings, std::int64_t servers,
                         double arrival_rate, std::vector<StationMeasure> measures) {
  Experiment experiment;
  experiment.model = std::move(model);
  for (const StationMeasure& each : measures) experiment.measures.push_back(each.known);
  experiment.replicate = [=, measures = std::move(measures)](std::uint64_t seed, std::uint64_t number) {
    return std::make_unique<StationReplication>(settings, servers, 1 / arrival_rate, measures, seed, number);
  };
  return experiment;
}

// ---- Measures ----

double model_time(double nanos_of_station, const Seen& seen) {
  return nanos_of_station / kNanosPerSecond * seen.unit;
}

StationMeasure wait_probability(double reference) {
  return {{"P(wait)", reference},
          [](const Seen& seen) { return ratio(seen.totals().queued, seen.admitted()); }};
}
StationMeasure mean_wait(double reference) {
  return {{"mean wait", reference},
          [](const Seen& seen) { return model_time(seen.station.waits().mean_ns(), seen); }};
}
StationMeasure mean_response(double reference) {
  return {{"mean response", reference},
          [](const Seen& seen) { return model_time(seen.station.responses().mean_ns(), seen); }};
}
StationMeasure mean_queue(double reference) {
  return {{"mean queue", reference},
          [](const Seen& seen) { return seconds(seen.totals().waiting) / seen.seconds; }};
}
StationMeasure mean_in_system(double reference) {
  return {{"mean in system", reference}, [](const Seen& seen) {
            return (seconds(seen.totals().waiting) + seconds(seen.totals().busy)) / seen.seconds;
          }};
}

double quantile(const load::LatencyHistogram& of, double p, const Seen& seen) {
  const auto found = of.quantile(p);
  return found ? model_time(static_cast<double>(found->count()), seen) : 0;
}
StationMeasure wait_quantile(double p, double reference) {
  return {{fmt::format("p{:g} of wait", 100 * p), reference},
          [p](const Seen& seen) { return quantile(seen.station.waits(), p, seen); }};
}
StationMeasure response_quantile(double p, double reference) {
  return {{fmt::format("p{:g} of response", 100 * p), reference},
          [p](const Seen& seen) { return quantile(seen.station.responses(), p, seen); }};
}

double share_above(const load::LatencyHistogram& of, double t, const Seen& seen) {
  return ratio(of.count_above(nanos(t / seen.unit)), of.count());
}
StationMeasure wait_above(double t, double reference) {
  return {{fmt::format("P(wait > {:g})", t), reference},
          [t](const Seen& seen) { return share_above(seen.station.waits(), t, seen); }};
}
StationMeasure response_above(double t, double reference) {
  return {{fmt::format("P(response > {:g})", t), reference},
          [t](const Seen& seen) { return share_above(seen.station.responses(), t, seen); }};
}

// ---- The tail of M/M/c, where it is asked for ----

void add_tail(const load::Mmc& queue, std::vector<StationMeasure>& measures) {
  for (const double p : {0.95, 0.99})
    if (queue.wait_quantile(p) > 0) measures.push_back(wait_quantile(p, queue.wait_quantile(p)));
  for (const double p : {0.95, 0.99}) measures.push_back(response_quantile(p, queue.response_quantile(p)));
}

// ---- Machine repair: nothing arrives from outside, so it is played on the bare engine ----

class RepairReplication : public Replication {
 public:
  RepairReplication(std::int64_t machines, std::int64_t repairers, double failure_rate, double repair_rate,
                    std::uint64_t seed, std::uint64_t number)
      : repairers_(repairers),
        working_(machines),
        machines_(machines),
        life_(kSecond / failure_rate * least(failure_rate, repair_rate)),
        repair_(kSecond / repair_rate * least(failure_rate, repair_rate)),
        lives_(seed, "lives", number),
        repairs_(seed, "repairs", number) {
    for (std::int64_t i = 0; i < machines; ++i) start_life();
  }

  // A customer is a failure.
  void extend_to(double customers) override {
    if (failures_ == 0) {
      while (static_cast<double>(failures_) < kWarmUpShare * customers) step();
      up_us_ = all_us_ = 0;
      failures_ = 1;
    }
    while (static_cast<double>(failures_) < customers) step();
  }

  std::vector<double> estimates() const override { return {up_us_ / all_us_}; }

 private:
  enum class Happens : std::uint8_t { Failure, Repair };
  static constexpr double kSecond = 1e9;  // in microseconds, long enough that rounding does not show
  static double least(double a, double b) { return std::min(a, b); }

  static Duration span(double mean, sim::Rng& rng) { return rng.exponential(Duration{std::llround(mean)}); }
  void start_life() { simulator_.schedule_at(simulator_.now() + span(life_, lives_), Happens::Failure); }
  void start_repair() { simulator_.schedule_at(simulator_.now() + span(repair_, repairs_), Happens::Repair); }

  void step() {
    const Time before = simulator_.now();
    const std::int64_t working = working_;
    simulator_.step(sim::kNever, [this](Happens what) { handle(what); });
    const auto passed = static_cast<double>((simulator_.now() - before).count());
    up_us_ += passed * static_cast<double>(working);
    all_us_ += passed * static_cast<double>(machines_);
  }

  void handle(Happens what) {
    if (what == Happens::Failure) {
      ++failures_;
      --working_;
      if (machines_ - working_ <= repairers_) start_repair();
      return;
    }
    ++working_;
    start_life();
    if (machines_ - working_ >= repairers_) start_repair();
  }

  sim::Simulator<Happens> simulator_{Time{}};
  std::int64_t repairers_, working_, machines_, failures_ = 0;
  double life_, repair_, up_us_ = 0, all_us_ = 0;
  sim::Rng lives_, repairs_;
};

// ---- M_t/M/inf: the number in the system is sampled evenly through each period, and its first harmonic taken ----

class SineReplication : public Replication {
 public:
  static constexpr std::int64_t kSteps = 288;  // of a period: five minutes of a day
  static constexpr std::int64_t kMostPeriods = 3000;

  SineReplication(load::StationSettings settings, Duration step, double per_period, double period,
                  std::uint64_t seed, std::uint64_t number)
      : station_(std::move(settings), Time{}, seed, number),
        step_(step),
        per_period_(per_period),
        period_(period) {
    station_.add_server(0, Time{});
  }

  void extend_to(double customers) override {
    if (periods_ == 0)
      for (std::int64_t i = 0; i < 2 * kSteps; ++i) station_.advance(station_.now() + step_);
    for (; periods_ < kMostPeriods && static_cast<double>(periods_) * per_period_ < customers; ++periods_)
      for (std::int64_t i = 1; i <= kSteps; ++i) {
        station_.advance(station_.now() + step_);
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kSteps;
        const auto inside = static_cast<double>(station_.busy());
        mean_ += inside;
        sine_ += inside * std::sin(angle);
        cosine_ += inside * std::cos(angle);
      }
  }

  std::vector<double> estimates() const override {
    const double samples = static_cast<double>(periods_ * kSteps);
    const double lag = std::atan2(-cosine_, sine_) / (2 * std::numbers::pi) * period_;
    return {mean_ / samples + std::hypot(sine_, cosine_) * 2 / samples, lag};
  }

 private:
  Station station_;
  Duration step_;
  double per_period_, period_, mean_ = 0, sine_ = 0, cosine_ = 0;
  std::int64_t periods_ = 0;
};

}  // namespace

Experiment mmc_experiment(const ModelValues& values) {
  const load::Mmc queue{value(values, "lambda"), value(values, "mu"), whole(values, "c")};
  std::vector<StationMeasure> measures{wait_probability(queue.wait_probability()),
                                       mean_wait(queue.mean_wait()), mean_response(queue.mean_response())};
  if (value(values, "tail") > 0) {
    measures.push_back(mean_queue(queue.mean_queue()));
    measures.push_back(mean_in_system(queue.mean_in_system()));
    const double t = 0.5 / queue.service_rate;
    measures.push_back(wait_above(t, queue.wait_above(t)));
    measures.push_back(response_above(4 * t, queue.response_above(4 * t)));
    add_tail(queue, measures);
  }
  const auto settings = one_a_second(load::exponential(nanos(queue.offered_load())));
  return experiment_of(
      fmt::format("M/M/{} lambda={:g} mu={:g}", queue.servers, queue.arrival_rate, queue.service_rate),
      settings, queue.servers, queue.arrival_rate, std::move(measures));
}

Experiment mmck_experiment(const ModelValues& values) {
  const load::Mmck queue =
      load::mmck(value(values, "lambda"), value(values, "mu"), whole(values, "c"), whole(values, "k"));
  auto settings = one_a_second(load::exponential(nanos(queue.arrival_rate / queue.service_rate)));
  settings.queue_limit = queue.capacity - queue.servers;
  std::vector<StationMeasure> measures{
      {{"blocking", queue.blocking},
       [](const Seen& seen) { return ratio(seen.totals().dropped, seen.totals().arrived); }},
      {{"throughput", queue.throughput},
       [](const Seen& seen) {
         return static_cast<double>(seen.totals().completed) / seen.seconds / seen.unit;
       }},
      mean_response(queue.mean_response),
      mean_in_system(queue.mean_in_system)};
  if (queue.capacity > queue.servers) measures.push_back(mean_wait(queue.mean_wait));
  return experiment_of(fmt::format("M/M/{}/{} lambda={:g} mu={:g}", queue.servers, queue.capacity,
                                   queue.arrival_rate, queue.service_rate),
                       settings, queue.servers, queue.arrival_rate, std::move(measures));
}

Experiment mg1_experiment(const ModelValues& values) {
  const double rate = value(values, "lambda"), mean = value(values, "mean"), cv2 = value(values, "cv2");
  const auto settings = one_a_second(load::lognormal_of_mean(nanos(rate * mean), std::sqrt(cv2)));
  const double wait = load::mg1_mean_wait(rate, mean, cv2);
  return experiment_of(fmt::format("M/G/1 lambda={:g} mean={:g} cv2={:g} (lognormal)", rate, mean, cv2),
                       settings, 1, rate,
                       {mean_wait(wait), mean_response(wait + mean), wait_probability(rate * mean)});
}

Experiment uniform_experiment(const ModelValues& values) {
  const double rate = value(values, "lambda"), low = value(values, "low"), high = value(values, "high");
  const double mean = (low + high) / 2, cv2 = (high - low) * (high - low) / 12 / (mean * mean);
  const double wait = load::mg1_mean_wait(rate, mean, cv2);
  return experiment_of(fmt::format("M/U({:g},{:g})/1 lambda={:g}", low, high, rate),
                       one_a_second(load::uniform(nanos(rate * low), nanos(rate * high))), 1, rate,
                       {mean_wait(wait), mean_response(wait + mean)});
}

Experiment mdc_experiment(const ModelValues& values) {
  const double rate = value(values, "lambda"), service = value(values, "d");
  const std::int64_t servers = whole(values, "c");
  const double wait = load::mdc_mean_wait(rate, service, servers);
  return experiment_of(fmt::format("M/D/{} lambda={:g} d={:g}", servers, rate, service),
                       one_a_second(load::constant(nanos(rate * service))), servers, rate,
                       {mean_wait(wait), mean_response(wait + service)});
}

Experiment erlang_a_experiment(const ModelValues& values) {
  const double rate = value(values, "lambda"), mu = value(values, "mu"), theta = value(values, "theta");
  const std::int64_t servers = whole(values, "c");
  const load::ErlangA queue = load::erlang_a(rate, mu, servers, theta);
  auto settings = one_a_second(load::exponential(nanos(rate / mu)));
  settings.patience = load::exponential(nanos(rate / theta));
  return experiment_of(
      fmt::format("M/M/{}+M lambda={:g} mu={:g} theta={:g}", servers, rate, mu, theta), settings, servers,
      rate,
      {wait_probability(queue.wait_probability),
       {{"P(abandon)", queue.abandon_probability},
        [](const Seen& seen) { return ratio(seen.totals().abandoned, seen.totals().arrived); }},
       mean_queue(queue.mean_queue)});
}

Experiment setup_experiment(const ModelValues& values) {
  const double rate = value(values, "lambda"), mu = value(values, "mu"), alpha = value(values, "alpha");
  const std::int64_t servers = whole(values, "k");
  auto settings = one_a_second(load::exponential(nanos(rate / mu)));
  settings.setup = load::exponential(nanos(rate / alpha));
  return experiment_of(fmt::format("M/M/{}/setup lambda={:g} mu={:g} alpha={:g}", servers, rate, mu, alpha),
                       settings, servers, rate,
                       {mean_response(load::setup_mean_response(rate, mu, servers, alpha))});
}

Experiment sizing_experiment(const ModelValues& values) {
  const double rate = value(values, "lambda"), mu = value(values, "mu"), t = value(values, "t");
  const std::int64_t servers = load::servers_needed(rate, mu, t, value(values, "share"));
  const load::Mmc queue{rate, mu, servers};
  Experiment experiment = experiment_of(
      fmt::format("sizing lambda={:g} mu={:g}: {} servers", rate, mu, servers),
      one_a_second(load::exponential(nanos(rate / mu))), servers, rate, {wait_above(t, queue.wait_above(t))});
  experiment.narrow = 0.05;  // It is the number of servers that counts.
  return experiment;
}

Experiment repair_experiment(const ModelValues& values) {
  const std::int64_t machines = whole(values, "n"), repairers = whole(values, "c");
  const double lambda = value(values, "lambda"), mu = value(values, "mu");
  Experiment experiment;
  experiment.model = fmt::format("repair n={} c={} lambda={:g} mu={:g}", machines, repairers, lambda, mu);
  experiment.measures = {{"working share", load::repair_working_share(machines, repairers, lambda, mu)}};
  experiment.replicate = [=](std::uint64_t seed, std::uint64_t number) {
    return std::make_unique<RepairReplication>(machines, repairers, lambda, mu, seed, number);
  };
  experiment.first_customers = 20'000;
  return experiment;
}

Experiment mtminf_experiment(const ModelValues& values) {
  const double mean = value(values, "mean"), swing = value(values, "swing"), period = value(values, "period");
  const double mu = value(values, "mu"), frequency = 2 * std::numbers::pi / period;
  const load::MtMInf model{mean, swing, frequency, mu};
  // A second of the station is the mean time between arrivals.
  const double per_period = mean * period;
  const Duration step = micros(per_period / SineReplication::kSteps);
  std::vector<sim::Amount> amounts;
  const std::int64_t periods = SineReplication::kMostPeriods + 2;  // Two to warm up.
  for (std::int64_t i = 0; i < periods * SineReplication::kSteps; ++i) {
    const auto part = [&](std::int64_t at) {  // what is offered since the begin of the period
      const double angle = 2 * std::numbers::pi * static_cast<double>(at) / SineReplication::kSteps;
      return per_period * (angle - swing / mean * std::cos(angle)) / (2 * std::numbers::pi);
    };
    const std::int64_t at = i % SineReplication::kSteps;
    amounts.push_back(std::llround((part(at + 1) - part(at)) * 1e6));
  }
  load::StationSettings settings = one_a_second(load::exponential(nanos(mean / mu)));
  settings.arrivals.trace = std::make_shared<const sim::Trace>(Time{}, step, std::move(amounts));
  settings.concurrency = 1'000'000'000;
  Experiment experiment;
  experiment.model =
      fmt::format("M_t/M/inf mean={:g} swing={:g} period={:g} mu={:g}", mean, swing, period, mu);
  experiment.measures = {{"peak", model.peak()}, {"lag", model.lag()}};
  experiment.replicate = [=](std::uint64_t seed, std::uint64_t number) {
    return std::make_unique<SineReplication>(settings, step, per_period, period, seed, number);
  };
  return experiment;
}

// Even arrivals and constant services, so that only the size of one request separates it from a fluid.
Experiment fluid_step_experiment(const ModelValues& values) {
  const double before = value(values, "before"), rate = value(values, "rate"), each = value(values, "each");
  const double delay = value(values, "delay");
  const std::int64_t servers = whole(values, "n"), servers_after = whole(values, "n_after");
  const double capacity = each * static_cast<double>(servers),
               after = each * static_cast<double>(servers_after);
  const load::FluidStep known = load::fluid_step(rate, capacity, delay, after);
  Experiment experiment;
  experiment.model = fmt::format("fluid step {:g} -> {:g} /s, {} -> {} servers of {:g} /s after {:g} s",
                                 before, rate, servers, servers_after, each, delay);
  experiment.measures = {
      {"backlog", known.backlog, known.backlog * 1e-3 + static_cast<double>(servers_after)},
      {"drain time", known.drain, known.drain * 1e-3 + 2 / each},
      {"delay at the end of the shortage", known.delay_then, known.delay_then * 1e-3 + 2 / each},
      {"longest delay", known.longest_delay, known.longest_delay * 1e-3 + 2 / each},
      {"backlog x time", known.area, static_cast<double>(servers_after) * (delay + known.drain)}};
  experiment.exact = [=] {
    const double lead = 100, end = lead + delay + known.drain * 2;
    const auto step = micros(1);
    std::vector<sim::Amount> amounts;
    for (double t = 0; t < end; t += 1) amounts.push_back(std::llround((t < lead ? before : rate) * 1e6));
    load::StationSettings settings = one_a_second(load::constant(nanos(1 / each)));
    settings.arrivals.kind = load::ArrivalSettings::Kind::Deterministic;
    settings.arrivals.trace = std::make_shared<const sim::Trace>(Time{}, step, std::move(amounts));
    Station station(settings, Time{}, 1);
    for (std::int64_t i = 0; i < servers; ++i) station.add_server(static_cast<load::ServerKey>(i), Time{});
    station.advance(Time{micros(lead)});
    const double waited = seconds(station.totals().waiting);
    station.advance(Time{micros(lead + delay)});
    const auto backlog = static_cast<double>(station.waiting());
    for (std::int64_t i = servers; i < servers_after; ++i)
      station.add_server(static_cast<load::ServerKey>(i), Time{micros(lead + delay)});
    const std::int64_t arrived = station.totals().attempts;
    double drained = 0, delay_then = 0;
    while (station.waiting() > 0 && drained < known.drain * 2) {
      drained += 1 / each;
      station.advance(Time{micros(lead + delay + drained)});
      if (station.waits().count() < arrived) delay_then = drained;
    }
    station.advance(Time{micros(end)});
    const double longest = static_cast<double>(station.waits().most().count()) / kNanosPerSecond;
    return std::vector<double>{backlog, drained, delay_then, longest,
                               seconds(station.totals().waiting) - waited};
  };
  return experiment;
}

}  // namespace tidepool::scenarios
