// Addresses of plain HTTP, as far as we ask others ourselves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tidepool::api {

struct HttpUrl {
  std::string host;  ///< a name or an address, without brackets
  std::uint16_t port = 80;
  std::string target = "/";  ///< path and query
  std::string authority;     ///< host and port as they were written, for the header Host
};

/// "http://host[:port][/path][?query]". Empty for anything else: other schemes, names of users, fragments, blanks.
std::optional<HttpUrl> read_http_url(std::string_view text);

}  // namespace tidepool::api
