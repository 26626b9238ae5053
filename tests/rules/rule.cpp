#include "tests/rules/rule.hpp"

#include <catch2/catch.hpp>

namespace tidepool::rules {

namespace {

std::vector<Rule>& registered() {
  static std::vector<Rule> rules;
  return rules;
}

}  // namespace

const std::vector<Rule>& all_rules() { return registered(); }

Registration::Registration(std::string_view sentence, Origin origin, std::string_view file) {
  registered().push_back({sentence, origin, file});
}

void hold(Under under, void (*rule)()) {
  for (const support::Profile& profile : support::both_profiles()) {
    const Under one = std::string_view(profile.name) == "classic" ? Under::Classic : Under::Current;
    if (under != Under::BothProfiles && under != one) continue;
    DYNAMIC_SECTION(profile.name) {
      const support::UnderProfile now(profile);
      rule();
    }
  }
}

}  // namespace tidepool::rules
