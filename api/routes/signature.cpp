#include "api/routes/signature.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>
#include <utility>

#include "api/routes/sha256.hpp"

namespace tidepool::api {
namespace {

constexpr std::string_view kScheme = "SDK-HMAC-SHA256 ";

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.emplace_back(text);
  return parts;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string encoded(std::string_view text) {
  return boost::urls::encode({text.data(), text.size()}, boost::urls::unreserved_chars);
}

// The value of "Name=value" among parts that a comma separates.
std::string part_of(std::string_view text, std::string_view name) {
  for (const std::string& each : split(text, ',')) {
    const std::string_view part = trimmed(each);
    if (part.size() > name.size() && part.starts_with(name) && part[name.size()] == '=')
      return std::string{part.substr(name.size() + 1)};
  }
  return {};
}

bool is_digest(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::ranges::all_of(text, is_hex);
}

// Path with a closing slash, then the sorted query, each on its line.
std::string canonical_target(std::string_view target) {
  std::string path, query;
  const auto url = boost::urls::parse_origin_form({target.data(), target.size()});
  if (!url) return "/\n\n";
  for (const auto& each : url->segments()) path += "/" + encoded({each.data(), each.size()});
  if (!path.ends_with('/')) path += '/';
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const auto& each : url->params())
    parameters.emplace_back(encoded({each.key.data(), each.key.size()}),
                            encoded({each.value.data(), each.value.size()}));
  std::ranges::sort(parameters);
  for (const auto& [key, value] : parameters)
    query += fmt::format("{}{}={}", query.empty() ? "" : "&", key, value);
  return path + "\n" + query + "\n";
}

std::string canonical_request(const Request& request, const Signature& signature) {
  std::string text = fmt::format("{}\n{}", request.method, canonical_target(request.target));
  std::string names;
  for (const std::string& each : signature.signed_headers) {
    text += fmt::format("{}:{}\n", each, trimmed(request.header(each)));
    names += (names.empty() ? "" : ";") + each;
  }
  return fmt::format("{}\n{}\n{}", text, names, hexadecimal(sha256(request.body)));
}

}  // namespace

std::optional<Signature> read_signature(std::string_view authorization) {
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  authorization.remove_prefix(kScheme.size());
  const std::string credential = part_of(authorization, "Credential");
  const std::string names = part_of(authorization, "SignedHeaders");
  Signature signature;
  signature.digest = part_of(authorization, "Signature");
  const std::size_t end = credential.find('/');
  if (end == 0 || end == std::string::npos || names.empty() || !is_digest(signature.digest))
    return std::nullopt;
  signature.access_key = credential.substr(0, end);
  signature.scope = credential.substr(end + 1);
  signature.signed_headers = split(names, ';');
  if (split(signature.scope, '/').size() != 4) return std::nullopt;
  return signature;
}

std::string digest_of(const Request& request, const Signature& signature, std::string_view secret) {
  std::string key = fmt::format("SDK{}", secret);
  for (const std::string& step : split(signature.scope, '/')) key = hmac_sha256(key, step);
  const std::string to_sign =
      fmt::format("SDK-HMAC-SHA256\n{}\n{}\n{}", request.header("X-Sdk-Date"), signature.scope,
                  hexadecimal(sha256(canonical_request(request, signature))));
  return hexadecimal(hmac_sha256(key, to_sign));
}

}  // namespace tidepool::api
