#include "api/http/request_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tidepool::api {
namespace {

// What came out of a stream of bytes: a line for each request, and one for a refusal.
class Reading {
 public:
  explicit Reading(const RequestLimits& limits = {}) : reader_(limits) {}

  void feed(std::string_view bytes) {
    while (!bytes.empty() && !refused_) {
      const auto space = reader_.space();
      const std::size_t count = std::min(space.size(), bytes.size());
      std::copy_n(bytes.begin(), count, space.begin());
      reader_.received(count);
      bytes.remove_prefix(count);
      read();
    }
  }

  const std::vector<std::string>& lines() const { return lines_; }
  RequestReader& reader() { return reader_; }

 private:
  void read() {
    Progress progress = reader_.advance();
    for (; progress == Progress::Complete; progress = reader_.advance()) {
      const Request& request = reader_.request();
      lines_.push_back(
          fmt::format("{} {} {} [{}]", request.method, request.target, request.headers.size(), request.body));
      reader_.next();
    }
    refused_ = progress == Progress::Refused;
    if (refused_) lines_.push_back(fmt::format("{}", reader_.refusal().status));
  }

  RequestReader reader_;
  std::vector<std::string> lines_;
  bool refused_ = false;
};

std::vector<std::string> lines_of(std::string_view bytes) {
  Reading reading;
  reading.feed(bytes);
  return reading.lines();
}

constexpr std::string_view kStream =
    "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\nhello world"
    "\r\n"
    "GET /b HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nX-Empty:\r\n\r\n"
    "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    "6\r\nchunk \r\n1;why=\"not\"\r\nb\r\n3\r\nody\r\n0\r\nContent-Type: x\r\n\r\n"
    "POST /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    "DELETE /e HTTP/1.0\r\n\r\n";
const std::vector<std::string> kRequests{"POST /a 2 [hello world]", "GET /b 3 []", "PUT /c 2 [chunk body]",
                                         "POST /d 2 []", "DELETE /e 0 []"};

TEST_CASE("requests come out the same wherever their bytes are cut in two", "[http]") {
  for (std::size_t cut = 0; cut <= kStream.size(); ++cut) {
    Reading reading;
    reading.feed(kStream.substr(0, cut));
    reading.feed(kStream.substr(cut));
    CAPTURE(cut);
    CHECK(reading.lines() == kRequests);
  }
}

TEST_CASE("requests come out the same a byte at a time", "[http]") {
  Reading reading;
  for (std::size_t i = 0; i < kStream.size(); ++i) reading.feed(kStream.substr(i, 1));
  CHECK(reading.lines() == kRequests);
}

TEST_CASE("requests come out the same in pieces of random lengths, many of them in a row", "[http]") {
  std::string all;
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    all += kStream;
    expected.insert(expected.end(), kRequests.begin(), kRequests.end());
  }
  for (unsigned seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Reading reading;
    for (std::string_view left = all; !left.empty();) {
      const std::size_t count = std::min<std::size_t>(left.size(), 1 + random() % (seed * 700));
      reading.feed(left.substr(0, count));
      left.remove_prefix(count);
    }
    CHECK(reading.lines() == expected);
  }
}

TEST_CASE("spoilt requests are read or refused, whatever they are", "[http]") {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    std::mt19937 random(seed);
    std::string spoilt(kStream);
    for (unsigned i = 0; i < 1 + seed % 4; ++i) {
      const std::size_t at = random() % spoilt.size();
      switch (random() % 3) {
        case 0: spoilt[at] = static_cast<char>(random() % 256); break;
        case 1: spoilt.erase(at, 1 + random() % 8); break;
        default: spoilt.insert(at, spoilt.substr(random() % spoilt.size(), random() % 40));
      }
    }
    Reading whole, cut;
    whole.feed(spoilt);
    for (const char c : spoilt) cut.feed({&c, 1});
    // Cut or not, the requests ahead of the fault are the same; a fault may be noticed as one thing or another.
    const std::size_t both = std::min(whole.lines().size(), cut.lines().size());
    for (std::size_t i = 0; i + 1 < both; ++i) {
      CAPTURE(seed);
      CHECK(whole.lines()[i] == cut.lines()[i]);
    }
  }
}

