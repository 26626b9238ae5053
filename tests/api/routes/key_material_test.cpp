#include "api/routes/key_material.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace tidepool::api {

TEST_CASE("a generated key has the form of one and depends on seed, name and number alone", "[keys]") {
  const KeyMaterial key = make_key(7, "web", 1);
  CHECK(key.public_key == make_key(7, "web", 1).public_key);
  CHECK(key.private_key == make_key(7, "web", 1).private_key);
  CHECK(key.public_key != make_key(8, "web", 1).public_key);
  CHECK(key.public_key != make_key(7, "web", 2).public_key);
  CHECK(key.public_key != make_key(7, "db", 1).public_key);
  // 7 + 3 + 257 bytes with a length before each, in base64.
  CHECK(key.public_key.size() == std::string_view{"ssh-rsa  Generated-by-Tidepool"}.size() + 372);
  CHECK(key.private_key.starts_with("-----BEGIN RSA PRIVATE KEY-----\nMIIE"));
  CHECK(key.private_key.ends_with("\n-----END RSA PRIVATE KEY-----\n"));
}

TEST_CASE("a fingerprint is 16 bytes with colons between them", "[keys]") {
  const std::string text = key_fingerprint("ssh-rsa AAAA");
  CHECK(text.size() == 47);
  CHECK(std::ranges::count(text, ':') == 15);
  CHECK(text != key_fingerprint("ssh-rsa AAAB"));
}

}  // namespace tidepool::api
