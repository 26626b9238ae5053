// Scenarios under the same seeds: pairing, intervals, wins, and what can't be compared.
#include "scenarios/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "scenarios/json_writer.hpp"
#include "scenarios/load.hpp"
#include "scenarios/run_scenario.hpp"
#include "sim/run/report.hpp"
#include "tests/support/temporary_folder.hpp"

namespace tidepool::scenarios {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;

const Program kProgram{"1.2.3", "0123456789ab"};

Entrant bundled(const std::string& name) {
  const std::string file = "scenarios/policies/" + name + ".json";
  return {name, file, support::read_file(fs::path(TIDEPOOL_SOURCE_DIR) / file), {}};
}

Comparison compared(const CompareQuestion& question) {
  auto answer = compare(kProgram, question);
  if (const auto* error = std::get_if<CompareError>(&answer)) {
    UNSCOPED_INFO(error->message);
    for (const std::string& each : error->details) UNSCOPED_INFO(each);
  }
  REQUIRE(std::holds_alternative<Comparison>(answer));
  return std::get<Comparison>(std::move(answer));
}

CompareError refused(const CompareQuestion& question) {
  auto answer = compare(kProgram, question);
  REQUIRE(std::holds_alternative<CompareError>(answer));
  return std::get<CompareError>(std::move(answer));
}

CompareQuestion match_days(std::vector<std::uint64_t> seeds) {
  return {{bundled("match_day"), bundled("match_day_early")}, std::move(seeds)};
}

const ComparedMetric& metric_of(const Comparison& comparison, std::string_view name) {
  const auto found = std::ranges::find(comparison.metrics, name, &ComparedMetric::name);
  REQUIRE(found != comparison.metrics.end());
  return *found;
}

// A comparison of made-up values of one metric, the others without a value.
Comparison of_values(std::string_view metric, const std::vector<std::vector<double>>& by_entrant) {
  const auto& all = sim::report_metrics();
  const auto place =
      static_cast<std::size_t>(std::ranges::find(all, metric, &sim::ReportMetric::name) - all.begin());
  Comparison comparison;
  for (const auto& values : by_entrant) {
    comparison.entrants.push_back({fmt::format("e{}", comparison.entrants.size()), "file", "", {}});
    auto& runs = comparison.runs.emplace_back();
    for (const double value : values) {
      runs.emplace_back().values.resize(all.size());
      runs.back().values[place] = static_cast<std::int64_t>(value * 1e6);
      runs.back().currency = "EUR";
    }
  }
  for (std::size_t i = 0; i < by_entrant.front().size(); ++i) comparison.seeds.push_back(i + 1);
  judge(comparison);
  return comparison;
}

}  // namespace

TEST_CASE("each entrant runs with every seed, as 'run --seed' would", "[compare]") {
  const Comparison comparison = compared(match_days({3, 8}));
  REQUIRE(comparison.runs.size() == 2);
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t k = 0; k < 2; ++k) {
      const Entrant& entrant = comparison.entrants[i];
      const LoadResult loaded = load(entrant.text, entrant.file, {}, {comparison.seeds[k]});
      REQUIRE(loaded.scenario);
      const RunResult alone = run(*loaded.scenario);
      CHECK(comparison.runs[i][k].fingerprint == alone.report.fingerprint);
      CHECK(comparison.runs[i][k].values[0] == sim::metric_value("unserved_percent", alone.report.total));
    }
  CHECK(comparison.runs[0][0].demands == comparison.runs[1][0].demands);
  CHECK(comparison.runs[0][0].demands != comparison.runs[0][1].demands);
  CHECK(comparison.calls_as_expected());
}

