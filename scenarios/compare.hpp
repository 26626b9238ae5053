// Scenarios against each other under common random numbers: each is run with the same seeds, and differences are taken
// seed by seed, so that chance which hits all of them alike cancels out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "scenarios/controller_json.hpp"
#include "scenarios/metric_direction.hpp"
#include "scenarios/program.hpp"
#include "sim/engine/time.hpp"

namespace tidepool::scenarios {

/// Most entrants of one comparison.
inline constexpr std::size_t kMostEntrants = 26;

/// A scenario file, or a variant of it.
struct Entrant {
  std::string name;
  std::string file, text;         ///< as `load` wants them
  std::vector<std::string> sets;  ///< "PATH=VALUE", changes at the run's start (see changes.hpp)
};

struct CompareQuestion {
  std::vector<Entrant> entrants;     ///< 2 or more; the first is what the others are compared with
  std::vector<std::uint64_t> seeds;  ///< 1 or more, no two alike
  unsigned threads = 1;              ///< the answer does not depend on it
  bool other_demand = false;         ///< allows entrants that differ in demand, start or length
  /// Called now and then from any thread; what it throws ends the comparison.
  std::function<void()> check = {};
  AskController ask = {};  ///< how external controllers are asked, from any thread
  /// Where the first seed's result files go, as "A.sqlite", "B.sqlite" ...; empty: nowhere
  std::filesystem::path keep_first = {};
};

/// One run of an entrant.
struct EntrantRun {
  std::vector<std::optional<std::int64_t>>
      values;  ///< in the order of sim::report_metrics(), over all groups
  std::size_t objectives = 0, objectives_missed = 0, unexpected_calls = 0;
  std::string fingerprint;
  std::string currency;
  sim::Time start{};
  sim::Duration duration{};
  std::vector<std::string> demands;  ///< fingerprints of the workloads
};

enum class Verdict : std::uint8_t {
  Neither,  ///< the metric has no better direction, or no value
  Same,
  Better,
  Worse,
  Unclear,  ///< the interval holds zero
};

/// An entrant in one metric. Empty where there is no value; no difference for the first, no interval with one seed.
struct MetricOutcome {
  std::optional<double> mean, difference, half_width;
  Verdict verdict = Verdict::Neither;
};

struct ComparedMetric {
  std::string_view name, unit;  ///< "currency" stands for the entrants'
  MetricDirection direction;
  std::vector<MetricOutcome> entrants;
};

/// Of the pairs of a rival and a judging metric: who has the better mean wins, and a tie is half a win for both.
struct Wins {
  std::size_t halves = 0;  ///< of wins
  std::size_t pairs = 0;
};

struct Comparison {
  std::vector<Entrant> entrants;
  std::vector<std::uint64_t> seeds;
  std::vector<std::vector<EntrantRun>> runs;  ///< by entrant, then by seed
  std::vector<ComparedMetric> metrics;
  std::vector<Wins> wins;
  bool calls_as_expected() const;
};

struct CompareError {
  enum class Kind : std::uint8_t { InvalidScenario, InvalidChange, OtherDemand, NotKept } kind;
  std::string message;
  std::vector<std::string> details;
};

/// Also throws what `check` does.
std::variant<Comparison, CompareError> compare(const Program& program, const CompareQuestion& question);

/// Means, paired differences with Student's 95 % intervals, and wins of runs that are there.
void judge(Comparison& comparison);

/// "A" of the first entrant
std::string letter_of(std::size_t entrant);

std::string comparison_text(const Comparison& comparison);

enum class JsonLayout : std::uint8_t;
std::string comparison_json(const Program& program, const Comparison& comparison, JsonLayout layout);

}  // namespace tidepool::scenarios
