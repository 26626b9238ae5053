#include "scenarios/json_writer.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <limits>
#include <string>
#include <string_view>

namespace tidepool::scenarios {
namespace {

std::string quoted(std::string_view text) {
  JsonWriter json;
  json.text(text);
  std::string out = json.take();
  out.pop_back();
  return out;
}

TEST_CASE("a compact document has no blanks and breaks between values", "[json]") {
  JsonWriter json(JsonLayout::Compact);
  json.begin_object();
  json.key("a").begin_array();
  json.number(1);
  json.text("b c");
  json.end_array();
  json.key("d").null();
  json.end_object();
  CHECK(json.take() == "{\"a\":[1,\"b c\"],\"d\":null}\n");
}

TEST_CASE("a document is indented, in the order written, with a line break at its end", "[json]") {
  JsonWriter json;
  json.begin_object();
  json.key("b").number(1);
  json.key("a").begin_array();
  json.text("x");
  json.begin_object();
  json.end_object();
  json.null();
  json.end_array();
  json.key("empty").begin_array();
  json.end_array();
  json.key("sizes").numbers(std::vector<std::optional<int>>{1, std::nullopt, 3});
  json.key("yes").boolean(true);
  json.end_object();
  CHECK(json.take() ==
        "{\n"
        "  \"b\": 1,\n"
        "  \"a\": [\n"
        "    \"x\",\n"
        "    {},\n"
        "    null\n"
        "  ],\n"
        "  \"empty\": [],\n"
        "  \"sizes\": [1, null, 3],\n"
        "  \"yes\": true\n"
        "}\n");
}

TEST_CASE("fractions are plain decimals, exact to a millionth", "[json]") {
  struct Row {
    std::int64_t millionths;
    const char* expected;
  };
  const auto row = GENERATE(values<Row>({
      {0, "0\n"},
      {100'000'000, "100\n"},
      {100'000, "0.1\n"},
      {85'835'000, "85.835\n"},
      {1, "0.000001\n"},
      {-1'500'000, "-1.5\n"},
      {std::numeric_limits<std::int64_t>::max(), "9223372036854.775807\n"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036854.775808\n"},
  }));
  JsonWriter json;
  json.decimal(row.millionths);
  CHECK(json.take() == row.expected);
}

TEST_CASE("numbers reach both ends of 64 bits, and no value is null", "[json]") {
  JsonWriter json;
  json.begin_array();
  json.number(std::numeric_limits<std::uint64_t>::max());
  json.number(std::numeric_limits<std::int64_t>::min());
  json.decimal(std::optional<std::int64_t>());
  json.end_array();
  CHECK(json.take() == "[\n  18446744073709551615,\n  -9223372036854775808,\n  null\n]\n");
}

TEST_CASE("texts are escaped where JSON needs it", "[json]") {
  CHECK(quoted("plain") == R"("plain")");
  CHECK(quoted("say \"hi\" \\ there") == R"("say \"hi\" \\ there")");
  CHECK(quoted("a\nb\tc\rd\x01\x7F") == R"("a\nb\tc\rd\u0001\u007f")");
  CHECK(quoted("zäh 水 🌊") == "\"zäh 水 🌊\"");
}

TEST_CASE("bytes that are no UTF-8 become the replacement character", "[json]") {
  const auto text = GENERATE(as<std::string>(), "\xFF", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                             "\xF4\x90\x80\x80", "\xE6\xB0", "a\x80z");
  const std::string out = quoted(text);
  CAPTURE(out);
  CHECK_THAT(out, Catch::Contains("\xEF\xBF\xBD"));
  boost::json::error_code failed;
  boost::json::parse(out, failed);
  CHECK_FALSE(failed);
}

}  // namespace
}  // namespace tidepool::scenarios
