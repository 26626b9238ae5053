// A request and its answer as plain structs: what a socket, a scenario file and a test all speak.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidepool::api {

struct Header {
  std::string_view name;  ///< compared without case
  std::string_view value;
};

/// Views into the caller's memory, which must outlive the call; no body is copied.
struct Request {
  std::string_view method;  ///< "GET"
  std::string_view
      target;             ///< path and query as sent, percent-encoded: "/autoscaling-api/v1/{project_id}/..."
  std::string_view body;  ///< JSON text; empty when there is none
  std::span<const Header> headers = {};

  /// The value of the first header of that name; empty when there is none.
  std::string_view header(std::string_view name) const;
};

/// The value of the header Allow; where GET is answered, HEAD is, too.
std::string allow_text(const std::vector<std::string_view>& methods);

struct Response {
  int status = 200;
  std::string body;                                               ///< JSON text; empty with 204
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< beside Content-Type and Content-Length
  // What a declared fault does to the connection.
  std::int64_t delay_us = 0;  ///< of the wall clock, before anything is sent
  bool reset = false;         ///< nothing is sent at all: the connection breaks
};

}  // namespace tidepool::api
