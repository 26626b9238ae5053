// The body of POST /v3/auth/tokens: who logs in, and for what.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/routes/access.hpp"
#include "api/routes/message.hpp"
#include "api/routes/world_state.hpp"

namespace tidepool::api {

struct Login {
  Account account;
  std::vector<std::string> methods;
};

/// Exactly one of the two is set: the login, or what to answer instead.
struct LoginOutcome {
  std::optional<Login> login;
  Response refusal;
};

/// Any user and password will do. 400: a body that can't be read. 401: a token that is none of this world's, a way to log
/// in that nobody knows, a project that there can't be here.
LoginOutcome read_login(const Visit& visit);

}  // namespace tidepool::api
