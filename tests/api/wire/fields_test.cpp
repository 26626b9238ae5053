#include "api/wire/fields.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <utility>

namespace tidepool::api {
namespace {

using sim::ErrorCode;

constexpr ErrorCode kOwn = ErrorCode::GroupCooldownInvalid;  // AS.2006, in the place of any field's own code

// What a reader makes of a body: what it answers, or "AS.xxxx message".
std::string reading(const char* body, const std::function<std::string(const Fields&)>& read,
                    UnknownMembers unknown = UnknownMembers::Ignored) {
  const auto parsed = parse_body(body);
  if (!parsed) return sim::code_text(parsed.error().code);
  Faults faults{unknown};
  const std::string answer = read(Fields{*parsed, faults});
  if (!faults.any()) return answer;
  return sim::code_text(faults.first().code) + " " + faults.first().message;
}

TEST_CASE("a body is a JSON object: none is AS.0002, anything else AS.0022 (AS API reference, error codes)",
          "[wire]") {
  const std::string too_deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto code = [](std::string_view body) {
    const auto parsed = parse_body(body);
    return parsed ? std::string{"ok"} : sim::code_text(parsed.error().code);
  };
  CHECK(code("") == "AS.0002");
  CHECK(code(" \r\n\t") == "AS.0002");
  CHECK(code("{}") == "ok");
  CHECK(code(" {\"a\": 1} \n") == "ok");
  for (const char* each : {"{", "null", "[]", "7", "\"text\"", "{\"a\":}", "{} {}", "{'a': 1}", "{\"a\": 1,}",
                           "{\"a\": 01}", "{\"a\": NaN}", "{\"a\": \"\xFF\"}", "<xml/>"}) {
    CAPTURE(each);
    CHECK(code(each) == "AS.0022");
  }
  CHECK(code(too_deep) == "AS.0022");
  CHECK(code("{\"a\": " + too_deep + "}") == "AS.0022");
}

TEST_CASE("a text is a JSON string, and null is as good as absent (our decision)", "[wire]") {
  const auto read = [](const Fields& f) { return std::string{f.text("a").value_or("absent")}; };
  CHECK(reading(R"({"a": "x"})", read) == "x");
  CHECK(reading(R"({"a": ""})", read) == "");
  CHECK(reading(R"({"a": null})", read) == "absent");
  CHECK(reading(R"({})", read) == "absent");
  CHECK(reading(R"({"a": 7})", read) == "AS.0022 a 7: expected a string");
  CHECK(reading(R"({"a": ["x"]})", read) == R"(AS.0022 a ["x"]: expected a string)");
}

TEST_CASE("a number is whole, also as a decimal string, and fits the field (our decision)", "[wire]") {
  const auto read = [](const Fields& f) {
    return std::to_string(f.integer("a", kOwn, "0 to 9").value_or(-99));
  };
  struct Row {
    const char *body, *expected;
  };
  const auto row = GENERATE(values<Row>({
      {R"({"a": 5})", "5"},
      {R"({"a": -5})", "-5"},
      {R"({"a": "5"})", "5"},
      {R"({"a": "-5"})", "-5"},
      {R"({"a": null})", "-99"},
      {R"({})", "-99"},
      {R"({"a": 2147483647})", "2147483647"},
      {R"({"a": -2147483648})", "-2147483648"},
      {R"({"a": 2147483648})", "AS.2006 a 2147483648: expected 0 to 9"},
      {R"({"a": -2147483649})", "AS.2006 a -2147483649: expected 0 to 9"},
      {R"({"a": 9223372036854775808})", "AS.2006 a 9223372036854775808: expected 0 to 9"},
      {R"({"a": "9223372036854775808"})", R"(AS.2006 a "9223372036854775808": expected 0 to 9)"},
      {R"({"a": 99999999999999999999})", "AS.2006 a 1E20: expected 0 to 9"},
      {R"({"a": -99999999999999999999})", "AS.2006 a -1E20: expected 0 to 9"},
      {R"({"a": 5.0})", "AS.0022 a 5E0: expected a whole number"},
      {R"({"a": 5.5})", "AS.0022 a 5.5E0: expected a whole number"},
      {R"({"a": 1e2})", "AS.0022 a 1E2: expected a whole number"},
      {R"({"a": true})", "AS.0022 a true: expected a whole number"},
      {R"({"a": ""})", R"(AS.0022 a "": expected a whole number)"},
      {R"({"a": "5 "})", R"(AS.0022 a "5 ": expected a whole number)"},
      {R"({"a": "+5"})", R"(AS.0022 a "+5": expected a whole number)"},
      {R"({"a": "5.0"})", R"(AS.0022 a "5.0": expected a whole number)"},
      {R"({"a": "five"})", R"(AS.0022 a "five": expected a whole number)"},
      {R"({"a": [5]})", "AS.0022 a [5]: expected a whole number"},
  }));
  CAPTURE(row.body);
  CHECK(reading(row.body, read) == row.expected);
}

TEST_CASE("a boolean is true or false and no text or number (our decision)", "[wire]") {
  const auto read = [](const Fields& f) {
    const auto given = f.boolean("a");
    return std::string{!given ? "absent" : *given ? "true" : "false"};
  };
  CHECK(reading(R"({"a": true})", read) == "true");
  CHECK(reading(R"({"a": false})", read) == "false");
  CHECK(reading(R"({"a": null})", read) == "absent");
  CHECK(reading(R"({"a": "true"})", read) == R"(AS.0022 a "true": expected true or false)");
  CHECK(reading(R"({"a": 1})", read) == "AS.0022 a 1: expected true or false");
}

TEST_CASE("what is mandatory has a code for its absence", "[wire]") {
  const auto text = [](const Fields& f) { return std::string{f.required_text("a", kOwn)}; };
  CHECK(reading(R"({"a": "x"})", text) == "x");
  CHECK(reading(R"({})", text) == "AS.2006 a is missing: expected a text");
  CHECK(reading(R"({"a": null})", text) == "AS.2006 a is missing: expected a text");
  CHECK(reading(R"({"a": ""})", text) == R"(AS.2006 a "": expected a text)");
  CHECK(reading(R"({"a": 7})", text) == "AS.0022 a 7: expected a string");

  const auto number = [](const Fields& f) {
    return std::to_string(f.required_integer("a", kOwn, ErrorCode::WeightInvalid, "0 to 9"));
  };
  CHECK(reading(R"({"a": 5})", number) == "5");
  CHECK(reading(R"({})", number) == "AS.2006 a is missing: expected 0 to 9");
  CHECK(reading(R"({"a": 5000000000})", number) == "AS.2040 a 5000000000: expected 0 to 9");
}

TEST_CASE("a choice is spelled exactly, and its refusal lists the spellings", "[wire]") {
  static constexpr Spelling<int> kTable[] = {{"NOVA_AUDIT", 1}, {"ELB_AUDIT", 2}};
  const auto read = [](const Fields& f) { return std::to_string(f.choice("a", kOwn, kTable).value_or(0)); };
  CHECK(reading(R"({"a": "ELB_AUDIT"})", read) == "2");
  CHECK(reading(R"({})", read) == "0");
  CHECK(reading(R"({"a": "elb_audit"})", read) == R"(AS.2006 a "elb_audit": expected NOVA_AUDIT, ELB_AUDIT)");
  CHECK(reading(R"({"a": 2})", read) == "AS.0022 a 2: expected a string");
  CHECK(spelling_of(kTable, 2) == "ELB_AUDIT");
  CHECK(spelling_of(kTable, 3) == "");
}

TEST_CASE("a message names the way to the member that is wrong", "[wire]") {
  const auto ids = [](const Fields& f) {
    const auto items = f.objects("networks");
    if (!items) return std::string{"absent"};
    std::string all;
    for (const Fields& each : *items) all += each.required_text("id", kOwn);
    return all;
  };
  CHECK(reading(R"({"networks": [{"id": "x"}, {"id": "y"}]})", ids) == "xy");
  CHECK(reading(R"({"networks": []})", ids) == "");
  CHECK(reading(R"({})", ids) == "absent");
  CHECK(reading(R"({"networks": [{"id": "x"}, {"id": 7}]})", ids) ==
        "AS.0022 networks[1].id 7: expected a string");
  CHECK(reading(R"({"networks": [{"id": "x"}, {}]})", ids) ==
        "AS.2006 networks[1].id is missing: expected a text");
  CHECK(reading(R"({"networks": ["x"]})", ids) == R"(AS.0022 networks[0] "x": expected an object)");
  CHECK(reading(R"({"networks": [null]})", ids) == "AS.0022 networks[0] null: expected an object");
  CHECK(reading(R"({"networks": {}})", ids) == "AS.0022 networks {}: expected an array of objects");

  const auto nested = [](const Fields& f) {
    const auto outer = f.object("eip");
    const auto inner = outer ? outer->object("bandwidth") : std::nullopt;
    return std::string{inner ? inner->text("type").value_or("absent") : "absent"};
  };
  CHECK(reading(R"({"eip": {"bandwidth": {"type": "x"}}})", nested) == "x");
  CHECK(reading(R"({"eip": null})", nested) == "absent");
  CHECK(reading(R"({"eip": {"bandwidth": {"type": 1}}})", nested) ==
        "AS.0022 eip.bandwidth.type 1: expected a string");
  CHECK(reading(R"({"eip": []})", nested) == "AS.0022 eip []: expected an object");
}

TEST_CASE("a list of texts holds strings only", "[wire]") {
  const auto read = [](const Fields& f) {
    const auto items = f.texts("a");
    return items ? std::to_string(items->size()) : "absent";
  };
  CHECK(reading(R"({"a": ["x", "y"]})", read) == "2");
  CHECK(reading(R"({"a": []})", read) == "0");
  CHECK(reading(R"({"a": null})", read) == "absent");
  CHECK(reading(R"({"a": ["x", 7]})", read) == "AS.0022 a[1] 7: expected a string");
  CHECK(reading(R"({"a": "x"})", read) == R"(AS.0022 a "x": expected an array of strings)");
}

TEST_CASE("unknown members are ignored, or AS.0022 with strict_body (our decision)", "[wire]") {
  const auto read = [](const Fields& f) {
    f.expect_only({"a", "b"});
    return std::string{f.text("a").value_or("absent")};
  };
  CHECK(reading(R"({"a": "x", "c": 1})", read) == "x");
  CHECK(reading(R"({"a": "x", "b": 1})", read, UnknownMembers::Refused) == "x");
  CHECK(reading(R"({"a": "x", "c": 1})", read, UnknownMembers::Refused) ==
        "AS.0022 c: expected none but a, b");

  sim::Behaviour behaviour;
  CHECK(Faults{behaviour}.unknown() == UnknownMembers::Ignored);
  behaviour.strict_body = true;
  CHECK(Faults{behaviour}.unknown() == UnknownMembers::Refused);
}

TEST_CASE("the first fault is the one that is told", "[wire]") {
  const auto read = [](const Fields& f) {
    f.text("a");
    f.boolean("b");
    return std::string{};
  };
  CHECK(reading(R"({"b": 1, "a": 2})", read) == "AS.0022 a 2: expected a string");
}

TEST_CASE("long values are cut in messages, between characters", "[wire]") {
  CHECK(shown(boost::json::value("short")) == "\"short\"");
  CHECK(shown(boost::json::value(std::string(100, 'x'))) == "\"" + std::string(59, 'x') + "...");
  std::string euros;
  for (int i = 0; i < 50; ++i) euros += "\xE2\x82\xAC";
  const std::string cut = shown(euros);
  CHECK(cut.size() == 1 + 57 + 3);
  CHECK(valid_utf8(cut) == cut);
  CHECK(shown(std::string_view{"a\"\n\xFF"}) == "\"a\\\"\\n\xEF\xBF\xBD\"");
}

TEST_CASE("JSON is written without blanks and with whole numbers", "[wire]") {
  CHECK(to_text(boost::json::parse(R"({"a": [1, null, true], "b": "x"})")) ==
        R"({"a":[1,null,true],"b":"x"})");
}

}  // namespace
}  // namespace tidepool::api
