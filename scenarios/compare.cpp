#include "scenarios/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "scenarios/changes.hpp"
#include "scenarios/load.hpp"
#include "scenarios/request_log.hpp"
#include "scenarios/result_store.hpp"
#include "scenarios/run_scenario.hpp"
#include "scenarios/student_t.hpp"
#include "scenarios/summary_words.hpp"
#include "sim/model/journal.hpp"
#include "sim/model/workload.hpp"
#include "sim/run/report.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;

// ---- Running ----

std::variant<Scenario, CompareError> loaded(const Entrant& entrant, std::uint64_t seed) {
  LoadResult result = load(entrant.text, entrant.file, fs::path(entrant.file).parent_path(), {seed});
  if (!result.scenario)
    return CompareError{CompareError::Kind::InvalidScenario,
                        fmt::format("{} is no valid scenario", entrant.file), std::move(result.errors)};
  result.scenario->name = entrant.name;
  return *std::move(result.scenario);
}

// As what-if changes a run at its very start: what the changed file would be.
std::variant<RunResult, CompareError> run_changed(const Entrant& entrant, const Scenario& scenario,
                                                  const RunOptions& options) {
  Complaints complaints("--variant " + entrant.name);
  const std::vector<Change> changes = read_changes(entrant.sets, complaints);
  ScenarioRun run(scenario, options);
  run.go_to(scenario.start);
  if (!complaints.any()) change_surroundings(changes, scenario, run, complaints);
  run.make_calls_due();
  if (!complaints.any()) send_requests(changes, run, complaints);
  if (complaints.any())
    return CompareError{CompareError::Kind::InvalidChange,
                        fmt::format("variant {} can't be made of {}", entrant.name, entrant.file),
                        complaints.take()};
  return run.finish();
}

EntrantRun facts_of(const Scenario& scenario) {
  EntrantRun facts;
  facts.currency = scenario.currency;
  facts.start = scenario.start;
  facts.duration = scenario.duration;
  for (const WorkloadDeclaration& each : scenario.workloads)
    facts.demands.push_back(demand_fingerprint(each.workload));
  return facts;
}

EntrantRun outcome_of(const Scenario& scenario, const RunResult& result) {
  EntrantRun outcome = facts_of(scenario);
  for (const sim::ReportMetric& each : sim::report_metrics())
    outcome.values.push_back(sim::metric_value(each.name, result.report.total));
  outcome.objectives = result.objectives.size();
  for (const ObjectiveOutcome& each : result.objectives) outcome.objectives_missed += each.met ? 0 : 1;
  for (const CallRecord& each : result.calls) outcome.unexpected_calls += each.complaint.empty() ? 0 : 1;
  outcome.fingerprint = result.report.fingerprint;
  return outcome;
}

// The runs of a question, taken from one list by several threads. Each has its own place, so no order shows.
class Grid {
 public:
  Grid(const Program& program, const CompareQuestion& question) : program_(program), question_(question) {
    runs_.assign(question.entrants.size(), std::vector<EntrantRun>(question.seeds.size()));
    errors_.resize(question.entrants.size() * question.seeds.size());
  }

  std::variant<std::vector<std::vector<EntrantRun>>, CompareError> run() {
    {
      std::vector<std::jthread> others;
      const std::size_t threads = std::clamp<std::size_t>(question_.threads, 1, errors_.size());
      for (std::size_t i = 1; i < threads; ++i) others.emplace_back([this] { work(); });
      work();
    }
    if (thrown_) std::rethrow_exception(thrown_);
    for (auto& each : errors_)
      if (each) return *std::move(each);
    return std::move(runs_);
  }

 private:
  void work() {
    try {
      for (std::size_t place = 0; (place = next_++) < errors_.size() && !stopped_;)
        errors_[place] = run_one(place);
    } catch (...) {
      stopped_ = true;
      const std::scoped_lock lock(mutex_);
      if (!thrown_) thrown_ = std::current_exception();
    }
  }

