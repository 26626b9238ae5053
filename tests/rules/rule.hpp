// A rule of the service, as a test: what the service does in one sentence, where that is written, and under which
// behaviour it holds. RULES.md is the list of them all.
//
//   RULE("a denied alarm is dropped, not kept for later", {.source = "AS user manual, cooldown"}) { ... }
//   RULE("the window opens with the action", {.source = "our decision", .knob = "cooldown_start = trigger"}) { ... }
//
// The body runs once under each profile that it holds under, as a_cloud() without a behaviour of its own takes it.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/support/cloud_builder.hpp"

namespace tidepool::rules {

enum class Under : std::uint8_t { BothProfiles, Classic, Current };

struct Origin {
  std::string_view source;     ///< the document and its page, or "our decision" where they are silent
  std::string_view knob = {};  ///< "name = value" of the knob that makes it so, when there is one
  Under under = Under::BothProfiles;
};

struct Rule {
  std::string_view sentence;
  Origin origin;
  std::string_view file;  ///< as the compiler was given it
};

/// All rules of this program, in no order that matters.
const std::vector<Rule>& all_rules();

class Registration {
 public:
  Registration(std::string_view sentence, Origin origin, std::string_view file);
};

/// Runs the rule under each of its profiles.
void hold(Under under, void (*rule)());

}  // namespace tidepool::rules

// The unit's namespaces are left to the caller: a rule stands inside of them, as a TEST_CASE does.
#define TIDEPOOL_RULE(name, registration, sentence, ...)                                      \
  static void name();                                                                         \
  static const ::tidepool::rules::Registration registration{sentence, __VA_ARGS__, __FILE__}; \
  TEST_CASE(sentence, "[rules]") {                                                            \
    constexpr ::tidepool::rules::Origin origin __VA_ARGS__;                                   \
    ::tidepool::rules::hold(origin.under, name);                                              \
  }                                                                                           \
  static void name()
#define RULE(sentence, ...)                                                                           \
  TIDEPOOL_RULE(INTERNAL_CATCH_UNIQUE_NAME(rule), INTERNAL_CATCH_UNIQUE_NAME(registration), sentence, \
                __VA_ARGS__)
