#include "api/http/post.hpp"

#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <string>
#include <utility>

#include "api/wire/duration_text.hpp"
#include "api/wire/http_url.hpp"

namespace tidepool::api {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint64_t kMostBytes = 1 << 20;

// g++ 12 takes the operators new and delete of a coroutine's frame for a mismatch.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
net::awaitable<http::response<http::string_body>> asked(HttpUrl url, std::string body) {
  const auto executor = co_await net::this_coro::executor;
  net::ip::tcp::resolver resolver(executor);
  beast::tcp_stream stream(executor);
  const auto found = co_await resolver.async_resolve(url.host, std::to_string(url.port), net::use_awaitable);
  co_await stream.async_connect(found, net::use_awaitable);

  http::request<http::string_body> request{http::verb::post, url.target, 11};
  request.set(http::field::host, url.authority);
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = std::move(body);
  request.prepare_payload();
  co_await http::async_write(stream, request, net::use_awaitable);

  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMostBytes);
  co_await http::async_read(stream, buffer, parser, net::use_awaitable);
  co_return parser.release();
}
#pragma GCC diagnostic pop

}  // namespace

// What waits still when the time is over ends with `io`.
PostOutcome post_json(std::string_view url, std::string_view body, std::chrono::microseconds patience) {
  auto address = read_http_url(url);
  if (!address) return {{}, fmt::format("{}: expected http://host[:port][/path]", url)};
  PostOutcome outcome{{}, fmt::format("{}: no answer within {}", url, duration_text(patience))};
  net::io_context io(1);
  net::co_spawn(io, asked(*std::move(address), std::string(body)),
                [&](const std::exception_ptr& failed, http::response<http::string_body> response) {
                  outcome.problem.clear();
                  try {
                    if (failed) std::rethrow_exception(failed);
                    if (response.result_int() == 200)
                      outcome.body = std::move(response.body());
                    else
                      outcome.problem =
                          fmt::format("{}: status {}, expected 200", url, response.result_int());
                  } catch (const boost::system::system_error& error) {
                    outcome.problem = fmt::format("{}: {}", url, error.code().message());
                  }
                });
  io.run_for(patience);
  return outcome;
}

}  // namespace tidepool::api
