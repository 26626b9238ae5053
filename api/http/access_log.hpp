#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tidepool::api {

/// One request and how it was answered.
struct Access {
  std::int64_t wall_us = 0;
  std::string_view client;          ///< "127.0.0.1:40112"
  std::string_view method, target;  ///< empty when they could not be read
  int status = 0;
  std::size_t answer_bytes = 0;  ///< header and body
  std::int64_t took_us = 0;      ///< within the handler
  std::string_view request_id;
};

/// `2026-01-01T00:00:00.125Z 127.0.0.1:40112 "GET /path" 200 512 B 0.041 ms 00000001-00000002`, and a line end. In the
/// target quotes, backslashes and what is not printable ASCII are written \x22.
std::string access_line(const Access& access);

}  // namespace tidepool::api
