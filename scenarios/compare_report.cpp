// A comparison for people and for programs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "scenarios/compare.hpp"
#include "scenarios/json_writer.hpp"
#include "scenarios/summary_words.hpp"
#include "sim/judge/contest.hpp"

namespace tidepool::scenarios {
namespace {

// ---- For people ----

std::string number_text(const std::optional<double>& value) {
  if (!value) return "-";
  const double size = std::abs(*value);
  if (size >= 100000) return fmt::format("{:.0f}", *value);
  return fmt::format("{:.{}f}", *value, size != 0 && size < 0.1 ? 4 : 2);
}

std::string difference_text(const std::optional<double>& value) {
  if (!value) return "-";
  return *value > 0 ? "+" + number_text(value) : number_text(value);
}

std::string_view verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::Neither: return "";
    case Verdict::Same: return "same";
    case Verdict::Better: return "better";
    case Verdict::Worse: return "worse";
    case Verdict::Unclear: return "may be chance";
  }
  return "";
}

bool tells_anything(const ComparedMetric& metric, std::size_t rival) {
  for (const std::size_t i : {std::size_t{0}, rival})
    if (metric.entrants[i].mean.value_or(0) != 0) return true;
  return false;
}

// "cost, EUR"
std::string title_of(const ComparedMetric& metric, const std::string& currency) {
  const std::string_view unit = metric.unit == "currency" ? currency : metric.unit;
  return fmt::format("{}, {}", metric.name, one_line(unit));
}

std::string seeds_text(const std::vector<std::uint64_t>& seeds) {
  std::string out;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    std::size_t last = i;
    while (last + 1 < seeds.size() && seeds[last + 1] == seeds[last] + 1) ++last;
    out += fmt::format("{}{}", out.empty() ? "" : ",", seeds[i]);
    if (last > i) out += fmt::format("{}{}", last == i + 1 ? "," : "..", seeds[last]);
    i = last;
  }
  return out;
}

void append_head(std::string& out, const Comparison& comparison) {
  const bool one = comparison.seeds.size() == 1;
  out += fmt::format("{} entrants, {}: {}\n", comparison.entrants.size(),
                     counted(static_cast<std::int64_t>(comparison.seeds.size()), "seed", "seeds"),
                     seeds_text(comparison.seeds));
  for (std::size_t i = 0; i < comparison.entrants.size(); ++i) {
    const Entrant& each = comparison.entrants[i];
    out += fmt::format("  {}  {} ({})\n", letter_of(i), one_line(each.name), one_line(each.file));
    for (const std::string& set : each.sets) out += fmt::format("       {}\n", one_line(set));
  }
  out += one ? "  One seed only: no intervals, so differences may be chance.\n"
             : "  Means over the seeds; ± is Student's 95 % interval of the paired differences.\n";
}

void append_rival(std::string& out, const Comparison& comparison, std::size_t rival) {
  const std::string currency = comparison.runs[0][0].currency;
  out += fmt::format("\n{:<40}{:>14}{:>14}{:>14}{:>12}\n", fmt::format("{} against A", letter_of(rival)), "A",
                     letter_of(rival), "difference", "±");
  for (const ComparedMetric& each : comparison.metrics) {
    if (!tells_anything(each, rival)) continue;
    const MetricOutcome& of = each.entrants[rival];
    std::string line =
        fmt::format("  {:<38}{:>14}{:>14}{:>14}{:>11}  {}", title_of(each, currency),
                    number_text(each.entrants[0].mean), number_text(of.mean), difference_text(of.difference),
                    number_text(of.half_width), verdict_text(of.verdict));
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
}

std::string share_text(const Wins& wins) {
  if (wins.pairs == 0) return "-";
  return fmt::format("{:.1f} %", 50.0 * static_cast<double>(wins.halves) / static_cast<double>(wins.pairs));
}

void append_wins(std::string& out, const Comparison& comparison) {
  std::string judging;
  for (const ComparedMetric& each : comparison.metrics)
    if (each.direction.judges) judging += fmt::format("{}{}", judging.empty() ? "" : ", ", each.name);
  out += fmt::format("\nPairwise wins, by means of {}\n", judging);
  for (std::size_t i = 0; i < comparison.wins.size(); ++i) {
    const Wins& each = comparison.wins[i];
    out += fmt::format("  {}  {} of {}, {}\n", letter_of(i), static_cast<double>(each.halves) / 2, each.pairs,
                       share_text(each));
  }
}

// How many times nearer to the ideal than the first an entrant is, over the measures of provisioning.
void append_speedup(std::string& out, const Comparison& comparison) {
  constexpr std::array<std::string_view, 4> kMeasures{"theta_under_percent", "theta_over_percent",
                                                      "timeshare_under_percent", "timeshare_over_percent"};
  std::string lines;
  for (std::size_t i = 1; i < comparison.entrants.size(); ++i) {
    std::vector<std::int64_t> first, own;
    for (const ComparedMetric& each : comparison.metrics) {
      if (std::ranges::find(kMeasures, each.name) == kMeasures.end()) continue;
      if (!each.entrants[0].mean || !each.entrants[i].mean) continue;
      first.push_back(std::llround(*each.entrants[0].mean * 1e6));
      own.push_back(std::llround(*each.entrants[i].mean * 1e6));
    }
    if (const auto times = sim::elastic_speedup(first, own))
      lines += fmt::format("  {}  {:.2f}\n", letter_of(i), static_cast<double>(*times) / 1e6);
  }
  if (!lines.empty())
    out += fmt::format("\nElastic speed-up over A, by means of {}\n{}", fmt::join(kMeasures, ", "), lines);
}

std::size_t runs_with(const std::vector<EntrantRun>& runs, std::size_t EntrantRun::*count) {
  return static_cast<std::size_t>(
      std::ranges::count_if(runs, [&](const EntrantRun& each) { return each.*count > 0; }));
}

void append_objectives(std::string& out, const Comparison& comparison) {
  out += "\nRuns that miss an objective\n";
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    const auto& runs = comparison.runs[i];
    out += runs[0].objectives == 0
               ? fmt::format("  {}  has no objectives\n", letter_of(i))
               : fmt::format("  {}  {} of {}\n", letter_of(i),
                             runs_with(runs, &EntrantRun::objectives_missed), runs.size());
    if (const std::size_t bad = runs_with(runs, &EntrantRun::unexpected_calls))
      out += fmt::format("     in {} of them a call was answered otherwise than expected\n", bad);
  }
}

