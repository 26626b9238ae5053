#include "scenarios/model_check.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <thread>
#include <utility>

namespace tidepool::scenarios {
namespace {

constexpr double kConfidence = 0.999;

using Replications = std::vector<std::unique_ptr<Replication>>;

// Each replication is touched by one thread only, and by none of the others' chance.
void in_parallel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto worker = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(worker);
  worker();
  for (std::thread& each : others) each.join();
}

struct Interval {
  double mean = 0, half_width = 0;
};

Interval interval_of(const std::vector<double>& samples) {
  const auto n = static_cast<double>(samples.size());
  double sum = 0, squares = 0;
  for (const double each : samples) sum += each;
  for (const double each : samples) squares += (each - sum / n) * (each - sum / n);
  const double error = std::sqrt(squares / (n - 1) / n);
  return {sum / n, error * student_t(static_cast<std::int64_t>(samples.size()) - 1, kConfidence)};
}

std::vector<Interval> intervals_of(const Replications& runs, std::size_t measures) {
  std::vector<std::vector<double>> samples(measures);
  for (const auto& run : runs) {
    const std::vector<double> estimates = run->estimates();
    for (std::size_t m = 0; m < measures; ++m) samples[m].push_back(estimates[m]);
  }
  std::vector<Interval> intervals;
  for (const auto& each : samples) intervals.push_back(interval_of(each));
  return intervals;
}

// How many times wider than wanted the widest is.
double excess(const Experiment& experiment, const std::vector<Interval>& intervals) {
  double most = 0;
  for (std::size_t m = 0; m < intervals.size(); ++m)
    most = std::max(
        most, intervals[m].half_width / (experiment.narrow * std::fabs(experiment.measures[m].reference)));
  return most;
}

CheckVerdict verdict(double reference, const Interval& interval, double widest) {
  if (!(std::fabs(interval.mean - reference) <= interval.half_width)) return CheckVerdict::Missed;
  return interval.half_width <= widest * std::fabs(reference) ? CheckVerdict::Ok : CheckVerdict::Wide;
}

std::vector<CheckedMeasure> check_exact(const Experiment& experiment) {
  const std::vector<double> estimates = experiment.exact();
  std::vector<CheckedMeasure> rows;
  for (std::size_t m = 0; m < estimates.size(); ++m) {
    const KnownMeasure& known = experiment.measures[m];
    const bool met = std::fabs(estimates[m] - known.reference) <= known.tolerance;
    rows.push_back({experiment.model, known.name, known.reference, estimates[m], known.tolerance, 0,
                    met ? CheckVerdict::Ok : CheckVerdict::Missed});
  }
  return rows;
}

// The share of Student's t between 0 and x, by Simpson's rule over an angle: x = sqrt(degrees) tan(angle) turns it into
// that of a power of the cosine.
double share_up_to(double x, double degrees) {
  const auto integral = [&](double to) {
    constexpr int kPieces = 2000;
    const double width = to / kPieces;
    double sum = 0;
    for (int i = 0; i <= kPieces; ++i) {
      const int weight = i == 0 || i == kPieces ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * std::pow(std::cos(width * i), degrees - 1);
    }
    return sum * width / 3;
  };
  return integral(std::atan(x / std::sqrt(degrees))) / integral(std::numbers::pi / 2);
}

}  // namespace

double student_t(std::int64_t degrees, double confidence) {
  double low = 0, high = 1;
  const auto n = static_cast<double>(degrees);
  while (share_up_to(high, n) < confidence) high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (share_up_to(middle, n) < confidence ? low : high) = middle;
  }
  return high;
}

std::vector<CheckedMeasure> check(const Experiment& experiment, const CheckOptions& options) {
  if (experiment.exact) return check_exact(experiment);
  const unsigned machine = std::max(1U, std::thread::hardware_concurrency());
  const unsigned threads = options.threads == 0 ? machine : options.threads;
  Replications runs(static_cast<std::size_t>(options.replications));
  double customers = options.customers.value_or(experiment.first_customers);
  in_parallel(runs.size(), threads, [&](std::size_t i) {
    runs[i] = experiment.replicate(options.seed, i);
    runs[i]->extend_to(customers);
  });
  auto intervals = intervals_of(runs, experiment.measures.size());
  while (!options.customers && customers < options.most_customers) {
    const double more = excess(experiment, intervals);
    if (more <= 1) break;
    customers = std::min(customers * std::clamp(more * more * 1.15, 1.25, 10.0), options.most_customers);
    in_parallel(runs.size(), threads, [&](std::size_t i) { runs[i]->extend_to(customers); });
    intervals = intervals_of(runs, experiment.measures.size());
  }
  std::vector<CheckedMeasure> rows;
  const double widest = options.customers ? 1e9 : experiment.narrow;
  for (std::size_t m = 0; m < intervals.size(); ++m) {
    const KnownMeasure& known = experiment.measures[m];
    rows.push_back({experiment.model, known.name, known.reference, intervals[m].mean, intervals[m].half_width,
                    customers * static_cast<double>(options.replications),
                    verdict(known.reference, intervals[m], widest)});
  }
  return rows;
}

}  // namespace tidepool::scenarios