TEST_CASE("a large body in many small chunks needs no more memory than the body", "[http]") {
  RequestLimits limits;
  limits.body_bytes = 1'000'000;
  Reading reading(limits);
  reading.feed("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 200'000; ++i) reading.feed("5\r\n12345\r\n");
  CHECK(reading.reader().space().size() < 2'000'000);
  reading.feed("0\r\n\r\n");
  REQUIRE(reading.lines().size() == 1);
  CHECK(reading.lines()[0].size() == 1'000'000 + std::string_view("POST / 2 []").size());
}

TEST_CASE("a header of exactly the limit is read, one byte more is refused", "[http]") {
  RequestLimits limits;
  limits.header_bytes = 200;
  const auto pieces = GENERATE(as<std::size_t>(), 1, 7, 1000);
  for (const std::size_t length : {200u, 201u}) {
    std::string request = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
    request += std::string(length - request.size() - 4, 'x') + "\r\n\r\n";
    Reading reading(limits);
    for (std::size_t at = 0; at < request.size(); at += pieces)
      reading.feed(std::string_view(request).substr(at, pieces));
    CAPTURE(length, pieces);
    CHECK(reading.lines() == std::vector<std::string>{length == 200 ? "GET / 2 []" : "431"});
  }
}

TEST_CASE("the limit of the header does not count the body behind it", "[http]") {
  RequestLimits limits;
  limits.header_bytes = 100;
  const std::string request =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000\r\n\r\n" + std::string(3000, 'b');
  Reading reading(limits);
  reading.feed(request + request);
  CHECK(reading.lines().size() == 2);
}

TEST_CASE("a chunk's extension or a trailer without end is refused", "[http]") {
  const std::string_view head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto begin = GENERATE(as<std::string>(), "5;x=", "1\r\na\r\n5;x=", "0\r\nX: ");
  Reading reading;
  reading.feed(head);
  reading.feed(begin);
  for (int i = 0; i < 30; ++i) reading.feed(std::string(1000, 'x'));
  CHECK(reading.lines() == std::vector<std::string>{"431"});
}

TEST_CASE("what a trailer holds does not become a header", "[http]") {
  Reading reading;
  reading.feed(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Auth-Token: me\r\nHost: "
      "b\r\n\r\n");
  CHECK(reading.lines() == std::vector<std::string>{"POST / 2 []"});
}

TEST_CASE("an absolute URL is cut down to the path, and nothing else is", "[http]") {
  const auto [target, expected] = GENERATE(table<const char*, const char*>({
      {"http://h/a?b", "/a?b"},
      {"https://h:80/a", "/a"},
      {"http://h", "/"},
      {"/a?u=http://h/b", "/a?u=http://h/b"},
      {"*", "*"},
  }));
  CHECK(lines_of(fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n\r\n", target)) ==
        std::vector<std::string>{fmt::format("GET {} 1 []", expected)});
}

TEST_CASE("progress tells what a request waits for", "[http]") {
  RequestReader reader({});
  const auto feed = [&](std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), reader.space().begin());
    reader.received(bytes.size());
    return reader.advance();
  };
  CHECK(feed("") == Progress::Nothing);
  CHECK(feed("\r\n") == Progress::Nothing);
  CHECK(feed("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n") == Progress::Header);
  CHECK_FALSE(reader.take_expectation());
  CHECK(feed("Content-Length: 2\r\n\r\n") == Progress::Body);
  CHECK(reader.take_expectation());
  CHECK_FALSE(reader.take_expectation());
  CHECK(feed("abc") == Progress::Complete);
  CHECK(reader.after_answer() == AfterAnswer::KeepAlive);
  CHECK(reader.has_more());
  reader.next();
  CHECK(reader.advance() == Progress::Header);
}

TEST_CASE("HEAD is shown as GET and known as HEAD", "[http]") {
  RequestReader reader({});
  const std::string_view bytes = "HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n";
  std::copy(bytes.begin(), bytes.end(), reader.space().begin());
  reader.received(bytes.size());
  REQUIRE(reader.advance() == Progress::Complete);
  CHECK(reader.request().method == "GET");
  CHECK(reader.is_head());
  CHECK(reader.method() == "HEAD");
}

}  // namespace
}  // namespace tidepool::api
