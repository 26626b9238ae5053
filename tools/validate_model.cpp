// tidepool validate-model: the simulator held to what is known of the systems that it plays.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "scenarios/json_writer.hpp"
#include "scenarios/known_models.hpp"
#include "scenarios/model_check.hpp"
#include "tools/files.hpp"
#include "tools/verbs.hpp"

namespace tidepool::tools {
namespace {

using scenarios::CheckedMeasure;
using scenarios::CheckVerdict;
using scenarios::Experiment;
using scenarios::ModelKind;

constexpr std::string_view kHelp =
    R"(Usage: tidepool validate-model [MODEL...] [OPTION...]

Plays systems with known answers, each in independent replications, and says whether the answer
lies within the 99.9 % interval (Student's t) of what was seen. Runs grow until every interval is
narrower than 1 % on either side (5 % for sizing). Exact models, which leave nothing to chance,
have a tolerance instead.

Without a MODEL a list of 26 is played, which takes a minute or so; --all adds those that need
several.

Examples:
  tidepool validate-model
  tidepool validate-model --mmc lambda=8,mu=1,c=10 --erlang-a lambda=8,mu=1,c=10,theta=1
  tidepool validate-model --availability mtbf=720h,check=60s,boot=96.9s --json

Models, each may be given again and again (a default in brackets):
  --mmc lambda,mu[1],c,tail[1]         M/M/c; tail=0 leaves out queues, tails and quantiles
  --mmck lambda,mu[1],c,k              M/M/c/K; c = k is Erlang's loss system
  --mdc lambda,d[1],c[1]               M/D/c, constant services; --md1 is the same
  --mg1 lambda,mean[1],cv2[4]          M/G/1, lognormal services of squared variation cv2
  --mu1 lambda,low[.5],high[1.5]       M/G/1, uniform services
  --erlang-a lambda,mu[1],c,theta[1]   M/M/c+M, who waits gives up at rate theta
  --setup lambda,mu[1],k,alpha         M/M/k/setup, servers are off while idle
  --sizing lambda,mu[1],t[.2],share[.05]        the fewest servers with P(wait > t) <= share
  --repair n,c,lambda,mu[1]            machine repair: n machines, c repairers
  --mtminf mean,swing,period,mu[1]     M_t/M/inf, arrivals at mean + swing sin(2 pi t / period)
  --availability mtbf,check,boot       self-healing of a scaling group
  --fluid-step before[100],rate,n,n_after,each[10],delay   a step of demand
  --ramp rate,delay,boot[96.9],length  supply that follows a ramp of demand
  --growth gap,step,action,cooldown    growth held up by a cooldown

Options:
  --all               with the slow ones of the list
  --replications N    2 to 1000, default 20
  --seed N            of the replications, default 1
  --customers N       of each replication, in place of as many as needed; the width of intervals is
                      not judged then
  --threads N         default as many as the machine has; the results do not depend on it
  --json              print a JSON document, and errors as JSON too
  -h, --help          print this

Exit codes: 0 all answers are met, 1 one is missed or its interval stays too wide, 2 wrong use,
  4 internal error
)";

struct Arguments {
  std::vector<std::pair<const ModelKind*, std::vector<std::string>>> models;
  std::string replications = "20", seed = "1", customers, threads;
  bool all = false, json = false;
};

template <class Number>
Number number(const char* option, const std::string& text, Number least, Number most) {
  Number value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc{} && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  throw Failure{Exit::WrongUse,
                fmt::format("{}: {}, expected {} to {}", option, text, least, most),
                {},
                "See 'tidepool validate-model --help'."};
}

scenarios::CheckOptions options_of(const Arguments& arguments) {
  scenarios::CheckOptions options;
  options.replications = number<std::int64_t>("--replications", arguments.replications, 2, 1000);
  options.seed = number<std::uint64_t>("--seed", arguments.seed, 0, UINT64_MAX);
  if (!arguments.threads.empty()) options.threads = number<unsigned>("--threads", arguments.threads, 1, 256);
  if (!arguments.customers.empty())
    options.customers =
        static_cast<double>(number<std::int64_t>("--customers", arguments.customers, 100, 1'000'000'000));
  return options;
}

Experiment read(const ModelKind& kind, std::string_view text) {
  auto experiment = scenarios::read_model(kind, text);
  if (!experiment)
    throw Failure{Exit::WrongUse, experiment.error().message, {}, "See 'tidepool validate-model --help'."};
  return *std::move(experiment);
}

const ModelKind& kind_named(std::string_view name) {
  const auto& kinds = scenarios::model_kinds();
  return *std::ranges::find(kinds, name, &ModelKind::name);
}

std::vector<Experiment> experiments(const Arguments& arguments) {
  std::vector<Experiment> wanted;
  for (const auto& [kind, texts] : arguments.models)
    for (const std::string& text : texts) wanted.push_back(read(*kind, text));
  if (!wanted.empty()) return wanted;
  for (const scenarios::DefaultModel& each : scenarios::default_models())
    if (arguments.all || !each.slow) wanted.push_back(read(kind_named(each.kind), each.text));
  return wanted;
}

std::string_view text_of(CheckVerdict verdict) {
  switch (verdict) {
    case CheckVerdict::Ok: return "ok";
    case CheckVerdict::Missed: return "MISSED";
    case CheckVerdict::Wide: break;
  }
  return "TOO WIDE";
}

// The estimate to the digits that its interval leaves room for.
std::string row_of(const CheckedMeasure& each) {
  const bool exact = each.customers == 0;
  return fmt::format("| {} | {} | {:.10g} | {:.6g} | {}{:.2g} | {} | {} |\n", each.model, each.measure,
                     each.reference, each.estimate, exact ? "exact, " : "", each.half_width,
                     exact ? "" : fmt::format("{:.3g}", each.customers), text_of(each.verdict));
}

std::string as_json(const std::vector<CheckedMeasure>& rows, const scenarios::CheckOptions& options) {
  const auto number = [](double value) { return fmt::format("{:.10g}", value); };
  scenarios::JsonWriter json;
  json.begin_object();
  json.key("schema_version").number(1);
  json.key("replications").number(options.replications);
  json.key("seed").number(options.seed);
  json.key("confidence").json("0.999");
  json.key("measures").begin_array();
  for (const CheckedMeasure& each : rows) {
    json.begin_object();
    json.key("model").text(each.model);
    json.key("measure").text(each.measure);
    json.key("reference").json(number(each.reference));
    json.key("estimate").json(number(each.estimate));
    json.key(each.customers == 0 ? "tolerance" : "half_width").json(number(each.half_width));
    if (each.customers > 0) json.key("customers").json(number(std::round(each.customers)));
    json.key("verdict").text(each.verdict == CheckVerdict::Ok       ? "ok"
                             : each.verdict == CheckVerdict::Missed ? "missed"
                                                                    : "too_wide");
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

Exit run(const Arguments& arguments) {
  const scenarios::CheckOptions options = options_of(arguments);
  const std::vector<Experiment> wanted = experiments(arguments);
  if (!arguments.json)
    print(
        "| model | measure | reference | estimate | +- | customers | verdict "
        "|\n|---|---|---|---|---|---|---|\n");
  std::vector<CheckedMeasure> rows;
  for (const Experiment& each : wanted)
    for (CheckedMeasure& row : scenarios::check(each, options)) {
      if (!arguments.json) print(row_of(row));
      rows.push_back(std::move(row));
    }
  if (arguments.json) print(as_json(rows, options));
  const auto met = std::ranges::count(rows, CheckVerdict::Ok, &CheckedMeasure::verdict);
  if (!arguments.json) print(fmt::format("\n{} of {} measures met\n", met, rows.size()));
  return met == std::ssize(rows) ? Exit::Ok : Exit::Missed;
}

}  // namespace

Verb add_validate_model(CLI::App& program) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* parser = program.add_subcommand("validate-model");
  for (const ModelKind& each : scenarios::model_kinds())
    arguments->models.emplace_back(&each, std::vector<std::string>{});
  for (auto& [kind, texts] : arguments->models) {
    std::string names = fmt::format("--{}", kind->name);
    if (kind->name == "mdc") names += ",--md1";
    parser->add_option(names, texts)->allow_extra_args(false);
  }
  parser->add_flag("--all", arguments->all);
  parser->add_option("--replications", arguments->replications);
  parser->add_option("--seed", arguments->seed);
  parser->add_option("--customers", arguments->customers);
  parser->add_option("--threads", arguments->threads);
  parser->add_flag("--json", arguments->json);
  return {parser, kHelp, [arguments] { return run(*arguments); }};
}

}  // namespace tidepool::tools
