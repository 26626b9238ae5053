// Requests signed with an access key in place of a token: the scheme SDK-HMAC-SHA256.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/routes/message.hpp"

namespace tidepool::api {

struct Signature {
  std::string access_key;
  std::string scope;  ///< "20260101///sdk_request": date, region, service, and a fixed word
  std::vector<std::string> signed_headers;
  std::string digest;  ///< 64 hexadecimal digits
};

/// An Authorization header of this scheme; empty when it is of another one or lacks a part.
std::optional<Signature> read_signature(std::string_view authorization);
/// What the digest must be for a holder of the secret.
std::string digest_of(const Request& request, const Signature& signature, std::string_view secret);

}  // namespace tidepool::api
