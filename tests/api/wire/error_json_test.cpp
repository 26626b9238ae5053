#include "api/wire/error_json.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

using sim::Error;
using sim::ErrorCode;

TEST_CASE(
    "a refusal is 400 but for the codes that the service pairs with another status (AS API reference, error "
    "codes)",
    "[wire]") {
  struct Row {
    int code, status;
  };
  const auto row = GENERATE(values<Row>(
      {{1, 500},    {2, 400},    {5, 401},    {6, 401},    {7, 404},    {8, 400},    {11, 403},
       {22, 400},   {26, 400},   {31, 400},   {33, 404},   {34, 400},   {49, 500},   {50, 400},
       {1006, 400}, {2007, 400}, {3020, 400}, {4005, 400}, {4006, 400}, {7111, 400}, {9013, 400}}));
  CAPTURE(row.code);
  CHECK(http_status(static_cast<ErrorCode>(row.code)) == row.status);
}

TEST_CASE("the body of a refusal holds code and message and nothing else (AS API reference)", "[wire]") {
  CHECK(error_body({ErrorCode::LimitAboveQuota, "max_instance_number 301: expected 0 to 300"}) ==
        R"({"error":{"code":"AS.2045","message":"max_instance_number 301: expected 0 to 300"}})");
  CHECK(error_body({ErrorCode::BodyMissing, ""}) == R"({"error":{"code":"AS.0002","message":""}})");
}

TEST_CASE("the body is JSON whatever bytes the message holds", "[wire]") {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string message = "a\"\\" + std::string(1, static_cast<char>(byte)) + "b";
    boost::json::error_code fault;
    const auto parsed = boost::json::parse(error_body({ErrorCode::BodyInvalid, message}), fault);
    CAPTURE(byte);
    REQUIRE_FALSE(fault);
    if (byte < 0x80) CHECK(parsed.at("error").at("message").as_string() == message);
  }
}

TEST_CASE("an unknown id in a path is 404 AS.0007, or its noun's 400 by the knob unknown_id (our decision)",
          "[wire]") {
  sim::Behaviour behaviour;
  const Error not_found = unknown_path_id(behaviour, ErrorCode::GroupUnknown, "scaling_group_id", "abc");
  CHECK(sim::code_text(not_found.code) == "AS.0007");
  CHECK(not_found.message == "scaling_group_id \"abc\": expected the id of one that exists");
  behaviour.unknown_id = sim::UnknownId::BadRequest400;
  CHECK(unknown_path_id(behaviour, ErrorCode::GroupUnknown, "scaling_group_id", "abc").code ==
        ErrorCode::GroupUnknown);
}

TEST_CASE("a failed batch lists each id and its reason (AS API reference)", "[wire]") {
  const std::vector<std::string_view> ids{"first", "second", "third"};
  const Error error{ErrorCode::BatchRemoveFailed,
                    "two of them failed",
                    {{0, ErrorCode::InstanceNotInService, "it is PENDING"},
                     {2, ErrorCode::InstanceUnknown, "it does not exist"}}};
  CHECK(with_offenders_named(error, ids).message ==
        "first: AS.4015 it is PENDING; third: AS.4006 it does not exist");
  CHECK(with_offenders_named({ErrorCode::BatchRemoveFailed, "as it was"}, ids).message == "as it was");
}

TEST_CASE("bytes that are no UTF-8 become the replacement character", "[wire]") {
  struct Row {
    const char* why;
    std::string text, valid;
  };
  const std::string mark = "\xEF\xBF\xBD";
  const auto row = GENERATE_COPY(values<Row>({
      {"ASCII", "abc", "abc"},
      {"two, three and four bytes", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
       "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"},
      {"a lone continuation", "a\x80z", "a" + mark + "z"},
      {"a stretch is one mark", "a\x80\x80\xFFz", "a" + mark + "z"},
      {"cut short", "a\xE2\x82", "a" + mark},
      {"overlong", "\xC0\xAF", mark},
      {"overlong by three", "\xE0\x80\xAF", mark},
      {"a surrogate", "\xED\xA0\x80", mark},
      {"beyond Unicode", "\xF4\x90\x80\x80", mark},
      {"the last character", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
      {"nothing", "", ""},
  }));
  CAPTURE(row.why);
  CHECK(valid_utf8(row.text) == row.valid);
}

}  // namespace
}  // namespace tidepool::api
