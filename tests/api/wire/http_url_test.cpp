#include "api/wire/http_url.hpp"

#include <catch2/catch.hpp>

namespace tidepool::api {

TEST_CASE("an address of plain HTTP is host, port and what is asked for", "[wire]") {
  struct Row {
    const char *text, *host;
    int port;
    const char *target, *authority;
  };
  const auto row =
      GENERATE(values<Row>({{"http://host", "host", 80, "/", "host"},
                            {"http://127.0.0.1:9000/size", "127.0.0.1", 9000, "/size", "127.0.0.1:9000"},
                            {"http://a.b-c_d/x?y=/z", "a.b-c_d", 80, "/x?y=/z", "a.b-c_d"},
                            {"http://host?y", "host", 80, "/?y", "host"},
                            {"http://[::1]:8080/", "::1", 8080, "/", "[::1]:8080"}}));
  CAPTURE(row.text);
  const auto url = read_http_url(row.text);
  REQUIRE(url);
  CHECK(url->host == row.host);
  CHECK(url->port == row.port);
  CHECK(url->target == row.target);
  CHECK(url->authority == row.authority);
}

TEST_CASE("an address that is not one of plain HTTP is none", "[wire]") {
  for (const char* wrong :
       {"", "http://", "http:///x", "http://:80/", "http://host:x/", "http://host:/", "http://host:0/",
        "http://host:65536/", "http://a b/", "http://host/a b", "http://host/#x", "http://user@host/",
        "https://host/", "ftp://host/", "HTTP://host", "http://[::1", "http://[host]/", "http://[::1]8080/",
        "http://::1/"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read_http_url(wrong));
  }
}

}  // namespace tidepool::api
