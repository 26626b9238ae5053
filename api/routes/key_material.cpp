#include "api/routes/key_material.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "api/routes/sha256.hpp"
#include "sim/engine/rng.hpp"

namespace tidepool::api {
namespace {

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8U | (i < here ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) text += i <= here ? kDigits[group >> (18 - 6 * i) & 63U] : '=';
  }
  return text;
}

// Big-endian, first bit and last bit set, as a modulus has them.
std::string big_number(sim::Rng& rng, std::size_t bytes) {
  std::string number;
  while (number.size() < bytes) number += static_cast<char>(rng.next_u64() & 0xFFU);
  number.front() = static_cast<char>(static_cast<unsigned char>(number.front()) | 0x80U);
  number.back() = static_cast<char>(static_cast<unsigned char>(number.back()) | 1U);
  return number;
}

constexpr std::string_view kExponent{"\x01\x00\x01", 3};

// ---- The public key: fields with their lengths, four bytes each (RFC 4253) ----

std::string ssh_field(std::string_view bytes) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += static_cast<char>(bytes.size() >> static_cast<unsigned>(shift) & 0xFFU);
  return out + std::string{bytes};
}

// ---- The private key: PKCS #1 in DER ----

std::string der(char tag, std::string_view content) {
  std::string length;
  if (content.size() < 0x80) {
    length += static_cast<char>(content.size());
  } else if (content.size() < 0x100) {
    length += static_cast<char>(0x81);
    length += static_cast<char>(content.size());
  } else {
    length += static_cast<char>(0x82);
    length += static_cast<char>(content.size() >> 8U);
    length += static_cast<char>(content.size() & 0xFFU);
  }
  return std::string(1, tag) + length + std::string{content};
}

// With the leading zero that keeps a number positive.
std::string positive(std::string_view number) {
  const bool negative = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
  return (negative ? std::string(1, '\0') : std::string{}) + std::string{number};
}

std::string der_integer(std::string_view number) { return der('\x02', positive(number)); }

std::string pem(std::string_view content) {
  constexpr std::size_t kLine = 64;
  const std::string text = base64(content);
  std::string out = "-----BEGIN RSA PRIVATE KEY-----\n";
  for (std::size_t at = 0; at < text.size(); at += kLine) out += text.substr(at, kLine) + "\n";
  return out + "-----END RSA PRIVATE KEY-----\n";
}

}  // namespace

KeyMaterial make_key(std::uint64_t seed, std::string_view name, std::uint64_t number) {
  constexpr std::size_t kModulus = 256, kHalf = 128;
  sim::Rng rng(seed, fmt::format("key/{}", name), number);
  const std::string modulus = big_number(rng, kModulus);
  std::string body = der_integer(std::string_view{"\0", 1}) + der_integer(modulus) + der_integer(kExponent) +
                     der_integer(big_number(rng, kModulus));
  for (int i = 0; i < 5; ++i) body += der_integer(big_number(rng, kHalf));
  const std::string blob = ssh_field("ssh-rsa") + ssh_field(kExponent) + ssh_field(positive(modulus));
  return {fmt::format("ssh-rsa {} Generated-by-Tidepool", base64(blob)), pem(der('\x30', body))};
}

std::string key_fingerprint(std::string_view public_key) {
  const std::string digest = hexadecimal(sha256(public_key));
  std::string text;
  for (std::size_t at = 0; at < 32; at += 2) text += (at == 0 ? "" : ":") + digest.substr(at, 2);
  return text;
}

}  // namespace tidepool::api
