// Reasons through storms: whatever happens, each can be told, and says what the journal says.
#include <catch2/catch.hpp>
#include <string>
#include <variant>

#include "api/wire/decision_json.hpp"
#include "sim/cloud/sentence.hpp"
#include "tests/property/storm.hpp"

namespace tidepool::sim {
namespace {

// What must hold of a reason whatever the world was like; empty when it does.
std::string fault_of(const Cloud& cloud, const Decision& decision) {
  const std::string text = sentence(cloud, decision);
  if (!text.ends_with('.') || text.find("..") != std::string::npos) return "no sentence: " + text;
  const auto json = api::write_decision(cloud, decision);
  const bool plain = std::holds_alternative<std::monostate>(decision.about.why);
  if (json.contains("why") == plain || json.contains("kind") == plain)
    return "data missing or too many: " + text;
  if (const auto* placed = std::get_if<PlacementReason>(&decision.about.why)) {
    for (const ZoneStanding& each : placed->zones) {
      if (each.zone == placed->chosen)
        return each.fitness == ZoneFitness::Fits ? "" : "the chosen zone is unfit: " + text;
      if (each.fitness == ZoneFitness::Fits) return "a fitting zone was passed over: " + text;
    }
    return "the chosen zone was not asked: " + text;
  }
  if (const auto* policy = std::get_if<PolicyReason>(&decision.about.why)) {
    if ((policy->fate == PolicyFate::Denied) != policy->code.has_value())
      return "a denial without its code: " + text;
    if (policy->code == ErrorCode::CooldownRunning && policy->cooldown_until < decision.time)
      return "a cooldown that is over: " + text;
    if (policy->fate == PolicyFate::Executed && policy->after != decision.desire)
      return "another expected number: " + text;
  }
  if (const auto* removal = std::get_if<RemovalReason>(&decision.about.why))
    if (removal->next != none<InstanceId>() && deciding_key(cloud, *removal).empty())
      return "no key decides: " + text;
  return "";
}

}  // namespace

TEST_CASE("each reason of a storm can be told, and holds what was compared (our decision)",
          "[property][reasons]") {
  std::size_t told = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    Storm storm(seed);
    for (int i = 0; i < 150; ++i) storm.step();
    for (const Decision& each : storm.cloud().decisions()) {
      const std::string fault = fault_of(storm.cloud(), each);
      CAPTURE(each.words);
      REQUIRE(fault == "");
      ++told;
    }
  }
  CHECK(told > 1'000);
}

}  // namespace tidepool::sim
