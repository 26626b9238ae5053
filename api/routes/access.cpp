#include "api/routes/access.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/url/encode.hpp>
#include <boost/url/grammar/alnum_chars.hpp>
#include <boost/url/pct_string_view.hpp>

#include "api/routes/identity.hpp"
#include "api/routes/signature.hpp"
#include "api/wire/fields.hpp"

namespace tidepool::api {
namespace {

// The service's own codes for these; no rule of the model raises them.
constexpr auto kTokenMissing = static_cast<sim::ErrorCode>(5);
constexpr auto kTokenInvalid = static_cast<sim::ErrorCode>(6);

constexpr std::string_view kBegin = "tidepool";

// Account's parts in the order of the token. Each is percent-encoded down to letters and digits, so a full stop parts them.
constexpr std::array kParts{&Account::user_id, &Account::user,       &Account::domain_id,
                            &Account::domain,  &Account::project_id, &Account::project};

std::string checksum(std::string_view clear, std::uint64_t seed) {
  return hash_text("token", {std::to_string(seed), clear});
}

sim::Result<Account> read_signed(const Visit& visit, std::string_view authorization) {
  const auto signature = read_signature(authorization);
  if (!signature)
    return sim::Error{
        kTokenInvalid,
        "header Authorization: expected SDK-HMAC-SHA256 with Credential, SignedHeaders, Signature"};
  const auto& keys = visit.world.options.access_keys;
  if (!keys.empty()) {
    const auto key = keys.find(signature->access_key);
    if (key == keys.end())
      return sim::Error{kTokenInvalid,
                        fmt::format("header Authorization: access key {}: expected a known one",
                                    shown(signature->access_key))};
    if (digest_of(visit.request, *signature, key->second) != signature->digest)
      return sim::Error{kTokenInvalid, "header Authorization: the signature does not fit the request"};
  }
  Account account;
  account.access_key = signature->access_key;
  return account;
}

}  // namespace

std::string write_token(const Account& account, std::uint64_t seed) {
  std::string clear{kBegin};
  for (const auto part : kParts) {
    const std::string& text = account.*part;
    clear += '.';
    clear += boost::urls::encode({text.data(), text.size()}, boost::urls::grammar::alnum_chars);
  }
  return fmt::format("{}.{}", clear, checksum(clear, seed));
}

std::optional<Account> read_token(std::string_view token, std::uint64_t seed) {
  const std::size_t end = token.rfind('.');
  if (end == std::string_view::npos) return std::nullopt;
  std::string_view clear = token.substr(0, end);
  if (!clear.starts_with(kBegin) || token.substr(end + 1) != checksum(clear, seed)) return std::nullopt;
  Account account;
  clear.remove_prefix(kBegin.size());
  for (const auto part : kParts) {
    if (!clear.starts_with('.')) return std::nullopt;
    clear.remove_prefix(1);
    const std::string_view text = clear.substr(0, clear.find('.'));
    clear.remove_prefix(text.size());
    const auto decoded = boost::urls::make_pct_string_view({text.data(), text.size()});
    if (!decoded) return std::nullopt;
    account.*part = decoded->decode();
  }
  return account;
}

sim::Result<Account> read_access(const Visit& visit) {
  const std::string_view authorization = visit.request.header("Authorization");
  if (authorization.starts_with("SDK-HMAC-SHA256")) return read_signed(visit, authorization);
  const std::string_view token = visit.request.header("X-Auth-Token");
  if (token.empty()) return sim::Error{kTokenMissing, "header X-Auth-Token is missing: expected a token"};
  auto account = read_token(token, visit.world.options.seed);
  if (!account || !remember_account(visit.world, *account))
    return sim::Error{kTokenInvalid,
                      fmt::format("header X-Auth-Token {}: expected a token of this server", shown(token))};
  return std::move(*account);
}

sim::Result<void> check_access(const Visit& visit, std::string_view project_id) {
  const auto account = read_access(visit);
  if (!account) return account.error();
  if (account->access_key.empty() && account->project_id != project_id)
    return sim::Error{sim::ErrorCode::ProjectMismatch,
                      fmt::format("project_id {}: expected the token's project, {}", shown(project_id),
                                  account->project_id.empty() ? "which is none" : account->project_id)};
  return {};
}

}  // namespace tidepool::api
