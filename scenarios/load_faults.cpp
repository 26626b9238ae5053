#include <fmt/format.h>

#include <algorithm>

#include "scenarios/load_parts.hpp"
#include "scenarios/load_units.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Duration;
using sim::FaultKind;

constexpr Spelt<FaultKind> kKinds[] = {{"boot_failure", FaultKind::BootFailure},
                                       {"instance_failure", FaultKind::InstanceFailure},
                                       {"zone_failure", FaultKind::ZoneFailure},
                                       {"zone_outage", FaultKind::ZoneOutage},
                                       {"sold_out", FaultKind::SoldOut},
                                       {"sick_instances", FaultKind::SickInstances},
                                       {"boot_delay", FaultKind::BootDelay},
                                       {"elb_member_down", FaultKind::ElbMemberDown},
                                       {"hook_message_lost", FaultKind::HookMessageLost},
                                       {"instance_death", FaultKind::InstanceDeath}};
constexpr Spelt<sim::Sickness> kSicknesses[] = {{"stopped", sim::Sickness::Stopped},
                                                {"deleted", sim::Sickness::Deleted},
                                                {"offline", sim::Sickness::Offline}};

void read_span(Section& section, const Scenario& scenario, sim::Fault& fault) {
  if (section.has("from") == section.has("at"))
    section.field().complain("expected exactly one of 'from' and 'at'");
  const auto at = section.find("at");
  const auto from = section.find("from");
  const auto begin = from ? from : at;
  const auto moment = begin ? moment_in_run(*begin, scenario) : std::nullopt;
  fault.from = moment.value_or(scenario.start);
  if (fault.kind == FaultKind::InstanceDeath) return;  // It has no length, so the keys for one are unknown.
  if (section.has("duration") && section.has("until"))
    section.field().complain("expected one of 'duration' and 'until', not both");
  if (const auto length = section.duration("duration", std::chrono::milliseconds{1}, kLongest))
    fault.until = fault.from + *length;
  const auto until = section.find("until");
  if (!until) return;
  const auto end = moment_in_run(*until, scenario);
  if (end && moment && *end <= *moment) until->wrong("a moment after " + moment_text(*moment));
  if (end) fault.until = *end;
}

// The name of a zone or flavor of the region.
template <class Id, class Table>
void read_name(Section& section, const char* key, const Table& table, Id& id) {
  const auto field = section.find(key);
  if (!field) return;
  std::vector<std::string_view> names;
  names.reserve(table.size());
  for (const auto& each : table) names.emplace_back(each.name);
  const auto found = std::ranges::find(names, field->json().text);
  if (field->is(Json::Kind::Text) && found != names.end())
    id = sim::id_at<Id>(static_cast<std::size_t>(found - names.begin()));
  else
    field->not_among(names);
}

// What a kind of fault is limited to, and what it needs to know. Other keys are refused as unknown.
void read_scope(Section& section, const Scenario& scenario, const Names& names, FaultDeclaration& fault) {
  const FaultKind kind = fault.fault.kind;
  if (kind == FaultKind::ZoneOutage) section.need({"zone"});
  if (kind == FaultKind::SickInstances) section.need({"group", "sickness"});
  if (kind == FaultKind::ElbMemberDown || kind == FaultKind::InstanceDeath) section.need({"group"});
  if (kind != FaultKind::HookMessageLost) read_name(section, "zone", scenario.region.zones, fault.fault.zone);
  if (kind != FaultKind::ZoneOutage && kind != FaultKind::HookMessageLost)
    read_name(section, "flavor", scenario.region.flavors, fault.fault.flavor);
  if (kind != FaultKind::ZoneOutage && kind != FaultKind::SoldOut) fault.group = names.group(section);
}

void read_harm(Section& section, sim::Fault& fault) {
  switch (fault.kind) {
    case FaultKind::BootFailure:
      section.need({"probability"});
      fault.probability_ppm = section.millionths("probability", 0, 1'000'000).value_or(0);
      return;
    case FaultKind::InstanceFailure:
      section.need({"mean_time_to_failure"});
      fault.mean_time_to_failure =
          section.duration("mean_time_to_failure", std::chrono::seconds{1}, kLongest).value_or(kLongest);
      fault.shape = section.real("shape", 0.1, 20).value_or(1);
      return;
    case FaultKind::ZoneFailure:
      section.need({"mean_time_to_failure"});
      fault.mean_time_to_failure =
          section.duration("mean_time_to_failure", std::chrono::seconds{1}, kLongest).value_or(kLongest);
      fault.probability_ppm = section.millionths("probability", 1, 1'000'000).value_or(1'000'000);
      return;
    case FaultKind::SickInstances:
      fault.sickness = section.choice("sickness", kSicknesses).value_or(sim::Sickness::Stopped);
      fault.count = static_cast<int>(section.integer("count", 1, 1'000'000).value_or(1));
      return;
    case FaultKind::BootDelay:
      if (!section.has("delay") && !section.has("factor"))
        section.field().complain("expected 'delay', 'factor' or both");
      fault.delay = section.duration("delay", Duration::zero(), kLongest).value_or(Duration::zero());
      fault.factor_ppm = section.millionths("factor", 1'000'000, 1'000'000'000).value_or(1'000'000);
      return;
    case FaultKind::ElbMemberDown:
    case FaultKind::InstanceDeath:
      fault.count = static_cast<int>(section.integer("count", 1, 1'000'000).value_or(1));
      return;
    case FaultKind::HookMessageLost:
      fault.probability_ppm = section.millionths("probability", 0, 1'000'000).value_or(1'000'000);
      fault.count = static_cast<int>(section.integer("count", 1, 1'000'000).value_or(0));
      fault.hook = section.text("hook").value_or("");
      return;
    case FaultKind::ZoneOutage:
    case FaultKind::SoldOut: return;
  }
}

}  // namespace

void read_faults(const std::vector<Field>& faults, Scenario& scenario, const Names& names) {
  for (const Field& each : faults) {
    Section section(each);
    section.need({"kind"});
    const auto kind = section.choice("kind", kKinds);
    if (!kind) continue;  // Which keys it may have is open.
    FaultDeclaration fault;
    fault.fault.kind = *kind;
    read_span(section, scenario, fault.fault);
    read_scope(section, scenario, names, fault);
    read_harm(section, fault.fault);
    section.refuse_others();
    scenario.faults.push_back(std::move(fault));
  }
}

}  // namespace tidepool::scenarios