  std::optional<CompareError> run_one(std::size_t place) {
    const std::size_t who = place / question_.seeds.size(), which = place % question_.seeds.size();
    const Entrant& entrant = question_.entrants[who];
    auto read = loaded(entrant, question_.seeds[which]);
    if (auto* error = std::get_if<CompareError>(&read)) return std::move(*error);
    const Scenario& scenario = std::get<Scenario>(read);
    RunOptions options;
    options.progress = [this](double, const std::string&) {
      if (question_.check) question_.check();
    };
    auto ran = run_changed(entrant, scenario, options);
    if (auto* error = std::get_if<CompareError>(&ran)) return std::move(*error);
    const RunResult& result = std::get<RunResult>(ran);
    runs_[who][which] = outcome_of(scenario, result);
    if (which > 0 || question_.keep_first.empty()) return {};
    if (auto not_saved =
            save_results(question_.keep_first / (letter_of(who) + ".sqlite"), program_, scenario, result))
      return CompareError{CompareError::Kind::NotKept, *std::move(not_saved), {}};
    return {};
  }

  const Program& program_;
  const CompareQuestion& question_;
  std::vector<std::vector<EntrantRun>> runs_;
  std::vector<std::optional<CompareError>> errors_;  // by place: the first one tells, whoever met one first
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::exception_ptr thrown_;
};

// ---- Whether they can be compared ----

void compare_demand(const EntrantRun& first, const EntrantRun& other, const std::string& who,
                    std::uint64_t seed, std::vector<std::string>& lines) {
  if (other.start != first.start)
    lines.push_back(fmt::format("{}: start: {}, in A {}", who, sim::utc_seconds(other.start),
                                sim::utc_seconds(first.start)));
  if (other.duration != first.duration)
    lines.push_back(fmt::format("{}: duration: {}, in A {}", who, length_text(other.duration),
                                length_text(first.duration)));
  if (other.demands.size() != first.demands.size())
    lines.push_back(
        fmt::format("{}: workloads: {}, in A {}", who, other.demands.size(), first.demands.size()));
  for (std::size_t i = 0; i < std::min(other.demands.size(), first.demands.size()); ++i)
    if (other.demands[i] != first.demands[i])
      lines.push_back(fmt::format(
          "{}: workloads[{}]: offers other demand than in A (with seed {}: fingerprint {}, in A {})", who, i,
          seed, other.demands[i], first.demands[i]));
}

std::string called(const Entrant& entrant, std::size_t i) {
  return fmt::format("{} ({})", letter_of(i), entrant.file);
}

// Before the long work, from the first seed alone.
std::optional<CompareError> refusal(const CompareQuestion& question) {
  std::vector<EntrantRun> facts;
  for (const Entrant& each : question.entrants) {
    const auto read = loaded(each, question.seeds.front());
    if (const auto* error = std::get_if<CompareError>(&read)) return *error;
    facts.push_back(facts_of(std::get<Scenario>(read)));
  }
  std::vector<std::string> money, demand;
  for (std::size_t i = 1; i < facts.size(); ++i) {
    const std::string who = called(question.entrants[i], i);
    if (facts[i].currency != facts[0].currency)
      money.push_back(fmt::format("{}: billing.currency: {}, in A {}", who, one_line(facts[i].currency),
                                  one_line(facts[0].currency)));
    compare_demand(facts[0], facts[i], who, question.seeds.front(), demand);
  }
  if (!money.empty())
    return CompareError{CompareError::Kind::OtherDemand, "entrants are billed in different currencies",
                        std::move(money)};
  if (!demand.empty() && !question.other_demand)
    return CompareError{CompareError::Kind::OtherDemand, "entrants do not serve the same demand",
                        std::move(demand)};
  return {};
}

std::optional<CompareError> other_demand(const CompareQuestion& question,
                                         const std::vector<std::vector<EntrantRun>>& runs) {
  std::vector<std::string> lines;
  for (std::size_t i = 1; i < runs.size(); ++i)
    for (std::size_t k = 0; k < question.seeds.size() && lines.empty(); ++k)
      compare_demand(runs[0][k], runs[i][k], called(question.entrants[i], i), question.seeds[k], lines);
  if (lines.empty() || question.other_demand) return {};
  return CompareError{CompareError::Kind::OtherDemand, "entrants do not serve the same demand",
                      std::move(lines)};
}

