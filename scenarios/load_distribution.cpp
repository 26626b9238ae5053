#include <fmt/format.h>

#include "scenarios/load_parts.hpp"

namespace tidepool::scenarios {
namespace {

using Kind = sim::DurationDistribution::Kind;
using sim::Duration;

constexpr Duration kLongestDelay = std::chrono::hours{24 * 30};

std::optional<sim::DurationDistribution> read_uniform(const Field& field) {
  const auto bounds = field.list(2, 2);
  if (bounds.empty()) return std::nullopt;
  const auto least = bounds[0].duration(Duration::zero(), kLongestDelay);
  const auto most = bounds[1].duration(Duration::zero(), kLongestDelay);
  if (!least || !most) return std::nullopt;
  if (*least > *most) {
    bounds[1].wrong("no less than " + shown(bounds[0].json()));
    return std::nullopt;
  }
  return sim::DurationDistribution{Kind::Uniform, *least, *most};
}

std::optional<sim::DurationDistribution> read_lognormal(const Field& field) {
  Section section(field);
  section.need({"median", "p95"});
  const auto median = section.duration("median", std::chrono::milliseconds{1}, kLongestDelay);
  const auto p95 = section.duration("p95", std::chrono::milliseconds{1}, kLongestDelay);
  section.refuse_others();
  if (!median || !p95) return std::nullopt;
  if (*p95 < *median) {
    section.find("p95")->wrong("no less than the median");
    return std::nullopt;
  }
  return sim::DurationDistribution{Kind::LogNormal, *median, *p95};
}

std::optional<sim::DurationDistribution> read_weibull(const Field& field) {
  Section section(field);
  section.need({"scale", "shape"});
  const auto scale = section.duration("scale", std::chrono::milliseconds{1}, kLongestDelay);
  const auto shape = section.real("shape", 0.1, 20);
  section.refuse_others();
  if (!scale || !shape) return std::nullopt;
  return sim::DurationDistribution{Kind::Weibull, *scale, {}, *shape};
}

std::optional<sim::DurationDistribution> read_measured(const Field& field) {
  sim::DurationDistribution read{Kind::Measured};
  for (const Field& each : field.list(1, 100'000))
    if (const auto length = each.duration(Duration::zero(), kLongestDelay)) read.measured.push_back(*length);
  if (read.measured.empty()) return std::nullopt;
  return read;
}

// Mean start-up times of virtual machines, in tenths of a second: Mao and Humphrey, "A performance study on the VM
// startup time in the cloud", IEEE CLOUD 2012.
constexpr Spelt<int> kPublished[] = {{"ec2_linux", 969},         {"ec2_windows", 8102},
                                     {"azure_web_role", 3748},   {"azure_worker_role", 4062},
                                     {"azure_vm_role", 3566},    {"rackspace_linux", 442},
                                     {"rackspace_windows", 4292}};

std::optional<sim::DurationDistribution> read_published(const Field& field) {
  const auto tenths = field.choice(kPublished);
  if (!tenths) return std::nullopt;
  return sim::DurationDistribution{Kind::Constant, std::chrono::milliseconds{*tenths * 100}};
}

std::optional<sim::DurationDistribution> read_one_length(const Field& field, Kind kind) {
  const auto length = field.duration(Duration::zero(), kLongestDelay);
  if (!length) return std::nullopt;
  return sim::DurationDistribution{kind, *length, {}};
}

}  // namespace

std::optional<sim::DurationDistribution> read_distribution(const Field& field) {
  if (!field.is(Json::Kind::Object)) return read_one_length(field, Kind::Constant);
  Section section(field);
  if (field.json().members.size() != 1)
    field.complain(
        R"(expected exactly one of "constant", "uniform", "exponential", "lognormal", "weibull", "measured" or "published")");
  std::optional<sim::DurationDistribution> read;
  if (const auto value = section.find("constant")) read = read_one_length(*value, Kind::Constant);
  if (const auto value = section.find("uniform")) read = read_uniform(*value);
  if (const auto value = section.find("exponential")) read = read_one_length(*value, Kind::Exponential);
  if (const auto value = section.find("lognormal")) read = read_lognormal(*value);
  if (const auto value = section.find("weibull")) read = read_weibull(*value);
  if (const auto value = section.find("measured")) read = read_measured(*value);
  if (const auto value = section.find("published")) read = read_published(*value);
  section.refuse_others();
  return read;
}

}  // namespace tidepool::scenarios
