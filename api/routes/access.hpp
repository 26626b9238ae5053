// Who asks: tokens, and requests signed with an access key.
//
// A token is the account in clear text and a checksum that depends on the world's seed, so it needs no table, is good for
// ever, and a token of another world is recognised. It keeps nobody out, and is not meant to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/routes/message.hpp"
#include "api/routes/world_state.hpp"
#include "sim/model/error.hpp"

namespace tidepool::api {

struct Account {
  std::string user_id, user;
  std::string domain_id, domain;
  std::string project_id, project;  ///< empty: the account is for the whole domain
  std::string access_key;           ///< of a signed request, which has nothing of the above
};

std::string write_token(const Account& account, std::uint64_t seed);
/// Empty for anything that write_token did not make with this seed.
std::optional<Account> read_token(std::string_view token, std::uint64_t seed);

/// The account behind a request. No token is AS.0005; one that is none of this world's, and a signature that is wrong,
/// are AS.0006. A signature is compared with the secret when the world has access keys, else any sound one will do.
sim::Result<Account> read_access(const Visit& visit);
/// Whether the request may use this project: a token must be for it (AS.0008), a signature is good for all.
sim::Result<void> check_access(const Visit& visit, std::string_view project_id);

}  // namespace tidepool::api
