// A response as the bytes that go over the wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/request_reader.hpp"
#include "api/routes/message.hpp"

namespace tidepool::api {

enum class Body : std::uint8_t { Sent, Withheld };

/// What the connection adds to a response.
struct Envelope {
  AfterAnswer after = AfterAnswer::KeepAlive;
  Body body = Body::Sent;  ///< Withheld for HEAD: the header is the one of GET
  int minor_version = 1;   ///< the client's HTTP/1.x
  std::string_view request_id, date;
};

/// Appends it to `out`. The response's own headers win over ours of the same name, but for those that frame the body;
/// in their values whatever could end the line becomes a blank.
void append_response(std::string& out, const Response& response, const Envelope& envelope);

/// "Sun, 06 Nov 1994 08:49:37 GMT". From 1970 to 9999.
std::string http_date(std::int64_t wall_us);

}  // namespace tidepool::api