// ---- Judging ----

std::optional<double> mean_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  double sum = 0;
  for (const double each : values) sum += each;
  return sum / static_cast<double>(values.size());
}

// Half of Student's interval around the mean.
std::optional<double> half_width_of(const std::vector<double>& values) {
  if (values.size() < 2) return {};
  const double mean = *mean_of(values), n = static_cast<double>(values.size());
  double squares = 0;
  for (const double each : values) squares += (each - mean) * (each - mean);
  return student_t_975(static_cast<std::int64_t>(values.size()) - 1) * std::sqrt(squares / (n - 1) / n);
}

Verdict verdict_on(const MetricOutcome& outcome, Better better) {
  if (!outcome.difference || better == Better::Neither) return Verdict::Neither;
  if (*outcome.difference == 0) return outcome.half_width.value_or(0) == 0 ? Verdict::Same : Verdict::Unclear;
  if (outcome.half_width && std::abs(*outcome.difference) <= *outcome.half_width) return Verdict::Unclear;
  return (*outcome.difference < 0) == (better == Better::Smaller) ? Verdict::Better : Verdict::Worse;
}

MetricOutcome outcome_in(const std::vector<EntrantRun>& runs, const std::vector<EntrantRun>* first,
                         std::size_t metric, Better better) {
  std::vector<double> values, differences;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const auto& value = runs[k].values[metric];
    if (!value) continue;
    values.push_back(static_cast<double>(*value) / 1e6);
    if (first == nullptr || !(*first)[k].values[metric]) continue;
    differences.push_back(static_cast<double>(*value - *(*first)[k].values[metric]) / 1e6);
  }
  MetricOutcome outcome{mean_of(values), mean_of(differences), half_width_of(differences), Verdict::Neither};
  outcome.verdict = verdict_on(outcome, better);
  return outcome;
}

std::size_t halves_won(const MetricOutcome& one, const MetricOutcome& other, Better better) {
  if (*one.mean == *other.mean) return 1;
  return (*one.mean < *other.mean) == (better == Better::Smaller) ? 2 : 0;
}

void count_wins(const ComparedMetric& metric, std::vector<Wins>& all) {
  if (!metric.direction.judges) return;
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (i == k || !metric.entrants[i].mean || !metric.entrants[k].mean) continue;
      ++all[i].pairs;
      all[i].halves += halves_won(metric.entrants[i], metric.entrants[k], metric.direction.better);
    }
}

}  // namespace

bool Comparison::calls_as_expected() const {
  return std::ranges::all_of(runs, [](const std::vector<EntrantRun>& of_entrant) {
    return std::ranges::all_of(of_entrant, [](const EntrantRun& each) { return each.unexpected_calls == 0; });
  });
}

std::string letter_of(std::size_t entrant) { return {static_cast<char>('A' + entrant)}; }

void judge(Comparison& comparison) {
  comparison.metrics.clear();
  comparison.wins.assign(comparison.runs.size(), {});
  const auto& metrics = sim::report_metrics();
  for (std::size_t m = 0; m < metrics.size(); ++m) {
    ComparedMetric metric{metrics[m].name, metrics[m].unit, direction_of(metrics[m].name), {}};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i)
      metric.entrants.push_back(
          outcome_in(comparison.runs[i], i == 0 ? nullptr : &comparison.runs[0], m, metric.direction.better));
    count_wins(metric, comparison.wins);
    comparison.metrics.push_back(std::move(metric));
  }
}

std::variant<Comparison, CompareError> compare(const Program& program, const CompareQuestion& question) {
  if (auto refused = refusal(question)) return *std::move(refused);
  auto ran = Grid(program, question).run();
  if (auto* error = std::get_if<CompareError>(&ran)) return std::move(*error);
  auto& runs = std::get<std::vector<std::vector<EntrantRun>>>(ran);
  if (auto other = other_demand(question, runs)) return *std::move(other);
  Comparison comparison{question.entrants, question.seeds, std::move(runs), {}, {}};
  judge(comparison);
  return comparison;
}

}  // namespace tidepool::scenarios
