// Keys that look like keys and open nothing: text of the right form, made by chance that can be repeated.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tidepool::api {

struct KeyMaterial {
  std::string public_key;   ///< "ssh-rsa AAAA... Generated-by-Tidepool"
  std::string private_key;  ///< PEM
};

/// Always the same for the same seed, name and number. The numbers in it are no RSA key.
KeyMaterial make_key(std::uint64_t seed, std::string_view name, std::uint64_t number);

/// 16 bytes with colons between, "3f:06:...". Not the MD5 that real services show.
std::string key_fingerprint(std::string_view public_key);

}  // namespace tidepool::api
