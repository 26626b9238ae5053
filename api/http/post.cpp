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
#include <optional>

namespace tidepool::api {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint64_t kMostBytes = 1 << 20;

struct Address {
  std::string host, port, target;
};

std::optional<Address> read_url(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const std::size_t slash = url.find('/');
  Address address;
  address.target = slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
  const std::string_view authority = url.substr(0, slash);
  const std::size_t colon = authority.rfind(':');
  address.host = authority.substr(0, colon);
  address.port = colon == std::string_view::npos ? "80" : std::string(authority.substr(colon + 1));
  const bool number = !address.port.empty() && address.port.size() <= 5 &&
                      address.port.find_first_not_of("0123456789") == std::string::npos;
  if (address.host.empty() || !number || url.find_first_of(" \t\r\n@#") != std::string_view::npos)
    return std::nullopt;
  return address;
}

// g++ 12 takes the operators new and delete of a coroutine's frame for a mismatch.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
net::awaitable<http::response<http::string_body>> asked(Address address, std::string body,
                                                        std::chrono::milliseconds patience) {
  const auto executor = co_await net::this_coro::executor;
  net::ip::tcp::resolver resolver(executor);
  beast::tcp_stream stream(executor);
  const auto found = co_await resolver.async_resolve(address.host, address.port, net::use_awaitable);
  stream.expires_after(patience);
  co_await stream.async_connect(found, net::use_awaitable);

  http::request<http::string_body> request{http::verb::post, address.target, 11};
  request.set(http::field::host, address.host + ":" + address.port);
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

bool is_http_url(std::string_view url) { return read_url(url).has_value(); }

PostOutcome post_json(std::string_view url, std::string_view body, std::chrono::milliseconds patience) {
  auto address = read_url(url);
  if (!address) return {{}, fmt::format("{}: expected http://host[:port][/path]", url)};
  net::io_context io(1);
  PostOutcome outcome;
  net::co_spawn(io, asked(*std::move(address), std::string(body), patience),
                [&](std::exception_ptr failed, http::response<http::string_body> response) {
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
  io.run();
  return outcome;
}

}  // namespace tidepool::api
