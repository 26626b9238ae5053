// Holding a simulated model to what is known of it: independent replications, an interval for each measure, a verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tidepool::scenarios {

/// One run of a model that can be made longer.
class Replication {
 public:
  Replication() = default;
  Replication(const Replication&) = delete;
  Replication& operator=(const Replication&) = delete;
  virtual ~Replication() = default;

  /// Goes on until about `customers` have been seen in all.
  virtual void extend_to(double customers) = 0;
  /// Estimates, in the order of the experiment's measures.
  virtual std::vector<double> estimates() const = 0;
};

struct KnownMeasure {
  std::string name;
  double reference = 0;
  double tolerance = 0;  ///< of exact experiments: the estimate may be off by this much
};

/// A model with known answers. One that is left to chance has `replicate`, an exact one has `exact`.
struct Experiment {
  std::string model;
  std::vector<KnownMeasure> measures;
  /// The `number`-th run; runs with equal arguments are equal, others independent.
  std::function<std::unique_ptr<Replication>(std::uint64_t seed, std::uint64_t number)> replicate;
  std::function<std::vector<double>()> exact;
  double first_customers = 100'000;  ///< of the shortest run that makes sense
  double narrow = 0.01;              ///< half width wanted of an interval, as a share of the reference
};

struct CheckOptions {
  std::int64_t replications = 20;
  std::uint64_t seed = 1;
  /// Of each replication; empty: as many as make all intervals narrow, at most `most_customers`.
  std::optional<double> customers;
  double most_customers = 200e6;
  unsigned threads = 0;  ///< 0: as many as the machine has. The results do not depend on it.
};

enum class CheckVerdict : std::uint8_t {
  Ok,
  Missed,  ///< the reference lies outside of the interval
  Wide     ///< inside, but the interval is wider than asked for
};

struct CheckedMeasure {
  std::string model, measure;
  double reference = 0, estimate = 0;
  double half_width = 0;  ///< of the 99.9 % interval; the tolerance of an exact one
  double customers = 0;   ///< in all replications; 0 of an exact one
  CheckVerdict verdict = CheckVerdict::Ok;
};

/// One row for each measure. With `customers` given, the width of intervals is not judged.
std::vector<CheckedMeasure> check(const Experiment& experiment, const CheckOptions& options);

/// The value that Student's t with `degrees` of freedom exceeds in absolute value with probability 1 - `confidence`.
double student_t(std::int64_t degrees, double confidence);

}  // namespace tidepool::scenarios
