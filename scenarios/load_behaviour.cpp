#include <fmt/format.h>

#include "scenarios/knobs.hpp"
#include "scenarios/load_parts.hpp"

namespace tidepool::scenarios {
namespace {

using sim::Behaviour;

constexpr Spelt<bool> kProfiles[] = {{"classic", true}, {"current", false}};

Behaviour profile(bool classic) { return classic ? Behaviour::classic() : Behaviour::current(); }

// "current with scan_period, retry_delay"
std::string name_of(std::string profile_name, const Field& field) {
  std::string_view joint = " with ";
  for (const Json::Member& each : field.json().members) {
    if (each.key == "profile") continue;
    profile_name += fmt::format("{}{}", joint, each.key);
    joint = ", ";
  }
  return profile_name;
}

}  // namespace

void read_behaviour(const Field& field, Scenario& scenario) {
  if (field.is(Json::Kind::Text)) {
    if (const auto classic = field.choice(kProfiles)) {
      scenario.behaviour = profile(*classic);
      scenario.behaviour_name = field.json().text;
    }
    return;
  }
  if (!field.is(Json::Kind::Object)) return field.wrong(R"("classic", "current" or an object)");
  Section knobs(field);
  const bool classic = knobs.choice("profile", kProfiles).value_or(true);
  scenario.behaviour = profile(classic);
  scenario.behaviour_name = name_of(classic ? "classic" : "current", field);
  for (const Knob& each : all_knobs()) each.read(each.name, knobs, scenario.behaviour);
  knobs.refuse_others();
}

}  // namespace tidepool::scenarios
