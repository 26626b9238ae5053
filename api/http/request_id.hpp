#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidepool::api {

/// The id under which a request is answered and logged: the client's X-Request-Id if it is 1 to 128 letters, digits and
/// "-_.:/+=@", else one made of the connection's number and the request's number in it: "00000001-00000002". The same
/// clients calling in the same order see the same ids again.
std::string request_id(std::string_view from_client, std::uint64_t connection, std::uint64_t request);

}  // namespace tidepool::api
