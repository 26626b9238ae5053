#include "api/http/post.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/api/http/running_server.hpp"

namespace tidepool::api {
namespace {

TEST_CASE("a question is posted as JSON, and the body of a good answer comes back", "[http]") {
  std::string seen;
  RunningServer server({}, [&](const Request& request, std::int64_t) {
    seen += fmt::format("{} {} {}\n", request.method, request.target, request.body);
    return Response{request.target == "/gone" ? 404 : 200, R"({"size": 5})"};
  });
  const std::string url = fmt::format("http://127.0.0.1:{}", server.port());
  const PostOutcome found = post_json(url + "/size?of=web", R"({"desired": 2})");
  CHECK(found.problem.empty());
  CHECK(found.body == R"({"size": 5})");
  CHECK(post_json(url + "/gone", "{}").problem == url + "/gone: status 404, expected 200");
  CHECK(post_json(url, "{}").body == R"({"size": 5})");
  server.stop();
  server.wait();
  CHECK(seen == "POST /size?of=web {\"desired\": 2}\nPOST /gone {}\nPOST / {}\n");
}

TEST_CASE("a server that is not there, or says nothing, is named with what went wrong", "[http]") {
  RunningServer server;
  const std::string url = fmt::format("http://127.0.0.1:{}/", server.port());
  server.stop();
  server.wait();
  CHECK_THAT(post_json(url, "{}").problem, Catch::Contains("Connection refused"));
  CHECK_THAT(post_json("https://127.0.0.1/", "{}").problem,
             Catch::Contains("expected http://host[:port][/path]"));
}

TEST_CASE("who does not answer in time is not waited for", "[http]") {
  boost::asio::io_context io;
  using Tcp = boost::asio::ip::tcp;
  const Tcp::acceptor listens_only(io, Tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const std::string url = fmt::format("http://127.0.0.1:{}/", listens_only.local_endpoint().port());
  CHECK(post_json(url, "{}", 50ms).problem == url + ": no answer within 50ms");
}

}  // namespace
}  // namespace tidepool::api