TEST_CASE("a comparison does not depend on the number of threads", "[compare]") {
  CompareQuestion question = match_days({1, 2, 3, 4, 5});
  question.entrants.push_back(
      {"variant", question.entrants[0].file, question.entrants[0].text, {"groups.live.cool_down_time=60"}});
  std::vector<std::string> answers;
  for (const unsigned threads : {1U, 2U, 5U, 40U}) {
    question.threads = threads;
    answers.push_back(comparison_json(kProgram, compared(question), JsonLayout::Indented));
  }
  CHECK(std::ranges::all_of(answers, [&](const std::string& each) { return each == answers.front(); }));
}

TEST_CASE("intervals are Student's, of the differences seed by seed", "[compare]") {
  // Differences -1, -2, -3: mean -2, standard deviation 1, and t with 2 degrees of freedom is 4.302653.
  const Comparison comparison = of_values("cost", {{10, 20, 30}, {9, 18, 27}});
  const auto& cost = metric_of(comparison, "cost").entrants;
  CHECK_FALSE(cost[0].difference);
  CHECK(*cost[0].mean == Approx(20));
  CHECK(*cost[1].mean == Approx(18));
  CHECK(*cost[1].difference == Approx(-2));
  CHECK(*cost[1].half_width == Approx(4.302653 / std::sqrt(3.0)));
  CHECK(cost[1].verdict == Verdict::Unclear);
}

TEST_CASE("a difference is better or worse where its interval leaves zero out", "[compare]") {
  CHECK(metric_of(of_values("cost", {{10, 20, 30}, {8, 18, 28.1}}), "cost").entrants[1].verdict ==
        Verdict::Better);
  CHECK(metric_of(of_values("cost", {{8, 18, 28.1}, {10, 20, 30}}), "cost").entrants[1].verdict ==
        Verdict::Worse);
  CHECK(metric_of(of_values("cost", {{8, 9}, {8, 9}}), "cost").entrants[1].verdict == Verdict::Same);
  CHECK(metric_of(of_values("served_units", {{8, 9}, {9, 10}}), "served_units").entrants[1].verdict ==
        Verdict::Better);
  CHECK(metric_of(of_values("launches", {{8, 9}, {9, 10}}), "launches").entrants[1].verdict ==
        Verdict::Neither);
}

TEST_CASE("one seed gives differences and no interval, and the page says so", "[compare]") {
  const Comparison comparison = of_values("cost", {{10}, {9}});
  const auto& cost = metric_of(comparison, "cost").entrants[1];
  CHECK(*cost.difference == Approx(-1));
  CHECK_FALSE(cost.half_width);
  CHECK(cost.verdict == Verdict::Better);
  CHECK_THAT(comparison_text(comparison), Contains("One seed only: no intervals"));
}

TEST_CASE("wins are shares of the pairs of a rival and a judging metric, and a tie is half a win for both",
          "[compare]") {
  const Comparison comparison = of_values("cost", {{10, 10}, {9, 9}, {10, 10}});
  REQUIRE(comparison.wins.size() == 3);
  CHECK(comparison.wins[0].halves == 1);
  CHECK(comparison.wins[1].halves == 4);
  CHECK(comparison.wins[2].halves == 1);
  CHECK_THAT(comparison_text(comparison), Contains("  A  0.5 of 2, 25.0 %\n  B  2 of 2, 100.0 %\n"));
  for (const Wins& each : comparison.wins) CHECK(each.pairs == 2);
  // What another metric says already does not count again.
  for (const Wins& each : of_values("billed_hours", {{10, 10}, {9, 9}}).wins) CHECK(each.pairs == 0);
}

TEST_CASE("a metric without a value is left out of means and wins", "[compare]") {
  Comparison comparison = of_values("cost", {{10, 20}, {5, 6}});
  comparison.runs[1][1].values.assign(sim::report_metrics().size(), std::nullopt);
  judge(comparison);
  const auto& cost = metric_of(comparison, "cost").entrants[1];
  CHECK(*cost.mean == Approx(5));
  CHECK(*cost.difference == Approx(-5));
  CHECK_FALSE(cost.half_width);
}

