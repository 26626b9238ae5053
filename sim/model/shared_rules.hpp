// Rules that several requests share: names, cooldowns, references to security groups.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/engine/time.hpp"
#include "sim/model/error.hpp"
#include "sim/model/ids.hpp"
#include "sim/model/region.hpp"

namespace tidepool::sim {

/// What a request calls a name, and its codes for the ways in which it can be wrong.
struct NameRule {
  std::string_view field;
  ErrorCode missing, too_long, illegal;
};

/// 1 to 64 characters of [A-Za-z0-9_-]. Source: AS API reference, the name of each noun.
std::optional<Error> check_name(const std::string& name, const NameRule& rule);

/// 0 to 86 400 s. Source: AS API reference, cool_down_time.
std::optional<Error> check_cooldown(Duration given, ErrorCode code);

/// Each must exist. `field` is the list as the client spells it.
std::optional<Error> check_security_groups(const std::vector<SecurityGroupId>& given, const Region& region,
                                           std::string_view field);

/// Unicode characters of valid UTF-8.
std::size_t characters(std::string_view text);

/// A client's text as a message shows it: in quotes, and cut after 60 characters.
std::string quoted(std::string_view text);

bool is_letter(char c);
bool is_digit(char c);

/// Cut to whole seconds.
std::int64_t in_seconds(Duration d);

}  // namespace tidepool::sim
