#include "api/http/response_text.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "api/http/access_log.hpp"
#include "api/http/request_id.hpp"

namespace tidepool::api {
namespace {

using Catch::Contains;

std::string text_of(const Response& response, Envelope envelope = {}) {
  envelope.request_id = "7";
  envelope.date = "now";
  std::string out;
  append_response(out, response, envelope);
  return out;
}

TEST_CASE("a response is written in full", "[http]") {
  CHECK(text_of({201, "{}", {{"X-A", "b"}}}) ==
        "HTTP/1.1 201 Created\r\nDate: now\r\nServer: tidepool\r\nX-Request-Id: 7\r\n"
        "Content-Type: application/json;charset=UTF-8\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}");
}

TEST_CASE("statuses that have no body get none", "[http]") {
  const auto status = GENERATE(204, 304);
  const std::string text = text_of({status, "{}"});
  CHECK_THAT(text, !Contains("Content-") && Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE("an empty body has a length and no type", "[http]") {
  CHECK_THAT(text_of({200, ""}), Contains("Content-Length: 0\r\n") && !Contains("Content-Type"));
}

TEST_CASE("a body that is withheld keeps its header", "[http]") {
  const std::string text = text_of({200, "{}"}, {AfterAnswer::KeepAlive, Body::Withheld, 1, {}, {}});
  CHECK_THAT(text, Contains("Content-Length: 2\r\n") && Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE("a response's own headers win, but for those that frame the body", "[http]") {
  const std::string text = text_of({200,
                                    "ok",
                                    {{"content-type", "text/plain"},
                                     {"SERVER", "other"},
                                     {"content-length", "9"},
                                     {"Transfer-Encoding", "chunked"},
                                     {"Connection", "upgrade"}}});
  CHECK_THAT(text, Contains("content-type: text/plain\r\n") && Contains("SERVER: other\r\n"));
  CHECK_THAT(text, !Contains("application/json") && !Contains("tidepool") && !Contains("9\r\n") &&
                       !Contains("chunked") && !Contains("upgrade"));
}

TEST_CASE("a header's value can't begin another line", "[http]") {
  CHECK_THAT(text_of({200, "", {{"X-A", "b\r\nX-B: c"}}}), Contains("X-A: b  X-B: c\r\n"));
}

TEST_CASE("the connection is spoken of when it is not as the version has it", "[http]") {
  CHECK_THAT(text_of({}, {AfterAnswer::KeepAlive, Body::Sent, 1, {}, {}}), !Contains("Connection"));
  CHECK_THAT(text_of({}, {AfterAnswer::KeepAlive, Body::Sent, 0, {}, {}}),
             Contains("Connection: keep-alive"));
  CHECK_THAT(text_of({}, {AfterAnswer::Close, Body::Sent, 1, {}, {}}), Contains("Connection: close"));
}

TEST_CASE("the date is written as HTTP has it", "[http]") {
  CHECK(http_date(784'111'777'999'999) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("a request id that could do harm in a log is not taken over", "[http]") {
  CHECK(request_id("req-1.a:b/c+d=e@f_G", 1, 2) == "req-1.a:b/c+d=e@f_G");
  CHECK(request_id(std::string(128, 'x'), 1, 2) == std::string(128, 'x'));
  const auto refused =
      GENERATE(as<std::string>(), "", "a b", "a\"b", "a\nb", "\xc3\xa4", std::string(129, 'x'));
  CHECK(request_id(refused, 1, 0x2a) == "00000001-0000002a");
}

TEST_CASE("a line of the log tells who asked what, and what came of it", "[http]") {
  CHECK(access_line({1'767'225'600'125'000, "127.0.0.1:40112", "GET", "/a?b", 200, 512, 41, "req-1"}) ==
        "2026-01-01T00:00:00.125Z 127.0.0.1:40112 \"GET /a?b\" 200 512 B 0.041 ms req-1\n");
}

TEST_CASE("a line of the log stays one line of plain text", "[http]") {
  const std::string line = access_line({0, "c", "GET", "/\"\\\x1b\n\xff", 400, 0, 1'234'567, "r"});
  CHECK(line == "1970-01-01T00:00:00.000Z c \"GET /\\x22\\x5c\\x1b\\x0a\\xff\" 400 0 B 1234.567 ms r\n");
  CHECK_THAT(access_line({0, "c", "", "", 400, 0, 0, "r"}), Contains(" \"-\" 400 "));
}

}  // namespace
}  // namespace tidepool::api
