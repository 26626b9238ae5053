#include "api/wire/http_url.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace tidepool::api {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

bool consists_of(std::string_view text, std::string_view more) {
  return std::ranges::all_of(text, [&](char c) {
    return kLetters.find(c) != std::string_view::npos || kDigits.find(c) != std::string_view::npos ||
           more.find(c) != std::string_view::npos;
  });
}

std::optional<std::uint16_t> read_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (failed != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

// Cuts the host off; what is left is nothing, or a colon and a port.
std::optional<std::string> take_host(std::string_view& rest) {
  if (rest.starts_with('[')) {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    std::string host(rest.substr(1, end - 1));
    rest.remove_prefix(end + 1);
    if (host.find(':') == std::string::npos || !consists_of(host, ":.")) return std::nullopt;
    return host;
  }
  std::string host(rest.substr(0, rest.find(':')));
  rest.remove_prefix(host.size());
  if (host.empty() || !consists_of(host, "-._")) return std::nullopt;
  return host;
}

bool is_target(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

}  // namespace

std::optional<HttpUrl> read_http_url(std::string_view text) {
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  HttpUrl url;
  url.authority = text.substr(0, text.find_first_of("/?"));
  std::string_view target = text.substr(url.authority.size());
  if (!is_target(target)) return std::nullopt;
  if (!target.empty()) url.target = (target.starts_with('/') ? "" : "/") + std::string(target);
  std::string_view rest = url.authority;
  auto host = take_host(rest);
  if (!host) return std::nullopt;
  url.host = *std::move(host);
  if (rest.empty()) return url;
  if (!rest.starts_with(':')) return std::nullopt;
  const auto port = read_port(rest.substr(1));
  if (!port) return std::nullopt;
  url.port = *port;
  return url;
}

}  // namespace tidepool::api