// ---- For programs ----

void decimal(JsonWriter& json, std::string_view name, const std::optional<double>& value) {
  json.key(name);
  if (value)
    json.decimal(std::llround(*value * 1e6));
  else
    json.null();
}

std::string_view word_for(Verdict verdict) {
  switch (verdict) {
    case Verdict::Neither: return "neither";
    case Verdict::Same: return "same";
    case Verdict::Better: return "better";
    case Verdict::Worse: return "worse";
    case Verdict::Unclear: return "unclear";
  }
  return "";
}

void write_run(JsonWriter& json, std::uint64_t seed, const EntrantRun& run,
               const std::vector<ComparedMetric>& metrics) {
  json.begin_object();
  json.key("seed").number(seed);
  json.key("fingerprint").text(run.fingerprint);
  json.key("objectives_missed").number(static_cast<std::uint64_t>(run.objectives_missed));
  json.key("unexpected_calls").number(static_cast<std::uint64_t>(run.unexpected_calls));
  json.key("metrics").begin_object();
  for (std::size_t m = 0; m < metrics.size(); ++m) json.key(metrics[m].name).decimal(run.values[m]);
  json.end_object();
  json.end_object();
}

void write_entrants(JsonWriter& json, const Comparison& comparison) {
  json.key("entrants").begin_array();
  for (std::size_t i = 0; i < comparison.entrants.size(); ++i) {
    json.begin_object();
    json.key("name").text(comparison.entrants[i].name);
    json.key("file").text(comparison.entrants[i].file);
    json.key("changes").begin_array();
    for (const std::string& each : comparison.entrants[i].sets) json.text(each);
    json.end_array();
    json.key("won").decimal(static_cast<std::int64_t>(comparison.wins[i].halves) * 500'000);
    json.key("pairs").number(static_cast<std::uint64_t>(comparison.wins[i].pairs));
    json.key("runs").begin_array();
    for (std::size_t k = 0; k < comparison.seeds.size(); ++k)
      write_run(json, comparison.seeds[k], comparison.runs[i][k], comparison.metrics);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_metric(JsonWriter& json, const ComparedMetric& metric, const std::string& currency) {
  json.begin_object();
  json.key("metric").text(metric.name);
  json.key("unit").text(metric.unit == "currency" ? currency : metric.unit);
  json.key("better").text(word_for(metric.direction.better));
  json.key("judges").boolean(metric.direction.judges);
  json.key("entrants").begin_array();
  for (const MetricOutcome& each : metric.entrants) {
    json.begin_object();
    decimal(json, "mean", each.mean);
    decimal(json, "difference", each.difference);
    decimal(json, "half_width", each.half_width);
    json.key("verdict").text(word_for(each.verdict));
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string comparison_text(const Comparison& comparison) {
  std::string out;
  append_head(out, comparison);
  for (std::size_t i = 1; i < comparison.entrants.size(); ++i) append_rival(out, comparison, i);
  append_wins(out, comparison);
  append_speedup(out, comparison);
  append_objectives(out, comparison);
  return out;
}

std::string comparison_json(const Program& program, const Comparison& comparison, JsonLayout layout) {
  JsonWriter json(layout);
  json.begin_object();
  json.key("schema_version").number(1);
  json.key("program").begin_object();
  json.key("version").text(program.version);
  json.key("commit").text(program.commit);
  json.end_object();
  json.key("seeds").begin_array();
  for (const std::uint64_t each : comparison.seeds) json.number(each);
  json.end_array();
  json.key("confidence_percent").number(95);
  json.key("metrics").begin_array();
  for (const ComparedMetric& each : comparison.metrics)
    write_metric(json, each, comparison.runs[0][0].currency);
  json.end_array();
  write_entrants(json, comparison);
  json.end_object();
  return json.take();
}

}  // namespace tidepool::scenarios
