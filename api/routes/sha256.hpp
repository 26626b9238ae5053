// SHA-256 and its keyed form, for requests signed with an access key; by way of OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace tidepool::api {

std::string sha256(std::string_view data);                             ///< 32 bytes
std::string hmac_sha256(std::string_view key, std::string_view data);  ///< 32 bytes
std::string hexadecimal(std::string_view bytes);                       ///< two digits a byte, lower case

}  // namespace tidepool::api
