#include "scenarios/known_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <string>
#include <utility>

namespace tidepool::scenarios {
namespace {

using sim::Error;
using sim::ErrorCode;
using sim::Result;

double value(const ModelValues& values, std::string_view name) { return values.find(name)->second; }

// ---- Combinations without an answer ----

std::string sound(const ModelValues&) { return ""; }

std::string of_load(double load, double servers) {
  if (load < servers) return "";
  return fmt::format("load {:g} on {:g} server(s), expected less than there are: it has no steady state",
                     load, servers);
}
std::string load_of_mmc(const ModelValues& v) {
  return of_load(value(v, "lambda") / value(v, "mu"), value(v, "c"));
}
std::string load_of_setup(const ModelValues& v) {
  return of_load(value(v, "lambda") / value(v, "mu"), value(v, "k"));
}
std::string load_of_mg1(const ModelValues& v) { return of_load(value(v, "lambda") * value(v, "mean"), 1); }
std::string load_of_mdc(const ModelValues& v) {
  return of_load(value(v, "lambda") * value(v, "d"), value(v, "c"));
}
std::string load_of_uniform(const ModelValues& v) {
  if (value(v, "high") < value(v, "low"))
    return fmt::format("high: {:g}, expected low or more", value(v, "high"));
  return of_load(value(v, "lambda") * (value(v, "low") + value(v, "high")) / 2, 1);
}
std::string room_of_mmck(const ModelValues& v) {
  if (value(v, "k") >= value(v, "c")) return "";
  return fmt::format("k: {:g}, expected c or more, {:g}", value(v, "k"), value(v, "c"));
}
std::string swing_of_mtminf(const ModelValues& v) {
  if (value(v, "swing") <= value(v, "mean")) return "";
  return fmt::format("swing: {:g}, expected mean or less, {:g}", value(v, "swing"), value(v, "mean"));
}
std::string checks_of_availability(const ModelValues& v) {
  for (const double each : {10.0, 60.0, 300.0, 900.0, 3600.0, 10800.0})
    if (value(v, "check") == each) return "";
  return fmt::format("check: {:g} s, expected 10, 60, 300, 900, 3600 or 10800 s", value(v, "check"));
}
std::string spans_of_ramp(const ModelValues& v) {
  if (value(v, "boot") > value(v, "delay"))
    return fmt::format("boot: {:g} s, expected delay or less", value(v, "boot"));
  if (value(v, "delay") > value(v, "length"))
    return fmt::format("delay: {:g} s, expected length or less", value(v, "delay"));
  if (value(v, "rate") * value(v, "length") <= 100'000) return "";
  return fmt::format("rate: {:g}, expected at most 100000 instances in all", value(v, "rate"));
}
std::string rates_of_step(const ModelValues& v) {
  const double rate = value(v, "rate"), each = value(v, "each");
  if (value(v, "before") > value(v, "n") * each)
    return fmt::format("before: {:g}, expected at most what n servers do", value(v, "before"));
  if (value(v, "n") * each >= rate)
    return fmt::format("n: {:g}, expected too few for the rate", value(v, "n"));
  const double after = value(v, "n_after") * each, delay = value(v, "delay");
  if (after <= rate)
    return fmt::format("n_after: {:g}, expected more than enough for the rate", value(v, "n_after"));
  const double drain = (rate - value(v, "n") * each) * delay / (after - rate);
  if (delay + drain <= 1e7 && rate * (delay + drain) <= 1e8) return "";
  return "delay: too long, expected at most 1e7 s and 1e8 requests until the backlog is gone";
}
std::string load_of_size(const ModelValues& v) {
  const double load = value(v, "lambda") / value(v, "mu");
  return load <= 10'000 ? "" : fmt::format("load {:g}, expected at most 10000", load);
}
std::string load_of_erlang_a(const ModelValues& v) {
  const double load = value(v, "lambda") / std::min(value(v, "mu"), value(v, "theta"));
  return load <= 1e7 ? "" : fmt::format("load {:g}, expected at most 1e7", load);
}

constexpr ModelParameter kLambda{"lambda", "arrivals per unit of time"};
constexpr ModelParameter kMu{"mu", "services per unit of time of one server", 1.0};
constexpr ModelParameter whole(std::string_view name, std::string_view meaning, double most = 100'000) {
  return {name, meaning, std::nullopt, 1, most, true};
}

}  // namespace

const std::vector<ModelKind>& model_kinds() {
  static const std::vector<ModelKind> kKinds{
      {"mmc",
       "Poisson arrivals, exponential services, c servers, one queue",
       {kLambda,
        kMu,
        whole("c", "servers"),
        {"tail", "1 adds queues, tails and quantiles, which need longer runs", 1.0, -1, 1, true}},
       load_of_mmc,
       mmc_experiment},
      {"mmck",
       "the same with room for k in all; c = k is Erlang's loss system",
       {kLambda, kMu, whole("c", "servers"), whole("k", "most in the system", 1e7)},
       room_of_mmck,
       mmck_experiment},
      {"mg1",
       "one server, lognormal services of variance cv2 * mean^2",
       {kLambda, {"mean", "service time", 1.0}, {"cv2", "squared coefficient of variation", 4.0, -1, 100}},
       load_of_mg1,
       mg1_experiment},
      {"mu1",
       "one server, services uniform from low to high",
       {kLambda, {"low", "shortest service", 0.5, -1}, {"high", "longest service", 1.5}},
       load_of_uniform,
       uniform_experiment},
      {"mdc",
       "constant services, c servers; c = 1 is M/D/1",
       {kLambda, {"d", "service time", 1.0}, {"c", "servers", 1.0, 1, 10'000, true}},
       load_of_mdc,
       mdc_experiment},
      {"erlang-a",
       "M/M/c whose customers give up waiting",
       {kLambda, kMu, whole("c", "servers"), {"theta", "rate at which one who waits gives up", 1.0}},
       load_of_erlang_a,
       erlang_a_experiment},
      {"setup",
       "M/M/k whose servers are off while idle",
       {kLambda, kMu, whole("k", "servers", 200), {"alpha", "rate of setups"}},
       load_of_setup,
       setup_experiment},
      {"sizing",
       "the fewest servers with P(wait > t) <= share",
       {kLambda,
        kMu,
        {"t", "longest wait that is good", 0.2},
        {"share", "that may wait longer", 0.05, 0, 0.999}},
       load_of_size,
       sizing_experiment},
      {"repair",
       "n machines that fail, c repairers",
       {whole("n", "machines"), whole("c", "repairers"), {"lambda", "failures of one machine"}, kMu},
       sound,
       repair_experiment},
      {"mtminf",
       "arrivals at mean + swing * sin(2 pi t / period), no queue",
       {{"mean", "arrivals"}, {"swing", "of the arrivals"}, {"period", "of the swing"}, kMu},
       swing_of_mtminf,
       mtminf_experiment},
      {"availability",
       "instances of a scaling group that fail, are found and replaced",
       {{"mtbf", "mean time to failure"}, {"check", "between health checks"}, {"boot", "of a replacement"}},
       checks_of_availability,
       availability_experiment},
      {"fluid-step",
       "demand that jumps, with servers that come later",
       {{"before", "demand", 100.0},
        {"rate", "demand after the step"},
        {"n", "servers", std::nullopt, 1, 100'000, true},
        {"n_after", "servers after the delay", std::nullopt, 1, 100'000, true},
        {"each", "what one server does", 10.0},
        {"delay", "from the step to the servers"}},
       rates_of_step,
       fluid_step_experiment},
      {"ramp",
       "demand that grows evenly, with instances of scaling groups that follow later",
       {{"rate", "growth, instances per second"},
        {"delay", "of the supply, boot included"},
        {"boot", "of an instance", 96.9},
        {"length", "of the ramp"}},
       spans_of_ramp,
       ramp_experiment},
      {"growth",
       "a scaling group that grows by an alarm, held up by its cooldown",
       {whole("gap", "instances in all", 10'000),
        whole("step", "instances an action", 10'000),
        {"action", "length of an action", std::nullopt, 1, 1e6, true},
        {"cooldown", "after each action", std::nullopt, -1, 86'400, true}},
       sound,
       growth_experiment}};
  return kKinds;
}

const std::vector<DefaultModel>& default_models() {
  static const std::vector<DefaultModel> kModels{
      {"mmc", "lambda=0.8,mu=1,c=1"},
      {"mmc", "lambda=1.5,mu=1,c=2,tail=0"},
      {"mmc", "lambda=4,mu=1,c=5,tail=0"},
      {"mmc", "lambda=8,mu=1,c=10"},
      {"mmc", "lambda=95,mu=1,c=100,tail=0", true},
      {"mmck", "lambda=4,mu=1,c=5,k=5"},
      {"mmck", "lambda=8,mu=1,c=10,k=10"},
      {"mmck", "lambda=95,mu=1,c=100,k=100"},
      {"mmck", "lambda=2,mu=1,c=3,k=3"},
      {"sizing", "lambda=100,mu=1,t=0.2,share=0.05"},
      {"mdc", "lambda=0.8,d=1,c=1"},
      {"mg1", "lambda=0.8,mean=1,cv2=4", true},
      {"mu1", "lambda=0.8,low=0.5,high=1.5"},
      {"mdc", "lambda=1.6,d=1,c=2"},
      {"mdc", "lambda=8,d=1,c=10"},
      {"erlang-a", "lambda=8,mu=1,c=10,theta=1"},
      {"setup", "lambda=0.5,mu=1,k=1,alpha=0.1"},
      {"setup", "lambda=0.8,mu=1,k=1,alpha=0.05"},
      {"setup", "lambda=8,mu=1,k=10,alpha=0.5"},
      {"repair", "n=10,c=10,lambda=0.1,mu=1"},
      {"mtminf", "mean=100,swing=60,period=24,mu=1"},
      {"availability", "mtbf=720h,check=300s,boot=96.9s"},
      {"availability", "mtbf=720h,check=60s,boot=96.9s"},
      {"fluid-step", "before=100,rate=150,n=10,n_after=20,each=10,delay=396.9"},
      {"ramp", "rate=0.02,delay=396.9,boot=96.9,length=3600"},
      {"growth", "gap=6,step=1,action=60,cooldown=300"},
      {"growth", "gap=6,step=3,action=60,cooldown=300"},
      {"growth", "gap=50,step=5,action=97,cooldown=900"}};
  return kModels;
}

// ---- Reading "lambda=8,mu=1,c=10" ----

namespace {

Error wrong(std::string message) { return {ErrorCode::BodyInvalid, std::move(message)}; }

// A number, or a length such as "96.9s" or "720h" in seconds.
std::optional<double> read_number(std::string_view text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || !std::isfinite(number)) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (unit.empty() || unit == "s") return number;
  if (unit == "m") return number * 60;
  if (unit == "h") return number * 3600;
  if (unit == "d") return number * 86'400;
  return std::nullopt;
}

std::string expected(const ModelParameter& p) {
  const std::string from = p.least == 0 ? "more than 0" : fmt::format("{:g}", std::max(p.least, 0.0));
  return fmt::format("a {}number, {} to {:g}", p.whole ? "whole " : "", from, p.most);
}

bool within(const ModelParameter& p, double number) {
  if (p.whole && number != std::floor(number)) return false;
  return (p.least == 0 ? number > 0 : number >= std::max(p.least, 0.0)) && number <= p.most;
}

std::string names_of(const ModelKind& kind) {
  std::vector<std::string_view> names;
  for (const ModelParameter& each : kind.parameters) names.push_back(each.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<Error> read_part(const ModelKind& kind, std::string_view part, ModelValues& values) {
  const auto equals = part.find('=');
  if (equals == std::string_view::npos)
    return wrong(fmt::format("--{}: '{}', expected NAME=VALUE", kind.name, part));
  const std::string_view name = part.substr(0, equals), text = part.substr(equals + 1);
  const auto known = std::ranges::find(kind.parameters, name, &ModelParameter::name);
  if (known == kind.parameters.end())
    return wrong(fmt::format("--{}: unknown parameter '{}', expected {}", kind.name, name, names_of(kind)));
  const auto number = read_number(text);
  if (!number || !within(*known, *number))
    return wrong(fmt::format("--{}: {}: '{}', expected {}", kind.name, name, text, expected(*known)));
  if (!values.emplace(name, *number).second)
    return wrong(fmt::format("--{}: {} is given twice, expected once", kind.name, name));
  return std::nullopt;
}

}  // namespace

Result<Experiment> read_model(const ModelKind& kind, std::string_view text) {
  ModelValues values;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    if (const auto error = read_part(kind, rest.substr(0, comma), values)) return *error;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  for (const ModelParameter& each : kind.parameters) {
    if (values.contains(each.name)) continue;
    if (!each.otherwise)
      return wrong(fmt::format("--{}: missing {} ({})", kind.name, each.name, each.meaning));
    values.emplace(each.name, *each.otherwise);
  }
  if (const std::string fault = kind.fault(values); !fault.empty())
    return wrong(fmt::format("--{}: {}", kind.name, fault));
  return kind.experiment(values);
}

}  // namespace tidepool::scenarios
