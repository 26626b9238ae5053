#include <catch2/catch.hpp>
#include <string>

#include "sim/model/topic.hpp"
#include "sim/model/validate.hpp"

namespace tidepool::sim {
namespace {

using namespace std::chrono_literals;

LifecycleHook a_hook() {
  LifecycleHook hook;
  hook.name = "bootstrap";
  hook.topic_urn = "urn:smn:eu-de:9f0c1d2e3b4a5968778695a4b3c2d1e0:as-events";
  return hook;
}

std::string fault(const LifecycleHook& hook) {
  const auto found = validate(hook);
  return found ? code_text(found->code) : "ok";
}

}  // namespace

TEST_CASE(
    "a hook's name has 1 to 32 letters, digits, _ and - and is not the word of the list's path "
    "(AS API reference, creating a lifecycle hook)",
    "[model]") {
  struct Row {
    std::string name;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {"", "AS.7032"},
      {"a", "ok"},
      {std::string(32, 'x'), "ok"},
      {std::string(33, 'x'), "AS.7031"},
      {"A-b_9", "ok"},
      {"a b", "AS.7031"},
      {"a.b", "AS.7031"},
      {"\xc3\xa4", "AS.7031"},
      {"list", "AS.7031"},
      {"lists", "ok"},
  }));
  CAPTURE(row.name);
  LifecycleHook hook = a_hook();
  hook.name = row.name;
  CHECK(fault(hook) == row.expected);
}

TEST_CASE("a hook waits for 60 to 86 400 s (AS.7030)", "[model]") {
  struct Row {
    Duration timeout;
    const char* expected;
  };
  const auto row = GENERATE(
      values<Row>({{59s, "AS.7030"}, {60s, "ok"}, {86'400s, "ok"}, {86'401s, "AS.7030"}, {-1s, "AS.7030"}}));
  LifecycleHook hook = a_hook();
  hook.default_timeout = row.timeout;
  CHECK(fault(hook) == row.expected);
}

TEST_CASE("a hook's metadata has up to 256 characters, none of them < > & ' ( ) (AS.7035, AS.7055)",
          "[model]") {
  struct Row {
    std::string text;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({{"", "ok"},
                                         {std::string(256, 'x'), "ok"},
                                         {std::string(257, 'x'), "AS.7035"},
                                         {R"({"a": 1})", "ok"},
                                         {"<", "AS.7055"},
                                         {"a>b", "AS.7055"},
                                         {"a&b", "AS.7055"},
                                         {"it's", "AS.7055"},
                                         {"f(x", "AS.7055"},
                                         {"x)", "AS.7055"}}));
  CAPTURE(row.text);
  LifecycleHook hook = a_hook();
  hook.metadata = row.text;
  CHECK(fault(hook) == row.expected);
}

TEST_CASE("a topic is named by urn:smn:{region}:{project}:{topic} (AS.7043)", "[model]") {
  struct Row {
    const char* urn;
    bool expected;
  };
  const auto row = GENERATE(values<Row>({{"urn:smn:eu-de:0123:topic", true},
                                         {"urn:smn:eu-de:0123:a_B-9", true},
                                         {"urn:smn:eu-de:0123:", false},
                                         {"urn:smn:eu-de:0123", false},
                                         {"urn:smn:eu-de::topic", false},
                                         {"urn:smn::0123:topic", false},
                                         {"urn:smn:eu-de:0123:topic:more", false},
                                         {"urn:sqs:eu-de:0123:topic", false},
                                         {"URN:SMN:eu-de:0123:topic", false},
                                         {"urn:smn:eu-de:0123:to pic", false},
                                         {"", false}}));
  CAPTURE(row.urn);
  CHECK(is_topic_urn(row.urn) == row.expected);
  LifecycleHook hook = a_hook();
  hook.topic_urn = row.urn;
  CHECK(fault(hook) == (row.expected ? "ok" : "AS.7043"));
}

}  // namespace tidepool::sim