TEST_CASE("entrants with other demand are refused by name, unless that is wanted", "[compare]") {
  CompareQuestion question{{bundled("match_day"), bundled("evening_peak")}, {1}};
  const CompareError error = refused(question);
  CHECK(error.kind == CompareError::Kind::OtherDemand);
  REQUIRE(error.details.size() == 3);
  CHECK(error.details[0] ==
        "B (scenarios/policies/evening_peak.json): start: 2026-03-02T12:00:00Z, in A 2026-07-04T16:00:00Z");
  CHECK(error.details[1] == "B (scenarios/policies/evening_peak.json): duration: 18 h, in A 8 h");
  CHECK_THAT(error.details[2],
             Contains("workloads[0]: offers other demand than in A (with seed 1: fingerprint "));
  question.other_demand = true;
  CHECK(compared(question).runs.size() == 2);
}

TEST_CASE("entrants billed in different currencies can't be compared", "[compare]") {
  CompareQuestion question = match_days({1});
  std::string& text = question.entrants[1].text;
  text.replace(text.find("\"EUR\""), 5, "\"CHF\"");
  question.other_demand = true;
  CHECK(refused(question).details ==
        std::vector<std::string>{
            "B (scenarios/policies/match_day_early.json): billing.currency: CHF, in A EUR"});
}

TEST_CASE("a variant is the scenario with changes at its start", "[compare]") {
  CompareQuestion question{{bundled("evening_peak"), bundled("evening_peak"), bundled("evening_peak")},
                           {7, 8}};
  question.entrants[1].sets = {"groups.shop.max_instance_number=9"};
  std::string& text = question.entrants[2].text;
  text.replace(text.find("\"max_instance_number\": 20"), 25, "\"max_instance_number\": 9");
  const Comparison comparison = compared(question);
  CHECK(comparison.runs[1][0].values == comparison.runs[2][0].values);
  CHECK(comparison.runs[1][0].values != comparison.runs[0][0].values);
}

TEST_CASE("a change that the run refuses, and a file that is none, are told", "[compare]") {
  CompareQuestion question = match_days({1, 2});
  question.entrants[1].sets = {"groups.nope.max_instance_number=9"};
  const CompareError change = refused(question);
  CHECK(change.kind == CompareError::Kind::InvalidChange);
  REQUIRE(change.details.size() == 1);
  CHECK_THAT(change.details[0], Contains("\"nope\", expected \"live\""));
  question = match_days({1});
  question.entrants[1].text = R"({"duration": 5})";
  CHECK(refused(question).kind == CompareError::Kind::InvalidScenario);
}

TEST_CASE("what the check throws ends all threads and comes out", "[compare]") {
  CompareQuestion question = match_days({1, 2, 3});
  question.threads = 3;
  question.check = [] { throw std::runtime_error("enough"); };
  CHECK_THROWS_WITH(compare(kProgram, question), "enough");
}

TEST_CASE("the document of a comparison holds every run and every metric", "[compare]") {
  const Comparison comparison = compared(match_days({1, 2, 3}));
  const auto root =
      boost::json::parse(comparison_json(kProgram, comparison, JsonLayout::Compact)).as_object();
  CHECK(root.at("schema_version").as_int64() == 1);
  CHECK(root.at("seeds").as_array().size() == 3);
  REQUIRE(root.at("entrants").as_array().size() == 2);
  CHECK(root.at("entrants").as_array()[1].at("runs").as_array().size() == 3);
  REQUIRE(root.at("metrics").as_array().size() == sim::report_metrics().size());
  const auto& first = root.at("metrics").as_array()[0];
  CHECK(first.at("metric").as_string() == "unserved_percent");
  CHECK(first.at("better").as_string() == "smaller");
  CHECK(first.at("entrants").as_array()[0].at("difference").is_null());
  CHECK(first.at("entrants").as_array()[1].at("verdict").as_string() == "better");
}

}  // namespace tidepool::scenarios
